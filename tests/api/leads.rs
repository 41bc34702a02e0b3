//! `/v1/leads`: taking one in, once; whom it joins; its stages and its history.

use goodword::domain::channel::Medium;
use http::Method;
use serde_json::{Value, json};

use crate::harness::{ADMIN, Answer, Api, Ask, NOW, at_once};

const DAY: i64 = 86_400_000;
const STAGES: [&str; 6] = ["new", "accepted", "meeting", "opportunity", "won", "lost"];

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn sam(receipts: &[&str]) -> Value {
    json!({"program": "customers", "receipts": receipts,
        "prospect": {"email": "sam@example.org", "name": "Sam"}})
}

fn keyed<'a>(api: &'a Api, path: &str, key: &str, body: &Value) -> Ask<'a> {
    api.request(Method::POST, path)
        .key(ADMIN)
        .header("idempotency-key", key)
        .json(body)
}

fn read(api: &Api, id: &str) -> Value {
    api.get(&format!("/v1/leads/{id}")).expect(200)
}

fn take(api: &Api, id: &str, step: &Value) -> Answer {
    api.post(&format!("/v1/leads/{id}/stage"), step)
}

/// A lead at a stage.
fn lead_at(api: &Api, email: &str, stage: &str) -> String {
    let body = json!({"program": "customers", "prospect": {"email": email}});
    let id = text(&api.post("/v1/leads", &body).expect(201)["id"]);
    let way: &[&str] = match stage {
        "new" => &[],
        "accepted" => &["accepted"],
        "meeting" => &["accepted", "meeting"],
        "opportunity" => &["accepted", "opportunity"],
        "won" => &["accepted", "opportunity", "won"],
        _ => &["lost"],
    };
    for step in way {
        let reason = (*step == "lost").then_some("no budget");
        take(api, &id, &json!({"stage": step, "reason": reason})).expect(200);
    }
    id
}

#[test]
fn a_lead_is_credited_routed_and_explained() {
    let (api, maya) = Api::staffed();
    let receipt = api.receipt(&maya, Medium::Linkedin, NOW - 60_000);
    let taken = api.post("/v1/leads", &sam(&[&receipt])).expect(201);
    assert_eq!(
        (&taken["advocate"], &taken["medium"]),
        (&json!(maya), &json!("linkedin"))
    );
    assert_eq!(
        (&taken["owner"], &taken["owner_why"]),
        (&json!("jonas"), &json!("It was their turn."))
    );
    let id = text(&taken["id"]);
    let why = api.get(&format!("/v1/leads/{id}/why")).expect(200);
    assert_eq!(why["decisions"][0]["touches"][0]["verdict"], "won", "{why}");
    let sale = json!({"program": "customers", "kind": "sale", "order_id": "o-1", "amount": 4999,
        "currency": "USD", "lead": id});
    let sold = api.post("/v1/conversions", &sale).expect(201);
    assert_eq!(sold["advocate"], maya.as_str());
    assert_eq!(api.post("/v1/conversions", &sale).expect(201), sold);
    let full = read(&api, &id);
    assert_eq!(
        (&full["stage"], &full["sales"][0]["amount"]),
        (&json!("won"), &json!(4999))
    );
    let list = api
        .get("/v1/leads?program=customers&stage=won&advocate=ext:maya&owner=jonas")
        .expect(200);
    assert_eq!(list["items"][0]["id"], id.as_str());
}

#[test]
fn a_stage_follows_along_the_edges_alone() {
    let api = Api::furnished();
    let allowed = [
        ("new", "accepted"),
        ("new", "lost"),
        ("accepted", "meeting"),
        ("accepted", "opportunity"),
        ("accepted", "lost"),
        ("meeting", "opportunity"),
        ("meeting", "lost"),
        ("opportunity", "won"),
        ("opportunity", "lost"),
        ("lost", "accepted"),
    ];
    for (n, from) in STAGES.iter().enumerate() {
        for (m, to) in STAGES.iter().enumerate() {
            let id = lead_at(&api, &format!("p{n}{m}@example.org"), from);
            let before = api.dump();
            let reason = (*to == "lost").then_some("no budget");
            let answer = take(&api, &id, &json!({"stage": to, "reason": reason}));
            if allowed.contains(&(*from, *to)) {
                assert_eq!(answer.expect(200)["stage"], *to);
                assert_eq!(read(&api, &id)["stage"], *to);
            } else {
                let problem = answer.problem(409);
                let detail = text(&problem["detail"]);
                assert!(
                    detail.starts_with(&format!("`{to}` may not follow `{from}`")),
                    "{detail}"
                );
                assert_eq!(api.dump(), before, "{from} > {to}");
            }
        }
    }
}

