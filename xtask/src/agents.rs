//! Generates `src/domain/agents/table.rs` from the npm package
//! crawler-user-agents and from the hand-kept `tokens.txt`, and tells whether
//! the committed file has drifted from them. What a match means is decided in
//! `src/domain/agents.rs`, not here.
//!
//! The list is made of regular expressions, but nearly all of them are
//! literals with a few character classes. They are written out as literals,
//! because any regex engine costs the worker more bytes than the whole table.
//! An expression that cannot be written out is an error: it then needs a line
//! in `exceptions.rs`, and a human's judgement.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

mod exceptions;

use exceptions::{EXCLUDED, NARROWED};

/// Stands before the first byte of a user agent, so that `^curl` is a literal
/// like any other. No header value can hold this byte.
const START: char = '\u{2}';
/// Stands after the last byte, for the few patterns that end in `$`.
const END: char = '\u{3}';

/// The filter's size in bits, as a power of two; the domain code has the same.
const FILTER_BITS: u32 = 15;

/// An expression that writes out to more literals than this is refused.
const MOST_LITERALS: usize = 64;

/// Reads the list below `node_modules` and the tokens beside the domain code,
/// and answers the text of `table.rs`. The same input gives the same bytes.
///
/// # Errors
/// Says in words which file or which pattern is at fault.
pub fn generate(node_modules: &Path, tokens: &Path) -> Result<String, String> {
    let package = node_modules.join("crawler-user-agents");
    let manifest = json(&package.join("package.json"))?;
    let version = manifest
        .get("version")
        .and_then(Value::as_str)
        .ok_or("crawler-user-agents: package.json names no version")?;
    let list = json(&package.join("crawler-user-agents.json"))?;
    let entries = list
        .as_array()
        .ok_or("crawler-user-agents: the list is not an array")?;
    let tokens = Tokens::read(tokens)?;

    let mut bots = bots(entries)?;
    for preview in &tokens.previews {
        bots.insert(preview.clone(), true);
    }
    let bots = without_the_redundant(bots);
    let suspected: BTreeMap<String, bool> = tokens
        .suspected
        .into_iter()
        .map(|token| (token, false))
        .collect();
    let suspected = without_the_redundant(suspected);
    write_out(version, &bots, &suspected)
}

/// Compares the committed table with a fresh one.
///
/// # Errors
/// Says that the two differ and how to bring them together, or why there is
/// nothing to compare.
pub fn check(node_modules: &Path, tokens: &Path, table: &Path) -> Result<(), String> {
    let fresh = generate(node_modules, tokens)?;
    if text(table)? == fresh {
        Ok(())
    } else {
        Err(format!(
            "{} is not what the list and the tokens give; run the generator, \
             read the difference and raise RULES if verdicts change",
            table.display()
        ))
    }
}

/// What `tokens.txt` holds: one token a line, under two headings.
struct Tokens {
    /// Link previews that the list lacks or does not tag, as written.
    previews: Vec<String>,
    /// Signs of a machine, in lower case.
    suspected: Vec<String>,
}

impl Tokens {
    fn read(path: &Path) -> Result<Self, String> {
        let mut tokens = Self {
            previews: Vec::new(),
            suspected: Vec::new(),
        };
        let mut heading = "";
        for (number, line) in text(path)?.lines().enumerate() {
            if line.is_empty() || line.starts_with("# ") {
                continue;
            }
            if matches!(line, "[preview]" | "[suspected]") {
                heading = if line == "[preview]" {
                    "preview"
                } else {
                    "suspected"
                };
                continue;
            }
            // Quotes keep a space at either end in sight.
            let token = line
                .strip_prefix('"')
                .and_then(|rest| rest.strip_suffix('"'))
                .ok_or_else(|| format!("tokens.txt, line {}: not in quotes", number + 1))?;
            let literal = anchored(token);
            long_enough(&literal)?;
            match heading {
                "preview" => tokens.previews.push(literal),
                "suspected" if token == token.to_ascii_lowercase() => {
                    tokens.suspected.push(literal);
                }
                "suspected" => {
                    return Err(format!(
                        "tokens.txt, line {}: not in lower case",
                        number + 1
                    ));
                }
                _ => return Err(format!("tokens.txt, line {}: above a heading", number + 1)),
            }
        }
        Ok(tokens)
    }
}

