//! Sales and refunds, and how a sale finds its lead.

use super::{Database, DatabaseError, Document, Statement, one, statement, time};
use crate::decode::{self, row};

row! {
    /// A sale, as it is recorded.
    #[derive(Debug, Clone)]
    pub struct Sale {
        /// What the shop calls it; unique in the program.
        pub order_id: String,
        /// When it was made (Unix ms).
        pub at: i64,
        /// Minor units of the currency.
        pub amount: i64,
        /// ISO 4217.
        pub currency: String,
        /// What was bought.
        pub product: Option<String>,
        /// The lead that it belongs to.
        pub lead: Option<String>,
        /// How that was found: `lead`, `receipt`, `customer` or `email`.
        pub matched_by: Option<String>,
        /// What the billing system calls who bought.
        pub customer: Option<String>,
        /// The hash of their address.
        pub email_hash: Option<String>,
        /// The click of the receipt, in hexadecimal.
        pub click: Option<String>,
        /// What of it was given back so far (minor units).
        pub refunded: i64 = decode::or_default,
    }
}

row! {
    /// A refund, as it is recorded.
    #[derive(Debug, Clone)]
    #[expect(clippy::struct_field_names, reason = "as the API and the table call it")]
    pub struct Refund {
        /// What the shop calls it; unique in the program.
        pub refund_id: String,
        /// The sale that it undoes, which may not be here yet.
        pub order_id: String,
        /// When it was made (Unix ms).
        pub at: i64,
        /// Minor units of the currency.
        pub amount: i64,
        /// ISO 4217; that of the sale.
        pub currency: String,
        /// Why.
        pub reason: Option<String>,
    }
}

const SALE: &str = "
    SELECT order_id, at, amount, currency, product, lead, matched_by, customer, email_hash, click,
      refunded
    FROM net_sales WHERE program = ?1 AND order_id = ?2";

const REFUND: &str = "
    SELECT refund_id, order_id, at, amount, currency, reason
    FROM refunds WHERE program = ?1 AND refund_id = ?2";

const REFUNDS_OF: &str = "
    SELECT refund_id, order_id, at, amount, currency, reason
    FROM refunds WHERE program = ?1 AND order_id = ?2 ORDER BY at, refund_id LIMIT 1";

