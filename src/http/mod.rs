//! The API: the `http` crate's types over the port, problem+json for errors. No
//! `worker`.
//!
//! Owns routes, access, input and output. Each resource is a module of its own;
//! [`routes::ROUTES`] puts them together, and is the only place that says who may
//! call what.

use std::sync::Arc;

use crate::{
    domain::{access::Scope, keyring::Keyring, redirect::Salt, snapshot::Snapshot, spoken::Key},
    store::{Answer, Database},
};

pub mod routes;

mod dispatch;
mod request;

pub mod body;
mod input;
mod output;
pub mod problem;
mod range;

mod advocates;
mod destinations;
mod funnel;
mod health;
mod keys;
mod labels;
mod links;
mod links_bulk;
mod programs;
mod shares;
mod statistics;

mod intake;
pub mod limits;
mod once;

mod codes;
mod conversions;
mod leads;
mod payouts;
mod people;
mod public;
mod reps;
mod rewards;
mod rules;
mod verbal;
mod what_if;

mod openapi;

use self::body::Body;
pub use self::{dispatch::answer, openapi::document as openapi, request::HEADERS};

/// What a request is answered with.
pub type Response = ::http::Response<Body>;

/// What the edge answers links from: the published configuration snapshot, and
/// what spoken codes were looked up as.
pub trait Snapshots: Send + Sync {
    /// Publishes a snapshot; the error is for the log.
    fn publish(&self, snapshot: &Snapshot) -> Answer<'_, ()>;

    /// Forgets what a spoken code was looked up as; the error is for the log.
    fn forget(&self, code: &Key) -> Answer<'_, ()>;
}

/// What every call needs and nobody changes.
pub struct Service {
    /// Where everything is stored.
    pub database: Box<dyn Database>,
    /// Where the snapshot goes.
    pub snapshots: Box<dyn Snapshots>,
    /// How often strangers may ask.
    pub limits: Box<dyn limits::Limits>,
    /// Signs and explains links.
    pub keyring: Arc<Keyring>,
    /// SHA-256 of the operator's own key, which may do everything.
    pub admin_key: [u8; 32],
    /// Writes a fault to the log that happens after the answer began.
    pub log: fn(&problem::Fault),
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
    /// The id of the API key, `admin` for the operator's.
    key: String,
    scopes: Scopes,
}

#[derive(Debug, Clone)]
enum Scopes {
    All,
    Some(Vec<Scope>),
}

impl Caller {
    fn nobody() -> Self {
        Self {
            key: String::new(),
            scopes: Scopes::Some(Vec::new()),
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
