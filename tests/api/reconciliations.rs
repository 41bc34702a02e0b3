//! `/v1/reconciliations`: a file finds what it is about, and every difference has its
//! name.

use std::{
    collections::BTreeMap,
    io::{Error, ErrorKind},
    sync::Arc,
};

use bytes::Bytes;
use goodword::{
    domain::{channel::Medium, money::Currency, person},
    http::body::Body,
    jobs::{sessions, settle},
};
use http::Method;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::harness::{ADMIN, Answer, Api, NOW, at_once, block_on, pieces, walk};

mod mending;
mod presets;

const PATH: &str = "/v1/reconciliations?program=customers";

/// A hundred dollars for the first sale, and a tenth of each.
const RULES: &str = r#"{"rules": [
    {"id": "first", "who": "advocate", "when": "won",
      "pay": {"fixed": {"amount": 10000, "unit": "USD", "form": "credit"}}},
    {"id": "tenth", "who": "advocate", "when": "sale",
      "pay": {"percent": {"basis_points": 1000, "currency": "USD", "form": "cash"}}}]}"#;

/// A house with Maya, whose referrals are named by their addresses.
struct House {
    api: Api,
    maya: String,
    leads: BTreeMap<String, String>,
}

impl House {
    fn new() -> Self {
        let (api, maya) = Api::staffed();
        let rules: Value = serde_json::from_str(RULES).unwrap();
        api.put("/v1/programs/customers/rules", &rules).expect(200);
        let leads = BTreeMap::new();
        Self { api, maya, leads }
    }

    /// A lead of Maya's by e-mail, followed up by Jonas; answers their id.
    fn lead(&mut self, name: &str) -> String {
        let receipt = self.api.receipt(&self.maya, Medium::Email, NOW - 3_600_000);
        let lead = json!({"program": "customers", "receipts": [receipt],
            "prospect": {"email": format!("{name}@example.org"), "customer": format!("cus-{name}")}});
        let taken = self.api.post("/v1/leads", &lead).expect(201);
        let id = taken["id"].as_str().unwrap().to_owned();
        self.api
            .plant(&format!("UPDATE leads SET owner = 1 WHERE id = '{id}'"));
        self.leads.insert(id.clone(), name.to_owned());
        id
    }

    /// A lead who has bought.
    fn buyer(&mut self, name: &str, order: &str, amount: i64) -> String {
        let id = self.lead(name);
        self.sale(&json!({"lead": id, "order_id": order, "amount": amount}));
        id
    }

    fn sale(&self, fields: &Value) {
        let mut sale = json!({"program": "customers", "kind": "sale", "currency": "USD"});
        for (name, value) in fields.as_object().unwrap() {
            sale[name.as_str()] = value.clone();
        }
        self.api.post("/v1/conversions", &sale).expect(201);
    }

    /// What is found in a file, a line each, with names for ids.
    fn reconcile(&self, query: &str, csv: &str) -> Vec<String> {
        let run = self.upload(query, csv).expect(201);
        assert_eq!(run["status"], "compared");
        self.findings(&run)
    }

    fn upload(&self, query: &str, csv: &str) -> Answer {
        upload(&self.api, query, csv.to_owned())
    }

    fn findings(&self, run: &Value) -> Vec<String> {
        let path = format!(
            "/v1/reconciliations/{}/findings",
            run["id"].as_str().unwrap()
        );
        let all = self.api.get(&format!("{path}?limit=200")).expect(200);
        assert_eq!(all["next"], Value::Null);
        let items = all["items"].as_array().unwrap();
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for item in items {
            *counts.entry(item["kind"].as_str().unwrap()).or_default() += 1;
        }
        let told: BTreeMap<&str, u64> = run["kinds"]
            .as_array()
            .unwrap()
            .iter()
            .map(|kind| {
                (
                    kind["kind"].as_str().unwrap(),
                    kind["count"].as_u64().unwrap(),
                )
            })
            .collect();
        assert_eq!(counts, told);
        items
            .iter()
            .map(|item| {
                let text = |name: &str| match &item[name] {
                    Value::Null => "-".to_owned(),
                    Value::String(text) => match self.leads.get(text) {
                        Some(name) => name.clone(),
                        None => text.clone(),
                    },
                    other => other.to_string(),
                };
                format!(
                    "{} {} {} {}: {} / {}; {}",
                    text("line"),
                    text("kind"),
                    text("lead"),
                    text("order_id"),
                    text("ours"),
                    text("theirs"),
                    text("fix"),
                )
            })
            .collect()
    }
}

fn upload(api: &Api, query: &str, csv: impl Into<Body>) -> Answer {
    api.request(Method::POST, &format!("{PATH}{query}"))
        .key(ADMIN)
        .body("text/csv", csv)
        .send()
}

