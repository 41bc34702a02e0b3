//! `/v1/programs/{program}/advocates`

use http::StatusCode;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    Call, Response,
    input::{self, Limit, Page},
    leads, letters, links,
    once::{Effect, once_unkeyed, settle_all},
    output::{self, Items},
    problem::{Fault, Problem},
    programs::{self, Emptiable},
    request::Request,
};
use crate::{
    decode::{self, record},
    domain::{
        channel::Medium,
        keyring::WayOut,
        letter::{self, MessageName},
        link::AdvocateNumber,
        person,
        program::{AdvocateKind, Email, Identifier, Name, Slug, Status},
    },
    jobs::mail,
    store::{
        self,
        advocates::{self, Changes, Filter, New, Reference, Row},
        messages,
        programs::Created,
        snapshot, suppressions,
    },
};

/// Random numbers to choose from: with 50,000 advocates in a program, all eight
/// are taken once in 10^39 times.
const CANDIDATES: usize = 8;

/// An advocate.
#[derive(Serialize, ToSchema)]
pub(super) struct Advocate {
    /// Six base62 digits; stands in links.
    id: String,
    /// What another system calls them.
    external_id: Option<String>,
    kind: AdvocateKind,
    name: String,
    email: Option<String>,
    /// Disabled, their links lead to the neutral page.
    status: Status,
    /// The group inside their kind that has rewards of its own.
    segment: Option<String>,
    /// Slug of the rep who owns them, and gets their referrals.
    owner: Option<String>,
    created_at: String,
    updated_at: String,
    /// When they were last sent an invitation.
    invited_at: Option<String>,
    /// Id of the advocate with whom they turned out to be one person: whatever comes
    /// by the links of this entry counts for that one.
    merged_into: Option<String>,
}

impl From<Row> for Advocate {
    fn from(row: Row) -> Self {
        Self {
            id: AdvocateNumber(row.number).to_id(),
            external_id: row.external_id,
            kind: row.kind,
            name: row.name,
            email: row.email,
            status: row.status,
            segment: row.segment,
            owner: row.owner,
            created_at: output::time(row.created_at),
            updated_at: output::time(row.updated_at),
            invited_at: row.invited_at.map(output::time),
            merged_into: row.merged_into.map(|number| AdvocateNumber(number).to_id()),
        }
    }
}

record! {
    /// A new advocate.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct NewAdvocate {
        /// What another system calls them. Sent again, it finds the advocate that
        /// is there and creates no second one.
        #[schema(value_type = Option<String>, example = "crm-10017")]
        external_id: Option<Identifier>,
        kind: AdvocateKind,
        name: Name,
        #[schema(value_type = Option<String>)]
        email: Option<Email>,
        /// The group inside their kind that has rewards of its own.
        #[schema(value_type = Option<String>, example = "gold")]
        segment: Option<Slug>,
        /// Slug of the rep who owns them, and gets their referrals.
        owner: Option<String>,
    }
}

record! {
    /// What changes; what is left out stays.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct AdvocateChanges {
        kind: Option<AdvocateKind>,
        #[schema(value_type = Option<String>)]
        name: Option<Name>,
        /// An empty text takes it away.
        #[schema(value_type = Option<String>)]
        email: Option<Emptiable<Email>>,
        status: Option<Status>,
        /// An empty text takes it away.
        #[schema(value_type = Option<String>)]
        segment: Option<Emptiable<Slug>>,
        /// Slug of a rep; an empty text takes the owner away. Leads that are there
        /// stay whose they are.
        owner: Option<String>,
    }
}

/// The advocate that is meant, or the problem that there is none. `field` is
/// where the request named them; without one it was in the path. An entry that is
/// merged means the one that remains.
pub(super) async fn require(
    call: &Call,
    program: u16,
    reference: &str,
    field: Option<&'static str>,
) -> Result<Row, Problem> {
    let row = entry(call, program, reference, field).await?;
    remaining(call, program, row).await
}

/// The advocate who remains of an entry: the one into which it was merged, if it was.
pub(super) async fn remaining(call: &Call, program: u16, row: Row) -> Result<Row, Problem> {
    let Some(number) = row.merged_into else {
        return Ok(row);
    };
    let reference = Reference::Number(AdvocateNumber(number));
    let found = advocates::find(call.db(), program, &reference).await?;
    Ok(found.unwrap_or(row))
}

