//! Problems: what every route answers to what it cannot take.

use goodword::http::routes::ROUTES;
use http::Method;
use serde_json::json;

use crate::harness::{ADMIN, Api, filled, noted};

/// Paths of all the routes that take a JSON body, with their methods.
fn json_routes() -> Vec<(Method, String)> {
    ROUTES
        .iter()
        .filter(|route| [Method::POST, Method::PATCH, Method::PUT].contains(&route.method))
        .filter(|route| !route.streams && !route.path.ends_with("}/revoke"))
        // One takes whatever a mail program sends, one nothing without a signature.
        .filter(|route| !["/u/{token}", "/v1/mail/events"].contains(&route.path))
        .map(|route| (route.method.clone(), filled(route.path)))
        .collect()
}

/// What opens each path: the operator's key, and on an advocate's own pages Maya's
/// token.
struct Keys {
    maya: String,
}

impl Keys {
    fn of(api: &Api) -> Self {
        let path = "/v1/programs/customers/advocates/ext:maya/token";
        let made = api.post(path, &json!({})).expect(201);
        Self {
            maya: made["token"].as_str().unwrap().to_owned(),
        }
    }

    fn of_path(&self, path: &str) -> &str {
        if path.starts_with("/v1/me") {
            &self.maya
        } else {
            ADMIN
        }
    }
}

