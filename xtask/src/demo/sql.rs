//! Owns the statements that put the demo's clicks and shares into the tables, as
//! no API takes what was clicked before today. Triggers of the migrations count
//! what is inserted.

use std::collections::BTreeMap;
use std::fmt::Write;

use goodword::domain::channel::Medium;
use goodword::domain::class;
use goodword::domain::link::{AdvocateNumber, DestinationNumber, LabelNumber, Link, ProgramNumber};

use super::traffic::Traffic;

const DAY: i64 = 86_400_000;

/// A program's numbers, as links have them, by places in its lists.
#[derive(Debug, Default)]
pub struct Numbers {
    pub program: u16,
    pub advocates: BTreeMap<usize, u32>,
    pub destinations: Vec<u8>,
    pub labels: Vec<u16>,
}

impl Numbers {
    /// The link of places in the program's lists.
    pub fn link(
        &self,
        advocate: usize,
        medium: Medium,
        destination: usize,
        label: Option<usize>,
    ) -> Option<Link> {
        let label = match label {
            Some(place) => *self.labels.get(place)?,
            None => 0,
        };
        Some(Link {
            program: ProgramNumber::new(self.program)?,
            advocate: AdvocateNumber(*self.advocates.get(&advocate)?),
            medium,
            destination: DestinationNumber::new(*self.destinations.get(destination)?)?,
            label: LabelNumber::new(label)?,
        })
    }
}

/// The statements of a program's traffic. Done again, they change nothing.
pub fn statements(traffic: &Traffic, numbers: &Numbers) -> String {
    let clicks: Vec<String> = traffic
        .clicks
        .iter()
        .filter_map(|click| {
            let (label, destination) = (click.label, click.destination);
            let link = numbers.link(click.advocate, click.medium, destination, label)?;
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
            let (label, destination) = (share.label, share.destination);
            let link = numbers.link(share.advocate, share.medium, destination, label)?;
            Some(format!(
                "({},'{}','',{},{},{},{},{},{},{},'admin',{})",
                link.program.get(),
                share.event,
                share.at,
                link.advocate.0,
                link.medium.code(),
                link.destination.get(),
                link.label.get(),
                if share.sent { 4 } else { 3 },
                share.offset_minutes,
                share.at,
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

fn insert(sql: &mut String, table: &str, rows: &[String]) {
    for rows in rows.chunks(600) {
        let rows = rows.join(",\n");
        // Writing to a string does not fail.
        let _ = writeln!(
            sql,
            "INSERT INTO {table} VALUES\n{rows}\nON CONFLICT DO NOTHING;"
        );
    }
}
