//! `POST /v1/programs/{program}/advocates/{advocate}/merge`: two entries that turned
//! out to be one person.

use goodword::domain::{channel::Medium, link::AdvocateNumber};
use http::Method;
use serde_json::{Value, json};

use crate::{
    closed_loop::{BOTH_SIDES, BY_KIND, House, LADDER, SHARE, text},
    harness::{ADMIN, Answer, Api, Visit, at_once},
};

const PATH: &str = "/v1/programs/customers/advocates";

fn merge(api: &Api, from: &str, into: &str) -> Answer {
    api.post(&format!("{PATH}/{from}/merge"), &json!({"into": into}))
}

/// A house with Maya twice: as `ext:maya`, and as `ext:m2`, whose id comes with it.
fn twice(rules: &str) -> (House, String) {
    let house = House::under(rules);
    let second = house.advocate("m2", "customer", &json!({"email": "maya@example.com"}));
    (house, second)
}

fn credited(api: &Api, lead: &str) -> String {
    text(&api.get(&format!("/v1/leads/{lead}")).expect(200)["advocate"])
}

#[test]
fn the_one_who_remains_is_answered_and_the_other_one_says_so() {
    let (house, second) = twice(BOTH_SIDES);
    let api = &house.api;
    let maya = api.get(&format!("{PATH}/ext:maya")).expect(200);
    api.wait(1_000);
    assert_eq!(merge(api, "ext:m2", "ext:maya").expect(200), maya);
    let entry = api.get(&format!("{PATH}/{second}")).expect(200);
    assert_eq!(entry["merged_into"], house.maya.as_str());
    assert_eq!(entry["status"], "disabled");
    // The same again changes nothing.
    let before = api.dump();
    assert_eq!(merge(api, &second, &house.maya).expect(200), maya);
    assert_eq!(api.dump(), before);
}

#[test]
fn what_cannot_be_one_person_is_refused_and_nothing_is_written() {
    let (house, second) = twice(BOTH_SIDES);
    let api = &house.api;
    let third = api.advocate("m3");
    let gone = house.advocate("gone", "customer", &json!({"email": "gone@example.com"}));
    api.post("/v1/people/erase", &json!({"email": "gone@example.com"}))
        .expect(200);
    let off = api.advocate("off");
    api.patch(&format!("{PATH}/{off}"), &json!({"status": "disabled"}))
        .expect(200);
    merge(api, &third, &second).expect(200);
    api.post("/v1/programs", &json!({"slug": "other", "name": "O"}))
        .expect(201);
    let elsewhere = api.post(
        "/v1/programs/other/advocates",
        &json!({"external_id": "far", "kind": "customer", "name": "F"}),
    );
    let elsewhere = text(&elsewhere.expect(201)["id"]);
    let before = api.dump();
    for (from, into) in [
        (&second, &second),    // themselves
        (&second, &third),     // who was merged, into the same one at that
        (&house.maya, &third), // who was merged
        (&third, &house.maya), // was merged into somebody else
        (&gone, &house.maya),
        (&house.maya, &gone),
        (&house.maya, &off),
    ] {
        let problem = merge(api, from, into).problem(409);
        assert!(!problem["detail"].as_str().unwrap().is_empty());
    }
    assert_eq!(merge(api, &second, &elsewhere).field().0, "into");
    assert_eq!(merge(api, &second, "ext:nobody").field().0, "into");
    assert_eq!(
        api.post(&format!("{PATH}/{second}/merge"), &json!({}))
            .field()
            .0,
        "into"
    );
    merge(api, "ext:nobody", &second).problem(404);
    api.post(
        &format!("{PATH}/{second}/merge"),
        &json!({"into": &house.maya, "why": "x"}),
    )
    .problem(422);
    assert_eq!(api.dump(), before);
}

