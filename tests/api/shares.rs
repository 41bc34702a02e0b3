//! `/v1/shares`

use goodword::{
    domain::{
        channel::{Channel, Medium},
        link::AdvocateNumber,
        visitor,
    },
    jobs,
};
use serde_json::{Value, json};

use crate::harness::{Answer, Api, NOW, SALT, Visit, block_on};

fn wanted() -> Value {
    json!({"program": "customers", "advocate": "ext:maya", "channel": "email",
        "kind": "sent", "event_id": "event-1"})
}

fn with(field: &str, value: Value) -> Value {
    let mut wanted = wanted();
    wanted[field] = value;
    wanted
}

fn share(api: &Api, body: &Value) -> Answer {
    api.post("/v1/shares", body)
}

fn total(api: &Api) -> Value {
    api.stats("by=channel")["total"]["shares"].clone()
}

#[test]
fn record_answers_the_share_and_it_is_counted() {
    let api = Api::furnished();
    let body = json!({"program": "customers", "advocate": "ext:maya", "medium": "whatsapp",
        "kind": "intent", "event_id": "e", "at": "2026-11-22T10:30:00+01:00",
        "destination": "offer", "label": "spring"});
    let recorded = share(&api, &body);
    assert_eq!(recorded.header("idempotent-replayed"), None);
    let recorded = recorded.expect(201);
    assert_eq!(
        recorded,
        json!({
            "event_id": "e",
            "program": "customers",
            "advocate": recorded["advocate"],
            "channel": "social",
            "medium": "whatsapp",
            "kind": "intent",
            "destination": "offer",
            "label": "spring",
            "at": "2026-11-22T09:30:00.000Z",
        })
    );
    assert_eq!(total(&api), json!({"intent": 1, "sent": 0}));
}

#[test]
fn a_repeat_gets_the_first_answer_and_changes_nothing() {
    let api = Api::furnished();
    let first = share(&api, &wanted()).expect(201);
    api.wait(3_600_000);
    for _ in 0..3 {
        let again = share(&api, &wanted());
        assert_eq!(again.expect(201), first);
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
    }
    // The order of fields and white space make no difference.
    let turned = r#" {"event_id":"event-1",  "kind":"sent", "channel":"email",
        "advocate":"ext:maya", "program":"customers"} "#;
    let again = api
        .request(http::Method::POST, "/v1/shares")
        .key(crate::harness::ADMIN)
        .body("application/json; charset=utf-8", turned)
        .send();
    assert_eq!(again.expect(201), first);
    assert_eq!(total(&api), json!({"intent": 0, "sent": 1}));
}

#[test]
fn another_share_under_the_same_event_is_a_conflict() {
    let api = Api::furnished();
    share(&api, &wanted()).expect(201);
    for (field, value) in [
        ("kind", json!("intent")),
        ("channel", json!("social")),
        ("label", json!("spring")),
        ("at", json!("2026-11-22T09:00:00Z")),
    ] {
        share(&api, &with(field, value)).problem(409);
    }
    assert_eq!(total(&api), json!({"intent": 0, "sent": 1}));
}

#[test]
fn events_are_unique_in_their_program_only() {
    let api = Api::furnished();
    api.post("/v1/programs", &json!({"slug": "other", "name": "O"}))
        .expect(201);
    let home = json!({"slug": "home", "url": "https://other.example/"});
    api.post("/v1/programs/other/destinations", &home)
        .expect(201);
    let maya = json!({"external_id": "maya", "kind": "customer", "name": "M"});
    api.post("/v1/programs/other/advocates", &maya).expect(201);
    share(&api, &wanted()).expect(201);
    let there = share(&api, &with("program", json!("other")));
    there.expect(201);
    assert_eq!(there.header("idempotent-replayed"), None);
}

