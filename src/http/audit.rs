//! `/v1/audit`: what was mended, taken in or given out, and by whom.

use utoipa::{IntoParams, ToSchema};

use super::{
    Response,
    input::Page,
    output::{self, Items},
    problem::Problem,
    request::Request,
};
use crate::{decode::record, store::audit};

record! {
    /// What the audit log is narrowed to.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Asked {
        /// To what was done to this, such as a reconciliation's id.
        subject: Option<String>,
        /// How many entries at most.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
        limit: super::input::Limit = crate::decode::or_default,
        /// `next` of the page before.
        cursor: Option<String>,
    }
}

/// An entry. SQL puts it together (`store::audit`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct AuditEntry {
    /// Rises with every entry.
    n: u64,
    at: String,
    /// The name of who did it.
    by: String,
    /// Slug of the program, of what was done in one.
    program: Option<String>,
    /// What was done, such as `reconciliation.applied`.
    action: String,
    /// What it was done to.
    subject: String,
    /// More of it; its fields depend on the action.
    detail: serde_json::Value,
}

/// Lists the audit log, the newest first.
#[utoipa::path(get, path = "/v1/audit", tag = "operations", params(Asked),
    responses((status = 200, body = Items<AuditEntry>)))]
pub(super) async fn list(request: Request) -> Result<Response, Problem> {
    let asked: Asked = request.query()?;
    let page = Page {
        limit: asked.limit,
        cursor: asked.cursor,
    };
    let before = page.after(i64::from(u32::MAX), |cursor| cursor.parse().ok())?;
    let limit = page.limit.get();
    let subject = asked.subject.as_deref();
    let rows = audit::page(request.call.db(), before, subject, limit + 1).await?;
    Ok(output::documents(rows, limit))
}
