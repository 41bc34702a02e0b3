//! `/v1/programs/{program}/content` and `/versions`

use serde_json::{Value, json};

use crate::harness::{Api, at_once, walk};

const CONTENT: &str = "/v1/programs/customers/content";
const VERSIONS: &str = "/v1/programs/customers/versions";

/// The smallest PNG.
const PNG: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

fn whole() -> Value {
    json!({
        "brand": {"color": "#0a6653", "logo": PNG, "card": PNG},
        "messages": [
            {"channel": "social", "medium": "linkedin", "subject": "", "text": "See {link}"},
            {"channel": "email", "medium": null, "subject": "For {first_name}", "text": "Hi,\n{link}"},
        ],
        "landing": {"headline": "Hello", "body": "From {advocate}", "button": "Yes",
            "consent": "You may write to me about {program}."},
        "invitation": {"subject": "Join {program}", "text": "{first_name}, {link}"},
    })
}

fn put(api: &Api, content: &Value) -> Value {
    api.put(CONTENT, &json!({"content": content})).expect(200)
}

/// What is listed, without the times.
fn versions(api: &Api) -> Vec<Value> {
    let listed = api.get(VERSIONS).expect(200);
    assert_eq!(listed["next"], Value::Null);
    let items = listed["items"].as_array().unwrap().iter().cloned();
    items
        .map(|mut item| {
            assert_eq!(item["at"], "2026-11-22T10:00:00.000Z");
            item.as_object_mut().unwrap().remove("at");
            item
        })
        .collect()
}

#[test]
fn a_program_says_nothing_of_its_own_until_somebody_has_it_say_something() {
    let api = Api::furnished();
    let none = api.get(CONTENT).expect(200);
    assert_eq!(none["version"], 0);
    assert_eq!(
        none["content"]["brand"],
        json!({"color": "#0a6653", "logo": "", "card": ""})
    );
    assert_eq!(none["content"]["messages"], json!([]));
    assert_eq!(
        none["content"]["invitation"],
        json!({"subject": "", "text": ""})
    );
    // To say just that is no version.
    assert_eq!(put(&api, &json!({})), none);
    assert_eq!(put(&api, &json!({"landing": {"body": ""}})), none);
}

#[test]
fn content_is_kept_whole_with_what_was_left_out() {
    let api = Api::furnished();
    assert_eq!(
        put(&api, &whole()),
        json!({"version": 1, "content": whole()})
    );
    assert_eq!(
        api.get(CONTENT).expect(200),
        json!({"version": 1, "content": whole()})
    );
    let part = json!({"brand": {"color": "#ABCDEF"}, "messages": [{"channel": "print"}]});
    let kept = put(&api, &part);
    assert_eq!(kept["version"], 2);
    assert_eq!(
        kept["content"]["brand"],
        json!({"color": "#abcdef", "logo": "", "card": ""})
    );
    assert_eq!(
        kept["content"]["messages"],
        json!([{"channel": "print", "medium": null, "subject": "", "text": ""}])
    );
    // The same again is no version.
    assert_eq!(put(&api, &part)["version"], 2);
    // Another program has its own.
    api.post("/v1/programs", &json!({"slug": "other", "name": "O"}))
        .expect(201);
    assert_eq!(
        api.get("/v1/programs/other/content").expect(200)["version"],
        0
    );
}

#[test]
fn a_version_that_somebody_else_made_is_not_written_over() {
    let api = Api::furnished();
    let put = |version: i64, color: &str| {
        let body = json!({"version": version, "content": {"brand": {"color": color}}});
        api.put(CONTENT, &body)
    };
    assert_eq!(put(0, "#000001").expect(200)["version"], 1);
    assert_eq!(put(1, "#000002").expect(200)["version"], 2);
    put(1, "#000003").problem(409);
    put(0, "#000003").problem(409);
    put(3, "#000003").problem(409);
    // Who asks again for what is there has it.
    assert_eq!(put(1, "#000002").expect(200)["version"], 2);
    assert_eq!(
        api.get(CONTENT).expect(200)["content"]["brand"]["color"],
        "#000002"
    );
    // Of many at once one wins.
    let asks = (0..8u8)
        .map(|n| {
            let content = json!({"brand": {"color": format!("#00010{n}")}});
            api.request(http::Method::PUT, CONTENT)
                .key(crate::harness::ADMIN)
                .json(&json!({"version": 2, "content": content}))
        })
        .collect();
    let answers = at_once(asks);
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 200).count(),
        1
    );
    assert_eq!(api.get(CONTENT).expect(200)["version"], 3);
}

