//! `/v1/letters`: what was written to whom, and the letters that a call itself writes.
//!
//! Owns the log, in which no text and no address is. What goes by itself is
//! `jobs::letters`'.

use utoipa::{IntoParams, ToSchema};

use super::{
    Call, Response,
    input::{Limit, Page},
    output::{self, Items},
    problem::Problem,
    request::Request,
};
use crate::{
    decode::{self, names, record},
    domain::{
        keyring::WayOut,
        letter::{self, Frame, Letter, MessageName},
        template::{self, Value, Values},
    },
    store::{
        letters::{self, Filter},
        messages::Look,
        portal::Addressee,
    },
};

/// The letter that invites an advocate (their address, their name, their link). The link
/// is below the text, if that has none.
pub(super) fn invitation(
    call: &Call,
    look: &Look,
    [to, name, url]: [&str; 3],
    way_out: &WayOut,
) -> Letter {
    let unsubscribe = letter::way_out(&call.base_url, &call.service.keyring, way_out);
    let values = [
        ("first_name", words(letter::first_name(name))),
        ("advocate", words(name)),
        ("program", words(&look.name)),
        ("link", Value::Url(url.to_owned())),
        ("portal", Value::Url(format!("{}/me", call.base_url))),
    ];
    let [subject, text] = said(look, MessageName::Invitation);
    let added;
    let text = if template::mentions(text, "link") {
        text
    } else {
        added = format!("{text}\n\n{{link}}");
        &added
    };
    of_program(call, look, to, [subject, text], &values, &unsubscribe)
}

/// The letter with a link that signs an advocate in.
pub(super) fn sign_in(call: &Call, to: Addressee, url: &str) -> Letter {
    let Addressee { email, name, look } = to;
    let portal = format!("{}/me", call.base_url);
    let values = [
        ("first_name", words(letter::first_name(&name))),
        ("advocate", words(&name)),
        ("program", words(&look.name)),
        // Whoever asked for this link is not given another one.
        ("link", Value::Url(portal.clone())),
        ("portal", Value::Url(portal)),
        ("sign_in", Value::Url(url.to_owned())),
    ];
    of_program(
        call,
        &look,
        &email,
        said(&look, MessageName::SignIn),
        &values,
        "",
    )
}

/// A letter of a program.
pub(super) fn of_program(
    call: &Call,
    look: &Look,
    to: &str,
    words: [&str; 2],
    values: &Values,
    unsubscribe: &str,
) -> Letter {
    let logo = letter::logo(&call.base_url, &look.slug, look.logo);
    let frame = Frame {
        from: &look.name,
        logo: &logo,
        color: &look.color,
        unsubscribe,
    };
    letter::write(to.to_owned(), words, values, &frame)
}

/// Subject and text of a program, or ours.
pub(super) fn said(look: &Look, message: MessageName) -> [&str; 2] {
    let [subject, text] = message.words();
    [
        look.subject.as_deref().unwrap_or(subject),
        look.text.as_deref().unwrap_or(text),
    ]
}

fn words(text: &str) -> Value {
    Value::Words(text.to_owned())
}

names! {
    /// What became of a letter.
    pub(super) enum LetterState {
        /// It is due, or will be.
        Queued => "queued",
        /// The mail provider took it.
        Sent => "sent",
        /// The mail provider did not take it, or it came back.
        Failed => "failed",
        /// It was not sent, and `why` says why not.
        Skipped => "skipped",
    }
}

record! {
    /// Which letters.
    #[derive(IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct LetterQuery {
        /// Slug of the program.
        program: Option<String>,
        state: Option<LetterState>,
        message: Option<MessageName>,
        /// How many items at most.
        #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
        limit: Limit = decode::or_default,
        /// `next` of the page before.
        cursor: Option<String>,
    }
}

/// Lists letters that were written by themselves, and invitations, the newest first. No
/// text and no address is kept. Links that sign in are not listed.
#[utoipa::path(get, path = "/v1/letters", tag = "messages", params(LetterQuery),
    responses((status = 200, body = Items<LetterRow>)))]
pub(super) async fn list(request: Request) -> Result<Response, Problem> {
    let query: LetterQuery = request.query()?;
    let page = Page {
        limit: query.limit,
        cursor: query.cursor,
    };
    let (at, id) = page.before()?;
    let limit = page.limit.get();
    let filter = Filter {
        program: query.program.as_deref(),
        state: query.state.map(LetterState::name),
        message: query.message.map(MessageName::name),
    };
    let rows = letters::page(request.call.db(), (at, &id), limit + 1, &filter).await?;
    Ok(output::documents(rows, limit))
}

/// A letter. SQL puts it together (`store::letters`).
#[derive(ToSchema)]
#[schema(as = LetterSent)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct LetterRow {
    id: String,
    message: MessageName,
    /// Slug of the program.
    program: String,
    /// Id of the advocate whom it is to; null if it is to a rep, or they were erased.
    advocate: Option<String>,
    /// Slug of the rep whom it is to.
    rep: Option<String>,
    state: LetterState,
    /// Why it failed or was skipped, or is tried again.
    why: Option<String>,
    queued_at: String,
    /// When it is sent, or was tried the last time.
    due_at: String,
    sent_at: Option<String>,
    /// When the mail provider said that it arrived.
    delivered_at: Option<String>,
    /// How often it was tried.
    attempts: u32,
}
