//! Statistics, from the tallies alone: what they cost does not grow with clicks.

use super::{Database, DatabaseError, one, statement};
use crate::decode::{self, row};

row! {
    /// The counts of one group: a medium at a destination, a period, an advocate.
    /// Each statement fills what it groups by and the visitors that fit; one type
    /// for all three is 8 KB less of wasm than a type each.
    #[derive(Debug, Clone, Default)]
    pub struct Tally {
        /// Medium code.
        pub medium: u8 = decode::or_default,
        /// Destination number.
        pub destination: u8 = decode::or_default,
        /// The period's place among those asked for.
        pub position: usize = decode::or_default,
        /// Advocate number.
        pub advocate: u32 = decode::or_default,
        /// The advocate's name; a link minted offline can name nobody.
        pub name: Option<String>,
        /// Clicks of people.
        pub human: i64 = decode::or_default,
        /// Clicks under suspicion.
        pub suspected: i64 = decode::or_default,
        /// Clicks of machines that say so.
        pub bot: i64 = decode::or_default,
        /// Shares begun.
        pub intent: i64 = decode::or_default,
        /// Shares sent.
        pub sent: i64 = decode::or_default,
        /// Visitors new that day: to the program, or to the advocate.
        pub new_visitors: i64 = decode::or_default,
        /// … to the channel.
        pub new_in_channel: i64 = decode::or_default,
        /// … to the medium.
        pub new_in_medium: i64 = decode::or_default,
        /// … to the destination.
        pub new_at_destination: i64 = decode::or_default,
        /// … in their hour.
        pub new_in_hour: i64 = decode::or_default,
    }
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
        sum(new_visitors) AS new_visitors
      FROM tallies_by_advocate
      WHERE program = ?1 AND local_day BETWEEN ?2 AND ?3
      GROUP BY advocate
      ORDER BY human DESC, sent DESC, intent DESC, advocate
      LIMIT ?4)
    SELECT
      t.advocate, a.name,
      t.human, t.suspected, t.bot, t.intent, t.sent, t.new_visitors
    FROM totals t
    LEFT JOIN advocates a ON a.program = t.program AND a.number = t.advocate
    ORDER BY human DESC, sent DESC, intent DESC, t.advocate";

/// The counts from one instant to before another (Unix seconds).
pub async fn cells(
    db: &dyn Database,
    program: u16,
    from: i64,
    to: i64,
) -> Result<Vec<Tally>, DatabaseError> {
    one(db, statement!(CELLS, program, from, to)).await?.all()
}

/// The counts of each period (Unix seconds, the end excluded) that has any.
pub async fn periods(
    db: &dyn Database,
    program: u16,
    periods: &[(i64, i64)],
) -> Result<Vec<Tally>, DatabaseError> {
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
) -> Result<Vec<Tally>, DatabaseError> {
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

    /// One visitor's clicks must not make those of others slow: the look-back
    /// of the trigger ends after 200 rows of the primary key.
    #[test]
    fn who_is_new_is_looked_up_among_200_clicks_of_the_day() {
        let lookup = "SELECT count(*) FROM (SELECT * FROM clicks
            WHERE utc_day = ?1 AND program = ?2 AND visitor = ?3 AND id <> ?4 LIMIT 200)";
        let steps = plan(lookup, &[&20_779, &1, &"v", &"i"]);
        let searched = "SEARCH clicks USING PRIMARY KEY (utc_day=? AND program=? AND visitor=?)";
        assert!(steps.iter().any(|step| step == searched), "{steps:#?}");

        let migration = include_str!("../../migrations/0001_initial.sql");
        let database = Sqlite::in_memory(&[migration]).unwrap();
        let click = |connection: &rusqlite::Connection, number: i64, medium: i64| {
            let sql = "INSERT INTO clicks VALUES
                (20779, 1, x'0102030405060708', unhex(printf('%032x', ?1)),
                 1795305600000 + ?1, 7, ?2, 0, 0, 0, 0, 1, 60)";
            connection.execute(sql, [number, medium]).unwrap();
        };
        let new = |connection: &rusqlite::Connection, column: &str| -> i64 {
            let sql = format!("SELECT sum({column}) FROM tallies_by_hour");
            connection.query_row(&sql, [], |row| row.get(0)).unwrap()
        };
        database.with(|connection| {
            for number in 0..199 {
                click(connection, number, 0);
            }
            click(connection, 199, 1);
            assert_eq!(new(connection, "new_in_medium"), 2);
            click(connection, 200, 2);
            assert_eq!(new(connection, "new_in_medium"), 2, "200 clicks were made");
            assert_eq!(new(connection, "new_visitors"), 1);
            assert_eq!(new(connection, "count"), 201);
        });
    }
}
