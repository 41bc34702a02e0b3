//! Owns telling the demo's story: everything that happened, in the order in which
//! it did, to the API of that time.
//!
//! Each call that could be done twice has a key of its own, so that a story that
//! broke off is told from its beginning and ends the same.

use std::collections::BTreeMap;

use goodword::domain::date::rfc3339;
use goodword::domain::keyring::Receipt;
use goodword::domain::link::AdvocateNumber;
use serde_json::{Map, Value, json};

use super::api::{items, text};
use super::house::House;
use super::people::{PROGRAMS, Program, REPS, email};
use super::sql::{self, Numbers};
use super::story::{self, Lead, Way};
use super::traffic::{self, DAYS, Traffic};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// When the programs began, in days before now.
const BEGAN: i64 = 420;

/// When there were payouts, and when the payer said what had become of them.
const PAYOUTS: [(i64, i64); 2] = [(33, 30), (5, 2)];

/// When a line of the landing page was rewritten.
const EDITED: i64 = 21;

/// When somebody looked at what waits for approval.
const REVIEWS: [i64; 4] = [42, 28, 19, 12];

/// What happens.
#[derive(Clone, Copy)]
enum Event {
    Begins,
    Edited,
    Joins(usize),
    Raises(usize),
    Steps(usize, usize),
    Buys(usize, usize),
    GetsBack(usize, usize),
    Reviewed,
    Issued(usize),
    Paid(usize),
    Held,
}

/// Tells everything up to a moment (Unix milliseconds).
pub fn tell(house: &House, base_url: &str, now: i64) -> Result<(), String> {
    for rep in REPS {
        let about = json!({"name": rep.name, "email": rep.email});
        house.put(now - BEGAN * DAY, &format!("/v1/reps/{}", rep.slug), &about)?;
    }
    let mut tellers: Vec<Teller> = PROGRAMS
        .iter()
        .map(|program| Teller::new(house, program, base_url, now))
        .collect();
    let mut plan: Vec<(i64, usize, Event)> = Vec::new();
    for (place, teller) in tellers.iter().enumerate() {
        let mut add = |at: i64, event: Event| plan.push((at, place, event));
        teller.plan(&mut add);
    }
    plan.sort_by_key(|(at, ..)| *at);
    let mut next_cron = now - DAYS * DAY;
    for (at, place, event) in plan {
        while next_cron < at {
            house.cron(next_cron)?;
            next_cron += DAY;
        }
        if let Some(teller) = tellers.get_mut(place) {
            teller.happens(at, event)?;
        }
    }
    house.cron(now)?;
    for teller in &tellers {
        house.execute(&sql::statements(&teller.traffic, &teller.numbers))?;
    }
    Ok(())
}

/// Tells of one program.
struct Teller<'a> {
    house: &'a House,
    program: &'a Program,
    base_url: &'a str,
    now: i64,
    traffic: Traffic,
    leads: Vec<Lead>,
    /// As far as they are known.
    numbers: Numbers,
    ids: BTreeMap<usize, String>,
    payouts: BTreeMap<usize, String>,
}

impl<'a> Teller<'a> {
    fn new(house: &'a House, program: &'a Program, base_url: &'a str, now: i64) -> Self {
        let traffic = traffic::traffic(program, now);
        let leads = story::leads(program, &traffic, now);
        Self {
            house,
            program,
            base_url,
            now,
            traffic,
            leads,
            numbers: Numbers::default(),
            ids: BTreeMap::new(),
            payouts: BTreeMap::new(),
        }
    }

