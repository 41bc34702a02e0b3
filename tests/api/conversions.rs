//! `/v1/conversions`: a sale finds its lead, whatever comes first, and is counted
//! once.

use goodword::{
    domain::{channel::Medium, person},
    jobs::settle,
};
use http::Method;
use serde_json::{Value, json};

use crate::harness::{ADMIN, Answer, Api, Ask, NOW, at_once, block_on};

const PATH: &str = "/v1/conversions";
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const BOTH_SIDES: &str = include_str!("../fixtures/rules/both-sides.json");

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// An hour of the day of [`NOW`], at 10:00.
fn at(hour: i64) -> String {
    format!("2026-11-22T{hour:02}:00:00Z")
}

fn on(hour: i64) -> i64 {
    NOW + (hour - 10) * HOUR
}

fn sale(order: &str) -> Value {
    json!({"program": "customers", "kind": "sale", "order_id": order, "amount": 5_000,
        "currency": "USD"})
}

fn refund(order: &str, id: &str) -> Value {
    json!({"program": "customers", "kind": "refund", "order_id": order, "refund_id": id})
}

fn with(mut body: Value, fields: Value) -> Value {
    let Value::Object(fields) = fields else {
        panic!("{fields}")
    };
    for (name, value) in fields {
        body[name.as_str()] = value;
    }
    body
}

fn ask<'a>(api: &'a Api, body: &Value) -> Ask<'a> {
    api.request(Method::POST, PATH).key(ADMIN).json(body)
}

fn post(api: &Api, body: &Value) -> Value {
    ask(api, body).send().expect(201)
}

fn lead(api: &Api, prospect: Value, receipts: &[&str], fields: Value) -> String {
    let mut body = json!({"program": "customers", "receipts": receipts});
    body["prospect"] = prospect;
    let taken = api.post("/v1/leads", &with(body, fields));
    assert!(taken.status.is_success(), "{taken:?}");
    text(&taken.value()["id"])
}

fn read(api: &Api, id: &str) -> Value {
    api.get(&format!("/v1/leads/{id}")).expect(200)
}

fn why(api: &Api, id: &str) -> Value {
    api.get(&format!("/v1/leads/{id}/why")).expect(200)
}

fn unattributed(api: &Api) -> Vec<String> {
    let list = api
        .get("/v1/conversions?program=customers&unattributed=true")
        .expect(200);
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| text(&item["order_id"]))
        .collect()
}

/// The advocate's reward, as far as there is one.
fn rewards(api: &Api) -> Vec<String> {
    block_on(settle::all(api.db(), api.now())).unwrap();
    api.column(
        "SELECT amount || ' ' || state FROM rewards WHERE beneficiary = 'advocate' ORDER BY id",
    )
}

fn rewarding() -> (Api, String) {
    let (api, maya) = Api::staffed();
    let rules: Value = serde_json::from_str(BOTH_SIDES).unwrap();
    api.put("/v1/programs/customers/rules", &rules).expect(200);
    (api, maya)
}

#[test]
fn the_lead_goes_before_the_receipt_the_customer_and_the_address() {
    let (api, maya) = Api::staffed();
    let receipt = api.receipt(&maya, Medium::Email, on(8));
    let named = lead(&api, json!({"phone": "1"}), &[], json!({}));
    let clicked = lead(&api, json!({"phone": "2"}), &[&receipt], json!({}));
    let customer = lead(&api, json!({"customer": "cus_1"}), &[], json!({}));
    let mailed = lead(&api, json!({"email": "sam@example.org"}), &[], json!({}));
    let hash = person::email_hash("sam@example.org");
    // From the last to the first, as a lead learns its customer from a sale.
    let mut body = sale("");
    for (n, (field, value, id)) in [
        ("email", json!("Sam+shop@example.org"), &mailed),
        ("customer", json!("cus_1"), &customer),
        ("receipt", json!(receipt), &clicked),
        ("lead", json!(named), &named),
    ]
    .into_iter()
    .enumerate()
    {
        body["order_id"] = json!(format!("o-{n}"));
        body[field] = value;
        let sold = post(&api, &body);
        assert_eq!(
            (&sold["lead"], &sold["matched_by"]),
            (&json!(id), &json!(field))
        );
    }
    let sold = post(
        &api,
        &with(sale("o-5"), json!({"email_sha256": hash.to_uppercase()})),
    );
    assert_eq!(
        (&sold["lead"], &sold["matched_by"]),
        (&json!(mailed), &json!("email"))
    );
    // The first who was referred, where two have one customer.
    for prospect in [
        json!({"customer": "cus_2", "phone": "3"}),
        json!({"customer": "cus_2"}),
    ] {
        let fields = json!({"at": at(if prospect["phone"].is_null() { 8 } else { 9 })});
        lead(&api, prospect, &[], fields);
    }
    let sold = post(&api, &with(sale("o-6"), json!({"customer": "cus_2"})));
    assert_eq!(
        read(&api, &text(&sold["lead"]))["prospect"]["phone"],
        Value::Null
    );
}

