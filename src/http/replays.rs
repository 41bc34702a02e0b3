//! `/v1/replays`: clicks read back from logs, each counted once.
//!
//! Owns what was counted already. A line of our own names its clicks. A line of an
//! access log does not: a click of the same link within some seconds answers for it,
//! and each click for one line alone ([`pairs`]). What no click answers for is counted,
//! under an id that is the same each time.

mod pairs;

use std::collections::BTreeSet;

use http::StatusCode;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use self::pairs::Asking;
use super::{Call, Response, output, problem::Problem, request::Request, rows::Lines};
use crate::{
    decode::{self, checked, record},
    domain::{
        access_log::{self, Hit, Log},
        class::Reason,
        click::Record,
        keyring::code_of_path,
        redirect::{self, Edge, Visit},
        snapshot::Snapshot,
        spoken::Key,
    },
    store::{self, audit, clicks, shares::utc_day, snapshot, spoken},
};

/// Lines of a request at most: what is read of an access log is kept in memory until its
/// end, 80 bytes of each click.
const MOST_LINES: usize = 250_000;

/// Clicks of our own lines at most: a thousand of them are three queries, and an
/// invocation has a thousand.
const MOST_CLICKS: usize = 200_000;

/// Bytes of a line at most: one of our own has a hundred clicks in it.
const LINE_BYTES: usize = 256 * 1_024;

/// Lines of an access log that are looked up at a time.
const CHUNK_LINES: usize = 4_000;

/// Clicks of our own lines that are recorded at a time.
const CHUNK_CLICKS: usize = 1_000;

/// Reasons that are told at most.
const MOST_REASONS: usize = 100;

record! {
    /// What is read.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Asked {
        /// How the log is written.
        format: Log,
        /// Write nothing, and say what would be counted.
        #[param(value_type = Option<bool>)]
        dry_run: bool = decode::or_default,
        /// Seconds by which a click and its line in an access log may differ.
        #[param(value_type = Option<u8>, maximum = 60, default = 2)]
        within: Within = decode::or_default,
    }
}

/// 0 to 60 seconds, 2 unless said.
#[derive(Clone, Copy)]
struct Within(u8);

checked! { Within, u8 }

impl Default for Within {
    fn default() -> Self {
        Self(2)
    }
}

impl TryFrom<u8> for Within {
    type Error = &'static str;

    fn try_from(seconds: u8) -> Result<Self, Self::Error> {
        if seconds <= 60 {
            Ok(Self(seconds))
        } else {
            Err("must be from 0 to 60")
        }
    }
}

/// What a log came to.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct Replayed {
    /// Lines that were read.
    lines: usize,
    /// Clicks in them.
    clicks: usize,
    /// Those of them that had not been counted, and are now.
    added: usize,
    /// Those that had.
    already: usize,
    /// Lines that are no click's, and those that were refused or could not be read.
    skipped: usize,
    /// Why, of the first hundred of the latter.
    reasons: Vec<Refused>,
}

/// Why a line was left out.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Refused {
    line: usize,
    why: String,
}

/// What the audit log keeps of a replay.
#[derive(Serialize)]
struct Kept {
    lines: usize,
    clicks: usize,
    added: usize,
    already: usize,
}

/// Reads clicks back in from a log: those that no store took (`lost`), or what a CDN or
/// a server before Goodword wrote of requests for links. What was counted stays counted
/// once, however often the log is read.
#[utoipa::path(post, path = "/v1/replays", tag = "operations", params(Asked),
    request_body(content((String = "text/plain"), (String = "application/x-ndjson")),
        description = "The log, uncompressed, 250,000 lines at most, and 200,000 clicks of our own lines"),
    responses((status = 200, body = Replayed)))]
pub(super) async fn run(request: Request) -> Result<Response, Problem> {
    let asked: Asked = request.query()?;
    let call = request.call.clone();
    let by = request.key().to_owned();
    let mut replay = Replay {
        kept_since: clicks::kept_since(call.db()).await?,
        snapshot: snapshot::read(call.db()).await?,
        report: Replayed::default(),
        named: 0,
        asked,
        call,
    };
    let mut lines = Lines::new(request.into_body(), LINE_BYTES);
    let read = match replay.asked.format {
        Log::Lost => replay.lost(&mut lines).await,
        Log::Logpush | Log::Combined => replay.access(&mut lines).await,
    };
    replay.report.reasons.sort_by_key(|refused| refused.line);
    // Also of one that was cut off: what came before is counted.
    replay.note(&by).await?;
    read?;
    if lines.broke_off() {
        let detail =
            "the body broke off; send all of it again: what was counted stays counted once";
        return Err(Problem::Malformed(detail.to_owned()));
    }
    Ok(output::json(StatusCode::OK, &replay.report))
}

