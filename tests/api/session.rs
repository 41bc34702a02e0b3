//! `/v1/session`

use goodword::domain::letter::Letter;
use http::Method;
use serde_json::{Value, json};

use crate::harness::{ADMIN, Answer, Api, Ask};

const DAY: i64 = 86_400_000;
const MINUTE: i64 = 60_000;

/// A request of a page of our own.
fn from_us<'a>(api: &'a Api, method: Method, path: &str) -> Ask<'a> {
    api.request(method, path)
        .header("sec-fetch-site", "same-origin")
}

/// The token of the link in a letter.
pub fn token(letter: &Letter) -> String {
    let link = "https://go.example.com/sign-in#token=";
    let rest = letter.text.split(link).nth(1).unwrap();
    rest.lines().next().unwrap().to_owned()
}

fn begin(api: &Api, proof: &Value) -> Answer {
    from_us(api, Method::POST, "/v1/session").json(proof).send()
}

/// The cookie that an answer sets, as a browser sends it back.
fn cookie(answer: &Answer) -> String {
    let set = answer.header("set-cookie").unwrap();
    set.split(';').next().unwrap().to_owned()
}

/// Invites somebody and signs them in; answers their id and their cookie.
pub fn signed_in(api: &Api, email: &str, role: &str) -> (String, String) {
    let new = json!({"email": email, "name": "Maya", "role": role});
    let member = api.post("/v1/team", &new).expect(201);
    let begun = begin(api, &json!({"token": token(&api.letters()[0])}));
    let cookie = cookie(&begun);
    begun.expect(200);
    (member["id"].as_str().unwrap().to_owned(), cookie)
}

fn read(api: &Api, cookie: &str) -> Answer {
    api.request(Method::GET, "/v1/session")
        .header("cookie", cookie)
        .send()
}

#[test]
fn a_link_signs_in_once_within_fifteen_minutes() {
    let api = Api::new();
    signed_in(&api, "maya@example.com", "marketer");
    let ask = |email: &str| {
        let wish = api.request(Method::POST, "/v1/session/link");
        wish.json(&json!({"email": email})).send().expect(202)
    };
    let promise = ask("MAYA@example.com");
    assert_eq!(promise, json!({"mailbox": "http://localhost:8788/"}));
    let letters = api.letters();
    // To the address that is stored, however it was typed.
    assert_eq!(letters[0].to, "maya@example.com");
    let proof = json!({"token": token(&letters[0])});
    let begun = begin(&api, &proof);
    let set = begun.header("set-cookie").unwrap().to_owned();
    assert!(set.starts_with("__Host-gw_session=gws_"), "{set}");
    assert!(
        set.ends_with("; Path=/; Max-Age=2592000; HttpOnly; Secure; SameSite=Strict"),
        "{set}"
    );
    begun.expect(200);
    let problem = begin(&api, &proof).problem(422);
    assert_eq!(problem["errors"][0]["field"], "token");

    ask("maya@example.com");
    let late = json!({"token": token(&api.letters()[0])});
    api.wait(15 * MINUTE);
    begin(&api, &late).problem(422);
    assert_eq!(ask("nobody@example.com"), promise);
    assert_eq!(api.letters(), []);
}

#[test]
fn nobody_is_sent_more_than_five_links_that_work() {
    let api = Api::new();
    signed_in(&api, "maya@example.com", "rep");
    let ask = || {
        let wish = api.request(Method::POST, "/v1/session/link");
        let wish = wish.json(&json!({"email": "maya@example.com"}));
        wish.send().expect(202);
    };
    for _ in 0..9 {
        ask();
    }
    assert_eq!(api.letters().len(), 5);
    api.wait(15 * MINUTE);
    ask();
    assert_eq!(api.letters().len(), 1);
}

#[test]
fn the_operators_key_begins_a_session_that_may_do_everything() {
    let api = Api::new();
    let begun = begin(&api, &json!({"admin_key": ADMIN}));
    let cookie = cookie(&begun);
    let session = begun.expect(200);
    assert_eq!(session["member"], Value::Null);
    assert_eq!(session["role"], "admin");
    assert_eq!(session["expires_at"], "2026-12-22T10:00:00.000Z");
    assert_eq!(
        session["scopes"].as_array().unwrap().len(),
        goodword::domain::access::Scope::ALL.len()
    );
    assert_eq!(read(&api, &cookie).expect(200), session);
    let wrong = begin(&api, &json!({"admin_key": "another key"})).problem(422);
    assert_eq!(wrong["errors"][0]["field"], "admin_key");
    for proof in [json!({}), json!({"token": "gwi_1", "admin_key": ADMIN})] {
        assert_eq!(
            begin(&api, &proof).problem(422)["errors"][0]["field"],
            "token"
        );
    }
    // With the key itself, a program may ask as well.
    let asked = api.get("/v1/session").expect(200);
    assert_eq!(asked["expires_at"], Value::Null);
    // A session of another key is none: the key was changed since.
    api.plant("UPDATE sessions SET operator = 'of a key of before'");
    read(&api, &cookie).problem(401);
}

