// What a reward's pay says, as data and in words: to whoever runs a program, and to
// whoever earns it.

import { CHANNELS } from "./media.js";
import { spoken } from "./money.js";

export const AFTER = { nothing: "nothing more", last: "the last step, over and over", restart: "the first step again" };
export const LISTS = /** @type {const} */ ([
  ["kinds", "Kinds of advocate", { customer: "Customers", partner: "Partners", employee: "Employees" }],
  ["segments", "Segments", null],
  ["products", "Products", null],
  ["channels", "Channels", Object.fromEntries(CHANNELS.map(({ channel, name }) => [channel, name]))],
]);

/** @typedef {"fixed" | "percent" | "ladder"} PayKind */

/** @param {any} pay @returns {PayKind | undefined} */
export const kindOf = (pay) =>
  /** @type {PayKind[]} */ (["fixed", "percent", "ladder"]).find((kind) => typeof pay?.[kind] === "object" && pay[kind] !== null);

/** The terms that a form begins with: a ladder's are its first step's. @param {any} pay */
export function terms(pay) {
  const kind = kindOf(pay);
  if (kind === "ladder") {
    const [rung = {}] = Array.isArray(pay.ladder.rungs) ? pay.ladder.rungs : [];
    return rung;
  }
  return kind === "percent" ? { ...pay.percent, unit: pay.percent.currency } : kind ? pay.fixed : {};
}

/**
 * The unit in which a pay pays; a ladder may have several, and a cap has none then.
 * @param {any} pay
 * @returns {string}
 */
export const unitOf = (pay) => (typeof terms(pay).unit === "string" ? terms(pay).unit : "USD");

const FORM_WORDS = { cash: "in money", credit: "as a credit", discount: "as a discount", gift_card: "as a gift card", free_service: "free" };
/** @param {any} form */
const formWords = (form) => FORM_WORDS[/** @type {keyof typeof FORM_WORDS} */ (form)] ?? "";

/** @param {any} pay */
export function payWords(pay) {
  const kind = kindOf(pay);
  if (kind === "fixed") return `${spoken(pay.fixed.amount, pay.fixed.unit)} ${formWords(pay.fixed.form)}`.trim();
  if (kind === "percent") {
    const share = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 2 }).format(Number(pay.percent.basis_points) / 10_000);
    return `${share} of what was sold in ${pay.percent.currency}, ${formWords(pay.percent.form)}`;
  }
  if (kind === "ladder") {
    const rungs = Array.isArray(pay.ladder.rungs) ? pay.ladder.rungs : [];
    const steps = rungs.map((/** @type {any} */ rung, /** @type {number} */ at) => {
      const place = at === 0 ? "first" : "next";
      return `${spoken(rung?.amount, rung?.unit)} ${formWords(rung?.form)} for ${rung?.times === 1 ? `the ${place}` : `each of the ${place} ${rung?.times}`}`;
    });
    const after = AFTER[/** @type {keyof typeof AFTER} */ (pay.ladder.after)];
    return `${steps.join(", then ")}${after ? `, then ${after}` : ""}`;
  }
  return "an amount that is not set";
}

/** @param {any} only */
export function onlyWords(only) {
  return LISTS.flatMap(([key, , names]) => {
    const list = Array.isArray(only?.[key]) ? only[key] : [];
    if (list.length === 0) return [];
    const words = list.map((/** @type {any} */ item) => (names ? (/** @type {any} */ (names)[item] ?? String(item)).toLowerCase() : `“${item}”`));
    return [new Intl.ListFormat(undefined, { type: "disjunction" }).format(words)];
  }).join(", ");
}
