//! Mail, by the binding or the provider that is configured (edge.js).

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;
use worker::{
    Env,
    send::{SendFuture, SendWrapper},
};

use super::{
    js::{self, ExecutionContext},
    log,
};
use crate::{
    http::mail::{Letter, Mail},
    store::Answer,
};

/// Carries letters during a request, and after its answer.
pub struct Carrier {
    /// The bindings.
    pub env: Env,
    /// Keeps the request alive while a letter is under way.
    pub context: SendWrapper<ExecutionContext>,
}

impl Carrier {
    fn hand_over(&self, letter: &Letter) -> Promise {
        let (to, subject, text) = (&letter.to, &letter.subject, &letter.text);
        js::mail(self.env.as_ref(), to, subject, text)
    }
}

impl Mail for Carrier {
    fn send(&self, letter: Letter) -> Answer<'_, ()> {
        let sent = self.hand_over(&letter);
        Box::pin(SendFuture::new(async move {
            js::answered(sent).await?;
            Ok(())
        }))
    }

    fn send_later(&self, letter: Letter) {
        let sent = self.hand_over(&letter);
        self.context.0.wait_until(&future_to_promise(async move {
            if let Err(error) = js::answered(sent).await {
                log::fault("a letter was not sent", &error);
            }
            Ok(JsValue::UNDEFINED)
        }));
    }
}
