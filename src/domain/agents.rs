//! Owns what a user-agent string says of its sender, and the version of the
//! lists that say it. It does not decide a click's class: that also weighs the
//! method, the headers and the network, and belongs to the classifier.
//!
//! Two tables and three rules. The tables are sorted literals behind a small
//! filter of their first three bytes, because a regular expression over the
//! same list costs hundreds of kilobytes and of microseconds. Robots that name
//! themselves come from the list crawler-user-agents, less what hits people:
//! for referral links the in-app browsers are the clicks that count.

#[expect(
    clippy::unreadable_literal,
    reason = "filter words are not read by people"
)]
mod table;

pub use table::VERSION;
use table::{BOTS, SUSPECTED};

/// The version of the verdicts, stored with every click. Raise it by hand
/// whenever lists, tokens or rules change what [`recognise`] answers.
pub const RULES: u16 = 1;

/// What a user-agent string says of its sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agent {
    /// Nothing speaks against a person.
    Browser,
    /// A robot that fetches a link in order to show a preview of it.
    SocialPreview,
    /// A robot by its own word.
    Crawler,
    /// Looks like a machine, or like no browser that is known.
    Suspected,
}

/// No browser is longer, so a hostile header costs no more than this.
const LONGEST: usize = 1024;

/// Frames the text, so that a literal can stand for a start or an end.
const START: char = '\u{2}';
const END: char = '\u{3}';

/// Ends the literals of link previews, in the table only.
const PREVIEW: u8 = 1;

/// Browsers that begin neither with `Mozilla/` nor with `Opera/`, in lower case
/// like all that follows: text browsers, and telephones without applications.
const OTHER_BEGINNINGS: &[&str] = &[
    "lynx/",
    "links (",
    "elinks/",
    "w3m/",
    "netsurf/",
    "dillo/",
    "emacs-w3m/",
    "ibrowse/",
    "amiga",
    "ncsa_mosaic/",
    "ucweb/",
    "untrusted/1.0 ucweb",
    "onebrowser/",
    "juc (linux",
    "mqqbrowser/",
    "blackberry",
    "nokia",
    "sonyericsson",
    "samsung-",
    "sec-",
    "lg-",
    "lge-",
    "mot-",
    "zte-",
    "huawei",
    "alcatel",
    "sie-",
    "sharp-",
    "pantech",
    "docomo/",
    "kddi-",
    "softbank/",
    "vodafone/",
];

/// What a string that begins like a browser also says if it is one: an engine,
/// or one of the few devices whose browser names none.
const ENGINES: &[&str] = &[
    "applewebkit",
    "gecko",
    "msie ",
    "trident/",
    "khtml",
    "presto/",
    "opera",
    "goanna",
    "safari/",
    "firefox/",
    "servo/",
    "nintendo",
    "playstation",
    "playstation",
    "psp ",
    "ucbrowser",
    "uc browser",
    "netfront",
    "amiga",
    "charon;",
];

/// Browsers that follow the word `compatible;`, which is otherwise how robots
/// introduce themselves.
const COMPATIBLE: &[&str] = &[
    "msie 1",
    "msie 4",
    "msie 5",
    "msie 6",
    "msie 7",
    "msie 8",
    "msie 9",
    "konqueror/",
    "ibrowse",
    "u;",
    "webpositive/",
    "netpositive/",
    "windows",
    "linux",
];

/// Letters in front of a token that turn it into something harmless: CUBOT,
/// M bot, VR BOT and others are telephones, `QQDownload` came with old
/// Internet Explorers, and people open links with the scanners of QR codes.
const EXCUSES: &[(&str, &[&str])] = &[
    (
        "bot",
        &[
            " cu", ";cu", "/cu", "; m ", "; m_", "; b ", "; c ", "; x", "; vr ", "; id ",
            "; power ",
        ],
    ),
    ("download", &["qq"]),
    (
        "scan",
        &[
            "cam", "qr", "qr ", "qr_", "qr-", "code", "code ", "code_", "code-",
        ],
    ),
];

/// Says what a user-agent string says of its sender. An absent header is an
/// empty string.
#[must_use]
pub fn recognise(user_agent: &str) -> Agent {
    let mut framed = framed(user_agent);
    let mut is_crawler = false;
    let is_preview = BOTS.find(framed.as_bytes(), |_, literal| {
        // A preview outranks a crawler, so a crawler's name does not end the search.
        is_crawler = true;
        literal.ends_with(&[PREVIEW])
    });
    if is_preview {
        return Agent::SocialPreview;
    }
    if is_crawler {
        return Agent::Crawler;
    }
    framed.make_ascii_lowercase();
    if looks_like_a_machine(&framed) {
        Agent::Suspected
    } else {
        Agent::Browser
    }
}

