//! Letters that go by themselves: what brings them about, what keeps them back, what
//! they say, and what becomes of them.

use goodword::{domain::channel::Medium, jobs::outside::Reply};
use serde_json::{Value, json};

use crate::{
    closed_loop::{House, SHARE},
    harness::Api,
};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// One with mail, Maya with an address, and Sam's lead by her link; the id of the lead.
fn with_lead() -> (Api, String) {
    let (api, maya) = Api::staffed();
    api.secret("MAIL_FROM", "Goodword <hello@example.com>");
    let address = json!({"email": "maya@example.com"});
    api.patch("/v1/programs/customers/advocates/ext:maya", &address)
        .expect(200);
    let lead = refer(&api, &maya, "sam@example.org");
    (api, lead)
}

fn refer(api: &Api, advocate: &str, email: &str) -> String {
    let receipt = api.receipt(advocate, Medium::Email, api.now() - MINUTE);
    let lead = json!({"program": "customers", "receipts": [receipt],
        "prospect": {"email": email, "name": "Sam Keller", "company": "Example GmbH"}});
    let lead = api.post("/v1/leads", &lead).expect(201);
    lead["id"].as_str().unwrap().to_owned()
}

fn step(api: &Api, lead: &str, stage: &str) {
    let mut body = json!({"stage": stage});
    if stage == "lost" {
        body["reason"] = json!("no budget");
    }
    api.post(&format!("/v1/leads/{lead}/stage"), &body)
        .expect(200);
}

fn log(api: &Api) -> Vec<Value> {
    let letters = api.get("/v1/letters").expect(200);
    letters["items"].as_array().unwrap().clone()
}

/// The newest letter's state and why.
fn newest(api: &Api) -> (String, String) {
    let log = log(api);
    let text = |name: &str| log[0][name].as_str().unwrap_or_default().to_owned();
    (text("state"), text("why"))
}

#[test]
fn news_of_a_referral_reaches_the_advocate_once() {
    let (api, lead) = with_lead();
    step(&api, &lead, "accepted");
    api.carry();
    let letters = api.letters();
    let [letter] = &letters[..] else {
        panic!("{letters:?}")
    };
    assert_eq!(letter.to, "maya@example.com");
    assert_eq!(letter.subject, "News of S. K.");
    assert!(
        letter
            .text
            .contains("you referred S. K. to us. We are in touch with them.")
    );
    assert!(letter.html.contains("We are in touch with them."));
    assert!(letter.html.contains(">See all of your referrals</a>"));
    assert!(letter.unsubscribe.starts_with("https://go.example.com/u/"));
    for part in [&letter.text, &letter.html] {
        assert!(part.contains(&letter.unsubscribe), "{part}");
    }
    let log = log(&api);
    assert_eq!(log[0]["id"], letter.id.as_str());
    assert_eq!(log[0]["message"], "moved");
    assert_eq!(log[0]["state"], "sent");
    assert_eq!(log[0]["attempts"], 1);
    api.carry();
    assert!(api.letters().is_empty());
    let dump =
        api.column("SELECT group_concat(quote(data) || quote(cause) || quote(id)) FROM letters");
    assert!(!dump[0].contains('@'), "no address is kept: {dump:?}");
}

#[test]
fn what_is_no_news_any_more_is_not_sent() {
    let (api, lead) = with_lead();
    step(&api, &lead, "accepted");
    step(&api, &lead, "meeting");
    api.carry();
    api.carry();
    let texts: Vec<String> = api.letters().into_iter().map(|one| one.text).collect();
    let [text] = &texts[..] else {
        panic!("{texts:?}")
    };
    assert!(text.contains("We have met, and talk about what they need."));
    let states: Vec<String> = log(&api)
        .iter()
        .map(|one| one["state"].to_string())
        .collect();
    assert_eq!(
        states.iter().filter(|one| *one == "\"skipped\"").count(),
        1,
        "{states:?}"
    );

    // What happened long ago, or is lost before anybody looked at it, is not even due.
    let (api, lead) = with_lead();
    step(&api, &lead, "lost");
    let other = refer(&api, &maya(&api), "kim@example.org");
    api.wait(5 * DAY);
    let late = json!({"stage": "accepted", "at": time(&api, -4 * DAY)});
    api.post(&format!("/v1/leads/{other}/stage"), &late)
        .expect(200);
    assert_eq!(log(&api), Vec::<Value>::new());
}

