// Webhooks in the console: a receiver of one's own is told, and one sees that it is.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { until } from "../edge/worker.mjs";
import { SIZES, begin, believable, complaints, open, signedIn } from "./console.mjs";
import { still, tooWide, violations } from "./looks.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Console } from "./console.mjs" */

/** @type {Console} */
let console;
/** @type {string} */
let cookie;
/** @type {Awaited<ReturnType<typeof receiver>>} */
let receives;

before(async () => {
  [console, receives] = await Promise.all([begin(), receiver()]);
  await believable(console.worker);
  cookie = (await console.session((await console.invite("admin")).link)).cookie;
});
after(async () => {
  await console?.stop();
  await receives?.stop();
});

/** Takes deliveries, answers what it is told to, and keeps what came. */
async function receiver() {
  /** @type {{ headers: import("node:http").IncomingHttpHeaders, body: string }[]} */
  const came = [];
  const answer = { status: 204, body: "" };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    came.push({ headers: request.headers, body });
    response.writeHead(answer.status).end(answer.body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/hook`,
    came,
    answer,
    stop: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }),
  };
}

/**
 * What a secret makes of a delivery, as the specification says.
 * @param {string} secret
 * @param {(typeof receives)["came"][number]} delivery
 */
function signature(secret, { headers, body }) {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  return `v1,${createHmac("sha256", key).update(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`).digest("base64")}`;
}

/** @param {string} search @param {import("playwright-core").BrowserContextOptions} [options] */
async function webhooks(search = "", options = SIZES.desktop) {
  const context = await signedIn(console, cookie, { reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  const said = complaints(page, console.origin);
  await open(page, `${console.origin}/console/webhooks${search}`);
  return { context, page, said };
}

/** @param {Page} page @param {string} item */
async function choose(page, item) {
  await page.getByRole("button", { name: "More about this endpoint" }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

const endpoint = (/** @type {object} */ body = {}) => console.worker.ok("POST", "/v1/webhooks", { url: receives.url, ...body });

test("an endpoint is added, shows its secret, gets a test that the secret verifies, and is told of what it asked for", async () => {
  const { context, page, said } = await webhooks();
  await page.getByRole("button", { name: "Add an endpoint" }).click();
  await page.getByLabel("Address").fill("warehouse");
  await page.getByRole("button", { name: "Add it" }).click();
  await page.locator(".dialog .error").waitFor();
  await page.getByLabel("Address").fill(receives.url);
  await page.getByLabel("What it is (optional)").fill("Warehouse");
  await page.getByRole("button", { name: "What is chosen here" }).click();
  await page.getByRole("button", { name: "Add it" }).click();
  await page.getByText("Choose at least one.").waitFor();
  await page.locator("summary").filter({ hasText: "Leads" }).click();
  await page.getByLabel("All of these: Leads").check();
  await page.getByRole("button", { name: "Add it" }).click();
  const secret = await page.getByLabel("Secret", { exact: true }).inputValue();
  assert.match(secret, /^whsec_/);
  await page.getByRole("button", { name: "Done" }).click();

  await page.getByRole("button", { name: "Send a test" }).click();
  await page.getByText("The test has arrived").waitFor();
  const [first] = receives.came;
  assert.equal(JSON.parse(first.body).type, "webhook.test");
  assert.equal(first.headers["webhook-signature"], signature(secret, first));

  const { items } = await console.worker.ok("GET", "/v1/leads?program=acme&stage=new");
  await console.worker.ok("POST", `/v1/leads/${items[0].id}/stage`, { stage: "accepted" });
  await until(() => receives.came.some(({ body }) => JSON.parse(body).type === "lead.stage_changed") || "nothing came", "the change");
  const noted = async () => (await console.worker.ok("GET", `/v1/webhooks?limit=50`)).items.every((/** @type {any} */ { waiting }) => waiting === 0);
  await until(async () => (await noted()) || "it is not noted yet", "what came of it");
  await page.getByRole("button", { name: "Look again" }).click();
  const row = page.getByRole("row").filter({ hasText: "Lead stage changed" });
  await row.getByText("Delivered").waitFor();
  assert.match(await row.innerText(), new RegExp(items[0].id));
  await row.getByRole("link").click();
  await page.getByRole("dialog").getByText('"stage": "accepted"').waitFor();
  // Chromium says of what was refused that it was.
  assert.deepEqual(said.filter((text) => !/status of 422/.test(text)), []);
  await context.close();
});

test("what does not arrive shows why, and is sent again, one or all that failed", async () => {
  const { id } = await endpoint({ description: "Down" });
  const { context, page } = await webhooks(`?webhook=${id}`);
  Object.assign(receives.answer, { status: 503, body: "closed for lunch" });
  await page.getByRole("button", { name: "Send a test" }).click();
  await page.getByText("The test has not arrived").waitFor();
  const row = page.getByRole("table", { name: "Deliveries" }).getByRole("row").filter({ hasText: "Webhook test" });
  await row.getByText("Waiting").waitFor();
  await row.getByRole("link").click();
  await page.getByRole("dialog").getByText("closed for lunch").waitFor();

  Object.assign(receives.answer, { status: 204, body: "" });
  await page.getByRole("button", { name: "Send it again" }).click();
  await page.getByText("It is sent again, with the same id.").waitFor();
  const tries = () => receives.came.filter(({ body }) => JSON.parse(body).type === "webhook.test" && JSON.parse(body).data.webhook === id);
  await until(async () => (tries().length === 2 && (await console.worker.ok("GET", `/v1/webhooks/${id}`)).waiting === 0) || "it did not come again", "the second try");
  assert.equal(tries()[0].body, tries()[1].body);
  assert.equal(tries()[0].headers["webhook-id"], tries()[1].headers["webhook-id"]);
  await page.getByRole("button", { name: "Close" }).click();

  await console.worker.db.prepare("UPDATE deliveries SET state = 'failed', delivered_at = NULL WHERE webhook = ?1").bind(id).run();
  await page.getByRole("button", { name: "Failed" }).click();
  await row.getByText("Given up").waitFor();
  await page.getByRole("button", { name: "Send again …" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Send again" }).click();
  await page.getByText(/^\d+ events? (is|are) sent again\.$/).waitFor();
  await context.close();
});

test("a secret is looked at again and replaced; for a while both sign; the audit log has it", async () => {
  const made = await endpoint({ description: "Rotated" });
  const { context, page, said } = await webhooks(`?webhook=${made.id}`);
  await choose(page, "Show the secret …");
  await page.getByText("is in the audit log").waitFor();
  assert.equal(await page.getByLabel("Secret", { exact: true }).inputValue(), made.secret);
  await page.getByRole("button", { name: "Done" }).click();
  await choose(page, "Make a new secret …");
  await page.getByRole("button", { name: "Make a new one" }).click();
  await page.getByText("with the old one as well").waitFor();
  const secret = await page.getByLabel("Secret", { exact: true }).inputValue();
  assert.notEqual(secret, made.secret);
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByText("The old one signs as well").waitFor();

  receives.came.length = 0;
  await page.getByRole("button", { name: "Send a test" }).click();
  await page.getByText("The test has arrived").waitFor();
  const last = receives.came.find(({ body }) => JSON.parse(body).type === "webhook.test" && JSON.parse(body).data.webhook === made.id);
  assert.ok(last);
  assert.deepEqual(String(last.headers["webhook-signature"]).split(" ").sort(), [signature(secret, last), signature(made.secret, last)].sort());
  const { items } = await console.worker.ok("GET", `/v1/audit?subject=${made.id}`);
  assert.deepEqual(items.map((/** @type {any} */ { action }) => action).sort(), ["webhook.secret_read", "webhook.secret_rotated"]);
  assert.deepEqual(said, []);
  await context.close();
});

test("a paused endpoint says so, and goes on where it stopped; one that is switched off, and deleted, is told nothing", async () => {
  const { id } = await endpoint({ description: "Tired", types: ["label.created"] });
  await console.worker.db.prepare("UPDATE webhooks SET status = 'paused', why = 'nothing was delivered for three days' WHERE id = ?1").bind(id).run();
  await console.worker.ok("POST", "/v1/programs/acme/labels", { slug: "while-paused" });
  const { context, page, said } = await webhooks(`?webhook=${id}`);
  await page.getByText("Nothing was delivered for three days.").waitFor();
  await page.getByText("Once it is active").waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByText("It is told again").waitFor();
  await until(() => receives.came.some(({ body }) => JSON.parse(body).data?.label === "while-paused") || "nothing came", "what has waited");

  await choose(page, "Switch off …");
  await page.getByRole("dialog").getByRole("button", { name: "Switch off" }).click();
  await page.getByText("It is told of nothing that happens meanwhile.").waitFor();
  await choose(page, "Delete …");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("The endpoint is deleted.").waitFor();
  assert.equal(new URL(page.url()).searchParams.get("webhook"), null);
  assert.equal((await console.worker.api("GET", `/v1/webhooks/${id}`)).status, 404);
  assert.deepEqual(said, []);
  await context.close();
});

test("what happened is found by its kind and by what it is about, told or not", async () => {
  const { items } = await console.worker.ok("GET", "/v1/leads?program=acme&stage=won");
  const { context, page, said } = await webhooks("?tab=events");
  await page.getByLabel("Kind of event").selectOption("lead.stage_changed");
  await page.getByRole("searchbox", { name: "About" }).fill(items[0].id);
  await page.getByText(/^4 events$/).waitFor();
  await page.getByRole("button", { name: "Lead stage changed" }).first().click();
  await page.getByRole("dialog").getByText('"stage": "won"').waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByLabel("Kind of event").selectOption("label.created");
  await page.getByText("No such event").waitFor();
  await page.getByRole("button", { name: "Show all" }).click();
  await page.getByRole("button", { name: "Lead stage changed" }).first().waitFor();
  assert.deepEqual(said, []);
  await context.close();
});

test("nothing yet, something on its way, and what could not be read show themselves", async () => {
  const { context, page } = await webhooks();
  /** @type {(() => void) | undefined} */
  let go;
  await page.route("**/v1/webhooks?*", async (route) => {
    await new Promise((resolve) => { go = () => resolve(undefined); });
    await route.fulfill({ status: 500, contentType: "application/problem+json", body: '{"title":"Broken","detail":"Something went wrong here."}' });
  });
  await page.reload();
  await page.getByRole("status").filter({ hasText: "Loading" }).first().waitFor();
  await until(() => Boolean(go) || "not asked", "the question");
  go?.();
  await page.getByText("Something went wrong here.").waitFor();
  await page.unroute("**/v1/webhooks?*");
  await page.route("**/v1/webhooks?*", (route) => route.fulfill({ json: { items: [], next: null } }));
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("Nobody is told yet").waitFor();
  await context.close();
});

test("the page offers what the server knows to tell, each once", async () => {
  const { TYPES } = await import("../../public/console/webhooks/types.js");
  const source = readFileSync(new URL("../../src/domain/event.rs", import.meta.url), "utf8");
  const theirs = [...source.matchAll(/=> "([a-z_]+\.[a-z_]+)"/g)].map(([, name]) => name).filter((name) => name !== "webhook.test");
  assert.deepEqual(TYPES.toSorted(), theirs.toSorted());
});

for (const [size, options] of Object.entries(SIZES)) {
  test(`every part of the page fits and is readable: ${size}`, async () => {
    const { id } = await endpoint({ url: `${receives.url}/${"long".repeat(30)}`, types: ["label.created"] });
    await console.worker.ok("POST", "/v1/programs/acme/labels", { slug: `looks-${size}` });
    const { context, page, said } = await webhooks("", options);
    const looks = async (/** @type {string} */ what) => {
      for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await still(page);
        assert.deepEqual(await violations(page), [], `${what}, ${colorScheme}`);
      }
      assert.equal(await tooWide(page), 0, `${what}: pixels wider than the window`);
    };
    await looks("the list");
    await page.getByRole("tab", { name: "What happened" }).click();
    await page.getByRole("table", { name: "Events" }).waitFor();
    await looks("what happened");
    await page.getByRole("tab", { name: "Endpoints" }).click();
    await page.getByRole("button", { name: "Add an endpoint" }).click();
    await page.getByRole("button", { name: "What is chosen here" }).click();
    await page.locator("summary").first().click();
    await looks("the form");
    await page.getByRole("button", { name: "Cancel" }).click();
    await open(page, `${console.origin}/console/webhooks?webhook=${id}`);
    await page.getByRole("row").filter({ hasText: "Label created" }).waitFor();
    await looks("an endpoint");
    await page.getByRole("row").filter({ hasText: "Label created" }).getByRole("link").click();
    await page.getByRole("dialog").getByText("What is sent").waitFor();
    await looks("a delivery");
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: "Send again …" }).click();
    await looks("sending again");
    assert.deepEqual(said, []);
    await context.close();
  });
}
