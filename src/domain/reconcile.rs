//! A row of a CRM's or a billing system's export, in our terms.
//!
//! Owns which columns of whose export mean what, what their stages are to us, and
//! why a row cannot be read. What a row is about, and how it differs from what is
//! here, is SQL's (migration 0009).

use serde::Serialize;

use super::{
    cell::is_same_name,
    money::Currency,
    person,
    program::{Email, Identifier},
    written::{self, Dates, Decimal, NotExact},
    zone::Zone,
};
use crate::decode::{Decode, Fault, Tree, names};

mod presets;

names! {
    /// Whose export it is.
    #[derive(Default)]
    pub enum Preset {
        /// Anybody's: the columns have our own names.
        #[default]
        Generic => "generic",
        /// A report of opportunities.
        Salesforce => "salesforce",
        /// Deals.
        Hubspot => "hubspot",
        /// Payments.
        Stripe => "stripe",
    }
}

names! {
    /// What becomes of rows about nobody who is here.
    #[derive(Default)]
    pub enum Others {
        /// What they say was won is missing here.
        #[default]
        Report => "report",
        /// They are left out.
        Ignore => "ignore",
    }
}

names! {
    /// What is read of a row.
    #[derive(PartialOrd, Ord)]
    pub enum Column {
        /// Our id of the lead.
        Lead => "lead",
        /// The order, as a sale here is known by it.
        Order => "order",
        /// What the billing system calls the customer.
        External => "external",
        /// The customer's address …
        Email => "email",
        /// … or the SHA-256 of it.
        EmailSha256 => "email_sha256",
        /// What their system calls the row.
        Record => "record",
        /// What was paid.
        Amount => "amount",
        /// What of it was given back.
        Refunded => "refunded",
        /// ISO 4217.
        Currency => "currency",
        /// Where the deal stands.
        Stage => "stage",
        /// Whose deal it is.
        Owner => "owner",
        /// When it was closed or paid.
        At => "at",
        /// Why it was lost.
        Reason => "reason",
    }
}

names! {
    /// What a stage of theirs is here.
    pub enum Standing {
        /// A lead that came in.
        New => "new",
        /// An accepted one.
        Accepted => "accepted",
        /// One with a meeting.
        Meeting => "meeting",
        /// An opportunity.
        Opportunity => "opportunity",
        /// Sold, or paid.
        Won => "won",
        /// Lost.
        Lost => "lost",
        /// Any other stage: neither won nor lost.
        Open => "open",
        /// A payment that is none: it failed, or has yet to be made.
        Unpaid => "unpaid",
    }
}

/// Characters of a reason for a lost deal that are kept.
const REASON_CHARACTERS: usize = 200;

/// Characters of an owner and of a stage at most.
const MOST_CHARACTERS: usize = 200;

/// Names of theirs by what they are to us, as the client says: a JSON object in a
/// query.
#[derive(Debug, Default)]
pub struct Columns(Vec<(Column, String)>);

impl Decode for Columns {
    fn decode(tree: Tree) -> Result<Self, Fault> {
        let pairs = texts(tree)?.into_iter().map(|(column, name)| {
            let column = Column::decode(Tree::Text(column.clone()))
                .map_err(|_| Fault::new(not_among(&column, &Column::ALL.map(Column::name))))?;
            Ok((column, name))
        });
        pairs.collect::<Result<_, Fault>>().map(Self)
    }
}

/// Their stages and what they are to us, likewise.
#[derive(Debug, Default)]
pub struct Stages(Vec<(String, Standing)>);

impl Decode for Stages {
    fn decode(tree: Tree) -> Result<Self, Fault> {
        let pairs = texts(tree)?
            .into_iter()
            .map(|(theirs, ours)| Ok((theirs, Standing::decode(Tree::Text(ours))?)));
        pairs.collect::<Result<_, Fault>>().map(Self)
    }
}

/// The pairs of an object of texts that stands in a query as JSON.
fn texts(tree: Tree) -> Result<Vec<(String, String)>, Fault> {
    let text = String::decode(tree)?;
    let tree = Tree::parse(text.as_bytes()).map_err(Fault::new)?;
    let pairs = tree.into_object("an object of texts")?.into_iter();
    pairs
        .map(|(key, value)| match String::decode(value) {
            Ok(text) => Ok((key, text)),
            Err(fault) => Err(fault.of(&key)),
        })
        .collect()
}

fn not_among(name: &str, all: &[&str]) -> String {
    format!("`{name}` is none of {}", all.join(", "))
}

/// How a file is read.
pub struct Reading {
    /// Whose it is.
    pub preset: Preset,
    /// Columns that have other names than the preset knows.
    pub columns: Columns,
    /// Stages that the preset does not know.
    pub stages: Stages,
    /// Of amounts in a row that does not say.
    pub currency: Option<Currency>,
    /// What stands before decimals.
    pub decimal: Decimal,
    /// What 10/1/2026 means.
    pub dates: Dates,
    /// The program's clock.
    pub zone: Zone,
}

