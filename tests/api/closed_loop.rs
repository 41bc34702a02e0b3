//! What the tests of rules, rewards and payouts have in common: a program with
//! rules, and each step of the loop as one call.

use goodword::{domain::channel::Medium, jobs::settle};
use http::Method;
use serde_json::{Value, json};

use crate::harness::{ADMIN, Answer, Api, block_on};

pub const DAY: i64 = 86_400_000;
pub const RULES: &str = "/v1/programs/customers/rules";

pub const BOTH_SIDES: &str = include_str!("../fixtures/rules/both-sides.json");
pub const BY_KIND: &str = include_str!("../fixtures/rules/by-kind.json");
pub const BY_PRODUCT: &str = include_str!("../fixtures/rules/by-product.json");
pub const BY_SEGMENT: &str = include_str!("../fixtures/rules/by-segment.json");
pub const LADDER: &str = include_str!("../fixtures/rules/three-then-a-year.json");
pub const MEETING_AND_WON: &str = include_str!("../fixtures/rules/meeting-and-won.json");
pub const SHARE: &str = include_str!("../fixtures/rules/revenue-share.json");

/// The program `customers` under some rules, with the reps Lea and Jo.
pub struct House {
    pub api: Api,
    /// Id of the advocate `ext:maya`, a customer.
    pub maya: String,
}

impl House {
    pub fn under(rules: &str) -> Self {
        let house = Self::without_rules();
        house.rules(rules);
        house
    }

    pub fn without_rules() -> Self {
        let api = Api::furnished();
        for (slug, name) in [("lea", "Lea"), ("jo", "Jo")] {
            api.put(&format!("/v1/reps/{slug}"), &json!({"name": name}))
                .expect(200);
        }
        let maya = api
            .get("/v1/programs/customers/advocates/ext:maya")
            .expect(200);
        let maya = text(&maya["id"]);
        Self { api, maya }
    }

    /// Sets the rules that hold from now on; answers their version.
    pub fn rules(&self, rules: &str) -> i64 {
        let rules: Value = serde_json::from_str(rules).unwrap();
        let put = self.api.put(RULES, &rules).expect(200);
        put["version"].as_i64().unwrap()
    }

    /// An advocate; answers their id.
    pub fn advocate(&self, external_id: &str, kind: &str, more: &Value) -> String {
        let mut body = json!({"external_id": external_id, "kind": kind, "name": external_id});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let created = self.api.post("/v1/programs/customers/advocates", &body);
        text(&created.expect(201)["id"])
    }

    pub fn change(&self, external_id: &str, change: &Value) {
        let path = format!("/v1/programs/customers/advocates/ext:{external_id}");
        self.api.patch(&path, change).expect(200);
    }

    /// A lead of Maya's, by e-mail; answers its id.
    pub fn lead(&self, email: &str) -> String {
        self.lead_of(&self.maya, Medium::Email, email)
    }

    /// A lead of somebody's; answers its id.
    pub fn lead_of(&self, advocate: &str, medium: Medium, email: &str) -> String {
        let taken = self.taken(advocate, medium, email).expect(201);
        assert_eq!(taken["advocate"], advocate);
        text(&taken["id"])
    }

    /// A referral by a click of a minute ago.
    pub fn taken(&self, advocate: &str, medium: Medium, email: &str) -> Answer {
        let receipt = self.api.receipt(advocate, medium, self.api.now() - 60_000);
        let body = json!({"program": "customers", "receipts": [receipt],
            "prospect": {"email": email, "name": "Sam"}});
        self.api.post("/v1/leads", &body)
    }

    /// Takes a lead through some stages.
    pub fn step(&self, lead: &str, stages: &[&str]) {
        for stage in stages {
            self.api
                .post(&format!("/v1/leads/{lead}/stage"), &json!({"stage": stage}))
                .expect(200);
        }
    }

    pub fn hand_over(&self, lead: &str, owner: &str) {
        let body = json!({"owner": owner, "why": "holidays"});
        self.api
            .post(&format!("/v1/leads/{lead}/owner"), &body)
            .expect(200);
    }

    /// A sale in USD.
    pub fn sell(&self, lead: &str, order: &str, amount: i64) {
        self.sale(&json!({"order_id": order, "amount": amount, "lead": lead}));
    }

    /// A sale with more to it; USD unless said.
    pub fn sale(&self, more: &Value) {
        let mut body = json!({"program": "customers", "kind": "sale", "currency": "USD"});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.api.post("/v1/conversions", &body).expect(201);
    }

