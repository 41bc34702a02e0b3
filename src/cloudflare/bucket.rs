//! R2: old raw clicks.

use wasm_bindgen::JsValue;
use worker::{Env, send::SendFuture};

use super::js;
use crate::{jobs::archive, store::Answer};

/// A bucket behind the port.
pub struct Bucket(JsValue);

/// The bucket of the environment, where one is bound.
pub fn open(env: &Env) -> Option<Bucket> {
    let binding = js_sys::Reflect::get(env.as_ref(), &"ARCHIVE".into()).unwrap_or_default();
    (!binding.is_undefined()).then_some(Bucket(binding))
}

impl archive::Bucket for Bucket {
    fn put(&self, name: &str, text: String) -> Answer<'_, ()> {
        let put = js::archive(&self.0, name, &text);
        Box::pin(SendFuture::new(async move {
            js::answered(put).await?;
            Ok(())
        }))
    }
}
