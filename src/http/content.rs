//! `/v1/programs/{program}/content` and `/versions`: what a program says, and what
//! was changed in it by whom.

use http::StatusCode;
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
    domain::content::Content,
    store::{changes, contents},
};

/// Changes of a page at most.
const MOST_CHANGES: u16 = 30;

record! {
    /// What a program shall say.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct NewContent {
        /// The version that it was made from; a newer one is not written over. Unless
        /// said, whatever is there is.
        version: Option<i64>,
        #[expect(dead_code, reason = "it is kept as it came")]
        content: Content,
    }
}

/// Answers what a program says; version 0 where nobody has said anything yet.
#[utoipa::path(get, path = "/v1/programs/{program}/content", tag = "programs",
    params(("program" = String, Path, description = "Slug of the program")),
    responses((status = 200, body = ContentVersion)))]
pub(super) async fn read(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let program = programs::require(call, request.path("program"), None).await?;
    let current = contents::current(call.db(), program.number).await?;
    Ok(output::text(StatusCode::OK, current))
}

/// Sets what a program says, all of it. The same again makes no new version. 409 if
/// somebody else has changed it since the version that is named.
#[utoipa::path(put, path = "/v1/programs/{program}/content", tag = "programs",
    params(("program" = String, Path, description = "Slug of the program")),
    request_body = NewContent, responses((status = 200, body = ContentVersion)))]
pub(super) async fn put(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let new: NewContent = request.json()?;
    let program = programs::require(call, request.path("program"), None).await?;
    let body = std::str::from_utf8(request.body())
        .map_err(|_| Problem::Malformed("the body is not UTF-8".to_owned()))?;
    let (number, by) = (program.number, request.key());
    let stored = contents::put(call.db(), number, body, new.version, call.now, by).await?;
    let stored = stored.ok_or_else(|| {
        let detail = "somebody else has changed it since; read it again";
        Problem::Conflict(detail.to_owned())
    })?;
    // Links show the card.
    Ok(output::published(call, output::text(StatusCode::OK, stored)).await)
}

/// Lists what was changed in a program, in its destinations, its content and its
/// rules, the newest first. `before` sent again undoes a change: by `PATCH` of the
/// program or the destination, by `PUT` of the rules, or as the `content` of a `PUT`.
#[utoipa::path(get, path = "/v1/programs/{program}/versions", tag = "programs",
    params(("program" = String, Path, description = "Slug of the program"), Page),
    responses((status = 200, body = Items<Change>)))]
pub(super) async fn versions(request: Request) -> Result<Response, Problem> {
    let page: Page = request.query()?;
    let call = &request.call;
    let program = programs::require(call, request.path("program"), None).await?;
    let before = page.after(i64::from(u32::MAX), |cursor| cursor.parse().ok())?;
    // Content stands in them whole, with its pictures.
    let limit = page.limit.get().min(MOST_CHANGES);
    let rows = changes::page(call.db(), program.number, before, limit + 1).await?;
    Ok(output::documents(rows, limit))
}

/// What a program says. SQL puts it together (`store::contents`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct ContentVersion {
    /// From 1; 0 where there is none.
    version: u32,
    content: Content,
}

/// A change. SQL puts it together (`store::changes`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct Change {
    /// From 1, in the order of the changes.
    n: u32,
    at: String,
    /// The name of who did it: of a member of the team, or of an API key.
    by: String,
    what: Changed,
    /// Slug of the destination.
    key: Option<String>,
    /// The fields that changed, as they were; of content and rules all of them. Null
    /// for what was new.
    before: Option<serde_json::Value>,
    /// As they are since.
    after: serde_json::Value,
}

/// What was changed.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "describes what SQL answers")]
enum Changed {
    Program,
    Content,
    Destination,
    Rules,
}
