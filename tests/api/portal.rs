//! `/v1/me`: what advocates see and do of their own; and what reps look at in the
//! morning.

use http::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Api, Ask};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

const MAYA: &str = "maya@example.com";

/// An API with a program and Maya, its advocate; her id.
fn joined() -> (Api, String) {
    let api = Api::furnished();
    let new = json!({"kind": "partner", "name": "Maya Okafor", "email": MAYA});
    let maya = api
        .post("/v1/programs/customers/advocates", &new)
        .expect(201);
    let id = maya["id"].as_str().unwrap().to_owned();
    (api, id)
}

fn ask_for_link(api: &Api, wish: &Value) -> Value {
    api.request(Method::POST, "/v1/me/link")
        .header("sec-fetch-site", "same-origin")
        .json(wish)
        .send()
        .expect(202)
}

/// The token in the newest letter.
fn token(api: &Api) -> String {
    token_of(&api.letters()[0].text)
}

fn token_of(text: &str) -> String {
    let link = "https://go.example.com/me#token=";
    let rest = text.split(link).nth(1).unwrap();
    rest.lines().next().unwrap().to_owned()
}

fn begin(api: &Api, token: &str) -> Answer {
    api.request(Method::POST, "/v1/me/session")
        .header("sec-fetch-site", "same-origin")
        .json(&json!({"token": token}))
        .send()
}

/// Signs an address in; answers the cookie.
fn signed_in(api: &Api, email: &str) -> String {
    ask_for_link(api, &json!({"email": email}));
    let begun = begin(api, &token(api));
    let set = begun.header("set-cookie").unwrap().to_owned();
    begun.expect(200);
    set.split(';').next().unwrap().to_owned()
}

/// A request of an advocate's own page.
fn own<'a>(api: &'a Api, cookie: &str, method: Method, path: &str) -> Ask<'a> {
    api.request(method, path)
        .header("cookie", cookie)
        .header("sec-fetch-site", "same-origin")
}

fn get(api: &Api, cookie: &str, path: &str) -> Answer {
    own(api, cookie, Method::GET, path).send()
}

fn post(api: &Api, cookie: &str, path: &str, body: &Value) -> Answer {
    own(api, cookie, Method::POST, path).json(body).send()
}

/// A token that a server asked for.
fn vouched(api: &Api, id: &str) -> String {
    let path = format!("/v1/programs/customers/advocates/{id}/token");
    let made = api.post(&path, &json!({})).expect(201);
    made["token"].as_str().unwrap().to_owned()
}

#[test]
fn a_link_in_a_mail_signs_in_once_within_fifteen_minutes() {
    let (api, id) = joined();
    let promise = ask_for_link(
        &api,
        &json!({"email": "MAYA@example.com", "program": "customers"}),
    );
    assert_eq!(
        ask_for_link(&api, &json!({"email": "nobody@example.com"})),
        promise
    );
    let letters = api.letters();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].to, MAYA);
    let link = token_of(&letters[0].text);
    let begun = begin(&api, &link);
    let set = begun.header("set-cookie").unwrap().to_owned();
    assert!(set.starts_with("__Host-gw_me=gwp_"), "{set}");
    assert!(
        set.ends_with("; Path=/; Max-Age=7776000; HttpOnly; Secure; SameSite=Strict"),
        "{set}"
    );
    let me = begun.expect(200);
    assert_eq!(me["advocate"]["id"], json!(id));
    assert_eq!(me["by_mail"], json!(true));
    assert_eq!(begin(&api, &link).field().0, "token");

    ask_for_link(&api, &json!({"email": MAYA}));
    let late = token(&api);
    api.wait(15 * MINUTE);
    assert_eq!(begin(&api, &late).field().0, "token");
    // No letter is sent where a program of that name does not know them.
    api.letters();
    ask_for_link(&api, &json!({"email": MAYA, "program": "other"}));
    assert!(api.letters().is_empty());
}

#[test]
fn no_more_than_five_links_work_at_a_time() {
    let (api, _) = joined();
    for _ in 0..7 {
        ask_for_link(&api, &json!({"email": MAYA}));
    }
    assert_eq!(api.letters().len(), 5);
    api.wait(15 * MINUTE);
    ask_for_link(&api, &json!({"email": MAYA}));
    assert_eq!(api.letters().len(), 1);
}

