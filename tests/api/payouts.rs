//! `/v1/payouts`: what is issued, paid, returned, and netted.

use goodword::domain::channel::Medium;
use http::Method;
use serde_json::{Value, json};

use crate::{
    closed_loop::{BOTH_SIDES, House, SHARE, line},
    harness::{ADMIN, at_once},
};

/// $100 to the advocate for a win, in a form.
fn won_in(form: &str, unit: &str, amount: i64) -> String {
    json!({"rules": [{"id": "won", "who": "advocate", "when": "won",
        "pay": {"fixed": {"amount": amount, "unit": unit, "form": form}}}]})
    .to_string()
}

/// A house where Maya's lead has bought, so that both sides can be paid.
fn sold() -> House {
    let house = House::under(BOTH_SIDES);
    let sam = house.lead("sam@example.org");
    house.sell(&sam, "o-1", 50_000);
    house
}

#[test]
fn nothing_to_pay_is_a_conflict_and_writes_nothing() {
    let house = House::under(SHARE);
    let sam = house.lead("sam@example.org");
    house.sell(&sam, "o-1", 50_000);
    let before = house.ledger();
    house.ask_to_issue().problem(409);
    assert_eq!(house.ledger(), before);
    assert_eq!(house.api.column("SELECT id FROM payouts"), [""; 0]);
    let none = json!({"program": "nowhere"});
    assert_eq!(house.api.post("/v1/payouts", &none).field().0, "program");
}

#[test]
fn two_who_issue_at_once_issue_once() {
    let house = sold();
    // Both calls are under way, a poll each in turn.
    let ask = || {
        let ask = house.api.request(Method::POST, "/v1/payouts");
        ask.key(ADMIN).json(&json!({"program": "customers"}))
    };
    let mut statuses: Vec<u16> = at_once(vec![ask(), ask(), ask()])
        .iter()
        .map(|answer| answer.status.as_u16())
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409]);
    assert_eq!(house.api.column("SELECT id FROM payouts").len(), 1);
    assert_eq!(
        house
            .api
            .column("SELECT CAST(sum(issued) AS TEXT) FROM ledger"),
        ["20000"]
    );
}

#[test]
fn an_idempotency_key_issues_once() {
    let house = sold();
    let ask = || {
        house
            .api
            .request(Method::POST, "/v1/payouts")
            .key(ADMIN)
            .header("idempotency-key", "november")
            .json(&json!({"program": "customers"}))
            .send()
    };
    let first = ask().expect(201);
    let again = ask();
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.expect(201), first);
    assert_eq!(house.api.column("SELECT id FROM payouts").len(), 1);
}

#[test]
fn what_came_back_can_be_paid_again() {
    let house = sold();
    let first = house.issue();
    let report = json!({"reference": "SEPA-1", "lines": [1],
        "returned": [{"line": 2, "reason": "account closed"}]});
    house.report(&first, &report).expect(200);
    let settled = house.ledger();
    // Said again, or otherwise, it changes nothing.
    house.report(&first, &report).expect(200);
    house
        .report(&first, &json!({"reference": "SEPA-2"}))
        .expect(200);
    assert_eq!(house.ledger(), settled);
    assert_eq!(
        house.lines(&first),
        [
            "1 advocate 100.00 USD credit paid",
            "2 prospect 100.00 USD credit returned"
        ]
    );
    let second = house.issue();
    assert_eq!(
        house.lines(&second),
        ["1 prospect 100.00 USD credit issued"]
    );
    house
        .report(&second, &json!({"reference": "SEPA-3"}))
        .expect(200);
    assert_eq!(
        house.rewards(),
        [
            "advocate 10000 USD credit paid 0",
            "prospect 10000 USD credit paid 0"
        ]
    );
}

