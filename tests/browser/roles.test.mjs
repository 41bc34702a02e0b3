// What each role meets: on every page of the console, and at every route that the
// console asks.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { PAGES, ROLES, SIZES, begin, believable, open, signedIn } from "./console.mjs";

/** @import { Console, Role } from "./console.mjs" */

/** What a role may do, as it is promised; the Worker has a table of its own. */
const SCOPES = /** @type {Record<Role, string>} */ ({
  admin: `programs:read programs:write advocates:read advocates:write links:write shares:write leads:read leads:write
    conversions:write rewards:read rewards:write people:write
    reconciliations:read reconciliations:write imports:write data:read data:write
    statistics:read keys:write team:write
    webhooks:read webhooks:write messages:read messages:write crm:read crm:write`,
  marketer: `programs:read programs:write advocates:read advocates:write links:write shares:write leads:read
    leads:write conversions:write rewards:read rewards:write reconciliations:read reconciliations:write
    imports:write statistics:read messages:read messages:write crm:read`,
  rep: `programs:read advocates:read advocates:write links:write shares:write leads:read leads:write statistics:read`,
  "read-only": `programs:read advocates:read leads:read rewards:read reconciliations:read
    statistics:read messages:read`,
});

/** @type {(role: Role, scope: string) => boolean} */
const may = (role, scope) => SCOPES[role].split(/\s+/).includes(scope);

/**
 * Every route that the console asks, with the scope that it takes. Nobody is
 * called `none`, so that nothing is changed by whoever may change it.
 */
const ROUTES = `
programs:read    GET   /v1/programs
programs:write   POST  /v1/programs
programs:read    GET   /v1/programs/acme
programs:write   PATCH /v1/programs/none
programs:read    GET   /v1/programs/acme/destinations
programs:write   POST  /v1/programs/none/destinations
programs:read    GET   /v1/programs/acme/destinations/home
programs:write   PATCH /v1/programs/none/destinations/home
programs:read    GET   /v1/programs/acme/labels
programs:write   POST  /v1/programs/none/labels
programs:read    GET   /v1/programs/acme/content
programs:write   PUT   /v1/programs/none/content
programs:read    GET   /v1/programs/acme/versions
programs:read    GET   /v1/programs/acme/rules
programs:write   PUT   /v1/programs/none/rules
programs:read    GET   /v1/programs/acme/rules/versions
rewards:read     POST  /v1/programs/none/rules/dry-run
programs:read    GET   /v1/programs/acme/routing
programs:write   PUT   /v1/programs/none/routing
programs:read    GET   /v1/reps
programs:write   PUT   /v1/reps/none%20such
leads:read       GET   /v1/reps/lea/day?program=acme
leads:write      PUT   /v1/reps/none/goals
advocates:read   GET   /v1/programs/acme/advocates
advocates:read   GET   /v1/programs/acme/advocates?q=maya
advocates:write  POST  /v1/programs/none/advocates
advocates:read   GET   /v1/programs/acme/advocates/ext:crm-0
advocates:write  PATCH /v1/programs/none/advocates/none
advocates:write  POST  /v1/programs/none/advocates/none/invite
rewards:write    POST  /v1/programs/none/advocates/none/merge
rewards:read     GET   /v1/programs/acme/advocates/ext:crm-0/statement
links:write      POST  /v1/links
links:write      POST  /v1/links/bulk?program=none
links:write      POST  /v1/links/verify
links:write      POST  /v1/links/revoke
links:write      POST  /v1/codes
links:write      GET   /v1/codes/NONE-000-000
links:write      POST  /v1/codes/NONE-000-000/revoke
shares:write     POST  /v1/shares
leads:read       GET   /v1/leads?program=acme
leads:write      POST  /v1/leads
leads:read       GET   /v1/leads/ld_0
leads:read       GET   /v1/leads/ld_0/why
leads:write      POST  /v1/leads/ld_0/stage
leads:write      POST  /v1/leads/ld_0/owner
leads:write      POST  /v1/leads/ld_0/followed-up
leads:write      POST  /v1/referrals/verbal
conversions:write POST /v1/conversions
leads:read       GET   /v1/conversions?program=acme
reconciliations:write POST /v1/reconciliations?program=none
reconciliations:read GET /v1/reconciliations?program=acme
reconciliations:read GET /v1/reconciliations/rc_0
reconciliations:read GET /v1/reconciliations/rc_0/findings
reconciliations:read GET /v1/reconciliations/rc_0/compare?with=rc_0
reconciliations:write POST /v1/reconciliations/rc_0/apply
leads:read       POST  /v1/attribution/what-if
rewards:read     GET   /v1/rewards?program=acme
rewards:read     GET   /v1/rewards/rw_0
rewards:write    POST  /v1/rewards/rw_0/approve
rewards:write    POST  /v1/rewards/rw_0/hold
rewards:write    POST  /v1/rewards/rw_0/release
rewards:read     GET   /v1/payouts?program=acme
rewards:write    POST  /v1/payouts
rewards:read     GET   /v1/payouts/po_0
rewards:write    POST  /v1/payouts/po_0/paid
statistics:read  GET   /v1/stats?program=acme&by=channel
statistics:read  GET   /v1/stats/series?program=acme&from=2026-11-01&to=2026-11-20&unit=day
statistics:read  GET   /v1/stats/live?program=acme
statistics:read  GET   /v1/stats/funnel?program=acme&by=channel
statistics:read  GET   /v1/stats/advocates?program=acme
statistics:read  GET   /v1/stats/quarter?program=acme
imports:write    POST  /v1/imports?program=none&of=advocates
data:read        GET   /v1/export?format=csv&table=programs
data:write       POST  /v1/replays?format=none
data:read        GET   /v1/archives
data:read        GET   /v1/checks
data:write       POST  /v1/checks/repair
data:read        GET   /v1/audit
webhooks:read    GET   /v1/events
webhooks:read    GET   /v1/webhooks
webhooks:write   POST  /v1/webhooks
webhooks:read    GET   /v1/webhooks/wh_0
webhooks:write   PATCH /v1/webhooks/wh_0
webhooks:write   DELETE /v1/webhooks/wh_0
webhooks:write   GET   /v1/webhooks/wh_0/secret
webhooks:write   POST  /v1/webhooks/wh_0/rotate
webhooks:write   POST  /v1/webhooks/wh_0/test
webhooks:write   POST  /v1/webhooks/wh_0/replay
webhooks:read    GET   /v1/webhooks/wh_0/deliveries
webhooks:read    GET   /v1/webhooks/wh_0/deliveries/evt_0
messages:read    GET   /v1/programs/acme/messages
messages:write   PATCH /v1/programs/none/messages
messages:write   PUT   /v1/programs/none/messages/moved
messages:read    POST  /v1/programs/none/messages/moved/preview
messages:write   POST  /v1/programs/none/messages/moved/test
messages:read    GET   /v1/letters?program=acme
messages:read    GET   /v1/suppressions
messages:write   POST  /v1/suppressions
messages:write   POST  /v1/suppressions/lift
crm:read         GET   /v1/crm
crm:write        POST  /v1/crm
crm:read         GET   /v1/crm/crm_0
crm:write        PATCH /v1/crm/crm_0
crm:write        DELETE /v1/crm/crm_0
crm:write        POST  /v1/crm/crm_0/rotate
crm:write        POST  /v1/crm/crm_0/sync
crm:read         GET   /v1/crm/crm_0/leads
crm:read         GET   /v1/crm/crm_0/events
team:write       GET   /v1/team
team:write       POST  /v1/team
team:write       PATCH /v1/team/mem_0
team:write       POST  /v1/team/mem_0/invite
keys:write       GET   /v1/keys
keys:write       POST  /v1/keys
keys:write       DELETE /v1/keys/none
people:write     POST  /v1/people/export
people:write     POST  /v1/people/erase
`.trim().split("\n").map((line) => {
  const [scope, method, path] = line.split(/\s+/);
  return { scope, method, path };
});