#[test]
fn what_is_lost_has_a_reason_and_nothing_else_has() {
    let api = Api::furnished();
    let id = lead_at(&api, "sam@example.org", "new");
    let before = api.dump();
    for step in [
        json!({"stage": "lost"}),
        json!({"stage": "lost", "reason": null, "why": "no budget"}),
        json!({"stage": "accepted", "reason": "no budget"}),
    ] {
        assert_eq!(take(&api, &id, &step).field().0, "reason");
    }
    for (step, field) in [
        (json!({"stage": "lost", "reason": ""}), "reason"),
        (json!({"stage": "closed"}), "stage"),
        (
            json!({"stage": "accepted", "at": "2026-11-23T10:00:00Z"}),
            "at",
        ),
        (
            json!({"stage": "accepted", "at": "1969-12-31T23:59:59Z"}),
            "at",
        ),
        (json!({"stage": "accepted", "at": "yesterday"}), "at"),
        (json!({"stage": "accepted", "owner": "lea"}), "owner"),
    ] {
        assert_eq!(take(&api, &id, &step).field().0, field, "{step}");
    }
    assert_eq!(api.dump(), before);
}

#[test]
fn a_history_says_who_did_what_when_and_why() {
    let api = Api::furnished();
    let id = lead_at(&api, "sam@example.org", "new");
    let key = api.key(&["leads:write"]);
    for step in [
        json!({"stage": "accepted", "why": "knows us", "at": "2026-11-21T09:00:00Z"}),
        json!({"stage": "lost", "reason": "no budget", "why": "ask again in spring"}),
        json!({"stage": "accepted", "why": "has one now"}),
        json!({"stage": "lost", "reason": "went elsewhere"}),
    ] {
        api.request(Method::POST, &format!("/v1/leads/{id}/stage"))
            .key(&key)
            .json(&step)
            .send()
            .expect(200);
    }
    let lead = read(&api, &id);
    let history: Vec<String> = lead["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            format!(
                "{}>{} {} {}",
                event["before"], event["after"], event["why"], event["at"]
            )
            .replace('"', "")
        })
        .collect();
    let now = "2026-11-22T10:00:00.000Z";
    assert_eq!(
        history,
        [
            format!("null>new null {now}"),
            "new>accepted knows us 2026-11-21T09:00:00.000Z".to_owned(),
            // The lead has no reason any more once it is taken up again.
            format!("accepted>lost no budget: ask again in spring {now}"),
            format!("lost>accepted has one now {now}"),
            format!("accepted>lost went elsewhere {now}"),
        ]
    );
    let ids = api.column("SELECT id FROM api_keys");
    assert_eq!(lead["history"][1]["by"], ids[0].as_str());
    assert_eq!(lead["reason"], "went elsewhere");
    // A lead that is taken up again was accepted when it first was.
    assert_eq!(lead["accepted_at"], "2026-11-21T09:00:00.000Z");
}

#[test]
fn two_writers_of_one_lead_lose_nothing() {
    let (api, _) = Api::staffed();
    let id = lead_at(&api, "sam@example.org", "accepted");
    // Both read the lead as it was; the one who is overtaken reads again.
    let owner = json!({"owner": "lea", "why": "speaks Dutch"});
    let answers = at_once(vec![
        keyed(
            &api,
            &format!("/v1/leads/{id}/stage"),
            "a",
            &json!({"stage": "meeting"}),
        ),
        keyed(&api, &format!("/v1/leads/{id}/owner"), "b", &owner),
        keyed(&api, "/v1/leads", "c", &sam(&[])),
    ]);
    for answer in &answers {
        answer.expect(200);
    }
    let lead = read(&api, &id);
    assert_eq!(
        (&lead["stage"], &lead["owner"]),
        (&json!("meeting"), &json!("lea"))
    );
    assert_eq!(lead["history"].as_array().unwrap().len(), 6, "{lead:#}");
    // Of two who want the same step, one comes too late.
    let step = json!({"stage": "opportunity"});
    let path = format!("/v1/leads/{id}/stage");
    let answers = at_once(
        (0..5)
            .map(|n| keyed(&api, &path, &n.to_string(), &step))
            .collect(),
    );
    let mut statuses: Vec<u16> = answers
        .iter()
        .map(|answer| answer.status.as_u16())
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409]);
}