/// A row in our terms, as SQL takes it.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The line on which it begins.
    pub line: usize,
    /// Why it cannot be read; then it holds nothing else.
    pub why: Option<String>,
    /// Our id of the lead.
    pub lead: Option<String>,
    /// The order.
    pub order: Option<String>,
    /// What the billing system calls the customer.
    pub external: Option<String>,
    /// The hash of their address.
    pub email_hash: Option<String>,
    /// What their system calls the row.
    pub record: Option<String>,
    /// Minor units, above 0.
    pub amount: Option<i64>,
    /// Minor units.
    pub refunded: Option<i64>,
    /// Of both.
    pub currency: Option<String>,
    /// Where it stands here.
    pub stage: Option<&'static str>,
    /// Where it stands, in their words.
    pub said: Option<String>,
    /// Whose it is, in their words.
    pub owner: Option<String>,
    /// When (Unix ms).
    pub at: Option<i64>,
    /// Why it was lost.
    pub reason: Option<String>,
}

/// Reads the rows of a file. The columns are looked up once: later rows have the
/// names of the first at the same places.
pub struct Reader {
    reading: Reading,
    known: Vec<(String, Option<Place>)>,
}

/// What a column is, and how well its name fits: the least is the best.
type Place = (Column, usize);

/// The cells of a row that are read, each with how well its column fits; without a text
/// where it is a JSON number with a point.
type Cells<'a> = [Option<(usize, Option<&'a str>)>; Column::ALL.len()];

impl Reader {
    /// A reader of one file.
    #[must_use]
    pub const fn new(reading: Reading) -> Self {
        Self {
            reading,
            known: Vec::new(),
        }
    }

    /// The columns of a row from which nothing is read; or, if it has none by which
    /// anything could be found, what to do about it.
    pub fn unmapped<'a>(
        &mut self,
        names: impl Iterator<Item = &'a str>,
    ) -> Result<Vec<&'a str>, String> {
        use Column::{Email, EmailSha256, External, Lead, Order, Record};
        let mut unmapped = Vec::new();
        let mut all = Vec::new();
        let mut finds = false;
        for (index, name) in names.enumerate() {
            all.push(name);
            match self.place(index, name) {
                None => unmapped.push(name),
                Some((Lead | Order | External | Email | EmailSha256 | Record, _)) => finds = true,
                Some(_) => {}
            }
        }
        if finds {
            return Ok(unmapped);
        }
        Err(format!(
            "none of the file's columns is known for a lead, an order, a customer, an address or a record: {}; \
             say which is, like {{\"order\":\"Order No.\"}}",
            all.join(", ")
        ))
    }

    /// A row of these cells, by the names of their columns.
    pub fn row<'a>(
        &mut self,
        line: usize,
        cells: impl Iterator<Item = (&'a str, Option<&'a str>)>,
    ) -> Row {
        let mut found: Cells = [None; Column::ALL.len()];
        for (index, (name, text)) in cells.enumerate() {
            if let Some((column, rank)) = self.place(index, name)
                && text != Some("")
                && let Some(cell) = found.get_mut(column as usize)
                && cell.is_none_or(|(known, _)| rank < known)
            {
                *cell = Some((rank, text));
            }
        }
        self.reading
            .row(line, &found)
            .unwrap_or_else(|why| Row::unreadable(line, why))
    }

    fn place(&mut self, index: usize, name: &str) -> Option<Place> {
        match self.known.get(index) {
            Some((known, place)) if known == name => return *place,
            _ => {}
        }
        let place = self.reading.place(name);
        let known = (name.to_owned(), place);
        match self.known.get_mut(index) {
            Some(old) => *old = known,
            // They come one after the other, so that it is the next.
            None => self.known.push(known),
        }
        place
    }
}

impl Row {
    /// A row that cannot be read.
    #[must_use]
    pub fn unreadable(line: usize, why: String) -> Self {
        Self {
            line,
            why: Some(why),
            ..Self::default()
        }
    }
}

impl Reading {
    /// What a column of this name is.
    fn place(&self, name: &str) -> Option<Place> {
        let said = &self.columns.0;
        if let Some((column, _)) = said.iter().find(|(_, theirs)| is_same_name(theirs, name)) {
            return Some((*column, 0));
        }
        let mut known = self.preset.columns().iter().enumerate();
        let (rank, (column, _)) = known.find(|(_, (_, theirs))| is_same_name(theirs, name))?;
        // Whoever says which column it is means no other.
        let is_said = said.iter().any(|(said, _)| said == column);
        (!is_said).then_some((*column, rank + 1))
    }

