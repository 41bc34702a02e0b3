//! `/v1/stats`

use std::borrow::Cow;

use http::StatusCode;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    Call, Response, output,
    problem::Problem,
    programs,
    range::{self, Range},
    request::Request,
};
use crate::{
    decode::{self, names, record},
    domain::{
        cell::{self, guard},
        channel::{Channel, Medium},
        link::AdvocateNumber,
    },
    store::{
        destinations,
        statistics::{self, Tally},
    },
};

/// Days of a range by the hour at most.
const MOST_DAYS_BY_HOUR: i32 = 31;

/// Rows of an answer at most that are advocates.
pub(super) const MOST_ADVOCATES: u16 = 1_000;

record! {
    /// What is asked.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Question {
        /// Slug of the program.
        program: String,
        /// First day, `YYYY-MM-DD` by the program's clock; 29 days before `to` unless said.
        #[param(format = "date")]
        from: Option<String>,
        /// Last day, included; today unless said.
        #[param(format = "date")]
        to: Option<String>,
        /// What the rows are; channels unless said.
        #[param(required = false)]
        by: By = decode::or_default,
    }
}

names! {
    /// What the rows of an answer are.
    #[derive(Default)]
    pub(super) enum By {
        /// All six.
        #[default]
        Channel => "channel",
        /// All sixteen.
        Medium => "medium",
        /// All of the program's.
        Destination => "destination",
        /// Every day of the range.
        Day => "day",
        /// Every hour of the range, 31 days at most.
        Hour => "hour",
        /// The thousand with the most human clicks; those with none at all are left out.
        Advocate => "advocate",
    }
}

/// The answer.
#[derive(Serialize, ToSchema)]
pub(super) struct Answer {
    program: String,
    /// The zone whose days are counted.
    zone: String,
    from: String,
    to: String,
    by: By,
    rows: Vec<Row>,
    /// Everything in the range. Its uniques are visitors of the program, so a
    /// visitor who came by two channels is in both rows, and here once.
    total: Figures,
}

/// One row.
#[derive(Serialize, ToSchema)]
pub(super) struct Row {
    /// A channel, a medium, a destination's slug, a day, an hour's beginning
    /// (RFC 3339, UTC), or an advocate's id.
    key: String,
    /// An advocate's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(flatten)]
    figures: Figures,
}

/// What is counted.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
pub(super) struct Figures {
    shares: Shares,
    clicks: Clicks,
    /// Different visitors among the human clicks, counted anew each UTC day,
    /// since a visitor's hash lives no longer, and where they first came: by a
    /// clock other than UTC a day's figure is approximate around midnight.
    /// Clicks that ask for privacy (Sec-GPC) have no hash and are not in it.
    uniques: i64,
}

/// Shares by kind.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
pub(super) struct Shares {
    /// Begun.
    pub intent: i64,
    /// Sent.
    pub sent: i64,
}

/// Clicks by class.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
struct Clicks {
    human: i64,
    suspected: i64,
    bot: i64,
}

impl Figures {
    /// Adds a tally; `uniques` are those of its visitors that count here.
    fn add(&mut self, tally: &Tally, uniques: i64) {
        self.shares.intent += tally.intent;
        self.shares.sent += tally.sent;
        self.clicks.human += tally.human;
        self.clicks.suspected += tally.suspected;
        self.clicks.bot += tally.bot;
        self.uniques += uniques;
    }
}

/// Answers shares, clicks by class, and uniques. A range without any is
/// answered with zeros. `Accept: text/csv` gets a CSV.
#[utoipa::path(get, path = "/v1/stats", tag = "statistics", params(Question),
    responses((status = 200, content((Answer = "application/json"), (String = "text/csv")))))]
