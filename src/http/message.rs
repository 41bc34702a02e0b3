//! What is asked and what is answered, as the boundary and the tests hand it over.
//!
//! Of the `http` crate the API takes methods and statuses alone: its header map,
//! with a number for each name that it knows, was 10 KB gzipped, and an answer has
//! three headers.

use std::{
    borrow::Cow,
    ops::{Deref, DerefMut},
};

use http::{Method, StatusCode};

use super::{body::Body, problem::Fault};

/// A request as it comes.
pub struct Asked {
    /// The method.
    pub method: Method,
    /// The path, and the query after a `?`, both as they came.
    pub target: String,
    /// The header fields.
    pub headers: Headers,
    /// The body.
    pub body: Body,
}

/// An answer. It goes through a dozen hands, and each of sixty handlers moves it
/// some times: boxed, that is a word.
pub struct Response(Box<Parts>);

/// What an answer has.
pub struct Parts {
    /// The status.
    pub status: StatusCode,
    /// The header fields.
    pub headers: Headers,
    /// The body.
    pub body: Body,
    /// What went wrong inside, for the log alone.
    pub fault: Option<Fault>,
}

impl Response {
    /// An answer without header fields.
    #[must_use]
    pub fn new(status: StatusCode, body: impl Into<Body>) -> Self {
        Self(Box::new(Parts {
            status,
            headers: Headers::default(),
            body: body.into(),
            fault: None,
        }))
    }

    /// What it has, for whoever takes it apart.
    #[must_use]
    pub fn into_parts(self) -> Parts {
        *self.0
    }

    /// The same with a header field, in place of any of its name.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.headers.set(name, value);
        self
    }
}

impl Deref for Response {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl DerefMut for Response {
    fn deref_mut(&mut self) -> &mut Parts {
        &mut self.0
    }
}

/// Header fields, their names in small letters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Headers(Vec<(Cow<'static, str>, Cow<'static, str>)>);

impl Headers {
    /// The first value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value of a name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.iter()
            .filter_map(move |(known, value)| (known == name).then_some(value))
    }

    /// Names and values, in the order in which they were set.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Sets a field in place of any of its name.
    pub fn set(&mut self, name: &'static str, value: impl Into<Cow<'static, str>>) {
        self.0.retain(|(known, _)| known != name);
        self.add(name, value);
    }

    /// Adds a field. A value with a line's end in it would be two fields to
    /// whoever reads it, and is left out.
    pub fn add(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) {
        let value = value.into();
        if !value
            .bytes()
            .any(|byte| byte.is_ascii_control() && byte != b'\t')
        {
            self.0.push((name.into(), value));
        }
    }
}
