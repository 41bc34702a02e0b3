//! Who gets no letters: by a link, by a mail program, by the provider, by the team.

use goodword::domain::webhook;
use http::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Api, walk};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const MAYA: &str = "/v1/programs/customers/advocates/ext:maya";

/// One in which Maya has an address, and mail leaves.
fn with_maya() -> Api {
    let api = Api::furnished();
    api.secret("MAIL_FROM", "hello@example.com");
    api.secret("MAIL_WEBHOOK_SECRET", SECRET);
    api.patch(MAYA, &json!({"email": "Maya+news@example.com"}))
        .expect(200);
    api
}

fn invite(api: &Api) -> Answer {
    api.wait(120_000);
    api.post(&format!("{MAYA}/invite"), &json!({}))
}

fn listed(api: &Api) -> Vec<String> {
    let page = api.get("/v1/suppressions").expect(200);
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|one| {
            format!(
                "{} {}",
                one["reason"].as_str().unwrap(),
                one["by"].as_str().unwrap()
            )
        })
        .collect()
}

/// What the audit log says of an address, the oldest first.
fn audited(api: &Api, email: &str) -> Vec<String> {
    let hash = goodword::domain::person::email_hash(email);
    let page = api.get(&format!("/v1/audit?subject={hash}")).expect(200);
    let items = page["items"].as_array().unwrap().iter().rev();
    items
        .map(|one| {
            let [action, by] = ["action", "by"].map(|name| one[name].as_str().unwrap());
            format!("{action} {} by {by}", one["detail"]["reasons"])
        })
        .collect()
}

/// The path of the way out in the newest letter.
fn way_out(api: &Api) -> String {
    invite(api).expect(202);
    let letter = api.letters().pop().unwrap();
    letter
        .unsubscribe
        .strip_prefix("https://go.example.com")
        .unwrap()
        .to_owned()
}

#[test]
fn letters_are_ended_by_one_click_and_begun_again() {
    let api = with_maya();
    let path = way_out(&api);
    for _ in 0..2 {
        let page = api.request(Method::GET, &path).send();
        assert_eq!(page.status, 200);
        assert!(
            page.text.contains("No more letters</button>"),
            "{}",
            page.text
        );
        assert!(
            page.header("content-security-policy")
                .unwrap()
                .contains("form-action 'self'")
        );
    }
    assert!(listed(&api).is_empty(), "looking changes nothing");
    // As a mail program asks (RFC 8058, 3.2).
    for _ in 0..2 {
        let form = "application/x-www-form-urlencoded";
        let ended = api
            .request(Method::POST, &path)
            .body(form, "List-Unsubscribe=One-Click")
            .send();
        assert_eq!(ended.status, 200, "{}", ended.text);
        assert!(ended.text.contains("You get no more letters"));
    }
    assert_eq!(listed(&api), ["unsubscribed recipient"]);
    let page = api.get("/v1/suppressions").expect(200);
    assert_eq!(page["items"][0]["program"], "customers");
    assert!(!page.to_string().contains('@'));
    invite(&api).problem(409);
    assert!(api.letters().is_empty());
    // What she asks for herself still comes.
    let wish = json!({"email": "maya@example.com"});
    let asked = api
        .request(Method::POST, "/v1/me/link")
        .header("sec-fetch-site", "same-origin");
    asked.json(&wish).send().expect(202);
    let letters = api.letters();
    assert_eq!(letters[0].unsubscribe, "");
    assert!(!letters[0].text.contains("No more letters"));

    let back = api.request(Method::POST, &path);
    let back = back
        .body("application/x-www-form-urlencoded", "back=1")
        .send();
    assert!(back.text.contains("No more letters</button>"));
    assert!(listed(&api).is_empty());
    invite(&api).expect(202);
    assert_eq!(
        audited(&api, "maya@example.com"),
        ["suppression.lifted [\"unsubscribed\"] by recipient"]
    );
    let told = api.column("SELECT type FROM events WHERE type LIKE 'suppression.%' ORDER BY n");
    assert_eq!(told, ["suppression.added", "suppression.lifted"]);
}

#[test]
fn no_way_out_but_ours_is_one() {
    let api = with_maya();
    let path = way_out(&api);
    let mut other = path.clone();
    let last = if other.pop() == Some('0') { '1' } else { '0' };
    other.push(last);
    let longer = format!("{path}0");
    for path in [&*other, "/u/0", "/u/example", &longer] {
        for method in [Method::GET, Method::POST] {
            assert_eq!(api.request(method, path).send().status, 404, "{path}");
        }
    }
    assert!(listed(&api).is_empty());
}

