// Many links: what a spreadsheet asks for, sent as one JSON object a line, and
// what comes back, read as it comes.

import { parse } from "/vendor/csv.js";

/** What the API knows of a row. */
const FIELDS = /** @type {const} */ (["advocate", "channel", "medium", "destination", "label"]);

/** Rows that a request takes. */
const MOST = 10_000;

/**
 * A row that asks for a link; `name` is for the card alone.
 * @typedef {{ advocate: string, channel?: string, medium?: string, destination?: string, label?: string, name?: string }} Wanted
 */

/**
 * A row with what became of it.
 * @typedef {Wanted & { line: number, url?: string, code?: string, error?: string }} Issued
 */

/**
 * Reads a spreadsheet, with whatever a spreadsheet program took for a separator.
 * @param {string} text
 * @returns {{ rows: Wanted[], ignored: string[], error?: string }}
 */
export function read(text) {
  const { data, meta } = parse(text.trim(), {
    header: true,
    skipEmptyLines: "greedy",
    transformHeader: (/** @type {string} */ name) => name.replace(/^\uFEFF/, "").trim().toLowerCase(),
  });
  const columns = meta.fields ?? [];
  const ignored = columns.filter((name) => name !== "" && name !== "name" && !FIELDS.some((field) => field === name));
  if (!columns.includes("advocate")) {
    return { rows: [], ignored, error: "There is no column “advocate”. The first line has to name the columns." };
  }
  const rows = /** @type {Record<string, string>[]} */ (data).map((cells) => {
    /** @type {Wanted} */
    const row = { advocate: "" };
    for (const field of [...FIELDS, /** @type {const} */ ("name")]) {
      // Ours come back with an apostrophe before what a spreadsheet would reckon.
      const value = (cells[field] ?? "").trim().replace(/^'(?=[=+\-@\t\r])/, "");
      if (value) row[field] = value;
    }
    return row;
  });
  return { rows, ignored };
}

/**
 * Asks for the links of rows; answers them in the order of the rows.
 * @param {string} program
 * @param {Wanted[]} rows
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<Issued[]>}
 */
export async function* issue(program, rows, signal) {
  for (let from = 0; from < rows.length; from += MOST) {
    const part = rows.slice(from, from + MOST);
    for await (const answers of ask(program, part, signal)) {
      yield answers.map((answer) => ({ ...answer, name: part[answer.line - 1]?.name, line: answer.line + from }));
    }
  }
}

/**
 * @param {string} program
 * @param {Wanted[]} rows
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<Issued[]>}
 */
async function* ask(program, rows, signal) {
  const response = await fetch(`/v1/links/bulk?program=${encodeURIComponent(program)}`, {
    method: "POST",
    headers: { "content-type": "application/x-ndjson" },
    body: rows.map((row) => JSON.stringify({ ...row, name: undefined })).join("\n"),
    signal,
  });
  if (!response.ok || !response.body) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.detail ?? problem.title ?? `The server answered ${response.status}.`);
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value = "", done } = await reader.read();
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    const answers = lines.filter(Boolean).map((line) => JSON.parse(line));
    if (answers.length > 0) yield answers;
    if (done) return;
  }
}
