//! `/v1/health`

use http::StatusCode;
use utoipa::ToSchema;

use super::{Response, output, problem::Problem, request::Request};
use crate::store::checks;

/// What `/v1/health` answers. SQL puts it together (`store::checks`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct Health {
    /// `differs` if a check found what does not agree; all of it works nevertheless.
    #[schema(pattern = "^(ok|differs)$")]
    status: String,
    /// The version of the configuration in the database.
    configuration: i64,
    checks: Vec<CheckInBrief>,
}

/// What a check came to.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct CheckInBrief {
    name: checks::Check,
    /// Null until it was run.
    checked_at: Option<String>,
    /// How much does not agree.
    differences: u32,
}

/// Says whether the service and its database answer, and whether what is derived
/// agrees with what it is derived from.
#[utoipa::path(get, path = "/v1/health", tag = "operations",
    responses((status = 200, body = Health)))]
pub(super) async fn health(request: Request) -> Result<Response, Problem> {
    let health = checks::health(request.call.db()).await?;
    Ok(output::text(StatusCode::OK, health))
}
