//! Rows that are streamed in, whatever wrote them: a spreadsheet, a CRM, a log.
//!
//! Owns lines and records of a body, read in constant memory: encodings, ends of
//! lines, delimiters, quoted line breaks. What a cell means is its reader's.

use std::collections::VecDeque;

use futures_util::StreamExt;

use super::{
    body::{Body, Pieces},
    input::has_media_type,
    message::Headers,
    problem::Problem,
};
use crate::{
    decode::Tree,
    domain::{
        cell::{self, Splitter, is_same_name},
        written::NotExact,
    },
};

/// Bytes of a record at most.
const RECORD_BYTES: usize = 64 * 1_024;

/// Lines of a record at most. A quote that is never closed would otherwise take the
/// rest of the file along.
const RECORD_LINES: usize = 100;

/// CSV or NDJSON, in and out alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    Ndjson,
}

impl Format {
    /// The format that `Content-Type` says.
    pub(super) fn of(headers: &Headers) -> Result<Self, Problem> {
        if has_media_type(headers, "text/csv") {
            Ok(Self::Csv)
        } else if has_media_type(headers, "application/x-ndjson")
            || has_media_type(headers, "application/jsonl")
        {
            Ok(Self::Ndjson)
        } else {
            Err(Problem::UnsupportedMediaType(
                "text/csv or application/x-ndjson",
            ))
        }
    }

    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Ndjson => "application/x-ndjson",
        }
    }
}

/// A line: its number, from 1, and its text without its end, or what is wrong.
pub(super) type Line = (usize, Result<String, String>);

/// A body as lines, whatever pieces they come in.
pub(super) struct Lines {
    body: Option<Pieces>,
    buffer: Vec<u8>,
    /// Where in the buffer the next line begins.
    start: usize,
    line: usize,
    most: usize,
    wide: Wide,
    broke_off: bool,
}

/// The two orders of UTF-16, and what of it has come without its other half.
enum Wide {
    /// It is not known yet.
    Unknown,
    /// It is no UTF-16.
    No,
    Little(Vec<u8>),
    Big(Vec<u8>),
}

impl Lines {
    /// The lines of a body, of so many bytes at most.
    pub(super) fn new(body: Body, most: usize) -> Self {
        Self {
            body: Some(body.into_pieces()),
            buffer: Vec::new(),
            start: 0,
            line: 0,
            most,
            wide: Wide::Unknown,
            broke_off: false,
        }
    }

    /// Whether the body ended before its end.
    pub(super) fn broke_off(&self) -> bool {
        self.broke_off
    }

    /// The next line; an error is that line's, or the last.
    pub(super) async fn next(&mut self) -> Option<Line> {
        let mut searched = self.start;
        let mut too_long = false;
        loop {
            let unsearched = self.buffer.get(searched..).unwrap_or_default();
            if let Some(end) = unsearched.iter().position(|byte| *byte == b'\n') {
                let line = self.finish(searched + end, too_long);
                self.start = searched + end + 1;
                return Some(line);
            }
            // A CR may be its last byte, which does not count.
            if self.buffer.len() - self.start > self.most + 1 {
                // Read on to the end of the line, but keep none of it.
                too_long = true;
                self.buffer.clear();
            } else {
                self.buffer.drain(..self.start);
            }
            self.start = 0;
            searched = self.buffer.len();
            if self.read().await {
                continue;
            }
            if self.broke_off && self.body.take().is_some() {
                self.line += 1;
                self.buffer.clear();
                return Some((self.line, Err("the body broke off here".to_owned())));
            }
            if self.buffer.is_empty() && !too_long {
                return None;
            }
            let line = self.finish(self.buffer.len(), too_long);
            self.buffer.clear();
            return Some(line);
        }
    }

    /// Adds the next piece to the buffer, if there is one.
    async fn read(&mut self) -> bool {
        let Some(body) = self.body.as_mut() else {
            return false;
        };
        match body.next().await {
            Some(Ok(bytes)) => {
                self.take(&bytes);
                true
            }
            Some(Err(_)) => {
                self.broke_off = true;
                false
            }
            None => {
                self.body = None;
                false
            }
        }
    }

