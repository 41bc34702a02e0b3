//! `/v1/programs`

use http::Method;
use serde_json::{Value, json};

use crate::harness::{ADMIN, Api};

const PATH: &str = "/v1/programs";

#[test]
fn create_answers_the_program_with_its_defaults() {
    let api = Api::new();
    let created = api.post(PATH, &json!({"slug": "customers", "name": "Customers"}));
    assert_eq!(
        created.expect(201),
        json!({
            "slug": "customers",
            "number": 1,
            "name": "Customers",
            "status": "active",
            "zone": "UTC",
            "touch": "last",
            "window_days": 90,
            "cookie": true,
            "pass_through": "none",
            "preview": {"title": "", "description": "", "image": ""},
            "created_at": "2026-11-22T10:00:00.000Z",
            "updated_at": "2026-11-22T10:00:00.000Z",
        })
    );
}

#[test]
fn create_takes_every_field() {
    let api = Api::new();
    let wanted = json!({
        "slug": "partners-eu",
        "name": "Partner, «Europa»",
        "zone": "europe/berlin",
        "touch": "first",
        "window_days": 365,
        "cookie": false,
        "pass_through": "utm",
        "preview": {
            "title": "A good word",
            "description": "Said aloud.",
            "image": "https://example.com/a.png",
        },
    });
    let created = api.post(PATH, &wanted).expect(201);
    for (field, value) in wanted.as_object().unwrap() {
        match field.as_str() {
            "zone" => assert_eq!(created["zone"], "Europe/Berlin", "in its own spelling"),
            _ => assert_eq!(created[field], *value, "{field}"),
        }
    }
    assert_eq!(api.get("/v1/programs/partners-eu").expect(200), created);
}

#[test]
fn create_again_is_200_and_something_else_is_a_conflict() {
    let api = Api::new();
    let wanted = json!({"slug": "customers", "name": "Customers", "touch": "first"});
    let first = api.post(PATH, &wanted).expect(201);
    api.wait(60_000);
    assert_eq!(api.post(PATH, &wanted).expect(200), first);
    // Saying a default aloud makes no difference.
    let said = json!({"slug": "customers", "name": "Customers", "touch": "first", "zone": "UTC",
        "window_days": 90, "cookie": true, "pass_through": "none", "preview": {"title": ""}});
    assert_eq!(api.post(PATH, &said).expect(200), first);
    for other in [
        json!({"slug": "customers", "name": "Others", "touch": "first"}),
        json!({"slug": "customers", "name": "Customers"}),
        json!({"slug": "customers", "name": "Customers", "touch": "first", "cookie": false}),
    ] {
        let problem = api.post(PATH, &other).problem(409);
        assert_eq!(problem["type"], "urn:goodword:problem:conflict");
        assert!(problem["detail"].as_str().unwrap().contains("PATCH"));
    }
    assert_eq!(api.get("/v1/programs/customers").expect(200), first);
}

#[test]
fn numbers_ascend_and_end_at_4095() {
    let api = Api::new();
    for number in 1..=3 {
        let program = json!({"slug": format!("p{number}"), "name": "P"});
        assert_eq!(api.post(PATH, &program).expect(201)["number"], number);
    }
    // Its policy goes with it.
    api.plant(
        "PRAGMA foreign_keys = OFF;
         UPDATE programs SET number = 4095 WHERE number = 3;
         UPDATE policies SET program = 4095 WHERE program = 3;
         PRAGMA foreign_keys = ON;",
    );
    let one_more = api.post(PATH, &json!({"slug": "p4", "name": "P"}));
    let problem = one_more.problem(409);
    assert!(
        problem["detail"].as_str().unwrap().contains("programs fit"),
        "{problem}"
    );
}

#[test]
fn update_changes_what_is_given_and_leaves_the_rest() {
    let api = Api::furnished_in("Asia/Kolkata");
    let before = api.get("/v1/programs/customers").expect(200);
    api.wait(1_500);
    let path = "/v1/programs/customers";
    let after = api.patch(path, &json!({"cookie": false})).expect(200);
    let mut expected = before.clone();
    expected["cookie"] = json!(false);
    expected["updated_at"] = json!("2026-11-22T10:00:01.500Z");
    assert_eq!(after, expected);
    let changes = json!({"name": "New", "status": "disabled", "zone": "UTC", "touch": "first",
        "window_days": 1, "cookie": true, "pass_through": "all"});
    let after = api.patch(path, &changes).expect(200);
    for (field, value) in changes.as_object().unwrap() {
        assert_eq!(after[field], *value, "{field}");
    }
    assert_eq!(after["slug"], "customers");
    assert_eq!(api.get(path).expect(200), after);
}

