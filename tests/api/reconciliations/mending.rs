//! `POST /v1/reconciliations/{run}/apply`: what was found is mended, once.

use goodword::jobs::settle;
use serde_json::{Value, json};

use super::{House, fixes};
use crate::harness::{Api, NOW, block_on};

/// A file with a difference of every kind that can be mended.
fn differing(house: &mut House) -> String {
    house.buyer("less", "o-less", 5_000);
    house.buyer("back", "o-back", 5_000);
    house.buyer("handed", "o-handed", 5_000);
    let open = house.lead("open");
    house.lead("lost");
    house.lead("fresh");
    house.sale(&json!({"order_id": "o-nobody", "amount": 900, "customer": "cus-nobody"}));
    block_on(settle::all(house.api.db(), NOW)).unwrap();
    format!(
        "order,lead,email,amount,refunded,currency,stage,owner,at,reason\n\
        o-less,,,49.50,,USD,won,,2026-11-22,\n\
        o-back,,,50.00,20,USD,won,,2026-11-22,\n\
        o-handed,,,50.00,,USD,won,LEA,2026-11-22,\n\
        ,{open},,,,,meeting,lea,2026-11-22,\n\
        ,,lost@example.org,,,,lost,,2026-11-22,too dear\n\
        o-fresh,,fresh@example.org,\"1,200.00\",,USD,won,,2026-11-22,\n\
        o-nobody,,,9.00,1.00,USD,won,,2026-11-22,\n\
        o-else,,else@example.org,12.00,,USD,won,,2026-11-22,\n"
    )
}

/// Applies all findings of a run that can be mended.
fn apply(api: &Api, run: &str) -> Vec<Value> {
    let open = api.column(&format!(
        "SELECT CAST(n AS TEXT) FROM findings WHERE run = '{run}' AND fix IS NOT NULL ORDER BY n"
    ));
    let numbers: Vec<u32> = open.iter().map(|n| n.parse().unwrap()).collect();
    apply_these(api, run, &numbers)
}

fn apply_these(api: &Api, run: &str, numbers: &[u32]) -> Vec<Value> {
    let path = format!("/v1/reconciliations/{run}/apply");
    let answer = api.post(&path, &json!({"findings": numbers})).expect(200);
    answer["results"].as_array().unwrap().clone()
}

