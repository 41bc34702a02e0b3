//! `/v1/programs/{program}/advocates`

use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Call, Response,
    input::Page,
    leads,
    once::settle_all,
    output::{self, Items},
    problem::{Fault, Problem},
    programs::{self, Emptiable},
    request::Request,
};
use crate::{
    decode::record,
    domain::{
        link::AdvocateNumber,
        program::{AdvocateKind, Email, Identifier, Name, Slug, Status},
    },
    store::{
        advocates::{self, Changes, New, Reference, Row},
        programs::Created,
    },
};

/// Random numbers to choose from: with 50,000 advocates in a program, all eight
/// are taken once in 10^39 times.
const CANDIDATES: usize = 8;

/// An advocate.
#[derive(Serialize, ToSchema)]
pub(super) struct Advocate {
    /// Six base62 digits; stands in links.
    id: String,
    /// What another system calls them.
    external_id: Option<String>,
    kind: AdvocateKind,
    name: String,
    email: Option<String>,
    /// Disabled, their links lead to the neutral page.
    status: Status,
    /// The group inside their kind that has rewards of its own.
    segment: Option<String>,
    /// Slug of the rep who owns them, and gets their referrals.
    owner: Option<String>,
    created_at: String,
    updated_at: String,
}

impl From<Row> for Advocate {
    fn from(row: Row) -> Self {
        Self {
            id: AdvocateNumber(row.number).to_id(),
            external_id: row.external_id,
            kind: row.kind,
            name: row.name,
            email: row.email,
            status: row.status,
            segment: row.segment,
            owner: row.owner,
            created_at: output::time(row.created_at),
            updated_at: output::time(row.updated_at),
        }
    }
}

record! {
    /// A new advocate.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct NewAdvocate {
        /// What another system calls them. Sent again, it finds the advocate that
        /// is there and creates no second one.
        #[schema(value_type = Option<String>, example = "crm-10017")]
        external_id: Option<Identifier>,
        kind: AdvocateKind,
        name: Name,
        #[schema(value_type = Option<String>)]
        email: Option<Email>,
        /// The group inside their kind that has rewards of its own.
        #[schema(value_type = Option<String>, example = "gold")]
        segment: Option<Slug>,
        /// Slug of the rep who owns them, and gets their referrals.
        owner: Option<String>,
    }
}

record! {
    /// What changes; what is left out stays.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct AdvocateChanges {
        kind: Option<AdvocateKind>,
        #[schema(value_type = Option<String>)]
        name: Option<Name>,
        /// An empty text takes it away.
        #[schema(value_type = Option<String>)]
        email: Option<Emptiable<Email>>,
        status: Option<Status>,
        /// An empty text takes it away.
        #[schema(value_type = Option<String>)]
        segment: Option<Emptiable<Slug>>,
        /// Slug of a rep; an empty text takes the owner away. Leads that are there
        /// stay whose they are.
        owner: Option<String>,
    }
}

/// The advocate that is meant, or the problem that there is none. `field` is
/// where the request named them; without one it was in the path.
pub(super) async fn require(
    call: &Call,
    program: u16,
    reference: &str,
    field: Option<&'static str>,
) -> Result<Row, Problem> {
    let found = match Reference::parse(reference) {
        Some(reference) => advocates::find(call.db(), program, &reference).await?,
        None => None,
    };
    found.ok_or_else(|| missing(reference, field))
}

fn missing(reference: &str, field: Option<&'static str>) -> Problem {
    let detail = format!(
        "there is no advocate `{reference}` in the program; \
         give an id like 4GFfc3, or `ext:` and an external id"
    );
    match field {
        Some(field) => Problem::field(field, detail),
        None => Problem::NotFound(detail),
    }
}

/// Creates an advocate; one whose external id is there already is answered
/// with 200, as they are.
#[utoipa::path(post, path = "/v1/programs/{program}/advocates", tag = "advocates",
    params(("program" = String, Path, description = "Slug of the program")),
    request_body = NewAdvocate,
    responses((status = 201, body = Advocate), (status = 200, body = Advocate)))]
