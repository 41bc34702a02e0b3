//! Owns the built Worker in `build/`: when it is built, and how large it is.

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::{Compression, write::GzEncoder};

use crate::order;
use crate::process;
use crate::report::{say, timed};
use crate::setup::{WASM_BINDGEN, WORKER_BUILD};
use crate::stamp;

/// What the Worker may weigh, gzipped (ARCHITECTURE.md says why as much).
pub const MOST_GZIPPED_BYTES: usize = 590_000;

const INPUTS: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "rust-toolchain.toml",
    "src",
    "templates",
    // How it is optimised.
    "xtask/src/order.rs",
    "xtask/src/wasm.rs",
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
        // With its tools named, worker-build downloads nothing.
        let mut command = process::command(root, worker_build);
        command
            .args(["--release", "--no-opt"])
            .env("WASM_BINDGEN_BIN", wasm_bindgen)
            .env("ESBUILD_BIN", process::bin(root, "esbuild"));
        process::run(&mut command)?;
        optimise(root)?;
        stamp::put(&kept, &inputs)
    })?;
    let raw = bytes(root)?.len();
    say(&format!(
        "the Worker is {raw} bytes of wasm, {} gzipped",
        wasm_gzipped_bytes(root)?
    ));
    Ok(())
}

/// What the runtime is known to run; of what else wasm-opt would make use of, an
/// older one may know nothing.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-exception-handling",
    "--enable-extended-const",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Optimises for the gzipped size, which is what the budget is in. What makes the
/// wasm itself smaller can gzip worse: `-Oz` does, and inlining. Without names
/// it is some 45 KB less; a panic says its file and line without them.
fn optimise(root: &Path) -> Result<(), String> {
    let wasm = root.join(WASM);
    let inline_nothing = ["-fimfs=0", "-aimfs=0", "-ocimfs=0"];
    let drop_names = ["--strip-debug", "--strip-producers"];
    wasm_opt(root, &[&["-O2"], &inline_nothing[..], &drop_names].concat())?;
    let named = order::named(&bytes(root)?).ok_or(format!("{WASM} is not what rustc makes"))?;
    fs::write(&wasm, named).map_err(|error| format!("{WASM}: {error}"))?;
    wasm_opt(root, &["--reorder-functions-by-name", "--strip-debug"])
}

fn wasm_opt(root: &Path, passes: &[&str]) -> Result<(), String> {
    let wasm = root.join(WASM);
    let mut command = process::command(root, process::bin(root, "wasm-opt"));
    command.args(FEATURES).args(passes);
    command.arg(&wasm).arg("-o").arg(&wasm);
    process::run(&mut command)
}

/// What the built Worker weighs, gzipped.
pub fn wasm_gzipped_bytes(root: &Path) -> Result<usize, String> {
    gzipped_bytes(&bytes(root)?)
}

/// What a file weighs, gzipped as well as gzip can.
pub fn gzipped_bytes(file: &[u8]) -> Result<usize, String> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(file)
        .and_then(|()| encoder.finish())
        .map(|gzipped| gzipped.len())
        .map_err(|error| format!("it cannot be gzipped: {error}"))
}

fn bytes(root: &Path) -> Result<Vec<u8>, String> {
    fs::read(root.join(WASM)).map_err(|error| format!("{WASM}: {error}"))
}
