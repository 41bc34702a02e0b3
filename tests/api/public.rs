//! `/v1/public/leads`: what a stranger may say, and what a stranger is told.

use goodword::domain::{channel::Medium, visitor};
use http::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Api, Ask, NOW, SALT, noted};

const PATH: &str = "/v1/public/leads";
const FORM: &str = "application/x-www-form-urlencoded";
const HTML: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

fn house() -> (Api, String) {
    let api = Api::furnished();
    api.put("/v1/reps/jonas", &json!({"name": "Jonas"}))
        .expect(200);
    api.put(
        "/v1/programs/customers/routing",
        &json!({"reps": ["jonas"]}),
    )
    .expect(200);
    let maya = api
        .get("/v1/programs/customers/advocates/ext:maya")
        .expect(200);
    (api, maya["id"].as_str().unwrap().to_owned())
}

fn ask(api: &Api) -> Ask<'_> {
    api.request(Method::POST, PATH)
}

fn sam() -> Value {
    json!({"program": "customers", "prospect": {"name": "Sam", "email": "sam@example.org"}})
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

#[track_caller]
fn received(answer: &Answer) {
    answer.expect(202);
    assert_eq!(answer.text, r#"{"received":true}"#);
}

/// The only lead that there is, in full.
#[track_caller]
fn lead(api: &Api) -> Value {
    let ids = api.column("SELECT id FROM leads");
    assert_eq!(ids.len(), 1);
    api.get(&format!("/v1/leads/{}", ids[0])).expect(200)
}

/// What was refused, each with why.
fn refused(lead: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let history = lead["history"].as_array().unwrap();
    history
        .iter()
        .filter(|event| event["kind"] == "refused")
        .map(|event| (text(&event["after"]), text(&event["why"])))
        .collect()
}

#[test]
fn json_makes_a_lead_with_touch_consent_and_owner() {
    let (api, maya) = house();
    let receipt = api.receipt(&maya, Medium::Linkedin, NOW - 60_000);
    let body = json!({"program": "customers",
        "prospect": {"name": " Sam  Prospect ", "email": "sam@example.org", "phone": "",
            "company": "Example\nGmbH"},
        "receipts": [receipt], "consent": {"text": "Call me."}, "note": "one\r\n two"});
    received(&ask(&api).json(&body).send());
    let lead = lead(&api);
    assert_eq!(
        lead["prospect"],
        json!({"name": "Sam Prospect", "email": "sam@example.org", "phone": null,
            "company": "Example GmbH", "customer": null})
    );
    assert_eq!(
        (&lead["source"], &lead["note"]),
        (&json!("form"), &json!("one two"))
    );
    assert_eq!(
        lead["consent"],
        json!({"text": "Call me.", "at": "2026-11-22T10:00:00.000Z"})
    );
    assert_eq!(
        (&lead["advocate"], &lead["owner"]),
        (&json!(maya), &json!("jonas"))
    );
    assert_eq!(
        (&lead["touch"], &lead["medium"]),
        (&json!("receipt"), &json!("linkedin"))
    );
    assert_eq!(lead["history"][0]["by"], "form");
    assert!(refused(&lead).is_empty());
}

#[test]
fn a_form_makes_the_same_lead() {
    let (api, maya) = house();
    let (first, last, between) = (
        api.receipt(&maya, Medium::Linkedin, NOW - 60_000),
        api.receipt(&maya, Medium::Email, NOW - 30_000),
        api.receipt(&maya, Medium::X, NOW - 45_000),
    );
    // A form of the site's own has fields of its own, and some stand twice.
    let body = format!(
        "program=customers&name=Sam+Prospect&email=sam%40example.org&phone=&gw={first}&gw=\
         &gw_click={last}+{between}&email=other%40example.org&consent=Call+me.&note=a%0D%0Ab&website=\
         &budget=1000&submit=Send"
    );
    received(&ask(&api).body(FORM, body).send());
    let lead = lead(&api);
    assert_eq!(lead["prospect"]["email"], "sam@example.org");
    assert_eq!(
        (&lead["note"], &lead["consent"]["text"]),
        (&json!("a b"), &json!("Call me."))
    );
    assert_eq!(
        (&lead["touch"], &lead["medium"]),
        (&json!("receipt"), &json!("email"))
    );
    assert_eq!(
        api.column("SELECT kind FROM touches"),
        ["receipt", "receipt", "receipt"]
    );
    assert!(refused(&lead).is_empty());
}

#[test]
fn a_typed_code_and_the_cookie_are_touches() {
    let (api, maya) = house();
    let code = api
        .post(
            "/v1/codes",
            &json!({"program": "customers", "advocate": maya}),
        )
        .expect(201)["code"]
        .clone();
    let cookie = format!(
        "a=b; gw_1={}; c=d",
        api.receipt(&maya, Medium::Email, NOW - 1_000)
    );
    received(&ask(&api).header("cookie", &cookie).json(&sam()).send());
    assert_eq!(lead(&api)["touch"], "cookie");
    let typed = code.as_str().unwrap().to_lowercase().replace('-', " ");
    received(&ask(&api).json(&with(sam(), "code", json!(typed))).send());
    assert_eq!(lead(&api)["touch"], "code");
    // A program that forgoes cookies does not look at one that is left.
    api.patch("/v1/programs/customers", &json!({"cookie": false}))
        .expect(200);
    let body = json!({"program": "customers", "prospect": {"phone": "+49 30 1"}});
    received(&ask(&api).header("cookie", &cookie).json(&body).send());
    assert_eq!(
        api.column("SELECT count(*) || '' FROM leads WHERE touch IS NULL"),
        ["1"]
    );
}

#[test]
fn a_bad_proof_loses_no_prospect_and_stands_in_the_history() {
    let (api, maya) = house();
    let good = api.receipt(&maya, Medium::Email, NOW - 1_000);
    let forged = format!(
        "{}{}",
        good.get(..48).unwrap(),
        if good.ends_with('a') { 'b' } else { 'a' }
    );
    let expired = api.receipt(&maya, Medium::Email, NOW - 91 * 86_400_000);
    let future = api.receipt(&maya, Medium::Email, NOW + 86_400_000);
    let nobodys = api.receipt("000000", Medium::Email, NOW - 1_000);
    api.post("/v1/programs", &json!({"slug": "other", "name": "Other"}))
        .expect(201);
    let body = json!({"program": "customers", "prospect": {"email": "sam@example.org"},
        "receipts": ["x", forged, expired, future, nobodys, " ", good, good], "code": "MAYA-7KQ-4TX"});
    received(&ask(&api).header("cookie", "gw_1=x").json(&body).send());
    let lead = lead(&api);
    let refused = refused(&lead);
    let kinds: Vec<&str> = refused.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(
        kinds,
        [
            "receipt", "receipt", "receipt", "receipt", "receipt", "code", "cookie"
        ]
    );
    for ((_, why), words) in refused.iter().zip([
        "not the form of a code",
        "signature does not match",
        "has expired",
        "in the future",
        "not in the program",
        "no code of this program",
        "not the form of a code",
    ]) {
        assert!(why.contains(words), "{why}");
    }
    assert_eq!(lead["advocate"], maya.as_str());
    // The same receipt belongs to another program there.
    let elsewhere = json!({"program": "other", "prospect": {"phone": "+49 30 1"},
        "receipts": [good]});
    received(&ask(&api).json(&elsewhere).send());
    let why = api.column(
        "SELECT why FROM history WHERE kind = 'refused' AND lead IN
           (SELECT id FROM leads WHERE program = 2)",
    );
    assert_eq!(why, ["belongs to another program"]);
}

#[test]
fn receipts_without_end_are_not_looked_at() {
    let (api, maya) = house();
    let receipts: Vec<String> = (0..25)
        .map(|n| api.receipt(&maya, Medium::Email, NOW - 1_000 - n))
        .collect();
    let body = with(sam(), "receipts", json!(receipts));
    received(&ask(&api).json(&body).send());
    assert_eq!(api.column("SELECT count(*) || '' FROM touches"), ["20"]);
    assert_eq!(refused(&lead(&api)).len(), 1);
}

#[test]
fn a_machine_in_the_trap_is_kept_flagged_and_told_what_all_are() {
    let (api, maya) = house();
    let receipt = api.receipt(&maya, Medium::Email, NOW - 1_000);
    let body = with(
        with(sam(), "website", json!("https://spam.example")),
        "receipts",
        json!([receipt]),
    );
    received(&ask(&api).json(&body).send());
    let lead = lead(&api);
    assert_eq!(
        (&lead["suspected"], &lead["owner"]),
        (&json!(true), &Value::Null)
    );
    assert!(
        lead["flags"]
            .as_array()
            .unwrap()
            .contains(&json!("honeypot")),
        "{lead}"
    );
    // A person who comes after it takes the lead out of suspicion.
    received(&ask(&api).json(&with(sam(), "website", json!(" "))).send());
    let lead = self::lead(&api);
    assert_eq!(
        (&lead["suspected"], &lead["owner"]),
        (&json!(false), &json!("jonas"))
    );
}

#[test]
fn nobody_learns_whether_somebody_was_there_before() {
    let (api, _) = house();
    let answers: Vec<Answer> = [
        sam(),
        sam(),
        with(sam(), "website", json!("x")),
        with(sam(), "code", json!("MAYA-7KQ-4TX")),
    ]
    .iter()
    .map(|body| ask(&api).json(body).send())
    .collect();
    for answer in &answers {
        received(answer);
        assert_eq!(answer.headers, answers[0].headers);
        assert_eq!(answer.fault, None);
    }
    assert_eq!(api.column("SELECT count(*) || '' FROM leads"), ["1"]);
}

#[test]
fn a_strangers_idempotency_key_takes_nobody_elses() {
    let (api, _) = house();
    received(&ask(&api).header("idempotency-key", "k").json(&sam()).send());
    received(
        &ask(&api)
            .header("idempotency-key", "k")
            .json(&with(sam(), "note", json!("x")))
            .send(),
    );
    assert_eq!(api.column("SELECT count(*) || '' FROM requests"), ["0"]);
}

#[test]
fn the_sender_is_hashed_unless_they_object() {
    let (api, _) = house();
    let agent = "Mozilla/5.0";
    for (gpc, email) in [("0", "a@example.org"), ("1", "b@example.org")] {
        let body = json!({"program": "customers", "prospect": {"email": email}});
        let ask = ask(&api)
            .header("cf-connecting-ip", "192.0.2.1")
            .header("user-agent", agent)
            .header("sec-gpc", gpc);
        received(&ask.json(&body).send());
    }
    let hash = visitor::hash(&SALT, 1, "192.0.2.1", agent);
    assert_eq!(
        api.column(
            "SELECT iif(visitor IS NULL, '-', lower(hex(visitor))) FROM leads ORDER BY email"
        ),
        [format!("{hash:016x}"), "-".to_owned()]
    );
    let dump = api.column("SELECT quote(name) || quote(note) || quote(consent_text) FROM leads");
    assert!(dump.iter().all(|row| !row.contains("192.0.2.1")));
}

#[test]
fn one_address_sends_ten_a_minute() {
    let (api, _) = house();
    let send = |address: &str, n: usize| {
        let body =
            json!({"program": "customers", "prospect": {"email": format!("s{n}@example.org")}});
        ask(&api)
            .header("cf-connecting-ip", address)
            .json(&body)
            .send()
    };
    for n in 0..10 {
        received(&send("192.0.2.1", n));
    }
    let answer = send("192.0.2.1", 10);
    let problem = answer.problem(429);
    assert_eq!(problem["type"], "urn:goodword:problem:too-many-requests");
    assert_eq!(answer.header("retry-after"), Some("60"));
    received(&send("192.0.2.2", 11));
    assert_eq!(api.column("SELECT count(*) || '' FROM leads"), ["11"]);
    assert!(
        api.counted()
            .iter()
            .all(|key| key.starts_with("form:192.0.2."))
    );
    received(&send("192.0.2.1", 12));
    // Where nobody counts, the prospect goes before.
    api.limiter_fails(true);
    for n in 13..25 {
        received(&send("192.0.2.1", n));
    }
    assert_eq!(noted().len(), 12);
    let form = ask(&api)
        .header("accept", HTML)
        .header("cf-connecting-ip", "192.0.2.9");
    api.limiter_fails(false);
    for _ in 0..10 {
        send("192.0.2.9", 99);
    }
    let page = form
        .body(FORM, "program=customers&email=s%40example.org")
        .send();
    assert_eq!(page.status, 429);
    assert_eq!(page.header("retry-after"), Some("60"));
    assert!(page.text.contains("too many requests"), "{}", page.text);
}

#[test]
fn pages_of_the_programs_sites_may_read_the_answer_and_no_others() {
    let (api, maya) = house();
    api.post(
        "/v1/programs/customers/destinations",
        &json!({"slug": "port", "url": "https://shop.example.com:443?x"}),
    )
    .expect(201);
    api.patch(
        "/v1/programs/customers/destinations/offer",
        &json!({"status": "disabled"}),
    )
    .expect(200);
    api.post("/v1/programs", &json!({"slug": "other", "name": "Other"}))
        .expect(201);
    api.post(
        "/v1/programs/other/destinations",
        &json!({"slug": "home", "url": "https://other.example/"}),
    )
    .expect(201);
    let cookie = format!("gw_1={}", api.receipt(&maya, Medium::Email, NOW - 1_000));
    for (n, (origin, shared, refuses)) in [
        ("https://example.com", true, false),
        ("https://shop.example.com", true, false),
        ("https://go.example.com", false, false), // our own: no need
        ("https://EXAMPLE.com", false, true),
        ("https://example.com.evil.example", false, true),
        ("http://example.com", false, true),
        ("https://example.com:8443", false, true),
        ("https://other.example", false, true),
        ("null", false, true),
        ("", false, true),
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("s{n}@example.org");
        let body = json!({"program": "customers", "prospect": {"email": email}});
        let ask = ask(&api).header("cookie", &cookie).header("origin", origin);
        let answer = ask.json(&body).send();
        received(&answer);
        let allowed = answer.header("access-control-allow-origin");
        assert_eq!(allowed, shared.then_some(origin), "{origin}");
        let credentials = answer.header("access-control-allow-credentials");
        assert_eq!(credentials, shared.then_some("true"));
        assert_eq!(answer.header("vary"), Some("origin"));
        let why = api.column(&format!(
            "SELECT coalesce((SELECT why FROM history WHERE lead = id AND kind = 'refused'), touch)
             FROM leads WHERE email = '{email}'"
        ));
        let expected = if refuses {
            "came from another site"
        } else {
            "cookie"
        };
        assert_eq!(why, [expected], "{origin}");
    }
    // A problem can be read too, even if the body names no program.
    for body in ["{", "{}"] {
        let ask = api.request(Method::POST, "/v1/public/leads?program=customers");
        let answer = ask
            .header("origin", "https://example.com")
            .body("application/json", body)
            .send();
        assert_eq!(
            answer.header("access-control-allow-origin"),
            Some("https://example.com")
        );
        assert!(answer.status.is_client_error());
    }
    let ask = api
        .request(Method::POST, "/v1/public/leads?program=other")
        .json(&sam());
    assert_eq!(ask.send().field().0, "program");
}

#[test]
fn a_preflight_is_answered_for_the_program_that_the_url_names() {
    let (api, _) = house();
    for (query, origin, allowed) in [
        ("?program=customers", Some("https://example.com"), true),
        ("?program=customers", Some("https://evil.example"), false),
        ("?program=customers", None, false),
        ("?program=nobody", Some("https://example.com"), false),
        ("", Some("https://example.com"), false),
    ] {
        let mut ask = api.request(Method::OPTIONS, &format!("{PATH}{query}"));
        if let Some(origin) = origin {
            ask = ask.header("origin", origin);
        }
        let answer = ask
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type")
            .send();
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""));
        let echoed = answer.header("access-control-allow-origin");
        assert_eq!(echoed, origin.filter(|_| allowed), "{query} {origin:?}");
        assert_eq!(answer.header("vary"), Some("origin"));
        assert_eq!(answer.header("access-control-allow-methods"), Some("POST"));
        assert_eq!(
            answer.header("access-control-allow-headers"),
            Some("content-type")
        );
    }
    let answer = api.request(Method::GET, PATH).send();
    answer.problem(405);
    assert_eq!(answer.header("allow"), Some("POST,OPTIONS"));
    assert_eq!(answer.header("access-control-allow-origin"), None);
    // No other route knows of origins.
    let other = api
        .request(Method::OPTIONS, "/v1/leads")
        .header("origin", "https://example.com");
    other.send().problem(405);
}

