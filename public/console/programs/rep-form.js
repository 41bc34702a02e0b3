// A rep is added, or changed.

import { html, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Button, Checkbox, Dialog, Field, Input, Notice, Select } from "/ui/components.js";
import { useForm } from "/ui/form.js";
import { isSlug, slugOf } from "./check.js";

/** @import { Rep } from "../people/reps.js" */

/**
 * @param {{ rep?: Rep, program: string, onClose: () => void, onDone: (rep: Rep, turns: boolean) => void }} props
 *   without a rep one is added; `program` is what the program is called
 */
export function RepForm({ rep, program, onClose, onDone }) {
  // Nothing, as long as the name suggests it.
  const [ownSlug, setOwnSlug] = useState(/** @type {string | undefined} */ (undefined));
  const form = useForm({ name: rep?.name ?? "", slug: "", email: rep?.email ?? "", status: rep?.status ?? "active", turns: true }, async (values) => {
    const slug = rep?.slug ?? ownSlug ?? slugOf(values.name);
    /** @type {Record<string, string>} */
    const faults = {};
    if (!values.name.trim()) faults.name = "Enter their name.";
    if (!isSlug(slug)) faults.slug = "Small letters, digits and single hyphens, such as lea-brandt.";
    // A PUT changes whoever is there, and this one is to be somebody new.
    else if (!rep) {
      const there = (await api.pages("/v1/reps")).find((/** @type {Rep} */ one) => one.slug === slug);
      if (there) faults.slug = `This is ${there.name}’s already.`;
    }
    if (Object.keys(faults).length > 0) return form.setErrors(faults);
    try {
      const email = values.email.trim();
      onDone(await api.put(`/v1/reps/${encodeURIComponent(slug)}`, { name: values.name.trim(), email: email || null, status: values.status }), values.turns);
    } catch (error) {
      const { fields } = /** @type {any} */ (error);
      if (fields?.rep) { fields.slug = fields.rep; delete fields.rep; }
      throw error;
    }
  });

  return html`<${Dialog} open title=${rep ? `Edit ${rep.name}` : "Add a rep"} onClose=${onClose} onSubmit=${form.submit} actions=${html`
    <${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${form.busy}>${rep ? "Save" : "Add the rep"}<//>`}>
    <div class="stack">
      <${Field} label="Name" error=${form.errors.name}><${Input} ...${form.bind("name")} maxlength="200" autocomplete="off" /><//>
      ${!rep && html`<${Field} label="Short name" hint="For requests and imports; it never changes." error=${form.errors.slug}>
        <${Input} value=${ownSlug ?? slugOf(form.values.name)} maxlength="64" autocomplete="off" spellcheck=${false}
          onValue=${(/** @type {string} */ text) => { setOwnSlug(text.trim() || undefined); form.set("slug", text); }} /><//>`}
      <${Field} label="Email" optional error=${form.errors.email}><${Input} ...${form.bind("email")} type="email" autocomplete="off" spellcheck=${false} /><//>
      ${rep ? html`<${Field} label="Status" hint="Disabled, they get no more leads; those that they have stay theirs." error=${form.errors.status}>
          <${Select} ...${form.bind("status")} options=${[["active", "Active"], ["disabled", "Disabled"]]} /><//>`
        : html`<${Checkbox} ...${form.check("turns")} label=${`Takes turns for the leads of ${program}`} />`}
      ${form.failure && html`<${Notice} tone="bad">${form.failure}<//>`}
    </div>
  <//>`;
}
