//! Owns the local Worker: wrangler under the supervisor, its state and its log.

use std::fs;
use std::io::{BufRead, BufReader, Error, ErrorKind, Read};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::process::{self, Child};
use crate::report::{now, timed};
use crate::stamp;

/// How long the Worker may take to answer; wrangler itself needs a few seconds.
const PATIENCE: Duration = Duration::from_mins(2);

/// A running wrangler; dropping it ends it.
pub struct Server {
    child: Child,
    threads: Vec<JoinHandle<()>>,
    log: Arc<Log>,
}

/// What wrangler prints: held back while it starts, for that is a page of
/// settings, and shown only if the start fails.
struct Log(Mutex<Option<Vec<String>>>);

/// Says who could be there, if the port is taken; `option` takes another.
pub fn port_is_free(port: u16, option: &str) -> Result<(), String> {
    let taken = [
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)),
        TcpListener::bind((Ipv6Addr::LOCALHOST, port)),
    ]
    .into_iter()
    .filter_map(Result::err)
    .any(|error| error.kind() == ErrorKind::AddrInUse);
    if taken {
        return Err(format!(
            "port {port} is taken, perhaps by another `cargo xtask dev`: end that, or take another with {option}"
        ));
    }
    Ok(())
}

/// Ports that nobody listens on, as far as can be told beforehand.
pub fn free_ports<const N: usize>() -> Result<[u16; N], String> {
    let mut ports = [0; N];
    let mut held = Vec::new();
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let listener = listener.map_err(|error| format!("there is no free port: {error}"))?;
        let address = listener.local_addr();
        *port = address.map_err(|error| error.to_string())?.port();
        // So that the next one is another.
        held.push(listener);
    }
    Ok(ports)
}

/// Brings the local D1 to the last migration.
pub fn migrate(root: &Path, state: &Path) -> Result<(), String> {
    // wrangler.toml says which database it is.
    let wanted = stamp::hash(root, &["migrations", "wrangler.toml"], &[])?;
    let kept = state.join(".goodword-migrations");
    if stamp::says(&kept, &wanted) {
        return Ok(());
    }
    timed("migrating the local database", || {
        let mut command = wrangler(root, state);
        command.args(["d1", "migrations", "apply", "DB", "--local", "--persist-to"]);
        process::run_quietly(command.arg(state))?;
        stamp::put(&kept, &wanted)
    })
    .map(drop)
}

/// The file in which the local D1 lives. Nobody else may have it open.
pub fn database(state: &Path) -> Result<PathBuf, String> {
    let folder = state.join("v3/d1/miniflare-D1DatabaseObject");
    let at_fault = |error: Error| format!("{}: {error}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).map_err(at_fault)? {
        let file = entry.map_err(at_fault)?.path();
        let is_database = file.extension().is_some_and(|kind| kind == "sqlite");
        if is_database && file.file_stem().is_some_and(|stem| stem != "metadata") {
            found.push(file);
        }
    }
    match found.pop() {
        Some(file) if found.is_empty() => Ok(file),
        _ => Err(format!(
            "{}: one database was expected there",
            folder.display()
        )),
    }
}

/// Has cron done its work, for which a local Worker waits in vain.
pub fn cron(base_url: &str) -> Result<(), String> {
    scheduled(base_url, "")
}

/// Has cron carry what is due, each minute until this process ends.
pub fn each_minute(base_url: &str) {
    let base_url = base_url.to_owned();
    thread::spawn(move || {
        loop {
            thread::sleep(Duration::from_mins(1));
            // The Worker may be going; what is due waits for its next start.
            let _ = scheduled(&base_url, "?cron=*+*+*+*+*");
        }
    });
}

fn scheduled(base_url: &str, query: &str) -> Result<(), String> {
    let url = format!("{base_url}/cdn-cgi/handler/scheduled{query}");
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(30)))
        .build()
        .into();
    let answer = agent.get(&url).call();
    answer.map(drop).map_err(|error| format!("{url}: {error}"))
}

