//! `/v1/public/leads`: a prospect raises a hand, on a form that anybody can reach.
//!
//! Owns what a stranger may say and what a stranger is told, which is nothing. No
//! proof that proves nothing loses a prospect: it goes to the lead's history.
//! Who gets the credit is `intake`'s.

use std::borrow::Cow;

use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Call, Response,
    body::Body,
    codes,
    input::{self, has_media_type},
    intake::{self, Referral},
    leads::{Consent, Prospect},
    limits,
    message::Headers,
    once::{Effect, once_unkeyed},
    output,
    problem::{FieldError, Problem},
    programs,
    request::Request,
};
use crate::{
    decode::{self, record},
    domain::{
        attribution::{Proof, Touch},
        cookie,
        landing::Destination,
        link::ProgramNumber,
        page,
        program::Prose,
        visitor,
    },
    store::{destinations, leads::Person, programs::Row},
};

/// The most receipts that are looked at.
const MOST_RECEIPTS: usize = 20;

const FORM: &str = "application/x-www-form-urlencoded";

record! {
    /// A prospect who raises a hand. Blank texts are as good as none.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Hand {
        /// Slug of the program.
        program: String,
        prospect: Raised,
        /// Receipts that the landing page was given in `gw` and `gw_click`; at most 20
        /// are looked at.
        #[serde(default)]
        receipts: Vec<String> = decode::or_default,
        /// A spoken code that they were given.
        code: Option<String>,
        consent: Option<Agreed>,
        note: Option<String>,
        /// A field that people do not see. Filled in, it tells a machine.
        website: Option<String>,
    }
}

record! {
    /// A prospect, as far as they say; by `email` or `phone` they can be reached.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    struct Raised {
        #[schema(example = "Sam Prospect")]
        name: Option<String>,
        #[schema(example = "sam@example.org")]
        email: Option<String>,
        #[schema(example = "+49 30 123456")]
        phone: Option<String>,
        #[schema(example = "Example GmbH")]
        company: Option<String>,
    }
}

record! {
    /// What they agreed to; now.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    struct Agreed {
        text: String,
    }
}

/// The same, as a plain form sends it. Other fields mean nothing; of a field that
/// stands twice the first one that is filled in counts.
#[derive(Default, ToSchema)]
pub(super) struct Form {
    /// Slug of the program.
    program: String,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    company: Option<String>,
    /// A spoken code that they were given.
    code: Option<String>,
    /// The receipt that the landing page was given.
    gw: Vec<String>,
    /// The receipt of the last click, where another one won; several with blanks
    /// between them.
    gw_click: Vec<String>,
    /// The words that they agreed to.
    consent: Option<String>,
    note: Option<String>,
    /// A field that people do not see. Filled in, it tells a machine.
    website: Option<String>,
    /// Where a browser is sent afterwards, on the site of one of the program's
    /// destinations.
    r#return: Option<String>,
}

/// What anybody is told.
#[derive(Serialize, ToSchema)]
pub(super) struct Received {
    #[schema(example = true)]
    pub received: bool,
}

/// Takes a lead in from a form, without a key: 202 whatever becomes of it. A
/// browser gets a page instead, or is sent to `return`. The program's cookie is
/// looked at, unless the page is of another site than the program's own.
#[utoipa::path(post, path = "/v1/public/leads", tag = "leads", params(("program" = Option<String>, Query,
        description = "Slug of the program; a page of another origin has to name it here too")),
    request_body(content((Hand = "application/json"), (Form = "application/x-www-form-urlencoded"))),
    responses((status = 202, content((Received = "application/json"), (String = "text/html"))),
        (status = 303)))]
