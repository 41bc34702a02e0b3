//! What an advocate's referrals earn: a function of the facts as they are now.
//!
//! Owns the meaning of the rules. Order of arrival is not among its arguments:
//! whatever counts (a ladder's rungs, a cap) is counted by when it was earned,
//! then by lead, then by order.

use std::collections::BTreeMap;

use super::{
    After, Approval, Form, Ladder, Only, Overflow, Pay, Per, Rule, Rules, Rung, Unit, When, Who,
    key::{Beneficiary, RewardKey},
};
use crate::domain::{
    channel::Channel,
    money::Currency,
    program::{AdvocateKind, Name},
};

const DAY_MS: i64 = 86_400_000;
const BASIS_POINTS: i128 = 10_000;

/// All the leads that are credited to one advocate in one program. Each lead
/// stands here once, and so does each order of a lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// What kind of advocate.
    pub kind: AdvocateKind,
    /// The segment, where there is one.
    pub segment: Option<String>,
    /// In any order.
    pub referrals: Vec<Referral>,
}

/// One lead. Times are Unix milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referral {
    /// Its id.
    pub lead: String,
    /// The version of the rules that was in force when the referral was made.
    pub terms: u32,
    /// The way it came.
    pub channel: Channel,
    /// The number of the rep who owns it.
    pub owner: Option<u32>,
    /// When sales accepted it.
    pub accepted_at: Option<i64>,
    /// When the meeting was.
    pub meeting_at: Option<i64>,
    /// When it became an opportunity.
    pub opportunity_at: Option<i64>,
    /// When it was won.
    pub won_at: Option<i64>,
    /// What it bought, in any order.
    pub orders: Vec<Order>,
}

/// One sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its id.
    pub id: String,
    /// What was bought.
    pub product: Option<String>,
    /// In what it was paid.
    pub currency: Currency,
    /// What was sold, in minor units.
    pub amount: i64,
    /// What of it was refunded. More than was sold counts as all of it: a
    /// refund can be known before the rest of its sale.
    pub refunded: i64,
    /// When, as Unix milliseconds.
    pub at: i64,
}

/// What one rule owes for one referral or order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entitlement {
    /// Which reward it is.
    pub key: RewardKey,
    /// The version of the rules that says so.
    pub terms: u32,
    /// More than 0, in minor units or months.
    pub amount: i64,
    /// When it was earned, as Unix milliseconds.
    pub earned_at: i64,
    /// Before when it cannot be approved, as Unix milliseconds.
    pub due_at: i64,
    /// Who approves.
    pub approval: Approval,
}

/// Why nothing can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A sum is too great.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// A referral's version of the rules was not given. To owe nothing for it
    /// instead would take back what was rewarded.
    #[error("version {0} of the rules is missing")]
    Terms(u32),
}

/// A rule that fits a referral or one of its orders. How much it is worth is
/// decided by what was earned before.
struct Claim<'a> {
    referral: &'a Referral,
    order: Option<Sale<'a>>,
    rule: &'a Rule,
    pay: &'a Pay,
    beneficiary: Beneficiary,
}

/// An order that was not refunded as a whole, and what is left of it.
#[derive(Clone, Copy)]
struct Sale<'a> {
    order: &'a Order,
    net: i64,
}

/// Claims by rule, then by when they were earned, then by lead and order.
type Claims<'a> = BTreeMap<(&'a str, i64, &'a str, Option<&'a str>), Claim<'a>>;

/// What was granted so far, by rule and unit: for a lead, and for them all.
type Granted<'a> = BTreeMap<(&'a str, Unit, Option<&'a str>), i64>;

/// Everything that is owed, by rule, then by when it was earned, then by lead
/// and order. `rules` holds every version that a referral names.
///
/// A referral's place on a ladder counts all that fit the rule of this id, in
/// whatever version; the rung is the one of its own version. A cap counts all
/// that the rule of this id granted in the unit.
pub fn entitlements(account: &Account, rules: &[(u32, Rules)]) -> Result<Vec<Entitlement>, Fault> {
    let mut claims = Claims::new();
    for referral in &account.referrals {
        let (_, terms) = rules
            .iter()
            .find(|(version, _)| *version == referral.terms)
            .ok_or(Fault::Terms(referral.terms))?;
        let sales = sales(referral)?;
        for rule in terms.as_slice() {
            claim(&mut claims, account, referral, &sales, rule);
        }
    }
    let mut owed = Vec::new();
    let mut granted = Granted::new();
    let mut last_rule = "";
    let mut before = 0_u32;
    for ((rule, earned_at, _, _), claim) in &claims {
        if last_rule != *rule {
            (last_rule, before) = (rule, 0);
        }
        if let Some((amount, unit, form)) = worth(claim, before) {
            let amount = capped(&mut granted, claim, unit, amount)?;
            if amount > 0 {
                owed.push(entitlement(claim, *earned_at, amount, unit, form)?);
            }
        }
        before = before.checked_add(1).ok_or(Overflow)?;
    }
    Ok(owed)
}

fn sales(referral: &Referral) -> Result<Vec<Sale<'_>>, Overflow> {
    let mut sales = Vec::new();
    for order in &referral.orders {
        let net = order.amount.checked_sub(order.refunded).ok_or(Overflow)?;
        if net > 0 {
            sales.push(Sale { order, net });
        }
    }
    Ok(sales)
}

