//! What a reconciliation found, as it is mended.

use super::{Database, DatabaseError, Document, Statement, one, statement};
use crate::{
    decode::{names, row},
    domain::lead::Stage,
};

names! {
    /// What mends a finding.
    pub enum Act {
        /// Correct the amount of a sale.
        Amount => "amount",
        /// Record what was given back.
        Refund => "refund",
        /// Record a sale.
        Sale => "sale",
        /// Take a lead to a stage.
        Stage => "stage",
        /// Hand a lead over.
        Owner => "owner",
        /// Hold the rewards of a lead.
        Hold => "hold",
        /// Settle the account of a lead's advocate anew.
        Settle => "settle",
    }
}

row! {
    /// A finding, and what mends it.
    #[derive(Debug, Default)]
    pub struct Finding {
        /// The line of the file, if it is about one.
        pub line: Option<i64>,
        /// What was done, where something was.
        pub outcome: Option<String>,
        /// When (Unix ms).
        pub applied_at: Option<i64>,
        /// What mends it; `None` where we cannot.
        pub act: Option<Act>,
        /// The order that it is about.
        pub order_id: Option<String>,
        /// What the sale comes to, or what of it was given back in all (minor units).
        pub amount: Option<i64>,
        /// ISO 4217.
        pub currency: Option<String>,
        /// When it happened there (Unix ms).
        pub at: Option<i64>,
        /// Id of the lead.
        pub lead: Option<String>,
        /// What the billing system calls who bought.
        pub customer: Option<String>,
        /// The hash of their address.
        pub email_hash: Option<String>,
        /// Whether rewards that name no order are meant as well; 0 or 1.
        pub others: Option<u8>,
        /// What was here when it was found: the sale's amount, the lead's stage or owner.
        pub was: Option<String>,
        /// Where the lead stands there.
        pub stage: Option<Stage>,
        /// Why it was lost.
        pub reason: Option<String>,
        /// Slug of the rep.
        pub rep: Option<String>,
    }
}

row! {
    /// Rewards of a lead.
    #[derive(Debug)]
    pub struct Rewards {
        /// That can be held, and are not.
        pub open: i64,
        /// That are issued or paid already.
        pub gone: i64,
    }
}

const PROGRAM: &str = "
    SELECT p.slug AS document, '' AS cursor
    FROM reconciliations r JOIN programs p ON p.number = r.program
    WHERE r.id = ?1";

const FINDING: &str = "
    SELECT line, outcome, applied_at, fix ->> 'do' AS act, fix ->> 'order' AS order_id,
      fix ->> 'amount' AS amount, fix ->> 'currency' AS currency, fix ->> 'at' AS at,
      fix ->> 'lead' AS lead, fix ->> 'customer' AS customer, fix ->> 'email_hash' AS email_hash,
      fix ->> 'others' AS others, CAST(fix ->> 'was' AS TEXT) AS was, fix ->> 'stage' AS stage, fix ->> 'reason' AS reason, fix ->> 'rep' AS rep
    FROM findings WHERE run = ?1 AND n = CAST(?2 AS INTEGER)";

// Of two at once the second is sent back, and finds that it is done.
const IS_OPEN: &str = "
    INSERT INTO overtaken
    SELECT NULL FROM findings
    WHERE run = ?1 AND n = CAST(?2 AS INTEGER) AND applied_at IS NOT NULL";

const CLOSE: &str = "
    UPDATE findings SET applied_at = ?3, applied_by = ?4, outcome = ?5
    WHERE run = ?1 AND n = CAST(?2 AS INTEGER)";

const CORRECT: &str = "
    UPDATE sales SET amount = CAST(?4 AS INTEGER)
    WHERE program = ?1 AND order_id = ?2 AND amount = CAST(?3 AS INTEGER)";

// A sale that was corrected, or refunded, since it was read.
const IS_AS_READ: &str = "
    INSERT INTO overtaken
    SELECT NULL FROM net_sales
    WHERE program = ?1 AND order_id = ?2
      AND (amount <> CAST(?3 AS INTEGER) OR refunded <> CAST(?4 AS INTEGER))";

/// The rewards of a lead (`?1`) that hang on a sale (`?2`), and on nothing that is
/// told apart from it (`?3`), as the comparison has it (`reconciliation_rewards`).
macro_rules! hang {
    () => {
        "lead = ?1 AND (order_id = ?2 OR (?3 AND (?2 IS NULL OR order_id IS NULL)))"
    };
}

const REWARDS: &str = concat!(
    "SELECT count(*) FILTER (WHERE state IN ('pending', 'approved')) AS open,
      count(*) FILTER (WHERE state IN ('issued', 'paid')) AS gone
    FROM sale_rewards WHERE amount > 0 AND ",
    hang!()
);

const HOLD: &str = concat!(
    "INSERT INTO ledger (reward, kind, holds, reason, at, by)
    SELECT id, 'held', 1, ?4, ?5, ?6 FROM sale_rewards
    WHERE amount > 0 AND state IN ('pending', 'approved') AND ",
    hang!()
);

const UNSETTLE: &str = "
    UPDATE accounts SET changed = changed + 1 WHERE program = ?1 AND advocate = ?2";

/// The slug of a reconciliation's program.
pub async fn program(db: &dyn Database, run: &str) -> Result<Option<String>, DatabaseError> {
    let row: Option<Document> = one(db, statement!(PROGRAM, run)).await?.first()?;
    Ok(row.map(|row| row.document))
}

/// A finding of a reconciliation.
pub async fn finding(
    db: &dyn Database,
    run: &str,
    n: u32,
) -> Result<Option<Finding>, DatabaseError> {
    one(db, statement!(FINDING, run, n)).await?.first()
}

/// The statements that write down what was done about a finding, unless somebody
/// else has done it.
#[must_use]
pub fn close(run: &str, n: u32, what: &str, now: i64, by: &str) -> [Statement; 2] {
    [
        statement!(IS_OPEN, run, n),
        statement!(CLOSE, run, n, now, by, what),
    ]
}

/// The statements that correct the amount of a sale, unless it has changed since.
#[must_use]
pub fn correct(program: u16, sale: &super::sales::Sale, amount: i64) -> [Statement; 2] {
    let order = sale.order_id.as_str();
    [
        statement!(IS_AS_READ, program, order, sale.amount, sale.refunded),
        statement!(CORRECT, program, order, sale.amount, amount),
    ]
}

/// How many of the rewards that a finding is about there are to hold.
pub async fn rewards(
    db: &dyn Database,
    lead: &str,
    finding: &Finding,
) -> Result<Rewards, DatabaseError> {
    let (order, others) = (finding.order_id.as_deref(), finding.others);
    let row = one(db, statement!(REWARDS, lead, order, others));
    row.await?.first()?.ok_or(DatabaseError::Short)
}

/// The statement that holds them.
#[must_use]
pub fn hold(lead: &str, finding: &Finding, why: &str, now: i64, by: &str) -> Statement {
    let (order, others) = (finding.order_id.as_deref(), finding.others);
    statement!(HOLD, lead, order, others, why, now, by)
}

/// The statement that has an account settled anew.
#[must_use]
pub fn unsettle(program: u16, advocate: u32) -> Statement {
    statement!(UNSETTLE, program, advocate)
}
