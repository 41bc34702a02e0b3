//! `/v1/session`: signing in, who is signed in, and signing out.
//!
//! Owns what a browser is signed in with: a cookie that names a session, or the
//! word of Cloudflare Access, which guards the way here if it was told to. Both
//! come with whatever a browser asks, also for another site's page, so what
//! changes something is taken from our own pages alone.

use http::{Method, StatusCode};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    Call, Caller, Response, limits, output,
    problem::{Fault, Problem},
    request::{Head, Request},
};
use crate::{
    decode::{self, record},
    domain::{
        access::{self, Role, Scope, Secret},
        letter::{Letter, team},
        program::Email,
    },
    jobs::mail,
    store::{DatabaseError, members, one},
};

/// The cookie of a session. Browsers take a name that begins like this only from
/// the host itself, over HTTPS (or from this machine), for all of its paths.
pub(super) const COOKIE: &str = "__Host-gw_session";

const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;

/// How long a link that was asked for signs in (ms).
const LINK: i64 = 15 * MINUTE;

/// How long an invitation does (ms).
const INVITATION: i64 = 7 * DAY;

/// A session ends after so long (ms), and when it was not used for so long.
const SESSION: i64 = 30 * DAY;
const IDLE: i64 = 7 * DAY;

/// What is wrong with a link that signs nobody in.
pub(super) const SPENT: &str = "was used already, or has expired: ask for another link";

/// Cloudflare's header with the word of Access.
const ASSERTION: &str = "cf-access-jwt-assertion";

record! {
    /// Who wants to sign in.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Wish {
        #[schema(value_type = String)]
        email: Email,
    }
}

/// The same for everybody, so that it tells nothing of who is a member.
#[derive(Serialize, ToSchema)]
pub(super) struct Promise {
    /// The page that shows the mail, in development; null elsewhere.
    mailbox: Option<String>,
}

impl Promise {
    pub(super) fn of(call: &Call) -> Self {
        Self {
            mailbox: call.service.mailbox.clone(),
        }
    }
}

record! {
    /// What proves who somebody is: one of the two.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Credentials {
        /// From the link in the mail: what follows `token=`.
        token: Option<String>,
        /// The operator's own key.
        admin_key: Option<String>,
    }
}

record! {
    /// Which sessions end.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Extent {
        /// All of the caller's, on every device.
        #[param(value_type = Option<bool>, default = false)]
        everywhere: bool = decode::or_default,
    }
}

/// Sends a link that signs in once within 15 minutes, if the address is a
/// member's; the answer is the same if it is not.
#[utoipa::path(post, path = "/v1/session/link", tag = "session", request_body = Wish,
    responses((status = 202, body = Promise)))]
pub(super) async fn send_link(request: Request) -> Result<Response, Problem> {
    limits::admit(&request, "sign-in").await?;
    let call = &request.call;
    let wish: Wish = request.json()?;
    if let Some(letter) = link(call, wish.email.as_str(), LINK, team::sign_in).await? {
        call.service.mail.send_later(letter);
    }
    Ok(output::json(StatusCode::ACCEPTED, &Promise::of(call)))
}

/// How a letter is written: to an address, to somebody called so, with a URL.
type Writer = fn(String, &str, &str) -> Letter;

/// The letter with a new link that signs somebody in, if there is somebody.
async fn link(
    call: &Call,
    email: &str,
    lifetime: i64,
    write: Writer,
) -> Result<Option<Letter>, Problem> {
    let token = secret(Secret::SignIn)?;
    let expires_at = call.now + lifetime;
    let (now, hash) = (call.now, hash(&token));
    let added = members::add_link(call.db(), &hash, email, expires_at, now, now + LINK).await?;
    // After `#`, so that it is in no server's log.
    let url = format!("{}/sign-in#token={token}", call.base_url);
    Ok(added.map(|to| write(to.email, &to.name, &url)))
}