#[test]
fn credits_move_and_what_was_paid_is_not_paid_again() {
    let (house, second) = twice(BOTH_SIDES);
    let api = &house.api;
    let paid = house.lead_of(&second, Medium::Email, "a@eins.example");
    house.sell(&paid, "o-1", 50_000);
    house.pay();
    let issued = house.lead_of(&second, Medium::Email, "b@zwei.example");
    house.sell(&issued, "o-2", 50_000);
    let open = house.issue();
    let approved = house.lead_of(&second, Medium::Email, "c@drei.example");
    house.sell(&approved, "o-3", 50_000);
    let own = house.lead("d@vier.example");
    house.sell(&own, "o-4", 50_000);
    house.cron();
    let (rewards, ledger) = (house.rewards(), house.ledger());
    let ids = |query: &str| -> Vec<String> {
        let mut ids: Vec<String> = house
            .list(query)
            .iter()
            .map(|one| text(&one["id"]))
            .collect();
        ids.sort();
        ids
    };
    let all = ids("");

    merge(api, &second, &house.maya).expect(200);
    house.cron();
    for lead in [&paid, &issued, &approved, &own] {
        assert_eq!(credited(api, lead), house.maya);
    }
    // Nothing was reversed and granted anew: the rewards went along as they were.
    assert_eq!(house.rewards(), rewards);
    assert_eq!(house.ledger(), ledger);
    assert_eq!(ids(""), all);
    assert_eq!(ids(&format!("&advocate={}", house.maya)), all);
    assert_eq!(ids("&advocate=ext:m2"), all, "the entry means who remains");
    // What is out is entered as paid, and only what is open is issued.
    house
        .report(&open, &json!({"reference": "SEPA-2"}))
        .expect(200);
    let last = house.issue();
    let sum: f64 = house
        .lines(&last)
        .iter()
        .filter(|line| line.contains(" advocate "))
        .map(|line| line.split(' ').nth(2).unwrap().parse::<f64>().unwrap())
        .sum();
    assert!(
        (sum - 200.0).abs() < 0.001,
        "two of four: {:?}",
        house.lines(&last)
    );
    house
        .report(&last, &json!({"reference": "SEPA-3"}))
        .expect(200);
    house.ask_to_issue().problem(409);
    let balance = house.statement(&house.maya, "")["balances"][0].clone();
    assert_eq!(
        (balance["earned"].as_i64(), balance["paid"].as_i64()),
        (Some(40_000), Some(40_000))
    );
    assert_eq!(house.statement(&second, "")["balances"][0], balance);
}

#[test]
fn a_reward_that_moved_is_the_one_that_a_refund_takes_back() {
    let (house, second) = twice(SHARE);
    let lead = house.lead_of(&second, Medium::Email, "a@eins.example");
    house.sell(&lead, "o-1", 50_000);
    let reward = house.reward("");
    house.days_later(31);
    house.pay();
    merge(&house.api, &second, &house.maya).expect(200);
    house.refund("o-1");
    assert_eq!(house.reward(""), reward, "no second one for the same cause");
    assert_eq!(house.rewards(), ["advocate 0 USD cash reversed -5000"]);
    // Another sale pays, less what is owed back.
    house.sell(&lead, "o-2", 80_000);
    house.days_later(31);
    let payout = house.issue();
    assert_eq!(house.lines(&payout).len(), 1);
    assert!(
        house.lines(&payout)[0].contains(" 30.00 "),
        "{:?}",
        house.lines(&payout)
    );
}

#[test]
fn a_ladder_counts_both_as_one_person() {
    let (house, second) = twice(LADDER);
    for (who, email) in [
        (&house.maya, "a@eins.example"),
        (&second, "b@zwei.example"),
        (&house.maya, "c@drei.example"),
        (&second, "d@vier.example"),
    ] {
        house.api.wait(60_000);
        let lead = house.lead_of(who, Medium::Email, email);
        house.step(&lead, &["accepted", "meeting", "opportunity", "won"]);
    }
    let count = |unit: &str| {
        house
            .rewards()
            .iter()
            .filter(|line| line.contains(unit))
            .count()
    };
    assert_eq!((count("USD"), count("months")), (4, 0));
    merge(&house.api, &second, &house.maya).expect(200);
    assert_eq!(
        (count("USD"), count("months")),
        (3, 1),
        "{:?}",
        house.rewards()
    );
}

