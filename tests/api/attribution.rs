//! Who has the credit and why: over what comes in, over late news, over another
//! policy.

use goodword::domain::{channel::Medium, keyring::Keyring};
use http::Method;
use serde_json::{Value, json};

use crate::harness::{Api, NOW};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const WHAT_IF: &str = "/v1/attribution/what-if";

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn body(email: &str, receipts: &[&str]) -> Value {
    json!({"program": "customers", "prospect": {"email": email}, "receipts": receipts})
}

fn take(api: &Api, email: &str, receipts: &[&str]) -> Value {
    let taken = api.post("/v1/leads", &body(email, receipts));
    assert!(taken.status.is_success(), "{taken:?}");
    taken.value()
}

/// A form with these fields, and a cookie.
fn form(api: &Api, fields: Value, cookie: Option<&str>) {
    let mut body = json!({"program": "customers", "prospect": {"email": "sam@example.org"}});
    let Value::Object(fields) = fields else {
        panic!("{fields}")
    };
    for (name, value) in fields {
        body[name.as_str()] = value;
    }
    let mut ask = api.request(Method::POST, "/v1/public/leads").json(&body);
    if let Some(cookie) = cookie {
        ask = ask.header("cookie", &format!("gw_1={cookie}"));
    }
    ask.send().expect(202);
}

fn policy(api: &Api, touch: &str, days: u32) {
    let change = json!({"touch": touch, "window_days": days});
    api.patch("/v1/programs/customers", &change).expect(200);
}

fn decisions(api: &Api, id: &str) -> Vec<Value> {
    let why = api.get(&format!("/v1/leads/{id}/why")).expect(200);
    why["decisions"].as_array().unwrap().clone()
}

/// Kind and verdict of each touch, and the reasons.
fn verdicts(decision: &Value) -> Vec<String> {
    let touches = decision["touches"].as_array().unwrap();
    touches
        .iter()
        .map(|touch| format!("{} {}", text(&touch["kind"]), text(&touch["verdict"])))
        .collect()
}

fn only_lead(api: &Api) -> String {
    let ids = api.column("SELECT id FROM leads");
    assert_eq!(ids.len(), 1);
    ids[0].clone()
}

