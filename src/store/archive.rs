//! Raw clicks that are old: taken out of the table, day by day, and what is known of
//! them then. Their tallies stay.

use super::{Database, DatabaseError, Document, one, statement, time};
use crate::decode::{self, row};

// A day is not touched while its tallies differ from its clicks, nor while those of the
// days beside it do: they could not be counted anew.
const OLDEST: &str = "
    SELECT day, EXISTS (SELECT 1 FROM archives WHERE utc_day = day) AS is_begun,
      EXISTS (
        SELECT 1 FROM differences WHERE name = 'clicks' AND n BETWEEN day - 1 AND day + 1) AS differs
    FROM (SELECT min(utc_day) AS day FROM clicks)
    WHERE day < ?1";

// A row of D1 has 2 MB at most; 4,000 clicks have 1.3 MB, with their keys.
const NEXT: &str = "
    WITH page AS MATERIALIZED (
      SELECT * FROM clicks WHERE utc_day = ?1 ORDER BY program, visitor, id LIMIT 4000)
    SELECT
      group_concat(json_object('id', lower(hex(id)), 'at', at, 'program', program,
        'advocate', advocate, 'medium', medium, 'destination', destination, 'label', label,
        'class', class, 'reason', reason, 'rules', rules, 'visitor', lower(hex(visitor)),
        'offset', offset_minutes), char(10)) || char(10) AS lines,
      json_group_array(json_array(program, hex(visitor), hex(id))) AS keys,
      'clicks/' || date(?1 * 86400, 'unixepoch') || '/' || (
        SELECT concat_ws('-', program, lower(hex(visitor)), lower(hex(id))) FROM page LIMIT 1)
        || '.ndjson' AS name
    FROM page";

// Of those that are still there: somebody else may be at it.
const COUNT: &str = "
    INSERT INTO archives
    SELECT ?1, clicks, ?3 > 0, ?3, ?4, NULL FROM (
      SELECT count(*) AS clicks FROM json_each(?2)
      CROSS JOIN clicks c ON c.utc_day = ?1 AND c.program = value ->> 0
        AND c.visitor = unhex(value ->> 1) AND c.id = unhex(value ->> 2))
    WHERE clicks > 0
    ON CONFLICT DO UPDATE SET clicks = clicks + excluded.clicks,
      objects = objects + excluded.objects, bytes = bytes + excluded.bytes";

// They lie between the first and the last of them, and nothing else is touched there.
const REMOVE: &str = "
    DELETE FROM clicks
    WHERE utc_day = ?1
      AND (program, visitor, id) >= (
        ?2 ->> '$[0][0]', unhex(?2 ->> '$[0][1]'), unhex(?2 ->> '$[0][2]'))
      AND (program, visitor, id) <= (
        ?2 ->> '$[#-1][0]', unhex(?2 ->> '$[#-1][1]'), unhex(?2 ->> '$[#-1][2]'))
      AND (+program, visitor, id) IN (
        SELECT value ->> 0, unhex(value ->> 1), unhex(value ->> 2) FROM json_each(?2))";

const DONE: &str = "
    UPDATE archives SET done_at = ?1
    WHERE done_at IS NULL AND NOT EXISTS (SELECT 1 FROM clicks c WHERE c.utc_day = archives.utc_day)";

const PAGE: &str = concat!(
    "SELECT CAST(utc_day AS TEXT) AS cursor, json_object(
      'day', date(utc_day * 86400, 'unixepoch'), 'clicks', clicks, 'objects', objects,
      'bytes', bytes, 'began_at', ",
    time!("began_at"),
    ", 'done_at', ",
    time!("done_at"),
    ") AS document
    FROM archives WHERE utc_day < ?1 ORDER BY utc_day DESC LIMIT ?2"
);

row! {
    /// The oldest day of which there are raw clicks.
    #[derive(Debug)]
    pub struct Oldest {
        /// Since 1970-01-01.
        pub day: i64,
        /// Whether some of its clicks were taken out already.
        pub is_begun: bool = decode::flag,
        /// Whether tallies are known to differ that hang on its clicks.
        pub differs: bool = decode::flag,
    }
}

row! {
    /// The next clicks of a day.
    #[derive(Debug)]
    pub struct Chunk {
        /// A JSON object a line.
        pub lines: String,
        /// What they are found by again.
        pub keys: String,
        /// What the object in the bucket is called: the same for the same first click.
        pub name: String,
    }
}

/// The oldest day of which there are raw clicks, if it is before one.
pub async fn oldest(db: &dyn Database, before: i64) -> Result<Option<Oldest>, DatabaseError> {
    one(db, statement!(OLDEST, before)).await?.first()
}

/// The next clicks of a day, of which there are some.
pub async fn next(db: &dyn Database, day: i64) -> Result<Chunk, DatabaseError> {
    let chunk: Option<Chunk> = one(db, statement!(NEXT, day)).await?.first()?;
    chunk.ok_or(DatabaseError::Short)
}

/// Takes just these clicks out, of which so many bytes were written elsewhere; 0 if
/// nothing was.
pub async fn remove(
    db: &dyn Database,
    day: i64,
    keys: &str,
    bytes: usize,
    now: i64,
) -> Result<(), DatabaseError> {
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    db.batch(vec![
        statement!(COUNT, day, keys, bytes, now),
        statement!(REMOVE, day, keys),
        statement!(DONE, now),
    ])
    .await?;
    Ok(())
}

/// At most `limit` days before one, the newest first.
pub async fn page(
    db: &dyn Database,
    before: i64,
    limit: u16,
) -> Result<Vec<Document>, DatabaseError> {
    one(db, statement!(PAGE, before, limit)).await?.all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::Sqlite;

    #[test]
    fn a_chunk_is_taken_out_without_reading_the_rest_of_its_day() {
        let database = Sqlite::migrated();
        let key = "PRIMARY KEY (utc_day=? AND program=? AND visitor=? AND id=?)";
        for (sql, searched) in [
            (
                NEXT,
                "SEARCH clicks USING PRIMARY KEY (utc_day=?)".to_owned(),
            ),
            (COUNT, format!("SEARCH c USING {key}")),
            (
                REMOVE,
                "SEARCH clicks USING PRIMARY KEY (utc_day=? AND (program,visitor,id)>(?,?,?) AND (program,visitor,id)<(?,?,?))".to_owned(),
            ),
        ] {
            let steps = database.plan(sql);
            assert!(steps.contains(&searched), "{steps:#?}");
            assert!(
                !steps.iter().any(|step| step.contains("ORDER BY")),
                "{steps:#?}"
            );
        }
    }
}
