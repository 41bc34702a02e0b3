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

/// Cuts a record into its cells, line by line (RFC 4180). A quote that opens no cell
/// is text.
pub struct Splitter {
    delimiter: char,
    cells: Vec<String>,
    cell: String,
    quoted: bool,
    /// Whether the cell may still begin with a quote.
    fresh: bool,
}

impl Splitter {
    /// Cells between which the delimiter stands.
    #[must_use]
    pub const fn new(delimiter: char) -> Self {
        Self {
            delimiter,
            cells: Vec::new(),
            cell: String::new(),
            quoted: false,
            fresh: true,
        }
    }

    /// Takes more of the record: up to the end of a line, or the line's end.
    pub fn push(&mut self, text: &str) {
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '"' if self.quoted => {
                    self.quoted = characters.next_if_eq(&'"').is_some();
                    if self.quoted {
                        self.cell.push('"');
                    }
                }
                '"' if self.fresh => self.quoted = true,
                _ if character == self.delimiter && !self.quoted => {
                    self.cells.push(std::mem::take(&mut self.cell));
                    self.fresh = true;
                    continue;
                }
                _ => self.cell.push(character),
            }
            self.fresh = false;
        }
    }

    /// Whether it stands within quotes, so that the record goes on.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.quoted
    }

    /// The cells; a quote that is still open is closed where the text ends.
    #[must_use]
    pub fn finish(mut self) -> Vec<String> {
        self.cells.push(self.cell);
        self.cells
    }
}

/// The cells of a record that comes without its end.
#[must_use]
pub fn split(record: &str) -> Vec<String> {
    let mut splitter = Splitter::new(',');
    splitter.push(record);
    splitter.finish()
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

/// Whether two names are of the same column. Case, blanks, underscores and hyphens
/// tell none apart.
#[must_use]
pub fn is_same_name(one: &str, other: &str) -> bool {
    fn letters(name: &str) -> impl Iterator<Item = char> {
        let letters = name.chars().filter(|c| !matches!(c, ' ' | '_' | '-'));
        letters.flat_map(char::to_lowercase)
    }
    letters(one).eq(letters(other))
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
