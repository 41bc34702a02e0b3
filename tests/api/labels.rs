//! `/v1/programs/{program}/labels`

use serde_json::json;

use crate::harness::{Api, walk};

const PATH: &str = "/v1/programs/customers/labels";

#[test]
fn create_answers_the_label_once_with_201_and_then_with_200() {
    let api = Api::furnished();
    let created = api.post(PATH, &json!({"slug": "autumn"})).expect(201);
    assert_eq!(
        created,
        json!({"slug": "autumn", "number": 2, "created_at": "2026-11-22T10:00:00.000Z"})
    );
    api.wait(1_000);
    assert_eq!(
        api.post(PATH, &json!({"slug": "autumn"})).expect(200),
        created
    );
}

#[test]
fn list_pages_by_number() {
    let api = Api::furnished();
    for slug in ["z", "a", "m"] {
        api.post(PATH, &json!({"slug": slug})).expect(201);
    }
    assert_eq!(walk(&api, PATH, 2, "slug"), ["spring", "z", "a", "m"]);
}

#[test]
fn a_program_takes_1023_labels() {
    let api = Api::furnished();
    api.plant("UPDATE labels SET number = 1022");
    let last = api.post(PATH, &json!({"slug": "last"})).expect(201);
    assert_eq!(last["number"], 1_023);
    api.post(PATH, &json!({"slug": "more"})).problem(409);
    api.post(PATH, &json!({"slug": "last"})).expect(200);
    // The greatest number can be issued and explained.
    let wanted = json!({"program": "customers", "advocate": "ext:maya", "channel": "email",
        "label": "last"});
    let link = api.post("/v1/links", &wanted).expect(200);
    let explained = api.post("/v1/links/verify", &json!({"code": link["code"]}));
    assert_eq!(explained.expect(200)["link"]["label"], "last");
}

#[test]
fn create_refuses_wrong_fields_and_programs() {
    let api = Api::furnished();
    assert_eq!(api.post(PATH, &json!({"slug": "A"})).field().0, "slug");
    assert_eq!(api.post(PATH, &json!({})).field().0, "slug");
    assert_eq!(
        api.post(PATH, &json!({"slug": "a", "number": 3})).field().0,
        "number"
    );
    api.post("/v1/programs/nobody/labels", &json!({"slug": "a"}))
        .problem(404);
    api.get("/v1/programs/nobody/labels").problem(404);
    assert_eq!(
        api.get("/v1/programs/customers/labels?cursor=-1").field().0,
        "cursor"
    );
}
