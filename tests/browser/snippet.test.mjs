// goodword.js on another site, in a real Chromium: the Worker answers at 127.0.0.1,
// the shop at localhost, two sites that share nothing but what the snippet carries.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { click } from "../edge/worker.mjs";
import { launch } from "./chromium.mjs";
import { create } from "./program.mjs";
import { openShop } from "./shop.mjs";
import { startWithFiles } from "./worker-with-files.mjs";

/** @import { Browser, BrowserContextOptions, Page } from "playwright-core" */
/** @import { Shop } from "./shop.mjs" */

/** @type {Awaited<ReturnType<typeof startWithFiles>>} */
let worker;
/** @type {Shop} */
let shop;
/** @type {Browser} */
let browser;

/** The landing page's path, and what of its address has to survive. */
const LANDING = "/hello?x=1#top";
const FORM = '<form data-goodword method="post" action="/order"><button>Order</button></form>';
const RECEIPT = /^c[0-9A-Za-z]{48}$/;

before(async () => {
  // Many people come from one address here.
  worker = await startWithFiles({ vars: { CLICK_SINK: "direct" }, limit: 1_000 });
  shop = await openShop(worker.origin);
  browser = await launch();
  shop.page("/order", 'data-program="any"');
});
after(() => Promise.all([browser?.close(), shop?.stop(), worker?.stop()]));

/**
 * A program whose links lead to the shop, and its landing page.
 * @param {string} slug
 * @param {{ fields?: Record<string, unknown>, attributes?: string, body?: string, head?: string }} options
 */
async function programOf(slug, { fields = {}, attributes = "", body = FORM, head = "" } = {}) {
  shop.page("/hello", `data-program="${slug}" ${attributes}`, body, head);
  const program = await create(worker, shop.origin, slug, fields);
  const people = async () => {
    const { items } = await worker.ok("GET", `/v1/programs/${slug}/advocates`);
    return Object.fromEntries(items.map(({ id, name }) => [id, name]));
  };
  return {
    ...program,
    /** Names of the advocates who have the credit for leads, by the prospect. */
    async credits() {
      const [{ items }, names] = await Promise.all([worker.ok("GET", `/v1/leads?program=${slug}`), people()]);
      return Object.fromEntries(items.map(({ prospect, advocate }) => [prospect.name, names[advocate]]));
    },
    /**
     * What a shop's server is told that reports a sale.
     * @param {Record<string, string>} sale
     */
    async sold(sale) {
      const body = { program: slug, kind: "sale", amount: 4999, currency: "USD", ...sale };
      const { advocate } = await worker.ok("POST", "/v1/conversions", body);
      return (await people())[advocate];
    },
  };
}

/**
 * A browser of somebody, until the test ends; whatever it complains of is a failure.
 * @param {import("node:test").TestContext} t
 * @param {BrowserContextOptions} options
 */
async function somebody(t, options = {}) {
  const context = await browser.newContext(options);
  /** @type {string[]} */
  const found = [];
  context.on("weberror", (error) => found.push(String(error.error())));
  context.on("console", (message) => { if (message.type() === "error") found.push(message.text()); });
  t.after(async () => {
    await context.close();
    // A site without a picture for its tab is one all the same.
    assert.deepEqual(found.filter((text) => !/status of 404/.test(text)), []);
  });
  return { context, page: await context.newPage() };
}

/**
 * Opens an address, and waits for the snippet.
 * @param {Page} page
 * @param {string} url
 */
async function visit(page, url) {
  await page.goto(url);
  await page.waitForFunction(() => "goodword" in window && !("q" in /** @type {any} */ (window).goodword));
}

/**
 * Calls the snippet.
 * @param {Page} page
 * @param {string} name
 * @param {...any} given
 */
const call = (page, name, ...given) => page.evaluate(
  ([name, given]) => /** @type {any} */ (window).goodword[name](...given),
  /** @type {[string, any[]]} */ ([name, given]),
);

/**
 * What is in the fields of the page's first form.
 * @param {Page} page
 */
const fields = (page) => page.evaluate(() => Object.fromEntries(
  [...document.querySelectorAll("form")[0].querySelectorAll("input")].map(({ name, value, type }) => [`${name}:${type}`, value]),
));

/**
 * All that the shop's origin keeps.
 * @param {Page} page
 */
