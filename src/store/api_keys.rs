//! API keys, stored as hashes.

use super::{Database, DatabaseError, one, statement};
use crate::{
    decode::{self, row},
    domain::{access::Scope, program::Name},
};

row! {
    /// A key as it is stored.
    #[derive(Debug, Clone)]
    pub struct Row {
        /// Its public id.
        pub id: String,
        /// What it is for.
        pub name: String,
        /// What it may do, as JSON.
        scopes: String,
        /// Who made it, where that is known.
        pub created_by: Option<String>,
        /// Unix milliseconds.
        pub created_at: i64,
        /// Unix milliseconds.
        pub revoked_at: Option<i64>,
    }
}

impl Row {
    /// What the key may do.
    pub fn scopes(&self) -> Result<Vec<Scope>, DatabaseError> {
        Ok(decode::read(self.scopes.as_bytes())?)
    }
}

const BY_HASH: &str = "
    SELECT id, name, scopes, created_by, created_at, revoked_at
    FROM api_keys WHERE hash = ?1 AND revoked_at IS NULL";

const INSERT: &str = "
    INSERT INTO api_keys (id, hash, name, scopes, created_at, created_by)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    RETURNING id, name, scopes, created_by, created_at, revoked_at";

const REVOKE: &str = "
    UPDATE api_keys SET revoked_at = coalesce(revoked_at, ?2) WHERE id = ?1
    RETURNING id, name, scopes, created_by, created_at, revoked_at";

// Ids begin with their time, so their order is that of creation.
const PAGE: &str = "
    SELECT id, name, scopes, created_by, created_at, revoked_at
    FROM api_keys WHERE id > ?1 ORDER BY id LIMIT ?2";

/// The key of a hash (hexadecimal), unless it was revoked.
pub async fn by_hash(db: &dyn Database, hash: &str) -> Result<Option<Row>, DatabaseError> {
    one(db, statement!(BY_HASH, hash)).await?.first()
}

/// Stores a key.
pub async fn create(
    db: &dyn Database,
    id: &str,
    hash: &str,
    name: &Name,
    scopes: &[Scope],
    by: &str,
    now: i64,
) -> Result<Row, DatabaseError> {
    let scopes = serde_json::to_string(scopes)?;
    let insert = statement!(INSERT, id, hash, name.as_str(), scopes, now, by);
    one(db, insert).await?.first()?.ok_or(DatabaseError::Short)
}

/// Revokes a key, once and for all; answers it if it is there.
pub async fn revoke(db: &dyn Database, id: &str, now: i64) -> Result<Option<Row>, DatabaseError> {
    one(db, statement!(REVOKE, id, now)).await?.first()
}

/// At most `limit` keys after an id, oldest first.
pub async fn page(db: &dyn Database, after: &str, limit: u16) -> Result<Vec<Row>, DatabaseError> {
    one(db, statement!(PAGE, after, limit)).await?.all()
}
