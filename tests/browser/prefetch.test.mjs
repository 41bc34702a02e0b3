// What a real Chromium does with a link that it fetches in advance.
//
// It uses a 2xx or a redirect that it has prefetched, and never asks again: a
// 302 would be counted before anybody clicks, a 204 would even swallow the
// click. A 503 it throws away, and asks when the visitor really comes.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start, until } from "../edge/worker.mjs";
import { launch, launchAlone, site } from "./chromium.mjs";
import { counts, create } from "./program.mjs";

/** @import { Browser } from "playwright-core" */
/** @import { Site } from "./chromium.mjs" */
/** @import { Worker } from "./program.mjs" */

/** @type {Worker} */
let worker;
/** @type {Site} */
let landing;
/** @type {Browser} */
let browser;

before(async () => {
  worker = await start();
  landing = await site();
  browser = await launch();
});
after(() => Promise.all([browser?.close(), landing?.stop(), worker?.stop()]));

/**
 * Speculation rules that fetch a link at once.
 * @param {"prefetch" | "prerender"} action
 * @param {string} link
 */
const rules = (action, link) =>
  `<script type="speculationrules">${JSON.stringify({ [action]: [{ urls: [link], eagerness: "immediate" }] })}</script>`;

/** @type {[string, "origin" | "sibling", (link: string) => string][]} */
const PREFETCHES = [
  ["speculation rules of another site", "origin", (link) => rules("prefetch", link)],
  ["speculation rules of another origin of the same site", "sibling", (link) => rules("prefetch", link)],
  ["<link rel=prefetch> of another site", "origin", (link) => `<link rel="prefetch" href="${link}">`],
];

for (const [index, [what, from, head]] of PREFETCHES.entries()) {
  test(`a prefetch by ${what} and the click that follows are one human click`, async () => {
    const program = await create(worker, landing.origin, `prefetch-${index}`);
    const link = await program.link("email");
    const path = landing.put(`/prefetch-${index}`, `${head(link)}<a href="${link}">A friend's advice</a>`);
    const seen = landing.landed().length;
    const context = await browser.newContext();
    const page = await context.newPage();

    await page.goto(landing[from] + path);
    // The prefetch has really reached the Worker, which sent nobody on.
    await until(async () => (await program.counts()).email?.clicks.suspected === 1, "the prefetch", 10);
    assert.deepEqual(await context.cookies(), []);
    assert.equal(landing.landed().length, seen);

    await page.click("a");
    await page.waitForURL(`${landing.origin}/hello?*`);
    const receipt = new URL(page.url()).searchParams.get("gw");
    assert.deepEqual((await context.cookies()).map(({ value }) => value), [receipt]);
    assert.equal(landing.landed().length, seen + 1);
    await program.counted({ email: counts(1, 1, 0) });
    await context.close();
  });
}

test("a prerender and the click that follows are one human click", async () => {
  const program = await create(worker, landing.origin, "prerender");
  const link = await program.link("email");
  const path = landing.put("/prerender", `${rules("prerender", link)}<a href="${link}">A friend's advice</a>
    <script type="module">await fetch("/gate"); document.querySelector("a").click();</script>`);
  const seen = landing.landed().length;
  // Other sites are not prerendered, siblings are.
  const end = launchAlone(landing.sibling + path);
  try {
    await until(async () => (await program.counts()).email?.clicks.suspected === 1, "the prerender", 10);
    assert.equal(landing.landed().length, seen);
    landing.open();
    await until(() => landing.landed().length > seen, "the landing page", 10);
    await program.counted({ email: counts(1, 1, 0) });
    assert.equal(landing.landed().length, seen + 1);
  } finally {
    await end();
  }
});