#[test]
fn who_matches_nobody_is_kept_and_listed() {
    let (api, _) = Api::staffed();
    lead(&api, json!({"email": "sam@example.org"}), &[], json!({}));
    for (n, fields) in [
        json!({}),
        json!({"customer": "cus_9"}),
        json!({"email": "pia@example.org"}),
        json!({"customer": "NULL", "email_sha256": "0".repeat(64)}),
    ]
    .into_iter()
    .enumerate()
    {
        let sold = post(&api, &with(sale(&format!("o-{n}")), fields));
        assert_eq!(
            (&sold["lead"], &sold["matched_by"], &sold["advocate"]),
            (&Value::Null, &Value::Null, &Value::Null)
        );
    }
    assert_eq!(unattributed(&api), ["o-3", "o-2", "o-1", "o-0"]);
    let page = api
        .get("/v1/conversions?program=customers&limit=3")
        .expect(200);
    let next = text(&page["next"]);
    let page = api
        .get(&format!(
            "/v1/conversions?program=customers&limit=3&cursor={next}"
        ))
        .expect(200);
    assert_eq!(
        (&page["items"][0]["order_id"], &page["next"]),
        (&json!("o-0"), &Value::Null)
    );
}

/// A sale at 9:00 that comes before its lead, which comes at 10:00 with a click
/// of 8:00.
#[test]
fn a_sale_that_is_there_before_its_lead_comes_right() {
    for (by, fields) in [
        ("customer", json!({"customer": "cus_1"})),
        ("email", json!({"email": "SAM@example.org"})),
        ("receipt", json!({})),
    ] {
        let (api, maya) = rewarding();
        let receipt = api.receipt(&maya, Medium::Email, on(8));
        let mut body = with(sale("o-1"), with(fields, json!({"at": at(9)})));
        if by == "receipt" {
            body["receipt"] = json!(receipt);
        }
        let sold = post(&api, &body);
        assert_eq!(
            sold["matched_by"].as_str(),
            (by == "receipt").then_some("receipt")
        );
        let id = lead(
            &api,
            json!({"email": "sam@example.org", "customer": "cus_1"}),
            &[&receipt],
            json!({}),
        );
        let lead = if by == "receipt" {
            // The receipt alone made a lead, which an address does not find.
            read(&api, &text(&sold["lead"]))
        } else {
            read(&api, &id)
        };
        assert_eq!(
            (&lead["stage"], &lead["won_at"], &lead["advocate"]),
            (
                &json!("won"),
                &json!("2026-11-22T09:00:00.000Z"),
                &json!(maya)
            ),
            "{by}"
        );
        assert_eq!(lead["sales"][0]["matched_by"], by);
        let why = why(&api, &text(&lead["id"]));
        assert_eq!(why["decisions"][0]["moment"], "2026-11-22T09:00:00.000Z");
        assert_eq!(rewards(&api), ["10000 approved"], "{by}");
        assert!(unattributed(&api).is_empty());
    }
}

#[test]
fn a_receipt_makes_a_lead_and_later_sales_find_it() {
    let (api, maya) = rewarding();
    let receipt = api.receipt(&maya, Medium::Linkedin, on(8));
    let sold = post(
        &api,
        &with(
            sale("o-1"),
            json!({"receipt": receipt, "customer": "cus_1",
        "email": "sam@example.org", "at": at(9)}),
        ),
    );
    assert_eq!(
        (&sold["matched_by"], &sold["advocate"]),
        (&json!("receipt"), &json!(maya))
    );
    let id = text(&sold["lead"]);
    let found = read(&api, &id);
    assert_eq!(
        (
            &found["source"],
            &found["stage"],
            &found["owner"],
            &found["at"]
        ),
        (
            &json!("sale"),
            &json!("won"),
            &json!("jonas"),
            &json!("2026-11-22T09:00:00.000Z")
        )
    );
    assert_eq!(
        lead(&api, json!({"email": "sam@example.org"}), &[], json!({})),
        id
    );
    for (n, fields) in [
        json!({"receipt": receipt}),
        json!({"customer": "cus_1"}),
        json!({"email": "sam@example.org"}),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(
            post(&api, &with(sale(&format!("p-{n}")), fields))["lead"],
            id.as_str()
        );
    }
    assert_eq!(rewards(&api), ["10000 approved"]);
}

