// What a rep has set out to do in a quarter, and how far it is.

import { html, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Button, Dialog, Field, Input, Meter, Notice, toast } from "/ui/components.js";
import { useForm } from "/ui/form.js";
import { number } from "/ui/format.js";

/** @typedef {import("./ask.js").Day} Day */

/** @type {[key: "asked" | "meetings" | "won", name: string][]} */
const GOALS = [["asked", "Advocates asked"], ["meetings", "Meetings held"], ["won", "Clients won"]];

/** `2026-Q4` as one says it. @param {string} quarter */
function quarterName(quarter) {
  const [year, n] = quarter.split("-Q");
  return `${["First", "Second", "Third", "Fourth"][Number(n) - 1] ?? "This"} quarter of ${year}`;
}

/** @param {{ rep: string, day: Day, onSet: () => Promise<void> }} props */
export function Goals({ rep, day, onSet }) {
  const [open, setOpen] = useState(false);
  const { goals, quarter } = day;
  const isSet = GOALS.some(([key]) => goals[key].goal);
  return html`<section class="goals" aria-labelledby="goals-title">
    <div class="goals-head"><h3 id="goals-title">${quarterName(quarter)}</h3>
      <${Button} kind="quiet" onClick=${() => setOpen(true)}>${isSet ? "Change the goals" : "Set goals"}<//></div>
    <div class="goals-all">${GOALS.map(([key, name]) => {
      const { goal, done } = goals[key];
      return html`<div key=${key} class="goal"><span class="goal-name">${name}</span>
        <span class="goal-sum"><b>${number(done)}</b>${goal ? html`<span class="muted"> of ${number(goal)}</span>` : ""}</span>
        ${goal ? html`<${Meter} label=${name} value=${Math.min(done, goal)} max=${goal} text=${`${done} of ${goal}`} tone=${done >= goal ? "good" : undefined} />` : ""}</div>`;
    })}</div>
    ${open && html`<${GoalsDialog} rep=${rep} day=${day} onClose=${() => setOpen(false)} onDone=${async () => {
      setOpen(false);
      await onSet();
    }} />`}
  </section>`;
}

/** @param {{ rep: string, day: Day, onClose: () => void, onDone: () => void }} props */
function GoalsDialog({ rep, day, onClose, onDone }) {
  const { quarter, goals } = day;
  const text = (/** @type {number | null} */ goal) => (goal === null ? "" : String(goal));
  const form = useForm({ asked: text(goals.asked.goal), meetings: text(goals.meetings.goal), won: text(goals.won.goal) }, async (values) => {
    /** @type {Record<string, string>} */
    const faults = {};
    for (const [key] of GOALS) if (!/^\d{0,5}$/.test(values[key].trim())) faults[key] = "Write a number, or nothing.";
    if (Object.keys(faults).length > 0) return form.setErrors(faults);
    const set = Object.fromEntries(GOALS.map(([key]) => [key, Number(values[key].trim() || 0)]));
    await api.put(`/v1/reps/${encodeURIComponent(rep)}/goals`, { quarter, ...set });
    toast("The goals are set.");
    onDone();
  });
  return html`<${Dialog} open title=${`Goals: ${quarterName(quarter).toLowerCase()}`} onClose=${onClose} onSubmit=${form.submit} actions=${html`
    <${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${form.busy}>Set the goals<//>`}>
    <div class="stack">
      ${GOALS.map(([key, name]) => html`<${Field} key=${key} label=${name} error=${form.errors[key]}><${Input} ...${form.bind(key)} inputmode="numeric" autocomplete="off" placeholder="No goal" /><//>`)}
      ${form.failure && html`<${Notice} tone="bad">${form.failure}<//>`}
    </div>
  <//>`;
}
