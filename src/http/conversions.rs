//! `/v1/conversions`: sales and refunds, once each, whatever the order in which
//! they come.

use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    Call, Response,
    input::{Limit, Page},
    intake::{self, Referral},
    leads::past,
    once::{Effect, once},
    output,
    problem::Problem,
    programs,
    request::Request,
};
use crate::{
    decode::{self, names, record},
    domain::{
        attribution::{CLOCK_SKEW, Proof, Touch},
        channel::Channel,
        lead::Flag,
        link::AdvocateNumber,
        money::{Amount, Currency},
        person,
        program::{Email, Identifier, Name},
    },
    store::{
        claims,
        leads::{self as stored, Lead, Person, Which},
        programs::Row,
        sales::{self, Refund, Sale},
    },
};

record! {
    /// A sale or a refund.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct NewConversion {
        /// Slug of the program.
        program: String,
        kind: Kind,
        /// What the shop calls the order; a sale is known by it, once and for ever.
        #[schema(value_type = String, example = "order-1001")]
        order_id: Identifier,
        /// What the shop calls the refund; a refund is known by it. Not for a sale.
        #[schema(value_type = Option<String>)]
        refund_id: Option<Identifier>,
        /// Minor units: 4999 for 49.99 USD. All of the rest of the sale unless said,
        /// for a refund of a sale that is here.
        #[schema(value_type = Option<i64>, minimum = 1, example = 4999)]
        amount: Option<Amount>,
        /// ISO 4217; may be left out with the amount.
        #[schema(value_type = Option<String>, example = "USD")]
        currency: Option<Currency>,
        /// What was bought.
        #[schema(value_type = Option<String>, example = "terminal")]
        product: Option<Name>,
        /// When it was made (RFC 3339); now unless said.
        #[schema(format = "date-time")]
        at: Option<String>,
        /// Id of the lead. The first of these four that finds a lead matches the sale.
        lead: Option<String>,
        /// The receipt that the landing page was given. It makes a lead if there is none.
        receipt: Option<String>,
        /// What the billing system calls who bought.
        #[schema(value_type = Option<String>, example = "cus_10017")]
        customer: Option<Identifier>,
        /// Their address …
        #[schema(value_type = Option<String>)]
        email: Option<Email>,
        /// … or the SHA-256 of it (hexadecimal), normalised as the documentation says.
        #[schema(example = "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b")]
        email_sha256: Option<String>,
        /// Why it was refunded.
        #[schema(value_type = Option<String>)]
        reason: Option<Name>,
    }
}

names! {
    /// What happened.
    pub(super) enum Kind {
        Sale => "sale",
        Refund => "refund",
    }
}

/// A conversion as it was recorded.
#[derive(Serialize, ToSchema)]
pub(super) struct Recorded {
    kind: Kind,
    program: String,
    order_id: String,
    refund_id: Option<String>,
    /// Minor units.
    amount: i64,
    /// ISO 4217.
    currency: String,
    at: String,
    /// Id of the lead; null while the sale matches none, or is not here yet.
    lead: Option<String>,
    /// `lead`, `receipt`, `customer` or `email`; null for no lead.
    matched_by: Option<String>,
    /// Id of the advocate who has the credit; null for nobody.
    advocate: Option<String>,
}

/// Records a sale or a refund. A sale is known by its order, a refund by its own
/// id: sent again, it changes nothing and gets the answer of the first time;
/// something else under the same id is a conflict. A sale that matches no lead is
/// kept, and matched when its lead comes.
#[utoipa::path(post, path = "/v1/conversions", tag = "conversions",
    request_body = NewConversion, responses((status = 201, body = Recorded)))]
pub(super) async fn create(request: Request) -> Result<Response, Problem> {
    let new: NewConversion = request.json()?;
    let program = programs::require(&request.call, &new.program, Some("program")).await?;
    let natural = new.natural()?;
    once(&request, program.number, Some(natural), &|| {
        Box::pin(plan(&request, &program, &new))
    })
    .await
}

impl NewConversion {
    /// What it is known by: the order, or the refund.
    fn natural(&self) -> Result<String, Problem> {
        Ok(match self.kind {
            Kind::Sale => ["sale ", self.order_id.as_str()].concat(),
            Kind::Refund => ["refund ", self.refund_id()?].concat(),
        })
    }

