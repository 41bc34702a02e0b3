//! The `OpenAPI` document, made from the handlers and their types.
//!
//! Native only in effect: nothing in the Worker calls it, so it costs no wasm.
//! `cargo xtask openapi` writes it to public/openapi.json.

use utoipa::{
    Modify, OpenApi,
    openapi::{
        Ref, RefOr, Response,
        content::{Content, ContentBuilder},
        response::ResponseBuilder,
        security::{
            ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
        },
    },
};

use super::{
    advocates, archives, audit, checks, claims, codes, content, conversions, crm, destinations,
    events, exports, funnel, goals, health, imports, keys, labels, leads, letters, links,
    links_bulk, mail_events, me, mend, messages, moments, payouts, people, portal, problem,
    programs, public, reconciliations, replays, reps, restore, rewards,
    routes::{self, Access},
    rules,
    session::{self, COOKIE},
    shares, stages, statistics, suppressions, team, verbal, webhooks, what_if,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Goodword",
        description = "Signed referral links at Cloudflare's edge, from the click to the reward."
    ),
    paths(
        health::health,
        programs::create, programs::list, programs::read, programs::update,
        content::read, content::put, content::versions,
        destinations::create, destinations::list, destinations::read, destinations::update,
        labels::create, labels::list,
        advocates::create, advocates::list, advocates::read, advocates::update,
        advocates::merge, advocates::invite, portal::vouch,
        portal::send_link, portal::begin, portal::end,
        me::read, me::update, me::switch, me::code, me::share, me::refer, me::referrals,
        me::statement, me::team, me::bring, me::export, me::leave,
        links::issue, links_bulk::issue, links::verify, links::revoke,
        shares::record,
        codes::issue, codes::read, codes::revoke,
        reps::list, reps::put, reps::read_routing, reps::set_routing,
        goals::day, goals::set,
        leads::create, leads::list, leads::read, leads::why, stages::step, stages::hand_over, moments::follow_up,
        moments::record,
        public::take, public::preflight,
        claims::take, claims::preflight,
        verbal::enter,
        conversions::create, conversions::list,
        what_if::ask,
        rules::read, rules::put, rules::versions, rules::dry_run,
        rewards::list, rewards::read, rewards::approve, rewards::hold, rewards::release,
        rewards::statement,
        payouts::issue, payouts::list, payouts::read, payouts::paid,
        people::export, people::erase,
        mend::apply,
        audit::list,
        reconciliations::upload::create, reconciliations::list, reconciliations::read,
        reconciliations::findings, reconciliations::compare,
        checks::list, checks::run, checks::repair, replays::run,
        archives::list,
        imports::import, exports::export, restore::restore,
        messages::read, messages::update, messages::put, messages::preview, messages::test,
        letters::list, suppressions::list, suppressions::add, suppressions::lift,
        mail_events::take,
        statistics::read, statistics::series, statistics::live, funnel::read, funnel::advocates, funnel::quarter,
        session::send_link, session::begin, session::read, session::end,
        team::list, team::invite, team::update, team::invite_again,
        crm::list, crm::create, crm::read, crm::update, crm::remove, crm::rotate, crm::sync,
        crm::leads, crm::received, crm::events::take,
        keys::create, keys::list, keys::revoke,
        events::list,
        webhooks::list, webhooks::create, webhooks::read, webhooks::update, webhooks::delete,
        webhooks::secret, webhooks::rotate,
        webhooks::deliveries::test, webhooks::deliveries::replay,
        webhooks::deliveries::list, webhooks::deliveries::read,
    ),
    components(schemas(problem::Body, problem::FieldError)),
    modifiers(&Answers),
)]
struct Document;

/// Adds to each operation the scope that the route table asks for, and the
/// problems that it can answer with.
struct Answers;