/// A replay under way.
struct Replay {
    call: Call,
    asked: Asked,
    /// The first day whose raw clicks can tell what was counted.
    kept_since: i64,
    snapshot: Snapshot,
    report: Replayed,
    /// Clicks of our own lines so far, those of them that are there twice included.
    named: usize,
}

impl Replay {
    /// The next line that holds anything.
    async fn next(&mut self, lines: &mut Lines) -> Option<(usize, String)> {
        loop {
            let (line, text) = lines.next().await?;
            if self.report.lines == MOST_LINES {
                let why = format!("a replay takes {MOST_LINES} lines; send the rest in another");
                self.end(line, why);
                return None;
            }
            if self.named >= MOST_CLICKS {
                let why = format!("a replay takes {MOST_CLICKS} clicks; send the rest in another");
                self.end(line, why);
                return None;
            }
            match text {
                Ok(text) if text.trim().is_empty() => {}
                Ok(text) => {
                    self.report.lines += 1;
                    return Some((line, text));
                }
                Err(why) => {
                    self.report.lines += 1;
                    self.refuse(line, why);
                }
            }
        }
    }

    /// Says where the rest begins, however many lines were refused before.
    fn end(&mut self, line: usize, why: String) {
        self.report.skipped += 1;
        self.report.reasons.push(Refused { line, why });
    }

    fn refuse(&mut self, line: usize, why: String) {
        self.report.skipped += 1;
        if self.report.reasons.len() < MOST_REASONS {
            self.report.reasons.push(Refused { line, why });
        }
    }

    /// Whether a click of a time can be told from those that were counted.
    fn is_kept(&mut self, line: usize, at: i64) -> bool {
        let is_kept = utc_day(at) >= self.kept_since;
        if !is_kept {
            let why = "the raw clicks of this day were archived or pruned, so nobody can tell whether it was counted";
            self.refuse(line, why.to_owned());
        }
        is_kept
    }

    /// Reads our own lines.
    async fn lost(&mut self, lines: &mut Lines) -> Result<(), Problem> {
        let mut chunk = Vec::new();
        while let Some((line, text)) = self.next(lines).await {
            match access_log::lost(&text) {
                Err(error) => self.refuse(line, error.to_string()),
                Ok(messages) if messages.is_empty() => self.report.skipped += 1,
                Ok(messages) => {
                    for click in messages.into_iter().flat_map(|message| message.clicks) {
                        if self.is_kept(line, click.at) {
                            self.named += 1;
                            chunk.push(click);
                        }
                    }
                }
            }
            // Whole chunks: some clicks more would be queries of their own.
            while chunk.len() >= CHUNK_CLICKS {
                let rest = chunk.split_off(CHUNK_CLICKS);
                self.record(std::mem::replace(&mut chunk, rest)).await?;
            }
        }
        self.record(chunk).await
    }

    /// Records clicks that name themselves. Whoever wraps lines up may have them twice.
    async fn record(&mut self, mut records: Vec<Record>) -> Result<(), Problem> {
        records.sort_by(|a, b| a.id.cmp(&b.id));
        records.dedup_by(|a, b| a.id == b.id);
        self.report.clicks += records.len();
        self.add(&records).await
    }

    /// Records clicks, and counts which of them are new.
    async fn add(&mut self, records: &[Record]) -> Result<(), Problem> {
        let (since, is_dry) = (self.kept_since, self.asked.dry_run);
        for records in records.chunks(CHUNK_CLICKS) {
            let already = clicks::replay(self.call.db(), records, since, is_dry).await?;
            self.report.already += already;
            self.report.added += records.len().saturating_sub(already);
        }
        Ok(())
    }

