// The advocates that this browser knows of, so that one is found while somebody is
// talking, and without a connection.

import { signal } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { online, own, rep, setOwn } from "./state.js";

/**
 * An advocate, as far as it is needed here.
 * @typedef {object} Known
 * @property {string} [id] nothing as long as they are only entered here
 * @property {string} [fresh] tells them apart until then
 * @property {string} name
 * @property {string | null} [email]
 * @property {string} kind
 * @property {string | null} [owner]
 * @property {string | null} [invited_at]
 * @property {number} [used] when they were named here last
 */

/** More make no search better, and browsers keep five million letters. */
const MOST = 2_000;

/** How many are offered. */
const OFFERED = 6;

/** Those of the program that is looked at. @type {import("@preact/signals").Signal<Known[]>} */
export const known = signal([]);
let program = "";

/** @param {string} slug */
const key = (slug) => `known:${slug}`;

/** Looks at the advocates of a program. @param {string} slug */
export function look(slug) {
  program = slug;
  known.value = own(key(slug)) ?? [];
}

/** @param {string} slug @returns {Known[]} */
const of = (slug) => (slug === program ? known.value : own(key(slug)) ?? []);

/** @param {string} slug @param {Known[]} all */
function write(slug, all) {
  setOwn(key(slug), all);
  if (slug === program) known.value = all;
}

/** @param {Known} a @param {Known} b */
const isSame = (a, b) => (a.id && b.id ? a.id === b.id : Boolean(a.fresh) && a.fresh === b.fresh);

/**
 * Remembers advocates.
 * @param {string} slug of their program
 * @param {readonly any[]} some
 * @param {string} [fresh] what one of them was known by until now
 */
export function found(slug, some, fresh) {
  const before = of(slug);
  const after = some.map(({ id, name, email, kind, owner, invited_at, used, fresh: its }) => {
    const was = before.find((one) => isSame(one, { id, fresh: fresh ?? its, name, kind }));
    return { id, fresh: id ? undefined : its, name, email, kind, owner, invited_at, used: used ?? was?.used };
  });
  const others = before.filter((one) => !after.some((it) => isSame(one, it)) && !(fresh && one.fresh === fresh));
  write(slug, [...after, ...others].sort((a, b) => (b.used ?? 0) - (a.used ?? 0)).slice(0, MOST));
}

/**
 * Reads those of a rep's own. Whoever is theirs no more, or is gone, is known no
 * more: neither their name nor their address stays.
 * @param {string} slug
 * @param {string} owner
 */
export async function readMine(slug, owner) {
  // Whoever is registered while the answer is under way is not in it.
  const before = of(slug).filter((one) => one.id && one.owner === owner).map(({ id }) => id);
  const mine = await api.pages(`/v1/programs/${slug}/advocates`, { owner, status: "active" });
  const ids = new Set(mine.map(({ id }) => id));
  const gone = new Set(before.filter((id) => !ids.has(id)));
  found(slug, mine);
  write(slug, of(slug).filter(({ id }) => !gone.has(id)));
}

/** As it is compared: without accents, whatever the case. @param {string} text */
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/**
 * Whether each word that was typed is in a name or an address.
 * @param {Known} one
 * @param {string} text
 */
export function fits({ name, email }, text) {
  const all = plain(`${name} ${email ?? ""}`);
  return plain(text).split(/\s+/u).every((word) => all.includes(word));
}

/**
 * Those who fit what was typed, the likeliest first.
 * @param {string} text
 */
export function fitting(text) {
  const beginning = plain(text.trim());
  const mine = rep.value;
  /** @param {Known} one */
  const rank = (one) => (plain(one.name).startsWith(beginning) ? 0 : 2) + (one.owner === mine ? 0 : 1);
  return known.value
    .filter((one) => fits(one, text))
    .sort((a, b) => rank(a) - rank(b) || (b.used ?? 0) - (a.used ?? 0) || a.name.localeCompare(b.name))
    .slice(0, OFFERED);
}

/**
 * Those who fit, of all the program's.
 * @param {string} slug
 * @param {string} text
 * @param {(some: Known[]) => void} early takes those who are known already
 */
export async function search(slug, text, early) {
  if (text && online.value) {
    early(fitting(text));
    try {
      const { items } = await api.get(`/v1/programs/${slug}/advocates`, { q: text, status: "active", limit: OFFERED }, { signal: AbortSignal.timeout(3_000) });
      found(slug, items);
      // What the server finds by an external id does not show why it fits.
      const some = fitting(text);
      return [...some, ...items.filter((/** @type {Known} */ item) => !some.some((one) => isSame(one, item)))].slice(0, OFFERED);
    } catch {
      // Without an answer, whoever is known has to do.
    }
  }
  return fitting(text);
}
