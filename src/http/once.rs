//! Writes that are done once, however often and however many at a time they are
//! asked for.
//!
//! Owns the idempotency key and the one loop that reads, decides and writes. What
//! was read may be stale by the time it is written; then the batch is undone as a
//! whole ([`DatabaseError::is_conflict`]), and the loop reads again.

use std::{future::Future, pin::Pin};

use http::StatusCode;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{
    Call, Response, output,
    problem::{Fault, Problem},
    request::Request,
};
use crate::{
    domain::access::to_hex,
    jobs::settle,
    store::{DatabaseError, Statement, requests},
};

/// The header that names a call (draft-ietf-httpapi-idempotency-key-header).
const HEADER: &str = "idempotency-key";

/// Rounds before a call gives up against others that write the same rows. Each
/// round that fails is one in which somebody else succeeded.
const ROUNDS: usize = 64;

/// What a call is going to do.
pub(super) struct Effect {
    /// The status of its answer.
    pub status: u16,
    /// Its answer, JSON without a personal datum: it is kept for ever.
    pub answer: String,
    /// What it writes, all or nothing.
    pub statements: Vec<Statement>,
    /// The advocates whose ledger it may move.
    pub accounts: Vec<u32>,
}

impl Effect {
    /// An effect with its answer serialised.
    pub(super) fn new<T: Serialize>(
        status: u16,
        answer: &T,
        statements: Vec<Statement>,
        accounts: Vec<u32>,
    ) -> Result<Self, Problem> {
        Ok(Self {
            status,
            answer: serde_json::to_string(answer).map_err(DatabaseError::from)?,
            statements,
            accounts,
        })
    }
}

/// A plan under way: it reads and decides, and writes nothing.
pub(super) type Planned<'a> = Pin<Box<dyn Future<Output = Result<Effect, Problem>> + Send + 'a>>;

/// Does what `plan` says, once for the request's idempotency key in the program;
/// `natural` is the key of a request that brings none but has an identity of its
/// own. It has a blank in it, so that nobody can bring it. 2xx means that it is
/// committed. The ledger follows at once, or by cron.
///
/// Whatever may not be so any more when the call is repeated, is looked at by
/// `plan`: who asks again gets the first answer.
pub(super) async fn once<'a>(
    request: &'a Request,
    program: u16,
    natural: Option<String>,
    plan: &(dyn Fn() -> Planned<'a> + Sync),
) -> Result<Response, Problem> {
    let key = match request.headers().get(HEADER) {
        None => natural.map(|text| Key {
            text,
            is_given: false,
        }),
        Some(value) => Some(Key {
            text: checked(value.as_bytes())?,
            is_given: true,
        }),
    };
    keyed(request, program, key, plan).await
}

/// The same for an advocate, whose keys are their own: with a blank, none is a
/// server's.
pub(super) async fn once_of<'a>(
    request: &'a Request,
    program: u16,
    advocate: &str,
    plan: &(dyn Fn() -> Planned<'a> + Sync),
) -> Result<Response, Problem> {
    let key = match request.headers().get(HEADER) {
        None => None,
        Some(value) => Some(Key {
            text: ["me ", advocate, " ", &checked(value.as_bytes())?].concat(),
            is_given: true,
        }),
    };
    keyed(request, program, key, plan).await
}

/// The key that the client gives, where a route does itself what is to be done once.
pub(super) fn given_key(request: &Request) -> Result<Option<String>, Problem> {
    let value = request.headers().get(HEADER);
    value.map(|value| checked(value.as_bytes())).transpose()
}

/// What names a call.
struct Key {
    text: String,
    /// Whether it is the client's, which means one request to the letter. What a
    /// request is about can be said in other words; the plan knows it by its facts.
    is_given: bool,
}

/// The same for strangers, whose key is not looked at: they could take those that
/// a server is going to use.
pub(super) async fn once_unkeyed<'a>(
    request: &'a Request,
    program: u16,
    plan: &(dyn Fn() -> Planned<'a> + Sync),
) -> Result<Response, Problem> {
    keyed(request, program, None, plan).await
}

async fn keyed<'a>(
    request: &'a Request,
    program: u16,
    key: Option<Key>,
    plan: &(dyn Fn() -> Planned<'a> + Sync),
) -> Result<Response, Problem> {
    let call = &request.call;
    let fingerprint = to_hex(
        &Sha256::new()
            .chain_update(request.head.path())
            .chain_update([0])
            .chain_update(request.body())
            .finalize(),
    );
    for _ in 0..ROUNDS {
        if let Some(key) = &key
            && let Some(first) = requests::first(call.db(), program, &key.text).await?
        {
            if first.request == fingerprint {
                return Ok(output::replayed(answer(&first)));
            }
            if key.is_given {
                let detail = "something else was asked under this idempotency key before; nothing was written";
                return Err(Problem::Conflict(detail.to_owned()));
            }
        }
        let effect = plan().await?;
        let mut statements = effect.statements;
        let first = requests::First {
            request: fingerprint.clone(),
            status: effect.status,
            answer: effect.answer,
        };
        // What is known already by its facts has its key from then.
        if let Some(key) = &key
            && (key.is_given || !statements.is_empty())
        {
            statements.push(requests::keep(program, &key.text, &first, call.now));
        }
        if statements.is_empty() {
            return Ok(answer(&first));
        }
        match call.db().batch(statements).await {
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
            Ok(_) => {
                settle_all(call, program, &effect.accounts).await;
                return Ok(answer(&first));
            }
        }
    }
    Err(Problem::Unavailable(DatabaseError::Failed(
        "others kept writing the same rows".to_owned(),
    )))
}

/// Brings ledgers up to the facts. What fails here is not the caller's: the
/// facts are committed, and cron settles what is left.
pub(super) async fn settle_all(call: &Call, program: u16, accounts: &[u32]) {
    for advocate in accounts {
        if let Err(error) = settle::account(call.db(), program, *advocate, call.now).await {
            call.note(&Fault {
                message: "an account was not settled; cron will try again",
                cause: error.to_string(),
            });
        }
    }
}

fn answer(first: &requests::First) -> Response {
    let status = StatusCode::from_u16(first.status).unwrap_or(StatusCode::OK);
    output::text(status, first.answer.clone())
}

fn checked(value: &[u8]) -> Result<String, Problem> {
    let text = std::str::from_utf8(value).ok().filter(|text| {
        (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
    });
    text.map(ToOwned::to_owned).ok_or_else(|| {
        let detail = "must be 1 to 255 printable ASCII characters without blanks";
        Problem::field("Idempotency-Key", detail)
    })
}
