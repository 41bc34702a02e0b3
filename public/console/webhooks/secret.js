// The secret of an endpoint: seen, and what it is for; and a new one in its place.

import { html, useEffect, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Button, Copy, Dialog, Field, Input, Notice, Segments, Select, Skeleton } from "/ui/components.js";
import { useForm } from "/ui/form.js";
import { dateTime } from "/ui/format.js";
import { pathOf } from "./webhook.js";

/** @import { Webhook } from "./webhook.js" */

/** How a delivery is verified. @type {Record<string, string>} */
const HOW = {
  Node: `import { Webhook } from "standardwebhooks";

// \`body\` is the request's own text, not what was parsed of it.
const event = new Webhook(process.env.GOODWORD_SECRET).verify(body, headers);`,
  Python: `from standardwebhooks import Webhook

# \`body\` is the request's own text, not what was parsed of it.
event = Webhook(os.environ["GOODWORD_SECRET"]).verify(body, headers)`,
  "By hand": `signed  = webhook-id + "." + webhook-timestamp + "." + body
key     = base64-decode(secret without "whsec_")
expect  = "v1," + base64(HMAC-SHA256(key, signed))

One of the signatures in webhook-signature, which spaces
part, is it; webhook-timestamp is of the last 5 minutes.`,
};

/** @param {{ secret: string, note?: any }} props */
export function Secret({ secret, note }) {
  const [how, setHow] = useState("Node");
  return html`<div class="stack">
    <${Field} label="Secret" hint=${note}><div class="row secret"><${Input} class="code" readonly value=${secret} aria-label="Secret" onFocus=${(/** @type {any} */ event) => event.currentTarget.select()} /><${Copy} text=${secret} /></div><//>
    <p>Every delivery is signed with it. Verify that before you believe one: anybody can send a POST to an address.</p>
    <div class="stack how">
      <div class="row spread"><${Segments} label="How to verify it" value=${how} onChange=${setHow} options=${Object.keys(HOW).map((name) => [name, name])} />${how !== "By hand" && html`<${Copy} kind="quiet" text=${HOW[how]} />`}</div>
      <pre class="raw" tabindex="0" aria-label=${`How to verify it: ${how}`}>${HOW[how]}</pre>
    </div>
  </div>`;
}

/** @param {{ title: string, secret: string, note?: any, onClose: () => void }} props */
export const SecretDialog = ({ title, secret, note, onClose }) => html`<${Dialog} open kind="wide" title=${title} onClose=${onClose} actions=${html`<${Button} kind="primary" onClick=${onClose}>Done<//>`}>
  <${Secret} secret=${secret} note=${note ?? "Keep it where your system keeps its secrets. An admin can look at it again, and that is written down."} /><//>`;

/** The secret, looked at again. @param {{ webhook: Webhook, onClose: () => void }} props */
export function ShowSecret({ webhook, onClose }) {
  const [secret, setSecret] = useState("");
  const [failed, setFailed] = useState("");
  useEffect(() => {
    api.get(`${pathOf(webhook.id)}/secret`).then((answer) => setSecret(answer.secret), (/** @type {Error} */ error) => setFailed(error.message));
  }, []);
  if (secret) return html`<${SecretDialog} title="Secret of the endpoint" secret=${secret} onClose=${onClose} note="That you have looked at it is in the audit log." />`;
  return html`<${Dialog} open kind="wide" title="Secret of the endpoint" onClose=${onClose}>
    ${failed ? html`<${Notice} tone="bad" title="It could not be read">${failed}<//>` : html`<${Skeleton} lines=${3} />`}<//>`;
}

/** How long both sign. */
const OVERLAPS = [["24", "For a day"], ["1", "For an hour"], ["168", "For a week"], ["0", "Not at all: it has leaked"]];

/** @param {{ webhook: Webhook, onClose: () => void, onDone: () => void }} props */
export function Rotate({ webhook, onClose, onDone }) {
  const [made, setMade] = useState(/** @type {{ secret: string, old_secret_until: string } | undefined} */ (undefined));
  const form = useForm({ overlap_hours: "24" }, async ({ overlap_hours: hours }) => {
    setMade(await api.post(`${pathOf(webhook.id)}/rotate`, { overlap_hours: Number(hours) }));
    onDone();
  });
  if (made) {
    return html`<${SecretDialog} title="The new secret" secret=${made.secret} onClose=${onClose}
      note=${form.values.overlap_hours !== "0" ? `Deliveries carry a signature with the old one as well, until ${dateTime(made.old_secret_until)}.` : "The old one signs nothing any more."} />`;
  }
  return html`<${Dialog} open title="A new secret" onClose=${onClose} onSubmit=${form.submit} actions=${html`
    <${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${form.busy}>Make a new one<//>`}>
    <div class="stack">
      <p>From now on deliveries are signed with a new secret. As long as the old one signs as well, your system verifies them with either, and you change it without a gap.</p>
      <${Field} label="How long the old one signs, too" error=${form.errors.overlap_hours}><${Select} ...${form.bind("overlap_hours")} options=${OVERLAPS} /><//>
      ${form.failure && html`<${Notice} tone="bad">${form.failure}<//>`}
    </div><//>`;
}