#[test]
fn wrong_content_is_refused_by_name_and_nothing_is_written() {
    let api = Api::furnished();
    let before = api.dump();
    for (content, field) in [
        (json!({"tone": "warm"}), "content.tone"),
        (json!({"brand": {"color": "red"}}), "content.brand.color"),
        (
            json!({"brand": {"logo": "data:image/svg+xml;base64,AAAA"}}),
            "content.brand.logo",
        ),
        (
            json!({"brand": {"logo": format!("{PNG}{}", "A".repeat(32_768))}}),
            "content.brand.logo",
        ),
        (
            json!({"brand": {"card": format!("{PNG}{}", "A".repeat(65_536))}}),
            "content.brand.card",
        ),
        (
            json!({"landing": {"consent": "é".repeat(1_001)}}),
            "content.landing.consent",
        ),
        (
            json!({"messages": [{"text": "Hi"}]}),
            "content.messages[0].channel",
        ),
        (
            json!({"messages": [{"channel": "email"}, {"channel": "email", "medium": "x"}]}),
            "content.messages[1].medium",
        ),
        (
            json!({"messages": [{"channel": "email"}, {"channel": "email"}]}),
            "content.messages[1].channel",
        ),
        (
            json!({"messages": [{"channel": "email", "text": "Dear {name}"}]}),
            "content.messages[0].text",
        ),
        (
            json!({"landing": {"headline": "x".repeat(201)}}),
            "content.landing.headline",
        ),
        (
            json!({"landing": {"body": "é".repeat(2_001)}}),
            "content.landing.body",
        ),
        (
            json!({"invitation": {"text": "{link"}}),
            "content.invitation.text",
        ),
        (
            json!({"invitation": {"subject": "a\nb"}}),
            "content.invitation.subject",
        ),
    ] {
        let refused = api.put(CONTENT, &json!({"content": content})).field();
        assert_eq!(refused.0, field, "{}", refused.1);
    }
    assert_eq!(api.put(CONTENT, &json!({})).field().0, "content");
    let odd = json!({"version": "1", "content": {}});
    assert_eq!(api.put(CONTENT, &odd).field().0, "version");
    assert_eq!(api.dump(), before);
    api.put(
        CONTENT,
        &json!({"content": {"landing": {"body": "é".repeat(2_000)}}}),
    )
    .expect(200);
    // The largest pictures that are taken, and all the words that a program needs.
    let picture = |bytes: usize| {
        let head = PNG.get(..48).unwrap();
        format!("{head}{}", "A".repeat((bytes - head.len() - 2) / 4 * 4 - 2))
    };
    let (logo, card) = (picture(32_768), picture(65_536));
    let largest = json!({"brand": {"logo": logo, "card": card},
        "messages": [{"channel": "email", "text": "é".repeat(2_000)}]});
    assert_eq!(put(&api, &largest)["content"]["brand"]["card"], card);
    api.get("/v1/programs/nobody/content").problem(404);
    api.put("/v1/programs/nobody/content", &json!({"content": {}}))
        .problem(404);
    api.get("/v1/programs/nobody/versions").problem(404);
}

