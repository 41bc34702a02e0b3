// The rep's page: a referral that is entered while it is said, with and without a
// connection, and arrives once whatever happens; and what a rep does for advocates.

import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { after, before, test } from "node:test";
import { until } from "../edge/worker.mjs";
import { SIZES, begin, believable, complaints, signedIn } from "./console.mjs";
import { decoded } from "./decoded.mjs";
import { still, tooWide, violations, weigh } from "./looks.mjs";

/** @import { BrowserContext, BrowserContextOptions, Page } from "playwright-core" */
/** @import { Console } from "./console.mjs" */

/** What a first load may weigh: every body that it takes, gzipped. */
const BUDGET = 150 * 1024;

const VERBAL = "/v1/referrals/verbal";

/** Text that would do something if it were taken for more than text. */
const HOSTILE = `Eve"><img src=x onerror=alert(1)>?bcc=all@evil.example&body=hi`;

/** @type {Console} */
let console;
/** @type {string} the cookie of the rep Lea */
let lea;

before(async () => {
  console = await begin();
  await believable(console.worker);
  lea = (await console.session((await console.invite("rep")).link)).cookie;
});
after(() => console?.stop());

/**
 * A browser of Lea's.
 * @param {BrowserContextOptions} options
 */
async function browser(options = SIZES.phone) {
  const context = await signedIn(console, lea, options);
  /** Calls that entered something, by their keys. @type {string[]} */
  const calls = [];
  context.on("request", (request) => {
    if (request.method() === "POST" && request.url().endsWith(VERBAL)) calls.push(request.headers()["idempotency-key"] ?? "");
  });
  return { context, calls };
}

/**
 * Opens the page.
 * @param {BrowserContext} context
 */
async function open(context, search = "") {
  const page = await context.newPage();
  const found = complaints(page, console.origin);
  await page.goto(`${console.origin}/rep?program=acme${search}`);
  await page.locator(".refer-send").waitFor({ state: "attached" });
  return { page, found };
}

/** Waits until the page would open without a connection. @param {Page} page */
const keeps = (page) => page.waitForFunction(async () => {
  await navigator.serviceWorker.ready;
  return Boolean(await caches.match("/rep")) && Object.keys(localStorage).some((key) => key.startsWith("gw-own:known:"));
});

/** The field in which one finds an advocate. @param {Page} page */
const who = (page) => page.getByRole("combobox", { name: "Who recommends you?" });

/**
 * Picks somebody who is there, by the keyboard.
 * @param {Page} page
 * @param {string} typed
 * @param {string} name
 */
async function pick(page, typed, name) {
  await who(page).fill(typed);
  await page.getByRole("option", { name }).first().click();
  assert.equal(await who(page).inputValue(), name);
}

/** @param {Page} page @param {string} name */
async function register(page, name) {
  await who(page).fill(name);
  await page.getByRole("option", { name: `Register “${name}”` }).click();
  await page.getByText("is registered along with this").waitFor();
}

/** @param {Page} page @param {{ name: string, contact: string, company?: string }} whom */
async function enter(page, { name, contact, company }) {
  await page.getByLabel("Whom do they recommend?").fill(name);
  await page.getByLabel("Email or phone").fill(contact);
  if (company) await page.getByLabel("Company").fill(company);
  await page.getByRole("button", { name: "Enter the referral" }).click();
}

/** What is entered here about somebody. @param {Page} page @param {string} name */
const entry = (page, name) => page.getByRole("list", { name: "Entered here" }).getByRole("listitem").filter({ hasText: name });

/**
 * The leads of an address, with how often somebody's word stands in them.
 * @param {string} email
 */
async function leads(email) {
  const { results } = await console.worker.db.prepare(`SELECT l.id, l.name, l.phone, l.company, l.note, a.name AS advocate, l.stage,
      (SELECT count(*) FROM touches WHERE lead = l.id) AS words, (SELECT at FROM touches WHERE lead = l.id LIMIT 1) AS at
    FROM leads l LEFT JOIN advocates a ON a.program = l.program AND a.number = l.advocate WHERE l.email = ?`).bind(email).all();
  return /** @type {any[]} */ (results);
}

