//! `/v1/attribution/what-if`: who would have the credit under another policy.
//!
//! Replays the function that decided, over the touches that it decided about.
//! Nothing is written.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Response, output, problem::Problem, programs, request::Request};
use crate::{
    decode::record,
    domain::{
        attribution::{Policy, attribute},
        channel::{Channel, Medium},
        date::Day,
        link::AdvocateNumber,
    },
    store::leads::{self, Lead, Revenue},
};

/// Leads that are read at a time.
const AT_A_TIME: u16 = 1_000;

/// Days of a period at most.
const MOST_DAYS: i32 = 1_100;

/// Leads that are named in the answer at most, and advocates.
const MOST_NAMED: usize = 200;

record! {
    /// What is asked.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Question {
        /// Slug of the program.
        program: String,
        /// First day of the leads, `YYYY-MM-DD` by the program's clock.
        #[schema(format = "date")]
        from: String,
        /// Last day, included.
        #[schema(format = "date")]
        to: String,
        policy: Policy,
    }
}

/// What would change.
#[derive(Serialize, ToSchema)]
pub(super) struct Replay {
    program: String,
    from: String,
    to: String,
    policy: Policy,
    /// Leads of the period, all of which were replayed.
    leads: u64,
    /// Of them, those whose credit would be another advocate's or channel's.
    changed: u64,
    /// Every channel; those without a credit as `none`.
    channels: Vec<Shift>,
    /// Advocates whose figures would change, the most changed first; 200 at most.
    advocates: Vec<Shift>,
    /// Leads whose credit would change; the first 200.
    examples: Vec<Change>,
}

/// The figures of a channel or an advocate, now and then.
#[derive(Serialize, ToSchema)]
pub(super) struct Shift {
    /// A channel, or an advocate's id; `none` for no credit.
    key: String,
    before: Merits,
    after: Merits,
}

/// What one has the credit for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Merits {
    leads: u64,
    won: u64,
    /// By ISO 4217 code, in minor units, net of refunds.
    revenue: BTreeMap<String, i64>,
}

/// A lead whose credit would change.
#[derive(Serialize, ToSchema)]
pub(super) struct Change {
    lead: String,
    /// Id of the advocate who has the credit.
    before: Option<String>,
    before_medium: Option<Medium>,
    /// Id of the advocate who would have it.
    after: Option<String>,
    after_medium: Option<Medium>,
}

/// Who has a credit: the advocate and the medium.
type Credit = Option<(u32, u8)>;

/// Merits by number of the advocate, now and then.
type Shifts = BTreeMap<Option<u32>, (Merits, Merits)>;

/// Replays the leads of a period under another policy, and says what would change
/// by channel and by advocate.
#[utoipa::path(post, path = "/v1/attribution/what-if", tag = "leads",
    request_body = Question, responses((status = 200, body = Replay)))]
pub(super) async fn ask(request: Request) -> Result<Response, Problem> {
    let question: Question = request.json()?;
    let call = &request.call;
    let program = programs::require(call, &question.program, Some("program")).await?;
    let (from, to) = period(&question)?;
    let zone = program.zone;
    let mut after = (zone.day_start(from) * 1_000 - 1, String::from("~"));
    let until = zone.day_start(to + 1) * 1_000;

    let every = Channel::ALL.into_iter().map(Some).chain([None]);
    let mut channels: Vec<_> = every.map(|channel| (channel, nothing())).collect();
    let mut advocates = Shifts::new();
    let (mut count, mut changed, mut examples) = (0, 0, Vec::new());
    loop {
        let place = (after.0, after.1.as_str());
        let page = leads::in_period(call.db(), program.number, place, until, AT_A_TIME).await?;
        let Some(last) = page.last() else { break };
        let revenue = leads::revenue(call.db(), &page).await?;
        after = (last.at, last.id.clone());
        for lead in &page {
            count += 1;
            let (before, then) = (credit_now(lead), credit_under(lead, question.policy));
            let add = |figures: &mut Merits| figures.add(lead, &revenue);
            let (old, new) = (before.map(|c| c.0), then.map(|c| c.0));
            for (key, figures) in &mut channels {
                if *key == channel(before) {
                    add(&mut figures.0)?;
                }
                if *key == channel(then) {
                    add(&mut figures.1)?;
                }
            }
            add(&mut advocates.entry(old).or_insert_with(nothing).0)?;
            add(&mut advocates.entry(new).or_insert_with(nothing).1)?;
            if before != then {
                changed += 1;
                if examples.len() < MOST_NAMED {
                    examples.push(change(lead, before, then));
                }
            }
        }
    }
    let replay = Replay {
        program: program.slug,
        from: question.from,
        to: question.to,
        policy: question.policy,
        leads: count,
        changed,
        channels: channels
            .into_iter()
            .map(|(channel, (before, after))| Shift {
                key: channel.map_or("none", Channel::name).to_owned(),
                before,
                after,
            })
            .collect(),
        advocates: most_changed(advocates),
        examples,
    };
    Ok(output::json(StatusCode::OK, &replay))
}