#[test]
fn rewards_are_of_the_kind_of_who_remains() {
    let house = House::under(BY_KIND);
    let partner = house.advocate("m2", "partner", &json!({}));
    let lead = house.lead_of(&partner, Medium::Email, "a@eins.example");
    house.step(&lead, &["accepted", "meeting", "opportunity", "won"]);
    house.sell(&lead, "o-1", 50_000);
    merge(&house.api, &partner, &house.maya).expect(200);
    let after = house.rewards();
    // As if the credit had been a customer's from the beginning.
    let other = House::under(BY_KIND);
    let lead = other.lead("a@eins.example");
    other.step(&lead, &["accepted", "meeting", "opportunity", "won"]);
    other.sell(&lead, "o-1", 50_000);
    assert_eq!(after, other.rewards());
}

#[test]
fn a_credit_that_had_gone_from_one_to_the_other_is_owed_once() {
    let (house, second) = twice(BOTH_SIDES);
    let api = &house.api;
    let lead = house.lead("a@eins.example");
    house.sell(&lead, "o-1", 50_000);
    house.pay();
    // An earlier word gives it to the second entry; the first one owes it back.
    let spoken = json!({"program": "customers", "medium": "in_person", "rep": "lea",
        "advocate": {"id": second}, "prospect": {"email": "a@eins.example"},
        "at": "2026-11-22T09:00:00Z"});
    api.post("/v1/referrals/verbal", &spoken).expect(200);
    assert_eq!(credited(api, &lead), second);
    merge(api, &second, &house.maya).expect(200);
    assert_eq!(credited(api, &lead), house.maya);
    // Twice paid for or not at all: it was paid once, and it is owed once.
    house.ask_to_issue().problem(409);
    house.refund("o-1");
    house.ask_to_issue().problem(409);
    let balance = house.statement(&house.maya, "")["balances"][0].clone();
    assert_eq!(
        (balance["earned"].as_i64(), balance["paid"].as_i64()),
        (Some(0), Some(10_000))
    );
    // Settled is settled: to go over it again adds nothing.
    let ledger = house.ledger();
    api.plant("UPDATE accounts SET changed = changed + 1");
    house.cron();
    api.plant("UPDATE accounts SET changed = changed + 1");
    house.cron();
    assert_eq!(house.ledger(), ledger);
}

#[test]
fn links_receipts_and_codes_go_on_and_credit_who_remains() {
    let (house, second) = twice(BOTH_SIDES);
    let api = &house.api;
    let code = json!({"program": "customers", "advocate": second});
    let code = text(&api.post("/v1/codes", &code).expect(201)["code"]);
    let link = json!({"program": "customers", "advocate": second, "medium": "email"});
    let link = text(&api.post("/v1/links", &link).expect(200)["code"]);
    let early = api.receipt(&second, Medium::Email, api.now() - 3_600_000);
    api.published();
    merge(api, &second, &house.maya).expect(200);

    // The edge follows the link, and knows of it at once.
    let number = AdvocateNumber::from_id(&second).unwrap().0;
    let published = api.published();
    let disabled = &published.last().unwrap().programs[0].disabled_advocates;
    assert!(!disabled.contains(&number));
    let explained = api
        .post("/v1/links/verify", &json!({"code": link}))
        .expect(200);
    assert_eq!(explained["works"], true);

    // A click of before, one of after, the code; in `why` the touch is the entry's.
    let refer = |email: &str, proof: Value| {
        let mut body = json!({"program": "customers", "prospect": {"email": email}});
        for (name, value) in proof.as_object().unwrap() {
            body[name] = value.clone();
        }
        text(&api.post("/v1/leads", &body).expect(201)["id"])
    };
    let late = api.receipt(&second, Medium::Email, api.now());
    let clicked = refer("a@eins.example", json!({"receipts": [early]}));
    for lead in [
        clicked.clone(),
        refer("b@zwei.example", json!({"receipts": [late]})),
        refer("c@drei.example", json!({"code": code})),
    ] {
        assert_eq!(credited(api, &lead), house.maya);
    }
    let why = api.get(&format!("/v1/leads/{clicked}/why")).expect(200);
    assert_eq!(why["advocate"], house.maya.as_str());
    let touch = &why["decisions"][0]["touches"][0];
    assert_eq!(touch["advocate"], second.as_str());
    assert_eq!(touch["merged_into"], house.maya.as_str());
    assert_eq!(touch["verdict"], "won");
    assert_eq!(
        api.get(&format!("/v1/codes/{code}")).expect(200)["advocate"],
        house.maya.as_str()
    );

    // Whoever still names the entry means the person.
    let again = json!({"program": "customers", "advocate": "ext:m2", "medium": "email"});
    assert_eq!(
        api.post("/v1/links", &again).expect(200)["advocate"],
        house.maya.as_str()
    );
    let spoken = json!({"program": "customers", "medium": "in_person", "rep": "lea",
        "advocate": {"name": "Maya", "email": "maya@example.com"},
        "prospect": {"email": "e@fuenf.example"}});
    let taken = api.post("/v1/referrals/verbal", &spoken).expect(201);
    assert_eq!(taken["advocate"], house.maya.as_str());
    let leads = api
        .get("/v1/leads?program=customers&advocate=ext:m2")
        .expect(200);
    assert_eq!(leads["items"].as_array().unwrap().len(), 4);

    // Switched off, they are off with all entries.
    house.change("maya", &json!({"status": "disabled"}));
    let published = api.published();
    let disabled = &published.last().unwrap().programs[0].disabled_advocates;
    assert!(disabled.contains(&number));
}

