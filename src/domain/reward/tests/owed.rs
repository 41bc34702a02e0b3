//! What rules owe, to the cent.

use super::{
    Account, AdvocateKind, Channel, Currency, DAY, Order, Referral, Rules, customer, entitlements,
    example, lead, lines, only_version, owed, rule, rules, sold, usd, won,
};
use crate::domain::reward::{
    Overflow,
    evaluate::Fault,
    settle::{Standing, settle},
};

const NONE: [&str; 0] = [];

const YEAR: &str = r#"{"times": 1, "amount": 12, "unit": "months", "form": "free_service"}"#;

#[test]
fn both_sides_get_a_hundred() {
    assert_eq!(
        owed(
            &example("both-sides"),
            &customer(vec![won("ana", 3), lead("bo")])
        ),
        [
            "advocate-100 advocate ana USD credit 10000 due 3",
            "welcome-100 prospect ana USD credit 10000 due 3",
        ]
    );
}

#[test]
fn three_earn_a_hundred_and_the_fourth_a_year() {
    let account = customer((1..=5).map(|n| won(&format!("l{n}"), n)).collect());
    assert_eq!(
        owed(&example("three-then-a-year"), &account),
        [
            "three-then-a-year advocate l1 USD credit 10000 due 1",
            "three-then-a-year advocate l2 USD credit 10000 due 2",
            "three-then-a-year advocate l3 USD credit 10000 due 3",
            "three-then-a-year advocate l4 months free_service 12 due 4",
        ]
    );
}

#[test]
fn a_ladder_counts_by_day_and_then_by_lead_and_not_by_arrival() {
    let account = customer(vec![won("d", 9), won("c", 1), won("b", 1), won("a", 5)]);
    assert_eq!(
        owed(&example("three-then-a-year"), &account),
        [
            "three-then-a-year advocate b USD credit 10000 due 1",
            "three-then-a-year advocate c USD credit 10000 due 1",
            "three-then-a-year advocate a USD credit 10000 due 5",
            "three-then-a-year advocate d months free_service 12 due 9",
        ]
    );
}

#[test]
fn when_the_second_is_refunded_the_fourth_becomes_the_third() {
    let rules = only_version(example("three-then-a-year"));
    let referral = |n: i64, refunded: i64| Referral {
        won_at: Some(n * DAY),
        ..sold(&format!("l{n}"), &[(n, 500, refunded)])
    };
    let before = customer((1..=4).map(|n| referral(n, 0)).collect());
    let after = customer(
        (1..=4)
            .map(|n| referral(n, if n == 2 { 500 } else { 0 }))
            .collect(),
    );
    let before = entitlements(&before, &rules).unwrap();
    assert_eq!(
        lines(&before).last().unwrap(),
        "three-then-a-year advocate l4 months free_service 12 due 4"
    );
    let after = entitlements(&after, &rules).unwrap();
    let standing: Vec<Standing> = settle(&before, &[])
        .unwrap()
        .into_iter()
        .map(|granted| Standing {
            key: granted.key,
            entitled: granted.amount,
            terms: granted.terms,
            earned_at: granted.earned_at,
            due_at: granted.due_at,
            approval: granted.approval,
        })
        .collect();
    let moved: Vec<String> = settle(&after, &standing)
        .unwrap()
        .iter()
        .map(|m| format!("{} {} {}", super::reward(&m.key), m.kind.name(), m.amount))
        .collect();
    assert_eq!(
        moved,
        [
            "three-then-a-year advocate l2 USD credit reversed -10000",
            "three-then-a-year advocate l4 USD credit granted 10000",
            "three-then-a-year advocate l4 months free_service reversed -12",
        ]
    );
}

