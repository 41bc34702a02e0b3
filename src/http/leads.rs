//! `/v1/leads`: take one in from a server, list them, and explain who has the
//! credit. What becomes of them is in `stages`.

use http::StatusCode;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    Call, Response, codes,
    input::{Limit, Page},
    intake::{self, Referral, TakenLead},
    once::once,
    output,
    problem::Problem,
    programs,
    request::Request,
};
use crate::{
    decode::{self, record},
    domain::{
        attribution::{self, CLOCK_SKEW, Policy, Proof, Touch, Verdict},
        channel::{Channel, Medium},
        date,
        lead::Stage,
        link::AdvocateNumber,
        person,
        program::{Email, Identifier, Name, Prose, Status},
    },
    store::{
        self,
        leads::{self as stored, Filter, Lead, Person, Which},
        reps,
    },
};

record! {
    /// A prospect, as far as they are known.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Prospect {
        #[schema(value_type = Option<String>, example = "Sam Prospect")]
        pub name: Option<Name>,
        /// Tells whether there is a lead of theirs in the program already.
        #[schema(value_type = Option<String>, example = "sam@example.org")]
        pub email: Option<Email>,
        #[schema(value_type = Option<String>, example = "+49 30 123456")]
        pub phone: Option<Name>,
        #[schema(value_type = Option<String>, example = "Example GmbH")]
        pub company: Option<Name>,
        /// What the billing system calls them; finds their sales.
        #[schema(value_type = Option<String>, example = "cus_10017")]
        pub customer: Option<Identifier>,
    }
}

record! {
    /// What somebody consented to, and when.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Consent {
        /// The words that they agreed to.
        #[schema(value_type = String)]
        pub text: Prose,
        /// RFC 3339; now unless said.
        #[schema(format = "date-time")]
        pub at: Option<String>,
    }
}

impl Prospect {
    /// The person to be stored whom an advocate names: by a company and a note, they
    /// make the introduction.
    pub(super) fn named(
        self,
        field: &str,
        note: Option<Prose>,
        now: i64,
    ) -> Result<Person, Problem> {
        // It would have the credit for whatever that customer buys.
        if self.customer.is_some() {
            let field = [field, ".customer"].concat();
            return Err(Problem::field(field, "is not for advocates to say"));
        }
        if self.email.is_some() || self.phone.is_some() {
            return self.person(field, note, None, now);
        }
        if self.company.is_none() || note.is_none() {
            let detail = "needs an `email` or a `phone`; or a `company`, with a `note` on \
                          whom to ask for there";
            return Err(Problem::field(field, detail));
        }
        Ok(Person {
            name: self.name.map(Into::into),
            company: self.company.map(Into::into),
            note: note.map(Into::into),
            ..Person::default()
        })
    }

    /// The person to be stored; one who cannot be reached is no lead.
    pub(super) fn person(
        self,
        field: &str,
        note: Option<Prose>,
        consent: Option<Consent>,
        now: i64,
    ) -> Result<Person, Problem> {
        if self.email.is_none() && self.phone.is_none() && self.customer.is_none() {
            let detail = "needs an `email`, a `phone` or a `customer` by which they can be found";
            return Err(Problem::field(field, detail));
        }
        let (consent_text, consent_at) = match consent {
            None => (None, None),
            Some(consent) => {
                let at = past("consent.at", consent.at.as_deref(), now)?;
                (Some(consent.text.into()), Some(at))
            }
        };
        let email: Option<String> = self.email.map(Into::into);
        Ok(Person {
            name: self.name.map(Into::into),
            email_hash: email
                .as_deref()
                .map(|email| person::email_hash(&person::email_key(email))),
            email,
            phone: self.phone.map(Into::into),
            company: self.company.map(Into::into),
            customer: self.customer.map(Into::into),
            note: note.map(Into::into),
            consent_text,
            consent_at,
            visitor: None,
        })
    }
}

