//! Owns the demo: two programs as if they had run for a year, with a quarter of
//! clicks, leads and rewards. It is made once a state, before the Worker starts,
//! by the API in this process, which is told that it was then. What the user has
//! changed stays changed.
//!
//! In reading order: who is there ([`people`]), what was clicked ([`traffic`]),
//! what came of it ([`story`]), how it is told ([`play`], to the [`house`]).

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::report::{timed, today};
use crate::secrets::Secrets;
use crate::server;

mod people;

mod habits;
mod traffic;

mod story;

mod play;

mod house;
mod sql;

mod api;
mod random;

use api::{Api, text};
use house::House;
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

/// The address of an advocate who may sign in to the portal.
#[must_use]
pub fn advocate() -> String {
    let first = PROGRAMS
        .iter()
        .find_map(|program| program.advocates.first());
    first.map(people::email).unwrap_or_default()
}

/// Makes the demo in a state, where it is not there already. The Worker does not
/// run yet.
pub fn make(state: &Path, base_url: &str, secrets: &Secrets) -> Result<(), String> {
    let stamp = Stamp::of(state);
    let Some(now) = stamp.due()? else {
        return Ok(());
    };
    timed("making a demo with a past", || {
        let house = House::open(&server::database(state)?, base_url, secrets)?;
        play::tell(&house, base_url, now)
    })?;
    stamp.done(now)
}

/// Sees to it that the demo of a running Worker leads to where it listens, and
/// answers links of it.
pub fn links(base_url: &str, secrets: &Secrets) -> Result<Links, String> {
    let api = Api::new(base_url, &secrets.admin_key);
    for program in &PROGRAMS {
        for (slug, query) in program.destinations {
            let url = format!("{base_url}/demo/{query}");
            destination(&api, program.slug, slug, &url)?;
        }
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

/// A program as the API takes it.
fn described(program: &Program) -> Value {
    let [title, description] = program.preview;
    json!({
        "slug": program.slug,
        "name": program.name,
        "zone": program.zone,
        "pass_through": "utm",
        "preview": {"title": title, "description": description},
    })
}

/// The landing page is served by the Worker itself, so its URL goes with the
/// port. A destination that is not on this machine is the user's.
fn destination(api: &Api, program: &str, slug: &str, url: &str) -> Result<(), String> {
    let collection = format!("/v1/programs/{program}/destinations");
    if api.create(&collection, &json!({"slug": slug, "url": url}))? {
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
        // Beside the database, so that it goes with it.
        Self(state.join("v3/d1/.goodword-demo"))
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
        fs::create_dir_all(state.join("v3/d1")).unwrap();
        let stamp = Stamp::of(&state);
        let now = stamp.due().unwrap().unwrap();
        assert_eq!(stamp.due().unwrap(), Some(now));
        stamp.done(now).unwrap();
        assert_eq!(stamp.due().unwrap(), None);
        fs::remove_dir_all(&state).unwrap();
    }
}
