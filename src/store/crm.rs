//! Ways to a CRM: the connections, how far each lead is known there, and what came back.

use super::{Database, DatabaseError, Document, Statement, one, statement, time};
use crate::{
    decode::{self, names, row},
    domain::crm::{CrmKind, Mapping},
};

row! {
    /// A connection.
    #[derive(Debug, Clone)]
    pub struct Connection {
        /// `crm_` and its time and chance.
        pub id: String,
        /// Whose CRM it is.
        pub kind: CrmKind,
        /// Slug of its program.
        pub program: String,
        /// Where it is.
        pub url: String,
        /// What leads are there.
        pub object: String,
        /// Their field that holds our id.
        pub key: String,
        /// Name of the secret that opens it.
        pub credential: String,
        /// Name of the secret that signs HubSpot's own webhooks.
        pub signing: Option<String>,
        /// Of amounts without one (ISO 4217).
        pub currency: Option<String>,
        /// `{theirs: ours}`
        pub fields: Mapping = decode::embedded,
        /// `{rep: theirs}`
        pub owners: Mapping = decode::embedded,
        /// `{ours: theirs}`
        pub stages: Mapping = decode::embedded,
        /// Signs what comes back.
        pub secret: String,
        /// The one before.
        pub old_secret: Option<String>,
        /// How long that holds (Unix ms).
        pub old_secret_until: Option<i64>,
        /// Opens it for a while.
        pub token: Option<String>,
        /// Failures in a row.
        pub failures: u32,
        /// Leads at a time.
        pub most: u16,
    }
}

row! {
    /// A lead that is due.
    #[derive(Debug)]
    pub struct Due {
        /// Its id.
        pub lead: String,
        /// Which change of it this is.
        pub changed: i64,
        /// What is new, `{theirs: value}`.
        pub news: String,
    }
}

row! {
    /// How a lead stands there, and here.
    #[derive(Debug)]
    pub struct Link {
        /// Its id.
        pub lead: String,
        /// What they call it.
        pub remote_id: Option<String>,
        /// When it was last sent (Unix ms).
        pub sent_at: i64,
        /// What they have of the field, as JSON.
        pub told: Option<String>,
        /// When they last changed the field.
        pub theirs_at: i64,
        /// When anybody else did.
        pub ours_at: i64,
        /// What they say that it will come to (minor units).
        pub amount: Option<i64>,
        /// ISO 4217.
        pub currency: Option<String>,
        /// How many sales it has.
        pub sales: u32,
        /// The sale that the record stands for, or the only one.
        pub order_id: Option<String>,
    }
}

names! {
    /// A field that comes back.
    pub enum Back {
        /// Who follows the lead up.
        Owner => "owner",
        /// What it comes to.
        Amount => "amount",
        /// Where it stands.
        Stage => "stage",
    }
}

/// What came back, to be written down.
pub struct Event<'a> {
    /// What they call it.
    pub id: &'a str,
    /// The lead, if it is known.
    pub lead: Option<&'a str>,
    /// What they call that.
    pub remote_id: Option<&'a str>,
    /// When it happened there (Unix ms).
    pub at: i64,
    /// What changed, as JSON.
    pub changes: String,
    /// What became of it.
    pub outcome: &'static str,
    /// Why.
    pub why: &'a str,
}

row! {
    /// An event whose lead was not known when it came, and is by now.
    #[derive(Debug)]
    pub struct Waiting {
        /// What they call it.
        pub id: String,
        /// The lead.
        pub lead: String,
        /// When it happened there (Unix ms).
        pub at: i64,
        /// What changed, as JSON.
        pub changes: String,
    }
}

row! {
    /// What became of an event.
    #[derive(Debug)]
    pub struct Became {
        /// `applied`, `unchanged`, `older` or `refused`.
        pub outcome: String,
        /// Why.
        pub why: Option<String>,
    }
}

macro_rules! connection {
    () => {
        "id, kind, (SELECT slug FROM programs WHERE number = program) AS program, url, object, key,
      credential, signing, currency, fields, owners, stages, secret, old_secret,
      old_secret_until, token, failures, most"
    };
}

