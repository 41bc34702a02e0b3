//! What an advocate sees of their own: how they are signed in, who they are, whom
//! they referred and brought in.

use super::{
    Database, DatabaseError, Document, Statement,
    messages::{Look, look_of},
    one, several, statement, time,
};
use crate::decode::{self, row};

// No more than five links work at a time: nobody's mailbox is filled. Who is in
// several programs is signed in to the one that was asked for, or to one that goes
// on; from there they reach the others.
const ADD_LINK: &str = concat!(
    "INSERT INTO portal_links (hash, program, advocate, expires_at)
    SELECT ?1, a.program, a.number, ?4
    FROM programs p CROSS JOIN advocates a ON a.program = p.number AND a.email_hash = ?2
    WHERE (?3 IS NULL OR p.slug = ?3) AND a.erased_at IS NULL
      AND NOT EXISTS (
        SELECT 1 FROM suppressions WHERE hash = ?2 AND reason <> 'unsubscribed')
      AND (
        SELECT count(*)
        FROM portal_links l JOIN advocates b ON b.program = l.program AND b.number = l.advocate
        WHERE l.expires_at > ?5 AND b.email_hash = ?2) < 5
    ORDER BY a.status, p.status, a.created_at
    LIMIT 1
    RETURNING
      (SELECT email FROM advocates a WHERE a.program = portal_links.program AND a.number = advocate)
        AS email,
      (SELECT name FROM advocates a WHERE a.program = portal_links.program AND a.number = advocate)
        AS name,
      ",
    look_of!(
        "portal_links.program",
        "'sign_in'",
        "(SELECT kind FROM advocates a WHERE a.program = portal_links.program AND a.number = advocate)"
    ),
    " AS look"
);

const BEGIN: &str = "
    INSERT INTO portal_sessions (hash, program, advocate, by_mail, seen_at, expires_at)
    SELECT ?1, program, advocate, 1, ?3, ?4 FROM portal_links WHERE hash = ?2 AND expires_at > ?3";

const JOIN: &str = "
    UPDATE advocates SET joined_at = ?2
    WHERE joined_at IS NULL AND (program, number) = (
      SELECT program, advocate FROM portal_sessions WHERE hash = ?1)";

const SPEND_LINK: &str = "DELETE FROM portal_links WHERE hash = ?1";

const VOUCH: &str = "
    INSERT INTO portal_sessions (hash, program, advocate, by_mail, seen_at, expires_at)
    VALUES (?1, ?2, ?3, 0, ?4, ?5)";

// Who was merged into another is that one.
const BY_SESSION: &str = "
    SELECT a.program, coalesce(a.merged_into, a.number) AS number, p.slug AS program_slug, s.by_mail
    FROM portal_sessions s
    JOIN advocates a ON a.program = s.program AND a.number = s.advocate
    JOIN programs p ON p.number = s.program
    WHERE s.hash = ?1 AND s.expires_at > ?2 AND s.seen_at > ?3 AND a.erased_at IS NULL";

const TOUCH: &str = "
    UPDATE portal_sessions SET seen_at = ?2
    WHERE hash = ?1 AND seen_at <= ?2 - 3600000 AND seen_at > ?3 AND expires_at > ?2";

const END: &str = "DELETE FROM portal_sessions WHERE hash = ?1";

// The same person in another program, by an address that they have in this one.
const OTHER: &str = "
    SELECT b.program, b.number
    FROM portal_sessions s
    JOIN advocates a ON a.program = s.program AND a.number = s.advocate
    JOIN advocates x ON x.program = a.program
      AND coalesce(a.merged_into, a.number) IN (x.number, x.merged_into)
    JOIN programs p ON p.slug = ?2
    JOIN advocates b ON b.program = p.number AND b.email_hash = x.email_hash
    WHERE s.hash = ?1 AND s.by_mail = 1 AND b.erased_at IS NULL AND b.merged_into IS NULL
    ORDER BY b.created_at LIMIT 1";

const SWITCH: &str = "
    UPDATE portal_sessions SET program = ?2, advocate = ?3 WHERE hash = ?1 AND by_mail = 1";

