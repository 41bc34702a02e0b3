//! `/v1/stats/funnel`, `/v1/stats/advocates`, `/v1/stats/quarter`

use std::{collections::BTreeMap, fmt::Write};

use goodword::domain::{
    channel::{Channel, Medium},
    class::Class,
    link::{AdvocateNumber, LabelNumber},
};
use http::Method;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::harness::{ADMIN, Answer, Api, NOW, Visit};

const ALL: [&str; 7] = [
    "channel", "medium", "advocate", "owner", "segment", "program", "campaign",
];

const DAY: i64 = 86_400_000;

const ANN: u32 = 101;
const BOB: u32 = 102;
const CY: u32 = 103;
/// Minted offline: in links, and in no table.
const STRANGER: u32 = 999;

/// Who is there: Ann of Jonas in `smb`, Bob of Lea in `enterprise`, Cy of nobody
/// in nothing; the labels `spring` and `autumn`.
fn house() -> Api {
    let api = Api::furnished();
    api.post("/v1/programs/customers/labels", &json!({"slug": "autumn"}))
        .expect(201);
    api.plant(
        "INSERT INTO reps VALUES
          (1, 'jonas', '=Jonas', NULL, 'active', 1, 1), (2, 'lea', 'Lea', NULL, 'active', 1, 1);
        INSERT INTO advocates
          (program, number, kind, name, status, created_at, updated_at, segment, owner)
        VALUES
          (1, 101, 'customer', 'Ann', 'active', 1, 1, 'smb', 1),
          (1, 102, 'customer', 'Bob', 'active', 1, 1, 'enterprise', 2),
          (1, 103, 'partner', 'Cy', 'active', 1, 1, NULL, NULL)",
    );
    api
}

/// A lead as it is planted.
#[derive(Debug, Clone)]
struct Lead {
    program: u16,
    at: i64,
    advocate: Option<u32>,
    medium: Medium,
    label: Option<u16>,
    touch: &'static str,
    owner: Option<u32>,
    /// What it went through: accepted, meeting, opportunity, won, lost.
    path: &'static str,
    suspected: bool,
}

impl Default for Lead {
    fn default() -> Self {
        Self {
            program: 1,
            at: NOW - DAY,
            advocate: Some(ANN),
            medium: Medium::Email,
            label: Some(1),
            touch: "receipt",
            owner: Some(1),
            path: "",
            suspected: false,
        }
    }
}

fn sql(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "NULL".to_owned(), |value| value.to_string())
}

/// Plants leads; the first one is `lead-{from}`.
fn plant(api: &Api, from: usize, leads: &[Lead]) {
    let mut text = String::new();
    for (index, lead) in leads.iter().enumerate() {
        let reached = |letter| sql(lead.path.contains(letter).then_some(lead.at + 1));
        let stage = match lead.path.chars().last() {
            Some('a') => "accepted",
            Some('m') => "meeting",
            Some('o') => "opportunity",
            Some('w') => "won",
            Some('l') => "lost",
            _ => "new",
        };
        // Nobody has the credit for what came in no way.
        let credited = lead.advocate.is_some();
        write!(
            text,
            "INSERT INTO leads (id, program, at, moment, source, stage, accepted_at, meeting_at,
               opportunity_at, won_at, lost_at, suspected, advocate, medium, label, touch, terms,
               owner, version, created_at, updated_at)
             VALUES ('lead-{}', {}, {at}, {at}, 'server', '{stage}', {}, {}, {}, {}, {}, {},
               {}, {}, {}, {}, 0, {}, 1, {at}, {at});",
            from + index,
            lead.program,
            reached('a'),
            reached('m'),
            reached('o'),
            reached('w'),
            reached('l'),
            u8::from(lead.suspected),
            sql(lead.advocate),
            sql(credited.then_some(lead.medium.code())),
            sql(lead.label.filter(|_| credited)),
            sql(credited.then(|| format!("'{}'", lead.touch))),
            sql(lead.owner),
            at = lead.at,
        )
        .unwrap();
    }
    api.plant(&text);
}

/// Plants a sale of a lead, and what of it was given back.
fn sale(api: &Api, order: &str, lead: &str, amount: i64, currency: &str, refunded: i64) {
    api.plant(&format!(
        "INSERT INTO sales (program, order_id, at, amount, currency, lead, matched_by,
           recorded_at, recorded_by)
         VALUES (1, '{order}', {NOW}, {amount}, '{currency}', '{lead}', 'lead', {NOW}, 'k');
         INSERT INTO refunds
         SELECT 1, 'r-{order}', '{order}', {NOW}, {refunded}, '{currency}', NULL, {NOW}, 'k'
         WHERE {refunded} > 0"
    ));
}

/// Plants a reward of a lead with the movements of its amount.
fn reward(api: &Api, id: &str, lead: &str, advocate: u32, unit: &str, amounts: &[i64]) {
    api.plant(&format!(
        "INSERT INTO rewards VALUES ('{id}', 1, {advocate}, 'rule', 'advocate', NULL, '{lead}',
           NULL, '{unit}', 'credit', 1, {NOW}, {NOW}, 'manual', 0, 0, 0, 0, 0)"
    ));
    for amount in amounts {
        api.plant(&format!(
            "INSERT INTO ledger (reward, kind, amount, at, by)
             VALUES ('{id}', 'adjusted', {amount}, {NOW}, 'rule')"
        ));
    }
}

/// Makes clicks under a label, by the clock of `zone`.
fn click(api: &Api, zone: &str, label: u16, visits: &[Visit]) {
    let mut clicks = api.clicks(zone, visits);
    for click in &mut clicks {
        click.link.label = LabelNumber::new(label).unwrap();
    }
    api.deliver(&clicks);
}

/// Plants a share; kind 3 is an intent, 4 is sent.
fn share(api: &Api, event: &str, advocate: u32, medium: Medium, label: u16, kind: u8) {
    api.plant(&format!(
        "INSERT INTO shares VALUES (1, '{event}', '', {NOW}, {advocate}, {}, 0, {label}, {kind},
           0, 'k', {NOW})",
        medium.code()
    ));
}

