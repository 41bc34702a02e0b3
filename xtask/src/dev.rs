//! `cargo xtask dev`: the Worker on this machine, from nothing to links that can
//! be clicked.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::demo::{self, Links};
use crate::mail::Mail;
use crate::report::{now, say, seconds, timed};
use crate::server::{self, Server};
use crate::{secrets, setup, snippet, vendor, wasm};

/// How it is run.
pub struct Options {
    /// Leaves the demo out.
    pub empty: bool,
    /// Where it listens.
    pub port: u16,
    /// Where captured mail is shown; the next port unless said.
    pub mail_port: Option<u16>,
    /// Where its data live.
    pub state: Option<PathBuf>,
    /// What is written for scripts when it answers.
    pub ready_file: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            empty: false,
            port: 8787,
            mail_port: None,
            state: None,
            ready_file: None,
        }
    }
}

/// Sets up, builds, starts, makes the demo, and stays until a signal comes.
pub fn run(root: &Path, options: &Options) -> Result<(), String> {
    let began = now();
    let Dev { server, ready, .. } = &mut start(root, options)?;
    say(&format!("ready after {}", seconds(began.elapsed())));
    ready.print();
    if let Some(file) = &options.ready_file {
        ready.write(file)?;
    }
    server.follow_log();
    server::each_minute(&ready.base_url);
    server.wait()?;
    say("everything has ended; `cargo xtask dev` finds the data again");
    Ok(())
}

/// A Worker that answers; dropping it ends it.
pub struct Dev {
    // Ends before what it sends mail to.
    server: Server,
    _mail: Mail,
    /// Where it is and who may ask it.
    pub ready: Ready,
}

/// Sets up, builds, starts, and makes the demo.
pub fn start(root: &Path, options: &Options) -> Result<Dev, String> {
    let mail_port = mail_port(options)?;
    server::port_is_free(options.port, "--port")?;
    server::port_is_free(mail_port, "--mail-port")?;
    if let Some(file) = &options.ready_file {
        // One of an earlier start would speak of a Worker that is not there.
        let _ = fs::remove_file(file);
    }
    let state = match &options.state {
        Some(state) => state.clone(),
        None => root.join(".wrangler/state"),
    };
    setup::building(root)?;
    vendor::build(root)?;
    snippet::build(root)?;
    wasm::build(root)?;
    let secrets = secrets::both(root)?;
    fs::create_dir_all(&state).map_err(|error| format!("{}: {error}", state.display()))?;
    server::migrate(root, &state)?;

    let base_url = format!("http://localhost:{}", options.port);
    let made = if options.empty {
        Ok(())
    } else {
        demo::make(&state, &base_url, &secrets)
    };
    let mail = Mail::start(root, mail_port, &state)?;
    let vars = mail.vars();
    let mut vars: Vec<(&str, &str)> = vars.iter().map(|(name, value)| (*name, &**value)).collect();
    // What cron sends has links too, and whoever tries webhooks has them come here.
    vars.extend([("BASE_URL", &*base_url), ("WEBHOOK_TARGETS", "any")]);
    let (mut server, _) = timed(&format!("starting the Worker at {base_url}"), || {
        let mut server = Server::start(root, options.port, &state, &vars)?;
        server.until_healthy(&base_url)?;
        Ok(server)
    })?;
    let links = if options.empty {
        None
    } else {
        // What was made beside the Worker is not yet where links are answered from.
        let published = made.and_then(|()| server::cron(&base_url));
        let links = published.and_then(|()| demo::links(&base_url, &secrets));
        demo(&mut server, &base_url, links)?
    };
    Ok(Dev {
        server,
        ready: Ready {
            base_url,
            admin_key: secrets.admin_key,
            mail_url: mail.url.clone(),
            links,
        },
        _mail: mail,
    })
}

/// Beside the Worker's, unless said.
fn mail_port(options: &Options) -> Result<u16, String> {
    let port = options.mail_port.or(options.port.checked_add(1));
    port.filter(|port| *port != options.port)
        .ok_or_else(|| "--mail-port: another port than the Worker's is needed".into())
}

