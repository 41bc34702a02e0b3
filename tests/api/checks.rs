//! `/v1/checks`: what does not agree is found, shown, and made to agree.

use goodword::{
    domain::{channel::Medium, class::Class, click::Click},
    jobs::{check, minutes},
};
use http::Method;
use serde_json::{Value, json};

use crate::{
    closed_loop::{BOTH_SIDES, DAY, House},
    harness::{ADMIN, Api, NOW, Visit, block_on, noted},
};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// Clicks of five days, of some people, machines and unknowns, the same each time; and
/// of one who clicks more than a person does.
fn clicks(api: &Api, zone: &str) -> Vec<Click> {
    let visit = |index: i64| Visit {
        at: NOW - index * 11 * MINUTE,
        medium: Medium::from_code(u8::try_from(index * 7 % 16).unwrap()).unwrap(),
        destination: u8::try_from(index % 2).unwrap(),
        advocate: u32::try_from(index % 3).unwrap(),
        class: Class::from_code(u8::try_from((index % 8 / 6) * (index % 3)).unwrap()).unwrap(),
        visitor: (index % 8 < 6 && index % 5 != 0).then_some(index.unsigned_abs() % 4),
    };
    let flood = |index: i64| Visit {
        at: NOW - 2 * DAY - index * MINUTE,
        visitor: Some(99),
        medium: Medium::from_code(u8::try_from(index * 5 % 16).unwrap()).unwrap(),
        ..Visit::default()
    };
    let visits: Vec<Visit> = (0..600).map(visit).chain((0..230).map(flood)).collect();
    api.clicks(zone, &visits)
}

fn share(api: &Api) {
    let share = json!({"program": "customers", "advocate": "ext:maya", "medium": "x",
        "kind": "sent", "event_id": "e", "at": "2026-11-20T10:30:00+01:00"});
    api.post("/v1/shares", &share).expect(201);
}

fn run(api: &Api, check: &str) -> Value {
    let all = api.post("/v1/checks", &json!({"checks": [check]}));
    let all = all.expect(200);
    let items = all["items"].as_array().unwrap();
    items
        .iter()
        .find(|one| one["name"] == check)
        .unwrap()
        .clone()
}

fn repair(api: &Api, check: &str) -> Value {
    api.post("/v1/checks/repair", &json!({"check": check}))
        .expect(200)
}

/// What a check found, as `kind subject`.
fn found(check: &Value) -> Vec<String> {
    let details = check["details"].as_array().unwrap();
    assert_eq!(check["differences"], details.len());
    assert_eq!(check["since"].is_null(), details.is_empty());
    let text = |one: &Value| {
        let (kind, subject) = (one["kind"].as_str(), one["subject"].as_str());
        format!("{} {}", kind.unwrap(), subject.unwrap())
    };
    details.iter().map(text).collect()
}

/// All tallies, the minutes of an hour taken together.
fn tallies(api: &Api) -> Vec<String> {
    let mut rows = api.column(
        "SELECT concat_ws(' ', program, hour, medium, destination, kind, sum(count),
          sum(new_visitors), sum(new_in_channel), sum(new_in_medium), sum(new_at_destination),
          sum(new_in_hour))
        FROM tallies_by_hour GROUP BY program, hour, medium, destination, kind",
    );
    rows.extend(api.column(
        "SELECT concat_ws(' ', program, local_day, advocate, medium, label, kind, count,
          new_visitors)
        FROM tallies_by_advocate",
    ));
    rows
}

fn health(api: &Api) -> Value {
    api.request(Method::GET, "/v1/health").send().expect(200)
}

#[test]
fn tallies_agree_whatever_the_zone_and_the_order_of_the_clicks() {
    for zone in [
        "UTC",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "America/New_York",
        "Pacific/Auckland",
    ] {
        let api = Api::furnished_in(zone);
        share(&api);
        let mut clicks = clicks(&api, zone);
        // Every third one comes first, and the newest before the oldest.
        clicks.sort_by_key(|click| (click.id.0 % 3, std::cmp::Reverse(click.id)));
        for part in clicks.chunks(90) {
            api.deliver(part);
        }
        block_on(minutes::gather(api.db(), NOW)).unwrap();
        let check = run(&api, "clicks");
        assert_eq!(check["details"], json!([]), "{zone}");
        assert_eq!(check["checked_at"], "2026-11-22T10:00:00.000Z");
    }
}

