//! Time zones by their IANA names: offsets, local days and local hours.
//!
//! Owns the evaluation of a zone's rule, and the `table` of names that `cargo xtask zones` writes
//! from the tz database.  Knows no clock; text forms of dates and instants are
//! [`super::date`]'s.
//!
//! The table is true from 2025-01-01 on, up to whatever the world's governments decide next.
//! Earlier instants are given the offset that a zone's first known rule makes of them, which is
//! right for most zones and most of the past, but not promised: no referral is that old.
//! Gaza and Hebron shift their clocks around Ramadan; their calendar is listed up to the end of
//! 2040 and follows the plain yearly rule after that.
//!
//! The table is our own because it costs 8 KB of gzipped wasm, where jiff with its database costs
//! more than 100; the tests hold every name against jiff, which only they need.

mod table;
#[cfg(test)]
mod tests;

use super::date::{civil_from_days, days_from_civil};
use serde::{Serialize, Serializer};
use std::cmp::Ordering;

use crate::decode::{Decode, Fault, Tree};

const SECONDS_PER_DAY: i64 = 86_400;

/// The release of the tz database that the table was generated from, such as `2026e`.
pub const TZDB_VERSION: &str = table::TZDB_VERSION;

/// A time zone by its IANA name, such as `Europe/Berlin`.
///
/// Two zones are equal when their names are: `Asia/Calcutta` and `Asia/Kolkata` keep the same time
/// and are still different choices, which we give back as they were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone {
    name: &'static str,
    listed: Option<&'static Listed>,
    rule: &'static Rule,
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

impl Decode for Zone {
    fn decode(tree: Tree) -> Result<Self, Fault> {
        let name = String::decode(tree)?;
        Self::named(&name)
            .ok_or_else(|| Fault::new("must be the IANA name of a time zone, like Europe/Berlin"))
    }
}

impl Zone {
    /// Universal time.
    pub const UTC: Self = Self {
        name: "UTC",
        listed: None,
        rule: &Rule::Fixed(0),
    };

    /// Finds a zone by its name; old names (`Asia/Calcutta`) are zones of their own.
    ///
    /// ASCII case does not matter.  An exact match needs no precedence, as no two names differ in
    /// case alone (the generator refuses such a table).
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let mut lines = table::NAMES;
        loop {
            let (head, tail) = lines.split_at_checked(lines.len() / 2)?;
            let start = head.rfind('\n').map_or(0, |newline| newline + 1);
            let end = head.len() + tail.find('\n')? + 1;
            let (known, numbers) = lines.get(start..end)?.trim_ascii_end().split_once(' ')?;
            match compare_ignoring_case(name, known) {
                Ordering::Less => lines = lines.get(..start)?,
                Ordering::Equal => return Self::from_table(known, numbers),
                Ordering::Greater => lines = lines.get(end..)?,
            }
        }
    }

    /// The name, in the tz database's own spelling.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Seconds east of UTC in force at an instant (Unix seconds).
    #[must_use]
    pub fn offset_at(self, unix_seconds: i64) -> i32 {
        match self.listed {
            Some(listed) if unix_seconds < listed.until => listed.offset_at(unix_seconds),
            _ => self.rule.offset_at(unix_seconds),
        }
    }

    /// The first instant (Unix seconds) of a local calendar day (days since 1970-01-01).
    ///
    /// Where the clock jumps over midnight this is the instant of the jump, the first that belongs
    /// to the day; where it strikes midnight twice, the first stroke.
    #[must_use]
    pub fn day_start(self, day: i32) -> i64 {
        let midnight = i64::from(day) * SECONDS_PER_DAY;
        // No zone is a whole day from UTC, so these bracket any change of offset near midnight.
        let (mut earlier, mut later) = (midnight - SECONDS_PER_DAY, midnight + SECONDS_PER_DAY);
        for probe in [earlier, later] {
            let start = midnight - i64::from(self.offset_at(probe));
            if self.day_of(start) >= day && self.day_of(start - 1) < day {
                return start;
            }
        }
        // Neither offset has a midnight: the clock jumps over it.  Close in on the jump.
        while later - earlier > 1 {
            let middle = earlier.midpoint(later);
            if self.day_of(middle) < day {
                earlier = middle;
            } else {
                later = middle;
            }
        }
        later
    }

    /// The local day (days since 1970-01-01) on which an instant (Unix seconds) falls.
    #[must_use]
    pub fn day_of(self, unix_seconds: i64) -> i32 {
        let local = unix_seconds.saturating_add(i64::from(self.offset_at(unix_seconds)));
        let day = local.div_euclid(SECONDS_PER_DAY);
        // Past an i32 lie instants millions of years away: the nearest day that can be said.
        i32::try_from(day).unwrap_or(if day < 0 { i32::MIN } else { i32::MAX })
    }

    /// The first instant of the local clock hour in which an instant falls, both in Unix seconds.
    ///
    /// It is reckoned with the offset in force at the instant itself, `t - (t + offset) mod 3600`.
    /// So an hour that the clock repeats in autumn is two hours, with two starts.  Where a change
    /// is not of whole hours (Lord Howe: thirty minutes), the clock hour that it cuts short or
    /// repeats in part has a start of its own, which lies half an hour before the change, where the
    /// clock still showed something else: good as a key that tells the hours apart, and to be
    /// labelled with the offset of an instant inside the hour, not with that of the start.
    #[must_use]
    pub fn hour_start(self, unix_seconds: i64) -> i64 {
        let local = unix_seconds.saturating_add(i64::from(self.offset_at(unix_seconds)));
        unix_seconds.saturating_sub(local.rem_euclid(3600))
    }

    /// Reads what the table has behind a name: the rule's number and perhaps the number of a list.
    fn from_table(name: &'static str, numbers: &str) -> Option<Self> {
        let (rule, list) = match numbers.split_once(' ') {
            Some((rule, list)) => (rule, Some(list)),
            None => (numbers, None),
        };
        let rule = table::RULES.get(rule.parse::<usize>().ok()?)?;
        let listed = match list {
            Some(number) => Some(table::LISTS.get(number.parse::<usize>().ok()?)?),
            None => None,
        };
        Some(Self { name, listed, rule })
    }
}

