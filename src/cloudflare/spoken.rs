//! `/s/MAYA-7KQ-4TX`: a spoken code, followed like the link that it stands for.
//!
//! Owns where a code is looked up: in the isolate's memory, in KV, in D1. What is
//! no code is kept in memory alone: whoever guesses would fill KV otherwise, and
//! spend the day's writes that the configuration needs.

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::future_to_promise;
use worker::Env;

use super::{
    RETRY_SOON, d1, isolate, js::ExecutionContext, kv, limits, log, patience::within,
    request::Request,
};
use crate::{
    domain::{link::Link, spoken::Key},
    http::limits::key as limit_key,
    store::{self, DatabaseError},
};

/// The longest that a store may take over what a visitor waits for (ms).
const PATIENCE: u32 = 2_000;

/// For how long a code that works is not looked up again in an isolate (ms).
const KNOWN: i64 = 30_000;

/// For how long one that does not is not (ms).
const UNKNOWN: i64 = 60_000;

/// The most codes in an isolate's memory.
const MOST: usize = 256;

/// Codes that were looked up lately, the newest last.
#[derive(Default)]
pub struct Known(Vec<Entry>);

#[derive(Clone)]
struct Entry {
    key: Key,
    link: Option<Link>,
    until: i64,
}

impl Known {
    /// What a code was looked up as, where it need not be looked up again.
    fn get(&self, key: &Key, now: i64) -> Option<Entry> {
        let entry = self.0.iter().find(|entry| entry.key == *key);
        entry.filter(|entry| now < entry.until).cloned()
    }

    fn put(&mut self, key: Key, link: Option<Link>, now: i64) {
        self.forget(&key);
        if self.0.len() >= MOST {
            self.0.remove(0);
        }
        let until = now + if link.is_some() { KNOWN } else { UNKNOWN };
        self.0.push(Entry { key, link, until });
    }

    /// Looks a code up anew the next time.
    pub fn forget(&mut self, key: &Key) {
        self.0.retain(|entry| entry.key != *key);
    }
}

/// The link code that a spoken code stands for, or the status of the neutral page
/// that answers it, with one more header.
pub async fn code(
    said: &str,
    read: &Request<'_>,
    env: &JsValue,
    context: &JsValue,
) -> Result<String, (u16, &'static str)> {
    let key = Key::from_path(said).ok_or((404, ""))?;
    if !may_ask(read, env).await {
        return Err((429, "retry-after: 60"));
    }
    let link = look_up(key, env, context).await.map_err(|error| {
        log::fault("no store knew whether a spoken code is one", &error);
        (503, RETRY_SOON)
    })?;
    let link = link.ok_or((404, ""))?;
    let code = isolate::with(env, |isolate| isolate.config.keyring.sign_link(&link));
    // Without a configuration there is none that could be followed either.
    Ok(code.unwrap_or_default())
}

/// Whether the address may try another code. Where nobody can tell, it may.
async fn may_ask(read: &Request<'_>, env: &JsValue) -> bool {
    let Some(key) = limit_key("spoken", read.address) else {
        return true;
    };
    limits::allow(env, &key).await.unwrap_or_else(|error| {
        log::fault(
            "spoken codes are not limited: the limiter did not answer",
            &error,
        );
        true
    })
}

async fn look_up(
    key: Key,
    env: &JsValue,
    context: &JsValue,
) -> Result<Option<Link>, DatabaseError> {
    let now = isolate::now();
    let known = isolate::with(env, |isolate| isolate.spoken.get(&key, now));
    if let Ok(Some(known)) = known {
        return Ok(known.link);
    }
    let bindings = Env::from(env.clone());
    let kept = within(PATIENCE, kv::open(&bindings).code(&key)).await;
    let kept = kept.unwrap_or_else(|error| {
        log::fault("KV did not give a spoken code; D1 is asked", &error);
        None
    });
    let link = if kept.is_some() {
        kept
    } else {
        let database = d1::open(&bindings)?;
        let row = within(PATIENCE, store::spoken::find(&database, key.as_str())).await?;
        let link = row.and_then(|row| row.link());
        if let Some(link) = link {
            let context: &ExecutionContext = context.unchecked_ref();
            context.wait_until(&keep(bindings, key.clone(), link));
        }
        link
    };
    let _ = isolate::with(env, |isolate| isolate.spoken.put(key, link, now));
    Ok(link)
}

/// Keeps what a code was looked up as, after the answer.
fn keep(bindings: Env, key: Key, link: Link) -> Promise {
    future_to_promise(async move {
        let kv = kv::open(&bindings);
        if let Err(error) = kv.keep_code(&key, link, isolate::now()).await {
            log::fault("a spoken code was not kept; D1 is asked again", &error);
        }
        Ok(JsValue::UNDEFINED)
    })
}
