//! `/v1/programs/{program}/advocates`

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::{Api, walk};

const PATH: &str = "/v1/programs/customers/advocates";

#[test]
fn create_answers_the_advocate() {
    let api = Api::furnished();
    let wanted = json!({"external_id": "crm-1", "kind": "partner", "name": "Ünal =1+1",
        "email": "unal@example.com"});
    let created = api.post(PATH, &wanted).expect(201);
    let id = created["id"].as_str().unwrap();
    assert_eq!(id.len(), 6);
    assert_eq!(
        created,
        json!({
            "id": id,
            "external_id": "crm-1",
            "kind": "partner",
            "name": "Ünal =1+1",
            "email": "unal@example.com",
            "status": "active",
            "segment": null,
            "owner": null,
            "invited_at": null,
            "merged_into": null,
            "created_at": "2026-11-22T10:00:00.000Z",
            "updated_at": "2026-11-22T10:00:00.000Z",
        })
    );
    assert_eq!(api.get(&format!("{PATH}/{id}")).expect(200), created);
    assert_eq!(api.get(&format!("{PATH}/ext:crm-1")).expect(200), created);
    assert_eq!(api.get(&format!("{PATH}/ext%3Acrm-1")).expect(200), created);
}

#[test]
fn an_external_id_is_created_once_however_often_it_is_sent() {
    let api = Api::furnished();
    let wanted = json!({"external_id": "crm-1", "kind": "customer", "name": "A"});
    let first = api.post(PATH, &wanted).expect(201);
    for name in ["A", "B"] {
        api.wait(1_000);
        let again = json!({"external_id": "crm-1", "kind": "employee", "name": name});
        assert_eq!(api.post(PATH, &again).expect(200), first);
    }
    assert_eq!(walk(&api, PATH, 50, "id").len(), 2);
}

#[test]
fn without_an_external_id_each_one_is_another_advocate() {
    let api = Api::furnished();
    let wanted = json!({"kind": "customer", "name": "A"});
    let first = api.post(PATH, &wanted).expect(201);
    let second = api.post(PATH, &wanted).expect(201);
    assert_ne!(first["id"], second["id"]);
    assert_eq!(first["external_id"], Value::Null);
    assert_eq!(first["email"], Value::Null);
}

#[test]
fn external_ids_of_all_shapes_find_their_advocate() {
    let api = Api::furnished();
    for (external, escaped) in [
        ("000001", "000001"),
        ("17", "17"),
        ("a/b?c#d", "a%2Fb%3Fc%23d"),
        ("ext:x", "ext:x"),
        (
            "'; DROP TABLE advocates; --".replace(' ', "_").as_str(),
            "';_DROP_TABLE_advocates;_--",
        ),
        ("{\"a\":[1]}", "%7B%22a%22:[1]%7D"),
    ] {
        let wanted = json!({"external_id": external, "kind": "customer", "name": "A"});
        let created = api.post(PATH, &wanted).expect(201);
        let found = api.get(&format!("{PATH}/ext:{escaped}")).expect(200);
        assert_eq!(found["id"], created["id"], "{external}");
    }
}

#[test]
fn list_is_oldest_first_and_takes_a_tie_in_its_stride() {
    let api = Api::furnished();
    let mut expected = BTreeSet::new();
    for number in 0..7 {
        if number == 4 {
            api.wait(1);
        }
        expected.insert(api.advocate(&format!("crm-{number}")));
    }
    let walked = walk(&api, PATH, 2, "external_id");
    assert_eq!(walked.len(), 8);
    let later: BTreeSet<&str> = walked[5..].iter().map(String::as_str).collect();
    assert_eq!(later, BTreeSet::from(["crm-4", "crm-5", "crm-6"]));
    let ids: BTreeSet<String> = walk(&api, PATH, 3, "id").into_iter().collect();
    assert_eq!(ids.len(), 8);
    assert!(ids.is_superset(&expected));
    for cursor in ["x", "1", "1.x", ".", "1.2.3"] {
        let (field, _) = api.get(&format!("{PATH}?cursor={cursor}")).field();
        assert_eq!(field, "cursor", "{cursor}");
    }
}