/// Sends the invitation of a member; whether it was sent is for the member's row.
pub(super) async fn invite(call: &Call, email: &str) -> Result<Result<(), Fault>, Problem> {
    let Some(letter) = link(call, email, INVITATION, team::invitation).await? else {
        return Err(Problem::Conflict(
            "the member is disabled, or on the list of those who get no letters".to_owned(),
        ));
    };
    let sent = call.service.mail.send(letter).await;
    Ok(mail::taken(sent).map(drop).map_err(|cause| Fault {
        message: "an invitation was not sent",
        cause,
    }))
}

/// Begins a session, and sets its cookie. A link works once.
#[utoipa::path(post, path = "/v1/session", tag = "session", request_body = Credentials,
    responses((status = 200, body = Session),
        (status = 403, description = "Another site's page asks.",
            body = super::problem::Body, content_type = "application/problem+json")))]
pub(super) async fn begin(request: Request) -> Result<Response, Problem> {
    limits::admit(&request, "session").await?;
    let proof: Credentials = request.json()?;
    if proof.token.is_some() == proof.admin_key.is_some() {
        let detail = "or `admin_key` must be there, one of them";
        return Err(Problem::field("token", detail));
    }
    same_origin(&request.head)?;
    let call = &request.call;
    let token = secret(Secret::Session)?;
    let new = New {
        hash: hash(&token),
        expires_at: call.now + SESSION,
    };
    let caller = if let Some(link) = proof.token {
        new.by_link(call, &link).await?
    } else {
        let key = proof.admin_key.unwrap_or_default();
        new.by_key(call, key.trim()).await?
    };
    let response = answer(call, &caller).await?;
    Ok(response.with("set-cookie", cookie(COOKIE, &token, SESSION / 1_000)))
}

/// A session that is not begun yet.
struct New {
    hash: String,
    /// Unix ms.
    expires_at: i64,
}

impl New {
    /// Begins it with the token of a link, which is spent.
    async fn by_link(self, call: &Call, link: &str) -> Result<Caller, Problem> {
        let (db, now) = (call.db(), call.now);
        let begun = if access::is_secret(Secret::SignIn, link) {
            members::begin(db, &self.hash, &hash(link), now, self.expires_at).await?
        } else {
            None
        };
        let member = begun.ok_or_else(|| Problem::field("token", SPENT))?;
        Ok(Caller::member(member.id, member.role, Some(self.hash)))
    }

    /// Begins it with the operator's key.
    async fn by_key(self, call: &Call, key: &str) -> Result<Caller, Problem> {
        if !call.service.is_operators(key) {
            let wrong = "is not the key that the Worker was given as ADMIN_KEY";
            return Err(Problem::field("admin_key", wrong));
        }
        let (db, operator) = (call.db(), operators(call));
        members::begin_operators(db, &self.hash, &operator, call.now, self.expires_at).await?;
        Ok(Caller::operator(Some(self.hash)))
    }
}

/// Answers who is signed in, and what they may do.
#[utoipa::path(get, path = "/v1/session", tag = "session",
    responses((status = 200, body = Session)))]
pub(super) async fn read(request: Request) -> Result<Response, Problem> {
    answer(&request.call, request.caller()).await
}

/// Signs out, here or everywhere.
#[utoipa::path(delete, path = "/v1/session", tag = "session", params(Extent),
    responses((status = 204)))]
pub(super) async fn end(request: Request) -> Result<Response, Problem> {
    let (call, caller) = (&request.call, request.caller());
    let extent: Extent = request.query()?;
    let over = match (&caller.session, extent.everywhere) {
        (_, true) => Some(members::end_all(member(caller))),
        (Some(session), false) => Some(members::end(session)),
        (None, false) => None,
    };
    if let Some(over) = over {
        one(call.db(), over).await?;
    }
    let response = Response::new(StatusCode::NO_CONTENT, super::body::Body::empty());
    Ok(response
        .with("cache-control", output::NO_STORE)
        .with("set-cookie", cookie(COOKIE, "", 0)))
}

