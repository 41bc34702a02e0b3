//! The way out, by `fetch` (edge.js).

use js_sys::Promise;
use worker::{Env, send::SendFuture};

use super::{isolate, js, mail};
use crate::{
    jobs::{
        courier::{self, Courier},
        outside::{Ask, Outside, Reply},
    },
    store::{Answer, Database, DatabaseError},
};

/// Asks by `fetch`.
struct Fetch;

impl Outside for Fetch {
    fn ask(&self, ask: Ask) -> Answer<'_, Reply> {
        let mut lines =
            String::from("user-agent\nGoodword (+https://github.com/goodword/goodword)");
        for (name, value) in &ask.headers {
            for part in [name, value.as_str()] {
                lines.push('\n');
                lines.push_str(part);
            }
        }
        let Ask {
            method,
            url,
            body,
            most,
            patience,
            ..
        } = &ask;
        let answer = js::outside(method, url, &lines, body, *most, *patience);
        Box::pin(SendFuture::new(reply(answer)))
    }
}

/// What edge.js says of an answer.
pub async fn reply(answer: Promise) -> Result<Reply, DatabaseError> {
    let text = js::answered(answer).await?.as_string().unwrap_or_default();
    let mut parts = text.splitn(4, '\n');
    let mut next = || parts.next().unwrap_or_default();
    Ok(Reply {
        status: next().parse().unwrap_or_default(),
        retry_after: next().parse().ok(),
        took: next().parse().unwrap_or_default(),
        body: next().to_owned(),
    })
}

/// Carries what is due.
pub async fn round(env: &Env, db: &dyn Database, origin: &str) -> Result<(), DatabaseError> {
    let config = isolate::with(env.as_ref(), |isolate| isolate.config.clone())
        .map_err(|error| DatabaseError::Failed(error.to_string()))?;
    let secret = |name: &str| js::variable(env.as_ref(), name);
    courier::round(&Courier {
        db,
        outside: &Fetch,
        mail: &mail::Carrier(env.clone()),
        keyring: &config.keyring,
        base_url: config.base_url.as_deref().unwrap_or(origin),
        secret: &secret,
        reach: &config.reach,
        now: isolate::now(),
    })
    .await
}
