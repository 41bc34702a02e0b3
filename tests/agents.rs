//! Holds the recognition of user agents to figures: in-app browsers of people,
//! previews, machines, and the public lists of the pinned npm packages. The
//! fixtures are ours; the packages are read from `node_modules`, never copied.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic, and its helpers too"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use goodword::domain::agents::{Agent, recognise, suspects_unlisted};

/// User agents, each with its weight.
type Sample = Vec<(String, f64)>;

fn is_machine(agent: Agent) -> bool {
    agent != Agent::Browser
}

fn fixture(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn assert_all(text: &'static str, name: &str, expected: &[Agent]) {
    let wrong: Vec<String> = fixture(text)
        .map(|ua| (recognise(ua), ua))
        .filter(|(agent, _)| !expected.contains(agent))
        .map(|(agent, ua)| format!("{agent:?}: {ua}"))
        .collect();
    assert!(
        wrong.is_empty(),
        "{name}, expected {expected:?}:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_in_app_browser_is_a_browser() {
    let text = include_str!("fixtures/agents/browsers.txt");
    assert!(fixture(text).count() >= 60, "the fixture lost its lines");
    assert_all(text, "browsers.txt", &[Agent::Browser]);
}

#[test]
fn every_preview_is_a_preview() {
    let text = include_str!("fixtures/agents/previews.txt");
    assert_all(text, "previews.txt", &[Agent::SocialPreview]);
}

#[test]
fn every_library_and_mail_scanner_is_a_machine() {
    let text = include_str!("fixtures/agents/machines.txt");
    assert_all(text, "machines.txt", &[Agent::Crawler, Agent::Suspected]);
}

/// Runs the script that knows how each package keeps its user agents.
fn public_samples() -> BTreeMap<String, Sample> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // The pinned node of package.json, or else the machine's own.
    let pinned = root.join("node_modules/.bin/node");
    let node = if pinned.exists() {
        pinned
    } else {
        "node".into()
    };
    let output = Command::new(node)
        .arg(root.join("xtask/js/dump-agents.mjs"))
        .arg(root)
        .output()
        .expect("node reads the npm packages: install it, or run `npm ci`");
    assert!(
        output.status.success(),
        "dump-agents.mjs failed; have the devDependencies been installed with `npm ci`?\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut samples = BTreeMap::<String, Sample>::new();
    for line in output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
    {
        let row: serde_json::Value = serde_json::from_slice(line).expect("one object a line");
        let text = |field: &str| row[field].as_str().expect("a string").to_owned();
        let weight = row["weight"].as_f64().expect("a number");
        samples
            .entry(text("set"))
            .or_default()
            .push((text("ua"), weight));
    }
    samples
}

fn share(name: &str, sample: &Sample, expected: impl Fn(Agent) -> bool) -> f64 {
    share_of(name, sample, |ua| expected(recognise(ua)))
}

/// The share of a sample, by weight, that comes out as expected. Prints the
/// rest, for `cargo test -- --nocapture`.
fn share_of(name: &str, sample: &Sample, expected: impl Fn(&str) -> bool) -> f64 {
    let weigh = |rows: &[&(String, f64)]| rows.iter().map(|(_, weight)| weight).sum::<f64>();
    let (right, wrong): (Vec<_>, Vec<_>) = sample.iter().partition(|(ua, _)| expected(ua));
    let share = weigh(&right) / (weigh(&right) + weigh(&wrong));
    println!("{name}: {:.3} % of {}", share * 100.0, sample.len());
    for ua in wrong.iter().map(|(ua, _)| ua).collect::<BTreeSet<_>>() {
        println!("    {:?}: {ua}", recognise(ua));
    }
    share
}

#[test]
fn public_lists_are_judged_within_the_figures() {
    let mut samples = public_samples();
    let mut take = |name: &str, at_least: usize| {
        let sample = samples.remove(name).unwrap_or_default();
        assert!(
            sample.len() >= at_least,
            "{name}: only {} user agents",
            sample.len()
        );
        sample
    };

    // The list's own instances, of which the exclusions give up a few.
    let listed = take("listed", 2_000);
    let bots = share("crawler-user-agents as bots", &listed, |agent| {
        matches!(agent, Agent::Crawler | Agent::SocialPreview)
    });
    assert!(bots >= 0.995, "crawler-user-agents: {bots}");

    // Held out in the strict sense: every listed robot, as if its name were
    // not on the list. Only tokens and rules speak.
    let caught = share_of(
        "listed, by tokens and rules alone",
        &listed,
        suspects_unlisted,
    );
    assert!(caught >= 0.95, "tokens and rules alone: {caught}");

    // Held out by source: robots' names from Matomo's list.
    let caught = share(
        "Matomo's names, compatible",
        &take("matomo compatible", 300),
        is_machine,
    );
    assert!(caught >= 0.99, "Matomo's names: {caught}");
    // The hard shape: a browser's string with nothing but a name behind it.
    // No floor of a goal, only of what is reached, so that it does not sink.
    let caught = share(
        "Matomo's names, appended",
        &take("matomo appended", 300),
        is_machine,
    );
    assert!(caught >= 0.60, "Matomo's names, appended: {caught}");

    // People.
    let browsers = take("browser", 10_000);
    let spared = share("real browsers, by use", &browsers, |agent| {
        agent == Agent::Browser
    });
    assert!(spared > 0.999, "real browsers: {spared}");
    let odd = take("odd browser", 500);
    let spared = share("odd and old browsers", &odd, |agent| {
        agent == Agent::Browser
    });
    assert!(spared >= 0.92, "odd browsers: {spared}");
}
