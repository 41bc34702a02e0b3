//! `/v1/links`, `/v1/links/verify`, `/v1/links/revoke`

use goodword::domain::{
    channel::{Channel, Medium},
    keyring::Keyring,
    link::{AdvocateNumber, DestinationNumber, LabelNumber, Link, ProgramNumber},
};
use serde_json::{Value, json};

use crate::harness::{ADMIN, Api, BASE, KEYS};

fn wanted() -> Value {
    json!({"program": "customers", "advocate": "ext:maya", "channel": "email"})
}

fn with(field: &str, value: Value) -> Value {
    let mut wanted = wanted();
    wanted[field] = value;
    wanted
}

#[test]
fn issue_answers_the_link_and_the_code_says_the_same() {
    let api = Api::furnished();
    let body = json!({"program": "customers", "advocate": "ext:maya", "medium": "linkedin",
        "destination": "offer", "label": "spring"});
    let issued = api.post("/v1/links", &body).expect(200);
    let code = issued["code"].as_str().unwrap();
    let id = issued["advocate"].as_str().unwrap();
    assert_eq!(
        issued,
        json!({
            "url": format!("{BASE}/{code}"),
            "code": code,
            "program": "customers",
            "advocate": id,
            "channel": "social",
            "medium": "linkedin",
            "destination": "offer",
            "label": "spring",
        })
    );
    let link = Keyring::parse(KEYS).unwrap().read_link(code).unwrap();
    let expected = Link {
        program: ProgramNumber::new(1).unwrap(),
        advocate: AdvocateNumber::from_id(id).unwrap(),
        medium: Medium::Linkedin,
        destination: DestinationNumber::new(1).unwrap(),
        label: LabelNumber::new(1).unwrap(),
    };
    assert_eq!(link, expected);
}

#[test]
fn the_same_request_gets_the_same_link_and_nothing_is_written() {
    let api = Api::furnished();
    let changes = || api.column("SELECT CAST(total_changes() AS TEXT)");
    let before = changes();
    let first = api.post("/v1/links", &wanted()).expect(200);
    api.wait(86_400_000);
    assert_eq!(api.post("/v1/links", &wanted()).expect(200), first);
    let by_id = with("advocate", first["advocate"].clone());
    assert_eq!(api.post("/v1/links", &by_id).expect(200), first);
    let aloud = with("destination", json!("home"));
    assert_eq!(api.post("/v1/links", &aloud).expect(200), first);
    assert_eq!(changes(), before);
    assert!(first["label"].is_null());
}

#[test]
fn every_channel_has_a_link_and_so_has_every_medium() {
    let api = Api::furnished();
    for channel in Channel::ALL {
        let issued = api.post("/v1/links", &with("channel", json!(channel.name())));
        let issued = issued.expect(200);
        assert_eq!(issued["channel"], channel.name());
        assert_eq!(issued["medium"], channel.default_medium().name());
    }
    for medium in Medium::ALL {
        let mut body = with("medium", json!(medium.name()));
        body["channel"] = json!(medium.channel().name());
        let issued = api.post("/v1/links", &body).expect(200);
        assert_eq!(issued["medium"], medium.name());
    }
}

#[test]
fn issue_names_the_field_at_fault() {
    let api = Api::furnished();
    let id = api.advocate("off");
    let off = json!({"status": "disabled"});
    api.patch("/v1/programs/customers/advocates/ext:off", &off)
        .expect(200);
    api.patch("/v1/programs/customers/destinations/offer", &off)
        .expect(200);
    api.post("/v1/programs", &json!({"slug": "bare", "name": "B"}))
        .expect(201);
    let maya = json!({"external_id": "maya", "kind": "customer", "name": "M"});
    api.post("/v1/programs/bare/advocates", &maya).expect(201);
    for (field, value, named) in [
        ("program", json!("nobody"), "program"),
        ("program", json!(1), "program"),
        ("program", json!("bare"), "destination"),
        ("advocate", json!("ext:nobody"), "advocate"),
        ("advocate", json!("maya"), "advocate"),
        ("advocate", json!(""), "advocate"),
        ("advocate", json!(id), "advocate"),
        ("advocate", json!("zzzzzz"), "advocate"),
        ("channel", json!("pigeon"), "channel"),
        ("channel", Value::Null, "channel"),
        ("medium", json!("qr"), "medium"),
        ("medium", json!(3), "medium"),
        ("destination", json!("nowhere"), "destination"),
        ("destination", json!("offer"), "destination"),
        ("destination", json!("https://evil.example/"), "destination"),
        ("label", json!("winter"), "label"),
        ("url", json!("https://evil.example/"), "url"),
    ] {
        let body = with(field, value);
        let (at, detail) = api.post("/v1/links", &body).field();
        assert_eq!(at, named, "{body}: {detail}");
    }
    api.patch("/v1/programs/customers", &off).expect(200);
    let (field, detail) = api.post("/v1/links", &wanted()).field();
    assert_eq!(
        (field.as_str(), detail.as_str()),
        ("program", "is disabled")
    );
}

