//! `/v1/links/bulk`

use std::{
    io::{Error, ErrorKind},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use futures_util::StreamExt;
use goodword::http::body::Body;
use http::Method;
use serde_json::{Value, json};

use crate::harness::{ADMIN, Answer, Api, BASE, block_on, noted, pieces};

const PATH: &str = "/v1/links/bulk?program=customers";
const CSV: &str = "text/csv";
const NDJSON: &str = "application/x-ndjson";

fn bulk(api: &Api, media_type: &str, body: impl Into<Body>) -> Answer {
    api.request(Method::POST, PATH)
        .key(ADMIN)
        .body(media_type, body)
        .send()
}

/// The rows of a CSV answer, each a list of nine cells, without the header.
fn table(answer: &Answer) -> Vec<Vec<String>> {
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
    assert_eq!(
        answer.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(answer.text.as_bytes());
    let mut rows: Vec<Vec<String>> = reader
        .records()
        .map(|row| row.unwrap().iter().map(ToOwned::to_owned).collect())
        .collect();
    let header = rows.remove(0).join(",");
    assert_eq!(
        header,
        "line,advocate,channel,medium,destination,label,code,url,error"
    );
    rows
}

/// The rows of an NDJSON answer.
fn rows(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
    assert_eq!(answer.header("content-type"), Some(NDJSON));
    answer
        .text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A body in pieces of so many bytes.
fn cut(text: &str, size: usize) -> Body {
    let chunks: Vec<_> = text
        .as_bytes()
        .chunks(size)
        .map(|chunk| Ok(Bytes::copy_from_slice(chunk)))
        .collect();
    pieces(chunks.into_iter(), Arc::default())
}

#[test]
fn the_formats_of_the_answer_are_pinned() {
    let api = Api::furnished();
    api.plant("UPDATE advocates SET number = 1");
    let body = "advocate,medium,label\next:maya,qr,spring\next:nobody,qr,\n";
    insta::assert_snapshot!(bulk(&api, CSV, body).text, @"
    line,advocate,channel,medium,destination,label,code,url,error
    2,ext:maya,,qr,,spring,200KcqOc69dx4DI4NsAlAru30I,https://go.example.com/200KcqOc69dx4DI4NsAlAru30I,
    3,ext:nobody,,qr,,,,,advocate: there is no `ext:nobody` in the program
    ");
    let body = "{\"advocate\":\"ext:maya\",\"channel\":\"email\"}\n{\"advocate\":\"ext:maya\"}\n";
    insta::assert_snapshot!(bulk(&api, NDJSON, body).text, @r#"
    {"line":1,"advocate":"ext:maya","channel":"email","code":"200KcqOc386a1GKZ7o84njImmX","url":"https://go.example.com/200KcqOc386a1GKZ7o84njImmX"}
    {"line":2,"advocate":"ext:maya","error":"give a `channel`, or a `medium`, which says it more finely"}
    "#);
}

#[test]
fn a_row_gets_the_link_that_the_single_route_issues() {
    let api = Api::furnished();
    let row = json!({"advocate": "ext:maya", "channel": "social", "medium": "x",
        "destination": "offer", "label": "spring"});
    let mut single = row.clone();
    single["program"] = json!("customers");
    let issued = api.post("/v1/links", &single).expect(200);
    let answered = rows(&bulk(&api, NDJSON, row.to_string()));
    let mut expected = row;
    expected["line"] = json!(1);
    expected["code"] = issued["code"].clone();
    expected["url"] = issued["url"].clone();
    assert_eq!(answered, [expected]);
    let csv = "label,destination,medium,channel,advocate\nspring,offer,x,social,ext:maya";
    let answered = table(&bulk(&api, CSV, csv));
    assert_eq!(answered[0][6], issued["code"].as_str().unwrap());
    assert_eq!(answered[0][7], issued["url"].as_str().unwrap());
}

#[test]
fn ten_thousand_rows_stream_through_in_bounded_memory() {
    let api = Api::furnished();
    for number in 0..100 {
        api.advocate(&format!("crm-{number}"));
    }
    let before = api.batches();
    let taken = Arc::new(AtomicUsize::new(0));
    let header = std::iter::once("advocate,channel\n".to_owned());
    let lines = (0..10_000).map(|row| format!("ext:crm-{},verbal\r\n", row % 100));
    let chunks = header.chain(lines).map(|line| Ok(Bytes::from(line)));
    let ask = api.request(Method::POST, PATH).key(ADMIN);
    let mut body = ask
        .body(CSV, pieces(chunks, taken.clone()))
        .start()
        .into_parts()
        .body
        .into_pieces();
    let mut text = Vec::new();
    let (mut seen, mut largest) = (0, 0);
    while let Some(frame) = block_on(body.next()) {
        let data = frame.unwrap();
        largest = largest.max(data.len());
        seen += std::str::from_utf8(&data).unwrap().lines().count();
        text.extend_from_slice(&data);
        // What was read and not yet answered: one statement's rows at most.
        let read = taken.load(Ordering::Relaxed);
        assert!(read <= seen + 501, "{read} read, {seen} answered");
    }
    assert_eq!(seen, 10_001);
    assert!(largest < 100_000, "{largest}");
    assert_eq!(api.batches() - before, 4 + 20, "one statement for 500 rows");
    let mut reader = csv::Reader::from_reader(text.as_slice());
    for (index, row) in reader.records().enumerate() {
        let row = row.unwrap();
        assert_eq!(row[0], (index + 2).to_string());
        assert_eq!(row[1], format!("ext:crm-{}", index % 100));
        assert_eq!(row[7], format!("{BASE}/{}", &row[6]));
        assert_eq!(&row[8], "");
    }
}

#[test]
fn row_10001_is_refused_in_its_place_and_the_rest_is_not_read() {
    let api = Api::furnished();
    let taken = Arc::new(AtomicUsize::new(0));
    let line = Bytes::from("{\"advocate\":\"ext:maya\",\"channel\":\"form\"}\n");
    let chunks = std::iter::repeat_n(line, 20_000).map(Ok);
    let answered = rows(&bulk(&api, NDJSON, pieces(chunks, taken.clone())));
    assert_eq!(answered.len(), 10_001);
    assert!(answered[..10_000].iter().all(|row| row["code"].is_string()));
    assert_eq!(answered[10_000]["line"], 10_001);
    let error = answered[10_000]["error"].as_str().unwrap();
    assert!(error.contains("10000 rows"), "{error}");
    assert_eq!(taken.load(Ordering::Relaxed), 10_001);
}

#[test]
fn however_a_body_is_cut_the_answer_is_the_same() {
    let api = Api::furnished();
    let csv = "\u{feff}Advocate ,\"channel\",medium\r\n\r\n\"ext:maya\",\"email\",\r\n  \r\n\
        ext:maya,print,\"qr\"\next:märz,email\r\next:maya,,\r\n";
    let whole = bulk(&api, CSV, csv);
    for size in [1, 2, 3, 5, 7, 64] {
        assert_eq!(bulk(&api, CSV, cut(csv, size)).text, whole.text, "{size}");
    }
    let answered = table(&whole);
    let shape: Vec<(&str, &str, bool)> = answered
        .iter()
        .map(|row| (row[0].as_str(), row[1].as_str(), row[6].is_empty()))
        .collect();
    assert_eq!(
        shape,
        [
            ("3", "ext:maya", false),
            ("5", "ext:maya", false),
            ("6", "ext:märz", true),
            ("7", "ext:maya", true),
        ]
    );
    assert_eq!(answered[1][3], "qr");
    let ndjson = "{\"advocate\":\"ext:maya\",\"channel\":\"email\"}\r\n\r\n[]\r\n{\"advocate\":\
        \"ext:märz\",\"channel\":\"email\"}";
    let whole = bulk(&api, NDJSON, ndjson);
    assert_eq!(rows(&whole).len(), 3);
    for size in [1, 2, 3, 64] {
        assert_eq!(
            bulk(&api, NDJSON, cut(ndjson, size)).text,
            whole.text,
            "{size}"
        );
    }
}

#[test]
fn a_bad_row_is_reported_in_its_place_and_stops_nothing() {
    let api = Api::furnished();
    api.advocate("off");
    let off = json!({"status": "disabled"});
    api.patch("/v1/programs/customers/advocates/ext:off", &off)
        .expect(200);
    api.patch("/v1/programs/customers/destinations/offer", &off)
        .expect(200);
    let cases = [
        ("ext:maya,email,,,", ""),
        ("ext:nobody,email,,,", "advocate"),
        ("nonsense,email,,,", "advocate"),
        (",email,,,", "advocate"),
        ("ext:off,email,,,", "advocate"),
        ("ext:maya,pigeon,,,", "channel"),
        ("ext:maya,,,,", "channel"),
        ("ext:maya,email,qr,,", "qr"),
        ("ext:maya,,fax,,", "medium"),
        ("ext:maya,email,,nowhere,", "destination"),
        ("ext:maya,email,,offer,", "destination"),
        ("ext:maya,email,,,winter", "label"),
        ("ext:maya", "channel"),
        ("ext:maya,email", ""),
    ];
    let mut body = "advocate,channel,medium,destination,label\n".to_owned();
    for (row, _) in &cases {
        body.push_str(row);
        body.push('\n');
    }
    let answered = table(&bulk(&api, CSV, body));
    assert_eq!(answered.len(), cases.len());
    for (index, (row, word)) in cases.iter().enumerate() {
        let line = &answered[index];
        assert_eq!(line[0], (index + 2).to_string());
        assert_eq!(line[8].is_empty(), word.is_empty(), "{row}: {line:?}");
        assert!(line[8].contains(word), "{row}: {line:?}");
        assert_eq!(line[6].is_empty(), !word.is_empty(), "{row}");
    }
}

#[test]
fn a_bad_object_is_reported_in_its_place_and_stops_nothing() {
    let api = Api::furnished();
    let cases = [
        (r#"{"advocate":"ext:maya","channel":"email"}"#, ""),
        (
            r#"{"advocate":"ext:maya","channel":"email","medium":null}"#,
            "",
        ),
        (r#"{"channel":"email"}"#, "`advocate` is missing"),
        (
            r#"{"advocate":7,"channel":"email"}"#,
            "`advocate` invalid type: integer `7`, expected a string",
        ),
        (
            r#"{"advocate":"ext:maya","chanel":"email"}"#,
            "`chanel` is not a known field",
        ),
        (r#"{"advocate":"ext:maya""#, "EOF"),
        (r#"["ext:maya","email"]"#, "not a JSON object"),
        ("7", "not a JSON object"),
        (r#"{"advocate":"ext:maya","channel":"email"} x"#, "trailing"),
    ];
    let body: Vec<&str> = cases.iter().map(|(row, _)| *row).collect();
    let answered = rows(&bulk(&api, "application/jsonl", body.join("\n")));
    assert_eq!(answered.len(), cases.len());
    for (row, (sent, word)) in answered.iter().zip(cases) {
        let error = row["error"].as_str().unwrap_or_default();
        assert_eq!(error.is_empty(), word.is_empty(), "{sent}: {row}");
        assert!(error.contains(word), "{sent}: {row}");
        assert!(!error.contains("line 1"), "{row}");
        assert_eq!(row["code"].is_string(), word.is_empty());
    }
}

#[test]
fn a_header_that_cannot_be_read_is_one_error_for_the_whole_body() {
    let api = Api::furnished();
    let long = format!("advocate,{}", "x".repeat(5_000));
    for (header, word) in [
        ("advocat,channel", "`advocat` is no column"),
        ("channel,medium", "`advocate` is missing"),
        ("advocate,channel,channel", "twice"),
        ("advocate,", "is no column"),
        ("ext:maya,email", "is no column"),
        (long.as_str(), "longer than 4096"),
    ] {
        let body = format!(
            "{header}\next:maya,email\n{}\next:maya,email\n",
            "y".repeat(5_000)
        );
        let answered = table(&bulk(&api, CSV, body));
        assert_eq!(answered.len(), 1, "{answered:?}");
        assert_eq!(answered[0][0], "1");
        assert!(answered[0][8].contains(word), "{answered:?}");
    }
}

#[test]
fn a_body_without_rows_gets_an_answer_without_rows() {
    let api = Api::furnished();
    for body in [
        "",
        "\n",
        "\u{feff}",
        "advocate\n",
        "\r\n\r\nadvocate,channel\r\n\r\n",
    ] {
        assert!(table(&bulk(&api, CSV, body)).is_empty(), "{body:?}");
    }
    for body in ["", "\n \r\n"] {
        assert!(rows(&bulk(&api, NDJSON, body)).is_empty());
    }
}

#[test]
fn a_row_of_5_kilobytes_is_refused_foreign_bytes_are_latin_and_the_next_is_read() {
    let api = Api::furnished();
    let good = "{\"advocate\":\"ext:maya\",\"channel\":\"email\"}";
    let long = format!("{{\"advocate\":\"{}\"}}", "a".repeat(5_000));
    let mut body = format!("{good}\n{long}\n{good}\n").into_bytes();
    body.extend(b"{\"advocate\":\"\xff\"}\n");
    body.extend(good.as_bytes());
    body.extend(format!("\n{}", "b".repeat(1_000_000)).as_bytes());
    for size in [13, 4_096, 4_097, 2_000_000] {
        let chunks: Vec<_> = body
            .chunks(size)
            .map(|c| Ok(Bytes::copy_from_slice(c)))
            .collect();
        let answered = rows(&bulk(
            &api,
            NDJSON,
            pieces(chunks.into_iter(), Arc::default()),
        ));
        let errors: Vec<&str> = answered
            .iter()
            .map(|row| row["error"].as_str().unwrap_or("-"))
            .collect();
        let too_long = "the row is longer than 4096 bytes";
        let unknown = "advocate: there is no `ÿ` in the program";
        assert_eq!(
            errors,
            ["-", too_long, "-", unknown, "-", too_long],
            "{size}"
        );
        let lines: Vec<u64> = answered
            .iter()
            .map(|row| row["line"].as_u64().unwrap())
            .collect();
        assert_eq!(lines, [1, 2, 3, 4, 5, 6], "{size}");
    }
}

#[test]
fn a_row_of_4096_bytes_is_taken_however_it_ends() {
    let api = Api::furnished();
    let good = "{\"advocate\":\"ext:maya\",\"channel\":\"email\"}";
    let full = format!("{good}{}", " ".repeat(4_096 - good.len()));
    for end in ["", "\n", "\r\n"] {
        for size in [1, 4_096, 4_097, 10_000] {
            let body = format!("{full}{end}");
            let answered = rows(&bulk(&api, NDJSON, cut(&body, size)));
            assert!(
                answered[0]["code"].is_string(),
                "{end:?} {size}: {answered:?}"
            );
        }
    }
}

#[test]
fn a_body_that_breaks_off_says_so_and_what_came_before_is_answered() {
    let api = Api::furnished();
    let line = "{\"advocate\":\"ext:maya\",\"channel\":\"email\"}\n";
    let broken = || Err(Error::from(ErrorKind::ConnectionReset));
    let chunks = vec![
        Ok(Bytes::from(line)),
        Ok(Bytes::from(line)),
        Ok(Bytes::from("{\"advocate\":")),
        broken(),
        Ok(Bytes::from(line)),
    ];
    let answered = rows(&bulk(
        &api,
        NDJSON,
        pieces(chunks.into_iter(), Arc::default()),
    ));
    assert_eq!(answered.len(), 3);
    assert!(answered[1]["code"].is_string());
    assert_eq!(answered[2]["line"], 3);
    assert_eq!(answered[2]["error"], "the body broke off here");
    let at_once = vec![broken()];
    let answered = table(&bulk(
        &api,
        CSV,
        pieces(at_once.into_iter(), Arc::default()),
    ));
    assert_eq!(answered.len(), 1);
    assert_eq!(answered[0][8], "the body broke off here");
}

#[test]
fn a_database_that_fails_under_way_fails_its_rows_and_is_noted() {
    let api = Api::furnished();
    noted();
    let line = Bytes::from("{\"advocate\":\"ext:maya\",\"channel\":\"email\"}\n");
    let chunks = std::iter::repeat_n(line, 1_200).map(Ok);
    let ask = api.request(Method::POST, PATH).key(ADMIN);
    let body = ask.body(NDJSON, pieces(chunks, Arc::default()));
    let mut body = body.start().into_parts().body.into_pieces();
    let mut text = String::new();
    while let Some(frame) = block_on(body.next()) {
        text.push_str(std::str::from_utf8(&frame.unwrap()).unwrap());
        let answered = text.lines().count();
        api.database_fails((500..1_000).contains(&answered));
    }
    let answered: Vec<Value> = text
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(answered.len(), 1_200);
    for (index, row) in answered.iter().enumerate() {
        if (500..1_000).contains(&index) {
            assert_eq!(row["error"], "the database did not answer; try again");
            assert_eq!(row["advocate"], "ext:maya");
        } else {
            assert!(row["code"].is_string(), "{row}");
        }
    }
    assert!(!text.contains("shard"));
    let noted = noted();
    assert_eq!(noted.len(), 1);
    assert!(noted[0].contains("shard 7"), "{noted:?}");
}

#[test]
fn cells_that_a_spreadsheet_would_run_are_guarded_and_come_back() {
    let api = Api::furnished();
    let wanted = json!({"external_id": "=1+1", "kind": "customer", "name": "A"});
    api.post("/v1/programs/customers/advocates", &wanted)
        .expect(201);
    let body = "advocate,channel\n=cmd|x,email\next:=1+1,email\n\"a \"\"b\"\", c\",email\n";
    let answer = bulk(&api, CSV, body);
    let answered = table(&answer);
    assert_eq!(answered[0][1], "'=cmd|x");
    assert_eq!(answered[1][1], "ext:=1+1");
    assert_eq!(answered[1][8], "");
    assert_eq!(answered[2][1], "a \"b\", c");
}

#[test]
fn what_is_wrong_with_the_whole_request_is_a_problem() {
    let api = Api::furnished();
    let ask = |path: &str, media_type: &str| {
        let ask = api.request(Method::POST, path).key(ADMIN);
        ask.body(media_type, "advocate,channel\next:maya,email\n")
            .send()
    };
    assert_eq!(ask("/v1/links/bulk", CSV).field().0, "program");
    assert_eq!(
        ask("/v1/links/bulk?program=nobody", CSV).field().0,
        "program"
    );
    assert_eq!(ask(&format!("{PATH}&limit=1"), CSV).field().0, "limit");
    for media_type in ["application/json", "text/plain", "", "text/csvx"] {
        let problem = ask(PATH, media_type).problem(415);
        assert_eq!(problem["detail"], "send text/csv or application/x-ndjson");
    }
    assert_eq!(
        table(&ask(PATH, "TEXT/CSV; charset=utf-8; header=present")).len(),
        1
    );
    let off = json!({"status": "disabled"});
    api.patch("/v1/programs/customers", &off).expect(200);
    assert_eq!(
        ask(PATH, CSV).field(),
        ("program".to_owned(), "is disabled".to_owned())
    );
}

#[test]
fn a_row_with_more_cells_than_columns_is_told_to_quote() {
    let api = Api::furnished();
    let answer = bulk(&api, "text/csv", "advocate,channel\nMaya, Dr.,email\n");
    let told = "the row has 3 cells for 2 columns; quote a cell that holds a comma";
    assert!(answer.text.contains(told), "{}", answer.text);
}
