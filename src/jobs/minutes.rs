//! The counts by the minute, which are gathered into their hours.
//!
//! A live view shows the last minutes alone; what statistics read should be few rows.

use crate::store::{Database, DatabaseError, statistics};

/// Gathers the minutes of hours that ended two hours ago or more, of the last day.
/// A click that comes later still is a minute of its own, which sums see as well.
pub async fn gather(db: &dyn Database, now: i64) -> Result<(), DatabaseError> {
    db.batch(statistics::gather(now)).await?;
    Ok(())
}