#[test]
fn a_line_that_is_named_twice_comes_back_once() {
    let house = sold();
    let payout = house.issue();
    let twice = json!({"reference": "SEPA-1", "returned": [
        {"line": 1, "reason": "account closed"}, {"line": 1, "reason": "no such account"}]});
    let before = house.ledger();
    let refused = house.report(&payout, &twice);
    assert_eq!(refused.field().0, "returned[1].line");
    assert_eq!(house.ledger(), before);
    let paid_twice = json!({"reference": "SEPA-1", "lines": [1, 1, 2]});
    house.report(&payout, &paid_twice).expect(200);
    assert_eq!(
        house
            .api
            .column("SELECT CAST(sum(paid) AS TEXT) FROM ledger"),
        ["20000"]
    );
}

#[test]
fn a_payment_can_bounce_after_it_was_said_to_have_arrived() {
    let house = sold();
    let first = house.pay();
    let bounced = json!({"reference": "SEPA-1", "lines": [],
        "returned": [{"line": 1, "reason": "account closed"}]});
    house.report(&first, &bounced).expect(200);
    house.report(&first, &bounced).expect(200);
    assert_eq!(
        house.rewards(),
        [
            "advocate 10000 USD credit approved 10000",
            "prospect 10000 USD credit paid 0"
        ]
    );
    let second = house.pay();
    assert_eq!(house.lines(&second), ["1 advocate 100.00 USD credit paid"]);
    house.ask_to_issue().problem(409);
}

#[test]
fn an_unknown_payout_or_line_is_named() {
    let house = sold();
    let payout = house.issue();
    let before = house.ledger();
    let paid = json!({"reference": "SEPA-1"});
    house.report("po_0", &paid).problem(404);
    house.api.get("/v1/payouts/po_0").problem(404);
    for (lines, returned, field) in [
        (json!([1, 3]), json!([]), "lines[1]"),
        (json!([0]), json!([]), "lines[0]"),
        (json!([4_294_967_295_u32]), json!([]), "lines[0]"),
        (
            json!([1]),
            json!([{"line": 9, "reason": "x"}]),
            "returned[0].line",
        ),
        (json!([1]), json!([{"line": 1, "reason": "x"}]), "lines[0]"),
    ] {
        let report = json!({"reference": "SEPA-1", "lines": lines, "returned": returned});
        assert_eq!(house.report(&payout, &report).field().0, field);
    }
    assert_eq!(house.ledger(), before);
}

#[test]
fn what_is_owed_back_is_taken_off_the_same_persons_same_kind_of_reward() {
    let house = House::under(&won_in("credit", "USD", 10_000));
    let ben = house.advocate("ben", "customer", &json!({}));
    let first = house.lead("p1@example.org");
    house.sell(&first, "o-1", 50_000);
    house.pay();
    house.refund("o-1");
    assert_eq!(house.rewards(), ["advocate 0 USD credit reversed -10000"]);
    house.ask_to_issue().problem(409);

    // Neither another's reward, nor another form or unit of her own, pays for it.
    let bens = house.lead_of(&ben, Medium::Email, "p2@example.com");
    house.sell(&bens, "o-2", 50_000);
    house.rules(&won_in("cash", "USD", 7_000));
    let cash = house.lead("p3@example.net");
    house.sell(&cash, "o-3", 50_000);
    house.rules(&won_in("credit", "EUR", 6_000));
    let euros = house.lead("p4@beispiel.example");
    house.sell(&euros, "o-4", 50_000);
    let payout = house.issue();
    let mut lines = house.lines(&payout);
    for line in &mut lines {
        *line = line.split_once(' ').unwrap().1.to_owned();
    }
    lines.sort();
    assert_eq!(
        lines,
        [
            "advocate 100.00 USD credit issued",
            "advocate 60.00 EUR credit issued",
            "advocate 70.00 USD cash issued",
        ]
    );
    // Her next credit in dollars does; what is more than it stays.
    house.rules(&won_in("credit", "USD", 4_000));
    let next = house.lead("p5@fünf.example");
    house.sell(&next, "o-5", 50_000);
    house.ask_to_issue().problem(409);
    let more = house.lead("p6@sechs.example");
    house.sell(&more, "o-6", 50_000);
    let last = house.lead("p7@sieben.example");
    house.sell(&last, "o-7", 50_000);
    let payout = house.issue();
    assert_eq!(house.lines(&payout), ["1 advocate 20.00 USD credit issued"]);
    // It comes back as a whole, what was netted included.
    let back = json!({"reference": "x", "returned": [{"line": 1, "reason": "no account"}]});
    house.report(&payout, &back).expect(200);
    let again = house.issue();
    assert_eq!(house.lines(&again), ["1 advocate 20.00 USD credit issued"]);
}

