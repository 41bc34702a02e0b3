//! Checks: what is derived, held against what it is derived from.
//!
//! Owns what is known to differ, and how sums and payouts are compared with the ledger;
//! tallies with clicks are in [`clicks`], events with
//! deliveries in [`outbox`]. Each comparison is one statement, whose
//! findings go straight into `differences`. Accounts against their rules and the
//! published configuration are compared elsewhere (`jobs::check`); how all of it is
//! mended stands in [`mend`].

pub mod clicks;
pub mod mend;
pub mod outbox;

use serde::Serialize;

use super::{Database, DatabaseError, one, several, statement, time};
use crate::decode::{self, names, row};

names! {
    /// What is checked.
    pub enum Check {
        /// Tallies against raw clicks and shares.
        Clicks => "clicks",
        /// Rewards and payouts against the ledger, accounts against their rules.
        Ledger => "ledger",
        /// Events against their deliveries to webhooks.
        Outbox => "outbox",
        /// What is published against the database.
        Snapshot => "snapshot",
    }
}

/// A batch of comparisons begins with this: what was found before is not seen yet.
const UNSEEN: &str = "
    UPDATE differences SET is_seen = 0
    WHERE name = ?1 AND kind IN (SELECT value FROM json_each(?2))
      AND (?3 IS NULL OR n BETWEEN ?3 AND ?4)";

/// And ends with this: what is still not seen is no more.
const MENDED: &str = "DELETE FROM differences WHERE name = ?1 AND is_seen = 0";

const CHECKED: &str = "UPDATE checks SET checked_at = ?2 WHERE name = ?1";

/// `~` is after every id.
const NEXT_REWARDS: &str = "
    UPDATE turns SET until = coalesce(
      (SELECT id FROM rewards WHERE id > place ORDER BY id LIMIT 1 OFFSET 4999), '~')
    WHERE what = 'rewards'";

const SUMS: &str = "
    INSERT INTO differences
    SELECT 'ledger', 'reward', program, id, advocate,
      'the sums of ' || id || ' are not those of its entries in the ledger', ?1, 1
    FROM rewards r
    WHERE id IN (
        SELECT id FROM turns t JOIN rewards r ON r.id > t.place AND r.id <= t.until
        WHERE t.what = 'rewards'
        UNION SELECT subject FROM differences WHERE name = 'ledger' AND kind = 'reward')
      AND (amount, approved, issued, paid, holds) <> (
        SELECT coalesce(sum(l.amount), 0), coalesce(sum(l.approved), 0),
          coalesce(sum(l.issued), 0), coalesce(sum(l.paid), 0), coalesce(sum(l.holds), 0)
        FROM ledger l WHERE l.reward = r.id)
    ON CONFLICT DO UPDATE SET is_seen = 1";

const NEXT_PAYOUTS: &str = "
    UPDATE turns SET until = coalesce(
      (SELECT id FROM payouts WHERE id > place ORDER BY id LIMIT 1 OFFSET 19), '~')
    WHERE what = 'payouts'";

/// What a line says was handed over, paid or came back, the ledger says too.
const PAYOUTS: &str = "
    INSERT INTO differences
    SELECT 'ledger', 'payout', o.program, o.id, NULL,
      'the ledger has other amounts than ' || o.id || ' for its lines '
        || group_concat(p.n, ', '), ?1, 1
    FROM payouts o JOIN payout_lines p ON p.payout = o.id
    WHERE o.id IN (
        SELECT id FROM turns t JOIN payouts o ON o.id > t.place AND o.id <= t.until
        WHERE t.what = 'payouts'
        UNION SELECT subject FROM differences WHERE name = 'ledger' AND kind = 'payout')
      AND (iif(p.status = 'returned', 0, p.amount), iif(p.status = 'paid', p.amount, 0)) <> (
        SELECT coalesce(sum(l.issued), 0), coalesce(sum(l.paid), 0)
        FROM ledger l WHERE l.payout = p.payout AND l.line = p.n)
    GROUP BY o.id
    ON CONFLICT DO UPDATE SET text = excluded.text, is_seen = 1";

/// The next run begins where this one ended.
const NEXT: &str = "
    UPDATE turns SET place = iif(until = '~', '', until) WHERE what IN ('rewards', 'payouts')
    RETURNING place <> '' AS is_more";

/// The next accounts, of one program, and those that differ.
const ACCOUNTS: &str = "
    WITH page AS (
      SELECT program, advocate FROM accounts
      WHERE (program, advocate) > (
        (SELECT substr(place, 1, 5) + 0 FROM turns WHERE what = 'accounts'),
        (SELECT substr(place, 7) + 0 FROM turns WHERE what = 'accounts'))
      ORDER BY program, advocate LIMIT 100)
    SELECT program, advocate, 1 AS is_next FROM page
    WHERE program = (SELECT min(program) FROM page)
    UNION ALL
    SELECT * FROM (
      SELECT program, n, 0 FROM differences d
      WHERE name = 'ledger' AND kind = 'account' LIMIT 100)
    ORDER BY program, advocate";

