// What can be told of a text before it is sent: the same answers as the server
// gives, at once and beside the field. The server is asked all the same.

import { safeHref } from "/ui/safe.js";

const MOST_URL_BYTES = 2_048;
/** What a URL is written with; anything else browsers repair on the quiet. */
const URL_TEXT = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%|]*$/;
const THIS_MACHINE = /^(localhost|127\.0\.0\.1|\[::1\]|.*\.localhost)$/;

/**
 * What is wrong with a URL that visitors are sent to; `better` is what was meant.
 * @param {string} text
 * @returns {{ error: string, better?: string } | undefined}
 */
export function urlFault(text) {
  if (text === "") return { error: "A URL is needed, like https://example.com/welcome." };
  /** @type {URL} */
  let url;
  try {
    url = new URL(text);
  } catch {
    const better = /^[^\s/:]+\.[^\s/:]+/.test(text) ? safeHref(`https://${text}`) : undefined;
    return { error: "This is no whole URL: it begins with https:// and names a host.", better };
  }
  if (url.protocol === "http:" && !THIS_MACHINE.test(url.hostname)) {
    return { error: "It has to begin with https://, so that nobody on the way can change it.", better: text.replace(/^http:/i, "https:") };
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return { error: "It has to begin with https://." };
  if (url.username || url.password) return { error: "A user or a password in a URL is seen by everybody: take it out." };
  if (!url.hostname.includes(".") && !THIS_MACHINE.test(url.hostname)) return { error: "The host has no ending, like .com." };
  const reserved = [...url.searchParams.keys()].find((key) => key === "gw" || key.startsWith("gw_"));
  if (reserved) return { error: `The parameter ${reserved} is ours: it carries the receipt. Take it out.` };
  if (text.length > MOST_URL_BYTES) return { error: "It is longer than 2,048 characters." };
  if (!URL_TEXT.test(text) || /%(?![0-9a-f]{2})/i.test(text)) {
    return { error: "It holds a character that a URL has to encode.", better: url.href };
  }
  if (!text.startsWith(`${url.protocol}//${url.host}`) && !text.startsWith(`${url.protocol}//${url.hostname}:`)) {
    return { error: "Write the host in small letters.", better: url.href };
  }
  return undefined;
}

/**
 * A slug made of a name: `Customers, Europe` → `customers-europe`.
 * @param {string} name
 */
export function slugOf(name) {
  const plain = name.replaceAll("ß", "ss").replaceAll("ø", "o").replaceAll("Ø", "O").replaceAll("æ", "ae").replaceAll("ł", "l")
    .normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "-").slice(0, 64).replace(/^-+|-+$/g, "");
}

/** @param {string} text */
export const isSlug = (text) => text.length <= 64 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text);

/**
 * Whether two values of JSON are the same, whatever the order of keys.
 * @param {unknown} a
 * @param {unknown} b
 * @returns {boolean}
 */
export function same(a, b) {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [one, other] = [/** @type {any} */ (a), /** @type {any} */ (b)];
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => Object.hasOwn(other, key) && same(one[key], other[key]));
}

/**
 * A value with another one at a path; what lies beside the path is shared.
 * `undefined` takes the key, or the element of a list, away.
 * @template T
 * @param {T} value
 * @param {(string | number)[]} path
 * @param {unknown} to
 * @returns {T}
 */
export function put(value, path, to) {
  if (path.length === 0) return /** @type {T} */ (to);
  const [key, ...rest] = path;
  const whole = /** @type {any} */ (value ?? (typeof key === "number" ? [] : {}));
  const part = put(whole[key], rest, to);
  if (Array.isArray(whole)) {
    return /** @type {any} */ (part === undefined ? whole.filter((_, at) => at !== key) : whole.with(Math.min(Number(key), whole.length - 1), part));
  }
  const { [key]: _, ...others } = whole;
  if (part === undefined) return /** @type {T} */ (others);
  // A key that is there keeps its place, which the JSON beside the form shows.
  return /** @type {T} */ (key in whole ? { ...whole, [key]: part } : { ...others, [key]: part });
}