/// The very entry that is named, merged or not.
pub(super) async fn entry(
    call: &Call,
    program: u16,
    reference: &str,
    field: Option<&'static str>,
) -> Result<Row, Problem> {
    let found = match Reference::parse(reference) {
        Some(reference) => advocates::find(call.db(), program, &reference).await?,
        None => None,
    };
    found.ok_or_else(|| missing(reference, field))
}

fn missing(reference: &str, field: Option<&'static str>) -> Problem {
    let detail = format!(
        "there is no advocate `{reference}` in the program; \
         give an id like 4GFfc3, or `ext:` and an external id"
    );
    match field {
        Some(field) => Problem::field(field, detail),
        None => Problem::NotFound(detail),
    }
}

/// Creates an advocate; one whose external id is there already is answered
/// with 200, as they are.
#[utoipa::path(post, path = "/v1/programs/{program}/advocates", tag = "advocates",
    params(("program" = String, Path, description = "Slug of the program")),
    request_body = NewAdvocate,
    responses((status = 201, body = Advocate), (status = 200, body = Advocate)))]
pub(super) async fn create(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let new: NewAdvocate = request.json()?;
    let program = programs::require(call, request.path("program"), None).await?;
    check_owner(call, new.owner.as_deref()).await?;
    let candidates = random_numbers()?;
    let advocate = New {
        external_id: new.external_id.as_ref(),
        kind: new.kind,
        name: &new.name,
        email: new.email.as_ref(),
        segment: new.segment.as_ref().map(Slug::as_str),
        owner: new.owner.as_deref(),
    };
    let created =
        advocates::create(call.db(), program.number, advocate, &candidates, call.now).await?;
    match created {
        Created::New(row) => Ok(output::json(StatusCode::CREATED, &Advocate::from(row))),
        Created::Existing(row) => Ok(output::json(StatusCode::OK, &Advocate::from(row))),
        Created::Full => Err(Problem::Conflict(
            "no number was free for the advocate; try again".to_owned(),
        )),
    }
}

/// An owner who is named has to be there; an empty name is nobody's.
async fn check_owner(call: &Call, owner: Option<&str>) -> Result<(), Problem> {
    if let Some(slug) = owner.filter(|slug| !slug.is_empty()) {
        leads::rep(call, slug, "owner").await?;
    }
    Ok(())
}

fn random_numbers() -> Result<[u32; CANDIDATES], Problem> {
    let mut numbers = [0; CANDIDATES];
    for number in &mut numbers {
        *number = getrandom::u32().map_err(Fault::no_randomness)?;
    }
    Ok(numbers)
}

record! {
    /// Which advocates.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Wanted {
        /// Only those whose name, address or external id has this in it, whatever the
        /// case of its ASCII letters.
        q: Option<String>,
        kind: Option<AdvocateKind>,
        /// `disabled` are those who were merged, too.
        status: Option<Status>,
        /// Only this rep's (slug).
        owner: Option<String>,
        /// How many items at most.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
        limit: Limit = decode::or_default,
        /// `next` of the page before.
        cursor: Option<String>,
    }
}

/// Lists advocates, oldest first.
#[utoipa::path(get, path = "/v1/programs/{program}/advocates", tag = "advocates",
    params(("program" = String, Path, description = "Slug of the program"), Wanted),
    responses((status = 200, body = Items<Advocate>)))]
pub(super) async fn list(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let wanted: Wanted = request.query()?;
    let page = Page {
        limit: wanted.limit,
        cursor: wanted.cursor,
    };
    let filter = Filter {
        kind: wanted.kind,
        status: wanted.status,
        owner: wanted.owner.as_deref(),
        part: wanted.q.as_deref(),
    };
    let program = programs::require(call, request.path("program"), None).await?;
    let after = page.after((-1, -1), |cursor| {
        let (created_at, number) = cursor.split_once('.')?;
        Some((created_at.parse().ok()?, number.parse().ok()?))
    })?;
    let limit = page.limit.get();
    let rows = advocates::page(call.db(), program.number, &filter, after, limit + 1).await?;
    let cursor = |row: &Row| format!("{}.{}", row.created_at, row.number);
    let items = Items::page(rows, limit, cursor, Advocate::from);
    Ok(output::json(StatusCode::OK, &items))
}

