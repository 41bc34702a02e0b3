//! `/v1/checks`: whether what is derived still agrees with what it is derived from, and
//! how it is made to.

use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Call, Response, output,
    problem::{Fault, Problem},
    request::Request,
};
use crate::{
    decode::record,
    jobs::check::{self, Reach},
    store::{
        audit,
        checks::{self, Check},
        one,
    },
};

record! {
    /// What is to be checked.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Wanted {
        /// All of them unless said.
        #[schema(nullable = false)]
        checks: Option<Vec<Check>>,
    }
}

record! {
    /// What is to be made to agree.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Repair {
        check: Check,
    }
}

/// All checks. SQL puts it together (`store::checks`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct Checks {
    items: Vec<CheckResult>,
}

/// A check, and what it found.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct CheckResult {
    name: Check,
    /// Null until it was run.
    checked_at: Option<String>,
    /// How much does not agree.
    differences: u32,
    /// When the first of it was found; null if there is none.
    since: Option<String>,
    /// The first hundred.
    details: Vec<Difference>,
}

/// What does not agree.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct Difference {
    /// `hour`, `visitors` or `advocates` of the tallies; `reward`, `payout` or `account`
    /// of the ledger; `delivery` of the outbox; `snapshot`.
    kind: String,
    /// Slug of the program, where it is in one.
    program: Option<String>,
    /// The hour, the day, or the id.
    subject: String,
    /// In words.
    text: String,
    since: String,
}

/// What was done about it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what is answered")]
pub(super) struct Repaired {
    /// What was done, in words; nothing where nothing differed.
    did: Vec<String>,
    check: CheckResult,
}

/// What the audit log keeps of a repair.
#[derive(Serialize)]
struct Kept<'a> {
    did: &'a [String],
}

/// Says what was found when it was last looked at.
#[utoipa::path(get, path = "/v1/checks", tag = "operations",
    responses((status = 200, body = Checks)))]
pub(super) async fn list(request: Request) -> Result<Response, Problem> {
    let all = checks::all(request.call.db()).await?;
    Ok(output::text(StatusCode::OK, all))
}

/// Checks now, as much as one call can: forty older days, 200,000 rewards, 4,000
/// accounts, 200,000 events, the next ones each time.
#[utoipa::path(post, path = "/v1/checks", tag = "operations", request_body = Wanted,
    responses((status = 200, body = Checks)))]
pub(super) async fn run(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let wanted: Wanted = request.json()?;
    for check in wanted.checks.unwrap_or_else(|| Check::ALL.to_vec()) {
        match check {
            Check::Clicks => check::clicks(call.db(), Reach::All, call.now).await?,
            Check::Ledger => check::ledger(call.db(), Reach::All, call.now).await?,
            Check::Outbox => check::deliveries(call.db(), Reach::All, call.now).await?,
            Check::Snapshot => snapshot(call).await?,
        }
    }
    let all = checks::all(call.db()).await?;
    Ok(output::text(StatusCode::OK, all))
}

/// Makes what is known to differ agree again, and says what it did. Raw clicks, the
/// ledger's entries and the database are what holds.
#[utoipa::path(post, path = "/v1/checks/repair", tag = "operations", request_body = Repair,
    responses((status = 200, body = Repaired)))]
pub(super) async fn repair(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let Repair { check } = request.json()?;
    let did = match check {
        Check::Clicks => check::mend_clicks(call.db(), call.now).await?,
        Check::Ledger => check::mend_ledger(call.db(), call.now).await?,
        Check::Outbox => check::mend_deliveries(call.db(), call.now).await?,
        Check::Snapshot => publish(call).await?,
    };
    let name = check.name();
    let kept = serde_json::to_string(&Kept { did: &did }).unwrap_or_default();
    if !did.is_empty() {
        let entry = audit::Entry {
            at: call.now,
            by: request.key(),
            program: None,
            action: "check.repaired",
            subject: name,
            detail: kept.clone(),
        };
        one(call.db(), audit::add(&entry)).await?;
    }
    let document = checks::document(call.db(), name).await?;
    // What was done is an object already; the check becomes its second field.
    let kept = kept.trim_end_matches('}');
    Ok(output::text(
        StatusCode::OK,
        format!("{kept},\"check\":{document}}}"),
    ))
}

/// Looks at what is published.
async fn snapshot(call: &Call) -> Result<(), Problem> {
    let published = call.service.snapshots.published().await;
    Ok(check::snapshot(call.db(), published, call.now).await?)
}

/// Publishes the configuration if what is published is known to be another one.
async fn publish(call: &Call) -> Result<Vec<String>, Problem> {
    if !checks::differs(call.db(), Check::Snapshot.name()).await? {
        return Ok(Vec::new());
    }
    let fault = call.publish().await;
    let did = match &fault {
        None => "published the configuration of the database",
        Some(_) => "could not publish the configuration; cron will try again",
    };
    if let Some(fault) = &fault {
        call.note(fault);
    }
    if let Err(problem) = snapshot(call).await {
        call.note(&Fault {
            message: "what was published could not be looked at again",
            cause: format!("{problem:?}"),
        });
    }
    Ok(vec![did.to_owned()])
}
