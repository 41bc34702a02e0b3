// An endpoint is added, or changed.

import { html, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Button, Checkbox, Dialog, Field, Input, Notice, Segments, Select } from "/ui/components.js";
import { useForm } from "/ui/form.js";
import { number } from "/ui/format.js";
import { programs } from "/ui/page/state.js";
import { GROUPS, TYPES, typeName, typesOf } from "./types.js";
import { pathOf } from "./webhook.js";

/** @import { Webhook } from "./webhook.js" */

/**
 * @param {{ webhook?: Webhook, onClose: () => void, onDone: (webhook: Webhook & { secret?: string }) => void }} props
 *   without one an endpoint is added
 */
export function EndpointForm({ webhook, onClose, onDone }) {
  const [some, setSome] = useState(Boolean(webhook?.types.length));
  const [needed, setNeeded] = useState(false);
  const form = useForm({ url: webhook?.url ?? "", description: webhook?.description ?? "", program: webhook?.program ?? "", types: /** @type {readonly string[]} */ (webhook?.types ?? []) }, async (values) => {
    // None would mean all of them.
    setNeeded(some && values.types.length === 0);
    if (some && values.types.length === 0) return;
    const body = { url: values.url.trim(), description: values.description.trim(), types: some ? values.types : [] };
    onDone(webhook ? await api.patch(pathOf(webhook.id), body)
      : await api.post("/v1/webhooks", { ...body, ...(values.program ? { program: values.program } : {}) }));
  });
  const all = programs.value.value ?? [];
  return html`<${Dialog} open kind="wide" title=${webhook ? "Edit the endpoint" : "Add an endpoint"} onClose=${onClose} onSubmit=${form.submit} actions=${html`
    <${Button} onClick=${onClose}>Cancel<//>
    <${Button} type="submit" kind="primary" busy=${form.busy}>${webhook ? "Save" : "Add it"}<//>`}>
    <div class="stack">
      <${Field} label="Address" hint="It takes a POST over https, and has to be reached from the internet." error=${form.errors.url}>
        <${Input} type="url" inputmode="url" ...${form.bind("url")} placeholder="https://hooks.your-company.com/goodword" autocomplete="off" spellcheck=${false} /><//>
      <div class="two">
        <${Field} label="What it is" optional error=${form.errors.description}><${Input} ...${form.bind("description")} maxlength="200" placeholder="Warehouse" autocomplete="off" /><//>
        <${Field} label="Whose changes" hint=${webhook && "It stays as it was when the endpoint was added."} error=${form.errors.program}>
          <${Select} ...${form.bind("program")} disabled=${Boolean(webhook)} options=${[["", "All programs"], ...all.map(({ slug, name }) => [slug, name])]} /><//>
      </div>
      <div class="field"><span class="label">Of what it is told</span>
        <${Segments} label="Of what it is told" value=${some ? "some" : ""} onChange=${(/** @type {string} */ value) => { setSome(Boolean(value)); setNeeded(false); }} options=${[["", "Everything"], ["some", "What is chosen here"]]} />
        ${(form.errors.types || needed) && html`<p class="error">${form.errors.types || "Choose at least one."}</p>`}
        ${!some && html`<p class="hint">What comes to be told of in later versions, too.</p>`}
      </div>
      ${some && html`<${Types} chosen=${form.values.types} onChange=${(/** @type {readonly string[]} */ types) => { form.set("types", types); setNeeded(false); }} />`}
      ${form.failure && html`<${Notice} tone="bad">${form.failure}<//>`}
    </div>
  <//>`;
}

/**
 * The types by group, a box for each, and one for each group.
 * @param {{ chosen: readonly string[], onChange: (types: string[]) => void }} props
 */
function Types({ chosen, onChange }) {
  // What this page does not know stays chosen until somebody takes it away.
  const strange = chosen.filter((type) => !TYPES.includes(type));
  const groups = [...GROUPS.map((group) => ({ title: group.title, types: typesOf(group) })), ...(strange.length > 0 ? [{ title: "Others", types: strange }] : [])];
  /** @param {readonly string[]} types @param {boolean} on */
  const put = (types, on) => onChange([...chosen.filter((type) => !types.includes(type)), ...(on ? types : [])]);
  return html`<div class="type-groups" role="group" aria-label="Kinds of events">
    ${groups.map(({ title, types }) => {
      const count = types.filter((type) => chosen.includes(type)).length;
      return html`<details key=${title}>
        <summary>${title} <span class="muted">${count === types.length ? "all" : count > 0 ? `${number(count)} of ${number(types.length)}` : ""}</span></summary>
        <div class="type-list">
          ${types.length > 1 && html`<${Checkbox} label=${html`All of these<span class="unseen">: ${title}</span>`} checked=${count === types.length} onValue=${(/** @type {boolean} */ on) => put(types, on)} />`}
          ${types.map((type) => html`<${Checkbox} key=${type} label=${html`${typeName(type)} <code class="muted">${type}</code>`} checked=${chosen.includes(type)} onValue=${(/** @type {boolean} */ on) => put([type], on)} />`)}
        </div>
      </details>`;
    })}
  </div>`;
}