fn told(results: &[Value]) -> String {
    let lines = results.iter().map(|result| {
        let text = |name: &str| result[name].as_str().unwrap().to_owned();
        format!("{}: {}", text("outcome"), text("what"))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// All that is stored, but for what a call writes down of itself.
fn everything(api: &Api) -> Vec<String> {
    let mut rows = Vec::new();
    for table in [
        "leads",
        "sales",
        "refunds",
        "rewards",
        "ledger",
        "history",
        "decisions",
        "findings",
        "audit",
        "accounts",
    ] {
        let columns = api.column(&format!("SELECT name FROM pragma_table_info('{table}')"));
        let list = columns.join(", ");
        rows.extend(api.column(&format!(
            "SELECT json_array('{table}', {list}) FROM {table} ORDER BY 1"
        )));
    }
    rows
}

#[test]
fn what_is_mended_is_found_no_more_and_mended_once() {
    let mut house = House::new();
    let file = differing(&mut house);
    let run = house.upload("", &file).expect(201);
    let run = run["id"].as_str().unwrap();
    insta::assert_snapshot!(told(&apply(&house.api, run)), @"
    applied: the sale o-less comes to USD 49.50 instead of USD 50.00
    applied: USD 20.00 of the sale o-back were given back
    applied: the lead is lea's
    applied: the lead is meeting
    applied: the lead is lea's
    applied: the lead is lost
    applied: the sale o-fresh of USD 1200.00 is recorded
    applied: the lead was won already
    applied: it was recorded already
    applied: USD 1.00 of the sale o-nobody were given back
    applied: the sale o-else of USD 12.00 is recorded
    ");
    let after = everything(&house.api);
    let again = apply(&house.api, run);
    assert!(
        again.iter().all(|result| result["outcome"] == "already"),
        "{again:?}"
    );
    assert_eq!(everything(&house.api), after);

    // Each has its entry in the log.
    let log = house
        .api
        .get(&format!("/v1/audit?subject={run}"))
        .expect(200);
    let entries = log["items"].as_array().unwrap();
    assert_eq!(entries.len(), fixes(&house.api).len());
    assert_eq!(entries[0]["action"], "reconciliation.applied");
    assert_eq!(entries[0]["program"], "customers");
    assert_eq!(entries[0]["by"], "Operator");

    // The ledger has followed: a tenth of each sale, less what was given back.
    let tenths = house.api.column(
        "SELECT order_id || ' ' || amount FROM rewards WHERE rule = 'tenth' ORDER BY order_id",
    );
    assert_eq!(
        tenths,
        ["o-back 300", "o-fresh 12000", "o-handed 500", "o-less 495"]
    );
    insta::assert_snapshot!(house.reconcile("", &file).join("\n"), @r"
    2 matched less o-less: USD 49.50 / USD 49.50; -
    3 matched back o-back: USD 50.00 / USD 50.00; -
    4 matched handed o-handed: USD 50.00 / USD 50.00; -
    5 matched open -: meeting / meeting; -
    6 matched lost -: lost / lost; -
    7 matched fresh o-fresh: USD 1200.00 / USD 1200.00; -
    8 matched - o-nobody: USD 9.00 / USD 9.00; -
    9 matched - o-else: USD 12.00 / USD 12.00; -
    ");
}

#[test]
fn two_runs_over_the_same_differences_mend_them_once() {
    let mut house = House::new();
    let file = differing(&mut house);
    let runs = ["", "&name=again"].map(|query| {
        let run = house.upload(query, &file).expect(201);
        run["id"].as_str().unwrap().to_owned()
    });
    apply(&house.api, &runs[0]);
    let facts = |api: &Api| {
        api.column(
            "SELECT json_array(order_id, amount) FROM sales UNION ALL
            SELECT json_array(refund_id, amount) FROM refunds UNION ALL
            SELECT json_array(id, stage, owner) FROM leads UNION ALL
            SELECT json_array(entry) FROM ledger ORDER BY 1",
        )
    };
    let after = facts(&house.api);
    let results = apply(&house.api, &runs[1]);
    insta::assert_snapshot!(told(&results), @"
    applied: the sale had this amount already
    applied: as much was given back already
    applied: the lead was theirs already
    applied: the lead was meeting already
    applied: the lead was theirs already
    applied: the lead was lost already
    applied: it was recorded already
    applied: the lead was won already
    applied: it was recorded already
    applied: as much was given back already
    applied: it was recorded already
    ");
    assert_eq!(facts(&house.api), after);
}

#[test]
fn rewards_of_what_is_not_won_there_are_held_unless_they_are_paid() {
    let mut house = House::new();
    let lead = house.buyer("refused", "o-refused", 5_000);
    block_on(settle::all(house.api.db(), NOW)).unwrap();
    let file = "order,amount,currency,stage\no-refused,50,USD,lost\n";
    let run = house.upload("", file).expect(201);
    let run = run["id"].as_str().unwrap();
    insta::assert_snapshot!(told(&apply(&house.api, run)), @"applied: 2 of the lead's rewards are held");
    let states = format!("SELECT state FROM rewards WHERE lead = '{lead}'");
    assert_eq!(house.api.column(&states), ["held", "held"]);

    // Somebody looked, and paid all the same.
    house.api.plant(
        "INSERT INTO ledger (reward, kind, holds, at, by) SELECT id, 'released', -holds, 0, 'admin' FROM rewards;
        INSERT INTO ledger (reward, kind, approved, issued, paid, at, by)
        SELECT id, 'paid', amount - approved, amount, amount, 0, 'admin' FROM rewards",
    );
    let run = house.upload("&name=later", file).expect(201);
    insta::assert_snapshot!(told(&apply(&house.api, run["id"].as_str().unwrap())), @"refused: its rewards are issued or paid already");
}

#[test]
fn only_the_rewards_that_a_finding_is_about_are_held() {
    let mut house = House::new();
    let lead = house.buyer("twice", "o-kept", 5_000);
    house.sale(&json!({"lead": lead, "order_id": "o-undone", "amount": 3_000}));
    block_on(settle::all(house.api.db(), NOW)).unwrap();
    let file = "order,amount,currency,stage\no-kept,50,USD,won\no-undone,30,USD,lost\n";
    let run = house.upload("", file).expect(201);
    let results = apply(&house.api, run["id"].as_str().unwrap());
    assert_eq!(told(&results), "applied: 1 of the lead's rewards are held");
    let states = "SELECT coalesce(order_id, 'won') || ' ' || state FROM rewards ORDER BY order_id";
    assert_eq!(
        house.api.column(states),
        ["won approved", "o-kept approved", "o-undone held"]
    );
}

#[test]
fn a_sale_of_the_referrals_day_is_not_before_it() {
    let mut house = House::new();
    house.lead("today");
    // The day alone, and the referral came in the course of it.
    let file =
        "order,email,amount,currency,at\no-today,today@example.org,50,USD,2026-11-22T00:00:00Z\n";
    let run = house.upload("", file).expect(201);
    apply(&house.api, run["id"].as_str().unwrap());
    let credit = house.api.column("SELECT touch || ' ' || stage FROM leads");
    assert_eq!(credit, ["receipt won"]);
}

#[test]
fn what_was_lost_of_an_account_is_settled_anew() {
    let mut house = House::new();
    house.buyer("behind", "o-behind", 5_000);
    house.api.plant(
        "PRAGMA foreign_keys = OFF; DROP TRIGGER ledger_is_not_shortened;
        DELETE FROM ledger; DELETE FROM rewards; UPDATE accounts SET settled = 0;
        PRAGMA foreign_keys = ON;",
    );
    let run = house
        .upload("", "order,amount,currency\no-behind,50,USD\n")
        .expect(201);
    insta::assert_snapshot!(told(&apply(&house.api, run["id"].as_str().unwrap())), @"applied: the advocate's account is settled by the rules");
    assert_eq!(
        house
            .api
            .column("SELECT rule || ' ' || amount FROM rewards ORDER BY rule"),
        ["first 10000", "tenth 500"]
    );
}

#[test]
fn what_cannot_be_mended_says_why_and_stops_nothing() {
    let mut house = House::new();
    house.buyer("euro", "o-euro", 5_000);
    house.buyer("less", "o-less", 5_000);
    house.buyer("kept", "o-kept", 5_000);
    let file = "order,amount,currency\no-euro,50,EUR\no-less,30,USD\no-kept,10,USD\n";
    let run = house.upload("", file).expect(201);
    let run = run["id"].as_str().unwrap().to_owned();
    // More is given back meanwhile than the sale shall come to.
    let refund = json!({"program": "customers", "kind": "refund", "order_id": "o-kept",
        "refund_id": "r-1", "amount": 2_000, "currency": "USD"});
    house.api.post("/v1/conversions", &refund).expect(201);
    let numbers = house
        .api
        .column("SELECT CAST(n AS TEXT) FROM findings ORDER BY n");
    let mut numbers: Vec<u32> = numbers.iter().map(|n| n.parse().unwrap()).collect();
    numbers.push(7);
    let results = apply_these(&house.api, &run, &numbers);
    insta::assert_snapshot!(told(&results), @"
    refused: it can only be mended where it came from
    applied: the sale o-less comes to USD 30.00 instead of USD 50.00
    refused: more than this was given back of the sale
    refused: there is no finding 7
    ");

    let path = format!("/v1/reconciliations/{run}/apply");
    let many: Vec<u32> = (0..26).collect();
    let problem = house
        .api
        .post(&path, &json!({"findings": many}))
        .problem(422);
    assert_eq!(problem["errors"][0]["field"], "findings");
    house
        .api
        .post("/v1/reconciliations/rec_0/apply", &json!({"findings": [1]}))
        .problem(404);
}

#[test]
fn a_refund_that_is_reported_after_it_was_reconciled_is_the_same() {
    let mut house = House::new();
    house.buyer("back", "o-back", 5_000);
    let run = house
        .upload("", "order,amount,refunded,currency\no-back,50,20,USD\n")
        .expect(201);
    apply(&house.api, run["id"].as_str().unwrap());
    let refund = json!({"program": "customers", "kind": "refund", "order_id": "o-back",
        "refund_id": "re_9", "amount": 2_000, "currency": "USD"});
    let first = house.api.post("/v1/conversions", &refund).expect(201);
    assert_eq!(first["refund_id"], "re_9");
    let refunds = || {
        house
            .api
            .column("SELECT refund_id || ' ' || amount FROM refunds ORDER BY 1")
    };
    assert_eq!(refunds(), ["re_9 2000"]);
    assert_eq!(
        house.api.post("/v1/conversions", &refund).expect(201),
        first
    );
    // Another one is another one.
    let mut other = refund.clone();
    other["refund_id"] = json!("re_10");
    house.api.post("/v1/conversions", &other).expect(201);
    assert_eq!(refunds(), ["re_10 2000", "re_9 2000"]);
}

#[test]
fn what_has_changed_since_it_was_found_is_left_as_it_is() {
    let mut house = House::new();
    house.buyer("sold", "o-sold", 9_000);
    let lead = house.lead("led");
    let file = |amount: &str| {
        format!(
            "order,lead,amount,currency,owner,stage\no-sold,,{amount},USD,,\n,{lead},,,lea,meeting\n"
        )
    };
    let old = house.upload("", &file("100")).expect(201);
    let new = house.upload("&name=new", &file("120")).expect(201);
    apply(&house.api, new["id"].as_str().unwrap());
    // A manager has a better idea, too.
    house.api.plant(&format!(
        "UPDATE leads SET owner = NULL, stage = 'opportunity' WHERE id = '{lead}'"
    ));
    let results = apply(&house.api, old["id"].as_str().unwrap());
    assert_eq!(results.len(), 3);
    for result in results {
        assert_eq!(result["outcome"], "refused", "{result}");
        assert_eq!(result["what"], "it has changed since; reconcile again");
    }
    let facts = house
        .api
        .column("SELECT amount || '' FROM sales UNION SELECT stage FROM leads");
    assert_eq!(facts, ["12000", "opportunity", "won"]);
}