#[test]
fn without_an_event_id_each_one_counts_and_is_given_an_id() {
    let api = Api::furnished();
    let body = with("event_id", Value::Null);
    let first = share(&api, &body).expect(201);
    let second = share(&api, &body).expect(201);
    assert_ne!(first["event_id"], second["event_id"]);
    assert_eq!(total(&api)["sent"], 2);
    // The id that was given is one that can be sent.
    let again = share(&api, &with("event_id", first["event_id"].clone()));
    again.problem(409);
}

#[test]
fn every_channel_and_every_medium_is_counted_under_its_own() {
    let api = Api::furnished();
    for (index, medium) in Medium::ALL.into_iter().enumerate() {
        for kind in ["intent", "sent"] {
            let body = json!({"program": "customers", "advocate": "ext:maya", "kind": kind,
                "medium": medium.name(), "event_id": format!("{index}-{kind}")});
            assert_eq!(
                share(&api, &body).expect(201)["channel"],
                medium.channel().name()
            );
        }
    }
    let stats = api.stats("by=channel");
    for row in stats["rows"].as_array().unwrap() {
        let media = Medium::ALL
            .iter()
            .filter(|m| row["key"] == m.channel().name())
            .count();
        assert_eq!(
            row["shares"],
            json!({"intent": media, "sent": media}),
            "{row}"
        );
    }
    for channel in Channel::ALL {
        let body = json!({"program": "customers", "advocate": "ext:maya", "kind": "sent",
            "channel": channel.name()});
        let recorded = share(&api, &body).expect(201);
        assert_eq!(recorded["medium"], channel.default_medium().name());
    }
}

#[test]
fn the_time_may_be_five_minutes_ahead_and_no_more() {
    let api = Api::furnished();
    share(&api, &with("at", json!("2026-11-22T10:05:00Z"))).expect(201);
    for at in [
        "2026-11-22T10:05:00.001Z",
        "2026-11-22",
        "2026-11-22T10:00:00",
        "2026-02-30T10:00:00Z",
        "now",
        "",
        "1969-12-31T23:59:59Z",
    ] {
        let mut body = with("at", json!(at));
        body["event_id"] = json!("other");
        assert_eq!(share(&api, &body).field().0, "at", "{at}");
    }
    assert_eq!(
        share(&api, &with("at", json!(1_795_341_600))).field().0,
        "at"
    );
}

#[test]
fn wrong_fields_are_refused_by_name_and_nothing_is_counted() {
    let api = Api::furnished();
    for (field, value, named) in [
        ("program", json!("nobody"), "program"),
        ("advocate", json!("ext:nobody"), "advocate"),
        ("channel", json!("pigeon"), "channel"),
        ("channel", Value::Null, "channel"),
        ("medium", json!("qr"), "medium"),
        ("kind", json!("click"), "kind"),
        ("kind", json!(3), "kind"),
        ("event_id", json!("a b"), "event_id"),
        ("event_id", json!(""), "event_id"),
        ("event_id", json!(7), "event_id"),
        ("destination", json!("nowhere"), "destination"),
        ("label", json!("winter"), "label"),
        ("count", json!(100), "count"),
    ] {
        let (at, detail) = share(&api, &with(field, value)).field();
        assert_eq!(at, named, "{detail}");
    }
    assert_eq!(total(&api), json!({"intent": 0, "sent": 0}));
}

#[test]
fn who_reported_it_is_kept() {
    let api = Api::furnished();
    let key = api.key(&["shares:write"]);
    api.request(http::Method::POST, "/v1/shares")
        .key(&key)
        .json(&wanted())
        .send()
        .expect(201);
    share(&api, &with("event_id", json!("event-2"))).expect(201);
    let by = api.column("SELECT recorded_by FROM shares ORDER BY event");
    let id = api.get("/v1/keys").expect(200)["items"][0]["id"].clone();
    assert_eq!(by, [id.as_str().unwrap(), "admin"]);
}