/// Answers whether the tokens and rules alone, without the list of names, take
/// the sender for a machine. That is how a robot fares that nobody has listed
/// yet, so the tests hold it to a figure over all that are listed.
#[must_use]
pub fn suspects_unlisted(user_agent: &str) -> bool {
    looks_like_a_machine(&framed(user_agent).to_ascii_lowercase())
}

/// The part of the string that is read, in its frame.
fn framed(user_agent: &str) -> String {
    let cut = user_agent.floor_char_boundary(LONGEST);
    let text = user_agent.get(..cut).unwrap_or_default().trim();
    let mut framed = String::with_capacity(text.len() + 2);
    framed.push(START);
    framed.push_str(text);
    framed.push(END);
    framed
}

/// The tokens' and rules' part in [`recognise`]; takes lower case.
fn looks_like_a_machine(framed: &str) -> bool {
    let text = framed.trim_start_matches(START).trim_end_matches(END);
    is_no_browser(text)
        || introduces_a_robot(text)
        || names_a_mailbox(text)
        || SUSPECTED.find(framed.as_bytes(), is_not_excused)
}

/// Tells a string that no known browser would send: an empty one, one with
/// another beginning, and one with the right beginning and nothing behind it.
fn is_no_browser(text: &str) -> bool {
    if text.starts_with("mozilla/") || text.starts_with("opera/") {
        return !ENGINES.iter().any(|engine| text.contains(engine));
    }
    // Some applications put their own name in front, and DuckDuckGo has been
    // seen to lose the first words; either way the engine is still named.
    let has_engine = text.contains("applewebkit/");
    !has_engine
        && !OTHER_BEGINNINGS
            .iter()
            .any(|beginning| text.starts_with(beginning))
}

/// Finds `compatible;` followed by anything but an old browser's name.
fn introduces_a_robot(text: &str) -> bool {
    text.split_once("compatible;").is_some_and(|(_, rest)| {
        let name = rest.trim_start();
        !COMPATIBLE.iter().any(|browser| name.starts_with(browser))
    })
}

/// Finds a mail address, the sign of a robot with manners. Ecosia's
/// `android@126.0` is none: what follows the sign must begin with a letter.
fn names_a_mailbox(text: &str) -> bool {
    text.split('@').skip(1).any(|host| {
        let label = host
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
        host.bytes()
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic())
            && host.as_bytes().get(label.count()) == Some(&b'.')
    })
}

/// Tells a token that stands for a machine from the same letters in the name
/// of a telephone or an application.
fn is_not_excused(before: &[u8], token: &[u8]) -> bool {
    !EXCUSES.iter().any(|(excused, endings)| {
        token.starts_with(excused.as_bytes())
            && endings.iter().any(|end| before.ends_with(end.as_bytes()))
    })
}

/// Sorted literals, of three bytes or more, and a filter with a bit for the
/// first three of each. Nearly every place in a browser's string is settled by
/// the filter alone. It is all constant data: a cold isolate builds nothing.
struct Table {
    /// One a line.
    literals: &'static str,
    /// Where every other line begins, for the binary search.
    marks: &'static [u16],
    filter: &'static [u64; 1 << (FILTER_BITS - 6)],
}

/// 4 KB a table, most of it zero: at three bits in a hundred, few places of a
/// browser's string pass by chance.
const FILTER_BITS: u32 = 15;

impl Table {
    /// Tells whether a literal occurs that `counts` agrees to, given the bytes
    /// before it. One pass; what a place costs is bounded by the number of
    /// literals that share three bytes.
    fn find(&self, framed: &[u8], mut counts: impl FnMut(&[u8], &[u8]) -> bool) -> bool {
        let mut key = 0;
        for (at, byte) in framed.iter().enumerate() {
            key = next_key(key, *byte);
            if self.may_begin(key)
                && let Some((before, rest)) = framed.split_at_checked(at.wrapping_sub(2))
                && self
                    .sharing(key)
                    .any(|line| occurs(line, rest) && counts(before, line))
            {
                return true;
            }
        }
        false
    }

