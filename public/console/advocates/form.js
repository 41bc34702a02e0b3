// The facts of an advocate, for a new one and for one that is there.

import { html } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Button, Dialog, Field, Input, Notice, Select } from "/ui/components.js";
import { useForm } from "/ui/form.js";
import { KINDS } from "../people/words.js";

/** @import { Advocate } from "./advocate.js" */

/**
 * The fields that both forms have.
 * @param {{ form: any, reps: ReturnType<typeof import("../people/reps.js").useReps>, owner?: string | null }} props `owner` stays a choice, even if they are disabled now
 */
export function FactFields({ form, reps, owner }) {
  const choices = reps.choices();
  if (owner && !choices.some(([slug]) => slug === owner)) choices.push([owner, reps.repName(owner)]);
  return html`
    <${Field} label="Name" error=${form.errors.name}><${Input} ...${form.bind("name")} autocomplete="off" /><//>
    <${Field} label="Email" optional hint="Their invitation goes there." error=${form.errors.email}><${Input} ...${form.bind("email")} type="email" autocomplete="off" /><//>
    <div class="two">
      <${Field} label="Kind" error=${form.errors.kind}><${Select} ...${form.bind("kind")} options=${KINDS} /><//>
      <${Field} label="Owner" optional error=${form.errors.owner}><${Select} ...${form.bind("owner")} options=${[["", "Nobody"], ...choices]} /><//>
    </div>
    <${Field} label="Segment" optional hint="A group with rewards of its own, such as “gold”." error=${form.errors.segment}><${Input} ...${form.bind("segment")} autocomplete="off" spellcheck=${false} /><//>`;
}

/**
 * @param {{ program: string, reps: ReturnType<typeof import("../people/reps.js").useReps>, self: string | null, onClose: () => void, onDone: (advocate: Advocate, isNew: boolean) => void }} props
 */
export function NewDialog({ program, reps, self, onClose, onDone }) {
  const form = useForm({ name: "", email: "", kind: "customer", owner: self ?? "", segment: "", external_id: "" }, async (values) => {
    if (!values.name.trim()) return form.setErrors({ name: "Enter a name." });
    const began = Date.now();
    const filled = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.trim()]).filter(([, value]) => value));
    const advocate = await api.post(`/v1/programs/${program}/advocates`, filled);
    // Whoever has the external id already is answered as they are.
    onDone(advocate, Date.parse(advocate.created_at) > began - 60_000);
  });
  return html`<${Dialog} open title="Add an advocate" onClose=${onClose} onSubmit=${form.submit} actions=${html`
    <${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${form.busy}>Add<//>`}>
    <div class="stack">
      <${FactFields} form=${form} reps=${reps} />
      <${Field} label="External id" optional hint="What your CRM or shop calls them. The same id is never added twice." error=${form.errors.external_id}><${Input} ...${form.bind("external_id")} autocomplete="off" spellcheck=${false} /><//>
      ${form.failure && html`<${Notice} tone="bad">${form.failure}<//>`}
    </div>
  <//>`;
}
