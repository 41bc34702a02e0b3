//! What a program says: its brand, the messages that advocates send, its landing
//! page and its invitation, as far as form can tell.
//!
//! Owns what such texts may hold. They are stored as the JSON that came
//! (`store::contents`); what is read here is looked at and let go.

use utoipa::ToSchema;

use super::{
    base64,
    channel::{Channel, Medium},
};
use crate::decode::{self, Decode, Fault, Tree, record};

/// What stands for something else in a text.
pub const PLACEHOLDERS: [&str; 4] = ["first_name", "advocate", "program", "link"];

/// Bytes of a logo at most, as text.
const LOGO_BYTES: usize = 32 * 1_024;

/// Characters of a consent at most.
pub const CONSENT_CHARACTERS: usize = 1_000;

/// Bytes of a card at most, as text.
const CARD_BYTES: usize = 64 * 1_024;

/// The signature of a PNG and the head of its first chunk, of which every one has
/// the same: 16 bytes, less the bits that share a digit with the width.
const PNG: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg";

record! {
    /// What a program says. What is left out is empty, and falls back on what the
    /// pages have of their own.
    #[derive(Default, ToSchema)]
    #[serde(deny_unknown_fields)]
    pub struct Content {
        /// How it looks.
        #[serde(default)]
        pub brand: Brand = decode::or_default,
        /// What advocates send, one for each channel and medium.
        #[serde(default)]
        pub messages: Vec<Message> = messages,
        /// The page that asks for the prospect's address.
        #[serde(default)]
        pub landing: Landing = decode::or_default,
        /// The letter that invites an advocate.
        #[serde(default)]
        pub invitation: Invitation = decode::or_default,
    }
}

record! {
    /// How a program looks.
    #[derive(Default, ToSchema)]
    #[serde(deny_unknown_fields)]
    pub struct Brand {
        /// `#rrggbb`; `#0a6653` unless said.
        #[serde(default)]
        #[schema(example = "#0a6653")]
        pub color: String = color,
        /// A PNG as a data URL of 32 KB at most, or empty.
        #[serde(default)]
        pub logo: String = logo,
        /// What networks show of a link, if the program names no picture of its own:
        /// a PNG of 1200 × 630 pixels as a data URL of 64 KB at most, or empty.
        #[serde(default)]
        pub card: String = card,
    }
}

record! {
    /// What advocates send one way.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub struct Message {
        /// By which channel.
        pub channel: Channel,
        /// By which of its media; null for those that have no message of their own.
        pub medium: Option<Medium>,
        /// 200 characters at most, for what has a subject.
        #[serde(default)]
        pub subject: String = line,
        /// 2,000 characters at most, with `{first_name}`, `{advocate}`, `{program}`
        /// and `{link}`.
        #[serde(default)]
        #[schema(example = "Have a look at {program}: {link}")]
        pub text: String = text,
    }
}

record! {
    /// The page that asks for the prospect's address.
    #[derive(Default, ToSchema)]
    #[serde(deny_unknown_fields)]
    pub struct Landing {
        /// 200 characters at most.
        #[serde(default)]
        pub headline: String = line,
        /// 2,000 characters at most.
        #[serde(default)]
        pub body: String = text,
        /// 200 characters at most.
        #[serde(default)]
        pub button: String = line,
        /// What the prospect consents to; 1,000 characters at most, which is what is
        /// kept with a lead.
        #[serde(default)]
        pub consent: String = consent,
    }
}

record! {
    /// The letter that invites an advocate. One of our own goes out for an empty text.
    #[derive(Default, ToSchema)]
    #[serde(deny_unknown_fields)]
    pub struct Invitation {
        /// 200 characters at most.
        #[serde(default)]
        pub subject: String = line,
        /// 2,000 characters at most. The link is added below it, if it has none.
        #[serde(default)]
        pub text: String = text,
    }
}

/// Puts values in the place of [`PLACEHOLDERS`], in their order. A text that was not
/// checked keeps what it says otherwise.
#[must_use]
pub fn fill(text: &str, values: [&str; 4]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let known = after.split_once('}').and_then(|(name, tail)| {
            let mut all = PLACEHOLDERS.iter().zip(values);
            let (_, value) = all.find(|(known, _)| **known == name)?;
            Some((value, tail))
        });
        rest = if let Some((value, tail)) = known {
            filled.push_str(value);
            tail
        } else {
            filled.push('{');
            after
        };
    }
    filled.push_str(rest);
    filled
}

fn messages(tree: Tree) -> Result<Vec<Message>, Fault> {
    let messages: Vec<Message> = decode::or_default(tree)?;
    for (index, message) in messages.iter().enumerate() {
        let fault = |field, detail| Err(Fault::new(detail).of(field).at(index));
        if message
            .medium
            .is_some_and(|m| m.channel() != message.channel)
        {
            return fault("medium", "is of another channel");
        }
        let same =
            |other: &&Message| (other.channel, other.medium) == (message.channel, message.medium);
        if messages.iter().take(index).any(|other| same(&other)) {
            return fault("channel", "has a message for this medium already");
        }
    }
    Ok(messages)
}

