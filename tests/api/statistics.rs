//! `/v1/stats`

use goodword::domain::{
    channel::{Channel, Medium},
    class::Class,
};
use http::Method;
use serde_json::{Value, json};

use crate::harness::{ADMIN, Answer, Api, NOW, Visit};

const ALL: [&str; 6] = [
    "channel",
    "medium",
    "destination",
    "day",
    "hour",
    "advocate",
];

fn zeros() -> Value {
    json!({
        "shares": {"intent": 0, "sent": 0},
        "clicks": {"human": 0, "suspected": 0, "bot": 0},
        "uniques": 0,
    })
}

fn csv(api: &Api, query: &str) -> Answer {
    api.request(Method::GET, &format!("/v1/stats?program=customers&{query}"))
        .key(ADMIN)
        .header("accept", "text/csv")
        .send()
}

fn keys(stats: &Value) -> Vec<&str> {
    let rows = stats["rows"].as_array().unwrap();
    rows.iter()
        .map(|row| row["key"].as_str().unwrap())
        .collect()
}

/// The same visits for every test that needs some: two channels, three media,
/// two destinations, two days, two advocates, every class.
fn visited() -> Api {
    let api = Api::furnished();
    let hour = 3_600_000;
    let mut visits = Vec::new();
    for (index, medium) in [Medium::Email, Medium::X, Medium::Linkedin]
        .into_iter()
        .enumerate()
    {
        for (visitor, class) in [
            (Some(1), Class::Human),
            (Some(2), Class::Human),
            (None, Class::Human),
            (Some(3), Class::Suspected),
            (Some(4), Class::Bot),
        ] {
            for at in [NOW, NOW - hour, NOW - 24 * hour] {
                visits.push(Visit {
                    at,
                    medium,
                    destination: u8::from(medium == Medium::X),
                    advocate: u32::try_from(index / 2).unwrap() + 1,
                    class,
                    visitor,
                });
            }
        }
    }
    api.visit("UTC", &visits);
    for (kind, event) in [("intent", "1"), ("sent", "2"), ("sent", "3")] {
        let share = json!({"program": "customers", "advocate": "ext:maya", "medium": "x",
            "kind": kind, "event_id": event});
        api.post("/v1/shares", &share).expect(201);
    }
    api
}

#[test]
fn a_range_without_any_is_answered_with_zeros() {
    let api = Api::furnished();
    for by in ALL {
        let stats = api.stats(&format!("by={by}&from=2026-11-20&to=2026-11-21"));
        assert_eq!(stats["total"], zeros());
        let rows = stats["rows"].as_array().unwrap();
        let expected = match by {
            "channel" => 6,
            "medium" => 16,
            "destination" | "day" => 2,
            "hour" => 48,
            _ => 0,
        };
        assert_eq!(rows.len(), expected, "{by}");
        for row in rows {
            let mut figures = row.clone();
            figures.as_object_mut().unwrap().remove("key");
            assert_eq!(figures, zeros(), "{by}");
        }
    }
}

#[test]
fn rows_have_the_names_and_the_order_of_the_domain() {
    let api = Api::furnished();
    let channels: Vec<&str> = Channel::ALL.iter().map(|c| c.name()).collect();
    assert_eq!(keys(&api.stats("")), channels, "by channel unless said");
    let media: Vec<&str> = Medium::ALL.iter().map(|m| m.name()).collect();
    assert_eq!(keys(&api.stats("by=medium")), media);
    assert_eq!(keys(&api.stats("by=destination")), ["home", "offer"]);
    let stats = api.stats("by=day&from=2026-02-27&to=2026-03-01");
    assert_eq!(keys(&stats), ["2026-02-27", "2026-02-28", "2026-03-01"]);
    let stats = api.stats("by=hour&from=2026-11-22&to=2026-11-22");
    assert_eq!(
        keys(&stats)[..2],
        ["2026-11-22T00:00:00.000Z", "2026-11-22T01:00:00.000Z"]
    );
}

#[test]
fn the_range_is_thirty_days_to_today_unless_said() {
    let api = Api::furnished_in("Pacific/Auckland");
    let stats = api.stats("by=day");
    // 10:00 UTC is 23:00 there, still the 22nd.
    assert_eq!(stats["from"], "2026-10-24");
    assert_eq!(stats["to"], "2026-11-22");
    assert_eq!(stats["zone"], "Pacific/Auckland");
    assert_eq!(stats["program"], "customers");
    assert_eq!(stats["by"], "day");
    assert_eq!(stats["rows"].as_array().unwrap().len(), 30);
    api.wait(3_600_000);
    assert_eq!(api.stats("by=day")["to"], "2026-11-23");
    assert_eq!(api.stats("to=2026-01-10")["from"], "2025-12-12");
}