/// What of sales without a lead may be a lead's (`?6`), which may be new or know of
/// a customer and an address already.
macro_rules! of_lead {
    ("customer") => {
        "customer IN (?3, (SELECT customer FROM leads WHERE id = ?6))"
    };
    () => {
        concat!(
            "program = ?1 AND lead IS NULL AND at >= ?5
      AND (click IN (SELECT value FROM json_each(?2)) OR ",
            of_lead!("customer"),
            " OR email_hash IN (?4, (SELECT email_hash FROM leads WHERE id = ?6)))"
        )
    };
}

// Sales without a lead that a lead may explain: by its clicks, by what the billing
// system calls the prospect, by their address, in that order.
const UNMATCHED: &str = concat!(
    "
    SELECT order_id, at, amount, currency, product, customer, email_hash, click,
      CASE
        WHEN click IN (SELECT value FROM json_each(?2)) THEN 'receipt'
        WHEN ",
    of_lead!("customer"),
    " THEN 'customer'
        ELSE 'email'
      END AS matched_by,
      NULL AS lead
    FROM sales
    WHERE ",
    of_lead!(),
    "
    ORDER BY at, order_id"
);

// The same sales, while they wait: for a batch that wanted to match them all.
const NONE_WAITS: &str = concat!(
    "INSERT INTO overtaken SELECT NULL FROM sales WHERE ",
    of_lead!()
);

// A lead that came while a sale was looking for one, and was referred by then.
const NO_LEAD_CAME: &str = "
    INSERT INTO overtaken
    SELECT NULL FROM leads l
    WHERE l.program = ?1
      AND (l.customer = ?2 OR l.email_hash = ?3
        OR l.id IN (SELECT lead FROM touches WHERE proof = ?4))
      AND (l.at <= ?5 OR EXISTS (SELECT 1 FROM touches WHERE lead = l.id AND at <= ?5))";

// Of a lead who was erased, no sale says again who it was.
const INSERT: &str = "
    INSERT INTO sales (program, order_id, at, amount, currency, product, lead, matched_by,
      customer, email_hash, click, recorded_at, recorded_by)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, iif(erased, NULL, ?9), iif(erased, NULL, ?10),
      ?11, ?12, ?13
    FROM (SELECT EXISTS (SELECT 1 FROM leads WHERE id = ?7 AND erased_at IS NOT NULL) AS erased)";

const MATCH: &str = "
    UPDATE sales SET lead = ?1, matched_by = value ->> 'by'
    FROM json_each(?3)
    WHERE program = ?2 AND order_id = value ->> 'order' AND lead IS NULL";

// What a reconciliation recorded of a refund before it was reported.
const RECONCILED: &str = "
    SELECT refund_id, order_id, at, amount, currency, reason
    FROM refunds
    WHERE program = ?1 AND order_id = ?2 AND amount = CAST(?3 AS INTEGER)
      AND refund_id GLOB 'reconciled/*'
    ORDER BY at, refund_id LIMIT 1";

const STILL_RECONCILED: &str = "
    INSERT INTO overtaken
    SELECT NULL WHERE NOT EXISTS (
      SELECT 1 FROM refunds WHERE program = ?1 AND refund_id = ?2)";

const NAME_REFUND: &str = "
    UPDATE refunds SET refund_id = ?3 WHERE program = ?1 AND refund_id = ?2";

const INSERT_REFUND: &str = "
    INSERT INTO refunds VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

// What a refund was decided by may have changed: its sale came, or another refund.
// Those that were here before their sale may come to more than it.
const TOO_MUCH: &str = "
    INSERT INTO overtaken
    SELECT NULL FROM sales s
    WHERE program = ?1 AND order_id = ?2
      AND (currency <> ?3 OR amount < (
        SELECT sum(amount) FROM refunds WHERE program = s.program AND order_id = s.order_id))";

// A refund that came in another currency while its sale was being decided about.
const REFUNDED_OTHERWISE: &str = "
    INSERT INTO overtaken
    SELECT NULL FROM refunds WHERE program = ?1 AND order_id = ?2 AND currency <> ?3";

const PAGE: &str = concat!(
    "SELECT s.at || '.' || s.order_id AS cursor, json_object('order_id', s.order_id, 'at', ",
    time!("s.at"),
    ", 'amount', s.amount, 'refunded', s.refunded, 'currency', s.currency,
      'product', s.product, 'lead', s.lead, 'matched_by', s.matched_by, 'advocate', a.id,
      'channel', m.channel) AS document
    FROM net_sales s
    LEFT JOIN leads l ON l.id = s.lead
    LEFT JOIN advocates a ON a.program = l.program AND a.number = l.advocate
    LEFT JOIN media m ON m.code = l.medium
    WHERE s.program = ?1 AND (s.at, s.order_id) < (?2, ?3) AND (?4 = 0 OR l.advocate IS NULL)
    ORDER BY s.at DESC, s.order_id DESC
    LIMIT ?5"
);

/// The sale of an order.
pub async fn find(
    db: &dyn Database,
    program: u16,
    order_id: &str,
) -> Result<Option<Sale>, DatabaseError> {
    one(db, statement!(SALE, program, order_id)).await?.first()
}

/// A refund.
pub async fn find_refund(
    db: &dyn Database,
    program: u16,
    refund_id: &str,
) -> Result<Option<Refund>, DatabaseError> {
    one(db, statement!(REFUND, program, refund_id))
        .await?
        .first()
}

/// The first refund of an order, which tells its currency before the sale does.
pub async fn first_refund_of(
    db: &dyn Database,
    program: u16,
    order_id: &str,
) -> Result<Option<Refund>, DatabaseError> {
    one(db, statement!(REFUNDS_OF, program, order_id))
        .await?
        .first()
}

/// What a reconciliation recorded of a refund, which is being reported now.
pub async fn reconciled_refund(
    db: &dyn Database,
    program: u16,
    refund: &Refund,
) -> Result<Option<Refund>, DatabaseError> {
    let order = refund.order_id.as_str();
    let found: Option<Refund> = one(db, statement!(RECONCILED, program, order, refund.amount))
        .await?
        .first()?;
    Ok(found.filter(|found| found.currency == refund.currency))
}