/// Nineteen leads that count, and two that do not.
fn world() -> Api {
    let api = house();
    let ann = ["amow", "amo", "am", "am", "a", "a", "", "", "", "al"].map(|path| Lead {
        path,
        ..Lead::default()
    });
    let bob = ["ao", "aw", "w"].map(|path| Lead {
        advocate: Some(BOB),
        medium: Medium::Linkedin,
        label: None,
        touch: "cookie",
        owner: Some(2),
        path,
        ..Lead::default()
    });
    let cy = ["", "a"].map(|path| Lead {
        advocate: Some(CY),
        medium: Medium::Phone,
        label: Some(2),
        touch: "code",
        owner: None,
        path,
        ..Lead::default()
    });
    let nobody = [("aw", Some(1)), ("", None), ("", None), ("l", None)].map(|(path, owner)| Lead {
        advocate: None,
        owner,
        path,
        ..Lead::default()
    });
    let none = [
        Lead {
            suspected: true,
            path: "w",
            ..Lead::default()
        },
        Lead {
            at: NOW - 31 * DAY,
            path: "w",
            ..Lead::default()
        },
    ];
    let leads: Vec<Lead> = ann
        .into_iter()
        .chain(bob)
        .chain(cy)
        .chain(nobody)
        .chain(none)
        .collect();
    plant(&api, 1, &leads);

    let clicks = |advocate, medium, class, count| {
        let visit = Visit {
            medium,
            advocate,
            class,
            ..Visit::default()
        };
        vec![visit; count]
    };
    let of_ann = clicks(ANN, Medium::Email, Class::Human, 40);
    click(&api, "UTC", 1, &of_ann);
    click(&api, "UTC", 1, &clicks(ANN, Medium::Email, Class::Bot, 5));
    click(
        &api,
        "UTC",
        0,
        &clicks(BOB, Medium::Linkedin, Class::Human, 2),
    );
    click(
        &api,
        "UTC",
        0,
        &clicks(STRANGER, Medium::Sms, Class::Human, 3),
    );
    for (event, kind) in [("1", 3), ("2", 4), ("3", 4)] {
        share(&api, event, ANN, Medium::Email, 1, kind);
    }

    sale(&api, "1", "lead-1", 10_000, "USD", 2_500);
    sale(&api, "2", "lead-1", 500, "EUR", 0);
    sale(&api, "3", "lead-12", 700, "USD", 900);
    sale(&api, "4", "lead-16", 50, "USD", 0);
    sale(&api, "5", "lead-20", 1_111, "USD", 0);
    reward(&api, "a", "lead-1", ANN, "USD", &[1_000, -250]);
    reward(&api, "b", "lead-1", ANN, "months", &[2]);
    reward(&api, "c", "lead-2", ANN, "USD", &[100]);
    reward(&api, "d", "lead-20", ANN, "USD", &[4_444]);
    api
}

fn funnel(api: &Api, query: &str) -> Value {
    api.get(&format!("/v1/stats/funnel?program=customers&{query}"))
        .expect(200)
}

fn csv(api: &Api, query: &str) -> Answer {
    api.request(Method::GET, &format!("/v1/stats/funnel?{query}"))
        .key(ADMIN)
        .header("accept", "text/csv")
        .send()
}

/// Intent, sent, clicks, leads, from clicks, accepted, meetings, opportunities,
/// won, lost.
fn counts(figures: &Value) -> [i64; 10] {
    [
        "/shares/intent",
        "/shares/sent",
        "/clicks",
        "/leads",
        "/leads_from_clicks",
        "/accepted",
        "/meetings",
        "/opportunities",
        "/won",
        "/lost",
    ]
    .map(|path| figures.pointer(path).unwrap().as_i64().unwrap())
}

/// A list of sums as one map.
fn sums(list: &Value) -> BTreeMap<String, i64> {
    let mut map = BTreeMap::new();
    for sum in list.as_array().unwrap() {
        let unit = sum.get("currency").or(sum.get("unit")).unwrap();
        let earlier = map.insert(
            unit.as_str().unwrap().to_owned(),
            sum["amount"].as_i64().unwrap(),
        );
        assert_eq!(earlier, None, "one sum a unit: {list}");
    }
    map
}

fn rows(answer: &Value) -> &[Value] {
    answer["rows"].as_array().unwrap()
}

fn keys(answer: &Value) -> Vec<Option<&str>> {
    rows(answer).iter().map(|row| row["key"].as_str()).collect()
}

fn row<'a>(answer: &'a Value, key: Option<&str>) -> &'a Value {
    let found = rows(answer).iter().find(|row| row["key"].as_str() == key);
    found.unwrap_or_else(|| panic!("{key:?} in {answer:#}"))
}

/// Everything but the total, each line once.
fn lines(answer: &Value) -> Vec<&Value> {
    let mut lines: Vec<&Value> = rows(answer).iter().collect();
    lines.push(&answer["unattributed"]);
    lines.extend(answer.get("others").filter(|others| !others.is_null()));
    lines
}

/// Fails unless the lines add up to the total, in every count and every unit.
#[track_caller]
fn assert_adds_up(answer: &Value) {
    let mut sum = [0; 10];
    let mut money = [BTreeMap::new(), BTreeMap::new()];
    for line in lines(answer) {
        for (total, count) in sum.iter_mut().zip(counts(line)) {
            *total += count;
        }
        for (map, name) in money.iter_mut().zip(["revenue", "rewards"]) {
            for (unit, amount) in sums(&line[name]) {
                *map.entry(unit).or_insert(0) += amount;
            }
        }
    }
    let total = &answer["total"];
    assert_eq!(sum, counts(total), "{answer:#}");
    assert_eq!(money[0], sums(&total["revenue"]), "{answer:#}");
    assert_eq!(money[1], sums(&total["rewards"]), "{answer:#}");
}

