//! `/v1/team`

use http::Method;
use serde_json::{Value, json};

use crate::harness::Api;

fn maya() -> Value {
    json!({"email": "maya@example.com", "name": "Maya", "role": "marketer"})
}

#[test]
fn invite_adds_a_member_and_sends_a_link_for_seven_days() {
    let api = Api::new();
    let member = api.post("/v1/team", &maya()).expect(201);
    assert_eq!(
        member,
        json!({
            "id": member["id"],
            "email": "maya@example.com",
            "name": "Maya",
            "role": "marketer",
            "rep": null,
            "status": "active",
            "created_at": "2026-11-22T10:00:00.000Z",
            "invited_at": "2026-11-22T10:00:00.000Z",
            "last_seen_at": null,
        })
    );
    assert_eq!(api.get("/v1/team").expect(200)["items"], json!([member]));
    let letters = api.letters();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].to, "maya@example.com");
    api.wait(7 * 86_400_000 - 1);
    let proof = json!({"token": crate::session::token(&letters[0])});
    let begin = api.request(Method::POST, "/v1/session");
    let begin = begin.header("sec-fetch-site", "same-origin").json(&proof);
    begin.send().expect(200);
    let seen = &api.get("/v1/team").expect(200)["items"][0]["last_seen_at"];
    assert_eq!(*seen, Value::Null, "signing in is no call yet");
}

#[test]
fn an_address_is_one_member_whatever_its_capitals() {
    let api = Api::new();
    api.post("/v1/team", &maya()).expect(201);
    let mut again = maya();
    again["email"] = json!("Maya@Example.COM");
    let problem = api.post("/v1/team", &again).problem(409);
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("is a member already")
    );
}

#[test]
fn an_invitation_that_is_not_sent_can_be_sent_again() {
    let api = Api::new();
    api.mail_fails(true);
    let member = api.post("/v1/team", &maya()).expect(201);
    assert_eq!(member["invited_at"], Value::Null);
    api.mail_fails(false);
    api.wait(1_000);
    let path = format!("/v1/team/{}/invite", member["id"].as_str().unwrap());
    let sent = api.post(&path, &json!({})).expect(202);
    assert_eq!(sent["invited_at"], "2026-11-22T10:00:01.000Z");
    assert_eq!(api.letters().len(), 1);
    // However often: the last one is in force, and those before it are not.
    for _ in 0..9 {
        api.post(&path, &json!({})).expect(202);
    }
    assert_eq!(api.letters().len(), 9);
    assert_eq!(api.column("SELECT hash FROM sign_in_links").len(), 1);
    api.patch(&path.replace("/invite", ""), &json!({"status": "disabled"}))
        .expect(200);
    api.post(&path, &json!({})).problem(409);
    api.post("/v1/team/mem_0/invite", &json!({})).problem(404);
}

#[test]
fn changes_keep_what_they_leave_out() {
    let (api, _) = Api::staffed();
    let member = api.post("/v1/team", &maya()).expect(201);
    let path = format!("/v1/team/{}", member["id"].as_str().unwrap());
    let changed = api
        .patch(&path, &json!({"role": "rep", "rep": "lea"}))
        .expect(200);
    assert_eq!(changed["name"], "Maya");
    assert_eq!(changed["rep"], "lea");
    let changed = api
        .patch(&path, &json!({"rep": "", "status": "disabled"}))
        .expect(200);
    assert_eq!(changed["rep"], Value::Null);
    assert_eq!(changed["role"], "rep");
    // Disabled, they are sent no link.
    api.letters();
    let invited = api.post(&format!("{path}/invite"), &json!({}));
    invited.problem(409);
    api.request(Method::POST, "/v1/session/link")
        .json(&json!({"email": "maya@example.com"}))
        .send()
        .expect(202);
    assert_eq!(api.letters(), []);
}

#[test]
fn what_is_wrong_is_named() {
    let api = Api::new();
    for (field, value) in [
        ("email", json!("maya")),
        ("name", json!("")),
        ("role", json!("owner")),
        ("rep", json!("nobody")),
        ("more", json!(1)),
    ] {
        let mut new = maya();
        new[field] = value;
        let problem = api.post("/v1/team", &new).problem(422);
        assert_eq!(problem["errors"][0]["field"], field);
    }
    assert_eq!(api.get("/v1/team").expect(200)["items"], json!([]));
}

#[test]
fn nobody_makes_a_member_who_may_do_more_than_they() {
    let api = Api::new();
    let key = api.key(&["team:write", "programs:read"]);
    let ask =
        |method, path: &str, body: &Value| api.request(method, path).key(&key).json(body).send();
    for role in ["admin", "marketer", "rep", "read-only"] {
        let mut new = maya();
        new["role"] = json!(role);
        ask(Method::POST, "/v1/team", &new).problem(403);
    }
    let member = api.post("/v1/team", &maya()).expect(201);
    let path = format!("/v1/team/{}", member["id"].as_str().unwrap());
    ask(Method::PATCH, &path, &json!({"name": "Mine"})).problem(403);
    ask(Method::POST, &format!("{path}/invite"), &json!({})).problem(403);
}
