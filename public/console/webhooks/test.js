// A test event, and what comes of it while one looks.

import { html, useEffect, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Button, Notice } from "/ui/components.js";
import { outcome, pathOf } from "./webhook.js";

/** @import { Attempt, Delivery, Webhook } from "./webhook.js" */

/** When it is looked for, in ms after the test was sent: soon, then less often. */
const LOOKS = [300, 700, 1_200, 2_000, 3_000, 5_000, 8_000, 12_000, 20_000];

/** @param {{ webhook: Webhook, onClose: () => void, onSent: () => void }} props */
export function Test({ webhook, onClose, onSent }) {
  const [found, setFound] = useState(/** @type {(Delivery & { log: Attempt[] }) | undefined} */ (undefined));
  const [over, setOver] = useState(false);
  const [failed, setFailed] = useState("");
  const [n, setN] = useState(0);
  useEffect(() => {
    const control = new AbortController();
    setFound(undefined);
    setOver(false);
    setFailed("");
    (async () => {
      const { event } = await api.post(`${pathOf(webhook.id)}/test`, {}, undefined, { signal: control.signal });
      let before = 0;
      for (const at of LOOKS) {
        await new Promise((resolve) => setTimeout(resolve, at - before));
        before = at;
        if (control.signal.aborted) return;
        const now = await api.get(`${pathOf(webhook.id)}/deliveries/${encodeURIComponent(event)}`, {}, { signal: control.signal });
        if (now.attempts > 0 || now.state !== "waiting") {
          setFound(now);
          return onSent();
        }
      }
      setOver(true);
    })().catch((/** @type {Error} */ error) => { if (!control.signal.aborted) setFailed(error.message); });
    return () => control.abort();
  }, [n]);
  const again = html`<${Button} onClick=${() => setN(n + 1)}>Send another<//><${Button} kind="quiet" icon="close" aria-label="Dismiss" onClick=${onClose} />`;
  const last = found?.log?.[0] ?? found;
  return html`<div role="status">
    ${failed ? html`<${Notice} tone="bad" title="The test could not be sent" action=${again}>${failed}<//>`
      : found?.state === "delivered" ? html`<${Notice} tone="good" title="The test has arrived" action=${again}>${last && outcome(last)}.<//>`
      : found ? html`<${Notice} tone="warn" title="The test has not arrived" action=${again}>${last && outcome(last)}. It is tried again like every other.<//>`
      : over ? html`<${Notice} tone="info" title="Nothing is known yet" action=${again}>${webhook.status === "active" ? "The test is on its way; others wait before it. See below what comes of it." : "The test waits, as everything does while the endpoint is not active."}<//>`
      : html`<${Notice} tone="info" title="The test is on its way …">It says <code>webhook.test</code>, and is signed as all others are.<//>`}
  </div>`;
}
