// A referral that somebody said, entered by hand.

import { html, useRef, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Combobox } from "/ui/combobox.js";
import { Button, Dialog, Field, Input, Notice, Segments, Select, Textarea } from "/ui/components.js";
import { useForm } from "/ui/form.js";
import { mediaOf } from "/ui/media.js";
import { searchAdvocates, to } from "../people/parts.js";

/** The API's names of what this form asks. @type {Record<string, string>} */
const FIELDS = {
  "prospect.name": "name", "prospect.email": "email", "prospect.phone": "phone", "prospect.company": "company", prospect: "email",
  "advocate.name": "newName", "advocate.email": "newEmail", "advocate.id": "advocate", advocate: "advocate",
};

const EMPTY = { name: "", email: "", phone: "", company: "", advocate: "", newName: "", newEmail: "", medium: "in_person", rep: "", place: "", note: "" };

/** @param {any} values @param {string} program @param {boolean} isNew */
function body(values, program, isNew) {
  const filled = (/** @type {Record<string, string>} */ all) => Object.fromEntries(Object.entries(all).map(([name, value]) => [name, value.trim()]).filter(([, value]) => value));
  return {
    program,
    advocate: isNew ? filled({ name: values.newName, email: values.newEmail }) : { id: values.advocate },
    prospect: filled({ name: values.name, email: values.email, phone: values.phone, company: values.company }),
    medium: values.medium,
    rep: values.rep,
    ...filled({ place: values.place, note: values.note }),
  };
}

/** @param {any} values @param {boolean} isNew */
function missing(values, isNew) {
  /** @type {Record<string, string>} */
  const faults = {};
  if (!isNew && !values.advocate) faults.advocate = "Choose who referred them.";
  if (isNew && !values.newName.trim()) faults.newName = "Enter their name.";
  if (!values.email.trim() && !values.phone.trim()) faults.email = "Enter an address or a phone number, so that they can be reached.";
  if (!values.rep) faults.rep = "Choose who heard it.";
  return faults;
}

/**
 * @param {{
 *   program: import("/ui/page.js").Program,
 *   reps: ReturnType<typeof import("../people/reps.js").useReps>,
 *   self: string | null,
 *   onClose: () => void,
 *   onDone: (taken: { id: string, duplicate: boolean, owner?: string | null, owner_why: string, name: string }) => void,
 * }} props `self` is the rep who is signed in
 */
export function ReferralDialog({ program, reps, self, onClose, onDone }) {
  const [who, setWho] = useState("known");
  const [picked, setPicked] = useState(/** @type {import("/ui/combobox.js").Option | undefined} */ (undefined));
  const isNew = who === "new";
  // What is sent twice, because the answer was lost, is entered once.
  const sent = useRef({ text: "", key: "" });
  const choices = reps.choices();
  const form = useForm({ ...EMPTY, rep: self ?? (choices.length === 1 ? choices[0][0] : "") }, async (values) => {
    const faults = missing(values, isNew);
    if (Object.keys(faults).length > 0) return form.setErrors(faults);
    const referral = body(values, program.slug, isNew);
    const text = JSON.stringify(referral);
    if (sent.current.text !== text) sent.current = { text, key: crypto.randomUUID() };
    try {
      const taken = await api.post("/v1/referrals/verbal", referral, { "idempotency-key": sent.current.key });
      onDone({ ...taken, name: values.name.trim() || values.email.trim() || values.phone.trim() });
    } catch (error) {
      const { fields } = /** @type {any} */ (error);
      if (fields) for (const [api, ours] of Object.entries(FIELDS)) if (fields[api] && !fields[ours]) { fields[ours] = fields[api]; if (ours !== api) delete fields[api]; }
      throw error;
    }
  });

  return html`<${Dialog} open title="Add a referral" onClose=${onClose} onSubmit=${form.submit} actions=${html`
    <${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${form.busy}>Add the referral<//>`}>
    <div class="stack">
      <p class="muted">For what was said: on the phone, at a booth, over coffee. Your word is the proof, so it goes before any click.</p>
      <fieldset class="plain-set"><legend>Who was recommended to you?</legend>
        <div class="two">
          <${Field} label="Name" error=${form.errors.name}><${Input} ...${form.bind("name")} autocomplete="off" /><//>
          <${Field} label="Company" optional error=${form.errors.company}><${Input} ...${form.bind("company")} autocomplete="off" /><//>
          <${Field} label="Email" error=${form.errors.email}><${Input} ...${form.bind("email")} type="email" autocomplete="off" /><//>
          <${Field} label="Phone" error=${form.errors.phone}><${Input} ...${form.bind("phone")} type="tel" autocomplete="off" /><//>
        </div>
      </fieldset>
      <fieldset class="plain-set"><legend>Who recommended you?</legend>
        <${Segments} label="The advocate" value=${who} onChange=${setWho} options=${[["known", "An advocate"], ["new", "Somebody new"]]} />
        ${isNew ? html`<div class="two">
            <${Field} label="Their name" error=${form.errors.newName}><${Input} ...${form.bind("newName")} autocomplete="off" /><//>
            <${Field} label="Their email" optional error=${form.errors.newEmail}><${Input} ...${form.bind("newEmail")} type="email" autocomplete="off" /><//>
          </div>` : html`<${Combobox} label="Advocate" placeholder="Name, address or id" error=${form.errors.advocate} value=${picked} none="Nobody found"
            search=${searchAdvocates(program.slug, { status: "active" })}
            onPick=${(/** @type {import("/ui/combobox.js").Option | undefined} */ option) => { setPicked(option); form.set("advocate", option?.key ?? ""); }} />`}
      </fieldset>
      <div class="two">
        <${Field} label="Who heard it" error=${form.errors.rep} hint=${reps.loaded && choices.length === 0
          ? html`There is no rep yet. Somebody who may edit programs adds them under <a href=${to("/console/programs", { program: program.slug, tab: "sales" })}>Programs → Sales</a>.` : undefined}>
          <${Select} ...${form.bind("rep")} options=${[["", "Choose a rep"], ...choices]} /><//>
        <${Field} label="How" error=${form.errors.medium}><${Select} ...${form.bind("medium")} options=${mediaOf("verbal").map(({ medium, name }) => [medium, name])} /><//>
      </div>
      <${Field} label="Where" optional error=${form.errors.place}><${Input} ...${form.bind("place")} placeholder="Trade fair, booth 12" /><//>
      <${Field} label="A note" optional error=${form.errors.note}><${Textarea} ...${form.bind("note")} rows="2" /><//>
      ${form.failure && html`<${Notice} tone="bad">${form.failure}<//>`}
    </div>
  <//>`;
}
