//! Owns having a Chromium: one that is there, or else one that is installed.

use std::env;
use std::path::{Path, PathBuf};

use crate::process;
use crate::report::timed;

const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// The path of a Chromium; npm's packages are there.
pub fn chromium(root: &Path) -> Result<PathBuf, String> {
    if let Some(set) = env::var_os("CHROMIUM").filter(|set| !set.is_empty()) {
        let path = PathBuf::from(set);
        return if path.is_file() {
            Ok(path)
        } else {
            Err(format!("CHROMIUM names no file: {}", path.display()))
        };
    }
    let playwrights = playwrights(root)?;
    if let Some(found) = in_path().or_else(|| existing(&playwrights)) {
        return Ok(found);
    }
    let mut why = Vec::new();
    if Path::new("/etc/debian_version").is_file() && is_root(root) {
        match timed("installing Chromium with apt-get", || apt(root)) {
            Ok(_) => {
                if let Some(found) = in_path() {
                    return Ok(found);
                }
            }
            Err(error) => why.push(error),
        }
    }
    let installed = timed("installing Chromium with playwright", || {
        let mut playwright = process::command(root, process::bin(root, "playwright-core"));
        process::run_quietly(playwright.args(["install", "chromium"]))
    });
    match installed {
        Ok(_) => {
            if let Some(found) = existing(&playwrights) {
                return Ok(found);
            }
        }
        Err(error) => why.push(error),
    }
    Err(format!(
        "{}\nChromium is missing and could not be installed: install it (Debian: apt-get install \
         chromium), or set CHROMIUM to its path",
        why.join("\n")
    ))
}

fn in_path() -> Option<PathBuf> {
    NAMES.into_iter().find_map(process::find)
}

fn existing(path: &Path) -> Option<PathBuf> {
    path.is_file().then(|| path.to_path_buf())
}

/// Where playwright keeps its Chromium, or would.
fn playwrights(root: &Path) -> Result<PathBuf, String> {
    const SCRIPT: &str =
        "process.stdout.write(require('playwright-core').chromium.executablePath())";
    let mut node = process::command(root, process::bin(root, "node"));
    process::output(node.args(["-e", SCRIPT])).map(PathBuf::from)
}

fn is_root(root: &Path) -> bool {
    process::output(process::plain(root, "id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

fn apt(root: &Path) -> Result<(), String> {
    let mut update = process::plain(root, "apt-get");
    process::run_quietly(update.args(["update", "--quiet"]))?;
    let mut install = process::plain(root, "apt-get");
    install
        .args(["install", "--yes", "--quiet", "--no-install-recommends"])
        .arg("chromium")
        .env("DEBIAN_FRONTEND", "noninteractive");
    process::run_quietly(&mut install)
}
