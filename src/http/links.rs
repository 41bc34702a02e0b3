//! `/v1/links`: issue one, explain one, revoke one. Many stand in `links_bulk`.

use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Call, Response, advocates, output, problem::Problem, programs, request::Request};
use crate::{
    decode::record,
    domain::{
        channel::{self, Channel, ChoiceError, Medium},
        keyring::{self, CODE_LENGTH},
        link::{AdvocateNumber, DestinationNumber, LabelNumber, Link, ProgramNumber},
        program::Status,
        snapshot::Refusal,
    },
    store,
};

record! {
    /// What a link shall say.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct NewLink {
        /// Slug of the program.
        program: String,
        /// Id of the advocate, or `ext:` and their external id.
        advocate: String,
        /// Its default medium is taken, unless a medium is given too.
        channel: Option<Channel>,
        medium: Option<Medium>,
        /// Slug of the destination; the program's first unless said.
        destination: Option<String>,
        /// Slug of the label; none unless said.
        label: Option<String>,
    }
}

/// A link.
#[derive(Serialize, ToSchema)]
pub(super) struct IssuedLink {
    url: String,
    code: String,
    program: String,
    /// Id of the advocate.
    advocate: String,
    channel: Channel,
    medium: Medium,
    /// Slug of the destination.
    destination: String,
    /// Slug of the label.
    label: Option<String>,
}

/// What a request names by slugs, resolved: shares name it the same way.
pub(super) struct Resolved {
    pub program: store::programs::Row,
    pub link: Link,
    pub destination: String,
    pub advocate_name: String,
}

/// What a link or a share is about.
pub(super) struct Wanted<'a> {
    pub program: &'a str,
    pub advocate: &'a str,
    pub medium: Medium,
    pub destination: Option<&'a str>,
    pub label: Option<&'a str>,
}

/// Why a link is not issued though everything that it names is there.
pub(super) const REVOKED: &str =
    "this very link was revoked, which is final; give it another label or medium";

/// The medium, or the problem with the field that decides it.
pub(super) fn medium(channel: Option<Channel>, medium: Option<Medium>) -> Result<Medium, Problem> {
    channel::choose(channel, medium).map_err(|error| match error {
        ChoiceError::Neither => Problem::field("channel", error),
        ChoiceError::Contradiction { .. } => Problem::field("medium", error),
    })
}

/// Resolves names to numbers; what is not there, or switched off, is a problem.
pub(super) async fn resolve(call: &Call, wanted: Wanted<'_>) -> Result<Resolved, Problem> {
    let program = programs::usable(call, wanted.program, Some("program")).await?;
    let advocate =
        advocates::require(call, program.number, wanted.advocate, Some("advocate")).await?;
    if advocate.status == Status::Disabled {
        return Err(Problem::field("advocate", "is disabled"));
    }
    let (destination, slug) = destination(call, program.number, wanted.destination).await?;
    let label = label(call, program.number, wanted.label).await?;
    let link = Link {
        program: program_number(&program)?,
        advocate: AdvocateNumber(advocate.number),
        medium: wanted.medium,
        destination,
        label,
    };
    Ok(Resolved {
        program,
        link,
        destination: slug,
        advocate_name: advocate.name,
    })
}

/// The number of a stored program in a link.
pub(super) fn program_number(program: &store::programs::Row) -> Result<ProgramNumber, Problem> {
    ProgramNumber::new(program.number).ok_or(Problem::misassembled("a program's number"))
}

/// The destination of a slug, or the program's first.
pub(super) async fn destination(
    call: &Call,
    program: u16,
    slug: Option<&str>,
) -> Result<(DestinationNumber, String), Problem> {
    let found = if let Some(slug) = slug {
        store::destinations::by_slug(call.db(), program, slug).await?
    } else {
        let first = store::destinations::page(call.db(), program, -1, 1).await?;
        first.into_iter().next()
    };
    let row = found.ok_or_else(|| {
        Problem::field(
            "destination",
            match slug {
                Some(slug) => format!("there is no destination `{slug}` in the program"),
                None => "the program has none yet; create one first".to_owned(),
            },
        )
    })?;
    if row.status == Status::Disabled {
        return Err(Problem::field("destination", "is disabled"));
    }
    let number = DestinationNumber::new(row.number)
        .ok_or(Problem::misassembled("a destination's number"))?;
    Ok((number, row.slug))
}

/// The label of a slug, or none.
pub(super) async fn label(
    call: &Call,
    program: u16,
    slug: Option<&str>,
) -> Result<LabelNumber, Problem> {
    let Some(slug) = slug else {
        return Ok(LabelNumber::default());
    };
    let row = store::labels::by_slug(call.db(), program, slug).await?;
    let row = row.ok_or_else(|| {
        Problem::field(
            "label",
            format!("there is no label `{slug}` in the program; create it first"),
        )
    })?;
    LabelNumber::new(row.number).ok_or(Problem::misassembled("a label's number"))
}

/// Issues a link. The same request always gets the same link, and nothing is
/// written.
#[utoipa::path(post, path = "/v1/links", tag = "links", request_body = NewLink,
    responses((status = 200, body = IssuedLink)))]