#[test]
fn verify_explains_a_working_code_however_it_is_pasted() {
    let api = Api::furnished();
    let body = json!({"program": "customers", "advocate": "ext:maya", "medium": "phone",
        "label": "spring", "destination": "offer"});
    let issued = api.post("/v1/links", &body).expect(200);
    let code = issued["code"].as_str().unwrap();
    let explained = api.post("/v1/links/verify", &json!({"code": code}));
    let explained = explained.expect(200);
    assert_eq!(
        explained,
        json!({
            "valid": true,
            "works": true,
            "reason": null,
            "link": {
                "kid": "2",
                "program_number": 1,
                "program": "Customers",
                "advocate": issued["advocate"],
                "advocate_name": "Maya",
                "channel": "verbal",
                "medium": "phone",
                "destination_number": 1,
                "destination_url": "https://example.com/offer?x=1",
                "label_number": 1,
                "label": "spring",
            },
        })
    );
    for pasted in [
        format!("{BASE}/{code}"),
        format!("  {BASE}/{code}/ \n"),
        format!("{BASE}/{code}?utm_source=x&y=/z"),
        format!("/{code}#fragment"),
        format!("go.example.com/{code}"),
    ] {
        let again = api.post("/v1/links/verify", &json!({"code": pasted}));
        assert_eq!(again.expect(200), explained, "{pasted}");
    }
}

#[test]
fn verify_says_why_a_code_does_not_work() {
    let api = Api::furnished();
    let code = api.post("/v1/links", &wanted()).expect(200)["code"].clone();
    let verify = |code: &Value| {
        api.post("/v1/links/verify", &json!({"code": code}))
            .expect(200)
    };
    let on = json!({"status": "active"});
    let off = json!({"status": "disabled"});
    for (path, reason) in [
        ("/v1/programs/customers", "its program is disabled"),
        (
            "/v1/programs/customers/advocates/ext:maya",
            "its advocate is disabled",
        ),
        (
            "/v1/programs/customers/destinations/home",
            "its destination is disabled",
        ),
    ] {
        api.patch(path, &off).expect(200);
        let explained = verify(&code);
        assert_eq!(explained["valid"], true);
        assert_eq!(explained["works"], false);
        assert_eq!(explained["reason"], reason);
        api.patch(path, &on).expect(200);
        assert_eq!(verify(&code)["works"], true);
    }
    api.post("/v1/links/revoke", &json!({"code": code}))
        .expect(200);
    assert_eq!(verify(&code)["reason"], "it was revoked");
}

#[test]
fn verify_explains_links_to_what_is_not_here() {
    let api = Api::furnished();
    let keyring = Keyring::parse(KEYS).unwrap();
    let explain = |program: u16, destination: u8, label: u16| {
        let link = Link {
            program: ProgramNumber::new(program).unwrap(),
            advocate: AdvocateNumber(7),
            medium: Medium::Form,
            destination: DestinationNumber::new(destination).unwrap(),
            label: LabelNumber::new(label).unwrap(),
        };
        let code = keyring.sign_link(&link);
        api.post("/v1/links/verify", &json!({"code": code}))
            .expect(200)
    };
    let nowhere = explain(4_095, 63, 1_023);
    assert_eq!(nowhere["reason"], "its program does not exist here");
    for name in ["program", "advocate_name", "destination_url", "label"] {
        assert!(nowhere["link"][name].is_null(), "{nowhere}");
    }
    assert_eq!(explain(1, 9, 0)["reason"], "its destination does not exist");
    // Minted offline: nobody of this number is known, and it works all the same.
    let offline = explain(1, 0, 9);
    assert_eq!(offline["works"], true);
    assert!(offline["link"]["advocate_name"].is_null());
    assert!(offline["link"]["label"].is_null());
}

