use super::*;
use proptest::prelude::*;

const KNOWN: &[&[Placeholder]] = &[
    &[Placeholder {
        name: "first_name",
        about: "",
        example: "",
        kind: Kind::Words,
    }],
    &[
        Placeholder {
            name: "link",
            about: "",
            example: "",
            kind: Kind::Url,
        },
        Placeholder {
            name: "leads",
            about: "",
            example: "",
            kind: Kind::List,
        },
    ],
];

fn values(name: &str) -> Vec<(&'static str, Value)> {
    let item = Item {
        label: name.to_owned(),
        detail: "new".to_owned(),
        url: "https://go.example.com/x?a=1&b=2".to_owned(),
    };
    vec![
        ("first_name", Value::Words(name.to_owned())),
        ("link", Value::Url("https://go.example.com/1Ab".to_owned())),
        ("leads", Value::List(vec![item])),
    ]
}

fn rendered(text: &str) -> Parts {
    render(text, &values("Maya"), ["#0a6653", "#fff"])
}

/// The HTML without its styles.
fn bare(text: &str) -> String {
    let mut html = rendered(text).html;
    while let Some((before, rest)) = html.split_once(" style=\"") {
        let after = rest.split_once('"').unwrap().1;
        html = format!("{before}{after}");
    }
    html
}

#[test]
fn a_text_becomes_two_parts() {
    let text = "# Hello {first_name}\nthis is **for you**, {first_name}:\nsee [our page](https://example.com/a) \
        or {link}\n\n- one\n- **two**\n\n[Share {first_name}'s link]({link})\n\n{leads}\n\n{link}";
    assert_eq!(
        rendered(text).text,
        "Hello Maya\n\nthis is for you, Maya:\nsee our page (https://example.com/a) or \
         https://go.example.com/1Ab\n\n- one\n- two\n\nShare Maya's link:\n\
         https://go.example.com/1Ab\n\n- Maya: new\n  https://go.example.com/x?a=1&b=2\n\n\
         https://go.example.com/1Ab\n"
    );
    assert_eq!(
        bare(text),
        "<h1>Hello Maya</h1>\n\
         <p>this is <strong>for you</strong>, Maya:<br>see <a href=\"https://example.com/a\">our \
         page</a> or <a href=\"https://go.example.com/1Ab\">https://go.example.com/1Ab</a></p>\n\
         <ul><li>one</li>\n<li><strong>two</strong></li>\n</ul>\n\
         <p><a href=\"https://go.example.com/1Ab\">Share Maya&#39;s link</a></p>\n\
         <ul><li><a href=\"https://go.example.com/x?a=1&amp;b=2\">Maya</a>: new</li>\n</ul>\n\
         <p><a href=\"https://go.example.com/1Ab\">https://go.example.com/1Ab</a></p>\n"
    );
}

#[test]
fn what_no_letter_may_hold_is_refused() {
    for (text, fault) in [
        ("", "must not be empty"),
        (" \n ", "must not be empty"),
        ("a\u{7}", "must have no control characters but line breaks"),
        (
            "{name}",
            "names the placeholder `{name}`, which this message does not have",
        ),
        (
            "{{first_name}}",
            "has a brace without its other one; braces stand around placeholders alone",
        ),
        (
            "{first_name",
            "has a brace without its other one; braces stand around placeholders alone",
        ),
        (
            "first_name}",
            "has a brace without its other one; braces stand around placeholders alone",
        ),
        (
            "see {leads}",
            "has `{leads}`, which is a list, among other words; it needs a paragraph of its own",
        ),
        ("**bold", "has ** without its other one in the same line"),
        (
            "[a](javascript:alert)",
            "links to `javascript:alert`; a link leads to https://…, mailto:… or a placeholder that is a link",
        ),
        (
            "[a](http://example.com)",
            "links to `http://example.com`; a link leads to https://…, mailto:… or a placeholder that is a link",
        ),
        (
            "[a]({first_name})",
            "links to `{first_name}`; a link leads to https://…, mailto:… or a placeholder that is a link",
        ),
        (
            "x [[a](data:text/html,x)",
            "links to `data:text/html,x`; a link leads to https://…, mailto:… or a placeholder that is a link",
        ),
        (
            "[a](https://x.example/{first_name})",
            "links to `https://x.example/{first_name}`; a link leads to https://…, mailto:… or a placeholder that is a link",
        ),
    ] {
        let told = check(text, KNOWN).unwrap_err().to_string();
        assert_eq!(told, fault, "{text}");
    }
    let many = "{first_name} ".repeat(61);
    assert_eq!(check(&many, KNOWN), Err(TemplateError::Many));
    assert_eq!(
        check(&"a".repeat(5_001), KNOWN),
        Err(TemplateError::Long(5_000))
    );
    for (subject, fault) in [
        ("", TemplateError::Empty),
        ("a\nBcc: b@example.com", TemplateError::Lines),
        ("{leads}", TemplateError::ListAmongWords("leads".to_owned())),
    ] {
        assert_eq!(check_subject(subject, KNOWN), Err(fault), "{subject}");
    }
    for text in [
        "Hello {first_name}, [write](mailto:a@example.com) or [look](https://example.com/?a=1#b)",
        "{leads}",
        "1 * 2 * 3, a[0], (see [1])",
    ] {
        assert_eq!(check(text, KNOWN), Ok(()), "{text}");
    }
}

