//! Accounts: the facts that an advocate's rewards hang on, and how the ledger
//! follows them.
//!
//! Triggers of the migration count the changes of an account; whoever settles it
//! writes the count that they have read, so that nobody settles what has changed
//! meanwhile.

use serde::Serialize;

use super::{Database, DatabaseError, Rows, Statement, one, several, statement};
use crate::{
    decode::{self, row},
    domain::{
        channel::Medium,
        link::ProgramNumber,
        money::Currency,
        program::AdvocateKind,
        reward::{
            Approval, Form, Rules, Unit,
            evaluate::{Account, Order, Referral},
            key::{Beneficiary, RewardKey},
            settle::{Movement, Standing},
        },
    },
};

/// All that the settlement of some accounts of a program is made of.
#[derive(Debug)]
pub struct Facts {
    /// The accounts, by the numbers of their advocates.
    pub accounts: Vec<Facing>,
    /// The versions of the rules that they name.
    pub rules: Vec<(u32, Rules)>,
}

/// What is owed to an advocate, and what the ledger says.
#[derive(Debug)]
pub struct Facing {
    /// The advocate's number.
    pub advocate: u32,
    /// How often the facts changed, and up to where the ledger has followed.
    pub stamp: Stamp,
    /// The advocate's referrals.
    pub account: Account,
    /// What the ledger says.
    pub standing: Vec<Standing>,
}

row! {
    /// The versions of an account, by which a writer knows whether it was overtaken.
    #[derive(Debug, Clone, Copy)]
    pub struct Stamp {
        advocate: u32,
        changed: i64,
        settled: i64,
    }
}

impl Stamp {
    /// Whether the ledger has followed all facts.
    #[must_use]
    pub const fn is_settled(self) -> bool {
        self.settled >= self.changed
    }
}

const STAMPS: &str = "
    SELECT advocate, changed, settled FROM accounts
    WHERE program = ?1 AND advocate IN (SELECT value FROM json_each(?2))
    ORDER BY advocate";

const OWNERS: &str = "
    SELECT number, kind, segment FROM advocates
    WHERE program = ?1 AND number IN (SELECT value FROM json_each(?2))
    ORDER BY number";

// The next advocates who have a lead.
const PAGE: &str = "
    SELECT DISTINCT advocate AS number FROM leads
    WHERE program = ?1 AND advocate > ?2
    ORDER BY advocate LIMIT ?3";

const REFERRALS: &str = "
    SELECT advocate, id, terms, medium, owner, accepted_at, meeting_at, opportunity_at, won_at
    FROM leads
    WHERE program = ?1 AND advocate IN (SELECT value FROM json_each(?2)) AND suspected = 0
    ORDER BY advocate, id";

const ORDERS: &str = "
    SELECT s.lead, s.order_id, s.product, s.currency, s.amount, s.refunded, s.at
    FROM leads l JOIN net_sales s ON s.lead = l.id
    WHERE l.program = ?1 AND l.advocate IN (SELECT value FROM json_each(?2)) AND l.suspected = 0
    ORDER BY s.lead, s.order_id";

const RULES_NAMED: &str = "
    SELECT version, rules FROM reward_rules
    WHERE program = ?1
      AND version IN (
        SELECT terms FROM leads
        WHERE program = ?1 AND advocate IN (SELECT value FROM json_each(?2)))";

const STANDING: &str = "
    SELECT advocate, rule, beneficiary, rep, lead, order_id AS [order], unit, form, amount,
      terms, earned_at, due_at, approval
    FROM rewards WHERE program = ?1 AND advocate IN (SELECT value FROM json_each(?2))
    ORDER BY advocate, amount, id DESC";

// NULL is refused, which undoes the batch of whoever was overtaken.
const SETTLED: &str = "
    UPDATE accounts SET settled = CASE WHEN changed = ?3 AND settled = ?4 THEN changed END
    WHERE program = ?1 AND advocate = ?2";