/** @type {Console} */
let console;
/** @type {Record<Role, { cookie: string, body: any }>} */
const sessions = /** @type {any} */ ({});

before(async () => {
  console = await begin();
  await believable(console.worker);
  for (const role of ROLES) sessions[role] = await console.session((await console.invite(role)).link);
});
after(() => console?.stop());

/**
 * @param {Role} role
 * @param {string} method
 * @param {string} path
 * @param {Record<string, string>} headers
 */
function ask(role, method, path, headers = console.worker.sameOrigin) {
  const body = method === "GET" || method === "DELETE" ? undefined : {};
  return console.worker.api(method, path, body, { authorization: "", cookie: sessions[role].cookie, ...headers });
}

for (const role of ROLES) {
  test(`${role}: the session says what the role may do`, () => {
    const { body } = sessions[role];
    assert.equal(body.role, role);
    assert.deepEqual([...body.scopes].sort(), SCOPES[role].split(/\s+/).sort());
    assert.equal(body.rep, role === "rep" ? "lea" : null);
  });

  test(`${role}: each route that the console asks is open to who may call it, and to nobody else`, async () => {
    const answers = await Promise.all(ROUTES.map(async ({ method, path }) => ask(role, method, path)));
    const wrong = ROUTES.flatMap(({ scope, method, path }, n) => {
      const { status, body } = answers[n];
      const refused = status === 401 || status === 403;
      const right = may(role, scope) ? !refused && status < 500 : status === 403;
      return right ? [] : [`${method} ${path}: ${status} ${JSON.stringify(body).slice(0, 200)}`];
    });
    assert.deepEqual(wrong, []);
    // What is only read is there to be read.
    const missing = ROUTES.flatMap(({ scope, method, path }, n) =>
      (method === "GET" && may(role, scope) && !/\/(ld_0|rw_0|po_0|rc_0|wh_0|crm_0|NONE)/.test(path) && answers[n].status !== 200
        ? [`${path}: ${answers[n].status}`] : []));
    assert.deepEqual(missing, []);
  });

  test(`${role}: every page shows itself, or says that the role may not`, async () => {
    const context = await signedIn(console, sessions[role].cookie);
    const page = await context.newPage();
    const open = Object.entries(PAGES).filter(([, scope]) => may(role, scope)).map(([path]) => path);
    for (const path of Object.keys(PAGES)) {
      /** @type {string[]} */
      const refused = [];
      page.removeAllListeners("response");
      page.on("response", (response) => {
        if ([401, 403].includes(response.status())) refused.push(`${path}: ${response.url()} ${response.status()}`);
      });
      await visit(page, path);
      const shown = await page.getByRole("heading", { level: 1 }).first().innerText();
      const barred = await page.getByText("Your role cannot open this page").count() > 0;
      assert.equal(barred, !open.includes(path), `${path} says “${shown}”`);
      // A page asks for nothing that its visitor may not have.
      assert.deepEqual(refused, []);
      assert.deepEqual(await entries(page), open, path);
    }
    await context.close();
  });
}

