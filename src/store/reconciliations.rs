//! Reconciliations: their files while they are read, and the comparison.
//!
//! What matches what, and what differs, stands in the views of migration 0009. Here
//! is in which order they are taken. What was found is read by `findings`.

use super::{Database, DatabaseError, Document, one, several, statement, time};
use crate::decode::{self, row};

row! {
    /// A run, as far as whoever reads its file has to know it.
    #[derive(Debug)]
    pub struct Run {
        /// Its id.
        pub id: String,
        /// What was asked.
        pub request: String,
        /// Whether all is done.
        pub is_compared: bool = decode::flag,
        /// The hash of each chunk of its file that is here.
        pub chunks: Vec<String> = decode::embedded,
    }
}

/// A run that begins.
pub struct NewRun<'a> {
    /// Its id.
    pub id: &'a str,
    /// Number of the program.
    pub program: u16,
    /// What people call it.
    pub name: &'a str,
    /// Whose export it is.
    pub preset: &'static str,
    /// What becomes of rows about nobody.
    pub others: &'static str,
    /// The idempotency key.
    pub key: Option<&'a str>,
    /// What was asked.
    pub request: &'a str,
    /// The period, as far as it was asked for (Unix ms).
    pub since: Option<i64>,
    /// Its end, included.
    pub until: Option<i64>,
    /// The columns from which nothing is read.
    pub unmapped: &'a [&'a str],
}

/// Rows of a file that come together.
pub struct Chunk<'a> {
    /// Which of the file's, from 0.
    pub n: usize,
    /// How many rows it has …
    pub rows: u32,
    /// … and how many of them cannot be read.
    pub unreadable: u32,
    /// SHA-256 of them, in hexadecimal.
    pub hash: &'a str,
    /// The rows: a JSON array of [`crate::domain::reconcile::Row`].
    pub json: String,
}

macro_rules! run {
    ($which:literal) => {
        concat!(
            "SELECT id, request, status = 'compared' AS is_compared, (
              SELECT json_group_array(hash) FROM (
                SELECT hash FROM reconciliation_chunks WHERE run = o.id ORDER BY n)) AS chunks
            FROM reconciliations o WHERE ",
            $which
        )
    };
}

const BY_ID: &str = run!("id = ?1");
const BY_KEY: &str = run!("program = ?1 AND key = ?2");

const INSERT: &str = "
    INSERT INTO reconciliations (id, program, name, preset, others, key, request, status, since, until,
      unmapped, created_at, created_by)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'reading', ?8, ?9, ?10, ?11, ?12)";

// Files that nobody sent to their end are not kept for ever.
const FORGET_ROWS: &str = "
    DELETE FROM reconciliation_rows WHERE run IN (
      SELECT id FROM reconciliations WHERE status = 'reading' AND created_at < ?1)";
const FORGET_CHUNKS: &str = "
    DELETE FROM reconciliation_chunks WHERE run IN (
      SELECT id FROM reconciliations WHERE status = 'reading' AND created_at < ?1)";

// Whoever sends the same chunk at the same time is a conflict, and so is a run that
// was compared meanwhile.
const INSERT_CHUNK: &str = "
    INSERT INTO reconciliation_chunks
    VALUES ((SELECT id FROM reconciliations WHERE id = ?1 AND status = 'reading'), ?2, ?3, ?4, ?5)";

const INSERT_ROWS: &str = "
    INSERT INTO reconciliation_rows (run, line, why, lead, order_id, external, email_hash, record,
      amount, refunded, currency, stage, said, owner, at, reason)
    SELECT ?1, value ->> 'line', value ->> 'why', value ->> 'lead', value ->> 'order',
      value ->> 'external', value ->> 'email_hash', value ->> 'record', value ->> 'amount',
      value ->> 'refunded', value ->> 'currency', value ->> 'stage', value ->> 'said',
      value ->> 'owner', value ->> 'at', value ->> 'reason'
    FROM json_each(?2)";

