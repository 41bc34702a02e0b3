//! What a row of an advocate or of a lead comes to.

use super::UNCHANGED;
use crate::{
    decode::record,
    domain::{
        attribution::{CLOCK_SKEW, Proof, Touch},
        channel::Medium,
        link::AdvocateNumber,
        person,
        program::{AdvocateKind, Email, Identifier, Name, Prose, Slug, Status},
    },
    http::{
        Call, advocates, codes,
        intake::{self, Referral},
        leads::{self, Prospect},
        once::Effect,
        problem::{Fault, Problem},
        programs,
        request::Request,
    },
    store::{
        advocates::{self as stored, Changes, New, Reference, Row, insert_as},
        imports,
        leads::{self as known, Which},
        programs::Row as Program,
    },
};

record! {
    /// A row of an advocate.
    pub(super) struct Advocate {
        external_id: Option<Identifier>,
        name: Option<Name>,
        email: Option<Email>,
        kind: Option<AdvocateKind>,
        segment: Option<Slug>,
        owner: Option<String>,
        status: Option<Status>,
    }
}

record! {
    /// A row of a lead.
    pub(super) struct Lead {
        email: Option<Email>,
        name: Option<Name>,
        phone: Option<Name>,
        company: Option<Name>,
        customer: Option<Identifier>,
        at: Option<String>,
        advocate: Option<String>,
        code: Option<String>,
        medium: Option<Medium>,
        touched_at: Option<String>,
        note: Option<Prose>,
        rep: Option<String>,
    }
}

/// What an effect is about.
#[derive(serde::Serialize)]
struct Named {
    id: String,
}

/// Plans to create an advocate, or to change the one who is there.
pub(super) async fn advocate(
    request: &Request,
    program: &Program,
    row: &Advocate,
) -> Result<Effect, Problem> {
    let call = &request.call;
    if let Some(owner) = &row.owner {
        leads::rep(call, owner, "owner").await?;
    }
    let Some(found) = entry(call, program.number, row).await? else {
        return created(call, program.number, row);
    };
    if found.merged_into.is_some() || found.erased_at.is_some() {
        let detail = "the advocate was erased, or merged into another, and stays so";
        return Err(Problem::Conflict(detail.to_owned()));
    }
    let email = row.email.as_ref().map(Email::as_str);
    let segment = row.segment.as_ref().map(Slug::as_str);
    let is_other = |new: Option<&str>, old: Option<&str>| new.is_some() && new != old;
    let is_sorted_anew = row.kind.is_some_and(|kind| kind != found.kind)
        || is_other(email, found.email.as_deref())
        || is_other(segment, found.segment.as_deref());
    let is_changed = is_sorted_anew
        || is_other(row.name.as_ref().map(Name::as_str), Some(&found.name))
        || is_other(row.owner.as_deref(), found.owner.as_deref())
        || row.status.is_some_and(|status| status != found.status);
    let mut statements = Vec::new();
    if is_changed {
        let changes = Changes {
            kind: row.kind,
            name: row.name.as_ref(),
            email: email.map(str::to_owned),
            status: row.status,
            segment: segment.map(str::to_owned),
            owner: row.owner.clone(),
        };
        statements.push(stored::change(
            program.number,
            found.number,
            changes,
            call.now,
        ));
    }
    if let Some(external_id) = &row.external_id
        && found.external_id.is_none()
    {
        statements.push(stored::name(program.number, found.number, external_id));
    }
    let id = AdvocateNumber(found.number).to_id();
    Effect::new(200, &Named { id }, statements, vec![found.number])
}

/// Who is meant: by the external id, or by the address.
async fn entry(call: &Call, program: u16, row: &Advocate) -> Result<Option<Row>, Problem> {
    if let Some(external_id) = &row.external_id {
        let reference = Reference::External(external_id.as_str().to_owned());
        let found = stored::find(call.db(), program, &reference).await?;
        if found.is_some() {
            return Ok(found);
        }
    } else if row.email.is_none() {
        let detail = "is missing, and so is `email`: an advocate is known by one of them";
        return Err(Problem::field("external_id", detail));
    }
    let Some(email) = &row.email else {
        return Ok(None);
    };
    let hash = person::email_hash(&person::email_key(email.as_str()));
    let found = stored::by_email(call.db(), program, &hash).await?;
    if let Some(found) = &found
        && found.external_id.is_some()
        && row.external_id.is_some()
    {
        let id = AdvocateNumber(found.number).to_id();
        let detail = format!("is that of the advocate {id}, who has another external id");
        return Err(Problem::field("email", detail));
    }
    Ok(found)
}

