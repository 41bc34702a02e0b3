//! A CRM as its vendor documents it: what it takes, and what it tells of its changes.
//!
//! HubSpot: batch upsert (`POST /crm/v3/objects/{object}/batch/upsert`), answers 200, 207
//! and 429 with `Retry-After`, webhooks as arrays of property changes with the v3
//! signature. Salesforce: client credentials, upsert of collections
//! (`PATCH …/composite/sobjects/{object}/{field}`), 401 `INVALID_SESSION_ID`, 403
//! `REQUEST_LIMIT_EXCEEDED`; changes by a flow that posts them with Standard Webhooks. The
//! pages are named in src/domain/crm/.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use goodword::jobs::outside::{Ask, Reply};
use serde_json::{Value, json};

use crate::harness::Api;

/// A vendor, and what its objects are called here.
pub struct Vendor {
    pub kind: &'static str,
    pub url: &'static str,
    pub object: &'static str,
    pub key: &'static str,
    pub stage: &'static str,
    pub owner: &'static str,
    pub amount: &'static str,
    /// What our stages are there, in their order.
    pub stages: [&'static str; 6],
}

pub const HUBSPOT: Vendor = Vendor {
    kind: "hubspot",
    url: "https://api.hubapi.com",
    object: "contacts",
    key: "goodword_id",
    stage: "hs_lead_status",
    owner: "hubspot_owner_id",
    amount: "goodword_amount",
    stages: [
        "NEW",
        "OPEN",
        "CONNECTED",
        "OPEN_DEAL",
        "WON",
        "UNQUALIFIED",
    ],
};

pub const SALESFORCE: Vendor = Vendor {
    kind: "salesforce",
    url: "https://example.my.salesforce.com",
    object: "Opportunity",
    key: "Goodword_Id__c",
    stage: "StageName",
    owner: "OwnerId",
    amount: "Amount",
    stages: [
        "Prospecting",
        "Qualification",
        "Needs Analysis",
        "Proposal/Price Quote",
        "Closed Won",
        "Closed Lost",
    ],
};

/// A record of theirs. Values are texts, however they came.
#[derive(Debug, Clone, Default)]
pub struct Remote {
    pub id: String,
    pub values: BTreeMap<String, String>,
}

/// A change of theirs that is to be told.
#[derive(Debug, Clone)]
pub struct Told {
    pub event: i64,
    pub id: String,
    pub lead: String,
    pub at: i64,
    pub name: String,
    pub value: String,
}

#[derive(Default)]
pub struct State {
    /// By our id.
    pub records: BTreeMap<String, Remote>,
    /// What has not been told yet.
    pub outbox: Vec<Told>,
    /// How the next requests go wrong.
    pub mishaps: Vec<Mishap>,
    /// Leads that are not taken, with the reason.
    pub refused: BTreeMap<String, String>,
    /// Our ids whose record spoils the whole batch.
    pub poisonous: Vec<String>,
    pub token: u32,
    pub now: i64,
    pub events: i64,
    /// Requests that were taken.
    pub taken: usize,
}

/// How a request goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// Too many requests.
    Limit,
    /// A fault of theirs, before anything is written.
    Fault,
    /// There is no answer, although it was done.
    Lost,
    /// The token is not known any more.
    Expired,
}

/// The CRM, to be looked at while the API asks it.
#[derive(Clone)]
pub struct Crm {
    pub kind: &'static str,
    key: &'static str,
    state: Arc<Mutex<State>>,
}

impl Crm {
    /// One that answers whatever the API asks.
    pub fn new(vendor: &Vendor, api: &Api) -> Self {
        let crm = Self {
            kind: vendor.kind,
            key: vendor.key,
            state: Arc::default(),
        };
        crm.state.lock().unwrap().now = api.now();
        let answering = crm.clone();
        api.elsewhere(move |ask| answering.answer(ask));
        crm
    }

