// One delivery: what was sent, and each try of it.

import { html, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Button, Copy, Dialog, Notice, Skeleton, toast } from "/ui/components.js";
import { dateTime, number, plural } from "/ui/format.js";
import { useOne } from "/ui/lists.js";
import { Facts } from "../people/parts.js";
import { State } from "./deliveries.js";
import { typeName } from "./types.js";
import { outcome, pathOf } from "./webhook.js";

/** @import { Attempt, Delivery, Webhook } from "./webhook.js" */

/** @param {{ webhook: Webhook, event: string, writes: boolean, onClose: () => void, onReplayed: () => void }} props */
export function DeliveryDrawer({ webhook, event, writes, onClose, onReplayed }) {
  const { value, failed, reload } = useOne(`${pathOf(webhook.id)}/deliveries/${encodeURIComponent(event)}`);
  const delivery = /** @type {(Delivery & { body: string, log: Attempt[] }) | undefined} */ (value);
  const [busy, setBusy] = useState(false);

  async function again() {
    setBusy(true);
    try {
      await api.post(`${pathOf(webhook.id)}/replay`, { event });
      toast("It is sent again, with the same id.");
      onReplayed();
      reload();
    } catch (error) {
      toast(/** @type {Error} */ (error).message, { tone: "bad" });
    }
    setBusy(false);
  }
  const body = delivery && pretty(delivery.body);
  return html`<${Dialog} open kind="drawer" title=${delivery ? typeName(delivery.type) : "Delivery"} onClose=${onClose} actions=${delivery && writes && html`<${Button} kind="primary" busy=${busy} onClick=${again}>Send it again<//>`}>
    ${failed && html`<${Notice} tone="bad" title="This delivery could not be read" action=${html`<${Button} onClick=${reload}>Try again<//>`}>${failed}<//>`}
    ${!delivery && !failed && html`<${Skeleton} lines=${8} />`}
    ${delivery && html`<div class="stack">
      <div class="row"><${State} of=${delivery} /></div>
      <${Facts} of=${[
        ["Event", html`<code>${delivery.event}</code>`],
        ["About", html`<code>${delivery.subject}</code>`],
        ["Number", number(delivery.sequence)],
        ["Arrived", delivery.delivered_at && dateTime(delivery.delivered_at)],
        ["Next try", delivery.state === "waiting" && delivery.due_at && webhook.status === "active" && dateTime(delivery.due_at)],
      ]} />
      <section class="part"><h3>${number(delivery.log.length)} ${plural(delivery.log.length, "try", "tries")}</h3>
        ${delivery.log.length === 0 ? html`<p class="muted">It has not been tried yet.</p>`
          : html`<ol class="log" reversed>${delivery.log.map((attempt, n) => html`<li key=${n} class=${isSuccess(attempt) ? "good" : "bad"}>
            <p>${outcome(attempt)}</p><small>${dateTime(attempt.at, undefined, { dateStyle: "medium", timeStyle: "medium" })}${attempt.took_ms !== null && `, in ${number(attempt.took_ms)} ms`}</small>
            ${attempt.answer && html`<pre class="raw" tabindex="0" aria-label="Its answer">${attempt.answer}</pre>`}
          </li>`)}</ol>`}
      </section>
      <section class="part"><div class="part-head"><h3>What is sent</h3><${Copy} kind="quiet" text=${body ?? ""} /></div>
        <pre class="raw" tabindex="0" aria-label="What is sent">${body}</pre></section>
    </div>`}
  <//>`;
}

/** @param {Attempt} attempt */
const isSuccess = ({ status, error }) => !error && status !== null && status >= 200 && status < 300;

/** @param {string} text */
function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
