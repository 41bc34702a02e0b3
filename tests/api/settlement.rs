//! Whatever happens, in whatever order and however often: the ledger comes to what
//! the rules say of the facts, and the payouts to what the ledger says.

use std::collections::BTreeMap;

use goodword::domain::{
    channel::Medium,
    link::AdvocateNumber,
    money::Currency,
    program::AdvocateKind,
    reward::{
        Rules,
        evaluate::{Account, Order, Referral, entitlements},
        state::{self, Sums},
    },
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::closed_loop::{House, text};

const FIRST: &str = r#"{"rules": [
    {"id": "both", "who": "advocate", "when": "won",
      "pay": {"fixed": {"amount": 10000, "unit": "USD", "form": "credit"}}},
    {"id": "welcome", "who": "prospect", "when": "won",
      "pay": {"fixed": {"amount": 2500, "unit": "USD", "form": "discount"}}},
    {"id": "ladder", "who": "advocate", "when": "won", "only": {"kinds": ["customer", "partner"]},
      "pay": {"ladder": {"after": "restart", "rungs": [
        {"times": 2, "amount": 5000, "unit": "USD", "form": "credit"},
        {"times": 1, "amount": 12, "unit": "months", "form": "free_service"}]}}},
    {"id": "share", "who": "advocate", "when": "sale",
      "pay": {"percent": {"basis_points": 1000, "currency": "USD", "form": "cash"}},
      "instead": [{"only": {"segments": ["gold"]},
        "pay": {"percent": {"basis_points": 2000, "currency": "USD", "form": "cash"}}}],
      "cap": {"amount": 6000, "per": "referral"}, "hold_days": 30},
    {"id": "pot", "who": "advocate", "when": "sale", "only": {"products": ["pos"]},
      "pay": {"fixed": {"amount": 700, "unit": "EUR", "form": "gift_card"}},
      "cap": {"amount": 1500, "per": "advocate"}, "approval": "manual"},
    {"id": "rep", "who": "owner", "when": "meeting",
      "pay": {"fixed": {"amount": 1000, "unit": "USD", "form": "cash"}}, "hold_days": 1}]}"#;

const SECOND: &str = r#"{"rules": [
    {"id": "both", "who": "advocate", "when": "won", "approval": "manual",
      "pay": {"fixed": {"amount": 7000, "unit": "USD", "form": "credit"}}},
    {"id": "share", "who": "advocate", "when": "sale",
      "pay": {"percent": {"basis_points": 500, "currency": "USD", "form": "cash"}},
      "cap": {"amount": 9000, "per": "advocate"}}]}"#;

const WHO: [&str; 3] = ["maya", "ben", "eve"];
const EMAILS: [&str; 5] = [
    "a@eins.example",
    "b@zwei.example",
    "c@drei.example",
    "d@vier.example",
    "otto@smallco.example",
];
const STAGES: [&str; 5] = ["accepted", "meeting", "opportunity", "won", "lost"];

/// One thing that happens; what numbers mean is chosen among what is there.
#[derive(Debug, Clone)]
enum Event {
    Lead {
        who: usize,
        prospect: usize,
        medium: Medium,
        minutes: i64,
    },
    Stage {
        prospect: usize,
        stage: usize,
    },
    Sale {
        order: usize,
        prospect: usize,
        amount: i64,
        euros: bool,
        pos: bool,
        minutes: i64,
    },
    Refund {
        refund: usize,
        order: usize,
        amount: i64,
    },
    Again {
        call: usize,
    },
    HandOver {
        prospect: usize,
        to: bool,
    },
    Sort {
        who: usize,
        kind: usize,
        gold: bool,
    },
    Rules {
        first: bool,
    },
    Decide {
        reward: usize,
        act: usize,
    },
    Payout,
    Report {
        payout: usize,
        back: usize,
        all: bool,
    },
    Hours {
        hours: i64,
    },
    Cron,
    Erase {
        prospect: usize,
    },
    Merge {
        from: usize,
        into: usize,
    },
}