#[test]
fn the_body_of_a_problem_is_pinned() {
    let api = Api::new();
    let answer = api.post(
        "/v1/programs",
        &json!({"slug": "a", "name": "A", "preview": {"image": 7}}),
    );
    insta::assert_snapshot!(answer.text, @r#"{"type":"urn:goodword:problem:invalid","title":"The request is not valid","status":422,"detail":"`preview.image` invalid type: integer `7`, expected a string","errors":[{"field":"preview.image","detail":"invalid type: integer `7`, expected a string"}]}"#);
    let answer = api.get("/v1/programs/a");
    insta::assert_snapshot!(answer.text, @r#"{"type":"urn:goodword:problem:not-found","title":"There is no such thing","status":404,"detail":"there is no program `a`"}"#);
}

#[test]
fn a_path_that_nothing_has_is_404_with_and_without_a_key() {
    let api = Api::furnished();
    for path in [
        "/v1",
        "/v1/",
        "/v1/programs/",
        "/v1/program",
        "/v2/programs",
        "/v1//programs",
        "/v1/programs/customers/advocates/a/b",
        "/%2e%2e/v1/programs",
        "/v1/links",
    ] {
        let answer = api.request(Method::GET, path).send();
        if path == "/v1/links" {
            answer.problem(405);
        } else {
            answer.problem(404);
            api.get(path).problem(404);
        }
    }
}

#[test]
fn a_method_that_a_path_lacks_is_405_and_allow_lists_the_others() {
    let api = Api::furnished();
    for (path, allowed) in [
        ("/v1/health", "GET,HEAD"),
        ("/v1/programs", "GET,HEAD,POST"),
        ("/v1/programs/customers", "GET,HEAD,PATCH"),
        ("/v1/links", "POST"),
        ("/v1/links/bulk", "POST"),
        ("/v1/shares", "POST"),
        ("/v1/moments", "POST"),
        ("/v1/stats", "GET,HEAD"),
        ("/v1/keys", "GET,HEAD,POST"),
        ("/v1/keys/key_0", "DELETE"),
        ("/v1/webhooks", "GET,HEAD,POST"),
        ("/v1/webhooks/wh_0", "DELETE,GET,HEAD,PATCH"),
    ] {
        for method in ["PUT", "OPTIONS", "TRACE", "PROPFIND", "DELETE"] {
            if allowed.split(',').any(|one| one == method) {
                continue;
            }
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            for key in [None, Some(ADMIN)] {
                let mut ask = api.request(method.clone(), path);
                if let Some(key) = key {
                    ask = ask.key(key);
                }
                let answer = ask.send();
                let problem = answer.problem(405);
                assert_eq!(problem["type"], "urn:goodword:problem:method-not-allowed");
                let mut listed: Vec<&str> = answer.header("allow").unwrap().split(',').collect();
                listed.sort_unstable();
                assert_eq!(listed.join(","), allowed, "{method} {path}");
            }
        }
    }
}

#[test]
fn every_body_route_refuses_other_media_types_with_415() {
    let api = Api::furnished();
    let keys = Keys::of(&api);
    for (method, path) in json_routes() {
        // It takes forms as well; see `public`.
        if path == "/v1/public/leads" {
            continue;
        }
        for media_type in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "text/json",
            "application/jsonx",
            "multipart/form-data; boundary=application/json",
            "",
        ] {
            let ask = api.request(method.clone(), &path).key(keys.of_path(&path));
            let answer = ask.body(media_type, "{}").send();
            let problem = answer.problem(415);
            assert_eq!(
                problem["detail"], "send application/json",
                "{method} {path}"
            );
        }
        let ask = api
            .request(method.clone(), &path)
            .key(keys.of_path(&path))
            .send();
        ask.problem(415);
    }
}

#[test]
fn the_media_type_has_no_case_and_may_have_parameters() {
    let api = Api::furnished();
    for media_type in ["Application/JSON", "application/json ; charset=utf-8"] {
        let ask = api
            .request(Method::PATCH, "/v1/programs/customers")
            .key(ADMIN);
        ask.body(media_type, "{}").send().expect(200);
    }
}

#[test]
fn every_body_route_refuses_more_than_64_kilobytes_with_413() {
    let api = Api::furnished();
    let keys = Keys::of(&api);
    let blank = |bytes: usize| format!("{{{}", " ".repeat(bytes - 1));
    for (method, path) in json_routes() {
        let ask = |body: String| {
            let ask = api.request(method.clone(), &path).key(keys.of_path(&path));
            ask.body("application/json", body).send()
        };
        // Of the content, with its pictures, 160.
        let most = if path.ends_with("/content") {
            163_840
        } else {
            65_536
        };
        let problem = ask(blank(most + 1)).problem(413);
        let detail = format!("at most {most} bytes are taken");
        assert_eq!(problem["detail"], detail);
        ask(blank(most)).problem(400);
    }
}

#[test]
fn every_body_route_refuses_what_is_no_json_object() {
    let api = Api::furnished();
    let keys = Keys::of(&api);
    for (method, path) in json_routes() {
        let ask = |body: &[u8]| {
            let ask = api.request(method.clone(), &path).key(keys.of_path(&path));
            ask.body("application/json", body.to_vec()).send()
        };
        for body in [
            &b""[..],
            b" ",
            b"{",
            b"}",
            b"{}}",
            b"{} {}",
            b"{\"a\"}",
            b"{\"slug\":}",
            b"{'slug':'a'}",
            b"{\"slug\":\"a\",}",
            b"[1,",
            b"nul",
            b"\xff\xfe",
            b"{\"slug\":\"\xff\"}",
            b"{\"slug\":\"\\ud800\"}",
            b"\xef\xbb\xbf{}",
            b"slug=a&name=b",
        ] {
            let answer = ask(body);
            // A field that the route does not know is found before its bad end.
            let status = answer.status.as_u16();
            assert!(
                [400, 422].contains(&status),
                "{method} {path} {body:?}: {}",
                answer.text
            );
            answer.problem(status);
        }
        for body in [
            &b"[]"[..],
            b"[{}]",
            b"7",
            b"null",
            b"\"text\"",
            b"true",
            b" [\"a\", \"b\"] ",
        ] {
            let (field, detail) = ask(body).field();
            assert_eq!(
                (field.as_str(), detail.as_str()),
                ("(body)", "must be a JSON object")
            );
        }
        let deep = format!("{{\"slug\":{}", "[".repeat(60_000));
        let status = ask(deep.as_bytes()).status.as_u16();
        assert!([400, 422].contains(&status));
    }
}

#[test]
fn every_body_route_refuses_unknown_and_doubled_fields() {
    let api = Api::furnished();
    let keys = Keys::of(&api);
    for (method, path) in json_routes() {
        let ask = |body: &str| {
            let ask = api.request(method.clone(), &path).key(keys.of_path(&path));
            ask.body("application/json", body.to_owned()).send()
        };
        assert_eq!(
            ask("{\"surprise\": 1}").field(),
            ("surprise".to_owned(), "is not a known field".to_owned()),
            "{method} {path}"
        );
        assert_eq!(ask("{\"__proto__\": {}}").field().0, "__proto__");
    }
    let doubled = r#"{"slug":"a","slug":"b","name":"A"}"#;
    let ask = api.request(Method::POST, "/v1/programs").key(ADMIN);
    let answer = ask.body("application/json", doubled).send();
    assert_eq!(
        answer.field(),
        ("slug".to_owned(), "stands twice".to_owned())
    );
}

#[test]
fn wrong_types_name_their_field_wherever_it_stands() {
    let api = Api::furnished();
    for (path, body, field) in [
        ("/v1/programs", r#"{"slug": 7}"#, "slug"),
        (
            "/v1/programs",
            "{\n \"name\": \"ü\",\n \"slug\": {\"a\": 1}}",
            "slug",
        ),
        (
            "/v1/programs",
            r#"{"slug":"a","name":"A","preview":"x"}"#,
            "preview",
        ),
        (
            "/v1/programs",
            r#"{"slug":"a","name":"A","preview":{"image":"x"}}"#,
            "preview.image",
        ),
        (
            "/v1/programs",
            r#"{"preview":{"image":"x"},"slug":"a"}"#,
            "preview.image",
        ),
        (
            "/v1/programs",
            r#"{"preview":{"title":"T","image":["x"]}}"#,
            "preview.image",
        ),
        (
            "/v1/programs",
            r#"{"preview":{"title":"T","image":null},"slug":false}"#,
            "slug",
        ),
        ("/v1/programs", r#"{"preview":{"a.b":1}}"#, "preview.a.b"),
        (
            "/v1/programs",
            r#"{"preview":{"title":"T","title":"T"}}"#,
            "preview.title",
        ),
        ("/v1/programs", r#"{"touch": 7}"#, "touch"),
        ("/v1/programs", r#"{"touch": {}, "slug": "a"}"#, "touch"),
        ("/v1/programs", r#"{"touch": {"first": 1}}"#, "touch"),
        (
            "/v1/programs",
            r#"{"slug":"a","touch": ["first"]}"#,
            "touch",
        ),
        ("/v1/programs", r#"{"window_days": 1e99}"#, "window_days"),
        ("/v1/programs", r#"{"window_days": 65536}"#, "window_days"),
        (
            "/v1/keys",
            r#"{"scopes":["links:write",{"a":1}]}"#,
            "scopes[1]",
        ),
        (
            "/v1/keys",
            r#"{"scopes":["links:write","shares:write",[]]}"#,
            "scopes[2]",
        ),
        ("/v1/links", r#"{"channel": true}"#, "channel"),
        ("/v1/shares", r#"{"kind": -1}"#, "kind"),
    ] {
        let ask = api.request(Method::POST, path).key(ADMIN);
        let (named, detail) = ask.body("application/json", body).send().field();
        assert_eq!(named, field, "{body}: {detail}");
        assert!(
            !detail.contains("struct ") && !detail.contains(" at line "),
            "{detail}"
        );
    }
}

#[test]
fn queries_name_the_parameter_at_fault() {
    let api = Api::furnished();
    for (query, field) in [
        ("/v1/stats", "program"),
        ("/v1/stats?program=nobody", "program"),
        ("/v1/stats?program=customers&by=colour", "by"),
        ("/v1/stats?program=customers&by=", "by"),
        ("/v1/stats?program=customers&by=a%3A%20b", "by"),
        ("/v1/stats?program=customers&program=customers", "program"),
        ("/v1/stats?program=customers&group=day", "group"),
        ("/v1/stats?program=customers&from=yesterday", "from"),
        ("/v1/stats?program=customers&to=2026-02-29", "to"),
        ("/v1/stats?program=%ff", "program"),
        ("/v1/programs?limit=1.5", "limit"),
        ("/v1/programs?surprise", "surprise"),
        ("/v1/keys?limit=65536", "limit"),
    ] {
        let (named, detail) = api.get(query).field();
        assert_eq!(named, field, "{query}: {detail}");
    }
}

#[test]
fn a_database_that_fails_is_503_and_the_log_alone_is_told_why() {
    let api = Api::furnished();
    let key = api.key(&["programs:read"]);
    let bodies = [
        ("/v1/programs", json!({"slug": "a", "name": "A"})),
        (
            "/v1/programs/customers/destinations",
            json!({"slug": "a", "url": "https://a.example/"}),
        ),
        ("/v1/programs/customers/labels", json!({"slug": "a"})),
        (
            "/v1/programs/customers/advocates",
            json!({"kind": "customer", "name": "A"}),
        ),
        (
            "/v1/links",
            json!({"program": "customers", "advocate": "ext:maya", "channel": "email"}),
        ),
        (
            "/v1/shares",
            json!({"program": "customers", "advocate": "ext:maya", "channel": "email",
            "kind": "sent"}),
        ),
        ("/v1/keys", json!({"name": "A", "scopes": ["keys:write"]})),
    ];
    let code = api.post("/v1/links", &bodies[4].1).expect(200)["code"].clone();
    let keys = Keys::of(&api);
    api.database_fails(true);
    let mut answers: Vec<_> = bodies
        .iter()
        .map(|(path, body)| api.post(path, body))
        .collect();
    for path in ["/v1/links/verify", "/v1/links/revoke"] {
        answers.push(api.post(path, &json!({"code": code})));
    }
    for path in [
        "/v1/programs/customers",
        "/v1/programs/customers/destinations/home",
        "/v1/programs/customers/advocates/ext:maya",
    ] {
        answers.push(api.patch(path, &json!({})));
    }
    answers.push(api.request(Method::DELETE, "/v1/keys/k").key(ADMIN).send());
    answers.push(api.request(Method::GET, "/v1/programs").key(&key).send());
    // What is no call of the API answers with a page.
    let is_read = |path: &str, method: &Method| *method == Method::GET && path.starts_with("/v1/");
    for route in ROUTES
        .iter()
        .filter(|route| is_read(route.path, &route.method))
    {
        let takes_program = |path: &&str| {
            [
                "stats",
                "leads",
                "conversions",
                "rewards",
                "payouts",
                "reconciliations",
            ]
            .iter()
            .any(|name| {
                path.strip_prefix("/v1/")
                    .is_some_and(|rest| rest.starts_with(name))
            }) && !path.contains('{')
        };
        let query = Some(route.path)
            .filter(|path| takes_program(path) || path.ends_with("/day"))
            .map_or("", |_| "?program=customers");
        let query = if route.path.ends_with("/compare") {
            "?with=rec_1"
        } else {
            query
        };
        let path = format!("{}{query}", filled(route.path));
        let ask = api.request(Method::GET, &path).key(keys.of_path(&path));
        answers.push(ask.send());
    }
    let ask = api
        .request(Method::POST, "/v1/links/bulk?program=customers")
        .key(ADMIN);
    answers.push(ask.body("text/csv", "advocate\n").send());
    for answer in answers {
        let problem = answer.problem(503);
        assert_eq!(problem["type"], "urn:goodword:problem:unavailable");
        assert!(!answer.text.contains("shard"), "{}", answer.text);
        assert_eq!(answer.header("retry-after"), Some("1"));
        let fault = answer.fault.as_deref().unwrap();
        assert!(fault.contains("shard 7"), "{fault}");
    }
    api.database_fails(false);
    assert_eq!(
        api.get("/v1/programs").expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert!(noted().is_empty());
}

#[test]
fn health_says_what_version_the_configuration_has() {
    let api = Api::furnished();
    let before = api.request(Method::GET, "/v1/health").send().expect(200);
    assert_eq!(before["status"], "ok");
    api.patch("/v1/programs/customers", &json!({"cookie": false}))
        .expect(200);
    let after = api.request(Method::GET, "/v1/health").send().expect(200);
    assert!(after["configuration"].as_i64() > before["configuration"].as_i64());
}

#[test]
fn five_hundred_mutilated_bodies_never_get_worse_than_4xx() {
    let api = Api::furnished();
    let good = json!({"program": "customers", "advocate": "ext:maya", "channel": "email",
        "kind": "sent", "event_id": "e", "at": "2026-11-22T10:00:00Z", "slug": "a-b",
        "name": "Näme", "scopes": ["links:write"], "code": "x", "url": "https://a.example/",
        "preview": {"title": "T", "image": "https://a.example/"}});
    let good = good.to_string();
    for (method, path) in json_routes() {
        let mut seed = 88_172_645_463_325_252_u64;
        for _ in 0..500 {
            let mut body = good.clone().into_bytes();
            for _ in 0..3 {
                // xorshift64: the same bodies every time.
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                let at = usize::try_from(seed % body.len() as u64).unwrap();
                match seed >> 61 {
                    0..=2 => body[at] = seed.to_be_bytes()[3],
                    3..=4 => drop(body.remove(at)),
                    5 => body.insert(at, b"{}[]\",:\\"[usize::from(seed.to_be_bytes()[4] % 8)]),
                    _ => body.truncate(at + 1),
                }
            }
            let ask = api.request(method.clone(), &path).key(ADMIN);
            let answer = ask.body("application/json", body).send();
            let status = answer.status.as_u16();
            assert!(
                (400..500).contains(&status),
                "{method} {path}: {}",
                answer.text
            );
            answer.problem(status);
        }
    }
}