/// The fixes as they are kept, by the finding's kind.
fn fixes(api: &Api) -> Vec<String> {
    api.column("SELECT kind || ' ' || fix FROM findings WHERE fix IS NOT NULL ORDER BY run, n")
}

#[test]
fn every_difference_has_its_name_and_what_would_mend_it() {
    let mut house = House::new();
    house.buyer("same", "o-same", 5_000);
    house.buyer("less", "o-less", 5_000);
    house.buyer("euro", "o-euro", 5_000);
    house.buyer("absent", "o-absent", 7_000);
    house.buyer("refused", "o-refused", 5_000);
    house.buyer("back", "o-back", 5_000);
    house.buyer("handed", "o-handed", 5_000);
    let open = house.lead("open");
    house.lead("lost");
    house.lead("fresh");
    house.sale(&json!({"order_id": "o-nobody", "amount": 900, "customer": "cus-nobody"}));
    block_on(settle::all(house.api.db(), NOW)).unwrap();
    let file = format!(
        "order,lead,email,amount,refunded,currency,stage,owner,at,reason\n\
        o-same,,,50.00,0,USD,won,Jonas,2026-11-22,\n\
        o-less,,,49.50,,USD,won,,2026-11-22,\n\
        o-euro,,,50.00,,EUR,won,,2026-11-22,\n\
        o-refused,,,50.00,,USD,lost,,2026-11-22,no budget\n\
        o-back,,,50.00,20,USD,won,,2026-11-22,\n\
        o-handed,,,50.00,,USD,won,LEA,2026-11-22,\n\
        ,{open},,,,,meeting,lea,2026-11-22,\n\
        ,,lost@example.org,,,,lost,somebody,2026-11-22,too dear\n\
        o-fresh,,fresh@example.org,\"1,200.00\",,USD,won,,2026-11-22,\n\
        o-nobody,,,9.00,1.00,USD,won,,2026-11-22,\n\
        o-else,,else@example.org,12.00,,USD,won,,2026-11-22,\n\
        ,ld_gone,,,,,meeting,,2026-11-22,\n\
        ,,who@example.org,,,,meeting,,2026-11-22,\n\
        o-same,,,50.00,0,USD,won,Jonas,2026-11-22,\n\
        o-bad,,,fifty,,USD,won,,2026-11-22,\n"
    );
    let found = house.reconcile("", &file);
    insta::assert_snapshot!(found.join("\n"), @r"
    2 matched same o-same: USD 50.00 / USD 50.00; -
    3 amount_differs less o-less: USD 50.00 / USD 49.50; give the sale their amount
    4 amount_differs euro o-euro: USD 50.00 / EUR 50.00; -
    5 stage_differs refused o-refused: won / lost; -
    5 rewarded_but_not_won refused o-refused: USD 100.00, USD 5.00 / lost; hold the rewards
    6 refunded_but_not_reversed back o-back: refunded USD 0.00 / refunded USD 20.00; record the refund
    7 other_owner handed o-handed: jonas / LEA; hand the lead to lea
    8 stage_differs open -: new / meeting; take the lead to meeting
    8 other_owner open -: jonas / lea; hand the lead to lea
    9 stage_differs lost -: new / lost; take the lead to lost
    9 other_owner lost -: jonas / somebody; -
    10 missing_here fresh o-fresh: - / USD 1200.00; record the sale
    10 stage_differs fresh o-fresh: new / won; take the lead to won
    10 won_but_not_rewarded fresh o-fresh: new / USD 1200.00; record the sale
    11 amount_differs - o-nobody: USD 9.00, refunded USD 0.00 / USD 9.00, refunded USD 1.00; record the refund
    12 missing_here - o-else: - / USD 12.00; record the sale
    13 missing_here ld_gone -: - / meeting; -
    14 unrelated - -: - / meeting; -
    15 duplicate - o-same: - / repeats line 2; -
    16 unreadable - -: - / amount: `fifty` is no amount; -
    - missing_there absent o-absent: USD 70.00 / -; -
    ");
    insta::assert_snapshot!(
        fixes(&house.api)
            .iter()
            .map(|fix| {
                let mut fix = fix.clone();
                for (id, name) in &house.leads {
                    fix = fix.replace(id.as_str(), name);
                }
                fix.replace(&NOW.to_string(), "NOW")
            })
            .collect::<Vec<_>>()
            .join("\n"),
        @r#"
        amount_differs {"do":"amount","order":"o-less","was":5000,"amount":4950,"currency":"USD"}
        rewarded_but_not_won {"do":"hold","lead":"refused","order":"o-refused","others":1}
        refunded_but_not_reversed {"do":"refund","order":"o-back","amount":2000,"currency":"USD","at":NOW}
        other_owner {"do":"owner","lead":"handed","was":"jonas","rep":"lea"}
        stage_differs {"do":"stage","lead":"open","was":"new","stage":"meeting","at":NOW}
        other_owner {"do":"owner","lead":"open","was":"jonas","rep":"lea"}
        stage_differs {"do":"stage","lead":"lost","was":"new","stage":"lost","at":NOW,"reason":"too dear"}
        missing_here {"do":"sale","order":"o-fresh","amount":120000,"currency":"USD","at":NOW,"lead":"fresh"}
        stage_differs {"do":"stage","lead":"fresh","was":"new","stage":"won","at":NOW}
        won_but_not_rewarded {"do":"sale","order":"o-fresh","amount":120000,"currency":"USD","at":NOW,"lead":"fresh"}
        amount_differs {"do":"refund","order":"o-nobody","amount":100,"currency":"USD","at":NOW}
        missing_here {"do":"sale","order":"o-else","amount":1200,"currency":"USD","at":NOW,"email_hash":"77e2d8fe2dae687bf1f4b9f4911a2eeba04d18ebb22cefacc1383358ce66c70d"}
        "#
    );
}

#[test]
fn what_is_settled_late_is_told_and_what_is_settled_owes_nothing() {
    let mut house = House::new();
    let behind = house.buyer("behind", "o-behind", 5_000);
    // As if cron had yet to follow, and somebody had lost the reward's row.
    house.api.plant(
        "DELETE FROM payout_lines; PRAGMA foreign_keys = OFF;
        DROP TRIGGER ledger_is_not_shortened; DELETE FROM ledger; DELETE FROM rewards;
        UPDATE accounts SET settled = 0; PRAGMA foreign_keys = ON;",
    );
    let file = "order,amount,currency\no-behind,50,USD\n";
    assert_eq!(
        house.reconcile("", file),
        ["2 won_but_not_rewarded behind o-behind: won / USD 50.00; settle the account"]
    );
    assert_eq!(
        fixes(&house.api),
        [format!(
            r#"won_but_not_rewarded {{"do":"settle","lead":"{behind}"}}"#
        )]
    );
    house.api.plant("UPDATE accounts SET settled = changed");
    assert_eq!(
        house.reconcile("", file),
        ["2 matched behind o-behind: USD 50.00 / USD 50.00; -"]
    );
}

#[test]
fn our_id_goes_before_the_order_the_external_id_and_the_address() {
    let mut house = House::new();
    let named = house.lead("named");
    house.buyer("ordered", "o-1", 5_000);
    house.lead("external");
    house.lead("mailed");
    let rows = [
        (
            format!("{named},o-1,cus-external,mailed@example.org"),
            "named",
        ),
        (",o-1,cus-external,mailed@example.org".to_owned(), "ordered"),
        (",,cus-external,mailed@example.org".to_owned(), "external"),
        (",,,Mailed+tag@Example.org".to_owned(), "mailed"),
        // What names nobody is looked for by the next.
        ("ld_gone,,cus-gone,mailed@example.org".to_owned(), "mailed"),
    ];
    for (row, lead) in rows {
        let file = format!("lead,order,external,email,stage\n{row},lost\n");
        let found = house.reconcile("", &file);
        assert!(
            found[0].starts_with(&format!("2 stage_differs {lead} ")),
            "{row}: {found:?}"
        );
    }
    let hash = person::email_hash("mailed@example.org");
    let found = house.reconcile("", &format!("email_sha256,stage\n{hash},lost\n"));
    assert!(found[0].starts_with("2 stage_differs mailed "), "{found:?}");
}

#[test]
fn a_record_that_was_made_an_order_is_its_sale() {
    let mut house = House::new();
    house.buyer("made", "006-1", 5_000);
    let found = house.reconcile("", "record,amount,currency\n006-1,50,USD\n");
    assert_eq!(found, ["2 matched made 006-1: USD 50.00 / USD 50.00; -"]);
}

#[test]
fn a_sale_of_nobody_is_found_by_its_customer_and_its_address_and_by_the_leads() {
    let mut house = House::new();
    for (order, field, value) in [
        ("o-customer", "customer", "cus-x"),
        ("o-address", "email", "x@example.org"),
        ("o-before", "customer", "cus-later"),
    ] {
        house.sale(&json!({"order_id": order, "amount": 5_000, field: value,
            "at": "2026-11-01T00:00:00Z"}));
    }
    // They bought before they were referred: it is not the lead's, but it is theirs.
    house.lead("later");
    let file = "external,email,amount,currency,at\n\
        cus-x,,50,USD,2026-11-01\n,x@example.org,50,USD,2026-11-01\n\
        ,later@example.org,50,USD,2026-11-01\n";
    let found = house.reconcile("", file);
    let sold: Vec<_> = found
        .iter()
        .filter(|line| line.contains("missing"))
        .collect();
    assert!(sold.is_empty(), "{found:?}");
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found[0].starts_with("2 matched - o-customer"), "{found:?}");
    assert!(found[1].starts_with("3 matched - o-address"), "{found:?}");
    // The lead is won by none of our sales.
    assert!(
        found[2].starts_with("4 stage_differs later o-before: new / won"),
        "{found:?}"
    );
}