pub(super) async fn take(request: Request) -> Result<Response, Problem> {
    let asked = asked(&request);
    let form = read(&request);
    let named = form.as_ref().ok().map(|form| form.program.as_str());
    let site = Site::of(&request, asked.as_deref().or(named)).await?;
    let is_form = has_media_type(request.headers(), FORM);
    let wants_page = is_form && output::prefers(request.headers(), "text/html");
    let taken = match form {
        Ok(form) if asked.is_some_and(|slug| slug != form.program) => Err(Problem::field(
            "program",
            "is not the one that the URL names",
        )),
        Ok(form) => take_form(&request, form, &site, is_form).await,
        Err(problem) => Err(problem),
    };
    let response = match taken {
        Ok((_, Some(back))) if wants_page => output::see_other(back),
        Ok(_) if wants_page => output::page(StatusCode::ACCEPTED, page::received()),
        Ok((response, _)) => response,
        Err(problem) if wants_page => problem.into_page(),
        Err(problem) => problem.into_response(),
    };
    Ok(site.share(response))
}

/// Tells a browser whether a page of another origin may send the form here.
#[utoipa::path(options, path = "/v1/public/leads", tag = "leads", params(("program" = Option<String>, Query,
        description = "Slug of the program; a page of another origin has to name it here too")),
    responses((status = 204)))]
pub(super) async fn preflight(request: Request) -> Result<Response, Problem> {
    let asked = asked(&request);
    let site = Site::of(&request, asked.as_deref()).await?;
    let response = Response::new(StatusCode::NO_CONTENT, Body::empty())
        .with("access-control-allow-methods", "POST")
        .with("access-control-allow-headers", "content-type")
        .with("access-control-max-age", "600");
    Ok(site.share(response))
}

/// The program that the URL names, as a page of another origin needs: a browser
/// asks for permission before there is a body.
pub(super) fn asked(request: &Request) -> Option<Cow<'_, str>> {
    let mut pairs = form_urlencoded::parse(request.query_text().as_bytes());
    pairs.find_map(|(name, value)| (name == "program").then_some(value))
}

/// The page that a request comes from, as far as the browser says.
pub(super) enum Site {
    /// It does not, or the page is our own.
    Unsaid,
    /// The site of a destination of the program: this origin.
    Ours(String),
    /// Any other one.
    Foreign,
}

impl Site {
    /// Looks the origin up among the destinations of the program.
    pub(super) async fn of(request: &Request, program: Option<&str>) -> Result<Self, Problem> {
        let Some(origin) = request.headers().get("origin") else {
            return Ok(Self::Unsaid);
        };
        if origin == request.call.base_url {
            return Ok(Self::Unsaid);
        }
        let is_known = match program {
            Some(slug) => is_of_program(&request.call, slug, origin).await?,
            None => false,
        };
        Ok(if is_known {
            Self::Ours(origin.to_owned())
        } else {
            Self::Foreign
        })
    }

    /// Lets a page of the program's sites read the answer, and no other page.
    /// This is all the CORS that there is.
    pub(super) fn share(&self, mut response: Response) -> Response {
        response.headers.add("vary", "origin");
        if let Self::Ours(origin) = self {
            response = response
                .with("access-control-allow-origin", origin.clone())
                .with("access-control-allow-credentials", "true");
        }
        response
    }
}

/// Whether an origin is that of one of the program's destinations.
async fn is_of_program(call: &Call, program: &str, origin: &str) -> Result<bool, Problem> {
    let destinations = destinations::active(call.db(), program).await?;
    Ok(destinations.iter().any(|row| row.url.origin() == origin))
}

/// The body, whichever of the two ways it is written.
fn read(request: &Request) -> Result<Form, Problem> {
    if has_media_type(request.headers(), FORM) {
        return Ok(Form::parse(request.body()));
    }
    if !has_media_type(request.headers(), "application/json") {
        let expected = "application/json or application/x-www-form-urlencoded";
        return Err(Problem::UnsupportedMediaType(expected));
    }
    let hand: Hand = input::json(request.headers(), request.body())?;
    Ok(Form {
        program: hand.program,
        name: hand.prospect.name,
        email: hand.prospect.email,
        phone: hand.prospect.phone,
        company: hand.prospect.company,
        code: hand.code,
        gw: hand.receipts,
        gw_click: Vec::new(),
        consent: hand.consent.map(|agreed| agreed.text),
        note: hand.note,
        website: hand.website,
        r#return: None,
    })
}

