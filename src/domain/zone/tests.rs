//! The zones' tests: claims about known places, and jiff as an oracle for every name.

use super::*;
use jiff::{Timestamp, ToSpan, civil, tz::TimeZone};
use proptest::prelude::*;
use std::collections::BTreeMap;

const HOUR: i64 = 3600;
/// 2025-01-01 and 2038-01-01, as days since the epoch.
const DAYS: std::ops::Range<i32> = 20_089..24_837;

fn zone(name: &str) -> Zone {
    Zone::named(name).unwrap_or_else(|| panic!("no zone {name}"))
}

fn at(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_second()
}

fn day(text: &str) -> i32 {
    let days = text.parse::<civil::Date>().unwrap() - civil::date(1970, 1, 1);
    days.get_days()
}

fn names() -> impl Iterator<Item = &'static str> {
    table::NAMES
        .lines()
        .map(|line| line.split(' ').next().unwrap())
}

#[test]
fn names_are_found_in_any_case_and_given_back_in_their_own() {
    assert_eq!(zone("Europe/Berlin").name(), "Europe/Berlin");
    assert_eq!(zone("america/NEW_york").name(), "America/New_York");
    assert_eq!(zone("etc/gmt+12").name(), "Etc/GMT+12");
}

#[test]
fn every_name_of_the_table_finds_itself() {
    for name in names() {
        assert_eq!(zone(name).name(), name);
        assert_eq!(zone(&name.to_ascii_uppercase()).name(), name);
    }
}

#[test]
fn old_names_keep_the_time_of_the_new_and_their_own_spelling() {
    let (old, new) = (zone("Asia/Calcutta"), zone("Asia/Kolkata"));
    assert_ne!(old, new);
    assert_eq!(old.name(), "Asia/Calcutta");
    assert_eq!(old.offset_at(0), new.offset_at(0));
}

#[test]
fn utc_is_the_zone_of_its_name() {
    assert_eq!(Zone::named("utc"), Some(Zone::UTC));
    assert_eq!(Zone::UTC.offset_at(i64::MAX), 0);
}

#[test]
fn what_is_no_name_is_no_zone() {
    for text in [
        "",
        " ",
        "\n",
        "Mars/Olympus",
        "Europe",
        "Europe/Berlin ",
        "Europe/Berlin 31",
        "Europe/Berlin\n",
        "Africa/Abidja",
        "AAA",
        "zzz",
        "Zürich",
        "+01:00",
    ] {
        assert_eq!(Zone::named(text), None, "{text:?}");
    }
}

#[test]
fn offsets_turn_at_the_second_of_the_change() {
    let berlin = zone("Europe/Berlin");
    assert_eq!(berlin.offset_at(at("2026-03-29T00:59:59Z")), 3600);
    assert_eq!(berlin.offset_at(at("2026-03-29T01:00:00Z")), 7200);
    assert_eq!(berlin.offset_at(at("2026-10-25T00:59:59Z")), 7200);
    assert_eq!(berlin.offset_at(at("2026-10-25T01:00:00Z")), 3600);
}

#[test]
fn summer_in_the_south_lasts_over_new_year() {
    let sydney = zone("Australia/Sydney");
    assert_eq!(sydney.offset_at(at("2026-12-31T12:59:59Z")), 39_600);
    assert_eq!(sydney.offset_at(at("2026-12-31T13:00:00Z")), 39_600);
    assert_eq!(sydney.offset_at(at("2026-07-01T00:00:00Z")), 36_000);
}

#[test]
fn listed_changes_precede_the_rule() {
    let vancouver = zone("America/Vancouver");
    assert_eq!(vancouver.offset_at(at("2026-01-15T00:00:00Z")), -28_800);
    assert_eq!(vancouver.offset_at(at("2027-01-15T00:00:00Z")), -25_200);
    // Gaza leaves summer time for Ramadan, here from 1 September to 20 October.
    let gaza = zone("Asia/Gaza");
    assert_eq!(gaza.offset_at(at("2040-08-15T00:00:00Z")), 10_800);
    assert_eq!(gaza.offset_at(at("2040-09-15T00:00:00Z")), 7200);
    assert_eq!(gaza.offset_at(at("2040-10-22T00:00:00Z")), 10_800);
    // From 2041 on the list is left, and the rule knows no Ramadan.
    assert_eq!(gaza.offset_at(at("2041-09-15T00:00:00Z")), 10_800);
}

