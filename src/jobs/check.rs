//! The self-check: whether what is derived still says what it is derived from.
//!
//! Owns how much is looked at in a run, and what an account and the published
//! configuration are held against. Tallies, sums and the outbox are compared by
//! `store::checks`.

use crate::{
    domain::snapshot::Snapshot,
    jobs::settle,
    store::{
        Database, DatabaseError, accounts,
        checks::{self, Found, InTurn, mend, outbox},
        exports,
        shares::utc_day,
        snapshot,
    },
};

/// How long the clicks and the ledger are not looked at again by cron (ms). To compare
/// a day is to read its clicks, up to six times.
const EVERY: i64 = 6 * 3_600_000;

/// How far KV may be behind (ms): a change takes a minute to be seen everywhere.
const LAG: i64 = 120_000;

/// Accounts that are settled at once when they are mended; cron settles the rest.
const ACCOUNTS: usize = 100;

/// How much a run looks at beside what is recent and what differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// What is next, as cron does it.
    Next,
    /// As much as one call can: all of it, unless it is very much.
    All,
}

impl Reach {
    /// Days, pages of 5,000 rewards or events, or pages of 100 accounts.
    const fn pages(self) -> usize {
        match self {
            Self::Next => 1,
            Self::All => 40,
        }
    }

    /// How often the end may be reached: whoever looks at all begins in the middle.
    const fn laps(self) -> usize {
        match self {
            Self::Next => 1,
            Self::All => 2,
        }
    }
}

/// Cron: looks at the clicks, the ledger and the outbox if that was not done for six hours.
/// What is being read back in is there in part, and differs.
pub async fn due(db: &dyn Database, now: i64) -> Result<(), DatabaseError> {
    if checks::is_due(db, now - EVERY).await? && !exports::is_under_way(db).await? {
        clicks(db, Reach::Next, now).await?;
        ledger(db, Reach::Next, now).await?;
        deliveries(db, Reach::Next, now).await?;
    }
    Ok(())
}

/// Compares the tallies with the clicks and shares: of the last two days, of those that
/// differ, and of older ones in turn.
pub async fn clicks(db: &dyn Database, reach: Reach, now: i64) -> Result<(), DatabaseError> {
    let today = utc_day(now);
    let recent = today - 1;
    // Somewhere it is tomorrow already.
    checks::clicks::compare(db, (recent, today + 1), now).await?;
    let (turn, mut days) = checks::clicks::days_before(db, recent).await?;
    let pages = i64::try_from(reach.pages()).unwrap_or(1);
    let mut place = turn.place;
    for _ in turn.first..recent.min(turn.first + pages) {
        place = if (turn.first..recent - 1).contains(&place) {
            place + 1
        } else {
            turn.first
        };
        days.push(place);
    }
    days.sort_unstable();
    days.dedup();
    for day in days {
        checks::clicks::compare(db, (day, day), now).await?;
    }
    db.batch(checks::clicks::turned(place, now)).await?;
    Ok(())
}

/// Compares what hangs on the clicks of a day before they are taken out.
pub async fn before_archive(db: &dyn Database, day: i64, now: i64) -> Result<(), DatabaseError> {
    checks::clicks::compare(db, (day, day + 1), now).await
}

/// Compares rewards and payouts with the ledger, and accounts with their rules.
pub async fn ledger(db: &dyn Database, reach: Reach, now: i64) -> Result<(), DatabaseError> {
    let mut laps = 0;
    for _ in 0..reach.pages() {
        if !checks::ledger(db, now).await? {
            laps += 1;
        }
        if laps == reach.laps() {
            break;
        }
    }
    laps = 0;
    for _ in 0..reach.pages() {
        let in_turn = checks::accounts(db).await?;
        for of_program in in_turn.chunk_by(|a, b| a.program == b.program) {
            look_at(db, of_program, now).await?;
        }
        let last = in_turn.iter().rev().find(|one| one.is_next);
        let (program, advocate) = last.map_or((0, 0), |one| (one.program, one.advocate));
        checks::turn_accounts(db, program, advocate).await?;
        if last.is_none() {
            laps += 1;
        }
        if laps == reach.laps() {
            break;
        }
    }
    Ok(())
}

