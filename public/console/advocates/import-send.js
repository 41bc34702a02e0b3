// Sending the rows of an import: each is looked up before it is added, so that
// nobody is there twice.

import { api } from "/ui/api.js";

import { few } from "/ui/lists.js";
/** @import { Row } from "./import-read.js" */

/** @typedef {{ row: Row, result: "added" | "there" | "left" | "failed" | "stopped", detail: string, id?: string }} Outcome */

/**
 * @param {string} program
 * @param {readonly Row[]} rows
 * @param {(done: number) => void} progress
 * @param {AbortSignal} signal
 * @returns {Promise<Outcome[]>} in the order of the rows
 */
export async function send(program, rows, progress, signal) {
  const path = `/v1/programs/${program}/advocates`;
  /** @param {string} text @param {(one: any) => boolean} is */
  const find = async (text, is) => (await api.get(path, { q: text, limit: 200 })).items.find(is);
  const good = rows.filter(({ faults, same }) => faults.length === 0 && !same);
  const results = await few(good, async ({ advocate }) => {
    const { external_id: id, email } = advocate;
    const known = id && await find(id, (one) => one.external_id === id);
    if (known) return { result: /** @type {const} */ ("there"), detail: "Is there already", id: known.id };
    const namesake = email && await find(email, (one) => one.email?.toLowerCase() === email.toLowerCase());
    if (namesake) return { result: /** @type {const} */ ("there"), detail: `${namesake.name} has this address already`, id: namesake.id };
    const added = await api.post(path, advocate);
    return { result: /** @type {const} */ ("added"), detail: "Added", id: added.id };
  }, progress, signal);
  const became = new Map(good.map((row, n) => [row, results[n]]));
  return rows.map((row) => {
    if (row.faults.length > 0) return { row, result: "failed", detail: `Not sent: ${row.faults.join("; ")}` };
    if (row.same) return { row, result: "left", detail: `Left out: ${row.same}` };
    const result = became.get(row);
    if (!result) return { row, result: "stopped", detail: "Not sent: it was stopped before" };
    if (result.error) return { row, result: "failed", detail: spoken(result.error) };
    return { row, ...result.value };
  });
}

/** @param {any} error */
function spoken(error) {
  const fields = Object.entries(error.fields ?? {}).map(([field, detail]) => `${field}: ${detail}`);
  return fields.join(" ") || error.message;
}