impl Form {
    fn parse(body: &[u8]) -> Self {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let field = match &*name {
                "program" => {
                    form.program = value.into_owned();
                    continue;
                }
                "gw" => {
                    form.gw.push(value.into_owned());
                    continue;
                }
                "gw_click" => {
                    // goodword.js has one field for all that did not win.
                    let several = value.split_whitespace().map(str::to_owned);
                    form.gw_click.extend(several);
                    continue;
                }
                "name" => &mut form.name,
                "email" => &mut form.email,
                "phone" => &mut form.phone,
                "company" => &mut form.company,
                "code" => &mut form.code,
                "consent" => &mut form.consent,
                "note" => &mut form.note,
                "website" => &mut form.website,
                "return" => &mut form.r#return,
                _ => continue,
            };
            if field.as_ref().is_none_or(|text| text.trim().is_empty()) {
                *field = Some(value.into_owned());
            }
        }
        form
    }
}

/// A text as one line without blanks at its ends; `None` where nothing is left.
/// What people type has line breaks and stray blanks, which are no reason to
/// lose them.
fn said(text: Option<String>) -> Option<String> {
    let mut line = String::new();
    for word in text?.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    (!line.is_empty()).then_some(line)
}

/// A field as what it has to be; what is wrong with it goes to `errors`.
fn checked<T: TryFrom<String, Error: std::fmt::Display>>(
    name: &str,
    text: Option<String>,
    errors: &mut Vec<FieldError>,
) -> Option<T> {
    match T::try_from(said(text)?) {
        Ok(value) => Some(value),
        Err(error) => {
            errors.push(FieldError {
                field: name.to_owned(),
                detail: error.to_string(),
            });
            None
        }
    }
}

/// Takes the lead; answers, and says where the browser is sent then.
async fn take_form(
    request: &Request,
    mut form: Form,
    site: &Site,
    is_form: bool,
) -> Result<(Response, Option<String>), Problem> {
    let call = &request.call;
    limits::admit(request, "form").await?;
    let program = programs::usable(call, form.program.trim(), Some("program")).await?;
    let back = match form.r#return.take() {
        Some(url) => back(call, &program, url).await?,
        None => None,
    };
    let suspected = said(form.website.take()).is_some();
    let proofs = proofs(request, &program, &mut form, site).await?;
    let mut person = person(form, is_form, call.now)?;
    person.visitor = visitor(request, &program);
    let referral = Referral {
        program: &program,
        source: "form",
        at: call.now,
        person,
        touches: proofs.touches,
        refused: proofs.refused,
        registered: None,
        rep: None,
        sale: None,
        suspected,
        by: "form",
    };
    let response = once_unkeyed(request, program.number, &|| {
        Box::pin(async {
            let taken = intake::take(call, &referral).await?;
            let received = Received { received: true };
            Effect::new(202, &received, taken.statements, taken.accounts)
        })
    })
    .await?;
    Ok((response, back))
}

/// The URL that the form asks to be sent back to, if it is on the site of one of
/// the program's destinations. Any other one would make this an open redirect.
async fn back(call: &Call, program: &Row, url: String) -> Result<Option<String>, Problem> {
    let Ok(url) = Destination::try_from(url) else {
        return Ok(None);
    };
    let is_known = is_of_program(call, &program.slug, &url.origin()).await?;
    Ok(is_known.then(|| url.as_str().to_owned()))
}

