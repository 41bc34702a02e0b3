//! All that is stored about a person, as JSON that SQL puts together.
//!
//! Not what is others': an advocate's prospects are ids, a prospect's advocate is
//! one, and a spoken code, which has its advocate's name, is not shown to whoever
//! said it.

use super::{Database, DatabaseError, Found, several, statement, time};

/// A reward `r` with what the ledger says of it.
macro_rules! reward {
    () => {
        concat!(
            "json_object('id', r.id, 'rule', r.rule, 'lead', r.lead, 'order_id', r.order_id,
              'unit', r.unit, 'form', r.form, 'earned_at', ",
            time!("r.earned_at"),
            ", 'due_at', ",
            time!("r.due_at"),
            ", 'amount', r.amount,
              'paid', r.paid,
              'entries', json((
                SELECT json_group_array(json_object('kind', kind, 'amount', amount,
                  'approved', approved, 'issued', issued, 'paid', paid, 'holds', holds,
                  'payout', payout, 'reason', reason, 'at', ",
            time!("at"),
            ")) FROM (SELECT * FROM ledger WHERE reward = r.id ORDER BY entry))))"
        )
    };
}

/// A line `y` of a payout `o`.
macro_rules! payout_line {
    () => {
        concat!(
            "json_object('payout', y.payout, 'unit', y.unit, 'form', y.form, 'amount', y.amount,
              'status', y.status, 'reference', y.reference, 'created_at', ",
            time!("o.created_at"),
            ", 'settled_at', ",
            time!("y.settled_at"),
            ")"
        )
    };
}

/// A sale `s` with its refunds.
macro_rules! sale {
    () => {
        concat!(
            "json_object('order_id', s.order_id, 'at', ",
            time!("s.at"),
            ", 'amount', s.amount, 'refunded', s.refunded, 'currency', s.currency,
              'product', s.product, 'matched_by', s.matched_by, 'customer', s.customer,
              'email_hash', s.email_hash, 'click', s.click,
              'refunds', json((
                SELECT json_group_array(json_object('refund_id', refund_id, 'amount', amount,
                  'reason', reason, 'at', ",
            time!("at"),
            ")) FROM (
                  SELECT * FROM refunds WHERE program = s.program AND order_id = s.order_id
                  ORDER BY at, refund_id))))"
        )
    };
}

const ADVOCATES: &str = concat!(
    "SELECT json_group_array(json(document)) AS document FROM (
      SELECT json_object('program', p.slug, 'id', a.id,
        'profile', json_object('external_id', a.external_id, 'kind', a.kind, 'name', a.name,
          'email', a.email, 'email_hash', a.email_hash, 'status', a.status,
          'segment', a.segment, 'owner', (SELECT slug FROM reps WHERE number = a.owner),
          'created_at', ",
    time!("a.created_at"),
    ", 'updated_at', ",
    time!("a.updated_at"),
    ", 'erased_at', ",
    time!("a.erased_at"),
    ", 'invited_at', ",
    time!("a.invited_at"),
    ", 'merged_into', (SELECT id FROM advocates b
          WHERE b.program = a.program AND b.number = a.merged_into)),
        'codes', json((
          SELECT json_group_array(json_object('code', c.code, 'medium', m.name, 'created_at', ",
    time!("c.created_at"),
    ", 'revoked_at', ",
    time!("c.revoked_at"),
    "))
          FROM spoken_codes c JOIN media m ON m.code = c.medium
          WHERE c.program = a.program AND c.advocate = a.number)),
        'visitors', json((
          SELECT json_group_array(json_object('utc_day', utc_day, 'hash', hex(visitor)))
          FROM advocate_visitors WHERE program = a.program AND advocate = a.number)),
        'shares', json((
          SELECT json_group_array(json_object('event_id', s.event, 'medium', m.name,
            'kind', iif(s.kind = 3, 'intent', 'sent'), 'at', ",
    time!("s.at"),
    "))
          FROM shares s JOIN media m ON m.code = s.medium
          WHERE s.program = a.program AND s.advocate = a.number)),
        'referrals', json((
          SELECT json_group_array(json_object('lead', l.id, 'stage', l.stage,
            'credited', json(iif(l.advocate IS a.number, 'true', 'false')), 'at', ",
    time!("l.at"),
    ", 'places', json((
              SELECT json_group_array(place) FROM touches
              WHERE lead = l.id AND advocate = a.number AND place IS NOT NULL))))
          FROM leads l
          WHERE l.id IN (
            SELECT id FROM leads WHERE program = a.program AND advocate = a.number
            UNION SELECT lead FROM touches WHERE kind = 'rep' AND advocate = a.number)
            AND l.program = a.program)),
        'rewards', json((
          SELECT json_group_array(",
    reward!(),
    ") FROM rewards r
          WHERE r.program = a.program AND r.advocate = a.number AND r.beneficiary = 'advocate')),
        'payout_lines', json((
          SELECT json_group_array(",
    payout_line!(),
    ") FROM payout_lines y JOIN payouts o ON o.id = y.payout
          WHERE o.program = a.program AND y.advocate = a.number)),
        'letters', json((
          SELECT json_group_array(json_object('message', message, 'state', state, 'why', why,
            'queued_at', ",
    time!("queued_at"),
    ", 'sent_at', ",
    time!("sent_at"),
    "))
          FROM (SELECT * FROM letters WHERE program = a.program AND recipient = 'a' || a.number
            ORDER BY queued_at, id))),
        'no_letters', json((
          SELECT json_group_array(json_object('reason', reason, 'since', ",
    time!("at"),
    "))
          FROM suppressions WHERE hash = a.email_hash))) AS document
      FROM json_each(?1, '$.advocates') AS theirs
      JOIN advocates a ON a.program = theirs.value ->> 0 AND a.number = theirs.value ->> 1
      JOIN programs p ON p.number = a.program
      ORDER BY a.program, a.number)"
);

const LEADS: &str = concat!(
    "SELECT json_group_array(json(document)) AS document FROM (
      SELECT json_object('program', p.slug, 'id', l.id, 'source', l.source, 'stage', l.stage,
        'person', json_object('name', l.name, 'email', l.email, 'email_hash', l.email_hash,
          'phone', l.phone, 'company', l.company, 'customer', l.customer, 'note', l.note,
          'visitor', nullif(hex(l.visitor), '')),
        'consent', json_object('text', l.consent_text, 'at', ",
    time!("l.consent_at"),
    "),
        'progress', json_object('at', ",
    time!("l.at"),
    ", 'moment', ",
    time!("l.moment"),
    ", 'accepted_at', ",
    time!("l.accepted_at"),
    ", 'meeting_at', ",
    time!("l.meeting_at"),
    ", 'opportunity_at', ",
    time!("l.opportunity_at"),
    ", 'won_at', ",
    time!("l.won_at"),
    ", 'lost_at', ",
    time!("l.lost_at"),
    ", 'reason', l.reason, 'erased_at', ",
    time!("l.erased_at"),
    "),
        'credit', json_object(
          'advocate', (SELECT id FROM advocates WHERE program = l.program AND number = l.advocate),
          'medium', (SELECT name FROM media WHERE code = l.medium), 'touch', l.touch,
          'owner', (SELECT slug FROM reps WHERE number = l.owner), 'terms', l.terms,
          'suspected', json(iif(l.suspected, 'true', 'false'))),
        'touches', json((
          SELECT json_group_array(json_object('n', n, 'kind', kind, 'at', ",
    time!("at"),
    ", 'advocate', (SELECT id FROM advocates WHERE program = l.program AND number = t.advocate),
            'medium', (SELECT name FROM media WHERE code = medium),
            'proof', iif(kind = 'code', NULL, proof), 'place', place))
          FROM (SELECT * FROM touches WHERE lead = l.id ORDER BY n) AS t)),
        'decisions', json((
          SELECT json_group_array(json_object('at', ",
    time!("at"),
    ", 'policy', policy, 'winner', winner, 'verdicts', json(verdicts), 'cause', cause,
            'by', by))
          FROM (SELECT * FROM decisions WHERE lead = l.id ORDER BY n))),
        'history', json((
          SELECT json_group_array(json_object('kind', kind, 'before', before, 'after', after,
            'why', why, 'by', by, 'at', ",
    time!("at"),
    ")) FROM (SELECT * FROM history WHERE lead = l.id ORDER BY n))),
        'flags', json((
          SELECT json_group_array(json_object('rule', rule, 'detail', detail, 'at', ",
    time!("at"),
    ")) FROM flags WHERE lead = l.id)),
        'sales', json((
          SELECT json_group_array(",
    sale!(),
    ") FROM (SELECT * FROM net_sales WHERE lead = l.id ORDER BY at, order_id) AS s)),
        'rewards', json((
          SELECT json_group_array(",
    reward!(),
    ") FROM rewards r WHERE r.lead = l.id AND r.beneficiary = 'prospect')),
        'payout_lines', json((
          SELECT json_group_array(",
    payout_line!(),
    ") FROM payout_lines y JOIN payouts o ON o.id = y.payout WHERE y.lead = l.id)))
        AS document
      FROM json_each(?1, '$.leads') AS theirs
      JOIN leads l ON l.id = theirs.value
      JOIN programs p ON p.number = l.program
      ORDER BY l.at, l.id)"
);

// Those of their leads stand with the leads.
const SALES: &str = concat!(
    "SELECT json_group_array(json(document)) AS document FROM (
      SELECT json_object('program', p.slug, 'sale', ",
    sale!(),
    ") AS document
      FROM json_each(?1, '$.sales') AS theirs
      JOIN net_sales s ON s.program = theirs.value ->> 0 AND s.order_id = theirs.value ->> 1
      JOIN programs p ON p.number = s.program
      WHERE s.lead IS NULL OR s.lead NOT IN (SELECT value FROM json_each(?1, '$.leads'))
      ORDER BY s.at, s.order_id)"
);

/// All that is stored about a person as they were found (JSON). Three texts, as
/// D1 takes 2 MB for each.
pub async fn document(db: &dyn Database, found: &Found) -> Result<String, DatabaseError> {
    let rows = found.document.as_str();
    let statements = [
        statement!(ADVOCATES, rows),
        statement!(LEADS, rows),
        statement!(SALES, rows),
    ];
    let [advocates, leads, sales] = several(db, statements).await?;
    Ok(format!(
        "{{\"advocates\":{},\"leads\":{},\"sales\":{}}}",
        advocates.document()?,
        leads.document()?,
        sales.document()?,
    ))
}