/// The id of a reward that moves: of the one that stands in the account, if one
/// does. It may have come with another account (`advocates::merge`), whose id it
/// keeps; of two for one cause, the one that holds the amount moves, as
/// [`STANDING`] has it last.
macro_rules! reward_id {
    () => {
        "coalesce((
          SELECT id FROM rewards INDEXED BY rewards_by_lead
          WHERE lead = value ->> 'lead' AND program = ?1 AND advocate = ?2
            AND rule = value ->> 'rule' AND beneficiary = value ->> 'beneficiary'
            AND rep IS value ->> 'rep' AND order_id IS value ->> 'order'
            AND unit = value ->> 'unit' AND form = value ->> 'form'
          ORDER BY amount DESC, id LIMIT 1), value ->> 'id')"
    };
}

const PUT_REWARDS: &str = concat!(
    "
    INSERT INTO rewards (id, program, advocate, rule, beneficiary, rep, lead, order_id, unit, form,
      terms, earned_at, due_at, approval)
    SELECT ",
    reward_id!(),
    ", ?1, ?2, value ->> 'rule', value ->> 'beneficiary', value ->> 'rep',
      value ->> 'lead', value ->> 'order', value ->> 'unit', value ->> 'form',
      value ->> 'terms', value ->> 'earned_at', value ->> 'due_at', value ->> 'approval'
    FROM json_each(?3)
    WHERE true
    ON CONFLICT (id) DO UPDATE SET
      terms = excluded.terms, earned_at = excluded.earned_at,
      due_at = excluded.due_at, approval = excluded.approval"
);

const ADD_MOVEMENTS: &str = concat!(
    "
    INSERT INTO ledger (reward, kind, amount, terms, at, by)
    SELECT ",
    reward_id!(),
    ", value ->> 'kind', value ->> 'amount', value ->> 'terms', ?4, 'rule'
    FROM json_each(?3)"
);

// When a lead came in, another may have had the credit for it, or the advocate no
// address. A flag is a fact, so the account is behind once more.
const SAME_EMAIL: &str = "
    INSERT INTO flags
    SELECT l.id, 'same_email', 'the prospect has the advocate''s address', ?3
    FROM advocates a CROSS JOIN leads l
      ON l.program = a.program AND l.advocate = ?2 AND l.email_hash = a.email_hash
    WHERE a.program = ?1 AND (a.number = ?2 OR a.merged_into = ?2)
    ON CONFLICT DO NOTHING";

// A flag holds each reward of its lead once: what was released stays released. A
// person may have held it before in the same words.
const HOLD: &str = "
    INSERT INTO ledger (reward, kind, holds, reason, at, by)
    SELECT r.id, 'held', 1, f.rule, ?3, 'rule'
    FROM rewards r JOIN flags f ON f.lead = r.lead
    WHERE r.program = ?1 AND r.advocate = ?2
      AND NOT EXISTS (
        SELECT 1 FROM ledger l
        WHERE l.reward = r.id AND l.kind = 'held' AND l.reason = f.rule AND l.by = 'rule')";

// Another one comes first each time, and neighbours are far apart: those that
// cannot be settled are never all that is tried.
const UNSETTLED: &str = "
    SELECT program, advocate FROM accounts
    WHERE settled < changed AND (?1 IS NULL OR program = ?1)
    ORDER BY (advocate % 65521 * 40503 + CAST(?2 AS INTEGER)) % 65521 LIMIT ?3";

row! {
    struct Number {
        number: u32,
    }
}

row! {
    struct Owner {
        number: u32,
        kind: AdvocateKind,
        segment: Option<String>,
    }
}

row! {
    struct ReferralRow {
        advocate: u32,
        id: String,
        terms: u32,
        medium: Option<u8>,
        owner: Option<u32>,
        accepted_at: Option<i64>,
        meeting_at: Option<i64>,
        opportunity_at: Option<i64>,
        won_at: Option<i64>,
    }
}

row! {
    struct OrderRow {
        lead: String,
        order_id: String,
        product: Option<String>,
        currency: Currency,
        amount: i64,
        refunded: i64,
        at: i64,
    }
}

row! {
    struct RulesRow {
        version: u32,
        rules: String,
    }
}

row! {
    /// A reward as the ledger has it, or as it moves: one type for both ways.
    #[derive(Serialize)]
    struct RewardRow {
        advocate: u32,
        id: String = decode::or_default,
        kind: String = decode::or_default,
        rule: String,
        beneficiary: String,
        rep: Option<u32>,
        lead: String,
        order: Option<String>,
        unit: Unit,
        form: Form,
        amount: i64,
        terms: u32,
        earned_at: i64,
        due_at: i64,
        approval: Approval,
    }
}

