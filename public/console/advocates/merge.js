// Making two entries of one person one. It cannot be undone, so it is said first
// what will happen.

import { html, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Combobox } from "/ui/combobox.js";
import { Button, Checkbox, Dialog, Notice, Segments } from "/ui/components.js";
import { useForm } from "/ui/form.js";
import { searchAdvocates } from "../people/parts.js";
import { pathOf } from "./advocate.js";

/** @import { Advocate } from "./advocate.js" */

/** @param {{ program: string, advocate: Advocate, onClose: () => void, onDone: (into: Advocate) => void }} props */
export function MergeDialog({ program, advocate, onClose, onDone }) {
  const [other, setOther] = useState(/** @type {import("/ui/combobox.js").Option | undefined} */ (undefined));
  const [remains, setRemains] = useState("other");
  const form = useForm({ sure: false, into: "" }, async ({ sure }) => {
    if (!other) return form.setErrors({ into: "Choose the other entry." });
    if (!sure) return form.setErrors({ sure: "Confirm that they are one person." });
    const [from, into] = remains === "other" ? [advocate.id, other.key] : [other.key, advocate.id];
    onDone(await api.post(`${pathOf(program, from)}/merge`, { into }));
  });
  const [goes, stays] = remains === "other" ? [advocate.name, other?.text] : [other?.text, advocate.name];
  const twice = goes === stays ? { goes: `${goes} (${remains === "other" ? "this entry" : "the other entry"})`, stays: `${stays} (${remains === "other" ? "the other entry" : "this entry"})` } : { goes, stays };
  return html`<${Dialog} open title=${`Merge ${advocate.name} with another`} onClose=${onClose} onSubmit=${form.submit} actions=${html`
    <${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="danger" busy=${form.busy} disabled=${!other}>Merge for good<//>`}>
    <div class="stack">
      <p class="muted">For one person who is here twice: who joined under two addresses, say.</p>
      <${Combobox} label="The other entry" placeholder="Name, address or id" value=${other} error=${form.errors.into} none="Nobody found"
        search=${searchAdvocates(program, { without: advocate.id })} onPick=${(/** @type {import("/ui/combobox.js").Option | undefined} */ option) => { setOther(option); form.set("sure", false); }} />
      ${other && html`
        <div class="field"><span class="label">Which one remains?</span>
          <${Segments} label="Which one remains" value=${remains} onChange=${(/** @type {string} */ value) => { setRemains(value); form.set("sure", false); }}
            options=${[["other", html`${other.text}${other.text === advocate.name ? ` (${other.detail})` : ""}`], ["this", html`${advocate.name}${other.text === advocate.name ? ` (${advocate.email ?? advocate.external_id ?? advocate.id})` : ""}`]]} /></div>
        <${Notice} tone="warn" title="What will happen">
          <ul class="flag-list">
            <li>${twice.stays} gets every lead and reward of ${twice.goes}.</li>
            <li>The links and codes of ${twice.goes} go on working, and count for ${twice.stays}.</li>
            <li>${twice.goes} is closed as an entry. Their name and address are not taken over.</li>
            <li>It cannot be undone.</li>
          </ul><//>
        <${Checkbox} label="They are one person" ...${form.check("sure")} error=${form.errors.sure} />`}
      ${form.failure && html`<${Notice} tone="bad">${form.failure}<//>`}
    </div>
  <//>`;
}
