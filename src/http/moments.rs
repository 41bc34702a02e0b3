//! `/v1/moments` and `/v1/leads/{lead}/followed-up`: what reps are reminded by.

use http::StatusCode;
use utoipa::ToSchema;

use super::{
    Response, advocates, input,
    leads::{past, require},
    output,
    problem::Problem,
    programs,
    request::Request,
};
use crate::{
    decode::record,
    domain::program::{Identifier, MomentKind},
    store::moments::{self as stored, Moment},
};

/// The best rating.
const MOST: u8 = 10;

record! {
    /// What another system knows of an advocate.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct NewMoment {
        /// Slug of the program.
        program: String,
        /// Id of the advocate, or `ext:` and their external id.
        advocate: String,
        /// The sender's own id for it. Sent again, it changes nothing.
        #[schema(value_type = String, example = "survey-8812")]
        event_id: Identifier,
        /// `rated`: they answered how likely they would recommend what they have.
        /// `live`: something of theirs went live.
        kind: MomentKind,
        /// Of a rating, and of nothing else: from 0 to 10. A good one is 9 or 10.
        #[schema(maximum = 10)]
        score: Option<u8>,
        /// When it was (RFC 3339); now unless said.
        #[schema(format = "date-time")]
        at: Option<String>,
    }
}

/// Records that an advocate's moment came, such as a high rating or a go-live: the
/// rep who owns them is reminded to ask them. 201 means that it is committed.
#[utoipa::path(post, path = "/v1/moments", tag = "sales", request_body = NewMoment,
    responses((status = 201, body = RecordedMoment)))]
pub(super) async fn record(request: Request) -> Result<Response, Problem> {
    let new: NewMoment = request.json()?;
    let call = &request.call;
    if (new.kind == MomentKind::Rated) != new.score.is_some() {
        return Err(Problem::field(
            "score",
            "is needed for `rated`, and for nothing else",
        ));
    }
    if new.score.is_some_and(|score| score > MOST) {
        return Err(Problem::field("score", "must be from 0 to 10"));
    }
    let at = past("at", new.at.as_deref(), call.now)?;
    let program = programs::require(call, &new.program, Some("program")).await?;
    let row = advocates::require(call, program.number, &new.advocate, Some("advocate")).await?;
    let moment = Moment {
        program: program.number,
        event: new.event_id.as_str(),
        advocate: row.number,
        kind: new.kind,
        score: new.score,
        at,
        by: request.key(),
    };
    let recorded = stored::record(call.db(), &moment, call.now).await?;
    let document = recorded.ok_or_else(|| {
        Problem::Conflict("another moment was recorded under this event_id".to_owned())
    })?;
    Ok(output::text(StatusCode::CREATED, document))
}

/// Records that somebody got in touch with a lead that stays where it is, so that
/// nobody is reminded of it before it has stood still again.
#[utoipa::path(post, path = "/v1/leads/{lead}/followed-up", tag = "leads",
    params(("lead" = String, Path, description = "Id of the lead")),
    request_body = input::Nothing, responses((status = 200, body = FollowUp)))]
pub(super) async fn follow_up(request: Request) -> Result<Response, Problem> {
    request.nothing()?;
    let lead = require(&request).await?;
    let (db, now) = (request.call.db(), request.call.now);
    let document = stored::follow_up(db, &lead.id, now, request.key()).await?;
    Ok(output::text(StatusCode::OK, document))
}

/// A moment. SQL puts it together (`store::moments`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct RecordedMoment {
    event: String,
    kind: String,
    score: Option<u8>,
    /// Whether it is one to ask at.
    is_good: bool,
}

/// That somebody got in touch. SQL puts it together (`store::moments`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct FollowUp {
    lead: String,
    at: String,
}
