//! `/v1/programs/{program}/rules`: what is rewarded, version by version, and what
//! other rules would have paid.

use http::StatusCode;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    Response,
    input::{self, Page},
    output,
    problem::{FieldError, Problem},
    programs,
    request::Request,
};
use crate::{
    decode::record,
    domain::reward::{
        Rules, RulesError, Unit, Who,
        evaluate::{Account, entitlements},
    },
    store::{accounts, rules},
};

const DAY_MS: i64 = 86_400_000;

/// Accounts that a dry run reads at a time.
const AT_A_TIME: u16 = 200;

/// Answers the rules that hold for new leads.
#[utoipa::path(get, path = "/v1/programs/{program}/rules", tag = "rewards",
    params(("program" = String, Path, description = "Slug of the program")),
    responses((status = 200, body = RulesVersion)))]
pub(super) async fn read(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let program = programs::require(call, request.path("program"), None).await?;
    let current = rules::current(call.db(), program.number).await?;
    let current =
        current.ok_or_else(|| Problem::NotFound("the program has no rules yet".into()))?;
    Ok(output::text(StatusCode::OK, current))
}

/// Lists the versions of the rules, the newest first.
#[utoipa::path(get, path = "/v1/programs/{program}/rules/versions", tag = "rewards",
    params(("program" = String, Path, description = "Slug of the program"), Page),
    responses((status = 200, body = output::Items<RulesVersion>)))]
pub(super) async fn versions(request: Request) -> Result<Response, Problem> {
    let page: Page = request.query()?;
    let call = &request.call;
    let program = programs::require(call, request.path("program"), None).await?;
    let before = page.after(i64::from(u32::MAX), |cursor| cursor.parse().ok())?;
    let limit = page.limit.get();
    let rows = rules::page(call.db(), program.number, before, limit + 1).await?;
    Ok(output::documents(rows, limit))
}

/// Sets the rules, as `/reward-rules.schema.json` describes them. They hold for
/// leads that come from now on; those that are there keep the rules under which
/// they came. The same rules again make no new version.
#[utoipa::path(put, path = "/v1/programs/{program}/rules", tag = "rewards",
    params(("program" = String, Path, description = "Slug of the program")),
    request_body(content = serde_json::Value, description = "See /reward-rules.schema.json"),
    responses((status = 200, body = RulesVersion)))]
pub(super) async fn put(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let program = programs::require(call, request.path("program"), None).await?;
    let (_, text) = parse(&request)?;
    let current = rules::put(call.db(), program.number, text, request.key(), call.now).await?;
    Ok(output::text(StatusCode::OK, current))
}

/// The rules in the body, and their text.
fn parse(request: &Request) -> Result<(Rules, &str), Problem> {
    let body = request.body();
    let tree = input::object(request.headers(), body)?;
    let text = std::str::from_utf8(body)
        .map_err(|_| Problem::Malformed("the body is not UTF-8".to_owned()))?;
    let rules = Rules::from_tree(tree).map_err(|error| match error {
        RulesError::Unreadable(error) => error.into(),
        RulesError::Refused(refusals) => Problem::Invalid(
            refusals
                .into_iter()
                .map(|refusal| FieldError {
                    field: refusal.path,
                    detail: refusal.detail.to_owned(),
                })
                .collect(),
        ),
    })?;
    Ok((rules, text))
}

record! {
    /// Of how long a time.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Time {
        /// Days up to now: 1 to 1,100.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 1100, default = 90)]
        days: Option<u16>,
    }
}

/// What rules would have paid.
#[derive(Serialize, ToSchema)]
pub(super) struct DryRun {
    program: String,
    days: u16,
    /// Advocates with a lead, all of whom were looked at.
    accounts: u64,
    /// By rule, by who gets it, and by unit.
    rewards: Vec<Paid>,
}

/// What one rule would have paid.
#[derive(Serialize, ToSchema)]
pub(super) struct Paid {
    /// Id of the rule.
    rule: String,
    who: Who,
    /// An ISO 4217 code, or `months`.
    #[schema(value_type = String, example = "USD")]
    unit: Unit,
    /// How many rewards.
    count: u64,
    /// Their sum, in minor units or months.
    amount: i64,
}

/// Says what the rules in the body would have paid for what was earned in the
/// last days, had they always held. Places on a ladder and caps count from each
/// advocate's first referral on. Nothing is written.
#[utoipa::path(post, path = "/v1/programs/{program}/rules/dry-run", tag = "rewards",
    params(("program" = String, Path, description = "Slug of the program"), Time),
    request_body(content = serde_json::Value, description = "See /reward-rules.schema.json"),
    responses((status = 200, body = DryRun)))]
pub(super) async fn dry_run(request: Request) -> Result<Response, Problem> {
    let Time { days } = request.query()?;
    let days = days.unwrap_or(90);
    if !(1..=1_100).contains(&days) {
        return Err(Problem::field("days", "must be from 1 to 1,100"));
    }
    let call = &request.call;
    let program = programs::require(call, request.path("program"), None).await?;
    let (rules, _) = parse(&request)?;
    let rules = [(0, rules)];
    let since = call.now - i64::from(days) * DAY_MS;
    let (mut rewards, mut count) = (Vec::new(), 0);
    let mut after = -1;
    loop {
        let page = accounts::page(call.db(), program.number, after, AT_A_TIME).await?;
        let Some((last, _)) = page.last() else { break };
        after = i64::from(*last);
        for (_, account) in page {
            count += 1;
            add(&mut rewards, account, &rules, since)?;
        }
    }
    let answer = DryRun {
        program: program.slug,
        days,
        accounts: count,
        rewards,
    };
    Ok(output::json(StatusCode::OK, &answer))
}

/// Adds what an account would have earned since a time (Unix ms). The sums stay
/// in the order of rule, beneficiary and unit.
fn add(
    sums: &mut Vec<Paid>,
    mut account: Account,
    rules: &[(u32, Rules)],
    since: i64,
) -> Result<(), Problem> {
    let too_much = || Problem::field("rules", "come to more than can be counted");
    for referral in &mut account.referrals {
        referral.terms = 0;
    }
    for owed in entitlements(&account, rules).map_err(|_| too_much())? {
        if owed.earned_at < since {
            continue;
        }
        let (who, unit) = (owed.key.beneficiary.who(), owed.key.unit);
        let key = (owed.key.rule.as_str(), who, unit);
        let place = sums.binary_search_by(|sum| (sum.rule.as_str(), sum.who, sum.unit).cmp(&key));
        let place = place.unwrap_or_else(|place| {
            let (rule, count, amount) = (owed.key.rule.clone(), 0, 0);
            let sum = Paid {
                rule,
                who,
                unit,
                count,
                amount,
            };
            sums.insert(place, sum);
            place
        });
        if let Some(sum) = sums.get_mut(place) {
            sum.count += 1;
            sum.amount = sum.amount.checked_add(owed.amount).ok_or_else(too_much)?;
        }
    }
    Ok(())
}

/// A version of the rules. SQL puts it together (`store::rules`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct RulesVersion {
    /// From 1; a lead names the one that holds for it as its `terms`.
    version: u32,
    /// The rules, as they were sent.
    rules: Vec<serde_json::Value>,
    created_at: String,
    /// The API key.
    created_by: String,
}
