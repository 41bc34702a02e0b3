//! `/v1/rewards`, and an advocate's statement: what is owed, and what people
//! decide about it.

use http::StatusCode;
use utoipa::{IntoParams, ToSchema};

use super::{
    Response, advocates,
    input::{Limit, Page},
    leads::past,
    output,
    problem::Problem,
    programs,
    request::Request,
};
use crate::{
    decode::{self, record},
    domain::{
        date,
        program::Prose,
        reward::{Approval, Form, Who, state::State},
    },
    store::rewards::{self, Act, Filter},
};

record! {
    /// Which rewards.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Wanted {
        /// Slug of the program.
        program: String,
        /// Only those in this advocate's account (id, or `ext:` and external id).
        advocate: Option<String>,
        /// Only those of this lead.
        lead: Option<String>,
        /// Only those that stand so.
        state: Option<State>,
        /// How many items at most.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
        limit: Limit = decode::or_default,
        /// `next` of the page before.
        cursor: Option<String>,
    }
}

/// Lists rewards, the last earned first.
#[utoipa::path(get, path = "/v1/rewards", tag = "rewards", params(Wanted),
    responses((status = 200, body = output::Items<RewardSummary>)))]
pub(super) async fn list(request: Request) -> Result<Response, Problem> {
    let wanted: Wanted = request.query()?;
    let call = &request.call;
    let program = programs::require(call, &wanted.program, Some("program")).await?;
    let advocate = match &wanted.advocate {
        None => None,
        Some(reference) => {
            let field = Some("advocate");
            Some(
                advocates::require(call, program.number, reference, field)
                    .await?
                    .number,
            )
        }
    };
    let filter = Filter {
        advocate,
        lead: wanted.lead.as_deref(),
        state: wanted.state,
    };
    let page = Page {
        limit: wanted.limit,
        cursor: wanted.cursor,
    };
    let (at, id) = page.before()?;
    let limit = page.limit.get();
    let rows = rewards::page(call.db(), program.number, &filter, (at, &id), limit + 1).await?;
    Ok(output::documents(rows, limit))
}

fn missing(request: &Request) -> Problem {
    Problem::NotFound(format!("there is no reward `{}`", request.path("reward")))
}

/// Answers one reward with its entries in the ledger.
#[utoipa::path(get, path = "/v1/rewards/{reward}", tag = "rewards",
    params(("reward" = String, Path, description = "Id of the reward")),
    responses((status = 200, body = RewardInFull)))]
pub(super) async fn read(request: Request) -> Result<Response, Problem> {
    let document = rewards::document(request.call.db(), request.path("reward")).await?;
    let document = document.ok_or_else(|| missing(&request))?;
    Ok(output::text(StatusCode::OK, document))
}

record! {
    /// Why something is decided; for the ledger.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Decision {
        #[schema(value_type = String)]
        why: Prose,
    }
}

/// Approves a reward that is due and not held. One that is approved stays so.
#[utoipa::path(post, path = "/v1/rewards/{reward}/approve", tag = "rewards",
    params(("reward" = String, Path, description = "Id of the reward")),
    request_body = Decision, responses((status = 200, body = RewardInFull)))]
pub(super) async fn approve(request: Request) -> Result<Response, Problem> {
    decide(&request, Act::Approve).await
}

/// Puts a hold on a reward that is not issued yet.
#[utoipa::path(post, path = "/v1/rewards/{reward}/hold", tag = "rewards",
    params(("reward" = String, Path, description = "Id of the reward")),
    request_body = Decision, responses((status = 200, body = RewardInFull)))]
pub(super) async fn hold(request: Request) -> Result<Response, Problem> {
    decide(&request, Act::Hold).await
}

/// Takes all holds off a reward: somebody has looked.
#[utoipa::path(post, path = "/v1/rewards/{reward}/release", tag = "rewards",
    params(("reward" = String, Path, description = "Id of the reward")),
    request_body = Decision, responses((status = 200, body = RewardInFull)))]
pub(super) async fn release(request: Request) -> Result<Response, Problem> {
    decide(&request, Act::Release).await
}

async fn decide(request: &Request, act: Act) -> Result<Response, Problem> {
    let decision: Decision = request.json()?;
    let call = &request.call;
    let (id, why, by) = (request.path("reward"), decision.why.as_str(), request.key());
    let acted = rewards::act(call.db(), id, act, Some(why), call.now, by).await?;
    let (before, document) = acted.ok_or_else(|| missing(request))?;
    let refusal = match (act, before.state.as_str()) {
        (Act::Approve, "held") => Some("it is held; release it first".to_owned()),
        (Act::Approve, "reversed") => Some("it comes to nothing any more".to_owned()),
        (Act::Approve, "pending") if before.due_at > call.now => Some(format!(
            "it is in its holding period until {}",
            output::time(before.due_at)
        )),
        (Act::Hold, "issued" | "paid" | "reversed") => {
            Some(format!("it is {} already", before.state))
        }
        _ => None,
    };
    match refusal {
        Some(why) => Err(Problem::Conflict(format!("nothing was written: {why}"))),
        None => Ok(output::text(StatusCode::OK, document)),
    }
}

