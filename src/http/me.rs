//! `/v1/me`: what advocates see and do of their own.
//!
//! Owns whose everything is: the advocate who is signed in, never one whom a
//! request names. What is done then is done as it is for everybody, by the modules
//! that do it.

use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Call, Response, advocates, codes,
    input::{self, Page},
    intake::{self, Referral},
    leads::Prospect,
    limits, links,
    once::{Effect, once_of},
    output, people, portal as signing,
    problem::{Fault, Problem},
    programs,
    request::Request,
    rewards, shares,
};
use crate::{
    decode::record,
    domain::{
        attribution::{Proof, Touch},
        channel::{Channel, Medium},
        link::{AdvocateNumber, LabelNumber, Link, ProgramNumber},
        program::{Email, Identifier, Name, Prose, Status},
    },
    store::{
        self,
        advocates::{New, Reference, Row},
        portal::{self, Seat},
        several,
    },
};

const DAY: i64 = 86_400_000;

/// How many an advocate names within a day at most, and brings in. Each of these gets
/// a letter.
const MOST_A_DAY: u32 = 50;

record! {
    /// What changes; what is left out stays.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct MyChanges {
        #[schema(value_type = Option<String>)]
        name: Option<Name>,
        /// Whether those who follow their links may read their first name.
        shows_name: Option<bool>,
    }
}

record! {
    /// Another program.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Other {
        /// Its slug.
        program: String,
    }
}

record! {
    /// The advocate is sharing: the composer is opened, or the link copied.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct MyShare {
        medium: Medium,
        /// The sender's own id for it. Sent again, it changes nothing.
        #[schema(value_type = Option<String>)]
        event_id: Option<Identifier>,
    }
}

record! {
    /// Somebody whom the advocate names.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct MyReferral {
        /// By `email` or `phone` they can be reached; for a company to which the
        /// advocate makes the introduction, `company` and `note` do.
        prospect: Prospect,
        #[schema(value_type = Option<String>)]
        note: Option<Prose>,
    }
}

record! {
    /// Somebody whom the advocate brings in.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Colleague {
        #[schema(value_type = String)]
        name: Name,
        #[schema(value_type = String)]
        email: Email,
        /// Whether they are of the advocate's own company.
        is_member: bool,
    }
}

/// Somebody who was brought in.
#[derive(Serialize, ToSchema)]
pub(super) struct BroughtIn {
    /// Their id.
    id: Option<String>,
    /// Whether their invitation was sent.
    sent: bool,
}

#[derive(Serialize)]
struct MyLink {
    channel: Channel,
    medium: Medium,
    url: String,
}

#[derive(Serialize)]
struct Kept<'a> {
    lead: &'a str,
}

/// What an advocate is told who names somebody.
#[derive(Serialize, ToSchema)]
pub(super) struct Noted {
    #[schema(example = true)]
    received: bool,
}

/// Answers all that an advocate's page shows at first.
#[utoipa::path(get, path = "/v1/me", tag = "me", responses((status = 200, body = Me)))]
pub(super) async fn read(request: Request) -> Result<Response, Problem> {
    let (seat, session) = request.seat()?;
    answer(&request.call, seat, session).await
}

/// The same, for whoever was just signed in.
pub(super) async fn answer(call: &Call, seat: &Seat, session: &str) -> Result<Response, Problem> {
    // A text always serialises.
    let links = serde_json::to_string(&my_links(call, seat).await?).unwrap_or_default();
    let document = portal::who(call.db(), seat, &links, session, call.now).await?;
    Ok(output::text(StatusCode::OK, document))
}

/// A link for each medium; none where there is nothing that it could lead to.
async fn my_links(call: &Call, seat: &Seat) -> Result<Vec<MyLink>, Problem> {
    let program =
        ProgramNumber::new(seat.program).ok_or(Problem::misassembled("a program's number"))?;
    let destination = match links::destination(call, seat.program, None).await {
        Ok((number, _)) => number,
        Err(Problem::Invalid(_)) => return Ok(Vec::new()),
        Err(problem) => return Err(problem),
    };
    let revoked = store::snapshot::revoked(call.db(), seat.program).await?;
    let mut links = Vec::new();
    for medium in Medium::ALL {
        let link = Link {
            program,
            advocate: AdvocateNumber(seat.number),
            medium,
            destination,
            label: LabelNumber::default(),
        };
        if !revoked.contains(&link.pack()) {
            links.push(MyLink {
                channel: medium.channel(),
                medium,
                url: [&call.base_url, "/", &call.service.keyring.sign_link(&link)].concat(),
            });
        }
    }
    Ok(links)
}

