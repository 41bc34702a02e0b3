//! The way into the API and out of it.

use std::{io, sync::Arc};

use ::http::Method;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use worker::{
    Env,
    send::{SendFuture, SendWrapper},
};

use super::{
    d1, isolate,
    js::{self, ExecutionContext},
    kv,
    limits::Limiter,
    log, mail, outside,
    request::Request,
};
use crate::{
    domain::{redirect::Salt, snapshot::Snapshot, spoken::Key},
    http::{
        self, Call, Identities, Service, Snapshots,
        body::{Body, Pieces},
        message::{Asked, Headers, Response},
        problem::Fault,
    },
    store::{self, Answer},
};

/// Waits before each further try to publish (ms). KV takes one write a second
/// of a key, so the second of two changes fails at first.
const REPUBLISH: [u32; 3] = [1_200, 2_400, 4_800];

/// Answers a call of the API.
pub async fn answer(
    request: JsValue,
    text: String,
    env: Env,
    context: JsValue,
) -> Result<JsValue, JsValue> {
    let Some(read) = Request::parse(&text) else {
        return Ok(js::page(500, "", ""));
    };
    let salt = if hashes_visitors(read.path()) {
        isolate::salt_of_today(env.as_ref()).await
    } else {
        None
    };
    let context: ExecutionContext = context.unchecked_into();
    let Ok(call) = call(&env, context.clone(), &text, salt) else {
        return Ok(js::page(500, "", ""));
    };
    let Some(converted) = convert(&request, &read) else {
        return Ok(js::page(400, "", ""));
    };
    // A preflight changes nothing.
    let is_write = matches!(
        converted.method,
        Method::POST | Method::PUT | Method::PATCH | Method::DELETE
    );
    let origin = call.base_url.clone();
    let mut response = http::answer(call, converted).await;
    if is_write && response.status.is_success() {
        carry_later(&env, &context, origin);
    }
    if let Some(fault) = response.fault.take() {
        note(&fault);
    }
    send(response).or_else(|error| {
        log::fault("an answer could not be sent", &js::describe(&error));
        Ok(js::page(500, "", ""))
    })
}

/// Carries what the call brought about, after its answer.
fn carry_later(env: &Env, context: &ExecutionContext, origin: String) {
    let env = env.clone();
    context.wait_until(&future_to_promise(async move {
        let carried = match d1::open(&env) {
            Ok(database) => outside::round(&env, &database, &origin).await,
            Err(error) => Err(error),
        };
        if let Err(error) = carried {
            log::fault(
                "a call left something undelivered; cron will deliver it",
                &error,
            );
        }
        Ok(JsValue::UNDEFINED)
    }));
}

fn note(fault: &Fault) {
    log::fault(fault.message, &fault.cause);
}

/// Whether a call may have to do with who somebody is on this day.
fn hashes_visitors(path: &str) -> bool {
    matches!(path, "/v1/shares" | "/v1/me/shares") || path.starts_with("/v1/public/")
}

/// What the call may use.
fn call(env: &Env, context: ExecutionContext, text: &str, salt: Option<Salt>) -> Result<Call, ()> {
    let config = isolate::with(env, |isolate| isolate.config.clone())
        .map_err(|error| log::misconfigured(&error))?;
    let database = d1::open(env).map_err(|error| log::fault("there is no database", &error))?;
    let kv = kv::open(env);
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
                context: SendWrapper(context.clone()),
            }),
            limits: Box::new(Limiter(env.clone())),
            mail: Box::new(mail::LaterCarrier {
                carrier: mail::Carrier(env.clone()),
                context: SendWrapper(context),
            }),
            identities: Box::new(Access(env.clone())),
            mailbox: config.mailbox.clone(),
            keyring: config.keyring.clone(),
            reach: config.reach.clone(),
            admin_key: config.admin_key,
            secret: {
                let env = env.clone();
                Box::new(move |name| js::variable(env.as_ref(), name))
            },
            log: note,
        }),
        now: isolate::now(),
        base_url,
        salt,
    })
}

/// Publishes to this isolate at once, and to KV, after the answer where it must.
struct Publisher {
    kv: kv::Kv,
    env: Env,
    context: SendWrapper<ExecutionContext>,
}

impl Publisher {
    /// Publishes what is current by then, when KV takes it again. What is left
    /// after that is cron's.
    fn publish_later(&self) {
        let env = self.env.clone();
        let promise = future_to_promise(async move {
            for (index, wait) in REPUBLISH.iter().enumerate() {
                js::pause(*wait).await;
                match isolate::publish_if_stale(&env).await {
                    Ok(()) => break,
                    Err(error) if index + 1 == REPUBLISH.len() => {
                        log::fault("the configuration was not published; cron will", &error);
                    }
                    Err(_) => {}
                }
            }
            Ok(JsValue::UNDEFINED)
        });
        self.context.0.wait_until(&promise);
    }
}

