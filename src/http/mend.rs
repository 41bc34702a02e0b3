//! `/v1/reconciliations/{run}/apply`: what a reconciliation found is mended here,
//! finding by finding.
//!
//! Owns what each fix writes. A fix says what shall be, not what shall be added, so
//! that it changes nothing where that is so already; each is one batch with its mark
//! on the finding and its entry in the audit log.

use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Response,
    body::Body,
    conversions::{self, NewConversion},
    intake, leads,
    once::{Effect, Planned, once_unkeyed},
    output,
    problem::Problem,
    programs,
    request::Request,
    stages,
};
use crate::{
    decode::{Decode, Tree, record},
    domain::{
        date::rfc3339,
        money::{Currency, decimal},
    },
    store::{
        Statement, audit, crm,
        leads::{self as stored, Event, Lead, Which},
        mending::{self, Act, Finding},
        programs::Row,
        sales,
    },
};

/// Findings of a call at most: a sale takes some thirty statements with what it
/// settles, and an invocation has a thousand.
const MOST: usize = 25;

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

record! {
    /// Which findings shall be mended.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Chosen {
        /// Their numbers; at most 25.
        #[schema(max_items = 25)]
        findings: Vec<u32>,
    }
}

/// What became of the findings, in the order in which they were named.
#[derive(Serialize, ToSchema)]
pub(super) struct Applied {
    results: Vec<MendedFinding>,
}

/// What became of a finding.
#[derive(Serialize, ToSchema)]
pub(super) struct MendedFinding {
    n: u32,
    outcome: Became,
    /// What was done, or why nothing was.
    what: String,
}

/// Whether something was done.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Became {
    /// It is mended.
    Applied,
    /// It was mended before; nothing was written.
    Already,
    /// It cannot be mended so; nothing was written.
    Refused,
}

/// Mends findings: each by itself, once, whatever happens to the others. What was
/// mended before is left as it is. Every fix is in the audit log.
#[utoipa::path(post, path = "/v1/reconciliations/{run}/apply", tag = "reconciliations",
    params(("run" = String, Path, description = "Id of the reconciliation")),
    request_body = Chosen, responses((status = 200, body = Applied)))]
pub(super) async fn apply(request: Request) -> Result<Response, Problem> {
    let chosen: Chosen = request.json()?;
    if chosen.findings.len() > MOST {
        return Err(Problem::field("findings", "are more than 25"));
    }
    let call = &request.call;
    let run = request.path("run");
    let slug = mending::program(call.db(), run).await?;
    let slug =
        slug.ok_or_else(|| Problem::NotFound(format!("there is no reconciliation `{run}`")))?;
    let program = programs::require(call, &slug, None).await?;
    let mut results = Vec::new();
    for n in chosen.findings {
        let plan = || -> Planned<'_> { Box::pin(mend(&request, &program, run, n)) };
        let (outcome, what) = match once_unkeyed(&request, program.number, &plan).await {
            Ok(response) => (Became::of(response.status), said(response)),
            Err(problem) => (Became::Refused, problem.explained()?),
        };
        results.push(MendedFinding { n, outcome, what });
    }
    Ok(output::json(StatusCode::OK, &Applied { results }))
}

impl Became {
    /// A fix answers 201 for what it did, and 200 for what was done before.
    fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::CREATED => Self::Applied,
            _ => Self::Already,
        }
    }
}

pub(super) fn said(response: Response) -> String {
    match response.into_parts().body {
        Body::Whole(text) => String::from_utf8_lossy(&text).into_owned(),
        Body::Pieces(_) => String::new(),
    }
}

/// What a fix writes, whose accounts it moves, and what it is called.
pub(super) struct Fix {
    pub statements: Vec<Statement>,
    pub accounts: Vec<u32>,
    pub what: String,
}

impl Fix {
    /// Nothing has to be written.
    pub(super) fn nothing(what: impl Into<String>) -> Self {
        Self {
            statements: Vec::new(),
            accounts: Vec::new(),
            what: what.into(),
        }
    }
}

/// Mends a finding.
async fn mend(request: &Request, program: &Row, run: &str, n: u32) -> Result<Effect, Problem> {
    let (call, by) = (&request.call, request.key());
    let finding = mending::finding(call.db(), run, n).await?;
    let finding = finding.ok_or_else(|| refused(format!("there is no finding {n}")))?;
    if finding.applied_at.is_some() {
        return Ok(Effect {
            status: 200,
            answer: finding.outcome.unwrap_or_default(),
            statements: Vec::new(),
            accounts: Vec::new(),
        });
    }
    let why = match finding.line {
        Some(line) => format!("reconciliation {run}, line {line}"),
        None => format!("reconciliation {run}"),
    };
    let fix = match finding.act {
        Some(Act::Amount) => {
            let mut fix = correct(request, program, &finding).await?;
            // A CRM that says otherwise by an older change of its own is told this.
            if let Some(order) = &finding.order_id {
                fix.statements
                    .push(crm::ours(program.number, order, call.now));
            }
            fix
        }
        Some(Act::Refund) => refund(request, program, &finding, &why).await?,
        Some(Act::Sale) => sell(request, program, &finding).await?,
        Some(Act::Stage) => step(request, program, &finding, &why).await?,
        Some(Act::Owner) => hand_over(request, program, &finding, why).await?,
        Some(Act::Hold) => hold(request, program, &finding, &why).await?,
        Some(Act::Settle) => settle(request, program, &finding).await?,
        None => return Err(refused("it can only be mended where it came from")),
    };
    let mut statements = fix.statements;
    statements.extend(mending::close(run, n, &fix.what, call.now, by));
    statements.push(audit::add(&audit::Entry {
        at: call.now,
        by,
        program: Some(program.number),
        action: "reconciliation.applied",
        subject: run,
        detail: format!("{{\"finding\":{n},\"what\":{}}}", quoted(&fix.what)),
    }));
    Ok(Effect {
        status: 201,
        answer: fix.what,
        statements,
        accounts: fix.accounts,
    })
}

