//! Mail, by the binding or the provider that is configured (edge.js).

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;
use worker::{
    Env,
    send::{SendFuture, SendWrapper},
};

use super::{
    js::{self, ExecutionContext},
    log,
    outside::reply,
};
use crate::{
    domain::letter::Letter,
    jobs::{
        mail::{self, Mail, MailLater},
        outside::Reply,
    },
    store::Answer,
};

/// Carries letters while somebody waits.
pub struct Carrier(pub Env);

impl Mail for Carrier {
    fn send(&self, letter: Letter) -> Answer<'_, Reply> {
        // A letter always serialises.
        let letter = serde_json::to_string(&letter).unwrap_or_default();
        let sent = js::mail(self.0.as_ref(), &letter);
        Box::pin(SendFuture::new(reply(sent)))
    }
}

/// Carries letters during a request, and after its answer.
pub struct LaterCarrier {
    /// Carries them.
    pub carrier: Carrier,
    /// Keeps the request alive while a letter is under way.
    pub context: SendWrapper<ExecutionContext>,
}

impl Mail for LaterCarrier {
    fn send(&self, letter: Letter) -> Answer<'_, Reply> {
        self.carrier.send(letter)
    }
}

impl MailLater for LaterCarrier {
    fn send_later(&self, letter: Letter) {
        let carrier = Carrier(self.carrier.0.clone());
        self.context.0.wait_until(&future_to_promise(async move {
            if let Err(error) = mail::taken(carrier.send(letter).await) {
                log::fault("a letter was not sent", &error);
            }
            Ok(JsValue::UNDEFINED)
        }));
    }
}
