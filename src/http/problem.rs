//! Problems: every error that a client sees, as RFC 9457 problem+json.
//!
//! Owns the problem types, which are part of the API, and their one conversion
//! to HTTP. The client's faults are explained; ours are not, but stand in the
//! response's `fault`, for the boundary to log once.

use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Response, output};
use crate::{
    domain::{access::Scope, page},
    store::DatabaseError,
};

/// What went wrong inside, for the log and nobody else.
#[derive(Debug, Clone)]
pub struct Fault {
    /// A readable message.
    pub message: &'static str,
    /// What caused it; never a personal datum.
    pub cause: String,
}

impl Fault {
    pub(super) fn no_randomness(error: getrandom::Error) -> Problem {
        Problem::Internal(Self {
            message: "there is no randomness",
            cause: error.to_string(),
        })
    }
}

/// A field at fault.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldError {
    /// Its name, with dots and indices below the top level.
    pub field: String,
    /// What is wrong with it.
    pub detail: String,
}

/// Every way in which a call fails.
#[derive(Debug)]
pub enum Problem {
    /// The body is no JSON at all.
    Malformed(String),
    /// Fields are missing, unknown or wrong.
    Invalid(Vec<FieldError>),
    /// No key and no session, or none that is known.
    Unauthenticated,
    /// The key or the role may not do this.
    Forbidden(Scope),
    /// Another site's page asks in the name of whoever is signed in.
    CrossOrigin,
    /// There is no such thing; says what.
    NotFound(String),
    /// The path takes other methods: these, as `Allow` lists them.
    MethodNotAllowed(String),
    /// It contradicts what is there.
    Conflict(String),
    /// Larger than the limit, in bytes.
    TooLarge(usize),
    /// The body's media type; says what is expected.
    UnsupportedMediaType(&'static str),
    /// More than one address may ask for in a minute.
    TooManyRequests,
    /// Whoever carries mail did not take it; the log has why.
    NotSent,
    /// The database did not answer.
    Unavailable(DatabaseError),
    /// Our own mistake.
    Internal(Fault),
}

#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct Body {
    /// A URN that names the kind of problem: `urn:goodword:problem:invalid`.
    r#type: String,
    /// The kind, in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// This occurrence, in words.
    detail: String,
    /// The fields at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

impl Problem {
    /// One field is wrong.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers pass a text or an error as it comes"
    )]
    pub fn field(field: impl Into<String>, detail: impl ToString) -> Self {
        Self::Invalid(vec![FieldError {
            field: field.into(),
            detail: detail.to_string(),
        }])
    }

    pub(super) fn misassembled(cause: &'static str) -> Self {
        Self::Internal(Fault {
            message: "the service is put together wrongly",
            cause: cause.to_owned(),
        })
    }

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Malformed(_) => (StatusCode::BAD_REQUEST, "malformed", "The body is not JSON"),
            Self::Invalid(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid",
                "The request is not valid",
            ),
            Self::Unauthenticated => (
                StatusCode::UNAUTHORIZED,
                "unauthenticated",
                "A valid API key or a session is needed",
            ),
            Self::Forbidden(_) => (
                StatusCode::FORBIDDEN,
                "forbidden",
                "The API key or the role may not do this",
            ),
            Self::CrossOrigin => (
                StatusCode::FORBIDDEN,
                "cross-origin",
                "Another site may not do this",
            ),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "not-found", "There is no such thing"),
            Self::MethodNotAllowed(_) => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "The method is not allowed here",
            ),
            Self::Conflict(_) => (
                StatusCode::CONFLICT,
                "conflict",
                "This contradicts what is there",
            ),
            Self::TooLarge(_) => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                "The body is too large",
            ),
            Self::UnsupportedMediaType(_) => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "The body's media type is not supported",
            ),
            Self::TooManyRequests => (
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-requests",
                "There were too many requests",
            ),
            Self::NotSent => (
                StatusCode::SERVICE_UNAVAILABLE,
                "not-sent",
                "The mail was not sent",
            ),
            Self::Unavailable(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "The database did not answer",
            ),
            Self::Internal(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "Something went wrong on our side",
            ),
        }
    }

    /// This occurrence, in words.
    pub(super) fn detail(&self) -> String {
        match self {
            Self::Malformed(detail) | Self::NotFound(detail) | Self::Conflict(detail) => {
                detail.clone()
            }
            Self::Invalid(errors) => match errors.as_slice() {
                [error] => format!("`{}` {}", error.field, error.detail),
                errors => format!("{} fields are at fault", errors.len()),
            },
            Self::Unauthenticated => {
                "send `Authorization: Bearer` with a key that was not revoked, or sign in"
                    .to_owned()
            }
            Self::Forbidden(scope) => format!("it lacks the scope `{}`", scope.name()),
            Self::CrossOrigin => {
                "what a session may change is changed by our own pages alone".to_owned()
            }
            Self::MethodNotAllowed(_) => "`Allow` lists the methods that are".to_owned(),
            Self::TooLarge(limit) => format!("at most {limit} bytes are taken"),
            Self::UnsupportedMediaType(expected) => format!("send {expected}"),
            Self::TooManyRequests => "wait a minute".to_owned(),
            Self::Unavailable(_) => {
                "whether anything was changed is not known; a call that can be repeated, \
                 may be"
                    .to_owned()
            }
            Self::NotSent => "nobody was told; look at how mail is set up".to_owned(),
            Self::Internal(_) => "it was logged".to_owned(),
        }
    }
}