#[test]
fn a_ladder_ends_goes_on_or_begins_again() {
    let account = customer((1..=7).map(|n| won(&format!("l{n}"), n)).collect());
    for (after, expected) in [
        ("nothing", "5 5 12"),
        ("last", "5 5 12 12 12 12 12"),
        ("restart", "5 5 12 5 5 12 5"),
    ] {
        let rules = rule(&format!(
            r#""when": "won", "pay": {{"ladder": {{"rungs": [
                {{"times": 2, "amount": 5, "unit": "EUR", "form": "cash"}}, {YEAR}
            ], "after": "{after}"}}}}"#
        ));
        let amounts: Vec<String> = entitlements(&account, &only_version(rules))
            .unwrap()
            .iter()
            .map(|owed| owed.amount.to_string())
            .collect();
        assert_eq!(amounts.join(" "), expected, "{after}");
    }
}

#[test]
fn each_rule_has_a_ladder_of_its_own() {
    let ladder = |id: &str, who: &str| {
        format!(
            r#""id": "{id}", "who": "{who}", "when": "won", "pay": {{"ladder": {{"rungs": [
                {{"times": 1, "amount": 5, "unit": "EUR", "form": "cash"}}, {YEAR}
            ], "after": "nothing"}}}}"#
        )
    };
    let rules = rules(&[
        &ladder("a", "advocate"),
        &ladder("b", "prospect"),
        &ladder("c", "owner"),
    ]);
    let owned = |referral: Referral| Referral {
        owner: Some(1),
        ..referral
    };
    // The one without an owner has no place on the owners' ladder.
    let account = customer(vec![won("l1", 1), owned(won("l2", 2)), owned(won("l3", 3))]);
    assert_eq!(
        owed(&rules, &account),
        [
            "a advocate l1 EUR cash 5 due 1",
            "a advocate l2 months free_service 12 due 2",
            "b prospect l1 EUR cash 5 due 1",
            "b prospect l2 months free_service 12 due 2",
            "c owner:1 l2 EUR cash 5 due 2",
            "c owner:1 l3 months free_service 12 due 3",
        ]
    );
}

#[test]
fn a_ladder_of_sales_counts_sales() {
    let rules = rule(
        r#""when": "sale", "pay": {"ladder": {"rungs": [
            {"times": 2, "amount": 7, "unit": "USD", "form": "cash"}
        ], "after": "nothing"}}"#,
    );
    let account = customer(vec![
        sold("ana", &[(4, 100, 0), (2, 100, 0)]),
        sold("bo", &[(1, 100, 100), (3, 100, 99)]),
    ]);
    assert_eq!(
        owed(&rules, &account),
        [
            "r advocate ana/o2 USD cash 7 due 2",
            "r advocate bo/o2 USD cash 7 due 3",
        ]
    );
}

#[test]
fn each_referral_keeps_its_terms_and_its_place() {
    let versions = Vec::from([
        (0, Rules::default()),
        (1, example("three-then-a-year")),
        (
            2,
            rules(&[&format!(
                r#""id": "three-then-a-year", "who": "advocate", "when": "won",
                "pay": {{"ladder": {{"rungs": [
                    {{"times": 3, "amount": 1, "unit": "EUR", "form": "cash"}}, {YEAR}
                ], "after": "restart"}}}}"#
            )]),
        ),
    ]);
    let with = |terms: u32, referral: Referral| Referral { terms, ..referral };
    let account = customer(vec![
        with(1, won("l1", 1)),
        with(0, won("l2", 2)),
        with(2, won("l3", 3)),
        with(1, won("l4", 4)),
        with(2, won("l5", 5)),
        with(2, won("l6", 6)),
    ]);
    let owed = entitlements(&account, &versions).unwrap();
    assert_eq!(
        lines(&owed),
        [
            "three-then-a-year advocate l1 USD credit 10000 due 1",
            "three-then-a-year advocate l3 EUR cash 1 due 3",
            "three-then-a-year advocate l4 USD credit 10000 due 4",
            "three-then-a-year advocate l5 months free_service 12 due 5",
            "three-then-a-year advocate l6 EUR cash 1 due 6",
        ]
    );
    let terms: Vec<u32> = owed.iter().map(|owed| owed.terms).collect();
    assert_eq!(terms, [1, 2, 1, 2, 2]);
    assert_eq!(
        entitlements(&customer(vec![with(3, lead("a"))]), &versions),
        Err(Fault::Terms(3))
    );
}

