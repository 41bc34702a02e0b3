//! The text of the rules: what is read, what is refused and where, and whether
//! the published schema says the same.

use jsonschema::Validator;
use serde_json::Value;

use super::EXAMPLES;
use crate::domain::{
    money::Currency,
    reward::{Rules, RulesError},
};

const SCHEMA: &str = include_str!("../../../../public/reward-rules.schema.json");

const FIXED: &str = r#"{"rules": [{"id": "a", "who": "advocate", "when": "won", "pay": {"fixed": {"amount": 1, "unit": "USD", "form": "cash"}}}]}"#;
const SHARE: &str = r#"{"rules": [{"id": "a", "who": "advocate", "when": "sale", "pay": {"percent": {"basis_points": 1, "currency": "USD", "form": "cash"}}, "cap": {"amount": 1, "per": "referral"}}]}"#;
const LADDER: &str = r#"{"rules": [{"id": "a", "who": "advocate", "when": "won", "pay": {"ladder": {"rungs": [{"times": 1, "amount": 1, "unit": "USD", "form": "cash"}], "after": "last"}}}]}"#;
const INSTEAD: &str = r#"{"rules": [{"id": "a", "who": "advocate", "when": "won", "pay": {"fixed": {"amount": 1, "unit": "USD", "form": "cash"}}, "instead": [{"only": {"kinds": ["partner"]}, "pay": {"fixed": {"amount": 2, "unit": "USD", "form": "cash"}}}]}]}"#;

/// Whether the schema is able to say it.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Schema {
    Refuses,
    CannotTell,
}
use Schema::{CannotTell, Refuses};

