//! What a destination may be, and that no query moves one.

use super::*;
use proptest::prelude::*;

fn to(url: &str) -> Destination {
    Destination::parse(url).unwrap()
}

#[test]
fn only_absolute_https_urls_are_destinations() {
    use DestinationError as E;
    for url in [
        "https://example.com",
        "https://example.com/",
        "https://www.example.co.uk:8443/a/b%20c?x=1&y=%26#part",
        "https://xn--bcher-kva.example/",
        "https://192.0.2.7/",
        "http://localhost:8787/landing",
        "http://127.0.0.1/",
        "http://[::1]:80/",
        "http://shop.localhost:3000/",
    ] {
        assert!(Destination::parse(url).is_ok(), "{url}");
    }
    for (url, error) in [
        ("", E::Scheme),
        ("example.com", E::Scheme),
        ("//evil.example", E::Scheme),
        ("http://example.com/", E::Scheme),
        ("HTTPS://example.com/", E::Scheme),
        ("javascript:alert(1)", E::Scheme),
        (
            "data:text/html,x",
            E::Character.min_scheme("data:text/html,x"),
        ),
        ("https:/example.com", E::Scheme),
        ("https://", E::Host),
        ("https:///path", E::Host),
        ("https://localhost.", E::Host),
        ("https://intranet/", E::Host),
        ("https://EXAMPLE.com/", E::Host),
        ("https://example..com/", E::Host),
        ("https://-a.example/", E::Host),
        ("https://127.1/", E::Host),
        ("https://0x7f.0.0.1/", E::Host),
        ("https://1.2.3.0x4/", E::Host),
        ("https://[2001:db8::1]/", E::Host),
        ("https://example.com:0/", E::Port),
        ("https://example.com:99999/", E::Port),
        ("https://example.com:/", E::Port),
        ("https://example.com:1:2/", E::Port),
        ("https://user@example.com/", E::UserInfo),
        ("https://example.com\\@evil.example/", E::Character),
        ("https://example.com/a b", E::Character),
        ("https://example.com/\r\nset-cookie:a", E::Character),
        ("https://exämple.com/", E::Character),
        ("https://example.com/%zz", E::Percent),
        ("https://example.com/%2", E::Percent),
        ("https://example.com/?gw=1", E::Reserved),
        ("https://example.com/?a=1&GW_click=2", E::Reserved),
        ("https://example.com/?%67w=1", E::Reserved),
    ] {
        assert_eq!(Destination::parse(url), Err(error), "{url}");
    }
    let long = format!("https://example.com/{}", "a".repeat(2_048));
    assert_eq!(Destination::parse(&long), Err(E::TooLong));
}

impl DestinationError {
    /// `data:` texts are refused by their scheme when their characters pass.
    fn min_scheme(self, url: &str) -> Self {
        if url.bytes().all(is_url_byte) {
            Self::Scheme
        } else {
            self
        }
    }
}

#[test]
fn the_landing_url_keeps_the_destinations_own_query_and_fragment() {
    for (url, landing) in [
        ("https://a.example", "https://a.example/?gw=R"),
        ("https://a.example/", "https://a.example/?gw=R"),
        ("https://a.example?x=1", "https://a.example/?x=1&gw=R"),
        ("https://a.example/p?", "https://a.example/p?gw=R"),
        (
            "https://a.example/p?x=1#f",
            "https://a.example/p?x=1&gw=R#f",
        ),
        (
            "https://a.example/p#f?x=1",
            "https://a.example/p?gw=R#f?x=1",
        ),
    ] {
        let made = landing_url(&to(url), PassThrough::All, "", "R", None);
        assert_eq!(made, landing);
    }
    assert_eq!(
        landing_url(
            &to("https://a.example/#f"),
            PassThrough::None,
            "x=1",
            "R",
            Some("C")
        ),
        "https://a.example/?gw=R&gw_click=C#f"
    );
}