fn maya(api: &Api) -> String {
    let maya = api
        .get("/v1/programs/customers/advocates/ext:maya")
        .expect(200);
    maya["id"].as_str().unwrap().to_owned()
}

/// A time of the API, from now on.
fn time(api: &Api, millis: i64) -> String {
    goodword::domain::date::rfc3339(api.now() + millis)
}

#[test]
fn who_may_not_be_written_to_gets_none() {
    for (change, why) in [
        (json!({"status": "disabled"}), "there is nobody to write to"),
        (json!({"email": ""}), "there is nobody to write to"),
    ] {
        let (api, lead) = with_lead();
        step(&api, &lead, "accepted");
        api.patch("/v1/programs/customers/advocates/ext:maya", &change)
            .expect(200);
        api.carry();
        assert!(api.letters().is_empty());
        assert_eq!(newest(&api), ("skipped".to_owned(), why.to_owned()));
    }
    let (api, lead) = with_lead();
    let off = json!({"enabled": {"moved": false}});
    api.patch("/v1/programs/customers/messages", &off)
        .expect(200);
    step(&api, &lead, "accepted");
    assert_eq!(
        log(&api),
        Vec::<Value>::new(),
        "it is not even written down"
    );
    let on = json!({"enabled": {"moved": true}});
    api.patch("/v1/programs/customers/messages", &on)
        .expect(200);
    step(&api, &lead, "meeting");
    api.patch("/v1/programs/customers/messages", &off)
        .expect(200);
    api.carry();
    assert_eq!(
        newest(&api),
        ("skipped".to_owned(), "it is switched off".to_owned())
    );
}

#[test]
fn an_erased_person_leaves_no_letter() {
    let (api, lead) = with_lead();
    step(&api, &lead, "accepted");
    api.mail_answers(Some(Reply {
        status: 422,
        ..Reply::default()
    }));
    api.carry();
    assert_eq!(newest(&api).0, "failed");
    api.mail_answers(None);
    step(&api, &lead, "meeting");
    api.post("/v1/people/erase", &json!({"email": "maya@example.com"}))
        .expect(200);
    api.letters();
    api.carry();
    assert!(api.letters().is_empty());
    for letter in log(&api) {
        assert_eq!(letter["advocate"], json!(null));
        assert_ne!(letter["state"], "queued");
    }
    let kept = api.column(
        "SELECT count(*) || ' ' || count(advocate) || ' ' || count(data) || ' '
          || count(*) FILTER (WHERE cause = id) || ' ' || group_concat(why) FROM letters",
    );
    assert_eq!(kept, ["2 0 0 2 the person was erased"]);
}

#[test]
fn nobody_is_written_to_at_night_and_more_often_than_the_program_has_it() {
    let (api, lead) = with_lead();
    api.patch("/v1/programs/customers/messages", &json!({"per_week": 1}))
        .expect(200);
    step(&api, &lead, "accepted");
    api.carry();
    assert_eq!(api.letters().len(), 1);
    // 10:00 UTC and twelve hours.
    api.wait(12 * HOUR);
    let other = refer(&api, &maya(&api), "kim@example.org");
    step(&api, &other, "accepted");
    api.carry();
    assert_eq!(newest(&api), ("queued".to_owned(), String::new()));
    assert_eq!(log(&api)[0]["due_at"], "2026-11-23T08:00:00.000Z");
    api.wait(10 * HOUR);
    api.carry();
    let week = "the person had as many letters as a week may have";
    assert_eq!(newest(&api), ("skipped".to_owned(), week.to_owned()));
    assert!(api.letters().is_empty());
    // What somebody asks for goes at night, and in any number.
    api.wait(13 * HOUR);
    api.post(
        "/v1/programs/customers/advocates/ext:maya/invite",
        &json!({}),
    )
    .expect(202);
    assert_eq!(api.letters().len(), 1);
    assert_eq!(log(&api)[0]["message"], "invitation");
    assert_eq!(log(&api)[0]["state"], "sent");
}