#[test]
fn update_changes_what_is_given() {
    let api = Api::furnished();
    let path = format!("{PATH}/ext:maya");
    let before = api.get(&path).expect(200);
    api.wait(1_000);
    let after = api.patch(&path, &json!({"email": "maya@example.com"}));
    let mut expected = before.clone();
    expected["email"] = json!("maya@example.com");
    expected["updated_at"] = json!("2026-11-22T10:00:01.000Z");
    assert_eq!(after.expect(200), expected);
    let changes = json!({"kind": "employee", "name": "M", "status": "disabled"});
    let after = api.patch(&path, &changes).expect(200);
    for (field, value) in changes.as_object().unwrap() {
        assert_eq!(after[field], *value, "{field}");
    }
    assert_eq!(after["email"], "maya@example.com");
}

#[test]
fn programs_have_advocates_of_their_own() {
    let api = Api::furnished();
    api.post("/v1/programs", &json!({"slug": "other", "name": "O"}))
        .expect(201);
    let id = api.get(&format!("{PATH}/ext:maya")).expect(200)["id"].clone();
    let id = id.as_str().unwrap();
    api.get(&format!("/v1/programs/other/advocates/{id}"))
        .problem(404);
    api.get("/v1/programs/other/advocates/ext:maya")
        .problem(404);
    let wanted = json!({"external_id": "maya", "kind": "customer", "name": "M"});
    api.post("/v1/programs/other/advocates", &wanted)
        .expect(201);
}

#[test]
fn wrong_fields_are_refused_by_name() {
    let api = Api::furnished();
    let good = json!({"external_id": "x", "kind": "customer", "name": "A", "email": "a@b.example"});
    for (field, value) in [
        ("external_id", json!("a b")),
        ("external_id", json!("")),
        ("external_id", json!("ü")),
        ("external_id", json!(17)),
        ("external_id", json!("a".repeat(129))),
        ("kind", json!("friend")),
        ("kind", json!(["customer"])),
        ("name", json!("")),
        ("email", json!("a@b")),
        ("email", json!("a@b.de\nBcc: c@d.de")),
        ("id", json!("000001")),
        ("status", json!("disabled")),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let (named, detail) = api.post(PATH, &body).field();
        assert_eq!(named, field, "{body}: {detail}");
    }
    let changes = json!({"external_id": "y"});
    assert_eq!(
        api.patch(&format!("{PATH}/ext:maya"), &changes).field().0,
        "external_id"
    );
}

#[test]
fn whoever_is_missing_is_404() {
    let api = Api::furnished();
    for reference in ["000001", "zzzzzz", "ext:", "ext:nobody", "maya", "a", "%ff"] {
        api.get(&format!("{PATH}/{reference}")).problem(404);
        api.patch(&format!("{PATH}/{reference}"), &json!({"name": "N"}))
            .problem(404);
    }
    api.get("/v1/programs/nobody/advocates").problem(404);
    let wanted = json!({"kind": "customer", "name": "M"});
    api.post("/v1/programs/nobody/advocates", &wanted)
        .problem(404);
}

#[test]
fn an_empty_email_takes_the_stored_one_away() {
    let api = Api::furnished();
    let path = "/v1/programs/customers/advocates/ext:maya";
    let set = api.patch(path, &json!({"email": "maya@example.com"}));
    assert_eq!(set.expect(200)["email"], "maya@example.com");
    let kept = api.patch(path, &json!({"name": "Maya"}));
    assert_eq!(kept.expect(200)["email"], "maya@example.com");
    let gone = api.patch(path, &json!({"email": ""}));
    assert_eq!(gone.expect(200)["email"], serde_json::Value::Null);
    api.patch(path, &json!({"email": "nobody"})).problem(422);
}
