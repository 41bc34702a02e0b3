//! `/v1/me/session`: how an advocate is signed in to their own pages.
//!
//! Owns the two ways in: a link in a mail, which becomes a cookie of this host, and
//! a token that a server asks for, which its pages bring in a header. No page of
//! another site has the cookie, so that any may read what is answered here: without
//! a token it reads nothing.

use http::{Method, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Call, Caller, Response, advocates,
    body::Body,
    input, letters, limits, me, output,
    problem::Problem,
    programs,
    request::{Head, Request},
    session::{self, Promise},
};
use crate::{
    decode::record,
    domain::{
        access::{self, Secret},
        person,
        program::{Email, Status},
    },
    store::portal,
};

/// Where all of it is.
const PATH: &str = "/v1/me";

pub(super) const COOKIE: &str = "__Host-gw_me";

const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;

/// How long a link in a mail signs in (ms).
const LINK: i64 = 15 * MINUTE;

/// A session ends after so long (ms), and when it was not used for so long.
const SESSION: i64 = 90 * DAY;
const IDLE: i64 = 30 * DAY;

/// How long a token lasts that a server asked for (ms).
const TOKEN: i64 = 60 * MINUTE;

record! {
    /// Which advocate wants to sign in.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct AdvocateWish {
        #[schema(value_type = String)]
        email: Email,
        /// Slug of the program; any that they are in unless said.
        program: Option<String>,
    }
}

record! {
    /// What proves who an advocate is.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct AdvocateProof {
        /// From the link in the mail: what follows `token=`.
        token: String,
    }
}

/// What signs an advocate in, in another site's page.
#[derive(Serialize, ToSchema)]
pub(super) struct PortalToken {
    /// For `Authorization: Bearer`.
    token: String,
    expires_at: String,
}

/// Sends a link that signs an advocate in once within 15 minutes, if the address is
/// one's; the answer is the same if it is not.
#[utoipa::path(post, path = "/v1/me/link", tag = "me", request_body = AdvocateWish,
    responses((status = 202, body = Promise),
        (status = 403, description = "Another site's page asks.",
            body = super::problem::Body, content_type = "application/problem+json")))]
pub(super) async fn send_link(request: Request) -> Result<Response, Problem> {
    limits::admit(&request, "sign-in").await?;
    let call = &request.call;
    let wish: AdvocateWish = request.json()?;
    session::same_origin(&request.head)?;
    let (token, now) = (session::secret(Secret::SignIn)?, call.now);
    let (hash, whose) = (
        session::hash(&token),
        person::email_hash(&person::email_key(wish.email.as_str())),
    );
    let program = wish.program.as_deref();
    let to = portal::add_link(call.db(), &hash, &whose, program, now + LINK, now).await?;
    if let Some(to) = to {
        let url = format!("{}/me#token={token}", call.base_url);
        let letter = letters::sign_in(call, to, &url);
        call.service.mail.send_later(letter);
    }
    Ok(output::json(StatusCode::ACCEPTED, &Promise::of(call)))
}

/// Signs an advocate in, and sets the cookie. A link works once.
#[utoipa::path(post, path = "/v1/me/session", tag = "me", request_body = AdvocateProof,
    responses((status = 200, body = me::Me),
        (status = 403, description = "Another site's page asks.",
            body = super::problem::Body, content_type = "application/problem+json")))]
pub(super) async fn begin(request: Request) -> Result<Response, Problem> {
    limits::admit(&request, "session").await?;
    let proof: AdvocateProof = request.json()?;
    session::same_origin(&request.head)?;
    let call = &request.call;
    let token = session::secret(Secret::Portal)?;
    let hash = session::hash(&token);
    let seat = if access::is_secret(Secret::SignIn, &proof.token) {
        let link = session::hash(&proof.token);
        portal::begin(call.db(), &hash, &link, call.now, call.now + SESSION).await?
    } else {
        None
    };
    let seat = seat.ok_or_else(|| Problem::field("token", session::SPENT))?;
    let response = me::answer(call, &seat, &hash).await?;
    Ok(response.with(
        "set-cookie",
        session::cookie(COOKIE, &token, SESSION / 1_000),
    ))
}

