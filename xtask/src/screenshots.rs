//! `cargo xtask screenshots`: every page with the demo's data, light, dark and on
//! a telephone, into a folder that git ignores.

use std::fs;
use std::path::Path;

use crate::report::timed;
use crate::{browser, dev, process, server};

/// Starts a Worker of its own, with a state that is gone afterwards, and has a
/// Chromium look at it. `only` names paths; all pages unless it does.
pub fn run(root: &Path, only: &[String]) -> Result<(), String> {
    let state = std::env::temp_dir().join(format!("goodword-screenshots-{}", std::process::id()));
    let outcome = taken(root, &state, only);
    // Nobody needs it again, and nothing depends on its being gone.
    let _ = fs::remove_dir_all(&state);
    outcome
}

fn taken(root: &Path, state: &Path, only: &[String]) -> Result<(), String> {
    let [port, mail_port] = server::free_ports()?;
    let worker = dev::start(
        root,
        &dev::Options {
            port,
            mail_port: Some(mail_port),
            state: Some(state.to_path_buf()),
            ..dev::Options::default()
        },
    )?;
    let chromium = browser::chromium(root)?;
    timed("taking screenshots", || {
        let mut node = process::command(root, process::bin(root, "node"));
        node.arg(root.join("xtask/js/screenshots.mjs"))
            .args(["--url", &worker.ready.base_url])
            .arg("--folder")
            .arg(root.join("screenshots"))
            .args(only)
            .env("CHROMIUM", &chromium)
            .env("ADMIN_KEY", &worker.ready.admin_key);
        process::run(&mut node)
    })
    .map(drop)
}
