//! `/v1/reconciliations`: what a CRM or a billing system says, held against what is
//! here.
//!
//! Owns a run's way from the file to what was found, and how that is read. What is
//! compared with what is SQL's (migration 0009).

use std::borrow::Cow;

use bytes::Bytes;
use futures_util::stream;
use http::StatusCode;
use utoipa::{IntoParams, ToSchema};

use super::{
    Call, Response,
    body::Body,
    input::{Limit, Page},
    output::{self, Items},
    problem::{Fault, Problem},
    programs,
    request::Request,
};
use crate::{
    decode::{self, names, record},
    domain::{
        cell::{self, guard},
        channel::Channel,
    },
    store::{
        findings::{self as found, COLUMNS, Which},
        reconciliations as stored,
    },
};

pub(super) mod upload;

/// Findings that a piece of a CSV holds.
const AT_A_TIME: u16 = 1_000;

/// A run. SQL puts it together (`store::reconciliations`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct Reconciliation {
    id: String,
    /// Slug of the program.
    program: String,
    name: String,
    /// Whose export it is: `generic`, `salesforce`, `hubspot` or `stripe`.
    preset: String,
    /// What becomes of rows about nobody who is here: `report` or `ignore`.
    others: String,
    /// `reading`: the file is not here to its end. `compared`: all is done.
    status: String,
    /// Rows that were read …
    rows: u64,
    /// … and how many of them cannot be.
    unreadable: u64,
    /// The period whose sales have to be there: as asked, or from the first to the
    /// last day of the file. Null without any.
    #[schema(format = "date-time")]
    since: Option<String>,
    /// Its end, included.
    #[schema(format = "date-time")]
    until: Option<String>,
    created_at: String,
    created_by: String,
    compared_at: Option<String>,
    kinds: Vec<KindCount>,
    channels: Vec<ChannelTotals>,
    /// The file's columns from which nothing is read.
    unmapped_columns: Vec<String>,
}

/// Findings of one kind.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct KindCount {
    kind: String,
    count: u64,
    /// Those to which nothing was applied; nothing is to be done about what matches.
    open: u64,
}

/// The totals of a channel: that by which the lead came whom a row is about.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct ChannelTotals {
    /// Null for what has no lead, or one that nobody is credited with.
    channel: Option<String>,
    /// Sales of the period here, and those that a row is about.
    ours: ChannelSales,
    /// Rows that say won.
    theirs: ChannelSales,
    /// Rows that match.
    matched: u64,
    /// Rows that do not, and sales that no row is about.
    differing: u64,
}

/// What was sold, by one side's books.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct ChannelSales {
    sales: u64,
    amount_by_currency: Vec<ChannelAmount>,
}

/// Money of one currency; null for rows that say won and not for how much.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct ChannelAmount {
    /// ISO 4217.
    currency: String,
    /// Minor units, before what was given back.
    amount: Option<i64>,
}

names! {
    /// What was found about a row, or about what no row is about.
    pub(super) enum FindingKind {
        /// Nothing differs.
        Matched => "matched",
        /// They say another amount, currency or refund.
        AmountDiffers => "amount_differs",
        /// They say another stage.
        StageDiffers => "stage_differs",
        /// A sale of the period, or a lead won in it, that no row is about.
        MissingThere => "missing_there",
        /// They say won, and the sale is not here; or they name a lead who is not.
        MissingHere => "missing_here",
        /// It repeats an earlier row.
        Duplicate => "duplicate",
        /// They have another owner.
        OtherOwner => "other_owner",
        /// They do not say won, and a reward for it stands.
        RewardedButNotWon => "rewarded_but_not_won",
        /// They say won, the rules reward it, and no reward is here.
        WonButNotRewarded => "won_but_not_rewarded",
        /// They say more was given back than is known here, and a reward of it stands.
        RefundedButNotReversed => "refunded_but_not_reversed",
        /// It cannot be read.
        Unreadable => "unreadable",
        /// It is about nobody who is here.
        Unrelated => "unrelated",
    }
}

names! {
    /// Whether something was done about a finding.
    pub(super) enum FindingState {
        /// Nothing was applied.
        Open => "open",
        /// Its fix was applied.
        Applied => "applied",
    }
}

