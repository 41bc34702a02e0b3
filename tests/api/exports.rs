//! `/v1/export` and `/v1/restore`: what goes out is all there is, and comes back.

use std::{
    collections::BTreeSet,
    io,
    sync::{Arc, atomic::AtomicUsize},
};

use bytes::Bytes;
use goodword::{
    domain::{channel::Medium, class::Class},
    jobs::{minutes, settle},
    store::exports::{SCHEMA, TABLES},
};
use http::Method;
use serde_json::{Value, json};

use crate::{
    closed_loop::{BOTH_SIDES, House, SHARE},
    harness::{ADMIN, Answer, Api, NOW, Visit, block_on, pieces},
};

/// A name that a spreadsheet would take for a formula.
const FORMULA: &str = "=cmd|'/C calc'!A1";

/// What is not exported: what signs somebody in, what is derived without being
/// stored, and what came with the migrations and is nobody's to change.
const LEFT_OUT: [&str; 23] = [
    "attempts",
    "checks",
    "configuration",
    // A deployment that is moved does not write into a CRM unasked.
    "crm_connections",
    "crm_events",
    "crm_leads",
    "deliveries",
    "differences",
    "events",
    "letter_plans",
    "mail_events",
    "media",
    "minor_units",
    "overtaken",
    "portal_links",
    "portal_sessions",
    "reconciliation_matches",
    "reconciliation_rows",
    "restores",
    "sessions",
    "sign_in_links",
    "turns",
    // A copy of a deployment sends nobody anything, and has nobody's secret.
    "webhooks",
];

/// A deployment with something of everything.
fn lived_in() -> House {
    let house = House::under(BOTH_SIDES);
    let api = &house.api;
    let zurich = json!({"slug": "partners", "name": FORMULA, "zone": "Europe/Zurich"});
    api.post("/v1/programs", &zurich).expect(201);
    api.patch("/v1/programs/customers", &json!({"window_days": 45}))
        .expect(200);
    api.put(
        "/v1/programs/customers/routing",
        &json!({"reps": ["lea", "jo"]}),
    )
    .expect(200);
    let member = json!({"email": "ops@example.com", "name": "Ops", "role": "marketer"});
    api.post("/v1/team", &member).expect(201);
    let key = api.key(&["leads:write", "leads:read"]);
    let formula = house.advocate(
        "=1+1",
        "partner",
        &json!({"name": FORMULA, "email": "own@example.com"}),
    );
    house.advocate("twin", "customer", &json!({"email": "twin@example.com"}));
    let merger = json!({"into": "ext:maya"});
    api.post("/v1/programs/customers/advocates/ext:twin/merge", &merger)
        .expect(200);

    let visits: Vec<Visit> = (0..40)
        .map(|n| Visit {
            at: NOW - n * 3_600_000,
            medium: [Medium::Email, Medium::X, Medium::Qr][usize::try_from(n % 3).unwrap()],
            destination: u8::try_from(n % 2).unwrap(),
            advocate: u32::try_from(n % 5).unwrap(),
            class: [Class::Human, Class::Bot, Class::Suspected]
                [usize::try_from(n % 4).unwrap_or(0) % 3],
            visitor: (n % 4 == 0).then_some(u64::try_from(n % 8).unwrap()),
        })
        .collect();
    api.visit("UTC", &visits);
    block_on(minutes::gather(api.db(), NOW)).unwrap();
    for (event, kind) in [("s-1", "intent"), ("s-2", "sent")] {
        let share = json!({"program": "customers", "advocate": "ext:maya", "kind": kind,
            "channel": "email", "label": "spring", "event_id": event,
            "visitor": {"address": "192.0.2.9", "user_agent": "Maya's"}});
        api.post("/v1/shares", &share).expect(201);
    }
    let code = json!({"program": "customers", "advocate": "ext:maya"});
    api.post("/v1/codes", &code).expect(201);
    let link = json!({"program": "customers", "advocate": formula, "channel": "email"});
    let link = api.post("/v1/links", &link).expect(200);
    api.post("/v1/links/revoke", &json!({"code": link["code"]}))
        .expect(200);

    for (n, amount) in [(1, 50_000), (2, 20_000), (3, 700)] {
        let lead = house.lead(&format!("sam{n}@example.org"));
        house.step(&lead, &["accepted", "meeting"]);
        house.sell(&lead, &format!("o-{n}"), amount);
    }
    let named = json!({"program": "customers", "prospect": {"email": "own@example.com",
        "name": "-Minus"}, "receipts": [api.receipt(&formula, Medium::Linkedin, NOW - 9_000)],
        "consent": {"text": "agreed"}, "note": "said \"maybe\", then ja: äß😀"});
    let asked = api.request(Method::POST, "/v1/leads").key(&key);
    asked
        .header("idempotency-key", "lead-1")
        .json(&named)
        .send()
        .expect(201);
    house.rules(SHARE);
    house.sale(&json!({"order_id": "o-4", "amount": 900, "customer": "cus_nobody"}));
    house.days_later(20);
    house.refund_some("o-2", "r-2", Some(5_000));
    let payout = house.issue();
    house
        .report(&payout, &json!({"reference": "SEPA", "lines": [1]}))
        .expect(200);
    house.days_later(20);
    house.refund("o-1");
    let moment = json!({"program": "customers", "advocate": "ext:maya", "event_id": "nps-1",
        "kind": "rated", "score": 10});
    api.post("/v1/moments", &moment).expect(201);
    let lead = api.column("SELECT id FROM leads ORDER BY id").remove(0);
    api.post(&format!("/v1/leads/{lead}/followed-up"), &json!({}))
        .expect(200);
    let goals = json!({"quarter": "2026-Q4", "asked": 9, "meetings": 3, "won": 1});
    api.put("/v1/reps/lea/goals", &goals).expect(200);
    let words = json!({"content": {
        "messages": [{"channel": "email", "medium": null, "subject": "-For you", "text": "{link}"}]}});
    api.put("/v1/programs/customers/content", &words)
        .expect(200);
    api.plant(&format!(
        "INSERT INTO archives VALUES (20000, 7, 1, 900, {NOW}, {NOW});
         INSERT INTO claims VALUES (1, 'o-9', '00', 'receipt', {NOW});
         DELETE FROM disposable_domains WHERE domain > 'b';"
    ));
    let theirs = "order,amount,currency,stage\no-3,7.00,USD,won\no-7,9.00,USD,won\n";
    let compared = api.request(
        Method::POST,
        "/v1/reconciliations?program=customers&preset=generic&name=%2BMay",
    );
    let compared = compared.key(ADMIN).body("text/csv", theirs).send();
    assert_eq!(compared.status, 201, "{}", compared.text);
    written(api);
    // A day that is over, so that its minutes are an hour's.
    block_on(minutes::gather(api.db(), api.now())).unwrap();
    house
}

