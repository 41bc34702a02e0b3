//! Tallies, held against the clicks and shares that they count.

use super::{CHECKED, MENDED, UNSEEN};
use crate::{
    decode::row,
    store::{Database, DatabaseError, Statement, several, statement},
};

/// One side counts, the other was told: their sums for each cell of a tally.
///
/// The hours that begin in the days, and a half-hour zone's may end on the next one.
/// Days whose clicks are not all kept have nothing to be compared with.
const HOURS: &str = "
    INSERT INTO differences
    SELECT 'clicks', 'hour', program, strftime('%Y-%m-%dT%H:%MZ', hour, 'unixepoch'),
      hour / 86400,
      'the hour that began at ' || strftime('%Y-%m-%dT%H:%MZ', hour, 'unixepoch') || ' has '
        || sum(counted) || ' clicks and shares that differ from the ' || sum(told) || ' tallied',
      ?3, 1
    FROM (
      SELECT program, hour, sum(counted) AS counted, sum(told) AS told
      FROM (
        SELECT program, hour, medium, destination, kind, 1 AS counted, 0 AS told
        FROM tallied
        WHERE utc_day BETWEEN ?1 AND ?2 + 1
          AND hour >= ?1 * 86400 AND hour < (?2 + 1) * 86400
        UNION ALL
        SELECT program, hour, medium, destination, kind, 0, count
        FROM tallies_by_hour
        WHERE program IN (SELECT number FROM programs)
          AND hour >= ?1 * 86400 AND hour < (?2 + 1) * 86400)
      WHERE hour / 86400 >= (SELECT since FROM kept)
      GROUP BY program, hour, medium, destination, kind
      HAVING sum(counted) <> sum(told))
    GROUP BY program, hour
    ON CONFLICT DO UPDATE SET text = excluded.text, is_seen = 1";

/// The same for the days of a program's clock, which three UTC days may have part in.
const ADVOCATES: &str = "
    INSERT INTO differences
    SELECT 'clicks', 'advocates', program, date(local_day * 86400, 'unixepoch'), local_day,
      'advocates have ' || sum(counted) || ' clicks and shares of '
        || date(local_day * 86400, 'unixepoch') || ' that differ from the ' || sum(told)
        || ' tallied',
      ?3, 1
    FROM (
      SELECT program, local_day, sum(counted) AS counted, sum(told) AS told
      FROM (
        SELECT program, local_day, advocate, medium, label, kind, 1 AS counted, 0 AS told
        FROM tallied
        WHERE utc_day BETWEEN ?1 - 1 AND ?2 + 1 AND local_day BETWEEN ?1 AND ?2
        UNION ALL
        SELECT program, local_day, advocate, medium, label, kind, 0, count
        FROM tallies_by_advocate
        WHERE program IN (SELECT number FROM programs) AND local_day BETWEEN ?1 AND ?2)
      WHERE local_day > (SELECT since FROM kept)
      GROUP BY program, local_day, advocate, medium, label, kind
      HAVING sum(counted) <> sum(told))
    GROUP BY program, local_day
    ON CONFLICT DO UPDATE SET text = excluded.text, is_seen = 1";

/// Visitors are counted anew each UTC day, so by UTC days, whatever came first, they
/// are exact: once in the program, and once in each channel, medium, destination and
/// hour; but for those whose 200 clicks were more than a person's, and zones whose
/// hours lie across midnight.
const VISITORS: &str = "
    INSERT INTO differences
    SELECT 'clicks', 'visitors', program, date(day * 86400, 'unixepoch'), day,
      date(day * 86400, 'unixepoch') || ' has ' || sum(counted) || ' visitors ('
        || sum(counted_within) || ' by channel, medium, destination and hour), where '
        || sum(told) || ' (' || sum(told_within) || ') are tallied',
      ?3, 1
    FROM (
      SELECT program, utc_day AS day, count(*) AS counted, sum(places) AS counted_within,
        max(clicks) AS clicks, 0 AS told, 0 AS told_within, 0 AS odd_seconds
      FROM (
        SELECT program, utc_day, count(*) AS clicks,
          count(DISTINCT m.channel) + count(DISTINCT medium) + count(DISTINCT destination)
            + count(DISTINCT hour) AS places
        FROM tallied t JOIN media m ON m.code = t.medium
        WHERE utc_day BETWEEN ?1 AND ?2 AND kind = 0 AND length(visitor) > 0
        GROUP BY program, utc_day, visitor)
      GROUP BY program, utc_day
      UNION ALL
      SELECT program, hour / 86400, 0, 0, 0, sum(new_visitors),
        sum(new_in_channel + new_in_medium + new_at_destination + new_in_hour),
        max(hour % 3600)
      FROM tallies_by_hour
      WHERE program IN (SELECT number FROM programs)
        AND hour >= ?1 * 86400 AND hour < (?2 + 1) * 86400
      GROUP BY program, hour / 86400)
    WHERE day >= (SELECT since FROM kept)
    GROUP BY program, day
    HAVING max(odd_seconds) = 0 AND (sum(counted) <> sum(told)
      OR max(clicks) <= 200 AND sum(counted_within) <> sum(told_within))
    ON CONFLICT DO UPDATE SET text = excluded.text, is_seen = 1";

