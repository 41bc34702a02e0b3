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
        /// When they were last invited (Unix ms).
        pub invited_at: Option<i64>,
        /// The entry with which this one turned out to be one person.
        pub merged_into: Option<u32>,
        /// When they were erased (Unix ms).
        pub erased_at: Option<i64>,
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
        created_at, updated_at, invited_at, merged_into, erased_at"
    };
}

// One row in any case.
const SHOWN_NAME: &str = "
    SELECT coalesce(max(name), '') AS document FROM advocates
    WHERE program = ?1 AND number = ?2 AND shows_name AND erased_at IS NULL";

/// The name of an advocate who lets prospects read it; else nothing.
pub async fn shown_name(
    db: &dyn Database,
    program: u16,
    number: u32,
) -> Result<String, DatabaseError> {
    one(db, statement!(SHOWN_NAME, program, number))
        .await?
        .document()
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
    ORDER BY merged_into IS NOT NULL, created_at, number LIMIT 1"
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
    WHERE program = ?1 AND number = ?2 AND erased_at IS NULL AND merged_into IS NULL
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
      AND (?5 IS NULL OR kind = ?5)
      AND (?6 IS NULL OR status = ?6)
      AND (?7 IS NULL OR owner = (SELECT number FROM reps WHERE slug = ?7))
      AND (?8 IS NULL OR instr(lower(name), lower(?8)) OR instr(lower(email), lower(?8))
        OR instr(lower(external_id), lower(?8)))
    ORDER BY created_at, number
    LIMIT ?4"
);

// Many references in one statement; one that is nobody answers no row.
const RESOLVE: &str = "
    SELECT wanted.key AS position, coalesce(b.number, a.number) AS number,
      coalesce(b.status, a.status) AS status
    FROM json_each(?2) AS wanted
    JOIN advocates a ON a.program = ?1 AND a.number = wanted.value
    LEFT JOIN advocates b ON b.program = ?1 AND b.number = a.merged_into
    WHERE wanted.type = 'integer'
    UNION ALL
    SELECT wanted.key, coalesce(b.number, a.number), coalesce(b.status, a.status)
    FROM json_each(?2) AS wanted
    JOIN advocates a ON a.program = ?1 AND a.external_id = wanted.value
    LEFT JOIN advocates b ON b.program = ?1 AND b.number = a.merged_into
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

/// Changes what is given; answers the advocate as they are then. Who was erased or
/// merged into another is not changed, and not answered.
pub async fn update(
    db: &dyn Database,
    program: u16,
    number: u32,
    changes: Changes<'_>,
    now: i64,
) -> Result<Option<Row>, DatabaseError> {
    one(db, change(program, number, changes, now))
        .await?
        .first()
}

const NAME: &str = "
    UPDATE advocates SET external_id = ?3
    WHERE program = ?1 AND number = ?2 AND external_id IS NULL";

/// The statement that gives an external id to an advocate who has none.
#[must_use]
pub fn name(program: u16, number: u32, external_id: &Identifier) -> Statement {
    statement!(NAME, program, number, external_id.as_str())
}

/// The statement that changes what is given.
#[must_use]
pub fn change(program: u16, number: u32, changes: Changes<'_>, now: i64) -> Statement {
    statement!(
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
    )
}

/// The hash of an address; an empty one, which takes the address away, has none.
fn hash(email: &str) -> String {
    if email.is_empty() {
        String::new()
    } else {
        person::email_hash(&person::email_key(email))
    }
}

/// What a list is narrowed to.
#[derive(Debug, Default)]
pub struct Filter<'a> {
    /// To a kind.
    pub kind: Option<AdvocateKind>,
    /// To those whose links work, or do not.
    pub status: Option<Status>,
    /// To a rep's (a slug).
    pub owner: Option<&'a str>,
    /// To those whose name, address or external id has this in it, whatever the case
    /// of its ASCII letters.
    pub part: Option<&'a str>,
}

/// At most `limit` advocates after one, oldest first. `after` is the creation
/// (Unix ms) and the number of the last one seen.
pub async fn page(
    db: &dyn Database,
    program: u16,
    filter: &Filter<'_>,
    after: (i64, i64),
    limit: u16,
) -> Result<Vec<Row>, DatabaseError> {
    let (kind, status) = (
        filter.kind.map(AdvocateKind::name),
        filter.status.map(Status::name),
    );
    let (owner, part) = (filter.owner, filter.part);
    let statement = statement!(
        PAGE, program, after.0, after.1, limit, kind, status, owner, part
    );
    one(db, statement).await?.all()
}

