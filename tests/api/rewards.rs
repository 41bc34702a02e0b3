//! `/v1/rewards` and statements: what the rules owe, through the API and to the
//! cent; what is held, approved and taken back.

use goodword::{
    domain::{channel::Medium, link::AdvocateNumber, visitor},
    jobs::settle,
};
use http::Method;
use serde_json::{Value, json};

use crate::{
    closed_loop::{
        BOTH_SIDES, BY_KIND, BY_PRODUCT, BY_SEGMENT, DAY, House, LADDER, MEETING_AND_WON, SHARE,
        line, text,
    },
    harness::{NOW, SALT, Visit, block_on, noted},
};

/// What each sale brings, in its order's words.
fn by_order(house: &House) -> Vec<String> {
    let mut lines: Vec<String> = house
        .list("")
        .iter()
        .filter(|reward| reward["amount"] != 0)
        .map(|reward| format!("{} {}", text(&reward["order_id"]), line(reward)))
        .collect();
    lines.sort();
    lines
}

#[test]
fn both_sides_are_rewarded_once_and_paid_once() {
    let house = House::under(BOTH_SIDES);
    let sam = house.lead("sam@example.org");
    house.sell(&sam, "o-1", 50_000);
    assert_eq!(
        house.rewards(),
        [
            "advocate 10000 USD credit pending 0",
            "prospect 10000 USD credit pending 0"
        ]
    );
    // A second sale is no second win.
    house.sell(&sam, "o-2", 50_000);
    house.cron();
    assert_eq!(
        house.rewards(),
        [
            "advocate 10000 USD credit approved 10000",
            "prospect 10000 USD credit approved 10000"
        ]
    );
    house.pay();
    house.cron();
    assert_eq!(
        house.rewards(),
        [
            "advocate 10000 USD credit paid 0",
            "prospect 10000 USD credit paid 0"
        ]
    );
    house.ask_to_issue().problem(409);
}

#[test]
fn a_refund_takes_back_what_was_not_paid_and_claims_what_was() {
    let house = House::under(BOTH_SIDES);
    let sam = house.lead("sam@example.org");
    house.sell(&sam, "o-1", 50_000);
    let pia = house.lead("pia@example.net");
    house.sell(&pia, "o-2", 50_000);
    // A part of it leaves the sale standing.
    house.refund_some("o-2", "r-2a", Some(49_999));
    assert_eq!(house.rewards().len(), 4);
    house.refund_some("o-2", "r-2b", None);
    assert_eq!(house.rewards().len(), 2);
    let payout = house.pay();
    assert_eq!(house.lines(&payout).len(), 2);
    house.refund("o-1");
    assert_eq!(
        house.rewards(),
        [
            "advocate 0 USD credit reversed -10000",
            "prospect 0 USD credit reversed -10000"
        ]
    );
    // Two more are won: the first pays what is owed back.
    for (email, order) in [("ada@example.com", "o-3"), ("bob@beispiel.example", "o-4")] {
        let lead = house.lead(email);
        house.sell(&lead, order, 50_000);
    }
    let payout = house.issue();
    let lines = house.lines(&payout);
    assert_eq!(lines[0], "1 advocate 100.00 USD credit issued");
    assert_eq!(lines.len(), 3, "and the two prospects: {lines:?}");
    assert_eq!(house.statement("ext:maya", "")["balances"][0]["payable"], 0);
}

#[test]
fn the_fourth_referral_is_a_year_free_and_a_refund_moves_the_rungs() {
    let house = House::under(LADDER);
    for n in 1..=4 {
        let lead = house.lead(&format!("p{n}@example{n}.org"));
        house.sell(&lead, &format!("o-{n}"), 50_000);
        house.api.wait(1_000);
    }
    let dollars = "advocate 10000 USD credit paid 0";
    let payout = house.pay();
    assert_eq!(
        house.lines(&payout),
        [
            "1 advocate 300.00 USD credit paid",
            "2 advocate 12 months free_service paid"
        ]
    );
    house.refund("o-2");
    assert_eq!(
        house.rewards(),
        [
            "advocate 0 USD credit reversed -10000",
            "advocate 0 months free_service reversed -12",
            dollars,
            dollars,
            "advocate 10000 USD credit pending 0",
        ]
    );
    // The fourth has become a third, which the second has paid for already.
    house.ask_to_issue().problem(409);
    let fifth = house.lead("p5@example5.org");
    house.sell(&fifth, "o-5", 50_000);
    house.ask_to_issue().problem(409);
    assert_eq!(
        house.statement("ext:maya", "")["balances"],
        json!([
            {"unit": "USD", "form": "credit", "earned": 30_000, "held": 0, "pending": 0,
             "payable": 0, "issued": 30_000, "paid": 30_000},
            {"unit": "months", "form": "free_service", "earned": 12, "held": 0, "pending": 0,
             "payable": 0, "issued": 12, "paid": 12},
        ])
    );
}

