//! When a program writes: what may be set.

use utoipa::ToSchema;

use crate::{
    decode::{self, Decode, Tree, names, record},
    domain::letter::{MessageName, minutes},
};

names! {
    /// A day of the week.
    pub enum Weekday {
        /// The first one.
        Monday => "monday",
        /// The second.
        Tuesday => "tuesday",
        /// The third.
        Wednesday => "wednesday",
        /// The fourth.
        Thursday => "thursday",
        /// The fifth.
        Friday => "friday",
        /// The sixth.
        Saturday => "saturday",
        /// The last.
        Sunday => "sunday",
    }
}

record! {
    /// What changes; what is left out stays.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub struct MessageChanges {
        /// Letters to one person in a week at most, 0 to 50. What somebody asked for
        /// themselves, `payout` and `weekly` do not count.
        #[expect(dead_code, reason = "it is kept as it came")]
        per_week: Option<i64> = per_week,
        /// From when nobody is written to, `HH:MM` of the program's clock; the same as
        /// `quiet_to` for at no time.
        #[schema(example = "20:00")]
        #[expect(dead_code, reason = "it is kept as it came")]
        quiet_from: Option<String> = clock,
        /// Until when.
        #[schema(example = "08:00")]
        #[expect(dead_code, reason = "it is kept as it came")]
        quiet_to: Option<String> = clock,
        /// After how many days without a sign of an advocate they are written to, 7 to
        /// 365.
        #[expect(dead_code, reason = "it is kept as it came")]
        quiet_days: Option<i64> = quiet_days,
        /// After how many days a lead stands still, 1 to 90.
        #[expect(dead_code, reason = "it is kept as it came")]
        stale_days: Option<i64> = stale_days,
        /// On which day reps are told of their week.
        #[expect(dead_code, reason = "it is kept as it came")]
        weekly_on: Option<Weekday> = decode::present,
        /// Which messages go on or off, by their names.
        #[schema(value_type = Option<std::collections::BTreeMap<String, bool>>)]
        #[expect(dead_code, reason = "it is kept as it came")]
        enabled: Option<Switches> = decode::present,
    }
}

/// Messages that go on or off.
pub struct Switches;

impl Decode for Switches {
    fn decode(tree: Tree) -> Result<Self, decode::Fault> {
        for (name, value) in tree.into_object("an object")? {
            let known = MessageName::decode(Tree::Text(name.clone()));
            known
                .and_then(|_| bool::decode(value))
                .map_err(|fault| fault.of(&name))?;
        }
        Ok(Self)
    }
}

fn per_week(tree: Tree) -> Result<Option<i64>, decode::Fault> {
    within(tree, 0, 50, "must be from 0 to 50")
}

fn quiet_days(tree: Tree) -> Result<Option<i64>, decode::Fault> {
    within(tree, 7, 365, "must be from 7 to 365")
}

fn stale_days(tree: Tree) -> Result<Option<i64>, decode::Fault> {
    within(tree, 1, 90, "must be from 1 to 90")
}

fn within(
    tree: Tree,
    least: i64,
    most: i64,
    fault: &'static str,
) -> Result<Option<i64>, decode::Fault> {
    let number: Option<i64> = decode::present(tree)?;
    match number {
        Some(number) if !(least..=most).contains(&number) => Err(decode::Fault::new(fault)),
        number => Ok(number),
    }
}

fn clock(tree: Tree) -> Result<Option<String>, decode::Fault> {
    let time: Option<String> = decode::present(tree)?;
    match &time {
        Some(time) if minutes(time).is_none() => {
            Err(decode::Fault::new("must be a time of the day like 20:00"))
        }
        _ => Ok(time),
    }
}

/// When a program writes. SQL puts it together (`store::messages`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub struct MessageSettings {
    /// Letters to one person in a week at most.
    per_week: u32,
    /// From when nobody is written to, of the program's clock.
    #[schema(example = "20:00")]
    quiet_from: String,
    /// Until when.
    #[schema(example = "08:00")]
    quiet_to: String,
    /// After how many days without a sign of an advocate they are written to.
    quiet_days: u32,
    /// After how many days a lead stands still.
    stale_days: u32,
    /// On which day reps are told of their week.
    weekly_on: Weekday,
}