#[test]
fn a_csv_has_exact_decimals_and_no_formulas() {
    let house = House::without_rules();
    let rule = |id: &str, unit: &str, form: &str, amount: i64| {
        json!({"id": id, "who": "advocate", "when": "won",
            "pay": {"fixed": {"amount": amount, "unit": unit, "form": form}}})
    };
    let rules = json!({"rules": [
        rule("a", "JPY", "cash", 10_001), rule("b", "KWD", "cash", 10_001),
        rule("c", "USD", "cash", 10_001), rule("d", "USD", "gift_card", 5),
        rule("e", "months", "free_service", 12),
        rule("f", "CLF", "cash", 1_000_000_000_000),
    ]});
    house.rules(&rules.to_string());
    house.change(
        "maya",
        &json!({"name": "=HYPERLINK(\"http://x.example\"), \"Maya\"", "email": "+1@maya.example"}),
    );
    let sam = house.lead("sam@example.org");
    house.step(&sam, &["accepted", "opportunity", "won"]);
    let payout = house.issue();
    let report = json!({"reference": "@SUM(A1)", "lines": [1, 2]});
    house.report(&payout, &report).expect(200);
    let maya = &house.maya;
    let who = format!(
        "advocate,{maya},\"'=HYPERLINK(\"\"http://x.example\"\"), \"\"Maya\"\"\",'+1@maya.example"
    );
    let lines: Vec<String> = [
        "cash,CLF,100000000.0000,1000000000000,paid,'@SUM(A1)",
        "cash,JPY,10001,10001,paid,'@SUM(A1)",
        "cash,KWD,10.001,10001,issued,",
        "cash,USD,100.01,10001,issued,",
        "gift_card,USD,0.05,5,issued,",
        "free_service,months,12,12,issued,",
    ]
    .iter()
    .enumerate()
    .map(|(index, rest)| format!("{},{who},{rest}", index + 1))
    .collect();
    let head = "line,beneficiary,id,name,email,form,unit,amount,minor_units,status,reference";
    assert_eq!(
        house.csv(&payout).lines().collect::<Vec<_>>(),
        [&[head.to_owned()], &lines[..]].concat()
    );
}

#[test]
fn payouts_are_listed_with_their_totals() {
    let house = sold();
    let first = house.pay();
    house.days(1);
    let ada = house.lead("ada@example.com");
    house.sell(&ada, "o-2", 50_000);
    let second = house.issue();
    let page = house
        .api
        .get("/v1/payouts?program=customers&limit=1")
        .expect(200);
    assert_eq!(page["items"][0]["id"], second.as_str());
    assert_eq!(
        page["items"][0]["totals"],
        json!([{"unit": "USD", "form": "credit", "lines": 2, "issued": 20_000, "paid": 0,
            "returned": 0}])
    );
    let cursor = page["next"].as_str().unwrap();
    let next = house
        .api
        .get(&format!(
            "/v1/payouts?program=customers&limit=1&cursor={cursor}"
        ))
        .expect(200);
    assert_eq!(next["items"][0]["id"], first.as_str());
    assert_eq!(next["items"][0]["totals"][0]["paid"], 20_000);
    assert_eq!(next["next"], Value::Null);
}

