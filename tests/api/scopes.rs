//! Access: every route under a key of each single scope.

use goodword::{
    domain::access::Scope,
    http::routes::{Access, ROUTES},
};
use http::Method;
use serde_json::json;

use crate::harness::{ADMIN, Api, filled};

/// Every route with a path that leads somewhere.
fn all() -> impl Iterator<Item = (Method, String, Access)> {
    ROUTES
        .iter()
        .map(|route| (route.method.clone(), filled(route.path), route.access))
}

#[test]
#[expect(clippy::too_many_lines, reason = "a line a route")]
fn the_table_of_routes_and_scopes_is_pinned() {
    let lines: Vec<String> = ROUTES
        .iter()
        .map(|route| {
            let access = match route.access {
                Access::Anybody => "-",
                Access::Person => "whoever is signed in",
                Access::Advocate => "an advocate",
                Access::Scope(scope) => scope.name(),
            };
            format!("{} {} {access}", route.method, route.path)
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    GET /v1/health -
    POST /v1/programs programs:write
    GET /v1/programs programs:read
    GET /v1/programs/{program} programs:read
    PATCH /v1/programs/{program} programs:write
    GET /v1/programs/{program}/content programs:read
    PUT /v1/programs/{program}/content programs:write
    GET /v1/programs/{program}/versions programs:read
    POST /v1/programs/{program}/destinations programs:write
    GET /v1/programs/{program}/destinations programs:read
    GET /v1/programs/{program}/destinations/{destination} programs:read
    PATCH /v1/programs/{program}/destinations/{destination} programs:write
    POST /v1/programs/{program}/labels programs:write
    GET /v1/programs/{program}/labels programs:read
    POST /v1/programs/{program}/advocates advocates:write
    GET /v1/programs/{program}/advocates advocates:read
    GET /v1/programs/{program}/advocates/{advocate} advocates:read
    PATCH /v1/programs/{program}/advocates/{advocate} advocates:write
    POST /v1/programs/{program}/advocates/{advocate}/merge rewards:write
    POST /v1/programs/{program}/advocates/{advocate}/invite advocates:write
    POST /v1/programs/{program}/advocates/{advocate}/token advocates:write
    POST /v1/me/link -
    POST /v1/me/session -
    DELETE /v1/me/session an advocate
    GET /v1/me an advocate
    PATCH /v1/me an advocate
    PUT /v1/me/program an advocate
    POST /v1/me/code an advocate
    POST /v1/me/shares an advocate
    POST /v1/me/referrals an advocate
    GET /v1/me/referrals an advocate
    GET /v1/me/statement an advocate
    GET /v1/me/team an advocate
    POST /v1/me/team an advocate
    POST /v1/me/export an advocate
    POST /v1/me/leave an advocate
    POST /v1/links links:write
    POST /v1/links/bulk links:write
    POST /v1/links/verify links:write
    POST /v1/links/revoke links:write
    POST /v1/shares shares:write
    POST /v1/codes links:write
    GET /v1/codes/{code} links:write
    POST /v1/codes/{code}/revoke links:write
    GET /v1/reps programs:read
    PUT /v1/reps/{rep} programs:write
    GET /v1/reps/{rep}/day leads:read
    PUT /v1/reps/{rep}/goals leads:write
    GET /v1/programs/{program}/routing programs:read
    PUT /v1/programs/{program}/routing programs:write
    POST /v1/leads leads:write
    GET /v1/leads leads:read
    GET /v1/leads/{lead} leads:read
    GET /v1/leads/{lead}/why leads:read
    POST /v1/leads/{lead}/stage leads:write
    POST /v1/leads/{lead}/followed-up leads:write
    POST /v1/moments advocates:write
    POST /v1/leads/{lead}/owner leads:write
    POST /v1/public/leads -
    OPTIONS /v1/public/leads -
    POST /v1/public/conversions -
    OPTIONS /v1/public/conversions -
    POST /v1/referrals/verbal leads:write
    POST /v1/conversions conversions:write
    GET /v1/conversions leads:read
    POST /v1/attribution/what-if leads:read
    GET /v1/programs/{program}/rules programs:read
    PUT /v1/programs/{program}/rules programs:write
    GET /v1/programs/{program}/rules/versions programs:read
    POST /v1/programs/{program}/rules/dry-run rewards:read
    GET /v1/rewards rewards:read
    GET /v1/rewards/{reward} rewards:read
    POST /v1/rewards/{reward}/approve rewards:write
    POST /v1/rewards/{reward}/hold rewards:write
    POST /v1/rewards/{reward}/release rewards:write
    GET /v1/programs/{program}/advocates/{advocate}/statement rewards:read
    POST /v1/payouts rewards:write
    GET /v1/payouts rewards:read
    GET /v1/payouts/{payout} rewards:read
    POST /v1/payouts/{payout}/paid rewards:write
    POST /v1/people/export people:write
    POST /v1/people/erase people:write
    POST /v1/reconciliations/{run}/apply reconciliations:write
    GET /v1/audit data:read
    POST /v1/reconciliations reconciliations:write
    GET /v1/reconciliations reconciliations:read
    GET /v1/reconciliations/{run} reconciliations:read
    GET /v1/reconciliations/{run}/findings reconciliations:read
    GET /v1/reconciliations/{run}/compare reconciliations:read
    GET /v1/checks data:read
    POST /v1/checks data:write
    POST /v1/checks/repair data:write
    GET /v1/archives data:read
    POST /v1/replays data:write
    GET /v1/stats statistics:read
    GET /v1/stats/series statistics:read
    GET /v1/stats/live statistics:read
    GET /v1/stats/funnel statistics:read
    GET /v1/stats/advocates statistics:read
    GET /v1/stats/quarter statistics:read
    POST /v1/session/link -
    POST /v1/session -
    GET /v1/session whoever is signed in
    DELETE /v1/session whoever is signed in
    GET /v1/team team:write
    POST /v1/team team:write
    PATCH /v1/team/{member} team:write
    POST /v1/team/{member}/invite team:write
    GET /v1/crm crm:read
    POST /v1/crm crm:write
    GET /v1/crm/{connection} crm:read
    PATCH /v1/crm/{connection} crm:write
    DELETE /v1/crm/{connection} crm:write
    POST /v1/crm/{connection}/rotate crm:write
    POST /v1/crm/{connection}/sync crm:write
    GET /v1/crm/{connection}/leads crm:read
    GET /v1/crm/{connection}/events crm:read
    POST /v1/crm/{connection}/events -
    POST /v1/keys keys:write
    GET /v1/keys keys:write
    DELETE /v1/keys/{key} keys:write
    POST /v1/imports imports:write
    GET /v1/export data:read
    POST /v1/restore data:write
    GET /v1/events webhooks:read
    GET /v1/webhooks webhooks:read
    POST /v1/webhooks webhooks:write
    GET /v1/webhooks/{webhook} webhooks:read
    PATCH /v1/webhooks/{webhook} webhooks:write
    DELETE /v1/webhooks/{webhook} webhooks:write
    GET /v1/webhooks/{webhook}/secret webhooks:write
    POST /v1/webhooks/{webhook}/rotate webhooks:write
    POST /v1/webhooks/{webhook}/test webhooks:write
    POST /v1/webhooks/{webhook}/replay webhooks:write
    GET /v1/webhooks/{webhook}/deliveries webhooks:read
    GET /v1/webhooks/{webhook}/deliveries/{event} webhooks:read
    GET /v1/programs/{program}/messages messages:read
    PATCH /v1/programs/{program}/messages messages:write
    PUT /v1/programs/{program}/messages/{message} messages:write
    POST /v1/programs/{program}/messages/{message}/preview messages:read
    POST /v1/programs/{program}/messages/{message}/test messages:write
    GET /v1/letters messages:read
    GET /v1/suppressions messages:read
    POST /v1/suppressions messages:write
    POST /v1/suppressions/lift messages:write
    POST /v1/mail/events -
    GET /u/{token} -
    POST /u/{token} -
    GET /l/{program} -
    GET /l/{program}/ -
    GET /l/{program}/{picture} -
    ");
}

#[test]
fn a_key_of_one_scope_opens_its_routes_and_no_others() {
    let api = Api::furnished();
    for held in Scope::ALL {
        let key = api.key(&[held.name()]);
        for (method, path, access) in all() {
            let answer = api
                .request(method.clone(), &path)
                .key(&key)
                .json(&json!({}))
                .send();
            let status = answer.status.as_u16();
            let case = format!("{} on {method} {path}: {}", held.name(), answer.text);
            match access {
                Access::Person | Access::Advocate => drop(answer.problem(401)),
                Access::Scope(scope) if scope != held => {
                    let problem = answer.problem(403);
                    assert_eq!(problem["type"], "urn:goodword:problem:forbidden", "{case}");
                    let detail = problem["detail"].as_str().unwrap();
                    assert!(detail.contains(scope.name()), "{case}");
                }
                _ => assert!(![401, 403, 405].contains(&status) && status < 500, "{case}"),
            }
        }
    }
    // Nothing of what was refused was done.
    let programs = api.get("/v1/programs").expect(200);
    assert_eq!(programs["items"].as_array().unwrap().len(), 1);
}

#[test]
fn without_a_known_key_every_route_but_public_ones_is_401() {
    let api = Api::furnished();
    let revoked = api.key(&["programs:read"]);
    api.plant("UPDATE api_keys SET revoked_at = 1");
    let credentials = [
        None,
        Some(String::new()),
        Some("Bearer".to_owned()),
        Some("Bearer ".to_owned()),
        Some(format!("Bearer {revoked}")),
        Some(format!("Bearer {revoked}x")),
        Some(format!("Basic {ADMIN}")),
        Some(ADMIN.to_owned()),
        Some("Bearer gwk_00000000000000000000000000000000000000000000".to_owned()),
    ];
    for (method, path, access) in all() {
        for credential in &credentials {
            let mut ask = api.request(method.clone(), &path).json(&json!({}));
            if let Some(credential) = credential {
                ask = ask.header("authorization", credential);
            }
            let answer = ask.send();
            if access == Access::Anybody {
                assert!(
                    ![401, 403].contains(&answer.status.as_u16()),
                    "{method} {path}"
                );
                continue;
            }
            let problem = answer.problem(401);
            assert_eq!(problem["type"], "urn:goodword:problem:unauthenticated");
            let challenge = answer.header("www-authenticate");
            assert_eq!(challenge, Some("Bearer realm=\"goodword\""));
        }
    }
}

#[test]
fn the_operator_may_do_everything_but_be_an_advocate_and_the_scheme_has_no_case() {
    let api = Api::furnished();
    for (method, path, access) in all() {
        for scheme in ["Bearer", "bearer", "BEARER"] {
            let answer = api
                .request(method.clone(), &path)
                .header("authorization", &format!("{scheme} {ADMIN}"))
                .json(&json!({}))
                .send();
            let status = answer.status.as_u16();
            if access == Access::Advocate {
                assert_eq!(status, 401, "{method} {path}");
                continue;
            }
            assert!(
                ![401, 403, 405].contains(&status) && status < 500,
                "{method} {path}"
            );
        }
    }
}
