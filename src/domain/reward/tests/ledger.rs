//! The ledger: which reward is which, what moves, what the sums say; and that
//! nothing depends on the order in which the facts come.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{
    Account, AdvocateKind, Channel, Currency, DAY, Entitlement, Order, Referral, RewardKey, Rules,
    entitlements, rules,
};
use crate::{
    decode,
    domain::{
        link::ProgramNumber,
        reward::{
            Approval, Form, Overflow, Unit,
            key::Beneficiary,
            settle::{Kind, Movement, Standing, settle},
            state::{State, Sums, payable, state},
        },
    },
};

fn key(rule: &str) -> RewardKey {
    RewardKey {
        rule: rule.to_owned(),
        beneficiary: Beneficiary::Advocate,
        lead: "ld_1".to_owned(),
        order: None,
        unit: Unit::Money(super::usd()),
        form: Form::Credit,
    }
}

/// Pinned: ids are stored and printed. The Python that made these:
/// `b"goodword reward 1\0" + pack(">HI", program, advocate)`, then for each field a zero
/// byte, or a one byte, its length as `>Q` and itself.
#[test]
fn ids_stay_what_they_are() {
    let seven = ProgramNumber::new(7).unwrap();
    assert_eq!(
        key("advocate-100").id(seven, 9),
        "rw_008VWq8ilalIMDLcS10RPR"
    );
    let share = RewardKey {
        rule: "share".to_owned(),
        beneficiary: Beneficiary::Owner(17),
        lead: "ld_1".to_owned(),
        order: Some("inv-1".to_owned()),
        unit: Unit::Money(Currency::named("EUR").unwrap()),
        form: Form::Cash,
    };
    assert_eq!(share.id(seven, 9), "rw_0bQRXgX0eq187sGI2Cru2S");
}

#[test]
fn each_part_of_a_key_makes_another_id() {
    let base = key("ab");
    let with = |change: fn(&mut RewardKey)| {
        let mut key = key("ab");
        change(&mut key);
        key
    };
    let keys = [
        base.clone(),
        with(|key| key.rule = "a".to_owned()),
        with(|key| (key.rule, key.lead) = ("a".to_owned(), "bld_1".to_owned())),
        with(|key| key.beneficiary = Beneficiary::Prospect),
        with(|key| key.beneficiary = Beneficiary::Owner(1)),
        with(|key| key.beneficiary = Beneficiary::Owner(11)),
        with(|key| key.lead = "ld_2".to_owned()),
        with(|key| key.order = Some(String::new())),
        with(|key| key.order = Some("USD".to_owned())),
        with(|key| key.unit = Unit::Months),
        with(|key| key.unit = Unit::Money(Currency::named("EUR").unwrap())),
        with(|key| key.form = Form::Cash),
    ];
    let mut ids: BTreeSet<String> = keys
        .iter()
        .map(|key| key.id(ProgramNumber::new(1).unwrap(), 9))
        .collect();
    ids.insert(base.id(ProgramNumber::new(2).unwrap(), 9));
    ids.insert(base.id(ProgramNumber::new(1).unwrap(), 8));
    assert_eq!(ids.len(), keys.len() + 2);
    assert!(ids.iter().all(|id| id.len() == 25 && id.starts_with("rw_")));
}

fn entitled(rule: &str, amount: i64) -> Entitlement {
    Entitlement {
        key: key(rule),
        terms: 1,
        amount,
        earned_at: DAY,
        due_at: 2 * DAY,
        approval: Approval::Automatic,
    }
}

fn stands(rule: &str, entitled: i64) -> Standing {
    Standing {
        key: key(rule),
        entitled,
        terms: 1,
        earned_at: DAY,
        due_at: 2 * DAY,
        approval: Approval::Automatic,
    }
}

