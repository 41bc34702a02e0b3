//! The outbox: every change has its event, in the batch that makes it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::Api;

/// Tables whose changes nobody is told of, each with the reason.
const SILENT: &[(&str, &str)] = &[
    ("accounts", "derived"),
    ("advocate_visitors", "a hash that is gone in three days"),
    ("attempts", "what became of an event is none"),
    ("checks", "what they find has events"),
    ("clicks", "too many; statistics tell of them"),
    ("configuration", "derived"),
    ("contents", "by way of `changes`"),
    ("crm_connections", "by way of the audit log"),
    ("crm_events", "what they change has events"),
    ("crm_leads", "derived"),
    ("decisions", "who has the credit is told by the lead"),
    ("deliveries", "what became of an event is none"),
    ("destinations", "by way of `changes`"),
    ("disposable_domains", "came with a migration"),
    ("events", "itself"),
    ("findings", "by way of the reconciliation"),
    ("letter_plans", "when time was last looked at"),
    ("ledger", "by way of `rewards`, whose sums it moves"),
    ("mail_events", "so that each is heard once"),
    ("media", "came with a migration"),
    ("minor_units", "came with a migration"),
    ("overtaken", "never has a row"),
    ("payout_lines", "by way of the payout and the ledger"),
    ("policies", "by way of `changes`"),
    ("portal_links", "signs in"),
    ("portal_sessions", "signs in"),
    ("programs", "by way of `changes`"),
    ("reconciliation_chunks", "by way of the reconciliation"),
    ("reconciliation_matches", "by way of the reconciliation"),
    ("reconciliation_rows", "by way of the reconciliation"),
    ("requests", "what they did has events"),
    ("restores", "what is read back in is no news"),
    ("reward_rules", "by way of `changes`"),
    ("sessions", "signs in"),
    ("sign_in_links", "signs in"),
    ("tallies_by_advocate", "derived"),
    ("tallies_by_hour", "derived"),
    ("touches", "what they lead to is told by the lead"),
    ("turns", "where a check is"),
];

#[test]
fn every_table_of_facts_tells_of_its_changes() {
    let api = Api::new();
    let tables = api
        .column("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
    let telling: BTreeSet<String> = api
        .column(
            "SELECT tbl_name FROM sqlite_schema
            WHERE type = 'trigger' AND sql LIKE '%INSERT INTO events%'",
        )
        .into_iter()
        .collect();
    for table in tables {
        let silent = SILENT.iter().find(|(name, _)| *name == table);
        assert_ne!(silent.is_some(), telling.contains(&table), "{table}");
    }
}

fn events(api: &Api) -> Vec<(String, Value)> {
    api.column("SELECT type || ' ' || data FROM events ORDER BY n")
        .iter()
        .map(|line| {
            let (kind, data) = line.split_once(' ').unwrap();
            (kind.to_owned(), serde_json::from_str(data).unwrap())
        })
        .collect()
}

fn types(api: &Api) -> Vec<String> {
    events(api).into_iter().map(|(kind, _)| kind).collect()
}

#[test]
fn a_referral_tells_of_each_of_its_steps() {
    let api = Api::furnished();
    api.put("/v1/reps/lea", &json!({"name": "Lea"})).expect(200);
    let before = types(&api).len();
    let spoken = json!({"program": "customers", "medium": "phone", "rep": "lea",
        "advocate": {"id": "ext:maya"},
        "prospect": {"email": "sam@prospect.example", "name": "Sam Secret"}});
    let lead = api.post("/v1/referrals/verbal", &spoken).expect(201);
    let id = lead["id"].as_str().unwrap();
    for stage in ["accepted", "meeting"] {
        let path = format!("/v1/leads/{id}/stage");
        api.post(&path, &json!({"stage": stage, "why": "Secret, too"}))
            .expect(200);
    }
    let sale = json!({"kind": "sale", "program": "customers", "order_id": "o-1", "amount": 5000,
        "currency": "USD", "lead": id});
    api.post("/v1/conversions", &sale).expect(201);
    let told = events(&api).split_off(before);
    let kinds: Vec<&str> = told.iter().map(|(kind, _)| &**kind).collect();
    for kind in ["lead.created", "lead.stage_changed", "sale.recorded"] {
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
    }
    let stages: Vec<_> = told
        .iter()
        .filter(|(kind, _)| kind == "lead.stage_changed")
        .map(|(_, data)| (data["before"].clone(), data["stage"].clone()))
        .collect();
    let step = |before: &str, stage: &str| (json!(before), json!(stage));
    assert_eq!(
        stages,
        [
            step("new", "accepted"),
            step("accepted", "meeting"),
            step("meeting", "won")
        ]
    );
    let text = format!("{told:?}");
    for secret in ["Secret", "sam@", "prospect.example"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn what_is_refused_tells_nothing() {
    let api = Api::furnished();
    let before = types(&api);
    let spoken = json!({"program": "customers", "medium": "phone", "rep": "nobody",
        "advocate": {"id": "ext:maya"}, "prospect": {"email": "sam@prospect.example"}});
    api.post("/v1/referrals/verbal", &spoken).problem(422);
    let sale = json!({"kind": "sale", "program": "customers", "order_id": "o-1", "amount": -1,
        "currency": "USD"});
    api.post("/v1/conversions", &sale).problem(422);
    assert_eq!(types(&api), before);
}
