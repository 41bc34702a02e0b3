//! Members of the team, and what they are signed in with.

use super::{Database, DatabaseError, Document, Statement, one, several, statement, time};
use crate::{
    decode::{self, row},
    domain::{
        access::Role,
        person,
        program::{Email, Name, Status},
    },
};

/// A member as the API shows them.
macro_rules! document {
    () => {
        concat!(
            "json_object('id', id, 'email', email, 'name', name, 'role', role, 'rep', rep,
            'status', status, 'created_at', ",
            time!("created_at"),
            ", 'invited_at', ",
            time!("invited_at"),
            ", 'last_seen_at', ",
            time!("seen_at"),
            ") AS document"
        )
    };
}

// Ids begin with their time, so their order is that of creation.
const PAGE: &str = concat!(
    "SELECT id AS cursor, ",
    document!(),
    " FROM members WHERE id > ?1 ORDER BY id LIMIT ?2"
);

const INSERT: &str = "
    INSERT INTO members (id, email, name, role, rep, status, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5, 'active', ?6)";

const UPDATE: &str = concat!(
    "
    UPDATE members SET
      name = coalesce(?2, name), role = coalesce(?3, role), status = coalesce(?4, status),
      rep = CASE WHEN ?5 IS NULL THEN rep ELSE nullif(?5, '') END
    WHERE id = ?1
    RETURNING ",
    document!()
);

const SIGN_OUT: &str = "DELETE FROM sessions WHERE member = ?1";

const SIGN_OUT_DISABLED: &str = "
    DELETE FROM sessions
    WHERE member = (SELECT id FROM members WHERE id = ?1 AND status = 'disabled')";

const REVOKE_KEYS_OF_DISABLED: &str = "
    UPDATE api_keys SET revoked_at = ?2
    WHERE revoked_at IS NULL
      AND created_by = (SELECT id FROM members WHERE id = ?1 AND status = 'disabled')";

const FORGET_LINKS_OF_DISABLED: &str = "
    DELETE FROM sign_in_links
    WHERE member = (SELECT id FROM members WHERE id = ?1 AND status = 'disabled')";

const BY_ID: &str = "SELECT id, email, role FROM members WHERE id = ?1";

const BY_EMAIL: &str = "
    SELECT id, email, role FROM members
    WHERE lower(email) = lower(?1) AND status = 'active'";

const INVITED: &str = concat!(
    "UPDATE members SET invited_at = coalesce(?2, invited_at) WHERE id = ?1 RETURNING ",
    document!()
);

// An invitation is in force instead of those before it, whether they were sent or
// not.
const FORGET_INVITATIONS: &str = "
    DELETE FROM sign_in_links
    WHERE ?2 > ?3 AND expires_at > ?3
      AND member = (SELECT id FROM members WHERE lower(email) = lower(?1))";

// No more than five that anybody could ask for work at a time: nobody's mailbox
// is filled.
const ADD_LINK: &str = "
    INSERT INTO sign_in_links (hash, member, expires_at)
    SELECT ?1, id, ?3 FROM members
    WHERE lower(email) = lower(?2) AND status = 'active'
      AND NOT EXISTS (
        SELECT 1 FROM suppressions WHERE hash = ?6 AND reason <> 'unsubscribed')
      AND (?3 > ?5 OR (
        SELECT count(*) FROM sign_in_links l
        WHERE l.member = members.id AND l.expires_at > ?4 AND l.expires_at <= ?5) < 5)
    RETURNING
      (SELECT email FROM members WHERE id = member) AS email,
      (SELECT name FROM members WHERE id = member) AS name";

const BEGIN: &str = "
    INSERT INTO sessions (hash, member, created_at, seen_at, expires_at)
    SELECT ?1, m.id, ?3, ?3, ?4
    FROM sign_in_links l JOIN members m ON m.id = l.member
    WHERE l.hash = ?2 AND l.expires_at > ?3 AND m.status = 'active'
    RETURNING member AS id, (SELECT role FROM members WHERE id = member) AS role";

const SPEND_LINK: &str = "DELETE FROM sign_in_links WHERE hash = ?1";

