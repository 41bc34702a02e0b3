//! `/v1/crm/{connection}/events`: what comes back from a CRM.
//!
//! Owns who may say so, and which of two changes holds. An event is done once, by its
//! id; of each field the latest change holds, whatever the order in which they come; and
//! where ours holds, or theirs cannot be, they are told again what we have, so that both
//! sides end equal.

use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{CrmOutcome, fields::Asked, missing, status_of};
use crate::{
    decode::{self, Decode, Tree, record, row},
    domain::{crm::hubspot, date::parse_rfc3339, webhook},
    http::{
        Response, mend,
        once::{Planned, once_unkeyed},
        output,
        problem::Problem,
        programs,
        request::Request,
    },
    store::{
        crm::{self as stored, Back, Connection},
        programs::Row,
    },
};

/// Events of a call at most: as many as HubSpot sends.
const MOST: usize = 100;

record! {
    /// What changed in a CRM, in its own terms.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(in crate::http) struct CrmChange {
        /// What they call it; known by it, it is done once.
        id: String,
        /// When it happened (RFC 3339).
        #[schema(format = "date-time")]
        occurred_at: String,
        /// Id of the lead …
        lead: Option<String>,
        /// … or what they call it.
        remote_id: Option<String>,
        /// Where it stands there.
        stage: Option<String>,
        /// Who follows it up there.
        owner: Option<String>,
        /// What it comes to, in major units.
        #[schema(value_type = Option<String>, example = "1250.00")]
        amount: Option<String> = figure,
        /// ISO 4217; that of the connection unless said.
        currency: Option<String>,
        /// Why it was lost.
        reason: Option<String>,
    }
}

record! {
    /// What changed in a CRM.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(in crate::http) struct CrmReport {
        /// At most 100.
        #[schema(max_items = 100)]
        events: Vec<CrmChange>,
    }
}

row! {
    /// What changed, in their terms.
    #[derive(Serialize, ToSchema, Default)]
    pub(in crate::http) struct CrmChanges {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stage: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub owner: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub amount: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub currency: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub reason: Option<String>,
    }
}

/// What became of each, in their order.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct CrmAnswer {
    results: Vec<CrmResult>,
}

/// What became of an event.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct CrmResult {
    id: String,
    outcome: CrmOutcome,
    why: Option<String>,
}

/// What changed, whoever says so.
pub(super) struct Change {
    pub id: String,
    pub at: i64,
    pub lead: Option<String>,
    pub remote: Option<String>,
    pub values: CrmChanges,
}

/// An amount is a text, or a whole number: a number with a point is not exact any more.
fn figure(tree: Tree) -> Result<Option<String>, decode::Fault> {
    match tree {
        Tree::Integer(number) => Ok(Some(number.to_string())),
        tree => Option::decode(tree),
    }
}

/// Takes in what changed in the CRM: stage, owner and amount. It is signed, by Standard
/// Webhooks with the connection's secret, or by HubSpot's app with its own.
#[utoipa::path(post, path = "/v1/crm/{connection}/events", tag = "crm",
    params(("connection" = String, Path, description = "Id of the connection")),
    request_body = CrmReport, responses((status = 200, body = CrmAnswer)))]
pub(in crate::http) async fn take(mut request: Request) -> Result<Response, Problem> {
    let is_theirs = request.headers().get("x-hubspot-signature-v3").is_some();
    let reported = if is_theirs {
        Vec::new()
    } else {
        of_report(&request)?
    };
    let id = request.path("connection").to_owned();
    let connection = stored::find(request.call.db(), &id).await?;
    let connection = connection.ok_or_else(|| missing(&id))?;
    verify(&request, &connection, is_theirs)?;
    let changes = if is_theirs {
        of_hubspot(&request, &connection)?
    } else {
        reported
    };
    if changes.len() > MOST {
        return Err(Problem::field("events", "are more than 100"));
    }
    // Who did it, in the history of what it changes.
    request.caller.key = id;
    let program = programs::require(&request.call, &connection.program, None).await?;
    // What came before its record was known to be ours.
    for waiting in stored::waiting(request.call.db(), &connection.id).await? {
        let change = Change {
            values: decode::read(waiting.changes.as_bytes())
                .map_err(crate::store::DatabaseError::from)?,
            id: waiting.id,
            at: waiting.at,
            lead: Some(waiting.lead),
            remote: None,
        };
        one(&request, &program, &connection, &change).await?;
    }
    let mut results = Vec::new();
    for change in changes {
        if let Some(known) = known(&request, &connection, &change).await? {
            results.push(known);
            continue;
        }
        let (outcome, why) = one(&request, &program, &connection, &change).await?;
        results.push(CrmResult {
            id: change.id,
            outcome,
            why,
        });
    }
    Ok(output::json(StatusCode::OK, &CrmAnswer { results }))
}

/// Sees to it that the CRM said so.
fn verify(request: &Request, connection: &Connection, is_theirs: bool) -> Result<(), Problem> {
    let (call, body) = (&request.call, request.body());
    let header = |name: &str| request.headers().get(name);
    let is_signed = if is_theirs {
        let secret = connection.signing.as_deref();
        let secret = secret.and_then(|name| (call.service.secret)(name));
        let url = [&call.base_url, request.head.target.as_str()].concat();
        let timestamp = header("x-hubspot-request-timestamp").unwrap_or_default();
        let signature = header("x-hubspot-signature-v3").unwrap_or_default();
        secret.is_some_and(|secret| {
            hubspot::is_signed(&secret, &url, body, timestamp, signature, call.now)
        })
    } else {
        let is_old_valid = connection.old_secret_until.is_some_and(|at| at > call.now);
        let old = connection.old_secret.as_deref().filter(|_| is_old_valid);
        let secrets: Vec<&str> = old
            .into_iter()
            .chain([connection.secret.as_str()])
            .collect();
        webhook::verify(&secrets, &header, body, call.now).is_ok()
    };
    if is_signed {
        Ok(())
    } else {
        Err(Problem::Unauthenticated)
    }
}

