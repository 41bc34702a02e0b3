//! `/v1/mail/events`: what the mail provider tells of letters.
//!
//! Owns the form of Resend's webhooks
//! (<https://resend.com/docs/dashboard/webhooks/event-types>): which of them mean that an
//! address gets no letters any more.

use http::StatusCode;
use utoipa::ToSchema;

use super::{Response, body::Body, output, problem::Problem, request::Request};
use crate::{
    decode::{self, Decode, Tree, row},
    domain::{
        person::{email_hash, email_key},
        webhook,
    },
    store::{Statement, suppressions},
};

/// The secret that the provider signs with.
const SECRET: &str = "MAIL_WEBHOOK_SECRET";

/// Who says so.
const BY: &str = "provider";

/// Addresses of an event that are looked at. A letter of ours has one.
const MOST_ADDRESSES: usize = 10;

/// What the provider tells. Other fields, and other types, mean nothing.
#[derive(ToSchema)]
pub(super) struct MailEvent {
    /// `email.delivered`, `email.bounced` or `email.complained`.
    #[schema(example = "email.bounced")]
    r#type: String,
    data: MailTold,
}

row! {
    /// What it is about.
    #[derive(Default, ToSchema)]
    struct MailTold {
        /// The provider's id of the letter.
        email_id: Option<String>,
        /// To whom it was.
        #[serde(default)]
        to: Vec<String> = decode::or_default,
        bounce: Option<MailBounce>,
    }
}

/// Why a letter came back.
#[derive(ToSchema)]
struct MailBounce {
    /// `Permanent`, or another one.
    r#type: Option<String>,
}

impl Decode for MailEvent {
    fn decode(tree: Tree) -> Result<Self, decode::Fault> {
        let mut fields = decode::Fields::open(tree, &["type", "data"], false)?;
        let kind = fields.take(String::decode);
        let data = fields.take(decode::or_default);
        match (kind, data) {
            (Some(r#type), Some(data)) => Ok(Self { r#type, data }),
            _ => Err(fields.fault()),
        }
    }
}

impl Decode for MailBounce {
    fn decode(tree: Tree) -> Result<Self, decode::Fault> {
        let mut fields = decode::Fields::open(tree, &["type"], false)?;
        match fields.take(Option::decode) {
            Some(r#type) => Ok(Self { r#type }),
            None => Err(fields.fault()),
        }
    }
}

/// Takes what the mail provider tells of letters, in the form of Resend's webhooks, signed
/// with the secret `MAIL_WEBHOOK_SECRET`. Of whom a letter came back for good, or who
/// called it spam, gets none any more. The same event again changes nothing.
#[utoipa::path(post, path = "/v1/mail/events", tag = "messages", request_body = MailEvent,
    responses((status = 204)))]
pub(super) async fn take(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let unsigned = |why: &str| Problem::field("webhook-signature", why);
    let secret = (call.service.secret)(SECRET)
        .ok_or_else(|| unsigned("cannot be verified: the secret MAIL_WEBHOOK_SECRET is not set"))?;
    let header = |name: &str| request.headers().get(name);
    let id = webhook::verify(&[&secret], &header, request.body(), call.now)
        .map_err(|refusal| unsigned(&refusal.to_string()))?;
    let event: MailEvent = request.json()?;
    let mut statements = brought_about(&event, call.now);
    if !statements.is_empty() && !suppressions::was_heard(call.db(), id).await? {
        statements.push(suppressions::hear(id, call.now));
        call.db().batch(statements).await?;
    }
    let response = Response::new(StatusCode::NO_CONTENT, Body::empty());
    Ok(response.with("cache-control", output::NO_STORE))
}

fn brought_about(event: &MailEvent, now: i64) -> Vec<Statement> {
    let told = &event.data;
    let id = told.email_id.as_deref();
    let is_permanent = || {
        let bounce = told
            .bounce
            .as_ref()
            .and_then(|bounce| bounce.r#type.as_deref());
        bounce.is_some_and(|kind| kind.eq_ignore_ascii_case("permanent"))
    };
    let (reason, why) = match event.r#type.as_str() {
        "email.delivered" => {
            return id
                .map(|id| suppressions::delivered(id, now))
                .into_iter()
                .collect();
        }
        "email.bounced" if is_permanent() => ("bounced", "it came back: the address takes no mail"),
        "email.complained" => ("complained", "the person called it spam"),
        _ => return Vec::new(),
    };
    let hashes = told
        .to
        .iter()
        .take(MOST_ADDRESSES)
        .map(|to| email_hash(&email_key(bare(to))));
    let mut statements: Vec<Statement> = hashes
        .map(|hash| suppressions::add(&hash, reason, 0, now, BY))
        .collect();
    statements.extend(id.map(|id| suppressions::returned(id, now, why)));
    statements
}

/// The address of `Name <address>`.
fn bare(to: &str) -> &str {
    match to.rsplit_once('<') {
        Some((_, rest)) => rest.trim_end().trim_end_matches('>'),
        None => to,
    }
}
