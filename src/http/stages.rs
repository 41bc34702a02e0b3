//! What becomes of a lead: its stages, and who follows it up.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Response,
    intake::{self, event},
    leads::{past, rep, require},
    once::{Effect, once},
    problem::Problem,
    request::Request,
};
use crate::{
    decode::record,
    domain::{
        lead::Stage,
        program::{Name, Prose},
    },
    store::{
        Statement,
        leads::{self as stored, Event, Lead, Person},
    },
};

record! {
    /// Where a lead goes.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Step {
        stage: Stage,
        /// Why it was lost; needed for `lost`, and for nothing else.
        #[schema(value_type = Option<String>, example = "no budget")]
        reason: Option<Name>,
        /// A remark for the history.
        #[schema(value_type = Option<String>)]
        why: Option<Prose>,
        /// When it happened (RFC 3339); now unless said.
        #[schema(format = "date-time")]
        at: Option<String>,
    }
}

/// Where a lead stands.
#[derive(Serialize, ToSchema)]
pub(super) struct Standing {
    id: String,
    stage: Stage,
    reason: Option<String>,
    owner: Option<String>,
}

fn standing(lead: &Lead) -> Standing {
    Standing {
        id: lead.id.clone(),
        stage: lead.stage,
        reason: lead.reason.clone(),
        owner: lead.owner.clone(),
    }
}

/// Takes a lead to a stage that may follow: new → accepted → meeting →
/// opportunity → won, past the meeting where there was none; lost from each of
/// them, and from lost back to accepted. Another one is a conflict.
#[utoipa::path(post, path = "/v1/leads/{lead}/stage", tag = "leads",
    params(("lead" = String, Path, description = "Id of the lead")),
    request_body = Step, responses((status = 200, body = Standing)))]
pub(super) async fn step(request: Request) -> Result<Response, Problem> {
    let step: Step = request.json()?;
    let call = &request.call;
    let at = past("at", step.at.as_deref(), call.now)?;
    if (step.stage == Stage::Lost) != step.reason.is_some() {
        return Err(Problem::field(
            "reason",
            "is needed for `lost`, and for nothing else",
        ));
    }
    let program = require(&request).await?.program;
    once(&request, program, None, &|| {
        Box::pin(async {
            let before = require(&request).await?;
            let (lead, events) = stepped(&before, &step, at)?;
            write(&request, &before, &lead, &events)
        })
    })
    .await
}

/// The lead after a step, and what its history says of it.
fn stepped(before: &Lead, step: &Step, at: i64) -> Result<(Lead, Vec<Event>), Problem> {
    // The lead forgets its reason when it is taken up again; its history does not.
    let reason = step.reason.as_ref().map(Name::as_str);
    let said: Vec<&str> = reason
        .into_iter()
        .chain(step.why.as_ref().map(Prose::as_str))
        .collect();
    let why = (!said.is_empty()).then(|| said.join(": "));
    let mut lead = before.clone();
    let event = take(&mut lead, step.stage, reason, why, at)?;
    Ok((lead, vec![event]))
}

/// Takes a lead to a stage that may follow its own.
fn take(
    lead: &mut Lead,
    stage: Stage,
    reason: Option<&str>,
    why: Option<String>,
    at: i64,
) -> Result<Event, Problem> {
    let next = lead.stage.next();
    if !next.contains(&stage) {
        let names: Vec<&str> = next.iter().map(|stage| stage.name()).collect();
        return Err(Problem::Conflict(format!(
            "`{}` may not follow `{}`; what may is: {}",
            stage.name(),
            lead.stage.name(),
            if names.is_empty() {
                "nothing".to_owned()
            } else {
                names.join(", ")
            },
        )));
    }
    let names = (lead.stage.name().to_owned(), stage.name().to_owned());
    lead.stage = stage;
    lead.reason = reason.map(ToOwned::to_owned);
    lead.lost_at = None;
    // Whoever takes it on has looked at it; whoever closes it may have seen that
    // it was a machine.
    lead.suspected &= stage == Stage::Lost;
    let reached = match stage {
        Stage::New => None,
        Stage::Accepted => Some(&mut lead.accepted_at),
        Stage::Meeting => Some(&mut lead.meeting_at),
        Stage::Opportunity => Some(&mut lead.opportunity_at),
        Stage::Won => Some(&mut lead.won_at),
        Stage::Lost => Some(&mut lead.lost_at),
    };
    if let Some(reached) = reached {
        // A lead that is taken up again was accepted when it first was.
        *reached = reached.or(Some(at));
    }
    Ok(Event {
        why,
        ..event("stage", Some(names.0), Some(names.1), at)
    })
}

/// Takes a lead to where another system says that it stands, by the stages between.
/// Back it does not go, and what is won stays so.
pub(super) fn follow(
    before: &Lead,
    stage: Stage,
    reason: Option<&str>,
    why: &str,
    at: i64,
) -> Result<(Lead, Vec<Event>), Problem> {
    let mut lead = before.clone();
    let mut events = Vec::new();
    if stage == Stage::Won {
        intake::win(&mut lead, at, why, &mut events);
        return Ok((lead, events));
    }
    let reason = (stage == Stage::Lost).then_some(reason.unwrap_or("lost elsewhere"));
    let why = || Some(why.to_owned());
    if !lead.stage.next().contains(&stage) && matches!(lead.stage, Stage::New | Stage::Lost) {
        events.push(take(&mut lead, Stage::Accepted, None, why(), at)?);
    }
    if lead.stage != stage {
        events.push(take(&mut lead, stage, reason, why(), at)?);
    }
    Ok((lead, events))
}

fn write(
    request: &Request,
    before: &Lead,
    lead: &Lead,
    events: &[Event],
) -> Result<Effect, Problem> {
    let statements = statements(request, lead, events)?;
    let accounts = intake::accounts(before, lead);
    Effect::new(200, &standing(lead), statements, accounts)
}

/// The statements that write a changed lead and its history.
pub(super) fn statements(
    request: &Request,
    lead: &Lead,
    events: &[Event],
) -> Result<Vec<Statement>, Problem> {
    let now = request.call.now;
    Ok(vec![
        stored::update(lead, &Person::default(), now),
        stored::add_history(lead, events, now, request.key())?,
    ])
}

record! {
    /// Who shall follow a lead up.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Handover {
        /// Slug of the rep.
        owner: String,
        /// Why; for the history.
        #[schema(value_type = String)]
        why: Prose,
    }
}

/// Hands a lead over to another rep, and logs it.
#[utoipa::path(post, path = "/v1/leads/{lead}/owner", tag = "leads",
    params(("lead" = String, Path, description = "Id of the lead")),
    request_body = Handover, responses((status = 200, body = Standing)))]
pub(super) async fn hand_over(request: Request) -> Result<Response, Problem> {
    let handover: Handover = request.json()?;
    let call = &request.call;
    let program = require(&request).await?.program;
    once(&request, program, None, &|| {
        Box::pin(async {
            let rep = rep(call, &handover.owner, "owner").await?;
            let before = require(&request).await?;
            let mut lead = before.clone();
            lead.owner = Some(rep.slug);
            let events = [Event {
                why: Some(handover.why.as_str().to_owned()),
                ..event("owner", before.owner.clone(), lead.owner.clone(), call.now)
            }];
            if lead.owner == before.owner {
                return Effect::new(200, &standing(&lead), Vec::new(), Vec::new());
            }
            write(&request, &before, &lead, &events)
        })
    })
    .await
}
