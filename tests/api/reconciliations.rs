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
    jobs::settle,
};
use http::Method;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::harness::{ADMIN, Answer, Api, NOW, block_on};

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
#[expect(clippy::too_many_lines, reason = "a case a kind")]
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
    insta::assert_snapshot!(found.join("\n"), @"");
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
        @""
    );
}