#[test]
fn who_has_several_deals_is_won_by_one_and_nothing_is_said_against_it() {
    let mut house = House::new();
    house.buyer("two", "o-two", 5_000);
    let file = "record,email,stage,amount,currency\n\
        d-1,two@example.org,lost,20,USD\nd-2,two@example.org,won,50,USD\n\
        d-3,two@example.org,Proposal,90,USD\n";
    let found = house.reconcile("", file);
    let kinds: Vec<&str> = found.iter().filter_map(|line| line.get(..9)).collect();
    assert_eq!(kinds, ["2 matched", "3 matched", "4 matched"], "{found:?}");
    // Alone, the one that is lost says that it is not won, and speaks of its sale.
    let file = "record,email,stage,at\nd-1,two@example.org,lost,2026-11-22\n";
    let found = house.reconcile("", file);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0], "2 stage_differs two -: won / lost; -");
    assert!(
        found[1].starts_with("2 rewarded_but_not_won two -: USD 100.00, USD 5.00 / lost; hold")
    );
}

#[test]
fn the_period_is_asked_for_or_that_of_the_file() {
    let mut house = House::new();
    for (name, day) in [("early", 1), ("middle", 10), ("late", 20)] {
        let lead = house.lead(name);
        house.sale(
            &json!({"lead": lead, "order_id": format!("o-{name}"), "amount": 5_000,
            "at": format!("2026-11-{day:02}T12:00:00Z")}),
        );
    }
    let missing = |query: &str, csv: &str| -> Vec<String> {
        let found = house.reconcile(query, csv);
        let missing = found.iter().filter(|line| line.contains("missing_there"));
        missing
            .map(|line| line.split(' ').nth(3).unwrap().replace(':', ""))
            .collect()
    };
    let file = "order,amount,currency,at\no-middle,50,USD,2026-11-10\n";
    assert!(missing("", file).is_empty());
    assert_eq!(missing("&since=2026-11-01", file), ["o-early"]);
    assert_eq!(missing("&until=2026-11-20", file), ["o-late"]);
    assert_eq!(
        missing("&since=2026-11-02&until=2026-11-20", file),
        ["o-late"]
    );
    assert_eq!(
        missing("&since=2026-11-01&until=2026-11-20", file),
        ["o-early", "o-late"]
    );
    // A file without times says nothing of what is not in it.
    let file = "order,amount,currency\no-middle,50,USD\n";
    assert!(missing("", file).is_empty());
    let run = house
        .upload("&since=2026-11-01&until=2026-11-20", file)
        .expect(201);
    assert_eq!(run["since"], "2026-11-01T00:00:00.000Z");
    assert_eq!(run["until"], "2026-11-20T23:59:59.999Z");
    for (query, field) in [
        ("&since=yesterday", "since"),
        ("&until=2026-13-01", "until"),
        ("&since=2026-11-02&until=2026-11-01", "since"),
    ] {
        assert_eq!(house.upload(query, file).field().0, field);
    }
}