// Somebody else has just compared it.
const STILL_READING: &str = "
    INSERT INTO overtaken SELECT NULL FROM reconciliations WHERE id = ?1 AND status <> 'reading'";

// A chunk that is not here any more: whoever sent the file slowly has been forgotten.
const WHOLE: &str = "
    INSERT INTO overtaken
    SELECT NULL FROM reconciliations o
    WHERE id = ?1 AND CAST(?2 AS INTEGER) <> (
      SELECT count(*) FROM reconciliation_chunks WHERE run = o.id)";

const COMPARED: &str = "
    UPDATE reconciliations SET status = 'compared', compared_at = ?2,
      since = coalesce(since, CAST(?3 AS INTEGER)), until = coalesce(until, CAST(?4 AS INTEGER))
    WHERE id = ?1";

const MATCH: &str = "
    INSERT INTO reconciliation_matches (run, line, won, lead, sale, party)
    SELECT run, line, won, lead, sale, party FROM reconciliation_matching
    WHERE run = ?1 AND line NOT IN (SELECT line FROM reconciliation_repeats WHERE run = ?1)";

// By the key of what is there: a join would be free to go through all pairs for each
// row.
const PAIR_EQUALS: &str = "
    INSERT INTO reconciliation_matches (run, line, won, sale)
    SELECT run, line, 1, order_id FROM reconciliation_equals WHERE run = ?1
    ON CONFLICT DO UPDATE SET sale = excluded.sale";

const PAIR_REST: &str = "
    INSERT INTO reconciliation_matches (run, line, won, sale)
    SELECT run, line, 1, order_id FROM reconciliation_rest WHERE run = ?1
    ON CONFLICT DO UPDATE SET sale = excluded.sale";

/// What one of the views finds.
macro_rules! find {
    ($view:literal) => {
        concat!(
            "INSERT INTO findings
              (run, n, kind, line, lead, order_id, channel, ours, theirs, identity, fix)
            SELECT * FROM ",
            $view,
            " WHERE run = ?1"
        )
    };
}

const FIND_UNMATCHED: &str = find!("reconciliation_unmatched");
const FIND_DIFFERENCES: &str = find!("reconciliation_differences");
const FIND_REWARDS: &str = find!("reconciliation_rewards");

// What nothing was found about.
const FIND_MATCHED: &str = "
    INSERT INTO findings (run, n, kind, line, lead, order_id, channel, ours, theirs)
    SELECT run, line * 16 + 10, 'matched', line, lead, order_id, channel,
      coalesce(ours_money, lead_stage), coalesce(theirs_money, said, stage)
    FROM reconciliation_compared c
    WHERE run = ?1 AND NOT EXISTS (
      SELECT 1 FROM findings f
      WHERE f.run = ?1 AND f.n BETWEEN c.line * 16 AND c.line * 16 + 15)";

// After all rows.
const FIND_MISSING: &str = "
    INSERT INTO findings (run, n, kind, lead, order_id, channel, ours, identity)
    SELECT run, 16 * (
        SELECT coalesce(max(line), 0) + 1 FROM reconciliation_rows WHERE run = ?1)
      + row_number() OVER (ORDER BY at, identity),
      'missing_there', lead, order_id, channel, ours, identity
    FROM reconciliation_missing_there WHERE run = ?1";

/// What one side sold in a channel `t`.
macro_rules! sold {
    ($whose:literal) => {
        concat!(
            "json_object(
              'sales', (SELECT coalesce(sum(sales), 0) FROM sums
                WHERE channel IS t.channel AND whose = '",
            $whose,
            "'),
              'amount_by_currency', json((
                SELECT json_group_array(json_object('currency', currency, 'amount', amount)) FROM (
                  SELECT currency, amount FROM sums
                  WHERE channel IS t.channel AND whose = '",
            $whose,
            "' AND currency IS NOT NULL
                  ORDER BY currency))))"
        )
    };
}

