//! Rewards as people see them, and what people decide about them.
//!
//! The ledger is only added to, and the database sees to it. What a reward comes
//! to, and where it stands, is read from its sums.

use super::{Database, DatabaseError, Document, Statement, one, several, statement, time};
use crate::domain::reward::state::State;

macro_rules! summary {
    () => {
        concat!(
            "'id', s.id, 'program', p.slug, 'rule', s.rule, 'terms', s.terms,
            'beneficiary', s.beneficiary, 'advocate', a.id, 'advocate_name', a.name,
            'rep', (SELECT slug FROM reps WHERE number = s.rep),
            'lead', s.lead, 'order_id', s.order_id,
            'amount', s.amount, 'unit', s.unit, 'form', s.form, 'state', s.state,
            'approved', s.approved, 'issued', s.issued, 'paid', s.paid,
            'payable', s.payable, 'approval', s.approval, 'earned_at', ",
            time!("s.earned_at"),
            ", 'due_at', ",
            time!("s.due_at"),
            ", 'holds', json(iif(s.holds > 0, (
              SELECT json_group_array(reason) FROM ledger
              WHERE reward = s.id AND kind = 'held'
                AND entry > coalesce((
                  SELECT max(entry) FROM ledger WHERE reward = s.id AND kind = 'released'), 0)),
              '[]'))"
        )
    };
}

/// A page of the rewards that fit; a condition of its own sends the planner to the
/// index that finds the fewest.
macro_rules! page {
    ($narrowed:literal) => {
        concat!(
            "SELECT s.earned_at || '.' || s.id AS cursor, json_object(",
            summary!(),
            ") AS document
            FROM rewards s
            JOIN programs p ON p.number = s.program
            JOIN advocates a ON a.program = s.program AND a.number = s.advocate
            WHERE s.program = ?1 AND (s.earned_at, s.id) < (?2, ?3)
              AND (?4 IS NULL OR s.advocate = ?4)
              AND (?5 IS NULL OR s.lead = ?5)
              AND (?6 IS NULL OR s.state = ?6)",
            $narrowed,
            " ORDER BY s.earned_at DESC, s.id DESC
            LIMIT ?7"
        )
    };
}

const PAGE: &str = page!("");
const PAGE_OF_ADVOCATE: &str = page!(" AND s.advocate = ?4");
const PAGE_OF_LEAD: &str = page!(" AND s.lead = ?5");
const PAGE_IN_STATE: &str = page!(" AND s.state = ?6");

const DOCUMENT: &str = concat!(
    "SELECT json_object(",
    summary!(),
    ", 'entries', json((
        SELECT json_group_array(json_object('entry', entry, 'kind', kind, 'amount', amount,
          'approved', approved, 'issued', issued, 'paid', paid, 'holds', holds,
          'terms', terms, 'payout', payout, 'reason', reason, 'at', ",
    time!("at"),
    ", 'by', by))
        FROM (SELECT * FROM ledger WHERE reward = s.id ORDER BY entry)))) AS document
    FROM rewards s
    JOIN programs p ON p.number = s.program
    JOIN advocates a ON a.program = s.program AND a.number = s.advocate
    WHERE s.id = ?1"
);

const STATE: &str = "
    SELECT state AS document, due_at AS cursor FROM (
      SELECT state, CAST(due_at AS TEXT) AS due_at FROM rewards WHERE id = ?1)";

// A reward that is due, not held, and comes to more than was approved of it.
const APPROVE: &str = "
    INSERT INTO ledger (reward, kind, approved, reason, at, by)
    SELECT id, 'approved', amount - approved, ?2, ?3, ?4
    FROM rewards
    WHERE id = ?1 AND holds = 0 AND amount > approved AND due_at <= ?3";

const HOLD: &str = "
    INSERT INTO ledger (reward, kind, holds, reason, at, by)
    SELECT id, 'held', 1, ?2, ?3, ?4 FROM rewards
    WHERE id = ?1 AND state IN ('pending', 'approved', 'held')";

