//! `/v1/stats/funnel`, `/v1/stats/advocates` and `/v1/stats/quarter`: what came of
//! shares and clicks.

use std::borrow::Cow;

use http::StatusCode;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    Response, output,
    problem::Problem,
    programs,
    range::{self, Range},
    request::Request,
    statistics::{MOST_ADVOCATES, Shares},
};
use crate::{
    decode::{self, names, record},
    domain::{
        benchmark::{Benchmark, Measure, benchmarks},
        cell::{self, guard},
        interval::{Interval, wilson},
        link::AdvocateNumber,
        quarter::Quarter,
        zone::Zone,
    },
    store::funnel::{self as stored, Line, Place, Ranking, Sums},
};

record! {
    /// What is asked.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct FunnelQuestion {
        /// Slug of the program. By `program` it may be left out: then all are
        /// answered, and days are those of UTC.
        program: Option<String>,
        /// First day, `YYYY-MM-DD` by the program's clock; 29 days before `to` unless said.
        #[param(format = "date")]
        from: Option<String>,
        /// Last day, included; today unless said.
        #[param(format = "date")]
        to: Option<String>,
        /// What the rows are; channels unless said.
        #[param(required = false)]
        by: FunnelBy = decode::or_default,
    }
}

names! {
    /// What the rows of a funnel are: a thousand at most, those with the most leads,
    /// then the most clicks.
    #[derive(Default)]
    pub(super) enum FunnelBy {
        /// All six, in their order.
        #[default]
        Channel => "channel",
        /// All sixteen, in their order.
        Medium => "medium",
        /// Those with a share, a click or a lead.
        Advocate => "advocate",
        /// Reps: of a lead, whoever follows it up; of shares and clicks, whoever owns
        /// the advocate.
        Owner => "owner",
        /// The advocates' segments, as they are now.
        Segment => "segment",
        /// Programs, also those in which nothing happened.
        Program => "program",
        /// The links' labels.
        Campaign => "campaign",
    }
}

/// The answer. The rows, `others` and `unattributed` add up to `total`.
#[derive(Serialize, ToSchema)]
pub(super) struct Funnel {
    /// Null for all of them.
    program: Option<String>,
    /// The zone whose days are counted.
    zone: String,
    from: String,
    to: String,
    by: FunnelBy,
    rows: Vec<FunnelRow>,
    /// All rows past the first thousand together; null without any.
    others: Option<FunnelFigures>,
    /// Leads that nobody has the credit for, where the rows are of those who have
    /// it; by `owner`, those among them whom nobody follows up.
    unattributed: FunnelFigures,
    total: FunnelFigures,
    /// Published figures to hold these against, each with its source.
    #[schema(value_type = Vec<Benchmark>)]
    benchmarks: Vec<&'static Benchmark>,
}

/// One row.
#[derive(Serialize, ToSchema)]
pub(super) struct FunnelRow {
    /// A channel, a medium, an advocate's id, or the slug of a rep, a segment, a
    /// program or a label. Null for what has none of them: links without a label,
    /// advocates in no segment or without an owner.
    key: Option<String>,
    /// What an advocate, a rep or a program is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(flatten)]
    figures: FunnelFigures,
}

/// What is counted: shares and clicks of these days, and the leads that came in
/// on them, with whatever became of these leads until now.
#[derive(Default, Serialize, ToSchema)]
pub(super) struct FunnelFigures {
    shares: Shares,
    /// Clicks of people.
    clicks: u64,
    /// Leads, but for those that a trap for machines set aside.
    leads: u64,
    /// … whose credit was earned by a click, as a receipt or a cookie proves.
    leads_from_clicks: u64,
    /// Leads that were ever accepted.
    accepted: u64,
    /// Leads with a meeting.
    meetings: u64,
    /// Leads that were ever an opportunity.
    opportunities: u64,
    /// Leads that were won, from whatever stage.
    won: u64,
    /// Leads that are lost.
    lost: u64,
    /// What the leads bought and did not give back, by currency.
    revenue: Vec<RevenueSum>,
    /// What the leads' rewards come to, by unit, whatever their state.
    rewards: Vec<RewardSum>,
    rates: FunnelRates,
}

/// Money of one currency.
#[derive(Serialize, ToSchema)]
pub(super) struct RevenueSum {
    /// ISO 4217.
    currency: String,
    /// Minor units.
    amount: i64,
}