const kept = (page) => page.evaluate(() => ({ ...localStorage, ...sessionStorage, ...(document.cookie ? { cookie: document.cookie } : {}) }));

for (const [touch, cookie, winner] of /** @type {const} */ ([
  ["last", true, "noah"],
  ["first", true, "maya"],
  // Nothing but what the snippet has kept knows of the first click.
  ["first", false, "maya"],
  ["last", false, "noah"],
])) {
  test(`of two clicks the ${touch} one is carried to a lead and a sale, ${cookie ? "with" : "without"} the Worker's cookie`, async (t) => {
    const slug = `${touch}-${cookie}`;
    // What no redirect says, the site has to.
    const attributes = touch === "first" && !cookie ? 'data-touch="first"' : "";
    const program = await programOf(slug, { fields: { touch, cookie }, attributes });
    const { page } = await somebody(t);
    await visit(page, await program.link("email", "maya"));
    assert.equal(page.url(), shop.origin + LANDING);
    const { "gw:hidden": first, ...none } = await fields(page);
    assert.match(first, RECEIPT);
    assert.deepEqual(none, {});
    await visit(page, await program.link("social", "noah"));

    const both = await fields(page);
    assert.equal(both["gw:hidden"] === first, winner === "maya");
    assert.equal(both["gw_click:hidden"] === first, winner === "noah");
    assert.deepEqual(await call(page, "receipts"), Object.values(both));
    // A page that is only opened again changes nothing, and neither does an old address.
    await visit(page, `${shop.origin}/hello?gw=${first}`);
    assert.deepEqual(await fields(page), both);

    assert.deepEqual(await call(page, "lead", { name: "Sam", email: "sam@example.org" }), { received: true });
    assert.deepEqual(await program.credits(), { Sam: winner });
    // The form goes to the shop's own server, which reports what it got.
    await page.click("button");
    const { gw } = shop.posted.at(-1) ?? {};
    assert.equal(await program.sold({ order_id: "of-sam", receipt: gw }), winner);
  });
}

test("a plain form goes straight to the Worker, with all that was kept", async (t) => {
  const program = await programOf("plain", {
    fields: { touch: "first", cookie: false },
    attributes: 'data-forms="form.contact"',
    body: `<form class="contact" method="post" action="${worker.origin}/v1/public/leads">
      <input type="hidden" name="program" value="plain"><input name="name"><input name="phone"><button>Send</button></form>
      <form><input name="q"></form>`,
  });
  const { page } = await somebody(t);
  for (const who of ["maya", "noah"]) await visit(page, await program.link("email", who));
  assert.deepEqual(await page.evaluate(() => document.querySelectorAll("form")[1].innerHTML), '<input name="q">');
  await page.fill("[name=name]", "Kim");
  await page.fill("[name=phone]", "+49 30 123456");
  await page.click("button");
  await page.waitForURL(`${worker.origin}/v1/public/leads`);
  assert.deepEqual(await program.credits(), { Kim: "maya" });
});

test("a lead that the Worker refuses is an error that says what is wrong", async (t) => {
  await programOf("refused");
  const { context, page } = await somebody(t);
  context.removeAllListeners("console");
  await visit(page, `${shop.origin}/hello`);
  const error = await page.evaluate(() => /** @type {any} */ (window).goodword.lead({ email: "nobody" })
    .catch((error) => ({ is: error instanceof Error, message: error.message, ...error })));
  assert.deepEqual([error.is, error.status, error.errors[0].field], [true, 422, "prospect.email"]);
  assert.ok(error.message);
  // Not even a call without anything throws.
  assert.equal(await page.evaluate(() => /** @type {any} */ (window).goodword.lead().catch(() => "no")), "no");
});

test("what is called before the snippet is there is answered", async (t) => {
  shop.script("/stub.js", `
    window.goodword = window.goodword || ["lead", "convert", "consent", "receipts"].reduce((stub, name) => {
      stub[name] = (...given) => new Promise((answer) => stub.q.push([name, given, answer]));
      return stub;
    }, { q: [] });
    const { receipts } = goodword;
    window.early = goodword.lead({ name: "Early", phone: "1", consent: "Call me." });
    window.late = () => receipts();
    window.wrong = goodword.lead({}).catch((error) => error.status);`);
  const program = await programOf("early", { head: '<script src="/stub.js"></script>' });
  const { context, page } = await somebody(t);
  context.removeAllListeners("console");
  await visit(page, await program.link("email", "maya"));
  assert.deepEqual(await page.evaluate("early"), { received: true });
  assert.deepEqual(await program.credits(), { Early: "maya" });
  assert.deepEqual(await page.evaluate("late()"), await call(page, "receipts"));
  assert.equal(await page.evaluate("wrong"), 422);
});

