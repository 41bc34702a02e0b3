//! The outbox against its deliveries: each event has one with every webhook that wanted
//! it, as triggers of migration 0014 make them.

use super::{CHECKED, MENDED, More, UNSEEN};
use crate::{
    decode::row,
    store::{Database, DatabaseError, several, statement},
};

/// `~` is after every number.
const NEXT_EVENTS: &str = "
    UPDATE turns SET until = coalesce(
      (SELECT CAST(n AS TEXT) FROM events WHERE n > CAST(place AS INTEGER)
        ORDER BY n LIMIT 1 OFFSET 4999), '~')
    WHERE what = 'events'";

const MISSING: &str = "
    INSERT INTO differences
    SELECT 'outbox', 'delivery', coalesce(e.program, 0), w.webhook || ' ' || e.id, e.n,
      w.webhook || ' wanted ' || e.id || ', which has no delivery', ?1, 1
    FROM events e JOIN wanted w ON w.event = e.n
    WHERE e.n IN (
        SELECT n FROM turns t JOIN events e ON e.n > CAST(t.place AS INTEGER)
          AND (t.until = '~' OR e.n <= CAST(t.until AS INTEGER))
        WHERE t.what = 'events'
        UNION SELECT n FROM differences WHERE name = 'outbox')
      AND w.wants_after < e.n AND w.status <> 'disabled'
      AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.webhook = w.webhook AND d.event = e.n)
    ON CONFLICT DO UPDATE SET is_seen = 1";

const NEXT: &str = "
    UPDATE turns SET place = iif(until = '~', '', until) WHERE what = 'events'
    RETURNING place <> '' AS is_more";

const DID: &str = "
    SELECT 'made the delivery of what ' || text AS text
    FROM (SELECT replace(text, ', which has no delivery', '') AS text
      FROM differences WHERE name = 'outbox' ORDER BY n LIMIT 1000)";

const MEND: &str = "
    INSERT INTO deliveries (webhook, event)
    SELECT w.webhook, w.event
    FROM differences d JOIN wanted w
      ON w.event = d.n AND w.webhook = substr(d.subject, 1, instr(d.subject, ' ') - 1)
    WHERE d.name = 'outbox'
    ON CONFLICT DO NOTHING";

row! {
    struct Text {
        text: String,
    }
}

/// Looks at the next five thousand events; whether there are more.
pub async fn compare(db: &dyn Database, now: i64) -> Result<bool, DatabaseError> {
    let none = None::<i64>;
    let [.., next, _] = several(
        db,
        [
            statement!(NEXT_EVENTS),
            statement!(UNSEEN, "outbox", r#"["delivery"]"#, none, none),
            statement!(MISSING, now),
            statement!(MENDED, "outbox"),
            statement!(NEXT),
            statement!(CHECKED, "outbox", now),
        ],
    )
    .await?;
    let next: Option<More> = next.first()?;
    Ok(next.is_some_and(|next| next.is_more))
}

/// Makes deliveries that are known to be missing; answers what was done, in words.
pub async fn mend(db: &dyn Database) -> Result<Vec<String>, DatabaseError> {
    let [texts, _] = several(db, [statement!(DID), statement!(MEND)]).await?;
    let texts: Vec<Text> = texts.all()?;
    Ok(texts.into_iter().map(|row| row.text).collect())
}
