//! The salts of visitor hashes: one a UTC day, random, gone within 48 hours.
//!
//! Owns which days need a salt, and how long each may live. A salt is kept in
//! KV with an expiry, and nowhere else: D1 keeps thirty days of history (Time
//! Travel), from which a deleted salt could be had back.

/// Seconds of a day.
const DAY: i64 = 86_400;

/// How long before midnight the next day's salt is wanted (seconds).
const AHEAD: i64 = 3_600;

/// A day's salt, as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaltDay(i64);

impl SaltDay {
    /// The UTC day of an instant (Unix ms).
    #[must_use]
    pub const fn of(now: i64) -> Self {
        Self(now.div_euclid(1_000 * DAY))
    }

    /// The days whose salts are wanted at an instant: today's, and tomorrow's
    /// when it is about to begin.
    pub fn wanted(now: i64) -> impl Iterator<Item = Self> {
        let today = Self::of(now);
        let tomorrow = Self::of(now + AHEAD * 1_000);
        std::iter::once(today).chain((tomorrow != today).then_some(tomorrow))
    }

    /// The key under which it is kept.
    #[must_use]
    pub fn key(self) -> String {
        format!("salt:{}", self.0)
    }

    /// When it must be gone (Unix seconds): at the end of its day. It is made
    /// an hour before that day at the earliest, so it lives 25 hours at most.
    #[must_use]
    pub const fn expires(self) -> i64 {
        (self.0 + 1) * DAY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_salt_lives_for_25_hours_at_most() {
        let day_ms = DAY * 1_000;
        for (now, wanted) in [
            (0, vec![SaltDay(0)]),
            (day_ms - AHEAD * 1_000 - 1, vec![SaltDay(0)]),
            (day_ms - AHEAD * 1_000, vec![SaltDay(0), SaltDay(1)]),
            (day_ms - 1, vec![SaltDay(0), SaltDay(1)]),
            (day_ms, vec![SaltDay(1)]),
        ] {
            assert_eq!(SaltDay::wanted(now).collect::<Vec<_>>(), wanted);
            for day in wanted {
                let life = day.expires() - now.div_euclid(1_000);
                assert!(life <= 25 * 3_600, "{life}");
            }
        }
        assert_eq!(SaltDay(20_779).key(), "salt:20779");
        assert_eq!(SaltDay(0).expires(), DAY);
    }
}
