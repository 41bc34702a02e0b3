//! Owns the demo program: a small one, made over HTTP as any client would, and
//! the same however often it is made. What the user has changed stays changed.

use std::time::Duration;

use serde_json::{Value, json};
use ureq::http::Response;
use ureq::{Agent, Body};

/// One link for each of three channels.
pub struct Links {
    /// Maya's, a customer's.
    pub email: String,
    /// Jonas's, a partner's.
    pub social: String,
    /// Aiko's, an employee's.
    pub verbal: String,
}

/// Makes the demo, where it is not there already.
pub fn make(base_url: &str, admin_key: &str) -> Result<Links, String> {
    let api = Api {
        agent: Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build()
            .into(),
        base_url,
        authorization: format!("Bearer {admin_key}"),
    };
    api.create(
        "/v1/programs",
        &json!({
            "slug": "demo",
            "name": "Goodword demo",
            "zone": "Europe/Berlin",
            "pass_through": "utm",
            "preview": {
                "title": "A friend recommends Goodword",
                "description": "Referral links that count every click once.",
            },
        }),
    )?;
    api.destination(&format!("{base_url}/demo/"))?;
    api.create("/v1/programs/demo/labels", &json!({"slug": "launch"}))?;
    for (external_id, kind, name) in [
        ("demo-maya", "customer", "Maya Lindqvist"),
        ("demo-jonas", "partner", "Jonas Weber"),
        ("demo-aiko", "employee", "Aiko Tanaka"),
    ] {
        api.create(
            "/v1/programs/demo/advocates",
            &json!({"external_id": external_id, "kind": kind, "name": name}),
        )?;
    }
    Ok(Links {
        email: api.link(&json!({"advocate": "ext:demo-maya", "channel": "email"}))?,
        social: api.link(
            &json!({"advocate": "ext:demo-jonas", "channel": "social", "medium": "linkedin"}),
        )?,
        verbal: api.link(&json!({"advocate": "ext:demo-aiko", "channel": "verbal"}))?,
    })
}

struct Api<'a> {
    agent: Agent,
    base_url: &'a str,
    authorization: String,
}

impl Api<'_> {
    /// Creates something and answers whether it is as described: one of the
    /// same name that differs is the user's.
    fn create(&self, path: &str, body: &Value) -> Result<bool, String> {
        let mut answer = self.post(path, body)?;
        match answer.status().as_u16() {
            200 | 201 => Ok(true),
            409 => Ok(false),
            _ => Err(refusal(path, &mut answer)),
        }
    }

    /// The landing page is served by the Worker itself, so its URL goes with
    /// the port. A destination that is not on this machine is the user's.
    fn destination(&self, url: &str) -> Result<(), String> {
        let collection = "/v1/programs/demo/destinations";
        if self.create(collection, &json!({"slug": "welcome", "url": url}))? {
            return Ok(());
        }
        let path = format!("{collection}/welcome");
        let mut answer = self
            .agent
            .get(self.url(&path))
            .header("authorization", &self.authorization)
            .call()
            .map_err(|error| format!("{path}: {error}"))?;
        let kept = body(&path, &mut answer)?;
        let kept = kept.get("url").and_then(Value::as_str).unwrap_or_default();
        if !is_ours(kept) {
            return Ok(());
        }
        let mut answer = self
            .agent
            .patch(self.url(&path))
            .header("authorization", &self.authorization)
            .send_json(json!({"url": url}))
            .map_err(|error| format!("{path}: {error}"))?;
        body(&path, &mut answer).map(drop)
    }

    fn link(&self, whose: &Value) -> Result<String, String> {
        let path = "/v1/links";
        let mut wanted = json!({"program": "demo", "label": "launch"});
        if let (Some(wanted), Some(whose)) = (wanted.as_object_mut(), whose.as_object()) {
            wanted.extend(whose.clone());
        }
        let mut answer = self.post(path, &wanted)?;
        let link = body(path, &mut answer)?;
        link.get("url")
            .and_then(Value::as_str)
            .map(str::to_owned)
            .ok_or_else(|| format!("{path}: no url in {link}"))
    }

    fn post(&self, path: &str, body: &Value) -> Result<Response<Body>, String> {
        self.agent
            .post(self.url(path))
            .header("authorization", &self.authorization)
            .send_json(body)
            .map_err(|error| format!("{path}: {error}"))
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }
}

/// Whether a landing URL is one that an earlier start has set.
fn is_ours(url: &str) -> bool {
    url.strip_prefix("http://localhost:")
        .and_then(|rest| rest.strip_suffix("/demo/"))
        .is_some_and(|port| port.parse::<u16>().is_ok())
}

fn body(path: &str, answer: &mut Response<Body>) -> Result<Value, String> {
    if !answer.status().is_success() {
        return Err(refusal(path, answer));
    }
    let body = answer.body_mut().read_json();
    body.map_err(|error| format!("{path}: {error}"))
}

fn refusal(path: &str, answer: &mut Response<Body>) -> String {
    let said = answer.body_mut().read_to_string().unwrap_or_default();
    format!("{path} answered {}: {}", answer.status(), said.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_landing_url_of_our_own_follows_the_port() {
        assert!(is_ours("http://localhost:8787/demo/"));
        assert!(!is_ours("http://localhost:8787/mine/"));
        assert!(!is_ours("https://example.com/demo/"));
    }
}
