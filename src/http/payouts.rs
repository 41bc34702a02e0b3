//! `/v1/payouts`: what is handed to whoever pays, as JSON or CSV, and what they
//! say became of it.

use std::borrow::Cow;

use http::StatusCode;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    Response,
    input::{Limit, Page},
    intake::new_id,
    once::{Effect, once, settle_all},
    output,
    problem::Problem,
    programs,
    request::Request,
};
use crate::{
    decode::{self, record},
    domain::{
        cell::{self, guard},
        money::decimal,
        program::Name,
        reward::{Form, Unit},
    },
    store::{
        self, accounts,
        payouts::{self, Line, Settled},
        rewards,
    },
};

/// Accounts that are settled at most before a payout.
const AT_A_TIME: u16 = 100;

record! {
    /// What shall be issued.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct NewPayout {
        /// Slug of the program.
        program: String,
    }
}

/// A payout that was issued.
#[derive(Serialize, ToSchema)]
pub(super) struct IssuedPayout {
    /// Its id; `GET /v1/payouts/{id}` has the lines.
    id: String,
}

/// Issues all that can be paid in a program, as one payout with a line for each
/// person, unit and form. What somebody owes back is taken off; whoever owes more
/// than they get has no line. Lines that are more than 10,000 are left for the next
/// payout. With an `Idempotency-Key` it is done once for ever.
#[utoipa::path(post, path = "/v1/payouts", tag = "rewards", request_body = NewPayout,
    responses((status = 201, body = IssuedPayout)))]
pub(super) async fn issue(request: Request) -> Result<Response, Problem> {
    let new: NewPayout = request.json()?;
    let call = &request.call;
    let program = programs::require(call, &new.program, Some("program"))
        .await?
        .number;
    // What cron would do next is done first: what calls left is settled, and what
    // came due can be paid. What is not settled even so is not issued.
    let behind = accounts::unsettled(call.db(), Some(program), call.now, AT_A_TIME).await?;
    let behind: Vec<u32> = behind.iter().map(|account| account.advocate).collect();
    settle_all(call, program, &behind).await;
    store::one(call.db(), rewards::ripen(call.now, Some(program), None)).await?;
    once(&request, program, None, &|| {
        Box::pin(async {
            if !payouts::is_anything_payable(call.db(), program).await? {
                return Err(Problem::Conflict("there is nothing to pay".to_owned()));
            }
            let id = new_id("po_", call.now)?;
            let statements = payouts::issue(program, &id, call.now, request.key());
            Effect::new(201, &IssuedPayout { id }, statements, Vec::new())
        })
    })
    .await
}

record! {
    /// Which payouts.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Wanted {
        /// Slug of the program.
        program: String,
        /// How many items at most.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
        limit: Limit = decode::or_default,
        /// `next` of the page before.
        cursor: Option<String>,
    }
}

/// Lists payouts, newest first.
#[utoipa::path(get, path = "/v1/payouts", tag = "rewards", params(Wanted),
    responses((status = 200, body = output::Items<PayoutSummary>)))]
pub(super) async fn list(request: Request) -> Result<Response, Problem> {
    let wanted: Wanted = request.query()?;
    let call = &request.call;
    let program = programs::require(call, &wanted.program, Some("program")).await?;
    let page = Page {
        limit: wanted.limit,
        cursor: wanted.cursor,
    };
    let (at, id) = page.before()?;
    let limit = page.limit.get();
    let rows = payouts::page(call.db(), program.number, (at, &id), limit + 1).await?;
    Ok(output::documents(rows, limit))
}

/// A payout with its lines.
#[derive(Serialize, ToSchema)]
pub(super) struct Payout {
    id: String,
    lines: Vec<PayoutLine>,
}

/// What one person gets of one unit in one form.
#[derive(Serialize, ToSchema)]
pub(super) struct PayoutLine {
    /// Its place, from 1.
    line: u32,
    /// `advocate`, `prospect` or `owner`.
    beneficiary: String,
    /// Id of the advocate or of the lead, or the rep's slug.
    id: String,
    name: Option<String>,
    email: Option<String>,
    form: Form,
    /// Minor units, or months.
    amount: i64,
    /// An ISO 4217 code, or `months`.
    #[schema(value_type = String, example = "USD")]
    unit: Unit,
    /// The amount as people write it: `49.99`.
    decimal: String,
    /// `issued`, `paid` or `returned`.
    status: String,
    /// The payer's reference, or why it came back.
    reference: Option<String>,
}

impl From<Line> for PayoutLine {
    fn from(line: Line) -> Self {
        let exponent = match line.unit {
            Unit::Money(currency) => currency.exponent(),
            Unit::Months => 0,
        };
        Self {
            line: line.n,
            beneficiary: line.beneficiary,
            id: line.id,
            name: line.name,
            email: line.email,
            form: line.form,
            amount: line.amount,
            unit: line.unit,
            decimal: decimal(line.amount, exponent),
            status: line.status,
            reference: line.reference,
        }
    }
}

/// The lines of the payout in the path.
async fn lines(request: &Request) -> Result<Vec<Line>, Problem> {
    let id = request.path("payout");
    let found = payouts::lines(request.call.db(), id).await?;
    if found.is_empty() {
        return Err(Problem::NotFound(format!("there is no payout `{id}`")));
    }
    Ok(found)
}

