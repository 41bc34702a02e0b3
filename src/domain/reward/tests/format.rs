//! The text of the rules: what is read, what is refused and where, and whether
//! the published schema says the same.

use jsonschema::Validator;
use serde_json::Value;

use super::EXAMPLES;
use crate::{
    decode::Error,
    domain::{
        money::Currency,
        reward::{Rules, RulesError},
    },
};

const SCHEMA: &str = include_str!("../../../../public/reward-rules.schema.json");

const FIXED: &str = r#"{"rules": [{"id": "a", "who": "advocate", "when": "won", "pay": {"fixed": {"amount": 1, "unit": "USD", "form": "cash"}}}]}"#;
const SHARE: &str = r#"{"rules": [{"id": "a", "who": "advocate", "when": "sale", "pay": {"percent": {"basis_points": 1, "currency": "USD", "form": "cash"}}, "cap": {"amount": 1, "per": "referral"}}]}"#;
const LADDER: &str = r#"{"rules": [{"id": "a", "who": "advocate", "when": "won", "pay": {"ladder": {"rungs": [{"times": 1, "amount": 1, "unit": "USD", "form": "cash"}], "after": "last"}}}]}"#;
const INSTEAD: &str = r#"{"rules": [{"id": "a", "who": "advocate", "when": "won", "pay": {"fixed": {"amount": 1, "unit": "USD", "form": "cash"}}, "instead": [{"only": {"kinds": ["partner"]}, "pay": {"fixed": {"amount": 2, "unit": "USD", "form": "cash"}}}]}]}"#;

const NONE: &str = r#"{"rules": []}"#;
const INSTEAD_OF_LEADS: &str = r#"{"rules": [{"id": "a", "who": "advocate", "when": "accepted", "pay": {"fixed": {"amount": 1, "unit": "USD", "form": "cash"}}, "instead": [{"only": {"kinds": ["partner"]}, "pay": {"fixed": {"amount": 2, "unit": "USD", "form": "cash"}}}]}]}"#;
const INSTEAD_CAPPED: &str = r#"{"rules": [{"id": "a", "who": "advocate", "when": "won", "pay": {"fixed": {"amount": 1, "unit": "USD", "form": "cash"}}, "cap": {"amount": 9, "per": "advocate"}, "instead": [{"only": {"kinds": ["partner"]}, "pay": {"fixed": {"amount": 2, "unit": "USD", "form": "cash"}}}]}]}"#;

/// Pieces of these.
const WON: &str = r#""when": "won""#;
const CASH: &str = r#"{"fixed": {"amount": 1, "unit": "USD", "form": "cash"}}"#;
const RUNG: &str = r#"{"times": 1, "amount": 1, "unit": "USD", "form": "cash"}"#;

/// What is said of them.
const SLUG: &str = "must be 1 to 64 small letters";
const AMOUNT: &str = "must be from 1 to 1,000,000,000,000";
const FLOAT: &str = "invalid type: floating point";
const ONE_PAY: &str = "must hold exactly one of `fixed`, `percent` and `ladder`";
const ENTRIES: &str = "must hold 1 to 50 entries";
const PRODUCTS: &str = "can only be with `when` `won` or `sale`: nothing is bought before";
const UNIT: &str = "must be in the unit of the rule's `pay`, because that is the unit of its `cap`";

/// Whether the schema says that something is wrong.
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

