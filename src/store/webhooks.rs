//! Webhooks: where events go, what became of each, and whose turn it is.
//!
//! Who wants which event, and what a try makes of a delivery and its webhook, is said by
//! triggers of migration 0014.

use super::{Database, DatabaseError, Document, Statement, one, several, statement, time};
use crate::decode::{self, row};

/// How long a round has a webhook for itself (ms): longer than it lives after an answer.
const TURN: i64 = 60_000;

/// Events and their deliveries are kept so long (ms).
const KEPT: i64 = 30 * 86_400_000;

/// A new webhook.
pub struct New<'a> {
    /// Its id.
    pub id: &'a str,
    /// Where it is.
    pub url: &'a str,
    /// What it is for.
    pub description: &'a str,
    /// The events that it wants, as JSON; empty for all.
    pub types: &'a str,
    /// Number of the program, if it wants those of one.
    pub program: Option<u16>,
    /// What signs.
    pub secret: &'a str,
}

/// What is changed of one; the rest stays.
pub struct Change<'a> {
    /// Where it is.
    pub url: Option<&'a str>,
    /// What it is for.
    pub description: Option<&'a str>,
    /// The events that it wants, as JSON.
    pub types: Option<&'a str>,
    /// `active` or `disabled`.
    pub status: Option<&'a str>,
}

/// Which deliveries are asked for.
pub struct Asked<'a> {
    /// The webhook's id.
    pub webhook: &'a str,
    /// Of this state.
    pub state: Option<&'a str>,
    /// Of events of this type.
    pub kind: Option<&'a str>,
}

/// Which events are asked for.
pub struct AskedEvents<'a> {
    /// Of this type.
    pub kind: Option<&'a str>,
    /// Of this subject.
    pub subject: Option<&'a str>,
    /// Of the program of this number.
    pub program: Option<u16>,
}

/// Which events are sent again.
pub struct Replay<'a> {
    /// The webhook's id.
    pub webhook: &'a str,
    /// This one, by its id.
    pub event: Option<&'a str>,
    /// From this time (Unix ms).
    pub since: i64,
    /// Until this time.
    pub until: i64,
    /// Of these types, as JSON; empty for all that it wants.
    pub types: &'a str,
    /// Those alone whose delivery failed.
    pub failed: bool,
}

row! {
    /// An event that is due at a webhook.
    #[derive(Debug)]
    pub struct Due {
        /// The webhook's id.
        pub webhook: String,
        /// Where it is.
        pub url: String,
        /// What signs.
        pub secret: String,
        /// What signs as well, for now.
        pub old_secret: Option<String>,
        /// The event's number.
        pub event: i64,
        /// Its id, which is the message's.
        pub id: String,
        /// The message.
        pub body: String,
        /// How often it was tried since it was tried first.
        pub attempts: u32,
        /// When it was tried first (Unix ms), if it was; since it was replayed, if it was.
        pub first_at: Option<i64>,
    }
}

/// A try, and what the delivery has come to by it.
pub struct Attempt<'a> {
    /// The webhook's id.
    pub webhook: &'a str,
    /// The event's number.
    pub event: i64,
    /// When (Unix ms).
    pub at: i64,
    /// How long it took (ms), where there was an answer.
    pub took: Option<u32>,
    /// The answer's status, where there was one.
    pub status: Option<u16>,
    /// Why it is no success.
    pub error: Option<&'a str>,
    /// How the answer begins.
    pub answer: &'a str,
    /// `waiting`, `delivered` or `failed`.
    pub outcome: &'static str,
    /// When it is tried again (Unix ms).
    pub next_at: i64,
}

row! {
    struct Count {
        n: i64,
    }
}

row! {
    /// What is known of a webhook.
    #[derive(Debug)]
    pub struct Known {
        /// What signs.
        pub secret: String,
        /// Number of the program, if it is of one.
        pub program: Option<u16>,
        /// Whether nothing is sent to it.
        pub is_disabled: bool = decode::flag,
    }
}

