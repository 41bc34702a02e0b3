//! Statistics, from the tallies alone: what they cost does not grow with clicks.

use serde::Deserialize;

use super::{Database, DatabaseError, one, statement};

/// Clicks by class and shares by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub struct Counts {
    /// Clicks of people.
    pub human: i64,
    /// Clicks under suspicion.
    pub suspected: i64,
    /// Clicks of machines that say so.
    pub bot: i64,
    /// Shares begun.
    pub intent: i64,
    /// Shares sent.
    pub sent: i64,
}

/// The counts of one medium at one destination.
#[derive(Debug, Clone, Deserialize)]
pub struct Cell {
    /// Medium code.
    pub medium: u8,
    /// Destination number.
    pub destination: u8,
    /// The counts.
    #[serde(flatten)]
    pub counts: Counts,
    /// Visitors new to the program that day.
    pub new_visitors: i64,
    /// … to the channel.
    pub new_in_channel: i64,
    /// … to the medium.
    pub new_in_medium: i64,
    /// … to the destination.
    pub new_at_destination: i64,
}

/// The counts of one period.
#[derive(Debug, Clone, Deserialize)]
pub struct Period {
    /// Its place among those asked for.
    pub position: usize,
    /// The counts.
    #[serde(flatten)]
    pub counts: Counts,
    /// Visitors new to the program that day.
    pub new_visitors: i64,
    /// Visitors new in their hour.
    pub new_in_hour: i64,
}

/// The counts of one advocate.
#[derive(Debug, Clone, Deserialize)]
pub struct Advocate {
    /// Their number.
    pub number: u32,
    /// Their name; a link minted offline can name nobody.
    pub name: Option<String>,
    /// What another system calls them.
    pub external_id: Option<String>,
    /// The counts.
    #[serde(flatten)]
    pub counts: Counts,
    /// Visitors new to the advocate that day.
    pub uniques: i64,
}

const CELLS: &str = "
    SELECT
      medium, destination,
      coalesce(sum(count) FILTER (WHERE kind = 0), 0) AS human,
      coalesce(sum(count) FILTER (WHERE kind = 1), 0) AS suspected,
      coalesce(sum(count) FILTER (WHERE kind = 2), 0) AS bot,
      coalesce(sum(count) FILTER (WHERE kind = 3), 0) AS intent,
      coalesce(sum(count) FILTER (WHERE kind = 4), 0) AS sent,
      sum(new_visitors) AS new_visitors,
      sum(new_in_channel) AS new_in_channel,
      sum(new_in_medium) AS new_in_medium,
      sum(new_at_destination) AS new_at_destination
    FROM tallies_by_hour
    WHERE program = ?1 AND hour >= ?2 AND hour < ?3
    GROUP BY medium, destination";

// `?2` is [[start, end], …]; each period is one range of the primary key.
const PERIODS: &str = "
    SELECT
      period.key AS position,
      coalesce(sum(t.count) FILTER (WHERE t.kind = 0), 0) AS human,
      coalesce(sum(t.count) FILTER (WHERE t.kind = 1), 0) AS suspected,
      coalesce(sum(t.count) FILTER (WHERE t.kind = 2), 0) AS bot,
      coalesce(sum(t.count) FILTER (WHERE t.kind = 3), 0) AS intent,
      coalesce(sum(t.count) FILTER (WHERE t.kind = 4), 0) AS sent,
      sum(t.new_visitors) AS new_visitors,
      sum(t.new_in_hour) AS new_in_hour
    FROM json_each(?2) AS period
    CROSS JOIN tallies_by_hour t
      ON t.program = ?1 AND t.hour >= period.value ->> 0 AND t.hour < period.value ->> 1
    GROUP BY period.key";

const ADVOCATES: &str = "
    WITH totals AS (
      SELECT
        program, advocate,
        coalesce(sum(count) FILTER (WHERE kind = 0), 0) AS human,
        coalesce(sum(count) FILTER (WHERE kind = 1), 0) AS suspected,
        coalesce(sum(count) FILTER (WHERE kind = 2), 0) AS bot,
        coalesce(sum(count) FILTER (WHERE kind = 3), 0) AS intent,
        coalesce(sum(count) FILTER (WHERE kind = 4), 0) AS sent,
        sum(new_visitors) AS uniques
      FROM tallies_by_advocate
      WHERE program = ?1 AND local_day BETWEEN ?2 AND ?3
      GROUP BY advocate
      ORDER BY human DESC, sent DESC, intent DESC, advocate
      LIMIT ?4)
    SELECT
      t.advocate AS number, a.name, a.external_id,
      t.human, t.suspected, t.bot, t.intent, t.sent, t.uniques
    FROM totals t
    LEFT JOIN advocates a ON a.program = t.program AND a.number = t.advocate
    ORDER BY human DESC, sent DESC, intent DESC, t.advocate";

/// The counts from one instant to before another (Unix seconds).
pub async fn cells(
    db: &dyn Database,
    program: u16,
    from: i64,
    to: i64,
) -> Result<Vec<Cell>, DatabaseError> {
    one(db, statement!(CELLS, program, from, to)).await?.all()
}

/// The counts of each period (Unix seconds, the end excluded) that has any.
pub async fn periods(
    db: &dyn Database,
    program: u16,
    periods: &[(i64, i64)],
) -> Result<Vec<Period>, DatabaseError> {
    let statement = statement!(PERIODS, program, serde_json::to_string(periods)?);
    one(db, statement).await?.all()
}

/// The most active advocates from one local day to another, both included.
pub async fn advocates(
    db: &dyn Database,
    program: u16,
    from: i32,
    to: i32,
    limit: u16,
) -> Result<Vec<Advocate>, DatabaseError> {
    one(db, statement!(ADVOCATES, program, from, to, limit))
        .await?
        .all()
}
