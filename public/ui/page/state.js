// Who is signed in, and which programs there are. Both are kept for the next page
// of this tab, so that its shell is there before the API has answered; what it
// shows inside waits for the answer.

import { computed, signal } from "/vendor/ui.js";
import { ApiError, api } from "../api.js";
import { keep, kept, keys } from "../kept.js";

/**
 * @typedef {object} Session
 * @property {string | null} member null for the operator's own key
 * @property {string} name
 * @property {string | null} email
 * @property {"admin" | "marketer" | "rep" | "read-only"} role
 * @property {string | null} rep
 * @property {string[]} scopes
 * @property {string | null} expires_at
 */

/**
 * @typedef {object} Program
 * @property {string} slug
 * @property {number} number
 * @property {string} name
 * @property {"active" | "disabled"} status
 * @property {string} zone
 * @property {string} touch
 * @property {number} window_days
 * @property {boolean} cookie
 * @property {any} pass_through
 * @property {any} preview
 * @property {string} created_at
 * @property {string} updated_at
 */

/**
 * @template T
 * @typedef {{ value: T | undefined, fresh: boolean, failed?: Error }} Known
 */

const SESSION = "gw-session";
const PROGRAMS = "gw-programs";
const PROGRAM = "gw-program";
const tab = () => sessionStorage;

/**
 * @template T
 * @param {string} key
 * @returns {Known<T>}
 */
function before(key) {
  try {
    const text = kept(key, tab);
    return { value: text ? JSON.parse(text) : undefined, fresh: false };
  } catch {
    return { value: undefined, fresh: false };
  }
}

/** @type {import("@preact/signals").Signal<Known<Session>>} */
export const session = signal(before(SESSION));

/** @type {import("@preact/signals").Signal<Known<Program[]>>} */
export const programs = signal(before(PROGRAMS));

/** The slug that was asked for: by the address, else what was looked at last. */
const wanted = signal(new URLSearchParams(location.search).get("program") ?? kept(PROGRAM) ?? "");

/** The program that is looked at; undefined as long as there is none. */
export const chosenProgram = computed(() => {
  const all = programs.value.value ?? [];
  return all.find(({ slug }) => slug === wanted.value) ?? all.find(({ status }) => status === "active") ?? all[0];
});

/** Asks who is signed in and what programs there are. */
export function load() {
  ask(session, SESSION, () => api.get("/v1/session"));
  reloadPrograms();
}

/** Reads the programs again, after one was made or changed. */
export const reloadPrograms = () => ask(programs, PROGRAMS, () => api.pages("/v1/programs"));

/**
 * @template T
 * @param {import("@preact/signals").Signal<Known<T>>} known
 * @param {string} key
 * @param {() => Promise<T>} question
 */
async function ask(known, key, question) {
  if (known.value.failed) known.value = { value: known.value.value, fresh: false };
  try {
    const value = await question();
    keep(key, JSON.stringify(value), tab);
    known.value = { value, fresh: true };
  } catch (error) {
    // What is known already holds until the API can be asked again.
    if (!known.value.fresh) known.value = { value: undefined, fresh: false, failed: /** @type {ApiError} */ (error) };
  }
}

/**
 * Looks at another program.
 * @param {string} slug
 * @param {readonly string[]} [remain] parameters of the address that hold for it too
 */
export function chooseProgram(slug, remain = []) {
  keep(PROGRAM, slug);
  const url = new URL(location.href);
  const parameters = new URLSearchParams({ program: slug });
  for (const name of remain) {
    const value = url.searchParams.get(name);
    if (value !== null) parameters.set(name, value);
  }
  url.search = parameters.toString();
  history.replaceState(history.state, "", url);
  wanted.value = slug;
}

/** What a page of a member's keeps in this browser begins so; it goes with them. */
export const MEMBERS_OWN = "gw-own:";

/** Whose it is: the session, as it was when it was kept. */
export const OWNER = "session";

/** Forgets who was here. */
export function forget() {
  forgetTab();
  for (const key of keys(MEMBERS_OWN)) keep(key, null);
}

function forgetTab() {
  keep(SESSION, null, tab);
  keep(PROGRAMS, null, tab);
}

/**
 * Lets in whoever has just signed in. Nothing of anybody else's is shown to them;
 * what they had begun themselves when their session ended is still there.
 */
export async function letIn() {
  /** @type {string | null | undefined} */
  let was;
  /** @type {string | null | undefined} */
  let is;
  try {
    was = JSON.parse(kept(MEMBERS_OWN + OWNER) ?? "null")?.member;
    is = was && (await api.get("/v1/session")).member;
  } catch {
    // Whose it is cannot be told: then it is nobody's.
  }
  // The operator's key is nobody's in particular.
  if (was && was === is) forgetTab();
  else forget();
}

if (new URLSearchParams(location.search).has("program")) keep(PROGRAM, wanted.value);
/** The page, or going back, has changed the address. */
function follow() {
  const slug = new URLSearchParams(location.search).get("program");
  if (!slug || slug === wanted.value) return;
  wanted.value = slug;
  keep(PROGRAM, slug);
}
addEventListener("popstate", follow);
addEventListener("gw-address", follow);
