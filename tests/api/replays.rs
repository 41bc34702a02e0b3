//! `/v1/replays`: what was counted stays counted once, and what was not is.

use goodword::domain::{
    channel::Medium,
    class::{Class, Reason},
    click::{Click, Message},
    date,
};
use http::Method;
use serde_json::{Value, json};

use crate::harness::{ADMIN, Answer, Api, NOW, Visit, noted, pieces};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

fn send(api: &Api, query: &str, log: &str) -> Answer {
    api.request(Method::POST, &format!("/v1/replays?{query}"))
        .key(ADMIN)
        .body("text/plain", log.to_owned())
        .send()
}

/// `clicks added already skipped` of a replay that went well.
fn replay(api: &Api, query: &str, log: &str) -> [u64; 4] {
    let answer = send(api, query, log);
    assert_eq!(answer.fault, None);
    counts(&answer.expect(200))
}

fn counts(report: &Value) -> [u64; 4] {
    ["clicks", "added", "already", "skipped"].map(|name| report[name].as_u64().unwrap())
}

fn human(api: &Api) -> usize {
    let counted = "SELECT CAST(sum(count) AS TEXT) FROM tallies_by_hour WHERE kind = 0";
    api.column(counted)[0].parse().unwrap()
}

fn raw(api: &Api) -> usize {
    api.column("SELECT '' FROM clicks").len()
}

/// So many clicks, a second apart, by turns of three advocates.
fn clicks(api: &Api, count: i64) -> Vec<Click> {
    let visits: Vec<Visit> = (0..count)
        .map(|index| Visit {
            at: NOW - index * 1_000,
            advocate: u32::try_from(index % 3).unwrap(),
            visitor: Some(index.unsigned_abs() % 50),
            ..Visit::default()
        })
        .collect();
    api.clicks("UTC", &visits)
}

/// The line that the Worker writes of clicks that no store took.
fn lost_line(clicks: &[Click]) -> String {
    let message = Message::new(clicks).to_json();
    format!(
        "{{\"message\":\"clicks were not recorded; replay this line\",\"goodword.cause\":\"down\",\"goodword.clicks\":{message}}}\n"
    )
}

#[test]
fn a_thousand_lost_lines_over_half_of_them_end_with_exact_counts() {
    let whole = Api::furnished();
    let all = clicks(&whole, 3_000);
    whole.deliver(&all);
    let expected = whole.stats("by=advocate");
    let hours = whole.stats("by=hour");

    let api = Api::furnished();
    // Three clicks a line, and of each line's message one is there, or all, or none.
    for (index, click) in all.iter().enumerate() {
        if index / 3 % 2 == 0 {
            api.deliver(std::slice::from_ref(click));
        }
    }
    assert_eq!(raw(&api), 1_500);
    let log: String = all.chunks(3).map(lost_line).collect();
    let before = api.dump();
    assert_eq!(
        replay(&api, "format=lost&dry_run=true", &log),
        [3_000, 1_500, 1_500, 0]
    );
    assert_eq!(api.dump(), before);
    assert_eq!(replay(&api, "format=lost", &log), [3_000, 1_500, 1_500, 0]);
    assert_eq!(
        api.stats("by=advocate")["total"]["clicks"],
        expected["total"]["clicks"]
    );
    let counted = |stats: &Value| -> Vec<Value> {
        let rows = stats["rows"].as_array().unwrap();
        rows.iter().map(|row| row["clicks"].clone()).collect()
    };
    assert_eq!(counted(&api.stats("by=hour")), counted(&hours));
    assert_eq!(replay(&api, "format=lost", &log), [3_000, 0, 3_000, 0]);
    assert_eq!(raw(&api), 3_000);
    let checked = api
        .post("/v1/checks", &json!({"checks": ["clicks"]}))
        .expect(200);
    assert_eq!(checked["items"][0]["differences"], 0);
    let audit = api.get("/v1/audit?subject=lost").expect(200);
    assert_eq!(audit["items"][0]["action"], "clicks.replayed");
    assert_eq!(audit["items"][1]["detail"]["added"], 1_500);
    assert_eq!(
        audit["items"].as_array().unwrap().len(),
        2,
        "a dry run does nothing"
    );
}

