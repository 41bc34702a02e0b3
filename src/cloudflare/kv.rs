//! KV: the published snapshot, and the salts while they live.

use worker::{Env, kv::KvError, kv::KvStore, send::SendFuture};

use crate::{
    decode,
    domain::{redirect::Salt, snapshot::Snapshot},
    http::Snapshots,
    jobs::salts::SaltDay,
    store::{Answer, DatabaseError},
};

/// The key of the snapshot.
const SNAPSHOT: &str = "snapshot";

/// The KV namespace.
pub struct Kv(KvStore);

/// The namespace of the environment.
pub fn open(env: &Env) -> Result<Kv, DatabaseError> {
    env.kv("CONFIG")
        .map(Kv)
        .map_err(|error| DatabaseError::Failed(error.to_string()))
}

impl Kv {
    /// The snapshot, where one was published.
    pub async fn snapshot(&self) -> Result<Option<Snapshot>, DatabaseError> {
        let text = self.0.get(SNAPSHOT).text().await.map_err(failed)?;
        Ok(match text {
            Some(text) => Some(decode::read(text.as_bytes())?),
            None => None,
        })
    }

    /// The day's salt, where it was made.
    pub async fn salt(&self, day: SaltDay) -> Result<Option<Salt>, DatabaseError> {
        let bytes = self.0.get(&day.key()).bytes().await.map_err(failed)?;
        Ok(bytes.and_then(|bytes| bytes.try_into().ok()).map(Salt))
    }

    /// Keeps the day's salt until it must be gone.
    pub async fn keep_salt(&self, day: SaltDay, salt: Salt) -> Result<(), DatabaseError> {
        let put = self.0.put_bytes(&day.key(), &salt.0).map_err(failed)?;
        // Days are counted from 1970 on.
        let expires = u64::try_from(day.expires()).unwrap_or_default();
        put.expiration(expires).execute().await.map_err(failed)
    }
}

impl Snapshots for Kv {
    fn publish(&self, snapshot: &Snapshot) -> Answer<'_, ()> {
        let text = serde_json::to_string(snapshot);
        Box::pin(SendFuture::new(async move {
            let put = self
                .0
                .put_bytes(SNAPSHOT, text?.as_bytes())
                .map_err(failed)?;
            put.execute().await.map_err(failed)
        }))
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that map_err asks for"
)]
fn failed(error: KvError) -> DatabaseError {
    DatabaseError::Failed(error.to_string())
}