#[test]
fn tallies_made_anew_are_those_that_the_triggers_made() {
    for zone in ["UTC", "Asia/Kolkata", "America/New_York"] {
        let api = Api::furnished_in(zone);
        share(&api);
        let mut clicks = clicks(&api, zone);
        clicks.sort_by_key(|click| click.id);
        api.deliver(&clicks);
        let before = tallies(&api);
        api.plant("DELETE FROM tallies_by_hour; DELETE FROM tallies_by_advocate");
        assert_ne!(run(&api, "clicks")["differences"], 0);
        let repaired = repair(&api, "clicks");
        assert_eq!(repaired["check"]["details"], json!([]), "{zone}");
        assert_eq!(tallies(&api), before, "{zone}");
        // The live view still tells the last minutes apart.
        let recent = "SELECT DISTINCT minute || '' FROM tallies_by_hour
            WHERE hour > unixepoch('2026-11-22T07:00:00Z')";
        assert!(api.column(recent).len() > 5);
        let old = "SELECT DISTINCT minute || '' FROM tallies_by_hour
            WHERE hour <= unixepoch('2026-11-22T07:00:00Z')";
        assert_eq!(api.column(old), ["60"]);
    }
}

#[test]
fn every_kind_of_planted_difference_is_found_where_it_is_and_nowhere_else() {
    for (plant, expected) in [
        (
            "UPDATE tallies_by_hour SET count = count + 1
            WHERE hour = unixepoch('2026-11-22T08:00:00Z') AND rowid_is_first",
            &["hour 2026-11-22T08:00Z"][..],
        ),
        (
            "DELETE FROM tallies_by_hour WHERE hour = unixepoch('2026-11-21T08:00:00Z')",
            &["hour 2026-11-21T08:00Z", "visitors 2026-11-21"],
        ),
        (
            "INSERT INTO tallies_by_hour
            VALUES (1, unixepoch('2026-11-19T08:00:00Z'), 60, 0, 9, 0, 1, 0, 0, 0, 0, 0)",
            &["hour 2026-11-19T08:00Z"],
        ),
        (
            "UPDATE tallies_by_advocate SET advocate = advocate + 77 WHERE local_day = unixepoch('2026-11-21') / 86400
            AND kind = 0 AND medium = 0",
            &["advocates 2026-11-21"],
        ),
        (
            "UPDATE tallies_by_hour SET new_visitors = new_visitors + 1
            WHERE hour = unixepoch('2026-11-20T08:00:00Z') AND rowid_is_first",
            &["visitors 2026-11-20"],
        ),
        (
            "UPDATE tallies_by_hour SET new_in_channel = new_in_channel + 1
            WHERE hour = unixepoch('2026-11-21T08:00:00Z') AND rowid_is_first",
            &["visitors 2026-11-21"],
        ),
        (
            "DELETE FROM shares",
            &["advocates 2026-11-20", "hour 2026-11-20T09:00Z"],
        ),
        (
            "DELETE FROM clicks WHERE id IN (
              SELECT id FROM clicks WHERE at / 86400000 = unixepoch('2026-11-21') / 86400 AND class = 2
              LIMIT 1)",
            &["advocates 2026-11-21", "hour 2026-11-21T"],
        ),
    ] {
        let api = Api::furnished();
        share(&api);
        api.deliver(&clicks(&api, "UTC"));
        let first = "(medium, destination, kind) = (
            SELECT medium, destination, kind FROM tallies_by_hour t
            WHERE t.hour = tallies_by_hour.hour ORDER BY 1, 2, 3 LIMIT 1)";
        let whole = tallies(&api);
        api.plant(&plant.replace("rowid_is_first", first));
        let check = run(&api, "clicks");
        let found = found(&check);
        assert_eq!(found.len(), expected.len(), "{plant}: {check}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{plant}: {check}");
        }
        assert_eq!(check["details"][0]["program"], "customers");
        let health = health(&api);
        assert_eq!(health["status"], "differs");
        assert_eq!(health["checks"][0]["differences"], expected.len());
        assert!(!health.to_string().contains("customers"), "{health}");

        let repaired = repair(&api, "clicks");
        assert_eq!(repaired["check"]["differences"], 0, "{repaired}");
        let did = repaired["did"].as_array().unwrap();
        assert!(did.iter().all(|did| did.as_str().unwrap().starts_with("customers, 2026-11-")));
        assert_eq!(run(&api, "clicks")["differences"], 0);
        if !plant.contains("FROM shares") && !plant.contains("FROM clicks") {
            assert_eq!(tallies(&api).len(), whole.len(), "{plant}");
        }
        assert_eq!(self::health(&api)["status"], "ok");
        // Whoever repairs again finds nothing to do.
        let mended = tallies(&api);
        assert_eq!(repair(&api, "clicks")["did"], json!([]));
        assert_eq!(tallies(&api), mended);
        let audit = api.get("/v1/audit?subject=clicks").expect(200);
        assert_eq!(audit["items"].as_array().unwrap().len(), 1);
        assert_eq!(audit["items"][0]["detail"]["did"], repaired["did"]);
    }
}

