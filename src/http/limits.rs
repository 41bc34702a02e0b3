//! How often one address may ask for what a stranger could try in bulk.
//!
//! Owns the port and the keys that are counted by. How many there may be of a
//! key in which time is configuration (wrangler.toml).

use super::{
    Answer,
    problem::{Fault, Problem},
    request::Request,
};

/// Cloudflare's header with the client's address.
pub(super) const ADDRESS: &str = "cf-connecting-ip";

/// Counts what is asked for, somewhere that keeps nothing but the count.
pub trait Limits: Send + Sync {
    /// Whether one more of `key` is within the limit; the error is for the log.
    fn allow(&self, key: &str) -> Answer<'_, bool>;
}

/// What requests of one kind from one address are counted by; `None` where the
/// address is unknown, as there is nobody then to count.
///
/// Whoever has an address of IPv6 has 2^64 of them, so its first 64 bits count.
#[must_use]
pub fn key(what: &str, address: &str) -> Option<String> {
    if address.is_empty() {
        return None;
    }
    let mut key = format!("{what}:");
    if address.contains('.') || !address.contains(':') {
        key.push_str(address);
        return Some(key);
    }
    for group in address.split(':').take(4).take_while(|g| !g.is_empty()) {
        key.push_str(group);
        key.push(':');
    }
    Some(key)
}

/// Whether the address may ask once more. Where nobody can tell, it may: whom it
/// would keep out is worth more.
pub(super) async fn admit(request: &Request, what: &str) -> Result<(), Problem> {
    let address = request.headers().get(ADDRESS).unwrap_or_default();
    let Some(key) = key(what, address) else {
        return Ok(());
    };
    match request.call.service.limits.allow(&key).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(Problem::TooManyRequests),
        Err(error) => {
            request.call.note(&Fault {
                message: "strangers are not limited: the limiter did not answer",
                cause: error.to_string(),
            });
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_counted_by_what_one_customer_has() {
        for (address, counted) in [
            ("", None),
            ("192.0.2.1", Some("form:192.0.2.1")),
            ("::ffff:192.0.2.1", Some("form:::ffff:192.0.2.1")),
            ("2001:db8:1:2:3:4:5:6", Some("form:2001:db8:1:2:")),
            ("2001:db8:1:2::6", Some("form:2001:db8:1:2:")),
            ("2001:db8::6", Some("form:2001:db8:")),
            ("2001:db8::7:8", Some("form:2001:db8:")),
        ] {
            assert_eq!(key("form", address).as_deref(), counted, "{address}");
        }
    }
}
