//! `/v1/team`: who uses the console, and what they may do.

use http::StatusCode;
use utoipa::ToSchema;

use super::{
    Call, Caller, Response,
    input::{self, Page},
    leads, output,
    problem::{Fault, Problem},
    request::Request,
    session,
};
use crate::{
    decode::record,
    domain::{
        access::Role,
        click::ClickId,
        program::{Email, Name, Status},
    },
    store::members::{self, Changes},
};

record! {
    /// Somebody to be invited.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct NewMember {
        #[schema(value_type = String)]
        email: Email,
        #[schema(value_type = String)]
        name: Name,
        /// What they may do; nothing that the caller may not.
        role: Role,
        /// Slug of the rep they are.
        rep: Option<String>,
    }
}

record! {
    /// What changes; what is left out stays.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct MemberChanges {
        #[schema(value_type = Option<String>)]
        name: Option<Name>,
        role: Option<Role>,
        status: Option<Status>,
        /// Slug of the rep they are; an empty text for none.
        rep: Option<String>,
    }
}

/// Lists the team, in the order in which they came.
#[utoipa::path(get, path = "/v1/team", tag = "team", params(Page),
    responses((status = 200, body = output::Items<Member>)))]
pub(super) async fn list(request: Request) -> Result<Response, Problem> {
    let page: Page = request.query()?;
    let after = page.after(String::new(), |cursor| Some(cursor.to_owned()))?;
    let limit = page.limit.get();
    let rows = members::page(request.call.db(), &after, limit + 1).await?;
    Ok(output::documents(rows, limit))
}

/// Adds a member and sends the invitation: a link that signs in once within
/// seven days. `invited_at` is null if it could not be sent.
#[utoipa::path(post, path = "/v1/team", tag = "team", request_body = NewMember,
    responses((status = 201, body = Member)))]
pub(super) async fn invite(request: Request) -> Result<Response, Problem> {
    let call = &request.call;
    let new: NewMember = request.json()?;
    may_grant(request.caller(), new.role)?;
    check_rep(call, new.rep.as_deref()).await?;
    let mut random = [0; 10];
    getrandom::fill(&mut random).map_err(Fault::no_randomness)?;
    let id = format!("mem_{}", ClickId::new(call.now, random));
    let (rep, now) = (new.rep.as_deref(), call.now);
    let added = members::add(call.db(), &id, &new.email, &new.name, new.role, rep, now).await;
    if let Err(error) = added {
        return Err(if error.is_conflict() {
            Problem::Conflict(format!("`{}` is a member already", new.email.as_str()))
        } else {
            error.into()
        });
    }
    send(call, &id, new.email.as_str(), StatusCode::CREATED).await
}

/// Sends the invitation again.
#[utoipa::path(post, path = "/v1/team/{member}/invite", tag = "team",
    params(("member" = String, Path, description = "Id of the member")),
    request_body = input::Nothing, responses((status = 202, body = Member)))]
pub(super) async fn invite_again(request: Request) -> Result<Response, Problem> {
    let (call, id) = (&request.call, request.path("member"));
    request.nothing()?;
    let member = members::by_id(call.db(), id).await?;
    let member = member.ok_or_else(|| missing(id))?;
    may_grant(request.caller(), member.role)?;
    send(call, id, &member.email, StatusCode::ACCEPTED).await
}

/// Sends an invitation; answers the member, and logs what failed.
async fn send(call: &Call, id: &str, email: &str, status: StatusCode) -> Result<Response, Problem> {
    let fault = session::invite(call, email).await?.err();
    let at = fault.is_none().then_some(call.now);
    let mut response = output::text(status, members::invited(call.db(), id, at).await?);
    response.fault = fault;
    Ok(response)
}

/// Changes what a member is called or may do, or disables them, which signs them
/// out at once and revokes the keys that they made.
#[utoipa::path(patch, path = "/v1/team/{member}", tag = "team",
    params(("member" = String, Path, description = "Id of the member")),
    request_body = MemberChanges, responses((status = 200, body = Member)))]
pub(super) async fn update(request: Request) -> Result<Response, Problem> {
    let (call, caller, id) = (&request.call, request.caller(), request.path("member"));
    let changes: MemberChanges = request.json()?;
    let member = members::by_id(call.db(), id).await?;
    let member = member.ok_or_else(|| missing(id))?;
    for role in [Some(member.role), changes.role].into_iter().flatten() {
        may_grant(caller, role)?;
    }
    check_rep(call, changes.rep.as_deref()).await?;
    let stored = Changes {
        name: changes.name.as_ref(),
        role: changes.role,
        status: changes.status,
        rep: changes.rep.as_deref(),
    };
    let row = members::update(call.db(), id, &stored, call.now).await?;
    let row = row.ok_or_else(|| missing(id))?;
    Ok(output::text(StatusCode::OK, row.document))
}

/// Nobody makes a member, or changes one, who may do more than they.
fn may_grant(caller: &Caller, role: Role) -> Result<(), Problem> {
    match role.scopes().iter().find(|scope| !caller.may(**scope)) {
        Some(scope) => Err(Problem::Forbidden(*scope)),
        None => Ok(()),
    }
}

async fn check_rep(call: &Call, rep: Option<&str>) -> Result<(), Problem> {
    if let Some(slug) = rep.filter(|slug| !slug.is_empty()) {
        leads::rep(call, slug, "rep").await?;
    }
    Ok(())
}

fn missing(id: &str) -> Problem {
    Problem::NotFound(format!("there is no member `{id}`"))
}

/// A member of the team. SQL puts it together (`store::members`).
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what SQL answers")]
pub(super) struct Member {
    id: String,
    email: String,
    name: String,
    role: Role,
    /// Slug of the rep they are.
    rep: Option<String>,
    /// Disabled, they are signed out and stay out.
    status: Status,
    created_at: String,
    /// When the last invitation was sent; null if none could be.
    invited_at: Option<String>,
    /// About when they last called, by the hour.
    last_seen_at: Option<String>,
}
