//! `/v1/links/bulk`: many links, streamed in and out in constant memory.
//!
//! Owns the cutting of a body into rows, and the pace: rows are read as they
//! come, resolved some hundreds at a time, and written before the next are read.
//! One bad row is reported in its place and stops nothing.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
};

use axum::{
    body::{Body, BodyDataStream, Bytes},
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    Call,
    input::{Query, has_media_type, in_our_words, is_object},
    links, output,
    problem::{Fault, Problem},
};
use crate::{
    domain::{
        cell::{guard, unguard},
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

/// Rows that are resolved by one statement.
const CHUNK_ROWS: usize = 500;

/// Bytes of a row at most.
const ROW_BYTES: usize = 4_096;

/// The columns of a CSV, in any order; `advocate` is needed.
const COLUMNS: [&str; 5] = ["advocate", "channel", "medium", "destination", "label"];

/// Which program the links are for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Bulk {
    /// Slug of the program.
    program: String,
}

/// A row that asks for a link.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// Id of the advocate, or `ext:` and their external id.
    advocate: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    medium: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    destination: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<String>,
}

/// What became of a row: a link, or an error.
#[derive(Serialize, ToSchema)]
pub(super) struct Issued {
    /// The line of the body on which the row began.
    line: usize,
    /// The row as it was asked.
    #[serde(flatten)]
    wanted: Wanted,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Issues up to 10,000 links: a CSV with a header, or one JSON object a line;
/// the answer has the form of the body, and a row for each row.
#[utoipa::path(post, path = "/v1/links/bulk", tag = "links", params(Bulk),
    request_body(content((Wanted = "application/x-ndjson"), (String = "text/csv")),
        description = "Columns or fields: advocate, channel, medium, destination, label"),
    responses((status = 200, content(
        (Issued = "application/x-ndjson"), (String = "text/csv")))))]
pub(super) async fn issue(
    call: Call,
    Query(bulk): Query<Bulk>,
    request: Request,
) -> Result<Response, Problem> {
    let format = Format::of(request.headers())?;
    let program = links::usable_program(&call, &bulk.program, Some("program")).await?;
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
        lines: Lines::new(request.into_body()),
        rows: Rows::new(format),
        count: 0,
        state: State::Header,
    };
    let answer = stream::unfold(run, |mut run| async move {
        let chunk = run.next().await?;
        Some((chunk, run))
    });
    let mut response = Response::new(Body::from_stream(answer));
    *response.status_mut() = StatusCode::OK;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, format.media_type());
    headers.insert(header::CACHE_CONTROL, output::NO_STORE);
    Ok(response)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Ndjson,
}

impl Format {
    fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        if has_media_type(headers, "text/csv") {
            Ok(Self::Csv)
        } else if has_media_type(headers, "application/x-ndjson")
            || has_media_type(headers, "application/jsonl")
        {
            Ok(Self::Ndjson)
        } else {
            Err(Problem::UnsupportedMediaType(
                "text/csv or application/x-ndjson",
            ))
        }
    }

    fn media_type(self) -> axum::http::HeaderValue {
        axum::http::HeaderValue::from_static(match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Ndjson => "application/x-ndjson",
        })
    }
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

/// A body as lines, each with its number. A quoted cell may not hold a line
/// break: names of ours never do.
struct Lines {
    body: Option<BodyDataStream>,
    buffer: VecDeque<u8>,
    line: usize,
}

impl Lines {
    fn new(body: Body) -> Self {
        Self {
            body: Some(body.into_data_stream()),
            buffer: VecDeque::new(),
            line: 0,
        }
    }

    /// The next line without its end; an error is that row's, or the last.
    async fn next(&mut self) -> Option<(usize, Result<String, String>)> {
        let mut searched = 0;
        let mut too_long = false;
        loop {
            if let Some(end) = self.buffer.iter().skip(searched).position(|b| *b == b'\n') {
                let mut bytes: Vec<u8> = self.buffer.drain(..=searched + end).collect();
                bytes.pop();
                return Some(self.finish(bytes, too_long));
            }
            // A CR may be its last byte, which does not count.
            if self.buffer.len() > ROW_BYTES + 1 {
                // Read on to the end of the line, but keep none of it.
                too_long = true;
                self.buffer.clear();
            }
            searched = self.buffer.len();
            match self.read().await {
                Some(Ok(())) => {}
                Some(Err(error)) => {
                    self.line += 1;
                    return Some((self.line, Err(error)));
                }
                None if self.buffer.is_empty() && !too_long => return None,
                None => {
                    let bytes = self.buffer.drain(..).collect();
                    return Some(self.finish(bytes, too_long));
                }
            }
        }
    }

    async fn read(&mut self) -> Option<Result<(), String>> {
        match self.body.as_mut()?.next().await {
            Some(Ok(bytes)) => {
                self.buffer.extend(bytes);
                Some(Ok(()))
            }
            Some(Err(_)) => {
                self.body = None;
                self.buffer.clear();
                Some(Err("the body broke off here".to_owned()))
            }
            None => {
                self.body = None;
                None
            }
        }
    }

