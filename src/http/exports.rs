//! `/v1/export`: all that a deployment has written down, streamed.
//!
//! Owns the two forms, and the manifest that says what they hold. The tables and
//! what of them goes out stand in `store::exports`.

use std::{borrow::Cow, io, slice};

use bytes::Bytes;
use futures_util::stream;
use http::StatusCode;
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::{
    Call, Response,
    body::Body,
    output,
    problem::{Fault, Problem},
    request::Request,
};
use crate::{
    decode::{self, Tree, names, record},
    domain::{access::to_hex, cell, zip::Zip},
    store::{
        audit,
        exports::{SCHEMA, TABLES, Table},
        one,
    },
};

names! {
    /// How an export is written.
    #[derive(Default)]
    pub(super) enum Form {
        /// A JSON object a line.
        #[default]
        Ndjson => "ndjson",
        /// A ZIP with a CSV for each table; of one table, its CSV.
        Csv => "csv",
    }
}

record! {
    /// What is exported, and how.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Asked {
        #[param(inline, required = false)]
        format: Form = decode::or_default,
        /// Only this table.
        table: Option<String>,
        /// Only what comes after a row of it: the last one that came, as it did.
        after: Option<String>,
    }
}

/// A line of an export: the first says of what; then come rows; the last has the
/// manifest.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what is put together by hand")]
pub(super) struct ExportLine {
    /// The version of this form, in the first line.
    #[schema(nullable = false)]
    goodword: Option<u8>,
    /// The last migration of the deployment, in the first line.
    #[schema(nullable = false)]
    schema: Option<String>,
    /// When it was begun, in the first line.
    #[schema(nullable = false)]
    at: Option<String>,
    /// The table of a row.
    #[schema(nullable = false)]
    table: Option<String>,
    /// The row: times are Unix milliseconds, bytes are hexadecimal.
    #[schema(nullable = false, value_type = Option<Object>)]
    row: Option<serde_json::Value>,
    #[schema(nullable = false)]
    manifest: Option<Manifest>,
}

record! {
    /// What an export holds.
    #[derive(ToSchema)]
    pub(super) struct Manifest {
        pub tables: Vec<Summary>,
    }
}

record! {
    /// What of a table there is.
    #[derive(Debug, PartialEq, Eq, ToSchema)]
    pub(super) struct Summary {
        pub name: String,
        pub rows: u64,
        /// Of its lines, or of its file, with the ends of lines; in hexadecimal.
        pub sha256: String,
    }
}

/// Streams all that is stored, but for what signs somebody in: as NDJSON, which
/// `POST /v1/restore` reads back into an empty deployment, or as CSV for
/// spreadsheets. An answer without a manifest at its end broke off.
#[utoipa::path(get, path = "/v1/export", tag = "moving", params(Asked),
    responses((status = 200, content(
        (ExportLine = "application/x-ndjson"),
        (String = "application/zip"), (String = "text/csv")))))]
pub(super) async fn export(request: Request) -> Result<Response, Problem> {
    let asked: Asked = request.query()?;
    let tables = match &asked.table {
        None => TABLES,
        Some(name) => slice::from_ref(Table::named(name).ok_or_else(|| {
            let names: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
            Problem::field("table", format!("is none of {}", names.join(", ")))
        })?),
    };
    let after = match asked.after {
        None => "{}".to_owned(),
        Some(row) => {
            if asked.table.is_none() || !matches!(Tree::parse(row.as_bytes()), Ok(Tree::Object(_)))
            {
                let detail = "must be a row of the `table` that is named";
                return Err(Problem::field("after", detail));
            }
            row
        }
    };
    let call = request.call.clone();
    let what = asked.table.as_deref().unwrap_or("everything");
    one(
        call.db(),
        audit::add(&audit::Entry {
            at: call.now,
            by: request.key(),
            program: None,
            action: "export",
            subject: what,
            detail: format!("{{\"format\":\"{}\"}}", asked.format.name()),
        }),
    )
    .await?;
    let zip = (asked.format == Form::Csv && asked.table.is_none()).then(Zip::default);
    let (media_type, name) = match (asked.format, &zip) {
        (Form::Ndjson, _) => ("application/x-ndjson", "goodword.ndjson"),
        (Form::Csv, Some(_)) => ("application/zip", "goodword.zip"),
        (Form::Csv, None) => ("text/csv; charset=utf-8", "goodword.csv"),
    };
    let run = Run {
        call,
        form: asked.format,
        zip,
        tables: tables.iter(),
        current: None,
        after,
        manifest: Vec::new(),
        is_begun: false,
    };
    let pieces = stream::try_unfold(Some(run), |run| async move {
        let Some(mut run) = run else { return Ok(None) };
        let (piece, goes_on) = run.next().await?;
        Ok::<_, io::Error>(Some((Bytes::from(piece), goes_on.then_some(run))))
    });
    Ok(
        Response::new(StatusCode::OK, Body::Pieces(Box::pin(pieces)))
            .with("content-type", media_type)
            .with("cache-control", output::NO_STORE)
            .with(
                "content-disposition",
                format!("attachment; filename=\"{name}\""),
            ),
    )
}

