//! `/l/{program}`: what a prospect reads, who is named on it, and its pictures.

use goodword::domain::{channel::Medium, content};
use http::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Api, BASE, NOW, block_on};

const PATH: &str = "/l/customers";
const CONTENT: &str = "/v1/programs/customers/content";

/// The smallest PNG.
const PNG: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// A house in which Maya Okafor lets prospects read her first name; her id.
fn house() -> (Api, String) {
    let (api, maya) = Api::staffed();
    api.plant("UPDATE advocates SET name = 'Maya Okafor', shows_name = 1");
    (api, maya)
}

fn says(api: &Api, content: &Value) {
    api.put(CONTENT, &json!({"content": content})).expect(200);
}

#[track_caller]
fn page(api: &Api, path: &str) -> Answer {
    let answer = api.request(Method::GET, path).send();
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer
}

#[track_caller]
fn heading(answer: &Answer) -> &str {
    let (_, after) = answer.text.split_once("<h1>").unwrap();
    after.split_once("</h1>").unwrap().0
}

fn is_neutral(answer: &Answer, status: u16) -> bool {
    answer.status.as_u16() == status
        && answer.header("content-type") == Some("text/html; charset=utf-8")
        && answer.text.contains("<h1>This link leads nowhere</h1>")
}

#[test]
fn a_program_that_says_nothing_has_a_page_all_the_same() {
    let (api, _) = house();
    for path in [PATH, "/l/customers/", "/l/customers?utm_source=x"] {
        let page = page(&api, path);
        assert_eq!(heading(&page), "We look forward to hearing from you");
        for part in [
            "<title>Customers</title>",
            "<p class=\"brand\">Customers</p>",
            "--brand:#0a6653;--on-brand:#fff",
            "<button>Get in touch</button>",
            "<form method=\"post\" action=\"/v1/public/leads\">",
            "name=\"program\" value=\"customers\"",
            "<details open>",
        ] {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
        for part in ["invited", "consent", "og:image", "og:description", "<img"] {
            assert!(!page.text.contains(part), "{part}: {}", page.text);
        }
    }
}

#[test]
fn a_page_has_the_brand_and_the_words_of_its_program() {
    let (api, _) = house();
    says(
        &api,
        &json!({
            "brand": {"color": "#FFDD00", "logo": PNG, "card": PNG},
            "landing": {"headline": "{first_name} says hello", "body": "Of {program}:\n{advocate}, {link}",
                "button": "Yes, {program}", "consent": "{program} may call me."},
        }),
    );
    let plain = page(&api, PATH);
    assert_eq!(heading(&plain), "A friend says hello");
    let card = format!("property=\"og:image\" content=\"{BASE}/l/customers/card.png\"");
    for part in [
        "--brand:#ffdd00;--on-brand:#000",
        "<img src=\"/l/customers/logo.png\" alt=\"Customers\">",
        &format!("Of Customers:\na friend, {BASE}/l/customers</p>"),
        "<button>Yes, Customers</button>",
        "type=\"checkbox\" value=\"Customers may call me.\" required><span>Customers may call me.</span>",
        &card,
        "summary_large_image",
    ] {
        assert!(plain.text.contains(part), "{part}: {}", plain.text);
    }
    api.patch(
        "/v1/programs/customers",
        &json!({"preview": {"title": "Good tools", "description": "For all", "image": "https://cdn.example/a.png"}}),
    )
    .expect(200);
    let plain = page(&api, PATH);
    for part in [
        "property=\"og:title\" content=\"Good tools\"",
        "property=\"og:description\" content=\"For all\"",
        "property=\"og:image\" content=\"https://cdn.example/a.png\"",
        "property=\"og:url\" content=\"https://go.example.com/l/customers\"",
    ] {
        assert!(plain.text.contains(part), "{part}: {}", plain.text);
    }
}

#[test]
fn whoever_lets_it_be_read_is_named_by_their_first_name() {
    let (api, maya) = house();
    let receipt = api.receipt(&maya, Medium::Email, NOW - 60_000);
    let cookie = format!("a=b; gw_1={receipt}");
    let by_cookie = || api.request(Method::GET, PATH).header("cookie", &cookie);
    let path = format!("{PATH}?gw={receipt}");
    for answer in [page(&api, &path), by_cookie().send()] {
        assert_eq!(heading(&answer), "Maya invited you");
        assert!(!answer.text.contains("Okafor"), "{}", answer.text);
        assert!(answer.text.contains("<details>"), "no code is asked for");
    }
    let hidden = format!("name=\"gw\" value=\"{receipt}\"");
    assert!(page(&api, &path).text.contains(&hidden));
    assert!(!by_cookie().send().text.contains(&receipt));
    // A headline of the program's own has it above itself.
    says(
        &api,
        &json!({"landing": {"headline": "{advocate} likes us", "body": "Ask {first_name}."}}),
    );
    let named = page(&api, &path);
    assert_eq!(heading(&named), "Maya likes us");
    assert!(
        named
            .text
            .contains("<p class=\"invited\">Maya invited you</p>")
    );
    assert!(named.text.contains("Ask Maya."));
    // A program that forgoes cookies does not look at one that is left.
    api.patch("/v1/programs/customers", &json!({"cookie": false}))
        .expect(200);
    assert_eq!(heading(&by_cookie().send()), "A friend likes us");
}

#[test]
fn who_invited_last_is_named_before_who_has_the_credit() {
    let (api, maya) = house();
    let jo = api.advocate("jo");
    api.plant("UPDATE advocates SET name = 'Jo', shows_name = 1 WHERE external_id = 'jo'");
    let first = api.receipt(&maya, Medium::Email, NOW - 60_000);
    let last = api.receipt(&jo, Medium::Email, NOW - 1_000);
    let both = page(&api, &format!("{PATH}?gw={first}&gw_click={last}"));
    assert_eq!(heading(&both), "Jo invited you");
    for hidden in [("gw", &first), ("gw_click", &last)] {
        let field = format!("name=\"{}\" value=\"{}\"", hidden.0, hidden.1);
        assert!(both.text.contains(&field), "{}", both.text);
    }
    // Who may not be named hides nobody else's invitation: it was theirs.
    api.plant("UPDATE advocates SET shows_name = 0 WHERE external_id = 'jo'");
    let both = page(&api, &format!("{PATH}?gw={first}&gw_click={last}"));
    assert!(!both.text.contains("invited"), "{}", both.text);
}

#[test]
fn a_receipt_that_proves_nothing_shows_the_plain_page_and_loses_no_lead() {
    let (api, maya) = house();
    let good = api.receipt(&maya, Medium::Email, NOW - 1_000);
    let last = if good.ends_with('a') { 'b' } else { 'a' };
    let forged = format!("{}{last}", good.get(..48).unwrap());
    let expired = api.receipt(&maya, Medium::Email, NOW - 91 * 86_400_000);
    let nobodys = api.receipt("000000", Medium::Email, NOW - 1_000);
    let plain = page(&api, PATH);
    api.post("/v1/programs", &json!({"slug": "other", "name": "Other"}))
        .expect(201);
    for (program, receipt) in [
        ("customers", "x"),
        ("customers", &*forged),
        ("customers", &expired),
        ("customers", &nobodys),
        ("other", &good), // foreign
    ] {
        let answer = page(&api, &format!("/l/{program}?gw={receipt}"));
        assert_eq!(heading(&answer), heading(&plain));
        assert!(!answer.text.contains("Maya"), "{}", answer.text);
        let field = format!("name=\"gw\" value=\"{receipt}\"");
        assert!(answer.text.contains(&field), "it is kept with the lead");
        let form = format!("program={program}&phone=1&gw={receipt}&gw_click=&website=");
        let ask = api.request(Method::POST, "/v1/public/leads");
        ask.body("application/x-www-form-urlencoded", form)
            .send()
            .expect(202);
    }
    assert_eq!(api.column("SELECT count(*) || '' FROM leads"), ["5"]);
    assert_eq!(
        api.column("SELECT count(*) || '' FROM history WHERE kind = 'refused'"),
        ["5"]
    );
}

#[test]
fn who_is_gone_or_does_not_want_it_is_not_named() {
    let (api, maya) = house();
    let receipt = api.receipt(&maya, Medium::Email, NOW - 1_000);
    let path = format!("{PATH}?gw={receipt}");
    for change in [
        "shows_name = 0",
        "status = 'disabled'",
        "erased_at = 1, name = 'Erased'",
        "name = ' '",
    ] {
        api.plant(&format!("UPDATE advocates SET {change}"));
        let answer = page(&api, &path);
        assert_eq!(
            heading(&answer),
            "We look forward to hearing from you",
            "{change}"
        );
        assert!(
            !answer.text.contains("invited"),
            "{change}: {}",
            answer.text
        );
        api.plant(
            "UPDATE advocates SET name = 'Maya', shows_name = 1, status = 'active', erased_at = NULL",
        );
    }
    // Of two entries that are one person the one that remains decides.
    let other = api.advocate("other");
    let merge = format!("/v1/programs/customers/advocates/{maya}/merge");
    let answer = api.post(&merge, &json!({"into": other}));
    assert!(answer.status.is_success(), "{}", answer.text);
    assert!(!page(&api, &path).text.contains("invited"));
    api.plant("UPDATE advocates SET shows_name = 1, name = 'Mia' WHERE external_id = 'other'");
    assert_eq!(heading(&page(&api, &path)), "Mia invited you");
}

#[test]
fn nothing_that_is_written_or_sent_breaks_out_of_the_page() {
    let (api, _) = house();
    let hostile = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&amp;";
    says(
        &api,
        &json!({"landing": {"headline": hostile, "body": hostile, "button": hostile, "consent": hostile}}),
    );
    api.patch(
        "/v1/programs/customers",
        &json!({"name": hostile, "preview": {"title": hostile, "description": hostile,
            "image": "https://cdn.example/'onload=x"}}),
    )
    .expect(200);
    let query = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
    let answer = page(&api, &format!("{PATH}?gw={query}&gw_click={query}"));
    assert_eq!(answer.text.matches("<script").count(), 1, "{}", answer.text);
    assert!(!answer.text.contains("<img"));
    assert!(!answer.text.contains("'onload"), "{}", answer.text);
    assert_eq!(answer.text.matches("&#60;script&#62;").count(), 11);
    // No column lets a colour in that is none; if it did, it would be text.
    api.plant(
        "UPDATE contents SET content = json_set(content, '$.brand.color', '#fff}</style><b>')",
    );
    assert!(!page(&api, PATH).text.contains("<b>"));
    // What is too long to be a receipt is not handed on.
    let long = "a".repeat(201);
    assert!(
        !page(&api, &format!("{PATH}?gw={long}"))
            .text
            .contains(&long)
    );
}

#[test]
fn a_name_in_a_consent_makes_it_no_longer_than_a_lead_has_room_for() {
    let (api, _) = house();
    let words = format!("{{program}}{}", "é".repeat(991));
    says(&api, &json!({"landing": {"consent": words}}));
    api.patch("/v1/programs/customers", &json!({"name": "N".repeat(200)}))
        .expect(200);
    let text = page(&api, PATH).text;
    let (_, after) = text.split_once("type=\"checkbox\" value=\"").unwrap();
    let value = after.split_once('"').unwrap().0;
    assert_eq!(value.chars().count(), content::CONSENT_CHARACTERS);
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs([("program", "customers"), ("phone", "1"), ("consent", value)]);
    let ask = api.request(Method::POST, "/v1/public/leads");
    ask.body("application/x-www-form-urlencoded", form.finish())
        .send()
        .expect(202);
    assert_eq!(api.column("SELECT consent_text FROM leads"), [value]);
}

#[test]
fn the_page_is_its_readers_alone_and_runs_nothing_but_our_own() {
    let (api, _) = house();
    let answer = page(&api, PATH);
    let (_, after) = answer.text.split_once("<style nonce=\"").unwrap();
    let nonce = after.split_once('"').unwrap().0;
    assert_eq!(nonce.len(), 32);
    let policy = format!(
        "default-src 'none'; style-src 'self' 'nonce-{nonce}'; script-src 'self'; \
         connect-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; \
         base-uri 'none'"
    );
    for (name, value) in [
        ("content-security-policy", &*policy),
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "private, no-cache"),
        ("vary", "cookie"),
        ("referrer-policy", "same-origin"),
        ("x-robots-tag", "noindex"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    assert_ne!(page(&api, PATH).text, answer.text, "a nonce is used once");
    let head = api.request(Method::HEAD, PATH).send();
    assert_eq!((head.status.as_u16(), &*head.text), (200, ""));
    let length = answer.text.len().to_string();
    assert_eq!(head.header("content-length"), Some(&*length));
    let answer = api.request(Method::POST, PATH).send();
    answer.problem(405);
    assert_eq!(answer.header("allow"), Some("GET,HEAD"));
}

#[test]
fn where_there_is_no_program_the_neutral_page_says_nothing_of_why() {
    let (api, _) = house();
    says(&api, &json!({"brand": {"logo": PNG, "card": PNG}}));
    let get = |path: &str| api.request(Method::GET, path).send();
    let answers = [get("/l/nobody"), get("/l/Customers"), get("/l/%22%3E")];
    assert!(answers.iter().all(|answer| is_neutral(answer, 404)));
    assert!(is_neutral(&get("/l/nobody/logo.png"), 404));
    assert!(is_neutral(&get("/l/customers/other.png"), 404));
    api.patch("/v1/programs/customers", &json!({"status": "disabled"}))
        .expect(200);
    let disabled = get(PATH);
    assert_eq!(
        (disabled.status, &disabled.headers),
        (answers[0].status, &answers[0].headers)
    );
    assert_eq!(disabled.text, answers[0].text);
    assert!(is_neutral(&get("/l/customers/card.png"), 404));
    api.database_fails(true);
    for path in [PATH, "/l/customers/card.png"] {
        let answer = get(path);
        assert!(is_neutral(&answer, 503), "{answer:?}");
        assert!(answer.fault.is_some());
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
}

#[test]
fn pictures_are_served_as_they_were_drawn() {
    let (api, _) = house();
    let get = |path: &str| api.request(Method::GET, path).start().into_parts();
    assert_eq!(get("/l/customers/card.png").status, 404);
    says(&api, &json!({"brand": {"card": PNG}}));
    let card = get("/l/customers/card.png");
    assert_eq!(card.status, 200);
    assert_eq!(card.headers.get("content-type"), Some("image/png"));
    assert_eq!(
        card.headers.get("cache-control"),
        Some("public, max-age=300")
    );
    let bytes = block_on(card.body.whole(usize::MAX)).unwrap();
    assert_eq!(bytes, content::bytes(PNG));
    assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.ends_with(b"IEND\xaeB`\x82"));
    assert_eq!(get("/l/customers/logo.png").status, 404);
    says(&api, &json!({"brand": {"logo": PNG}}));
    assert_eq!(get("/l/customers/logo.png").status, 200);
    assert_eq!(get("/l/customers/card.png").status, 404);
    // As content was kept before there were cards.
    api.plant("UPDATE contents SET content = json_remove(content, '$.brand.card')");
    assert_eq!(get("/l/customers/card.png").status, 404);
    page(&api, PATH);
}

#[test]
fn links_show_the_card_where_the_program_names_no_picture() {
    let (api, _) = house();
    let image = || {
        api.published().last().unwrap().programs[0]
            .preview
            .image
            .clone()
    };
    says(&api, &json!({"brand": {"card": PNG}}));
    assert_eq!(image(), "/l/customers/card.png");
    let own = json!({"preview": {"image": "https://cdn.example/a.png"}});
    api.patch("/v1/programs/customers", &own).expect(200);
    assert_eq!(image(), "https://cdn.example/a.png");
    let none = json!({"preview": {"image": ""}});
    let kept = api.patch("/v1/programs/customers", &none).expect(200);
    assert_eq!(kept["preview"]["image"], "", "the program still names none");
    says(&api, &json!({}));
    assert_eq!(image(), "");
}
