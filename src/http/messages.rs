//! `/v1/programs/{program}/messages`: what a program writes to its advocates and reps, in
//! which words, and when.
//!
//! Owns what a template may hold, which `domain::template` knows, and the preview. What
//! goes out is `jobs::letters`'.

use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Call, Response, letters, output,
    problem::{Fault, Problem},
    programs,
    request::Request,
};
use crate::{
    decode::record,
    domain::{
        letter::{self, Audience, Letter, MessageName},
        program::AdvocateKind,
        template::{self, TemplateError},
    },
    jobs::mail,
    store::{
        members,
        messages::{self, Template},
        one,
    },
};

mod settings;

use settings::{MessageChanges, MessageSettings};

record! {
    /// A program's own words of a message.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct NewTemplate {
        /// The kind of advocate that they are for; for all unless said.
        kind: Option<AdvocateKind>,
        /// One line of 200 characters at most, with placeholders. Empty, like the text: our
        /// own words.
        #[schema(example = "News of {prospect}")]
        subject: String,
        /// 5,000 characters at most: paragraphs, `# headings`, `- items`, `**bold**`,
        /// `[links](https://example.com)` and placeholders. A link that is a paragraph by
        /// itself is a button.
        #[schema(example = "Hello {first_name},\n\n{news}\n\n[See more]({portal})")]
        text: String,
    }
}

record! {
    /// What is to be shown.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Draft {
        /// The kind of advocate; for all unless said.
        kind: Option<AdvocateKind>,
        /// As it is kept, unless said.
        subject: Option<String>,
        /// As it is kept, unless said.
        text: Option<String>,
    }
}

record! {
    /// Which letter is tried.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Trial {
        /// The kind of advocate; for all unless said.
        kind: Option<AdvocateKind>,
    }
}

/// A letter with examples in the place of placeholders.
#[derive(Serialize, ToSchema)]
pub(super) struct LetterPreview {
    subject: String,
    text: String,
    /// A page; it runs nothing.
    html: String,
}

/// A letter that was tried.
#[derive(Serialize, ToSchema)]
pub(super) struct Tried {
    /// The address.
    sent_to: String,
}

/// A message of a program.
#[derive(Serialize, ToSchema)]
pub(super) struct MessageView {
    message: MessageName,
    /// To whom it goes.
    r#for: Audience,
    /// When it goes.
    about: &'static str,
    /// Whether it does. What somebody asks for goes in any case.
    enabled: bool,
    placeholders: Vec<PlaceholderView>,
    /// Words for all (`kind` is null), and for kinds of advocates that have their own.
    templates: Vec<TemplateView>,
}

/// What may stand in a template, in braces.
#[derive(Serialize, ToSchema)]
struct PlaceholderView {
    name: &'static str,
    about: &'static str,
    example: String,
}

/// The words of a message.
#[derive(Serialize, ToSchema)]
struct TemplateView {
    #[schema(value_type = Option<AdvocateKind>)]
    kind: Option<String>,
    subject: String,
    text: String,
    /// Whether they are ours.
    is_default: bool,
    /// From 1 on; 0 for what nobody has changed yet.
    version: u32,
    changed_at: Option<String>,
}

/// Answers what a program writes, and when.
#[utoipa::path(get, path = "/v1/programs/{program}/messages", tag = "messages",
    params(("program" = String, Path, description = "Slug of the program")),
    responses((status = 200, body = Messages)))]
pub(super) async fn read(request: Request) -> Result<Response, Problem> {
    let program = programs::require(&request.call, request.path("program"), None).await?;
    all(&request.call, program.number).await
}

/// Changes when a program writes, and which messages go.
#[utoipa::path(patch, path = "/v1/programs/{program}/messages", tag = "messages",
    params(("program" = String, Path, description = "Slug of the program")),
    request_body = MessageChanges, responses((status = 200, body = Messages)))]
pub(super) async fn update(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let _: MessageChanges = request.json()?;
    let program = programs::require(call, request.path("program"), None).await?;
    let body = std::str::from_utf8(request.body())
        .map_err(|_| Problem::Malformed("the body is not UTF-8".to_owned()))?;
    let set = messages::set(program.number, body, call.now, request.key());
    one(call.db(), set).await?;
    all(call, program.number).await
}

/// Sets the words of a message, for a kind of advocate or for all. Empty ones are our own
/// again, or those for all. The same again changes nothing.
#[utoipa::path(put, path = "/v1/programs/{program}/messages/{message}", tag = "messages",
    params(
        ("program" = String, Path, description = "Slug of the program"),
        ("message" = String, Path, description = "Name of the message")),
    request_body = NewTemplate, responses((status = 200, body = MessageView)))]
pub(super) async fn put(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let new: NewTemplate = request.json()?;
    let message = named(&request)?;
    let kind = kind_of(message, new.kind)?;
    let program = programs::require(call, request.path("program"), None).await?;
    let (subject, text) = (new.subject.trim(), new.text.trim());
    if !(subject.is_empty() && text.is_empty()) {
        check(message, subject, text)?;
    }
    let put = messages::put(
        program.number,
        [message.name(), kind],
        [subject, text],
        call.now,
        request.key(),
    );
    one(call.db(), put).await?;
    let (_, off, templates) = messages::read(call.db(), program.number).await?;
    let view = view(call, message, &off, &templates);
    Ok(output::json(StatusCode::OK, &view))
}

/// Answers a message as it would be sent, with examples in it.
#[utoipa::path(post, path = "/v1/programs/{program}/messages/{message}/preview",
    tag = "messages",
    params(
        ("program" = String, Path, description = "Slug of the program"),
        ("message" = String, Path, description = "Name of the message")),
    request_body = Draft, responses((status = 200, body = LetterPreview)))]