impl Modify for Answers {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let mut components = document.components.take().unwrap_or_default();
        components.add_security_scheme(
            "key",
            SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
        );
        components.add_security_scheme(
            "session",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(COOKIE))),
        );
        components.add_security_scheme(
            "advocate",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(portal::COOKIE))),
        );
        components.add_security_scheme(
            "token",
            SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
        );
        document.components = Some(components);
        for (path, item) in &mut document.paths.paths {
            let operations = [
                ("GET", &mut item.get),
                ("POST", &mut item.post),
                ("PATCH", &mut item.patch),
                ("PUT", &mut item.put),
                ("DELETE", &mut item.delete),
                ("OPTIONS", &mut item.options),
            ];
            for (method, operation) in operations {
                let Some(operation) = operation else { continue };
                let route = routes::ROUTES
                    .iter()
                    .find(|route| route.path == path && route.method == method);
                let has_body = operation.request_body.is_some();
                let access = route.map_or(Access::Anybody, |route| route.access);
                let is_public = access == Access::Anybody;
                let session = || SecurityRequirement::new("session", [""; 0]);
                operation.security = match access {
                    Access::Anybody => None,
                    Access::Person => Some(vec![session()]),
                    Access::Advocate => Some(vec![
                        SecurityRequirement::new("advocate", [""; 0]),
                        SecurityRequirement::new("token", [""; 0]),
                    ]),
                    Access::Scope(scope) => {
                        let key = SecurityRequirement::new("key", [scope.name()]);
                        Some(vec![key, session()])
                    }
                };
                let mut statuses = vec![("503", "The database did not answer.")];
                // What is signed is refused without its signature.
                let is_signed = is_public && path.starts_with("/v1/crm/");
                if is_signed {
                    statuses.push(("401", "It is not signed as it should be."));
                }
                if !is_public {
                    statuses.push(("401", "No key and no session, or none that is known."));
                    statuses.push((
                        "403",
                        "The key or the role lacks the route's scope, or another site's page asks.",
                    ));
                }
                if (is_public || access == Access::Advocate) && has_body {
                    statuses.push(("429", "The address sent too many in a minute."));
                }
                // A person is looked for, though not by the path.
                if path.contains('{') || path.starts_with("/v1/people") {
                    statuses.push(("404", "There is no such thing."));
                }
                if has_body {
                    statuses.push(("400", "The body is not JSON."));
                    statuses.push(("409", "It contradicts what is there."));
                    statuses.push(("415", "The body's media type is not supported."));
                }
                if !matches!(method, "GET" | "DELETE" | "OPTIONS") {
                    statuses.push(("413", "The body is too large."));
                }
                if has_body || operation.parameters.is_some() {
                    statuses.push(("422", "A field is at fault; `errors` names it."));
                }
                for (status, description) in statuses {
                    let mut response = problem_response(description);
                    if is_public && has_body && path.starts_with("/v1/public/") {
                        // A browser that sent a form is told so on a page.
                        let page = RefOr::T(Content::default());
                        response.content.insert("text/html".to_owned(), page);
                    }
                    operation
                        .responses
                        .responses
                        .insert(status.to_owned(), RefOr::T(response));
                }
            }
        }
    }
}

fn problem_response(description: &str) -> Response {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .build();
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", content)
        .build()
}

/// The document as indented JSON.
#[must_use]
pub fn document() -> String {
    // The document is data; it always serialises.
    let mut text = Document::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_and_the_router_have_the_same_routes() {
        let document = Document::openapi();
        let mut described: Vec<String> = Vec::new();
        for (path, item) in &document.paths.paths {
            for (method, operation) in [
                ("GET", &item.get),
                ("POST", &item.post),
                ("PATCH", &item.patch),
                ("DELETE", &item.delete),
                ("PUT", &item.put),
                ("OPTIONS", &item.options),
            ] {
                if operation.is_some() {
                    described.push(format!("{method} {path}"));
                }
            }
        }
        let mut served: Vec<String> = routes::ROUTES
            .iter()
            .filter(|route| route.path.starts_with("/v1/"))
            .map(|route| format!("{} {}", route.method, route.path))
            .collect();
        described.sort();
        served.sort();
        assert_eq!(described, served);
    }
}