#[test]
fn cron_finds_older_days_in_turn_and_forgets_none_until_it_is_mended() {
    let api = Api::furnished();
    api.deliver(&clicks(&api, "UTC"));
    api.plant("DELETE FROM tallies_by_advocate WHERE local_day = unixepoch('2026-11-18') / 86400");
    let mut rounds = 0;
    while health(&api)["status"] == "ok" {
        rounds += 1;
        assert!(rounds < 10, "it was never found");
        block_on(check::due(api.db(), api.now())).unwrap();
        api.wait(6 * HOUR);
    }
    let since = api.get("/v1/checks").expect(200)["items"][0]["since"].clone();
    for _ in 0..10 {
        block_on(check::due(api.db(), api.now())).unwrap();
        let clicks = api.get("/v1/checks").expect(200)["items"][0].clone();
        assert_eq!(found(&clicks), ["advocates 2026-11-18"]);
        assert_eq!(clicks["since"], since);
        api.wait(6 * HOUR);
    }
    // Within six hours it is not looked at again.
    let batches = api.batches();
    block_on(check::due(api.db(), api.now() - HOUR)).unwrap();
    assert_eq!(api.batches(), batches + 1);
    assert_eq!(repair(&api, "clicks")["check"]["differences"], 0);
}

#[test]
fn cron_looks_at_nothing_while_an_export_is_read_back_in() {
    let api = Api::furnished();
    api.deliver(&clicks(&api, "UTC"));
    api.plant("INSERT INTO restores (only_row, export, lines, begun_at, begun_by) VALUES (1, 'x', 1, 1, 'admin')");
    let before = api.dump();
    block_on(check::due(api.db(), api.now())).unwrap();
    assert_eq!(api.dump(), before);
    api.plant("UPDATE restores SET finished_at = 2");
    block_on(check::due(api.db(), api.now())).unwrap();
    assert_ne!(api.dump(), before);
}

#[test]
fn days_whose_clicks_are_gone_are_neither_compared_nor_counted_anew() {
    let api = Api::furnished();
    api.deliver(&clicks(&api, "UTC"));
    let before = tallies(&api);
    let day = "unixepoch('2026-11-20') / 86400";
    api.plant("DELETE FROM tallies_by_hour WHERE hour = unixepoch('2026-11-20T08:00:00Z')");
    assert_ne!(run(&api, "clicks")["differences"], 0);
    api.plant(&format!(
        "INSERT INTO archives VALUES ({day}, 1, 0, 0, 0, 0);
        DELETE FROM clicks WHERE utc_day <= {day};
        DELETE FROM tallies_by_hour WHERE hour = unixepoch('2026-11-19T08:00:00Z')"
    ));
    let gone = tallies(&api);
    assert!(gone.len() < before.len());
    repair(&api, "clicks");
    assert_eq!(tallies(&api), gone);
    assert_eq!(run(&api, "clicks")["differences"], 0);
}

#[test]
fn sums_are_made_from_the_ledger_and_accounts_from_their_rules() {
    let house = House::under(BOTH_SIDES);
    let sam = house.lead("sam@example.org");
    house.sell(&sam, "o-1", 50_000);
    let kim = house.lead("kim@example.org");
    house.sell(&kim, "o-2", 30_000);
    let api = &house.api;
    assert_eq!(run(api, "ledger")["details"], json!([]));
    let rewards = house.rewards();
    let reward = api.column("SELECT id FROM rewards ORDER BY id LIMIT 1")[0].clone();

    api.plant(&format!(
        "UPDATE rewards SET paid = 7 WHERE id = '{reward}'"
    ));
    assert_eq!(found(&run(api, "ledger")), [format!("reward {reward}")]);
    let repaired = repair(api, "ledger");
    assert_eq!(
        repaired["did"],
        json!([format!("summed up the entries of {reward} anew")])
    );
    assert_eq!(repaired["check"]["differences"], 0);
    assert_eq!(house.rewards(), rewards);

    // Somebody wrote into the ledger what no rule says.
    api.plant(&format!(
        "INSERT INTO ledger (reward, kind, amount, at, by) VALUES ('{reward}', 'adjusted', 500, 1, 'me')"
    ));
    assert_eq!(
        found(&run(api, "ledger")),
        [format!("account {}", house.maya)]
    );
    let repaired = repair(api, "ledger");
    assert_eq!(
        repaired["did"],
        json!([format!(
            "settled the account of {} by its rules",
            house.maya
        )])
    );
    assert_eq!(repaired["check"]["differences"], 0);
    assert_eq!(house.rewards(), rewards);
    let entries = house.ledger();
    assert_eq!(repair(api, "ledger")["did"], json!([]));
    assert_eq!(house.ledger(), entries);
}

