//! What an isolate keeps in its memory between requests.
//!
//! Owns the last-good configuration snapshot, the salts, and when they are
//! refreshed. A click never waits for it, but for the first one of an isolate.

use std::{cell::RefCell, rc::Rc};

use futures_util::future::join;
use js_sys::Date;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::future_to_promise;
use worker::Env;

use super::{
    config::{Config, ConfigError, Sink},
    d1,
    gather::{self, Buffer},
    js::{self, ExecutionContext},
    kv, log,
    patience::within,
    request::Request,
    spoken::Known,
};
use crate::{
    domain::{
        redirect::{self, Answer, Edge, Salt},
        snapshot::Snapshot,
    },
    http::Snapshots,
    jobs::salts::SaltDay,
    store::{self, DatabaseError},
};

/// A snapshot older than this is refreshed in the background (ms).
const FRESH: i64 = 30_000;

/// How long to wait before a salt that could not be had is asked for again (ms).
const SALT_RETRY: i64 = 5_000;

/// The longest that a store may take over what a click waits for, or what is
/// fetched for the next one (ms).
const PATIENCE: u32 = 2_000;

/// A refresh that has not ended by now never will: its request is gone (ms).
const REFRESH_TIMEOUT: i64 = 10_000;

thread_local! {
    static ISOLATE: RefCell<Option<Isolate>> = const { RefCell::new(None) };
}

/// The state of an isolate.
pub struct Isolate {
    /// What operators set.
    pub config: Rc<Config>,
    /// Clicks that are not sent yet.
    pub buffer: Buffer,
    /// Spoken codes that were looked up lately.
    pub spoken: Known,
    snapshot: Option<Rc<Snapshot>>,
    /// When the stores were last asked (Unix ms); `None` until they were.
    loaded_at: Option<i64>,
    refreshing_since: Option<i64>,
    salts: Vec<(SaltDay, Salt)>,
}

/// Now (Unix ms). The runtime's clock stands still while code runs, so a
/// request has one time.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds are whole")]
pub fn now() -> i64 {
    Date::now() as i64
}

/// Works on the isolate's state; `work` must not wait for anything.
pub fn with<T>(env: &JsValue, work: impl FnOnce(&mut Isolate) -> T) -> Result<T, ConfigError> {
    ISOLATE.with_borrow_mut(|isolate| {
        let isolate = match isolate {
            Some(isolate) => isolate,
            None => isolate.insert(Isolate::new(env)?),
        };
        Ok(work(isolate))
    })
}

impl Isolate {
    fn new(env: &JsValue) -> Result<Self, ConfigError> {
        Ok(Self {
            config: Rc::new(Config::read(env)?),
            buffer: Buffer::default(),
            spoken: Known::default(),
            snapshot: None,
            loaded_at: None,
            refreshing_since: None,
            salts: Vec::new(),
        })
    }

    /// Whether it can answer links. A configuration taken over from a call of
    /// the API is not enough: the salt would be missing.
    pub fn is_loaded(&self) -> bool {
        self.snapshot.is_some() && self.loaded_at.is_some()
    }

    /// Answers a link, records the click after the answer, and refreshes what
    /// has grown old.
    pub fn follow(
        &mut self,
        request: &Request,
        code: &str,
        env: &JsValue,
        context: &JsValue,
    ) -> JsValue {
        let now = now();
        let context: &ExecutionContext = context.unchecked_ref();
        self.refresh_if_old(now, env, context);
        let Some(snapshot) = self.snapshot.clone() else {
            return js::page(503, "", "retry-after: 1");
        };
        let mut random = [0; 10];
        // Without randomness ids clash only within a millisecond; a click is
        // worth more than that.
        let _ = getrandom::fill(&mut random);
        let edge = Edge {
            keyring: &self.config.keyring,
            snapshot: &snapshot,
            salt: self.salt(SaltDay::of(now)),
            cookie_domain: self.config.cookie_domain.as_deref(),
            now,
            random,
        };
        let (response, click) = match redirect::follow(&edge, code, &request.visit()) {
            Answer::Redirect {
                location,
                cookie,
                click,
            } => {
                let cookie = cookie.as_deref().unwrap_or_default();
                (js::redirect(&location, cookie), click)
            }
            Answer::Preview { html, click } => (js::page(200, &request.body(|| html), ""), click),
            Answer::NotYet { click } => (js::page(503, "", ""), click),
            Answer::Nowhere => {
                let html = request.body(crate::domain::page::neutral);
                return js::page(404, &html, "");
            }
        };
        gather::add(self, click, now, env, context);
        response
    }

    /// Takes a snapshot over. KV is eventually consistent, and two calls may
    /// overtake each other: an older one must not undo a newer.
    fn adopt(&mut self, new: Snapshot) {
        let is_newer = |old: &Rc<Snapshot>| old.version <= new.version;
        if self.snapshot.as_ref().is_none_or(is_newer) {
            self.snapshot = Some(Rc::new(new));
        }
    }

    fn salt(&self, day: SaltDay) -> Option<Salt> {
        self.salts
            .iter()
            .find(|(of, _)| *of == day)
            .map(|(_, salt)| *salt)
    }

    /// Whether the stores were not asked for so long (ms).
    fn asked_before(&self, now: i64, ms: i64) -> bool {
        self.loaded_at.is_none_or(|at| now - at > ms)
    }

    fn lacks_salt(&self, now: i64) -> bool {
        self.salt(SaltDay::of(now)).is_none() && self.asked_before(now, SALT_RETRY)
    }

