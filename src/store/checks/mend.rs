//! How what differs is made to agree again: done twice, it changes nothing.
//!
//! Owns how a day is tallied anew from its clicks and shares, and how a reward's sums
//! are made from its entries. What it says stays as it is where raw clicks are gone.

use crate::{
    decode::row,
    store::{Database, DatabaseError, Statement, accounts::AccountId, one, several, statement},
};

/// The tallies of a day that is to be done; a day by the program's clock, or the hours
/// that begin in one of UTC.
const DAYS: &str = "
    SELECT DISTINCT program, n AS day, iif(kind = 'advocates', 'advocates', 'hours') AS which,
      (SELECT slug FROM programs WHERE number = program) || ', '
        || date(n * 86400, 'unixepoch') || ': ' || iif(kind = 'advocates',
          'counted anew what advocates have', 'counted the hours anew') AS text
    FROM differences WHERE name = 'clicks' ORDER BY program, n LIMIT 40";

const FORGET_HOURS: &str = "
    DELETE FROM tallies_by_hour
    WHERE program = ?1 AND hour >= ?2 * 86400 AND hour < (?2 + 1) * 86400
      AND ?2 >= (SELECT since FROM kept)";

/// As the trigger of migration 0005 does it, with each visitor's clicks in the order of
/// their ids, which is that of time. Minutes are told apart while they are recent.
pub(super) const COUNT_HOURS: &str = "
    INSERT INTO tallies_by_hour
    SELECT program, hour, iif(hour + 3 * 3600 <= ?3, 60, (at / 1000 - hour) / 60) AS minute,
      medium, destination, kind, count(*),
      sum(is_person AND nth = 1),
      sum(is_person AND nth_in_channel = 1),
      sum(is_person AND nth_in_medium = 1),
      sum(is_person AND nth_at_destination = 1),
      sum(is_person AND nth_in_hour = 1)
    FROM (
      SELECT *, kind = 0 AND length(visitor) > 0 AND nth <= 200 AS is_person
      FROM (
        SELECT t.*,
          row_number() OVER (PARTITION BY utc_day, visitor, kind ORDER BY id) AS nth,
          row_number() OVER (PARTITION BY utc_day, visitor, kind, m.channel ORDER BY id)
            AS nth_in_channel,
          row_number() OVER (PARTITION BY utc_day, visitor, kind, medium ORDER BY id)
            AS nth_in_medium,
          row_number() OVER (PARTITION BY utc_day, visitor, kind, destination ORDER BY id)
            AS nth_at_destination,
          row_number() OVER (PARTITION BY utc_day, visitor, kind, hour ORDER BY id) AS nth_in_hour
        FROM tallied t JOIN media m ON m.code = t.medium
        WHERE program = ?1 AND utc_day BETWEEN ?2 AND ?2 + 1))
    WHERE hour >= ?2 * 86400 AND hour < (?2 + 1) * 86400
      AND ?2 >= (SELECT since FROM kept)
    GROUP BY hour, minute, medium, destination, kind";

const FORGET_ADVOCATES: &str = "
    DELETE FROM tallies_by_advocate
    WHERE program = ?1 AND local_day = ?2 AND ?2 > (SELECT since FROM kept)";

pub(super) const COUNT_ADVOCATES: &str = "
    INSERT INTO tallies_by_advocate
    SELECT program, local_day, advocate, medium, label, kind, count(*),
      sum(kind = 0 AND length(visitor) > 0 AND nth <= 200 AND nth_at_advocate = 1)
    FROM (
      SELECT *,
        row_number() OVER (PARTITION BY utc_day, visitor, kind ORDER BY id) AS nth,
        row_number() OVER (PARTITION BY utc_day, visitor, kind, advocate ORDER BY id)
          AS nth_at_advocate
      FROM tallied
      WHERE program = ?1 AND utc_day BETWEEN ?2 - 1 AND ?2 + 1)
    WHERE local_day = ?2 AND ?2 > (SELECT since FROM kept)
    GROUP BY advocate, medium, label, kind";

const SUM_UP: &str = "
    UPDATE rewards AS r SET (amount, approved, issued, paid, holds) = (
      SELECT coalesce(sum(l.amount), 0), coalesce(sum(l.approved), 0),
        coalesce(sum(l.issued), 0), coalesce(sum(l.paid), 0), coalesce(sum(l.holds), 0)
      FROM ledger l WHERE l.reward = r.id)
    WHERE id IN (SELECT subject FROM differences WHERE name = 'ledger' AND kind = 'reward')";

/// An account that has changed is settled: at once, or by cron.
const CHANGE: &str = "
    UPDATE accounts SET changed = changed + 1
    WHERE (program, advocate) IN (
      SELECT program, n FROM differences
      WHERE name = 'ledger' AND kind IN ('reward', 'account'))
    RETURNING program, advocate";

/// What is done about what is known of the ledger, in words.
const OF_LEDGER: &str = "
    SELECT CASE kind
      WHEN 'reward' THEN 'summed up the entries of ' || subject || ' anew'
      WHEN 'account' THEN 'settled the account of ' || subject || ' by its rules'
      ELSE 'left ' || subject || ' as it is: what was paid, only whoever paid it knows'
      END AS text
    FROM differences WHERE name = 'ledger' ORDER BY kind DESC, subject LIMIT 1000";

row! {
    /// Tallies that are to be made anew.
    #[derive(Debug)]
    pub struct Tallies {
        /// Number of the program.
        pub program: u16,
        /// The day, since 1970-01-01.
        pub day: i64,
        /// Which of them: `hours` or `advocates`.
        pub which: String,
        /// What is done, in words.
        pub text: String,
    }
}

row! {
    struct Text {
        text: String,
    }
}

/// The tallies that differ, as far as it is known: forty at most.
pub async fn tallies(db: &dyn Database) -> Result<Vec<Tallies>, DatabaseError> {
    one(db, statement!(DAYS)).await?.all()
}

/// The statements that make tallies anew, for one batch: no click comes in between.
#[must_use]
pub fn count_anew(tallies: &Tallies, now: i64) -> Vec<Statement> {
    let (program, day) = (tallies.program, tallies.day);
    if tallies.which == "advocates" {
        return vec![
            statement!(FORGET_ADVOCATES, program, day),
            statement!(COUNT_ADVOCATES, program, day),
        ];
    }
    vec![
        statement!(FORGET_HOURS, program, day),
        statement!(COUNT_HOURS, program, day, now.div_euclid(1_000)),
    ]
}

/// Makes sums agree with the ledger; answers what is done, in words, and the accounts
/// that are to be settled.
pub async fn ledger(db: &dyn Database) -> Result<(Vec<String>, Vec<AccountId>), DatabaseError> {
    let [texts, _, accounts] = several(
        db,
        [
            statement!(OF_LEDGER),
            statement!(SUM_UP),
            statement!(CHANGE),
        ],
    )
    .await?;
    let texts: Vec<Text> = texts.all()?;
    let texts = texts.into_iter().map(|row| row.text).collect();
    Ok((texts, accounts.all()?))
}