fn event() -> impl Strategy<Value = Event> {
    let media = vec![Medium::Email, Medium::InPerson, Medium::Linkedin];
    prop_oneof![
        8 => (0..3_usize, 0..5_usize, prop::sample::select(media), 1..5_000_i64)
            .prop_map(|(who, prospect, medium, minutes)| Event::Lead { who, prospect, medium, minutes }),
        10 => (0..5_usize, 0..5_usize).prop_map(|(prospect, stage)| Event::Stage { prospect, stage }),
        10 => (0..6_usize, 0..5_usize, 1..100_000_i64, prop::bool::weighted(0.1), any::<bool>(), 0..3_000_i64)
            .prop_map(|(order, prospect, amount, euros, pos, minutes)| Event::Sale {
                order, prospect, amount, euros, pos, minutes }),
        6 => (0..6_usize, 0..6_usize, 1..100_000_i64)
            .prop_map(|(refund, order, amount)| Event::Refund { refund, order, amount }),
        4 => (0..20_usize).prop_map(|call| Event::Again { call }),
        2 => (0..5_usize, any::<bool>()).prop_map(|(prospect, to)| Event::HandOver { prospect, to }),
        2 => (0..3_usize, 0..3_usize, any::<bool>()).prop_map(|(who, kind, gold)| Event::Sort { who, kind, gold }),
        1 => any::<bool>().prop_map(|first| Event::Rules { first }),
        6 => (0..40_usize, 0..3_usize).prop_map(|(reward, act)| Event::Decide { reward, act }),
        7 => Just(Event::Payout),
        6 => (0..6_usize, 0..4_usize, any::<bool>()).prop_map(|(payout, back, all)| Event::Report { payout, back, all }),
        4 => (1..400_i64).prop_map(|hours| Event::Hours { hours }),
        3 => Just(Event::Cron),
        1 => (0..5_usize).prop_map(|prospect| Event::Erase { prospect }),
        2 => (0..3_usize, 0..3_usize).prop_map(|(from, into)| Event::Merge { from, into }),
    ]
}

struct World {
    house: House,
    advocates: Vec<String>,
    leads: BTreeMap<usize, String>,
    conversions: Vec<Value>,
    payouts: Vec<String>,
    ledger: Vec<String>,
}

impl World {
    fn new() -> Self {
        let house = House::under(FIRST);
        house.change("maya", &json!({"email": "maya@smallco.example"}));
        let ben = house.advocate("ben", "partner", &json!({"owner": "lea"}));
        let eve = house.advocate("eve", "employee", &json!({}));
        Self {
            advocates: vec![house.maya.clone(), ben, eve],
            house,
            leads: BTreeMap::new(),
            conversions: Vec::new(),
            payouts: Vec::new(),
            ledger: Vec::new(),
        }
    }

    /// Makes it happen; what may not be is refused, and nothing ever fails.
    fn happen(&mut self, event: &Event) {
        let api = &self.house.api;
        match event {
            Event::Lead {
                who,
                prospect,
                medium,
                minutes,
            } => {
                let receipt =
                    api.receipt(&self.advocates[*who], *medium, api.now() - minutes * 60_000);
                let body = json!({"program": "customers", "receipts": [receipt],
                    "prospect": {"email": EMAILS[*prospect]}});
                let taken = api.post("/v1/leads", &body);
                assert!(taken.status.is_success(), "{}", taken.text);
                self.leads.insert(*prospect, text(&taken.value()["id"]));
            }
            Event::Stage { prospect, stage } => {
                let Some(lead) = self.leads.get(prospect) else {
                    return;
                };
                let stage = STAGES[*stage];
                let mut body = json!({"stage": stage});
                if stage == "lost" {
                    body["reason"] = "no budget".into();
                }
                let answer = api.post(&format!("/v1/leads/{lead}/stage"), &body);
                assert!(
                    [200, 409].contains(&answer.status.as_u16()),
                    "{}",
                    answer.text
                );
            }
            Event::Sale {
                order,
                prospect,
                amount,
                euros,
                pos,
                minutes,
            } => {
                let at = api.now() - minutes * 60_000;
                let body = json!({"program": "customers", "kind": "sale",
                    "order_id": format!("o-{order}"), "amount": amount,
                    "currency": if *euros { "EUR" } else { "USD" },
                    "product": if *pos { "pos" } else { "payroll" },
                    "at": goodword::domain::date::rfc3339(at), "email": EMAILS[*prospect]});
                self.convert(body);
            }
            Event::Refund {
                refund,
                order,
                amount,
            } => {
                let body = json!({"program": "customers", "kind": "refund",
                    "refund_id": format!("r-{refund}"), "order_id": format!("o-{order}"),
                    "amount": amount, "currency": "USD"});
                self.convert(body);
            }
            Event::Again { call } => self.repeat(*call),
            Event::HandOver { prospect, to } => {
                if let Some(lead) = self.leads.get(prospect) {
                    let body = json!({"owner": if *to { "lea" } else { "jo" }, "why": "x"});
                    let answer = api.post(&format!("/v1/leads/{lead}/owner"), &body);
                    assert!(answer.status.as_u16() < 500, "{}", answer.text);
                }
            }
            Event::Sort { who, kind, gold } => {
                let kind = ["customer", "partner", "employee"][*kind];
                let segment = if *gold { "gold" } else { "" };
                let path = format!("/v1/programs/customers/advocates/ext:{}", WHO[*who]);
                let answer = api.patch(&path, &json!({"kind": kind, "segment": segment}));
                let status = answer.status.as_u16();
                assert!([200, 409].contains(&status), "{}", answer.text);
            }
            Event::Rules { first } => {
                self.house.rules(if *first { FIRST } else { SECOND });
            }
            Event::Decide { reward, act } => self.decide(*reward, *act),
            Event::Payout => self.pay_out(),
            Event::Report { payout, back, all } => self.report(*payout, *back, *all),
            Event::Hours { hours } => api.wait(hours * 3_600_000),
            Event::Cron => self.house.cron(),
            Event::Erase { prospect } => {
                if let Some(lead) = self.leads.remove(prospect) {
                    api.post("/v1/people/erase", &json!({"lead": lead}))
                        .expect(200);
                }
            }
            Event::Merge { from, into } => {
                let (from, into) = (&self.advocates[*from], &self.advocates[*into]);
                let path = format!("/v1/programs/customers/advocates/{from}/merge");
                let answer = api.post(&path, &json!({"into": into}));
                let status = answer.status.as_u16();
                assert!([200, 409].contains(&status), "{}", answer.text);
            }
        }
        // What was entered stands.
        let ledger = self.house.ledger();
        assert_eq!(ledger[..self.ledger.len()], self.ledger, "{event:?}");
        self.ledger = ledger;
    }

