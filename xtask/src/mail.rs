//! Owns the mail of a local Worker: the server that captures it, under the
//! supervisor, and the variables by which the Worker finds it.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::process::{self, Child};
use crate::report::{say, timed};

/// The running capture; dropping it ends it.
pub struct Mail {
    child: Child,
    is_ending: Arc<AtomicBool>,
    /// The page that shows what was captured.
    pub url: String,
}

impl Mail {
    /// Starts it, and waits until it listens. Messages are files in the state.
    pub fn start(root: &Path, port: u16, state: &Path) -> Result<Self, String> {
        let url = format!("http://localhost:{port}/");
        let is_ending = Arc::new(AtomicBool::new(false));
        let (child, _) = timed(&format!("starting the mail capture at {url}"), || {
            started(root, port, state, Arc::clone(&is_ending))
        })?;
        Ok(Self {
            child,
            is_ending,
            url,
        })
    }

    /// What the Worker has to know: where to send, as whom, and what to show to
    /// somebody who waits for a message.
    pub fn vars(&self) -> [(&'static str, String); 3] {
        [
            ("MAIL_URL", format!("{}emails", self.url)),
            ("MAIL_FROM", "Goodword <goodword@localhost>".to_owned()),
            ("MAIL_PAGE", self.url.clone()),
        ]
    }
}

impl Drop for Mail {
    fn drop(&mut self) {
        self.is_ending.store(true, Ordering::Relaxed);
        let _ = self.child.end();
    }
}

fn started(
    root: &Path,
    port: u16,
    state: &Path,
    is_ending: Arc<AtomicBool>,
) -> Result<Child, String> {
    let mut command = process::supervised(root, process::bin(root, "node"));
    command
        .arg(root.join("xtask/js/mail.mjs"))
        .args(["--port", &port.to_string()])
        .arg("--folder")
        .arg(state.join("mail"))
        .stdout(Stdio::piped());
    let mut child = process::spawn(&mut command)?;
    let said = child.inner.stdout.take();
    let mut said = BufReader::new(said.ok_or("the mail capture has no output")?);
    // Its one line says that it listens; what is wrong it says on standard error.
    match said.read_line(&mut String::new()) {
        Ok(length) if length > 0 => {}
        _ => {
            let status = child.end()?;
            return Err(format!("the mail capture has not started: {status}"));
        }
    }
    thread::spawn(move || {
        let _ = said.read_to_end(&mut Vec::new());
        if !is_ending.load(Ordering::Relaxed) && !process::interrupted() {
            say("the mail capture has ended by itself: mail is refused from now on");
        }
    });
    Ok(child)
}