/** @param {string} name */
async function advocates(name) {
  const { items } = await console.worker.ok("GET", `/v1/programs/acme/advocates?q=${encodeURIComponent(name)}`);
  return items;
}

for (const [size, options] of Object.entries(SIZES)) {
  test(`${size}: a referral by somebody who is registered while one types is entered in one go`, async (t) => {
    const { context, calls } = await browser(options);
    const { page, found } = await open(context);
    const email = `sam-${size}@entered.example`;
    const name = `Ada Byron ${size}`;
    const began = Date.now();
    await register(page, name);
    await page.getByLabel("Whom do they recommend?").press("Enter");
    await page.locator("[name=contact]:focus").waitFor();
    await page.getByLabel("Their email").fill(`ada-${size}@customer.example`);
    await page.getByRole("button", { name: "Partner" }).click();
    await page.getByRole("button", { name: "Video call" }).click();
    await page.getByRole("button", { name: "Add a note" }).click();
    await page.getByLabel("Note").fill("Wants it before spring.");
    await enter(page, { name: "Sam Prospect", contact: `${email}, +49 30 123456`, company: "Sam & Söhne" });
    await entry(page, "Sam Prospect").getByText("A new lead, and yours.").waitFor();
    t.diagnostic(`entered in ${Date.now() - began} ms`);

    const [lead, ...others] = await leads(email);
    assert.deepEqual(others, []);
    assert.deepEqual([lead.name, lead.phone, lead.company, lead.note, lead.advocate, lead.words],
      ["Sam Prospect", "+49 30 123456", "Sam & Söhne", "Wants it before spring.", name, 1]);
    const [advocate, ...same] = await advocates(name);
    assert.deepEqual([advocate.kind, advocate.owner, advocate.email, same.length], ["partner", "lea", `ada-${size}@customer.example`, 0]);
    assert.equal(calls.length, 1);
    // The form is empty for the next one, but for what is mostly so.
    assert.equal(await who(page).inputValue(), "");
    assert.equal(await page.getByLabel("Email or phone").inputValue(), "");
    assert.equal(await page.getByRole("button", { name: "Video call" }).getAttribute("aria-pressed"), "true");
    // And whoever was registered is found now.
    await pick(page, "byron", name);
    assert.deepEqual(found, []);
    await context.close();
  });

  test(`${size}: what is entered without a connection arrives once, after a reload and with two windows`, async () => {
    const { context, calls } = await browser(options);
    const { page } = await open(context);
    const { page: other } = await open(context);
    await keeps(page);
    const [first, second, third] = [1, 2, 3].map((n) => `offline-${n}-${size}@kept.example`);
    const newName = `Grace Hopper ${size}`;

    await context.setOffline(true);
    await page.getByText("No connection.").waitFor();
    await register(page, newName);
    await enter(page, { name: "First Prospect", contact: first });
    await entry(page, "First Prospect").getByText("Waits for a connection.").waitFor();
    // Somebody who is known is found, and who was registered a moment ago too.
    await pick(page, "ferreira", "Tomás Ferreira");
    await enter(page, { name: "Second Prospect", contact: second });
    await entry(page, "Second Prospect").waitFor();

    await page.reload();
    await entry(page, "First Prospect").getByText("Waits for a connection.").waitFor();
    await pick(page, "hopper", newName);
    await enter(page, { name: "Third Prospect", contact: third });
    await entry(page, "Third Prospect").waitFor();
    await entry(other, "Third Prospect").waitFor();
    assert.deepEqual(calls, []);
    assert.deepEqual(await leads(first), []);

    await context.setOffline(false);
    await until(async () => (await leads(third)).length === 1 || "not there", "the third referral");
    for (const name of ["First Prospect", "Second Prospect", "Third Prospect"]) {
      for (const window of [page, other]) await entry(window, name).getByText("A new lead, and yours.").waitFor();
    }
    assert.equal(calls.length, 3);
    assert.equal(new Set(calls).size, 3);
    for (const [email, advocate] of [[first, newName], [second, "Tomás Ferreira"], [third, newName]]) {
      const [lead, ...more] = await leads(email);
      assert.deepEqual([lead.advocate, lead.words, more.length], [advocate, 1, 0]);
    }
    // Named twice before they were there, they are one advocate.
    assert.equal((await advocates(newName)).length, 1);
    await page.reload();
    await page.getByRole("button", { name: "Enter the referral" }).waitFor();
    await page.waitForLoadState("networkidle");
    assert.equal(calls.length, 3);
    await context.close();
  });
}

