//! CRM: leads go out as they are, and what changes there comes back.

mod simulator;
mod worlds;

use http::Method;
use serde_json::{Value, json};

use self::simulator::{Crm, HUBSPOT, Mishap, SALESFORCE, Vendor};
use crate::harness::{Answer, Api};

/// A program with two reps, a connection to a simulated CRM, and its id and secret.
pub struct House {
    pub api: Api,
    pub crm: Crm,
    pub id: String,
    pub secret: String,
}

impl House {
    fn new(vendor: &Vendor) -> Self {
        let (api, _) = Api::staffed();
        let crm = Crm::new(vendor, &api);
        api.secret("CRM_OPENS", crm.credential());
        api.secret("CRM_SIGNS", "the app's secret");
        let created = api.post("/v1/crm", &connection(vendor)).expect(201);
        let text = |name: &str| created[name].as_str().unwrap().to_owned();
        Self {
            id: text("id"),
            secret: text("secret"),
            api,
            crm,
        }
    }

    fn lead(&self, name: &str) -> String {
        let prospect = json!({"name": name, "email": format!("{}@example.org",
            name.to_lowercase().replace(' ', "."))});
        let body = json!({"program": "customers", "prospect": prospect});
        let taken = self.api.post("/v1/leads", &body).expect(201);
        taken["id"].as_str().unwrap().to_owned()
    }

    fn path(&self, rest: &str) -> String {
        format!("/v1/crm/{}{rest}", self.id)
    }

    /// What the CRM reports, signed with the connection's secret.
    fn report(&self, events: &Value) -> Answer {
        self.report_signed(events, &self.secret)
    }

    fn report_signed(&self, events: &Value, secret: &str) -> Answer {
        let body = json!({ "events": events }).to_string();
        let at = self.api.now() / 1_000;
        let signature = goodword::domain::webhook::sign(&[secret], "msg_1", at, &body);
        self.api
            .request(Method::POST, &self.path("/events"))
            .header("webhook-id", "msg_1")
            .header("webhook-timestamp", &at.to_string())
            .header("webhook-signature", &signature)
            .body("application/json", body)
            .send()
    }

    /// What became of the only event that is reported.
    fn outcome(&self, event: &Value) -> (String, String) {
        let answer = self.report(&json!([event])).expect(200);
        let result = &answer["results"][0];
        let text = |name: &str| result[name].as_str().unwrap_or_default().to_owned();
        (text("outcome"), text("why"))
    }

    fn stage(&self, lead: &str) -> String {
        let lead = self.api.get(&format!("/v1/leads/{lead}")).expect(200);
        lead["stage"].as_str().unwrap().to_owned()
    }

    fn step(&self, lead: &str, stage: &str) {
        let reason = (stage == "lost").then_some("no budget");
        let body = json!({"stage": stage, "reason": reason});
        self.api
            .post(&format!("/v1/leads/{lead}/stage"), &body)
            .expect(200);
    }

    fn at(&self) -> String {
        goodword::domain::date::rfc3339(self.api.now())
    }

    fn about(&self) -> Value {
        self.api.get(&self.path("")).expect(200)
    }
}

fn connection(vendor: &Vendor) -> Value {
    json!({"kind": vendor.kind, "program": "customers", "url": vendor.url,
        "object": vendor.object, "credential": "CRM_OPENS", "signing": "CRM_SIGNS",
        "currency": "EUR", "owners": {"lea": "501", "jonas": "502"}})
}

