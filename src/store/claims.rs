//! What browsers said of sales.

use super::{Database, DatabaseError, one, statement};
use crate::decode::row;

// A few are enough to see that they contradict each other.
const ADD: &str = "
    INSERT INTO claims
    SELECT ?1, ?2, ?3, ?4, ?5
    WHERE (SELECT count(*) FROM claims WHERE program = ?1 AND order_id = ?2) < 3
    ON CONFLICT DO NOTHING";

const OF_ORDER: &str = "SELECT receipt FROM claims WHERE program = ?1 AND order_id = ?2";

const SWEEP: &str = "DELETE FROM claims WHERE at <= ?1";

row! {
    struct Claim {
        receipt: String,
    }
}

/// Keeps the receipt (and its click, in hexadecimal) of a browser that says that it
/// has bought.
pub async fn add(
    db: &dyn Database,
    program: u16,
    order_id: &str,
    (click, receipt): (&str, &str),
    now: i64,
) -> Result<(), DatabaseError> {
    one(db, statement!(ADD, program, order_id, click, receipt, now)).await?;
    Ok(())
}

/// The receipt of the browser that bought; none where several say that they did.
pub async fn of_order(
    db: &dyn Database,
    program: u16,
    order_id: &str,
) -> Result<Option<String>, DatabaseError> {
    let mut rows: Vec<Claim> = one(db, statement!(OF_ORDER, program, order_id))
        .await?
        .all()?;
    Ok(rows
        .pop()
        .filter(|_| rows.is_empty())
        .map(|row| row.receipt))
}

/// Deletes what was said before a time (Unix ms).
pub async fn sweep(db: &dyn Database, before: i64) -> Result<(), DatabaseError> {
    one(db, statement!(SWEEP, before)).await?;
    Ok(())
}
