//! `/v1/imports`: rows of other systems, streamed in, with a report for each.
//!
//! Owns the pace and the report. Each row is one write of its own, known by its
//! natural key: a file that is sent again changes nothing, and a call that ends before
//! its file says from which line the next one goes on. What a row comes to is planned
//! where such things are (`leads`, `conversions`, …) and in [`people`].

mod people;
mod report;

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::Bytes;
use futures_util::stream;
use http::StatusCode;
use utoipa::IntoParams;

use self::report::{Outcome, Report, Reported, Summary};

use super::{
    Response,
    body::Body,
    conversions,
    once::{Effect, Planned, once_unkeyed},
    output,
    problem::{Fault, Problem},
    programs,
    request::{Incoming, Request},
    rows::{Fields, Format, Record, Table},
    shares,
};
use crate::{
    decode::{self, Decode, Tree, record, row},
    domain::{
        import::{self, Habits, Of, Preset},
        written::{Dates, Decimal},
    },
    store::{self, audit, one},
};

record! {
    /// What is imported, and how it is to be read.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Asked {
        /// Slug of the program.
        program: String,
        #[param(inline)]
        of: Of,
        /// Whose columns the rows have.
        #[param(inline, required = false)]
        preset: Preset = decode::or_default,
        /// Write nothing, and say what would be written.
        #[param(required = false)]
        dry_run: bool = decode::or_default,
        /// Whether another system's amounts have a point or a comma. Ours, `preset=goodword`,
        /// are in minor units.
        #[param(inline, required = false)]
        decimal: Decimal = decode::or_default,
        #[param(inline, required = false)]
        dates: Dates = decode::or_default,
        /// Pass over what comes before this line: `next_line` of the call before.
        from_line: Option<usize>,
    }
}

/// Takes in rows of advocates, leads, conversions or shares, as CSV or NDJSON, and
/// reports on each. A call takes so many as it has time for (250 advocates or shares,
/// 30 leads or conversions), and says from which line the next one goes on, with the
/// same file. With `preset=goodword` an `amount` is in minor units, as it is in
/// `POST /v1/conversions` and in an export: 4999 for 49.99 USD, and nothing but digits. Each row is done once: by `external_id` or `email`, by the lead's `email`
/// or `customer`, by `order_id` or `refund_id`, by `event_id`. A row that cannot be
/// taken stops nothing. The report is NDJSON, or CSV if that is preferred.
#[utoipa::path(post, path = "/v1/imports", tag = "moving", params(Asked),
    request_body(content((String = "text/csv"), (String = "application/x-ndjson")),
        description = "The fields of the API, or the columns of the preset; see docs/import.md"),
    responses((status = 200, content(
        (Reported = "application/x-ndjson"), (String = "text/csv")))))]
pub(super) async fn import(mut request: Request) -> Result<Response, Problem> {
    let asked: Asked = request.query()?;
    let format = Format::of(request.headers())?;
    let program = programs::usable(&request.call, &asked.program, Some("program")).await?;
    if asked.of == Of::Shares && asked.preset != Preset::Goodword {
        return Err(Problem::field("preset", "has no shares"));
    }
    let answers = if output::wants_csv(request.headers()) {
        Format::Csv
    } else {
        Format::Ndjson
    };
    let read = Incoming::Read(Bytes::new());
    let body = match std::mem::replace(&mut request.body, read) {
        Incoming::Read(body) => Body::Whole(body),
        Incoming::Unread(pieces) => Body::Pieces(
            pieces
                .into_inner()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        ),
    };
    let run = Run {
        importer: Arc::new(Importer {
            habits: Habits {
                preset: asked.preset,
                decimal: asked.decimal,
                dates: asked.dates,
                zone: program.zone,
            },
            request,
            program,
            of: asked.of,
            dry_run: asked.dry_run,
            is_noted: AtomicBool::new(false),
        }),
        table: Table::new(body, format),
        from_line: asked.from_line.unwrap_or(0),
        taken: 0,
        seen: Vec::new(),
        report: Report::new(answers),
        state: State::Header,
    };
    let pieces = stream::unfold(run, |mut run| async move {
        let piece = run.next().await?;
        Some((Ok::<_, io::Error>(Bytes::from(piece)), run))
    });
    Ok(
        Response::new(StatusCode::OK, Body::Pieces(Box::pin(pieces)))
            .with("content-type", answers.media_type())
            .with("cache-control", output::NO_STORE),
    )
}

enum State {
    Header,
    Rows,
    Done,
}

/// An import under way.
struct Run {
    importer: Arc<Importer>,
    table: Table,
    from_line: usize,
    /// Rows that this call has taken.
    taken: usize,
    /// What a dry run would have written, which later rows of the file would find.
    seen: Vec<(String, String)>,
    report: Report,
    state: State,
}

