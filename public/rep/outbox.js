// Sends what was entered: at once, or when the connection returns; once.
//
// One window sends at a time (a lock that all of them share), oldest first. The
// key of an entry has the server do it once however often it arrives, so that an
// answer that was lost costs nothing. What the server refuses stays, with the
// reason, until somebody changes it or throws it away.

import { effect, signal } from "/vendor/ui.js";
import { ApiError, api } from "/ui/api.js";
import * as entries from "./entries.js";
import { found } from "./known.js";
import { idOf, load, member, online, session, signedOut } from "./state.js";

/** @import { Entry } from "./entries.js" */

/** How long an answer may take (ms): beyond it the entry waits for the next try. */
const PATIENCE = 20_000;

/** When it is tried again though nothing has said that the connection is back (ms). */
const AGAIN = [5_000, 15_000, 60_000];

/** This member's, oldest first. @type {import("@preact/signals").Signal<Entry[]>} */
export const waiting = signal([]);

/** How many are somebody else's, who was signed in here. */
export const others = signal(0);

/** The key of what is under way in this window. */
export const sending = signal("");

/** What was sent while this window was open, newest first. @type {import("@preact/signals").Signal<{ entry: Entry, taken: any }[]>} */
export const sent = signal([]);

const windows = new BroadcastChannel("goodword-rep");
windows.onmessage = ({ data }) => {
  // What somebody else did in another window is not for whoever is here.
  if (data?.entry.member === member.value) arrived(data);
  read();
};

/** @param {{ entry: Entry, taken: any }} one */
const arrived = (one) => { sent.value = [one, ...sent.value].slice(0, 5); };

/** Reads what there is, and says so to other windows. */
async function changed() {
  windows.postMessage(null);
  await read();
}

async function read() {
  const all = await entries.all().catch(() => []);
  waiting.value = all.filter((entry) => entry.member === member.value);
  others.value = all.length - waiting.value.length;
}

/** @template T @param {() => Promise<T>} work */
const alone = (work) => (navigator.locks ? navigator.locks.request("goodword-rep", work) : work());

let queued = false;
let failures = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** Sends what waits, if it can. */
export async function flush() {
  clearTimeout(timer);
  // One that has not begun yet will see all that there is.
  if (queued) return;
  queued = true;
  await alone(async () => {
    queued = false;
    await read();
    await sendAll();
  });
}

async function sendAll() {
  /** @type {Set<string | undefined>} */
  const tried = new Set();
  try {
    for (;;) {
      // Who is signed in may have become known since these were read.
      const next = waiting.value.find(({ key, member: whose, state, typed }) => whose === member.value && state === "waiting" && !tried.has(key) && !(typed.who?.fresh && tried.has(typed.who.fresh)));
      if (!next || !session.value.fresh || !navigator.onLine) break;
      if (tried.size === 0 && !(await isStill(next.member))) break;
      tried.add(next.key);
      const outcome = await send(next.key);
      if (outcome === "stop") break;
      // Others may do better, but for those who name the same new advocate: that one
      // may be there by now.
      if (outcome === "later") tried.add(next.typed.who?.fresh);
    }
  } finally {
    sending.value = "";
  }
  if (!waiting.value.some(({ state }) => state === "waiting")) failures = 0;
  else if (!signedOut.value) timer = setTimeout(flush, AGAIN[Math.min(failures++, AGAIN.length - 1)]);
}

/**
 * Whether it is still this member who is signed in: in another window it may have
 * become somebody else, in whose name it would arrive.
 * @param {string} whose
 */
async function isStill(whose) {
  try {
    const now = await api.get("/v1/session");
    if (idOf(now) === whose) return true;
    load();
  } catch {
    // Without an answer, or a session, nothing is sent either.
  }
  return false;
}

/**
 * Sends one. `stop` if there is no use in going on.
 * @param {string} key
 * @returns {Promise<"done" | "later" | "stop">}
 */