#[test]
fn what_visitors_send_is_never_taken_for_a_click() {
    let api = Api::furnished();
    let all = clicks(&api, 2);
    let ours = lost_line(&all[..1]);
    let (ours, forged) = (
        json!(ours.trim_end()),
        json!(lost_line(&all[1..]).trim_end()),
    );
    let tail = json!({"outcome": "ok", "logs": [{"level": "error", "message": [ours]}],
        "event": {"request": {"url": "https://go.example/x", "method": "GET",
            "headers": {"user-agent": forged}}}});
    let bare = lost_line(&all[1..]).replace("clicks were not recorded; replay this line", "hello");
    let report = send(&api, "format=lost", &format!("{tail}\n{bare}")).expect(200);
    assert_eq!(counts(&report), [1, 1, 0, 1]);
}

#[test]
fn a_replay_ends_where_its_queries_would() {
    let api = Api::furnished();
    let line = lost_line(&clicks(&api, 800));
    let report = send(&api, "format=lost&dry_run=true", &line.repeat(252)).expect(200);
    assert_eq!(report["lines"], 250);
    let why = "a replay takes 200000 clicks; send the rest in another";
    assert_eq!(report["reasons"], json!([{"line": 251, "why": why}]));
}

#[test]
fn other_lines_are_passed_over_and_damaged_ones_are_told_by_their_number() {
    let api = Api::furnished();
    let all = clicks(&api, 2);
    let good = lost_line(&all);
    let log = format!(
        "{{\"message\":\"cron left checks undone\"}}\r\n\n{}{good}not JSON at all\n{}",
        good.replace("\"v\":1", "\"v\":7"),
        good.trim_end()
    );
    let report = send(&api, "format=lost", &log).expect(200);
    assert_eq!(counts(&report), [2, 2, 0, 3]);
    assert_eq!(report["lines"], 5);
    let why = "version 7 of the click message is unknown here";
    assert_eq!(report["reasons"], json!([{"line": 3, "why": why}]));
}

#[test]
fn a_click_of_a_day_that_is_archived_is_refused_as_it_may_have_been_counted() {
    let api = Api::furnished();
    let old = api.clicks(
        "UTC",
        &[Visit {
            at: NOW - 40 * 86_400_000,
            ..Visit::default()
        }],
    );
    let new = clicks(&api, 1);
    api.plant(&format!(
        "INSERT INTO archives VALUES ({}, 5, 1, 100, 0, 0)",
        (NOW - 40 * 86_400_000) / 86_400_000
    ));
    let log = lost_line(&old) + &lost_line(&new);
    let report = send(&api, "format=lost", &log).expect(200);
    assert_eq!(counts(&report), [1, 1, 0, 1]);
    assert_eq!(report["reasons"][0]["line"], 1);
    assert_eq!(raw(&api), 1);
    // A day that is archived meanwhile undoes what was to be written.
    api.meanwhile(
        "INSERT INTO clicks",
        "INSERT INTO archives VALUES (99999, 5, 1, 100, 0, 0)",
    );
    send(&api, "format=lost", &lost_line(&clicks(&api, 1))).problem(503);
    assert_eq!(raw(&api), 1);
}

#[test]
fn a_log_that_is_cut_off_is_counted_as_far_as_it_came_and_once_when_it_comes_again() {
    let api = Api::furnished();
    let all = clicks(&api, 2_500);
    let log: String = all.chunks(10).map(lost_line).collect();
    let half = log.len() / 2;
    let cut = vec![
        Ok(log.split_at(half).0.to_owned().into()),
        Err(std::io::Error::other("cut")),
    ];
    let ask = api
        .request(Method::POST, "/v1/replays?format=lost")
        .key(ADMIN);
    let body = pieces(cut.into_iter(), std::sync::Arc::default());
    let problem = ask.body("text/plain", body).send().problem(400);
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("send all of it again")
    );
    let first = raw(&api);
    assert!((1_000..1_500).contains(&first), "{first}");
    let [clicks, added, already, _] = replay(&api, "format=lost", &log);
    assert_eq!((clicks, added + already), (2_500, 2_500));
    assert_eq!(raw(&api), 2_500);
    assert_eq!(noted(), [""; 0]);
}

/// An API with links of three advocates, and their codes.
fn linked() -> (Api, Vec<String>) {
    let api = Api::furnished();
    let mut codes = Vec::new();
    for name in ["maya", "ben", "eve"] {
        if name != "maya" {
            api.advocate(name);
        }
        let link =
            json!({"program": "customers", "advocate": format!("ext:{name}"), "channel": "email"});
        let link = api.post("/v1/links", &link).expect(200);
        codes.push(link["code"].as_str().unwrap().to_owned());
    }
    (api, codes)
}

