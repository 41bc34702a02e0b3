//! Owns asking the Worker's API as the operator.

use std::time::Duration;

use serde_json::Value;
use ureq::http::Response;
use ureq::{Agent, Body};

/// The API of a running Worker.
pub struct Api<'a> {
    agent: Agent,
    base_url: &'a str,
    authorization: String,
}

impl<'a> Api<'a> {
    pub fn new(base_url: &'a str, admin_key: &str) -> Self {
        Self {
            agent: Agent::config_builder()
                .http_status_as_error(false)
                .timeout_global(Some(Duration::from_secs(30)))
                .build()
                .into(),
            base_url,
            authorization: format!("Bearer {admin_key}"),
        }
    }

    pub fn get(&self, path: &str) -> Result<Value, String> {
        let answer = self
            .agent
            .get(self.url(path))
            .header("authorization", &self.authorization)
            .call();
        body(path, answer)
    }

    pub fn post(&self, path: &str, json: &Value) -> Result<Value, String> {
        body(path, self.posted(path, json))
    }

    pub fn patch(&self, path: &str, json: &Value) -> Result<Value, String> {
        let answer = self
            .agent
            .patch(self.url(path))
            .header("authorization", &self.authorization)
            .send_json(json);
        body(path, answer)
    }

    /// Creates something that has a name, and answers whether it is as described:
    /// one of the same name that differs is the user's.
    pub fn create(&self, path: &str, json: &Value) -> Result<bool, String> {
        let answer = self.posted(path, json);
        match answer.as_ref().map(|answer| answer.status().as_u16()) {
            Ok(409) => Ok(false),
            _ => body(path, answer).map(|_| true),
        }
    }

    fn posted(&self, path: &str, json: &Value) -> Result<Response<Body>, ureq::Error> {
        self.agent
            .post(self.url(path))
            .header("authorization", &self.authorization)
            .send_json(json)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }
}

/// A text in an answer.
pub fn text<'a>(answer: &'a Value, field: &str) -> Result<&'a str, String> {
    let text = answer.get(field).and_then(Value::as_str);
    text.ok_or_else(|| format!("there is no `{field}` in {answer}"))
}

/// The items of a list's page.
pub fn items(answer: &Value) -> &[Value] {
    let items = answer.get("items").and_then(Value::as_array);
    items.map(Vec::as_slice).unwrap_or_default()
}

fn body(path: &str, answer: Result<Response<Body>, ureq::Error>) -> Result<Value, String> {
    let mut answer = answer.map_err(|error| format!("{path}: {error}"))?;
    if !answer.status().is_success() {
        let said = answer.body_mut().read_to_string().unwrap_or_default();
        return Err(format!(
            "{path} answered {}: {}",
            answer.status(),
            said.trim()
        ));
    }
    let body = answer.body_mut().read_json();
    body.map_err(|error| format!("{path}: {error}"))
}