const RELEASE: &str = "
    INSERT INTO ledger (reward, kind, holds, reason, at, by)
    SELECT id, 'released', -holds, ?2, ?3, ?4 FROM rewards WHERE id = ?1 AND holds > 0";

// What time approves, once its day has come: of one reward, of a program, of all.
// So many at a time are done well before D1 stops a query (30 s).
const RIPEN: &str = "
    INSERT INTO ledger (reward, kind, approved, at, by)
    SELECT id, 'approved', amount - approved, ?1, 'rule'
    FROM rewards
    WHERE approval = 'automatic' AND holds = 0 AND approved < amount AND due_at <= ?1
      AND (?2 IS NULL OR program = ?2) AND (?3 IS NULL OR id = ?3)
    ORDER BY due_at LIMIT 20000";

// What was earned is issued, or can be, or is held, or waits for its day.
const STATEMENT: &str = concat!(
    "WITH page AS MATERIALIZED (
      SELECT l.*, r.rule, r.lead, r.order_id, r.unit, r.form
      FROM rewards r JOIN ledger l ON l.reward = r.id
      WHERE r.program = ?1 AND r.advocate = ?2 AND r.beneficiary = 'advocate'
        AND l.at >= ?3 AND l.at < ?4 AND l.entry > ?5
      ORDER BY l.entry LIMIT 1001)
    SELECT json_object('advocate', a.id, 'name', a.name, 'program', p.slug,
      'balances', json((
        SELECT json_group_array(json_object('unit', unit, 'form', form, 'earned', earned,
          'held', held, 'pending', pending, 'payable', payable, 'issued', issued, 'paid', paid))
        FROM (
          SELECT unit, form, sum(amount) AS earned,
            sum(iif(holds > 0, amount - issued - payable, 0)) AS held,
            sum(iif(holds > 0, 0, amount - issued - payable)) AS pending,
            sum(payable) AS payable, sum(issued) AS issued, sum(paid) AS paid
          FROM rewards
          WHERE program = ?1 AND advocate = ?2 AND beneficiary = 'advocate'
          GROUP BY unit, form ORDER BY unit, form))),
      'entries', json((
        SELECT json_group_array(json_object('entry', entry, 'at', ",
    time!("at"),
    ", 'kind', kind, 'reward', reward, 'rule', rule, 'lead', lead, 'order_id', order_id,
          'unit', unit, 'form', form, 'amount', amount, 'approved', approved,
          'issued', issued, 'paid', paid, 'payout', payout, 'reason', reason))
        FROM (SELECT * FROM page ORDER BY entry LIMIT 1000))),
      'next', (SELECT CAST(entry AS TEXT) FROM page
        WHERE (SELECT count(*) FROM page) > 1000 ORDER BY entry LIMIT 1 OFFSET 999)) AS document
    FROM advocates a JOIN programs p ON p.number = a.program
    WHERE a.program = ?1 AND a.number = ?2"
);

/// What a list is narrowed to.
#[derive(Debug, Default)]
pub struct Filter<'a> {
    /// To an advocate's account.
    pub advocate: Option<u32>,
    /// To a lead.
    pub lead: Option<&'a str>,
    /// To a state.
    pub state: Option<State>,
}

/// What a person decides about a reward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// It may be paid.
    Approve,
    /// It shall be looked at first.
    Hold,
    /// It was looked at: all holds go.
    Release,
}

