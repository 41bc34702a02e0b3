//! `/v1/webhooks` and `/v1/events`: what others are told, and what becomes of it.

use std::collections::BTreeSet;

use goodword::{
    domain::{event::EventType, webhook},
    jobs::{courier::Reach, outside, outside::Reply},
};
use http::Method;
use serde_json::{Value, json};

use crate::harness::{ADMIN, Api, walk};

const SECOND: i64 = 1_000;
const HOUR: i64 = 3_600 * SECOND;
const URL: &str = "https://hooks.example.com/in";

/// A webhook for some types; its id and secret.
fn webhook(api: &Api, url: &str, types: &[&str]) -> (String, String) {
    let new = json!({"url": url, "types": types});
    let made = api.post("/v1/webhooks", &new).expect(201);
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("id"), text("secret"))
}

/// Makes something happen: a label of this name.
fn label(api: &Api, slug: &str) {
    let path = "/v1/programs/customers/labels";
    api.post(path, &json!({"slug": slug})).expect(201);
}

fn get(api: &Api, id: &str) -> Value {
    api.get(&format!("/v1/webhooks/{id}")).expect(200)
}

/// Its deliveries, the oldest first.
fn deliveries(api: &Api, id: &str, query: &str) -> Vec<Value> {
    let path = format!("/v1/webhooks/{id}/deliveries?{query}");
    let page = api.get(&path).expect(200);
    let mut items = page["items"].as_array().unwrap().clone();
    items.reverse();
    items
}

fn delivery(api: &Api, id: &str, event: &Value) -> Value {
    let event = event.as_str().unwrap();
    api.get(&format!("/v1/webhooks/{id}/deliveries/{event}"))
        .expect(200)
}

fn status(status: u16) -> Reply {
    Reply {
        status,
        ..Reply::default()
    }
}

/// Verifies a message as its receiver does; answers its body.
fn verified(ask: &outside::Ask, secret: &str, now: i64) -> Value {
    let header = |name: &str| {
        let found = ask.headers.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    };
    let id = webhook::verify(&[secret], &header, ask.body.as_bytes(), now).unwrap();
    let body: Value = serde_json::from_str(&ask.body).unwrap();
    assert_eq!(body["id"], id);
    body
}

fn slugs(asked: &[outside::Ask]) -> Vec<String> {
    let slug = |ask: &outside::Ask| {
        let body: Value = serde_json::from_str(&ask.body).unwrap();
        body["data"]["label"].as_str().unwrap().to_owned()
    };
    asked.iter().map(slug).collect()
}

#[test]
fn every_type_of_event_has_a_name_here() {
    // What triggers write as it stands, and what they put together of the kinds of rows.
    let api = Api::new();
    let triggers = api.column(
        "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND sql LIKE '%INTO events%'",
    );
    let mut written = BTreeSet::new();
    for sql in &triggers {
        for text in sql.split('\'').skip(1).step_by(2) {
            let is_part = |part: &str| {
                !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
            };
            if text
                .split_once('.')
                .is_some_and(|(what, did)| is_part(what) && is_part(did))
            {
                written.insert(text.to_owned());
            }
        }
    }
    let kinds = |table: &str, column: &str| {
        let sql = format!("SELECT sql FROM sqlite_schema WHERE name = '{table}'");
        let sql = api.column(&sql).remove(0);
        let (_, check) = sql.split_once(&format!("CHECK ({column} IN (")).unwrap();
        let (check, _) = check.split_once(')').unwrap();
        let names: Vec<String> = check
            .split('\'')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect();
        names
    };
    for kind in kinds("history", "kind") {
        if kind != "stage" && kind != "owner" {
            written.insert(format!("lead.{kind}"));
        }
    }
    for kind in kinds("ledger", "kind") {
        written.insert(format!("reward.{kind}"));
    }
    for what in ["program", "destination"] {
        assert!(kinds("changes", "what").contains(&what.to_owned()));
        written.extend([format!("{what}.created"), format!("{what}.updated")]);
    }
    written.insert(EventType::WebhookTest.name().to_owned());
    let known: BTreeSet<String> = EventType::ALL
        .iter()
        .map(|one| one.name().to_owned())
        .collect();
    assert_eq!(written, known);
}