macro_rules! document {
    () => {
        concat!(
            "json_object('id', k.id, 'kind', k.kind, 'program', p.slug, 'url', k.url,
      'object', k.object, 'key', k.key, 'credential', k.credential, 'signing', k.signing,
      'currency', k.currency, 'fields', json(k.fields), 'owners', json(k.owners),
      'stages', json(k.stages), 'status', k.status, 'why', k.why,
      'old_secret_until', ",
            time!("k.old_secret_until"),
            ", 'waiting', (SELECT count(*) FROM crm_due WHERE connection = k.id),
      'failed', (SELECT count(*) FROM crm_leads WHERE connection = k.id AND error IS NOT NULL),
      'last_sent_at', ",
            time!("k.last_sent_at"),
            ", 'last_received_at', ",
            time!("k.last_received_at"),
            ", 'created_at', ",
            time!("k.created_at"),
            ", 'updated_at', ",
            time!("k.updated_at"),
            ") AS document"
        )
    };
}

const FIND: &str = concat!(
    "SELECT ",
    connection!(),
    " FROM crm_connections WHERE id = ?1"
);

const PAGE: &str = concat!(
    "SELECT k.id AS cursor, ",
    document!(),
    " FROM crm_connections k JOIN programs p ON p.number = k.program
    WHERE k.id > ?1 ORDER BY k.id LIMIT ?2"
);

const DOCUMENT: &str = concat!(
    "SELECT ",
    document!(),
    " FROM crm_connections k JOIN programs p ON p.number = k.program WHERE k.id = ?1"
);

const INSERT: &str = "
    INSERT INTO crm_connections (id, kind, program, url, object, key, credential, signing, currency,
      fields, owners, stages, secret, most, created_at, updated_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?15)";

// A way that was mended is tried at once.
const UPDATE: &str = "
    UPDATE crm_connections SET credential = ?2, signing = ?3, currency = ?4, fields = ?5,
      owners = ?6, stages = ?7, status = coalesce(?8, status), updated_at = ?9,
      token = NULL, rests_until = 0, failures = 0, why = NULL
    WHERE id = ?1";

const REMOVE: &str = "DELETE FROM crm_connections WHERE id = ?1";

const ROTATE: &str = "
    UPDATE crm_connections SET old_secret = secret, old_secret_until = ?3, secret = ?2,
      updated_at = ?4
    WHERE id = ?1";

// With what they were told forgotten, all of it is sent again.
const MARK_ALL: &str = "
    UPDATE crm_leads SET changed = changed + 1, due_at = 0, failed_since = NULL, attempts = 0,
      told = iif((SELECT erased_at FROM leads WHERE id = lead) IS NULL, '{}', told)
    WHERE connection = ?1";

const AWAKE: &str = "
    UPDATE crm_connections SET rests_until = 0, failures = 0, why = NULL WHERE id = ?1";

const LEADS: &str = concat!(
    "SELECT lead AS cursor, json_object('lead', lead, 'remote_id', remote_id, 'state', state,
      'error', error, 'attempts', attempts, 'sent_at', ",
    time!("sent_at"),
    ") AS document
    FROM (
      SELECT c.*, CASE
          WHEN c.due_at IS NULL THEN 'failed'
          WHEN c.lead IN (SELECT lead FROM crm_due WHERE connection = ?1)
            THEN iif(c.error IS NULL, 'waiting', 'failed')
          ELSE 'sent'
        END AS state
      FROM crm_leads c WHERE c.connection = ?1 AND c.lead > ?2)
    WHERE (?3 IS NULL OR state = ?3) AND (state <> 'sent' OR sent_at IS NOT NULL)
    ORDER BY lead LIMIT ?4"
);