#[test]
fn a_share_is_held_thirty_days_and_capped() {
    let rules = example("revenue-share");
    for (sales, expected) in [
        // 10 % of $100.05 is $10.005, which is rounded down.
        (vec![(1, 10_005, 0)], vec!["o1 1000"]),
        (vec![(1, 9, 0)], vec![]),
        (vec![(1, 10, 0)], vec!["o1 1"]),
        // A partial refund takes its share back; a whole one all; more than all, no more.
        (vec![(1, 10_000, 4_001)], vec!["o1 599"]),
        (vec![(1, 10_000, 10_000)], vec![]),
        (vec![(1, 10_000, 99_999)], vec![]),
        // $2,500 is the most, whatever comes after.
        (vec![(1, 2_500_000, 0)], vec!["o1 250000"]),
        (vec![(1, 2_500_001, 0), (2, 10_000, 0)], vec!["o1 250000"]),
        (
            vec![(1, 2_000_000, 0), (2, 1_000_000, 0), (3, 1_000_000, 0)],
            vec!["o1 200000", "o2 50000"],
        ),
        // A refund of the first makes room for the others.
        (
            vec![
                (1, 2_000_000, 2_000_000),
                (2, 1_000_000, 0),
                (3, 2_000_000, 0),
            ],
            vec!["o2 100000", "o3 150000"],
        ),
        (
            vec![
                (1, 2_000_000, 500_000),
                (2, 1_000_000, 0),
                (3, 1_000_000, 0),
            ],
            vec!["o1 150000", "o2 100000"],
        ),
        // The cap fills by day, not by arrival.
        (
            vec![(3, 2_000_000, 0), (1, 1_000_000, 0)],
            vec!["o2 100000", "o1 150000"],
        ),
    ] {
        let account = customer(vec![sold("ana", &sales)]);
        let owed = entitlements(&account, &only_version(rules.clone())).unwrap();
        let amounts: Vec<String> = owed
            .iter()
            .map(|owed| format!("{} {}", owed.key.order.as_deref().unwrap(), owed.amount))
            .collect();
        assert_eq!(amounts, expected, "{sales:?}");
        assert!(
            owed.iter()
                .all(|owed| owed.due_at == owed.earned_at + 30 * DAY)
        );
    }
}

#[test]
fn a_cap_is_for_each_referral_or_for_them_all() {
    let account = customer(vec![
        sold("ana", &[(1, 1_000, 0), (3, 1_000, 0)]),
        sold("bo", &[(2, 1_000, 0), (4, 1_000, 0)]),
    ]);
    for (per, expected) in [
        ("referral", vec![(1, 100), (2, 100), (3, 50), (4, 50)]),
        ("advocate", vec![(1, 100), (2, 50)]),
    ] {
        let rules = rule(&format!(
            r#""when": "sale", "cap": {{"amount": 150, "per": "{per}"}},
            "pay": {{"percent": {{"basis_points": 1000, "currency": "USD", "form": "cash"}}}}"#
        ));
        let owed = entitlements(&account, &only_version(rules)).unwrap();
        let amounts: Vec<(i64, i64)> = owed
            .iter()
            .map(|owed| (owed.earned_at / DAY, owed.amount))
            .collect();
        assert_eq!(amounts, expected, "{per}");
    }
}

