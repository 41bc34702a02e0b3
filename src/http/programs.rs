//! `/v1/programs`

use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Call, Response,
    input::Page,
    output::{self, Items},
    problem::Problem,
    request::Request,
};
use crate::{
    decode::{Decode, Fault, Tree, record},
    domain::{
        landing::{Destination, PassThrough},
        program::{Name, Prose, Slug, Status, Touch, WindowDays},
        zone::Zone,
    },
    store::programs::{self, Fields, Row},
};

/// A program.
#[derive(Serialize, ToSchema)]
pub(super) struct Program {
    /// Its name in requests; never changes.
    slug: String,
    /// Its number in links.
    number: u16,
    /// Its name for people.
    name: String,
    /// Disabled, all its links lead to the neutral page.
    status: Status,
    /// The IANA time zone that decides what a day is.
    #[schema(value_type = String, example = "Europe/Berlin")]
    zone: Zone,
    /// Which touch earns the credit.
    touch: Touch,
    /// Days for which a touch can earn it.
    window_days: WindowDays,
    /// Whether a cookie is set; without it the receipt in the landing URL
    /// carries the attribution alone.
    cookie: bool,
    /// What of the visitor's query reaches the landing page.
    pass_through: PassThrough,
    /// What social networks show of a link.
    preview: Preview,
    created_at: String,
    updated_at: String,
}

/// Open Graph content.
#[derive(Serialize, ToSchema)]
struct Preview {
    title: String,
    description: String,
    image: String,
}

impl From<Row> for Program {
    fn from(row: Row) -> Self {
        Self {
            slug: row.slug,
            number: row.number,
            name: row.name,
            status: row.status,
            zone: row.zone,
            touch: row.touch,
            window_days: row.window_days,
            cookie: row.cookie,
            pass_through: row.pass_through,
            preview: Preview {
                title: row.preview_title,
                description: row.preview_description,
                image: row.preview_image,
            },
            created_at: output::time(row.created_at),
            updated_at: output::time(row.updated_at),
        }
    }
}

record! {
    /// A new program.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct NewProgram {
        slug: Slug,
        name: Name,
        /// UTC unless said.
        #[schema(value_type = Option<String>, example = "Europe/Berlin")]
        zone: Option<Zone>,
        /// The last touch wins unless said.
        touch: Option<Touch>,
        /// 90 unless said.
        #[schema(value_type = Option<u16>)]
        window_days: Option<WindowDays>,
        /// True unless said.
        cookie: Option<bool>,
        /// None unless said.
        pass_through: Option<PassThrough>,
        preview: Option<PreviewFields>,
    }
}

record! {
    /// What changes; what is left out stays.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct ProgramChanges {
        name: Option<Name>,
        status: Option<Status>,
        #[schema(value_type = Option<String>)]
        zone: Option<Zone>,
        touch: Option<Touch>,
        #[schema(value_type = Option<u16>)]
        window_days: Option<WindowDays>,
        cookie: Option<bool>,
        pass_through: Option<PassThrough>,
        preview: Option<PreviewFields>,
    }
}

record! {
    /// Open Graph content; an empty text takes a stored one away.
    #[derive(Default, ToSchema)]
    #[serde(deny_unknown_fields)]
    struct PreviewFields {
        title: Option<Emptiable<Name>>,
        description: Option<Emptiable<Prose>>,
        image: Option<Emptiable<Destination>>,
    }
}

/// A checked text, or nothing.
#[derive(ToSchema)]
#[schema(value_type = String)]
pub(super) struct Emptiable<T>(Option<T>);

impl<T: Decode> Decode for Emptiable<T> {
    fn decode(tree: Tree) -> Result<Self, Fault> {
        match tree {
            Tree::Text(text) if text.is_empty() => Ok(Self(None)),
            tree => T::decode(tree).map(|value| Self(Some(value))),
        }
    }
}

impl<T: Into<String>> Emptiable<T> {
    pub(super) fn into_text(self) -> String {
        self.0.map_or_else(String::new, Into::into)
    }
}