#[test]
fn a_session_has_the_scopes_of_its_role_and_of_no_other() {
    let api = Api::furnished();
    let (id, cookie) = signed_in(&api, "maya@example.com", "read-only");
    let session = read(&api, &cookie).expect(200);
    assert_eq!(session["member"], json!(id));
    assert_eq!(session["email"], "maya@example.com");
    let reads = [
        "programs:read",
        "advocates:read",
        "leads:read",
        "rewards:read",
        "reconciliations:read",
        "messages:read",
        "statistics:read",
    ];
    assert_eq!(session["scopes"], json!(reads));
    let programs = |method| from_us(&api, method, "/v1/programs").header("cookie", &cookie);
    programs(Method::GET).send().expect(200);
    let new = json!({"slug": "mine", "name": "Mine"});
    programs(Method::POST).json(&new).send().problem(403);
    let seen = api.get("/v1/team").expect(200)["items"][0]["last_seen_at"].clone();
    assert_eq!(seen, "2026-11-22T10:00:00.000Z");
    // What the role may is looked up anew each time.
    api.patch(&format!("/v1/team/{id}"), &json!({"role": "marketer"}))
        .expect(200);
    programs(Method::POST).json(&new).send().expect(201);
    // Who did it is written down.
    api.patch("/v1/team/mem_0", &json!({})).problem(404);
}

#[test]
fn another_sites_page_changes_nothing() {
    let api = Api::new();
    let (_, cookie) = signed_in(&api, "maya@example.com", "admin");
    let new = json!({"slug": "mine", "name": "Mine"});
    let sites: [(&[(&str, &str)], u16); 7] = [
        (&[], 403),
        (&[("sec-fetch-site", "cross-site")], 403),
        (&[("sec-fetch-site", "same-site")], 403),
        (&[("sec-fetch-site", "none")], 403),
        (
            &[
                ("origin", "https://evil.example"),
                ("host", "go.example.com"),
            ],
            403,
        ),
        (&[("origin", "null"), ("host", "go.example.com")], 403),
        (
            &[
                ("origin", "https://go.example.com"),
                ("host", "go.example.com"),
            ],
            201,
        ),
    ];
    for (headers, expected) in sites {
        let mut ask = api.request(Method::POST, "/v1/programs").json(&new);
        for (name, value) in headers {
            ask = ask.header(name, value);
        }
        let answer = ask.header("cookie", &cookie).send();
        assert_eq!(answer.status.as_u16(), expected, "{headers:?}");
        if expected == 403 {
            let problem = answer.problem(403);
            assert_eq!(problem["type"], "urn:goodword:problem:cross-origin");
        }
    }
    // Nor does it sign anybody in.
    let proof = json!({"admin_key": ADMIN});
    let begun = api.request(Method::POST, "/v1/session").json(&proof).send();
    begun.problem(403);
}

#[test]
fn a_session_ends_by_age_by_idleness_and_by_signing_out() {
    let api = Api::new();
    let (id, first) = signed_in(&api, "maya@example.com", "admin");
    api.wait(7 * DAY);
    read(&api, &first).problem(401);

    let again = |api: &Api| {
        let wish = api.request(Method::POST, "/v1/session/link");
        wish.json(&json!({"email": "maya@example.com"}))
            .send()
            .expect(202);
        cookie(&begin(api, &json!({"token": token(&api.letters()[0])})))
    };
    let second = again(&api);
    for _ in 0..5 {
        api.wait(6 * DAY - 1);
        read(&api, &second).expect(200);
    }
    api.wait(5);
    read(&api, &second).problem(401);

    let (third, fourth) = (again(&api), again(&api));
    let end = |cookie: &str, path: &str| {
        let answer = from_us(&api, Method::DELETE, path).header("cookie", cookie);
        let answer = answer.send();
        assert_eq!(answer.status.as_u16(), 204, "{}", answer.text);
        assert!(
            answer
                .header("set-cookie")
                .unwrap()
                .contains("=; Path=/; Max-Age=0")
        );
    };
    end(&third, "/v1/session");
    read(&api, &third).problem(401);
    read(&api, &fourth).expect(200);
    let fifth = again(&api);
    end(&fifth, "/v1/session?everywhere=true");
    for cookie in [&fourth, &fifth] {
        read(&api, cookie).problem(401);
    }

    let sixth = again(&api);
    api.patch(&format!("/v1/team/{id}"), &json!({"status": "disabled"}))
        .expect(200);
    read(&api, &sixth).problem(401);
    assert_eq!(
        api.column("SELECT hash FROM sessions WHERE member IS NOT NULL"),
        [""; 0][..]
    );
}

