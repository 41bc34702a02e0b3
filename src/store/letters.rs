//! Letters: what is due, what its words are made of, and what became of it.

use super::{Database, DatabaseError, Document, Statement, one, several, statement, time};
use crate::{
    decode::{self, row},
    domain::zone::Zone,
};

row! {
    /// A letter that was claimed: nobody else sends it for two minutes.
    #[derive(Debug)]
    pub struct Claimed {
        /// Its id.
        pub id: String,
        /// Which try this is, from 1.
        pub attempts: u32,
        /// When it became due for the first time (Unix ms).
        pub queued_at: i64,
        /// Letters that the same person was sent within seven days and that count for
        /// the limit of a week, and when the first of them was sent (Unix ms).
        pub week: (i64, Option<i64>) = decode::embedded,
        /// What its words are made of.
        pub facts: Facts = decode::embedded,
    }
}

row! {
    /// What a letter's words are made of (the view `letter_facts`).
    #[derive(Debug)]
    pub struct Facts {
        /// The message's name.
        pub message: String,
        /// Number of the program.
        pub program: u16,
        /// Its slug.
        pub slug: String,
        /// Its name.
        pub name: String,
        /// Its zone.
        pub zone: Zone,
        /// Its colour.
        pub color: String,
        /// Whether it has a logo.
        pub logo: bool = decode::flag,
        /// From when nobody is written to.
        pub quiet_from: String,
        /// Until when.
        pub quiet_to: String,
        /// Letters to one person in a week at most, where the message is limited.
        pub per_week: Option<i64>,
        /// Whether the message, or the program, is switched off.
        pub is_off: bool = decode::flag,
        /// Number of the advocate, 0 for none.
        pub advocate: u32,
        /// The address, if somebody is there who may be written to.
        pub email: Option<String>,
        /// Their name.
        pub person: String,
        /// Subject and text, if the program has its own.
        pub words: Option<(String, String)>,
        /// Whether it tells of something that is so no more.
        pub is_past: bool = decode::flag,
        /// Where the lead stands.
        pub stage: String,
        /// Who the lead is, for the advocate.
        pub prospect: String,
        /// What was paid.
        pub amount: i64,
        /// In which unit.
        pub unit: String,
        /// For how many days it has been quiet.
        pub days: i64,
        /// Leads that stand still.
        pub leads: Vec<Entry>,
        /// Advocates whose good moment came.
        pub advocates: Vec<Entry>,
        /// How far goals are.
        pub progress: Vec<Entry>,
    }
}

/// An entry of a list: what it is, what there is to say of it, and the path of its page.
#[derive(Debug)]
pub struct Entry(pub [String; 3]);

impl decode::Decode for Entry {
    fn decode(tree: decode::Tree) -> Result<Self, decode::Fault> {
        let parts: Vec<String> = decode::Decode::decode(tree)?;
        let parts = parts.try_into();
        parts
            .map(Self)
            .map_err(|_| decode::Fault::new("must hold three elements"))
    }
}

// One letter to each person at a time, the oldest first, so that the weekly limit is
// never overtaken.
const CLAIM: &str = "
    UPDATE letters SET claimed_at = ?1, attempts = attempts + 1
    WHERE id IN (
      SELECT id FROM letters l
      WHERE state = 'queued' AND due_at <= ?1 AND coalesce(claimed_at, 0) <= ?1 - 120000
        AND NOT EXISTS (
          SELECT 1 FROM letters o
          WHERE o.program = l.program AND o.recipient = l.recipient AND o.state = 'queued'
            AND o.id <> l.id
            AND (o.claimed_at > ?1 - 120000
              OR (o.due_at <= ?1 AND (o.due_at, o.id) < (l.due_at, l.id))))
      ORDER BY due_at, id LIMIT ?2)
    RETURNING id, attempts, queued_at,
      (SELECT json_array(count(*), min(o.sent_at)) FROM letters o
        WHERE o.program = letters.program AND o.recipient = letters.recipient
          AND o.state = 'sent' AND o.sent_at > ?1 - 604800000
          AND o.message NOT IN ('invitation', 'payout', 'weekly'))
        AS week,
      (SELECT facts FROM letter_facts f WHERE f.id = letters.id) AS facts";

const BARRED: &str = "
    SELECT hash || ' ' || reason AS document FROM suppressions
    WHERE hash IN (SELECT value FROM json_each(?1))";

