//! Files as those who export them write them: the vendor's columns in any order, and
//! whatever a spreadsheet has made of them.
//!
//! The columns are those of the vendors' own documentation: Salesforce, "Opportunity
//! Fields" (`help.salesforce.com`, `sales.opp_fields`), as a report of opportunities with
//! their contacts has them; "`HubSpot`'s default deal properties"
//! (knowledge.hubspot.com/crm-deals/hubspots-default-deal-properties), with one of our
//! own; Stripe, the payments that the Dashboard exports, with a column of metadata
//! (support.stripe.com, "Exporting payment reports").

use goodword::http::body::Body;
use serde_json::{Value, json};

use super::{House, upload};

/// A file of one vendor.
struct Export {
    query: &'static str,
    /// The columns, and what stands in each of three rows.
    columns: &'static [(&'static str, [&'static str; 3])],
    /// The column of what a spreadsheet may take for a number.
    id: &'static str,
    /// What is found: of the second row another amount.
    found: [&'static str; 2],
}

/// In a cell, an amount or a text that is written in the way of the file.
const AMOUNT: &str = "{1234.50}";
const OTHER: &str = "{1000.00}";
const TEXT: &str = "{text}";

const EXPORTS: &[Export] = &[
    Export {
        query: "&preset=salesforce&currency=USD",
        columns: &[
            ("Opportunity Owner", ["Jonas", "jonas", "JONAS"]),
            ("Account Name", [TEXT, TEXT, TEXT]),
            ("Opportunity Name", ["Terminal", "Terminal", "Terminal"]),
            ("Stage", ["Closed Won", "Closed Won", "Closed Won"]),
            ("Fiscal Period", ["Q4-2026", "Q4-2026", "Q4-2026"]),
            ("Amount", [AMOUNT, OTHER, OTHER]),
            ("Expected Revenue", [AMOUNT, OTHER, OTHER]),
            ("Probability (%)", ["100", "100", "100"]),
            ("Close Date", ["11/22/2026", "11/22/2026", "11/22/2026"]),
            ("Created Date", ["11/20/2026", "11/20/2026", "11/20/2026"]),
            ("Next Step", ["", "", ""]),
            ("Lead Source", ["Referral", "Referral", "Referral"]),
            ("Type", ["New Business", "New Business", "New Business"]),
            (
                "Contact Email",
                ["One@example.org", "two@example.org", "two@example.org"],
            ),
            (
                "Opportunity ID",
                ["006Hs00001AbCdE", "006Hs00001AbCdF", "006Hs00001AbCdG"],
            ),
        ],
        id: "Opportunity ID",
        found: [
            "matched one order-1: USD 1234.50 / USD 1234.50; -",
            "amount_differs two order-2: USD 999.00 / USD 1000.00; give the sale their amount",
        ],
    },
    Export {
        query: "&preset=hubspot",
        columns: &[
            ("Record ID", ["14099999001", "14099999002", "14099999003"]),
            ("Deal Name", [TEXT, TEXT, TEXT]),
            ("Deal Stage", ["Closed won", "closedwon", "Closed Won"]),
            (
                "Close Date",
                ["2026-11-22 09:05", "2026-11-22 09:06", "2026-11-22 09:07"],
            ),
            ("Deal owner", ["Jonas", "Jonas", "Jonas"]),
            ("Amount", [AMOUNT, OTHER, OTHER]),
            ("Currency", ["USD", "USD", "USD"]),
            (
                "Pipeline",
                ["Sales Pipeline", "Sales Pipeline", "Sales Pipeline"],
            ),
            ("Closed Lost Reason", ["", "", ""]),
            (
                "Create Date",
                ["2026-11-20 08:00", "2026-11-20 08:00", "2026-11-20 08:00"],
            ),
            ("Goodword lead", ["{one}", "{two}", "{two}"]),
        ],
        id: "Record ID",
        found: [
            "matched one order-1: USD 1234.50 / USD 1234.50; -",
            "amount_differs two order-2: USD 999.00 / USD 1000.00; give the sale their amount",
        ],
    },
    Export {
        query: "&preset=stripe",
        columns: &[
            ("id", ["ch_3PabcA", "ch_3PabcB", "ch_3PabcC"]),
            ("Description", [TEXT, TEXT, TEXT]),
            (
                "Seller Message",
                [
                    "Payment complete.",
                    "Payment complete.",
                    "Payment complete.",
                ],
            ),
            (
                "Created (UTC)",
                [
                    "2026-11-22 09:05:00",
                    "2026-11-22 09:06",
                    "2026-11-22 09:07",
                ],
            ),
            ("Amount", [AMOUNT, OTHER, OTHER]),
            ("Amount Refunded", ["0", "0", "0"]),
            ("Currency", ["usd", "usd", "usd"]),
            ("Converted Amount", [AMOUNT, OTHER, OTHER]),
            ("Converted Amount Refunded", ["0", "0", "0"]),
            ("Fee", ["1", "1", "1"]),
            ("Converted Currency", ["usd", "usd", "usd"]),
            ("Mode", ["Live", "Live", "Live"]),
            ("Status", ["Paid", "Paid", "Paid"]),
            ("Statement Descriptor", ["SHOP", "SHOP", "SHOP"]),
            ("Customer ID", ["cus-one", "cus-two", "cus-two"]),
            ("Customer Description", ["", "", ""]),
            (
                "Customer Email",
                ["one@example.org", "two@example.org", "two@example.org"],
            ),
            ("Captured", ["true", "true", "true"]),
            ("Card Last4", ["4242", "4242", "4242"]),
            ("order_id (metadata)", ["order-1", "order-2", "order-2b"]),
        ],
        id: "order_id (metadata)",
        found: [
            "matched one order-1: USD 1234.50 / USD 1234.50; -",
            "amount_differs two order-2: USD 999.00 / USD 1000.00; give the sale their amount",
        ],
    },
    Export {
        query: "&columns={%22order%22:%22Bestellnummer%22}&stages={%22verkauft%22:%22won%22}",
        columns: &[
            ("Bestellnummer", ["order-1", "order-2", "order-3"]),
            ("Kunde", [TEXT, TEXT, TEXT]),
            ("Amount", [AMOUNT, OTHER, OTHER]),
            ("Currency", ["USD", "USD", "USD"]),
            ("Stage", ["verkauft", "verkauft", "verkauft"]),
            ("Date", ["2026-11-22", "2026-11-22", "2026-11-22"]),
        ],
        id: "Bestellnummer",
        found: [
            "matched one order-1: USD 1234.50 / USD 1234.50; -",
            "amount_differs two order-2: USD 999.00 / USD 1000.00; give the sale their amount",
        ],
    },
];

/// How a file is written.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a way of its own")]
struct Style {
    name: &'static str,
    reversed: bool,
    bom: bool,
    end: &'static str,
    delimiter: char,
    /// 1234.50 and 1000.00.
    amounts: [&'static str; 2],
    text: &'static str,
    latin: bool,
    wide: bool,
}

const PLAIN: Style = Style {
    name: "plain",
    reversed: false,
    bom: false,
    end: "\n",
    delimiter: ',',
    amounts: ["1234.50", "1000.00"],
    text: "Zoë Müller",
    latin: false,
    wide: false,
};

const STYLES: &[Style] = &[
    PLAIN,
    Style {
        name: "other column order",
        reversed: true,
        ..PLAIN
    },
    Style {
        name: "BOM",
        bom: true,
        ..PLAIN
    },
    Style {
        name: "CRLF",
        end: "\r\n",
        ..PLAIN
    },
    Style {
        name: "quoted newlines",
        text: "Zoë\nMüller \"the\nfirst\"",
        ..PLAIN
    },
    Style {
        name: "thousands",
        amounts: ["1,234.50", "1,000.00"],
        ..PLAIN
    },
    Style {
        name: "sign",
        amounts: ["$1,234.50", "$1,000.00"],
        ..PLAIN
    },
    Style {
        name: "comma",
        delimiter: ';',
        amounts: ["1.234,50", "1.000,00"],
        ..PLAIN
    },
    Style {
        name: "tabs",
        delimiter: '\t',
        amounts: ["1 234,50", "1 000,00"],
        ..PLAIN
    },
    Style {
        name: "Latin-1",
        latin: true,
        ..PLAIN
    },
    Style {
        name: "UTF-16",
        wide: true,
        ..PLAIN
    },
    Style {
        name: "all of it",
        reversed: true,
        bom: true,
        end: "\r\n",
        delimiter: ';',
        amounts: ["1.234,50", "1.000,00"],
        text: "=Zoë;\n\"Müller\"",
        latin: false,
        wide: false,
    },
];

impl Export {
    /// The file, with something else in the third row's id.
    fn write(&self, style: Style, id: &str, house: &House) -> (Body, [usize; 3]) {
        let mut columns: Vec<_> = self.columns.to_vec();
        if style.reversed {
            columns.reverse();
        }
        let lead = |name: &str| {
            let found = house.leads.iter().find(|(_, known)| *known == name);
            found.unwrap().0.clone()
        };
        let mut table = vec![
            columns
                .iter()
                .map(|(name, _)| (*name).to_owned())
                .collect::<Vec<_>>(),
        ];
        for row in 0..3 {
            table.push(
                columns
                    .iter()
                    .map(|(name, cells)| match cells[row] {
                        _ if row == 2 && *name == self.id => id.to_owned(),
                        AMOUNT => style.amounts[0].to_owned(),
                        OTHER => style.amounts[1].to_owned(),
                        TEXT => style.text.to_owned(),
                        "{one}" => lead("one"),
                        "{two}" => lead("two"),
                        cell => cell.to_owned(),
                    })
                    .collect(),
            );
        }
        let mut text = String::new();
        let mut lines = Vec::new();
        for row in table {
            lines.push(1 + text.matches('\n').count());
            let cells: Vec<String> = row
                .iter()
                .map(|cell| {
                    if cell.contains(['"', '\n', style.delimiter]) {
                        format!("\"{}\"", cell.replace('"', "\"\""))
                    } else {
                        cell.clone()
                    }
                })
                .collect();
            text += &cells.join(&style.delimiter.to_string());
            text += style.end;
        }
        let mut bytes = Vec::new();
        if style.latin {
            bytes.extend(text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()));
        } else if style.wide {
            bytes.extend([0xff, 0xfe]);
            bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        } else {
            if style.bom {
                bytes.extend("\u{feff}".as_bytes());
            }
            bytes.extend(text.as_bytes());
        }
        (bytes.into(), [lines[1], lines[2], lines[3]])
    }
}

fn house() -> House {
    let mut house = House::new();
    house.buyer("one", "order-1", 123_450);
    house.buyer("two", "order-2", 99_900);
    house
}

#[test]
fn each_vendors_file_is_read_in_every_way_in_which_it_is_written() {
    let house = house();
    for export in EXPORTS {
        for style in STYLES {
            let (file, lines) = export.write(*style, "1.23457E+14", &house);
            let run = upload(&house.api, export.query, file).expect(201);
            let mut found = house.findings(&run);
            let case = format!("{} {}: {found:#?}", export.query, style.name);
            // What a spreadsheet has shortened is told, and stops nothing.
            let mangled = found.pop().unwrap();
            assert!(
                mangled.starts_with(&format!("{} unreadable - -: - / ", lines[2])),
                "{case}"
            );
            assert!(mangled.contains("1.23457E+14"), "{case}");
            let expected: Vec<String> = export
                .found
                .iter()
                .zip(lines)
                .map(|(found, line)| format!("{line} {found}"))
                .collect();
            assert_eq!(found, expected, "{case}");
            assert_eq!(
                (&run["rows"], &run["unreadable"]),
                (&json!(3), &json!(1)),
                "{case}"
            );
        }
    }
}

#[test]
fn what_is_not_read_of_a_file_is_named() {
    let house = house();
    let (file, _) = EXPORTS[1].write(PLAIN, "1", &house);
    let run = upload(&house.api, EXPORTS[1].query, file).expect(201);
    let unmapped = ["Deal Name", "Pipeline", "Create Date"];
    assert_eq!(run["unmapped_columns"], json!(unmapped));
}

#[test]
fn a_payment_that_is_none_says_nothing_unless_it_names_a_sale_of_ours() {
    let house = house();
    let file = "id,Amount,Currency,Status,Customer Email,order_id (metadata)\n\
        ch_1,1234.50,usd,Failed,one@example.org,\n\
        ch_2,999.00,usd,Requires payment method,two@example.org,order-2\n";
    let run = upload(&house.api, "&preset=stripe", file).expect(201);
    let found = house.findings(&run);
    assert_eq!(found.len(), 3, "{found:#?}");
    assert_eq!(found[0], "2 unrelated - -: - / USD 1234.50; -");
    assert_eq!(
        found[1],
        "3 stage_differs two order-2: won / Requires payment method; -"
    );
    assert!(
        found[2].starts_with("3 rewarded_but_not_won two order-2: "),
        "{found:#?}"
    );
}

#[test]
fn objects_of_an_api_are_read_line_by_line() {
    let house = house();
    let rows = [
        json!({"id": "ch_1", "amount": "1234.50", "currency": "usd", "status": "succeeded",
            "metadata": {"order_id": "order-1"}}),
        json!({"id": "ch_2", "amount": 999, "currency": "usd", "status": "succeeded",
            "receipt_email": "two@example.org", "metadata": {}}),
    ];
    let text = [rows[0].to_string(), rows[1].to_string(), "{".to_owned()].join("\n");
    let ask = house.api.request(
        http::Method::POST,
        &format!("{}&preset=stripe", super::PATH),
    );
    let run: Value = ask
        .key(crate::harness::ADMIN)
        .body("application/x-ndjson", text)
        .send()
        .expect(201);
    let found = house.findings(&run);
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(found[0].starts_with("1 matched one order-1"), "{found:#?}");
    assert!(found[1].starts_with("2 matched two order-2"), "{found:#?}");
    assert!(found[2].starts_with("3 unreadable"), "{found:#?}");
}