const SUM_UP: &str = concat!(
    "WITH
      sums AS MATERIALIZED (
        SELECT channel, whose, currency, count(*) AS sales, sum(amount) AS amount
        FROM reconciliation_sold WHERE run = ?1 GROUP BY channel, whose, currency),
      told AS (
        SELECT channel, count(*) FILTER (WHERE kind = 'matched') AS matched,
          count(DISTINCT iif(kind = 'matched', NULL, coalesce(line, -n))) AS differing
        FROM findings WHERE run = ?1 AND kind NOT IN ('unreadable', 'unrelated', 'duplicate')
        GROUP BY channel)
    UPDATE reconciliations SET
      kinds = (SELECT json_group_array(json_array(kind, count)) FROM (
        SELECT kind, count(*) AS count FROM findings WHERE run = ?1 GROUP BY kind ORDER BY kind)),
      channels = (SELECT json_group_array(json_object('channel', channel, 'ours', ",
    sold!("ours"),
    ", 'theirs', ",
    sold!("theirs"),
    ", 'matched', matched, 'differing', differing))
        FROM (SELECT * FROM told ORDER BY channel IS NULL, channel) AS t)
    WHERE id = ?1"
);

const CLEAR_MATCHES: &str = "DELETE FROM reconciliation_matches WHERE run = ?1";
const CLEAR_ROWS: &str = "DELETE FROM reconciliation_rows WHERE run = ?1";

macro_rules! document {
    () => {
        concat!(
            "json_object('id', o.id, 'program', p.slug, 'name', o.name, 'preset', o.preset,
              'others', o.others, 'status', o.status,
              'rows', (SELECT coalesce(sum(rows), 0) FROM reconciliation_chunks WHERE run = o.id),
              'unreadable', (
                SELECT coalesce(sum(unreadable), 0) FROM reconciliation_chunks WHERE run = o.id),
              'since', ",
            time!("o.since"),
            ", 'until', ",
            time!("o.until"),
            ", 'created_at', ",
            time!("o.created_at"),
            ", 'created_by', coalesce(
                (SELECT name FROM members WHERE id = o.created_by),
                (SELECT name FROM api_keys WHERE id = o.created_by),
                iif(o.created_by = 'admin', 'Operator', o.created_by)),
              'compared_at', ",
            time!("o.compared_at"),
            ", 'kinds', json((
                SELECT json_group_array(json_object('kind', k.value ->> 0, 'count', k.value ->> 1,
                  'open', (SELECT count(*) FROM findings
                    WHERE run = o.id AND kind = k.value ->> 0
                      AND fix IS NOT NULL AND applied_at IS NULL)))
                FROM json_each(o.kinds) AS k)),
              'channels', json(o.channels), 'unmapped_columns', json(o.unmapped))"
        )
    };
}

const DOCUMENT: &str = concat!(
    "SELECT ",
    document!(),
    " AS document FROM reconciliations o JOIN programs p ON p.number = o.program WHERE o.id = ?1"
);

const PAGE: &str = concat!(
    "SELECT o.created_at || '.' || o.id AS cursor, ",
    document!(),
    " AS document FROM reconciliations o JOIN programs p ON p.number = o.program
    WHERE o.program = ?1 AND (o.created_at, o.id) < (?2, ?3)
    ORDER BY o.created_at DESC, o.id DESC
    LIMIT ?4"
);

/// The run of an id.
pub async fn by_id(db: &dyn Database, id: &str) -> Result<Option<Run>, DatabaseError> {
    one(db, statement!(BY_ID, id)).await?.first()
}

/// The run that was begun under a key.
pub async fn by_key(
    db: &dyn Database,
    program: u16,
    key: &str,
) -> Result<Option<Run>, DatabaseError> {
    one(db, statement!(BY_KEY, program, key)).await?.first()
}