#[test]
fn movements_are_differences() {
    use Kind::{Adjusted, Granted, Reversed};
    for (owed, stood, expected) in [
        (None, None, None),
        (Some(5), None, Some((Granted, 5))),
        (Some(5), Some(0), Some((Granted, 5))),
        (Some(5), Some(5), None),
        (Some(7), Some(5), Some((Adjusted, 2))),
        (Some(3), Some(5), Some((Adjusted, -2))),
        (None, Some(5), Some((Reversed, -5))),
        (None, Some(0), None),
        // No ledger should say this; it is mended all the same.
        (None, Some(-5), Some((Reversed, 5))),
        (Some(1), Some(-5), Some((Adjusted, 6))),
    ] {
        let owed: Vec<Entitlement> = owed
            .map(|amount| entitled("a", amount))
            .into_iter()
            .collect();
        let stood: Vec<Standing> = stood
            .map(|amount| stands("a", amount))
            .into_iter()
            .collect();
        let moved: Vec<(Kind, i64)> = settle(&owed, &stood)
            .unwrap()
            .iter()
            .map(|movement| (movement.kind, movement.amount))
            .collect();
        let expected: Vec<(Kind, i64)> = expected.into_iter().collect();
        assert_eq!(moved, expected, "{owed:?} {stood:?}");
    }
}

#[test]
fn another_date_version_or_approval_is_restated() {
    type Change = fn(&mut Standing);
    let changes: [Change; 4] = [
        |standing| standing.terms = 2,
        |standing| standing.earned_at += 1,
        |standing| standing.due_at += 1,
        |standing| standing.approval = Approval::Manual,
    ];
    for change in changes {
        let mut standing = stands("a", 5);
        change(&mut standing);
        let moved = settle(&[entitled("a", 5)], std::slice::from_ref(&standing)).unwrap();
        assert_eq!(
            moved,
            [Movement {
                key: key("a"),
                kind: Kind::Restated,
                amount: 0,
                terms: 1,
                earned_at: DAY,
                due_at: 2 * DAY,
                approval: Approval::Automatic,
            }]
        );
        // What is reversed keeps the dates that it had.
        let reversed = settle(&[], std::slice::from_ref(&standing)).unwrap();
        assert_eq!(
            (reversed[0].kind, reversed[0].due_at),
            (Kind::Reversed, standing.due_at)
        );
        standing.entitled = 0;
        assert_eq!(settle(&[], &[standing]), Ok(Vec::new()));
    }
}

#[test]
fn movements_come_in_the_order_of_keys() {
    let moved = settle(
        &[entitled("c", 1), entitled("a", 1)],
        &[stands("d", 1), stands("b", 1)],
    )
    .unwrap();
    let moved: Vec<(&str, Kind)> = moved
        .iter()
        .map(|movement| (movement.key.rule.as_str(), movement.kind))
        .collect();
    assert_eq!(
        moved,
        [
            ("a", Kind::Granted),
            ("b", Kind::Reversed),
            ("c", Kind::Granted),
            ("d", Kind::Reversed)
        ]
    );
}

#[test]
fn a_difference_that_64_bits_do_not_hold_is_an_error() {
    assert_eq!(
        settle(&[entitled("a", i64::MAX)], &[stands("a", -1)]),
        Err(Overflow)
    );
    assert_eq!(settle(&[], &[stands("a", i64::MIN)]), Err(Overflow));
    assert_eq!(
        settle(&[entitled("a", i64::MAX), entitled("a", 1)], &[]),
        Err(Overflow)
    );
    assert!(settle(&[entitled("a", i64::MAX)], &[stands("a", 0)]).is_ok());
}

