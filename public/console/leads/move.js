// Moving leads: shown at once, taken back if the API refuses, and said aloud.

import { html, signal, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Button, Dialog, Field, Icon, Input, Menu, Notice, Select, Textarea, toast } from "/ui/components.js";
import { useForm } from "/ui/form.js";
import { leadName, nextOf, stageName } from "./stages.js";

/** @import { Lead, Stage } from "./stages.js" */

/**
 * Where leads are shown: what does the moving tells it before and after.
 * @typedef {object} Board
 * @property {(lead: Lead, now: Lead) => () => void} put shows a lead as it is now; answers how to take it back
 */

/** What is said of the last move. */
export const said = signal("");

/** Leads whose lot is being decided by the API. */
export const moving = signal(/** @type {ReadonlySet<string>} */ (new Set()));

/** @param {string} id @param {boolean} on */
function mark(id, on) {
  const next = new Set(moving.value);
  if (on) next.add(id);
  else next.delete(id);
  moving.value = next;
}

/**
 * Moves a lead.
 * @param {Board} board
 * @param {Lead} lead
 * @param {Stage} stage
 * @param {{ reason?: string, why?: string }} [because]
 */
export async function move(board, lead, stage, because = {}) {
  if (moving.value.has(lead.id)) return false;
  const now = new Date().toISOString();
  const name = leadName(lead);
  const back = board.put(lead, {
    ...lead,
    stage,
    reason: because.reason ?? null,
    suspected: lead.suspected && stage === "lost",
    [`${stage}_at`]: lead[/** @type {"won_at"} */ (`${stage}_at`)] ?? now,
  });
  said.value = `${name} is moved to ${stageName(stage)}.`;
  mark(lead.id, true);
  try {
    await api.post(`/v1/leads/${encodeURIComponent(lead.id)}/stage`, { stage, ...because });
    return true;
  } catch (error) {
    back();
    said.value = "";
    toast(`${name} stays in ${stageName(lead.stage)}: ${/** @type {Error} */ (error).message}`, { tone: "bad" });
    return false;
  } finally {
    mark(lead.id, false);
  }
}

const REASONS = ["No budget", "Chose a competitor", "Not the right time", "No answer", "Not a fit", "Spam"];

/**
 * Why a lead is lost, before it is.
 * @param {{ lead: Lead, onClose: () => void, onMove: (because: { reason: string, why?: string }) => void }} props
 */
export function LostDialog({ lead, onClose, onMove }) {
  const [error, setError] = useState("");
  const form = useForm({ reason: "", other: "", why: "" }, ({ reason, other, why }) => {
    const text = (reason === "other" ? other : reason).trim();
    if (!text) return setError(reason === "other" ? "Say why, in a few words." : "Choose a reason.");
    onMove({ reason: text, ...(why.trim() ? { why: why.trim() } : {}) });
  });
  return html`<${Dialog} open title=${`Close ${leadName(lead)} as lost`} onClose=${onClose} onSubmit=${form.submit} actions=${html`
    <${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary">Close as lost<//>`}>
    <div class="stack">
      <${Field} label="Why was it lost?" error=${form.values.reason === "other" ? "" : error}>
        <${Select} name="reason" value=${form.values.reason} onValue=${(/** @type {string} */ value) => { setError(""); form.set("reason", value); }}
          options=${[["", "Choose a reason"], ...REASONS.map((text) => [text.toLowerCase(), text]), ["other", "Another reason"]]} />
      <//>
      ${form.values.reason === "other" && html`<${Field} label="In your own words" error=${error}><${Input} ...${form.bind("other")} maxlength="200" /><//>`}
      <${Field} label="A remark" optional hint="It stands in the lead’s history."><${Textarea} ...${form.bind("why")} rows="2" maxlength="1000" /><//>
      <p class="muted small">A lead that is lost can be taken up again later, as accepted.</p>
    </div>
  <//>`;
}

/**
 * The steps that a lead may take, as a menu.
 * @param {{ lead: Lead, onMove: (stage: Stage) => void }} props
 */
export function MoveMenu({ lead, onMove }) {
  const next = nextOf(lead.stage);
  if (next.length === 0) return null;
  return html`<${Menu} label=${`Move ${leadName(lead)} to`} disabled=${moving.value.has(lead.id)} class="button move-button" trigger=${html`Move<span class="unseen"> ${leadName(lead)} to another stage</span><${Icon} name="down" />`}
    items=${next.map((stage) => ({ label: stage === "lost" ? "Lost …" : stageName(stage), onSelect: () => onMove(stage) }))} />`;
}

/**
 * Handing a lead over to another rep.
 * @param {{ lead: Lead, reps: [string, string][], onClose: () => void, onDone: (owner: string) => void }} props
 */
export function OwnerDialog({ lead, reps, onClose, onDone }) {
  const form = useForm({ owner: lead.owner ?? "", why: "" }, async ({ owner, why }) => {
    if (!owner) return form.setErrors({ owner: "Choose a rep." });
    if (!why.trim()) return form.setErrors({ why: "Say why, in a few words: it stands in the history." });
    await api.post(`/v1/leads/${encodeURIComponent(lead.id)}/owner`, { owner, why: why.trim() });
    onDone(owner);
  });
  return html`<${Dialog} open title=${`Hand ${leadName(lead)} over`} onClose=${onClose} onSubmit=${form.submit} actions=${html`
    <${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${form.busy}>Hand over<//>`}>
    <div class="stack">
      <${Field} label="To" error=${form.errors.owner}><${Select} ...${form.bind("owner")} options=${[["", "Choose a rep"], ...reps]} /><//>
      <${Field} label="Why" hint="For example: “Speaks Portuguese.”" error=${form.errors.why}><${Input} ...${form.bind("why")} maxlength="1000" /><//>
      ${form.failure && html`<${Notice} tone="bad">${form.failure}<//>`}
    </div>
  <//>`;
}