/// What it writes, and to whom it does not.
fn written(api: &Api) {
    let messages = "/v1/programs/customers/messages";
    api.patch(messages, &json!({"enabled": {"quiet": false}}))
        .expect(200);
    let words = json!({"kind": "partner", "subject": "=News", "text": "{news}"});
    api.put(&format!("{messages}/moved"), &words).expect(200);
    api.plant(&format!(
        "INSERT INTO letters (program, message, advocate, cause, data, queued_at, due_at)
        SELECT 1, 'quiet', min(number), 'since 0', '{{\"days\":45}}', {NOW}, {NOW}
        FROM advocates WHERE program = 1"
    ));
    let nobody = json!({"email": "nobody@example.com"});
    assert_eq!(api.post("/v1/suppressions", &nobody).status, 204);
}

fn export(api: &Api, query: &str) -> String {
    let answer = api.get(&format!("/v1/export{query}"));
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    answer.text
}

fn restore(api: &Api, export: &str) -> Answer {
    api.request(Method::POST, "/v1/restore")
        .key(ADMIN)
        .body("application/x-ndjson", export.to_owned())
        .send()
}

/// An empty deployment at the same time.
fn empty(like: &Api) -> Api {
    let api = Api::new();
    api.wait(like.now() - api.now());
    api
}

/// Everything but what each deployment says of itself.
fn contents(api: &Api) -> Vec<String> {
    let is_own = |line: &String| {
        let table = line.split('|').next().unwrap();
        LEFT_OUT.contains(&table) || ["audit", "api_keys", "sqlite_sequence"].contains(&table)
    };
    let mut dump = api.dump();
    dump.extend(api.column("SELECT 'routing|' || program || reps || turn FROM routing"));
    dump.extend(api.column("SELECT 'domain|' || domain FROM disposable_domains"));
    dump.retain(|line| !is_own(line));
    dump
}