/**
 * @param {import("playwright-core").Page} page
 * @param {string} path
 */
const visit = (page, path) => open(page, `${console.origin}${path}?program=acme`);

/**
 * The pages of the navigation, in the order of PAGES.
 * @param {import("playwright-core").Page} page
 */
async function entries(page) {
  const links = await page.locator("nav a[href^='/console']").evaluateAll((all) =>
    all.map((link) => new URL(/** @type {HTMLAnchorElement} */ (link).href).pathname));
  return Object.keys(PAGES).filter((path) => links.includes(path));
}

test("a telephone has the same pages in reach as a desktop", async () => {
  const context = await signedIn(console, sessions.rep.cookie, SIZES.phone);
  const page = await context.newPage();
  await visit(page, "/console/links");
  await page.getByRole("button", { name: "More" }).click();
  const links = page.getByRole("dialog").getByRole("navigation").getByRole("link");
  const shown = await links.evaluateAll((all) => all.map((link) => new URL(/** @type {HTMLAnchorElement} */ (link).href).pathname));
  assert.deepEqual(shown.toSorted(), [...Object.keys(PAGES).filter((path) => may("rep", /** @type {any} */ (PAGES)[path])), "/rep"].toSorted());
  await context.close();
});

test("without a session every page leads to signing in, and back", async () => {
  const context = await console.browser.newContext();
  const page = await context.newPage();
  for (const path of Object.keys(PAGES)) {
    await page.goto(`${console.origin}${path}?program=acme`);
    await page.waitForURL("**/sign-in?next=*");
    assert.match(new URL(page.url()).searchParams.get("next") ?? "", new RegExp(`^${path}\\?program=acme`));
  }
  await context.close();
});

test("without a session every route of the console is refused", async () => {
  const answers = await Promise.all(ROUTES.map(({ method, path }) =>
    console.worker.api(method, path, method === "GET" || method === "DELETE" ? undefined : {}, { authorization: "" })));
  assert.deepEqual(ROUTES.filter((_, n) => answers[n].status !== 401), []);
});

test("a write with the cookie is refused unless it comes from a page of ours", async () => {
  /** @type {Record<string, string>[]} */
  const foreign = [
    {},
    { origin: "https://evil.example" },
    { origin: "null" },
    { "sec-fetch-site": "cross-site", origin: console.origin },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "none" },
  ];
  for (const headers of foreign) {
    for (const { method, path } of ROUTES.filter((route) => route.method !== "GET")) {
      const answer = await ask("admin", method, path, headers);
      assert.equal(answer.status, 403, `${method} ${path} with ${JSON.stringify(headers)}`);
    }
  }
});

test("another site's form and script cannot act for whoever is signed in", async (t) => {
  const evil = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><title>evil</title>
      <form method="post" enctype="text/plain" action="${console.origin}/v1/programs">
      <input name='{"slug":"stolen","name":"x","a":"' value='"}'><button>Win</button></form>
      <script>
        const ask = (credentials) => fetch("${console.origin}/v1/programs", { method: "POST", credentials, mode: "no-cors",
          body: '{"slug":"stolen","name":"x"}' }).catch(() => {});
        ask("include").then(() => { document.title = "asked"; });
      </script>`);
  });
  await new Promise((resolve) => evil.listen(0, () => resolve(undefined)));
  t.after(() => new Promise((resolve) => { evil.close(resolve); evil.closeAllConnections(); }));
  const { port } = /** @type {import("node:net").AddressInfo} */ (evil.address());
  const context = await signedIn(console, sessions.admin.cookie);
  // Another site, and another origin of the same site, which SameSite lets through.
  for (const host of ["localhost", "127.0.0.1"]) {
    const page = await context.newPage();
    await page.goto(`http://${host}:${port}/`);
    await page.waitForFunction(() => document.title === "asked");
    const posted = page.waitForResponse((response) => response.url().endsWith("/v1/programs"));
    await page.getByRole("button", { name: "Win" }).click();
    assert.ok((await posted).status() >= 400);
    await page.close();
  }
  const { items } = await console.worker.ok("GET", "/v1/programs");
  assert.deepEqual(items.map((/** @type {any} */ { slug }) => slug), ["acme"]);
  await context.close();
});