    fn plan(&self, add: &mut dyn FnMut(i64, Event)) {
        let ago = |days: i64| self.now - days * DAY;
        add(ago(BEGAN), Event::Begins);
        add(ago(EDITED), Event::Edited);
        for (place, advocate) in self.program.advocates.iter().enumerate() {
            add(ago(advocate.7), Event::Joins(place));
        }
        for (place, lead) in self.leads.iter().enumerate() {
            add(lead.at, Event::Raises(place));
            // A sale takes a lead to `won` by itself.
            let steps = lead.steps.iter().enumerate();
            for (n, step) in steps.filter(|(_, step)| step.stage != "won") {
                add(step.at, Event::Steps(place, n));
            }
            for (n, sale) in lead.sales.iter().enumerate() {
                add(sale.at, Event::Buys(place, n));
                if let Some(refund) = &sale.refund {
                    add(refund.at, Event::GetsBack(place, n));
                }
            }
        }
        for days in REVIEWS {
            add(ago(days), Event::Reviewed);
        }
        for (n, (issued, paid)) in PAYOUTS.into_iter().enumerate() {
            add(ago(issued), Event::Issued(n));
            add(ago(paid), Event::Paid(n));
        }
        add(ago(1), Event::Held);
    }

    fn happens(&mut self, at: i64, event: Event) -> Result<(), String> {
        match event {
            Event::Begins => self.begins(at),
            Event::Edited => self.says(at, 1, "Recommended by {advocate}"),
            Event::Joins(place) => self.joins(at, place),
            Event::Raises(place) => self.raises(at, place),
            Event::Steps(place, n) => self.steps(at, place, n),
            Event::Buys(place, n) => self.buys(at, place, n),
            Event::GetsBack(place, n) => self.gets_back(at, place, n),
            Event::Reviewed => self.reviewed(at),
            Event::Issued(n) => self.issued(at, n),
            Event::Paid(n) => self.paid(at, n),
            Event::Held => self.held(at),
        }
    }

    fn path(&self, what: &str) -> String {
        format!("/v1/programs/{}/{what}", self.program.slug)
    }

    fn key(&self, what: &str) -> String {
        format!("demo-{}-{what}", self.program.slug)
    }

    fn begins(&mut self, at: i64) -> Result<(), String> {
        let Self { house, program, .. } = *self;
        house.create(at, "/v1/programs", &super::described(program))?;
        for (slug, query) in program.destinations {
            let url = format!("{}/demo/{query}", self.base_url);
            let destination = json!({"slug": slug, "url": url});
            house.create(at, &self.path("destinations"), &destination)?;
        }
        for label in program.labels {
            house.create(at, &self.path("labels"), &json!({"slug": label}))?;
        }
        self.says(at, 0, "A good word from {advocate}")?;
        let rules: Value = serde_json::from_str(program.rules)
            .map_err(|error| format!("rules of {}: {error}", program.slug))?;
        house.put(at, &self.path("rules"), &rules)?;
        let slugs: Vec<&str> = REPS.iter().map(|rep| rep.slug).collect();
        house.put(at, &self.path("routing"), &json!({"reps": slugs}))?;
        Ok(())
    }

    /// Sets what the program says, in place of a version; a later one is the user's.
    fn says(&self, at: i64, before: u32, headline: &str) -> Result<(), String> {
        let content: Value = serde_json::from_str(self.program.content)
            .map_err(|error| format!("content of {}: {error}", self.program.slug))?;
        let mut new = json!({"version": before, "content": content});
        if let Some(said) = new.pointer_mut("/content/landing/headline") {
            *said = headline.into();
        }
        match self.house.put(at, &self.path("content"), &new) {
            Err(why) if why.contains(" answered 409") => Ok(()),
            said => said.map(drop),
        }
    }

    fn joins(&mut self, at: i64, place: usize) -> Result<(), String> {
        let Some(advocate) = self.program.advocates.get(place) else {
            return Ok(());
        };
        let (external_id, kind, name, _, segment, owner, ..) = *advocate;
        let mut new = json!({
            "external_id": external_id, "kind": kind, "name": name, "email": email(advocate),
        });
        if let Some(new) = new.as_object_mut() {
            put(new, "segment", segment);
            put(new, "owner", owner);
        }
        let known = self.house.post(at, &self.path("advocates"), &new)?;
        let id = text(&known, "id")?;
        let number = AdvocateNumber::from_id(id).ok_or("an advocate's id is none")?;
        self.numbers.advocates.insert(place, number.0);
        if self.numbers.advocates.len() == 1 {
            self.numbered(at, id)?;
        }
        Ok(())
    }