async function send(key) {
  // Taken back in another window meanwhile, it is not sent.
  const before = await entries.change(key, (entry) => (entry.state === "waiting" ? { ...entry, tries: entry.tries + 1 } : undefined));
  if (!before) return "done";
  sending.value = key;
  await changed();
  try {
    const taken = await api.post("/v1/referrals/verbal", before.body, { "idempotency-key": key }, { signal: AbortSignal.timeout(PATIENCE) });
    signedOut.value = false;
    await entries.change(key, () => null);
    await registered(before, taken);
    arrived({ entry: before, taken });
    windows.postMessage({ entry: before, taken });
    await changed();
    return "done";
  } catch (error) {
    return failed(before, error);
  }
}

/** What may go well the next time. @param {number} status */
const passes = (status) => status === 0 || status === 401 || status === 408 || status === 425 || status === 429 || status >= 500;

/**
 * @param {Entry} entry
 * @param {unknown} error
 * @returns {Promise<"done" | "later" | "stop">}
 */
async function failed({ key }, error) {
  const { status, message, fields } = error instanceof ApiError ? error : new ApiError(0, {});
  if (passes(status)) return status >= 500 ? "later" : "stop";
  await entries.change(key, (entry) => {
    // A clock that is ahead is no reason to lose anything: it then counts from its
    // arrival. What was refused was not written, so another call may say it.
    const { at, ...body } = entry.body;
    if (fields.at && at) return { ...entry, key: crypto.randomUUID(), body };
    return { ...entry, state: "refused", error: { message, fields } };
  });
  await changed();
  return "done";
}

/**
 * An advocate who was new is there now: others that name the same person, and
 * have not left yet, name them by their id.
 * @param {Entry} entry
 * @param {any} taken
 */
async function registered({ body, typed }, taken) {
  const fresh = typed.who?.fresh;
  // A lead that was there already may be somebody else's credit.
  if (!fresh || !taken.advocate || taken.duplicate) return;
  const who = { id: taken.advocate, name: typed.who?.name ?? "" };
  found(body.program, [{ ...who, email: typed.email.trim() || null, kind: typed.kind, owner: body.rep }], fresh);
  for (const { key } of waiting.value) {
    await entries.change(key, (other) => (other.typed.who?.fresh === fresh && (other.tries === 0 || other.state === "refused")
      ? { ...other, body: { ...other.body, advocate: { id: who.id } }, typed: { ...other.typed, who } } : undefined));
  }
}

/**
 * Takes a referral: it is safe once this returns.
 * @param {Pick<Entry, "at" | "body" | "typed">} entry
 */
export async function enter({ at, body, typed }) {
  await entries.put({ at, body, typed, key: crypto.randomUUID(), member: member.value, state: "waiting", tries: 0 });
  await changed();
  flush();
  // Else a browser that is short of space may throw it away.
  if (!navigator.onLine) navigator.storage?.persist?.().catch(() => {});
}

/** Whether an entry can be changed: what may have arrived cannot. @param {Entry} entry */
export const isOpen = (entry) => entry.state === "refused" || entry.tries === 0;

/**
 * Takes an entry back.
 * @param {string} key
 * @returns {Promise<Entry | undefined>} nothing if it has left meanwhile
 */
export async function takeBack(key) {
  const entry = await entries.change(key, (entry) => (isOpen(entry) ? null : undefined));
  await changed();
  return entry;
}

/** Sends once more what was refused, the reason being gone. @param {string} key */
export async function again(key) {
  await entries.change(key, (entry) => (entry.state === "refused" ? { ...entry, state: "waiting", error: undefined } : undefined));
  await changed();
  flush();
}

/** Begins: from here on all that says that the connection may be back is heard. */
export function begin() {
  effect(() => {
    // Whose entries they are has to be known before any is sent.
    if (session.value.fresh && online.value) flush();
    else read();
  });
  addEventListener("pageshow", flush);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    // They may have come back in another window.
    if (signedOut.value) load();
    flush();
  });
}
