//! Spoken codes: what each of them stands for.

use super::{Database, DatabaseError, one, several, statement};
use crate::{
    decode::row,
    domain::{
        channel::Medium,
        link::{AdvocateNumber, DestinationNumber, LabelNumber, Link, ProgramNumber},
        program::Status,
    },
};

row! {
    /// A code as it is stored, with whose it is.
    #[derive(Debug, Clone)]
    pub struct Row {
        /// The code as it is said.
        pub code: String,
        /// What it is found by.
        pub key: String,
        /// Number of the program.
        pub program: u16,
        /// Its slug.
        pub program_slug: String,
        /// Number of the advocate.
        pub advocate: u32,
        /// Their name.
        pub advocate_name: String,
        /// Whether they may earn anything.
        pub advocate_status: Status,
        /// Medium code.
        pub medium: u8,
        /// Destination number.
        pub destination: u8,
        /// Label number.
        pub label: u16,
        /// Unix milliseconds.
        pub created_at: i64,
        /// When it was revoked (Unix ms).
        pub revoked_at: Option<i64>,
    }
}

impl Row {
    /// The link that it stands for, unless it was revoked.
    #[must_use]
    pub fn link(&self) -> Option<Link> {
        if self.revoked_at.is_some() {
            return None;
        }
        Some(Link {
            program: ProgramNumber::new(self.program)?,
            advocate: AdvocateNumber(self.advocate),
            medium: Medium::from_code(self.medium)?,
            destination: DestinationNumber::new(self.destination)?,
            label: LabelNumber::new(self.label)?,
        })
    }
}

macro_rules! select_code {
    ($which:literal) => {
        concat!(
            "
            SELECT s.code, s.key, s.program, p.slug AS program_slug, s.advocate,
              a.name AS advocate_name, a.status AS advocate_status, s.medium, s.destination,
              s.label, s.created_at, s.revoked_at
            FROM spoken_codes s
            JOIN programs p ON p.number = s.program
            JOIN advocates a ON a.program = s.program AND a.number = s.advocate
            WHERE ",
            $which
        )
    };
}

const BY_KEY: &str = select_code!("s.key = ?1");
const BY_KEYS: &str = select_code!("s.key IN (SELECT value FROM json_each(?1))");
const OF_LINK: &str = select_code!(
    "s.program = ?1 AND s.advocate = ?2 AND s.medium = ?3 AND s.destination = ?4 AND s.label = ?5
     AND s.revoked_at IS NULL
     ORDER BY s.created_at LIMIT 1"
);

// What has a code keeps it; a key that is taken is somebody else's. Who was erased
// since their name was read gets none, as it would have the name.
const INSERT: &str = "
    INSERT INTO spoken_codes
    SELECT ?6, ?7, ?1, ?2, ?3, ?4, ?5, ?8, NULL
    WHERE NOT EXISTS (
      SELECT 1 FROM spoken_codes
      WHERE program = ?1 AND advocate = ?2 AND medium = ?3 AND destination = ?4 AND label = ?5
        AND revoked_at IS NULL)
      AND EXISTS (
        SELECT 1 FROM advocates WHERE program = ?1 AND number = ?2 AND erased_at IS NULL
          AND merged_into IS NULL)
    ON CONFLICT (key) DO NOTHING
    RETURNING key AS document";

const REVOKE: &str = "
    UPDATE spoken_codes SET revoked_at = coalesce(revoked_at, ?2) WHERE key = ?1";

/// The code of a key.
pub async fn find(db: &dyn Database, key: &str) -> Result<Option<Row>, DatabaseError> {
    one(db, statement!(BY_KEY, key)).await?.first()
}

/// The codes of some keys.
pub async fn find_all(db: &dyn Database, keys: &[String]) -> Result<Vec<Row>, DatabaseError> {
    let keys = serde_json::to_string(keys)?;
    one(db, statement!(BY_KEYS, keys)).await?.all()
}

/// Gives a link a code, unless it has one; answers the code that it has then, and
/// whether that is new. `None` where the key is taken.
pub async fn issue(
    db: &dyn Database,
    link: &Link,
    key: &str,
    code: &str,
    now: i64,
) -> Result<Option<(Row, bool)>, DatabaseError> {
    let (program, advocate) = (link.program.get(), link.advocate.0);
    let (medium, destination, label) =
        (link.medium.code(), link.destination.get(), link.label.get());
    let insert = statement!(
        INSERT,
        program,
        advocate,
        medium,
        destination,
        label,
        key,
        code,
        now,
    );
    let select = statement!(OF_LINK, program, advocate, medium, destination, label);
    let [inserted, found] = several(db, [insert, select]).await?;
    let is_new = inserted.first::<super::Document>()?.is_some();
    Ok(found.first()?.map(|row| (row, is_new)))
}

/// Revokes a code; answers it, if it is there.
pub async fn revoke(db: &dyn Database, key: &str, now: i64) -> Result<Option<Row>, DatabaseError> {
    let [_, found] = several(db, [statement!(REVOKE, key, now), statement!(BY_KEY, key)]).await?;
    found.first()
}