/// Answers one advocate, by id or by `ext:` and external id.
#[utoipa::path(get, path = "/v1/programs/{program}/advocates/{advocate}", tag = "advocates",
    params(
        ("program" = String, Path, description = "Slug of the program"),
        ("advocate" = String, Path, description = "Id, or `ext:` and external id")),
    responses((status = 200, body = Advocate)))]
pub(super) async fn read(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let program = programs::require(call, request.path("program"), None).await?;
    let row = entry(call, program.number, request.path("advocate"), None).await?;
    Ok(output::json(StatusCode::OK, &Advocate::from(row)))
}

/// Changes an advocate, or disables them. 409 for one who was erased, or merged into
/// another.
#[utoipa::path(patch, path = "/v1/programs/{program}/advocates/{advocate}", tag = "advocates",
    params(
        ("program" = String, Path, description = "Slug of the program"),
        ("advocate" = String, Path, description = "Id, or `ext:` and external id")),
    request_body = AdvocateChanges, responses((status = 200, body = Advocate)))]
pub(super) async fn update(request: Request) -> Result<Response, Problem> {
    let (call, reference) = (&request.call, request.path("advocate"));
    let changes: AdvocateChanges = request.json()?;
    let program = programs::require(call, request.path("program"), None).await?;
    let before = entry(call, program.number, reference, None).await?;
    check_owner(call, changes.owner.as_deref()).await?;
    let stored = Changes {
        kind: changes.kind,
        name: changes.name.as_ref(),
        email: changes.email.map(Emptiable::into_text),
        status: changes.status,
        segment: changes.segment.map(Emptiable::into_text),
        owner: changes.owner,
    };
    let after =
        advocates::update(call.db(), program.number, before.number, stored, call.now).await?;
    let after = after.ok_or_else(|| {
        let detail = "the advocate was erased, or merged into another, and stays so";
        Problem::Conflict(detail.to_owned())
    })?;
    let switched = after.status != before.status;
    let sorted = |row: &Row| (row.kind, row.segment.clone(), row.email.clone());
    if sorted(&after) != sorted(&before) {
        settle_all(call, program.number, &[before.number]).await;
    }
    let response = output::json(StatusCode::OK, &Advocate::from(after));
    Ok(output::published_if(switched, call, response).await)
}

record! {
    /// With whom an advocate turned out to be one person.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Merger {
        /// Id of the one who remains, or `ext:` and their external id.
        into: String,
    }
}

/// Makes two entries of one person one: `into` remains, and is answered. Every credit
/// that the other one has is theirs, with the rewards and what was paid of them;
/// what is owed is then that of one person. The other one's links and codes go on
/// working, and what comes in by them counts for the one who remains; `GET
/// …/leads/{lead}/why` still says whose touch it was. Whatever was merged into the
/// other one before goes along. The same again changes nothing. It cannot be undone.
///
/// 409 for an advocate and themselves, and where one of the two was erased, or
/// merged into somebody else before, or the one who would remain is disabled.
#[utoipa::path(post, path = "/v1/programs/{program}/advocates/{advocate}/merge",
    tag = "advocates",
    params(
        ("program" = String, Path, description = "Slug of the program"),
        ("advocate" = String, Path, description = "Id, or `ext:` and external id")),
    request_body = Merger, responses((status = 200, body = Advocate)))]
pub(super) async fn merge(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let merger: Merger = request.json()?;
    let number = programs::require(call, request.path("program"), None)
        .await?
        .number;
    let response = once_unkeyed(&request, number, &|| {
        Box::pin(async {
            let from = entry(call, number, request.path("advocate"), None).await?;
            let into = entry(call, number, &merger.into, Some("into")).await?;
            let is_done = from
                .merged_into
                .is_some_and(|one| one == into.number || Some(one) == into.merged_into);
            let mut statements = Vec::new();
            let accounts = vec![from.number, into.number];
            if !is_done {
                check_merger(&from, &into)?;
                let (now, by) = (call.now, request.key());
                statements = advocates::merge(number, from.number, into.number, now, by);
            }
            let into = remaining(call, number, into).await?;
            Effect::new(200, &Advocate::from(into), statements, accounts)
        })
    })
    .await?;
    Ok(output::published(call, response).await)
}

