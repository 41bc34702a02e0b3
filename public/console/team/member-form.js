// Somebody is invited, or changed.

import { html, useEffect, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Button, Dialog, Field, Input, Notice, Select } from "/ui/components.js";
import { useForm } from "/ui/form.js";
import { FOR_WHOM, ROLES } from "./roles.js";

/** @typedef {import("./main.js").Member} Member */

/** The reps there are, for whom a member can be one of them. @param {boolean} wanted */
function useReps(wanted) {
  const [reps, setReps] = useState(/** @type {{ slug: string, name: string }[] | undefined} */ (undefined));
  useEffect(() => {
    // Without the list nobody is tied to a rep here, and everything else works.
    if (wanted && !reps) api.pages("/v1/reps").then(setReps, () => setReps([]));
  }, [wanted]);
  return reps;
}

/**
 * @param {{ member?: Member, self: boolean, onClose: () => void, onDone: (member: Member) => void }} props
 *   without a member somebody is invited
 */
export function MemberForm({ member, self, onClose, onDone }) {
  const form = useForm({ email: member?.email ?? "", name: member?.name ?? "", role: member?.role ?? "marketer", rep: member?.rep ?? "" }, async (values) => {
    const rep = values.role === "rep" ? values.rep : "";
    const body = { name: values.name.trim(), role: values.role };
    onDone(member
      ? await api.patch(`/v1/team/${encodeURIComponent(member.id)}`, { ...body, rep })
      : await api.post("/v1/team", { ...body, email: values.email.trim(), ...(rep ? { rep } : {}) }));
  });
  const isRep = form.values.role === "rep";
  const reps = useReps(isRep);
  return html`<${Dialog} open title=${member ? `Edit ${member.name}` : "Invite somebody"} onClose=${onClose} onSubmit=${form.submit} actions=${html`
    <${Button} onClick=${onClose}>Cancel<//>
    <${Button} type="submit" kind="primary" busy=${form.busy}>${member ? "Save" : "Send the invitation"}<//>`}>
    <div class="stack">
      ${!member && html`<${Field} label="Email" hint="A link that signs in goes there. It works for 7 days." error=${form.errors.email}>
        <${Input} type="email" ...${form.bind("email")} autocomplete="off" spellcheck=${false} /><//>`}
      <${Field} label="Name" error=${form.errors.name}><${Input} ...${form.bind("name")} autocomplete="off" /><//>
      <${Field} label="Role" hint=${self ? "Somebody else has to change your own role." : FOR_WHOM[/** @type {keyof FOR_WHOM} */ (form.values.role)]} error=${form.errors.role}>
        <${Select} options=${ROLES} ...${form.bind("role")} disabled=${self} /><//>
      ${isRep && (!reps || reps.length > 0) && html`<${Field} label="Which rep" optional hint="Then the leads begin with their own." error=${form.errors.rep}>
        <${Select} options=${[["", "Nobody in particular"], ...(reps ?? []).map(({ slug, name }) => [slug, name])]} ...${form.bind("rep")} disabled=${!reps} /><//>`}
      ${isRep && reps?.length === 0 && html`<p class="hint">There is no rep yet whose leads could be theirs. Reps are added in a program, under <a href="/console/programs">Programs → Sales</a>.</p>`}
      ${form.failure && html`<${Notice} tone="bad">${form.failure}<//>`}
    </div>
  <//>`;
}
