//! Owns telling the demo's story to the API: who is there first, then the leads,
//! a chapter after the other, each with what becomes of it.
//!
//! Every call has a key of its own, so that a story that broke off is told on.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::thread;

use goodword::domain::date::rfc3339;
use goodword::domain::keyring::{Keyring, Receipt};
use serde_json::{Map, Value, json};

use super::api::{Api, items, text};
use super::people::{Program, REPS, email};
use super::sql::Numbers;
use super::story::{Chapter, Lead, Sale, Way};

/// Calls at a time: the Worker reads D1 for one while it answers another.
const AT_A_TIME: usize = 4;

/// Everybody who follows leads up.
pub fn reps(api: &Api) -> Result<(), String> {
    for rep in REPS {
        api.put(
            &format!("/v1/reps/{}", rep.slug),
            &json!({"name": rep.name, "email": rep.email}),
        )?;
    }
    Ok(())
}

/// A program's labels, advocates, rules and routing.
pub fn program(api: &Api, program: &Program) -> Result<(), String> {
    let path = |what: &str| format!("/v1/programs/{}/{what}", program.slug);
    for label in program.labels {
        api.create(&path("labels"), &json!({"slug": label}))?;
    }
    each(program.advocates, |advocate| {
        let (external_id, kind, name, _, segment, owner, ..) = advocate;
        let mut new = json!({
            "external_id": external_id, "kind": kind, "name": name, "email": email(advocate),
        });
        if let Some(new) = new.as_object_mut() {
            put(new, "segment", segment);
            put(new, "owner", owner);
        }
        api.create(&path("advocates"), &new).map(drop)
    })?;
    let rules: Value = serde_json::from_str(program.rules)
        .map_err(|error| format!("rules of {}: {error}", program.slug))?;
    api.put(&path("rules"), &rules)?;
    let slugs: Vec<&str> = REPS.iter().map(|rep| rep.slug).collect();
    api.put(&path("routing"), &json!({"reps": slugs})).map(drop)
}

/// An empty text is none.
fn put(object: &mut Map<String, Value>, field: &str, text: &str) {
    if !text.is_empty() {
        object.insert(field.to_owned(), text.into());
    }
}

/// The numbers that stand in the program's links.
pub fn numbers(api: &Api, program: &Program, keyring: &Keyring) -> Result<Numbers, String> {
    let somebody = program.advocates.first().map(|advocate| advocate.0);
    let row = |advocate: Option<&str>, destination: Option<&str>, label: Option<&str>| {
        json!({
            "advocate": format!("ext:{}", advocate.or(somebody).unwrap_or_default()),
            "channel": "email", "destination": destination, "label": label,
        })
    };
    let advocates = program
        .advocates
        .iter()
        .map(|one| row(Some(one.0), None, None));
    let destinations = program
        .destinations
        .iter()
        .map(|one| row(None, Some(one.0), None));
    let labels = program.labels.iter().map(|one| row(None, None, Some(one)));
    let rows: Vec<Value> = advocates.chain(destinations).chain(labels).collect();
    let mut links = Vec::new();
    for code in api.links(program.slug, &rows)? {
        let link = keyring.read_link(&code);
        links.push(link.map_err(|error| format!("a link of {}: {error}", program.slug))?);
    }
    let (advocates, rest) = links
        .split_at_checked(program.advocates.len())
        .ok_or("too few links")?;
    let (destinations, labels) = rest
        .split_at_checked(program.destinations.len())
        .ok_or("too few links")?;
    Ok(Numbers {
        program: links.first().map_or(0, |link| link.program.get()),
        advocates: advocates.iter().map(|link| link.advocate.0).collect(),
        destinations: destinations
            .iter()
            .map(|link| link.destination.get())
            .collect(),
        labels: labels.iter().map(|link| link.label.get()).collect(),
    })
}

/// Tells a program's leads. Answers its payouts, the older one first.
pub fn leads(
    api: &Api,
    program: &Program,
    leads: &[Lead],
    numbers: &Numbers,
    keyring: &Keyring,
) -> Result<Vec<String>, String> {
    let teller = Teller {
        api,
        program,
        numbers,
        keyring,
    };
    let mut payouts = Vec::new();
    for chapter in [Chapter::Paid, Chapter::Issued, Chapter::Open] {
        let leads: Vec<&Lead> = leads
            .iter()
            .filter(|lead| lead.chapter == chapter)
            .collect();
        each(&leads, |lead| teller.lead(lead))?;
        if chapter != Chapter::Open {
            payouts.extend(teller.payout(chapter)?);
        }
    }
    teller.decisions()?;
    Ok(payouts)
}

struct Teller<'a> {
    api: &'a Api<'a>,
    program: &'a Program,
    numbers: &'a Numbers,
    keyring: &'a Keyring,
}

