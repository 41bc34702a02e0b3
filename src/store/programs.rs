//! Programs.

use super::{Database, DatabaseError, Statement, one, several, statement};
use crate::{
    decode::{self, row},
    domain::{
        landing::PassThrough,
        program::{Slug, Status, Touch, WindowDays},
        zone::Zone,
    },
};

row! {
    /// A program as it is stored.
    #[derive(Debug, Clone)]
    pub struct Row {
        /// Its number in a link.
        pub number: u16,
        /// Its name in requests.
        pub slug: String,
        /// Its name for people.
        pub name: String,
        /// Whether its links work.
        pub status: Status,
        /// Its clock.
        pub zone: Zone,
        /// Which touch wins.
        pub touch: Touch,
        /// Within how many days.
        pub window_days: WindowDays,
        /// Whether a cookie is set.
        pub cookie: bool = decode::flag,
        /// What of the visitor's query reaches the landing page.
        pub pass_through: PassThrough,
        /// `og:title`, or empty.
        pub preview_title: String,
        /// `og:description`, or empty.
        pub preview_description: String,
        /// `og:image`, or empty.
        pub preview_image: String,
        /// Unix milliseconds.
        pub created_at: i64,
        /// Unix milliseconds.
        pub updated_at: i64,
    }
}

/// What is set; `None` leaves a stored value, or takes the default.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    /// See [`Row`].
    pub name: Option<String>,
    /// See [`Row`].
    pub status: Option<Status>,
    /// See [`Row`].
    pub zone: Option<Zone>,
    /// See [`Row`].
    pub touch: Option<Touch>,
    /// See [`Row`].
    pub window_days: Option<WindowDays>,
    /// See [`Row`].
    pub cookie: Option<bool>,
    /// See [`Row`].
    pub pass_through: Option<PassThrough>,
    /// See [`Row`].
    pub preview_title: Option<String>,
    /// See [`Row`].
    pub preview_description: Option<String>,
    /// See [`Row`].
    pub preview_image: Option<String>,
}

/// What became of a creation.
#[derive(Debug)]
pub enum Created<T> {
    /// It is there now.
    New(T),
    /// It was there already, and is unchanged.
    Existing(T),
    /// There is no number left to give it.
    Full,
}

impl<T> Created<T> {
    /// From what an insertion returned, and what is there after it.
    pub(super) fn from_rows(inserted: Option<T>, existing: Option<T>) -> Self {
        match (inserted, existing) {
            (Some(row), _) => Self::New(row),
            (None, Some(row)) => Self::Existing(row),
            (None, None) => Self::Full,
        }
    }
}

const BY_SLUG: &str = "SELECT * FROM programs WHERE slug = ?1";

const INSERT: &str = "
    INSERT INTO programs
    SELECT coalesce(max(number), 0) + 1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?13
    FROM programs
    HAVING coalesce(max(number), 0) < 4095
    ON CONFLICT (slug) DO NOTHING
    RETURNING *";

const UPDATE: &str = "
    UPDATE programs SET
      name = coalesce(?2, name),
      status = coalesce(?3, status),
      zone = coalesce(?4, zone),
      touch = coalesce(?5, touch),
      window_days = coalesce(?6, window_days),
      cookie = coalesce(?7, cookie),
      pass_through = coalesce(?8, pass_through),
      preview_title = coalesce(?9, preview_title),
      preview_description = coalesce(?10, preview_description),
      preview_image = coalesce(?11, preview_image),
      updated_at = ?12,
      changed_by = ?13
    WHERE slug = ?1
    RETURNING *";

const PAGE: &str = "SELECT * FROM programs WHERE number > ?1 ORDER BY number LIMIT ?2";

/// The program of a slug.
pub async fn by_slug(db: &dyn Database, slug: &str) -> Result<Option<Row>, DatabaseError> {
    one(db, select(slug)).await?.first()
}

/// The statement behind [`by_slug`], for a batch.
#[must_use]
pub fn select(slug: &str) -> Statement {
    statement!(BY_SLUG, slug)
}

/// Creates a program unless its slug is taken; `by` is who does it.
pub async fn create(
    db: &dyn Database,
    slug: &Slug,
    fields: Fields,
    now: i64,
    by: &str,
) -> Result<Created<Row>, DatabaseError> {
    let insert = statement!(
        INSERT,
        slug.as_str(),
        fields.name.unwrap_or_default(),
        fields.status.unwrap_or_default().name(),
        fields.zone.unwrap_or(Zone::UTC).name(),
        fields.touch.unwrap_or_default().name(),
        u16::from(fields.window_days.unwrap_or_default()),
        fields.cookie.unwrap_or(true),
        fields.pass_through.unwrap_or_default().name(),
        fields.preview_title.unwrap_or_default(),
        fields.preview_description.unwrap_or_default(),
        fields.preview_image.unwrap_or_default(),
        now,
        by,
    );
    let [inserted, existing] = several(db, [insert, select(slug.as_str())]).await?;
    Ok(Created::from_rows(inserted.first()?, existing.first()?))
}

/// Changes what is given; answers the program as it is then, if there is one.
pub async fn update(
    db: &dyn Database,
    slug: &str,
    fields: Fields,
    now: i64,
    by: &str,
) -> Result<Option<Row>, DatabaseError> {
    let update = statement!(
        UPDATE,
        slug,
        fields.name,
        fields.status.map(Status::name),
        fields.zone.map(Zone::name),
        fields.touch.map(Touch::name),
        fields.window_days.map(u16::from),
        fields.cookie,
        fields.pass_through.map(PassThrough::name),
        fields.preview_title,
        fields.preview_description,
        fields.preview_image,
        now,
        by,
    );
    one(db, update).await?.first()
}

/// At most `limit` programs after a number, by number.
pub async fn page(db: &dyn Database, after: u16, limit: u16) -> Result<Vec<Row>, DatabaseError> {
    one(db, statement!(PAGE, after, limit)).await?.all()
}

impl Fields {
    /// Whether a stored program has all of this, defaults included, so that
    /// creating it again means the same program.
    #[must_use]
    pub fn are_those_of(&self, row: &Row) -> bool {
        let text =
            |wanted: &Option<String>, stored: &str| wanted.as_deref().unwrap_or_default() == stored;
        text(&self.name, &row.name)
            && self.zone.unwrap_or(Zone::UTC) == row.zone
            && self.touch.unwrap_or_default() == row.touch
            && self.window_days.unwrap_or_default() == row.window_days
            && self.cookie.unwrap_or(true) == row.cookie
            && self.pass_through.unwrap_or_default() == row.pass_through
            && text(&self.preview_title, &row.preview_title)
            && text(&self.preview_description, &row.preview_description)
            && text(&self.preview_image, &row.preview_image)
    }
}
