//! `/v1/referrals/verbal`: what was said, entered while talking.
//!
//! One call registers the advocate if they are new, takes the prospect in, and
//! has the rep's word for a touch. No click is invented.

use utoipa::ToSchema;

use super::{
    Call, Response, advocates,
    intake::{self, Referral, Registered, TakenLead},
    leads::{self, Prospect, past},
    links,
    once::once,
    problem::{Fault, Problem},
    programs,
    request::Request,
};
use crate::{
    decode::record,
    domain::{
        attribution::{Proof, Touch},
        channel::{Channel, Medium},
        person,
        program::{AdvocateKind, Email, Identifier, Name, Prose, Status},
    },
    store::{
        self, Statement,
        advocates::{New, Reference, insert_as},
        programs::Row,
        reps::Rep,
    },
};

record! {
    /// A referral that was spoken.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Spoken {
        /// Slug of the program.
        program: String,
        advocate: Named,
        prospect: Prospect,
        /// `in_person`, `phone` or `video`.
        medium: Medium,
        /// Slug of the rep who heard it.
        rep: String,
        /// When it was said (RFC 3339); now unless said.
        #[schema(format = "date-time")]
        at: Option<String>,
        /// Where it was said.
        #[schema(value_type = Option<String>, example = "trade fair, booth 12")]
        place: Option<Name>,
        /// Slug of the label; none unless said.
        label: Option<String>,
        #[schema(value_type = Option<String>)]
        note: Option<Prose>,
    }
}

record! {
    /// The advocate: one who is there by `id`, or by who they are; then whoever has
    /// the external id or the address is found, and a new one is registered.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Named {
        /// Id, or `ext:` and external id. Nothing else is then needed.
        id: Option<String>,
        #[schema(value_type = Option<String>)]
        name: Option<Name>,
        #[schema(value_type = Option<String>)]
        email: Option<Email>,
        #[schema(value_type = Option<String>)]
        external_id: Option<Identifier>,
        /// `customer` unless said.
        kind: Option<AdvocateKind>,
    }
}

/// Who is credited: somebody who is there, or somebody to be registered.
struct Credited {
    number: u32,
    statements: Vec<Statement>,
}

/// Enters a spoken referral: 201 for a new lead, 200 for one that was there. A
/// new advocate belongs to the rep who enters them. With an `Idempotency-Key` the
/// call is done once for ever.
#[utoipa::path(post, path = "/v1/referrals/verbal", tag = "leads", request_body = Spoken,
    responses((status = 201, body = TakenLead), (status = 200, body = TakenLead)))]
pub(super) async fn enter(request: Request) -> Result<Response, Problem> {
    let spoken: Spoken = request.json()?;
    let call = &request.call;
    if spoken.medium.channel() != Channel::Verbal {
        return Err(Problem::field(
            "medium",
            "must be in_person, phone or video",
        ));
    }
    let program = programs::require(call, &spoken.program, Some("program")).await?;
    let at = past("at", spoken.at.as_deref(), call.now)?;
    let person = spoken
        .prospect
        .person("prospect", spoken.note, None, call.now)?;
    once(&request, program.number, None, &|| {
        Box::pin(async {
            programs::in_use(&program, "program")?;
            let rep = leads::rep(call, &spoken.rep, "rep").await?;
            let label = links::label(call, program.number, spoken.label.as_deref()).await?;
            let credited = credited(call, &program, &spoken.advocate, &rep).await?;
            let touch = Touch {
                n: 0,
                kind: Proof::Rep,
                at,
                advocate: credited.number,
                merged_into: None,
                medium: spoken.medium.code(),
                destination: 0,
                label: label.get(),
                proof: rep.slug.clone(),
                place: spoken.place.as_ref().map(|place| place.as_str().to_owned()),
            };
            let registered = Registered {
                number: credited.number,
                email: spoken.advocate.email.as_ref().map(Email::as_str),
                owner: &rep,
            };
            let is_new = !credited.statements.is_empty();
            let referral = Referral {
                program: &program,
                source: "rep",
                at: call.now,
                person: person.clone(),
                touches: vec![touch],
                refused: Vec::new(),
                registered: is_new.then_some(registered),
                rep: Some(rep.clone()),
                sale: None,
                suspected: false,
                by: request.key(),
            };
            let mut taken = intake::take(call, &referral).await?;
            taken.statements.splice(0..0, credited.statements);
            taken.effect(&program)
        })
    })
    .await
}

async fn credited(
    call: &Call,
    program: &Row,
    named: &Named,
    rep: &Rep,
) -> Result<Credited, Problem> {
    let found = if let Some(id) = &named.id {
        Some(advocates::require(call, program.number, id, Some("advocate.id")).await?)
    } else {
        known(call, program.number, named).await?
    };
    if let Some(row) = found {
        let row = advocates::remaining(call, program.number, row).await?;
        if row.status == Status::Disabled {
            return Err(Problem::field("advocate", "is disabled"));
        }
        return Ok(Credited {
            number: row.number,
            statements: Vec::new(),
        });
    }
    let Some(name) = &named.name else {
        let detail = "is missing: give the `id` of an advocate, or the `name` of a new one";
        return Err(Problem::field("advocate.name", detail));
    };
    // One number of four thousand million; if it is taken, the call begins anew.
    let number = getrandom::u32().map_err(Fault::no_randomness)?;
    let new = New {
        external_id: named.external_id.as_ref(),
        kind: named.kind.unwrap_or(AdvocateKind::Customer),
        name,
        email: named.email.as_ref(),
        segment: None,
        owner: Some(&rep.slug),
    };
    Ok(Credited {
        number,
        statements: insert_as(program.number, number, &new, call.now).into(),
    })
}

/// The advocate who has the external id or the address.
async fn known(
    call: &Call,
    program: u16,
    named: &Named,
) -> Result<Option<store::advocates::Row>, Problem> {
    if let Some(external) = &named.external_id {
        let reference = Reference::External(external.as_str().to_owned());
        let row = store::advocates::find(call.db(), program, &reference).await?;
        if row.is_some() {
            return Ok(row);
        }
    }
    let Some(email) = &named.email else {
        return Ok(None);
    };
    let hash = person::email_hash(&person::email_key(email.as_str()));
    Ok(store::advocates::by_email(call.db(), program, &hash).await?)
}