const BEGIN_OPERATORS: &str = "
    INSERT INTO sessions (hash, operator, created_at, seen_at, expires_at)
    VALUES (?1, ?2, ?3, ?3, ?4)";

// Whoever called within the hour is not written again.
const SEEN: &str = "
    UPDATE members SET seen_at = ?2
    WHERE (seen_at IS NULL OR seen_at <= ?2 - 3600000)
      AND id = (SELECT member FROM sessions WHERE hash = ?1 AND expires_at > ?2 AND seen_at > ?3)";
const SEEN_BY_EMAIL: &str = "
    UPDATE members SET seen_at = ?2
    WHERE (seen_at IS NULL OR seen_at <= ?2 - 3600000)
      AND lower(email) = lower(?1) AND status = 'active'";
const TOUCH: &str = "
    UPDATE sessions SET seen_at = ?2
    WHERE hash = ?1 AND seen_at <= ?2 - 3600000 AND seen_at > ?3 AND expires_at > ?2";

const BY_SESSION: &str = "
    SELECT s.member, m.role
    FROM sessions s LEFT JOIN members m ON m.id = s.member AND m.status = 'active'
    WHERE s.hash = ?1 AND s.expires_at > ?2 AND s.seen_at > ?3
      AND (m.id IS NOT NULL OR s.operator = ?4)";

const END: &str = "DELETE FROM sessions WHERE hash = ?1";

const END_OPERATORS: &str = "DELETE FROM sessions WHERE operator IS NOT NULL";

