//! The report of an import: a line for each row, and a last one with the counts.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    decode::names,
    domain::cell::{self, guard},
    http::rows::Format,
};

names! {
    /// What became of a row.
    pub(in crate::http) enum Outcome {
        /// It is new.
        Created => "created",
        /// It was there, and is different now.
        Updated => "updated",
        /// It was there.
        Unchanged => "unchanged",
        /// It cannot be taken; the error says why.
        Refused => "refused",
    }
}

/// A line of the report: a row of the file, and at last how many there were of which.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Reported {
    /// The line on which the row begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    outcome: Option<Outcome>,
    /// Id of the advocate or the lead, the order, or the share's event.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    id: Option<String>,
    /// Names the field at fault. Of a row that was not refused: why its refund, which
    /// comes after its sale, was not taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    summary: Option<Summary>,
}

/// How many rows there were of which.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
#[schema(as = ImportSummary)]
pub(in crate::http) struct Summary {
    pub created: usize,
    pub updated: usize,
    unchanged: usize,
    refused: usize,
    /// The line from which the next call goes on; null where the file is done.
    next_line: Option<usize>,
}

/// The report under way.
pub(super) struct Report {
    format: Format,
    pub summary: Summary,
}

impl Report {
    pub(super) fn new(format: Format) -> Self {
        Self {
            format,
            summary: Summary::default(),
        }
    }

    /// What stands above it.
    pub(super) fn header(&self) -> Option<Vec<u8>> {
        (self.format == Format::Csv).then(|| b"line,outcome,id,error\n".to_vec())
    }

    /// The line of a row, which is counted.
    pub(super) fn row(
        &mut self,
        line: usize,
        outcome: Outcome,
        id: Option<String>,
        error: Option<String>,
    ) -> Vec<u8> {
        let count = match outcome {
            Outcome::Created => &mut self.summary.created,
            Outcome::Updated => &mut self.summary.updated,
            Outcome::Unchanged => &mut self.summary.unchanged,
            Outcome::Refused => &mut self.summary.refused,
        };
        *count += 1;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        match self.format {
            Format::Csv => csv(line.to_string(), outcome.name(), &text(&id), &text(&error)),
            Format::Ndjson => json(&Reported {
                line: Some(line),
                outcome: Some(outcome),
                id,
                error,
                summary: None,
            }),
        }
    }

    /// The last line: the counts, and from where the next call goes on.
    pub(super) fn end(&mut self, next_line: Option<usize>) -> Vec<u8> {
        self.summary.next_line = next_line;
        let summary = &self.summary;
        match self.format {
            Format::Csv => {
                let counts = format!(
                    "created {}, updated {}, unchanged {}, refused {}",
                    summary.created, summary.updated, summary.unchanged, summary.refused
                );
                let line = next_line.map_or_else(String::new, |line| line.to_string());
                csv(line, "summary", "", &counts)
            }
            Format::Ndjson => json(&Reported {
                line: None,
                outcome: None,
                id: None,
                error: None,
                summary: Some(*summary),
            }),
        }
    }
}

fn json(reported: &Reported) -> Vec<u8> {
    // Texts and numbers always serialise.
    let mut text = serde_json::to_vec(reported).unwrap_or_default();
    text.push(b'\n');
    text
}

fn csv(line: String, outcome: &str, id: &str, error: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let cells = [line.into(), Cow::Borrowed(outcome), guard(id), guard(error)];
    cell::write(&cells, &mut out);
    out
}
