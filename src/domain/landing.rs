//! Where a link leads: the destination, and the landing URL made of it.
//!
//! Owns what a destination may be, which parameters are reserved, and how the
//! visitor's own query is passed through. **Law**: a visitor never chooses the
//! destination nor overwrites a reserved parameter.

#[cfg(test)]
mod tests;

use serde::Serialize;
use utoipa::ToSchema;

use crate::decode::{checked, names};

/// The parameter that carries the winning touch's receipt.
pub const RECEIPT_PARAMETER: &str = "gw";

/// The parameter that carries this click's own receipt where another one won.
pub const CLICK_PARAMETER: &str = "gw_click";

/// Bytes of the visitor's query that are passed through at most. Browsers and
/// servers cut URLs at 8 KB and less.
const PASS_THROUGH_BYTES: usize = 4_096;

/// Bytes of a destination at most.
const DESTINATION_BYTES: usize = 2_048;

names! {
    /// Which of the visitor's parameters reach the landing page.
    #[derive(Default)]
    pub enum PassThrough {
        /// None of them.
        #[default]
        None => "none",
        /// Those that begin with `utm_`.
        Utm => "utm",
        /// All but the reserved ones and those that the destination sets itself.
        All => "all",
    }
}

/// An absolute https URL (http for this machine) in printable ASCII.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(into = "String")]
#[schema(value_type = String, format = "uri", example = "https://example.com/welcome")]
pub struct Destination(String);

checked! { Destination, String }

/// Why a text is no destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DestinationError {
    /// Longer than any server takes.
    #[error("is longer than 2,048 bytes")]
    TooLong,
    /// A character that has to be percent-encoded first.
    #[error(
        "holds a character that a URL does not: percent-encode it, and write the host in its ASCII form"
    )]
    Character,
    /// Neither https, nor http for this machine.
    #[error("must begin with https:// (http:// only for localhost)")]
    Scheme,
    /// A user or a password before the host.
    #[error("must not hold a user or a password before the host")]
    UserInfo,
    /// The host is missing or malformed.
    #[error("has no well-formed host")]
    Host,
    /// The port is not a number up to 65535.
    #[error("has a port that is not a number from 1 to 65535")]
    Port,
    /// A `%` that two hexadecimal digits do not follow.
    #[error("has a % that two hexadecimal digits do not follow")]
    Percent,
    /// It sets what only we may set.
    #[error("must not set `gw`, nor a parameter that begins with `gw_`: those carry the receipt")]
    Reserved,
}

impl Destination {
    /// Checks a URL. It is kept as written, never rewritten, so what is refused
    /// here is everything that browsers would silently repair.
    pub fn parse(url: &str) -> Result<Self, DestinationError> {
        use DestinationError as E;
        if url.len() > DESTINATION_BYTES {
            return Err(E::TooLong);
        }
        if !url.bytes().all(is_url_byte) {
            return Err(E::Character);
        }
        let (secure, rest) = if let Some(rest) = url.strip_prefix("https://") {
            (true, rest)
        } else if let Some(rest) = url.strip_prefix("http://") {
            (false, rest)
        } else {
            return Err(E::Scheme);
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at_checked(end).ok_or(E::Host)?;
        if authority.contains('@') {
            return Err(E::UserInfo);
        }
        let (host, port) = split_port(authority)?;
        if port.is_some_and(|port| {
            port.len() > 5 || !port.bytes().all(|b| b.is_ascii_digit()) || {
                port.parse::<u16>().unwrap_or(0) == 0
            }
        }) {
            return Err(E::Port);
        }
        if !is_host(host) {
            return Err(E::Host);
        }
        if !secure && !is_this_machine(host) {
            return Err(E::Scheme);
        }
        if !percent_encoding_is_whole(tail) {
            return Err(E::Percent);
        }
        let query = parts(url).1;
        if pairs(query).any(|pair| is_reserved(&key_of(pair))) {
            return Err(E::Reserved);
        }
        Ok(Self(url.to_owned()))
    }

    /// The URL as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Scheme, host and port as a browser's `Origin` has them: without the port that
    /// the scheme implies. A destination's host is in small letters already.
    #[must_use]
    pub fn origin(&self) -> String {
        let host = self.0.find("://").map_or(0, |at| at + 3);
        let (scheme, rest) = self.0.split_at_checked(host).unwrap_or_default();
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let implied = if scheme == "https://" { ":443" } else { ":80" };
        let authority = authority.strip_suffix(implied).unwrap_or(authority);
        [scheme, authority].concat()
    }
}

impl TryFrom<String> for Destination {
    type Error = DestinationError;