pub(super) async fn create(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let new: NewAdvocate = request.json()?;
    let program = programs::require(call, request.path("program"), None).await?;
    check_owner(call, new.owner.as_deref()).await?;
    let candidates = random_numbers()?;
    let advocate = New {
        external_id: new.external_id.as_ref(),
        kind: new.kind,
        name: &new.name,
        email: new.email.as_ref(),
        segment: new.segment.as_ref().map(Slug::as_str),
        owner: new.owner.as_deref(),
    };
    let created =
        advocates::create(call.db(), program.number, advocate, &candidates, call.now).await?;
    match created {
        Created::New(row) => Ok(output::json(StatusCode::CREATED, &Advocate::from(row))),
        Created::Existing(row) => Ok(output::json(StatusCode::OK, &Advocate::from(row))),
        Created::Full => Err(Problem::Conflict(
            "no number was free for the advocate; try again".to_owned(),
        )),
    }
}

/// An owner who is named has to be there; an empty name is nobody's.
async fn check_owner(call: &Call, owner: Option<&str>) -> Result<(), Problem> {
    if let Some(slug) = owner.filter(|slug| !slug.is_empty()) {
        leads::rep(call, slug, "owner").await?;
    }
    Ok(())
}

fn random_numbers() -> Result<[u32; CANDIDATES], Problem> {
    let mut numbers = [0; CANDIDATES];
    for number in &mut numbers {
        *number = getrandom::u32().map_err(Fault::no_randomness)?;
    }
    Ok(numbers)
}

/// Lists advocates, oldest first.
#[utoipa::path(get, path = "/v1/programs/{program}/advocates", tag = "advocates",
    params(("program" = String, Path, description = "Slug of the program"), Page),
    responses((status = 200, body = Items<Advocate>)))]
pub(super) async fn list(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let page: Page = request.query()?;
    let program = programs::require(call, request.path("program"), None).await?;
    let after = page.after((-1, -1), |cursor| {
        let (created_at, number) = cursor.split_once('.')?;
        Some((created_at.parse().ok()?, number.parse().ok()?))
    })?;
    let limit = page.limit.get();
    let rows = advocates::page(call.db(), program.number, after, limit + 1).await?;
    let cursor = |row: &Row| format!("{}.{}", row.created_at, row.number);
    let items = Items::page(rows, limit, cursor, Advocate::from);
    Ok(output::json(StatusCode::OK, &items))
}

/// Answers one advocate, by id or by `ext:` and external id.
#[utoipa::path(get, path = "/v1/programs/{program}/advocates/{advocate}", tag = "advocates",
    params(
        ("program" = String, Path, description = "Slug of the program"),
        ("advocate" = String, Path, description = "Id, or `ext:` and external id")),
    responses((status = 200, body = Advocate)))]
pub(super) async fn read(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let program = programs::require(call, request.path("program"), None).await?;
    let row = require(call, program.number, request.path("advocate"), None).await?;
    Ok(output::json(StatusCode::OK, &Advocate::from(row)))
}

/// Changes an advocate, or disables them.
#[utoipa::path(patch, path = "/v1/programs/{program}/advocates/{advocate}", tag = "advocates",
    params(
        ("program" = String, Path, description = "Slug of the program"),
        ("advocate" = String, Path, description = "Id, or `ext:` and external id")),
    request_body = AdvocateChanges, responses((status = 200, body = Advocate)))]
pub(super) async fn update(request: Request) -> Result<Response, Problem> {
    let (call, reference) = (&request.call, request.path("advocate"));
    let changes: AdvocateChanges = request.json()?;
    let program = programs::require(call, request.path("program"), None).await?;
    let before = require(call, program.number, reference, None).await?;
    check_owner(call, changes.owner.as_deref()).await?;
    let stored = Changes {
        kind: changes.kind,
        name: changes.name.as_ref(),
        email: changes.email.map(Emptiable::into_text),
        status: changes.status,
        segment: changes.segment.map(Emptiable::into_text),
        owner: changes.owner,
    };
    let after =
        advocates::update(call.db(), program.number, before.number, stored, call.now).await?;
    let after = after
        .ok_or_else(|| Problem::Conflict("the advocate was erased, and stays so".to_owned()))?;
    let switched = after.status != before.status;
    let sorted = |row: &Row| (row.kind, row.segment.clone(), row.email.clone());
    if sorted(&after) != sorted(&before) {
        settle_all(call, program.number, &[before.number]).await;
    }
    let response = output::json(StatusCode::OK, &Advocate::from(after));
    Ok(output::published_if(switched, call, response).await)
}
