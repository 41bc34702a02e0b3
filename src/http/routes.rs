//! Routes: one table that says what there is and who may call it.
//!
//! Owns the table. `dispatch` knows no other source of permissions, and `openapi`
//! is held against the same table by a test.

use std::pin::Pin;

use http::Method;

use super::{
    Response, advocates, archives, audit, checks, claims, codes, content, conversions, crm,
    destinations, events, exports, funnel, goals, health, imports, input, keys, labels, landing,
    leads, letters, links, links_bulk, mail_events, me, mend, messages, moments, payouts, people,
    portal,
    problem::Problem,
    programs, public, reconciliations, replays, reps,
    request::Request,
    restore, rewards, rules, session, shares, stages, statistics, suppressions, team, unsubscribe,
    verbal,
    webhooks::{self, deliveries},
    what_if,
};
use crate::domain::access::Scope;

/// One route.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, with `{parameters}`.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// Whether the handler reads the body itself, piece by piece.
    pub streams: bool,
    /// Bytes of a body at most that is read before.
    pub(super) most: usize,
    pub(super) handler: Handler,
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Anybody,
    /// Whoever is signed in, and the operator; no program.
    Person,
    /// An advocate, of their own.
    Advocate,
    /// Whoever has the scope, a person or a program.
    Scope(Scope),
}

/// All handlers have one type, so that nothing but their bodies is compiled once
/// for each of them.
pub(super) type Handler = fn(Request) -> Handled;

/// What a handler is doing.
pub(super) type Handled = Pin<Box<dyn Future<Output = Result<Response, Problem>> + Send>>;

const fn route(method: Method, path: &'static str, scope: Scope, handler: Handler) -> Route {
    Route {
        method,
        path,
        access: Access::Scope(scope),
        streams: false,
        most: input::MOST_BYTES,
        handler,
    }
}

/// A route that anybody may call.
const fn public(method: Method, path: &'static str, handler: Handler) -> Route {
    Route {
        method,
        path,
        access: Access::Anybody,
        streams: false,
        most: input::MOST_BYTES,
        handler,
    }
}

/// A route for whoever is signed in, whatever they may do.
const fn person(method: Method, path: &'static str, handler: Handler) -> Route {
    Route {
        method,
        path,
        access: Access::Person,
        streams: false,
        most: input::MOST_BYTES,
        handler,
    }
}

/// A route for advocates, of their own.
const fn own(method: Method, path: &'static str, handler: Handler) -> Route {
    Route {
        method,
        path,
        access: Access::Advocate,
        streams: false,
        most: input::MOST_BYTES,
        handler,
    }
}

/// A route whose body has pictures in it.
const fn pictured(method: Method, path: &'static str, scope: Scope, handler: Handler) -> Route {
    Route {
        method,
        path,
        access: Access::Scope(scope),
        streams: false,
        most: input::MOST_BYTES_WITH_PICTURES,
        handler,
    }
}

/// A route that reads its body piece by piece.
const fn streaming(method: Method, path: &'static str, scope: Scope, handler: Handler) -> Route {
    Route {
        method,
        path,
        access: Access::Scope(scope),
        streams: true,
        most: 0,
        handler,
    }
}

use Scope as S;

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const PATCH: Method = Method::PATCH;
const PUT: Method = Method::PUT;
const DELETE: Method = Method::DELETE;
const OPTIONS: Method = Method::OPTIONS;

const SESSION: &str = "/v1/session";
const ME: &str = "/v1/me";
const TEAM: &str = "/v1/team";
const PROGRAMS: &str = "/v1/programs";
const PROGRAM: &str = "/v1/programs/{program}";
const CONTENT: &str = "/v1/programs/{program}/content";
const CRM: &str = "/v1/crm";
const CONNECTION: &str = "/v1/crm/{connection}";
const CRM_EVENTS: &str = "/v1/crm/{connection}/events";
const DESTINATIONS: &str = "/v1/programs/{program}/destinations";
const DESTINATION: &str = "/v1/programs/{program}/destinations/{destination}";
const LABELS: &str = "/v1/programs/{program}/labels";
const ADVOCATES: &str = "/v1/programs/{program}/advocates";
const RULES: &str = "/v1/programs/{program}/rules";
const STATEMENT: &str = "/v1/programs/{program}/advocates/{advocate}/statement";
const ROUTING: &str = "/v1/programs/{program}/routing";
const MESSAGES: &str = "/v1/programs/{program}/messages";
const MESSAGE: &str = "/v1/programs/{program}/messages/{message}";
const WAY_OUT: &str = "/u/{token}";
const RECONCILIATIONS: &str = "/v1/reconciliations";
const WEBHOOKS: &str = "/v1/webhooks";
const WEBHOOK: &str = "/v1/webhooks/{webhook}";
const ADVOCATE: &str = "/v1/programs/{program}/advocates/{advocate}";

