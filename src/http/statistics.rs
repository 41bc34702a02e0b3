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
        DatabaseError, destinations,
        statistics::{self, ALL_MEDIA, Media, Tally},
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
        /// Only what came by this channel. Uniques are then, of the total, of a channel
        /// and of a day, those of the channel; of another row those who came there by
        /// this channel first, since a visitor is new to a row just once.
        channel: Option<Channel>,
    }
}

record! {
    /// Which chart.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct ChartQuestion {
        /// Slug of the program.
        program: String,
        /// First day, `YYYY-MM-DD` by the program's clock; 29 days before `to` unless said.
        #[param(format = "date")]
        from: Option<String>,
        /// Last day, included; today unless said.
        #[param(format = "date")]
        to: Option<String>,
        /// What a point is; a day unless said. Hours of 31 days at most.
        #[param(required = false)]
        unit: Unit = decode::or_default,
        /// Only what came by this channel.
        channel: Option<Channel>,
        /// Only what came by this medium.
        medium: Option<Medium>,
        /// Only what led to this destination (a slug).
        destination: Option<String>,
    }
}

names! {
    /// What a point of a chart is.
    #[derive(Default)]
    pub(super) enum Unit {
        /// A day of the program's clock.
        #[default]
        Day => "day",
        /// An hour of it.
        Hour => "hour",
    }
}

record! {
    /// Of what.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct LiveQuestion {
        /// Slug of the program.
        program: String,
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
    let instants = range.instants();
    let number = program.number;
    let media = question.channel.map_or(ALL_MEDIA, Channel::codes);
    // Whoever came by the channel, though they had come by another one before.
    let uniques: Uniques = match question.channel {
        Some(_) => |tally| tally.new_in_channel,
        None => |tally| tally.new_visitors,
    };
    let (rows, total) = match question.by {
        By::Channel | By::Medium | By::Destination => {
            let cells = statistics::cells(call.db(), number, instants, media).await?;
            let rows = match question.by {
                By::Channel => by_channel(&cells),
                By::Medium => by_medium(&cells),
                _ => {
                    let all = destinations::page(call.db(), number, -1, 64).await?;
                    by_destination(&cells, &all)
                }
            };
            (rows, total(&cells, uniques))
        }
        By::Day => by_period(call, number, &range.days(), media, [uniques; 2]).await?,
        By::Hour => {
            let of_hour: Uniques = |tally| tally.new_in_hour;
            by_period(call, number, &range.hours(), media, [of_hour, uniques]).await?
        }
        By::Advocate => {
            let days = (range.from.since_epoch(), range.to.since_epoch());
            let cells = statistics::cells(call.db(), number, instants, media).await?;
            let advocates =
                statistics::advocates(call.db(), number, days, media, MOST_ADVOCATES).await?;
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
            (rows, total(&cells, uniques))
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

/// Answers a chart's series: for each channel, six of them in their order, and for
/// each day or hour of the range, clicks by class, shares begun and sent, and uniques.
/// What the filters leave out is zero. Uniques are visitors who were new to their
/// channel on that UTC day, at the time when they first came by it; filtered by a
/// medium or a destination, those of them who first came to the channel by this one.
#[utoipa::path(get, path = "/v1/stats/series", tag = "statistics", params(ChartQuestion),
    responses((status = 200, body = Chart)))]
pub(super) async fn series(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let question: ChartQuestion = request.query()?;
    let program = programs::require(call, &question.program, Some("program")).await?;
    let most = match question.unit {
        Unit::Hour => MOST_DAYS_BY_HOUR,
        Unit::Day => range::MOST_DAYS,
    };
    let (from, to) = (question.from.as_deref(), question.to.as_deref());
    let unit = question.unit.name();
    let range = Range::of(from, to, program.zone, call.now)?.at_most(most, unit)?;
    let destination = match &question.destination {
        Some(slug) => {
            let found = destinations::by_slug(call.db(), program.number, slug).await?;
            let detail = || format!("there is no destination `{slug}` in the program");
            let found = found.ok_or_else(|| Problem::field("destination", detail()))?;
            Some(found.number)
        }
        None => None,
    };
    // A medium that is not of the channel leaves a range that holds none.
    let (first, last) = question.channel.map_or(ALL_MEDIA, Channel::codes);
    let medium = question.medium.map(Medium::code);
    let media = (
        medium.map_or(first, |code| code.max(first)),
        medium.map_or(last, |code| code.min(last)),
    );
    let named = match question.unit {
        Unit::Hour => range.hours(),
        Unit::Day => range.days(),
    };
    let points: Vec<(i64, i64, &str)> = named
        .iter()
        .map(|(name, (start, end))| (*start, *end, name.as_str()))
        .collect();
    let periods = serde_json::to_string(&points).map_err(DatabaseError::from)?;
    let (from, to) = (range.from.to_string(), range.to.to_string());
    let asked = statistics::Series {
        program: program.number,
        periods,
        media,
        destination,
        said: [&program.slug, range.zone.name(), &from, &to, unit],
    };
    let document = statistics::series(call.db(), asked).await?;
    Ok(output::text(StatusCode::OK, document))
}

/// Answers the clicks and shares of the last thirty minutes, the one that runs
/// included: a row for each minute and channel that has any, by time. A click is in
/// it some seconds after it was made.
#[utoipa::path(get, path = "/v1/stats/live", tag = "statistics", params(LiveQuestion),
    responses((status = 200, body = Live)))]
pub(super) async fn live(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let question: LiveQuestion = request.query()?;
    let program = programs::require(call, &question.program, Some("program")).await?;
    let document = statistics::live(call.db(), program.number, &program.slug, call.now).await?;
    Ok(output::text(StatusCode::OK, document))
}

/// Which of a tally's visitors count.
type Uniques = fn(&Tally) -> i64;

fn total(cells: &[Tally], uniques: Uniques) -> Figures {
    let mut total = Figures::default();
    for cell in cells {
        total.add(cell, uniques(cell));
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
    media: Media,
    [of_row, of_total]: [Uniques; 2],
) -> Result<(Vec<Row>, Figures), Problem> {
    let instants: Vec<(i64, i64)> = named.iter().map(|(_, instants)| *instants).collect();
    let periods = statistics::periods(call.db(), program, &instants, media).await?;
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
        total.add(period, of_total(period));
        if let Some(row) = rows.get_mut(period.position) {
            row.figures.add(period, of_row(period));
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

/// A chart's series. SQL puts it together (`store::statistics`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct Chart {
    program: String,
    /// The zone whose days are counted.
    zone: String,
    from: String,
    to: String,
    unit: Unit,
    /// The points: days, or the beginnings of hours (RFC 3339, UTC).
    starts: Vec<String>,
    /// The six channels in their order, whatever was filtered.
    series: Vec<ChannelSeries>,
}

/// What came by one channel: a number for each point.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct ChannelSeries {
    channel: Channel,
    /// Clicks of people.
    human: Vec<i64>,
    /// Clicks under suspicion.
    suspected: Vec<i64>,
    /// Clicks of machines that say so.
    bot: Vec<i64>,
    /// Shares, begun and sent.
    shares: Vec<i64>,
    /// Visitors who came by the channel for the first time that UTC day.
    uniques: Vec<i64>,
}

/// What just happened. SQL puts it together (`store::statistics`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct Live {
    program: String,
    now: String,
    minutes: Vec<LiveMinute>,
}

/// What came by one channel in one minute.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct LiveMinute {
    /// When the minute began.
    at: String,
    channel: Channel,
    human: i64,
    suspected: i64,
    bot: i64,
    /// Shares, begun and sent.
    shares: i64,
}