/// The list's literals, each with whether it is a link preview.
fn bots(entries: &[Value]) -> Result<BTreeMap<String, bool>, String> {
    let mut literals = BTreeMap::new();
    let mut used = BTreeSet::new();
    for entry in entries {
        let pattern = entry
            .get("pattern")
            .and_then(Value::as_str)
            .ok_or("crawler-user-agents: an entry without a pattern")?;
        if EXCLUDED.iter().any(|(excluded, _)| *excluded == pattern) {
            used.insert(pattern);
            continue;
        }
        let narrowed = NARROWED
            .iter()
            .find(|(narrowed, _, _)| *narrowed == pattern);
        let expanded = match narrowed {
            Some((_, instead, _)) => {
                used.insert(pattern);
                instead.iter().map(|literal| anchored(literal)).collect()
            }
            None => expand(pattern)?,
        };
        for instance in strings(entry, "instances") {
            let framed = format!("{START}{instance}{END}");
            if narrowed.is_some()
                && !expanded
                    .iter()
                    .any(|literal| framed.contains(literal.as_str()))
            {
                return Err(format!("{pattern}: its narrower form misses {instance}"));
            }
        }
        let preview = strings(entry, "tags").any(|tag| tag == "social-preview");
        for literal in expanded {
            long_enough(&literal)?;
            *literals.entry(literal).or_insert(false) |= preview;
        }
    }
    let known = EXCLUDED.iter().map(|(pattern, _)| *pattern);
    let known = known.chain(NARROWED.iter().map(|(pattern, _, _)| *pattern));
    match known
        .filter(|pattern| !used.contains(pattern))
        .collect::<Vec<_>>()
    {
        gone if gone.is_empty() => Ok(literals),
        gone => Err(format!(
            "named here, but no longer in the list: {}",
            gone.join(", ")
        )),
    }
}

/// Drops every literal that another one of the same or a stronger meaning is
/// part of: it could never change a verdict.
fn without_the_redundant(literals: BTreeMap<String, bool>) -> BTreeMap<String, bool> {
    let all = literals.clone();
    literals
        .into_iter()
        .filter(|(literal, preview)| {
            !all.iter().any(|(other, stronger)| {
                other != literal && literal.contains(other.as_str()) && (*stronger || !preview)
            })
        })
        .collect()
}

/// Refuses what the domain code could never find.
fn long_enough(literal: &str) -> Result<(), String> {
    if literal.len() < 3 {
        return Err(format!(
            "{literal:?} is shorter than the filter's three bytes"
        ));
    }
    Ok(())
}

/// Turns a leading `^` and a trailing `$` into the framing bytes.
fn anchored(token: &str) -> String {
    let (start, rest) = match token.strip_prefix('^') {
        Some(rest) => (START.to_string(), rest),
        None => (String::new(), token),
    };
    match rest.strip_suffix('$') {
        Some(rest) => format!("{start}{rest}{END}"),
        None => format!("{start}{rest}"),
    }
}

/// Writes an expression out as the literals that it matches.
///
/// # Errors
/// Names the construct that has no finite, small set of literals.
pub fn expand(pattern: &str) -> Result<Vec<String>, String> {
    let mut parser = Parser {
        rest: pattern.chars().collect(),
        pattern,
    };
    parser.rest.reverse();
    let literals = parser.alternatives()?;
    if parser.rest.is_empty() {
        Ok(literals
            .into_iter()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect())
    } else {
        Err(format!("{pattern}: a parenthesis that was never opened"))
    }
}

/// A recursive descent over one expression; `rest` is reversed, so that the
/// next character is popped.
struct Parser<'a> {
    rest: Vec<char>,
    pattern: &'a str,
}