macro_rules! webhook {
    () => {
        concat!(
            "json_object('id', w.id, 'url', w.url, 'description', w.description,
              'types', json(w.types),
              'program', (SELECT slug FROM programs WHERE number = w.program),
              'status', w.status, 'why', w.why, 'created_at', ",
            time!("w.created_at"),
            ", 'updated_at', ",
            time!("w.updated_at"),
            ", 'old_secret_until', iif(w.old_until > ?1, ",
            time!("w.old_until"),
            ", NULL),
              'waiting', (SELECT count(*) FROM deliveries
                WHERE webhook = w.id AND state = 'waiting'),
              'failed', (SELECT count(*) FROM deliveries
                WHERE webhook = w.id AND state = 'failed'),
              'last', iif(w.last_at IS NULL, NULL, json_object('at', ",
            time!("w.last_at"),
            ", 'status', w.last_status, 'ok', json(iif(w.last_ok, 'true', 'false')))))"
        )
    };
}

const PAGE: &str = concat!(
    "SELECT w.id AS cursor, ",
    webhook!(),
    " AS document FROM webhooks w WHERE w.id > ?2 ORDER BY w.id LIMIT ?3"
);

const BY_ID: &str = concat!(
    "SELECT ",
    webhook!(),
    " AS document FROM webhooks w WHERE w.id = ?2"
);

const INSERT: &str = "
    INSERT INTO webhooks (id, url, description, types, program, secret, created_at, updated_at)
    SELECT ?2, ?3, ?4, ?5, CAST(?6 AS INTEGER), ?7, ?1, ?1
    WHERE (SELECT count(*) FROM webhooks) < 50";

const UPDATE: &str = "
    UPDATE webhooks SET url = coalesce(?3, url), description = coalesce(?4, description),
      types = coalesce(?5, types), status = coalesce(?6, status), updated_at = ?1,
      why = iif(?6 = 'disabled', 'it was disabled by hand', why),
      told_at = iif(?6 = 'disabled', ?1, told_at)
    WHERE id = ?2";

const DELETE: &str = "DELETE FROM webhooks WHERE id = ?1 RETURNING 1 AS n";

const KNOWN: &str = "
    SELECT secret, program, status = 'disabled' AS is_disabled FROM webhooks WHERE id = ?1";

const ROTATE: &str = concat!(
    "UPDATE webhooks SET old_secret = secret, old_until = ?3, secret = ?2, updated_at = ?4
    WHERE id = ?1
    RETURNING json_object('secret', secret, 'old_secret_until', ",
    time!("old_until"),
    ") AS document"
);

// An example is the last event of its type, if there was one within thirty days.
const TEST: &str = "
    INSERT INTO events (type, at, program, subject, data)
    SELECT 'webhook.test', ?2, w.program, w.id, json_object('webhook', w.id, 'example', iif(
      ?3 IS NULL, NULL, json_object('type', ?3, 'data', json((
        SELECT data FROM events WHERE type = ?3 ORDER BY n DESC LIMIT 1)))))
    FROM webhooks w WHERE w.id = ?1
    RETURNING json_object('event', id) AS document";

macro_rules! delivery {
    () => {
        concat!(
            "'event', e.id, 'type', e.type, 'sequence', e.n, 'subject', e.subject, 'state', d.state,
              'attempts', d.attempts, 'due_at', iif(d.state = 'waiting' AND d.due_at > 0, ",
            time!("d.due_at"),
            ", NULL), 'delivered_at', ",
            time!("d.delivered_at"),
            ", 'status', d.status, 'error', d.error"
        )
    };
}

/// What is sent: the same bytes each time, as an event does not change.
macro_rules! body {
    () => {
        concat!(
            "json_object('id', e.id, 'type', e.type, 'timestamp', ",
            time!("e.at"),
            ", 'sequence', e.n, 'program', (SELECT slug FROM programs WHERE number = e.program),
              'data', json(e.data))"
        )
    };
}

const DELIVERIES: &str = concat!(
    "SELECT CAST(e.n AS TEXT) AS cursor, json_object(",
    delivery!(),
    ") AS document
    FROM deliveries d JOIN events e ON e.n = d.event
    WHERE d.webhook = ?1 AND d.event < ?2 AND (?3 IS NULL OR d.state = ?3)
      AND (?4 IS NULL OR e.type = ?4)
    ORDER BY d.event DESC LIMIT ?5"
);

const DELIVERY: &str = concat!(
    "SELECT json_object(",
    delivery!(),
    ", 'body', ",
    body!(),
    " || '', 'log', json((
        SELECT json_group_array(json_object('at', at, 'took_ms', took, 'status', status,
          'error', error, 'answer', answer))
        FROM (SELECT ",
    time!("a.at"),
    " AS at, a.took, a.status, a.error, a.answer FROM attempts a
          WHERE a.webhook = d.webhook AND a.event = d.event ORDER BY a.n DESC LIMIT 100))))
      AS document
    FROM events e JOIN deliveries d ON d.event = e.n AND d.webhook = ?1
    WHERE e.id = ?2"
);