/// The click that the Worker records of the link of an advocate at a time.
fn click_of(api: &Api, name: &str, at: i64) -> Click {
    let number = api.column(&format!(
        "SELECT CAST(number AS TEXT) FROM advocates WHERE external_id = '{name}'"
    ));
    let visit = Visit {
        at,
        advocate: number[0].parse().unwrap(),
        ..Visit::default()
    };
    api.clicks("UTC", &[visit]).pop().unwrap()
}

fn pushed(code: &str, at: i64, ray: usize, more: &str) -> String {
    let time = date::rfc3339(at);
    format!(
        "{{\"ClientIP\":\"192.0.2.77\",\"ClientRequestMethod\":\"GET\",\"ClientRequestURI\":\"/{code}?utm=1\",\"ClientRequestUserAgent\":\"{FIREFOX}\",\"EdgeResponseStatus\":302,\"EdgeStartTimestamp\":\"{time}\",\"RayID\":\"ray{ray}\"{more}}}\n"
    )
}

fn combined(code: &str, at: i64, rest: &str) -> String {
    let text = date::rfc3339(at);
    let part = |range| text.get(range).unwrap();
    let (day, time) = (part(8..10), part(11..19));
    format!(
        "192.0.2.77 - - [{day}/Nov/2026:{time} +0000] \"GET /{code} HTTP/2.0\" {rest} \"-\" \"{FIREFOX}\"\n"
    )
}

#[test]
fn an_access_log_adds_what_was_lost_and_nothing_else_in_any_order() {
    // As many as several chunks have; a third was lost; clicks come up to 900 ms after
    // their line, often several of a link within two seconds.
    for shuffled in [false, true] {
        let (api, codes) = linked();
        let firsts: Vec<Click> = ["maya", "ben", "eve"]
            .iter()
            .map(|name| click_of(&api, name, NOW))
            .collect();
        let count: usize = 9_000;
        let mut lines = Vec::new();
        let mut kept = Vec::new();
        for index in 0..count {
            let at = NOW - 7_000_000 + i64::try_from(index).unwrap() * 700;
            let code = index * 7 % 3;
            lines.push(pushed(&codes[code], at, index, ""));
            if index % 3 != 0 {
                let late = i64::try_from(index * 31 % 900).unwrap();
                let mut click = api
                    .clicks(
                        "UTC",
                        &[Visit {
                            at: at + late,
                            ..Visit::default()
                        }],
                    )
                    .pop()
                    .unwrap();
                click.link = firsts[code].link;
                kept.push(click);
            }
        }
        api.deliver(&kept);
        if shuffled {
            // Of two machines, one after the other.
            let (even, odd): (Vec<_>, Vec<_>) = lines
                .into_iter()
                .enumerate()
                .partition(|(index, _)| index / 100 % 2 == 0);
            lines = even.into_iter().chain(odd).map(|(_, line)| line).collect();
        }
        let log: String = lines.concat();
        let expected = [9_000, 3_000, 6_000, 0];
        assert_eq!(
            replay(&api, "format=logpush&dry_run=true", &log),
            expected,
            "{shuffled}"
        );
        assert_eq!(replay(&api, "format=logpush", &log), expected, "{shuffled}");
        assert_eq!(raw(&api), count);
        assert_eq!(human(&api), count);
        assert_eq!(replay(&api, "format=logpush", &log), [9_000, 0, 9_000, 0]);
        // A log that was delivered twice, in one.
        assert_eq!(
            replay(&api, "format=logpush", &(log.clone() + &log)),
            [18_000, 0, 18_000, 0]
        );
        assert!(!api.dump().concat().contains("192.0.2.77"));
    }
}

#[test]
fn a_combined_log_knows_seconds_alone_and_counts_the_same() {
    let (api, codes) = linked();
    // Four requests a second that look the same; every fourth was recorded.
    let log: String = (0..2_000)
        .map(|index| combined(&codes[0], NOW - index / 4 * 1_000, "302 0"))
        .collect();
    let kept: Vec<Click> = (0..500)
        .map(|second| {
            let mut click = click_of(&api, "maya", NOW);
            click.id = goodword::domain::click::ClickId::new(
                NOW - second * 1_000 + 400,
                [u8::try_from(second % 256).unwrap(); 10],
            );
            click
        })
        .collect();
    api.deliver(&kept);
    assert_eq!(
        replay(&api, "format=combined", &log),
        [2_000, 1_500, 500, 0]
    );
    assert_eq!(raw(&api), 2_000);
    assert_eq!(replay(&api, "format=combined", &log), [2_000, 0, 2_000, 0]);
    assert_eq!(raw(&api), 2_000);
}

