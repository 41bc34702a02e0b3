//! `/v1/referrals/verbal`: what a rep heard, in one call.

use http::Method;
use serde_json::{Value, json};

use crate::harness::{ADMIN, Api, Ask, at_once};

const PATH: &str = "/v1/referrals/verbal";

fn pia() -> Value {
    json!({"program": "customers", "medium": "phone", "rep": "lea",
        "advocate": {"name": "Olaf", "email": "olaf@example.net"},
        "prospect": {"name": "Pia", "email": "pia@example.org"}})
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

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn touches(api: &Api, taken: &Value) -> Value {
    let id = text(&taken["id"]);
    let why = api.get(&format!("/v1/leads/{id}/why")).expect(200);
    why["decisions"].as_array().unwrap().last().unwrap()["touches"].clone()
}

#[test]
fn what_was_said_is_entered_in_one_call() {
    let (api, _) = Api::staffed();
    let body = with(
        pia(),
        json!({"at": "2026-11-21T15:30:00+01:00", "place": "trade fair, booth 12",
        "label": "spring", "note": "likes tea"}),
    );
    let taken = api.post(PATH, &body).expect(201);
    assert_eq!(
        (&taken["owner"], &taken["owner_why"], &taken["medium"]),
        (
            &json!("lea"),
            &json!("They own the advocate."),
            &json!("phone")
        )
    );
    let olaf = text(&taken["advocate"]);
    let touches = touches(&api, &taken);
    assert_eq!(touches.as_array().unwrap().len(), 1);
    for (field, value) in [
        ("kind", "rep"),
        ("at", "2026-11-21T14:30:00.000Z"),
        ("advocate", &olaf),
        ("channel", "verbal"),
        ("proof", "lea"),
        ("place", "trade fair, booth 12"),
        ("verdict", "won"),
    ] {
        assert_eq!(touches[0][field], value);
    }
    let id = text(&taken["id"]);
    let lead = api.get(&format!("/v1/leads/{id}")).expect(200);
    assert_eq!(
        (&lead["source"], &lead["label"], &lead["note"]),
        (&json!("rep"), &json!("spring"), &json!("likes tea"))
    );
    let advocate = api
        .get(&format!("/v1/programs/customers/advocates/{olaf}"))
        .expect(200);
    assert_eq!(
        (&advocate["name"], &advocate["kind"], &advocate["owner"]),
        (&json!("Olaf"), &json!("customer"), &json!("lea"))
    );
    assert!(
        api.column("SELECT 'x' FROM clicks").is_empty(),
        "no click is invented"
    );
    // Each spoken medium, and no other.
    for medium in ["in_person", "video"] {
        api.post(PATH, &with(pia(), json!({"medium": medium})))
            .expect(200);
    }
    for medium in ["linkedin", "email", "qr", "shout"] {
        let refused = api.post(PATH, &with(pia(), json!({"medium": medium})));
        assert_eq!(refused.field().0, "medium");
    }
}

#[test]
fn an_advocate_who_is_there_is_found() {
    let (api, maya) = Api::staffed();
    let change = json!({"email": "maya@example.com"});
    api.patch("/v1/programs/customers/advocates/ext:maya", &change)
        .expect(200);
    for advocate in [
        json!({"id": maya}),
        json!({"id": "ext:maya"}),
        json!({"external_id": "maya"}),
        json!({"email": "Maya+x@Example.com"}),
        json!({"external_id": "unknown", "email": "maya@example.com", "name": "M"}),
    ] {
        let taken = api.post(PATH, &with(pia(), json!({"advocate": advocate})));
        assert_eq!(taken.value()["advocate"], maya.as_str(), "{advocate}");
    }
    assert_eq!(api.column("SELECT 'x' FROM advocates").len(), 1);
    let other = json!({"external_id": "crm-2", "name": "Olaf", "kind": "partner"});
    for status in [201, 200] {
        let body = with(
            pia(),
            json!({"advocate": other, "prospect": {"email": "a@example.org"}}),
        );
        api.post(PATH, &body).expect(status);
    }
    assert_eq!(
        api.column("SELECT kind FROM advocates WHERE external_id = 'crm-2'"),
        ["partner"]
    );
}

#[test]
fn one_new_advocate_is_registered_once_however_many_name_them() {
    let (api, _) = Api::staffed();
    let asks = (0..5).map(|n| {
        ask(
            &api,
            &with(
                pia(),
                json!({"prospect": {"email": format!("p{n}@example.org")}}),
            ),
        )
    });
    for answer in at_once(asks.collect()) {
        answer.expect(201);
    }
    assert_eq!(
        api.column("SELECT 'x' FROM advocates WHERE name = 'Olaf'")
            .len(),
        1
    );
}

#[test]
fn two_who_were_named_at_one_time_are_two_touches() {
    let (api, maya) = Api::staffed();
    let day = json!({"at": "2026-11-21T00:00:00Z"});
    let first = api.post(PATH, &with(pia(), day.clone())).expect(201);
    let second = api
        .post(
            PATH,
            &with(with(pia(), day), json!({"advocate": {"id": maya}})),
        )
        .expect(200);
    let touches = touches(&api, &second);
    assert_eq!(touches.as_array().unwrap().len(), 2, "{touches:#}");
    assert_eq!(second["advocate"], maya.as_str(), "the last one");
    assert_ne!(first["advocate"], second["advocate"]);
}

#[test]
fn a_word_from_before_the_form_has_the_credit() {
    let (api, maya) = Api::staffed();
    let body = json!({"program": "customers", "prospect": {"email": "pia@example.org"}});
    let taken = api.post("/v1/leads", &body).expect(201);
    api.wait(3_600_000);
    let named = json!({"advocate": {"id": maya}});
    // Said after, it had nothing to do with it.
    let late = api.post(PATH, &with(pia(), named.clone())).expect(200);
    assert_eq!(
        (&late["id"], &late["advocate"]),
        (&taken["id"], &Value::Null)
    );
    assert_eq!(touches(&api, &late)[0]["verdict"], "too_late");
    let early = api
        .post(
            PATH,
            &with(with(pia(), named), json!({"at": "2026-11-22T09:00:00Z"})),
        )
        .expect(200);
    assert_eq!(early["advocate"], maya.as_str());
}

#[test]
fn who_refers_themselves_is_flagged_though_they_are_new() {
    let (api, _) = Api::staffed();
    for (advocate, prospect, flags) in [
        (
            "pia@example.org",
            "Pia+2@example.org",
            json!(["same_email"]),
        ),
        (
            "ole@smallco.example",
            "ann@smallco.example",
            json!(["same_domain"]),
        ),
        ("ole@gmail.com", "ann@gmail.com", json!([])),
    ] {
        let body = with(
            pia(),
            json!({"advocate": {"name": "New", "email": advocate},
            "prospect": {"email": prospect}}),
        );
        assert_eq!(
            api.post(PATH, &body).expect(201)["flags"],
            flags,
            "{advocate}"
        );
    }
}

#[test]
fn a_call_with_a_key_registers_and_enters_once() {
    let (api, _) = Api::staffed();
    let nameless = with(
        pia(),
        json!({"advocate": {"name": "Olaf"}, "prospect": {"phone": "1"}}),
    );
    let answers = at_once(
        (0..10)
            .map(|_| ask(&api, &nameless).header("idempotency-key", "k"))
            .collect(),
    );
    for answer in &answers {
        assert_eq!(answer.expect(201), answers[0].value());
    }
    assert_eq!(api.column("SELECT 'x' FROM advocates").len(), 2);
    assert_eq!(api.column("SELECT 'x' FROM leads").len(), 1);
    // The answer stays, though the rep has left.
    api.put(
        "/v1/reps/lea",
        &json!({"name": "lea", "status": "disabled"}),
    )
    .expect(200);
    let again = ask(&api, &nameless).header("idempotency-key", "k").send();
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.expect(201), answers[0].value());
}

