//! Leads, with their touches, decisions and history.
//!
//! A lead is read whole, decided about in memory, and written with the version
//! that was read: whoever was overtaken meanwhile gets a conflict, with the whole
//! batch undone, and reads again.

use serde::Serialize;

use super::{Database, DatabaseError, Document, Statement, one, sales::Sale, statement, time};
use crate::{
    decode::{self, row},
    domain::{
        attribution::{CLOCK_SKEW, Decision, Proof, Touch, Verdict},
        lead::{Flag, Stage},
        program::{self, WindowDays},
    },
};

row! {
    /// A lead as decisions see it: all that changes, and nothing of the person.
    #[derive(Debug, Clone)]
    pub struct Lead {
        /// `ld_` and a UUID of version 7 in base62.
        pub id: String,
        /// Number of its program.
        pub program: u16,
        /// When the prospect raised a hand or was named (Unix ms).
        pub at: i64,
        /// What a touch has to precede (Unix ms).
        pub moment: i64,
        /// Where it stands.
        pub stage: Stage,
        /// Why it was lost.
        pub reason: Option<String>,
        /// When it got to each stage (Unix ms).
        pub accepted_at: Option<i64>,
        /// See above.
        pub meeting_at: Option<i64>,
        /// See above.
        pub opportunity_at: Option<i64>,
        /// See above.
        pub won_at: Option<i64>,
        /// See above.
        pub lost_at: Option<i64>,
        /// Set aside by a trap for machines.
        pub suspected: bool = decode::flag,
        /// Who has the credit.
        pub advocate: Option<u32>,
        /// By which medium (its code).
        pub medium: Option<u8>,
        /// Under which label (its number).
        pub label: Option<u16>,
        /// By what proof.
        pub touch: Option<Proof>,
        /// The version of the reward rules that hold for it.
        pub terms: u32,
        /// The rep who follows it up (a slug).
        pub owner: Option<String>,
        /// Rises with every change.
        pub version: i64,
        /// What can earn the credit, in the order of recording.
        pub touches: Vec<Touch> = decode::embedded,
        /// How many decisions there were.
        pub decisions: u16,
        /// How many entries its history has.
        pub events: u16,
    }
}

impl Lead {
    /// When the prospect first had to do with the program (Unix ms): a sale
    /// before that is nobody's merit.
    #[must_use]
    pub fn referred_at(&self) -> i64 {
        let first = self.touches.iter().map(|touch| touch.at).min();
        first.map_or(self.at, |first| first.min(self.at))
    }
}

/// The person behind a lead. What is not given leaves what is known.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// Their name.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// The hash of its normalised form.
    pub email_hash: Option<String>,
    /// Their telephone number.
    pub phone: Option<String>,
    /// Where they work.
    pub company: Option<String>,
    /// What the billing system calls them.
    pub customer: Option<String>,
    /// What a rep or they themselves had to say.
    pub note: Option<String>,
    /// What they consented to.
    pub consent_text: Option<String>,
    /// When (Unix ms).
    pub consent_at: Option<i64>,
    /// The hash of who sent the form, in hexadecimal.
    pub visitor: Option<String>,
}

/// An entry of a lead's history.
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    /// `stage`, `owner`, `joined`, `refused` or `erased`.
    pub kind: &'static str,
    /// What was before.
    pub before: Option<String>,
    /// What is now.
    pub after: Option<String>,
    /// Why.
    pub why: Option<String>,
    /// When it happened (Unix ms).
    pub at: i64,
}

/// A lead as a decision reads it. What follows the `WHERE` says which.
macro_rules! select_lead {
    ($which:literal) => {
        concat!(
            "
            SELECT l.id, l.program, l.at, l.moment, l.stage, l.reason, l.accepted_at, l.meeting_at,
              l.opportunity_at, l.won_at, l.lost_at, l.suspected, l.advocate, l.medium, l.label,
              l.touch, l.terms, l.version,
              (SELECT slug FROM reps WHERE number = l.owner) AS owner,
              (SELECT json_group_array(json_object('n', n, 'kind', kind, 'at', at,
                  'advocate', advocate, 'merged_into', (
                    SELECT merged_into FROM advocates INDEXED BY advocates_merged
                    WHERE program = l.program AND number = advocate
                      AND merged_into IS NOT NULL),
                  'medium', medium, 'destination', destination,
                  'label', label, 'proof', proof, 'place', place))
                FROM (SELECT * FROM touches WHERE lead = l.id ORDER BY n)) AS touches,
              (SELECT count(*) FROM decisions WHERE lead = l.id) AS decisions,
              (SELECT count(*) FROM history WHERE lead = l.id) AS events
            FROM leads l ",
            $which
        )
    };
}