test("an answer that is lost, and a reload right after, enter nothing twice", async () => {
  const { context, calls } = await browser();
  const { page } = await open(context);
  let lost = 0;
  await context.route(`**${VERBAL}`, async (route) => {
    if (lost === 1) return route.continue();
    // The server has done it; nobody hears of it.
    await route.fetch();
    lost = 1;
    await route.abort("connectionreset");
  });
  await pick(page, "jonas w", "Jonas Weber");
  await enter(page, { name: "Lost Answer", contact: "lost@kept.example" });
  await entry(page, "Lost Answer").getByText("It may have arrived already").waitFor();
  assert.equal((await leads("lost@kept.example")).length, 1);
  await page.reload();
  await entry(page, "Lost Answer").getByText("A new lead, and yours.").waitFor();
  const [lead, ...others] = await leads("lost@kept.example");
  assert.deepEqual([lead.words, others.length], [1, 0]);
  assert.equal(calls.length, 2);
  assert.equal(new Set(calls).size, 1, "one key");
  await context.close();
});

test("what the server refuses is kept with the reason, to be changed, tried again or thrown away", async () => {
  const { context } = await browser();
  const { page } = await open(context);
  await pick(page, "jonas w", "Jonas Weber");
  await enter(page, { name: "Wrong Address", contact: "wrong@@kept..example" });
  await entry(page, "Wrong Address").getByText("Not taken:").waitFor();
  await page.reload();
  await entry(page, "Wrong Address").getByText("Not taken:").waitFor();
  await entry(page, "Wrong Address").getByRole("button", { name: "Change" }).click();
  const contact = page.getByLabel("Email or phone");
  assert.equal(await contact.inputValue(), "wrong@@kept..example");
  assert.equal(await contact.getAttribute("aria-invalid"), "true");
  await contact.fill("right@kept.example");
  await page.getByRole("button", { name: "Enter the referral" }).click();
  await entry(page, "Wrong Address").getByText("A new lead, and yours.").waitFor();
  assert.equal((await leads("right@kept.example")).length, 1);

  const { id } = await console.worker.ok("POST", "/v1/programs/acme/advocates", { kind: "customer", name: "Dora Disabled", owner: "lea" });
  await pick(page, "dora", "Dora Disabled");
  await console.worker.ok("PATCH", `/v1/programs/acme/advocates/${id}`, { status: "disabled" });
  await enter(page, { name: "Too Late", contact: "late@kept.example" });
  await entry(page, "Too Late").getByText("Is disabled").waitFor();
  await entry(page, "Too Late").getByRole("button", { name: "Throw away" }).click();
  await entry(page, "Too Late").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  await entry(page, "Too Late").getByText("Is disabled").waitFor();
  await console.worker.ok("PATCH", `/v1/programs/acme/advocates/${id}`, { status: "active" });
  await entry(page, "Too Late").getByRole("button", { name: "Try again" }).click();
  await entry(page, "Too Late").getByText("A new lead").waitFor();
  assert.equal((await leads("late@kept.example")).length, 1);
  await context.close();
});

