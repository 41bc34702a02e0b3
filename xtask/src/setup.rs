//! Owns what the commands need on a machine that has only cargo and npm: the
//! wasm target, cargo's tools and npm's packages, all pinned.
//!
//! Cargo's tools go into the user's cache, by version, and stay there for every
//! checkout; npm's go into `node_modules`, by the lock file.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::process;
use crate::report::{say, timed};
use crate::stamp;

/// A program that cargo installs.
pub struct Tool {
    package: &'static str,
    version: &'static str,
    program: &'static str,
}

/// In step with `wasm-bindgen` in Cargo.toml.
pub const WASM_BINDGEN: Tool = Tool {
    package: "wasm-bindgen-cli",
    version: "0.2.129",
    program: "wasm-bindgen",
};
/// In step with `worker` in Cargo.toml.
pub const WORKER_BUILD: Tool = Tool {
    package: "worker-build",
    version: "0.8.7",
    program: "worker-build",
};
/// Checks licenses and sources of dependencies.
pub const CARGO_DENY: Tool = Tool {
    package: "cargo-deny",
    version: "0.20.2",
    program: "cargo-deny",
};

impl Tool {
    fn name(&self) -> String {
        format!("{} {}", self.package, self.version)
    }

    fn folder(&self) -> Result<PathBuf, String> {
        Ok(cache()?.join(format!("{}-{}", self.package, self.version)))
    }

    /// Where the program is once it is installed.
    pub fn path(&self) -> Result<PathBuf, String> {
        Ok(self.folder()?.join("bin").join(self.program))
    }
}

/// What a build and a local Worker need.
pub fn building(root: &Path) -> Result<(), String> {
    wasm_target(root)?;
    tools(root, &[&WORKER_BUILD, &WASM_BINDGEN])?;
    packages(root)
}

/// What the tests need besides.
pub fn testing(root: &Path) -> Result<(), String> {
    building(root)?;
    tools(root, &[&CARGO_DENY])
}

/// npm's packages, as package-lock.json has them.
pub fn packages(root: &Path) -> Result<(), String> {
    let wanted = stamp::hash(root, &["package-lock.json"], &[])?;
    let kept = root.join("node_modules/.goodword-stamp");
    if stamp::says(&kept, &wanted) {
        return Ok(());
    }
    timed("installing npm's packages", || {
        // The caller's PATH: npm removes the Node in node_modules first.
        let mut npm = process::plain(root, "npm");
        process::run_quietly(npm.args(["ci", "--no-audit", "--no-fund"]))?;
        stamp::put(&kept, &wanted)
    })
    .map(drop)
}

fn wasm_target(root: &Path) -> Result<(), String> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let mut rustc = process::plain(root, "rustc");
    let folder = process::output(rustc.args(["--print", "target-libdir", "--target", TARGET]))?;
    if Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    timed(&format!("adding Rust's target {TARGET}"), || {
        process::run_quietly(process::plain(root, "rustup").args(["target", "add", TARGET]))
    })
    .map(drop)
}

fn tools(root: &Path, tools: &[&Tool]) -> Result<(), String> {
    let mut absent = Vec::new();
    for tool in tools {
        if !tool.path()?.is_file() {
            absent.push(tool);
        }
    }
    if absent.is_empty() {
        return Ok(());
    }
    say("some tools are built once for this machine, which takes some minutes");
    // Shared, so that common dependencies are built once.
    let target = cache()?.join(format!("target-{}", std::process::id()));
    let installed = absent.iter().try_for_each(|tool| {
        timed(&format!("installing {}", tool.name()), || {
            let mut cargo = process::plain(root, "cargo");
            cargo.args(["install", tool.package, "--version", tool.version]);
            cargo.args(["--locked", "--quiet", "--root"]);
            cargo.arg(tool.folder()?).env("CARGO_TARGET_DIR", &target);
            process::run(&mut cargo)
        })
        .map(drop)
    });
    // Nobody needs it again, and nothing depends on its being gone.
    let _ = fs::remove_dir_all(&target);
    installed
}

fn cache() -> Result<PathBuf, String> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty());
    set("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| set("HOME").map(|home| Path::new(&home).join(".cache")))
        .map(|folder| folder.join("goodword"))
        .ok_or_else(|| "neither HOME nor XDG_CACHE_HOME is set".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_in_step_with_the_crates_that_they_work_on() {
        let manifest = include_str!("../../Cargo.toml");
        let pinned = |line: String| assert!(manifest.contains(&line), "{line}");
        pinned(format!("wasm-bindgen = \"={}\"", WASM_BINDGEN.version));
        pinned(format!("worker = \"={}\"", WORKER_BUILD.version));
    }
}