test("a single-page site: its router's addresses are cleaned, and forms that come later are filled", async (t) => {
  const program = await programOf("spa", { body: "<main></main>" });
  const { page } = await somebody(t);
  await visit(page, await program.link("email", "maya"));
  const [receipt] = await call(page, "receipts");
  // A router writes back the address that it began with, and a state of its own.
  await page.evaluate((receipt) => history.replaceState({ mine: 1 }, "", `/hello?gw=${receipt}&x=1&b=%20+#top`), receipt);
  assert.equal(page.url(), `${shop.origin}/hello?x=1&b=%20+#top`);
  assert.deepEqual(await page.evaluate(() => history.state), { mine: 1 });

  await page.evaluate(() => {
    history.pushState(null, "", "/order-now");
    const form = document.createElement("form");
    form.dataset.goodword = "";
    document.querySelector("main")?.append(form);
  });
  await page.waitForSelector("form [name=gw]", { state: "attached" });
  assert.deepEqual(await fields(page), { "gw:hidden": receipt });
  // React takes what is its own away, and puts another in its place.
  await page.evaluate(() => document.querySelector("form input")?.remove());
  await page.waitForSelector("form [name=gw]", { state: "attached" });
  // A field that the site has made itself is the one that is filled.
  await page.evaluate(() => {
    const form = document.createElement("form");
    form.dataset.goodword = "";
    const field = document.createElement("input");
    field.name = "gw";
    form.append(field);
    document.querySelector("main")?.replaceChildren(form);
  });
  await page.waitForFunction((receipt) => document.querySelector("input")?.value === receipt, receipt);
  assert.deepEqual(await fields(page), { "gw:text": receipt });

  await page.evaluate(() => { history.back(); });
  await page.waitForURL(`${shop.origin}/hello?x=1&b=%20+#top`);
  // A later click comes in without a load.
  const { headers } = await click(await program.link("social", "noah"));
  await page.evaluate((url) => history.pushState(null, "", url), headers.get("location") ?? "");
  assert.equal(page.url(), shop.origin + LANDING);
  assert.equal((await call(page, "receipts")).at(1), receipt);
});

test("a browser that blocks storage loses nothing of this page, and nothing throws", async (t) => {
  const program = await programOf("blocked");
  const { context, page } = await somebody(t);
  await context.addInitScript(() => {
    const blocked = () => { throw new DOMException("blocked", "SecurityError"); };
    Object.defineProperty(window, "localStorage", { get: blocked });
    Object.defineProperty(Document.prototype, "cookie", { get: blocked, set: blocked });
  });
  await visit(page, await program.link("email", "maya"));
  assert.equal(page.url(), shop.origin + LANDING);
  assert.match((await fields(page))["gw:hidden"], RECEIPT);
  await call(page, "lead", { name: "Sam", phone: "1" });
  assert.deepEqual(await program.credits(), { Sam: "maya" });
});

test("in a frame without an origin the form is filled all the same", async (t) => {
  const program = await programOf("framed");
  const { headers } = await click(await program.link("email", "maya"));
  shop.page("/framing", 'data-program="framed"', `<iframe sandbox="allow-scripts" src="${headers.get("location")}"></iframe>`);
  const { page } = await somebody(t);
  await page.goto(`${shop.origin}/framing`);
  const [frame] = page.frames().slice(1);
  await frame.waitForSelector("[name=gw]", { state: "attached" });
  assert.match(await frame.locator("[name=gw]").inputValue(), RECEIPT);
  assert.deepEqual(await kept(page), {});
});

