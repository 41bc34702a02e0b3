//! `/v1/events`: what happened, as webhooks are told of it.

use utoipa::{IntoParams, ToSchema};

use super::{
    Response,
    input::{Limit, Page},
    output::{self, Items},
    problem::Problem,
    programs,
    request::Request,
};
use crate::{
    decode::{self, record},
    domain::event::EventType,
    store::webhooks::{self, AskedEvents},
};

record! {
    /// What the events are narrowed to.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct WantedEvents {
        /// Of this type.
        #[param(value_type = Option<EventType>)]
        r#type: Option<EventType>,
        /// Of what has this id or slug.
        subject: Option<String>,
        /// Slug of the program.
        program: Option<String>,
        /// How many events at most.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
        limit: Limit = decode::or_default,
        /// `next` of the page before.
        cursor: Option<String>,
    }
}

/// An event. SQL puts it together (`store::webhooks`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct Event {
    #[schema(example = "evt_0123456789abcdef0123456789abcdef")]
    id: String,
    r#type: EventType,
    /// Rises with every event.
    sequence: u64,
    at: String,
    /// Slug of the program, of what happened in one.
    program: Option<String>,
    /// Id or slug of what changed.
    subject: String,
    /// More of it; its fields depend on the type. No personal datum.
    #[schema(value_type = Object)]
    data: (),
}

/// Lists the events of the last thirty days, the newest first.
#[utoipa::path(get, path = "/v1/events", tag = "webhooks", params(WantedEvents),
    responses((status = 200, body = Items<Event>)))]
pub(super) async fn list(request: Request) -> Result<Response, Problem> {
    let wanted: WantedEvents = request.query()?;
    let program = match &wanted.program {
        None => None,
        Some(slug) => Some(programs::require(&request.call, slug, Some("program")).await?),
    };
    let asked = AskedEvents {
        kind: wanted.r#type.map(EventType::name),
        subject: wanted.subject.as_deref(),
        program: program.map(|program| program.number),
    };
    let page = Page {
        limit: wanted.limit,
        cursor: wanted.cursor,
    };
    let before = place(&page)?;
    let limit = page.limit.get();
    let rows = webhooks::events(request.call.db(), &asked, before, limit + 1).await?;
    Ok(output::documents(rows, limit))
}

/// Where a list goes on that begins with the newest event: before a number.
pub(super) fn place(page: &Page) -> Result<i64, Problem> {
    page.after(i64::from(u32::MAX), |cursor| cursor.parse().ok())
}