pub(super) async fn preview(request: Request) -> Result<Response, Problem> {
    let draft: Draft = request.json()?;
    let letter = example(&request, &draft, "").await?;
    let preview = LetterPreview {
        subject: letter.subject,
        text: letter.text,
        html: letter.html,
    };
    Ok(output::json(StatusCode::OK, &preview))
}

/// Sends a message, with examples in it, to whoever asks. 409 for who has no address: a
/// key, and the operator's.
#[utoipa::path(post, path = "/v1/programs/{program}/messages/{message}/test",
    tag = "messages",
    params(
        ("program" = String, Path, description = "Slug of the program"),
        ("message" = String, Path, description = "Name of the message")),
    request_body = Trial, responses((status = 202, body = Tried)))]
pub(super) async fn test(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let trial: Trial = request.json()?;
    let member = members::by_id(call.db(), request.key()).await?;
    let member = member.ok_or_else(|| {
        let detail = "a key has no address: sign in as a member of the team";
        Problem::Conflict(detail.to_owned())
    })?;
    let draft = Draft {
        kind: trial.kind,
        subject: None,
        text: None,
    };
    let letter = example(&request, &draft, &member.email).await?;
    mail::taken(call.service.mail.send(letter).await).map_err(|cause| {
        call.note(&Fault {
            message: "a letter was not sent for a trial",
            cause,
        });
        Problem::NotSent
    })?;
    let tried = Tried {
        sent_to: member.email,
    };
    Ok(output::json(StatusCode::ACCEPTED, &tried))
}

/// A letter with examples.
async fn example(request: &Request, draft: &Draft, to: &str) -> Result<Letter, Problem> {
    let call = &request.call;
    let message = named(request)?;
    let kind = kind_of(message, draft.kind)?;
    let program = programs::require(call, request.path("program"), None).await?;
    let look = messages::look(call.db(), program.number, message.name(), kind).await?;
    let [subject, text] = letters::said(&look, message);
    let subject = draft.subject.as_deref().unwrap_or(subject).trim();
    let text = draft.text.as_deref().unwrap_or(text).trim();
    // What is kept was looked at, or is from before there was this markup.
    if draft.subject.is_some() || draft.text.is_some() {
        check(message, subject, text)?;
    }
    let base_url = &call.base_url;
    let values = letter::examples(message, &look.name, base_url);
    let unsubscribe = if message.outlasts_unsubscribing() {
        String::new()
    } else {
        format!("{base_url}/u/example")
    };
    Ok(letters::of_program(
        call,
        &look,
        to,
        [subject, text],
        &values,
        &unsubscribe,
    ))
}

fn check(message: MessageName, subject: &str, text: &str) -> Result<(), Problem> {
    let known = message.placeholders();
    let fault = |field: &'static str| move |error: TemplateError| Problem::field(field, error);
    template::check_subject(subject, known).map_err(fault("subject"))?;
    template::check(text, known).map_err(fault("text"))
}

fn named(request: &Request) -> Result<MessageName, Problem> {
    let name = request.path("message");
    let message = MessageName::named(name);
    message.ok_or_else(|| Problem::NotFound(format!("there is no message `{name}`")))
}

/// The name of a kind; reps are of none.
fn kind_of(message: MessageName, kind: Option<AdvocateKind>) -> Result<&'static str, Problem> {
    match (message.audience(), kind) {
        (Audience::Rep, Some(_)) => Err(Problem::field("kind", "is for advocates, not for reps")),
        (_, kind) => Ok(kind.map_or("", AdvocateKind::name)),
    }
}

async fn all(call: &Call, program: u16) -> Result<Response, Problem> {
    let (settings, off, templates) = messages::read(call.db(), program).await?;
    let views = MessageName::ALL.map(|message| view(call, message, &off, &templates));
    // Texts always serialise.
    let views = serde_json::to_string(views.as_slice()).unwrap_or_default();
    let document = format!("{{\"settings\":{settings},\"messages\":{views}}}");
    Ok(output::text(StatusCode::OK, document))
}

fn view(call: &Call, message: MessageName, off: &[String], templates: &[Template]) -> MessageView {
    let known = message.placeholders().iter().flat_map(|some| some.iter());
    let own = templates.iter().filter(|one| one.message == message.name());
    let mut shown: Vec<TemplateView> = own
        .filter(|one| one.kind.is_none() || !one.text.is_empty())
        .map(|one| TemplateView {
            kind: one.kind.clone(),
            subject: one.subject.clone(),
            text: one.text.clone(),
            is_default: one.text.is_empty(),
            version: one.version,
            changed_at: one.changed_at.clone(),
        })
        .collect();
    let [subject, text] = message.words().map(ToOwned::to_owned);
    match shown.iter_mut().find(|one| one.kind.is_none()) {
        Some(one) if one.is_default => {
            one.subject = subject;
            one.text = text;
        }
        Some(_) => {}
        None => shown.push(TemplateView {
            kind: None,
            subject,
            text,
            is_default: true,
            version: 0,
            changed_at: None,
        }),
    }
    shown.sort_by(|a, b| a.kind.cmp(&b.kind));
    MessageView {
        message,
        r#for: message.audience(),
        about: message.about(),
        enabled: message.is_asked_for() || !off.iter().any(|name| name == message.name()),
        placeholders: known
            .map(|one| PlaceholderView {
                name: one.name,
                about: one.about,
                example: one.example.replace("{base}", &call.base_url),
            })
            .collect(),
        templates: shown,
    }
}

/// What a program writes.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what is put together")]
pub(super) struct Messages {
    settings: MessageSettings,
    messages: Vec<MessageView>,
}
