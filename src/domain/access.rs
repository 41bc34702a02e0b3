//! Access: what an API key may do, and how a key looks.
//!
//! Owns the scopes and the form of a key. Which route asks for which scope
//! stands in `http::routes`, in one table.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::digits;

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub enum Scope {
    /// Read programs, destinations, labels, reps and rules.
    #[serde(rename = "programs:read")]
    ProgramsRead,
    /// Create and change programs, destinations, labels, reps and rules.
    #[serde(rename = "programs:write")]
    ProgramsWrite,
    /// Read advocates.
    #[serde(rename = "advocates:read")]
    AdvocatesRead,
    /// Create and change advocates.
    #[serde(rename = "advocates:write")]
    AdvocatesWrite,
    /// Issue, explain and revoke links and spoken codes.
    #[serde(rename = "links:write")]
    LinksWrite,
    /// Record shares.
    #[serde(rename = "shares:write")]
    SharesWrite,
    /// Read leads, sales, and why who has the credit.
    #[serde(rename = "leads:read")]
    LeadsRead,
    /// Take leads in, and through their stages.
    #[serde(rename = "leads:write")]
    LeadsWrite,
    /// Record sales and refunds.
    #[serde(rename = "conversions:write")]
    ConversionsWrite,
    /// Read rewards, payouts and statements.
    #[serde(rename = "rewards:read")]
    RewardsRead,
    /// Approve, hold and pay rewards.
    #[serde(rename = "rewards:write")]
    RewardsWrite,
    /// Hand over, or take away, all that is known of a person.
    #[serde(rename = "people:write")]
    PeopleWrite,
    /// Read statistics.
    #[serde(rename = "statistics:read")]
    StatisticsRead,
    /// Create and revoke keys.
    #[serde(rename = "keys:write")]
    KeysWrite,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 14] = [
        Self::ProgramsRead,
        Self::ProgramsWrite,
        Self::AdvocatesRead,
        Self::AdvocatesWrite,
        Self::LinksWrite,
        Self::SharesWrite,
        Self::LeadsRead,
        Self::LeadsWrite,
        Self::ConversionsWrite,
        Self::RewardsRead,
        Self::RewardsWrite,
        Self::PeopleWrite,
        Self::StatisticsRead,
        Self::KeysWrite,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ProgramsRead => "programs:read",
            Self::ProgramsWrite => "programs:write",
            Self::AdvocatesRead => "advocates:read",
            Self::AdvocatesWrite => "advocates:write",
            Self::LinksWrite => "links:write",
            Self::SharesWrite => "shares:write",
            Self::LeadsRead => "leads:read",
            Self::LeadsWrite => "leads:write",
            Self::ConversionsWrite => "conversions:write",
            Self::RewardsRead => "rewards:read",
            Self::RewardsWrite => "rewards:write",
            Self::PeopleWrite => "people:write",
            Self::StatisticsRead => "statistics:read",
            Self::KeysWrite => "keys:write",
        }
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

    #[test]
    fn names_and_serde_agree() {
        for scope in Scope::ALL {
            let json = serde_json::to_string(&scope).unwrap();
            assert_eq!(json, format!("\"{}\"", scope.name()));
        }
    }
}
