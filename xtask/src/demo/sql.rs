//! Owns the demo's statements for D1: what no API takes, because it happened
//! before today. Triggers of the migrations count what is inserted.

use std::fmt::Write;

use goodword::domain::{class, link::Link};

use super::people::Program;
use super::traffic::Traffic;

/// D1 takes 100 KB a statement; a row has 120 bytes.
const ROWS: usize = 600;

const DAY: i64 = 86_400_000;

/// A program's numbers, as links have them.
pub struct Numbers {
    pub program: u16,
    pub advocates: Vec<u32>,
    pub destinations: Vec<u8>,
    pub labels: Vec<u16>,
}

impl Numbers {
    /// The link of places in the program's lists.
    pub fn link(
        &self,
        advocate: usize,
        medium: goodword::domain::channel::Medium,
        destination: usize,
        label: Option<usize>,
    ) -> Option<Link> {
        use goodword::domain::link::{
            AdvocateNumber, DestinationNumber, LabelNumber, ProgramNumber,
        };
        let label = match label {
            Some(place) => *self.labels.get(place)?,
            None => 0,
        };
        Some(Link {
            program: ProgramNumber::new(self.program)?,
            advocate: AdvocateNumber(*self.advocates.get(advocate)?),
            medium,
            destination: DestinationNumber::new(*self.destinations.get(destination)?)?,
            label: LabelNumber::new(label)?,
        })
    }
}

/// The statements that put a program's traffic into the tables. Done again, they
/// change nothing.
pub fn traffic(traffic: &Traffic, numbers: &Numbers, now: i64) -> String {
    let clicks: Vec<String> = traffic
        .clicks
        .iter()
        .filter_map(|click| {
            let link =
                numbers.link(click.advocate, click.medium, click.destination, click.label)?;
            let visitor = click.visitor.map(|hash| format!("{hash:016x}"));
            Some(format!(
                "({},{},x'{}',x'{}',{},{},{},{},{},{},{},{},{})",
                click.id.at() / DAY,
                link.program.get(),
                visitor.unwrap_or_default(),
                click.id.to_hex(),
                click.id.at(),
                link.advocate.0,
                link.medium.code(),
                link.destination.get(),
                link.label.get(),
                click.class.code(),
                click.reason.code(),
                class::RULES,
                click.offset_minutes,
            ))
        })
        .collect();
    let shares: Vec<String> = traffic
        .shares
        .iter()
        .filter_map(|share| {
            let link =
                numbers.link(share.advocate, share.medium, share.destination, share.label)?;
            Some(format!(
                "({},'{}','',{},{},{},{},{},{},{},'admin',{now})",
                link.program.get(),
                share.event,
                share.at,
                link.advocate.0,
                link.medium.code(),
                link.destination.get(),
                link.label.get(),
                if share.sent { 4 } else { 3 },
                share.offset_minutes,
            ))
        })
        .collect();
    let mut sql = String::new();
    insert(
        &mut sql,
        "clicks (utc_day, program, visitor, id, at, advocate, medium, destination, label, class, \
         reason, rules, offset_minutes)",
        &clicks,
    );
    insert(
        &mut sql,
        "shares (program, event, request, at, advocate, medium, destination, label, kind, \
         offset_minutes, recorded_by, recorded_at)",
        &shares,
    );
    sql
}

/// The statements that date advocates back to when they came.
pub fn advocates(program: &Program, numbers: &Numbers, now: i64) -> String {
    let mut sql = String::new();
    for (advocate, number) in program.advocates.iter().zip(&numbers.advocates) {
        let since = now - advocate.7 * DAY;
        // Writing to a string does not fail.
        let _ = writeln!(
            sql,
            "UPDATE advocates SET created_at = {since} WHERE program = {} AND number = {number};",
            numbers.program
        );
    }
    sql
}

/// The statement that dates a payout back.
pub fn payout(id: &str, at: i64) -> String {
    format!("UPDATE payouts SET created_at = {at} WHERE id = '{id}';\n")
}

fn insert(sql: &mut String, table: &str, rows: &[String]) {
    for rows in rows.chunks(ROWS) {
        // Writing to a string does not fail.
        let _ = writeln!(
            sql,
            "INSERT INTO {table} VALUES\n{}\nON CONFLICT DO NOTHING;",
            rows.join(",\n")
        );
    }
}