    fn refund_id(&self) -> Result<&str, Problem> {
        let refund_id = self.refund_id.as_ref().map(Identifier::as_str);
        refund_id.ok_or_else(|| Problem::field("refund_id", "is missing"))
    }
}

/// What recording a conversion comes to, whoever reports it.
pub(super) async fn plan(
    request: &Request,
    program: &Row,
    new: &NewConversion,
) -> Result<Effect, Problem> {
    let at = past("at", new.at.as_deref(), request.call.now)?;
    match new.kind {
        Kind::Sale => plan_sale(request, program, new, sale(new, at)?).await,
        Kind::Refund => plan_refund(request, program, new, at).await,
    }
}

fn sale(new: &NewConversion, at: i64) -> Result<Sale, Problem> {
    if new.refund_id.is_some() || new.reason.is_some() {
        return Err(Problem::field(
            "refund_id",
            "is for refunds, and so is `reason`",
        ));
    }
    let missing = |field: &str| Problem::field(field, "is missing");
    Ok(Sale {
        order_id: new.order_id.as_str().to_owned(),
        at,
        amount: new.amount.ok_or_else(|| missing("amount"))?.get(),
        currency: new
            .currency
            .ok_or_else(|| missing("currency"))?
            .code()
            .to_owned(),
        product: new.product.clone().map(Into::into),
        lead: None,
        matched_by: None,
        customer: new.customer.clone().map(Into::into),
        email_hash: email_hash(new)?,
        click: None,
        refunded: 0,
    })
}

