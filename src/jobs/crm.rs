//! What goes out to CRMs: leads as they are, in batches.
//!
//! Owns the round of a connection: one at a time, so that what is older never arrives
//! after what is newer; how long it rests after a failure, and that one lead which spoils
//! a batch does not hold up the others.

use super::{
    courier::Courier,
    outside::{Ask, Reply},
    resolve,
};
use crate::{
    domain::crm::{CrmKind, Outcome, Record, Verdict, hubspot, salesforce},
    store::{
        DatabaseError,
        crm::{self, Connection, Due},
    },
};

/// Connections of a round. Each asks three times at most.
const CONNECTIONS: u8 = 3;

/// How long what came back is kept (ms): 30 days.
const KEPT: i64 = 30 * 86_400_000;

/// How long a connection is one round's (ms): longer than all its asking can take.
const LEASE: i64 = 120_000;

/// Bytes of an answer: that of HubSpot has all that was sent, and more.
const MOST_BYTES: u32 = 512 * 1_024;

/// How long an answer may take (ms).
const PATIENCE: u32 = 25_000;

/// The first rest after a failure (ms).
const REST: i64 = 30_000;

/// The longest one.
const LONGEST_REST: i64 = 3_600_000;

/// The longest that they may ask for (ms).
const LONGEST_ASKED: i64 = 86_400_000;

/// Sends what is due to each connection that can take it.
pub async fn sync(courier: &Courier<'_>) -> Result<(), DatabaseError> {
    let (db, now) = (courier.db, courier.now);
    for mut connection in crm::claim(db, now, now + LEASE, CONNECTIONS).await? {
        let due = crm::due(db, &connection, now).await?;
        if due.is_empty() {
            db.batch(vec![crm::release(&connection, None)]).await?;
            continue;
        }
        let records: Vec<Record> = due
            .iter()
            .map(|due| Record {
                lead: due.lead.clone(),
                news: due.news.clone(),
            })
            .collect();
        let statements = match send(courier, &mut connection, &records).await {
            Verdict::Done(outcomes) => done(&mut connection, &due, outcomes, now)?,
            // Which of them it is, half as many tell; one alone is the one.
            Verdict::Refused(why) if records.len() == 1 => {
                let outcomes = records.into_iter().map(|record| Outcome {
                    lead: record.lead,
                    remote: None,
                    error: Some(why.clone()),
                });
                done(&mut connection, &due, outcomes.collect(), now)?
            }
            Verdict::Refused(_) => {
                let half = u16::try_from(records.len() / 2).unwrap_or(1);
                connection.most = half.max(1);
                vec![crm::release(&connection, None)]
            }
            Verdict::Unauthorized(why) => {
                connection.token = None;
                vec![rest(&connection, None, &why, now)]
            }
            Verdict::Later(seconds, why) => vec![rest(&connection, seconds, &why, now)],
        };
        db.batch(statements).await?;
    }
    Ok(())
}

/// What is written of leads that they looked at.
fn done(
    connection: &mut Connection,
    due: &[Due],
    outcomes: Vec<Outcome>,
    now: i64,
) -> Result<Vec<crate::store::Statement>, DatabaseError> {
    #[derive(serde::Serialize)]
    struct Written<'a> {
        lead: &'a str,
        changed: i64,
        remote: Option<String>,
        error: Option<String>,
        news: &'a str,
    }
    let written: Vec<Written> = due
        .iter()
        .zip(outcomes)
        .map(|(due, outcome)| Written {
            lead: &due.lead,
            changed: due.changed,
            remote: outcome.remote,
            error: outcome.error,
            news: &due.news,
        })
        .collect();
    let is_any_sent = written.iter().any(|one| one.error.is_none());
    let most = connection.kind.defaults(&connection.object);
    let most = most.map_or(1, |defaults| defaults.most);
    connection.most = connection.most.saturating_mul(2).min(most);
    let outcomes = serde_json::to_string(&written)?;
    let mut statements: Vec<_> = crm::sent(&connection.id, &outcomes, now).into();
    statements.push(crm::sweep(now - KEPT));
    statements.push(crm::release(connection, is_any_sent.then_some(now)));
    Ok(statements)
}

