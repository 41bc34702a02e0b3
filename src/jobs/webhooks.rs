//! Delivering events to webhooks.
//!
//! Owns what is a success, when it is tried again, and how much of a round a webhook
//! gets. A round has a webhook for itself (`store::webhooks`), sends one event at a time,
//! the oldest first, and ends its turn with the first that fails: the others are served
//! at the same time. Who gets what, and what comes of a try, is the database's.

use std::collections::BTreeMap;

use futures_util::future;

use super::{
    courier::Courier,
    mail,
    outside::{Ask, Reply},
    resolve,
};
use crate::{
    domain::{access, letter::team, person, webhook},
    store::{
        DatabaseError, suppressions,
        webhooks::{self, Attempt, Due},
    },
};

/// Requests of a round, unless operators say otherwise (`WEBHOOKS_A_ROUND`): the free
/// plan has 50 an invocation, for letters and the CRM too.
const A_ROUND: u16 = 20;

/// Requests that are needed for one delivery at most, beside itself.
const LOOK_UP: u16 = 2;

/// Webhooks that are served at most, side by side: the runtime waits for six answers at a
/// time.
const AT_ONCE: u16 = 6;

/// How long a receiver may take (ms).
const PATIENCE: u32 = 10_000;

/// After so much of waiting for answers, a webhook's turn is over, and the round (ms): what
/// is done after an answer is ended after thirty seconds.
const TURN: u32 = 14_000;

/// Bytes of an answer that are read, and characters of it that are kept.
const READ: u32 = 2_000;
const KEPT: usize = 500;

/// A receiver may ask for as much rest at most (seconds).
const REST: u32 = 16 * 3_600;

/// Delivers what is due, and what comes to be due meanwhile: whoever brings it about finds
/// the webhook taken.
pub async fn deliver(courier: &Courier<'_>) -> Result<(), DatabaseError> {
    let most = (courier.secret)("WEBHOOKS_A_ROUND").and_then(|text| text.parse().ok());
    let (mut left, mut spent) = (most.unwrap_or(A_ROUND).clamp(3, 1_000), 0);
    while left > LOOK_UP && spent < TURN {
        let Some(served) = serve(courier, left).await? else {
            break;
        };
        left = left.saturating_sub(served.requests);
        spent += served.spent;
    }
    tell(courier).await
}

/// Writes to administrators of webhooks that get nothing any more. What no letter can be
/// sent of is told by a later round.
async fn tell(courier: &Courier<'_>) -> Result<(), DatabaseError> {
    if courier.base_url.is_empty() || (courier.secret)("MAIL_FROM").is_none() {
        return Ok(());
    }
    let (stopped, admins) = webhooks::stopped(courier.db, courier.now).await?;
    let page = format!("{}/console/webhooks", courier.base_url);
    for webhook in stopped {
        let (mut written, mut refused) = (0, false);
        for admin in &admins {
            let hash = person::email_hash(&person::email_key(&admin.email));
            if suppressions::reason(courier.db, &hash).await?.is_some() {
                continue;
            }
            let about = [&*webhook.url, &*webhook.why];
            let to = admin.email.clone();
            let mut letter =
                team::webhook_stopped(to, &admin.name, about, webhook.is_paused, &page);
            // Of a day: whoever was told is not told again because another could not be.
            letter.id = format!("{} {} {hash}", webhook.id, courier.now / DAY);
            match mail::taken(courier.mail.send(letter).await) {
                Ok(_) => written += 1,
                Err(_) => refused = true,
            }
        }
        // One who was written to is enough; nobody is written to twice for another.
        if refused && written == 0 {
            webhooks::untold(courier.db, &webhook.id).await?;
        }
    }
    Ok(())
}

/// What serving webhooks took.
#[derive(Default)]
struct Served {
    requests: u16,
    /// ms
    spent: u32,
    /// Until when it gets nothing more (Unix ms), where it is a webhook that failed.
    rests_until: Option<i64>,
}

/// Serves some webhooks at once with as many requests at most, where any has
/// something due.
async fn serve(courier: &Courier<'_>, most: u16) -> Result<Option<Served>, DatabaseError> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|error| DatabaseError::Failed(error.to_string()))?;
    let lease = access::to_hex(&random);
    let at_once = (most / (LOOK_UP + 1)).clamp(1, AT_ONCE);
    let due = webhooks::claim(courier.db, &lease, at_once, most, courier.now).await?;
    let by_webhook: Vec<&[Due]> = due.chunk_by(|a, b| a.webhook == b.webhook).collect();
    if by_webhook.is_empty() {
        return Ok(None);
    }
    let share = most / u16::try_from(by_webhook.len()).unwrap_or(most);
    let turns = by_webhook.iter().map(|due| turn(courier, due, share));
    let (mut sum, mut rests, mut fault) = (Served::default(), BTreeMap::new(), None);
    for (due, turned) in by_webhook.iter().zip(future::join_all(turns).await) {
        match turned {
            Ok(served) => {
                sum.requests += served.requests;
                sum.spent = sum.spent.max(served.spent);
                if let (Some(due), Some(until)) = (due.first(), served.rests_until) {
                    rests.insert(due.webhook.as_str(), until);
                }
            }
            Err(error) => fault = Some(error),
        }
    }
    let rests = serde_json::to_string(&rests)?;
    webhooks::release(courier.db, &lease, &rests, courier.now).await?;
    fault.map_or(Ok(Some(sum)), Err)
}

