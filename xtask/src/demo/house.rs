//! Owns the API in this process, over the local D1's file: the code and the
//! statements of the Worker, at whatever time they are told that it is. So what
//! is made of the past has the dates of the past, in the ledger as in the lists.

use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use goodword::domain::access;
use goodword::domain::keyring::Keyring;
use goodword::domain::snapshot::Snapshot;
use goodword::domain::spoken::Key;
use goodword::http::limits::Limits;
use goodword::http::mail::{Letter, Mail};
use goodword::http::message::{Asked, Headers};
use goodword::http::problem::Fault;
use goodword::http::{Call, Identities, Service, Snapshots, answer};
use goodword::jobs::courier::Reach;
use goodword::jobs::settle;
use goodword::store::sqlite::Sqlite;
use goodword::store::{Answer, Database, Rows, Statement};
use http::Method;
use serde_json::Value;

use crate::secrets::Secrets;

/// The API over a file that nobody else has open.
pub struct House {
    service: Arc<Service>,
    sqlite: Arc<Sqlite>,
    authorization: String,
    base_url: String,
}

impl House {
    pub fn open(file: &Path, base_url: &str, secrets: &Secrets) -> Result<Self, String> {
        let sqlite = Sqlite::open(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let sqlite = Arc::new(sqlite);
        let keyring = Keyring::parse(&secrets.link_keys);
        let keyring = keyring.map_err(|error| format!("LINK_KEYS: {error}"))?;
        let service = Service {
            database: Box::new(Shared(Arc::clone(&sqlite))),
            snapshots: Box::new(Nobody),
            limits: Box::new(Nobody),
            mail: Box::new(Nobody),
            identities: Box::new(Nobody),
            mailbox: None,
            keyring: Arc::new(keyring),
            reach: Reach::Any,
            secret: Box::new(|_| None),
            admin_key: access::key_hash(&secrets.admin_key),
            log,
        };
        Ok(Self {
            service: Arc::new(service),
            sqlite,
            authorization: format!("Bearer {}", secrets.admin_key),
            base_url: base_url.to_owned(),
        })
    }

    /// The keys that sign links and receipts.
    pub fn keyring(&self) -> &Keyring {
        &self.service.keyring
    }

    pub fn get(&self, now: i64, path: &str) -> Result<Value, String> {
        self.ask(now, Method::GET, path, None, &Value::Null)
    }

    pub fn put(&self, now: i64, path: &str, json: &Value) -> Result<Value, String> {
        self.ask(now, Method::PUT, path, None, json)
    }

    pub fn post(&self, now: i64, path: &str, json: &Value) -> Result<Value, String> {
        self.ask(now, Method::POST, path, None, json)
    }

    /// Creates something that has a name; one that differs is the user's.
    pub fn create(&self, now: i64, path: &str, json: &Value) -> Result<(), String> {
        match self.ask(now, Method::POST, path, None, json) {
            Err(why) if why.contains(" answered 409") => Ok(()),
            answered => answered.map(drop),
        }
    }

    /// A post that is done once, however often it is sent.
    pub fn post_once(
        &self,
        now: i64,
        path: &str,
        key: &str,
        json: &Value,
    ) -> Result<Value, String> {
        self.ask(now, Method::POST, path, Some(key), json)
    }

    /// Does what cron does about rewards.
    pub fn cron(&self, now: i64) -> Result<(), String> {
        let settled = block_on(settle::all(&*self.service.database, now));
        settled.map_err(|error| format!("settlement: {error}"))
    }

    /// Runs statements that no API makes, all or none of them.
    pub fn execute(&self, statements: &str) -> Result<(), String> {
        self.sqlite
            .with(|connection| {
                let transaction = connection.transaction()?;
                transaction.execute_batch(statements)?;
                transaction.commit()
            })
            .map_err(|error| format!("the demo's statements: {error}"))
    }

    fn ask(
        &self,
        now: i64,
        method: Method,
        path: &str,
        key: Option<&str>,
        json: &Value,
    ) -> Result<Value, String> {
        let mut headers = Headers::default();
        headers.add("authorization", self.authorization.clone());
        if let Some(key) = key {
            headers.add("idempotency-key", key.to_owned());
        }
        let is_read = method == Method::GET;
        if !is_read {
            headers.add("content-type", "application/json");
        }
        let asked = Asked {
            method,
            target: path.to_owned(),
            headers,
            body: if is_read {
                String::new().into()
            } else {
                json.to_string().into()
            },
        };
        let call = Call {
            service: Arc::clone(&self.service),
            now,
            base_url: self.base_url.clone(),
            salt: None,
        };
        let (status, said) = block_on(async {
            let response = answer(call, asked).await.into_parts();
            (response.status, response.body.whole(usize::MAX).await)
        });
        let said = said.map_err(|_| format!("{path}: the answer broke off"))?;
        if !status.is_success() {
            let said = String::from_utf8_lossy(&said);
            return Err(format!("{path} answered {status}: {said}"));
        }
        serde_json::from_slice(&said).map_err(|error| format!("{path}: {error}"))
    }
}

struct Shared(Arc<Sqlite>);

impl Database for Shared {
    fn batch(&self, statements: Vec<Statement>) -> Answer<'_, Vec<Rows>> {
        self.0.batch(statements)
    }
}

/// Whom the past has no need of: what it would publish or send is over.
struct Nobody;

impl Snapshots for Nobody {
    fn publish(&self, _: &Snapshot) -> Answer<'_, ()> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn published(&self) -> Answer<'_, Option<Snapshot>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn forget(&self, _: &Key) -> Answer<'_, ()> {
        Box::pin(std::future::ready(Ok(())))
    }
}

impl Limits for Nobody {
    fn allow(&self, _: &str) -> Answer<'_, bool> {
        Box::pin(std::future::ready(Ok(true)))
    }
}

impl Mail for Nobody {
    fn send(&self, _: Letter) -> Answer<'_, ()> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn send_later(&self, _: Letter) {}
}

impl Identities for Nobody {
    fn email(&self, _: &str) -> Answer<'_, Option<String>> {
        Box::pin(std::future::ready(Ok(None)))
    }
}

fn log(fault: &Fault) {
    crate::report::say(&format!("{}: {}", fault.message, fault.cause));
}

/// Runs a future to its end. SQLite keeps nobody waiting, so one that is not
/// ready has only let others go first.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}
