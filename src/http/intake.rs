//! Intake: how a referral becomes a lead, whichever way it comes in.
//!
//! Owns what the public form, a server, a rep, and a sale without a lead have in
//! common: whoever is there already is joined, the credit is decided, the lead
//! gets an owner, what looks like fraud is flagged, sales that waited find it.
//! Nothing is written here: the statements are, all at once, by `once`.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Call,
    once::Effect,
    problem::{Fault, Problem},
};
use crate::{
    domain::{
        attribution::{self, CLOCK_SKEW, Decision, Policy, Proof, Touch, attribute},
        channel::Medium,
        click::ClickId,
        keyring::Receipt,
        lead::{Flag, Signs, Stage},
        link::AdvocateNumber,
        person,
        program::Status,
    },
    store::{
        DatabaseError, Statement,
        advocates::{self, Reference},
        leads::{self, Event, Lead, Person, SignsRow, Terms, Which},
        one, programs, reps,
        reps::Rep,
        sales::{self, Sale, Waiting},
        several,
    },
};

/// The most touches of a lead. Each may decide anew, over all of them.
const MOST_TOUCHES: usize = 100;

/// Entries of a history from which on it says no more who joined, nor what was
/// refused. Anybody may send a form, as often as they like.
const MOST_EVENTS: u16 = 1_000;

/// A referral as it comes in.
pub(super) struct Referral<'a> {
    /// The program.
    pub program: &'a programs::Row,
    /// `form`, `server`, `rep` or `sale`.
    pub source: &'static str,
    /// When the prospect raised a hand or was named (Unix ms).
    pub at: i64,
    /// Who the prospect is.
    pub person: Person,
    /// What can earn the credit; `n` is given here.
    pub touches: Vec<Touch>,
    /// Proofs that prove nothing, with the reason: kept, so that they can be
    /// asked about, where refusing the lead would lose it.
    pub refused: Vec<(&'static str, String)>,
    /// An advocate who is registered with it.
    pub registered: Option<Registered<'a>>,
    /// The rep who entered it.
    pub rep: Option<Rep>,
    /// What they bought.
    pub sale: Option<&'a Sale>,
    /// A trap for machines went off.
    pub suspected: bool,
    /// Who sends it, for the history.
    pub by: &'a str,
}

/// An advocate whom the database does not know yet.
pub(super) struct Registered<'a> {
    pub number: u32,
    pub email: Option<&'a str>,
    pub owner: &'a Rep,
}

/// What became of a referral.
pub(super) struct Taken {
    pub lead: Lead,
    /// Whether it joined a lead that was there.
    pub duplicate: bool,
    pub statements: Vec<Statement>,
    /// The advocates whose account it touches.
    pub accounts: Vec<u32>,
    pub flags: Vec<Flag>,
    credit_why: String,
    owner_why: String,
}

/// What became of a referral, as the API says it. It names no prospect.
#[derive(Serialize, ToSchema)]
pub(super) struct TakenLead {
    /// Id of the lead.
    pub id: String,
    pub program: String,
    pub stage: Stage,
    /// Whether there was a lead of the same address already, which this one
    /// joined.
    pub duplicate: bool,
    /// Id of the advocate who has the credit; null for nobody.
    pub advocate: Option<String>,
    pub medium: Option<Medium>,
    /// Why they have it.
    pub credit_why: String,
    /// Slug of the rep who follows it up; null for nobody.
    pub owner: Option<String>,
    /// Why they do.
    pub owner_why: String,
    /// The fraud rules that hold its rewards until somebody has looked.
    pub flags: Vec<&'static str>,
}

impl Taken {
    /// The effect of it, and its answer: 201 for a new lead, 200 for one joined.
    pub(super) fn effect(self, program: &programs::Row) -> Result<Effect, Problem> {
        let lead = &self.lead;
        let answer = TakenLead {
            id: lead.id.clone(),
            program: program.slug.clone(),
            stage: lead.stage,
            duplicate: self.duplicate,
            advocate: lead.advocate.map(|number| AdvocateNumber(number).to_id()),
            medium: lead.medium.and_then(Medium::from_code),
            credit_why: self.credit_why,
            owner: lead.owner.clone(),
            owner_why: self.owner_why,
            flags: self.flags.iter().map(|flag| flag.rule).collect(),
        };
        let status = if self.duplicate { 200 } else { 201 };
        Effect::new(status, &answer, self.statements, self.accounts)
    }
}