    /// Takes a piece in as UTF-8, if it is UTF-16.
    fn take(&mut self, bytes: &[u8]) {
        if matches!(self.wide, Wide::Unknown) {
            self.buffer.extend_from_slice(bytes);
            self.wide = match *self.buffer {
                [] | [0xff | 0xfe] => return,
                [0xff, 0xfe, ..] => Wide::Little(Vec::new()),
                [0xfe, 0xff, ..] => Wide::Big(Vec::new()),
                _ => Wide::No,
            };
            if !matches!(self.wide, Wide::No) {
                let all = std::mem::take(&mut self.buffer);
                self.widen(all.get(2..).unwrap_or_default());
            }
        } else {
            self.widen(bytes);
        }
    }

    fn widen(&mut self, bytes: &[u8]) {
        let (rest, of_bytes): (_, fn([u8; 2]) -> u16) = match &mut self.wide {
            Wide::Little(rest) => (rest, u16::from_le_bytes),
            Wide::Big(rest) => (rest, u16::from_be_bytes),
            Wide::Unknown | Wide::No => return self.buffer.extend_from_slice(bytes),
        };
        rest.extend_from_slice(bytes);
        let (pairs, _) = rest.as_chunks::<2>();
        let mut units: Vec<u16> = pairs.iter().map(|pair| of_bytes(*pair)).collect();
        // The first half of a character above U+FFFF waits for the other.
        if units.last().is_some_and(|unit| unit & 0xfc00 == 0xd800) {
            units.pop();
        }
        rest.drain(..units.len() * 2);
        let text = String::from_utf16_lossy(&units);
        self.buffer.extend_from_slice(text.as_bytes());
    }

    /// The line that ends before a place of the buffer.
    fn finish(&mut self, end: usize, too_long: bool) -> Line {
        self.line += 1;
        let bytes = self.buffer.get(self.start..end).unwrap_or_default();
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        let bytes = match self.line {
            1 => bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes),
            _ => bytes,
        };
        let text = if too_long || bytes.len() > self.most {
            Err(format!("the row is longer than {} bytes", self.most))
        } else {
            Ok(text(bytes))
        };
        (self.line, text)
    }
}

/// The characters of 0x80 to 0x9f (WHATWG Encoding, index windows-1252).
const HIGH: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

/// UTF-8, or else Windows-1252, which spreadsheets of Western Europe write and
/// which has Latin-1 in it.
fn text(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let character = |byte: &u8| match *byte {
        byte @ 0x80..=0x9f => HIGH.chars().nth(usize::from(byte & 0x1f)),
        byte => Some(char::from(byte)),
    };
    bytes.iter().filter_map(character).collect()
}

/// A record of a table.
pub(super) struct Record {
    /// The line on which it begins, from 1.
    pub line: usize,
    /// Its cells, or what is wrong with them.
    pub fields: Result<Fields, String>,
}

/// The cells of a record by the names of their columns; without a text where it is a
/// JSON number with a point, which is not exact.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<(String, Option<String>)>);

impl Fields {
    /// What stands under a name, if anything does. Case, blanks, underscores and
    /// hyphens tell no names apart.
    pub(super) fn get(&self, name: &str) -> Result<Option<&str>, NotExact> {
        let mut fields = self.iter();
        let found = fields.find(|(known, value)| *value != Some("") && is_same_name(known, name));
        found.map(|(_, value)| value.ok_or(NotExact)).transpose()
    }

    /// The names and the cells, as they came.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let fields = self.0.iter();
        fields.map(|(name, value)| (name.as_str(), value.as_deref()))
    }

    /// The names of the columns, as they came.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

/// A body as records with the names of their columns.
pub(super) struct Table {
    lines: Lines,
    format: Format,
    /// Lines that were read as part of a record and are none.
    again: VecDeque<Line>,
    delimiter: char,
    header: Option<Vec<String>>,
}

impl Table {
    /// The records of a body.
    pub(super) fn new(body: Body, format: Format) -> Self {
        Self {
            lines: Lines::new(body, RECORD_BYTES),
            format,
            again: VecDeque::new(),
            delimiter: ',',
            header: None,
        }
    }

    /// Whether the body ended before its end.
    pub(super) fn broke_off(&self) -> bool {
        self.lines.broke_off()
    }

