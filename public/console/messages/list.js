// Which messages there are, and whether each is sent.

import { html } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Badge, Button, Card, Notice, Skeleton, Switch, Table, toast } from "/ui/components.js";
import { useOne } from "/ui/lists.js";
import { Inside, to } from "../people/parts.js";
import { isAskedFor, messageName, ownCount, pathOf } from "./message.js";

/** @import { Message, Messages } from "./message.js" */

/** @type {readonly (readonly [to: Message["for"], title: string])[]} */
const AUDIENCES = [["advocate", "To advocates"], ["rep", "To reps"]];

/** @param {{ program: import("/ui/page.js").Program, writes: boolean, onOpen: (message: string) => void }} props */
export function List({ program, writes, onOpen }) {
  const { value, setValue, failed, reload } = useOne(pathOf(program.slug));
  const all = /** @type {Messages | undefined} */ (value);

  /** Shows at once, and goes back if it is refused. @param {Message} message @param {boolean} enabled */
  async function turn(message, enabled) {
    const put = (/** @type {boolean} */ on) => setValue((/** @type {Messages} */ before) => ({ ...before, messages: before.messages.map((one) => (one.message === message.message ? { ...one, enabled: on } : one)) }));
    put(enabled);
    try {
      await api.patch(pathOf(program.slug), { enabled: { [message.message]: enabled } });
      toast(enabled ? `“${messageName(message.message)}” is sent from now on.` : `“${messageName(message.message)}” is not sent any more.`);
    } catch (error) {
      put(!enabled);
      toast(/** @type {Error} */ (error).message, { tone: "bad" });
    }
  }

  if (failed) return html`<${Notice} tone="bad" title="The messages could not be read" action=${html`<${Button} onClick=${reload}>Try again<//>`}>${failed}<//>`;
  if (!all) return html`<${Card}><${Skeleton} lines=${8} /><//>`;
  return html`<div class="stack">${AUDIENCES.map(([audience, title]) => html`<${Card} key=${audience} title=${title}>
    <${Table} caption=${`Messages ${title.toLowerCase()}`} stacked rows=${all.messages.filter((message) => message.for === audience)} rowKey=${(/** @type {Message} */ { message }) => message} columns=${[
      { key: "message", label: "Message", render: (/** @type {Message} */ { message, about }) => html`<${Inside} class="plain" href=${to("/console/messages", { program: program.slug, message })} onOpen=${() => onOpen(message)}>${messageName(message)}<//><span class="under">${about}</span>` },
      { key: "words", label: "Words", class: "whose", render: (/** @type {Message} */ message) => (ownCount(message) > 0 ? html`<${Badge} tone="accent">Your own<//>` : html`<span class="muted">Goodword’s</span>`) },
      { key: "enabled", label: "Sent", class: "corner turn", render: (/** @type {Message} */ message) => (isAskedFor(message.message) ? html`<span class="muted">Always</span>` : html`<${Switch} label=${html`<span class="unseen">Send “${messageName(message.message)}”</span>`} checked=${message.enabled} disabled=${!writes} onValue=${(/** @type {boolean} */ on) => turn(message, on)} />`) },
    ]} /><//>`)}</div>`;
}
