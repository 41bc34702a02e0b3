//! `/v1/stats`

use goodword::{
    domain::{
        channel::{Channel, Medium},
        class::Class,
    },
    jobs::minutes,
};
use http::Method;
use serde_json::{Value, json};

use crate::harness::{ADMIN, Answer, Api, NOW, Visit, block_on};

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

#[test]
fn a_filter_by_channel_leaves_the_rest_out_and_counts_its_own_visitors() {
    let api = visited();
    let of = |by: &str| api.stats(&format!("by={by}&channel=social"));
    for by in ALL {
        let total = of(by)["total"].clone();
        assert_eq!(total["clicks"]["human"], 18, "{by}");
        assert_eq!(total["shares"], json!({"intent": 1, "sent": 2}), "{by}");
        // Each came by e-mail first, and by this channel as well.
        assert_eq!(total["uniques"], 4, "{by}");
    }
    let rows = of("channel")["rows"].clone();
    assert_eq!(rows[0]["clicks"]["human"], 0);
    assert_eq!(rows[1]["uniques"], 4);
    let days = of("day")["rows"].as_array().unwrap().clone();
    let uniques: Vec<i64> = days
        .iter()
        .rev()
        .take(2)
        .map(|day| day["uniques"].as_i64().unwrap())
        .collect();
    assert_eq!(uniques, [2, 2]);
    assert_eq!(keys(&of("advocate"))[..2], ["000001", "000002"]);
    assert_eq!(of("advocate")["rows"][0]["clicks"]["human"], 9);
    let (field, _) = api.get("/v1/stats?program=customers&channel=mail").field();
    assert_eq!(field, "channel");
}

fn series(api: &Api, query: &str) -> Value {
    api.get(&format!("/v1/stats/series?program=customers&{query}"))
        .expect(200)
}

#[test]
fn a_series_has_a_point_for_each_day_of_each_channel() {
    let api = visited();
    let chart = series(&api, "from=2026-11-20&to=2026-11-22");
    assert_eq!(chart["unit"], "day");
    assert_eq!(chart["zone"], "UTC");
    assert_eq!(
        chart["starts"],
        json!(["2026-11-20", "2026-11-21", "2026-11-22"])
    );
    let lines = chart["series"].as_array().unwrap();
    let channels: Vec<&str> = lines
        .iter()
        .map(|l| l["channel"].as_str().unwrap())
        .collect();
    let all: Vec<&str> = Channel::ALL.iter().map(|c| c.name()).collect();
    assert_eq!(channels, all);
    assert_eq!(
        lines[1],
        json!({"channel": "social", "human": [0, 6, 12], "suspected": [0, 2, 4],
            "bot": [0, 2, 4], "shares": [0, 0, 3], "uniques": [0, 2, 2]})
    );
    assert_eq!(lines[2]["human"], json!([0, 0, 0]));
    // Thirty days to today unless said.
    assert_eq!(series(&api, "")["starts"].as_array().unwrap().len(), 30);
}

#[test]
fn a_series_by_the_hour_is_the_one_that_statistics_answer() {
    let api = visited();
    let chart = series(&api, "unit=hour&from=2026-11-21&to=2026-11-22");
    let hours = api.stats("by=hour&from=2026-11-21&to=2026-11-22");
    assert_eq!(chart["starts"].as_array().unwrap().len(), 48);
    for (n, hour) in hours["rows"].as_array().unwrap().iter().enumerate() {
        assert_eq!(chart["starts"][n], hour["key"]);
        for class in ["human", "suspected", "bot"] {
            let lines = chart["series"].as_array().unwrap().iter();
            let sum: i64 = lines.map(|line| line[class][n].as_i64().unwrap()).sum();
            assert_eq!(hour["clicks"][class], sum, "{hour}");
        }
    }
}

