//! Payouts: what is handed to whoever pays, and what comes back from them.
//!
//! A line is what one person gets of one unit in one form: all their rewards that
//! can be paid, less what they owe back. Those who owe more than they get have no
//! line, and it is taken off the next.

use super::{Database, DatabaseError, Document, Statement, one, statement, time};
use crate::{
    decode::row,
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

/// Rewards with who gets them: one of the three is not null.
macro_rules! parties {
    () => {
        "SELECT s.*,
          iif(beneficiary = 'advocate', advocate, NULL) AS to_advocate,
          iif(beneficiary = 'prospect', lead, NULL) AS to_lead,
          iif(beneficiary = 'owner', rep, NULL) AS to_rep
        FROM reward_states s"
    };
}

const PAYABLE: &str = concat!(
    "SELECT CAST(count(*) AS TEXT) AS document FROM (
      SELECT 1 FROM (",
    parties!(),
    " WHERE program = ?1 AND payable <> 0)
      GROUP BY beneficiary, to_advocate, to_lead, to_rep, unit, form
      HAVING sum(payable) > 0)"
);

const INSERT: &str = "INSERT INTO payouts VALUES (?1, ?2, ?3, ?4)";

const INSERT_LINES: &str = concat!(
    "INSERT INTO payout_lines
    SELECT ?1, row_number() OVER (ORDER BY beneficiary, to_advocate, to_lead, to_rep, unit, form),
      beneficiary, to_advocate, to_lead, to_rep, unit, form, sum(payable), 'issued', NULL, NULL
    FROM (",
    parties!(),
    " WHERE program = ?2 AND payable <> 0)
    GROUP BY beneficiary, to_advocate, to_lead, to_rep, unit, form
    HAVING sum(payable) > 0"
);

// Somebody else has just issued it all.
const NOT_EMPTY: &str = "
    INSERT INTO overtaken
    SELECT NULL WHERE NOT EXISTS (SELECT 1 FROM payout_lines WHERE payout = ?1)";

const ISSUE: &str = concat!(
    "INSERT INTO ledger (reward, kind, issued, payout, at, by)
    SELECT s.id, 'issued', s.payable, ?1, ?3, ?4
    FROM (",
    parties!(),
    " WHERE program = ?2 AND payable <> 0) s
    JOIN payout_lines p ON p.payout = ?1 AND p.beneficiary = s.beneficiary
      AND p.advocate IS s.to_advocate AND p.lead IS s.to_lead AND p.rep IS s.to_rep
      AND p.unit = s.unit AND p.form = s.form"
);

// What the payer says of lines that are out, entered for each reward in them. The
// words stand in the line, from which an erasure can take them.
const SETTLE: &str = "
    INSERT INTO ledger (reward, kind, issued, paid, payout, at, by)
    SELECT l.reward,
      iif(said.value ->> 'returned', 'returned', 'paid'),
      iif(said.value ->> 'returned', -l.issued, 0),
      iif(said.value ->> 'returned', 0, l.issued),
      ?1, ?3, ?4
    FROM ledger l
    JOIN rewards r ON r.id = l.reward
    JOIN payout_lines p ON p.payout = ?1 AND p.beneficiary = r.beneficiary
      AND p.advocate IS iif(r.beneficiary = 'advocate', r.advocate, NULL)
      AND p.lead IS iif(r.beneficiary = 'prospect', r.lead, NULL)
      AND p.rep IS iif(r.beneficiary = 'owner', r.rep, NULL)
      AND p.unit = r.unit AND p.form = r.form
    JOIN json_each(?2) AS said ON said.value ->> 'n' = p.n
    WHERE l.payout = ?1 AND l.kind = 'issued' AND p.status = 'issued'";

const SETTLE_LINES: &str = "
    UPDATE payout_lines SET
      status = iif(said.value ->> 'returned', 'returned', 'paid'),
      reference = said.value ->> 'reference',
      settled_at = ?3
    FROM json_each(?2) AS said
    WHERE payout = ?1 AND n = said.value ->> 'n' AND status = 'issued'";

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

/// Whether there is anything to issue in a program.
pub async fn is_anything_payable(db: &dyn Database, program: u16) -> Result<bool, DatabaseError> {
    let count = one(db, statement!(PAYABLE, program)).await?.document()?;
    Ok(count != "0")
}

/// The statements that issue all that can be paid in a program; they fail as a
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

/// The statements that enter what the payer says; lines of which something was
/// said before stay as they are.
pub fn settle(
    id: &str,
    said: &[Settled<'_>],
    now: i64,
    by: &str,
) -> Result<Vec<Statement>, DatabaseError> {
    let json = serde_json::to_string(said)?;
    Ok(vec![
        statement!(SETTLE, id, json.as_str(), now, by),
        statement!(SETTLE_LINES, id, json, now),
    ])
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
