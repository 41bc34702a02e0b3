//! Published figures, to hold a program's own against.
//!
//! Owns the figures, each with where it was read. They are shown one by one:
//! they come from different programs, and no two of them are ever averaged.
//! Most are one vendor's, of its own platform's customers, so they say what can
//! be reached rather than what is usual.

use serde::Serialize;
use utoipa::ToSchema;

use super::{channel::Channel, program::AdvocateKind};

/// A published figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Benchmark {
    /// What was measured.
    pub measure: Measure,
    /// What came out.
    pub figure: Figure,
    /// The channel, where it is of one.
    pub channel: Option<Channel>,
    /// Who referred, where it is of one kind.
    pub audience: Option<AdvocateKind>,
    /// Whether it is of referrals in which a salesperson took part.
    pub sales_involved: bool,
    /// Where it was read.
    pub source: &'static str,
    /// When it was first published, where that is known.
    pub year: Option<u16>,
    /// What has to be known beside it.
    pub note: Option<&'static str>,
}

/// What a benchmark measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The share of leads that were won.
    LeadToWon,
    /// The share of programs that offer the channel.
    ProgramsOffering,
    /// The share of all referrals that came through the channel.
    ReferralsThrough,
    /// The share of enrolled advocates who referred within a year.
    AdvocatesActive,
    /// Leads a year, an active advocate.
    LeadsPerAdvocate,
    /// The share of referrals that came from the busiest 1 % of those who refer.
    ReferralsFromTopPercent,
    /// What a reward was on average.
    RewardAverage,
    /// The most usual reward.
    RewardCommonest,
    /// The smallest reward.
    RewardSmallest,
    /// The largest reward.
    RewardLargest,
}

/// A figure, as it was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Figure {
    /// A share.
    Rate {
        /// In hundredths of a percent: 3.63 % is 363.
        basis_points: u32,
    },
    /// A share of which only an upper bound was published.
    RateBelow {
        /// The bound, in hundredths of a percent.
        basis_points: u32,
    },
    /// A number that is no share.
    Number {
        /// In hundredths: 0.87 is 87.
        hundredths: u32,
    },
    /// An amount of money.
    Amount {
        /// In the currency's smallest unit.
        minor: u32,
        /// ISO 4217.
        currency: &'static str,
    },
}

/// Every published figure, in the order in which they are shown.
#[must_use]
pub const fn benchmarks() -> &'static [Benchmark] {
    BENCHMARKS
}

/// Found on 2026-11-23, as a summary that names its own source.
const IMPLISIT: &str = "Implisit, research of October 2014 among nearly 500 of its US clients, \
    as reported by eMarketer on 10 February 2015";

/// The report has data of 2016; the chart's address has its year
/// (marketingprofs.com/charts/2017/32388).
const CHART: &str = "Amplifinity, The State of Business Customer Referral Programs, \
    as charted by MarketingProfs in 2017";

/// The same report, in the vendor's posts, which bear no date themselves.
const POST: &str = "Amplifinity, The State of Business Customer Referral Programs, \
    as quoted in its post \"20 tweetable customer referral program stats\"";
const POST_OF_EIGHT: &str = "Amplifinity, The State of Business Customer Referral Programs, \
    as quoted in its post \"8 benchmarks for creating a successful customer referral program\"";

/// A copy of the post elsewhere is of 15 August 2017.
const POST_ON_PARTNERS: &str = "Amplifinity, The State of Business Partner Referral Programs, \
    as quoted in its post \"5 referral partner program benchmarks to measure against\"";

/// Figures that this project was given and whose print was looked for in vain.
/// They have no year, as it would be a guess.
const NOT_FOUND: &str = "Posts of a vendor of referral automation; \
    the publication itself was not found again";

/// Beside the rate of spoken referrals, always.
const ON_VERBAL: &str = "Confounded with sales involvement: a salesperson takes part in a spoken \
    referral, and with one involved, those of all channels together are won at 31 %.";

/// The year of the report on customers and of that on partners.
const REPORTS: Option<u16> = Some(2017);

const fn rate(measure: Measure, basis_points: u32, source: &'static str) -> Benchmark {
    figure(measure, Figure::Rate { basis_points }, source, REPORTS)
}

const fn below(measure: Measure, basis_points: u32, source: &'static str) -> Benchmark {
    figure(measure, Figure::RateBelow { basis_points }, source, REPORTS)
}

const fn dollars(measure: Measure, whole: u32) -> Benchmark {
    let amount = Figure::Amount {
        minor: whole * 100,
        currency: "USD",
    };
    figure(measure, amount, NOT_FOUND, None)
}

const fn figure(
    measure: Measure,
    figure: Figure,
    source: &'static str,
    year: Option<u16>,
) -> Benchmark {
    Benchmark {
        measure,
        figure,
        channel: None,
        audience: None,
        sales_involved: false,
        source,
        year,
        note: None,
    }
}

impl Benchmark {
    const fn of(self, audience: AdvocateKind) -> Self {
        Self {
            audience: Some(audience),
            ..self
        }
    }

    /// The report on customers counts channels, so what is of a channel is of
    /// customers.
    const fn through(self, channel: Channel) -> Self {
        Self {
            channel: Some(channel),
            ..self.of(AdvocateKind::Customer)
        }
    }

    const fn with_sales(self) -> Self {
        Self {
            sales_involved: true,
            ..self
        }
    }

    const fn note(self, note: &'static str) -> Self {
        Self {
            note: Some(note),
            ..self
        }
    }
}