test("without a session what was entered waits until somebody is back; another one's is not sent", async () => {
  const { link } = await console.invite("rep", "gone@team.example");
  const { cookie } = await console.session(link);
  const context = await signedIn(console, cookie, SIZES.phone);
  const { page } = await open(context);
  await console.worker.api("DELETE", "/v1/session", undefined, { ...console.worker.sameOrigin, authorization: "", cookie });
  await pick(page, "jonas w", "Jonas Weber");
  await enter(page, { name: "Signed Out", contact: "out@kept.example" });
  await page.getByText("You are signed out").waitFor();
  await entry(page, "Signed Out").waitFor();
  assert.equal(await page.getByRole("link", { name: "Sign in" }).getAttribute("href"), "/sign-in?next=%2Frep%3Fprogram%3Dacme");
  const put = async (/** @type {string} */ cookie) => {
    const at = cookie.indexOf("=");
    await context.addCookies([{ name: cookie.slice(0, at), value: cookie.slice(at + 1), url: console.origin.replace(/^http:/, "https:"), httpOnly: true, secure: true, sameSite: "Strict" }]);
    await page.goto(`${console.origin}/rep?program=acme`);
  };
  await put(lea);
  await page.getByText("1 referral waits for somebody else who was signed in here.").waitFor();
  assert.deepEqual(await leads("out@kept.example"), []);
  await console.worker.ok("POST", "/v1/session/link", { email: "gone@team.example" });
  await put((await console.session((await console.letters("gone@team.example", 2))[0])).cookie);
  await entry(page, "Signed Out").getByText("A new lead, and yours.").waitFor();
  assert.equal((await leads("out@kept.example"))[0].words, 1);
  await context.close();
});

