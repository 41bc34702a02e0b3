//! `/v1/codes`: spoken codes, issued, looked up and revoked. The link of one,
//! `/s/MAYA-7KQ-4TX`, is followed by `cloudflare`.

use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Call, Response,
    links::{self, Wanted},
    output,
    problem::{Fault, Problem},
    request::Request,
};
use crate::{
    decode::record,
    domain::{
        attribution::{Proof, Touch},
        channel::{Channel, Medium},
        link::AdvocateNumber,
        program::Status,
        spoken::{Key, SpokenCode},
    },
    store::{
        programs,
        spoken::{self, Row},
    },
};

/// Codes to try before giving up: one is taken once in two million times.
const TRIES: usize = 4;

record! {
    /// What a code shall stand for.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct NewCode {
        /// Slug of the program.
        program: String,
        /// Id of the advocate, or `ext:` and their external id.
        advocate: String,
        /// Its default medium is taken, unless a medium is given too; verbal unless said.
        channel: Option<Channel>,
        medium: Option<Medium>,
        /// Slug of the destination; the program's first unless said.
        destination: Option<String>,
        /// Slug of the label; none unless said.
        label: Option<String>,
    }
}

/// A spoken code.
#[derive(Serialize, ToSchema)]
pub(super) struct KnownCode {
    /// As it is said; case, blanks, hyphens and look-alikes do not matter when it
    /// is typed.
    #[schema(example = "MAYA-7KQ-4TX")]
    code: String,
    /// It as a link.
    url: String,
    program: String,
    /// Id of the advocate.
    advocate: String,
    advocate_name: String,
    channel: Option<Channel>,
    medium: Option<Medium>,
    /// Whether it earns anything.
    works: bool,
    created_at: String,
    revoked_at: Option<String>,
}

impl KnownCode {
    fn of(call: &Call, row: Row) -> Self {
        let medium = Medium::from_code(row.medium);
        Self {
            url: format!("{}/s/{}", call.base_url, row.code),
            works: works(&row),
            code: row.code,
            program: row.program_slug,
            advocate: AdvocateNumber(row.advocate).to_id(),
            advocate_name: row.advocate_name,
            channel: medium.map(Medium::channel),
            medium,
            created_at: output::time(row.created_at),
            revoked_at: row.revoked_at.map(output::time),
        }
    }
}

fn works(row: &Row) -> bool {
    row.revoked_at.is_none() && row.advocate_status == Status::Active
}

/// Issues a code: 201 for a new one, 200 with the one that there is for the same
/// advocate, medium, destination and label.
#[utoipa::path(post, path = "/v1/codes", tag = "links", request_body = NewCode,
    responses((status = 201, body = KnownCode), (status = 200, body = KnownCode)))]
pub(super) async fn issue(request: Request) -> Result<Response, Problem> {
    let new: NewCode = request.json()?;
    let channel = match (new.channel, new.medium) {
        (None, None) => Some(Channel::Verbal),
        (channel, _) => channel,
    };
    let wanted = Wanted {
        program: &new.program,
        advocate: &new.advocate,
        medium: links::medium(channel, new.medium)?,
        destination: new.destination.as_deref(),
        label: new.label.as_deref(),
    };
    issue_to(&request.call, wanted).await
}

/// Issues a code for what is wanted.
pub(super) async fn issue_to(call: &Call, wanted: Wanted<'_>) -> Result<Response, Problem> {
    let resolved = links::resolve(call, wanted).await?;
    for _ in 0..TRIES {
        let mut random = [0; 4];
        getrandom::fill(&mut random).map_err(Fault::no_randomness)?;
        let code = SpokenCode::new(&resolved.advocate_name, random);
        let (key, text) = (code.key(), code.display());
        let issued =
            spoken::issue(call.db(), &resolved.link, key.as_str(), &text, call.now).await?;
        if let Some((row, is_new)) = issued {
            let status = if is_new {
                StatusCode::CREATED
            } else {
                StatusCode::OK
            };
            return Ok(output::json(status, &KnownCode::of(call, row)));
        }
    }
    Err(Problem::Conflict("no code was free; try again".to_owned()))
}

/// The key in the path, whatever way it was typed.
fn key(request: &Request) -> Result<Key, Problem> {
    Key::parse(request.path("code")).ok_or_else(|| missing(request))
}

fn missing(request: &Request) -> Problem {
    Problem::NotFound(format!("there is no code `{}`", request.path("code")))
}

/// Looks a code up, typed in whatever way.
#[utoipa::path(get, path = "/v1/codes/{code}", tag = "links",
    params(("code" = String, Path, description = "The code")),
    responses((status = 200, body = KnownCode)))]
pub(super) async fn read(request: Request) -> Result<Response, Problem> {
    let row = spoken::find(request.call.db(), key(&request)?.as_str()).await?;
    let row = row.ok_or_else(|| missing(&request))?;
    Ok(output::json(
        StatusCode::OK,
        &KnownCode::of(&request.call, row),
    ))
}

/// Revokes a code, for good. Its link ends at once here, within two minutes
/// everywhere; within six if it could not be forgotten where links are answered from.
#[utoipa::path(post, path = "/v1/codes/{code}/revoke", tag = "links",
    params(("code" = String, Path, description = "The code")),
    responses((status = 200, body = KnownCode)))]
pub(super) async fn revoke(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let key = key(&request)?;
    let row = spoken::revoke(call.db(), key.as_str(), call.now).await?;
    let row = row.ok_or_else(|| missing(&request))?;
    let mut response = output::json(StatusCode::OK, &KnownCode::of(call, row));
    if let Err(error) = call.service.snapshots.forget(&key).await {
        // It is revoked; where it was looked up before, it expires.
        response.fault = Some(Fault {
            message: "a revoked code was not forgotten; it is followed until it expires",
            cause: error.to_string(),
        });
    }
    Ok(response)
}

/// The touch that a typed code proves, or why it proves none here. Said at `at`
/// (Unix ms).
pub(super) async fn touch(
    call: &Call,
    program: &programs::Row,
    typed: &str,
    at: i64,
) -> Result<Result<Touch, String>, Problem> {
    let row = match Key::parse(typed) {
        Some(key) => spoken::find(call.db(), key.as_str()).await?,
        None => None,
    };
    // A code of another program is none of this one: whoever guesses learns nothing.
    let Some(row) = row.filter(|row| row.program == program.number) else {
        return Ok(Err("is no code of this program".to_owned()));
    };
    if !works(&row) {
        return Ok(Err("no longer works".to_owned()));
    }
    Ok(Ok(Touch {
        n: 0,
        kind: Proof::Code,
        at,
        advocate: row.advocate,
        merged_into: None,
        medium: row.medium,
        destination: row.destination,
        label: row.label,
        proof: row.key,
        place: None,
    }))
}