#[test]
fn who_is_nobody_here_is_left_out_if_asked() {
    let mut house = House::new();
    house.buyer("here", "o-here", 5_000);
    let file = "order,email,amount,currency\n\
        o-here,,50,USD\no-else,,50,USD\n,who@example.org,50,USD\no-2,here@example.org,50,USD\n";
    let kinds = |found: &[String]| -> Vec<String> {
        let mut words = found.iter().map(|line| line.split(' ').take(2));
        let mut kinds: Vec<String> = Vec::new();
        for word in &mut words {
            kinds.push(word.collect::<Vec<_>>().join(" "));
        }
        kinds
    };
    assert_eq!(
        kinds(&house.reconcile("", file)),
        [
            "2 matched",
            "3 missing_here",
            "4 missing_here",
            "5 missing_here",
            "5 won_but_not_rewarded"
        ]
    );
    assert_eq!(
        kinds(&house.reconcile("&others=ignore", file)),
        [
            "2 matched",
            "3 unrelated",
            "4 unrelated",
            "5 missing_here",
            "5 won_but_not_rewarded"
        ]
    );
}

#[test]
fn rows_repeat_an_order_a_record_or_all_of_another() {
    let house = House::new();
    let file = "order,record,email,amount,currency\n\
        o-1,r-1,,1,USD\no-1,r-2,,2,USD\no-2,r-1,,1,USD\n\
        ,,a@example.org,1,USD\n,,b@example.org,1,USD\n,,a@example.org,1,USD\n,,a@example.org,2,USD\n";
    let found = house.reconcile("", file);
    let repeats: Vec<&str> = found
        .iter()
        .filter(|line| line.contains("duplicate"))
        .map(|line| line.rsplit(" / ").next().unwrap())
        .collect();
    assert_eq!(
        repeats,
        [
            "repeats line 2; -",
            "repeats line 2; -",
            "repeats line 5; -"
        ],
        "{found:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Rows that name no order are paired with a lead's sales: as many as there can be
    /// of equal amounts, the rest in the order of time, and no sale twice.
    #[test]
    fn rows_and_sales_are_paired_as_the_model_pairs_them(
        sales in proptest::collection::vec(1_i64..4, 0..6),
        rows in proptest::collection::vec(1_i64..4, 1..6),
    ) {
        let mut house = House::new();
        let lead = house.lead("many");
        for (n, amount) in sales.iter().enumerate() {
            house.sale(&json!({"lead": lead, "order_id": format!("o-{n}"), "amount": amount * 100,
                "at": format!("2026-11-{:02}T12:00:00Z", n + 1)}));
        }
        let mut file = "email,amount,currency,at,record\n".to_owned();
        for (n, amount) in rows.iter().enumerate() {
            file += "many@example.org,";
            file += &[amount.to_string(), "USD".to_owned(), format!("2026-11-{:02}", n + 1)].join(",");
            file += &[",r-", &n.to_string(), "\n"].concat();
        }
        let mut free: Vec<usize> = (0..sales.len()).collect();
        let mut pairs: Vec<Option<usize>> = rows
            .iter()
            .map(|amount| {
                let place = free.iter().position(|sale| sales[*sale] == *amount)?;
                Some(free.remove(place))
            })
            .collect();
        for pair in pairs.iter_mut().filter(|pair| pair.is_none()) {
            *pair = (!free.is_empty()).then(|| free.remove(0));
        }
        let mut expected: Vec<String> = pairs
            .iter()
            .enumerate()
            .map(|(n, pair)| match pair {
                Some(sale) if sales[*sale] == rows[n] => format!("{} matched o-{sale}", n + 2),
                Some(sale) => format!("{} amount_differs o-{sale}", n + 2),
                None => format!("{} missing_here -", n + 2),
            })
            .collect();
        expected.extend(free.iter().map(|sale| format!("- missing_there o-{sale}")));
        let found: Vec<String> = house
            .reconcile("&since=2026-11-01&until=2026-11-20", &file)
            .iter()
            .filter(|line| !line.contains("not_rewarded") && !line.contains("stage_differs"))
            .map(|line| {
                let words: Vec<&str> = line.split(' ').collect();
                format!("{} {} {}", words[0], words[1], words[3].trim_end_matches(':'))
            })
            .collect();
        prop_assert_eq!(found, expected);
    }
}

/// A file of 2,500 rows about nobody.
fn long() -> String {
    let rows = (1..=2_500).map(|n| format!("o-{n},{n}.00,USD\n"));
    format!("order,amount,currency\n{}", rows.collect::<String>())
}

/// The same, cut off after so many bytes.
fn cut(text: &str, bytes: usize) -> Body {
    let chunks = text.as_bytes()[..bytes]
        .chunks(4_000)
        .map(Bytes::copy_from_slice);
    let mut chunks: Vec<Result<Bytes, Error>> = chunks.map(Ok).collect();
    chunks.push(Err(Error::new(ErrorKind::ConnectionReset, "gone")));
    pieces(chunks.into_iter(), Arc::default())
}

#[test]
fn what_was_cut_off_goes_on_in_the_same_run_and_nothing_is_doubled() {
    let house = House::new();
    let api = &house.api;
    let file = long();
    let keyed = |key: &str, query: &str, body: Body| {
        let ask = api
            .request(Method::POST, &format!("{PATH}{query}"))
            .key(ADMIN);
        ask.header("idempotency-key", key)
            .body("text/csv", body)
            .send()
    };
    let problem = keyed("a", "", cut(&file, 40_000)).problem(400);
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("send all of it again")
    );
    let runs = api.get("/v1/reconciliations?program=customers").expect(200);
    let run = &runs["items"][0];
    let id = run["id"].as_str().unwrap().to_owned();
    assert_eq!(
        (&run["status"], &run["rows"]),
        (&json!("reading"), &json!(2_000))
    );
    assert_eq!(
        (&run["kinds"], &run["compared_at"]),
        (&json!([]), &Value::Null)
    );
    let whole = keyed("a", "", file.clone().into());
    assert_eq!(whole.header("idempotent-replayed"), None);
    let whole = whole.expect(201);
    assert_eq!(whole["id"], id);
    assert_eq!(
        (&whole["status"], &whole["rows"]),
        (&json!("compared"), &json!(2_500))
    );
    assert_eq!(
        whole["kinds"],
        json!([{"kind": "missing_here", "count": 2_500, "open": 2_500}])
    );
    let before = api.dump();
    let again = keyed("a", "", file.clone().into());
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.expect(201), whole);
    // Another file under the key, a part of it, more than it, and another question.
    let mut other = file.clone();
    other.replace_range(30..31, "7");
    let half: String = file.chars().take(20_000).collect();
    for body in [other.as_str(), half.as_str(), &format!("{file}o-x,1,USD\n")] {
        let problem = keyed("a", "", body.to_owned().into()).problem(409);
        assert!(problem["detail"].as_str().unwrap().contains("another file"));
    }
    keyed("a", "&others=ignore", file.clone().into()).problem(409);
    keyed("a", "", cut(&file, 40_000)).problem(400);
    assert_eq!(api.dump(), before);
    assert_eq!(
        api.column("SELECT count(*) || '' FROM reconciliation_rows"),
        ["0"]
    );
    assert_eq!(
        api.column("SELECT count(*) || '' FROM reconciliation_matches"),
        ["0"]
    );
    // Without a key, each is one of its own.
    let one = upload(api, "", file.clone()).expect(201);
    let two = upload(api, "", file).expect(201);
    assert_ne!(one["id"], two["id"]);
}