/// The first day that there is anything to compare of, and the last that was looked at
/// in turn.
const TURN: &str = "
    SELECT max(kept.since, min(
        coalesce((SELECT min(utc_day) FROM clicks), ?1),
        coalesce((SELECT min(created_at) / 86400000 - 1 FROM programs), ?1))) AS first,
      (SELECT CAST(place AS INTEGER) FROM turns WHERE what = 'clicks') AS place
    FROM kept";

const DIFFERING_DAYS: &str = "
    SELECT DISTINCT n FROM differences WHERE name = 'clicks' AND n < ?1 ORDER BY n LIMIT 40";

const TURNED: &str = "
    UPDATE turns SET place = CAST(CAST(?1 AS INTEGER) AS TEXT) WHERE what = 'clicks'";

row! {
    struct Day {
        n: i64,
    }
}

row! {
    /// Where the days are that are looked at in turn.
    #[derive(Debug, Clone, Copy)]
    pub struct Turn {
        /// The first that there is anything to compare of.
        pub first: i64,
        /// The last that was looked at.
        pub place: i64,
    }
}

/// Compares the tallies of some days, first and last, with their clicks and shares.
pub async fn compare(db: &dyn Database, days: (i64, i64), now: i64) -> Result<(), DatabaseError> {
    let (first, last) = days;
    let kinds = r#"["hour","visitors","advocates"]"#;
    db.batch(vec![
        statement!(UNSEEN, "clicks", kinds, first, last),
        statement!(HOURS, first, last, now),
        statement!(VISITORS, first, last, now),
        statement!(ADVOCATES, first, last, now),
        statement!(MENDED, "clicks"),
    ])
    .await?;
    Ok(())
}

/// Whose turn it is before a day, and the days before it that differ.
pub async fn days_before(db: &dyn Database, day: i64) -> Result<(Turn, Vec<i64>), DatabaseError> {
    let [turn, days] =
        several(db, [statement!(TURN, day), statement!(DIFFERING_DAYS, day)]).await?;
    let turn = turn.first()?.ok_or(DatabaseError::Short)?;
    let days: Vec<Day> = days.all()?;
    Ok((turn, days.into_iter().map(|row| row.n).collect()))
}

/// The statements that end a run over the clicks, which looked at days up to one.
#[must_use]
pub fn turned(day: i64, now: i64) -> Vec<Statement> {
    vec![statement!(TURNED, day), statement!(CHECKED, "clicks", now)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{checks::mend, sqlite::Sqlite};

    #[test]
    fn a_day_is_compared_without_reading_any_other() {
        let database = Sqlite::migrated();
        for (sql, searched) in [
            (
                HOURS,
                "SEARCH clicks USING PRIMARY KEY (utc_day>? AND utc_day<?)",
            ),
            (
                HOURS,
                "SEARCH shares USING INDEX shares_by_day (<expr>>? AND <expr><?)",
            ),
            (
                HOURS,
                "SEARCH tallies_by_hour USING PRIMARY KEY (program=? AND hour>? AND hour<?)",
            ),
            (
                ADVOCATES,
                "SEARCH clicks USING PRIMARY KEY (utc_day>? AND utc_day<?)",
            ),
            (
                ADVOCATES,
                "SEARCH tallies_by_advocate USING PRIMARY KEY (program=? AND local_day>? AND local_day<?)",
            ),
            (
                VISITORS,
                "SEARCH clicks USING PRIMARY KEY (utc_day>? AND utc_day<?)",
            ),
            (
                mend::COUNT_HOURS,
                "SEARCH clicks USING PRIMARY KEY (utc_day>? AND utc_day<?)",
            ),
            (
                mend::COUNT_ADVOCATES,
                "SEARCH clicks USING PRIMARY KEY (utc_day>? AND utc_day<?)",
            ),
        ] {
            let steps = database.plan(sql);
            assert!(steps.iter().any(|step| step == searched), "{steps:#?}");
            for table in ["clicks", "shares", "tallies_by_hour", "tallies_by_advocate"] {
                let scanned = format!("SCAN {table}");
                assert!(!steps.contains(&scanned), "{scanned}: {steps:#?}");
            }
        }
    }
}
