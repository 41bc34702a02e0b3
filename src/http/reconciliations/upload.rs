//! A file on its way in: read in constant memory, kept chunk by chunk, compared when
//! all of it is here.

use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use super::{Reconciliation, document};
use crate::{
    decode::{self, record},
    domain::{
        access::to_hex,
        date::Day,
        money::Currency,
        program::Name,
        reconcile::{Columns, Others, Preset, Reader, Reading, Row, Stages},
        written::{Dates, Decimal},
        zone::Zone,
    },
    http::{
        Call, Response,
        intake::new_id,
        once::given_key,
        output,
        problem::Problem,
        programs,
        request::Request,
        rows::{Format, Record, Table},
    },
    store::{
        DatabaseError,
        reconciliations::{self as stored, Chunk, NewRun, Run},
    },
};
use http::StatusCode;

/// Rows that are kept by one statement.
const CHUNK_ROWS: u32 = 1_000;

/// Bytes of them at most: D1 takes two million in a parameter.
const CHUNK_BYTES: usize = 900_000;

record! {
    /// How a file is read.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(in crate::http) struct Upload {
        /// Slug of the program.
        program: String,
        /// Whose export it is; `generic` has our own names of columns.
        #[param(required = false)]
        preset: Preset = decode::or_default,
        /// What people call it; the preset and the day unless said.
        #[param(value_type = Option<String>)]
        name: Option<Name>,
        /// First day of the period whose sales have to be in the file, `YYYY-MM-DD` by
        /// the program's clock; the first day of the file unless said.
        #[param(format = "date")]
        since: Option<String>,
        /// Last day, included; the last day of the file unless said.
        #[param(format = "date")]
        until: Option<String>,
        /// What stands before decimals.
        #[param(required = false)]
        decimal: Decimal = decode::or_default,
        /// What 10/1/2026 means.
        #[param(required = false)]
        dates: Dates = decode::or_default,
        /// Of amounts in rows that do not say (ISO 4217).
        #[param(value_type = Option<String>)]
        currency: Option<Currency>,
        /// What becomes of rows about nobody who is here.
        #[param(required = false)]
        others: Others = decode::or_default,
        /// Columns that have other names than the preset knows: a JSON object of ours
        /// (lead, order, external, email, `email_sha256`, record, amount, refunded,
        /// currency, stage, owner, at, reason) to theirs.
        #[param(value_type = Option<String>)]
        columns: Columns = decode::or_default,
        /// Stages that the preset does not know: a JSON object of theirs to ours (new,
        /// accepted, meeting, opportunity, won, lost, open, unpaid). Any other is `open`.
        #[param(value_type = Option<String>)]
        stages: Stages = decode::or_default,
    }
}

/// Takes in an export: a CSV with a header, or one JSON object a line. Its rows are
/// matched by our lead, then the order, then the external id, then the address, and
/// compared; `findings` has what was found. With an `Idempotency-Key` a file that was
/// cut off is sent again from its beginning, into the same reconciliation; without
/// one, each file is one of its own.
#[utoipa::path(post, path = "/v1/reconciliations", tag = "reconciliations", params(Upload),
    request_body(content((String = "text/csv"), (String = "application/x-ndjson"))),
    responses((status = 201, body = Reconciliation)))]