    /// What stands in links for the program, its destinations and labels.
    fn numbered(&mut self, at: i64, advocate: &str) -> Result<(), String> {
        let link = |field: &str, slug: &str| {
            let wanted = json!({
                "program": self.program.slug, "advocate": advocate, "channel": "email",
                field: slug,
            });
            let link = self.house.post(at, "/v1/links", &wanted)?;
            let code = text(&link, "url")?.rsplit('/').next().unwrap_or_default();
            let link = self.house.keyring().read_link(code);
            link.map_err(|error| format!("a link of {}: {error}", self.program.slug))
        };
        let (mut destinations, mut labels) = (Vec::new(), Vec::new());
        for (slug, _) in self.program.destinations {
            let link = link("destination", slug)?;
            self.numbers.program = link.program.get();
            destinations.push(link.destination.get());
        }
        for slug in self.program.labels {
            labels.push(link("label", slug)?.label.get());
        }
        self.numbers.destinations = destinations;
        self.numbers.labels = labels;
        Ok(())
    }

    fn raises(&mut self, at: i64, place: usize) -> Result<(), String> {
        let Some(lead) = self.leads.get(place) else {
            return Ok(());
        };
        let mut new = json!({
            "program": self.program.slug,
            "prospect": {"name": lead.name, "email": lead.email, "company": lead.company},
            "note": lead.note,
        });
        let mut set = |field: &str, value: Value| {
            if let Some(new) = new.as_object_mut() {
                new.insert(field.to_owned(), value);
            }
        };
        let mut path = "/v1/leads";
        match &lead.way {
            Way::Clicks(clicks) => {
                let receipts = clicks.iter().filter_map(|click| {
                    let (label, destination) = (click.label, click.destination);
                    let (advocate, medium) = (click.advocate, click.medium);
                    let link = self.numbers.link(advocate, medium, destination, label)?;
                    let click = click.id;
                    Some(self.house.keyring().sign_receipt(&Receipt { link, click }))
                });
                set("receipts", receipts.collect());
            }
            Way::Spoken {
                advocate,
                medium,
                rep,
                place,
            } => {
                path = "/v1/referrals/verbal";
                set("advocate", json!({"id": self.reference(*advocate)}));
                set("medium", json!(medium));
                set("rep", json!(rep));
                set("place", json!(place));
            }
            Way::Code { advocate, medium } => {
                let wanted = json!({
                    "program": self.program.slug, "advocate": self.reference(*advocate),
                    "medium": medium,
                });
                let code = self.house.post(at, "/v1/codes", &wanted)?;
                set("code", json!(text(&code, "code")?));
            }
            Way::Alone { rep } => set("rep", json!(rep)),
        }
        let key = self.key(&format!("lead-{place}"));
        let taken = self.house.post_once(at, path, &key, &new)?;
        self.ids.insert(place, text(&taken, "id")?.to_owned());
        Ok(())
    }

    fn reference(&self, advocate: usize) -> String {
        let id = self.program.advocates.get(advocate).map_or("", |one| one.0);
        format!("ext:{id}")
    }

    fn steps(&self, at: i64, place: usize, n: usize) -> Result<(), String> {
        let step = self.leads.get(place).and_then(|lead| lead.steps.get(n));
        let (Some(step), Some(id)) = (step, self.ids.get(&place)) else {
            return Ok(());
        };
        let (path, key) = (format!("/v1/leads/{id}/stage"), format!("lead-{place}-{n}"));
        let to = json!({"stage": step.stage, "reason": step.reason});
        let done = self.house.post_once(at, &path, &self.key(&key), &to);
        done.map(drop)
    }

    fn buys(&self, at: i64, place: usize, n: usize) -> Result<(), String> {
        let sale = self.leads.get(place).and_then(|lead| lead.sales.get(n));
        let Some(sale) = sale else {
            return Ok(());
        };
        let bought = json!({
            "program": self.program.slug, "kind": "sale", "order_id": sale.order,
            "lead": self.ids.get(&place), "amount": sale.amount, "currency": "USD",
            "product": sale.product,
        });
        let done = self.house.post(at, "/v1/conversions", &bought);
        done.map(drop)
    }

