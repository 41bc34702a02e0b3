//! Payouts: what is handed to whoever pays, and what comes back from them.
//!
//! A line is what one person gets of one unit in one form: all their rewards that
//! can be paid, less what they owe back. Those who owe more than they get have no
//! line, and it is taken off the next.

use super::{Database, DatabaseError, Document, Statement, one, statement, time};
use crate::{
    decode::{self, row},
    domain::reward::{Form, Unit},
};

row! {
    /// A line of a payout, with who gets it.
    #[derive(Debug, Clone)]
    pub struct Line {
        /// Its place, from 1.
        pub n: u32,
        /// `advocate`, `prospect` or `owner`.
        pub beneficiary: String,
        /// Their id: of an advocate, of a lead, or a rep's slug.
        pub id: String,
        /// Their name, if it is known.
        pub name: Option<String>,
        /// Their address, if it is known.
        pub email: Option<String>,
        /// What is counted.
        pub unit: Unit,
        /// In what form it is given.
        pub form: Form,
        /// In minor units or months; above 0.
        pub amount: i64,
        /// `issued`, `paid` or `returned`.
        pub status: String,
        /// The payer's reference, or why it came back.
        pub reference: Option<String>,
    }
}

/// What the payer says of one line.
#[derive(Debug, serde::Serialize)]
pub struct Settled<'a> {
    /// Which line.
    pub n: u32,
    /// Whether it came back.
    pub returned: bool,
    /// The payer's reference, or why it came back.
    pub reference: &'a str,
}

/// The rewards of a program that a payout is made of. What the ledger has not
/// followed yet, it does not say rightly: a lead is not paid for while one of the
/// accounts that it was credited to is behind.
macro_rules! payable {
    ($program:literal) => {
        concat!(
            "FROM rewards s WHERE s.payable <> 0 AND s.program = ",
            $program,
            " AND (s.payable < 0 OR NOT EXISTS (
                SELECT 1 FROM rewards o JOIN accounts c
                  ON c.program = o.program AND c.advocate = o.advocate
                WHERE o.lead = s.lead AND c.settled < c.changed))"
        )
    };
}

const PAYABLE: &str = concat!(
    "SELECT EXISTS (SELECT 1 ",
    payable!("?1"),
    " GROUP BY beneficiary, payee, unit, form HAVING sum(payable) > 0) AS is_any"
);

const INSERT: &str = "INSERT INTO payouts VALUES (?1, ?2, ?3, ?4)";

// What is more than so many is for the next payout: a report and an answer hold
// all lines.
const INSERT_LINES: &str = concat!(
    "INSERT INTO payout_lines
      (payout, n, beneficiary, advocate, lead, rep, unit, form, amount, status)
    SELECT ?1, row_number() OVER (ORDER BY beneficiary, payee, unit, form), beneficiary,
      iif(beneficiary = 'advocate', payee, NULL), iif(beneficiary = 'prospect', payee, NULL),
      iif(beneficiary = 'owner', payee, NULL), unit, form, sum(payable), 'issued' ",
    payable!("?2"),
    " GROUP BY beneficiary, payee, unit, form
    HAVING sum(payable) > 0
    ORDER BY beneficiary, payee, unit, form LIMIT 10000"
);

// Somebody else has just issued it all.
const NOT_EMPTY: &str = "
    INSERT INTO overtaken
    SELECT NULL WHERE NOT EXISTS (SELECT 1 FROM payout_lines WHERE payout = ?1)";

const ISSUE: &str = concat!(
    "INSERT INTO ledger (reward, kind, issued, payout, line, at, by)
    SELECT s.id, 'issued', s.payable, ?1, p.n, ?3, ?4
    FROM (SELECT * ",
    payable!("?2"),
    ") s
    JOIN payout_lines p ON p.payout = ?1 AND p.beneficiary = s.beneficiary
      AND p.payee = s.payee AND p.unit = s.unit AND p.form = s.form"
);

// What the payer says of lines that are out, entered for each reward in them; and
// of lines that were paid, that they came back after all. The words stand in the
// line, from which an erasure can take them.
const SETTLE: &str = "
    INSERT INTO ledger (reward, kind, issued, paid, payout, line, at, by)
    SELECT l.reward,
      iif(said.value ->> 'returned', 'returned', 'paid'),
      iif(said.value ->> 'returned', -l.issued, 0),
      CASE
        WHEN p.status = 'paid' THEN -l.issued
        WHEN said.value ->> 'returned' THEN 0
        ELSE l.issued
      END,
      ?1, p.n, ?3, ?4
    FROM json_each(?2) AS said
    CROSS JOIN payout_lines p ON p.payout = ?1 AND p.n = said.value ->> 'n'
    CROSS JOIN ledger l ON l.payout = ?1 AND l.line = p.n AND l.kind = 'issued'
    WHERE p.status = 'issued' OR p.status = 'paid' AND said.value ->> 'returned'";

// What is said is made a table first. Straight from the JSON, the planner would go
// through all of it for each line: 25 s for a payout of 3,000.
const SETTLE_LINES: &str = "
    WITH said AS MATERIALIZED (
      SELECT CAST(value ->> 'n' AS INTEGER) AS line, value ->> 'returned' AS returned,
        value ->> 'reference' AS words
      FROM json_each(?2))
    UPDATE payout_lines SET
      status = iif(said.returned, 'returned', 'paid'), reference = said.words, settled_at = ?3
    FROM said
    WHERE payout = ?1 AND n = said.line
      AND (status = 'issued' OR status = 'paid' AND said.returned)";

macro_rules! document {
    () => {
        concat!(
            "json_object('id', o.id, 'program', p.slug, 'created_at', ",
            time!("o.created_at"),
            ", 'created_by', o.created_by,
            'totals', json((
              SELECT json_group_array(json_object('unit', unit, 'form', form, 'lines', lines,
                'issued', issued, 'paid', paid, 'returned', returned))
              FROM (
                SELECT unit, form, count(*) AS lines,
                  sum(iif(status = 'issued', amount, 0)) AS issued,
                  sum(iif(status = 'paid', amount, 0)) AS paid,
                  sum(iif(status = 'returned', amount, 0)) AS returned
                FROM payout_lines WHERE payout = o.id
                GROUP BY unit, form ORDER BY unit, form)))) AS document"
        )
    };
}

