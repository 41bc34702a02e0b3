//! The markup of letters: from one text to a text part and an HTML part.
//!
//! Owns the little language: paragraphs, `# heading`, `- item`, `**bold**`,
//! `[label](url)`, and `{placeholder}`. A link that is a paragraph by itself is a
//! button. Nothing is evaluated, nothing repeats and nothing is fetched: a text is
//! read once, from its beginning to its end. What stands in the place of a
//! placeholder is never read as markup, so that no name of anybody becomes a link.
//!
//! What a text may hold is looked at when it is saved ([`check`]); a text that was not
//! looked at is shown with whatever it says.

mod writer;

use writer::Writer;

/// Characters of a subject at most.
pub const SUBJECT: usize = 200;

/// Characters of a text at most.
pub const TEXT: usize = 5_000;

/// Placeholders in a text at most: each may become some hundred characters.
const MOST_PLACEHOLDERS: usize = 60;

/// What stands for something else in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placeholder {
    /// Its name, without the braces.
    pub name: &'static str,
    /// What takes its place, for whoever writes.
    pub about: &'static str,
    /// What takes its place in a preview.
    pub example: &'static str,
    /// What kind of thing that is.
    pub kind: Kind,
}

/// What takes the place of a placeholder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Words,
    /// A URL of our own, which a link may lead to.
    Url,
    /// A list, which we write.
    List,
}

/// A value for a placeholder, by its name.
pub type Values<'a> = [(&'a str, Value)];

/// What takes a placeholder's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Words.
    Words(String),
    /// A URL of our own.
    Url(String),
    /// A list.
    List(Vec<Item>),
}

/// An entry of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Item {
    /// What it is.
    pub label: String,
    /// What there is to say of it, or nothing.
    pub detail: String,
    /// Where more of it is, or nothing.
    pub url: String,
}

/// What is wrong with a template, as a sentence without its subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// Longer than it may be.
    #[error("must have {0} characters at most")]
    Long(usize),
    /// Nothing in it.
    #[error("must not be empty")]
    Empty,
    /// More than one line.
    #[error("must be one line, without control characters")]
    Lines,
    /// Characters that are none.
    #[error("must have no control characters but line breaks")]
    Control,
    /// A brace without the other one.
    #[error("has a brace without its other one; braces stand around placeholders alone")]
    Brace,
    /// A placeholder that is none.
    #[error("names the placeholder `{{{0}}}`, which this message does not have")]
    Unknown(String),
    /// A list among words.
    #[error("has `{{{0}}}`, which is a list, among other words; it needs a paragraph of its own")]
    ListAmongWords(String),
    /// More placeholders than there may be.
    #[error("has more than 60 placeholders")]
    Many,
    /// A link to what no letter links to.
    #[error("links to `{0}`; a link leads to https://…, mailto:… or a placeholder that is a link")]
    Link(String),
    /// `**` without its other one.
    #[error("has ** without its other one in the same line")]
    Bold,
}

/// A letter's body in both forms.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Parts {
    /// For programs that show text.
    pub text: String,
    /// For those that show HTML: what stands in a page's body.
    pub html: String,
}

/// Looks at a subject.
pub fn check_subject(subject: &str, known: &[&[Placeholder]]) -> Result<(), TemplateError> {
    if subject.trim().is_empty() {
        return Err(TemplateError::Empty);
    }
    if subject.chars().count() > SUBJECT {
        return Err(TemplateError::Long(SUBJECT));
    }
    if subject.chars().any(char::is_control) {
        return Err(TemplateError::Lines);
    }
    placeholders(subject, known, false).map(drop)
}

/// Looks at a text.
pub fn check(text: &str, known: &[&[Placeholder]]) -> Result<(), TemplateError> {
    if text.trim().is_empty() {
        return Err(TemplateError::Empty);
    }
    if text.chars().count() > TEXT {
        return Err(TemplateError::Long(TEXT));
    }
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        return Err(TemplateError::Control);
    }
    let mut count = 0_usize;
    for block in blocks(text) {
        let is_alone = lone(block).is_some();
        count = count.saturating_add(placeholders(block, known, is_alone)?);
        for line in block.lines() {
            check_inline(line, known)?;
        }
    }
    if count > MOST_PLACEHOLDERS {
        return Err(TemplateError::Many);
    }
    Ok(())
}

/// Whether a text has a placeholder.
#[must_use]
pub fn mentions(text: &str, name: &str) -> bool {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('{') {
        if after
            .strip_prefix(name)
            .is_some_and(|tail| tail.starts_with('}'))
        {
            return true;
        }
        rest = after;
    }
    false
}

/// A subject with its values.
#[must_use]
pub fn subject(subject: &str, values: &Values) -> String {
    let mut filled = String::new();
    for piece in Pieces(subject) {
        match piece {
            Piece::Placeholder(name) => match value(values, name) {
                Some(Value::Words(text) | Value::Url(text)) => filled.push_str(text),
                _ => push_all(&mut filled, &["{", name, "}"]),
            },
            Piece::Words(text) => filled.push_str(text),
        }
    }
    // A line break would begin another header field.
    filled
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// Both parts of a text with its values. Buttons are of a colour, with text of another
/// on it.
#[must_use]
pub fn render(text: &str, values: &Values, [color, on_color]: [&str; 2]) -> Parts {
    let mut writer = Writer::new(values, [color, on_color]);
    for block in blocks(text) {
        writer.block(block);
    }
    writer.parts
}

/// Appends a text to HTML, as a text.
pub fn escape(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
}

/// Paragraphs, headings and lists: what stands between empty lines.
fn blocks(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_start_matches(['\n', '\r', ' ', '\t']);
            if rest.is_empty() {
                return None;
            }
            let end = end_of_block(rest);
            let (block, after) = rest.split_at_checked(end)?;
            rest = after;
            let block = block.trim();
            if !block.is_empty() {
                return Some(block);
            }
        }
    })
}