/// An id with a prefix that says of what: `ld_`, and 22 digits that begin with
/// the time.
pub(super) fn new_id(prefix: &str, now: i64) -> Result<String, Problem> {
    let mut random = [0; 10];
    getrandom::fill(&mut random).map_err(Fault::no_randomness)?;
    Ok(format!("{prefix}{}", ClickId::new(now, random)))
}

/// What shall be written for a referral.
pub(super) async fn take(call: &Call, referral: &Referral<'_>) -> Result<Taken, Problem> {
    let program = referral.program.number;
    let hash = referral.person.email_hash.as_deref();
    let [terms, found] = several(
        call.db(),
        [
            leads::select_terms(program),
            // An empty hash is nobody's.
            leads::select(Which::Email(program, hash.unwrap_or_default())),
        ],
    )
    .await?;
    let terms: Terms = terms.first()?.ok_or(DatabaseError::Short)?;
    let found: Option<Lead> = found.first()?;
    let duplicate = found.is_some();
    let lead = match found {
        Some(lead) => lead,
        None => begun(referral, &terms, call.now)?,
    };
    fill(call, referral, &terms, lead, duplicate).await
}

/// The same for whoever bought, and is known to be this lead.
pub(super) async fn take_known(
    call: &Call,
    referral: &Referral<'_>,
    lead: Lead,
) -> Result<Taken, Problem> {
    let terms = leads::terms(call.db(), lead.program).await?;
    fill(call, referral, &terms, lead, true).await
}

/// A lead that is new.
fn begun(referral: &Referral, terms: &Terms, now: i64) -> Result<Lead, Problem> {
    Ok(Lead {
        id: new_id("ld_", now)?,
        program: referral.program.number,
        at: referral.at,
        moment: referral.at,
        stage: Stage::New,
        reason: None,
        accepted_at: None,
        meeting_at: None,
        opportunity_at: None,
        won_at: None,
        lost_at: None,
        suspected: referral.suspected,
        advocate: None,
        medium: None,
        label: None,
        touch: None,
        terms: terms.rules,
        owner: None,
        version: 1,
        touches: Vec::new(),
        decisions: 0,
        events: 0,
    })
}