#[test]
fn a_day_starts_at_its_local_midnight() {
    let kathmandu = zone("Asia/Kathmandu");
    let start = kathmandu.day_start(day("2026-11-22"));
    assert_eq!(start, at("2026-11-21T18:15:00Z"));
    assert_eq!(kathmandu.day_of(start), day("2026-11-22"));
    assert_eq!(kathmandu.day_of(start - 1), day("2026-11-21"));
}

#[test]
fn a_day_without_a_midnight_starts_at_the_jump() {
    let santiago = zone("America/Santiago");
    let start = santiago.day_start(day("2026-09-06"));
    assert_eq!(start, at("2026-09-06T04:00:00Z"));
    assert_eq!(santiago.offset_at(start), -10_800, "the clock shows 01:00");
}

#[test]
fn a_day_whose_midnight_lies_inside_a_jump_starts_at_the_jump() {
    // Toronto did so in 1919: 23:30 was followed by 00:30.  No zone does now.
    static RULE: Rule = seasonal(0, 3600, (3, 5, 1, -1800), (10, 5, 0, 7200));
    let zone = Zone {
        rule: &RULE,
        ..Zone::UTC
    };
    let start = zone.day_start(day("2026-03-30"));
    assert_eq!(start, at("2026-03-29T23:30:00Z"));
    assert_eq!(zone.day_of(start - 1), day("2026-03-29"));
}

#[test]
fn a_day_that_strikes_midnight_twice_starts_at_the_first_stroke() {
    let azores = zone("Atlantic/Azores");
    let start = azores.day_start(day("2026-10-25"));
    assert_eq!(start, at("2026-10-25T00:00:00Z"));
    assert_eq!(azores.day_of(start + HOUR), day("2026-10-25"));
    assert_eq!(azores.offset_at(start + HOUR), -3600);
}

#[test]
fn an_hour_that_the_clock_repeats_is_two_hours() {
    let berlin = zone("Europe/Berlin");
    let first = at("2026-10-25T00:00:00Z");
    assert_eq!(berlin.hour_start(first + 1800), first);
    assert_eq!(berlin.hour_start(first + HOUR + 1800), first + HOUR);
}

#[test]
fn hours_start_where_the_local_clock_says() {
    let kolkata = zone("Asia/Kolkata");
    let start = kolkata.hour_start(at("2026-11-22T03:15:08Z"));
    assert_eq!(start, at("2026-11-22T02:30:00Z"));
}

#[test]
fn half_hour_changes_leave_every_clock_hour_its_own_start() {
    let lord_howe = zone("Australia/Lord_Howe");
    // 02:00 becomes 02:30: the rest of that hour counts from half an hour before the change.
    let spring = at("2026-10-03T15:30:00Z");
    assert_eq!(lord_howe.offset_at(spring - 1), 37_800);
    assert_eq!(lord_howe.offset_at(spring), 39_600);
    assert_eq!(lord_howe.hour_start(spring - 1), spring - HOUR);
    assert_eq!(lord_howe.hour_start(spring), spring - 1800);
    assert_eq!(lord_howe.hour_start(spring + 1800), spring + 1800);
    // 02:00 becomes 01:30: that half hour comes again and counts apart.
    let autumn = at("2026-04-04T15:00:00Z");
    assert_eq!(lord_howe.hour_start(autumn - 1), autumn - HOUR);
    assert_eq!(lord_howe.hour_start(autumn), autumn - 1800);
}

#[test]
fn instants_beyond_all_calendars_have_an_answer() {
    for name in ["UTC", "Europe/Berlin", "Australia/Sydney", "Asia/Gaza"] {
        let zone = zone(name);
        for instant in [i64::MIN, i64::MIN + 1, -1 << 47, 1 << 47, i64::MAX] {
            let _ = (
                zone.offset_at(instant),
                zone.day_of(instant),
                zone.hour_start(instant),
            );
        }
        let _ = (zone.day_start(i32::MIN), zone.day_start(i32::MAX));
        assert_eq!(zone.day_of(i64::MAX), i32::MAX);
        assert_eq!(zone.day_of(i64::MIN), i32::MIN);
    }
}