/// The greatest number that D1 binds exactly.
const END_OF_TIME: i64 = 1 << 53;

record! {
    /// Of what time.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Time {
        /// Entries from this time on (RFC 3339); from the first unless said.
        #[param(format = "date-time")]
        from: Option<String>,
        /// Entries before this time (RFC 3339); up to the last unless said.
        #[param(format = "date-time")]
        until: Option<String>,
        /// `next` of the page before.
        cursor: Option<String>,
    }
}

/// Answers an advocate's statement: their balances as they are now, and the
/// entries of a time, a thousand a page.
#[utoipa::path(get, path = "/v1/programs/{program}/advocates/{advocate}/statement", tag = "rewards",
    params(
        ("program" = String, Path, description = "Slug of the program"),
        ("advocate" = String, Path, description = "Id, or `ext:` and external id"), Time),
    responses((status = 200, body = Statement)))]
pub(super) async fn statement(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let program = programs::require(call, request.path("program"), None).await?;
    let advocate = advocates::require(call, program.number, request.path("advocate"), None).await?;
    statement_of(&request, program.number, advocate.number).await
}

/// An advocate's statement, of the time that the query says.
pub(super) async fn statement_of(
    request: &Request,
    program: u16,
    advocate: u32,
) -> Result<Response, Problem> {
    let time: Time = request.query()?;
    let call = &request.call;
    let from = match &time.from {
        None => 0,
        Some(text) => past("from", Some(text), call.now)?,
    };
    let until = match &time.until {
        // The clock of whoever wrote the last one may be ahead of ours.
        None => END_OF_TIME,
        Some(text) => date::parse_rfc3339(text)
            .ok_or_else(|| Problem::field("until", "must be a time like 2026-11-22T09:30:00Z"))?,
    };
    let page = Page {
        limit: Limit::default(),
        cursor: time.cursor,
    };
    let after = page.after(0, |cursor| cursor.parse().ok())?;
    let range = (from, until);
    let document = rewards::account_statement(call.db(), program, advocate, range, after).await?;
    Ok(output::text(StatusCode::OK, document))
}

/// A reward in a list. SQL puts it together (`store::rewards`). Amounts are in
/// minor units, or months.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct RewardSummary {
    id: String,
    program: String,
    /// Id of the rule.
    rule: String,
    /// The version of the rules.
    terms: u32,
    beneficiary: Who,
    /// Id of the advocate whose account it is in.
    advocate: String,
    advocate_name: String,
    /// Slug of the rep, where the owner gets it.
    rep: Option<String>,
    lead: String,
    /// The order, where each sale is rewarded.
    order_id: Option<String>,
    /// What it comes to now.
    amount: i64,
    /// An ISO 4217 code, or `months`.
    unit: String,
    form: Form,
    state: State,
    approved: i64,
    issued: i64,
    paid: i64,
    /// What a payout would issue; below zero it is owed back.
    payable: i64,
    approval: Approval,
    earned_at: String,
    /// From when on it can be approved.
    due_at: String,
    /// Why it is held: fraud rules by name, or what a person wrote.
    holds: Vec<String>,
}

/// A reward with its entries.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct RewardInFull {
    #[schema(inline)]
    #[serde(flatten)]
    summary: RewardSummary,
    entries: Vec<Entry>,
}

/// An entry of the ledger: by how much it changed a sum.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
#[expect(clippy::struct_field_names, reason = "as the ledger calls it")]
pub(super) struct Entry {
    /// Its number; they rise.
    entry: i64,
    /// `granted`, `adjusted`, `restated`, `reversed`, `held`, `released`,
    /// `approved`, `issued`, `returned` or `paid`.
    kind: String,
    amount: i64,
    approved: i64,
    issued: i64,
    paid: i64,
    holds: i64,
    /// The version of the rules that says so.
    terms: Option<u32>,
    payout: Option<String>,
    reason: Option<String>,
    at: String,
    /// The API key, `rule` for ourselves.
    by: String,
}

/// An advocate's statement.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct Statement {
    /// Id of the advocate.
    advocate: String,
    name: String,
    program: String,
    balances: Vec<Balance>,
    entries: Vec<StatementEntry>,
    /// The cursor of the next page of entries; null on the last one.
    next: Option<String>,
}

/// What stands to an advocate's credit in one unit and form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct Balance {
    /// An ISO 4217 code, or `months`.
    unit: String,
    form: Form,
    /// All that was earned and not reversed: the next four together.
    earned: i64,
    /// What of it is not issued, and held.
    held: i64,
    /// What of it waits for its day or for approval.
    pending: i64,
    /// What the next payout brings; below zero it is taken off later ones.
    payable: i64,
    /// What was sent to be paid.
    issued: i64,
    /// What of that is known to have arrived.
    paid: i64,
}

/// An entry in a statement.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct StatementEntry {
    /// Its number in the ledger; they rise.
    entry: i64,
    at: String,
    kind: String,
    reward: String,
    rule: String,
    lead: String,
    order_id: Option<String>,
    unit: String,
    form: Form,
    amount: i64,
    approved: i64,
    issued: i64,
    paid: i64,
    payout: Option<String>,
    reason: Option<String>,
}
