//! `/v1/programs/{program}/rules`: versions, refusals, and what other rules would
//! have paid.

use goodword::domain::channel::Medium;
use serde_json::{Value, json};

use crate::closed_loop::{
    BOTH_SIDES, BY_KIND, BY_PRODUCT, BY_SEGMENT, House, LADDER, MEETING_AND_WON, RULES, SHARE, text,
};

fn document(rules: &str) -> Value {
    serde_json::from_str(rules).unwrap()
}

/// The fields at fault, in their order.
fn faults(house: &House, rules: &Value) -> Vec<String> {
    let problem = house.api.put(RULES, rules).problem(422);
    // What may not be set may not be tried out either.
    let tried = house.api.post(&format!("{RULES}/dry-run"), rules);
    assert_eq!(tried.problem(422)["errors"], problem["errors"]);
    problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| text(&error["field"]))
        .collect()
}

#[test]
fn before_the_first_rules_nothing_is_there_and_nothing_is_earned() {
    let house = House::without_rules();
    house.api.get(RULES).problem(404);
    let versions = house.api.get(&format!("{RULES}/versions")).expect(200);
    assert_eq!(versions, json!({"items": [], "next": null}));
    let early = house.lead("sam@example.org");
    house.rules(BOTH_SIDES);
    house.sell(&early, "o-1", 50_000);
    house.cron();
    assert_eq!(house.rewards(), [""; 0], "it came under no rules");
    let late = house.lead("pia@example.net");
    house.sell(&late, "o-2", 50_000);
    assert_eq!(house.rewards().len(), 2);
    house.api.get("/v1/programs/nowhere/rules").problem(404);
}