/// Adds what the rule claims for the referral, if it fits.
fn claim<'a>(
    claims: &mut Claims<'a>,
    account: &Account,
    referral: &'a Referral,
    sales: &[Sale<'a>],
    rule: &'a Rule,
) {
    let Some(beneficiary) = beneficiary(rule.who, referral) else {
        return;
    };
    let mut add = |at: Option<i64>, order: Option<Sale<'a>>, bought: &[Sale]| {
        let Some(at) = at else { return };
        let fits = |only: &Only| fits(only, account, referral, bought);
        if !fits(&rule.only) {
            return;
        }
        let instead = rule.instead.iter().find(|instead| fits(&instead.only));
        let id = order.map(|sale| sale.order.id.as_str());
        claims.insert(
            (rule.id.as_str(), at, referral.lead.as_str(), id),
            Claim {
                referral,
                order,
                rule,
                pay: instead.map_or(&rule.pay, |instead| &instead.pay),
                beneficiary,
            },
        );
    };
    match rule.when {
        When::Accepted => add(referral.accepted_at, None, &[]),
        When::Meeting => add(referral.meeting_at, None, &[]),
        When::Opportunity => add(referral.opportunity_at, None, &[]),
        // Where sales are known, one has to stand: a refund undoes the win.
        When::Won if referral.orders.is_empty() || !sales.is_empty() => {
            add(referral.won_at, None, sales);
        }
        When::Won => {}
        When::Sale => {
            for sale in sales {
                add(Some(sale.order.at), Some(*sale), &[*sale]);
            }
        }
    }
}

fn beneficiary(who: Who, referral: &Referral) -> Option<Beneficiary> {
    match who {
        Who::Advocate => Some(Beneficiary::Advocate),
        Who::Prospect => Some(Beneficiary::Prospect),
        Who::Owner => referral.owner.map(Beneficiary::Owner),
    }
}

fn fits(only: &Only, account: &Account, referral: &Referral, bought: &[Sale]) -> bool {
    let holds = |list: &Option<Vec<Name>>, fact: Option<&str>| {
        list.as_ref()
            .is_none_or(|list| list.iter().any(|name| Some(name.as_str()) == fact))
    };
    only.kinds
        .as_ref()
        .is_none_or(|kinds| kinds.contains(&account.kind))
        && only
            .channels
            .as_ref()
            .is_none_or(|channels| channels.contains(&referral.channel))
        && holds(&only.segments, account.segment.as_deref())
        && (only.products.is_none()
            || bought
                .iter()
                .any(|sale| holds(&only.products, sale.order.product.as_deref())))
}

/// What a claim is worth before any cap, where `before` others of its rule were
/// earned earlier.
fn worth(claim: &Claim, before: u32) -> Option<(i64, Unit, Form)> {
    match claim.pay {
        Pay::Fixed(fixed) => Some((fixed.amount.get(), fixed.unit, fixed.form)),
        Pay::Ladder(ladder) => {
            rung(ladder, before).map(|rung| (rung.amount.get(), rung.unit, rung.form))
        }
        Pay::Percent(percent) => {
            let sale = claim
                .order
                .filter(|sale| sale.order.currency == percent.currency)?;
            // 64 bits times 14 fit into 128, and a share is no more than the whole.
            let share = i128::from(sale.net) * i128::from(percent.basis_points) / BASIS_POINTS;
            let share = i64::try_from(share).ok()?;
            Some((share, Unit::Money(percent.currency), percent.form))
        }
    }
}

/// The rung for which `before` referrals were earlier.
fn rung(ladder: &Ladder, before: u32) -> Option<&Rung> {
    let length = ladder
        .rungs
        .iter()
        .fold(0_u32, |sum, rung| sum.saturating_add(rung.times));
    let mut left = match ladder.after {
        After::Restart => before.checked_rem(length)?,
        After::Nothing | After::Last => before,
    };
    for rung in &ladder.rungs {
        match left.checked_sub(rung.times) {
            Some(rest) => left = rest,
            None => return Some(rung),
        }
    }
    match ladder.after {
        After::Last => ladder.rungs.last(),
        After::Nothing | After::Restart => None,
    }
}

/// What the rule's cap leaves of an amount; counts it for the claims to come.
fn capped<'a>(
    granted: &mut Granted<'a>,
    claim: &Claim<'a>,
    unit: Unit,
    amount: i64,
) -> Result<i64, Overflow> {
    let rule = claim.rule.id.as_str();
    let of_lead = (rule, unit, Some(claim.referral.lead.as_str()));
    let of_all = (rule, unit, None);
    let amount = match &claim.rule.cap {
        None => amount,
        Some(cap) => {
            let counted = match cap.per {
                Per::Referral => of_lead,
                Per::Advocate => of_all,
            };
            let so_far = granted.get(&counted).copied().unwrap_or_default();
            let room = cap.amount.get().checked_sub(so_far).ok_or(Overflow)?;
            amount.min(room.max(0))
        }
    };
    for counted in [of_lead, of_all] {
        let sum = granted.entry(counted).or_default();
        *sum = sum.checked_add(amount).ok_or(Overflow)?;
    }
    Ok(amount)
}

fn entitlement(
    claim: &Claim,
    earned_at: i64,
    amount: i64,
    unit: Unit,
    form: Form,
) -> Result<Entitlement, Overflow> {
    let due_at = i64::from(claim.rule.hold_days)
        .checked_mul(DAY_MS)
        .and_then(|hold| earned_at.checked_add(hold))
        .ok_or(Overflow)?;
    Ok(Entitlement {
        key: RewardKey {
            rule: claim.rule.id.as_str().to_owned(),
            beneficiary: claim.beneficiary,
            lead: claim.referral.lead.clone(),
            order: claim.order.map(|sale| sale.order.id.clone()),
            unit,
            form,
        },
        terms: claim.referral.terms,
        amount,
        earned_at,
        due_at,
        approval: claim.rule.approval,
    })
}
