//! Reps, and in what turn they get the leads that no owner gets.

use super::{Database, DatabaseError, Document, one, several, statement, time};
use crate::{
    decode::row,
    domain::program::{Email, Name, Slug, Status},
};

row! {
    /// A rep, as far as routing has to know them.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Rep {
        /// Their number.
        pub number: u32,
        /// Their name in requests.
        pub slug: String,
        /// Whether they get leads.
        pub status: Status,
    }
}

/// A rep as the API shows them.
macro_rules! document {
    () => {
        concat!(
            "json_object('slug', slug, 'name', name, 'email', email, 'status', status,
            'created_at', ",
            time!("created_at"),
            ", 'updated_at', ",
            time!("updated_at"),
            ") AS document"
        )
    };
}

const UPSERT: &str = concat!(
    "
    INSERT INTO reps (slug, name, email, status, created_at, updated_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?5)
    ON CONFLICT (slug) DO UPDATE SET
      name = excluded.name, email = excluded.email, status = excluded.status,
      updated_at = excluded.updated_at
    RETURNING ",
    document!()
);

const BY_SLUG: &str = "SELECT number, slug, status FROM reps WHERE slug = ?1";

const PAGE: &str = concat!(
    "SELECT slug AS cursor, ",
    document!(),
    " FROM reps WHERE slug > ?1 ORDER BY slug LIMIT ?2"
);

const ROUTING: &str = "
    SELECT r.number, r.slug, r.status
    FROM routing, json_each(routing.reps) AS listed
    JOIN reps r ON r.number = listed.value
    WHERE routing.program = ?1
    ORDER BY listed.key";

const SET_ROUTING: &str = "
    INSERT INTO routing
    SELECT ?1, json_group_array(number), 0
    FROM (
      SELECT r.number FROM json_each(?2) AS listed JOIN reps r ON r.slug = listed.value
      ORDER BY listed.key)
    WHERE true
    ON CONFLICT (program) DO UPDATE SET reps = excluded.reps";

// One statement, so that no two leads draw the same turn.
const TAKE_TURN: &str = "
    UPDATE routing SET turn = turn + 1 WHERE program = ?1 RETURNING turn";

row! {
    struct Turn {
        turn: usize,
    }
}

/// Creates or changes a rep; answers their document.
pub async fn put(
    db: &dyn Database,
    slug: &Slug,
    name: &Name,
    email: Option<&Email>,
    status: Status,
    now: i64,
) -> Result<String, DatabaseError> {
    let email = email.map(Email::as_str);
    let upsert = statement!(
        UPSERT,
        slug.as_str(),
        name.as_str(),
        email,
        status.name(),
        now
    );
    one(db, upsert).await?.document()
}

/// The rep of a slug.
pub async fn by_slug(db: &dyn Database, slug: &str) -> Result<Option<Rep>, DatabaseError> {
    one(db, statement!(BY_SLUG, slug)).await?.first()
}

/// At most `limit` reps after a slug.
pub async fn page(
    db: &dyn Database,
    after: &str,
    limit: u16,
) -> Result<Vec<Document>, DatabaseError> {
    one(db, statement!(PAGE, after, limit)).await?.all()
}

/// The reps who get a program's leads in turn, disabled ones too.
pub async fn routing(db: &dyn Database, program: u16) -> Result<Vec<Rep>, DatabaseError> {
    one(db, statement!(ROUTING, program)).await?.all()
}

/// Sets who gets a program's leads in turn, by slugs that are there; answers them.
pub async fn set_routing(
    db: &dyn Database,
    program: u16,
    slugs: &[String],
) -> Result<Vec<Rep>, DatabaseError> {
    let set = statement!(SET_ROUTING, program, serde_json::to_string(slugs)?);
    let [_, reps] = several(db, [set, statement!(ROUTING, program)]).await?;
    reps.all()
}

/// Whose turn it is among the reps who are active. A turn is spent even if the
/// lead then is not written: evenness is worth no lock.
pub async fn next_in_turn(db: &dyn Database, program: u16) -> Result<Option<Rep>, DatabaseError> {
    let [turn, reps] = several(
        db,
        [statement!(TAKE_TURN, program), statement!(ROUTING, program)],
    )
    .await?;
    let Some(Turn { turn }) = turn.first()? else {
        return Ok(None);
    };
    let mut reps: Vec<Rep> = reps.all()?;
    reps.retain(|rep| rep.status == Status::Active);
    let index = turn.saturating_sub(1).checked_rem(reps.len());
    Ok(index.and_then(|index| reps.into_iter().nth(index)))
}
