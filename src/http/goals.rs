//! `/v1/reps/{rep}/day` and `/v1/reps/{rep}/goals`: what a rep looks at in the
//! morning.

use http::StatusCode;
use utoipa::{IntoParams, ToSchema};

use super::{Response, output, problem::Problem, programs, range::Range, request::Request};
use crate::{
    decode::record,
    domain::quarter::Quarter,
    store::{
        goals::{self, Goals},
        reps::{self, Rep},
    },
};

/// More than anybody reaches.
const MOST: u32 = 100_000;

record! {
    /// Of which program.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Where {
        /// Its slug.
        program: String,
    }
}

record! {
    /// What a rep means to reach in a quarter; each at most 100,000.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct NewGoals {
        #[schema(example = "2026-Q4")]
        quarter: String,
        /// Advocates to invite.
        asked: u32,
        /// Meetings to hold.
        meetings: u32,
        /// Customers to win.
        won: u32,
    }
}

/// Answers a rep's goals of this quarter with how far they are, in all programs, and
/// whom of their advocates in one program to ask next, at most 20, the best first:
/// `rated` and `live` (a good moment that was reported within 30 days), `won` and `met` within 30 days, `active` within 14, `quiet` for 60, or `new`. Who
/// was invited within 14 days is not among them.
#[utoipa::path(get, path = "/v1/reps/{rep}/day", tag = "sales",
    params(("rep" = String, Path, description = "Slug of the rep"), Where),
    responses((status = 200, body = Day)))]
pub(super) async fn day(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let wanted: Where = request.query()?;
    let rep = require(&request).await?;
    let program = programs::require(call, &wanted.program, Some("program")).await?;
    let quarter = Quarter::of(Range::last(1, program.zone, call.now).to);
    let (from, to) = quarter.days();
    let range = Range {
        zone: program.zone,
        from,
        to,
    };
    let name = quarter.to_string();
    let (from, until) = range.instants();
    let instants = (from * 1_000, until * 1_000);
    let document = goals::day(
        call.db(),
        program.number,
        rep.number,
        &name,
        instants,
        call.now,
    )
    .await?;
    Ok(output::text(StatusCode::OK, document))
}

/// Sets what a rep means to reach in a quarter.
#[utoipa::path(put, path = "/v1/reps/{rep}/goals", tag = "sales",
    params(("rep" = String, Path, description = "Slug of the rep")),
    request_body = NewGoals, responses((status = 200, body = KnownGoals)))]
pub(super) async fn set(request: Request) -> Result<Response, Problem> {
    let new: NewGoals = request.json()?;
    let rep = require(&request).await?;
    if Quarter::parse(&new.quarter).is_none() {
        return Err(Problem::field("quarter", "must be a quarter like 2026-Q4"));
    }
    for (field, goal) in [
        ("asked", new.asked),
        ("meetings", new.meetings),
        ("won", new.won),
    ] {
        if goal > MOST {
            return Err(Problem::field(field, "must be at most 100,000"));
        }
    }
    let wanted = Goals {
        asked: new.asked,
        meetings: new.meetings,
        won: new.won,
    };
    let document = goals::set(request.call.db(), rep.number, &new.quarter, wanted).await?;
    Ok(output::text(StatusCode::OK, document))
}

async fn require(request: &Request) -> Result<Rep, Problem> {
    let slug = request.path("rep");
    let rep = reps::by_slug(request.call.db(), slug).await?;
    rep.ok_or_else(|| Problem::NotFound(format!("there is no rep `{slug}`")))
}

/// A rep's goals. SQL puts it together (`store::goals`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct KnownGoals {
    quarter: String,
    asked: u32,
    meetings: u32,
    won: u32,
}

/// A rep's day. SQL puts it together (`store::goals`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct Day {
    quarter: String,
    /// `asked`, `meetings` and `won`, each with `goal` (null for none) and `done`.
    #[schema(value_type = Object)]
    goals: (),
    /// `advocate`, `why`, `at`, `leads`, `won`, `last_active_at`, `invited_at`.
    #[schema(value_type = Vec<Object>)]
    ask: Vec<()>,
    /// Leads of the program that have stood still for the program's `stale_days`, at most 20, the longest
    /// first: `lead`, `since`, `days`, `advocate`.
    #[schema(value_type = Vec<Object>)]
    follow_up: Vec<()>,
}
