//! `/v1/imports`: rows of other systems, each taken once and reported on.

use std::{
    io,
    sync::{Arc, atomic::AtomicUsize},
};

use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

use crate::{
    closed_loop::{House, SHARE},
    harness::{ADMIN, Answer, Api, pieces},
};

/// A name that a spreadsheet would take for a formula.
const FORMULA: &str = "=HYPERLINK(\"x\")";

fn ask(api: &Api, query: &str, media_type: &str, body: impl Into<Vec<u8>>) -> Answer {
    api.request(
        Method::POST,
        &format!("/v1/imports?program=customers&{query}"),
    )
    .key(ADMIN)
    .body(media_type, body.into())
    .send()
}

fn lines(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    let lines = answer.text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What became of each row, and the counts.
fn csv(api: &Api, query: &str, body: impl Into<Vec<u8>>) -> (Vec<String>, Value) {
    told(&lines(&ask(api, query, "text/csv", body)))
}

fn ndjson(api: &Api, query: &str, rows: &[Value]) -> (Vec<String>, Value) {
    let body: Vec<String> = rows.iter().map(Value::to_string).collect();
    told(&lines(&ask(
        api,
        query,
        "application/x-ndjson",
        body.join("\n"),
    )))
}

fn told(lines: &[Value]) -> (Vec<String>, Value) {
    let (last, rows) = lines.split_last().unwrap();
    let rows = rows
        .iter()
        .map(|row| match row["error"].as_str() {
            Some(error) => format!("{} refused {error}", row["line"]),
            None => format!("{} {}", row["line"], row["outcome"].as_str().unwrap()),
        })
        .collect();
    (rows, last["summary"].clone())
}

fn counts(created: usize, updated: usize, unchanged: usize, refused: usize) -> Value {
    json!({"created": created, "updated": updated, "unchanged": unchanged,
        "refused": refused, "next_line": null})
}

const DUB_PARTNERS: &str = "\u{feff}Country,Status,Email,ID,\"Name\",Enrolled at\r\n\
    DE,approved,ada@example.com,pn_ada,\"Ada\r\nLovelace\",2026-01-02T03:04:05.000Z\r\n\
    US,approved,bob@example.com,pn_bob,Bob,2026-01-02T03:04:05.000Z\r\n\
    US,banned,carl@example.com,pn_carl,Carl,2026-01-02T03:04:05.000Z\r\n\
    US,approved,dora@example.com,1.23457E+14,Dora,2026-01-02T03:04:05.000Z\r\n\
    US,approved,eva@example.com,pn_eva,'=HYPERLINK(\"x\"),\r\n";

#[test]
fn dubs_partners_customers_and_commissions_come_over() {
    let house = House::under(SHARE);
    let api = &house.api;
    // A line break in a name is none of a name: the row says so, and stops nothing.
    let (rows, summary) = csv(api, "of=advocates&preset=dub", DUB_PARTNERS);
    assert_eq!(
        rows[0],
        "2 refused `name` must be 1 to 200 characters, without control characters or blanks at its ends"
    );
    assert_eq!(rows[1..3], ["4 created", "5 created"]);
    assert!(rows[3].starts_with("6 refused external_id: "), "{rows:?}");
    assert_eq!(rows[4], "7 created");
    assert_eq!(summary, counts(3, 0, 0, 2));
    let of = |column: &str| {
        api.column(&format!(
            "SELECT {column} FROM advocates WHERE external_id LIKE 'pn%' ORDER BY external_id"
        ))
    };
    assert_eq!(of("name"), ["Bob", "Carl", FORMULA]);
    assert_eq!(of("kind"), ["partner"; 3]);
    assert_eq!(of("status"), ["active", "disabled", "active"]);

    // Customers as the API lists them.
    let customer = |n: u8, partner: &Value| {
        json!({"id": format!("cus_{n}"), "externalId": format!("user-{n}"),
            "name": format!("Customer {n}"), "email": format!("c{n}@example.org"),
            "createdAt": format!("2026-10-0{n}T08:00:00.000Z"), "partner": partner})
    };
    let (rows, _) = ndjson(
        api,
        "of=leads&preset=dub",
        &[
            customer(1, &json!({"id": "pn_bob", "email": "bob@example.com"})),
            customer(2, &json!({"email": "BOB@example.com"})),
            customer(3, &json!({"id": "pn_nobody"})),
            customer(4, &json!({"id": "pn_carl"})),
            customer(5, &Value::Null),
        ],
    );
    assert_eq!(rows[..2], ["1 created", "2 created"]);
    assert!(
        rows[2].starts_with("3 refused `advocate` there is no advocate `ext:pn_nobody`"),
        "{rows:?}"
    );
    assert_eq!(
        rows[3],
        "4 refused `advocate` is of an advocate who is disabled"
    );
    assert_eq!(rows[4], "5 created");
    assert_eq!(
        api.column(
            "SELECT concat_ws(' ', l.email, a.external_id, l.medium, l.touch)
             FROM leads l LEFT JOIN advocates a ON a.number = l.advocate ORDER BY l.email"
        ),
        [
            "c1@example.org pn_bob 12 import",
            "c2@example.org pn_bob 12 import",
            "c5@example.org"
        ]
    );

    // Commissions as the dashboard exports them, in Latin-1, with other columns first.
    let mut file: Vec<u8> = b"Customer name;Customer email;Type;Status;Amount;Currency;ID;\
        Invoice ID;Created at;Customer external ID\n"
        .to_vec();
    file.extend(b"J\xf6rg;c1@example.org;sale;paid;$1,234.50;usd;cm_1;in_1;2026-10-05T08:00:00.000Z;user-1\n");
    file.extend(
        b";c2@example.org;sale;refunded;4999;usd;cm_2;in_2;2026-10-06T08:00:00.000Z;user-2\n",
    );
    file.extend(b";;sale;pending;\"1.000,00\";eur;cm_3;;2026-10-06T08:00:00.000Z;user-9\n");
    file.extend(b";;click;pending;0;usd;cm_4;;2026-10-06T08:00:00.000Z;\n");
    file.extend(b";;sale;fraud;5;usd;cm_5;;2026-10-06T08:00:00.000Z;user-9\n");
    file.extend(b";;sale;paid;1E+5;usd;cm_6;;2026-10-06T08:00:00.000Z;user-9\n");
    let (rows, summary) = csv(api, "of=conversions&preset=dub", file.clone());
    assert_eq!(rows[..3], ["2 created", "3 created", "4 created"]);
    assert_eq!(rows[3], "5 refused type: is `click`, and no sale");
    assert_eq!(
        rows[4],
        "6 refused state: is `fraud`: nothing is earned by it"
    );
    assert!(rows[5].starts_with("7 refused amount: "), "{rows:?}");
    assert_eq!(summary, counts(3, 0, 0, 3));
    assert_eq!(
        api.column(
            "SELECT concat_ws(' ', order_id, amount, currency, refunded, matched_by) FROM net_sales
             ORDER BY order_id"
        ),
        [
            "cm_3 100000 EUR 0",
            "in_1 123450 USD 0 customer",
            "in_2 4999 USD 4999 customer"
        ]
    );
    // What they sold is credited, and rewarded by our rules.
    let rewarded = "SELECT concat_ws(' ', a.external_id, r.order_id, r.state)
        FROM rewards r JOIN advocates a ON a.number = r.advocate ORDER BY 1";
    let rewards = api.column(rewarded);
    assert!(
        rewards.contains(&"pn_bob in_1 pending".to_owned()),
        "{rewards:?}"
    );

    // The same files again change nothing.
    let before = api.dump();
    let (_, summary) = csv(api, "of=advocates&preset=dub", DUB_PARTNERS);
    assert_eq!(summary, counts(0, 0, 3, 2));
    let (_, summary) = csv(api, "of=conversions&preset=dub", file);
    assert_eq!(summary, counts(0, 0, 3, 3));
    assert_eq!(api.dump(), before);
}

#[test]
fn rewardfuls_affiliates_referrals_and_commissions_come_over() {
    let house = House::under(SHARE);
    let api = &house.api;
    let affiliates = "last_name,state,first_name,token,email,id,paypal_email\n\
        Jones,active,Adam,adam,adam@example.com,d0ed8392-8880-4f39-8715-60230f9eceab,\n\
        Eve,suspicious,Mallory,m,eve@example.com,aa-2,\n";
    let (rows, _) = csv(api, "of=advocates&preset=rewardful", affiliates);
    assert_eq!(rows, ["2 created", "3 created"]);
    assert_eq!(
        api.column(
            "SELECT concat_ws(' ', name, kind, status) FROM advocates
             WHERE email IS NOT NULL ORDER BY name"
        ),
        ["Adam Jones partner active", "Mallory Eve partner disabled"]
    );

    // The file of customers that Rewardful itself takes in: the affiliate's address.
    // With a date: what was sold before a referral is nobody's merit.
    let customers = "stripe_customer_id,first_name,last_name,email,token,created_at\n\
        cus_A,Adam,Jones,adam@example.com,adam,2026-10-03\n\
        cus_B,Nobody,Known,nobody@example.com,n,2026-10-03\n";
    let (rows, _) = csv(api, "of=leads&preset=rewardful", customers);
    assert_eq!(rows[0], "2 created");
    assert_eq!(
        rows[1],
        "3 refused `advocate` there is nobody of that address in the program"
    );
    let referrals = [
        json!({"id": "r1", "conversion_state": "lead", "created_at": "2026-10-01T08:00:00.000Z",
            "became_lead_at": "2026-10-02T08:00:00.000Z", "stripe_customer_id": "cus_C",
            "customer": {"id": "cus_C", "name": "Fred", "email": "fred@example.org"},
            "affiliate": {"id": "d0ed8392-8880-4f39-8715-60230f9eceab", "email": "x@example.com"}}),
        json!({"id": "r2", "conversion_state": "visitor", "created_at": "2026-10-01T08:00:00.000Z"}),
    ];
    let (rows, _) = ndjson(api, "of=leads&preset=rewardful", &referrals);
    assert_eq!(rows[0], "1 created");
    assert!(
        rows[1].starts_with("2 refused state: is `visitor`"),
        "{rows:?}"
    );
    assert_eq!(
        api.column("SELECT concat_ws(' ', kind, at, recorded_by) FROM touches ORDER BY at LIMIT 1"),
        ["import 1790841600000 admin"]
    );

    let sale = |charge: &str, charged: i64, back: i64, customer: &str, state: &str| {
        json!({"id": format!("co_{charge}"), "amount": 3000, "currency": "USD", "state": state,
            "sale": {"id": "s", "currency": "USD", "charged_at": "2026-10-19T16:28:25.000Z",
                "stripe_charge_id": charge, "charge_amount_cents": charged,
                "refund_amount_cents": back, "tax_amount_cents": 1_000,
                "sale_amount_cents": charged - 1_000,
                "referral": {"stripe_customer_id": customer, "customer": {"email": null}}}})
    };
    let commissions = [
        sale("ch_1", 11_000, 0, "cus_A", "due"),
        sale("ch_2", 11_000, 4_000, "cus_C", "voided"),
        sale("ch_3", 11_000, 0, "cus_C", "voided"),
    ];
    let (rows, _) = ndjson(api, "of=conversions&preset=rewardful", &commissions);
    assert_eq!(rows[..2], ["1 created", "2 created"]);
    assert!(
        rows[2].starts_with("3 refused state: is `voided`"),
        "{rows:?}"
    );
    assert_eq!(
        api.column(
            "SELECT concat_ws(' ', order_id, amount, refunded, matched_by) FROM net_sales ORDER BY 1"
        ),
        ["ch_1 10000 0 customer", "ch_2 10000 3636 customer"]
    );
    let before = api.dump();
    csv(api, "of=leads&preset=rewardful", customers);
    ndjson(api, "of=leads&preset=rewardful", &referrals);
    ndjson(api, "of=conversions&preset=rewardful", &commissions);
    assert_eq!(api.dump(), before);
}

#[test]
fn our_own_columns_are_those_of_the_api() {
    let house = House::under(SHARE);
    let api = &house.api;
    let advocates = "external_id;kind;name;email;segment;owner\n\
        crm-1;customer;Müller;m@example.com;gold;lea\n\
        ;employee;Jo;jo@example.com;;\n\
        crm-2;alien;X;;;\n\
        crm-3;customer;Y;;;nobody\n\
        ;customer;Z;;;\n\
        crm-4;;;;;\n";
    let (rows, _) = csv(api, "of=advocates", advocates);
    assert_eq!(rows[..2], ["2 created", "3 created"]);
    assert!(
        rows[2].starts_with("4 refused `kind` unknown variant `alien`"),
        "{rows:?}"
    );
    assert_eq!(rows[3], "5 refused `owner` there is no rep `nobody`");
    assert!(rows[4].starts_with("6 refused `external_id` is missing, and so is `email`"));
    assert_eq!(rows[5], "7 refused `name` is missing");

    // Who was known by the address alone has an external id from now on; another
    // cell changes who is there.
    let changed = "email,external_id,name,kind\njo@example.com,crm-5,Jo,employee\n\
        m@example.com,,Mueller,customer\nm@example.com,crm-9,M,customer\n";
    let (rows, _) = csv(api, "of=advocates", changed);
    assert_eq!(rows[..2], ["2 updated", "3 updated"]);
    assert!(rows[2].contains("who has another external id"), "{rows:?}");
    assert_eq!(
        api.column(
            "SELECT concat_ws(' ', external_id, name, segment, owner) FROM advocates
             WHERE email IS NOT NULL ORDER BY 1"
        ),
        ["crm-1 Mueller gold 1", "crm-5 Jo"]
    );

    let code = json!({"program": "customers", "advocate": "ext:crm-1", "medium": "phone"});
    let code = api.post("/v1/codes", &code).expect(201);
    let code = code["code"].as_str().unwrap();
    let leads = format!(
        "email,name,at,advocate,medium,touched_at,code\n\
         a@example.org,A,2026-10-02 10:00,ext:crm-1,linkedin,2026-10-01 09:00,\n\
         b@example.org,B,2026-10-02,,,,{code}\n\
         c@example.org,C,10/1/2026,,,,\n\
         d@example.org,D,2030-01-01,,,,\n"
    );
    let (rows, _) = csv(api, "of=leads", leads.clone());
    assert_eq!(rows[..2], ["2 created", "3 created"]);
    assert!(rows[2].starts_with("4 refused at: "), "{rows:?}");
    assert!(
        rows[3].starts_with("5 refused `at` must be a time"),
        "{rows:?}"
    );
    let (rows, _) = csv(api, "of=leads&dates=mdy", leads);
    assert_eq!(rows[..3], ["2 unchanged", "3 unchanged", "4 created"]);
    // Somebody else's word is another touch.
    let (rows, _) = csv(
        api,
        "of=leads",
        "email,advocate,at\na@example.org,ext:crm-5,2026-10-01\n",
    );
    assert_eq!(rows, ["2 updated"]);
    let lead = api.column("SELECT id FROM leads WHERE email = 'a@example.org'");
    let why = api.get(&format!("/v1/leads/{}/why", lead[0])).expect(200);
    let touches = why["decisions"].as_array().unwrap().last().unwrap()["touches"].clone();
    assert_eq!(touches.as_array().unwrap().len(), 2);
    assert_eq!(touches[0]["kind"], "import");

    let shares = "event_id,advocate,kind,channel,at\ne-1,ext:crm-1,sent,email,2026-10-03\n\
        ,ext:crm-1,sent,email,2026-10-03\ne-2,ext:nobody,sent,email,2026-10-03\n";
    let (rows, _) = csv(api, "of=shares", shares);
    assert_eq!(
        rows[..2],
        [
            "2 created",
            "3 refused `event_id` is missing: a share is known by it"
        ]
    );
    let (rows, _) = csv(api, "of=shares", shares);
    assert_eq!(rows[0], "2 unchanged");
    let (rows, _) = csv(api, "of=shares", shares.replace("email", "social"));
    assert!(
        rows[0].starts_with("2 refused another share was recorded"),
        "{rows:?}"
    );
    let stats = api.stats("from=2026-10-01&by=channel");
    assert_eq!(stats["total"]["shares"]["sent"], 1);
}

#[test]
fn a_number_with_a_point_is_refused_where_it_is_read_and_kept_as_no_sentence() {
    let house = House::under(SHARE);
    let api = &house.api;
    let row = |name: Value, more: Value| json!({"external_id": "n-1", "kind": "customer", "name": name, "score": more});
    let rows = [row(json!(1.5), json!(1)), row(json!("Ann"), json!(1.5))];
    let (rows, _) = ndjson(api, "of=advocates", &rows);
    let why = "write a number with a point as a text";
    assert_eq!(
        rows,
        [format!("1 refused name: {why}"), "2 created".to_owned()]
    );
    let sale = |amount: Value| {
        json!({"type": "sale", "id": "o-1", "amount": amount, "currency": "USD",
            "createdAt": "2026-10-05"})
    };
    let sales = [sale(json!(12.5)), sale(json!("12.345")), sale(json!("€12"))];
    let (rows, _) = ndjson(api, "of=conversions&preset=dub", &sales);
    assert_eq!(
        rows,
        [
            format!("1 refused amount: {why}"),
            "2 refused amount: `12.345` can be two amounts; say `decimal=point` or `decimal=comma`"
                .to_owned(),
            "3 refused amount: `€12`: € is no sign of USD".to_owned(),
        ]
    );
}

#[test]
fn our_own_amounts_are_in_minor_units() {
    let house = House::under(SHARE);
    let api = &house.api;
    let conversions = "kind,order_id,refund_id,amount,currency,email,at\n\
        sale,o-1,,123456,USD,a@example.org,2026-10-03\n\
        refund,o-1,r-1,(3456),USD,,2026-10-04\n\
        refund,o-1,r-2,3456,USD,,2026-10-04\n\
        sale,o-2,,12,,a@example.org,2026-10-03\n\
        sale,o-3,,\"1,234.56\",USD,a@example.org,2026-10-03\n";
    let (rows, _) = csv(api, "of=conversions", conversions);
    assert_eq!(rows[0], "2 created");
    let in_minor = "in minor units, as the API has them";
    assert!(
        rows[1].starts_with("3 refused amount: ") && rows[1].contains(in_minor),
        "{rows:?}"
    );
    assert_eq!(rows[2..4], ["4 created", "5 refused `currency` is missing"]);
    assert!(
        rows[4].starts_with("6 refused amount: ") && rows[4].contains(in_minor),
        "{rows:?}"
    );
    assert_eq!(
        api.column("SELECT concat_ws(' ', order_id, amount, refunded) FROM net_sales"),
        ["o-1 123456 3456"]
    );
    // An export, or what was sent to the API, is read as it is.
    let sale = json!({"kind": "sale", "order_id": "o-1", "amount": 123_456, "currency": "USD",
        "email": "a@example.org", "at": "2026-10-03T12:00:00Z"});
    let (rows, _) = ndjson(api, "of=conversions", &[sale]);
    assert_eq!(rows, ["1 unchanged"]);
    // Another sum under the same order is a contradiction, and is not taken.
    let (rows, _) = csv(
        api,
        "of=conversions",
        conversions.replace("123456", "199900"),
    );
    assert!(rows[0].starts_with("2 refused the order `o-1` is recorded already"));
}

#[test]
fn a_dry_run_writes_nothing_and_says_the_same() {
    let house = House::under(SHARE);
    let api = &house.api;
    csv(
        api,
        "of=advocates",
        "external_id,kind,name\ncrm-1,customer,M\n",
    );
    let files = [
        (
            "of=advocates",
            "external_id,kind,name\ncrm-1,customer,M\ncrm-1,customer,N\ncrm-2,customer,X\n\
             crm-2,customer,X\ncrm-3,alien,Z\n",
        ),
        (
            "of=leads",
            "email,advocate,at\na@example.org,ext:crm-1,2026-10-01\n\
             a@example.org,ext:crm-1,2026-10-01\nb@example.org,ext:zz,2026-10-01\n",
        ),
        (
            "of=conversions",
            "kind,order_id,amount,currency,at\nsale,o-1,12,USD,2026-10-01\n\
             sale,o-1,12,USD,2026-10-01\nsale,o-1,13,USD,2026-10-01\n",
        ),
        (
            "of=shares",
            "event_id,advocate,kind,channel,at\ne-1,ext:crm-1,sent,email,2026-10-03\n\
             e-1,ext:crm-1,sent,email,2026-10-03\n",
        ),
    ];
    for (query, file) in files {
        let before = api.dump();
        let (said, dry) = csv(api, &format!("{query}&dry_run=true"), file);
        assert_eq!(api.dump(), before, "{query}");
        let (done, summary) = csv(api, query, file);
        assert_eq!(dry, summary, "{query}: {said:?} {done:?}");
        let outcomes = |rows: &[String]| -> Vec<String> {
            let words = rows
                .iter()
                .map(|row| row.split(' ').nth(1).unwrap().to_owned());
            words.collect()
        };
        assert_eq!(outcomes(&said), outcomes(&done), "{query}");
        assert_ne!(api.dump(), before, "{query}");
    }
}

#[test]
fn a_long_file_goes_on_from_where_a_call_has_ended() {
    let house = House::under(SHARE);
    let api = &house.api;
    let rows: Vec<String> = (0..130)
        .map(|n| format!("lead{n}@example.org,\"Lead\n{n}\"\n"))
        .collect();
    let file = ["email,name\n", &rows.concat()].concat();
    // Two lines a row, so that lines are not rows.
    let file = file.replace("\"Lead\n", "\"\n");
    let mut from = 0;
    let mut calls = 0;
    loop {
        let (rows, summary) = csv(api, &format!("of=leads&from_line={from}"), file.clone());
        assert!(rows.iter().all(|row| row.ends_with(" created")), "{rows:?}");
        calls += 1;
        match summary["next_line"].as_u64() {
            Some(next) => from = next,
            None => break,
        }
    }
    assert_eq!(calls, 5);
    assert_eq!(
        api.column("SELECT CAST(count(*) AS TEXT) FROM leads"),
        ["130"]
    );

    // Cut in the middle, a file says from where it goes on.
    let broken = vec![
        Ok(Bytes::from_static(b"email\nx@example.org\ny@exa")),
        Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
    ];
    let answer = api
        .request(Method::POST, "/v1/imports?program=customers&of=leads")
        .key(ADMIN)
        .body(
            "text/csv",
            pieces(broken.into_iter(), Arc::new(AtomicUsize::new(0))),
        )
        .send();
    let (rows, summary) = told(&lines(&answer));
    assert_eq!(rows, ["2 created"]);
    assert_eq!(summary["next_line"], 3);
}

#[test]
fn the_report_is_a_csv_where_that_is_preferred_and_is_harmless() {
    let house = House::under(SHARE);
    let api = &house.api;
    let answer = api
        .request(Method::POST, "/v1/imports?program=customers&of=shares")
        .key(ADMIN)
        .header("accept", "text/csv")
        .body(
            "text/csv",
            "event_id,advocate,kind,channel\n'=1+1,ext:maya,sent,email\n'-2,ext:maya,sent,mail\n",
        )
        .send();
    assert_eq!(
        answer.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    let rows: Vec<&str> = answer.text.lines().collect();
    assert_eq!(rows[0], "line,outcome,id,error");
    assert_eq!(rows[1], "2,created,'=1+1,");
    assert!(rows[2].starts_with("3,refused,,"), "{rows:?}");
    assert_eq!(
        rows[3],
        ",summary,,\"created 1, updated 0, unchanged 0, refused 1\""
    );
    assert_eq!(api.column("SELECT event FROM shares"), ["=1+1"]);
}

#[test]
fn an_import_is_in_the_audit_log_and_needs_its_scope() {
    let house = House::under(SHARE);
    let api = &house.api;
    let file = "external_id,kind,name\ncrm-1,customer,M\n";
    csv(api, "of=advocates&dry_run=true", file);
    csv(api, "of=advocates", file);
    csv(api, "of=advocates", file);
    assert_eq!(
        api.column("SELECT concat_ws(' ', by, program, action, subject, detail) FROM audit"),
        [
            "admin 1 import.begun advocates {}",
            r#"admin 1 import advocates {"created":1,"updated":0,"unchanged":0,"refused":0,"next_line":null}"#
        ]
    );
    let key = api.key(&["advocates:write"]);
    let other = api.request(Method::POST, "/v1/imports?program=customers&of=advocates");
    other.key(&key).body("text/csv", file).send().problem(403);
    for (query, field) in [
        ("of=advocates&preset=x", "preset"),
        ("of=shares&preset=dub", "preset"),
        ("of=cats", "of"),
        ("of=leads&dates=ymd", "dates"),
        ("", "of"),
    ] {
        assert_eq!(
            ask(api, query, "text/csv", file).field().0,
            field,
            "{query}"
        );
    }
    ask(api, "of=leads", "application/json", "{}").problem(415);
    let nowhere = api.request(Method::POST, "/v1/imports?program=nowhere&of=leads");
    let nowhere = nowhere.key(ADMIN).body("text/csv", "email\n").send();
    assert_eq!(nowhere.field().0, "program");
}

#[test]
fn a_database_that_fails_ends_the_call_where_it_is() {
    let house = House::under(SHARE);
    let api = &house.api;
    let mut body = api
        .request(Method::POST, "/v1/imports?program=customers&of=advocates")
        .key(ADMIN)
        .body(
            "text/csv",
            "external_id,kind,name\ncrm-1,customer,M\ncrm-2,customer,M\n",
        )
        .start()
        .into_parts()
        .body
        .into_pieces();
    let mut next = || crate::harness::block_on(futures_util::StreamExt::next(&mut body));
    assert!(next().unwrap().is_ok());
    api.database_fails(true);
    let last: Value = serde_json::from_slice(&next().unwrap().unwrap()).unwrap();
    assert_eq!(last["summary"]["next_line"], 3);
    assert!(next().is_none());
    api.database_fails(false);
    assert!(crate::harness::noted()[0].starts_with("an import was interrupted: "));
}

#[test]
fn exported_advocates_come_in_unchanged() {
    let house = House::under(SHARE);
    let api = &house.api;
    for (n, name) in [
        "=1+1",
        "+49 30",
        "-Minus",
        "@home",
        "'quoted",
        "Plain, \"Jane\"",
    ]
    .iter()
    .enumerate()
    {
        house.advocate(&format!("=x{n}"), "customer", &json!({"name": name}));
    }
    let before = api.dump();
    let exported = api.get("/v1/export?format=csv&table=advocates").text;
    let (rows, summary) = csv(api, "of=advocates", exported.clone());
    assert!(
        rows.iter().all(|row| row.ends_with("unchanged")),
        "{rows:?}"
    );
    assert_eq!(summary["unchanged"], 7);
    let names = |api: &Api| {
        api.column("SELECT concat_ws('|', external_id, name) FROM advocates ORDER BY external_id")
    };
    assert_eq!(
        before.len() + 2,
        api.dump().len(),
        "the audit log has the export, the outbox tells of it"
    );
    let other = Api::furnished();
    csv(&other, "of=advocates", exported);
    assert_eq!(names(&other), names(api));
}

#[test]
fn a_row_without_dates_sent_again_changes_nothing_whoever_sends_it() {
    let house = House::under(SHARE);
    let api = &house.api;
    let code = json!({"program": "customers", "advocate": "ext:maya", "medium": "phone"});
    let code = api.post("/v1/codes", &code).expect(201);
    let code = code["code"].as_str().unwrap();
    let leads = format!("email,advocate,code\na@example.org,ext:maya,\nb@example.org,,{code}\n");
    let (rows, _) = csv(api, "of=leads", leads.clone());
    assert_eq!(rows, ["2 created", "3 created"]);
    house.days(1);
    let before = api.dump();
    let (rows, _) = csv(api, "of=leads", leads.clone());
    assert_eq!(rows, ["2 unchanged", "3 unchanged"]);
    let key = api.key(&["imports:write"]);
    let other = api.request(Method::POST, "/v1/imports?program=customers&of=leads");
    let other = other.key(&key).body("text/csv", leads).send();
    assert_eq!(told(&lines(&other)).0, ["2 unchanged", "3 unchanged"]);
    let kept = |dump: Vec<String>| -> Vec<String> {
        let of_the_call = ["api_keys|", "audit|", "events|"];
        let own = |line: &String| !of_the_call.iter().any(|table| line.starts_with(table));
        dump.into_iter().filter(own).collect()
    };
    assert_eq!(kept(api.dump()), kept(before));
    // A date that is stated is another touch.
    let dated = "email,advocate,touched_at\na@example.org,ext:maya,2026-10-01\n";
    assert_eq!(csv(api, "of=leads", dated).0, ["2 updated"]);
    assert_eq!(csv(api, "of=leads", dated).0, ["2 unchanged"]);
}

#[test]
fn a_lead_that_is_here_gets_what_is_not_known_of_it() {
    let house = House::under(SHARE);
    let api = &house.api;
    house.sale(&json!({"order_id": "o-1", "amount": 900, "customer": "cus_1"}));
    let bare = "email,advocate,at\na@example.org,ext:maya,2026-10-01\nb@example.org,,2026-10-01\n";
    assert_eq!(csv(api, "of=leads", bare).0, ["2 created", "3 created"]);
    let more = "email,advocate,at,name,company,phone,customer\n\
        a@example.org,ext:maya,2026-10-01,Ann,Acme,+49 30,cus_1\n\
        b@example.org,,2026-10-01,Ben,,,\n";
    let (rows, _) = csv(api, "of=leads&dry_run=true", more);
    assert_eq!(rows, ["2 updated", "3 updated"]);
    assert_eq!(csv(api, "of=leads", more).0, ["2 updated", "3 updated"]);
    let people = "SELECT concat_ws(' ', email, name, company, phone, customer) FROM leads
        ORDER BY email";
    assert_eq!(
        api.column(people),
        ["a@example.org Ann Acme +49 30 cus_1", "b@example.org Ben"]
    );
    assert_eq!(
        api.column("SELECT CAST(count(*) AS TEXT) FROM touches"),
        ["1"]
    );
    assert_eq!(
        api.column("SELECT l.email FROM sales s JOIN leads l ON l.id = s.lead"),
        ["a@example.org"]
    );
    // What is known stays, and what is said again is no news.
    let before = api.dump();
    let (rows, _) = csv(api, "of=leads", more.replace("Ann", "Anna"));
    assert_eq!(rows, ["2 unchanged", "3 unchanged"]);
    assert_eq!(api.dump(), before);
}

#[test]
fn what_was_given_back_follows_the_total_of_the_other_system() {
    let house = House::under(SHARE);
    let api = &house.api;
    let row = |back: i64| {
        json!({"id": "co_1", "state": "paid", "sale": {"currency": "USD",
            "charged_at": "2026-10-19T16:28:25.000Z", "stripe_charge_id": "ch_1",
            "charge_amount_cents": 11_900, "tax_amount_cents": 1_900,
            "refund_amount_cents": back}})
    };
    let taken = |row: Value| ndjson(api, "of=conversions&preset=rewardful", &[row]).0;
    let refunded = || {
        api.column(
            "SELECT concat_ws(' ', refund_id, amount) FROM refunds ORDER BY amount DESC, refund_id",
        )
    };
    assert_eq!(taken(row(5_950)), ["1 created"]);
    assert_eq!(refunded(), ["reconciled/ch_1/5000 5000"]);
    assert_eq!(taken(row(5_950)), ["1 unchanged"]);
    // More was given back since: that is a refund of its own.
    assert_eq!(taken(row(8_330)), ["1 created"]);
    assert_eq!(
        refunded(),
        ["reconciled/ch_1/5000 5000", "reconciled/ch_1/7000 2000"]
    );
    // As much again as is here is not what is here.
    assert_eq!(taken(row(10_710)), ["1 created"]);
    assert_eq!(taken(row(11_900)), ["1 created"]);
    let before = api.dump();
    assert_eq!(taken(row(11_900)), ["1 unchanged"]);
    assert_eq!(api.dump(), before);
    assert_eq!(
        api.column("SELECT concat_ws(' ', amount, refunded) FROM net_sales"),
        ["10000 10000"]
    );
}

#[test]
fn a_sale_whose_refund_fails_is_reported_as_created() {
    let house = House::under(SHARE);
    let api = &house.api;
    // The refund's id is taken by one of another order.
    house.sale(&json!({"order_id": "o-9", "amount": 900}));
    house.refund_some("o-9", "reconciled/ch_1/5000", Some(100));
    let row = json!({"id": "co_1", "state": "paid", "sale": {"currency": "USD",
        "charged_at": "2026-10-19T16:28:25.000Z", "stripe_charge_id": "ch_1",
        "charge_amount_cents": 10_000, "refund_amount_cents": 5_000}});
    let answer = ask(
        api,
        "of=conversions&preset=rewardful",
        "application/x-ndjson",
        row.to_string(),
    );
    let told = lines(&answer);
    assert_eq!(told[0]["outcome"], "created");
    assert_eq!(told[0]["id"], "ch_1");
    let error = told[0]["error"].as_str().unwrap();
    assert!(
        error.contains("is recorded already, and is different"),
        "{error}"
    );
    assert_eq!(told[1]["summary"], counts(1, 0, 0, 0));
    let again = ndjson(api, "of=conversions&preset=rewardful", &[row]).0;
    assert!(again[0].starts_with("1 refused "), "{again:?}");
}
