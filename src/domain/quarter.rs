//! Quarters of a calendar year, as `2026-Q4`.

use std::fmt;

use super::date::{Day, YEARS, civil_from_days, days_from_civil};

/// A quarter of a year that text may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quarter {
    year: i64,
    /// 1 to 4.
    number: i64,
}

impl Quarter {
    /// Reads `YYYY-Qn`, exactly.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, number) = text.split_once("-Q")?;
        let digits = |text: &str, length: usize| {
            let right = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
            right.then(|| text.parse().ok()).flatten()
        };
        let (year, number) = (digits(year, 4)?, digits(number, 1)?);
        let known = YEARS.contains(&year) && (1..=4).contains(&number);
        known.then_some(Self { year, number })
    }

    /// The quarter that a day is in.
    #[must_use]
    pub fn of(day: Day) -> Self {
        let (year, month, _) = civil_from_days(day.since_epoch().into());
        let number = (month + 2) / 3;
        Self { year, number }
    }

    /// Its first day and its last one.
    #[must_use]
    pub fn days(self) -> (Day, Day) {
        let month = 3 * self.number - 2;
        let first = days_from_civil(self.year, month, 1);
        // The first month after the last quarter is the 13th, which is January.
        let last = days_from_civil(self.year, month + 3, 1) - 1;
        let day = |days: i64| i32::try_from(days).ok().and_then(Day::from_epoch);
        (
            day(first).unwrap_or(Day::FIRST),
            day(last).unwrap_or(Day::LAST),
        )
    }
}

/// Writes `YYYY-Qn`.
impl fmt::Display for Quarter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}-Q{}", self.year, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_is_in_the_quarter_that_has_it_and_quarters_leave_no_gap() {
        let mut expected = Day::FIRST;
        while let Some(next) = {
            let quarter = Quarter::of(expected);
            let (first, last) = quarter.days();
            assert_eq!(first, expected);
            assert_eq!(Quarter::of(last), quarter);
            assert_eq!(Quarter::parse(&quarter.to_string()), Some(quarter));
            Day::from_epoch(last.since_epoch() + 1)
        } {
            expected = next;
        }
        assert_eq!(expected.to_string(), "2199-10-01");
    }

    #[test]
    fn quarters_have_the_days_of_the_calendar() {
        for (text, first, last) in [
            ("2026-Q4", "2026-10-01", "2026-12-31"),
            ("2028-Q1", "2028-01-01", "2028-03-31"),
            ("2027-Q2", "2027-04-01", "2027-06-30"),
        ] {
            let (from, to) = Quarter::parse(text).unwrap().days();
            assert_eq!(
                (from.to_string(), to.to_string()),
                (first.into(), last.into())
            );
        }
        for text in [
            "", "2026", "2026-Q5", "2026-Q0", "2026-q1", "26-Q1", "2026-Q01", "+026-Q1", "1969-Q4",
            "2200-Q1", "2026-Q1 ",
        ] {
            assert_eq!(Quarter::parse(text), None, "{text}");
        }
    }
}