impl Parser<'_> {
    fn alternatives(&mut self) -> Result<Vec<String>, String> {
        let mut all = Vec::new();
        loop {
            all.extend(self.sequence()?);
            if self.rest.last() != Some(&'|') {
                return Ok(all);
            }
            self.rest.pop();
        }
    }

    fn sequence(&mut self) -> Result<Vec<String>, String> {
        let mut literals = vec![String::new()];
        while let Some(next) = self.rest.last().copied() {
            if matches!(next, '|' | ')') {
                break;
            }
            self.rest.pop();
            let mut piece = self.piece(next)?;
            match self.rest.last() {
                Some('?') => {
                    self.rest.pop();
                    piece.push(String::new());
                }
                Some('*' | '+' | '{') => return Err(self.refuse("a repetition")),
                _ => {}
            }
            literals = literals
                .iter()
                .flat_map(|head| piece.iter().map(move |tail| format!("{head}{tail}")))
                .collect();
            if literals.len() > MOST_LITERALS {
                return Err(self.refuse("too many literals"));
            }
        }
        Ok(literals)
    }

    fn piece(&mut self, first: char) -> Result<Vec<String>, String> {
        match first {
            '(' => {
                if self.rest.last() == Some(&'?') {
                    return Err(self.refuse("a group with a flag"));
                }
                let inside = self.alternatives()?;
                match self.rest.pop() {
                    Some(')') => Ok(inside),
                    _ => Err(self.refuse("a parenthesis that is never closed")),
                }
            }
            '[' => self.class(),
            '\\' => match self.rest.pop() {
                Some(escaped) if !escaped.is_ascii_alphanumeric() => Ok(vec![escaped.to_string()]),
                _ => Err(self.refuse("an escape that stands for more than one character")),
            },
            '^' => Ok(vec![START.to_string()]),
            '$' => Ok(vec![END.to_string()]),
            // The list writes a few dots unescaped where it means a dot.
            // Reading them so is narrower, never wider.
            '.' if !matches!(self.rest.last(), Some('*' | '+' | '?')) => Ok(vec![".".to_owned()]),
            '.' | '*' | '+' | '?' | '{' => Err(self.refuse("a wildcard or a repetition")),
            other => Ok(vec![other.to_string()]),
        }
    }

    fn class(&mut self) -> Result<Vec<String>, String> {
        let mut members = Vec::new();
        loop {
            match self.rest.pop() {
                Some(']') if !members.is_empty() => return Ok(members),
                Some('^' | '-' | '\\') | None => {
                    return Err(self.refuse("a class that is no plain set of characters"));
                }
                Some(member) => members.push(member.to_string()),
            }
        }
    }

    fn refuse(&self, what: &str) -> String {
        format!("{}: {what}; name it in NARROWED or EXCLUDED", self.pattern)
    }
}

/// The text of `table.rs`.
fn write_out(
    version: &str,
    bots: &BTreeMap<String, bool>,
    suspected: &BTreeMap<String, bool>,
) -> Result<String, String> {
    let mut out = format!(
        "\
//! Generated by xtask's `agents` from crawler-user-agents {version}
//! (MIT, © Martin Monperrus) and `tokens.txt`. Don't edit: change its
//! sources. Owns the literals and their filters, and no judgement.
//!
//! `\\u{{2}}` stands before a user agent and `\\u{{3}}` behind it; `\\u{{1}}` marks a
//! link preview. A table's literals are sorted by bytes, one a line.

use super::Table;

/// What the verdicts come from.
pub const VERSION: &str = \"crawler-user-agents {version}\";
"
    );
    let bots = table("BOTS", "Robots by their own word.", bots)?;
    let suspected = table("SUSPECTED", "Signs of a machine, in lower case.", suspected)?;
    out.push_str(&bots);
    out.push_str(&suspected);
    Ok(out)
}

