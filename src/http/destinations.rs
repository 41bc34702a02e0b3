//! `/v1/programs/{program}/destinations`

use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Response,
    input::Page,
    output::{self, Items},
    problem::Problem,
    programs,
    request::Request,
};
use crate::{
    decode::record,
    domain::{
        landing::Destination as Url,
        program::{Slug, Status},
    },
    store::destinations::{self, Row},
};

/// A destination.
#[derive(Serialize, ToSchema)]
#[schema(as = KnownDestination)]
pub(super) struct Destination {
    /// Its name in requests; never changes.
    slug: String,
    /// Its number in links; 0 is where a link leads that names none.
    number: u8,
    url: Url,
    /// Disabled, the links that lead there lead to the neutral page.
    status: Status,
    created_at: String,
    updated_at: String,
}

impl From<Row> for Destination {
    fn from(row: Row) -> Self {
        Self {
            slug: row.slug,
            number: row.number,
            url: row.url,
            status: row.status,
            created_at: output::time(row.created_at),
            updated_at: output::time(row.updated_at),
        }
    }
}

record! {
    /// A new destination: an absolute https URL.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct NewDestination {
        slug: Slug,
        url: Url,
    }
}

record! {
    /// What changes; what is left out stays.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct DestinationChanges {
        #[schema(value_type = Option<String>)]
        url: Option<Url>,
        status: Option<Status>,
    }
}

fn missing(slug: &str) -> Problem {
    Problem::NotFound(format!("there is no destination `{slug}` in the program"))
}

/// Creates a destination. The first one of a program is its default.
#[utoipa::path(post, path = "/v1/programs/{program}/destinations", tag = "destinations",
    params(("program" = String, Path, description = "Slug of the program")),
    request_body = NewDestination,
    responses((status = 201, body = Destination), (status = 200, body = Destination)))]
pub(super) async fn create(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let new: NewDestination = request.json()?;
    let program = programs::require(call, request.path("program"), None).await?;
    let (slug, url, by) = (&new.slug, &new.url, request.key());
    let created = destinations::create(call.db(), program.number, slug, url, call.now, by).await?;
    let (status, row) = output::created(created, "destination", |row| row.url == new.url)?;
    let response = output::json(status, &Destination::from(row));
    Ok(output::published_if(status == StatusCode::CREATED, call, response).await)
}

/// Lists destinations.
#[utoipa::path(get, path = "/v1/programs/{program}/destinations", tag = "destinations",
    params(("program" = String, Path, description = "Slug of the program"), Page),
    responses((status = 200, body = Items<Destination>)))]
pub(super) async fn list(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let page: Page = request.query()?;
    let program = programs::require(call, request.path("program"), None).await?;
    let after = page.after(-1, |cursor| cursor.parse().ok())?;
    let limit = page.limit.get();
    let rows = destinations::page(call.db(), program.number, after, limit + 1).await?;
    let items = Items::page(rows, limit, |row| row.number.to_string(), Destination::from);
    Ok(output::json(StatusCode::OK, &items))
}

/// Answers one destination.
#[utoipa::path(get, path = "/v1/programs/{program}/destinations/{destination}",
    tag = "destinations",
    params(
        ("program" = String, Path, description = "Slug of the program"),
        ("destination" = String, Path, description = "Slug of the destination")),
    responses((status = 200, body = Destination)))]
pub(super) async fn read(request: Request) -> Result<Response, Problem> {
    let (call, slug) = (&request.call, request.path("destination"));
    let program = programs::require(call, request.path("program"), None).await?;
    let row = destinations::by_slug(call.db(), program.number, slug).await?;
    let row = row.ok_or_else(|| missing(slug))?;
    Ok(output::json(StatusCode::OK, &Destination::from(row)))
}

/// Changes a destination, or disables it.
#[utoipa::path(patch, path = "/v1/programs/{program}/destinations/{destination}",
    tag = "destinations",
    params(
        ("program" = String, Path, description = "Slug of the program"),
        ("destination" = String, Path, description = "Slug of the destination")),
    request_body = DestinationChanges, responses((status = 200, body = Destination)))]
pub(super) async fn update(request: Request) -> Result<Response, Problem> {
    let (call, slug) = (&request.call, request.path("destination"));
    let changes: DestinationChanges = request.json()?;
    let program = programs::require(call, request.path("program"), None).await?;
    let row = destinations::update(
        call.db(),
        program.number,
        slug,
        changes.url.as_ref(),
        changes.status,
        call.now,
        request.key(),
    )
    .await?;
    let row = row.ok_or_else(|| missing(slug))?;
    let response = output::json(StatusCode::OK, &Destination::from(row));
    Ok(output::published(call, response).await)
}
