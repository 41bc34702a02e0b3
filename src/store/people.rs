//! A person: all that is stored about them, and its erasure.
//!
//! Owns which rows are whose. A person is whoever has an e-mail address, in every
//! program, as an advocate, as a lead or as the buyer of a sale that nobody can be
//! credited with. What others wrote of them in passing, into the history of
//! another's lead, is not found. Reps are staff, and not looked for.
//!
//! Clicks are left alone: their visitor hashes were made under salts that are
//! gone the day after (`jobs::salts`), so they are nobody's any more.

use super::{Database, DatabaseError, Statement, one, several, statement, time};
use crate::decode::row;

pub mod export;

/// How a person is meant. What is not given finds nobody.
#[derive(Debug, Default)]
pub struct Wanted {
    /// The hash of their address.
    pub email_hash: Option<String>,
    /// The address as it may be spelled in rows that have no hash yet, in small
    /// letters.
    pub spelled: Vec<String>,
    /// A lead of theirs.
    pub lead: Option<String>,
    /// Themselves as an advocate: the number of the program, and their own.
    pub advocate: Option<(u16, u32)>,
}

row! {
    /// A person as they were found.
    #[derive(Debug)]
    pub struct Found {
        /// Their rows, as the statements here take them (JSON).
        document: String,
        /// How many of them are advocates; those who are, have links.
        pub advocates: u32,
        /// How many rows there are.
        pub rows: u32,
    }
}

/// The rows of a person. `CROSS` makes the planner take program after program, by
/// the index that each has; it would read an index from end to end.
macro_rules! rows_of {
    () => {
        "WITH
          found AS (
            SELECT a.program, a.number
            FROM programs p CROSS JOIN advocates a ON a.program = p.number AND a.email_hash = ?1
            UNION SELECT program, number FROM advocates
              WHERE email_hash IS NULL AND lower(email) IN (SELECT value FROM json_each(?2))
            UNION SELECT program, number FROM advocates WHERE program = ?4 AND number = ?5),
          -- Two entries that were merged are one person, whichever was found.
          remaining AS (
            SELECT f.program, coalesce(a.merged_into, f.number) AS number
            FROM found f CROSS JOIN advocates a ON a.program = f.program AND a.number = f.number),
          their_advocates AS (
            SELECT program, number FROM remaining
            UNION SELECT a.program, a.number
              FROM remaining r
              CROSS JOIN advocates a ON a.program = r.program AND a.merged_into = r.number),
          addresses AS (
            SELECT ?1 AS hash
            UNION SELECT a.email_hash
              FROM their_advocates t
              CROSS JOIN advocates a ON a.program = t.program AND a.number = t.number),
          their_leads AS (
            SELECT l.id, l.program, l.customer
            FROM programs p CROSS JOIN addresses h
            CROSS JOIN leads l ON l.program = p.number AND l.email_hash = h.hash
            UNION SELECT id, program, customer FROM leads WHERE id = ?3),
          their_sales AS (
            SELECT program, order_id FROM sales WHERE lead IN (SELECT id FROM their_leads)
            UNION SELECT s.program, s.order_id
              FROM programs p CROSS JOIN addresses h
              CROSS JOIN sales s ON s.program = p.number AND s.email_hash = h.hash
            UNION SELECT s.program, s.order_id
              FROM their_leads l CROSS JOIN sales s ON s.program = l.program AND s.customer = l.customer
              WHERE s.lead IS NULL)
        SELECT json_object(
            'advocates', json((SELECT json_group_array(json_array(program, number))
              FROM (SELECT * FROM their_advocates ORDER BY 1, 2))),
            'leads', json((SELECT json_group_array(id)
              FROM (SELECT id FROM their_leads ORDER BY 1))),
            'sales', json((SELECT json_group_array(json_array(program, order_id))
              FROM (SELECT * FROM their_sales ORDER BY 1, 2)))) AS document,
          (SELECT count(*) FROM their_advocates) AS advocates,
          (SELECT count(*) FROM their_advocates) + (SELECT count(*) FROM their_leads)
            + (SELECT count(*) FROM their_sales)
            -- Whoever is in a file of others alone is in no document, but is erased too.
            + (SELECT count(*) FROM findings WHERE fix ->> 'email_hash' = ?1)
            + (SELECT count(*) FROM reconciliation_rows WHERE email_hash = ?1) AS rows"
    };
}