pub(in crate::http) async fn create(request: Request) -> Result<Response, Problem> {
    let call = request.call.clone();
    let upload: Upload = request.query()?;
    let format = Format::of(request.headers())?;
    let program = programs::require(&call, &upload.program, Some("program")).await?;
    let (since, until) = period(&upload, program.zone)?;
    let intent = Intent {
        program: program.number,
        key: given_key(&request)?,
        request: request.query_text().to_owned(),
        by: request.key().to_owned(),
        name: if let Some(name) = &upload.name {
            name.as_str().to_owned()
        } else {
            let day = Day::from_epoch(program.zone.day_of(call.now.div_euclid(1_000)));
            format!("{} {}", upload.preset.name(), day.unwrap_or(Day::FIRST))
        },
        preset: upload.preset.name(),
        others: upload.others.name(),
        since,
        until,
    };
    let mut reader = Reader::new(Reading {
        preset: upload.preset,
        columns: upload.columns,
        stages: upload.stages,
        currency: upload.currency,
        decimal: upload.decimal,
        dates: upload.dates,
        zone: program.zone,
    });
    let mut table = Table::new(request.into_body(), format);
    let mut run = None;
    while let Some(record) = table.next().await {
        if table.broke_off() {
            break;
        }
        let file = match &mut run {
            Some(file) => file,
            None => run.insert(File::begin(&call, &intent, &mut reader, &record).await?),
        };
        let row = match &record.fields {
            Ok(fields) => reader.row(record.line, fields.iter()),
            Err(why) => Row::unreadable(record.line, why.clone()),
        };
        file.take(&call, &row).await?;
    }
    if table.broke_off() {
        let detail = "the body broke off; send all of it again, with the same Idempotency-Key";
        return Err(Problem::Malformed(detail.to_owned()));
    }
    let Some(file) = run else {
        return Err(Problem::field("(body)", "has no rows"));
    };
    file.finish(&call, program.zone).await
}

/// The first and the last moment of the period, as far as it was said.
fn period(upload: &Upload, zone: Zone) -> Result<(Option<i64>, Option<i64>), Problem> {
    let day = |field: &'static str, text: &Option<String>| match text.as_deref().map(Day::parse) {
        None => Ok(None),
        Some(Some(day)) => Ok(Some(day.since_epoch())),
        Some(None) => Err(Problem::field(field, "must be a day like 2026-11-22")),
    };
    let (since, until) = (day("since", &upload.since)?, day("until", &upload.until)?);
    if since.zip(until).is_some_and(|(since, until)| since > until) {
        return Err(Problem::field("since", "must not be after `until`"));
    }
    Ok((
        since.map(|day| moments(day, zone).0),
        until.map(|day| moments(day, zone).1),
    ))
}

/// The first and the last moment of a day (Unix ms).
fn moments(day: i32, zone: Zone) -> (i64, i64) {
    let starts = |day: i32| zone.day_start(day) * 1_000;
    (starts(day), starts(day + 1) - 1)
}

/// What was asked.
struct Intent {
    program: u16,
    key: Option<String>,
    request: String,
    by: String,
    name: String,
    preset: &'static str,
    others: &'static str,
    since: Option<i64>,
    until: Option<i64>,
}

/// A file of which rows come in.
struct File {
    run: Run,
    /// Chunks that came in.
    chunks: usize,
    /// The rows of the next one, as an unfinished JSON array …
    json: String,
    /// … and how many they are, and cannot be read.
    rows: u32,
    unreadable: u32,
    /// The first and the last time in it.
    times: Option<(i64, i64)>,
}

impl File {
    /// The run that the file is of: a new one, or that of its key, which it has to be
    /// the same for. The first record tells whether anything can be read of it.
    async fn begin(
        call: &Call,
        intent: &Intent,
        reader: &mut Reader,
        first: &Record,
    ) -> Result<Self, Problem> {
        let unmapped = match &first.fields {
            Ok(fields) => reader
                .unmapped(fields.names())
                .map_err(|detail| Problem::field("columns", detail))?,
            Err(_) => Vec::new(),
        };
        let mut known = known(call, intent).await?;
        if known.is_none() {
            let id = new_id("rc_", call.now)?;
            let new = NewRun {
                id: &id,
                program: intent.program,
                name: &intent.name,
                preset: intent.preset,
                others: intent.others,
                key: intent.key.as_deref(),
                request: &intent.request,
                since: intent.since,
                until: intent.until,
                unmapped: &unmapped,
            };
            let begun = stored::begin(call.db(), &new, call.now, &intent.by).await;
            known = match begun {
                // Somebody else has just begun it.
                Err(error) if error.is_conflict() => self::known(call, intent).await?,
                Err(error) => return Err(error.into()),
                Ok(()) => stored::by_id(call.db(), &id).await?,
            };
        }
        let run = known.ok_or(DatabaseError::Short)?;
        if run.request != intent.request {
            return Err(other_file());
        }
        Ok(Self {
            run,
            chunks: 0,
            json: String::new(),
            rows: 0,
            unreadable: 0,
            times: None,
        })
    }