#[test]
fn the_sums_say_the_state_and_what_can_be_paid() {
    use State::{Approved, Held, Issued, Paid, Pending, Reversed};
    for ([entitled, approved, issued, paid, holds], is, can_be_paid) in [
        ([100, 0, 0, 0, 0], Pending, 0),
        ([100, 99, 0, 0, 0], Pending, 99),
        ([100, 100, 0, 0, 0], Approved, 100),
        ([100, 100, 60, 0, 0], Approved, 40),
        ([100, 100, 100, 0, 0], Issued, 0),
        ([100, 100, 100, 99, 0], Issued, 0),
        ([100, 100, 100, 100, 0], Paid, 0),
        // More is owed than was: the rest is approved by itself.
        ([150, 100, 100, 100, 0], Pending, 0),
        ([150, 150, 100, 100, 0], Approved, 50),
        // Less is owed than was approved, issued, paid.
        ([60, 100, 0, 0, 0], Approved, 60),
        ([60, 100, 100, 0, 0], Issued, -40),
        ([60, 100, 100, 100, 0], Paid, -40),
        ([0, 0, 0, 0, 0], Reversed, 0),
        ([0, 100, 0, 0, 0], Reversed, 0),
        ([0, 100, 100, 100, 0], Reversed, -100),
        // Held: nothing goes out, but what has to come back still has to.
        ([100, 0, 0, 0, 1], Held, 0),
        ([100, 100, 0, 0, 2], Held, 0),
        ([100, 100, 100, 100, 1], Held, 0),
        ([0, 100, 100, 100, 1], Held, -100),
    ] {
        let sums = Sums {
            entitled,
            approved,
            issued,
            paid,
            holds,
        };
        assert_eq!(
            (state(sums), payable(sums)),
            (is, Ok(can_be_paid)),
            "{sums:?}"
        );
    }
    let extreme = Sums {
        approved: i64::MIN,
        issued: 1,
        ..Sums::default()
    };
    assert_eq!(payable(extreme), Err(Overflow));
}

#[test]
fn names_are_those_of_the_wire() {
    let names: Vec<&str> = State::ALL.into_iter().map(State::name).collect();
    assert_eq!(
        names.join(" "),
        "held reversed paid issued approved pending"
    );
    let names: Vec<&str> = Form::ALL.into_iter().map(Form::name).collect();
    assert_eq!(
        names.join(" "),
        "cash credit discount gift_card free_service"
    );
    for unit in [Unit::Money(super::usd()), Unit::Months] {
        let text = serde_json::to_string(&unit).unwrap();
        assert_eq!(text, format!("\"{}\"", unit.name()));
        assert_eq!(decode::read::<Unit>(text.as_bytes()).unwrap(), unit);
    }
}

const LEADS: usize = 6;
const CODES: [&str; 3] = ["USD", "EUR", "JPY"];

/// Something that happened, as it would arrive; a repeat is the same again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// The CRM says when a stage was reached, or that it was not after all. A
    /// greater revision overrides a lesser.
    Stage {
        lead: usize,
        stage: usize,
        revision: usize,
        at: Option<i64>,
    },
    /// The billing system sold something.
    Sale {
        lead: usize,
        order: usize,
        product: usize,
        currency: usize,
        amount: i64,
        at: i64,
    },
    /// It took something back; the number makes it one of its own.
    Refund {
        lead: usize,
        order: usize,
        number: usize,
        amount: i64,
    },
}

fn day() -> impl Strategy<Value = i64> {
    (0..40_i64).prop_map(|day| day * DAY)
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => (0..LEADS, 0..4_usize, prop::option::weighted(0.8, day())).prop_map(
            |(lead, stage, at)| Event::Stage { lead, stage, revision: 0, at }
        ),
        3 => (0..LEADS, 0..3_usize, 0..3_usize, 0..CODES.len(), 1..60_000_i64, day()).prop_map(
            |(lead, order, product, currency, amount, at)| Event::Sale {
                lead, order, product, currency, amount, at,
            }
        ),
        2 => (0..LEADS, 0..3_usize, 1..60_000_i64).prop_map(
            |(lead, order, amount)| Event::Refund { lead, order, number: 0, amount }
        ),
    ]
}

/// Events as they really happened: revisions and refunds numbered, each order
/// sold once.
fn events() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(event(), 1..40).prop_map(|mut events| {
        let mut sold = BTreeSet::new();
        events.retain(|event| match event {
            Event::Sale { lead, order, .. } => sold.insert((*lead, *order)),
            _ => true,
        });
        for (index, event) in events.iter_mut().enumerate() {
            match event {
                Event::Stage {
                    revision: number, ..
                }
                | Event::Refund { number, .. } => {
                    *number = index;
                }
                Event::Sale { .. } => {}
            }
        }
        events
    })
}

