//! Shares.

use super::{Database, DatabaseError, Statement, one, several, statement};
use crate::{
    decode::row,
    domain::{link::Link, program::ShareKind},
};

/// A share as it is recorded.
#[derive(Debug, Clone)]
pub struct Share<'a> {
    /// The sender's id for it, unique in the program.
    pub event: &'a str,
    /// A fingerprint of what was asked, in hexadecimal.
    pub request: &'a str,
    /// When it was shared (Unix ms).
    pub at: i64,
    /// What was shared, by whom and how.
    pub link: Link,
    /// Intent or sent.
    pub kind: ShareKind,
    /// Minutes east of UTC of the program's clock then.
    pub offset: i16,
    /// The API key that reported it.
    pub recorded_by: &'a str,
    /// The hash of who the advocate is today, in hexadecimal.
    pub visitor: Option<String>,
}

/// What became of a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// It is counted now.
    New {
        /// When it was shared (Unix ms).
        at: i64,
    },
    /// The same was recorded before.
    Repeat {
        /// When it was shared, as it was recorded then.
        at: i64,
    },
    /// Something else was recorded under its id.
    Clash,
}

row! {
    struct Stored {
        request: String,
        at: i64,
    }
}

const INSERT: &str = "
    INSERT INTO shares
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
    ON CONFLICT (program, event) DO NOTHING
    RETURNING request, at";

// With a share that is recorded by this call, and with no other: a repeat
// changes nothing, even where the person was erased in between.
const ADD_VISITOR: &str = "
    INSERT INTO advocate_visitors
    SELECT program, advocate, ?4, unhex(?5) FROM shares
    WHERE program = ?1 AND event = ?2 AND request = ?3 AND recorded_at = ?6 AND ?5 IS NOT NULL
    ON CONFLICT DO NOTHING";

const SWEEP_VISITORS: &str = "DELETE FROM advocate_visitors WHERE utc_day < ?1";

const SELECT: &str = "SELECT request, at FROM shares WHERE program = ?1 AND event = ?2";

row! {
    /// A share as its sender saw it recorded.
    #[derive(Debug)]
    pub struct Earlier {
        /// See [`Share`].
        pub request: String,
        /// See [`Share`].
        pub at: i64,
        /// Number of the advocate.
        pub advocate: u32,
        /// Slug of the destination.
        pub destination: String,
    }
}

const EARLIER: &str = "
    SELECT s.request, s.at, s.advocate, d.slug AS destination
    FROM programs p
    JOIN shares s ON s.program = p.number AND s.event = ?2
    JOIN destinations d ON d.program = s.program AND d.number = s.destination
    WHERE p.slug = ?1";

/// The share that was recorded under an event of a program (its slug).
pub async fn earlier(
    db: &dyn Database,
    program: &str,
    event: &str,
) -> Result<Option<Earlier>, DatabaseError> {
    one(db, statement!(EARLIER, program, event)).await?.first()
}

/// The fingerprint under which an event of a program was recorded.
pub async fn request_of(
    db: &dyn Database,
    program: u16,
    event: &str,
) -> Result<Option<String>, DatabaseError> {
    let stored: Option<Stored> = one(db, statement!(SELECT, program, event)).await?.first()?;
    Ok(stored.map(|stored| stored.request))
}

/// The statement that records a share, unless its event is there already.
#[must_use]
pub fn insert(share: &Share<'_>, now: i64) -> Statement {
    let link = &share.link;
    let kind = match share.kind {
        ShareKind::Intent => 3,
        ShareKind::Sent => 4,
    };
    statement!(
        INSERT,
        link.program.get(),
        share.event,
        share.request,
        share.at,
        link.advocate.0,
        link.medium.code(),
        link.destination.get(),
        link.label.get(),
        kind,
        i64::from(share.offset),
        share.recorded_by,
        now,
    )
}

/// Records a share once.
pub async fn record(
    db: &dyn Database,
    share: &Share<'_>,
    now: i64,
) -> Result<Recorded, DatabaseError> {
    let link = &share.link;
    let insert = insert(share, now);
    let add_visitor = statement!(
        ADD_VISITOR,
        link.program.get(),
        share.event,
        share.request,
        utc_day(now),
        share.visitor.as_deref(),
        now,
    );
    let select = statement!(SELECT, link.program.get(), share.event);
    let [inserted, _, stored] = several(db, [insert, add_visitor, select]).await?;
    let stored: Stored = stored.first()?.ok_or(DatabaseError::Short)?;
    Ok(if inserted.first::<Stored>()?.is_some() {
        Recorded::New { at: stored.at }
    } else if stored.request == share.request {
        Recorded::Repeat { at: stored.at }
    } else {
        Recorded::Clash
    })
}

/// The day of an instant (Unix ms), as visitor hashes are kept by.
#[must_use]
pub const fn utc_day(at: i64) -> i64 {
    at.div_euclid(86_400_000)
}

/// The statement that deletes the hashes of advocates from before a day.
#[must_use]
pub fn sweep_visitors(before: i64) -> Statement {
    statement!(SWEEP_VISITORS, before)
}
