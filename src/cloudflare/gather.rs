//! Gathering: the clicks of some milliseconds go out together.
//!
//! Owns the isolate's buffer and the way out of it. A send costs more than all
//! the rest of a redirect, and a queue bills by the message. The first click of
//! a batch leads: its `waitUntil` waits for the window and sends what has come
//! in by then; the others only add. No promise of one request is awaited by
//! another. If the way fails, the next one is tried: queue, then D1, then one
//! log line that holds the whole message.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;
use worker::Env;

use super::{
    config::Sink,
    d1,
    isolate::{self, Isolate},
    js::{self, ExecutionContext},
    log,
    patience::within,
};
use crate::{
    domain::click::{Click, MESSAGE_CLICKS, Message},
    jobs,
    store::DatabaseError,
};

/// A leader that is this much over its window is gone with its request; the
/// next click leads (ms).
const LEADER_TIMEOUT: i64 = 5_000;

/// Waits before each further try (ms).
const RETRIES: [u32; 3] = [50, 250, 1_000];

/// The longest that one try may take (ms). With its retries a way takes 13
/// seconds at most, and both ways stay within the 30 that a `waitUntil` has. A
/// try that succeeds after all is a click delivered twice, and counted once.
const ATTEMPT: u32 = 3_000;

/// Clicks that wait to be sent.
#[derive(Default)]
pub struct Buffer {
    clicks: Vec<Click>,
    led_since: Option<i64>,
}

impl Buffer {
    fn has_leader(&self, now: i64, window: u32) -> bool {
        self.led_since
            .is_some_and(|since| now - since <= i64::from(window) + LEADER_TIMEOUT)
    }

    fn take(&mut self) -> Vec<Click> {
        self.led_since = None;
        std::mem::take(&mut self.clicks)
    }
}

/// Adds a click, and sees to it that somebody sends it.
pub fn add(
    isolate: &mut Isolate,
    click: Click,
    now: i64,
    env: &JsValue,
    context: &ExecutionContext,
) {
    let window = isolate.config.window;
    let buffer = &mut isolate.buffer;
    buffer.clicks.push(click);
    if window == 0 || buffer.clicks.len() >= MESSAGE_CLICKS {
        let clicks = buffer.take();
        let env = env.clone();
        context.wait_until(&future_to_promise(async move {
            send(&env, &clicks).await;
            Ok(JsValue::UNDEFINED)
        }));
    } else if !buffer.has_leader(now, window) {
        buffer.led_since = Some(now);
        let env = env.clone();
        context.wait_until(&future_to_promise(async move {
            js::pause(window).await;
            // A message that was filled meanwhile took this one's clicks along.
            if let Ok(clicks) = isolate::with(&env, |isolate| isolate.buffer.take()) {
                send(&env, &clicks).await;
            }
            Ok(JsValue::UNDEFINED)
        }));
    }
}

/// Sends at most [`MESSAGE_CLICKS`] clicks; `add` lets no more gather.
async fn send(env: &JsValue, clicks: &[Click]) {
    if clicks.is_empty() {
        return;
    }
    let message = Message::new(clicks);
    let bindings = Env::from(env.clone());
    if isolate::sink(env) == Sink::Queue {
        match patiently(|| to_queue(env, &message)).await {
            Ok(()) => return,
            Err(error) => log::fault("the queue took no clicks; D1 is asked", &error),
        }
    }
    if let Err(error) = patiently(|| to_database(&bindings, &message)).await {
        log::lost(&message, &error);
    }
}

/// Tries again, later and later.
async fn patiently<F>(attempt: impl Fn() -> F) -> Result<(), DatabaseError>
where
    F: Future<Output = Result<(), DatabaseError>>,
{
    for wait in RETRIES {
        if within(ATTEMPT, attempt()).await.is_ok() {
            return Ok(());
        }
        js::pause(wait).await;
    }
    within(ATTEMPT, attempt()).await
}

async fn to_queue(env: &JsValue, message: &Message) -> Result<(), DatabaseError> {
    js::answered(js::send(env, &message.to_json())).await?;
    Ok(())
}

async fn to_database(env: &Env, message: &Message) -> Result<(), DatabaseError> {
    jobs::ingest::record(&d1::open(env)?, &message.clicks).await
}
