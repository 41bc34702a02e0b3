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
pub const SCHEMA: &str = "0011";

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

/// Both statements of a table, from one list of its columns: first those of its
/// primary key, then the rest, at last those of bytes, which travel in hexadecimal.
///
/// A page is what comes after a row (`?1`, of which the key is looked at), in the
/// order of the primary key, which a number of -1 and an empty text come before.
macro_rules! table {
    ($name:literal $derived:literal $page:literal, $($key:ident $from:literal)+, $($column:ident)*
        $(, bytes $($bytes:ident)*)? $(, $tail:literal)?) => {
        Table {
            name: $name,
            is_derived: $derived,
            page: $page,
            select: concat!(
                "SELECT json_object(", table!(@pairs $($key)+ $($column)*),
                $($(", '", stringify!($bytes), "', iif(", stringify!($bytes), " IS NULL, NULL, hex(",
                    stringify!($bytes), "))",)*)?
                ") AS document FROM ", $name, " WHERE (", table!(@list $($key)+), ") > (",
                table!(@from $($key $from)+), ") ORDER BY ", table!(@list $($key)+), " LIMIT ?2"
            ),
            insert: concat!(
                "INSERT INTO ", $name, " (", table!(@list $($key)+ $($column)*),
                $($(", ", stringify!($bytes),)*)? ") SELECT ",
                table!(@values $($key)+ $($column)*),
                $($(", unhex(value ->> '", stringify!($bytes), "')",)*)?
                " FROM json_each(?1) WHERE true" $(, $tail)?
            ),
        }
    };
    (@list $first:ident $($rest:ident)*) => {
        concat!(stringify!($first) $(, ", ", stringify!($rest))*)
    };
    (@pairs $first:ident $($rest:ident)*) => {
        concat!("'", stringify!($first), "', ", stringify!($first)
            $(, ", '", stringify!($rest), "', ", stringify!($rest))*)
    };
    (@values $first:ident $($rest:ident)*) => {
        concat!("value ->> '", stringify!($first), "'" $(, ", value ->> '", stringify!($rest), "'")*)
    };
    (@from $first:ident $from:literal $($rest:ident $more:literal)*) => {
        concat!("coalesce(?1 ->> '", stringify!($first), "', ", $from, ")"
            $(, ", coalesce(?1 ->> '", stringify!($rest), "', ", $more, ")")*)
    };
}

/// A page of the clicks: all but the words of a [`table`] are bytes here.
const CLICKS: &str = "
    SELECT json_object('utc_day', utc_day, 'program', program, 'visitor', hex(visitor),
      'id', hex(id), 'at', at, 'advocate', advocate, 'medium', medium, 'destination', destination,
      'label', label, 'class', class, 'reason', reason, 'rules', rules,
      'offset_minutes', offset_minutes) AS document
    FROM clicks
    WHERE (utc_day, program, visitor, id) > (coalesce(?1 ->> 'utc_day', -1),
      coalesce(?1 ->> 'program', -1), unhex(coalesce(?1 ->> 'visitor', '')),
      unhex(coalesce(?1 ->> 'id', '')))
    ORDER BY utc_day, program, visitor, id LIMIT ?2";

const CLICKS_BACK: &str = "
    INSERT INTO clicks
    SELECT value ->> 'utc_day', value ->> 'program', unhex(value ->> 'visitor'),
      unhex(value ->> 'id'), value ->> 'at', value ->> 'advocate', value ->> 'medium',
      value ->> 'destination', value ->> 'label', value ->> 'class', value ->> 'reason',
      value ->> 'rules', value ->> 'offset_minutes'
    FROM json_each(?1)";

const ADVOCATE_VISITORS: &str = "
    SELECT json_object('program', program, 'advocate', advocate, 'utc_day', utc_day,
      'visitor', hex(visitor)) AS document
    FROM advocate_visitors
    WHERE (program, advocate, utc_day, visitor) > (coalesce(?1 ->> 'program', -1),
      coalesce(?1 ->> 'advocate', -1), coalesce(?1 ->> 'utc_day', -1),
      unhex(coalesce(?1 ->> 'visitor', '')))
    ORDER BY program, advocate, utc_day, visitor LIMIT ?2";