#[test]
fn a_series_is_filtered_by_channel_medium_and_destination() {
    let api = visited();
    let human = |query: &str| -> Vec<i64> {
        let chart = series(&api, &format!("from=2026-11-22&{query}"));
        let lines = chart["series"].as_array().unwrap().iter();
        lines
            .map(|line| line["human"][0].as_i64().unwrap())
            .collect()
    };
    assert_eq!(human(""), [6, 12, 0, 0, 0, 0]);
    assert_eq!(human("channel=social"), [0, 12, 0, 0, 0, 0]);
    assert_eq!(human("medium=x"), [0, 6, 0, 0, 0, 0]);
    assert_eq!(
        human("channel=email&medium=x"),
        [0; 6],
        "no medium of that channel"
    );
    assert_eq!(human("destination=home"), [6, 6, 0, 0, 0, 0]);
    assert_eq!(
        human("destination=offer&channel=social"),
        [0, 6, 0, 0, 0, 0]
    );
    // A destination that is switched off had clicks, too.
    api.patch(
        "/v1/programs/customers/destinations/offer",
        &json!({"status": "disabled"}),
    )
    .expect(200);
    assert_eq!(human("destination=offer"), [0, 6, 0, 0, 0, 0]);
}

#[test]
fn a_series_names_the_field_at_fault() {
    let api = Api::furnished();
    for (query, field) in [
        ("program=nobody", "program"),
        ("program=customers&unit=week", "unit"),
        ("program=customers&channel=mail", "channel"),
        ("program=customers&medium=fax", "medium"),
        ("program=customers&destination=moon", "destination"),
        ("program=customers&from=2026-11-23", "from"),
        ("program=customers&from=2020-01-01", "from"),
        ("program=customers&unit=hour&from=2026-10-01", "from"),
        ("program=customers&by=day", "by"),
    ] {
        let refused = api.get(&format!("/v1/stats/series?{query}")).field();
        assert_eq!(refused.0, field, "{query}: {}", refused.1);
    }
    let longest = series(&api, "from=2026-01-01&to=2029-01-04");
    assert_eq!(longest["series"][5]["bot"].as_array().unwrap().len(), 1_100);
    assert_eq!(
        series(&api, "unit=hour&from=2026-10-01&to=2026-10-31")["starts"]
            .as_array()
            .unwrap()
            .len(),
        744
    );
}

#[test]
fn a_live_view_shows_the_last_thirty_minutes_and_no_others() {
    let api = Api::furnished_in("Asia/Kathmandu"); // Its hours begin at :15.
    let minute = 60_000;
    let visit = |ago: i64, class: Class, medium: Medium| Visit {
        at: api.now() - ago,
        medium,
        class,
        ..Visit::default()
    };
    api.visit(
        "Asia/Kathmandu",
        &[
            visit(0, Class::Human, Medium::Email),
            visit(0, Class::Bot, Medium::Email),
            visit(minute, Class::Suspected, Medium::X),
            visit(minute, Class::Human, Medium::Linkedin),
            visit(29 * minute, Class::Human, Medium::Qr),
            visit(30 * minute, Class::Human, Medium::Qr),
            visit(26 * 3_600_000, Class::Human, Medium::Qr),
        ],
    );
    let share = json!({"program": "customers", "advocate": "ext:maya", "medium": "x",
        "kind": "intent", "event_id": "1"});
    api.post("/v1/shares", &share).expect(201);
    let live = api.get("/v1/stats/live?program=customers").expect(200);
    assert_eq!(live["now"], "2026-11-22T10:00:00.000Z");
    let row = |at: &str, channel: &str, [human, suspected, bot, shares]: [i64; 4]| {
        json!({"at": format!("2026-11-22T{at}:00.000Z"), "channel": channel, "human": human,
            "suspected": suspected, "bot": bot, "shares": shares})
    };
    assert_eq!(
        live["minutes"],
        json!([
            row("09:31", "print", [1, 0, 0, 0]),
            row("09:59", "social", [1, 1, 0, 0]),
            row("10:00", "email", [1, 0, 1, 0]),
            row("10:00", "social", [0, 0, 0, 1]),
        ])
    );
    api.wait(31 * minute);
    let live = api.get("/v1/stats/live?program=customers").expect(200);
    assert_eq!(live["minutes"], json!([]));
    assert_eq!(
        api.get("/v1/stats/live?program=nobody").field().0,
        "program"
    );
}

