// A program whose links lead to the landing site, and what was counted of them.

import assert from "node:assert/strict";
import { click, until } from "../edge/worker.mjs";

/**
 * @typedef {import("../edge/worker.mjs").Worker} Worker
 * @typedef {{ human: number, suspected: number, bot: number }} Clicks
 * @typedef {{ clicks: Clicks, uniques: number }} Counts
 */

/** A query and a fragment of its own, which have to survive. */
const LANDING = "/hello?x=1#top";

/**
 * Creates a program.
 * @param {Pick<Worker, "ok">} worker
 * @param {string} origin of the landing site
 * @param {string} slug
 * @param {Record<string, unknown>} fields
 */
export async function create(worker, origin, slug, fields = {}) {
  const { number } = await worker.ok("POST", "/v1/programs", { slug, name: slug, ...fields });
  await worker.ok("POST", `/v1/programs/${slug}/destinations`, { slug: "home", url: origin + LANDING });

  /**
   * The link of an advocate, who is made at need.
   * @param {string} channel
   * @param {string} who
   * @returns {Promise<string>}
   */
  async function link(channel, who = "maya") {
    const advocate = await worker.ok("POST", `/v1/programs/${slug}/advocates`, {
      external_id: who,
      kind: "customer",
      name: who,
    });
    const { url } = await worker.ok("POST", "/v1/links", { program: slug, advocate: advocate.id, channel });
    return url;
  }

  /**
   * What is counted, by channel, where anything is.
   * @returns {Promise<Record<string, Counts>>}
   */
  async function counts() {
    const { rows } = await worker.ok("GET", `/v1/stats?program=${slug}&by=channel`);
    /** @type {Record<string, Counts>} */
    const found = {};
    for (const { key, clicks, uniques } of rows) {
      if (clicks.human + clicks.suspected + clicks.bot > 0) found[key] = { clicks, uniques };
    }
    return found;
  }

  /**
   * Waits until `expected` is counted, 5 seconds at most, and then for a click
   * that comes after: nothing more may have been counted with it.
   * @param {Record<string, Counts>} expected
   */
  async function counted(expected) {
    await until(async () => same(await counts(), expected), `clicks of ${slug}`, 5);
    await click(await link("print", "the-last"), { "user-agent": "Googlebot/2.1" });
    await until(async () => (await counts()).print?.clicks.bot === 1, `the last click of ${slug}`, 5);
    const { print, ...rest } = await counts();
    assert.deepEqual(rest, expected);
  }

  return { cookie: `gw_${number}`, link, counts, counted };
}

/**
 * @param {number} human
 * @param {number} suspected
 * @param {number} bot
 * @param {number} uniques
 * @returns {Counts}
 */
export const counts = (human, suspected, bot, uniques = human) =>
  ({ clicks: { human, suspected, bot }, uniques });

/**
 * `true`, or what there is instead.
 * @param {unknown} found
 * @param {unknown} expected
 */
function same(found, expected) {
  try {
    assert.deepEqual(found, expected);
    return true;
  } catch {
    return found;
  }
}
