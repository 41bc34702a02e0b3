// Naming somebody: a person who can be reached, or a company to which one makes the
// introduction.

import { html, useRef, useState } from "/vendor/ui.js";
import { ApiError, api } from "/ui/api.js";
import { Button, Card, Dialog, Field, Input, Textarea, toast } from "/ui/components.js";
import { useForm } from "/ui/form.js";
import { Failure } from "/ui/door.js";
import { Glyph } from "/ui/glyphs.js";
import { count } from "./state.js";

/** @typedef {Record<"prospect.name" | "prospect.email" | "prospect.phone" | "prospect.company" | "note", string>} Values */

/** @type {Values} */
const NOTHING = { "prospect.name": "", "prospect.email": "", "prospect.phone": "", "prospect.company": "", note: "" };

/** @param {string} field @param {string} detail */
const fault = (field, detail) => new ApiError(422, { errors: [{ field, detail }] });

/** @param {Values} values */
function body(values) {
  const said = (/** @type {keyof Values} */ key) => values[key].trim() || undefined;
  return {
    prospect: { name: said("prospect.name"), email: said("prospect.email"), phone: said("prospect.phone"), company: said("prospect.company") },
    note: said("note"),
  };
}

/**
 * Sends it once, however often it is pressed: what was not answered is sent again
 * under the same key.
 */
function useSend() {
  const sent = useRef({ text: "", key: "" });
  return async (/** @type {Values} */ values) => {
    const text = JSON.stringify(body(values));
    if (sent.current.text !== text) sent.current = { text, key: crypto.randomUUID() };
    await api.post("/v1/me/referrals", body(values), { "idempotency-key": sent.current.key });
    count("leads");
  };
}

/** @param {{ onClose: () => void }} props */
function Person({ onClose }) {
  const send = useSend();
  const form = useForm(NOTHING, async (values) => {
    if (!values["prospect.email"].trim() && !values["prospect.phone"].trim()) {
      throw fault("prospect.email", "write an address or a phone number, so that they can be reached");
    }
    await send(values);
    toast(`Thank you. How it goes with ${values["prospect.name"].trim() || "them"} stands under “Referrals”.`);
    onClose();
  });
  const { errors, bind } = form;
  return html`<${Dialog} open title="Name a person" onClose=${onClose} onSubmit=${form.submit}
    actions=${html`<${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${form.busy}>Name them<//>`}>
    <div class="stack">
      <p class="muted">Somebody who knows that you do this, and is glad to hear from us.</p>
      <${Field} label="Their name" error=${errors["prospect.name"]}><${Input} ...${bind("prospect.name")} autocomplete="off" maxlength="200" /><//>
      <${Field} label="Their email" error=${errors["prospect.email"]}><${Input} type="email" inputmode="email" ...${bind("prospect.email")} autocomplete="off" spellcheck=${false} /><//>
      <${Field} label="Their phone number" optional hint="An email or a phone number is needed." error=${errors["prospect.phone"]}><${Input} type="tel" inputmode="tel" ...${bind("prospect.phone")} autocomplete="off" /><//>
      <${Field} label="Their company" optional error=${errors["prospect.company"]}><${Input} ...${bind("prospect.company")} autocomplete="off" maxlength="200" /><//>
      <${Field} label="How do you know them, and what do they need?" optional error=${errors.note}><${Textarea} rows=${3} ...${bind("note")} /><//>
      <${Failure} of=${form} />
    </div>
  <//>`;
}

/** @param {{ onClose: () => void }} props */
function Company({ onClose }) {
  const send = useSend();
  const form = useForm(NOTHING, async (values) => {
    const company = values["prospect.company"].trim();
    if (!company) throw fault("prospect.company", "write which company");
    if (!values.note.trim()) throw fault("note", "write how you can make the introduction");
    await send(values);
    toast(`Thank you. How it goes with ${company} stands under “Referrals”.`);
    onClose();
  });
  const { errors, bind } = form;
  return html`<${Dialog} open title="Introduce a company" onClose=${onClose} onSubmit=${form.submit}
    actions=${html`<${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${form.busy}>Offer the introduction<//>`}>
    <div class="stack">
      <p class="muted">You know somebody there, and would make the introduction yourself. We get in touch with you first.</p>
      <${Field} label="Company" error=${errors["prospect.company"]}><${Input} ...${bind("prospect.company")} autocomplete="off" maxlength="200" /><//>
      <${Field} label="Whom you know there" optional error=${errors["prospect.name"]}><${Input} ...${bind("prospect.name")} autocomplete="off" maxlength="200" /><//>
      <${Field} label="How can you make the introduction?" error=${errors.note}><${Textarea} rows=${4} ...${bind("note")} placeholder="I work with their head of operations, and could write to both of you." /><//>
      <${Failure} of=${form} />
    </div>
  <//>`;
}

/** Both ways to name somebody. */
export function Naming() {
  const [open, setOpen] = useState(/** @type {"" | "person" | "company"} */ (""));
  const close = () => setOpen("");
  return html`<${Card} class="me-naming">
    <h2>Know just the right one?</h2>
    <p class="muted">Tell us, and we do the rest.</p>
    <div class="me-choices">
      <button type="button" class="choice" aria-haspopup="dialog" onClick=${() => setOpen("person")}><span class="me-sign"><${Glyph} of="form" /></span><span><strong>Name a person</strong><small>We write to them, or call</small></span></button>
      <button type="button" class="choice" aria-haspopup="dialog" onClick=${() => setOpen("company")}><span class="me-sign"><${Glyph} of="company" /></span><span><strong>Introduce a company</strong><small>You make the introduction</small></span></button>
    </div>
    ${open === "person" && html`<${Person} onClose=${close} />`}
    ${open === "company" && html`<${Company} onClose=${close} />`}
  <//>`;
}