impl Run {
    /// The next piece of the report.
    async fn next(&mut self) -> Option<Vec<u8>> {
        match self.state {
            State::Done => return None,
            State::Header => {
                self.state = State::Rows;
                if let Some(header) = self.report.header() {
                    return Some(header);
                }
            }
            State::Rows => {}
        }
        loop {
            let Some(record) = self.table.next().await else {
                return Some(self.end(None).await);
            };
            if record.line < self.from_line {
                continue;
            }
            let line = record.line;
            if self.table.broke_off() || self.taken >= self.importer.most() {
                return Some(self.end(Some(line)).await);
            }
            self.taken += 1;
            return Some(match self.take(record).await {
                Ok((outcome, id, why)) => self.report.row(line, outcome, id, why),
                Err(problem @ (Problem::Unavailable(_) | Problem::Internal(_))) => {
                    self.importer.note(problem);
                    self.end(Some(line)).await
                }
                Err(problem) => {
                    let why = Some(problem.detail());
                    self.report.row(line, Outcome::Refused, None, why)
                }
            });
        }
    }

    /// Does what a row says: what became of it, what it is called, and what of it was
    /// not taken.
    async fn take(
        &mut self,
        record: Record,
    ) -> Result<(Outcome, Option<String>, Option<String>), Problem> {
        let fields = record.fields.map_err(Problem::Conflict)?;
        let objects = self.importer.read(&fields)?;
        self.taken += objects.len().saturating_sub(1);
        let mut outcome = Outcome::Unchanged;
        let mut id = None;
        for object in objects {
            let repeated = self.repeated(&object);
            let taken = match repeated {
                Some(repeated) => Ok((repeated, None)),
                None => self.importer.take(object).await,
            };
            let (one, its_id) = match taken {
                Ok(taken) => taken,
                Err(problem @ (Problem::Unavailable(_) | Problem::Internal(_))) => {
                    return Err(problem);
                }
                // The sale before it is written.
                Err(problem) if outcome != Outcome::Unchanged => {
                    return Ok((outcome, id, Some(problem.detail())));
                }
                Err(problem) => return Err(problem),
            };
            if outcome == Outcome::Unchanged {
                outcome = one;
            }
            id = id.or(its_id);
        }
        Ok((outcome, id, None))
    }

    /// What would become of a row that a dry run has seen before.
    fn repeated(&mut self, object: &import::Fields) -> Option<Outcome> {
        if !self.importer.dry_run {
            return None;
        }
        let key = self.importer.key(object);
        let text = object
            .iter()
            .flat_map(|(name, text)| [*name, " ", text, "\n"]);
        let text: String = text.collect();
        let known = self.seen.iter_mut().find(|(known, _)| *known == key);
        match known {
            None => {
                self.seen.push((key, text));
                None
            }
            Some((_, before)) if *before == text => Some(Outcome::Unchanged),
            // What is known by its facts alone cannot be told otherwise.
            Some(_) if matches!(self.importer.of, Of::Conversions | Of::Shares) => {
                Some(Outcome::Refused)
            }
            Some((_, before)) => {
                *before = text;
                Some(Outcome::Updated)
            }
        }
    }

    /// The last line of the report.
    async fn end(&mut self, next_line: Option<usize>) -> Vec<u8> {
        self.state = State::Done;
        let piece = self.report.end(next_line);
        self.importer.close(&self.report.summary).await;
        piece
    }
}

row! {
    /// Of what was answered, what names it.
    struct Named {
        id: Option<String>,
        order_id: Option<String>,
    }
}

/// The status of an effect that changes nothing.
const UNCHANGED: u16 = 304;

/// Takes rows into a program.
struct Importer {
    request: Request,
    program: store::programs::Row,
    of: Of,
    habits: Habits,
    dry_run: bool,
    /// Whether the audit log says that it is under way.
    is_noted: AtomicBool,
}

impl Importer {
    /// Rows of a call at most, so that its queries stay below a thousand: each statement
    /// of a batch is one, and what a sale sets off is about thirty. A refund counts as a
    /// row.
    const fn most(&self) -> usize {
        match self.of {
            Of::Advocates | Of::Shares => 250,
            Of::Leads | Of::Conversions => 30,
        }
    }

    fn read(&self, fields: &Fields) -> Result<Vec<import::Fields>, Problem> {
        import::read(self.of, &self.habits, &|name| fields.get(name)).map_err(Problem::Conflict)
    }

    /// What a row is known by.
    fn key(&self, object: &import::Fields) -> String {
        let names: &[&str] = match self.of {
            Of::Advocates => &["external_id", "email"],
            Of::Leads => &["email", "customer"],
            Of::Conversions => &["refund_id", "order_id"],
            Of::Shares => &["event_id"],
        };
        let of = |name: &&str| object.iter().find(|(known, _)| known == name);
        let found = names.iter().find_map(of);
        found.map_or_else(String::new, |(name, text)| [*name, " ", text].concat())
    }

