// What was changed there, and what became of it here.

import { html } from "/vendor/ui.js";
import { Badge, Button, Card, Empty, Skeleton, Table } from "/ui/components.js";
import { usePaged } from "/ui/lists.js";
import { More, When, to } from "../people/parts.js";
import { capital } from "../people/words.js";
import { OUTCOMES, pathOf } from "./connection.js";

/** @import { Came as Event, Connection } from "./connection.js" */

/** @param {{ connection: Connection }} props */
export function Came({ connection }) {
  const list = usePaged(`${pathOf(connection.id)}/events`, {});
  return html`<${Card} class=${list.items && list.busy ? "stale" : ""}>
    <div class="tools"><${Button} onClick=${list.reload}>Look again<//></div>
    ${!list.items && !list.failed && html`<${Skeleton} lines=${6} />`}
    ${list.items && html`<${Table} caption="What came in" stacked rows=${list.items} rowKey=${(/** @type {Event} */ { id }) => id} columns=${[
      { key: "changes", label: "What was changed there", class: "outcome", render: (/** @type {Event} */ { changes }) => html`<${Changes} of=${changes} />` },
      { key: "lead", label: "Lead", render: (/** @type {Event} */ { lead, remote_id: theirs }) => (lead ? html`<a href=${to("/console/leads", { program: connection.program, owner: "*", lead })}>${lead}</a>` : html`<span class="muted">None of ours</span>${theirs && html`<span class="under">${theirs}</span>`}`) },
      { key: "outcome", label: "Here", render: (/** @type {Event} */ { outcome, why }) => html`<${Badge} tone=${OUTCOMES[outcome]?.[1]}>${OUTCOMES[outcome]?.[0] ?? outcome}<//>${why && html`<span class="under">${capital(why)}</span>`}` },
      { key: "at", label: "Changed", render: (/** @type {Event} */ { at }) => html`<${When} at=${at} />` },
      { key: "received", label: "Came in", render: (/** @type {Event} */ { received_at: at }) => html`<${When} at=${at} />` },
    ]} empty=${html`<${Empty} title="Nothing came in yet">What is changed there stands here once the way back is set up: see <code>docs/${connection.kind}.md</code>.<//>`} />`}
    <${More} list=${list} one="change" other="changes" />
  <//>`;
}

/** @param {{ of: any }} props */
function Changes({ of }) {
  const pairs = Object.entries(of && typeof of === "object" ? of : {}).filter(([, value]) => value !== null && value !== "");
  return pairs.map(([name, value]) => html`<div key=${name}><span class="muted">${capital(name.replaceAll("_", " "))}</span> ${typeof value === "object" ? JSON.stringify(value) : String(value)}</div>`);
}