fn email_hash(new: &NewConversion) -> Result<Option<String>, Problem> {
    match (&new.email, &new.email_sha256) {
        (Some(email), None) => Ok(Some(person::email_hash(&person::email_key(email.as_str())))),
        (None, Some(hash)) if is_sha256(hash) => Ok(Some(hash.to_ascii_lowercase())),
        (None, Some(_)) => {
            let detail = "must be a SHA-256 in 64 hexadecimal digits";
            Err(Problem::field("email_sha256", detail))
        }
        (Some(_), Some(_)) => Err(Problem::field("email_sha256", "is given beside `email`")),
        (None, None) => Ok(None),
    }
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// How a sale finds its lead.
enum Match {
    /// This one, found so; and what a receipt proves that it does not know.
    Known(Box<Lead>, &'static str, Option<Touch>),
    /// None yet, but a receipt that one can be made of.
    Proven(Touch),
    /// None yet, but a browser has said that it bought.
    Claimed(Touch),
    /// None.
    None,
}

async fn plan_sale(
    request: &Request,
    program: &Row,
    new: &NewConversion,
    mut sale: Sale,
) -> Result<Effect, Problem> {
    let (call, by) = (&request.call, request.key());
    if let Some(known) = sales::find(call.db(), program.number, &sale.order_id).await? {
        return known_sale(call, program, &sale, known).await;
    }
    // What was sold before its program ended may still be refunded.
    programs::in_use(program, "program")?;
    let first = sales::first_refund_of(call.db(), program.number, &sale.order_id).await?;
    if let Some(refund) = first.filter(|refund| refund.currency != sale.currency) {
        return Err(Problem::Conflict(format!(
            "the order was refunded in {} before; nothing was written",
            refund.currency
        )));
    }
    let found = find_lead(call, program, new, &mut sale).await?;
    let is_claimed = matches!(found, Match::Claimed(_));
    let (known, how, touch) = match found {
        Match::Known(lead, how, touch) => (Some(lead), how, touch),
        Match::Proven(touch) | Match::Claimed(touch) => (None, "receipt", Some(touch)),
        Match::None => return kept(request, program, &sale),
    };
    sale.matched_by = Some(how.to_owned());
    // Whose lead it is has an address already, or another one's must not be theirs.
    let email = new.email.as_ref().filter(|_| known.is_none());
    let referral = Referral {
        program,
        source: "sale",
        at: sale.at,
        person: Person {
            email: email.map(|email| email.as_str().to_owned()),
            email_hash: sale.email_hash.clone().filter(|_| known.is_none()),
            customer: sale.customer.clone(),
            ..Person::default()
        },
        touches: touch.into_iter().collect(),
        refused: Vec::new(),
        registered: None,
        rep: None,
        sale: Some(&sale),
        suspected: false,
        by,
    };
    let taken = match known {
        Some(lead) => intake::take_known(call, &referral, *lead).await?,
        None => intake::take(call, &referral).await?,
    };
    let mut statements = taken.statements;
    if is_claimed {
        let flag = Flag {
            rule: "browser_claim",
            detail: "that the click led to the sale is the word of a browser alone".to_owned(),
        };
        statements.push(stored::add_flags(&taken.lead.id, &[flag], call.now)?);
    }
    sale.lead = Some(taken.lead.id);
    statements.extend(sales::insert(program.number, &sale, call.now, by));
    let answer = recorded(program, &sale, taken.lead.advocate);
    Effect::new(201, &answer, statements, taken.accounts)
}

/// A sale that matches no lead: kept, until one comes.
fn kept(request: &Request, program: &Row, sale: &Sale) -> Result<Effect, Problem> {
    let (number, now) = (program.number, request.call.now);
    let mut statements = vec![
        sales::no_lead_came(number, sale, sale.at + CLOCK_SKEW),
        stored::flag_buyers(number, sale, now),
    ];
    statements.extend(sales::insert(number, sale, now, request.key()));
    Effect::new(201, &recorded(program, sale, None), statements, Vec::new())
}

/// A sale that is here already, by another way than its idempotency key.
async fn known_sale(
    call: &Call,
    program: &Row,
    sale: &Sale,
    known: Sale,
) -> Result<Effect, Problem> {
    let is_repeat = (known.amount, &known.currency, &known.product)
        == (sale.amount, &sale.currency, &sale.product);
    if !is_repeat {
        return Err(Problem::Conflict(format!(
            "the order `{}` is recorded already, and is different; nothing was written",
            sale.order_id
        )));
    }
    let advocate = match &known.lead {
        Some(id) => stored::find(call.db(), Which::Id(id)).await?,
        None => None,
    };
    let advocate = advocate.and_then(|lead| lead.advocate);
    Effect::new(
        201,
        &recorded(program, &known, advocate),
        Vec::new(),
        Vec::new(),
    )
}

fn recorded(program: &Row, sale: &Sale, advocate: Option<u32>) -> Recorded {
    Recorded {
        kind: Kind::Sale,
        program: program.slug.clone(),
        order_id: sale.order_id.clone(),
        refund_id: None,
        amount: sale.amount,
        currency: sale.currency.clone(),
        at: output::time(sale.at),
        lead: sale.lead.clone(),
        matched_by: sale.matched_by.clone(),
        advocate: advocate.map(|number| AdvocateNumber(number).to_id()),
    }
}

/// The lead of a sale: by its id, by the receipt's click, by the customer, by the
/// address, in that order.
async fn find_lead(
    call: &Call,
    program: &Row,
    new: &NewConversion,
    sale: &mut Sale,
) -> Result<Match, Problem> {
    let number = program.number;
    if let Some(id) = &new.lead {
        let lead = stored::find(call.db(), Which::Id(id)).await?;
        let lead = lead.filter(|lead| lead.program == number);
        let lead = lead.ok_or_else(|| {
            Problem::field("lead", format!("there is no lead `{id}` in the program"))
        })?;
        return Ok(Match::Known(Box::new(lead), "lead", None));
    }
    if let Some(text) = &new.receipt {
        let refused = |why| Problem::field("receipt", why);
        let until = sale.at + CLOCK_SKEW;
        // The click of a lead finds it however long ago it was, and whatever has
        // become of its advocate.
        let receipt = intake::read_receipt(call, program, text).map_err(refused)?;
        let click = receipt.click.to_hex();
        sale.click = Some(click.clone());
        if let Some(lead) = stored::find(call.db(), Which::Click(number, &click, until)).await? {
            return Ok(Match::Known(Box::new(lead), "receipt", None));
        }
        let touch = intake::receipt_touch(call, program, text, Proof::Receipt).await?;
        let touch = touch.map_err(refused)?;
        return Ok(match by_person(call, number, sale).await? {
            Match::None if touch.at <= until => Match::Proven(touch),
            Match::Known(lead, how, _) => Match::Known(lead, how, Some(touch)),
            found => found,
        });
    }
    match by_person(call, number, sale).await? {
        Match::None => claimed(call, program, sale).await,
        found => Ok(found),
    }
}

/// What the browser said that bought, before the sale was reported. A click that made
/// a lead is that lead's, which would have been found by who they are.
async fn claimed(call: &Call, program: &Row, sale: &mut Sale) -> Result<Match, Problem> {
    let number = program.number;
    let Some(text) = claims::of_order(call.db(), number, &sale.order_id).await? else {
        return Ok(Match::None);
    };
    // Whose lead it is has the credit, also where it came after the sale.
    if let Some(hash) = &sale.email_hash
        && stored::find(call.db(), Which::Email(number, hash))
            .await?
            .is_some()
    {
        return Ok(Match::None);
    }
    let until = sale.at + CLOCK_SKEW;
    let touch = match intake::receipt_touch(call, program, &text, Proof::Receipt).await? {
        Ok(touch) if touch.at <= until => touch,
        _ => return Ok(Match::None),
    };
    let which = Which::Click(number, &touch.proof, until);
    if stored::find(call.db(), which).await?.is_some() {
        return Ok(Match::None);
    }
    sale.click = Some(touch.proof.clone());
    Ok(Match::Claimed(touch))
}

/// The lead of whoever bought. A sale from before the referral is nobody's merit.
async fn by_person(call: &Call, program: u16, sale: &Sale) -> Result<Match, Problem> {
    let until = sale.at + CLOCK_SKEW;
    if let Some(customer) = &sale.customer {
        let which = Which::Customer(program, customer, until);
        if let Some(lead) = stored::find(call.db(), which).await? {
            return Ok(Match::Known(Box::new(lead), "customer", None));
        }
    }
    if let Some(hash) = &sale.email_hash {
        let lead = stored::find(call.db(), Which::Email(program, hash)).await?;
        if let Some(lead) = lead.filter(|lead| lead.referred_at() <= until) {
            return Ok(Match::Known(Box::new(lead), "email", None));
        }
    }
    Ok(Match::None)
}

/// How the names of refunds begin that a reconciliation records before anybody
/// reports them.
pub(super) const RECONCILED: &str = "reconciled/";

async fn plan_refund(
    request: &Request,
    program: &Row,
    new: &NewConversion,
    at: i64,
) -> Result<Effect, Problem> {
    let call = &request.call;
    let given = [
        ("product", new.product.is_some()),
        ("lead", new.lead.is_some()),
        ("receipt", new.receipt.is_some()),
        ("customer", new.customer.is_some()),
        ("email", new.email.is_some()),
        ("email_sha256", new.email_sha256.is_some()),
    ];
    if let Some((field, _)) = given.iter().find(|(_, is_there)| *is_there) {
        return Err(Problem::field(
            *field,
            "is not for refunds: `order_id` says which sale",
        ));
    }
    let refund_id = new.refund_id()?;
    let sale = sales::find(call.db(), program.number, new.order_id.as_str()).await?;
    let lead = match sale.as_ref().and_then(|sale| sale.lead.as_deref()) {
        Some(id) => stored::find(call.db(), Which::Id(id)).await?,
        None => None,
    };
    let known = sales::find_refund(call.db(), program.number, refund_id).await?;
    let is_reconciliations = refund_id.starts_with(RECONCILED);
    let reconciled = match (&known, new.amount, new.currency) {
        (None, Some(amount), Some(currency)) if !is_reconciliations => {
            let reported = Refund {
                refund_id: refund_id.to_owned(),
                order_id: new.order_id.as_str().to_owned(),
                at,
                amount: amount.get(),
                currency: currency.code().to_owned(),
                reason: None,
            };
            sales::reconciled_refund(call.db(), program.number, &reported).await?
        }
        _ => None,
    };
    let refund = match known.as_ref().or(reconciled.as_ref()) {
        Some(known) => known.clone(),
        None => refund(new, sale.as_ref(), refund_id, at)?,
    };
    let is_same = refund.order_id == new.order_id.as_str()
        && new
            .amount
            .is_none_or(|amount| amount.get() == refund.amount)
        && new
            .currency
            .is_none_or(|currency| currency.code() == refund.currency);
    if !is_same {
        return Err(Problem::Conflict(format!(
            "the refund `{refund_id}` is recorded already, and is different; nothing was written"
        )));
    }
    let advocate = lead.as_ref().and_then(|lead| lead.advocate);
    let answer = Recorded {
        kind: Kind::Refund,
        refund_id: Some(refund_id.to_owned()),
        amount: refund.amount,
        currency: refund.currency.clone(),
        at: output::time(refund.at),
        program: program.slug.clone(),
        order_id: refund.order_id.clone(),
        lead: lead.map(|lead| lead.id),
        matched_by: sale.and_then(|sale| sale.matched_by),
        advocate: advocate.map(|number| AdvocateNumber(number).to_id()),
    };
    let number = program.number;
    let statements = match (known, reconciled) {
        (Some(_), _) => Vec::new(),
        // It is here under the name that a reconciliation gave it.
        (None, Some(here)) => sales::name_refund(number, &here.refund_id, refund_id).into(),
        (None, None) => sales::insert_refund(number, &refund, call.now, request.key()),
    };
    Effect::new(201, &answer, statements, advocate.into_iter().collect())
}

/// The refund that is asked for; all that is left of the sale unless it says how
/// much.
fn refund(
    new: &NewConversion,
    sale: Option<&Sale>,
    refund_id: &str,
    at: i64,
) -> Result<Refund, Problem> {
    let left = sale.map(|sale| sale.amount - sale.refunded);
    let amount = new
        .amount
        .map(Amount::get)
        .or(left.filter(|left| *left > 0));
    let amount = amount.ok_or_else(|| {
        let detail = match left {
            None => "is missing, and the sale is not here to tell it",
            Some(_) => "is missing, and the sale is refunded as a whole already",
        };
        Problem::field("amount", detail)
    })?;
    if left.is_some_and(|left| amount > left) {
        return Err(Problem::field("amount", "is more than is left of the sale"));
    }
    let currency = match (new.currency.as_ref(), sale) {
        (Some(currency), Some(sale)) if currency.code() != sale.currency => {
            let detail = format!("must be that of the sale, {}", sale.currency);
            return Err(Problem::field("currency", detail));
        }
        (Some(currency), _) => currency.code().to_owned(),
        (None, Some(sale)) => sale.currency.clone(),
        (None, None) => return Err(Problem::field("currency", "is missing")),
    };
    Ok(Refund {
        refund_id: refund_id.to_owned(),
        order_id: new.order_id.as_str().to_owned(),
        at,
        amount,
        currency,
        reason: new.reason.clone().map(Into::into),
    })
}

record! {
    /// Which sales.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Wanted {
        /// Slug of the program.
        program: String,
        /// Only those that nobody has the credit for.
        #[param(required = false)]
        unattributed: bool = decode::or_default,
        /// How many items at most.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
        limit: Limit = decode::or_default,
        /// `next` of the page before.
        cursor: Option<String>,
    }
}

/// Lists sales, newest first, each with what of it was refunded.
#[utoipa::path(get, path = "/v1/conversions", tag = "conversions", params(Wanted),
    responses((status = 200, body = output::Items<KnownSale>)))]
pub(super) async fn list(request: Request) -> Result<Response, Problem> {
    let wanted: Wanted = request.query()?;
    let call = &request.call;
    let program = programs::require(call, &wanted.program, Some("program")).await?;
    let page = Page {
        limit: wanted.limit,
        cursor: wanted.cursor,
    };
    let (at, order) = page.before()?;
    let limit = page.limit.get();
    let only = wanted.unattributed;
    let rows = sales::page(call.db(), program.number, (at, &order), only, limit + 1).await?;
    Ok(output::documents(rows, limit))
}

/// A sale in a list. SQL puts it together (`store::sales`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct KnownSale {
    order_id: String,
    at: String,
    /// Minor units.
    amount: i64,
    /// Minor units, of `amount`.
    refunded: i64,
    /// ISO 4217.
    currency: String,
    product: Option<String>,
    /// Id of the lead; null while it matches none.
    lead: Option<String>,
    /// `lead`, `receipt`, `customer` or `email`.
    matched_by: Option<String>,
    /// Id of the advocate who has the credit.
    advocate: Option<String>,
    channel: Option<Channel>,
}