/// A demo that the user has changed beyond making is no reason not to start.
fn demo(
    server: &mut Server,
    base_url: &str,
    links: Result<Links, String>,
) -> Result<Option<Links>, String> {
    match links {
        Ok(links) => Ok(Some(links)),
        Err(why) => {
            // If wrangler is what ended, that is what to say.
            server.until_healthy(base_url)?;
            server.show_log();
            say(&format!("the demo is incomplete: {why}"));
            Ok(None)
        }
    }
}

/// What a person or a script needs to go on.
pub struct Ready {
    /// Where the Worker answers.
    pub base_url: String,
    /// The operator's key.
    pub admin_key: String,
    mail_url: String,
    links: Option<Links>,
}

impl Ready {
    fn console_url(&self) -> String {
        format!("{}/console", self.base_url)
    }

    fn stats_url(&self) -> String {
        format!("{}/v1/stats?program=demo&by=channel", self.base_url)
    }

    fn print(&self) {
        let Self {
            base_url,
            admin_key,
            mail_url,
            links,
        } = self;
        println!("\n  Console     {}", self.console_url());
        println!("  Mail        {mail_url}\n  Base URL    {base_url}\n  Admin key   {admin_key}");
        let url = if let Some(links) = links {
            println!(
                "\n  Email link  {}\n  Social link {}\n  Verbal link {}\n\n  Statistics  {}\n  \
                 Portal      {base_url}/me (you are {}; the link comes by mail)\n  \
                 Landing     {base_url}/l/demo",
                links.email,
                links.social,
                links.verbal,
                self.stats_url(),
                demo::advocate()
            );
            self.stats_url()
        } else {
            format!("{base_url}/v1/programs")
        };
        println!("\n  curl -H 'Authorization: Bearer {admin_key}' '{url}'\n\n  Ctrl-C ends it.\n");
    }

    /// Whole or not at all, because a script waits for it; for the user's eyes
    /// only, because it holds the key.
    fn write(&self, file: &Path) -> Result<(), String> {
        let mut partial = file.as_os_str().to_owned();
        partial.push(format!(".{}", std::process::id()));
        let text = format!("{:#}\n", self.json());
        OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&partial)
            .and_then(|mut partial| partial.write_all(text.as_bytes()))
            .and_then(|()| fs::rename(&partial, file))
            .map_err(|error| format!("{}: {error}", file.display()))
    }

    fn json(&self) -> Value {
        let links = self.links.as_ref().map(
            |links| json!({"email": links.email, "social": links.social, "verbal": links.verbal}),
        );
        json!({
            "base_url": self.base_url,
            "admin_key": self.admin_key,
            "console_url": self.console_url(),
            "mail_url": self.mail_url,
            "stats_url": links.is_some().then(|| self.stats_url()),
            "links": links,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ready_file_says_what_scripts_read() {
        let mut ready = Ready {
            base_url: "http://localhost:1".into(),
            admin_key: "k".into(),
            mail_url: "http://localhost:2/".into(),
            links: Some(Links {
                email: "e".into(),
                social: "s".into(),
                verbal: "v".into(),
            }),
        };
        assert_eq!(
            ready.json(),
            json!({
                "base_url": "http://localhost:1",
                "admin_key": "k",
                "console_url": "http://localhost:1/console",
                "mail_url": "http://localhost:2/",
                "links": {"email": "e", "social": "s", "verbal": "v"},
                "stats_url": "http://localhost:1/v1/stats?program=demo&by=channel",
            })
        );
        ready.links = None;
        assert_eq!(
            ready.json(),
            json!({
                "base_url": "http://localhost:1",
                "admin_key": "k",
                "console_url": "http://localhost:1/console",
                "mail_url": "http://localhost:2/",
                "links": null,
                "stats_url": null,
            })
        );
    }
}
