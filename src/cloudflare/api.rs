//! The way into the API and out of it: `http` types for axum, and back.

use std::{cell::RefCell, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{HeaderName, HeaderValue, Request as HttpRequest},
};
use tower_service::Service as _;
use wasm_bindgen::{JsCast, JsValue};
use worker::Env;

use super::{d1, isolate, js, kv, log, request::Request};
use crate::{
    domain::snapshot::Snapshot,
    http::{self, Call, Service, Snapshots, problem::Fault},
    store::{Answer, DatabaseError},
};

thread_local! {
    static ROUTER: RefCell<Option<Router>> = const { RefCell::new(None) };
}

/// Answers a call of the API.
pub async fn answer(request: JsValue, text: String, env: Env) -> Result<JsValue, JsValue> {
    let (Some(read), Ok(call)) = (Request::parse(&text), call(&env, &text)) else {
        return Ok(js::page(500, "", ""));
    };
    let Some(converted) = convert(&request, &read, call) else {
        return Ok(js::page(400, "", ""));
    };
    let mut router =
        ROUTER.with_borrow_mut(|router| router.get_or_insert_with(http::routes::router).clone());
    let mut response = match router.call(converted).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    if let Some(fault) = response.extensions_mut().remove::<Fault>() {
        note(&fault);
    }
    let headers = response.headers_mut();
    headers.insert(
        "x-content-type-options",
        HeaderValue::from_static("nosniff"),
    );
    worker::response_to_wasm(response)
        .map(Into::into)
        .or_else(|error| {
            log::fault("an answer could not be sent", &error);
            Ok(js::page(500, "", ""))
        })
}

fn note(fault: &Fault) {
    log::fault(fault.message, &fault.cause);
}

/// What the call may use.
fn call(env: &Env, text: &str) -> Result<Call, ()> {
    let config = isolate::with(env, |isolate| isolate.config.clone())
        .map_err(|error| log::misconfigured(&error))?;
    let database = d1::open(env).map_err(|error| log::fault("there is no database", &error))?;
    let kv = kv::open(env).map_err(|error| log::fault("there is no KV", &error))?;
    let base_url = match &config.base_url {
        Some(url) => url.clone(),
        None => Request::parse(text).map_or_else(String::new, |read| read.origin.to_owned()),
    };
    Ok(Call {
        service: Arc::new(Service {
            database: Box::new(database),
            snapshots: Box::new(Publisher {
                kv,
                env: env.clone(),
            }),
            keyring: config.keyring.clone(),
            admin_key: config.admin_key,
            log: note,
        }),
        now: isolate::now(),
        base_url,
    })
}

/// Publishes to KV, and to this isolate at once.
struct Publisher {
    kv: kv::Kv,
    env: Env,
}

impl Snapshots for Publisher {
    fn publish(&self, snapshot: &Snapshot) -> Answer<'_, ()> {
        isolate::adopt(&self.env, snapshot);
        let published = self.kv.publish(snapshot);
        Box::pin(async move {
            published
                .await
                .map_err(|error| DatabaseError::Failed(error.to_string()))
        })
    }
}

/// The request as axum takes it. By hand, because `worker`'s own conversion has
/// an `unreachable!` that a client's protocol version could reach.
fn convert(request: &JsValue, read: &Request, call: Call) -> Option<HttpRequest<Body>> {
    let web: &web_sys::Request = request.unchecked_ref();
    let body = web
        .body()
        .map_or_else(Body::empty, |stream| Body::new(worker::Body::new(stream)));
    let mut converted = HttpRequest::builder()
        .method(read.method)
        .uri(read.target)
        .body(body)
        .ok()?;
    let lines = js::headers(request);
    let mut lines = lines.split('\n');
    while let (Some(name), Some(value)) = (lines.next(), lines.next()) {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            converted.headers_mut().append(name, value);
        }
    }
    converted.extensions_mut().insert(call);
    Some(converted)
}
