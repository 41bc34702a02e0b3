//! `/v1/people`: hand over all that is stored about a person, or take it away.

use http::StatusCode;
use utoipa::ToSchema;

use super::{
    Call, Response, advocates, output,
    problem::{self, Problem},
    programs,
    request::Request,
};
use crate::{
    decode::record,
    domain::{person, program::Email},
    store::{
        DatabaseError,
        people::{self, Found, Wanted},
    },
};

/// Rounds before giving up against others who write the same rows.
const ROUNDS: usize = 16;

record! {
    /// Who is meant: by `email`, by `lead`, or by `program` and `advocate`. Whichever
    /// it is, all that has the same e-mail address is theirs too, in every program.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Whom {
        /// Their address, spelled in any way.
        #[schema(value_type = Option<String>, example = "sam@example.org")]
        email: Option<Email>,
        /// Id of a lead.
        lead: Option<String>,
        /// Slug of the program that `advocate` is in.
        program: Option<String>,
        /// Id of an advocate, or `ext:` and their external id.
        advocate: Option<String>,
    }
}

impl Whom {
    /// An advocate, by the slug of the program and their id.
    pub(super) const fn advocate(program: String, advocate: String) -> Self {
        Self {
            email: None,
            lead: None,
            program: Some(program),
            advocate: Some(advocate),
        }
    }
}

/// Answers all that is stored about a person, in every program. Of others it has
/// ids alone: of those whom they referred, and of whoever referred them. Not in it
/// are clicks, whose visitor hashes cannot be told to be anybody's once the day is
/// over, and what others wrote of them in passing.
#[utoipa::path(post, path = "/v1/people/export", tag = "people", request_body = Whom,
    responses((status = 200, body = Exported),
        (status = 404, body = problem::Body, content_type = "application/problem+json",
            description = "Nothing is stored about such a person.")))]
pub(super) async fn export(request: Request) -> Result<Response, Problem> {
    let whom: Whom = request.json()?;
    export_of(&request, &whom).await
}

/// Answers all that is stored about a person.
pub(super) async fn export_of(request: &Request, whom: &Whom) -> Result<Response, Problem> {
    let db = request.call.db();
    let (_, found) = find(&request.call, whom).await?;
    let document = people::export::document(db, &found).await?;
    Ok(output::text(StatusCode::OK, document))
}

/// Erases a person, in every program and for good; the ledger, its sums and all
/// counts stay. Their links lead to the neutral page, their spoken codes end. Calls
/// that named them get 409 if they are sent again under their idempotency key; sent
/// without one, they are news of somebody new. A backup has the person still: D1's
/// Time Travel for 30 days.
///
/// Free text goes with them: notes, consent, places, reasons and remarks. What the
/// caller chose to be kept stays, and should name nobody: ids of orders, refunds and
/// events, idempotency keys, slugs, and reasons and references in the ledger.
#[utoipa::path(post, path = "/v1/people/erase", tag = "people", request_body = Whom,
    responses((status = 200, body = Erased),
        (status = 404, body = problem::Body, content_type = "application/problem+json",
            description = "Nothing is stored about such a person.")))]
pub(super) async fn erase(request: Request) -> Result<Response, Problem> {
    let whom: Whom = request.json()?;
    erase_of(&request, &whom).await
}

/// Erases a person.
pub(super) async fn erase_of(request: &Request, whom: &Whom) -> Result<Response, Problem> {
    let call = &request.call;
    for _ in 0..ROUNDS {
        let (wanted, found) = find(call, whom).await?;
        match people::erase(call.db(), &wanted, &found, call.now, request.key()).await {
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
            Ok(counts) => {
                let response = output::text(StatusCode::OK, counts);
                return Ok(output::published_if(found.advocates > 0, call, response).await);
            }
        }
    }
    Err(Problem::Unavailable(DatabaseError::Failed(
        "others kept writing the same rows".to_owned(),
    )))
}

/// The person who is meant.
async fn find(call: &Call, whom: &Whom) -> Result<(Wanted, Found), Problem> {
    let wanted = wanted(call, whom).await?;
    let found = wanted.find(call.db()).await?;
    if found.rows == 0 {
        return Err(Problem::NotFound(
            "nothing is stored about such a person".to_owned(),
        ));
    }
    Ok((wanted, found))
}

async fn wanted(call: &Call, whom: &Whom) -> Result<Wanted, Problem> {
    match whom {
        Whom {
            email: Some(email),
            lead: None,
            program: None,
            advocate: None,
        } => Ok(with_address(email.as_str())),
        Whom {
            email: None,
            lead: Some(id),
            program: None,
            advocate: None,
        } => {
            let address = people::address_of(call.db(), id).await?;
            let address =
                address.ok_or_else(|| Problem::NotFound(format!("there is no lead `{id}`")))?;
            let known = address.email.as_deref().map(with_address);
            Ok(Wanted {
                email_hash: address.email_hash,
                lead: Some(id.clone()),
                ..known.unwrap_or_default()
            })
        }
        Whom {
            email: None,
            lead: None,
            program: Some(program),
            advocate: Some(advocate),
        } => {
            let program = programs::require(call, program, Some("program")).await?;
            let row = advocates::require(call, program.number, advocate, None).await?;
            let known = row.email.as_deref().map(with_address);
            Ok(Wanted {
                advocate: Some((program.number, row.number)),
                ..known.unwrap_or_default()
            })
        }
        _ => Err(Problem::field(
            "(body)",
            "needs `email`, or `lead`, or `program` and `advocate`, and nothing beside it",
        )),
    }
}

/// Whoever has an address, as it may be written in rows from before its hash was
/// kept.
fn with_address(email: &str) -> Wanted {
    let key = person::email_key(email);
    Wanted {
        email_hash: Some(person::email_hash(&key)),
        spelled: vec![email.to_ascii_lowercase(), key],
        ..Wanted::default()
    }
}

/// All that is stored about a person. SQL puts it together (`store::people`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct Exported {
    /// The person as an advocate, once for each program: profile, spoken codes,
    /// visitor hashes, shares, referrals, rewards with their ledger, payout lines,
    /// letters, and whether they get any.
    #[schema(value_type = Vec<Object>)]
    advocates: Vec<()>,
    /// The person as a prospect: who they are, consent, progress, credit, touches,
    /// decisions, history, flags, sales with refunds, rewards, payout lines.
    #[schema(value_type = Vec<Object>)]
    leads: Vec<()>,
    /// Sales that have their address, or what the billing system calls them, and
    /// belong to no lead of theirs.
    #[schema(value_type = Vec<Object>)]
    sales: Vec<()>,
}

/// What was erased, in numbers; nothing that was erased before counts again.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct Erased {
    advocates: u32,
    leads: u32,
    /// Sales that said who bought.
    sales: u32,
    /// Spoken codes, which begin with a name.
    codes: u32,
    /// Visitor hashes.
    visitors: u32,
}