const EVENTS: &str = concat!(
    "SELECT CAST(n AS TEXT) AS cursor, json_object('id', id, 'lead', lead, 'remote_id', remote_id,
      'at', ",
    time!("at"),
    ", 'received_at', ",
    time!("received_at"),
    ", 'changes', json(changes), 'outcome', outcome, 'why', why) AS document
    FROM crm_events
    WHERE connection = ?1 AND n < CAST(?2 AS INTEGER) ORDER BY n DESC LIMIT ?3"
);

// Whoever comes second finds no connection that is free.
const CLAIM: &str = concat!(
    "UPDATE crm_connections SET leased_until = CAST(?2 AS INTEGER)
    WHERE id IN (
      SELECT id FROM crm_connections c
      WHERE status = 'active' AND leased_until <= ?1 AND rests_until <= ?1
        AND EXISTS (SELECT 1 FROM crm_due d WHERE d.connection = c.id AND d.due_at <= ?1)
      ORDER BY leased_until LIMIT ?3)
    RETURNING ",
    connection!()
);

// What is no news any more is sent without a word.
const QUIET: &str = "
    UPDATE crm_leads SET sent = changed, error = NULL, failed_since = NULL, attempts = 0
    WHERE connection = ?1 AND told <> '{}' AND lead IN (
      SELECT lead FROM crm_due WHERE connection = ?1 AND due_at <= ?2
      ORDER BY due_at, lead LIMIT ?3)
    AND NOT EXISTS (
      SELECT 1 FROM crm_values v
      WHERE v.connection = crm_leads.connection AND v.lead = crm_leads.lead
        AND v.value IS NOT v.told)";

const DUE: &str = "
    SELECT v.lead, d.changed,
      json_group_object(v.theirs, json(v.value)) FILTER (WHERE v.value IS NOT v.told) AS news
    FROM (SELECT lead, changed FROM crm_due WHERE connection = ?1 AND due_at <= ?2
      ORDER BY due_at, lead LIMIT ?3) d
    JOIN crm_values v ON v.connection = ?1 AND v.lead = d.lead
    GROUP BY v.lead";

// A lead that changed again meanwhile stays behind. What they were told is added to what
// they know, so that what they told us since is not forgotten.
const ARRIVED: &str = "
    UPDATE crm_leads SET
      sent = max(sent, o.value ->> 'changed'), sent_at = ?3, remote_id = o.value ->> 'remote',
      told = json_patch(told, o.value ->> 'news'), error = NULL, attempts = 0,
      failed_since = NULL
    FROM json_each(?2) o
    WHERE connection = ?1 AND crm_leads.lead = o.value ->> 'lead'
      AND o.value ->> 'error' IS NULL";

// Tried again after a minute, three, nine and so on, eight hours at most; for three days.
const REFUSED: &str = "
    UPDATE crm_leads SET
      error = o.value ->> 'error', attempts = attempts + 1,
      failed_since = coalesce(failed_since, CAST(?3 AS INTEGER)),
      due_at = iif(?3 - coalesce(failed_since, ?3) >= 259200000, NULL,
        CAST(?3 AS INTEGER) + min(28800000,
          60000 * CASE attempts WHEN 0 THEN 1 WHEN 1 THEN 3 WHEN 2 THEN 9 WHEN 3 THEN 27
            WHEN 4 THEN 81 ELSE 480 END))
    FROM json_each(?2) o
    WHERE connection = ?1 AND crm_leads.lead = o.value ->> 'lead'
      AND o.value ->> 'error' IS NOT NULL AND changed = o.value ->> 'changed'";

const RELEASE: &str = "
    UPDATE crm_connections SET leased_until = 0, failures = 0, rests_until = 0, why = NULL,
      last_sent_at = coalesce(?2, last_sent_at), token = ?3, most = ?4
    WHERE id = ?1";

const REST: &str = "
    UPDATE crm_connections SET leased_until = 0, failures = failures + 1, rests_until = ?2,
      why = ?3, token = ?4, most = ?5
    WHERE id = ?1";

const KNOWN: &str = "
    SELECT outcome, why FROM crm_events WHERE connection = ?1 AND id = ?2";

