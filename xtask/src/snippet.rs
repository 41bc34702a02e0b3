//! Owns `public/goodword.js`: what other people's sites load, made of the readable
//! `xtask/js/goodword.js`, and what it may weigh.

use std::fs;
use std::path::Path;

use crate::process;
use crate::report::say;
use crate::stamp;
use crate::wasm;

/// What it may weigh, gzipped (DESIGN.md).
const MOST_GZIPPED_BYTES: usize = 1_400;

const SOURCE: &str = "xtask/js/goodword.js";
const SNIPPET: &str = "public/goodword.js";
const OPTIONS: &[&str] = &[
    "--minify",
    // Optional chaining and spreading are as new as it gets.
    "--target=es2020",
    // Without jsconfig.json, of which a "use strict" would come.
    "--tsconfig-raw={}",
    "--log-level=warning",
    "--outfile=public/goodword.js",
];

/// Makes it, unless it is there. npm's packages are.
pub fn build(root: &Path) -> Result<(), String> {
    // The lock file says which esbuild.
    let inputs = stamp::hash(root, &["package-lock.json", SOURCE], OPTIONS)?;
    let kept = root.join("node_modules/.goodword-snippet");
    if root.join(SNIPPET).is_file() && stamp::says(&kept, &inputs) {
        return Ok(());
    }
    stamp::lift(&kept);
    let mut esbuild = process::command(root, process::bin(root, "esbuild"));
    process::run_quietly(esbuild.arg(SOURCE).args(OPTIONS))?;
    stamp::put(&kept, &inputs)?;
    say(&format!("{SNIPPET} is written"));
    Ok(())
}

/// Fails if it weighs too much.
pub fn weigh(root: &Path) -> Result<(), String> {
    build(root)?;
    let text = fs::read(root.join(SNIPPET)).map_err(|error| format!("{SNIPPET}: {error}"))?;
    let bytes = wasm::gzipped_bytes(&text)?;
    if bytes > MOST_GZIPPED_BYTES {
        return Err(format!(
            "{SNIPPET} is {bytes} bytes gzipped, above its budget of {MOST_GZIPPED_BYTES}"
        ));
    }
    say(&format!(
        "{SNIPPET} is {bytes} bytes gzipped, of {MOST_GZIPPED_BYTES}"
    ));
    Ok(())
}
