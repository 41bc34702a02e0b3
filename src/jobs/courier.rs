//! What goes out: everything that the outbox's events bring about.
//!
//! Owns the round. Each kind of it claims what is due by itself, so that two rounds at a
//! time, after a call and by cron, send nothing twice; what a round leaves, the next one
//! finds.

use futures_util::future::join3;

use super::{crm, letters, mail::Mail, outside::Outside, webhooks};
use crate::{
    domain::keyring::Keyring,
    store::{Database, DatabaseError, exports},
};

/// What a round has at hand.
pub struct Courier<'a> {
    /// Where it is written what is due.
    pub db: &'a dyn Database,
    /// The way out.
    pub outside: &'a dyn Outside,
    /// Carries letters.
    pub mail: &'a dyn Mail,
    /// Signs what comes back to us: links in letters.
    pub keyring: &'a Keyring,
    /// The base URL of links, without a slash at its end.
    pub base_url: &'a str,
    /// A secret of the configuration by its name.
    pub secret: &'a (dyn Fn(&str) -> Option<String> + Sync),
    /// Which addresses may be asked.
    pub reach: &'a Reach,
    /// When the round begins (Unix ms).
    pub now: i64,
}

/// Which addresses operators let webhooks go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Public ones alone, by https, as a resolver (DNS over HTTPS, its JSON form) at this
    /// URL knows them.
    Public(String),
    /// Any, in development.
    Any,
}

/// Carries what is due, and says what kept it from doing so; what failed outside is no
/// error here, but written down and tried again.
pub async fn round(courier: &Courier<'_>) -> Result<(), DatabaseError> {
    // Nothing of a deployment that is being read back in is news.
    if exports::is_under_way(courier.db).await? {
        return Ok(());
    }
    // Side by side: what is done after an answer is ended after thirty seconds, and none
    // has to wait for a receiver of another that hangs. What keeps one from going out keeps
    // none of the others.
    let (delivered, sent, synced) = join3(
        webhooks::deliver(courier),
        letters::send(courier),
        crm::sync(courier),
    )
    .await;
    delivered.and(sent).and(synced)
}