/// What was found. SQL puts it together (`store::reconciliations`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct Finding {
    /// Its number in the run.
    n: u64,
    kind: FindingKind,
    /// The line of the file; null for what no row is about.
    line: Option<u64>,
    /// Id of the lead.
    lead: Option<String>,
    order_id: Option<String>,
    channel: Option<Channel>,
    /// What is here, in words.
    ours: Option<String>,
    /// What they say, in words.
    theirs: Option<String>,
    /// What applying it would do, in words; null where nothing can be mended here.
    fix: Option<String>,
    applied_at: Option<String>,
    applied_by: Option<String>,
    outcome: Option<String>,
}

record! {
    /// Which runs.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct RunsAsked {
        /// Slug of the program.
        program: String,
        /// How many items at most.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
        limit: Limit = decode::or_default,
        /// `next` of the page before.
        cursor: Option<String>,
    }
}

/// Lists reconciliations, newest first.
#[utoipa::path(get, path = "/v1/reconciliations", tag = "reconciliations", params(RunsAsked),
    responses((status = 200, body = Items<Reconciliation>)))]
pub(super) async fn list(request: Request) -> Result<Response, Problem> {
    let asked: RunsAsked = request.query()?;
    let call = &request.call;
    let program = programs::require(call, &asked.program, Some("program")).await?;
    let page = Page {
        limit: asked.limit,
        cursor: asked.cursor,
    };
    let (at, id) = page.before()?;
    let limit = page.limit.get();
    let rows = stored::page(call.db(), program.number, (at, &id), limit + 1).await?;
    Ok(output::documents(rows, limit))
}

/// Answers a reconciliation: how many findings of each kind there are, and the totals
/// by channel.
#[utoipa::path(get, path = "/v1/reconciliations/{run}", tag = "reconciliations",
    params(("run" = String, Path, description = "Id of the reconciliation")),
    responses((status = 200, body = Reconciliation)))]
pub(super) async fn read(request: Request) -> Result<Response, Problem> {
    let document = document(&request.call, request.path("run")).await?;
    Ok(output::text(StatusCode::OK, document))
}

async fn document(call: &Call, run: &str) -> Result<String, Problem> {
    let document = stored::document(call.db(), run).await?;
    document.ok_or_else(|| Problem::NotFound(format!("there is no reconciliation `{run}`")))
}

names! {
    /// In what form findings are answered.
    #[derive(Default)]
    pub(super) enum FindingsFormat {
        /// A page.
        #[default]
        Json => "json",
        /// All of them, as they come.
        Csv => "csv",
    }
}

record! {
    /// Which findings.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct FindingsAsked {
        /// Only those of a kind.
        kind: Option<FindingKind>,
        /// Only those about leads of a channel.
        channel: Option<Channel>,
        /// Only those to which a fix was applied, or was not.
        state: Option<FindingState>,
        /// `csv` answers all of them.
        #[param(required = false)]
        format: FindingsFormat = decode::or_default,
        /// How many items at most.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
        limit: Limit = decode::or_default,
        /// `next` of the page before.
        cursor: Option<String>,
    }
}

/// Lists what was found, in the order of the file; at the end, what no row is about.
#[utoipa::path(get, path = "/v1/reconciliations/{run}/findings", tag = "reconciliations",
    params(("run" = String, Path, description = "Id of the reconciliation"), FindingsAsked),
    responses((status = 200, content((Items<Finding> = "application/json"), (String = "text/csv")))))]
pub(super) async fn findings(request: Request) -> Result<Response, Problem> {
    let asked: FindingsAsked = request.query()?;
    let (call, run) = (&request.call, request.path("run"));
    document(call, run).await?;
    let which = Which {
        run,
        kind: asked.kind.map(FindingKind::name),
        channel: asked.channel.map(Channel::name),
        state: asked.state.map(FindingState::name),
    };
    if matches!(asked.format, FindingsFormat::Csv) {
        return Ok(csv(call.clone(), run.to_owned(), which));
    }
    let page = Page {
        limit: asked.limit,
        cursor: asked.cursor,
    };
    let after = page.after(-1, |cursor| cursor.parse().ok())?;
    let limit = page.limit.get();
    let rows = found::findings(call.db(), which, after, limit + 1).await?;
    Ok(output::documents(rows, limit))
}