/// What happened, twice delivered: each time in some order, with repeats.
fn deliveries() -> impl Strategy<Value = (Vec<Event>, Vec<Event>)> {
    events().prop_flat_map(|events| {
        let delivery = (
            prop::sample::subsequence(events.clone(), 0..=events.len()),
            Just(events),
        )
            .prop_map(|(repeats, events)| [events, repeats].concat())
            .prop_shuffle();
        (delivery.clone().boxed(), delivery.boxed())
    })
}

/// The account that the events make, whatever their order.
fn fold<'a>(kind: AdvocateKind, events: impl IntoIterator<Item = &'a Event>) -> Account {
    let known: BTreeSet<&Event> = events.into_iter().collect();
    let mut referrals: Vec<Referral> = (0..LEADS)
        .map(|index| Referral {
            terms: 1 + u32::try_from(index % 2).unwrap(),
            channel: [Channel::Link, Channel::Verbal, Channel::Email][index % 3],
            owner: (index != 4).then(|| u32::try_from(index / 2).unwrap()),
            ..super::lead(&format!("l{index}"))
        })
        .collect();
    let mut refunds: BTreeMap<(usize, usize), i64> = BTreeMap::new();
    // The set is in the order of revisions, so the last one to write wins.
    for event in known {
        match event {
            Event::Stage {
                lead, stage, at, ..
            } => {
                let referral = &mut referrals[*lead];
                *[
                    &mut referral.accepted_at,
                    &mut referral.meeting_at,
                    &mut referral.opportunity_at,
                    &mut referral.won_at,
                ][*stage] = *at;
            }
            Event::Sale {
                lead,
                order,
                product,
                currency,
                amount,
                at,
            } => referrals[*lead].orders.push(Order {
                id: format!("o{order}"),
                product: [None, Some("pos".to_owned()), Some("mugs".to_owned())][*product].clone(),
                currency: Currency::named(CODES[*currency]).unwrap(),
                amount: *amount,
                refunded: 0,
                at: *at,
            }),
            Event::Refund {
                lead,
                order,
                amount,
                ..
            } => *refunds.entry((*lead, *order)).or_default() += amount,
        }
    }
    for ((lead, order), refunded) in refunds {
        let id = format!("o{order}");
        for order in &mut referrals[lead].orders {
            if order.id == id {
                order.refunded = refunded;
            }
        }
    }
    Account {
        kind,
        segment: None,
        referrals,
    }
}

/// Two versions with every kind of rule.
fn versions() -> Vec<(u32, Rules)> {
    let common = [
        r#""id": "welcome", "who": "prospect", "when": "accepted",
           "pay": {"fixed": {"amount": 500, "unit": "EUR", "form": "discount"}}, "hold_days": 3"#,
        r#""id": "rep", "who": "owner", "when": "meeting", "only": {"channels": ["verbal", "email"]},
           "pay": {"fixed": {"amount": 300, "unit": "USD", "form": "cash"}}, "approval": "manual""#,
        r#""id": "share-eur", "who": "advocate", "when": "sale",
           "pay": {"percent": {"basis_points": 333, "currency": "EUR", "form": "cash"}},
           "cap": {"amount": 2500, "per": "advocate"}, "hold_days": 30"#,
        r#""id": "product", "who": "advocate", "when": "won", "only": {"products": ["pos"]},
           "pay": {"fixed": {"amount": 77, "unit": "USD", "form": "gift_card"}}"#,
    ];
    let of = |own: [&str; 2]| {
        let bodies: Vec<&str> = common.into_iter().chain(own).collect();
        rules(&bodies)
    };
    Vec::from([
        (
            1,
            of([
                r#""id": "ladder", "who": "advocate", "when": "won", "pay": {"ladder": {"rungs": [
                   {"times": 2, "amount": 10000, "unit": "USD", "form": "credit"},
                   {"times": 1, "amount": 12, "unit": "months", "form": "free_service"}],
                   "after": "nothing"}}"#,
                r#""id": "share-usd", "who": "advocate", "when": "sale",
                   "pay": {"percent": {"basis_points": 1000, "currency": "USD", "form": "cash"}},
                   "cap": {"amount": 4000, "per": "referral"}"#,
            ]),
        ),
        (
            2,
            of([
                r#""id": "ladder", "who": "advocate", "when": "won", "pay": {"ladder": {"rungs": [
                   {"times": 1, "amount": 20000, "unit": "USD", "form": "credit"},
                   {"times": 1, "amount": 6, "unit": "months", "form": "free_service"}],
                   "after": "restart"}}"#,
                r#""id": "share-usd", "who": "advocate", "when": "sale",
                   "pay": {"percent": {"basis_points": 500, "currency": "USD", "form": "cash"}},
                   "instead": [{"only": {"kinds": ["partner"]},
                     "pay": {"fixed": {"amount": 900, "unit": "USD", "form": "credit"}}}],
                   "cap": {"amount": 3000, "per": "advocate"}"#,
            ]),
        ),
    ])
}

