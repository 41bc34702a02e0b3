//! Many worlds: leads go from new to won, here and there, while the way between fails,
//! repeats itself and loses the order; in the end both sides are equal.

use http::Method;
use serde_json::{Value, json};

use super::{
    House,
    simulator::{HUBSPOT, Mishap, SALESFORCE, Told, Vendor},
};
use crate::harness::BASE;

/// xorshift64*: the same worlds each time.
struct Chance(u64);

impl Chance {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).unwrap() % below
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        let index = self.next(list.len());
        &list[index]
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for index in (1..list.len()).rev() {
            list.swap(index, self.next(index + 1));
        }
    }
}

const STAGES: [&str; 6] = ["new", "accepted", "meeting", "opportunity", "won", "lost"];
const OWNERS: [(&str, &str); 2] = [("lea", "501"), ("jonas", "502")];

struct World<'a> {
    house: House,
    vendor: &'a Vendor,
    chance: Chance,
    leads: Vec<String>,
    /// Told by them, but not here yet.
    way: Vec<Told>,
}

impl World<'_> {
    fn pass(&mut self, millis: i64) {
        self.house.api.wait(millis);
        let now = self.house.api.now();
        self.house.crm.with(|state| state.now = now);
    }

    fn turn(&mut self) {
        let millis = i64::try_from(1 + self.chance.next(90_000)).unwrap();
        self.pass(millis);
        let what = self.chance.next(12);
        if self.leads.is_empty() || what == 0 {
            let name = format!("Person Number{}", self.leads.len());
            let lead = self.house.lead(&name);
            self.leads.push(lead);
            return;
        }
        let lead = self.chance.of(&self.leads).clone();
        match what {
            1 | 2 => {
                let stage = *self.chance.of(&STAGES);
                let reason = (stage == "lost").then_some("no budget");
                let body = json!({"stage": stage, "reason": reason});
                // What may not follow is refused, as it should be.
                let answer = self
                    .house
                    .api
                    .post(&format!("/v1/leads/{lead}/stage"), &body);
                assert!([200, 409].contains(&answer.status.as_u16()), "{answer:?}");
            }
            3 => {
                let (rep, _) = *self.chance.of(&OWNERS);
                let body = json!({"owner": rep, "why": "holidays"});
                let path = format!("/v1/leads/{lead}/owner");
                self.house.api.post(&path, &body).expect(200);
            }
            4..=6 => self.change_there(&lead),
            7 => {
                let mishaps = [Mishap::Limit, Mishap::Fault, Mishap::Lost, Mishap::Expired];
                let mishap = *self.chance.of(&mishaps);
                self.house.crm.with(|state| state.mishaps.push(mishap));
            }
            8 => self.house.crm.with(|state| {
                if state.refused.remove(&lead).is_none() {
                    state.refused.insert(lead, "a rule of ours".to_owned());
                }
            }),
            9 | 10 => self.house.api.carry(),
            _ => self.deliver(),
        }
    }

    /// Somebody changes a record there, if there is one.
    fn change_there(&mut self, lead: &str) {
        if !self
            .house
            .crm
            .with(|state| state.records.contains_key(lead))
        {
            return;
        }
        let (name, value) = match self.chance.next(4) {
            0 => (self.vendor.owner, self.chance.of(&OWNERS).1.to_owned()),
            1 => {
                let cents = 1 + self.chance.next(500_000);
                let amount = format!("{}.{:02}", cents / 100, cents % 100);
                (self.vendor.amount, amount)
            }
            _ => {
                let stage = *self.chance.of(&self.vendor.stages);
                (self.vendor.stage, stage.to_owned())
            }
        };
        self.house.crm.change(lead, name, &value);
    }

    /// Some of what they told arrives, in any order, some of it twice.
    fn deliver(&mut self) {
        self.way.extend(self.house.crm.outbox());
        self.chance.shuffle(&mut self.way);
        let count = self.chance.next(self.way.len() + 1);
        let mut batch: Vec<Told> = self.way.drain(..count).collect();
        if let Some(first) = batch.first().cloned()
            && self.chance.next(2) == 0
        {
            batch.push(first.clone());
            self.way.push(first);
        }
        self.arrive(&batch);
    }

    fn arrive(&self, batch: &[Told]) {
        if self.vendor.kind == "hubspot" {
            // Of other records of theirs there is always something to tell.
            self.house.hubspot(&json!([])).expect(200);
        }
        for batch in batch.chunks(100) {
            let answer = if self.vendor.kind == "hubspot" {
                self.house
                    .hubspot(&Value::Array(batch.iter().map(of_hubspot).collect()))
            } else {
                let events: Vec<Value> =
                    batch.iter().map(|told| self.of_salesforce(told)).collect();
                self.house.report(&Value::Array(events))
            };
            let results = answer.expect(200)["results"].as_array().unwrap().len();
            assert_eq!(results, batch.len());
        }
    }

    fn of_salesforce(&self, told: &Told) -> Value {
        let ours = [
            (self.vendor.stage, "stage"),
            (self.vendor.owner, "owner"),
            (self.vendor.amount, "amount"),
        ];
        let mut event = json!({"id": format!("{}", told.event), "lead": told.lead,
            "remote_id": told.id,
            "occurred_at": goodword::domain::date::rfc3339(told.at)});
        if let Some((_, ours)) = ours.iter().find(|(theirs, _)| *theirs == told.name) {
            event[ours] = json!(told.value);
        }
        event
    }

    /// Nothing goes wrong any more, until nobody has anything to say.
    fn settle(&mut self) {
        self.house.crm.with(|state| {
            state.mishaps.clear();
            state.refused.clear();
        });
        for _ in 0..40 {
            self.pass(9 * 3_600_000);
            let before = self.house.crm.with(|state| state.taken);
            self.house.api.carry();
            let asked = self.house.crm.with(|state| state.taken) - before;
            self.way.extend(self.house.crm.outbox());
            self.chance.shuffle(&mut self.way);
            let batch = std::mem::take(&mut self.way);
            self.arrive(&batch);
            if asked == 0 && batch.is_empty() && self.house.about()["waiting"] == json!(0) {
                return;
            }
        }
        panic!("it never ends: {:?}", self.house.about());
    }

    fn compare(&self, seed: u64) {
        for lead in &self.leads {
            let ours = self.house.api.get(&format!("/v1/leads/{lead}")).expect(200);
            let theirs = self.house.crm.of(lead).values;
            let stage = STAGES
                .iter()
                .position(|stage| ours["stage"] == json!(stage));
            let stage = self.vendor.stages[stage.unwrap()];
            let case = format!("{} {seed} {lead}: {ours} {theirs:?}", self.vendor.kind);
            assert_eq!(theirs[self.vendor.stage], stage, "{case}");
            let owner = OWNERS.iter().find(|(rep, _)| ours["owner"] == json!(rep));
            assert_eq!(theirs[self.vendor.owner], owner.unwrap().1, "{case}");
            let amount = self.house.api.column(&format!(
                "SELECT printf('%d.%02d', amount / 100, amount % 100) FROM crm_amounts
                WHERE lead = '{lead}' AND amount IS NOT NULL"
            ));
            let there = theirs.get(self.vendor.amount).cloned();
            let there: Vec<String> = there.into_iter().filter(|text| !text.is_empty()).collect();
            assert_eq!(there, amount, "{case}");
            // What was won for an amount is a sale of it.
            if ours["stage"] == json!("won") && !amount.is_empty() {
                assert_eq!(ours["sales"].as_array().unwrap().len(), 1, "{case}");
            }
        }
    }
}

