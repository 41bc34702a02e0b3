//! The configuration snapshot, read from D1 in one transaction; and what
//! changes it without a row of its own elsewhere: revocations.

use super::{Database, DatabaseError, one, programs, several, statement};
use crate::{
    decode::row,
    domain::{
        landing::Destination,
        link::Link,
        program::Status,
        snapshot::{Preview, Program, Snapshot, Target},
    },
};

const VERSION: &str = "SELECT version FROM configuration";
// The view puts the card where a program names no picture of its own.
const PROGRAMS: &str = "SELECT * FROM programs_with_cards ORDER BY number";
const DESTINATIONS: &str = "
    SELECT program, number, url, status FROM destinations ORDER BY program, number";
// The links of an entry that is merged work as those of the one that remains.
const DISABLED: &str = "
    SELECT a.program, a.number FROM advocates a
    LEFT JOIN advocates b ON b.program = a.program AND b.number = a.merged_into
    WHERE coalesce(b.status, a.status) = 'disabled'
    ORDER BY a.program, a.number";
const REVOKED: &str = "SELECT program, body FROM revocations ORDER BY program, body";
const REVOKED_IN: &str = "SELECT program, body FROM revocations WHERE program = ?1 ORDER BY body";
const REVOKE: &str = "INSERT INTO revocations VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";

row! {
    struct Version {
        version: i64,
    }
}

row! {
    struct DestinationRow {
        program: u16,
        number: u8,
        url: Destination,
        status: Status,
    }
}

row! {
    struct AdvocateRow {
        program: u16,
        number: u32,
    }
}

row! {
    struct LinkRow {
        program: u16,
        body: String,
    }
}

impl LinkRow {
    fn body(&self) -> Option<u64> {
        u64::from_str_radix(&self.body, 16).ok()
    }
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
                .filter_map(LinkRow::body)
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

/// The bodies of a program's revoked links, ascending.
pub async fn revoked(db: &dyn Database, program: u16) -> Result<Vec<u64>, DatabaseError> {
    let rows: Vec<LinkRow> = one(db, statement!(REVOKED_IN, program)).await?.all()?;
    Ok(rows.iter().filter_map(LinkRow::body).collect())
}