impl ProgramChanges {
    fn into_fields(self) -> Fields {
        let preview = self.preview.unwrap_or_default();
        Fields {
            name: self.name.map(String::from),
            status: self.status,
            zone: self.zone,
            touch: self.touch,
            window_days: self.window_days,
            cookie: self.cookie,
            pass_through: self.pass_through,
            preview_title: preview.title.map(Emptiable::into_text),
            preview_description: preview.description.map(Emptiable::into_text),
            preview_image: preview.image.map(Emptiable::into_text),
        }
    }
}

/// The program of a slug, or the problem that there is none. `field` is where
/// the request named it; without one it stood in the path.
pub(super) async fn require(
    call: &Call,
    slug: &str,
    field: Option<&'static str>,
) -> Result<Row, Problem> {
    let row = programs::by_slug(call.db(), slug).await?;
    row.ok_or_else(|| {
        let detail = format!("there is no program `{slug}`");
        match field {
            Some(field) => Problem::field(field, detail),
            None => Problem::NotFound(detail),
        }
    })
}

/// The program of a slug, unless it is switched off.
pub(super) async fn usable(
    call: &Call,
    slug: &str,
    field: Option<&'static str>,
) -> Result<Row, Problem> {
    let program = require(call, slug, field).await?;
    in_use(&program, field.unwrap_or("program"))?;
    Ok(program)
}

/// Refuses a program that is switched off; `field` named it.
pub(super) fn in_use(program: &Row, field: &'static str) -> Result<(), Problem> {
    match program.status {
        Status::Active => Ok(()),
        Status::Disabled => Err(Problem::field(field, "is disabled")),
    }
}

/// Creates a program. The same program again is answered with 200.
#[utoipa::path(post, path = "/v1/programs", tag = "programs", request_body = NewProgram,
    responses((status = 201, body = Program), (status = 200, body = Program)))]
pub(super) async fn create(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let new: NewProgram = request.json()?;
    let slug = new.slug;
    let fields = ProgramChanges {
        name: Some(new.name),
        status: None,
        zone: new.zone,
        touch: new.touch,
        window_days: new.window_days,
        cookie: new.cookie,
        pass_through: new.pass_through,
        preview: new.preview,
    }
    .into_fields();
    let wanted = fields.clone();
    let created = programs::create(call.db(), &slug, fields, call.now, request.key()).await?;
    let (status, row) = output::created(created, "program", |row| wanted.are_those_of(row))?;
    let response = output::json(status, &Program::from(row));
    Ok(output::published_if(status == StatusCode::CREATED, call, response).await)
}

/// Lists programs.
#[utoipa::path(get, path = "/v1/programs", tag = "programs", params(Page),
    responses((status = 200, body = Items<Program>)))]
pub(super) async fn list(request: Request) -> Result<Response, Problem> {
    let page: Page = request.query()?;
    let after = page.after(0, |cursor| cursor.parse().ok())?;
    let limit = page.limit.get();
    let rows = programs::page(request.call.db(), after, limit + 1).await?;
    let items = Items::page(rows, limit, |row| row.number.to_string(), Program::from);
    Ok(output::json(StatusCode::OK, &items))
}

/// Answers one program.
#[utoipa::path(get, path = "/v1/programs/{program}", tag = "programs",
    params(("program" = String, Path, description = "Slug of the program")),
    responses((status = 200, body = Program)))]
pub(super) async fn read(request: Request) -> Result<Response, Problem> {
    let row = require(&request.call, request.path("program"), None).await?;
    Ok(output::json(StatusCode::OK, &Program::from(row)))
}

/// Changes a program, or disables it.
#[utoipa::path(patch, path = "/v1/programs/{program}", tag = "programs",
    params(("program" = String, Path, description = "Slug of the program")),
    request_body = ProgramChanges, responses((status = 200, body = Program)))]
pub(super) async fn update(request: Request) -> Result<Response, Problem> {
    let (call, slug) = (&request.call, request.path("program"));
    let changes: ProgramChanges = request.json()?;
    let fields = changes.into_fields();
    let row = programs::update(call.db(), slug, fields, call.now, request.key()).await?;
    let row = row.ok_or_else(|| Problem::NotFound(format!("there is no program `{slug}`")))?;
    let response = output::json(StatusCode::OK, &Program::from(row));
    Ok(output::published(call, response).await)
}