#[test]
fn a_repeat_gets_the_first_answer_after_its_advocate_was_disabled() {
    let api = Api::furnished();
    let first = share(&api, &wanted()).expect(201);
    let off = json!({"status": "disabled"});
    for path in [
        "/v1/programs/customers/advocates/ext:maya",
        "/v1/programs/customers/destinations/home",
        "/v1/programs/customers",
    ] {
        api.patch(path, &off).expect(200);
        assert_eq!(share(&api, &wanted()).expect(201), first);
    }
    share(&api, &with("event_id", json!("event-2"))).problem(422);
}

const AGENT: &str = "Mozilla/5.0 (of Maya)";

fn from_maya() -> Value {
    with(
        "visitor",
        json!({"address": "::ffff:192.0.2.7", "user_agent": AGENT}),
    )
}

#[test]
fn who_follows_their_own_link_is_flagged() {
    let api = Api::furnished();
    share(&api, &from_maya()).expect(201);
    let maya = api
        .get("/v1/programs/customers/advocates/ext:maya")
        .expect(200);
    let advocate = AdvocateNumber::from_id(maya["id"].as_str().unwrap()).unwrap();
    for (address, flags) in [
        ("192.0.2.7", json!(["same_visitor"])),
        ("192.0.2.8", json!([])),
    ] {
        let visit = Visit {
            at: NOW - 1_000,
            advocate: advocate.0,
            visitor: Some(visitor::hash(&SALT, 1, address, AGENT)),
            ..Visit::default()
        };
        let clicks = api.clicks("UTC", &[visit]);
        api.deliver(&clicks);
        let lead = json!({"program": "customers", "receipts": [api.receipt_of(&clicks[0])],
            "prospect": {"phone": address}});
        let taken = api.post("/v1/leads", &lead).expect(201);
        assert_eq!(taken["advocate"], maya["id"]);
        assert_eq!(taken["flags"], flags);
    }
}

#[test]
fn of_a_visitor_the_hash_alone_is_kept_for_three_days() {
    let api = Api::furnished();
    share(&api, &from_maya()).expect(201);
    let hash = visitor::hash(&SALT, 1, "192.0.2.7", AGENT);
    let kept = || api.column("SELECT hex(visitor) || ' ' || utc_day FROM advocate_visitors");
    assert_eq!(kept(), [format!("{hash:016X} {}", NOW / 86_400_000)]);
    // Without it, it is the same share: it has no part in the fingerprint, and a
    // repeat changes nothing.
    let repeat = share(&api, &wanted());
    assert_eq!(repeat.header("idempotent-replayed"), Some("true"));
    api.plant("DELETE FROM advocate_visitors");
    api.wait(1);
    assert_eq!(
        share(&api, &from_maya()).header("idempotent-replayed"),
        Some("true")
    );
    assert!(kept().is_empty());
    // Nor does a clash.
    let mut clash = from_maya();
    clash["kind"] = json!("intent");
    share(&api, &clash).problem(409);
    assert!(kept().is_empty());

    clash["event_id"] = json!("event-2");
    share(&api, &clash).expect(201);
    for (days, left) in [(3, 1), (4, 0)] {
        let later = NOW + days * 86_400_000;
        block_on(jobs::visitors::sweep(api.db(), later)).unwrap();
        assert_eq!(kept().len(), left, "after {days} days");
    }
}

#[test]
fn a_visitor_has_an_address_and_an_agent() {
    let api = Api::furnished();
    for (value, named) in [
        (json!({"address": "192.0.2.7"}), "visitor.user_agent"),
        (json!({"user_agent": AGENT}), "visitor.address"),
        (
            json!({"address": "maya's", "user_agent": AGENT}),
            "visitor.address",
        ),
        (
            json!({"address": "192.0.2.7", "user_agent": AGENT, "cookie": ""}),
            "visitor.cookie",
        ),
        (json!("192.0.2.7"), "visitor"),
    ] {
        let (at, detail) = share(&api, &with("visitor", value)).field();
        assert_eq!(at, named, "{detail}");
    }
}