#[test]
fn an_event_is_delivered_and_signed_to_whoever_wants_it() {
    let api = Api::furnished();
    let partners = json!({"slug": "partners", "name": "Partners"});
    api.post("/v1/programs", &partners).expect(201);
    let (all, secret) = webhook(&api, URL, &[]);
    let (labels, _) = webhook(&api, "https://labels.example.com/", &["label.created"]);
    let others = json!({"url": "https://partners.example.com/", "program": "partners"});
    let others = api.post("/v1/webhooks", &others).expect(201);
    assert_eq!(others["program"], "partners");
    // Of those that came after it; nobody is told of itself.
    api.carry();
    api.asked();
    label(&api, "autumn");
    api.put("/v1/reps/lea", &json!({"name": "Lea"})).expect(200);
    api.carry();
    let asked = api.asked();
    let urls: Vec<&str> = asked.iter().map(|ask| ask.url.as_str()).collect();
    assert_eq!(urls.iter().filter(|url| **url == URL).count(), 2);
    let of_labels: Vec<_> = urls.iter().filter(|url| url.contains("labels")).collect();
    assert_eq!(of_labels.len(), 1, "{urls:?}");
    assert!(!urls.iter().any(|url| url.contains("partners")), "{urls:?}");
    let ask = asked.iter().find(|ask| ask.url == URL).unwrap();
    assert_eq!(ask.method, "POST");
    let body = verified(ask, &secret, api.now());
    let event = body["id"].as_str().unwrap();
    insta::assert_snapshot!(
        ask.body.replace(event, "EVENT").replace(&format!("\"sequence\":{}", body["sequence"]), "\"sequence\":N"),
        @r#"{"id":"EVENT","type":"label.created","timestamp":"2026-11-22T10:00:00.000Z","sequence":N,"program":"customers","data":{"label":"autumn"}}"#
    );
    let known = get(&api, &all);
    assert_eq!(
        (&known["waiting"], &known["failed"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(
        known["last"],
        json!({"at": "2026-11-22T10:00:00.000Z", "status": 204, "ok": true})
    );
    let of_labels = deliveries(&api, &labels, "");
    assert_eq!(of_labels.len(), 1);
    assert_eq!(of_labels[0]["event"], event);
    assert_eq!(of_labels[0]["state"], "delivered");
    assert_eq!(of_labels[0]["sequence"], body["sequence"]);
    let whole = delivery(&api, &labels, &body["id"]);
    assert_eq!(whole["body"], ask.body.as_str());
    assert_eq!(whole["log"][0]["status"], 204);
    // Whatever else is tried, nothing is sent twice.
    api.carry();
    assert_eq!(api.asked(), []);
}

#[test]
fn two_rounds_at_a_time_send_nothing_twice() {
    let api = Api::furnished();
    webhook(&api, URL, &["label.created"]);
    for index in 0..5 {
        label(&api, &format!("l{index}"));
    }
    api.carry_at_once(3);
    let sent = slugs(&api.asked());
    assert_eq!(sent, ["l0", "l1", "l2", "l3", "l4"], "each once, in order");
}

#[test]
fn what_happens_during_a_round_goes_out_with_it() {
    let api = Api::furnished();
    webhook(&api, URL, &["label.created"]);
    label(&api, "one");
    // Its own round finds the webhook taken.
    api.meanwhile(
        "INSERT INTO attempts",
        "INSERT INTO events (type, at, program, subject, data)
        VALUES ('label.created', 1, 1, 'two', '{\"label\":\"two\"}')",
    );
    api.carry();
    assert_eq!(slugs(&api.asked()), ["one", "two"]);
}

#[test]
fn a_receiver_that_fails_ten_times_has_it_at_last() {
    let api = Api::furnished();
    let (id, secret) = webhook(&api, URL, &["label.created"]);
    label(&api, "one");
    api.elsewhere(|_| Ok(status(500)));
    let mut bodies = BTreeSet::new();
    for failures in 1..=10 {
        api.carry();
        let asked = api.asked();
        assert_eq!(asked.len(), 1, "after {failures}");
        let body = verified(&asked[0], &secret, api.now());
        bodies.insert((body["id"].to_string(), asked[0].body.clone()));
        let known = &deliveries(&api, &id, "state=waiting")[0];
        assert_eq!(known["attempts"], failures);
        assert_eq!(
            (&known["status"], &known["error"]),
            (&json!(500), &json!("it answered 500"))
        );
        // Not before it is due.
        api.carry();
        assert_eq!(api.asked(), []);
        let wait = webhook::wait(failures, 400);
        api.wait(wait);
    }
    api.elsewhere(|_| Ok(status(200)));
    api.carry();
    bodies.insert({
        let ask = api.asked().remove(0);
        (
            verified(&ask, &secret, api.now())["id"].to_string(),
            ask.body,
        )
    });
    assert_eq!(bodies.len(), 1, "the same id and bytes each time");
    let known = &deliveries(&api, &id, "")[0];
    assert_eq!(
        (&known["state"], &known["attempts"]),
        (&json!("delivered"), &json!(11))
    );
    let log = delivery(&api, &id, &known["event"])["log"].clone();
    let statuses: Vec<u64> = log
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["status"].as_u64().unwrap())
        .collect();
    assert_eq!(statuses.len(), 11);
    assert_eq!(statuses[0], 200);
    assert_eq!(get(&api, &id)["status"], "active");
}

#[test]
fn whoever_is_not_there_for_three_days_is_paused_and_has_all_of_it_later() {
    let api = Api::furnished();
    for (email, role) in [
        ("ada@example.com", "admin"),
        ("max@example.com", "marketer"),
    ] {
        let member = json!({"email": email, "name": "Ada", "role": role});
        api.post("/v1/team", &member).expect(201);
    }
    api.letters();
    api.secret("MAIL_FROM", "Goodword <hello@example.com>");
    let (id, _) = webhook(&api, URL, &["label.created"]);
    let (other, _) = webhook(&api, "https://other.example.com/", &["webhook.paused"]);
    label(&api, "one");
    let first = api.now();
    api.elsewhere(|ask| {
        if ask.url == URL {
            Err("connection refused".to_owned())
        } else {
            Ok(status(204))
        }
    });
    let mut tries = 0;
    while get(&api, &id)["status"] == "active" {
        api.carry();
        tries += api.asked().iter().filter(|ask| ask.url == URL).count();
        assert!(tries < 20);
        api.wait(HOUR / 120);
        let due = api.column(
            "SELECT CAST(coalesce(min(due_at), 0) AS TEXT) FROM deliveries WHERE state = 'waiting'",
        );
        let due: i64 = due[0].parse().unwrap_or_default();
        api.wait((due - api.now()).max(0));
    }
    let hours = (api.now() - first) / HOUR;
    assert!(
        (72..=73).contains(&hours) && (11..=15).contains(&tries),
        "{hours} h, {tries} tries"
    );
    let letters = api.letters();
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!(letters[0].to, "ada@example.com");
    for part in [URL, "nothing was delivered", "/console/webhooks"] {
        assert!(letters[0].text.contains(part), "{part}");
    }
    api.carry();
    assert_eq!(api.letters(), [], "they were told");
    api.asked();
    let known = get(&api, &id);
    assert_eq!(
        (&known["status"], &known["failed"]),
        (&json!("paused"), &json!(1))
    );
    assert_eq!(known["why"], "nothing was delivered for three days");
    assert_eq!(known["last"]["ok"], false);
    assert_eq!(known["last"]["status"], Value::Null);
    api.carry();
    let told = deliveries(&api, &other, "");
    assert_eq!(
        (&told[0]["type"], &told[0]["subject"]),
        (&json!("webhook.paused"), &json!(id))
    );
    assert_eq!(told[0]["state"], "delivered");
    // What happens meanwhile waits.
    api.elsewhere(|_| Ok(status(204)));
    label(&api, "two");
    api.carry();
    assert_eq!(get(&api, &id)["waiting"], 1);
    let off = json!({"status": "disabled"});
    api.patch(&format!("/v1/webhooks/{other}"), &off)
        .expect(200);
    api.carry();
    assert_eq!(api.letters(), [], "a person knows what they did");
    let resumed = api
        .patch(&format!("/v1/webhooks/{id}"), &json!({"status": "active"}))
        .expect(200);
    assert_eq!(
        (&resumed["status"], &resumed["why"]),
        (&json!("active"), &Value::Null)
    );
    api.asked();
    api.carry();
    assert_eq!(
        slugs(&api.asked()),
        ["two"],
        "what was given up is replayed by hand"
    );
    let all =
        json!({"since": "2026-11-01T00:00:00Z", "until": "2027-01-01T00:00:00Z", "failed": true});
    let replayed = api
        .post(&format!("/v1/webhooks/{id}/replay"), &all)
        .expect(202);
    assert_eq!(replayed, json!({"replayed": 1}));
    api.carry();
    assert_eq!(slugs(&api.asked()), ["one"]);
    assert_eq!(get(&api, &id)["failed"], 0);
}

#[test]
fn what_is_replayed_is_tried_again_as_if_it_were_new() {
    let api = Api::furnished();
    let (id, _) = webhook(&api, URL, &["label.created"]);
    label(&api, "one");
    api.elsewhere(|_| Ok(status(503)));
    let due = || {
        let due = api.column("SELECT CAST(min(due_at) AS TEXT) FROM deliveries");
        due[0].parse::<i64>().unwrap() - api.now()
    };
    for _ in 0..7 {
        api.carry();
        api.wait(due());
    }
    api.carry();
    assert!(due() > 10 * HOUR, "{}", due());
    api.wait(1);
    let failed = &deliveries(&api, &id, "")[0];
    let path = format!("/v1/webhooks/{id}/replay");
    api.post(&path, &json!({"event": failed["event"]}))
        .expect(202);
    for longest in [36_000, 108_000] {
        api.carry();
        assert!((1..=longest).contains(&due()), "{}", due());
        api.wait(due());
    }
}

#[test]
fn one_that_is_refused_holds_up_nothing_and_pauses_nobody() {
    let api = Api::furnished();
    let (id, _) = webhook(&api, URL, &["label.created"]);
    label(&api, "poison");
    api.elsewhere(|ask| {
        Ok(status(if ask.body.contains("poison") {
            400
        } else {
            200
        }))
    });
    for day in 0..80 {
        api.carry();
        if day % 10 == 0 {
            label(&api, &format!("l{day}"));
        }
        api.wait(HOUR);
    }
    let states: Vec<_> = deliveries(&api, &id, "")
        .iter()
        .map(|one| one["state"].clone())
        .collect();
    assert_eq!(states[0], "failed");
    assert!(
        states[1..].iter().all(|state| state == "delivered"),
        "{states:?}"
    );
    assert_eq!(get(&api, &id)["status"], "active");
}

#[test]
fn gone_disables_and_a_redirect_is_not_followed() {
    let api = Api::furnished();
    let (gone, _) = webhook(&api, URL, &["label.created"]);
    let (moved, _) = webhook(&api, "https://moved.example.com/", &["label.created"]);
    label(&api, "one");
    label(&api, "two");
    api.elsewhere(|ask| Ok(status(if ask.url == URL { 410 } else { 302 })));
    api.carry();
    assert_eq!(
        api.asked().len(),
        2,
        "each has failed once, and its turn is over"
    );
    let known = get(&api, &gone);
    assert_eq!(
        (&known["status"], &known["waiting"], &known["failed"]),
        (&json!("disabled"), &json!(0), &json!(2))
    );
    assert!(known["why"].as_str().unwrap().contains("410"));
    let of_moved = deliveries(&api, &moved, "");
    assert_eq!(
        of_moved[0]["error"],
        "it redirects elsewhere, which is not followed"
    );
    assert_eq!(of_moved[0]["state"], "waiting");
    // Nothing is written for it any more, nor can it be asked for.
    label(&api, "three");
    assert_eq!(deliveries(&api, &gone, "").len(), 2);
    let path = format!("/v1/webhooks/{gone}/test");
    api.post(&path, &json!({})).problem(409);
    let path = format!("/v1/webhooks/{gone}/replay");
    let one = json!({"event": of_moved[0]["event"]});
    api.post(&path, &one).problem(409);
    api.patch(
        &format!("/v1/webhooks/{gone}"),
        &json!({"status": "active"}),
    )
    .expect(200);
    api.post(&path, &one).expect(202);
    assert_eq!(deliveries(&api, &gone, "state=waiting").len(), 1);
}

#[test]
fn a_receiver_that_wants_rest_is_left_alone() {
    let api = Api::furnished();
    let (id, _) = webhook(&api, URL, &["label.created"]);
    label(&api, "one");
    label(&api, "two");
    api.elsewhere(|_| {
        Ok(Reply {
            status: 429,
            retry_after: Some(900),
            ..Reply::default()
        })
    });
    api.carry();
    assert_eq!(api.asked().len(), 1);
    api.wait(899 * SECOND);
    api.carry();
    assert_eq!(api.asked(), [], "not for the next one either");
    let due = deliveries(&api, &id, "")[0]["due_at"].clone();
    assert_eq!(due, "2026-11-22T10:15:00.000Z");
    api.wait(SECOND);
    api.elsewhere(|_| Ok(status(204)));
    api.carry();
    assert_eq!(slugs(&api.asked()), ["one", "two"]);
}

#[test]
fn a_slow_receiver_does_not_keep_a_round() {
    let api = Api::furnished();
    webhook(&api, URL, &["label.created"]);
    for index in 0..5 {
        label(&api, &format!("l{index}"));
    }
    api.elsewhere(|_| {
        Ok(Reply {
            status: 200,
            took: 9_000,
            ..Reply::default()
        })
    });
    api.carry();
    assert_eq!(slugs(&api.asked()), ["l0", "l1"]);
    api.wait(SECOND);
    api.carry();
    assert_eq!(slugs(&api.asked()), ["l2", "l3"]);
}

#[test]
fn a_round_asks_no_more_than_it_may() {
    let api = Api::furnished();
    for index in 0..8 {
        webhook(
            &api,
            &format!("https://h{index}.example.com/"),
            &["label.created"],
        );
    }
    for index in 0..10 {
        label(&api, &format!("l{index}"));
    }
    let public = Reach::Public("https://resolver.example.com/dns-query".to_owned());
    api.elsewhere(|ask| {
        let body = r#"{"Status":0,"Answer":[{"name":"h","type":1,"data":"1.1.1.1"}]}"#;
        let answer = Reply {
            status: 200,
            body: body.to_owned(),
            ..Reply::default()
        };
        Ok(if ask.method == "GET" {
            answer
        } else {
            status(204)
        })
    });
    let mut served = BTreeSet::new();
    for _ in 0..40 {
        api.carry_within(&public);
        let asked = api.asked();
        assert!(asked.len() <= 20, "{}", asked.len());
        served.extend(
            asked
                .iter()
                .filter(|ask| ask.method == "POST")
                .map(|ask| ask.url.clone()),
        );
        api.wait(SECOND);
    }
    assert_eq!(served.len(), 8, "none is forgotten");
    assert_eq!(
        api.column("SELECT CAST(count(*) AS TEXT) FROM deliveries WHERE state = 'waiting'"),
        ["0"]
    );
    // On another plan it may more.
    api.secret("WEBHOOKS_A_ROUND", "600");
    for index in 10..70 {
        label(&api, &format!("l{index}"));
    }
    api.carry();
    api.carry();
    assert_eq!(api.asked().len(), 8 * 60);
}

#[test]
fn a_name_is_looked_up_at_each_delivery() {
    let api = Api::furnished();
    let (id, _) = webhook(&api, URL, &["label.created"]);
    let public = Reach::Public("https://resolver.example.com/dns-query".to_owned());
    let cases = [
        (
            r#"{"Status":0,"Answer":[{"type":5,"data":"real.example.com."},{"type":1,"data":"1.1.1.1"}]}"#,
            "{}",
            None,
        ),
        (
            r#"{"Answer":[{"type":1,"data":"127.0.0.1"}]}"#,
            "{}",
            Some("private address, 127.0.0.1"),
        ),
        (
            r#"{"Answer":[{"type":1,"data":"1.1.1.1"},{"type":1,"data":"10.0.0.7"}]}"#,
            "{}",
            Some("private address, 10.0.0.7"),
        ),
        (
            r#"{"Answer":[{"type":1,"data":"1.1.1.1"}]}"#,
            r#"{"Answer":[{"data":"::ffff:169.254.169.254"}]}"#,
            Some("private address"),
        ),
        (
            "{}",
            r#"{"Answer":[{"data":"2606:4700:4700::1111"}]}"#,
            None,
        ),
        (
            r#"{"Status":3}"#,
            r#"{"Status":3,"Answer":[]}"#,
            Some("has no address"),
        ),
        ("not json", "{}", Some("could not be looked up")),
    ];
    for (index, (four, six, expected)) in cases.into_iter().enumerate() {
        api.wait(SECOND);
        label(&api, &format!("l{index}"));
        api.elsewhere(move |ask| {
            let body = match ask.url.as_str() {
                "https://resolver.example.com/dns-query?name=hooks%2Eexample%2Ecom&type=A" => four,
                "https://resolver.example.com/dns-query?name=hooks%2Eexample%2Ecom&type=AAAA" => {
                    six
                }
                URL => "",
                other => return Err(format!("nobody asks {other}")),
            };
            Ok(Reply {
                status: 200,
                body: body.to_owned(),
                ..Reply::default()
            })
        });
        api.carry_within(&public);
        let sent = api.asked().iter().filter(|ask| ask.url == URL).count();
        let last = deliveries(&api, &id, "").pop().unwrap();
        match expected {
            None => assert_eq!((sent, &last["state"]), (1, &json!("delivered")), "{four}"),
            Some(why) => {
                assert_eq!(sent, 0, "{four}");
                let error = last["error"].as_str().unwrap();
                assert!(error.contains(why), "{error}");
                assert_eq!(last["state"], "waiting");
            }
        }
        api.plant("UPDATE deliveries SET state = 'delivered'");
    }
    // A URL of before, when anything went.
    api.wait(SECOND);
    api.plant("UPDATE webhooks SET url = 'http://127.0.0.1:8787/'");
    label(&api, "last");
    api.carry_within(&public);
    assert_eq!(api.asked(), []);
    let last = deliveries(&api, &id, "").pop().unwrap();
    assert!(
        last["error"]
            .as_str()
            .unwrap()
            .contains("must begin with https")
    );
}

#[test]
fn a_webhook_may_not_be_a_private_server() {
    let api = Api::furnished();
    for url in [
        "https://127.0.0.1/",
        "http://hooks.example.com/",
        "https://localhost/",
        "https://[::1]/",
        "nonsense",
        "https://10.1/",
    ] {
        let (field, _) = api.post("/v1/webhooks", &json!({"url": url})).field();
        assert_eq!(field, "url");
    }
    let (id, _) = webhook(&api, URL, &[]);
    let path = format!("/v1/webhooks/{id}");
    let (field, detail) = api
        .patch(&path, &json!({"url": "https://169.254.169.254/"}))
        .field();
    assert_eq!(
        (field.as_str(), detail.as_str()),
        ("url", "must not be a private, loopback or link-local host")
    );
    assert_eq!(get(&api, &id)["url"], URL);
}

#[test]
fn a_webhook_is_made_changed_and_deleted() {
    let api = Api::furnished();
    let (field, detail) = api
        .post(
            "/v1/webhooks",
            &json!({"url": URL, "types": ["label.created", "label.sold"]}),
        )
        .field();
    assert_eq!(field, "types[1]");
    assert!(
        detail.starts_with("unknown variant `label.sold`"),
        "{detail}"
    );
    let nobody = json!({"url": URL, "program": "nobody"});
    assert_eq!(api.post("/v1/webhooks", &nobody).field().0, "program");
    let new = json!({"url": URL, "description": "Billing", "types": ["sale.recorded", "label.created", "sale.recorded"]});
    let made = api.post("/v1/webhooks", &new).expect(201);
    assert_eq!(made["types"], json!(["label.created", "sale.recorded"]));
    let id = made["id"].as_str().unwrap();
    let path = format!("/v1/webhooks/{id}");
    let changed = api
        .patch(&path, &json!({"types": ["rep.created"], "description": ""}))
        .expect(200);
    assert_eq!(
        (&changed["types"], &changed["description"], &changed["url"]),
        (&json!(["rep.created"]), &json!(""), &json!(URL))
    );
    label(&api, "unwanted");
    api.put("/v1/reps/lea", &json!({"name": "Lea"})).expect(200);
    let types: Vec<_> = deliveries(&api, id, "")
        .iter()
        .map(|one| one["type"].clone())
        .collect();
    assert_eq!(types, ["rep.created"]);
    let off = api.patch(&path, &json!({"status": "disabled"})).expect(200);
    assert_eq!(
        (&off["status"], &off["why"], &off["failed"]),
        (
            &json!("disabled"),
            &json!("it was disabled by hand"),
            &json!(1)
        )
    );
    assert_eq!(
        api.patch(&path, &json!({"status": "paused"})).field().0,
        "status"
    );
    let items = api.get("/v1/webhooks").expect(200)["items"].clone();
    assert_eq!(items, json!([off]));
    let gone = api.request(Method::DELETE, &path).key(ADMIN).send();
    assert_eq!(gone.status, 204);
    api.request(Method::DELETE, &path)
        .key(ADMIN)
        .send()
        .problem(404);
    for path in [
        path.clone(),
        format!("{path}/deliveries"),
        format!("{path}/secret"),
        format!("{path}/deliveries/evt_1"),
    ] {
        api.get(&path).problem(404);
    }
    for (path, body) in [
        (format!("{path}/rotate"), json!({})),
        (format!("{path}/test"), json!({})),
        (format!("{path}/replay"), json!({"event": "evt_1"})),
    ] {
        api.post(&path, &body).problem(404);
    }
    let told: Vec<String> =
        api.column("SELECT type FROM events WHERE type LIKE 'webhook.%' ORDER BY n");
    assert_eq!(
        told,
        [
            "webhook.created",
            "webhook.updated",
            "webhook.updated",
            "webhook.deleted"
        ]
    );
    for index in 0..50 {
        webhook(&api, &format!("https://h{index}.example.com/"), &[]);
    }
    api.post("/v1/webhooks", &json!({"url": URL})).problem(409);
}

#[test]
fn a_secret_is_rotated_without_a_gap() {
    let api = Api::furnished();
    let (id, old) = webhook(&api, URL, &["label.created"]);
    let path = format!("/v1/webhooks/{id}");
    assert_eq!(
        api.get(&format!("{path}/secret")).expect(200),
        json!({"secret": old})
    );
    let rotated = api
        .post(&format!("{path}/rotate"), &json!({"overlap_hours": 2}))
        .expect(200);
    assert_eq!(rotated["old_secret_until"], "2026-11-22T12:00:00.000Z");
    let new = rotated["secret"].as_str().unwrap();
    assert_ne!(new, old);
    label(&api, "one");
    api.carry();
    let ask = api.asked().remove(0);
    verified(&ask, &old, api.now());
    verified(&ask, new, api.now());
    assert_eq!(
        get(&api, &id)["old_secret_until"],
        "2026-11-22T12:00:00.000Z"
    );
    api.wait(2 * HOUR);
    assert_eq!(get(&api, &id)["old_secret_until"], Value::Null);
    label(&api, "two");
    api.carry();
    let ask = api.asked().remove(0);
    verified(&ask, new, api.now());
    let signatures = ask
        .headers
        .iter()
        .find(|(name, _)| *name == "webhook-signature");
    assert!(!signatures.unwrap().1.contains(' '));
    let (field, _) = api
        .post(&format!("{path}/rotate"), &json!({"overlap_hours": 169}))
        .field();
    assert_eq!(field, "overlap_hours");
    let audit = api.get(&format!("/v1/audit?subject={id}")).expect(200);
    let actions: Vec<_> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["action"].clone())
        .collect();
    assert_eq!(actions, ["webhook.secret_rotated", "webhook.secret_read"]);
}

#[test]
fn a_test_is_for_one_webhook_alone() {
    let api = Api::furnished();
    let (id, secret) = webhook(&api, URL, &["sale.recorded"]);
    webhook(&api, "https://other.example.com/", &[]);
    label(&api, "one");
    let path = format!("/v1/webhooks/{id}/test");
    let made = api
        .post(&path, &json!({"type": "label.created"}))
        .expect(202);
    api.carry();
    let asked = api.asked();
    let ask = asked.iter().find(|ask| ask.url == URL).unwrap();
    let body = verified(ask, &secret, api.now());
    assert_eq!(
        (&body["id"], &body["type"]),
        (&made["event"], &json!("webhook.test"))
    );
    let example = json!({"type": "label.created", "data": {"label": "one"}});
    assert_eq!(body["data"], json!({"webhook": id, "example": example}));
    let elsewhere = asked.iter().filter(|ask| ask.body.contains("webhook.test"));
    assert_eq!(elsewhere.count(), 1);
    let made = api
        .post(&path, &json!({"type": "refund.recorded"}))
        .expect(202);
    let body = delivery(&api, &id, &made["event"])["body"].clone();
    assert!(
        body.as_str()
            .unwrap()
            .contains(r#""example":{"type":"refund.recorded","data":null}"#),
        "{body}"
    );
}

#[test]
fn events_are_replayed_by_one_and_by_range() {
    let api = Api::furnished();
    label(&api, "before");
    let (id, _) = webhook(&api, URL, &["label.created", "rep.created"]);
    api.wait(HOUR);
    label(&api, "one");
    api.put("/v1/reps/lea", &json!({"name": "Lea"})).expect(200);
    api.wait(HOUR);
    label(&api, "two");
    api.carry();
    let first: Vec<String> = api.asked().iter().map(|ask| ask.body.clone()).collect();
    assert_eq!(first.len(), 3);
    let path = format!("/v1/webhooks/{id}/replay");
    let again = |body: Value| {
        let count = api.post(&path, &body).expect(202)["replayed"].clone();
        api.carry();
        let asked: Vec<String> = api.asked().iter().map(|ask| ask.body.clone()).collect();
        assert_eq!(count, asked.len());
        asked
    };
    let event = deliveries(&api, &id, "type=rep.created")[0]["event"].clone();
    assert_eq!(again(json!({"event": event})), first[1..2]);
    let range = json!({"since": "2026-11-22T11:00:00Z", "until": "2026-11-22T12:00:00Z"});
    assert_eq!(again(range.clone()), first[..2]);
    let mut of_type = range.clone();
    of_type["types"] = json!(["rep.created"]);
    assert_eq!(again(of_type), first[1..2]);
    let mut failed = range;
    failed["failed"] = json!(true);
    assert!(again(failed).is_empty());
    // What happened before there was a webhook, too; but nothing that it does not want.
    let all = again(json!({"since": "2026-11-01T00:00:00Z", "until": "2026-12-01T00:00:00Z"}));
    assert_eq!(all.len(), 5, "the labels spring and before, too: {all:?}");
    assert_eq!(all[2..], first);
    let unwanted = api.column("SELECT id FROM events WHERE type = 'program.created'");
    for (body, field) in [
        (json!({"event": unwanted[0]}), "event"),
        (json!({"event": "evt_1"}), "event"),
        (
            json!({"event": "evt_1", "since": "2026-11-01T00:00:00Z"}),
            "event",
        ),
        (json!({}), "since"),
        (json!({"since": "2026-11-01T00:00:00Z"}), "until"),
        (
            json!({"since": "yesterday", "until": "2026-11-01T00:00:00Z"}),
            "since",
        ),
    ] {
        assert_eq!(api.post(&path, &body).field().0, field, "{body}");
    }
}

#[test]
fn a_replay_has_bounds() {
    let api = Api::furnished();
    let (id, _) = webhook(&api, URL, &["label.created"]);
    api.plant(
        "WITH n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 10001)
        INSERT INTO events (type, at, subject, data) SELECT 'label.created', 1000, 'x', '{}' FROM n;
        DELETE FROM deliveries",
    );
    let path = format!("/v1/webhooks/{id}/replay");
    let range = json!({"since": "1970-01-01T00:00:00Z", "until": "1970-01-02T00:00:00Z"});
    assert_eq!(api.post(&path, &range).field().0, "since");
    assert_eq!(get(&api, &id)["waiting"], 0);
    api.plant("DELETE FROM events WHERE n = (SELECT max(n) FROM events WHERE at = 1000)");
    assert_eq!(
        api.post(&path, &range).expect(202),
        json!({"replayed": 10_000})
    );
    assert_eq!(get(&api, &id)["waiting"], 10_000);
}

#[test]
fn events_are_listed_narrowed_and_walked() {
    let api = Api::furnished();
    for index in 0..5 {
        label(&api, &format!("l{index}"));
    }
    let of = |query: &str| {
        let page = api.get(&format!("/v1/events?{query}")).expect(200);
        let items = page["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|one| one["subject"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(of("type=label.created&limit=2"), ["l4", "l3"]);
    assert_eq!(of("subject=l2&program=customers"), ["l2"]);
    let ids = walk(&api, "/v1/events", 3, "id");
    let mut expected = api.column("SELECT id FROM events ORDER BY n DESC");
    assert_eq!(ids, expected);
    expected.dedup();
    assert_eq!(ids.len(), expected.len());
    assert_eq!(api.get("/v1/events?type=label.sold").field().0, "type");
    assert_eq!(api.get("/v1/events?program=nobody").field().0, "program");
    api.get("/v1/events?cursor=x").problem(422);
    let (id, _) = webhook(&api, URL, &["label.created"]);
    for index in 5..10 {
        label(&api, &format!("l{index}"));
    }
    let path = format!("/v1/webhooks/{id}/deliveries");
    assert_eq!(
        walk(&api, &path, 2, "subject"),
        ["l9", "l8", "l7", "l6", "l5"]
    );
}

#[test]
fn what_is_old_is_forgotten() {
    let api = Api::furnished();
    let (id, _) = webhook(&api, URL, &["label.created"]);
    label(&api, "old");
    api.carry();
    api.wait(20 * 24 * HOUR);
    label(&api, "new");
    api.carry();
    api.wait(11 * 24 * HOUR);
    api.sweep_events();
    let left: Vec<_> = deliveries(&api, &id, "")
        .iter()
        .map(|one| one["subject"].clone())
        .collect();
    assert_eq!(left, ["new"]);
    assert_eq!(
        api.column("SELECT CAST(count(*) AS TEXT) FROM attempts"),
        ["1"]
    );
    // Its number is not given away again.
    let last = api.column("SELECT CAST(max(n) AS TEXT) FROM events");
    api.plant("DELETE FROM events");
    label(&api, "next");
    let next = api.column("SELECT CAST(max(n) AS TEXT) FROM events");
    assert!(next[0].parse::<i64>().unwrap() > last[0].parse().unwrap());
}

#[test]
fn an_answer_is_kept_in_part_and_told_to_nobody_else() {
    let api = Api::furnished();
    let (id, _) = webhook(&api, URL, &["label.created"]);
    label(&api, "one");
    api.elsewhere(|_| {
        Ok(Reply {
            status: 503,
            body: format!("\0{}", "é".repeat(2_000)),
            ..Reply::default()
        })
    });
    api.carry();
    let ask = api.asked().remove(0);
    assert!(ask.most <= 4_096 && ask.patience <= 10_000);
    let event = deliveries(&api, &id, "")[0]["event"].clone();
    let log = delivery(&api, &id, &event)["log"].clone();
    assert_eq!(log[0]["answer"], "é".repeat(500));
}
