//! `/v1/crm`: ways to a CRM, how far each lead is known there, and what came back. What
//! comes back is taken in by [`events`].

use http::StatusCode;
use utoipa::{IntoParams, ToSchema};

use super::{
    Response,
    input::{Limit, Page},
    output::{self, Items},
    problem::{Fault, Problem},
    programs,
    request::Request,
};
use crate::{
    decode::{self, names, record},
    domain::{
        click::ClickId,
        crm::{self, CrmKind, Mapping, hubspot},
        lead::Stage,
        money::Currency,
        target::Target,
        webhook,
    },
    jobs::courier::Reach,
    store::{
        audit,
        crm::{self as stored, Connection as Row},
    },
};

pub(super) mod events;
mod fields;

/// Hours for which the old secret holds, unless said.
const OVERLAP: u16 = 24;

/// Milliseconds of an hour.
const HOUR: i64 = 3_600_000;

/// A way to a CRM.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct Connection {
    id: String,
    kind: CrmKind,
    /// Slug of the program.
    program: String,
    /// Where it is.
    url: String,
    /// `contacts` or `deals` of HubSpot, `Lead` or `Opportunity` of Salesforce.
    object: String,
    /// Their field that holds our id.
    key: String,
    /// Name of the secret that opens it.
    credential: String,
    /// Name of the secret that signs HubSpot's own webhooks.
    signing: Option<String>,
    /// Of amounts that come without one.
    currency: Option<String>,
    /// Their fields, and what of ours is in each.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    fields: Mapping,
    /// Slugs of reps, and what they are there.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    owners: Mapping,
    /// Our stages, and what they are there.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    stages: Mapping,
    status: CrmStatus,
    /// What keeps it from sending.
    why: Option<String>,
    /// How long the secret before the last one holds.
    old_secret_until: Option<String>,
    /// Leads that are to be sent.
    waiting: u64,
    /// Leads that were not taken.
    failed: u64,
    last_sent_at: Option<String>,
    last_received_at: Option<String>,
    created_at: String,
    updated_at: String,
}

/// A way to a CRM with the secret that signs what comes back; it is shown this once.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct CreatedConnection {
    secret: String,
    #[serde(flatten)]
    about: Connection,
}

names! {
    /// Whether a connection sends. What comes back is taken in either way.
    pub enum CrmStatus {
        /// It sends.
        Active => "active",
        /// It waits.
        Paused => "paused",
    }
}

names! {
    /// How far a lead is known there.
    pub enum CrmState {
        /// It is to be sent.
        Waiting => "waiting",
        /// They have it as it is.
        Sent => "sent",
        /// They did not take it as it is.
        Failed => "failed",
    }
}

names! {
    /// What became of what came back.
    pub enum CrmOutcome {
        /// It was done.
        Applied => "applied",
        /// It was so already.
        Unchanged => "unchanged",
        /// A later change goes before it.
        Older => "older",
        /// It cannot be.
        Refused => "refused",
    }
}

record! {
    /// A new way to a CRM.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct NewConnection {
        kind: CrmKind,
        /// Slug of the program.
        program: String,
        /// Where it is: `https://…my.salesforce.com`. HubSpot's is known.
        url: Option<String>,
        /// `contacts` or `deals` of HubSpot, `Lead` or `Opportunity` of Salesforce.
        object: String,
        /// Name of the Worker's secret that opens it, which begins with `CRM_`: HubSpot's
        /// token, or `client_id:client_secret` of Salesforce.
        credential: String,
        /// Name of the secret that signs HubSpot's own webhooks: its app's client secret.
        signing: Option<String>,
        /// Of amounts that come without one (ISO 4217).
        #[schema(value_type = Option<String>, example = "EUR")]
        currency: Option<Currency>,
        /// Their fields, and what of ours is in each; usual ones unless said.
        #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
        fields: Option<Mapping>,
        /// Slugs of reps, and what they are there.
        #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
        owners: Option<Mapping>,
        /// Our stages, and what they are there; usual ones unless said.
        #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
        stages: Option<Mapping>,
    }
}

record! {
    /// What changes; what is left out stays.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct ConnectionChanges {
        credential: Option<String>,
        signing: Option<String>,
        #[schema(value_type = Option<String>)]
        currency: Option<Currency>,
        #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
        fields: Option<Mapping>,
        #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
        owners: Option<Mapping>,
        #[schema(value_type = Option<std::collections::BTreeMap<String, String>>)]
        stages: Option<Mapping>,
        status: Option<CrmStatus>,
    }
}

