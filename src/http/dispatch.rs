//! From a request to its route, and back with an answer.
//!
//! Owns the order of what a request has to pass: path, method, key and scope,
//! size of the body. What it asks for is the handler's.

use std::sync::Mutex;

use http::Method;
use percent_encoding::percent_decode_str;

use super::{
    Call, Caller, Response,
    body::Body,
    message::{Asked, Headers},
    portal,
    problem::Problem,
    request::{Head, Incoming, Request},
    routes::{Access, ROUTES, Route},
    session,
};
use crate::{
    domain::access::{self, Secret},
    store::api_keys,
};

/// Answers a request; what fails is answered with a problem.
pub async fn answer(call: Call, request: Asked) -> Response {
    let asks_for_headers = request.method == Method::HEAD;
    let is_own = portal::is_own(&request.target);
    let mut response = if is_own && request.method == Method::OPTIONS {
        portal::preflight()
    } else {
        match dispatch(call, request).await {
            Ok(response) => response,
            Err(problem) => problem.into_response(),
        }
    };
    if is_own {
        response = portal::share(response);
    }
    if let Body::Whole(body) = &response.body {
        let length = body.len().to_string();
        response.headers.set("content-length", length);
    }
    if asks_for_headers {
        response.body = Body::empty();
    }
    response
}

async fn dispatch(call: Call, request: Asked) -> Result<Response, Problem> {
    let body = request.body;
    let head = Head {
        method: request.method,
        target: request.target,
        headers: request.headers,
    };
    let (path, parameters) = find(head.path())
        .ok_or_else(|| Problem::NotFound(format!("nothing has the path `{}`", head.path())))?;
    let route =
        with_method(path, &head.method).ok_or_else(|| Problem::MethodNotAllowed(methods(path)))?;
    let caller = match route.access {
        Access::Anybody => Caller::nobody(),
        Access::Advocate => portal::caller(&call, &head).await?,
        access => admit(&call, &head, access).await?,
    };
    let parameters = decode(&parameters)?;
    let body = if route.streams {
        Incoming::Unread(Mutex::new(body.into_pieces()))
    } else if has_body(&route.method) {
        Incoming::Read(body.whole(route.most).await?)
    } else {
        Incoming::Read(bytes::Bytes::new())
    };
    let handled = (route.handler)(Request {
        call,
        caller,
        head,
        parameters,
        body,
    });
    handled.await
}

/// A parameter of a path: its name, and what stands in its place.
type Parameter<'a> = (&'static str, &'a str);

/// The first of the table's paths that matches, with the parameters.
fn find(path: &str) -> Option<(&'static str, Vec<Parameter<'_>>)> {
    ROUTES
        .iter()
        .find_map(|route| Some((route.path, parameters(route.path, path)?)))
}

/// The parameters of a path, if it has the form of `pattern`.
fn parameters<'a>(pattern: &'static str, path: &'a str) -> Option<Vec<Parameter<'a>>> {
    let mut parameters = Vec::new();
    let mut segments = path.split('/');
    for expected in pattern.split('/') {
        let segment = segments.next()?;
        let name = expected
            .strip_prefix('{')
            .and_then(|expected| expected.strip_suffix('}'));
        match name {
            Some(name) if !segment.is_empty() => parameters.push((name, segment)),
            None if segment == expected => {}
            _ => return None,
        }
    }
    segments.next().is_none().then_some(parameters)
}

fn with_method(path: &str, method: &Method) -> Option<&'static Route> {
    let method = match *method {
        Method::HEAD => &Method::GET,
        _ => method,
    };
    ROUTES
        .iter()
        .find(|route| route.path == path && route.method == *method)
}

/// The methods of a path, as `Allow` lists them.
fn methods(path: &str) -> String {
    let mut methods = Vec::new();
    for route in ROUTES.iter().filter(|route| route.path == path) {
        methods.push(route.method.as_str());
        if route.method == Method::GET {
            methods.push("HEAD");
        }
    }
    methods.join(",")
}

/// Whether a request of the method means something by its body.
fn has_body(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::DELETE | Method::OPTIONS)
}

/// Who calls, if they may.
async fn admit(call: &Call, head: &Head, access: Access) -> Result<Caller, Problem> {
    let caller = match key(&head.headers) {
        Some(key) => holder(call, key).await?,
        None => session::caller(call, head).await?,
    };
    match access {
        Access::Scope(scope) if !caller.may(scope) => Err(Problem::Forbidden(scope)),
        Access::Person if !caller.is_person => Err(Problem::Unauthenticated),
        _ => Ok(caller),
    }
}

/// The bearer key, or whatever stands in its place: who sends a wrong key is not
/// let in by a cookie.
pub(super) fn key(headers: &Headers) -> Option<&str> {
    let value = headers.get("authorization")?;
    let (scheme, key) = value.split_once(' ').unwrap_or((value, ""));
    Some(if scheme.eq_ignore_ascii_case("bearer") {
        key.trim()
    } else {
        ""
    })
}

/// Who holds a key.
async fn holder(call: &Call, key: &str) -> Result<Caller, Problem> {
    if call.service.is_operators(key) {
        return Ok(Caller::operator(None));
    }
    if !access::is_secret(Secret::Key, key) {
        return Err(Problem::Unauthenticated);
    }
    let row = api_keys::by_hash(call.db(), &access::to_hex(&access::key_hash(key))).await?;
    let row = row.ok_or(Problem::Unauthenticated)?;
    Ok(Caller::program(row.id.clone(), row.scopes()?))
}

/// The parameters without their percent-encoding. What is no UTF-8 names nothing
/// that there is.
fn decode(parameters: &[Parameter]) -> Result<Vec<(&'static str, String)>, Problem> {
    parameters
        .iter()
        .map(
            |(name, value)| match percent_decode_str(value).decode_utf8() {
                Ok(value) => Ok((*name, value.into_owned())),
                Err(_) => Err(Problem::NotFound("nothing has this path".to_owned())),
            },
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_of_the_table_hides_another() {
        for route in ROUTES {
            assert_eq!(find(route.path).map(|(path, _)| path), Some(route.path));
        }
    }

    #[test]
    fn a_path_matches_segment_by_segment() {
        let pattern = "/a/{b}/c";
        assert_eq!(
            parameters(pattern, "/a/x%2Fy/c"),
            Some(vec![("b", "x%2Fy")])
        );
        for path in [
            "", "/", "/a", "/a/", "/a/b", "/a//c", "/a/b/c/", "/a/b/c/d", "a/b/c", "//a/b/c",
        ] {
            assert_eq!(parameters(pattern, path), None, "{path}");
        }
    }
}
