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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::Sqlite;

    /// The steps of a statement's plan, with values of the types that D1 binds.
    fn plan(sql: &str, parameters: &[&dyn rusqlite::ToSql]) -> Vec<String> {
        let migration = include_str!("../../migrations/0001_initial.sql");
        let database = Sqlite::in_memory(&[migration]).unwrap();
        database.with(|connection| {
            let mut explain = connection
                .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
                .unwrap();
            let steps = explain.query_map(parameters, |row| row.get("detail"));
            steps.unwrap().collect::<Result<_, _>>().unwrap()
        })
    }

    #[test]
    fn statistics_search_the_tallies_by_primary_key_and_scan_no_table() {
        let (program, from, to) = (1.0, 1_795_305_600.0, 1_795_392_000.0);
        for (sql, parameters, searched, scanned) in [
            (
                CELLS,
                &[&program as &dyn rusqlite::ToSql, &from, &to][..],
                "SEARCH tallies_by_hour USING PRIMARY KEY (program=? AND hour>? AND hour<?)",
                "",
            ),
            (
                PERIODS,
                &[&program, &"[[1795305600,1795392000]]"],
                "SEARCH t USING PRIMARY KEY (program=? AND hour>? AND hour<?)",
                "SCAN period VIRTUAL TABLE INDEX 1:",
            ),
            (
                ADVOCATES,
                &[&program, &20_779.0, &20_780.0, &1_000.0],
                "SEARCH tallies_by_advocate USING PRIMARY KEY \
                 (program=? AND local_day>? AND local_day<?)",
                // The totals that the statement has made itself.
                "SCAN t",
            ),
        ] {
            let steps = plan(sql, parameters);
            assert!(steps.iter().any(|step| step == searched), "{steps:#?}");
            for step in &steps {
                assert!(!step.starts_with("SCAN") || step == scanned, "{steps:#?}");
                assert!(!step.contains("clicks"), "{steps:#?}");
            }
        }
    }

    /// The trigger asks this of every new human click.
    #[test]
    fn who_is_new_is_told_from_the_primary_key_of_clicks() {
        let lookup = "SELECT 1 FROM human_clicks c
            WHERE c.utc_day = ?1 AND c.program = ?2 AND c.visitor = ?3 AND c.id <> ?4
              AND c.channel = (SELECT channel FROM media WHERE code = ?5)";
        let (day, program, medium) = (20_779, 1, 3);
        let steps = plan(lookup, &[&day, &program, &"v", &"i", &medium]);
        let searched = "SEARCH c USING PRIMARY KEY (utc_day=? AND program=? AND visitor=?)";
        assert!(steps.iter().any(|step| step == searched), "{steps:#?}");
        assert!(
            steps.iter().all(|step| !step.starts_with("SCAN")),
            "{steps:#?}"
        );
    }
}