/// The rows of the tallies, and what they sum up to.
fn tallies(api: &Api) -> (Vec<String>, Vec<String>) {
    let sums = "sum(count), sum(new_visitors), sum(new_in_channel), sum(new_in_medium),
        sum(new_at_destination), sum(new_in_hour)";
    (
        api.column(
            "SELECT concat_ws(' ', hour % 86400 / 3600, minute, sum(count))
            FROM tallies_by_hour GROUP BY hour, minute ORDER BY hour, minute",
        ),
        api.column(&format!(
            "SELECT concat_ws(' ', hour, medium, destination, kind, {sums})
            FROM tallies_by_hour GROUP BY hour, medium, destination, kind
            ORDER BY hour, medium, destination, kind"
        )),
    )
}

#[test]
fn minutes_are_gathered_once_their_hour_is_long_over_and_no_sum_changes() {
    let api = Api::furnished();
    let mut visits = Vec::new();
    for hours in 0..4 {
        for minutes in 0..3 {
            visits.push(Visit {
                at: NOW - hours * 3_600_000 + minutes * 60_000,
                medium: Medium::ALL[usize::try_from(minutes).unwrap()],
                visitor: Some(1),
                ..Visit::default()
            });
            visits.push(visits[visits.len() - 1]);
        }
    }
    api.visit("UTC", &visits);
    let (rows, sums) = tallies(&api);
    assert_eq!(rows.len(), 12);
    let gather = |now: i64| block_on(minutes::gather(api.db(), now)).unwrap();
    gather(NOW);
    let (rows, now) = tallies(&api);
    assert_eq!(now, sums);
    // The hours from seven on ended less than two hours ago, or just then.
    assert_eq!(rows[0], "7 60 6");
    assert_eq!(rows.len(), 10);
    gather(NOW);
    gather(NOW + 899_000);
    assert_eq!(tallies(&api), (rows, sums.clone()));
    // Who comes late is counted, and gathered by the next one.
    api.visit(
        "UTC",
        &[Visit {
            at: NOW - 3 * 3_600_000,
            ..Visit::default()
        }],
    );
    let human = |api: &Api| api.stats("by=hour")["total"]["clicks"]["human"].clone();
    assert_eq!(human(&api), 25);
    assert_eq!(tallies(&api).0[..2], ["7 0 1", "7 60 6"]);
    gather(NOW + 3 * 3_600_000);
    assert_eq!(tallies(&api).0, ["7 60 7", "8 60 6", "9 60 6", "10 60 6"]);
    assert_eq!(human(&api), 25);
    // What began more than a day ago is left as it is.
    api.visit(
        "UTC",
        &[Visit {
            at: NOW - 30 * 3_600_000,
            ..Visit::default()
        }],
    );
    gather(NOW);
    assert_eq!(tallies(&api).0[0], "4 0 1");
}

#[test]
fn minutes_are_gathered_by_clocks_that_are_not_on_the_hour() {
    for zone in [
        "Asia/Kathmandu",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "Pacific/Chatham",
    ] {
        let api = Api::furnished_in(zone);
        let visits: Vec<Visit> = (0..6)
            .map(|n| Visit {
                at: NOW - n * 15 * 60_000,
                ..Visit::default()
            })
            .collect();
        api.visit(zone, &visits);
        block_on(minutes::gather(api.db(), NOW + 5 * 3_600_000)).unwrap();
        assert_eq!(
            api.column("SELECT DISTINCT CAST(minute AS TEXT) FROM tallies_by_hour"),
            ["60"]
        );
        assert_eq!(
            api.stats("by=hour")["total"]["clicks"]["human"],
            6,
            "{zone}"
        );
    }
}
