//! `cargo xtask test`: everything that a change has to pass, in the order in
//! which it is cheapest to fail. Nothing is skipped for want of a tool.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::report::{now, say, seconds, timed};
use crate::wasm::MOST_GZIPPED_BYTES;
use crate::{browser, generated, process, setup, snippet, vendor, wasm};

/// One step: its name for `--only`, what it does, and the doing.
struct Step {
    name: &'static str,
    what: &'static str,
    run: fn(&Path) -> Result<(), String>,
}

const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        what: "the format of the code",
        run: |root| cargo(root, "fmt --all --check"),
    },
    Step {
        name: "clippy",
        what: "clippy, native",
        run: |root| cargo(root, "clippy --workspace --all-targets -- -D warnings"),
    },
    Step {
        name: "clippy-wasm",
        what: "clippy, wasm32",
        run: |root| {
            cargo(
                root,
                "clippy --lib --target wasm32-unknown-unknown -- -D warnings",
            )
        },
    },
    Step {
        name: "deny",
        what: "licenses and sources of dependencies",
        run: |root| deny(root, &["bans", "licenses", "sources"]),
    },
    Step {
        name: ADVISORIES,
        what: "known vulnerabilities of dependencies",
        run: |root| deny(root, &["advisories"]),
    },
    Step {
        name: "docs",
        what: "the documentation of the code",
        run: docs,
    },
    Step {
        name: "generated",
        what: "generated files",
        run: generated::check_all,
    },
    Step {
        name: "vectors",
        what: "the formats against Python's hmac",
        run: |root| {
            process::run(process::plain(root, "python3").args(["tests/vectors.py", "--check"]))
        },
    },
    Step {
        name: "native",
        what: "the native tests",
        run: |root| cargo(root, "test --workspace"),
    },
    Step {
        name: "wasm",
        what: "the Worker's build and size",
        run: built,
    },
    Step {
        name: "snippet",
        what: "the size of what other sites load",
        run: snippet::weigh,
    },
    Step {
        name: "edge",
        what: "the built Worker in workerd",
        run: |root| node_tests(root, "tests/edge", &[]),
    },
    Step {
        name: BROWSER,
        what: "the built Worker in Chromium",
        run: |root| {
            let chromium = browser::chromium(root)?;
            node_tests(root, "tests/browser", &[("CHROMIUM", chromium)])
        },
    },
    Step {
        name: "examples",
        what: "the shops of examples/",
        run: examples,
    },
    Step {
        name: "types",
        what: "the types of JavaScript",
        run: types,
    },
];

const ADVISORIES: &str = "advisories";
const BROWSER: &str = "browser";

/// Runs all steps, or those named.
pub fn run(root: &Path, only: &[String]) -> Result<(), String> {
    if let Some(unknown) = only
        .iter()
        .find(|name| STEPS.iter().all(|step| step.name != *name))
    {
        let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        return Err(format!(
            "there is no step `{unknown}`; there are: {}",
            names.join(", ")
        ));
    }
    let began = now();
    setup::testing(root)?;
    let steps: Vec<_> = STEPS
        .iter()
        .filter(|step| only.is_empty() || only.iter().any(|name| name == step.name))
        .filter(|step| step.name != ADVISORIES || !only.is_empty() || in_github())
        .collect();
    // A browser that cannot be had is better known now than in some minutes.
    if steps.iter().any(|step| step.name == BROWSER) {
        browser::chromium(root)?;
    }
    for (index, step) in steps.iter().enumerate() {
        let what = format!(
            "step {} of {}, {}: {}",
            index + 1,
            steps.len(),
            step.name,
            step.what
        );
        timed(&what, || (step.run)(root)).map_err(|why| {
            format!(
                "{why}\nxtask: FAILED at {what}; `cargo xtask test --only {}` repeats it",
                step.name
            )
        })?;
    }
    if only.is_empty() && !in_github() {
        say("advisories are looked up in GitHub Actions alone: they need its network");
    }
    let passed = steps.len();
    let noun = if passed == 1 { "step" } else { "steps" };
    say(&format!(
        "{passed} {noun} passed, {} in all",
        seconds(began.elapsed())
    ));
    Ok(())
}

fn in_github() -> bool {
    env::var_os("GITHUB_ACTIONS").is_some()
}

fn cargo(root: &Path, arguments: &str) -> Result<(), String> {
    process::run(process::command(root, "cargo").args(arguments.split(' ')))
}

fn deny(root: &Path, checks: &[&str]) -> Result<(), String> {
    let program = setup::CARGO_DENY.path()?;
    let mut deny = process::command(root, program);
    process::run(deny.args(["check", "--hide-inclusion-graph"]).args(checks))
}

fn docs(root: &Path) -> Result<(), String> {
    let mut cargo = process::command(root, "cargo");
    cargo.env("RUSTDOCFLAGS", "-D warnings");
    process::run(cargo.args(["doc", "--no-deps", "--workspace"]))
}

fn built(root: &Path) -> Result<(), String> {
    wasm::build(root)?;
    let bytes = wasm::wasm_gzipped_bytes(root)?;
    if bytes > MOST_GZIPPED_BYTES {
        return Err(format!(
            "the Worker is {bytes} bytes gzipped, above its budget of {MOST_GZIPPED_BYTES}"
        ));
    }
    say(&format!(
        "the Worker is {bytes} bytes gzipped, of {MOST_GZIPPED_BYTES}"
    ));
    Ok(())
}

/// Node's own runner says that no tests is a success, so they are counted here.
fn node_tests(root: &Path, folder: &str, programs: &[(&str, PathBuf)]) -> Result<(), String> {
    vendor::build(root)?;
    snippet::build(root)?;
    wasm::build(root)?;
    let mut files = Vec::new();
    for entry in fs::read_dir(root.join(folder)).map_err(|error| format!("{folder}: {error}"))? {
        let name = entry.map_err(|error| format!("{folder}: {error}"))?;
        let name = name.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.mjs") {
            files.push(format!("{folder}/{name}"));
        }
    }
    if files.is_empty() {
        return Err(format!("there is no test in {folder}"));
    }
    files.sort();
    let mut node = process::supervised(root, process::bin(root, "node"));
    for (name, path) in programs {
        node.env(name, path);
    }
    process::run(node.arg("--test").args(files))
}

/// The Axum shop has a lock file of its own, so that it is built by itself.
fn examples(root: &Path) -> Result<(), String> {
    let manifest = ["--manifest-path", "examples/axum/Cargo.toml"];
    process::run(
        process::command(root, "cargo")
            .args(["fmt", "--check"])
            .args(manifest),
    )?;
    let mut build = process::command(root, "cargo");
    build.args(["build", "--locked", "--target-dir", "target/examples"]);
    process::run(build.args(manifest))?;
    let shop = root.join("target/examples/debug/goodword-axum-shop");
    node_tests(root, "tests/examples", &[("AXUM_SHOP", shop)])
}

fn types(root: &Path) -> Result<(), String> {
    if !root.join("jsconfig.json").is_file() {
        say("there is no jsconfig.json, so no JavaScript to check");
        return Ok(());
    }
    vendor::build(root)?;
    process::run(process::command(root, process::bin(root, "tsc")).args(["-p", "jsconfig.json"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_a_name_of_its_own() {
        let mut names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STEPS.len());
    }
}