    fn may_begin(&self, key: u32) -> bool {
        // Knuth's multiplicative hash; xtask's generator has the same.
        let bit = key.wrapping_mul(0x9E37_79B1) >> (u32::BITS - FILTER_BITS);
        self.filter
            .get((bit >> 6) as usize)
            .is_some_and(|word| word >> (bit & 63) & 1 == 1)
    }

    /// The literals that begin with these three bytes: neighbours, as sorted.
    fn sharing(&self, key: u32) -> impl Iterator<Item = &'static [u8]> {
        let text = self.literals.as_bytes();
        let from = |at: &u16| text.get(usize::from(*at)..).unwrap_or_default();
        let after = self.marks.partition_point(|at| key_of(from(at)) < key);
        let nearest = self.marks.get(after.saturating_sub(1)).map_or(text, from);
        let lines = nearest.split(|byte| *byte == b'\n');
        lines
            .skip_while(move |line| key_of(line) < key)
            .take_while(move |line| key_of(line) == key)
    }
}

/// Tells whether the text begins with the literal on a line of a table.
fn occurs(line: &[u8], text: &[u8]) -> bool {
    let literal = line.strip_suffix(&[PREVIEW]).unwrap_or(line);
    literal.iter().zip(text).skip(3).all(|(a, b)| a == b) && literal.len() <= text.len()
}

/// The first three bytes of a line; what is shorter sorts behind everything.
fn key_of(line: &[u8]) -> u32 {
    line.first_chunk()
        .map_or(u32::MAX, |[a, b, c]| u32::from_be_bytes([0, *a, *b, *c]))
}

/// The last three bytes, of which the first is the highest.
fn next_key(key: u32, byte: u8) -> u32 {
    (key << 8 | u32::from(byte)) & 0x00FF_FFFF
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(table: &Table) -> impl Iterator<Item = &'static [u8]> {
        table.literals.lines().map(str::as_bytes)
    }

    #[test]
    fn every_literal_is_found_by_its_own_table() {
        for table in [&BOTS, &SUSPECTED] {
            for literal in lines(table) {
                let text = literal.strip_suffix(&[PREVIEW]).unwrap_or(literal);
                let found = |text: &[u8]| table.find(text, |_, found| found == literal);
                assert!(found(text), "{text:?}");
                assert!(!found(&text[..text.len() - 1]), "{text:?}");
                assert!(found(&[b"xx", text, b"xx"].concat()), "{text:?}");
            }
        }
    }

    #[test]
    fn suspected_literals_are_lower_case() {
        assert_eq!(SUSPECTED.literals, SUSPECTED.literals.to_ascii_lowercase());
    }

    #[test]
    fn empty_user_agent_is_suspected() {
        assert_eq!(recognise(""), Agent::Suspected);
        assert_eq!(recognise("  \t "), Agent::Suspected);
    }

    #[test]
    fn preview_outranks_crawler() {
        assert_eq!(
            recognise("Googlebot/2.1 Twitterbot/1.0"),
            Agent::SocialPreview
        );
    }

    #[test]
    fn anchored_pattern_counts_only_at_its_end() {
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) \
                     AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 WhatsApp/25.20";
        assert_eq!(recognise("WhatsApp/2.23.20.0"), Agent::SocialPreview);
        assert_eq!(recognise(phone), Agent::Browser);
        assert_eq!(recognise("SSL Labs"), Agent::Crawler);
    }

    #[test]
    fn telephone_named_cubot_is_no_bot() {
        let phone = |model| {
            format!(
                "Mozilla/5.0 (Linux; Android 9; {model}) AppleWebKit/537.36 \
                 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"
            )
        };
        assert_eq!(recognise(&phone("CUBOT")), Agent::Browser);
        assert_eq!(recognise(&phone("CUBOT_P20")), Agent::Browser);
        assert_eq!(recognise(&phone("Wombot")), Agent::Suspected);
    }

    #[test]
    fn version_after_an_at_sign_is_no_mailbox() {
        assert!(!names_a_mailbox("(Ecosia android@126.0.6478.122)"));
        assert!(!names_a_mailbox("@"));
        assert!(names_a_mailbox("someone@example.org"));
    }

    #[test]
    fn only_the_first_kilobyte_is_read() {
        let browser = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0 ";
        let padding = "ä".repeat(LONGEST);
        assert_eq!(
            recognise(&format!("{browser}{padding} Googlebot/2.1")),
            Agent::Browser
        );
        assert_eq!(
            recognise(&format!("{browser}Googlebot/2.1 {padding}")),
            Agent::Crawler
        );
    }
}