const EVENTS: &str = concat!(
    "SELECT CAST(e.n AS TEXT) AS cursor, json_object('id', e.id, 'type', e.type, 'sequence', e.n,
      'at', ",
    time!("e.at"),
    ", 'program', (SELECT slug FROM programs WHERE number = e.program), 'subject', e.subject,
      'data', json(e.data)) AS document
    FROM events e
    WHERE e.n < ?1 AND (?2 IS NULL OR e.type = ?2) AND (?3 IS NULL OR e.subject = ?3)
      AND (?4 IS NULL OR e.program = ?4)
    ORDER BY e.n DESC LIMIT ?5"
);

macro_rules! replayed {
    () => {
        "FROM wanted w JOIN events e ON e.n = w.event
        WHERE w.webhook = ?1 AND (e.id = ?2 OR ?2 IS NULL AND e.at >= ?3 AND e.at < ?4
          AND (?5 = '[]' OR e.type IN (SELECT value FROM json_each(?5)))
          AND (NOT ?6 OR EXISTS (SELECT 1 FROM deliveries d
            WHERE d.webhook = ?1 AND d.event = e.n AND d.state = 'failed')))"
    };
}

const COUNT_REPLAYED: &str = concat!("SELECT count(*) AS n ", replayed!());

const REPLAY: &str = concat!(
    "INSERT INTO deliveries (webhook, event) SELECT w.webhook, w.event ",
    replayed!(),
    " AND (SELECT count(*) ",
    replayed!(),
    ") < 10001
    ON CONFLICT DO UPDATE SET state = 'waiting', due_at = 0, first_at = NULL"
);

// Those go first that were served longest ago.
const CLAIM: &str = "
    UPDATE webhooks SET busy_until = ?1 + ?3, lease = ?2
    WHERE id IN (
      SELECT id FROM webhooks w
      WHERE status = 'active' AND busy_until <= ?1 AND EXISTS (
        SELECT 1 FROM deliveries
        WHERE webhook = w.id AND state = 'waiting' AND due_at <= ?1)
      ORDER BY busy_until, id LIMIT ?4)";

const DUE: &str = concat!(
    "SELECT w.id AS webhook, w.url, w.secret, iif(w.old_until > ?1, w.old_secret, NULL) AS old_secret,
      e.n AS event, e.id, d.first_at,
      (SELECT count(*) FROM attempts a
        WHERE a.webhook = w.id AND a.event = e.n AND a.at >= d.first_at) AS attempts, ",
    body!(),
    " AS body
    FROM webhooks w JOIN deliveries d ON d.webhook = w.id JOIN events e ON e.n = d.event
    WHERE w.lease = ?2 AND d.event IN (
      SELECT event FROM deliveries
      WHERE webhook = w.id AND state = 'waiting' AND due_at <= ?1 ORDER BY event LIMIT ?3)
    ORDER BY w.id, d.event"
);

// A webhook that was deleted meanwhile has no log.
const ATTEMPTED: &str = "
    INSERT INTO attempts (webhook, event, at, took, status, error, answer, outcome, next_at)
    SELECT webhook, event, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM deliveries
    WHERE webhook = ?1 AND event = ?2";

// Whoever takes one on writes the letters. Of what a person disabled nobody is told.
const STOPPED: &str = "
    UPDATE webhooks SET told_at = ?1
    WHERE id IN (
      SELECT id FROM webhooks
      WHERE told_at IS NULL AND (status = 'paused' OR status = 'disabled' AND last_status = 410)
      LIMIT 1)
    RETURNING id, url, why, status = 'paused' AS is_paused";

