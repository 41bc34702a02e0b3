//! Access: what an API key may do, and how a key looks.
//!
//! Owns the scopes and the form of a key. Which route asks for which scope
//! stands in `http::routes`, in one table.

use sha2::{Digest, Sha256};

use super::digits;
use crate::decode::names;

names! {
    /// What a key may do.
    #[derive(PartialOrd, Ord)]
    pub enum Scope {
        /// Read programs, destinations, labels, reps and rules.
        ProgramsRead => "programs:read",
        /// Create and change programs, destinations, labels, reps and rules.
        ProgramsWrite => "programs:write",
        /// Read advocates.
        AdvocatesRead => "advocates:read",
        /// Create and change advocates.
        AdvocatesWrite => "advocates:write",
        /// Issue, explain and revoke links and spoken codes.
        LinksWrite => "links:write",
        /// Record shares.
        SharesWrite => "shares:write",
        /// Read leads, sales, and why who has the credit.
        LeadsRead => "leads:read",
        /// Take leads in, and through their stages.
        LeadsWrite => "leads:write",
        /// Record sales and refunds.
        ConversionsWrite => "conversions:write",
        /// Read rewards, payouts and statements.
        RewardsRead => "rewards:read",
        /// Approve, hold and pay rewards.
        RewardsWrite => "rewards:write",
        /// Hand over, or take away, all that is known of a person.
        PeopleWrite => "people:write",
        /// Read statistics.
        StatisticsRead => "statistics:read",
        /// Create and revoke keys.
        KeysWrite => "keys:write",
    }
}

/// Begins every key, so that a scanner of repositories knows one when it sees one.
const KEY_PREFIX: &str = "gwk_";

/// A key of 256 random bits. It is shown once; only its hash is kept.
#[must_use]
pub fn new_key(random: [u8; 32]) -> String {
    let (high, low) = random.split_at(16);
    let number = |half: &[u8]| {
        half.iter()
            .fold(0_u128, |number, byte| (number << 8) | u128::from(*byte))
    };
    let mut key = String::from(KEY_PREFIX);
    digits::push(&mut key, number(high), 22);
    digits::push(&mut key, number(low), 22);
    key
}

/// Whether a text has the form of a key, so that what has not is refused
/// without asking the database.
#[must_use]
pub fn is_key(text: &str) -> bool {
    text.strip_prefix(KEY_PREFIX).is_some_and(|digits| {
        digits.len() == 44 && digits.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// What is kept of a key: its SHA-256. It has 256 bits of its own, so there is
/// nothing for a slow hash to protect.
#[must_use]
pub fn key_hash(key: &str) -> [u8; 32] {
    Sha256::digest(key).into()
}

/// Hexadecimal, as SQL stores it.
#[must_use]
pub fn to_hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_a_key_is_pinned() {
        let key = new_key([0xff; 32]);
        assert_eq!(key, "gwk_7n42DGM5Tflk9n8mt7Fhc77n42DGM5Tflk9n8mt7Fhc7");
        assert!(is_key(&key) && is_key(&new_key([0; 32])));
        for text in [
            "",
            "gwk_",
            "gwk_1",
            &key.replace("gwk_", "gwx_"),
            &format!("{key}7"),
        ] {
            assert!(!is_key(text), "{text:?}");
        }
        assert_eq!(
            to_hex(&key_hash("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }
}