#[test]
fn an_account_that_waits_for_cron_does_not_differ_and_one_that_cannot_be_settled_does() {
    let house = House::under(BOTH_SIDES);
    let sam = house.lead("sam@example.org");
    house.sell(&sam, "o-1", 50_000);
    let api = &house.api;
    api.plant("UPDATE leads SET won_at = NULL");
    assert_eq!(run(api, "ledger")["details"], json!([]));
    // As if it had been settled.
    api.plant("UPDATE accounts SET settled = changed");
    let check = run(api, "ledger");
    assert_eq!(
        check["details"][0]["text"],
        format!(
            "the account of {} differs from its rules in 2 rewards",
            house.maya
        )
    );
    api.plant("UPDATE leads SET terms = 99");
    let check = run(api, "ledger");
    let text = check["details"][0]["text"].as_str().unwrap();
    assert!(text.contains("cannot be settled"), "{text}");
    let repaired = repair(api, "ledger");
    assert_eq!(repaired["check"]["differences"], 1);
    assert!(
        repaired["did"][1].as_str().unwrap().contains("version 99"),
        "{repaired}"
    );
}

#[test]
fn a_payout_that_the_ledger_contradicts_is_shown_and_left_alone() {
    let house = House::under(BOTH_SIDES);
    let sam = house.lead("sam@example.org");
    house.sell(&sam, "o-1", 50_000);
    let payout = house.issue();
    house
        .report(&payout, &json!({"reference": "SEPA-1", "lines": [1]}))
        .expect(200);
    house
        .report(
            &payout,
            &json!({"reference": "SEPA-2", "returned": [{"line": 2, "reason": "closed"}]}),
        )
        .expect(200);
    let api = &house.api;
    assert_eq!(run(api, "ledger")["details"], json!([]));
    for plant in [
        "UPDATE payout_lines SET amount = amount + 1 WHERE n = 1",
        "UPDATE payout_lines SET amount = amount - 1, status = 'issued' WHERE n = 1",
        "UPDATE payout_lines SET status = 'paid' WHERE n IN (1, 2)",
    ] {
        api.plant(plant);
        let check = run(api, "ledger");
        assert_eq!(found(&check), [format!("payout {payout}")], "{plant}");
        let lines = api.column("SELECT concat_ws(' ', n, amount, status) FROM payout_lines");
        let repaired = repair(api, "ledger");
        assert_eq!(repaired["check"]["differences"], 1);
        assert_eq!(
            lines,
            api.column("SELECT concat_ws(' ', n, amount, status) FROM payout_lines")
        );
    }
    api.plant("UPDATE payout_lines SET status = 'returned' WHERE n = 2");
    assert_eq!(run(api, "ledger")["differences"], 0);
}

