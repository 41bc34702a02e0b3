//! Logs from which clicks are read back: those that Goodword itself writes of clicks
//! that no store took, and access logs of whoever stands before it.
//!
//! Owns what a line is. Which of its requests were counted already, nobody can tell
//! from the line alone; see `http::replays`.

use sha2::{Digest, Sha256};

use super::{
    class::Signs,
    click::{Message, MessageError},
    date,
};
use crate::decode::{Tree, names};

names! {
    /// How a log is written.
    pub enum Log {
        /// Our own lines of clicks that no store took, whatever they are wrapped in.
        Lost => "lost",
        /// Cloudflare Logpush, data set `http_requests`: a JSON object a line.
        Logpush => "logpush",
        /// The combined format of Apache and nginx.
        Combined => "combined",
    }
}

/// How deep our line may stand in what others put around it, JSON in JSON included.
const DEPTH: usize = 12;

/// The field in which a line holds a message of clicks (`cloudflare::log`).
const CLICKS: &str = "goodword.clicks";

/// What such a line says. Without it the field is nothing.
pub const LOST: &str = "clicks were not recorded; replay this line";

/// Where others put what was logged. They put requests beside it, in which a visitor
/// writes what he likes: of other names nothing is read.
const LOGGED: [&str; 6] = ["logs", "Logs", "message", "Message", "source", "log"];

/// The messages of clicks in a line: it may be ours, or hold ours as text or as JSON,
/// as Workers Logs, Logpush and `wrangler tail` do.
pub fn lost(line: &str) -> Result<Vec<Message>, MessageError> {
    let mut found = Vec::new();
    let line = line.trim();
    // A console says how grave it is.
    let line = line.strip_prefix("(error)").unwrap_or(line);
    dig(parse(line), DEPTH, &mut found)?;
    Ok(found)
}

