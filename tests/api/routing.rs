//! Who follows a lead up: the advocate's owner, whoever entered it, whose turn it
//! is, or nobody; and handing over.

use goodword::domain::channel::Medium;
use http::Method;
use serde_json::{Value, json};

use crate::harness::{Api, NOW, at_once};

const ROUTING: &str = "/v1/programs/customers/routing";

fn rep(api: &Api, slug: &str, status: &str) {
    api.put(
        &format!("/v1/reps/{slug}"),
        &json!({"name": slug, "status": status}),
    )
    .expect(200);
}

fn owner_of_maya(api: &Api, slug: &str) {
    api.patch(
        "/v1/programs/customers/advocates/ext:maya",
        &json!({"owner": slug}),
    )
    .expect(200);
}

/// A new lead with these fields; who follows it up, and why.
fn taken(api: &Api, fields: Value) -> (Value, String) {
    let mut body = json!({"program": "customers", "prospect": {"phone": "1"}});
    let Value::Object(fields) = fields else {
        panic!("{fields}")
    };
    for (name, value) in fields {
        body[name.as_str()] = value;
    }
    let answer = api.post("/v1/leads", &body);
    assert!(answer.status.is_success(), "{answer:?}");
    let answer = answer.value();
    (
        answer["owner"].clone(),
        answer["owner_why"].as_str().unwrap().to_owned(),
    )
}

fn said(owner: &str, why: &str) -> (Value, String) {
    (json!(owner), why.to_owned())
}

#[test]
fn the_advocates_owner_goes_before_everybody() {
    let (api, maya) = Api::staffed();
    rep(&api, "eva", "active");
    owner_of_maya(&api, "eva");
    let receipt = || api.receipt(&maya, Medium::Email, NOW - 1_000);
    let owned = said("eva", "They own the advocate.");
    assert_eq!(taken(&api, json!({"receipts": [receipt()]})), owned);
    // Even if another rep enters it, and if the default is one rep for all.
    assert_eq!(
        taken(&api, json!({"receipts": [receipt()], "rep": "lea"})),
        owned
    );
    api.put(ROUTING, &json!({"reps": ["jonas"]})).expect(200);
    assert_eq!(taken(&api, json!({"receipts": [receipt()]})), owned);
    let verbal = json!({"program": "customers", "medium": "phone", "rep": "lea",
        "advocate": {"id": "ext:maya"}, "prospect": {"phone": "2"}});
    let entered = api.post("/v1/referrals/verbal", &verbal).expect(201);
    assert_eq!(entered["owner"], "eva");
    // Without the advocate it is not hers.
    assert_eq!(
        taken(&api, json!({"rep": "lea"})),
        said("lea", "They entered it.")
    );
    assert_eq!(taken(&api, json!({})), said("jonas", "It was their turn."));
    // Disabled, she gets no more; those that she has stay hers.
    rep(&api, "eva", "disabled");
    assert_eq!(
        taken(&api, json!({"receipts": [receipt()], "rep": "lea"})),
        said("lea", "They entered it.")
    );
    assert_eq!(
        taken(&api, json!({"receipts": [receipt()]})),
        said("jonas", "It was their turn.")
    );
    let hers = api.get("/v1/leads?program=customers&owner=eva").expect(200);
    assert_eq!(hers["items"].as_array().unwrap().len(), 4);
}

#[test]
fn turns_are_even_among_those_who_are_there() {
    let (api, _) = Api::staffed();
    for slug in ["eva", "ole"] {
        rep(&api, slug, "active");
    }
    let reps = json!({"reps": ["ole", "jonas", "eva", "lea"]});
    assert_eq!(api.put(ROUTING, &reps).expect(200), reps);
    assert_eq!(api.get(ROUTING).expect(200), reps);
    rep(&api, "jonas", "disabled");
    let turns: Vec<String> = (0..9)
        .map(|_| taken(&api, json!({})).0.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        turns,
        [
            "ole", "eva", "lea", "ole", "eva", "lea", "ole", "eva", "lea"
        ]
    );
    for slug in ["ole", "eva", "lea"] {
        rep(&api, slug, "disabled");
    }
    let nobody = (
        Value::Null,
        "Nobody: the program's routing has no active rep.".to_owned(),
    );
    assert_eq!(taken(&api, json!({})), nobody);
    api.put(ROUTING, &json!({"reps": []})).expect(200);
    assert_eq!(taken(&api, json!({})), nobody);
}

