//! Targets: which URLs of other people's servers may be asked.
//!
//! Owns what a public address is, and which ways of writing one are taken: a form that
//! two parsers could read in two ways is refused. What a name's addresses are is found
//! out at each delivery (`jobs::resolve`), as it changes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::landing;

/// Bytes of a URL at most.
const MOST_BYTES: usize = 2_000;

/// Names of no public server: of this machine, of the local network, and what RFC 8375
/// and ICANN keep for houses and offices.
const PRIVATE_NAMES: [&str; 5] = ["localhost", "local", "internal", "arpa", "onion"];

/// Why a URL is no target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Too long.
    #[error("must have at most 2,000 characters")]
    TooLong,
    /// A character that stands in no URL.
    #[error("holds a character that a URL has to percent-encode")]
    Character,
    /// Another scheme.
    #[error("must begin with https://")]
    Scheme,
    /// A name and a password.
    #[error("must not hold a user name or password")]
    UserInfo,
    /// A fragment.
    #[error("must not hold a fragment")]
    Fragment,
    /// The port.
    #[error("has a port that is none")]
    Port,
    /// The host.
    #[error("must name its host as a domain name, or as an address in its plain form")]
    Host,
    /// The host is not public.
    #[error("must not be a private, loopback or link-local host")]
    Private,
}

/// A URL that may be asked, as far as its text tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    url: String,
    host: Host,
}

/// Whom it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A name, in small letters, whose addresses are to be looked up.
    Name(String),
    /// An address.
    Address(IpAddr),
}

impl Target {
    /// Reads a URL of a public server: `https`, a public name or a public address.
    pub fn public(url: &str) -> Result<Self, TargetError> {
        let (is_secure, host) = read(url)?;
        if !is_secure {
            return Err(TargetError::Scheme);
        }
        let is_public = match &host {
            Host::Address(address) => is_public(*address),
            Host::Name(name) => {
                let top = name.rsplit('.').next().unwrap_or_default();
                name.contains('.') && !PRIVATE_NAMES.contains(&top)
            }
        };
        if !is_public {
            return Err(TargetError::Private);
        }
        let url = url.to_owned();
        Ok(Self { url, host })
    }

    /// Reads a URL of any server, as it is in development: `http` too.
    pub fn any(url: &str) -> Result<Self, TargetError> {
        let (_, host) = read(url)?;
        let url = url.to_owned();
        Ok(Self { url, host })
    }

    /// The URL as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// Whom it names.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }
}

/// Whether it is by https, and whom it names.
fn read(url: &str) -> Result<(bool, Host), TargetError> {
    use TargetError as E;
    if url.len() > MOST_BYTES {
        return Err(E::TooLong);
    }
    if !url.bytes().all(landing::is_url_byte) {
        return Err(E::Character);
    }
    let (is_secure, rest) = if let Some(rest) = url.strip_prefix("https://") {
        (true, rest)
    } else if let Some(rest) = url.strip_prefix("http://") {
        (false, rest)
    } else {
        return Err(E::Scheme);
    };
    if rest.contains('#') {
        return Err(E::Fragment);
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, _) = rest.split_at_checked(end).ok_or(E::Host)?;
    if authority.contains('@') {
        return Err(E::UserInfo);
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (address, rest) = rest.split_once(']').ok_or(E::Host)?;
            let address: Ipv6Addr = address.parse().map_err(|_| E::Host)?;
            let port = match rest.strip_prefix(':') {
                None if !rest.is_empty() => return Err(E::Host),
                port => port,
            };
            (Host::Address(address.into()), port)
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (named(host)?, Some(port)),
            None => (named(authority)?, None),
        },
    };
    if port.is_some_and(|port| {
        port.len() > 5
            || !port.bytes().all(|b| b.is_ascii_digit())
            || port.parse::<u16>().unwrap_or_default() == 0
    }) {
        return Err(E::Port);
    }
    Ok((is_secure, host))
}