/// Whether a text can be what somebody is called, rather than an advert, which others
/// would read on a page or in a letter of the program's: it has no address in it, is
/// not long, and nothing of it is invisible or turns the rest around.
fn is_a_name(text: &str) -> bool {
    let domain = text
        .split('.')
        .skip(1)
        .any(|rest| rest.chars().take_while(|c| c.is_alphabetic()).count() > 1);
    let hidden = |c: char| {
        matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}' | '\u{feff}')
    };
    !domain
        && !text.contains(['/', '@', ':'])
        && !text.contains(hidden)
        && text.chars().count() <= 60
}

/// Changes what an advocate may change of themselves.
#[utoipa::path(patch, path = "/v1/me", tag = "me", request_body = MyChanges,
    responses((status = 200, body = Me)))]
pub(super) async fn update(request: Request) -> Result<Response, Problem> {
    let (seat, session) = request.seat()?;
    let changes: MyChanges = request.json()?;
    let call = &request.call;
    let name = changes.name.as_ref().map(Name::as_str);
    if name.is_some_and(|name| !is_a_name(name)) {
        return Err(Problem::field("name", "is no name of a person"));
    }
    portal::update(call.db(), seat, name, changes.shows_name, call.now).await?;
    answer(call, seat, session).await
}

/// Goes over to another program of the same address.
#[utoipa::path(put, path = "/v1/me/program", tag = "me", request_body = Other,
    responses((status = 200, body = Me)))]
pub(super) async fn switch(request: Request) -> Result<Response, Problem> {
    let (_, session) = request.seat()?;
    let other: Other = request.json()?;
    let call = &request.call;
    if !portal::switch(call.db(), session, &other.program).await? {
        return Err(Problem::field("program", "is none that you are in"));
    }
    let seat = portal::by_session(call.db(), session, call.now, 0).await?;
    answer(call, &seat.ok_or(Problem::Unauthenticated)?, session).await
}

/// Answers the advocate's spoken code: 201 if it is new.
#[utoipa::path(post, path = "/v1/me/code", tag = "me", request_body = input::Nothing,
    responses((status = 201, body = codes::KnownCode), (status = 200, body = codes::KnownCode)))]
pub(super) async fn code(request: Request) -> Result<Response, Problem> {
    request.nothing()?;
    let (seat, _) = request.seat()?;
    let id = AdvocateNumber(seat.number).to_id();
    let wanted = wanted(seat, &id, Medium::InPerson);
    codes::issue_to(&request.call, wanted).await
}

fn wanted<'a>(seat: &'a Seat, id: &'a str, medium: Medium) -> links::Wanted<'a> {
    links::Wanted {
        program: &seat.program_slug,
        advocate: id,
        medium,
        destination: None,
        label: None,
    }
}

/// Records that the advocate is sharing.
#[utoipa::path(post, path = "/v1/me/shares", tag = "me", request_body = MyShare,
    responses((status = 201, body = shares::RecordedShare)))]
pub(super) async fn share(request: Request) -> Result<Response, Problem> {
    limits::admit(&request, "share").await?;
    let (seat, _) = request.seat()?;
    let share: MyShare = request.json()?;
    let program = seat.program_slug.clone();
    let advocate = AdvocateNumber(seat.number).to_id();
    let new = shares::NewShare::own(program, advocate, share.medium, share.event_id);
    let visitor = shares::Visitor::of(request.headers());
    let space = [request.key(), " "].concat();
    shares::take(&request, new, visitor, &space).await
}

/// Takes in somebody whom the advocate names. With an `Idempotency-Key` the call is
/// done once for ever.
#[utoipa::path(post, path = "/v1/me/referrals", tag = "me", request_body = MyReferral,
    responses((status = 201, body = Noted)))]
pub(super) async fn refer(request: Request) -> Result<Response, Problem> {
    limits::admit(&request, "form").await?;
    let (seat, _) = request.seat()?;
    let referral: MyReferral = request.json()?;
    let call = &request.call;
    let person = referral
        .prospect
        .named("prospect", referral.note, call.now)?;
    let id = AdvocateNumber(seat.number).to_id();
    let mut response = once_of(&request, seat.program, &id, &|| {
        Box::pin(async {
            let program = programs::usable(call, &seat.program_slug, None).await?;
            let me = active(call, seat).await?;
            if portal::named_since(call.db(), seat, call.now - DAY).await? >= MOST_A_DAY {
                return Err(Problem::TooManyRequests);
            }
            let touch = Touch {
                n: 0,
                kind: Proof::Advocate,
                at: call.now,
                advocate: me.number,
                merged_into: None,
                medium: Medium::Form.code(),
                destination: 0,
                label: 0,
                proof: id.clone(),
                place: None,
            };
            let taken = intake::take(
                call,
                &Referral {
                    program: &program,
                    source: "form",
                    at: call.now,
                    person: person.clone(),
                    touches: vec![touch],
                    refused: Vec::new(),
                    registered: None,
                    rep: None,
                    sale: None,
                    suspected: false,
                    by: request.key(),
                },
            )
            .await?;
            // By the lead an erasure finds what was asked.
            let noted = Kept {
                lead: &taken.lead.id,
            };
            Effect::new(201, &noted, taken.statements, taken.accounts)
        })
    })
    .await?;
    // Whether the lead was there before is for nobody to find out by naming them.
    let mut told = output::json(StatusCode::CREATED, &Noted { received: true });
    std::mem::swap(&mut response.body, &mut told.body);
    Ok(response)
}