#[test]
fn a_receipt_finds_its_lead_long_after_its_window() {
    let (api, maya) = Api::staffed();
    let receipt = api.receipt(&maya, Medium::Email, on(8));
    let id = lead(&api, json!({"phone": "1"}), &[&receipt], json!({}));
    api.wait(100 * DAY);
    let disabled = json!({"status": "disabled"});
    api.patch("/v1/programs/customers/advocates/ext:maya", &disabled)
        .expect(200);
    let sold = post(&api, &with(sale("o-1"), json!({"receipt": receipt})));
    assert_eq!(
        (&sold["lead"], &sold["advocate"]),
        (&json!(id), &json!(maya))
    );
    // It makes no new one.
    let other = api.receipt(&maya, Medium::Email, on(8));
    let before = api.dump();
    let refused = ask(&api, &with(sale("o-2"), json!({"receipt": other})))
        .send()
        .field();
    assert_eq!(refused.0, "receipt");
    assert!(refused.1.contains("has expired"), "{}", refused.1);
    assert_eq!(api.dump(), before);
}

#[test]
fn a_receipt_that_comes_with_the_sale_earns_the_credit_of_a_known_lead() {
    for fields in [
        json!({"customer": "cus_1"}),
        json!({"email": "sam@example.org"}),
    ] {
        let (api, maya) = rewarding();
        let id = lead(
            &api,
            json!({"email": "sam@example.org", "customer": "cus_1"}),
            &[],
            json!({}),
        );
        let receipt = api.receipt(&maya, Medium::Email, on(8));
        let sold = post(
            &api,
            &with(sale("o-1"), with(fields, json!({"receipt": receipt}))),
        );
        assert_eq!(
            (&sold["lead"], &sold["advocate"]),
            (&json!(id), &json!(maya))
        );
        let why = why(&api, &id);
        assert_eq!(why["decisions"][1]["cause"], "sale", "{why:#}");
        assert_eq!(why["decisions"][1]["touches"][0]["verdict"], "won");
        assert_eq!(rewards(&api), ["10000 approved"]);
        // The click finds it from now on.
        assert_eq!(
            post(&api, &with(sale("o-2"), json!({"receipt": receipt})))["lead"],
            id.as_str()
        );
    }
}

#[test]
fn a_sale_that_says_who_the_customer_is_brings_those_that_waited() {
    let (api, maya) = Api::staffed();
    let receipt = api.receipt(&maya, Medium::Email, on(7));
    let id = lead(
        &api,
        json!({"email": "sam@example.org"}),
        &[&receipt],
        json!({"at": at(8)}),
    );
    post(
        &api,
        &with(sale("o-1"), json!({"customer": "cus_1", "at": at(9)})),
    );
    assert_eq!(unattributed(&api), ["o-1"]);
    post(
        &api,
        &with(
            sale("o-2"),
            json!({"customer": "cus_1", "email": "sam@example.org"}),
        ),
    );
    assert!(unattributed(&api).is_empty());
    let lead = read(&api, &id);
    assert_eq!(lead["won_at"], "2026-11-22T09:00:00.000Z");
    assert_eq!(lead["sales"][0]["matched_by"], "customer");
}

#[test]
fn a_touch_from_before_brings_the_sales_of_the_customer_that_is_known() {
    let (api, maya) = Api::staffed();
    let id = lead(
        &api,
        json!({"email": "sam@example.org", "customer": "cus_1"}),
        &[],
        json!({}),
    );
    post(
        &api,
        &with(sale("o-1"), json!({"customer": "cus_1", "at": at(9)})),
    );
    assert_eq!(unattributed(&api), ["o-1"]);
    let receipt = api.receipt(&maya, Medium::Email, on(8));
    lead(
        &api,
        json!({"email": "sam@example.org"}),
        &[&receipt],
        json!({}),
    );
    assert_eq!(read(&api, &id)["sales"][0]["order_id"], "o-1");
    assert!(unattributed(&api).is_empty());
}

