//! A request as a handler gets it: matched, admitted, its body read.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::Method;

use super::{
    Call, Caller,
    body::{Body, Pieces},
    input,
    message::Headers,
    problem::Problem,
};
use crate::{decode::Decode, store::portal::Seat};

/// One call of a route: who asks, what for, with what.
pub struct Request {
    pub(super) call: Call,
    pub(super) caller: Caller,
    pub(super) head: Head,
    /// Of the path, decoded, by the names that the table gives them.
    pub(super) parameters: Vec<(&'static str, String)>,
    pub(super) body: Incoming,
}

/// A request but for its body.
pub(super) struct Head {
    pub method: Method,
    pub target: String,
    pub headers: Headers,
}

impl Head {
    /// The path, as it came.
    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

/// What there is of the body.
pub(super) enum Incoming {
    /// All of it.
    Read(Bytes),
    /// The route reads it itself. A handler's future may change threads, which
    /// makes its request be shared between them, and the lock is what makes that
    /// sound; nobody ever waits for it.
    Unread(Mutex<Pieces>),
}

impl Request {
    /// A parameter of the path. The table's paths say which ones there are; any
    /// other one is empty.
    pub(super) fn path(&self, name: &str) -> &str {
        let found = self.parameters.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, value)| value)
    }

    /// The query string.
    pub(super) fn query<T: Decode>(&self) -> Result<T, Problem> {
        input::query(self.query_text())
    }

    /// The body, as JSON.
    pub(super) fn json<T: Decode>(&self) -> Result<T, Problem> {
        input::json(self.headers(), self.body())
    }

    /// Sees to it that the body is `{}`.
    pub(super) fn nothing(&self) -> Result<(), Problem> {
        input::nothing(self.headers(), self.body())
    }

    /// The query string, as it came.
    pub(super) fn query_text(&self) -> &str {
        self.head
            .target
            .split_once('?')
            .map_or("", |(_, query)| query)
    }

    pub(super) fn headers(&self) -> &Headers {
        &self.head.headers
    }

    /// Who asks. Nobody, on a route without a scope.
    pub(super) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The advocate who asks, and the hash of their session, on a route for them.
    pub(super) fn seat(&self) -> Result<(&Seat, &str), Problem> {
        let seat = self.caller.seat.as_ref();
        let session = self.caller.session.as_deref();
        seat.zip(session).ok_or(Problem::Unauthenticated)
    }

    /// The id of the API key, `admin` for the operator's.
    pub(super) fn key(&self) -> &str {
        &self.caller.key
    }

    /// The bytes of the body; none on a route that streams.
    pub(super) fn body(&self) -> &Bytes {
        static NONE: Bytes = Bytes::new();
        match &self.body {
            Incoming::Read(body) => body,
            Incoming::Unread(_) => &NONE,
        }
    }

    /// The body, on a route that streams as it comes.
    pub(super) fn into_body(self) -> Body {
        match self.body {
            Incoming::Read(body) => Body::Whole(body),
            Incoming::Unread(pieces) => {
                Body::Pieces(pieces.into_inner().unwrap_or_else(PoisonError::into_inner))
            }
        }
    }
}
