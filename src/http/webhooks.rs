//! `/v1/webhooks`: where events go, and what signs them.
//!
//! What became of each event is in [`deliveries`].

use http::StatusCode;
use utoipa::ToSchema;

use super::{
    Response,
    body::Body,
    input::Page,
    output::{self, Items},
    problem::{Fault, Problem},
    programs,
    request::Request,
};
use crate::{
    decode::{self, Tree, names, record},
    domain::{click::ClickId, event::EventType, target::Target, webhook},
    jobs::courier::Reach,
    store::{
        Statement, audit,
        webhooks::{self, Change, Known, New},
    },
};

pub mod deliveries;

/// How long the old secret signs as well unless said, and at most (hours).
const OVERLAP: u16 = 24;
const LONGEST_OVERLAP: u16 = 168;

names! {
    /// Whether a webhook is told anything.
    pub(super) enum WebhookStatus {
        /// It is.
        Active => "active",
        /// Nothing arrived for three days: what happens is written down, and waits until
        /// somebody sets it active again.
        Paused => "paused",
        /// Nothing is written down for it.
        Disabled => "disabled",
    }
}

names! {
    /// What somebody may make of a webhook.
    pub(super) enum Switch {
        Active => "active",
        Disabled => "disabled",
    }
}

record! {
    /// A new webhook.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct NewWebhook {
        /// Where it is: `https`, and no private address.
        #[schema(example = "https://hooks.example.com/goodword")]
        url: String,
        /// What it is for; at most 200 characters.
        #[schema(nullable = false)]
        description: Option<String> = description,
        /// The events that it wants; all, also those that are yet to come, if it names none.
        #[serde(default)]
        types: Vec<EventType> = decode::or_default,
        /// Slug of a program, if it wants only what happens in one.
        program: Option<String>,
    }
}

record! {
    /// What of a webhook is changed; what is left out stays.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct WebhookChange {
        #[schema(nullable = false)]
        url: Option<String> = decode::present,
        #[schema(nullable = false)]
        description: Option<String> = description,
        /// What it wants from now on.
        #[schema(nullable = false)]
        types: Option<Vec<EventType>> = decode::present,
        /// `active` delivers what waits.
        #[schema(nullable = false)]
        status: Option<Switch> = decode::present,
    }
}

record! {
    /// How a secret is replaced.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Rotation {
        /// How long the old one signs as well (hours), 24 unless said; 0 ends it at once.
        #[schema(nullable = false, maximum = 168, default = 24)]
        overlap_hours: Option<u16> = decode::present,
    }
}

/// A webhook. SQL puts it together (`store::webhooks`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct Webhook {
    #[schema(example = "wh_3cP0h6Ghf4WGhBcRTLW4Zr")]
    id: String,
    url: String,
    description: String,
    /// Empty for all.
    types: Vec<EventType>,
    /// Slug of the program, if it wants those of one.
    program: Option<String>,
    status: WebhookStatus,
    /// Why it is not active.
    why: Option<String>,
    created_at: String,
    updated_at: String,
    /// Until when the old secret signs as well.
    old_secret_until: Option<String>,
    /// Events that are not delivered yet.
    waiting: u32,
    /// Events that were given up.
    failed: u32,
    /// The last try; null before the first.
    #[schema(nullable)]
    last: Option<LastTry>,
}

/// The last try of a webhook.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct LastTry {
    at: String,
    /// Of the answer; null where there was none.
    status: Option<u16>,
    ok: bool,
}

/// A webhook with its secret.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what is answered")]
pub(super) struct CreatedWebhook {
    /// What signs: give it to whoever receives the events.
    secret: String,
    #[serde(flatten)]
    about: Webhook,
}

/// What signs.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what is answered")]
pub(super) struct WebhookSecret {
    #[schema(example = "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=")]
    secret: String,
}

/// What signs from now on.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct RotatedSecret {
    secret: String,
    /// Until when the old one signs as well.
    old_secret_until: String,
}

/// Lists webhooks, the oldest first.
#[utoipa::path(get, path = "/v1/webhooks", tag = "webhooks", params(Page),
    responses((status = 200, body = Items<Webhook>)))]
pub(super) async fn list(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let page: Page = request.query()?;
    let after = page.after(String::new(), |cursor| Some(cursor.to_owned()))?;
    let limit = page.limit.get();
    let rows = webhooks::page(call.db(), &after, limit + 1, call.now).await?;
    Ok(output::documents(rows, limit))
}

/// Makes a webhook, at most fifty. Its secret is in the answer, and can be asked for later.
#[utoipa::path(post, path = "/v1/webhooks", tag = "webhooks", request_body = NewWebhook,
    responses((status = 201, body = CreatedWebhook)))]
pub(super) async fn create(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let new: NewWebhook = request.json()?;
    check(&call.service.reach, &new.url)?;
    let program = match &new.program {
        None => None,
        Some(slug) => Some(programs::require(call, slug, Some("program")).await?),
    };
    let mut random = [0; 10];
    getrandom::fill(&mut random).map_err(Fault::no_randomness)?;
    let id = format!("wh_{}", ClickId::new(call.now, random));
    let secret = new_secret()?;
    let types = types(new.types);
    let made = New {
        id: &id,
        url: &new.url,
        description: new.description.as_deref().unwrap_or_default(),
        types: &types,
        program: program.map(|program| program.number),
        secret: &secret,
    };
    let made = webhooks::create(call.db(), &made, call.now).await?;
    let full = || Problem::Conflict("there are fifty webhooks, which is all there may be".into());
    let made = made.ok_or_else(full)?;
    // The document is an object with fields; the secret becomes its first one.
    let rest = made.trim_start_matches('{');
    let document = format!("{{\"secret\":\"{secret}\",{rest}");
    Ok(output::text(StatusCode::CREATED, document))
}