#[test]
fn many_at_once_take_turns() {
    let (api, _) = Api::staffed();
    let body = json!({"program": "customers", "prospect": {"phone": "1"}});
    let asks = (0..20).map(|_| {
        api.request(Method::POST, "/v1/leads")
            .key(crate::harness::ADMIN)
            .json(&body)
    });
    for answer in at_once(asks.collect()) {
        answer.expect(201);
    }
    let counts = api.column("SELECT count(*) || '' FROM leads GROUP BY owner");
    assert_eq!(counts, ["10", "10"]);
}

#[test]
fn who_joins_a_lead_without_an_owner_brings_one() {
    let api = Api::furnished();
    let email = json!({"prospect": {"email": "sam@example.org"}});
    assert_eq!(taken(&api, email.clone()).0, Value::Null);
    rep(&api, "jonas", "active");
    api.put(ROUTING, &json!({"reps": ["jonas"]})).expect(200);
    assert_eq!(
        taken(&api, email.clone()),
        said("jonas", "It was their turn.")
    );
    assert_eq!(
        taken(&api, email),
        said("jonas", "They follow up the lead that it joined.")
    );
}

#[test]
fn a_touch_that_moves_the_credit_moves_the_owner_until_work_has_begun() {
    for begun in [false, true] {
        let (api, maya) = Api::staffed();
        rep(&api, "eva", "active");
        owner_of_maya(&api, "eva");
        let email = json!({"prospect": {"email": "sam@example.org"}});
        assert_eq!(taken(&api, email.clone()).0, "jonas");
        let id = api.column("SELECT id FROM leads").remove(0);
        if begun {
            let step = json!({"stage": "accepted"});
            api.post(&format!("/v1/leads/{id}/stage"), &step)
                .expect(200);
        }
        let mut late = email;
        late["receipts"] = json!([api.receipt(&maya, Medium::Email, NOW - 1_000)]);
        let expected = if begun {
            said("jonas", "They follow up the lead that it joined.")
        } else {
            said("eva", "They own the advocate.")
        };
        assert_eq!(taken(&api, late), expected);
    }
}

#[test]
fn a_lead_is_handed_over_and_it_is_written_down() {
    let (api, _) = Api::staffed();
    rep(&api, "eva", "disabled");
    taken(&api, json!({}));
    let id = api.column("SELECT id FROM leads").remove(0);
    let path = format!("/v1/leads/{id}/owner");
    let before = api.dump();
    for (body, field) in [
        (json!({"owner": "lea"}), "why"),
        (json!({"owner": "lea", "why": ""}), "why"),
        (json!({"owner": "lea", "why": "w".repeat(1_001)}), "why"),
        (json!({"owner": "nobody", "why": "x"}), "owner"),
        (json!({"owner": "eva", "why": "x"}), "owner"),
        (json!({"owner": null, "why": "x"}), "owner"),
    ] {
        assert_eq!(api.post(&path, &body).field().0, field, "{body}");
    }
    // To whom has it already changes nothing.
    api.post(&path, &json!({"owner": "jonas", "why": "x"}))
        .expect(200);
    assert_eq!(api.dump(), before);
    let handed = api
        .post(&path, &json!({"owner": "lea", "why": "speaks Dutch"}))
        .expect(200);
    assert_eq!(handed["owner"], "lea");
    let lead = api.get(&format!("/v1/leads/{id}")).expect(200);
    let last = lead["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        last,
        json!({"kind": "owner", "before": "jonas", "after": "lea", "why": "speaks Dutch",
            "at": "2026-11-22T10:00:00.000Z", "by": "admin"})
    );
}

#[test]
fn routing_names_reps_who_are_there_once_each() {
    let (api, _) = Api::staffed();
    let before = (api.dump(), api.get(ROUTING).expect(200));
    for (reps, field) in [
        (json!(["jonas", "nobody"]), "reps[1]"),
        (json!(["jonas", "lea", "jonas"]), "reps[2]"),
        (json!(["' OR 1=1 --"]), "reps[0]"),
        (json!([7]), "reps[0]"),
        (json!("jonas"), "reps"),
        (json!(vec!["jonas"; 201]), "reps"),
    ] {
        assert_eq!(
            api.put(ROUTING, &json!({"reps": reps})).field().0,
            field,
            "{reps}"
        );
    }
    api.put("/v1/programs/nobody/routing", &json!({"reps": []}))
        .problem(404);
    assert_eq!(
        api.put("/v1/reps/..%2Fx", &json!({"name": "x"})).field().0,
        "rep"
    );
    assert_eq!((api.dump(), api.get(ROUTING).expect(200)), before);
}