const TURN_ACCOUNTS: &str = "
    UPDATE turns SET place = printf('%05d.%010d', ?1, ?2) WHERE what = 'accounts'";

const LOOKED_AT: &str = "
    UPDATE differences SET is_seen = 0
    WHERE name = 'ledger' AND kind = 'account' AND program = ?1
      AND n IN (SELECT value FROM json_each(?2))";

const FOUND_ACCOUNTS: &str = "
    INSERT INTO differences
    SELECT 'ledger', 'account', a.program, a.id, a.number,
      'the account of ' || a.id || ' ' || (value ->> 'what'), ?3, 1
    FROM json_each(?2) JOIN advocates a ON a.program = ?1 AND a.number = value ->> 'advocate'
    WHERE true
    ON CONFLICT DO UPDATE SET text = excluded.text, is_seen = 1";

/// Since when the database has had its configuration, as far as runs can tell.
const CONFIGURED: &str = "
    UPDATE turns SET
      until = iif(place = CAST(CAST(?1 AS INTEGER) AS TEXT), until, CAST(CAST(?2 AS INTEGER) AS TEXT)),
      place = CAST(CAST(?1 AS INTEGER) AS TEXT)
    WHERE what = 'snapshot'
    RETURNING CAST(until AS INTEGER) AS since";

const FOUND_SNAPSHOT: &str = "
    INSERT INTO differences
    SELECT 'snapshot', 'snapshot', 0, 'snapshot', NULL, ?1, ?2, 1 WHERE ?1 IS NOT NULL
    ON CONFLICT DO UPDATE SET text = excluded.text, is_seen = 1";

macro_rules! document {
    () => {
        concat!(
            "json_object('name', c.name, 'checked_at', ",
            time!("c.checked_at"),
            ", 'differences', (SELECT count(*) FROM differences WHERE name = c.name),
            'since', (SELECT ",
            time!("min(since)"),
            " FROM differences WHERE name = c.name),
            'details', json((
              SELECT json_group_array(json_object('kind', kind, 'program', slug,
                'subject', subject, 'text', text, 'since', since))
              FROM (
                SELECT d.kind, p.slug, d.subject, d.text, ",
            time!("d.since"),
            " AS since
                FROM differences d LEFT JOIN programs p ON p.number = d.program
                WHERE d.name = c.name ORDER BY d.kind, d.program, d.subject LIMIT 100))))"
        )
    };
}