    /// The next record. Blank lines are none; what is wrong with one stops nothing.
    pub(super) async fn next(&mut self) -> Option<Record> {
        loop {
            let (line, text) = self.line().await?;
            let fields = match text {
                Ok(text) if text.trim().is_empty() => continue,
                Ok(text) => match self.format {
                    Format::Ndjson => flat(&text),
                    Format::Csv => match self.cells(text).await {
                        Ok(Some(fields)) => Ok(fields),
                        Ok(None) => continue,
                        Err(error) => Err(error),
                    },
                },
                Err(error) => Err(error),
            };
            return Some(Record { line, fields });
        }
    }

    async fn line(&mut self) -> Option<Line> {
        match self.again.pop_front() {
            Some(line) => Some(line),
            None => self.lines.next().await,
        }
    }

    /// The cells of the record that a line begins; `None` of the header.
    async fn cells(&mut self, first: String) -> Result<Option<Fields>, String> {
        if self.header.is_none() {
            // What Excel reads and takes away.
            if let Some(delimiter) = first.strip_prefix("sep=") {
                self.delimiter = delimiter.chars().next().unwrap_or(',');
                return Ok(None);
            }
            if self.delimiter == ',' {
                self.delimiter = delimiter(&first);
            }
        }
        let cells = self.record(&first).await?;
        let Some(header) = &self.header else {
            self.header = Some(cells);
            return Ok(None);
        };
        if cells.len() > header.len() {
            return Err(format!(
                "the row has {} cells for {} columns; quote a cell that holds a `{}`",
                cells.len(),
                header.len(),
                self.delimiter
            ));
        }
        let named = header.iter().zip(cells);
        Ok(Some(Fields(
            named
                .map(|(name, cell)| (name.clone(), Some(cell::unguard(&cell).to_owned())))
                .collect(),
        )))
    }

    /// The cells of the record that a line begins, each without blanks around it.
    async fn record(&mut self, first: &str) -> Result<Vec<String>, String> {
        let mut splitter = Splitter::new(self.delimiter);
        splitter.push(first);
        let mut taken = Vec::new();
        let mut bytes = first.len();
        while splitter.is_open() {
            match self.line().await {
                Some((line, Ok(text)))
                    if taken.len() < RECORD_LINES && bytes + text.len() < RECORD_BYTES =>
                {
                    bytes += text.len();
                    splitter.push("\n");
                    splitter.push(&text);
                    taken.push((line, Ok(text)));
                }
                other => {
                    taken.extend(other);
                    for line in taken.into_iter().rev() {
                        self.again.push_front(line);
                    }
                    return Err("a cell begins with a quote that is never closed".to_owned());
                }
            }
        }
        let cells = splitter.finish();
        Ok(cells.iter().map(|cell| cell.trim().to_owned()).collect())
    }
}

/// What stands between the cells of a header: commas, semicolons where commas are
/// for decimals, or tabs.
fn delimiter(header: &str) -> char {
    let count = |delimiter: char| {
        let mut splitter = Splitter::new(delimiter);
        splitter.push(header);
        splitter.finish().len()
    };
    let mut best = ',';
    for delimiter in [';', '\t'] {
        if count(delimiter) > count(best) {
            best = delimiter;
        }
    }
    best
}

/// An object of JSON as fields; what is in objects of its own is named `a.b`.
fn flat(text: &str) -> Result<Fields, String> {
    let tree = Tree::parse(text.as_bytes()).map_err(|error| {
        // Of the position only the column is new, and of little use.
        let error = error.to_string();
        error.split(" at line ").next().unwrap_or(&error).to_owned()
    })?;
    let mut fields = Vec::new();
    match tree {
        Tree::Object(object) => flatten("", object, &mut fields),
        _ => return Err("the row is not a JSON object".to_owned()),
    }
    Ok(Fields(fields))
}