#[test]
fn a_share_of_revenue_waits_thirty_days_and_ends_at_its_cap() {
    let house = House::under(SHARE);
    let sam = house.lead("sam@example.org");
    house.sell(&sam, "o-0", 9);
    house.sell(&sam, "o-1", 2_000_019);
    house.api.wait(1);
    house.sell(&sam, "o-2", 1_000_000);
    let capped = [
        "o-1 advocate 200001 USD cash pending 0",
        "o-2 advocate 49999 USD cash pending 0",
    ];
    assert_eq!(
        by_order(&house),
        capped,
        "rounded down, and nothing of nine"
    );
    house.refund_some("o-1", "r-1", Some(1_000_000));
    assert_eq!(
        by_order(&house),
        [
            "o-1 advocate 100001 USD cash pending 0",
            "o-2 advocate 100000 USD cash pending 0"
        ]
    );
    // A millisecond before the day, nothing; on the day, all of the first.
    house.api.wait(30 * DAY - 2);
    house.cron();
    house.ask_to_issue().problem(409);
    house.api.wait(1);
    house.cron();
    assert_eq!(
        by_order(&house),
        [
            "o-1 advocate 100001 USD cash approved 100001",
            "o-2 advocate 100000 USD cash pending 0"
        ]
    );
    house.api.wait(1);
    let payout = house.pay();
    assert_eq!(house.lines(&payout), ["1 advocate 2000.01 USD cash paid"]);
    // Another lead has a cap of its own, and another currency is no dollars.
    let pia = house.lead("pia@example.net");
    house.sell(&pia, "o-3", 3_000_000);
    house.sale(&json!({"order_id": "o-4", "amount": 3_000_000, "lead": pia, "currency": "EUR"}));
    assert!(by_order(&house).contains(&"o-3 advocate 250000 USD cash pending 0".to_owned()));
    assert_eq!(by_order(&house).len(), 3);
}

#[test]
fn customers_partners_and_employees_earn_differently() {
    let house = House::under(BY_KIND);
    let partner = house.advocate("paul", "partner", &json!({}));
    let employee = house.advocate("emma", "employee", &json!({}));
    for (advocate, email, order) in [
        (&house.maya, "a@eins.example", "o-1"),
        (&partner, "b@zwei.example", "o-2"),
        (&employee, "c@drei.example", "o-3"),
    ] {
        let lead = house.lead_of(advocate, Medium::Linkedin, email);
        house.sell(&lead, order, 33_333);
    }
    house.cron();
    assert_eq!(
        house.rewards(),
        [
            "advocate 10000 USD credit approved 10000",
            "advocate 25000 USD gift_card pending 0",
            "advocate 4999 USD cash pending 0",
        ]
    );
    // What a person has to approve, no time does.
    house.days_later(400);
    let gift = house.reward(&format!("&advocate={employee}"));
    assert_eq!(house.list("&state=pending").len(), 1);
    assert_eq!(
        house.decide(&gift, "approve").expect(200)["payable"],
        25_000
    );
    let again = house.decide(&gift, "approve").expect(200);
    assert_eq!(again["entries"].as_array().unwrap().len(), 2, "{again:#}");
}

#[test]
fn who_changes_kind_or_segment_is_rewarded_anew_at_once() {
    let house = House::under(BY_KIND);
    let sam = house.lead("sam@example.org");
    house.sell(&sam, "o-1", 33_333);
    house.pay();
    house.change("maya", &json!({"kind": "partner"}));
    assert_eq!(
        house.rewards(),
        [
            "advocate 0 USD credit reversed -10000",
            "advocate 4999 USD cash pending 0",
        ]
    );
    house.change("maya", &json!({"kind": "customer"}));
    assert_eq!(house.rewards(), ["advocate 10000 USD credit paid 0"]);

    let house = House::under(BY_SEGMENT);
    let sam = house.lead("sam@example.org");
    house.sell(&sam, "o-1", 33_333);
    let spoken = house.lead_of(&house.maya, Medium::InPerson, "pia@example.net");
    house.sell(&spoken, "o-2", 33_333);
    for (segment, first, second) in [
        (
            "silver",
            "advocate 20000 USD credit pending 0",
            "advocate 20000 USD credit pending 0",
        ),
        (
            "gold",
            "advocate 20000 USD credit pending 0",
            "advocate 30000 USD cash pending 0",
        ),
        (
            "",
            "advocate 10000 USD credit pending 0",
            "advocate 10000 USD credit pending 0",
        ),
    ] {
        house.change("maya", &json!({"segment": segment}));
        assert_eq!(house.rewards(), [first, second], "{segment}");
    }
}

#[test]
fn products_earn_differently_under_one_cap() {
    let house = House::under(BY_PRODUCT);
    let sam = house.lead("sam@example.org");
    for (order, product, amount) in [
        ("o-1", json!("pos"), 99),
        ("o-2", json!("payroll"), 1_234_567),
        ("o-3", json!("kiosk"), 99),
        ("o-4", json!("other"), 9_999_999),
        ("o-5", Value::Null, 9_999_999),
        ("o-6", json!("payroll"), 9_999_999),
    ] {
        let mut sale = json!({"order_id": order, "amount": amount, "lead": sam});
        if product.is_string() {
            sale["product"] = product;
        }
        house.sale(&sale);
        house.api.wait(1);
    }
    assert_eq!(
        by_order(&house),
        [
            "o-1 advocate 20000 USD credit pending 0",
            "o-2 advocate 61728 USD credit pending 0",
            "o-3 advocate 5000 USD credit pending 0",
            "o-6 advocate 13272 USD credit pending 0"
        ]
    );
}

#[test]
fn a_meeting_earns_and_the_win_earns_more_and_the_rep_a_finders_fee() {
    let house = House::under(MEETING_AND_WON);
    let sam = house.lead_of(&house.maya, Medium::InPerson, "sam@example.org");
    house.hand_over(&sam, "lea");
    house.step(&sam, &["accepted"]);
    assert_eq!(house.rewards(), [""; 0]);
    house.step(&sam, &["meeting"]);
    house.step(&sam, &["opportunity", "won"]);
    house.cron();
    assert_eq!(
        house.rewards(),
        [
            "advocate 2500 USD gift_card approved 2500",
            "advocate 7500 USD gift_card pending 0",
            "owner 1000 USD cash pending 0"
        ]
    );
    // By e-mail there is no fee.
    let pia = house.lead("pia@example.net");
    house.hand_over(&pia, "lea");
    house.step(&pia, &["accepted", "meeting"]);
    assert_eq!(house.list(&format!("&lead={pia}")).len(), 1);
    house.days_later(14);
    let payout = house.pay();
    assert_eq!(
        house.lines(&payout),
        ["1 advocate 125.00 USD gift_card paid"]
    );
}

