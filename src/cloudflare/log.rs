//! The log: one JSON object a line, never a personal datum.

use serde::Serialize;
use worker::console_error;

use super::config::ConfigError;
use crate::domain::{access_log::LOST, click::Message};

/// A line.
#[derive(Serialize)]
struct Line<'a> {
    /// What happened, readable.
    message: &'a str,
    /// Why.
    #[serde(rename = "goodword.cause")]
    cause: String,
    /// A text that could not be read, whole.
    #[serde(rename = "goodword.text", skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    /// Clicks that are nowhere else, whole.
    #[serde(rename = "goodword.clicks", skip_serializing_if = "Option::is_none")]
    clicks: Option<&'a Message>,
}

/// Something failed on our side.
pub fn fault(message: &str, cause: &dyn std::fmt::Display) {
    write(message, cause, None, None);
}

/// The Worker cannot start.
pub fn misconfigured(error: &ConfigError) {
    fault("the configuration cannot be used", error);
}

/// A message that is no message of clicks; it is kept here and nowhere else.
pub fn unreadable(text: &str, error: &str) {
    write(
        "a queue message could not be read",
        &error,
        Some(text),
        None,
    );
}

/// Clicks that no store took: the whole message, from which they are replayed.
pub fn lost(message: &Message, cause: &dyn std::fmt::Display) {
    write(LOST, cause, None, Some(message));
}

fn write(
    message: &str,
    cause: &dyn std::fmt::Display,
    text: Option<&str>,
    clicks: Option<&Message>,
) {
    let line = Line {
        message,
        cause: cause.to_string(),
        text,
        clicks,
    };
    // Texts and numbers always serialise.
    console_error!("{}", serde_json::to_string(&line).unwrap_or_default());
}
