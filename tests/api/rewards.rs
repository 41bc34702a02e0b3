//! Rules, rewards, payouts and statements, over the whole loop.

use goodword::{domain::channel::Medium, jobs::settle};
use serde_json::{Value, json};

use crate::harness::{Api, NOW, block_on};

const DAY: i64 = 86_400_000;
const RULES: &str = "/v1/programs/customers/rules";

/// One with Maya's rules: $100 to both sides when a lead is won.
fn house(rules: &str) -> (Api, String) {
    let api = Api::furnished();
    api.put("/v1/reps/lea", &json!({"name": "Lea"})).expect(200);
    let rules: Value = serde_json::from_str(rules).unwrap();
    api.put(RULES, &rules).expect(200);
    let maya = api
        .get("/v1/programs/customers/advocates/ext:maya")
        .expect(200);
    (api, maya["id"].as_str().unwrap().to_owned())
}

const BOTH_SIDES: &str = include_str!("../fixtures/rules/both-sides.json");
const LADDER: &str = include_str!("../fixtures/rules/three-then-a-year.json");
const SHARE: &str = include_str!("../fixtures/rules/revenue-share.json");

/// A lead of Maya's; answers its id.
fn lead(api: &Api, maya: &str, email: &str) -> String {
    let receipt = api.receipt(maya, Medium::Email, NOW - 60_000);
    let body = json!({"program": "customers", "prospect": {"email": email, "name": "Sam"},
        "receipts": [receipt]});
    let taken = api.post("/v1/leads", &body).expect(201);
    assert_eq!(taken["advocate"], maya);
    taken["id"].as_str().unwrap().to_owned()
}

fn sell(api: &Api, lead: &str, order: &str, amount: i64) {
    let sale = json!({"program": "customers", "kind": "sale", "order_id": order,
        "amount": amount, "currency": "USD", "lead": lead});
    api.post("/v1/conversions", &sale).expect(201);
}

fn refund(api: &Api, order: &str, id: &str, amount: Option<i64>) {
    let mut refund = json!({"program": "customers", "kind": "refund", "order_id": order,
        "refund_id": id});
    if let Some(amount) = amount {
        refund["amount"] = amount.into();
    }
    api.post("/v1/conversions", &refund).expect(201);
}

/// Who gets how much, and where it stands, in the order of earning.
fn rewards(api: &Api) -> Vec<String> {
    let list = api
        .get("/v1/rewards?program=customers&limit=200")
        .expect(200);
    let mut lines: Vec<String> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reward| {
            let text = |name: &str| reward[name].to_string().replace('"', "");
            format!(
                "{} {} {} {} {} payable {}",
                text("beneficiary"),
                text("order_id"),
                text("amount"),
                text("unit"),
                text("state"),
                text("payable")
            )
        })
        .collect();
    lines.sort();
    lines
}

fn cron(api: &Api) {
    block_on(settle::all(api.db(), api.now())).unwrap();
}

#[test]
fn both_sides_are_rewarded_once_and_paid_once() {
    let (api, maya) = house(BOTH_SIDES);
    let sam = lead(&api, &maya, "sam@example.org");
    sell(&api, &sam, "o-1", 50_000);
    assert_eq!(
        rewards(&api),
        [
            "advocate null 10000 USD pending payable 0",
            "prospect null 10000 USD pending payable 0"
        ]
    );
    let issued = api
        .post("/v1/payouts", &json!({"program": "customers"}))
        .expect(201);
    let id = issued["id"].as_str().unwrap();
    let payout = api.get(&format!("/v1/payouts/{id}")).expect(200);
    assert_eq!(payout["lines"].as_array().unwrap().len(), 2, "{payout:#}");
    assert_eq!(payout["lines"][0]["decimal"], "100.00");
    let again = api.post("/v1/payouts", &json!({"program": "customers"}));
    again.problem(409);
    let paid = json!({"reference": "SEPA-1", "returned": [{"line": 2, "reason": "no account"}]});
    let settled = api
        .post(&format!("/v1/payouts/{id}/paid"), &paid)
        .expect(200);
    assert_eq!(settled["lines"][0]["status"], "paid");
    assert_eq!(settled["lines"][1]["status"], "returned");
    // Said twice, it is entered once.
    api.post(&format!("/v1/payouts/{id}/paid"), &paid)
        .expect(200);
    assert_eq!(
        rewards(&api),
        [
            "advocate null 10000 USD paid payable 0",
            "prospect null 10000 USD approved payable 10000"
        ]
    );
    let statement = api
        .get(&format!(
            "/v1/programs/customers/advocates/{maya}/statement"
        ))
        .expect(200);
    assert_eq!(statement["balances"][0]["paid"], 10_000, "{statement:#}");
    let csv = api
        .request(http::Method::GET, &format!("/v1/payouts/{id}"))
        .key(crate::harness::ADMIN)
        .header("accept", "text/csv")
        .send();
    assert!(
        csv.text
            .starts_with("line,beneficiary,id,name,email,form,unit,amount,"),
        "{}",
        csv.text
    );
}

