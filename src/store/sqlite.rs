//! The port over embedded SQLite, for native tests and tools: the same SQL and
//! the same migrations as D1.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags, limits::Limit, types::ValueRef};
use serde_json::{Map, Value as Json};

use super::{Answer, Database, DatabaseError, Rows, Statement, Value};

/// A SQLite database behind the port.
pub struct Sqlite(Mutex<Connection>);

impl Sqlite {
    /// An empty database in memory, brought up by `migrations`, in order.
    pub fn in_memory(migrations: &[&str]) -> Result<Self, rusqlite::Error> {
        let connection = Connection::open_in_memory()?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // What D1 does not take fails here, too (workerd, src/workerd/util/sqlite.c++).
        for (limit, most) in [
            (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 5),
            (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 100),
            (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 10),
        ] {
            connection.set_limit(limit, most)?;
        }
        for migration in migrations {
            connection.execute_batch(migration)?;
        }
        Ok(Self(Mutex::new(connection)))
    }

    /// A database that is there. What it was told last is not safe from the
    /// machine's end: a tool that is cut off begins anew.
    pub fn open(file: &Path) -> Result<Self, rusqlite::Error> {
        let connection = Connection::open_with_flags(
            file,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "synchronous", "OFF")?;
        Ok(Self(Mutex::new(connection)))
    }

    /// Runs `work` on the connection itself: query plans, planted rows.
    pub fn with<T>(&self, work: impl FnOnce(&mut Connection) -> T) -> T {
        // A panic of another test's thread leaves the connection usable.
        let mut connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut connection)
    }
}

#[cfg(test)]
impl Sqlite {
    /// An empty database with all migrations, as it is in use.
    pub(super) fn migrated() -> Self {
        let migrations = [
            include_str!("../../migrations/0001_initial.sql"),
            include_str!("../../migrations/0002_closed_loop.sql"),
            include_str!("../../migrations/0003_disposable_mail.sql"),
            include_str!("../../migrations/0004_team.sql"),
            include_str!("../../migrations/0005_console.sql"),
            include_str!("../../migrations/0006_portal.sql"),
            include_str!("../../migrations/0007_landing.sql"),
            include_str!("../../migrations/0008_audit.sql"),
            include_str!("../../migrations/0009_reconciliation.sql"),
            include_str!("../../migrations/0010_checks.sql"),
            include_str!("../../migrations/0011_moving.sql"),
            include_str!("../../migrations/0012_outbox.sql"),
            include_str!("../../migrations/0013_moments.sql"),
            include_str!("../../migrations/0014_webhooks.sql"),
            include_str!("../../migrations/0015_messages.sql"),
            include_str!("../../migrations/0016_crm.sql"),
        ];
        Self::in_memory(&migrations).unwrap()
    }

    /// The steps of a statement's plan, nothing bound.
    pub(super) fn plan(&self, sql: &str) -> Vec<String> {
        self.with(|connection| {
            let mut explain = connection
                .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
                .unwrap();
            let mut rows = explain.raw_query();
            let mut steps = Vec::new();
            while let Some(row) = rows.next().unwrap() {
                steps.push(row.get("detail").unwrap());
            }
            steps
        })
    }
}

impl Database for Sqlite {
    fn batch(&self, statements: Vec<Statement>) -> Answer<'_, Vec<Rows>> {
        let answer = self
            .with(|connection| run(connection, &statements))
            .map_err(|error| DatabaseError::Failed(error.to_string()));
        Box::pin(std::future::ready(answer))
    }
}

fn run(connection: &mut Connection, statements: &[Statement]) -> rusqlite::Result<Vec<Rows>> {
    let transaction = connection.transaction()?;
    let rows = statements
        .iter()
        .map(|statement| query(&transaction, statement))
        .collect::<rusqlite::Result<Vec<_>>>()?;
    transaction.commit()?;
    Ok(rows)
}

fn query(connection: &Connection, statement: &Statement) -> rusqlite::Result<Rows> {
    let mut prepared = connection.prepare(statement.sql)?;
    for (index, value) in statement.parameters.iter().enumerate() {
        match value {
            Value::Null => prepared.raw_bind_parameter(index + 1, rusqlite::types::Null)?,
            // As D1 does it: a JavaScript number arrives as REAL.
            #[expect(clippy::cast_precision_loss, reason = "D1's own loss, on purpose")]
            Value::Integer(number) => {
                prepared.raw_bind_parameter(index + 1, *number as f64)?;
            }
            Value::Text(text) => prepared.raw_bind_parameter(index + 1, text)?,
        }
    }
    let names: Vec<String> = prepared.column_names().map(ToOwned::to_owned).collect();
    let mut cursor = prepared.raw_query();
    let mut rows = Vec::new();
    while let Some(row) = cursor.next()? {
        let mut object = Map::new();
        for (index, name) in names.iter().enumerate() {
            let value = match row.get_ref(index)? {
                ValueRef::Null => Json::Null,
                ValueRef::Integer(number) => Json::from(number),
                ValueRef::Real(number) => Json::from(number),
                ValueRef::Text(text) => Json::from(String::from_utf8_lossy(text)),
                ValueRef::Blob(bytes) => Json::from(bytes),
            };
            object.insert(name.clone(), value);
        }
        rows.push(Json::Object(object));
    }
    Ok(Rows(Json::Array(rows).to_string()))
}