#[test]
fn verify_tells_a_bad_code_from_a_foreign_one() {
    let api = Api::furnished();
    let code = api.post("/v1/links", &wanted()).expect(200)["code"].clone();
    let code = code.as_str().unwrap();
    let last = if code.ends_with('0') { "1" } else { "0" };
    let (short, _) = code.split_at(25);
    let changed = format!("{short}{last}");
    let foreign = format!("9{}", code.split_at(1).1);
    for (text, reason) in [
        (changed.as_str(), "signature"),
        (foreign.as_str(), "retired"),
        (short, "form"),
        ("", "form"),
        ("hello", "form"),
        ("日本語日本語日本語日本語日本", "form"),
        ("////", "form"),
        ("ü1234567890123456789012345", "form"),
    ] {
        let explained = api
            .post("/v1/links/verify", &json!({"code": text}))
            .expect(200);
        assert_eq!(explained["valid"], false, "{text}");
        assert_eq!(explained["works"], false, "{text}");
        assert!(explained["link"].is_null());
        assert!(
            explained["reason"].as_str().unwrap().contains(reason),
            "{explained}"
        );
    }
}

#[test]
fn a_link_of_an_older_key_is_valid_and_can_be_revoked() {
    let api = Api::furnished();
    let (_, old) = KEYS.split_once(',').unwrap();
    let old = Keyring::parse(old).unwrap();
    let issued = api.post("/v1/links", &wanted()).expect(200);
    let link = Keyring::parse(KEYS)
        .unwrap()
        .read_link(issued["code"].as_str().unwrap())
        .unwrap();
    let code = old.sign_link(&link);
    let explained = api
        .post("/v1/links/verify", &json!({"code": code}))
        .expect(200);
    assert_eq!(explained["link"]["kid"], "1");
    assert_eq!(explained["works"], true);
    let revoked = api.post("/v1/links/revoke", &json!({"code": code}));
    assert_eq!(revoked.expect(200), json!({"code": code, "revoked": true}));
    // It is the link that is revoked, under whatever key.
    let newer = api.post("/v1/links/verify", &json!({"code": issued["code"]}));
    assert_eq!(newer.expect(200)["reason"], "it was revoked");
}

#[test]
fn revoking_twice_is_harmless_and_other_links_go_on() {
    let api = Api::furnished();
    let code = api.post("/v1/links", &wanted()).expect(200)["code"].clone();
    let other = api
        .post("/v1/links", &with("label", json!("spring")))
        .expect(200)["code"]
        .clone();
    for _ in 0..2 {
        api.post("/v1/links/revoke", &json!({"code": code}))
            .expect(200);
    }
    let explained = api.post("/v1/links/verify", &json!({"code": other}));
    assert_eq!(explained.expect(200)["works"], true);
}

#[test]
fn revoke_refuses_what_is_no_link_of_ours() {
    let api = Api::furnished();
    assert_eq!(
        api.post("/v1/links/revoke", &json!({"code": "x"}))
            .field()
            .0,
        "code"
    );
    let link = Link {
        program: ProgramNumber::new(9).unwrap(),
        advocate: AdvocateNumber(7),
        medium: Medium::Form,
        destination: DestinationNumber::default(),
        label: LabelNumber::default(),
    };
    let code = Keyring::parse(KEYS).unwrap().sign_link(&link);
    let (field, detail) = api.post("/v1/links/revoke", &json!({"code": code})).field();
    assert_eq!(field, "code");
    assert_eq!(detail, "its program does not exist here");
    for path in ["/v1/links/revoke", "/v1/links/verify"] {
        assert_eq!(api.post(path, &json!({"code": 7})).field().0, "code");
        assert_eq!(api.post(path, &json!({})).field().0, "code");
        assert_eq!(
            api.post(path, &json!({"code": "x", "why": "y"})).field().0,
            "why"
        );
    }
}

#[test]
fn a_revoked_link_is_not_issued_again() {
    let api = Api::furnished();
    let wanted = json!({"program": "customers", "advocate": "ext:maya", "channel": "email"});
    let code = api.post("/v1/links", &wanted).expect(200)["code"].clone();
    api.post("/v1/links/revoke", &json!({"code": code}))
        .expect(200);
    api.post("/v1/links", &wanted).problem(409);
    let row = json!({"advocate": "ext:maya", "channel": "email"}).to_string();
    let bulk = api
        .request(http::Method::POST, "/v1/links/bulk?program=customers")
        .key(ADMIN)
        .body("application/x-ndjson", row)
        .send();
    assert!(
        bulk.text.contains("was revoked") && !bulk.text.contains("code"),
        "{}",
        bulk.text
    );
}