/// An advocate and those who turned out to be the same person.
macro_rules! selves {
    () => {
        "(SELECT ?2 UNION SELECT number FROM advocates WHERE program = ?1 AND merged_into = ?2)"
    };
}

/// The days since a time (Unix ms) until tomorrow, at most 1,100: tallies are found
/// by day and advocate, and nothing is read of others.
macro_rules! days {
    ($since:literal) => {
        concat!(
            "(WITH RECURSIVE days (day) AS (
                SELECT max(",
            $since,
            ", CAST(?6 AS INTEGER) - 1100 * 86400000) / 86400000 - 1 UNION ALL
                SELECT day + 1 FROM days WHERE day <= CAST(?6 AS INTEGER) / 86400000)
              SELECT day FROM days) AS days"
        )
    };
}

// Counts are of their links; the balance is what the statement says.
const WHO: &str = concat!(
    "SELECT json_object(
      'program', json_object('slug', p.slug, 'name', p.name, 'zone', p.zone, 'status', p.status),
      'programs', json((
        SELECT json_group_array(json_object('slug', slug, 'name', name)) FROM (
          SELECT slug, name FROM programs q
          WHERE q.number = p.number OR (?3 AND EXISTS (
            SELECT 1 FROM advocates x JOIN advocates b ON b.email_hash = x.email_hash
            WHERE x.program = ?1 AND (x.number = ?2 OR x.merged_into = ?2)
              AND b.program = q.number AND b.erased_at IS NULL AND b.merged_into IS NULL))
          ORDER BY name))),
      'advocate', json_object('id', a.id, 'name', a.name, 'email', a.email, 'kind', a.kind,
        'segment', a.segment, 'status', a.status,
        'shows_name', json(iif(a.shows_name, 'true', 'false')), 'created_at', ",
    time!("a.created_at"),
    "),
      'content', json(coalesce((
        SELECT json_remove(content, '$.brand.card') FROM contents
        WHERE program = ?1 ORDER BY version DESC LIMIT 1), '{}')),
      'preview', json_object('title', p.preview_title, 'description', p.preview_description,
        'image', p.preview_image),
      'links', json(iif(a.status = 'active' AND p.status = 'active', ?4, '[]')),
      'code', (SELECT code FROM spoken_codes
        WHERE program = ?1 AND advocate = ?2 AND revoked_at IS NULL ORDER BY created_at LIMIT 1),
      'terms', json((
        SELECT json_object('version', version, 'rules', json((
          SELECT json_group_array(json(value)) FROM json_each(rules, '$.rules') AS rule
          -- What reps get, and others, is not theirs to know.
          WHERE value ->> 'who' <> 'owner'
            AND (coalesce(json_array_length(value, '$.only.kinds'), 0) = 0
              OR a.kind IN (SELECT k.value FROM json_each(rule.value, '$.only.kinds') AS k))
            AND (coalesce(json_array_length(value, '$.only.segments'), 0) = 0
              OR a.segment IN (SELECT k.value FROM json_each(rule.value, '$.only.segments') AS k)))))
        FROM reward_rules WHERE program = ?1 ORDER BY version DESC LIMIT 1)),
      'earned', json((
        SELECT json_group_array(json_object('rule', rule, 'count', count, 'amount', amount, 'unit', unit))
        FROM (
          SELECT rule, unit, count(*) AS count, sum(amount) AS amount FROM rewards
          WHERE program = ?1 AND advocate = ?2 AND beneficiary = 'advocate' AND amount > 0
          GROUP BY rule, unit ORDER BY rule, unit))),
      'totals', json((
        SELECT json_object('shares', t.shares, 'clicks', t.clicks, 'leads', l.leads,
          'accepted', l.accepted, 'meetings', l.meetings, 'won', l.won)
        FROM (
          SELECT coalesce(sum(count) FILTER (WHERE kind IN (3, 4)), 0) AS shares,
            coalesce(sum(count) FILTER (WHERE kind = 0), 0) AS clicks
          FROM ",
    days!("a.created_at"),
    "
          CROSS JOIN tallies_by_advocate t ON t.program = ?1 AND t.local_day = days.day
            AND t.advocate IN ",
    selves!(),
    ") t, (
          SELECT count(*) AS leads, count(accepted_at) AS accepted, count(meeting_at) AS meetings,
            count(won_at) AS won
          FROM leads WHERE program = ?1 AND advocate = ?2) l)),
      'balance', json((
        SELECT json_group_array(json_object('unit', unit, 'pending', pending, 'approved', approved,
          'paid', paid))
        FROM (
          SELECT unit, sum(amount - issued - payable) AS pending,
            sum(payable + issued - paid) AS approved, sum(paid) AS paid
          FROM rewards WHERE program = ?1 AND advocate = ?2 AND beneficiary = 'advocate'
          GROUP BY unit ORDER BY unit))),
      'contact', json((SELECT json_object('name', name, 'email', email) FROM reps
        WHERE number = a.owner AND status = 'active')),
      'team', json_object(
        'people', (SELECT count(*) FROM advocates
          WHERE program = ?1 AND parent = ?2 AND erased_at IS NULL AND merged_into IS NULL),
        'parent', json((SELECT json_object('name', b.name) FROM advocates b
          WHERE b.program = ?1 AND b.number = a.parent AND b.erased_at IS NULL))),
      'by_mail', json(iif(?3, 'true', 'false')),
      'expires_at', (SELECT ",
    time!("expires_at"),
    " FROM portal_sessions WHERE hash = ?5)) AS document
    FROM advocates a JOIN programs p ON p.number = a.program
    WHERE a.program = ?1 AND a.number = ?2"
);

const UPDATE: &str = "
    UPDATE advocates SET name = coalesce(?3, name), shows_name = coalesce(?4, shows_name),
      updated_at = ?5
    WHERE program = ?1 AND number = ?2 AND erased_at IS NULL";

// Whoever came by a link alone has told the company who they are, not the
// advocate: of them, initials. To name them afterwards changes nothing.
const REFERRALS: &str = concat!(
    "SELECT at || '.' || id AS cursor, json_object('id', id,
      'name', CASE WHEN named THEN name ELSE
        substr(name, 1, 1) || '.'
        || iif(instr(name, ' '), ' ' || substr(name, instr(name, ' ') + 1, 1) || '.', '') END,
      'company', iif(named, company, NULL), 'named', json(iif(named, 'true', 'false')),
      'medium', (SELECT name FROM media WHERE code = medium), 'stage', stage, 'at', ",
    time!("at"),
    ", 'timeline', json((
        SELECT json_group_array(json_object('stage', value ->> 0, 'at', ",
    time!("(value ->> 1)"),
    "))
        FROM (
          SELECT value FROM json_each(json_array(
            json_array('new', at), json_array('accepted', accepted_at),
            json_array('meeting', meeting_at), json_array('opportunity', opportunity_at),
            json_array('won', won_at), json_array('lost', lost_at)))
          WHERE value ->> 1 IS NOT NULL
            -- What was lost and taken up again is not lost.
            AND (value ->> 0 <> 'lost' OR stage = 'lost')
          ORDER BY value ->> 1))),
      'rewards', json((
        SELECT json_group_array(json_object('amount', amount, 'unit', unit, 'state', state))
        FROM rewards r WHERE r.lead = page.id AND r.program = ?1 AND r.advocate = ?2
          AND r.beneficiary = 'advocate'))) AS document
    FROM (
      SELECT l.*, coalesce(l.touch IN ('rep', 'advocate'), 0) AS named
      FROM leads l
      WHERE l.program = ?1 AND l.advocate = ?2 AND (l.at, l.id) < (?3, ?4)
      ORDER BY l.at DESC, l.id DESC LIMIT ?5) page
    ORDER BY at DESC, id DESC"
);

const TEAM: &str = concat!(
    "SELECT created_at || '.' || number AS cursor, json_object('id', id, 'name', name,
      'is_member', json(iif(is_member, 'true', 'false')), 'joined_at', ",
    time!("joined_at"),
    ", 'created_at', ",
    time!("created_at"),
    ", 'shares', counts ->> 0, 'clicks', counts ->> 1,
      'leads', (SELECT count(*) FROM leads l WHERE l.program = ?1 AND l.advocate = a.number),
      'won', (SELECT count(won_at) FROM leads l WHERE l.program = ?1 AND l.advocate = a.number))
      AS document
    FROM (
      SELECT *, (
        SELECT json_array(coalesce(sum(count) FILTER (WHERE kind IN (3, 4)), 0),
          coalesce(sum(count) FILTER (WHERE kind = 0), 0))
        FROM ",
    days!("a.created_at"),
    "
        CROSS JOIN tallies_by_advocate t ON t.program = ?1 AND t.local_day = days.day
          AND t.advocate = a.number) AS counts
      FROM advocates a
      WHERE program = ?1 AND parent = ?2 AND erased_at IS NULL AND merged_into IS NULL
        AND (created_at, number) > (?3, ?4)
      ORDER BY created_at, number LIMIT ?5) a
    ORDER BY created_at, number"
);

