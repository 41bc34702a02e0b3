//! Sessions, links to sign in, and what browsers said of sales, that are over.

use crate::store::{Database, DatabaseError, claims, members, portal};

/// How long a sale may be reported after a browser said so (ms).
const CLAIM: i64 = 90 * 86_400_000;

/// Deletes them: none of them opens anything any more.
pub async fn sweep(db: &dyn Database, now: i64) -> Result<(), DatabaseError> {
    members::sweep(db, now).await?;
    portal::sweep(db, now).await?;
    claims::sweep(db, now - CLAIM).await
}
