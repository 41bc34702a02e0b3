// What every page is looked at for: what axe finds, whether it fits, what it weighs.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";

/** @import { Page } from "playwright-core" */

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * What axe finds, in a line each.
 * @param {Page} page
 * @param {object} options
 */
export async function violations(page, options = {}) {
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
export const still = (/** @type {Page} */ page) => page.evaluate(() =>
  Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))));

/** By how many pixels a page is wider than its window. @param {Page} page */
export const tooWide = (page) => page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth));

/**
 * Adds up what a page takes, as it would be sent: gzipped.
 * @param {Page} page
 */
export function weigh(page) {
  /** @type {Promise<number>[]} */
  const bodies = [];
  page.on("response", (response) => {
    if (/^(data|blob):/.test(response.url())) return;
    bodies.push(response.body().then((body) => gzipSync(body).length, () => 0));
  });
  return async () => (await Promise.all(bodies)).reduce((sum, size) => sum + size, 0);
}
