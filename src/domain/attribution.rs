//! Attribution: which touch earns the credit for a lead, and why no other.
//!
//! Owns the one pure function, [`attribute`], and the words in which a decision
//! is explained. The same function decides when a lead comes in, when a touch
//! comes late, and when somebody asks what another policy would have done.

use serde::Serialize;
use utoipa::ToSchema;

use super::program::{Touch as Which, WindowDays};
use crate::decode::{names, record, row};

/// How far ahead of ours a clock may be that dates a touch or a lead (ms).
pub const CLOCK_SKEW: i64 = 5 * 60_000;

names! {
    /// What proves a touch. What somebody said outranks what a browser kept: a name
    /// given in words is meant, a link may have been followed by chance.
    #[derive(PartialOrd, Ord)]
    pub enum Proof {
        /// A rep attests that it was said.
        Rep => "rep",
        /// The advocate named them, on their own page.
        Advocate => "advocate",
        /// A spoken code was typed in.
        Code => "code",
        /// Another system has recorded it, and was believed.
        Import => "import",
        /// A click's receipt was sent along.
        Receipt => "receipt",
        /// A click's receipt stood in the cookie.
        Cookie => "cookie",
    }
}

impl Proof {
    /// Lower goes before higher.
    const fn rank(self) -> u8 {
        match self {
            Self::Rep | Self::Advocate | Self::Code => 0,
            Self::Import | Self::Receipt => 1,
            Self::Cookie => 2,
        }
    }
}

row! {
    /// What can earn the credit. The decision looks at `kind` and `at` alone; the
    /// rest says whom and what it would credit, and how that can be checked.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
    pub struct Touch {
        /// Its place among the lead's touches, from 1.
        pub n: u16,
        /// What proves it.
        pub kind: Proof,
        /// When it happened (Unix ms).
        pub at: i64,
        /// Number of the advocate whose it is.
        pub advocate: u32,
        /// The one with whom they turned out to be one person, and who is credited.
        pub merged_into: Option<u32>,
        /// Medium code.
        pub medium: u8,
        /// Destination number of the link.
        pub destination: u8,
        /// Label number of the link.
        pub label: u16,
        /// The click's id (hexadecimal), the code's key, the rep (a slug),
        /// the advocate (an id), or the other system.
        pub proof: String,
        /// Where it was said.
        pub place: Option<String>,
    }
}

impl Touch {
    /// Number of the advocate whom it would credit.
    #[must_use]
    pub fn credits(&self) -> u32 {
        self.merged_into.unwrap_or(self.advocate)
    }

    /// The click behind it (hexadecimal), if there is one.
    #[must_use]
    pub fn click(&self) -> Option<&str> {
        matches!(self.kind, Proof::Receipt | Proof::Cookie).then_some(self.proof.as_str())
    }
}

record! {
    /// A version of a program's policy.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    pub struct Policy {
        /// Whether the first or the last touch wins.
        pub touch: Which,
        /// For how long a touch can.
        pub window_days: WindowDays,
    }
}

names! {
    /// What became of a touch.
    pub enum Verdict {
        /// It has the credit.
        Won => "won",
        /// It came after the prospect had raised a hand or bought.
        TooLate => "too_late",
        /// It is older than the policy's window.
        TooOld => "too_old",
        /// Another one has a stronger proof.
        Outranked => "outranked",
        /// Another of its kind came before, and the first one counts.
        NotFirst => "not_first",
        /// Another of its kind came after, and the last one counts.
        NotLast => "not_last",
    }
}

/// A decision: a verdict on every touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The `n` of the touch that has the credit.
    pub winner: Option<u16>,
    /// Every touch with what became of it, in the order in which they came.
    pub verdicts: Vec<(u16, Verdict)>,
}

