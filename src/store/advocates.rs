//! Advocates.

use super::{
    Database, DatabaseError, Statement, Value, one, programs::Created, several, statement,
};
use crate::{
    decode::row,
    domain::{
        link::AdvocateNumber,
        person,
        program::{AdvocateKind, Email, Identifier, Name, Status},
    },
};

row! {
    /// An advocate as they are stored.
    #[derive(Debug, Clone)]
    pub struct Row {
        /// Their number in a link.
        pub number: u32,
        /// What another system calls them.
        pub external_id: Option<String>,
        /// Customer, partner or employee.
        pub kind: AdvocateKind,
        /// Their name.
        pub name: String,
        /// Their address.
        pub email: Option<String>,
        /// Whether their links work.
        pub status: Status,
        /// The group inside their kind that they belong to (a slug).
        pub segment: Option<String>,
        /// The rep who owns them (a slug).
        pub owner: Option<String>,
        /// Unix milliseconds.
        pub created_at: i64,
        /// Unix milliseconds.
        pub updated_at: i64,
    }
}

/// A new advocate.
#[derive(Debug)]
pub struct New<'a> {
    /// See [`Row`].
    pub external_id: Option<&'a Identifier>,
    /// See [`Row`].
    pub kind: AdvocateKind,
    /// See [`Row`].
    pub name: &'a Name,
    /// See [`Row`].
    pub email: Option<&'a Email>,
    /// See [`Row`].
    pub segment: Option<&'a str>,
    /// See [`Row`]; one that is there.
    pub owner: Option<&'a str>,
}

/// What is set; `None` leaves a stored value.
#[derive(Debug, Default)]
pub struct Changes<'a> {
    /// See [`Row`].
    pub kind: Option<AdvocateKind>,
    /// See [`Row`].
    pub name: Option<&'a Name>,
    /// See [`Row`]; empty for none.
    pub email: Option<String>,
    /// See [`Row`].
    pub status: Option<Status>,
    /// See [`Row`]; empty for none.
    pub segment: Option<String>,
    /// See [`Row`]; empty for none.
    pub owner: Option<String>,
}

/// How a request names an advocate: by our number, or as another system does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// Six base62 digits.
    Number(AdvocateNumber),
    /// `ext:` and the external id.
    External(String),
}

impl Reference {
    /// Reads `4GFfc3` or `ext:crm-17`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("ext:") {
            // What is no identifier is nobody's, and 500 long ones are too much
            // for a parameter.
            Some(external) if (1..=128).contains(&external.len()) => {
                Some(Self::External(external.to_owned()))
            }
            Some(_) => None,
            None => AdvocateNumber::from_id(text).map(Self::Number),
        }
    }
}

/// The columns of a [`Row`].
macro_rules! columns {
    () => {
        "number, external_id, kind, name, email, status, segment,
        (SELECT slug FROM reps WHERE reps.number = advocates.owner) AS owner,
        created_at, updated_at"
    };
}

const BY_NUMBER: &str = concat!(
    "
    SELECT ",
    columns!(),
    "
    FROM advocates WHERE program = ?1 AND number = ?2"
);

const BY_EXTERNAL_ID: &str = concat!(
    "
    SELECT ",
    columns!(),
    "
    FROM advocates WHERE program = ?1 AND external_id = ?2"
);

const BY_EMAIL: &str = concat!(
    "
    SELECT ",
    columns!(),
    "
    FROM advocates WHERE program = ?1 AND email_hash = ?2
    ORDER BY created_at, number LIMIT 1"
);

// Of some random numbers, the first that is free in the program is taken.
const INSERT: &str = concat!(
    "
    INSERT INTO advocates (program, number, external_id, kind, name, email, email_hash,
      segment, owner, status, created_at, updated_at)
    SELECT ?1, candidate.value, ?3, ?4, ?5, ?6, ?7, ?8,
      (SELECT number FROM reps WHERE slug = ?9), 'active', ?10, ?10
    FROM json_each(?2) AS candidate
    WHERE NOT EXISTS (
      SELECT 1 FROM advocates WHERE program = ?1 AND number = candidate.value)
    LIMIT 1
    ON CONFLICT (program, external_id) DO NOTHING
    RETURNING ",
    columns!()
);

const UPDATE: &str = concat!(
    "
    UPDATE advocates SET
      kind = coalesce(?3, kind),
      name = coalesce(?4, name),
      email = nullif(coalesce(?5, email), ''),
      email_hash = nullif(coalesce(?6, email_hash), ''),
      status = coalesce(?7, status),
      segment = nullif(coalesce(?8, segment), ''),
      owner = CASE WHEN ?9 IS NULL THEN owner ELSE (SELECT number FROM reps WHERE slug = ?9) END,
      updated_at = ?10
    WHERE program = ?1 AND number = ?2 AND erased_at IS NULL
    RETURNING ",
    columns!()
);

const PAGE: &str = concat!(
    "
    SELECT ",
    columns!(),
    "
    FROM advocates
    WHERE program = ?1 AND (created_at, number) > (?2, ?3)
    ORDER BY created_at, number
    LIMIT ?4"
);

// Many references in one statement; one that is nobody answers no row.
const RESOLVE: &str = "
    SELECT wanted.key AS position, a.number, a.status
    FROM json_each(?2) AS wanted
    JOIN advocates a ON a.program = ?1 AND a.number = wanted.value
    WHERE wanted.type = 'integer'
    UNION ALL
    SELECT wanted.key, a.number, a.status
    FROM json_each(?2) AS wanted
    JOIN advocates a ON a.program = ?1 AND a.external_id = wanted.value
    WHERE wanted.type = 'text'";

