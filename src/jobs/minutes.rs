//! The counts by the minute, which are gathered into their hours.
//!
//! A live view shows the last minutes alone; what statistics read should be few rows.

use crate::store::{Database, DatabaseError, exports, statistics};

/// Gathers the minutes of hours that ended two hours ago or more, of the last day.
/// A click that comes later still is a minute of its own, which sums see as well.
/// Tallies that are being read back in come as they are.
pub async fn gather(db: &dyn Database, now: i64) -> Result<(), DatabaseError> {
    if exports::is_under_way(db).await? {
        return Ok(());
    }
    db.batch(statistics::gather(now)).await?;
    Ok(())
}
