//! Where in a JSON text an error is: `preview.image`, `scopes[2]`.
//!
//! Owns one walk over the text up to the error's position. `serde_path_to_error`
//! does the same by wrapping every type's deserialisation, which was 78 KB of
//! our wasm; serde's own line and column are enough to find the place again.

/// A container that the walk is inside of.
enum Container {
    /// With the key whose value is read.
    Object(String),
    /// With the index of the element.
    Array(usize),
}

/// The path of the value that holds the byte before `line` and `column` (both
/// from 1, as serde counts them), or `.` at the top level.
///
/// A value that was read and then refused by its type is reported behind the
/// bracket that follows it, where what a container lacks is, too:
/// `blames_container` tells the two apart.
pub fn at(text: &[u8], line: usize, column: usize, blames_container: bool) -> String {
    walk(
        text.get(..end(text, line, column)).unwrap_or(text),
        blames_container,
    )
}

/// The path of the value that begins with the byte at `line` and `column`.
pub fn beginning_at(text: &[u8], line: usize, column: usize) -> String {
    let mut before = text.get(..end(text, line, column)).unwrap_or(text).to_vec();
    // Whatever it is, it is not looked into.
    if let Some(first) = before.last_mut() {
        *first = b'0';
    }
    walk(&before, false)
}

/// How many bytes there are up to a position, its own included.
fn end(text: &[u8], line: usize, column: usize) -> usize {
    let before: usize = text
        .split_inclusive(|byte| *byte == b'\n')
        .take(line.saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    (before + column).min(text.len())
}

fn walk(text: &[u8], blames_container: bool) -> String {
    let mut containers: Vec<Container> = Vec::new();
    let mut bytes = text.iter().copied();
    // The last string, which is a key if a colon follows.
    let mut last = String::new();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' => containers.push(Container::Object(String::new())),
            b'[' => containers.push(Container::Array(0)),
            b'}' | b']' if blames_container || bytes.len() > 0 => {
                containers.pop();
            }
            b'"' => last = string(&mut bytes),
            b':' => {
                if let Some(Container::Object(key)) = containers.last_mut() {
                    key.clone_from(&last);
                }
            }
            b',' => {
                match containers.last_mut() {
                    Some(Container::Object(key)) if bytes.len() > 0 => key.clear(),
                    Some(Container::Array(index)) if bytes.len() > 0 => *index += 1,
                    // The value before the comma is what was read.
                    _ => {}
                }
            }
            _ => {}
        }
    }
    let mut path = String::new();
    for container in &containers {
        match container {
            Container::Object(key) if key.is_empty() => {}
            Container::Object(key) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(key);
            }
            Container::Array(index) => {
                path.push('[');
                path.push_str(&index.to_string());
                path.push(']');
            }
        }
    }
    if path.is_empty() {
        ".".to_owned()
    } else {
        path
    }
}

/// Whether serde's message is about what a container lacks, and not about what
/// stands last in it.
pub fn blames_container(message: &str) -> bool {
    message.starts_with("missing field") || message.starts_with("invalid length")
}

/// The rest of a string whose opening quote was read. Escapes stay as they are:
/// no field of ours has any.
fn string(bytes: &mut impl Iterator<Item = u8>) -> String {
    let mut text = Vec::new();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => break,
            b'\\' => {
                text.push(byte);
                text.extend(bytes.next());
            }
            _ => text.push(byte),
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read by serde")]
    struct Outer {
        name: Option<String>,
        number: Option<u8>,
        inner: Option<Inner>,
        list: Option<Vec<u8>>,
        inners: Option<Vec<Inner>>,
        checked: Option<Checked>,
        checkeds: Option<Vec<Checked>>,
    }

    /// Refuses every text, but only after it was read.
    #[derive(Debug, Deserialize)]
    #[serde(try_from = "String")]
    struct Checked;

    impl TryFrom<String> for Checked {
        type Error = &'static str;

        fn try_from(_: String) -> Result<Self, Self::Error> {
            Err("is refused")
        }
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read by serde")]
    struct Inner {
        small: u8,
        checked: Option<Checked>,
    }

    /// The judge is the library whose place this takes.
    #[test]
    fn the_path_is_the_one_that_serde_path_to_error_names() {
        for text in [
            r#"{"name": 7}"#,
            r#"{"name": "a", "number": 256}"#,
            r#"{"name": "a,b:{[\"", "number": "x"}"#,
            r#"{"inner": {"small": -1}}"#,
            r#"{"inner": {"small": "x" , "b": 1}}"#,
            r#"{"list": [1, 2, 300, 4]}"#,
            r#"{"list": [1,2,"x"]}"#,
            r#"{"list": [[]]}"#,
            r#"{"list": {}}"#,
            r#"{"inners": [{"small": 1}, {"small": 999}], "name": "x"}"#,
            "{\n  \"name\": \"ü\",\n  \"number\": -3\n}",
            r#"{"checked": "x"}"#,
            r#"{"checked": "x", "name": "a"}"#,
            r#"{"name": "a", "checked": "x" }"#,
            r#"{"inner": {"small": 1, "checked": "}"}, "name": "a"}"#,
            r#"{"inner": {"checked": "x" , "small": 1}}"#,
            r#"{"checkeds": ["x"]}"#,
            r#"{"checkeds": [ "x" ], "name": "a"}"#,
            r#"{"inners": [{"small": 1}, {"small": 1, "checked": "]"}]}"#,
            r#"{"inner": {}}"#,
            r#"{"name": "a", "inner": { }, "number": 1}"#,
            "[]",
            "7",
        ] {
            let ours = serde_json::from_str::<Outer>(text).unwrap_err();
            let whole = super::blames_container(&ours.to_string());
            let path = super::at(text.as_bytes(), ours.line(), ours.column(), whole);
            let mut deserializer = serde_json::Deserializer::from_str(text);
            let theirs = serde_path_to_error::deserialize::<_, Outer>(&mut deserializer)
                .unwrap_err()
                .path()
                .to_string();
            assert_eq!(path, theirs, "{text} {ours}");
        }
    }

    /// What reads `pay` is written by hand; its errors have to stand where
    /// serde's own would.
    #[test]
    fn what_is_wrong_in_reward_rules_is_found() {
        use crate::domain::reward::{Rules, RulesError};

        for (pay, path) in [
            ("{}", "rules[0].pay"),
            ("7", "rules[0].pay"),
            (
                r#"{"fixed": {"amount": 1, "unit": "USD", "form": "cash"}, "ladder": {}}"#,
                "rules[0].pay",
            ),
            (r#"{"fixed": {"amount": 0}}"#, "rules[0].pay.fixed.amount"),
            (
                r#"{"percent": {"currency": "usd", "form": "cash"}}"#,
                "rules[0].pay.percent.currency",
            ),
            (
                r#"{"ladder": {"rungs": [{"times": 1}, {"times": 1.5}]}}"#,
                "rules[0].pay.ladder.rungs[0]",
            ),
            (
                r#"{"ladder": {"rungs": [{"times": 1.5}]}}"#,
                "rules[0].pay.ladder.rungs[0].times",
            ),
        ] {
            let text = format!(r#"{{"rules": [{{"id": "a", "pay": {pay}, "who": "owner"}}]}}"#);
            let Err(RulesError::Json(error)) = Rules::parse(&text) else {
                panic!("was read: {text}");
            };
            let whole = super::blames_container(&error.to_string());
            let found = super::at(text.as_bytes(), error.line(), error.column(), whole);
            assert_eq!(found, path, "{text} {error}");
        }
    }
}
