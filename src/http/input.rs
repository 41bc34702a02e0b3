//! Input: JSON bodies and queries, with problems that name the field.
//!
//! Owns the limits on size and the translation of serde's errors. What a field
//! may hold is said by its type.

use http::{HeaderMap, header};
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::IntoParams;

use super::{
    json_path,
    problem::{FieldError, Problem},
    query,
};
use crate::json::{self, Object};

/// Bytes of a body at most that is not streamed.
pub const MOST_BYTES: usize = 64 * 1_024;

/// Reads a JSON body.
pub fn json<T: DeserializeOwned>(headers: &HeaderMap, text: &[u8]) -> Result<T, Problem> {
    check_json(headers, text)?;
    json::read::<Object<T>>(text)
        .map(|Object(value)| value)
        .map_err(|error| from_json_error(text, &error))
}

/// Reads a query string.
pub fn query<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    query::read(text).map_err(|fault| {
        let path = fault.name.as_deref().unwrap_or(".");
        Problem::Invalid(vec![field_error(path, &fault.message)])
    })
}

/// What can be said of a JSON body without its type.
pub(super) fn check_json(headers: &HeaderMap, text: &[u8]) -> Result<(), Problem> {
    if !has_media_type(headers, "application/json") {
        return Err(Problem::UnsupportedMediaType("application/json"));
    }
    if !is_object(text) && is_json(text) {
        return Err(Problem::field("(body)", "must be a JSON object"));
    }
    Ok(())
}

/// Whether `Content-Type` is the media type, whatever its parameters.
pub fn has_media_type(headers: &HeaderMap, expected: &str) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|value| value.trim().eq_ignore_ascii_case(expected))
}

/// Whether the text begins an object. Serde would read a struct from an array,
/// too, whose order nobody promised.
pub fn is_object(text: &[u8]) -> bool {
    text.trim_ascii_start().first() == Some(&b'{')
}

fn is_json(text: &[u8]) -> bool {
    json::read::<serde::de::IgnoredAny>(text).is_ok()
}

/// Serde's error in our words: syntax is malformed, everything else a field's.
pub(super) fn from_json_error(text: &[u8], error: &serde_json::Error) -> Problem {
    let message = in_our_words(error);
    let (line, column) = (error.line(), error.column());
    if error.is_data() {
        let path = json_path::at(text, line, column, json_path::blames_container(&message));
        return Problem::Invalid(vec![field_error(&path, &message)]);
    }
    // Where one of some names is expected, serde calls a number or a list bad
    // syntax.
    if message == "expected value" && is_json(text) {
        let path = json_path::beginning_at(text, line, column);
        return Problem::Invalid(vec![field_error(&path, "must be a string")]);
    }
    Problem::Malformed(error.to_string())
}

/// Serde's message without the position, which is of no use beside the field,
/// and without the names of our types.
pub fn in_our_words(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or(&message);
    match message.split_once(", expected struct ") {
        Some((found, _)) => format!("{found}, expected an object"),
        None => message.to_owned(),
    }
}

/// A missing or unknown field is named by serde's message, not by its path.
fn field_error(path: &str, message: &str) -> FieldError {
    let quoted = message.split('`').nth(1);
    let named = match quoted {
        Some(name) if message.starts_with("missing field") => Some((name, "is missing")),
        Some(name) if message.starts_with("unknown field") => Some((name, "is not a known field")),
        Some(name) if message.starts_with("duplicate field") => Some((name, "stands twice")),
        _ => None,
    };
    let (field, detail) = match named {
        Some((name, detail)) if path == "." || path == name => (name.to_owned(), detail),
        Some((name, detail)) if path.ends_with(&format!(".{name}")) => (path.to_owned(), detail),
        Some((name, detail)) => (format!("{path}.{name}"), detail),
        None if path == "." => ("(body)".to_owned(), message),
        None => (path.to_owned(), message),
    };
    FieldError {
        field,
        detail: detail.to_owned(),
    }
}

/// Which page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// How many items at most.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Limit,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// 1 to 200, 50 unless said.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u16")]
pub struct Limit(u16);

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
