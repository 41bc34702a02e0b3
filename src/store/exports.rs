//! All that a deployment has written down, table by table: how it is read out, and
//! how it is read back in.
//!
//! Owns the list of tables. What is not in it is derived without being stored, came
//! with the migrations, or is a secret: sessions, links that sign in, and what an
//! API key is known by.

use super::{Database, DatabaseError, Document, Statement, one, statement};
use crate::decode::row;

/// The last migration, which an export names: between two schemas nothing is read
/// back in.
pub const SCHEMA: &str = "0016";

/// A table of an export.
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Whether triggers made rows of it while the facts before it were read back in.
    pub is_derived: bool,
    /// Rows that are read at a time: as many as an isolate has room for.
    page: u16,
    select: &'static str,
    insert: &'static str,
}

/// Both statements of a table. What they say of its columns stands in the migration:
/// the view `moving_…` has its primary key and each row as JSON, and takes rows in.
///
/// A page is what comes after a row (`?1`, of which the key is looked at), in the
/// order of the primary key, which a number of -1 and an empty text come before.
macro_rules! table {
    ($kind:ident $name:ident $page:literal, $first:ident $key:ident $(, $of:ident $more:ident)*) => {
        Table {
            name: stringify!($name),
            is_derived: table!(@is_derived $kind),
            page: $page,
            select: concat!(
                "SELECT row AS document FROM moving_", stringify!($name),
                " WHERE (", stringify!($key) $(, ", ", stringify!($more))*, ") > (",
                table!(@$first $key) $(, ", ", table!(@$of $more))*,
                ") ORDER BY ", stringify!($key) $(, ", ", stringify!($more))*, " LIMIT ?2"
            ),
            insert: concat!(
                "INSERT INTO moving_", stringify!($name), " (row) SELECT value FROM json_each(?1)"
            ),
        }
    };
    (@is_derived fact) => { false };
    (@is_derived derived) => { true };
    (@number $key:ident) => { concat!("coalesce(?1 ->> '", stringify!($key), "', -1)") };
    (@text $key:ident) => { concat!("coalesce(?1 ->> '", stringify!($key), "', '')") };
    (@bytes $key:ident) => { concat!("unhex(coalesce(?1 ->> '", stringify!($key), "', ''))") };
}

/// All tables, in an order in which they can be read back in: what a row refers to
/// is there before it, and what triggers derive comes after all that it is derived
/// from. Each with how many rows of it are read at a time.
#[rustfmt::skip] // A line a table.
pub static TABLES: &[Table] = &[
    table!(fact reps 1000, number number),
    table!(fact programs 1000, number number),
    table!(fact members 1000, text id),
    table!(fact api_keys 1000, text id),
    table!(fact destinations 1000, number program, number number),
    table!(fact labels 1000, number program, number number),
    table!(fact routing 1000, number program),
    // With pictures.
    table!(fact contents 8, number program, number version),
    table!(fact reward_rules 100, number program, number version),
    table!(fact advocates 1000, number program, number number),
    table!(fact advocate_visitors 1000, number program, number advocate, number utc_day, bytes visitor),
    table!(fact revocations 1000, number program, text body),
    table!(fact spoken_codes 1000, text key),
    table!(fact clicks 1000, number utc_day, number program, bytes visitor, bytes id),
    table!(fact shares 1000, number program, text event),
    table!(fact leads 1000, text id),
    table!(fact touches 1000, text lead, number n),
    table!(fact decisions 1000, text lead, number n),
    table!(fact history 1000, text lead, number n),
    table!(fact flags 1000, text lead, text rule),
    table!(fact sales 1000, number program, text order_id),
    table!(fact refunds 1000, number program, text refund_id),
    table!(fact rewards 1000, text id),
    table!(fact ledger 1000, number entry),
    table!(fact payouts 1000, text id),
    table!(fact payout_lines 1000, text payout, number n),
    table!(fact goals 1000, number rep, text quarter),
    table!(fact moments 1000, number program, text event),
    table!(fact follow_ups 1000, text lead, number at),
    table!(fact claims 1000, number program, text order_id, text click),
    table!(fact requests 1000, number program, text key),
    table!(fact reconciliations 1000, text id),
    table!(fact reconciliation_chunks 1000, text run, number n),
    table!(fact findings 1000, text run, number n),
    table!(fact archives 1000, number utc_day),
    table!(fact audit 1000, number n),
    table!(fact message_settings 1000, number program),
    table!(fact letter_templates 100, number program, text message, text kind, number version),
    table!(fact letters 1000, text id),
    table!(fact suppressions 1000, text hash, text reason),
    table!(derived disposable_domains 1000, text domain),
    table!(derived policies 1000, number program, number version),
    table!(derived changes 1000, number program, number n),
    table!(derived tallies_by_hour 1000, number program, number hour, number minute, number medium, number destination, number kind),
    table!(derived tallies_by_advocate 1000, number program, number local_day, number advocate, number medium, number label, number kind),
    table!(derived accounts 1000, number program, number advocate),
];