#[test]
fn the_rep_who_owns_a_lead_is_rewarded_before_and_after_payment() {
    let house = House::under(
        r#"{"rules": [{"id": "rep", "who": "owner", "when": "meeting",
            "pay": {"fixed": {"amount": 1000, "unit": "USD", "form": "cash"}}}]}"#,
    );
    let sam = house.lead("sam@example.org");
    house.step(&sam, &["accepted", "meeting"]);
    assert_eq!(house.rewards(), [""; 0], "nobody's, as nobody owns it");
    house.hand_over(&sam, "lea");
    house.hand_over(&sam, "jo");
    let reps = |house: &House| {
        let mut lines: Vec<String> = house
            .list("")
            .iter()
            .map(|reward| format!("{} {}", text(&reward["rep"]), line(reward)))
            .collect();
        lines.sort();
        lines
    };
    assert_eq!(
        reps(&house),
        [
            "jo owner 1000 USD cash pending 0",
            "lea owner 0 USD cash reversed 0"
        ]
    );
    let payout = house.pay();
    let lines = house.api.get(&format!("/v1/payouts/{payout}")).expect(200);
    assert_eq!(lines["lines"][0]["id"], "jo");
    house.hand_over(&sam, "lea");
    let payout = house.pay();
    let lines = house.api.get(&format!("/v1/payouts/{payout}")).expect(200);
    assert_eq!(lines["lines"][0]["id"], "lea");
    assert_eq!(
        reps(&house),
        [
            "jo owner 0 USD cash reversed -1000",
            "lea owner 1000 USD cash paid 0"
        ]
    );
    // Handed back, each has what is theirs, and Lea owes hers.
    house.hand_over(&sam, "jo");
    house.ask_to_issue().problem(409);
    assert_eq!(
        reps(&house),
        [
            "jo owner 1000 USD cash paid 0",
            "lea owner 0 USD cash reversed -1000"
        ]
    );
}

#[test]
fn credit_that_moves_after_payment_is_paid_to_one_and_claimed_from_the_other() {
    let house = House::under(BOTH_SIDES);
    let ben = house.advocate("ben", "customer", &json!({}));
    let sam = house.lead("sam@example.org");
    house.step(&sam, &["accepted", "opportunity", "won"]);
    house.pay();
    // Ben had told him first, on the telephone, before he clicked.
    let code = house
        .api
        .post(
            "/v1/codes",
            &json!({"program": "customers", "advocate": ben, "medium": "phone"}),
        )
        .expect(201);
    let again = json!({"program": "customers", "prospect": {"email": "sam@example.org"},
        "code": code["code"]});
    let joined = house.api.post("/v1/leads", &again).expect(200);
    assert_eq!(joined["advocate"], ben.as_str(), "{joined:#}");
    let of = |advocate: &str| {
        let mut lines: Vec<String> = house
            .list(&format!("&advocate={advocate}"))
            .iter()
            .map(line)
            .collect();
        lines.sort();
        lines
    };
    assert_eq!(
        of("ext:maya"),
        [
            "advocate 0 USD credit reversed -10000",
            "prospect 0 USD credit reversed -10000"
        ]
    );
    let payout = house.pay();
    assert_eq!(
        house.lines(&payout),
        ["1 advocate 100.00 USD credit paid"],
        "Sam has his already"
    );
    assert_eq!(
        of("ext:ben"),
        [
            "advocate 10000 USD credit paid 0",
            "prospect 10000 USD credit approved 10000"
        ]
    );
    let maya = &house.statement("ext:maya", "")["balances"][0];
    assert_eq!(
        (&maya["earned"], &maya["payable"]),
        (&json!(0), &json!(-10_000))
    );
}

#[test]
fn each_fraud_rule_holds_and_none_denies() {
    let house = House::under(BOTH_SIDES);
    house.change("maya", &json!({"email": "maya@smallco.example"}));
    let held = |lead: &str| -> Vec<Value> {
        house
            .list(&format!("&state=held&lead={lead}"))
            .iter()
            .map(|reward| reward["holds"].clone())
            .collect()
    };
    let won = |email: &str| {
        let lead = house.lead(email);
        house.step(&lead, &["accepted", "opportunity", "won"]);
        lead
    };
    for (email, rule) in [
        ("Maya+2@SmallCo.example", "same_email"),
        ("otto@SMALLCO.example", "same_domain"),
        ("x@mailinator.com", "disposable_mail"),
        ("x@a.b.mailinator.com", "disposable_mail"),
    ] {
        let lead = won(email);
        assert_eq!(held(&lead), [json!([rule]), json!([rule])], "{email}");
    }
    // Whoever bought before they were referred.
    let before = json!({"order_id": "o-0", "amount": 100, "email": "old@kunde.example",
        "at": "2026-10-01T00:00:00Z"});
    house.sale(&before);
    let lead = won("old@kunde.example");
    assert_eq!(held(&lead)[0], json!(["existing_customer"]));
    // At a provider for everybody, nobody is a colleague.
    house.change("maya", &json!({"email": "maya.m@gmail.com"}));
    let free = won("otto@gmail.com");
    assert_eq!(held(&free), [] as [Value; 0]);
    let own = won("ma.yam+x@googlemail.com");
    assert_eq!(held(&own)[0], json!(["same_email"]));
    // Nothing of all that is lost, and only what is not held is paid.
    assert_eq!(house.list("").len(), 14);
    let payout = house.issue();
    assert_eq!(house.lines(&payout).len(), 2);
}