#[test]
fn a_cookie_is_for_our_own_pages_and_ends() {
    let (api, _) = joined();
    let cookie = signed_in(&api, MAYA);
    get(&api, &cookie, "/v1/me").expect(200);
    let from = |site: &str| {
        api.request(Method::POST, "/v1/me/shares")
            .header("cookie", &cookie)
            .header("sec-fetch-site", site)
            .json(&json!({"medium": "copy"}))
            .send()
    };
    from("same-origin").expect(201);
    from("cross-site").problem(403);
    api.request(Method::GET, "/v1/me").send().problem(401);
    // Who is an advocate is nobody elsewhere, and the other way round.
    get(&api, &cookie, "/v1/programs").problem(401);
    api.request(Method::GET, "/v1/me")
        .key("nonsense")
        .send()
        .problem(401);
    let ended = own(&api, &cookie, Method::DELETE, "/v1/me/session").send();
    assert!(ended.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(ended.status.as_u16(), 204, "{}", ended.text);
    get(&api, &cookie, "/v1/me").problem(401);

    let idle = signed_in(&api, MAYA);
    api.wait(30 * DAY);
    get(&api, &idle, "/v1/me").problem(401);
}

#[test]
fn a_server_vouches_for_an_hour_and_for_nothing_but_the_program() {
    let (api, id) = joined();
    let token = vouched(&api, &id);
    let asked = |method: Method, path: &str| api.request(method, path).key(&token);
    let answer = asked(Method::GET, "/v1/me")
        .header("sec-fetch-site", "cross-site")
        .send();
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let me = answer.expect(200);
    assert_eq!(me["by_mail"], json!(false));
    assert_eq!(me["programs"].as_array().unwrap().len(), 1);
    let share = json!({"medium": "whatsapp", "event_id": "e-1"});
    asked(Method::POST, "/v1/me/shares")
        .json(&share)
        .send()
        .expect(201);
    for path in ["/v1/me/export", "/v1/me/leave"] {
        asked(Method::POST, path)
            .json(&json!({}))
            .send()
            .problem(409);
    }
    asked(Method::GET, "/v1/programs").send().problem(401);
    api.wait(HOUR);
    asked(Method::GET, "/v1/me").send().problem(401);

    let preflight = api.request(Method::OPTIONS, "/v1/me/shares").send();
    assert_eq!(preflight.header("access-control-allow-origin"), Some("*"));
    assert!(
        preflight
            .header("access-control-allow-headers")
            .unwrap()
            .contains("authorization")
    );
    assert_eq!(preflight.status.as_u16(), 204);
    let path = format!("/v1/programs/customers/advocates/{id}");
    api.patch(&path, &json!({"status": "disabled"})).expect(200);
    assert_eq!(
        api.post(&format!("{path}/token"), &json!({})).field().0,
        "advocate"
    );
}

#[test]
fn the_page_has_all_that_is_theirs() {
    let (api, id) = joined();
    let rules = json!({"rules": [
        {"id": "thanks", "who": "advocate", "when": "accepted",
            "pay": {"fixed": {"amount": 5000, "unit": "USD", "form": "cash"}}}]});
    api.put("/v1/programs/customers/rules", &rules).expect(200);
    api.put(
        "/v1/reps/lea",
        &json!({"name": "Lea", "email": "lea@example.com"}),
    )
    .expect(200);
    let path = format!("/v1/programs/customers/advocates/{id}");
    api.patch(&path, &json!({"owner": "lea"})).expect(200);
    let cookie = signed_in(&api, MAYA);
    let me = get(&api, &cookie, "/v1/me").expect(200);
    assert_eq!(me["program"]["slug"], json!("customers"));
    assert_eq!(
        me["programs"],
        json!([{"slug": "customers", "name": me["program"]["name"]}])
    );
    assert_eq!(me["links"].as_array().unwrap().len(), 16);
    assert_eq!(me["content"], json!({}));
    assert_eq!(me["terms"]["rules"], rules["rules"]);
    assert_eq!(
        me["contact"],
        json!({"name": "Lea", "email": "lea@example.com"})
    );
    assert_eq!(me["team"], json!({"people": 0, "parent": null}));
    assert_eq!(me["code"], json!(null));
    // Each link is theirs, and by its medium.
    for link in me["links"].as_array().unwrap() {
        let code = link["url"].as_str().unwrap().rsplit('/').next().unwrap();
        let told = api
            .post("/v1/links/verify", &json!({"code": code}))
            .expect(200);
        assert_eq!(
            (&told["link"]["advocate"], &told["link"]["medium"]),
            (&json!(id), &link["medium"])
        );
    }
    let code = post(&api, &cookie, "/v1/me/code", &json!({})).expect(201);
    assert_eq!(
        post(&api, &cookie, "/v1/me/code", &json!({})).expect(200),
        code
    );
    assert_eq!(
        get(&api, &cookie, "/v1/me").expect(200)["code"],
        code["code"]
    );

    for event in ["e-1", "e-1", "e-2"] {
        let share = json!({"medium": "linkedin", "event_id": event});
        post(&api, &cookie, "/v1/me/shares", &share).expect(201);
    }
    let referral = json!({"prospect": {"name": "Sam Prospect", "email": "sam@prospect.example"}});
    post(&api, &cookie, "/v1/me/referrals", &referral).expect(201);
    let lead = api.get("/v1/leads?program=customers").expect(200)["items"][0].clone();
    assert_eq!(
        (&lead["advocate"], &lead["medium"]),
        (&json!(id), &json!("form"))
    );
    assert_eq!(lead["owner"], json!("lea"));
    let step = json!({"stage": "accepted"});
    let path = format!("/v1/leads/{}/stage", lead["id"].as_str().unwrap());
    api.post(&path, &step).expect(200);
    let me = get(&api, &cookie, "/v1/me").expect(200);
    assert_eq!(
        me["totals"],
        json!({"shares": 2, "clicks": 0, "leads": 1, "accepted": 1, "meetings": 0, "won": 0})
    );
    assert_eq!(
        me["earned"],
        json!([{"rule": "thanks", "count": 1, "amount": 5000, "unit": "USD"}])
    );
    assert_eq!(me["balance"][0]["unit"], json!("USD"));
    let statement = get(&api, &cookie, "/v1/me/statement").expect(200);
    assert_eq!(statement["advocate"], json!(id));
    assert_eq!(statement["balances"][0]["earned"], json!(5000));

    let why = api
        .get(&format!("/v1/leads/{}/why", lead["id"].as_str().unwrap()))
        .expect(200);
    assert!(why.to_string().contains("own word"), "{why}");
}

#[test]
fn referrals_are_told_in_order_and_strangers_by_their_initials() {
    let (api, id) = joined();
    let cookie = signed_in(&api, MAYA);
    let named = json!({
        "prospect": {"name": "Sam Prospect", "email": "sam@prospect.example", "company": "Prospect Ltd"}});
    post(&api, &cookie, "/v1/me/referrals", &named).expect(201);
    api.wait(MINUTE);
    let receipt = api.receipt(&id, goodword::domain::channel::Medium::Linkedin, api.now());
    let form = json!({"program": "customers", "receipts": [receipt],
        "prospect": {"name": "Ada Lovelace", "email": "ada@prospect.example", "company": "Engines"}});
    api.post("/v1/public/leads?program=customers", &form)
        .expect(202);
    let list = get(&api, &cookie, "/v1/me/referrals?limit=1").expect(200);
    let first = &list["items"][0];
    assert_eq!(first["name"], json!("A. L."));
    assert_eq!(first["company"], json!(null));
    assert_eq!(first["named"], json!(false));
    let next = list["next"].as_str().unwrap();
    let path = format!("/v1/me/referrals?limit=1&cursor={next}");
    let second = get(&api, &cookie, &path).expect(200)["items"][0].clone();
    assert_eq!(second["name"], json!("Sam Prospect"));
    assert_eq!(second["company"], json!("Prospect Ltd"));
    assert_eq!(second["timeline"].as_array().unwrap().len(), 1);
    assert_eq!(second["timeline"][0]["stage"], json!("new"));

    // To name her afterwards tells nothing more of her, here or in what is exported.
    api.wait(HOUR);
    let guess = json!({"prospect": {"name": "X", "email": "ada@prospect.example"}});
    post(&api, &cookie, "/v1/me/referrals", &guess).expect(201);
    let list = get(&api, &cookie, "/v1/me/referrals?limit=1").expect(200);
    assert_eq!(list["items"][0]["name"], json!("A. L."));
    let stranger = json!({"program": "customers",
        "prospect": {"name": "Bo", "email": "bo@prospect.example"}});
    api.post("/v1/public/leads?program=customers", &stranger)
        .expect(202);
    api.wait(HOUR);
    let guess = json!({"prospect": {"email": "bo@prospect.example"}});
    post(&api, &cookie, "/v1/me/referrals", &guess).expect(201);
    let data = post(&api, &cookie, "/v1/me/export", &json!({})).expect(200);
    let mine = data["advocates"][0]["referrals"].as_array().unwrap();
    assert_eq!(mine.len(), 2, "{data}");

    // Nobody else's.
    let other = json!({"kind": "customer", "name": "Otto", "email": "otto@example.com"});
    api.post("/v1/programs/customers/advocates", &other)
        .expect(201);
    let theirs = signed_in(&api, "otto@example.com");
    assert_eq!(
        get(&api, &theirs, "/v1/me/referrals").expect(200)["items"],
        json!([])
    );
}

#[test]
fn a_referral_needs_somebody_and_is_taken_once() {
    let (api, _) = joined();
    let cookie = signed_in(&api, MAYA);
    let refer = |body: &Value| post(&api, &cookie, "/v1/me/referrals", body);
    for prospect in [
        json!({"name": "Sam"}),
        json!({"company": "Prospect Ltd"}),
        json!({"customer": "cus_1", "email": "sam@prospect.example"}),
    ] {
        let (field, _) = refer(&json!({"prospect": prospect})).field();
        assert!(field.starts_with("prospect"), "{field}");
    }
    refer(&json!({"prospect": {"company": "Prospect Ltd"}, "note": "Ask for Kim in purchasing."}))
        .expect(201);
    let once = || {
        own(&api, &cookie, Method::POST, "/v1/me/referrals")
            .header("idempotency-key", "k-1")
            .json(&json!({"prospect": {"phone": "+49 30 123456"}}))
            .send()
    };
    once().expect(201);
    assert_eq!(once().header("idempotent-replayed"), Some("true"));
    assert_eq!(
        api.get("/v1/leads?program=customers").expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn whoever_is_brought_in_is_seen_by_who_did() {
    let (api, id) = joined();
    let cookie = signed_in(&api, MAYA);
    let advert = json!({"name": "Win at https://win.example", "email": "kim@example.com", "is_member": false});
    assert_eq!(
        post(&api, &cookie, "/v1/me/team", &advert).field().0,
        "name"
    );
    let kim = json!({"name": "Kim", "email": "kim@example.com", "is_member": true});
    let made = post(&api, &cookie, "/v1/me/team", &kim).expect(201);
    assert_eq!(made["sent"], json!(true));
    assert_eq!(api.letters()[0].to, "kim@example.com");
    // Who is one already, is not told.
    let again = post(&api, &cookie, "/v1/me/team", &kim).expect(201);
    assert_eq!(again, json!({"id": null, "sent": false}));
    assert!(api.letters().is_empty());
    let theirs = signed_in(&api, "kim@example.com");
    let me = get(&api, &theirs, "/v1/me").expect(200);
    assert_eq!(me["team"]["parent"], json!({"name": "Maya Okafor"}));
    assert_eq!(me["advocate"]["kind"], json!("partner"));
    post(&api, &theirs, "/v1/me/shares", &json!({"medium": "sms"})).expect(201);
    let team = get(&api, &cookie, "/v1/me/team").expect(200);
    let person = &team["items"][0];
    assert_eq!(person["id"], made["id"]);
    assert_eq!(
        (&person["shares"], &person["is_member"]),
        (&json!(1), &json!(true))
    );
    assert!(person["joined_at"].is_string());
    assert_eq!(
        get(&api, &cookie, "/v1/me").expect(200)["team"]["people"],
        json!(1)
    );
    assert_eq!(
        get(&api, &theirs, "/v1/me/team").expect(200)["items"],
        json!([])
    );

    let path = format!("/v1/programs/customers/advocates/{id}");
    api.patch(&path, &json!({"status": "disabled"})).expect(200);
    let lee = json!({"name": "Lee", "email": "lee@example.com", "is_member": false});
    post(&api, &cookie, "/v1/me/team", &lee).problem(409);
}

#[test]
fn programs_of_one_address_are_reached_from_each_other() {
    let (api, _) = joined();
    for slug in ["globex", "initech"] {
        api.post("/v1/programs", &json!({"slug": slug, "name": slug}))
            .expect(201);
    }
    let new = json!({"kind": "customer", "name": "Maya O", "email": MAYA});
    api.post("/v1/programs/globex/advocates", &new).expect(201);
    let cookie = signed_in(&api, MAYA);
    let me = get(&api, &cookie, "/v1/me").expect(200);
    assert_eq!(me["programs"].as_array().unwrap().len(), 2);
    let go = |slug: &str| {
        own(&api, &cookie, Method::PUT, "/v1/me/program")
            .json(&json!({"program": slug}))
            .send()
    };
    assert_eq!(go("initech").field().0, "program");
    assert_eq!(
        go("globex").expect(200)["advocate"]["name"],
        json!("Maya O")
    );
    // Without a destination there is no link.
    assert_eq!(get(&api, &cookie, "/v1/me").expect(200)["links"], json!([]));
}

#[test]
fn advocates_decide_about_their_name_and_their_data() {
    let (api, _) = joined();
    let cookie = signed_in(&api, MAYA);
    let me = get(&api, &cookie, "/v1/me").expect(200);
    assert_eq!(me["advocate"]["shows_name"], json!(false));
    let changed = own(&api, &cookie, Method::PATCH, "/v1/me")
        .json(&json!({"shows_name": true, "name": "Maya O."}))
        .send()
        .expect(200);
    assert_eq!(changed["advocate"]["shows_name"], json!(true));
    for advert in ["win-cash.example/claim", "Maya\u{200b}says", "\u{202e}ayaM"] {
        let ask = own(&api, &cookie, Method::PATCH, "/v1/me").json(&json!({"name": advert}));
        assert_eq!(ask.send().field().0, "name", "{advert:?}");
    }
    assert_eq!(changed["advocate"]["name"], json!("Maya O."));
    let data = post(&api, &cookie, "/v1/me/export", &json!({})).expect(200);
    assert!(data.to_string().contains(MAYA), "{data}");
    let left = post(&api, &cookie, "/v1/me/leave", &json!({}));
    assert_eq!(left.status.as_u16(), 204, "{}", left.text);
    get(&api, &cookie, "/v1/me").problem(401);
    assert!(!api.dump().concat().to_lowercase().contains(MAYA));
    api.letters();
    ask_for_link(&api, &json!({"email": MAYA}));
    assert!(api.letters().is_empty());
}

#[test]
fn a_rep_is_told_whom_to_ask_and_how_far_they_are() {
    let (api, id) = joined();
    api.put("/v1/reps/lea", &json!({"name": "Lea"})).expect(200);
    for (name, email) in [("New", "new@example.com"), ("Asked", "asked@example.com")] {
        let new = json!({"kind": "customer", "name": name, "email": email, "owner": "lea"});
        let made = api
            .post("/v1/programs/customers/advocates", &new)
            .expect(201);
        if name == "Asked" {
            let path = format!(
                "/v1/programs/customers/advocates/{}/invite",
                made["id"].as_str().unwrap()
            );
            api.post(&path, &json!({})).expect(202);
        }
    }
    api.patch(
        &format!("/v1/programs/customers/advocates/{id}"),
        &json!({"owner": "lea"}),
    )
    .expect(200);
    let spoken = json!({"program": "customers", "medium": "phone", "rep": "lea",
        "advocate": {"id": id}, "prospect": {"email": "sam@prospect.example"}});
    let lead = api.post("/v1/referrals/verbal", &spoken).expect(201);
    let lead = lead["id"].as_str().unwrap();
    for stage in ["accepted", "meeting"] {
        api.post(&format!("/v1/leads/{lead}/stage"), &json!({"stage": stage}))
            .expect(200);
    }
    let day = || api.get("/v1/reps/lea/day?program=customers").expect(200);
    let before = day();
    let reasons: Vec<_> = before["ask"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["advocate"]["name"].clone(), one["why"].clone()))
        .collect();
    assert_eq!(
        reasons,
        [
            (json!("Maya Okafor"), json!("met")),
            (json!("New"), json!("new"))
        ]
    );
    assert_eq!(before["goals"]["asked"], json!({"goal": null, "done": 1}));
    assert_eq!(
        before["goals"]["meetings"],
        json!({"goal": null, "done": 1})
    );
    let quarter = before["quarter"].as_str().unwrap();
    let goals = json!({"quarter": quarter, "asked": 20, "meetings": 5, "won": 2});
    assert_eq!(api.put("/v1/reps/lea/goals", &goals).expect(200), goals);
    assert_eq!(day()["goals"]["won"], json!({"goal": 2, "done": 0}));
    let token = vouched(&api, &id);
    api.wait(31 * DAY);
    api.request(Method::POST, "/v1/me/shares")
        .key(&token)
        .json(&json!({"medium": "sms"}))
        .send()
        .problem(401);
    let share = json!({"program": "customers", "advocate": id, "medium": "sms", "kind": "intent"});
    api.post("/v1/shares", &share).expect(201);
    assert_eq!(day()["ask"][0]["why"], json!("active"));
    api.wait(90 * DAY);
    let later = day();
    assert_eq!(later["ask"][0]["why"], json!("quiet"));
    assert_eq!(later["goals"]["won"]["goal"], json!(null));
    let wrong = json!({"quarter": "2026-Q5", "asked": 1, "meetings": 1, "won": 1});
    assert_eq!(api.put("/v1/reps/lea/goals", &wrong).field().0, "quarter");
    api.get("/v1/reps/nobody/day?program=customers")
        .problem(404);
}

#[test]
fn another_address_is_another_mailbox() {
    let (api, id) = joined();
    let cookie = signed_in(&api, MAYA);
    ask_for_link(&api, &json!({"email": MAYA}));
    let link = token(&api);
    let path = format!("/v1/programs/customers/advocates/{id}");
    api.patch(&path, &json!({"email": "other@example.com"}))
        .expect(200);
    get(&api, &cookie, "/v1/me").problem(401);
    assert_eq!(begin(&api, &link).field().0, "token");
}

#[test]
fn the_terms_are_those_of_whoever_reads_them() {
    let (api, _) = joined();
    let pay = json!({"fixed": {"amount": 1, "unit": "USD", "form": "cash"}});
    let rule = |id: &str, who: &str, only: Value| json!({"id": id, "who": who, "when": "won", "pay": pay, "only": only});
    let rules = json!({"rules": [
        rule("all", "advocate", json!({})), rule("partners", "advocate", json!({"kinds": ["partner"]})),
        rule("staff", "advocate", json!({"kinds": ["employee"]})), rule("gold", "advocate", json!({"segments": ["gold"]})),
        rule("prospect", "prospect", json!({})), rule("rep", "owner", json!({}))]});
    api.put("/v1/programs/customers/rules", &rules).expect(200);
    let me = get(&api, &signed_in(&api, MAYA), "/v1/me").expect(200);
    let ids: Vec<_> = me["terms"]["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["id"].clone())
        .collect();
    assert_eq!(ids, ["all", "partners", "prospect"]);
}

#[test]
fn a_merged_entry_signs_in_as_who_remains_and_keeps_its_people() {
    let (api, id) = joined();
    let new = json!({"kind": "partner", "name": "Maya at work", "email": "maya@work.example"});
    let work = api
        .post("/v1/programs/customers/advocates", &new)
        .expect(201);
    let cookie = signed_in(&api, "maya@work.example");
    let kim = json!({"name": "Kim", "email": "kim@example.com", "is_member": true});
    post(&api, &cookie, "/v1/me/team", &kim).expect(201);
    api.letters();
    let path = format!(
        "/v1/programs/customers/advocates/{}/merge",
        work["id"].as_str().unwrap()
    );
    api.post(&path, &json!({"into": id})).expect(200);
    for address in ["maya@work.example", MAYA] {
        let me = get(&api, &signed_in(&api, address), "/v1/me").expect(200);
        assert_eq!(me["advocate"]["id"], json!(id), "{address}");
        assert_eq!(me["team"]["people"], json!(1), "{address}");
    }
}

#[test]
fn an_advocates_event_ids_are_their_own() {
    let (api, id) = joined();
    let token = vouched(&api, &id);
    let own = json!({"medium": "sms", "event_id": "share-1"});
    let share = || {
        api.request(Method::POST, "/v1/me/shares")
            .key(&token)
            .json(&own)
            .send()
    };
    assert_eq!(share().expect(201)["event_id"], json!("share-1"));
    assert_eq!(share().header("idempotent-replayed"), Some("true"));
    let theirs = json!({"program": "customers", "advocate": id, "medium": "email", "kind": "sent", "event_id": "share-1"});
    let answer = api.post("/v1/shares", &theirs);
    assert_eq!(answer.header("idempotent-replayed"), None);
    answer.expect(201);
}
