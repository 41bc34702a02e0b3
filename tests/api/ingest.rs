//! Clicks from messages into the tallies, each once; whose they are, and under
//! what hour and day they are counted.

use goodword::{
    domain::{channel::Medium, class::Class, date, zone::Zone},
    jobs::ingest,
};
use serde_json::{Value, json};

use crate::harness::{Api, NOW, Visit, block_on};

const ALL: [&str; 6] = [
    "channel",
    "medium",
    "destination",
    "day",
    "hour",
    "advocate",
];

fn at(text: &str) -> i64 {
    date::parse_rfc3339(text).unwrap()
}

/// The rows that have clicks or uniques, as `key human uniques`.
fn busy(stats: &Value) -> Vec<String> {
    let rows = stats["rows"].as_array().unwrap();
    rows.iter()
        .filter(|row| row["clicks"]["human"] != 0 || row["uniques"] != 0)
        .map(|row| {
            let key = row["key"].as_str().unwrap();
            format!("{key} {} {}", row["clicks"]["human"], row["uniques"])
        })
        .collect()
}

#[test]
fn the_same_batch_three_times_changes_nothing() {
    let api = Api::furnished();
    let visits: Vec<Visit> = (0..2_500)
        .map(|index: i64| Visit {
            at: NOW - index * 60_000,
            medium: Medium::from_code(u8::try_from(index % 16).unwrap()).unwrap(),
            destination: u8::try_from(index % 2).unwrap(),
            advocate: u32::try_from(index % 5).unwrap(),
            class: Class::from_code(u8::try_from(index % 3).unwrap()).unwrap(),
            visitor: (index % 4 != 0).then_some(index.unsigned_abs() % 7),
        })
        .collect();
    let clicks = api.clicks("UTC", &visits);
    api.deliver(&clicks);
    let once: Vec<Value> = ALL
        .iter()
        .map(|by| api.stats(&format!("by={by}")))
        .collect();
    assert_eq!(
        once[0]["total"]["clicks"],
        json!({"human": 834, "suspected": 833, "bot": 833})
    );
    for _ in 0..2 {
        api.deliver(&clicks);
    }
    // In other messages, in another order, in part.
    for part in clicks.rchunks(77) {
        api.deliver(part);
    }
    let often: Vec<Value> = ALL
        .iter()
        .map(|by| api.stats(&format!("by={by}")))
        .collect();
    assert_eq!(once, often);
    assert_eq!(
        api.column("SELECT CAST(count(*) AS TEXT) FROM clicks"),
        ["2500"]
    );
}

#[test]
fn a_click_twice_in_one_batch_counts_once() {
    let api = Api::furnished();
    let click = api.clicks(
        "UTC",
        &[Visit {
            visitor: Some(1),
            ..Visit::default()
        }],
    );
    let twice: Vec<_> = click.iter().chain(&click).cloned().collect();
    api.deliver(&twice);
    let total = api.stats("by=hour")["total"].clone();
    assert_eq!(total["clicks"]["human"], 1);
    assert_eq!(total["uniques"], 1);
}

#[test]
fn a_batch_that_fails_is_counted_whole_when_it_comes_again() {
    let api = Api::furnished();
    let clicks = api.clicks("UTC", &vec![Visit::default(); 1_500]);
    let records: Vec<_> = clicks.iter().map(Into::into).collect();
    api.database_fails(true);
    assert!(block_on(ingest::record(api.db(), &records)).is_err());
    api.database_fails(false);
    api.deliver(&clicks[..1_000]);
    api.deliver(&clicks);
    assert_eq!(api.stats("")["total"]["clicks"]["human"], 1_500);
}