/// Rewards of one unit.
#[derive(Serialize, ToSchema)]
pub(super) struct RewardSum {
    /// A currency (ISO 4217), or `months`.
    unit: String,
    /// Minor units, or months.
    amount: i64,
}

/// How many of one step got to another, each with the interval in which the true
/// rate lies with 95 % confidence (Wilson's); null where nothing was tried.
#[derive(Default, Serialize, ToSchema)]
pub(super) struct FunnelRates {
    /// Leads from clicks, of clicks. Approximate at the ends of a range, as a lead
    /// comes later than its click; null where more leads than clicks are in it.
    click_to_lead: Option<Interval>,
    /// Leads with a meeting, of all leads.
    lead_to_meeting: Option<Interval>,
    /// Opportunities, of leads with a meeting.
    meeting_to_opportunity: Option<Interval>,
    /// Won leads, of those that were an opportunity.
    opportunity_to_won: Option<Interval>,
    /// Won leads, of all leads.
    lead_to_won: Option<Interval>,
}

impl From<Line> for FunnelFigures {
    fn from(line: Line) -> Self {
        let revenue = line.revenue.into_iter();
        let rewards = line.rewards.into_iter();
        Self {
            shares: Shares {
                intent: line.intent,
                sent: line.sent,
            },
            clicks: line.clicks,
            leads: line.leads,
            leads_from_clicks: line.leads_from_clicks,
            accepted: line.accepted,
            meetings: line.meetings,
            opportunities: line.opportunities,
            won: line.won,
            lost: line.lost,
            revenue: revenue
                .map(|(currency, amount)| RevenueSum { currency, amount })
                .collect(),
            rewards: rewards
                .map(|(unit, amount)| RewardSum { unit, amount })
                .collect(),
            rates: FunnelRates {
                click_to_lead: wilson(line.leads_from_clicks, line.clicks),
                lead_to_meeting: wilson(line.meetings, line.leads),
                meeting_to_opportunity: wilson(line.opportunities_met, line.meetings),
                opportunity_to_won: wilson(line.opportunities_won, line.opportunities),
                lead_to_won: wilson(line.won, line.leads),
            },
        }
    }
}

/// Answers the funnel, from shares to revenue and rewards: of the leads that came
/// in on the days asked for, how many ever got to each stage. So each rate is a
/// share of the same leads, and that of young leads has yet to rise.
/// `Accept: text/csv` gets a CSV, with `USD 12345; EUR 500` for sums.
#[utoipa::path(get, path = "/v1/stats/funnel", tag = "statistics", params(FunnelQuestion),
    responses((status = 200, content((Funnel = "application/json"), (String = "text/csv")))))]
pub(super) async fn read(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let question: FunnelQuestion = request.query()?;
    let by = question.by;
    let (programs, zone) = match &question.program {
        Some(slug) => {
            let program = programs::require(call, slug, Some("program")).await?;
            ((program.number, program.number), program.zone)
        }
        None if by == FunnelBy::Program => ((0, u16::MAX), Zone::UTC),
        None => {
            let detail = "is missing; only by `program` it may be left out";
            return Err(Problem::field("program", detail));
        }
    };
    let (from, to) = (question.from.as_deref(), question.to.as_deref());
    let range = Range::of(from, to, zone, call.now)?.at_most(range::MOST_DAYS, by.name())?;
    let days = (range.from.since_epoch(), range.to.since_epoch());
    let instants = range.instants();
    let lines = stored::lines(
        call.db(),
        programs,
        by.name(),
        instants,
        days,
        MOST_ADVOCATES,
    )
    .await?;
    let name = format!(
        "{}-funnel-by-{}-{}-{}",
        question.program.as_deref().unwrap_or("all"),
        by.name(),
        range.from,
        range.to
    );
    if output::wants_csv(request.headers()) {
        return Ok(output::csv(&name, to_csv(by, &lines)));
    }
    let mut funnel = Funnel {
        program: question.program,
        zone: range.zone.name().to_owned(),
        from: range.from.to_string(),
        to: range.to.to_string(),
        by,
        rows: Vec::new(),
        others: None,
        unattributed: FunnelFigures::default(),
        total: FunnelFigures::default(),
        benchmarks: published(by),
    };
    for line in lines {
        match line.place {
            Place::Row => funnel.rows.push(FunnelRow {
                key: key(by, &line),
                name: line.name.clone(),
                figures: line.into(),
            }),
            Place::Others => funnel.others = Some(line.into()),
            Place::Unattributed => funnel.unattributed = line.into(),
            Place::Total => funnel.total = line.into(),
        }
    }
    Ok(output::json(StatusCode::OK, &funnel))
}