/// The offsets, in seconds east of UTC, that a zone has for ever or by the seasons.
#[derive(Debug, PartialEq, Eq)]
enum Rule {
    Fixed(i32),
    Seasonal {
        standard: i32,
        summer: i32,
        begins: Turn,
        ends: Turn,
    },
}

impl Rule {
    fn offset_at(&self, unix_seconds: i64) -> i32 {
        /// Four million years, which leaves room for all arithmetic on days and years below.
        const FAR: i64 = 1 << 47;
        let (standard, summer, begins, ends) = match self {
            Self::Fixed(offset) => return *offset,
            Self::Seasonal {
                standard,
                summer,
                begins,
                ends,
            } => (*standard, *summer, begins, ends),
        };
        let instant = unix_seconds.clamp(-FAR, FAR);
        // In standard time the year may be an hour late, but nobody turns a clock at New Year (the
        // generator refuses such a rule), so both years have the same answer.
        let local = instant + i64::from(standard);
        let (year, _, _) = civil_from_days(local.div_euclid(SECONDS_PER_DAY));
        let begins = begins.local_seconds(year) - i64::from(standard);
        let ends = ends.local_seconds(year) - i64::from(summer);
        let in_summer = if begins < ends {
            (begins..ends).contains(&instant)
        } else {
            !(ends..begins).contains(&instant)
        };
        if in_summer { summer } else { standard }
    }
}

/// When clocks turn: on the `week`th such weekday of a month (5 is the last; Sunday is 0), so many
/// seconds after its midnight, which may be negative or past the day's end.
#[derive(Debug, PartialEq, Eq)]
struct Turn {
    month: u8,
    week: u8,
    weekday: u8,
    seconds: i32,
}

impl Turn {
    fn local_seconds(&self, year: i64) -> i64 {
        let (month, weekday) = (i64::from(self.month), i64::from(self.weekday));
        // 1970-01-01 was a Thursday.
        let weekday_of = |day: i64| (day + 4).rem_euclid(7);
        let day = if self.week == 5 {
            let last = days_from_civil(year, month + 1, 1) - 1;
            last - (weekday_of(last) - weekday).rem_euclid(7)
        } else {
            let first = days_from_civil(year, month, 1);
            first + (weekday - weekday_of(first)).rem_euclid(7) + 7 * (i64::from(self.week) - 1)
        };
        day * SECONDS_PER_DAY + i64::from(self.seconds)
    }
}

/// The changes of a zone that no rule tells, up to the instant from which its rule does.
#[derive(Debug, PartialEq, Eq)]
struct Listed {
    /// The offset before the first change.
    before: i32,
    /// Instants, ascending, and the offset from each on.
    changes: &'static [(i64, i32)],
    until: i64,
}

impl Listed {
    fn offset_at(&self, unix_seconds: i64) -> i32 {
        self.changes
            .iter()
            .rfind(|(since, _)| *since <= unix_seconds)
            .map_or(self.before, |(_, offset)| *offset)
    }
}

/// A seasonal rule, in the short form that keeps the table a line a rule.
const fn seasonal(
    standard: i32,
    summer: i32,
    begins: (u8, u8, u8, i32),
    ends: (u8, u8, u8, i32),
) -> Rule {
    Rule::Seasonal {
        standard,
        summer,
        begins: turn(begins),
        ends: turn(ends),
    }
}

const fn turn((month, week, weekday, seconds): (u8, u8, u8, i32)) -> Turn {
    Turn {
        month,
        week,
        weekday,
        seconds,
    }
}

/// The order of the table.
fn compare_ignoring_case(left: &str, right: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    left.bytes().map(lower).cmp(right.bytes().map(lower))
}