#[test]
fn a_lead_goes_out_as_a_contact_and_its_stage_comes_back() {
    let house = House::new(&HUBSPOT);
    let lead = house.lead("Sam Prospect");
    house.api.carry();
    let asked = house.api.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].method, "POST");
    assert_eq!(
        asked[0].url,
        "https://api.hubapi.com/crm/v3/objects/contacts/batch/upsert"
    );
    let bearer = ("authorization", "Bearer pat-na1-0000".to_owned());
    assert!(asked[0].headers.contains(&bearer));
    let body: Value = serde_json::from_str(&asked[0].body).unwrap();
    assert_eq!(
        body,
        json!({"inputs": [{"idProperty": "goodword_id", "id": lead,
            "objectWriteTraceId": lead, "properties": {"email": "sam.prospect@example.org",
            "firstname": "Sam", "lastname": "Prospect", "hs_lead_status": "NEW",
            "hubspot_owner_id": "502"}}]})
    );
    let record = house.crm.of(&lead);
    let leads = house.api.get(&house.path("/leads")).expect(200);
    assert_eq!(leads["items"][0]["state"], json!("sent"));
    assert_eq!(leads["items"][0]["remote_id"], json!(record.id));
    // Nothing changed: nothing is sent.
    house.api.carry();
    assert_eq!(house.api.asked(), []);

    house.api.wait(60_000);
    let event = json!({"id": "e-1", "occurred_at": house.at(), "remote_id": record.id,
        "stage": "CONNECTED"});
    assert_eq!(
        house.outcome(&event),
        (
            "applied".to_owned(),
            "stage: the lead is meeting".to_owned()
        )
    );
    assert_eq!(house.stage(&lead), "meeting");
    // A replay is answered as the first one was, and they are not told what they said.
    assert_eq!(house.outcome(&event).0, "applied");
    house.api.carry();
    assert_eq!(house.api.asked(), []);
    let events = house.api.get(&house.path("/events")).expect(200);
    assert_eq!(events["items"].as_array().unwrap().len(), 1);
    assert_eq!(events["items"][0]["changes"], json!({"stage": "CONNECTED"}));
    let history = house.api.get(&format!("/v1/leads/{lead}")).expect(200);
    let history = history["history"].as_array().unwrap().clone();
    assert_eq!(history.last().unwrap()["by"], json!(house.id));
}

/// How far a lead is known there, and why not further.
fn state(house: &House, lead: &str) -> (String, String) {
    let leads = house.api.get(&house.path("/leads")).expect(200);
    let items = leads["items"].as_array().unwrap();
    let item = items.iter().find(|item| item["lead"] == json!(lead));
    let text = |name: &str| item.unwrap()[name].as_str().unwrap_or_default().to_owned();
    (text("state"), text("error"))
}

fn pair(one: &str, other: &str) -> (String, String) {
    (one.to_owned(), other.to_owned())
}

#[test]
fn an_opportunity_is_won_there_for_an_amount() {
    let house = House::new(&SALESFORCE);
    let lead = house.lead("Sam Prospect");
    house.api.carry();
    let asked = house.api.asked();
    assert_eq!(asked.len(), 2, "a token, and the upsert");
    assert_eq!(
        asked[1].url,
        "https://example.my.salesforce.com/services/data/v62.0/composite/sobjects/Opportunity/Goodword_Id__c"
    );
    let record: Value = serde_json::from_str(&asked[1].body).unwrap();
    assert_eq!(
        record["records"][0],
        json!({"attributes": {"type": "Opportunity"}, "Goodword_Id__c": lead,
            "Name": "Sam Prospect", "StageName": "Prospecting", "OwnerId": "502",
            "CloseDate": "2027-02-20"})
    );
    house.api.wait(60_000);
    let event = |id: &str, name: &str, value: &str| json!({"id": id, "occurred_at": house.at(), "lead": lead, name: value});
    let waits = "amount: it waits until the lead is won";
    let amount = event("e-1", "amount", "1250.5");
    assert_eq!(house.outcome(&amount), pair("applied", waits));
    assert_eq!(
        house.outcome(&event("e-2", "stage", "Closed Won")).0,
        "applied"
    );
    let document = house.api.get(&format!("/v1/leads/{lead}")).expect(200);
    assert_eq!(document["stage"], json!("won"));
    assert_eq!(document["sales"][0]["amount"], json!(125_050));
    let order = format!("salesforce/{}", house.crm.of(&lead).id);
    assert_eq!(document["sales"][0]["order_id"], json!(order));
    // It was less in the end; and the token is still good.
    house.api.wait(60_000);
    let corrected = house.outcome(&event("e-3", "amount", "1000"));
    assert_eq!(corrected.0, "applied", "{}", corrected.1);
    let document = house.api.get(&format!("/v1/leads/{lead}")).expect(200);
    assert_eq!(document["sales"][0]["amount"], json!(100_000));
    house.api.carry();
    let asked = house.api.asked();
    assert_eq!(asked.len(), 1, "the day on which it was closed is news");
    let record: Value = serde_json::from_str(&asked[0].body).unwrap();
    let news = json!({"attributes": {"type": "Opportunity"}, "Goodword_Id__c": lead,
        "CloseDate": "2026-11-22"});
    assert_eq!(record["records"], json!([news]));
}