#[test]
fn the_team_adds_and_lifts() {
    let api = with_maya();
    let maya = json!({"email": "maya@EXAMPLE.com"});
    for _ in 0..2 {
        let added = api.post("/v1/suppressions", &maya);
        assert_eq!(added.status, 204, "{}", added.text);
    }
    assert_eq!(listed(&api), ["manual admin"]);
    assert_eq!(
        invite(&api).problem(409)["detail"],
        "the address is on the list of those who get no letters"
    );
    // Nor what she asks for: it is not said why.
    let asked = api
        .request(Method::POST, "/v1/me/link")
        .header("sec-fetch-site", "same-origin");
    asked
        .json(&json!({"email": "maya@example.com"}))
        .send()
        .expect(202);
    assert!(api.letters().is_empty());
    assert_eq!(api.post("/v1/suppressions/lift", &maya).status, 204);
    assert_eq!(api.post("/v1/suppressions/lift", &maya).status, 204);
    invite(&api).expect(202);
    assert_eq!(api.letters().len(), 1);
    for email in ["a@x.example", "b@x.example", "c@x.example"] {
        let add = json!({"email": email, "reason": "bounced"});
        assert_eq!(api.post("/v1/suppressions", &add).status, 204);
    }
    assert_eq!(walk(&api, "/v1/suppressions", 2, "hash").len(), 3);
    // Of what was done by hand there is a trace; of what changed nothing there is none.
    let both = json!({"email": "a@x.example"});
    api.post("/v1/suppressions", &both);
    api.post("/v1/suppressions/lift", &both);
    assert_eq!(
        audited(&api, "maya@example.com"),
        [
            "suppression.added [\"manual\"] by Operator",
            "suppression.lifted [\"manual\"] by Operator"
        ]
    );
    assert_eq!(
        audited(&api, "a@x.example"),
        [
            "suppression.added [\"bounced\"] by Operator",
            "suppression.added [\"manual\"] by Operator",
            "suppression.lifted [\"bounced\",\"manual\"] by Operator"
        ]
    );
    assert_eq!(
        api.post("/v1/suppressions", &json!({"email": "nobody"}))
            .field()
            .0,
        "email"
    );
    // A member of the team is no exception.
    let ops = json!({"email": "ops@example.com", "name": "Ops", "role": "marketer"});
    api.post("/v1/suppressions", &json!({"email": "ops@example.com"}));
    api.post("/v1/team", &ops).problem(409);
    assert_eq!(api.letters(), []);
}

fn tell(api: &Api, id: &str, event: &Value) -> Answer {
    let (body, at) = (event.to_string(), api.now() / 1_000);
    let signature = webhook::sign(&[SECRET], id, at, &body);
    api.request(Method::POST, "/v1/mail/events")
        .header("svix-id", id)
        .header("svix-timestamp", &at.to_string())
        .header("svix-signature", &signature)
        .body("application/json", body)
        .send()
}

#[test]
fn what_the_provider_tells_is_heard_once() {
    let api = with_maya();
    invite(&api).expect(202);
    let event = |kind: &str, bounce: &str| {
        json!({"type": kind, "created_at": "2026-11-22T10:00:00.000Z", "data": {
            "email_id": "re_1", "from": "hello@example.com", "to": ["Maya <maya@example.com>"],
            "subject": "x", "bounce": {"message": "x", "type": bounce, "subType": "General"}}})
    };
    for (id, kind, bounce) in [
        ("m1", "email.opened", "Permanent"),
        ("m2", "email.bounced", "Transient"),
        ("m3", "email.delivered", ""),
    ] {
        assert_eq!(tell(&api, id, &event(kind, bounce)).status, 204);
    }
    assert!(listed(&api).is_empty());
    let letters = api.get("/v1/letters").expect(200);
    assert_eq!(letters["items"][0]["state"], "sent");
    assert!(letters["items"][0]["delivered_at"].is_string());

    assert_eq!(
        tell(&api, "m4", &event("email.bounced", "Permanent")).status,
        204
    );
    assert_eq!(listed(&api), ["bounced provider"]);
    let letters = api.get("/v1/letters").expect(200);
    assert_eq!(letters["items"][0]["state"], "failed");
    assert_eq!(
        letters["items"][0]["why"],
        "it came back: the address takes no mail"
    );
    invite(&api).problem(409);
    // Told again, it does not undo what the team did since.
    api.post(
        "/v1/suppressions/lift",
        &json!({"email": "maya@example.com"}),
    );
    assert_eq!(
        tell(&api, "m4", &event("email.bounced", "Permanent")).status,
        204
    );
    assert!(listed(&api).is_empty());
    assert_eq!(tell(&api, "m5", &event("email.complained", "")).status, 204);
    assert_eq!(listed(&api), ["complained provider"]);
}

#[test]
fn nobody_else_tells_of_mail() {
    let api = with_maya();
    let event = json!({"type": "email.complained", "data": {"to": ["maya@example.com"]}});
    let unsigned = api
        .request(Method::POST, "/v1/mail/events")
        .json(&event)
        .send();
    assert_eq!(unsigned.field().0, "webhook-signature");
    let stale = api.request(Method::POST, "/v1/mail/events");
    let at = api.now() / 1_000 - 301;
    let stale = stale
        .header("svix-id", "m1")
        .header("svix-timestamp", &at.to_string())
        .header(
            "svix-signature",
            &webhook::sign(&[SECRET], "m1", at, &event.to_string()),
        )
        .json(&event)
        .send();
    assert_eq!(stale.field().0, "webhook-signature");
    api.secret("MAIL_WEBHOOK_SECRET", "");
    assert!(
        tell(&api, "m1", &event)
            .field()
            .1
            .contains("MAIL_WEBHOOK_SECRET")
    );
    assert!(listed(&api).is_empty());
}
