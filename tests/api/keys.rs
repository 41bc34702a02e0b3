//! `/v1/keys`

use http::Method;
use serde_json::{Value, json};

use crate::harness::{ADMIN, Api, walk};

#[test]
fn create_shows_the_secret_once_and_stores_its_hash() {
    let api = Api::new();
    let wanted = json!({"name": "CRM", "scopes": ["shares:write", "links:write", "shares:write"]});
    let created = api.post("/v1/keys", &wanted).expect(201);
    let secret = created["key"].as_str().unwrap();
    assert!(secret.starts_with("gwk_") && secret.len() == 48, "{secret}");
    let mut listed = created.clone();
    listed.as_object_mut().unwrap().remove("key");
    assert_eq!(
        listed,
        json!({
            "id": created["id"],
            "name": "CRM",
            "scopes": ["links:write", "shares:write"],
            "created_by": "admin",
            "created_at": "2026-11-22T10:00:00.000Z",
            "revoked_at": null,
        })
    );
    let list = api.get("/v1/keys");
    assert_eq!(list.expect(200)["items"], json!([listed]));
    assert!(!list.text.contains(secret));
    let stored = api.column("SELECT id || hash || name || scopes FROM api_keys");
    assert!(!stored[0].contains(secret), "{stored:?}");
}

#[test]
fn a_revoked_key_is_refused_at_once_and_for_ever() {
    let api = Api::new();
    let created = api
        .post(
            "/v1/keys",
            &json!({"name": "CRM", "scopes": ["programs:read"]}),
        )
        .expect(201);
    let key = created["key"].as_str().unwrap();
    let path = format!("/v1/keys/{}", created["id"].as_str().unwrap());
    let list = || api.request(Method::GET, "/v1/programs").key(key).send();
    list().expect(200);
    let revoke = || api.request(Method::DELETE, &path).key(ADMIN).send();
    api.wait(1_000);
    let revoked = revoke().expect(200);
    assert_eq!(revoked["revoked_at"], "2026-11-22T10:00:01.000Z");
    assert_eq!(revoked["key"], Value::Null);
    list().problem(401);
    api.wait(1_000);
    assert_eq!(revoke().expect(200), revoked, "the first time stands");
    let kept = api.get("/v1/keys").expect(200);
    assert_eq!(kept["items"], json!([revoked]));
}

#[test]
fn list_pages_oldest_first() {
    let api = Api::new();
    for name in ["a", "b", "c", "d", "e"] {
        api.wait(1);
        api.post("/v1/keys", &json!({"name": name, "scopes": ["keys:write"]}))
            .expect(201);
    }
    assert_eq!(walk(&api, "/v1/keys", 2, "name"), ["a", "b", "c", "d", "e"]);
}

#[test]
fn wrong_fields_are_refused_by_name() {
    let api = Api::new();
    for (body, field) in [
        (json!({"name": "a"}), "scopes"),
        (json!({"name": "a", "scopes": []}), "scopes"),
        (json!({"name": "a", "scopes": "keys:write"}), "scopes"),
        (
            json!({"name": "a", "scopes": ["links:write", "all"]}),
            "scopes[1]",
        ),
        (
            json!({"name": "a", "scopes": ["links:write", 7]}),
            "scopes[1]",
        ),
        (json!({"name": "", "scopes": ["links:write"]}), "name"),
        (json!({"scopes": ["links:write"]}), "name"),
        (
            json!({"name": "a", "scopes": ["links:write"], "key": "mine"}),
            "key",
        ),
    ] {
        let (named, detail) = api.post("/v1/keys", &body).field();
        assert_eq!(named, field, "{body}: {detail}");
    }
    assert_eq!(api.get("/v1/keys").expect(200)["items"], json!([]));
}

#[test]
fn revoking_what_is_not_there_is_404() {
    let api = Api::new();
    let revoke = |path: &str| api.request(Method::DELETE, path).key(ADMIN).send();
    revoke("/v1/keys/key_0000000000000000000000").problem(404);
    revoke("/v1/keys/admin").problem(404);
    revoke("/v1/keys/").problem(404);
}

#[test]
fn a_key_makes_no_key_that_may_do_more_than_itself() {
    let api = Api::new();
    let key = api.key(&["keys:write", "links:write"]);
    let ask = |scopes: &[&str]| {
        let wanted = json!({"name": "Child", "scopes": scopes});
        api.request(Method::POST, "/v1/keys")
            .key(&key)
            .json(&wanted)
            .send()
    };
    ask(&["links:write"]).expect(201);
    let problem = ask(&["links:write", "programs:write"]).problem(403);
    assert_eq!(problem["detail"], "it lacks the scope `programs:write`");
    assert_eq!(api.column("SELECT name FROM api_keys").len(), 2);
}
