// What goodword.js keeps on another site, for how long, and against whose wish not.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { click } from "../edge/worker.mjs";
import { FORM, LANDING, RECEIPT, begin, call, fields, kept, visit } from "./shop.mjs";

/** @import { Street } from "./shop.mjs" */

/** @type {Street} */
let street;

before(async () => { street = await begin(); });
after(() => street?.stop());

test("a browser that blocks storage loses nothing of this page, and nothing throws", async (t) => {
  const program = await street.program("blocked");
  const { context, page } = await street.somebody(t);
  await context.addInitScript(() => {
    const blocked = () => { throw new DOMException("blocked", "SecurityError"); };
    Object.defineProperty(window, "localStorage", { get: blocked });
    Object.defineProperty(Document.prototype, "cookie", { get: blocked, set: blocked });
  });
  await visit(page, await program.link("email", "maya"));
  assert.equal(page.url(), street.shop.origin + LANDING);
  assert.match((await fields(page))["gw:hidden"], RECEIPT);
  await call(page, "lead", { name: "Sam", phone: "1" });
  assert.deepEqual(await program.credits(), { Sam: "maya" });
});

test("in a frame without an origin the form is filled all the same", async (t) => {
  const program = await street.program("framed");
  const { headers } = await click(await program.link("email", "maya"));
  street.shop.page("/framing", 'data-program="framed"', `<iframe sandbox="allow-scripts" src="${headers.get("location")}"></iframe>`);
  const { page } = await street.somebody(t);
  await page.goto(`${street.shop.origin}/framing`);
  const [frame] = page.frames().slice(1);
  await frame.waitForSelector("[name=gw]", { state: "attached" });
  assert.match(await frame.locator("[name=gw]").inputValue(), RECEIPT);
  assert.deepEqual(await kept(page), {});
});

test("under Global Privacy Control nothing is kept, and this page's form has the receipt", async (t) => {
  const program = await street.program("private");
  const { context, page } = await street.somebody(t);
  await visit(page, await program.link("email", "maya"));
  assert.deepEqual(Object.keys(await kept(page)), ["goodword_private"]);
  // From here on the visitor sends the signal, which takes back what was kept before.
  await context.setExtraHTTPHeaders({ "sec-gpc": "1" });
  await context.addInitScript(() => Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true }));
  await context.clearCookies();
  await visit(page, `${street.shop.origin}/hello`);
  assert.deepEqual([await kept(page), await fields(page)], [{}, {}]);

  await visit(page, await program.link("email", "noah"));
  assert.equal(page.url(), street.shop.origin + LANDING);
  const { "gw:hidden": receipt } = await fields(page);
  assert.match(receipt, RECEIPT);
  await call(page, "consent", true);
  await call(page, "lead", { name: "Sam", phone: "1" });
  assert.deepEqual([await kept(page), await context.cookies()], [{}, []]);
  assert.deepEqual(await program.credits(), { Sam: "noah" });
  await visit(page, `${street.shop.origin}/hello`);
  assert.deepEqual(await fields(page), {});
});

test("before there is consent nothing is kept; after it is withdrawn nothing is left", async (t) => {
  // An address that is not cleaned is what outlives the reload of a consent banner.
  const program = await street.program("asked", { fields: { cookie: false }, attributes: 'data-consent="wait"' });
  const { context, page } = await street.somebody(t);
  await visit(page, await program.link("email", "maya"));
  await page.reload();
  await page.waitForSelector("[name=gw]", { state: "attached" });
  const { "gw:hidden": receipt } = await fields(page);
  assert.equal(page.url(), `${street.shop.origin}/hello?x=1&gw=${receipt}#top`);
  assert.deepEqual([await kept(page), await context.cookies()], [{}, []]);

  await call(page, "consent", true);
  assert.equal(page.url(), street.shop.origin + LANDING);
  assert.deepEqual(await kept(page), { goodword_asked: receipt });
  await visit(page, `${street.shop.origin}/hello`);
  // Not even read, until this page is told.
  assert.deepEqual([await call(page, "receipts"), await fields(page)], [[], {}]);
  await call(page, "consent", true);
  assert.deepEqual(await fields(page), { "gw:hidden": receipt });

  await call(page, "consent", false);
  assert.deepEqual([await kept(page), await call(page, "receipts")], [{}, []]);
  assert.deepEqual(await fields(page), { "gw:hidden": "" });
  await page.evaluate((receipt) => history.pushState(null, "", `?gw=${receipt}`), receipt);
  assert.deepEqual([page.url(), await kept(page)], [`${street.shop.origin}/hello`, {}]);
  await call(page, "lead", { name: "Sam", phone: "1" });
  assert.deepEqual(await program.credits(), { Sam: undefined });
});

test("a click that comes while consent is awaited goes before what was kept", async (t) => {
  const program = await street.program("asked-again", { fields: { cookie: false }, attributes: 'data-consent="wait"' });
  const { page } = await street.somebody(t);
  await visit(page, await program.link("email", "maya"));
  await call(page, "consent", true);
  const [first] = await call(page, "receipts");
  await visit(page, await program.link("email", "noah"));
  const [second] = await call(page, "receipts");
  await call(page, "consent", true);
  assert.deepEqual(await call(page, "receipts"), [second, first]);
});