#[test]
fn the_latest_change_holds_whatever_the_order() {
    let house = House::new(&HUBSPOT);
    let lead = house.lead("Sam Prospect");
    house.api.carry();
    house.api.wait(60_000);
    let early = house.at();
    house.api.wait(60_000);
    let event = |id: &str, at: &str, value: &str| json!({"id": id, "occurred_at": at, "lead": lead, "stage": value});
    assert_eq!(
        house.outcome(&event("b", &house.at(), "OPEN_DEAL")).0,
        "applied"
    );
    let older = "stage: they changed it again since";
    let outcome = house.outcome(&event("a", &early, "CONNECTED"));
    assert_eq!(outcome, pair("older", older));
    // Ours is later than theirs: it holds, and they are told again.
    house.api.wait(60_000);
    let before = house.at();
    house.api.wait(60_000);
    house.step(&lead, "lost");
    let outcome = house.outcome(&event("c", &before, "WON"));
    assert_eq!(outcome.0, "older", "{}", outcome.1);
    house.api.carry();
    assert_eq!(house.crm.of(&lead).values["hs_lead_status"], "UNQUALIFIED");
    assert_eq!(house.stage(&lead), "lost");
}

#[test]
fn what_cannot_be_is_refused_and_kept_and_they_are_told_what_holds() {
    let house = House::new(&HUBSPOT);
    let lead = house.lead("Sam Prospect");
    house.api.carry();
    house.step(&lead, "accepted");
    house.step(&lead, "opportunity");
    house.api.carry();
    house.api.wait(60_000);
    house.crm.change(&lead, "hs_lead_status", "CONNECTED");
    let event = |id: &str, name: &str, value: &str| json!({"id": id, "occurred_at": house.at(), "lead": lead, name: value});
    let outcome = house.outcome(&event("a", "stage", "CONNECTED"));
    assert_eq!(outcome.0, "refused", "{}", outcome.1);
    house.api.carry();
    assert_eq!(house.crm.of(&lead).values["hs_lead_status"], "OPEN_DEAL");
    for (id, name, value, why) in [
        (
            "b",
            "stage",
            "NURTURE",
            "stage: `NURTURE` is no stage of ours",
        ),
        ("c", "owner", "999", "owner: `999` is no rep of ours"),
        ("d", "amount", "0.00", "amount: a sale comes to something"),
    ] {
        assert_eq!(house.outcome(&event(id, name, value)), pair("refused", why));
    }
    let unknown = json!({"id": "e", "occurred_at": house.at(), "remote_id": "77", "stage": "OPEN"});
    let why = "no lead of ours is known by that";
    assert_eq!(house.outcome(&unknown), pair("refused", why));
    let kept = house.api.get(&house.path("/events")).expect(200);
    assert_eq!(kept["items"].as_array().unwrap().len(), 5);
    assert_eq!(kept["items"][0]["remote_id"], json!("77"));
}

#[test]
fn nobody_but_the_crm_says_what_changed() {
    let house = House::new(&HUBSPOT);
    let lead = house.lead("Sam Prospect");
    house.api.carry();
    let events = json!([{"id": "a", "occurred_at": house.at(), "lead": lead, "stage": "OPEN"}]);
    let other = goodword::domain::webhook::new_secret([1; 32]);
    house.report_signed(&events, &other).problem(401);
    let unsigned = json!({ "events": events });
    house
        .api
        .post(&house.path("/events"), &unsigned)
        .problem(401);
    let rotated = house
        .api
        .post(&house.path("/rotate"), &json!({"overlap_hours": 1}));
    let new = rotated.expect(200)["secret"].as_str().unwrap().to_owned();
    house.report(&events).expect(200);
    house.report_signed(&events, &new).expect(200);
    house.api.wait(3_600_000);
    house.report(&events).problem(401);
    house.report_signed(&events, &new).expect(200);
    // What is signed and makes no sense is said so.
    let bad = json!([{"id": "b", "occurred_at": "today"}]);
    let answer = house.report_signed(&bad, &new);
    assert_eq!(answer.field().0, "events[0].occurred_at");
    // HubSpot's own signature, with its app's secret.
    house.hubspot(&json!([])).expect(200);
    house.api.secret("CRM_SIGNS", "another");
    house.hubspot(&json!([])).problem(401);
}

