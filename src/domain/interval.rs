//! How far a measured rate can be trusted.
//!
//! Owns the interval around a proportion. Four sales out of ten leads and four
//! hundred out of a thousand are both 40 %, and not the same news.

use serde::Serialize;
use utoipa::ToSchema;

/// The normal distribution's 97.5th percentile: 2.5 % are left out at each end.
const Z: f64 = 1.959_963_984_540_054;

/// A measured rate, and where the true one lies with 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Interval {
    /// What was measured: 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    pub rate: f64,
    /// The lower end.
    #[schema(minimum = 0, maximum = 1)]
    pub low: f64,
    /// The upper end.
    #[schema(minimum = 0, maximum = 1)]
    pub high: f64,
}

/// The Wilson score interval at 95 %; `None` where nothing was tried, or where
/// more succeeded than was tried.
///
/// E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical
/// Inference", Journal of the American Statistical Association 22 (1927),
/// pp. 209–212. With n trials of which the share p succeeded, the ends are
///
/// ```text
/// (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n)
/// ```
///
/// Unlike p ± z √(p(1 − p)/n), it says something of few trials and of rates near
/// 0 and 1, which is what a channel's first weeks look like.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    reason = "counts beyond 2^53 lose a digit that no rate shows"
)]
pub fn wilson(successes: u64, trials: u64) -> Option<Interval> {
    let failures = trials.checked_sub(successes)?;
    if trials == 0 {
        return None;
    }
    let n = trials as f64;
    let rate = successes as f64 / n;
    let spread = Z * Z / n;
    let centre = rate + spread / 2.0;
    let reach = Z * (rate * (failures as f64 / n) / n + spread / n / 4.0).sqrt();
    let end = |at: f64| (at / (1.0 + spread)).clamp(0.0, 1.0);
    Some(Interval {
        rate,
        // The formula's ends are exactly 0 and 1 here; its rounding is not.
        low: if successes == 0 {
            0.0
        } else {
            end(centre - reach)
        },
        high: if failures == 0 {
            1.0
        } else {
            end(centre + reach)
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_intervals() {
        // statsmodels 0.15.0: proportion_confint(s, n, 0.05, method="wilson").
        for (successes, trials, low, high) in [
            (0, 1, 0.0, 0.793_450_685_622_763),
            (1, 1, 0.206_549_314_377_237, 1.0),
            (1, 10, 0.017_876_213_095_073, 0.404_150_026_795_239),
            (4, 10, 0.168_180_329_706_236, 0.687_326_230_266_342),
            (0, 20, 0.0, 0.161_125_158_052_819),
            (20, 20, 0.838_874_841_947_18, 1.0),
            (32, 100, 0.236_691_473_249_991, 0.416_626_186_104_524),
            (400, 1000, 0.370_074_781_211_377, 0.430_690_570_485_734),
            (363, 10_000, 0.032_808_611_118_289, 0.040_147_508_970_677),
            (2106, 5850, 0.347_795_387_362_096, 0.372_388_356_676_303),
            (3, 1_000_000, 0.000_001_020_271_241, 0.000_008_821_149_774),
        ] {
            let found = wilson(successes, trials).unwrap();
            assert!(
                (found.low - low).abs() < 1e-12,
                "{successes}/{trials}: {found:?}"
            );
            assert!(
                (found.high - high).abs() < 1e-12,
                "{successes}/{trials}: {found:?}"
            );
        }
    }

    #[test]
    fn what_was_never_tried_has_no_rate() {
        assert_eq!(wilson(0, 0), None);
        assert_eq!(wilson(2, 1), None);
    }

    #[test]
    fn the_ends_are_exact() {
        assert_eq!(wilson(0, 7).map(|i| i.low), Some(0.0));
        assert_eq!(wilson(7, 7).map(|i| i.high), Some(1.0));
    }

    proptest! {
        #[test]
        fn the_ends_solve_the_equation_that_they_come_from(
            trials in 1_u32..,
            seed: u32,
        ) {
            let successes = u64::from(seed) * u64::from(trials) / u64::from(u32::MAX);
            let found = wilson(successes, trials.into()).unwrap();
            prop_assert!(0.0 <= found.low && found.low <= found.rate);
            prop_assert!(found.rate <= found.high && found.high <= 1.0);
            // A true rate q is at an end where (p − q)² = z² q(1 − q)/n.
            for q in [found.low, found.high] {
                let distance = (found.rate - q).powi(2);
                let allowed = Z * Z * q * (1.0 - q) / f64::from(trials);
                prop_assert!((distance - allowed).abs() <= 1e-9 * allowed.max(1e-9), "{found:?}");
            }
        }

        #[test]
        fn successes_and_failures_mirror_each_other(trials in 1_u64..u64::MAX, seed: u64) {
            let successes = seed % trials;
            let one = wilson(successes, trials).unwrap();
            let other = wilson(trials - successes, trials).unwrap();
            prop_assert!((one.low - (1.0 - other.high)).abs() < 1e-12);
            prop_assert!((one.high - (1.0 - other.low)).abs() < 1e-12);
        }
    }
}