fn created(call: &Call, program: u16, row: &Advocate) -> Result<Effect, Problem> {
    let name = row.name.as_ref();
    let new = New {
        external_id: row.external_id.as_ref(),
        kind: row.kind.unwrap_or(AdvocateKind::Customer),
        name: name.ok_or_else(|| Problem::field("name", "is missing"))?,
        email: row.email.as_ref(),
        segment: row.segment.as_ref().map(Slug::as_str),
        owner: row.owner.as_deref(),
    };
    // One number of four thousand million; if it is taken, the plan is made anew.
    let number = getrandom::u32().map_err(Fault::no_randomness)?;
    let mut statements = Vec::from(insert_as(program, number, &new, call.now));
    if row.status == Some(Status::Disabled) {
        let changes = Changes {
            status: row.status,
            ..Changes::default()
        };
        statements.push(stored::change(program, number, changes, call.now));
    }
    let id = AdvocateNumber(number).to_id();
    Effect::new(201, &Named { id }, statements, Vec::new())
}

/// Plans to take a lead in, or to add to the one who is there what it has not.
pub(super) async fn lead(
    request: &Request,
    program: &Program,
    row: &Lead,
) -> Result<Effect, Problem> {
    let call = &request.call;
    if row.email.is_none() && row.customer.is_none() {
        let detail = "is missing, and so is `customer`: a lead is known by one of them";
        return Err(Problem::field("email", detail));
    }
    programs::in_use(program, "program")?;
    let at = leads::past("at", row.at.as_deref(), call.now)?;
    let mut touches: Vec<Touch> = touch(request, program, row, at)
        .await?
        .into_iter()
        .collect();
    let prospect = Prospect {
        name: row.name.clone(),
        email: row.email.clone(),
        phone: row.phone.clone(),
        company: row.company.clone(),
        customer: row.customer.clone(),
    };
    let person = prospect.person("email", row.note.clone(), None, call.now)?;
    let mut found = None;
    if let Some(hash) = &person.email_hash {
        found = known::find(call.db(), Which::Email(program.number, hash)).await?;
    }
    if let (None, Some(customer)) = (&found, &person.customer) {
        let which = Which::Customer(program.number, customer, call.now + CLOCK_SKEW);
        found = known::find(call.db(), which).await?;
    }
    if let Some(found) = &found {
        // Whoever imports it, and whenever, unless the row says when it was.
        let is_dated = row.at.is_some() || row.touched_at.is_some();
        touches.retain(|touch| {
            !found.touches.iter().any(|known| {
                (known.kind, known.advocate) == (touch.kind, touch.advocate)
                    && (known.at == touch.at || !is_dated)
            })
        });
        if touches.is_empty() && !imports::adds(call.db(), &found.id, &person).await? {
            let id = found.id.clone();
            return Effect::new(UNCHANGED, &Named { id }, Vec::new(), Vec::new());
        }
    }
    let rep = match &row.rep {
        Some(slug) => Some(leads::rep(call, slug, "rep").await?),
        None => None,
    };
    let referral = Referral {
        program,
        source: if rep.is_some() { "rep" } else { "server" },
        at,
        person,
        touches,
        refused: Vec::new(),
        registered: None,
        rep,
        sale: None,
        suspected: false,
        by: request.key(),
    };
    let taken = match found {
        Some(lead) => intake::take_known(call, &referral, lead).await?,
        None => intake::take(call, &referral).await?,
    };
    taken.effect(program)
}

/// What a row says of whose the lead is: by a spoken code, or by another system's word.
async fn touch(
    request: &Request,
    program: &Program,
    row: &Lead,
    at: i64,
) -> Result<Option<Touch>, Problem> {
    let call = &request.call;
    let when = match &row.touched_at {
        None => at,
        Some(text) => leads::past("touched_at", Some(text), call.now)?,
    };
    if let Some(code) = &row.code {
        let touch = codes::touch(call, program, code, when).await?;
        return touch.map(Some).map_err(|why| Problem::field("code", why));
    }
    let Some(reference) = &row.advocate else {
        return Ok(None);
    };
    let named = if reference.contains('@') && !reference.starts_with("ext:") {
        let hash = person::email_hash(&person::email_key(reference));
        let found = stored::by_email(call.db(), program.number, &hash).await?;
        found.ok_or_else(|| {
            Problem::field("advocate", "there is nobody of that address in the program")
        })?
    } else {
        advocates::entry(call, program.number, reference, Some("advocate")).await?
    };
    let touch = Touch {
        n: 0,
        kind: Proof::Import,
        at: when,
        advocate: named.number,
        merged_into: None,
        medium: row.medium.unwrap_or(Medium::Copy).code(),
        destination: 0,
        label: 0,
        proof: request.key().to_owned(),
        place: None,
    };
    let touch = intake::usable(call, program, touch).await?;
    touch
        .map(Some)
        .map_err(|why| Problem::field("advocate", why))
}