#[test]
fn what_is_wrong_is_said_all_at_once() {
    let (api, _) = house();
    let body = json!({"program": "customers", "code": "x", "note": "n".repeat(1_001),
        "prospect": {"name": "a\u{0}", "email": "nobody", "phone": "1"}, "consent": {"text": "c\u{7}"}});
    let problem = ask(&api).json(&body).send().problem(422);
    let fields: Vec<&str> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    assert_eq!(
        fields,
        ["prospect.name", "prospect.email", "consent.text", "note"]
    );
    for (body, field) in [
        (
            json!({"program": "customers", "prospect": {}}),
            "prospect.email",
        ),
        (
            json!({"program": "nobody", "prospect": {"phone": "1"}}),
            "program",
        ),
        (json!({"prospect": {"phone": "1"}}), "program"),
        (with(sam(), "customer", json!("cus_1")), "customer"),
        (with(sam(), "at", json!("2026-01-01T00:00:00Z")), "at"),
        (
            json!({"program": "customers", "prospect": {"customer": "cus_1"}}),
            "prospect.customer",
        ),
    ] {
        assert_eq!(ask(&api).json(&body).send().field().0, field, "{body}");
    }
    let answer = ask(&api).body(FORM, "program=customers&name=Sam").send();
    assert_eq!(answer.field().0, "email");
    let page = ask(&api)
        .header("accept", HTML)
        .body(FORM, "program=customers&email=%3Cb%3E")
        .send();
    assert_eq!(page.status, 422);
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert!(
        page.text.contains("<li>email: must be an e-mail address"),
        "{}",
        page.text
    );
    assert!(!page.text.contains("<b>"));
    let page = ask(&api)
        .header("accept", HTML)
        .body(FORM, "program=%3Cb%3E&phone=1")
        .send();
    assert!(
        page.text.contains("there is no program `&#60;b&#62;`"),
        "{}",
        page.text
    );
    api.patch("/v1/programs/customers", &json!({"status": "disabled"}))
        .expect(200);
    assert_eq!(ask(&api).json(&sam()).send().field().1, "is disabled");
    assert!(api.column("SELECT id FROM leads").is_empty());
    let problem = ask(&api).body("text/plain", "x").send().problem(415);
    assert_eq!(
        problem["detail"],
        "send application/json or application/x-www-form-urlencoded"
    );
}

