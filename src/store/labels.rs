//! Labels: what a link was shared for, a campaign for instance.

use super::{Database, DatabaseError, one, programs::Created, several, statement};
use crate::{decode::row, domain::program::Slug};

row! {
    /// A label as it is stored.
    #[derive(Debug, Clone)]
    pub struct Row {
        /// Its number in a link.
        pub number: u16,
        /// Its name in requests.
        pub slug: String,
        /// Unix milliseconds.
        pub created_at: i64,
    }
}

const BY_SLUG: &str = "
    SELECT number, slug, created_at FROM labels WHERE program = ?1 AND slug = ?2";

const INSERT: &str = "
    INSERT INTO labels
    SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3
    FROM labels WHERE program = ?1
    HAVING coalesce(max(number), 0) < 1023
    ON CONFLICT (program, slug) DO NOTHING
    RETURNING number, slug, created_at";

const PAGE: &str = "
    SELECT number, slug, created_at
    FROM labels WHERE program = ?1 AND number > ?2 ORDER BY number LIMIT ?3";

/// The label of a slug.
pub async fn by_slug(
    db: &dyn Database,
    program: u16,
    slug: &str,
) -> Result<Option<Row>, DatabaseError> {
    one(db, statement!(BY_SLUG, program, slug)).await?.first()
}

/// Creates a label unless it is there.
pub async fn create(
    db: &dyn Database,
    program: u16,
    slug: &Slug,
    now: i64,
) -> Result<Created<Row>, DatabaseError> {
    let insert = statement!(INSERT, program, slug.as_str(), now);
    let select = statement!(BY_SLUG, program, slug.as_str());
    let [inserted, existing] = several(db, [insert, select]).await?;
    Ok(Created::from_rows(inserted.first()?, existing.first()?))
}

/// At most `limit` labels after a number.
pub async fn page(
    db: &dyn Database,
    program: u16,
    after: u16,
    limit: u16,
) -> Result<Vec<Row>, DatabaseError> {
    one(db, statement!(PAGE, program, after, limit))
        .await?
        .all()
}