fn dig(tree: Tree, depth: usize, found: &mut Vec<Message>) -> Result<(), MessageError> {
    let Some(depth) = depth.checked_sub(1) else {
        return Ok(());
    };
    match tree {
        Tree::Text(text) if text.contains(CLICKS) => dig(parse(&text), depth, found),
        Tree::List(list) => list.into_iter().try_for_each(|one| dig(one, depth, found)),
        Tree::Object(fields) => {
            let is_ours = fields.iter().any(|(name, value)| {
                name == "message" && matches!(value, Tree::Text(text) if text == LOST)
            });
            for (name, value) in fields {
                match value {
                    Tree::Object(_) if is_ours && name == CLICKS => {
                        found.push(Message::from_tree(value)?);
                    }
                    // Some take a dot in a name for a step into an object.
                    Tree::Object(inner) if is_ours && name == "goodword" => {
                        let clicks = inner.into_iter().find(|(name, _)| name == "clicks");
                        if let Some((_, clicks)) = clicks {
                            found.push(Message::from_tree(clicks)?);
                        }
                    }
                    value if LOGGED.contains(&name.as_str()) => dig(value, depth, found)?,
                    _ => {}
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// What of a text is JSON: all of it, or nothing.
fn parse(text: &str) -> Tree {
    Tree::parse(text.trim().as_bytes()).unwrap_or(Tree::Absent)
}

/// A request as an access log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// When it came in (Unix ms).
    pub at: i64,
    /// The path, as it came, without the query.
    pub path: String,
    /// The status that was answered.
    pub status: u16,
    /// What tells this request from another, where the log has such a thing.
    pub ray: String,
    head: bool,
    agent: String,
    language: Option<String>,
    destination: String,
    asn: u32,
    verified_bot: bool,
}

impl Hit {
    /// What classifies it. What a log does not have speaks neither for nor against a
    /// person.
    #[must_use]
    pub fn signs(&self) -> Signs<'_> {
        Signs {
            head: self.head,
            user_agent: &self.agent,
            purpose: "",
            destination: &self.destination,
            language: self.language.as_deref().unwrap_or("*"),
            asn: self.asn,
            verified_bot: self.verified_bot,
        }
    }

    /// What makes the id of its click: the same each time that the log is read. It knows
    /// no address.
    #[must_use]
    pub fn random(&self) -> [u8; 10] {
        let hash = Sha256::new()
            .chain_update(b"goodword replay 1\0")
            .chain_update(&self.path)
            .chain_update([0])
            .chain_update(&self.agent)
            .chain_update([0])
            .chain_update(&self.ray)
            .finalize();
        let mut random = [0; 10];
        random
            .iter_mut()
            .zip(hash)
            .for_each(|(to, from)| *to = from);
        random
    }
}

/// The request of a line; `None` if it was no visit: another method than a visitor's,
/// or a request of a Worker's own.
pub fn hit(log: Log, line: &str) -> Result<Option<Hit>, String> {
    match log {
        Log::Combined => {
            let (method, hit) = combined(line).ok_or(
                "the line is not in the combined format: `… [time] \"GET /path HTTP/1.1\" status bytes \"referrer\" \"user agent\"`",
            )?;
            Ok(is_visit(&method).then_some(hit))
        }
        Log::Logpush | Log::Lost => logpush(line),
    }
}

/// Whether a method is one that a link answers.
fn is_visit(method: &str) -> bool {
    matches!(method, "GET" | "HEAD")
}

/// The path of what stands in a request line.
fn path(target: &str) -> String {
    let end = target.find(['?', '#']).unwrap_or(target.len());
    target.get(..end).unwrap_or_default().to_owned()
}

/// The method and the rest of a line.
fn combined(line: &str) -> Option<(String, Hit)> {
    let (_, rest) = line.split_once('[')?;
    let (time, rest) = rest.split_once("] \"")?;
    let at = clf_time(time)?;
    let (request, rest) = quoted(rest)?;
    let mut words = rest.trim_start().splitn(3, ' ');
    let status = words.next()?.parse().ok()?;
    let (_bytes, rest) = (words.next()?, words.next()?);
    let (_referrer, rest) = quoted(rest.trim_start().strip_prefix('"')?)?;
    let (agent, _) = quoted(rest.trim_start().strip_prefix('"')?)?;
    // Whatever somebody sends stands there, a request or not.
    let mut words = request.split(' ');
    let (method, target) = (words.next()?, words.next().unwrap_or_default());
    let hit = Hit {
        at,
        path: path(target),
        status,
        ray: String::new(),
        head: method == "HEAD",
        agent: if agent == "-" { String::new() } else { agent },
        language: None,
        destination: String::new(),
        asn: 0,
        verified_bot: false,
    };
    Some((method.to_owned(), hit))
}

/// What stands before the next quote that is not escaped, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut inside = String::new();
    let mut chars = text.char_indices();
    while let Some((place, c)) = chars.next() {
        match c {
            '"' => return Some((inside, text.get(place + 1..)?)),
            '\\' => {
                let (_, next) = chars.next()?;
                if next != '"' && next != '\\' {
                    inside.push('\\');
                }
                inside.push(next);
            }
            c => inside.push(c),
        }
    }
    None
}

/// `10/Oct/2026:13:55:36 -0700`, the time of the common log format.
fn clf_time(text: &str) -> Option<i64> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let (date, rest) = text.split_once(':')?;
    let (time, zone) = rest.split_once(' ')?;
    let [day, month, year] = date.split('/').collect::<Vec<_>>().try_into().ok()?;
    let place = MONTHS
        .find(month)
        .filter(|place| place % 3 == 0 && month.len() == 3)?;
    let month = place / 3 + 1;
    let (hours, minutes) = zone.split_at_checked(3)?;
    date::parse_rfc3339(&format!(
        "{year}-{month:02}-{day:0>2}T{time}{hours}:{minutes}"
    ))
}

fn logpush(line: &str) -> Result<Option<Hit>, String> {
    let fields = Tree::parse(line.as_bytes())
        .ok()
        .and_then(|tree| tree.into_object("an object").ok())
        .ok_or("the line is not a JSON object")?;
    let field = |name: &str| {
        let found = fields.iter().find(|(known, _)| known == name);
        found.map_or(&Tree::Absent, |(_, value)| value)
    };
    let text = |name: &str| match field(name) {
        Tree::Text(text) => text.as_str(),
        _ => "",
    };
    let header = |name: &str| match field("RequestHeaders") {
        Tree::Object(headers) => headers.iter().find_map(|(known, value)| match value {
            Tree::Text(value) if known.eq_ignore_ascii_case(name) => Some(value.clone()),
            _ => None,
        }),
        _ => None,
    };
    let number = |name: &str| match field(name) {
        Tree::Integer(number) => *number,
        _ => 0,
    };
    let target = match text("ClientRequestURI") {
        "" => text("ClientRequestPath"),
        target => target,
    };
    let lacks = |name: &str| format!("the line lacks {name}, which the Logpush job can add");
    if target.is_empty() {
        return Err(lacks("ClientRequestURI"));
    }
    let at = timestamp(field("EdgeStartTimestamp")).ok_or_else(|| lacks("EdgeStartTimestamp"))?;
    let status = u16::try_from(number("EdgeResponseStatus")).unwrap_or_default();
    if status == 0 {
        return Err(lacks("EdgeResponseStatus"));
    }
    let method = text("ClientRequestMethod");
    let source = text("ClientRequestSource");
    if !is_visit(method) || !matches!(source, "" | "eyeball" | "1") {
        return Ok(None);
    }
    Ok(Some(Hit {
        at,
        path: path(target),
        status,
        ray: text("RayID").to_owned(),
        head: method == "HEAD",
        agent: text("ClientRequestUserAgent").to_owned(),
        language: header("accept-language"),
        destination: header("sec-fetch-dest").unwrap_or_default(),
        asn: u32::try_from(number("ClientASN")).unwrap_or_default(),
        verified_bot: !text("VerifiedBotCategory").is_empty(),
    }))
}

/// A time in any of the forms that a job can be set to: RFC 3339, or Unix seconds,
/// milliseconds or nanoseconds.
fn timestamp(tree: &Tree) -> Option<i64> {
    match tree {
        Tree::Text(text) => date::parse_rfc3339(text),
        Tree::Integer(number @ 1..100_000_000_000) => Some(number * 1_000),
        Tree::Integer(number @ 100_000_000_000..100_000_000_000_000) => Some(*number),
        Tree::Integer(number @ 100_000_000_000_000..) => Some(number / 1_000_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    fn message() -> String {
        r#"{"v":1,"clicks":[{"id":"01a0c4506c7b7fffbfffffffffffffff","at":1790000000123,"program":1,"advocate":2,"medium":3,"destination":4,"label":5,"class":1,"reason":2,"rules":1,"visitor":"0000000000000abc","offset":330}]}"#.to_owned()
    }

    /// As `cloudflare::log` writes it.
    fn line() -> String {
        let message = message();
        format!(
            r#"{{"message":"clicks were not recorded; replay this line","goodword.cause":"D1_ERROR: \"down\"","goodword.clicks":{message}}}"#
        )
    }

    fn text(json: &str) -> String {
        serde_json::to_string(json).unwrap()
    }

    #[test]
    fn our_line_is_found_in_whatever_others_put_around_it() {
        let (line, message) = (line(), message());
        let quoted = text(&line);
        for wrapped in [
            line.clone(),
            // wrangler tail, before and after it is made pretty.
            format!(
                r#"{{"outcome":"ok","logs":[{{"message":[{quoted}],"level":"error","timestamp":1790000001000}}],"eventTimestamp":1790000000000}}"#
            ),
            format!("  (error) {line}"),
            // Logpush, data set workers_trace_events: developers.cloudflare.com/logs/logpush/logpush-job/datasets/account/workers_trace_events/
            format!(
                r#"{{"Event":{{"Request":{{"URL":"https://go.example/x"}}}},"EventTimestampMs":1790000000000,"Logs":[{{"Level":"log","Message":["hello"],"TimestampMs":1}},{{"Level":"error","Message":[{quoted}],"TimestampMs":1790000001000}}],"Outcome":"ok","ScriptName":"goodword"}}"#
            ),
            // Workers Logs takes JSON apart.
            format!(
                r#"{{"$metadata":{{"level":"error"}},"source":{{"message":"clicks were not recorded; replay this line","goodword.clicks":{message}}},"timestamp":1790000001000}}"#
            ),
            format!(
                r#"{{"source":{{"message":"{LOST}","goodword":{{"cause":"down","clicks":{message}}}}},"$workers":{{"event":{{"request":{{}}}}}}}}"#
            ),
            // A line of a log that is itself in JSON, once more.
            format!(r#"{{"log":{}}}"#, text(&format!(r#"{{"log":{quoted}}}"#))),
        ] {
            let found = lost(&wrapped).unwrap();
            assert_eq!(found.len(), 1, "{wrapped}");
            assert_eq!(found[0].to_json(), message);
        }
    }

    #[test]
    fn other_lines_hold_no_clicks_and_damaged_ones_say_so() {
        for other in [
            "",
            "{",
            "[1,2]",
            "GET / 200",
            r#"{"message":"the queue took no clicks; D1 is asked","goodword.cause":"x"}"#,
            r#"{"goodword.clicks":null}"#,
            r#"{"a":"goodword.clicks"}"#,
            &format!(r#"{{"message":"{LOST}","goodword.clicks":null}}"#),
        ] {
            assert!(lost(other).unwrap().is_empty(), "{other}");
        }
        for (from, to) in [("\"v\":1", "\"v\":2"), ("\"medium\":3", "\"medium\":99")] {
            assert!(lost(&line().replace(from, to)).is_err(), "{to}");
        }
        let deep = "[".repeat(10) + &line() + &"]".repeat(10);
        assert_eq!(lost(&deep).unwrap().len(), 1);
        let deep = "[".repeat(100) + &line() + &"]".repeat(100);
        assert!(lost(&deep).unwrap().is_empty());
    }

    #[test]
    fn no_visitor_writes_clicks_into_a_log() {
        let (ours, message) = (line(), message());
        let quoted = text(&ours);
        for forged in [
            // wrangler tail: headers and URL of a request beside what was logged of it.
            format!(
                r#"{{"outcome":"ok","logs":[{{"message":["hello"],"level":"log"}}],"event":{{"request":{{"url":"https://go.example/x","method":"GET","headers":{{"user-agent":{quoted},"message":{quoted}}}}}}}}}"#
            ),
            format!(r#"{{"logs":[],"event":{{"request":{{"url":{quoted}}}}}}}"#),
            format!(r#"{{"Event":{{"Request":{{"URL":{quoted}}}}},"Logs":[]}}"#),
            format!(
                r#"{{"source":{{"message":"hello"}},"$workers":{{"event":{{"request":{{"headers":{{"user-agent":{quoted}}}}}}}}}}}"#
            ),
            format!(r#"{{"request":{{"headers":{{"x":{ours}}}}}}}"#),
            // A line of ours that repeats what somebody sent.
            format!(
                r#"{{"message":"a queue message could not be read","goodword.text":{quoted}}}"#
            ),
            format!(
                r#"{{"message":{}}}"#,
                text(&format!("no such thing: {ours}"))
            ),
            format!("192.0.2.1 - - \"GET / HTTP/1.1\" 302 0 \"-\" {ours}"),
            // The field without the text that goes with it.
            format!(r#"{{"goodword.clicks":{message}}}"#),
            format!(r#"{{"message":"hello","goodword.clicks":{message}}}"#),
            format!(r#"{{"message":"hello","goodword":{{"clicks":{message}}}}}"#),
        ] {
            assert!(lost(&forged).unwrap().is_empty(), "{forged}");
        }
    }

    #[test]
    fn a_line_of_the_combined_format_is_a_request() {
        let path = "/1LygHa16AHYF3qQ4WUmQZoJl2T";
        let line = format!(
            "2001:db8::1 - - [10/Oct/2026:13:55:36 -0700] \"GET {path}?utm=1 HTTP/1.1\" 302 0 \"https://a.example/\\\"x\" \"{AGENT}\""
        );
        let hit = hit(Log::Combined, &line).unwrap().unwrap();
        assert_eq!(hit.at, 1_791_665_736_000);
        assert_eq!((hit.path.as_str(), hit.status), (path, 302));
        assert_eq!(hit.signs().user_agent, AGENT);
        assert!(
            !hit.signs().language.is_empty(),
            "what is not logged is not missing"
        );
        let named = |line: &str| super::hit(Log::Combined, line);
        // Whoever serves several hosts puts the name first; others add fields at the end.
        let more = format!("go.example:443 {line} 0.003 \"-\"");
        assert_eq!(named(&more), Ok(Some(hit.clone())));
        let head = named(&line.replace("GET", "HEAD")).unwrap().unwrap();
        assert!(head.signs().head);
        assert_eq!(named(&line.replace("GET", "POST")), Ok(None));
        assert_eq!(
            named(&line.replace(&format!("GET {path}?utm=1 HTTP/1.1"), "\\x16\\x03\\x01")),
            Ok(None)
        );
        for broken in [
            "",
            "x",
            &line.replace("Oct", "October"),
            &line.replace("Oct", "ctN"),
            &line.replace("10/", "32/"),
            &line.replace(" 302 ", " - "),
            line.trim_end_matches('"'),
        ] {
            assert!(named(broken).is_err(), "{broken}");
        }
    }

    /// The fields of the data set `http_requests`:
    /// developers.cloudflare.com/logs/logpush/logpush-job/datasets/zone/http_requests/
    fn pushed(time: &str, more: &str) -> String {
        format!(
            r#"{{"ClientIP":"192.0.2.1","ClientRequestHost":"go.example","ClientRequestMethod":"GET","ClientRequestURI":"/1LygHa16AHYF3qQ4WUmQZoJl2T?x=1","ClientRequestUserAgent":"{AGENT}","EdgeResponseStatus":302,"EdgeStartTimestamp":{time},"RayID":"9a0f"{more}}}"#
        )
    }

    #[test]
    fn a_line_of_logpush_is_a_request_whatever_form_its_time_has() {
        for (time, at) in [
            ("\"2026-10-10T20:55:36Z\"", 1_791_665_736_000),
            ("1791665736", 1_791_665_736_000),
            ("1791665736123", 1_791_665_736_123),
            ("1791665736123456789", 1_791_665_736_123),
        ] {
            let hit = hit(Log::Logpush, &pushed(time, "")).unwrap().unwrap();
            assert_eq!(hit.at, at, "{time}");
            assert_eq!(hit.path, "/1LygHa16AHYF3qQ4WUmQZoJl2T");
            assert_eq!((hit.status, hit.ray.as_str()), (302, "9a0f"));
        }
        let more = r#","RequestHeaders":{"accept-language":"de","sec-fetch-dest":"image"},"ClientASN":64496,"VerifiedBotCategory":"Search Engine Crawler""#;
        let hit = hit(Log::Logpush, &pushed("1791665736", more))
            .unwrap()
            .unwrap();
        let signs = hit.signs();
        assert_eq!((signs.language, signs.destination), ("de", "image"));
        assert_eq!((signs.asn, signs.verified_bot), (64_496, true));
    }

    #[test]
    fn a_line_of_logpush_says_what_it_lacks() {
        let good = pushed("1791665736", "");
        for (from, to, lacks) in [
            ("ClientRequestURI", "URI", "ClientRequestURI"),
            ("1791665736", "\"\"", "EdgeStartTimestamp"),
            ("302", "0", "EdgeResponseStatus"),
            ("{", "", "JSON"),
        ] {
            let error = hit(Log::Logpush, &good.replacen(from, to, 1)).unwrap_err();
            assert!(error.contains(lacks), "{error}");
        }
        for other in [
            good.replace("GET", "POST"),
            good.replace('}', r#","ClientRequestSource":"edgeWorkerFetch"}"#),
        ] {
            assert_eq!(hit(Log::Logpush, &other), Ok(None));
        }
    }

    #[test]
    fn the_id_of_a_line_is_pinned_and_knows_no_address() {
        let hit = |line: &str| hit(Log::Logpush, line).unwrap().unwrap();
        let good = pushed("1791665736", "");
        let random = hit(&good).random();
        assert_eq!(
            random.map(|byte| format!("{byte:02x}")).concat(),
            "138400aceecb2687714f"
        );
        assert_eq!(
            hit(&good.replace("192.0.2.1", "192.0.2.2")).random(),
            random
        );
        assert_ne!(hit(&good.replace("9a0f", "9a0e")).random(), random);
    }

    proptest! {
        #[test]
        fn no_line_is_too_strange(line in ".*", start in 0..300_usize, end in 0..300_usize) {
            let combined = format!("a [10/Oct/2026:13:55:36 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"{line}\"");
            let cut: String = combined.chars().skip(start).take(end).collect();
            for log in Log::ALL {
                for text in [&line, &combined, &cut] {
                    let _ = hit(log, text);
                    let _ = lost(text);
                }
            }
        }
    }
}
