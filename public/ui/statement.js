// A statement of rewards, entry by entry, as the console and an advocate's own
// page read it.

import { api } from "./api.js";
import { downloadCsv } from "./download.js";

/**
 * @typedef {{ unit: string, form: string, earned: number, held: number, pending: number, payable: number, issued: number, paid: number }} Balance
 * @typedef {{ entry: number, at: string, kind: string, reward: string, rule: string, lead: string, order_id?: string | null, unit: string, form: string, amount: number, approved: number, issued: number, paid: number, payout?: string | null, reason?: string | null }} StatementEntry
 * @typedef {{ balances: Balance[], entries: StatementEntry[], next?: string | null }} Statement
 */

/** The sum that a kind of entry is about. @param {StatementEntry} entry */
export const moved = ({ kind, amount, approved, issued, paid }) => amount || (kind === "paid" || (kind === "returned" && paid) ? paid : issued) || approved;

const HEADER = ["entry", "at", "kind", "rule", "reward", "lead", "order_id", "unit", "form", "amount", "approved", "issued", "paid", "payout", "reason"];

/**
 * All of a statement as a file.
 * @param {string} path of the API
 * @param {string} name of the file
 */
export async function downloadStatement(path, name) {
  const entries = [];
  let cursor;
  do {
    const page = await api.get(path, { cursor });
    entries.push(...page.entries);
    cursor = page.next;
  } while (cursor);
  downloadCsv(name, HEADER, entries.map((/** @type {any} */ entry) => HEADER.map((column) => entry[column])));
}