/// That something cannot be mended so.
pub(super) fn refused(why: impl Into<String>) -> Problem {
    Problem::Conflict(why.into())
}

/// A text as JSON; it always serialises.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// What a finding has to say for its fix. Only what says it all is written with one.
fn needed<T>(part: Option<T>) -> Result<T, Problem> {
    part.ok_or_else(|| refused("its fix does not say enough"))
}

async fn lead_of(request: &Request, program: &Row, id: Option<&str>) -> Result<Lead, Problem> {
    let lead = stored::find(request.call.db(), Which::Id(needed(id)?)).await?;
    let lead = lead.filter(|lead| lead.program == program.number);
    lead.ok_or_else(|| refused("its lead is not here any more"))
}

async fn sale_of(request: &Request, program: &Row, order: &str) -> Result<sales::Sale, Problem> {
    let sale = sales::find(request.call.db(), program.number, order).await?;
    sale.ok_or_else(|| refused("its sale is not here any more"))
}

/// Sees to it that what is here is still what was found: who changed it since knew why.
fn unchanged(finding: &Finding, here: Option<&str>) -> Result<(), Problem> {
    if finding.was.as_deref() == here {
        Ok(())
    } else {
        Err(refused("it has changed since; reconcile again"))
    }
}

/// A time of the file; no fact of ours is in the future.
fn moment(request: &Request, finding: &Finding) -> i64 {
    let now = request.call.now;
    finding.at.unwrap_or(now).clamp(0, now)
}

/// Corrects the amount of a sale.
pub(super) async fn correct(
    request: &Request,
    program: &Row,
    finding: &Finding,
) -> Result<Fix, Problem> {
    let order = needed(finding.order_id.as_deref())?;
    let amount = needed(finding.amount)?;
    let sale = sale_of(request, program, order).await?;
    if finding.currency.as_deref() != Some(sale.currency.as_str()) {
        return Err(refused("the sale is in another currency"));
    }
    if sale.amount == amount {
        return Ok(Fix::nothing("the sale had this amount already"));
    }
    unchanged(finding, Some(&sale.amount.to_string()))?;
    if amount < sale.refunded {
        return Err(refused("more than this was given back of the sale"));
    }
    let accounts = match &sale.lead {
        Some(lead) => lead_of(request, program, Some(lead)).await?.advocate,
        None => None,
    };
    let code = &sale.currency;
    Ok(Fix {
        what: format!(
            "the sale {order} comes to {} instead of {}",
            money(amount, code),
            money(sale.amount, code)
        ),
        statements: mending::correct(program.number, &sale, amount).into(),
        accounts: accounts.into_iter().collect(),
    })
}

async fn refund(
    request: &Request,
    program: &Row,
    finding: &Finding,
    why: &str,
) -> Result<Fix, Problem> {
    let order = needed(finding.order_id.as_deref())?;
    let total = needed(finding.amount)?;
    let sale = sale_of(request, program, order).await?;
    let left = total - sale.refunded;
    if left <= 0 {
        return Ok(Fix::nothing("as much was given back already"));
    }
    // What was given back in all names the refund: the same of another run is known.
    let refund_id = format!("{}{order}/{total}", conversions::RECONCILED);
    let at = rfc3339(moment(request, finding).max(sale.at));
    let body = format!(
        "{{\"program\":{},\"kind\":\"refund\",\"order_id\":{},\"refund_id\":{},\"amount\":{left},\"currency\":{},\"at\":{},\"reason\":{}}}",
        quoted(&program.slug),
        quoted(order),
        quoted(&refund_id),
        quoted(&sale.currency),
        quoted(&at),
        quoted(why),
    );
    let what = format!(
        "{} of the sale {order} were given back",
        money(left, &sale.currency)
    );
    report(request, program, &body, what).await
}