/// Answers a payout with its lines. `Accept: text/csv` gets a CSV for the payer.
#[utoipa::path(get, path = "/v1/payouts/{payout}", tag = "rewards",
    params(("payout" = String, Path, description = "Id of the payout")),
    responses((status = 200, content((Payout = "application/json"), (String = "text/csv")))))]
pub(super) async fn read(request: Request) -> Result<Response, Problem> {
    let lines = lines(&request).await?;
    let payout = Payout {
        id: request.path("payout").to_owned(),
        lines: lines.into_iter().map(PayoutLine::from).collect(),
    };
    if output::wants_csv(request.headers()) {
        return Ok(output::csv(&payout.id, to_csv(&payout)));
    }
    Ok(output::json(StatusCode::OK, &payout))
}

fn to_csv(payout: &Payout) -> Vec<u8> {
    let mut out = Vec::new();
    let head = [
        "line",
        "beneficiary",
        "id",
        "name",
        "email",
        "form",
        "unit",
        "amount",
        "minor_units",
        "status",
        "reference",
    ];
    cell::write(&head.map(Cow::Borrowed), &mut out);
    for line in &payout.lines {
        let text = |text: &Option<String>| guard(text.as_deref().unwrap_or_default()).into_owned();
        let cells = [
            line.line.to_string(),
            line.beneficiary.clone(),
            line.id.clone(),
            text(&line.name),
            text(&line.email),
            line.form.name().to_owned(),
            line.unit.name().to_owned(),
            line.decimal.clone(),
            line.amount.to_string(),
            line.status.clone(),
            text(&line.reference),
        ];
        cell::write(&cells.map(Cow::Owned), &mut out);
    }
    out
}

record! {
    /// What the payer says.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Report {
        /// Their reference for what was paid.
        #[schema(value_type = String, example = "SEPA-2026-11-23")]
        reference: Name,
        /// The lines that were paid; all that are still out and not `returned` unless
        /// said.
        lines: Option<Vec<u32>>,
        /// The lines that came back; their amounts can be paid again.
        #[serde(default)]
        returned: Vec<ReturnedLine> = decode::or_default,
    }
}

record! {
    /// A line that came back.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct ReturnedLine {
        line: u32,
        #[schema(value_type = String, example = "account closed")]
        reason: Name,
    }
}

/// Enters that lines of a payout were paid, or came back. What was said of a line
/// before stands, but that what was paid may come back after all.
#[utoipa::path(post, path = "/v1/payouts/{payout}/paid", tag = "rewards",
    params(("payout" = String, Path, description = "Id of the payout")),
    request_body = Report, responses((status = 200, body = Payout)))]
pub(super) async fn paid(request: Request) -> Result<Response, Problem> {
    let report: Report = request.json()?;
    let call = &request.call;
    let known = lines(&request).await?;
    // Lines are numbered from 1, without a gap.
    let mut said: Vec<Option<Settled>> = Vec::new();
    said.resize_with(known.len(), || None);
    for (index, back) in report.returned.iter().enumerate() {
        let place = place(&mut said, back.line);
        let fault = match place {
            None => "is no line of the payout",
            Some(Some(_)) => "is named before",
            Some(place) => {
                *place = Some(Settled {
                    n: back.line,
                    returned: true,
                    reference: back.reason.as_str(),
                });
                continue;
            }
        };
        return Err(Problem::field(format!("returned[{index}].line"), fault));
    }
    let paid = |n: u32| Settled {
        n,
        returned: false,
        reference: report.reference.as_str(),
    };
    match &report.lines {
        None => {
            for (said, line) in said.iter_mut().zip(&known) {
                said.get_or_insert_with(|| paid(line.n));
            }
        }
        Some(lines) => {
            for (index, n) in lines.iter().enumerate() {
                let fault = match place(&mut said, *n) {
                    None => "is no line of the payout",
                    Some(Some(Settled { returned: true, .. })) => {
                        "is among those that came back, too"
                    }
                    Some(place) => {
                        *place = Some(paid(*n));
                        continue;
                    }
                };
                return Err(Problem::field(format!("lines[{index}]"), fault));
            }
        }
    }
    let said: Vec<Settled> = said.into_iter().flatten().collect();
    let id = request.path("payout");
    let statements = payouts::settle(id, &said, call.now, request.key())?;
    call.db().batch(statements).await?;
    read(request).await
}

/// What is said of a line, if the payout has it.
fn place<'a, 'b>(
    said: &'a mut [Option<Settled<'b>>],
    n: u32,
) -> Option<&'a mut Option<Settled<'b>>> {
    let index = usize::try_from(n).ok()?.checked_sub(1)?;
    said.get_mut(index)
}

/// A payout in a list. SQL puts it together (`store::payouts`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct PayoutSummary {
    id: String,
    program: String,
    created_at: String,
    /// The API key.
    created_by: String,
    totals: Vec<PayoutTotal>,
}

/// What a payout comes to in one unit and form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct PayoutTotal {
    /// An ISO 4217 code, or `months`.
    unit: String,
    form: Form,
    lines: i64,
    /// Still out.
    issued: i64,
    paid: i64,
    returned: i64,
}