const BY_ID: &str = select_lead!("WHERE l.id = ?1");
const BY_EMAIL: &str = select_lead!("WHERE l.program = ?1 AND l.email_hash = ?2");
const BY_CUSTOMER: &str = select_lead!(
    "WHERE l.program = ?1 AND l.customer = ?2
       AND (l.at <= ?3 OR EXISTS (SELECT 1 FROM touches WHERE lead = l.id AND at <= ?3))
     ORDER BY l.at, l.id LIMIT 1"
);
const BY_CLICK: &str = select_lead!(
    "WHERE l.program = ?1 AND l.id IN (SELECT lead FROM touches WHERE proof = ?2)
       AND (l.at <= ?3 OR EXISTS (SELECT 1 FROM touches WHERE lead = l.id AND at <= ?3))
     ORDER BY l.at, l.id LIMIT 1"
);

// The credited leads of a period, for a replay; a page begins after a lead.
const IN_PERIOD: &str = select_lead!(
    "WHERE l.program = ?1 AND (l.at, l.id) > (?2, ?3) AND l.at < ?4 AND l.suspected = 0
     ORDER BY l.at, l.id LIMIT ?5"
);

// What a program decides by at present.
const TERMS: &str = "
    SELECT p.version, p.touch, p.window_days,
      (SELECT coalesce(max(version), 0) FROM reward_rules WHERE program = ?1) AS rules
    FROM policies p WHERE p.program = ?1 ORDER BY p.version DESC LIMIT 1";

const INSERT: &str = "
    INSERT INTO leads (id, program, at, moment, source, stage, reason,
      accepted_at, meeting_at, opportunity_at, won_at, lost_at, suspected,
      advocate, medium, label, touch, terms, owner,
      name, email, email_hash, phone, company, customer, note, consent_text, consent_at, visitor,
      version, created_at, updated_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
      (SELECT number FROM reps WHERE slug = ?19),
      ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, unhex(?29), 1, ?30, ?30)";

/// Fills what is not known of a person. Whoever was erased stays so: a sale that
/// comes late finds its lead by the click, and may say who bought.
macro_rules! filled {
    ($column:literal, $value:literal) => {
        concat!(
            $column,
            " = coalesce(",
            $column,
            ", iif(erased_at IS NULL, ",
            $value,
            ", NULL)), "
        )
    };
}

// A version that is no longer the one that was read becomes NULL, which the
// column refuses; that undoes the batch.
const UPDATE: &str = concat!(
    "
    UPDATE leads SET
      at = ?27, moment = ?3, stage = ?4, reason = ?5,
      accepted_at = ?6, meeting_at = ?7, opportunity_at = ?8, won_at = ?9, lost_at = ?10,
      suspected = ?11, advocate = ?12, medium = ?13, label = ?14, touch = ?15,
      owner = (SELECT number FROM reps WHERE slug = ?16), ",
    filled!("name", "?17"),
    filled!("email", "?18"),
    filled!("email_hash", "?19"),
    filled!("phone", "?20"),
    filled!("company", "?21"),
    filled!("customer", "?22"),
    filled!("note", "?23"),
    filled!("consent_text", "?24"),
    filled!("consent_at", "?25"),
    "updated_at = ?26,
      version = CASE WHEN version = ?2 THEN version + 1 END
    WHERE id = ?1"
);

// A code that went with its advocate's erasure since it was read had their name.
const ADD_TOUCHES: &str = "
    INSERT INTO touches
    SELECT ?1, value ->> 'n', value ->> 'kind', value ->> 'at', value ->> 'advocate',
      value ->> 'medium', value ->> 'destination', value ->> 'label',
      CASE value ->> 'kind'
        WHEN 'code' THEN
          coalesce((SELECT key FROM spoken_codes WHERE key = value ->> 'proof'), 'erased')
        ELSE value ->> 'proof'
      END,
      value ->> 'place', ?3, ?4
    FROM json_each(?2)";

