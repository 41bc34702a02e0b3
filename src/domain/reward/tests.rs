//! Tests of rewards: the text of the rules, what they owe, and the ledger.
//!
//! What is owed is compared as lines, which say in a row what matters.

mod format;
mod ledger;
mod owed;

use super::{
    Rules,
    evaluate::{Account, Entitlement, Order, Referral, entitlements},
    key::RewardKey,
};
use crate::domain::{channel::Channel, money::Currency, program::AdvocateKind};

const DAY: i64 = 86_400_000;

/// The rules of the issue, as they are published in the documentation.
const EXAMPLES: [(&str, &str); 7] = [
    (
        "both-sides",
        include_str!("../../../tests/fixtures/rules/both-sides.json"),
    ),
    (
        "three-then-a-year",
        include_str!("../../../tests/fixtures/rules/three-then-a-year.json"),
    ),
    (
        "revenue-share",
        include_str!("../../../tests/fixtures/rules/revenue-share.json"),
    ),
    (
        "by-kind",
        include_str!("../../../tests/fixtures/rules/by-kind.json"),
    ),
    (
        "by-product",
        include_str!("../../../tests/fixtures/rules/by-product.json"),
    ),
    (
        "by-segment",
        include_str!("../../../tests/fixtures/rules/by-segment.json"),
    ),
    (
        "meeting-and-won",
        include_str!("../../../tests/fixtures/rules/meeting-and-won.json"),
    ),
];

fn example(name: &str) -> Rules {
    let (_, text) = EXAMPLES.iter().find(|(known, _)| *known == name).unwrap();
    Rules::parse(text).unwrap()
}

/// One rule for the advocate, of everything but the id.
fn rule(rest: &str) -> Rules {
    rules(&[&format!(r#""id": "r", "who": "advocate", {rest}"#)])
}

fn rules(bodies: &[&str]) -> Rules {
    let bodies: Vec<String> = bodies.iter().map(|body| format!("{{{body}}}")).collect();
    Rules::parse(&format!(r#"{{"rules": [{}]}}"#, bodies.join(","))).unwrap()
}

fn usd() -> Currency {
    Currency::named("USD").unwrap()
}

fn customer(referrals: Vec<Referral>) -> Account {
    Account {
        kind: AdvocateKind::Customer,
        segment: None,
        referrals,
    }
}

fn lead(id: &str) -> Referral {
    Referral {
        lead: id.to_owned(),
        terms: 1,
        channel: Channel::Link,
        owner: None,
        accepted_at: None,
        meeting_at: None,
        opportunity_at: None,
        won_at: None,
        orders: Vec::new(),
    }
}

/// A lead that was won on a day.
fn won(id: &str, day: i64) -> Referral {
    Referral {
        won_at: Some(day * DAY),
        ..lead(id)
    }
}

/// A lead with sales: day, minor units of USD, what of them was refunded.
fn sold(id: &str, sales: &[(i64, i64, i64)]) -> Referral {
    Referral {
        orders: sales
            .iter()
            .enumerate()
            .map(|(index, (day, amount, refunded))| Order {
                id: format!("o{}", index + 1),
                product: None,
                currency: usd(),
                amount: *amount,
                refunded: *refunded,
                at: day * DAY,
            })
            .collect(),
        ..lead(id)
    }
}

fn only_version(rules: Rules) -> Vec<(u32, Rules)> {
    vec![(1, rules)]
}

fn owed(rules: &Rules, account: &Account) -> Vec<String> {
    lines(&entitlements(account, &only_version(rules.clone())).unwrap())
}

fn lines(owed: &[Entitlement]) -> Vec<String> {
    owed.iter()
        .map(|owed| {
            format!(
                "{} {} due {}",
                reward(&owed.key),
                owed.amount,
                owed.due_at / DAY
            )
        })
        .collect()
}

/// Like `share advocate ana/o1 USD cash`.
fn reward(key: &RewardKey) -> String {
    format!(
        "{} {}{} {}{} {} {}",
        key.rule,
        key.beneficiary.who().name(),
        key.beneficiary
            .rep()
            .map_or(String::new(), |rep| format!(":{rep}")),
        key.lead,
        key.order
            .as_ref()
            .map_or(String::new(), |id| format!("/{id}")),
        key.unit.name(),
        key.form.name(),
    )
}