/// Where the first block ends: with the last line that is of the kind of the first.
fn end_of_block(text: &str) -> usize {
    let mut end = 0_usize;
    let mut first = None;
    for line in text.split_inclusive('\n') {
        let kind = Line::of(line);
        let begun = *first.get_or_insert(kind);
        if kind != begun || (end > 0 && kind == Line::Heading) {
            break;
        }
        end = end.saturating_add(line.len());
    }
    end
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Empty,
    Heading,
    Item,
    Words,
}

impl Line {
    fn of(line: &str) -> Self {
        match line.trim() {
            "" => Self::Empty,
            line if line.starts_with("# ") => Self::Heading,
            line if line.starts_with("- ") => Self::Item,
            _ => Self::Words,
        }
    }
}

/// The placeholder that a block is, if it is one alone.
fn lone(block: &str) -> Option<&str> {
    let name = block.strip_prefix('{')?.strip_suffix('}')?;
    (!name.contains(['{', '}'])).then_some(name)
}

/// Label and target of the link that a block is, if it is one alone.
fn lone_link(block: &str) -> Option<(&str, &str)> {
    let (label, target) = link(block)?;
    let length = label.len().checked_add(target.len())?.checked_add(4)?;
    (length == block.len()).then_some((label, target))
}

/// Label and target of the link that a text begins with.
fn link(text: &str) -> Option<(&str, &str)> {
    let label = text.strip_prefix('[')?;
    let end = label.find(['[', ']', '\n'])?;
    let (label, rest) = label.split_at_checked(end)?;
    let target = rest.strip_prefix("](")?;
    let end = target.find([')', '(', '\n', ' '])?;
    let (target, rest) = target.split_at_checked(end)?;
    (rest.starts_with(')') && !label.trim().is_empty()).then_some((label, target))
}

fn value<'a>(values: &'a Values, name: &str) -> Option<&'a Value> {
    let mut all = values.iter();
    all.find_map(|(known, value)| (*known == name).then_some(value))
}

fn known<'a>(known: &[&'a [Placeholder]], name: &str) -> Option<&'a Placeholder> {
    let mut all = known.iter().flat_map(|some| some.iter());
    all.find(|one| one.name == name)
}

/// Looks at the placeholders; answers how many there are.
fn placeholders(
    text: &str,
    all: &[&[Placeholder]],
    is_alone: bool,
) -> Result<usize, TemplateError> {
    let mut count = 0_usize;
    let mut pieces = text.split('{');
    if pieces.next().is_some_and(|first| first.contains('}')) {
        return Err(TemplateError::Brace);
    }
    for piece in pieces {
        let (name, rest) = piece.split_once('}').ok_or(TemplateError::Brace)?;
        if rest.contains('}') {
            return Err(TemplateError::Brace);
        }
        let Some(one) = known(all, name) else {
            return Err(TemplateError::Unknown(name.chars().take(40).collect()));
        };
        if one.kind == Kind::List && !is_alone {
            return Err(TemplateError::ListAmongWords(name.to_owned()));
        }
        count = count.saturating_add(1);
    }
    Ok(count)
}

/// Looks at the links of a line, and whether its bold words end.
fn check_inline(line: &str, all: &[&[Placeholder]]) -> Result<(), TemplateError> {
    if !line.matches("**").count().is_multiple_of(2) {
        return Err(TemplateError::Bold);
    }
    let mut rest = line;
    while let Some(begin) = rest.find('[') {
        let Some((_, from)) = rest.split_at_checked(begin) else {
            break;
        };
        if let Some((_, target)) = link(from)
            && !is_target(target, |name| {
                known(all, name).is_some_and(|one| one.kind == Kind::Url)
            })
        {
            return Err(TemplateError::Link(target.chars().take(80).collect()));
        }
        rest = from.strip_prefix('[').unwrap_or_default();
    }
    Ok(())
}

/// Whether a link may lead there.
fn is_target(target: &str, is_url: impl Fn(&str) -> bool) -> bool {
    if let Some(name) = lone(target) {
        return is_url(name);
    }
    let is_plain = target
        .bytes()
        .all(|b| b.is_ascii_graphic() && !b"{}\"<>\\".contains(&b));
    let rest = target
        .strip_prefix("https://")
        .or_else(|| target.strip_prefix("mailto:"));
    is_plain && rest.is_some_and(|rest| !rest.is_empty())
}

enum Piece<'a> {
    Words(&'a str),
    Placeholder(&'a str),
}

/// A text cut at its placeholders.
struct Pieces<'a>(&'a str);

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if self.0.is_empty() {
            return None;
        }
        // A name is short and plain: another brace is one of the text's own.
        if let Some(after) = self.0.strip_prefix('{')
            && let Some((name, rest)) = after.split_once('}')
            && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        {
            self.0 = rest;
            return Some(Piece::Placeholder(name));
        }
        let tail = self.0.strip_prefix('{').unwrap_or(self.0);
        let skipped = self.0.len() - tail.len();
        let end = tail.find('{').map_or(self.0.len(), |end| end + skipped);
        let (words, rest) = self.0.split_at_checked(end)?;
        self.0 = rest;
        Some(Piece::Words(words))
    }
}

fn push_all(out: &mut String, parts: &[&str]) {
    for part in parts {
        out.push_str(part);
    }
}

#[cfg(test)]
mod tests;
