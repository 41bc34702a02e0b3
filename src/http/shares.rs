//! `/v1/shares`

use std::net::IpAddr;

use http::StatusCode;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{
    Call, Response, limits,
    links::{self, Wanted},
    message::Headers,
    once::Effect,
    output,
    problem::{Fault, Problem},
    request::Request,
};
use crate::{
    decode::{self, Decode as _, Tree, record},
    domain::{
        access::to_hex,
        channel::{Channel, Medium},
        click::ClickId,
        date,
        link::AdvocateNumber,
        program::{Identifier, ShareKind},
        visitor,
    },
    store::{
        programs,
        shares::{self, Recorded, Share},
    },
};

record! {
    /// An advocate's act of sharing.
    #[derive(Serialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct NewShare {
        /// Slug of the program.
        program: String,
        /// Id of the advocate, or `ext:` and their external id.
        advocate: String,
        /// Its default medium is taken, unless a medium is given too.
        channel: Option<Channel>,
        medium: Option<Medium>,
        /// `intent`: the composer was opened or the link copied. `sent`: our mail
        /// provider confirmed it, or a rep attested it.
        kind: ShareKind,
        /// The sender's own id for it. Sent again, it changes nothing.
        #[schema(value_type = Option<String>, example = "8f14e45f")]
        event_id: Option<Identifier>,
        /// When it was shared (RFC 3339); now unless said, and not in the future.
        #[schema(format = "date-time")]
        at: Option<String>,
        /// Slug of the destination; the program's first unless said.
        destination: Option<String>,
        /// Slug of the label; none unless said.
        label: Option<String>,
        /// Who is sharing right now, where a server reports it: so that an advocate
        /// who follows their own link is known for one. Leave it out against Global
        /// Privacy Control.
        // No part of what the share is, and taken out before that is fingerprinted: a
        // fingerprint would let the address be found by trying them all.
        #[serde(skip_serializing_if = "Option::is_none")]
        visitor: Option<Visitor>,
    }
}

record! {
    /// The advocate's browser, as the sender's server sees it. It is hashed on
    /// arrival, under a salt that is gone the day after; address and agent are kept
    /// nowhere.
    #[derive(Serialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Visitor {
        #[schema(value_type = String, example = "192.0.2.1")]
        address: IpAddr = address,
        /// `User-Agent`, as it was sent; empty for none.
        user_agent: String,
    }
}

impl NewShare {
    /// What an advocate reports of themselves, as it happens.
    pub(super) fn own(
        program: String,
        advocate: String,
        medium: Medium,
        event_id: Option<Identifier>,
    ) -> Self {
        Self {
            program,
            advocate,
            channel: None,
            medium: Some(medium),
            kind: ShareKind::Intent,
            event_id,
            at: None,
            destination: None,
            label: None,
            visitor: None,
        }
    }
}

impl Visitor {
    /// The browser that asks, unless it asks not to be known (Global Privacy Control).
    pub(super) fn of(headers: &Headers) -> Option<Self> {
        if headers.get("sec-gpc").is_some_and(|value| value == "1") {
            return None;
        }
        Some(Self {
            address: headers.get(limits::ADDRESS)?.parse().ok()?,
            user_agent: headers.get("user-agent").unwrap_or_default().to_owned(),
        })
    }
}

fn address(tree: Tree) -> Result<IpAddr, decode::Fault> {
    let text = String::decode(tree)?;
    text.parse().map_err(decode::Fault::new)
}

/// A recorded share.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordedShare {
    event_id: String,
    program: String,
    /// Id of the advocate.
    advocate: String,
    channel: Channel,
    medium: Medium,
    kind: ShareKind,
    /// Slug of the destination.
    destination: String,
    /// Slug of the label.
    label: Option<String>,
    at: String,
}

/// Minutes by which a sender's clock may be ahead of ours.
const AHEAD_MS: i64 = 5 * 60_000;

/// Records a share. 201 means that it is committed; the same event again gets
/// the same answer with `Idempotent-Replayed: true`, and another share under
/// its id is refused.
#[utoipa::path(post, path = "/v1/shares", tag = "shares", request_body = NewShare,
    responses((status = 201, body = RecordedShare)))]
pub(super) async fn record(request: Request) -> Result<Response, Problem> {
    let mut new: NewShare = request.json()?;
    let visitor = new.visitor.take();
    take(&request, new, visitor, "").await
}

/// What recording a share of an import comes to. Its event tells whether it was
/// recorded before.
pub(super) async fn plan(
    request: &Request,
    program: &programs::Row,
    new: &NewShare,
) -> Result<Effect, Problem> {
    let call = &request.call;
    let event = new
        .event_id
        .as_ref()
        .ok_or_else(|| Problem::field("event_id", "is missing: a share is known by it"))?;
    let answer = Imported { id: event.as_str() };
    let fingerprint = fingerprint(new);
    match shares::request_of(call.db(), program.number, event.as_str()).await? {
        Some(known) if known == fingerprint => {
            return Effect::new(201, &answer, Vec::new(), Vec::new());
        }
        Some(_) => return Err(clash(event.as_str())),
        None => {}
    }
    let medium = links::medium(new.channel, new.medium)?;
    let at = at(new, call.now)?;
    let resolved = links::resolve(call, wanted(new, medium)).await?;
    let share = Share {
        event: event.as_str(),
        request: &fingerprint,
        at,
        link: resolved.link,
        kind: new.kind,
        offset: offset(&resolved.program, at),
        recorded_by: request.key(),
        visitor: None,
    };
    let statements = vec![shares::insert(&share, call.now)];
    Effect::new(201, &answer, statements, Vec::new())
}

