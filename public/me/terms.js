// What a program's rules promise this advocate, in plain words.

import { spoken } from "../ui/money.js";
import { kindOf, onlyWords, payWords, unitOf } from "../ui/pay.js";

/** @import { Me, Rule } from "./types.js" */

/**
 * A promise: who gets how much, and when.
 * @typedef {object} Promised
 * @property {string} rule
 * @property {"advocate" | "prospect"} who
 * @property {string} when
 * @property {any} pay
 * @property {string} only for which referrals alone; "" for all
 * @property {{ only: string, pay: any }[]} others amounts for some of the referrals
 * @property {string[]} print
 */

/** What earns it. @type {Record<string, string>} */
const WHEN = {
  accepted: "for each referral that the team takes up",
  meeting: "for each referral that leads to a meeting",
  opportunity: "for each referral that asks for an offer",
  won: "for each referral that becomes a customer",
  sale: "for each sale to somebody you referred",
};

/** The same, said of whoever was referred. @type {Record<string, string>} */
const WHEN_THEY = {
  accepted: "once the team takes them up",
  meeting: "after the first meeting",
  opportunity: "once they ask for an offer",
  won: "when they become a customer",
  sale: "with each purchase",
};

/** @param {any} list @param {string | null} fact */
const lets = (list, fact) => !Array.isArray(list) || list.includes(fact);

/** Whether an `only` is about this advocate at all. @param {any} only @param {Me["advocate"]} advocate */
const fits = (only, { kind, segment }) => lets(only?.kinds, kind) && lets(only?.segments, segment);

/** What of an `only` depends on the referral. @param {any} only */
function rest(only) {
  const { kinds: _, segments: __, ...left } = only ?? {};
  return onlyWords(left);
}

/** @param {Rule} rule @param {any} pay */
function smallPrint(rule, pay) {
  const print = [];
  if (rule.cap) print.push(`At most ${spoken(rule.cap.amount, unitOf(pay))} ${rule.cap.per === "advocate" ? "in all" : "for one referral"}.`);
  if (rule.hold_days > 0) print.push(`Approved ${new Intl.NumberFormat(undefined, { style: "unit", unit: "day", unitDisplay: "long" }).format(rule.hold_days)} later at the earliest.`);
  if (rule.approval === "manual") print.push("Somebody of the team approves it.");
  return print;
}

/**
 * The promises that are about this advocate and whomever they refer. What a
 * seller gets is not theirs to read.
 * @param {Me} me
 * @returns {Promised[]}
 */
export function promises({ terms, advocate }) {
  return (terms?.rules ?? []).flatMap((rule) => {
    if ((rule.who !== "advocate" && rule.who !== "prospect") || !fits(rule.only, advocate)) return [];
    const cases = (Array.isArray(rule.instead) ? rule.instead : []).filter((/** @type {any} */ entry) => fits(entry.only, advocate));
    // The first that always fits is what holds for them; those behind it never do.
    const whole = cases.findIndex((/** @type {any} */ entry) => rest(entry.only) === "");
    const pay = whole < 0 ? rule.pay : cases[whole].pay;
    const others = (whole < 0 ? cases : cases.slice(0, whole)).map((/** @type {any} */ entry) => ({ only: rest(entry.only), pay: entry.pay }));
    return [{ rule: rule.id, who: rule.who, when: rule.when, pay, only: rest(rule.only), others, print: smallPrint(rule, pay) }];
  });
}

/** @param {Promised} promised */
export const amountWords = ({ pay }) => (kindOf(pay) === "ladder" ? "More with every step" : payWords(pay));

/** @param {Promised} promised */
export const whenWords = ({ who, when }) => (who === "advocate" ? WHEN[when] : WHEN_THEY[when]) ?? "";