#[test]
fn what_was_read_before_it_changed_is_read_again() {
    let api = Api::furnished();
    let id = lead_at(&api, "sam@example.org", "new");
    api.meanwhile("UPDATE leads SET", "UPDATE leads SET version = version + 1");
    let answer = take(&api, &id, &json!({"stage": "accepted"}));
    assert_eq!(answer.expect(200)["stage"], "accepted");
    assert_eq!(api.column("SELECT CAST(version AS TEXT) FROM leads"), ["3"]);
}

#[test]
fn fifty_at_once_are_one_lead() {
    let (api, maya) = Api::staffed();
    let receipt = api.receipt(&maya, Medium::Email, NOW - 1_000);
    let body = sam(&[&receipt]);
    let same = at_once(
        (0..50)
            .map(|_| keyed(&api, "/v1/leads", "k", &body))
            .collect(),
    );
    for answer in &same {
        assert_eq!(answer.expect(201), same[0].value());
    }
    let replayed = same
        .iter()
        .filter(|answer| answer.header("idempotent-replayed").is_some());
    assert_eq!(replayed.count(), 49);
    // Without a key each is a referral of its own, and joins.
    let joined = at_once(
        (0..10)
            .map(|_| {
                api.request(Method::POST, "/v1/leads")
                    .key(ADMIN)
                    .json(&body)
            })
            .collect(),
    );
    for answer in &joined {
        let joined = answer.expect(200);
        assert_eq!(
            (&joined["duplicate"], &joined["id"]),
            (&json!(true), &same[0].value()["id"])
        );
    }
    assert_eq!(api.column("SELECT count(*) || '' FROM leads"), ["1"]);
    assert_eq!(api.column("SELECT count(*) || '' FROM touches"), ["1"]);
}