/// What a share of an import is called.
#[derive(Serialize)]
struct Imported<'a> {
    id: &'a str,
}

fn clash(event: &str) -> Problem {
    Problem::Conflict(format!(
        "another share was recorded under the event_id `{event}`"
    ))
}

fn at(new: &NewShare, now: i64) -> Result<i64, Problem> {
    let Some(text) = &new.at else { return Ok(now) };
    date::parse_rfc3339(text)
        .filter(|at| (0..=now + AHEAD_MS).contains(at))
        .ok_or_else(|| {
            let detail = "must be a time like 2026-11-22T09:30:00Z, and not in the future";
            Problem::field("at", detail)
        })
}

fn wanted(new: &NewShare, medium: Medium) -> Wanted<'_> {
    Wanted {
        program: &new.program,
        advocate: &new.advocate,
        medium,
        destination: new.destination.as_deref(),
        label: new.label.as_deref(),
    }
}

/// Minutes east of UTC of a program's clock at an instant (Unix ms).
fn offset(program: &programs::Row, at: i64) -> i16 {
    i16::try_from(program.zone.offset_at(at.div_euclid(1_000)) / 60).unwrap_or(0)
}

/// Records a share, whoever reports it; `visitor` is who is sharing right now, and
/// `space` what sets the ids of whoever reports apart from those of others.
pub(super) async fn take(
    request: &Request,
    new: NewShare,
    visitor: Option<Visitor>,
    space: &str,
) -> Result<Response, Problem> {
    let call = &request.call;
    let medium = links::medium(new.channel, new.medium)?;
    let at = at(&new, call.now)?;
    let fingerprint = fingerprint(&new);
    let resolved = match links::resolve(call, wanted(&new, medium)).await {
        Ok(resolved) => resolved,
        // Who shared may be disabled by now; what was recorded stands.
        Err(problem @ Problem::Invalid(_)) => {
            return match earlier(call, &new, &fingerprint, space).await? {
                Some(earlier) => Ok(answer(new, medium, earlier, true)),
                None => Err(problem),
            };
        }
        Err(problem) => return Err(problem),
    };
    let event = match &new.event_id {
        Some(event) => event.as_str().to_owned(),
        None => ClickId::new(call.now, random()?).to_string(),
    };
    let share = Share {
        event: &[space, &event].concat(),
        request: &fingerprint,
        at,
        link: resolved.link,
        kind: new.kind,
        offset: offset(&resolved.program, at),
        recorded_by: request.key(),
        visitor: visitor_hash(call, resolved.program.number, visitor.as_ref()),
    };
    let (at, repeat) = match shares::record(call.db(), &share, call.now).await? {
        Recorded::New { at } => (at, false),
        Recorded::Repeat { at } => (at, true),
        Recorded::Clash => return Err(clash(&event)),
    };
    let committed = Committed {
        event,
        advocate: resolved.link.advocate,
        destination: resolved.destination,
        at,
    };
    Ok(answer(new, medium, committed, repeat))
}

/// What the answer says beyond the request.
struct Committed {
    event: String,
    advocate: AdvocateNumber,
    /// Slug.
    destination: String,
    at: i64,
}

/// What the same request was answered with before.
async fn earlier(
    call: &Call,
    new: &NewShare,
    fingerprint: &str,
    space: &str,
) -> Result<Option<Committed>, Problem> {
    let Some(event) = &new.event_id else {
        return Ok(None);
    };
    let earlier =
        shares::earlier(call.db(), &new.program, &[space, event.as_str()].concat()).await?;
    let same = earlier.filter(|earlier| earlier.request == fingerprint);
    Ok(same.map(|earlier| Committed {
        event: event.as_str().to_owned(),
        advocate: AdvocateNumber(earlier.advocate),
        destination: earlier.destination,
        at: earlier.at,
    }))
}

fn answer(new: NewShare, medium: Medium, committed: Committed, repeat: bool) -> Response {
    let recorded = RecordedShare {
        event_id: committed.event,
        program: new.program,
        advocate: committed.advocate.to_id(),
        channel: medium.channel(),
        medium,
        kind: new.kind,
        destination: committed.destination,
        label: new.label,
        at: output::time(committed.at),
    };
    let response = output::json(StatusCode::CREATED, &recorded);
    if repeat {
        output::replayed(response)
    } else {
        response
    }
}

/// SHA-256 of the request as we understood it, so that white space and the
/// order of fields make no difference.
fn fingerprint(new: &NewShare) -> String {
    // Strings always serialise.
    let canonical = serde_json::to_vec(new).unwrap_or_default();
    to_hex(&Sha256::digest(canonical))
}

/// The hash of who shares, in hexadecimal, as a click's is.
fn visitor_hash(call: &Call, program: u16, visitor: Option<&Visitor>) -> Option<String> {
    let (salt, visitor) = (call.salt?, visitor?);
    let address = visitor::canonical(visitor.address);
    let hash = visitor::hash(&salt, program, &address, &visitor.user_agent);
    Some(format!("{hash:016x}"))
}

fn random() -> Result<[u8; 10], Problem> {
    let mut bytes = [0; 10];
    getrandom::fill(&mut bytes).map_err(Fault::no_randomness)?;
    Ok(bytes)
}