/// A time that a request names, now unless said; not in the future.
pub(super) fn past(field: &str, text: Option<&str>, now: i64) -> Result<i64, Problem> {
    let Some(text) = text else { return Ok(now) };
    date::parse_rfc3339(text)
        .filter(|at| (0..=now + CLOCK_SKEW).contains(at))
        .ok_or_else(|| {
            let detail = "must be a time like 2026-11-22T09:30:00Z, and not in the future";
            Problem::field(field, detail)
        })
}

record! {
    /// A lead that a server reports.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct NewLead {
        /// Slug of the program.
        program: String,
        prospect: Prospect,
        /// When the prospect raised a hand (RFC 3339); now unless said.
        #[schema(format = "date-time")]
        at: Option<String>,
        /// Receipts that the landing page was given in `gw` and `gw_click`; at most 20.
        #[serde(default)]
        #[schema(max_items = 20)]
        receipts: Vec<String> = decode::or_default,
        /// A spoken code that they gave.
        code: Option<String>,
        /// Slug of the rep who enters it, if one does.
        rep: Option<String>,
        consent: Option<Consent>,
        #[schema(value_type = Option<String>)]
        note: Option<Prose>,
    }
}

/// The most receipts of a lead.
const MOST_RECEIPTS: usize = 20;

/// Takes a lead in. One whose address is known in the program joins the first:
/// 200 with `duplicate: true`. A receipt that is forged, expired or of another
/// program, and a code that is nobody's, are refused, and nothing is written.
/// With an `Idempotency-Key` the call is done once for ever.
#[utoipa::path(post, path = "/v1/leads", tag = "leads", request_body = NewLead,
    responses((status = 201, body = TakenLead), (status = 200, body = TakenLead)))]
pub(super) async fn create(request: Request) -> Result<Response, Problem> {
    let new: NewLead = request.json()?;
    let call = &request.call;
    let program = programs::require(call, &new.program, Some("program")).await?;
    let at = past("at", new.at.as_deref(), call.now)?;
    if new.receipts.len() > MOST_RECEIPTS {
        return Err(Problem::field("receipts", "must be at most 20"));
    }
    let person = new
        .prospect
        .person("prospect", new.note, new.consent, call.now)?;
    let (receipts, code, rep) = (new.receipts, new.code, new.rep);
    once(&request, program.number, None, &|| {
        Box::pin(async {
            programs::in_use(&program, "program")?;
            let mut touches = Vec::new();
            for (index, text) in receipts.iter().enumerate() {
                let touch = intake::receipt_touch(call, &program, text, Proof::Receipt).await?;
                let field = || format!("receipts[{index}]");
                touches.push(touch.map_err(|why| Problem::field(field(), why))?);
            }
            if let Some(code) = &code {
                let touch = codes::touch(call, &program, code, at).await?;
                touches.push(touch.map_err(|why| Problem::field("code", why))?);
            }
            let rep = match &rep {
                Some(slug) => Some(self::rep(call, slug, "rep").await?),
                None => None,
            };
            let referral = Referral {
                program: &program,
                source: if rep.is_some() { "rep" } else { "server" },
                at,
                person: person.clone(),
                touches,
                refused: Vec::new(),
                registered: None,
                rep,
                sale: None,
                suspected: false,
                by: request.key(),
            };
            intake::take(call, &referral).await?.effect(&program)
        })
    })
    .await
}

/// The active rep of a slug, or the problem with the field that names them.
pub(super) async fn rep(call: &Call, slug: &str, field: &str) -> Result<reps::Rep, Problem> {
    let rep = reps::by_slug(call.db(), slug).await?;
    let rep = rep.ok_or_else(|| Problem::field(field, format!("there is no rep `{slug}`")))?;
    if rep.status == Status::Disabled {
        return Err(Problem::field(field, "is disabled"));
    }
    Ok(rep)
}

record! {
    /// Which leads.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Wanted {
        /// Slug of the program.
        program: String,
        /// Only those at this stage.
        stage: Option<Stage>,
        /// Only those that this advocate has the credit for (id, or `ext:` and external id).
        advocate: Option<String>,
        /// Only this rep's (slug).
        owner: Option<String>,
        /// How many items at most.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
        limit: Limit = decode::or_default,
        /// `next` of the page before.
        cursor: Option<String>,
    }
}

