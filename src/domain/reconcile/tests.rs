//! What a row comes to, by whose export it is.

use proptest::prelude::*;
use serde_json::json;

use super::*;

const ZURICH: &str = "Europe/Zurich";

fn reading(preset: Preset) -> Reading {
    Reading {
        preset,
        columns: Columns::default(),
        stages: Stages::default(),
        currency: None,
        decimal: Decimal::Auto,
        dates: Dates::Auto,
        zone: Zone::named(ZURICH).unwrap(),
    }
}

fn read(reading: Reading, cells: &[(&str, &str)]) -> Row {
    Reader::new(reading).row(7, cells.iter().map(|(name, text)| (*name, Some(*text))))
}

fn why(reading: Reading, cells: &[(&str, &str)]) -> String {
    let row = read(reading, cells);
    let why = row.why.clone().unwrap();
    assert_eq!(
        row,
        Row::unreadable(7, why.clone()),
        "it holds nothing else"
    );
    why
}

#[test]
fn a_number_with_a_point_is_an_error_of_the_column_that_is_read_alone() {
    let row = |name| {
        let cells = [("order", Some("o1")), (name, None)];
        Reader::new(reading(Preset::Generic)).row(1, cells.into_iter())
    };
    for (name, column) in [("amount", "amount"), ("status", "stage")] {
        let why = format!("{column}: write a number with a point as a text");
        assert_eq!(row(name).why, Some(why));
    }
    assert_eq!(row("weight").why, None);
}

#[test]
fn a_row_is_pinned_as_sql_takes_it() {
    let row = read(
        reading(Preset::Generic),
        &[
            ("Lead ID", "ld_1"),
            ("Order", "=\"00123\""),
            ("Customer", "cus_1"),
            ("E-Mail", " Maya+x@Example.com".trim()),
            ("Record", "r-1"),
            ("Amount", "1,234.50"),
            ("Refunded", "-10"),
            ("Currency", "usd"),
            ("Status", "Closed Won"),
            ("Owner", "Lea"),
            ("Date", "2026-11-01"),
            ("Reason", "none\nat all"),
        ],
    );
    let hash = person::email_hash("maya@example.com");
    assert_eq!(
        serde_json::to_value(&row).unwrap(),
        json!({
            "line": 7, "why": null, "lead": "ld_1", "order": "00123", "external": "cus_1",
            "email_hash": hash, "record": "r-1", "amount": 123_450, "refunded": 1_000,
            "currency": "USD", "stage": "won", "said": "Closed Won", "owner": "Lea",
            // Noon in Zurich, in winter.
            "at": 1_793_530_800_000_i64, "reason": "none at all",
        })
    );
}

#[test]
fn what_cannot_be_read_says_where_and_what_to_do() {
    for (cells, told) in [
        (vec![("Order", "1.23457E+14")], "order: "),
        (vec![("Order", "a b")], "order: must be 1 to 128 printable"),
        (vec![("Record", "é")], "record: must be 1 to 128 printable"),
        (
            vec![("Order", "o"), ("Amount", "12")],
            "amount: has no currency",
        ),
        (
            vec![("Order", "o"), ("Amount", "12"), ("Currency", "Dollar")],
            "currency: is no code",
        ),
        (
            vec![("Order", "o"), ("Amount", "(12.00)"), ("Currency", "USD")],
            "amount: is below zero",
        ),
        (
            vec![("Order", "o"), ("Amount", "twelve"), ("Currency", "USD")],
            "amount: `twelve` is no amount",
        ),
        (
            vec![("Email", "Maya Lopez")],
            "email: must be an e-mail address",
        ),
        (vec![("Email SHA256", "12")], "email_sha256: must be"),
        (vec![("Order", "o"), ("Date", "10/1/2026")], "at: "),
        (vec![("Notes", "Copyright 2026")], "nothing stands in any"),
        (vec![], "nothing stands in any"),
    ] {
        let why = why(reading(Preset::Generic), &cells);
        assert!(why.starts_with(told), "{cells:?}: {why}");
        // A cell that may be a person's is not repeated.
        assert!(!why.contains("Maya"), "{why}");
    }
}

