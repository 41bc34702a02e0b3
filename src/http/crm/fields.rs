//! One field of what a CRM says changed: what it means here, and which change holds.

use super::{CrmOutcome, events::Change, stage_of, status_of};
use crate::{
    domain::{
        lead::Stage,
        money::Currency,
        written::{self, Decimal},
    },
    http::{
        mend::{self, Fix},
        once::Effect,
        problem::Problem,
        request::Request,
    },
    store::{
        Statement,
        crm::{self as stored, Back, Connection, Link},
        leads::{self, Lead, Which},
        mending::Finding,
        programs::Row,
        sales,
    },
};

/// How long after something was sent their word of the same is an echo (ms).
const ECHO: i64 = 60_000;

/// One field of an event.
pub(super) struct Asked<'a> {
    pub request: &'a Request,
    pub program: &'a Row,
    pub connection: &'a Connection,
    pub change: &'a Change,
    pub lead: &'a str,
    pub back: Back,
    pub value: &'a str,
}

/// What they say in our terms, and whether it is so.
enum Meaning {
    /// It is so.
    Same,
    /// It is not; this would make it so.
    Other(Box<Finding>),
    /// It is, and this comes of it, whoever said so first.
    Due(Box<Finding>),
    /// They expect another amount (minor units) in this currency.
    Expected(i64, Currency),
    /// It means nothing here.
    Nothing(String),
}

