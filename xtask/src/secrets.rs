//! Owns `.dev.vars`, which git ignores: the secrets of a local Worker.
//!
//! What is there stays as it is; what is lacking is made at random and added.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::report::say;

const FILE: &str = ".dev.vars";
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// What a local Worker has of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secrets {
    /// The operator's key.
    pub admin_key: String,
    /// The keys of links, as the Worker reads them.
    pub link_keys: String,
}

/// Sees to it that both secrets are there, and answers them.
pub fn both(root: &Path) -> Result<Secrets, String> {
    let path = root.join(FILE);
    let kept = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(format!("{FILE}: {error}")),
    };
    let mut added = String::new();
    let link_keys = if let Some(keys) = value(&kept, "LINK_KEYS") {
        keys.to_owned()
    } else {
        let keys = format!("1:{}", hex(&random::<32>()?));
        let _ = writeln!(added, "LINK_KEYS=\"{keys}\"");
        keys
    };
    let admin_key = if let Some(key) = value(&kept, "ADMIN_KEY") {
        key.to_owned()
    } else {
        let key = format!("gwk_{}", base62(44)?);
        let _ = writeln!(added, "ADMIN_KEY=\"{key}\"");
        key
    };
    if !added.is_empty() {
        if !kept.is_empty() && !kept.ends_with('\n') {
            added.insert(0, '\n');
        }
        OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| file.write_all(added.as_bytes()))
            .map_err(|error| format!("{FILE}: {error}"))?;
        say("random secrets are in .dev.vars");
    }
    Ok(Secrets {
        admin_key,
        link_keys,
    })
}

/// As dotenv reads it: the last line of a name counts; an empty value is none.
fn value<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines()
        .filter_map(|line| {
            let line = line.trim_start();
            let line = line.strip_prefix("export ").unwrap_or(line);
            line.split_once('=')
        })
        .filter(|(key, _)| key.trim() == name)
        .map(|(_, value)| unquoted(value.trim()))
        .next_back()
        .filter(|value| !value.is_empty())
}

fn unquoted(value: &str) -> &str {
    for quote in ['"', '\'', '`'] {
        if let Some((inside, _)) = value
            .strip_prefix(quote)
            .and_then(|rest| rest.split_once(quote))
        {
            return inside;
        }
    }
    value
        .split_once('#')
        .map_or(value, |(value, _)| value)
        .trim_end()
}

fn random<const N: usize>() -> Result<[u8; N], String> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| format!("there is no randomness: {error}"))?;
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Digits that are each as likely as any other.
fn base62(length: usize) -> Result<String, String> {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let [byte] = random()?;
        // 248 is the last multiple of 62: above it the first digits would win.
        if byte < 248
            && let Some(digit) = BASE62.get(usize::from(byte % 62))
        {
            text.push(char::from(*digit));
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_dotenv_reads_them() {
        let text =
            "# LINK_KEYS=no\nLINK_KEYS=\"1:ab,2:cd\" # said\nA='b#c'\nexport B = x # y\nC=\n";
        assert_eq!(value(text, "LINK_KEYS"), Some("1:ab,2:cd"));
        assert_eq!(value(text, "A"), Some("b#c"));
        assert_eq!(value(text, "B"), Some("x"));
        assert_eq!(value(text, "C"), None);
        assert_eq!(value("K=1\nK=2\n", "K"), Some("2"));
    }

    #[test]
    fn what_is_there_stays_and_what_lacks_is_added_once() {
        use std::os::unix::fs::PermissionsExt;

        let root = std::env::temp_dir().join(format!("goodword-secrets-{}", std::process::id()));
        fs::create_dir_all(&root).unwrap();
        let file = root.join(FILE);
        let made = both(&root).unwrap();
        assert_eq!(made.admin_key.len(), 48);
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(made.link_keys.len(), 66);
        assert_eq!(value(&text, "LINK_KEYS").unwrap(), made.link_keys);
        assert_eq!(both(&root).unwrap(), made);
        assert_eq!(fs::read_to_string(&file).unwrap(), text);

        fs::write(&file, "ADMIN_KEY=mine").unwrap();
        assert_eq!(both(&root).unwrap().admin_key, "mine");
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("ADMIN_KEY=mine\nLINK_KEYS="), "{text}");
        fs::remove_dir_all(&root).unwrap();
    }
}