const BROUGHT_SINCE: &str = "
    SELECT count(*) AS count FROM advocates WHERE program = ?1 AND parent = ?2 AND created_at > ?3";

const NAMED_SINCE: &str = "
    SELECT count(*) AS count FROM touches
    WHERE kind IN ('rep', 'advocate') AND kind = 'advocate' AND advocate = ?2 AND recorded_at > ?3
      AND lead IN (SELECT id FROM leads WHERE program = ?1)";

const ADOPT: &str = "
    UPDATE advocates SET parent = ?3, is_member = ?4 WHERE program = ?1 AND number = ?2";

const SWEEP_LINKS: &str = "DELETE FROM portal_links WHERE expires_at <= ?1";
const SWEEP_SESSIONS: &str = "DELETE FROM portal_sessions WHERE expires_at <= ?1";

row! {
    /// Whom a letter goes to.
    #[derive(Debug)]
    pub struct Addressee {
        /// The address that is stored.
        pub email: String,
        /// What they are called.
        pub name: String,
        /// How the letter looks.
        pub look: Look = decode::embedded,
    }
}

row! {
    /// Who is signed in.
    #[derive(Debug, Clone)]
    pub struct Seat {
        /// Number of the program.
        pub program: u16,
        /// Their number in it.
        pub number: u32,
        /// Slug of the program.
        pub program_slug: String,
        /// Whether they showed that the mailbox is theirs.
        pub by_mail: bool = decode::flag,
    }
}

