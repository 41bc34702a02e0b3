//! What a rep means to reach in a quarter, and whom of their advocates to ask next.

use super::{Database, DatabaseError, one, statement, time};

const SET: &str = "
    INSERT INTO goals VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT DO UPDATE SET asked = excluded.asked, meetings = excluded.meetings,
      won = excluded.won
    RETURNING json_object('quarter', quarter, 'asked', asked, 'meetings', meetings, 'won', won)
      AS document";

// Parameters may arrive as REAL, in which no day is whole. Whom an advocate brought in,
// the advocate asked. Who was asked within a fortnight is left in peace. The moments are those after
// which people like to be asked: what they brought about has gone well, or goes on,
// or they have just shared; and those who fell silent, or were never asked, are
// reminded that they can.
const DAY: &str = concat!(
    "WITH
      mine AS (
        SELECT * FROM advocates
        WHERE owner = ?2 AND program = ?1 AND status = 'active' AND erased_at IS NULL
          AND merged_into IS NULL AND (coalesce(invited_at, 0) <= ?6 - 14 * 86400000 OR EXISTS (
            SELECT 1 FROM good_moments g WHERE g.program = advocates.program AND g.advocate = advocates.number AND g.at > ?6 - 30 * 86400000))
        ORDER BY coalesce(invited_at, 0), created_at LIMIT 500),
      days AS (SELECT CAST(?6 AS INTEGER) / 86400000 - 30 AS day UNION ALL
        SELECT day + 1 FROM days WHERE day <= CAST(?6 AS INTEGER) / 86400000),
      facts AS (
        SELECT m.*,
          (SELECT json_array(count(*), count(won_at), max(won_at),
              max(max(coalesce(meeting_at, 0), coalesce(opportunity_at, 0))), max(at))
            FROM leads l WHERE l.program = ?1 AND l.advocate = m.number) AS theirs,
          (SELECT max(t.local_day) * 86400000
            FROM days CROSS JOIN tallies_by_advocate t
              ON t.program = ?1 AND t.local_day = days.day AND t.advocate = m.number
            WHERE t.kind IN (0, 3, 4)) AS shared_at,
          (SELECT json_array(g.kind, g.at) FROM good_moments g
            WHERE g.program = ?1 AND g.advocate = m.number AND g.at > ?6 - 30 * 86400000
            ORDER BY g.at DESC LIMIT 1) AS good,
          (SELECT max(seen_at) FROM portal_sessions s
            WHERE s.program = ?1 AND s.advocate = m.number) AS seen_at
        FROM mine m),
      moments AS (
        SELECT *, theirs ->> 0 AS leads, theirs ->> 1 AS won,
          coalesce(theirs ->> 2, 0) AS won_at, coalesce(theirs ->> 3, 0) AS met_at,
          max(coalesce(theirs ->> 4, 0), coalesce(theirs ->> 2, 0), coalesce(shared_at, 0),
            coalesce(seen_at, 0)) AS active_at
        FROM facts),
      reasons AS (
        SELECT *, CASE
            WHEN good ->> 0 = 'rated' THEN 0
            WHEN good ->> 0 = 'live' THEN 1
            WHEN won_at > ?6 - 30 * 86400000 THEN 2
            WHEN met_at > ?6 - 30 * 86400000 THEN 3
            WHEN active_at > ?6 - 14 * 86400000 THEN 4
            WHEN leads > 0 AND active_at < ?6 - 60 * 86400000 THEN 5
            WHEN active_at = 0 AND invited_at IS NULL THEN 6
          END AS rank
        FROM moments),
      asks AS (
        SELECT *, CASE
            WHEN rank < 2 THEN good ->> 1 WHEN rank = 2 THEN won_at WHEN rank = 3 THEN met_at
            ELSE active_at END AS moment
        FROM reasons WHERE rank IS NOT NULL
        ORDER BY rank, moment DESC, number LIMIT 20)
    SELECT json_object('quarter', ?3,
      'goals', json_object(
        'asked', json_object(
          'goal', (SELECT asked FROM goals WHERE rep = ?2 AND quarter = ?3),
          'done', (SELECT count(*) FROM advocates
            WHERE owner = ?2 AND parent IS NULL AND invited_at >= ?4 AND invited_at < ?5)),
        'meetings', json_object(
          'goal', (SELECT meetings FROM goals WHERE rep = ?2 AND quarter = ?3),
          'done', (SELECT count(*) FROM leads
            WHERE owner = ?2 AND meeting_at >= ?4 AND meeting_at < ?5)),
        'won', json_object(
          'goal', (SELECT won FROM goals WHERE rep = ?2 AND quarter = ?3),
          'done', (SELECT count(*) FROM leads
            WHERE owner = ?2 AND won_at >= ?4 AND won_at < ?5))),
      'ask', json((
        SELECT json_group_array(json_object(
          'advocate', json_object('id', id, 'name', name, 'email', email, 'kind', kind),
          'why', json_array('rated', 'live', 'won', 'met', 'active', 'quiet', 'new') ->> rank,
          'at', iif(moment > 0, ",
    time!("moment"),
    ", NULL), 'leads', leads, 'won', won, 'last_active_at', iif(active_at > 0, ",
    time!("active_at"),
    ", NULL), 'invited_at', ",
    time!("invited_at"),
    ")) FROM asks)),
      'follow_up', json((
        SELECT json_group_array(json_object(
          'lead', json_object('id', l.id, 'name', l.name, 'company', l.company, 'stage', l.stage),
          'since', ",
    time!("s.since"),
    ", 'days', (CAST(?6 AS INTEGER) - s.since) / 86400000,
          'advocate', json((SELECT json_object('id', a.id, 'name', a.name) FROM advocates a
            WHERE a.program = l.program AND a.number = l.advocate))))
        FROM (SELECT * FROM standing
          WHERE owner = ?2 AND program = ?1 AND since <= ?6 - 86400000 * (
            SELECT stale_days FROM writing WHERE program = ?1)
          ORDER BY since, lead LIMIT 20) s
          JOIN leads l ON l.id = s.lead))) AS document"
);

/// What a rep means to reach in a quarter.
#[derive(Debug, Clone, Copy)]
pub struct Goals {
    /// Advocates to invite.
    pub asked: u32,
    /// Meetings to hold.
    pub meetings: u32,
    /// Customers to win.
    pub won: u32,
}

/// Sets what a rep means to reach; answers it.
pub async fn set(
    db: &dyn Database,
    rep: u32,
    quarter: &str,
    goals: Goals,
) -> Result<String, DatabaseError> {
    let Goals {
        asked,
        meetings,
        won,
    } = goals;
    let set = statement!(SET, rep, quarter, asked, meetings, won);
    one(db, set).await?.document()
}

/// A rep's goals in a quarter (its name, and its instants from and until in Unix
/// ms) with how far they are, and at most twenty of their advocates in a program
/// whom to ask next.
pub async fn day(
    db: &dyn Database,
    program: u16,
    rep: u32,
    quarter: &str,
    (from, until): (i64, i64),
    now: i64,
) -> Result<String, DatabaseError> {
    let statement = statement!(DAY, program, rep, quarter, from, until, now);
    one(db, statement).await?.document()
}