async fn fill(
    call: &Call,
    referral: &Referral<'_>,
    terms: &Terms,
    mut lead: Lead,
    duplicate: bool,
) -> Result<Taken, Problem> {
    let (before, now, by) = (lead.clone(), call.now, referral.by);
    let mut events = Vec::new();
    if !duplicate {
        let stage = Some(Stage::New.name().to_owned());
        events.push(event("stage", None, stage, referral.at));
    } else if referral.sale.is_none() {
        events.push(event("joined", None, Some(referral.source.to_owned()), now));
    }
    for (what, why) in &referral.refused {
        events.push(refused(what, why, now));
    }
    // Of two hands the earlier one counts, even if it is reported later. A sale is
    // no hand.
    if referral.sale.is_none() {
        lead.at = lead.at.min(referral.at);
        lead.moment = lead.moment.min(lead.at);
    }
    // A person who fills in the form after a machine did takes the lead out of
    // suspicion.
    lead.suspected &= referral.suspected;
    let trapped = lead.suspected;

    let mut touches = new_touches(&lead, &referral.touches);
    let room = MOST_TOUCHES.saturating_sub(lead.touches.len());
    for touch in touches.split_off(room.min(touches.len())) {
        let why = format!("the lead has {MOST_TOUCHES} touches already");
        events.push(refused(touch.kind.name(), &why, now));
    }
    let policy = policy(terms);
    if takes_credit(referral, &before, &touches, policy) {
        let why = "would take the credit from who has it; a form does not say whose address it is";
        for touch in touches.drain(..) {
            events.push(refused(touch.kind.name(), why, now));
        }
    }
    lead.touches.extend(touches.iter().cloned());
    let waiting = waiting(&lead, &referral.person);
    let (select, none_left) = (waiting.select()?, waiting.none_left()?);
    let sales: Vec<Sale> = one(call.db(), select).await?.all()?;
    let sold = referral.sale.into_iter().chain(sales.first());
    if let Some(at) = sold.map(|sale| sale.at).min() {
        lead.moment = lead.moment.min(at);
        let why = match referral.sale {
            Some(sale) => format!("sale {}", sale.order_id),
            None => "a sale was there already".to_owned(),
        };
        win(&mut lead, at, &why, &mut events);
    }

    // Without news the decision stands, whatever the policy has become since.
    let is_news = !duplicate || !touches.is_empty() || lead.moment != before.moment;
    let decision = is_news.then(|| decide(&mut lead, policy));
    let credit_why = match &decision {
        Some(decision) => explain_credit(&lead, decision, policy),
        None => "It stands as it was decided before.".to_owned(),
    };
    let owner_why = if duplicate && referral.sale.is_some() {
        String::new() // Nobody has anything to follow up.
    } else {
        route(call, referral, &mut lead, &before, duplicate, &mut events).await?
    };
    let flags = flags(call, referral, &lead, trapped).await?;

    let mut statements = vec![if duplicate {
        leads::update(&lead, &referral.person, now)
    } else {
        leads::insert(&lead, referral.source, &referral.person, now)
    }];
    if !touches.is_empty() {
        statements.push(leads::add_touches(&lead.id, &touches, now, by)?);
    }
    if let Some(decision) = &decision {
        let cause = match (duplicate, referral.sale) {
            (false, _) => "lead",
            (true, None) => "touch",
            (true, Some(_)) => "sale",
        };
        let version = terms.version;
        statements.push(leads::add_decision(
            &lead, decision, version, cause, now, by,
        )?);
    }
    if before.events >= MOST_EVENTS {
        events.retain(|event| matches!(event.kind, "stage" | "owner"));
    }
    statements.push(leads::add_history(&lead, &events, now, by)?);
    if !flags.is_empty() {
        statements.push(leads::add_flags(&lead.id, &flags, now)?);
    }
    if !sales.is_empty() {
        statements.push(sales::match_to(lead.program, &lead.id, &sales)?);
    }
    statements.push(none_left);
    Ok(Taken {
        accounts: accounts(&before, &lead),
        lead,
        duplicate,
        statements,
        flags,
        credit_why,
        owner_why,
    })
}

/// The policy of some terms.
pub(super) fn policy(terms: &Terms) -> Policy {
    Policy {
        touch: terms.touch,
        window_days: terms.window_days,
    }
}

/// Whose accounts a change of a lead may move.
pub(super) fn accounts(before: &Lead, after: &Lead) -> Vec<u32> {
    let mut accounts: Vec<u32> = before.advocate.into_iter().chain(after.advocate).collect();
    accounts.dedup();
    accounts
}

/// An entry of the history without a reason.
pub(super) fn event(
    kind: &'static str,
    before: Option<String>,
    after: Option<String>,
    at: i64,
) -> Event {
    Event {
        kind,
        before,
        after,
        why: None,
        at,
    }
}

/// The entry of a proof that was refused.
fn refused(what: &str, why: &str, at: i64) -> Event {
    Event {
        why: Some(why.to_owned()),
        ..event("refused", None, Some(what.to_owned()), at)
    }
}

/// Decides who has the credit for a lead, and writes it into it.
pub(super) fn decide(lead: &mut Lead, policy: Policy) -> Decision {
    let decision = attribute(policy, &lead.touches, lead.moment);
    let winner = decision
        .winner
        .and_then(|n| lead.touches.iter().find(|touch| touch.n == n));
    lead.advocate = winner.map(Touch::credits);
    lead.medium = winner.map(|touch| touch.medium);
    lead.label = winner.map(|touch| touch.label).filter(|label| *label > 0);
    lead.touch = winner.map(|touch| touch.kind);
    decision
}

/// Takes a lead to `won` at `at` (Unix ms), from wherever it stands.
pub(super) fn win(lead: &mut Lead, at: i64, why: &str, events: &mut Vec<Event>) {
    // Whoever buys is no machine. If one raised the hand, its flag stays, and holds
    // what else would never be paid: from here no stage follows.
    lead.suspected = false;
    if lead.stage == Stage::Won {
        lead.won_at = lead.won_at.map(|won| won.min(at));
        return;
    }
    events.push(Event {
        why: Some(why.to_owned()),
        ..event(
            "stage",
            Some(lead.stage.name().to_owned()),
            Some(Stage::Won.name().to_owned()),
            at,
        )
    });
    lead.stage = Stage::Won;
    lead.won_at = Some(at);
    (lead.reason, lead.lost_at) = (None, None);
}

