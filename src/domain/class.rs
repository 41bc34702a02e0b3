//! Classification: is a click a person's, perhaps a machine's, or a bot's?
//!
//! Owns the rules and their order. Nothing is dropped because of a class: it is
//! kept with its reason and the version of the rules, and shown apart.

use utoipa::ToSchema;

use super::{
    agents::{self, Agent},
    networks,
};

/// The version of these rules and of the lists behind them; raised with every
/// change that can change a verdict.
pub const RULES: u16 = 1;

/// What a click is taken for. The discriminant is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[repr(u8)]
pub enum Class {
    /// A person, as far as can be told.
    Human = 0,
    /// Something speaks against a person.
    Suspected = 1,
    /// A machine that says so.
    Bot = 2,
}

impl Class {
    /// The stored code.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The class of a stored code.
    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Human),
            1 => Some(Self::Suspected),
            2 => Some(Self::Bot),
            _ => None,
        }
    }
}

/// Why a click has its class. The discriminant is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Reason {
    /// Nothing speaks against a person.
    Clean = 0,
    /// A prefetch, which is not yet a visit.
    Prefetch = 1,
    /// A `HEAD` request: a look at the headers alone.
    Head = 2,
    /// Loaded as an image, a frame or a script, not as a page.
    Embedded = 3,
    /// No `Accept-Language`, which every browser sends.
    NoLanguage = 4,
    /// The user agent looks like a program's.
    Agent = 5,
    /// From the network of a mail scanner.
    Network = 6,
    /// The user agent is on the list of crawlers.
    Listed = 7,
    /// The user agent makes previews for a social network or a messenger.
    Preview = 8,
    /// Cloudflare verified a bot that says what it is.
    Verified = 9,
}

impl Reason {
    /// The stored code.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }
}

/// What is looked at, all of it from the request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Signs<'a> {
    /// The method was `HEAD`.
    pub head: bool,
    /// `User-Agent`, empty where there is none.
    pub user_agent: &'a str,
    /// `Sec-Purpose`, `Purpose` or `X-Moz`, empty where there is none.
    pub purpose: &'a str,
    /// `Sec-Fetch-Dest`, empty where there is none.
    pub destination: &'a str,
    /// `Accept-Language`, empty where there is none.
    pub language: &'a str,
    /// The autonomous system that the request came from; 0 where unknown.
    pub asn: u32,
    /// Cloudflare verified the bot.
    pub verified_bot: bool,
}

impl Signs<'_> {
    /// The browser only wants the answer in advance, for a visit that may come.
    #[must_use]
    pub fn is_prefetch(&self) -> bool {
        // `Sec-Purpose: prefetch;prerender`, `Purpose: prefetch`, `X-Moz: prefetch`.
        self.purpose.split([';', ',', ' ']).any(|token| {
            token.eq_ignore_ascii_case("prefetch") || token.eq_ignore_ascii_case("preview")
        })
    }
}

/// The class of a click, and the first reason that decides it.
#[must_use]
pub fn classify(signs: &Signs) -> (Class, Reason) {
    let agent = agents::recognise(signs.user_agent);
    match agent {
        Agent::SocialPreview => return (Class::Bot, Reason::Preview),
        Agent::Crawler => return (Class::Bot, Reason::Listed),
        Agent::Suspected | Agent::Browser => {}
    }
    if signs.verified_bot {
        return (Class::Bot, Reason::Verified);
    }
    let suspicions = [
        (signs.is_prefetch(), Reason::Prefetch),
        (signs.head, Reason::Head),
        (networks::mail_scanner(signs.asn).is_some(), Reason::Network),
        (
            !signs.destination.is_empty() && signs.destination != "document",
            Reason::Embedded,
        ),
        (agent == Agent::Suspected, Reason::Agent),
        (signs.language.is_empty(), Reason::NoLanguage),
    ];
    suspicions
        .iter()
        .find(|(holds, _)| *holds)
        .map_or((Class::Human, Reason::Clean), |(_, reason)| {
            (Class::Suspected, *reason)
        })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const FIREFOX: &str =
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    pub(crate) fn person() -> Signs<'static> {
        Signs {
            user_agent: FIREFOX,
            destination: "document",
            language: "de-DE,de;q=0.9",
            ..Signs::default()
        }
    }

    #[test]
    fn a_person_is_human_and_each_sign_speaks_against_it() {
        let person = person();
        let table = [
            (person, Class::Human, Reason::Clean),
            (
                Signs {
                    destination: "",
                    ..person
                },
                Class::Human,
                Reason::Clean,
            ),
            (
                Signs {
                    head: true,
                    ..person
                },
                Class::Suspected,
                Reason::Head,
            ),
            (
                Signs {
                    purpose: "prefetch;prerender",
                    ..person
                },
                Class::Suspected,
                Reason::Prefetch,
            ),
            (
                Signs {
                    destination: "image",
                    ..person
                },
                Class::Suspected,
                Reason::Embedded,
            ),
            (
                Signs {
                    destination: "iframe",
                    ..person
                },
                Class::Suspected,
                Reason::Embedded,
            ),
            (
                Signs {
                    language: "",
                    ..person
                },
                Class::Suspected,
                Reason::NoLanguage,
            ),
            (
                Signs {
                    user_agent: "",
                    ..person
                },
                Class::Suspected,
                Reason::Agent,
            ),
            (
                Signs {
                    user_agent: "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
                    head: true,
                    ..person
                },
                Class::Bot,
                Reason::Listed,
            ),
            (
                Signs {
                    user_agent: "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
                    ..person
                },
                Class::Bot,
                Reason::Preview,
            ),
            (
                Signs {
                    verified_bot: true,
                    ..person
                },
                Class::Bot,
                Reason::Verified,
            ),
        ];
        for (signs, class, reason) in table {
            assert_eq!(classify(&signs), (class, reason), "{signs:?}");
        }
    }

    #[test]
    fn codes_are_pinned() {
        for code in 0..3 {
            assert_eq!(Class::from_code(code).unwrap().code(), code);
        }
        assert_eq!(Class::from_code(3), None);
        let reasons = [
            Reason::Clean,
            Reason::Prefetch,
            Reason::Head,
            Reason::Embedded,
            Reason::NoLanguage,
            Reason::Agent,
            Reason::Network,
            Reason::Listed,
            Reason::Preview,
            Reason::Verified,
        ];
        assert!(reasons.iter().map(|r| r.code()).eq(0..10));
    }
}
