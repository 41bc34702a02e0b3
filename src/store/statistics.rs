//! Statistics, from the tallies alone: what they cost does not grow with clicks.

use super::{Database, DatabaseError, Statement, one, statement, time};
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
    WHERE program = ?1 AND hour >= ?2 AND hour < ?3 AND medium BETWEEN ?4 AND ?5
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
      sum(t.new_in_channel) AS new_in_channel,
      sum(t.new_in_hour) AS new_in_hour
    FROM json_each(?2) AS period
    CROSS JOIN tallies_by_hour t
      ON t.program = ?1 AND t.hour >= period.value ->> 0 AND t.hour < period.value ->> 1
    WHERE t.medium BETWEEN ?3 AND ?4
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
      WHERE program = ?1 AND local_day BETWEEN ?2 AND ?3 AND medium BETWEEN ?5 AND ?6
      GROUP BY advocate),
    -- Who was merged into another counts for them.
    persons AS (
      SELECT t.program, coalesce(m.merged_into, t.advocate) AS advocate, sum(human) AS human,
        sum(suspected) AS suspected, sum(bot) AS bot, sum(intent) AS intent, sum(sent) AS sent,
        sum(new_visitors) AS new_visitors
      FROM totals t
      LEFT JOIN advocates m INDEXED BY advocates_merged
        ON m.program = t.program AND m.number = t.advocate AND m.merged_into IS NOT NULL
      GROUP BY 2
      ORDER BY human DESC, sent DESC, intent DESC, 2
      LIMIT ?4)
    SELECT
      t.advocate, a.name,
      t.human, t.suspected, t.bot, t.intent, t.sent, t.new_visitors
    FROM persons t
    LEFT JOIN advocates a ON a.program = t.program AND a.number = t.advocate
    ORDER BY human DESC, sent DESC, intent DESC, t.advocate";

// `?2` is [[start, end, name], …]: a chart's points, each one range of the primary
// key. A series is as long as the chart, whatever there was.
const SERIES: &str = "
    WITH
    periods AS MATERIALIZED (
      SELECT key AS n, value ->> 0 AS start, value ->> 1 AS until, value ->> 2 AS name
      FROM json_each(?2)),
    counted AS MATERIALIZED (
      SELECT
        p.n, m.channel,
        sum(iif(t.kind = 0, t.count, 0)) AS human,
        sum(iif(t.kind = 1, t.count, 0)) AS suspected,
        sum(iif(t.kind = 2, t.count, 0)) AS bot,
        sum(iif(t.kind > 2, t.count, 0)) AS shares,
        sum(t.new_in_channel) AS uniques
      FROM periods p
      CROSS JOIN tallies_by_hour t
        ON t.program = ?1 AND t.hour >= p.start AND t.hour < p.until
      CROSS JOIN media m ON m.code = t.medium
      WHERE t.medium BETWEEN ?3 AND ?4 AND (?5 IS NULL OR t.destination = ?5)
      GROUP BY p.n, m.channel)
    SELECT json_object('program', ?6, 'zone', ?7, 'from', ?8, 'to', ?9, 'unit', ?10,
      'starts', json((SELECT json_group_array(name) FROM (SELECT name FROM periods ORDER BY n))),
      'series', json((
        SELECT json_group_array(json((
          SELECT json_object('channel', c.channel, 'human', json_group_array(human),
            'suspected', json_group_array(suspected), 'bot', json_group_array(bot),
            'shares', json_group_array(shares), 'uniques', json_group_array(uniques))
          FROM (
            SELECT coalesce(human, 0) AS human, coalesce(suspected, 0) AS suspected,
              coalesce(bot, 0) AS bot, coalesce(shares, 0) AS shares,
              coalesce(uniques, 0) AS uniques
            FROM periods p LEFT JOIN counted n ON n.n = p.n AND n.channel = c.channel
            ORDER BY p.n))))
        FROM (SELECT channel FROM media GROUP BY channel ORDER BY min(code)) c))) AS document";

/// From when on a live view shows minutes, for statements: `?2` is now (Unix s).
macro_rules! live_from {
    () => {
        "CAST(?2 AS INTEGER) / 60 * 60 - 29 * 60"
    };
}

const LIVE: &str = concat!(
    "SELECT json_object('program', ?3, 'now', ",
    time!("?2 * 1000"),
    ", 'minutes', json((
      SELECT json_group_array(json_object('at', ",
    time!("at * 1000"),
    ", 'channel', channel, 'human', human, 'suspected', suspected, 'bot', bot,
        'shares', shares))
      FROM (
        SELECT
          t.hour + t.minute * 60 AS at, m.channel,
          sum(iif(t.kind = 0, t.count, 0)) AS human,
          sum(iif(t.kind = 1, t.count, 0)) AS suspected,
          sum(iif(t.kind = 2, t.count, 0)) AS bot,
          sum(iif(t.kind > 2, t.count, 0)) AS shares
        FROM tallies_by_hour t CROSS JOIN media m ON m.code = t.medium
        WHERE t.program = ?1 AND t.hour > ",
    live_from!(),
    " - 3600 AND t.hour <= ?2 AND t.minute < 60
          AND t.hour + t.minute * 60 BETWEEN ",
    live_from!(),
    " AND ?2
        GROUP BY at, m.channel ORDER BY at, min(m.code))))) AS document"
);