/// What the visitor brought to prove a touch.
#[derive(Default)]
struct Proofs {
    touches: Vec<Touch>,
    refused: Vec<(&'static str, String)>,
}

impl Proofs {
    fn add(&mut self, what: &'static str, touch: Result<Touch, String>) {
        match touch {
            Ok(touch) => self.touches.push(touch),
            Err(why) => self.refused.push((what, why)),
        }
    }
}

async fn proofs(
    request: &Request,
    program: &Row,
    form: &mut Form,
    site: &Site,
) -> Result<Proofs, Problem> {
    let call = &request.call;
    let mut proofs = Proofs::default();
    let mut receipts: Vec<String> = Vec::new();
    for receipt in form.gw.drain(..).chain(form.gw_click.drain(..)) {
        let receipt = receipt.trim().to_owned();
        if !receipt.is_empty() && !receipts.contains(&receipt) {
            receipts.push(receipt);
        }
    }
    for receipt in receipts.iter().take(MOST_RECEIPTS) {
        let touch = intake::receipt_touch(call, program, receipt, Proof::Receipt).await?;
        proofs.add("receipt", touch);
    }
    if receipts.len() > MOST_RECEIPTS {
        let why = format!("only the first {MOST_RECEIPTS} are looked at");
        proofs.refused.push(("receipt", why));
    }
    if let Some(code) = said(form.code.take()) {
        let touch = codes::touch(call, program, &code, call.now).await?;
        proofs.add("code", touch);
    }
    if let Some(receipt) = cookie(request.headers(), program) {
        let touch = match site {
            // A page of somebody else's could raise the hand of whoever visits it.
            Site::Foreign => Err("came from another site".to_owned()),
            _ => intake::receipt_touch(call, program, receipt, Proof::Cookie).await?,
        };
        proofs.add("cookie", touch);
    }
    Ok(proofs)
}

/// The program's cookie, unless the program forgoes it.
pub(super) fn cookie<'a>(headers: &'a Headers, program: &Row) -> Option<&'a str> {
    let number = ProgramNumber::new(program.number).filter(|_| program.cookie)?;
    headers
        .all("cookie")
        .find_map(|value| cookie::find(value, number))
}

/// The person of a form; all that is wrong with it is said at once.
fn person(form: Form, is_form: bool, now: i64) -> Result<Person, Problem> {
    let mut errors = Vec::new();
    // The names that the fields have where they came from.
    let [name, email, phone, company, consent] = if is_form {
        ["name", "email", "phone", "company", "consent"]
    } else {
        [
            "prospect.name",
            "prospect.email",
            "prospect.phone",
            "prospect.company",
            "consent.text",
        ]
    };
    let prospect = Prospect {
        name: checked(name, form.name, &mut errors),
        email: checked(email, form.email, &mut errors),
        phone: checked(phone, form.phone, &mut errors),
        company: checked(company, form.company, &mut errors),
        // It would find sales: not for a stranger to say.
        customer: None,
    };
    let agreed: Option<Prose> = checked(consent, form.consent, &mut errors);
    let note: Option<Prose> = checked("note", form.note, &mut errors);
    if errors.is_empty() && prospect.email.is_none() && prospect.phone.is_none() {
        errors.push(FieldError {
            field: email.to_owned(),
            detail: "is missing: give an address or a telephone number".to_owned(),
        });
    }
    if !errors.is_empty() {
        return Err(Problem::Invalid(errors));
    }
    let consent = agreed.map(|text| Consent { text, at: None });
    prospect.person("prospect", note, consent, now)
}

/// The hash of who sends the form, unless they ask not to be told apart.
fn visitor(request: &Request, program: &Row) -> Option<String> {
    let headers = request.headers();
    let address = header_of(headers, limits::ADDRESS);
    let salt = request.call.salt?;
    if address.is_empty() || header_of(headers, "sec-gpc") == "1" {
        return None;
    }
    let agent = header_of(headers, "user-agent");
    let hash = visitor::hash(&salt, program.number, address, agent);
    Some(format!("{hash:016x}"))
}

fn header_of<'a>(headers: &'a Headers, name: &str) -> &'a str {
    headers.get(name).unwrap_or_default()
}
