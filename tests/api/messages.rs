//! `/v1/programs/{program}/messages`: words, settings, previews, trials.

use goodword::domain::letter::MessageName;
use http::Method;
use serde_json::{Value, json};

use crate::harness::Api;

const MESSAGES: &str = "/v1/programs/customers/messages";

fn message(api: &Api, name: &str) -> Value {
    let all = api.get(MESSAGES).expect(200);
    let mut all = all["messages"].as_array().unwrap().iter();
    all.find(|one| one["message"] == name).unwrap().clone()
}

fn of(name: &str) -> String {
    format!("{MESSAGES}/{name}")
}

#[test]
fn a_program_writes_in_our_words_until_it_has_its_own() {
    let api = Api::furnished();
    let all = api.get(MESSAGES).expect(200);
    assert_eq!(
        all["settings"],
        json!({"per_week": 3, "quiet_from": "20:00", "quiet_to": "08:00", "quiet_days": 45,
            "stale_days": 7, "weekly_on": "monday"})
    );
    assert_eq!(
        all["messages"].as_array().unwrap().len(),
        MessageName::ALL.len()
    );
    let moved = message(&api, "moved");
    assert_eq!(moved["for"], "advocate");
    assert_eq!(moved["enabled"], true);
    assert_eq!(moved["templates"][0]["is_default"], true);
    assert_eq!(moved["templates"][0]["version"], 0);
    let names: Vec<&str> = moved["placeholders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "first_name",
            "advocate",
            "program",
            "link",
            "portal",
            "prospect",
            "news"
        ]
    );
    assert_eq!(message(&api, "weekly")["for"], "rep");
    let portal = &moved["placeholders"][4]["example"];
    assert_eq!(portal, "https://go.example.com/me");
}

#[test]
fn words_are_kept_by_kind_and_version_and_go_back_to_ours() {
    let api = Api::furnished();
    let all = json!({"subject": "About {prospect}", "text": "Dear {first_name}: {news}"});
    let put = api.put(&of("moved"), &all).expect(200);
    let kept = json!({"kind": null, "subject": "About {prospect}",
        "text": "Dear {first_name}: {news}", "is_default": false, "version": 1,
        "changed_at": "2026-11-22T10:00:00.000Z"});
    assert_eq!(put["templates"], json!([kept]));
    api.put(&of("moved"), &all).expect(200);
    assert_eq!(
        message(&api, "moved")["templates"],
        json!([kept]),
        "the same is no version"
    );

    let partner = json!({"kind": "partner", "subject": "Partner", "text": "{news}"});
    api.put(&of("moved"), &partner).expect(200);
    let templates = message(&api, "moved")["templates"].clone();
    assert_eq!(templates.as_array().unwrap().len(), 2);
    assert_eq!(templates[1]["kind"], "partner");

    let preview = |kind: Value| {
        let shown = api.post(&format!("{}/preview", of("moved")), &json!({"kind": kind}));
        shown.expect(200)["subject"].as_str().unwrap().to_owned()
    };
    assert_eq!(preview(json!("partner")), "Partner");
    assert_eq!(preview(json!("customer")), "About Sam Keller");
    assert_eq!(preview(json!(null)), "About Sam Keller");

    let none = json!({"kind": "partner", "subject": "", "text": ""});
    api.put(&of("moved"), &none).expect(200);
    assert_eq!(preview(json!("partner")), "About Sam Keller");
    api.put(&of("moved"), &json!({"subject": "", "text": " "}))
        .expect(200);
    assert_eq!(preview(json!(null)), "News of Sam Keller");
    let templates = message(&api, "moved")["templates"].clone();
    assert_eq!(templates.as_array().unwrap().len(), 1);
    assert_eq!(templates[0]["is_default"], true);
    assert_eq!(templates[0]["version"], 2);
    let types = api.column("SELECT data FROM events WHERE type = 'template.published' ORDER BY n");
    assert_eq!(types.len(), 4);
    assert_eq!(
        types[1],
        r#"{"message":"moved","kind":"partner","version":1,"by":"admin"}"#
    );
}

#[test]
fn what_cannot_be_sent_is_refused_with_its_field() {
    let api = Api::furnished();
    let put = |body: Value| api.put(&of("moved"), &body).field();
    let text = |text: &str| put(json!({"subject": "a", "text": text}));
    assert_eq!(
        text("{leads}"),
        (
            "text".to_owned(),
            "names the placeholder `{leads}`, which this message does not have".to_owned()
        )
    );
    assert_eq!(text("[x](http://example.com)").0, "text");
    assert_eq!(text("").0, "text");
    assert_eq!(put(json!({"subject": "", "text": "a"})).0, "subject");
    assert_eq!(put(json!({"subject": "{", "text": "a"})).0, "subject");
    assert_eq!(
        put(json!({"subject": "a", "text": "a", "kind": "friend"})).0,
        "kind"
    );
    let rep = api.put(
        &of("weekly"),
        &json!({"subject": "a", "text": "a", "kind": "partner"}),
    );
    assert_eq!(rep.field().0, "kind");
    api.put(&of("unheard"), &json!({"subject": "a", "text": "a"}))
        .problem(404);
    let draft = json!({"subject": "a", "text": "{unheard}"});
    let shown = api.post(&format!("{}/preview", of("moved")), &draft);
    assert_eq!(shown.field().0, "text");
    assert_eq!(message(&api, "moved")["templates"][0]["is_default"], true);
}

