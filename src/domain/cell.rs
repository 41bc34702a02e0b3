//! Cells of a CSV: their quotes, and texts that a spreadsheet would take for a
//! formula.
//!
//! Owns lines as cells, the guard on the way out and its removal on the way in.
//! The `csv` crate is the tests' judge only: it was 23 KB of the gzipped wasm.

use std::borrow::Cow;

/// What begins a formula in a spreadsheet (OWASP, "CSV Injection"), and the
/// guard itself, so that taking it off again is exact.
fn is_guarded(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\''])
}

/// The text with a guard where it needs one.
#[must_use]
pub fn guard(text: &str) -> Cow<'_, str> {
    if is_guarded(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text without its guard. A text that never had one stays as it is.
#[must_use]
pub fn unguard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_guarded(rest) => rest,
        _ => text,
    }
}

/// The cells of a line, which comes without its end (RFC 4180). A quote that
/// opens no cell is text; one that is never closed is, where the line ends.
#[must_use]
pub fn split(line: &str) -> Vec<String> {
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut quoted = false;
    // Whether the cell may still begin with a quote.
    let mut fresh = true;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted => {
                quoted = characters.next_if_eq(&'"').is_some();
                if quoted {
                    cell.push('"');
                }
            }
            '"' if fresh => quoted = true,
            ',' if !quoted => {
                cells.push(std::mem::take(&mut cell));
                fresh = true;
                continue;
            }
            _ => cell.push(character),
        }
        fresh = false;
    }
    cells.push(cell);
    cells
}

/// Adds a line of cells, with quotes around those that need them.
pub fn write(cells: &[Cow<'_, str>], out: &mut Vec<u8>) {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        if cell.contains([',', '"', '\r', '\n']) {
            out.push(b'"');
            out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
            out.push(b'"');
        } else {
            out.extend_from_slice(cell.as_bytes());
        }
    }
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_are_guarded() {
        assert_eq!(guard("=1+1"), "'=1+1");
        assert_eq!(guard("Maya"), "Maya");
        assert_eq!(unguard("'s-Gravenhage"), "'s-Gravenhage");
    }

    fn judged(line: &str) -> Vec<String> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(line.as_bytes());
        let mut record = csv::StringRecord::new();
        reader.read_record(&mut record).unwrap();
        record.iter().map(ToOwned::to_owned).collect()
    }

    proptest! {
        #[test]
        fn a_line_has_the_cells_that_the_csv_crate_reads(line in "[,\"ab ü]{1,12}") {
            prop_assert_eq!(split(&line), judged(&line));
        }

        #[test]
        fn a_line_is_what_the_csv_crate_writes_and_comes_back(
            cells in proptest::collection::vec("[,\"ab ü\r\n]{0,5}", 2..5)
        ) {
            let mut ours = Vec::new();
            let texts: Vec<_> = cells.iter().map(|cell| Cow::Borrowed(cell.as_str())).collect();
            write(&texts, &mut ours);
            let mut theirs = csv::Writer::from_writer(Vec::new());
            theirs.write_record(&cells).unwrap();
            prop_assert_eq!(&ours, &theirs.into_inner().unwrap());
            let line = String::from_utf8(ours).unwrap();
            prop_assert_eq!(split(line.strip_suffix('\n').unwrap()), cells);
        }

        #[test]
        fn every_text_comes_back(text in "[=+@'\t -]{0,3}\\PC{0,5}") {
            let guarded = guard(&text);
            prop_assert!(!guarded.starts_with(['=', '+', '-', '@', '\t']));
            prop_assert_eq!(unguard(&guarded), text.as_str());
        }
    }
}