/// Whether a form would give somebody's credit to somebody else. An address proves
/// nothing of who sends it, so that anybody could have the credit for any address
/// that they know; whom we trust, a server or a rep, may move it. What a machine
/// has is nobody's.
fn takes_credit(referral: &Referral, before: &Lead, touches: &[Touch], policy: Policy) -> bool {
    if referral.source != "form" || before.suspected || before.advocate.is_none() {
        return false;
    }
    let all: Vec<Touch> = before.touches.iter().chain(touches).cloned().collect();
    let winner = attribute(policy, &all, before.moment).winner;
    let winner = all.iter().find(|touch| Some(touch.n) == winner);
    winner.map(Touch::credits) != before.advocate
}

/// The touches that a lead has not, numbered after those that it has. The same
/// click is one touch, whether the form or the cookie brought it, unless what
/// comes later proves more.
fn new_touches(lead: &Lead, touches: &[Touch]) -> Vec<Touch> {
    let mut new: Vec<Touch> = Vec::new();
    for touch in touches {
        let same = |known: &Touch| {
            // A rep may have heard of two on one day.
            (known.advocate, known.at) == (touch.advocate, touch.at)
                && known.proof == touch.proof
                && known.click().is_some() == touch.click().is_some()
                && known.kind <= touch.kind
        };
        if !lead.touches.iter().chain(&new).any(same) {
            let n = lead.touches.len() + new.len() + 1;
            new.push(Touch {
                n: u16::try_from(n).unwrap_or(u16::MAX),
                ..touch.clone()
            });
        }
    }
    new
}

/// The sales that may have come before their lead.
fn waiting<'a>(lead: &'a Lead, person: &'a Person) -> Waiting<'a> {
    Waiting {
        program: lead.program,
        lead: &lead.id,
        clicks: lead.touches.iter().filter_map(Touch::click).collect(),
        customer: person.customer.as_deref(),
        email_hash: person.email_hash.as_deref(),
        since: lead.referred_at() - CLOCK_SKEW,
    }
}

fn explain_credit(lead: &Lead, decision: &Decision, policy: Policy) -> String {
    if lead.touches.is_empty() {
        return "Nobody: no touch came with it.".to_owned();
    }
    let winning = lead
        .touches
        .iter()
        .find(|touch| Some(touch.n) == decision.winner);
    winning.map_or_else(
        || "Nobody: every touch was too old or came too late.".to_owned(),
        |touch| {
            let verdict = attribution::Verdict::Won;
            attribution::explain(verdict, touch.kind, Some(touch.kind), policy)
        },
    )
}

/// Gives a lead its owner, and says why. The advocate's owner goes before all;
/// then whoever entered it; then whose turn it is.
async fn route(
    call: &Call,
    referral: &Referral<'_>,
    lead: &mut Lead,
    before: &Lead,
    duplicate: bool,
    events: &mut Vec<Event>,
) -> Result<String, Problem> {
    if lead.suspected {
        return Ok("Nobody: it looks as if a machine had filled in the form.".to_owned());
    }
    let owns = match lead.advocate {
        Some(advocate) => owner_of(call, referral, advocate).await?,
        None => None,
    };
    // Who follows a lead up keeps it, unless the credit moved before work began.
    let moved = lead.advocate != before.advocate && lead.stage == Stage::New && owns.is_some();
    if duplicate && lead.owner.is_some() && !moved {
        return Ok("They follow up the lead that it joined.".to_owned());
    }
    let entered = referral
        .rep
        .as_ref()
        .filter(|rep| rep.status == Status::Active);
    let (owner, why) = if let Some(rep) = owns {
        (Some(rep.slug), "They own the advocate.")
    } else if let Some(rep) = entered {
        (Some(rep.slug.clone()), "They entered it.")
    } else if let Some(rep) = reps::next_in_turn(call.db(), lead.program).await? {
        (Some(rep.slug), "It was their turn.")
    } else {
        (None, "Nobody: the program's routing has no active rep.")
    };
    if owner != lead.owner {
        events.push(Event {
            why: Some(why.to_owned()),
            ..event("owner", lead.owner.take(), owner.clone(), call.now)
        });
        lead.owner = owner;
    }
    Ok(why.to_owned())
}

