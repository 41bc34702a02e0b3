//! `/v1/health`

use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Response, output, problem::Problem, request::Request};
use crate::store::snapshot;

/// What `/v1/health` answers.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    status: &'static str,
    /// The version of the configuration in the database.
    configuration: i64,
}

/// Says whether the service and its database answer.
#[utoipa::path(get, path = "/v1/health", tag = "operations",
    responses((status = 200, body = Health)))]
pub(super) async fn health(request: Request) -> Result<Response, Problem> {
    let health = Health {
        status: "ok",
        configuration: snapshot::version(request.call.db()).await?,
    };
    Ok(output::json(StatusCode::OK, &health))
}
