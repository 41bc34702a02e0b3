//! The attribution cookie: one a program, the receipt itself its value.
//!
//! Owns the cookie's name, attributes and parsing (RFC 6265). Whether one is
//! set, and which receipt wins, is decided in [`super::redirect`].

use std::fmt::Write;

use super::link::ProgramNumber;

/// The value of the program's cookie in a `Cookie` header.
///
/// Where the name stands twice the first counts, as browsers send the cookie
/// of the longer path first.
#[must_use]
pub fn find(header: &str, program: ProgramNumber) -> Option<&str> {
    header
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| {
            name.strip_prefix("gw_")
                .is_some_and(|number| number == program.get().to_string())
        })
        .map(|(_, value)| value)
}

/// The `Set-Cookie` value that keeps `receipt` for `max_age` seconds.
///
/// `domain` is the operator's configuration, already checked; without it the
/// cookie belongs to the link's host alone.
#[must_use]
pub fn set(program: ProgramNumber, receipt: &str, max_age: u32, domain: Option<&str>) -> String {
    let mut value = format!(
        "gw_{}={receipt}; Path=/; Max-Age={max_age}; HttpOnly; Secure; SameSite=Lax",
        program.get()
    );
    if let Some(domain) = domain {
        // Writing to a String cannot fail.
        let _ = write!(value, "; Domain={domain}");
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(number: u16) -> ProgramNumber {
        ProgramNumber::new(number).unwrap()
    }

    #[test]
    fn the_form_is_pinned() {
        assert_eq!(
            set(program(7), "cX", 7_776_000, None),
            "gw_7=cX; Path=/; Max-Age=7776000; HttpOnly; Secure; SameSite=Lax"
        );
        assert_eq!(
            set(program(7), "cX", 60, Some("example.com")),
            "gw_7=cX; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax; Domain=example.com"
        );
    }

    #[test]
    fn only_the_programs_own_cookie_is_found() {
        let header = "gw_71=a; xgw_7=b;gw_7=c=d; gw_7=e; gw_07=f";
        assert_eq!(find(header, program(7)), Some("c=d"));
        assert_eq!(find(header, program(71)), Some("a"));
        assert_eq!(find(header, program(1)), None);
        assert_eq!(find("", program(1)), None);
        assert_eq!(find(";;=;gw_1", program(1)), None);
    }
}
