//! Calendar dates and timestamps as text, in UTC: `2026-11-22` and RFC 3339.
//!
//! Owns the proleptic Gregorian calendar (Howard Hinnant's "chrono-compatible low-level date
//! algorithms") and the two text formats.  Knows no clock and no time zones: where a day starts
//! for somebody is the business of [`super::zone`].

use std::fmt;
use std::ops::RangeInclusive;

/// The years that text may name.
///
/// Before 1970 there are no referrals, and a four-digit year past 2199 is a typing mistake in every
/// field that we have; a bound keeps such a mistake from becoming a window of six thousand years.
pub const YEARS: RangeInclusive<i64> = 1970..=2199;

const SECONDS_PER_DAY: i64 = 86_400;
const MILLIS_PER_DAY: i64 = SECONDS_PER_DAY * 1000;

/// A calendar date between 1970-01-01 and 2199-12-31, kept as days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

impl Day {
    /// 1970-01-01.
    pub const FIRST: Self = Self(0);
    /// 2199-12-31.
    pub const LAST: Self = Self(84_005);

    /// The date that lies so many days after 1970-01-01.
    #[must_use]
    pub fn from_epoch(days: i32) -> Option<Self> {
        (Self::FIRST.0..=Self::LAST.0)
            .contains(&days)
            .then_some(Self(days))
    }

    /// Reads `YYYY-MM-DD`, exactly; `None` for anything else and for dates that do not exist.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = Rest(text.as_bytes());
        let day = rest.day()?;
        rest.is_empty().then_some(day)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn since_epoch(self) -> i32 {
        self.0
    }
}

/// Writes `YYYY-MM-DD`.
impl fmt::Display for Day {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(i64::from(self.0));
        write!(out, "{year:04}-{month:02}-{day:02}")
    }
}