/// Decides who has the credit. `moment` (Unix ms) is when the prospect raised a
/// hand or bought, whichever was first: what came after cannot have led there.
///
/// Touches that are in time and inside the window are ranked by their proof;
/// among the best, the first or the last wins, as the policy says. Of two at the
/// same instant, the one that was recorded first counts as the earlier.
#[must_use]
pub fn attribute(policy: Policy, touches: &[Touch], moment: i64) -> Decision {
    let window = i64::from(policy.window_days.seconds()) * 1_000;
    let ineligible = |touch: &Touch| {
        if touch.at > moment.saturating_add(CLOCK_SKEW) {
            Some(Verdict::TooLate)
        } else if touch.at < moment.saturating_sub(window) {
            Some(Verdict::TooOld)
        } else {
            None
        }
    };
    let eligible = || touches.iter().filter(|touch| ineligible(touch).is_none());
    let best = eligible().map(|touch| touch.kind.rank()).min();
    let finalists = eligible().filter(|touch| Some(touch.kind.rank()) == best);
    let order = |touch: &&Touch| (touch.at, touch.n);
    let winner = match policy.touch {
        Which::First => finalists.min_by_key(order),
        Which::Last => finalists.max_by_key(order),
    };
    let verdict = |touch: &Touch| {
        if let Some(verdict) = ineligible(touch) {
            verdict
        } else if winner.is_some_and(|winner| winner.n == touch.n) {
            Verdict::Won
        } else if Some(touch.kind.rank()) != best {
            Verdict::Outranked
        } else {
            match policy.touch {
                Which::First => Verdict::NotFirst,
                Which::Last => Verdict::NotLast,
            }
        }
    };
    Decision {
        winner: winner.map(|winner| winner.n),
        verdicts: touches
            .iter()
            .map(|touch| (touch.n, verdict(touch)))
            .collect(),
    }
}