fn times(entry: &str, length: usize) -> String {
    vec![entry; length].join(",")
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
    let id = format!("\"{}\"", "a".repeat(64));
    let name = format!("\"{}\"", "é".repeat(200));
    let products = format!(r#"{WON}, "only": {{"products": [{}]}}"#, times(&name, 50));
    let rung = with(RUNG, r#""times": 1"#, r#""times": 1000"#);
    for (base, from, to) in [
        (NONE, "[]", "[]"),
        (FIXED, r#""a""#, &*id),
        (FIXED, r#""amount": 1"#, r#""amount": 1000000000000"#),
        (
            FIXED,
            r#""USD", "form": "cash""#,
            r#""months", "form": "free_service""#,
        ),
        (FIXED, WON, r#""when": "won", "only": {}"#),
        (
            FIXED,
            WON,
            r#""when": "won", "only": {"segments": ["Gold, old"]}"#,
        ),
        (FIXED, WON, r#""when": "won", "instead": []"#),
        (
            FIXED,
            WON,
            r#""when": "won", "hold_days": 0, "approval": "automatic""#,
        ),
        (FIXED, WON, r#""when": "won", "hold_days": 365"#),
        (
            FIXED,
            WON,
            r#""when": "won", "cap": {"amount": 1, "per": "advocate"}"#,
        ),
        (FIXED, WON, &products),
        (SHARE, r#""basis_points": 1"#, r#""basis_points": 10000"#),
        (LADDER, RUNG, &times(&rung, 20)),
    ] {
        let text = with(base, from, to);
        Rules::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(says(&validator, &text), CannotTell, "{text}");
    }
}

/// What the types of the fields refuse: in which document, what in the place of
/// what, what is said.
const NO_FIELDS: &[(&str, &str, &str, &str, Schema)] = &[
    ("{}", "{}", "{}", "`rules` is missing", Refuses),
    (NONE, "[]", "{}", "invalid type: map", Refuses),
    (
        NONE,
        "[]",
        "[], \"more\": 1",
        "`more` is not a known field",
        Refuses,
    ),
    (NONE, "[]", "[7]", "invalid type: integer", Refuses),
    (NONE, "[]", "null", "invalid type: null", Refuses),
    (
        FIXED,
        r#""id": "a", "#,
        "",
        "`rules[0].id` is missing",
        Refuses,
    ),
    (FIXED, r#""a""#, r#""A""#, SLUG, Refuses),
    (FIXED, r#""a""#, r#""a--b""#, SLUG, Refuses),
    (FIXED, r#""a""#, r#""-a""#, SLUG, Refuses),
    (FIXED, r#""a""#, "null", "invalid type: null", Refuses),
    (
        FIXED,
        r#""advocate""#,
        r#""friend""#,
        "unknown variant `friend`",
        Refuses,
    ),
    (
        FIXED,
        r#""won""#,
        r#""lost""#,
        "unknown variant `lost`",
        Refuses,
    ),
    (FIXED, CASH, "{}", ONE_PAY, Refuses),
    (
        FIXED,
        CASH,
        "7",
        "expected an object with exactly one",
        Refuses,
    ),
    (
        FIXED,
        CASH,
        r#"["fixed"]"#,
        "expected an object with exactly one",
        Refuses,
    ),
    (
        FIXED,
        r#""cash"}"#,
        r#""cash"}, "percent": {"basis_points": 1, "currency": "USD", "form": "cash"}"#,
        ONE_PAY,
        Refuses,
    ),
    (
        FIXED,
        "fixed",
        "thanks",
        "`rules[0].pay.thanks` is not a known field",
        Refuses,
    ),
    (FIXED, r#""amount": 1"#, r#""amount": 0"#, AMOUNT, Refuses),
    (
        FIXED,
        r#""amount": 1"#,
        r#""amount": 1000000000001"#,
        AMOUNT,
        Refuses,
    ),
    (FIXED, r#""amount": 1"#, r#""amount": 1.5"#, FLOAT, Refuses),
    (
        FIXED,
        r#""amount": 1"#,
        r#""amount": "1""#,
        "invalid type: string",
        Refuses,
    ),
    (
        FIXED,
        r#""USD""#,
        r#""usd""#,
        "ISO 4217), like USD, or `months`",
        Refuses,
    ),
    (
        FIXED,
        r#""USD""#,
        r#""XAU""#,
        "ISO 4217), like USD, or `months`",
        Refuses,
    ),
    (
        FIXED,
        r#""cash""#,
        r#""beer""#,
        "unknown variant `beer`",
        Refuses,
    ),
    (
        FIXED,
        WON,
        r#""when": "won", "only": null"#,
        "invalid type: null",
        Refuses,
    ),
    (
        FIXED,
        WON,
        r#""when": "won", "only": {"kind": []}"#,
        "`rules[0].only.kind` is not a known field",
        Refuses,
    ),
    (
        FIXED,
        WON,
        r#""when": "won", "only": {"kinds": ["friend"]}"#,
        "unknown variant `friend`",
        Refuses,
    ),
    (
        FIXED,
        WON,
        r#""when": "won", "only": {"kinds": null}"#,
        "invalid type: null",
        Refuses,
    ),
    (
        FIXED,
        WON,
        r#""when": "won", "only": {"channels": ["pigeon"]}"#,
        "unknown variant `pigeon`",
        Refuses,
    ),
    (
        FIXED,
        WON,
        r#""when": "won", "only": {"segments": [" gold"]}"#,
        "must be 1 to 200 characters",
        Refuses,
    ),
    (
        FIXED,
        WON,
        r#""when": "won", "only": {"segments": [""]}"#,
        "must be 1 to 200 characters",
        Refuses,
    ),
    (
        FIXED,
        WON,
        r#""when": "won", "only": {"segments": ["a\u0085b"]}"#,
        "must be 1 to 200 characters",
        Refuses,
    ),
    (
        FIXED,
        WON,
        r#""when": "won", "cap": null"#,
        "invalid type: null",
        Refuses,
    ),
    (
        FIXED,
        WON,
        r#""when": "won", "cap": {"amount": 1}"#,
        "`rules[0].cap.per` is missing",
        Refuses,
    ),
    (
        FIXED,
        WON,
        r#""when": "won", "cap": {"amount": 1, "per": "year"}"#,
        "unknown variant `year`",
        Refuses,
    ),
    (
        FIXED,
        WON,
        r#""when": "won", "hold_days": -1"#,
        "invalid value",
        Refuses,
    ),
    (
        FIXED,
        WON,
        r#""when": "won", "approval": "never""#,
        "unknown variant `never`",
        Refuses,
    ),
    (SHARE, r#""USD""#, r#""months""#, "like USD", Refuses),
    (
        SHARE,
        r#""basis_points": 1"#,
        r#""basis_points": 0.5"#,
        FLOAT,
        Refuses,
    ),
    (
        LADDER,
        r#", "after": "last""#,
        "",
        "`rules[0].pay.ladder.after` is missing",
        Refuses,
    ),
    (
        LADDER,
        r#""times": 1"#,
        r#""times": 4294967296"#,
        "invalid value",
        Refuses,
    ),
    (
        INSTEAD,
        r#""only": {"kinds": ["partner"]}, "#,
        "",
        "`rules[0].instead[0].only` is missing",
        Refuses,
    ),
    // A schema sees neither how a number is written nor that a key was there before.
    (
        FIXED,
        r#""amount": 1"#,
        r#""amount": 1.0"#,
        FLOAT,
        CannotTell,
    ),
    (
        FIXED,
        r#""amount": 1"#,
        r#""amount": 1e3"#,
        FLOAT,
        CannotTell,
    ),
    (
        FIXED,
        WON,
        r#""when": "won", "when": "won""#,
        "`rules[0].when` stands twice",
        CannotTell,
    ),
    (
        FIXED,
        r#""cash"}"#,
        r#""cash"}, "fixed": {"amount": 1, "unit": "USD", "form": "cash"}"#,
        ONE_PAY,
        CannotTell,
    ),
];

#[test]
fn what_a_field_cannot_hold_is_refused_by_code_and_schema() {
    let validator = validator();
    let check = |text: &str, message: &str, schema: Schema| {
        match Rules::parse(text) {
            Err(RulesError::Unreadable(Error::Fault(fault))) => {
                let told = fault.to_string();
                assert!(told.contains(message), "{text}: {told}");
                assert!(told.starts_with('`'), "{text}: {told}");
            }
            other => panic!("{text}: {other:?}"),
        }
        assert_eq!(says(&validator, text), schema, "{text}");
    };
    for (base, from, to, message, schema) in NO_FIELDS {
        check(&with(base, from, to), message, *schema);
    }
    let id = format!("\"{}\"", "a".repeat(65));
    check(&with(FIXED, r#""a""#, &id), SLUG, Refuses);
    let segment = format!(r#"{WON}, "only": {{"segments": ["{}"]}}"#, "a".repeat(201));
    check(
        &with(FIXED, WON, &segment),
        "must be 1 to 200 characters",
        Refuses,
    );
    assert!(matches!(
        Rules::parse("{"),
        Err(RulesError::Unreadable(Error::Syntax(_)))
    ));
}

/// What makes no sense together: in which document, what in the place of what,
/// where it is refused and how.
const NO_SENSE: &[(&str, &str, &str, &str, &str, Schema)] = &[
    (
        FIXED,
        WON,
        r#""when": "won", "hold_days": 366"#,
        "rules[0].hold_days",
        "must be from 0 to 365",
        Refuses,
    ),
    (
        FIXED,
        WON,
        r#""when": "won", "only": {"kinds": []}"#,
        "rules[0].only.kinds",
        ENTRIES,
        Refuses,
    ),
    (
        FIXED,
        WON,
        r#""when": "meeting", "only": {"products": ["pos"]}"#,
        "rules[0].only.products",
        PRODUCTS,
        Refuses,
    ),
    (
        INSTEAD_OF_LEADS,
        r#""kinds": ["partner"]"#,
        r#""products": ["pos"]"#,
        "rules[0].instead[0].only.products",
        PRODUCTS,
        Refuses,
    ),
    (
        INSTEAD,
        r#"{"kinds": ["partner"]}"#,
        "{}",
        "rules[0].instead[0].only",
        "must hold a list: it would always fit",
        Refuses,
    ),
    (
        SHARE,
        r#""sale""#,
        r#""won""#,
        "rules[0].pay.percent",
        "can only be with `when` `sale`",
        Refuses,
    ),
    (
        INSTEAD,
        r#""fixed": {"amount": 2, "unit""#,
        r#""percent": {"basis_points": 2, "currency""#,
        "rules[0].instead[0].pay.percent",
        "can only be with `when` `sale`",
        Refuses,
    ),
    (
        SHARE,
        r#""basis_points": 1"#,
        r#""basis_points": 0"#,
        "rules[0].pay.percent.basis_points",
        "must be from 1 to 10,000",
        Refuses,
    ),
    (
        SHARE,
        r#""basis_points": 1"#,
        r#""basis_points": 10001"#,
        "rules[0].pay.percent.basis_points",
        "must be from 1 to 10,000",
        Refuses,
    ),
    (
        SHARE,
        r#""cash""#,
        r#""free_service""#,
        "rules[0].pay.percent.form",
        "must not be `free_service` for money",
        Refuses,
    ),
    (
        FIXED,
        r#""cash""#,
        r#""free_service""#,
        "rules[0].pay.fixed.form",
        "must not be `free_service` for money",
        Refuses,
    ),
    (
        FIXED,
        r#""USD""#,
        r#""months""#,
        "rules[0].pay.fixed.form",
        "must be `free_service` for months",
        Refuses,
    ),
    (
        LADDER,
        r#""amount": 1, "unit": "USD", "form": "cash""#,
        r#""amount": 121, "unit": "months", "form": "free_service""#,
        "rules[0].pay.ladder.rungs[0].amount",
        "must be at most 120 months",
        Refuses,
    ),
    (
        LADDER,
        r#""cash""#,
        r#""free_service""#,
        "rules[0].pay.ladder.rungs[0].form",
        "must not be `free_service` for money",
        Refuses,
    ),
    (
        LADDER,
        RUNG,
        "",
        "rules[0].pay.ladder.rungs",
        "must hold 1 to 20 rungs",
        Refuses,
    ),
    (
        LADDER,
        r#""times": 1"#,
        r#""times": 0"#,
        "rules[0].pay.ladder.rungs[0].times",
        "must be from 1 to 1,000",
        Refuses,
    ),
    (
        LADDER,
        r#""times": 1"#,
        r#""times": 1001"#,
        "rules[0].pay.ladder.rungs[0].times",
        "must be from 1 to 1,000",
        Refuses,
    ),
    (
        LADDER,
        WON,
        r#""when": "won", "cap": {"amount": 9, "per": "advocate"}"#,
        "rules[0].cap",
        "can only be with `fixed` or `percent`",
        Refuses,
    ),
    (
        INSTEAD_CAPPED,
        r#"{"fixed": {"amount": 2, "unit": "USD", "form": "cash"}}"#,
        r#"{"ladder": {"rungs": [{"times": 1, "amount": 1, "unit": "USD", "form": "cash"}], "after": "last"}}"#,
        "rules[0].instead[0].pay",
        UNIT,
        Refuses,
    ),
    // What compares two places is beyond a schema.
    (
        INSTEAD_CAPPED,
        r#"2, "unit": "USD""#,
        r#"2, "unit": "EUR""#,
        "rules[0].instead[0].pay",
        UNIT,
        CannotTell,
    ),
];

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    let validator = validator();
    let check = |text: &str, path: &str, detail: &str, schema: Schema| {
        match Rules::parse(text) {
            Err(RulesError::Refused(refusals)) => {
                let found: Vec<(&str, &str)> = refusals
                    .iter()
                    .map(|refusal| (refusal.path.as_str(), refusal.detail))
                    .collect();
                assert_eq!(found, [(path, detail)], "{text}");
            }
            other => panic!("{text}: {other:?}"),
        }
        assert_eq!(says(&validator, text), schema, "{text}");
    };
    for (base, from, to, path, detail, schema) in NO_SENSE {
        check(&with(base, from, to), path, detail, *schema);
    }
    let rule = FIXED.strip_prefix(r#"{"rules": ["#).unwrap();
    let rule = rule.strip_suffix("]}").unwrap();
    check(
        &with(FIXED, rule, &times(rule, 51)),
        "rules",
        "must hold at most 50 rules",
        Refuses,
    );
    check(
        &with(FIXED, rule, &times(rule, 2)),
        "rules[1].id",
        "is the id of another rule, too",
        CannotTell,
    );
    let channels = format!(
        r#"{WON}, "only": {{"channels": [{}]}}"#,
        times(r#""link""#, 51)
    );
    check(
        &with(FIXED, WON, &channels),
        "rules[0].only.channels",
        ENTRIES,
        Refuses,
    );
    check(
        &with(LADDER, RUNG, &times(RUNG, 21)),
        "rules[0].pay.ladder.rungs",
        "must hold 1 to 20 rungs",
        Refuses,
    );
    let (_, partners) = INSTEAD.split_once(r#""instead": ["#).unwrap();
    let partners = partners.strip_suffix("]}]}").unwrap();
    check(
        &with(INSTEAD, partners, &times(partners, 51)),
        "rules[0].instead",
        "must hold at most 50 entries",
        Refuses,
    );
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
