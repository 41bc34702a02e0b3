//! The audit log.

use super::{Database, DatabaseError, Document, Statement, one, statement, time};

/// What was done, to be written in the batch that does it.
pub struct Entry<'a> {
    /// When (Unix ms).
    pub at: i64,
    /// By whom: an API key's id, a member's, `admin`, or `rule` for ourselves.
    pub by: &'a str,
    /// In which program, if in one.
    pub program: Option<u16>,
    /// What, such as `reconciliation.applied`.
    pub action: &'static str,
    /// To what.
    pub subject: &'a str,
    /// JSON without a personal datum.
    pub detail: String,
}

const ADD: &str = "
    INSERT INTO audit (at, by, program, action, subject, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

const PAGE: &str = concat!(
    "SELECT CAST(a.n AS TEXT) AS cursor, json_object('n', a.n, 'at', ",
    time!("a.at"),
    ", 'by', coalesce(
        (SELECT name FROM members WHERE id = a.by), (SELECT name FROM api_keys WHERE id = a.by),
        CASE a.by WHEN 'admin' THEN 'Operator' WHEN 'rule' THEN 'Goodword' ELSE a.by END),
      'program', (SELECT slug FROM programs WHERE number = a.program),
      'action', a.action, 'subject', a.subject, 'detail', json(a.detail)) AS document
    FROM audit a
    WHERE a.n < ?1 AND (?2 IS NULL OR a.subject = ?2)
    ORDER BY a.n DESC LIMIT ?3"
);

/// The statement that adds an entry.
#[must_use]
pub fn add(entry: &Entry) -> Statement {
    let (program, action, subject) = (entry.program, entry.action, entry.subject);
    let detail = entry.detail.as_str();
    statement!(ADD, entry.at, entry.by, program, action, subject, detail)
}

/// At most `limit` entries before one, the newest first; of a subject, if one is named.
pub async fn page(
    db: &dyn Database,
    before: i64,
    subject: Option<&str>,
    limit: u16,
) -> Result<Vec<Document>, DatabaseError> {
    one(db, statement!(PAGE, before, subject, limit))
        .await?
        .all()
}
