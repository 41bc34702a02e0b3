// Which leads stand there, and what keeps others from it.

import { html } from "/vendor/ui.js";
import { Badge, Button, Card, Empty, Segments, Skeleton, Table } from "/ui/components.js";
import { number } from "/ui/format.js";
import { usePaged } from "/ui/lists.js";
import { useQuery } from "/ui/url.js";
import { More, When, to } from "../people/parts.js";
import { STATES, pathOf } from "./connection.js";

/** @import { Connection, Linked as Link } from "./connection.js" */

/** @param {{ connection: Connection }} props */
export function Linked({ connection }) {
  const [query, setQuery] = useQuery({ state: "" });
  const list = usePaged(`${pathOf(connection.id)}/leads`, { state: query.state });
  return html`<${Card} class=${list.items && list.busy ? "stale" : ""}>
    <div class="tools"><${Segments} label="State" value=${query.state} onChange=${(/** @type {string} */ state) => setQuery({ state })} options=${[["", "All"], ...Object.entries(STATES).map(([key, [name]]) => [key, name])]} />
      <${Button} onClick=${list.reload}>Look again<//></div>
    ${!list.items && !list.failed && html`<${Skeleton} lines=${6} />`}
    ${list.items && html`<${Table} caption="Leads there" stacked rows=${list.items} rowKey=${(/** @type {Link} */ { lead }) => lead} columns=${[
      { key: "lead", label: "Lead", render: (/** @type {Link} */ { lead }) => html`<a href=${to("/console/leads", { program: connection.program, owner: "*", lead })}>${lead}</a>` },
      { key: "remote", label: "Their id", render: (/** @type {Link} */ { remote_id: id }) => (id ? html`<code>${id}</code>` : html`<span class="muted">None yet</span>`) },
      { key: "state", label: "State", render: (/** @type {Link} */ { state }) => html`<${Badge} tone=${STATES[state]?.[1]}>${STATES[state]?.[0] ?? state}<//>` },
      { key: "error", label: "What they said", class: "outcome", render: (/** @type {Link} */ { error, attempts }) => error && html`${error}${attempts > 1 && html`<span class="under">${number(attempts)} times</span>`}` },
      { key: "sent", label: "Last sent", render: (/** @type {Link} */ { sent_at: at }) => (at ? html`<${When} at=${at} />` : "") },
    ]} empty=${html`<${Empty} title=${query.state ? "No such lead" : "No lead yet"}>${query.state ? "None is in this state." : "Leads of this program stand here with their id there, as soon as there are any."}<//>`} />`}
    <${More} list=${list} one="lead" other="leads" />
  <//>`;
}
