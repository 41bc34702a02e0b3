//! `/v1/programs/{program}/advocates`

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::{ADMIN, Answer, Api, at_once, walk};

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
            "invited_at": null,
            "merged_into": null,
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

#[test]
fn a_list_is_narrowed_by_what_is_asked() {
    let api = Api::furnished();
    for rep in ["jonas", "lea"] {
        api.put(&format!("/v1/reps/{rep}"), &json!({"name": rep}))
            .expect(200);
    }
    for (external, kind, name, email, owner) in [
        ("crm-1", "partner", "Ünal 100%", "unal@example.com", "lea"),
        ("crm-2", "customer", "Under_score", "u_s@example.org", "lea"),
        ("crm-3", "customer", "Plain", "plain@Example.org", "jonas"),
    ] {
        let advocate = json!({"external_id": external, "kind": kind, "name": name,
            "email": email, "owner": owner});
        api.post(PATH, &advocate).expect(201);
    }
    api.patch(&format!("{PATH}/ext:crm-3"), &json!({"status": "disabled"}))
        .expect(200);
    let found = |query: &str| -> String {
        let page = api.get(&format!("{PATH}?{query}")).expect(200);
        let items = page["items"].as_array().unwrap().iter();
        let mut ids: Vec<&str> = items
            .map(|one| one["external_id"].as_str().unwrap())
            .collect();
        ids.sort_unstable();
        ids.join(" ")
    };
    for (query, wanted) in [
        ("q=PLAIN", "crm-3"),
        ("q=example.ORG", "crm-2 crm-3"),
        ("q=crm-", "crm-1 crm-2 crm-3"),
        ("q=%25", "crm-1"),
        ("q=_", "crm-2"),
        ("q=%C3%9Cnal", "crm-1"),
        ("q=%27", ""),
        ("q=", "crm-1 crm-2 crm-3 maya"),
        ("kind=partner", "crm-1"),
        ("status=disabled", "crm-3"),
        ("owner=lea", "crm-1 crm-2"),
        ("owner=nobody", ""),
        ("owner=lea&kind=customer&q=under", "crm-2"),
    ] {
        assert_eq!(found(query), wanted, "{query}");
    }
    for (query, field) in [
        ("kind=friend", "kind"),
        ("status=off", "status"),
        ("limit=0", "limit"),
    ] {
        assert_eq!(api.get(&format!("{PATH}?{query}")).field().0, field);
    }
    // Page by page.
    let first = api.get(&format!("{PATH}?q=crm&limit=2")).expect(200);
    let next = first["next"].as_str().unwrap();
    let second = api
        .get(&format!("{PATH}?q=crm&limit=2&cursor={next}"))
        .expect(200);
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    assert_eq!(second["next"], Value::Null);
}

fn invite(api: &Api, advocate: &str) -> Answer {
    api.post(&format!("{PATH}/{advocate}/invite"), &json!({}))
}

/// A house in which Maya has an address.
fn reachable() -> Api {
    let api = Api::furnished();
    let changes = json!({"name": "Maya Lind", "email": "maya@example.com"});
    api.patch(&format!("{PATH}/ext:maya"), &changes).expect(200);
    api
}

#[test]
fn an_invitation_brings_an_advocate_their_own_link() {
    let api = reachable();
    api.wait(1_000);
    assert_eq!(
        invite(&api, "ext:maya").expect(202),
        json!({"sent_to": "maya@example.com"})
    );
    let maya = api.get(&format!("{PATH}/ext:maya")).expect(200);
    assert_eq!(maya["invited_at"], "2026-11-22T10:00:01.000Z");
    let link = json!({"program": "customers", "advocate": "ext:maya", "medium": "email"});
    let url = api.post("/v1/links", &link).expect(200)["url"].clone();
    let url = url.as_str().unwrap();
    let letters = api.letters();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].to, "maya@example.com");
    assert_eq!(letters[0].subject, "Your own link for Customers");
    assert!(
        letters[0].text.starts_with("Hello Maya,\n"),
        "{}",
        letters[0].text
    );
    assert!(
        letters[0].text.contains(&format!("\n\n{url}\n\n")),
        "{}",
        letters[0].text
    );

    // In the program's own words, with a link in any case.
    let content = json!({"content": {"invitation":
        {"subject": "{advocate}: {program}", "text": "Dear {first_name}"}}});
    api.put("/v1/programs/customers/content", &content)
        .expect(200);
    api.wait(60_000);
    invite(&api, "ext:maya").expect(202);
    let letters = api.letters();
    assert_eq!(letters[0].subject, "Maya Lind: Customers");
    let text = format!("Dear Maya\n\n{url}\n\n-- \n");
    assert!(letters[0].text.starts_with(&text), "{}", letters[0].text);
}

#[test]
fn an_advocate_is_invited_once_a_minute() {
    let api = reachable();
    invite(&api, "ext:maya").expect(202);
    invite(&api, "ext:maya").problem(409);
    api.wait(59_999);
    invite(&api, "ext:maya").problem(409);
    api.wait(1);
    let ask = || {
        let path = format!("{PATH}/ext:maya/invite");
        api.request(http::Method::POST, &path)
            .key(ADMIN)
            .json(&json!({}))
    };
    let answers = at_once(vec![ask(), ask(), ask()]);
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 202).count(),
        1
    );
    assert_eq!(api.letters().len(), 2);
}

#[test]
fn an_invitation_that_was_not_sent_was_none() {
    let api = reachable();
    api.mail_fails(true);
    invite(&api, "ext:maya").problem(503);
    let maya = api.get(&format!("{PATH}/ext:maya")).expect(200);
    assert_eq!(maya["invited_at"], Value::Null);
    api.mail_fails(false);
    invite(&api, "ext:maya").expect(202);
}

#[test]
fn whoever_cannot_be_invited_is_told_why() {
    let api = Api::furnished();
    assert_eq!(invite(&api, "ext:maya").field().0, "email");
    invite(&api, "ext:nobody").problem(404);
    let maya = format!("{PATH}/ext:maya");
    let changes = json!({"email": "maya@example.com", "status": "disabled"});
    api.patch(&maya, &changes).expect(200);
    assert_eq!(invite(&api, "ext:maya").field().0, "advocate");
    api.patch(&maya, &json!({"status": "active"})).expect(200);
    let link = json!({"program": "customers", "advocate": "ext:maya", "medium": "email"});
    let code = api.post("/v1/links", &link).expect(200)["code"].clone();
    api.post("/v1/links/revoke", &json!({"code": code}))
        .expect(200);
    invite(&api, "ext:maya").problem(409);
    api.patch("/v1/programs/customers", &json!({"status": "disabled"}))
        .expect(200);
    assert_eq!(invite(&api, "ext:maya").field().0, "program");
    assert!(api.letters().is_empty());
}