    pub fn credential(&self) -> &'static str {
        if self.kind == "hubspot" {
            "pat-na1-0000"
        } else {
            "client:shh"
        }
    }

    pub fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap())
    }

    pub fn of(&self, lead: &str) -> Remote {
        self.with(|state| state.records[lead].clone())
    }

    /// Somebody changes a field there.
    pub fn change(&self, lead: &str, name: &str, value: &str) {
        self.with(|state| state.set(lead, name, value));
    }

    /// What is to be told.
    pub fn outbox(&self) -> Vec<Told> {
        self.with(|state| std::mem::take(&mut state.outbox))
    }

    fn answer(&self, ask: &Ask) -> Result<Reply, String> {
        let mut state = self.state.lock().unwrap();
        let mishap = state.mishaps.pop();
        let is_hubspot = self.kind == "hubspot";
        match mishap {
            Some(Mishap::Limit) if is_hubspot => {
                let limited = json!({"status": "error", "errorType": "RATE_LIMIT",
                    "message": "You have reached your ten_secondly_rolling limit."});
                return reply(429, Some(10), &limited);
            }
            Some(Mishap::Limit) => {
                let limited = json!([{"errorCode": "REQUEST_LIMIT_EXCEEDED",
                    "message": "TotalRequests Limit exceeded."}]);
                return reply(403, None, &limited);
            }
            Some(Mishap::Fault) => return reply(503, None, &json!("down")),
            Some(Mishap::Expired) => state.token += 1,
            Some(Mishap::Lost) | None => {}
        }
        let answer = if is_hubspot {
            self.hubspot(&mut state, ask)
        } else {
            self.salesforce(&mut state, ask)
        };
        state.taken += 1;
        if mishap == Some(Mishap::Lost) {
            return Err("the connection was reset".to_owned());
        }
        answer
    }

    fn hubspot(&self, state: &mut State, ask: &Ask) -> Result<Reply, String> {
        assert_eq!(ask.method, "POST");
        assert!(ask.url.ends_with("/batch/upsert"), "{}", ask.url);
        if !is_bearer(ask, self.credential()) {
            let unknown = json!({"status": "error", "category": "INVALID_AUTHENTICATION",
                "message": "Authentication credentials not found."});
            return reply(401, None, &unknown);
        }
        let body: Value = serde_json::from_str(&ask.body).unwrap();
        let inputs = body["inputs"].as_array().unwrap();
        assert!((1..=100).contains(&inputs.len()));
        let ids = inputs.iter().map(|input| input["id"].as_str().unwrap());
        if ids
            .clone()
            .any(|id| state.poisonous.iter().any(|bad| bad == id))
        {
            let invalid = json!({"status": "error", "category": "VALIDATION_ERROR",
                "message": "Property values were not valid"});
            return reply(400, None, &invalid);
        }
        let (mut results, mut errors) = (Vec::new(), Vec::new());
        for (input, lead) in inputs.iter().zip(ids) {
            assert_eq!(input["idProperty"], json!(self.key));
            if let Some(why) = state.refused.get(lead) {
                errors.push(json!({"status": "error", "category": "VALIDATION_ERROR",
                    "message": why, "context": {"objectWriteTraceId": [lead]}}));
                continue;
            }
            let is_new = !state.records.contains_key(lead);
            for (name, value) in input["properties"].as_object().unwrap() {
                // HubSpot's properties are texts.
                state.set(lead, name, value.as_str().unwrap());
            }
            let remote = state.record(lead).clone();
            results.push(json!({"id": remote.id, "new": is_new, "archived": false,
                "objectWriteTraceId": input["objectWriteTraceId"],
                "createdAt": "2026-11-22T10:00:00.000Z", "updatedAt": "2026-11-22T10:00:00.000Z",
                "properties": {self.key: lead}}));
        }
        let status = if errors.is_empty() { 200 } else { 207 };
        let answer = json!({"status": "COMPLETE", "results": results, "numErrors": errors.len(),
            "errors": errors, "startedAt": "2026-11-22T10:00:00.000Z",
            "completedAt": "2026-11-22T10:00:00.000Z"});
        reply(status, None, &answer)
    }

    fn salesforce(&self, state: &mut State, ask: &Ask) -> Result<Reply, String> {
        if ask.url.ends_with("/services/oauth2/token") {
            let is_known = ask.body.contains("grant_type=client_credentials")
                && ask.body.contains("client_id=client&client_secret=shh");
            assert!(is_known, "{}", ask.body);
            let token = json!({"access_token": format!("00D!{}", state.token),
                "instance_url": "https://example.my.salesforce.com", "token_type": "Bearer",
                "issued_at": "1795341600000", "scope": "api"});
            return reply(200, None, &token);
        }
        assert_eq!(ask.method, "PATCH");
        if !is_bearer(ask, &format!("00D!{}", state.token)) {
            let expired = json!([{"errorCode": "INVALID_SESSION_ID",
                "message": "Session expired or invalid"}]);
            return reply(401, None, &expired);
        }
        let object = ask.url.rsplit('/').nth(1).unwrap();
        let body: Value = serde_json::from_str(&ask.body).unwrap();
        assert_eq!(body["allOrNone"], json!(false));
        let records = body["records"].as_array().unwrap();
        assert!((1..=200).contains(&records.len()));
        let id = |record: &Value| record[self.key].as_str().unwrap().to_owned();
        if records
            .iter()
            .any(|record| state.poisonous.contains(&id(record)))
        {
            let invalid = json!([{"errorCode": "JSON_PARSER_ERROR",
                "message": "Cannot deserialize instance of date"}]);
            return reply(400, None, &invalid);
        }
        let mut results = Vec::new();
        for record in records {
            assert_eq!(record["attributes"], json!({"type": object}));
            let lead = id(record);
            if let Some(why) = state.refused.get(&lead) {
                results.push(
                    json!({"success": false, "errors": [{"message": why, "fields": [],
                    "statusCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION"}]}),
                );
                continue;
            }
            let is_new = !state.records.contains_key(&lead);
            for (name, value) in record.as_object().unwrap() {
                let value = match value {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    // With its places, which a float would lose.
                    Value::Number(_) => number_of(&ask.body, &lead, name),
                    _ => continue,
                };
                if *name != self.key {
                    state.set(&lead, name, &value);
                }
            }
            let remote = state.record(&lead).clone();
            results.push(json!({"id": remote.id, "success": true, "errors": [],
                "created": is_new}));
        }
        reply(200, None, &Value::Array(results))
    }
}