    /// Takes a row in.
    async fn take(&mut self, call: &Call, row: &Row) -> Result<(), Problem> {
        self.json.push(if self.json.is_empty() { '[' } else { ',' });
        self.json
            .push_str(&serde_json::to_string(row).map_err(DatabaseError::from)?);
        if let Some(at) = row.at {
            let (first, last) = self.times.unwrap_or((at, at));
            self.times = Some((first.min(at), last.max(at)));
        }
        self.rows += 1;
        self.unreadable += u32::from(row.why.is_some());
        if self.rows < CHUNK_ROWS && self.json.len() < CHUNK_BYTES {
            return Ok(());
        }
        self.keep(call).await
    }

    /// Keeps the rows that came in, unless they are here.
    async fn keep(&mut self, call: &Call) -> Result<(), Problem> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut json = std::mem::take(&mut self.json);
        json.push(']');
        let hash = to_hex(&Sha256::digest(&json));
        let n = self.chunks;
        let chunk = Chunk {
            n,
            rows: std::mem::take(&mut self.rows),
            unreadable: std::mem::take(&mut self.unreadable),
            hash: &hash,
            json,
        };
        self.chunks += 1;
        if self.run.chunks.get(n).is_none() {
            match stored::keep(call.db(), &self.run.id, chunk).await {
                Ok(()) => return Ok(()),
                // Somebody else has just sent it, or all of the file.
                Err(error) if error.is_conflict() => {
                    let run = stored::by_id(call.db(), &self.run.id).await?;
                    self.run = run.ok_or(DatabaseError::Short)?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        if self.run.chunks.get(n) == Some(&hash) {
            Ok(())
        } else {
            Err(other_file())
        }
    }

    /// Compares the file, which is here to its end, unless that was done.
    async fn finish(mut self, call: &Call, zone: Zone) -> Result<Response, Problem> {
        self.keep(call).await?;
        if self.run.chunks.len() > self.chunks {
            return Err(other_file());
        }
        let mut is_repeat = self.run.is_compared;
        if !is_repeat {
            let day = |at: i64| moments(zone.day_of(at.div_euclid(1_000)), zone);
            let times = self.times;
            let days = (
                times.map(|(first, _)| day(first).0),
                times.map(|(_, last)| day(last).1),
            );
            match stored::compare(call.db(), &self.run.id, self.chunks, days, call.now).await {
                Err(error) if error.is_conflict() => {
                    let run = stored::by_id(call.db(), &self.run.id).await?;
                    if !run.is_some_and(|run| run.is_compared) {
                        let detail = "what was here of the file is not kept any more; \
                            send it under another Idempotency-Key";
                        return Err(Problem::Conflict(detail.to_owned()));
                    }
                    is_repeat = true;
                }
                compared => compared?,
            }
        }
        let document = document(call, &self.run.id).await?;
        let response = output::text(StatusCode::CREATED, document);
        Ok(if is_repeat {
            output::replayed(response)
        } else {
            response
        })
    }
}

/// The run of the key.
async fn known(call: &Call, intent: &Intent) -> Result<Option<Run>, Problem> {
    match &intent.key {
        None => Ok(None),
        Some(key) => Ok(stored::by_key(call.db(), intent.program, key).await?),
    }
}

fn other_file() -> Problem {
    let detail = "another file was sent under this idempotency key, or was read in another way";
    Problem::Conflict(detail.to_owned())
}