impl Asked<'_> {
    /// What of it is done, and what is written.
    pub(super) async fn plan(&self) -> Result<Effect, Problem> {
        let db = self.request.call.db();
        let id = self.connection.id.as_str();
        let theirs = self.theirs();
        let back = (self.back, theirs);
        let link = stored::link(db, id, Some(self.lead), None, back).await?;
        let link = link.ok_or_else(|| mend::refused("the lead is not known there any more"))?;
        let lead = leads::find(db, Which::Id(self.lead)).await?;
        let lead = lead.ok_or_else(|| mend::refused("the lead is not here any more"))?;
        let at = self.change.at.min(self.request.call.now);
        let heard = stored::heard(id, &link, self.back, theirs, at);
        let again = stored::tell_again(id, self.lead, theirs);
        if at < link.theirs_at {
            return effect(CrmOutcome::Older, "they changed it again since", Vec::new());
        }
        let finding = match self.meaning(&lead, &link).await? {
            Meaning::Nothing(why) => return effect(CrmOutcome::Refused, &why, vec![heard]),
            Meaning::Same => {
                return effect(CrmOutcome::Unchanged, "it was so already", vec![heard]);
            }
            Meaning::Due(finding) => finding,
            meaning if self.is_echo(&link) => {
                drop(meaning);
                let why = "it is what they were told, which has changed here since";
                return effect(CrmOutcome::Unchanged, why, vec![again]);
            }
            meaning if at <= link.ours_at => {
                drop(meaning);
                let why = "it was changed here since; they are told so";
                return effect(CrmOutcome::Older, why, vec![again]);
            }
            Meaning::Expected(amount, currency) => {
                let code = currency.code();
                let expect = stored::expect(id, self.lead, amount, code);
                let why = "it waits until the lead is won";
                return effect(CrmOutcome::Applied, why, vec![expect, heard]);
            }
            Meaning::Other(finding) => finding,
        };
        match self.fix(&finding).await {
            Ok(fix) => {
                let mut statements = fix.statements;
                statements.push(heard);
                let mut done = effect(CrmOutcome::Applied, &fix.what, statements)?;
                done.accounts = fix.accounts;
                Ok(done)
            }
            // They are told what holds here.
            Err(problem) => {
                let why = problem.explained()?;
                effect(CrmOutcome::Refused, &why, vec![heard, again])
            }
        }
    }

    /// Their name of the field.
    fn theirs(&self) -> Option<&str> {
        self.connection.fields.key_of(self.back.name())
    }

    /// Whether they say what they were told just now.
    fn is_echo(&self, link: &Link) -> bool {
        let told = link.told.as_deref().unwrap_or_default();
        let told: &str = told.trim_matches('"');
        let is_same = match self.back {
            Back::Amount => self
                .figure(told)
                .is_some_and(|amount| self.figure(self.value) == Some(amount)),
            _ => link.told.as_deref() == serde_json::to_string(self.value).ok().as_deref(),
        };
        is_same && self.change.at <= link.sent_at + ECHO
    }

    fn currency(&self) -> Option<Currency> {
        let code = self.change.values.currency.as_deref();
        let code = code.or(self.connection.currency.as_deref());
        code.and_then(Currency::named)
    }

    /// An amount of theirs in minor units.
    fn figure(&self, text: &str) -> Option<i64> {
        written::amount(text, self.currency()?, Decimal::Point).ok()
    }

    async fn meaning(&self, lead: &Lead, link: &Link) -> Result<Meaning, Problem> {
        let finding = Finding {
            lead: Some(self.lead.to_owned()),
            at: Some(self.change.at),
            ..Finding::default()
        };
        Ok(match self.back {
            Back::Stage => self.stage(lead, link, finding),
            Back::Owner => self.owner(lead, finding),
            Back::Amount => self.amount(lead, link, finding).await?,
        })
    }

    fn stage(&self, lead: &Lead, link: &Link, mut finding: Finding) -> Meaning {
        let Some(stage) = stage_of(self.connection, self.value) else {
            return Meaning::Nothing(format!("`{}` is no stage of ours", self.value));
        };
        // What they expected to come of it has.
        if stage == Stage::Won
            && link.sales == 0
            && let (Some(amount), Some(currency)) = (link.amount, &link.currency)
        {
            finding.amount = Some(amount);
            finding.currency = Some(currency.clone());
            finding.order_id = Some(self.order(link));
            return if lead.stage == Stage::Won {
                Meaning::Due(Box::new(finding))
            } else {
                Meaning::Other(Box::new(finding))
            };
        }
        if stage == lead.stage {
            return Meaning::Same;
        }
        finding.stage = Some(stage);
        finding.was = Some(lead.stage.name().to_owned());
        finding.reason.clone_from(&self.change.values.reason);
        Meaning::Other(Box::new(finding))
    }

    fn owner(&self, lead: &Lead, mut finding: Finding) -> Meaning {
        let Some(rep) = self.connection.owners.key_of(self.value) else {
            return Meaning::Nothing(format!("`{}` is no rep of ours", self.value));
        };
        if lead.owner.as_deref() == Some(rep) {
            return Meaning::Same;
        }
        finding.rep = Some(rep.to_owned());
        finding.was.clone_from(&lead.owner);
        Meaning::Other(Box::new(finding))
    }

    async fn amount(
        &self,
        lead: &Lead,
        link: &Link,
        mut finding: Finding,
    ) -> Result<Meaning, Problem> {
        let Some(currency) = self.currency() else {
            let why = "in which currency it is, is not said; the connection can say it";
            return Ok(Meaning::Nothing(why.to_owned()));
        };
        let amount = match written::amount(self.value, currency, Decimal::Point) {
            Ok(amount) if amount > 0 => amount,
            Ok(_) => return Ok(Meaning::Nothing("a sale comes to something".to_owned())),
            Err(why) => return Ok(Meaning::Nothing(why)),
        };
        finding.amount = Some(amount);
        finding.currency = Some(currency.code().to_owned());
        if let Some(order) = &link.order_id {
            let db = self.request.call.db();
            let sale = sales::find(db, self.program.number, order).await?;
            let sale = sale.ok_or_else(|| mend::refused("its sale is not here any more"))?;
            if (sale.amount, sale.currency.as_str()) == (amount, currency.code()) {
                return Ok(Meaning::Same);
            }
            finding.order_id = Some(order.clone());
            finding.was = Some(sale.amount.to_string());
            return Ok(Meaning::Other(Box::new(finding)));
        }
        if link.sales > 0 || lead.stage == Stage::Won {
            // Of several sales, which one is meant is not known, and `fix` says so.
            finding.order_id = (link.sales == 0).then(|| self.order(link));
            return Ok(Meaning::Other(Box::new(finding)));
        }
        let is_same =
            (link.amount, link.currency.as_deref()) == (Some(amount), Some(currency.code()));
        Ok(if is_same {
            Meaning::Same
        } else {
            Meaning::Expected(amount, currency)
        })
    }

    /// What the sale is called that their record stands for.
    fn order(&self, link: &Link) -> String {
        let remote = link.remote_id.as_deref().unwrap_or(self.lead);
        format!("{}/{remote}", self.connection.kind.name())
    }

    async fn fix(&self, finding: &Finding) -> Result<Fix, Problem> {
        let (request, program) = (self.request, self.program);
        let why = format!("{} {}", self.connection.kind.name(), self.connection.id);
        match self.back {
            Back::Owner => mend::hand_over(request, program, finding, why).await,
            Back::Stage if finding.order_id.is_none() => {
                mend::step(request, program, finding, &why).await
            }
            Back::Amount if finding.order_id.is_none() => Err(mend::refused(
                "it comes from several sales; correct them where they were made",
            )),
            Back::Amount if finding.was.is_some() => mend::correct(request, program, finding).await,
            Back::Amount | Back::Stage => mend::sell(request, program, finding).await,
        }
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every way out of a plan ends by it"
)]
fn effect(outcome: CrmOutcome, why: &str, statements: Vec<Statement>) -> Result<Effect, Problem> {
    Ok(Effect {
        status: status_of(outcome),
        answer: why.to_owned(),
        statements,
        accounts: Vec::new(),
    })
}