/// The facts of some accounts; an advocate who has none is left out.
pub async fn facts(
    db: &dyn Database,
    program: u16,
    advocates: &[u32],
) -> Result<Facts, DatabaseError> {
    let json = serde_json::to_string(advocates)?;
    let [owners, referrals, orders] = accounts(program, advocates)?;
    let [stamps, owners, referrals, orders, rules, standing] = several(
        db,
        [
            statement!(STAMPS, program, json.as_str()),
            owners,
            referrals,
            orders,
            statement!(RULES_NAMED, program, json.as_str()),
            statement!(STANDING, program, json),
        ],
    )
    .await?;
    let stamps: Vec<Stamp> = stamps.all()?;
    let mut standing_of = Groups(Vec::new());
    for row in standing.all::<RewardRow>()? {
        standing_of.push(row.advocate, row.standing());
    }
    let mut facing = Vec::new();
    for (advocate, account) in accounts_of(&owners, &referrals, &orders)? {
        let stamp = stamps.iter().find(|stamp| stamp.advocate == advocate);
        facing.extend(stamp.map(|stamp| Facing {
            advocate,
            stamp: *stamp,
            account,
            standing: standing_of.take(&advocate),
        }));
    }
    Ok(Facts {
        accounts: facing,
        rules: rules_of(&rules)?,
    })
}

/// At most `limit` accounts after an advocate (−1 for the first), each with
/// theirs: what they would have earned can be asked under any rules.
pub async fn page(
    db: &dyn Database,
    program: u16,
    after: i64,
    limit: u16,
) -> Result<Vec<(u32, Account)>, DatabaseError> {
    let numbers: Vec<Number> = one(db, statement!(PAGE, program, after, limit))
        .await?
        .all()?;
    let numbers: Vec<u32> = numbers.iter().map(|row| row.number).collect();
    let [owners, referrals, orders] = several(db, accounts(program, &numbers)?).await?;
    accounts_of(&owners, &referrals, &orders)
}

/// The statements that read some advocates' accounts.
fn accounts(program: u16, advocates: &[u32]) -> Result<[Statement; 3], DatabaseError> {
    let json = serde_json::to_string(advocates)?;
    Ok([
        statement!(OWNERS, program, json.as_str()),
        statement!(REFERRALS, program, json.as_str()),
        statement!(ORDERS, program, json),
    ])
}

/// The accounts of some rows, each with its referrals, each with its orders.
fn accounts_of(
    owners: &Rows,
    referrals: &Rows,
    orders: &Rows,
) -> Result<Vec<(u32, Account)>, DatabaseError> {
    let mut by_lead = Groups(Vec::new());
    for row in orders.all::<OrderRow>()? {
        let order = Order {
            id: row.order_id,
            product: row.product,
            currency: row.currency,
            amount: row.amount,
            refunded: row.refunded,
            at: row.at,
        };
        by_lead.push(row.lead, order);
    }
    let mut by_advocate = Groups(Vec::new());
    for row in referrals.all::<ReferralRow>()? {
        // Whoever has the credit has it by a medium.
        let Some(medium) = row.medium.and_then(Medium::from_code) else {
            continue;
        };
        let referral = Referral {
            orders: by_lead.take(&row.id),
            lead: row.id,
            terms: row.terms,
            channel: medium.channel(),
            owner: row.owner,
            accepted_at: row.accepted_at,
            meeting_at: row.meeting_at,
            opportunity_at: row.opportunity_at,
            won_at: row.won_at,
        };
        by_advocate.push(row.advocate, referral);
    }
    let owners: Vec<Owner> = owners.all()?;
    let mut account = |owner: Owner| {
        let account = Account {
            kind: owner.kind,
            segment: owner.segment,
            referrals: by_advocate.take(&owner.number),
        };
        (owner.number, account)
    };
    Ok(owners.into_iter().map(&mut account).collect())
}

/// What stands under each key, of rows that come in the order of their keys.
struct Groups<K, V>(Vec<(K, Vec<V>)>);