#[test]
fn the_same_file_twice_at_once_is_one_run() {
    let house = House::new();
    let file = long();
    let ask = || {
        let ask = house.api.request(Method::POST, PATH).key(ADMIN);
        ask.header("idempotency-key", "b")
            .body("text/csv", file.clone())
    };
    let answers = at_once(vec![ask(), ask(), ask()]);
    let runs: Vec<Value> = answers.iter().map(|answer| answer.expect(201)).collect();
    assert_eq!(runs[0], runs[1]);
    assert_eq!(runs[1], runs[2]);
    let found = house
        .api
        .column("SELECT count(*) || ' ' || count(DISTINCT line) FROM findings");
    assert_eq!(found, ["2500 2500"]);
}

#[test]
fn files_that_never_ended_are_forgotten_after_a_month() {
    let house = House::new();
    let api = &house.api;
    upload(api, "", cut(&long(), 40_000)).problem(400);
    let rows = || api.column("SELECT count(*) || '' FROM reconciliation_rows");
    let sweep = |days: i64| block_on(sessions::sweep(api.db(), NOW + days * 86_400_000)).unwrap();
    sweep(29);
    assert_eq!(rows(), ["2000"]);
    sweep(31);
    assert_eq!(rows(), ["0"]);
    let chunks = api.column("SELECT count(*) || '' FROM reconciliation_chunks");
    assert_eq!(chunks, ["0"]);
}