/// All findings, a thousand at a time.
fn csv(call: Call, run: String, which: Which<'_>) -> Response {
    let (kind, channel, state) = (which.kind, which.channel, which.state);
    let name = format!("reconciliation-{run}");
    let pieces = stream::unfold(Some(-1), move |after| {
        let (call, run) = (call.clone(), run.clone());
        async move {
            let after = after?;
            let which = Which {
                run: &run,
                kind,
                channel,
                state,
            };
            let lines = found::lines(call.db(), which, after, AT_A_TIME).await;
            Some(match lines {
                Ok(lines) => {
                    let mut out = Vec::new();
                    if after < 0 {
                        cell::write(&COLUMNS.map(Cow::Borrowed), &mut out);
                    }
                    for line in &lines {
                        let cells: Vec<_> = line.cells.iter().map(|cell| guard(cell)).collect();
                        cell::write(&cells, &mut out);
                    }
                    let is_last = lines.len() < usize::from(AT_A_TIME);
                    let last = lines.last().filter(|_| !is_last);
                    (
                        Ok(Bytes::from(out)),
                        last.and_then(|last| last.cursor.parse().ok()),
                    )
                }
                Err(error) => {
                    call.note(&Fault {
                        message: "findings could not be read to their end",
                        cause: error.to_string(),
                    });
                    (
                        Err(std::io::Error::other("the database did not answer")),
                        None,
                    )
                }
            })
        }
    });
    output::csv(&name, Body::Pieces(Box::pin(pieces)))
}

record! {
    /// With what a reconciliation is compared.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct CompareAsked {
        /// Id of an earlier reconciliation of the same program.
        with: String,
        /// How many items at most.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
        limit: Limit = decode::or_default,
        /// `next` of the page before.
        cursor: Option<String>,
    }
}

/// What changed between two reconciliations.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what is put together below")]
pub(super) struct FindingChanges {
    /// Differences that both have.
    stayed: u64,
    /// Differences that the earlier one has not.
    new: u64,
    /// Differences that the earlier one alone has.
    gone: u64,
    /// First what is new, then what is gone.
    items: Vec<FindingChange>,
    next: Option<String>,
}

/// A difference that one of two reconciliations has.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct FindingChange {
    /// `new` or `gone`.
    change: String,
    /// Its number in the run that has it.
    n: u64,
    kind: FindingKind,
    line: Option<u64>,
    lead: Option<String>,
    order_id: Option<String>,
    channel: Option<Channel>,
    ours: Option<String>,
    theirs: Option<String>,
}

/// Compares a reconciliation with an earlier one: which differences are new, and which
/// are gone. They are known for the same by their kind, and by the order, the record
/// or the lead.
#[utoipa::path(get, path = "/v1/reconciliations/{run}/compare", tag = "reconciliations",
    params(("run" = String, Path, description = "Id of the reconciliation"), CompareAsked),
    responses((status = 200, body = FindingChanges)))]
pub(super) async fn compare(request: Request) -> Result<Response, Problem> {
    let asked: CompareAsked = request.query()?;
    let (call, run) = (&request.call, request.path("run"));
    document(call, run).await?;
    if stored::by_id(call.db(), &asked.with).await?.is_none() {
        return Err(Problem::field("with", "is no reconciliation"));
    }
    let page = Page {
        limit: asked.limit,
        cursor: asked.cursor,
    };
    let after = page.after((0, -1), |cursor| {
        let (place, n) = cursor.split_once('.')?;
        Some((place.parse().ok()?, n.parse().ok()?))
    })?;
    let limit = page.limit.get();
    let (counts, rows) = found::changes(call.db(), (run, &asked.with), after, limit + 1).await?;
    let page = output::documents_text(rows, limit);
    let rest = page.strip_prefix('{').unwrap_or_default();
    Ok(output::text(
        StatusCode::OK,
        format!(
            "{{\"stayed\":{},\"new\":{},\"gone\":{},{rest}",
            counts.stayed, counts.new, counts.gone
        ),
    ))
}
