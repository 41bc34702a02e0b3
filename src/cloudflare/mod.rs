//! The Worker: the only user of `worker`, compiled for wasm32 alone.
//!
//! Owns the three events. `fetch` is exported by hand, because what costs is the
//! crossing between wasm and JavaScript: a link on a warm isolate is answered
//! with a `Response`, without a future; everything else is a promise.

use js_sys::Promise;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::future_to_promise;
use worker::{Env, ScheduleContext, ScheduledEvent, event};

use crate::{
    domain::{keyring::CODE_LENGTH, page},
    jobs,
    store::DatabaseError,
};

mod api;
mod bucket;
mod config;
mod d1;
mod gather;
mod isolate;
mod js;
mod kv;
mod limits;
mod log;
mod mail;
mod outside;
mod patience;
mod request;
mod spoken;

use self::request::Request;

/// Answers a request. The name is the export that the runtime looks for.
#[wasm_bindgen]
#[must_use]
pub fn fetch(request: JsValue, env: JsValue, context: JsValue) -> JsValue {
    let text = js::read(&request);
    let Some(read) = Request::parse(&text) else {
        return js::page(400, "", "");
    };
    let code = read.code();
    if code.is_none() && read.is_for_api() {
        return future_to_promise(api::answer(request, text, Env::from(env), context)).into();
    }
    if !matches!(read.method, "GET" | "HEAD") {
        return js::page(405, "", "allow: GET, HEAD");
    }
    if read.spoken().is_some() {
        return future_to_promise(ask(text, env, context)).into();
    }
    let Some(code) = code else {
        return js::page(404, &read.body(page::neutral), "");
    };
    match isolate::with(&env, |isolate| {
        if isolate.is_loaded() {
            Some(isolate.follow(&read, code, &env, &context))
        } else {
            None
        }
    }) {
        Ok(Some(response)) => response,
        Ok(None) => future_to_promise(ask(text, env, context)).into(),
        Err(error) => {
            log::misconfigured(&error);
            js::page(500, "", "")
        }
    }
}

/// Answers what has to ask a store first: a spoken code, and the first click of
/// an isolate.
async fn ask(text: String, env: JsValue, context: JsValue) -> Result<JsValue, JsValue> {
    let Some(read) = Request::parse(&text) else {
        return Ok(js::page(400, "", ""));
    };
    let code = match read.spoken() {
        None => read.code().unwrap_or_default().to_owned(),
        Some(said) => match spoken::code(said, &read, &env, &context).await {
            Ok(code) => code,
            Err((status, extra)) => return Ok(js::page(status, &read.body(page::neutral), extra)),
        },
    };
    let is_loaded = || isolate::with(&env, |isolate| isolate.is_loaded()).unwrap_or(false);
    if !is_loaded()
        && let Err(error) = isolate::load(&env).await
    {
        log::fault("no store answered a cold isolate", &error);
        if !is_loaded() {
            return Ok(js::page(503, &read.body(page::neutral), RETRY_SOON));
        }
    }
    let followed = isolate::with(&env, |isolate| isolate.follow(&read, &code, &env, &context));
    Ok(followed.unwrap_or_else(|error| {
        log::misconfigured(&error);
        js::page(500, "", "")
    }))
}

/// The header of an answer that another try may improve.
const RETRY_SOON: &str = "retry-after: 1";

/// Records a batch of clicks; what was not recorded is delivered again. The name is
/// the export that the runtime looks for.
#[wasm_bindgen]
pub fn queue(batch: JsValue, env: JsValue, _context: JsValue) -> Promise {
    future_to_promise(async move {
        let texts = js::texts(&batch);
        let texts = texts
            .iter()
            .map(|text| text.as_string().unwrap_or_default());
        let read = jobs::ingest::read(texts);
        for (text, error) in &read.unreadable {
            log::unreadable(text, error);
        }
        let recorded = match d1::open(&Env::from(env)) {
            Ok(database) => jobs::ingest::record(&database, &read.clicks).await,
            Err(error) => Err(error),
        };
        if let Err(error) = recorded {
            log::fault(
                "a batch of clicks was not recorded and is delivered again",
                &error,
            );
            js::retry(&batch);
        }
        Ok(JsValue::UNDEFINED)
    })
}

/// Cron: checks, makes salts, publishes a configuration that is not yet published,
/// settles what calls left, sweeps, gathers minutes, and archives old clicks. None of it waits for the rest to work.
#[event(scheduled)]
pub async fn scheduled(event: ScheduledEvent, env: Env, _context: ScheduleContext) {
    let now = isolate::now();
    if let Err(error) = carry(&env).await {
        log::fault("cron left something undelivered", &error);
    }
    if event.cron() == EACH_MINUTE {
        return;
    }
    let checked = check(&env, now).await;
    let tended = isolate::tend(env.as_ref()).await;
    let (settled, swept, signed_out, gathered) = match d1::open(&env) {
        Ok(database) => (
            jobs::settle::all(&database, now).await,
            jobs::visitors::sweep(&database, now).await,
            jobs::sessions::sweep(&database, now).await,
            jobs::minutes::gather(&database, now).await,
        ),
        Err(error) => (Err(error), Ok(()), Ok(()), Ok(())),
    };
    let archived = archive(&env, now).await;
    for (message, outcome) in [
        ("cron left checks undone", checked),
        ("cron left salts or the configuration undone", tended),
        ("cron left an account unsettled", settled),
        ("cron left old visitor hashes", swept),
        ("cron left sessions that are over", signed_out),
        ("cron left minutes ungathered", gathered),
        ("cron left old clicks", archived),
    ] {
        if let Err(error) = outcome {
            log::fault(message, &error);
        }
    }
}

/// When nothing but what goes out is looked at.
const EACH_MINUTE: &str = "* * * * *";

/// Carries what calls left: what failed before, and what time has brought about.
async fn carry(env: &Env) -> Result<(), DatabaseError> {
    outside::round(env, &d1::open(env)?, "").await
}

/// Holds what is derived against what it is derived from, before anything is published.
async fn check(env: &Env, now: i64) -> Result<(), DatabaseError> {
    let database = d1::open(env)?;
    let published = kv::open(env).snapshot().await;
    jobs::check::snapshot(&database, published, now).await?;
    jobs::check::due(&database, now).await
}

/// Takes old raw clicks out, where they are not kept for ever.
async fn archive(env: &Env, now: i64) -> Result<(), DatabaseError> {
    let days = isolate::with(env.as_ref(), |isolate| isolate.config.click_days);
    // What is misconfigured is said by all that is asked for.
    let Ok(Some(days)) = days else { return Ok(()) };
    let bucket = bucket::open(env);
    let bucket = bucket
        .as_ref()
        .map(|bucket| bucket as &dyn jobs::archive::Bucket);
    jobs::archive::run(&d1::open(env)?, bucket, days, now).await
}

const _: () = assert!(CODE_LENGTH == 26);