row! {
    struct Other {
        program: u16,
        number: u32,
    }
}

row! {
    struct Count {
        count: u32,
    }
}

/// Stores a link that signs in the advocate of an address (by its hash), in the
/// program of a slug if one is named; answers whom it is sent to, if anybody.
pub async fn add_link(
    db: &dyn Database,
    hash: &str,
    email_hash: &str,
    program: Option<&str>,
    expires_at: i64,
    now: i64,
) -> Result<Option<Addressee>, DatabaseError> {
    let insert = statement!(ADD_LINK, hash, email_hash, program, expires_at, now);
    one(db, insert).await?.first()
}

/// Begins a session with a link, which is spent; answers whose it is, if it was
/// one.
pub async fn begin(
    db: &dyn Database,
    session: &str,
    link: &str,
    now: i64,
    expires_at: i64,
) -> Result<Option<Seat>, DatabaseError> {
    let [_, _, _, seat] = several(
        db,
        [
            statement!(BEGIN, session, link, now, expires_at),
            statement!(JOIN, session, now),
            statement!(SPEND_LINK, link),
            statement!(BY_SESSION, session, now, 0),
        ],
    )
    .await?;
    seat.first()
}

/// Begins a session of an advocate for whom a server vouches.
pub async fn vouch(
    db: &dyn Database,
    session: &str,
    (program, advocate): (u16, u32),
    now: i64,
    expires_at: i64,
) -> Result<(), DatabaseError> {
    one(
        db,
        statement!(VOUCH, session, program, advocate, now, expires_at),
    )
    .await?;
    Ok(())
}

