//! Clicks, and through the triggers of the migration the tallies that
//! statistics read.

use super::{Database, DatabaseError, one, statement};
use crate::domain::click::Record;

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
