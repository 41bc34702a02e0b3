// Many events are sent again: what failed, or all of a time.

import { html, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Button, Dialog, Field, Input, Notice, Segments, Select, toast } from "/ui/components.js";
import { useForm } from "/ui/form.js";
import { number, plural } from "/ui/format.js";
import { TYPES, typeName } from "./types.js";
import { pathOf } from "./webhook.js";

/** @import { Webhook } from "./webhook.js" */

const DAY = 86_400_000;

/** An instant as a field for one takes it, in the reader's own zone. @param {number} at */
function local(at) {
  const zone = new Date(at).getTimezoneOffset() * 60_000;
  return new Date(at - zone).toISOString().slice(0, 16);
}

/** @param {{ webhook: Webhook, onClose: () => void, onDone: () => void }} props */
export function Replay({ webhook, onClose, onDone }) {
  const [which, setWhich] = useState("failed");
  const form = useForm({ since: local(Date.now() - 3 * DAY), until: local(Date.now()), type: "" }, async ({ since, until, type }) => {
    const { replayed } = await api.post(`${pathOf(webhook.id)}/replay`, {
      since: new Date(since).toISOString(),
      // The field knows minutes alone: the last one counts.
      until: new Date(Date.parse(until) + 60_000).toISOString(),
      ...(type ? { types: [type] } : {}),
      failed: which === "failed",
    });
    toast(replayed > 0 ? `${number(replayed)} ${plural(replayed, "event is", "events are")} sent again.` : "There was nothing to send again.");
    onDone();
  });
  const whole = form.values.since && form.values.until;
  return html`<${Dialog} open title="Send events again" onClose=${onClose} onSubmit=${form.submit} actions=${html`
    <${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${form.busy} disabled=${!whole}>Send again<//>`}>
    <div class="stack">
      <${Segments} label="Which" value=${which} onChange=${setWhich} options=${[["failed", "What failed"], ["all", "All of them"]]} />
      <div class="two">
        <${Field} label="From" error=${form.errors.since}><${Input} type="datetime-local" ...${form.bind("since")} max=${form.values.until} /><//>
        <${Field} label="To" error=${form.errors.until}><${Input} type="datetime-local" ...${form.bind("until")} min=${form.values.since} /><//>
      </div>
      <${Field} label="Kind of event" error=${form.errors.types}><${Select} ...${form.bind("type")} options=${[["", "Every kind"], ...(webhook.types.length > 0 ? webhook.types : TYPES).map((type) => [type, typeName(type)])]} /><//>
      <p class="muted">Each keeps its id, so that a system which has seen it can tell. Events are kept for 30 days.</p>
      ${form.failure && html`<${Notice} tone="bad">${form.failure}<//>`}
    </div><//>`;
}