#[test]
fn a_cap_counts_what_the_rule_paid_under_older_terms() {
    let body = |amount: u32, cap: &str| {
        rule(&format!(
            r#""when": "won", {cap} "pay": {{"fixed": {{"amount": {amount}, "unit": "USD", "form": "cash"}}}}"#
        ))
    };
    let versions = Vec::from([
        (1, body(70, "")),
        (2, body(50, r#""cap": {"amount": 100, "per": "advocate"},"#)),
        (3, body(50, r#""cap": {"amount": 60, "per": "advocate"},"#)),
    ]);
    let with = |terms: u32, referral: Referral| Referral { terms, ..referral };
    let account = customer(vec![
        with(1, won("l1", 1)),
        with(2, won("l2", 2)),
        with(3, won("l3", 3)),
        with(2, won("l4", 4)),
    ]);
    let owed = entitlements(&account, &versions).unwrap();
    assert_eq!(
        lines(&owed),
        [
            "r advocate l1 USD cash 70 due 1",
            "r advocate l2 USD cash 30 due 2",
        ]
    );
}

#[test]
fn currencies_are_never_mixed() {
    let share = |currency: &str| {
        format!(
            r#""id": "share-{}", "who": "advocate", "when": "sale",
            "pay": {{"percent": {{"basis_points": 1000, "currency": "{currency}", "form": "cash"}}}},
            "cap": {{"amount": 1000, "per": "advocate"}}"#,
            currency.to_lowercase()
        )
    };
    let rules = rules(&[&share("USD"), &share("JPY")]);
    let mut referral = sold(
        "ana",
        &[(1, 9_000, 0), (2, 9_000, 0), (3, 9_000, 0), (4, 9_000, 0)],
    );
    for (order, code) in referral.orders.iter_mut().zip(["USD", "JPY", "EUR", "USD"]) {
        order.currency = Currency::named(code).unwrap();
    }
    assert_eq!(
        owed(&rules, &customer(vec![referral])),
        [
            "share-jpy advocate ana/o2 JPY cash 900 due 2",
            "share-usd advocate ana/o1 USD cash 900 due 1",
            "share-usd advocate ana/o4 USD cash 100 due 4",
        ]
    );
}

#[test]
fn kinds_earn_differently() {
    let referral = Referral {
        won_at: Some(2 * DAY),
        ..sold("ana", &[(1, 10_000, 0)])
    };
    for (kind, expected) in [
        (
            AdvocateKind::Customer,
            "customers advocate ana USD credit 10000 due 2",
        ),
        (
            AdvocateKind::Partner,
            "partners advocate ana/o1 USD cash 1500 due 61",
        ),
        (
            AdvocateKind::Employee,
            "employees advocate ana USD gift_card 25000 due 2",
        ),
    ] {
        let account = Account {
            kind,
            segment: None,
            referrals: vec![referral.clone()],
        };
        assert_eq!(owed(&example("by-kind"), &account), [expected]);
    }
}

#[test]
fn segments_and_channels_override() {
    for (segment, channel, expected) in [
        (None, Channel::Verbal, "USD credit 10000"),
        (Some("bronze"), Channel::Verbal, "USD credit 10000"),
        (Some("silver"), Channel::Verbal, "USD credit 20000"),
        (Some("gold"), Channel::Email, "USD credit 20000"),
        (Some("gold"), Channel::Verbal, "USD cash 30000"),
    ] {
        let account = Account {
            kind: AdvocateKind::Partner,
            segment: segment.map(str::to_owned),
            referrals: vec![Referral {
                channel,
                ..won("ana", 1)
            }],
        };
        assert_eq!(
            owed(&example("by-segment"), &account),
            [format!("by-segment advocate ana {expected} due 1")],
            "{segment:?} {channel:?}"
        );
    }
}

fn of_products(mut referral: Referral, products: &[Option<&str>]) -> Referral {
    for (order, product) in referral.orders.iter_mut().zip(products) {
        order.product = product.map(str::to_owned);
    }
    referral
}

#[test]
fn products_earn_differently() {
    let sales = [(1, 30_000, 0); 5];
    let products = [
        Some("kiosk"),
        Some("pos"),
        Some("payroll"),
        Some("mugs"),
        None,
    ];
    let account = customer(vec![of_products(sold("ana", &sales), &products)]);
    assert_eq!(
        owed(&example("by-product"), &account),
        [
            "by-product advocate ana/o1 USD credit 5000 due 1",
            "by-product advocate ana/o2 USD credit 20000 due 1",
            "by-product advocate ana/o3 USD credit 1500 due 1",
        ]
    );
}

#[test]
fn a_win_is_of_a_product_as_long_as_one_such_order_stands() {
    let rules = rule(
        r#""when": "won", "only": {"products": ["pos"]},
        "pay": {"fixed": {"amount": 5, "unit": "USD", "form": "cash"}}"#,
    );
    let owes = |sales: &[(i64, i64, i64)], products: &[Option<&str>]| {
        let referral = Referral {
            won_at: Some(1),
            ..of_products(sold("ana", sales), products)
        };
        owed(&rules, &customer(vec![referral])).len()
    };
    assert_eq!(owes(&[], &[]), 0);
    assert_eq!(owes(&[(1, 1, 0)], &[None]), 0);
    assert_eq!(
        owes(&[(1, 1, 0), (2, 1, 0)], &[Some("mugs"), Some("pos")]),
        1
    );
    assert_eq!(
        owes(&[(1, 1, 0), (2, 1, 1)], &[Some("mugs"), Some("pos")]),
        0
    );
}

#[test]
fn a_win_is_undone_when_all_of_it_is_refunded() {
    let rules = example("both-sides");
    let owes = |sales: &[(i64, i64, i64)], won_at: Option<i64>| {
        let referral = Referral {
            won_at,
            ..sold("ana", sales)
        };
        owed(&rules, &customer(vec![referral])).len()
    };
    assert_eq!(owes(&[], Some(1)), 2, "sales are not told here");
    assert_eq!(owes(&[(1, 100, 0)], None), 0, "a sale alone is no win");
    assert_eq!(owes(&[(1, 100, 99)], Some(1)), 2);
    assert_eq!(owes(&[(1, 100, 100)], Some(1)), 0);
    assert_eq!(owes(&[(1, 100, 100), (2, 1, 0)], Some(1)), 2);
    assert_eq!(owes(&[(1, 0, 0)], Some(1)), 0);
}

#[test]
fn a_meeting_earns_and_the_win_earns_more() {
    let rules = example("meeting-and-won");
    let mut referral = Referral {
        channel: Channel::Verbal,
        meeting_at: Some(2 * DAY),
        ..lead("ana")
    };
    let meeting = "meeting advocate ana USD gift_card 2500 due 2";
    let rep = "rep-introduction owner:17 ana USD cash 1000 due 2";
    assert_eq!(owed(&rules, &customer(vec![referral.clone()])), [meeting]);
    referral.owner = Some(17);
    assert_eq!(
        owed(&rules, &customer(vec![referral.clone()])),
        [meeting, rep]
    );
    referral.won_at = Some(9 * DAY);
    assert_eq!(
        owed(&rules, &customer(vec![referral])),
        [meeting, rep, "won advocate ana USD gift_card 7500 due 23"]
    );
}

#[test]
fn every_stage_has_its_rules() {
    for (when, day) in [
        ("accepted", 1),
        ("meeting", 2),
        ("opportunity", 3),
        ("won", 4),
    ] {
        let rules = rule(&format!(
            r#""when": "{when}", "pay": {{"fixed": {{"amount": 5, "unit": "USD", "form": "discount"}}}}"#
        ));
        let referral = Referral {
            accepted_at: Some(DAY),
            meeting_at: Some(2 * DAY),
            opportunity_at: Some(3 * DAY),
            won_at: Some(4 * DAY),
            ..lead("ana")
        };
        assert_eq!(
            owed(&rules, &customer(vec![referral])),
            [format!("r advocate ana USD discount 5 due {day}")]
        );
        assert_eq!(owed(&rules, &customer(vec![lead("ana")])), NONE);
    }
}

#[test]
fn approval_is_automatic_unless_a_person_is_asked_for() {
    use crate::domain::reward::Approval::{Automatic, Manual};
    let account = Account {
        kind: AdvocateKind::Employee,
        segment: None,
        referrals: vec![won("ana", 1)],
    };
    for (example_name, approval) in [("by-kind", Manual), ("by-segment", Automatic)] {
        let owed = entitlements(&account, &only_version(example(example_name))).unwrap();
        assert!(owed.iter().all(|owed| owed.approval == approval));
        assert_eq!(owed.len(), 1);
    }
}

#[test]
fn the_order_of_rules_decides_nothing_but_the_first_override_that_fits_counts() {
    let text = |first: &str, second: &str| {
        rule(&format!(
            r#""when": "won", "pay": {{"fixed": {{"amount": 1, "unit": "USD", "form": "cash"}}}},
            "instead": [{first}, {second}]"#
        ))
    };
    let two = r#"{"only": {"kinds": ["customer", "partner"]}, "pay": {"fixed": {"amount": 2, "unit": "USD", "form": "cash"}}}"#;
    let three = r#"{"only": {"channels": ["link"]}, "pay": {"fixed": {"amount": 3, "unit": "EUR", "form": "cash"}}}"#;
    let account = customer(vec![won("ana", 1)]);
    assert_eq!(
        owed(&text(two, three), &account),
        ["r advocate ana USD cash 2 due 1"]
    );
    assert_eq!(
        owed(&text(three, two), &account),
        ["r advocate ana EUR cash 3 due 1"]
    );
}

#[test]
fn what_64_bits_do_not_hold_is_an_error() {
    let overflow = Err(Fault::Overflow(Overflow));
    let held = |days: u32| {
        only_version(rule(&format!(
            r#""when": "won", "hold_days": {days},
            "pay": {{"fixed": {{"amount": 1, "unit": "USD", "form": "cash"}}}}"#
        )))
    };
    let last = Referral {
        won_at: Some(i64::MAX),
        ..lead("ana")
    };
    let first = Referral {
        won_at: Some(i64::MIN),
        ..lead("ana")
    };
    assert_eq!(
        entitlements(&customer(vec![last.clone()]), &held(1)),
        overflow
    );
    assert_eq!(
        entitlements(&customer(vec![last]), &held(0)).unwrap().len(),
        1
    );
    assert_eq!(
        entitlements(&customer(vec![first]), &held(365))
            .unwrap()
            .len(),
        1
    );

    let share = |cap: &str, basis_points: u32| {
        only_version(rule(&format!(
            r#""when": "sale", {cap}
            "pay": {{"percent": {{"basis_points": {basis_points}, "currency": "USD", "form": "cash"}}}}"#
        )))
    };
    let whole = share("", 10_000);
    let great = customer(vec![sold("ana", &[(1, i64::MAX, 0)])]);
    assert_eq!(entitlements(&great, &whole).unwrap()[0].amount, i64::MAX);
    assert_eq!(
        entitlements(&great, &share("", 1)).unwrap()[0].amount,
        922_337_203_685_477
    );
    let twice = customer(vec![sold("ana", &[(1, i64::MAX, 0), (2, 1, 0)])]);
    assert_eq!(entitlements(&twice, &whole), overflow);
    let capped = share(r#""cap": {"amount": 5, "per": "advocate"},"#, 10_000);
    assert_eq!(entitlements(&twice, &capped).unwrap().len(), 1);
    let less_than_nothing = customer(vec![sold("ana", &[(1, i64::MAX, i64::MIN)])]);
    assert_eq!(entitlements(&less_than_nothing, &whole), overflow);
    let minus = customer(vec![sold("ana", &[(1, i64::MIN, 1)])]);
    assert_eq!(entitlements(&minus, &whole), overflow);
    let none = customer(vec![sold("ana", &[(1, -5, 0), (2, 0, i64::MAX)])]);
    assert_eq!(entitlements(&none, &whole), Ok(Vec::new()));
}

#[test]
fn nothing_comes_of_nothing() {
    assert_eq!(
        owed(&Rules::default(), &customer(vec![won("ana", 1)])),
        NONE
    );
    assert_eq!(owed(&example("both-sides"), &customer(Vec::new())), NONE);
    let order = Order {
        id: "o".to_owned(),
        product: None,
        currency: usd(),
        amount: 1,
        refunded: 0,
        at: 0,
    };
    let referral = Referral {
        orders: vec![order],
        ..lead("ana")
    };
    assert_eq!(
        owed(&example("revenue-share"), &customer(vec![referral])),
        NONE
    );
}
