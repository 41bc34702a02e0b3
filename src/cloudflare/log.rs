//! The log: one JSON object a line, never a personal datum.

use serde_json::{Value, json};
use worker::console_error;

use super::config::ConfigError;
use crate::domain::click::Message;

/// Something failed on our side.
pub fn fault(message: &str, cause: &dyn std::fmt::Display) {
    write(&json!({ "message": message, "goodword.cause": cause.to_string() }));
}

/// The Worker cannot start.
pub fn misconfigured(error: &ConfigError) {
    fault("the configuration cannot be used", error);
}

/// A message that is no message of clicks; it is kept here and nowhere else.
pub fn unreadable(text: &str, error: &str) {
    write(&json!({
        "message": "a queue message could not be read",
        "goodword.cause": error,
        "goodword.text": text,
    }));
}

/// Clicks that no store took: the whole message, from which they are replayed.
pub fn lost(message: &Message, cause: &dyn std::fmt::Display) {
    write(&json!({
        "message": "clicks were not recorded; replay this line",
        "goodword.cause": cause.to_string(),
        "goodword.clicks": message,
    }));
}

fn write(line: &Value) {
    console_error!("{line}");
}
