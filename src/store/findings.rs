//! What reconciliations have found, by the run, as pages, as a CSV, and beside what
//! another run has found.

use super::{Database, DatabaseError, Document, Statement, one, several, statement, time};
use crate::decode::{self, row};

/// Findings are searched by their kind where one is named: most of them are of rows
/// that match.
macro_rules! findings {
    ($columns:expr, $which:literal) => {
        concat!(
            "SELECT CAST(f.n AS TEXT) AS cursor, ",
            $columns,
            " FROM findings f WHERE f.run = ?1 AND f.n > ?2 AND (?3 IS NULL OR f.channel = ?3)
              AND (?4 IS NULL OR ?4 = CASE
                WHEN f.applied_at IS NOT NULL THEN 'applied' WHEN f.fix IS NOT NULL THEN 'open' END) ",
            $which
        )
    };
}

macro_rules! finding {
    () => {
        concat!(
            "json_object('n', f.n, 'kind', f.kind, 'line', f.line, 'lead', f.lead,
              'order_id', f.order_id, 'channel', f.channel, 'ours', f.ours, 'theirs', f.theirs,
              'fix', f.mends, 'applied_at', ",
            time!("f.applied_at"),
            ", 'applied_by', ",
            applied_by!(),
            ", 'outcome', f.outcome) AS document"
        )
    };
}

macro_rules! applied_by {
    () => {
        "coalesce((SELECT name FROM members WHERE id = f.applied_by),
          (SELECT name FROM api_keys WHERE id = f.applied_by),
          iif(f.applied_by = 'admin', 'Operator', f.applied_by))"
    };
}

macro_rules! cells {
    () => {
        concat!(
            "json_array(CAST(f.n AS TEXT), f.kind, coalesce(CAST(f.line AS TEXT), ''),
              coalesce(f.lead, ''), coalesce(f.order_id, ''), coalesce(f.channel, ''),
              coalesce(f.ours, ''), coalesce(f.theirs, ''), coalesce(f.mends, ''), coalesce(",
            time!("f.applied_at"),
            ", ''), coalesce(",
            applied_by!(),
            ", ''), coalesce(f.outcome, '')) AS cells"
        )
    };
}

/// The columns of findings as a CSV.
pub const COLUMNS: [&str; 12] = [
    "n",
    "kind",
    "line",
    "lead",
    "order_id",
    "channel",
    "ours",
    "theirs",
    "fix",
    "applied_at",
    "applied_by",
    "outcome",
];

const FINDINGS: &str = findings!(finding!(), "ORDER BY f.n LIMIT ?5");
const FINDINGS_OF_KIND: &str = findings!(finding!(), "AND f.kind = ?6 ORDER BY f.n LIMIT ?5");
const CELLS: &str = findings!(cells!(), "ORDER BY f.n LIMIT ?5");
const CELLS_OF_KIND: &str = findings!(cells!(), "AND f.kind = ?6 ORDER BY f.n LIMIT ?5");

/// Differences of a run that another one has not, or has too.
macro_rules! compared {
    ($columns:expr, $run:literal, $has:literal, $other:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM findings f WHERE f.run = ",
            $run,
            " AND f.identity IS NOT NULL AND ",
            $has,
            " (SELECT 1 FROM findings b WHERE b.run = ",
            $other,
            " AND b.kind = f.kind AND b.identity = f.identity) ",
            $rest
        )
    };
}

macro_rules! change {
    ($change:literal, $place:literal) => {
        concat!(
            $place,
            " AS place, f.n AS n, json_object('change', '",
            $change,
            "', 'n', f.n, 'kind', f.kind, 'line', f.line, 'lead', f.lead, 'order_id', f.order_id,
              'channel', f.channel, 'ours', f.ours, 'theirs', f.theirs) AS document"
        )
    };
}

// First what is new, then what is gone.
const CHANGES: &str = concat!(
    "SELECT place || '.' || n AS cursor, document FROM (",
    compared!(change!("new", "0"), "?1", "NOT EXISTS", "?2", ""),
    " UNION ALL ",
    compared!(change!("gone", "1"), "?2", "NOT EXISTS", "?1", ""),
    ") WHERE (place, n) > (?3, ?4) ORDER BY place, n LIMIT ?5"
);

const COUNTS: &str = concat!(
    "SELECT (",
    compared!("count(*)", "?1", "EXISTS", "?2", ""),
    ") AS stayed, (",
    compared!("count(*)", "?1", "NOT EXISTS", "?2", ""),
    ") AS new, (",
    compared!("count(*)", "?2", "NOT EXISTS", "?1", ""),
    ") AS gone"
);

row! {
    /// How many differences of two runs are the same, and how many are not.
    #[derive(Debug)]
    pub struct Counts {
        /// In both.
        pub stayed: u32,
        /// In the later one alone.
        pub new: u32,
        /// In the earlier one alone.
        pub gone: u32,
    }
}

row! {
    /// A finding as a line of a CSV.
    #[derive(Debug)]
    pub struct Line {
        /// Its place.
        pub cursor: String,
        /// Its cells, under [`COLUMNS`].
        pub cells: Vec<String> = decode::embedded,
    }
}

/// Which findings.
#[derive(Debug, Clone, Copy)]
pub struct Which<'a> {
    /// Id of the run.
    pub run: &'a str,
    /// Only those of a kind.
    pub kind: Option<&'static str>,
    /// Only those of a channel.
    pub channel: Option<&'static str>,
    /// `open` or `applied`.
    pub state: Option<&'static str>,
}

impl Which<'_> {
    fn statement(
        &self,
        of_all: &'static str,
        of_kind: &'static str,
        page: (i64, u16),
    ) -> Statement {
        let (after, limit) = page;
        let mut statement = statement!(of_all, self.run, after, self.channel, self.state, limit);
        if let Some(kind) = self.kind {
            statement.sql = of_kind;
            statement.parameters.push(kind.into());
        }
        statement
    }
}

/// At most `limit` findings after one, in the order of the file.
pub async fn findings(
    db: &dyn Database,
    which: Which<'_>,
    after: i64,
    limit: u16,
) -> Result<Vec<Document>, DatabaseError> {
    let statement = which.statement(FINDINGS, FINDINGS_OF_KIND, (after, limit));
    one(db, statement).await?.all()
}

/// The same as lines of a CSV.
pub async fn lines(
    db: &dyn Database,
    which: Which<'_>,
    after: i64,
    limit: u16,
) -> Result<Vec<Line>, DatabaseError> {
    let statement = which.statement(CELLS, CELLS_OF_KIND, (after, limit));
    one(db, statement).await?.all()
}

/// What a run has that an earlier one has not, and the other way round: how many, and
/// at most `limit` of them after one.
pub async fn changes(
    db: &dyn Database,
    (run, earlier): (&str, &str),
    after: (u8, i64),
    limit: u16,
) -> Result<(Counts, Vec<Document>), DatabaseError> {
    let statements = [
        statement!(COUNTS, run, earlier),
        statement!(CHANGES, run, earlier, after.0, after.1, limit),
    ];
    let [counts, changes] = several(db, statements).await?;
    Ok((counts.first()?.ok_or(DatabaseError::Short)?, changes.all()?))
}