/// One reward as a ledger keeps it: entries, nothing but added.
struct Page {
    standing: Standing,
    movements: Vec<i64>,
    approvals: Vec<i64>,
    issues: Vec<i64>,
    payments: Vec<i64>,
    holds: i64,
    was_lowered: bool,
}

impl Page {
    fn sums(&self) -> Sums {
        Sums {
            entitled: self.movements.iter().sum(),
            approved: self.approvals.iter().sum(),
            issued: self.issues.iter().sum(),
            paid: self.payments.iter().sum(),
            holds: self.holds,
        }
    }
}

#[derive(Default)]
struct Ledger(BTreeMap<RewardKey, Page>);

impl Ledger {
    fn standing(&self) -> Vec<Standing> {
        self.0.values().map(|page| page.standing.clone()).collect()
    }

    fn write(&mut self, movement: Movement) {
        let standing = Standing {
            key: movement.key.clone(),
            entitled: 0,
            terms: movement.terms,
            earned_at: movement.earned_at,
            due_at: movement.due_at,
            approval: movement.approval,
        };
        let page = self.0.entry(movement.key).or_insert_with(|| Page {
            standing: standing.clone(),
            movements: Vec::new(),
            approvals: Vec::new(),
            issues: Vec::new(),
            payments: Vec::new(),
            holds: 0,
            was_lowered: false,
        });
        let before = page.standing.entitled;
        page.movements.push(movement.amount);
        page.standing = standing;
        page.standing.entitled = before + movement.amount;
        let after = page.standing.entitled;
        assert!(after >= 0);
        match movement.kind {
            Kind::Granted => assert!(before == 0 && after > 0),
            Kind::Adjusted => assert!(before > 0 && after > 0 && before != after),
            Kind::Restated => assert!(movement.amount == 0 && after > 0),
            Kind::Reversed => assert!(before > 0 && after == 0),
        }
        page.was_lowered |= movement.amount < 0;
    }

    /// What people and jobs do between two events, as `dice` has it.
    fn work(&mut self, dice: &mut impl Iterator<Item = u8>) {
        for page in self.0.values_mut() {
            let sums = page.sums();
            let can_be_paid = payable(sums).unwrap();
            match dice.next().unwrap() % 8 {
                0 if sums.entitled > sums.approved => {
                    page.approvals.push(sums.entitled - sums.approved);
                }
                1 | 2 if can_be_paid > 0 => {
                    page.issues.push(can_be_paid);
                    let sums = page.sums();
                    assert!(sums.issued <= sums.approved && sums.issued <= sums.entitled);
                    assert_eq!(payable(sums), Ok(0), "nothing is issued twice");
                    assert_eq!(sums.holds, 0);
                }
                3 if sums.issued > sums.paid => page.payments.push(sums.issued - sums.paid),
                4 => page.holds = 1,
                5 => page.holds = 0,
                _ => {}
            }
        }
    }

