// The endpoints there are, and how each is doing.

import { html, useState } from "/vendor/ui.js";
import { Badge, Button, Card, Empty, Skeleton, Table } from "/ui/components.js";
import { number, plural } from "/ui/format.js";
import { usePaged } from "/ui/lists.js";
import { PageActions } from "/ui/page.js";
import { Inside, More, When, to } from "../people/parts.js";
import { EndpointForm } from "./form.js";
import { SecretDialog } from "./secret.js";
import { STATUSES, shortUrl } from "./webhook.js";
import { typeName } from "./types.js";

/** @import { Webhook } from "./webhook.js" */

/** @param {{ writes: boolean, onOpen: (id: string) => void }} props */
export function List({ writes, onOpen }) {
  const list = usePaged("/v1/webhooks", {});
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState(/** @type {(Webhook & { secret: string }) | undefined} */ (undefined));
  const add = writes && html`<${Button} kind="primary" icon="plus" onClick=${() => setAdding(true)}>Add an endpoint<//>`;
  return html`
    <${PageActions}>${list.items?.length !== 0 && add}<//>
    <${Card} class=${list.items && list.busy ? "stale" : ""}>
      ${!list.items && !list.failed && html`<${Skeleton} lines=${5} />`}
      ${list.items && html`<${Table} caption="Endpoints" stacked rows=${list.items} rowKey=${(/** @type {Webhook} */ { id }) => id} columns=${[
        { key: "url", label: "Endpoint", class: "endpoint", render: (/** @type {Webhook} */ one) => html`<${Inside} class="plain" href=${to("/console/webhooks", { webhook: one.id })} onOpen=${() => onOpen(one.id)}>${one.description || shortUrl(one.url)}<//>
          ${one.description && html`<span class="under">${shortUrl(one.url)}</span>`}` },
        { key: "types", label: "Is told of", render: (/** @type {Webhook} */ one) => html`${listensTo(one)}<span class="under">${one.program ?? "all programs"}</span>` },
        { key: "status", label: "State", render: (/** @type {Webhook} */ one) => html`<${Status} of=${one} />` },
        { key: "waiting", label: "Waiting", numeric: true, render: (/** @type {Webhook} */ { waiting }) => number(waiting) },
        { key: "failed", label: "Failed", numeric: true, render: (/** @type {Webhook} */ { failed }) => (failed > 0 ? html`<span class="failed">${number(failed)}</span>` : "0") },
        { key: "last", label: "Last try", render: (/** @type {Webhook} */ { last }) => (last ? html`<${When} at=${last.at} /><span class="under">${last.ok ? "arrived" : last.status ? `answered ${last.status}` : "no answer"}</span>` : html`<span class="muted">None yet</span>`) },
      ]} empty=${html`<${Empty} level=${2} title="Nobody is told yet" action=${add}>
        An endpoint is an address of yours that takes a POST: a CRM’s, a warehouse’s, an automation’s. It is told of leads, sales, rewards and all else in the moment they change, in the format of Standard Webhooks.<//>`} />`}
      <${More} list=${list} one="endpoint" other="endpoints" />
    <//>
    ${adding && html`<${EndpointForm} onClose=${() => setAdding(false)} onDone=${(/** @type {any} */ one) => {
      setAdding(false);
      setMade(one);
      list.reload();
    }} />`}
    ${made && html`<${SecretDialog} title="The endpoint is there" secret=${made.secret} onClose=${() => {
      setMade(undefined);
      onOpen(made.id);
    }} />`}`;
}

/** @param {Webhook} webhook */
export function listensTo({ types }) {
  if (types.length === 0) return "Everything";
  return types.length <= 2 ? types.map(typeName).join(", ") : `${number(types.length)} ${plural(types.length, "kind", "kinds")} of events`;
}

/** @param {{ of: Webhook }} props */
export function Status({ of: { status } }) {
  const [name, tone] = STATUSES[status] ?? [status, undefined];
  return html`<${Badge} tone=${tone}>${name}<//>`;
}