/// The advocate that is meant.
pub async fn find(
    db: &dyn Database,
    program: u16,
    reference: &Reference,
) -> Result<Option<Row>, DatabaseError> {
    let statement = match reference {
        Reference::Number(number) => statement!(BY_NUMBER, program, number.0),
        Reference::External(external) => statement!(BY_EXTERNAL_ID, program, external.as_str()),
    };
    one(db, statement).await?.first()
}

/// The first advocate with an address, by its hash.
pub async fn by_email(
    db: &dyn Database,
    program: u16,
    email_hash: &str,
) -> Result<Option<Row>, DatabaseError> {
    one(db, statement!(BY_EMAIL, program, email_hash))
        .await?
        .first()
}

const INSERT_AS: &str = "
    INSERT INTO advocates (program, number, external_id, kind, name, email, email_hash,
      segment, owner, status, created_at, updated_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, (SELECT number FROM reps WHERE slug = ?9),
      'active', ?10, ?10)";

// Somebody with the address who came since it was looked for.
const ADDRESS_TAKEN: &str = "
    INSERT INTO overtaken SELECT NULL FROM advocates WHERE program = ?1 AND email_hash = ?2";

/// The statements that create an advocate under a number, for a batch that fails
/// as a whole if it is taken, or if their address is.
#[must_use]
pub fn insert_as(program: u16, number: u32, new: &New<'_>, now: i64) -> [Statement; 2] {
    let hash = new.email.map(|email| hash(email.as_str()));
    let guard = statement!(ADDRESS_TAKEN, program, hash.as_deref());
    let insert = statement!(
        INSERT_AS,
        program,
        number,
        new.external_id.map(Identifier::as_str),
        new.kind.name(),
        new.name.as_str(),
        new.email.map(Email::as_str),
        hash,
        new.segment,
        new.owner,
        now,
    );
    [guard, insert]
}

/// Creates an advocate, once for an external id. `candidates` are random
/// numbers; the chance that all are taken is nil long before a program is full.
pub async fn create(
    db: &dyn Database,
    program: u16,
    new: New<'_>,
    candidates: &[u32],
    now: i64,
) -> Result<Created<Row>, DatabaseError> {
    let external_id = new.external_id.map(Identifier::as_str);
    let insert = statement!(
        INSERT,
        program,
        serde_json::to_string(candidates)?,
        external_id,
        new.kind.name(),
        new.name.as_str(),
        new.email.map(Email::as_str),
        new.email.map(|email| hash(email.as_str())),
        new.segment,
        new.owner,
        now,
    );
    // With no external id there is nothing to have been there before.
    let select = statement!(BY_EXTERNAL_ID, program, external_id);
    let [inserted, existing] = several(db, [insert, select]).await?;
    Ok(Created::from_rows(inserted.first()?, existing.first()?))
}

/// Changes what is given; answers the advocate as they are then. Who was erased
/// is not changed, and not answered.
pub async fn update(
    db: &dyn Database,
    program: u16,
    number: u32,
    changes: Changes<'_>,
    now: i64,
) -> Result<Option<Row>, DatabaseError> {
    let update = statement!(
        UPDATE,
        program,
        number,
        changes.kind.map(AdvocateKind::name),
        changes.name.map(Name::as_str),
        changes.email.as_deref(),
        changes.email.as_deref().map(hash),
        changes.status.map(Status::name),
        changes.segment,
        changes.owner,
        now,
    );
    one(db, update).await?.first()
}

/// The hash of an address; an empty one, which takes the address away, has none.
fn hash(email: &str) -> String {
    if email.is_empty() {
        String::new()
    } else {
        person::email_hash(&person::email_key(email))
    }
}

/// At most `limit` advocates after one, oldest first. `after` is the creation
/// (Unix ms) and the number of the last one seen.
pub async fn page(
    db: &dyn Database,
    program: u16,
    after: (i64, i64),
    limit: u16,
) -> Result<Vec<Row>, DatabaseError> {
    let statement = statement!(PAGE, program, after.0, after.1, limit);
    one(db, statement).await?.all()
}

row! {
    /// An advocate that one of many references means.
    #[derive(Debug, Clone)]
    pub struct Resolved {
        /// The reference's place among those that were asked for.
        pub position: usize,
        /// Their number.
        pub number: u32,
        /// Whether their links work.
        pub status: Status,
    }
}

/// Resolves many references in one statement.
pub async fn resolve(
    db: &dyn Database,
    program: u16,
    references: &[Reference],
) -> Result<Vec<Resolved>, DatabaseError> {
    let wanted: Vec<Value> = references
        .iter()
        .map(|reference| match reference {
            Reference::Number(number) => number.0.into(),
            Reference::External(external) => external.as_str().into(),
        })
        .collect();
    let statement = statement!(RESOLVE, program, serde_json::to_string(&wanted)?);
    one(db, statement).await?.all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_a_number_or_an_external_id() {
        assert_eq!(
            Reference::parse("000001"),
            Some(Reference::Number(AdvocateNumber(1)))
        );
        assert_eq!(
            Reference::parse("ext:000001"),
            Some(Reference::External("000001".into()))
        );
        assert_eq!(Reference::parse("ext:"), None);
        assert_eq!(Reference::parse("crm-17"), None);
    }
}
