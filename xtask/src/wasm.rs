//! Owns the built Worker in `build/`: when it is built, and how large it is.

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::{Compression, write::GzEncoder};

use crate::process;
use crate::report::{say, timed};
use crate::setup::{WASM_BINDGEN, WORKER_BUILD};
use crate::stamp;

/// What the Worker may weigh, gzipped.
pub const MOST_GZIPPED_BYTES: usize = 350_000;

const INPUTS: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "rust-toolchain.toml",
    "src",
    "templates",
];
const WASM: &str = "build/index_bg.wasm";

/// Builds the Worker, unless `build/` has it already. The tools are there.
pub fn build(root: &Path) -> Result<(), String> {
    let tools = [WORKER_BUILD.path()?, WASM_BINDGEN.path()?];
    let words = tools.each_ref().map(|path| path.to_string_lossy());
    let inputs = stamp::hash(root, INPUTS, &words.each_ref().map(|word| &**word))?;
    let kept = root.join("build/.goodword-stamp");
    let built = [WASM, "build/index.js"]
        .iter()
        .all(|file| root.join(file).is_file());
    if built && stamp::says(&kept, &inputs) {
        say("the Worker in build/ is current");
        return Ok(());
    }
    stamp::lift(&kept);
    let [worker_build, wasm_bindgen] = &tools;
    timed("building the Worker", || {
        // With all three named, worker-build downloads nothing.
        let mut command = process::command(root, worker_build);
        command
            .arg("--release")
            .env("WASM_BINDGEN_BIN", wasm_bindgen)
            .env("WASM_OPT_BIN", process::bin(root, "wasm-opt"))
            .env("ESBUILD_BIN", process::bin(root, "esbuild"));
        process::run(&mut command)?;
        drop_names(root)?;
        stamp::put(&kept, &inputs)
    })?;
    let raw = bytes(root)?.len();
    say(&format!(
        "the Worker is {raw} bytes of wasm, {} gzipped",
        wasm_gzipped_bytes(root)?
    ));
    Ok(())
}

/// worker-build keeps the names of functions, which are a tenth of the Worker;
/// a panic says its file and line without them.
fn drop_names(root: &Path) -> Result<(), String> {
    let kept = without_custom(&bytes(root)?, &["name", "producers"])
        .ok_or_else(|| format!("{WASM} is not what a wasm module looks like"))?;
    fs::write(root.join(WASM), kept).map_err(|error| format!("{WASM}: {error}"))
}

/// The module without its custom sections of these names: each section is an
/// id, its size, and its content, which for a custom one (id 0) begins with its
/// name (WebAssembly Core Specification, 5.5.2 and 5.5.3).
fn without_custom(module: &[u8], names: &[&str]) -> Option<Vec<u8>> {
    let (magic, mut rest) = module.split_at_checked(8)?;
    let mut kept = magic.to_vec();
    while let Some((id, after_id)) = rest.split_first() {
        let (size, content) = number(after_id)?;
        let (content, next) = content.split_at_checked(size)?;
        let is_called = |name: &&str| {
            number(content)
                .is_some_and(|(length, text)| text.get(..length) == Some(name.as_bytes()))
        };
        if *id != 0 || !names.iter().any(is_called) {
            kept.extend_from_slice(rest.strip_suffix(next)?);
        }
        rest = next;
    }
    Some(kept)
}

/// An unsigned number in LEB128, and what follows it.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0;
    for (index, byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(index + 1..)?));
        }
    }
    None
}

/// What the built Worker weighs, gzipped as well as gzip can.
pub fn wasm_gzipped_bytes(root: &Path) -> Result<usize, String> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(&bytes(root)?)
        .and_then(|()| encoder.finish())
        .map(|gzipped| gzipped.len())
        .map_err(|error| format!("{WASM} cannot be gzipped: {error}"))
}

fn bytes(root: &Path) -> Result<Vec<u8>, String> {
    fs::read(root.join(WASM)).map_err(|error| format!("{WASM}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_custom_sections_named_are_dropped() {
        let head = b"\0asm\x01\0\0\0";
        let kinds = b"\x01\x04\x01\x60\0\0";
        // A size may be written longer than it need be.
        let names = b"\0\x87\0\x04namexx";
        let other = b"\0\x06\x05names";
        let module = [&head[..], kinds, names, other].concat();
        let kept = [&head[..], kinds, other].concat();
        assert_eq!(without_custom(&module, &["name"]), Some(kept.clone()));
        assert_eq!(without_custom(&kept, &["name"]), Some(kept));
        assert_eq!(without_custom(&module[..20], &["name"]), None);
    }
}