const WHO: &str = concat!(
    "
    SELECT json_object(
      'member', m.id, 'name', coalesce(m.name, 'Operator'), 'email', m.email,
      'role', coalesce(m.role, 'admin'), 'rep', m.rep, 'scopes', json(?2),
      'expires_at', (SELECT ",
    time!("expires_at"),
    " FROM sessions WHERE hash = ?3)) AS document
    FROM (SELECT 1) LEFT JOIN members m ON m.id = ?1"
);

const SWEEP_SESSIONS: &str = "DELETE FROM sessions WHERE expires_at <= ?1";
const SWEEP_LINKS: &str = "DELETE FROM sign_in_links WHERE expires_at <= ?1";

row! {
    /// A member, as far as access has to know them.
    #[derive(Debug, Clone)]
    pub struct Identity {
        /// Their id.
        pub id: String,
        /// What they may do.
        pub role: Role,
        /// Where letters go.
        pub email: String = decode::or_default,
    }
}

row! {
    /// Whom a letter goes to.
    #[derive(Debug)]
    pub struct Addressee {
        /// The address that is stored.
        pub email: String,
        /// What they are called.
        pub name: String,
    }
}

row! {
    /// Whose a session is.
    #[derive(Debug)]
    pub struct Owner {
        /// None for the operator.
        pub member: Option<String>,
        /// None for the operator.
        pub role: Option<Role>,
    }
}

/// What changes of a member; `None` leaves a stored value.
#[derive(Debug)]
pub struct Changes<'a> {
    /// What they are called.
    pub name: Option<&'a Name>,
    /// What they may do.
    pub role: Option<Role>,
    /// Whether they get in.
    pub status: Option<Status>,
    /// Slug of the rep they are; empty for none.
    pub rep: Option<&'a str>,
}

/// At most `limit` members after an id, in the order in which they came.
pub async fn page(
    db: &dyn Database,
    after: &str,
    limit: u16,
) -> Result<Vec<Document>, DatabaseError> {
    one(db, statement!(PAGE, after, limit)).await?.all()
}

/// Adds a member; a conflict if the address is taken.
pub async fn add(
    db: &dyn Database,
    id: &str,
    email: &Email,
    name: &Name,
    role: Role,
    rep: Option<&str>,
    now: i64,
) -> Result<(), DatabaseError> {
    let (email, name, role) = (email.as_str(), name.as_str(), role.name());
    one(db, statement!(INSERT, id, email, name, role, rep, now)).await?;
    Ok(())
}

/// Changes a member; whoever is disabled by it is signed out at once, and
/// the keys that they made are revoked.
pub async fn update(
    db: &dyn Database,
    id: &str,
    changes: &Changes<'_>,
    now: i64,
) -> Result<Option<Document>, DatabaseError> {
    let update = statement!(
        UPDATE,
        id,
        changes.name.map(Name::as_str),
        changes.role.map(Role::name),
        changes.status.map(Status::name),
        changes.rep
    );
    let [rows, _, _, _] = several(
        db,
        [
            update,
            statement!(SIGN_OUT_DISABLED, id),
            statement!(REVOKE_KEYS_OF_DISABLED, id, now),
            statement!(FORGET_LINKS_OF_DISABLED, id),
        ],
    )
    .await?;
    rows.first()
}

/// A member by id.
pub async fn by_id(db: &dyn Database, id: &str) -> Result<Option<Identity>, DatabaseError> {
    one(db, statement!(BY_ID, id)).await?.first()
}

/// The active member of an address, who calls.
pub async fn by_email(
    db: &dyn Database,
    email: &str,
    now: i64,
) -> Result<Option<Identity>, DatabaseError> {
    let seen = statement!(SEEN_BY_EMAIL, email, now);
    let [rows, _] = several(db, [statement!(BY_EMAIL, email), seen]).await?;
    rows.first()
}

/// Notes when an invitation was sent, if it was; answers the member.
pub async fn invited(
    db: &dyn Database,
    id: &str,
    at: Option<i64>,
) -> Result<String, DatabaseError> {
    one(db, statement!(INVITED, id, at)).await?.document()
}

/// Stores a link that signs in the member of an address, if there is one, and
/// answers whom it is sent to. What ends after `soon` is an invitation.
pub async fn add_link(
    db: &dyn Database,
    hash: &str,
    email: &str,
    expires_at: i64,
    now: i64,
    soon: i64,
) -> Result<Option<Addressee>, DatabaseError> {
    let forget = statement!(FORGET_INVITATIONS, email, expires_at, soon);
    let barred = person::email_hash(&person::email_key(email));
    let insert = statement!(ADD_LINK, hash, email, expires_at, now, soon, barred);
    let [_, rows] = several(db, [forget, insert]).await?;
    rows.first()
}

/// Begins a session with a link, which is spent; answers whose it is, if it was
/// one.
pub async fn begin(
    db: &dyn Database,
    session: &str,
    link: &str,
    now: i64,
    expires_at: i64,
) -> Result<Option<Identity>, DatabaseError> {
    let insert = statement!(BEGIN, session, link, now, expires_at);
    let [begun, _] = several(db, [insert, statement!(SPEND_LINK, link)]).await?;
    begun.first()
}

/// Begins a session of the operator.
pub async fn begin_operators(
    db: &dyn Database,
    session: &str,
    operator: &str,
    now: i64,
    expires_at: i64,
) -> Result<(), DatabaseError> {
    let insert = statement!(BEGIN_OPERATORS, session, operator, now, expires_at);
    one(db, insert).await?;
    Ok(())
}

/// Whose a session is, if it goes on; `operator` is what the operator's sessions
/// were begun with.
pub async fn by_session(
    db: &dyn Database,
    session: &str,
    operator: &str,
    now: i64,
    idle_since: i64,
) -> Result<Option<Owner>, DatabaseError> {
    let [rows, _, _] = several(
        db,
        [
            statement!(BY_SESSION, session, now, idle_since, operator),
            statement!(SEEN, session, now, idle_since),
            statement!(TOUCH, session, now, idle_since),
        ],
    )
    .await?;
    rows.first()
}

/// Ends one session.
#[must_use]
pub fn end(session: &str) -> Statement {
    statement!(END, session)
}

/// Ends all sessions of a member, or of the operator.
#[must_use]
pub fn end_all(member: Option<&str>) -> Statement {
    match member {
        Some(member) => statement!(SIGN_OUT, member),
        None => statement!(END_OPERATORS),
    }
}

/// Who is signed in, as the API shows it.
pub async fn who(
    db: &dyn Database,
    member: &str,
    scopes: &str,
    session: Option<&str>,
) -> Result<String, DatabaseError> {
    one(db, statement!(WHO, member, scopes, session))
        .await?
        .document()
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
