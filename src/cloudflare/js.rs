//! The functions of edge.js.

use js_sys::{Array, Promise};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

use crate::store::DatabaseError;

/// What a promise of a store comes to.
pub async fn answered(promise: Promise) -> Result<JsValue, DatabaseError> {
    let answer = JsFuture::from(promise).await;
    answer.map_err(|error| DatabaseError::Failed(describe(&error)))
}

/// Waits so many milliseconds.
pub async fn pause(millis: u32) {
    // A timer does not fail.
    let _ = JsFuture::from(wait(millis)).await;
}

#[wasm_bindgen(module = "/src/cloudflare/edge.js")]
extern "C" {
    /// See edge.js.
    pub fn read(request: &JsValue) -> String;
    /// See edge.js.
    pub fn headers(request: &JsValue) -> String;
    /// See edge.js.
    pub fn redirect(location: &str, cookie: &str) -> JsValue;
    /// See edge.js.
    pub fn page(status: u16, html: &str, extra: &str) -> JsValue;
    /// See edge.js.
    #[wasm_bindgen(catch)]
    pub fn answer(status: u16, lines: &str, body: &JsValue) -> Result<JsValue, JsValue>;
    /// See edge.js.
    pub fn batch(database: &JsValue, text: &str) -> Promise;
    /// See edge.js.
    pub fn kept(env: &JsValue, key: &str) -> Promise;
    /// See edge.js.
    pub fn keep(env: &JsValue, key: &str, text: &str, until: f64) -> Promise;
    /// See edge.js.
    pub fn forget(env: &JsValue, key: &str) -> Promise;
    /// See edge.js.
    pub fn archive(bucket: &JsValue, name: &str, text: &str) -> Promise;
    /// See edge.js.
    pub fn send(env: &JsValue, text: &str) -> Promise;
    /// See edge.js.
    pub fn wait(millis: u32) -> Promise;
    /// See edge.js.
    pub fn piece(reader: &JsValue) -> Promise;
    /// See edge.js.
    pub fn texts(batch: &JsValue) -> Array;
    /// See edge.js.
    pub fn retry(batch: &JsValue);
    /// See edge.js.
    pub fn limit(env: &JsValue, key: &str) -> Promise;
    /// See edge.js.
    pub fn mail(env: &JsValue, letter: &str) -> Promise;
    /// See edge.js.
    pub fn outside(
        method: &str,
        url: &str,
        lines: &str,
        body: &str,
        most: u32,
        patience: u32,
    ) -> Promise;
    /// See edge.js.
    pub fn variable(env: &JsValue, name: &str) -> Option<String>;
    /// See edge.js.
    pub fn describe(error: &JsValue) -> String;
}

#[wasm_bindgen(module = "/src/cloudflare/access.js")]
extern "C" {
    /// See access.js.
    pub fn email(env: &JsValue, assertion: &str, now: i64) -> Promise;
}

#[wasm_bindgen]
extern "C" {
    /// The execution context of an event.
    #[derive(Clone)]
    pub type ExecutionContext;

    /// Keeps the event alive until the promise settles.
    #[wasm_bindgen(method, js_name = waitUntil)]
    pub fn wait_until(this: &ExecutionContext, promise: &Promise);
}