    fn convert(&mut self, body: Value) {
        let answer = self.house.api.post("/v1/conversions", &body);
        assert!(
            [201, 409, 422].contains(&answer.status.as_u16()),
            "{}",
            answer.text
        );
        self.conversions.push(body);
    }

    fn decide(&self, reward: usize, act: usize) {
        let rewards = self.house.list("");
        if rewards.is_empty() {
            return;
        }
        let reward = text(&rewards[reward % rewards.len()]["id"]);
        let act = ["approve", "hold", "release"][act];
        let answer = self.house.decide(&reward, act);
        let status = answer.status.as_u16();
        assert!([200, 409].contains(&status), "{}", answer.text);
    }

    /// A call that was made before is made again.
    fn repeat(&self, call: usize) {
        if self.conversions.is_empty() {
            return;
        }
        let facts = || {
            self.house.api.column(
                "SELECT order_id || amount FROM sales UNION ALL SELECT refund_id || amount FROM refunds",
            )
        };
        let before = facts();
        let body = &self.conversions[call % self.conversions.len()];
        let answer = self.house.api.post("/v1/conversions", body);
        let status = answer.status.as_u16();
        assert!([201, 409, 422].contains(&status), "{}", answer.text);
        if status != 201 {
            assert_eq!(facts(), before);
        }
    }

    /// The payer says what became of a payout: a line came back, or none; and the
    /// others arrived, or nothing is said of them.
    fn report(&self, payout: usize, back: usize, all: bool) {
        if self.payouts.is_empty() {
            return;
        }
        let payout = &self.payouts[payout % self.payouts.len()];
        let lines = self.house.lines(payout).len();
        let mut report = json!({"reference": "SEPA"});
        if back > 0 {
            report["returned"] = json!([{"line": back % lines + 1, "reason": "x"}]);
        }
        if !all {
            report["lines"] = json!([]);
        }
        self.house.report(payout, &report).expect(200);
    }

    fn pay_out(&mut self) {
        let answer = self.house.ask_to_issue();
        let status = answer.status.as_u16();
        assert!([201, 409].contains(&status), "{}", answer.text);
        if status == 201 {
            let payout = text(&answer.value()["id"]);
            // Nothing is issued that is held, unapproved, or not owed.
            let wrong = self.house.api.column(&format!(
                "SELECT r.id || r.state FROM ledger l JOIN rewards r ON r.id = l.reward
                 WHERE l.payout = '{payout}' AND l.issued > 0
                   AND (r.holds > 0 OR r.issued > r.approved OR r.issued > r.amount)"
            ));
            assert_eq!(wrong, [""; 0]);
            self.payouts.push(payout);
        }
        // Whoever has a line has all; nobody else is owed anything.
        let left = self.house.api.column(
            "SELECT payee FROM rewards GROUP BY beneficiary, payee, unit, form HAVING sum(payable) > 0",
        );
        assert_eq!(left, [""; 0]);
    }