const ADMINS: &str = "
    SELECT email, name FROM members WHERE role = 'admin' AND status = 'active' ORDER BY id LIMIT 3";

const UNTOLD: &str = "UPDATE webhooks SET told_at = NULL WHERE id = ?1";

const RELEASE: &str = "
    UPDATE webhooks SET lease = NULL,
      busy_until = max(?2, coalesce((SELECT value FROM json_each(?3) WHERE key = webhooks.id), 0))
    WHERE lease = ?1";

const SWEEP: &str = "
    DELETE FROM events
    WHERE n IN (SELECT n FROM events WHERE at < ?1 ORDER BY at LIMIT 5000)";

/// At most `limit` webhooks after an id, the oldest first.
pub async fn page(
    db: &dyn Database,
    after: &str,
    limit: u16,
    now: i64,
) -> Result<Vec<Document>, DatabaseError> {
    one(db, statement!(PAGE, now, after, limit)).await?.all()
}

/// One webhook.
pub async fn by_id(db: &dyn Database, id: &str, now: i64) -> Result<Option<String>, DatabaseError> {
    let row: Option<Document> = one(db, statement!(BY_ID, now, id)).await?.first()?;
    Ok(row.map(|row| row.document))
}

/// Makes a webhook; nothing where there are fifty.
pub async fn create(
    db: &dyn Database,
    new: &New<'_>,
    now: i64,
) -> Result<Option<String>, DatabaseError> {
    let New {
        id,
        url,
        description,
        types,
        program,
        secret,
    } = *new;
    let insert = statement!(INSERT, now, id, url, description, types, program, secret);
    let [_, made] = several(db, [insert, statement!(BY_ID, now, id)]).await?;
    let row: Option<Document> = made.first()?;
    Ok(row.map(|row| row.document))
}

/// Changes a webhook; answers it if it is there.
pub async fn update(
    db: &dyn Database,
    id: &str,
    change: &Change<'_>,
    now: i64,
) -> Result<Option<String>, DatabaseError> {
    let Change {
        url,
        description,
        types,
        status,
    } = *change;
    let update = statement!(UPDATE, now, id, url, description, types, status);
    let [_, changed] = several(db, [update, statement!(BY_ID, now, id)]).await?;
    let row: Option<Document> = changed.first()?;
    Ok(row.map(|row| row.document))
}

/// Deletes a webhook with all its deliveries; whether it was there.
pub async fn delete(db: &dyn Database, id: &str) -> Result<bool, DatabaseError> {
    let row: Option<Count> = one(db, statement!(DELETE, id)).await?.first()?;
    Ok(row.is_some_and(|row| row.n > 0))
}

/// What is known of a webhook.
pub async fn known(db: &dyn Database, id: &str) -> Result<Option<Known>, DatabaseError> {
    one(db, statement!(KNOWN, id)).await?.first()
}

/// Takes another secret; the old one signs as well until a time (Unix ms). `audit` goes
/// with it. Answers the new one.
pub async fn rotate(
    db: &dyn Database,
    id: &str,
    secret: &str,
    until: i64,
    now: i64,
    audit: Statement,
) -> Result<Option<String>, DatabaseError> {
    let rotate = statement!(ROTATE, id, secret, until, now);
    let [rotated, _] = several(db, [rotate, audit]).await?;
    let row: Option<Document> = rotated.first()?;
    Ok(row.map(|row| row.document))
}

/// Writes an event for one webhook alone, with an example of a type if one is asked for;
/// answers its id.
pub async fn test(
    db: &dyn Database,
    id: &str,
    example: Option<&str>,
    now: i64,
) -> Result<String, DatabaseError> {
    one(db, statement!(TEST, id, now, example))
        .await?
        .document()
}

/// At most `limit` deliveries before a number, the newest first.
pub async fn deliveries(
    db: &dyn Database,
    asked: &Asked<'_>,
    before: i64,
    limit: u16,
) -> Result<Vec<Document>, DatabaseError> {
    let Asked {
        webhook,
        state,
        kind,
    } = *asked;
    let select = statement!(DELIVERIES, webhook, before, state, kind, limit);
    one(db, select).await?.all()
}

