// Whom to follow up, whom to ask next, and why; and how far the quarter is.

import { html } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Avatar, Button, Empty, Notice, Skeleton } from "/ui/components.js";
import { date, number, plural, relative } from "/ui/format.js";
import { useAnswer } from "./answers.js";
import { Actions } from "./advocate.js";
import { Goals } from "./goals.js";
import { online } from "./state.js";
import { StandStill } from "./still.js";

/**
 * @typedef {object} Asked
 * @property {{ id: string, name: string, email: string | null, kind: string }} advocate
 * @property {"rated" | "live" | "won" | "met" | "active" | "quiet" | "new"} why
 * @property {string | null} at
 * @property {number} leads
 * @property {number} won
 * @property {string | null} last_active_at
 * @property {string | null} invited_at
 */

/** @typedef {{ goal: number | null, done: number }} Goal */
/** @typedef {{ quarter: string, goals: { asked: Goal, meetings: Goal, won: Goal }, ask: Asked[], follow_up: import("./still.js").Still[] }} Day */

/**
 * Why now, as one says it.
 * @param {Asked} asked
 */
function reason({ why, at, last_active_at: active }) {
  const when = at ? ` ${relative(at)}` : "";
  switch (why) {
    case "rated": return `They gave you a top rating${when}. Thank them, and ask who else would like it as much.`;
    case "live": return `They went live${when}, and see what it is worth. Ask whom they would tell of it.`;
    case "won": return `Somebody they recommended became a client${when}. There is no better moment to ask for the next.`;
    case "met": return `You met somebody they recommended${when}. Tell them how it went, and ask who else comes to mind.`;
    case "active": return `They were active ${active ? relative(active) : "not long ago"}. A word from you keeps it going.`;
    case "quiet": return `Nothing since ${active ? date(active) : "a long time"}. A friendly word may wake them.`;
    case "new": return "Nobody has asked them yet. Say what you are looking for, and send them their link.";
    default: return "";
  }
}

/** @param {Asked} asked */
function sums({ leads, won, invited_at: invited }) {
  return [
    leads > 0 && `${number(leads)} ${plural(leads, "lead", "leads")}`,
    won > 0 && `${number(won)} won`,
    invited && `invited ${relative(invited)}`,
  ].filter(Boolean).join(" · ");
}

/** @param {{ program: import("./state.js").Program, rep: string, onRefer: (who: { id: string, name: string }) => void }} props */
export function Ask({ program, rep, onRefer }) {
  const answer = useAnswer(`day:${program.slug}:${rep}`, () => api.get(`/v1/reps/${encodeURIComponent(rep)}/day`, { program: program.slug }));
  const day = /** @type {Day | undefined} */ (answer.value);
  if (!day) {
    return answer.failed ? html`<${Notice} tone="bad" title="This could not be read" action=${html`<${Button} onClick=${answer.reload}>Try again<//>`}>${answer.failed}<//>`
      : online.value ? html`<${Skeleton} shape="block" />` : html`<${Empty} title="This comes with the connection">It has not been read on this device yet.<//>`;
  }
  /** @param {Asked} asked @param {string} at */
  const invited = (asked, at) => answer.set({
    ...day,
    ask: day.ask.map((one) => (one.advocate.id === asked.advocate.id ? { ...one, invited_at: at } : one)),
    goals: { ...day.goals, asked: { ...day.goals.asked, done: day.goals.asked.done + (asked.invited_at ? 0 : 1) } },
  });
  // What was kept on this device may be from before there was any.
  const still = day.follow_up ?? [];
  return html`
    ${answer.at && html`<p class="muted small">As of ${relative(answer.at)}.</p>`}
    <${Goals} rep=${rep} day=${day} onSet=${answer.reload} />
    <${StandStill} all=${still} program=${program} onTouched=${(/** @type {string} */ lead) => answer.set({ ...day, follow_up: still.filter((one) => one.lead.id !== lead) })} />
    <section class="stack" aria-labelledby="ask-title"><h3 id="ask-title">Ask these next</h3>
      ${day.ask.length === 0 && html`<${Empty} title="Nobody to ask yet">Advocates who are yours stand here, with the reason why now is the time.<//>`}
      <ol class="people" aria-labelledby="ask-title">${day.ask.map((one) => html`<li key=${one.advocate.id}>
        <${Avatar} name=${one.advocate.name} />
        <div class="people-who"><b>${one.advocate.name}</b><p>${reason(one)}</p>${sums(one) && html`<small>${sums(one)}</small>`}</div>
        <${Actions} advocate=${{ ...one.advocate, invited_at: one.invited_at }} program=${program} onRefer=${onRefer} onInvited=${(/** @type {string} */ at) => invited(one, at)} />
      </li>`)}</ol>
    </section>`;
}
