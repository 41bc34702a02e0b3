//! Rewards: what the rules owe to whom, and what the ledger has to write so
//! that it says the same.
//!
//! Owns the rules as data. In reading order: how they are read (`read`), which
//! of them make no sense (`check`), what they owe for an advocate's referrals
//! ([`evaluate`]), how one reward is told from another ([`key`]), what moves in
//! the ledger ([`settle`]) and what a reward's sums say of it ([`state`]).
//!
//! **Law**: what is owed is a function of the facts as they are now, never of
//! the order in which they came. The ledger follows by differences, so a fact
//! that comes late, twice or not at all any more needs no case of its own.

mod check;
mod read;

pub mod evaluate;
pub mod key;

pub mod settle;
pub mod state;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    channel::Channel,
    money::{Amount, Currency},
    program::{AdvocateKind, Name, Slug},
};

/// One version of a program's rules, checked. The default holds none, so it
/// rewards nothing.
///
/// The format is published as `public/reward-rules.schema.json`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rules(Vec<Rule>);

/// Why a text is no set of rules.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// No JSON, or a field that is unknown, missing or of another type. The
    /// line and column say where.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
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
        let document: read::Document = crate::json::read(json.as_bytes())?;
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

/// Who gets what, for what.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Unique in the document. Across versions, the same id is the same rule
    /// as it changed: its ladder and its cap go on counting.
    pub id: Slug,
    /// Who gets it.
    pub who: Who,
    /// What earns it.
    pub when: When,
    /// For which referrals.
    #[serde(default)]
    pub only: Only,
    /// How much.
    pub pay: Pay,
    /// Other amounts for some of the referrals: the first that fits counts.
    #[serde(default)]
    pub instead: Vec<Instead>,
    /// The most that it pays, in the unit of `pay`.
    #[serde(default, deserialize_with = "read::present")]
    pub cap: Option<Cap>,
    /// Days from when it was earned to when it can be approved: 0 to 365.
    #[serde(default)]
    pub hold_days: u32,
    /// Who approves.
    #[serde(default)]
    pub approval: Approval,
}

/// Whom a rule rewards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// Who referred.
    Advocate,
    /// Who was referred: the lead.
    Prospect,
    /// The rep who owns the lead.
    Owner,
}

impl Who {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Advocate => "advocate",
            Self::Prospect => "prospect",
            Self::Owner => "owner",
        }
    }
}

/// What earns a reward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Sales accepted the lead.
    Accepted,
    /// A meeting was held.
    Meeting,
    /// It became an opportunity.
    Opportunity,
    /// It was won, and not all that was sold was refunded.
    Won,
    /// Each order, as long as it is not refunded.
    Sale,
}

/// What a referral has to be. A list that is there must hold the fact; a fact
/// that is unknown is in no list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Only {
    /// The advocate's kind.
    #[serde(default, deserialize_with = "read::present")]
    pub kinds: Option<Vec<AdvocateKind>>,
    /// The advocate's segment.
    #[serde(default, deserialize_with = "read::present")]
    pub segments: Option<Vec<Name>>,
    /// What was bought: the order's product for a sale, any order's for `won`.
    #[serde(default, deserialize_with = "read::present")]
    pub products: Option<Vec<Name>>,
    /// The way the referral came.
    #[serde(default, deserialize_with = "read::present")]
    pub channels: Option<Vec<Channel>>,
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

/// An amount of something.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixed {
    /// In minor units, or months.
    pub amount: Amount,
    /// Of what.
    pub unit: Unit,
    /// In what form it is given.
    pub form: Form,
}

/// A share of what was sold and not refunded, rounded down to the minor unit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Percent {
    /// Hundredths of a percent: 1 to 10,000.
    pub basis_points: u32,
    /// Only sales in this currency count; nothing is ever converted.
    pub currency: Currency,
    /// In what form it is given.
    pub form: Form,
}

/// Amounts by a referral's place among the advocate's.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    /// From the first referral on.
    pub rungs: Vec<Rung>,
    /// What comes after the last rung.
    pub after: After,
}

/// Some referrals in a row that earn the same.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
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

/// What comes after a ladder's last rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum After {
    /// Nothing more.
    Nothing,
    /// The last rung, over and over.
    Last,
    /// The first rung again.
    Restart,
}

/// Another amount for some of the referrals.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instead {
    /// For which.
    pub only: Only,
    /// How much.
    pub pay: Pay,
}

/// The most that a rule pays.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// In the unit of the rule's `pay`.
    pub amount: Amount,
    /// For what, over all time.
    pub per: Per,
}

/// What a cap is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// Each referral has its own.
    Referral,
    /// All of the advocate's referrals share one.
    Advocate,
}

/// Who approves a reward once it is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    /// Time does.
    #[default]
    Automatic,
    /// A person does.
    Manual,
}

/// In what form a reward is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Money.
    Cash,
    /// A credit on the bill.
    Credit,
    /// A discount on the next order.
    Discount,
    /// A gift card.
    GiftCard,
    /// Months for which the service costs nothing.
    FreeService,
}

impl Form {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::Credit => "credit",
            Self::Discount => "discount",
            Self::GiftCard => "gift_card",
            Self::FreeService => "free_service",
        }
    }
}

/// What is counted: minor units of a currency, or months of free service. As
/// text, `USD` or `months`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Unit {
    /// Minor units of it.
    Money(Currency),
    /// Months.
    Months,
}

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
