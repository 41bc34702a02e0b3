//! What is read, and how what is not is told.

use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Decode, Error, Fault, Tree, names, read, record, row};
use crate::decode;

names! {
    /// Names.
    enum Colour {
        /// Red.
        Red => "red",
        /// Not quite red.
        DarkRed => "dark_red",
    }
}

record! {
    /// All that may be in a record.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    struct Outer {
        name: String,
        number: Option<u8>,
        great: u64,
        signed: i32,
        yes: bool,
        colour: Colour,
        inner: Option<Inner>,
        list: Vec<i64> = decode::or_default,
        inners: Vec<Inner> = decode::or_default,
        pairs: Vec<(u16, Colour)> = decode::or_default,
        window: Option<crate::domain::program::WindowDays> = decode::present,
    }
}

record! {
    /// A record inside a record.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    struct Inner {
        small: u8,
        slug: Option<crate::domain::program::Slug>,
    }
}

row! {
    /// A row.
    #[derive(Debug, PartialEq)]
    struct Line {
        number: u32,
        active: bool = decode::flag,
        inners: Vec<Inner> = decode::embedded,
    }
}

fn fault<T: Decode + std::fmt::Debug>(text: &str) -> String {
    match read::<T>(text.as_bytes()) {
        Err(Error::Fault(fault)) => {
            let (path, detail) = (fault.path(), fault.detail());
            assert!(path.is_empty() || fault.to_string() == format!("`{path}` {detail}"));
            format!("{path}: {detail}")
        }
        other => panic!("{text}: {other:?}"),
    }
}

