// The connections there are, and how each is doing.

import { html } from "/vendor/ui.js";
import { Badge, Button, Card, Empty, Skeleton, Table } from "/ui/components.js";
import { number } from "/ui/format.js";
import { usePaged } from "/ui/lists.js";
import { PageActions } from "/ui/page.js";
import { Inside, More, When, to } from "../people/parts.js";
import { titleOf } from "./connection.js";

/** @import { Connection } from "./connection.js" */

/** @param {{ writes: boolean, onNew: () => void, onOpen: (id: string) => void }} props */
export function List({ writes, onNew, onOpen }) {
  const list = usePaged("/v1/crm", {});
  const add = writes && html`<${Button} kind="primary" icon="plus" onClick=${onNew}>Connect a CRM<//>`;
  return html`
    <${PageActions}>${list.items?.length !== 0 && add}<//>
    <${Card} class=${list.items && list.busy ? "stale" : ""}>
      ${!list.items && !list.failed && html`<${Skeleton} lines=${4} />`}
      ${list.items && html`<${Table} caption="Connections" stacked rows=${list.items} rowKey=${(/** @type {Connection} */ { id }) => id} columns=${[
        { key: "name", label: "Connection", render: (/** @type {Connection} */ one) => html`<${Inside} class="plain" href=${to("/console/crm", { connection: one.id })} onOpen=${() => onOpen(one.id)}>${titleOf(one)}<//><span class="under">${one.url.replace(/^https:\/\//, "")}</span>` },
        { key: "program", label: "Program" },
        { key: "status", label: "State", render: (/** @type {Connection} */ one) => html`<${Status} of=${one} />` },
        { key: "waiting", label: "Waiting", numeric: true, render: (/** @type {Connection} */ { waiting }) => number(waiting) },
        { key: "failed", label: "Failed", numeric: true, render: (/** @type {Connection} */ { failed }) => (failed > 0 ? html`<span class="failed">${number(failed)}</span>` : "0") },
        { key: "sent", label: "Last sent", render: (/** @type {Connection} */ { last_sent_at: at }) => (at ? html`<${When} at=${at} />` : html`<span class="muted">Nothing yet</span>`) },
        { key: "received", label: "Last came in", render: (/** @type {Connection} */ { last_received_at: at }) => (at ? html`<${When} at=${at} />` : html`<span class="muted">Nothing yet</span>`) },
      ]} empty=${html`<${Empty} level=${2} title="No CRM is connected yet" action=${add}>
        Connect Salesforce or HubSpot: every lead stands there within a minute, and what sales changes there, stage, owner and amount, is changed here.
        ${!writes && " An admin does that."}<//>`} />`}
      <${More} list=${list} one="connection" other="connections" />
    <//>`;
}

/** @param {{ of: Connection }} props */
export const Status = ({ of: { status, why } }) => html`<${Badge} tone=${status === "paused" ? "bad" : why ? "warn" : "good"}>${status === "paused" ? "Paused" : why ? "Not getting through" : "Active"}<//>`;
