//! Faults: what is wrong with a value, and where.

use std::fmt::{self, Display};

/// Why a text could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is no JSON.
    #[error(transparent)]
    Syntax(#[from] serde_json::Error),
    /// It is, but not what is asked for.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A place, and what is wrong there. Behind a pointer, because every value that
/// is read is returned beside the room for a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault(Box<Found>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    path: String,
    detail: String,
    /// Whether there is nothing at the place.
    missing: bool,
}

impl Fault {
    /// A fault of the value itself. The detail is a sentence without its subject:
    /// `must be from 1 to 200`.
    #[cold]
    pub fn new(detail: impl Display) -> Self {
        Self(Box::new(Found {
            path: String::new(),
            detail: detail.to_string(),
            missing: false,
        }))
    }

    /// There is no value, and there has to be one.
    #[cold]
    #[must_use]
    pub fn missing() -> Self {
        let mut fault = Self::new("is missing");
        fault.0.missing = true;
        fault
    }

    /// There is a value, and there must not be one.
    #[cold]
    #[must_use]
    pub fn unknown() -> Self {
        Self::new("is not a known field")
    }

    /// The fault of a value as one of the object whose field it is.
    #[cold]
    #[must_use]
    pub fn of(mut self, field: &str) -> Self {
        let path = &mut self.0.path;
        if !path.is_empty() && !path.starts_with('[') {
            path.insert(0, '.');
        }
        path.insert_str(0, field);
        self
    }

    /// The fault of an element as one of its list.
    #[cold]
    #[must_use]
    pub fn at(self, index: usize) -> Self {
        self.of(&format!("[{index}]"))
    }

    /// Where, from outside in: `preview.image`, `scopes[2]`; empty for the whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// What is wrong there.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Whether the value itself is missing, and not something inside it.
    pub(super) fn is_missing(&self) -> bool {
        self.0.missing && self.0.path.is_empty()
    }
}

impl Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.path.is_empty() {
            write!(formatter, "`{}` ", self.0.path)?;
        }
        formatter.write_str(&self.0.detail)
    }
}

impl std::error::Error for Fault {}
