//! Routes: one table that says what there is and who may call it.
//!
//! Owns the table, the router made of it, and the guard, which knows no other
//! source of permissions. `openapi` is held against the same table by a test.

use axum::{
    Router,
    extract::{MatchedPath, Request},
    handler::Handler,
    http::{HeaderMap, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, on},
};

use super::{
    Call, Caller, Scopes, advocates, destinations, keys, labels, links, links_bulk, output,
    problem::Problem, programs, shares, statistics,
};
use crate::{
    domain::access::{self, Scope},
    store::api_keys,
};

/// One route.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, with `{parameters}`.
    pub path: &'static str,
    /// Which scope it takes; `None` for one that anybody may call.
    pub scope: Option<Scope>,
    handler: MethodRouter,
}

fn route<H, T>(
    method: Method,
    path: &'static str,
    scope: impl Into<Option<Scope>>,
    handler: H,
) -> Route
where
    H: Handler<T, ()>,
    T: 'static,
{
    // All the methods of the table are ones that a filter knows.
    let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET);
    Route {
        method,
        path,
        scope: scope.into(),
        handler: on(filter, handler),
    }
}

/// The table.
#[must_use]
pub fn routes() -> Vec<Route> {
    use Scope as S;
    const PROGRAMS: &str = "/v1/programs";
    const PROGRAM: &str = "/v1/programs/{program}";
    const DESTINATIONS: &str = "/v1/programs/{program}/destinations";
    const DESTINATION: &str = "/v1/programs/{program}/destinations/{destination}";
    const LABELS: &str = "/v1/programs/{program}/labels";
    const ADVOCATES: &str = "/v1/programs/{program}/advocates";
    const ADVOCATE: &str = "/v1/programs/{program}/advocates/{advocate}";
    let (get, post, patch) = (Method::GET, Method::POST, Method::PATCH);
    vec![
        route(get.clone(), "/v1/health", None, health),
        route(post.clone(), PROGRAMS, S::ProgramsWrite, programs::create),
        route(get.clone(), PROGRAMS, S::ProgramsRead, programs::list),
        route(get.clone(), PROGRAM, S::ProgramsRead, programs::read),
        route(patch.clone(), PROGRAM, S::ProgramsWrite, programs::update),
        route(
            post.clone(),
            DESTINATIONS,
            S::ProgramsWrite,
            destinations::create,
        ),
        route(
            get.clone(),
            DESTINATIONS,
            S::ProgramsRead,
            destinations::list,
        ),
        route(
            get.clone(),
            DESTINATION,
            S::ProgramsRead,
            destinations::read,
        ),
        route(
            patch.clone(),
            DESTINATION,
            S::ProgramsWrite,
            destinations::update,
        ),
        route(post.clone(), LABELS, S::ProgramsWrite, labels::create),
        route(get.clone(), LABELS, S::ProgramsRead, labels::list),
        route(
            post.clone(),
            ADVOCATES,
            S::AdvocatesWrite,
            advocates::create,
        ),
        route(get.clone(), ADVOCATES, S::AdvocatesRead, advocates::list),
        route(get.clone(), ADVOCATE, S::AdvocatesRead, advocates::read),
        route(patch, ADVOCATE, S::AdvocatesWrite, advocates::update),
        route(post.clone(), "/v1/links", S::LinksWrite, links::issue),
        route(
            post.clone(),
            "/v1/links/bulk",
            S::LinksWrite,
            links_bulk::issue,
        ),
        route(
            post.clone(),
            "/v1/links/verify",
            S::LinksWrite,
            links::verify,
        ),
        route(
            post.clone(),
            "/v1/links/revoke",
            S::LinksWrite,
            links::revoke,
        ),
        route(post.clone(), "/v1/shares", S::SharesWrite, shares::record),
        route(
            get.clone(),
            "/v1/stats",
            S::StatisticsRead,
            statistics::read,
        ),
        route(post, "/v1/keys", S::KeysWrite, keys::create),
        route(get, "/v1/keys", S::KeysWrite, keys::list),
        route(Method::DELETE, "/v1/keys/{key}", S::KeysWrite, keys::revoke),
    ]
}

/// The router over the table. Each request carries its [`Call`] in its
/// extensions.
pub fn router() -> Router {
    let mut router = Router::new();
    for route in routes() {
        router = router.route(route.path, route.handler);
    }
    router
        .route_layer(middleware::from_fn(guard))
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed)
        .fallback(async |request: Request| {
            Problem::NotFound(format!("nothing has the path `{}`", request.uri().path()))
        })
}

/// Lets a request through to its route if its key has the route's scope.
async fn guard(path: MatchedPath, call: Call, mut request: Request, next: Next) -> Response {
    let method = match request.method() {
        &Method::HEAD => Method::GET,
        method => method.clone(),
    };
    let found = access_table()
        .iter()
        .find(|(known, at, _)| *known == method && *at == path.as_str());
    // A method that is not in the table goes on, to be told which ones are.
    if let Some((_, _, Some(scope))) = found {
        match identify(&call, request.headers()).await {
            Ok(caller) if caller.may(*scope) => {
                request.extensions_mut().insert(caller);
            }
            Ok(_) => return Problem::Forbidden(*scope).into_response(),
            Err(problem) => return problem.into_response(),
        }
    }
    next.run(request).await
}

/// Method, path and scope of every route, made once.
fn access_table() -> &'static [(Method, &'static str, Option<Scope>)] {
    static TABLE: std::sync::OnceLock<Vec<(Method, &'static str, Option<Scope>)>> =
        std::sync::OnceLock::new();
    TABLE.get_or_init(|| {
        routes()
            .into_iter()
            .map(|route| (route.method, route.path, route.scope))
            .collect()
    })
}

/// Who holds the bearer key.
async fn identify(call: &Call, headers: &HeaderMap) -> Result<Caller, Problem> {
    let key = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, key)| key.trim())
        .ok_or(Problem::Unauthenticated)?;
    // Hashes are compared, so the time it takes tells nothing of the key.
    let hash = access::key_hash(key);
    if hash == call.service.admin_key {
        return Ok(Caller {
            key: "admin".to_owned(),
            scopes: Scopes::All,
        });
    }
    if !access::is_key(key) {
        return Err(Problem::Unauthenticated);
    }
    let row = api_keys::by_hash(call.db(), &access::to_hex(&hash)).await?;
    let row = row.ok_or(Problem::Unauthenticated)?;
    Ok(Caller {
        scopes: Scopes::Some(row.scopes()?),
        key: row.id,
    })
}

/// What `/v1/health` answers.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub(super) struct Health {
    status: &'static str,
    /// The version of the configuration in the database.
    configuration: i64,
}

/// Says whether the service and its database answer.
#[utoipa::path(get, path = "/v1/health", tag = "operations",
    responses((status = 200, body = Health)))]
pub(super) async fn health(call: Call) -> Result<Response, Problem> {
    let health = Health {
        status: "ok",
        configuration: crate::store::snapshot::version(call.db()).await?,
    };
    Ok(output::json(StatusCode::OK, &health))
}
