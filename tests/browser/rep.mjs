// What the tests of the rep's page share: a program with people in it, browsers in
// which the rep Lea is signed in, and what one does on the page.

import assert from "node:assert/strict";
import { SIZES, begin, believable, complaints, signedIn } from "./console.mjs";

/** @import { BrowserContext, BrowserContextOptions, Page } from "playwright-core" */
/** @import { Console } from "./console.mjs" */

export const VERBAL = "/v1/referrals/verbal";

/** @type {Console} */
export let console;

/** The cookie of the rep Lea. @type {string} */
export let lea;

export async function start() {
  console = await begin();
  await believable(console.worker);
  lea = (await console.session((await console.invite("rep")).link)).cookie;
}

export const stop = () => console?.stop();

/**
 * A browser of Lea's.
 * @param {BrowserContextOptions} options
 */
export async function browser(options = SIZES.phone) {
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
export async function open(context, search = "") {
  const page = await context.newPage();
  const found = complaints(page, console.origin);
  await page.goto(`${console.origin}/rep?program=acme${search}`);
  await page.locator(".refer-send").waitFor({ state: "attached" });
  return { page, found };
}

/** Waits until the page would open without a connection. @param {Page} page */
export const keeps = (page) => page.waitForFunction(async () => {
  await navigator.serviceWorker.ready;
  return Boolean(await caches.match("/rep")) && Object.keys(localStorage).some((key) => key.startsWith("gw-own:known:"));
});

/** The field in which one finds an advocate. @param {Page} page */
export const who = (page) => page.getByRole("combobox", { name: "Who recommends you?" });

/**
 * Picks somebody who is there, by the keyboard.
 * @param {Page} page
 * @param {string} typed
 * @param {string} name
 */
export async function pick(page, typed, name) {
  await who(page).fill(typed);
  await page.getByRole("option", { name }).first().click();
  assert.equal(await who(page).inputValue(), name);
}

/** @param {Page} page @param {string} name */
export async function register(page, name) {
  await who(page).fill(name);
  await page.getByRole("option", { name: `Register “${name}”` }).click();
  await page.getByText("is registered along with this").waitFor();
}

/** @param {Page} page @param {{ name: string, contact: string, company?: string }} whom */
export async function enter(page, { name, contact, company }) {
  await page.getByLabel("Whom do they recommend?").fill(name);
  await page.getByLabel("Email or phone").fill(contact);
  if (company) await page.getByLabel("Company").fill(company);
  await page.getByRole("button", { name: "Enter the referral" }).click();
}

/** What is entered here about somebody. @param {Page} page @param {string} name */
export const entry = (page, name) => page.getByRole("list", { name: "Entered here" }).getByRole("listitem").filter({ hasText: name });

/**
 * The leads of an address, with how often somebody's word stands in them.
 * @param {string} email
 */
export async function leads(email) {
  const { results } = await console.worker.db.prepare(`SELECT l.id, l.name, l.phone, l.company, l.note, a.name AS advocate, l.stage,
      (SELECT count(*) FROM touches WHERE lead = l.id) AS words, (SELECT at FROM touches WHERE lead = l.id LIMIT 1) AS at
    FROM leads l LEFT JOIN advocates a ON a.program = l.program AND a.number = l.advocate WHERE l.email = ?`).bind(email).all();
  return /** @type {any[]} */ (results);
}

/** @param {string} name */
export async function advocates(name) {
  const { items } = await console.worker.ok("GET", `/v1/programs/acme/advocates?q=${encodeURIComponent(name)}`);
  return items;
}