/// Serves one webhook with as many requests at most.
async fn turn(courier: &Courier<'_>, due: &[Due], share: u16) -> Result<Served, DatabaseError> {
    let mut served = Served::default();
    // Nothing more in this round, whose time stands still.
    let until = |rest: Option<i64>| Some(courier.now + rest.unwrap_or_default().max(1));
    let Some(first) = due.first() else {
        return Ok(served);
    };
    served.requests = resolve::cost(courier.reach, &first.url);
    if let Err(why) = resolve::may_ask(courier, &first.url).await {
        note(courier, first, &Outcome::failure(why)).await?;
        served.rests_until = until(None);
        return Ok(served);
    }
    for due in due {
        let outcome = send(courier, due).await;
        note(courier, due, &outcome).await?;
        served.requests += 1;
        served.spent += outcome.took.unwrap_or(PATIENCE);
        if outcome.error.is_some() || served.spent > TURN {
            served.rests_until = until(outcome.rest);
            break;
        }
        if served.requests >= share {
            break;
        }
    }
    Ok(served)
}

/// What came of a try.
#[derive(Default)]
struct Outcome {
    status: Option<u16>,
    took: Option<u32>,
    /// Why it is none where it is no success.
    error: Option<String>,
    answer: String,
    /// For how long nothing shall be sent (ms), where the receiver says so.
    rest: Option<i64>,
}

impl Outcome {
    fn failure(error: String) -> Self {
        Self {
            error: Some(error),
            ..Self::default()
        }
    }

    fn of(reply: &Reply) -> Self {
        let status = reply.status;
        let error = match status {
            200..300 => None,
            300..400 => Some("it redirects elsewhere, which is not followed".to_owned()),
            410 => Some("it is gone".to_owned()),
            _ => Some(format!("it answered {status}")),
        };
        let after = reply.retry_after.filter(|_| error.is_some());
        Self {
            status: Some(status),
            took: Some(reply.took),
            // SQLite's texts end with a zero.
            answer: reply
                .body
                .chars()
                .filter(|c| *c != '\0')
                .take(KEPT)
                .collect(),
            rest: after.map(|seconds| i64::from(seconds.min(REST)) * 1_000),
            error,
        }
    }
}

/// Sends an event once.
async fn send(courier: &Courier<'_>, due: &Due) -> Outcome {
    let timestamp = courier.now.div_euclid(1_000);
    let mut secrets = vec![due.secret.as_str()];
    secrets.extend(due.old_secret.as_deref());
    let signature = webhook::sign(&secrets, &due.id, timestamp, &due.body);
    let asked = courier.outside.ask(Ask {
        method: "POST",
        url: due.url.clone(),
        headers: vec![
            ("content-type", "application/json".to_owned()),
            ("webhook-id", due.id.clone()),
            ("webhook-timestamp", timestamp.to_string()),
            ("webhook-signature", signature),
        ],
        body: due.body.clone(),
        most: READ,
        patience: PATIENCE,
    });
    match asked.await {
        Ok(reply) => Outcome::of(&reply),
        Err(DatabaseError::Failed(why)) => Outcome::failure(why),
        Err(error) => Outcome::failure(error.to_string()),
    }
}

/// Writes down what came of a try, and when there is another one.
async fn note(courier: &Courier<'_>, due: &Due, outcome: &Outcome) -> Result<(), DatabaseError> {
    let now = courier.now;
    let last = due.first_at.unwrap_or(now) + webhook::LONGEST;
    let (state, next_at) = match &outcome.error {
        None => ("delivered", 0),
        Some(_) if outcome.status == Some(GONE) || now >= last => ("failed", 0),
        Some(_) => {
            let mut random = [0; 2];
            // Without chance it is the shortest wait.
            let _ = getrandom::fill(&mut random);
            let wait = webhook::wait(due.attempts + 1, u16::from_le_bytes(random));
            let rest = outcome.rest.unwrap_or_default();
            ("waiting", (now + wait).min(last).max(now + rest))
        }
    };
    let attempt = Attempt {
        webhook: &due.webhook,
        event: due.event,
        at: now,
        took: outcome.took,
        status: outcome.status,
        error: outcome.error.as_deref(),
        answer: &outcome.answer,
        outcome: state,
        next_at,
    };
    webhooks::attempted(courier.db, &attempt).await
}

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// Nobody is there any more, and nobody will be (RFC 9110, 15.5.11).
const GONE: u16 = 410;