impl Table {
    /// The table of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        TABLES.iter().find(|table| table.name == name)
    }

    /// The rows after one, which is JSON as they are; `{}` comes before all. None is
    /// left if there are none.
    pub async fn after(&self, db: &dyn Database, row: &str) -> Result<Vec<String>, DatabaseError> {
        let select = statement!(self.select, row, self.page);
        let rows: Vec<Document> = one(db, select).await?.all()?;
        Ok(rows.into_iter().map(|row| row.document).collect())
    }
}

row! {
    /// How far an export was read back in.
    #[derive(Debug)]
    pub struct Restore {
        /// Its first line.
        pub export: String,
        /// Lines of it that are in; none before it has begun.
        pub lines: i64,
        /// When all of it was (Unix ms).
        pub finished_at: Option<i64>,
    }
}

// Goes with the first rows, so that an export of which none came holds nothing up. The
// NULL, or the row that is there, tells who was overtaken.
const BEGIN: &str = "
    INSERT INTO restores (only_row, export, lines, begun_at, begun_by)
    SELECT 1, ?1, iif(EXISTS (SELECT 1 FROM programs) OR EXISTS (SELECT 1 FROM reps), NULL, 0),
      ?2, ?3";

const STATE: &str = "
    SELECT export, lines, finished_at FROM restores
    UNION ALL
    SELECT ?1, 0, NULL
    WHERE NOT EXISTS (SELECT 1 FROM restores)
      AND NOT EXISTS (SELECT 1 FROM programs) AND NOT EXISTS (SELECT 1 FROM reps)";

const UNDER_WAY: &str = "SELECT export, lines, finished_at FROM restores WHERE finished_at IS NULL";

// Somebody else who reads the same lines in is told by the NULL.
const ADVANCE: &str = "
    UPDATE restores SET
      lines = iif(lines = ?1 AND finished_at IS NULL, CAST(?2 AS INTEGER), NULL),
      derived = max(derived, CAST(?3 AS INTEGER))";

const FINISH: &str = "UPDATE restores SET finished_at = coalesce(finished_at, ?1)";

/// How far an export, known by its first line, was read into a deployment without
/// programs and reps; or how far another was. `None` where there are some already.
pub async fn state(db: &dyn Database, export: &str) -> Result<Option<Restore>, DatabaseError> {
    one(db, statement!(STATE, export)).await?.first()
}

/// The statement that begins one, for the batch with its first rows.
#[must_use]
pub fn begin(export: &str, now: i64, by: &str) -> Statement {
    statement!(BEGIN, export, now, by)
}

/// Whether an export is being read in: nothing is derived meanwhile from what is only
/// there in part.
pub async fn is_under_way(db: &dyn Database) -> Result<bool, DatabaseError> {
    let restore: Option<Restore> = one(db, statement!(UNDER_WAY)).await?.first()?;
    Ok(restore.is_some())
}

/// The statement that goes from some lines to more, for a batch with what they hold.
/// What is derived is cleared once the first of it is reached.
#[must_use]
pub fn advance(from: i64, to: i64, is_derived: bool) -> Statement {
    statement!(ADVANCE, from, to, is_derived)
}

/// The statement that takes rows in: an array of JSON.
#[must_use]
pub fn put(table: &Table, rows: String) -> Statement {
    statement!(table.insert, rows)
}

/// The statement that ends it.
#[must_use]
pub fn finish(now: i64) -> Statement {
    statement!(FINISH, now)
}

#[cfg(test)]
mod tests {
    use super::TABLES;
    use crate::store::sqlite::Sqlite;

    /// However long a table is, a page of it is looked up, and sorts nothing.
    #[test]
    fn every_page_is_a_range_of_the_primary_key() {
        let database = Sqlite::migrated();
        for table in TABLES {
            let steps = database.plan(table.select);
            let first = steps.first().map_or("", String::as_str);
            assert!(
                first.starts_with(&format!("SEARCH {} USING", table.name))
                    && first.contains("PRIMARY KEY"),
                "{steps:?}"
            );
            assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")));
        }
    }
}