#[test]
fn an_empty_preview_text_takes_a_stored_one_away() {
    let api = Api::furnished();
    let path = "/v1/programs/customers";
    let all = json!({"preview": {"title": "T", "description": "D", "image": "https://a.example/"}});
    assert_eq!(api.patch(path, &all).expect(200)["preview"], all["preview"]);
    let after = api.patch(path, &json!({"preview": {"image": ""}}));
    assert_eq!(
        after.expect(200)["preview"],
        json!({"title": "T", "description": "D", "image": ""})
    );
}

#[test]
fn create_refuses_wrong_fields_by_name() {
    let api = Api::new();
    let good = json!({"slug": "a", "name": "A"});
    for (field, value, named) in [
        ("slug", json!("Upper"), "slug"),
        ("slug", json!(""), "slug"),
        ("slug", json!("a".repeat(65)), "slug"),
        ("slug", json!("a/b"), "slug"),
        ("slug", Value::Null, "slug"),
        ("name", json!(" A"), "name"),
        ("name", json!("A\u{0}"), "name"),
        ("name", json!("a".repeat(201)), "name"),
        ("name", json!(7), "name"),
        ("zone", json!("Europe/Atlantis"), "zone"),
        ("touch", json!("middle"), "touch"),
        ("window_days", json!(0), "window_days"),
        ("window_days", json!(366), "window_days"),
        ("window_days", json!(-1), "window_days"),
        ("window_days", json!(1.5), "window_days"),
        ("window_days", json!("90"), "window_days"),
        ("cookie", json!("yes"), "cookie"),
        ("cookie", json!(1), "cookie"),
        ("pass_through", json!("some"), "pass_through"),
        ("preview", json!("text"), "preview"),
        ("preview", json!({"title": "a\nb"}), "preview.title"),
        (
            "preview",
            json!({"image": "http://example.com/"}),
            "preview.image",
        ),
        (
            "preview",
            json!({"image": 7, "title": "T"}),
            "preview.image",
        ),
        ("preview", json!({"video": ""}), "preview.video"),
        ("status", json!("active"), "status"),
        ("number", json!(7), "number"),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let (at, detail) = api.post(PATH, &body).field();
        assert_eq!(at, named, "{body}: {detail}");
        assert!(!detail.contains("struct "), "{body}: {detail}");
    }
    for missing in ["slug", "name"] {
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove(missing);
        assert_eq!(
            api.post(PATH, &body).field(),
            (missing.to_owned(), "is missing".to_owned())
        );
    }
    assert_eq!(api.get(PATH).expect(200)["items"], json!([]));
}

#[test]
fn update_refuses_what_never_changes() {
    let api = Api::furnished();
    for field in ["slug", "number", "created_at"] {
        let changes = json!({field: "x"});
        let (named, detail) = api.patch("/v1/programs/customers", &changes).field();
        assert_eq!(
            (named.as_str(), detail.as_str()),
            (field, "is not a known field")
        );
    }
}

#[test]
fn list_pages_by_cursor_without_gaps_or_repeats() {
    let api = Api::new();
    for number in 1..=7 {
        let program = json!({"slug": format!("p{number}"), "name": "P"});
        api.post(PATH, &program).expect(201);
    }
    assert_eq!(
        crate::harness::walk(&api, PATH, 3, "slug"),
        ["p1", "p2", "p3", "p4", "p5", "p6", "p7"]
    );
    // A last page that is full has no next one.
    assert_eq!(crate::harness::walk(&api, PATH, 7, "slug").len(), 7);
    let full = api.get("/v1/programs?limit=7").expect(200);
    assert_eq!(full["next"], Value::Null);
}

#[test]
fn list_refuses_a_wrong_limit_cursor_or_parameter() {
    let api = Api::new();
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=-1", "limit"),
        ("limit=x", "limit"),
        ("limit=", "limit"),
        ("limit=1&limit=2", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=", "cursor"),
        ("cursor=99999999999999999999", "cursor"),
        ("page=2", "page"),
    ] {
        let (named, _) = api.get(&format!("{PATH}?{query}")).field();
        assert_eq!(named, field, "{query}");
    }
}

#[test]
fn a_missing_program_is_404() {
    let api = Api::new();
    for answer in [
        api.get("/v1/programs/nobody"),
        api.patch("/v1/programs/nobody", &json!({"name": "N"})),
        api.get("/v1/programs/Not%20a%20slug"),
        api.get("/v1/programs/%27%20OR%201=1"),
        api.get("/v1/programs/%00"),
        api.get("/v1/programs/%ff"),
    ] {
        assert_eq!(
            answer.problem(404)["type"],
            "urn:goodword:problem:not-found"
        );
    }
}

#[test]
fn head_is_answered_as_get_without_a_body() {
    let api = Api::furnished();
    let answer = api
        .request(Method::HEAD, "/v1/programs/customers")
        .key(ADMIN)
        .send();
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, ""));
    let without_key = api.request(Method::HEAD, "/v1/programs/customers").send();
    assert_eq!(without_key.status.as_u16(), 401);
}