/// A rate with its ends, to six digits; `None` for null.
fn rate(figures: &Value, name: &str) -> Option<[f64; 3]> {
    let rate = &figures["rates"][name];
    let round = |value: &Value| (value.as_f64().unwrap() * 1e6).round() / 1e6;
    (!rate.is_null()).then(|| ["rate", "low", "high"].map(|end| round(&rate[end])))
}

const OF_ANN: [i64; 10] = [1, 2, 40, 10, 10, 7, 4, 2, 1, 1];
const OF_BOB: [i64; 10] = [0, 0, 2, 3, 3, 2, 0, 1, 2, 0];
const OF_CY: [i64; 10] = [0, 0, 0, 2, 0, 1, 0, 0, 0, 0];
const OF_NOBODY: [i64; 10] = [0, 0, 0, 4, 0, 1, 0, 0, 1, 1];
const OF_THE_STRANGER: [i64; 10] = [0, 0, 3, 0, 0, 0, 0, 0, 0, 0];
const OF_ALL: [i64; 10] = [1, 2, 45, 19, 13, 11, 4, 3, 4, 2];
const NOTHING: [i64; 10] = [0; 10];

fn plus(left: [i64; 10], right: [i64; 10]) -> [i64; 10] {
    std::array::from_fn(|index| left[index] + right[index])
}

#[test]
fn the_total_is_the_same_whatever_the_rows_are() {
    let api = world();
    for by in ALL {
        let answer = funnel(&api, &format!("by={by}"));
        assert_eq!(counts(&answer["total"]), OF_ALL, "{by}");
        assert_adds_up(&answer);
        assert_eq!(answer["others"], Value::Null);
        let money = [("EUR", 500), ("USD", 7_550)].map(|(unit, sum)| (unit.to_owned(), sum));
        assert_eq!(sums(&answer["total"]["revenue"]), money.into(), "{by}");
        let rewards = [("USD", 850), ("months", 2)].map(|(unit, sum)| (unit.to_owned(), sum));
        assert_eq!(sums(&answer["total"]["rewards"]), rewards.into(), "{by}");
    }
}

#[test]
fn channels_and_media_are_all_there_in_their_order() {
    let api = world();
    let answer = funnel(&api, "");
    assert_eq!(answer["by"], "channel");
    let channels: Vec<_> = Channel::ALL.iter().map(|c| Some(c.name())).collect();
    assert_eq!(keys(&answer), channels);
    let media: Vec<_> = Medium::ALL.iter().map(|m| Some(m.name())).collect();
    assert_eq!(keys(&funnel(&api, "by=medium")), media);
    for (by, expected) in [
        (
            "channel",
            [
                ("email", OF_ANN),
                ("social", OF_BOB),
                ("verbal", OF_CY),
                ("link", OF_THE_STRANGER),
                ("print", NOTHING),
            ],
        ),
        (
            "medium",
            [
                ("email", OF_ANN),
                ("linkedin", OF_BOB),
                ("phone", OF_CY),
                ("sms", OF_THE_STRANGER),
                ("x", NOTHING),
            ],
        ),
    ] {
        let answer = funnel(&api, &format!("by={by}"));
        for (key, figures) in expected {
            assert_eq!(counts(row(&answer, Some(key))), figures, "{by} {key}");
        }
        assert_eq!(counts(&answer["unattributed"]), OF_NOBODY, "{by}");
    }
}

#[test]
fn advocates_owners_segments_and_campaigns_come_with_the_most_leads_first() {
    let api = world();
    let id = |number| AdvocateNumber(number).to_id();
    let (ann, bob, cy, stranger) = (id(ANN), id(BOB), id(CY), id(STRANGER));
    let answer = funnel(&api, "by=advocate");
    let expected = [&ann, &bob, &cy, &stranger].map(|id| Some(id.as_str()));
    assert_eq!(keys(&answer), expected);
    assert_eq!(counts(row(&answer, Some(&ann))), OF_ANN);
    assert_eq!(counts(row(&answer, Some(&stranger))), OF_THE_STRANGER);
    assert_eq!(row(&answer, Some(&ann))["name"], "Ann");
    assert_eq!(row(&answer, Some(&stranger)).get("name"), None);
    assert_eq!(counts(&answer["unattributed"]), OF_NOBODY);

    // Jonas follows up one lead that nobody has the credit for: it is his.
    let answer = funnel(&api, "by=owner");
    assert_eq!(keys(&answer), [Some("jonas"), Some("lea"), None]);
    let of_jonas = plus(OF_ANN, [0, 0, 0, 1, 0, 1, 0, 0, 1, 0]);
    assert_eq!(counts(row(&answer, Some("jonas"))), of_jonas);
    assert_eq!(row(&answer, Some("jonas"))["name"], "=Jonas");
    assert_eq!(counts(row(&answer, None)), plus(OF_CY, OF_THE_STRANGER));
    assert_eq!(
        counts(&answer["unattributed"]),
        [0, 0, 0, 3, 0, 0, 0, 0, 0, 1]
    );

    let answer = funnel(&api, "by=segment");
    assert_eq!(keys(&answer), [Some("smb"), Some("enterprise"), None]);
    assert_eq!(counts(row(&answer, Some("enterprise"))), OF_BOB);
    assert_eq!(counts(row(&answer, None)), plus(OF_CY, OF_THE_STRANGER));
    assert_eq!(counts(&answer["unattributed"]), OF_NOBODY);

    let answer = funnel(&api, "by=campaign");
    assert_eq!(keys(&answer), [Some("spring"), Some("autumn"), None]);
    assert_eq!(counts(row(&answer, Some("spring"))), OF_ANN);
    assert_eq!(counts(row(&answer, Some("autumn"))), OF_CY);
    assert_eq!(counts(row(&answer, None)), plus(OF_BOB, OF_THE_STRANGER));
    assert_eq!(counts(&answer["unattributed"]), OF_NOBODY);
}