fn validator() -> Validator {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

fn list(entry: &str, length: usize) -> String {
    format!("[{}]", vec![entry; length].join(","))
}

/// A document with something in the place of something else.
fn with(base: &str, from: &str, to: &str) -> String {
    assert_eq!(base.matches(from).count(), 1, "{from} in {base}");
    base.replace(from, to)
}

#[test]
fn the_examples_are_rules_and_the_schema_says_so() {
    let validator = validator();
    for (name, text) in EXAMPLES {
        Rules::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let value = serde_json::from_str(text).unwrap();
        if let Err(error) = validator.validate(&value) {
            panic!("{name}: {error} at {}", error.instance_path());
        }
    }
}

#[test]
fn what_is_at_the_edge_of_the_allowed_is_read() {
    let validator = validator();
    let long = "a".repeat(64);
    let name = format!("\"{}\"", "é".repeat(200));
    let rung = r#"{"times": 1000, "amount": 1, "unit": "USD", "form": "cash"}"#;
    for text in [
        r#"{"rules": []}"#.to_owned(),
        with(FIXED, r#""a""#, &format!("\"{long}\"")),
        with(FIXED, r#""amount": 1"#, r#""amount": 1000000000000"#),
        with(
            FIXED,
            r#""USD", "form": "cash""#,
            r#""months", "form": "free_service""#,
        ),
        with(FIXED, r#""when": "won""#, r#""when": "won", "only": {}"#),
        with(FIXED, r#""when": "won""#, r#""when": "won", "instead": []"#),
        with(
            FIXED,
            r#""when": "won""#,
            r#""when": "won", "hold_days": 365"#,
        ),
        with(
            FIXED,
            r#""when": "won""#,
            r#""when": "won", "hold_days": 0, "approval": "automatic""#,
        ),
        with(
            FIXED,
            r#""when": "won""#,
            r#""when": "won", "cap": {"amount": 1, "per": "advocate"}"#,
        ),
        with(
            FIXED,
            r#""when": "won""#,
            &format!(
                r#""when": "won", "only": {{"products": {}, "segments": ["Gold, old"]}}"#,
                list(&name, 50)
            ),
        ),
        with(SHARE, r#""basis_points": 1"#, r#""basis_points": 10000"#),
        with(
            LADDER,
            r#"{"times": 1, "amount": 1, "unit": "USD", "form": "cash"}"#,
            &list(rung, 20)[1..].strip_suffix(']').unwrap().to_owned(),
        ),
    ] {
        Rules::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert!(
            validator.is_valid(&serde_json::from_str(&text).unwrap()),
            "{text}"
        );
    }
}

/// What the types of the fields refuse: serde's error, of which the HTTP layer
/// finds the place.
#[test]
fn what_a_field_cannot_hold_is_refused_by_code_and_schema() {
    let validator = validator();
    let (when, fixed) = (
        r#""when": "won""#,
        r#""fixed": {"amount": 1, "unit": "USD", "form": "cash"}"#,
    );
    let long = format!("\"{}\"", "a".repeat(65));
    let name = format!(
        r#""when": "won", "only": {{"segments": ["{}"]}}"#,
        "a".repeat(201)
    );
    for (text, message, schema) in [
        ("{}".to_owned(), "missing field `rules`", Refuses),
        (r#"{"rules": {}}"#.to_owned(), "invalid type: map", Refuses),
        (
            r#"{"rules": [], "more": 1}"#.to_owned(),
            "unknown field `more`",
            Refuses,
        ),
        (
            r#"{"rules": [7]}"#.to_owned(),
            "invalid type: integer",
            Refuses,
        ),
        (
            with(FIXED, r#""id": "a", "#, ""),
            "missing field `id`",
            Refuses,
        ),
        (
            with(FIXED, r#""a""#, r#""A""#),
            "must be 1 to 64 small letters",
            Refuses,
        ),
        (
            with(FIXED, r#""a""#, r#""a--b""#),
            "must be 1 to 64 small letters",
            Refuses,
        ),
        (
            with(FIXED, r#""a""#, &long),
            "must be 1 to 64 small letters",
            Refuses,
        ),
        (with(FIXED, r#""a""#, "null"), "invalid type: null", Refuses),
        (
            with(FIXED, r#""advocate""#, r#""friend""#),
            "unknown variant `friend`",
            Refuses,
        ),
        (
            with(FIXED, r#""won""#, r#""lost""#),
            "unknown variant `lost`",
            Refuses,
        ),
        (with(FIXED, fixed, ""), "must hold exactly one of", Refuses),
        (
            with(
                FIXED,
                r#"{"fixed": {"amount": 1, "unit": "USD", "form": "cash"}}"#,
                "7",
            ),
            "expected an object with exactly one",
            Refuses,
        ),
        (
            with(
                FIXED,
                r#"{"fixed": {"amount": 1, "unit": "USD", "form": "cash"}}"#,
                r#"["fixed"]"#,
            ),
            "expected an object with exactly one",
            Refuses,
        ),
        (
            with(
                FIXED,
                fixed,
                &format!(
                    r#"{fixed}, "percent": {{"basis_points": 1, "currency": "USD", "form": "cash"}}"#
                ),
            ),
            "must hold exactly one of",
            Refuses,
        ),
        (
            with(FIXED, fixed, r#""thanks": {}"#),
            "unknown field `thanks`",
            Refuses,
        ),
        (
            with(FIXED, r#""amount": 1"#, r#""amount": 0"#),
            "must be from 1 to 1,000,000,000,000",
            Refuses,
        ),
        (
            with(FIXED, r#""amount": 1"#, r#""amount": 1000000000001"#),
            "must be from 1 to 1,000,000,000,000",
            Refuses,
        ),
        (
            with(FIXED, r#""amount": 1"#, r#""amount": 1.5"#),
            "invalid type: floating point",
            Refuses,
        ),
        (
            with(FIXED, r#""amount": 1"#, r#""amount": "1""#),
            "invalid type: string",
            Refuses,
        ),
        (
            with(FIXED, r#""USD""#, r#""usd""#),
            "must be the code of a currency in capitals (ISO 4217), like USD, or `months`",
            Refuses,
        ),
        (
            with(FIXED, r#""USD""#, r#""XAU""#),
            "must be the code of a currency",
            Refuses,
        ),
        (
            with(FIXED, r#""cash""#, r#""beer""#),
            "unknown variant `beer`",
            Refuses,
        ),
        (
            with(FIXED, when, r#""when": "won", "only": {"kind": []}"#),
            "unknown field `kind`",
            Refuses,
        ),
        (
            with(
                FIXED,
                when,
                r#""when": "won", "only": {"kinds": ["friend"]}"#,
            ),
            "unknown variant `friend`",
            Refuses,
        ),
        (
            with(FIXED, when, r#""when": "won", "only": {"kinds": null}"#),
            "invalid type: null",
            Refuses,
        ),
        (
            with(
                FIXED,
                when,
                r#""when": "won", "only": {"channels": ["pigeon"]}"#,
            ),
            "unknown variant `pigeon`",
            Refuses,
        ),
        (
            with(
                FIXED,
                when,
                r#""when": "won", "only": {"segments": [" gold"]}"#,
            ),
            "must be 1 to 200 characters",
            Refuses,
        ),
        (
            with(
                FIXED,
                when,
                r#""when": "won", "only": {"segments": ["a\u0085b"]}"#,
            ),
            "must be 1 to 200 characters",
            Refuses,
        ),
        (
            with(FIXED, when, &name),
            "must be 1 to 200 characters",
            Refuses,
        ),
        (
            with(FIXED, when, r#""when": "won", "cap": null"#),
            "invalid type: null",
            Refuses,
        ),
        (
            with(FIXED, when, r#""when": "won", "cap": {"amount": 1}"#),
            "missing field `per`",
            Refuses,
        ),
        (
            with(FIXED, when, r#""when": "won", "hold_days": -1"#),
            "invalid value",
            Refuses,
        ),
        (
            with(FIXED, when, r#""when": "won", "approval": "never""#),
            "unknown variant `never`",
            Refuses,
        ),
        (
            with(SHARE, r#""USD""#, r#""months""#),
            "must be the code of a currency",
            Refuses,
        ),
        (
            with(SHARE, r#""basis_points": 1"#, r#""basis_points": 0.5"#),
            "invalid type: floating point",
            Refuses,
        ),
        (
            with(LADDER, r#", "after": "last""#, ""),
            "missing field `after`",
            Refuses,
        ),
        (
            with(LADDER, r#""times": 1"#, r#""times": 4294967296"#),
            "invalid value",
            Refuses,
        ),
        (
            with(INSTEAD, r#""only": {"kinds": ["partner"]}, "#, ""),
            "missing field `only`",
            Refuses,
        ),
        // A schema sees neither how a number is written nor that a key was there before.
        (
            with(FIXED, r#""amount": 1"#, r#""amount": 1.0"#),
            "invalid type: floating point",
            CannotTell,
        ),
        (
            with(FIXED, r#""amount": 1"#, r#""amount": 1e3"#),
            "invalid type: floating point",
            CannotTell,
        ),
        (
            with(FIXED, when, r#""when": "won", "when": "won""#),
            "duplicate field `when`",
            CannotTell,
        ),
        (
            with(FIXED, fixed, &format!("{fixed}, {fixed}")),
            "must hold exactly one of",
            CannotTell,
        ),
    ] {
        match Rules::parse(&text) {
            Err(RulesError::Json(error)) => {
                assert!(error.is_data(), "{text}: {error}");
                assert!(error.to_string().contains(message), "{text}: {error}");
            }
            other => panic!("{text}: {other:?}"),
        }
        assert_eq!(says(&validator, &text), schema, "{text}");
    }
    assert!(matches!(Rules::parse("{"), Err(RulesError::Json(error)) if !error.is_data()));
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    let validator = validator();
    let when = r#""when": "won""#;
    let rule = FIXED
        .strip_prefix(r#"{"rules": ["#)
        .unwrap()
        .strip_suffix("]}")
        .unwrap();
    let rung = r#"{"times": 1, "amount": 1, "unit": "USD", "form": "cash"}"#;
    let partners = r#"{"only": {"kinds": ["partner"]}, "pay": {"fixed": {"amount": 2, "unit": "USD", "form": "cash"}}}"#;
    let ladder = r#"{"ladder": {"rungs": [{"times": 1, "amount": 1, "unit": "USD", "form": "cash"}], "after": "last"}}"#;
    let two = r#"{"fixed": {"amount": 2, "unit": "USD", "form": "cash"}}"#;
    let capped = r#""when": "won", "cap": {"amount": 9, "per": "advocate"}"#;
    for (text, path, detail, schema) in [
        (
            format!(r#"{{"rules": {}}}"#, list(rule, 51)),
            "rules",
            "must hold at most 50 rules",
            Refuses,
        ),
        (
            with(FIXED, when, r#""when": "won", "hold_days": 366"#),
            "rules[0].hold_days",
            "must be from 0 to 365",
            Refuses,
        ),
        (
            with(FIXED, when, r#""when": "won", "only": {"kinds": []}"#),
            "rules[0].only.kinds",
            "must hold 1 to 50 entries",
            Refuses,
        ),
        (
            with(
                FIXED,
                when,
                &format!(
                    r#""when": "won", "only": {{"channels": {}}}"#,
                    list(r#""link""#, 51)
                ),
            ),
            "rules[0].only.channels",
            "must hold 1 to 50 entries",
            Refuses,
        ),
        (
            with(
                FIXED,
                when,
                r#""when": "meeting", "only": {"products": ["pos"]}"#,
            ),
            "rules[0].only.products",
            "can only be with `when` `won` or `sale`: nothing is bought before",
            Refuses,
        ),
        (
            with(
                &with(INSTEAD, when, r#""when": "accepted""#),
                r#"{"kinds": ["partner"]}"#,
                r#"{"products": ["pos"]}"#,
            ),
            "rules[0].instead[0].only.products",
            "can only be with `when` `won` or `sale`: nothing is bought before",
            Refuses,
        ),
        (
            with(INSTEAD, r#"{"kinds": ["partner"]}"#, "{}"),
            "rules[0].instead[0].only",
            "must hold a list: it would always fit",
            Refuses,
        ),
        (
            with(
                INSTEAD,
                partners,
                list(partners, 51)[1..].strip_suffix(']').unwrap(),
            ),
            "rules[0].instead",
            "must hold at most 50 entries",
            Refuses,
        ),
        (
            with(SHARE, r#""sale""#, r#""won""#),
            "rules[0].pay.percent",
            "can only be with `when` `sale`",
            Refuses,
        ),
        (
            with(
                INSTEAD,
                two,
                r#"{"percent": {"basis_points": 1, "currency": "USD", "form": "cash"}}"#,
            ),
            "rules[0].instead[0].pay.percent",
            "can only be with `when` `sale`",
            Refuses,
        ),
        (
            with(SHARE, r#""basis_points": 1"#, r#""basis_points": 0"#),
            "rules[0].pay.percent.basis_points",
            "must be from 1 to 10,000",
            Refuses,
        ),
        (
            with(SHARE, r#""basis_points": 1"#, r#""basis_points": 10001"#),
            "rules[0].pay.percent.basis_points",
            "must be from 1 to 10,000",
            Refuses,
        ),
        (
            with(SHARE, r#""cash""#, r#""free_service""#),
            "rules[0].pay.percent.form",
            "must not be `free_service` for money",
            Refuses,
        ),
        (
            with(FIXED, r#""cash""#, r#""free_service""#),
            "rules[0].pay.fixed.form",
            "must not be `free_service` for money",
            Refuses,
        ),
        (
            with(FIXED, r#""USD""#, r#""months""#),
            "rules[0].pay.fixed.form",
            "must be `free_service` for months",
            Refuses,
        ),
        (
            with(
                LADDER,
                r#""amount": 1, "unit": "USD", "form": "cash""#,
                r#""amount": 121, "unit": "months", "form": "free_service""#,
            ),
            "rules[0].pay.ladder.rungs[0].amount",
            "must be at most 120 months",
            Refuses,
        ),
        (
            with(LADDER, r#""cash""#, r#""free_service""#),
            "rules[0].pay.ladder.rungs[0].form",
            "must not be `free_service` for money",
            Refuses,
        ),
        (
            with(LADDER, rung, ""),
            "rules[0].pay.ladder.rungs",
            "must hold 1 to 20 rungs",
            Refuses,
        ),
        (
            with(LADDER, rung, list(rung, 21)[1..].strip_suffix(']').unwrap()),
            "rules[0].pay.ladder.rungs",
            "must hold 1 to 20 rungs",
            Refuses,
        ),
        (
            with(LADDER, r#""times": 1"#, r#""times": 0"#),
            "rules[0].pay.ladder.rungs[0].times",
            "must be from 1 to 1,000",
            Refuses,
        ),
        (
            with(LADDER, r#""times": 1"#, r#""times": 1001"#),
            "rules[0].pay.ladder.rungs[0].times",
            "must be from 1 to 1,000",
            Refuses,
        ),
        (
            with(LADDER, when, capped),
            "rules[0].cap",
            "can only be with `fixed` or `percent`",
            Refuses,
        ),
        (
            with(&with(INSTEAD, when, capped), two, ladder),
            "rules[0].instead[0].pay",
            "must be in the unit of the rule's `pay`, because that is the unit of its `cap`",
            Refuses,
        ),
        // What compares two places is beyond a schema.
        (
            format!(r#"{{"rules": {}}}"#, list(rule, 2)),
            "rules[1].id",
            "is the id of another rule, too",
            CannotTell,
        ),
        (
            with(
                &with(INSTEAD, when, capped),
                two,
                r#"{"fixed": {"amount": 2, "unit": "EUR", "form": "cash"}}"#,
            ),
            "rules[0].instead[0].pay",
            "must be in the unit of the rule's `pay`, because that is the unit of its `cap`",
            CannotTell,
        ),
    ] {
        match Rules::parse(&text) {
            Err(RulesError::Refused(refusals)) => {
                let found: Vec<(&str, &str)> = refusals
                    .iter()
                    .map(|refusal| (refusal.path.as_str(), refusal.detail))
                    .collect();
                assert_eq!(found, [(path, detail)], "{text}");
            }
            other => panic!("{text}: {other:?}"),
        }
        assert_eq!(says(&validator, &text), schema, "{text}");
    }
}

fn says(validator: &Validator, text: &str) -> Schema {
    if validator.is_valid(&serde_json::from_str(text).unwrap()) {
        CannotTell
    } else {
        Refuses
    }
}

#[test]
fn all_that_is_wrong_is_named_at_once() {
    let text = r#"{"rules": [
        {"id": "a", "who": "owner", "when": "meeting", "hold_days": 400,
         "pay": {"percent": {"basis_points": 0, "currency": "EUR", "form": "credit"}}},
        {"id": "a", "who": "owner", "when": "meeting",
         "pay": {"fixed": {"amount": 1, "unit": "months", "form": "cash"}}}
    ]}"#;
    let Err(RulesError::Refused(refusals)) = Rules::parse(text) else {
        panic!("was read");
    };
    let paths: Vec<&str> = refusals
        .iter()
        .map(|refusal| refusal.path.as_str())
        .collect();
    assert_eq!(
        paths,
        [
            "rules[0].pay.percent",
            "rules[0].pay.percent.basis_points",
            "rules[0].hold_days",
            "rules[1].id",
            "rules[1].pay.fixed.form",
        ]
    );
}

#[test]
fn the_schema_lists_the_currencies_that_there_are() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let codes = schema["$defs"]["currency"]["enum"].as_array().unwrap();
    assert_eq!(codes.len(), 165, "as many as the table");
    let codes: Vec<&str> = codes.iter().map(|code| code.as_str().unwrap()).collect();
    assert!(codes.is_sorted_by(|a, b| a < b));
    assert!(codes.iter().all(|code| Currency::named(code).is_some()));
}
