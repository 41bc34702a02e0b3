//! Bodies: whole, or in pieces as they come.

use std::{io, pin::Pin};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};

use super::problem::Problem;

/// A body of which a piece is read or written at a time.
pub type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, io::Error>> + Send>>;

/// The body of a request or of an answer.
pub enum Body {
    /// All of it.
    Whole(Bytes),
    /// Pieces; an error ends it before its end.
    Pieces(Pieces),
}

impl Body {
    /// Nothing.
    #[must_use]
    pub const fn empty() -> Self {
        Self::Whole(Bytes::new())
    }

    /// All of it, unless that is more than so many bytes, which are not waited for.
    pub async fn whole(self, most: usize) -> Result<Bytes, Problem> {
        let mut pieces = match self {
            Self::Whole(whole) if whole.len() > most => return Err(Problem::TooLarge(most)),
            Self::Whole(whole) => return Ok(whole),
            Self::Pieces(pieces) => pieces,
        };
        let mut whole = Vec::new();
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|_| Problem::Malformed("the body broke off".to_owned()))?;
            if whole.len() + piece.len() > most {
                return Err(Problem::TooLarge(most));
            }
            whole.extend_from_slice(&piece);
        }
        Ok(whole.into())
    }

    /// Its pieces: one, if it is whole.
    #[must_use]
    pub fn into_pieces(self) -> Pieces {
        match self {
            Self::Whole(whole) if whole.is_empty() => Box::pin(stream::empty()),
            Self::Whole(whole) => Box::pin(stream::iter([Ok(whole)])),
            Self::Pieces(pieces) => pieces,
        }
    }
}

impl Default for Body {
    fn default() -> Self {
        Self::empty()
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(whole: T) -> Self {
        Self::Whole(whole.into())
    }
}