impl<K: Ord, V> Groups<K, V> {
    fn push(&mut self, key: K, value: V) {
        match self.0.last_mut() {
            Some((last, group)) if *last == key => group.push(value),
            _ => self.0.push((key, vec![value])),
        }
    }

    fn take(&mut self, key: &K) -> Vec<V> {
        let found = self.0.binary_search_by(|(known, _)| known.cmp(key)).ok();
        let group = found.and_then(|index| self.0.get_mut(index));
        group.map_or_else(Vec::new, |(_, group)| std::mem::take(group))
    }
}

/// Rules by version; version 0 is none.
fn rules_of(rows: &Rows) -> Result<Vec<(u32, Rules)>, DatabaseError> {
    let mut rules = vec![(0, Rules::default())];
    for row in rows.all::<RulesRow>()? {
        let parsed = Rules::parse(&row.rules)
            .map_err(|error| DatabaseError::Failed(format!("stored rules: {error}")))?;
        rules.push((row.version, parsed));
    }
    Ok(rules)
}

impl RewardRow {
    fn standing(self) -> Standing {
        Standing {
            key: RewardKey {
                rule: self.rule,
                beneficiary: match (self.beneficiary.as_str(), self.rep) {
                    ("prospect", _) => Beneficiary::Prospect,
                    (_, Some(rep)) => Beneficiary::Owner(rep),
                    _ => Beneficiary::Advocate,
                },
                lead: self.lead,
                order: self.order,
                unit: self.unit,
                form: self.form,
            },
            entitled: self.amount,
            terms: self.terms,
            earned_at: self.earned_at,
            due_at: self.due_at,
            approval: self.approval,
        }
    }

    fn of(movement: &Movement, program: ProgramNumber, advocate: u32) -> Self {
        let key = &movement.key;
        Self {
            advocate,
            id: key.id(program, advocate),
            kind: movement.kind.name().to_owned(),
            rule: key.rule.clone(),
            beneficiary: key.beneficiary.who().name().to_owned(),
            rep: key.beneficiary.rep(),
            lead: key.lead.clone(),
            order: key.order.clone(),
            unit: key.unit,
            form: key.form,
            amount: movement.amount,
            terms: movement.terms,
            earned_at: movement.earned_at,
            due_at: movement.due_at,
            approval: movement.approval,
        }
    }
}

/// Movements that are written as one parameter: some 400 bytes each, where D1
/// refuses a parameter of more than 2 MB.
const AT_A_TIME: usize = 1_000;

/// Writes what moves, holds what is flagged, and marks the account as settled;
/// a conflict if its facts changed since they were read.
pub async fn write(
    db: &dyn Database,
    program: ProgramNumber,
    advocate: u32,
    stamp: Stamp,
    movements: &[Movement],
    now: i64,
) -> Result<(), DatabaseError> {
    let number = program.get();
    let settled = statement!(SETTLED, number, advocate, stamp.changed, stamp.settled);
    let mut statements = vec![settled];
    for movements in movements.chunks(AT_A_TIME) {
        let rows: Vec<RewardRow> = movements
            .iter()
            .map(|movement| RewardRow::of(movement, program, advocate))
            .collect();
        let json = serde_json::to_string(&rows)?;
        statements.push(statement!(PUT_REWARDS, number, advocate, json.as_str()));
        statements.push(statement!(ADD_MOVEMENTS, number, advocate, json, now));
    }
    statements.push(statement!(SAME_EMAIL, number, advocate, now));
    statements.push(statement!(HOLD, number, advocate, now));
    db.batch(statements).await?;
    Ok(())
}

row! {
    /// An account.
    #[derive(Debug, Clone, Copy)]
    pub struct AccountId {
        /// Number of the program.
        pub program: u16,
        /// Number of the advocate.
        pub advocate: u32,
    }
}

/// At most `limit` accounts whose ledger is behind, of one program or of all;
/// which ones come first changes with `turn`.
pub async fn unsettled(
    db: &dyn Database,
    program: Option<u16>,
    turn: i64,
    limit: u16,
) -> Result<Vec<AccountId>, DatabaseError> {
    let turn = turn.rem_euclid(65_521);
    one(db, statement!(UNSETTLED, program, turn, limit))
        .await?
        .all()
}
