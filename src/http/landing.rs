//! `/l/{program}`: the page on which a prospect lands whose destination it is, and
//! the pictures of the program.
//!
//! Owns who is named on it: the advocate whose receipt comes along, if they let
//! prospects read their first name. What the form on it sends is `public`'s to take.

use http::StatusCode;

use super::{
    Response, intake, output,
    problem::{Fault, Problem},
    public,
    request::Request,
};
use crate::{
    domain::{
        access,
        attribution::Proof,
        content,
        landing::{CLICK_PARAMETER, RECEIPT_PARAMETER},
        page,
        program::Status,
    },
    store::{DatabaseError, advocates, contents, programs, several},
};

/// The longest receipt that is handed on with the form. Ours are 49 characters.
const RECEIPT_BYTES: usize = 200;

/// Answers the page; the neutral one, where there is no such program.
pub(super) async fn read(request: Request) -> Result<Response, Problem> {
    Ok(shown(&request).await.unwrap_or_else(neutral))
}

/// Answers the logo or the card of a program.
pub(super) async fn picture(request: Request) -> Result<Response, Problem> {
    let path = match request.path("picture") {
        "logo.png" => "$.brand.logo",
        "card.png" => "$.brand.card",
        _ => return Ok(neutral(missing())),
    };
    let found = contents::picture(request.call.db(), request.path("program"), path).await;
    Ok(match found {
        Ok(picture) if picture.is_empty() => neutral(missing()),
        Ok(picture) => Response::new(StatusCode::OK, content::bytes(&picture))
            .with("content-type", "image/png")
            .with("cache-control", "public, max-age=300"),
        Err(error) => neutral(error.into()),
    })
}

fn missing() -> Problem {
    Problem::NotFound(String::new())
}

/// What went wrong, for people: not more than that this leads nowhere.
fn neutral(problem: Problem) -> Response {
    output::as_page(problem.into_response(), page::neutral())
}

async fn shown(request: &Request) -> Result<Response, Problem> {
    let (call, slug) = (&request.call, request.path("program"));
    let [program, says] =
        several(call.db(), [programs::select(slug), contents::landing(slug)]).await?;
    let program: Option<programs::Row> = program.first()?;
    let program = program.filter(|program| program.status == Status::Active);
    let program = program.ok_or_else(missing)?;
    let says: contents::Landing = says.first()?.ok_or(DatabaseError::Short)?;
    let (receipt, click) = (
        parameter(request, RECEIPT_PARAMETER),
        parameter(request, CLICK_PARAMETER),
    );
    let cookie = public::cookie(request.headers(), &program).unwrap_or_default();
    let advocate = inviter(request, &program, [&click, &receipt, cookie]).await?;
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).map_err(Fault::no_randomness)?;
    let nonce = access::to_hex(&nonce);
    let url = [&call.base_url, "/l/", slug].concat();
    let card = [&url, "/card.png"].concat();
    let first_name = advocate.split_whitespace().next().unwrap_or_default();
    let invited = [first_name, " invited you"].concat();
    let texts = Texts {
        first_name,
        program: &program.name,
        url: &url,
    };
    // Without a headline of the program's, that somebody invited them is one.
    let (invited, headline) = match (first_name, &*says.headline) {
        ("", "") => ("", "We look forward to hearing from you".to_owned()),
        (_, "") => ("", invited),
        ("", headline) => ("", texts.fill(headline)),
        (_, headline) => (&*invited, texts.fill(headline)),
    };
    let html = page::landing(&page::Landing {
        name: &program.name,
        slug: &program.slug,
        title: or(&program.preview_title, &program.name),
        description: &program.preview_description,
        image: or(&program.preview_image, if says.card { &card } else { "" }),
        url: &url,
        nonce: &nonce,
        color: &says.color,
        text: content::text_on(&says.color),
        logo: says.logo,
        invited,
        headline,
        body: texts.fill(or(
            &says.body,
            "Tell us how to reach you, and we will be in touch.",
        )),
        button: texts.fill(or(&says.button, "Get in touch")),
        // What somebody agrees to is the program's to say, and no advocate's.
        consent: (texts.of_nobody().fill(&says.consent).chars())
            .take(content::CONSENT_CHARACTERS)
            .collect(),
        receipt: &receipt,
        click: &click,
        // Who comes without a link may have been told a code.
        asks_for_code: receipt.is_empty() && click.is_empty() && cookie.is_empty(),
    });
    let policy = [
        "default-src 'none'; style-src 'self' 'nonce-",
        &nonce,
        "'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'",
    ];
    // Kept by the browser alone, which then still has what was typed in when somebody
    // comes back to it; with `no-store` it would be gone.
    Ok(output::page(StatusCode::OK, html)
        .with("cache-control", "private, no-cache")
        .with("vary", "cookie")
        .with("content-security-policy", policy.concat())
        .with("referrer-policy", "same-origin")
        .with("x-robots-tag", "noindex"))
}

/// A text, or another one in the place of an empty one.
fn or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.is_empty() { otherwise } else { text }
}

/// What stands for the placeholders of a text.
#[derive(Clone, Copy)]
struct Texts<'a> {
    first_name: &'a str,
    program: &'a str,
    url: &'a str,
}

impl Texts<'_> {
    /// The same without the advocate.
    const fn of_nobody(self) -> Self {
        Self {
            first_name: "",
            ..self
        }
    }

    /// Fills a text in. Of an advocate nobody reads more than the first name; who may
    /// not be named is a friend.
    fn fill(&self, text: &str) -> String {
        let who = match self.first_name {
            "" if text.starts_with('{') => "A friend",
            "" => "a friend",
            name => name,
        };
        content::fill(text, [who, who, self.program, self.url])
    }
}

/// A parameter of the query; empty where it is too long to be a receipt.
fn parameter(request: &Request, name: &str) -> String {
    let mut pairs = form_urlencoded::parse(request.query_text().as_bytes());
    let found = pairs.find(|(key, _)| key == name);
    found
        .map(|(_, value)| value.into_owned())
        .filter(|value| value.len() <= RECEIPT_BYTES)
        .unwrap_or_default()
}

/// The name of the advocate who is known by the first receipt that proves a touch, if
/// they let it be read; else nothing.
async fn inviter(
    request: &Request,
    program: &programs::Row,
    receipts: [&str; 3],
) -> Result<String, Problem> {
    let call = &request.call;
    for receipt in receipts {
        if let Ok(touch) = intake::receipt_touch(call, program, receipt, Proof::Receipt).await? {
            let name = advocates::shown_name(call.db(), program.number, touch.credits()).await?;
            return Ok(name);
        }
    }
    Ok(String::new())
}