#[test]
fn settings_change_one_by_one() {
    let api = Api::furnished();
    let changes = json!({"quiet_from": "22:30", "weekly_on": "friday",
        "enabled": {"weekly": false, "quiet": false}});
    let all = api.patch(MESSAGES, &changes).expect(200);
    assert_eq!(all["settings"]["quiet_from"], "22:30");
    assert_eq!(all["settings"]["quiet_to"], "08:00");
    api.patch(
        MESSAGES,
        &json!({"per_week": 0, "enabled": {"quiet": true}}),
    )
    .expect(200);
    assert_eq!(
        api.get(MESSAGES).expect(200)["settings"]["weekly_on"],
        "friday"
    );
    assert_eq!(message(&api, "weekly")["enabled"], false);
    assert_eq!(message(&api, "quiet")["enabled"], true);
    for (body, field) in [
        (json!({"per_week": 51}), "per_week"),
        (json!({"quiet_from": "8:00"}), "quiet_from"),
        (json!({"quiet_to": "24:00"}), "quiet_to"),
        (json!({"quiet_days": 6}), "quiet_days"),
        (json!({"stale_days": 0}), "stale_days"),
        (json!({"weekly_on": "someday"}), "weekly_on"),
        (json!({"enabled": {"unheard": true}}), "enabled.unheard"),
        (json!({"enabled": {"quiet": "yes"}}), "enabled.quiet"),
    ] {
        assert_eq!(api.patch(MESSAGES, &body).field().0, field);
    }
    let told = api.column("SELECT count(*) || '' FROM events WHERE type = 'messages.updated'");
    assert_eq!(told, ["2"]);
}

#[test]
fn the_invitation_of_before_is_a_template() {
    let api = Api::furnished();
    let words = json!({"content": {"invitation": {"subject": "Join {program}",
        "text": "{first_name}, spread the word"}}});
    api.put("/v1/programs/customers/content", &words)
        .expect(200);
    let invitation = message(&api, "invitation");
    assert_eq!(invitation["templates"][0]["subject"], "Join {program}");
    assert_eq!(invitation["templates"][0]["is_default"], false);
    let address = json!({"email": "maya@example.com"});
    api.patch("/v1/programs/customers/advocates/ext:maya", &address)
        .expect(200);
    api.post(
        "/v1/programs/customers/advocates/ext:maya/invite",
        &json!({}),
    )
    .expect(202);
    let letters = api.letters();
    assert_eq!(letters[0].subject, "Join Customers");
    assert!(
        letters[0]
            .text
            .starts_with("Maya, spread the word\n\nhttps://go.example.com/")
    );
    // The new way of saying it goes before.
    let new = json!({"subject": "New", "text": "**{first_name}** {link}"});
    api.put(&of("invitation"), &new).expect(200);
    api.wait(120_000);
    api.post(
        "/v1/programs/customers/advocates/ext:maya/invite",
        &json!({}),
    )
    .expect(202);
    assert_eq!(api.letters()[0].subject, "New");
}

#[test]
fn a_preview_shows_the_brand_and_escapes_the_program() {
    let api = Api::furnished();
    api.patch("/v1/programs/customers", &json!({"name": "A & <b>"}))
        .expect(200);
    let brand = json!({"content": {"brand": {"color": "#ffcc00"}}});
    api.put("/v1/programs/customers/content", &brand)
        .expect(200);
    let shown = api
        .post(&format!("{}/preview", of("moved")), &json!({}))
        .expect(200);
    let html = shown["html"].as_str().unwrap();
    assert!(html.contains("background:#ffcc00;color:#000"), "{html}");
    assert!(
        html.contains("A &#38; &#60;b&#62;") || html.contains("A &amp; &lt;b&gt;"),
        "{html}"
    );
    assert!(!html.contains("<b>") && !html.contains("<script"));
    let text = shown["text"].as_str().unwrap();
    assert!(
        text.contains("See all of your referrals:\nhttps://go.example.com/me"),
        "{text}"
    );
}

#[test]
fn a_trial_goes_to_whoever_asks() {
    let api = Api::furnished();
    let path = format!("{}/test", of("thanks"));
    api.post(&path, &json!({})).problem(409);
    let ops = json!({"email": "ops@example.com", "name": "Ops", "role": "marketer"});
    api.post("/v1/team", &ops).expect(201);
    api.letters();
    let tried = api
        .request(Method::POST, &path)
        .header("cf-access-jwt-assertion", "of:ops@example.com")
        .header("sec-fetch-site", "same-origin")
        .json(&json!({"kind": "employee"}))
        .send();
    assert_eq!(tried.expect(202)["sent_to"], "ops@example.com");
    let letters = api.letters();
    assert_eq!(letters[0].to, "ops@example.com");
    assert_eq!(
        letters[0].subject,
        "Thank you: Sam Keller is now a customer"
    );
    api.mail_fails(true);
    let failed = api
        .request(Method::POST, &path)
        .header("cf-access-jwt-assertion", "of:ops@example.com")
        .header("sec-fetch-site", "same-origin")
        .json(&json!({}))
        .send();
    failed.problem(503);
    assert!(crate::harness::noted()[0].contains("no mail leaves"));
    // A reader sees all of it, and writes nothing.
    let key = api.key(&["messages:read"]);
    let read = api.request(Method::GET, MESSAGES).key(&key).send();
    read.expect(200);
    let put = api.request(Method::PUT, &of("moved")).key(&key);
    put.json(&json!({"subject": "a", "text": "a"}))
        .send()
        .problem(403);
}
