//! The configuration: variables and secrets, read once an isolate.

use std::sync::Arc;

use js_sys::Reflect;
use wasm_bindgen::JsValue;

use crate::{
    domain::{
        access,
        keyring::{Keyring, KeyringError},
    },
    jobs::courier::Reach,
};

/// Characters of an operator's key at least.
const ADMIN_KEY_LENGTH: usize = 32;

/// A click waits no longer than this for others (milliseconds): an isolate may
/// be gone after that, and what is in its memory with it.
const LONGEST_WINDOW: u32 = 5_000;

/// Raw clicks are kept so many days at least: a message waits four days for the database,
/// and cron has to come round to what it checks in turn.
const FEWEST_DAYS: u16 = 35;

/// Who says which addresses a name has, unless operators name somebody else.
const RESOLVER: &str = "https://cloudflare-dns.com/dns-query";

/// What operators set.
pub struct Config {
    /// Signs and verifies.
    pub keyring: Arc<Keyring>,
    /// SHA-256 of the operator's API key.
    pub admin_key: [u8; 32],
    /// Where clicks go.
    pub sink: Sink,
    /// How long the first click of a batch waits for others (ms).
    pub window: u32,
    /// How long raw clicks are kept (days); for ever where it is not said.
    pub click_days: Option<u16>,
    /// The origin of links, without a slash at its end.
    pub base_url: Option<String>,
    /// `Domain` of the cookie.
    pub cookie_domain: Option<String>,
    /// Where webhooks may go.
    pub reach: Reach,
    /// The page that shows the mail that was caught, in development.
    pub mailbox: Option<String>,
}

/// Where clicks go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sink {
    /// The queue, and D1 where it fails.
    Queue,
    /// D1: the free plan's queues carry too little.
    Direct,
}

/// What is wrong with the configuration.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ConfigError {
    /// A secret is missing.
    #[error("the secret {0} is missing; see .dev.vars.example")]
    Missing(&'static str),
    /// The keys of links.
    #[error("the secret LINK_KEYS cannot be used: {0}")]
    LinkKeys(#[from] KeyringError),
    /// The operator's key.
    #[error("the secret ADMIN_KEY is shorter than 32 characters")]
    AdminKey,
    /// A variable.
    #[error("the variable {0} must be {1}")]
    Variable(&'static str, &'static str),
}

impl Config {
    /// Reads it from the environment.
    pub fn read(env: &JsValue) -> Result<Self, ConfigError> {
        let link_keys = text(env, "LINK_KEYS").ok_or(ConfigError::Missing("LINK_KEYS"))?;
        let admin_key = text(env, "ADMIN_KEY").ok_or(ConfigError::Missing("ADMIN_KEY"))?;
        if admin_key.len() < ADMIN_KEY_LENGTH {
            return Err(ConfigError::AdminKey);
        }
        let sink = match text(env, "CLICK_SINK").as_deref() {
            None | Some("queue") => Sink::Queue,
            Some("direct") => Sink::Direct,
            Some(_) => {
                return Err(ConfigError::Variable("CLICK_SINK", "`queue` or `direct`"));
            }
        };
        let window = match text(env, "CLICK_WINDOW_MS") {
            None => 250,
            Some(text) => text
                .parse()
                .ok()
                .filter(|window| *window <= LONGEST_WINDOW)
                .ok_or(ConfigError::Variable(
                    "CLICK_WINDOW_MS",
                    "a number of milliseconds, 5000 at most",
                ))?,
        };
        let click_days = match text(env, "CLICK_RETENTION_DAYS") {
            None => None,
            Some(text) => Some(
                text.parse()
                    .ok()
                    .filter(|days| *days >= FEWEST_DAYS)
                    .ok_or(ConfigError::Variable(
                        "CLICK_RETENTION_DAYS",
                        "a number of days, 35 at least",
                    ))?,
            ),
        };
        let base_url = text(env, "BASE_URL").map(|url| url.trim_end_matches('/').to_owned());
        if base_url.as_deref().is_some_and(|url| {
            let host = url
                .strip_prefix("https://")
                .or_else(|| url.strip_prefix("http://"));
            // Links are answered at the root, so a path would break each.
            host.is_none_or(|host| host.is_empty() || host.contains(['/', '?', '#']))
        }) {
            return Err(ConfigError::Variable(
                "BASE_URL",
                "an origin like https://go.example.com",
            ));
        }
        let cookie_domain = text(env, "COOKIE_DOMAIN");
        if cookie_domain.as_deref().is_some_and(|domain| {
            !domain
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-')
        }) {
            return Err(ConfigError::Variable(
                "COOKIE_DOMAIN",
                "a domain like example.com",
            ));
        }
        let resolver = text(env, "RESOLVER_URL").unwrap_or_else(|| RESOLVER.to_owned());
        let reach = match text(env, "WEBHOOK_TARGETS").as_deref() {
            None | Some("public") => Reach::Public(resolver),
            Some("any") => Reach::Any,
            Some(_) => {
                return Err(ConfigError::Variable(
                    "WEBHOOK_TARGETS",
                    "`public` or `any`",
                ));
            }
        };
        Ok(Self {
            keyring: Arc::new(Keyring::parse(&link_keys)?),
            admin_key: access::key_hash(&admin_key),
            sink,
            window,
            click_days,
            base_url,
            cookie_domain,
            reach,
            mailbox: text(env, "MAIL_PAGE"),
        })
    }
}

/// A variable or secret; an empty one is none.
fn text(env: &JsValue, name: &str) -> Option<String> {
    Reflect::get(env, &JsValue::from_str(name))
        .ok()?
        .as_string()
        .filter(|text| !text.is_empty())
}