const FIND: &str = rows_of!();

// Somebody who came, or changed, since the person was found undoes the batch.
const STILL: &str = concat!(
    "INSERT INTO overtaken SELECT NULL FROM (",
    rows_of!(),
    ") WHERE document <> ?6"
);

/// The ids of the person's leads, where `?1` is who was found.
macro_rules! leads {
    () => {
        "(SELECT value FROM json_each(?1, '$.leads'))"
    };
}

/// Program and number of each of the person's advocates.
macro_rules! advocates {
    () => {
        "(SELECT value ->> 0, value ->> 1 FROM json_each(?1, '$.advocates'))"
    };
}

/// Program and order of each of the person's sales.
macro_rules! sales {
    () => {
        "(SELECT value ->> 0, value ->> 1 FROM json_each(?1, '$.sales'))"
    };
}

/// The touches that one of the person's advocates was heard for.
macro_rules! heard {
    () => {
        "SELECT t.lead, t.n, l.program
        FROM json_each(?1, '$.advocates') AS theirs
        CROSS JOIN touches t ON t.kind IN ('rep', 'advocate') AND t.advocate = theirs.value ->> 1
        JOIN leads l ON l.id = t.lead AND l.program = theirs.value ->> 0"
    };
}

/// The person's spoken codes with what takes their place: no way to type a code
/// makes one with small letters (`domain::spoken`).
macro_rules! codes {
    () => {
        "SELECT key AS old,
          'erased-' || program || '-' || advocate || '-'
            || row_number() OVER (PARTITION BY program, advocate ORDER BY key) AS new
        FROM spoken_codes
        WHERE (program, advocate) IN (
            SELECT value ->> 0, value ->> 1 FROM json_each(?1, '$.advocates'))
          AND substr(key, 1, 7) <> 'erased-'"
    };
}

/// The lead, or else the order, that a kept call was about; as the index has it.
macro_rules! subject {
    () => {
        "coalesce(r.answer ->> 'lead', r.answer ->> 'id', r.answer ->> 'order_id')"
    };
}