#[test]
fn a_value_is_never_markup() {
    let name = "**x** [a](https://evil.example) {link} <script> \n# y\n- z";
    let parts = render("Hello {first_name}", &values(name), ["#000000", "#fff"]);
    assert_eq!(parts.text, format!("Hello {name}\n"));
    assert!(
        !parts.html.contains("<script")
            && !parts.html.contains("href")
            && !parts.html.contains("<strong")
    );
    assert_eq!(
        subject("To {first_name}\r\n", &values("a\r\nBcc: b")),
        "To a  Bcc: b  "
    );
}

#[test]
fn whatever_was_not_looked_at_is_shown_as_it_stands() {
    assert_eq!(
        bare("{nobody} {first_name and **more"),
        "<p>{nobody} {first_name and **more</p>\n"
    );
    assert_eq!(bare("[a](javascript:x)"), "<p>a</p>\n");
    assert_eq!(bare("x [a](javascript:x)"), "<p>x [a](javascript:x)</p>\n");
}

/// Tags that a letter may have; anything else of a tag's form was escaped.
fn is_sound(html: &str) -> bool {
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        let Some((tag, tail)) = after.split_once('>') else {
            return false;
        };
        let name: &str = tag.trim_start_matches('/').split(' ').next().unwrap();
        if !["p", "h1", "ul", "li", "a", "strong", "br"].contains(&name) {
            return false;
        }
        if let Some((_, href)) = tag.split_once("href=\"") {
            let url = href.split('"').next().unwrap();
            if !url.starts_with("https://") && !url.starts_with("mailto:") {
                return false;
            }
        }
        rest = tail;
    }
    true
}

proptest! {
    #[test]
    fn no_text_and_no_value_makes_other_html(
        text in r#"([a-z<>"'&\[\]()*{}#:\n -]|\{first_name\}|\{link\}|\[a\]\(|javascript:|\*\*|https://){0,80}"#,
        name in r#"[a-z<>"'&\[\]()*{}\n-]{0,30}"#,
    ) {
        let parts = render(&text, &values(&name), ["#0a6653", "#fff"]);
        prop_assert!(is_sound(&parts.html), "{}", parts.html);
        let opened = parts.html.matches("<strong>").count();
        prop_assert_eq!(opened, parts.html.matches("</strong>").count());
    }
}

#[test]
fn a_long_text_is_read_from_its_beginning_to_its_end() {
    for unit in [
        "[",
        "**",
        "*",
        "{",
        "[a](",
        "[a](b",
        "\n",
        "- ",
        "# \n",
        "{first_name}",
        "](",
    ] {
        // A reader that goes back would take hours for each of them.
        let text = unit.repeat(400_000 / unit.len());
        let parts = render(&text, &values("Maya"), ["#0a6653", "#fff"]);
        assert!(parts.html.len() < 60 * text.len(), "{unit}");
        assert!(check(&text, KNOWN).is_err(), "{unit}");
    }
}