/// Forgets the rows of files of before a time (Unix ms) that never came to their end.
pub async fn forget(db: &dyn Database, before: i64) -> Result<(), DatabaseError> {
    let forget = [FORGET_ROWS, FORGET_CHUNKS].map(|sql| statement!(sql, before));
    several(db, forget).await?;
    Ok(())
}

/// Begins a run. A conflict if the key is taken.
pub async fn begin(
    db: &dyn Database,
    new: &NewRun<'_>,
    now: i64,
    by: &str,
) -> Result<(), DatabaseError> {
    let unmapped = serde_json::to_string(new.unmapped)?;
    let insert = statement!(
        INSERT,
        new.id,
        new.program,
        new.name,
        new.preset,
        new.others,
        new.key,
        new.request,
        new.since,
        new.until,
        unmapped,
        now,
        by,
    );
    one(db, insert).await?;
    Ok(())
}

/// Keeps rows of a file. A conflict if these are here, or the run is compared.
pub async fn keep(db: &dyn Database, run: &str, chunk: Chunk<'_>) -> Result<(), DatabaseError> {
    let n = i64::try_from(chunk.n).unwrap_or(i64::MAX);
    let statements = vec![
        statement!(
            INSERT_CHUNK,
            run,
            n,
            chunk.rows,
            chunk.unreadable,
            chunk.hash
        ),
        statement!(INSERT_ROWS, run, chunk.json),
    ];
    db.batch(statements).await?;
    Ok(())
}

/// Compares a run whose file is here, in one transaction; `days` are the first and the
/// last moment of the file's days. A conflict if it is compared.
pub async fn compare(
    db: &dyn Database,
    run: &str,
    chunks: usize,
    days: (Option<i64>, Option<i64>),
    now: i64,
) -> Result<(), DatabaseError> {
    let chunks = i64::try_from(chunks).unwrap_or(i64::MAX);
    let mut statements = vec![
        statement!(STILL_READING, run),
        statement!(WHOLE, run, chunks),
        statement!(COMPARED, run, now, days.0, days.1),
    ];
    let steps = [
        MATCH,
        PAIR_EQUALS,
        PAIR_REST,
        FIND_UNMATCHED,
        FIND_DIFFERENCES,
        FIND_REWARDS,
        FIND_MATCHED,
        FIND_MISSING,
        SUM_UP,
        CLEAR_MATCHES,
        CLEAR_ROWS,
    ];
    statements.extend(steps.map(|sql| statement!(sql, run)));
    db.batch(statements).await?;
    Ok(())
}

/// A run, as a document.
pub async fn document(db: &dyn Database, id: &str) -> Result<Option<String>, DatabaseError> {
    let row: Option<Document> = one(db, statement!(DOCUMENT, id)).await?.first()?;
    Ok(row.map(|row| row.document))
}

/// At most `limit` runs before one (its time and id), newest first.
pub async fn page(
    db: &dyn Database,
    program: u16,
    before: (i64, &str),
    limit: u16,
) -> Result<Vec<Document>, DatabaseError> {
    one(db, statement!(PAGE, program, before.0, before.1, limit))
        .await?
        .all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::Sqlite;

    #[test]
    fn rows_find_what_they_are_about_without_reading_all_that_is_here() {
        let db = Sqlite::migrated();
        let steps = [
            MATCH,
            PAIR_EQUALS,
            PAIR_REST,
            FIND_UNMATCHED,
            FIND_DIFFERENCES,
            FIND_REWARDS,
            FIND_MATCHED,
        ];
        for step in steps.iter().flat_map(|sql| db.plan(sql)) {
            // A whole program's sales or leads, for each row.
            assert!(!step.ends_with("(program=?)"), "{step}");
            for table in ["s", "l", "sales", "leads", "ordered", "recorded", "w", "r"] {
                assert_ne!(step, format!("SCAN {table}"));
            }
        }
    }
}