record! {
    /// How the secret changes.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct CrmRotation {
        /// Hours for which the old secret holds, too: 0 to 168; 24 unless said.
        #[schema(maximum = 168)]
        overlap_hours: Option<u16>,
    }
}

/// A new secret.
#[derive(serde::Serialize, ToSchema)]
pub(super) struct CrmSecret {
    secret: String,
    old_secret_until: String,
}

/// A lead as it is known there.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct CrmLead {
    /// Id of the lead.
    lead: String,
    /// What they call it.
    remote_id: Option<String>,
    state: CrmState,
    /// Why they did not take it.
    error: Option<String>,
    /// How often they did not.
    attempts: u32,
    sent_at: Option<String>,
}

/// What came back.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct CrmEvent {
    /// What they call it.
    id: String,
    /// Id of the lead, if it is known.
    lead: Option<String>,
    remote_id: Option<String>,
    /// When it happened there.
    at: String,
    received_at: String,
    changes: events::CrmChanges,
    outcome: CrmOutcome,
    why: Option<String>,
}

record! {
    /// Which leads.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct CrmLeadsAsked {
        /// In which state.
        state: Option<CrmState>,
        /// How many items at most.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
        limit: Limit = decode::or_default,
        /// `next` of the page before.
        cursor: Option<String>,
    }
}

/// Lists the ways to CRMs, oldest first.
#[utoipa::path(get, path = "/v1/crm", tag = "crm", params(Page),
    responses((status = 200, body = Items<Connection>)))]
pub(super) async fn list(request: Request) -> Result<Response, Problem> {
    let page: Page = request.query()?;
    let after = page.after(String::new(), |cursor| Some(cursor.to_owned()))?;
    let limit = page.limit.get();
    let rows = stored::page(request.call.db(), &after, limit + 1).await?;
    Ok(output::documents(rows, limit))
}

/// Connects a program with a CRM. All of its leads are sent, a round at a time.
#[utoipa::path(post, path = "/v1/crm", tag = "crm", request_body = NewConnection,
    responses((status = 201, body = CreatedConnection)))]
pub(super) async fn create(request: Request) -> Result<Response, Problem> {
    let new: NewConnection = request.json()?;
    let call = &request.call;
    let program = programs::require(call, &new.program, Some("program")).await?;
    let defaults = new.kind.defaults(&new.object).ok_or_else(|| {
        let detail = "is none of `contacts` and `deals` of HubSpot, `Lead` and `Opportunity` of \
                      Salesforce";
        Problem::field("object", detail)
    })?;
    let url = match (new.url, new.kind) {
        (Some(url), _) => url,
        (None, CrmKind::HubSpot) => hubspot::URL.to_owned(),
        (None, CrmKind::Salesforce) => return Err(Problem::field("url", "is missing")),
    };
    let url = url.trim_end_matches('/').to_owned();
    let target = match call.service.reach {
        Reach::Public(_) => Target::public(&url),
        Reach::Any => Target::any(&url),
    };
    let target = target.map_err(|error| Problem::field("url", error))?;
    // What opens a CRM is sent there: nobody but the CRM may be there.
    if matches!(call.service.reach, Reach::Public(_)) && !new.kind.is_at(target.host()) {
        let detail = "must be api.hubapi.com of HubSpot, or a host of salesforce.com";
        return Err(Problem::field("url", detail));
    }
    if url.matches('/').count() > 2 || url.contains(['?', '#']) {
        return Err(Problem::field("url", "must end with the host"));
    }
    let (secret, random) = secrets()?;
    let row = Row {
        id: format!("crm_{}", ClickId::new(call.now, random)),
        kind: new.kind,
        program: program.slug.clone(),
        url,
        object: new.object,
        key: defaults.key.to_owned(),
        credential: new.credential,
        signing: new.signing,
        currency: new.currency.map(Into::into),
        fields: new.fields.unwrap_or_else(|| Mapping::of(defaults.fields)),
        owners: new.owners.unwrap_or_default(),
        stages: new.stages.unwrap_or_else(|| Mapping::of(defaults.stages)),
        secret,
        old_secret: None,
        old_secret_until: None,
        token: None,
        failures: 0,
        most: defaults.most,
    };
    check(&row)?;
    let statements = vec![
        stored::insert(&row, program.number, call.now),
        log(&request, &row.id, Some(program.number), "crm.connected"),
    ];
    call.db().batch(statements).await?;
    let document = require(&request, &row.id).await?;
    let text = format!(
        "{{\"secret\":\"{}\",{}",
        row.secret,
        document.trim_start_matches('{')
    );
    Ok(output::text(StatusCode::CREATED, text))
}