/// A delivery with what is sent and what became of it.
pub async fn delivery(
    db: &dyn Database,
    webhook: &str,
    event: &str,
) -> Result<Option<String>, DatabaseError> {
    let row: Option<Document> = one(db, statement!(DELIVERY, webhook, event))
        .await?
        .first()?;
    Ok(row.map(|row| row.document))
}

/// At most `limit` events before a number, the newest first.
pub async fn events(
    db: &dyn Database,
    asked: &AskedEvents<'_>,
    before: i64,
    limit: u16,
) -> Result<Vec<Document>, DatabaseError> {
    let AskedEvents {
        kind,
        subject,
        program,
    } = *asked;
    let select = statement!(EVENTS, before, kind, subject, program, limit);
    one(db, select).await?.all()
}

/// Has events sent again, or for the first time, if there are no more than ten thousand;
/// answers how many there are.
pub async fn replay(db: &dyn Database, replay: &Replay<'_>) -> Result<i64, DatabaseError> {
    let parameters = || {
        let Replay {
            webhook,
            event,
            since,
            until,
            types,
            failed,
        } = *replay;
        statement!("", webhook, event, since, until, types, failed).parameters
    };
    let of = |sql| Statement {
        sql,
        parameters: parameters(),
    };
    let [count, _] = several(db, [of(COUNT_REPLAYED), of(REPLAY)]).await?;
    let count: Option<Count> = count.first()?;
    Ok(count.map_or(0, |count| count.n))
}

/// Takes on at most so many webhooks that have something due, for the round that `lease`
/// names; answers what is, by webhook, the oldest first, at most `most` of each.
pub async fn claim(
    db: &dyn Database,
    lease: &str,
    webhooks: u16,
    most: u16,
    now: i64,
) -> Result<Vec<Due>, DatabaseError> {
    let [_, due] = several(
        db,
        [
            statement!(CLAIM, now, lease, TURN, webhooks),
            statement!(DUE, now, lease, most),
        ],
    )
    .await?;
    due.all()
}

/// Writes a try down.
pub async fn attempted(db: &dyn Database, attempt: &Attempt<'_>) -> Result<(), DatabaseError> {
    let Attempt {
        webhook,
        event,
        at,
        took,
        status,
        error,
        answer,
        outcome,
        next_at,
    } = *attempt;
    let insert = statement!(
        ATTEMPTED, webhook, event, at, took, status, error, answer, outcome, next_at
    );
    one(db, insert).await?;
    Ok(())
}

row! {
    /// A webhook that gets nothing any more.
    pub struct Stopped {
        /// Its id.
        pub id: String,
        /// Where it is.
        pub url: String,
        /// Why.
        pub why: String,
        /// Whether what happens meanwhile waits for it.
        pub is_paused: bool = decode::flag,
    }
}

row! {
    /// Whom to tell.
    pub struct Admin {
        /// Their address.
        pub email: String,
        /// Their name.
        pub name: String,
    }
}

/// The webhooks that have failed for good and of which nobody was told, which is somebody's
/// from now on; and three administrators at most.
pub async fn stopped(
    db: &dyn Database,
    now: i64,
) -> Result<(Vec<Stopped>, Vec<Admin>), DatabaseError> {
    let [stopped, admins] = several(db, [statement!(STOPPED, now), statement!(ADMINS)]).await?;
    Ok((stopped.all()?, admins.all()?))
}

/// Gives back that somebody has to be told.
pub async fn untold(db: &dyn Database, id: &str) -> Result<(), DatabaseError> {
    one(db, statement!(UNTOLD, id)).await.map(drop)
}

/// Lets the webhooks of a round go; `rests` are those that are left alone for longer, by
/// id until when (Unix ms), as JSON.
pub async fn release(
    db: &dyn Database,
    lease: &str,
    rests: &str,
    now: i64,
) -> Result<(), DatabaseError> {
    one(db, statement!(RELEASE, lease, now, rests)).await?;
    Ok(())
}

/// Forgets events of more than thirty days ago, and what became of them.
pub async fn sweep(db: &dyn Database, now: i64) -> Result<(), DatabaseError> {
    one(db, statement!(SWEEP, now - KEPT)).await?;
    Ok(())
}
