//! KV: the published snapshot, and the salts while they live.

use worker::{Env, kv::KvError, kv::KvStore, send::SendFuture};

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
const CODE_SECONDS: u64 = 300;

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

impl Kv {
    /// What a spoken code stands for, where it was looked up before: the body of
    /// its link, as a number.
    pub async fn code(&self, code: &Key) -> Result<Option<Link>, DatabaseError> {
        let text = self.0.get(&entry(code)).text().await.map_err(failed)?;
        Ok(text.and_then(|text| text.parse().ok()).map(Link::unpack))
    }

    /// Keeps what a spoken code stands for, for a while.
    pub async fn keep_code(&self, code: &Key, link: Link) -> Result<(), DatabaseError> {
        let body = link.pack().to_string();
        let put = self.0.put_bytes(&entry(code), body.as_bytes());
        let put = put.map_err(failed)?.expiration_ttl(CODE_SECONDS);
        put.execute().await.map_err(failed)
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
            let put = self
                .0
                .put_bytes(SNAPSHOT, text?.as_bytes())
                .map_err(failed)?;
            put.execute().await.map_err(failed)
        }))
    }

    fn forget(&self, code: &Key) -> Answer<'_, ()> {
        let key = entry(code);
        Box::pin(SendFuture::new(async move {
            self.0.delete(&key).await.map_err(failed)
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