/// Why a touch won or lost, in a sentence.
#[must_use]
pub fn explain(verdict: Verdict, touch: Proof, winner: Option<Proof>, policy: Policy) -> String {
    let days = u16::from(policy.window_days);
    let words = |proof: Proof| match proof {
        Proof::Rep => "a rep's attestation",
        Proof::Advocate => "the advocate's own word",
        Proof::Code => "a spoken code",
        Proof::Import => "another system's record",
        Proof::Receipt => "a click's receipt",
        Proof::Cookie => "a click's cookie",
    };
    match verdict {
        Verdict::Won => format!(
            "It has the credit: {} of the strongest kind of proof ({}) inside {days} days.",
            match policy.touch {
                Which::First => "the first touch",
                Which::Last => "the last touch",
            },
            words(touch),
        ),
        Verdict::TooLate => "It came after the prospect had raised a hand or bought.".to_owned(),
        Verdict::TooOld => {
            format!("It was more than {days} days before, outside the program's window.")
        }
        Verdict::Outranked => format!(
            "{} outranks {}.",
            winner.map_or("a stronger proof", words),
            words(touch)
        ),
        Verdict::NotFirst => "Another touch came before it, and the first one counts.".to_owned(),
        Verdict::NotLast => "Another touch came after it, and the last one counts.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY: i64 = 86_400_000;
    const MOMENT: i64 = 1_790_000_000_000;

    fn policy(touch: Which, days: u16) -> Policy {
        Policy {
            touch,
            window_days: WindowDays::try_from(days).unwrap(),
        }
    }

    fn touch(n: u16, kind: Proof, days_before: i64) -> Touch {
        Touch {
            n,
            kind,
            at: MOMENT - days_before * DAY,
            advocate: u32::from(n),
            merged_into: None,
            medium: 0,
            destination: 0,
            label: 0,
            proof: String::new(),
            place: None,
        }
    }

    #[test]
    fn the_table() {
        use Proof::{Code, Cookie, Receipt, Rep};
        use Verdict::{NotFirst, NotLast, Outranked, TooLate, TooOld, Won};
        use Which::{First, Last};
        type Case<'a> = (Which, &'a [(Proof, i64)], &'a [Verdict]);
        let cases: [Case; 11] = [
            (Last, &[], &[]),
            (Last, &[(Receipt, 1)], &[Won]),
            (Last, &[(Receipt, 90)], &[Won]),
            (Last, &[(Receipt, 91)], &[TooOld]),
            (Last, &[(Receipt, -1)], &[TooLate]),
            (Last, &[(Receipt, 5), (Receipt, 2)], &[NotLast, Won]),
            (First, &[(Receipt, 5), (Receipt, 2)], &[Won, NotFirst]),
            (First, &[(Receipt, 95), (Receipt, 2)], &[TooOld, Won]),
            (Last, &[(Cookie, 1), (Receipt, 9)], &[Outranked, Won]),
            (
                Last,
                &[(Receipt, 1), (Code, 30), (Rep, 40), (Cookie, 0)],
                &[Outranked, Won, NotLast, Outranked],
            ),
            (First, &[(Code, 95), (Receipt, 3)], &[TooOld, Won]),
        ];
        for (which, touches, expected) in cases {
            let touches: Vec<Touch> = (1..)
                .zip(touches)
                .map(|(n, (kind, days))| touch(n, *kind, *days))
                .collect();
            let decision = attribute(policy(which, 90), &touches, MOMENT);
            let verdicts: Vec<Verdict> = decision.verdicts.iter().map(|(_, v)| *v).collect();
            assert_eq!(verdicts, expected, "{which:?} {touches:?}");
            let won = decision.verdicts.iter().find(|(_, v)| *v == Won);
            assert_eq!(decision.winner, won.map(|(n, _)| *n));
        }
    }

    #[test]
    fn a_clock_may_be_five_minutes_ahead() {
        let ahead = |ms| Touch {
            at: MOMENT + ms,
            ..touch(1, Proof::Receipt, 0)
        };
        let winner = |touch| attribute(policy(Which::Last, 30), &[touch], MOMENT).winner;
        assert_eq!(winner(ahead(CLOCK_SKEW)), Some(1));
        assert_eq!(winner(ahead(CLOCK_SKEW + 1)), None);
    }

    #[test]
    fn of_two_at_once_the_first_recorded_is_the_earlier() {
        let two = [touch(1, Proof::Receipt, 1), touch(2, Proof::Receipt, 1)];
        let winner = |which| attribute(policy(which, 30), &two, MOMENT).winner;
        assert_eq!(
            (winner(Which::First), winner(Which::Last)),
            (Some(1), Some(2))
        );
    }

    #[test]
    fn every_verdict_is_explained() {
        let policy = policy(Which::First, 30);
        for (verdict, words) in [
            (Verdict::Won, "the first touch"),
            (Verdict::TooLate, "after the prospect"),
            (Verdict::TooOld, "more than 30 days"),
            (
                Verdict::Outranked,
                "a spoken code outranks a click's cookie",
            ),
            (Verdict::NotFirst, "first one counts"),
            (Verdict::NotLast, "last one counts"),
        ] {
            let text = explain(verdict, Proof::Cookie, Some(Proof::Code), policy);
            assert!(text.contains(words), "{text}");
        }
    }

    fn proof() -> impl Strategy<Value = Proof> {
        prop_oneof![
            Just(Proof::Rep),
            Just(Proof::Advocate),
            Just(Proof::Code),
            Just(Proof::Import),
            Just(Proof::Receipt),
            Just(Proof::Cookie)
        ]
    }

    proptest! {
        /// The order in which touches arrive decides nothing.
        #[test]
        fn the_order_of_arrival_is_of_no_account(
            drawn in proptest::collection::vec((proof(), -10_i64..100), 0..12),
            first: bool,
            shift in 0_usize..12,
        ) {
            let mut touches: Vec<Touch> = (1..)
                .zip(&drawn)
                .map(|(n, (kind, days))| touch(n, *kind, *days))
                .collect();
            let policy = policy(if first { Which::First } else { Which::Last }, 60);
            let before = attribute(policy, &touches, MOMENT);
            if !touches.is_empty() {
                let middle = shift % touches.len();
                touches.rotate_left(middle);
            }
            let after = attribute(policy, &touches, MOMENT);
            prop_assert_eq!(before.winner, after.winner);
            let mut sorted = after.verdicts.clone();
            sorted.sort_by_key(|(n, _)| *n);
            prop_assert_eq!(&before.verdicts, &sorted);
            // Exactly one wins if any is eligible.
            let won = before.verdicts.iter().filter(|(_, v)| *v == Verdict::Won).count();
            prop_assert_eq!(won, usize::from(before.winner.is_some()));
        }
    }
}
