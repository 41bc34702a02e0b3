//! `/v1/programs/{program}/destinations`

use serde_json::json;

use crate::harness::{Api, walk};

const PATH: &str = "/v1/programs/customers/destinations";

#[test]
fn the_first_destination_has_the_number_0() {
    let api = Api::furnished();
    assert_eq!(
        api.get("/v1/programs/customers/destinations/home")
            .expect(200),
        json!({
            "slug": "home",
            "number": 0,
            "url": "https://example.com/",
            "status": "active",
            "created_at": "2026-11-22T10:00:00.000Z",
            "updated_at": "2026-11-22T10:00:00.000Z",
        })
    );
    assert_eq!(walk(&api, PATH, 1, "slug"), ["home", "offer"]);
}

#[test]
fn create_again_is_200_and_another_url_a_conflict() {
    let api = Api::furnished();
    let again = json!({"slug": "home", "url": "https://example.com/"});
    assert_eq!(api.post(PATH, &again).expect(200)["number"], 0);
    let other = json!({"slug": "home", "url": "https://example.com/other"});
    api.post(PATH, &other).problem(409);
    let kept = api
        .get("/v1/programs/customers/destinations/home")
        .expect(200);
    assert_eq!(kept["url"], "https://example.com/");
}

#[test]
fn programs_have_destinations_of_their_own() {
    let api = Api::furnished();
    api.post("/v1/programs", &json!({"slug": "other", "name": "O"}))
        .expect(201);
    let path = "/v1/programs/other/destinations";
    assert_eq!(api.get(path).expect(200)["items"], json!([]));
    let same_slug = json!({"slug": "home", "url": "https://other.example/"});
    assert_eq!(api.post(path, &same_slug).expect(201)["number"], 0);
    api.get("/v1/programs/other/destinations/offer")
        .problem(404);
    let disabled = json!({"status": "disabled"});
    api.patch("/v1/programs/other/destinations/home", &disabled)
        .expect(200);
    let ours = api
        .get("/v1/programs/customers/destinations/home")
        .expect(200);
    assert_eq!(ours["status"], "active");
}

#[test]
fn a_program_takes_64_destinations() {
    let api = Api::furnished();
    for number in 2..64 {
        let destination = json!({"slug": format!("d{number}"), "url": "https://example.com/"});
        assert_eq!(api.post(PATH, &destination).expect(201)["number"], number);
    }
    let one_more = json!({"slug": "d64", "url": "https://example.com/"});
    let problem = api.post(PATH, &one_more).problem(409);
    assert!(
        problem["detail"].as_str().unwrap().contains("fit"),
        "{problem}"
    );
    assert_eq!(walk(&api, PATH, 50, "slug").len(), 64);
    // One that is there is still found.
    let there = json!({"slug": "d63", "url": "https://example.com/"});
    api.post(PATH, &there).expect(200);
}

#[test]
fn update_changes_what_is_given() {
    let api = Api::furnished();
    let path = "/v1/programs/customers/destinations/offer";
    api.wait(1_000);
    let after = api.patch(path, &json!({"url": "http://localhost:8787/x"}));
    let after = after.expect(200);
    assert_eq!(after["url"], "http://localhost:8787/x");
    assert_eq!(after["status"], "active");
    assert_eq!(after["updated_at"], "2026-11-22T10:00:01.000Z");
    let after = api.patch(path, &json!({"status": "disabled"})).expect(200);
    assert_eq!(after["url"], "http://localhost:8787/x");
    assert_eq!(after["status"], "disabled");
}

#[test]
fn only_absolute_https_urls_are_taken() {
    let api = Api::furnished();
    for url in [
        "http://example.com/",
        "//example.com/",
        "/path",
        "example.com",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://",
        "https://user@example.com/",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "https://example.com/\r\nX: 1",
        "https://bücher.example/",
        "https://example.com/%zz",
        "https://example.com/?gw=1",
        "https://example.com/?gw_click=1",
        "https://example.com/?%67w=1",
        "https:\\\\example.com",
        "",
    ] {
        let body = json!({"slug": "bad", "url": url});
        let (field, detail) = api.post(PATH, &body).field();
        assert_eq!(field, "url", "{url}: {detail}");
        let changes = json!({"url": url});
        let (field, _) = api
            .patch("/v1/programs/customers/destinations/home", &changes)
            .field();
        assert_eq!(field, "url", "{url}");
    }
    let long = format!("https://example.com/{}", "a".repeat(2_048));
    let (field, detail) = api.post(PATH, &json!({"slug": "bad", "url": long})).field();
    assert_eq!(field, "url");
    assert!(detail.len() < 200, "{detail}");
    assert_eq!(walk(&api, PATH, 50, "slug"), ["home", "offer"]);
}

#[test]
fn what_is_missing_is_404() {
    let api = Api::furnished();
    let body = json!({"slug": "home", "url": "https://example.com/"});
    api.post("/v1/programs/nobody/destinations", &body)
        .problem(404);
    api.get("/v1/programs/nobody/destinations").problem(404);
    api.get("/v1/programs/nobody/destinations/home")
        .problem(404);
    api.get("/v1/programs/customers/destinations/none")
        .problem(404);
    api.patch("/v1/programs/customers/destinations/none", &json!({}))
        .problem(404);
}

#[test]
fn unknown_fields_are_refused() {
    let api = Api::furnished();
    let body = json!({"slug": "a", "url": "https://example.com/", "weight": 1});
    assert_eq!(api.post(PATH, &body).field().0, "weight");
    let changes = json!({"slug": "a"});
    let (field, _) = api
        .patch("/v1/programs/customers/destinations/home", &changes)
        .field();
    assert_eq!(field, "slug");
}
