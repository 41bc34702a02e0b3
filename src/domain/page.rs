//! The pages that a link can answer with instead of a redirect, and those that a
//! plain form ends at.
//!
//! Owns their HTML (templates/). Texts of a program are escaped by the template
//! engine; nothing that a visitor sends stands in any page.

use askama::Template;

use super::snapshot::Program;

/// For a code that leads nowhere. It says nothing of why.
#[derive(Template)]
#[template(path = "neutral.html")]
struct Neutral;

/// For agents that make previews: Open Graph tags (ogp.me) of the program.
#[derive(Template)]
#[template(path = "preview.html")]
struct Preview<'a> {
    title: &'a str,
    description: &'a str,
    image: &'a str,
    url: &'a str,
}

/// For a form that was taken, whatever becomes of it.
#[derive(Template)]
#[template(path = "received.html")]
struct Received;

/// For a form that was not.
#[derive(Template)]
#[template(path = "not-received.html")]
struct NotReceived<'a> {
    why: &'a str,
    /// Fields, each with what is wrong with it.
    fields: &'a [(&'a str, &'a str)],
}

/// Where somebody ends letters, and begins them again.
#[derive(Template)]
#[template(path = "letters.html")]
struct Letters {
    /// Whether they have ended them.
    is_out: bool,
}

/// Where a prospect lands whose destination it is: the program in its own words, and
/// a form.
#[derive(Template)]
#[template(path = "landing.html")]
pub struct Landing<'a> {
    /// Name of the program.
    pub name: &'a str,
    /// Its slug.
    pub slug: &'a str,
    /// `og:title`
    pub title: &'a str,
    /// `og:description`, or empty.
    pub description: &'a str,
    /// `og:image`, or empty.
    pub image: &'a str,
    /// The page's own URL.
    pub url: &'a str,
    /// What the policy knows the page's own style by.
    pub nonce: &'a str,
    /// The brand's colour.
    pub color: &'a str,
    /// That of text on it.
    pub text: &'a str,
    /// Whether there is a logo.
    pub logo: bool,
    /// Who invited them, above the headline; or empty.
    pub invited: &'a str,
    /// The headline.
    pub headline: String,
    /// What stands below it.
    pub body: String,
    /// What the button says.
    pub button: String,
    /// What they consent to; without it nobody asks.
    pub consent: String,
    /// The receipt that came along, whatever it is worth.
    pub receipt: &'a str,
    /// The receipt of the last click, where another one won.
    pub click: &'a str,
    /// Whether the field for a spoken code is open.
    pub asks_for_code: bool,
}

/// The landing page.
#[must_use]
pub fn landing(page: &Landing<'_>) -> String {
    page.render().unwrap_or_default()
}

/// The page after a form that was taken.
#[must_use]
pub fn received() -> String {
    Received.render().unwrap_or_default()
}

/// The page after a form that was not: why, or which fields are at fault.
#[must_use]
pub fn not_received(why: &str, fields: &[(&str, &str)]) -> String {
    NotReceived { why, fields }.render().unwrap_or_default()
}

/// The page on which somebody ends letters, or, if they did, begins them again.
#[must_use]
pub fn letters(is_out: bool) -> String {
    Letters { is_out }.render().unwrap_or_default()
}

/// The neutral page.
#[must_use]
pub fn neutral() -> String {
    // Rendering into memory cannot fail; an empty page would still be neutral.
    Neutral.render().unwrap_or_default()
}

/// The preview page of a program's link; `url` is the link itself.
#[must_use]
pub fn preview(program: &Program, url: &str) -> String {
    let title = if program.preview.title.is_empty() {
        &program.name
    } else {
        &program.preview.title
    };
    // The card stands beside the link itself (`http::landing`).
    let image = &program.preview.image;
    let origin = match url.match_indices('/').nth(2) {
        Some((end, _)) if image.starts_with('/') => url.get(..end).unwrap_or_default(),
        _ => "",
    };
    let page = Preview {
        title,
        description: &program.preview.description,
        image: &[origin, image].concat(),
        url,
    };
    page.render().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::snapshot::tests::program;

    #[test]
    fn a_programs_texts_cannot_break_out() {
        let mut program = program();
        program.preview.description = "\"><script>alert(1)</script>".into();
        let html = preview(&program, "https://go.example/x");
        assert!(html.contains("property=\"og:url\" content=\"https://go.example/x\""));
        assert!(html.contains("A &#60;good&#62; word"), "{html}");
        assert!(!html.contains("<script"), "{html}");
    }

    #[test]
    fn a_card_is_where_the_link_is() {
        let mut program = program();
        program.preview.image = "/l/customers/card.png".into();
        let html = preview(&program, "https://go.example/x");
        let image = "property=\"og:image\" content=\"https://go.example/l/customers/card.png\"";
        assert!(html.contains(image), "{html}");
        program.preview.image = "https://cdn.example/a.png".into();
        let html = preview(&program, "https://go.example/x");
        assert!(
            html.contains("content=\"https://cdn.example/a.png\""),
            "{html}"
        );
    }

    #[test]
    fn the_name_stands_in_for_a_missing_title() {
        let mut program = program();
        program.preview = crate::domain::snapshot::Preview::default();
        let html = preview(&program, "");
        assert!(
            html.contains("property=\"og:title\" content=\"Customers\""),
            "{html}"
        );
        assert!(!html.contains("og:image"), "{html}");
    }
}
