//! Settlement: the ledger follows the facts.
//!
//! Whatever changes a lead or a sale marks its advocate's account (triggers of
//! the migration do). Here the account is read, what is owed is compared with
//! what the ledger says, and the difference is written. Calls do it right after
//! they are committed; cron does what they left.

use crate::{
    domain::{
        link::ProgramNumber,
        reward::{Rules, evaluate, settle},
    },
    store::{
        Database, DatabaseError,
        accounts::{self, Facing},
        exports, one, rewards,
    },
};

/// Rounds before giving up against others who write the same account.
const ROUNDS: usize = 32;

/// Accounts that cron settles at a time. Each takes two queries, and an
/// invocation has 1,000 (50 on the free plan, where the next run goes on).
const AT_A_TIME: u16 = 300;

/// Brings the ledger of one advocate's account up to the facts.
pub async fn account(
    db: &dyn Database,
    program: u16,
    advocate: u32,
    now: i64,
) -> Result<(), DatabaseError> {
    let impossible = |what: String| DatabaseError::Failed(format!("account {advocate}: {what}"));
    let number =
        ProgramNumber::new(program).ok_or_else(|| impossible(format!("program {program}")))?;
    for _ in 0..ROUNDS {
        let facts = accounts::facts(db, program, &[advocate]).await?;
        let Some(facing) = facts.accounts.first() else {
            return Ok(());
        };
        if facing.stamp.is_settled() {
            return Ok(());
        }
        let movements = movements(facing, &facts.rules).map_err(impossible)?;
        match accounts::write(db, number, advocate, facing.stamp, &movements, now).await {
            Err(error) if error.is_conflict() => {}
            written => return written,
        }
    }
    Err(impossible("others kept changing it".to_owned()))
}

/// What the ledger of an account lacks, or why nobody can say.
pub fn movements(facing: &Facing, rules: &[(u32, Rules)]) -> Result<Vec<settle::Movement>, String> {
    let owed = evaluate::entitlements(&facing.account, rules).map_err(|fault| fault.to_string())?;
    settle::settle(&owed, &facing.standing).map_err(|overflow| overflow.to_string())
}

/// Approves what has come due, and settles what calls left. One account that
/// cannot be settled does not stop the others; the last error is answered. Facts that
/// are being read back in owe nothing yet: the ledger comes after them.
pub async fn all(db: &dyn Database, now: i64) -> Result<(), DatabaseError> {
    if exports::is_under_way(db).await? {
        return Ok(());
    }
    let mut outcome = one(db, rewards::ripen(now, None, None)).await.map(drop);
    for behind in accounts::unsettled(db, None, now, AT_A_TIME).await? {
        if let Err(error) = account(db, behind.program, behind.advocate, now).await {
            outcome = Err(error);
        }
    }
    outcome
}
