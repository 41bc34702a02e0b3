//! `/v1/archives`: the days whose raw clicks were taken out.

use utoipa::ToSchema;

use super::{
    Response,
    input::Page,
    output::{self, Items},
    problem::Problem,
    request::Request,
};
use crate::store::archive;

/// A day whose raw clicks were taken out. SQL puts it together (`store::archive`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct Archive {
    /// By UTC.
    day: String,
    /// Clicks that were taken out.
    clicks: u64,
    /// Objects with them in the bucket, `clicks/{day}/….ndjson`; 0 where there is none.
    objects: u64,
    /// In these objects.
    bytes: u64,
    began_at: String,
    /// Null while there are clicks of the day left.
    done_at: Option<String>,
}

/// Lists the days whose raw clicks were archived or pruned, the newest first. Their
/// tallies are as they were.
#[utoipa::path(get, path = "/v1/archives", tag = "operations", params(Page),
    responses((status = 200, body = Items<Archive>)))]
pub(super) async fn list(request: Request) -> Result<Response, Problem> {
    let page: Page = request.query()?;
    let before = page.after(i64::from(u32::MAX), |cursor| cursor.parse().ok())?;
    let limit = page.limit.get();
    let rows = archive::page(request.call.db(), before, limit + 1).await?;
    Ok(output::documents(rows, limit))
}