#[test]
fn more_than_twenty_leads_a_day_are_looked_at() {
    let house = House::under(BOTH_SIDES);
    let mut leads = Vec::new();
    for n in 1..=22 {
        leads.push(house.lead(&format!("p@company{n}.example")));
    }
    for lead in &leads {
        house.step(lead, &["accepted", "opportunity", "won"]);
    }
    let held = house.list("&state=held");
    assert_eq!(held.len(), 4, "both sides of the last two");
    assert!(
        held.iter()
            .all(|reward| reward["holds"] == json!(["velocity"]))
    );
    house.days(2);
    let later = house.lead("p@company99.example");
    house.step(&later, &["accepted", "opportunity", "won"]);
    assert_eq!(house.list("&state=held").len(), 4);
}

/// What a form that a machine filled in makes: a lead of Maya's that is set aside.
fn trapped(house: &House, email: &str) -> String {
    let receipt = house.api.receipt(&house.maya, Medium::Email, NOW - 60_000);
    let form = json!({"program": "customers", "prospect": {"email": email},
        "receipts": [receipt], "website": "https://spam.example"});
    let ask = house.api.request(Method::POST, "/v1/public/leads");
    ask.json(&form).send().expect(202);
    let sql = format!("SELECT id FROM leads WHERE email = '{email}'");
    house.api.column(&sql).remove(0)
}

#[test]
fn a_form_that_a_machine_filled_in_is_held_once_somebody_takes_it_on_or_buys() {
    let house = House::under(BOTH_SIDES);
    let taken_on = trapped(&house, "sam@example.org");
    house.step(&taken_on, &["accepted", "opportunity", "won"]);
    // Machines buy nothing: a browser had filled in the field. There is no stage
    // after won by which a person could take it on.
    let bought = trapped(&house, "pia@example.net");
    assert_eq!(house.list("").len(), 2);
    house.sell(&bought, "o-1", 50_000);
    // The same, where the sale was there first.
    house.sale(
        &json!({"order_id": "o-2", "amount": 100, "email": "ada@example.com",
        "at": "2026-11-22T09:59:30Z"}),
    );
    let waited = trapped(&house, "ada@example.com");
    for lead in [taken_on, bought, waited] {
        let held = house.list(&format!("&lead={lead}&state=held"));
        assert_eq!(held.len(), 2, "{lead}");
        assert_eq!(held[0]["holds"], json!(["honeypot"]));
    }
}

#[test]
fn who_follows_their_own_link_is_held() {
    let house = House::under(BOTH_SIDES);
    let agent = "Mozilla/5.0 (of Maya)";
    let share = json!({"program": "customers", "advocate": "ext:maya", "kind": "intent",
        "channel": "email", "event_id": "share-1",
        "visitor": {"address": "192.0.2.7", "user_agent": agent}});
    house.api.post("/v1/shares", &share).expect(201);
    let clicks = house.api.clicks(
        "UTC",
        &[Visit {
            at: NOW - 1_000,
            advocate: AdvocateNumber::from_id(&house.maya).unwrap().0,
            visitor: Some(visitor::hash(&SALT, 1, "192.0.2.7", agent)),
            ..Visit::default()
        }],
    );
    house.api.deliver(&clicks);
    let lead = json!({"program": "customers", "prospect": {"phone": "1"},
        "receipts": [house.api.receipt_of(&clicks[0])]});
    let taken = house.api.post("/v1/leads", &lead).expect(201);
    house.step(&text(&taken["id"]), &["accepted", "opportunity", "won"]);
    let held = house.list("&state=held");
    assert_eq!(held.len(), 2);
    assert_eq!(held[0]["holds"], json!(["same_visitor"]));
}

#[test]
fn who_refers_themselves_is_held_whenever_it_comes_out() {
    let house = House::under(BOTH_SIDES);
    let ben = house.advocate("ben", "customer", &json!({}));
    // Her own click, and Ben's after it: he has the credit, and nothing to hide.
    house.change("maya", &json!({"email": "maya@smallco.example"}));
    let receipts = [
        house.api.receipt(&house.maya, Medium::Email, NOW - 3 * DAY),
        house.api.receipt(&ben, Medium::Email, NOW - DAY),
    ];
    let lead = json!({"program": "customers", "receipts": receipts,
        "prospect": {"email": "maya@smallco.example"}});
    let taken = house.api.post("/v1/leads", &lead).expect(201);
    assert_eq!(
        (&taken["advocate"], &taken["flags"]),
        (&json!(ben), &json!([]))
    );
    // But she had bought before he came: the credit is hers, and held.
    house.sale(
        &json!({"order_id": "o-1", "amount": 100, "lead": taken["id"],
        "at": "2026-11-20T10:00:00Z"}),
    );
    let found = house.list("&advocate=ext:maya");
    assert_eq!(found.len(), 2);
    assert!(
        found
            .iter()
            .all(|reward| reward["holds"] == json!(["same_email"])),
        "{found:#?}"
    );

    // An address that an advocate gives later, or changes to.
    let sam = house.lead_of(&ben, Medium::Email, "ben@example.org");
    house.step(&sam, &["accepted", "opportunity", "won"]);
    house.change("ben", &json!({"email": "Ben+news@example.org"}));
    house.ask_to_issue().problem(409);
    assert_eq!(house.list("&advocate=ext:ben&state=held").len(), 2);
    let lead = house.api.get(&format!("/v1/leads/{sam}")).expect(200);
    assert_eq!(lead["flags"], json!(["same_email"]));
    house.cron();
    let settled = "SELECT CAST(count(*) AS TEXT) FROM accounts WHERE settled < changed";
    assert_eq!(house.api.column(settled), ["0"]);
}