/// The key as the API writes it; SQL has an advocate's number.
fn key(by: FunnelBy, line: &Line) -> Option<String> {
    let key = line.key.clone()?;
    match key.parse() {
        Ok(number) if by == FunnelBy::Advocate => Some(AdvocateNumber(number).to_id()),
        _ => Some(key),
    }
}

/// The figures that were published of such rows: those of a channel fit channels
/// and their media alone.
fn published(by: FunnelBy) -> Vec<&'static Benchmark> {
    let of_channels = matches!(by, FunnelBy::Channel | FunnelBy::Medium);
    let fits = |benchmark: &&Benchmark| match benchmark.measure {
        Measure::LeadToWon => of_channels || benchmark.channel.is_none(),
        Measure::ReferralsThrough => of_channels,
        _ => false,
    };
    benchmarks().iter().filter(fits).collect()
}

/// The rows, and what is in none of them; the total is left to the spreadsheet.
fn to_csv(by: FunnelBy, lines: &[Line]) -> Vec<u8> {
    let mut out = Vec::new();
    let head = [
        by.name(),
        "name",
        "shares_intent",
        "shares_sent",
        "clicks",
        "leads",
        "leads_from_clicks",
        "accepted",
        "meetings",
        "opportunities",
        "won",
        "lost",
        "revenue",
        "rewards",
    ];
    cell::write(&head.map(Cow::Borrowed), &mut out);
    for line in lines.iter().filter(|line| line.place != Place::Total) {
        let key = key(by, line);
        let name = match line.place {
            Place::Others => Some("(others)"),
            Place::Unattributed => Some("(unattributed)"),
            _ if key.is_none() => Some("(none)"),
            _ => line.name.as_deref(),
        };
        let mut cells = vec![
            guard(key.as_deref().unwrap_or_default()),
            guard(name.unwrap_or_default()),
            line.intent.to_string().into(),
            line.sent.to_string().into(),
        ];
        let counts = [
            line.clicks,
            line.leads,
            line.leads_from_clicks,
            line.accepted,
            line.meetings,
            line.opportunities,
            line.won,
            line.lost,
        ];
        cells.extend(counts.map(|count| count.to_string().into()));
        cells.extend([&line.revenue, &line.rewards].map(|sums| in_words(sums).into()));
        cell::write(&cells, &mut out);
    }
    out
}

fn in_words(sums: &Sums) -> String {
    let words: Vec<String> = sums
        .iter()
        .map(|(unit, amount)| format!("{unit} {amount}"))
        .collect();
    words.join("; ")
}

record! {
    /// Whose advocates.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct AdvocatesQuestion {
        /// Slug of the program.
        program: String,
    }
}

/// The days of a year.
const YEAR: i32 = 365;

/// What advocates did. Those who are disabled now count for nothing, nor do their
/// leads.
#[derive(Serialize, ToSchema)]
pub(super) struct Activity {
    program: String,
    /// The zone whose days are counted.
    zone: String,
    from: String,
    to: String,
    /// Advocates of the program.
    enrolled: u64,
    /// … who shared, or have the credit for a lead. A click alone makes nobody
    /// active: it is somebody else's.
    active: u64,
    /// Active ones, of those enrolled.
    active_share: Option<Interval>,
    /// Advocates who have the credit for a lead.
    referring: u64,
    /// Leads that they have the credit for.
    referrals: u64,
    /// Referrals, for each active advocate.
    referrals_per_active: Option<f64>,
    top: TopPercent,
    /// Published figures to hold these against, each with its source.
    #[schema(value_type = Vec<Benchmark>)]
    benchmarks: Vec<&'static Benchmark>,
}

/// The busiest hundredth of those who refer, rounded up.
#[derive(Serialize, ToSchema)]
pub(super) struct TopPercent {
    advocates: u64,
    /// The leads that they have the credit for.
    referrals: u64,
    /// … of all referrals.
    share: Option<f64>,
}

/// Answers how many advocates are active, how much they refer, and how much of it
/// the busiest hundredth does: in the 365 days up to today.
#[utoipa::path(get, path = "/v1/stats/advocates", tag = "statistics", params(AdvocatesQuestion),
    responses((status = 200, body = Activity)))]