#[test]
fn what_is_published_is_held_against_the_database() {
    let api = Api::furnished();
    assert_eq!(run(&api, "snapshot")["differences"], 0);
    let published = api.published().pop().unwrap();
    // Another content under the same version is found at once.
    let mut other = published.clone();
    other.programs[0].cookie = false;
    api.put_published(Some(other));
    assert_eq!(found(&run(&api, "snapshot")), ["snapshot snapshot"]);
    let repaired = repair(&api, "snapshot");
    assert_eq!(repaired["check"]["differences"], 0);
    assert_eq!(repaired["did"].as_array().unwrap().len(), 1);
    assert_eq!(api.published(), [published]);
    // Whoever repairs again publishes nothing.
    assert_eq!(repair(&api, "snapshot")["did"], json!([]));
    assert_eq!(api.published(), []);

    // KV needs a minute until it shows a change; after that it is behind.
    api.plant("UPDATE destinations SET status = 'disabled' WHERE number = 1");
    assert_eq!(run(&api, "snapshot")["differences"], 0);
    api.wait(MINUTE);
    assert_eq!(run(&api, "snapshot")["differences"], 0);
    api.wait(MINUTE);
    let behind = run(&api, "snapshot");
    let text = behind["details"][0]["text"].as_str().unwrap();
    assert!(text.starts_with("version "), "{text}");
    api.put_published(None);
    let text = run(&api, "snapshot")["details"][0]["text"].clone();
    assert_eq!(text, "no configuration is published");

    // A publisher that fails leaves it as it is, and says so.
    api.publisher_fails(true);
    let ask = api.request(Method::POST, "/v1/checks").key(ADMIN);
    ask.json(&json!({"checks": ["snapshot"]}))
        .send()
        .problem(503);
    let failed = repair(&api, "snapshot");
    assert_eq!(failed["check"]["differences"], 1);
    assert!(noted().iter().any(|line| line.contains("KV PUT failed")));
    api.publisher_fails(false);
    assert_eq!(repair(&api, "snapshot")["check"]["differences"], 0);
}

#[test]
fn checks_that_are_unknown_are_refused_and_none_are_all() {
    let api = Api::furnished();
    let refused = api.post("/v1/checks", &json!({"checks": ["mailbox"]}));
    assert_eq!(refused.field().0, "checks[0]");
    let refused = api.post("/v1/checks/repair", &json!({"check": "all"}));
    assert_eq!(refused.field().0, "check");
    let never = api.get("/v1/checks").expect(200);
    assert!(
        never["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["checked_at"].is_null())
    );
    let all = api.post("/v1/checks", &json!({})).expect(200);
    let names: Vec<&str> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            assert_eq!(one["checked_at"], "2026-11-22T10:00:00.000Z");
            one["name"].as_str().unwrap()
        })
        .collect();
    assert_eq!(names, ["clicks", "ledger", "outbox", "snapshot"]);
}

#[test]
fn a_delivery_that_is_missing_is_found_and_made() {
    let api = Api::furnished();
    let label = |slug: &str| {
        let path = "/v1/programs/customers/labels";
        api.post(path, &json!({"slug": slug})).expect(201);
    };
    label("before");
    let webhook = |types: &[&str]| {
        let new = json!({"url": "https://hooks.example.com/", "types": types});
        let made = api.post("/v1/webhooks", &new).expect(201);
        made["id"].as_str().unwrap().to_owned()
    };
    let (labels, changed) = (webhook(&["label.created"]), webhook(&["label.created"]));
    let off = webhook(&["label.created"]);
    label("one");
    // Who wants something else from now on did want that.
    let path = format!("/v1/webhooks/{changed}");
    api.patch(&path, &json!({"types": ["rep.created"]}))
        .expect(200);
    let path = format!("/v1/webhooks/{off}");
    api.patch(&path, &json!({"status": "disabled"})).expect(200);
    label("two");
    assert_eq!(run(&api, "outbox")["differences"], 0);
    api.plant("DELETE FROM deliveries WHERE event = (SELECT n FROM events WHERE subject = 'two')");
    let found = run(&api, "outbox");
    assert_eq!(found["differences"], 1, "{found}");
    let event = api
        .column("SELECT id FROM events WHERE subject = 'two'")
        .remove(0);
    assert_eq!(found["details"][0]["kind"], "delivery");
    assert_eq!(found["details"][0]["program"], "customers");
    assert_eq!(found["details"][0]["subject"], format!("{labels} {event}"));
    assert_eq!(api.get("/v1/health").value()["status"], "differs");
    let repaired = repair(&api, "outbox");
    let did = format!("made the delivery of what {labels} wanted {event}");
    assert_eq!(repaired["did"], json!([did]));
    assert_eq!(repaired["check"]["differences"], 0);
    assert_eq!(repair(&api, "outbox")["did"], json!([]));
    let deliveries = api
        .get(&format!("/v1/webhooks/{labels}/deliveries"))
        .expect(200);
    assert_eq!(deliveries["items"].as_array().unwrap().len(), 2);
    // What was found once is looked at whatever is next, and is no more once nobody asks.
    api.plant("DELETE FROM deliveries WHERE event = (SELECT n FROM events WHERE subject = 'two')");
    run(&api, "outbox");
    let path = format!("/v1/webhooks/{labels}");
    api.request(Method::DELETE, &path).key(ADMIN).send();
    assert_eq!(run(&api, "outbox")["differences"], 0);
}
