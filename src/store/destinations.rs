//! Destinations.

use super::{Database, DatabaseError, one, programs::Created, several, statement};
use crate::{
    decode::row,
    domain::{
        landing::Destination,
        program::{Slug, Status},
    },
};

row! {
    /// A destination as it is stored.
    #[derive(Debug, Clone)]
    pub struct Row {
        /// Its number in a link.
        pub number: u8,
        /// Its name in requests.
        pub slug: String,
        /// Where it is.
        pub url: Destination,
        /// Whether links may lead there.
        pub status: Status,
        /// Unix milliseconds.
        pub created_at: i64,
        /// Unix milliseconds.
        pub updated_at: i64,
    }
}

const BY_SLUG: &str = "
    SELECT number, slug, url, status, created_at, updated_at
    FROM destinations WHERE program = ?1 AND slug = ?2";

const INSERT: &str = "
    INSERT INTO destinations
    SELECT ?1, coalesce(max(number), -1) + 1, ?2, ?3, 'active', ?4, ?4, ?5
    FROM destinations WHERE program = ?1
    HAVING coalesce(max(number), -1) < 63
    ON CONFLICT (program, slug) DO NOTHING
    RETURNING number, slug, url, status, created_at, updated_at";

const UPDATE: &str = "
    UPDATE destinations
    SET url = coalesce(?3, url), status = coalesce(?4, status), updated_at = ?5,
      changed_by = ?6
    WHERE program = ?1 AND slug = ?2
    RETURNING number, slug, url, status, created_at, updated_at";

const PAGE: &str = "
    SELECT number, slug, url, status, created_at, updated_at
    FROM destinations WHERE program = ?1 AND number > ?2 ORDER BY number LIMIT ?3";

row! {
    /// A destination that links may lead to.
    #[derive(Debug)]
    pub struct Active {
        /// Where it is.
        pub url: Destination,
    }
}

const ACTIVE: &str = "
    SELECT d.url FROM destinations d JOIN programs p ON p.number = d.program
    WHERE p.slug = ?1 AND p.status = 'active' AND d.status = 'active'";

/// The destinations of an active program (its slug) that are in use.
pub async fn active(db: &dyn Database, program: &str) -> Result<Vec<Active>, DatabaseError> {
    one(db, statement!(ACTIVE, program)).await?.all()
}

/// The destination of a slug.
pub async fn by_slug(
    db: &dyn Database,
    program: u16,
    slug: &str,
) -> Result<Option<Row>, DatabaseError> {
    one(db, statement!(BY_SLUG, program, slug)).await?.first()
}

/// Creates a destination unless its slug is taken; the first is the default. `by` is
/// who does it.
pub async fn create(
    db: &dyn Database,
    program: u16,
    slug: &Slug,
    url: &Destination,
    now: i64,
    by: &str,
) -> Result<Created<Row>, DatabaseError> {
    let insert = statement!(INSERT, program, slug.as_str(), url.as_str(), now, by);
    let select = statement!(BY_SLUG, program, slug.as_str());
    let [inserted, existing] = several(db, [insert, select]).await?;
    Ok(Created::from_rows(inserted.first()?, existing.first()?))
}

/// Changes what is given; answers the destination as it is then.
pub async fn update(
    db: &dyn Database,
    program: u16,
    slug: &str,
    url: Option<&Destination>,
    status: Option<Status>,
    now: i64,
    by: &str,
) -> Result<Option<Row>, DatabaseError> {
    let update = statement!(
        UPDATE,
        program,
        slug,
        url.map(Destination::as_str),
        status.map(Status::name),
        now,
        by,
    );
    one(db, update).await?.first()
}

/// At most `limit` destinations after a number (-1 for the beginning).
pub async fn page(
    db: &dyn Database,
    program: u16,
    after: i32,
    limit: u16,
) -> Result<Vec<Row>, DatabaseError> {
    one(db, statement!(PAGE, program, after, limit))
        .await?
        .all()
}