/// An export under way.
struct Run {
    call: Call,
    form: Form,
    zip: Option<Zip>,
    tables: slice::Iter<'static, Table>,
    current: Option<Current>,
    /// The row after which the next page begins.
    after: String,
    manifest: Vec<String>,
    is_begun: bool,
}

/// A table under way.
struct Current {
    table: &'static Table,
    rows: u64,
    sum: Sha256,
}

impl Run {
    /// What comes next, and whether there is more after it.
    async fn next(&mut self) -> io::Result<(Vec<u8>, bool)> {
        let mut out = Vec::new();
        if !self.is_begun {
            self.is_begun = true;
            if self.form == Form::Ndjson {
                let at = output::time(self.call.now);
                out.extend(first_line(&at).into_bytes());
                return Ok((out, true));
            }
        }
        let Some(current) = self.current.as_mut() else {
            let Some(table) = self.tables.next() else {
                self.finish(&mut out)?;
                return Ok((out, false));
            };
            self.current = Some(Current {
                table,
                rows: 0,
                sum: Sha256::new(),
            });
            if let Some(zip) = &mut self.zip {
                zip.begin(format!("{}.csv", table.name), &mut out)
                    .map_err(io::Error::other)?;
            }
            return Ok((out, true));
        };
        let page = current.table.after(self.call.db(), &self.after).await;
        let page = page.map_err(|error| {
            self.call.note(&Fault {
                message: "an export broke off",
                cause: error.to_string(),
            });
            io::Error::other("the database did not answer")
        })?;
        if let Some(last) = page.last() {
            let text = match self.form {
                Form::Ndjson => lines(current.table.name, &page),
                Form::Csv => csv(current.rows == 0, &page)?,
            };
            current.rows += page.len() as u64;
            current.sum.update(&text);
            self.after.clone_from(last);
            match &mut self.zip {
                Some(zip) => zip.write(&text, &mut out),
                None => out = text,
            }
        } else {
            if let Some(zip) = &mut self.zip {
                zip.end(&mut out).map_err(io::Error::other)?;
            }
            self.manifest.push(current.summary());
            self.current = None;
            "{}".clone_into(&mut self.after);
        }
        Ok((out, true))
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        let manifest = format!("{{\"tables\":[{}]}}", self.manifest.join(","));
        match (&mut self.zip, self.form) {
            (Some(zip), _) => {
                zip.begin("manifest.json".to_owned(), out)
                    .map_err(io::Error::other)?;
                zip.write(manifest.as_bytes(), out);
                zip.end(out).map_err(io::Error::other)?;
                zip.finish(out).map_err(io::Error::other)?;
            }
            (None, Form::Ndjson) => {
                out.extend(format!("{{\"manifest\":{manifest}}}\n").into_bytes());
            }
            (None, Form::Csv) => {}
        }
        Ok(())
    }
}

impl Current {
    fn summary(&mut self) -> String {
        let sum = to_hex(&self.sum.finalize_reset());
        let (name, rows) = (self.table.name, self.rows);
        format!("{{\"name\":\"{name}\",\"rows\":{rows},\"sha256\":\"{sum}\"}}")
    }
}

fn first_line(at: &str) -> String {
    format!("{{\"goodword\":1,\"schema\":\"{SCHEMA}\",\"at\":\"{at}\"}}\n")
}

/// What stands before a row of a table in its line.
pub(super) fn before_row(table: &str) -> String {
    format!("{{\"table\":\"{table}\",\"row\":")
}

/// Rows as lines.
fn lines(table: &str, page: &[String]) -> Vec<u8> {
    let before = before_row(table);
    let mut text = Vec::new();
    for row in page {
        for part in [before.as_str(), row, "}\n"] {
            text.extend(part.as_bytes());
        }
    }
    text
}

/// Rows as records, at first with their header. A spreadsheet shows no difference
/// between nothing and an empty text, and there is none here.
fn csv(with_header: bool, page: &[String]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut with_header = with_header;
    for row in page {
        let row = Tree::parse(row.as_bytes()).map_err(io::Error::other)?;
        let (mut names, mut cells) = (Vec::new(), Vec::new());
        for (name, value) in row.into_object("a row").map_err(io::Error::other)? {
            names.push(Cow::Owned(name));
            cells.push(match value {
                Tree::Text(text) => Cow::Owned(cell::guard(&text).into_owned()),
                Tree::Integer(number) => Cow::Owned(number.to_string()),
                _ => Cow::Borrowed(""),
            });
        }
        if std::mem::take(&mut with_header) {
            cell::write(&names, &mut out);
        }
        cell::write(&cells, &mut out);
    }
    Ok(out)
}
