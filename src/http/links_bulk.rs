//! `/v1/links/bulk`: many links, streamed in and out in constant memory.
//!
//! Owns the pace: rows are read as they come, resolved some hundreds at a time,
//! and written before the next are read. One bad row is reported in its place and
//! stops nothing.

mod rows;

use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream;
use http::StatusCode;
use utoipa::IntoParams;

use self::rows::{Issued, Rows, Wanted};
use super::{
    Call, Response,
    body::Body,
    links, output,
    problem::{Fault, Problem},
    programs,
    request::Request,
    rows::{Format, Lines},
};
use crate::{
    decode::record,
    domain::{
        channel::{self, Channel, Medium},
        link::{AdvocateNumber, DestinationNumber, LabelNumber, Link, ProgramNumber},
        program::Status,
    },
    store::{
        advocates::{self, Reference, Resolved},
        destinations, labels, snapshot,
    },
};

/// Rows of a request at most.
const MOST_ROWS: usize = 10_000;

/// Bytes of a row at most. A quoted cell may not hold a line break: names of ours
/// never do.
const ROW_BYTES: usize = 4_096;

/// Rows that are resolved by one statement.
const CHUNK_ROWS: usize = 500;

record! {
    /// Which program the links are for.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Bulk {
        /// Slug of the program.
        program: String,
    }
}

/// Issues up to 10,000 links: a CSV with a header, or one JSON object a line;
/// the answer has the form of the body, and a row for each row.
#[utoipa::path(post, path = "/v1/links/bulk", tag = "links", params(Bulk),
    request_body(content((Wanted = "application/x-ndjson"), (String = "text/csv")),
        description = "Columns or fields: advocate, channel, medium, destination, label"),
    responses((status = 200, content(
        (Issued = "application/x-ndjson"), (String = "text/csv")))))]
pub(super) async fn issue(request: Request) -> Result<Response, Problem> {
    let call = request.call.clone();
    let bulk: Bulk = request.query()?;
    let format = Format::of(request.headers())?;
    let program = programs::usable(&call, &bulk.program, Some("program")).await?;
    let number = program.number;
    let minter = Minter {
        number: links::program_number(&program)?,
        destinations: destinations::page(call.db(), number, -1, 64).await?,
        labels: labels::page(call.db(), number, 0, 1_023).await?,
        revoked: snapshot::revoked(call.db(), number).await?,
        call,
    };
    let run = Run {
        minter: Arc::new(minter),
        lines: Lines::new(request.into_body(), ROW_BYTES),
        rows: Rows::new(format),
        count: 0,
        state: State::Header,
    };
    let answer = stream::unfold(run, |mut run| async move {
        let chunk = run.next().await?;
        Some((chunk, run))
    });
    let body = Body::Pieces(Box::pin(answer));
    Ok(Response::new(StatusCode::OK, body)
        .with("content-type", format.media_type())
        .with("cache-control", output::NO_STORE))
}

/// Where a run stands.
#[derive(Debug, PartialEq, Eq)]
enum State {
    Header,
    Rows,
    Done,
}

/// A request under way.
struct Run {
    minter: Arc<Minter>,
    lines: Lines,
    rows: Rows,
    count: usize,
    state: State,
}

impl Run {
    /// The next piece of the answer.
    async fn next(&mut self) -> Option<Result<Bytes, std::io::Error>> {
        match self.state {
            State::Done => return None,
            State::Header => {
                self.state = State::Rows;
                return Some(Ok(Bytes::from(self.rows.header())));
            }
            State::Rows => {}
        }
        let mut asked = Vec::new();
        while asked.len() < CHUNK_ROWS {
            let Some((line, text)) = self.lines.next().await else {
                self.state = State::Done;
                break;
            };
            let row = match text {
                Ok(text) => self.rows.parse(&text),
                Err(error) => self.rows.refuse(error).map(Err),
            };
            let Some(row) = row else { continue };
            self.count += 1;
            if self.count > MOST_ROWS {
                let most = format!("a request takes {MOST_ROWS} rows; send the rest in another");
                asked.push((line, Err(most)));
                self.state = State::Done;
                break;
            }
            asked.push((line, row));
        }
        let issued = self.minter.mint(asked).await;
        Some(Ok(Bytes::from(self.rows.write(&issued))))
    }
}

/// Issues links of one program.
struct Minter {
    call: Call,
    number: ProgramNumber,
    destinations: Vec<destinations::Row>,
    labels: Vec<labels::Row>,
    /// Ascending.
    revoked: Vec<u64>,
}

