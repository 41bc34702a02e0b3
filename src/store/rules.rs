//! Reward rules, version by version.

use super::{Database, DatabaseError, Document, one, several, statement, time};

macro_rules! document {
    () => {
        concat!(
            "json_object('version', version, 'rules', json(rules -> '$.rules'), 'created_at', ",
            time!("created_at"),
            ", 'created_by', created_by) AS document"
        )
    };
}

const CURRENT: &str = concat!(
    "SELECT ",
    document!(),
    " FROM reward_rules WHERE program = ?1 ORDER BY version DESC LIMIT 1"
);

const PAGE: &str = concat!(
    "SELECT CAST(version AS TEXT) AS cursor, ",
    document!(),
    " FROM reward_rules WHERE program = ?1 AND version < ?2 ORDER BY version DESC LIMIT ?3"
);

// What is the same as the version before is none of its own.
const INSERT: &str = "
    INSERT INTO reward_rules
    SELECT ?1, coalesce(max(version), 0) + 1, json(?2), ?3, ?4 FROM reward_rules WHERE program = ?1
    HAVING json(?2) IS NOT (
      SELECT rules FROM reward_rules WHERE program = ?1 ORDER BY version DESC LIMIT 1)";

/// The rules that hold for new leads, as a document; `None` before the first.
pub async fn current(db: &dyn Database, program: u16) -> Result<Option<String>, DatabaseError> {
    let row: Option<Document> = one(db, statement!(CURRENT, program)).await?.first()?;
    Ok(row.map(|row| row.document))
}

/// At most `limit` versions before one, the newest first.
pub async fn page(
    db: &dyn Database,
    program: u16,
    before: i64,
    limit: u16,
) -> Result<Vec<Document>, DatabaseError> {
    one(db, statement!(PAGE, program, before, limit))
        .await?
        .all()
}

/// Makes rules (checked JSON) those that hold for new leads; answers them.
pub async fn put(
    db: &dyn Database,
    program: u16,
    rules: &str,
    by: &str,
    now: i64,
) -> Result<String, DatabaseError> {
    let insert = statement!(INSERT, program, rules, now, by);
    let [_, current] = several(db, [insert, statement!(CURRENT, program)]).await?;
    current.document()
}