#[test]
fn a_sale_from_before_the_referral_is_nobodys_merit() {
    // In either order.
    for sale_first in [true, false] {
        let (api, maya) = rewarding();
        let receipt = api.receipt(&maya, Medium::Email, on(8));
        let old = with(
            sale("o-1"),
            json!({"email": "sam@example.org", "at": at(7)}),
        );
        if sale_first {
            post(&api, &old);
        }
        let id = lead(
            &api,
            json!({"email": "sam@example.org"}),
            &[&receipt],
            json!({}),
        );
        if !sale_first {
            let sold = post(&api, &old);
            assert_eq!(sold["lead"], Value::Null);
        }
        let lead = read(&api, &id);
        assert_eq!(
            (&lead["stage"], &lead["advocate"], &lead["flags"]),
            (&json!("new"), &json!(maya), &json!(["existing_customer"])),
            "{sale_first}"
        );
        assert_eq!(unattributed(&api), ["o-1"]);
        post(
            &api,
            &with(sale("o-2"), json!({"email": "sam@example.org"})),
        );
        assert_eq!(rewards(&api), ["10000 held"]);
    }
}

#[test]
fn a_sale_from_before_its_click_is_not_the_clicks() {
    for sale_first in [true, false] {
        let (api, maya) = Api::staffed();
        let receipt = api.receipt(&maya, Medium::Email, on(8));
        let old = with(sale("o-1"), json!({"receipt": receipt, "at": at(7)}));
        if sale_first {
            assert_eq!(post(&api, &old)["lead"], Value::Null);
        }
        let id = lead(&api, json!({"phone": "1"}), &[&receipt], json!({}));
        if !sale_first {
            assert_eq!(post(&api, &old)["lead"], Value::Null);
        }
        assert_eq!(read(&api, &id)["advocate"], maya.as_str());
        assert_eq!(unattributed(&api), ["o-1"]);
    }
}

#[test]
fn a_clock_that_is_ahead_makes_nobody_an_existing_customer() {
    let (api, maya) = Api::staffed();
    let receipt = api.receipt(&maya, Medium::Email, on(8));
    let a_minute_before = json!({"email": "sam@example.org", "at": "2026-11-22T07:59:00Z"});
    post(&api, &with(sale("o-1"), a_minute_before));
    let id = lead(
        &api,
        json!({"email": "sam@example.org"}),
        &[&receipt],
        json!({}),
    );
    let lead = read(&api, &id);
    assert_eq!(
        (&lead["stage"], &lead["advocate"], &lead["flags"]),
        (&json!("won"), &json!(maya), &json!([]))
    );
}

#[test]
fn an_earlier_sale_moves_the_moment_and_the_credit() {
    let (api, maya) = rewarding();
    let olaf = api.advocate("olaf");
    let first = api.receipt(&maya, Medium::Email, on(5));
    let last = api.receipt(&olaf, Medium::Email, on(7));
    let id = lead(
        &api,
        json!({"email": "sam@example.org"}),
        &[&first, &last],
        json!({"at": at(8)}),
    );
    assert_eq!(
        post(&api, &with(sale("o-2"), json!({"lead": id, "at": at(9)})))["advocate"],
        olaf.as_str()
    );
    assert_eq!(rewards(&api), ["10000 approved"]);
    // The first order comes last.
    let sold = post(
        &api,
        &with(
            sale("o-1"),
            json!({"email": "sam@example.org", "at": at(6)}),
        ),
    );
    assert_eq!(sold["advocate"], maya.as_str());
    let lead = read(&api, &id);
    assert_eq!(lead["won_at"], "2026-11-22T06:00:00.000Z");
    let why = why(&api, &id);
    let last = why["decisions"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["cause"], &last["moment"]),
        (&json!("sale"), &json!("2026-11-22T06:00:00.000Z"))
    );
    assert_eq!(last["touches"][1]["verdict"], "too_late");
    let mut rewards = rewards(&api);
    rewards.sort();
    assert_eq!(rewards, ["0 reversed", "10000 approved"]);
}