    /// All that is left of a sale is given back.
    pub fn refund(&self, order: &str) {
        self.refund_some(order, &format!("r-{order}"), None);
    }

    pub fn refund_some(&self, order: &str, id: &str, amount: Option<i64>) {
        let mut body = json!({"program": "customers", "kind": "refund", "order_id": order,
            "refund_id": id});
        if let Some(amount) = amount {
            body["amount"] = amount.into();
        }
        self.api.post("/v1/conversions", &body).expect(201);
    }

    pub fn days(&self, days: i64) {
        self.api.wait(days * DAY);
    }

    pub fn cron(&self) {
        block_on(settle::all(self.api.db(), self.api.now())).unwrap();
    }

    /// Days pass, and cron runs.
    pub fn days_later(&self, days: i64) {
        self.days(days);
        self.cron();
    }

    /// All rewards, as the API lists them.
    pub fn list(&self, query: &str) -> Vec<Value> {
        let mut found = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/v1/rewards?program=customers&limit=200{query}{cursor}");
            let page = self.api.get(&path).expect(200);
            found.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return found,
            }
        }
    }

    /// Who gets how much of what, and where it stands; those that came to nothing
    /// are left out, unless something of them is owed back.
    pub fn rewards(&self) -> Vec<String> {
        let mut lines: Vec<String> = self
            .list("")
            .iter()
            .filter(|reward| reward["amount"] != 0 || reward["payable"] != 0)
            .map(line)
            .collect();
        lines.sort();
        lines
    }

    /// The id of the one reward that a query finds.
    #[track_caller]
    pub fn reward(&self, query: &str) -> String {
        let found = self.list(query);
        assert_eq!(found.len(), 1, "{found:#?}");
        text(&found[0]["id"])
    }

    #[track_caller]
    pub fn decide(&self, reward: &str, act: &str) -> Answer {
        let why = json!({"why": "somebody has looked"});
        self.api.post(&format!("/v1/rewards/{reward}/{act}"), &why)
    }

    /// Issues all that can be paid; answers the payout's id.
    #[track_caller]
    pub fn issue(&self) -> String {
        let issued = self.ask_to_issue().expect(201);
        text(&issued["id"])
    }

    pub fn ask_to_issue(&self) -> Answer {
        self.api
            .post("/v1/payouts", &json!({"program": "customers"}))
    }

    /// Who gets how much, line by line.
    pub fn lines(&self, payout: &str) -> Vec<String> {
        let payout = self.api.get(&format!("/v1/payouts/{payout}")).expect(200);
        payout["lines"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| {
                format!(
                    "{} {} {} {} {} {}",
                    line["line"],
                    text(&line["beneficiary"]),
                    text(&line["decimal"]),
                    text(&line["unit"]),
                    text(&line["form"]),
                    text(&line["status"]),
                )
            })
            .collect()
    }

    pub fn report(&self, payout: &str, report: &Value) -> Answer {
        self.api.post(&format!("/v1/payouts/{payout}/paid"), report)
    }

    /// Issues all that can be paid, and says that it was.
    #[track_caller]
    pub fn pay(&self) -> String {
        let payout = self.issue();
        self.report(&payout, &json!({"reference": "SEPA-1"}))
            .expect(200);
        payout
    }

    pub fn csv(&self, payout: &str) -> String {
        let ask = self
            .api
            .request(Method::GET, &format!("/v1/payouts/{payout}"));
        ask.key(ADMIN).header("accept", "text/csv").send().text
    }

    pub fn statement(&self, advocate: &str, query: &str) -> Value {
        let path = format!("/v1/programs/customers/advocates/{advocate}/statement{query}");
        self.api.get(&path).expect(200)
    }

    /// The ledger as it stands, a line an entry.
    pub fn ledger(&self) -> Vec<String> {
        self.api.column(
            "SELECT concat_ws(' ', entry, reward, kind, amount, approved, issued, paid, holds,
               quote(terms), quote(payout), quote(reason), at, by)
             FROM ledger ORDER BY entry",
        )
    }
}

/// Like `advocate 10000 USD credit pending 0`: who, how much of what, in what
/// form, where it stands, and what a payout would issue.
pub fn line(reward: &Value) -> String {
    format!(
        "{} {} {} {} {} {}",
        text(&reward["beneficiary"]),
        reward["amount"],
        text(&reward["unit"]),
        text(&reward["form"]),
        text(&reward["state"]),
        reward["payable"],
    )
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
