// What the API's names mean, in the words of whoever runs a program.

import { money, number, plural } from "/ui/format.js";

/** @typedef {import("/ui/components/shown.js").Tone} Tone */

/** @param {string} text */
export const capital = (text) => (text ? text[0].toUpperCase() + text.slice(1) : text);

/** A name that nobody has put into words: `gift_card`. @param {string} name */
const plain = (name) => capital(name.replaceAll("_", " "));

/**
 * @param {Record<string, string>} words
 * @returns {(name: string | null | undefined) => string}
 */
const says = (words) => (name) => (name ? (words[name] ?? plain(name)) : "");

export const kindName = says({ customer: "Customer", partner: "Partner", employee: "Employee" });

/** @type {[string, string][]} */
export const KINDS = [["customer", "Customer"], ["partner", "Partner"], ["employee", "Employee"]];

export const sourceName = says({ form: "a form on a page", server: "your server", rep: "a rep", sale: "a sale" });

export const formName = says({ cash: "cash", credit: "credit", discount: "discount", gift_card: "gift card", free_service: "free service" });

/** What an entry of the ledger says. */
export const entryName = says({
  granted: "Earned", adjusted: "Changed", restated: "Reckoned anew", reversed: "Reversed", held: "Held", released: "Released",
  approved: "Approved", issued: "Sent in a payout", returned: "Came back", paid: "Arrived",
});

/** Who did something: a member or a key by name, or one of ours. @param {string} by */
export const byName = (by) => ({ form: "the public form", rule: "Goodword" })[by] ?? by;

/**
 * What a fraud rule has found, and what to look at.
 * @type {Record<string, [title: string, about: string]>}
 */
const FLAGS = {
  same_email: ["Same address", "The prospect has the advocate’s own e-mail address."],
  same_domain: ["Same company", "The prospect’s address is at the advocate’s own company."],
  same_visitor: ["Same browser", "The prospect came from the browser that the advocate shared from."],
  velocity: ["Very many leads", "The advocate had more than twenty leads in a day."],
  disposable_mail: ["Throw-away address", "The address is of a provider of throw-away mailboxes."],
  existing_customer: ["Customer before", "They had bought before they were referred."],
  browser_claim: ["Word of a browser", "That the click led to the sale, the buyer’s browser said; the server that reported the sale did not."],
  honeypot: ["Filled in by a machine", "A field that people do not see was filled in."],
};

/** @param {string} rule */
export const flagName = (rule) => FLAGS[rule]?.[0] ?? rule;

/** @param {string} rule */
export const flagAbout = (rule) => FLAGS[rule]?.[1] ?? rule;

/**
 * An amount of a reward.
 * @param {number} amount minor units, or months
 * @param {string} unit a currency, or `months`
 */
export function amountOf(amount, unit) {
  return unit === "months" ? `${number(amount)} ${plural(Math.abs(amount), "month", "months")}` : money(amount, unit, { trailingZeroDisplay: "auto" });
}

/**
 * Sums by unit, the largest first.
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => string} unit
 * @param {(item: T) => number} amount
 */
export function sums(items, unit, amount) {
  /** @type {Map<string, number>} */
  const found = new Map();
  for (const item of items) found.set(unit(item), (found.get(unit(item)) ?? 0) + amount(item));
  return [...found].sort(([, a], [, b]) => b - a);
}

/** Several amounts as one text. @param {readonly (readonly [unit: string, amount: number])[]} all */
export const amounts = (all) => all.map(([unit, amount]) => amountOf(amount, unit)).join(" + ");
