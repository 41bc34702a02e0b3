// Links, followed by a real Chromium to a landing page on another site.

import assert from "node:assert/strict";
import { after, before, beforeEach, afterEach, test } from "node:test";
import { click, start } from "../edge/worker.mjs";
import { launch, site } from "./chromium.mjs";
import { counts, create } from "./program.mjs";

/** @import { Browser, BrowserContext, Page } from "playwright-core" */
/** @import { Site } from "./chromium.mjs" */
/** @import { Worker } from "./program.mjs" */

const RECEIPT = /^c1[0-9A-Za-z]{47}$/;
const DAYS_90 = 7_776_000;

/** @type {Worker} */
let worker;
/** @type {Site} */
let landing;
/** @type {Browser} */
let browser;
/** @type {BrowserContext} */
let context;
/** @type {Page} */
let page;

before(async () => {
  worker = await start();
  landing = await site();
  browser = await launch();
});
after(() => Promise.all([browser?.close(), landing?.stop(), worker?.stop()]));
beforeEach(async () => {
  context = await browser.newContext();
  page = await context.newPage();
});
afterEach(() => context.close());

/** The receipts in the landing page's address, which is otherwise as configured. */
function receipts() {
  const url = new URL(page.url());
  assert.equal(url.origin + url.pathname, `${landing.origin}/hello`);
  assert.equal(url.hash, "#top");
  const { x, ...rest } = Object.fromEntries(url.searchParams);
  assert.equal(x, "1");
  return rest;
}

test("an email, a social and a verbal link lead there, and each is one human click", async () => {
  const program = await create(worker, landing.origin, "channels");
  for (const channel of ["email", "social", "verbal"]) {
    // Each is another person's, with cookies of their own.
    const visitor = await browser.newContext();
    page = await visitor.newPage();
    const response = await page.goto(await program.link(channel));
    const now = Date.now() / 1_000;

    assert.equal(response?.status(), 200);
    assert.equal(await page.textContent("h1"), "Hello");
    const { gw, ...rest } = receipts();
    assert.match(gw, RECEIPT);
    assert.deepEqual(rest, {});

    const [{ expires, ...cookie }, ...others] = await visitor.cookies(worker.base);
    assert.deepEqual(others, []);
    assert.deepEqual(cookie, {
      name: program.cookie,
      value: gw,
      domain: "127.0.0.1",
      path: "/",
      httpOnly: true,
      secure: true,
      sameSite: "Lax",
    });
    assert.ok(Math.abs(expires - now - DAYS_90) < 60, `expires in ${expires - now} s`);
    await visitor.close();
  }
  // One address and one browser, so one visitor, whom each channel counts.
  await program.counted({ email: counts(1, 0, 0), social: counts(1, 0, 0), verbal: counts(1, 0, 0) });
});

test("the landing page learns where its visitor came from, but not by which code", async () => {
  const program = await create(worker, landing.origin, "referrer");
  const link = await program.link("email");
  landing.put("/letter", `<a href="${link}">A friend's advice</a>`);
  await page.goto(`${landing.sibling}/letter`);
  await page.click("a");
  await page.waitForURL("**/hello*");
  const visit = landing.landed().at(-1);
  assert.equal(visit?.headers.referer, `${landing.sibling}/`);
  await program.counted({ email: counts(1, 0, 0) });
});

test("HEAD, a crawler and a preview agent change the other classes alone", async () => {
  const program = await create(worker, landing.origin, "machines");
  const link = await program.link("social");
  await page.goto(link);
  await click(link, {}, "HEAD");
  await click(link, { "user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)" });
  await click(link, { "user-agent": "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)" });
  await click(link, { "user-agent": "curl/8.14.1" });
  await program.counted({ social: counts(1, 1, 3) });
});

test("under Global Privacy Control a click leaves no cookie and no visitor, and counts", async () => {
  const program = await create(worker, landing.origin, "privacy");
  await context.setExtraHTTPHeaders({ "sec-gpc": "1" });
  await page.goto(await program.link("email"));
  assert.match(receipts().gw, RECEIPT);
  assert.deepEqual(await context.cookies(), []);
  await program.counted({ email: counts(1, 0, 0, 0) });
});

test("the first touch keeps its cookie, and the second link brings both receipts", async () => {
  const program = await create(worker, landing.origin, "first", { touch: "first" });
  await page.goto(await program.link("email", "maya"));
  const first = receipts().gw;
  const before = await context.cookies();
  await page.goto(await program.link("email", "jonas"));
  const { gw, gw_click, ...rest } = receipts();
  assert.equal(gw, first);
  assert.match(gw_click, RECEIPT);
  assert.notEqual(gw_click, first);
  assert.deepEqual(rest, {});
  assert.deepEqual(await context.cookies(), before);
  assert.equal(before[0]?.value, first);
  await program.counted({ email: counts(2, 0, 0, 1) });
});

test("the last touch takes the cookie over", async () => {
  const program = await create(worker, landing.origin, "last", { touch: "last" });
  await page.goto(await program.link("email", "maya"));
  const first = receipts().gw;
  await page.goto(await program.link("email", "jonas"));
  const { gw, ...rest } = receipts();
  assert.notEqual(gw, first);
  assert.deepEqual(rest, {});
  assert.deepEqual((await context.cookies()).map(({ value }) => value), [gw]);
});

for (const [what, tag] of [["an image", "img"], ["a frame", "iframe"]]) {
  test(`a link as ${what} on another site is no human click and sets no cookie`, async () => {
    const program = await create(worker, landing.origin, `as-${tag}`);
    landing.put(`/${tag}`, `<${tag} src="${await program.link("social")}"></${tag}>`);
    const seen = landing.landed().length;
    // `load` comes after the image and the frame, with the redirect and all.
    await page.goto(`${landing.origin}/${tag}`, { waitUntil: "load" });
    assert.equal(landing.landed().length, seen + 1, "the redirect was not followed");
    assert.deepEqual(await context.cookies(), []);
    await program.counted({ social: counts(0, 1, 0) });
  });
}
