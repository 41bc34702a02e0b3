//! Calls that are answered once, for ever.
//!
//! A key is unique in its program for good, and its row is written in the batch
//! of its effect: either both are there or neither.

use super::{Database, DatabaseError, Statement, one, statement};
use crate::decode::row;

row! {
    /// What a key was first used for.
    #[derive(Debug)]
    pub struct First {
        /// A fingerprint of what was asked, in hexadecimal; empty once the person it
        /// was about was erased.
        pub request: String,
        /// The HTTP status of the answer.
        pub status: u16,
        /// The answer, JSON.
        pub answer: String,
    }
}

const SELECT: &str = "SELECT request, status, answer FROM requests WHERE program = ?1 AND key = ?2";
const INSERT: &str = "INSERT INTO requests VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

/// The first answer under a key.
pub async fn first(
    db: &dyn Database,
    program: u16,
    key: &str,
) -> Result<Option<First>, DatabaseError> {
    one(db, statement!(SELECT, program, key)).await?.first()
}

/// Keeps an answer; the batch fails if the key has one already.
#[must_use]
pub fn keep(program: u16, key: &str, first: &First, now: i64) -> Statement {
    let answer = first.answer.as_str();
    statement!(
        INSERT,
        program,
        key,
        first.request.as_str(),
        first.status,
        answer,
        now
    )
}
