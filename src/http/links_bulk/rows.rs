//! Rows: what is asked and what is answered, as CSV and as NDJSON.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    decode::{Decode, Tree, record},
    domain::cell::{self, guard, unguard},
    http::rows::Format,
};

/// The columns of a CSV, in any order; `advocate` is needed.
const COLUMNS: [&str; 5] = ["advocate", "channel", "medium", "destination", "label"];

record! {
    /// A row that asks for a link.
    #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(in crate::http) struct Wanted {
        /// Id of the advocate, or `ext:` and their external id.
        pub(super) advocate: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(super) channel: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(super) medium: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(super) destination: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(super) label: Option<String>,
    }
}

/// What became of a row: a link, or an error.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Issued {
    /// The line of the body on which the row began.
    pub(super) line: usize,
    /// The row as it was asked.
    #[serde(flatten)]
    #[schema(value_type = Echo)]
    pub(super) wanted: Wanted,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
}

/// A [`Wanted`] as it is answered, among other fields, where it cannot say that
/// there are no others.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `Wanted` serialises to")]
pub(in crate::http) struct Echo {
    advocate: String,
    #[schema(nullable = false)]
    channel: Option<String>,
    #[schema(nullable = false)]
    medium: Option<String>,
    #[schema(nullable = false)]
    destination: Option<String>,
    #[schema(nullable = false)]
    label: Option<String>,
}

/// Rows as text, in and out.
pub(super) struct Rows {
    format: Format,
    /// The place of each of [`COLUMNS`] in the CSV, once its header was read,
    /// and how many columns it has.
    places: Option<([Option<usize>; COLUMNS.len()], usize)>,
    /// A CSV whose header cannot be read has no rows that can.
    unreadable: bool,
}

impl Rows {
    pub(super) fn new(format: Format) -> Self {
        Self {
            format,
            places: None,
            unreadable: false,
        }
    }

    /// What is wrong with a line. Wrong in the header of a CSV, it is wrong with
    /// all of it, and said once.
    pub(super) fn refuse(&mut self, error: String) -> Option<String> {
        if self.unreadable {
            return None;
        }
        self.unreadable = self.format == Format::Csv && self.places.is_none();
        Some(error)
    }

    /// The row of a line; `None` for a line that holds none.
    pub(super) fn parse(&mut self, text: &str) -> Option<Result<Wanted, String>> {
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() || self.unreadable {
            return None;
        }
        match self.format {
            Format::Ndjson => Some(parse_json(text)),
            Format::Csv => {
                let cells = cell::split(text);
                let Some((places, width)) = self.places else {
                    return match header_places(&cells) {
                        Ok(places) => {
                            self.places = Some((places, cells.len()));
                            None
                        }
                        Err(error) => self.refuse(error).map(Err),
                    };
                };
                if cells.len() > width {
                    let cells = cells.len();
                    return Some(Err(format!(
                        "the row has {cells} cells for {width} columns; quote a cell that holds a comma"
                    )));
                }
                let cell = |column: usize| {
                    places
                        .get(column)
                        .copied()
                        .flatten()
                        .and_then(|place| cells.get(place))
                        .map(|cell| unguard(cell.trim()).to_owned())
                        .filter(|cell| !cell.is_empty())
                };
                Some(Ok(Wanted {
                    advocate: cell(0).unwrap_or_default(),
                    channel: cell(1),
                    medium: cell(2),
                    destination: cell(3),
                    label: cell(4),
                }))
            }
        }
    }

    pub(super) fn header(&self) -> Vec<u8> {
        match self.format {
            Format::Ndjson => Vec::new(),
            Format::Csv => {
                b"line,advocate,channel,medium,destination,label,code,url,error\n".to_vec()
            }
        }
    }

    pub(super) fn write(&self, issued: &[Issued]) -> Vec<u8> {
        let mut out = Vec::with_capacity(issued.len() * 128);
        match self.format {
            Format::Ndjson => {
                for row in issued {
                    // Strings and numbers always serialise.
                    out.extend(serde_json::to_vec(row).unwrap_or_default());
                    out.push(b'\n');
                }
            }
            Format::Csv => {
                for row in issued {
                    let text = |cell| guard(Option::as_deref(cell).unwrap_or_default());
                    let cells = [
                        row.line.to_string().into(),
                        guard(&row.wanted.advocate),
                        text(&row.wanted.channel),
                        text(&row.wanted.medium),
                        text(&row.wanted.destination),
                        text(&row.wanted.label),
                        text(&row.code),
                        text(&row.url),
                        text(&row.error),
                    ];
                    cell::write(&cells, &mut out);
                }
            }
        }
        out
    }
}

fn parse_json(text: &str) -> Result<Wanted, String> {
    let tree = Tree::parse(text.as_bytes()).map_err(|error| {
        // Of the position only the column is new, and of little use.
        let error = error.to_string();
        error.split(" at line ").next().unwrap_or(&error).to_owned()
    })?;
    if !matches!(tree, Tree::Object(_)) {
        return Err("the row is not a JSON object".to_owned());
    }
    Wanted::decode(tree).map_err(|fault| fault.to_string())
}

fn header_places(cells: &[String]) -> Result<[Option<usize>; COLUMNS.len()], String> {
    let known = format!("the columns are {}", COLUMNS.join(", "));
    let mut places = [None; COLUMNS.len()];
    for (index, cell) in cells.iter().enumerate() {
        let name = cell.trim().to_ascii_lowercase();
        let column = COLUMNS.iter().position(|column| *column == name);
        let place = column.and_then(|column| places.get_mut(column));
        match place {
            None => return Err(format!("`{}` is no column; {known}", cell.trim())),
            Some(Some(_)) => return Err(format!("the column `{name}` stands twice")),
            Some(place) => *place = Some(index),
        }
    }
    if places.first().copied().flatten().is_none() {
        return Err(format!("the column `advocate` is missing; {known}"));
    }
    Ok(places)
}
