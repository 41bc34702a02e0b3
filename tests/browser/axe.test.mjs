// Every page in both themes, on a desktop and on a telephone: what axe finds, what
// its policy refuses, whom it asks, and what it weighs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { PAGES, SIZES, begin, believable, complaints, open, signedIn } from "./console.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Console } from "./console.mjs" */

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What a first load may weigh: every body that it takes, gzipped. */
const BUDGET = 150 * 1024;

/** Pages that need no session. */
const OPEN = ["/sign-in", "/design", "/demo/", `/${"a".repeat(26)}`];

/** @type {Console} */
let console;
/** @type {string} */
let cookie;

before(async () => {
  console = await begin();
  await believable(console.worker);
  ({ cookie } = await console.session((await console.invite("admin")).link));
});
after(() => console?.stop());

/**
 * What axe finds, in a line each.
 * @param {Page} page
 * @param {object} options
 */
async function violations(page, options = {}) {
  // Under the policy no script may be put into the page; DevTools may run one.
  await page.evaluate(AXE);
  const results = await page.evaluate(async (options) => {
    const { violations } = await /** @type {any} */ (globalThis).axe.run(document, { resultTypes: ["violations"], ...options });
    return violations.map((/** @type {any} */ { id, help, nodes }) => [id, help,
      nodes.map((/** @type {any} */ node) => `${node.target.join(" ")} ${node.failureSummary.split("\n").slice(1, 3).join(" ").trim()}`)]);
  }, options);
  return results.map(([id, help, nodes]) => `${id}: ${help}\n  ${nodes.slice(0, 5).join("\n  ")}`);
}

/** Whatever moves has to have arrived before contrast is measured. */
const still = (/** @type {Page} */ page) => page.evaluate(() =>
  Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))));

for (const [size, options] of Object.entries(SIZES)) {
  for (const path of [...Object.keys(PAGES), ...OPEN]) {
    test(`${path}, ${size}: axe finds nothing in either theme, nothing is refused, and nobody else is asked`, async (t) => {
      const needs = !OPEN.includes(path);
      const context = await signedIn(console, needs ? cookie : "gone=1", { ...options, colorScheme: "light", reducedMotion: "reduce" });
      const page = await context.newPage();
      const found = complaints(page, console.origin);
      const weight = weigh(page);
      await open(page, `${console.origin}${path}${needs ? "?program=acme" : ""}`);
      assert.equal(new URL(page.url()).pathname, path);
      const bytes = await weight();
      t.diagnostic(`first load: ${(bytes / 1024).toFixed(1)} KB gzipped`);
      assert.ok(bytes <= BUDGET, `${bytes} bytes`);
      assert.deepEqual(await violations(page), [], "light");
      await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
      await still(page);
      // Nothing else depends on the theme.
      assert.deepEqual(await violations(page, { runOnly: ["color-contrast"] }), [], "dark");
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${wide} pixels wider than the window`);
      // Chromium complains of the neutral page's 404 itself.
      assert.deepEqual(found.filter((text) => !(path.length === 27 && /status of 404/.test(text))), []);
      await context.close();
    });
  }
}

/**
 * Adds up what a page takes, as it would be sent: gzipped.
 * @param {Page} page
 */
function weigh(page) {
  /** @type {Promise<number>[]} */
  const bodies = [];
  page.on("response", (response) => {
    if (/^(data|blob):/.test(response.url())) return;
    bodies.push(response.body().then((body) => gzipSync(body).length, () => 0));
  });
  return async () => (await Promise.all(bodies)).reduce((sum, size) => sum + size, 0);
}

test("a page is readable with text at 200 %", async () => {
  const context = await signedIn(console, cookie, SIZES.desktop);
  const page = await context.newPage();
  for (const path of Object.keys(PAGES)) {
    await open(page, `${console.origin}${path}?program=acme`);
    await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${path}: ${wide} pixels wider than the window`);
  }
  await context.close();
});