impl House {
    /// What HubSpot's app posts.
    pub fn hubspot(&self, events: &Value) -> crate::harness::Answer {
        use hmac::{Hmac, KeyInit, Mac};
        let (path, body) = (self.path("/events"), events.to_string());
        let at = self.api.now().to_string();
        let mac = Hmac::<sha2::Sha256>::new_from_slice(b"the app's secret").unwrap();
        let mac = mac.chain_update(format!("POST{BASE}{path}{body}{at}"));
        let signature = goodword::domain::base64::encode(&mac.finalize().into_bytes());
        self.api
            .request(Method::POST, &path)
            .header("x-hubspot-signature-v3", &signature)
            .header("x-hubspot-request-timestamp", &at)
            .body("application/json", body)
            .send()
    }
}

fn of_hubspot(told: &Told) -> Value {
    json!({"eventId": told.event, "subscriptionId": 7, "portalId": 62_515, "appId": 54_321,
        "occurredAt": told.at, "subscriptionType": "contact.propertyChange",
        "attemptNumber": 0, "objectId": told.id.parse::<i64>().unwrap(),
        "propertyName": told.name, "propertyValue": told.value, "changeSource": "CRM_UI"})
}

#[test]
fn in_every_world_both_sides_end_equal() {
    for vendor in [&HUBSPOT, &SALESFORCE] {
        for seed in 1..=12 {
            let mut world = World {
                house: House::new(vendor),
                vendor,
                chance: Chance(seed * 7_919),
                leads: Vec::new(),
                way: Vec::new(),
            };
            for _ in 0..80 {
                world.turn();
            }
            world.settle();
            world.compare(seed);
        }
    }
}
