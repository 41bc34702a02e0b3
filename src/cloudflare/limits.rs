//! The limiter: the platform's own counters, which keep no key.

use wasm_bindgen::JsValue;
use worker::{Env, send::SendFuture};

use super::{js, patience::within};
use crate::{
    http::limits::Limits,
    store::{Answer, DatabaseError},
};

/// The longest that a limiter may take over what somebody waits for (ms).
const PATIENCE: u32 = 1_000;

/// The binding `LIMITS` behind the port.
pub struct Limiter(pub Env);

impl Limits for Limiter {
    fn allow(&self, key: &str) -> Answer<'_, bool> {
        let key = key.to_owned();
        // wasm has one thread, so the future never leaves it.
        Box::pin(SendFuture::new(async move {
            allow(self.0.as_ref(), &key).await
        }))
    }
}

/// Whether one more of `key` is within the limit.
pub async fn allow(env: &JsValue, key: &str) -> Result<bool, DatabaseError> {
    within(PATIENCE, async {
        Ok(js::answered(js::limit(env, key)).await?.is_truthy())
    })
    .await
}