const ADD_DECISION: &str = "
    INSERT INTO decisions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

const ADD_HISTORY: &str = "
    INSERT INTO history
    SELECT ?1, ?2 + key + 1, value ->> 'kind', value ->> 'before', value ->> 'after',
      value ->> 'why', value ->> 'at', ?4, ?5
    FROM json_each(?3)";

const ADD_FLAGS: &str = "
    INSERT INTO flags
    SELECT ?1, value ->> 'rule', value ->> 'detail', ?3 FROM json_each(?2)
    WHERE true
    ON CONFLICT DO NOTHING";

// Nobody with a lead was referred by when they bought (`sales::no_lead_came`).
const FLAG_BUYERS: &str = "
    INSERT INTO flags
    SELECT id, 'existing_customer', 'they had bought before they were referred', ?4 FROM leads
    WHERE program = ?1 AND (customer = ?2 OR email_hash = ?3) AND advocate IS NOT NULL
    ON CONFLICT DO NOTHING";

/// A lead as the API shows it in a list.
macro_rules! summary {
    () => {
        concat!(
            "'id', l.id, 'program', p.slug, 'source', l.source, 'at', ",
            time!("l.at"),
            ", 'stage', l.stage, 'reason', l.reason,
            'accepted_at', ",
            time!("l.accepted_at"),
            ", 'meeting_at', ",
            time!("l.meeting_at"),
            ", 'opportunity_at', ",
            time!("l.opportunity_at"),
            ", 'won_at', ",
            time!("l.won_at"),
            ", 'lost_at', ",
            time!("l.lost_at"),
            ", 'prospect', json_object('name', l.name, 'email', l.email, 'phone', l.phone,
              'company', l.company, 'customer', l.customer),
            'advocate', a.id, 'advocate_name', a.name,
            'channel', m.channel, 'medium', m.name,
            'label', (SELECT slug FROM labels WHERE program = l.program AND number = l.label),
            'touch', l.touch, 'owner', (SELECT slug FROM reps WHERE number = l.owner),
            'suspected', json(iif(l.suspected, 'true', 'false')),
            'flags', json((SELECT json_group_array(rule) FROM flags WHERE lead = l.id))"
        )
    };
}

const PAGE: &str = concat!(
    "SELECT l.at || '.' || l.id AS cursor, json_object(",
    summary!(),
    ") AS document
    FROM leads l
    JOIN programs p ON p.number = l.program
    LEFT JOIN advocates a ON a.program = l.program AND a.number = l.advocate
    LEFT JOIN media m ON m.code = l.medium
    WHERE l.program = ?1 AND (l.at, l.id) < (?2, ?3)
      AND (?4 IS NULL OR l.stage = ?4)
      AND (?5 IS NULL OR l.advocate = ?5)
      AND (?6 IS NULL OR l.owner = (SELECT number FROM reps WHERE slug = ?6))
    ORDER BY l.at DESC, l.id DESC
    LIMIT ?7"
);