#[test]
fn one_lead_that_is_not_taken_holds_up_no_other() {
    for vendor in [&HUBSPOT, &SALESFORCE] {
        let house = House::new(vendor);
        let leads: Vec<String> = (0..5).map(|n| house.lead(&format!("Sam N{n}"))).collect();
        house.crm.with(|state| {
            state
                .refused
                .insert(leads[0].clone(), "a rule of ours".to_owned());
            state.poisonous.push(leads[1].clone());
        });
        for _ in 0..12 {
            house.api.carry();
        }
        let (refused, why) = state(&house, &leads[0]);
        assert_eq!(refused, "failed");
        assert!(why.ends_with("a rule of ours"), "{why}");
        let (poisonous, why) = state(&house, &leads[1]);
        assert_eq!(poisonous, "failed");
        assert!(why.starts_with("400"), "{why}");
        for lead in &leads[2..] {
            assert_eq!(state(&house, lead), pair("sent", ""));
        }
        assert_eq!(house.about()["failed"], json!(2));
        // It is tried again, for three days; then when it changes, or when asked.
        house.api.asked();
        for _ in 0..30 {
            house.api.wait(4 * 3_600_000);
            house.api.carry();
        }
        let tries = house.api.asked().len();
        assert!((10..70).contains(&tries), "{tries}");
        house.api.wait(4 * 3_600_000);
        house.api.carry();
        assert_eq!(house.api.asked(), []);
        house.crm.with(|state| {
            state.refused.clear();
            state.poisonous.clear();
        });
        house.api.post(&house.path("/sync"), &json!({})).expect(202);
        for _ in 0..4 {
            house.api.carry();
        }
        assert_eq!(house.about()["failed"], json!(0));
        assert_eq!(house.crm.with(|state| state.records.len()), 5);
    }
}

#[test]
fn limits_and_faults_are_waited_for_and_a_token_is_asked_for_anew() {
    let house = House::new(&HUBSPOT);
    house.lead("Sam Prospect");
    house
        .crm
        .with(|state| state.mishaps = vec![Mishap::Fault, Mishap::Limit]);
    house.api.carry();
    assert_eq!(house.api.asked().len(), 1);
    let about = house.about();
    assert_eq!(
        about["why"],
        json!("429: You have reached your ten_secondly_rolling limit.")
    );
    house.api.carry();
    house.api.wait(9_000);
    house.api.carry();
    assert_eq!(
        house.api.asked(),
        [],
        "it was asked to wait for ten seconds"
    );
    house.api.wait(1_000);
    house.api.carry();
    assert_eq!(house.about()["why"], json!("HubSpot answered 503"));
    house.api.wait(61_000);
    house.api.carry();
    assert_eq!(house.about()["why"], json!(null));
    assert_eq!(house.about()["waiting"], json!(0));

    let house = House::new(&SALESFORCE);
    house.lead("Sam Prospect");
    house.api.carry();
    house.lead("Pat Prospect");
    house.api.asked();
    house.crm.with(|state| state.mishaps.push(Mishap::Expired));
    house.api.carry();
    let asked = house.api.asked();
    let urls: Vec<bool> = asked
        .iter()
        .map(|ask| ask.url.ends_with("/token"))
        .collect();
    assert_eq!(urls, [false, true, false]);
    assert_eq!(house.about()["waiting"], json!(0));
}

#[test]
fn who_is_forgotten_here_is_forgotten_there() {
    let house = House::new(&HUBSPOT);
    let lead = house.lead("Sam Prospect");
    let erase = |email: &str| {
        let body = json!({ "email": email });
        house.api.post("/v1/people/erase", &body).expect(200);
    };
    house.api.carry();
    assert_eq!(house.crm.of(&lead).values["firstname"], "Sam");
    erase("sam.prospect@example.org");
    let kept = house.api.column("SELECT told FROM crm_leads").concat();
    for word in ["Sam", "sam.prospect", "example.org"] {
        assert!(!kept.contains(word), "{kept}");
    }
    assert!(kept.contains("firstname"), "{kept}");
    house.api.carry();
    let values = house.crm.of(&lead).values;
    assert_eq!(
        (values["email"].as_str(), values["firstname"].as_str()),
        ("", "")
    );
    assert_eq!(values["lastname"], "Erased");
    // Whom they never knew, they are not told of.
    house.lead("Pat Prospect");
    erase("pat.prospect@example.org");
    house.api.asked();
    house.api.carry();
    assert_eq!(house.api.asked(), []);
    assert_eq!(house.about()["waiting"], json!(0));
}