#[test]
fn other_spellings_of_an_address_join_and_fill_what_is_missing() {
    let (api, maya) = Api::staffed();
    let olaf = api.advocate("olaf");
    let first = api.receipt(&maya, Medium::Email, NOW - 2 * DAY);
    let second = api.receipt(&olaf, Medium::Linkedin, NOW - DAY);
    let body = json!({"program": "customers", "receipts": [first],
        "prospect": {"email": "Sam.Prospect@gmail.com", "name": "Sam"}});
    let taken = api.post("/v1/leads", &body).expect(201);
    assert_eq!(taken["duplicate"], false);
    let body = json!({"program": "customers", "receipts": [first, second, second],
        "prospect": {"email": "SAMPROSPECT+crm@googlemail.com", "name": "Samuel",
            "phone": "+49 30 1", "company": "Example GmbH", "customer": "cus_1"},
        "consent": {"text": "Call me.", "at": "2026-11-22T09:00:00+01:00"}, "note": "tea"});
    let joined = api.post("/v1/leads", &body).expect(200);
    assert_eq!(
        (&joined["duplicate"], &joined["id"], &joined["advocate"]),
        (&json!(true), &taken["id"], &json!(olaf))
    );
    let body = json!({"program": "customers", "note": "coffee",
        "prospect": {"email": "samprospect@gmail.com", "phone": "2", "customer": "cus_2"},
        "consent": {"text": "Do not."}});
    api.post("/v1/leads", &body).expect(200);
    let id = text(&taken["id"]);
    let lead = read(&api, &id);
    assert_eq!(
        lead["prospect"],
        json!({"name": "Sam", "email": "Sam.Prospect@gmail.com", "phone": "+49 30 1",
            "company": "Example GmbH", "customer": "cus_1"})
    );
    assert_eq!(
        (&lead["note"], &lead["consent"]),
        (
            &json!("tea"),
            &json!({"text": "Call me.", "at": "2026-11-22T08:00:00.000Z"})
        )
    );
    assert_eq!(api.column("SELECT advocate || '' FROM touches").len(), 2);
    let kinds: Vec<&Value> = lead["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["kind"])
        .collect();
    assert_eq!(kinds, ["stage", "owner", "joined", "joined"]);
}

#[test]
fn another_program_has_a_lead_of_its_own() {
    let (api, _) = Api::staffed();
    api.post("/v1/programs", &json!({"slug": "other", "name": "Other"}))
        .expect(201);
    api.post("/v1/leads", &sam(&[])).expect(201);
    let other = json!({"program": "other", "prospect": {"email": "sam@example.org"}});
    let taken = api.post("/v1/leads", &other).expect(201);
    assert_eq!(
        (&taken["duplicate"], &taken["program"]),
        (&json!(false), &json!("other"))
    );
    assert_eq!(taken["owner"], Value::Null);
    // Nor are two one who gave only a telephone number.
    for _ in 0..2 {
        let body = json!({"program": "customers", "prospect": {"phone": "+49 30 1"}});
        api.post("/v1/leads", &body).expect(201);
    }
}

#[test]
fn who_comes_again_after_the_end_joins_where_it_ended() {
    let (api, _) = Api::staffed();
    for stage in ["won", "lost"] {
        let email = format!("{stage}@example.org");
        let id = lead_at(&api, &email, stage);
        let body = json!({"program": "customers", "prospect": {"email": email}});
        let joined = api.post("/v1/leads", &body).expect(200);
        assert_eq!(
            (&joined["id"], &joined["stage"], &joined["duplicate"]),
            (&json!(id), &json!(stage), &json!(true))
        );
    }
}

#[test]
fn a_call_with_a_key_is_answered_as_the_first_time() {
    let (api, maya) = Api::staffed();
    let code = api.post(
        "/v1/codes",
        &json!({"program": "customers", "advocate": maya}),
    );
    let code = text(&code.expect(201)["code"]);
    let receipt = api.receipt(&maya, Medium::Email, NOW - 80 * DAY);
    let body = json!({"program": "customers", "receipts": [receipt], "code": code, "rep": "lea",
        "prospect": {"email": "sam@example.org"}});
    let first = keyed(&api, "/v1/leads", "lead-1", &body).send();
    let id = text(&first.expect(201)["id"]);
    let owner = json!({"owner": "jonas", "why": "on leave"});
    let path = format!("/v1/leads/{id}/owner");
    let handed = keyed(&api, &path, "owner-1", &owner).send();
    handed.expect(200);
    // Whatever has become of what it named.
    api.wait(20 * DAY);
    api.post(&format!("/v1/codes/{code}/revoke"), &json!({}))
        .expect(200);
    for rep in ["jonas", "lea"] {
        api.put(
            &format!("/v1/reps/{rep}"),
            &json!({"name": rep, "status": "disabled"}),
        )
        .expect(200);
    }
    let disabled = json!({"status": "disabled"});
    api.patch("/v1/programs/customers/advocates/ext:maya", &disabled)
        .expect(200);
    api.patch("/v1/programs/customers", &disabled).expect(200);
    let before = api.dump();
    for (path, key, body, answered) in [
        ("/v1/leads", "lead-1", &body, &first),
        (path.as_str(), "owner-1", &owner, &handed),
    ] {
        let again = keyed(&api, path, key, body).send();
        assert_eq!(
            (again.status, &again.text),
            (answered.status, &answered.text)
        );
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
    }
    assert_eq!(
        keyed(&api, "/v1/leads", "lead-2", &body).send().field().0,
        "program"
    );
    assert_eq!(api.dump(), before);
}

#[test]
fn a_key_means_one_call_for_ever() {
    let (api, _) = Api::staffed();
    keyed(&api, "/v1/leads", "k", &sam(&[])).send().expect(201);
    let id = api.column("SELECT id FROM leads").remove(0);
    let before = api.dump();
    let mut other = sam(&[]);
    other["note"] = json!("more");
    keyed(&api, "/v1/leads", "k", &other).send().problem(409);
    // Nor does it mean another route.
    let path = format!("/v1/leads/{id}/stage");
    keyed(&api, &path, "k", &json!({"stage": "accepted"}))
        .send()
        .problem(409);
    keyed(
        &api,
        "/v1/conversions",
        "k",
        &json!({"program": "customers", "kind": "sale",
        "order_id": "o-1", "amount": 1, "currency": "USD"}),
    )
    .send()
    .problem(409);
    for key in ["", "a b", "é", &"k".repeat(256)] {
        let ask = api
            .request(Method::POST, "/v1/leads")
            .key(ADMIN)
            .json(&other);
        let ask = if key == "é" {
            ask.header_bytes("idempotency-key", key.as_bytes())
        } else {
            ask.header("idempotency-key", key)
        };
        assert_eq!(ask.send().field().0, "Idempotency-Key");
    }
    assert_eq!(api.dump(), before);
    // A call that found nothing to do has its key, too.
    let owner = format!("/v1/leads/{id}/owner");
    let jonas = json!({"owner": "jonas", "why": "as it is"});
    keyed(&api, &owner, "same", &jonas).send().expect(200);
    keyed(&api, &owner, "same", &json!({"owner": "lea", "why": "no"}))
        .send()
        .problem(409);
    let again = keyed(&api, &owner, "same", &jonas).send();
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    // A step that was refused has not; it may be asked for again.
    keyed(&api, &path, "won", &json!({"stage": "won"}))
        .send()
        .problem(409);
    keyed(&api, &path, "won", &json!({"stage": "accepted"}))
        .send()
        .expect(200);
}

#[test]
fn a_machine_is_set_aside_until_somebody_takes_it_on_or_buys() {
    let (api, maya) = Api::staffed();
    let bot = |email: &str| {
        let receipt = api.receipt(&maya, Medium::Email, NOW - 1_000);
        let body = json!({"program": "customers", "prospect": {"email": email},
            "receipts": [receipt], "website": "x"});
        api.request(Method::POST, "/v1/public/leads")
            .json(&body)
            .send()
            .expect(202);
        api.column(&format!("SELECT id FROM leads WHERE email = '{email}'"))
            .remove(0)
    };
    // Closing it is not taking it on.
    let id = bot("a@example.org");
    take(&api, &id, &json!({"stage": "lost", "reason": "spam"})).expect(200);
    assert_eq!(read(&api, &id)["suspected"], true);
    take(&api, &id, &json!({"stage": "accepted"})).expect(200);
    assert_eq!(read(&api, &id)["suspected"], false);
    // Whoever buys is no machine; the flag stays, and holds.
    let id = bot("b@example.org");
    let sale = json!({"program": "customers", "kind": "sale", "order_id": "o-1", "amount": 1,
        "currency": "USD", "lead": id});
    api.post("/v1/conversions", &sale).expect(201);
    let lead = read(&api, &id);
    assert_eq!(
        (&lead["stage"], &lead["suspected"]),
        (&json!("won"), &json!(false))
    );
    assert!(
        lead["flags"]
            .as_array()
            .unwrap()
            .contains(&json!("honeypot"))
    );
}

#[test]
fn a_lead_does_not_grow_without_end() {
    let (api, maya) = Api::staffed();
    let forms = |from: i64, count: i64| {
        let receipts: Vec<String> = (from..from + count)
            .map(|n| api.receipt(&maya, Medium::Email, NOW - 1_000 - n))
            .collect();
        let body = json!({"program": "customers", "prospect": {"email": "sam@example.org"},
            "receipts": receipts, "code": "no code"});
        api.request(Method::POST, "/v1/public/leads")
            .json(&body)
            .send()
            .expect(202);
    };
    for n in 0..100 {
        forms(n * 20, 20);
    }
    assert_eq!(api.column("SELECT count(*) || '' FROM touches"), ["100"]);
    let events = api.column("SELECT count(*) || '' FROM history");
    assert!(events[0].parse::<u32>().unwrap() < 1_100, "{events:?}");
    // It can still be worked on, and says so.
    let id = api.column("SELECT id FROM leads").remove(0);
    take(&api, &id, &json!({"stage": "accepted"})).expect(200);
    let lead = read(&api, &id);
    let last = lead["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["after"], "accepted");
    let text = lead.to_string();
    assert!(text.contains("the lead has 100 touches already"), "{text}");
}

#[test]
fn what_is_wrong_with_a_lead_is_named_and_nothing_is_written() {
    let (api, maya) = Api::staffed();
    api.put(
        "/v1/reps/eva",
        &json!({"name": "Eva", "status": "disabled"}),
    )
    .expect(200);
    let receipt = api.receipt(&maya, Medium::Email, NOW - 1_000);
    let before = api.dump();
    let with = |field: &str, value: Value| {
        let mut body = sam(&[&receipt]);
        let mut place = &mut body;
        for part in field.split('.') {
            place = &mut place[part];
        }
        *place = value;
        body
    };
    for (field, value) in [
        ("program", json!("nobody")),
        ("program", json!("' OR 1=1 --")),
        ("program", json!("../customers")),
        ("program", Value::Null),
        ("prospect.email", json!("sam@example")),
        (
            "prospect.email",
            json!(format!("{}@example.org", "s".repeat(65))),
        ),
        ("prospect.email", json!("sam@example.org\u{0}")),
        ("prospect.name", json!("S".repeat(201))),
        ("prospect.name", json!("Sam\u{7}")),
        ("prospect.name", json!(7)),
        ("prospect.phone", json!(" 1")),
        ("prospect.customer", json!("cus 1")),
        ("prospect.iban", json!("DE")),
        ("note", json!("n".repeat(1_001))),
        ("note", json!("a\nb")),
        ("receipts", json!("x")),
        ("receipts", json!(vec![&receipt; 21])),
        ("consent", json!({"text": ""})),
        ("consent.at", json!("2026-11-22T10:06:00Z")),
        ("at", json!("2026-11-22T10:05:01Z")),
        ("at", json!("1969-12-31T23:59:59Z")),
        ("at", json!("2026-02-30T00:00:00Z")),
        ("at", json!(1_795_341_600)),
        ("code", json!("MAYA-7KQ-4TX")),
        ("code", json!("x".repeat(10_000))),
        ("rep", json!("nobody")),
        ("rep", json!("eva")),
        ("advocate", json!(maya)),
        ("duplicate", json!(false)),
    ] {
        let mut body = with(field, value.clone());
        if field == "consent.at" {
            body["consent"]["text"] = json!("Yes.");
        }
        let named = api.post("/v1/leads", &body).field().0;
        assert!(
            named == field || field == "consent" && named == "consent.text",
            "{field} {value}: {named}"
        );
    }
    let nobody = json!({"program": "customers", "prospect": {"name": "Sam"}});
    assert_eq!(api.post("/v1/leads", &nobody).field().0, "prospect");
    let huge = with("note", json!("n".repeat(70_000)));
    api.post("/v1/leads", &huge).problem(413);
    for path in [
        "/v1/leads/ld_0",
        "/v1/leads/..%2F..%2Fkeys",
        "/v1/leads/%27%20OR%201%3D1",
        "/v1/leads/%00",
    ] {
        api.get(path).problem(404);
        api.get(&format!("{path}/why")).problem(404);
        api.post(&format!("{path}/stage"), &json!({"stage": "accepted"}))
            .problem(404);
        api.post(
            &format!("{path}/owner"),
            &json!({"owner": "lea", "why": "x"}),
        )
        .problem(404);
    }
    api.get("/v1/leads/%ff").problem(404);
    for query in [
        "",
        "?program=nobody",
        "?program=customers&stage=open",
        "?program=customers&advocate=ext:nobody",
        "?program=customers&limit=201",
        "?program=customers&cursor=x",
        "?program=customers&sort=at",
    ] {
        api.get(&format!("/v1/leads{query}")).problem(422);
    }
    assert_eq!(api.dump(), before);
}

#[test]
fn what_people_write_is_only_text() {
    let (api, maya) = Api::staffed();
    let name = "Robert'); DROP TABLE leads;-- <script>“Ünï” \\ \" % _ ?1";
    let receipt = api.receipt(&maya, Medium::Email, NOW - 1_000);
    let body = json!({"program": "customers", "receipts": [receipt], "note": name,
        "prospect": {"name": name, "email": "o'brien@example.org", "phone": "=1+1",
            "customer": "'||x||'"}});
    let id = text(&api.post("/v1/leads", &body).expect(201)["id"]);
    let why = json!({"stage": "lost", "reason": name, "why": name});
    take(&api, &id, &why).expect(200);
    let lead = read(&api, &id);
    assert_eq!(
        (&lead["prospect"]["name"], &lead["note"], &lead["reason"]),
        (&json!(name), &json!(name), &json!(name))
    );
    assert_eq!(lead["prospect"]["customer"], "'||x||'");
}

#[test]
fn leads_are_listed_page_by_page() {
    let (api, _) = Api::staffed();
    let mut ids: Vec<String> = (0..7)
        .map(|n| {
            // Two at the same instant, to be told apart by their ids.
            api.wait(n % 2);
            lead_at(&api, &format!("p{n}@example.org"), "new")
        })
        .collect();
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = api
            .get(&format!("/v1/leads?program=customers&limit=2{cursor}"))
            .expect(200);
        found.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| text(&item["id"])),
        );
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    ids.sort();
    let mut sorted = found.clone();
    sorted.sort();
    assert_eq!(sorted, ids);
    let owned = api
        .get("/v1/leads?program=customers&owner=jonas")
        .expect(200);
    assert_eq!(owned["items"].as_array().unwrap().len(), 4);
}
