//! The configuration snapshot, read from D1 in one transaction; and what
//! changes it without a row of its own elsewhere: revocations.

use serde::Deserialize;

use super::{Database, DatabaseError, one, programs, several, statement};
use crate::domain::{
    landing::Destination,
    link::Link,
    program::Status,
    snapshot::{Preview, Program, Snapshot, Target},
};

const VERSION: &str = "SELECT version FROM configuration";
const PROGRAMS: &str = "SELECT * FROM programs ORDER BY number";
const DESTINATIONS: &str = "
    SELECT program, number, url, status FROM destinations ORDER BY program, number";
const DISABLED: &str = "
    SELECT program, number FROM advocates WHERE status = 'disabled' ORDER BY program, number";
const REVOKED: &str = "SELECT program, body FROM revocations ORDER BY program, body";
const REVOKE: &str = "INSERT INTO revocations VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";

#[derive(Deserialize)]
struct Version {
    version: i64,
}

#[derive(Deserialize)]
struct DestinationRow {
    program: u16,
    number: u8,
    url: Destination,
    status: Status,
}

#[derive(Deserialize)]
struct AdvocateRow {
    program: u16,
    number: u32,
}

#[derive(Deserialize)]
struct LinkRow {
    program: u16,
    body: String,
}

/// The snapshot as the database has it now.
pub async fn read(db: &dyn Database) -> Result<Snapshot, DatabaseError> {
    let [version, programs, destinations, disabled, revoked] = several(
        db,
        [
            statement!(VERSION),
            statement!(PROGRAMS),
            statement!(DESTINATIONS),
            statement!(DISABLED),
            statement!(REVOKED),
        ],
    )
    .await?;
    let version: Version = version.first()?.ok_or(DatabaseError::Short)?;
    let programs: Vec<programs::Row> = programs.all()?;
    let destinations: Vec<DestinationRow> = destinations.all()?;
    let disabled: Vec<AdvocateRow> = disabled.all()?;
    let revoked: Vec<LinkRow> = revoked.all()?;
    let programs = programs
        .into_iter()
        .map(|row| Program {
            number: row.number,
            name: row.name,
            status: row.status,
            zone: row.zone,
            touch: row.touch,
            window_days: row.window_days,
            cookie: row.cookie,
            pass_through: row.pass_through,
            preview: Preview {
                title: row.preview_title,
                description: row.preview_description,
                image: row.preview_image,
            },
            destinations: of(&destinations, row.number, |d| d.program)
                .map(|d| Target {
                    number: d.number,
                    url: d.url.clone(),
                    status: d.status,
                })
                .collect(),
            disabled_advocates: of(&disabled, row.number, |a| a.program)
                .map(|a| a.number)
                .collect(),
            revoked_links: of(&revoked, row.number, |l| l.program)
                .filter_map(|l| u64::from_str_radix(&l.body, 16).ok())
                .collect(),
        })
        .collect();
    Ok(Snapshot {
        version: version.version,
        programs,
    })
}

/// The rows of one program, of rows that are ordered by program.
fn of<T>(rows: &[T], program: u16, key: impl Fn(&T) -> u16) -> impl Iterator<Item = &T> {
    let start = rows.partition_point(|row| key(row) < program);
    rows.iter()
        .skip(start)
        .take_while(move |row| key(row) == program)
}

/// The version alone, to tell a stale snapshot from a fresh one.
pub async fn version(db: &dyn Database) -> Result<i64, DatabaseError> {
    let row: Option<Version> = one(db, statement!(VERSION)).await?.first()?;
    row.map(|row| row.version).ok_or(DatabaseError::Short)
}

/// Revokes a link; once is enough.
pub async fn revoke(db: &dyn Database, link: &Link, now: i64) -> Result<(), DatabaseError> {
    let program = link.program.get();
    let body = format!("{:016x}", link.pack());
    one(db, statement!(REVOKE, program, body, now)).await?;
    Ok(())
}
