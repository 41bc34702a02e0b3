//! Owns the committed files that are made from something else: writing them, and
//! telling whether they are current.

use std::fs;
use std::path::Path;

use crate::report::say;
use crate::{agents, setup, zones};

const NODE_MODULES: &str = "node_modules";
const TOKENS: &str = "src/domain/agents/tokens.txt";

/// A generated file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    /// The description of the API, from the code.
    OpenApi,
    /// Bots and link previews, from crawler-user-agents.
    Agents,
    /// Time zones, from the tz database.
    Zones,
}

/// What to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Write it.
    Write,
    /// Compare it.
    Check,
}

/// Writes or compares one document.
pub fn run(root: &Path, document: Document, mode: Mode) -> Result<(), String> {
    if document == Document::Agents {
        setup::packages(root)?;
    }
    match mode {
        Mode::Write => write(root, document),
        Mode::Check => check(root, document),
    }
}

/// Compares all of them; npm's packages are there.
pub fn check_all(root: &Path) -> Result<(), String> {
    [Document::Agents, Document::Zones, Document::OpenApi]
        .into_iter()
        .try_for_each(|document| check(root, document))
}

fn write(root: &Path, document: Document) -> Result<(), String> {
    let path = document.path();
    let fresh = document.generate(root)?;
    if kept(root, document).is_ok_and(|kept| kept == fresh) {
        say(&format!("{path} is current"));
        return Ok(());
    }
    fs::write(root.join(path), fresh).map_err(|error| format!("{path}: {error}"))?;
    say(&format!("{path} is written"));
    Ok(())
}

fn check(root: &Path, document: Document) -> Result<(), String> {
    let path = document.path();
    match document {
        Document::Agents => agents::check(
            &root.join(NODE_MODULES),
            &root.join(TOKENS),
            &root.join(path),
        )
        .map_err(|why| format!("{why} (`cargo xtask agents`)"))?,
        Document::OpenApi | Document::Zones => {
            if kept(root, document)? != document.generate(root)? {
                return Err(format!(
                    "{path} is stale: run `cargo xtask {}`",
                    document.command()
                ));
            }
        }
    }
    say(&format!("{path} is current"));
    Ok(())
}

fn kept(root: &Path, document: Document) -> Result<String, String> {
    let path = document.path();
    fs::read_to_string(root.join(path)).map_err(|error| {
        format!(
            "{path}: {error}; `cargo xtask {}` writes it",
            document.command()
        )
    })
}

impl Document {
    fn command(self) -> &'static str {
        match self {
            Self::OpenApi => "openapi",
            Self::Agents => "agents",
            Self::Zones => "zones",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::OpenApi => "public/openapi.json",
            Self::Agents => "src/domain/agents/table.rs",
            Self::Zones => zones::TABLE,
        }
    }

    fn generate(self, root: &Path) -> Result<String, String> {
        match self {
            Self::OpenApi => {
                let mut text = goodword::http::openapi();
                if !text.ends_with('\n') {
                    text.push('\n');
                }
                Ok(text)
            }
            Self::Agents => agents::generate(&root.join(NODE_MODULES), &root.join(TOKENS)),
            Self::Zones => zones::generate(),
        }
    }
}