#[test]
fn a_connection_that_could_not_work_is_refused() {
    let (api, _) = Api::staffed();
    let field = |change: Value| {
        let mut body = connection(&HUBSPOT);
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        api.post("/v1/crm", &body).field().0
    };
    for (change, expected) in [
        (json!({"object": "Lead"}), "object"),
        (json!({"credential": "ADMIN_KEY"}), "credential"),
        (json!({"signing": "LINK_KEYS"}), "signing"),
        (json!({"url": "https://a.example/path"}), "url"),
        (json!({"url": "ftp://a.example"}), "url"),
        // Our secret would be sent there.
        (json!({"url": "https://hubapi.com.evil.example"}), "url"),
        (json!({"url": "https://apievil.example"}), "url"),
        (json!({"url": "https://acme.my.salesforce.com"}), "url"),
        (json!({"fields": {"email": "mail"}}), "fields.email"),
        (json!({"fields": {}}), "fields"),
        (json!({"stages": {"sold": "WON"}}), "stages.sold"),
        (json!({"stages": {"won": "A", "lost": "A"}}), "stages"),
        (json!({"owners": {"lea": "1", "jonas": "1"}}), "owners"),
        (json!({"currency": "EURO"}), "currency"),
        (json!({"program": "nobody"}), "program"),
    ] {
        assert_eq!(field(change), expected);
    }
    assert_eq!(api.get("/v1/crm").expect(200)["items"], json!([]));
}

#[test]
fn a_connection_is_paused_changed_and_ended() {
    let house = House::new(&HUBSPOT);
    let lead = house.lead("Sam Prospect");
    let changed = |body: &Value| house.api.patch(&house.path(""), body).expect(200);
    assert_eq!(
        changed(&json!({"status": "paused"}))["status"],
        json!("paused")
    );
    house.api.carry();
    assert_eq!(house.api.asked(), []);
    assert_eq!(house.about()["waiting"], json!(1));
    changed(&json!({"status": "active", "stages": {"new": "FRESH"}}));
    house.api.carry();
    assert_eq!(house.crm.of(&lead).values["hs_lead_status"], "FRESH");
    // What else was mapped differently is told alone.
    changed(&json!({"stages": {"new": "NEW"}}));
    house.api.asked();
    house.api.carry();
    let asked = house.api.asked();
    let body: Value = serde_json::from_str(&asked[0].body).unwrap();
    assert_eq!(
        body["inputs"][0]["properties"],
        json!({"hs_lead_status": "NEW"})
    );
    let listed = house.api.get("/v1/crm").expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(listed["items"][0].get("secret"), None);
    let path = house.path("");
    house
        .api
        .request(Method::DELETE, &path)
        .key(crate::harness::ADMIN)
        .send()
        .expect(200);
    house.api.get(&path).problem(404);
    house.step(&lead, "accepted");
    house.api.carry();
    assert_eq!(house.api.asked(), []);
    let audit = house.api.get("/v1/audit").expect(200);
    let items = audit["items"].as_array().unwrap();
    let actions: Vec<&str> = items
        .iter()
        .map(|item| item["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        actions,
        [
            "crm.removed",
            "crm.changed",
            "crm.changed",
            "crm.changed",
            "crm.connected"
        ]
    );
}

#[test]
fn private_addresses_are_asked_in_development_alone() {
    let house = House::new(&HUBSPOT);
    house.lead("Sam Prospect");
    house
        .api
        .plant("UPDATE crm_connections SET url = 'http://127.0.0.1:8080'");
    let public = goodword::jobs::courier::Reach::Public("https://dns.example/".to_owned());
    house.api.carry_within(&public);
    assert_eq!(house.api.asked(), []);
    assert!(
        house.about()["why"]
            .as_str()
            .unwrap()
            .starts_with("it may not be asked")
    );
}