/// Compares the outbox's events with their deliveries.
pub async fn deliveries(db: &dyn Database, reach: Reach, now: i64) -> Result<(), DatabaseError> {
    let mut laps = 0;
    for _ in 0..reach.pages() {
        if !outbox::compare(db, now).await? {
            laps += 1;
        }
        if laps == reach.laps() {
            break;
        }
    }
    Ok(())
}

/// Compares some accounts of one program with their rules.
async fn look_at(db: &dyn Database, accounts: &[InTurn], now: i64) -> Result<(), DatabaseError> {
    let Some(program) = accounts.first().map(|one| one.program) else {
        return Ok(());
    };
    let mut numbers: Vec<u32> = accounts.iter().map(|one| one.advocate).collect();
    numbers.dedup();
    let facts = accounts::facts(db, program, &numbers).await?;
    let mut found = Vec::new();
    for facing in &facts.accounts {
        let what = match settle::movements(facing, &facts.rules) {
            Err(why) => format!("cannot be settled: {why}"),
            // Cron has not come to it yet.
            Ok(_) if !facing.stamp.is_settled() => continue,
            Ok(movements) if movements.is_empty() => continue,
            Ok(movements) => {
                let count = movements.len();
                format!("differs from its rules in {count} rewards")
            }
        };
        found.push(Found {
            advocate: facing.advocate,
            what,
        });
    }
    checks::found(db, program, &numbers, &found, now).await
}

/// Compares what is published, which was read before, with the database.
pub async fn snapshot(
    db: &dyn Database,
    published: Result<Option<Snapshot>, DatabaseError>,
    now: i64,
) -> Result<(), DatabaseError> {
    let current = snapshot::read(db).await?;
    let since = checks::configured(db, current.version, now).await?;
    let is_late = now - since >= LAG;
    let version = current.version;
    let what = match published {
        Ok(Some(published)) if published == current => None,
        Ok(Some(published)) if published.version < version => is_late.then(|| {
            let old = published.version;
            format!("version {old} of the configuration is published, the database has {version}")
        }),
        Ok(Some(_)) => Some(format!(
            "another configuration is published than version {version} of the database"
        )),
        Ok(None) => is_late.then(|| "no configuration is published".to_owned()),
        Err(DatabaseError::Row(_)) => Some("what is published cannot be read".to_owned()),
        Err(error) => return Err(error),
    };
    checks::snapshot(db, what.as_deref(), now).await
}

/// Tallies days anew that are known to differ; answers what was done, in words.
pub async fn mend_clicks(db: &dyn Database, now: i64) -> Result<Vec<String>, DatabaseError> {
    let mut did = Vec::new();
    for tallies in mend::tallies(db).await? {
        db.batch(mend::count_anew(&tallies, now)).await?;
        did.push(tallies.text);
    }
    clicks(db, Reach::Next, now).await?;
    Ok(did)
}

/// Makes sums that are known to differ agree with the ledger, and accounts with their
/// rules; answers what was done, in words.
pub async fn mend_ledger(db: &dyn Database, now: i64) -> Result<Vec<String>, DatabaseError> {
    let (mut did, accounts) = mend::ledger(db).await?;
    for one in accounts.iter().take(ACCOUNTS) {
        if let Err(error) = settle::account(db, one.program, one.advocate, now).await {
            did.push(error.to_string());
        }
    }
    ledger(db, Reach::Next, now).await?;
    Ok(did)
}

/// Makes deliveries that are known to be missing; answers what was done, in words.
pub async fn mend_deliveries(db: &dyn Database, now: i64) -> Result<Vec<String>, DatabaseError> {
    let did = outbox::mend(db).await?;
    deliveries(db, Reach::Next, now).await?;
    Ok(did)
}