#[test]
fn a_flag_that_comes_late_holds_what_is_not_paid_and_takes_nothing_back() {
    let house = House::under(BOTH_SIDES);
    let flag = |lead: &str, rule: &str| {
        house.api.plant(&format!(
            "INSERT INTO flags VALUES ('{lead}', '{rule}', 'x', {NOW})"
        ));
    };
    let sam = house.lead("sam@example.org");
    house.step(&sam, &["accepted", "opportunity", "won"]);
    house.cron();
    // Approved already: held as soon as cron or a payout looks, and not issued.
    flag(&sam, "same_visitor");
    house.ask_to_issue().problem(409);
    assert_eq!(
        house.rewards(),
        [
            "advocate 10000 USD credit held 0",
            "prospect 10000 USD credit held 0"
        ]
    );
    for reward in house.list("") {
        house.decide(&text(&reward["id"]), "release").expect(200);
    }
    house.pay();
    // Paid already: it is said, and nothing is claimed.
    flag(&sam, "same_email");
    house.cron();
    house.ask_to_issue().problem(409);
    assert_eq!(
        house.rewards(),
        [
            "advocate 10000 USD credit held 0",
            "prospect 10000 USD credit held 0"
        ]
    );
    assert_eq!(house.list("")[0]["paid"], 10_000);
}

#[test]
fn what_was_released_stays_so_until_another_rule_finds_something() {
    let house = House::under(
        r#"{"rules": [{"id": "won", "who": "advocate", "when": "won",
            "pay": {"fixed": {"amount": 10000, "unit": "USD", "form": "credit"}}}]}"#,
    );
    let flag = |lead: &str, rule: &str| {
        house.api.plant(&format!(
            "INSERT INTO flags VALUES ('{lead}', '{rule}', 'x', {NOW})"
        ));
        house.cron();
    };
    let sam = house.lead("sam@example.org");
    house.step(&sam, &["accepted", "opportunity", "won"]);
    house.cron();
    let id = house.reward("");
    // A person's own words are not the rule's.
    assert_eq!(
        house
            .api
            .post(
                &format!("/v1/rewards/{id}/hold"),
                &json!({"why": "velocity"})
            )
            .expect(200)["state"],
        "held"
    );
    house.decide(&id, "hold").expect(200);
    house.decide(&id, "approve").problem(409);
    let released = house.decide(&id, "release").expect(200);
    assert_eq!(
        (&released["state"], &released["holds"]),
        (&json!("approved"), &json!([]))
    );
    flag(&sam, "velocity");
    let held = house.api.get(&format!("/v1/rewards/{id}")).expect(200);
    assert_eq!(
        (&held["state"], &held["holds"]),
        (&json!("held"), &json!(["velocity"]))
    );
    house.decide(&id, "release").expect(200);
    // Whatever moves the account, the same finding holds it no more.
    house.sell(&sam, "o-1", 100);
    assert_eq!(
        house.rewards(),
        ["advocate 10000 USD credit approved 10000"]
    );
    flag(&sam, "same_visitor");
    assert_eq!(house.rewards(), ["advocate 10000 USD credit held 0"]);
    house.decide(&id, "release").expect(200);
    house.issue();
    for act in ["hold", "approve", "release"] {
        let before = house.ledger();
        let answer = house.decide(&id, act);
        if act == "hold" {
            answer.problem(409);
        } else {
            answer.expect(200);
        }
        assert_eq!(house.ledger(), before, "{act}");
    }
    // A finding after the money went holds nothing that is left, and claims nothing.
    flag(&sam, "same_email");
    let balance = house.statement("ext:maya", "")["balances"][0].clone();
    assert_eq!(
        balance,
        json!({"unit": "USD", "form": "credit", "earned": 10_000, "held": 0, "pending": 0,
            "payable": 0, "issued": 10_000, "paid": 0})
    );
    // The refund is claimed back, held or not.
    house.refund("o-1");
    assert_eq!(house.rewards(), ["advocate 0 USD credit held -10000"]);
}

#[test]
fn nothing_is_approved_before_its_day_nor_when_it_is_nothing_any_more() {
    let house = House::under(SHARE);
    let sam = house.lead("sam@example.org");
    house.sell(&sam, "o-1", 50_000);
    let id = house.reward("");
    let before = house.ledger();
    let problem = house.decide(&id, "approve").problem(409);
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("2026-12-22T10:00:00.000Z"), "{detail}");
    house.refund("o-1");
    for act in ["approve", "hold"] {
        house.decide(&id, act).problem(409);
    }
    assert_eq!(house.ledger().len(), before.len() + 1);
    house.decide("rw_0", "approve").problem(404);
    house.api.get("/v1/rewards/rw_0").problem(404);
    for body in [
        json!({}),
        json!({"why": ""}),
        json!({"why": "x", "more": 1}),
    ] {
        house
            .api
            .post(&format!("/v1/rewards/{id}/approve"), &body)
            .problem(422);
    }
}

