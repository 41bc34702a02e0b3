//! Advocates.

use serde::Deserialize;

use super::{Database, DatabaseError, Value, name_of, one, programs::Created, several, statement};
use crate::domain::{
    link::AdvocateNumber,
    program::{AdvocateKind, Email, Identifier, Name, Status},
};

/// An advocate as they are stored.
#[derive(Debug, Clone, Deserialize)]
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
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub updated_at: i64,
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

const BY_NUMBER: &str = "
    SELECT number, external_id, kind, name, email, status, created_at, updated_at
    FROM advocates WHERE program = ?1 AND number = ?2";

const BY_EXTERNAL_ID: &str = "
    SELECT number, external_id, kind, name, email, status, created_at, updated_at
    FROM advocates WHERE program = ?1 AND external_id = ?2";

// Of some random numbers, the first that is free in the program is taken.
const INSERT: &str = "
    INSERT INTO advocates
    SELECT ?1, candidate.value, ?3, ?4, ?5, ?6, 'active', ?7, ?7
    FROM json_each(?2) AS candidate
    WHERE NOT EXISTS (
      SELECT 1 FROM advocates WHERE program = ?1 AND number = candidate.value)
    LIMIT 1
    ON CONFLICT (program, external_id) DO NOTHING
    RETURNING number, external_id, kind, name, email, status, created_at, updated_at";

const UPDATE: &str = "
    UPDATE advocates SET
      kind = coalesce(?3, kind),
      name = coalesce(?4, name),
      email = nullif(coalesce(?5, email), ''),
      status = coalesce(?6, status),
      updated_at = ?7
    WHERE program = ?1 AND number = ?2
    RETURNING number, external_id, kind, name, email, status, created_at, updated_at";

const PAGE: &str = "
    SELECT number, external_id, kind, name, email, status, created_at, updated_at
    FROM advocates
    WHERE program = ?1 AND (created_at, number) > (?2, ?3)
    ORDER BY created_at, number
    LIMIT ?4";

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
        name_of(new.kind),
        new.name.as_str(),
        new.email.map(Email::as_str),
        now,
    );
    // With no external id there is nothing to have been there before.
    let select = statement!(BY_EXTERNAL_ID, program, external_id);
    let [inserted, existing] = several(db, [insert, select]).await?;
    Ok(Created::from_rows(inserted.first()?, existing.first()?))
}

/// Changes what is given; answers the advocate as they are then.
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
        changes.kind.map(name_of),
        changes.name.map(Name::as_str),
        changes.email,
        changes.status.map(name_of),
        now,
    );
    one(db, update).await?.first()
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

/// An advocate that one of many references means.
#[derive(Debug, Clone, Deserialize)]
pub struct Resolved {
    /// The reference's place among those that were asked for.
    pub position: usize,
    /// Their number.
    pub number: u32,
    /// Whether their links work.
    pub status: Status,
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