/// How a lead stands, for a field; what follows says when it was last changed here, and
/// by which columns there.
macro_rules! link {
    ($theirs_at:literal, $ours_at:literal) => {
        concat!(
            "
    SELECT c.lead, c.remote_id, coalesce(c.sent_at, 0) AS sent_at,
      c.told -> ('$.\"' || ?4 || '\"') AS told, c.",
            $theirs_at,
            " AS theirs_at, coalesce(",
            $ours_at,
            ", 0) AS ours_at, c.amount, c.currency,
      (SELECT count(*) FROM sales WHERE lead = c.lead) AS sales,
      (SELECT s.order_id FROM sales s WHERE s.lead = c.lead
        AND (s.order_id = k.kind || '/' || coalesce(c.remote_id, c.lead)
          OR (SELECT count(*) FROM sales WHERE lead = c.lead) = 1)
        ORDER BY s.order_id = k.kind || '/' || coalesce(c.remote_id, c.lead) DESC
        LIMIT 1) AS order_id
    FROM crm_leads c JOIN crm_connections k ON k.id = c.connection
    WHERE c.connection = ?1 AND (c.lead = ?2 OR ?2 IS NULL AND (c.remote_id = ?3
      OR k.kind = 'salesforce' AND length(?3) = 15
        AND c.remote_id >= ?3 AND c.remote_id < ?3 || '~'))
    LIMIT 1"
        )
    };
}

const LINK_STAGE: &str = link!(
    "stage_at",
    "(SELECT max(recorded_at) FROM history
       WHERE lead = c.lead AND kind = 'stage' AND by <> c.connection)"
);
const LINK_OWNER: &str = link!(
    "owner_at",
    "(SELECT max(recorded_at) FROM history
       WHERE lead = c.lead AND kind = 'owner' AND by <> c.connection)"
);
const LINK_AMOUNT: &str = link!(
    "amount_at",
    "max(c.amount_ours, (SELECT coalesce(max(recorded_at), 0) FROM sales
       WHERE lead = c.lead AND recorded_by <> c.connection))"
);

/// That they have changed a field, unless another change of theirs was written down since
/// this one was read: its NULL undoes the batch. They have of it what we have by now.
macro_rules! heard {
    ($theirs_at:literal) => {
        concat!(
            "
    UPDATE crm_leads SET ",
            $theirs_at,
            " = iif(",
            $theirs_at,
            " = CAST(?3 AS INTEGER), CAST(max(?3, ?4) AS INTEGER), NULL),
      told = coalesce((
        SELECT json_set(crm_leads.told, '$.\"' || ?5 || '\"', json(v.value)) FROM crm_values v
        WHERE v.connection = crm_leads.connection AND v.lead = crm_leads.lead AND v.theirs = ?5),
        told)
    WHERE connection = ?1 AND lead = ?2"
        )
    };
}

const HEARD_STAGE: &str = heard!("stage_at");
const HEARD_OWNER: &str = heard!("owner_at");
const HEARD_AMOUNT: &str = heard!("amount_at");

// They have something else than we have, and are told again.
const TELL_AGAIN: &str = "
    UPDATE crm_leads SET changed = changed + 1, due_at = 0,
      told = coalesce(json_remove(told, '$.\"' || ?3 || '\"'), told)
    WHERE connection = ?1 AND lead = ?2";

const EXPECT: &str = "
    UPDATE crm_leads SET amount = ?3, currency = ?4, changed = changed + 1, due_at = 0
    WHERE connection = ?1 AND lead = ?2";

const OURS: &str = "
    UPDATE crm_leads SET amount_ours = max(amount_ours, CAST(?3 AS INTEGER))
    WHERE lead = (SELECT lead FROM sales WHERE program = ?1 AND order_id = ?2)";

const KEEP: &str = "
    INSERT INTO crm_events (connection, id, lead, remote_id, at, received_at, changes, outcome, why)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
    ON CONFLICT (connection, id) DO UPDATE SET
      outcome = excluded.outcome, why = excluded.why, waits = 0
    WHERE waits = 1";

