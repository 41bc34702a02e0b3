//! `cargo xtask dev | test | build | …`: the project's commands.
//!
//! Owns the command line. Each command sets up what it needs by itself, and says
//! in a line what it is doing; nothing has to be installed first but rustup's
//! cargo and npm.

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

mod agents;
mod browser;
mod demo;
mod dev;
mod generated;
mod mail;
mod order;
mod process;
mod report;
mod screenshots;
mod secrets;
mod server;
mod setup;
mod snippet;
mod stamp;
mod test;
mod vendor;
mod wasm;
mod zones;

use generated::{Document, Mode};

#[cfg(not(unix))]
compile_error!("xtask needs process groups: use Linux, macOS, or WSL on Windows");

const HELP: &str = "\
cargo xtask COMMAND

  dev      the Worker on this machine, with a demo program
             --empty            without the demo program
             --port N           8787 unless said
             --mail-port N      where captured mail is shown; the next one unless said
             --state DIR        where D1, KV and queues live; .wrangler/state unless said
             --ready-file FILE  written as JSON when the Worker answers: base_url,
                                admin_key, console_url, mail_url,
                                links {email, social, verbal}, stats_url;
                                the last two are null with --empty
  test     everything that a change has to pass; .ci/run is this
             --only STEP        one step alone; may be given again
  screenshots  of every page, with the demo, into screenshots/
             --only PATH        one page alone, like /console/leads; may be given again
  build    the Worker into build/, what its pages load into public/vendor/, and
           public/goodword.js, unless they are there already
  openapi  public/openapi.json from the code
  agents   src/domain/agents/table.rs from the npm package crawler-user-agents
  zones    src/domain/zone/table.rs from the tz database
             --check            compares instead of writing (openapi, agents, zones)
  help     this
";

fn main() -> ExitCode {
    let outcome = process::heed_signals().and_then(|()| command(&root()));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) if process::interrupted() => {
            report::say("interrupted");
            ExitCode::from(130)
        }
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}

fn command(root: &Path) -> Result<(), String> {
    let mut arguments = Arguments(env::args().skip(1).collect());
    let command = arguments.next().unwrap_or_else(|| "help".into());
    match command.as_str() {
        "dev" => dev::run(root, &dev_options(arguments)?),
        "test" => test::run(root, &named(arguments, "--only")?),
        "screenshots" => screenshots::run(root, &named(arguments, "--only")?),
        "build" => {
            arguments.no_more()?;
            setup::building(root)?;
            vendor::build(root)?;
            snippet::build(root)?;
            wasm::build(root)
        }
        "openapi" => generated::run(root, Document::OpenApi, mode(arguments)?),
        "agents" => generated::run(root, Document::Agents, mode(arguments)?),
        "zones" => generated::run(root, Document::Zones, mode(arguments)?),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(format!("there is no command `{other}`\n\n{HELP}")),
    }
}

/// The repository: cargo says where this package stands.
fn root() -> PathBuf {
    let package =
        env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let package = PathBuf::from(package);
    package.parent().map(Path::to_path_buf).unwrap_or(package)
}

fn dev_options(mut arguments: Arguments) -> Result<dev::Options, String> {
    let mut options = dev::Options::default();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--empty" => options.empty = true,
            "--port" => options.port = arguments.port("--port")?,
            "--mail-port" => options.mail_port = Some(arguments.port("--mail-port")?),
            "--state" => options.state = Some(arguments.path("--state")?),
            "--ready-file" => options.ready_file = Some(arguments.path("--ready-file")?),
            other => return Err(unknown(other)),
        }
    }
    Ok(options)
}

/// What an option names that may be given again.
fn named(mut arguments: Arguments, option: &str) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    while let Some(argument) = arguments.next() {
        if argument != option {
            return Err(unknown(&argument));
        }
        names.push(arguments.value(option)?);
    }
    Ok(names)
}

fn mode(mut arguments: Arguments) -> Result<Mode, String> {
    match arguments.next().as_deref() {
        None => Ok(Mode::Write),
        Some("--check") => arguments.no_more().map(|()| Mode::Check),
        Some(other) => Err(unknown(other)),
    }
}

fn unknown(argument: &str) -> String {
    format!("`{argument}` is not known here; `cargo xtask help` lists what is")
}

/// What is left of the command line.
struct Arguments(std::collections::VecDeque<String>);

impl Arguments {
    /// The next word; `--name=value` is two.
    fn next(&mut self) -> Option<String> {
        let word = self.0.pop_front()?;
        match word.split_once('=') {
            Some((name, value)) if name.starts_with("--") => {
                self.0.push_front(value.to_owned());
                Some(name.to_owned())
            }
            _ => Some(word),
        }
    }

    fn value(&mut self, name: &str) -> Result<String, String> {
        self.0
            .pop_front()
            .ok_or_else(|| format!("{name} needs a value"))
    }

    fn port(&mut self, name: &str) -> Result<u16, String> {
        match self.value(name)?.parse() {
            Ok(port) if port > 0 => Ok(port),
            _ => Err(format!("{name}: a number from 1 to 65535")),
        }
    }

    /// A path as the caller meant it, wherever the children run.
    fn path(&mut self, name: &str) -> Result<PathBuf, String> {
        std::path::absolute(self.value(name)?).map_err(|error| format!("{name}: {error}"))
    }

    fn no_more(mut self) -> Result<(), String> {
        self.next().map_or(Ok(()), |other| Err(unknown(&other)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(words: &[&str]) -> Arguments {
        Arguments(words.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn an_option_takes_its_value_after_a_space_or_an_equals_sign() {
        for words in [&["--port", "9000"][..], &["--port=9000"]] {
            assert_eq!(dev_options(arguments(words)).unwrap().port, 9000);
        }
    }

    #[test]
    fn what_is_not_known_is_refused_by_name() {
        let said = dev_options(arguments(&["--prot", "9000"])).err().unwrap();
        assert!(said.contains("--prot"), "{said}");
        assert!(dev_options(arguments(&["--port", "0"])).is_err());
        assert!(dev_options(arguments(&["--port"])).is_err());
        assert!(mode(arguments(&["--check", "more"])).is_err());
    }
}