pub(super) async fn read(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let question: Question = request.query()?;
    let program = programs::require(call, &question.program, Some("program")).await?;
    let most = match question.by {
        By::Hour => MOST_DAYS_BY_HOUR,
        _ => range::MOST_DAYS,
    };
    let (from, to) = (question.from.as_deref(), question.to.as_deref());
    let range = Range::of(from, to, program.zone, call.now)?.at_most(most, question.by.name())?;
    let (start, end) = range.instants();
    let number = program.number;
    let (rows, total) = match question.by {
        By::Channel | By::Medium | By::Destination => {
            let cells = statistics::cells(call.db(), number, start, end).await?;
            let rows = match question.by {
                By::Channel => by_channel(&cells),
                By::Medium => by_medium(&cells),
                _ => {
                    let all = destinations::page(call.db(), number, -1, 64).await?;
                    by_destination(&cells, &all)
                }
            };
            (rows, total(&cells))
        }
        By::Day => by_period(call, number, &range.days(), |p| p.new_visitors).await?,
        By::Hour => by_period(call, number, &range.hours(), |p| p.new_in_hour).await?,
        By::Advocate => {
            let (from, to) = (range.from.since_epoch(), range.to.since_epoch());
            let cells = statistics::cells(call.db(), number, start, end).await?;
            let advocates =
                statistics::advocates(call.db(), number, from, to, MOST_ADVOCATES).await?;
            let rows = advocates
                .into_iter()
                .map(|tally| {
                    let mut figures = Figures::default();
                    figures.add(&tally, tally.new_visitors);
                    Row {
                        key: AdvocateNumber(tally.advocate).to_id(),
                        name: Some(tally.name.unwrap_or_default()),
                        figures,
                    }
                })
                .collect();
            (rows, total(&cells))
        }
    };
    let answer = Answer {
        program: question.program,
        zone: range.zone.name().to_owned(),
        from: range.from.to_string(),
        to: range.to.to_string(),
        by: question.by,
        rows,
        total,
    };
    if output::wants_csv(request.headers()) {
        let name = format!(
            "{}-by-{}-{}-{}",
            answer.program,
            answer.by.name(),
            answer.from,
            answer.to
        );
        return Ok(output::csv(&name, to_csv(&answer)));
    }
    Ok(output::json(StatusCode::OK, &answer))
}

fn total(cells: &[Tally]) -> Figures {
    let mut total = Figures::default();
    for cell in cells {
        total.add(cell, cell.new_visitors);
    }
    total
}

fn by_channel(cells: &[Tally]) -> Vec<Row> {
    let of = |cell: &Tally| Medium::from_code(cell.medium).map(Medium::channel);
    let row = |channel: Channel| {
        let mut figures = Figures::default();
        for cell in cells.iter().filter(|cell| of(cell) == Some(channel)) {
            figures.add(cell, cell.new_in_channel);
        }
        Row {
            key: channel.name().to_owned(),
            name: None,
            figures,
        }
    };
    Channel::ALL.into_iter().map(row).collect()
}

fn by_medium(cells: &[Tally]) -> Vec<Row> {
    let row = |medium: Medium| {
        let mut figures = Figures::default();
        for cell in cells.iter().filter(|cell| cell.medium == medium.code()) {
            figures.add(cell, cell.new_in_medium);
        }
        Row {
            key: medium.name().to_owned(),
            name: None,
            figures,
        }
    };
    Medium::ALL.into_iter().map(row).collect()
}

fn by_destination(cells: &[Tally], all: &[destinations::Row]) -> Vec<Row> {
    let row = |destination: &destinations::Row| {
        let mut figures = Figures::default();
        for cell in cells
            .iter()
            .filter(|cell| cell.destination == destination.number)
        {
            figures.add(cell, cell.new_at_destination);
        }
        Row {
            key: destination.slug.clone(),
            name: None,
            figures,
        }
    };
    all.iter().map(row).collect()
}

async fn by_period(
    call: &Call,
    program: u16,
    named: &[(String, (i64, i64))],
    uniques: impl Fn(&Tally) -> i64,
) -> Result<(Vec<Row>, Figures), Problem> {
    let instants: Vec<(i64, i64)> = named.iter().map(|(_, instants)| *instants).collect();
    let periods = statistics::periods(call.db(), program, &instants).await?;
    let mut rows: Vec<Row> = named
        .iter()
        .map(|(name, _)| Row {
            key: name.clone(),
            name: None,
            figures: Figures::default(),
        })
        .collect();
    let mut total = Figures::default();
    for period in &periods {
        total.add(period, period.new_visitors);
        if let Some(row) = rows.get_mut(period.position) {
            row.figures.add(period, uniques(period));
        }
    }
    Ok((rows, total))
}

fn to_csv(answer: &Answer) -> Vec<u8> {
    let mut out = Vec::new();
    let head = [
        answer.by.name(),
        "name",
        "shares_intent",
        "shares_sent",
        "clicks_human",
        "clicks_suspected",
        "clicks_bot",
        "uniques",
    ];
    cell::write(&head.map(Cow::Borrowed), &mut out);
    for row in &answer.rows {
        let Figures {
            shares,
            clicks,
            uniques,
        } = row.figures;
        let cells = [
            guard(&row.key),
            guard(row.name.as_deref().unwrap_or_default()),
            shares.intent.to_string().into(),
            shares.sent.to_string().into(),
            clicks.human.to_string().into(),
            clicks.suspected.to_string().into(),
            clicks.bot.to_string().into(),
            uniques.to_string().into(),
        ];
        cell::write(&cells, &mut out);
    }
    out
}
