//! What imports look at before they write.

use super::{Database, DatabaseError, leads::Person, one, statement};
use crate::decode::{self, row};

row! {
    struct Adds {
        adds: bool = decode::flag,
    }
}

// What an update of the lead would fill (`leads::update`).
const ADDS: &str = "
    SELECT EXISTS (
      SELECT 1 FROM leads WHERE id = ?1 AND erased_at IS NULL AND (
        (name IS NULL AND ?2 IS NOT NULL)
        OR (email IS NULL AND ?3 IS NOT NULL)
        OR (phone IS NULL AND ?4 IS NOT NULL)
        OR (company IS NULL AND ?5 IS NOT NULL)
        OR (customer IS NULL AND ?6 IS NOT NULL)
        OR (note IS NULL AND ?7 IS NOT NULL))) AS adds";

/// Whether a person says something that is not known of a lead.
pub async fn adds(db: &dyn Database, lead: &str, person: &Person) -> Result<bool, DatabaseError> {
    let statement = statement!(
        ADDS,
        lead,
        person.name.as_deref(),
        person.email.as_deref(),
        person.phone.as_deref(),
        person.company.as_deref(),
        person.customer.as_deref(),
        person.note.as_deref(),
    );
    let row: Option<Adds> = one(db, statement).await?.first()?;
    Ok(row.is_some_and(|row| row.adds))
}
