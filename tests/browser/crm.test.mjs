// Connections to a CRM in the console: leads go there, and what comes back is seen.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { until } from "../edge/worker.mjs";
import { DEFAULTS } from "../../public/console/crm/defaults.js";
import { SIZES, begin, believable, complaints, open, signedIn } from "./console.mjs";
import { still, tooWide, violations } from "./looks.mjs";

/** @import { Console } from "./console.mjs" */

/** @type {Console} */
let console;
/** @type {Record<"admin" | "marketer", string>} */
const cookies = { admin: "", marketer: "" };
/** @type {Awaited<ReturnType<typeof hubspot>>} */
let theirs;

before(async () => {
  [console, theirs] = await Promise.all([begin({ CRM_HUBSPOT: "pat-test" }), hubspot()]);
  await believable(console.worker);
  for (const role of /** @type {const} */ (["admin", "marketer"])) cookies[role] = (await console.session((await console.invite(role)).link)).cookie;
});
after(async () => {
  await console?.stop();
  await theirs?.stop();
});

/**
 * As much of HubSpot as a connection needs:
 * https://developers.hubspot.com/docs/reference/api/crm/objects/deals (batch/upsert)
 */
async function hubspot() {
  /** What stands there, by our id. @type {Map<string, { id: string, properties: Record<string, string> }>} */
  const records = new Map();
  /** Why a deal of such a name is not taken. */
  const refuses = { name: "", why: "" };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const json = (/** @type {number} */ status, /** @type {any} */ value) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    if (request.headers.authorization !== "Bearer pat-test") return json(401, { status: "error", message: "Authentication credentials not found" });
    const results = [];
    const errors = [];
    for (const { id, properties, objectWriteTraceId } of JSON.parse(body).inputs) {
      if (properties.dealname === refuses.name) {
        errors.push({ status: "error", message: refuses.why, context: { objectWriteTraceId: [objectWriteTraceId] } });
        continue;
      }
      const record = records.get(id) ?? { id: String(9_000 + records.size), properties: {} };
      Object.assign(record.properties, properties, { goodword_id: id });
      records.set(id, record);
      results.push({ ...record, objectWriteTraceId });
    }
    return json(errors.length > 0 ? 207 : 200, { status: "COMPLETE", results, ...(errors.length > 0 ? { numErrors: errors.length, errors } : {}) });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    records,
    refuses,
    stop: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }),
  };
}

/**
 * @param {string} search
 * @param {{ role?: "admin" | "marketer", options?: import("playwright-core").BrowserContextOptions }} [as]
 */