/// The active rep who owns an advocate.
async fn owner_of(
    call: &Call,
    referral: &Referral<'_>,
    advocate: u32,
) -> Result<Option<Rep>, Problem> {
    let rep = match &referral.registered {
        Some(new) if new.number == advocate => Some(new.owner.clone()),
        _ => {
            let reference = Reference::Number(AdvocateNumber(advocate));
            let row = advocates::find(call.db(), referral.program.number, &reference).await?;
            match row.and_then(|row| row.owner) {
                Some(slug) => reps::by_slug(call.db(), &slug).await?,
                None => None,
            }
        }
    };
    Ok(rep.filter(|rep| rep.status == Status::Active))
}

/// What looks like fraud.
async fn flags(
    call: &Call,
    referral: &Referral<'_>,
    lead: &Lead,
    trapped: bool,
) -> Result<Vec<Flag>, Problem> {
    let mut flags = Vec::new();
    if trapped {
        flags.push(Flag {
            rule: "honeypot",
            detail: "a field that people do not see was filled in".to_owned(),
        });
    }
    let Some(advocate) = lead.advocate else {
        return Ok(flags);
    };
    let key = referral.person.email.as_deref().map(person::email_key);
    let domain = key.as_deref().map(person::email_domain);
    let select = leads::signs(lead, advocate, &referral.person, domain)?;
    let row: SignsRow = one(call.db(), select)
        .await?
        .first()?
        .ok_or(DatabaseError::Short)?;
    let mut signs = Signs::from(row);
    if let Some(new) = &referral.registered
        && new.number == advocate
        && let Some(theirs) = new.email.map(person::email_key)
    {
        signs.same_email = key.as_ref() == Some(&theirs);
        signs.same_domain = domain == Some(person::email_domain(&theirs));
    }
    signs.same_domain &= !domain.is_some_and(person::is_free_mail);
    flags.extend(signs.flags());
    Ok(flags)
}

/// A receipt of ours for the program, whatever it is still worth; or why it is none.
pub(super) fn read_receipt(
    call: &Call,
    program: &programs::Row,
    text: &str,
) -> Result<Receipt, String> {
    let receipt = call.service.keyring.read_receipt(text.trim());
    let receipt = receipt.map_err(|error| error.to_string())?;
    if receipt.link.program.get() == program.number {
        Ok(receipt)
    } else {
        Err("belongs to another program".to_owned())
    }
}

/// The touch that a receipt proves, or why it proves none here.
pub(super) async fn receipt_touch(
    call: &Call,
    program: &programs::Row,
    text: &str,
    kind: Proof,
) -> Result<Result<Touch, String>, Problem> {
    let Receipt { link, click } = match read_receipt(call, program, text) {
        Ok(receipt) => receipt,
        Err(why) => return Ok(Err(why)),
    };
    let age = call.now - click.at();
    let window = i64::from(program.window_days.seconds()) * 1_000;
    if age > window {
        let days = u16::from(program.window_days);
        return Ok(Err(format!(
            "has expired: its click was more than {days} days ago"
        )));
    }
    if age < -CLOCK_SKEW {
        return Ok(Err("is dated in the future".to_owned()));
    }
    let touch = Touch {
        n: 0,
        kind,
        at: click.at(),
        advocate: link.advocate.0,
        merged_into: None,
        medium: link.medium.code(),
        destination: link.destination.get(),
        label: link.label.get(),
        proof: click.to_hex(),
        place: None,
    };
    usable(call, program, touch).await
}

/// A touch, unless its advocate cannot be credited any more. Of an entry that was
/// merged it is the one who remains who is credited.
pub(super) async fn usable(
    call: &Call,
    program: &programs::Row,
    mut touch: Touch,
) -> Result<Result<Touch, String>, Problem> {
    let reference = Reference::Number(AdvocateNumber(touch.advocate));
    let row = advocates::find(call.db(), program.number, &reference).await?;
    let Some(row) = row else {
        return Ok(Err("names an advocate who is not in the program".to_owned()));
    };
    touch.merged_into = row.merged_into;
    let row = super::advocates::remaining(call, program.number, row).await?;
    Ok(match row.status {
        Status::Active => Ok(touch),
        Status::Disabled => Err("is of an advocate who is disabled".to_owned()),
    })
}
