// An advocate at the portal: a program with texts and a ladder, who is signed in by
// the mail that was really sent, and what the page opens.

import { SIZES, complaints } from "./console.mjs";

/** @import { BrowserContext, Page } from "playwright-core" */
/** @import { Console } from "./console.mjs" */

/** Where composers are. Nobody is really asked. */
const COMPOSERS = /^https:\/\/(wa\.me|x\.com|www\.linkedin\.com|www\.facebook\.com)\//;

export const LADDER = {
  id: "three-then-a-year", who: "advocate", when: "won",
  pay: { ladder: { rungs: [
    { times: 3, amount: 10_000, unit: "USD", form: "credit" },
    { times: 1, amount: 12, unit: "months", form: "free_service" },
  ], after: "nothing" } },
};

export const MESSAGES = [
  { channel: "email", medium: null, subject: "{first_name} thought of you", text: "Hi,\n\nsee what {program} does & how:\n{link}\n\n{advocate}" },
  { channel: "social", medium: null, subject: "", text: "I like {program}." },
  { channel: "social", medium: "x", subject: "", text: "Short & to the point: {link} #really" },
  { channel: "link", medium: null, subject: "", text: "Have a look: {link}" },
];

/**
 * A program with a page to lead to, texts, and a ladder of rewards.
 * @param {Console} house
 * @param {string} slug
 * @param {{ name?: string, messages?: any[], rules?: any[], brand?: any }} [of]
 */
export async function program(house, slug, { name = "Acme friends", messages = MESSAGES, rules = [LADDER], brand = { color: "#3b5bdb" } } = {}) {
  const { ok } = house.worker;
  await ok("POST", "/v1/programs", { slug, name, zone: "Europe/Berlin" });
  await ok("POST", `/v1/programs/${slug}/destinations`, { slug: "home", url: "https://landing.example/hello" });
  await ok("PUT", `/v1/programs/${slug}/rules`, { rules });
  await ok("PUT", `/v1/programs/${slug}/content`, { content: { brand, messages } });
  await ok("PUT", "/v1/reps/lea", { name: "Lea Brandt", email: "lea@acme.example" });
}

/**
 * An advocate of a program.
 * @param {Console} house
 * @param {string} slug
 * @param {Record<string, unknown>} [fields]
 */
export const advocate = (house, slug, fields) => house.worker.ok("POST", `/v1/programs/${slug}/advocates`,
  { kind: "customer", name: "Maya Okafor", owner: "lea", email: `maya@${slug}.example`, ...fields });

/**
 * A browser whose composers go nowhere. `opened` is what each would have opened.
 * @param {Console} house
 * @param {keyof typeof SIZES} size
 */
export async function browser(house, size) {
  const context = await house.browser.newContext({ locale: "en-GB", reducedMotion: "reduce", permissions: ["clipboard-read", "clipboard-write"], ...SIZES[size] });
  context.setDefaultTimeout(15_000);
  /** @type {string[]} */
  const opened = [];
  await context.route(COMPOSERS, (route) => {
    if (route.request().isNavigationRequest()) opened.push(route.request().url());
    return route.fulfill({ contentType: "text/html", body: "<title>A composer</title>" });
  });
  await context.exposeFunction("opensItself", (/** @type {string} */ href) => { opened.push(href); });
  await context.addInitScript(() => {
    // No program of this machine takes a mail or a message, so the click is heard of
    // after the page has had it.
    addEventListener("click", (event) => {
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      if (event.defaultPrevented || !link || !/^(mailto|sms):/.test(link.href)) return;
      event.preventDefault();
      /** @type {any} */ (globalThis).opensItself(`${link.target}${link.target ? " " : ""}${link.href}`);
    });
  });
  return { context, opened };
}

/**
 * Asks for a link as somebody would, and follows it.
 * @param {Console} house
 * @param {BrowserContext} context
 * @param {string} email
 * @param {{ program?: string, count?: number }} [options] how many letters there are then
 */
export async function enter(house, context, email, { program, count = 1 } = {}) {
  await house.worker.ok("POST", "/v1/me/link", { email, program }, { ...house.worker.sameOrigin, authorization: "" });
  const [link] = await house.letters(email, count, "me");
  const page = await context.newPage();
  const wrong = complaints(page, house.origin);
  await page.goto(/** @type {string} */ (link));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
  // Before one is signed in, one is not.
  wrong.splice(0);
  return { page, wrong };
}

/**
 * Goes to a tab, and waits until all of it is there.
 * @param {Page} page
 * @param {"Share" | "Referrals" | "Rewards" | "Team" | "You"} tab
 */
export async function tab(page, tab) {
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: tab }).click();
  await page.waitForFunction((tab) => document.title.startsWith(tab) && !document.querySelector(".skeleton"), tab);
}

/** @param {Page} page @param {string | RegExp} text */
export const said = (page, text) => page.locator(".toast", { hasText: text }).first().waitFor();

/**
 * The shares of a program by medium.
 * @param {Console} house
 * @param {string} slug
 * @returns {Promise<Record<string, number>>}
 */
export async function shares(house, slug) {
  const { rows } = await house.worker.ok("GET", `/v1/stats?program=${slug}&by=medium`);
  return Object.fromEntries(rows.filter((/** @type {any} */ row) => row.shares.intent > 0).map((/** @type {any} */ row) => [row.key, row.shares.intent]));
}
