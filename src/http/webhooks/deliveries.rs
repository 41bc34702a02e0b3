//! What became of the events of a webhook, and how they are sent again.

use http::StatusCode;
use utoipa::{IntoParams, ToSchema};

use super::{
    super::{
        Response, events,
        input::{Limit, Page},
        output::{self, Items},
        problem::Problem,
        request::Request,
    },
    known, types,
};
use crate::{
    decode::{self, names, record},
    domain::{date, event::EventType},
    store::webhooks::{self, Asked, Replay},
};

names! {
    /// What has become of an event.
    pub(in super::super) enum DeliveryState {
        /// It is yet to be delivered, for the first time or again.
        Waiting => "waiting",
        /// The receiver has it.
        Delivered => "delivered",
        /// It was given up.
        Failed => "failed",
    }
}

record! {
    /// What the deliveries are narrowed to.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(in super::super) struct WantedDeliveries {
        /// In this state.
        #[param(value_type = Option<DeliveryState>)]
        state: Option<DeliveryState>,
        /// Of events of this type.
        #[param(value_type = Option<EventType>)]
        r#type: Option<EventType>,
        /// How many deliveries at most.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
        limit: Limit = decode::or_default,
        /// `next` of the page before.
        cursor: Option<String>,
    }
}

record! {
    /// What kind of event a test is to show.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(in super::super) struct NewTest {
        /// The last event of this type goes along as an example.
        #[schema(nullable = false)]
        r#type: Option<EventType> = decode::present,
    }
}

record! {
    /// What is sent again: one event, or those of a range of time.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(in super::super) struct NewReplay {
        /// Id of one event; then nothing else is said.
        #[schema(nullable = false)]
        event: Option<String> = decode::present,
        /// From this time (RFC 3339).
        #[schema(nullable = false)]
        since: Option<String> = decode::present,
        /// Until this time, which is no longer in it.
        #[schema(nullable = false)]
        until: Option<String> = decode::present,
        /// Of these types alone.
        #[serde(default)]
        types: Vec<EventType> = decode::or_default,
        /// Those alone that were given up.
        #[serde(default)]
        failed: bool = decode::or_default,
    }
}

/// A delivery. SQL puts it together (`store::webhooks`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(in super::super) struct Delivery {
    /// Id of the event.
    event: String,
    r#type: EventType,
    /// The event's number, which rises with every event.
    sequence: u64,
    /// Id or slug of what changed.
    subject: String,
    state: DeliveryState,
    /// How often it was tried.
    attempts: u32,
    /// When it is tried next; null for at once, and where it waits no longer.
    due_at: Option<String>,
    delivered_at: Option<String>,
    /// Of the last answer; null where there was none.
    status: Option<u16>,
    /// Why the last try was no success.
    error: Option<String>,
}

/// A delivery with what is sent, and each try.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(in super::super) struct DeliveryWithLog {
    #[serde(flatten)]
    about: Delivery,
    /// What is sent, the same bytes each time.
    body: String,
    /// The last hundred tries, the newest first.
    log: Vec<Try>,
}

/// A try.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(in super::super) struct Try {
    at: String,
    /// How long it took; null where there was no answer.
    took_ms: Option<u32>,
    /// Of the answer; null where there was none.
    status: Option<u16>,
    /// Why it was no success.
    error: Option<String>,
    /// The first 500 characters of the answer.
    answer: String,
}

/// Which event it is.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(in super::super) struct TestEvent {
    /// Id of the event, whose delivery says what became of it.
    event: String,
}

/// How much is sent again.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what is answered")]
pub(in super::super) struct ReplayedEvents {
    /// Events.
    replayed: u32,
}

/// Lists what became of the events that a webhook wanted, the newest first.
#[utoipa::path(get, path = "/v1/webhooks/{webhook}/deliveries", tag = "webhooks",
    params(("webhook" = String, Path, description = "Id of the webhook"), WantedDeliveries),
    responses((status = 200, body = Items<Delivery>)))]