#[test]
fn unreadable_messages_are_handed_back_and_the_others_counted() {
    let api = Api::furnished();
    let clicks = api.clicks("UTC", &[Visit::default()]);
    let good = goodword::domain::click::Message::new(&clicks).to_json();
    let other_version = good.replace("\"v\":1", "\"v\":9");
    let batch = ingest::read(["{", good.as_str(), other_version.as_str(), ""]);
    let texts: Vec<&str> = batch
        .unreadable
        .iter()
        .map(|(text, _)| text.as_str())
        .collect();
    assert_eq!(texts, ["{", other_version.as_str(), ""]);
    block_on(ingest::record(api.db(), &batch.clicks)).unwrap();
    assert_eq!(api.stats("")["total"]["clicks"]["human"], 1);
}

#[test]
fn the_numbers_at_the_ends_of_their_ranges_are_kept() {
    let api = Api::furnished();
    api.visit(
        "UTC",
        &[Visit {
            advocate: u32::MAX,
            destination: 63,
            medium: Medium::Form,
            visitor: Some(u64::MAX),
            ..Visit::default()
        }],
    );
    let row = api.column(
        "SELECT advocate || ' ' || destination || ' ' || medium || ' ' || hex(visitor) || ' ' ||
            length(id) || ' ' || typeof(id) || ' ' || at FROM clicks",
    );
    assert_eq!(
        row,
        [format!("4294967295 63 15 FFFFFFFFFFFFFFFF 16 blob {NOW}")]
    );
    assert_eq!(api.stats("by=advocate")["rows"][0]["key"], "4gfFC3");
}

#[test]
fn a_visitor_is_unique_per_channel_medium_destination_hour_and_advocate() {
    let api = Api::furnished();
    let first = Visit {
        visitor: Some(7),
        ..Visit::default()
    };
    let hour = 3_600_000;
    api.visit(
        "UTC",
        &[
            first,
            first,
            Visit {
                medium: Medium::X,
                ..first
            },
            Visit {
                medium: Medium::Linkedin,
                ..first
            },
            Visit {
                destination: 1,
                ..first
            },
            Visit {
                at: NOW - hour,
                ..first
            },
            Visit {
                advocate: 2,
                ..first
            },
            Visit {
                visitor: Some(8),
                ..first
            },
        ],
    );
    let stats = |by: &str| busy(&api.stats(&format!("by={by}")));
    assert_eq!(stats("channel"), ["email 6 2", "social 2 1"]);
    assert_eq!(stats("medium"), ["email 6 2", "linkedin 1 1", "x 1 1"]);
    assert_eq!(stats("destination"), ["home 7 2", "offer 1 1"]);
    assert_eq!(
        stats("hour"),
        [
            "2026-11-22T09:00:00.000Z 1 1",
            "2026-11-22T10:00:00.000Z 7 2"
        ]
    );
    assert_eq!(stats("day"), ["2026-11-22 8 2"]);
    assert_eq!(stats("advocate"), ["000001 7 2", "000002 1 1"]);
    assert_eq!(api.stats("")["total"]["uniques"], 2);
}

#[test]
fn a_visitor_is_counted_anew_each_utc_day() {
    let api = Api::furnished();
    let first = Visit {
        visitor: Some(7),
        ..Visit::default()
    };
    api.visit(
        "UTC",
        &[
            Visit {
                at: at("2026-11-20T23:59:59.999Z"),
                ..first
            },
            Visit {
                at: at("2026-11-21T00:00:00Z"),
                ..first
            },
            Visit {
                at: at("2026-11-21T23:59:59.999Z"),
                ..first
            },
        ],
    );
    let days = busy(&api.stats("by=day"));
    assert_eq!(days, ["2026-11-20 1 1", "2026-11-21 2 1"]);
    assert_eq!(api.stats("")["total"]["uniques"], 2);
}

#[test]
fn clicks_without_a_hash_count_and_are_nobodys_uniques() {
    let api = Api::furnished();
    let nobody = Visit::default();
    api.visit(
        "UTC",
        &[
            nobody,
            nobody,
            Visit {
                visitor: Some(1),
                ..nobody
            },
            nobody,
        ],
    );
    for by in ALL {
        let total = api.stats(&format!("by={by}"))["total"].clone();
        assert_eq!(total["clicks"]["human"], 4, "{by}");
        assert_eq!(total["uniques"], 1, "{by}");
    }
}

