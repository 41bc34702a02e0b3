//! Writing a template's blocks into both parts.

use super::{
    Item, Parts, Piece, Pieces, Value, Values, escape, is_target, link, lone, lone_link, push_all,
    subject, value,
};

const HEADING: &str = "<h1 style=\"margin:0 0 16px;font-size:22px;line-height:1.3\">";
const PARAGRAPH: &str = "<p style=\"margin:0 0 16px\">";
const LIST: &str = "<ul style=\"margin:0 0 16px;padding-left:20px\">";
const ITEM: &str = "<li style=\"margin:0 0 6px\">";

/// What is written so far.
pub struct Writer<'a> {
    /// Both parts.
    pub parts: Parts,
    values: &'a Values<'a>,
    colors: [&'a str; 2],
}

impl<'a> Writer<'a> {
    /// Nothing yet. Buttons are of the first colour, with text of the second one.
    pub fn new(values: &'a Values<'a>, colors: [&'a str; 2]) -> Self {
        Self {
            parts: Parts::default(),
            values,
            colors,
        }
    }

    /// Writes a block.
    pub fn block(&mut self, block: &str) {
        if !self.parts.text.is_empty() {
            self.parts.text.push('\n');
        }
        if let Some(heading) = block.strip_prefix("# ") {
            self.parts.html.push_str(HEADING);
            self.inline(heading.trim());
            self.close("</h1>");
        } else if let Some((label, target)) = lone_link(block) {
            self.button(label, target);
        } else if let Some(value) = lone(block).and_then(|name| value(self.values, name)) {
            self.lone_value(&value.clone());
        } else if block.starts_with("- ") {
            self.parts.html.push_str(LIST);
            for line in block.lines() {
                self.item(|out| out.inline(line.trim_start().trim_start_matches("- ").trim()));
            }
            self.parts.html.push_str("</ul>\n");
        } else {
            self.parts.html.push_str(PARAGRAPH);
            for (index, line) in block.lines().enumerate() {
                if index > 0 {
                    self.parts.html.push_str("<br>");
                    self.parts.text.push('\n');
                }
                self.inline(line.trim());
            }
            self.close("</p>");
        }
    }

    /// Ends a block.
    fn close(&mut self, tag: &str) {
        push_all(&mut self.parts.html, &[tag, "\n"]);
        self.parts.text.push('\n');
    }

    fn item(&mut self, write: impl FnOnce(&mut Self)) {
        self.parts.html.push_str(ITEM);
        self.parts.text.push_str("- ");
        write(self);
        self.close("</li>");
    }

    fn lone_value(&mut self, value: &Value) {
        match value {
            Value::Words(words) => {
                self.parts.html.push_str(PARAGRAPH);
                self.words(words);
                self.close("</p>");
            }
            Value::Url(url) => self.link_button(url, |out| escape(&mut out.parts.html, url)),
            Value::List(items) if items.is_empty() => {
                self.parts.html.push_str(PARAGRAPH);
                self.words("None.");
                self.close("</p>");
            }
            Value::List(items) => {
                self.parts.html.push_str(LIST);
                for item in items {
                    self.item(|out| out.entry(item));
                }
                self.parts.html.push_str("</ul>\n");
            }
        }
    }

    fn entry(&mut self, item: &Item) {
        let Item { label, detail, url } = item;
        if url.is_empty() {
            self.words(label);
        } else {
            self.open_link(url);
            escape(&mut self.parts.html, label);
            self.parts.html.push_str("</a>");
            self.parts.text.push_str(label);
        }
        if !detail.is_empty() {
            self.words(": ");
            self.words(detail);
        }
        if !url.is_empty() {
            push_all(&mut self.parts.text, &["\n  ", url]);
        }
    }

    fn button(&mut self, label: &str, target: &str) {
        let Some(url) = self.target(target) else {
            self.parts.html.push_str(PARAGRAPH);
            self.words(label);
            self.close("</p>");
            return;
        };
        self.plain_words(label);
        self.parts.text.push_str(":\n");
        // The label is in both parts, and the URL stands below it in the text alone.
        self.link_button(&url, |out| out.html_words(label));
    }

    fn link_button(&mut self, url: &str, label: impl FnOnce(&mut Self)) {
        let [color, on_color] = self.colors;
        push_all(
            &mut self.parts.html,
            &[
                "<p style=\"margin:24px 0\"><a style=\"display:inline-block;padding:12px 20px;\
                 border-radius:6px;font-weight:600;text-decoration:none;background:",
                color,
                ";color:",
                on_color,
                "\" href=\"",
            ],
        );
        escape(&mut self.parts.html, url);
        self.parts.html.push_str("\">");
        label(self);
        self.parts.text.push_str(url);
        self.close("</a></p>");
    }

    /// Where a link leads, if it may.
    fn target(&self, target: &str) -> Option<String> {
        if let Some(name) = lone(target) {
            return match value(self.values, name) {
                Some(Value::Url(url)) => Some(url.clone()),
                _ => None,
            };
        }
        is_target(target, |_| false).then(|| target.to_owned())
    }

    /// A line with links, bold words and placeholders.
    fn inline(&mut self, line: &str) {
        let mut rest = line;
        let mut is_bold = false;
        while let Some(begin) = rest.find(['[', '*']) {
            let Some((words, from)) = rest.split_at_checked(begin) else {
                break;
            };
            self.filled(words);
            if let Some(after) = from.strip_prefix("**")
                && (is_bold || after.contains("**"))
            {
                self.parts
                    .html
                    .push_str(if is_bold { "</strong>" } else { "<strong>" });
                is_bold = !is_bold;
                rest = after;
            } else if let Some((label, target)) = link(from)
                && let Some(url) = self.target(target)
            {
                self.open_link(&url);
                self.html_words(label);
                self.parts.html.push_str("</a>");
                self.plain_words(label);
                push_all(&mut self.parts.text, &[" (", &url, ")"]);
                let length = label.len() + target.len() + 4;
                rest = from.split_at_checked(length).map_or("", |(_, rest)| rest);
            } else {
                let mut characters = from.chars();
                let first = characters.next().map(String::from).unwrap_or_default();
                self.words(&first);
                rest = characters.as_str();
            }
        }
        self.filled(rest);
        if is_bold {
            self.parts.html.push_str("</strong>");
        }
    }

    fn open_link(&mut self, url: &str) {
        self.parts
            .html
            .push_str("<a style=\"color:#1a5fb4\" href=\"");
        escape(&mut self.parts.html, url);
        self.parts.html.push_str("\">");
    }

    /// Words with placeholders, into both parts.
    fn filled(&mut self, words: &str) {
        for piece in Pieces(words) {
            match piece {
                Piece::Words(words) => self.words(words),
                Piece::Placeholder(name) => match value(self.values, name) {
                    Some(Value::Words(words)) => self.words(&words.clone()),
                    Some(Value::Url(url)) => {
                        let url = url.clone();
                        self.open_link(&url);
                        self.words(&url);
                        self.parts.html.push_str("</a>");
                    }
                    Some(Value::List(_)) | None => {
                        for part in ["{", name, "}"] {
                            self.words(part);
                        }
                    }
                },
            }
        }
    }

    /// The label of a link: bold signs go, and placeholders that are words are filled.
    fn label(&self, label: &str) -> String {
        subject(&label.replace("**", ""), self.values)
    }

    fn html_words(&mut self, label: &str) {
        let label = self.label(label);
        escape(&mut self.parts.html, &label);
    }

    fn plain_words(&mut self, label: &str) {
        let label = self.label(label);
        self.parts.text.push_str(&label);
    }

    fn words(&mut self, words: &str) {
        escape(&mut self.parts.html, words);
        self.parts.text.push_str(words);
    }
}
