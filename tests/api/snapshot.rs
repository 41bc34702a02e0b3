//! What is published, and when; and that a publisher's failure is nobody's.

use goodword::domain::{keyring::Keyring, program::Status};
use serde_json::json;

use crate::harness::{Api, KEYS};

const PROGRAM: &str = "/v1/programs/customers";

#[test]
fn every_change_that_a_redirect_has_to_know_is_published_once() {
    let api = Api::furnished();
    assert_eq!(api.published().len(), 3, "a program and two destinations");
    let link = json!({"program": "customers", "advocate": "ext:maya", "channel": "email"});
    let code = api.post("/v1/links", &link).expect(200)["code"].clone();
    let mut version = 0;
    let changes = [
        ("POST", "/v1/programs", json!({"slug": "b", "name": "B"})),
        ("PATCH", PROGRAM, json!({"cookie": false})),
        (
            "POST",
            "/v1/programs/customers/destinations",
            json!({"slug": "c", "url": "https://c.example/"}),
        ),
        (
            "PATCH",
            "/v1/programs/customers/destinations/c",
            json!({"status": "disabled"}),
        ),
        (
            "PATCH",
            "/v1/programs/customers/advocates/ext:maya",
            json!({"status": "disabled"}),
        ),
        (
            "PATCH",
            "/v1/programs/customers/advocates/ext:maya",
            json!({"status": "active"}),
        ),
        ("POST", "/v1/links/revoke", json!({"code": code})),
    ];
    for (method, path, body) in changes {
        let answer = match method {
            "POST" => api.post(path, &body),
            _ => api.patch(path, &body),
        };
        assert!(answer.status.is_success(), "{}", answer.text);
        let published = api.published();
        assert_eq!(published.len(), 1, "{method} {path} {body}");
        assert!(published[0].version > version, "{method} {path}");
        version = published[0].version;
    }
}

#[test]
fn what_a_redirect_need_not_know_is_not_published() {
    let api = Api::furnished();
    api.published();
    api.post("/v1/programs/customers/labels", &json!({"slug": "l"}))
        .expect(201);
    api.advocate("other");
    api.patch(
        "/v1/programs/customers/advocates/ext:maya",
        &json!({"name": "M"}),
    )
    .expect(200);
    api.key(&["links:write"]);
    let share = json!({"program": "customers", "advocate": "ext:maya", "channel": "email",
        "kind": "sent"});
    api.post("/v1/shares", &share).expect(201);
    // Creations that were there already, and refusals.
    api.post(
        "/v1/programs",
        &json!({"slug": "customers", "name": "Customers"}),
    )
    .expect(200);
    api.post("/v1/programs", &json!({"slug": "customers", "name": "X"}))
        .problem(409);
    api.post(
        "/v1/programs/customers/destinations",
        &json!({"slug": "home", "url": "https://example.com/"}),
    )
    .expect(200);
    assert!(api.published().is_empty());
}

#[test]
fn the_snapshot_has_all_that_a_redirect_has_to_know() {
    let api = Api::furnished_in("Asia/Kolkata");
    let off = json!({"status": "disabled"});
    let id = api.advocate("off");
    api.patch("/v1/programs/customers/advocates/ext:off", &off)
        .expect(200);
    api.patch("/v1/programs/customers/destinations/offer", &off)
        .expect(200);
    let link = json!({"program": "customers", "advocate": "ext:maya", "channel": "print"});
    let code = api.post("/v1/links", &link).expect(200)["code"].clone();
    api.post("/v1/links/revoke", &json!({"code": code}))
        .expect(200);
    let changes = json!({"touch": "first", "window_days": 30, "cookie": false,
        "pass_through": "utm", "preview": {"title": "T", "description": "D",
        "image": "https://i.example/"}});
    api.patch(PROGRAM, &changes).expect(200);
    let snapshot = api.published().pop().unwrap();
    let revoked = Keyring::parse(KEYS)
        .unwrap()
        .read_link(code.as_str().unwrap())
        .unwrap();
    let disabled = goodword::domain::link::AdvocateNumber::from_id(&id).unwrap();
    assert_eq!(
        serde_json::to_value(&snapshot.programs).unwrap(),
        json!([{
            "number": 1,
            "name": "Customers",
            "status": "active",
            "zone": "Asia/Kolkata",
            "touch": "first",
            "window_days": 30,
            "cookie": false,
            "pass_through": "utm",
            "preview": {"title": "T", "description": "D", "image": "https://i.example/"},
            "destinations": [
                {"number": 0, "url": "https://example.com/", "status": "active"},
                {"number": 1, "url": "https://example.com/offer?x=1", "status": "disabled"},
            ],
            "disabled_advocates": [disabled.0],
            "revoked_links": [revoked.pack()],
        }])
    );
}

#[test]
fn the_snapshot_keeps_programs_apart() {
    let api = Api::furnished();
    for slug in ["b", "c"] {
        api.post("/v1/programs", &json!({"slug": slug, "name": slug}))
            .expect(201);
    }
    let home = json!({"slug": "home", "url": "https://c.example/"});
    api.post("/v1/programs/c/destinations", &home).expect(201);
    let snapshot = api.published().pop().unwrap();
    let shape: Vec<(u16, usize)> = snapshot
        .programs
        .iter()
        .map(|program| (program.number, program.destinations.len()))
        .collect();
    assert_eq!(shape, [(1, 2), (2, 0), (3, 1)]);
}

#[test]
fn a_publisher_that_fails_does_not_fail_the_call() {
    let api = Api::furnished();
    api.published();
    api.publisher_fails(true);
    let answer = api.patch(PROGRAM, &json!({"status": "disabled"}));
    assert_eq!(answer.expect(200)["status"], "disabled");
    assert_eq!(
        answer.fault.as_deref(),
        Some(
            "the snapshot was not published; cron will try again: \
            the database did not answer: KV PUT failed: 500"
        )
    );
    assert!(!answer.text.contains("KV"));
    let destination = json!({"slug": "late", "url": "https://late.example/"});
    api.post("/v1/programs/customers/destinations", &destination)
        .expect(201);
    assert!(api.published().is_empty());
    // The next change that can be published carries them all.
    api.publisher_fails(false);
    let answer = api.patch(PROGRAM, &json!({"cookie": false}));
    answer.expect(200);
    assert_eq!(answer.fault, None);
    let snapshot = api.published().pop().unwrap();
    assert_eq!(snapshot.programs[0].status, Status::Disabled);
    assert_eq!(snapshot.programs[0].destinations.len(), 3);
}
