//! `/v1/restore`: an export back into an empty deployment.
//!
//! Owns the pace and the checks: lines are read as they come and written by the
//! thousand, each batch with how far it is, so that the same file, sent again after a
//! cut, goes on where it was.

use http::StatusCode;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{
    Call, Response,
    exports::{ExportLine, Manifest, before_row},
    output,
    problem::Problem,
    request::Request,
    rows::{Format, Lines},
};
use crate::{
    decode::{self, Tree, row},
    domain::access::to_hex,
    store::{
        DatabaseError, Statement, audit,
        exports::{self, SCHEMA, TABLES, Table},
    },
};

/// Bytes of a line at most: D1 keeps no longer row.
const LINE_BYTES: usize = 2_000_000;

/// Rows and bytes of a batch at most, the last of its rows aside.
const BATCH_ROWS: usize = 1_000;
const BATCH_BYTES: usize = 500_000;

/// Batches of a call at most. Each is two queries, and the first one three, of which an invocation has 1,000.
const BATCHES: usize = 480;

/// How far an export was read in.
#[derive(Serialize, ToSchema)]
pub(super) struct Restored {
    /// Whether all of it is in, and is what its manifest says.
    finished: bool,
    /// Lines that are in. While it is not finished, the same file is to be sent again,
    /// from its beginning: these are passed over.
    lines: i64,
    /// In what it is not what its manifest says.
    differences: Vec<String>,
}

row! {
    /// The first line.
    struct First {
        goodword: u16,
        schema: String,
    }
}

row! {
    /// The last line.
    struct Last {
        manifest: Manifest,
    }
}

/// Reads an export back in. There must be no program and no rep yet, and the Worker
/// must be of the same version. Sent again, it goes on where it was, and changes
/// nothing once it is finished. API keys come without what they are known by: they
/// name who did something, and open nothing. 409 where there is something already, or
/// another export has been begun.
#[utoipa::path(post, path = "/v1/restore", tag = "moving",
    request_body(content((ExportLine = "application/x-ndjson"))),
    responses((status = 200, body = Restored)))]
pub(super) async fn restore(request: Request) -> Result<Response, Problem> {
    let call = request.call.clone();
    let by = request.key().to_owned();
    if Format::of(request.headers())? != Format::Ndjson {
        return Err(Problem::UnsupportedMediaType("application/x-ndjson"));
    }
    let mut lines = Lines::new(request.into_body(), LINE_BYTES);
    let Some((_, first)) = lines.next().await else {
        return Err(Problem::Malformed("the body is empty".to_owned()));
    };
    let first = first.map_err(|error| at_line(1, error))?;
    check_first(&first)?;
    let begun = exports::state(call.db(), &first).await?;
    let begun = begun.ok_or_else(|| {
        let detail = "there are programs or reps here already; an export is read into an \
                      empty deployment";
        Problem::Conflict(detail.to_owned())
    })?;
    if begun.export != first {
        let detail = "another export was read in here, or is about to be";
        return Err(Problem::Conflict(detail.to_owned()));
    }
    let mut run = Run {
        call: &call,
        by: &by,
        export: &first,
        is_finished: begun.finished_at.is_some(),
        // All lines of a finished one are in.
        saved: begun.lines,
        line: 1,
        batch: Batch::default(),
        batches: 0,
        sums: vec![(0, Sha256::new()); TABLES.len()],
        table: 0,
    };
    let mut differences = None;
    while let Some((line, text)) = lines.next().await {
        if lines.broke_off() {
            break;
        }
        let text = text.map_err(|error| at_line(line, error))?;
        if text.is_empty() {
            continue;
        }
        if differences.is_some() {
            return Err(at_line(line, "stands behind the manifest"));
        }
        differences = run.take(line, &text).await?;
        if run.batches >= BATCHES {
            break;
        }
    }
    if run.batches < BATCHES {
        run.write().await?;
    }
    if lines.broke_off() {
        let detail = "the body broke off; what came is in, so send all of it again";
        return Err(Problem::Malformed(detail.to_owned()));
    }
    let differences = match differences {
        Some(differences) => differences,
        None if run.batches >= BATCHES => Vec::new(),
        None => vec!["the manifest is missing: the file has been cut".to_owned()],
    };
    let answer = Restored {
        finished: run.is_finished,
        lines: run.saved,
        differences,
    };
    let response = output::json(StatusCode::OK, &answer);
    // Half a configuration is nobody's.
    Ok(output::published_if(run.is_finished, &call, response).await)
}

fn at_line(line: usize, detail: impl ToString) -> Problem {
    Problem::field(format!("line {line}"), detail)
}

fn check_first(text: &str) -> Result<(), Problem> {
    let first: Result<First, _> = decode::read(text.as_bytes());
    let first = first.map_err(|error| at_line(1, format!("is not that of an export: {error}")))?;
    if first.goodword != 1 {
        return Err(at_line(1, "is of another version of exports"));
    }
    if first.schema != SCHEMA {
        let detail = format!(
            "is of a deployment at migration {}, and this one is at {SCHEMA}: bring both to \
             the same version",
            first.schema
        );
        return Err(at_line(1, detail));
    }
    Ok(())
}

/// A restore under way.
struct Run<'a> {
    call: &'a Call,
    by: &'a str,
    /// The first line.
    export: &'a str,
    is_finished: bool,
    /// Lines that are in; none before it has begun.
    saved: i64,
    /// The last line that was read.
    line: i64,
    batch: Batch,
    batches: usize,
    /// Of each table, what came: rows, and the sum over their lines.
    sums: Vec<(u64, Sha256)>,
    /// The place of the last table among [`TABLES`].
    table: usize,
}

