//! Rewards as people see them, and what people decide about them.
//!
//! The ledger is only added to, and the database sees to it. What a reward comes
//! to, and where it stands, is read from the view `reward_states`.

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

const PAGE: &str = concat!(
    "SELECT s.earned_at || '.' || s.id AS cursor, json_object(",
    summary!(),
    ") AS document
    FROM reward_states s
    JOIN programs p ON p.number = s.program
    JOIN advocates a ON a.program = s.program AND a.number = s.advocate
    WHERE s.program = ?1 AND (s.earned_at, s.id) < (?2, ?3)
      AND (?4 IS NULL OR s.advocate = ?4)
      AND (?5 IS NULL OR s.lead = ?5)
      AND (?6 IS NULL OR s.state = ?6)
    ORDER BY s.earned_at DESC, s.id DESC
    LIMIT ?7"
);

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
    FROM reward_states s
    JOIN programs p ON p.number = s.program
    JOIN advocates a ON a.program = s.program AND a.number = s.advocate
    WHERE s.id = ?1"
);

const STATE: &str = "
    SELECT state AS document, due_at AS cursor FROM (
      SELECT state, CAST(due_at AS TEXT) AS due_at FROM reward_states WHERE id = ?1)";

// A reward that is due, not held, and comes to more than was approved of it.
const APPROVE: &str = "
    INSERT INTO ledger (reward, kind, approved, reason, at, by)
    SELECT id, 'approved', amount - approved, ?2, ?3, ?4
    FROM reward_states
    WHERE id = ?1 AND holds = 0 AND amount > approved AND due_at <= ?3";

const HOLD: &str = "
    INSERT INTO ledger (reward, kind, holds, reason, at, by)
    SELECT id, 'held', 1, ?2, ?3, ?4 FROM reward_states
    WHERE id = ?1 AND state IN ('pending', 'approved', 'held')";

const RELEASE: &str = "
    INSERT INTO ledger (reward, kind, holds, reason, at, by)
    SELECT id, 'released', -holds, ?2, ?3, ?4 FROM reward_states WHERE id = ?1 AND holds > 0";

// What time approves, once its day has come: of one reward, of a program, of all.
const RIPEN: &str = "
    INSERT INTO ledger (reward, kind, approved, at, by)
    SELECT id, 'approved', amount - approved, ?1, 'rule'
    FROM reward_states
    WHERE id IN (
        SELECT id FROM rewards
        WHERE approval = 'automatic' AND due_at <= ?1 AND due_at > ?2
          AND (?3 IS NULL OR program = ?3) AND (?4 IS NULL OR id = ?4))
      AND holds = 0 AND amount > approved";

const STATEMENT: &str = concat!(
    "SELECT json_object('advocate', a.id, 'name', a.name, 'program', p.slug,
      'balances', json((
        SELECT json_group_array(json_object('unit', unit, 'form', form, 'earned', earned,
          'held', held, 'pending', pending, 'payable', payable, 'issued', issued, 'paid', paid))
        FROM (
          SELECT unit, form, sum(amount) AS earned,
            sum(iif(state = 'held', amount, 0)) AS held,
            sum(iif(state = 'pending', amount, 0)) AS pending,
            sum(payable) AS payable, sum(issued) AS issued, sum(paid) AS paid
          FROM reward_states
          WHERE program = ?1 AND advocate = ?2 AND beneficiary = 'advocate'
          GROUP BY unit, form ORDER BY unit, form))),
      'entries', json((
        SELECT json_group_array(json_object('at', ",
    time!("at"),
    ", 'kind', kind, 'reward', reward, 'rule', rule, 'lead', lead, 'order_id', order_id,
          'unit', unit, 'form', form, 'amount', amount, 'approved', approved,
          'issued', issued, 'paid', paid, 'payout', payout, 'reason', reason))
        FROM (
          SELECT l.*, r.rule, r.lead, r.order_id, r.unit, r.form
          FROM rewards r JOIN ledger l ON l.reward = r.id
          WHERE r.program = ?1 AND r.advocate = ?2 AND r.beneficiary = 'advocate'
            AND l.at >= ?3 AND l.at < ?4
          ORDER BY l.entry LIMIT 1000)))) AS document
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
    let statement = statement!(
        PAGE, program, before.0, before.1, advocate, lead, state, limit
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
            ripen(now, i64::MIN, None, (act == Act::Release).then_some(id)),
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

/// The statement that approves what time approves: what came due after `since`
/// and until now (Unix ms), in a program, or of one reward, or all.
#[must_use]
pub fn ripen(now: i64, since: i64, program: Option<u16>, id: Option<&str>) -> Statement {
    statement!(RIPEN, now, since, program, id)
}

/// An advocate's statement: their balances, and the ledger's entries of a time
/// (from, until, Unix ms; the first thousand).
pub async fn account_statement(
    db: &dyn Database,
    program: u16,
    advocate: u32,
    range: (i64, i64),
) -> Result<String, DatabaseError> {
    let statement = statement!(STATEMENT, program, advocate, range.0, range.1);
    one(db, statement).await?.document()
}