#[test]
fn programs_are_compared_without_naming_one() {
    let api = world();
    api.post("/v1/programs", &json!({"slug": "other", "name": "Other"}))
        .expect(201);
    api.post("/v1/programs", &json!({"slug": "idle", "name": "Idle"}))
        .expect(201);
    let lead = Lead {
        program: 2,
        advocate: None,
        owner: None,
        path: "w",
        ..Lead::default()
    };
    plant(&api, 100, &[lead]);
    let answer = api.get("/v1/stats/funnel?by=program").expect(200);
    assert_eq!(
        keys(&answer),
        [Some("customers"), Some("other"), Some("idle")]
    );
    assert_eq!(
        (&answer["program"], &answer["zone"]),
        (&Value::Null, &json!("UTC"))
    );
    assert_eq!(row(&answer, Some("customers"))["name"], "Customers");
    assert_eq!(counts(row(&answer, Some("customers"))), OF_ALL);
    assert_eq!(counts(row(&answer, Some("other")))[3], 1);
    assert_eq!(counts(row(&answer, Some("idle"))), NOTHING);
    assert_eq!(
        counts(&answer["unattributed"]),
        NOTHING,
        "a program has them all"
    );
    assert_adds_up(&answer);
    // Named, it is alone, under whatever grouping.
    assert_eq!(keys(&funnel(&api, "by=program")), [Some("customers")]);
    for by in ALL {
        let answer = api
            .get(&format!("/v1/stats/funnel?program=other&by={by}"))
            .expect(200);
        assert_eq!(counts(&answer["total"])[3], 1, "{by}");
        assert_eq!(counts(&answer["total"])[2], 0, "{by}");
    }
}

#[test]
fn rates_are_of_the_same_leads_and_have_their_intervals() {
    let api = world();
    let answer = funnel(&api, "by=channel");
    let email = row(&answer, Some("email"));
    // statsmodels: proportion_confint(s, n, 0.05, method="wilson"), to six digits.
    for (name, expected) in [
        ("click_to_lead", [0.25, 0.141_871, 0.401_94]),
        ("lead_to_meeting", [0.4, 0.168_18, 0.687_326]),
        ("meeting_to_opportunity", [0.5, 0.150_039, 0.849_961]),
        ("opportunity_to_won", [0.5, 0.094_531, 0.905_469]),
        ("lead_to_won", [0.1, 0.017_876, 0.404_15]),
    ] {
        assert_eq!(rate(email, name), Some(expected), "{name}");
    }
    // Three leads of two clicks; no meeting; an opportunity that is not won beside
    // two that were won without having been one.
    let social = row(&answer, Some("social"));
    assert_eq!(rate(social, "click_to_lead"), None);
    assert_eq!(rate(social, "meeting_to_opportunity"), None);
    assert_eq!(
        rate(social, "opportunity_to_won"),
        Some([0.0, 0.0, 0.793_451])
    );
    assert_eq!(
        rate(social, "lead_to_won"),
        Some([0.666_667, 0.207_66, 0.938_508])
    );
    for name in ["click_to_lead", "lead_to_meeting", "lead_to_won"] {
        assert_eq!(rate(row(&answer, Some("print")), name), None, "{name}");
    }
    assert_eq!(
        rate(&answer["total"], "click_to_lead"),
        Some([0.288_889, 0.177_301, 0.433_685])
    );
    assert_eq!(
        rate(&answer["total"], "lead_to_won"),
        Some([0.210_526, 0.085_077, 0.433_343])
    );
    let unattributed = &answer["unattributed"];
    assert_eq!(rate(unattributed, "click_to_lead"), None);
    assert_eq!(rate(unattributed, "lead_to_won").map(|r| r[0]), Some(0.25));
}

#[test]
fn an_opportunity_without_a_meeting_is_no_success_of_a_meeting() {
    let api = house();
    let paths = ["am", "am", "ao", "ao", "ao", "amo", "aow"];
    plant(
        &api,
        1,
        &paths.map(|path| Lead {
            path,
            ..Lead::default()
        }),
    );
    let total = &funnel(&api, "")["total"];
    assert_eq!(counts(total)[6..9], [3, 5, 1]);
    assert_eq!(
        rate(total, "meeting_to_opportunity").map(|r| r[0]),
        Some(0.333_333)
    );
    assert_eq!(rate(total, "opportunity_to_won").map(|r| r[0]), Some(0.2));
}

#[test]
fn money_is_net_of_refunds_and_as_the_ledger_has_it() {
    let api = world();
    let answer = funnel(&api, "by=channel");
    assert_eq!(
        row(&answer, Some("email"))["revenue"],
        json!([{"currency": "EUR", "amount": 500}, {"currency": "USD", "amount": 7_500}])
    );
    assert_eq!(
        row(&answer, Some("email"))["rewards"],
        json!([{"unit": "USD", "amount": 850}, {"unit": "months", "amount": 2}])
    );
    // More was given back than was paid.
    assert_eq!(
        row(&answer, Some("social"))["revenue"],
        json!([{"currency": "USD", "amount": 0}])
    );
    assert_eq!(row(&answer, Some("verbal"))["revenue"], json!([]));
    assert_eq!(
        answer["unattributed"]["revenue"],
        json!([{"currency": "USD", "amount": 50}])
    );
    // What the ledger is summed to here is what its view says.
    let view = api.column(
        "SELECT CAST(sum(amount) AS TEXT) FROM rewards
         WHERE unit = 'USD' AND lead <> 'lead-20'",
    );
    assert_eq!(view, ["850"]);
    let past = funnel(&api, "from=2026-10-22&to=2026-10-22");
    assert_eq!(past["total"]["revenue"], json!([]));
}

#[test]
fn sums_are_exact_or_refused() {
    let api = house();
    plant(&api, 1, &[Lead::default(), Lead::default()]);
    // 2^53 + 1 is no double.
    reward(&api, "a", "lead-1", ANN, "USD", &[9_007_199_254_740_992, 1]);
    let total = &funnel(&api, "")["total"];
    assert_eq!(total["rewards"][0]["amount"], 9_007_199_254_740_993_i64);
    reward(&api, "b", "lead-2", ANN, "USD", &[i64::MAX]);
    let answer = api.get("/v1/stats/funnel?program=customers");
    answer.problem(503);
    assert!(answer.fault.unwrap().contains("integer overflow"));
}