// What is going to be erased, in numbers. What was erased before counts no more.
const COUNTS: &str = concat!(
    "SELECT json_object(
      'advocates', (SELECT count(*) FROM advocates
        WHERE (program, number) IN ",
    advocates!(),
    " AND erased_at IS NULL),
      'leads', (SELECT count(*) FROM leads WHERE id IN ",
    leads!(),
    " AND erased_at IS NULL),
      'sales', (SELECT count(*) FROM sales WHERE (program, order_id) IN ",
    sales!(),
    " AND (customer IS NOT NULL OR email_hash IS NOT NULL)),
      'codes', (SELECT count(*) FROM (",
    codes!(),
    ")),
      'visitors', (SELECT count(*) FROM advocate_visitors WHERE (program, advocate) IN ",
    advocates!(),
    ")) AS document"
);

const HISTORY: &str = concat!(
    "UPDATE history SET why = NULL WHERE why IS NOT NULL AND lead IN ",
    leads!()
);

const PLACES: &str = concat!(
    "UPDATE touches SET place = NULL
    WHERE place IS NOT NULL AND (lead IN ",
    leads!(),
    " OR (lead, n) IN (SELECT lead, n FROM (",
    heard!(),
    ")))"
);

const PROOFS: &str = concat!(
    "UPDATE touches SET proof = code.new FROM (",
    codes!(),
    ") AS code WHERE touches.kind = 'code' AND touches.proof = code.old"
);

const CODES: &str = concat!(
    "UPDATE spoken_codes
    SET key = code.new, code = code.new, revoked_at = coalesce(revoked_at, ?2)
    FROM (",
    codes!(),
    ") AS code WHERE spoken_codes.key = code.old"
);

const SALES: &str = concat!(
    "UPDATE sales SET customer = NULL, email_hash = NULL WHERE (program, order_id) IN ",
    sales!()
);

const REFUNDS: &str = concat!(
    "UPDATE refunds SET reason = NULL
    WHERE reason IS NOT NULL AND (program, order_id) IN ",
    sales!()
);

const PAYOUT_LINES: &str = concat!(
    "UPDATE payout_lines SET reference = NULL
    WHERE reference IS NOT NULL AND (lead IN ",
    leads!(),
    " OR ((SELECT program FROM payouts WHERE id = payout), advocate) IN ",
    advocates!(),
    ")"
);

const VISITORS: &str = concat!(
    "DELETE FROM advocate_visitors WHERE (program, advocate) IN ",
    advocates!()
);

// Fingerprints are made of what names a person too. Without one a repeat is no
// repeat any more, and as its key is taken it does nothing. Calls about another's
// lead are meant only where they took it in by the advocate's name. A program has a
// call for every sale, so `+` and `CROSS` send the planner to the index of subjects.
const REQUESTS: &str = concat!(
    "UPDATE requests SET request = '' FROM (
      SELECT r.program, r.key
      FROM json_each(?1, '$.leads') AS theirs CROSS JOIN requests r ON ",
    subject!(),
    " = theirs.value
      UNION SELECT r.program, r.key
      FROM json_each(?1, '$.sales') AS theirs
      JOIN sales s ON s.program = theirs.value ->> 0 AND s.order_id = theirs.value ->> 1
      CROSS JOIN requests r ON ",
    subject!(),
    " IN (s.lead, s.order_id) AND +r.program = s.program AND r.answer ->> 'order_id' = s.order_id
      UNION SELECT r.program, r.key
      FROM (",
    heard!(),
    ") AS heard CROSS JOIN requests r ON ",
    subject!(),
    " = +heard.lead AND +r.program = heard.program
        AND r.answer ->> 'duplicate' IS NOT NULL) AS theirs
    WHERE requests.program = theirs.program AND requests.key = theirs.key"
);

const SHARES: &str = concat!(
    "UPDATE shares SET request = '' WHERE (program, advocate) IN ",
    advocates!()
);

const NOTED: &str = concat!(
    "INSERT INTO history
    SELECT id, (SELECT count(*) + 1 FROM history WHERE lead = id), 'erased', NULL, NULL, NULL,
      ?2, ?3, ?2
    FROM leads WHERE erased_at IS NULL AND id IN ",
    leads!()
);

// Whoever has read a lead before is overtaken by this, and cannot write back what
// they read.
const LEADS: &str = concat!(
    "UPDATE leads SET name = 'Erased', email = NULL, email_hash = NULL, phone = NULL,
      company = NULL, customer = NULL, note = NULL, consent_text = NULL, consent_at = NULL,
      visitor = NULL, reason = NULL, erased_at = coalesce(erased_at, ?2), updated_at = ?2,
      version = version + 1
    WHERE id IN ",
    leads!()
);

// Kind, segment and owner stay: they say nothing of a person, and rewards hang on
// them.
const ADVOCATES: &str = concat!(
    "UPDATE advocates SET name = 'Erased', email = NULL, email_hash = NULL, external_id = NULL,
      status = 'disabled', erased_at = coalesce(erased_at, ?2), updated_at = ?2
    WHERE (program, number) IN ",
    advocates!()
);

// Of files of others that were held against what is here, what names a person: why a
// lead was lost, who bought what is not here, and rows that have yet to be compared.
const REASONS: &str = concat!(
    "UPDATE findings SET fix = json_remove(fix, '$.reason')
    WHERE fix ->> 'reason' IS NOT NULL AND lead IN ",
    leads!()
);

/// What billing systems call the person: as their leads and their sales say.
macro_rules! customers {
    () => {
        concat!(
            "(SELECT customer FROM leads WHERE id IN ",
            leads!(),
            " UNION SELECT customer FROM sales WHERE lead IN ",
            leads!(),
            " UNION SELECT customer FROM sales WHERE email_hash = ?2)"
        )
    };
}

const STRANGERS: &str = concat!(
    "UPDATE findings SET fix = NULL, identity = NULL
    WHERE fix ->> 'email_hash' = ?2
      OR fix ->> 'email_hash' IN (SELECT email_hash FROM leads WHERE id IN ",
    leads!(),
    ") OR fix ->> 'customer' IN ",
    customers!(),
    " OR (lead IS NULL AND identity IS NOT NULL AND identity IN ",
    customers!(),
    ")"
);

const UPLOADED: &str = concat!(
    "DELETE FROM reconciliation_rows WHERE email_hash = ?2 OR lead IN ",
    leads!(),
    " OR external IN ",
    customers!()
);

const ADDRESS_OF_LEAD: &str = "SELECT email, email_hash FROM leads WHERE id = ?1";

row! {
    /// By what address a lead's other rows are found.
    #[derive(Debug)]
    pub struct Address {
        /// The address.
        pub email: Option<String>,
        /// Its hash; a sale may have told this alone.
        pub email_hash: Option<String>,
    }
}

/// The address of a lead.
pub async fn address_of(db: &dyn Database, lead: &str) -> Result<Option<Address>, DatabaseError> {
    one(db, statement!(ADDRESS_OF_LEAD, lead)).await?.first()
}

impl Wanted {
    fn statement(&self, sql: &'static str) -> Result<Statement, DatabaseError> {
        Ok(statement!(
            sql,
            self.email_hash.as_deref(),
            serde_json::to_string(&self.spelled)?,
            self.lead.as_deref(),
            self.advocate.map(|(program, _)| program),
            self.advocate.map(|(_, number)| number),
        ))
    }

    /// Finds them; no rows are nobody.
    pub async fn find(&self, db: &dyn Database) -> Result<Found, DatabaseError> {
        let found: Option<Found> = one(db, self.statement(FIND)?).await?.first()?;
        found.ok_or(DatabaseError::Short)
    }
}

/// Erases a person as they were found, in one batch; answers how many rows were
/// (JSON). A conflict where somebody changed them since.
pub async fn erase(
    db: &dyn Database,
    wanted: &Wanted,
    found: &Found,
    now: i64,
    by: &str,
) -> Result<String, DatabaseError> {
    let rows = found.document.as_str();
    let mut still = wanted.statement(STILL)?;
    still.parameters.push(rows.into());
    // What leads from one row to another is taken away after what it leads to.
    let statements = [
        still,
        statement!(COUNTS, rows),
        statement!(REQUESTS, rows),
        statement!(SHARES, rows),
        statement!(VISITORS, rows),
        statement!(REASONS, rows),
        statement!(STRANGERS, rows, wanted.email_hash.as_deref()),
        statement!(UPLOADED, rows, wanted.email_hash.as_deref()),
        statement!(PAYOUT_LINES, rows),
        statement!(REFUNDS, rows),
        statement!(SALES, rows),
        statement!(HISTORY, rows),
        statement!(PLACES, rows),
        statement!(PROOFS, rows),
        statement!(CODES, rows, now),
        statement!(NOTED, rows, now, by),
        statement!(LEADS, rows, now),
        statement!(ADVOCATES, rows, now),
    ];
    let [_, counts, ..] = several(db, statements).await?;
    counts.document()
}
