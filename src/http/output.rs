//! Output: pages, times, CSV cells.

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Call, problem::Problem};
use crate::{domain::date, store::programs::Created};

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub struct Items<T> {
    /// The items.
    pub items: Vec<T>,
    /// The cursor of the next page; null on the last one.
    pub next: Option<String>,
}

impl<T> Items<T> {
    /// The page of `rows`, which were asked for with one more than `limit`: the
    /// one too many tells that there is a next page.
    pub fn page<R>(
        mut rows: Vec<R>,
        limit: u16,
        cursor: impl Fn(&R) -> String,
        view: impl FnMut(R) -> T,
    ) -> Self {
        let more = rows.len() > usize::from(limit);
        rows.truncate(usize::from(limit));
        let next = if more { rows.last().map(cursor) } else { None };
        Self {
            items: rows.into_iter().map(view).collect(),
            next,
        }
    }
}

/// For answers that belong to whoever holds the key.
pub const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// A Unix time in milliseconds as the API writes it.
pub fn time(at: i64) -> String {
    date::rfc3339(at)
}

/// JSON that nobody may keep: it belongs to whoever holds the key.
pub fn json<T: Serialize>(status: StatusCode, value: &T) -> Response {
    match serde_json::to_string(value) {
        Ok(text) => {
            let headers = [
                (header::CONTENT_TYPE, "application/json"),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (status, headers, text).into_response()
        }
        Err(_) => Problem::misassembled("an answer does not serialise").into_response(),
    }
}

/// 201 for what is new, 200 for what was there before and is meant again.
/// Something else under the same name is a conflict.
pub async fn created<R, V: Serialize>(
    call: &Call,
    created: Created<R>,
    view: impl FnOnce(R) -> V,
    same: impl FnOnce(&R) -> bool,
    what: &'static str,
    publishes: bool,
) -> Result<Response, Problem> {
    match created {
        Created::New(row) => {
            let response = json(StatusCode::CREATED, &view(row));
            Ok(if publishes {
                published(call, response).await
            } else {
                response
            })
        }
        Created::Existing(row) if same(&row) => Ok(json(StatusCode::OK, &view(row))),
        Created::Existing(_) => Err(Problem::Conflict(format!(
            "there is already a {what} of this name, and it is different; change it with PATCH"
        ))),
        Created::Full => Err(Problem::Conflict(format!(
            "no more {what}s fit: a link has no room for their number"
        ))),
    }
}

/// An answer after the configuration changed: publishes it, and notes a failure
/// to do so for the log.
pub async fn published(call: &Call, mut response: Response) -> Response {
    if let Some(fault) = call.publish().await {
        response.extensions_mut().insert(fault);
    }
    response
}

/// Whether the client prefers CSV to JSON.
pub fn wants_csv(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| quality(accept, "text/csv") > quality(accept, "application/json"))
}

/// How much a media type is wanted, as the digits of its `q`: they sort like the
/// numbers, which have at most three decimals, and nothing is 0.
fn quality<'a>(accept: &'a str, media_type: &str) -> &'a str {
    let named = accept.split(',').find_map(|range| {
        let (name, parameters) = range.split_once(';').unwrap_or((range, ""));
        name.trim()
            .eq_ignore_ascii_case(media_type)
            .then_some(parameters)
    });
    let Some(parameters) = named else { return "" };
    let q = parameters
        .split(';')
        .find_map(|parameter| parameter.trim().strip_prefix("q="));
    q.unwrap_or("1").trim_end_matches(['0', '.'])
}

/// A CSV answer.
pub fn csv(name: &str, text: Vec<u8>) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}.csv\""))
        .unwrap_or(HeaderValue::from_static("attachment"));
    let headers: [(HeaderName, HeaderValue); 3] = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/csv; charset=utf-8"),
        ),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, text).into_response()
}