#[test]
fn a_stage_is_won_lost_one_of_ours_or_open() {
    use Preset::{Generic, Hubspot, Salesforce, Stripe};
    for (preset, column, said, standing) in [
        (Salesforce, "Stage", "Closed Won", "won"),
        (Salesforce, "Stage", "closed lost", "lost"),
        (Salesforce, "Stage", "Negotiation/Review", "open"),
        (Hubspot, "Deal Stage", "closedwon", "won"),
        (Hubspot, "Deal Stage", "Closed lost", "lost"),
        (Hubspot, "Deal Stage", "Appointment scheduled", "open"),
        (Stripe, "Status", "Paid", "won"),
        (Stripe, "Status", "Refunded", "won"),
        (Stripe, "Status", "Failed", "unpaid"),
        (Stripe, "Status", "requires_payment_method", "unpaid"),
        (Generic, "stage", "meeting", "meeting"),
        (Generic, "stage", "Proposal", "open"),
    ] {
        let row = read(reading(preset), &[(column, said)]);
        assert_eq!(row.stage, Some(standing), "{said}");
        assert_eq!(row.said.as_deref(), Some(said));
    }
    let with = |stages: &str| Reading {
        stages: Stages::decode(Tree::Word(stages.to_owned())).unwrap(),
        ..reading(Salesforce)
    };
    let row = read(
        with(r#"{"Verbal Commit":"opportunity"}"#),
        &[("Stage", "verbal commit")],
    );
    assert_eq!(row.stage, Some("opportunity"));
    // What is said goes before what is known.
    let row = read(with(r#"{"Closed Won":"open"}"#), &[("Stage", "Closed Won")]);
    assert_eq!(row.stage, Some("open"));
}

#[test]
fn who_has_an_amount_and_no_stage_has_sold() {
    let sold = |amount| {
        let cells = [
            ("order", "o"),
            ("amount", amount),
            ("currency", "USD"),
            ("stage", ""),
        ];
        read(reading(Preset::Generic), &cells).stage
    };
    assert_eq!(sold("1"), Some("won"));
    assert_eq!(sold("0.00"), None);
    assert_eq!(sold(""), None);
}

#[test]
fn the_column_that_stands_first_in_the_preset_is_read_and_else_the_next() {
    let order = |cells: &[(&str, &str)]| read(reading(Preset::Salesforce), cells).order;
    let both = [("Order ID", "2"), ("Order Number", "1")];
    assert_eq!(order(&both).as_deref(), Some("1"));
    assert_eq!(
        order(&[("Order Number", ""), ("Order ID", "2")]).as_deref(),
        Some("2")
    );
    // Whoever says which column it is means no other.
    let said = Reading {
        columns: Columns::decode(Tree::Word(r#"{"order":"PO #"}"#.to_owned())).unwrap(),
        ..reading(Preset::Salesforce)
    };
    let row = read(
        said,
        &[("Order Number", "1"), ("po #", "9"), ("Stage", "Won")],
    );
    assert_eq!(row.order.as_deref(), Some("9"));
    let said = Reading {
        columns: Columns::decode(Tree::Word(r#"{"order":"PO #"}"#.to_owned())).unwrap(),
        ..reading(Preset::Salesforce)
    };
    assert_eq!(
        read(said, &[("Order Number", "1"), ("Stage", "Won")]).order,
        None
    );
}

#[test]
fn mappings_name_what_is_wrong_with_them() {
    let told = |text: &str| {
        Columns::decode(Tree::Word(text.to_owned()))
            .unwrap_err()
            .to_string()
    };
    assert!(told("{").contains("EOF"), "{}", told("{"));
    assert_eq!(
        told("[]"),
        "invalid type: sequence, expected an object of texts"
    );
    assert_eq!(
        told(r#"{"order":7}"#),
        "`order` invalid type: integer `7`, expected a string"
    );
    assert!(told(r#"{"Bestellung":"order"}"#).starts_with("`Bestellung` is none of lead, order,"));
    let stages = Stages::decode(Tree::Word(r#"{"Won":"sold"}"#.to_owned())).unwrap_err();
    assert!(stages.to_string().contains("unknown variant `sold`"));
}

#[test]
fn a_file_in_which_nothing_can_be_found_says_which_columns_it_has() {
    let mut reader = Reader::new(reading(Preset::Hubspot));
    let error = reader
        .unmapped(["Deal Name", "Amount"].into_iter())
        .unwrap_err();
    assert!(error.contains("Deal Name, Amount"), "{error}");
    let mut reader = Reader::new(reading(Preset::Hubspot));
    let names = ["Deal Name", "Record ID", "Amount", "Pipeline"];
    assert_eq!(
        reader.unmapped(names.into_iter()),
        Ok(vec!["Deal Name", "Pipeline"])
    );
}

#[test]
fn payments_are_by_utc_and_deals_by_the_programs_clock() {
    let at = |preset, column, text| read(reading(preset), &[("id", "x"), (column, text)]).at;
    let noon = Some(1_793_534_400_000);
    assert_eq!(
        at(Preset::Stripe, "Created date (UTC)", "2026-11-01 12:00:00"),
        noon
    );
    assert_eq!(at(Preset::Generic, "date", "2026-11-01 13:00:00"), noon);
}

#[test]
fn the_first_of_several_addresses_is_the_contacts() {
    let cells = [(
        "Associated Contact Emails",
        "maya@example.com;tom@example.com",
    )];
    let row = read(reading(Preset::Hubspot), &cells);
    assert_eq!(row.email_hash, Some(person::email_hash("maya@example.com")));
}

proptest! {
    /// What was looked up for one row holds for no other whose columns stand elsewhere.
    #[test]
    fn columns_are_found_wherever_they_stand(
        orders in proptest::collection::vec(
            Just(vec!["order", "amount", "currency", "notes", "owner"]).prop_shuffle(), 1..5),
    ) {
        let mut reader = Reader::new(reading(Preset::Generic));
        let value = |name: &str| match name {
            "order" => "o-1",
            "amount" => "12.50",
            "currency" => "EUR",
            other => if other == "owner" { "lea" } else { "x" },
        };
        for names in orders {
            let row = reader.row(1, names.iter().map(|name| (*name, Some(value(name)))));
            prop_assert_eq!(row.order.as_deref(), Some("o-1"));
            prop_assert_eq!(row.amount, Some(1_250));
            prop_assert_eq!(row.owner.as_deref(), Some("lea"));
            prop_assert_eq!(row.why, None);
        }
    }

    /// Whatever stands in the cells, a row comes of it, and it is short enough.
    #[test]
    fn no_cell_makes_a_row_that_is_too_long(
        texts in proptest::collection::vec("\\PC{0,300}", 13),
    ) {
        let mut reader = Reader::new(reading(Preset::Generic));
        let names = Column::ALL.map(Column::name);
        let row = reader.row(1, names.into_iter().zip(texts.iter().map(|text| Some(text.as_str()))));
        prop_assert!(serde_json::to_string(&row).unwrap().len() < 8_000);
    }
}