/// Answers a webhook.
#[utoipa::path(get, path = "/v1/webhooks/{webhook}", tag = "webhooks",
    params(("webhook" = String, Path, description = "Id of the webhook")),
    responses((status = 200, body = Webhook)))]
pub(super) async fn read(request: Request) -> Result<Response, Problem> {
    let (call, id) = (&request.call, request.path("webhook"));
    found(id, webhooks::by_id(call.db(), id, call.now).await?)
}

/// Changes a webhook.
#[utoipa::path(patch, path = "/v1/webhooks/{webhook}", tag = "webhooks",
    params(("webhook" = String, Path, description = "Id of the webhook")),
    request_body = WebhookChange, responses((status = 200, body = Webhook)))]
pub(super) async fn update(request: Request) -> Result<Response, Problem> {
    let (call, id) = (&request.call, request.path("webhook"));
    let change: WebhookChange = request.json()?;
    if let Some(url) = &change.url {
        check(&call.service.reach, url)?;
    }
    let types = change.types.map(types);
    let change = Change {
        url: change.url.as_deref(),
        description: change.description.as_deref(),
        types: types.as_deref(),
        status: change.status.map(Switch::name),
    };
    found(
        id,
        webhooks::update(call.db(), id, &change, call.now).await?,
    )
}

/// Deletes a webhook, with what became of its events.
#[utoipa::path(delete, path = "/v1/webhooks/{webhook}", tag = "webhooks",
    params(("webhook" = String, Path, description = "Id of the webhook")),
    responses((status = 204)))]
pub(super) async fn delete(request: Request) -> Result<Response, Problem> {
    let id = request.path("webhook");
    if webhooks::delete(request.call.db(), id).await? {
        Ok(Response::new(StatusCode::NO_CONTENT, Body::empty()))
    } else {
        Err(missing(id))
    }
}

/// Answers what signs. The audit log has who asked.
#[utoipa::path(get, path = "/v1/webhooks/{webhook}/secret", tag = "webhooks",
    params(("webhook" = String, Path, description = "Id of the webhook")),
    responses((status = 200, body = WebhookSecret)))]
pub(super) async fn secret(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let row = known(&request).await?;
    let entry = entry(&request, row.program, "webhook.secret_read");
    crate::store::one(call.db(), entry).await?;
    let document = format!("{{\"secret\":\"{}\"}}", row.secret);
    Ok(output::text(StatusCode::OK, document))
}

/// Replaces what signs. For some time both do, so that whoever receives the events can
/// change over without missing one.
#[utoipa::path(post, path = "/v1/webhooks/{webhook}/rotate", tag = "webhooks",
    params(("webhook" = String, Path, description = "Id of the webhook")),
    request_body = Rotation, responses((status = 200, body = RotatedSecret)))]
pub(super) async fn rotate(request: Request) -> Result<Response, Problem> {
    let (call, id) = (&request.call, request.path("webhook"));
    let rotation: Rotation = request.json()?;
    let hours = rotation.overlap_hours.unwrap_or(OVERLAP);
    if hours > LONGEST_OVERLAP {
        return Err(Problem::field("overlap_hours", "must be at most 168"));
    }
    let row = known(&request).await?;
    let until = call.now + i64::from(hours) * 3_600_000;
    let entry = entry(&request, row.program, "webhook.secret_rotated");
    let secret = new_secret()?;
    found(
        id,
        webhooks::rotate(call.db(), id, &secret, until, call.now, entry).await?,
    )
}

/// What is known of the webhook that the path names.
async fn known(request: &Request) -> Result<Known, Problem> {
    let id = request.path("webhook");
    let row = webhooks::known(request.call.db(), id).await?;
    row.ok_or_else(|| missing(id))
}

/// What is answered where there is such a webhook.
fn found(id: &str, document: Option<String>) -> Result<Response, Problem> {
    let document = document.ok_or_else(|| missing(id))?;
    Ok(output::text(StatusCode::OK, document))
}

fn missing(id: &str) -> Problem {
    Problem::NotFound(format!("there is no webhook `{id}`"))
}

fn new_secret() -> Result<String, Problem> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(Fault::no_randomness)?;
    Ok(webhook::new_secret(random))
}

/// The statement that writes into the audit log who had to do with a secret.
fn entry(request: &Request, program: Option<u16>, action: &'static str) -> Statement {
    audit::add(&audit::Entry {
        at: request.call.now,
        by: request.key(),
        program,
        action,
        subject: request.path("webhook"),
        detail: "{}".to_owned(),
    })
}

/// Sees to it that a URL is one that may be asked.
fn check(reach: &Reach, url: &str) -> Result<(), Problem> {
    let read = match reach {
        Reach::Public(_) => Target::public(url),
        Reach::Any => Target::any(url),
    };
    read.map(drop).map_err(|error| Problem::field("url", error))
}

/// Types as they are stored, each once.
fn types(mut types: Vec<EventType>) -> String {
    types.sort_unstable_by_key(|one| one.name());
    types.dedup();
    // Names always serialise.
    serde_json::to_string(&types).unwrap_or_default()
}

/// A line that may be left out or empty, but is never `null`.
fn description(tree: Tree) -> Result<Option<String>, decode::Fault> {
    let text: Option<String> = decode::present(tree)?;
    let is_line =
        |text: &String| text.chars().count() <= 200 && !text.chars().any(char::is_control);
    if text.as_ref().is_none_or(is_line) {
        Ok(text)
    } else {
        let fault = "must have at most 200 characters, none of them a control character";
        Err(decode::Fault::new(fault))
    }
}