#[test]
fn what_was_said_outranks_a_receipt_and_a_receipt_the_cookie() {
    let (api, maya) = Api::staffed();
    let (olaf, pia) = (api.advocate("olaf"), api.advocate("pia"));
    let code = api.post(
        "/v1/codes",
        &json!({"program": "customers", "advocate": maya}),
    );
    let code = text(&code.expect(201)["code"]);
    let receipt = api.receipt(&olaf, Medium::Linkedin, NOW - HOUR);
    let cookie = api.receipt(&pia, Medium::Email, NOW - 1_000);
    form(
        &api,
        json!({"receipts": [receipt], "code": code}),
        Some(&cookie),
    );
    let id = only_lead(&api);
    let decided = decisions(&api, &id);
    assert_eq!(decided.len(), 1);
    assert_eq!(
        verdicts(&decided[0]),
        ["receipt outranked", "code won", "cookie outranked"]
    );
    let whys: Vec<String> = decided[0]["touches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|touch| text(&touch["why"]))
        .collect();
    assert_eq!(
        whys,
        [
            "a spoken code outranks a click's receipt.",
            "It has the credit: the last touch of the strongest kind of proof (a spoken code) inside 90 days.",
            "a spoken code outranks a click's cookie.",
        ]
    );
    assert_eq!(
        (&decided[0]["cause"], &decided[0]["by"]),
        (&json!("lead"), &json!("form"))
    );
    // A rep's word is worth as much as a code; the last one has it.
    api.wait(1_000);
    let verbal = json!({"program": "customers", "medium": "phone", "rep": "lea", "at": "2026-11-22T09:00:00Z",
        "advocate": {"id": pia}, "prospect": {"email": "sam@example.org"}});
    api.post("/v1/referrals/verbal", &verbal).expect(200);
    let decided = decisions(&api, &id);
    assert_eq!(
        verdicts(&decided[1]),
        [
            "receipt outranked",
            "code won",
            "cookie outranked",
            "rep not_last"
        ]
    );
}

#[test]
fn the_first_or_the_last_wins_by_the_policy_of_the_day() {
    let (api, maya) = Api::staffed();
    let olaf = api.advocate("olaf");
    let first = api.receipt(&maya, Medium::Email, NOW - 2 * DAY);
    let last = api.receipt(&olaf, Medium::Linkedin, NOW - DAY);
    let by_last = take(&api, "a@example.org", &[&first, &last]);
    assert_eq!(by_last["advocate"], olaf.as_str());
    policy(&api, "first", 90);
    let by_first = take(&api, "b@example.org", &[&first, &last]);
    assert_eq!(by_first["advocate"], maya.as_str());
    policy(&api, "first", 1);
    let by_window = take(&api, "c@example.org", &[&last]);
    assert_eq!(by_window["advocate"], olaf.as_str());
    for (taken, version, expected) in [
        (&by_last, 1, json!({"touch": "last", "window_days": 90})),
        (&by_first, 2, json!({"touch": "first", "window_days": 90})),
        (&by_window, 3, json!({"touch": "first", "window_days": 1})),
    ] {
        let decided = decisions(&api, &text(&taken["id"]));
        assert_eq!(
            (&decided[0]["policy_version"], &decided[0]["policy"]),
            (&json!(version), &expected)
        );
    }
    // Without news the decision stands; nor does it count as a change to say the same.
    let again = take(&api, "a@example.org", &[&last]);
    assert_eq!(
        (&again["advocate"], &again["credit_why"]),
        (&json!(olaf), &json!("It stands as it was decided before."))
    );
    assert_eq!(decisions(&api, &text(&again["id"])).len(), 1);
    policy(&api, "first", 1);
    assert_eq!(
        api.column("SELECT version || '' FROM policies"),
        ["1", "2", "3"]
    );
}

#[test]
fn a_window_ends_to_the_millisecond() {
    let (api, maya) = Api::staffed();
    // A lead's own time counts, not that of its arrival.
    policy(&api, "last", 30);
    let at = NOW - DAY;
    for (age, verdict) in [
        (29 * DAY, "receipt won"),
        (-5 * 60_000, "receipt won"),
        (-5 * 60_000 - 1, "receipt too_late"),
    ] {
        let receipt = api.receipt(&maya, Medium::Email, at - age);
        let mut body = body(&format!("p{age}@example.org"), &[&receipt]);
        body["at"] = json!("2026-11-21T10:00:00Z");
        let taken = api.post("/v1/leads", &body).expect(201);
        assert_eq!(
            verdicts(&decisions(&api, &text(&taken["id"]))[0]),
            [verdict],
            "{age}"
        );
        assert_eq!(taken["advocate"].is_string(), verdict == "receipt won");
    }
    let said = |ms: i64, email: &str| {
        let at = goodword::domain::date::rfc3339(NOW - 30 * DAY - ms);
        let verbal = json!({"program": "customers", "medium": "phone", "rep": "lea", "at": at,
            "advocate": {"id": maya}, "prospect": {"email": email}});
        api.post("/v1/referrals/verbal", &verbal).expect(201)
    };
    assert_eq!(said(0, "x@example.org")["advocate"], maya.as_str());
    let old = said(1, "y@example.org");
    assert_eq!(
        (&old["advocate"], &old["credit_why"]),
        (
            &Value::Null,
            &json!("Nobody: every touch was too old or came too late.")
        )
    );
    assert_eq!(
        take(&api, "z@example.org", &[])["credit_why"],
        "Nobody: no touch came with it."
    );
}

#[test]
fn a_late_touch_decides_anew_if_it_was_from_before() {
    let (api, maya) = Api::staffed();
    let olaf = api.advocate("olaf");
    let first = api.receipt(&maya, Medium::Email, NOW - 2 * DAY);
    let taken = take(&api, "sam@example.org", &[&first]);
    let id = text(&taken["id"]);
    api.wait(DAY);
    let before = api.receipt(&olaf, Medium::Linkedin, NOW - DAY);
    let after = api.receipt(&maya, Medium::Qr, NOW + HOUR);
    assert_eq!(
        take(&api, "sam@example.org", &[&after])["advocate"],
        maya.as_str()
    );
    assert_eq!(
        take(&api, "sam@example.org", &[&before])["advocate"],
        olaf.as_str()
    );
    let decided = decisions(&api, &id);
    let causes: Vec<&Value> = decided.iter().map(|decision| &decision["cause"]).collect();
    assert_eq!(causes, ["lead", "touch", "touch"]);
    assert_eq!(verdicts(&decided[0]), ["receipt won"]);
    assert_eq!(verdicts(&decided[1]), ["receipt won", "receipt too_late"]);
    assert_eq!(
        verdicts(&decided[2]),
        ["receipt not_last", "receipt too_late", "receipt won"]
    );
    assert!(
        decided
            .iter()
            .all(|decision| decision["moment"] == "2026-11-22T10:00:00.000Z")
    );
}

#[test]
fn an_earlier_hand_that_is_reported_later_moves_the_moment() {
    // In either order the same comes out.
    for earlier_first in [true, false] {
        let (api, maya) = Api::staffed();
        let olaf = api.advocate("olaf");
        let (early, late) = (
            api.receipt(&maya, Medium::Email, NOW - 5 * HOUR),
            api.receipt(&olaf, Medium::Email, NOW - 3 * HOUR),
        );
        let mut first = body("sam@example.org", &[&early]);
        first["at"] = json!("2026-11-22T06:00:00Z");
        let mut second = body("sam@example.org", &[&late]);
        second["at"] = json!("2026-11-22T08:00:00Z");
        let mut both = [first, second];
        if !earlier_first {
            both.reverse();
        }
        for body in &both {
            assert!(api.post("/v1/leads", body).status.is_success());
        }
        let lead = api
            .get(&format!("/v1/leads/{}", only_lead(&api)))
            .expect(200);
        assert_eq!(
            (&lead["advocate"], &lead["at"]),
            (&json!(maya), &json!("2026-11-22T06:00:00.000Z")),
            "{earlier_first}"
        );
    }
}

#[test]
fn nobody_takes_a_credit_with_a_form_that_names_somebody_elses_address() {
    let (api, maya) = Api::staffed();
    let mallory = api.advocate("mallory");
    let hers = api.receipt(&maya, Medium::Email, NOW - 2 * HOUR);
    take(&api, "sam@example.org", &[&hers]);
    let id = only_lead(&api);
    let code = api.post(
        "/v1/codes",
        &json!({"program": "customers", "advocate": mallory}),
    );
    let code = text(&code.expect(201)["code"]);
    // A click of their own from before, a code within the tolerance of clocks, a cookie.
    let own = api.receipt(&mallory, Medium::Linkedin, NOW - HOUR);
    api.wait(60_000);
    form(&api, json!({"receipts": [own]}), None);
    form(&api, json!({"code": code}), None);
    form(&api, json!({}), Some(&own));
    let lead = api.get(&format!("/v1/leads/{id}")).expect(200);
    assert_eq!(lead["advocate"], maya.as_str());
    let refused: Vec<&Value> = lead["history"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["kind"] == "refused")
        .map(|event| &event["after"])
        .collect();
    // What changes nobody's credit is kept: it explains.
    assert_eq!(refused, ["receipt", "code"]);
    assert_eq!(
        verdicts(&decisions(&api, &id)[1]),
        ["receipt won", "cookie outranked"]
    );
    api.wait(HOUR);
    let late = api.receipt(&mallory, Medium::Email, api.now());
    form(&api, json!({"receipts": [late]}), None);
    assert_eq!(
        verdicts(&decisions(&api, &id)[2]),
        ["receipt won", "cookie outranked", "receipt too_late"]
    );
    // Nor does a policy that is another since give it away on such an occasion.
    policy(&api, "first", 1);
    let later = api.receipt(&mallory, Medium::Email, api.now());
    form(&api, json!({"receipts": [later]}), None);
    policy(&api, "last", 90);
    // Whom we trust may.
    assert_eq!(
        take(&api, "sam@example.org", &[&own])["advocate"],
        mallory.as_str()
    );
}

#[test]
fn a_receipt_proves_more_than_the_cookie_of_the_same_click() {
    let (api, maya) = Api::staffed();
    let olaf = api.advocate("olaf");
    let click = api.receipt(&maya, Medium::Email, NOW - HOUR);
    form(&api, json!({}), Some(&click));
    let other = api.receipt(&olaf, Medium::Email, NOW - 2 * HOUR);
    assert_eq!(
        take(&api, "sam@example.org", &[&other])["advocate"],
        olaf.as_str()
    );
    let proven = take(&api, "sam@example.org", &[&click]);
    assert_eq!(proven["advocate"], maya.as_str());
    // Not the other way round, and not twice.
    form(&api, json!({"receipts": [click]}), Some(&click));
    let decided = decisions(&api, &only_lead(&api));
    assert_eq!(
        verdicts(decided.last().unwrap()),
        ["cookie outranked", "receipt not_last", "receipt won"]
    );
}

#[test]
fn a_form_may_bring_the_credit_that_nobody_has() {
    let (api, maya) = Api::staffed();
    take(&api, "sam@example.org", &[]);
    let hers = api.receipt(&maya, Medium::Email, NOW - HOUR);
    form(&api, json!({"receipts": [hers]}), None);
    let lead = api
        .get(&format!("/v1/leads/{}", only_lead(&api)))
        .expect(200);
    assert_eq!(lead["advocate"], maya.as_str());
}

#[test]
fn a_receipt_that_proves_nothing_is_named_and_nothing_is_written() {
    let (api, maya) = Api::staffed();
    let good = api.receipt(&maya, Medium::Email, NOW - 1_000);
    let disabled = api.advocate("disabled");
    let path = format!("/v1/programs/customers/advocates/{disabled}");
    api.patch(&path, &json!({"status": "disabled"})).expect(200);
    api.post("/v1/programs", &json!({"slug": "other", "name": "Other"}))
        .expect(201);
    // The same click, signed with a key that is no longer in the ring, and with
    // another one under a number that is.
    let click = |keys: &str| {
        let keyring = Keyring::parse(keys).unwrap();
        let ring = Keyring::parse(crate::harness::KEYS).unwrap();
        keyring.sign_receipt(&ring.read_receipt(&good).unwrap())
    };
    let secret = "1f2e3d4c5b6a79880716253443526170".repeat(2);
    let (retired, forged) = (click(&format!("3:{secret}")), click(&format!("2:{secret}")));
    let mut altered: Vec<char> = good.chars().collect();
    altered[10] = if altered[10] == 'a' { 'b' } else { 'a' };
    let altered: String = altered.into_iter().collect();
    let before = api.dump();
    for (receipt, words) in [
        (retired, "key"),
        (forged, "signature does not match"),
        (altered, "signature does not match"),
        (String::new(), "not the form"),
        ("x".repeat(5_000), "not the form"),
        (format!("{good}\u{0}"), "not the form"),
        (
            api.receipt(&maya, Medium::Email, NOW - 90 * DAY - 1),
            "has expired",
        ),
        (
            api.receipt(&maya, Medium::Email, NOW + 5 * 60_000 + 1),
            "in the future",
        ),
        (
            api.receipt("000000", Medium::Email, NOW - 1_000),
            "not in the program",
        ),
        (
            api.receipt(&disabled, Medium::Email, NOW - 1_000),
            "disabled",
        ),
    ] {
        let (field, detail) = api
            .post("/v1/leads", &body("sam@example.org", &[&good, &receipt]))
            .field();
        assert_eq!(field, "receipts[1]");
        assert!(detail.contains(words), "{detail}");
    }
    let mut elsewhere = body("sam@example.org", &[&good]);
    elsewhere["program"] = json!("other");
    assert_eq!(
        api.post("/v1/leads", &elsewhere).field(),
        (
            "receipts[0]".to_owned(),
            "belongs to another program".to_owned()
        )
    );
    assert_eq!(api.dump(), before);
    for receipt in [
        api.receipt(&maya, Medium::Email, NOW - 90 * DAY),
        api.receipt(&maya, Medium::Email, NOW + 5 * 60_000),
    ] {
        take(&api, "sam@example.org", &[&receipt]);
    }
}

fn question(fields: Value) -> Value {
    let mut question = json!({"program": "customers", "from": "2026-11-01", "to": "2026-11-30",
        "policy": {"touch": "first", "window_days": 90}});
    let Value::Object(fields) = fields else {
        panic!("{fields}")
    };
    for (name, value) in fields {
        question[name.as_str()] = value;
    }
    question
}

#[test]
fn what_if_says_what_would_change_and_changes_nothing() {
    let (api, maya) = Api::staffed();
    let olaf = api.advocate("olaf");
    let (first, last) = (
        api.receipt(&maya, Medium::Email, NOW - 2 * DAY),
        api.receipt(&olaf, Medium::Linkedin, NOW - DAY),
    );
    let both = take(&api, "a@example.org", &[&first, &last]);
    take(&api, "b@example.org", &[&first]);
    take(&api, "c@example.org", &[]);
    let mut old = body("d@example.org", &[]);
    old["at"] = json!("2026-10-31T23:59:59Z");
    api.post("/v1/leads", &old).expect(201);
    let sale = json!({"program": "customers", "kind": "sale", "order_id": "o-1", "amount": 5_000,
        "currency": "USD", "lead": both["id"]});
    api.post("/v1/conversions", &sale).expect(201);
    let refund = json!({"program": "customers", "kind": "refund", "order_id": "o-1",
        "refund_id": "r-1", "amount": 1_000});
    api.post("/v1/conversions", &refund).expect(201);
    let before = api.dump();
    let replay = api.post(WHAT_IF, &question(json!({}))).expect(200);
    assert_eq!(
        (&replay["leads"], &replay["changed"]),
        (&json!(3), &json!(1))
    );
    let figures = |leads: u64, won: u64, usd: Option<i64>| json!({"leads": leads, "won": won, "revenue": usd.map_or(json!({}), |usd| json!({"USD": usd}))});
    let shift = |list: &str, key: &str| {
        let found = replay[list]
            .as_array()
            .unwrap()
            .iter()
            .find(|shift| shift["key"] == key);
        let found = found.unwrap_or_else(|| panic!("{key}: {replay:#}"));
        (found["before"].clone(), found["after"].clone())
    };
    assert_eq!(
        shift("channels", "social"),
        (figures(1, 1, Some(4_000)), figures(0, 0, None))
    );
    assert_eq!(
        shift("channels", "email"),
        (figures(1, 0, None), figures(2, 1, Some(4_000)))
    );
    assert_eq!(
        shift("channels", "none"),
        (figures(1, 0, None), figures(1, 0, None))
    );
    assert_eq!(
        shift("advocates", &olaf),
        (figures(1, 1, Some(4_000)), figures(0, 0, None))
    );
    assert_eq!(
        shift("advocates", &maya),
        (figures(1, 0, None), figures(2, 1, Some(4_000)))
    );
    assert_eq!(
        replay["examples"],
        json!([{"lead": both["id"], "before": olaf, "before_medium": "linkedin",
            "after": maya, "after_medium": "email"}])
    );
    // Nothing came in time under a window of a day.
    let narrow = question(json!({"policy": {"touch": "last", "window_days": 1}}));
    assert_eq!(api.post(WHAT_IF, &narrow).expect(200)["changed"], 1);
    let unchanged = question(json!({"policy": {"touch": "last", "window_days": 90}}));
    assert_eq!(api.post(WHAT_IF, &unchanged).expect(200)["changed"], 0);
    assert_eq!(api.dump(), before);
}

#[test]
fn what_if_refuses_a_period_or_a_policy_that_is_none() {
    let (api, _) = Api::staffed();
    for (fields, field) in [
        (json!({"from": "2026-12-01"}), "from"),
        (json!({"from": "2020-01-01"}), "from"),
        (json!({"from": "2026-02-30"}), "from"),
        (json!({"from": "yesterday"}), "from"),
        (json!({"to": "2026-11-22T10:00:00Z"}), "to"),
        (json!({"to": null}), "to"),
        (
            json!({"policy": {"touch": "any", "window_days": 90}}),
            "policy.touch",
        ),
        (
            json!({"policy": {"touch": "first", "window_days": 0}}),
            "policy.window_days",
        ),
        (
            json!({"policy": {"touch": "first", "window_days": 366}}),
            "policy.window_days",
        ),
        (
            json!({"policy": {"touch": "first", "window_days": 1.5}}),
            "policy.window_days",
        ),
        (json!({"policy": {"touch": "first"}}), "policy.window_days"),
        (
            json!({"policy": {"touch": "first", "window_days": 1, "x": 1}}),
            "policy.x",
        ),
        (json!({"policy": null}), "policy"),
        (json!({"program": "nobody"}), "program"),
        (json!({"dry_run": true}), "dry_run"),
    ] {
        assert_eq!(
            api.post(WHAT_IF, &question(fields.clone())).field().0,
            field,
            "{fields}"
        );
    }
}

#[test]
fn what_if_goes_through_more_than_a_page() {
    let (api, maya) = Api::staffed();
    take(
        &api,
        "a@example.org",
        &[&api.receipt(&maya, Medium::Email, NOW - DAY)],
    );
    // Copies of it, of the same instant.
    api.plant(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
         INSERT INTO leads SELECT 'ld_' || i, program, at, moment, source, stage, reason,
           accepted_at, meeting_at, opportunity_at, won_at, lost_at, suspected, name, email,
           NULL, phone, company, customer, note, consent_text, consent_at, visitor, erased_at,
           advocate, medium, label, touch, terms, owner, version, created_at, updated_at
         FROM leads, n",
    );
    let replay = api.post(WHAT_IF, &question(json!({}))).expect(200);
    // The copies have no touches: nobody would have the credit for them.
    assert_eq!(
        (&replay["leads"], &replay["changed"]),
        (&json!(2_501), &json!(2_500))
    );
    assert_eq!(replay["examples"].as_array().unwrap().len(), 200);
}