// Somebody has merged or erased one of the two since they were read.
const STILL_TWO: &str = "
    INSERT INTO overtaken SELECT NULL
    WHERE (SELECT count(*) FROM advocates
      WHERE program = ?1 AND number IN (?2, ?3) AND merged_into IS NULL AND erased_at IS NULL) < 2";

// With those that were merged into it before: nobody is looked for in two steps.
const MERGED: &str = "
    UPDATE advocates SET merged_into = ?3, merged_at = coalesce(merged_at, ?4),
      merged_by = coalesce(merged_by, ?5), status = 'disabled', updated_at = ?4
    WHERE program = ?1 AND (number = ?2 OR merged_into = ?2)";

// Whoever has read a lead before is overtaken by this. The touches stay whose they
// were, and say so.
const LEADS_MERGED: &str = "
    UPDATE leads SET advocate = ?3, updated_at = ?4, version = version + 1
    WHERE program = ?1 AND advocate = ?2";

// With all that the ledger says of them: what was paid to one entry was paid to the
// person, and is not paid again.
const REWARDS_MERGED: &str = "
    UPDATE rewards SET advocate = ?3 WHERE program = ?1 AND advocate = ?2";

// Whoever settles one of the two at this moment is overtaken too. What the other
// entry tells of the person may flag leads of the one that remains.
const ACCOUNTS_MERGED: &str = "
    INSERT INTO accounts
    SELECT ?1, n.value, 1, 0 FROM json_each(json_array(CAST(?2 AS INTEGER), CAST(?3 AS INTEGER))) n
    WHERE EXISTS (SELECT 1 FROM accounts WHERE program = ?1 AND advocate IN (?2, ?3))
    ON CONFLICT DO UPDATE SET changed = changed + 1";

const CODES_MERGED: &str = "
    UPDATE spoken_codes SET advocate = ?3 WHERE program = ?1 AND advocate = ?2";

// Nobody brought themselves in.
const CHILDREN_MERGED: &str = "
    UPDATE advocates SET parent = nullif(?3, number) WHERE program = ?1 AND parent = ?2";

const VISITORS_MERGED: &str = "
    INSERT INTO advocate_visitors
    SELECT program, ?3, utc_day, visitor FROM advocate_visitors
    WHERE program = ?1 AND advocate = ?2
    ON CONFLICT DO NOTHING";

/// The statements that make two entries of one person one, for a batch that fails as
/// a whole if one of them is no longer what it was. Both accounts are to be settled.
#[must_use]
pub fn merge(program: u16, from: u32, into: u32, now: i64, by: &str) -> Vec<Statement> {
    vec![
        statement!(STILL_TWO, program, from, into),
        statement!(MERGED, program, from, into, now, by),
        statement!(LEADS_MERGED, program, from, into, now),
        statement!(REWARDS_MERGED, program, from, into),
        statement!(ACCOUNTS_MERGED, program, from, into),
        statement!(CODES_MERGED, program, from, into),
        statement!(VISITORS_MERGED, program, from, into),
        statement!(CHILDREN_MERGED, program, from, into),
    ]
}

const CLAIM_INVITATION: &str = "
    UPDATE advocates SET invitation_claimed_at = ?3
    WHERE program = ?1 AND number = ?2
      AND max(coalesce(invited_at, 0), coalesce(invitation_claimed_at, 0)) <= ?3 - 60000
    RETURNING id AS document";

const END_INVITATION: &str = "
    UPDATE advocates SET invited_at = coalesce(?3, invited_at), invitation_claimed_at = NULL
    WHERE program = ?1 AND number = ?2";

/// Takes it upon the caller to invite an advocate; `false` where somebody did so
/// less than a minute ago.
pub async fn claim_invitation(
    db: &dyn Database,
    program: u16,
    number: u32,
    now: i64,
) -> Result<bool, DatabaseError> {
    let claim = statement!(CLAIM_INVITATION, program, number, now);
    let claimed: Option<super::Document> = one(db, claim).await?.first()?;
    Ok(claimed.is_some())
}

/// Ends what was claimed: an invitation was sent at a time (Unix ms), or was not.
pub async fn end_invitation(
    db: &dyn Database,
    program: u16,
    number: u32,
    sent_at: Option<i64>,
) -> Result<(), DatabaseError> {
    one(db, statement!(END_INVITATION, program, number, sent_at)).await?;
    Ok(())
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