fn wrangler(root: &Path, state: &Path) -> Command {
    let mut command = process::supervised(root, process::bin(root, "wrangler"));
    command
        // Asks nothing, reports nothing, looks for no news of itself.
        .env("CI", "1")
        .env("NO_COLOR", "1")
        .env("WRANGLER_SEND_METRICS", "false")
        .env("WRANGLER_SEND_ERROR_REPORTS", "false")
        .env("WRANGLER_HIDE_BANNER", "true")
        .env("WRANGLER_WRITE_LOGS", "false")
        .env("WRANGLER_REGISTRY_PATH", state.join("registry"))
        .env("CLOUDFLARE_CF_FETCH_ENABLED", "false");
    command
}

impl Server {
    /// Starts wrangler; the Worker is built. `vars` go before those of wrangler.toml.
    pub fn start(
        root: &Path,
        port: u16,
        state: &Path,
        vars: &[(&str, &str)],
    ) -> Result<Self, String> {
        let mut command = wrangler(root, state);
        command
            .args(["dev", "--local", "--show-interactive-dev-session=false"])
            .args(["--port", &port.to_string()])
            .arg("--persist-to")
            .arg(state);
        for (name, value) in vars {
            // wrangler parts them at the first colon.
            command.args(["--var", &format!("{name}:{value}")]);
        }
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = process::spawn(&mut command)?;
        let log = Arc::new(Log(Mutex::new(Some(Vec::new()))));
        let stdout = child.inner.stdout.take().map(|out| follow(out, &log));
        let stderr = child.inner.stderr.take().map(|err| follow(err, &log));
        Ok(Self {
            child,
            threads: stdout.into_iter().chain(stderr).collect(),
            log,
        })
    }

    /// Waits until the Worker answers.
    pub fn until_healthy(&mut self, base_url: &str) -> Result<(), String> {
        let health = format!("{base_url}/v1/health");
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(5)))
            .build()
            .into();
        let began = now();
        loop {
            let answer = match agent.get(&health).call() {
                Ok(answer) if answer.status() == 200 => return Ok(()),
                Ok(answer) => format!("it answered {}", answer.status()),
                Err(error) => error.to_string(),
            };
            if process::interrupted() {
                return Err("interrupted".into());
            }
            if let Ok(Some(status)) = self.child.inner.try_wait() {
                self.join();
                self.log.show();
                return Err(format!(
                    "wrangler ended before the Worker answered: {status}"
                ));
            }
            if began.elapsed() > PATIENCE {
                self.log.show();
                return Err(format!("{health} does not answer 200: {answer}"));
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Shows what was held back.
    pub fn show_log(&self) {
        self.log.show();
    }

    /// Shows what comes from now on, and nothing of before.
    pub fn follow_log(&self) {
        self.log.held().take();
    }

    /// Waits for the end: ours by a signal, or wrangler's own, which is an error.
    pub fn wait(&mut self) -> Result<(), String> {
        let status = self.child.wait()?;
        self.join();
        if process::interrupted() {
            return Ok(());
        }
        Err(format!("wrangler ended by itself: {status}"))
    }

    fn join(&mut self) {
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.end();
    }
}

impl Log {
    fn held(&self) -> MutexGuard<'_, Option<Vec<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn line(&self, line: String) {
        match &mut *self.held() {
            Some(held) => held.push(line),
            None => println!("wrangler | {line}"),
        }
    }

    fn show(&self) {
        for line in self.held().take().into_iter().flatten() {
            println!("wrangler | {line}");
        }
    }
}

fn follow(output: impl Read + Send + 'static, log: &Arc<Log>) -> JoinHandle<()> {
    let log = Arc::clone(log);
    thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end();
            let line = line.strip_prefix("[wrangler:info] ").unwrap_or(line);
            if !line.is_empty() {
                log.line(line.to_owned());
            }
        }
    })
}
