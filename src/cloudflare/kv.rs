//! KV: the published snapshot, and the salts while they live.

use wasm_bindgen::JsValue;
use worker::{Env, send::SendFuture};

use super::js;
use crate::{
    decode,
    domain::{link::Link, redirect::Salt, snapshot::Snapshot, spoken::Key},
    http::Snapshots,
    jobs::salts::SaltDay,
    store::{Answer, DatabaseError},
};

/// The key of the snapshot.
const SNAPSHOT: &str = "snapshot";

/// A spoken code that is revoked is followed no longer than this, if it could not
/// be forgotten (seconds).
const CODE_SECONDS: i64 = 300;

/// The KV namespace.
pub struct Kv(JsValue);

/// The namespace of the environment.
pub fn open(env: &Env) -> Kv {
    Kv(JsValue::clone(env.as_ref()))
}

impl Kv {
    /// The snapshot, where one was published.
    pub async fn snapshot(&self) -> Result<Option<Snapshot>, DatabaseError> {
        Ok(match self.get(SNAPSHOT).await? {
            Some(text) => Some(decode::read(text.as_bytes())?),
            None => None,
        })
    }

    /// The day's salt, where it was made.
    pub async fn salt(&self, day: SaltDay) -> Result<Option<Salt>, DatabaseError> {
        let text = self.get(&day.key()).await?;
        Ok(text.and_then(|text| Salt::from_hex(&text)))
    }

    /// Keeps the day's salt until it must be gone.
    pub async fn keep_salt(&self, day: SaltDay, salt: Salt) -> Result<(), DatabaseError> {
        self.put(&day.key(), &salt.to_hex(), day.expires()).await
    }

    /// What a spoken code stands for, where it was looked up before: the body of
    /// its link, as a number.
    pub async fn code(&self, code: &Key) -> Result<Option<Link>, DatabaseError> {
        let text = self.get(&entry(code)).await?;
        Ok(text.and_then(|text| text.parse().ok()).map(Link::unpack))
    }

    /// Keeps what a spoken code stands for, for a while from `now` (Unix ms) on.
    pub async fn keep_code(&self, code: &Key, link: Link, now: i64) -> Result<(), DatabaseError> {
        let until = now / 1_000 + CODE_SECONDS;
        self.put(&entry(code), &link.pack().to_string(), until)
            .await
    }

    async fn get(&self, key: &str) -> Result<Option<String>, DatabaseError> {
        Ok(js::answered(js::kept(&self.0, key)).await?.as_string())
    }

    /// Keeps a text until a time (Unix seconds), or for ever where that is 0.
    async fn put(&self, key: &str, text: &str, until: i64) -> Result<(), DatabaseError> {
        #[expect(clippy::cast_precision_loss, reason = "53 bits hold every time")]
        let until = until as f64;
        js::answered(js::keep(&self.0, key, text, until)).await?;
        Ok(())
    }
}

/// The key of a spoken code.
fn entry(code: &Key) -> String {
    format!("spoken:{}", code.as_str())
}

impl Snapshots for Kv {
    fn publish(&self, snapshot: &Snapshot) -> Answer<'_, ()> {
        let text = serde_json::to_string(snapshot);
        Box::pin(SendFuture::new(async move {
            self.put(SNAPSHOT, &text?, 0).await
        }))
    }

    fn published(&self) -> Answer<'_, Option<Snapshot>> {
        Box::pin(SendFuture::new(self.snapshot()))
    }

    fn forget(&self, code: &Key) -> Answer<'_, ()> {
        let forgotten = js::forget(&self.0, &entry(code));
        Box::pin(SendFuture::new(async move {
            js::answered(forgotten).await?;
            Ok(())
        }))
    }
}
