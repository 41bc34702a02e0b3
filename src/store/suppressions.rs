//! Who gets no letters, by the hash of the address.

use super::{Database, DatabaseError, Document, Statement, one, several, statement, time};

// Who is on the list for a reason already is not put there anew.
const ADD: &str = "
    INSERT INTO suppressions (hash, reason, program, at, by)
    SELECT ?1, ?2, (SELECT number FROM programs WHERE number = ?3), ?4, ?5
    WHERE true
    ON CONFLICT DO NOTHING";

const AUDIT_ADDED: &str = "
    INSERT INTO audit (at, by, action, subject, detail)
    SELECT ?3, ?4, 'suppression.added', ?1, json_object('reasons', json_array(?2))
    WHERE NOT EXISTS (SELECT 1 FROM suppressions WHERE hash = ?1 AND reason = ?2)";

const AUDIT_LIFTED: &str = "
    INSERT INTO audit (at, by, action, subject, detail)
    SELECT ?3, ?4, 'suppression.lifted', hash,
      json_object('reasons', json(json_group_array(reason)))
    FROM suppressions WHERE hash = ?1 AND (?2 IS NULL OR reason = ?2)
    GROUP BY hash";

// The event of it says when it is taken away, not when it came.
const DATE: &str = "
    UPDATE suppressions SET at = ?3 WHERE hash = ?1 AND (?2 IS NULL OR reason = ?2)";

const LIFT: &str = "
    DELETE FROM suppressions WHERE hash = ?1 AND (?2 IS NULL OR reason = ?2)";

const REASON: &str = "
    SELECT reason AS document FROM suppressions WHERE hash = ?1
    ORDER BY reason = 'unsubscribed' LIMIT 1";

const PAGE: &str = concat!(
    "SELECT at || '.' || hash || reason AS cursor, json_object('hash', hash, 'reason', reason,
      'at', ",
    time!("at"),
    ", 'program', (SELECT slug FROM programs WHERE number = program), 'by', by) AS document
    FROM suppressions
    WHERE (at, hash || reason) < (?1, ?2)
    ORDER BY at DESC, hash || reason DESC LIMIT ?3"
);

/// The statement that puts an address on the list: its hash, the reason, the program
/// whose letter it was (0 for none), and who says so.
#[must_use]
pub fn add(hash: &str, reason: &str, program: u16, now: i64, by: &str) -> Statement {
    statement!(ADD, hash, reason, program, now, by)
}

/// Puts an address on the list by hand, which the audit log says, if it was not there
/// for that reason.
pub async fn add_by_hand(
    db: &dyn Database,
    hash: &str,
    reason: &str,
    now: i64,
    by: &str,
) -> Result<(), DatabaseError> {
    let audit = statement!(AUDIT_ADDED, hash, reason, now, by);
    let [_, _] = several(db, [audit, add(hash, reason, 0, now, by)]).await?;
    Ok(())
}

/// Takes an address off the list, for one reason or for all. If it was there, the audit
/// log says for which, and who did it.
pub async fn lift(
    db: &dyn Database,
    hash: &str,
    reason: Option<&str>,
    now: i64,
    by: &str,
) -> Result<(), DatabaseError> {
    let statements = [
        statement!(AUDIT_LIFTED, hash, reason, now, by),
        statement!(DATE, hash, reason, now),
        statement!(LIFT, hash, reason),
    ];
    let [_, _, _] = several(db, statements).await?;
    Ok(())
}

/// Why an address gets no letters, if it does not; the gravest reason, of several.
pub async fn reason(db: &dyn Database, hash: &str) -> Result<Option<String>, DatabaseError> {
    let row: Option<Document> = one(db, statement!(REASON, hash)).await?.first()?;
    Ok(row.map(|row| row.document))
}

/// At most `limit` entries before one (a time in Unix ms, and the rest of its cursor), the
/// newest first.
pub async fn page(
    db: &dyn Database,
    (at, key): (i64, &str),
    limit: u16,
) -> Result<Vec<Document>, DatabaseError> {
    one(db, statement!(PAGE, at, key, limit)).await?.all()
}

const HEARD: &str = "SELECT id AS document FROM mail_events WHERE id = ?1";

const HEAR: &str = "INSERT INTO mail_events (id, at) VALUES (?1, ?2) ON CONFLICT DO NOTHING";

const DELIVERED: &str = "
    UPDATE letters SET delivered_at = coalesce(delivered_at, ?2) WHERE provider_id = ?1";

const RETURNED: &str = "
    UPDATE letters SET state = 'failed', why = ?3, claimed_at = ?2
    WHERE provider_id = ?1 AND state = 'sent'";

/// Whether an event of the mail provider was heard before.
pub async fn was_heard(db: &dyn Database, id: &str) -> Result<bool, DatabaseError> {
    let row: Option<Document> = one(db, statement!(HEARD, id)).await?.first()?;
    Ok(row.is_some())
}

/// The statement that says that it was heard, for the batch of what it brings about.
#[must_use]
pub fn hear(id: &str, now: i64) -> Statement {
    statement!(HEAR, id, now)
}

/// The statement that says that a letter arrived.
#[must_use]
pub fn delivered(provider_id: &str, now: i64) -> Statement {
    statement!(DELIVERED, provider_id, now)
}

/// The statement that says that a letter came back.
#[must_use]
pub fn returned(provider_id: &str, now: i64, why: &str) -> Statement {
    statement!(RETURNED, provider_id, now, why)
}
