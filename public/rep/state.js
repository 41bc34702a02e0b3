// Who is here, for whom they work, and in which program; with and without a
// connection. What the API has said last is kept for the time without one, until
// somebody signs out.

import { computed, effect, signal } from "/vendor/ui.js";
import { askAs, signIn } from "/ui/api.js";
import { keep, kept, keys } from "/ui/kept.js";
import { MEMBERS_OWN, OWNER, chosenProgram, load, programs, session } from "/ui/page/state.js";

/** @typedef {import("/ui/page/state.js").Session} Session */
/** @typedef {import("/ui/page/state.js").Program} Program */

/**
 * What is kept of a member's.
 * @param {string} name
 * @returns {any} undefined where there is nothing
 */
export function own(name) {
  try {
    return JSON.parse(kept(MEMBERS_OWN + name) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} name @param {unknown} value */
export const setOwn = (name, value) => keep(MEMBERS_OWN + name, JSON.stringify(value));

/** What an answer of the API's is kept by begins so. */
const ANSWER = "answer:";

/** How long it is kept for the time without a connection (ms). */
const ANSWER_AGE = 14 * 86_400_000;

/** @param {{ at?: string } | undefined} answer */
const isOld = (answer) => !(Date.now() - Date.parse(answer?.at ?? "") < ANSWER_AGE);

/**
 * An answer that is kept, unless it is too old.
 * @param {string} name
 * @returns {{ value?: any, at?: string }} empty where there is none
 */
export function answer(name) {
  const found = own(ANSWER + name);
  return isOld(found) ? {} : found;
}

/** @param {string} name @param {{ value: any, at: string }} now */
export const setAnswer = (name, now) => setOwn(ANSWER + name, now);

/** @param {(answer: any) => boolean} which */
function dropAnswers(which) {
  for (const key of keys(MEMBERS_OWN + ANSWER)) {
    if (which(own(key.slice(MEMBERS_OWN.length)))) keep(key, null);
  }
}
dropAnswers(isOld);

/** Whether there is a connection, as far as the browser knows. */
export const online = signal(navigator.onLine);
addEventListener("online", () => { online.value = true; load(); });
addEventListener("offline", () => { online.value = false; });

/** Whether somebody has to sign in before anything more is sent or read. */
export const signedOut = signal(false);

askAs({
  refused: async () => {
    // Whoever may not ask may not look at what was answered before either.
    dropAnswers(() => true);
    if (!session.value.fresh && !own("draft")) {
      signIn();
      return new Promise(() => {});
    }
    // Nobody who is talking to somebody is taken away from what they are typing.
    signedOut.value = true;
    return false;
  },
});
effect(() => { if (session.value.fresh) signedOut.value = false; });

for (const [name, known] of /** @type {[string, import("@preact/signals").Signal<any>][]} */ ([[OWNER, session], ["programs", programs]])) {
  effect(() => {
    const { value, fresh } = known.value;
    if (fresh) {
      setOwn(name, value);
    } else if (value === undefined) {
      // Nothing is known yet, or the API cannot be asked.
      const before = own(name);
      if (before !== undefined) known.value = { value: before, fresh: false };
    }
  });
}

/** Somebody who is no rep says whose page they look at. */
const chosenRep = signal(own("rep") ?? "");

/** @param {string} slug */
export function chooseRep(slug) {
  setOwn("rep", slug);
  chosenRep.value = slug;
}

/** Slug of the rep, if it is known. */
export const rep = computed(() => session.value.value?.rep ?? chosenRep.value);

/** Who it is: the operator's key is nobody's in particular. @param {Session | undefined} of */
export const idOf = (of) => of?.member ?? "operator";

/** Whose entries and answers are kept. */
export const member = computed(() => idOf(session.value.value));

export { chosenProgram, load, programs, session };