fn color(tree: Tree) -> Result<String, Fault> {
    checked(tree, |color| {
        let digits = color.strip_prefix('#').unwrap_or_default();
        let is_color = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
        is_color
            .then_some(())
            .ok_or("must be a colour like #0a6653")
    })
}

fn logo(tree: Tree) -> Result<String, Fault> {
    checked(tree, |logo| {
        let fault = "must have 32 KB at most, as a data URL";
        picture(logo, LOGO_BYTES, fault)
    })
}

fn card(tree: Tree) -> Result<String, Fault> {
    checked(tree, |card| {
        let fault = "must have 64 KB at most, as a data URL";
        picture(card, CARD_BYTES, fault)
    })
}

fn picture(text: &str, most: usize, too_long: &'static str) -> Result<(), &'static str> {
    if text.is_empty() {
        return Ok(());
    }
    if text.len() > most {
        return Err(too_long);
    }
    let digits = text.split_once(',').map_or("", |(_, digits)| digits);
    let is_base64 = digits.len().is_multiple_of(4)
        && digits
            .trim_end_matches('=')
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/');
    if text.starts_with(PNG) && is_base64 {
        Ok(())
    } else {
        Err("must be a PNG as a data URL: data:image/png;base64,…")
    }
}

/// The colour of text that is read best on a colour (`#rrggbb`): white or black, of
/// which one has a contrast of 4.5 at least on every colour (WCAG 2.2, 1.4.3).
#[must_use]
pub fn text_on(color: &str) -> &'static str {
    let rgb = u32::from_str_radix(color.trim_start_matches('#'), 16).unwrap_or(0);
    let [_, red, green, blue] = rgb.to_be_bytes();
    // Relative luminance in units of 1e-7 / 255³. What sRGB says a part is in light is
    // a cubic of it, near enough: the test holds it against the formula.
    let light = |part: u8| {
        let part = u64::from(part);
        part * (305 * part * part + 173_954 * part + 814_300)
    };
    let luminance = 2_126 * light(red) + 7_152 * light(green) + 722 * light(blue);
    // Both contrasts are the same at a luminance of 0.179.
    if luminance > 1_790_000 * 255 * 255 * 255 {
        "#000"
    } else {
        "#fff"
    }
}

/// The bytes of a picture, out of a data URL that was checked.
#[must_use]
pub fn bytes(picture: &str) -> Vec<u8> {
    let digits = picture.split_once(',').map_or("", |(_, digits)| digits);
    base64::decode(digits).unwrap_or_default()
}

/// A line with placeholders.
fn line(tree: Tree) -> Result<String, Fault> {
    checked(tree, |line| {
        if line.chars().count() > 200 || line.chars().any(char::is_control) {
            return Err("must be one line of 200 characters at most");
        }
        placeholders(line)
    })
}

/// Lines with placeholders.
fn text(tree: Tree) -> Result<String, Fault> {
    checked(tree, |text| {
        let is_odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        if text.chars().count() > 2_000 || text.chars().any(is_odd) {
            return Err(
                "must have 2,000 characters at most, and no control characters but line breaks",
            );
        }
        placeholders(text)
    })
}

/// The words of a consent, which a lead has room for (`program::Prose`).
fn consent(tree: Tree) -> Result<String, Fault> {
    let words = text(tree)?;
    if words.chars().count() > CONSENT_CHARACTERS {
        return Err(Fault::new("must have 1,000 characters at most"));
    }
    Ok(words)
}

fn checked(tree: Tree, check: fn(&str) -> Result<(), &'static str>) -> Result<String, Fault> {
    if tree == Tree::Absent {
        return Ok(String::new());
    }
    let text = String::decode(tree)?;
    check(&text).map_err(Fault::new)?;
    Ok(text)
}