    /// The facts as they are in the tables, and what the rules say of them.
    fn owed(&self) -> BTreeMap<String, (i64, i64, i64)> {
        let rows = |sql: &str| -> Vec<Value> {
            self.house
                .api
                .column(sql)
                .iter()
                .map(|row| serde_json::from_str(row).unwrap())
                .collect()
        };
        let int = |value: &Value| value.as_i64().unwrap();
        let mut rules = vec![(0, Rules::default())];
        for row in rows("SELECT json_array(version, rules) FROM reward_rules WHERE program = 1") {
            rules.push((
                u32::try_from(int(&row[0])).unwrap(),
                Rules::parse(&text(&row[1])).unwrap(),
            ));
        }
        let mut owed = BTreeMap::new();
        for id in &self.advocates {
            let number = AdvocateNumber::from_id(id).unwrap().0;
            let kind = &rows(&format!(
                "SELECT json_array(kind, segment) FROM advocates WHERE number = {number}"
            ))[0];
            let mut referrals = Vec::new();
            for row in rows(&format!(
                "SELECT json_array(id, terms, medium, owner, accepted_at, meeting_at, opportunity_at, won_at)
                 FROM leads WHERE advocate = {number} AND suspected = 0"
            )) {
                let lead = text(&row[0]);
                let orders = rows(&format!(
                    "SELECT json_array(order_id, product, currency, amount, at,
                       (SELECT json_group_array(amount) FROM refunds r WHERE r.order_id = s.order_id))
                     FROM sales s WHERE lead = '{lead}'"
                ));
                referrals.push(Referral {
                    terms: u32::try_from(int(&row[1])).unwrap(),
                    channel: Medium::from_code(u8::try_from(int(&row[2])).unwrap()).unwrap().channel(),
                    owner: row[3].as_i64().map(|owner| u32::try_from(owner).unwrap()),
                    accepted_at: row[4].as_i64(),
                    meeting_at: row[5].as_i64(),
                    opportunity_at: row[6].as_i64(),
                    won_at: row[7].as_i64(),
                    orders: orders
                        .iter()
                        .map(|order| {
                            let refunds: Vec<i64> = serde_json::from_str(&text(&order[5])).unwrap();
                            Order {
                                id: text(&order[0]),
                                product: order[1].as_str().map(ToOwned::to_owned),
                                currency: Currency::named(&text(&order[2])).unwrap(),
                                amount: int(&order[3]),
                                refunded: refunds.iter().sum(),
                                at: int(&order[4]),
                            }
                        })
                        .collect(),
                    lead,
                });
            }
            let account = Account {
                kind: AdvocateKind::ALL
                    .iter()
                    .copied()
                    .find(|known| known.name() == text(&kind[0]))
                    .unwrap(),
                segment: kind[1].as_str().map(ToOwned::to_owned),
                referrals,
            };
            for entitled in entitlements(&account, &rules).unwrap() {
                let key = &entitled.key;
                let key = [
                    number.to_string(),
                    key.rule.clone(),
                    key.beneficiary.who().name().to_owned(),
                    key.beneficiary
                        .rep()
                        .map_or_else(String::new, |rep| rep.to_string()),
                    key.lead.clone(),
                    key.order.clone().unwrap_or_default(),
                    key.unit.name().to_owned(),
                    key.form.name().to_owned(),
                ];
                let figures = (entitled.amount, entitled.earned_at, entitled.due_at);
                let before = owed.insert(key.join("|"), figures);
                assert_eq!(before, None);
            }
        }
        owed
    }

    fn check(&self) {
        let api = &self.house.api;
        let rows: Vec<Value> = api
            .column(
                "SELECT json_array(r.id, sum(l.amount), sum(l.approved), sum(l.issued), sum(l.paid),
                   sum(l.holds), r.earned_at, r.due_at, concat_ws('|', r.advocate, r.rule,
                   r.beneficiary, coalesce(r.rep, ''), r.lead, coalesce(r.order_id, ''), r.unit, r.form))
                 FROM rewards r JOIN ledger l ON l.reward = r.id GROUP BY r.id
                 ORDER BY r.amount DESC, r.id",
            )
            .iter()
            .map(|row| serde_json::from_str(row).unwrap())
            .collect();
        let listed: BTreeMap<String, Value> = self
            .house
            .list("")
            .into_iter()
            .map(|reward| (text(&reward["id"]), reward))
            .collect();
        assert_eq!(rows.len(), listed.len());
        // Two entries that were merged may have one each for the same cause.
        let mut stands: BTreeMap<String, (i64, i64, i64)> = BTreeMap::new();
        for row in rows {
            let id = text(&row[0]);
            let [amount, approved, issued, paid, holds, earned_at, due_at] =
                [1, 2, 3, 4, 5, 6, 7].map(|index: usize| row[index].as_i64().unwrap());
            let reward = &listed[&id];
            let stand = stands
                .entry(text(&row[8]))
                .or_insert((0, earned_at, due_at));
            stand.0 += amount;
            assert!(approved >= 0 && holds >= 0, "{reward:#}");
            let sums = Sums {
                entitled: amount,
                approved,
                issued,
                paid,
                holds,
            };
            assert_eq!(reward["state"], state::state(sums).name(), "{reward:#}");
            assert_eq!(
                reward["payable"],
                state::payable(sums).unwrap(),
                "{reward:#}"
            );
            for (name, sum) in [
                ("amount", amount),
                ("approved", approved),
                ("issued", issued),
                ("paid", paid),
            ] {
                assert_eq!(reward[name], sum, "{name} of {reward:#}");
            }
        }
        let owed = self.owed();
        stands.retain(|key, stand| stand.0 != 0 || owed.contains_key(key));
        assert_eq!(stands, owed);
        // Each line is the sum of its entries, and what is out or arrived is what
        // the rewards say was issued and paid.
        let wrong = api.column(
            "SELECT p.payout || p.n FROM payout_lines p
             WHERE p.amount <> (SELECT sum(issued) FROM ledger
               WHERE payout = p.payout AND line = p.n AND kind = 'issued')",
        );
        assert_eq!(wrong, [""; 0]);
        let by_payee = |sql: &str| api.column(sql);
        assert_eq!(
            by_payee(
                "SELECT concat_ws(' ', beneficiary, payee, unit, form, sum(issued), sum(paid))
                 FROM rewards GROUP BY beneficiary, payee, unit, form
                 HAVING sum(issued) <> 0 OR sum(paid) <> 0 ORDER BY 1"
            ),
            by_payee(
                "SELECT concat_ws(' ', beneficiary, person, unit, form, sum(amount),
                   sum(iif(status = 'paid', amount, 0)))
                 FROM (
                   SELECT *, coalesce((
                     SELECT CAST(merged_into AS TEXT) FROM advocates WHERE number = advocate), payee) AS person
                   FROM payout_lines) WHERE status <> 'returned'
                 GROUP BY beneficiary, person, unit, form ORDER BY 1"
            )
        );
        for id in &self.advocates {
            self.check_statement(id);
        }
    }

    /// A statement's balances are what the ledger says, and add up.
    fn check_statement(&self, advocate: &str) {
        let mut statement = self.house.statement(advocate, "");
        let mut sums: BTreeMap<String, [i64; 3]> = BTreeMap::new();
        loop {
            for entry in statement["entries"].as_array().unwrap() {
                let key = format!("{} {}", entry["unit"], entry["form"]);
                let sum = sums.entry(key).or_default();
                for (sum, name) in sum.iter_mut().zip(["amount", "issued", "paid"]) {
                    *sum += entry[name].as_i64().unwrap();
                }
            }
            let Some(next) = statement["next"].as_str() else {
                break;
            };
            statement = self.house.statement(advocate, &format!("?cursor={next}"));
        }
        let balances = statement["balances"].as_array().unwrap();
        assert_eq!(balances.len(), sums.len());
        for balance in balances {
            let of = |name: &str| balance[name].as_i64().unwrap();
            let sum = sums[&format!("{} {}", balance["unit"], balance["form"])];
            assert_eq!([of("earned"), of("issued"), of("paid")], sum, "{balance}");
            let parts = of("held") + of("pending") + of("payable") + of("issued");
            assert_eq!(of("earned"), parts, "{balance}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_ledger_says_what_the_rules_do_whatever_the_order(
        events in proptest::collection::vec(event(), 10..80),
    ) {
        let mut world = World::new();
        // Two referrals at least, so that short worlds are about something.
        for (who, prospect) in [(0, 0), (1, 1)] {
            world.happen(&Event::Lead { who, prospect, medium: Medium::Email, minutes: 5 });
        }
        for event in &events {
            world.happen(event);
        }
        world.house.cron();
        world.check();
        // Settled is settled: nothing moves any more.
        let ledger = world.house.ledger();
        world.house.cron();
        prop_assert_eq!(world.house.ledger(), ledger);
        // A year later all that was not held is approved, and it still adds up.
        world.house.days_later(366);
        world.pay_out();
        world.check();
    }
}