#[test]
fn a_touch_of_before_decides_for_who_remains_when_it_is_decided_anew() {
    let (house, second) = twice(BOTH_SIDES);
    let api = &house.api;
    let lead = house.lead_of(&second, Medium::Email, "a@eins.example");
    merge(api, &second, &house.maya).expect(200);
    let ben = house.advocate("ben", "customer", &json!({}));
    // A touch of somebody else from before, which the last touch beats.
    let receipt = api.receipt(&ben, Medium::X, api.now() - 7_200_000);
    let body = json!({"program": "customers", "receipts": [receipt],
        "prospect": {"email": "a@eins.example"}});
    api.post("/v1/leads", &body).expect(200);
    assert_eq!(credited(api, &lead), house.maya);
    house.step(&lead, &["accepted"]);
    assert_eq!(credited(api, &lead), house.maya);
    let replay = json!({"program": "customers", "from": "2026-11-01", "to": "2026-11-30",
        "policy": {"touch": "last", "window_days": 90}});
    let replay = api.post("/v1/attribution/what-if", &replay).expect(200);
    assert_eq!(
        (replay["leads"].as_i64(), replay["changed"].as_i64()),
        (Some(1), Some(0))
    );
}

#[test]
fn chains_are_flattened() {
    let (house, second) = twice(BOTH_SIDES);
    let api = &house.api;
    let third = api.advocate("m3");
    let lead = house.lead_of(&third, Medium::Email, "a@eins.example");
    house.sell(&lead, "o-1", 50_000);
    let rewards = house.rewards();
    merge(api, &third, &second).expect(200);
    merge(api, &second, &house.maya).expect(200);
    let into = |id: &str| api.get(&format!("{PATH}/{id}")).expect(200)["merged_into"].clone();
    assert_eq!(
        (into(&third), into(&second)),
        (json!(house.maya), json!(house.maya))
    );
    assert_eq!(credited(api, &lead), house.maya);
    assert_eq!(house.rewards(), rewards);
    let late = house
        .taken(&third, Medium::Email, "b@zwei.example")
        .expect(201);
    assert_eq!(late["advocate"], house.maya.as_str());
    // To say the first step again is answered with who remains.
    assert_eq!(
        merge(api, &third, &second).expect(200)["id"],
        house.maya.as_str()
    );
}

#[test]
fn statistics_count_both_as_one() {
    let (house, second) = twice(BOTH_SIDES);
    let api = &house.api;
    let of = |id: &str, visitor: u64| Visit {
        advocate: AdvocateNumber::from_id(id).unwrap().0,
        visitor: Some(visitor),
        ..Visit::default()
    };
    api.visit("UTC", &[of(&second, 1), of(&second, 2), of(&house.maya, 3)]);
    let share = |advocate: &str, event: &str| {
        let share = json!({"program": "customers", "advocate": advocate, "medium": "x",
            "kind": "sent", "event_id": event});
        api.post("/v1/shares", &share).expect(201);
    };
    share(&second, "1");
    merge(api, &second, &house.maya).expect(200);
    api.visit("UTC", &[of(&second, 4)]);
    share("ext:m2", "2");
    let stats = api.stats("by=advocate");
    let rows = stats["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{rows:#?}");
    assert_eq!(rows[0]["key"], house.maya.as_str());
    assert_eq!(rows[0]["name"], "Maya");
    assert_eq!(rows[0]["clicks"]["human"], 4);
    assert_eq!(rows[0]["shares"]["sent"], 2);
    assert_eq!(rows[0]["uniques"], 4);
    let funnel = api
        .get("/v1/stats/funnel?program=customers&by=advocate")
        .expect(200);
    let rows = funnel["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{rows:#?}");
    assert_eq!(rows[0]["key"], house.maya.as_str());
    let active = api.get("/v1/stats/advocates?program=customers").expect(200);
    assert_eq!(active["enrolled"], 1);
    assert_eq!(active["active"], 1);
}