/// Lists leads, newest first.
#[utoipa::path(get, path = "/v1/leads", tag = "leads", params(Wanted),
    responses((status = 200, body = output::Items<LeadSummary>)))]
pub(super) async fn list(request: Request) -> Result<Response, Problem> {
    let wanted: Wanted = request.query()?;
    let call = &request.call;
    let program = programs::require(call, &wanted.program, Some("program")).await?;
    let advocate = match &wanted.advocate {
        None => None,
        Some(reference) => {
            let field = Some("advocate");
            let row = super::advocates::require(call, program.number, reference, field).await?;
            Some(row.number)
        }
    };
    let filter = Filter {
        stage: wanted.stage,
        advocate,
        owner: wanted.owner.as_deref(),
    };
    let page = Page {
        limit: wanted.limit,
        cursor: wanted.cursor,
    };
    let (at, id) = page.before()?;
    let limit = page.limit.get();
    let rows = stored::page(call.db(), program.number, &filter, (at, &id), limit + 1).await?;
    Ok(output::documents(rows, limit))
}

/// The lead of an id in the path.
pub(super) async fn require(request: &Request) -> Result<Lead, Problem> {
    let id = request.path("lead");
    let lead = stored::find(request.call.db(), Which::Id(id)).await?;
    lead.ok_or_else(|| missing(id))
}

fn missing(id: &str) -> Problem {
    Problem::NotFound(format!("there is no lead `{id}`"))
}

/// Answers one lead with its history and sales.
#[utoipa::path(get, path = "/v1/leads/{lead}", tag = "leads",
    params(("lead" = String, Path, description = "Id of the lead")),
    responses((status = 200, body = LeadInFull)))]
pub(super) async fn read(request: Request) -> Result<Response, Problem> {
    let id = request.path("lead");
    let document = stored::document(request.call.db(), id).await?;
    Ok(output::text(
        StatusCode::OK,
        document.ok_or_else(|| missing(id))?,
    ))
}

/// Who has the credit for a lead, and why nobody else.
#[derive(Serialize, ToSchema)]
pub(super) struct Why {
    lead: String,
    /// Id of the advocate who has it; null for nobody.
    advocate: Option<String>,
    /// Every decision that was made, the first one first; the last one holds.
    decisions: Vec<ExplainedDecision>,
}

/// A decision.
#[derive(Serialize, ToSchema)]
pub(super) struct ExplainedDecision {
    at: String,
    /// `lead`: it came in. `touch`: another touch came later. `sale`: a sale was
    /// from before.
    cause: String,
    /// The API key that sent it, `form` for the public form.
    by: String,
    /// The version of the program's policy that decided.
    policy_version: u32,
    policy: Policy,
    /// A touch after this could not have led there: when the prospect raised a
    /// hand or bought, whichever was first.
    moment: String,
    /// Every touch that was considered.
    touches: Vec<Considered>,
}

/// A touch in a decision.
#[derive(Serialize, ToSchema)]
pub(super) struct Considered {
    kind: Proof,
    at: String,
    /// Id of the advocate.
    advocate: String,
    /// Id of the advocate with whom they turned out to be one person, and who is
    /// credited in their place.
    merged_into: Option<String>,
    channel: Option<Channel>,
    medium: Option<Medium>,
    /// The click's id (hexadecimal), the spoken code, or the rep who attests it.
    proof: String,
    /// Where it was said.
    place: Option<String>,
    verdict: Verdict,
    why: String,
}

/// Explains who has the credit: each decision with every touch that was
/// considered, and the reason why it won or lost.
#[utoipa::path(get, path = "/v1/leads/{lead}/why", tag = "leads",
    params(("lead" = String, Path, description = "Id of the lead")),
    responses((status = 200, body = Why)))]