const WAITING: &str = "
    SELECT id, lead, at, changes FROM crm_events
    WHERE connection = ?1 AND waits = 1 ORDER BY at, n LIMIT 20";

// Those of records that are none of ours are many.
const SWEEP: &str = "
    DELETE FROM crm_events
    WHERE n IN (SELECT n FROM crm_events ORDER BY n LIMIT 500) AND received_at < ?1";

const RECEIVED: &str = "UPDATE crm_connections SET last_received_at = ?2 WHERE id = ?1";

/// A connection.
pub async fn find(db: &dyn Database, id: &str) -> Result<Option<Connection>, DatabaseError> {
    one(db, statement!(FIND, id)).await?.first()
}

/// A connection as the API shows it.
pub async fn document(db: &dyn Database, id: &str) -> Result<Option<String>, DatabaseError> {
    let row: Option<Document> = one(db, statement!(DOCUMENT, id)).await?.first()?;
    Ok(row.map(|row| row.document))
}

/// At most `limit` connections after an id, oldest first.
pub async fn page(
    db: &dyn Database,
    after: &str,
    limit: u16,
) -> Result<Vec<Document>, DatabaseError> {
    one(db, statement!(PAGE, after, limit)).await?.all()
}

/// The statement that adds a connection of a program.
#[must_use]
pub fn insert(new: &Connection, program: u16, now: i64) -> Statement {
    statement!(
        INSERT,
        new.id.as_str(),
        new.kind.name(),
        program,
        new.url.as_str(),
        new.object.as_str(),
        new.key.as_str(),
        new.credential.as_str(),
        new.signing.as_deref(),
        new.currency.as_deref(),
        new.fields.to_json(),
        new.owners.to_json(),
        new.stages.to_json(),
        new.secret.as_str(),
        new.most,
        now,
    )
}

/// The statement that changes one.
#[must_use]
pub fn update(changed: &Connection, status: Option<&str>, now: i64) -> Statement {
    statement!(
        UPDATE,
        changed.id.as_str(),
        changed.credential.as_str(),
        changed.signing.as_deref(),
        changed.currency.as_deref(),
        changed.fields.to_json(),
        changed.owners.to_json(),
        changed.stages.to_json(),
        status,
        now,
    )
}

/// The statement that ends one, with all that is known of it.
#[must_use]
pub fn remove(id: &str) -> Statement {
    statement!(REMOVE, id)
}

/// The statement that gives one another secret; the old one holds until then (Unix ms).
#[must_use]
pub fn rotate(id: &str, secret: &str, until: i64, now: i64) -> Statement {
    statement!(ROTATE, id, secret, until, now)
}

/// The statements that have all of its leads sent again.
#[must_use]
pub fn mark_all(id: &str) -> [Statement; 2] {
    [statement!(MARK_ALL, id), statement!(AWAKE, id)]
}

/// At most `limit` of a connection's leads after one, in a state if one is named.
pub async fn leads(
    db: &dyn Database,
    id: &str,
    after: &str,
    state: Option<&str>,
    limit: u16,
) -> Result<Vec<Document>, DatabaseError> {
    one(db, statement!(LEADS, id, after, state, limit))
        .await?
        .all()
}

/// At most `limit` of the events that came back before one, newest first.
pub async fn events(
    db: &dyn Database,
    id: &str,
    before: i64,
    limit: u16,
) -> Result<Vec<Document>, DatabaseError> {
    one(db, statement!(EVENTS, id, before, limit)).await?.all()
}

/// Takes connections that have something to send, so many at most, until then (Unix ms).
pub async fn claim(
    db: &dyn Database,
    now: i64,
    until: i64,
    most: u8,
) -> Result<Vec<Connection>, DatabaseError> {
    one(db, statement!(CLAIM, now, until, most)).await?.all()
}

