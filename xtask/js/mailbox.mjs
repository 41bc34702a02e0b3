// A folder of captured mail: one file a message, real MIME, so that a test or a
// mail program reads what a recipient would have got.

import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import MailComposer from "nodemailer/lib/mail-composer";
import PostalMime from "postal-mime";

/** The fields of Resend's `POST /emails` that are understood; another one is refused rather than lost. */
const FIELDS = ["from", "to", "cc", "reply_to", "subject", "text", "html", "headers", "tags"];
const FORM = /^\d{8}T\d{9}Z-\d+$/;

/**
 * @typedef {object} Message as it was read back from its file
 * @property {string} id
 * @property {string} from
 * @property {string[]} to
 * @property {string} subject
 * @property {string} text
 * @property {string} html empty where there is none
 * @property {string} at RFC 3339
 */

export class Refused extends Error {}

export class Mailbox {
  #folder;
  #written = 0;
  /** @type {Map<string, Message>} */
  #read = new Map();

  /** @param {string} folder */
  constructor(folder) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#folder = folder;
  }

  /**
   * Writes a message down, whole or not at all.
   * @param {unknown} asked the body of `POST /emails`
   * @returns {Promise<string>} its id
   */
  async keep(asked) {
    const mail = checked(asked);
    const at = new Date();
    const mime = await new MailComposer({ ...mail, date: at, disableFileAccess: true, disableUrlAccess: true })
      .compile().build();
    const id = `${at.toISOString().replaceAll(/[-:.]/g, "")}-${++this.#written}`;
    const partial = join(this.#folder, `.${id}.${process.pid}`);
    // Sign-in links are in here: for the user's eyes only.
    writeFileSync(partial, mime, { mode: 0o600 });
    renameSync(partial, this.#file(id));
    return id;
  }

  /** @returns {Promise<Message[]>} all of them, newest first */
  async messages() {
    const ids = readdirSync(this.#folder)
      .filter((name) => name.endsWith(".eml"))
      .map((name) => name.slice(0, -".eml".length))
      .filter((id) => FORM.test(id));
    ids.sort((a, b) => (parts(a)[0] === parts(b)[0] ? Number(parts(b)[1]) - Number(parts(a)[1]) : a < b ? 1 : -1));
    const all = await Promise.all(ids.map((id) => this.message(id)));
    return all.filter((message) => message !== undefined);
  }

  /**
   * @param {string} id
   * @returns {Promise<Message | undefined>}
   */
  async message(id) {
    const known = this.#read.get(id);
    if (known) return known;
    const raw = this.raw(id);
    if (!raw) return undefined;
    const mail = await PostalMime.parse(raw);
    const message = {
      id,
      from: words(mail.from),
      to: [...(mail.to ?? []), ...(mail.cc ?? [])].map(({ address }) => address ?? ""),
      subject: mail.subject ?? "",
      text: mail.text ?? "",
      html: mail.html ?? "",
      at: time(id),
    };
    this.#read.set(id, message);
    return message;
  }

  /**
   * @param {string} id
   * @returns {Buffer | undefined} the file
   */
  raw(id) {
    if (!FORM.test(id)) return undefined;
    try {
      return readFileSync(this.#file(id));
    } catch {
      return undefined; // It was deleted, which is anybody's right.
    }
  }

  /** @param {string} id */
  #file(id) {
    return join(this.#folder, `${id}.eml`);
  }
}

/** @param {string} id */
const parts = (id) => id.split("-");

/**
 * @param {string} id `20261125T042625123Z-1`
 * @returns {string} `2026-11-25T04:26:25.123Z`
 */
const time = (id) => id.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z.*$/, "$1-$2-$3T$4:$5:$6.$7Z");

/** @param {{ name?: string, address?: string } | undefined} who */
function words(who) {
  if (!who) return "";
  return who.name ? `${who.name} <${who.address ?? ""}>` : who.address ?? "";
}

/**
 * Resend's fields as the composer takes them.
 * @param {unknown} asked
 */
function checked(asked) {
  if (typeof asked !== "object" || asked === null || Array.isArray(asked)) throw new Refused("The body must be a JSON object.");
  const mail = /** @type {Record<string, unknown>} */ (asked);
  const unknown = Object.keys(mail).find((name) => !FIELDS.includes(name));
  if (unknown) throw new Refused(`The \`${unknown}\` field is not known here.`);
  const to = addresses(mail, "to");
  if (to.length === 0 || to.length > 50) throw new Refused("The `to` field must hold 1 to 50 addresses.");
  const from = addresses({ from: mail.from ?? [] }, "from");
  if (from.length !== 1) throw new Refused("The `from` field must be an address.");
  const text = string(mail, "text");
  const html = string(mail, "html");
  if (!text && !html) throw new Refused("Missing `html` or `text` field.");
  if (!mail.subject) throw new Refused("Missing `subject` field.");
  return {
    from: from[0],
    to,
    cc: addresses(mail, "cc"),
    replyTo: addresses(mail, "reply_to"),
    subject: string(mail, "subject"),
    text,
    html,
    headers: headers(mail.headers),
  };
}

/**
 * @param {Record<string, unknown>} mail
 * @param {string} name
 * @returns {string | undefined}
 */
function string(mail, name) {
  const value = mail[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw new Refused(`The \`${name}\` field must be a string.`);
  return value;
}

/**
 * @param {Record<string, unknown>} mail
 * @param {string} name
 * @returns {string[]}
 */
function addresses(mail, name) {
  const value = mail[name] ?? [];
  const all = Array.isArray(value) ? value : [value];
  // `a@b` or `Name <a@b>`; what a real provider refuses is refused here.
  const form = /^(?:[^<>\r\n]*<[^\s<>@,]+@[^\s<>@,]+>|[^\s<>@,]+@[^\s<>@,]+)$/;
  for (const one of all) {
    if (typeof one !== "string" || !form.test(one)) {
      throw new Refused(`Invalid \`${name}\` field. The email address needs to follow the \`email@example.com\` or \`Name <email@example.com>\` format.`);
    }
  }
  return all;
}

/**
 * @param {unknown} asked
 * @returns {Record<string, string>}
 */
function headers(asked) {
  if (asked === undefined || asked === null) return {};
  if (typeof asked !== "object" || Array.isArray(asked)) throw new Refused("The `headers` field must be an object.");
  for (const [name, value] of Object.entries(asked)) {
    if (!/^[!-9;-~]+$/.test(name) || typeof value !== "string" || /[\r\n]/.test(value)) {
      throw new Refused(`The header \`${name}\` is malformed.`);
    }
  }
  return /** @type {Record<string, string>} */ (asked);
}