/// Rows of one table that are to be written.
#[derive(Default)]
struct Batch {
    table: Option<&'static Table>,
    rows: usize,
    /// `[row,row`
    json: String,
}

impl Run<'_> {
    /// Takes a line in; the differences from the manifest, if it is that.
    async fn take(&mut self, line: usize, text: &str) -> Result<Option<Vec<String>>, Problem> {
        let name = text
            .strip_prefix("{\"table\":\"")
            .and_then(|rest| rest.split('"').next());
        let Some(name) = name else {
            return self.end(line, text).await.map(Some);
        };
        let place = TABLES.iter().position(|table| table.name == name);
        let found = place.and_then(|place| Some((place, TABLES.get(place)?)));
        let (place, table) = found.ok_or_else(|| at_line(line, "is of no table that is known"))?;
        if place < self.table {
            return Err(at_line(line, "is out of order"));
        }
        self.table = place;
        let row = text
            .strip_prefix(&before_row(name))
            .and_then(|rest| rest.strip_suffix('}'))
            .ok_or_else(|| at_line(line, "is not as it was exported"))?;
        if let Some((rows, sum)) = self.sums.get_mut(place) {
            *rows += 1;
            sum.update(text);
            sum.update("\n");
        }
        if line_number(line) <= self.saved || self.is_finished {
            self.line = line_number(line);
            return Ok(None);
        }
        if !matches!(Tree::parse(row.as_bytes()), Ok(Tree::Object(_))) {
            return Err(at_line(line, "is not as it was exported"));
        }
        let is_other = self.batch.table.is_some_and(|known| known.name != name);
        if is_other || self.batch.rows >= BATCH_ROWS || self.batch.json.len() >= BATCH_BYTES {
            self.write().await?;
        }
        self.line = line_number(line);
        self.batch.table = Some(table);
        self.batch.rows += 1;
        let before = if self.batch.json.is_empty() { "[" } else { "," };
        self.batch.json.push_str(before);
        self.batch.json.push_str(row);
        Ok(None)
    }

    /// What goes before the first that is written.
    fn begin(&self) -> Vec<Statement> {
        let is_first = self.saved == 0;
        let begin = is_first.then(|| exports::begin(self.export, self.call.now, self.by));
        begin.into_iter().collect()
    }

    /// Writes what has come, with how far that is.
    async fn write(&mut self) -> Result<(), Problem> {
        let Batch {
            table: Some(table),
            mut json,
            ..
        } = std::mem::take(&mut self.batch)
        else {
            return Ok(());
        };
        json.push(']');
        self.batches += 1;
        let mut batch = self.begin();
        batch.push(exports::advance(self.saved, self.line, table.is_derived));
        batch.push(exports::put(table, json));
        match self.call.db().batch(batch).await {
            Ok(_) => {
                self.saved = self.line;
                Ok(())
            }
            Err(error) => Err(refused(error, table, self.saved, self.line)),
        }
    }

    /// Compares what came with the manifest, and ends if it is that.
    async fn end(&mut self, line: usize, text: &str) -> Result<Vec<String>, Problem> {
        let last: Last = decode::read(text.as_bytes())
            .map_err(|error| at_line(line, format!("is neither a row nor a manifest: {error}")))?;
        self.write().await?;
        let mut differences = Vec::new();
        let mut sums = std::mem::take(&mut self.sums).into_iter();
        for table in TABLES {
            let (rows, sum) = sums.next().unwrap_or_default();
            let sum = to_hex(&sum.finalize());
            let said = last
                .manifest
                .tables
                .iter()
                .find(|one| one.name == table.name);
            match said {
                Some(said) if said.rows != rows => differences.push(format!(
                    "{}: {rows} rows came, and {} were exported",
                    table.name, said.rows
                )),
                Some(said) if said.sha256 != sum => {
                    differences.push(format!("{}: a row is not as it was exported", table.name));
                }
                Some(_) => {}
                None => differences.push(format!("{}: was not exported", table.name)),
            }
        }
        if !self.is_finished && differences.is_empty() {
            self.finish(line_number(line)).await?;
        }
        Ok(differences)
    }

    async fn finish(&mut self, line: i64) -> Result<(), Problem> {
        let entry = audit::Entry {
            at: self.call.now,
            by: self.by,
            program: None,
            action: "restore",
            subject: "everything",
            detail: format!("{{\"lines\":{line}}}"),
        };
        let mut batch = self.begin();
        batch.extend([
            exports::advance(self.saved, line, true),
            exports::finish(self.call.now),
            audit::add(&entry),
        ]);
        self.call.db().batch(batch).await.map_err(|error| {
            let table = TABLES.last();
            table.map_or(Problem::misassembled("there are no tables"), |table| {
                refused(error, table, self.saved, line)
            })
        })?;
        self.saved = line;
        self.is_finished = true;
        Ok(())
    }
}

/// A line that SQL counts.
fn line_number(line: usize) -> i64 {
    i64::try_from(line).unwrap_or(i64::MAX)
}

/// What it means that the database did not take some lines.
fn refused(error: DatabaseError, table: &Table, from: i64, to: i64) -> Problem {
    let text = error.to_string();
    if text.contains("restores.") {
        let detail = "somebody else is reading one in at this moment, or has begun without";
        return Problem::Conflict(detail.to_owned());
    }
    if text.contains("constraint failed") || text.contains("cannot store") {
        let field = format!("lines {} to {to}", from.max(1) + 1);
        let detail = format!("hold a row that does not fit into `{}`", table.name);
        return Problem::field(field, detail);
    }
    error.into()
}