#[test]
fn rules_are_versions_and_leads_keep_theirs() {
    let house = House::under(BOTH_SIDES);
    let early = house.lead("sam@example.org");
    assert_eq!(house.rules(LADDER), 2);
    assert_eq!(house.rules(LADDER), 2, "the same again is no new version");
    // Neither is another spelling of it, nor a former version the same as its first.
    let spaced = document(LADDER).to_string().replace(':', " :\n");
    assert_eq!(house.rules(&spaced), 2);
    assert_eq!(house.rules(BOTH_SIDES), 3);
    assert_eq!(house.rules(SHARE), 4);
    house.sell(&early, "o-1", 50_000);
    assert_eq!(house.list("").len(), 2, "both sides, as when it came");
    assert!(house.list("").iter().all(|reward| reward["terms"] == 1));
    // Who comes again keeps the first terms.
    let again = house.taken(&house.maya, Medium::Email, "sam@example.org");
    again.expect(200);
    assert_eq!(house.list("").len(), 2);

    let versions = house
        .api
        .get(&format!("{RULES}/versions?limit=3"))
        .expect(200);
    let numbers: Vec<i64> = versions["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| version["version"].as_i64().unwrap())
        .collect();
    assert_eq!(numbers, [4, 3, 2]);
    assert_eq!(versions["items"][2]["rules"], document(LADDER)["rules"]);
    let cursor = text(&versions["next"]);
    let rest = house
        .api
        .get(&format!("{RULES}/versions?limit=3&cursor={cursor}"))
        .expect(200);
    assert_eq!(rest["items"][0]["version"], 1);
    assert_eq!(rest["next"], Value::Null);
    let current = house.api.get(RULES).expect(200);
    assert_eq!(current, versions["items"][0]);
    assert_eq!(current["created_by"], "admin");
}

#[test]
fn rules_that_make_no_sense_are_named_and_change_nothing() {
    let house = House::under(BOTH_SIDES);
    let at = |pointer: &str, value: Value| {
        let mut rules = document(LADDER);
        *rules.pointer_mut(pointer).unwrap() = value;
        rules
    };
    for (rules, path) in [
        (json!({}), "rules"),
        (json!({"rules": {}}), "rules"),
        (json!({"rules": [], "more": 1}), "more"),
        (at("/rules/0/id", json!("No Slug")), "rules[0].id"),
        (at("/rules/0/who", json!("anybody")), "rules[0].who"),
        (at("/rules/0/when", json!("lost")), "rules[0].when"),
        (at("/rules/0/pay", json!({})), "rules[0].pay"),
        (
            at("/rules/0/pay/ladder/rungs/0/amount", json!(99.5)),
            "rules[0].pay.ladder.rungs[0].amount",
        ),
        (
            at("/rules/0/pay/ladder/rungs/0/amount", json!("100")),
            "rules[0].pay.ladder.rungs[0].amount",
        ),
        (
            at(
                "/rules/0/pay/ladder/rungs/0/amount",
                json!(1_000_000_000_001_i64),
            ),
            "rules[0].pay.ladder.rungs[0].amount",
        ),
        (
            at("/rules/0/pay/ladder/rungs/0/unit", json!("usd")),
            "rules[0].pay.ladder.rungs[0].unit",
        ),
        (
            at("/rules/0/pay/ladder/rungs/1/amount", json!(121)),
            "rules[0].pay.ladder.rungs[1].amount",
        ),
        (
            at("/rules/0/pay/ladder/rungs/1/form", json!("cash")),
            "rules[0].pay.ladder.rungs[1].form",
        ),
        (
            at("/rules/0/pay/ladder/rungs", json!([])),
            "rules[0].pay.ladder.rungs",
        ),
    ] {
        assert_eq!(faults(&house, &rules), [path], "{rules}");
    }
    let many = json!({"rules": [
        {"id": "a", "who": "advocate", "when": "won", "hold_days": 366,
            "pay": {"percent": {"basis_points": 10_001, "currency": "USD", "form": "cash"}}},
        {"id": "a", "who": "advocate", "when": "meeting", "only": {"products": ["pos"]},
            "pay": {"fixed": {"amount": 1, "unit": "USD", "form": "free_service"}}},
    ]});
    assert_eq!(
        faults(&house, &many),
        [
            "rules[0].pay.percent",
            "rules[0].pay.percent.basis_points",
            "rules[0].hold_days",
            "rules[1].id",
            "rules[1].only.products",
            "rules[1].pay.fixed.form",
        ]
    );
    let rule = json!({"id": "a", "who": "advocate", "when": "won",
        "pay": {"fixed": {"amount": 1, "unit": "USD", "form": "cash"}}});
    assert_eq!(faults(&house, &json!({"rules": vec![rule; 51]})), ["rules"]);
    let text = house
        .api
        .request(http::Method::PUT, RULES)
        .key(crate::harness::ADMIN)
        .body("application/json", "{\"rules\": [")
        .send();
    text.problem(400);
    assert_eq!(house.api.get(RULES).expect(200)["version"], 1);
    assert_eq!(
        house
            .api
            .column("SELECT CAST(count(*) AS TEXT) FROM reward_rules"),
        ["1"]
    );
    let key = house.api.key(&["rewards:write", "programs:read"]);
    let put = house.api.request(http::Method::PUT, RULES).key(&key);
    put.json(&document(SHARE)).send().problem(403);
}

/// What the ledger has by rule, who and unit, as a dry run says it.
fn granted(house: &House) -> Value {
    let lines = house.api.column(
        "SELECT json_group_array(json_object('rule', rule, 'who', beneficiary, 'unit', unit,
           'count', count, 'amount', amount))
         FROM (
           SELECT rule, beneficiary, unit, count(*) AS count, sum(amount) AS amount
           FROM (SELECT r.rule, r.beneficiary, r.unit, sum(l.amount) AS amount
             FROM rewards r JOIN ledger l ON l.reward = r.id GROUP BY r.id HAVING sum(l.amount) > 0)
           GROUP BY 1, 2, 3
           ORDER BY rule, CASE beneficiary WHEN 'advocate' THEN 0 WHEN 'prospect' THEN 1 ELSE 2 END,
             unit = 'months', unit)",
    );
    serde_json::from_str(&lines[0]).unwrap()
}