    /// Reads an access log, and counts what no click answers for. All of it is read
    /// first: its lines are in no order, where several machines wrote them.
    async fn access(&mut self, lines: &mut Lines) -> Result<(), Problem> {
        let (mut chunk, mut asking) = (Vec::new(), Vec::new());
        while let Some((line, text)) = self.next(lines).await {
            match access_log::hit(self.asked.format, &text) {
                Ok(Some(hit)) if matches!(hit.status, 200 | 302) => chunk.push((line, hit)),
                Ok(_) => self.report.skipped += 1,
                Err(why) => self.refuse(line, why),
            }
            if chunk.len() >= CHUNK_LINES {
                self.gather(std::mem::take(&mut chunk), &mut asking).await?;
            }
        }
        if lines.broke_off() {
            return Ok(());
        }
        self.gather(chunk, &mut asking).await?;
        self.report.clicks = asking.len();
        self.report.already = pairs::sort(&mut asking);
        let within = i64::from(self.asked.within.0) * 1_000;
        let bucket = within.max(1_000);
        let mut taken = BTreeSet::new();
        for chunk in asking.chunks(CHUNK_LINES) {
            let (Some(first), Some(last)) = (chunk.first(), chunk.last()) else {
                break;
            };
            let days = (
                utc_day(first.click.id.at() - within),
                utc_day(last.click.id.at() + within),
            );
            let places = pairs::places(chunk, within, bucket);
            let near = clicks::nearby(self.call.db(), &places, days, bucket).await?;
            let unanswered = pairs::unanswered(chunk, &asking, near, within, &mut taken);
            self.report.already += chunk.len() - unanswered.len();
            self.add(&unanswered).await?;
        }
        Ok(())
    }

    /// Adds those of some requests that were for links.
    async fn gather(
        &mut self,
        hits: Vec<(usize, Hit)>,
        asking: &mut Vec<Asking>,
    ) -> Result<(), Problem> {
        let spoken = self.spoken(&hits).await?;
        for (line, hit) in hits {
            let code = match hit.path.strip_prefix("/s/").and_then(Key::from_path) {
                None => code_of_path(&hit.path),
                Some(key) => spoken
                    .binary_search_by(|(known, _)| known.as_str().cmp(key.as_str()))
                    .ok()
                    .and_then(|place| spoken.get(place))
                    .map(|(_, code)| code.as_str()),
            };
            match code {
                Some(code) => asking.extend(self.click(line, &hit, code)),
                None => self.report.skipped += 1,
            }
        }
        Ok(())
    }

    /// The codes of links that the spoken codes among some requests stand for, by key.
    async fn spoken(&self, hits: &[(usize, Hit)]) -> Result<Vec<(String, String)>, Problem> {
        let mut keys: Vec<String> = hits
            .iter()
            .filter_map(|(_, hit)| hit.path.strip_prefix("/s/"))
            .filter_map(|said| Some(Key::from_path(said)?.as_str().to_owned()))
            .collect();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        keys.sort_unstable();
        keys.dedup();
        let rows = spoken::find_all(self.call.db(), &keys).await?;
        let keyring = &self.call.service.keyring;
        let mut codes: Vec<(String, String)> = rows
            .into_iter()
            .filter_map(|row| Some((keyring.sign_link(&row.link()?), row.key)))
            .map(|(code, key)| (key, code))
            .collect();
        codes.sort_unstable();
        Ok(codes)
    }

    /// The click that a request for a link was, as the redirect would have it now.
    fn click(&mut self, line: usize, hit: &Hit, code: &str) -> Option<Asking> {
        let edge = Edge {
            keyring: &self.call.service.keyring,
            snapshot: &self.snapshot,
            // Whether they objected to it (GPC) no log tells, so that nobody is hashed.
            salt: None,
            cookie_domain: None,
            now: hit.at,
            random: hit.random(),
        };
        let visit = Visit {
            signs: hit.signs(),
            ..Visit::default()
        };
        let click = match redirect::click(&edge, code, &visit) {
            Ok((click, ..)) => click,
            Err(nowhere) => {
                self.refuse(line, nowhere.to_string());
                return None;
            }
        };
        // Pages are answered to those alone who make previews.
        if hit.status == 200 && click.reason != Reason::Preview {
            self.report.skipped += 1;
            return None;
        }
        if !self.is_kept(line, hit.at) {
            return None;
        }
        Some(Asking {
            click,
            is_named: !hit.ray.is_empty(),
        })
    }

    /// Notes the replay in the audit log, unless nothing was to be written.
    async fn note(&self, by: &str) -> Result<(), Problem> {
        if self.asked.dry_run {
            return Ok(());
        }
        let report = &self.report;
        let kept = Kept {
            lines: report.lines,
            clicks: report.clicks,
            added: report.added,
            already: report.already,
        };
        let entry = audit::Entry {
            at: self.call.now,
            by,
            program: None,
            action: "clicks.replayed",
            subject: self.asked.format.name(),
            detail: serde_json::to_string(&kept).unwrap_or_default(),
        };
        store::one(self.call.db(), audit::add(&entry)).await?;
        Ok(())
    }
}
