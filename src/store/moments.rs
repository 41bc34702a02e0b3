//! Good moments of advocates, and that reps got in touch with leads.

use super::{Database, DatabaseError, Document, one, statement, time};
use crate::domain::program::MomentKind;

/// A moment as it is recorded.
pub struct Moment<'a> {
    /// Number of the program.
    pub program: u16,
    /// The sender's id for it, unique in the program.
    pub event: &'a str,
    /// Number of the advocate.
    pub advocate: u32,
    /// What it is.
    pub kind: MomentKind,
    /// Of a rating: from 0 to 10.
    pub score: Option<u8>,
    /// When it was (Unix ms).
    pub at: i64,
    /// Who reports it.
    pub by: &'a str,
}

const RECORD: &str = "
    INSERT INTO moments VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
    ON CONFLICT (program, event) DO UPDATE SET event = excluded.event
      WHERE advocate = excluded.advocate AND kind = excluded.kind AND score IS excluded.score
    RETURNING json_object('event', event, 'kind', kind, 'score', score,
      'is_good', json(iif(kind <> 'rated' OR score >= 9, 'true', 'false'))) AS document,
      '' AS cursor";

const FOLLOW_UP: &str = concat!(
    "INSERT INTO follow_ups VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET by = excluded.by
    RETURNING json_object('lead', lead, 'at', ",
    time!("at"),
    ") AS document, '' AS cursor"
);

/// Records a moment; answers it, or nothing where another one has its id.
pub async fn record(
    db: &dyn Database,
    moment: &Moment<'_>,
    now: i64,
) -> Result<Option<String>, DatabaseError> {
    let Moment {
        program,
        event,
        advocate,
        kind,
        score,
        at,
        by,
    } = *moment;
    let kind = kind.name();
    let insert = statement!(RECORD, program, event, advocate, kind, score, at, now, by);
    let row: Option<Document> = one(db, insert).await?.first()?;
    Ok(row.map(|row| row.document))
}

/// Records that somebody got in touch with a lead; answers it.
pub async fn follow_up(
    db: &dyn Database,
    lead: &str,
    now: i64,
    by: &str,
) -> Result<String, DatabaseError> {
    one(db, statement!(FOLLOW_UP, lead, now, by))
        .await?
        .document()
}