#[test]
fn machines_are_nobodys_uniques_and_hide_no_person() {
    let api = Api::furnished();
    let visitor = Some(5);
    let bot = Visit {
        class: Class::Bot,
        visitor,
        ..Visit::default()
    };
    let suspected = Visit {
        class: Class::Suspected,
        ..bot
    };
    api.visit("UTC", &[bot, suspected]);
    assert_eq!(api.stats("")["total"]["uniques"], 0);
    // A prefetch, and then the visit that it was for.
    api.visit(
        "UTC",
        &[Visit {
            visitor,
            ..Visit::default()
        }],
    );
    let total = api.stats("")["total"].clone();
    assert_eq!(
        total["clicks"],
        json!({"human": 1, "suspected": 1, "bot": 1})
    );
    assert_eq!(total["uniques"], 1);
}

#[test]
fn the_hash_zero_is_a_visitor_and_no_hash_is_none() {
    let api = Api::furnished();
    let zero = Visit {
        visitor: Some(0),
        ..Visit::default()
    };
    api.visit("UTC", &[zero, zero, Visit::default()]);
    assert_eq!(api.stats("")["total"]["uniques"], 1);
}

#[test]
fn the_order_of_arrival_does_not_change_the_uniques() {
    let forwards = Api::furnished();
    let backwards = Api::furnished();
    let visits: Vec<Visit> = (0..200_i64)
        .map(|index| Visit {
            at: NOW - index * 600_000,
            medium: Medium::from_code(u8::try_from(index % 5).unwrap()).unwrap(),
            visitor: Some(index.unsigned_abs() % 6),
            ..Visit::default()
        })
        .collect();
    forwards.visit("UTC", &visits);
    let clicks = backwards.clicks("UTC", &visits);
    for click in clicks.into_iter().rev() {
        backwards.deliver(&[click]);
    }
    for by in ["channel", "medium", "hour", "day"] {
        let query = format!("by={by}");
        assert_eq!(forwards.stats(&query), backwards.stats(&query), "{by}");
    }
}

#[test]
fn days_and_hours_are_those_of_a_half_hour_zone() {
    let zone = "Asia/Kolkata";
    let api = Api::furnished_in(zone);
    let visit = |text: &str| Visit {
        at: at(text),
        ..Visit::default()
    };
    // 18:30 UTC is midnight there.
    api.visit(
        zone,
        &[
            visit("2026-11-20T18:29:59.999Z"),
            visit("2026-11-20T18:30:00Z"),
            visit("2026-11-20T19:29:59.999Z"),
            visit("2026-11-21T18:29:59.999Z"),
            visit("2026-11-21T18:30:00Z"),
        ],
    );
    assert_eq!(
        busy(&api.stats("by=day")),
        ["2026-11-20 1 0", "2026-11-21 3 0", "2026-11-22 1 0"]
    );
    let hours = api.stats("by=hour&from=2026-11-21&to=2026-11-21");
    assert_eq!(hours["rows"].as_array().unwrap().len(), 24);
    assert_eq!(
        busy(&hours),
        [
            "2026-11-20T18:30:00.000Z 2 0",
            "2026-11-21T17:30:00.000Z 1 0"
        ]
    );
    for by in ALL {
        let stats = api.stats(&format!("by={by}&from=2026-11-21&to=2026-11-21"));
        assert_eq!(stats["total"]["clicks"]["human"], 3, "{by}");
    }
}