pub(in super::super) async fn list(request: Request) -> Result<Response, Problem> {
    let (db, id) = (request.call.db(), request.path("webhook"));
    let wanted: WantedDeliveries = request.query()?;
    let page = Page {
        limit: wanted.limit,
        cursor: wanted.cursor,
    };
    let before = events::place(&page)?;
    let asked = Asked {
        webhook: id,
        state: wanted.state.map(DeliveryState::name),
        kind: wanted.r#type.map(EventType::name),
    };
    let limit = page.limit.get();
    let rows = webhooks::deliveries(db, &asked, before, limit + 1).await?;
    if rows.is_empty() {
        known(&request).await?;
    }
    Ok(output::documents(rows, limit))
}

/// Answers what was sent of an event, and each try.
#[utoipa::path(get, path = "/v1/webhooks/{webhook}/deliveries/{event}", tag = "webhooks",
    params(("webhook" = String, Path, description = "Id of the webhook"),
        ("event" = String, Path, description = "Id of the event")),
    responses((status = 200, body = DeliveryWithLog)))]
pub(in super::super) async fn read(request: Request) -> Result<Response, Problem> {
    let (id, event) = (request.path("webhook"), request.path("event"));
    let document = webhooks::delivery(request.call.db(), id, event).await?;
    let document = document.ok_or_else(|| {
        Problem::NotFound(format!("the webhook `{id}` has no delivery of `{event}`"))
    })?;
    Ok(output::text(StatusCode::OK, document))
}

/// Tries a webhook: writes an event of the type `webhook.test` for it alone.
#[utoipa::path(post, path = "/v1/webhooks/{webhook}/test", tag = "webhooks",
    params(("webhook" = String, Path, description = "Id of the webhook")),
    request_body = NewTest, responses((status = 202, body = TestEvent)))]
pub(in super::super) async fn test(request: Request) -> Result<Response, Problem> {
    let (call, id) = (&request.call, request.path("webhook"));
    let NewTest { r#type: kind } = request.json()?;
    let kind = kind.map(EventType::name);
    enabled(&request).await?;
    let document = webhooks::test(call.db(), id, kind, call.now).await?;
    Ok(output::text(StatusCode::ACCEPTED, document))
}

/// Sends events again, also such as happened before the webhook was made; at most
/// 10,000. They have the ids that they had.
#[utoipa::path(post, path = "/v1/webhooks/{webhook}/replay", tag = "webhooks",
    params(("webhook" = String, Path, description = "Id of the webhook")),
    request_body = NewReplay, responses((status = 202, body = ReplayedEvents)))]
pub(in super::super) async fn replay(request: Request) -> Result<Response, Problem> {
    let (call, id) = (&request.call, request.path("webhook"));
    let new: NewReplay = request.json()?;
    let is_one = new.event.is_some();
    if is_one && (new.since.is_some() || new.until.is_some()) {
        return Err(Problem::field(
            "event",
            "is one; leave out `since` and `until`",
        ));
    }
    let replay = Replay {
        webhook: id,
        event: new.event.as_deref(),
        since: time("since", new.since.as_deref(), is_one)?,
        until: time("until", new.until.as_deref(), is_one)?,
        types: &types(new.types),
        failed: new.failed,
    };
    enabled(&request).await?;
    let count = webhooks::replay(call.db(), &replay).await?;
    if let Some(event) = &new.event
        && count == 0
    {
        return Err(Problem::field(
            "event",
            format!("`{event}` is none that this webhook wants, or is older than thirty days"),
        ));
    }
    if count > 10_000 {
        return Err(Problem::field(
            "since",
            "is the beginning of more than 10,000 events",
        ));
    }
    let document = format!("{{\"replayed\":{count}}}");
    Ok(output::text(StatusCode::ACCEPTED, document))
}

/// Sees to it that a webhook is one that something can be sent to.
async fn enabled(request: &Request) -> Result<(), Problem> {
    if known(request).await?.is_disabled {
        return Err(Problem::Conflict(
            "the webhook is disabled; set it active first".to_owned(),
        ));
    }
    Ok(())
}

/// A time of a range, or any where one event is named.
fn time(field: &'static str, text: Option<&str>, is_one: bool) -> Result<i64, Problem> {
    let read = text.and_then(date::parse_rfc3339);
    let fault = "must be a time like 2026-11-22T10:00:00Z";
    read.or(is_one.then_some(0))
        .ok_or_else(|| Problem::field(field, fault))
}