#[test]
fn every_change_is_listed_with_who_made_it_and_what_changed() {
    let api = Api::furnished();
    let key = api.key(&["programs:write"]);
    let patch = |path: &str, body: &Value| {
        let ask = api.request(http::Method::PATCH, path).key(&key);
        ask.json(body).send().expect(200);
    };
    patch(
        "/v1/programs/customers",
        &json!({"cookie": false, "name": "Customers",
        "preview": {"title": "Good tools"}}),
    );
    patch(
        "/v1/programs/customers/destinations/offer",
        &json!({"url": "https://example.com/new"}),
    );
    put(&api, &json!({"brand": {"color": "#000001"}}));
    put(&api, &json!({"brand": {"color": "#000002"}}));
    let rules = |amount: u32| {
        json!({"rules": [{"id": "won", "who": "advocate", "when": "won",
        "pay": {"fixed": {"amount": amount, "unit": "USD", "form": "cash"}}}]})
    };
    for amount in [100, 200] {
        api.put("/v1/programs/customers/rules", &rules(amount))
            .expect(200);
    }
    let listed = versions(&api);
    let said: Vec<(i64, &str, &str, &str)> = listed
        .iter()
        .map(|item| {
            (
                item["n"].as_i64().unwrap(),
                item["what"].as_str().unwrap(),
                item["key"].as_str().unwrap_or(""),
                item["by"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            (9, "rules", "", "Operator"),
            (8, "rules", "", "Operator"),
            (7, "content", "", "Operator"),
            (6, "content", "", "Operator"),
            (5, "destination", "offer", "Test"),
            (4, "program", "", "Test"),
            (3, "destination", "offer", "Operator"),
            (2, "destination", "home", "Operator"),
            (1, "program", "", "Operator"),
        ]
    );
    let changed = |n: usize| {
        (
            listed[9 - n]["before"].clone(),
            listed[9 - n]["after"].clone(),
        )
    };
    assert_eq!(changed(9), (rules(100), rules(200)));
    assert_eq!(changed(8), (Value::Null, rules(100)));
    assert_eq!(changed(7).0["brand"]["color"], "#000001");
    assert_eq!(changed(7).1["brand"]["color"], "#000002");
    assert_eq!(changed(6).0, Value::Null);
    assert_eq!(
        changed(5),
        (
            json!({"url": "https://example.com/offer?x=1"}),
            json!({"url": "https://example.com/new"})
        )
    );
    let preview = |title: &str| json!({"title": title, "description": "", "image": ""});
    assert_eq!(
        changed(4),
        (
            json!({"cookie": true, "preview": preview("")}),
            json!({"cookie": false, "preview": preview("Good tools")}),
        )
    );
    assert_eq!(changed(3).0, Value::Null);
    assert_eq!(
        changed(2).1,
        json!({"url": "https://example.com/", "status": "active"})
    );
    assert_eq!(
        changed(1).1,
        json!({"name": "Customers", "status": "active", "zone": "UTC", "touch": "last",
            "window_days": 90, "cookie": true, "pass_through": "none", "preview": preview("")})
    );
}

#[test]
fn what_was_changed_is_undone_by_sending_what_was_before() {
    let api = Api::furnished();
    let program = || {
        let mut program = api.get("/v1/programs/customers").expect(200);
        program.as_object_mut().unwrap().remove("updated_at");
        program
    };
    let before = program();
    let changes = json!({"name": "Friends", "zone": "Europe/Berlin", "touch": "first",
        "window_days": 30, "cookie": false, "pass_through": "utm", "status": "disabled",
        "preview": {"title": "T", "description": "D", "image": "https://example.com/i.png"}});
    api.patch("/v1/programs/customers", &changes).expect(200);
    let undo = versions(&api)[0]["before"].clone();
    api.patch("/v1/programs/customers", &undo).expect(200);
    assert_eq!(program(), before);
    put(&api, &whole());
    put(&api, &json!({}));
    let undo = versions(&api)[0]["before"].clone();
    assert_eq!(put(&api, &undo)["content"], whole());
}

#[test]
fn what_changes_nothing_is_no_change() {
    let api = Api::furnished();
    let before = versions(&api).len();
    api.patch("/v1/programs/customers", &json!({})).expect(200);
    api.patch(
        "/v1/programs/customers",
        &json!({"name": "Customers", "cookie": true}),
    )
    .expect(200);
    api.patch(
        "/v1/programs/customers/destinations/home",
        &json!({"status": "active"}),
    )
    .expect(200);
    api.post(
        "/v1/programs",
        &json!({"slug": "customers", "name": "Customers"}),
    )
    .expect(200);
    put(&api, &json!({}));
    assert_eq!(versions(&api).len(), before);
}

#[test]
fn changes_are_listed_in_pages_and_only_added_to() {
    let api = Api::furnished();
    for n in 0..7 {
        api.patch("/v1/programs/customers", &json!({"name": format!("N{n}")}))
            .expect(200);
    }
    for limit in [1, 3, 200] {
        let all = walk(&api, VERSIONS, limit, "what");
        assert_eq!(all.len(), 10, "{limit}");
    }
    assert_eq!(api.get(&format!("{VERSIONS}?cursor=x")).field().0, "cursor");
    let refused = |sql: &str| {
        let batch = vec![goodword::store::Statement {
            sql: Box::leak(sql.to_owned().into_boxed_str()),
            parameters: Vec::new(),
        }];
        crate::harness::block_on(api.db().batch(batch))
            .unwrap_err()
            .to_string()
    };
    assert!(refused("UPDATE changes SET by = 'x'").contains("only added to"));
    assert!(refused("DELETE FROM changes").contains("only added to"));
}