/// The statement by which a connection rests: as long as they say, or longer each time.
fn rest(
    connection: &Connection,
    seconds: Option<u32>,
    why: &str,
    now: i64,
) -> crate::store::Statement {
    let longer = (REST << connection.failures.min(7)).min(LONGEST_REST);
    let asked = seconds.map(|seconds| (i64::from(seconds) * 1_000).clamp(1_000, LONGEST_ASKED));
    crm::rest(connection, now + asked.unwrap_or(longer), why)
}

/// Sends records; a token that is not known any more is asked for once anew.
async fn send(courier: &Courier<'_>, connection: &mut Connection, records: &[Record]) -> Verdict {
    if let Err(why) = resolve::may_ask(courier, &connection.url).await {
        return Verdict::Later(None, format!("it may not be asked: {why}"));
    }
    let Some(credential) = (courier.secret)(&connection.credential) else {
        let why = format!("the secret {} is missing", connection.credential);
        return Verdict::Later(None, why);
    };
    let had_token = connection.token.is_some();
    let token = match token(courier, connection, &credential).await {
        Ok(token) => token,
        Err(why) => return Verdict::Later(None, why),
    };
    let verdict = upsert(courier, connection, records, &token).await;
    if !(matches!(verdict, Verdict::Unauthorized(_)) && had_token) {
        return verdict;
    }
    connection.token = None;
    match self::token(courier, connection, &credential).await {
        Ok(token) => upsert(courier, connection, records, &token).await,
        Err(why) => Verdict::Later(None, why),
    }
}

/// What opens a connection: HubSpot's secret itself, Salesforce's token, which is kept.
async fn token(
    courier: &Courier<'_>,
    connection: &mut Connection,
    credential: &str,
) -> Result<String, String> {
    if connection.kind == CrmKind::HubSpot {
        return Ok(credential.to_owned());
    }
    if let Some(token) = &connection.token {
        return Ok(token.clone());
    }
    let name = &connection.credential;
    let (path, form) = salesforce::token(credential)
        .ok_or_else(|| format!("the secret {name} is no `client_id:client_secret`"))?;
    let form_type = "application/x-www-form-urlencoded";
    let reply = ask(courier, connection, ("POST", path), form_type, None, form).await?;
    let token = salesforce::read_token(reply.status, &reply.body)?;
    connection.token = Some(token.clone());
    Ok(token)
}

async fn upsert(
    courier: &Courier<'_>,
    connection: &Connection,
    records: &[Record],
    token: &str,
) -> Verdict {
    let (object, key) = (connection.object.as_str(), connection.key.as_str());
    let (method, (path, body)) = match connection.kind {
        CrmKind::HubSpot => ("POST", hubspot::upsert(object, key, records)),
        CrmKind::Salesforce => ("PATCH", salesforce::upsert(object, key, records)),
    };
    let json = "application/json";
    let reply = ask(
        courier,
        connection,
        (method, &path),
        json,
        Some(token),
        body,
    )
    .await;
    let reply = match reply {
        Ok(reply) => reply,
        Err(why) => return Verdict::Later(None, why),
    };
    let (status, after, body) = (reply.status, reply.retry_after, reply.body.as_str());
    match connection.kind {
        CrmKind::HubSpot => hubspot::verdict(status, after, body, key, records),
        CrmKind::Salesforce => salesforce::verdict(status, after, body, records),
    }
}

async fn ask(
    courier: &Courier<'_>,
    connection: &Connection,
    (method, path): (&'static str, &str),
    media_type: &str,
    token: Option<&str>,
    body: String,
) -> Result<Reply, String> {
    let mut headers = vec![
        ("content-type", media_type.to_owned()),
        ("accept", "application/json".to_owned()),
    ];
    if let Some(token) = token {
        headers.push(("authorization", format!("Bearer {token}")));
    }
    let ask = Ask {
        method,
        url: [connection.url.as_str(), path].concat(),
        headers,
        body,
        most: MOST_BYTES,
        patience: PATIENCE,
    };
    let reply = courier.outside.ask(ask).await;
    reply.map_err(|error| format!("there was no answer: {error}"))
}