#[test]
fn access_signs_in_members_alone_and_guards_against_other_sites() {
    let api = Api::new();
    signed_in(&api, "maya@example.com", "marketer");
    let ask = |method, assertion: &str| {
        api.request(method, "/v1/session")
            .header("cf-access-jwt-assertion", assertion)
    };
    let session = ask(Method::GET, "of:Maya@Example.com").send().expect(200);
    assert_eq!(session["role"], "marketer");
    assert_eq!(session["expires_at"], Value::Null);
    ask(Method::GET, "of:sam@example.com").send().problem(401);
    ask(Method::GET, "forged").send().problem(401);
    // A cookie outlives its session.
    let stale = format!("__Host-gw_session=gws_{}", "0".repeat(44));
    let known = ask(Method::GET, "of:maya@example.com").header("cookie", &stale);
    known.send().expect(200);
    let seen = api.get("/v1/team").expect(200)["items"][0]["last_seen_at"].clone();
    assert_eq!(seen, "2026-11-22T10:00:00.000Z");
    ask(Method::DELETE, "of:maya@example.com")
        .send()
        .problem(403);
}

#[test]
fn a_key_is_not_a_person_and_a_wrong_key_is_not_saved_by_a_cookie() {
    let api = Api::new();
    let key = api.key(&["team:write"]);
    api.request(Method::GET, "/v1/session")
        .key(&key)
        .send()
        .problem(401);
    let (_, cookie) = signed_in(&api, "maya@example.com", "admin");
    let wrong = api.request(Method::GET, "/v1/programs").key("gwk_wrong");
    wrong.header("cookie", &cookie).send().problem(401);
}

#[test]
fn strangers_ask_for_ten_links_a_minute() {
    let api = Api::new();
    let ask = || {
        api.request(Method::POST, "/v1/session/link")
            .header("cf-connecting-ip", "192.0.2.1")
            .json(&json!({"email": "maya@example.com"}))
            .send()
    };
    for _ in 0..10 {
        ask().expect(202);
    }
    let answer = ask();
    assert_eq!(answer.header("retry-after"), Some("60"));
    answer.problem(429);
}

#[test]
fn what_is_over_is_swept() {
    let api = Api::new();
    signed_in(&api, "maya@example.com", "admin");
    api.request(Method::POST, "/v1/session/link")
        .json(&json!({"email": "maya@example.com"}))
        .send()
        .expect(202);
    let left = || {
        let count =
            "SELECT (SELECT count(*) FROM sessions) || (SELECT count(*) FROM sign_in_links)";
        api.column(count).remove(0)
    };
    assert_eq!(left(), "11");
    let sweep = |now| {
        let swept = goodword::jobs::sessions::sweep(api.db(), now);
        crate::harness::block_on(swept).unwrap();
    };
    sweep(api.now() + 15 * MINUTE);
    assert_eq!(left(), "10");
    sweep(api.now() + 30 * DAY);
    assert_eq!(left(), "00");
}

#[test]
fn who_is_disabled_leaves_no_key_behind() {
    let api = Api::new();
    let (id, cookie) = signed_in(&api, "maya@example.com", "admin");
    let new = json!({"name": "Mine", "scopes": ["programs:read"]});
    let made = from_us(&api, Method::POST, "/v1/keys").header("cookie", &cookie);
    let made = made.json(&new).send().expect(201);
    assert_eq!(made["created_by"], json!(id));
    let key = made["key"].as_str().unwrap();
    let others = api.key(&["programs:read"]);
    let list = |key: &str| api.request(Method::GET, "/v1/programs").key(key).send();
    list(key).expect(200);
    api.patch(&format!("/v1/team/{id}"), &json!({"status": "disabled"}))
        .expect(200);
    list(key).problem(401);
    list(&others).expect(200);
}
