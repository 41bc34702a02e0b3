//! Output: pages, times, CSV cells.

use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Call, Response, body::Body, message::Headers, problem::Problem};
use crate::{
    domain::date,
    store::{Document, programs::Created},
};

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

const JSON: &str = "application/json";
const CSV: &str = "text/csv; charset=utf-8";

/// For answers that belong to whoever holds the key.
pub const NO_STORE: &str = "no-store";

/// A Unix time in milliseconds as the API writes it.
pub fn time(at: i64) -> String {
    date::rfc3339(at)
}

/// JSON that nobody may keep: it belongs to whoever holds the key.
pub fn json<T: Serialize>(status: StatusCode, value: &T) -> Response {
    match serde_json::to_string(value) {
        Ok(text) => answer(status, JSON, text.into()),
        Err(_) => Problem::misassembled("an answer does not serialise").into_response(),
    }
}

fn answer(status: StatusCode, media_type: &'static str, body: Body) -> Response {
    Response::new(status, body)
        .with("content-type", media_type)
        .with("cache-control", NO_STORE)
}

/// JSON that is put together already.
pub fn text(status: StatusCode, json: String) -> Response {
    answer(status, JSON, json.into())
}

/// An answer that was given before.
pub fn replayed(response: Response) -> Response {
    response.with("idempotent-replayed", "true")
}

/// A page of documents, which were asked for with one more than `limit`.
pub fn documents(rows: Vec<Document>, limit: u16) -> Response {
    text(StatusCode::OK, documents_text(rows, limit))
}

/// The same as JSON, to which others add.
pub fn documents_text(rows: Vec<Document>, limit: u16) -> String {
    let Items { items, next } =
        Items::page(rows, limit, |row| row.cursor.clone(), |row| row.document);
    // A text always serialises.
    let next = serde_json::to_string(&next).unwrap_or_default();
    format!("{{\"items\":[{}],\"next\":{next}}}", items.join(","))
}

/// 201 for what is new, 200 for what was there before and is meant again.
/// Something else under the same name is a conflict.
pub fn created<R>(
    created: Created<R>,
    what: &'static str,
    same: impl FnOnce(&R) -> bool,
) -> Result<(StatusCode, R), Problem> {
    match created {
        Created::New(row) => Ok((StatusCode::CREATED, row)),
        Created::Existing(row) if same(&row) => Ok((StatusCode::OK, row)),
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
        response.fault = Some(fault);
    }
    response
}

/// The same, where the configuration may have stayed as it was.
pub async fn published_if(changed: bool, call: &Call, response: Response) -> Response {
    if changed {
        published(call, response).await
    } else {
        response
    }
}

/// Whether the client prefers CSV to JSON.
pub fn wants_csv(headers: &Headers) -> bool {
    prefers(headers, "text/csv")
}

/// Whether the client names a media type, and prefers it to JSON.
pub fn prefers(headers: &Headers, media_type: &str) -> bool {
    let accept = headers.get("accept");
    accept.is_some_and(|accept| quality(accept, media_type) > quality(accept, "application/json"))
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

/// A page of our own. It runs nothing, and nobody keeps or frames it.
pub fn page(status: StatusCode, html: String) -> Response {
    as_page(Response::new(status, Body::empty()), html)
}

/// An answer with a page for its body.
pub fn as_page(mut response: Response, html: String) -> Response {
    response.body = html.into();
    response
        .with("cache-control", NO_STORE)
        .with("content-type", "text/html; charset=utf-8")
        .with(
            "content-security-policy",
            "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; \
             base-uri 'none'; form-action 'none'",
        )
}

/// Sends a browser to a page after what it posted.
pub fn see_other(location: String) -> Response {
    Response::new(StatusCode::SEE_OTHER, Body::empty())
        .with("location", location)
        .with("cache-control", NO_STORE)
}

/// A CSV answer, whole or in pieces.
pub fn csv(name: &str, text: impl Into<Body>) -> Response {
    let disposition = format!("attachment; filename=\"{name}.csv\"");
    answer(StatusCode::OK, CSV, text.into()).with("content-disposition", disposition)
}
