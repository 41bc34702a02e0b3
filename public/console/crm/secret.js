// The secret by which what comes back is known to be theirs, and a new one in its
// place.

import { html, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Button, Copy, Dialog, Field, Input, Notice, Select } from "/ui/components.js";
import { useForm } from "/ui/form.js";
import { KINDS, pathOf } from "./connection.js";

/** @import { Connection } from "./connection.js" */

/** How long both are taken. */
const OVERLAPS = [["24", "For a day"], ["1", "For an hour"], ["168", "For a week"], ["0", "Not at all: it has leaked"]];

/** Where changes are sent. @param {Connection} connection */
export const inbound = ({ id }) => `${location.origin}${pathOf(id)}/events`;

/** A text to take along. @param {{ label: string, text: string, hint?: any }} props */
const Taken = ({ label, text, hint }) => html`<${Field} label=${label} hint=${hint}><div class="row taken"><${Input} class="code" readonly value=${text} aria-label=${label} onFocus=${(/** @type {any} */ event) => event.currentTarget.select()} /><${Copy} text=${text} aria-label=${`Copy: ${label}`} /></div><//>`;

/** @param {{ connection: Connection, secret: string, title: string, onClose: () => void }} props */
export const SecretDialog = ({ connection, secret, title, onClose }) => html`<${Dialog} open kind="wide" title=${title} onClose=${onClose} actions=${html`<${Button} kind="primary" onClick=${onClose}>Done<//>`}>
  <div class="stack">
    <p>Leads go to ${KINDS[connection.kind]?.name ?? connection.kind} from now on. For what is changed there to come back, let it send changes here, signed with this secret: <code>docs/${connection.kind}.md</code> says how, step by step.</p>
    <${Taken} label="Where to" text=${inbound(connection)} />
    <${Taken} label="Secret" text=${secret} hint="It is shown this once. A new one can be made at any time." />
  </div><//>`;

/** @param {{ connection: Connection, onClose: () => void }} props */
export function Rotate({ connection, onClose }) {
  const [secret, setSecret] = useState("");
  const form = useForm({ overlap_hours: "24" }, async ({ overlap_hours: hours }) => {
    setSecret((await api.post(`${pathOf(connection.id)}/rotate`, { overlap_hours: Number(hours) })).secret);
  });
  if (secret) return html`<${SecretDialog} connection=${connection} secret=${secret} title="The new secret" onClose=${onClose} />`;
  return html`<${Dialog} open title="A new secret" onClose=${onClose} onSubmit=${form.submit} actions=${html`
    <${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${form.busy}>Make a new one<//>`}>
    <div class="stack"><p>What ${KINDS[connection.kind]?.name ?? connection.kind} sends is signed with the new one once you have put it in there.</p>
      <${Field} label="How long the old one is taken, too" error=${form.errors.overlap_hours}><${Select} ...${form.bind("overlap_hours")} options=${OVERLAPS} /><//>
      ${form.failure && html`<${Notice} tone="bad">${form.failure}<//>`}</div><//>`;
}
