// One message: its words for each kind of advocate, and what becomes of them.

import { html, useEffect, useRef, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Badge, Button, Card, Dialog, Notice, Skeleton, Tabs, toast } from "/ui/components.js";
import { dateTime } from "/ui/format.js";
import { useOne } from "/ui/lists.js";
import { PageActions } from "/ui/page.js";
import { useQuery } from "/ui/url.js";
import { KINDS, messageName, pathOf, templateOf } from "./message.js";
import { Preview, usePreview } from "./preview.js";
import { Words } from "./words.js";

/** @import { Message, Messages } from "./message.js" */
/** @typedef {{ subject: string, text: string }} Draft */

/** @param {{ name: string, session: import("/ui/page.js").Session, program: import("/ui/page.js").Program, writes: boolean, onBack: () => void }} props */
export function Editor({ name, session, program, writes, onBack }) {
  const { value, setValue, failed, reload } = useOne(pathOf(program.slug));
  const message = /** @type {Messages | undefined} */ (value)?.messages.find((one) => one.message === name);
  const dirty = useRef(false);
  const [leaving, setLeaving] = useState(false);
  const back = html`<${Button} onClick=${() => (dirty.current ? setLeaving(true) : onBack())}>All messages<//>`;
  if (failed) return html`<${PageActions}>${back}<//><${Notice} tone="bad" title="This message could not be read" action=${html`<${Button} onClick=${reload}>Try again<//>`}>${failed}<//>`;
  if (!value) return html`<${PageActions}>${back}<//><${Skeleton} shape="block" />`;
  if (!message) return html`<${PageActions}>${back}<//><${Notice} tone="warn" title="There is no such message">The address of this page names one that is not there.<//>`;
  const again = async () => setValue(await api.get(pathOf(program.slug)));
  return html`<${PageActions}>${back}<//><${Of} message=${message} session=${session} program=${program} writes=${writes} onChanged=${again} onDirty=${(/** @type {boolean} */ is) => { dirty.current = is; }} />
    <${Dialog} open=${leaving} title="Leave without saving?" onClose=${() => setLeaving(false)} actions=${html`
      <${Button} onClick=${() => setLeaving(false)}>Stay<//><${Button} kind="danger" onClick=${onBack}>Leave<//>`}>
      <p>What you have written since it was saved is lost.</p><//>`;
}

/** @param {{ message: Message, session: import("/ui/page.js").Session, program: import("/ui/page.js").Program, writes: boolean, onChanged: () => Promise<void>, onDirty: (is: boolean) => void }} props */
function Of({ message, session, program, writes, onChanged, onDirty }) {
  const [query, setQuery] = useQuery({ kind: "" });
  const kinds = message.for === "advocate" ? KINDS : KINDS.slice(0, 1);
  const [kind, , whom] = kinds.find(([key]) => key === query.kind) ?? kinds[0];
  // What was typed for one kind is there again after a look at another.
  const [drafts, setDrafts] = useState(/** @type {Record<string, Draft | undefined>} */ ({}));
  const [busy, setBusy] = useState("");
  const [leaving, setLeaving] = useState(false);
  const { own, shown } = templateOf(message, kind);
  const stored = { subject: shown?.subject ?? "", text: shown?.text ?? "" };
  const draft = drafts[kind] ?? stored;
  const dirty = isDirty(drafts[kind], stored);
  const anyDirty = kinds.some(([key]) => {
    const words = templateOf(message, key).shown;
    return words && isDirty(drafts[key], words);
  });
  const preview = usePreview({ path: `${pathOf(program.slug)}/${message.message}`, kind, draft });
  useEffect(() => {
    onDirty(anyDirty);
    if (!anyDirty) return;
    const ask = (/** @type {Event} */ event) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [anyDirty]);

  /** @param {string} what @param {() => Promise<void>} work */
  async function doing(what, work) {
    setBusy(what);
    try {
      await work();
    } catch (error) {
      toast(/** @type {Error} */ (error).message, { tone: "bad" });
    }
    setBusy("");
  }
  const forget = () => setDrafts((before) => ({ ...before, [kind]: undefined }));
  /** @param {Draft} words @param {string} said */
  const put = async (words, said) => {
    await api.put(`${pathOf(program.slug)}/${message.message}`, { ...(kind ? { kind } : {}), ...words });
    await onChanged();
    forget();
    toast(said);
  };
  const save = () => doing("save", () => put({ subject: draft.subject.trim(), text: draft.text.trim() }, `The text for ${whom} is saved.`));
  const reset = () => {
    setLeaving(false);
    doing("reset", () => put({ subject: "", text: "" }, kind ? `${capitalWhom(whom)} get everybody’s text again.` : "It has Goodword’s own words again."));
  };
  const test = () => doing("test", async () => {
    const { sent_to: to } = await api.post(`${pathOf(program.slug)}/${message.message}/test`, kind ? { kind } : {});
    toast(`It is on its way to ${to}.`);
  });
  const isWrong = Object.keys(preview.errors).length > 0;
  const end = writes && html`<div class="form-end">
    ${own && html`<${Button} busy=${busy === "reset"} onClick=${() => setLeaving(true)}>${kind ? "Use everybody’s text" : "Back to Goodword’s words"} …<//>`}
    ${dirty && html`<${Button} onClick=${forget}>Discard<//>`}
    ${!dirty && session.member && html`<${Button} icon="mail" busy=${busy === "test"} onClick=${test}>Send it to me<//>`}
    <${Button} kind="primary" busy=${busy === "save"} disabled=${!dirty || isWrong} onClick=${save}>Save<//></div>`;
  return html`
    <header class="message-head"><h2>${messageName(message.message)}</h2><p class="muted">${message.about}${!message.enabled && html` <${Badge} tone="warn">Not sent<//>`}</p></header>
    ${kinds.length > 1 && html`<${Tabs} label="Whose text" value=${kind} onChange=${(/** @type {string} */ key) => setQuery({ kind: key })}
      tabs=${kinds.map(([key, label]) => ({ key, label, badge: templateOf(message, key).own && html` <span class="own" title="A text of its own"><span class="unseen">, of its own</span></span>` }))} />`}
    <div class="letter-beside">
      <${Card} title="Words" actions=${own ? html`<span class="muted small">version ${own.version}${own.changed_at && html`, ${dateTime(own.changed_at, program.zone)}`}</span>` : html`<span class="muted small">${kind ? "Everybody’s text, as long as they have none of their own" : "Goodword’s words, as long as you have none of your own"}</span>`}>
        <${Words} key=${kind} draft=${draft} errors=${preview.errors} placeholders=${message.placeholders} writes=${writes} onDraft=${(/** @type {Draft} */ words) => setDrafts((before) => ({ ...before, [kind]: words }))} />
        ${end}
      <//>
      <${Preview} preview=${preview} />
    </div>
    <${Dialog} open=${leaving} title=${kind ? "Use everybody’s text?" : "Back to Goodword’s words?"} onClose=${() => setLeaving(false)} actions=${html`
      <${Button} onClick=${() => setLeaving(false)}>Cancel<//><${Button} kind="danger" onClick=${reset}>${kind ? "Use it" : "Go back"}<//>`}>
      <p>The text that ${whom} get now is not sent any more. Copy it first if you may want it again.</p><//>`;
}

/** @param {Draft | undefined} draft @param {Draft} stored */
const isDirty = (draft, stored) => draft !== undefined && (draft.subject !== stored.subject || draft.text !== stored.text);

/** @param {string} whom */
const capitalWhom = (whom) => whom[0].toUpperCase() + whom.slice(1);