pub(super) async fn advocates(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let question: AdvocatesQuestion = request.query()?;
    let program = programs::require(call, &question.program, Some("program")).await?;
    let range = Range::last(YEAR, program.zone, call.now);
    let days = (range.from.since_epoch(), range.to.since_epoch());
    let found = stored::advocates(call.db(), program.number, range.instants(), days).await?;
    let fits = |benchmark: &&Benchmark| {
        matches!(
            benchmark.measure,
            Measure::AdvocatesActive | Measure::LeadsPerAdvocate | Measure::ReferralsFromTopPercent
        )
    };
    let activity = Activity {
        program: question.program,
        zone: range.zone.name().to_owned(),
        from: range.from.to_string(),
        to: range.to.to_string(),
        enrolled: found.enrolled,
        active: found.active,
        active_share: wilson(found.active, found.enrolled),
        referring: found.referring,
        referrals: found.referrals,
        referrals_per_active: per(found.referrals, found.active),
        top: TopPercent {
            advocates: found.top,
            referrals: found.top_referrals,
            share: per(found.top_referrals, found.referrals),
        },
        benchmarks: benchmarks().iter().filter(fits).collect(),
    };
    Ok(output::json(StatusCode::OK, &activity))
}

/// How many there are of one for each of another.
#[expect(clippy::cast_precision_loss, reason = "counts, far below 2^53")]
fn per(some: u64, each: u64) -> Option<f64> {
    (each > 0).then(|| some as f64 / each as f64)
}

record! {
    /// Which quarter, and who competes.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct QuarterQuestion {
        /// Slug of the program.
        program: String,
        /// A quarter by the program's clock, like `2026-Q4`; the current one unless said.
        quarter: Option<String>,
        /// Who competes; campaigns unless said.
        #[param(required = false)]
        by: Competitors = decode::or_default,
    }
}

names! {
    /// Who competes.
    #[derive(Default)]
    pub(super) enum Competitors {
        /// The links' labels, by the leads that have them.
        #[default]
        Campaign => "campaign",
        /// Reps, by the leads that they follow up.
        Rep => "rep",
    }
}

/// Answers the best and the worst five campaigns or reps of a quarter. As in the
/// funnel, it is the leads that came in then which count, with whatever became of
/// them until now; whoever had none of them is in no list.
#[utoipa::path(get, path = "/v1/stats/quarter", tag = "statistics", params(QuarterQuestion),
    responses((status = 200, body = QuarterReport)))]
pub(super) async fn quarter(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let question: QuarterQuestion = request.query()?;
    let program = programs::require(call, &question.program, Some("program")).await?;
    let quarter = match &question.quarter {
        Some(text) => Quarter::parse(text)
            .ok_or_else(|| Problem::field("quarter", "must be a quarter like 2026-Q4"))?,
        None => Quarter::of(Range::last(1, program.zone, call.now).to),
    };
    let (from, to) = quarter.days();
    let range = Range {
        zone: program.zone,
        from,
        to,
    };
    let (group, by) = match question.by {
        Competitors::Campaign => ("campaign", "campaign"),
        Competitors::Rep => ("owner", "rep"),
    };
    let [quarter, from, to] = [quarter.to_string(), from.to_string(), to.to_string()];
    let ranking = Ranking {
        program: program.number,
        group,
        instants: range.instants(),
        head: [&program.slug, range.zone.name(), &quarter, &from, &to, by],
    };
    let document = stored::quarter(call.db(), &ranking).await?;
    Ok(output::text(StatusCode::OK, document))
}

/// The best and the worst of a quarter. SQL puts it together (`store::funnel`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct QuarterReport {
    program: String,
    /// The zone whose days are counted.
    zone: String,
    quarter: String,
    from: String,
    to: String,
    /// `campaign` or `rep`.
    by: String,
    /// By leads that were ever accepted.
    accepted: Standings,
    /// By leads that were ever an opportunity.
    opportunities: Standings,
    /// By leads that were won.
    won: Standings,
}

/// Both ends of a ranking. Of two with as many, whoever made them of fewer leads
/// is the better one. Among fewer than ten, some are in both lists.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct Standings {
    /// Five at most, the best one first.
    best: Vec<Competitor>,
    /// Five at most, the worst one first.
    worst: Vec<Competitor>,
}

/// A campaign or a rep.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct Competitor {
    /// Slug of the label or the rep.
    key: String,
    /// What a rep is called; null for a campaign.
    name: Option<String>,
    leads: u64,
    accepted: u64,
    opportunities: u64,
    won: u64,
}