    fn check(&self) {
        for page in self.0.values() {
            let sums = page.sums();
            assert_eq!(sums.entitled, page.standing.entitled);
            for sum in [sums.entitled, sums.approved, sums.issued, sums.paid] {
                assert!(sum >= 0, "{sums:?}");
            }
            assert!(sums.paid <= sums.issued && sums.issued <= sums.approved);
            assert!(page.was_lowered || payable(sums).unwrap() >= 0);
            assert_eq!(state(sums) == State::Held, sums.holds > 0);
        }
    }
}

/// Delivers the events one by one, settles after each, and lets people and jobs
/// work in between.
fn deliver(kind: AdvocateKind, events: &[Event], dice: &[u8]) -> Ledger {
    let rules = versions();
    let mut dice = dice.iter().copied().cycle();
    let mut ledger = Ledger::default();
    for count in 1..=events.len() {
        let account = fold(kind, &events[..count]);
        let owed = entitlements(&account, &rules).unwrap();
        for movement in settle(&owed, &ledger.standing()).unwrap() {
            ledger.write(movement);
        }
        assert_eq!(settle(&owed, &ledger.standing()), Ok(Vec::new()));
        ledger.work(&mut dice);
        ledger.check();
    }
    ledger
}

fn kinds() -> impl Strategy<Value = AdvocateKind> {
    prop::sample::select(vec![AdvocateKind::Customer, AdvocateKind::Partner])
}

proptest! {
    #[test]
    fn the_ledger_says_what_is_owed_whatever_the_order(
        kind in kinds(),
        (first, second) in deliveries(),
        dice in prop::collection::vec(any::<u8>(), 1..200),
    ) {
        let owed = entitlements(&fold(kind, &first), &versions()).unwrap();
        for events in [&first, &second] {
            let ledger = deliver(kind, events, &dice);
            let mut left: BTreeMap<&RewardKey, &Standing> = ledger
                .0
                .iter()
                .filter(|(_, page)| page.standing.entitled != 0)
                .map(|(key, page)| (key, &page.standing))
                .collect();
            for owed in &owed {
                let expected = Standing {
                    key: owed.key.clone(),
                    entitled: owed.amount,
                    terms: owed.terms,
                    earned_at: owed.earned_at,
                    due_at: owed.due_at,
                    approval: owed.approval,
                };
                prop_assert_eq!(left.remove(&owed.key), Some(&expected));
            }
            prop_assert!(left.is_empty(), "{left:?}");
        }
    }

    #[test]
    fn what_is_owed_keeps_its_bounds_and_ignores_the_order_of_lists(
        kind in kinds(),
        events in events(),
        turn in 0..LEADS,
    ) {
        let account = fold(kind, &events);
        let owed = entitlements(&account, &versions()).unwrap();
        let mut turned = account.clone();
        turned.referrals.rotate_left(turn);
        for referral in &mut turned.referrals {
            referral.orders.reverse();
        }
        prop_assert_eq!(&entitlements(&turned, &versions()).unwrap(), &owed);

        let keys: BTreeSet<&RewardKey> = owed.iter().map(|owed| &owed.key).collect();
        prop_assert_eq!(keys.len(), owed.len(), "each reward once");
        prop_assert!(owed.iter().all(|owed| owed.amount > 0 && owed.due_at >= owed.earned_at));
        let sum = |rule: &str, lead: Option<&str>| -> i64 {
            owed.iter()
                .filter(|owed| owed.key.rule == rule)
                .filter(|owed| lead.is_none_or(|lead| owed.key.lead == lead))
                .map(|owed| owed.amount)
                .sum()
        };
        prop_assert!(sum("share-eur", None) <= 2_500);
        for (index, referral) in account.referrals.iter().enumerate() {
            let most = if index % 2 == 0 { 4_000 } else { 3_000 };
            prop_assert!(sum("share-usd", Some(&referral.lead)) <= most);
        }
        let ladder = owed.iter().filter(|owed| owed.key.rule == "ladder").count();
        let wins = account.referrals.iter().filter(|referral| referral.won_at.is_some()).count();
        prop_assert!(ladder <= wins);
    }
}
