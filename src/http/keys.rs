//! `/v1/keys`

use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Response,
    input::Page,
    output::{self, Items},
    problem::{Fault, Problem},
    request::Request,
};
use crate::{
    decode::record,
    domain::{
        access::{self, Scope},
        click::ClickId,
        program::Name,
    },
    store::api_keys::{self, Row},
};

/// A key, without its secret.
#[derive(Serialize, ToSchema)]
pub(super) struct Key {
    id: String,
    name: String,
    scopes: Vec<Scope>,
    /// Id of the member or the key that made it, `admin` for the operator; null for
    /// one of before this was kept.
    created_by: Option<String>,
    created_at: String,
    /// When it was revoked; null while it works.
    revoked_at: Option<String>,
}

impl TryFrom<Row> for Key {
    type Error = Problem;

    fn try_from(row: Row) -> Result<Self, Problem> {
        Ok(Self {
            scopes: row.scopes()?,
            id: row.id,
            name: row.name,
            created_by: row.created_by,
            created_at: output::time(row.created_at),
            revoked_at: row.revoked_at.map(output::time),
        })
    }
}

record! {
    /// A new key.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct NewKey {
        /// What it is for.
        name: Name,
        /// What it may do; at least one.
        scopes: Vec<Scope>,
    }
}

/// A new key with its secret, which is shown this once.
#[derive(Serialize, ToSchema)]
pub(super) struct CreatedKey {
    /// The key itself. It is not kept: note it now.
    key: String,
    #[serde(flatten)]
    about: Key,
}

/// Creates a key, with scopes that the calling key has itself.
#[utoipa::path(post, path = "/v1/keys", tag = "keys", request_body = NewKey,
    responses((status = 201, body = CreatedKey)))]
pub(super) async fn create(request: Request) -> Result<Response, Problem> {
    let (call, caller) = (&request.call, request.caller());
    let new: NewKey = request.json()?;
    let mut scopes = new.scopes;
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        return Err(Problem::field("scopes", "must name at least one scope"));
    }
    // A key makes no key that may do more than itself.
    if let Some(scope) = scopes.iter().find(|scope| !caller.may(**scope)) {
        return Err(Problem::Forbidden(*scope));
    }
    let (mut id, mut secret) = ([0; 10], [0; 32]);
    getrandom::fill(&mut id).map_err(Fault::no_randomness)?;
    getrandom::fill(&mut secret).map_err(Fault::no_randomness)?;
    let id = format!("key_{}", ClickId::new(call.now, id));
    let key = access::new_secret(access::Secret::Key, secret);
    let hash = access::to_hex(&access::key_hash(&key));
    let row = api_keys::create(
        call.db(),
        &id,
        &hash,
        &new.name,
        &scopes,
        &caller.key,
        call.now,
    )
    .await?;
    let created = CreatedKey {
        key,
        about: row.try_into()?,
    };
    Ok(output::json(StatusCode::CREATED, &created))
}

/// Lists keys, revoked ones too, oldest first.
#[utoipa::path(get, path = "/v1/keys", tag = "keys", params(Page),
    responses((status = 200, body = Items<Key>)))]
pub(super) async fn list(request: Request) -> Result<Response, Problem> {
    let page: Page = request.query()?;
    let after = page.after(String::new(), |cursor| Some(cursor.to_owned()))?;
    let limit = page.limit.get();
    let rows = api_keys::page(request.call.db(), &after, limit + 1).await?;
    let keys = Items::page(rows, limit, |row| row.id.clone(), Key::try_from);
    let keys = Items {
        items: keys.items.into_iter().collect::<Result<Vec<_>, _>>()?,
        next: keys.next,
    };
    Ok(output::json(StatusCode::OK, &keys))
}

/// Revokes a key, at once and for ever.
#[utoipa::path(delete, path = "/v1/keys/{key}", tag = "keys",
    params(("key" = String, Path, description = "Id of the key")),
    responses((status = 200, body = Key)))]
pub(super) async fn revoke(request: Request) -> Result<Response, Problem> {
    let (call, id) = (&request.call, request.path("key"));
    let row = api_keys::revoke(call.db(), id, call.now).await?;
    let row = row.ok_or_else(|| Problem::NotFound(format!("there is no key `{id}`")))?;
    Ok(output::json(StatusCode::OK, &Key::try_from(row)?))
}