test("hostile addresses and hostile storage go no further", async (t) => {
  await street.program("hostile");
  street.shop.page("//evil.example/hello", 'data-program="hostile"', FORM);
  const { page } = await street.somebody(t);
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
    await visit(page, street.shop.origin + before);
    assert.equal(page.url(), street.shop.origin + after);
    assert.deepEqual([await kept(page), await fields(page)], [{}, {}], before);
  }
  for (const poison of ['"><script>alert(1)</script>', "c", "null", "{}", ".".repeat(100_000), `${forged}.${"c".repeat(49)}\u0000`]) {
    await page.evaluate((poison) => localStorage.setItem("goodword_hostile", poison), poison);
    await visit(page, `${street.shop.origin}/hello`);
    const filled = Object.values(await fields(page)).join(" ");
    assert.match(filled, /^[\w ]*$/);
    assert.equal(await page.evaluate(() => document.querySelectorAll("script, img").length), 1);
  }
});

test("an expired receipt is forgotten, and no more than 20 are kept", async (t) => {
  const program = await street.program("old", { fields: { cookie: false } });
  const { page } = await street.somebody(t);
  for (let n = 0; n < 22; n += 1) await visit(page, await program.link("email", `friend-${n}`));
  const all = await call(page, "receipts");
  assert.equal(all.length, 20);
  assert.equal(await program.sold({ order_id: "last", receipt: all[0] }), "friend-21");

  const days = 86_400_000;
  await page.clock.install({ time: Date.now() + 89 * days });
  await visit(page, `${street.shop.origin}/hello`);
  assert.equal((await call(page, "receipts")).length, 20);
  await page.clock.setSystemTime(Date.now() + 91 * days);
  await visit(page, `${street.shop.origin}/hello`);
  assert.deepEqual([await call(page, "receipts"), await kept(page)], [[], {}]);
});

test("two tabs share what they have got", async (t) => {
  const program = await street.program("tabs", { fields: { cookie: false } });
  const { context, page } = await street.somebody(t);
  await visit(page, await program.link("email", "maya"));
  const other = await context.newPage();
  await visit(other, await program.link("email", "noah"));
  assert.deepEqual(await call(page, "receipts"), await call(other, "receipts"));
  await call(page, "lead", { name: "Sam", phone: "1" });
  assert.deepEqual(await program.credits(), { Sam: "noah" });
});

test("what is withdrawn in one tab does not come back from another", async (t) => {
  const program = await street.program("withdrawn", { fields: { cookie: false } });
  const { context, page } = await street.somebody(t);
  await visit(page, await program.link("email", "maya"));
  const other = await context.newPage();
  await visit(other, `${street.shop.origin}/hello`);
  assert.match((await fields(other))["gw:hidden"], RECEIPT);
  // What becomes of other keys is not its business.
  await page.evaluate(() => { localStorage.setItem("cart", "1"); localStorage.removeItem("cart"); });
  assert.equal((await call(other, "receipts")).length, 1);

  await call(page, "consent", false);
  await other.waitForFunction(() => /** @type {HTMLInputElement} */ (document.querySelector("[name=gw]")).value === "");
  assert.deepEqual([await call(other, "receipts"), await kept(other), await kept(page)], [[], {}, {}]);
  await call(other, "lead", { name: "Sam", phone: "1" });
  assert.deepEqual(await program.credits(), { Sam: undefined });
  // Said anew, it holds: there is nothing left to be kept.
  await call(other, "consent", true);
  assert.deepEqual([await call(other, "receipts"), await kept(other)], [[], {}]);
});

test("a site that clears its storage has it forgotten in every tab", async (t) => {
  const program = await street.program("cleared", { fields: { cookie: false } });
  const { context, page } = await street.somebody(t);
  await visit(page, await program.link("email", "maya"));
  const other = await context.newPage();
  await visit(other, `${street.shop.origin}/hello`);
  await page.evaluate(() => localStorage.clear());
  await other.waitForFunction(() => /** @type {HTMLInputElement} */ (document.querySelector("[name=gw]")).value === "");
  assert.deepEqual([await call(other, "receipts"), await kept(other)], [[], {}]);
});

test("another vendor's script with a program of its own is not taken for it", async (t) => {
  const program = await street.program("vendor", { head: '<script type="text/plain" data-program="theirs" src="/theirs.js"></script>' });
  const { page } = await street.somebody(t);
  await visit(page, await program.link("email", "maya"));
  assert.deepEqual(Object.keys(await kept(page)), ["goodword_vendor"]);
});

test("subdomains share a cookie where the site says so", async (t) => {
  const program = await street.program("domains", { fields: { cookie: false }, attributes: 'data-domain="shop.localhost"' });
  const { context, page } = await street.somebody(t);
  const here = new URL(street.shop.origin).port;
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