#[test]
fn what_is_wrong_is_named_and_nobody_is_registered() {
    let (api, _) = Api::staffed();
    api.put(
        "/v1/reps/eva",
        &json!({"name": "Eva", "status": "disabled"}),
    )
    .expect(200);
    let disabled = api.advocate("disabled");
    let path = format!("/v1/programs/customers/advocates/{disabled}");
    api.patch(&path, &json!({"status": "disabled"})).expect(200);
    let before = api.dump();
    for (fields, field) in [
        (json!({"advocate": {}}), "advocate.name"),
        (
            json!({"advocate": {"email": "new@example.net"}}),
            "advocate.name",
        ),
        (json!({"advocate": {"id": "000000"}}), "advocate.id"),
        (
            json!({"advocate": {"id": "ext:nobody", "name": "Olaf"}}),
            "advocate.id",
        ),
        (json!({"advocate": {"id": "../../x"}}), "advocate.id"),
        (json!({"advocate": {"id": disabled}}), "advocate"),
        (json!({"advocate": {"name": "O\u{0}"}}), "advocate.name"),
        (
            json!({"advocate": {"name": "Olaf", "kind": "friend"}}),
            "advocate.kind",
        ),
        (
            json!({"advocate": {"name": "Olaf", "owner": "lea"}}),
            "advocate.owner",
        ),
        (json!({"prospect": {"name": "Pia"}}), "prospect"),
        (json!({"rep": "nobody"}), "rep"),
        (json!({"rep": "eva"}), "rep"),
        (json!({"rep": null}), "rep"),
        (json!({"label": "nothing"}), "label"),
        (json!({"place": "p".repeat(201)}), "place"),
        (json!({"place": "a\tb"}), "place"),
        (json!({"at": "2026-11-22T10:05:01Z"}), "at"),
        (json!({"at": "soon"}), "at"),
        (json!({"program": "nobody"}), "program"),
        (json!({"receipts": []}), "receipts"),
    ] {
        let body = with(pia(), fields);
        assert_eq!(api.post(PATH, &body).field().0, field, "{body}");
    }
    assert_eq!(api.dump(), before);
}