#[test]
fn time_approves_on_the_day_however_long_ago_that_was() {
    let house = House::under(SHARE);
    let sam = house.lead("sam@example.org");
    // Reported half a year late: due, but on a day that is long past.
    house.days(200);
    house.sale(&json!({"order_id": "o-1", "amount": 3_000_000, "lead": sam,
        "at": "2026-11-23T00:00:00Z"}));
    house.sale(&json!({"order_id": "o-2", "amount": 1_000_000, "lead": sam,
        "at": "2026-11-24T00:00:00Z"}));
    house.cron();
    assert_eq!(
        by_order(&house),
        ["o-1 advocate 250000 USD cash approved 250000"]
    );
    // A late refund makes room under the cap for what was due long ago.
    house.days_later(100);
    house.refund_some("o-1", "r-1", Some(2_000_000));
    house.cron();
    assert_eq!(
        by_order(&house),
        [
            "o-1 advocate 100000 USD cash approved 100000",
            "o-2 advocate 100000 USD cash approved 100000"
        ]
    );
    let approved = house
        .api
        .column("SELECT CAST(count(*) AS TEXT) FROM ledger WHERE kind = 'approved'");
    house.cron();
    assert_eq!(approved, ["2"]);
}

#[test]
fn one_decision_moves_no_other_reward() {
    let house = House::under(BOTH_SIDES);
    for n in 1..=2 {
        let lead = house.lead(&format!("p{n}@example{n}.org"));
        house.step(&lead, &["accepted", "opportunity", "won"]);
    }
    let ids: Vec<String> = house
        .list("")
        .iter()
        .map(|reward| text(&reward["id"]))
        .collect();
    let before = house.ledger().len();
    house.decide(&ids[0], "approve").expect(200);
    assert_eq!(house.ledger().len(), before + 1);
    house.decide(&ids[1], "hold").expect(200);
    assert_eq!(house.ledger().len(), before + 2);
    house.decide(&ids[1], "release").expect(200);
    assert_eq!(
        house.ledger().len(),
        before + 4,
        "released, and approved by time"
    );
}

#[test]
fn rewards_are_listed_by_whatever_they_are_asked_for() {
    let house = House::under(BOTH_SIDES);
    let ben = house.advocate("ben", "customer", &json!({}));
    let mut leads = Vec::new();
    for n in 0..6 {
        let advocate = if n % 2 == 0 { &house.maya } else { &ben };
        let lead = house.lead_of(advocate, Medium::Email, &format!("p{n}@example{n}.org"));
        house.step(&lead, &["accepted", "opportunity", "won"]);
        house.api.wait(1_000);
        leads.push(lead);
    }
    house.cron();
    house.pay();
    for lead in &leads[..2] {
        let owned = house.list(&format!("&lead={lead}"));
        assert_eq!(owned.len(), 2);
    }
    let last = house.lead("p9@example9.org");
    house.step(&last, &["accepted", "opportunity", "won"]);
    let (maya, first) = (&house.maya, &leads[0]);
    for (query, count) in [
        (String::new(), 14),
        ("&advocate=ext:ben".to_owned(), 6),
        (format!("&advocate={maya}"), 8),
        ("&state=paid".to_owned(), 12),
        ("&state=pending".to_owned(), 2),
        ("&state=held".to_owned(), 0),
        (format!("&state=paid&advocate={maya}"), 6),
        (format!("&state=paid&advocate=ext:ben&lead={first}"), 0),
        (format!("&lead={last}&state=pending"), 2),
        ("&lead=ld_0".to_owned(), 0),
    ] {
        let all = house.list(&query);
        assert_eq!(all.len(), count, "{query}");
        // Page by page, they are the same, the last earned first.
        let mut paged = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/v1/rewards?program=customers&limit=3{query}{cursor}");
            let page = house.api.get(&path).expect(200);
            paged.extend(page["items"].as_array().unwrap().iter().cloned());
            let Some(next) = page["next"].as_str() else {
                break;
            };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(paged, all, "{query}");
        assert!(all.is_sorted_by(|a, b| text(&a["earned_at"]) >= text(&b["earned_at"])));
    }
    let wrong = house.api.get("/v1/rewards?program=customers&state=lost");
    assert_eq!(wrong.field().0, "state");
}

#[test]
fn the_ledger_is_only_added_to() {
    let house = House::under(BOTH_SIDES);
    let sam = house.lead("sam@example.org");
    house.sell(&sam, "o-1", 50_000);
    let before = house.ledger();
    for sql in [
        "UPDATE ledger SET amount = amount + 1",
        "UPDATE ledger SET reason = NULL",
        "DELETE FROM ledger",
        "DELETE FROM ledger WHERE entry = 1",
        "REPLACE INTO ledger (entry, reward, kind, at, by) SELECT 1, reward, kind, at, by FROM ledger",
    ] {
        let statement = goodword::store::Statement {
            sql,
            parameters: Vec::new(),
        };
        let refused = block_on(house.api.db().batch(vec![statement])).unwrap_err();
        assert!(
            refused.to_string().contains("only added to"),
            "{sql}: {refused}"
        );
    }
    assert_eq!(house.ledger(), before);
}

