//! Access: what an API key and a member of the team may do, and how a key, a
//! session and a link that signs in look.
//!
//! Owns the scopes, the roles and the form of these secrets. Which route asks for
//! which scope stands in `http::routes`, in one table.

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
        /// Read what was reconciled with a CRM or a billing system.
        ReconciliationsRead => "reconciliations:read",
        /// Reconcile, and mend what differs.
        ReconciliationsWrite => "reconciliations:write",
        /// Read where events go, and what became of them.
        WebhooksRead => "webhooks:read",
        /// Say where events go, and send them again.
        WebhooksWrite => "webhooks:write",
        /// Read templates of letters, what was sent, and who gets none.
        MessagesRead => "messages:read",
        /// Change templates of letters, and who gets none.
        MessagesWrite => "messages:write",
        /// Read what is kept in step with a CRM.
        CrmRead => "crm:read",
        /// Connect a CRM.
        CrmWrite => "crm:write",
        /// Read statistics.
        StatisticsRead => "statistics:read",
        /// Take in advocates, leads, conversions and shares from files.
        ImportsWrite => "imports:write",
        /// Read all that is stored, what it was checked for, and who changed what.
        DataRead => "data:read",
        /// Replay logs, repair what a check found, restore what was exported.
        DataWrite => "data:write",
        /// Create and revoke keys.
        KeysWrite => "keys:write",
        /// Invite members of the team, and say what they may do.
        TeamWrite => "team:write",
    }
}

names! {
    /// What a member of the team is.
    pub enum Role {
        /// May do everything.
        Admin => "admin",
        /// Runs programs: content, advocates, leads, rewards.
        Marketer => "marketer",
        /// Sells: advocates, links and leads.
        Rep => "rep",
        /// Looks, and changes nothing.
        ReadOnly => "read-only",
    }
}

impl Role {
    /// What the role may do: the one place that says so.
    #[must_use]
    pub const fn scopes(self) -> &'static [Scope] {
        use Scope::{
            AdvocatesRead, AdvocatesWrite, ConversionsWrite, CrmRead, ImportsWrite, LeadsRead,
            LeadsWrite, LinksWrite, MessagesRead, MessagesWrite, ProgramsRead, ProgramsWrite,
            ReconciliationsRead, ReconciliationsWrite, RewardsRead, RewardsWrite, SharesWrite,
            StatisticsRead,
        };
        match self {
            Self::Admin => &Scope::ALL,
            Self::Marketer => &[
                ProgramsRead,
                ProgramsWrite,
                AdvocatesRead,
                AdvocatesWrite,
                LinksWrite,
                SharesWrite,
                LeadsRead,
                LeadsWrite,
                ConversionsWrite,
                RewardsRead,
                RewardsWrite,
                ReconciliationsRead,
                ReconciliationsWrite,
                ImportsWrite,
                MessagesRead,
                MessagesWrite,
                CrmRead,
                StatisticsRead,
            ],
            Self::Rep => &[
                ProgramsRead,
                AdvocatesRead,
                AdvocatesWrite,
                LinksWrite,
                SharesWrite,
                LeadsRead,
                LeadsWrite,
                StatisticsRead,
            ],
            Self::ReadOnly => &[
                ProgramsRead,
                AdvocatesRead,
                LeadsRead,
                RewardsRead,
                ReconciliationsRead,
                MessagesRead,
                StatisticsRead,
            ],
        }
    }
}

/// What a secret is for. Its name begins the secret, so that a scanner of
/// repositories knows one when it sees one, and none passes for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secret {
    /// An API key.
    Key,
    /// What a browser is signed in with.
    Session,
    /// What a link in a mail signs in with, once.
    SignIn,
    /// What an advocate is signed in with.
    Portal,
}

impl Secret {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Key => "gwk_",
            Self::Session => "gws_",
            Self::SignIn => "gwi_",
            Self::Portal => "gwp_",
        }
    }
}

/// A secret of 256 random bits. It is shown once; only its hash is kept.
#[must_use]
pub fn new_secret(kind: Secret, random: [u8; 32]) -> String {
    let (high, low) = random.split_at(16);
    let number = |half: &[u8]| {
        half.iter()
            .fold(0_u128, |number, byte| (number << 8) | u128::from(*byte))
    };
    let mut key = String::from(kind.prefix());
    digits::push(&mut key, number(high), 22);
    digits::push(&mut key, number(low), 22);
    key
}

/// Whether a text has the form of a secret, so that what has not is refused
/// without asking the database.
#[must_use]
pub fn is_secret(kind: Secret, text: &str) -> bool {
    text.strip_prefix(kind.prefix()).is_some_and(|digits| {
        digits.len() == 44 && digits.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// What is kept of a secret: its SHA-256. It has 256 bits of its own, so there is
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
        let key = new_secret(Secret::Key, [0xff; 32]);
        assert_eq!(key, "gwk_7n42DGM5Tflk9n8mt7Fhc77n42DGM5Tflk9n8mt7Fhc7");
        let is_key = |text: &str| is_secret(Secret::Key, text);
        assert!(is_key(&key) && is_key(&new_secret(Secret::Key, [0; 32])));
        for kind in [Secret::Session, Secret::SignIn, Secret::Portal] {
            assert!(!is_key(&new_secret(kind, [0xff; 32])), "{kind:?}");
        }
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
    fn a_role_may_what_the_lesser_one_may() {
        let may = |role: Role, scope| role.scopes().contains(&scope);
        for scope in Scope::ALL {
            let case = scope.name();
            assert!(may(Role::Admin, scope), "{case}");
            assert!(
                !may(Role::Rep, scope) || may(Role::Marketer, scope),
                "{case}"
            );
            let reads = may(Role::ReadOnly, scope);
            assert!(!reads || may(Role::Marketer, scope), "{case}");
            assert!(!reads || case.ends_with(":read"), "{case}");
        }
        for scope in [Scope::KeysWrite, Scope::TeamWrite, Scope::PeopleWrite] {
            assert!(!may(Role::Marketer, scope), "{}", scope.name());
        }
    }
}