#[test]
fn a_lead_that_a_person_took_on_counts() {
    let api = world();
    let before = funnel(&api, "")["total"]["leads"].clone();
    api.plant("UPDATE leads SET suspected = 0 WHERE suspected = 1");
    assert_eq!(before, 19);
    assert_eq!(funnel(&api, "")["total"]["leads"], 20);
}

#[test]
fn an_empty_range_is_answered_with_zeros() {
    let api = world();
    for by in ALL {
        let answer = funnel(&api, &format!("by={by}&from=2026-10-01&to=2026-10-02"));
        let expected = match by {
            "channel" => 6,
            "medium" => 16,
            "program" => 1,
            _ => 0,
        };
        assert_eq!(rows(&answer).len(), expected, "{by}");
        for line in lines(&answer).into_iter().chain([&answer["total"]]) {
            assert_eq!(counts(line), NOTHING, "{by}");
            assert_eq!(
                (&line["revenue"], &line["rewards"]),
                (&json!([]), &json!([]))
            );
            for (name, rate) in line["rates"].as_object().unwrap() {
                assert_eq!(rate, &Value::Null, "{by} {name}");
            }
        }
    }
}

#[test]
fn days_are_those_of_the_programs_clock() {
    // UTC+13 in November: the 22nd begins at 11:00 UTC on the 21st.
    let zone = "Pacific/Auckland";
    let api = Api::furnished_in(zone);
    let begin = NOW - 23 * 3_600_000;
    let at = [begin - 1, begin, begin + DAY - 1, begin + DAY];
    let advocate = api.column("SELECT CAST(number AS TEXT) FROM advocates")[0]
        .parse()
        .unwrap();
    plant(
        &api,
        1,
        &at.map(|at| Lead {
            at,
            owner: None,
            advocate: Some(advocate),
            ..Lead::default()
        }),
    );
    let visits = at.map(|at| Visit {
        at,
        advocate,
        ..Visit::default()
    });
    click(&api, zone, 1, &visits);
    for by in ALL {
        let on = |day: &str| {
            let answer = funnel(&api, &format!("by={by}&from={day}&to={day}"));
            assert_adds_up(&answer);
            assert_eq!(answer["zone"], zone);
            let counts = counts(&answer["total"]);
            (counts[2], counts[3])
        };
        assert_eq!(on("2026-11-21"), (1, 1), "{by}");
        assert_eq!(on("2026-11-22"), (2, 2), "{by}");
        assert_eq!(on("2026-11-23"), (1, 1), "{by}");
    }
    // Of all programs, by UTC: all four are on the 21st and the 22nd.
    let all = |day: &str| {
        let path = format!("/v1/stats/funnel?by=program&from={day}&to={day}");
        let counts = counts(&api.get(&path).expect(200)["total"]);
        (counts[2], counts[3])
    };
    assert_eq!(all("2026-11-21"), (2, 2));
    assert_eq!(all("2026-11-22"), (2, 2));
}

#[test]
fn what_is_past_a_thousand_rows_is_in_one() {
    let api = house();
    api.plant(
        "INSERT INTO advocates (program, number, kind, name, status, created_at, updated_at)
         SELECT 1, 1000 + value, 'customer', 'A', 'active', 1, 1
         FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n
           WHERE value < 1005) SELECT value FROM n)",
    );
    let leads: Vec<Lead> = (1..=1_005)
        .flat_map(|number| {
            let lead = Lead {
                advocate: Some(1_000 + number),
                label: None,
                ..Lead::default()
            };
            // The last one has two.
            vec![lead; if number == 1_005 { 2 } else { 1 }]
        })
        .collect();
    plant(&api, 1, &leads);
    let none = Lead {
        advocate: None,
        ..Lead::default()
    };
    plant(&api, 2_000, &[none]);
    sale(&api, "1", "lead-1004", 100, "USD", 0);
    sale(&api, "2", "lead-1003", 200, "USD", 0);
    let answer = funnel(&api, "by=advocate");
    assert_eq!(rows(&answer).len(), 1_000);
    assert_eq!(rows(&answer)[0]["leads"], 2);
    assert_eq!(
        rows(&answer)[1]["key"],
        AdvocateNumber(1_001).to_id().as_str()
    );
    assert_eq!(answer["others"]["leads"], 5);
    assert_eq!(
        answer["others"]["revenue"],
        json!([{"currency": "USD", "amount": 300}])
    );
    assert_eq!(answer["total"]["leads"], 1_007);
    assert_adds_up(&answer);
    let text = csv(&api, "program=customers&by=advocate").text;
    assert!(
        text.ends_with(
            "\n,(others),0,0,0,5,5,0,0,0,0,0,USD 300,\n,(unattributed),0,0,0,1,0,0,0,0,0,0,,\n"
        ),
        "{text}"
    );
}

#[test]
fn benchmarks_fit_the_rows_and_say_where_they_are_from() {
    let api = house();
    for by in ALL {
        let answer = funnel(&api, &format!("by={by}"));
        let benchmarks = answer["benchmarks"].as_array().unwrap();
        let of_channels = ["channel", "medium"].contains(&by);
        assert_eq!(benchmarks[0]["figure"]["basis_points"], 363);
        assert_eq!(benchmarks[0]["year"], 2014);
        for benchmark in benchmarks {
            assert!(!benchmark["source"].as_str().unwrap().is_empty());
            assert!(of_channels || benchmark["channel"].is_null(), "{by}");
        }
        for channel in Channel::ALL {
            let of = |measure| {
                let fits = |b: &&Value| b["channel"] == channel.name() && b["measure"] == measure;
                benchmarks.iter().filter(fits).count()
            };
            let expected = usize::from(of_channels);
            assert_eq!(of("lead_to_won"), expected, "{by}");
            assert_eq!(of("referrals_through"), expected, "{by}");
        }
    }
}