    fn try_from(url: String) -> Result<Self, DestinationError> {
        Self::parse(&url)
    }
}

impl From<Destination> for String {
    fn from(destination: Destination) -> Self {
        destination.0
    }
}

/// The landing URL: the destination with its own query and fragment, what the
/// program lets through of the visitor's `query`, and the receipts.
#[must_use]
pub fn landing_url(
    destination: &Destination,
    pass: PassThrough,
    query: &str,
    winner: &str,
    click: Option<&str>,
) -> String {
    let (base, own_query, fragment) = parts(&destination.0);
    let mut url = String::with_capacity(destination.0.len() + winner.len() + 16);
    url.push_str(base);
    if !base_has_path(base) {
        url.push('/');
    }
    let mut separator = '?';
    let mut add = |url: &mut String, pair: &str| {
        url.push(separator);
        url.push_str(pair);
        separator = '&';
    };
    if !own_query.is_empty() {
        add(&mut url, own_query);
    }
    if pass != PassThrough::None {
        for pair in passed(pass, own_query, query) {
            add(&mut url, &pair);
        }
    }
    add(&mut url, RECEIPT_PARAMETER);
    url.push('=');
    url.push_str(winner);
    if let Some(click) = click {
        url.push('&');
        url.push_str(CLICK_PARAMETER);
        url.push('=');
        url.push_str(click);
    }
    if !fragment.is_empty() {
        url.push('#');
        url.push_str(fragment);
    }
    url
}

/// The visitor's pairs that go through, made harmless, as long as there is room.
fn passed(pass: PassThrough, own_query: &str, query: &str) -> Vec<String> {
    let own: Vec<String> = pairs(own_query).map(key_of).collect();
    let mut room = PASS_THROUGH_BYTES;
    let mut through = Vec::new();
    for pair in pairs(query) {
        let key = key_of(pair);
        if is_reserved(&key)
            || own.contains(&key)
            || (pass == PassThrough::Utm && !key.starts_with("utm_"))
        {
            continue;
        }
        let pair = escape(pair);
        // Whole pairs only: half a value would be another value.
        let Some(left) = room.checked_sub(pair.len() + 1) else {
            continue;
        };
        room = left;
        through.push(pair);
    }
    through
}

/// A URL without its query and fragment, its query, its fragment.
fn parts(url: &str) -> (&str, &str, &str) {
    let (rest, fragment) = url.split_once('#').unwrap_or((url, ""));
    let (base, query) = rest.split_once('?').unwrap_or((rest, ""));
    (base, query, fragment)
}

/// Whether a path follows the authority; `https://a.example?b` has none.
fn base_has_path(base: &str) -> bool {
    base.split_once("://")
        .is_some_and(|(_, rest)| rest.contains('/'))
}

fn pairs(query: &str) -> impl Iterator<Item = &str> {
    query.split('&').filter(|pair| !pair.is_empty())
}

/// The key of a pair as the most lenient of servers would read it: decoded,
/// small letters, without leading spaces, brackets and what follows them, dots
/// and spaces as underscores (PHP reads `gw.click` and `gw[]` as ours).
fn key_of(pair: &str) -> String {
    let key = pair.split('=').next().unwrap_or(pair);
    let mut decoded = decode_percent(key);
    // A key that was encoded twice is ours as soon as somebody decodes it twice.
    if decoded.contains('%') {
        decoded = decode_percent(&decoded);
    }
    decoded
        .trim_start_matches([' ', '+', '\t', '\r', '\n'])
        .split(['[', '\0'])
        .next()
        .unwrap_or_default()
        .chars()
        .map(|c| match c {
            '.' | ' ' | '+' => '_',
            c => c.to_ascii_lowercase(),
        })
        .collect()
}

fn is_reserved(key: &str) -> bool {
    key == RECEIPT_PARAMETER || key.starts_with("gw_")
}

/// Decodes `%XX`; what does not decode to UTF-8 is replaced, as it can be no
/// key of ours.
fn decode_percent(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        if *byte == b'%'
            && let [high, low, after @ ..] = tail
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            bytes.push((high << 4) | low);
            rest = after;
        } else {
            bytes.push(*byte);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Percent-encodes whatever could end the query, part a pair (`;` does in old
/// parsers) or is no URL character at all.
fn escape(pair: &str) -> String {
    const HEX: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    let mut out = String::with_capacity(pair.len());
    for byte in pair.bytes() {
        if is_url_byte(byte) && !matches!(byte, b';' | b'#' | b'\'') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for nibble in [byte >> 4, byte & 0xf] {
                out.push(HEX.get(usize::from(nibble)).copied().unwrap_or('0'));
            }
        }
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

/// The characters of RFC 3986, section 2, and `|`, which browsers leave alone
/// in a query. A backslash is not among them: browsers take it for a slash.
/// Whether a byte stands in a URL as it is.
pub(super) fn is_url_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%|".contains(&byte)
}

fn percent_encoding_is_whole(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().all(|(index, byte)| {
        *byte != b'%'
            || [1, 2]
                .iter()
                .all(|ahead| bytes.get(index + ahead).is_some_and(u8::is_ascii_hexdigit))
    })
}

/// Host and port of an authority without user information.
fn split_port(authority: &str) -> Result<(&str, Option<&str>), DestinationError> {
    if authority.starts_with('[') {
        let (host, rest) = authority.split_once(']').ok_or(DestinationError::Host)?;
        let host = host.strip_prefix('[').ok_or(DestinationError::Host)?;
        // Only the loopback is written so here; other addresses have names.
        if host != "::1" {
            return Err(DestinationError::Host);
        }
        return match rest.strip_prefix(':') {
            Some(port) => Ok(("[::1]", Some(port))),
            None if rest.is_empty() => Ok(("[::1]", None)),
            None => Err(DestinationError::Host),
        };
    }
    Ok(match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    })
}

/// A DNS name in small letters, with at least two labels, or an address in
/// plain decimal; or this machine. What browsers rewrite (capitals, `0x7f.1`,
/// `127.1`, a trailing dot) is refused.
fn is_host(host: &str) -> bool {
    if is_this_machine(host) {
        return true;
    }
    let labels: Vec<&str> = host.split('.').collect();
    let well_formed = |label: &&str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
    };
    if host.len() > 253 || labels.len() < 2 || !labels.iter().all(well_formed) {
        return false;
    }
    // What ends in a number is an address to a browser (WHATWG URL, 3.5).
    let last = labels.last().copied().unwrap_or_default();
    if last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x") {
        return host
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|address| address.to_string() == host);
    }
    // A punycode label that is none makes a browser refuse the whole URL, so a
    // name that only looks like one is kept out here.
    !labels
        .iter()
        .any(|label| *label == "xn--" || label.ends_with("--"))
}

fn is_this_machine(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
        || host.ends_with(".localhost")
            && host
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'))
            && host.split('.').all(|label| {
                !label.is_empty()
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && !label.starts_with("xn--")
            })
}