#[test]
fn a_refund_before_payment_takes_the_reward_back_and_after_it_is_owed() {
    let (api, maya) = house(BOTH_SIDES);
    let sam = lead(&api, &maya, "sam@example.org");
    sell(&api, &sam, "o-1", 50_000);
    let pia = lead(&api, &maya, "pia@example.net");
    sell(&api, &pia, "o-2", 50_000);
    refund(&api, "o-2", "r-2", None);
    assert_eq!(rewards(&api)[0], "advocate null 0 USD reversed payable 0");
    let issued = api
        .post("/v1/payouts", &json!({"program": "customers"}))
        .expect(201);
    let id = issued["id"].as_str().unwrap();
    api.post(
        &format!("/v1/payouts/{id}/paid"),
        &json!({"reference": "SEPA-1"}),
    )
    .expect(200);
    refund(&api, "o-1", "r-1", None);
    assert_eq!(
        rewards(&api)[0],
        "advocate null 0 USD reversed payable -10000"
    );
    // Two more are won: the first pays what is owed back.
    for (email, order) in [("ada@example.com", "o-3"), ("bob@example.com", "o-4")] {
        let lead = lead(&api, &maya, email);
        sell(&api, &lead, order, 50_000);
    }
    let issued = api
        .post("/v1/payouts", &json!({"program": "customers"}))
        .expect(201);
    let id = issued["id"].as_str().unwrap();
    let payout = api.get(&format!("/v1/payouts/{id}")).expect(200);
    assert_eq!(payout["lines"][0]["beneficiary"], "advocate");
    assert_eq!(payout["lines"][0]["amount"], 10_000, "{payout:#}");
    assert_eq!(
        api.column(
            "SELECT CAST(sum(payable) AS TEXT) FROM reward_states WHERE beneficiary = 'advocate'"
        ),
        ["0"]
    );
}

#[test]
fn the_fourth_referral_is_a_year_free_and_a_refund_moves_the_rungs() {
    let (api, maya) = house(LADDER);
    for n in 1..=4 {
        let lead = lead(&api, &maya, &format!("p{n}@example{n}.org"));
        sell(&api, &lead, &format!("o-{n}"), 50_000);
        api.wait(1_000);
    }
    let units = |api: &Api| {
        api.column(
            "SELECT amount || ' ' || unit FROM reward_states WHERE amount > 0 ORDER BY earned_at",
        )
    };
    assert_eq!(
        units(&api),
        ["10000 USD", "10000 USD", "10000 USD", "12 months"]
    );
    refund(&api, "o-2", "r-2", None);
    assert_eq!(units(&api), ["10000 USD", "10000 USD", "10000 USD"]);
}

#[test]
fn a_share_of_revenue_waits_and_ends_at_its_cap() {
    let (api, maya) = house(SHARE);
    let sam = lead(&api, &maya, "sam@example.org");
    sell(&api, &sam, "o-1", 2_000_000);
    sell(&api, &sam, "o-2", 1_000_000);
    assert_eq!(
        rewards(&api),
        [
            "advocate o-1 200000 USD pending payable 0",
            "advocate o-2 50000 USD pending payable 0"
        ]
    );
    refund(&api, "o-1", "r-1", Some(1_000_000));
    assert_eq!(
        rewards(&api),
        [
            "advocate o-1 100000 USD pending payable 0",
            "advocate o-2 100000 USD pending payable 0"
        ]
    );
    api.post("/v1/payouts", &json!({"program": "customers"}))
        .problem(409);
    api.wait(30 * DAY);
    cron(&api);
    assert_eq!(
        rewards(&api)[0],
        "advocate o-1 100000 USD approved payable 100000"
    );
}

#[test]
fn what_looks_like_fraud_is_held_until_somebody_looks() {
    let (api, maya) = house(BOTH_SIDES);
    let change = json!({"email": "maya@smallco.example"});
    api.patch("/v1/programs/customers/advocates/ext:maya", &change)
        .expect(200);
    let own = lead(&api, &maya, "Maya+2@smallco.example");
    sell(&api, &own, "o-1", 50_000);
    assert_eq!(rewards(&api)[0], "advocate null 10000 USD held payable 0");
    let held = api
        .get("/v1/rewards?program=customers&state=held")
        .expect(200);
    assert_eq!(held["items"][0]["holds"], json!(["same_email"]));
    api.post("/v1/payouts", &json!({"program": "customers"}))
        .problem(409);
    let id = held["items"][0]["id"].as_str().unwrap();
    let why = json!({"why": "it is her company's account"});
    api.post(&format!("/v1/rewards/{id}/approve"), &why)
        .problem(409);
    api.post(&format!("/v1/rewards/{id}/release"), &why)
        .expect(200);
    let released = api.get(&format!("/v1/rewards/{id}")).expect(200);
    assert_eq!(released["state"], "approved", "{released:#}");
}

#[test]
fn rules_are_versions_and_leads_keep_theirs() {
    let (api, maya) = house(BOTH_SIDES);
    let early = lead(&api, &maya, "sam@example.org");
    let rules: Value = serde_json::from_str(LADDER).unwrap();
    assert_eq!(api.put(RULES, &rules).expect(200)["version"], 2);
    assert_eq!(api.put(RULES, &rules).expect(200)["version"], 2);
    sell(&api, &early, "o-1", 50_000);
    assert_eq!(rewards(&api).len(), 2, "both sides, as when it came");
    let versions = api.get(&format!("{RULES}/versions")).expect(200);
    assert_eq!(versions["items"].as_array().unwrap().len(), 2);
    let dry = api
        .post(&format!("{RULES}/dry-run?days=30"), &rules)
        .expect(200);
    assert_eq!(dry["rewards"][0]["amount"], 10_000, "{dry:#}");
    let mut bad = rules.clone();
    bad["rules"][0]["pay"]["ladder"]["rungs"][0]["amount"] = json!(99.5);
    assert_eq!(
        api.put(RULES, &bad).field().0,
        "rules[0].pay.ladder.rungs[0].amount"
    );
}