/// Whoever writes `{name}` means something that we would send as it stands.
fn placeholders(text: &str) -> Result<(), &'static str> {
    let mut pieces = text.split('{');
    let first = pieces.next().unwrap_or_default();
    let mut is_balanced = !first.contains('}');
    for piece in pieces {
        let (name, rest) = piece.split_once('}').unwrap_or(("", "}"));
        is_balanced &= !rest.contains('}');
        if is_balanced && !PLACEHOLDERS.contains(&name) {
            return Err(
                "names a placeholder that is none; there are {first_name}, {advocate}, {program}, {link}",
            );
        }
    }
    is_balanced
        .then_some(())
        .ok_or("has a brace without its other one; braces stand around placeholders alone")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(json: &str) -> String {
        decode::read::<Content>(json.as_bytes())
            .err()
            .map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn everything_can_be_left_out() {
        assert_eq!(fault("{}"), "");
        assert_eq!(fault(r#"{"messages":[{"channel":"email"}]}"#), "");
    }

    #[test]
    fn a_fault_names_its_place() {
        for (json, place) in [
            (r#"{"tone":1}"#, "`tone` is not a known field"),
            (
                r#"{"brand":{"color":"green"}}"#,
                "`brand.color` must be a colour",
            ),
            (
                r##"{"brand":{"color":"#0a665"}}"##,
                "`brand.color` must be a colour",
            ),
            (
                r##"{"brand":{"color":"#0a665é"}}"##,
                "`brand.color` must be a colour",
            ),
            (
                r#"{"messages":[{"text":""}]}"#,
                "`messages[0].channel` is missing",
            ),
            (
                r#"{"messages":[{"channel":"email","medium":"x"}]}"#,
                "`messages[0].medium` is of another",
            ),
            (
                r#"{"messages":[{"channel":"social"},{"channel":"social","medium":"x"},{"channel":"social"}]}"#,
                "`messages[2].channel` has a message",
            ),
            (
                r#"{"landing":{"headline":"a\nb"}}"#,
                "`landing.headline` must be one line",
            ),
            (
                r#"{"landing":{"body":"a\u0000"}}"#,
                "`landing.body` must have 2,000",
            ),
            (
                r#"{"invitation":{"text":"Hello {name}"}}"#,
                "`invitation.text` names a placeholder",
            ),
            (
                r#"{"invitation":{"text":null}}"#,
                "`invitation.text` invalid type: null",
            ),
        ] {
            assert!(fault(json).starts_with(place), "{json}: {}", fault(json));
        }
    }

    #[test]
    fn braces_are_balanced() {
        for good in ["", "{link}", "a{link}b{first_name}{advocate}", "no braces"] {
            assert_eq!(placeholders(good), Ok(()), "{good}");
        }
        for bad in [
            "{", "}", "{link", "link}", "{{link}}", "{link}}", "}{link}{", "{}", "{ link }",
        ] {
            assert!(placeholders(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_logo_is_a_png() {
        let logo = |text: &str| super::logo(Tree::Text(text.to_owned())).is_ok();
        let one_pixel = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
        assert!(logo(one_pixel) && logo(""));
        assert!(!logo(&one_pixel.replace("png", "svg")));
        assert!(
            !logo(&one_pixel.replace("iVBOR", "/9j/4")),
            "a JPEG under the name"
        );
        assert!(!logo(&one_pixel.replace("42mNk", "42m\"k")));
        assert!(!logo(one_pixel.trim_end_matches('=')));
        assert!(!logo(&format!("{PNG}{}", "A".repeat(LOGO_BYTES))));
    }

    #[test]
    fn a_card_is_a_larger_one() {
        let card = |text: &str| super::card(Tree::Text(text.to_owned())).is_ok();
        let of = |bytes: usize| format!("{PNG}{}", "A".repeat(bytes - PNG.len()));
        let most = CARD_BYTES - (CARD_BYTES - PNG.len() + 14) % 4;
        assert!(card("") && card(&of(most)), "{most}");
        assert!(!card(&of(most + 4)));
    }

    #[test]
    fn a_picture_is_the_bytes_that_its_url_has() {
        let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let all = bytes(&format!("data:image/png;base64,{digits}"));
        assert_eq!(all.len(), 48);
        for (at, byte) in all.chunks(3).enumerate() {
            let [one, two, three] = byte else { panic!() };
            let bits = u32::from_be_bytes([0, *one, *two, *three]);
            for (place, shift) in [18, 12, 6, 0].into_iter().enumerate() {
                assert_eq!((bits >> shift) & 63, u32::try_from(at * 4 + place).unwrap());
            }
        }
        for (text, expected) in [
            ("", ""),
            ("TWE=", "Ma"),
            ("TQ==", "M"),
            ("TWF5YQ==", "Maya"),
        ] {
            assert_eq!(bytes(&format!("x,{text}")), expected.as_bytes(), "{text}");
        }
        assert_eq!(bytes("TWE="), b"");
    }

    #[test]
    fn text_can_be_read_on_every_colour() {
        let light = |part: u32| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        };
        let lights: Vec<f64> = (0..256).map(light).collect();
        let steps = || (0..256_usize).step_by(5);
        for red in steps() {
            for green in 0..256_usize {
                for blue in steps() {
                    let luminance =
                        0.2126 * lights[red] + 0.7152 * lights[green] + 0.0722 * lights[blue];
                    let color = format!("#{red:02x}{green:02x}{blue:02x}");
                    let contrast = match text_on(&color) {
                        "#fff" => 1.05 / (luminance + 0.05),
                        _ => (luminance + 0.05) / 0.05,
                    };
                    assert!(contrast >= 4.5, "{color}: {contrast}");
                }
            }
        }
        assert_eq!((text_on("#0a6653"), text_on("#ffdd00")), ("#fff", "#000"));
    }

    #[test]
    fn placeholders_are_filled_once() {
        let values = ["Maya", "Maya {link}", "Customers", "https://a/b"];
        assert_eq!(
            fill(
                "{first_name}: {advocate} {program} {link} {other} {",
                values
            ),
            "Maya: Maya {link} Customers https://a/b {other} {"
        );
    }
}