#[test]
fn the_programs_choice_decides_what_passes() {
    let query = "utm_source=x&a=1&UTM_medium=y&b";
    for (pass, landing) in [
        (PassThrough::None, "https://a.example/?gw=R"),
        (
            PassThrough::Utm,
            "https://a.example/?utm_source=x&UTM_medium=y&gw=R",
        ),
        (
            PassThrough::All,
            "https://a.example/?utm_source=x&a=1&UTM_medium=y&b&gw=R",
        ),
    ] {
        let made = landing_url(&to("https://a.example/"), pass, query, "R", None);
        assert_eq!(made, landing);
    }
}

#[test]
fn no_disguise_gets_a_reserved_parameter_through() {
    for query in [
        "gw=x",
        "GW=x",
        "gw",
        "gw_click=x",
        "gw_=x",
        "%67w=x",
        "g%77_click=x",
        "%2567w=x",
        "gw[]=x",
        "gw%5B0%5D=x",
        "gw.click=x",
        "gw%20click=x",
        "gw+click=x",
        "+gw=x",
        "%20%20gw=x",
        "gw%00=x",
        "&&gw=x&",
    ] {
        let made = landing_url(
            &to("https://a.example/"),
            PassThrough::All,
            query,
            "R",
            None,
        );
        assert_eq!(made, "https://a.example/?gw=R", "{query}");
    }
    let made = landing_url(
        &to("https://a.example/"),
        PassThrough::All,
        "a=1;gw=x#gw=y",
        "R",
        None,
    );
    assert_eq!(made, "https://a.example/?a=1%3Bgw=x%23gw=y&gw=R");
}

#[test]
fn a_visitor_overrides_nothing_that_the_destination_sets() {
    let made = landing_url(
        &to("https://a.example/?plan=free"),
        PassThrough::All,
        "plan=pro&PLAN[]=pro&other=1",
        "R",
        None,
    );
    assert_eq!(made, "https://a.example/?plan=free&other=1&gw=R");
}

#[test]
fn a_long_query_is_cut_between_pairs() {
    let query = format!("a={}&b={}&c=1", "x".repeat(4_000), "y".repeat(100_000));
    let made = landing_url(
        &to("https://a.example/"),
        PassThrough::All,
        &query,
        "R",
        None,
    );
    assert!(
        made.len() < 4_100 && made.ends_with("x&c=1&gw=R"),
        "{}",
        made.len()
    );
}

proptest! {
    /// The judge is the `url` crate, which does what browsers do.
    #[test]
    fn what_is_accepted_is_what_a_browser_reads(
        url in "https://[a-z0-9.\\-:_]{1,20}[/?#a-zA-Z0-9%._~:@!$&'()*+,;=-]{0,30}"
    ) {
        if let Ok(destination) = Destination::parse(&url) {
            let parsed = url::Url::parse(destination.as_str());
            prop_assert!(parsed.is_ok(), "{url} {parsed:?}");
            let parsed = parsed.unwrap();
            let authority = url.strip_prefix("https://").unwrap();
            let host = parsed.host_str().unwrap();
            prop_assert!(authority.starts_with(host), "{url} {host}");
        }
    }

    #[test]
    fn no_query_moves_the_destination(query in "\\PC{0,80}", raw in "[\\x00-\\x7f]{0,80}") {
        let destination = to("https://a.example/p%20q?own=1#f");
        for query in [query, raw] {
            let made = landing_url(&destination, PassThrough::All, &query, "RECEIPT", Some("C"));
            let parsed = url::Url::parse(&made).unwrap();
            prop_assert_eq!(parsed.origin().ascii_serialization(), "https://a.example");
            prop_assert_eq!(parsed.path(), "/p%20q");
            prop_assert_eq!(parsed.fragment(), Some("f"));
            let ours: Vec<_> = parsed
                .query_pairs()
                .filter(|(key, _)| key == "gw" || key == "gw_click" || key == "own")
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            prop_assert_eq!(ours, ["own=1", "gw=RECEIPT", "gw_click=C"]);
        }
    }
}
