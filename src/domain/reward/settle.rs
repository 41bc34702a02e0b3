//! What the ledger has to write so that it says what is owed.
//!
//! Owns the difference of the two. The ledger is append-only: nothing that it
//! says is changed, the difference is added.

use std::collections::BTreeMap;

use super::{Approval, Overflow, evaluate::Entitlement, key::RewardKey};

/// What the ledger says of one reward. Each reward stands here once, those that
/// came to zero included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Which reward.
    pub key: RewardKey,
    /// The sum of its movements, in minor units or months.
    pub entitled: i64,
    /// The version of the rules, as its last movement said.
    pub terms: u32,
    /// When it was earned, as its last movement said, as Unix milliseconds.
    pub earned_at: i64,
    /// Before when it cannot be approved, as its last movement said.
    pub due_at: i64,
    /// Who approves, as its last movement said.
    pub approval: Approval,
}

/// An entry for the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// Which reward moves.
    pub key: RewardKey,
    /// What happens to it.
    pub kind: Kind,
    /// By how much, in minor units or months: 0 where it is restated, and only
    /// there.
    pub amount: i64,
    /// The version of the rules, from now on.
    pub terms: u32,
    /// When it was earned, from now on, as Unix milliseconds.
    pub earned_at: i64,
    /// Before when it cannot be approved, from now on.
    pub due_at: i64,
    /// Who approves, from now on.
    pub approval: Approval,
}

/// What happens to a reward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It was nothing, and is something now: for the first time or again.
    Granted,
    /// It is more or less than it was.
    Adjusted,
    /// It is the same amount, but of another date, version or approval: a
    /// meeting was put off, and with it the day on which the reward is due.
    Restated,
    /// It was something, and is nothing now.
    Reversed,
}

impl Kind {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Adjusted => "adjusted",
            Self::Restated => "restated",
            Self::Reversed => "reversed",
        }
    }
}

/// The two sides of one reward.
#[derive(Default)]
struct Sides<'a> {
    owed: i64,
    entitled: Option<&'a Entitlement>,
    stands: i64,
    standing: Option<&'a Standing>,
}

/// The movements that make the ledger say what is owed, in the order of the
/// keys. Both lists are of the same account; after the movements, the same call
/// gives none.
pub fn settle(entitled: &[Entitlement], standing: &[Standing]) -> Result<Vec<Movement>, Overflow> {
    let mut rewards: BTreeMap<&RewardKey, Sides> = BTreeMap::new();
    for entitlement in entitled {
        let sides = rewards.entry(&entitlement.key).or_default();
        sides.owed = add(sides.owed, entitlement.amount)?;
        sides.entitled = Some(entitlement);
    }
    for standing in standing {
        let sides = rewards.entry(&standing.key).or_default();
        sides.stands = add(sides.stands, standing.entitled)?;
        sides.standing = Some(standing);
    }
    let mut movements = Vec::new();
    for (key, sides) in rewards {
        movements.extend(movement(key, &sides)?);
    }
    Ok(movements)
}

fn movement(key: &RewardKey, sides: &Sides) -> Result<Option<Movement>, Overflow> {
    let amount = sides.owed.checked_sub(sides.stands).ok_or(Overflow)?;
    let before = sides
        .standing
        .map(|s| (s.terms, s.earned_at, s.due_at, s.approval));
    let now = sides
        .entitled
        .map(|e| (e.terms, e.earned_at, e.due_at, e.approval));
    let kind = if amount == 0 {
        // What is nothing and was nothing has no date to be restated.
        if sides.owed == 0 || before == now {
            return Ok(None);
        }
        Kind::Restated
    } else if sides.owed == 0 {
        Kind::Reversed
    } else if sides.stands == 0 {
        Kind::Granted
    } else {
        Kind::Adjusted
    };
    // One of the two is there, or the reward would not be in the map.
    let Some((terms, earned_at, due_at, approval)) = now.or(before) else {
        return Ok(None);
    };
    Ok(Some(Movement {
        key: key.clone(),
        kind,
        amount,
        terms,
        earned_at,
        due_at,
        approval,
    }))
}

fn add(a: i64, b: i64) -> Result<i64, Overflow> {
    a.checked_add(b).ok_or(Overflow)
}