/// Records a sale, which wins its lead.
pub(super) async fn sell(
    request: &Request,
    program: &Row,
    finding: &Finding,
) -> Result<Fix, Problem> {
    let order = needed(finding.order_id.as_deref())?;
    let (amount, currency) = (
        needed(finding.amount)?,
        needed(finding.currency.as_deref())?,
    );
    let mut at = moment(request, finding);
    if finding.lead.is_some() {
        let lead = lead_of(request, program, finding.lead.as_deref()).await?;
        // A file often tells the day alone. On the day of the referral that may be
        // an hour before it, and the referral would be for nothing.
        if (1..DAY).contains(&(lead.at - at)) {
            at = lead.at.min(request.call.now);
        }
    }
    let mut body = format!(
        "{{\"program\":{},\"kind\":\"sale\",\"order_id\":{},\"amount\":{amount},\"currency\":{},\"at\":{}",
        quoted(&program.slug),
        quoted(order),
        quoted(currency),
        quoted(&rfc3339(at)),
    );
    for (name, value) in [
        ("lead", &finding.lead),
        ("customer", &finding.customer),
        ("email_sha256", &finding.email_hash),
    ] {
        if let Some(value) = value {
            for part in [",\"", name, "\":", &quoted(value)] {
                body.push_str(part);
            }
        }
    }
    body.push('}');
    let what = format!(
        "the sale {order} of {} is recorded",
        money(amount, currency)
    );
    report(request, program, &body, what).await
}

/// Reports a conversion as the server of a shop would.
async fn report(
    request: &Request,
    program: &Row,
    body: &str,
    what: String,
) -> Result<Fix, Problem> {
    let tree = Tree::parse(body.as_bytes()).map_err(crate::decode::Error::from)?;
    let new = NewConversion::decode(tree)?;
    let effect = conversions::plan(request, program, &new).await?;
    if effect.statements.is_empty() {
        return Ok(Fix::nothing("it was recorded already"));
    }
    Ok(Fix {
        what,
        statements: effect.statements,
        accounts: effect.accounts,
    })
}

/// An amount in words.
fn money(amount: i64, code: &str) -> String {
    let exponent = Currency::named(code).map_or(2, Currency::exponent);
    format!("{code} {}", decimal(amount, exponent))
}

/// Takes a lead to where another system says that it stands.
pub(super) async fn step(
    request: &Request,
    program: &Row,
    finding: &Finding,
    why: &str,
) -> Result<Fix, Problem> {
    let before = lead_of(request, program, finding.lead.as_deref()).await?;
    let stage = needed(finding.stage)?;
    let name = stage.name();
    if before.stage == stage {
        return Ok(Fix::nothing(format!("the lead was {name} already")));
    }
    unchanged(finding, Some(before.stage.name()))?;
    let at = moment(request, finding).max(before.at);
    let reason = finding.reason.as_deref();
    let (lead, events) = stages::follow(&before, stage, reason, why, at)?;
    changed(
        request,
        &before,
        &lead,
        &events,
        format!("the lead is {name}"),
    )
}

/// Hands a lead over.
pub(super) async fn hand_over(
    request: &Request,
    program: &Row,
    finding: &Finding,
    why: String,
) -> Result<Fix, Problem> {
    let rep = needed(finding.rep.as_deref())?;
    let rep = leads::rep(&request.call, rep, "owner").await?;
    let before = lead_of(request, program, finding.lead.as_deref()).await?;
    if before.owner.as_deref() == Some(rep.slug.as_str()) {
        return Ok(Fix::nothing("the lead was theirs already"));
    }
    unchanged(finding, before.owner.as_deref())?;
    let mut lead = before.clone();
    lead.owner = Some(rep.slug.clone());
    let events = [Event {
        why: Some(why),
        ..intake::event(
            "owner",
            before.owner.clone(),
            lead.owner.clone(),
            request.call.now,
        )
    }];
    let what = format!("the lead is {}'s", rep.slug);
    changed(request, &before, &lead, &events, what)
}

fn changed(
    request: &Request,
    before: &Lead,
    lead: &Lead,
    events: &[Event],
    what: String,
) -> Result<Fix, Problem> {
    Ok(Fix {
        statements: stages::statements(request, lead, events)?,
        accounts: intake::accounts(before, lead),
        what,
    })
}

async fn hold(
    request: &Request,
    program: &Row,
    finding: &Finding,
    why: &str,
) -> Result<Fix, Problem> {
    let lead = lead_of(request, program, finding.lead.as_deref()).await?;
    let rewards = mending::rewards(request.call.db(), &lead.id, finding).await?;
    if rewards.open == 0 {
        return if rewards.gone > 0 {
            Err(refused("its rewards are issued or paid already"))
        } else {
            Ok(Fix::nothing("there is no reward to hold any more"))
        };
    }
    let (now, by) = (request.call.now, request.key());
    Ok(Fix {
        statements: vec![mending::hold(&lead.id, finding, why, now, by)],
        accounts: Vec::new(),
        what: format!("{} of the lead's rewards are held", rewards.open),
    })
}

async fn settle(request: &Request, program: &Row, finding: &Finding) -> Result<Fix, Problem> {
    let lead = lead_of(request, program, finding.lead.as_deref()).await?;
    let advocate = lead.advocate;
    let advocate = advocate.ok_or_else(|| refused("nobody has the credit for the lead"))?;
    Ok(Fix {
        statements: vec![mending::unsettle(program.number, advocate)],
        accounts: vec![advocate],
        what: "the advocate's account is settled by the rules".to_owned(),
    })
}
