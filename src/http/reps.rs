//! `/v1/reps`, and `/v1/programs/{program}/routing`: who sells, and whose turn it
//! is.

use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Response, input::Page, output, problem::Problem, programs, request::Request};
use crate::{
    decode::{self, record},
    domain::program::{Email, Name, Slug, Status},
    store::reps::{self, Rep},
};

/// The most reps who share a program's leads.
const MOST_REPS: usize = 200;

record! {
    /// A rep, to be created or changed.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct NewRep {
        name: Name,
        #[schema(value_type = Option<String>)]
        email: Option<Email>,
        /// Disabled, they get no more leads; those that they have stay theirs.
        #[serde(default)]
        status: Status = decode::or_default,
    }
}

/// Creates a rep under a slug, or changes the one who is there.
#[utoipa::path(put, path = "/v1/reps/{rep}", tag = "sales",
    params(("rep" = String, Path, description = "Slug of the rep")),
    request_body = NewRep, responses((status = 200, body = KnownRep)))]
pub(super) async fn put(request: Request) -> Result<Response, Problem> {
    let new: NewRep = request.json()?;
    let slug = Slug::try_from(request.path("rep").to_owned())
        .map_err(|error| Problem::field("rep", error))?;
    let (db, now) = (request.call.db(), request.call.now);
    let document = reps::put(db, &slug, &new.name, new.email.as_ref(), new.status, now).await?;
    Ok(output::text(StatusCode::OK, document))
}

/// Lists reps, by their slugs.
#[utoipa::path(get, path = "/v1/reps", tag = "sales", params(Page),
    responses((status = 200, body = output::Items<KnownRep>)))]
pub(super) async fn list(request: Request) -> Result<Response, Problem> {
    let page: Page = request.query()?;
    let after = page.after(String::new(), |cursor| Some(cursor.to_owned()))?;
    let limit = page.limit.get();
    let rows = reps::page(request.call.db(), &after, limit + 1).await?;
    Ok(output::documents(rows, limit))
}

record! {
    /// Who gets the leads that no advocate's owner gets.
    #[derive(Serialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Routing {
        /// Slugs of the reps who take turns; one alone gets them all.
        #[schema(max_items = 200)]
        reps: Vec<String>,
    }
}

impl Routing {
    fn of(reps: Vec<Rep>) -> Self {
        Self {
            reps: reps.into_iter().map(|rep| rep.slug).collect(),
        }
    }
}

/// Answers who gets a program's leads in turn.
#[utoipa::path(get, path = "/v1/programs/{program}/routing", tag = "sales",
    params(("program" = String, Path, description = "Slug of the program")),
    responses((status = 200, body = Routing)))]
pub(super) async fn read_routing(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let program = programs::require(call, request.path("program"), None).await?;
    let reps = reps::routing(call.db(), program.number).await?;
    Ok(output::json(StatusCode::OK, &Routing::of(reps)))
}

/// Sets who gets a program's leads in turn.
#[utoipa::path(put, path = "/v1/programs/{program}/routing", tag = "sales",
    params(("program" = String, Path, description = "Slug of the program")),
    request_body = Routing, responses((status = 200, body = Routing)))]
pub(super) async fn set_routing(request: Request) -> Result<Response, Problem> {
    let wanted: Routing = request.json()?;
    let call = &request.call;
    let program = programs::require(call, request.path("program"), None).await?;
    if wanted.reps.len() > MOST_REPS {
        return Err(Problem::field("reps", "must be at most 200"));
    }
    for (index, slug) in wanted.reps.iter().enumerate() {
        if wanted
            .reps
            .iter()
            .take(index)
            .any(|earlier| earlier == slug)
        {
            return Err(Problem::field(
                format!("reps[{index}]"),
                "stands there twice",
            ));
        }
        if reps::by_slug(call.db(), slug).await?.is_none() {
            let detail = format!("there is no rep `{slug}`");
            return Err(Problem::field(format!("reps[{index}]"), detail));
        }
    }
    let reps = reps::set_routing(call.db(), program.number, &wanted.reps).await?;
    Ok(output::json(StatusCode::OK, &Routing::of(reps)))
}

/// A rep. SQL puts it together (`store::reps`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct KnownRep {
    slug: String,
    name: String,
    email: Option<String>,
    status: Status,
    created_at: String,
    updated_at: String,
}
