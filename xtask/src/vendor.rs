//! Owns `public/vendor/`: the libraries that pages load, each bundled into one
//! module of our own origin from the packages that the lock file pins.
//!
//! What a page may import is what `xtask/js/vendor/` exports, and no more.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::process;
use crate::report::{say, timed};
use crate::stamp;

const INPUTS: &[&str] = &["package-lock.json", ENTRIES];
const ENTRIES: &str = "xtask/js/vendor";
const FOLDER: &str = "public/vendor";
/// The licences ask that their text goes with every copy.
const LICENSES: &str = "public/vendor/LICENSES.txt";
const OPTIONS: &[&str] = &[
    "--bundle",
    "--format=esm",
    "--minify",
    "--target=es2022",
    "--legal-comments=none",
    "--log-level=warning",
    "--outdir=public/vendor",
];

/// Bundles the libraries, unless they are there. npm's packages are.
pub fn build(root: &Path) -> Result<(), String> {
    let inputs = stamp::hash(root, INPUTS, OPTIONS)?;
    // Beside the packages, because all that lies in public/ is served.
    let packages = root.join("node_modules");
    let kept = packages.join(".goodword-vendor");
    let entries = entries(root)?;
    let built = entries
        .iter()
        .map(|entry| root.join(FOLDER).join(entry))
        .chain([root.join(LICENSES)])
        .all(|file| file.is_file());
    if built && stamp::says(&kept, &inputs) {
        return Ok(());
    }
    stamp::lift(&kept);
    timed("bundling the libraries of the pages", || {
        let used = packages.join(".goodword-vendor.json");
        let mut metafile = std::ffi::OsString::from("--metafile=");
        metafile.push(&used);
        let mut esbuild = process::command(root, process::bin(root, "esbuild"));
        esbuild.args(entries.iter().map(|entry| format!("{ENTRIES}/{entry}")));
        process::run_quietly(esbuild.args(OPTIONS).arg(metafile))?;
        let used = read(&used)?;
        let used: Value = serde_json::from_str(&used)
            .map_err(|error| format!("esbuild's account cannot be read: {error}"))?;
        let licenses = licenses(root, &bundled(&used))?;
        fs::write(root.join(LICENSES), licenses).map_err(|error| format!("{LICENSES}: {error}"))?;
        stamp::put(&kept, &inputs)
    })?;
    say(&format!("{FOLDER} has {}", entries.join(", ")));
    Ok(())
}

fn entries(root: &Path) -> Result<Vec<String>, String> {
    let at_fault = |error| format!("{ENTRIES}: {error}");
    let mut names = Vec::new();
    for entry in fs::read_dir(root.join(ENTRIES)).map_err(at_fault)? {
        let name = entry.map_err(at_fault)?.file_name();
        names.push(name.to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// The packages that came into the bundles, by what esbuild says it read.
fn bundled(used: &Value) -> BTreeSet<String> {
    let inputs = used.get("inputs").and_then(Value::as_object);
    inputs
        .into_iter()
        .flat_map(serde_json::Map::keys)
        .filter_map(|path| package(path))
        .collect()
}

/// `node_modules/@preact/signals/dist/…` is of `@preact/signals`.
fn package(path: &str) -> Option<String> {
    let (_, inside) = path.rsplit_once("node_modules/")?;
    let words = if inside.starts_with('@') { 2 } else { 1 };
    let name: Vec<_> = inside.split('/').take(words).collect();
    Some(name.join("/"))
}

fn licenses(root: &Path, packages: &BTreeSet<String>) -> Result<String, String> {
    let mut text = String::from("The modules beside this file contain these packages.\n");
    for package in packages {
        let folder = root.join("node_modules").join(package);
        let manifest: Value = serde_json::from_str(&read(&folder.join("package.json"))?)
            .map_err(|error| format!("{package}: {error}"))?;
        let said = |name| manifest.get(name).and_then(Value::as_str).unwrap_or("?");
        let license = read(&folder.join("LICENSE"))?;
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "\n{package} {} ({})\n\n{}\n",
            said("version"),
            said("license"),
            license.trim()
        );
    }
    Ok(text)
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_known_by_the_innermost_node_modules() {
        let of = |path| package(path);
        assert_eq!(of("node_modules/htm/dist/htm.js").unwrap(), "htm");
        assert_eq!(
            of("node_modules/@preact/signals/dist/s.js").unwrap(),
            "@preact/signals"
        );
        assert_eq!(of("node_modules/a/node_modules/b/i.js").unwrap(), "b");
        assert_eq!(of("xtask/js/vendor/ui.js"), None);
    }
}