#[test]
fn a_run_is_compared_with_an_earlier_one() {
    let mut house = House::new();
    house.buyer("a", "o-a", 5_000);
    house.buyer("b", "o-b", 5_000);
    let run = |csv: &str| {
        house.upload("", csv).expect(201)["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let first = run("order,amount,currency\no-a,51,USD\no-b,52,USD\no-c,1,USD\n");
    let second = run("order,amount,currency\no-d,1,USD\no-a,53,USD\no-b,50,USD\n");
    let compare = |run: &str, with: &str, more: &str| {
        let path = format!("/v1/reconciliations/{run}/compare?with={with}{more}");
        house.api.get(&path).expect(200)
    };
    let changes = compare(&second, &first, "");
    let items: Vec<String> = changes["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            let text = |name: &str| item[name].as_str().unwrap_or("-").to_owned();
            format!("{} {} {}", text("change"), text("kind"), text("order_id"))
        })
        .collect();
    assert_eq!(
        items,
        [
            "new missing_here o-d",
            "gone amount_differs o-b",
            "gone missing_here o-c"
        ]
    );
    assert_eq!(
        (&changes["stayed"], &changes["new"], &changes["gone"]),
        (&json!(1), &json!(1), &json!(2))
    );
    // Page by page it is the same.
    let mut cursor = String::new();
    let mut paged = Vec::new();
    loop {
        let page = compare(&second, &first, &format!("&limit=1{cursor}"));
        paged.extend(page["items"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(&json!(paged), &changes["items"]);
    let same = compare(&second, &second, "");
    assert_eq!((&same["stayed"], &same["items"]), (&json!(2), &json!([])));
    let path = format!("/v1/reconciliations/{first}/compare?with=rc_0");
    assert_eq!(house.api.get(&path).field().0, "with");
    house
        .api
        .get("/v1/reconciliations/rc_0/compare?with=rc_0")
        .problem(404);
}

#[test]
fn findings_are_narrowed_paged_and_written_as_a_csv_that_runs_nothing() {
    let mut house = House::new();
    house.buyer("a", "=o-a", 5_000);
    let file = "order,amount,currency,owner\n=o-a,51,USD,=1+1\no-b,50,USD,\no-c,x,USD,\n";
    let run = house.upload("&name=November", file).expect(201);
    assert_eq!(
        (&run["name"], &run["unreadable"]),
        (&json!("November"), &json!(1))
    );
    let id = run["id"].as_str().unwrap();
    let path = format!("/v1/reconciliations/{id}/findings");
    let kinds = |query: &str| -> Vec<String> {
        let page = house.api.get(&format!("{path}{query}")).expect(200);
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|item| item["kind"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = [
        "amount_differs",
        "other_owner",
        "missing_here",
        "unreadable",
    ];
    assert_eq!(kinds(""), all);
    assert_eq!(kinds("?kind=other_owner"), ["other_owner"]);
    assert_eq!(kinds("?channel=email"), ["amount_differs", "other_owner"]);
    assert_eq!(kinds("?channel=verbal"), [""; 0]);
    assert_eq!(kinds("?state=applied"), [""; 0]);
    house.api.plant(
        "UPDATE findings SET applied_at = 1, applied_by = 'admin', outcome = '+done'
        WHERE kind = 'amount_differs'",
    );
    assert_eq!(kinds("?state=applied"), ["amount_differs"]);
    // Open is what can be mended: nobody is called as their owner is.
    assert_eq!(kinds("?state=open"), ["missing_here"]);
    assert_eq!(kinds("?state=open&kind=other_owner"), [""; 0]);
    let run = house
        .api
        .get(&format!("/v1/reconciliations/{id}"))
        .expect(200);
    assert_eq!(
        run["kinds"][0],
        json!({"kind": "amount_differs", "count": 1, "open": 0})
    );
    let csv = house.api.get(&format!("{path}?format=csv"));
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    let text = csv.text.replace(house.leads.keys().next().unwrap(), "LEAD");
    insta::assert_snapshot!(text, @r"
    n,kind,line,lead,order_id,channel,ours,theirs,fix,applied_at,applied_by,outcome
    36,amount_differs,2,LEAD,'=o-a,email,USD 50.00,USD 51.00,give the sale their amount,1970-01-01T00:00:00.001Z,Operator,'+done
    39,other_owner,2,LEAD,'=o-a,email,jonas,'=1+1,,,,
    51,missing_here,3,,o-b,,,USD 50.00,record the sale,,,
    64,unreadable,4,,,,,amount: `x` is no amount,,,,
    ");
    house
        .api
        .get("/v1/reconciliations/rc_0/findings")
        .problem(404);
    house.api.get("/v1/reconciliations/rc_0").problem(404);
    assert_eq!(house.api.get(&format!("{path}?kind=all")).field().0, "kind");
}

#[test]
fn a_csv_of_findings_streams_all_of_them() {
    let house = House::new();
    let run = house.upload("", &long()).expect(201);
    let path = format!(
        "/v1/reconciliations/{}/findings",
        run["id"].as_str().unwrap()
    );
    let csv = house
        .api
        .get(&format!("{path}?format=csv&kind=missing_here"));
    let mut reader = csv::Reader::from_reader(csv.text.as_bytes());
    let lines: Vec<String> = reader
        .records()
        .map(|row| row.unwrap()[2].to_owned())
        .collect();
    let expected: Vec<String> = (2..2_502).map(|line: u32| line.to_string()).collect();
    assert_eq!(lines, expected);
    // A thousand at a time, and as a page.
    let found = walk(&house.api, &path, 200, "order_id");
    assert_eq!(found.len(), 2_500);
}

#[test]
fn channels_have_the_totals_of_both_sides() {
    let mut house = House::new();
    house.buyer("a", "o-a", 5_000);
    house.buyer("b", "o-b", 3_000);
    house.sale(&json!({"order_id": "o-none", "amount": 100, "currency": "EUR"}));
    let file = "order,amount,currency,at\n\
        o-a,50,USD,2026-11-22\no-none,1.50,EUR,2026-11-22\no-new,7,USD,2026-11-22\nbad,x,USD,\n";
    let run = house
        .upload("&since=2026-11-22&until=2026-11-22", file)
        .expect(201);
    assert_eq!(
        run["channels"],
        json!([
            {"channel": "email",
             "ours": {"sales": 2, "amount_by_currency": [{"currency": "USD", "amount": 8_000}]},
             "theirs": {"sales": 1, "amount_by_currency": [{"currency": "USD", "amount": 5_000}]},
             "matched": 1, "differing": 1},
            {"channel": null,
             "ours": {"sales": 1, "amount_by_currency": [{"currency": "EUR", "amount": 100}]},
             "theirs": {"sales": 2, "amount_by_currency": [
                {"currency": "EUR", "amount": 150}, {"currency": "USD", "amount": 700}]},
             "matched": 0, "differing": 2},
        ])
    );
}

#[test]
fn what_is_no_file_is_refused_before_anything_is_written() {
    let house = House::new();
    let before = house.api.dump();
    assert_eq!(house.upload("", "").field().0, "(body)");
    assert_eq!(house.upload("", "order,amount\n").field().0, "(body)");
    let (field, detail) = house
        .upload("&preset=hubspot", "Deal Name,Amount\nA,1\n")
        .field();
    assert_eq!(field, "columns");
    assert!(detail.contains("Deal Name, Amount"), "{detail}");
    for (query, field) in [
        ("&preset=pipedrive", "preset"),
        ("&columns={", "columns"),
        ("&columns={%22order%22:7}", "columns.order"),
        ("&stages={%22Won%22:%22sold%22}", "stages"),
        ("&currency=usd", "currency"),
        ("&others=some", "others"),
        ("&decimal=dot", "decimal"),
        ("&dates=ymd", "dates"),
        ("&name=", "name"),
        ("&program=customers", "program"),
    ] {
        assert_eq!(
            house.upload(query, "order\no\n").field().0,
            field,
            "{query}"
        );
    }
    let ask = house.api.request(Method::POST, PATH).key(ADMIN);
    ask.json(&json!({})).send().problem(415);
    assert_eq!(house.api.dump(), before);
}

#[test]
fn currencies_without_hundredths_are_those_of_the_table() {
    let api = Api::new();
    let letters = || (b'A'..=b'Z').map(char::from);
    let mut expected = Vec::new();
    for a in letters() {
        for b in letters() {
            for c in letters() {
                let code = String::from_iter([a, b, c]);
                if let Some(places) = Currency::named(&code).map(Currency::exponent)
                    && places != 2
                {
                    expected.push(format!("{code} {places} {}", 10_u32.pow(places.into())));
                }
            }
        }
    }
    let table =
        "SELECT currency || ' ' || places || ' ' || units FROM minor_units ORDER BY currency";
    assert_eq!(api.column(table), expected);
}

#[test]
fn amounts_are_told_in_the_units_of_their_currency() {
    let mut house = House::new();
    for (name, currency) in [("yen", "JPY"), ("dinar", "KWD"), ("euro", "EUR")] {
        let lead = house.lead(name);
        house
            .sale(&json!({"lead": lead, "order_id": name, "amount": 12_005, "currency": currency}));
    }
    let file = "order,amount,currency\nyen,1,JPY\ndinar,1,KWD\neuro,1,EUR\n";
    let found = house.reconcile("", file);
    let told: Vec<&str> = found
        .iter()
        .map(|line| line.split(": ").nth(1).unwrap().split(';').next().unwrap())
        .collect();
    assert_eq!(
        told,
        [
            "JPY 12005 / JPY 1",
            "KWD 12.005 / KWD 1.000",
            "EUR 120.05 / EUR 1.00"
        ]
    );
}

#[test]
fn an_erasure_takes_what_findings_have_of_a_person() {
    let mut house = House::new();
    let lost = house.lead("gone");
    let file = "record,email,stage,amount,currency,reason\n\
        r-1,gone@example.org,lost,,,moved to Bern\nr-2,stranger@example.org,won,5,USD,\n";
    house.upload("", file).expect(201);
    upload(
        &house.api,
        "",
        cut(&format!("{file}{}", "x,,,,,\n".repeat(1_200)), 8_000),
    )
    .problem(400);
    let stranger = person::email_hash("stranger@example.org");
    let holds = |text: &str| {
        house
            .api
            .dump()
            .iter()
            .filter(|row| row.contains(text))
            .count()
    };
    assert!(holds("moved to Bern") > 1 && holds(&stranger) > 1);
    let of_lead = person::email_hash("gone@example.org");
    assert!(holds(&of_lead) > 1);
    house
        .api
        .post("/v1/people/erase", &json!({"lead": lost}))
        .expect(200);
    assert_eq!(holds("moved to Bern"), 0);
    assert_eq!(holds(&of_lead), 0);
    house.api.post(
        "/v1/people/erase",
        &json!({"email": "stranger@example.org"}),
    );
    assert_eq!(holds(&stranger), 0);
}

#[test]
fn an_erasure_finds_who_is_known_by_their_customer_id_alone() {
    let house = House::new();
    house.sale(
        &json!({"order_id": "o-x", "amount": 900, "customer": "cus-x",
        "email": "x@example.org"}),
    );
    // Another sale of theirs, which is not here.
    let file = "external,amount,currency,stage\ncus-x,9,USD,won\ncus-x,7,USD,won\n";
    house.upload("", file).expect(201);
    let holds = || {
        let count = "SELECT count(*) || '' FROM findings WHERE identity = 'cus-x'";
        house.api.column(count)
    };
    assert_ne!(holds(), ["0"]);
    house
        .api
        .post("/v1/people/erase", &json!({"email": "x@example.org"}))
        .expect(200);
    assert_eq!(holds(), ["0"]);
}