/// At most `limit` rewards before one (when it was earned, and its id), newest
/// first.
pub async fn page(
    db: &dyn Database,
    program: u16,
    filter: &Filter<'_>,
    before: (i64, &str),
    limit: u16,
) -> Result<Vec<Document>, DatabaseError> {
    let state = filter.state.map(State::name);
    let (advocate, lead) = (filter.advocate, filter.lead);
    let sql = match filter {
        Filter { lead: Some(_), .. } => PAGE_OF_LEAD,
        Filter {
            advocate: Some(_), ..
        } => PAGE_OF_ADVOCATE,
        Filter { state: Some(_), .. } => PAGE_IN_STATE,
        _ => PAGE,
    };
    let statement = statement!(
        sql, program, before.0, before.1, advocate, lead, state, limit
    );
    one(db, statement).await?.all()
}

/// A reward with its entries.
pub async fn document(db: &dyn Database, id: &str) -> Result<Option<String>, DatabaseError> {
    let row: Option<Document> = one(db, statement!(DOCUMENT, id)).await?.first()?;
    Ok(row.map(|row| row.document))
}

/// Where a reward stood before something was decided about it.
#[derive(Debug)]
pub struct Before {
    /// The name of its state.
    pub state: String,
    /// Before when it could not be approved (Unix ms).
    pub due_at: i64,
}

/// Decides about a reward, if its state lets it; answers where it stood, and the
/// reward as it is then.
pub async fn act(
    db: &dyn Database,
    id: &str,
    act: Act,
    why: Option<&str>,
    now: i64,
    by: &str,
) -> Result<Option<(Before, String)>, DatabaseError> {
    let sql = match act {
        Act::Approve => APPROVE,
        Act::Hold => HOLD,
        Act::Release => RELEASE,
    };
    let [state, _, _, document] = several(
        db,
        [
            statement!(STATE, id),
            statement!(sql, id, why, now, by),
            // What time had approved but for the hold.
            ripen(now, None, Some(id)),
            statement!(DOCUMENT, id),
        ],
    )
    .await?;
    let Some(Document {
        document: state,
        cursor,
    }) = state.first()?
    else {
        return Ok(None);
    };
    let before = Before {
        state,
        due_at: cursor.parse().unwrap_or_default(),
    };
    Ok(Some((before, document.document()?)))
}

/// The statement that approves what time approves: what is due now (Unix ms), in a
/// program, or of one reward, or all.
#[must_use]
pub fn ripen(now: i64, program: Option<u16>, id: Option<&str>) -> Statement {
    statement!(RIPEN, now, program, id)
}

/// An advocate's statement: their balances, and the ledger's entries of a time
/// (from, until, Unix ms) after one of them, the first thousand.
pub async fn account_statement(
    db: &dyn Database,
    program: u16,
    advocate: u32,
    range: (i64, i64),
    after: i64,
) -> Result<String, DatabaseError> {
    let statement = statement!(STATEMENT, program, advocate, range.0, range.1, after);
    one(db, statement).await?.document()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::Sqlite;

    #[test]
    fn rewards_are_found_by_the_index_that_finds_the_fewest() {
        let database = Sqlite::migrated();
        for (sql, searched) in [
            (PAGE, "rewards_by_age (program=? AND (earned_at,id)<(?,?))"),
            (
                PAGE_OF_ADVOCATE,
                "rewards_by_account (program=? AND advocate=? AND (earned_at,id)<(?,?))",
            ),
            (
                PAGE_OF_LEAD,
                "rewards_by_lead (lead=? AND program=? AND (earned_at,id)<(?,?))",
            ),
            (
                PAGE_IN_STATE,
                "rewards_by_state (program=? AND state=? AND (earned_at,id)<(?,?))",
            ),
            (RIPEN, "rewards_unripe (due_at<?)"),
            (STATEMENT, "rewards_by_account (program=? AND advocate=?)"),
        ] {
            let steps = database.plan(sql);
            assert!(
                steps.iter().any(|step| step.ends_with(searched)),
                "{steps:#?}"
            );
            for table in ["SCAN s", "SCAN r", "SCAN l", "SCAN rewards", "SCAN ledger"] {
                assert!(!steps.iter().any(|step| step == table), "{steps:#?}");
            }
        }
    }
}
