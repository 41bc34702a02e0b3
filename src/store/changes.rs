//! What was changed in a program, by whom. Triggers of the migration write it.

use super::{Database, DatabaseError, Document, one, statement, time};

// Content and rules stand in their own tables, version by version.
const PAGE: &str = concat!(
    "SELECT CAST(c.n AS TEXT) AS cursor, json_object('n', c.n, 'at', ",
    time!("c.at"),
    ", 'by', coalesce(
        (SELECT name FROM members WHERE id = c.by), (SELECT name FROM api_keys WHERE id = c.by),
        iif(c.by = 'admin', 'Operator', c.by)),
      'what', c.what, 'key', c.key,
      'before', json(CASE c.what
        WHEN 'content' THEN (
          SELECT content FROM contents WHERE program = c.program AND version = c.version - 1)
        WHEN 'rules' THEN (
          SELECT rules FROM reward_rules WHERE program = c.program AND version = c.version - 1)
        ELSE c.before END),
      'after', json(CASE c.what
        WHEN 'content' THEN (
          SELECT content FROM contents WHERE program = c.program AND version = c.version)
        WHEN 'rules' THEN (
          SELECT rules FROM reward_rules WHERE program = c.program AND version = c.version)
        ELSE c.after END)) AS document
    FROM changes c
    WHERE c.program = ?1 AND c.n < ?2
    ORDER BY c.n DESC LIMIT ?3"
);

/// At most `limit` changes of a program before one, the newest first.
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