fn flatten(prefix: &str, object: Vec<(String, Tree)>, fields: &mut Vec<(String, Option<String>)>) {
    for (key, value) in object {
        let name = [prefix, &key].concat();
        let text = match value {
            Tree::Text(text) | Tree::Word(text) => Some(text.trim().to_owned()),
            Tree::Integer(number) => Some(number.to_string()),
            Tree::Great(number) => Some(number.to_string()),
            Tree::Bool(is) => Some(is.to_string()),
            Tree::Fraction => None,
            Tree::Object(inner) => {
                flatten(&[&name, "."].concat(), inner, fields);
                continue;
            }
            Tree::Absent | Tree::Null | Tree::List(_) => continue,
        };
        fields.push((name, text));
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        pin::pin,
        task::{Context, Poll, Waker},
    };

    use bytes::Bytes;
    use futures_util::stream;
    use proptest::prelude::*;

    use super::*;

    /// What a future that never waits comes to.
    fn now<T>(future: impl Future<Output = T>) -> T {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("it waits"),
        }
    }

    fn pieces(text: &[u8], size: usize) -> Vec<Result<Bytes, io::Error>> {
        let pieces = text.chunks(size);
        pieces
            .map(|piece| Ok(Bytes::copy_from_slice(piece)))
            .collect()
    }

    fn body(pieces: Vec<Result<Bytes, io::Error>>) -> Body {
        Body::Pieces(Box::pin(stream::iter(pieces)))
    }

    type Cells = Result<Vec<(String, Option<String>)>, String>;

    /// Each record: its line, and its cells or what is wrong.
    fn read(table: &mut Table) -> Vec<(usize, Cells)> {
        std::iter::from_fn(|| now(table.next()))
            .map(|record| (record.line, record.fields.map(|fields| fields.0)))
            .collect()
    }

    fn csv(text: &[u8], size: usize) -> Vec<(usize, Cells)> {
        read(&mut Table::new(body(pieces(text, size)), Format::Csv))
    }

    #[expect(clippy::unnecessary_wraps, reason = "what is compared is a `Result`")]
    fn named(names: &[&str], cells: &[&str]) -> Cells {
        let pairs = names.iter().zip(cells);
        Ok(pairs
            .map(|(name, cell)| ((*name).to_owned(), Some((*cell).to_owned())))
            .collect())
    }

    #[test]
    fn a_table_is_read_whatever_wrote_it() {
        let utf16 = |big: bool| -> Vec<u8> {
            let units = "\u{feff}Name\tSum\r\nZoë 🎈\t12,50\r\n".encode_utf16();
            units
                .flat_map(|unit| {
                    if big {
                        unit.to_be_bytes()
                    } else {
                        unit.to_le_bytes()
                    }
                })
                .collect()
        };
        let files: [(&str, Vec<u8>); 7] = [
            ("plain", "Name,Sum\nZoë 🎈,\"12,50\"\n".into()),
            (
                "BOM and CRLF",
                "\u{feff}Name,Sum\r\nZoë 🎈,\"12,50\"\r\n".into(),
            ),
            ("semicolons", "Name;Sum\nZoë 🎈;12,50".into()),
            ("sep", "sep=|\nName|Sum\nZoë 🎈|12,50\n".into()),
            ("tabs", "Name\tSum\n\n  \nZoë 🎈\t12,50\n".into()),
            ("UTF-16, the little end first", utf16(false)),
            ("UTF-16, the big end first", utf16(true)),
        ];
        for (what, file) in files {
            for size in [1, 2, 3, 7, 1_000] {
                let rows: Vec<_> = csv(&file, size).into_iter().map(|(_, row)| row).collect();
                assert_eq!(
                    rows,
                    [named(&["Name", "Sum"], &["Zoë 🎈", "12,50"])],
                    "{what} {size}"
                );
            }
        }
    }

    #[test]
    fn windows_1252_is_read_where_it_is_no_utf_8() {
        let rows = csv(b"Name,Sum\nZo\xeb M\xfcller,\x80 5\nZo\xc3\xab,1\n", 4);
        assert_eq!(rows[0].1, named(&["Name", "Sum"], &["Zoë Müller", "€ 5"]));
        assert_eq!(rows[1].1, named(&["Name", "Sum"], &["Zoë", "1"]));
    }

    #[test]
    fn quoted_line_breaks_are_part_of_the_cell_and_counted() {
        let rows = csv(b"a,b\r\n\"one\r\ntwo\",x\r\n3,4\r\n", 5);
        assert_eq!(rows[0], (2, named(&["a", "b"], &["one\ntwo", "x"])));
        assert_eq!(rows[1], (4, named(&["a", "b"], &["3", "4"])));
    }

    #[test]
    fn a_quote_that_is_never_closed_costs_its_own_line_alone() {
        let rest = (0..300).fold(String::new(), |rest, n| rest + &n.to_string() + ",y\n");
        let file = ["a,b\n1,2\n\"open,2\n", &rest].concat();
        let rows = csv(file.as_bytes(), 64);
        assert_eq!(rows.len(), 302);
        assert_eq!(rows[1].0, 3);
        assert!(rows[1].1.as_ref().unwrap_err().contains("never closed"));
        assert_eq!(rows[301], (303, named(&["a", "b"], &["299", "y"])));
    }

    #[test]
    fn guards_are_taken_off_and_columns_found_by_any_spelling() {
        let mut table = Table::new(
            body(pieces(b"Close Date,ORDER_ID\n'=1+1,\n", 9)),
            Format::Csv,
        );
        let fields = now(table.next()).unwrap().fields.unwrap();
        assert_eq!(fields.get("close_date"), Ok(Some("=1+1")));
        assert_eq!(fields.get("order-id"), Ok(None));
        assert_eq!(
            fields.names().collect::<Vec<_>>(),
            ["Close Date", "ORDER_ID"]
        );
    }

    #[test]
    fn a_row_with_too_many_cells_is_wrong_and_one_with_too_few_has_none_there() {
        let rows = csv(b"a,b\n1,2,3\n1\n", 64);
        assert!(
            rows[0]
                .1
                .as_ref()
                .unwrap_err()
                .contains("3 cells for 2 columns")
        );
        assert_eq!(rows[1].1, named(&["a"], &["1"]));
    }

    #[test]
    fn objects_are_rows_with_what_is_in_them() {
        let text = b"{\"id\":7,\"paid\":true,\"note\":null,\"customer\":{\"email\":\" a@b.c \"},\"sum\":1.5}\n[1]\n{\n";
        let mut table = Table::new(body(pieces(text, 10)), Format::Ndjson);
        let fields = now(table.next()).unwrap().fields.unwrap();
        let cells: Vec<_> = fields.iter().collect();
        assert_eq!(
            cells,
            [
                ("id", Some("7")),
                ("paid", Some("true")),
                ("customer.email", Some("a@b.c")),
                ("sum", None)
            ]
        );
        assert_eq!(fields.get("id"), Ok(Some("7")));
        // Not a sentence, which a name would take for one.
        assert_eq!(fields.get("sum"), Err(NotExact));
        let rows = read(&mut table);
        assert!(rows[0].1.is_err() && rows[1].1.is_err());
    }

    #[test]
    fn a_body_that_breaks_off_says_so() {
        let mut parts = pieces(b"a,b\n1,2\n3,", 4);
        parts.push(Err(io::ErrorKind::ConnectionAborted.into()));
        let mut table = Table::new(body(parts), Format::Csv);
        let rows = read(&mut table);
        assert_eq!(rows[0], (2, named(&["a", "b"], &["1", "2"])));
        assert_eq!(rows[1], (3, Err("the body broke off here".to_owned())));
        assert!(table.broke_off() && rows.len() == 2);
    }

    proptest! {
        #[test]
        fn a_table_has_the_records_that_the_csv_crate_reads(
            rows in proptest::collection::vec(
                proptest::collection::vec("[a,\"ü;=\n]{0,4}", 3), 1..6),
            size in 1_usize..9,
        ) {
            let mut writer = ::csv::Writer::from_writer(Vec::new());
            writer.write_record(["x", "y", "z"]).unwrap();
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let file = writer.into_inner().unwrap();
            let ours: Vec<Vec<String>> = csv(&file, size)
                .into_iter()
                .map(|(_, row)| row.unwrap().into_iter().filter_map(|(_, cell)| cell).collect())
                .collect();
            let mut theirs = Vec::new();
            for record in ::csv::Reader::from_reader(&*file).records() {
                let record = record.unwrap();
                let cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
                // A line of blanks is a blank line here.
                if cells.len() > 1 || !cells.concat().is_empty() {
                    theirs.push(cells.iter().map(|cell| cell::unguard(cell).to_owned()).collect::<Vec<_>>());
                }
            }
            prop_assert_eq!(ours, theirs);
        }
    }
}