const REVOKED: &str = "
    SELECT program || ' ' || body AS document FROM revocations
    WHERE (program, body) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?1))";

// Whoever claimed it since has it.
const FINISH: &str = "
    UPDATE letters SET state = ?3, why = ?4, due_at = ?5,
      attempts = attempts - CAST(?6 AS INTEGER), sent_at = ?7, provider_id = ?8, claimed_at = NULL
    WHERE id = ?1 AND claimed_at = ?2";

/// Claims at most `limit` letters that are due.
pub async fn claim(db: &dyn Database, now: i64, limit: u16) -> Result<Vec<Claimed>, DatabaseError> {
    one(db, statement!(CLAIM, now, limit)).await?.all()
}

/// What keeps letters back: of some hashes of addresses (a JSON array) those that get
/// none, each with the reason behind a blank, and of some links (an array of program
/// and body) those that are revoked.
pub async fn barred(
    db: &dyn Database,
    hashes: String,
    links: String,
) -> Result<(Vec<Document>, Vec<Document>), DatabaseError> {
    let statements = [statement!(BARRED, hashes), statement!(REVOKED, links)];
    let [barred, revoked] = several(db, statements).await?;
    Ok((barred.all()?, revoked.all()?))
}

/// What became of a letter.
#[derive(Debug)]
pub enum Outcome {
    /// It went; the provider calls it so.
    Sent(Option<String>),
    /// It waits until then (Unix ms), and that was no try; and why, if it is not its own
    /// hour that it waits for.
    Waits(i64, Option<&'static str>),
    /// It is tried again then.
    Again(i64, String),
    /// It never went.
    Failed(String),
    /// It is not sent, and why.
    Skipped(&'static str),
}

/// The statement that writes down what became of a letter that was claimed at `now`.
#[must_use]
pub fn finish(id: &str, now: i64, outcome: Outcome) -> Statement {
    let mut due_at = now;
    let (mut untried, mut sent_at, mut provider_id) = (false, None, None);
    let (state, why) = match outcome {
        Outcome::Sent(id) => {
            sent_at = Some(now);
            provider_id = id;
            ("sent", None)
        }
        Outcome::Waits(until, why) => {
            due_at = until;
            untried = true;
            ("queued", why.map(str::to_owned))
        }
        Outcome::Again(at, why) => {
            due_at = at;
            ("queued", Some(why))
        }
        Outcome::Failed(why) => ("failed", Some(why)),
        Outcome::Skipped(why) => ("skipped", Some(why.to_owned())),
    };
    statement!(
        FINISH,
        id,
        now,
        state,
        why,
        due_at,
        untried,
        sent_at,
        provider_id
    )
}

const PAGE: &str = concat!(
    "SELECT l.queued_at || '.' || l.id AS cursor, json_object('id', l.id, 'message', l.message,
      'program', p.slug,
      'advocate', (SELECT id FROM advocates WHERE program = l.program AND number = l.advocate),
      'rep', (SELECT slug FROM reps WHERE number = l.rep),
      'state', l.state, 'why', l.why, 'queued_at', ",
    time!("l.queued_at"),
    ", 'due_at', ",
    time!("l.due_at"),
    ", 'sent_at', ",
    time!("l.sent_at"),
    ", 'delivered_at', ",
    time!("l.delivered_at"),
    ", 'attempts', l.attempts) AS document
    FROM letters l JOIN programs p ON p.number = l.program
    WHERE (l.queued_at, l.id) < (?1, ?2)
      AND (?4 IS NULL OR p.slug = ?4) AND (?5 IS NULL OR l.state = ?5)
      AND (?6 IS NULL OR l.message = ?6)
    ORDER BY l.queued_at DESC, l.id DESC LIMIT ?3"
);

/// Which letters of a list.
#[derive(Debug, Default)]
pub struct Filter<'a> {
    /// Slug of the program.
    pub program: Option<&'a str>,
    /// Their state.
    pub state: Option<&'a str>,
    /// Their message.
    pub message: Option<&'a str>,
}

/// At most `limit` letters before one (a time in Unix ms, and an id), the newest first.
pub async fn page(
    db: &dyn Database,
    (at, id): (i64, &str),
    limit: u16,
    filter: &Filter<'_>,
) -> Result<Vec<Document>, DatabaseError> {
    let Filter {
        program,
        state,
        message,
    } = *filter;
    let page = statement!(PAGE, at, id, limit, program, state, message);
    one(db, page).await?.all()
}