/// The statements that give it the name that the shop has for it, unless another one
/// has taken it.
#[must_use]
pub fn name_refund(program: u16, from: &str, to: &str) -> [Statement; 2] {
    [
        statement!(STILL_RECONCILED, program, from),
        statement!(NAME_REFUND, program, from, to),
    ]
}

/// Sales without a lead that a lead may explain: of whoever made one of its
/// clicks, or is the customer, or has the address.
pub struct Waiting<'a> {
    /// Number of the program.
    pub program: u16,
    /// Id of the lead.
    pub lead: &'a str,
    /// Its clicks, in hexadecimal.
    pub clicks: Vec<&'a str>,
    /// What the billing system calls the prospect, if that is news.
    pub customer: Option<&'a str>,
    /// The hash of their address, likewise.
    pub email_hash: Option<&'a str>,
    /// Before this (Unix ms) a sale is nobody's merit.
    pub since: i64,
}

impl Waiting<'_> {
    /// The statement that reads them, oldest first.
    pub fn select(&self) -> Result<Statement, DatabaseError> {
        self.statement(UNMATCHED)
    }

    /// The statement that fails its batch if there are any left: some came while
    /// the lead was being decided about.
    pub fn none_left(&self) -> Result<Statement, DatabaseError> {
        self.statement(NONE_WAITS)
    }

    fn statement(&self, sql: &'static str) -> Result<Statement, DatabaseError> {
        let clicks = serde_json::to_string(&self.clicks)?;
        let (customer, hash) = (self.customer, self.email_hash);
        Ok(statement!(
            sql,
            self.program,
            clicks,
            customer,
            hash,
            self.since,
            self.lead
        ))
    }
}

/// The statement that fails its batch if a lead has come that the sale would
/// match, referred by `until` (Unix ms).
#[must_use]
pub fn no_lead_came(program: u16, sale: &Sale, until: i64) -> Statement {
    let (customer, hash) = (sale.customer.as_deref(), sale.email_hash.as_deref());
    let click = sale.click.as_deref();
    statement!(NO_LEAD_CAME, program, customer, hash, click, until)
}

/// The statements that record a sale, unless it was refunded in another currency.
#[must_use]
pub fn insert(program: u16, sale: &Sale, now: i64, by: &str) -> [Statement; 2] {
    let (order, currency) = (sale.order_id.as_str(), sale.currency.as_str());
    let insert = statement!(
        INSERT,
        program,
        order,
        sale.at,
        sale.amount,
        currency,
        sale.product.as_deref(),
        sale.lead.as_deref(),
        sale.matched_by.as_deref(),
        sale.customer.as_deref(),
        sale.email_hash.as_deref(),
        sale.click.as_deref(),
        now,
        by,
    );
    let guard = statement!(REFUNDED_OTHERWISE, program, order, currency);
    [guard, insert]
}

/// The statement that gives sales their lead, each by what it was matched by.
pub fn match_to(program: u16, lead: &str, sales: &[Sale]) -> Result<Statement, DatabaseError> {
    #[derive(serde::Serialize)]
    struct Match<'a> {
        order: &'a str,
        by: Option<&'a str>,
    }
    let matches: Vec<Match> = sales
        .iter()
        .map(|sale| Match {
            order: &sale.order_id,
            by: sale.matched_by.as_deref(),
        })
        .collect();
    Ok(statement!(
        MATCH,
        lead,
        program,
        serde_json::to_string(&matches)?
    ))
}

/// The statements that record a refund, unless it is more than its sale.
#[must_use]
pub fn insert_refund(program: u16, refund: &Refund, now: i64, by: &str) -> Vec<Statement> {
    let (order, currency) = (refund.order_id.as_str(), refund.currency.as_str());
    let insert = statement!(
        INSERT_REFUND,
        program,
        refund.refund_id.as_str(),
        order,
        refund.at,
        refund.amount,
        currency,
        refund.reason.as_deref(),
        now,
        by,
    );
    vec![insert, statement!(TOO_MUCH, program, order, currency)]
}

/// At most `limit` sales before one (its time and order), newest first; those
/// alone that nobody is credited with, if asked.
pub async fn page(
    db: &dyn Database,
    program: u16,
    before: (i64, &str),
    unattributed: bool,
    limit: u16,
) -> Result<Vec<Document>, DatabaseError> {
    let statement = statement!(PAGE, program, before.0, before.1, unattributed, limit);
    one(db, statement).await?.all()
}