/// All that the API says of programs, statistics, leads and the ledger.
fn answers(api: &Api) -> Vec<String> {
    let of = |text: Vec<String>, path: &str| -> Vec<String> {
        text.iter().map(|one| path.replace("{}", one)).collect()
    };
    let mut paths: Vec<String> = [
        "/v1/programs",
        "/v1/reps",
        "/v1/reps/lea/day?program=customers",
        "/v1/team",
        "/v1/programs/customers/versions",
        "/v1/programs/customers/content",
        "/v1/programs/customers/rules/versions",
        "/v1/programs/customers/advocates?limit=200",
        "/v1/programs/customers/labels",
        "/v1/programs/customers/destinations",
        "/v1/stats?program=customers&by=channel&from=2026-10-01",
        "/v1/stats?program=customers&by=medium&from=2026-10-01",
        "/v1/stats?program=customers&by=destination&from=2026-10-01",
        "/v1/stats?program=customers&by=advocate&from=2026-10-01",
        "/v1/stats/series?program=customers&from=2026-10-01",
        "/v1/stats/live?program=customers",
        "/v1/stats/funnel?program=customers&by=channel&from=2026-10-01",
        "/v1/stats/funnel?program=customers&by=advocate&from=2026-10-01",
        "/v1/stats/advocates?program=customers",
        "/v1/stats/quarter?program=customers",
        "/v1/leads?program=customers",
        "/v1/conversions?program=customers",
        "/v1/rewards?program=customers&limit=200",
        "/v1/payouts?program=customers",
        "/v1/reconciliations?program=customers",
    ]
    .map(str::to_owned)
    .into();
    let leads = api.column("SELECT id FROM leads ORDER BY id");
    paths.extend(of(leads.clone(), "/v1/leads/{}"));
    paths.extend(of(leads, "/v1/leads/{}/why"));
    let rewards = api.column("SELECT id FROM rewards ORDER BY id");
    paths.extend(of(rewards, "/v1/rewards/{}"));
    let payouts = api.column("SELECT id FROM payouts ORDER BY id");
    paths.extend(of(payouts, "/v1/payouts/{}"));
    let advocates = api.column("SELECT id FROM advocates WHERE program = 1 ORDER BY id");
    paths.extend(of(
        advocates,
        "/v1/programs/customers/advocates/{}/statement",
    ));
    let answer = |path: String| {
        let answer = api.get(&path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        format!("{path}: {}", answer.text)
    };
    paths.into_iter().map(answer).collect()
}

#[test]
fn a_deployment_comes_back_with_every_number_and_every_reason() {
    let house = lived_in();
    let export = export(&house.api, "");
    let copy = empty(&house.api);
    let restored = restore(&copy, &export).expect(200);
    let lines = export.lines().count();
    assert_eq!(
        restored,
        json!({"finished": true, "lines": lines, "differences": []})
    );
    assert_eq!(contents(&copy), contents(&house.api));
    for (theirs, ours) in answers(&copy).iter().zip(answers(&house.api)) {
        assert_eq!(*theirs, ours);
    }
    // Nothing is owed that was not, and the ledger is not moved by looking again.
    block_on(settle::all(copy.db(), copy.now())).unwrap();
    copy.plant("UPDATE accounts SET changed = changed + 1");
    block_on(settle::all(copy.db(), copy.now())).unwrap();
    let ledger = "SELECT concat_ws(' ', entry, reward, kind, amount, at) FROM ledger";
    assert_eq!(copy.column(ledger), house.api.column(ledger));
    assert!(copy.published().last().unwrap().programs.len() == 2);
}

#[test]
fn what_was_restored_exports_as_the_same() {
    let house = lived_in();
    let copy = empty(&house.api);
    let first = export(&house.api, "");
    restore(&copy, &first).expect(200);
    let manifest = |text: &str| -> Vec<Value> {
        let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        let tables = last["manifest"]["tables"].as_array().unwrap().clone();
        let own = |table: &Value| ["audit", "api_keys"].contains(&table["name"].as_str().unwrap());
        tables.into_iter().filter(|table| !own(table)).collect()
    };
    assert_eq!(manifest(&export(&copy, "")), manifest(&first));
}

#[test]
fn every_table_and_every_column_goes_out() {
    let house = lived_in();
    let export = export(&house.api, "");
    let rows: Vec<Value> = export
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let tables = house
        .api
        .column("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
    for table in tables {
        if LEFT_OUT.contains(&table.as_str()) {
            assert!(
                !export.contains(&format!("\"table\":\"{table}\"")),
                "{table}"
            );
            continue;
        }
        let row = rows.iter().find(|row| row["table"] == table.as_str());
        let row = row.unwrap_or_else(|| panic!("no row of `{table}` is exported"));
        let exported: BTreeSet<String> = row["row"].as_object().unwrap().keys().cloned().collect();
        let left_out: &[&str] = match table.as_str() {
            "api_keys" => &["hash"],
            "rewards" => &["amount", "approved", "issued", "paid", "holds"],
            _ => &[],
        };
        let select = format!("SELECT name FROM pragma_table_info('{table}')");
        let mut columns: BTreeSet<String> = house.api.column(&select).into_iter().collect();
        columns.retain(|column| !left_out.contains(&column.as_str()));
        assert_eq!(exported, columns, "{table}");
    }
    let hash = house.api.column("SELECT hash FROM api_keys");
    assert!(!export.contains(&hash[0]));
}

#[test]
fn the_form_is_pinned() {
    let house = lived_in();
    let export = export(&house.api, "");
    let lines: Vec<&str> = export.lines().collect();
    let at = "2027-01-01T10:00:00.000Z";
    assert_eq!(
        lines[0],
        format!(r#"{{"goodword":1,"schema":"{SCHEMA}","at":"{at}"}}"#)
    );
    assert_eq!(
        lines[1],
        format!(
            r#"{{"table":"reps","row":{{"number":1,"slug":"lea","name":"Lea","email":null,"status":"active","created_at":{NOW},"updated_at":{NOW}}}}}"#
        )
    );
    // As anybody can check it: grep '^{"table":"reps"' export.ndjson | sha256sum
    let reps: Vec<&&str> = lines
        .iter()
        .filter(|line| line.starts_with(r#"{"table":"reps""#))
        .collect();
    let text: String = reps.iter().flat_map(|line| [**line, "\n"]).collect();
    let sum = goodword::domain::access::to_hex(&goodword::domain::access::key_hash(&text));
    let manifest: Value = serde_json::from_str(lines[lines.len() - 1]).unwrap();
    assert_eq!(
        manifest["manifest"]["tables"][0],
        json!({"name": "reps", "rows": 2, "sha256": sum})
    );
    let migrations = std::fs::read_dir("migrations").unwrap();
    let last = migrations.map(|file| file.unwrap().file_name()).max();
    assert!(last.unwrap().to_str().unwrap().starts_with(SCHEMA));
}

#[test]
fn a_restore_that_was_cut_goes_on_where_it_was() {
    let house = lived_in();
    let export = export(&house.api, "");
    let copy = empty(&house.api);
    let half = export.len() / 2;
    let cut = |end: usize| {
        let bytes = Bytes::copy_from_slice(&export.as_bytes()[..end]);
        let broken = Err(io::Error::from(io::ErrorKind::ConnectionAborted));
        let body = pieces(
            [Ok(bytes), broken].into_iter(),
            Arc::new(AtomicUsize::new(0)),
        );
        copy.request(Method::POST, "/v1/restore")
            .key(ADMIN)
            .body("application/x-ndjson", body)
            .send()
    };
    copy.published();
    for end in [half, half, half + half / 2] {
        cut(end).problem(400);
        assert!(copy.published().is_empty(), "half a configuration");
        // Cron comes by meanwhile, and leaves alone what is only there in part.
        block_on(settle::all(copy.db(), copy.now())).unwrap();
        block_on(minutes::gather(copy.db(), copy.now())).unwrap();
    }
    // A file that ends early says so, too.
    let few: Vec<&str> = export.lines().take(200).collect();
    let short = restore(&copy, &few.join("\n")).expect(200);
    assert_eq!(short["finished"], false);
    assert!(short["differences"][0].as_str().unwrap().contains("cut"));
    assert!(copy.published().is_empty(), "half a configuration");

    let whole = restore(&copy, &export).expect(200);
    assert_eq!(whole["finished"], true, "{whole}");
    assert_eq!(contents(&copy), contents(&house.api));
    // Again, and nothing changes.
    let before = copy.dump();
    assert_eq!(restore(&copy, &export).expect(200), whole);
    assert_eq!(copy.dump(), before);
}

#[test]
fn what_has_no_row_yet_has_not_begun() {
    let house = lived_in();
    let other = export(&house.api, "");
    house.days(1);
    let export = export(&house.api, "");
    let copy = empty(&house.api);
    // The first line alone holds nothing up: neither cron nor another export.
    let first = other.lines().next().unwrap();
    let short = restore(&copy, first).expect(200);
    assert_eq!(short["finished"], false);
    assert_eq!(
        copy.column("SELECT CAST(count(*) AS TEXT) FROM restores"),
        ["0"]
    );
    let whole = restore(&copy, &export).expect(200);
    assert_eq!(whole["finished"], true, "{whole}");
    assert_eq!(contents(&copy), contents(&house.api));
    restore(&copy, first).problem(409);

    // Nor is anything read into what has begun to be used meanwhile.
    let used = empty(&house.api);
    restore(&used, first).expect(200);
    let program = json!({"slug": "p", "name": "P", "zone": "UTC"});
    used.post("/v1/programs", &program).expect(201);
    restore(&used, &export).problem(409);
}

#[test]
fn two_restores_at_once_do_not_double() {
    let house = lived_in();
    let export = export(&house.api, "");
    let copy = empty(&house.api);
    let ask = || {
        copy.request(Method::POST, "/v1/restore")
            .key(ADMIN)
            .body("application/x-ndjson", export.clone())
    };
    let answers = crate::harness::at_once(vec![ask(), ask()]);
    let mut statuses: Vec<u16> = answers.iter().map(|one| one.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(contents(&copy), contents(&house.api));
}

#[test]
fn what_is_not_as_it_was_exported_is_said() {
    let house = lived_in();
    let export = export(&house.api, "");
    let lines: Vec<&str> = export.lines().collect();
    let without = |part: &str| {
        let kept: Vec<&str> = lines
            .iter()
            .filter(|line| !line.contains(part))
            .copied()
            .collect();
        kept.join("\n")
    };
    // A row is missing.
    let copy = empty(&house.api);
    let lost = restore(&copy, &without(r#""event":"s-1""#)).expect(200);
    assert_eq!(lost["finished"], false);
    assert_eq!(
        lost["differences"],
        json!(["shares: 1 rows came, and 2 were exported"])
    );
    // A row says something else.
    let copy = empty(&house.api);
    let other = export.replace("\"amount\":700,", "\"amount\":701,");
    let other = restore(&copy, &other).expect(200);
    assert_eq!(
        other["differences"],
        json!(["sales: a row is not as it was exported"])
    );
    // A row does not fit, or is no row at all; what came before it is in.
    let copy = empty(&house.api);
    let (field, detail) =
        restore(&copy, &export.replace("\"amount\":700,", "\"amount\":0,")).field();
    assert!(field.starts_with("lines "), "{field}");
    assert_eq!(detail, "hold a row that does not fit into `sales`");
    let copy = empty(&house.api);
    let broken = export.replace(
        r#"{"table":"sales","row":{"#,
        r#"{"table":"sales","row":{{"#,
    );
    let at = 1 + lines
        .iter()
        .position(|line| line.starts_with(r#"{"table":"sales""#))
        .unwrap();
    assert_eq!(
        restore(&copy, &broken).field(),
        (format!("line {at}"), "is not as it was exported".to_owned())
    );
    let lines_in = restore(&copy, &export).expect(200);
    assert_eq!(lines_in["finished"], true, "{lines_in}");
}

#[test]
fn only_an_empty_deployment_of_the_same_version_takes_an_export() {
    let house = lived_in();
    let export = export(&house.api, "");
    restore(&house.api, &export).problem(409);
    let copy = empty(&house.api);
    let older = export.replace(&format!("\"schema\":\"{SCHEMA}\""), "\"schema\":\"0007\"");
    let (field, detail) = restore(&copy, &older).field();
    assert_eq!(field, "line 1");
    assert!(detail.contains("at migration 0007"), "{detail}");
    for text in ["", "{}", "nonsense", r#"{"goodword":2,"schema":"0013"}"#] {
        let status = restore(&copy, text).status.as_u16();
        assert!(matches!(status, 400 | 422), "{text}: {status}");
    }
    assert_eq!(contents(&copy), contents(&empty(&house.api)));
    restore(&copy, &export).expect(200);
    // Another export of the same house is not this one.
    house.days(1);
    let later = self::export(&house.api, "");
    restore(&copy, &later).problem(409);
    let csv = copy
        .request(Method::POST, "/v1/restore")
        .key(ADMIN)
        .body("text/csv", "a\n");
    csv.send().problem(415);
}

#[test]
fn a_table_is_exported_by_itself_and_from_a_row_on() {
    let house = lived_in();
    let all = export(&house.api, "");
    let of = |table: &str, text: &str| -> Vec<String> {
        let start = format!(r#"{{"table":"{table}","#);
        let lines = text.lines().filter(|line| line.starts_with(&start));
        lines.map(str::to_owned).collect()
    };
    for table in TABLES.iter().filter(|table| table.name != "audit") {
        let one = export(&house.api, &format!("?table={}", table.name));
        let rows = of(table.name, &one);
        assert_eq!(rows, of(table.name, &all), "{}", table.name);
        assert_eq!(one.lines().count(), rows.len() + 2);
        let middle = rows.len() / 2;
        let row: Value = serde_json::from_str(&rows[middle]).unwrap();
        let after = row["row"].to_string();
        let after: String = form_urlencoded::byte_serialize(after.as_bytes()).collect();
        let rest = export(&house.api, &format!("?table={}&after={after}", table.name));
        assert_eq!(of(table.name, &rest), rows[middle + 1..], "{}", table.name);
    }
    for (query, field) in [
        ("?table=sessions", "table"),
        ("?table=leads&after=x", "after"),
        ("?after=%7B%7D", "after"),
        ("?format=xml", "format"),
    ] {
        assert_eq!(
            house.api.get(&format!("/v1/export{query}")).field().0,
            field
        );
    }
}

#[test]
fn more_rows_than_a_page_come_in_order_and_once() {
    let api = Api::furnished();
    api.plant(
        "INSERT INTO shares
         SELECT 1, printf('e-%05d', value), 'r', 1795341600000 + value, 7, 0, 0, 0, 3, 0, 'admin', 1
         FROM (WITH RECURSIVE n(value) AS (VALUES (1) UNION ALL SELECT value + 1 FROM n WHERE value < 2500)
           SELECT value FROM n)",
    );
    let text = export(&api, "?table=shares");
    let events: Vec<String> = text
        .lines()
        .filter_map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["row"]["event"]
                .as_str()
                .map(str::to_owned)
        })
        .collect();
    let expected: Vec<String> = (1..=2500).map(|n| format!("e-{n:05}")).collect();
    assert_eq!(events, expected);
}

#[test]
fn both_are_in_the_audit_log_and_need_their_scopes() {
    let house = lived_in();
    let export = export(&house.api, "");
    let copy = empty(&house.api);
    restore(&copy, &export).expect(200);
    let audit = "SELECT concat_ws(' ', by, action, subject, detail) FROM audit WHERE subject = 'everything'";
    assert_eq!(
        copy.column(audit),
        [
            r#"admin export everything {"format":"ndjson"}"#.to_owned(),
            format!(
                r#"admin restore everything {{"lines":{}}}"#,
                export.lines().count()
            ),
        ]
    );
    let key = copy.key(&["data:read"]);
    copy.request(Method::POST, "/v1/restore")
        .key(&key)
        .body("application/x-ndjson", export)
        .send()
        .problem(403);
}

#[test]
fn a_csv_guards_formulas() {
    let house = lived_in();
    let answer = house.api.get("/v1/export?format=csv&table=advocates");
    assert_eq!(
        answer.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    let mut reader = csv::Reader::from_reader(answer.text.as_bytes());
    let names: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    let at = |name: &str| names.iter().position(|one| one == name).unwrap();
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let row = records
        .iter()
        .find(|record| &record[at("external_id")] == "'=1+1")
        .unwrap();
    assert_eq!(&row[at("name")], format!("'{FORMULA}"));
    assert_eq!(&row[at("owner")], "");
    assert_eq!(&row[at("kind")], "partner");
    for record in &records {
        assert!(
            record
                .iter()
                .all(|cell| !cell.starts_with(['=', '+', '-', '@']))
        );
    }
}

#[test]
fn an_export_that_breaks_off_has_no_manifest() {
    let house = lived_in();
    let mut body = house
        .api
        .request(Method::GET, "/v1/export")
        .key(ADMIN)
        .start()
        .into_parts()
        .body
        .into_pieces();
    let mut next = || block_on(futures_util::StreamExt::next(&mut body));
    assert!(next().unwrap().is_ok());
    house.api.database_fails(true);
    let mut last = next();
    while let Some(Ok(_)) = last {
        last = next();
    }
    assert!(last.unwrap().is_err());
    assert!(next().is_none());
    let noted = crate::harness::noted();
    assert!(noted[0].starts_with("an export broke off: "), "{noted:?}");
}
