//! `/u/{token}`: where letters are ended, by a link or by a mail program (RFC 8058), and
//! the way back.
//!
//! Owns the page. A `GET` changes nothing: whoever protects mailboxes follows links.

use http::StatusCode;

use super::{Response, output, problem::Problem, request::Request};
use crate::{
    domain::{keyring::WayOut, page},
    store::{one, suppressions},
};

/// What the button of the way back sends. All else ends letters, whatever the form in
/// which a mail program says so.
const BACK: &[u8] = b"back=1";

const REASON: &str = "unsubscribed";

/// Who says so.
const BY: &str = "recipient";

/// Answers the page with a button.
pub(super) async fn read(request: Request) -> Result<Response, Problem> {
    let Some(way_out) = way_out(&request) else {
        return Ok(unknown());
    };
    let reason = suppressions::reason(request.call.db(), &way_out.hash).await?;
    Ok(answer(reason.as_deref() == Some(REASON)))
}

/// Ends letters, or begins them again.
pub(super) async fn end(request: Request) -> Result<Response, Problem> {
    let Some(way_out) = way_out(&request) else {
        return Ok(unknown());
    };
    let (db, now) = (request.call.db(), request.call.now);
    let comes_back = request.body().as_ref() == BACK;
    if comes_back {
        suppressions::lift(db, &way_out.hash, Some(REASON), now, BY).await?;
    } else {
        let add = suppressions::add(&way_out.hash, REASON, way_out.program, now, BY);
        one(db, add).await?;
    }
    Ok(answer(!comes_back))
}

fn way_out(request: &Request) -> Option<WayOut> {
    let keyring = &request.call.service.keyring;
    keyring.read_way_out(request.path("token")).ok()
}

fn answer(is_out: bool) -> Response {
    own_form(output::page(StatusCode::OK, page::letters(is_out)))
}

/// For a token that is none of ours, or of a key that is gone.
fn unknown() -> Response {
    output::page(StatusCode::NOT_FOUND, page::neutral())
}

/// Lets the page send its own form.
fn own_form(response: Response) -> Response {
    response.with(
        "content-security-policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; \
         base-uri 'none'; form-action 'self'",
    )
}