impl Snapshots for Publisher {
    fn publish(&self, snapshot: &Snapshot) -> Answer<'_, ()> {
        isolate::adopt(&self.env, snapshot);
        let (published, version) = (self.kv.publish(snapshot), snapshot.version);
        Box::pin(SendFuture::new(async move {
            // A call that came later may have been faster: then this one has
            // just put the older configuration over the newer.
            let database = d1::open(&self.env)?;
            let is_current = published.await.is_ok()
                && store::snapshot::version(&database).await.ok() == Some(version);
            if !is_current {
                self.publish_later();
            }
            Ok(())
        }))
    }

    fn published(&self) -> Answer<'_, Option<Snapshot>> {
        self.kv.published()
    }

    fn forget(&self, code: &Key) -> Answer<'_, ()> {
        let forgotten = isolate::with(self.env.as_ref(), |isolate| isolate.spoken.forget(code));
        if let Err(error) = forgotten {
            log::misconfigured(&error);
        }
        self.kv.forget(code)
    }
}

/// Cloudflare Access behind the port, where it is configured.
struct Access(Env);

impl Identities for Access {
    fn email(&self, assertion: &str) -> Answer<'_, Option<String>> {
        // The clock of the call decides, not that of whoever signed.
        let email = js::email(self.0.as_ref(), assertion, isolate::now());
        Box::pin(SendFuture::new(async move {
            let email = js::answered(email).await?.as_string();
            Ok(email.filter(|email| !email.is_empty()))
        }))
    }
}

/// The request as the API takes it. By hand, because `worker`'s own conversion
/// has an `unreachable!` that a client's protocol version could reach.
fn convert(request: &JsValue, read: &Request) -> Option<Asked> {
    let web: &web_sys::Request = request.unchecked_ref();
    let body = web
        .body()
        .map_or_else(Body::empty, |body| Body::Pieces(pieces(&body)));
    let mut headers = Headers::default();
    let lines = js::headers(request);
    let mut lines = lines.split('\n');
    while let (Some(name), Some(value)) = (lines.next(), lines.next()) {
        headers.add(name.to_owned(), value.to_owned());
    }
    Some(Asked {
        method: Method::from_bytes(read.method.as_bytes()).ok()?,
        target: read.target.to_owned(),
        headers,
        body,
    })
}

/// A body as it comes, piece by piece.
fn pieces(body: &web_sys::ReadableStream) -> Pieces {
    let reader = SendWrapper(body.get_reader());
    let pieces = stream::unfold(Some(reader), |reader| {
        // wasm has one thread, so the future never leaves it.
        SendFuture::new(async move {
            let reader = reader?;
            match JsFuture::from(js::piece(&reader.0)).await {
                Ok(piece) if piece.is_undefined() => None,
                Ok(piece) => {
                    let bytes = Bytes::from(Uint8Array::from(piece).to_vec());
                    Some((Ok(bytes), Some(reader)))
                }
                Err(_) => Some((Err(io::ErrorKind::ConnectionAborted.into()), None)),
            }
        })
    });
    Box::pin(pieces)
}

/// The answer as the runtime takes it. By hand, because `worker`'s conversion
/// makes a stream of every body.
fn send(response: Response) -> Result<JsValue, JsValue> {
    let response = response.into_parts();
    let body: JsValue = match response.body {
        Body::Whole(bytes) if bytes.is_empty() => JsValue::NULL,
        Body::Whole(bytes) => Uint8Array::from(&*bytes).into(),
        Body::Pieces(pieces) => {
            let pieces = pieces.map(|piece| match piece {
                Ok(bytes) => Ok(Uint8Array::from(&*bytes).into()),
                Err(error) => Err(error.to_string().into()),
            });
            wasm_streams::ReadableStream::from_stream(pieces)
                .into_raw()
                .into()
        }
    };
    js::answer(
        response.status.as_u16(),
        &to_lines(&response.headers),
        &body,
    )
}

/// Name and value in turn, one line each.
fn to_lines(headers: &Headers) -> String {
    let mut lines = String::from("x-content-type-options\nnosniff");
    for (name, value) in headers.iter() {
        for part in [name, value] {
            lines.push('\n');
            lines.push_str(part);
        }
    }
    lines
}
