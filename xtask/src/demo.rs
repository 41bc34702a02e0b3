//! Owns the demo: two programs as if they had run for a quarter of a year. It is
//! made once a state, over HTTP as any client would; only clicks and shares go
//! into the database, as no API takes what was clicked before today. What the
//! user has changed stays changed.
//!
//! In reading order: who is there ([`people`]), what was clicked ([`traffic`]),
//! what came of it ([`story`]), how it is told ([`play`], [`sql`]).

use std::fs;
use std::path::{Path, PathBuf};

use goodword::domain::keyring::Keyring;
use serde_json::{Value, json};

use crate::report::{timed, today};
use crate::secrets::Secrets;
use crate::server;

mod people;

mod habits;
mod traffic;

mod story;

mod api;
mod play;
mod random;
mod sql;

use api::{Api, Made, text};
use people::{PROGRAMS, Program};

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
pub fn make(root: &Path, state: &Path, base_url: &str, secrets: &Secrets) -> Result<Links, String> {
    let api = Api::new(base_url, &secrets.admin_key);
    let mut is_new = false;
    for program in &PROGRAMS {
        is_new |= begin(&api, program, base_url)? == Made::New;
    }
    let stamp = Stamp::of(state);
    if is_new {
        // Of a database that is not there any more.
        stamp.lift();
    }
    if let Some(now) = stamp.due()? {
        timed("making ninety days of it", || {
            history(root, state, &api, &secrets.link_keys, now)
        })?;
        stamp.done(now)?;
    }
    Ok(Links {
        email: link(
            &api,
            &json!({"advocate": "ext:demo-maya", "channel": "email"}),
        )?,
        social: link(
            &api,
            &json!({"advocate": "ext:demo-jonas", "channel": "social", "medium": "linkedin"}),
        )?,
        verbal: link(
            &api,
            &json!({"advocate": "ext:demo-aiko", "channel": "verbal"}),
        )?,
    })
}

/// A program and its destinations.
fn begin(api: &Api, program: &Program, base_url: &str) -> Result<Made, String> {
    let [title, description] = program.preview;
    let made = api.create(
        "/v1/programs",
        &json!({
            "slug": program.slug,
            "name": program.name,
            "zone": program.zone,
            "pass_through": "utm",
            "preview": {"title": title, "description": description},
        }),
    )?;
    for (slug, query) in program.destinations {
        destination(api, program.slug, slug, &format!("{base_url}/demo/{query}"))?;
    }
    Ok(made)
}

/// The landing page is served by the Worker itself, so its URL goes with the
/// port. A destination that is not on this machine is the user's.
fn destination(api: &Api, program: &str, slug: &str, url: &str) -> Result<(), String> {
    let collection = format!("/v1/programs/{program}/destinations");
    if api.create(&collection, &json!({"slug": slug, "url": url}))? != Made::Theirs {
        return Ok(());
    }
    let path = format!("{collection}/{slug}");
    let kept = api.get(&path)?;
    if is_ours(text(&kept, "url")?) {
        api.patch(&path, &json!({"url": url}))?;
    }
    Ok(())
}

/// Whether a landing URL is one that an earlier start has set.
fn is_ours(url: &str) -> bool {
    url.strip_prefix("http://localhost:")
        .and_then(|rest| rest.split_once("/demo/"))
        .is_some_and(|(port, query)| {
            port.parse::<u16>().is_ok() && (query.is_empty() || query.starts_with("?page="))
        })
}

/// Everything up to a moment (Unix milliseconds).
fn history(root: &Path, state: &Path, api: &Api, link_keys: &str, now: i64) -> Result<(), String> {
    let keyring = Keyring::parse(link_keys).map_err(|error| format!("LINK_KEYS: {error}"))?;
    let mut statements = String::new();
    play::reps(api)?;
    for program in &PROGRAMS {
        play::program(api, program)?;
        let numbers = play::numbers(api, program, &keyring)?;
        let traffic = traffic::traffic(program, now);
        let leads = story::leads(program, &traffic, now);
        let payouts = play::leads(api, program, &leads, &numbers, &keyring)?;
        statements += &sql::traffic(&traffic, &numbers, now);
        statements += &sql::advocates(program, &numbers, now);
        for (id, days) in payouts.iter().zip([31, 3]) {
            statements += &sql::payout(id, now - days * 86_400_000);
        }
    }
    let file = state.join("demo.sql");
    fs::write(&file, statements).map_err(|error| format!("{}: {error}", file.display()))?;
    server::execute(root, state, &file)?;
    // Nobody needs it again, and nothing depends on its being gone.
    let _ = fs::remove_file(file);
    Ok(())
}

fn link(api: &Api, whose: &Value) -> Result<String, String> {
    let mut wanted = json!({"program": "demo", "label": "launch"});
    if let (Some(wanted), Some(whose)) = (wanted.as_object_mut(), whose.as_object()) {
        wanted.extend(whose.clone());
    }
    let link = api.post("/v1/links", &wanted)?;
    text(&link, "url").map(str::to_owned)
}

/// For which moment the demo is made, and whether it is. One that broke off is
/// made on for the same moment, so that nothing is there twice.
struct Stamp(PathBuf);

impl Stamp {
    fn of(state: &Path) -> Self {
        Self(state.join(".goodword-demo"))
    }

    fn lift(&self) {
        crate::stamp::lift(&self.0);
    }

    /// The moment for which it has to be made yet (Unix milliseconds).
    fn due(&self) -> Result<Option<i64>, String> {
        let kept = fs::read_to_string(&self.0).unwrap_or_default();
        let mut words = kept.split_whitespace();
        match (words.next(), words.next().map(str::parse)) {
            (Some("made"), _) => Ok(None),
            (Some("begun"), Some(Ok(now))) => Ok(Some(now)),
            _ => {
                let now = today();
                self.put("begun", now)?;
                Ok(Some(now))
            }
        }
    }

    fn done(&self, now: i64) -> Result<(), String> {
        self.put("made", now)
    }

    fn put(&self, word: &str, now: i64) -> Result<(), String> {
        crate::stamp::put(&self.0, &format!("{word} {now}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_landing_url_of_our_own_follows_the_port() {
        assert!(is_ours("http://localhost:8787/demo/"));
        assert!(is_ours("http://localhost:8787/demo/?page=pricing"));
        assert!(!is_ours("http://localhost:8787/demo/?mine"));
        assert!(!is_ours("http://localhost:8787/mine/"));
        assert!(!is_ours("https://example.com/demo/"));
    }

    #[test]
    fn a_demo_that_broke_off_is_made_on_for_the_same_moment() {
        let state = std::env::temp_dir().join(format!("goodword-demo-{}", std::process::id()));
        fs::create_dir_all(&state).unwrap();
        let stamp = Stamp::of(&state);
        let now = stamp.due().unwrap().unwrap();
        assert_eq!(stamp.due().unwrap(), Some(now));
        stamp.done(now).unwrap();
        assert_eq!(stamp.due().unwrap(), None);
        stamp.lift();
        assert!(stamp.due().unwrap().is_some());
        fs::remove_dir_all(&state).unwrap();
    }
}
