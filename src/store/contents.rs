//! What a program says, version by version.

use super::{Database, DatabaseError, Document, Statement, one, several, statement};
use crate::decode::{self, row};

/// Content as it is kept: everything that may be left out is there.
macro_rules! whole {
    ($content:literal) => {
        concat!(
            "(SELECT json_object(
              'brand', json_object(
                'color', lower(coalesce(c ->> '$.brand.color', '#0a6653')),
                'logo', coalesce(c ->> '$.brand.logo', ''),
                'card', coalesce(c ->> '$.brand.card', '')),
              'messages', json((
                SELECT json_group_array(json_object('channel', value ->> 'channel',
                  'medium', value ->> 'medium', 'subject', coalesce(value ->> 'subject', ''),
                  'text', coalesce(value ->> 'text', '')))
                FROM json_each(coalesce(c -> '$.messages', '[]')))),
              'landing', json_object(
                'headline', coalesce(c ->> '$.landing.headline', ''),
                'body', coalesce(c ->> '$.landing.body', ''),
                'button', coalesce(c ->> '$.landing.button', ''),
                'consent', coalesce(c ->> '$.landing.consent', '')),
              'invitation', json_object(
                'subject', coalesce(c ->> '$.invitation.subject', ''),
                'text', coalesce(c ->> '$.invitation.text', '')))
            FROM (SELECT ",
            $content,
            " AS c))"
        )
    };
}

/// The newest version; before the first one, what there is without any.
macro_rules! newest {
    () => {
        newest!("?1")
    };
    ($program:literal) => {
        concat!(
            "(SELECT * FROM (
                SELECT version, content FROM contents WHERE program = ",
            $program,
            "
                ORDER BY version DESC LIMIT 1)
              UNION ALL SELECT 0, ",
            whole!("'{}'"),
            " ORDER BY version DESC LIMIT 1)"
        )
    };
}

const CURRENT: &str = concat!(
    "SELECT json_object('version', version, 'content', json(content)) AS document FROM ",
    newest!()
);

// `?2` is the call's body, checked. What is the same as before is no version.
const INSERT: &str = concat!(
    "INSERT INTO contents
    SELECT ?1, version + 1, new, ?4, ?5
    FROM ",
    newest!(),
    ", (SELECT ",
    whole!("?2 -> '$.content'"),
    " AS new)
    WHERE new <> content AND (?3 IS NULL OR version = ?3)"
);

// Whether it is there now, or another version was in the way.
const STORED: &str = concat!(
    "SELECT json_object('version', version, 'content', json(content)) AS document,
      CASE WHEN content = ",
    whole!("?2 -> '$.content'"),
    " THEN 'stored' ELSE '' END AS cursor FROM ",
    newest!()
);

/// What a program says, as a document with its version.
pub async fn current(db: &dyn Database, program: u16) -> Result<String, DatabaseError> {
    one(db, statement!(CURRENT, program)).await?.document()
}

/// Makes content (a checked body that holds it) the newest version, if the newest
/// one is `expected` or none is expected; answers it as it is kept, and `None` where
/// another version was in the way.
pub async fn put(
    db: &dyn Database,
    program: u16,
    body: &str,
    expected: Option<i64>,
    now: i64,
    by: &str,
) -> Result<Option<String>, DatabaseError> {
    let insert = statement!(INSERT, program, body, expected, now, by);
    let [_, stored] = several(db, [insert, statement!(STORED, program, body)]).await?;
    let row: Document = stored.first()?.ok_or(DatabaseError::Short)?;
    Ok((!row.cursor.is_empty()).then_some(row.document))
}

row! {
    /// What a program says on its landing page, and how that looks. Empty is what it
    /// does not say.
    #[derive(Debug)]
    pub struct Landing {
        /// `#rrggbb`
        pub color: String,
        /// Whether there is a logo.
        pub logo: bool = decode::flag,
        /// Whether there is a card.
        pub card: bool = decode::flag,
        /// With placeholders, as all of its texts.
        pub headline: String,
        /// What stands below it.
        pub body: String,
        /// What the button says.
        pub button: String,
        /// What the prospect consents to.
        pub consent: String,
    }
}

// Before cards there was content without any.
const LANDING: &str = concat!(
    "SELECT content ->> '$.brand.color' AS color,
      coalesce(content ->> '$.brand.logo', '') > '' AS logo,
      coalesce(content ->> '$.brand.card', '') > '' AS card,
      content ->> '$.landing.headline' AS headline, content ->> '$.landing.body' AS body,
      content ->> '$.landing.button' AS button, content ->> '$.landing.consent' AS consent
    FROM ",
    newest!("(SELECT number FROM programs WHERE slug = ?1)")
);

/// The statement for the [`Landing`] of the program of a slug.
#[must_use]
pub fn landing(slug: &str) -> Statement {
    statement!(LANDING, slug)
}

const PICTURE: &str = concat!(
    "SELECT coalesce(content ->> ?2, '') AS document FROM ",
    newest!("(SELECT number FROM programs WHERE slug = ?1 AND status = 'active')")
);

/// A picture of a program that is in use, as a data URL: what stands at `path` in its
/// content. Empty where there is none.
pub async fn picture(
    db: &dyn Database,
    slug: &str,
    path: &'static str,
) -> Result<String, DatabaseError> {
    one(db, statement!(PICTURE, slug, path)).await?.document()
}