#[test]
fn a_sale_and_its_lead_at_once_find_each_other() {
    for (n, order) in [[0, 1], [1, 0]].into_iter().enumerate() {
        let (api, maya) = rewarding();
        let receipt = api.receipt(&maya, Medium::Email, on(8));
        let body = json!({"program": "customers", "receipts": [receipt],
            "prospect": {"email": "sam@example.org", "customer": "cus_1"}});
        let mut asks = [
            Some(ask(
                &api,
                &with(sale("o-1"), json!({"customer": "cus_1", "at": at(9)})),
            )),
            Some(
                api.request(Method::POST, "/v1/leads")
                    .key(ADMIN)
                    .json(&body),
            ),
        ];
        let asks = order
            .into_iter()
            .map(|n: usize| asks[n].take().unwrap())
            .collect();
        for answer in at_once(asks) {
            answer.expect(201);
        }
        let id = api.column("SELECT id FROM leads").remove(0);
        assert_eq!(read(&api, &id)["sales"][0]["order_id"], "o-1", "{n}");
        assert!(unattributed(&api).is_empty());
        assert_eq!(rewards(&api), ["10000 approved"]);
    }
}

#[test]
fn fifty_at_once_are_one_sale_and_one_reward() {
    for key in [None, Some("k")] {
        let (api, maya) = rewarding();
        let receipt = api.receipt(&maya, Medium::Email, on(8));
        let id = lead(&api, json!({"phone": "1"}), &[&receipt], json!({}));
        let body = with(sale("o-1"), json!({"lead": id}));
        let asks = (0..50).map(|_| match key {
            Some(key) => ask(&api, &body).header("idempotency-key", key),
            None => ask(&api, &body),
        });
        let answers = at_once(asks.collect());
        for answer in &answers {
            assert_eq!(answer.expect(201), answers[0].value());
        }
        let replayed = answers
            .iter()
            .filter(|answer| answer.header("idempotent-replayed").is_some());
        assert_eq!(replayed.count(), 49);
        assert_eq!(api.column("SELECT count(*) || '' FROM sales"), ["1"]);
        assert_eq!(rewards(&api), ["10000 approved"]);
        assert_eq!(read(&api, &id)["history"].as_array().unwrap().len(), 3);
    }
}

#[test]
fn an_order_is_known_whatever_way_it_is_sent_again() {
    let (api, _) = Api::staffed();
    let body = with(sale("o-1"), json!({"product": "terminal", "at": at(9)}));
    let first = post(&api, &body);
    let before = api.dump();
    // The same bytes.
    let again = ask(&api, &body).send();
    assert_eq!(
        (again.expect(201), again.header("idempotent-replayed")),
        (first.clone(), Some("true"))
    );
    // The same order in other words, as a shop's retry may write it.
    let words = format!(" {body} ");
    let again = api
        .request(Method::POST, PATH)
        .key(ADMIN)
        .body("application/json", words)
        .send();
    assert_eq!(again.expect(201), first);
    // Other facts.
    for fields in [
        json!({"amount": 5_001}),
        json!({"currency": "EUR"}),
        json!({"product": "other"}),
        json!({"product": null}),
    ] {
        let other = with(body.clone(), fields);
        ask(&api, &other).send().problem(409);
        ask(&api, &other)
            .header("idempotency-key", "k-1")
            .send()
            .problem(409);
    }
    assert_eq!(api.dump(), before);
    // Under a key of its own: the same answer, and the key means it for good.
    let keyed = |body: &Value| ask(&api, body).header("idempotency-key", "k-2").send();
    assert_eq!(keyed(&body).expect(201), first);
    assert_eq!(keyed(&body).header("idempotent-replayed"), Some("true"));
    keyed(&sale("o-2")).problem(409);
    assert_eq!(api.column("SELECT order_id FROM sales"), ["o-1"]);
    // Another program has orders of its own.
    api.post("/v1/programs", &json!({"slug": "other", "name": "Other"}))
        .expect(201);
    post(
        &api,
        &with(sale("o-1"), json!({"program": "other", "amount": 1})),
    );
}

#[test]
fn a_key_that_looks_like_an_order_takes_no_order() {
    let (api, _) = Api::staffed();
    let body = json!({"program": "customers", "prospect": {"phone": "1"}});
    for key in ["sale:o-1", "refund:r-1"] {
        let taken = api
            .request(Method::POST, "/v1/leads")
            .key(ADMIN)
            .header("idempotency-key", key);
        taken.json(&body).send().expect(201);
    }
    post(&api, &sale("o-1"));
    post(&api, &refund("o-1", "r-1"));
}