#[test]
fn a_dry_run_says_what_the_same_rules_granted() {
    for rules in [
        BOTH_SIDES,
        BY_KIND,
        BY_PRODUCT,
        BY_SEGMENT,
        LADDER,
        MEETING_AND_WON,
        SHARE,
    ] {
        let house = House::under(rules);
        let paul = house.advocate(
            "paul",
            "partner",
            &json!({"segment": "gold", "owner": "lea"}),
        );
        let emma = house.advocate("emma", "employee", &json!({"segment": "silver"}));
        let mut n = 0;
        for advocate in [&house.maya, &paul, &emma] {
            for medium in [
                Medium::Email,
                Medium::InPerson,
                Medium::Linkedin,
                Medium::Qr,
                Medium::Copy,
            ] {
                n += 1;
                let lead = house.lead_of(advocate, medium, &format!("p{n}@example{n}.org"));
                house.step(&lead, &["accepted", "meeting"]);
                for (product, amount) in [("pos", 120_000), ("payroll", 1_900_000)] {
                    house.sale(&json!({"order_id": format!("{product}-{n}"), "lead": lead,
                        "amount": amount + n, "product": product}));
                }
                if n % 4 == 0 {
                    house.refund(&format!("pos-{n}"));
                    house.refund_some(&format!("payroll-{n}"), &format!("x-{n}"), Some(1_000));
                }
                house.api.wait(60_000);
            }
        }
        let before = house.ledger();
        let dry = house
            .api
            .post(&format!("{RULES}/dry-run?days=1"), &document(rules));
        let dry = dry.expect(200);
        assert_eq!(dry["accounts"], 3);
        assert_eq!(dry["rewards"], granted(&house), "{rules}");
        assert_eq!(house.ledger(), before);
        assert_eq!(house.api.get(RULES).expect(200)["version"], 1);
    }
}

#[test]
fn a_dry_run_is_of_some_days_and_counts_places_from_the_first() {
    let house = House::under(BOTH_SIDES);
    for n in 1..=4 {
        let lead = house.lead(&format!("p{n}@example{n}.org"));
        house.sell(&lead, &format!("o-{n}"), 50_000);
        house.days(10);
    }
    let dry = |query: &str| {
        let path = format!("{RULES}/dry-run{query}");
        house.api.post(&path, &document(LADDER))
    };
    let month = json!({"rule": "three-then-a-year", "who": "advocate", "unit": "months",
        "count": 1, "amount": 12});
    let dollars = |count: i64| {
        json!({"rule": "three-then-a-year", "who": "advocate", "unit": "USD",
            "count": count, "amount": 10_000 * count})
    };
    assert_eq!(dry("?days=10").expect(200)["rewards"], json!([month]));
    assert_eq!(
        dry("?days=20").expect(200)["rewards"],
        json!([dollars(1), month])
    );
    let ninety = dry("").expect(200);
    assert_eq!(ninety["days"], 90);
    assert_eq!(ninety["rewards"], json!([dollars(3), month]));
    assert_eq!(dry("?days=9").expect(200)["rewards"], json!([]));
    assert_eq!(dry("?days=1100").expect(200)["rewards"], ninety["rewards"]);
    for days in ["0", "1101", "-1", "x", "1.5", "99999999999"] {
        assert_eq!(dry(&format!("?days={days}")).field().0, "days", "{days}");
    }
    house
        .api
        .post("/v1/programs/nowhere/rules/dry-run", &document(LADDER))
        .problem(404);
}

#[test]
fn a_dry_run_over_a_thousand_leads_of_many_advocates_adds_up() {
    let house = House::without_rules();
    house.api.plant(
        "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1000)
         INSERT INTO advocates (program, number, kind, name, status, created_at, updated_at)
         SELECT 1, n, 'customer', 'A', 'active', 1, 1 FROM n WHERE n <= 450;
         WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1000)
         INSERT INTO leads (id, program, at, moment, source, stage, won_at, suspected, advocate,
           medium, touch, terms, version, created_at, updated_at)
         SELECT 'ld_' || n, 1, 1, 1, 'server', 'won', 1795341500000 + n, n = 1000, n % 450 + 1, 0,
           'receipt', 0, 1, 1, 1 FROM n",
    );
    let dry = house
        .api
        .post(&format!("{RULES}/dry-run?days=1"), &document(BOTH_SIDES))
        .expect(200);
    assert_eq!(dry["accounts"], 450);
    assert_eq!(dry["rewards"][0]["count"], 999);
    assert_eq!(dry["rewards"][1]["amount"], 9_990_000);
}