async function crm(search, { role = "admin", options = SIZES.desktop } = {}) {
  const context = await signedIn(console, cookies[role], { reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  const said = complaints(page, console.origin);
  await open(page, `${console.origin}/console/crm?program=acme${search}`);
  return { context, page, said };
}

/**
 * What was changed there, signed as the specification of Standard Webhooks says.
 * @param {string} url
 * @param {string} secret
 * @param {object[]} events
 */
async function changed(url, secret, events) {
  const body = JSON.stringify({ events });
  const [id, at] = ["msg_1", String(Math.floor(Date.now() / 1_000))];
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signature = `v1,${createHmac("sha256", key).update(`${id}.${at}.${body}`).digest("base64")}`;
  const answer = await fetch(url, { method: "POST", body, headers: { "content-type": "application/json", "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature } });
  assert.equal(answer.status, 200, await answer.clone().text());
  return (await answer.json()).results;
}

test("a CRM is connected, leads stand there, one that is refused shows why, and what is changed there comes back", async () => {
  const { context, page, said } = await crm("");
  await page.getByRole("button", { name: "Connect a CRM" }).first().click();
  await page.getByLabel("System").selectOption("hubspot");
  await page.getByLabel("Address").fill("not an address");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await page.locator(".error").first().waitFor();
  await page.getByLabel("Address").fill(theirs.url);
  await page.getByLabel("Currency").selectOption("EUR");
  await page.getByLabel("Meeting", { exact: true }).fill("met");
  await page.getByLabel("Lea Brandt").fill("owner-7");
  theirs.refuses.name = "Company 2";
  theirs.refuses.why = "Property values were not valid";
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  const url = await page.getByLabel("Where to", { exact: true }).inputValue();
  const secret = await page.getByLabel("Secret", { exact: true }).inputValue();
  assert.match(secret, /^whsec_/);
  await page.getByRole("button", { name: "Done" }).click();

  await until(() => theirs.records.size >= 4 || theirs.records.size, "the leads there");
  const id = url.split("/").at(-2);
  await until(async () => {
    const { items } = await console.worker.ok("GET", `/v1/crm/${id}/leads?limit=50`);
    return items.every((/** @type {any} */ { state, error }) => state === "sent" || error) || items;
  }, "what came of them");
  await page.getByRole("button", { name: "Look again" }).click();
  await page.getByRole("row").filter({ hasText: "Property values were not valid" }).waitFor();
  const [lead, record] = [...theirs.records].find(([, { properties }]) => properties.dealname === "Company 1") ?? assert.fail("no deal");
  assert.equal(record.properties.dealstage, "qualifiedtobuy");
  assert.equal(record.properties.hubspot_owner_id, "owner-7");
  await page.getByRole("row").filter({ hasText: lead }).getByText(record.id).waitFor();

  const [result] = await changed(url, secret, [{ id: "1", occurred_at: new Date(Date.now() + 1_000).toISOString(), remote_id: record.id, stage: "met" }]);
  assert.equal(result.outcome, "applied", JSON.stringify(result));
  assert.equal((await console.worker.ok("GET", `/v1/leads/${lead}`)).stage, "meeting");
  await changed(url, secret, [{ id: "2", occurred_at: new Date().toISOString(), remote_id: "nobody", stage: "met" }]);
  await page.getByRole("tab", { name: "What came in" }).click();
  await page.getByRole("row").filter({ hasText: lead }).getByText("Taken over").waitFor();
  await page.getByRole("row").filter({ hasText: "nobody" }).getByText("Not taken").waitFor();
  assert.deepEqual(said.filter((text) => !/status of 422/.test(text)), []);
  await context.close();
});

test("a connection is changed, paused, resumed, given a new secret, sent through again, and deleted", async () => {
  const { id, secret } = await console.worker.ok("POST", "/v1/crm", { kind: "hubspot", program: "acme", url: theirs.url, object: "deals", credential: "CRM_HUBSPOT" });
  const { context, page, said } = await crm(`&connection=${id}`);
  const menu = async (/** @type {string} */ item) => {
    await page.getByRole("button", { name: "More about this connection" }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  await page.getByRole("button", { name: "Change", exact: true }).click();
  await page.getByRole("button", { name: "Take closedate away" }).click();
  await page.getByRole("button", { name: "Add a field" }).click();
  await page.getByLabel(/^Their field, 8/).fill("goodword_medium");
  await page.getByLabel(/^What goes into it, 8/).selectOption("medium");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("tab", { name: "Leads there" }).waitFor();
  const { fields } = await console.worker.ok("GET", `/v1/crm/${id}`);
  assert.equal(fields.goodword_medium, "medium");
  assert.equal("closedate" in fields, false);

  await menu("Pause");
  await page.getByText("What changes here waits").waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByText("What changes here waits").waitFor({ state: "detached" });
  await menu("Make a new secret …");
  await page.getByRole("button", { name: "Make a new one" }).click();
  assert.notEqual(await page.getByLabel("Secret", { exact: true }).inputValue(), secret);
  await page.getByRole("button", { name: "Done" }).click();
  theirs.records.clear();
  await menu("Send all leads again …");
  await page.getByRole("button", { name: "Send them" }).click();
  await until(() => theirs.records.size >= 4 || theirs.records.size, "all leads again");
  await menu("Delete …");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("The connection is deleted.").waitFor();
  assert.equal((await console.worker.api("GET", `/v1/crm/${id}`)).status, 404);
  assert.deepEqual(said, []);
  await context.close();
});

test("a marketer sees how it is doing, and changes nothing", async () => {
  const { context, page, said } = await crm("", { role: "marketer" });
  await page.getByRole("link", { name: "HubSpot: Deals" }).first().click();
  await page.getByRole("tab", { name: "Leads there" }).waitFor();
  assert.equal(await page.getByRole("button", { name: /^(Change|More about this connection|Connect a CRM)$/ }).count(), 0);
  assert.deepEqual(said, []);
  await context.close();
});

test("nothing yet, and what could not be read, show themselves", async () => {
  const { context, page } = await crm("");
  await page.route("**/v1/crm?*", (route) => route.fulfill({ status: 500, contentType: "application/problem+json", body: '{"title":"Broken","detail":"Something went wrong here."}' }));
  await page.reload();
  await page.getByText("Something went wrong here.").waitFor();
  await page.unroute("**/v1/crm?*");
  await page.route("**/v1/crm?*", (route) => route.fulfill({ json: { items: [], next: null } }));
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("No CRM is connected yet").waitFor();
  await context.close();
});

test("the page begins with what the server takes as usual", () => {
  for (const [file, objects] of /** @type {const} */ ([["salesforce", ["Lead", "Opportunity"]], ["hubspot", ["contacts", "deals"]]])) {
    const source = readFileSync(new URL(`../../src/domain/crm/${file}.rs`, import.meta.url), "utf8");
    for (const object of objects) {
      const [, key, fields, stages] = new RegExp(`const ${object.toUpperCase()}: Defaults = Defaults \\{\\s*key: "(\\w+)",\\s*fields: &\\[(.*?)\\n    \\],\\s*stages: &\\[(.*?)\\n    \\]`, "s").exec(source) ?? [];
      const pairs = (/** @type {string} */ text) => Object.fromEntries([...(text ?? "").matchAll(/\("([^"]+)", "([^"]+)"\)/g)].map(([, a, b]) => [a, b]));
      assert.deepEqual(DEFAULTS[object], { key, fields: pairs(fields), stages: pairs(stages) }, object);
    }
  }
});

for (const [size, options] of Object.entries(SIZES)) {
  test(`every part of the page fits and is readable: ${size}`, async () => {
    const { items } = await console.worker.ok("GET", "/v1/crm");
    const { context, page, said } = await crm("", { options });
    const looks = async (/** @type {string} */ what) => {
      for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await still(page);
        assert.deepEqual(await violations(page), [], `${what}, ${colorScheme}`);
      }
      assert.equal(await tooWide(page), 0, `${what}: pixels wider than the window`);
    };
    await looks("the list");
    for (const [search, what] of [["&edit=1", "a new connection"], [`&connection=${items[0].id}`, "a connection"], [`&connection=${items[0].id}&tab=events`, "what came in"]]) {
      await open(page, `${console.origin}/console/crm?program=acme${search}`);
      await looks(what);
    }
    assert.deepEqual(said, []);
    await context.close();
  });
}