proptest! {
    #[test]
    fn every_instant_lies_in_its_day_and_hour(
        index in 0..names().count(),
        instant in at("2025-01-01T00:00:00Z")..at("2199-12-31T00:00:00Z"),
    ) {
        let zone = zone(names().nth(index).unwrap());
        let day = zone.day_of(instant);
        prop_assert!((zone.day_start(day)..zone.day_start(day + 1)).contains(&instant));
        prop_assert!((0..HOUR).contains(&(instant - zone.hour_start(instant))));
    }

    #[test]
    fn no_name_makes_the_search_panic(name in ".{0,30}") {
        let _ = Zone::named(&name);
    }
}

/// One zone as the two implementations see it.
struct Pair {
    ours: Zone,
    theirs: TimeZone,
}

impl Pair {
    fn new(name: &str) -> Self {
        Self {
            ours: zone(name),
            theirs: TimeZone::get(name).unwrap(),
        }
    }

    fn compare_instant(&self, instant: i64) {
        let theirs = self
            .theirs
            .to_offset(Timestamp::from_second(instant).unwrap());
        assert_eq!(
            self.ours.offset_at(instant),
            theirs.seconds(),
            "{} at {instant}",
            self.ours.name()
        );
    }

    fn compare_day(&self, day: i32) {
        let date = civil::date(1970, 1, 1) + day.days();
        let theirs = date.to_zoned(self.theirs.clone()).unwrap();
        let start = theirs.start_of_day().unwrap().timestamp().as_second();
        assert_eq!(
            self.ours.day_start(day),
            start,
            "{} on {date}",
            self.ours.name()
        );
        assert_eq!(self.ours.day_of(start), day);
        assert_eq!(self.ours.day_of(start - 1), day - 1);
    }
}

#[test]
fn table_has_the_names_that_jiff_has() {
    let theirs: Vec<_> = jiff::tz::db()
        .available()
        .map(|name| name.as_str().to_owned())
        .filter(|name| name != "Etc/Unknown")
        .collect();
    assert_eq!(names().count(), theirs.len());
    for name in theirs {
        assert_eq!(zone(&name).name(), name);
    }
}

/// Names that share a rule and a list are one zone but for the name, so one of them is compared at
/// every six hours and every day; the next test settles that each name shares with the right ones.
#[test]
fn each_rule_agrees_with_jiff_on_every_day() {
    let mut distinct = BTreeMap::new();
    for name in names() {
        let ours = zone(name);
        let listed = ours.listed.map(std::ptr::from_ref);
        distinct.insert((std::ptr::from_ref(ours.rule), listed), name);
    }
    assert!(distinct.len() >= table::RULES.len());
    for name in distinct.into_values() {
        let pair = Pair::new(name);
        for day in DAYS {
            pair.compare_day(day);
            for quarter in 0..4 {
                pair.compare_instant(i64::from(day) * SECONDS_PER_DAY + quarter * 6 * HOUR);
            }
        }
    }
}

#[test]
fn each_name_agrees_with_jiff_around_its_changes_and_between() {
    let first = i64::from(DAYS.start) * SECONDS_PER_DAY;
    let last = i64::from(DAYS.end) * SECONDS_PER_DAY;
    for name in names() {
        let pair = Pair::new(name);
        // Some five days and seven hours: no phase of the day or the week is left out.
        for instant in (first..last).step_by(457_201) {
            pair.compare_instant(instant);
        }
        let changes: Vec<_> = pair
            .theirs
            .following(Timestamp::from_second(first).unwrap())
            .map(|change| change.timestamp().as_second())
            .take_while(|change| *change < last)
            .collect();
        for change in changes {
            for near in [-SECONDS_PER_DAY, -HOUR, -1, 0, 1, HOUR, SECONDS_PER_DAY] {
                pair.compare_instant(change + near);
            }
            let day = pair.ours.day_of(change);
            for day in day - 1..=day + 1 {
                pair.compare_day(day);
            }
        }
    }
}
