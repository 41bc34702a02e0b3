//! The way of letters to whoever carries them.
//!
//! Owns the port. Who carries (a binding, a provider, the capture of development) is
//! `cloudflare`'s and configuration.

use super::outside::Reply;
use crate::{
    decode::{self, row},
    domain::letter::Letter,
    store::{Answer, DatabaseError},
};

/// Carries letters.
pub trait Mail: Send + Sync {
    /// Hands a letter over. An error is that there was no answer, and says why.
    fn send(&self, letter: Letter) -> Answer<'_, Reply>;
}

/// Carries letters also when nobody waits any more.
pub trait MailLater: Mail {
    /// Sends a letter after the answer, so that how long an answer takes does not
    /// tell whether there was one to send. What fails is logged.
    fn send_later(&self, letter: Letter);
}

row! {
    /// What Resend's `POST /emails` answers, and what the binding's answer is made to.
    struct Taken {
        id: Option<String>,
    }
}

/// The carrier's id of a letter that was taken, as far as there is one.
pub fn taken(reply: Result<Reply, DatabaseError>) -> Result<Option<String>, String> {
    let reply = reply.map_err(|error| error.to_string())?;
    if !reply.is_success() {
        return Err(refusal(&reply));
    }
    let taken: Option<Taken> = decode::read(reply.body.as_bytes()).ok();
    Ok(taken.and_then(|taken| taken.id))
}

/// What is written down of a letter that was not taken. The answer may repeat the
/// address, and is not.
#[must_use]
pub fn refusal(reply: &Reply) -> String {
    format!("the mail provider answered {}", reply.status)
}