/// Won leads of Maya's under the rules in force, planted as facts.
fn crowd(house: &House, count: usize) {
    house.api.plant(&format!(
        "INSERT INTO leads (id, program, at, moment, source, stage, won_at, suspected, advocate,
           medium, touch, terms, version, created_at, updated_at, name)
         WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {count})
         SELECT printf('ld_%06d', n), 1, 1, 1, 'server', 'won', 1000 + n, 0, a.number, 0, 'receipt',
           1, 1, 1, 1, 'P' || n
         FROM n, advocates a WHERE a.external_id = 'maya'"
    ));
    house.cron();
}

#[test]
fn a_payout_of_thousands_of_lines_is_issued_and_reported_as_a_whole() {
    let house = House::under(BOTH_SIDES);
    crowd(&house, 3_000);
    let payout = house.issue();
    let report = json!({"reference": "SEPA-1", "lines": (1..=2_000).collect::<Vec<u32>>(),
        "returned": (2_001..=2_200).map(|n| json!({"line": n, "reason": "no account"})).collect::<Vec<_>>()});
    let answer = house.report(&payout, &report).expect(200);
    assert_eq!(answer["lines"].as_array().unwrap().len(), 3_001);
    assert_eq!(
        house.api.column("SELECT count(*) || ' ' || sum(issued) || ' ' || sum(paid) FROM ledger WHERE kind <> 'granted'"),
        [format!("{} {} {}", 6_000 + 6_000 + 3_000 + 1_999 + 200, 60_000_000 - 2_000_000, 30_000_000 + 19_990_000)]
    );
    assert_eq!(house.csv(&payout).lines().count(), 3_002);
}

#[test]
fn a_fact_that_the_ledger_has_not_followed_is_not_paid_for() {
    let house = sold();
    let ben = house.advocate("ben", "customer", &json!({}));
    let other = house.lead_of(&ben, Medium::Email, "ada@example.com");
    house.sell(&other, "o-2", 50_000);
    // A refund whose settlement fails: the facts are there, the ledger is behind.
    house.api.plant(
        "CREATE TRIGGER ledger_is_down BEFORE INSERT ON ledger WHEN NEW.kind = 'reversed'
         BEGIN SELECT raise(ABORT, 'down'); END",
    );
    house.refund("o-1");
    assert_eq!(house.rewards().len(), 4);
    let payout = house.issue();
    assert_eq!(
        house.lines(&payout),
        [
            "1 advocate 100.00 USD credit issued",
            "2 prospect 100.00 USD credit issued"
        ],
        "Ben's and his prospect's alone"
    );
    house.api.plant("DROP TRIGGER ledger_is_down");
    house.ask_to_issue().problem(409);
    let left: Vec<String> = house.list("&state=reversed").iter().map(line).collect();
    assert_eq!(
        left.len(),
        2,
        "a payout settles what calls left before it issues: {left:?}"
    );
}

#[test]
fn a_prospect_is_not_paid_twice_when_the_credit_moves() {
    let house = House::under(BOTH_SIDES);
    let ben = house.advocate("ben", "customer", &json!({}));
    let sam = house.lead("sam@example.org");
    house.sell(&sam, "o-1", 50_000);
    house.pay();
    // Ben's click was later: the credit moves, but Maya's account fails to follow.
    house.api.plant(
        "CREATE TRIGGER ledger_is_down BEFORE INSERT ON ledger WHEN NEW.kind = 'reversed'
         BEGIN SELECT raise(ABORT, 'down'); END",
    );
    house.api.plant(&format!(
        "UPDATE leads SET advocate = (SELECT number FROM advocates WHERE id = '{ben}')"
    ));
    house.api.plant("UPDATE leads SET version = version + 1");
    house.ask_to_issue().problem(409);
    house.api.plant("DROP TRIGGER ledger_is_down");
    let payout = house.issue();
    assert_eq!(
        house.lines(&payout),
        ["1 advocate 100.00 USD credit issued"],
        "Ben's; the prospect has theirs, and Maya owes hers back"
    );
    assert_eq!(house.list(&format!("&advocate={ben}")).len(), 2);
}
