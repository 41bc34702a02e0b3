//! Good moments of advocates, leads that stand still, and what a rep's day makes of
//! them.

use serde_json::{Value, json};

use crate::harness::Api;

const DAY: i64 = 24 * 3_600_000;

/// A rep, Lea, who owns Maya and Noor; their ids.
fn owned() -> (Api, [String; 2]) {
    let api = Api::furnished();
    api.put("/v1/reps/lea", &json!({"name": "Lea"})).expect(200);
    let ids = ["Maya", "Noor"].map(|name| {
        let new = json!({"kind": "partner", "name": name, "owner": "lea",
            "email": format!("{name}@example.com")});
        let path = "/v1/programs/customers/advocates";
        let advocate = api.post(path, &new).expect(201);
        advocate["id"].as_str().unwrap().to_owned()
    });
    (api, ids)
}

fn day(api: &Api) -> Value {
    api.get("/v1/reps/lea/day?program=customers").expect(200)
}

/// Whom to ask, and why.
fn asks(api: &Api) -> Vec<(String, String)> {
    let day = day(api);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let asks = day["ask"].as_array().unwrap().iter();
    asks.map(|one| (text(&one["advocate"]["name"]), text(&one["why"])))
        .collect()
}

fn pair(name: &str, why: &str) -> (String, String) {
    (name.to_owned(), why.to_owned())
}

#[test]
fn whose_good_moment_came_is_asked_first() {
    let (api, [maya, noor]) = owned();
    let invite = |id: &str| {
        let path = format!("/v1/programs/customers/advocates/{id}/invite");
        api.post(&path, &json!({})).expect(202);
    };
    invite(&maya);
    invite(&noor);
    api.wait(DAY);
    assert_eq!(asks(&api), [], "both were asked a day ago");
    let rated = |event: &str, id: &str, score: u8| {
        api.post(
            "/v1/moments",
            &json!({"program": "customers", "advocate": id, "event_id": event,
                "kind": "rated", "score": score}),
        )
    };
    assert_eq!(rated("s-1", &maya, 6).expect(201)["is_good"], json!(false));
    assert_eq!(asks(&api), [], "that rating is no good moment");
    assert_eq!(rated("s-2", &maya, 9).expect(201)["is_good"], json!(true));
    let live = json!({"program": "customers", "advocate": noor, "event_id": "g-1",
        "kind": "live"});
    api.post("/v1/moments", &live).expect(201);
    assert_eq!(asks(&api), [pair("Maya", "rated"), pair("Noor", "live")]);

    let before = api.dump();
    rated("s-2", &maya, 9).expect(201);
    rated("s-2", &maya, 10).problem(409);
    rated("s-2", &noor, 9).problem(409);
    assert_eq!(api.dump(), before, "the same event changes nothing");

    api.wait(DAY);
    invite(&maya);
    assert_eq!(asks(&api), [pair("Noor", "live")], "Maya was asked since");
    api.wait(31 * DAY);
    let reasons: Vec<_> = asks(&api).into_iter().map(|(_, why)| why).collect();
    assert!(!reasons.contains(&"live".to_owned()), "{reasons:?}");
}

#[test]
fn a_moment_that_is_none_is_refused() {
    let (api, [maya, _]) = owned();
    let before = api.dump();
    for (field, wrong) in [
        ("score", json!({"kind": "rated"})),
        ("score", json!({"kind": "rated", "score": 11})),
        ("score", json!({"kind": "live", "score": 9})),
        ("kind", json!({"kind": "fired"})),
        ("at", json!({"kind": "live", "at": "2036-01-01T00:00:00Z"})),
        (
            "advocate",
            json!({"kind": "live", "advocate": "ext:nobody"}),
        ),
        ("program", json!({"kind": "live", "program": "none"})),
        ("event_id", json!({"kind": "live", "event_id": ""})),
    ] {
        let mut moment = json!({"program": "customers", "advocate": maya, "event_id": "e"});
        for (key, value) in wrong.as_object().unwrap() {
            moment[key] = value.clone();
        }
        let refused = api.post("/v1/moments", &moment).field();
        assert_eq!(refused.0, field, "{wrong}");
    }
    assert_eq!(api.dump(), before);
}

#[test]
fn a_lead_that_stands_still_is_in_the_day_until_somebody_moves() {
    let (api, [maya, _]) = owned();
    let spoken = |email: &str| {
        let spoken = json!({"program": "customers", "rep": "lea", "medium": "phone",
            "advocate": {"id": maya}, "prospect": {"email": email, "name": email}});
        let lead = api.post("/v1/referrals/verbal", &spoken).expect(201);
        lead["id"].as_str().unwrap().to_owned()
    };
    let first = spoken("one@prospect.example");
    api.wait(DAY);
    let second = spoken("two@prospect.example");
    let standing = || -> Vec<(String, i64)> {
        let day = day(&api);
        let leads = day["follow_up"].as_array().unwrap().iter();
        leads
            .map(|one| {
                assert_eq!(one["advocate"]["id"], json!(maya));
                let id = one["lead"]["id"].as_str().unwrap().to_owned();
                (id, one["days"].as_i64().unwrap())
            })
            .collect()
    };
    api.wait(5 * DAY);
    assert_eq!(standing(), []);
    api.wait(2 * DAY);
    assert_eq!(standing(), [(first.clone(), 8), (second.clone(), 7)]);

    let path = format!("/v1/leads/{first}/followed-up");
    assert_eq!(
        api.post(&path, &json!({})).expect(200)["lead"],
        json!(first)
    );
    assert_eq!(standing(), [(second.clone(), 7)]);
    let step = json!({"stage": "accepted"});
    api.post(&format!("/v1/leads/{second}/stage"), &step)
        .expect(200);
    assert_eq!(standing(), []);

    api.wait(7 * DAY);
    assert_eq!(standing(), [(first.clone(), 7), (second.clone(), 7)]);
    let lost = json!({"stage": "lost", "reason": "no budget"});
    api.post(&format!("/v1/leads/{second}/stage"), &lost)
        .expect(200);
    assert_eq!(standing(), [(first, 7)], "what is over needs nobody");
    api.post("/v1/leads/ld_0/followed-up", &json!({}))
        .problem(404);
}