#[test]
fn only_what_the_redirect_answers_is_a_click_and_classified_as_it_would() {
    let (api, codes) = linked();
    let spoken = json!({"program": "customers", "advocate": "ext:maya", "channel": "verbal"});
    let spoken = api.post("/v1/codes", &spoken).expect(201)["code"]
        .as_str()
        .unwrap()
        .to_owned();
    let code = &codes[0];
    let mut changed = code.clone();
    changed.replace_range(25..26, if code.ends_with('0') { "1" } else { "0" });
    let mut log = String::new();
    for (path, rest) in [
        // Clicks: as it is, with punctuation, said, and one that a preview was made for.
        (code.as_str(), "302 0"),
        (&format!("{code}."), "302 0"),
        (&format!("s/{spoken}"), "302 0"),
        // No clicks.
        (code, "404 12"),
        (code, "503 0"),
        (code, "200 12"),
        ("v1/health", "200 12"),
        ("", "302 0"),
        ("s/NOBODY-7KQ-4TX", "302 0"),
        // Not ours.
        (&changed, "302 0"),
    ] {
        log.push_str(&combined(path, NOW, rest));
    }
    let agent = |line: String, agent: &str| line.replace(FIREFOX, agent);
    log.push_str(&agent(combined(code, NOW, "200 500"), "Twitterbot/1.0"));
    log.push_str(&agent(
        combined(code, NOW, "302 0"),
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    ));
    log.push_str(&agent(combined(code, NOW, "302 0"), "curl/8.0"));
    log.push_str(&combined(code, NOW, "302 0").replace("GET", "HEAD"));
    log.push_str("nonsense\n");
    let report = send(&api, "format=combined", &log).expect(200);
    assert_eq!(counts(&report), [7, 7, 0, 8]);
    assert_eq!(report["lines"], 15);
    let lines: Vec<u64> = report["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["line"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, [10, 15]);
    let total = &api.stats("")["total"]["clicks"];
    assert_eq!(total, &json!({"human": 3, "suspected": 1, "bot": 3}));
    let visitors = api.column("SELECT DISTINCT hex(visitor) FROM clicks");
    assert_eq!(visitors, [""], "nobody is hashed");
}

#[test]
fn a_prefetch_that_is_there_answers_for_no_line() {
    let (api, codes) = linked();
    let mut prefetch = click_of(&api, "maya", NOW);
    prefetch.class = Class::Suspected;
    prefetch.reason = Reason::Prefetch;
    api.deliver(&[prefetch]);
    let log = pushed(&codes[0], NOW, 1, "");
    assert_eq!(replay(&api, "format=logpush", &log), [1, 1, 0, 0]);
}

#[test]
fn how_far_a_click_may_be_from_its_line_is_a_parameter() {
    let (api, codes) = linked();
    api.deliver(&[click_of(&api, "maya", NOW + 5_000)]);
    let log = pushed(&codes[0], NOW, 1, "");
    for (within, added) in [
        ("", 1),
        ("&within=4", 1),
        ("&within=5", 0),
        ("&within=60", 0),
    ] {
        let query = format!("format=logpush&dry_run=true{within}");
        assert_eq!(
            replay(&api, &query, &log),
            [1, added, 1 - added, 0],
            "{within}"
        );
    }
    for (query, field) in [
        ("format=logpush&within=61", "within"),
        ("format=apache", "format"),
        ("within=1", "format"),
    ] {
        assert_eq!(send(&api, query, &log).field().0, field);
    }
}

#[test]
fn a_link_that_is_switched_off_since_is_refused_with_the_reason() {
    let (api, codes) = linked();
    api.post("/v1/links/revoke", &json!({"code": codes[1]}));
    let log = pushed(&codes[1], NOW, 1, "") + &pushed(&codes[0], NOW, 2, "");
    let report = send(&api, "format=logpush", &log).expect(200);
    assert_eq!(counts(&report), [1, 1, 0, 1]);
    assert_eq!(
        report["reasons"],
        json!([{"line": 1, "why": "the link is not followed: it was revoked"}])
    );
    let medium = api.column("SELECT CAST(medium AS TEXT) FROM clicks");
    assert_eq!(medium, [Medium::Email.code().to_string()]);
}