/// A host without brackets. What ends in a number is an address to whoever asks it
/// (WHATWG URL, 3.5), in forms such as `127.1` and `0x7f000001`, of which one is taken.
fn named(host: &str) -> Result<Host, TargetError> {
    let name = host.to_ascii_lowercase();
    let is_name = name.len() <= 253
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        });
    if !is_name {
        return Err(TargetError::Host);
    }
    let last = name.rsplit('.').next().unwrap_or_default();
    if last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x") {
        let address: Ipv4Addr = host.parse().map_err(|_| TargetError::Host)?;
        return Ok(Host::Address(address.into()));
    }
    Ok(Host::Name(name))
}

/// Whether an address is that of a server on the Internet, by the registries of
/// special-purpose addresses (IANA, RFC 6890): one that reaches a private one by way of
/// a translation is not.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.segments() {
            // Mapped, and NAT64 (RFC 6052).
            [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
                is_public_v4(embedded(high, low))
            }
            // 6to4 (RFC 3056).
            [0x2002, high, low, ..] => is_public_v4(embedded(high, low)),
            // Protocols, Teredo among them, and documentation.
            [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
            [first, ..] => first & 0xe000 == 0x2000,
        },
    }
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(high) << 16 | u32::from(low))
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !matches!(
        address.octets(),
        [0 | 10 | 127 | 224.., ..]
            | [100, 64..=127, ..]
            | [169, 254, ..]
            | [172, 16..=31, ..]
            | [192, 0, 0 | 2, _]
            | [192, 88, 99, _]
            | [192, 168, ..]
            | [198, 18 | 19, ..]
            | [198, 51, 100, _]
            | [203, 0, 113, _]
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn public_servers_are_taken() {
        for url in [
            "https://hooks.example.com",
            "https://hooks.example.com/",
            "https://Hooks.Example.com:8443/in?key=a%20b",
            "https://xn--bcher-kva.example/webhooks",
            "https://1.1.1.1/",
            "https://[2606:4700:4700::1111]:443/",
            "https://[64:ff9b::101:101]/",
            "https://[2002:101:101::]/",
            "https://[::ffff:1.1.1.1]/",
            "https://my_hooks.example.com/",
            "https://internal.example.com/",
        ] {
            let target = Target::public(url);
            assert!(target.is_ok(), "{url}: {target:?}");
            assert_eq!(Target::any(url), target);
        }
        let name = Target::public("https://Hooks.Example.com:8443/in").map(|t| t.host);
        assert_eq!(name, Ok(Host::Name("hooks.example.com".to_owned())));
    }

    #[test]
    fn no_form_of_a_private_host_is_taken() {
        use TargetError as E;
        let private = [
            "localhost",
            "LOCALHOST",
            "localhost:8080",
            "a.localhost",
            "printer.local",
            "metadata.google.internal",
            "router.home.arpa",
            "1.0.0.127.in-addr.arpa",
            "intranet",
            "x.onion",
            "0.0.0.0",
            "10.0.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "100.64.0.1",
            "100.127.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "[::]",
            "[::1]",
            "[::1]:443",
            "[::127.0.0.1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[0:0:0:0:0:ffff:10.0.0.1]",
            "[::ffff:0:127.0.0.1]",
            "[64:ff9b::127.0.0.1]",
            "[64:ff9b::a9fe:a9fe]",
            "[64:ff9b:1::1.1.1.1]",
            "[2002:7f00:1::]",
            "[2002:c0a8:101::1]",
            "[2001::1]",
            "[2001:0:4136:e378::]",
            "[2001:1ff::]",
            "[2001:db8::1]",
            "[3fff::1]",
            "[3fff:fff::1]",
            "[fc00::1]",
            "[fd12:3456::1]",
            "[fe80::1]",
            "[febf::1]",
            "[fec0::1]",
            "[ff02::1]",
            "[100::1]",
            "[4000::1]",
            "[5f00::1]",
        ];
        for host in private {
            let url = format!("https://{host}/");
            assert_eq!(Target::public(&url), Err(E::Private), "{url}");
            assert!(Target::any(&url).is_ok(), "{url}");
        }
        // Forms that mean the same to whoever asks them.
        for host in [
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f.1",
            "0x7f000001",
            "0x7f.0.0.1",
            "0177.0.0.1",
            "017700000001",
            "127.0.0.01",
            "127.0.0.1.",
            "localhost.",
            "hooks.example.com.",
            "0x",
            "a.0x7f",
            "1.2.3.4.5",
            "256.0.0.1",
            "١٢٧.0.0.1",
            "[::1%25eth0]",
            "[::1%eth0]",
            "[::1",
            "::1",
            "[127.0.0.1]",
            "[v1.a]",
            "",
            ".",
            "a..b",
            "-a.example",
            "a-.example",
            "exa%6dple.com",
            "127.0.0.1%00.example.com",
            "*.example.com",
            "a,b.example",
        ] {
            let url = format!("https://{host}/");
            let refused = Target::any(&url);
            assert!(
                matches!(refused, Err(E::Host | E::Character | E::Port)),
                "{url}: {refused:?}"
            );
        }
    }

    #[test]
    fn what_parsers_read_in_two_ways_is_refused() {
        use TargetError as E;
        for (url, expected) in [
            ("http://hooks.example.com/", E::Scheme),
            ("HTTPS://hooks.example.com/", E::Scheme),
            ("https:/hooks.example.com/", E::Scheme),
            ("https:hooks.example.com", E::Scheme),
            ("//hooks.example.com/", E::Scheme),
            ("ftp://hooks.example.com/", E::Scheme),
            ("file:///etc/passwd", E::Scheme),
            ("", E::Scheme),
            ("https://me@hooks.example.com/", E::UserInfo),
            ("https://me:secret@hooks.example.com/", E::UserInfo),
            ("https://hooks.example.com@127.0.0.1/", E::UserInfo),
            ("https://hooks.example.com\\@127.0.0.1/", E::Character),
            ("https://127.0.0.1\\.example.com/", E::Character),
            ("https://hooks.example.com/\n", E::Character),
            (" https://hooks.example.com/", E::Character),
            ("https://hooks.example.com/ä", E::Character),
            ("https://hooks.example.com/#a", E::Fragment),
            ("https://127.0.0.1#.example.com/", E::Fragment),
            ("https://hooks.example.com:/", E::Port),
            ("https://hooks.example.com:0/", E::Port),
            ("https://hooks.example.com:65536/", E::Port),
            ("https://hooks.example.com:+443/", E::Port),
            ("https://hooks.example.com:443:80/", E::Port),
            ("https:///127.0.0.1/", E::Host),
        ] {
            assert_eq!(Target::public(url), Err(expected), "{url}");
        }
        let long = format!("https://hooks.example.com/{}", "a".repeat(2_000));
        assert_eq!(Target::public(&long), Err(E::TooLong));
        assert!(Target::any("http://localhost:8787/in").is_ok());
    }

    proptest! {
        /// Whoever asks reads it with another parser, and shall see the same host.
        #[test]
        fn the_host_is_what_others_read(
            url in r"https://[a-zA-Z0-9.\-\[\]:@/\\?%_x]{0,30}(\.com|/)?"
        ) {
            if let Ok(target) = Target::public(&url) {
                let judge = url::Url::parse(&url).map_err(|error| TestCaseError::fail(error.to_string()))?;
                let host = match judge.host() {
                    Some(url::Host::Domain(name)) => Host::Name(name.to_owned()),
                    Some(url::Host::Ipv4(address)) => Host::Address(address.into()),
                    Some(url::Host::Ipv6(address)) => Host::Address(address.into()),
                    None => return Err(TestCaseError::fail("no host")),
                };
                prop_assert_eq!(target.host(), &host);
                prop_assert!(judge.username().is_empty() && judge.password().is_none());
            }
        }

        #[test]
        fn an_address_of_four_bytes_is_judged_alike_in_sixteen(bits: u32) {
            let four = Ipv4Addr::from(bits);
            let [high, low] = [bits >> 16, bits & 0xffff].map(|half| u16::try_from(half).unwrap_or_default());
            for six in [
                four.to_ipv6_mapped(),
                Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
            ] {
                prop_assert_eq!(is_public(six.into()), is_public(four.into()));
            }
            let is_never = four.is_private() || four.is_loopback() || four.is_link_local()
                || four.is_multicast() || four.is_broadcast() || four.is_unspecified()
                || four.is_documentation();
            prop_assert!(!is_never || !is_public(four.into()));
        }
    }
}