const BENCHMARKS: &[Benchmark] = {
    use AdvocateKind::{Customer, Partner};
    use Channel::{Email, Form, Link, Print, Social, Verbal};
    use Measure::{
        AdvocatesActive, LeadToWon, LeadsPerAdvocate, ProgramsOffering, ReferralsFromTopPercent,
        ReferralsThrough, RewardAverage, RewardCommonest, RewardLargest, RewardSmallest,
    };
    &[
        // How many leads are won.
        figure(
            LeadToWon,
            Figure::Rate { basis_points: 363 },
            IMPLISIT,
            Some(2014),
        )
        .note("Referrals by customers and employees alike; often called the B2B standard."),
        rate(LeadToWon, 1_300, POST)
            .of(Customer)
            .note("All channels together, on one vendor's platform."),
        rate(LeadToWon, 3_100, POST)
            .of(Customer)
            .with_sales()
            .note("Published as 30 % too."),
        figure(
            LeadToWon,
            Figure::Rate {
                basis_points: 3_000,
            },
            NOT_FOUND,
            None,
        )
        .of(Customer)
        .with_sales()
        .note("Published as 31 % too."),
        figure(
            LeadToWon,
            Figure::Rate {
                basis_points: 3_900,
            },
            NOT_FOUND,
            None,
        )
        .of(Partner),
        rate(LeadToWon, 3_200, CHART)
            .through(Verbal)
            .note(ON_VERBAL),
        rate(LeadToWon, 1_900, CHART).through(Form),
        rate(LeadToWon, 1_700, CHART).through(Email),
        rate(LeadToWon, 1_200, POST)
            .through(Print)
            .note("Of less than 1 % of all referrals."),
        rate(LeadToWon, 400, POST).through(Link),
        below(LeadToWon, 100, POST)
            .through(Social)
            .note("The post that was found rounds it to 1 %."),
        // How much each channel is used.
        rate(ReferralsThrough, 2_900, CHART).through(Social),
        rate(ReferralsThrough, 2_400, POST)
            .through(Email)
            .note("MarketingProfs charts it as 23 %."),
        rate(ReferralsThrough, 2_300, POST).through(Form),
        rate(ReferralsThrough, 1_300, POST).through(Verbal),
        rate(ReferralsThrough, 1_200, POST).through(Link),
        below(ReferralsThrough, 100, POST).through(Print),
        // How many programs offer each channel.
        rate(ProgramsOffering, 7_700, CHART).through(Form),
        rate(ProgramsOffering, 7_300, CHART).through(Email),
        rate(ProgramsOffering, 5_440, CHART)
            .through(Verbal)
            .note("The chart rounds it to 54 %."),
        rate(ProgramsOffering, 5_000, CHART).through(Social),
        rate(ProgramsOffering, 4_100, CHART).through(Link),
        rate(ProgramsOffering, 1_800, CHART).through(Print),
        // How much advocates do.
        rate(AdvocatesActive, 3_600, POST_OF_EIGHT)
            .of(Customer)
            .note("Elsewhere given as 2,106 of 5,850 enrolled customers."),
        rate(AdvocatesActive, 6_900, POST_ON_PARTNERS).of(Partner),
        figure(
            LeadsPerAdvocate,
            Figure::Number { hundredths: 87 },
            POST,
            REPORTS,
        )
        .of(Customer),
        rate(ReferralsFromTopPercent, 2_200, POST).of(Customer),
        // What was paid.
        dollars(RewardAverage, 111),
        dollars(RewardCommonest, 100)
            .note("Nearly all rewards of the most popular band, $41 to $100, were of $100."),
        dollars(RewardSmallest, 20),
        dollars(RewardLargest, 2_500),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    fn published(measure: Measure) -> impl Iterator<Item = &'static Benchmark> {
        benchmarks().iter().filter(move |b| b.measure == measure)
    }

    #[test]
    fn the_wire_format_is_pinned() {
        let json = |at: usize| serde_json::to_value(benchmarks()[at]).unwrap();
        assert_eq!(
            json(0),
            serde_json::json!({
                "measure": "lead_to_won",
                "figure": {"kind": "rate", "basis_points": 363},
                "channel": null,
                "audience": null,
                "sales_involved": false,
                "source": IMPLISIT,
                "year": 2014,
                "note": benchmarks()[0].note,
            })
        );
        let last = json(benchmarks().len() - 1);
        assert_eq!(
            last["figure"],
            serde_json::json!({"kind": "amount", "minor": 250_000, "currency": "USD"})
        );
    }

    #[test]
    fn every_channel_can_be_compared() {
        for measure in [
            Measure::LeadToWon,
            Measure::ReferralsThrough,
            Measure::ProgramsOffering,
        ] {
            for channel in Channel::ALL {
                let found = published(measure).filter(|b| b.channel == Some(channel));
                assert_eq!(found.count(), 1, "{measure:?} {channel:?}");
            }
        }
    }

    #[test]
    fn the_rate_of_spoken_referrals_is_qualified() {
        let verbal = published(Measure::LeadToWon)
            .find(|b| b.channel == Some(Channel::Verbal))
            .unwrap();
        assert_eq!(
            verbal.figure,
            Figure::Rate {
                basis_points: 3_200
            }
        );
        assert!(verbal.note.unwrap().starts_with("Confounded"));
    }

    #[test]
    fn shares_are_shares_and_years_are_known_with_their_source() {
        for benchmark in benchmarks() {
            if let Figure::Rate { basis_points } | Figure::RateBelow { basis_points } =
                benchmark.figure
            {
                assert!((1..=10_000).contains(&basis_points), "{benchmark:?}");
            }
            assert_eq!(benchmark.year.is_none(), benchmark.source == NOT_FOUND);
        }
    }
}