#[test]
fn refunds_take_back_what_is_left_and_no_more() {
    let (api, _) = Api::staffed();
    post(&api, &sale("o-1"));
    let part = with(
        refund("o-1", "r-1"),
        json!({"amount": 1_000, "reason": "dented"}),
    );
    let given = post(&api, &part);
    assert_eq!(
        (&given["amount"], &given["currency"], &given["lead"]),
        (&json!(1_000), &json!("USD"), &Value::Null)
    );
    assert_eq!(post(&api, &part), given);
    let before = api.dump();
    for (fields, field) in [
        (json!({"amount": 4_001}), "amount"),
        (json!({"currency": "EUR"}), "currency"),
        (json!({"amount": 0}), "amount"),
        (json!({"product": "x"}), "product"),
        (json!({"lead": "ld_0"}), "lead"),
        (json!({"customer": "c"}), "customer"),
        (json!({"refund_id": null}), "refund_id"),
        (json!({"order_id": "o-9"}), "amount"),
        (json!({"order_id": "o-9", "amount": 1}), "currency"),
    ] {
        let body = with(refund("o-1", "r-2"), fields);
        assert_eq!(ask(&api, &body).send().field().0, field, "{body}");
    }
    for fields in [
        json!({"amount": 999}),
        json!({"order_id": "o-2"}),
        json!({"amount": 1_000, "currency": "EUR"}),
    ] {
        ask(&api, &with(refund("o-1", "r-1"), fields))
            .send()
            .problem(409);
    }
    assert_eq!(api.dump(), before);
    assert_eq!(post(&api, &refund("o-1", "r-2"))["amount"], 4_000);
    assert_eq!(ask(&api, &refund("o-1", "r-3")).send().field().0, "amount");
    let list = api.get("/v1/conversions?program=customers").expect(200);
    assert_eq!(list["items"][0]["refunded"], 5_000);
}

#[test]
fn a_refund_may_be_there_before_its_sale() {
    let (api, maya) = rewarding();
    let receipt = api.receipt(&maya, Medium::Email, on(8));
    let id = lead(&api, json!({"phone": "1"}), &[&receipt], json!({}));
    post(
        &api,
        &with(
            refund("o-1", "r-1"),
            json!({"amount": 5_000, "currency": "USD"}),
        ),
    );
    let before = api.dump();
    ask(
        &api,
        &with(sale("o-1"), json!({"lead": id, "currency": "EUR"})),
    )
    .send()
    .problem(409);
    assert_eq!(api.dump(), before);
    post(&api, &with(sale("o-1"), json!({"lead": id})));
    assert_eq!(read(&api, &id)["sales"][0]["refunded"], 5_000);
    assert!(rewards(&api).iter().all(|reward| reward == "0 reversed"));
}

#[test]
fn refunds_at_once_do_not_give_back_more_than_was_paid() {
    let (api, _) = Api::staffed();
    post(&api, &sale("o-1"));
    let asks = (0..4).map(|n| {
        ask(
            &api,
            &with(refund("o-1", &format!("r-{n}")), json!({"amount": 2_000})),
        )
    });
    let mut statuses: Vec<u16> = at_once(asks.collect())
        .iter()
        .map(|answer| answer.status.as_u16())
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 201, 422, 422]);
    assert_eq!(
        api.column("SELECT sum(amount) || '' FROM refunds"),
        ["4000"]
    );
    // Nor does one that came before its sale have another currency than it.
    for order in [[0, 1], [1, 0]] {
        let (api, _) = Api::staffed();
        let euros = with(
            refund("o-1", "r-1"),
            json!({"amount": 1, "currency": "EUR"}),
        );
        let mut asks = [Some(ask(&api, &sale("o-1"))), Some(ask(&api, &euros))];
        let asks = order
            .into_iter()
            .map(|n: usize| asks[n].take().unwrap())
            .collect();
        let created = at_once(asks)
            .iter()
            .filter(|answer| answer.status == 201)
            .count();
        assert_eq!(created, 1);
    }
}

#[test]
fn what_was_sold_is_refunded_after_the_program_has_ended() {
    let (api, _) = Api::staffed();
    post(&api, &sale("o-1"));
    api.patch("/v1/programs/customers", &json!({"status": "disabled"}))
        .expect(200);
    post(&api, &refund("o-1", "r-1"));
    assert_eq!(ask(&api, &sale("o-2")).send().field().0, "program");
}