const ADVOCATE_VISITORS_BACK: &str = "
    INSERT INTO advocate_visitors
    SELECT value ->> 'program', value ->> 'advocate', value ->> 'utc_day',
      unhex(value ->> 'visitor')
    FROM json_each(?1)";

const API_KEYS: &str = "
    SELECT json_object('id', id, 'name', name, 'scopes', scopes, 'created_at', created_at,
      'revoked_at', revoked_at, 'created_by', created_by) AS document
    FROM api_keys WHERE id > coalesce(?1 ->> 'id', '') ORDER BY id LIMIT ?2";

// Whoever did something is named by their key. It opens nothing here: what a key is
// known by stays where it was made.
const API_KEYS_BACK: &str = "
    INSERT INTO api_keys (id, hash, name, scopes, created_at, revoked_at, created_by)
    SELECT value ->> 'id', 'none of ' || (value ->> 'id'), value ->> 'name', value ->> 'scopes',
      value ->> 'created_at',
      coalesce(value ->> 'revoked_at', (SELECT begun_at FROM restores)), value ->> 'created_by'
    FROM json_each(?1)";

const AUDIT: &str = "
    SELECT json_object('n', n, 'at', at, 'by', by, 'program', program, 'action', action,
      'subject', subject, 'detail', detail) AS document
    FROM audit WHERE n > coalesce(?1 ->> 'n', -1) ORDER BY n LIMIT ?2";

// After what this deployment has written down itself.
const AUDIT_BACK: &str = "
    INSERT INTO audit (at, by, program, action, subject, detail)
    SELECT value ->> 'at', value ->> 'by', value ->> 'program', value ->> 'action',
      value ->> 'subject', value ->> 'detail'
    FROM json_each(?1) ORDER BY key";

/// Rows of a page, where none of them is long.
const MANY: u16 = 1_000;

/// A table whose statements stand above.
const fn table(name: &'static str, select: &'static str, insert: &'static str) -> Table {
    Table {
        name,
        is_derived: false,
        page: MANY,
        select,
        insert,
    }
}