test("the page can be installed", async () => {
  const { context } = await browser();
  const { page, found } = await open(context);
  await keeps(page);
  const devtools = await context.newCDPSession(page);
  const { errors } = await devtools.send("Page.getAppManifest");
  const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
  // A context of a test is a private window, into which nothing is installed.
  assert.deepEqual([errors, installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito")], [[], []]);
  for (const name of ["rep", "me"]) {
    const sizes = await page.evaluate(async (name) => {
      const { icons } = await (await fetch(`/${name}.webmanifest`)).json();
      return Promise.all(icons.map(async (/** @type {any} */ { src, sizes }) => {
        const image = new Image();
        image.src = src;
        await image.decode();
        return sizes === "any" || sizes === `${image.naturalWidth}x${image.naturalHeight}`;
      }));
    }, name);
    assert.ok(sizes.length >= 3 && sizes.every(Boolean), name);
  }
  assert.deepEqual(found, []);
  await context.close();
});

test("a telephone whose clock is ahead loses nothing", async () => {
  const { context } = await browser();
  const page = await context.newPage();
  await page.clock.install({ time: Date.now() + 86_400_000 });
  await page.goto(`${console.origin}/rep?program=acme`);
  await pick(page, "maya", "Maya Schmidt");
  await enter(page, { name: "Fast Clock", contact: "clock@kept.example" });
  // Whose advocate it is gets the lead, and the one who heard it knows.
  await entry(page, "Fast Clock").getByText("A new lead, for Jonas Holm.").waitFor();
  const [lead, ...others] = await leads("clock@kept.example");
  assert.deepEqual([lead.words, others.length], [1, 0]);
  assert.ok(Math.abs(lead.at - Date.now()) < 60_000 || Math.abs(lead.at * 1_000 - Date.now()) < 60_000, String(lead.at));
  await context.close();
});

test("what is missing is said, and what was typed is neither lost nor taken for somebody", async () => {
  const { context, calls } = await browser();
  const { page } = await open(context);
  await page.getByRole("button", { name: "Enter the referral" }).click();
  await page.getByText("Say who recommends you.").waitFor();
  await page.getByText("how can they be reached?").waitFor();
  await who(page).fill("Nobody Known");
  await page.getByLabel("Email or phone").fill("call me");
  await page.getByRole("button", { name: "Enter the referral" }).click();
  await page.getByText("Choose somebody, or register them.").waitFor();
  await page.getByText("Write an address, or a phone number.").waitFor();
  assert.equal(await who(page).inputValue(), "Nobody Known");
  // What was begun is there again, as when a telephone has let the page go.
  await page.getByRole("button", { name: "Register “Nobody Known”" }).click();
  await page.reload();
  assert.equal(await who(page).inputValue(), "Nobody Known");
  assert.equal(await page.getByLabel("Email or phone").inputValue(), "call me");
  await page.getByRole("button", { name: "Clear" }).click();
  assert.equal(await who(page).inputValue(), "");
  assert.deepEqual(calls, []);
  await context.close();
});

test("the page opens without a connection; nothing of the API is kept by its worker", async () => {
  const { context } = await browser();
  const { page, found } = await open(context, "&view=leads");
  await page.getByText("Prospect 1").first().waitFor();
  await keeps(page);
  const kept = await page.evaluate(async () => {
    const caches = globalThis.caches;
    const requests = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
    return requests.flat().map(({ url }) => new URL(url).pathname);
  });
  assert.ok(kept.includes("/rep/main.js") && kept.includes("/vendor/ui.js"), kept.join());
  assert.deepEqual(kept.filter((path) => path.startsWith("/v1") || path.startsWith("/console.")), []);
  assert.deepEqual(found, []);
  // No other page is the worker's.
  await page.goto(`${console.origin}/console/leads?program=acme`);
  assert.equal(await page.evaluate(() => navigator.serviceWorker.controller), null);
  await page.goto(`${console.origin}/rep?program=acme&view=leads`);
  await page.getByText("Prospect 1").first().waitFor();

  await context.setOffline(true);
  const fresh = await context.newPage();
  await fresh.goto(`${console.origin}/rep?program=acme&view=leads`);
  await fresh.getByText("Prospect 1").first().waitFor();
  await fresh.getByText("As of").waitFor();
  await context.setOffline(false);
  await fresh.getByText("No connection.").waitFor({ state: "detached" });
  // With a connection, what is kept is of no use: a deployment shows at once.
  await fresh.evaluate(async () => {
    const cache = await caches.open("goodword /rep");
    await cache.put("/rep", new Response("<h1>Of yesterday</h1>", { headers: { "content-type": "text/html" } }));
  });
  await fresh.reload();
  await fresh.getByText("Prospect 1").first().waitFor();
  // And then it is what is kept.
  await fresh.waitForFunction(async () => !(await (await caches.match("/rep"))?.text())?.includes("Of yesterday"));
  await context.setOffline(true);
  await fresh.reload();
  await fresh.getByText("Prospect 1").first().waitFor();
  await context.close();
});

test("a connection that is there and says nothing does not keep the page from opening", async (t) => {
  const { hostname: host, port } = new URL(console.origin);
  let silent = false;
  const between = createServer((asked, answer) => {
    if (silent) return;
    const { url: path, method, headers } = asked;
    asked.pipe(request({ host, port, path, method, headers }, (found) => {
      answer.writeHead(found.statusCode ?? 502, found.headers);
      found.pipe(answer);
    }));
  });
  t.after(() => {
    between.closeAllConnections();
    between.close();
  });
  await new Promise((resolve) => between.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = between.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address?.port}/rep?program=acme`;
  const { context } = await browser();
  const page = await context.newPage();
  await page.goto(url);
  await page.locator(".refer-send").waitFor();
  await keeps(page);
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === "activated");
  silent = true;
  const began = Date.now();
  await page.goto(url, { waitUntil: "commit" });
  await page.locator(".refer-send").waitFor();
  t.diagnostic(`drawn after ${Date.now() - began} ms`);
  await pick(page, "jonas w", "Jonas Weber");
  await enter(page, { name: "Silent Line", contact: "silent@kept.example" });
  await entry(page, "Silent Line").waitFor();
  silent = false;
  between.closeAllConnections();
  await page.reload();
  await entry(page, "Silent Line").getByText("A new lead, and yours.").waitFor();
  assert.equal((await leads("silent@kept.example"))[0].words, 1);
  await context.close();
});

test("whoever signs out takes along what the page has kept of advocates and leads", async () => {
  const { link } = await console.invite("rep", "leaving@team.example");
  const { cookie } = await console.session(link);
  const context = await signedIn(console, cookie, SIZES.phone);
  const { page } = await open(context);
  await keeps(page);
  await page.getByRole("button", { name: /account and theme/ }).click();
  await page.getByRole("menuitem", { name: "Sign out", exact: true }).click();
  await page.waitForURL("**/sign-in*");
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("gw-own:"))), []);
  await page.goto(`${console.origin}/rep`);
  await page.waitForURL((url) => url.pathname === "/sign-in" && url.searchParams.get("next") === "/rep");
  await context.close();
});

for (const [size, options] of Object.entries(SIZES)) {
  test(`${size}: an advocate is invited, their link copied, their card printed with a code that a camera reads`, async () => {
    const name = `Ines ${HOSTILE} ${size}`.slice(0, 90);
    const email = `ines-${size}@customer.example`;
    const { id } = await console.worker.ok("POST", "/v1/programs/acme/advocates", { kind: "partner", name, email, owner: "lea" });
    const { context } = await browser(options);
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: console.origin });
    const { page, found } = await open(context, "&view=advocates");
    const row = page.getByRole("list", { name: "My advocates" }).getByRole("listitem").filter({ hasText: email });
    await row.getByRole("button", { name: /^Invite/ }).click();
    await page.getByText(`is on its way to ${email}`).waitFor();
    await row.getByRole("button", { name: /^Invite again/ }).waitFor();

    await row.getByRole("button", { name: /^More for/ }).click();
    await page.getByRole("menuitem", { name: "Copy their link" }).click();
    await page.getByText("is copied").waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const { body } = await console.worker.api("POST", "/v1/links/verify", { code: link });
    assert.deepEqual([body.works, body.link.advocate, body.link.medium], [true, id, "copy"]);

    await row.getByRole("button", { name: /^More for/ }).click();
    await page.getByRole("menuitem", { name: "Print a card" }).click();
    const card = page.getByRole("dialog").locator(".paper-card").first();
    await card.locator(".paper-code").waitFor();
    const spoken = await card.locator(".paper-code").innerText();
    assert.match(spoken, /^INES-\w{3}-\w{3}$/);
    const code = await console.worker.ok("GET", `/v1/codes/${spoken}`);
    assert.deepEqual([code.advocate, code.medium, code.works], [id, "print", true]);
    assert.equal(await card.locator(".paper-name").innerText(), name);
    await page.getByRole("dialog").getByLabel("On a page").selectOption("page");
    const drawn = await decoded(page, await page.getByRole("dialog").locator(".qr svg").first().screenshot(), "image/png");
    const { body: read } = await console.worker.api("POST", "/v1/links/verify", { code: drawn });
    assert.deepEqual([read.works, read.link.advocate, read.link.medium], [true, id, "qr"]);
    await page.getByRole("dialog").getByLabel("On a page").selectOption("card");
    await page.emulateMedia({ media: "print" });
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
    assert.equal([...pdf.matchAll(/\/MediaBox/g)].length, 1);
    assert.deepEqual(found, []);
    await context.close();
  });

  test(`${size}: a lead says whom to thank first, and moves; hostile names stay names`, async () => {
    const email = `eve-${size}@customer.example`;
    const prospect = `${HOSTILE} ${size}`;
    const advocate = await console.worker.ok("POST", "/v1/programs/acme/advocates", { kind: "customer", name: HOSTILE, email, owner: "lea" });
    const { id } = await console.worker.ok("POST", VERBAL, { program: "acme", medium: "phone", rep: "lea", advocate: { id: advocate.id },
      prospect: { name: prospect, email: `victim-${size}@kept.example`, phone: "+49 (30) 123;ext=4" } });
    const { context } = await browser(options);
    const { page, found } = await open(context, "&view=leads");
    const item = page.getByRole("list", { name: "My leads" }).getByRole("listitem").filter({ hasText: prospect });
    await item.waitFor();
    assert.equal(await item.getByRole("link", { name: "Call" }).getAttribute("href"), "tel:+49301234");
    const thank = new URL(await item.getByRole("link", { name: "Thank" }).getAttribute("href") ?? "");
    assert.deepEqual([thank.protocol, thank.pathname, [...thank.searchParams.keys()]], ["mailto:", email, ["subject", "body"]]);
    assert.match(thank.searchParams.get("body") ?? "", /thank you for recommending Eve/);
    assert.equal(await page.locator("img[src=x]").count(), 0);

    // The best news goes before all others.
    const first = page.getByRole("complementary", { name: "Whom to thank first" });
    await first.getByText("Thank Tomás Ferreira first").waitFor();
    await first.getByRole("button", { name: "Thanked already" }).click();
    await first.getByText("Thank Tomás Ferreira first").waitFor({ state: "detached" });

    await item.getByRole("button", { name: /^Move/ }).click();
    await page.getByRole("menuitem", { name: "Accepted" }).click();
    await item.getByText("You have taken it on. Next: a meeting.").waitFor();
    await until(async () => (await console.worker.ok("GET", `/v1/leads/${id}`)).stage === "accepted" || "not yet", "the stage");
    await item.getByRole("button", { name: /^Move/ }).click();
    await page.getByRole("menuitem", { name: "Lost …" }).click();
    await page.getByLabel("Why was it lost?").selectOption("no budget");
    await page.getByRole("button", { name: "Close as lost" }).click();
    await item.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Won and lost" }).click();
    await item.getByText("Lost. no budget.").waitFor();
    assert.deepEqual(found, []);
    await context.close();
  });

  test(`${size}: axe finds nothing in either theme, with a connection and without; nothing is wider than the window`, async (t) => {
    const { context } = await browser({ ...options, colorScheme: "light", reducedMotion: "reduce" });
    const page = await context.newPage();
    const found = complaints(page, console.origin);
    const weight = weigh(page);
    for (const view of ["refer", "ask", "advocates", "leads"]) {
      await page.goto(`${console.origin}/rep?program=acme&view=${view}`, { waitUntil: "networkidle" });
      await page.waitForFunction(() => !document.querySelector(".skeleton"));
      if (view === "refer") {
        const bytes = await weight();
        t.diagnostic(`first load: ${(bytes / 1024).toFixed(1)} KB gzipped`);
        assert.ok(bytes <= BUDGET, `${bytes} bytes`);
        await keeps(page);
        await context.setOffline(true);
        await register(page, "Somebody New");
        await enter(page, { name: "Axe Prospect", contact: `axe-${size}@kept.example` });
        await entry(page, "Axe Prospect").waitFor();
        await register(page, "Somebody Else");
        await page.getByRole("button", { name: "Enter the referral" }).click();
        await page.getByText("how can they be reached?").waitFor();
      }
      await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
      await still(page);
      assert.deepEqual(await violations(page), [], `${view}, light`);
      await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
      await still(page);
      assert.deepEqual(await violations(page, { runOnly: ["color-contrast"] }), [], `${view}, dark`);
      assert.equal(await tooWide(page), 0, view);
      await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
      assert.equal(await tooWide(page), 0, `${view}, text of twice the size`);
      await context.setOffline(false);
    }
    assert.deepEqual(found.filter((text) => !/ERR_INTERNET_DISCONNECTED/.test(text)), []);
    await context.close();
  });
}

test("the day says whom to ask and why; who was asked is left in peace; goals are set and reached", async () => {
  const { ok } = console.worker;
  await ok("PUT", "/v1/reps/nina", { name: "Nina Novak" });
  await ok("POST", "/v1/programs", { slug: "day", name: "A day" });
  await ok("POST", "/v1/programs/day/destinations", { slug: "home", url: "https://landing.example/hello" });
  for (const [name, stages] of /** @type {[string, string[]][]} */ ([["Will Won", ["accepted", "meeting", "opportunity", "won"]], ["Mette Met", ["accepted", "meeting"]], ["Nuno New", []]])) {
    const advocate = await ok("POST", "/v1/programs/day/advocates", { kind: "customer", name, email: `${name.slice(-3).toLowerCase()}@day.example`, owner: "nina" });
    if (stages.length === 0) continue;
    const lead = await ok("POST", VERBAL, { program: "day", medium: "phone", rep: "nina", advocate: { id: advocate.id }, prospect: { email: `${name.slice(-3)}@prospect.example` } });
    for (const stage of stages) await ok("POST", `/v1/leads/${lead.id}/stage`, { stage });
  }
  await ok("POST", "/v1/team", { email: "nina@team.example", name: "Nina Novak", role: "rep", rep: "nina" });
  const { cookie } = await console.session((await console.letters("nina@team.example"))[0]);
  const context = await signedIn(console, cookie, SIZES.phone);
  const page = await context.newPage();
  const found = complaints(page, console.origin);
  await page.goto(`${console.origin}/rep?program=day&view=ask`);
  const items = page.getByRole("list", { name: "Ask these next" }).getByRole("listitem");
  await items.first().waitFor();
  const names = await items.locator("b").allInnerTexts();
  assert.deepEqual(names, ["Will Won", "Mette Met", "Nuno New"]);
  await items.nth(0).getByText(/became a client/).waitFor();
  await items.nth(1).getByText(/You met somebody they recommended/).waitFor();
  await items.nth(2).getByText(/Nobody has asked them yet/).waitFor();

  await page.getByRole("button", { name: "Set goals" }).click();
  await page.getByLabel("Advocates asked").fill("2");
  await page.getByLabel("Meetings held").fill("many");
  await page.getByRole("button", { name: "Set the goals" }).click();
  await page.getByText("Write a number, or nothing.").waitFor();
  await page.getByLabel("Meetings held").fill("4");
  await page.getByRole("button", { name: "Set the goals" }).click();
  await page.getByRole("meter", { name: "Meetings held" }).waitFor();
  assert.equal(await page.getByRole("meter", { name: "Meetings held" }).getAttribute("aria-valuetext"), "2 of 4");
  assert.equal(await page.getByRole("meter", { name: "Clients won" }).count(), 0);

  await items.nth(2).getByRole("button", { name: "Invite Nuno New" }).click();
  await page.getByText("is on its way to new@day.example").waitFor();
  assert.equal(await page.getByRole("meter", { name: "Advocates asked" }).getAttribute("aria-valuetext"), "1 of 2");
  await page.reload();
  await items.first().waitFor();
  await page.waitForLoadState("networkidle");
  assert.deepEqual(await items.locator("b").allInnerTexts(), ["Will Won", "Mette Met"]);
  assert.equal(await page.getByRole("meter", { name: "Advocates asked" }).getAttribute("aria-valuetext"), "1 of 2");

  // From there a referral is begun with the advocate in it.
  await items.first().getByRole("button", { name: "More for Will Won" }).click();
  await page.getByRole("menuitem", { name: "Enter a referral" }).click();
  assert.equal(await who(page).inputValue(), "Will Won");
  assert.deepEqual(found, []);
  await context.close();
});

test("somebody who is no rep chooses one; a role that may not enter anything is told so", async () => {
  const admin = await console.session((await console.invite("admin")).link);
  const context = await signedIn(console, admin.cookie, SIZES.phone);
  const page = await context.newPage();
  await page.goto(`${console.origin}/rep?program=acme`);
  await page.getByLabel("Rep", { exact: true }).selectOption("jonas");
  await pick(page, "maya", "Maya Schmidt");
  await enter(page, { name: "For Jonas", contact: "jonas@kept.example" });
  await entry(page, "For Jonas").getByText("A new lead").waitFor();
  const { results } = await console.worker.db.prepare("SELECT proof FROM touches t JOIN leads l ON l.id = t.lead WHERE l.email = ?").bind("jonas@kept.example").all();
  assert.deepEqual(results, [{ proof: "jonas" }]);
  await context.close();

  const reader = await console.session((await console.invite("read-only")).link);
  const other = await signedIn(console, reader.cookie, SIZES.phone);
  const barred = await other.newPage();
  await barred.goto(`${console.origin}/rep?program=acme`);
  await barred.getByText("Your role cannot enter referrals").waitFor();
  await other.close();
});