#[test]
fn amounts_are_whole_and_within_bounds() {
    let (api, _) = Api::staffed();
    let before = api.dump();
    for (fields, field) in [
        (json!({"amount": 0}), "amount"),
        (json!({"amount": -1}), "amount"),
        (json!({"amount": 0.5}), "amount"),
        (json!({"amount": 49.0}), "amount"),
        (json!({"amount": 1e3}), "amount"),
        (json!({"amount": "4999"}), "amount"),
        (json!({"amount": null}), "amount"),
        (json!({"amount": 1_000_000_000_001_i64}), "amount"),
        (json!({"amount": i64::MAX}), "amount"),
        (json!({"amount": u64::MAX}), "amount"),
        (json!({"amount": i64::MIN}), "amount"),
        (json!({"currency": "usd"}), "currency"),
        (json!({"currency": "XXX"}), "currency"),
        (json!({"currency": "BTC"}), "currency"),
        (json!({"currency": "USDT"}), "currency"),
        (json!({"currency": null}), "currency"),
        (json!({"at": "2026-11-22T10:05:01Z"}), "at"),
        (json!({"at": "1969-12-31T23:59:59.999Z"}), "at"),
        (json!({"at": "2026-11-22"}), "at"),
        (json!({"kind": "gift"}), "kind"),
        (json!({"order_id": ""}), "order_id"),
        (json!({"order_id": "o 1"}), "order_id"),
        (json!({"order_id": "o\u{0}"}), "order_id"),
        (json!({"order_id": "o".repeat(129)}), "order_id"),
        (json!({"product": "x\ny"}), "product"),
        (json!({"refund_id": "r-1"}), "refund_id"),
        (json!({"reason": "x"}), "refund_id"),
        (json!({"lead": "ld_0"}), "lead"),
        (json!({"lead": "' OR 1=1 --"}), "lead"),
        (json!({"email": "sam"}), "email"),
        (json!({"email_sha256": "g".repeat(64)}), "email_sha256"),
        (json!({"email_sha256": "0".repeat(63)}), "email_sha256"),
        (
            json!({"email": "a@b.de", "email_sha256": "0".repeat(64)}),
            "email_sha256",
        ),
        (json!({"receipt": "x"}), "receipt"),
        (json!({"program": "nobody"}), "program"),
        (json!({"advocate": "ext:maya"}), "advocate"),
    ] {
        let body = with(sale("o-1"), fields);
        assert_eq!(ask(&api, &body).send().field().0, field, "{body}");
    }
    for (text, status) in [
        (r#"{"amount": 1e400}"#, 400),
        (r#"{"amount": 00}"#, 400),
        ("[]", 422),
        ("", 400),
    ] {
        let ask = api.request(Method::POST, PATH).key(ADMIN);
        ask.body("application/json", text).send().problem(status);
    }
    assert_eq!(api.dump(), before);
    for n in 0..3 {
        post(
            &api,
            &with(
                sale(&format!("o-{n}")),
                json!({"amount": 1_000_000_000_000_i64}),
            ),
        );
    }
    let listed = api.get("/v1/conversions?program=customers").expect(200);
    assert_eq!(listed["items"][0]["amount"], 1_000_000_000_000_i64);
}

#[test]
fn a_sale_is_not_given_to_another_programs_lead() {
    let (api, maya) = Api::staffed();
    api.post("/v1/programs", &json!({"slug": "other", "name": "Other"}))
        .expect(201);
    let receipt = api.receipt(&maya, Medium::Email, on(8));
    let id = lead(
        &api,
        json!({"email": "sam@example.org", "customer": "cus_1"}),
        &[&receipt],
        json!({}),
    );
    let other = |fields: Value| {
        ask(
            &api,
            &with(with(sale("o-1"), json!({"program": "other"})), fields),
        )
        .send()
    };
    let before = api.dump();
    let refused = |answer: Answer| answer.field();
    assert_eq!(refused(other(json!({"lead": id}))).0, "lead");
    assert_eq!(
        refused(other(json!({"receipt": receipt}))),
        (
            "receipt".to_owned(),
            "belongs to another program".to_owned()
        )
    );
    assert_eq!(api.dump(), before);
    let sold = other(json!({"customer": "cus_1", "email": "sam@example.org"})).expect(201);
    assert_eq!(sold["lead"], Value::Null);
}

#[test]
fn a_sale_finds_an_erased_lead_by_its_click_and_says_nothing_of_them() {
    let (api, maya) = rewarding();
    let receipt = api.receipt(&maya, Medium::Email, on(8));
    let id = lead(
        &api,
        json!({"email": "sam@example.org"}),
        &[&receipt],
        json!({}),
    );
    api.post("/v1/people/erase", &json!({"email": "sam@example.org"}))
        .expect(200);
    let sold = post(
        &api,
        &with(
            sale("o-1"),
            json!({"receipt": receipt, "customer": "cus_1",
        "email": "sam@example.org"}),
        ),
    );
    assert_eq!(
        (&sold["lead"], &sold["advocate"]),
        (&json!(id), &json!(maya))
    );
    let dump = api.dump().join("\n");
    assert!(
        !dump.contains("cus_1") && !dump.contains("sam@example.org"),
        "{dump}"
    );
    assert_eq!(rewards(&api), ["10000 approved"]);
}

#[test]
fn what_a_browser_says_of_a_sale_helps_whoever_knows_of_it() {
    let (api, maya) = Api::staffed();
    let receipt = |medium| api.receipt(&maya, medium, api.now());
    let claim = |order: &str, receipt: &str| {
        let body =
            json!({"program": "customers", "order_id": order, "receipts": ["nonsense", receipt]});
        api.request(Method::POST, "/v1/public/conversions?program=customers")
            .header("origin", "https://example.com")
            .json(&body)
            .send()
    };
    let sale = |order: &str| json!({"program": "customers", "kind": "sale", "order_id": order, "amount": 4999, "currency": "USD"});
    let first = receipt(Medium::Linkedin);
    let said = claim("o-1", &first);
    assert_eq!(
        said.header("access-control-allow-origin"),
        Some("https://example.com")
    );
    said.expect(202);
    // That is no sale.
    assert_eq!(
        api.get("/v1/conversions?program=customers").expect(200)["items"],
        json!([])
    );
    let sold = api.post("/v1/conversions", &sale("o-1")).expect(201);
    assert_eq!(
        (&sold["advocate"], &sold["amount"]),
        (&json!(maya), &json!(4999))
    );
    assert_eq!(sold["matched_by"], json!("receipt"));
    let path = format!("/v1/leads/{}", sold["lead"].as_str().unwrap());
    // Whoever is paid for it waits until somebody has looked.
    assert_eq!(
        api.get(&path).expect(200)["flags"],
        json!(["browser_claim"])
    );

    // Two browsers that both say so prove nothing.
    claim("o-2", &receipt(Medium::X)).expect(202);
    claim("o-2", &receipt(Medium::Email)).expect(202);
    let sold = api.post("/v1/conversions", &sale("o-2")).expect(201);
    assert_eq!(sold["lead"], json!(null));
    // A click that is a lead's already is no second one.
    claim("o-3", &first).expect(202);
    assert_eq!(
        api.post("/v1/conversions", &sale("o-3")).expect(201)["lead"],
        json!(null)
    );
    // Nor does a forged receipt say anything, or lose anything.
    claim("o-4", &first.to_lowercase()).expect(202);
    assert_eq!(
        api.post("/v1/conversions", &sale("o-4")).expect(201)["lead"],
        json!(null)
    );
}

#[test]
fn the_cookie_says_what_a_browser_bought_by_on_the_programs_own_pages_alone() {
    let (api, maya) = Api::staffed();
    let cookie = format!("gw_1={}", api.receipt(&maya, Medium::Email, api.now()));
    let credit = |order: &str, origin: &str| {
        let sale = json!({"program": "customers", "order_id": order});
        api.request(Method::POST, "/v1/public/conversions?program=customers")
            .header("origin", origin)
            .header("cookie", &cookie)
            .json(&sale)
            .send()
            .expect(202);
        let sale = json!({"program": "customers", "kind": "sale", "order_id": order, "amount": 4999, "currency": "USD"});
        api.post("/v1/conversions", &sale).expect(201)["advocate"].clone()
    };
    assert_eq!(credit("o-1", "https://elsewhere.example"), json!(null));
    assert_eq!(credit("o-2", "https://example.com"), json!(maya));
}
