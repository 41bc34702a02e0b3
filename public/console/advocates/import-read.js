// A list of advocates as a spreadsheet wrote it: its lines, which column is what,
// and what is wrong with which row. Nothing here asks the API.

/** What a column can be. @type {readonly (readonly [field: string, label: string, names: readonly string[]])[]} */
const COLUMNS = [
  ["name", "Name", ["name", "fullname", "contact", "contactname", "advocate", "displayname", "kontakt", "nom", "nombre"]],
  ["first", "First name", ["firstname", "givenname", "first", "vorname", "prenom"]],
  ["last", "Last name", ["lastname", "surname", "familyname", "last", "nachname"]],
  ["email", "Email", ["email", "mail", "emailaddress", "e-mail", "address", "workemail", "emailadresse"]],
  ["kind", "Kind", ["kind", "type", "role", "category", "art", "typ"]],
  ["owner", "Owner", ["owner", "rep", "accountowner", "accountmanager", "salesrep", "csm", "betreuer"]],
  ["segment", "Segment", ["segment", "tier", "group", "plan", "gruppe"]],
  ["external_id", "External id", ["externalid", "id", "crmid", "customerid", "contactid", "recordid", "userid", "ref", "kundennummer"]],
];

export const FIELDS = COLUMNS.map(([field, label]) => /** @type {const} */ ([field, label]));

/** @type {Record<string, "customer" | "partner" | "employee">} */
const KINDS = {
  customer: "customer", client: "customer", user: "customer", kunde: "customer", kundin: "customer",
  partner: "partner", affiliate: "partner", reseller: "partner", agency: "partner",
  employee: "employee", staff: "employee", colleague: "employee", mitarbeiter: "employee", mitarbeiterin: "employee",
};

/** Rows that a page can show and send while somebody waits. */
export const MOST = 2_000;

/** A spreadsheet on Windows may not write UTF-8. @param {ArrayBuffer} bytes */
export function decode(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/**
 * @typedef {{ line: number, cells: string[] }} Line
 * @typedef {{ header: string[], lines: Line[] }} Sheet
 */

/**
 * Lines with their numbers in the file, which a cell may run across.
 * @param {string} text
 * @param {typeof import("/vendor/csv.js").parse} parse
 * @returns {Sheet}
 */
export function sheet(text, parse) {
  const whole = text.replace(/^\uFEFF/, "");
  /** @type {Line[]} */
  const lines = [];
  let [from, line] = [0, 1];
  parse(whole, {
    step: ({ data, meta }) => {
      const cells = /** @type {string[]} */ (data);
      if (cells.some((cell) => cell.trim() !== "")) lines.push({ line, cells });
      line += whole.slice(from, meta.cursor).match(/\r\n|\n|\r/g)?.length ?? 0;
      from = meta.cursor;
    },
  });
  const [first, ...rest] = lines;
  return { header: first?.cells.map((cell) => cell.trim()) ?? [], lines: rest };
}

/** Whether the first line is a person rather than names of columns. @param {string[]} header */
export const isHeadless = (header) => header.some((cell) => /^\S+@\S+\.\S+$/.test(cell));

/**
 * Which column is what: the index of each field's, or -1.
 * @param {readonly string[]} header
 * @returns {Record<string, number>}
 */
export function match(header) {
  const plain = header.map((name) => name.toLowerCase().normalize("NFD").replace(/[^a-z]/g, ""));
  const taken = new Set();
  return Object.fromEntries(COLUMNS.map(([field, , names]) => {
    // A name that is listed before is the likelier one.
    const at = names.map((name) => plain.indexOf(name.replace(/[^a-z]/g, ""))).find((index) => index >= 0 && !taken.has(index)) ?? -1;
    if (at >= 0) taken.add(at);
    return [field, at];
  }));
}

/**
 * @typedef {object} Row
 * @property {number} line
 * @property {{ name: string, kind: string, email?: string, owner?: string, segment?: string, external_id?: string }} advocate
 * @property {boolean} derived whether its external id is made of its address
 * @property {string[]} faults
 * @property {string} [same] why it is left out: it is in the file already
 */

/** An id that a second import makes again, and that shows no address once somebody is erased. @param {string} email */
async function idOf(email) {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(email.trim().toLowerCase()));
  return `csv-${[...new Uint8Array(hash)].slice(0, 16).map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/**
 * The rows as they would be sent, and what is wrong with them.
 * @param {Sheet} sheet
 * @param {Record<string, number>} columns
 * @param {{ kind: string, owner: string, reps: readonly import("../people/reps.js").Rep[] }} options what holds where the file says nothing
 * @returns {Promise<Row[]>}
 */
export async function rows({ lines }, columns, { kind, owner, reps }) {
  /** @type {Map<string, number>} */
  const known = new Map();
  return Promise.all(lines.map(({ line, cells }) => ({ line, get: (/** @type {string} */ field) => clean(cells[columns[field]] ?? "") })).map(async ({ line, get }) => {
    const faults = [];
    const email = get("email").replace(/^mailto:/i, "");
    const name = get("name") || [get("first"), get("last")].filter(Boolean).join(" ");
    if (!name) faults.push("has no name");
    else if (name.length > 200) faults.push("has a name that is too long");
    if (email && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) faults.push(`“${email}” is no e-mail address`);
    const said = get("kind");
    const kindFound = said ? KINDS[said.toLowerCase()] : kind;
    if (!kindFound) faults.push(`“${said}” is no kind: customer, partner or employee`);
    const ownerSaid = get("owner");
    const ownerFound = ownerSaid ? repOf(ownerSaid, reps) : owner;
    if (ownerSaid && !ownerFound) faults.push(`there is no rep “${ownerSaid}”`);
    const segment = get("segment").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
    const given = get("external_id");
    if (given && !/^[\x21-\x7e]{1,128}$/.test(given)) faults.push("has an external id with a blank or a strange letter in it");
    if (!given && !email) faults.push("has neither an address nor an external id: a second import would add them twice");
    const external_id = given || (email ? await idOf(email) : undefined);
    /** @type {Row} */
    const row = {
      line,
      advocate: { name, kind: kindFound ?? "", ...(email ? { email } : {}), ...(ownerFound ? { owner: ownerFound } : {}), ...(segment ? { segment } : {}), ...(external_id ? { external_id } : {}) },
      derived: !given,
      faults,
    };
    return row;
  })).then((all) => all.map((row) => {
    const { external_id, email } = row.advocate;
    const keys = [external_id, email?.toLowerCase()].filter((key) => key !== undefined);
    const before = keys.map((key) => known.get(key)).find((line) => line !== undefined);
    if (before !== undefined) return { ...row, same: `the same as line ${before}` };
    for (const key of keys) known.set(key, row.line);
    return row;
  }));
}

/** A cell as it was meant; a file of ours guards what a spreadsheet would reckon. @param {string} cell */
const clean = (cell) => cell.replace(/\s+/g, " ").trim().replace(/^'(?=[=+\-@])/, "");

/** A rep by slug, name or address. @param {string} said @param {readonly import("../people/reps.js").Rep[]} reps */
function repOf(said, reps) {
  const text = said.toLowerCase();
  return reps.find(({ slug, name, email, status }) => status === "active" && [slug, name.toLowerCase(), email?.toLowerCase()].includes(text))?.slug;
}
