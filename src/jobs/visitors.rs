//! The visitor hashes of advocates, which are let go after some days.

use crate::store::{Database, DatabaseError, one, shares};

/// Days for which a hash can still tell that a prospect is the advocate: a lead
/// comes some days after its click. No salt lives as long, so by then a hash can
/// be compared with those of the same day alone.
const KEPT: i64 = 3;

/// Deletes hashes that are older.
pub async fn sweep(db: &dyn Database, now: i64) -> Result<(), DatabaseError> {
    one(db, shares::sweep_visitors(shares::utc_day(now) - KEPT)).await?;
    Ok(())
}
