//! Letters that time brings about: what is looked for once an hour in each program.

use super::{Database, DatabaseError, Statement, one, statement};
use crate::{decode::row, domain::zone::Zone};

row! {
    /// A program for whose letters it is time to look.
    #[derive(Debug)]
    pub struct Due {
        /// Its number.
        pub program: u16,
        /// Its zone.
        pub zone: Zone,
        /// The day of the week on which reps are told of theirs.
        pub weekly_on: String,
    }
}

const DUE: &str = "
    SELECT w.program, w.zone, w.weekly_on
    FROM writing w LEFT JOIN letter_plans p ON p.program = w.program
    WHERE w.status = 'active' AND coalesce(p.at, 0) <= ?1 - 3600000
    ORDER BY coalesce(p.at, 0), w.program LIMIT 1";

const PLANNED: &str = "
    INSERT INTO letter_plans (program, at) VALUES (?1, ?2)
    ON CONFLICT DO UPDATE SET at = max(at, excluded.at)";

// Who was quiet for long when this was first looked for is left in peace: the letter is
// for the days after the last one that counts. A spell has one letter.
const QUIET: &str = "
    INSERT INTO letters (program, message, advocate, cause, data, queued_at, due_at)
    SELECT ?1, 'quiet', number, 'since ' || since,
      json_object('days', CAST((?2 - since) / 86400000 AS INTEGER)), ?2, ?2
    FROM writing w CROSS JOIN (
      SELECT a.number, a.program, max(a.created_at, coalesce(a.invited_at, 0),
        coalesce(a.joined_at, 0), coalesce(t.day, 0) * 86400000,
        coalesce((SELECT max(l.at) FROM leads l
          WHERE l.program = ?1 AND l.advocate = a.number), 0),
        coalesce((SELECT max(s.seen_at) FROM portal_sessions s
          WHERE s.program = ?1 AND s.advocate = a.number), 0)) AS since
      FROM advocates a LEFT JOIN (
        SELECT advocate, max(local_day) AS day FROM tallies_by_advocate
        WHERE program = ?1 AND kind IN (0, 3, 4)
          AND local_day > CAST(?2 / 86400000 AS INTEGER) - 4
            - (SELECT quiet_days FROM writing WHERE program = ?1)
        GROUP BY advocate) t ON t.advocate = a.number
      WHERE a.program = ?1 AND a.email IS NOT NULL AND a.status = 'active'
        AND a.erased_at IS NULL AND a.merged_into IS NULL) q
    WHERE w.program = ?1 AND 'quiet' NOT IN (SELECT value FROM json_each(w.off))
      AND since <= ?2 - w.quiet_days * 86400000
      AND since > ?2 - (w.quiet_days + 3) * 86400000
    LIMIT 500
    ON CONFLICT DO NOTHING";

// Of a lead that stands still a rep is told once, with all others that do; a letter that
// still waits for its turn will tell of it.
const FOLLOW_UP: &str = "
    INSERT INTO letters (program, message, rep, cause, queued_at, due_at)
    SELECT ?1, 'follow_up', r.number, ?3, ?2, ?2
    FROM writing w CROSS JOIN reps r
    WHERE w.program = ?1 AND 'follow_up' NOT IN (SELECT value FROM json_each(w.off))
      AND r.status = 'active' AND r.email IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM letters q
        WHERE q.program = ?1 AND q.recipient = 'r' || r.number AND q.state = 'queued'
          AND q.message = 'follow_up')
      AND EXISTS (
        SELECT 1 FROM standing s
        WHERE s.owner = r.number AND s.program = ?1
          AND s.since <= ?2 - w.stale_days * 86400000
          AND s.since > coalesce((
            SELECT max(queued_at) FROM letters
            WHERE program = ?1 AND recipient = 'r' || r.number AND message = 'follow_up'), 0)
            - w.stale_days * 86400000)
    ON CONFLICT DO NOTHING";

const WEEKLY: &str = "
    INSERT INTO letters (program, message, rep, cause, data, queued_at, due_at)
    SELECT ?1, 'weekly', r.number, ?3, json_object('quarter', ?4, 'from', CAST(?5 AS INTEGER),
      'until', CAST(?6 AS INTEGER)), ?2, ?2
    FROM writing w CROSS JOIN reps r
    WHERE w.program = ?1 AND 'weekly' NOT IN (SELECT value FROM json_each(w.off))
      AND r.status = 'active' AND r.email IS NOT NULL
      AND (EXISTS (SELECT 1 FROM leads WHERE owner = r.number AND program = ?1)
        OR EXISTS (SELECT 1 FROM advocates WHERE owner = r.number AND program = ?1))
    ON CONFLICT DO NOTHING";

const FORGET_EVENTS: &str = "DELETE FROM mail_events WHERE at < ?1 - 2592000000";

/// The program for which it is time to look, if there is one.
pub async fn due(db: &dyn Database, now: i64) -> Result<Option<Due>, DatabaseError> {
    one(db, statement!(DUE, now)).await?.first()
}

/// The statements that say that it was looked for, and forget what is old.
#[must_use]
pub fn planned(program: u16, now: i64) -> Vec<Statement> {
    vec![
        statement!(PLANNED, program, now),
        statement!(FORGET_EVENTS, now),
    ]
}

/// The statement that writes to advocates of whom nothing was heard.
#[must_use]
pub fn quiet(program: u16, now: i64) -> Statement {
    statement!(QUIET, program, now)
}

/// The statement that tells reps of leads that stand still, on a day (`YYYY-MM-DD`).
#[must_use]
pub fn follow_up(program: u16, now: i64, day: &str) -> Statement {
    statement!(FOLLOW_UP, program, now, day)
}

/// The statement that tells reps of their week, on a day, in a quarter (its name, and
/// its instants from and until in Unix ms).
#[must_use]
pub fn weekly(
    program: u16,
    now: i64,
    day: &str,
    quarter: &str,
    (from, until): (i64, i64),
) -> Statement {
    statement!(WEEKLY, program, now, day, quarter, from, until)
}

/// Runs what was planned.
pub async fn write(db: &dyn Database, statements: Vec<Statement>) -> Result<(), DatabaseError> {
    db.batch(statements).await.map(drop)
}