test("under Global Privacy Control nothing is kept, and this page's form has the receipt", async (t) => {
  const program = await programOf("private");
  const { context, page } = await somebody(t);
  await visit(page, await program.link("email", "maya"));
  assert.deepEqual(Object.keys(await kept(page)), ["goodword_private"]);
  // From here on the visitor sends the signal, which takes back what was kept before.
  await context.setExtraHTTPHeaders({ "sec-gpc": "1" });
  await context.addInitScript(() => Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true }));
  await context.clearCookies();
  await visit(page, `${shop.origin}/hello`);
  assert.deepEqual([await kept(page), await fields(page)], [{}, {}]);

  await visit(page, await program.link("email", "noah"));
  assert.equal(page.url(), shop.origin + LANDING);
  const { "gw:hidden": receipt } = await fields(page);
  assert.match(receipt, RECEIPT);
  await call(page, "consent", true);
  await call(page, "lead", { name: "Sam", phone: "1" });
  assert.deepEqual([await kept(page), await context.cookies()], [{}, []]);
  assert.deepEqual(await program.credits(), { Sam: "noah" });
  await visit(page, `${shop.origin}/hello`);
  assert.deepEqual(await fields(page), {});
});

test("before there is consent nothing is kept; after it is withdrawn nothing is left", async (t) => {
  // An address that is not cleaned is what outlives the reload of a consent banner.
  const program = await programOf("asked", { fields: { cookie: false }, attributes: 'data-consent="wait"' });
  const { context, page } = await somebody(t);
  await visit(page, await program.link("email", "maya"));
  await page.reload();
  await page.waitForSelector("[name=gw]", { state: "attached" });
  const { "gw:hidden": receipt } = await fields(page);
  assert.equal(page.url(), `${shop.origin}/hello?x=1&gw=${receipt}#top`);
  assert.deepEqual([await kept(page), await context.cookies()], [{}, []]);

  await call(page, "consent", true);
  assert.equal(page.url(), shop.origin + LANDING);
  assert.deepEqual(await kept(page), { goodword_asked: receipt });
  await visit(page, `${shop.origin}/hello`);
  // Not even read, until this page is told.
  assert.deepEqual([await call(page, "receipts"), await fields(page)], [[], {}]);
  await call(page, "consent", true);
  assert.deepEqual(await fields(page), { "gw:hidden": receipt });

  await call(page, "consent", false);
  assert.deepEqual([await kept(page), await call(page, "receipts")], [{}, []]);
  assert.deepEqual(await fields(page), { "gw:hidden": "" });
  await page.evaluate((receipt) => history.pushState(null, "", `?gw=${receipt}`), receipt);
  assert.deepEqual([page.url(), await kept(page)], [`${shop.origin}/hello`, {}]);
  await call(page, "lead", { name: "Sam", phone: "1" });
  assert.deepEqual(await program.credits(), { Sam: undefined });
});

test("a click that comes while consent is awaited goes before what was kept", async (t) => {
  const program = await programOf("asked-again", { fields: { cookie: false }, attributes: 'data-consent="wait"' });
  const { page } = await somebody(t);
  await visit(page, await program.link("email", "maya"));
  await call(page, "consent", true);
  const [first] = await call(page, "receipts");
  await visit(page, await program.link("email", "noah"));
  const [second] = await call(page, "receipts");
  await call(page, "consent", true);
  assert.deepEqual(await call(page, "receipts"), [second, first]);
});

test("hostile addresses and hostile storage go no further", async (t) => {
  await programOf("hostile");
  shop.page("//evil.example/hello", 'data-program="hostile"', FORM);
  const { page } = await somebody(t);
  const markup = encodeURIComponent('"><script src=//evil.example></script><img src=x onerror=alert(1)>');
  const forged = `c0${"Z".repeat(47)}`;
  for (const [before, after] of [
    [`/hello?gw=${markup}&gw_click=${markup}`, "/hello"],
    [`/hello?gw[]=1&gw=&gw&gwx=2&xgw=3&gw_click`, "/hello?gw[]=1&gwx=2&xgw=3"],
    [`/hello?a=1&&b=%2B+%20;c&gw=${"A".repeat(4_000)}&d=$%26$'#/x?gw=1`, "/hello?a=1&&b=%2B+%20;c&d=$%26$%27#/x?gw=1"],
    [`/hello?gw=c${"0".repeat(48)}`, "/hello"],
    ["/hello?%67w=1&__proto__=2", "/hello?%67w=1&__proto__=2"],
    ["//evil.example/hello?gw=1&x=2", "//evil.example/hello?x=2"],
  ]) {
    await page.goto("about:blank");
    await visit(page, shop.origin + before);
    assert.equal(page.url(), shop.origin + after);
    assert.deepEqual([await kept(page), await fields(page)], [{}, {}], before);
  }
  for (const poison of ['"><script>alert(1)</script>', "c", "null", "{}", ".".repeat(100_000), `${forged}.${"c".repeat(49)}\u0000`]) {
    await page.evaluate((poison) => localStorage.setItem("goodword_hostile", poison), poison);
    await visit(page, `${shop.origin}/hello`);
    const filled = Object.values(await fields(page)).join(" ");
    assert.match(filled, /^[\w ]*$/);
    assert.equal(await page.evaluate(() => document.querySelectorAll("script, img").length), 1);
  }
});

