//! Rewards: what the rules owe to whom, and what the ledger has to write so
//! that it says the same.
//!
//! Owns the rules as data. In reading order: which of them make no sense
//! (`check`), what they owe for an advocate's referrals ([`evaluate`]), how one
//! reward is told from another ([`key`]), what moves in the ledger ([`settle`])
//! and what a reward's sums say of it ([`state`]).
//!
//! **Law**: what is owed is a function of the facts as they are now, never of
//! the order in which they came. The ledger follows by differences, so a fact
//! that comes late, twice or not at all any more needs no case of its own.

mod check;

pub mod evaluate;
pub mod key;

pub mod settle;
pub mod state;

#[cfg(test)]
mod tests;

use serde::Serialize;

use super::{
    channel::Channel,
    money::{Amount, Currency},
    program::{AdvocateKind, Name, Slug},
};
use crate::decode::{self, Decode, Fault, Tree, checked, names, record};

/// One version of a program's rules, checked. The default holds none, so it
/// rewards nothing.
///
/// The format is published as `public/reward-rules.schema.json`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rules(Vec<Rule>);

/// Why a text is no set of rules.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// No JSON, or a field that is unknown, missing or of another type.
    #[error(transparent)]
    Unreadable(#[from] decode::Error),
    /// Read, but the rules make no sense, each for its own reason.
    #[error("{} of the fields make no sense as rules", .0.len())]
    Refused(Vec<Refusal>),
}

/// A place in the rules, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Like `rules[2].pay.percent.basis_points`.
    pub path: String,
    /// A sentence without its subject: `must be from 1 to 10,000`.
    pub detail: &'static str,
}

impl Rules {
    /// Reads a text in JSON, `{"rules": […]}`.
    pub fn parse(json: &str) -> Result<Self, RulesError> {
        Self::from_tree(Tree::parse(json.as_bytes()).map_err(decode::Error::from)?)
    }

    /// Reads what was parsed already.
    pub fn from_tree(tree: Tree) -> Result<Self, RulesError> {
        let document = Document::decode(tree).map_err(decode::Error::from)?;
        Self::new(document.rules).map_err(RulesError::Refused)
    }

    /// Checks rules that were read already; names all that is wrong with them.
    pub fn new(rules: Vec<Rule>) -> Result<Self, Vec<Refusal>> {
        let refusals = check::refusals(&rules);
        if refusals.is_empty() {
            Ok(Self(rules))
        } else {
            Err(refusals)
        }
    }

    /// The rules, in the order of the text.
    #[must_use]
    pub fn as_slice(&self) -> &[Rule] {
        &self.0
    }
}

record! {
    /// The whole text, before anything is checked that needs two fields.
    struct Document {
        rules: Vec<Rule>,
    }
}

record! {
    /// Who gets what, for what.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Rule {
        /// Unique in the document. Across versions, the same id is the same rule
        /// as it changed: its ladder and its cap go on counting.
        pub id: Slug,
        /// Who gets it.
        pub who: Who,
        /// What earns it.
        pub when: When,
        /// For which referrals.
        pub only: Only = decode::or_default,
        /// How much.
        pub pay: Pay,
        /// Other amounts for some of the referrals: the first that fits counts.
        pub instead: Vec<Instead> = decode::or_default,
        /// The most that it pays, in the unit of `pay`.
        pub cap: Option<Cap> = decode::present,
        /// Days from when it was earned to when it can be approved: 0 to 365.
        pub hold_days: u32 = decode::or_default,
        /// Who approves.
        pub approval: Approval = decode::or_default,
    }
}

names! {
    /// Whom a rule rewards.
    #[derive(PartialOrd, Ord)]
    pub enum Who {
        /// Who referred.
        Advocate => "advocate",
        /// Who was referred: the lead.
        Prospect => "prospect",
        /// The rep who owns the lead.
        Owner => "owner",
    }
}

names! {
    /// What earns a reward.
    pub enum When {
        /// Sales accepted the lead.
        Accepted => "accepted",
        /// A meeting was held.
        Meeting => "meeting",
        /// It became an opportunity.
        Opportunity => "opportunity",
        /// It was won, and not all that was sold was refunded.
        Won => "won",
        /// Each order, as long as it is not refunded.
        Sale => "sale",
    }
}

record! {
    /// What a referral has to be. A list that is there must hold the fact; a fact
    /// that is unknown is in no list.
    #[derive(Debug, Clone, PartialEq, Eq, Default)]
    pub struct Only {
        /// The advocate's kind.
        pub kinds: Option<Vec<AdvocateKind>> = decode::present,
        /// The advocate's segment.
        pub segments: Option<Vec<Name>> = decode::present,
        /// What was bought: the order's product for a sale, any order's for `won`.
        pub products: Option<Vec<Name>> = decode::present,
        /// The way the referral came.
        pub channels: Option<Vec<Channel>> = decode::present,
    }
}