pub(super) async fn why(request: Request) -> Result<Response, Problem> {
    let lead = require(&request).await?;
    let decisions = stored::decisions(request.call.db(), &lead.id).await?;
    let why = Why {
        advocate: lead.advocate.map(|number| AdvocateNumber(number).to_id()),
        decisions: decisions
            .iter()
            .map(|decided| explain(&lead, decided))
            .collect(),
        lead: lead.id,
    };
    Ok(output::json(StatusCode::OK, &why))
}

fn explain(lead: &Lead, decided: &store::leads::Decided) -> ExplainedDecision {
    let policy = Policy {
        touch: decided.touch,
        window_days: decided.window_days,
    };
    let by_n = |n| lead.touches.iter().find(|touch: &&Touch| touch.n == n);
    let winner = decided.winner.and_then(by_n).map(|touch| touch.kind);
    let considered = decided.verdicts.iter().filter_map(|(n, verdict)| {
        let touch = by_n(*n)?;
        let medium = Medium::from_code(touch.medium);
        Some(Considered {
            kind: touch.kind,
            at: output::time(touch.at),
            advocate: AdvocateNumber(touch.advocate).to_id(),
            merged_into: touch
                .merged_into
                .map(|number| AdvocateNumber(number).to_id()),
            channel: medium.map(Medium::channel),
            medium,
            proof: touch.proof.clone(),
            place: touch.place.clone(),
            verdict: *verdict,
            why: attribution::explain(*verdict, touch.kind, winner, policy),
        })
    });
    ExplainedDecision {
        at: output::time(decided.at),
        cause: decided.cause.clone(),
        by: decided.by.clone(),
        policy_version: decided.policy,
        policy,
        moment: output::time(decided.moment),
        touches: considered.collect(),
    }
}

/// A lead in a list. SQL puts it together (`store::leads`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct LeadSummary {
    id: String,
    program: String,
    /// `form`, `server`, `rep` or `sale`.
    source: String,
    /// When the prospect raised a hand or was named.
    at: String,
    stage: Stage,
    /// Why it was lost.
    reason: Option<String>,
    accepted_at: Option<String>,
    meeting_at: Option<String>,
    opportunity_at: Option<String>,
    won_at: Option<String>,
    lost_at: Option<String>,
    #[schema(inline)]
    prospect: KnownProspect,
    /// Id of the advocate who has the credit.
    advocate: Option<String>,
    advocate_name: Option<String>,
    channel: Option<Channel>,
    medium: Option<Medium>,
    /// Slug of the label.
    label: Option<String>,
    /// What proves the touch that has the credit.
    touch: Option<Proof>,
    /// Slug of the rep who follows it up.
    owner: Option<String>,
    /// Set aside: a machine seems to have filled in the form.
    suspected: bool,
    /// The fraud rules that hold its rewards.
    flags: Vec<String>,
}

/// What is known of a prospect; after an erasure the name is `Erased`, and nothing
/// else is known.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct KnownProspect {
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    company: Option<String>,
    customer: Option<String>,
}

/// A lead with its history and sales.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct LeadInFull {
    #[schema(inline)]
    #[serde(flatten)]
    summary: LeadSummary,
    note: Option<String>,
    #[schema(inline)]
    consent: Option<GivenConsent>,
    /// The version of the reward rules that hold for it; 0 for none.
    terms: u32,
    history: Vec<HistoryEntry>,
    sales: Vec<LeadSale>,
}

/// What the prospect consented to.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct GivenConsent {
    text: Option<String>,
    at: String,
}

/// What happened to a lead.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct HistoryEntry {
    /// `stage`, `owner`, `joined`, `refused` or `erased`.
    kind: String,
    before: Option<String>,
    after: Option<String>,
    why: Option<String>,
    at: String,
    /// The API key, `form` for the public form, `rule` for ourselves.
    by: String,
}

/// A sale of a lead.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct LeadSale {
    order_id: String,
    at: String,
    /// Minor units.
    amount: i64,
    /// Minor units, of `amount`.
    refunded: i64,
    /// ISO 4217.
    currency: String,
    product: Option<String>,
    /// `lead`, `receipt`, `customer` or `email`.
    matched_by: String,
}
