//! SQL and row mapping over one small port, [`Database`].
//!
//! Owns every statement that reaches D1 or SQLite, each a named constant beside
//! the row type that it fills. Decides nothing: rules stand in `domain`.

use std::{future::Future, pin::Pin};

use serde::Serialize;

use crate::decode::{self, Decode, row};

pub mod accounts;
pub mod advocates;
pub mod api_keys;
pub mod archive;
pub mod audit;
pub mod changes;
pub mod checks;
pub mod claims;
pub mod clicks;
pub mod contents;
pub mod crm;
pub mod destinations;
pub mod exports;
pub mod findings;
pub mod funnel;
pub mod goals;
pub mod imports;
pub mod labels;
pub mod leads;
pub mod letter_plans;
pub mod letters;
pub mod members;
pub mod mending;
pub mod messages;
pub mod moments;
pub mod payouts;
pub mod people;
pub mod portal;
pub mod programs;
pub mod reconciliations;
pub mod reps;
pub mod requests;
pub mod rewards;
pub mod rules;
pub mod sales;
pub mod shares;
pub mod snapshot;
pub mod spoken;
#[cfg(not(target_arch = "wasm32"))]
pub mod sqlite;
pub mod statistics;
pub mod suppressions;
pub mod webhooks;

/// A future that may go with its request to another thread, natively; D1's
/// adapter promises so for the one thread that wasm has.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, DatabaseError>> + Send + 'a>>;

/// The port: a batch of statements, atomic, answering rows.
pub trait Database: Send + Sync {
    /// Runs the statements in order, in one transaction: all of them or none.
    fn batch(&self, statements: Vec<Statement>) -> Answer<'_, Vec<Rows>>;
}

/// One statement with its parameters, `?1` first.
#[derive(Debug, Clone)]
pub struct Statement {
    /// The SQL.
    pub sql: &'static str,
    /// What is bound. Integers may arrive as REAL on D1, so the SQL casts
    /// where it calculates; more than 100 are refused there.
    pub parameters: Vec<Value>,
}

/// A parameter. Bytes travel as hexadecimal text (`unhex`), booleans as 0 and 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// NULL
    Null,
    /// INTEGER, exact up to 2^53.
    Integer(i64),
    /// TEXT
    Text(String),
}

/// The rows that a statement answered, as a JSON array of objects.
#[derive(Debug, Clone)]
pub struct Rows(pub String);

/// Why the database did not answer.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// It failed, or could not be reached. The text is for the log.
    #[error("the database did not answer: {0}")]
    Failed(String),
    /// A row is not what its type expects.
    #[error("a row could not be read: {0}")]
    Row(#[from] decode::Error),
    /// It answered for fewer statements than were sent.
    #[error("the database answered too little")]
    Short,
}

impl DatabaseError {
    /// Whether somebody else was faster: a key that is unique is taken, or a
    /// row's version is no longer the one that was read (see [`leads`]). The
    /// text is `SQLite`'s own, which D1 passes on.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Failed(text)
            if text.contains("UNIQUE constraint failed") || text.contains("NOT NULL constraint failed"))
    }
}

row! {
    /// A row that is ready to be answered: SQL has put the JSON together, so that
    /// what an answer holds is read in one place, and costs no code in the wasm.
    #[derive(Debug)]
    pub struct Document {
        /// A JSON object.
        pub document: String,
        /// Its place in a list, where it is asked for as a page.
        pub cursor: String = decode::or_default,
    }
}

/// A time column as the API writes it ([`crate::domain::date::rfc3339`]).
macro_rules! time {
    ($column:literal) => {
        concat!(
            "strftime('%Y-%m-%dT%H:%M:%fZ', ",
            $column,
            " / 1000.0, 'unixepoch')"
        )
    };
}
pub(crate) use time;

/// A statement with its parameters, each by `Value::from`.
macro_rules! statement {
    ($sql:expr $(, $parameter:expr)* $(,)?) => {
        $crate::store::Statement {
            sql: $sql,
            parameters: vec![$($crate::store::Value::from($parameter)),*],
        }
    };
}
pub(crate) use statement;

impl Rows {
    /// The rows as values of `T`.
    pub fn all<T: Decode>(&self) -> Result<Vec<T>, DatabaseError> {
        Ok(decode::read(self.0.as_bytes())?)
    }

    /// The first row, if there is one.
    pub fn first<T: Decode>(&self) -> Result<Option<T>, DatabaseError> {
        Ok(self.all()?.into_iter().next())
    }

    /// The document of the first row, which has to be there.
    pub fn document(&self) -> Result<String, DatabaseError> {
        let row: Document = self.first()?.ok_or(DatabaseError::Short)?;
        Ok(row.document)
    }
}

/// Runs one statement.
pub async fn one(db: &dyn Database, statement: Statement) -> Result<Rows, DatabaseError> {
    let [rows] = several(db, [statement]).await?;
    Ok(rows)
}

/// Runs so many statements, in one transaction.
pub async fn several<const N: usize>(
    db: &dyn Database,
    statements: [Statement; N],
) -> Result<[Rows; N], DatabaseError> {
    let rows = db.batch(statements.into()).await?;
    rows.try_into().map_err(|_| DatabaseError::Short)
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<u16> for Value {
    fn from(value: u16) -> Self {
        Self::Integer(value.into())
    }
}

impl From<u8> for Value {
    fn from(value: u8) -> Self {
        Self::Integer(value.into())
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Integer(value.into())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// What is written as JSON always serialises.
impl From<serde_json::Error> for DatabaseError {
    fn from(error: serde_json::Error) -> Self {
        Self::Row(error.into())
    }
}
