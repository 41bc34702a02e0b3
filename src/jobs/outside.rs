//! The way to other people's servers: webhooks, CRM, the mail provider.
//!
//! Owns the port. A redirect is not followed, an answer is read no further than asked,
//! and a server that hangs is left; whoever asks need not see to that.

use crate::store::Answer;

/// What is asked of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The method.
    pub method: &'static str,
    /// Where. Whether it may be asked is the caller's to know ([`Outside`] asks anybody).
    pub url: String,
    /// Header fields; no value holds a line break.
    pub headers: Vec<(&'static str, String)>,
    /// The body; none is sent where it is empty.
    pub body: String,
    /// Bytes of the answer that are read at most.
    pub most: u32,
    /// How long it may take (ms), from the connection to the end of the answer.
    pub patience: u32,
}

/// What a server answers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// For how long nothing shall be asked (seconds), where the server says so
    /// (`Retry-After`, RFC 9110, 10.2.3; a date counts from now).
    pub retry_after: Option<u32>,
    /// How long it took to answer (ms).
    pub took: u32,
    /// The body, cut off where it is longer than was asked for. What is no UTF-8 is
    /// replaced.
    pub body: String,
}

impl Reply {
    /// Whether it is a 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Asks other people's servers.
pub trait Outside: Send + Sync {
    /// Asks; an error is that there was no answer, and says why.
    fn ask(&self, ask: Ask) -> Answer<'_, Reply>;
}