impl Problem {
    /// What is wrong with what was asked, in words, for an answer that says so of one
    /// of many. What is wrong with ourselves is no part of an answer.
    pub(super) fn explained(self) -> Result<String, Self> {
        match &self {
            Self::Malformed(_) | Self::Conflict(_) | Self::NotFound(_) => Ok(self.detail()),
            Self::Invalid(errors) => Ok(errors
                .iter()
                .map(|error| format!("{}: {}", error.field, error.detail))
                .collect::<Vec<_>>()
                .join("; ")),
            _ => Err(self),
        }
    }

    /// The answer that says so.
    pub(super) fn into_response(self) -> Response {
        let (status, kind, title) = self.kind();
        let detail = self.detail();
        let (mut allow, mut fault) = (None, None);
        let mut errors = Vec::new();
        match self {
            Self::Invalid(invalid) => errors = invalid,
            Self::MethodNotAllowed(methods) => allow = Some(methods),
            Self::Internal(internal) => fault = Some(internal),
            Self::Unavailable(error) => {
                fault = Some(Fault {
                    message: "a call failed for the database",
                    cause: error.to_string(),
                });
            }
            _ => {}
        }
        let body = Body {
            r#type: format!("urn:goodword:problem:{kind}"),
            title,
            status: status.as_u16(),
            detail,
            errors,
        };
        // Strings and numbers always serialise.
        let json = serde_json::to_string(&body).unwrap_or_default();
        let mut response =
            Response::new(status, json).with("content-type", "application/problem+json");
        if status == StatusCode::UNAUTHORIZED {
            response = response.with("www-authenticate", "Bearer realm=\"goodword\"");
        }
        let retry_after = match status {
            StatusCode::SERVICE_UNAVAILABLE => Some("1"),
            StatusCode::TOO_MANY_REQUESTS => Some("60"),
            _ => None,
        };
        if let Some(seconds) = retry_after {
            response = response.with("retry-after", seconds);
        }
        if let Some(allow) = allow {
            response = response.with("allow", allow);
        }
        response.fault = fault;
        response
    }
}

impl Problem {
    /// The same answer as a page, for people who sent a form.
    pub(super) fn into_page(self) -> Response {
        let (_, _, title) = self.kind();
        let fields: Vec<(&str, &str)> = match &self {
            Self::Invalid(errors) => errors
                .iter()
                .map(|error| (error.field.as_str(), error.detail.as_str()))
                .collect(),
            _ => Vec::new(),
        };
        let html = page::not_received(title, &fields);
        output::as_page(self.into_response(), html)
    }
}

impl From<DatabaseError> for Problem {
    fn from(error: DatabaseError) -> Self {
        Self::Unavailable(error)
    }
}