fn of_report(request: &Request) -> Result<Vec<Change>, Problem> {
    let report: CrmReport = request.json()?;
    let changes = report.events.into_iter().enumerate();
    changes
        .map(|(index, change)| {
            let field = |name| format!("events[{index}].{name}");
            if !(1..=255).contains(&change.id.len()) {
                return Err(Problem::field(field("id"), "must have 1 to 255 bytes"));
            }
            let at = parse_rfc3339(&change.occurred_at)
                .ok_or_else(|| Problem::field(field("occurred_at"), "is no time (RFC 3339)"))?;
            Ok(Change {
                id: change.id,
                at,
                lead: change.lead,
                remote: change.remote_id,
                values: CrmChanges {
                    stage: change.stage,
                    owner: change.owner,
                    amount: change.amount,
                    currency: change.currency,
                    reason: change.reason,
                },
            })
        })
        .collect()
}

/// HubSpot says each property by itself. Why and in what currency is looked for among
/// what it says with it.
fn of_hubspot(request: &Request, connection: &Connection) -> Result<Vec<Change>, Problem> {
    let events: Vec<hubspot::Event> = decode::read(request.body())?;
    let field = |event: &hubspot::Event| {
        let name = event.property.as_deref().unwrap_or_default();
        connection.fields.get(name).unwrap_or_default().to_owned()
    };
    let beside = |event: &hubspot::Event, ours: &str| {
        let mut others = events.iter();
        let found = others.find(|other| other.object == event.object && field(other) == ours);
        found.and_then(|other| other.value.clone())
    };
    let changes = events.iter().map(|event| {
        let mut values = CrmChanges::default();
        let value = event.value.clone();
        match field(event).as_str() {
            "stage" => {
                values.stage = value;
                values.reason = beside(event, "reason");
            }
            "owner" => values.owner = value,
            "amount" => {
                values.amount = value;
                values.currency = beside(event, "currency");
            }
            _ => {}
        }
        Change {
            id: event.id(),
            at: event.at,
            lead: None,
            remote: Some(event.object.to_string()),
            values,
        }
    });
    Ok(changes.collect())
}

/// What became of an event that came before.
async fn known(
    request: &Request,
    connection: &Connection,
    change: &Change,
) -> Result<Option<CrmResult>, Problem> {
    let known = stored::known(request.call.db(), &connection.id, &change.id).await?;
    Ok(known.map(|known| {
        let mut outcomes = CrmOutcome::ALL.into_iter();
        let outcome = outcomes.find(|one| one.name() == known.outcome);
        CrmResult {
            id: change.id.clone(),
            outcome: outcome.unwrap_or(CrmOutcome::Unchanged),
            why: known.why,
        }
    }))
}

/// Does what an event says, field by field, and writes it down.
async fn one(
    request: &Request,
    program: &Row,
    connection: &Connection,
    change: &Change,
) -> Result<(CrmOutcome, Option<String>), Problem> {
    let call = &request.call;
    let (lead, remote) = (change.lead.as_deref(), change.remote.as_deref());
    let link = stored::link(call.db(), &connection.id, lead, remote, (Back::Stage, None)).await?;
    let mut outcome = CrmOutcome::Unchanged;
    let mut said = Vec::new();
    match &link {
        None => {
            outcome = CrmOutcome::Refused;
            said.push("no lead of ours is known by that".to_owned());
        }
        // What an amount comes to has to be known before the lead is won by it.
        Some(link) => {
            for back in Back::ALL {
                let values = &change.values;
                let value = match back {
                    Back::Owner => values.owner.as_deref(),
                    Back::Amount => values.amount.as_deref(),
                    Back::Stage => values.stage.as_deref(),
                };
                let Some(value) = value.filter(|value| !value.is_empty()) else {
                    continue;
                };
                let asked = Asked {
                    request,
                    program,
                    connection,
                    change,
                    lead: &link.lead,
                    back,
                    value,
                };
                let plan = || -> Planned<'_> { Box::pin(asked.plan()) };
                let response = once_unkeyed(request, program.number, &plan).await?;
                let this = by_status(response.status);
                outcome = worse(outcome, this);
                said.push(format!("{}: {}", back.name(), mend::said(response)));
            }
        }
    }
    if said.is_empty() {
        said.push("nothing of it is kept in step".to_owned());
    }
    let why = said.join("; ");
    let event = stored::Event {
        id: &change.id,
        lead: link.as_ref().map(|link| link.lead.as_str()),
        remote_id: remote,
        at: change.at,
        changes: serde_json::to_string(&change.values)
            .map_err(crate::store::DatabaseError::from)?,
        outcome: outcome.name(),
        why: &why,
    };
    let statements = stored::keep(&connection.id, &event, call.now).into();
    call.db().batch(statements).await?;
    Ok((outcome, Some(why)))
}

/// Of several fields, what says most.
fn worse(one: CrmOutcome, other: CrmOutcome) -> CrmOutcome {
    let rank = |outcome| match outcome {
        CrmOutcome::Unchanged => 0,
        CrmOutcome::Older => 1,
        CrmOutcome::Applied => 2,
        CrmOutcome::Refused => 3,
    };
    if rank(other) > rank(one) { other } else { one }
}

fn by_status(status: StatusCode) -> CrmOutcome {
    let mut known = CrmOutcome::ALL.into_iter();
    let found = known.find(|outcome| status_of(*outcome) == status.as_u16());
    found.unwrap_or(CrmOutcome::Refused)
}