/// The advocate, whose links work.
async fn active(call: &Call, seat: &Seat) -> Result<Row, Problem> {
    let reference = Reference::Number(AdvocateNumber(seat.number));
    let row = store::advocates::find(call.db(), seat.program, &reference).await?;
    let row = row.ok_or(Problem::Unauthenticated)?;
    if row.status == Status::Disabled {
        let detail = "your part in the program has ended; ask whoever runs it";
        return Err(Problem::Conflict(detail.to_owned()));
    }
    Ok(row)
}

/// Lists the advocate's referrals, newest first.
#[utoipa::path(get, path = "/v1/me/referrals", tag = "me", params(Page),
    responses((status = 200, body = output::Items<MyReferred>)))]
pub(super) async fn referrals(request: Request) -> Result<Response, Problem> {
    let (seat, _) = request.seat()?;
    let page: Page = request.query()?;
    let (at, id) = page.before()?;
    let limit = page.limit.get();
    let rows = portal::referrals(request.call.db(), seat, (at, &id), limit + 1).await?;
    Ok(output::documents(rows, limit))
}

/// Answers the advocate's statement.
#[utoipa::path(get, path = "/v1/me/statement", tag = "me", params(rewards::Time),
    responses((status = 200, body = rewards::Statement)))]
pub(super) async fn statement(request: Request) -> Result<Response, Problem> {
    let (seat, _) = request.seat()?;
    rewards::statement_of(&request, seat.program, seat.number).await
}

/// Lists those whom the advocate brought in, oldest first.
#[utoipa::path(get, path = "/v1/me/team", tag = "me", params(Page),
    responses((status = 200, body = output::Items<MyColleague>)))]
pub(super) async fn team(request: Request) -> Result<Response, Problem> {
    let (seat, _) = request.seat()?;
    let page: Page = request.query()?;
    let after = page.after((-1, -1), |cursor| {
        let (created_at, number) = cursor.split_once('.')?;
        Some((created_at.parse().ok()?, number.parse().ok()?))
    })?;
    let limit = page.limit.get();
    let call = &request.call;
    let rows = portal::team(call.db(), seat, after, limit + 1, call.now).await?;
    Ok(output::documents(rows, limit))
}

/// Brings somebody in as an advocate of the same program, and sends them the
/// program's invitation. Whoever is one already is left alone: then, too, `sent` is
/// false, and there is no `id`.
#[utoipa::path(post, path = "/v1/me/team", tag = "me", request_body = Colleague,
    responses((status = 201, body = BroughtIn)))]
pub(super) async fn bring(request: Request) -> Result<Response, Problem> {
    limits::admit(&request, "form").await?;
    let (seat, _) = request.seat()?;
    let colleague: Colleague = request.json()?;
    // It stands in a letter to somebody who did not ask for one.
    if !is_a_name(colleague.name.as_str()) {
        return Err(Problem::field("name", "is no name of a person"));
    }
    let call = &request.call;
    let program = programs::usable(call, &seat.program_slug, None).await?;
    let me = active(call, seat).await?;
    if portal::brought_since(call.db(), seat, call.now - DAY).await? >= MOST_A_DAY {
        return Err(Problem::TooManyRequests);
    }
    let number = getrandom::u32().map_err(Fault::no_randomness)?;
    let new = New {
        external_id: None,
        kind: me.kind,
        name: &colleague.name,
        email: Some(&colleague.email),
        segment: None,
        owner: me.owner.as_deref(),
    };
    let [guard, insert] = store::advocates::insert_as(program.number, number, &new, call.now);
    let adopt = portal::adopt(seat, number, colleague.is_member);
    let added = several(call.db(), [guard, insert, adopt]).await;
    if let Err(error) = added {
        // Who is an advocate already, is not for others to find out.
        if error.is_conflict() {
            let nobody = BroughtIn {
                id: None,
                sent: false,
            };
            return Ok(output::json(StatusCode::CREATED, &nobody));
        }
        return Err(error.into());
    }
    let id = AdvocateNumber(number).to_id();
    let row = advocates::require(call, program.number, &id, None).await?;
    // They are in, whatever becomes of the letter: the log has it.
    let invited = advocates::send_invitation(call, &program, row)
        .await
        .is_ok();
    Ok(output::json(
        StatusCode::CREATED,
        &BroughtIn {
            id: Some(id),
            sent: invited,
        },
    ))
}