/// A click every ten minutes of a day and its neighbours; then every row of the
/// day has what falls into it, and nothing is lost or counted twice.
#[test]
fn days_of_23_24_and_25_hours_have_every_click_once() {
    for (zone, day, hours, rows) in [
        ("Europe/Berlin", "2026-03-29", 23.0, 23),
        ("Europe/Berlin", "2026-10-25", 25.0, 25),
        ("Europe/Berlin", "2026-06-01", 24.0, 24),
        ("America/New_York", "2026-03-08", 23.0, 23),
        ("America/New_York", "2026-11-01", 25.0, 25),
        // The clock jumps over midnight, or strikes it twice.
        ("America/Havana", "2026-03-08", 23.0, 23),
        ("America/Havana", "2026-11-01", 25.0, 25),
        ("America/Santiago", "2026-09-06", 23.0, 23),
        ("America/Santiago", "2026-04-04", 25.0, 25),
        // By half an hour.
        ("Australia/Lord_Howe", "2026-10-04", 23.5, 24),
        ("Australia/Lord_Howe", "2026-04-05", 24.5, 25),
        // Odd offsets.
        ("Asia/Kathmandu", "2026-05-05", 24.0, 24),
        ("America/St_Johns", "2026-03-08", 23.0, 23),
        ("Pacific/Chatham", "2026-04-05", 25.0, 25),
    ] {
        let case = format!("{zone} {day}");
        let api = Api::furnished_in(zone);
        let known = Zone::named(zone).unwrap();
        let number = date::Day::parse(day).unwrap().since_epoch();
        let (start, end) = (known.day_start(number), known.day_start(number + 1));
        let step = 600;
        let visits: Vec<Visit> = (-150..=300)
            .map(|index| Visit {
                at: (start + index * step) * 1_000,
                ..Visit::default()
            })
            .collect();
        api.visit(zone, &visits);
        let expected = (end - start) / step;
        assert!(
            (f64::from(u32::try_from(end - start).unwrap()) / 3_600.0 - hours).abs() < 1e-9,
            "{case}"
        );
        for by in ALL {
            let stats = api.stats(&format!("by={by}&from={day}&to={day}"));
            assert_eq!(
                stats["total"]["clicks"]["human"], expected,
                "{case} by {by}"
            );
            let found = stats["rows"].as_array().unwrap();
            let sum: i64 = found
                .iter()
                .map(|row| row["clicks"]["human"].as_i64().unwrap())
                .sum();
            assert_eq!(sum, expected, "{case} by {by}");
            if by == "hour" {
                assert_eq!(found.len(), rows, "{case}: {stats}");
                assert!(
                    found.iter().all(|row| row["clicks"]["human"] != 0),
                    "{case}: {stats}"
                );
            }
        }
        let around = api.stats(&format!("by=day&to={day}"));
        assert_eq!(around["rows"][29]["clicks"]["human"], expected, "{case}");
    }
}

#[test]
fn shares_stand_in_the_tallies_beside_the_clicks_of_their_hour() {
    let zone = "Asia/Kolkata";
    let api = Api::furnished_in(zone);
    api.plant("UPDATE advocates SET number = 1");
    let share = json!({"program": "customers", "advocate": "000001", "channel": "email",
        "kind": "sent", "event_id": "e", "at": "2026-11-21T18:29:59Z"});
    api.post("/v1/shares", &share).expect(201);
    api.visit(
        zone,
        &[Visit {
            at: at("2026-11-21T18:00:00Z"),
            ..Visit::default()
        }],
    );
    for (by, key) in [
        ("channel", "email"),
        ("medium", "email"),
        ("destination", "home"),
        ("day", "2026-11-21"),
        ("hour", "2026-11-21T17:30:00.000Z"),
        ("advocate", "000001"),
    ] {
        let stats = api.stats(&format!("by={by}"));
        let rows = stats["rows"].as_array().unwrap();
        let row = rows.iter().find(|row| row["key"] == key).unwrap();
        assert_eq!(row["shares"], json!({"intent": 0, "sent": 1}), "{by}");
        assert_eq!(row["clicks"]["human"], 1, "{by}");
        assert_eq!(stats["total"]["shares"]["sent"], 1, "{by}");
    }
}
