// The assumptions: what each is called, where it comes from, and how it is typed.
import { date, money, number, percent } from "/ui/format.js";

import { poisson } from "./model.js";

/** @typedef {import("./model.js").Key} Key */
/** @typedef {import("../statistics/types.js").Activity} Activity */
/** @typedef {import("../statistics/types.js").FunnelAnswer} FunnelAnswer */
/** @typedef {import("../statistics/types.js").Benchmark} Benchmark */

/**
 * @typedef {"count" | "share" | "number" | "money"} Kind
 *
 * @typedef {{ value: number, low: number, high: number, from: string }} Measured
 *
 * @typedef {object} Assumption
 * @property {Key} key
 * @property {string} label
 * @property {string} hint
 * @property {Kind} kind
 * @property {Measured | null} measured
 * @property {{ value: number, benchmark: Benchmark }[]} published
 * @property {number} otherwise what stands where nothing was measured
 * @property {string} why of that
 */

/** The currency of most of the revenue. @param {FunnelAnswer} funnel */
export function currencyOf(funnel) {
  return [...funnel.total.revenue].sort((one, other) => other.amount - one.amount)[0]?.currency ?? "";
}

/**
 * @param {Activity} activity
 * @param {FunnelAnswer} funnel
 * @param {string} currency
 * @returns {Assumption[]}
 */
export function assumptions(activity, funnel, currency) {
  const { total } = funnel;
  const span = `${date(activity.from)} to ${date(activity.to)}`;
  const benchmarks = [...activity.benchmarks, ...funnel.benchmarks.filter((one) => !activity.benchmarks.some((other) => same(one, other)))];
  const published = (/** @type {string} */ measure, /** @type {(one: Benchmark) => boolean} */ fits = () => true) =>
    benchmarks.filter((one) => one.measure === measure && fits(one)).flatMap((benchmark) => {
      const value = valueOf(benchmark, currency);
      return value === null ? [] : [{ value, benchmark }];
    });
  const revenue = total.revenue.find((one) => one.currency === currency)?.amount ?? 0;
  const rewards = total.rewards.find((one) => one.unit === currency)?.amount ?? 0;
  const rate = total.rates.lead_to_won;
  const counted = poisson(activity.referrals);

  return [
    {
      key: "advocates", label: "Advocates enrolled", hint: "Who could refer.", kind: "count",
      measured: activity.enrolled > 0 ? exact(activity.enrolled, `enrolled now`) : null,
      published: [], otherwise: 100, why: "nobody is enrolled yet, so a round number",
    },
    {
      key: "active", label: "Active in a year", hint: "Of those enrolled, who shares or refers.", kind: "share",
      measured: activity.active_share && activity.enrolled > 0
        ? { value: activity.active_share.rate, low: activity.active_share.low, high: activity.active_share.high, from: `${number(activity.active)} of ${number(activity.enrolled)}, ${span}` }
        : null,
      published: published("advocates_active"), otherwise: 0.1, why: "nothing was measured, so a cautious tenth",
    },
    {
      key: "leads", label: "Referrals per active advocate", hint: "Leads a year that they have the credit for.", kind: "number",
      measured: activity.active > 0
        ? { value: activity.referrals / activity.active, low: counted.low / activity.active, high: counted.high / activity.active, from: `${number(activity.referrals)} referrals of ${number(activity.active)} active, ${span}` }
        : null,
      published: published("leads_per_advocate"), otherwise: 1, why: "nothing was measured, so one",
    },
    {
      key: "won", label: "Referrals won", hint: "Of all leads; young ones may still be won.", kind: "share",
      measured: rate ? { value: rate.rate, low: rate.low, high: rate.high, from: `${number(total.won)} of ${number(total.leads)} leads, ${span}` } : null,
      published: published("lead_to_won", (one) => !one.channel), otherwise: 0.0363, why: "nothing was measured; the published B2B standard",
    },
    {
      key: "revenue", label: "Revenue per won deal", hint: "What it brings in the time you look at.", kind: "money",
      measured: total.won > 0 && revenue > 0 ? exact(revenue / total.won, `${money(revenue, currency)} of ${number(total.won)} won deals, ${span}`) : null,
      published: [], otherwise: 0, why: "no revenue was reported, so fill it in",
    },
    {
      key: "margin", label: "Margin", hint: "What of the revenue is left. All of it counts until you say less.", kind: "share",
      measured: null, published: [], otherwise: 1, why: "revenue is counted whole",
    },
    {
      key: "reward", label: "Reward per won deal", hint: "All rewards of the leads, over those won.", kind: "money",
      measured: total.won > 0 && rewards > 0 ? exact(rewards / total.won, `${money(rewards, currency)} of rewards for ${number(total.won)} won deals, ${span}`) : null,
      published: [...published("reward_average"), ...published("reward_commonest")], otherwise: 0, why: "no reward was earned, so fill it in",
    },
    {
      key: "cost", label: "Other costs a month", hint: "Software, people, gifts.", kind: "money",
      measured: null, published: [], otherwise: 0, why: "only you know",
    },
  ];
}

/** @param {number} value @param {string} from @returns {Measured} */
const exact = (value, from) => ({ value, low: value, high: value, from });

/** @param {Benchmark} one @param {Benchmark} other */
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** @param {Benchmark} benchmark @param {string} currency @returns {number | null} */
function valueOf({ figure }, currency) {
  switch (figure.kind) {
    case "rate": return figure.basis_points / 10_000;
    case "number": return figure.hundredths / 100;
    // Dollars are no euros.
    case "amount": return figure.currency === currency ? figure.minor : null;
    default: return null;
  }
}

/**
 * A value as people read it.
 * @param {number} value
 * @param {Kind} kind
 * @param {string} currency
 */
export function said(value, kind, currency) {
  switch (kind) {
    case "share": return percent(value, { maximumFractionDigits: 2 });
    case "money": return money(value, currency);
    case "count": return number(Math.round(value));
    default: return number(value, { maximumFractionDigits: 2 });
  }
}

/** How many of the currency's smallest units one is. @param {string} currency */
export function minor(currency) {
  const digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  return 10 ** digits;
}

/**
 * A value as it is typed: shares as percent, money in whole units.
 * @param {number} value
 * @param {Kind} kind
 * @param {string} currency
 */
export function typed(value, kind, currency) {
  const shown = kind === "share" ? value * 100 : kind === "money" ? value / minor(currency) : value;
  return String(Math.round(shown * 100) / 100);
}

/**
 * What was typed, or what is wrong with it. A comma is a decimal point, as much
 * of the world writes it.
 * @param {string} text
 * @param {Kind} kind
 * @param {string} currency
 * @returns {{ value: number } | { fault: string }}
 */
export function read(text, kind, currency) {
  const plain = text.replace(/[\s%]/g, "").replace(",", ".");
  const shown = Number(plain);
  if (plain === "" || !Number.isFinite(shown)) return { fault: "Type a number, like 12.5." };
  if (shown < 0) return { fault: "It cannot be below zero." };
  if (kind === "share" && shown > 100) return { fault: "A share is 100 % at most." };
  if (kind === "count" && !Number.isInteger(shown)) return { fault: "Type a whole number." };
  if (shown > 1e9) return { fault: "That is too much to calculate with." };
  return { value: kind === "share" ? shown / 100 : kind === "money" ? shown * minor(currency) : shown };
}
