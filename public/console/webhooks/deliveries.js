// What an endpoint was told, and what came of it.

import { html, useEffect, useState } from "/vendor/ui.js";
import { Badge, Button, Card, Empty, Segments, Select, Skeleton, Table } from "/ui/components.js";
import { number } from "/ui/format.js";
import { usePaged } from "/ui/lists.js";
import { useQuery } from "/ui/url.js";
import { Inside, More, When, to } from "../people/parts.js";
import { DeliveryDrawer } from "./delivery.js";
import { Replay } from "./replay.js";
import { TYPES, typeName } from "./types.js";
import { STATES, outcome, pathOf } from "./webhook.js";

/** @import { Delivery, Webhook } from "./webhook.js" */

/** @param {{ webhook: Webhook, writes: boolean, changed: number, onChanged: () => void }} props `changed` counts what may have changed the list */
export function Deliveries({ webhook, writes, changed, onChanged }) {
  const [query, setQuery] = useQuery({ state: "", type: "", event: "" });
  const [replaying, setReplaying] = useState(false);
  const list = usePaged(`${pathOf(webhook.id)}/deliveries`, { state: query.state, type: query.type });
  useEffect(() => { if (changed > 0) list.reload(); }, [changed]);
  const types = webhook.types.length > 0 ? webhook.types : TYPES;
  const filtered = Boolean(query.state || query.type);
  return html`<${Card} title="Deliveries" class=${list.items && list.busy ? "stale" : ""} actions=${html`<${Button} onClick=${list.reload}>Look again<//>${writes && html`<${Button} onClick=${() => setReplaying(true)}>Send again …<//>`}`}>
    <div class="tools">
      <${Segments} label="State" value=${query.state} onChange=${(/** @type {string} */ state) => setQuery({ state })} options=${[["", "All"], ...Object.entries(STATES).map(([key, [name]]) => [key, name])]} />
      <${Select} aria-label="Kind of event" class=${query.type && "set"} value=${query.type} onValue=${(/** @type {string} */ type) => setQuery({ type })} options=${[["", "Every kind"], ...[...types, "webhook.test"].map((type) => [type, typeName(type)])]} />
    </div>
    ${!list.items && !list.failed && html`<${Skeleton} lines=${6} />`}
    ${list.items && html`<${Table} caption="Deliveries" stacked rows=${list.items} rowKey=${(/** @type {Delivery} */ { event }) => event} columns=${[
      { key: "type", label: "Event", render: (/** @type {Delivery} */ one) => html`<${Inside} class="plain" href=${to("/console/webhooks", { webhook: webhook.id, event: one.event })} onOpen=${() => setQuery({ event: one.event })}>${typeName(one.type)}<//><span class="under">${one.subject}</span>` },
      { key: "sequence", label: "Number", numeric: true, class: "wide-only", render: (/** @type {Delivery} */ { sequence }) => number(sequence) },
      { key: "state", label: "State", render: (/** @type {Delivery} */ one) => html`<${State} of=${one} />` },
      { key: "attempts", label: "Tries", numeric: true, render: (/** @type {Delivery} */ { attempts }) => number(attempts) },
      { key: "outcome", label: "What came back", class: "outcome", render: (/** @type {Delivery} */ one) => (one.attempts > 0 ? outcome(one) : html`<span class="muted">Not tried yet</span>`) },
      { key: "at", label: "When", render: (/** @type {Delivery} */ one) => html`<${Standing} of=${one} active=${webhook.status === "active"} />` },
    ]} empty=${html`<${Empty} title=${filtered ? "No such delivery" : "Nothing was told yet"} action=${filtered && html`<${Button} onClick=${() => setQuery({ state: "", type: "" })}>Show all<//>`}>
      ${filtered ? "Of the last 30 days none is like this." : "What happens from now on stands here for 30 days. Send a test, to see whether it gets through."}<//>`} />`}
    <${More} list=${list} one="delivery" other="deliveries" />
    ${query.event && html`<${DeliveryDrawer} key=${query.event} webhook=${webhook} event=${query.event} writes=${writes} onClose=${() => setQuery({ event: "" })} onReplayed=${onChanged} />`}
    ${replaying && html`<${Replay} webhook=${webhook} onClose=${() => setReplaying(false)} onDone=${() => {
      setReplaying(false);
      onChanged();
    }} />`}
  <//>`;
}

/** @param {{ of: Delivery }} props */
export function State({ of: { state } }) {
  const [name, tone] = STATES[state] ?? [state, undefined];
  return html`<${Badge} tone=${tone}>${name}<//>`;
}

/** @param {{ of: Delivery, active: boolean }} props */
function Standing({ of: { state, delivered_at, due_at, attempts }, active }) {
  if (state === "delivered" && delivered_at) return html`<${When} at=${delivered_at} />`;
  if (state !== "waiting") return html`<span class="muted">Given up</span>`;
  if (!active) return html`<span class="muted">Once it is active</span>`;
  return attempts > 0 && due_at && Date.parse(due_at) > Date.now() ? html`next try <${When} at=${due_at} />` : html`<span class="muted">At once</span>`;
}