#[test]
fn two_rounds_at_a_time_send_nothing_twice_and_keep_the_limit() {
    let (api, lead) = with_lead();
    api.patch("/v1/programs/customers/messages", &json!({"per_week": 2}))
        .expect(200);
    step(&api, &lead, "accepted");
    for email in ["a@example.org", "b@example.org", "c@example.org"] {
        let lead = refer(&api, &maya(&api), email);
        step(&api, &lead, "accepted");
    }
    api.carry_at_once(3);
    assert_eq!(api.letters().len(), 1, "one at a time to each person");
    for _ in 0..5 {
        api.carry_at_once(3);
    }
    assert_eq!(api.letters().len(), 1);
    let states: Vec<Value> = log(&api).iter().map(|one| one["state"].clone()).collect();
    assert_eq!(
        states.iter().filter(|one| **one == "sent").count(),
        2,
        "{states:?}"
    );
    assert_eq!(
        states.iter().filter(|one| **one == "skipped").count(),
        2,
        "{states:?}"
    );
}

#[test]
fn what_the_provider_does_not_take_is_tried_again_for_a_day() {
    let (api, lead) = with_lead();
    let day = json!({"quiet_from": "00:00", "quiet_to": "00:00"});
    api.patch("/v1/programs/customers/messages", &day)
        .expect(200);
    step(&api, &lead, "accepted");
    let refuse = |status, retry_after| {
        api.mail_answers(Some(Reply {
            status,
            retry_after,
            body: "maya@example.com is not known here".to_owned(),
            ..Reply::default()
        }));
    };
    refuse(429, Some(600));
    api.carry();
    let (state, why) = newest(&api);
    assert_eq!(
        (&*state, &*why),
        ("queued", "the mail provider answered 429")
    );
    assert_eq!(log(&api)[0]["due_at"], time(&api, 600_000));
    api.wait(600_000 - 1);
    api.carry();
    assert_eq!(log(&api)[0]["attempts"], 1, "it is not due yet");
    refuse(500, None);
    for _ in 0..200 {
        api.wait(10 * MINUTE);
        api.carry();
    }
    assert_eq!(newest(&api).0, "failed");
    assert_eq!(log(&api)[0]["attempts"], 9);
    let events = api.column("SELECT type FROM events WHERE type LIKE 'letter.%'");
    assert_eq!(events, ["letter.failed"]);

    let (api, lead) = with_lead();
    step(&api, &lead, "accepted");
    api.mail_answers(Some(Reply {
        status: 422,
        ..Reply::default()
    }));
    api.carry();
    assert_eq!(
        newest(&api),
        (
            "failed".to_owned(),
            "the mail provider answered 422".to_owned()
        )
    );

    let (api, lead) = with_lead();
    step(&api, &lead, "accepted");
    api.mail_fails(true);
    api.carry();
    let unanswered = "the mail provider did not answer, or is not set up";
    assert_eq!(newest(&api), ("queued".to_owned(), unanswered.to_owned()));
    api.mail_fails(false);
    api.wait(MINUTE);
    api.carry();
    assert_eq!(newest(&api), ("sent".to_owned(), String::new()));
    assert_eq!(log(&api)[0]["attempts"], 1);
}

