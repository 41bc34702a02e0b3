// Reward rules as data: what a form can say of them, in words and back.

import { spoken } from "/ui/money.js";
import { onlyWords, payWords, terms, unitOf } from "/ui/pay.js";

/** @import { PayKind } from "/ui/pay.js" */
/** @import { Rule } from "./types.js" */

export const WHO = { advocate: "The advocate", prospect: "The prospect", owner: "The rep who owns the lead" };
export const WHEN = {
  accepted: "The lead is accepted",
  meeting: "A meeting was held",
  opportunity: "It becomes an opportunity",
  won: "The lead is won",
  sale: "Each sale",
};
export const FORMS = { cash: "Money", credit: "Credit on the bill", discount: "Discount", gift_card: "Gift card", free_service: "Free service" };
/**
 * A pay of another kind, that keeps of the old one what it can.
 * @param {any} pay
 * @param {PayKind} kind
 */
export function payOf(pay, kind) {
  const { amount = 10_000, unit = "USD", form = "credit" } = terms(pay);
  const money = unit === "months" ? { unit: "USD", form: "credit", amount: 10_000 } : { unit, form, amount };
  if (kind === "percent") return { percent: { basis_points: 1_000, currency: money.unit, form: money.form } };
  if (kind === "ladder") return { ladder: { rungs: [{ times: 3, amount, unit, form }], after: "last" } };
  return { fixed: { amount, unit, form } };
}

/**
 * A unit with the form that goes with it: months are of free service, money is not.
 * @param {string} unit
 * @param {unknown} form
 */
export const agreed = (unit, form) => (unit === "months" ? "free_service" : form === "free_service" ? "credit" : form);

/** @param {string} text */
const lower = (text) => text[0].toLowerCase() + text.slice(1);

/**
 * A rule in a sentence.
 * @param {Rule} rule
 */
export function ruleWords(rule) {
  const who = lower(WHO[/** @type {keyof typeof WHO} */ (rule?.who)] ?? "somebody");
  const when = `${rule?.when === "sale" ? "For" : "When"} ${lower(WHEN[/** @type {keyof typeof WHEN} */ (rule?.when)] ?? "something happens")}`;
  const only = onlyWords(rule?.only);
  const others = Array.isArray(rule?.instead) && rule.instead.length > 0 ? `, other amounts for ${rule.instead.length === 1 ? "one case" : `${rule.instead.length} cases`}` : "";
  return `${when}, ${who} gets ${payWords(rule?.pay)}${only ? `, for ${only} only` : ""}${others}`;
}

/**
 * What a rule says beside who, when and how much.
 * @param {Rule} rule
 */
export function smallPrint(rule) {
  const prints = [];
  if (rule?.cap) prints.push(`at most ${spoken(rule.cap.amount, unitOf(rule.pay))} ${rule.cap.per === "advocate" ? "an advocate" : "a referral"}`);
  if (rule?.hold_days > 0) prints.push(`after ${new Intl.NumberFormat(undefined, { style: "unit", unit: "day", unitDisplay: "long" }).format(rule.hold_days)}`);
  if (rule?.approval === "manual") prints.push("approved by a person");
  return prints.join(" · ");
}

/**
 * All that a rule says.
 * @param {Rule} rule
 */
export function ruleText(rule) {
  const others = Array.isArray(rule?.instead) ? rule.instead.map((/** @type {any} */ entry) => `For ${onlyWords(entry?.only) || "…"}: ${payWords(entry?.pay)}.`) : [];
  const print = smallPrint(rule);
  return [`${ruleWords(rule)}${print ? `, ${print}` : ""}.`, ...others].join(" ");
}

/**
 * A name that no rule has yet.
 * @param {Rule[]} rules
 * @param {string} wish
 */
export function freeId(rules, wish) {
  const taken = new Set(rules.map((rule) => rule?.id));
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? wish : `${wish}-${n}`;
    if (!taken.has(id)) return id;
  }
}

/**
 * Rules out of a text, or why there are none.
 * @param {string} text
 * @returns {{ rules: Rule[] } | { fault: string }}
 */
export function parsed(text) {
  /** @type {any} */
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { fault: `This is not JSON: ${error instanceof Error ? error.message : error}` };
  }
  if (typeof value !== "object" || value === null || !Array.isArray(value.rules)) return { fault: "It has to be an object with a list `rules`." };
  const more = Object.keys(value).find((key) => key !== "rules");
  if (more) return { fault: `\`${more}\` is not known here: there is a list \`rules\`, and nothing beside it.` };
  const odd = value.rules.findIndex((/** @type {any} */ rule) => typeof rule !== "object" || rule === null || Array.isArray(rule));
  if (odd >= 0) return { fault: `\`rules[${odd}]\` has to be an object.` };
  return { rules: value.rules };
}

/** @param {Rule[]} rules */
export const written = (rules) => JSON.stringify({ rules }, null, 2);

const fixed = (/** @type {number} */ amount, /** @type {string} */ form) => ({ fixed: { amount, unit: "USD", form } });

/**
 * Rules to begin with.
 * @type {{ name: string, what: string, rules: Rule[] }[]}
 */
export const TEMPLATES = [
  {
    name: "Both sides",
    what: "$100 credit for who referred and for who was referred, when the lead is won.",
    rules: [
      { id: "advocate-100", who: "advocate", when: "won", pay: fixed(10_000, "credit") },
      { id: "welcome-100", who: "prospect", when: "won", pay: fixed(10_000, "credit") },
    ],
  },
  {
    name: "A share of revenue",
    what: "10 % of each sale, at most $2,500 a referral, thirty days later.",
    rules: [{
      id: "revenue-share", who: "advocate", when: "sale",
      pay: { percent: { basis_points: 1_000, currency: "USD", form: "cash" } },
      cap: { amount: 250_000, per: "referral" }, hold_days: 30,
    }],
  },
  {
    name: "Three, then a year free",
    what: "$100 for each of the first three, and a free year for the fourth.",
    rules: [{
      id: "three-then-a-year", who: "advocate", when: "won",
      pay: { ladder: { rungs: [
        { times: 3, amount: 10_000, unit: "USD", form: "credit" },
        { times: 1, amount: 12, unit: "months", form: "free_service" },
      ], after: "nothing" } },
    }],
  },
  {
    name: "Meeting, then won",
    what: "A $25 gift card for the meeting, and $75 more two weeks after it is won.",
    rules: [
      { id: "meeting", who: "advocate", when: "meeting", pay: fixed(2_500, "gift_card") },
      { id: "won", who: "advocate", when: "won", pay: fixed(7_500, "gift_card"), hold_days: 14 },
    ],
  },
  {
    name: "By product",
    what: "$200 for one product, 5 % of another, $50 for the rest.",
    rules: [{
      id: "by-product", who: "advocate", when: "sale", pay: fixed(5_000, "credit"),
      instead: [
        { only: { products: ["pos"] }, pay: fixed(20_000, "credit") },
        { only: { products: ["payroll"] }, pay: { percent: { basis_points: 500, currency: "USD", form: "credit" } } },
      ],
    }],
  },
];