/// Answers a way to a CRM.
#[utoipa::path(get, path = "/v1/crm/{connection}", tag = "crm",
    params(("connection" = String, Path, description = "Id of the connection")),
    responses((status = 200, body = Connection)))]
pub(super) async fn read(request: Request) -> Result<Response, Problem> {
    let document = require(&request, request.path("connection")).await?;
    Ok(output::text(StatusCode::OK, document))
}

/// Changes a way to a CRM. With another mapping, what is another by it is sent again.
#[utoipa::path(patch, path = "/v1/crm/{connection}", tag = "crm",
    params(("connection" = String, Path, description = "Id of the connection")),
    request_body = ConnectionChanges, responses((status = 200, body = Connection)))]
pub(super) async fn update(request: Request) -> Result<Response, Problem> {
    let changes: ConnectionChanges = request.json()?;
    let mut row = row(&request).await?;
    if let Some(credential) = changes.credential {
        row.credential = credential;
    }
    if let Some(signing) = changes.signing {
        row.signing = Some(signing).filter(|name| !name.is_empty());
    }
    if let Some(currency) = changes.currency {
        row.currency = Some(currency.into());
    }
    row.fields = changes.fields.unwrap_or(row.fields);
    row.owners = changes.owners.unwrap_or(row.owners);
    row.stages = changes.stages.unwrap_or(row.stages);
    check(&row)?;
    let status = changes.status.map(CrmStatus::name);
    let statements = vec![
        stored::update(&row, status, request.call.now),
        log(&request, &row.id, None, "crm.changed"),
    ];
    request.call.db().batch(statements).await?;
    let document = require(&request, &row.id).await?;
    Ok(output::text(StatusCode::OK, document))
}

/// Ends a way to a CRM. What is there stays there.
#[utoipa::path(delete, path = "/v1/crm/{connection}", tag = "crm",
    params(("connection" = String, Path, description = "Id of the connection")),
    responses((status = 200, body = Connection)))]
pub(super) async fn remove(request: Request) -> Result<Response, Problem> {
    let id = request.path("connection");
    let document = require(&request, id).await?;
    let statements = vec![stored::remove(id), log(&request, id, None, "crm.removed")];
    request.call.db().batch(statements).await?;
    Ok(output::text(StatusCode::OK, document))
}

/// Makes another secret for what comes back. The old one holds for a while, too.
#[utoipa::path(post, path = "/v1/crm/{connection}/rotate", tag = "crm",
    params(("connection" = String, Path, description = "Id of the connection")),
    request_body = CrmRotation, responses((status = 200, body = CrmSecret)))]
pub(super) async fn rotate(request: Request) -> Result<Response, Problem> {
    let rotation: CrmRotation = request.json()?;
    let hours = rotation.overlap_hours.unwrap_or(OVERLAP);
    if hours > 168 {
        return Err(Problem::field("overlap_hours", "must be from 0 to 168"));
    }
    let id = request.path("connection");
    require(&request, id).await?;
    let (secret, _) = secrets()?;
    let now = request.call.now;
    let until = now + i64::from(hours) * HOUR;
    let statements = vec![
        stored::rotate(id, &secret, until, now),
        log(&request, id, None, "crm.rotated"),
    ];
    request.call.db().batch(statements).await?;
    let answer = CrmSecret {
        secret,
        old_secret_until: output::time(until),
    };
    Ok(output::json(StatusCode::OK, &answer))
}

/// Sends all leads of a connection again, whole, a round at a time.
#[utoipa::path(post, path = "/v1/crm/{connection}/sync", tag = "crm",
    params(("connection" = String, Path, description = "Id of the connection")),
    request_body = super::input::Nothing, responses((status = 202, body = Connection)))]
pub(super) async fn sync(request: Request) -> Result<Response, Problem> {
    request.nothing()?;
    let id = request.path("connection");
    require(&request, id).await?;
    let statements = stored::mark_all(id).into();
    request.call.db().batch(statements).await?;
    let document = require(&request, id).await?;
    Ok(output::text(StatusCode::ACCEPTED, document))
}

