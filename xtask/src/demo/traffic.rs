//! Owns the demo's clicks and shares: ninety days of them, with a week's rhythm,
//! growth, one post that went round, machines among the people. The same for the
//! same program and moment, and written nowhere.

use goodword::domain::{
    channel::Medium,
    class::{Class, Reason},
    click::ClickId,
    zone::Zone,
};

use super::habits::{BOTS, HABITS, Habit, LEISURE};
use super::people::Program;
use super::random::Random;

/// Days that there is something of; a receipt of the first is inside a window of 90.
pub const DAYS: i64 = 89;

const MINUTE: i64 = 60_000;
const DAY_SECONDS: i64 = 86_400;

/// A click. Advocates, destinations and labels are places in the program's lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Click {
    pub id: ClickId,
    pub advocate: usize,
    pub medium: Medium,
    pub destination: usize,
    pub label: Option<usize>,
    pub class: Class,
    pub reason: Reason,
    pub visitor: Option<u64>,
    pub offset_minutes: i32,
}

/// A share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    pub event: String,
    pub at: i64,
    pub advocate: usize,
    pub medium: Medium,
    pub destination: usize,
    pub label: Option<usize>,
    /// Or only meant to be.
    pub sent: bool,
    pub offset_minutes: i32,
}

/// All of a program's.
pub struct Traffic {
    pub clicks: Vec<Click>,
    pub shares: Vec<Share>,
}

/// Monday first, in hundredths of an ordinary day.
const WEEK: [u64; 7] = [112, 128, 122, 116, 98, 62, 56];

/// The post that went round: on which day, and how many clicks it brought.
const VIRAL: [(i64, u64); 6] = [
    (63, 380),
    (64, 290),
    (65, 150),
    (66, 80),
    (67, 45),
    (68, 20),
];

/// The clicks of the last half hour, for whoever looks on live.
const JUST_NOW: u64 = 24;

/// A program's traffic up to a moment (Unix milliseconds).
pub fn traffic(program: &Program, now: i64) -> Traffic {
    let zone = Zone::named(program.zone).unwrap_or(Zone::UTC);
    let mut maker = Maker {
        random: Random::of(program.slug),
        program,
        zone,
        now,
        traffic: Traffic {
            clicks: Vec::new(),
            shares: Vec::new(),
        },
        visitors: Vec::new(),
    };
    let today = zone.day_of(now.div_euclid(1_000));
    for day in 0..=DAYS {
        let from_today = DAYS - day;
        let local_day = today.saturating_sub(i32::try_from(from_today).unwrap_or(0));
        maker.visitors.clear();
        for habit in &HABITS {
            maker.ordinary(habit, day, local_day);
        }
        if let (Some(advocate), Some((_, clicks))) =
            (program.viral, VIRAL.iter().find(|(on, _)| *on == day))
        {
            maker.viral(advocate, local_day, *clicks);
        }
    }
    maker.just_now(JUST_NOW * program.daily / 120);
    maker.traffic.clicks.sort_by_key(|click| click.id);
    maker.traffic
}

struct Maker<'a> {
    random: Random,
    program: &'a Program,
    zone: Zone,
    now: i64,
    traffic: Traffic,
    /// Whoever was here on the day.
    visitors: Vec<u64>,
}

/// Where a click goes besides its channel.
#[derive(Clone, Copy)]
struct Aim {
    advocate: usize,
    medium: Medium,
    label: Option<usize>,
}