#[test]
fn a_bad_parameter_is_named() {
    let api = house();
    for (query, field) in [
        ("by=channel", "program"),
        ("", "program"),
        ("program=nobody", "program"),
        ("program=customers&by=destination", "by"),
        ("program=customers&from=2026-11-23", "from"),
        ("program=customers&from=2020-01-01", "from"),
        ("program=customers&from=yesterday", "from"),
        ("program=customers&to=2026-11-31", "to"),
        ("program=customers&to=2026-11-22&to=2026-11-22", "to"),
        ("program=customers&owner=jonas", "owner"),
    ] {
        let answer = api.get(&format!("/v1/stats/funnel?{query}"));
        assert_eq!(answer.field().0, field, "{query}");
    }
    for (path, field) in [
        ("advocates", "program"),
        ("advocates?program=nobody", "program"),
        ("advocates?program=customers&from=2026-11-01", "from"),
        ("quarter", "program"),
        ("quarter?program=customers&quarter=2026-Q5", "quarter"),
        ("quarter?program=customers&quarter=2026", "quarter"),
        ("quarter?program=customers&by=owner", "by"),
    ] {
        let answer = api.get(&format!("/v1/stats/{path}"));
        assert_eq!(answer.field().0, field, "{path}");
    }
}

#[test]
fn the_csv_is_pinned() {
    let api = world();
    api.plant("UPDATE advocates SET name = '=cmd' WHERE number = 102");
    let answer = csv(&api, "program=customers&by=channel");
    assert_eq!(
        answer.header("content-disposition"),
        Some("attachment; filename=\"customers-funnel-by-channel-2026-10-24-2026-11-22.csv\"")
    );
    insta::assert_snapshot!(answer.text, @r"
    channel,name,shares_intent,shares_sent,clicks,leads,leads_from_clicks,accepted,meetings,opportunities,won,lost,revenue,rewards
    email,,1,2,40,10,10,7,4,2,1,1,EUR 500; USD 7500,USD 850; months 2
    social,,0,0,2,3,3,2,0,1,2,0,USD 0,
    verbal,,0,0,0,2,0,1,0,0,0,0,,
    print,,0,0,0,0,0,0,0,0,0,0,,
    link,,0,0,3,0,0,0,0,0,0,0,,
    form,,0,0,0,0,0,0,0,0,0,0,,
    ,(unattributed),0,0,0,4,0,1,0,0,1,1,USD 50,
    ");
    insta::assert_snapshot!(csv(&api, "program=customers&by=advocate").text, @r"
    advocate,name,shares_intent,shares_sent,clicks,leads,leads_from_clicks,accepted,meetings,opportunities,won,lost,revenue,rewards
    00001d,Ann,1,2,40,10,10,7,4,2,1,1,EUR 500; USD 7500,USD 850; months 2
    00001e,'=cmd,0,0,2,3,3,2,0,1,2,0,USD 0,
    00001f,Cy,0,0,0,2,0,1,0,0,0,0,,
    0000G7,,0,0,3,0,0,0,0,0,0,0,,
    ,(unattributed),0,0,0,4,0,1,0,0,1,1,USD 50,
    ");
    insta::assert_snapshot!(csv(&api, "program=customers&by=owner").text, @r"
    owner,name,shares_intent,shares_sent,clicks,leads,leads_from_clicks,accepted,meetings,opportunities,won,lost,revenue,rewards
    jonas,'=Jonas,1,2,40,11,10,8,4,2,2,1,EUR 500; USD 7550,USD 850; months 2
    lea,Lea,0,0,2,3,3,2,0,1,2,0,USD 0,
    ,(none),0,0,3,2,0,1,0,0,0,0,,
    ,(unattributed),0,0,0,3,0,0,0,0,0,1,,
    ");
    insta::assert_snapshot!(csv(&api, "by=program&to=2026-10-22").text, @r"
    program,name,shares_intent,shares_sent,clicks,leads,leads_from_clicks,accepted,meetings,opportunities,won,lost,revenue,rewards
    customers,Customers,0,0,0,1,1,0,0,0,1,0,,
    ");
    assert_eq!(
        csv(&api, "by=program").header("content-disposition"),
        Some("attachment; filename=\"all-funnel-by-program-2026-10-24-2026-11-22.csv\"")
    );
}

#[test]
fn an_answer_takes_two_batches() {
    let api = world();
    let before = api.batches();
    for by in ALL {
        funnel(&api, &format!("by={by}"));
    }
    // The program, and all the rest.
    assert_eq!(api.batches() - before, 14);
}

fn advocates(api: &Api) -> Value {
    api.get("/v1/stats/advocates?program=customers").expect(200)
}

#[test]
fn activity_is_of_enrolled_advocates_in_a_year() {
    let api = world();
    // Maya, Ann, Bob and Cy are enrolled; Ann shared and refers, Bob and Cy refer.
    let answer = advocates(&api);
    assert_eq!(
        (&answer["from"], &answer["to"]),
        (&json!("2025-11-23"), &json!("2026-11-22"))
    );
    assert_eq!(
        (&answer["enrolled"], &answer["active"]),
        (&json!(4), &json!(3))
    );
    assert_eq!(answer["active_share"]["rate"], 0.75);
    let high = answer["active_share"]["high"].as_f64().unwrap();
    assert!((high - 0.954_413).abs() < 1e-6, "{high}");
    // Ann's eleven: the one of a month ago is of this year, too.
    assert_eq!(
        (&answer["referring"], &answer["referrals"]),
        (&json!(3), &json!(16))
    );
    assert_eq!(answer["referrals_per_active"], 16.0 / 3.0);
    assert_eq!(
        answer["top"],
        json!({"advocates": 1, "referrals": 11, "share": 0.6875})
    );
    let measures: Vec<&str> = answer["benchmarks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|benchmark| benchmark["measure"].as_str().unwrap())
        .collect();
    assert_eq!(
        measures,
        [
            "advocates_active",
            "advocates_active",
            "leads_per_advocate",
            "referrals_from_top_percent"
        ]
    );
    // A share is enough; a click is not. Who is disabled counts for nothing.
    click(
        &api,
        "UTC",
        0,
        &[Visit {
            advocate: CY,
            ..Visit::default()
        }],
    );
    api.plant("UPDATE advocates SET status = 'disabled' WHERE number = 101");
    api.plant("UPDATE leads SET advocate = NULL WHERE advocate = 103");
    let answer = advocates(&api);
    assert_eq!(
        (&answer["enrolled"], &answer["active"]),
        (&json!(3), &json!(1))
    );
    assert_eq!(answer["referrals"], 3);
    share(&api, "cy", CY, Medium::Phone, 0, 3);
    assert_eq!(advocates(&api)["active"], 2);
    assert_eq!(advocates(&api)["referrals_per_active"], 1.5);
    // All of it is of another year, one day after the last day of this one.
    api.wait(364 * DAY);
    assert_eq!(advocates(&api)["referrals"], 0, "of the 21st");
    assert_eq!(advocates(&api)["active"], 1, "shared on the 22nd");
    api.wait(DAY);
    assert_eq!(advocates(&api)["active"], 0);
}

#[test]
fn a_program_without_advocates_has_no_rates() {
    let api = Api::new();
    api.post("/v1/programs", &json!({"slug": "customers", "name": "C"}))
        .expect(201);
    let answer = advocates(&api);
    assert_eq!(
        (&answer["enrolled"], &answer["active"], &answer["referrals"]),
        (&json!(0), &json!(0), &json!(0))
    );
    assert_eq!(answer["active_share"], Value::Null);
    assert_eq!(answer["referrals_per_active"], Value::Null);
    assert_eq!(
        answer["top"],
        json!({"advocates": 0, "referrals": 0, "share": null})
    );
}

#[test]
fn the_top_hundredth_is_rounded_up() {
    let api = house();
    api.plant(
        "INSERT INTO advocates (program, number, kind, name, status, created_at, updated_at)
         SELECT 1, 1000 + value, 'customer', 'A', 'active', 1, 1
         FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n
           WHERE value < 101) SELECT value FROM n)",
    );
    let of = |number: u32, count: usize| {
        let lead = Lead {
            advocate: Some(1_000 + number),
            ..Lead::default()
        };
        vec![lead; count]
    };
    let mut leads: Vec<Lead> = (1..=99).flat_map(|number| of(number, 1)).collect();
    leads.extend(of(100, 10));
    plant(&api, 1, &leads);
    let top = advocates(&api)["top"].clone();
    assert_eq!(
        (&top["advocates"], &top["referrals"]),
        (&json!(1), &json!(10))
    );
    plant(&api, 1_000, &of(101, 5));
    let top = advocates(&api)["top"].clone();
    assert_eq!(
        (&top["advocates"], &top["referrals"]),
        (&json!(2), &json!(15))
    );
}

fn quarter(api: &Api, query: &str) -> Value {
    api.get(&format!("/v1/stats/quarter?program=customers&{query}"))
        .expect(200)
}

fn ranked(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap().iter();
    list.map(|item| item["key"].as_str().unwrap()).collect()
}

#[test]
fn a_quarter_has_its_best_and_its_worst() {
    let api = house();
    let mut leads = Vec::new();
    // Campaign and rep number n has n leads, one of them accepted from 3 on, two
    // from 5 on; number 7 has the one that is won.
    for number in 1..=7_u16 {
        if number > 2 {
            api.plant(&format!(
                "INSERT INTO labels VALUES (1, {number}, 'c{number}', 1);
                 INSERT INTO reps VALUES ({number}, 'r{number}', 'R', NULL, 'active', 1, 1)"
            ));
        }
        for n in 0..number {
            let accepted = n < u16::from(number > 2) + u16::from(number > 4);
            leads.push(Lead {
                label: Some(number),
                owner: Some(number.into()),
                path: match (accepted, number) {
                    (true, 7) => "aow",
                    (true, _) => "a",
                    (false, _) => "",
                },
                ..Lead::default()
            });
        }
    }
    // Without a label or an owner, nobody competes; nor does what is no lead.
    leads.extend([
        Lead {
            label: None,
            owner: None,
            path: "aow",
            ..Lead::default()
        },
        Lead {
            suspected: true,
            path: "aow",
            ..Lead::default()
        },
    ]);
    plant(&api, 1, &leads);
    for (by, names) in [
        (
            "campaign",
            ["spring", "autumn", "c3", "c4", "c5", "c6", "c7"],
        ),
        ("rep", ["jonas", "lea", "r3", "r4", "r5", "r6", "r7"]),
    ] {
        let answer = quarter(&api, &format!("by={by}"));
        assert_eq!(
            (
                &answer["quarter"],
                &answer["from"],
                &answer["to"],
                &answer["by"]
            ),
            (
                &json!("2026-Q4"),
                &json!("2026-10-01"),
                &json!("2026-12-31"),
                &json!(by)
            )
        );
        let pick = |places: [usize; 5]| places.map(|place| names[place - 1]);
        assert_eq!(ranked(&answer["accepted"]["best"]), pick([5, 6, 7, 3, 4]));
        assert_eq!(ranked(&answer["accepted"]["worst"]), pick([2, 1, 4, 3, 7]));
        assert_eq!(ranked(&answer["won"]["best"]), pick([7, 1, 2, 3, 4]));
        assert_eq!(
            ranked(&answer["opportunities"]["worst"]),
            pick([6, 5, 4, 3, 2])
        );
        assert_eq!(
            answer["won"]["best"][0],
            json!({"key": names[6], "name": if by == "rep" { json!("R") } else { Value::Null },
                "leads": 7, "accepted": 2, "opportunities": 2, "won": 2})
        );
    }
    assert_eq!(quarter(&api, "")["by"], "campaign");
    let none = json!({"best": [], "worst": []});
    assert_eq!(quarter(&api, "quarter=2026-Q3")["won"], none);
}

#[test]
fn a_quarter_is_one_of_the_programs_clock() {
    let api = Api::furnished_in("Pacific/Auckland");
    // 2027-01-01T00:00 there is 11:00 UTC on the day before.
    let turn = NOW + 39 * DAY + 3_600_000;
    plant(
        &api,
        1,
        &[turn - 1, turn, turn + 1].map(|at| Lead {
            at,
            advocate: None,
            owner: None,
            ..Lead::default()
        }),
    );
    api.plant(
        "INSERT INTO reps VALUES (1, 'jonas', 'J', NULL, 'active', 1, 1);
         UPDATE leads SET owner = 1",
    );
    let leads =
        |query: &str| quarter(&api, &format!("by=rep&{query}"))["won"]["best"][0]["leads"].clone();
    assert_eq!(leads("quarter=2026-Q4"), 1);
    assert_eq!(leads("quarter=2027-Q1"), 2);
    assert_eq!(leads(""), 1);
    api.wait(turn - NOW - 1);
    assert_eq!(leads(""), 1);
    api.wait(1);
    assert_eq!(leads(""), 2);
}

fn any_lead() -> impl Strategy<Value = Lead> {
    let who = (
        prop_oneof![Just(None), Just(Some(ANN)), Just(Some(BOB)), Just(Some(CY))],
        prop_oneof![Just(None), Just(Some(1)), Just(Some(2))],
        prop_oneof![Just(None), Just(Some(1)), Just(Some(2))],
    );
    let paths = ["", "a", "am", "ao", "amo", "amow", "aw", "w", "al", "amol"];
    let what = (
        prop::sample::select(Medium::ALL.to_vec()),
        prop::sample::select(vec!["receipt", "cookie", "code", "rep"]),
        prop::sample::select(paths.to_vec()),
        prop::bool::weighted(0.1),
        0..40_i64,
    );
    (who, what).prop_map(
        |((advocate, label, owner), (medium, touch, path, suspected, days))| Lead {
            program: 1,
            at: NOW - days * DAY,
            advocate,
            medium,
            label,
            touch,
            owner,
            path,
            suspected,
        },
    )
}

/// What happened beside a lead: clicks, a share, a sale with a refund, a reward.
type Beside = (u32, u16, usize, Option<u8>, Option<(i64, i64)>, Option<i64>);

fn beside() -> impl Strategy<Value = Beside> {
    (
        prop::sample::select(vec![ANN, BOB, CY, STRANGER]),
        0..3_u16,
        0..3_usize,
        prop::option::of(3..5_u8),
        prop::option::of((1..1_000_i64, 0..1_500_i64)),
        prop::option::of(-5..500_i64),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn nothing_is_ever_dropped_or_counted_twice(
        world in proptest::collection::vec((any_lead(), beside()), 0..25),
    ) {
        let api = house();
        let leads: Vec<Lead> = world.iter().map(|(lead, _)| lead.clone()).collect();
        plant(&api, 0, &leads);
        for (n, (lead, (advocate, label, clicks, kind, sold, rewarded))) in world.iter().enumerate() {
            let visit = Visit { at: lead.at, advocate: *advocate, medium: lead.medium, ..Visit::default() };
            click(&api, "UTC", *label, &vec![visit; *clicks]);
            if let Some(kind) = kind {
                share(&api, &n.to_string(), *advocate, lead.medium, *label, *kind);
            }
            let unit = if n % 2 == 0 { "USD" } else { "EUR" };
            if let Some((amount, refunded)) = sold {
                sale(&api, &n.to_string(), &format!("lead-{n}"), *amount, unit, *refunded);
            }
            if let Some(amount) = rewarded {
                reward(&api, &n.to_string(), &format!("lead-{n}"), ANN, unit, &[*amount]);
            }
        }
        let counted: Vec<&Lead> = leads
            .iter()
            .filter(|lead| !lead.suspected && lead.at > NOW - 30 * DAY)
            .collect();
        let mut first = None;
        for by in ALL {
            let answer = funnel(&api, &format!("by={by}"));
            assert_adds_up(&answer);
            let total = first.get_or_insert(answer["total"].clone());
            prop_assert_eq!(&answer["total"], &*total, "{}", by);
            // Each row has the leads that it should, counted here one by one.
            let slug = |number: Option<u32>| match number {
                Some(1) => Some("jonas".to_owned()),
                Some(_) => Some("lea".to_owned()),
                None => None,
            };
            let mut expected: BTreeMap<(bool, Option<String>), i64> = BTreeMap::new();
            for lead in &counted {
                let way = lead.advocate.map(|_| lead.medium);
                let key = match by {
                    "channel" => way.map(|medium| medium.channel().name().to_owned()),
                    "medium" => way.map(|medium| medium.name().to_owned()),
                    "advocate" => lead.advocate.map(|number| AdvocateNumber(number).to_id()),
                    "owner" => slug(lead.owner),
                    "segment" => match lead.advocate {
                        Some(ANN) => Some("smb".to_owned()),
                        Some(BOB) => Some("enterprise".to_owned()),
                        _ => None,
                    },
                    "program" => Some("customers".to_owned()),
                    _ => lead.label.filter(|_| lead.advocate.is_some()).map(|number| {
                        if number == 1 { "spring" } else { "autumn" }.to_owned()
                    }),
                };
                let unattributed = key.is_none() && lead.advocate.is_none();
                *expected.entry((unattributed, key)).or_insert(0) += 1;
            }
            let mut found = BTreeMap::new();
            for row in rows(&answer) {
                let key = row["key"].as_str().map(ToOwned::to_owned);
                let earlier = found.insert((false, key), row["leads"].as_i64().unwrap());
                prop_assert_eq!(earlier, None, "a row a key");
            }
            found.insert((true, None), answer["unattributed"]["leads"].as_i64().unwrap());
            found.retain(|_, leads| *leads > 0);
            prop_assert_eq!(found, expected, "{}", by);
        }
    }
}