/// Writes Unix milliseconds as `2026-11-22T03:15:08.123Z`: always UTC, always three decimals, so
/// that the texts sort like the instants.
///
/// Instants outside the years 0000 to 9999, which RFC 3339 cannot say, are written as the nearest
/// one that it can.
#[must_use]
pub fn rfc3339(unix_millis: i64) -> String {
    const EARLIEST: i64 = days_from_civil(0, 1, 1) * MILLIS_PER_DAY;
    const LATEST: i64 = days_from_civil(10_000, 1, 1) * MILLIS_PER_DAY - 1;
    let instant = unix_millis.clamp(EARLIEST, LATEST);
    let (year, month, day) = civil_from_days(instant.div_euclid(MILLIS_PER_DAY));
    let in_day = instant.rem_euclid(MILLIS_PER_DAY);
    let (hour, minute) = (in_day / 3_600_000, in_day / 60_000 % 60);
    let (second, milli) = (in_day / 1000 % 60, in_day % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

/// Reads an RFC 3339 timestamp, with `Z` or a numeric offset, as Unix milliseconds.
///
/// Decimals past the third are cut off, not rounded, so that an instant never moves into the next
/// second.  A leap second (`:60`) is refused: Unix time has no number for it.  So are a space in
/// place of the `T`, a missing offset (it would make us guess), and years outside [`YEARS`],
/// in the text as in UTC.
#[must_use]
pub fn parse_rfc3339(text: &str) -> Option<i64> {
    let mut rest = Rest(text.as_bytes());
    let day = rest.day()?;
    rest.one_of(b"Tt")?;
    let hour = rest.number(2, 0..=23)?;
    rest.one_of(b":")?;
    let minute = rest.number(2, 0..=59)?;
    rest.one_of(b":")?;
    let second = rest.number(2, 0..=59)?;
    let milli = rest.decimals()?;
    let offset = rest.offset()?;
    if !rest.is_empty() {
        return None;
    }
    let local = i64::from(day.0) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
    let millis = (local - offset) * 1000 + milli;
    let utc_day = i32::try_from(millis.div_euclid(MILLIS_PER_DAY)).ok()?;
    Day::from_epoch(utc_day).map(|_| millis)
}

/// Days since 1970-01-01 of a proleptic Gregorian date.
///
/// Month 13 is January of the next year, which spares callers a case when they ask for the end of a
/// month.  Years are the caller's to bound; up to four million either way nothing overflows.
pub(crate) const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    // A year that begins in March puts the leap day last, where it disturbs no month's position.
    let march_year = if month <= 2 { year - 1 } else { year };
    let era = march_year.div_euclid(400);
    let year_of_era = march_year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The proleptic Gregorian year, month and day of a number of days since 1970-01-01.
pub(crate) const fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let march_year = year_of_era + era * 400;
    let year = if month <= 2 {
        march_year + 1
    } else {
        march_year
    };
    (year, month, day)
}

/// The text that is still to be read; every reader takes what it understands off the front.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn one_of(&mut self, allowed: &[u8]) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        allowed.contains(&first).then(|| {
            self.0 = rest;
            first
        })
    }

    fn digit(&mut self) -> Option<i64> {
        self.one_of(b"0123456789")
            .map(|digit| i64::from(digit - b'0'))
    }

    /// A number of exactly `width` digits.
    fn number(&mut self, width: u32, allowed: RangeInclusive<i64>) -> Option<i64> {
        let mut number = 0;
        for _ in 0..width {
            number = number * 10 + self.digit()?;
        }
        allowed.contains(&number).then_some(number)
    }

    fn day(&mut self) -> Option<Day> {
        let year = self.number(4, YEARS)?;
        self.one_of(b"-")?;
        let month = self.number(2, 1..=12)?;
        self.one_of(b"-")?;
        let first = days_from_civil(year, month, 1);
        let length = days_from_civil(year, month + 1, 1) - first;
        let day = self.number(2, 1..=length)?;
        Day::from_epoch(i32::try_from(first + day - 1).ok()?)
    }

    /// An optional fraction of a second, in whole milliseconds.
    fn decimals(&mut self) -> Option<i64> {
        if self.one_of(b".").is_none() {
            return Some(0);
        }
        let mut millis = self.digit()? * 100;
        let mut weight = 10;
        while let Some(digit) = self.digit() {
            millis += digit * weight;
            weight /= 10;
        }
        Some(millis)
    }

    /// `Z` or `+hh:mm`, in seconds east of UTC.
    fn offset(&mut self) -> Option<i64> {
        let direction = match self.one_of(b"Zz+-")? {
            b'+' => 1,
            b'-' => -1,
            _ => return Some(0),
        };
        let hours = self.number(2, 0..=23)?;
        self.one_of(b":")?;
        let minutes = self.number(2, 0..=59)?;
        Some(direction * (hours * 3600 + minutes * 60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CHECKPOINT: i64 = 1_795_317_308_123;

    #[test]
    fn date_format_is_pinned() {
        assert_eq!(Day::from_epoch(0).unwrap().to_string(), "1970-01-01");
        assert_eq!(Day::from_epoch(20_779).unwrap().to_string(), "2026-11-22");
        assert_eq!(Day::LAST.to_string(), "2199-12-31");
    }

    #[test]
    fn every_day_reads_back_from_its_text() {
        for days in Day::FIRST.since_epoch()..=Day::LAST.since_epoch() {
            let day = Day::from_epoch(days).unwrap();
            assert_eq!(Day::parse(&day.to_string()), Some(day));
        }
    }

    #[test]
    fn days_outside_the_accepted_years_are_refused() {
        assert_eq!(Day::from_epoch(-1), None);
        assert_eq!(Day::from_epoch(Day::LAST.since_epoch() + 1), None);
        assert_eq!(Day::parse("1969-12-31"), None);
        assert_eq!(Day::parse("2200-01-01"), None);
    }

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        for text in [
            "2026-02-29",
            "2100-02-29",
            "2026-04-31",
            "2026-00-10",
            "2026-13-01",
            "2026-01-00",
            "2026-01-32",
        ] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
        assert!(Day::parse("2028-02-29").is_some());
        assert!(Day::parse("2000-02-29").is_some());
    }

    #[test]
    fn dates_in_any_other_shape_are_refused() {
        for text in [
            "",
            "2026",
            "2026-1-1",
            "2026-01-1",
            "20260101",
            "2026-01-01 ",
            " 2026-01-01",
            "+2026-01-01",
            "2026/01/01",
            "2026-01-01T",
            "２０２６-01-01",
            "-026-01-01",
        ] {
            assert_eq!(Day::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn timestamp_format_is_pinned() {
        assert_eq!(rfc3339(CHECKPOINT), "2026-11-22T03:15:08.123Z");
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(rfc3339(-1), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn instants_that_rfc3339_cannot_say_are_written_as_the_nearest() {
        assert_eq!(rfc3339(i64::MAX), "9999-12-31T23:59:59.999Z");
        assert_eq!(rfc3339(i64::MIN), "0000-01-01T00:00:00.000Z");
    }

    #[test]
    fn timestamps_are_read_with_any_offset_and_precision() {
        for text in [
            "2026-11-22T03:15:08.123Z",
            "2026-11-22t03:15:08.123z",
            "2026-11-22T03:15:08.123999999999999999999999Z",
            "2026-11-22T04:15:08.123+01:00",
            "2026-11-21T17:45:08.123-09:30",
            "2026-11-22T03:15:08.123-00:00",
            "2026-11-23T03:14:08.123+23:59",
        ] {
            assert_eq!(parse_rfc3339(text), Some(CHECKPOINT), "{text}");
        }
        assert_eq!(parse_rfc3339("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(parse_rfc3339("1970-01-01T00:00:00.5Z"), Some(500));
    }

    #[test]
    fn timestamps_in_any_other_shape_are_refused() {
        for text in [
            "",
            "2026-11-22",
            "2026-11-22T03:15Z",
            "2026-11-22T03:15:08",
            "2026-11-22T03:15:08.Z",
            "2026-11-22T03:15:08,5Z",
            "2026-11-22 03:15:08Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T03:60:00Z",
            "2026-12-31T23:59:60Z",
            "2026-11-22T03:15:08+0100",
            "2026-11-22T03:15:08+01",
            "2026-11-22T03:15:08+24:00",
            "2026-11-22T03:15:08+01:60",
            "2026-11-22T03:15:08Z ",
            "2026-11-22T03:15:08Z[Europe/Berlin]",
            "2026-02-29T03:15:08Z",
            "1970-01-01T00:00:00+00:01",
            "2199-12-31T23:59:59-00:01",
        ] {
            assert_eq!(parse_rfc3339(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn civil_dates_round_trip(days in -1_000_000_000_i64..1_000_000_000) {
            let (year, month, day) = civil_from_days(days);
            prop_assert_eq!(days_from_civil(year, month, day), days);
            prop_assert!((1..=12).contains(&month) && (1..=31).contains(&day));
        }

        #[test]
        fn timestamps_round_trip(millis in 0..(i64::from(Day::LAST.since_epoch()) + 1) * MILLIS_PER_DAY) {
            prop_assert_eq!(parse_rfc3339(&rfc3339(millis)), Some(millis));
        }

        #[test]
        fn timestamps_are_written_as_jiff_writes_them(millis in -62_000_000_000_000_i64..250_000_000_000_000) {
            let theirs = jiff::Timestamp::from_millisecond(millis).unwrap();
            prop_assert_eq!(rfc3339(millis), format!("{theirs:.3}"));
        }

        #[test]
        fn no_text_makes_the_readers_panic(text in ".{0,40}", near in "[0-9TtZz:.+-]{0,36}") {
            for text in [text, near] {
                let _ = (Day::parse(&text), parse_rfc3339(&text));
            }
        }
    }
}