/// Lists how far leads are known there, by their ids.
#[utoipa::path(get, path = "/v1/crm/{connection}/leads", tag = "crm",
    params(("connection" = String, Path, description = "Id of the connection"), CrmLeadsAsked),
    responses((status = 200, body = Items<CrmLead>)))]
pub(super) async fn leads(request: Request) -> Result<Response, Problem> {
    let asked: CrmLeadsAsked = request.query()?;
    let id = request.path("connection");
    require(&request, id).await?;
    let after = asked.cursor.unwrap_or_default();
    let state = asked.state.map(CrmState::name);
    let limit = asked.limit.get();
    let rows = stored::leads(request.call.db(), id, &after, state, limit + 1).await?;
    Ok(output::documents(rows, limit))
}

/// Lists what came back, newest first.
#[utoipa::path(get, path = "/v1/crm/{connection}/events", tag = "crm",
    params(("connection" = String, Path, description = "Id of the connection"), Page),
    responses((status = 200, body = Items<CrmEvent>)))]
pub(super) async fn received(request: Request) -> Result<Response, Problem> {
    let page: Page = request.query()?;
    let id = request.path("connection");
    require(&request, id).await?;
    let before = page.after(i64::from(u32::MAX), |cursor| cursor.parse().ok())?;
    let limit = page.limit.get();
    let rows = stored::events(request.call.db(), id, before, limit + 1).await?;
    Ok(output::documents(rows, limit))
}

/// The connection of the path, as the API shows it.
async fn require(request: &Request, id: &str) -> Result<String, Problem> {
    let document = stored::document(request.call.db(), id).await?;
    document.ok_or_else(|| missing(id))
}

/// The connection of the path.
async fn row(request: &Request) -> Result<Row, Problem> {
    let id = request.path("connection");
    let row = stored::find(request.call.db(), id).await?;
    row.ok_or_else(|| missing(id))
}

fn missing(id: &str) -> Problem {
    Problem::NotFound(format!("there is no connection `{id}`"))
}

/// A secret for what comes back, and chance for an id.
fn secrets() -> Result<(String, [u8; 10]), Problem> {
    let (mut key, mut id) = ([0; 32], [0; 10]);
    getrandom::fill(&mut key).map_err(Fault::no_randomness)?;
    getrandom::fill(&mut id).map_err(Fault::no_randomness)?;
    Ok((webhook::new_secret(key), id))
}

/// Sees to it that a connection is one that can be kept in step.
fn check(row: &Row) -> Result<(), Problem> {
    let at = |field: &str, name: &str| match name {
        "" => field.to_owned(),
        name => [field, ".", name].concat(),
    };
    let names = [
        ("credential", Some(&row.credential)),
        ("signing", row.signing.as_ref()),
    ];
    for (field, name) in names {
        // No other secret of the Worker's shall be sent anywhere.
        if name.is_some_and(|name| !name.starts_with("CRM_") || !crm::is_name(name)) {
            let detail = "must be the name of a secret that begins with CRM_";
            return Err(Problem::field(field, detail));
        }
    }
    if let Some((name, detail)) = CrmKind::fault_of_fields(&row.fields, &row.key) {
        return Err(Problem::field(at("fields", &name), detail));
    }
    if let Some((name, detail)) = crm::fault_of_stages(&row.stages) {
        return Err(Problem::field(at("stages", &name), detail));
    }
    if row.owners.0.len() > 500 {
        return Err(Problem::field("owners", "must be 500 at most"));
    }
    if let Some(name) = row.owners.doubled() {
        let detail = format!("has `{name}` twice, and could not come back");
        return Err(Problem::field("owners", detail));
    }
    Ok(())
}

/// The statement that logs what somebody did about a connection.
fn log(
    request: &Request,
    id: &str,
    program: Option<u16>,
    action: &'static str,
) -> crate::store::Statement {
    audit::add(&audit::Entry {
        at: request.call.now,
        by: request.key(),
        program,
        action,
        subject: id,
        detail: "{}".to_owned(),
    })
}

/// The stage of ours that one of theirs is.
fn stage_of(connection: &Row, theirs: &str) -> Option<Stage> {
    let ours = connection.stages.key_of(theirs)?;
    Stage::ALL.into_iter().find(|stage| stage.name() == ours)
}

/// How an outcome is told from the others by the status of what a plan answers.
fn status_of(outcome: CrmOutcome) -> u16 {
    match outcome {
        CrmOutcome::Applied => 201,
        CrmOutcome::Unchanged => 200,
        CrmOutcome::Older => 208,
        CrmOutcome::Refused => 409,
    }
}