/// How much a rule pays: an object with the one key that says how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pay {
    /// The same each time: `{"fixed": {…}}`.
    Fixed(Fixed),
    /// A share of each sale: `{"percent": {…}}`.
    Percent(Percent),
    /// By its place among the advocate's: `{"ladder": {…}}`.
    Ladder(Ladder),
}

impl Decode for Pay {
    fn decode(tree: Tree) -> Result<Self, Fault> {
        let expected = "an object with exactly one of `fixed`, `percent` and `ladder`";
        let mut entries = tree.into_object(expected)?.into_iter();
        let (Some((key, tree)), None) = (entries.next(), entries.next()) else {
            return Err(Fault::new(
                "must hold exactly one of `fixed`, `percent` and `ladder`",
            ));
        };
        match key.as_str() {
            "fixed" => Fixed::decode(tree).map(Self::Fixed),
            "percent" => Percent::decode(tree).map(Self::Percent),
            "ladder" => Ladder::decode(tree).map(Self::Ladder),
            _ => Err(Fault::unknown()),
        }
        .map_err(|fault| fault.of(&key))
    }
}

record! {
    /// An amount of something.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Fixed {
        /// In minor units, or months.
        pub amount: Amount,
        /// Of what.
        pub unit: Unit,
        /// In what form it is given.
        pub form: Form,
    }
}

record! {
    /// A share of what was sold and not refunded, rounded down to the minor unit.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Percent {
        /// Hundredths of a percent: 1 to 10,000.
        pub basis_points: u32,
        /// Only sales in this currency count; nothing is ever converted.
        pub currency: Currency,
        /// In what form it is given.
        pub form: Form,
    }
}

record! {
    /// Amounts by a referral's place among the advocate's.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Ladder {
        /// From the first referral on.
        pub rungs: Vec<Rung>,
        /// What comes after the last rung.
        pub after: After,
    }
}

record! {
    /// Some referrals in a row that earn the same.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Rung {
        /// How many referrals: 1 to 1,000.
        pub times: u32,
        /// In minor units, or months.
        pub amount: Amount,
        /// Of what.
        pub unit: Unit,
        /// In what form it is given.
        pub form: Form,
    }
}

names! {
    /// What comes after a ladder's last rung.
    pub enum After {
        /// Nothing more.
        Nothing => "nothing",
        /// The last rung, over and over.
        Last => "last",
        /// The first rung again.
        Restart => "restart",
    }
}

record! {
    /// Another amount for some of the referrals.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Instead {
        /// For which.
        pub only: Only,
        /// How much.
        pub pay: Pay,
    }
}

record! {
    /// The most that a rule pays.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Cap {
        /// In the unit of the rule's `pay`.
        pub amount: Amount,
        /// For what, over all time.
        pub per: Per,
    }
}

names! {
    /// What a cap is for.
    pub enum Per {
        /// Each referral has its own.
        Referral => "referral",
        /// All of the advocate's referrals share one.
        Advocate => "advocate",
    }
}

names! {
    /// Who approves a reward once it is due.
    #[derive(Default)]
    pub enum Approval {
        /// Time does.
        #[default]
        Automatic => "automatic",
        /// A person does.
        Manual => "manual",
    }
}

names! {
    /// In what form a reward is given.
    #[derive(PartialOrd, Ord)]
    pub enum Form {
        /// Money.
        Cash => "cash",
        /// A credit on the bill.
        Credit => "credit",
        /// A discount on the next order.
        Discount => "discount",
        /// A gift card.
        GiftCard => "gift_card",
        /// Months for which the service costs nothing.
        FreeService => "free_service",
    }
}

/// What is counted: minor units of a currency, or months of free service. As
/// text, `USD` or `months`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(into = "String")]
pub enum Unit {
    /// Minor units of it.
    Money(Currency),
    /// Months.
    Months,
}

checked! { Unit, String }

/// A text that is no unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the code of a currency in capitals (ISO 4217), like USD, or `months`")]
pub struct NoUnit;

impl Unit {
    /// The name on the wire.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Money(currency) => currency.code(),
            Self::Months => "months",
        }
    }
}

impl TryFrom<String> for Unit {
    type Error = NoUnit;

    fn try_from(text: String) -> Result<Self, NoUnit> {
        if text == "months" {
            return Ok(Self::Months);
        }
        Currency::named(&text).map(Self::Money).ok_or(NoUnit)
    }
}

impl From<Unit> for String {
    fn from(unit: Unit) -> Self {
        unit.name().to_owned()
    }
}

/// A sum that 64 bits do not hold. No set of facts that came in through the
/// API makes one; nothing is written where one does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sum of money does not fit into 64 bits")]
pub struct Overflow;
