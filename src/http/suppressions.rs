//! `/v1/suppressions`: who gets no letters.
//!
//! Owns the list as operators see it: of hashes, as no address is kept in it.

use http::StatusCode;
use utoipa::ToSchema;

use super::{
    Response,
    body::Body,
    input::Page,
    output::{self, Items},
    problem::Problem,
    request::Request,
};
use crate::{
    decode::{names, record},
    domain::{
        person::{email_hash, email_key},
        program::Email,
    },
    store::suppressions,
};

names! {
    /// Why an address gets no letters.
    #[derive(Default)]
    pub(super) enum Suppressed {
        /// Its owner wants none. What they ask for themselves still goes.
        Unsubscribed => "unsubscribed",
        /// It takes no mail.
        Bounced => "bounced",
        /// Its owner called a letter spam.
        Complained => "complained",
        /// Somebody of the team said so.
        #[default]
        Manual => "manual",
    }
}

record! {
    /// An address that gets no letters.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct NewSuppression {
        #[schema(value_type = String)]
        email: Email,
        /// `manual` unless said.
        reason: Option<Suppressed>,
    }
}

record! {
    /// An address that gets letters again.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Lifting {
        #[schema(value_type = String)]
        email: Email,
    }
}

/// Lists who gets no letters, the newest first: the SHA-256 of each address in its
/// compared form, as an address is not kept.
#[utoipa::path(get, path = "/v1/suppressions", tag = "messages", params(Page),
    responses((status = 200, body = Items<Suppression>)))]
pub(super) async fn list(request: Request) -> Result<Response, Problem> {
    let page: Page = request.query()?;
    let (at, key) = page.before()?;
    let limit = page.limit.get();
    let rows = suppressions::page(request.call.db(), (at, &key), limit + 1).await?;
    Ok(output::documents(rows, limit))
}

/// Puts an address on the list. The same again changes nothing.
#[utoipa::path(post, path = "/v1/suppressions", tag = "messages", request_body = NewSuppression,
    responses((status = 204)))]
pub(super) async fn add(request: Request) -> Result<Response, Problem> {
    let new: NewSuppression = request.json()?;
    let hash = email_hash(&email_key(new.email.as_str()));
    let reason = new.reason.unwrap_or_default().name();
    let (db, now) = (request.call.db(), request.call.now);
    suppressions::add_by_hand(db, &hash, reason, now, request.key()).await?;
    Ok(done())
}

/// Takes an address off the list, whatever the reason for which it was there; nothing
/// happens if it was not.
#[utoipa::path(post, path = "/v1/suppressions/lift", tag = "messages", request_body = Lifting,
    responses((status = 204)))]
pub(super) async fn lift(request: Request) -> Result<Response, Problem> {
    let lifting: Lifting = request.json()?;
    let hash = email_hash(&email_key(lifting.email.as_str()));
    let (db, now) = (request.call.db(), request.call.now);
    suppressions::lift(db, &hash, None, now, request.key()).await?;
    Ok(done())
}

fn done() -> Response {
    Response::new(StatusCode::NO_CONTENT, Body::empty()).with("cache-control", output::NO_STORE)
}

/// An address that gets no letters. SQL puts it together (`store::suppressions`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct Suppression {
    /// SHA-256 of the address in its compared form, in hexadecimal.
    hash: String,
    reason: Suppressed,
    at: String,
    /// Slug of the program whose letter it was.
    program: Option<String>,
    /// Who says so: the id of a key or a member, `admin`, `recipient`, or `provider`.
    by: String,
}
