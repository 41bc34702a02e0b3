//! `/v1/programs/{program}/labels`

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
    domain::program::Slug,
    store::labels::{self, Row},
};

/// A label: what links were shared for, a campaign for instance.
#[derive(Serialize, ToSchema)]
pub(super) struct Label {
    slug: String,
    /// Its number in links; 0 is none.
    number: u16,
    created_at: String,
}

impl From<Row> for Label {
    fn from(row: Row) -> Self {
        Self {
            slug: row.slug,
            number: row.number,
            created_at: output::time(row.created_at),
        }
    }
}

record! {
    /// A new label.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct NewLabel {
        slug: Slug,
    }
}

/// Creates a label. The same label again is answered with 200.
#[utoipa::path(post, path = "/v1/programs/{program}/labels", tag = "labels",
    params(("program" = String, Path, description = "Slug of the program")),
    request_body = NewLabel,
    responses((status = 201, body = Label), (status = 200, body = Label)))]
pub(super) async fn create(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let new: NewLabel = request.json()?;
    let program = programs::require(call, request.path("program"), None).await?;
    let created = labels::create(call.db(), program.number, &new.slug, call.now).await?;
    let (status, row) = output::created(created, "label", |_| true)?;
    Ok(output::json(status, &Label::from(row)))
}

/// Lists labels.
#[utoipa::path(get, path = "/v1/programs/{program}/labels", tag = "labels",
    params(("program" = String, Path, description = "Slug of the program"), Page),
    responses((status = 200, body = Items<Label>)))]
pub(super) async fn list(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let page: Page = request.query()?;
    let program = programs::require(call, request.path("program"), None).await?;
    let after = page.after(0, |cursor| cursor.parse().ok())?;
    let limit = page.limit.get();
    let rows = labels::page(call.db(), program.number, after, limit + 1).await?;
    let items = Items::page(rows, limit, |row| row.number.to_string(), Label::from);
    Ok(output::json(StatusCode::OK, &items))
}