    fn row(&self, line: usize, cells: &Cells) -> Result<Row, String> {
        let cell = |column: Column| {
            let cell = cells.get(column as usize).copied().flatten();
            cell.and_then(|(_, text)| text)
        };
        let mut named = Column::ALL.iter().zip(cells);
        if let Some((column, _)) = named.find(|(_, cell)| matches!(cell, Some((_, None)))) {
            return Err(in_column(*column)(NotExact.to_string()));
        }
        let id = |column: Column| match cell(column) {
            None => Ok(None),
            Some(text) => written::id(text)
                .and_then(|id| {
                    Identifier::try_from(id.to_owned())
                        .map(|id| Some(id.into()))
                        .map_err(|error| error.to_string())
                })
                .map_err(in_column(column)),
        };
        if cells.iter().all(Option::is_none) {
            return Err("nothing stands in any of the columns that are read".to_owned());
        }
        let currency = self.currency(cell(Column::Currency))?;
        let money = |column: Column| match (cell(column), currency) {
            (None, _) => Ok(None),
            (Some(_), None) => Err(format!(
                "{}: has no currency; say which with `currency`",
                column.name()
            )),
            (Some(text), Some(currency)) => written::amount(text, currency, self.decimal)
                .map(Some)
                .map_err(in_column(column)),
        };
        let amount = money(Column::Amount)?.filter(|amount| *amount != 0);
        if amount.is_some_and(|amount| amount < 0) {
            return Err("amount: is below zero; what was given back is `refunded`".to_owned());
        }
        // Some exports write what was given back with a minus.
        let refunded = money(Column::Refunded)?.map(i64::abs);
        let stage = match cell(Column::Stage) {
            Some(said) => Some(self.stage(said)),
            // Who has an amount and no stage tells what was sold.
            None => amount.map(|_| Standing::Won),
        };
        Ok(Row {
            line,
            why: None,
            lead: id(Column::Lead)?,
            order: id(Column::Order)?,
            external: id(Column::External)?,
            email_hash: email_hash(cell(Column::Email), cell(Column::EmailSha256))?,
            record: id(Column::Record)?,
            amount,
            refunded,
            currency: currency
                .filter(|_| amount.is_some() || refunded.is_some())
                .map(Into::into),
            stage: stage.map(Standing::name),
            said: cell(Column::Stage).map(|text| cut(text, MOST_CHARACTERS)),
            owner: cell(Column::Owner).map(|text| cut(text, MOST_CHARACTERS)),
            at: match cell(Column::At) {
                None => None,
                Some(text) => {
                    let zone = self.preset.zone().unwrap_or(self.zone);
                    let at = written::moment(text, self.dates, zone);
                    Some(at.map_err(in_column(Column::At))?)
                }
            },
            reason: cell(Column::Reason).map(|text| cut(text, REASON_CHARACTERS)),
        })
    }

    fn currency(&self, said: Option<&str>) -> Result<Option<Currency>, String> {
        let Some(text) = said else {
            return Ok(self.currency);
        };
        let currency = Currency::named(&text.to_ascii_uppercase());
        currency
            .map(Some)
            .ok_or_else(|| "currency: is no code of a currency (ISO 4217), like USD".to_owned())
    }

    fn stage(&self, said: &str) -> Standing {
        let stages = self
            .stages
            .0
            .iter()
            .map(|(theirs, ours)| (theirs.as_str(), ours));
        let known = self
            .preset
            .stages()
            .iter()
            .map(|(theirs, ours)| (*theirs, ours));
        let found = stages
            .chain(known)
            .find(|(theirs, _)| is_same_name(theirs, said));
        found.map_or(self.preset.other_stage(), |(_, ours)| *ours)
    }
}

fn in_column(column: Column) -> impl Fn(String) -> String {
    move |error| format!("{}: {error}", column.name())
}

fn email_hash(email: Option<&str>, hash: Option<&str>) -> Result<Option<String>, String> {
    if let Some(hash) = hash {
        let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        return if is_hash {
            Ok(Some(hash.to_ascii_lowercase()))
        } else {
            Err("email_sha256: must be a SHA-256 in 64 hexadecimal digits".to_owned())
        };
    }
    // A deal with several contacts has the first one's.
    let Some(email) = email.and_then(|text| text.split([';', ',']).next()) else {
        return Ok(None);
    };
    // What stands there instead may be a person's name: it is not repeated.
    let email =
        Email::try_from(email.trim().to_owned()).map_err(|error| format!("email: {error}"))?;
    Ok(Some(person::email_hash(&person::email_key(email.as_str()))))
}

/// A text without what controls a terminal, and no longer than that.
fn cut(text: &str, most: usize) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let cut: String = plain.take(most).collect();
    cut.trim().to_owned()
}

#[cfg(test)]
mod tests;