impl Maker<'_> {
    fn ordinary(&mut self, habit: &Habit, day: i64, local_day: i32) {
        // 1970-01-01 was a Thursday.
        let weekday = usize::try_from((i64::from(local_day) + 3).rem_euclid(7)).unwrap_or(0);
        let rhythm = WEEK.get(weekday).copied().unwrap_or(100);
        let growth = 64 + 72 * day.unsigned_abs() / DAYS.unsigned_abs();
        // In thousandths; an ordinary day's clicks are people's to three quarters.
        let people = self.program.daily * 10 * 3 / 4 * habit.part * rhythm * growth / 10_000;
        let parts = [
            (Class::Human, people),
            (Class::Suspected, people * habit.suspected / 100),
            (Class::Bot, people * habit.bots / 100),
        ];
        for (class, mean) in parts {
            for _ in 0..self.random.about(mean) {
                let at = self.moment(local_day, habit.hours);
                if let Some(aim) = self.aim(habit, at) {
                    self.click(at, aim, class, habit.reasons);
                }
            }
        }
        for _ in 0..self.random.about(people * habit.shares / 100) {
            let at = self.moment(local_day, habit.hours);
            if let Some(aim) = self.aim(habit, at) {
                self.share(at, aim);
            }
        }
    }

    fn viral(&mut self, advocate: usize, local_day: i32, clicks: u64) {
        for _ in 0..self.random.about(clicks * 1_000) {
            let at = self.moment(local_day, LEISURE);
            let medium = self.random.weighted(&[
                (Medium::Linkedin, 88),
                (Medium::Whatsapp, 8),
                (Medium::X, 4),
            ]);
            let class = self.random.weighted(&[
                (Class::Human, 84),
                (Class::Suspected, 4),
                (Class::Bot, 12),
            ]);
            if let (Some(medium), Some(class)) = (medium, class) {
                let aim = Aim {
                    advocate,
                    medium,
                    label: Some(2),
                };
                self.click(at, aim, class, &[(Reason::Prefetch, 1)]);
            }
        }
    }

    fn just_now(&mut self, clicks: u64) {
        for _ in 0..clicks {
            let at = self.now - self.random.between(MINUTE / 2, 29 * MINUTE);
            let habits: Vec<(usize, u64)> =
                HABITS.iter().map(|habit| habit.part).enumerate().collect();
            let habit = self.random.weighted(&habits).and_then(|n| HABITS.get(n));
            let class = self.random.weighted(&[
                (Class::Human, 80),
                (Class::Suspected, 12),
                (Class::Bot, 8),
            ]);
            let (Some(habit), Some(class)) = (habit, class) else {
                continue;
            };
            if let Some(aim) = self.aim(habit, at) {
                self.click(at, aim, class, habit.reasons);
            }
        }
    }

    /// An instant of a day (Unix milliseconds), in an hour of the channel's.
    fn moment(&mut self, local_day: i32, hours: &[(i64, u64)]) -> i64 {
        let hour = self.random.weighted(hours).unwrap_or(12);
        let second = hour * 3_600 + self.random.between(0, 3_599);
        (self.zone.day_start(local_day) + second) * 1_000 + self.random.between(0, 999)
    }

    /// Somebody who was an advocate then, by how much they share.
    fn aim(&mut self, habit: &Habit, at: i64) -> Option<Aim> {
        let age = (self.now - at) / (DAY_SECONDS * 1_000);
        let advocates: Vec<(usize, u64)> = self
            .program
            .advocates
            .iter()
            .enumerate()
            .filter(|(_, advocate)| advocate.7 > age)
            .map(|(place, advocate)| (place, advocate.6))
            .collect();
        let label = self.random.weighted(habit.labels)?;
        Some(Aim {
            advocate: self.random.weighted(&advocates)?,
            medium: self.random.weighted(habit.media)?,
            label: (label < self.program.labels.len()).then_some(label),
        })
    }

    fn destination(&mut self) -> usize {
        const LIKED: [(usize, u64); 4] = [(0, 56), (1, 22), (3, 13), (2, 9)];
        let there = self.program.destinations.len();
        let liked: Vec<(usize, u64)> = LIKED.into_iter().filter(|(n, _)| *n < there).collect();
        self.random.weighted(&liked).unwrap_or(0)
    }

    fn click(&mut self, at: i64, aim: Aim, class: Class, suspected: &[(Reason, u64)]) {
        let reason = match class {
            Class::Human => Some(Reason::Clean),
            Class::Suspected => self.random.weighted(suspected),
            Class::Bot => self.random.weighted(BOTS),
        };
        let visitor = (class == Class::Human).then(|| self.visitor()).flatten();
        let destination = self.destination();
        let id = ClickId::new(at, self.random.tail());
        if at > self.now {
            return;
        }
        self.traffic.clicks.push(Click {
            id,
            advocate: aim.advocate,
            medium: aim.medium,
            destination,
            label: aim.label,
            class,
            reason: reason.unwrap_or(Reason::Agent),
            visitor,
            offset_minutes: self.offset(at),
        });
    }

    /// Somebody new on the day, somebody who comes again, or somebody who keeps
    /// to themselves.
    fn visitor(&mut self) -> Option<u64> {
        if self.random.percent(6) {
            return None;
        }
        if self.random.percent(21)
            && let Some(known) = self.random.pick(&self.visitors)
        {
            return Some(known);
        }
        let new = self.random.bits();
        self.visitors.push(new);
        Some(new)
    }

    fn share(&mut self, at: i64, aim: Aim) {
        let destination = self.destination();
        let sent = self.random.percent(64);
        if at > self.now {
            return;
        }
        self.traffic.shares.push(Share {
            event: format!("demo-{}", self.traffic.shares.len() + 1),
            at,
            advocate: aim.advocate,
            medium: aim.medium,
            destination,
            label: aim.label,
            sent,
            offset_minutes: self.offset(at),
        });
    }

    fn offset(&self, at: i64) -> i32 {
        self.zone.offset_at(at.div_euclid(1_000)) / 60
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::super::people::PROGRAMS;
    use super::*;

    /// 2026-11-25, a Wednesday, 10:00 UTC.
    const NOW: i64 = 1_795_600_800_000;

    #[test]
    fn the_same_moment_makes_the_same_traffic() {
        for program in &PROGRAMS {
            let (one, two) = (traffic(program, NOW), traffic(program, NOW));
            assert_eq!(one.clicks, two.clicks);
            assert_eq!(one.shares, two.shares);
        }
    }

    #[test]
    fn there_are_twelve_thousand_clicks_of_every_kind() {
        let all: Vec<Traffic> = PROGRAMS.iter().map(|one| traffic(one, NOW)).collect();
        let clicks: Vec<&Click> = all.iter().flat_map(|one| &one.clicks).collect();
        assert!((11_000..13_000).contains(&clicks.len()), "{}", clicks.len());
        let shares: usize = all.iter().map(|one| one.shares.len()).sum();
        assert!((1_500..3_000).contains(&shares), "{shares}");
        let ids: BTreeSet<ClickId> = clicks.iter().map(|click| click.id).collect();
        assert_eq!(ids.len(), clicks.len());
        let mut classes = BTreeMap::new();
        let mut channels = BTreeMap::new();
        for click in &clicks {
            *classes.entry(click.class.code()).or_insert(0) += 1;
            *channels.entry(click.medium.channel()).or_insert(0) += 1;
            assert!(click.id.at() <= NOW && click.id.at() > NOW - 90 * 86_400_000);
        }
        assert_eq!(channels.len(), 6, "{channels:?}");
        assert!(classes.values().all(|n| *n > 900), "{classes:?}");
    }

    #[test]
    fn a_post_goes_round_and_weekends_are_quiet() {
        let [demo, ..] = &PROGRAMS;
        let zone = Zone::named(demo.zone).unwrap();
        let mut days = BTreeMap::new();
        for click in traffic(demo, NOW).clicks {
            *days
                .entry(zone.day_of(click.id.at() / 1_000))
                .or_insert(0_u64) += 1;
        }
        let today = zone.day_of(NOW / 1_000);
        let sum = |days: &BTreeMap<i32, u64>, which: &dyn Fn(i32) -> bool| -> u64 {
            days.iter()
                .filter(|(day, _)| which(**day))
                .map(|(_, n)| n)
                .sum()
        };
        let weekend = sum(&days, &|day| (day + 3).rem_euclid(7) > 4);
        let all = sum(&days, &|_| true);
        assert!(weekend * 5 < all, "{weekend} of {all}");
        let burst = days.get(&(today - 26)).copied().unwrap();
        assert!(burst > 300, "{burst}");
        let live = traffic(demo, NOW)
            .clicks
            .iter()
            .filter(|click| click.id.at() > NOW - 30 * MINUTE)
            .count();
        assert!(live >= 15, "{live}");
    }
}