/// All tables, in an order in which they can be read back in: what a row refers to
/// is there before it, and what triggers derive comes after all that it is derived
/// from.
#[rustfmt::skip] // A paragraph a table.
pub static TABLES: &[Table] = &[
    table!("reps" false 1000, number "-1", slug name email status created_at updated_at),
    table!("programs" false 1000, number "-1",
        slug name status zone touch window_days cookie pass_through preview_title
        preview_description preview_image created_at updated_at changed_by),
    // Who has signed in here already is there by another id.
    table!("members" false 1000, id "''",
        email name role rep status created_at invited_at seen_at, " ON CONFLICT DO NOTHING"),
    table("api_keys", API_KEYS, API_KEYS_BACK),
    table!("destinations" false 1000, program "-1" number "-1",
        slug url status created_at updated_at changed_by),
    table!("labels" false 1000, program "-1" number "-1", slug created_at),
    table!("routing" false 1000, program "-1", reps turn),
    // With pictures.
    table!("contents" false 8, program "-1" version "-1", content created_at created_by),
    table!("reward_rules" false 100, program "-1" version "-1", rules created_at created_by),
    table!("advocates" false 1000, program "-1" number "-1",
        external_id kind name email status created_at updated_at segment owner email_hash erased_at
        invited_at invitation_claimed_at merged_into merged_at merged_by parent is_member shows_name
        joined_at),
    table("advocate_visitors", ADVOCATE_VISITORS, ADVOCATE_VISITORS_BACK),
    table!("revocations" false 1000, program "-1" body "''", created_at),
    table!("spoken_codes" false 1000, key "''",
        code program advocate medium destination label created_at revoked_at),
    table("clicks", CLICKS, CLICKS_BACK),
    table!("shares" false 1000, program "-1" event "''",
        request at advocate medium destination label kind offset_minutes recorded_by recorded_at),
    table!("leads" false 1000, id "''",
        program at moment source stage reason accepted_at meeting_at opportunity_at won_at lost_at
        suspected name email email_hash phone company customer note consent_text consent_at
        erased_at advocate medium label touch terms owner version created_at updated_at,
        bytes visitor),
    table!("touches" false 1000, lead "''" n "-1",
        kind at advocate medium destination label proof place recorded_at recorded_by),
    table!("decisions" false 1000, lead "''" n "-1", at policy moment winner verdicts cause by),
    table!("history" false 1000, lead "''" n "-1", kind before after why at by recorded_at),
    table!("flags" false 1000, lead "''" rule "''", detail at),
    table!("sales" false 1000, program "-1" order_id "''",
        at amount currency product lead matched_by customer email_hash click recorded_at
        recorded_by),
    table!("refunds" false 1000, program "-1" refund_id "''",
        order_id at amount currency reason recorded_at recorded_by),
    // Without their sums, which the ledger adds up again.
    table!("rewards" false 1000, id "''",
        program advocate rule beneficiary rep lead order_id unit form terms earned_at due_at
        approval),
    table!("ledger" false 1000, entry "-1",
        reward kind amount approved issued paid holds terms payout line reason at by),
    table!("payouts" false 1000, id "''", program created_at created_by),
    table!("payout_lines" false 1000, payout "''" n "-1",
        beneficiary advocate lead rep unit form amount status reference settled_at),
    table!("goals" false 1000, rep "-1" quarter "''", asked meetings won),
    table!("claims" false 1000, program "-1" order_id "''" click "''", receipt at),
    table!("requests" false 1000, program "-1" key "''", request status answer at),
    table("audit", AUDIT, AUDIT_BACK),
    table!("disposable_domains" true 1000, domain "''",),
    table!("policies" true 1000, program "-1" version "-1", touch window_days since),
    table!("changes" true 1000, program "-1" n "-1", at by what key version before after),
    table!("tallies_by_hour" true 1000,
        program "-1" hour "-1" minute "-1" medium "-1" destination "-1" kind "-1",
        count new_visitors new_in_channel new_in_medium new_at_destination new_in_hour),
    table!("tallies_by_advocate" true 1000,
        program "-1" local_day "-1" advocate "-1" medium "-1" label "-1" kind "-1",
        count new_visitors),
    table!("accounts" true 1000, program "-1" advocate "-1", changed settled),
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
        /// Lines of it that are in.
        pub lines: i64,
        /// When all of it was (Unix ms).
        pub finished_at: Option<i64>,
    }
}

// Reps come first of what is read in.
const BEGIN: &str = "
    INSERT INTO restores (only_row, export, lines, begun_at, begun_by)
    SELECT 1, ?1, 1, ?2, ?3
    WHERE NOT EXISTS (SELECT 1 FROM programs) AND NOT EXISTS (SELECT 1 FROM reps)
    ON CONFLICT DO NOTHING";

const STATE: &str = "SELECT export, lines, finished_at FROM restores";

const UNDER_WAY: &str = "SELECT export, lines, finished_at FROM restores WHERE finished_at IS NULL";

// Somebody else who reads the same lines in is told by the NULL.
const ADVANCE: &str = "
    UPDATE restores SET
      lines = iif(lines = ?1 AND finished_at IS NULL, CAST(?2 AS INTEGER), NULL),
      derived = max(derived, CAST(?3 AS INTEGER))";

const FINISH: &str = "UPDATE restores SET finished_at = coalesce(finished_at, ?1)";

/// Begins to read an export, known by its first line, into a deployment without
/// programs and reps, or goes on with it. `None` where there are some already.
pub async fn begin(
    db: &dyn Database,
    export: &str,
    now: i64,
    by: &str,
) -> Result<Option<Restore>, DatabaseError> {
    let begin = statement!(BEGIN, export, now, by);
    let [_, state] = super::several(db, [begin, statement!(STATE)]).await?;
    state.first()
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