#[test]
fn a_statement_adds_up_wherever_its_rewards_stand() {
    let house = House::under(SHARE);
    let sam = house.lead("sam@example.org");
    let adds_up = || {
        let statement = house.statement("ext:maya", "");
        let balance = statement["balances"][0].clone();
        let sum = |names: &[&str]| -> i64 {
            names
                .iter()
                .map(|name| balance[*name].as_i64().unwrap())
                .sum()
        };
        assert_eq!(
            sum(&["earned"]),
            sum(&["held", "pending", "payable", "issued"]),
            "{balance}"
        );
        for (balance_name, entry_name) in
            [("earned", "amount"), ("issued", "issued"), ("paid", "paid")]
        {
            let entries = statement["entries"].as_array().unwrap();
            let moved: i64 = entries
                .iter()
                .map(|entry| entry[entry_name].as_i64().unwrap())
                .sum();
            assert_eq!(sum(&[balance_name]), moved, "{balance_name}");
        }
        [
            sum(&["held"]),
            sum(&["pending"]),
            sum(&["payable"]),
            sum(&["issued"]),
            sum(&["paid"]),
        ]
    };
    house.sell(&sam, "o-1", 2_000_000);
    assert_eq!(adds_up(), [0, 200_000, 0, 0, 0]);
    house.api.wait(1);
    house.sell(&sam, "o-2", 1_000_000);
    house.days_later(31);
    assert_eq!(adds_up(), [0, 0, 250_000, 0, 0]);
    house.pay();
    assert_eq!(adds_up(), [0, 0, 0, 250_000, 250_000]);
    // Half of what the second was is issued already, the rest is new.
    house.refund_some("o-1", "r-1", Some(1_000_000));
    assert_eq!(adds_up(), [0, 50_000, -100_000, 250_000, 250_000]);
    let second = house
        .list("")
        .into_iter()
        .find(|reward| reward["order_id"] == "o-2")
        .unwrap();
    house.decide(&text(&second["id"]), "hold").expect(200);
    assert_eq!(adds_up(), [50_000, 0, -100_000, 250_000, 250_000]);
    house.decide(&text(&second["id"]), "release").expect(200);
    assert_eq!(adds_up(), [0, 0, -50_000, 250_000, 250_000]);
}

#[test]
fn a_statement_is_walked_page_by_page() {
    let house = House::under(BOTH_SIDES);
    let number = AdvocateNumber::from_id(&house.maya).unwrap().0;
    house.api.plant(&format!(
        "INSERT INTO leads (id, program, at, moment, source, stage, won_at, suspected, advocate,
           medium, touch, terms, version, created_at, updated_at)
         WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1200)
         SELECT 'ld_' || n, 1, 1, 1, 'server', 'won', 1000 + n, 0, {number}, 0, 'receipt', 1, 1, 1, 1
         FROM n"
    ));
    house.cron();
    // All of one and the same millisecond: no time parts them.
    let payout = house.pay();
    assert_eq!(house.lines(&payout).len(), 1_201);
    let mut entries = Vec::new();
    let mut query = String::new();
    loop {
        let page = house.statement("ext:maya", &query);
        let found = page["entries"].as_array().unwrap();
        assert!(found.len() <= 1_000);
        entries.extend(found.iter().map(|entry| entry["entry"].as_i64().unwrap()));
        let Some(next) = page["next"].as_str() else {
            break;
        };
        query = format!("?cursor={next}");
    }
    assert_eq!(entries.len(), 4 * 1_200);
    assert!(entries.is_sorted_by(|a, b| a < b));
    let wrong = house
        .api
        .get("/v1/programs/customers/advocates/ext:maya/statement?cursor=x");
    assert_eq!(wrong.field().0, "cursor");
    let none = house.statement(
        "ext:maya",
        "?from=2026-11-01T00:00:00Z&until=2026-11-02T00:00:00Z",
    );
    assert_eq!(none["entries"], json!([]));
    assert_eq!(none["balances"][0]["paid"], 12_000_000);
}