/// The table. Where two paths match, the first one does.
#[rustfmt::skip] // A line a route.
pub static ROUTES: &[Route] = &[
    public(GET, "/v1/health", |r| Box::pin(health::health(r))),
    route(POST, PROGRAMS, S::ProgramsWrite, |r| Box::pin(programs::create(r))),
    route(GET, PROGRAMS, S::ProgramsRead, |r| Box::pin(programs::list(r))),
    route(GET, PROGRAM, S::ProgramsRead, |r| Box::pin(programs::read(r))),
    route(PATCH, PROGRAM, S::ProgramsWrite, |r| Box::pin(programs::update(r))),
    route(GET, CONTENT, S::ProgramsRead, |r| Box::pin(content::read(r))),
    pictured(PUT, CONTENT, S::ProgramsWrite, |r| Box::pin(content::put(r))),
    route(GET, "/v1/programs/{program}/versions", S::ProgramsRead, |r| Box::pin(content::versions(r))),
    route(POST, DESTINATIONS, S::ProgramsWrite, |r| Box::pin(destinations::create(r))),
    route(GET, DESTINATIONS, S::ProgramsRead, |r| Box::pin(destinations::list(r))),
    route(GET, DESTINATION, S::ProgramsRead, |r| Box::pin(destinations::read(r))),
    route(PATCH, DESTINATION, S::ProgramsWrite, |r| Box::pin(destinations::update(r))),
    route(POST, LABELS, S::ProgramsWrite, |r| Box::pin(labels::create(r))),
    route(GET, LABELS, S::ProgramsRead, |r| Box::pin(labels::list(r))),
    route(POST, ADVOCATES, S::AdvocatesWrite, |r| Box::pin(advocates::create(r))),
    route(GET, ADVOCATES, S::AdvocatesRead, |r| Box::pin(advocates::list(r))),
    route(GET, ADVOCATE, S::AdvocatesRead, |r| Box::pin(advocates::read(r))),
    route(PATCH, ADVOCATE, S::AdvocatesWrite, |r| Box::pin(advocates::update(r))),
    route(POST, "/v1/programs/{program}/advocates/{advocate}/merge", S::RewardsWrite, |r| Box::pin(advocates::merge(r))),
    route(POST, "/v1/programs/{program}/advocates/{advocate}/invite", S::AdvocatesWrite, |r| Box::pin(advocates::invite(r))),
    route(POST, "/v1/programs/{program}/advocates/{advocate}/token", S::AdvocatesWrite, |r| Box::pin(portal::vouch(r))),
    public(POST, "/v1/me/link", |r| Box::pin(portal::send_link(r))),
    public(POST, "/v1/me/session", |r| Box::pin(portal::begin(r))),
    own(DELETE, "/v1/me/session", |r| Box::pin(portal::end(r))),
    own(GET, ME, |r| Box::pin(me::read(r))),
    own(PATCH, ME, |r| Box::pin(me::update(r))),
    own(PUT, "/v1/me/program", |r| Box::pin(me::switch(r))),
    own(POST, "/v1/me/code", |r| Box::pin(me::code(r))),
    own(POST, "/v1/me/shares", |r| Box::pin(me::share(r))),
    own(POST, "/v1/me/referrals", |r| Box::pin(me::refer(r))),
    own(GET, "/v1/me/referrals", |r| Box::pin(me::referrals(r))),
    own(GET, "/v1/me/statement", |r| Box::pin(me::statement(r))),
    own(GET, "/v1/me/team", |r| Box::pin(me::team(r))),
    own(POST, "/v1/me/team", |r| Box::pin(me::bring(r))),
    own(POST, "/v1/me/export", |r| Box::pin(me::export(r))),
    own(POST, "/v1/me/leave", |r| Box::pin(me::leave(r))),
    route(POST, "/v1/links", S::LinksWrite, |r| Box::pin(links::issue(r))),
    streaming(POST, "/v1/links/bulk", S::LinksWrite, |r| Box::pin(links_bulk::issue(r))),
    route(POST, "/v1/links/verify", S::LinksWrite, |r| Box::pin(links::verify(r))),
    route(POST, "/v1/links/revoke", S::LinksWrite, |r| Box::pin(links::revoke(r))),
    route(POST, "/v1/shares", S::SharesWrite, |r| Box::pin(shares::record(r))),
    route(POST, "/v1/codes", S::LinksWrite, |r| Box::pin(codes::issue(r))),
    route(GET, "/v1/codes/{code}", S::LinksWrite, |r| Box::pin(codes::read(r))),
    route(POST, "/v1/codes/{code}/revoke", S::LinksWrite, |r| Box::pin(codes::revoke(r))),
    route(GET, "/v1/reps", S::ProgramsRead, |r| Box::pin(reps::list(r))),
    route(PUT, "/v1/reps/{rep}", S::ProgramsWrite, |r| Box::pin(reps::put(r))),
    route(GET, "/v1/reps/{rep}/day", S::LeadsRead, |r| Box::pin(goals::day(r))),
    route(PUT, "/v1/reps/{rep}/goals", S::LeadsWrite, |r| Box::pin(goals::set(r))),
    route(GET, ROUTING, S::ProgramsRead, |r| Box::pin(reps::read_routing(r))),
    route(PUT, ROUTING, S::ProgramsWrite, |r| Box::pin(reps::set_routing(r))),
    route(POST, "/v1/leads", S::LeadsWrite, |r| Box::pin(leads::create(r))),
    route(GET, "/v1/leads", S::LeadsRead, |r| Box::pin(leads::list(r))),
    route(GET, "/v1/leads/{lead}", S::LeadsRead, |r| Box::pin(leads::read(r))),
    route(GET, "/v1/leads/{lead}/why", S::LeadsRead, |r| Box::pin(leads::why(r))),
    route(POST, "/v1/leads/{lead}/stage", S::LeadsWrite, |r| Box::pin(stages::step(r))),
    route(POST, "/v1/leads/{lead}/followed-up", S::LeadsWrite, |r| Box::pin(moments::follow_up(r))),
    route(POST, "/v1/moments", S::AdvocatesWrite, |r| Box::pin(moments::record(r))),
    route(POST, "/v1/leads/{lead}/owner", S::LeadsWrite, |r| Box::pin(stages::hand_over(r))),
    public(POST, "/v1/public/leads", |r| Box::pin(public::take(r))),
    public(OPTIONS, "/v1/public/leads", |r| Box::pin(public::preflight(r))),
    public(POST, "/v1/public/conversions", |r| Box::pin(claims::take(r))),
    public(OPTIONS, "/v1/public/conversions", |r| Box::pin(claims::preflight(r))),
    route(POST, "/v1/referrals/verbal", S::LeadsWrite, |r| Box::pin(verbal::enter(r))),
    route(POST, "/v1/conversions", S::ConversionsWrite, |r| Box::pin(conversions::create(r))),
    route(GET, "/v1/conversions", S::LeadsRead, |r| Box::pin(conversions::list(r))),
    route(POST, "/v1/attribution/what-if", S::LeadsRead, |r| Box::pin(what_if::ask(r))),
    route(GET, RULES, S::ProgramsRead, |r| Box::pin(rules::read(r))),
    route(PUT, RULES, S::ProgramsWrite, |r| Box::pin(rules::put(r))),
    route(GET, "/v1/programs/{program}/rules/versions", S::ProgramsRead, |r| Box::pin(rules::versions(r))),
    route(POST, "/v1/programs/{program}/rules/dry-run", S::RewardsRead, |r| Box::pin(rules::dry_run(r))),
    route(GET, "/v1/rewards", S::RewardsRead, |r| Box::pin(rewards::list(r))),
    route(GET, "/v1/rewards/{reward}", S::RewardsRead, |r| Box::pin(rewards::read(r))),
    route(POST, "/v1/rewards/{reward}/approve", S::RewardsWrite, |r| Box::pin(rewards::approve(r))),
    route(POST, "/v1/rewards/{reward}/hold", S::RewardsWrite, |r| Box::pin(rewards::hold(r))),
    route(POST, "/v1/rewards/{reward}/release", S::RewardsWrite, |r| Box::pin(rewards::release(r))),
    route(GET, STATEMENT, S::RewardsRead, |r| Box::pin(rewards::statement(r))),
    route(POST, "/v1/payouts", S::RewardsWrite, |r| Box::pin(payouts::issue(r))),
    route(GET, "/v1/payouts", S::RewardsRead, |r| Box::pin(payouts::list(r))),
    route(GET, "/v1/payouts/{payout}", S::RewardsRead, |r| Box::pin(payouts::read(r))),
    route(POST, "/v1/payouts/{payout}/paid", S::RewardsWrite, |r| Box::pin(payouts::paid(r))),
    route(POST, "/v1/people/export", S::PeopleWrite, |r| Box::pin(people::export(r))),
    route(POST, "/v1/people/erase", S::PeopleWrite, |r| Box::pin(people::erase(r))),
    route(POST, "/v1/reconciliations/{run}/apply", S::ReconciliationsWrite, |r| Box::pin(mend::apply(r))),
    route(GET, "/v1/audit", S::DataRead, |r| Box::pin(audit::list(r))),
    streaming(POST, RECONCILIATIONS, S::ReconciliationsWrite, |r| Box::pin(reconciliations::upload::create(r))),
    route(GET, RECONCILIATIONS, S::ReconciliationsRead, |r| Box::pin(reconciliations::list(r))),
    route(GET, "/v1/reconciliations/{run}", S::ReconciliationsRead, |r| Box::pin(reconciliations::read(r))),
    route(GET, "/v1/reconciliations/{run}/findings", S::ReconciliationsRead, |r| Box::pin(reconciliations::findings(r))),
    route(GET, "/v1/reconciliations/{run}/compare", S::ReconciliationsRead, |r| Box::pin(reconciliations::compare(r))),
    route(GET, "/v1/checks", S::DataRead, |r| Box::pin(checks::list(r))),
    route(POST, "/v1/checks", S::DataWrite, |r| Box::pin(checks::run(r))),
    route(POST, "/v1/checks/repair", S::DataWrite, |r| Box::pin(checks::repair(r))),
    route(GET, "/v1/archives", S::DataRead, |r| Box::pin(archives::list(r))),
    streaming(POST, "/v1/replays", S::DataWrite, |r| Box::pin(replays::run(r))),
    route(GET, "/v1/stats", S::StatisticsRead, |r| Box::pin(statistics::read(r))),
    route(GET, "/v1/stats/series", S::StatisticsRead, |r| Box::pin(statistics::series(r))),
    route(GET, "/v1/stats/live", S::StatisticsRead, |r| Box::pin(statistics::live(r))),
    route(GET, "/v1/stats/funnel", S::StatisticsRead, |r| Box::pin(funnel::read(r))),
    route(GET, "/v1/stats/advocates", S::StatisticsRead, |r| Box::pin(funnel::advocates(r))),
    route(GET, "/v1/stats/quarter", S::StatisticsRead, |r| Box::pin(funnel::quarter(r))),
    public(POST, "/v1/session/link", |r| Box::pin(session::send_link(r))),
    public(POST, SESSION, |r| Box::pin(session::begin(r))),
    person(GET, SESSION, |r| Box::pin(session::read(r))),
    person(DELETE, SESSION, |r| Box::pin(session::end(r))),
    route(GET, TEAM, S::TeamWrite, |r| Box::pin(team::list(r))),
    route(POST, TEAM, S::TeamWrite, |r| Box::pin(team::invite(r))),
    route(PATCH, "/v1/team/{member}", S::TeamWrite, |r| Box::pin(team::update(r))),
    route(POST, "/v1/team/{member}/invite", S::TeamWrite, |r| Box::pin(team::invite_again(r))),
    route(GET, CRM, S::CrmRead, |r| Box::pin(crm::list(r))),
    route(POST, CRM, S::CrmWrite, |r| Box::pin(crm::create(r))),
    route(GET, CONNECTION, S::CrmRead, |r| Box::pin(crm::read(r))),
    route(PATCH, CONNECTION, S::CrmWrite, |r| Box::pin(crm::update(r))),
    route(DELETE, CONNECTION, S::CrmWrite, |r| Box::pin(crm::remove(r))),
    route(POST, "/v1/crm/{connection}/rotate", S::CrmWrite, |r| Box::pin(crm::rotate(r))),
    route(POST, "/v1/crm/{connection}/sync", S::CrmWrite, |r| Box::pin(crm::sync(r))),
    route(GET, "/v1/crm/{connection}/leads", S::CrmRead, |r| Box::pin(crm::leads(r))),
    route(GET, CRM_EVENTS, S::CrmRead, |r| Box::pin(crm::received(r))),
    public(POST, CRM_EVENTS, |r| Box::pin(crm::events::take(r))),
    route(POST, "/v1/keys", S::KeysWrite, |r| Box::pin(keys::create(r))),
    route(GET, "/v1/keys", S::KeysWrite, |r| Box::pin(keys::list(r))),
    route(DELETE, "/v1/keys/{key}", S::KeysWrite, |r| Box::pin(keys::revoke(r))),
    streaming(POST, "/v1/imports", S::ImportsWrite, |r| Box::pin(imports::import(r))),
    route(GET, "/v1/export", S::DataRead, |r| Box::pin(exports::export(r))),
    streaming(POST, "/v1/restore", S::DataWrite, |r| Box::pin(restore::restore(r))),
    route(GET, "/v1/events", S::WebhooksRead, |r| Box::pin(events::list(r))),
    route(GET, WEBHOOKS, S::WebhooksRead, |r| Box::pin(webhooks::list(r))),
    route(POST, WEBHOOKS, S::WebhooksWrite, |r| Box::pin(webhooks::create(r))),
    route(GET, WEBHOOK, S::WebhooksRead, |r| Box::pin(webhooks::read(r))),
    route(PATCH, WEBHOOK, S::WebhooksWrite, |r| Box::pin(webhooks::update(r))),
    route(DELETE, WEBHOOK, S::WebhooksWrite, |r| Box::pin(webhooks::delete(r))),
    route(GET, "/v1/webhooks/{webhook}/secret", S::WebhooksWrite, |r| Box::pin(webhooks::secret(r))),
    route(POST, "/v1/webhooks/{webhook}/rotate", S::WebhooksWrite, |r| Box::pin(webhooks::rotate(r))),
    route(POST, "/v1/webhooks/{webhook}/test", S::WebhooksWrite, |r| Box::pin(deliveries::test(r))),
    route(POST, "/v1/webhooks/{webhook}/replay", S::WebhooksWrite, |r| Box::pin(deliveries::replay(r))),
    route(GET, "/v1/webhooks/{webhook}/deliveries", S::WebhooksRead, |r| Box::pin(deliveries::list(r))),
    route(GET, "/v1/webhooks/{webhook}/deliveries/{event}", S::WebhooksRead, |r| Box::pin(deliveries::read(r))),
    route(GET, MESSAGES, S::MessagesRead, |r| Box::pin(messages::read(r))),
    route(PATCH, MESSAGES, S::MessagesWrite, |r| Box::pin(messages::update(r))),
    route(PUT, MESSAGE, S::MessagesWrite, |r| Box::pin(messages::put(r))),
    route(POST, "/v1/programs/{program}/messages/{message}/preview", S::MessagesRead, |r| Box::pin(messages::preview(r))),
    route(POST, "/v1/programs/{program}/messages/{message}/test", S::MessagesWrite, |r| Box::pin(messages::test(r))),
    route(GET, "/v1/letters", S::MessagesRead, |r| Box::pin(letters::list(r))),
    route(GET, "/v1/suppressions", S::MessagesRead, |r| Box::pin(suppressions::list(r))),
    route(POST, "/v1/suppressions", S::MessagesWrite, |r| Box::pin(suppressions::add(r))),
    route(POST, "/v1/suppressions/lift", S::MessagesWrite, |r| Box::pin(suppressions::lift(r))),
    public(POST, "/v1/mail/events", |r| Box::pin(mail_events::take(r))),
    public(GET, WAY_OUT, |r| Box::pin(unsubscribe::read(r))),
    public(POST, WAY_OUT, |r| Box::pin(unsubscribe::end(r))),
    public(GET, "/l/{program}", |r| Box::pin(landing::read(r))),
    // Whoever types the address may end it with a slash.
    public(GET, "/l/{program}/", |r| Box::pin(landing::read(r))),
    public(GET, "/l/{program}/{picture}", |r| Box::pin(landing::picture(r))),
];