#[test]
fn a_provider_that_is_not_set_up_uses_up_no_try_for_three_days() {
    for status in [401, 403, 0] {
        let (api, lead) = with_lead();
        let day = json!({"quiet_from": "00:00", "quiet_to": "00:00"});
        api.patch("/v1/programs/customers/messages", &day)
            .expect(200);
        step(&api, &lead, "accepted");
        api.mail_fails(status == 0);
        let refusal = Reply {
            status,
            ..Reply::default()
        };
        api.mail_answers(Some(refusal));
        for _ in 0..(3 * 24 * 6 - 1) {
            api.carry();
            api.wait(10 * MINUTE);
        }
        assert_eq!(newest(&api).0, "queued", "{status}");
        assert_eq!(log(&api)[0]["attempts"], 0);
        let other = refer(&api, &maya(&api), "kim@example.org");
        step(&api, &other, "accepted");
        for _ in 0..12 {
            api.carry();
            api.wait(10 * MINUTE);
        }
        let states: Vec<String> = log(&api)
            .iter()
            .map(|one| one["state"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(states, ["queued", "failed"], "{status}");
        // Whoever sets it up need not wait long.
        api.mail_fails(false);
        api.mail_answers(None);
        for _ in 0..7 {
            api.carry();
            api.wait(10 * MINUTE);
        }
        assert_eq!(newest(&api).0, "sent", "{status}");
        assert_eq!(log(&api)[0]["attempts"], 1);
    }
}

#[test]
fn what_is_over_the_limit_waits_for_its_turn_if_that_is_not_too_late() {
    let (api, lead) = with_lead();
    api.patch("/v1/programs/customers/messages", &json!({"per_week": 1}))
        .expect(200);
    step(&api, &lead, "accepted");
    api.carry();
    assert_eq!(api.letters().len(), 1);
    let turn = time(&api, 7 * DAY);
    api.wait(4 * DAY);
    let other = refer(&api, &maya(&api), "kim@example.org");
    step(&api, &other, "accepted");
    api.carry();
    assert_eq!(newest(&api), ("queued".to_owned(), String::new()));
    assert_eq!(log(&api)[0]["due_at"], turn);
    assert_eq!(log(&api)[0]["attempts"], 0);
    api.wait(3 * DAY - 1);
    api.carry();
    assert!(api.letters().is_empty());
    api.wait(1);
    api.carry();
    assert_eq!(newest(&api).0, "sent");
    assert_eq!(api.letters().len(), 1);
    // Five days from now it would be no news.
    api.wait(2 * DAY);
    let third = refer(&api, &maya(&api), "lou@example.org");
    step(&api, &third, "accepted");
    api.carry();
    let week = "the person had as many letters as a week may have";
    assert_eq!(newest(&api), ("skipped".to_owned(), week.to_owned()));
}

#[test]
fn the_week_is_not_limited_and_counts_for_no_limit() {
    let (api, _) = with_rep();
    let settings = json!({"per_week": 1, "weekly_on": "tuesday",
        "enabled": {"quiet": false, "follow_up": false}});
    api.patch("/v1/programs/customers/messages", &settings)
        .expect(200);
    good_moment(&api, "nps-1");
    let subjects = || -> Vec<String> {
        let letters = api.letters().into_iter();
        letters.map(|one| one.subject).collect()
    };
    api.carry();
    assert_eq!(subjects(), ["A good moment to ask"]);
    for _ in 0..(5 * 24) {
        api.wait(HOUR);
        api.carry();
    }
    assert_eq!(subjects(), ["Your week in Customers"]);
    api.wait(2 * DAY + HOUR);
    good_moment(&api, "nps-2");
    api.carry();
    assert_eq!(subjects(), ["A good moment to ask"], "{:?}", log(&api));
}

#[test]
fn a_round_that_died_is_taken_up_with_the_same_id() {
    let (api, lead) = with_lead();
    step(&api, &lead, "accepted");
    api.plant(&format!(
        "UPDATE letters SET claimed_at = {}, attempts = 1",
        api.now()
    ));
    api.carry();
    assert!(api.letters().is_empty());
    api.wait(2 * MINUTE);
    api.carry();
    assert_eq!(api.letters()[0].id, log(&api)[0]["id"].as_str().unwrap());
}

#[test]
fn without_a_sender_nothing_is_lost_and_old_news_is_not_sent_late() {
    let (api, lead) = with_lead();
    api.secret("MAIL_FROM", "");
    step(&api, &lead, "accepted");
    api.carry();
    assert_eq!(newest(&api).0, "queued");
    api.wait(5 * DAY);
    api.secret("MAIL_FROM", "hello@example.com");
    api.carry();
    assert_eq!(
        newest(&api),
        ("skipped".to_owned(), "it is no news any more".to_owned())
    );
}

#[test]
fn a_customer_is_thanked_for_with_the_link() {
    let (api, lead) = with_lead();
    step(&api, &lead, "accepted");
    let sale = json!({"kind": "sale", "program": "customers", "order_id": "o-1", "amount": 5000,
        "currency": "USD", "lead": lead});
    api.post("/v1/conversions", &sale).expect(201);
    api.carry();
    api.carry();
    let letters = api.letters();
    let [letter] = &letters[..] else {
        panic!("{letters:?}")
    };
    assert_eq!(letter.subject, "Thank you: S. K. is now a customer");
    let link = json!({"program": "customers", "advocate": "ext:maya", "channel": "email"});
    let link = api.post("/v1/links", &link).expect(200);
    let url = link["url"].as_str().unwrap();
    assert!(
        letter.text.contains(url) && letter.html.contains(url),
        "{}",
        letter.text
    );

    // A link that was revoked is in no letter.
    api.post("/v1/links/revoke", &json!({"code": link["code"]}))
        .expect(200);
    let other = refer(&api, &maya(&api), "kim@example.org");
    step(&api, &other, "accepted");
    step(&api, &other, "opportunity");
    step(&api, &other, "won");
    for _ in 0..3 {
        api.carry();
    }
    let letters = api.letters();
    let letter = letters.last().unwrap();
    assert!(!letter.text.contains(url) && letter.text.contains("https://go.example.com/me"));
}

#[test]
fn a_reward_that_was_paid_is_told_of() {
    let house = House::under(SHARE);
    house.api.secret("MAIL_FROM", "hello@example.com");
    house.change("maya", &json!({"email": "maya@example.com"}));
    let lead = house.lead("sam@example.org");
    house.step(&lead, &["accepted"]);
    house.sell(&lead, "o-1", 100_000);
    house.days_later(60);
    house.api.plant("DELETE FROM letters");
    // No limit of the program's keeps it back.
    let none = json!({"per_week": 0});
    house
        .api
        .patch("/v1/programs/customers/messages", &none)
        .expect(200);
    house.pay();
    house.api.carry();
    let letters = house.api.letters();
    let [letter] = &letters[..] else {
        panic!("{letters:?} {:?}", log(&house.api))
    };
    let paid = house
        .api
        .column("SELECT amount || '' FROM payout_lines WHERE beneficiary = 'advocate'");
    let amount: i64 = paid[0].parse().unwrap();
    let said = format!(
        "{}.{:02} USD from Customers was paid to you.",
        amount / 100,
        amount % 100
    );
    assert!(letter.text.contains(&said), "{said}: {}", letter.text);
    assert!(letter.html.contains("<strong>"), "{}", letter.html);
}

#[test]
fn whoever_fell_silent_is_written_to_once() {
    let (api, _) = with_lead();
    let monday = json!({"quiet_days": 30});
    api.patch("/v1/programs/customers/messages", &monday)
        .expect(200);
    for _ in 0..(45 * 24) {
        api.wait(HOUR);
        api.carry();
    }
    let letters = api.letters();
    let quiet: Vec<_> = letters
        .iter()
        .filter(|one| one.to == "maya@example.com")
        .collect();
    let [letter] = &quiet[..] else {
        panic!("{:?}", log(&api))
    };
    assert!(
        letter.text.contains("it has been 30 days since"),
        "{}",
        letter.text
    );
}

/// Lea gets the first lead of the program, and has an address.
fn with_rep() -> (Api, String) {
    let (api, lead) = with_lead();
    for rep in ["jonas", "lea"] {
        let named = json!({"name": format!("{rep} Brandt"), "email": format!("{rep}@example.com")});
        api.put(&format!("/v1/reps/{rep}"), &named).expect(200);
    }
    let owner = json!({"owner": "lea", "why": "she knows them"});
    api.post(&format!("/v1/leads/{lead}/owner"), &owner)
        .expect(200);
    (api, lead)
}

#[test]
fn a_rep_is_reminded_once_of_a_lead_that_stands_still() {
    let (api, lead) = with_rep();
    let off = json!({"enabled": {"weekly": false, "moved": false, "quiet": false}});
    api.patch("/v1/programs/customers/messages", &off)
        .expect(200);
    step(&api, &lead, "accepted");
    for _ in 0..(10 * 24) {
        api.wait(HOUR);
        api.carry();
    }
    let letters = api.letters();
    let [letter] = &letters[..] else {
        panic!("{:?}", log(&api))
    };
    assert_eq!(letter.to, "lea@example.com");
    assert_eq!(letter.subject, "Leads that wait for you");
    let url = format!("https://go.example.com/console/leads?program=customers&lead={lead}");
    assert!(letter.text.contains("Hello lea,"), "{}", letter.text);
    assert!(
        letter
            .text
            .contains("- Sam Keller, Example GmbH: accepted, for 7 days\n  "),
        "{}",
        letter.text
    );
    assert!(letter.text.contains(&url), "{}", letter.text);
}

#[test]
fn a_reminder_that_waits_for_its_turn_is_the_only_one() {
    let (api, _) = with_rep();
    let off = json!({"per_week": 1, "enabled": {"weekly": false, "moved": false, "quiet": false}});
    api.patch("/v1/programs/customers/messages", &off)
        .expect(200);
    for hour in 0..(10 * 24) {
        if hour == 24 {
            let other = refer(&api, &maya(&api), "kim@example.org");
            let owner = json!({"owner": "lea", "why": "she knows them"});
            api.post(&format!("/v1/leads/{other}/owner"), &owner)
                .expect(200);
        }
        // It goes before the reminder, and takes its place in the week.
        if hour == 84 {
            good_moment(&api, "nps-1");
        }
        api.carry();
        api.wait(HOUR);
    }
    let states: Vec<String> = log(&api)
        .iter()
        .map(|one| format!("{} {}", one["message"], one["state"]))
        .collect();
    assert_eq!(states, ["\"follow_up\" \"queued\"", "\"ask\" \"sent\""]);
}

#[test]
fn a_rep_hears_of_a_good_moment_and_of_the_week() {
    let (api, _) = with_rep();
    let off = json!({"enabled": {"quiet": false, "follow_up": false}, "weekly_on": "tuesday"});
    api.patch("/v1/programs/customers/messages", &off)
        .expect(200);
    let goals = json!({"quarter": "2026-Q4", "asked": 9, "meetings": 3, "won": 1});
    api.put("/v1/reps/lea/goals", &goals).expect(200);
    good_moment(&api, "nps-1");
    api.carry();
    let letters = api.letters();
    let [letter] = &letters[..] else {
        panic!("{:?}", log(&api))
    };
    assert_eq!(letter.subject, "A good moment to ask");
    assert!(
        letter.text.contains("- Maya: rated us 10 of 10\n"),
        "{}",
        letter.text
    );
    // A poor rating is no such moment.
    let poor = json!({"program": "customers", "advocate": "ext:maya", "event_id": "nps-2",
        "kind": "rated", "score": 3});
    api.post("/v1/moments", &poor).expect(201);
    for _ in 0..(7 * 24) {
        api.wait(HOUR);
        api.carry();
    }
    let letters = api.letters();
    let [letter] = &letters[..] else {
        panic!("{:?}", log(&api))
    };
    assert_eq!(letter.to, "lea@example.com");
    assert_eq!(letter.subject, "Your week in Customers");
    for line in [
        "- Advocates invited this quarter: 0 of 9\n",
        "- Meetings this quarter: 0 of 3\n",
        "- Customers won this quarter: 0 of 1\n",
        "- New leads in seven days: 1\n",
        "# ",
    ] {
        assert_eq!(
            letter.text.contains(line),
            line != "# ",
            "{line}: {}",
            letter.text
        );
    }
}

#[test]
fn the_log_is_read_page_by_page_and_by_what_it_is_of() {
    let (api, lead) = with_lead();
    for stage in ["accepted", "meeting", "opportunity", "won"] {
        api.wait(MINUTE);
        step(&api, &lead, stage);
    }
    let walked = crate::harness::walk(&api, "/v1/letters", 2, "id");
    assert_eq!(walked.len(), 4);
    let of = |query: &str| {
        let page = api.get(&format!("/v1/letters?{query}")).expect(200);
        page["items"].as_array().unwrap().len()
    };
    assert_eq!(of("message=thanks"), 1);
    assert_eq!(of("program=customers&state=queued"), 4);
    assert_eq!(of("state=sent"), 0);
    assert_eq!(of("program=nobody"), 0);
    assert_eq!(api.get("/v1/letters?state=lost").field().0, "state");
}

#[test]
fn a_round_that_is_ended_has_written_down_what_was_known() {
    let (api, lead) = with_rep();
    step(&api, &lead, "accepted");
    good_moment(&api, "nps-1");
    // The rep's letter is handed over after the advocate's, or before it: either way.
    for (silent, heard) in [
        ("lea@example.com", "maya@example.com"),
        ("maya@example.com", "lea@example.com"),
    ] {
        api.plant("UPDATE letters SET state = 'queued', claimed_at = NULL, sent_at = NULL");
        api.mail_is_silent_to(Some(silent));
        api.carry();
        let to: Vec<String> = api.letters().into_iter().map(|one| one.to).collect();
        assert_eq!(to, [heard]);
        let sent =
            api.column("SELECT coalesce(advocate, rep) || '' FROM letters WHERE state = 'sent'");
        assert_eq!(sent.len(), 1, "{:?}", log(&api));
    }
    api.mail_is_silent_to(None);
    api.wait(2 * MINUTE);
    api.carry();
    let to: Vec<String> = api.letters().into_iter().map(|one| one.to).collect();
    assert_eq!(
        to,
        ["maya@example.com"],
        "the other one is not written to twice"
    );
}

/// Maya is Lea's, and rates us well.
fn good_moment(api: &Api, event_id: &str) {
    api.patch(
        "/v1/programs/customers/advocates/ext:maya",
        &json!({"owner": "lea"}),
    )
    .expect(200);
    let moment = json!({"program": "customers", "advocate": "ext:maya", "event_id": event_id,
        "kind": "rated", "score": 10});
    api.post("/v1/moments", &moment).expect(201);
}