#[test]
fn a_clock_that_goes_back_hides_no_entry_and_pays_nothing_early() {
    let house = House::under(SHARE);
    let sam = house.lead("sam@example.org");
    house.sell(&sam, "o-1", 50_000);
    house.days_later(30);
    house.issue();
    // Another isolate, whose clock is a second behind.
    house.api.wait(-1_000);
    let entries = |house: &House| {
        house.statement("ext:maya", "")["entries"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(entries(&house), 3);
    house.ask_to_issue().problem(409);
    house.cron();
    house.refund("o-1");
    assert_eq!(entries(&house), 4);
    assert_eq!(house.rewards(), ["advocate 0 USD cash reversed -5000"]);
}

#[test]
fn cron_settles_what_a_call_could_not() {
    let house = House::under(BOTH_SIDES);
    let sam = house.lead("sam@example.org");
    house.api.plant(
        "CREATE TRIGGER ledger_is_down BEFORE INSERT ON ledger
         BEGIN SELECT raise(ABORT, 'D1 is down'); END",
    );
    noted();
    house.sell(&sam, "o-1", 50_000);
    assert_eq!(house.rewards(), [""; 0]);
    let note = noted().join("\n");
    assert!(
        note.contains("an account was not settled; cron will try again"),
        "{note}"
    );
    assert!(block_on(settle::all(house.api.db(), house.api.now())).is_err());
    house.api.plant("DROP TRIGGER ledger_is_down");
    house.cron();
    assert_eq!(house.rewards().len(), 2);
    let once = house.ledger();
    house.cron();
    assert_eq!(house.ledger()[..once.len()], once);
    assert_eq!(
        house.ledger().len(),
        once.len() + 2,
        "approved, and granted no more"
    );
}

/// Advocates each with a won lead, whose accounts are all behind; those of the
/// program's version 9 of the rules cannot be settled.
fn crowd(house: &House, good: usize, poisoned: usize) {
    house.api.plant(&format!(
        "INSERT INTO reward_rules VALUES (1, 9, 'no rules', 1, 'k');
         WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {good} + {poisoned})
         INSERT INTO advocates (program, number, kind, name, status, created_at, updated_at)
         SELECT 1, n, 'customer', 'A', 'active', 1, 1 FROM n;
         INSERT INTO leads (id, program, at, moment, source, stage, won_at, suspected, advocate,
           medium, touch, terms, version, created_at, updated_at)
         SELECT 'ld_' || number, 1, 1, 1, 'server', 'won', 1000, 0, number, 0, 'receipt',
           iif(number > {poisoned}, 1, 9), 1, 1, 1
         FROM advocates WHERE name = 'A'"
    ));
}

#[test]
fn accounts_that_cannot_be_settled_stop_no_others() {
    let house = House::under(BOTH_SIDES);
    crowd(&house, 40, 320);
    let mut last = None;
    for _ in 0..30 {
        last = block_on(settle::all(house.api.db(), house.api.now())).err();
        house.api.wait(300_000);
    }
    let last = last.unwrap().to_string();
    assert!(last.contains("stored rules"), "{last}");
    assert_eq!(house.list("").len(), 80);
    assert_eq!(
        house
            .api
            .column("SELECT CAST(count(*) AS TEXT) FROM accounts WHERE settled < changed"),
        ["320"]
    );
    // They are not paid for; the others are.
    let payout = house.issue();
    assert_eq!(house.lines(&payout).len(), 80);
}

#[test]
fn many_accounts_that_are_behind_are_settled_in_one_run() {
    let house = House::under(BOTH_SIDES);
    crowd(&house, 120, 0);
    house.cron();
    assert_eq!(house.list("").len(), 240);
}

#[test]
fn a_sum_that_is_too_great_is_refused_and_loses_nothing() {
    let house = House::under(BOTH_SIDES);
    let sam = house.lead("sam@example.org");
    house.sell(&sam, "o-1", 50_000);
    // No facts make this; somebody's hands did.
    let most = i64::MAX;
    house.api.plant(&format!(
        "INSERT INTO ledger (reward, kind, amount, at, by)
         SELECT id, 'adjusted', {most} - amount, 1, 'x' FROM rewards"
    ));
    let before = house.ledger();
    let too_much = goodword::store::Statement {
        sql: "INSERT INTO ledger (reward, kind, amount, at, by)
              SELECT id, 'adjusted', 1, 1, 'x' FROM rewards",
        parameters: Vec::new(),
    };
    let refused = block_on(house.api.db().batch(vec![too_much])).unwrap_err();
    assert!(refused.to_string().contains("REAL"), "{refused}");
    assert_eq!(house.ledger(), before);
    let ben = house.advocate("ben", "customer", &json!({}));
    let pia = house.lead_of(&ben, Medium::Email, "pia@example.net");
    house.sell(&pia, "o-2", 50_000);
    assert_eq!(house.list(&format!("&lead={pia}")).len(), 2);
    // What was made up is taken back by the next fact.
    house.sell(&sam, "o-3", 100);
    assert!(
        house
            .list("")
            .iter()
            .all(|reward| reward["amount"] == 10_000)
    );
}

#[test]
fn an_account_of_ten_thousand_leads_is_settled_as_a_whole_and_as_one_fact() {
    let house = House::under(BOTH_SIDES);
    let number = AdvocateNumber::from_id(&house.maya).unwrap().0;
    house.api.plant(&format!(
        "INSERT INTO leads (id, program, at, moment, source, stage, won_at, suspected, advocate,
           medium, touch, terms, version, created_at, updated_at)
         WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 10000)
         SELECT 'ld_' || n, 1, 1, 1, 'server', 'won', 1000 + n, 0, {number}, 0, 'receipt', 1, 1, 1, 1
         FROM n"
    ));
    house.cron();
    assert_eq!(
        house
            .api
            .column("SELECT count(*) || ' ' || sum(amount) FROM rewards"),
        ["20000 200000000"]
    );
    let longest = house.api.longest_parameter();
    assert!(
        longest < 1_000_000,
        "D1 refuses a parameter of 2 MB: {longest}"
    );
}

#[test]
fn an_erasure_after_payment_leaves_every_sum() {
    let house = House::under(BOTH_SIDES);
    house.change("maya", &json!({"email": "maya@smallco.example"}));
    let sam = house.lead("sam@example.org");
    house.sell(&sam, "o-1", 50_000);
    let pia = house.lead("pia@example.net");
    house.sell(&pia, "o-2", 50_000);
    let payout = house.pay();
    house.refund("o-2");
    let (ledger, rewards) = (house.ledger(), house.rewards());
    let (statement, lines) = (house.statement(&house.maya, ""), house.lines(&payout));
    for whom in [
        json!({"email": "sam@example.org"}),
        json!({"program": "customers", "advocate": house.maya}),
    ] {
        house.api.post("/v1/people/erase", &whom).expect(200);
    }
    house.cron();
    assert_eq!(house.ledger(), ledger);
    assert_eq!(house.rewards(), rewards);
    assert_eq!(house.lines(&payout), lines);
    let after = house.statement(&house.maya, "");
    assert_eq!(after["balances"], statement["balances"]);
    assert_eq!(after["entries"], statement["entries"]);
    assert_eq!(after["name"], "Erased");
    let csv = house.csv(&payout);
    assert!(!csv.contains("sam@") && !csv.contains("maya"), "{csv}");
    // What happens to the sale still moves the sums.
    house.refund("o-1");
    assert_eq!(house.rewards().len(), 4);
    assert!(house.rewards().iter().all(|line| line.ends_with("-10000")));
}

#[test]
fn a_stranger_gets_no_word_of_it() {
    let house = House::under(BOTH_SIDES);
    let key = house.api.key(&["leads:write", "leads:read"]);
    for (method, path) in [
        (Method::GET, "/v1/rewards?program=customers"),
        (Method::POST, "/v1/payouts"),
    ] {
        let ask = house.api.request(method, path).key(&key);
        ask.json(&json!({"program": "customers"}))
            .send()
            .problem(403);
    }
    let read = house.api.key(&["rewards:read"]);
    let ask = house.api.request(Method::POST, "/v1/payouts").key(&read);
    ask.json(&json!({"program": "customers"}))
        .send()
        .problem(403);
}
