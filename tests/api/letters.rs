//! Letters that go by themselves: what brings them about, what keeps them back, what
//! they say, and what becomes of them.

use goodword::domain::channel::Medium;
use serde_json::{Value, json};

use crate::harness::Api;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// One with mail, Maya with an address, and Sam's lead by her link; the id of the lead.
fn with_lead() -> (Api, String) {
    let (api, maya) = Api::staffed();
    api.secret("MAIL_FROM", "Goodword <hello@example.com>");
    let address = json!({"email": "maya@example.com"});
    api.patch("/v1/programs/customers/advocates/ext:maya", &address)
        .expect(200);
    let lead = refer(&api, &maya, "sam@example.org");
    (api, lead)
}

fn refer(api: &Api, advocate: &str, email: &str) -> String {
    let receipt = api.receipt(advocate, Medium::Email, api.now() - MINUTE);
    let lead = json!({"program": "customers", "receipts": [receipt],
        "prospect": {"email": email, "name": "Sam Keller", "company": "Example GmbH"}});
    let lead = api.post("/v1/leads", &lead).expect(201);
    lead["id"].as_str().unwrap().to_owned()
}

fn step(api: &Api, lead: &str, stage: &str) {
    let mut body = json!({"stage": stage});
    if stage == "lost" {
        body["reason"] = json!("no budget");
    }
    api.post(&format!("/v1/leads/{lead}/stage"), &body)
        .expect(200);
}

fn log(api: &Api) -> Vec<Value> {
    let letters = api.get("/v1/letters").expect(200);
    letters["items"].as_array().unwrap().clone()
}

/// The newest letter's state and why.
fn newest(api: &Api) -> (String, String) {
    let log = log(api);
    let text = |name: &str| log[0][name].as_str().unwrap_or_default().to_owned();
    (text("state"), text("why"))
}

#[test]
fn news_of_a_referral_reaches_the_advocate_once() {
    let (api, lead) = with_lead();
    step(&api, &lead, "accepted");
    api.carry();
    let letters = api.letters();
    let [letter] = &letters[..] else {
        panic!("{letters:?}")
    };
    assert_eq!(letter.to, "maya@example.com");
    assert_eq!(letter.subject, "News of S. K.");
    assert!(
        letter
            .text
            .contains("you referred S. K. to us. We are in touch with them.")
    );
    assert!(letter.html.contains("We are in touch with them."));
    assert!(letter.html.contains(">See all of your referrals</a>"));
    assert!(letter.unsubscribe.starts_with("https://go.example.com/u/"));
    for part in [&letter.text, &letter.html] {
        assert!(part.contains(&letter.unsubscribe), "{part}");
    }
    let log = log(&api);
    assert_eq!(log[0]["id"], letter.id.as_str());
    assert_eq!(log[0]["message"], "moved");
    assert_eq!(log[0]["state"], "sent");
    assert_eq!(log[0]["attempts"], 1);
    api.carry();
    assert!(api.letters().is_empty());
    let dump =
        api.column("SELECT group_concat(quote(data) || quote(cause) || quote(id)) FROM letters");
    assert!(!dump[0].contains("@"), "no address is kept: {dump:?}");
}
