// Who is not written to any more. Only a fingerprint of each address is kept, so that
// nobody can read them here.

import { html, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Badge, Button, Card, Dialog, Empty, Field, Input, Notice, Skeleton, Table, toast } from "/ui/components.js";
import { useForm } from "/ui/form.js";
import { usePaged } from "/ui/lists.js";
import { More, When } from "../people/parts.js";
import { capital } from "../people/words.js";

/** @typedef {{ hash: string, reason: string, at: string, program: string | null }} Suppression */

/** @type {Record<string, [name: string, about: string]>} */
const REASONS = {
  unsubscribed: ["Wants no more letters", "links that they ask for themselves still go"],
  bounced: ["The mailbox refuses letters", "the address may not exist"],
  complained: ["Called a letter a nuisance", "their provider told so"],
  manual: ["Entered by the team", ""],
};

/** @param {{ writes: boolean, program: import("/ui/page.js").Program }} props */
export function Suppressions({ writes, program }) {
  const list = usePaged("/v1/suppressions", {});
  const [act, setAct] = useState("");
  const add = html`<${Button} kind="primary" icon="plus" onClick=${() => setAct("add")}>Add an address<//>`;
  const done = (/** @type {string} */ said) => {
    setAct("");
    toast(said);
    list.reload();
  };
  return html`<${Card} class=${list.items && list.busy ? "stale" : ""} title="Addresses that are not written to" actions=${writes && list.items && list.items.length > 0 && html`<${Button} onClick=${() => setAct("lift")}>Lift one …<//>${add}`}>
    ${!list.items && !list.failed && html`<${Skeleton} lines=${5} />`}
    ${list.items && html`<${Table} caption="Addresses that are not written to" stacked rows=${list.items} rowKey=${(/** @type {Suppression} */ { hash }) => hash} columns=${[
      { key: "hash", label: "Fingerprint", render: (/** @type {Suppression} */ { hash }) => html`<code title=${hash}>${hash.slice(0, 12)}…</code>` },
      { key: "reason", label: "Why", render: (/** @type {Suppression} */ { reason }) => html`${REASONS[reason]?.[0] ?? capital(reason)}${REASONS[reason]?.[1] && html`<span class="under">${REASONS[reason][1]}</span>`}` },
      { key: "program", label: "Came from", render: (/** @type {Suppression} */ { program: of }) => (of ? html`<${Badge}>${of}<//>` : "") },
      { key: "at", label: "Since", render: (/** @type {Suppression} */ { at }) => html`<${When} at=${at} zone=${program.zone} />` },
    ]} empty=${html`<${Empty} level=${2} title="Everybody may be written to" action=${writes && add}>Whoever unsubscribes, whose mailbox refuses letters or who calls one a nuisance stands here from then on, and gets none.<//>`} />`}
    <${More} list=${list} one="address" other="addresses" />
    ${act === "add" && html`<${AddressDialog} title="Add an address" path="/v1/suppressions" body=${{ reason: "manual" }} verb="Add it" onClose=${() => setAct("")} onDone=${() => done("This address is not written to any more.")}>
      It gets no letter any more, of no program, not even a link that signs in.<//>`}
    ${act === "lift" && html`<${AddressDialog} title="Write to an address again" path="/v1/suppressions/lift" body=${{}} verb="Lift it" onClose=${() => setAct("")} onDone=${() => done("This address may be written to again.")}>
      Lift it only if they have asked for that themselves. Type the address: only its fingerprint is kept.<//>`}
  <//>`;
}

/** @param {{ title: string, path: string, body: object, verb: string, onClose: () => void, onDone: () => void, children?: any }} props */
function AddressDialog({ title, path, body, verb, onClose, onDone, children }) {
  const form = useForm({ email: "" }, async ({ email }) => {
    await api.post(path, { email: email.trim(), ...body });
    onDone();
  });
  return html`<${Dialog} open title=${title} onClose=${onClose} onSubmit=${form.submit} actions=${html`
    <${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${form.busy}>${verb}<//>`}>
    <div class="stack"><p>${children}</p>
      <${Field} label="Email" error=${form.errors.email}><${Input} type="email" ...${form.bind("email")} autocomplete="off" spellcheck=${false} /><//>
      ${form.failure && html`<${Notice} tone="bad">${form.failure}<//>`}</div><//>`;
}