#[test]
fn totals_agree_whatever_the_rows_are() {
    let api = visited();
    let expected = json!({
        "shares": {"intent": 1, "sent": 2},
        "clicks": {"human": 27, "suspected": 9, "bot": 9},
        "uniques": 4,
    });
    for by in ALL {
        let stats = api.stats(&format!("by={by}"));
        assert_eq!(stats["total"], expected, "{by}");
        let rows = stats["rows"].as_array().unwrap();
        for path in [
            "/shares/intent",
            "/shares/sent",
            "/clicks/human",
            "/clicks/suspected",
            "/clicks/bot",
        ] {
            let figure = |value: &Value| value.pointer(path).unwrap().as_i64().unwrap();
            let sum: i64 = rows.iter().map(figure).sum();
            assert_eq!(sum, figure(&expected), "{path} by {by}");
        }
    }
}

#[test]
fn uniques_are_those_of_the_row() {
    let api = visited();
    let uniques = |query: &str| -> Vec<(String, i64)> {
        let stats = api.stats(query);
        let rows = stats["rows"].as_array().unwrap().iter();
        rows.filter(|row| row["uniques"] != 0)
            .map(|row| {
                (
                    row["key"].as_str().unwrap().to_owned(),
                    row["uniques"].as_i64().unwrap(),
                )
            })
            .collect()
    };
    let pairs = |list: &[(&str, i64)]| -> Vec<(String, i64)> {
        list.iter()
            .map(|(key, count)| ((*key).to_owned(), *count))
            .collect()
    };
    // Two visitors on each of two days.
    assert_eq!(uniques("by=channel"), pairs(&[("email", 4), ("social", 4)]));
    assert_eq!(
        uniques("by=medium"),
        pairs(&[("email", 4), ("linkedin", 4), ("x", 4)])
    );
    assert_eq!(
        uniques("by=destination"),
        pairs(&[("home", 4), ("offer", 4)])
    );
    assert_eq!(
        uniques("by=day"),
        pairs(&[("2026-11-21", 2), ("2026-11-22", 2)])
    );
    assert_eq!(
        uniques("by=hour"),
        pairs(&[
            ("2026-11-21T10:00:00.000Z", 2),
            ("2026-11-22T09:00:00.000Z", 2),
            ("2026-11-22T10:00:00.000Z", 2),
        ])
    );
    assert_eq!(
        uniques("by=advocate"),
        pairs(&[("000001", 4), ("000002", 4)])
    );
}

#[test]
fn a_range_takes_its_days_and_no_others() {
    let api = visited();
    let human = |query: &str| api.stats(query)["total"]["clicks"]["human"].clone();
    for by in ALL {
        assert_eq!(
            human(&format!("by={by}&from=2026-11-21&to=2026-11-21")),
            9,
            "{by}"
        );
        assert_eq!(
            human(&format!("by={by}&from=2026-11-22&to=2026-11-22")),
            18,
            "{by}"
        );
        assert_eq!(
            human(&format!("by={by}&from=2026-11-23&to=2026-11-23")),
            0,
            "{by}"
        );
    }
}

#[test]
fn advocates_come_with_their_names_and_the_busiest_first() {
    let api = Api::furnished();
    api.plant("UPDATE advocates SET number = 2, name = '=Maya'");
    let visit = |advocate: u32| Visit {
        advocate,
        ..Visit::default()
    };
    api.visit(
        "UTC",
        &[visit(1), visit(2), visit(2), visit(3), visit(3), visit(3)],
    );
    let stats = api.stats("by=advocate");
    assert_eq!(keys(&stats), ["000003", "000002", "000001"]);
    assert_eq!(stats["rows"][1]["name"], "=Maya");
    assert_eq!(stats["rows"][0]["name"], "", "minted offline");
    let text = csv(&api, "by=advocate").text;
    assert!(text.contains("\n000002,'=Maya,0,0,2,0,0,0\n"), "{text}");
}

#[test]
fn programs_are_counted_apart() {
    let api = visited();
    api.post("/v1/programs", &json!({"slug": "other", "name": "O"}))
        .expect(201);
    for by in ALL {
        let stats = api
            .get(&format!("/v1/stats?program=other&by={by}"))
            .expect(200);
        assert_eq!(stats["total"], zeros(), "{by}");
    }
}

#[test]
fn clicks_of_a_channel_never_change_those_of_another() {
    let api = Api::furnished();
    api.visit(
        "UTC",
        &[Visit {
            medium: Medium::Qr,
            visitor: Some(1),
            ..Visit::default()
        }],
    );
    let before = api.stats("by=channel");
    api.visit(
        "UTC",
        &[Visit {
            medium: Medium::Phone,
            visitor: Some(1),
            ..Visit::default()
        }],
    );
    let after = api.stats("by=channel");
    for (row, now) in before["rows"]
        .as_array()
        .unwrap()
        .iter()
        .zip(after["rows"].as_array().unwrap())
    {
        if row["key"] == "verbal" {
            assert_eq!(now["clicks"]["human"], 1);
            assert_eq!(now["uniques"], 1);
        } else {
            assert_eq!(row, now);
        }
    }
    assert_eq!(after["total"]["uniques"], 1);
}

