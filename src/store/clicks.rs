//! Clicks, and through the triggers of the migration the tallies that
//! statistics read.

use super::{Database, DatabaseError, one, several, statement};
use crate::{decode::row, domain::click::Record};

// One statement for a whole batch, whatever its size: `json_each` keeps clear
// of D1's limit of 100 parameters. A click that is there already is passed
// over, and so is its tally.
const INSERT: &str = "
    INSERT INTO clicks
    SELECT
      (value ->> 'at') / 86400000,
      value ->> 'program',
      unhex(value ->> 'visitor'),
      unhex(value ->> 'id'),
      value ->> 'at',
      value ->> 'advocate',
      value ->> 'medium',
      value ->> 'destination',
      value ->> 'label',
      value ->> 'class',
      value ->> 'reason',
      value ->> 'rules',
      value ->> 'offset'
    FROM json_each(?1)
    WHERE true
    ON CONFLICT DO NOTHING";

/// Records clicks that are new; those that are there already change nothing.
pub async fn insert(db: &dyn Database, clicks: &[Record]) -> Result<(), DatabaseError> {
    if clicks.is_empty() {
        return Ok(());
    }
    one(db, statement!(INSERT, serde_json::to_string(clicks)?)).await?;
    Ok(())
}

// Days of before have no raw clicks any more that could tell what was counted.
const KEPT: &str = "SELECT since FROM kept";

// NULL is refused, which undoes the batch of whoever was overtaken.
const STILL_KEPT: &str = "
    INSERT INTO overtaken SELECT NULL FROM kept WHERE since > ?1";

const ALREADY: &str = "
    SELECT count(*) AS already
    FROM json_each(?1) CROSS JOIN clicks c ON c.utc_day = (value ->> 'at') / 86400000
      AND c.program = value ->> 'program' AND c.visitor = unhex(value ->> 'visitor')
      AND c.id = unhex(value ->> 'id')";

// Clicks of some links about some times: `?1` names a link and a bucket of time each.
// A prefetch is answered like a failure, so no line of a log stands for it.
const NEARBY: &str = "
    SELECT lower(hex(id)) AS id, at, program, advocate, medium, destination, label
    FROM clicks
    WHERE utc_day BETWEEN ?2 AND ?3 AND reason <> 1
      AND (program, advocate, medium, destination, label, at / CAST(?4 AS INTEGER)) IN (
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
        FROM json_each(?1))
    ORDER BY at, id";

row! {
    struct Since {
        since: i64,
    }
}

row! {
    struct Already {
        already: usize,
    }
}

row! {
    /// A click that is there.
    #[derive(Debug)]
    pub struct Near {
        /// Its id, in hexadecimal.
        pub id: String,
        /// When it came in (Unix ms).
        pub at: i64,
        /// Of its link.
        pub program: u16,
        /// Of its link.
        pub advocate: u32,
        /// Of its link.
        pub medium: u8,
        /// Of its link.
        pub destination: u8,
        /// Of its link.
        pub label: u16,
    }
}

/// The first UTC day of which all raw clicks are kept.
pub async fn kept_since(db: &dyn Database) -> Result<i64, DatabaseError> {
    let row: Option<Since> = one(db, statement!(KEPT)).await?.first()?;
    row.map(|row| row.since).ok_or(DatabaseError::Short)
}

/// Records clicks of days that are kept since one, unless `is_dry`; answers how many
/// of them were there already. A conflict if fewer days are kept by now.
pub async fn replay(
    db: &dyn Database,
    clicks: &[Record],
    kept_since: i64,
    is_dry: bool,
) -> Result<usize, DatabaseError> {
    if clicks.is_empty() {
        return Ok(0);
    }
    let json = serde_json::to_string(clicks)?;
    let mut statements = vec![statement!(ALREADY, json.as_str())];
    if !is_dry {
        statements.push(statement!(STILL_KEPT, kept_since));
        statements.push(statement!(INSERT, json));
    }
    let answered = db.batch(statements).await?;
    let already: Option<Already> = answered.first().ok_or(DatabaseError::Short)?.first()?;
    already.map(|row| row.already).ok_or(DatabaseError::Short)
}

/// Clicks of links near some times, of days from the first to the last. `places` is a
/// JSON array of arrays: the five numbers of a link, and a time in units of `bucket`
/// milliseconds.
pub async fn nearby(
    db: &dyn Database,
    places: &str,
    days: (i64, i64),
    bucket: i64,
) -> Result<Vec<Near>, DatabaseError> {
    let [rows] = several(db, [statement!(NEARBY, places, days.0, days.1, bucket)]).await?;
    rows.all()
}
