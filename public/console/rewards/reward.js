// A reward as the API has it, and what can be decided about one.

import { api } from "/ui/api.js";

/** @typedef {"pending" | "held" | "approved" | "issued" | "paid" | "reversed"} State */

/**
 * @typedef {object} Reward
 * @property {string} id
 * @property {string} rule
 * @property {number} terms
 * @property {"advocate" | "prospect" | "owner"} beneficiary
 * @property {string} advocate
 * @property {string} advocate_name
 * @property {string | null} [rep]
 * @property {string} lead
 * @property {string | null} [order_id]
 * @property {number} amount
 * @property {string} unit
 * @property {string} form
 * @property {State} state
 * @property {number} approved
 * @property {number} issued
 * @property {number} paid
 * @property {number} payable
 * @property {"automatic" | "manual"} approval
 * @property {string} earned_at
 * @property {string} due_at
 * @property {string[]} holds
 */

/** @type {readonly { key: State, name: string, about: string, tone?: import("/ui/components/shown.js").Tone }[]} */
export const STATES = [
  { key: "pending", name: "Pending", about: "Earned, and waiting for its day or for somebody’s approval." },
  { key: "held", name: "Held", about: "Something looks odd. It waits until somebody has looked.", tone: "warn" },
  { key: "approved", name: "Approved", about: "Can be paid. The next payout takes it along.", tone: "accent" },
  { key: "issued", name: "Sent", about: "In a payout, and not yet known to have arrived.", tone: "info" },
  { key: "paid", name: "Paid", about: "Known to have arrived.", tone: "good" },
  { key: "reversed", name: "Reversed", about: "Nothing is owed any more: the sale was given back, or the credit moved." },
];

/** @param {string} state */
export const stateName = (state) => STATES.find(({ key }) => key === state)?.name ?? state;

/** @param {string} state */
export const stateTone = (state) => STATES.find(({ key }) => key === state)?.tone;

/** @typedef {"approve" | "hold" | "release"} Act */

/** @type {Record<Act, { name: string, done: string, title: (text: string) => string, about: string, label: string, hint: string, why: string }>} */
export const ACTS = {
  approve: { name: "Approve", done: "approved", title: (text) => `Approve ${text}`, about: "The next payout takes them along.", label: "Why", hint: "It stands in the ledger, with your name.", why: "Checked" },
  hold: { name: "Hold", done: "held", title: (text) => `Hold ${text}`, about: "Nothing is paid of them until somebody releases them.", label: "Why", hint: "Whoever releases it reads this.", why: "" },
  release: { name: "Release", done: "released", title: (text) => `Release ${text}`, about: "All holds are taken off: somebody has looked, and it is in order.", label: "What was looked at", hint: "It stands in the ledger, with your name.", why: "" },
};

/** What may be decided as a reward stands. @param {Reward} reward @returns {Act[]} */
export function actsOf({ state, due_at }) {
  if (state === "held") return ["release"];
  if (state === "approved") return ["hold"];
  if (state === "pending") return Date.parse(due_at) <= Date.now() ? ["approve", "hold"] : ["hold"];
  return [];
}

/** @param {string} id @param {Act} act @param {string} why @returns {Promise<Reward>} */
export const decide = (id, act, why) => api.post(`/v1/rewards/${encodeURIComponent(id)}/${act}`, { why });

/** Who gets it, in a word. @param {Reward} reward @param {(slug: string) => string} repName */
export function payee({ beneficiary, advocate_name, rep }, repName) {
  if (beneficiary === "owner") return rep ? repName(rep) : "The owner";
  return beneficiary === "prospect" ? "The prospect" : advocate_name;
}
