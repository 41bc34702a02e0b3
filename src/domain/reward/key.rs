//! Which reward is which.
//!
//! Owns the identity of a reward and the id made of it. The id is a hash, so
//! the same facts name the same reward in every retry and in every database.

use sha2::{Digest, Sha256};

use super::{Form, Unit, Who};
use crate::domain::{digits, link::ProgramNumber};

/// Parts these hashes from all others, and this form from any later one.
const DOMAIN: &[u8] = b"goodword reward 1\0";

/// Who gets a reward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Beneficiary {
    /// The advocate whose account it is.
    Advocate,
    /// The lead that the key names.
    Prospect,
    /// The rep of this number.
    Owner(u32),
}

impl Beneficiary {
    /// In what part.
    #[must_use]
    pub const fn who(self) -> Who {
        match self {
            Self::Advocate => Who::Advocate,
            Self::Prospect => Who::Prospect,
            Self::Owner(_) => Who::Owner,
        }
    }

    /// The rep's number, where it is a rep.
    #[must_use]
    pub const fn rep(self) -> Option<u32> {
        match self {
            Self::Owner(rep) => Some(rep),
            Self::Advocate | Self::Prospect => None,
        }
    }
}

/// What makes a reward the one it is. Whatever is not in here (the amount, the
/// dates, the version of the rules) can change while it stays the same reward.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RewardKey {
    /// The rule's id.
    pub rule: String,
    /// Who gets it.
    pub beneficiary: Beneficiary,
    /// The lead for which.
    pub lead: String,
    /// The order for which, where the rule rewards sales.
    pub order: Option<String>,
    /// What its amount counts.
    pub unit: Unit,
    /// In what form it is given.
    pub form: Form,
}

impl RewardKey {
    /// `rw_` and 22 base62 digits: the leftmost 128 bits of a SHA-256 over the
    /// program, the account (its advocate's number) and every field, each with its
    /// length before it. A lead whose credit moves to another account makes other
    /// rewards there: what was paid to the one was not paid to the other.
    #[must_use]
    pub fn id(&self, program: ProgramNumber, advocate: u32) -> String {
        let mut hash = Sha256::new();
        hash.update(DOMAIN);
        hash.update(program.get().to_be_bytes());
        hash.update(advocate.to_be_bytes());
        push(&mut hash, Some(&self.rule));
        push(&mut hash, Some(self.beneficiary.who().name()));
        push(
            &mut hash,
            self.beneficiary.rep().map(|rep| rep.to_string()).as_deref(),
        );
        push(&mut hash, Some(&self.lead));
        push(&mut hash, self.order.as_deref());
        push(&mut hash, Some(self.unit.name()));
        push(&mut hash, Some(self.form.name()));
        let digest = hash.finalize();
        let left = digest.first_chunk().copied().unwrap_or_default();
        let mut id = String::with_capacity(25);
        id.push_str("rw_");
        digits::push(&mut id, u128::from_be_bytes(left), 22);
        id
    }
}

/// A byte says whether there is a text, eight how long it is: no two rows of
/// texts make the same bytes.
fn push(hash: &mut Sha256, text: Option<&str>) {
    hash.update([u8::from(text.is_some())]);
    if let Some(text) = text {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
}