/// The hours whose minutes are gathered, of each program: they ended two hours ago
/// at least, and began 26 hours ago at most. They begin at a quarter of an hour,
/// as every zone's do, and each is looked up by the primary key: where there is
/// nothing to gather, nothing is read.
macro_rules! hours {
    () => {
        "WITH RECURSIVE hours (hour) AS (
          SELECT CAST(?1 AS INTEGER) / 900 * 900 - 3 * 3600
          UNION ALL SELECT hour - 900 FROM hours
          WHERE hour > CAST(?1 AS INTEGER) - 26 * 3600) "
    };
}

const GATHER: &str = concat!(
    hours!(),
    "INSERT INTO tallies_by_hour
    SELECT t.program, t.hour, 60, t.medium, t.destination, t.kind, sum(t.count),
      sum(t.new_visitors), sum(t.new_in_channel), sum(t.new_in_medium),
      sum(t.new_at_destination), sum(t.new_in_hour)
    FROM programs p
    CROSS JOIN hours h
    CROSS JOIN tallies_by_hour t
      ON t.program = p.number AND t.hour = h.hour AND t.minute < 60
    GROUP BY t.program, t.hour, t.medium, t.destination, t.kind
    ON CONFLICT DO UPDATE SET
      count = count + excluded.count,
      new_visitors = new_visitors + excluded.new_visitors,
      new_in_channel = new_in_channel + excluded.new_in_channel,
      new_in_medium = new_in_medium + excluded.new_in_medium,
      new_at_destination = new_at_destination + excluded.new_at_destination,
      new_in_hour = new_in_hour + excluded.new_in_hour"
);

const GATHERED: &str = concat!(
    hours!(),
    "DELETE FROM tallies_by_hour
    WHERE program IN (SELECT number FROM programs) AND hour IN (SELECT hour FROM hours)
      AND minute < 60"
);

/// Codes of the media that are counted, from the first one to the last one.
pub type Media = (u8, u8);

/// All media.
pub const ALL_MEDIA: Media = (0, 15);

/// The counts from one instant to before another (Unix seconds).
pub async fn cells(
    db: &dyn Database,
    program: u16,
    (from, to): (i64, i64),
    media: Media,
) -> Result<Vec<Tally>, DatabaseError> {
    one(db, statement!(CELLS, program, from, to, media.0, media.1))
        .await?
        .all()
}

/// The counts of each period (Unix seconds, the end excluded) that has any.
pub async fn periods(
    db: &dyn Database,
    program: u16,
    periods: &[(i64, i64)],
    media: Media,
) -> Result<Vec<Tally>, DatabaseError> {
    let periods = serde_json::to_string(periods)?;
    let statement = statement!(PERIODS, program, periods, media.0, media.1);
    one(db, statement).await?.all()
}

/// The most active advocates from one local day to another, both included.
pub async fn advocates(
    db: &dyn Database,
    program: u16,
    (from, to): (i32, i32),
    media: Media,
    limit: u16,
) -> Result<Vec<Tally>, DatabaseError> {
    let statement = statement!(ADVOCATES, program, from, to, limit, media.0, media.1);
    one(db, statement).await?.all()
}

/// The points of a chart.
#[derive(Debug)]
pub struct Series<'a> {
    /// Number of the program.
    pub program: u16,
    /// The points as JSON: start and end (Unix seconds) and name of each.
    pub periods: String,
    /// What is counted.
    pub media: Media,
    /// Number of the only destination, if there is one.
    pub destination: Option<u8>,
    /// What the answer repeats: slug, zone, first day, last day, unit.
    pub said: [&'a str; 5],
}

/// A chart's series, as a document.
pub async fn series(db: &dyn Database, asked: Series<'_>) -> Result<String, DatabaseError> {
    let (first, last) = asked.media;
    let mut statement = statement!(
        SERIES,
        asked.program,
        asked.periods,
        first,
        last,
        asked.destination
    );
    let said = asked.said.into_iter();
    statement.parameters.extend(said.map(super::Value::from));
    one(db, statement).await?.document()
}

/// The last thirty minutes of a program (its number and slug), as a document.
pub async fn live(
    db: &dyn Database,
    program: u16,
    slug: &str,
    now: i64,
) -> Result<String, DatabaseError> {
    let statement = statement!(LIVE, program, now.div_euclid(1_000), slug);
    one(db, statement).await?.document()
}

/// The statements that gather the minutes of hours that are over, for one batch:
/// done again they find nothing, and no sum changes.
#[must_use]
pub fn gather(now: i64) -> Vec<Statement> {
    let now = now.div_euclid(1_000);
    vec![statement!(GATHER, now), statement!(GATHERED, now)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::Sqlite;

    /// The steps of a statement's plan, with values of the types that D1 binds.
    fn plan(sql: &str, parameters: &[&dyn rusqlite::ToSql]) -> Vec<String> {
        let database = Sqlite::migrated();
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
                &[&program as &dyn rusqlite::ToSql, &from, &to, &0.0, &15.0][..],
                "SEARCH tallies_by_hour USING PRIMARY KEY (program=? AND hour>? AND hour<?)",
                "",
            ),
            (
                PERIODS,
                &[&program, &"[[1795305600,1795392000]]", &0.0, &15.0],
                "SEARCH t USING PRIMARY KEY (program=? AND hour>? AND hour<?)",
                "SCAN period VIRTUAL TABLE INDEX 1:",
            ),
            (
                ADVOCATES,
                &[&program, &20_779.0, &20_780.0, &1_000.0, &0.0, &15.0],
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

        let database = Sqlite::migrated();
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