/// What of a connection's leads is due now; those without news are done with.
pub async fn due(
    db: &dyn Database,
    connection: &Connection,
    now: i64,
) -> Result<Vec<Due>, DatabaseError> {
    let (id, most) = (connection.id.as_str(), connection.most);
    let [_, due] = super::several(
        db,
        [
            statement!(QUIET, id, now, most),
            statement!(DUE, id, now, most),
        ],
    )
    .await?;
    due.all()
}

/// The statements that write down what became of leads: a JSON array.
#[must_use]
pub fn sent(id: &str, outcomes: &str, now: i64) -> [Statement; 2] {
    [
        statement!(ARRIVED, id, outcomes, now),
        statement!(REFUSED, id, outcomes, now),
    ]
}

/// The statement that gives a connection back after it took something (Unix ms).
#[must_use]
pub fn release(connection: &Connection, sent_at: Option<i64>) -> Statement {
    let (id, token) = (connection.id.as_str(), connection.token.as_deref());
    statement!(RELEASE, id, sent_at, token, connection.most)
}

/// The statement that gives a connection back that takes nothing until then (Unix ms).
#[must_use]
pub fn rest(connection: &Connection, until: i64, why: &str) -> Statement {
    let (id, token) = (connection.id.as_str(), connection.token.as_deref());
    statement!(REST, id, until, why, token, connection.most)
}

/// What became of an event that came before.
pub async fn known(
    db: &dyn Database,
    connection: &str,
    event: &str,
) -> Result<Option<Became>, DatabaseError> {
    one(db, statement!(KNOWN, connection, event)).await?.first()
}

/// Some of the events whose lead is known by now.
pub async fn waiting(db: &dyn Database, connection: &str) -> Result<Vec<Waiting>, DatabaseError> {
    one(db, statement!(WAITING, connection)).await?.all()
}

/// The statement that forgets events that came before then (Unix ms), some of them.
#[must_use]
pub fn sweep(before: i64) -> Statement {
    statement!(SWEEP, before)
}

/// How a lead stands for a field of theirs; found by its id, or else by what they call it.
pub async fn link(
    db: &dyn Database,
    connection: &str,
    lead: Option<&str>,
    remote: Option<&str>,
    (back, theirs): (Back, Option<&str>),
) -> Result<Option<Link>, DatabaseError> {
    let sql = match back {
        Back::Stage => LINK_STAGE,
        Back::Owner => LINK_OWNER,
        Back::Amount => LINK_AMOUNT,
    };
    one(db, statement!(sql, connection, lead, remote, theirs))
        .await?
        .first()
}

/// The statement that notes when they changed a field, and that they have what we have.
#[must_use]
pub fn heard(
    connection: &str,
    link: &Link,
    back: Back,
    theirs: Option<&str>,
    at: i64,
) -> Statement {
    let sql = match back {
        Back::Stage => HEARD_STAGE,
        Back::Owner => HEARD_OWNER,
        Back::Amount => HEARD_AMOUNT,
    };
    let lead = link.lead.as_str();
    statement!(sql, connection, lead, link.theirs_at, at, theirs)
}

/// The statement that has a field told again.
#[must_use]
pub fn tell_again(connection: &str, lead: &str, theirs: Option<&str>) -> Statement {
    statement!(TELL_AGAIN, connection, lead, theirs)
}

/// The statement that notes what they expect a lead to come to (minor units).
#[must_use]
pub fn expect(connection: &str, lead: &str, amount: i64, currency: &str) -> Statement {
    statement!(EXPECT, connection, lead, amount, currency)
}

/// The statement that notes that a sale was corrected here.
#[must_use]
pub fn ours(program: u16, order_id: &str, now: i64) -> Statement {
    statement!(OURS, program, order_id, now)
}

/// The statements that write an event down, once.
#[must_use]
pub fn keep(connection: &str, event: &Event, now: i64) -> [Statement; 2] {
    let (id, lead, remote) = (event.id, event.lead, event.remote_id);
    let (changes, outcome) = (event.changes.as_str(), event.outcome);
    let keep = statement!(
        KEEP, connection, id, lead, remote, event.at, now, changes, outcome, event.why,
    );
    [keep, statement!(RECEIVED, connection, now)]
}
