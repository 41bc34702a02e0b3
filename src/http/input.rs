//! Input: JSON bodies and queries, with problems that name the field.
//!
//! Owns the limits on size, and what a fault of [`decode`] is to a client.

use utoipa::{IntoParams, ToSchema};

use super::message::Headers;
use super::problem::{FieldError, Problem};
use crate::decode::{self, Decode, Fault, Tree, checked, record};

/// Bytes of a body at most that is not streamed.
pub const MOST_BYTES: usize = 64 * 1_024;

/// The same of what a program says: a logo, a card, and as much as before in words.
pub const MOST_BYTES_WITH_PICTURES: usize = 160 * 1_024;

/// Reads a JSON body.
pub fn json<T: Decode>(headers: &Headers, text: &[u8]) -> Result<T, Problem> {
    Ok(T::decode(object(headers, text)?)?)
}

/// A body that says nothing: `{}`.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Sees to it that a body says nothing.
pub fn nothing(headers: &Headers, text: &[u8]) -> Result<(), Problem> {
    decode::Fields::open(object(headers, text)?, &[], true)?;
    Ok(())
}

/// Reads a query string.
pub fn query<T: Decode>(text: &str) -> Result<T, Problem> {
    Ok(T::decode(Tree::of_query(text))?)
}

/// A JSON body before its type is looked at.
pub(super) fn object(headers: &Headers, text: &[u8]) -> Result<Tree, Problem> {
    if !has_media_type(headers, "application/json") {
        return Err(Problem::UnsupportedMediaType("application/json"));
    }
    let tree = Tree::parse(text).map_err(decode::Error::from)?;
    match tree {
        Tree::Object(_) => Ok(tree),
        _ => Err(Problem::field("(body)", "must be a JSON object")),
    }
}

/// Whether `Content-Type` is the media type, whatever its parameters.
pub fn has_media_type(headers: &Headers, expected: &str) -> bool {
    headers
        .get("content-type")
        .and_then(|value| value.split(';').next())
        .is_some_and(|value| value.trim().eq_ignore_ascii_case(expected))
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let field = Some(fault.path()).filter(|path| !path.is_empty());
        Self::Invalid(vec![FieldError {
            field: field.unwrap_or("(body)").to_owned(),
            detail: fault.detail().to_owned(),
        }])
    }
}

impl From<decode::Error> for Problem {
    fn from(error: decode::Error) -> Self {
        match error {
            decode::Error::Syntax(error) => Self::Malformed(error.to_string()),
            decode::Error::Fault(fault) => fault.into(),
        }
    }
}

record! {
    /// Which page of a list.
    #[derive(Debug, IntoParams)]
    #[into_params(parameter_in = Query)]
    pub struct Page {
        /// How many items at most.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
        pub limit: Limit = decode::or_default,
        /// `next` of the page before.
        pub cursor: Option<String>,
    }
}

/// 1 to 200, 50 unless said.
#[derive(Debug, Clone, Copy)]
pub struct Limit(u16);

checked! { Limit, u16 }

impl Limit {
    /// The number of items.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

impl TryFrom<u16> for Limit {
    type Error = &'static str;

    fn try_from(limit: u16) -> Result<Self, Self::Error> {
        if (1..=200).contains(&limit) {
            Ok(Self(limit))
        } else {
            Err("must be from 1 to 200")
        }
    }
}

impl Page {
    /// Where a list goes on that begins with the newest: before a time (Unix ms)
    /// and an id.
    pub fn before(&self) -> Result<(i64, String), Problem> {
        self.after((i64::from(u32::MAX) * 1_000, String::new()), |cursor| {
            let (at, id) = cursor.split_once('.')?;
            Some((at.parse().ok()?, id.to_owned()))
        })
    }

    /// The cursor as whatever it holds, or `start`.
    pub fn after<T>(&self, start: T, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, Problem> {
        match &self.cursor {
            None => Ok(start),
            Some(cursor) => parse(cursor)
                .ok_or_else(|| Problem::field("cursor", "is not one that a page before answered")),
        }
    }
}