impl Minter {
    /// Links for some rows, which one statement resolves.
    async fn mint(&self, asked: Vec<(usize, Result<Wanted, String>)>) -> Vec<Issued> {
        let references: Vec<Option<Reference>> = asked
            .iter()
            .map(|(_, row)| {
                row.as_ref()
                    .ok()
                    .and_then(|row| Reference::parse(&row.advocate))
            })
            .collect();
        let known: Vec<Reference> = references.iter().flatten().cloned().collect();
        let resolved = if known.is_empty() {
            Ok(Vec::new())
        } else {
            advocates::resolve(self.call.db(), self.number.get(), &known).await
        };
        let mut by_position: Vec<Option<Resolved>> = vec![None; known.len()];
        let mut failure = None;
        match resolved {
            Ok(resolved) => {
                for one in resolved {
                    if let Some(place) = by_position.get_mut(one.position) {
                        *place = Some(one);
                    }
                }
            }
            Err(error) => failure = Some(error.to_string()),
        }
        if let Some(cause) = &failure {
            self.call.note(&Fault {
                message: "a bulk of links could not look advocates up",
                cause: cause.clone(),
            });
        }
        let mut found = by_position.into_iter();
        asked
            .into_iter()
            .zip(references)
            .map(|((line, row), reference)| {
                let resolved = if reference.is_some() {
                    found.next().flatten()
                } else {
                    None
                };
                let (wanted, link) = match row {
                    Ok(wanted) if failure.is_some() => (
                        wanted,
                        Err("the database did not answer; try again".to_owned()),
                    ),
                    Ok(wanted) => {
                        let link = self.link(&wanted, resolved.as_ref());
                        (wanted, link)
                    }
                    Err(error) => (Wanted::default(), Err(error)),
                };
                let (code, error) = match link {
                    Ok(link) => (Some(self.call.service.keyring.sign_link(&link)), None),
                    Err(error) => (None, Some(error)),
                };
                Issued {
                    line,
                    wanted,
                    url: code
                        .as_ref()
                        .map(|code| format!("{}/{code}", self.call.base_url)),
                    code,
                    error,
                }
            })
            .collect()
    }

    fn link(&self, wanted: &Wanted, advocate: Option<&Resolved>) -> Result<Link, String> {
        let advocate = advocate
            .ok_or_else(|| format!("advocate: there is no `{}` in the program", wanted.advocate))?;
        if advocate.status == Status::Disabled {
            return Err("advocate: is disabled".to_owned());
        }
        let medium = channel::choose(
            named("channel", wanted.channel.as_deref(), &Channel::ALL, |c| {
                c.name()
            })?,
            named("medium", wanted.medium.as_deref(), &Medium::ALL, |m| {
                m.name()
            })?,
        )
        .map_err(|error| error.to_string())?;
        let destination = match wanted.destination.as_deref() {
            None => self.destinations.first(),
            Some(slug) => self.destinations.iter().find(|row| row.slug == slug),
        }
        .ok_or("destination: there is no such destination in the program")?;
        if destination.status == Status::Disabled {
            return Err("destination: is disabled".to_owned());
        }
        let label = match wanted.label.as_deref() {
            None => 0,
            Some(slug) => {
                self.labels
                    .iter()
                    .find(|row| row.slug == slug)
                    .ok_or("label: there is no such label in the program")?
                    .number
            }
        };
        let link = Link {
            program: self.number,
            advocate: AdvocateNumber(advocate.number),
            medium,
            destination: DestinationNumber::new(destination.number)
                .ok_or("destination: does not fit into a link")?,
            label: LabelNumber::new(label).ok_or("label: does not fit into a link")?,
        };
        if self.revoked.binary_search(&link.pack()).is_ok() {
            return Err(links::REVOKED.to_owned());
        }
        Ok(link)
    }
}

/// The one of `all` that has the name.
fn named<T: Copy>(
    field: &str,
    name: Option<&str>,
    all: &[T],
    name_of: impl Fn(T) -> &'static str,
) -> Result<Option<T>, String> {
    let Some(name) = name else {
        return Ok(None);
    };
    let found = all.iter().copied().find(|one| name_of(*one) == name);
    found.map(Some).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|one| name_of(*one)).collect();
        format!("{field}: `{name}` is none of {}", names.join(", "))
    })
}