/// Whose a session is, if it goes on.
pub async fn by_session(
    db: &dyn Database,
    session: &str,
    now: i64,
    idle_since: i64,
) -> Result<Option<Seat>, DatabaseError> {
    let [seat, _] = several(
        db,
        [
            statement!(BY_SESSION, session, now, idle_since),
            statement!(TOUCH, session, now, idle_since),
        ],
    )
    .await?;
    seat.first()
}

/// Ends a session.
pub async fn end(db: &dyn Database, session: &str) -> Result<(), DatabaseError> {
    one(db, statement!(END, session)).await?;
    Ok(())
}

/// Goes over to another program of the same address; whether there is one.
pub async fn switch(
    db: &dyn Database,
    session: &str,
    program: &str,
) -> Result<bool, DatabaseError> {
    let found: Option<Other> = one(db, statement!(OTHER, session, program))
        .await?
        .first()?;
    let Some(other) = found else { return Ok(false) };
    one(db, statement!(SWITCH, session, other.program, other.number)).await?;
    Ok(true)
}

/// All that the portal shows at first; `links` is a JSON array.
pub async fn who(
    db: &dyn Database,
    seat: &Seat,
    links: &str,
    session: &str,
    now: i64,
) -> Result<String, DatabaseError> {
    let (program, number, by_mail) = (seat.program, seat.number, seat.by_mail);
    let statement = statement!(WHO, program, number, by_mail, links, session, now);
    one(db, statement).await?.document()
}

/// Changes what an advocate may change of themselves; `None` leaves it.
pub async fn update(
    db: &dyn Database,
    seat: &Seat,
    name: Option<&str>,
    shows_name: Option<bool>,
    now: i64,
) -> Result<(), DatabaseError> {
    let (program, number, shows) = (seat.program, seat.number, shows_name.map(i64::from));
    one(db, statement!(UPDATE, program, number, name, shows, now)).await?;
    Ok(())
}

/// At most `limit` of their referrals before one (when it came, and its id), newest
/// first.
pub async fn referrals(
    db: &dyn Database,
    seat: &Seat,
    before: (i64, &str),
    limit: u16,
) -> Result<Vec<Document>, DatabaseError> {
    let (program, number) = (seat.program, seat.number);
    let statement = statement!(REFERRALS, program, number, before.0, before.1, limit);
    one(db, statement).await?.all()
}

/// At most `limit` of those whom they brought in after one (when they came, and
/// their number), oldest first.
pub async fn team(
    db: &dyn Database,
    seat: &Seat,
    after: (i64, i64),
    limit: u16,
    now: i64,
) -> Result<Vec<Document>, DatabaseError> {
    let (program, number) = (seat.program, seat.number);
    let statement = statement!(TEAM, program, number, after.0, after.1, limit, now);
    one(db, statement).await?.all()
}

/// How many they brought in since a time (Unix ms).
pub async fn brought_since(
    db: &dyn Database,
    seat: &Seat,
    since: i64,
) -> Result<u32, DatabaseError> {
    let statement = statement!(BROUGHT_SINCE, seat.program, seat.number, since);
    let row: Option<Count> = one(db, statement).await?.first()?;
    Ok(row.map_or(0, |row| row.count))
}

/// How many they named since a time (Unix ms).
pub async fn named_since(db: &dyn Database, seat: &Seat, since: i64) -> Result<u32, DatabaseError> {
    let statement = statement!(NAMED_SINCE, seat.program, seat.number, since);
    let row: Option<Count> = one(db, statement).await?.first()?;
    Ok(row.map_or(0, |row| row.count))
}

/// The statement that makes a new advocate one whom another brought in.
#[must_use]
pub fn adopt(seat: &Seat, child: u32, is_member: bool) -> Statement {
    statement!(ADOPT, seat.program, child, seat.number, is_member)
}

/// Deletes what is over.
pub async fn sweep(db: &dyn Database, now: i64) -> Result<(), DatabaseError> {
    several(
        db,
        [
            statement!(SWEEP_SESSIONS, now),
            statement!(SWEEP_LINKS, now),
        ],
    )
    .await?;
    Ok(())
}
