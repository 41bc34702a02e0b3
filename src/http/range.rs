//! The days that statistics are asked for, and the instants that they are made of.

use super::problem::Problem;
use crate::domain::{
    date::{self, Day},
    zone::Zone,
};

/// Days of a range at most.
pub const MOST_DAYS: i32 = 1_100;

/// Days of a clock, from the first one to the last one, included.
pub struct Range {
    /// The clock.
    pub zone: Zone,
    /// The first day.
    pub from: Day,
    /// The last one.
    pub to: Day,
}

impl Range {
    /// The days between two that were named; thirty, and up to today, unless said.
    pub fn of(from: Option<&str>, to: Option<&str>, zone: Zone, now: i64) -> Result<Self, Problem> {
        let day = |field: &'static str, text: Option<&str>| match text {
            None => Ok(None),
            Some(text) => Day::parse(text)
                .map(Some)
                .ok_or_else(|| Problem::field(field, "must be a day like 2026-11-22")),
        };
        let (from, to) = (day("from", from)?, day("to", to)?);
        let to = to.or_else(|| today(zone, now)).unwrap_or(Day::LAST);
        Ok(Self {
            zone,
            from: from.or_else(|| before(to, 29)).unwrap_or(Day::FIRST),
            to,
        })
    }

    /// So many days up to today.
    pub fn last(days: i32, zone: Zone, now: i64) -> Self {
        let to = today(zone, now).unwrap_or(Day::LAST);
        let from = before(to, days - 1).unwrap_or(Day::FIRST);
        Self { zone, from, to }
    }

    /// The range, unless it is empty or longer than is answered by such rows.
    pub fn at_most(self, most: i32, by: &str) -> Result<Self, Problem> {
        let days = self.to.since_epoch() - self.from.since_epoch() + 1;
        if days < 1 {
            return Err(Problem::field("from", "must not be after `to`"));
        }
        if days > most {
            let detail = format!("makes a range of {days} days; by {by} at most {most}");
            return Err(Problem::field("from", detail));
        }
        Ok(self)
    }

    /// First instant, and the first instant after (Unix seconds).
    pub fn instants(&self) -> (i64, i64) {
        let start = self.zone.day_start(self.from.since_epoch());
        (start, self.zone.day_start(self.to.since_epoch() + 1))
    }

    /// Each day with its instants.
    pub fn days(&self) -> Vec<(String, (i64, i64))> {
        (self.from.since_epoch()..=self.to.since_epoch())
            .filter_map(|day| {
                let instants = (self.zone.day_start(day), self.zone.day_start(day + 1));
                Some((Day::from_epoch(day)?.to_string(), instants))
            })
            .collect()
    }

    /// Each hour of the zone's clock with its instants. They begin where the
    /// tallies' hours do, so a clock that turns is followed exactly.
    pub fn hours(&self) -> Vec<(String, (i64, i64))> {
        let (start, end) = self.instants();
        let mut hours = Vec::new();
        let mut begin = start;
        while begin < end {
            let mut next = begin + 3_600;
            // A clock that turns by half an hour cuts an hour in two.
            let aligned = self.zone.hour_start(next);
            if aligned > begin {
                next = aligned;
            }
            hours.push((date::rfc3339(begin * 1_000), (begin, next.min(end))));
            begin = next;
        }
        hours
    }
}

fn today(zone: Zone, now: i64) -> Option<Day> {
    Day::from_epoch(zone.day_of(now.div_euclid(1_000)))
}

fn before(day: Day, days: i32) -> Option<Day> {
    Day::from_epoch(day.since_epoch() - days)
}