fn check_merger(from: &Row, into: &Row) -> Result<(), Problem> {
    let detail = if from.number == into.number {
        "the advocate is `into` themselves"
    } else if from.merged_into.is_some() {
        "the advocate was merged into somebody else before"
    } else if into.merged_into.is_some() {
        "`into` was merged into somebody else; name that one"
    } else if from.erased_at.or(into.erased_at).is_some() {
        "one of the two was erased"
    } else if into.status == Status::Disabled {
        "`into` is disabled, and with them all links would be"
    } else {
        return Ok(());
    };
    Err(Problem::Conflict(detail.to_owned()))
}

/// An invitation that was sent.
#[derive(Serialize, ToSchema)]
pub(super) struct Invited {
    /// The address.
    sent_to: String,
}

/// Sends an advocate the program's invitation with their own link, whose medium is
/// `email`. 422 for one without an address or who is disabled; 409 within a minute
/// after the last one.
#[utoipa::path(post, path = "/v1/programs/{program}/advocates/{advocate}/invite",
    tag = "advocates",
    params(
        ("program" = String, Path, description = "Slug of the program"),
        ("advocate" = String, Path, description = "Id, or `ext:` and external id")),
    request_body = input::Nothing, responses((status = 202, body = Invited)))]
pub(super) async fn invite(request: Request) -> Result<Response, Problem> {
    request.nothing()?;
    let call = &request.call;
    let program = programs::require(call, request.path("program"), None).await?;
    let row = require(call, program.number, request.path("advocate"), None).await?;
    let sent_to = send_invitation(call, &program, row).await?;
    Ok(output::json(StatusCode::ACCEPTED, &Invited { sent_to }))
}

/// Sends somebody the program's invitation with their own link; answers where to.
pub(super) async fn send_invitation(
    call: &Call,
    program: &store::programs::Row,
    row: Row,
) -> Result<String, Problem> {
    let number = program.number;
    let id = AdvocateNumber(row.number).to_id();
    let wanted = links::Wanted {
        program: &program.slug,
        advocate: &id,
        medium: Medium::Email,
        destination: None,
        label: None,
    };
    let link = links::resolve(call, wanted).await?.link;
    if snapshot::revoked(call.db(), number)
        .await?
        .contains(&link.pack())
    {
        return Err(Problem::Conflict(links::REVOKED.to_owned()));
    }
    let email = row
        .email
        .ok_or_else(|| Problem::field("email", "is missing: the advocate has no address"))?;
    let hash = person::email_hash(&person::email_key(&email));
    if let Some(reason) = suppressions::reason(call.db(), &hash).await? {
        return Err(Problem::Conflict(letter::why_barred(&reason).to_owned()));
    }
    let invitation = MessageName::Invitation.name();
    let look = messages::look(call.db(), number, invitation, row.kind.name()).await?;
    let url = format!(
        "{}/{}",
        call.base_url,
        call.service.keyring.sign_link(&link)
    );
    let way_out = WayOut {
        hash,
        program: number,
    };
    let letter = letters::invitation(call, &look, [&email, &row.name, &url], &way_out);
    if !advocates::claim_invitation(call.db(), number, row.number, call.now).await? {
        let detail = "the advocate was invited less than a minute ago";
        return Err(Problem::Conflict(detail.to_owned()));
    }
    let sent = mail::taken(call.service.mail.send(letter).await);
    let at = sent.is_ok().then_some(call.now);
    advocates::end_invitation(call.db(), number, row.number, at).await?;
    let provider_id = sent.map_err(|cause| {
        call.note(&Fault {
            message: "an advocate's invitation was not sent",
            cause,
        });
        Problem::NotSent
    })?;
    let who = (number, row.number);
    messages::note_sent(call.db(), invitation, who, provider_id, call.now).await?;
    Ok(email)
}
