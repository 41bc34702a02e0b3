// Entering what is being said: who recommends whom, and how it was said.

import { html, useEffect, useRef, useState } from "/vendor/ui.js";
import { Button, Field, Input, Notice, Segments, Textarea, toast } from "/ui/components.js";
import { useForm } from "/ui/form.js";
import { mediaOf } from "/ui/media.js";
import { found } from "./known.js";
import { enter, takeBack } from "./outbox.js";
import { Outbox } from "./outbox-list.js";
import { bodyOf, faultsOf, missing } from "./referral.js";
import { own, setOwn } from "./state.js";
import { WhoField } from "./who.js";

/** @import { Entry, Typed, Who } from "./entries.js" */

/** How it is said most often by this rep. */
const usual = () => own("medium") ?? "in_person";

/** @returns {Typed} */
const empty = () => ({ who: undefined, email: "", kind: "customer", name: "", contact: "", company: "", medium: usual(), note: "" });

/** Somebody who looks something up meanwhile finds again what they had begun. */
const begun = () => ({ ...empty(), ...own("draft") });

/**
 * @param {{ program: import("./state.js").Program, rep: string, start: { who: Who } | undefined, onStarted: () => void }} props
 *   `start` is whose referral is to be entered
 */
export function Refer({ program, rep, start, onStarted }) {
  // A new form each time: nothing of the last one stays in a field.
  const [round, setRound] = useState(0);
  const [noted, setNoted] = useState(() => Boolean(begun().note));
  /** When it was said, where that is not now. */
  const said = useRef(/** @type {string | undefined} */ (undefined));
  const box = useRef(/** @type {HTMLFormElement | null} */ (null));

  const form = useForm(begun(), async (typed) => {
    const field = /** @type {HTMLInputElement | null} */ (box.current?.querySelector("[role=combobox]"));
    const faults = missing(typed, field?.value.trim());
    if (Object.keys(faults).length > 0) {
      form.setErrors(faults);
      setTimeout(() => /** @type {HTMLElement | null} */ (box.current?.querySelector("[aria-invalid=true]"))?.focus(), 50);
      return;
    }
    const at = said.current ?? new Date().toISOString();
    try {
      await enter({ at, typed, body: bodyOf(typed, { program: program.slug, rep, at }) });
    } catch (error) {
      console.error(error);
      toast("This browser lets the page keep nothing, so that it was not entered. Allow it to store data, and try again.", { tone: "bad" });
      return;
    }
    setOwn("medium", typed.medium);
    const { who } = typed;
    if (who) found(program.slug, [{ ...who, email: typed.email || null, kind: typed.kind, owner: rep, used: Date.now() }]);
    again(empty());
    if (matchMedia("(pointer: fine)").matches) setTimeout(() => /** @type {HTMLElement | null} */ (box.current?.querySelector("[role=combobox]"))?.focus(), 50);
  });

  /** @param {Typed} typed */
  function again(typed) {
    said.current = undefined;
    form.reset(typed);
    setNoted(Boolean(typed.note));
    setRound((before) => before + 1);
  }

  /** The key that would send the form leads on as long as the next field is empty. @param {KeyboardEvent} event */
  function onward(event) {
    if (event.key !== "Enter" || values.contact) return;
    event.preventDefault();
    /** @type {HTMLElement | null | undefined} */ (box.current?.querySelector("[name=contact]"))?.focus();
  }

  const { values } = form;
  const isBegun = Boolean(values.who || values.name || values.contact || values.company || values.note);
  useEffect(() => setOwn("draft", isBegun ? values : null), [values]);
  useEffect(() => {
    if (!start) return;
    form.set({ who: start.who });
    onStarted();
    setTimeout(() => /** @type {HTMLElement | null} */ (box.current?.querySelector("[name=name]"))?.focus(), 50);
  }, [start]);

  /** @param {Entry} entry */
  async function edit(entry) {
    if (isBegun) return toast("Enter what you have begun, or clear it, and then change this one.");
    const back = await takeBack(entry.key);
    if (!back) return toast("It has left meanwhile.");
    again({ ...empty(), ...back.typed });
    said.current = back.at;
    if (back.error) form.setErrors(faultsOf(back.error));
    box.current?.scrollIntoView({ block: "start" });
  }

  return html`<section class="refer" aria-labelledby="refer-title">
    <form class="refer-form" noValidate ref=${box} onSubmit=${form.submit}>
      <div class="refer-head"><h2 id="refer-title">New referral</h2>
        ${isBegun && html`<${Button} kind="quiet" onClick=${() => again(empty())}>Clear<//>`}</div>
      <${WhoField} key=${round} program=${program.slug} who=${values.who} email=${values.email} kind=${values.kind} errors=${form.errors}
        onChange=${(/** @type {Partial<Typed>} */ changes) => form.set(changes)} />
      <fieldset class="refer-whom"><legend>The prospect</legend>
        <${Field} label="Whom do they recommend?" error=${form.errors.name}><${Input} ...${form.bind("name")} placeholder="Name" autocomplete="off" autocapitalize="words" maxlength="200"
          enterkeyhint="next" onKeyDown=${onward} /><//>
        <${Field} label="Email or phone" error=${form.errors.contact} required><${Input} ...${form.bind("contact")} inputmode="email" enterkeyhint="done" autocomplete="off" autocapitalize="none" spellcheck=${false} /><//>
        <${Field} label="Company" optional error=${form.errors.company}><${Input} ...${form.bind("company")} autocomplete="off" autocapitalize="words" maxlength="200" /><//>
      </fieldset>
      <div class="refer-how"><span class="label" aria-hidden="true">How was it said?</span>
        <${Segments} label="How was it said?" value=${values.medium} onChange=${(/** @type {string} */ medium) => form.set("medium", medium)}
          options=${mediaOf("verbal").map(({ medium, name }) => [medium, name])} /></div>
      ${noted ? html`<${Field} label="Note" optional error=${form.errors.note}><${Textarea} ...${form.bind("note")} rows="2" /><//>`
        : html`<${Button} kind="quiet" icon="plus" class="refer-note" onClick=${() => {
          setNoted(true);
          setTimeout(() => /** @type {HTMLElement | null} */ (box.current?.querySelector("textarea"))?.focus(), 50);
        }}>Add a note<//>`}
      ${form.errors[""] && html`<${Notice} tone="bad">${form.errors[""]}<//>`}
      <${Button} type="submit" kind="primary" class="wide refer-send" busy=${form.busy}>Enter the referral<//>
    </form>
    <${Outbox} onEdit=${edit} />
  </section>`;
}