    fn finish(&mut self, mut bytes: Vec<u8>, too_long: bool) -> (usize, Result<String, String>) {
        self.line += 1;
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        let text = if too_long || bytes.len() > ROW_BYTES {
            Err(format!("the row is longer than {ROW_BYTES} bytes"))
        } else {
            String::from_utf8(bytes).map_err(|_| "the row is not UTF-8".to_owned())
        };
        (self.line, text)
    }
}

/// Rows as text, in and out.
struct Rows {
    format: Format,
    /// The place of each of [`COLUMNS`] in the CSV, once its header was read.
    places: Option<[Option<usize>; COLUMNS.len()]>,
    /// A CSV whose header cannot be read has no rows that can.
    unreadable: bool,
}

impl Rows {
    fn new(format: Format) -> Self {
        Self {
            format,
            places: None,
            unreadable: false,
        }
    }

    /// What is wrong with a line. Wrong in the header of a CSV, it is wrong with
    /// all of it, and said once.
    fn refuse(&mut self, error: String) -> Option<String> {
        if self.unreadable {
            return None;
        }
        self.unreadable = self.format == Format::Csv && self.places.is_none();
        Some(error)
    }

    /// The row of a line; `None` for a line that holds none.
    fn parse(&mut self, text: &str) -> Option<Result<Wanted, String>> {
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() || self.unreadable {
            return None;
        }
        match self.format {
            Format::Ndjson => Some(parse_json(text)),
            Format::Csv => {
                let cells = match csv_cells(text) {
                    Ok(cells) => cells,
                    Err(error) => return self.refuse(error).map(Err),
                };
                let Some(places) = self.places else {
                    return match header_places(&cells) {
                        Ok(places) => {
                            self.places = Some(places);
                            None
                        }
                        Err(error) => self.refuse(error).map(Err),
                    };
                };
                let cell = |column: usize| {
                    places
                        .get(column)
                        .copied()
                        .flatten()
                        .and_then(|place| cells.get(place))
                        .map(|cell| unguard(cell.trim()).to_owned())
                        .filter(|cell| !cell.is_empty())
                };
                Some(Ok(Wanted {
                    advocate: cell(0).unwrap_or_default(),
                    channel: cell(1),
                    medium: cell(2),
                    destination: cell(3),
                    label: cell(4),
                }))
            }
        }
    }

    fn header(&self) -> Vec<u8> {
        match self.format {
            Format::Ndjson => Vec::new(),
            Format::Csv => {
                b"line,advocate,channel,medium,destination,label,code,url,error\n".to_vec()
            }
        }
    }

    fn write(&self, issued: &[Issued]) -> Vec<u8> {
        let mut out = Vec::with_capacity(issued.len() * 128);
        match self.format {
            Format::Ndjson => {
                for row in issued {
                    // Strings and numbers always serialise.
                    out.extend(serde_json::to_vec(row).unwrap_or_default());
                    out.push(b'\n');
                }
            }
            Format::Csv => {
                let mut writer = csv::WriterBuilder::new().from_writer(&mut out);
                for row in issued {
                    let text = |cell: &Option<String>| {
                        guard(cell.as_deref().unwrap_or_default()).into_owned()
                    };
                    let cells = [
                        row.line.to_string(),
                        guard(&row.wanted.advocate).into_owned(),
                        text(&row.wanted.channel),
                        text(&row.wanted.medium),
                        text(&row.wanted.destination),
                        text(&row.wanted.label),
                        text(&row.code),
                        text(&row.url),
                        text(&row.error),
                    ];
                    // Writing into memory cannot fail.
                    let _ = writer.write_record(cells);
                }
            }
        }
        out
    }
}

fn parse_json(text: &str) -> Result<Wanted, String> {
    if !is_object(text.as_bytes()) {
        return Err("the row is not a JSON object".to_owned());
    }
    serde_json::from_str(text).map_err(|error| in_our_words(&error))
}

fn csv_cells(text: &str) -> Result<Vec<String>, String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(_) => Ok(record.iter().map(ToOwned::to_owned).collect()),
        Err(error) => Err(error.to_string()),
    }
}

fn header_places(cells: &[String]) -> Result<[Option<usize>; COLUMNS.len()], String> {
    let known = format!("the columns are {}", COLUMNS.join(", "));
    let mut places = [None; COLUMNS.len()];
    for (index, cell) in cells.iter().enumerate() {
        let name = cell.trim().to_ascii_lowercase();
        let column = COLUMNS.iter().position(|column| *column == name);
        let place = column.and_then(|column| places.get_mut(column));
        match place {
            None => return Err(format!("`{}` is no column; {known}", cell.trim())),
            Some(Some(_)) => return Err(format!("the column `{name}` stands twice")),
            Some(place) => *place = Some(index),
        }
    }
    if places.first().copied().flatten().is_none() {
        return Err(format!("the column `advocate` is missing; {known}"));
    }
    Ok(places)
}

/// Issues links of one program.
struct Minter {
    call: Call,
    number: ProgramNumber,
    destinations: Vec<destinations::Row>,
    labels: Vec<labels::Row>,
    revoked: BTreeSet<u64>,
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
        if self.revoked.contains(&link.pack()) {
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
