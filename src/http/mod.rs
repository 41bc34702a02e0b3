//! The API: the `http` crate's types over the port, problem+json for errors. No
//! `worker`.
//!
//! Owns routes, access, input and output. Each resource is a module of its own;
//! [`routes::ROUTES`] puts them together, and is the only place that says who may
//! call what.

use std::sync::Arc;

use crate::{
    domain::{
        access::{self, Role, Scope},
        keyring::Keyring,
        link::AdvocateNumber,
        redirect::Salt,
        snapshot::Snapshot,
        spoken::Key,
    },
    jobs::{courier::Reach, mail::MailLater},
    store::{Answer, Database, portal::Seat},
};

pub mod routes;

mod dispatch;
mod request;

pub mod body;
mod input;
pub mod message;
mod output;
pub mod problem;
mod range;
mod rows;

mod advocates;
mod archives;
mod audit;
mod checks;
mod content;
mod crm;
mod destinations;
mod events;
mod exports;
mod funnel;
mod goals;
mod health;
mod imports;
mod keys;
mod labels;
mod links;
mod links_bulk;
mod programs;
mod reconciliations;
mod shares;
mod statistics;

mod intake;
pub mod limits;
mod once;

mod claims;
mod codes;
mod conversions;
mod landing;
mod leads;
mod letters;
mod mail_events;
mod me;
mod mend;
mod messages;
mod moments;
mod payouts;
mod people;
mod portal;
mod public;
mod replays;
mod reps;
mod restore;
mod rewards;
mod rules;
mod session;
mod stages;
mod suppressions;
mod team;
mod unsubscribe;
mod verbal;
mod webhooks;
mod what_if;

mod openapi;

use self::message::Response;
pub use self::{dispatch::answer, openapi::document as openapi};

/// What the edge answers links from: the published configuration snapshot, and
/// what spoken codes were looked up as.
pub trait Snapshots: Send + Sync {
    /// Publishes a snapshot; the error is for the log.
    fn publish(&self, snapshot: &Snapshot) -> Answer<'_, ()>;

    /// What is published; an error of a row is that it cannot be read.
    fn published(&self) -> Answer<'_, Option<Snapshot>>;

    /// Forgets what a spoken code was looked up as; the error is for the log.
    fn forget(&self, code: &Key) -> Answer<'_, ()>;
}

/// Tells who somebody is by the word of whoever guards the way to the Worker.
pub trait Identities: Send + Sync {
    /// The address that an assertion proves, as Cloudflare Access makes them;
    /// `None` if it proves none, or none is taken here.
    fn email(&self, assertion: &str) -> Answer<'_, Option<String>>;
}

/// Knows secrets of the configuration by their names.
pub type Secrets = dyn Fn(&str) -> Option<String> + Send + Sync;

/// What every call needs and nobody changes.
pub struct Service {
    /// Where everything is stored.
    pub database: Box<dyn Database>,
    /// Where the snapshot goes.
    pub snapshots: Box<dyn Snapshots>,
    /// How often strangers may ask.
    pub limits: Box<dyn limits::Limits>,
    /// Carries letters.
    pub mail: Box<dyn MailLater>,
    /// Who has signed in elsewhere.
    pub identities: Box<dyn Identities>,
    /// The page that shows the mail that was caught, where it goes nowhere else.
    pub mailbox: Option<String>,
    /// Signs and explains links.
    pub keyring: Arc<Keyring>,
    /// Where webhooks may go.
    pub reach: Reach,
    /// SHA-256 of the operator's own key, which may do everything.
    pub admin_key: [u8; 32],
    /// A secret of the configuration by its name.
    pub secret: Box<Secrets>,
    /// Writes a fault to the log that happens after the answer began.
    pub log: fn(&problem::Fault),
}

impl Service {
    /// Whether a key is the operator's. Hashes are compared, so the time that it
    /// takes tells nothing of the key.
    fn is_operators(&self, key: &str) -> bool {
        access::key_hash(key) == self.admin_key
    }
}

/// What one call of the API has beside the request, so that time stays an
/// argument.
#[derive(Clone)]
pub struct Call {
    /// What it may use.
    pub service: Arc<Service>,
    /// When it came in (Unix ms).
    pub now: i64,
    /// The base URL of links, without a slash at its end.
    pub base_url: String,
    /// Today's salt of visitor hashes; without it no visitor is recorded.
    pub salt: Option<Salt>,
}

/// Who calls, as far as the route asked.
#[derive(Debug, Clone)]
struct Caller {
    /// The id of the API key or of the member of the team, `admin` for the
    /// operator.
    key: String,
    scopes: Scopes,
    /// Whether it is a person, rather than a program with a key.
    is_person: bool,
    /// The hash of the session, where it is one.
    session: Option<String>,
    /// The advocate who it is, on a route for them.
    seat: Option<Seat>,
}

/// Who the operator is in what is written down.
const OPERATOR: &str = "admin";

#[derive(Debug, Clone)]
enum Scopes {
    All,
    Some(Vec<Scope>),
}

impl Caller {
    fn nobody() -> Self {
        Self::program(String::new(), Vec::new())
    }

    /// Whoever holds a key.
    fn program(key: String, scopes: Vec<Scope>) -> Self {
        Self {
            key,
            scopes: Scopes::Some(scopes),
            is_person: false,
            session: None,
            seat: None,
        }
    }

    /// The operator, with the key or in a session that it began.
    fn operator(session: Option<String>) -> Self {
        Self {
            key: OPERATOR.to_owned(),
            scopes: Scopes::All,
            is_person: true,
            session,
            seat: None,
        }
    }

    /// A member of the team.
    fn member(id: String, role: Role, session: Option<String>) -> Self {
        Self {
            key: id,
            scopes: Scopes::Some(role.scopes().to_vec()),
            is_person: true,
            session,
            seat: None,
        }
    }

    /// An advocate, who may do what is for advocates and nothing else.
    fn advocate(seat: Seat, session: String) -> Self {
        Self {
            key: format!("advocate {}", AdvocateNumber(seat.number).to_id()),
            scopes: Scopes::Some(Vec::new()),
            is_person: false,
            session: Some(session),
            seat: Some(seat),
        }
    }

    /// All that the caller may do.
    fn scopes(&self) -> &[Scope] {
        match &self.scopes {
            Scopes::All => &Scope::ALL,
            Scopes::Some(scopes) => scopes,
        }
    }

    fn may(&self, scope: Scope) -> bool {
        match &self.scopes {
            Scopes::All => true,
            Scopes::Some(scopes) => scopes.contains(&scope),
        }
    }
}

impl Call {
    fn db(&self) -> &dyn Database {
        self.service.database.as_ref()
    }

    /// Logs a fault of an answer that is under way.
    fn note(&self, fault: &problem::Fault) {
        (self.service.log)(fault);
    }

    /// Publishes the configuration as it is now. The change is committed
    /// already, so a failure is not the caller's: cron publishes what is left.
    async fn publish(&self) -> Option<problem::Fault> {
        let published = async {
            let snapshot = crate::store::snapshot::read(self.db()).await?;
            self.service.snapshots.publish(&snapshot).await
        };
        published.await.err().map(|error| problem::Fault {
            message: "the snapshot was not published; cron will try again",
            cause: error.to_string(),
        })
    }
}
