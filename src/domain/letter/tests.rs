use super::*;
use crate::domain::template::Kind;

#[test]
fn our_own_words_are_what_a_template_may_hold() {
    for message in MessageName::ALL {
        let [subject, text] = message.words();
        let known = message.placeholders();
        assert_eq!(
            template::check_subject(subject, known),
            Ok(()),
            "{message:?}"
        );
        assert_eq!(template::check(text, known), Ok(()), "{message:?}");
        let values = examples(message, "Acme", "https://go.example.com");
        let frame = Frame {
            from: "Acme",
            logo: "",
            color: COLOR,
            unsubscribe: "https://go.example.com/u/x",
        };
        let letter = write("a@example.com".to_owned(), [subject, text], &values, &frame);
        for part in [&letter.subject, &letter.text] {
            assert!(!part.contains(['{', '}', '*']), "{part}");
        }
        assert!(letter.html.contains("https://go.example.com/u/x"));
    }
}

#[test]
fn every_placeholder_has_an_example_of_its_kind() {
    for message in MessageName::ALL {
        for one in message.placeholders().iter().flat_map(|some| some.iter()) {
            assert!(!one.about.is_empty() && !one.example.is_empty(), "{one:?}");
            assert_eq!(
                one.kind == Kind::Url,
                one.example.starts_with("{base}"),
                "{one:?}"
            );
        }
    }
}

#[test]
fn a_program_can_put_no_markup_into_the_frame() {
    let frame = Frame {
        from: "<b>\"Acme\"",
        logo: "",
        color: COLOR,
        unsubscribe: "",
    };
    let letter = write(String::new(), ["<i>", "x"], &[], &frame);
    assert!(!letter.html.contains("<b>") && !letter.html.contains("<i>"));
    assert!(!letter.html.contains("No more letters") && !letter.text.contains("No more letters"));
}

#[test]
fn nobody_is_written_to_in_quiet_hours() {
    let berlin = Zone::named("Europe/Berlin").unwrap();
    let at = |text: &str| crate::domain::date::parse_rfc3339(text).unwrap();
    let (from, to) = (minutes("20:00").unwrap(), minutes("08:00").unwrap());
    for (now, then) in [
        ("2026-11-25T18:59:59Z", "2026-11-25T18:59:59Z"),
        ("2026-11-25T19:00:00Z", "2026-11-26T07:00:00Z"),
        ("2026-11-25T23:30:10Z", "2026-11-26T07:00:00Z"),
        ("2026-11-26T06:59:59Z", "2026-11-26T07:00:00Z"),
        ("2026-11-26T07:00:00Z", "2026-11-26T07:00:00Z"),
        // In summer the clock is another hour from UTC.
        ("2026-07-25T05:00:00Z", "2026-07-25T06:00:00Z"),
    ] {
        assert_eq!(may_go(berlin, at(now), from, to), at(then), "{now}");
    }
    let noon = at("2026-11-25T12:00:00Z");
    assert_eq!(may_go(Zone::UTC, noon, 660, 780), noon + 3_600_000);
    assert_eq!(may_go(Zone::UTC, noon, 720, 720), noon);
}

#[test]
fn a_time_of_the_day_has_one_form() {
    assert_eq!(minutes("00:00"), Some(0));
    assert_eq!(minutes("23:59"), Some(1_439));
    for text in [
        "", "8:00", "24:00", "08:60", "08:0", "+8:00", "08-00", "08:00:00",
    ] {
        assert_eq!(minutes(text), None, "{text}");
    }
}

#[test]
fn a_letter_is_tried_for_a_day() {
    let mut waited = 0;
    let mut attempts = 1;
    while let Some(wait) = retry_in(attempts, None) {
        waited += wait;
        attempts += 1;
    }
    assert_eq!(attempts, 9);
    assert_eq!(waited / 60_000, 1 + 4 + 16 + 64 + 256 + 3 * 360);
    assert_eq!(retry_in(1, Some(3_600)), Some(3_600_000));
    assert_eq!(retry_in(8, Some(1)), Some(360 * 60_000));
}
