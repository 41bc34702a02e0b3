// How far an advocate has come on a ladder of rewards, and what comes next.

import { spoken } from "../ui/money.js";
import { kindOf, payWords } from "../ui/pay.js";
import { promises, whenWords } from "./terms.js";

/** @import { Me } from "./types.js" */
/** @import { Promised } from "./terms.js" */

/**
 * A step of a ladder.
 * @typedef {object} Step
 * @property {number} from which referral it begins with, from 1
 * @property {number} times how often it is to be earned; `Infinity` for ever
 * @property {number} done
 * @property {number} amount
 * @property {string} unit
 * @property {string} form
 * @property {"done" | "now" | "later"} state
 */

/**
 * @typedef {object} Ladder
 * @property {Step[]} steps
 * @property {Step | undefined} now where the next one counts; nothing at the end
 * @property {Step | undefined} then what follows it
 * @property {number} left how many are left until then
 * @property {number} round how often it was gone through before
 * @property {"nothing" | "last" | "restart"} after
 */

/**
 * @param {any} pay with a `ladder`
 * @param {number} count how many have been earned
 * @returns {Ladder}
 */
export function ladderOf({ ladder }, count) {
  const rungs = /** @type {Omit<Step, "from" | "done" | "state">[]} */ (ladder.rungs);
  const all = rungs.reduce((sum, { times }) => sum + times, 0);
  const restarts = ladder.after === "restart" && all > 0;
  const round = restarts ? Math.floor(count / all) : 0;
  let rest = restarts ? count % all : count;
  let from = 1;
  const steps = rungs.map((rung, index) => {
    const first = from;
    from += rung.times;
    const times = ladder.after === "last" && index === rungs.length - 1 ? Infinity : rung.times;
    const done = Math.min(rest, times);
    rest -= done;
    return { ...rung, from: first, times, done, state: /** @type {Step["state"]} */ (done >= times ? "done" : "later") };
  });
  const at = steps.findIndex(({ state }) => state !== "done");
  const now = steps[at];
  if (now) now.state = "now";
  const then = now && (steps[at + 1] ?? (restarts ? steps[0] : undefined));
  return { steps, now, then, left: now ? now.times - now.done : 0, round, after: ladder.after };
}

/** How often a rule was earned. @param {Me} me @param {string} rule */
export const countOf = (me, rule) => me.earned.filter((one) => one.rule === rule).reduce((sum, { count }) => sum + count, 0);

/** @param {Step} step */
export const stepWords = ({ amount, unit, form }) => payWords({ fixed: { amount, unit, form } });

/** The promise that one looks forward to: a ladder before all else. @param {Me} me */
export function goal(me) {
  const own = promises(me).filter(({ who }) => who === "advocate");
  return own.find(({ pay }) => kindOf(pay) === "ladder") ?? own.find(({ when }) => when === "won" || when === "sale") ?? own[0];
}

/**
 * What is next, in a sentence, and in a few words below it.
 * @param {Me} me
 * @param {Promised} promised
 * @returns {[title: string, about: string]}
 */
export function nextWords(me, promised) {
  const about = whenWords(promised);
  if (kindOf(promised.pay) !== "ladder") return [payWords(promised.pay), about];
  const { now, then, left } = ladderOf(promised.pay, countOf(me, promised.rule));
  if (!now) return ["You have earned all of it", "Thank you. What you share still counts."];
  if (!then) return [`Next: ${stepWords(now)}`, about];
  // The last one of a step is the one before something else.
  if (left === 1) return [`Next: ${stepWords(now)}`, `After that: ${stepWords(then)}`];
  return [`Next: ${stepWords(now)}`, `${left} more, then ${stepWords(then)}`];
}

/** All that a rule has brought, by unit. @param {Me} me @param {string} rule */
export const earnedWords = (me, rule) =>
  me.earned.filter((one) => one.rule === rule && one.amount > 0).map(({ amount, unit }) => spoken(amount, unit)).join(" + ");