#[test]
fn whoever_refers_themselves_by_another_entry_is_flagged() {
    let (house, second) = twice(BOTH_SIDES);
    let api = &house.api;
    let before = house.lead("maya@example.com");
    merge(api, &second, &house.maya).expect(200);
    let flags = |lead: &str| api.get(&format!("/v1/leads/{lead}")).expect(200)["flags"].clone();
    assert_eq!(flags(&before), json!(["same_email"]));
    let house_of = |email: &str| house.taken(&second, Medium::Email, email).expect(201);
    let colleague = house_of("otto@example.com");
    assert_eq!(colleague["flags"], json!(["same_domain"]));
}

#[test]
fn an_erasure_and_an_export_are_of_both() {
    for by in ["maya@example.com", "old@example.com"] {
        let (house, second) = twice(BOTH_SIDES);
        let api = &house.api;
        house.change("maya", &json!({"email": "old@example.com"}));
        merge(api, &second, &house.maya).expect(200);
        let exported = api
            .post("/v1/people/export", &json!({"email": by}))
            .expect(200);
        assert_eq!(exported["advocates"].as_array().unwrap().len(), 2, "{by}");
        let erased = api
            .post("/v1/people/erase", &json!({"email": by}))
            .expect(200);
        assert_eq!(erased["advocates"], 2, "{by}");
        for entry in [&second, &house.maya] {
            let row = api.get(&format!("{PATH}/{entry}")).expect(200);
            assert_eq!(
                (&row["name"], &row["email"]),
                (&json!("Erased"), &Value::Null)
            );
        }
        let receipt = api.receipt(&second, Medium::Email, api.now());
        let body = json!({"program": "customers", "receipts": [receipt],
            "prospect": {"email": "a@eins.example"}});
        api.post("/v1/leads", &body).problem(422);
    }
}

#[test]
fn a_merged_entry_is_changed_no_more() {
    let (house, second) = twice(BOTH_SIDES);
    merge(&house.api, &second, &house.maya).expect(200);
    let path = format!("{PATH}/{second}");
    house
        .api
        .patch(&path, &json!({"status": "active"}))
        .problem(409);
    house.api.patch(&path, &json!({"name": "M"})).problem(409);
}

#[test]
fn two_who_merge_crosswise_at_once_leave_one() {
    let (house, second) = twice(BOTH_SIDES);
    let api = &house.api;
    let ask = |from: &str, into: &str| {
        let ask = api.request(Method::POST, &format!("{PATH}/{from}/merge"));
        ask.key(ADMIN).json(&json!({"into": into}))
    };
    let answers = at_once(vec![ask(&second, &house.maya), ask(&house.maya, &second)]);
    let mut statuses: Vec<u16> = answers.iter().map(|one| one.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let merged = api.column("SELECT id FROM advocates WHERE merged_into IS NOT NULL");
    assert_eq!(merged.len(), 1);
}

#[test]
fn a_lead_that_comes_in_meanwhile_is_not_left_with_the_entry() {
    let (house, second) = twice(BOTH_SIDES);
    let api = &house.api;
    let (from, into) = (
        AdvocateNumber::from_id(&second).unwrap().0,
        AdvocateNumber::from_id(&house.maya).unwrap().0,
    );
    let merged = format!(
        "UPDATE advocates SET merged_into = {into}, status = 'disabled' WHERE number = {from}"
    );
    api.meanwhile("INSERT INTO leads", &merged);
    let taken = house
        .taken(&second, Medium::Email, "a@eins.example")
        .expect(201);
    assert_eq!(taken["advocate"], house.maya.as_str());
}