    fn gets_back(&self, at: i64, place: usize, n: usize) -> Result<(), String> {
        let sale = self.leads.get(place).and_then(|lead| lead.sales.get(n));
        let Some((sale, refund)) = sale.and_then(|sale| Some((sale, sale.refund.as_ref()?))) else {
            return Ok(());
        };
        let refunded = json!({
            "program": self.program.slug, "kind": "refund", "order_id": sale.order,
            "refund_id": format!("{}-back", sale.order), "amount": refund.amount,
            "currency": "USD", "reason": refund.reason,
        });
        let done = self.house.post(at, "/v1/conversions", &refunded);
        done.map(drop)
    }

    fn rewards(&self, at: i64, state: &str) -> Result<Vec<Value>, String> {
        let slug = self.program.slug;
        let path = format!("/v1/rewards?program={slug}&state={state}&limit=200");
        Ok(items(&self.house.get(at, &path)?).to_vec())
    }

    fn decide(&self, at: i64, reward: &Value, what: &str, why: &str) -> Result<(), String> {
        let path = format!("/v1/rewards/{}/{what}", text(reward, "id")?);
        self.house.post(at, &path, &json!({"why": why})).map(drop)
    }

    /// Somebody approves what waits for a person, and lets the oldest of what is
    /// held go.
    fn reviewed(&self, at: i64) -> Result<(), String> {
        let now = rfc3339(at);
        for reward in self.rewards(at, "pending")? {
            let is_theirs = text(&reward, "approval")? == "manual";
            if is_theirs && text(&reward, "due_at")? <= &*now {
                self.decide(at, &reward, "approve", "the meeting took place")?;
            }
        }
        match self.rewards(at, "held")?.last() {
            Some(reward) => self.decide(at, reward, "release", "another branch of the same chain"),
            None => Ok(()),
        }
    }

    fn held(&self, at: i64) -> Result<(), String> {
        match self.rewards(at, "approved")?.first() {
            Some(reward) => self.decide(at, reward, "hold", "asked the advocate for an invoice"),
            None => Ok(()),
        }
    }

    fn issued(&mut self, at: i64, n: usize) -> Result<(), String> {
        let key = self.key(&format!("payout-{n}"));
        let program = json!({"program": self.program.slug});
        match self.house.post_once(at, "/v1/payouts", &key, &program) {
            Ok(payout) => {
                self.payouts.insert(n, text(&payout, "id")?.to_owned());
                Ok(())
            }
            // By chance nothing was earned.
            Err(why) if why.contains("nothing to pay") => Ok(()),
            Err(why) => Err(why),
        }
    }

    /// The first was paid in full; of five lines of the second three were, one
    /// came back, and one is still out.
    fn paid(&self, at: i64, n: usize) -> Result<(), String> {
        let Some(id) = self.payouts.get(&n) else {
            return Ok(());
        };
        let payout = self.house.get(at, &format!("/v1/payouts/{id}"))?;
        let lines = payout.get("lines").and_then(Value::as_array);
        let lines = lines.map(Vec::as_slice).unwrap_or_default();
        let numbers = lines.iter().filter_map(|line| line.get("line")?.as_u64());
        let report = if n == 0 {
            json!({"reference": "SEPA batch 114"})
        } else {
            let paid: Vec<u64> = numbers
                .clone()
                .filter(|n| matches!(n % 5, 1 | 2 | 4))
                .collect();
            let back = numbers.filter(|n| n % 5 == 3);
            let back: Vec<Value> = back
                .map(|line| json!({"line": line, "reason": "account closed"}))
                .collect();
            json!({"reference": "SEPA batch 121", "lines": paid, "returned": back})
        };
        let done = self
            .house
            .post(at, &format!("/v1/payouts/{id}/paid"), &report);
        done.map(drop)
    }
}

/// An empty text is none.
fn put(object: &mut Map<String, Value>, field: &str, text: &str) {
    if !text.is_empty() {
        object.insert(field.to_owned(), text.into());
    }
}
