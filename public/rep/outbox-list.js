// What has been entered: what waits, what was refused and why, what has arrived.

import { html } from "/vendor/ui.js";
import { Button, Icon, toast } from "/ui/components.js";
import { number, plural, relative } from "/ui/format.js";
import { again, enter, isOpen, others, sending, sent, takeBack, waiting } from "./outbox.js";
import { useReps } from "../console/people/reps.js";
import { faultsOf } from "./referral.js";
import { online, rep } from "./state.js";

/** @import { Entry } from "./entries.js" */

/** Whom it is about. @param {Entry} entry */
const subject = ({ typed }) => typed.name.trim() || typed.contact.trim() || typed.company.trim();

/** @param {{ onEdit: (entry: Entry) => void }} props */
export function Outbox({ onEdit }) {
  const all = waiting.value;
  const { repName } = useReps();
  const refused = all.filter(({ state }) => state === "refused");
  const rest = all.filter(({ state }) => state === "waiting");
  return html`<div class="outbox">
    ${others.value > 0 && html`<p class="muted small">${number(others.value)} ${plural(others.value, "referral waits", "referrals wait")} for somebody else who was signed in here.</p>`}
    ${(all.length > 0 || sent.value.length > 0) && html`<h3>Entered here</h3>`}
    <ul class="outbox-list" aria-label="Entered here">
      ${refused.map((entry) => html`<${Refused} key=${entry.key} entry=${entry} onEdit=${onEdit} />`)}
      ${[...rest].reverse().map((entry) => html`<${Waiting} key=${entry.key} entry=${entry} onEdit=${onEdit} />`)}
      ${sent.value.map(({ entry, taken }) => html`<li key=${entry.key} class="good"><${Icon} name="check" />
        <div><b>${subject(entry)}</b><small>${arrived(entry, taken, repName)}</small></div></li>`)}
    </ul>
    <p class="unseen" role="status">${said(rest.length, refused.length)}</p>
  </div>`;
}

/** @param {Entry} entry @param {any} taken @param {(slug: string) => string} repName */
function arrived({ typed }, { duplicate, owner }, repName) {
  const from = `Recommended by ${typed.who?.name}. `;
  if (duplicate) return `${from}A lead already: this stands in its history.`;
  return from + (owner === rep.value ? "A new lead, and yours." : owner ? `A new lead, for ${repName(owner)}.` : "A new lead.");
}

/** @param {number} wait @param {number} refused */
function said(wait, refused) {
  const parts = [];
  if (wait > 0) parts.push(`${number(wait)} ${plural(wait, "referral waits", "referrals wait")} to be sent.`);
  if (refused > 0) parts.push(`${number(refused)} ${plural(refused, "was", "were")} refused.`);
  if (parts.length === 0 && sent.value.length > 0) parts.push(`${subject(sent.value[0].entry)} is entered.`);
  return parts.join(" ");
}

/** Throws one away, and offers it back. @param {Entry} entry */
async function discard(entry) {
  const back = await takeBack(entry.key);
  if (back) toast(`${subject(back)} is thrown away.`, { undo: () => enter(back) });
  else toast("It has left meanwhile.");
}

/** @param {{ entry: Entry, onEdit: (entry: Entry) => void }} props */
function Waiting({ entry, onEdit }) {
  const name = subject(entry);
  const leaves = sending.value === entry.key;
  return html`<li class=${leaves ? "busy" : ""}><${Icon} name="clock" />
    <div><b>${name}</b><small>Recommended by ${entry.typed.who?.name}. ${leaves ? "Sending …" : online.value ? "Waits to be sent." : `Waits for a connection. Said ${relative(entry.at)}.`}</small>
      ${!leaves && (isOpen(entry)
        ? html`<span class="row"><${Button} onClick=${() => onEdit(entry)}>Change<span class="unseen"> ${name}</span><//><${Button} kind="quiet" onClick=${() => discard(entry)}>Throw away<span class="unseen"> ${name}</span><//></span>`
        : html`<small>It may have arrived already, so it cannot be changed. It counts once.</small>`)}</div></li>`;
}

/** @param {{ entry: Entry, onEdit: (entry: Entry) => void }} props */
function Refused({ entry, onEdit }) {
  const name = subject(entry);
  const faults = entry.error ? Object.values(faultsOf(entry.error)) : [];
  return html`<li class="bad"><${Icon} name="warn" />
    <div><b>${name}</b><small>Recommended by ${entry.typed.who?.name}. Not taken: ${faults.join(" ")}</small>
      <span class="row"><${Button} onClick=${() => onEdit(entry)}>Change<span class="unseen"> ${name}</span><//>
        <${Button} onClick=${() => again(entry.key)}>Try again<span class="unseen"> ${name}</span><//>
        <${Button} kind="quiet" onClick=${() => discard(entry)}>Throw away<span class="unseen"> ${name}</span><//></span></div></li>`;
}
