// A file before it is sent: what its columns are called, and its first rows. What
// the whole of it means is read by the server; this only shows it.

/** Bytes that are looked at: enough for the first rows of the widest export. */
const HEAD = 256 * 1024;

/** Rows that are looked at. */
const ROWS = 200;

/**
 * @typedef {object} Look
 * @property {File} file
 * @property {"text/csv" | "application/x-ndjson"} type
 * @property {string[]} header
 * @property {string[][]} rows the first, as they stand in the file
 */

/**
 * A text as the server reads it: by its mark, else UTF-8, else as Windows writes.
 * @param {Uint8Array} bytes which may end within a letter
 */
export function decode(bytes) {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes, { stream: true });
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes, { stream: true });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/**
 * @param {File} file
 * @returns {Promise<Look>}
 */
export async function look(file) {
  const text = decode(new Uint8Array(await file.slice(0, HEAD).arrayBuffer())).replace(/^\uFEFF/, "");
  const whole = file.size <= HEAD;
  if (/\.(ndjson|jsonl)$/i.test(file.name) || /^\s*\{/.test(text)) return { file, type: "application/x-ndjson", ...objects(text, whole) };
  const { parse } = await import("/vendor/csv.js");
  return { file, type: "text/csv", ...table(text, whole, parse) };
}

/**
 * @param {string} text
 * @param {boolean} whole
 * @param {typeof import("/vendor/csv.js").parse} parse
 */
function table(text, whole, parse) {
  // Excel says in a line of its own what separates the cells.
  const said = /^sep=(.)\r?\n/i.exec(text);
  const { data } = parse(said ? text.slice(said[0].length) : text, {
    preview: ROWS + 2,
    skipEmptyLines: "greedy",
    ...(said ? { delimiter: said[1] } : { delimitersToGuess: [",", ";", "\t"] }),
  });
  const lines = /** @type {string[][]} */ (data);
  // Where the file goes on, the last line may be half of one.
  const sure = whole || lines.length > ROWS + 1 ? lines : lines.slice(0, -1);
  const [header = [], ...rows] = sure;
  return { header: header.map((cell) => cell.trim()), rows: rows.slice(0, ROWS) };
}

/**
 * One object a line; what stands inside another is named with a dot.
 * @param {string} text
 * @param {boolean} whole
 */
function objects(text, whole) {
  const lines = text.split("\n").filter((line) => line.trim());
  const found = (whole ? lines : lines.slice(0, -1)).slice(0, ROWS).map(object).filter((one) => one !== undefined);
  const header = [...new Set(found.flatMap((one) => Object.keys(one)))];
  return { header, rows: found.map((one) => header.map((name) => one[name] ?? "")) };
}

/** The fields of a line; what is no object is told by whoever reads it. @param {string} line */
function object(line) {
  try {
    const value = JSON.parse(line);
    return value !== null && typeof value === "object" && !Array.isArray(value) ? flat(value) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {Record<string, unknown>} value
 * @param {string} before
 * @returns {Record<string, string>}
 */
function flat(value, before = "") {
  return Object.assign({}, ...Object.entries(value).map(([name, inside]) =>
    (inside && typeof inside === "object" && !Array.isArray(inside) ? flat(/** @type {any} */ (inside), `${before}${name}.`)
      : { [before + name]: inside === null ? "" : typeof inside === "object" ? JSON.stringify(inside) : String(inside) })));
}

/** Whether the first line is data rather than names of columns. @param {readonly string[]} header */
export const isHeadless = (header) => header.some((cell) => /^\S+@\S+\.\S+$/.test(cell) || /^\d[\d.,]*$/.test(cell));

/** A name of a column as it is compared: without case, blanks, `_` and `-`. @param {string} name */
export const plainName = (name) => name.toLowerCase().replace(/[\s_-]/g, "");

/** 10/1/2026 may be two days. @param {readonly string[]} cells */
export const hasSlashes = (cells) => cells.some((cell) => /^\d{1,2}[/-]\d{1,2}[/-]\d{2,4}\b/.test(cell));

/** 1.234 and 1,234 may be two amounts. @param {readonly string[]} cells */
export const hasSeparators = (cells) => cells.some((cell) => /\d[.,]\d{3}(?!\d)/.test(cell));