#[test]
fn a_browser_gets_a_page_that_is_the_same_for_all() {
    let (api, _) = house();
    let send = |body: &str| {
        ask(&api)
            .header("accept", HTML)
            .body(FORM, body.to_owned())
            .send()
    };
    let page = send("program=customers&email=sam%40example.org");
    assert_eq!(page.status, 202);
    assert!(page.text.contains("<h1>Thank you</h1>"), "{}", page.text);
    assert!(
        page.header("content-security-policy")
            .unwrap()
            .starts_with("default-src 'none'")
    );
    assert_eq!(page.header("cache-control"), Some("no-store"));
    for body in [
        "program=customers&email=sam%40example.org",
        "program=customers&email=bot%40example.org&website=x",
    ] {
        let again = send(body);
        assert_eq!((again.status, &again.headers), (page.status, &page.headers));
        assert_eq!(again.text, page.text);
    }
    // What is no browser is answered as JSON.
    let plain = ask(&api).header("accept", "*/*");
    received(
        &plain
            .body(FORM, "program=customers&email=b%40example.org")
            .send(),
    );
}

#[test]
fn a_browser_is_sent_back_to_the_programs_sites_alone() {
    let (api, _) = house();
    let send = |back: &str| {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs([("program", "customers"), ("phone", "1"), ("return", back)]);
        ask(&api)
            .header("accept", HTML)
            .body(FORM, body.finish())
            .send()
    };
    for back in [
        "https://example.com/thanks?x=1#top",
        "https://example.com:443",
    ] {
        let answer = send(back);
        assert_eq!(answer.status, 303);
        assert_eq!(
            (answer.header("location"), answer.text.as_str()),
            (Some(back), "")
        );
    }
    for back in [
        "https://evil.example/",
        "https://example.com.evil.example/",
        "https://example.com@evil.example/",
        "https://example.com:8443/",
        "https://evil.example\\@example.com/",
        "https://example.com\\.evil.example/",
        "//evil.example",
        "/thanks",
        "http://example.com/",
        "https://EXAMPLE.com/",
        "javascript:alert(1)",
        "https://example.com/\r\nset-cookie: a=b",
        " https://example.com/",
        "",
    ] {
        let answer = send(back);
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
            (202, None),
            "{back}"
        );
    }
    // Not from a lead that was not taken.
    let body = "program=customers&return=https%3A%2F%2Fexample.com%2F";
    let answer = ask(&api).header("accept", HTML).body(FORM, body).send();
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (422, None)
    );
}

