//! Owns knowing whether a step has been done already: a stamp is a file that
//! holds the hash of all that the step depends on.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// A hash over files and folders below `root`, and over words (versions).
/// What is not there counts as empty.
pub fn hash(root: &Path, paths: &[&str], words: &[&str]) -> Result<String, String> {
    let mut hasher = Sha256::new();
    for word in words {
        hasher.update(word.as_bytes());
        hasher.update([0]);
    }
    let mut files = Vec::new();
    for path in paths {
        collect(&root.join(path), &mut files)?;
    }
    files.sort();
    for file in files {
        let bytes = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let name = file.strip_prefix(root).unwrap_or(&file);
        hasher.update(name.as_os_str().as_encoded_bytes());
        hasher.update([0]);
        hasher.update((bytes.len() as u64).to_be_bytes());
        hasher.update(&bytes);
    }
    let mut text = String::new();
    for byte in hasher.finalize() {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let at_fault = |error| format!("{}: {error}", path.display());
    if path.is_dir() {
        for entry in fs::read_dir(path).map_err(at_fault)? {
            collect(&entry.map_err(at_fault)?.path(), files)?;
        }
    } else if path.is_file() {
        files.push(path.to_path_buf());
    }
    Ok(())
}

/// Whether the stamp says this hash.
pub fn says(stamp: &Path, hash: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|kept| kept.trim() == hash)
}

/// Removes a stamp before the step that it speaks of is done again.
pub fn lift(stamp: &Path) {
    // Not being there is as good.
    let _ = fs::remove_file(stamp);
}

/// Writes a stamp after the step.
pub fn put(stamp: &Path, hash: &str) -> Result<(), String> {
    fs::write(stamp, format!("{hash}\n")).map_err(|error| format!("{}: {error}", stamp.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_changes_with_names_contents_and_words() {
        let root = std::env::temp_dir().join(format!("goodword-stamp-{}", std::process::id()));
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::write(root.join("a/b/one"), "1").unwrap();
        let seen = |words: &[&str]| hash(&root, &["a", "absent"], words).unwrap();
        let first = seen(&[]);
        assert_eq!(first, seen(&[]));
        assert_ne!(first, seen(&["0.2.129"]));
        fs::write(root.join("a/b/one"), "2").unwrap();
        assert_ne!(first, seen(&[]));
        fs::rename(root.join("a/b/one"), root.join("a/b/two")).unwrap();
        fs::write(root.join("a/b/two"), "1").unwrap();
        assert_ne!(first, seen(&[]));
        fs::remove_dir_all(&root).unwrap();
    }
}