/// Who calls without a key, if it is somebody.
pub(super) async fn caller(call: &Call, head: &Head) -> Result<Caller, Problem> {
    let mut caller = None;
    if let Some(token) = token(head, COOKIE, Secret::Session) {
        caller = of_session(call, hash(token)).await?;
    }
    // A cookie outlives its session, and says nothing against whoever Access knows.
    if caller.is_none() {
        caller = of_assertion(call, head).await?;
    }
    let caller = caller.ok_or(Problem::Unauthenticated)?;
    if !matches!(head.method, Method::GET | Method::HEAD) {
        same_origin(head)?;
    }
    Ok(caller)
}

async fn of_session(call: &Call, session: String) -> Result<Option<Caller>, DatabaseError> {
    let idle_since = call.now - IDLE;
    let owner =
        members::by_session(call.db(), &session, &operators(call), call.now, idle_since).await?;
    Ok(owner.map(|owner| match (owner.member, owner.role) {
        (Some(id), Some(role)) => Caller::member(id, role, Some(session)),
        _ => Caller::operator(Some(session)),
    }))
}

async fn of_assertion(call: &Call, head: &Head) -> Result<Option<Caller>, Problem> {
    let Some(assertion) = head.headers.get(ASSERTION) else {
        return Ok(None);
    };
    let Some(email) = call.service.identities.email(assertion).await? else {
        return Ok(None);
    };
    let member = members::by_email(call.db(), &email, call.now).await?;
    Ok(member.map(|member| Caller::member(member.id, member.role, None)))
}

/// The token of a cookie, if it has the form of one.
pub(super) fn token<'a>(head: &'a Head, cookie: &str, kind: Secret) -> Option<&'a str> {
    let cookies = head
        .headers
        .all("cookie")
        .flat_map(|value| value.split(';'));
    cookies
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == cookie)
        .map(|(_, token)| token)
        .find(|token| access::is_secret(kind, token))
}

/// Whether a page of our own asks. Browsers say where a request comes from in
/// `Sec-Fetch-Site`, older ones in `Origin` alone (the Fetch standard, and W3C's
/// Fetch Metadata); whatever says neither is no browser that should be signed in.
pub(super) fn same_origin(head: &Head) -> Result<(), Problem> {
    let headers = &head.headers;
    let is_same = match (headers.get("sec-fetch-site"), headers.get("origin")) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => {
            let asked = origin.split_once("://").map(|(_, host)| host);
            asked.is_some() && asked == headers.get("host")
        }
        (None, None) => false,
    };
    if is_same {
        Ok(())
    } else {
        Err(Problem::CrossOrigin)
    }
}

async fn answer(call: &Call, caller: &Caller) -> Result<Response, Problem> {
    // Names always serialise.
    let scopes = serde_json::to_string(caller.scopes()).unwrap_or_default();
    let session = caller.session.as_deref();
    let document = members::who(call.db(), &caller.key, &scopes, session).await?;
    Ok(output::text(StatusCode::OK, document))
}

/// The id of the member who calls; none for the operator.
fn member(caller: &Caller) -> Option<&str> {
    let key = caller.key.as_str();
    (key != super::OPERATOR).then_some(key)
}

/// What tells sessions that were begun with the operator's present key.
fn operators(call: &Call) -> String {
    hash(&access::to_hex(&call.service.admin_key))
}

pub(super) fn hash(secret: &str) -> String {
    access::to_hex(&access::key_hash(secret))
}

pub(super) fn secret(kind: Secret) -> Result<String, Problem> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(Fault::no_randomness)?;
    Ok(access::new_secret(kind, random))
}

pub(super) fn cookie(name: &str, token: &str, seconds: i64) -> String {
    format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Strict")
}

/// Who is signed in. SQL puts it together (`store::members`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct Session {
    /// Id of the member; null for the operator.
    member: Option<String>,
    name: String,
    email: Option<String>,
    role: Role,
    /// Slug of the rep they are.
    rep: Option<String>,
    /// What they may do.
    scopes: Vec<Scope>,
    /// When the session ends at the latest; null where there is none.
    expires_at: Option<String>,
}
