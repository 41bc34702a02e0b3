//! The visitor hash: whether two requests of one day came from one visitor.
//!
//! Owns what is hashed, and how. A hash is made under the day's [`Salt`] and
//! cannot be compared with anything once that is gone; who may be hashed at all
//! is decided where they come in.

use std::net::IpAddr;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::redirect::Salt;

/// The block of SHA-256, to which HMAC fills a shorter key up with zeros
/// (RFC 2104, section 2).
const BLOCK: usize = 64;

/// HMAC-SHA256 under the day's salt over program, address and user agent, its
/// leftmost 64 bits.
#[must_use]
pub fn hash(salt: &Salt, program: u16, address: &str, user_agent: &str) -> u64 {
    let mut key = [0; BLOCK];
    key.iter_mut().zip(salt.0).for_each(|(to, from)| *to = from);
    let hash = Hmac::<Sha256>::new(&key.into())
        .chain_update(program.to_be_bytes())
        .chain_update(address)
        .chain_update([0])
        .chain_update(user_agent)
        .finalize()
        .into_bytes();
    hash.iter()
        .take(8)
        .fold(0_u64, |number, byte| (number << 8) | u64::from(*byte))
}

/// An address as Cloudflare writes the one that a click comes from, so that the
/// same one hashes alike. Servers that listen on IPv6 write those of IPv4 as
/// `::ffff:192.0.2.1`.
#[must_use]
pub fn canonical(address: IpAddr) -> String {
    address.to_canonical().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_pinned() {
        // python3 -c "import hmac;print(hmac.digest(b'\3'*32,
        //   b'\0\x01192.0.2.1\0Mozilla/5.0','sha256').hex()[:16])"
        let hash = hash(&Salt([3; 32]), 1, "192.0.2.1", "Mozilla/5.0");
        assert_eq!(format!("{hash:016x}"), "55bfc17d30682f9f");
    }

    #[test]
    fn addresses_are_written_in_one_way() {
        for (address, written) in [
            ("192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:DB8:0:0::1", "2001:db8::1"),
        ] {
            assert_eq!(canonical(address.parse().unwrap()), written);
        }
    }
}
