//! `/v1/leads`, `/v1/referrals/verbal`, `/v1/conversions`: the loop from a touch to
//! a sale.

use goodword::domain::channel::Medium;
use serde_json::{Value, json};

use crate::harness::{Api, NOW};

fn house() -> (Api, String) {
    let api = Api::furnished();
    for rep in ["jonas", "lea"] {
        api.put(&format!("/v1/reps/{rep}"), &json!({"name": rep}))
            .expect(200);
    }
    api.put(
        "/v1/programs/customers/routing",
        &json!({"reps": ["jonas", "lea"]}),
    )
    .expect(200);
    let maya = api
        .get("/v1/programs/customers/advocates/ext:maya")
        .expect(200);
    (api, maya["id"].as_str().unwrap().to_owned())
}

fn lead(email: &str, receipts: &[&str]) -> Value {
    json!({"program": "customers", "prospect": {"email": email, "name": "Sam"},
        "receipts": receipts})
}

#[test]
fn a_lead_is_credited_routed_and_explained() {
    let (api, maya) = house();
    let receipt = api.receipt(&maya, Medium::Linkedin, NOW - 60_000);
    let taken = api
        .post("/v1/leads", &lead("sam@example.org", &[&receipt]))
        .expect(201);
    assert_eq!(taken["advocate"], maya.as_str());
    assert_eq!(taken["medium"], "linkedin");
    assert_eq!(
        (&taken["owner"], &taken["owner_why"]),
        (&json!("jonas"), &json!("It was their turn."))
    );
    let id = taken["id"].as_str().unwrap();
    let why = api.get(&format!("/v1/leads/{id}/why")).expect(200);
    assert_eq!(why["decisions"][0]["touches"][0]["verdict"], "won", "{why}");
    let again = api
        .post("/v1/leads", &lead("Sam+x@Example.org", &[]))
        .expect(200);
    assert_eq!(
        (&again["duplicate"], &again["id"]),
        (&json!(true), &taken["id"])
    );
    for (stage, status) in [
        ("meeting", 409),
        ("accepted", 200),
        ("meeting", 200),
        ("opportunity", 200),
    ] {
        let answer = api.post(&format!("/v1/leads/{id}/stage"), &json!({"stage": stage}));
        assert_eq!(
            answer.value()["stage"] == stage,
            status == 200,
            "{}",
            answer.value()
        );
    }
    let sale = json!({"program": "customers", "kind": "sale", "order_id": "o-1", "amount": 4999,
        "currency": "USD", "lead": id});
    let sold = api.post("/v1/conversions", &sale).expect(201);
    assert_eq!(sold["advocate"], maya.as_str());
    assert_eq!(api.post("/v1/conversions", &sale).expect(201), sold);
    let full = api.get(&format!("/v1/leads/{id}")).expect(200);
    assert_eq!(full["stage"], "won", "{full:#}");
    assert_eq!(full["sales"][0]["amount"], 4999);
    let list = api
        .get("/v1/leads?program=customers&stage=won&advocate=ext:maya")
        .expect(200);
    assert_eq!(list["items"][0]["id"], id);
}

#[test]
fn what_was_said_is_entered_in_one_call() {
    let (api, _) = house();
    let verbal = json!({"program": "customers", "medium": "phone", "rep": "lea",
        "advocate": {"name": "Olaf", "email": "olaf@example.net"},
        "prospect": {"name": "Pia", "phone": "+49 30 1"}, "place": "booth 12"});
    let taken = api.post("/v1/referrals/verbal", &verbal).expect(201);
    assert_eq!(
        (&taken["owner"], &taken["owner_why"]),
        (&json!("lea"), &json!("They own the advocate."))
    );
    assert_eq!(taken["medium"], "phone");
}