#[test]
fn the_csv_is_pinned() {
    let api = visited();
    let answer = csv(&api, "by=channel&from=2026-11-22&to=2026-11-22");
    assert_eq!(
        answer.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(
        answer.header("content-disposition"),
        Some("attachment; filename=\"customers-by-channel-2026-11-22-2026-11-22.csv\"")
    );
    insta::assert_snapshot!(answer.text, @"
    channel,name,shares_intent,shares_sent,clicks_human,clicks_suspected,clicks_bot,uniques
    email,,0,0,6,2,2,2
    social,,1,2,12,4,4,2
    verbal,,0,0,0,0,0,0
    print,,0,0,0,0,0,0
    link,,0,0,0,0,0,0
    form,,0,0,0,0,0,0
    ");
}

#[test]
fn csv_and_json_say_the_same() {
    let api = visited();
    for by in ALL {
        let stats = api.stats(&format!("by={by}"));
        let text = csv(&api, &format!("by={by}")).text;
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(&reader.headers().unwrap()[0], by);
        let rows = stats["rows"].as_array().unwrap();
        let mut count = 0;
        for (record, row) in reader.records().zip(rows) {
            let record = record.unwrap();
            let figures = [
                &row["shares"]["intent"],
                &row["shares"]["sent"],
                &row["clicks"]["human"],
                &row["clicks"]["suspected"],
                &row["clicks"]["bot"],
                &row["uniques"],
            ];
            assert_eq!(record[0], *row["key"].as_str().unwrap());
            for (index, figure) in figures.into_iter().enumerate() {
                assert_eq!(record[index + 2], figure.to_string(), "{by} {row}");
            }
            count += 1;
        }
        assert_eq!(count, rows.len(), "{by}");
    }
}

#[test]
fn accept_decides_between_json_and_csv() {
    let api = Api::furnished();
    for (accept, media_type) in [
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/csv; q=0.9, */*; q=0.1", "text/csv; charset=utf-8"),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("Text/CSV, */*", "text/csv; charset=utf-8"),
        ("application/json, text/csv", "application/json"),
        (
            "application/json; q=0.25, text/csv; q=0.5",
            "text/csv; charset=utf-8",
        ),
        ("application/json, text/csv; q=0.9", "application/json"),
        ("text/csv; q=0.0", "application/json"),
        ("text/csvx", "application/json"),
        (
            "text/html,application/xhtml+xml,*/*;q=0.8",
            "application/json",
        ),
    ] {
        let ask = api
            .request(Method::GET, "/v1/stats?program=customers")
            .key(ADMIN);
        let answer = ask.header("accept", accept).send();
        assert_eq!(answer.header("content-type"), Some(media_type), "{accept}");
    }
}

#[test]
fn ranges_have_bounds() {
    let api = Api::furnished();
    let refused = |query: &str| {
        api.get(&format!("/v1/stats?program=customers&{query}"))
            .field()
    };
    assert_eq!(refused("from=2026-11-22&to=2026-11-21").0, "from");
    assert_eq!(refused("from=2026-11-23").0, "from", "after today");
    assert_eq!(refused("from=2020-01-01").0, "from");
    let (field, detail) = refused("by=hour&from=2026-10-01&to=2026-11-01");
    assert_eq!(field, "from");
    assert!(
        detail.contains("32 days") && detail.contains("at most 31"),
        "{detail}"
    );
    for day in [
        "2026-1-1",
        "22.11.2026",
        "2026-11-22T00:00:00Z",
        "1969-12-31",
        "2200-01-01",
        "",
    ] {
        assert_eq!(refused(&format!("to={day}")).0, "to", "{day}");
    }
    assert_eq!(
        api.stats("by=hour&from=2026-10-01&to=2026-10-31")["rows"]
            .as_array()
            .unwrap()
            .len(),
        744
    );
    assert_eq!(
        api.stats("by=day&from=2026-01-01&to=2029-01-04")["rows"]
            .as_array()
            .unwrap()
            .len(),
        1_100
    );
    // The ends of the calendar.
    for by in ALL {
        api.stats(&format!("by={by}&from=1970-01-01&to=1970-01-02"));
        api.stats(&format!("by={by}&to=1970-01-02"));
        api.stats(&format!("by={by}&from=2199-12-31&to=2199-12-31"));
    }
}

#[test]
fn an_answer_takes_three_statements_at_most() {
    let api = visited();
    let before = api.batches();
    for by in ALL {
        api.stats(&format!("by={by}&from=2026-11-01&to=2026-11-22"));
    }
    // The program and the tallies; for destinations and advocates a list too.
    assert_eq!(api.batches() - before, 14);
}