    fn refresh_if_old(&mut self, now: i64, env: &JsValue, context: &ExecutionContext) {
        let is_old = self.asked_before(now, FRESH) || self.lacks_salt(now);
        let is_under_way = self
            .refreshing_since
            .is_some_and(|since| now - since < REFRESH_TIMEOUT);
        if !is_old || is_under_way {
            return;
        }
        self.refreshing_since = Some(now);
        let env = env.clone();
        let refresh = future_to_promise(async move {
            if let Err(error) = load(&env).await {
                log::fault(
                    "the configuration was not refreshed; the last good one stays",
                    &error,
                );
            }
            Ok(JsValue::UNDEFINED)
        });
        context.wait_until(&refresh);
    }
}

/// Why an isolate has no configuration.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The variables and secrets.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Neither KV nor D1.
    #[error("{0}")]
    Stores(DatabaseError),
}

/// Loads the configuration from KV, from D1 where KV fails or holds none, and
/// the salts. What cannot be had leaves what there is.
pub async fn load(env: &JsValue) -> Result<(), LoadError> {
    let bindings = Env::from(env.clone());
    // At once: a cold click waits for both.
    let (snapshot, salts) =
        join(snapshot(&bindings), within(PATIENCE, salts(env, &bindings))).await;
    let now = now();
    with(env, |isolate| {
        isolate.refreshing_since = None;
        match salts {
            Ok(salts) => isolate.salts = salts,
            Err(error) => log::fault(
                "a salt could not be had; visitors are not told apart",
                &error,
            ),
        }
        // Also after a failure: to ask a store that is down for every click
        // would help neither.
        isolate.loaded_at = Some(now);
        match snapshot {
            Ok(new) => {
                isolate.adopt(new);
                Ok(())
            }
            Err(error) => Err(LoadError::Stores(error)),
        }
    })?
}

/// Today's salt, for a call of the API that hashes a visitor. Where it is not
/// here yet the stores are asked, and if they fail the visitor stays unknown:
/// the call is worth more.
pub async fn salt_of_today(env: &JsValue) -> Option<Salt> {
    let now = now();
    if with(env, |isolate| isolate.lacks_salt(now)).unwrap_or(false)
        && let Err(error) = load(env).await
    {
        log::fault("a call of the API found no configuration", &error);
    }
    with(env, |isolate| isolate.salt(SaltDay::of(now))).ok()?
}

/// Takes over a configuration that this isolate just changed.
pub fn adopt(env: &JsValue, snapshot: &Snapshot) {
    let adopted = with(env, |isolate| isolate.adopt(snapshot.clone()));
    if let Err(error) = adopted {
        log::misconfigured(&error);
    }
}

async fn snapshot(env: &Env) -> Result<Snapshot, DatabaseError> {
    match within(PATIENCE, kv::open(env).snapshot()).await {
        Ok(Some(snapshot)) => return Ok(snapshot),
        Ok(None) => {}
        Err(error) => log::fault("KV did not give the configuration; D1 is asked", &error),
    }
    let database = d1::open(env)?;
    within(PATIENCE, store::snapshot::read(&database)).await
}

/// The salts of the days that are wanted now; those of other days are let go.
/// Tomorrow's is only read: cron makes it, so that all isolates have the same.
async fn salts(env: &JsValue, bindings: &Env) -> Result<Vec<(SaltDay, Salt)>, DatabaseError> {
    let (now, mut salts) = (now(), Vec::new());
    let kv = kv::open(bindings);
    for day in SaltDay::wanted(now) {
        let known = with(env, |isolate| isolate.salt(day)).ok().flatten();
        let salt = match known {
            Some(salt) => Some(salt),
            None if day == SaltDay::of(now) => Some(shared_salt(&kv, day).await?),
            None => kv.salt(day).await?,
        };
        salts.extend(salt.map(|salt| (day, salt)));
    }
    Ok(salts)
}

/// The day's salt, made if nobody made it yet. Isolates that make one at the
/// same moment differ; that happens where cron did not run the day before.
async fn shared_salt(kv: &kv::Kv, day: SaltDay) -> Result<Salt, DatabaseError> {
    if let Some(salt) = kv.salt(day).await? {
        return Ok(salt);
    }
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| DatabaseError::Failed(error.to_string()))?;
    kv.keep_salt(day, Salt(bytes)).await?;
    Ok(Salt(bytes))
}

/// Cron: makes the salts that are wanted, and publishes the configuration if
/// what is published is not what D1 has.
pub async fn tend(env: &JsValue) -> Result<(), DatabaseError> {
    let bindings = Env::from(env.clone());
    let kv = kv::open(&bindings);
    for day in SaltDay::wanted(now()) {
        shared_salt(&kv, day).await?;
    }
    publish_if_stale(&bindings).await
}

/// Publishes the configuration if what is published is not what D1 has.
pub async fn publish_if_stale(bindings: &Env) -> Result<(), DatabaseError> {
    let (kv, database) = (kv::open(bindings), d1::open(bindings)?);
    let wanted = store::snapshot::version(&database).await?;
    // One that cannot be read is published anew as well.
    let published = kv.snapshot().await.ok().flatten();
    if published.is_none_or(|published| published.version != wanted) {
        kv.publish(&store::snapshot::read(&database).await?).await?;
    }
    Ok(())
}

/// Where clicks go.
pub fn sink(env: &JsValue) -> Sink {
    with(env, |isolate| isolate.config.sink).unwrap_or(Sink::Queue)
}