    /// Does what one object says; what was there, and what it is called.
    async fn take(&self, object: import::Fields) -> Result<(Outcome, Option<String>), Problem> {
        let mut object = object;
        if self.of == Of::Conversions
            && self.habits.preset != Preset::Goodword
            && self.is_known_refund(&mut object).await?
        {
            return Ok((Outcome::Unchanged, None));
        }
        if matches!(self.of, Of::Conversions | Of::Shares) {
            object.push(("program", self.program.slug.clone()));
        }
        let tree = Tree::Object(
            object
                .into_iter()
                .map(|(name, text)| (name.to_owned(), Tree::Word(text)))
                .collect(),
        );
        let (request, program) = (&self.request, &self.program);
        let (status, answer) = match self.of {
            Of::Advocates => {
                let advocate = people::Advocate::decode(tree)?;
                self.once(&|| Box::pin(people::advocate(request, program, &advocate)))
                    .await?
            }
            Of::Leads => {
                let lead = people::Lead::decode(tree)?;
                self.once(&|| Box::pin(people::lead(request, program, &lead)))
                    .await?
            }
            Of::Conversions => {
                let new = conversions::NewConversion::decode(tree)?;
                self.once(&|| Box::pin(conversions::plan(request, program, &new)))
                    .await?
            }
            Of::Shares => {
                let new = shares::NewShare::decode(tree)?;
                self.once(&|| Box::pin(shares::plan(request, program, &new)))
                    .await?
            }
        };
        let outcome = match status {
            200 => Outcome::Updated,
            UNCHANGED => Outcome::Unchanged,
            _ => Outcome::Created,
        };
        let named: Named = decode::read(&answer)?;
        Ok((outcome, named.id.or(named.order_id)))
    }

    /// Other systems say how much of a sale was given back so far: what of it is not
    /// here yet is the refund. Whether nothing is left to say.
    async fn is_known_refund(&self, object: &mut import::Fields) -> Result<bool, Problem> {
        let of = |name: &str| {
            let found = object.iter().find(|(known, _)| *known == name);
            found.map(|(_, text)| text.as_str())
        };
        let total = of("amount").and_then(|text| text.parse::<i64>().ok());
        let (Some(_), Some(order), Some(total)) = (of("refund_id"), of("order_id"), total) else {
            return Ok(false);
        };
        let (db, program) = (self.request.call.db(), self.program.number);
        let sale = store::sales::find(db, program, order).await?;
        let rest = total - sale.map_or(0, |sale| sale.refunded);
        object.retain(|(name, _)| *name != "amount");
        object.push(("amount", rest.to_string()));
        Ok(rest <= 0)
    }

    /// Carries a plan out, unless it is a dry run: its status and its answer.
    async fn once<'a>(
        &'a self,
        plan: &(dyn Fn() -> Planned<'a> + Sync),
    ) -> Result<(u16, Bytes), Problem> {
        let noticed = || -> Planned<'a> {
            let planned = plan();
            Box::pin(async move {
                let mut effect: Effect = planned.await?;
                if effect.statements.is_empty() {
                    effect.status = UNCHANGED;
                } else if !self.dry_run && !self.is_noted.load(Ordering::Relaxed) {
                    // With the first row: whoever hangs up hears no end.
                    effect
                        .statements
                        .push(audit::add(&self.entry("import.begun", "{}".to_owned())));
                }
                Ok(effect)
            })
        };
        if self.dry_run {
            let effect = noticed().await?;
            return Ok((effect.status, effect.answer.into()));
        }
        let response = once_unkeyed(&self.request, self.program.number, &noticed).await?;
        let status = response.status.as_u16();
        if status != UNCHANGED {
            self.is_noted.store(true, Ordering::Relaxed);
        }
        Ok((status, response.into_parts().body.whole(usize::MAX).await?))
    }

    fn entry(&self, action: &'static str, detail: String) -> audit::Entry<'_> {
        audit::Entry {
            at: self.request.call.now,
            by: self.request.key(),
            program: Some(self.program.number),
            action,
            subject: self.of.name(),
            detail,
        }
    }

    fn note(&self, problem: Problem) {
        let fault = problem.into_response().into_parts().fault;
        self.request.call.note(&Fault {
            message: "an import was interrupted",
            cause: fault.map_or_else(String::new, |fault| fault.cause),
        });
    }

    /// Writes down what was done, and publishes whoever was switched off.
    async fn close(&self, summary: &Summary) {
        if self.dry_run || summary.created + summary.updated == 0 {
            return;
        }
        let call = &self.request.call;
        // Numbers always serialise.
        let detail = serde_json::to_string(summary).unwrap_or_default();
        let written = one(call.db(), audit::add(&self.entry("import", detail))).await;
        if let Err(error) = written {
            self.note(error.into());
        }
        if self.of == Of::Advocates
            && let Some(fault) = call.publish().await
        {
            call.note(&fault);
        }
    }
}