impl State {
    fn record(&mut self, lead: &str) -> &mut Remote {
        let next = self.records.len() + 1;
        self.records
            .entry(lead.to_owned())
            .or_insert_with(|| Remote {
                id: format!("{}", 1_000 + next),
                values: BTreeMap::new(),
            })
    }

    /// Sets a field; that it changed is told, whoever changed it.
    fn set(&mut self, lead: &str, name: &str, value: &str) {
        let now = self.now;
        self.events += 1;
        let event = self.events;
        let record = self.record(lead);
        let before = record.values.insert(name.to_owned(), value.to_owned());
        if before.unwrap_or_default() != value {
            let told = Told {
                event,
                id: record.id.clone(),
                lead: lead.to_owned(),
                at: now,
                name: name.to_owned(),
                value: value.to_owned(),
            };
            self.outbox.push(told);
        }
    }
}

/// The digits of a number of a record, as they stand in the body.
fn number_of(body: &str, lead: &str, name: &str) -> String {
    let record = body.split(lead).nth(1).unwrap();
    let value = record.split(&format!("\"{name}\":")).nth(1).unwrap();
    value.split([',', '}']).next().unwrap().to_owned()
}

fn is_bearer(ask: &Ask, token: &str) -> bool {
    let bearer = format!("Bearer {token}");
    ask.headers
        .iter()
        .any(|(name, value)| *name == "authorization" && *value == bearer)
}

#[expect(clippy::unnecessary_wraps, reason = "as the way out answers")]
fn reply(status: u16, retry_after: Option<u32>, body: &Value) -> Result<Reply, String> {
    Ok(Reply {
        status,
        retry_after,
        body: body.to_string(),
        ..Reply::default()
    })
}
