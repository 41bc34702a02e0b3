//! Ingestion: clicks from messages into the tables, each once.
//!
//! Owns what is done with a message that cannot be read. Delivery is at least
//! once; `store::clicks` makes it exactly once.

use crate::{
    domain::click::{Message, Record},
    store::{Database, DatabaseError, clicks},
};

/// Clicks in one statement at most: D1 takes 100 KB of SQL and 2 MB of a value,
/// and 1,000 clicks have some 200 KB.
const STATEMENT_CLICKS: usize = 1_000;

/// The messages of a batch, read.
#[derive(Debug, Default)]
pub struct Batch {
    /// The clicks of the messages that could be read.
    pub clicks: Vec<Record>,
    /// The others, whole, with the reason: they go to the log, and are not
    /// delivered again, as they will never be read better.
    pub unreadable: Vec<(String, String)>,
}

/// Reads the texts of a batch of messages.
pub fn read<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Batch {
    let mut batch = Batch::default();
    for text in texts {
        let text = text.into();
        match Message::from_json(&text) {
            Ok(message) => batch.clicks.extend(message.clicks),
            Err(error) => batch.unreadable.push((text, error.to_string())),
        }
    }
    batch
}

/// Records clicks. On an error some may be recorded already; doing it again
/// changes nothing about those.
pub async fn record(db: &dyn Database, records: &[Record]) -> Result<(), DatabaseError> {
    for chunk in records.chunks(STATEMENT_CLICKS) {
        clicks::insert(db, chunk).await?;
    }
    Ok(())
}
