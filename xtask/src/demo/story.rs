//! Owns what came of the demo's clicks, and of what was said: leads, their way
//! through the stages, sales, refunds. As pure as the traffic.

use goodword::domain::{channel::Channel, class::Class};

use super::people::{self, COMPANIES, FIRST_NAMES, LAST_NAMES, Program, REPS};
use super::random::Random;
use super::traffic::{Click, Traffic};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A lead with all that becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    pub way: Way,
    pub at: i64,
    pub name: String,
    pub email: String,
    pub company: &'static str,
    pub note: Option<&'static str>,
    pub steps: Vec<Step>,
    pub sales: Vec<Sale>,
}

/// How it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// By clicks; the receipts are sent along.
    Clicks(Vec<Click>),
    /// It was said to a rep.
    Spoken {
        /// A place among the program's advocates.
        advocate: usize,
        medium: &'static str,
        rep: &'static str,
        place: Option<&'static str>,
    },
    /// With a code that was said or printed.
    Code {
        /// A place among the program's advocates.
        advocate: usize,
        medium: &'static str,
    },
    /// A rep entered it, and nobody referred it.
    Alone { rep: &'static str },
}

/// A step to a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub stage: &'static str,
    pub at: i64,
    /// Why it was lost.
    pub reason: Option<&'static str>,
}

/// What was bought, in cents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sale {
    pub order: String,
    pub product: &'static str,
    pub amount: u64,
    pub at: i64,
    pub refund: Option<Refund>,
}

/// What was given back of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    pub amount: u64,
    pub at: i64,
    pub reason: &'static str,
}

/// The leads of a program's traffic up to a moment (Unix milliseconds).
pub fn leads(program: &Program, traffic: &Traffic, now: i64) -> Vec<Lead> {
    let mut teller = Teller {
        random: Random::of(&format!("{} leads", program.slug)),
        program,
        now,
        people: traffic
            .clicks
            .iter()
            .filter(|click| click.class == Class::Human && click.id.at() < now - 5 * MINUTE)
            .cloned()
            .collect(),
        orders: 0,
    };
    (1..=program.leads).filter_map(|n| teller.lead(n)).collect()
}

struct Teller<'a> {
    random: Random,
    program: &'a Program,
    now: i64,
    people: Vec<Click>,
    orders: u64,
}