const DOCUMENT: &str = concat!(
    "SELECT json_object(",
    summary!(),
    ", 'note', l.note, 'consent', json(CASE WHEN l.consent_at IS NOT NULL THEN
        json_object('text', l.consent_text, 'at', ",
    time!("l.consent_at"),
    ") END),
      'terms', l.terms,
      'history', json((
        SELECT json_group_array(json_object('kind', kind, 'before', before, 'after', after,
          'why', why, 'at', ",
    time!("at"),
    ", 'by', by))
        FROM (SELECT * FROM history WHERE lead = l.id ORDER BY n))),
      'sales', json((
        SELECT json_group_array(json_object('order_id', order_id, 'at', ",
    time!("at"),
    ", 'amount', amount, 'refunded', refunded, 'currency', currency, 'product', product,
          'matched_by', matched_by))
        FROM (SELECT * FROM net_sales WHERE lead = l.id ORDER BY at, order_id)))
    ) AS document
    FROM leads l
    JOIN programs p ON p.number = l.program
    LEFT JOIN advocates a ON a.program = l.program AND a.number = l.advocate
    LEFT JOIN media m ON m.code = l.medium
    WHERE l.id = ?1"
);

const DECISIONS: &str = "
    SELECT d.n, d.at, d.policy, d.moment, d.winner, d.verdicts, d.cause, d.by,
      p.touch, p.window_days
    FROM decisions d
    JOIN leads l ON l.id = d.lead
    JOIN policies p ON p.program = l.program AND p.version = d.policy
    WHERE d.lead = ?1
    ORDER BY d.n";

const SIGNS: &str = "
    SELECT
      (SELECT max(email_hash = ?3) FROM advocates
        WHERE program = ?1 AND (number = ?2 OR merged_into = ?2)) AS same_email,
      (SELECT max(lower(substr(email, instr(email, '@') + 1)) = ?4) FROM advocates
        WHERE program = ?1 AND (number = ?2 OR merged_into = ?2)) AS same_domain,
      (SELECT count(*) FROM leads
        WHERE program = ?1 AND advocate = ?2 AND at > ?5 - 86400000 AND at <= ?5 AND id <> ?10)
        AS earlier_leads,
      EXISTS (SELECT 1 FROM disposable_domains WHERE domain IN (SELECT value FROM json_each(?11)))
        AS disposable_mail,
      EXISTS (SELECT 1 FROM sales
        WHERE program = ?1 AND at < ?6
          AND (email_hash = ?3 OR customer = ?7) AND lead IS NULL) AS existing_customer,
      EXISTS (SELECT 1 FROM advocate_visitors v
        WHERE v.program = ?1 AND v.advocate = ?2
          AND (v.visitor = unhex(?8) AND v.utc_day = CAST(?5 / 86400000 AS INTEGER)
            OR EXISTS (SELECT 1 FROM json_each(?9) AS click JOIN clicks c
                ON c.utc_day = v.utc_day AND c.program = v.program AND c.visitor = v.visitor
                  AND c.id = unhex(click.value)))) AS same_visitor";

row! {
    /// What the fraud rules look at, as SQL has it.
    #[derive(Debug)]
    pub struct SignsRow {
        same_email: Option<i64>,
        same_domain: Option<i64>,
        earlier_leads: u32,
        disposable_mail: i64,
        existing_customer: i64,
        same_visitor: i64,
    }
}

row! {
    /// What a program decides by at present.
    #[derive(Debug, Clone)]
    pub struct Terms {
        /// The version of its attribution policy.
        pub version: u32,
        /// Which touch wins under it.
        pub touch: program::Touch,
        /// Within how many days.
        pub window_days: WindowDays,
        /// The version of its reward rules, 0 for none.
        pub rules: u32,
    }
}

row! {
    /// A decision as it was made.
    #[derive(Debug)]
    pub struct Decided {
        /// Which it is, from 1.
        pub n: u16,
        /// When it was made (Unix ms).
        pub at: i64,
        /// The version of the policy.
        pub policy: u32,
        /// What touches had to precede (Unix ms).
        pub moment: i64,
        /// The `n` of the touch that won.
        pub winner: Option<u16>,
        /// `[n, verdict]` for each touch.
        pub verdicts: Vec<(u16, Verdict)> = decode::embedded,
        /// What gave rise to it.
        pub cause: String,
        /// Who did that.
        pub by: String,
        /// Which touch won under it.
        pub touch: program::Touch,
        /// Within how many days.
        pub window_days: WindowDays,
    }
}

/// How a lead is looked for.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// By its own id.
    Id(&'a str),
    /// By the hash of the prospect's address.
    Email(u16, &'a str),
    /// By what the billing system calls the prospect: the first such who was
    /// referred by then (Unix ms).
    Customer(u16, &'a str, i64),
    /// By a click (in hexadecimal) among its touches; likewise.
    Click(u16, &'a str, i64),
}

/// The statement that reads a lead.
#[must_use]
pub fn select(which: Which) -> Statement {
    match which {
        Which::Id(id) => statement!(BY_ID, id),
        Which::Email(program, hash) => statement!(BY_EMAIL, program, hash),
        Which::Customer(program, customer, until) => {
            statement!(BY_CUSTOMER, program, customer, until)
        }
        Which::Click(program, click, until) => statement!(BY_CLICK, program, click, until),
    }
}

/// The statement that reads the [`Terms`] of a program.
#[must_use]
pub fn select_terms(program: u16) -> Statement {
    statement!(TERMS, program)
}

/// What a program decides by at present.
pub async fn terms(db: &dyn Database, program: u16) -> Result<Terms, DatabaseError> {
    let terms: Option<Terms> = one(db, select_terms(program)).await?.first()?;
    terms.ok_or(DatabaseError::Short)
}

/// A lead.
pub async fn find(db: &dyn Database, which: Which<'_>) -> Result<Option<Lead>, DatabaseError> {
    one(db, select(which)).await?.first()
}

/// At most `limit` leads of a period, after one, by their time and id.
pub async fn in_period(
    db: &dyn Database,
    program: u16,
    after: (i64, &str),
    until: i64,
    limit: u16,
) -> Result<Vec<Lead>, DatabaseError> {
    one(
        db,
        statement!(IN_PERIOD, program, after.0, after.1, until, limit),
    )
    .await?
    .all()
}

row! {
    /// What leads brought in, net of refunds: a row for each lead and currency, in
    /// the order of the leads.
    #[derive(Debug)]
    pub struct Revenue {
        /// Id of the lead.
        pub lead: String,
        /// ISO 4217.
        pub currency: String,
        /// Minor units.
        pub amount: i64,
    }
}

const REVENUE: &str = "
    SELECT lead, currency, sum(amount - refunded) AS amount
    FROM net_sales WHERE lead IN (SELECT value FROM json_each(?1))
    GROUP BY lead, currency ORDER BY lead, currency";

/// What some leads brought in.
pub async fn revenue(db: &dyn Database, leads: &[Lead]) -> Result<Vec<Revenue>, DatabaseError> {
    let ids: Vec<&str> = leads.iter().map(|lead| lead.id.as_str()).collect();
    one(db, statement!(REVENUE, serde_json::to_string(&ids)?))
        .await?
        .all()
}

/// The decisions about a lead, in order.
pub async fn decisions(db: &dyn Database, lead: &str) -> Result<Vec<Decided>, DatabaseError> {
    one(db, statement!(DECISIONS, lead)).await?.all()
}

/// A lead as the API shows it, with its history and sales.
pub async fn document(db: &dyn Database, id: &str) -> Result<Option<String>, DatabaseError> {
    let row: Option<Document> = one(db, statement!(DOCUMENT, id)).await?.first()?;
    Ok(row.map(|row| row.document))
}

/// What a list is narrowed to.
#[derive(Debug, Default)]
pub struct Filter<'a> {
    /// To a stage.
    pub stage: Option<Stage>,
    /// To an advocate's leads.
    pub advocate: Option<u32>,
    /// To a rep's (a slug).
    pub owner: Option<&'a str>,
}

/// At most `limit` leads before one (its time and id), newest first.
pub async fn page(
    db: &dyn Database,
    program: u16,
    filter: &Filter<'_>,
    before: (i64, &str),
    limit: u16,
) -> Result<Vec<Document>, DatabaseError> {
    let stage = filter.stage.map(Stage::name);
    let (advocate, owner) = (filter.advocate, filter.owner);
    let statement = statement!(
        PAGE, program, before.0, before.1, stage, advocate, owner, limit
    );
    one(db, statement).await?.all()
}

/// The statement that writes a new lead.
#[must_use]
pub fn insert(lead: &Lead, source: &str, person: &Person, now: i64) -> Statement {
    statement!(
        INSERT,
        lead.id.as_str(),
        lead.program,
        lead.at,
        lead.moment,
        source,
        lead.stage.name(),
        lead.reason.as_deref(),
        lead.accepted_at,
        lead.meeting_at,
        lead.opportunity_at,
        lead.won_at,
        lead.lost_at,
        lead.suspected,
        lead.advocate,
        lead.medium,
        lead.label,
        lead.touch.map(Proof::name),
        lead.terms,
        lead.owner.as_deref(),
        person.name.as_deref(),
        person.email.as_deref(),
        person.email_hash.as_deref(),
        person.phone.as_deref(),
        person.company.as_deref(),
        person.customer.as_deref(),
        person.note.as_deref(),
        person.consent_text.as_deref(),
        person.consent_at,
        person.visitor.as_deref(),
        now,
    )
}

/// The statement that writes a changed lead over the one that was read.
#[must_use]
pub fn update(lead: &Lead, person: &Person, now: i64) -> Statement {
    statement!(
        UPDATE,
        lead.id.as_str(),
        lead.version,
        lead.moment,
        lead.stage.name(),
        lead.reason.as_deref(),
        lead.accepted_at,
        lead.meeting_at,
        lead.opportunity_at,
        lead.won_at,
        lead.lost_at,
        lead.suspected,
        lead.advocate,
        lead.medium,
        lead.label,
        lead.touch.map(Proof::name),
        lead.owner.as_deref(),
        person.name.as_deref(),
        person.email.as_deref(),
        person.email_hash.as_deref(),
        person.phone.as_deref(),
        person.company.as_deref(),
        person.customer.as_deref(),
        person.note.as_deref(),
        person.consent_text.as_deref(),
        person.consent_at,
        now,
        lead.at,
    )
}

/// The statement that adds touches.
pub fn add_touches(
    lead: &str,
    touches: &[Touch],
    now: i64,
    by: &str,
) -> Result<Statement, DatabaseError> {
    Ok(statement!(
        ADD_TOUCHES,
        lead,
        serde_json::to_string(touches)?,
        now,
        by
    ))
}

/// The statement that adds a decision, made under a version of the policy.
pub fn add_decision(
    lead: &Lead,
    decision: &Decision,
    policy: u32,
    cause: &str,
    now: i64,
    by: &str,
) -> Result<Statement, DatabaseError> {
    let verdicts = serde_json::to_string(&decision.verdicts)?;
    let n = lead.decisions + 1;
    let id = lead.id.as_str();
    Ok(statement!(
        ADD_DECISION,
        id,
        n,
        now,
        policy,
        lead.moment,
        decision.winner,
        verdicts,
        cause,
        by,
    ))
}

/// The statement that adds to the history.
pub fn add_history(
    lead: &Lead,
    events: &[Event],
    now: i64,
    by: &str,
) -> Result<Statement, DatabaseError> {
    let json = serde_json::to_string(events)?;
    Ok(statement!(
        ADD_HISTORY,
        lead.id.as_str(),
        lead.events,
        json,
        by,
        now
    ))
}

/// The statement that raises flags; one that is up stays as it is.
pub fn add_flags(lead: &str, flags: &[Flag], now: i64) -> Result<Statement, DatabaseError> {
    Ok(statement!(
        ADD_FLAGS,
        lead,
        serde_json::to_string(flags)?,
        now
    ))
}

/// The statement that flags the credited leads of whoever bought before they were
/// referred.
#[must_use]
pub fn flag_buyers(program: u16, sale: &Sale, now: i64) -> Statement {
    let (customer, hash) = (sale.customer.as_deref(), sale.email_hash.as_deref());
    statement!(FLAG_BUYERS, program, customer, hash, now)
}

/// The statement that reads the signs of fraud of a lead which an advocate would
/// be credited with. `domain` is that of the prospect's address.
pub fn signs(
    lead: &Lead,
    advocate: u32,
    person: &Person,
    domain: Option<&str>,
) -> Result<Statement, DatabaseError> {
    let clicks: Vec<&str> = lead.touches.iter().filter_map(Touch::click).collect();
    Ok(statement!(
        SIGNS,
        lead.program,
        advocate,
        person.email_hash.as_deref(),
        domain,
        lead.at,
        // As far as a sale is nobody's merit.
        lead.referred_at() - CLOCK_SKEW,
        person.customer.as_deref(),
        person.visitor.as_deref(),
        serde_json::to_string(&clicks)?,
        lead.id.as_str(),
        serde_json::to_string(&with_parents(domain.unwrap_or_default()))?,
    ))
}

/// A domain and every one that it is a part of: the list has names of owners.
fn with_parents(domain: &str) -> Vec<&str> {
    let mut domains = vec![domain];
    let mut rest = domain;
    while let Some((_, parent)) = rest.split_once('.') {
        domains.push(parent);
        rest = parent;
    }
    domains
}

impl From<SignsRow> for crate::domain::lead::Signs {
    fn from(row: SignsRow) -> Self {
        Self {
            same_email: row.same_email == Some(1),
            same_domain: row.same_domain == Some(1),
            same_visitor: row.same_visitor != 0,
            leads_in_a_day: row.earlier_leads + 1,
            disposable_mail: row.disposable_mail != 0,
            existing_customer: row.existing_customer != 0,
        }
    }
}