/// First and last day since the epoch.
fn period(question: &Question) -> Result<(i32, i32), Problem> {
    let day = |field: &str, text: &str| {
        Day::parse(text)
            .map(Day::since_epoch)
            .ok_or_else(|| Problem::field(field, "must be a day like 2026-11-22"))
    };
    let (from, to) = (day("from", &question.from)?, day("to", &question.to)?);
    if to < from {
        return Err(Problem::field("from", "must not be after `to`"));
    }
    if to - from >= MOST_DAYS {
        return Err(Problem::field(
            "from",
            "makes a period of more than 1,100 days",
        ));
    }
    Ok((from, to))
}

fn nothing() -> (Merits, Merits) {
    (Merits::default(), Merits::default())
}

fn credit_now(lead: &Lead) -> Credit {
    lead.advocate.zip(lead.medium)
}

fn credit_under(lead: &Lead, policy: Policy) -> Credit {
    let winner = attribute(policy, &lead.touches, lead.moment).winner;
    let touch = lead.touches.iter().find(|touch| Some(touch.n) == winner);
    touch.map(|touch| (touch.credits(), touch.medium))
}

fn channel(credit: Credit) -> Option<Channel> {
    credit
        .and_then(|(_, medium)| Medium::from_code(medium))
        .map(Medium::channel)
}

impl Merits {
    /// Adds a lead with what it brought in, which stands among the revenue of
    /// others, in the order of the leads.
    fn add(&mut self, lead: &Lead, revenue: &[Revenue]) -> Result<(), Problem> {
        self.leads += 1;
        self.won += u64::from(lead.won_at.is_some());
        let start = revenue.partition_point(|row| row.lead < lead.id);
        let rows = revenue.iter().skip(start);
        for row in rows.take_while(|row| row.lead == lead.id) {
            let sum = self.revenue.entry(row.currency.clone()).or_default();
            *sum = sum
                .checked_add(row.amount)
                .ok_or_else(|| Problem::field("from", "makes a period of too much revenue"))?;
        }
        Ok(())
    }
}

fn change(lead: &Lead, before: Credit, after: Credit) -> Change {
    let id = |credit: Credit| credit.map(|(number, _)| AdvocateNumber(number).to_id());
    let medium = |credit: Credit| credit.and_then(|(_, medium)| Medium::from_code(medium));
    Change {
        lead: lead.id.clone(),
        before: id(before),
        before_medium: medium(before),
        after: id(after),
        after_medium: medium(after),
    }
}

fn most_changed(shifts: Shifts) -> Vec<Shift> {
    let mut changed: Vec<Shift> = shifts
        .into_iter()
        .filter(|(_, (before, after))| before != after)
        .map(|(key, (before, after))| Shift {
            key: key.map_or_else(
                || "none".to_owned(),
                |number| AdvocateNumber(number).to_id(),
            ),
            before,
            after,
        })
        .collect();
    changed.sort_by_key(|shift| std::cmp::Reverse(shift.before.leads.abs_diff(shift.after.leads)));
    changed.truncate(MOST_NAMED);
    changed
}