const PAGE: &str = concat!(
    "SELECT o.created_at || '.' || o.id AS cursor, ",
    document!(),
    " FROM payouts o JOIN programs p ON p.number = o.program
    WHERE o.program = ?1 AND (o.created_at, o.id) < (?2, ?3)
    ORDER BY o.created_at DESC, o.id DESC
    LIMIT ?4"
);

const LINES: &str = "
    SELECT p.n, p.beneficiary, coalesce(a.id, l.id, r.slug) AS id,
      coalesce(a.name, l.name, r.name) AS name, coalesce(a.email, l.email, r.email) AS email,
      p.unit, p.form, p.amount, p.status, p.reference
    FROM payout_lines p
    JOIN payouts o ON o.id = p.payout
    LEFT JOIN advocates a ON a.program = o.program AND a.number = p.advocate
    LEFT JOIN leads l ON l.id = p.lead
    LEFT JOIN reps r ON r.number = p.rep
    WHERE p.payout = ?1
    ORDER BY p.n";

row! {
    struct Payable {
        is_any: bool = decode::flag,
    }
}

/// Whether there is anything to issue in a program.
pub async fn is_anything_payable(db: &dyn Database, program: u16) -> Result<bool, DatabaseError> {
    let found: Option<Payable> = one(db, statement!(PAYABLE, program)).await?.first()?;
    Ok(found.is_some_and(|found| found.is_any))
}

/// The statements that issue what can be paid in a program, 10,000 lines at most; they fail as a
/// batch if that is nothing.
#[must_use]
pub fn issue(program: u16, id: &str, now: i64, by: &str) -> Vec<Statement> {
    vec![
        statement!(INSERT, id, program, now, by),
        statement!(INSERT_LINES, id, program),
        statement!(NOT_EMPTY, id),
        statement!(ISSUE, id, program, now, by),
    ]
}

/// Lines that are reported as one parameter: some 600 bytes each at most, where D1
/// refuses a parameter of more than 2 MB.
const AT_A_TIME: usize = 2_000;

/// The statements that enter what the payer says, once of a line. What was said of
/// it before stands, but that a payment may come back.
pub fn settle(
    id: &str,
    said: &[Settled<'_>],
    now: i64,
    by: &str,
) -> Result<Vec<Statement>, DatabaseError> {
    let mut statements = Vec::new();
    for said in said.chunks(AT_A_TIME) {
        let json = serde_json::to_string(said)?;
        statements.push(statement!(SETTLE, id, json.as_str(), now, by));
        statements.push(statement!(SETTLE_LINES, id, json, now));
    }
    Ok(statements)
}

/// The lines of a payout; none, if there is no such payout.
pub async fn lines(db: &dyn Database, id: &str) -> Result<Vec<Line>, DatabaseError> {
    one(db, statement!(LINES, id)).await?.all()
}

/// At most `limit` payouts before one (its time and id), newest first.
pub async fn page(
    db: &dyn Database,
    program: u16,
    before: (i64, &str),
    limit: u16,
) -> Result<Vec<Document>, DatabaseError> {
    one(db, statement!(PAGE, program, before.0, before.1, limit))
        .await?
        .all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::Sqlite;

    #[test]
    fn a_payout_reads_what_is_payable_and_its_own_lines_alone() {
        let database = Sqlite::migrated();
        let payable = "SEARCH s USING INDEX rewards_payable (program=?)";
        let of_lead = "SEARCH o USING INDEX rewards_by_lead (lead=?)";
        let account = "SEARCH c USING PRIMARY KEY (program=? AND advocate=?)";
        for (sql, searched) in [
            (PAYABLE, &[payable, of_lead, account][..]),
            (INSERT_LINES, &[payable, of_lead, account]),
            (
                ISSUE,
                &[
                    payable,
                    of_lead,
                    account,
                    "SEARCH p USING INDEX payout_lines_by_payee \
                     (payout=? AND beneficiary=? AND payee=? AND unit=? AND form=?)",
                ],
            ),
            (
                SETTLE,
                &[
                    "SEARCH p USING PRIMARY KEY (payout=? AND n=?)",
                    "SEARCH l USING INDEX ledger_by_payout (payout=? AND line=?)",
                ],
            ),
            (
                SETTLE_LINES,
                &[
                    "SEARCH payout_lines USING PRIMARY KEY (payout=?)",
                    "SEARCH said USING AUTOMATIC COVERING INDEX (line=?)",
                ],
            ),
        ] {
            let steps = database.plan(sql);
            let read: Vec<&String> = steps
                .iter()
                .filter(|step| step.starts_with("SEARCH"))
                .collect();
            assert_eq!(read, searched, "{steps:#?}");
            // What is said, and what was made of it.
            let own = ["json_each", "said", "(subquery-", "CONSTANT ROW"];
            for scanned in steps.iter().filter_map(|step| step.strip_prefix("SCAN ")) {
                let is_own = own.iter().any(|name| scanned.starts_with(name));
                assert!(is_own, "{steps:#?}");
            }
        }
    }
}