/// A whole [`Outer`] with some fields in place of its own.
fn outer(fields: &Value) -> String {
    let mut outer = json!({"name": "a", "great": 1, "signed": -1, "yes": true, "colour": "red"});
    for (name, value) in fields.as_object().unwrap() {
        outer[name] = value.clone();
    }
    outer.to_string()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_fault_names_its_place_and_what_was_expected() {
    for (fields, told) in [
        (
            json!({"name": 7}),
            "name: invalid type: integer `7`, expected a string",
        ),
        (
            json!({"name": null}),
            "name: invalid type: null, expected a string",
        ),
        (
            json!({"name": 1.5}),
            "name: invalid type: floating point, expected a string",
        ),
        (
            json!({"name": ["a"]}),
            "name: invalid type: sequence, expected a string",
        ),
        (
            json!({"name": {"a": 1}}),
            "name: invalid type: map, expected a string",
        ),
        (
            json!({"number": 256}),
            "number: invalid value: integer `256`, expected u8",
        ),
        (
            json!({"number": -1}),
            "number: invalid value: integer `-1`, expected u8",
        ),
        (
            json!({"number": u64::MAX}),
            "number: invalid value: integer `18446744073709551615`, expected u8",
        ),
        (
            json!({"number": 1.0}),
            "number: invalid type: floating point, expected u8",
        ),
        (
            json!({"number": 1e99}),
            "number: invalid type: floating point, expected u8",
        ),
        (
            json!({"number": "1"}),
            "number: invalid type: string, expected u8",
        ),
        (
            json!({"great": -1}),
            "great: invalid value: integer `-1`, expected u64",
        ),
        (
            json!({"signed": 2_147_483_648_i64}),
            "signed: invalid value: integer `2147483648`, expected i32",
        ),
        (
            json!({"yes": "true"}),
            "yes: invalid type: string, expected a boolean",
        ),
        (
            json!({"yes": 1}),
            "yes: invalid type: integer `1`, expected a boolean",
        ),
        (
            json!({"colour": "blue"}),
            "colour: unknown variant `blue`, expected one of `red`, `dark_red`",
        ),
        (
            json!({"colour": true}),
            "colour: invalid type: boolean `true`, expected a string",
        ),
        (
            json!({"inner": []}),
            "inner: invalid type: sequence, expected an object",
        ),
        (json!({"inner": {}}), "inner.small: is missing"),
        (
            json!({"inner": {"small": 1, "a.b": 1}}),
            "inner.a.b: is not a known field",
        ),
        (
            json!({"inner": {"small": 1, "slug": "A"}}),
            "inner.slug: must be 1 to 64 small letters, digits and single hyphens, \
             beginning and ending with a letter or digit",
        ),
        (
            json!({"list": [1, 2, "x"]}),
            "list[2]: invalid type: string, expected i64",
        ),
        (
            json!({"list": {}}),
            "list: invalid type: map, expected a sequence",
        ),
        (
            json!({"list": null}),
            "list: invalid type: null, expected a sequence",
        ),
        (
            json!({"inners": [{"small": 1}, {"small": 999}]}),
            "inners[1].small: invalid value: integer `999`, expected u8",
        ),
        (
            json!({"inners": [[]]}),
            "inners[0]: invalid type: sequence, expected an object",
        ),
        (
            json!({"pairs": [[1, "red"], [1]]}),
            "pairs[1]: must hold two elements",
        ),
        (
            json!({"pairs": [[1, "red"], [1, "green"]]}),
            "pairs[1][1]: unknown variant `green`, expected one of `red`, `dark_red`",
        ),
        (json!({"window": 0}), "window: must be from 1 to 365 days"),
        (
            json!({"window": null}),
            "window: invalid type: null, expected u16",
        ),
        (json!({"surprise": 1}), "surprise: is not a known field"),
    ] {
        assert_eq!(fault::<Outer>(&outer(&fields)), told, "{fields}");
    }
    assert_eq!(
        fault::<Outer>("7"),
        ": invalid type: integer `7`, expected an object"
    );
    assert_eq!(
        fault::<Vec<Inner>>(r#"[{"small": 1}, 7]"#),
        "[1]: invalid type: integer `7`, expected an object"
    );
}

#[test]
fn what_is_unknown_goes_before_what_is_wrong_before_what_is_missing() {
    for (text, told) in [
        ("{}", "name: is missing"),
        (r#"{"colour": "red"}"#, "name: is missing"),
        (
            r#"{"colour": 7}"#,
            "colour: invalid type: integer `7`, expected a string",
        ),
        (
            r#"{"colour": 7, "inner": {}}"#,
            "colour: invalid type: integer `7`, expected a string",
        ),
        (r#"{"inner": {}}"#, "inner.small: is missing"),
        (r#"{"colour": 7, "more": 1}"#, "more: is not a known field"),
        (
            r#"{"colour": 7, "more": 1, "name": "a", "name": "a"}"#,
            "more: is not a known field",
        ),
        (
            r#"{"yes": true, "name": "a", "name": 7}"#,
            "name: stands twice",
        ),
        (
            r#"{"inner": {"small": 1, "small": 1}}"#,
            "inner.small: stands twice",
        ),
    ] {
        assert_eq!(fault::<Outer>(text), told, "{text}");
    }
}

#[test]
fn a_row_reads_what_it_knows() {
    let text = r#"{"number": 7, "active": 1, "more": [], "inners": "[{\"small\": 1}]"}"#;
    let slug = None;
    assert_eq!(
        read::<Line>(text.as_bytes()).unwrap(),
        Line {
            number: 7,
            active: true,
            inners: vec![Inner { small: 1, slug }],
        }
    );
    for (text, told) in [
        (r#"{"number": 7, "active": 0}"#, "inners: is missing"),
        (
            r#"{"number": 7.0}"#,
            "number: invalid type: floating point, expected u32",
        ),
        (
            r#"{"active": true}"#,
            "active: invalid type: boolean `true`, expected i64",
        ),
        (
            r#"{"inners": "[{\"small\": 1}, {}]"}"#,
            "inners[1].small: is missing",
        ),
        (r#"{"number": 1, "number": 1}"#, "number: stands twice"),
    ] {
        assert_eq!(fault::<Line>(text), told, "{text}");
    }
    assert!(fault::<Line>(r#"{"inners": "["}"#).starts_with("inners: EOF"));
}

#[test]
fn the_words_of_a_query_are_what_the_field_takes() {
    record! {
        /// A query.
        #[derive(Debug, PartialEq)]
        struct Question {
            text: Option<String>,
            number: Option<u16>,
            great: Option<u64>,
            yes: bool = decode::or_default,
            colour: Option<Colour>,
        }
    }
    let read = |query: &str| Question::decode(Tree::of_query(query));
    assert_eq!(
        read("text=a+b%21&number=7&great=7&yes=true&colour=dark_red"),
        Ok(Question {
            text: Some("a b!".to_owned()),
            number: Some(7),
            great: Some(7),
            yes: true,
            colour: Some(Colour::DarkRed),
        })
    );
    assert!(read("").is_ok());
    for (query, told) in [
        ("number=x", "`number` invalid digit found in string"),
        ("number=1.5", "`number` invalid digit found in string"),
        (
            "number=65536",
            "`number` invalid value: integer `65536`, expected u16",
        ),
        (
            "number=99999999999999999999",
            "`number` number too large to fit in target type",
        ),
        ("yes=1", "`yes` must be `true` or `false`"),
        (
            "colour=",
            "`colour` unknown variant ``, expected one of `red`, `dark_red`",
        ),
        ("text=a&text=b", "`text` stands twice"),
        ("more", "`more` is not a known field"),
    ] {
        assert_eq!(
            read(query).map_err(|fault| fault.to_string()),
            Err(told.to_owned())
        );
    }
}

#[test]
fn what_is_no_json_says_where() {
    let told = |text: &[u8]| match Tree::parse(text) {
        Err(error) => error.to_string(),
        Ok(tree) => panic!("{tree:?}"),
    };
    assert_eq!(told(b"{\"a\":\n]"), "expected value at line 2 column 1");
    assert_eq!(told(b"1e999"), "number out of range at line 1 column 5");
    let deep = "[".repeat(60_000);
    assert_eq!(
        told(deep.as_bytes()),
        "recursion limit exceeded at line 1 column 128"
    );
    assert_eq!(
        told("{\"a\":".repeat(60_000).as_bytes()),
        "recursion limit exceeded at line 1 column 636"
    );
}

/// The same value as `serde_json` has it.
fn judged(tree: &Tree) -> Value {
    match tree {
        Tree::Absent | Tree::Word(_) => panic!("{tree:?} is not in JSON"),
        Tree::Null => Value::Null,
        Tree::Bool(value) => json!(value),
        Tree::Integer(number) => json!(number),
        Tree::Great(number) => json!(number),
        Tree::Fraction => json!("a fraction"),
        Tree::Text(text) => json!(text),
        Tree::List(list) => list.iter().map(judged).collect(),
        Tree::Object(object) => object
            .iter()
            .map(|(name, value)| (name.clone(), judged(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[a-z]{1,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(field(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Names that [`Outer`] has, and others.
fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "name", "number", "great", "signed", "yes", "colour", "inner", "list", "inners",
            "pairs", "window", "small", "slug",
        ])
        .prop_map(ToOwned::to_owned),
        any::<String>(),
    ]
}

prop_compose! {
    fn any_inner()(small: u8, slug in prop::option::of("[a-z0-9]{1,64}")) -> Inner {
        Inner { small, slug: slug.map(|slug| slug.try_into().unwrap()) }
    }
}

fn any_colour() -> impl Strategy<Value = Colour> {
    prop::sample::select(Colour::ALL.to_vec())
}

prop_compose! {
    fn any_outer()(
        (name, number, great, signed, yes) in any::<(String, Option<u8>, u64, i32, bool)>(),
        colour in any_colour(),
        inner in prop::option::of(any_inner()),
        list in any::<Vec<i64>>(),
        inners in prop::collection::vec(any_inner(), 0..4),
        pairs in prop::collection::vec((any::<u16>(), any_colour()), 0..4),
        window in 1..=365_u16,
    ) -> Outer {
        let window = Some(window.try_into().unwrap());
        Outer { name, number, great, signed, yes, colour, inner, list, inners, pairs, window }
    }
}

proptest! {
    #[test]
    fn what_was_written_is_read(outer in any_outer()) {
        let text = serde_json::to_string(&outer).unwrap();
        prop_assert_eq!(read::<Outer>(text.as_bytes()).unwrap(), outer);
    }

    #[test]
    fn the_tree_of_a_text_is_what_serde_json_reads(value in any_json()) {
        let text = value.to_string();
        prop_assert_eq!(judged(&Tree::parse(text.as_bytes()).unwrap()), value.clone());
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        prop_assert_eq!(judged(&Tree::parse(pretty.as_bytes()).unwrap()), value);
    }

    /// Whatever is wrong, the place that is named is in the text, or would be the
    /// field of an object that is.
    #[test]
    fn the_place_of_a_fault_is_in_the_text(value in any_json()) {
        if let Err(Error::Fault(fault)) = read::<Outer>(value.to_string().as_bytes()) {
            prop_assert!(leads_somewhere(&value, &fault), "{fault} in {value}");
        }
    }

    #[test]
    fn one_wrong_field_is_named(outer in any_outer(), index in 0..4_usize) {
        let (path, wrong) = [
            ("colour", "/colour"),
            ("signed", "/signed"),
            ("inner.small", "/inner/small"),
            ("inners[1].small", "/inners/1/small"),
        ][index];
        let mut value = serde_json::to_value(&outer).unwrap();
        let Some(place) = value.pointer_mut(wrong) else { return Ok(()) };
        *place = json!([]);
        match read::<Outer>(value.to_string().as_bytes()) {
            Err(Error::Fault(fault)) => prop_assert_eq!(fault.path(), path),
            other => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn no_bytes_do_any_harm(bytes: Vec<u8>) {
        let ours = Tree::parse(&bytes).map_err(|error| error.to_string());
        let theirs = serde_json::from_slice::<Value>(&bytes).map_err(|error| error.to_string());
        prop_assert_eq!(ours.map(drop), theirs.map(drop));
        let _ = read::<Outer>(&bytes);
        let _ = Outer::decode(Tree::of_query(&String::from_utf8_lossy(&bytes)));
    }

    #[test]
    fn nothing_that_looks_like_json_does_any_harm(text in r#"[\[\]{}",:0-9eE.+\-a-z\\ ]{0,60}"#) {
        let ours = Tree::parse(text.as_bytes()).map_err(|error| error.to_string());
        let theirs = serde_json::from_str::<Value>(&text).map_err(|error| error.to_string());
        prop_assert_eq!(ours.map(drop), theirs.map(drop));
        let _ = read::<Outer>(text.as_bytes());
    }
}

fn leads_somewhere(value: &Value, fault: &Fault) -> bool {
    let mut rest = fault.path();
    let mut place = value;
    loop {
        if rest.is_empty() {
            return true;
        }
        // Brackets are an index in a list alone: a name may hold them itself.
        if let Some(list) = place.as_array() {
            let index = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
            let Some((index, after)) = index else {
                return false;
            };
            let Some(element) = index.parse().ok().and_then(|index: usize| list.get(index)) else {
                return false;
            };
            (place, rest) = (element, after.strip_prefix('.').unwrap_or(after));
            continue;
        }
        let Some(object) = place.as_object() else {
            return false;
        };
        // A name may hold dots and brackets itself.
        let found = object
            .iter()
            .filter(|(name, _)| !name.is_empty())
            .filter_map(|(name, value)| Some((rest.strip_prefix(name.as_str())?, value)))
            .min_by_key(|(after, _)| after.len());
        match found {
            None => return fault.detail() == "is missing" || object.contains_key(""),
            Some((after, element)) => {
                (place, rest) = (element, after.strip_prefix('.').unwrap_or(after));
            }
        }
    }
}