test("an expired receipt is forgotten, and no more than 20 are kept", async (t) => {
  const program = await programOf("old", { fields: { cookie: false } });
  const { page } = await somebody(t);
  for (let n = 0; n < 22; n += 1) await visit(page, await program.link("email", `friend-${n}`));
  const all = await call(page, "receipts");
  assert.equal(all.length, 20);
  assert.equal(await program.sold({ order_id: "last", receipt: all[0] }), "friend-21");

  const days = 86_400_000;
  await page.clock.install({ time: Date.now() + 89 * days });
  await visit(page, `${shop.origin}/hello`);
  assert.equal((await call(page, "receipts")).length, 20);
  await page.clock.setSystemTime(Date.now() + 91 * days);
  await visit(page, `${shop.origin}/hello`);
  assert.deepEqual([await call(page, "receipts"), await kept(page)], [[], {}]);
});

test("two tabs share what they have got", async (t) => {
  const program = await programOf("tabs", { fields: { cookie: false } });
  const { context, page } = await somebody(t);
  await visit(page, await program.link("email", "maya"));
  const other = await context.newPage();
  await visit(other, await program.link("email", "noah"));
  assert.deepEqual(await call(page, "receipts"), await call(other, "receipts"));
  await call(page, "lead", { name: "Sam", phone: "1" });
  assert.deepEqual(await program.credits(), { Sam: "noah" });
});

test("subdomains share a cookie where the site says so", async (t) => {
  const program = await programOf("domains", { fields: { cookie: false }, attributes: 'data-domain="shop.localhost"' });
  const { context, page } = await somebody(t);
  const here = new URL(shop.origin).port;
  const { headers } = await click(await program.link("email", "maya"));
  const landing = new URL(headers.get("location") ?? "");
  await visit(page, `http://www.shop.localhost:${here}${landing.pathname}${landing.search}`);
  const { "gw:hidden": receipt } = await fields(page);
  const [cookie] = await context.cookies();
  assert.deepEqual(
    [cookie.name, cookie.value, cookie.domain, cookie.path, cookie.sameSite, cookie.secure],
    ["goodword_domains", receipt, ".shop.localhost", "/", "Lax", true],
  );
  assert.ok(Math.abs(cookie.expires - Date.now() / 1_000 - 90 * 86_400) < 60);
  await visit(page, `http://pay.shop.localhost:${here}/hello`);
  assert.deepEqual(await fields(page), { "gw:hidden": receipt });
  await call(page, "consent", false);
  assert.deepEqual([await kept(page), await context.cookies()], [{}, []]);
});

test("the file is public, cached for an hour, and can be loaded with its hash", async (t) => {
  const { headers, ...response } = await worker.api("GET", "/goodword.js");
  assert.equal(response.status, 200);
  assert.match(headers.get("content-type") ?? "", /^text\/javascript/);
  assert.deepEqual(
    ["access-control-allow-origin", "cache-control", "cross-origin-resource-policy", "x-content-type-options"].map((name) => headers.get(name)),
    ["*", "public, max-age=3600, stale-while-revalidate=86400", "cross-origin", "nosniff"],
  );
  const hash = createHash("sha384").update(response.body).digest("base64");
  const program = await programOf("hashed", { attributes: `integrity="sha384-${hash}" crossorigin` });
  const { page } = await somebody(t);
  await visit(page, await program.link("email", "maya"));
  assert.match((await fields(page))["gw:hidden"], RECEIPT);
});