pub(super) async fn issue(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let new: NewLink = request.json()?;
    let medium = medium(new.channel, new.medium)?;
    let wanted = Wanted {
        program: &new.program,
        advocate: &new.advocate,
        medium,
        destination: new.destination.as_deref(),
        label: new.label.as_deref(),
    };
    let resolved = resolve(call, wanted).await?;
    let revoked = store::snapshot::revoked(call.db(), resolved.program.number).await?;
    if revoked.contains(&resolved.link.pack()) {
        return Err(Problem::Conflict(REVOKED.to_owned()));
    }
    let code = call.service.keyring.sign_link(&resolved.link);
    let issued = IssuedLink {
        url: format!("{}/{code}", call.base_url),
        code,
        program: new.program,
        advocate: resolved.link.advocate.to_id(),
        channel: medium.channel(),
        medium,
        destination: resolved.destination,
        label: new.label,
    };
    Ok(output::json(StatusCode::OK, &issued))
}

record! {
    /// A code, or the link that ends in it.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Code {
        #[schema(example = "https://go.example.com/1000000000005zoFhpum0fjnOI")]
        code: String,
    }
}

impl Code {
    /// The last 26 characters before any query: people paste whole links.
    fn text(&self) -> &str {
        let path = self
            .code
            .trim()
            .split(['?', '#'])
            .next()
            .unwrap_or_default();
        let last = path
            .trim_end_matches(keyring::TRAILING)
            .rsplit('/')
            .next()
            .unwrap_or_default();
        if last.len() == CODE_LENGTH {
            last
        } else {
            self.code.trim()
        }
    }
}

/// What a code says, and whether it works.
#[derive(Serialize, ToSchema)]
pub(super) struct Explained {
    /// Whether one of our keys signed it.
    valid: bool,
    /// Whether a click on it would be redirected.
    works: bool,
    /// Why not, in words.
    reason: Option<String>,
    /// What it says; null where it is not valid.
    link: Option<ExplainedLink>,
}

/// What a valid code says. A name is null where its number has no row here.
#[derive(Serialize, ToSchema)]
pub(super) struct ExplainedLink {
    /// The key that signed it.
    kid: String,
    program_number: u16,
    program: Option<String>,
    /// Id of the advocate.
    advocate: String,
    advocate_name: Option<String>,
    channel: Channel,
    medium: Medium,
    destination_number: u8,
    destination_url: Option<String>,
    label_number: u16,
    label: Option<String>,
}

/// Explains a code.
#[utoipa::path(post, path = "/v1/links/verify", tag = "links", request_body = Code,
    responses((status = 200, body = Explained)))]
pub(super) async fn verify(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let code: Code = request.json()?;
    let code = code.text();
    let link = match call.service.keyring.read_link(code) {
        Ok(link) => link,
        Err(error) => {
            let explained = Explained {
                valid: false,
                works: false,
                reason: Some(error.to_string()),
                link: None,
            };
            return Ok(output::json(StatusCode::OK, &explained));
        }
    };
    let number = link.program.get();
    let snapshot = store::snapshot::read(call.db()).await?;
    let advocate = store::advocates::Reference::Number(link.advocate);
    let advocate = store::advocates::find(call.db(), number, &advocate).await?;
    let label = match link.label.get() {
        0 => None,
        label => store::labels::page(call.db(), number, label - 1, 1)
            .await?
            .into_iter()
            .find(|row| row.number == label),
    };
    let program = snapshot.program(link.program);
    let target = program.and_then(|program| {
        program
            .destinations
            .iter()
            .find(|target| target.number == link.destination.get())
    });
    let refusal: Option<Refusal> = snapshot.resolve(&link).err();
    let explained = Explained {
        valid: true,
        works: refusal.is_none(),
        reason: refusal.map(|refusal| refusal.to_string()),
        link: Some(ExplainedLink {
            kid: code.chars().take(1).collect(),
            program_number: number,
            program: program.map(|program| program.name.clone()),
            advocate: link.advocate.to_id(),
            advocate_name: advocate.map(|advocate| advocate.name),
            channel: link.medium.channel(),
            medium: link.medium,
            destination_number: link.destination.get(),
            destination_url: target.map(|target| target.url.as_str().to_owned()),
            label_number: link.label.get(),
            label: label.map(|label| label.slug),
        }),
    };
    Ok(output::json(StatusCode::OK, &explained))
}

/// A revoked link.
#[derive(Serialize, ToSchema)]
pub(super) struct Revoked {
    code: String,
    revoked: bool,
}

/// Revokes one link, for good: under whatever key it was signed, it leads to the
/// neutral page from the snapshot's next refresh on, and is not issued again.
#[utoipa::path(post, path = "/v1/links/revoke", tag = "links", request_body = Code,
    responses((status = 200, body = Revoked)))]
pub(super) async fn revoke(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let code: Code = request.json()?;
    let code = code.text();
    let link = call
        .service
        .keyring
        .read_link(code)
        .map_err(|error| Problem::field("code", error))?;
    let snapshot = store::snapshot::read(call.db()).await?;
    if snapshot.program(link.program).is_none() {
        return Err(Problem::field("code", Refusal::NoProgram));
    }
    store::snapshot::revoke(call.db(), &link, call.now).await?;
    let revoked = Revoked {
        code: code.to_owned(),
        revoked: true,
    };
    let response = output::json(StatusCode::OK, &revoked);
    Ok(output::published(call, response).await)
}