/// The text of one table.
fn table(name: &str, what: &str, literals: &BTreeMap<String, bool>) -> Result<String, String> {
    let mut text = String::new();
    let mut marks = Vec::new();
    let mut filter = vec![0_u64; 1 << (FILTER_BITS - 6)];
    let mut at = 0;
    for (number, (literal, preview)) in literals.iter().enumerate() {
        let kind = if *preview { "\u{1}" } else { "" };
        if number % 2 == 0 {
            marks.push(u16::try_from(at).map_err(|_| format!("{name} has outgrown 64 KB"))?);
        }
        at += literal.len() + kind.len() + 1;
        let bit = bit_of(literal);
        if let Some(word) = filter.get_mut(bit >> 6) {
            *word |= 1 << (bit & 63);
        }
        // Spaces at the ends of a line would be lost, to rustc or an editor.
        let inner = literal.trim_matches(' ');
        let (left, right) = literal.split_once(inner).unwrap_or_default();
        let shown = [
            left.replace(' ', "\\x20"),
            inner.escape_default().to_string(),
            right.replace(' ', "\\x20"),
        ];
        text.extend(shown);
        text.extend(kind.escape_default());
        text.push('\n');
    }
    let marks = rows(&marks.iter().map(u16::to_string).collect::<Vec<_>>(), 16);
    let words: Vec<String> = filter.iter().map(|word| format!("0x{word:x}")).collect();
    let words = rows(&words, 8);
    Ok(format!(
        "\n/// {what}\n#[rustfmt::skip]\npub(super) static {name}: Table = Table {{\n    \
         literals: \"\\\n{text}\",\n    marks: &[\n{marks}    ],\n    filter: &[\n{words}    ],\n}};\n"
    ))
}

/// Numbers in rows of a few.
fn rows(numbers: &[String], a_row: usize) -> String {
    let row = |row: &[String]| row.join(", ");
    let rows: Vec<String> = numbers.chunks(a_row).map(row).collect();
    format!("        {},\n", rows.join(",\n        "))
}

/// The filter's bit for a literal: the same function as `may_begin` in the
/// domain code, where a test finds every literal of every table.
fn bit_of(literal: &str) -> usize {
    let key = literal
        .bytes()
        .take(3)
        .fold(0_u32, |key, byte| (key << 8) | u32::from(byte));
    (key.wrapping_mul(0x9E37_79B1) >> (32 - FILTER_BITS)) as usize
}

fn strings<'a>(entry: &'a Value, field: &str) -> impl Iterator<Item = &'a str> {
    entry
        .get(field)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

fn json(path: &Path) -> Result<Value, String> {
    serde_json::from_str(&text(path)?).map_err(|error| format!("{}: {error}", path.display()))
}

fn text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path)
        .map_err(|error| format!("{}: {error}; has `npm ci` run?", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(pattern: &str) -> Vec<String> {
        expand(pattern).unwrap()
    }

    #[test]
    fn classes_groups_and_escapes_write_out() {
        assert_eq!(expanded("[wW]get"), ["Wget", "wget"]);
        assert_eq!(
            expanded("Ahrefs(Bot|SiteAudit)"),
            ["AhrefsBot", "AhrefsSiteAudit"]
        );
        assert_eq!(expanded(r"bl\.uk_bot"), ["bl.uk_bot"]);
        assert_eq!(expanded("(^| )sentry"), ["\u{2}sentry", " sentry"]);
        assert_eq!(expanded("SSL Labs$"), ["SSL Labs\u{3}"]);
        assert_eq!(expanded("colou?r"), ["color", "colour"]);
    }

    #[test]
    fn expressions_without_a_small_set_are_refused() {
        for pattern in [
            "a+b", "a.*b", r"\d", "[^a]b", "[a-z]bot", "(?:a)", "(a", "a)", "a{2}",
        ] {
            assert!(expand(pattern).is_err(), "{pattern}");
        }
        assert!(expand("[ab][ab][ab][ab][ab][ab][ab]").is_err());
    }

    #[test]
    fn committed_table_is_what_its_sources_give() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let agents = root.join("src/domain/agents");
        let checked = check(
            &root.join("node_modules"),
            &agents.join("tokens.txt"),
            &agents.join("table.rs"),
        );
        assert_eq!(checked, Ok(()));
    }
}
