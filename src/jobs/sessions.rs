//! Sessions and links to sign in that are over.

use crate::store::{Database, DatabaseError, members};

/// Deletes them: none of them opens anything any more.
pub async fn sweep(db: &dyn Database, now: i64) -> Result<(), DatabaseError> {
    members::sweep(db, now).await
}