const ALL: &str = concat!(
    "SELECT json_object('items', json_group_array(json(document))) AS document
    FROM (SELECT ",
    document!(),
    " AS document FROM checks c ORDER BY c.name)"
);

const ONE: &str = concat!(
    "SELECT ",
    document!(),
    " AS document FROM checks c WHERE c.name = ?1"
);

// Counts alone: anybody may read it.
const HEALTH: &str = concat!(
    "SELECT json_object(
      'status', iif(EXISTS (SELECT 1 FROM differences), 'differs', 'ok'),
      'configuration', version,
      'checks', json((
        SELECT json_group_array(json_object('name', c.name, 'checked_at', ",
    time!("c.checked_at"),
    ", 'differences', (SELECT count(*) FROM differences WHERE name = c.name)))
        FROM (SELECT * FROM checks ORDER BY name) c))) AS document
    FROM configuration"
);

const DIFFERS: &str = "SELECT count(*) > 0 AS is_so FROM differences WHERE name = ?1";

const DUE: &str = "
    SELECT count(*) > 0 AS is_so FROM checks
    WHERE name <> 'snapshot' AND coalesce(checked_at, 0) <= ?1";

row! {
    struct Yes {
        is_so: bool = decode::flag,
    }
}

row! {
    struct More {
        is_more: bool = decode::flag,
    }
}

row! {
    struct Since {
        since: i64,
    }
}

row! {
    /// An account that is to be looked at.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct InTurn {
        /// Number of the program.
        pub program: u16,
        /// Number of the advocate.
        pub advocate: u32,
        /// Whether it is its turn; else it differed before.
        pub is_next: bool = decode::flag,
    }
}

/// What is wrong with an account.
#[derive(Debug, Serialize)]
pub struct Found {
    /// Number of the advocate.
    pub advocate: u32,
    /// In words that follow `the account of … `.
    pub what: String,
}

/// Whether the clicks or the ledger were not looked at since a time (Unix ms).
pub async fn is_due(db: &dyn Database, since: i64) -> Result<bool, DatabaseError> {
    let due: Option<Yes> = one(db, statement!(DUE, since)).await?.first()?;
    Ok(due.is_some_and(|due| due.is_so))
}

/// Compares the next rewards and payouts with the ledger; whether there are more.
pub async fn ledger(db: &dyn Database, now: i64) -> Result<bool, DatabaseError> {
    let none = None::<i64>;
    let [.., next, _] = several(
        db,
        [
            statement!(NEXT_REWARDS),
            statement!(NEXT_PAYOUTS),
            statement!(UNSEEN, "ledger", r#"["reward","payout"]"#, none, none),
            statement!(SUMS, now),
            statement!(PAYOUTS, now),
            statement!(MENDED, "ledger"),
            statement!(NEXT),
            statement!(CHECKED, "ledger", now),
        ],
    )
    .await?;
    let next: Vec<More> = next.all()?;
    Ok(next.iter().any(|one| one.is_more))
}

/// The accounts that are to be looked at, by program.
pub async fn accounts(db: &dyn Database) -> Result<Vec<InTurn>, DatabaseError> {
    one(db, statement!(ACCOUNTS)).await?.all()
}

/// Notes what was found of some accounts of a program.
pub async fn found(
    db: &dyn Database,
    program: u16,
    looked_at: &[u32],
    found: &[Found],
    now: i64,
) -> Result<(), DatabaseError> {
    let looked_at = serde_json::to_string(looked_at)?;
    let found = serde_json::to_string(found)?;
    db.batch(vec![
        statement!(LOOKED_AT, program, looked_at),
        statement!(FOUND_ACCOUNTS, program, found, now),
        statement!(MENDED, "ledger"),
    ])
    .await?;
    Ok(())
}

/// Lets accounts after one have their turn; 0 and 0 for the first.
pub async fn turn_accounts(
    db: &dyn Database,
    program: u16,
    advocate: u32,
) -> Result<(), DatabaseError> {
    one(db, statement!(TURN_ACCOUNTS, program, advocate)).await?;
    Ok(())
}

/// Since when the database has had this version, as far as runs can tell (Unix ms).
pub async fn configured(db: &dyn Database, version: i64, now: i64) -> Result<i64, DatabaseError> {
    let row: Option<Since> = one(db, statement!(CONFIGURED, version, now))
        .await?
        .first()?;
    row.map(|row| row.since).ok_or(DatabaseError::Short)
}

/// Notes what was found of the published configuration.
pub async fn snapshot(
    db: &dyn Database,
    what: Option<&str>,
    now: i64,
) -> Result<(), DatabaseError> {
    let none = None::<i64>;
    db.batch(vec![
        statement!(UNSEEN, "snapshot", r#"["snapshot"]"#, none, none),
        statement!(FOUND_SNAPSHOT, what, now),
        statement!(MENDED, "snapshot"),
        statement!(CHECKED, "snapshot", now),
    ])
    .await?;
    Ok(())
}

/// Whether a check is known to have found anything.
pub async fn differs(db: &dyn Database, name: &str) -> Result<bool, DatabaseError> {
    let found: Option<Yes> = one(db, statement!(DIFFERS, name)).await?.first()?;
    Ok(found.is_some_and(|found| found.is_so))
}

/// All checks, with what they found.
pub async fn all(db: &dyn Database) -> Result<String, DatabaseError> {
    one(db, statement!(ALL)).await?.document()
}

/// A check, with what it found.
pub async fn document(db: &dyn Database, name: &str) -> Result<String, DatabaseError> {
    one(db, statement!(ONE, name)).await?.document()
}

/// Whether all is well, in counts.
pub async fn health(db: &dyn Database) -> Result<String, DatabaseError> {
    one(db, statement!(HEALTH)).await?.document()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::Sqlite;

    #[test]
    fn the_next_rewards_payouts_and_accounts_are_found_without_reading_all_of_them() {
        let database = Sqlite::migrated();
        for (sql, searched) in [
            (SUMS, "SEARCH l USING INDEX ledger_by_reward (reward=?)"),
            (
                PAYOUTS,
                "SEARCH l USING INDEX ledger_by_payout (payout=? AND line=?)",
            ),
            (
                ACCOUNTS,
                "SEARCH accounts USING PRIMARY KEY ((program,advocate)>(?,?))",
            ),
        ] {
            let steps = database.plan(sql);
            assert!(steps.iter().any(|step| step == searched), "{steps:#?}");
            for table in ["l", "r", "o", "p", "accounts"] {
                let scanned = format!("SCAN {table}");
                assert!(!steps.contains(&scanned), "{scanned}: {steps:#?}");
            }
        }
    }
}
