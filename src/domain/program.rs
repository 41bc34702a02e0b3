//! Programs, destinations, advocates: what they are made of and what is allowed.
//!
//! Owns the newtypes behind the API's fields and the choices a program has.
//! Reading and writing them is `store`'s; their place in a link is
//! [`super::link`]'s.

use serde::Serialize;
use utoipa::ToSchema;

use crate::decode::{checked, names};

/// Declares a checked text: parsed at the edge, never checked again.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $example:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
        #[serde(into = "String")]
        #[schema(value_type = String, example = $example)]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;

            fn try_from(text: String) -> Result<Self, TextError> {
                let check: fn(&str) -> Result<(), TextError> = $check;
                check(&text)?;
                Ok(Self(text))
            }
        }

        checked! { $name, String }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }
    };
}

/// Why a text cannot be what the field asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Not a slug.
    #[error(
        "must be 1 to 64 small letters, digits and single hyphens, beginning and ending with a letter or digit"
    )]
    Slug,
    /// Empty, blank at an end, too long, or with control characters.
    #[error("must be 1 to 200 characters, without control characters or blanks at its ends")]
    Name,
    /// As above, with a length of its own.
    #[error("must be 1 to 1,000 characters, without control characters or blanks at its ends")]
    Prose,
    /// No identifier.
    #[error("must be 1 to 128 printable ASCII characters without blanks")]
    Identifier,
    /// No e-mail address.
    #[error("must be an e-mail address, like maya@example.com")]
    Email,
    /// Out of range.
    #[error("must be from 1 to 365 days")]
    Window,
}

text! {
    /// A name for URLs and requests: `customers-eu`.
    Slug, "customers-eu", |text| {
        let bytes = text.as_bytes();
        let ends = |byte: Option<&u8>| byte.is_some_and(|b| *b != b'-');
        let ok = (1..=64).contains(&bytes.len())
            && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
            && ends(bytes.first())
            && ends(bytes.last())
            && !text.contains("--");
        if ok { Ok(()) } else { Err(TextError::Slug) }
    }
}

text! {
    /// A name that people read.
    Name, "Customers, Europe", |text| {
        if is_line(text, 200) { Ok(()) } else { Err(TextError::Name) }
    }
}

text! {
    /// A sentence or two that people read.
    Prose, "Good tools deserve a good word.", |text| {
        if is_line(text, 1_000) { Ok(()) } else { Err(TextError::Prose) }
    }
}

text! {
    /// An identifier that another system gave: a customer number, an event id.
    Identifier, "crm-10017", |text| {
        let ok = (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if ok { Ok(()) } else { Err(TextError::Identifier) }
    }
}

text! {
    /// An e-mail address, as far as form can tell.
    Email, "maya@example.com", |text| {
        let ok = text.len() <= 254
            && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>()[],;:\"\\".contains(c))
            && text.split_once('@').is_some_and(|(local, domain)| {
                (1..=64).contains(&local.len())
                    && !domain.contains('@')
                    && domain.split('.').count() > 1
                    && domain.split('.').all(|label| !label.is_empty())
            });
        if ok { Ok(()) } else { Err(TextError::Email) }
    }
}

fn is_line(text: &str, most: usize) -> bool {
    let length = text.chars().count();
    (1..=most).contains(&length) && text.trim() == text && !text.chars().any(char::is_control)
}

names! {
    /// Who refers.
    pub enum AdvocateKind {
        /// Buys from the company.
        Customer => "customer",
        /// Sells with or for the company.
        Partner => "partner",
        /// Works for the company.
        Employee => "employee",
    }
}

names! {
    /// Whether something may still be used.
    #[derive(Default)]
    pub enum Status {
        /// In use.
        #[default]
        Active => "active",
        /// Switched off; its links lead to the neutral page.
        Disabled => "disabled",
    }
}

names! {
    /// Which touch wins inside the window.
    #[derive(Default)]
    pub enum Touch {
        /// The first one.
        First => "first",
        /// The last one.
        #[default]
        Last => "last",
    }
}

/// Days for which a touch can earn the credit: 1 to 365, 90 unless said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(into = "u16")]
#[schema(value_type = u16, minimum = 1, maximum = 365)]
pub struct WindowDays(u16);

checked! { WindowDays, u16 }

impl WindowDays {
    /// The window in seconds.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        self.0 as u32 * 86_400
    }
}

impl Default for WindowDays {
    fn default() -> Self {
        Self(90)
    }
}

impl TryFrom<u16> for WindowDays {
    type Error = TextError;

    fn try_from(days: u16) -> Result<Self, TextError> {
        if (1..=365).contains(&days) {
            Ok(Self(days))
        } else {
            Err(TextError::Window)
        }
    }
}

impl From<WindowDays> for u16 {
    fn from(days: WindowDays) -> Self {
        days.0
    }
}

names! {
    /// An advocate's act of sharing.
    pub enum ShareKind {
        /// The composer was opened or the link copied.
        Intent => "intent",
        /// Our mail provider confirmed it, or a rep attested it.
        Sent => "sent",
    }
}

names! {
    /// What an advocate's moment is.
    pub enum MomentKind {
        /// They rated what they have.
        Rated => "rated",
        /// Something of theirs went live.
        Live => "live",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all<T: TryFrom<String>>(texts: &[&str]) -> Vec<bool> {
        texts
            .iter()
            .map(|text| T::try_from((*text).to_owned()).is_ok())
            .collect()
    }

    #[test]
    fn texts_are_checked() {
        let long = "a".repeat(65);
        assert!(all::<Slug>(&["a", "a-b-1", "2026"]).iter().all(|ok| *ok));
        assert!(!all::<Slug>(&["", "-a", "a-", "a--b", "A", "a b", "é", &long]).contains(&true));
        assert!(
            all::<Name>(&["Maya", "Ünïcødé 日本", "=1+1"])
                .iter()
                .all(|ok| *ok)
        );
        assert!(!all::<Name>(&["", " a", "a ", "a\nb", "\u{0}"]).contains(&true));
        assert!(
            all::<Identifier>(&["crm-1", "{\"a\"}", "=1"])
                .iter()
                .all(|ok| *ok)
        );
        assert!(!all::<Identifier>(&["", "a b", "é", "a\n"]).contains(&true));
        assert!(
            all::<Email>(&["a@b.de", "a+b@c.example", "ü@b.de"])
                .iter()
                .all(|ok| *ok)
        );
        assert!(
            !all::<Email>(&[
                "", "a", "@b.de", "a@b", "a@b..de", "a b@c.de", "a@b@c.de", "a@b.de\n"
            ])
            .contains(&true)
        );
    }

    #[test]
    fn a_window_has_bounds() {
        assert_eq!(WindowDays::default().seconds(), 7_776_000);
        assert!(WindowDays::try_from(0).is_err());
        assert!(WindowDays::try_from(366).is_err());
        assert_eq!(u16::from(WindowDays::try_from(365).unwrap()), 365);
    }
}
