//! Sessions, links to sign in, what browsers said of sales, files that were never sent to
//! their end, and events of long ago: what is over.

use crate::store::{Database, DatabaseError, claims, members, portal, reconciliations, webhooks};

/// How long a sale may be reported after a browser said so (ms).
const CLAIM: i64 = 90 * 86_400_000;

/// How long the rest of a file may be waited for (ms).
const FILE: i64 = 30 * 86_400_000;

/// Deletes them: none of them opens anything any more.
pub async fn sweep(db: &dyn Database, now: i64) -> Result<(), DatabaseError> {
    members::sweep(db, now).await?;
    portal::sweep(db, now).await?;
    claims::sweep(db, now - CLAIM).await?;
    reconciliations::forget(db, now - FILE).await?;
    webhooks::sweep(db, now).await
}