impl Teller<'_> {
    fn lead(&mut self, n: usize) -> Option<Lead> {
        let (way, at) = match self.random.below(100) {
            0..70 => self.by_clicks()?,
            70..86 => self.spoken()?,
            86..95 => self.code()?,
            _ => self.alone()?,
        };
        let company = self.random.pick(&COMPANIES)?;
        let (name, email) = self.person(n, company, &way)?;
        let note = self.random.pick(&[
            None,
            None,
            None,
            Some("Two locations, wants to start in spring."),
            Some("Uses a spreadsheet today."),
            Some("Asked about the API."),
            Some("Decides together with the accountant."),
        ])?;
        let steps = self.steps(at);
        let sales = self.sales(&steps);
        Some(Lead {
            way,
            at,
            name,
            email,
            company,
            note,
            steps,
            sales,
        })
    }

    fn by_clicks(&mut self) -> Option<(Way, i64)> {
        let mut clicks = vec![self.promising()?];
        let click = clicks.first()?.id.at();
        let later = if self.random.percent(70) {
            self.random.between(2 * MINUTE, 45 * MINUTE)
        } else {
            self.random.between(6 * HOUR, 3 * DAY)
        };
        let at = (click + later).min(self.now - MINUTE);
        // Some had followed somebody else's link before.
        if self.random.percent(18) {
            let before: Vec<Click> = self
                .people
                .iter()
                .filter(|one| one.id.at() < click && one.id.at() > click - 12 * DAY)
                .cloned()
                .collect();
            let place = self.random.below(before.len() as u64);
            clicks.extend(before.into_iter().nth(usize::try_from(place).ok()?));
        }
        Some((Way::Clicks(clicks), at))
    }

    /// A click that something comes of: those of some channels do more often.
    fn promising(&mut self) -> Option<Click> {
        for _ in 0..1_000 {
            let place = self.random.below(self.people.len() as u64);
            let click = self.people.get(usize::try_from(place).ok()?)?;
            let chances = match click.medium.channel() {
                Channel::Email => 44,
                Channel::Social => 40,
                Channel::Link => 42,
                Channel::Print => 34,
                Channel::Verbal => 80,
                Channel::Form => 95,
            };
            let click = click.clone();
            if self.random.percent(chances) {
                return Some(click);
            }
        }
        None
    }

    /// An advocate who was there then.
    fn advocate(&mut self, at: i64) -> Option<usize> {
        let age = (self.now - at) / DAY;
        let there: Vec<(usize, u64)> = self
            .program
            .advocates
            .iter()
            .enumerate()
            .filter(|(_, advocate)| advocate.7 > age)
            .map(|(place, advocate)| (place, advocate.6))
            .collect();
        self.random.weighted(&there)
    }

    fn any_time(&mut self) -> i64 {
        self.now - self.random.between(2 * HOUR, 88 * DAY)
    }

    fn spoken(&mut self) -> Option<(Way, i64)> {
        let at = self.any_time();
        let advocate = self.advocate(at)?;
        let owner = self.program.advocates.get(advocate)?.5;
        let medium = self
            .random
            .weighted(&[("phone", 46), ("in_person", 36), ("video", 18)])?;
        let place = match medium {
            "in_person" => self.random.pick(&[
                Some("trade fair, hall 3"),
                Some("at their shop"),
                Some("partner breakfast"),
            ])?,
            _ => None,
        };
        let rep = if owner.is_empty() {
            self.random.pick(&REPS.map(|rep| rep.slug))?
        } else {
            owner
        };
        let way = Way::Spoken {
            advocate,
            medium,
            rep,
            place,
        };
        Some((way, at))
    }

    fn code(&mut self) -> Option<(Way, i64)> {
        let at = self.any_time();
        let advocate = self.advocate(at)?;
        let medium = self.random.pick(&["in_person", "phone", "print"])?;
        Some((Way::Code { advocate, medium }, at))
    }

    fn alone(&mut self) -> Option<(Way, i64)> {
        let rep = self.random.pick(&REPS.map(|rep| rep.slug))?;
        Some((Way::Alone { rep }, self.any_time()))
    }

    /// A name and an address. Some few look odd, and hold their rewards.
    fn person(&mut self, n: usize, company: &str, way: &Way) -> Option<(String, String)> {
        let first = self.random.pick(&FIRST_NAMES)?;
        let last = self.random.pick(&LAST_NAMES)?;
        let local = format!("{}.{}", people::plain(first), people::plain(last));
        let advocate = match way {
            Way::Clicks(clicks) => clicks.first().map(|click| click.advocate),
            Way::Spoken { advocate, .. } | Way::Code { advocate, .. } => Some(*advocate),
            Way::Alone { .. } => None,
        };
        let colleague = advocate.and_then(|place| self.program.advocates.get(place));
        let domain = match (n % 19, colleague) {
            (3, Some(colleague)) => colleague.3.to_owned(),
            (11, _) => "mailinator.com".to_owned(),
            // The number keeps two people of one name apart.
            _ => format!("{}-{n}.example", people::plain(company)),
        };
        Some((format!("{first} {last}"), format!("{local}@{domain}")))
    }

    /// The way through the stages, as far as it has got by now.
    fn steps(&mut self, begun: i64) -> Vec<Step> {
        const PATH: [(&str, u64, i64, i64); 4] = [
            ("accepted", 94, 3, 150),
            ("meeting", 86, 48, 260),
            ("opportunity", 84, 72, 320),
            ("won", 80, 110, 430),
        ];
        const REASONS: [&str; 6] = [
            "no budget this year",
            "chose a competitor",
            "no answer after three calls",
            "too small for now",
            "bad timing",
            "not the decision maker",
        ];
        let mut steps = Vec::new();
        let mut at = begun;
        for (stage, chances, least, most) in PATH {
            let goes_on = self.random.percent(chances);
            at += self.random.between(least * HOUR, most * HOUR);
            let skips_meeting = stage == "meeting" && self.random.percent(14);
            if at >= self.now {
                break;
            }
            if !goes_on {
                at += self.random.between(5 * DAY, 16 * DAY);
                let reason = self.random.pick(&REASONS);
                if at < self.now {
                    steps.push(Step {
                        stage: "lost",
                        at,
                        reason,
                    });
                }
                break;
            }
            if !skips_meeting {
                steps.push(Step {
                    stage,
                    at,
                    reason: None,
                });
            }
        }
        steps
    }

    /// What whoever was won has bought. The first sale is the winning.
    fn sales(&mut self, steps: &[Step]) -> Vec<Sale> {
        let Some(won) = steps.iter().find(|step| step.stage == "won") else {
            return Vec::new();
        };
        let first = self.random.weighted(&[
            (("starter", 58_800), 46),
            (("team", 178_800), 40),
            (("business", 478_800), 14),
        ]);
        let mut sales: Vec<Sale> = first
            .into_iter()
            .map(|what| self.sale(what, won.at))
            .collect();
        let later = won.at + self.random.between(12 * DAY, 30 * DAY);
        if self.random.percent(34) && later < self.now {
            sales.push(self.sale(("seats", 24_000), later));
        }
        sales
    }

    fn sale(&mut self, (product, price): (&'static str, u64), at: i64) -> Sale {
        self.orders += 1;
        let amount = price
            * self
                .random
                .weighted(&[(1, 70), (2, 22), (3, 8)])
                .unwrap_or(1);
        let refunded_at = at + self.random.between(2 * DAY, 9 * DAY);
        let is_returned = self.orders % 9 == 4 && refunded_at < self.now;
        let refund = is_returned.then_some(if self.orders.is_multiple_of(2) {
            Refund {
                amount,
                at: refunded_at,
                reason: "closed the second location",
            }
        } else {
            Refund {
                amount: amount / 4,
                at: refunded_at,
                reason: "fewer seats than planned",
            }
        });
        Sale {
            order: format!("{}-{}", self.program.slug, 1_000 + self.orders),
            product,
            amount,
            at,
            refund,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::super::people::PROGRAMS;
    use super::super::traffic::traffic;
    use super::*;

    const NOW: i64 = 1_795_600_800_000;

    fn all(now: i64) -> Vec<Lead> {
        PROGRAMS
            .iter()
            .flat_map(|program| leads(program, &traffic(program, now), now))
            .collect()
    }

    #[test]
    fn the_same_moment_tells_the_same_story() {
        assert_eq!(all(NOW), all(NOW));
    }

    #[test]
    fn every_stage_has_some_whenever_it_begins() {
        for later in [0, 1, 7, 100, 1_000] {
            let now = NOW + later * DAY;
            let leads = all(now);
            assert_eq!(
                leads.len(),
                PROGRAMS.iter().map(|one| one.leads).sum::<usize>()
            );
            let mut stages = BTreeMap::new();
            for lead in &leads {
                let stage = lead.steps.last().map_or("new", |step| step.stage);
                *stages.entry(stage).or_insert(0) += 1;
                let times = lead.steps.iter().map(|step| step.at);
                assert!(times.clone().is_sorted() && times.clone().all(|at| at < now));
                assert!(lead.at < now && times.min().is_none_or(|first| first > lead.at));
            }
            assert_eq!(stages.len(), 6, "{stages:?}");
            assert!(stages.values().all(|n| *n > 3), "{stages:?}");
            assert!(stages.get("won").is_some_and(|n| *n > 30), "{stages:?}");
            let sales: Vec<&Sale> = leads.iter().flat_map(|lead| &lead.sales).collect();
            assert!(sales.iter().any(|sale| sale.refund.is_some()));
            let orders: BTreeSet<&str> = sales.iter().map(|sale| &*sale.order).collect();
            assert_eq!(orders.len(), sales.len());
            let emails: BTreeSet<&str> = leads.iter().map(|lead| &*lead.email).collect();
            assert_eq!(emails.len(), leads.len());
        }
    }

    #[test]
    fn receipts_come_before_their_lead() {
        for lead in all(NOW) {
            if let Way::Clicks(clicks) = &lead.way {
                assert!(clicks.iter().all(|click| click.id.at() <= lead.at));
            }
        }
    }
}