/// Signs an advocate out, here.
#[utoipa::path(delete, path = "/v1/me/session", tag = "me", responses((status = 204)))]
pub(super) async fn end(request: Request) -> Result<Response, Problem> {
    let session = request.caller().session.as_deref().unwrap_or_default();
    portal::end(request.call.db(), session).await?;
    Ok(gone())
}

/// The answer to who is signed out.
pub(super) fn gone() -> Response {
    Response::new(StatusCode::NO_CONTENT, Body::empty())
        .with("cache-control", output::NO_STORE)
        .with("set-cookie", session::cookie(COOKIE, "", 0))
}

/// Makes a token that signs an advocate in for an hour, for the pages of whoever
/// has the key: they have to know that it is this advocate who looks at them. It does
/// not reach the advocate's other programs, nor what is about the person.
#[utoipa::path(post, path = "/v1/programs/{program}/advocates/{advocate}/token",
    tag = "advocates",
    params(
        ("program" = String, Path, description = "Slug of the program"),
        ("advocate" = String, Path, description = "Id, or `ext:` and external id")),
    request_body = input::Nothing, responses((status = 201, body = PortalToken)))]
pub(super) async fn vouch(request: Request) -> Result<Response, Problem> {
    request.nothing()?;
    let (call, caller) = (&request.call, request.caller());
    // A member of the team may not be an advocate; their servers say who is.
    if caller.is_person && caller.key != super::OPERATOR {
        let detail = "tokens are for servers: ask with a key";
        return Err(Problem::Conflict(detail.to_owned()));
    }
    let program = programs::require(call, request.path("program"), None).await?;
    let row = advocates::require(call, program.number, request.path("advocate"), None).await?;
    if row.status == Status::Disabled {
        return Err(Problem::field("advocate", "is disabled"));
    }
    let token = session::secret(Secret::Portal)?;
    let (hash, expires_at) = (session::hash(&token), call.now + TOKEN);
    let who = (program.number, row.number);
    portal::vouch(call.db(), &hash, who, call.now, expires_at).await?;
    let made = PortalToken {
        token,
        expires_at: output::time(expires_at),
    };
    Ok(output::json(StatusCode::CREATED, &made))
}

/// The advocate who calls.
pub(super) async fn caller(call: &Call, head: &Head) -> Result<Caller, Problem> {
    let bearer = super::dispatch::key(&head.headers);
    let token = match bearer {
        Some(key) => Some(key).filter(|key| access::is_secret(Secret::Portal, key)),
        None => session::token(head, COOKIE, Secret::Portal),
    };
    let hash = session::hash(token.ok_or(Problem::Unauthenticated)?);
    let seat = portal::by_session(call.db(), &hash, call.now, call.now - IDLE).await?;
    let seat = seat.ok_or(Problem::Unauthenticated)?;
    if bearer.is_none() && !matches!(head.method, Method::GET | Method::HEAD) {
        session::same_origin(head)?;
    }
    Ok(Caller::advocate(seat, hash))
}

/// Whether a path is one of an advocate's own.
pub(super) fn is_own(target: &str) -> bool {
    target
        .strip_prefix(PATH)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
}

/// Lets pages of any site read an answer, which they get with a token alone.
pub(super) fn share(response: Response) -> Response {
    response.with("access-control-allow-origin", "*")
}

/// Tells a browser that a page of any site may ask.
pub(super) fn preflight() -> Response {
    Response::new(StatusCode::NO_CONTENT, Body::empty())
        .with(
            "access-control-allow-methods",
            "GET, POST, PATCH, PUT, DELETE",
        )
        .with(
            "access-control-allow-headers",
            "authorization, content-type, idempotency-key",
        )
        .with("access-control-max-age", "600")
}
