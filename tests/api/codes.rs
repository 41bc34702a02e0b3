//! `/v1/codes`: issued once, found however they are typed, and gone when revoked.

use serde_json::{Value, json};

use crate::harness::{Api, BASE, at_once};

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn issue(api: &Api, fields: Value) -> Value {
    let mut body = json!({"program": "customers", "advocate": "ext:maya"});
    let Value::Object(fields) = fields else {
        panic!("{fields}")
    };
    for (name, value) in fields {
        body[name.as_str()] = value;
    }
    let issued = api.post("/v1/codes", &body);
    assert!(issued.status.is_success(), "{issued:?}");
    issued.value()
}

fn typed(api: &Api, program: &str, code: &str) -> crate::harness::Answer {
    let body = json!({"program": program, "prospect": {"phone": "1"}, "code": code});
    api.post("/v1/leads", &body)
}

#[test]
fn what_there_is_for_a_link_is_given_again() {
    let (api, maya) = Api::staffed();
    let body = json!({"program": "customers", "advocate": maya});
    let first = api.post("/v1/codes", &body).expect(201);
    let code = text(&first["code"]);
    assert!(code.starts_with("MAYA-") && code.len() == 12, "{code}");
    assert_eq!(first["url"], format!("{BASE}/s/{code}"));
    assert_eq!(
        (&first["channel"], &first["medium"], &first["works"]),
        (&json!("verbal"), &json!("in_person"), &json!(true))
    );
    assert_eq!(api.post("/v1/codes", &body).expect(200), first);
    for fields in [
        json!({"medium": "qr"}),
        json!({"channel": "print"}),
        json!({"label": "spring"}),
        json!({"destination": "offer"}),
    ] {
        assert_ne!(issue(&api, fields)["code"], code.as_str());
    }
}

#[test]
fn ten_who_ask_at_once_get_one_code() {
    let (api, maya) = Api::staffed();
    let body = json!({"program": "customers", "advocate": maya});
    let asks = (0..10).map(|_| {
        api.request(http::Method::POST, "/v1/codes")
            .key(crate::harness::ADMIN)
            .json(&body)
    });
    let answers = at_once(asks.collect());
    for answer in &answers {
        assert_eq!(answer.value()["code"], answers[0].value()["code"]);
    }
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 201).count(),
        1
    );
}

#[test]
fn a_code_is_known_however_it_is_typed() {
    let (api, maya) = Api::staffed();
    api.plant("INSERT INTO spoken_codes SELECT 'MAYA01Z7KQ', 'MAYA-01Z-7KQ', program, number, 0, 0, 0, 0, NULL FROM advocates");
    for code in [
        "MAYA-01Z-7KQ",
        "maya01z7kq",
        "  Maya oiz 7kq ",
        "MAYA OLZ 7KQ",
        "m.a.y.a_0-1-z—7 k q",
        "Máyá-O1Z-7KQ",
    ] {
        let taken = typed(&api, "customers", code).expect(201);
        assert_eq!(taken["advocate"], maya.as_str(), "{code}");
        let path = form_urlencoded::byte_serialize(code.as_bytes())
            .collect::<String>()
            .replace('+', "%20");
        let found = api.get(&format!("/v1/codes/{path}")).expect(200);
        assert_eq!(found["code"], "MAYA-01Z-7KQ");
    }
    for code in [
        "MAYA-01Z-7KR",
        "MAYA-01Z-7K",
        "MAYB-01Z-7KQ",
        "",
        "%",
        "'; --",
        "MAYA-01Z-7KQ-7KQ",
    ] {
        assert_eq!(typed(&api, "customers", code).field().0, "code", "{code}");
    }
    for path in [
        "MAYA-01Z-7KR",
        "%2e%2e%2f",
        "%27",
        "%00",
        &"A".repeat(5_000),
    ] {
        api.get(&format!("/v1/codes/{path}")).problem(404);
        api.post(&format!("/v1/codes/{path}/revoke"), &json!({}))
            .problem(404);
    }
}

#[test]
fn a_code_that_ended_is_refused_and_earns_nothing() {
    let (api, _) = Api::staffed();
    let code = text(&issue(&api, json!({}))["code"]);
    let other = text(&issue(&api, json!({"medium": "phone"}))["code"]);
    api.post("/v1/programs", &json!({"slug": "other", "name": "Other"}))
        .expect(201);
    assert_eq!(
        typed(&api, "other", &code).field(),
        ("code".to_owned(), "is no code of this program".to_owned())
    );
    let revoked = api
        .post(&format!("/v1/codes/{code}/revoke"), &json!({}))
        .expect(200);
    assert_eq!(revoked["works"], false);
    api.wait(1_000);
    let again = api
        .post(&format!("/v1/codes/{code}/revoke"), &json!({}))
        .expect(200);
    assert_eq!(again["revoked_at"], revoked["revoked_at"]);
    assert_eq!(typed(&api, "customers", &code).field().1, "no longer works");
    // Another one is given then.
    assert_ne!(issue(&api, json!({}))["code"], code.as_str());
    let disabled = json!({"status": "disabled"});
    api.patch("/v1/programs/customers/advocates/ext:maya", &disabled)
        .expect(200);
    assert_eq!(
        typed(&api, "customers", &other).field().1,
        "no longer works"
    );
    assert_eq!(
        api.get(&format!("/v1/codes/{other}")).expect(200)["works"],
        false
    );
    let body = json!({"program": "customers", "advocate": "ext:maya"});
    assert_eq!(api.post("/v1/codes", &body).field().0, "advocate");
    assert!(api.column("SELECT id FROM leads").is_empty());
}