/// Answers all that is stored about the person. 409 for who was signed in by a
/// server's word.
#[utoipa::path(post, path = "/v1/me/export", tag = "me", request_body = input::Nothing,
    responses((status = 200, body = people::Exported)))]
pub(super) async fn export(request: Request) -> Result<Response, Problem> {
    request.nothing()?;
    people::export_of(&request, &myself(&request)?).await
}

/// Leaves: erases the person, in every program and for good. 409 for who was signed
/// in by a server's word.
#[utoipa::path(post, path = "/v1/me/leave", tag = "me", request_body = input::Nothing,
    responses((status = 204)))]
pub(super) async fn leave(request: Request) -> Result<Response, Problem> {
    request.nothing()?;
    let mut erased = people::erase_of(&request, &myself(&request)?).await?;
    let mut response = signing::gone();
    response.fault = erased.fault.take();
    Ok(response)
}

/// The person who is signed in, who has to have shown that the mailbox is theirs.
fn myself(request: &Request) -> Result<people::Whom, Problem> {
    let (seat, _) = request.seat()?;
    if !seat.by_mail {
        let detail = "sign in by a link in a mail first: a site that shows this page \
                      does not decide about your data";
        return Err(Problem::Conflict(detail.to_owned()));
    }
    let id = AdvocateNumber(seat.number).to_id();
    Ok(people::Whom::advocate(seat.program_slug.clone(), id))
}

/// An advocate, as their own page shows them. SQL puts it together
/// (`store::portal`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct Me {
    /// Slug, name, zone and status.
    #[schema(value_type = Object)]
    program: (),
    /// Slug and name of each program that the address is in.
    #[schema(value_type = Vec<Object>)]
    programs: Vec<()>,
    /// Id, name, address, kind, segment, status, whether prospects may read the
    /// first name, and since when they are one.
    #[schema(value_type = Object)]
    advocate: (),
    /// What the program says, but for its card; `{}` for nothing.
    #[schema(value_type = Object)]
    content: (),
    /// Title, description and image of its social card.
    #[schema(value_type = Object)]
    preview: (),
    /// A link for each medium: `channel`, `medium`, `url`.
    #[schema(value_type = Vec<Object>)]
    links: Vec<()>,
    /// A spoken code that there is already.
    code: Option<String>,
    /// Version and rules of the rewards that hold for new referrals.
    #[schema(value_type = Option<Object>)]
    terms: Option<()>,
    /// What each rule has brought: `rule`, `count`, `amount`, `unit`.
    #[schema(value_type = Vec<Object>)]
    earned: Vec<()>,
    /// Shares, clicks, leads, accepted, meetings, won.
    #[schema(value_type = Object)]
    totals: (),
    /// For each unit what is pending, approved and paid.
    #[schema(value_type = Vec<Object>)]
    balance: Vec<()>,
    /// Name and address of the rep who owns them.
    #[schema(value_type = Option<Object>)]
    contact: Option<()>,
    /// How many people they brought in, and who brought them in.
    #[schema(value_type = Object)]
    team: (),
    /// Whether they showed that the mailbox is theirs.
    by_mail: bool,
    expires_at: String,
}

/// A referral, as its advocate sees it. SQL puts it together (`store::portal`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct MyReferred {
    id: String,
    /// Initials, unless they named the person.
    name: Option<String>,
    /// Null, unless they named the person.
    company: Option<String>,
    /// Whether they named the person.
    named: bool,
    medium: Option<Medium>,
    stage: crate::domain::lead::Stage,
    at: String,
    /// `stage` and `at` of each stage that was reached.
    #[schema(value_type = Vec<Object>)]
    timeline: Vec<()>,
    /// `amount`, `unit` and `state` of what they get for it.
    #[schema(value_type = Vec<Object>)]
    rewards: Vec<()>,
}

/// Somebody whom an advocate brought in. SQL puts it together (`store::portal`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct MyColleague {
    id: String,
    name: String,
    /// Whether they are of the same company.
    is_member: bool,
    /// When they first signed in.
    joined_at: Option<String>,
    created_at: String,
    shares: u32,
    clicks: u32,
    leads: u32,
    won: u32,
}
