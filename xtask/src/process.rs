//! Owns running other programs: their environment, and their end when this
//! process is told to end.
//!
//! Each child leads a process group of its own, so that a signal to us can be
//! handed on to everything it started. What starts a workerd runs under
//! `js/supervise.mjs` besides, which ends it even when we are killed.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

struct Running {
    groups: Vec<Group>,
    interrupted: bool,
}

struct Group {
    id: u32,
    supervised: bool,
}

/// What we have started and not seen the end of.
static RUNNING: Mutex<Running> = Mutex::new(Running {
    groups: Vec::new(),
    interrupted: false,
});

fn running() -> MutexGuard<'static, Running> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on SIGINT, SIGTERM and SIGHUP end the running children's whole groups
/// first; a second one no longer asks.
pub fn heed_signals() -> Result<(), String> {
    ctrlc::set_handler(|| {
        let mut running = running();
        let again = std::mem::replace(&mut running.interrupted, true);
        if running.groups.is_empty() {
            std::process::exit(130);
        }
        for group in &running.groups {
            // A killed supervisor could not end its charge; it needs 5 s at most.
            let kills = again && !group.supervised;
            signal(if kills { "KILL" } else { "TERM" }, group.id);
        }
    })
    .map_err(|error| format!("signals cannot be handled: {error}"))
}

/// Whether a signal has asked us to end.
pub fn interrupted() -> bool {
    running().interrupted
}

/// The shell's built-in, because a slim system has no other `kill`.
fn signal(name: &str, group: u32) {
    let _ = Command::new("sh")
        .args(["-c", &format!("kill -{name} -{group}")])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .status();
}

/// A command in the repository's root, which sees npm's tools first: they bring
/// a Node of their own, the same on every machine.
pub fn command(root: &Path, program: impl AsRef<OsStr>) -> Command {
    let mut command = plain(root, program);
    command.env("PATH", search_path(root));
    command
}

/// The same with the caller's own PATH.
pub fn plain(root: &Path, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root).stdin(Stdio::null());
    // What cargo tells xtask about xtask's package misleads another cargo.
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_BIN_",
            "CARGO_CRATE_",
        ]
        .iter()
        .any(|ours| name.starts_with(ours))
        {
            command.env_remove(&*name);
        }
    }
    command
}

/// A command whose whole group ends when we do, whatever ends us. The caller
/// adds its arguments.
pub fn supervised(root: &Path, program: impl AsRef<OsStr>) -> Command {
    let mut command = command(root, bin(root, "node"));
    command
        .arg(root.join("xtask/js/supervise.mjs"))
        .arg(program)
        .stdin(Stdio::piped());
    command
}

/// One of npm's tools.
pub fn bin(root: &Path, name: &str) -> PathBuf {
    root.join("node_modules/.bin").join(name)
}

fn search_path(root: &Path) -> OsString {
    let mut path = root.join("node_modules/.bin").into_os_string();
    if let Some(inherited) = env::var_os("PATH") {
        path.push(":");
        path.push(inherited);
    }
    path
}

/// A program in the caller's PATH.
pub fn find(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// A running child, and the pipe that keeps its supervisor waiting.
pub struct Child {
    /// The child as std has it.
    pub inner: std::process::Child,
    lifeline: Option<ChildStdin>,
}

/// Starts a child, unless we are to end.
pub fn spawn(command: &mut Command) -> Result<Child, String> {
    let mut running = running();
    if running.interrupted {
        return Err("interrupted".into());
    }
    let mut inner = command
        .process_group(0)
        .spawn()
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => missing(&name(command)),
            _ => format!("{} cannot be started: {error}", name(command)),
        })?;
    let lifeline = inner.stdin.take();
    running.groups.push(Group {
        id: inner.id(),
        supervised: lifeline.is_some(),
    });
    Ok(Child { inner, lifeline })
}

/// The number of one that has ended may soon be another's.
fn forget(id: u32) {
    running().groups.retain(|group| group.id != id);
}

impl Child {
    /// Waits until it ends by itself or by a signal to us.
    pub fn wait(&mut self) -> Result<ExitStatus, String> {
        let status = self.inner.wait();
        forget(self.inner.id());
        status.map_err(|error| format!("a child is lost: {error}"))
    }

    /// Ends what runs under a supervisor, and waits for it.
    pub fn end(&mut self) -> Result<ExitStatus, String> {
        self.lifeline = None;
        self.wait()
    }
}

/// Runs a command whose output the user sees.
pub fn run(command: &mut Command) -> Result<(), String> {
    let status = spawn(command)?.wait()?;
    judge(command, status)
}

/// Runs a command whose output only matters when it fails.
pub fn run_quietly(command: &mut Command) -> Result<(), String> {
    output(command).map(drop)
}

/// Runs a command and answers what it printed; errors are shown with all of it.
pub fn output(command: &mut Command) -> Result<String, String> {
    let child = spawn(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let id = child.inner.id();
    let output = child.inner.wait_with_output();
    forget(id);
    let output = output.map_err(|error| format!("a child is lost: {error}"))?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    judge(command, output.status).map_err(|why| {
        let complaint = String::from_utf8_lossy(&output.stderr);
        format!("{}\n{}\n{why}", printed.trim_end(), complaint.trim_end())
    })?;
    Ok(printed)
}

fn judge(command: &Command, status: ExitStatus) -> Result<(), String> {
    if interrupted() {
        Err("interrupted".into())
    } else if status.success() {
        Ok(())
    } else {
        Err(format!("{} failed: {status}", name(command)))
    }
}

fn name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let arguments: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
    let program = program.file_name().unwrap_or(program.as_os_str());
    format!("{} {}", program.to_string_lossy(), arguments.join(" "))
}

/// What to install, for the programs that are not ours to install.
fn missing(command: &str) -> String {
    let program = command.split(' ').next().unwrap_or_default();
    let remedy = match program {
        "cargo" | "rustup" | "rustc" => "install Rust with rustup: https://rustup.rs",
        "npm" => "install Node.js 20 or later, which brings npm: https://nodejs.org",
        "python3" => "install Python 3 (Debian, Ubuntu: apt-get install python3)",
        _ => "install it, or look whether PATH names its folder",
    };
    format!("{program} is missing: {remedy}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_with_its_remedy() {
        let said = run(&mut Command::new("goodword-no-such-program")).unwrap_err();
        assert!(
            said.starts_with("goodword-no-such-program is missing: install"),
            "{said}"
        );
        assert!(missing("npm ci").contains("nodejs.org"));
    }

    #[test]
    fn a_quiet_command_that_fails_shows_all_that_it_said() {
        let mut command = Command::new("sh");
        let said = output(command.args(["-c", "echo one; echo two >&2; exit 3"])).unwrap_err();
        for part in ["one", "two", "exit status: 3"] {
            assert!(said.contains(part), "{said}");
        }
    }
}