impl Teller<'_> {
    fn lead(&self, lead: &Lead) -> Result<(), String> {
        let slug = self.program.slug;
        let key = format!("demo-{slug}-{}", lead.n);
        let id = self.taken(lead, &key)?;
        // A sale takes a lead to `won` by itself.
        for step in lead.steps.iter().filter(|step| step.stage != "won") {
            self.api.post_once(
                &format!("/v1/leads/{id}/stage"),
                &format!("{key}-{}", step.stage),
                &json!({"stage": step.stage, "at": rfc3339(step.at), "reason": step.reason}),
            )?;
        }
        lead.sales.iter().try_for_each(|sale| self.sale(sale, &id))
    }

    fn taken(&self, lead: &Lead, key: &str) -> Result<String, String> {
        let mut new = json!({
            "program": self.program.slug,
            "prospect": {"name": lead.name, "email": lead.email, "company": lead.company},
            "at": rfc3339(lead.at),
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
                    let link =
                        self.numbers
                            .link(click.advocate, click.medium, destination, label)?;
                    Some(self.keyring.sign_receipt(&Receipt {
                        link,
                        click: click.id,
                    }))
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
                let code = self.api.post(
                    "/v1/codes",
                    &json!({
                        "program": self.program.slug,
                        "advocate": self.reference(*advocate),
                        "medium": medium,
                    }),
                )?;
                set("code", json!(text(&code, "code")?));
            }
            Way::Alone { rep } => set("rep", json!(rep)),
        }
        let taken = self.api.post_once(path, key, &new)?;
        text(&taken, "id").map(ToOwned::to_owned)
    }

    fn reference(&self, advocate: usize) -> String {
        let id = self.program.advocates.get(advocate).map_or("", |one| one.0);
        format!("ext:{id}")
    }

    fn sale(&self, sale: &Sale, lead: &str) -> Result<(), String> {
        let program = self.program.slug;
        self.api.post(
            "/v1/conversions",
            &json!({
                "program": program, "kind": "sale", "order_id": sale.order, "lead": lead,
                "amount": sale.amount, "currency": "USD", "product": sale.product,
                "at": rfc3339(sale.at),
            }),
        )?;
        let Some(refund) = &sale.refund else {
            return Ok(());
        };
        let refunded = json!({
            "program": program, "kind": "refund", "order_id": sale.order,
            "refund_id": format!("{}-back", sale.order), "amount": refund.amount,
            "currency": "USD", "reason": refund.reason, "at": rfc3339(refund.at),
        });
        self.api.post("/v1/conversions", &refunded).map(drop)
    }

    /// Issues what a chapter has earned, and enters what the payer said of it.
    fn payout(&self, chapter: Chapter) -> Result<Option<String>, String> {
        let program = self.program.slug;
        let (key, reference) = match chapter {
            Chapter::Paid => ("first", "SEPA batch 114"),
            _ => ("second", "SEPA batch 121"),
        };
        let issued = self.api.post_once(
            "/v1/payouts",
            &format!("demo-{program}-payout-{key}"),
            &json!({"program": program}),
        );
        let id = match &issued {
            Ok(issued) => text(issued, "id")?,
            // By chance nothing was earned.
            Err(why) if why.contains("nothing to pay") => return Ok(None),
            Err(why) => return Err(why.clone()),
        };
        let payout = self.api.get(&format!("/v1/payouts/{id}"))?;
        let lines = payout.get("lines").and_then(Value::as_array);
        let lines = lines.map(Vec::as_slice).unwrap_or_default();
        let numbers = lines.iter().filter_map(|line| line.get("line")?.as_u64());
        let report = if chapter == Chapter::Paid {
            json!({"reference": reference})
        } else {
            // Of five lines three are paid, one comes back, one is still out.
            let paid: Vec<u64> = numbers
                .clone()
                .filter(|n| matches!(n % 5, 1 | 2 | 4))
                .collect();
            let back = numbers.filter(|n| n % 5 == 3);
            let back: Vec<Value> = back
                .map(|line| json!({"line": line, "reason": "account closed"}))
                .collect();
            json!({"reference": reference, "lines": paid, "returned": back})
        };
        self.api.post(&format!("/v1/payouts/{id}/paid"), &report)?;
        Ok(Some(id.to_owned()))
    }

    /// What somebody has looked at since: some rewards are approved, one is held.
    fn decisions(&self) -> Result<(), String> {
        let slug = self.program.slug;
        let pending = self.api.get(&format!(
            "/v1/rewards?program={slug}&state=pending&limit=200"
        ))?;
        let now = rfc3339(crate::report::today());
        let is_due = |reward: &&Value| text(reward, "due_at").is_ok_and(|due| due <= &*now);
        let mut due = items(&pending).iter().filter(is_due);
        if let Some(reward) = due.next() {
            let path = format!("/v1/rewards/{}/hold", text(reward, "id")?);
            let why = json!({"why": "asked the advocate for an invoice"});
            self.api.post(&path, &why)?;
        }
        // Every other one; the rest waits for whoever opens the console.
        for reward in due.step_by(2) {
            let path = format!("/v1/rewards/{}/approve", text(reward, "id")?);
            self.api.post(&path, &json!({"why": "looked at"}))?;
        }
        Ok(())
    }
}

/// Does something with each, several at a time, until one fails.
fn each<T: Sync>(all: &[T], work: impl Fn(&T) -> Result<(), String> + Sync) -> Result<(), String> {
    let left = Mutex::new(all.iter());
    let failed = Mutex::new(None);
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                while let Some(one) = next() {
                    if let Err(why) = work(one) {
                        let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
                        failed.get_or_insert(why);
                        // Nobody takes another one.
                        left.lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .by_ref()
                            .for_each(drop);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    failed.map_or(Ok(()), Err)
}