#[test]
fn a_database_that_fails_is_said_so() {
    let (api, _) = house();
    api.database_fails(true);
    ask(&api).json(&sam()).send().problem(503);
    let page = ask(&api)
        .header("accept", HTML)
        .body(FORM, "program=customers&phone=1")
        .send();
    assert_eq!(
        (page.status.as_u16(), page.header("retry-after")),
        (503, Some("1"))
    );
    assert!(page.fault.is_some() && !page.text.contains("shard"));
}

#[test]
fn a_revoked_code_is_forgotten_where_links_are_answered() {
    let (api, maya) = house();
    let issued = api.post(
        "/v1/codes",
        &json!({"program": "customers", "advocate": maya}),
    );
    let code = issued.expect(201)["code"].as_str().unwrap().to_owned();
    let path = format!("/v1/codes/{}/revoke", code.to_lowercase());
    api.publisher_fails(true);
    let answer = api.post(&path, &json!({}));
    assert!(answer.expect(200)["revoked_at"].is_string());
    assert!(answer.fault.unwrap().contains("not forgotten"));
    api.publisher_fails(false);
    assert_eq!(api.post(&path, &json!({})).fault, None);
    let keys: Vec<String> = api.forgotten();
    assert_eq!(keys.len(), 1);
    assert!(keys[0].starts_with("MAYA"));
}
