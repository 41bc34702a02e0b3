// What happened of late, whether or not anybody is told of it.

import { html, useState } from "/vendor/ui.js";
import { Button, Card, Dialog, Empty, Select, Skeleton, Table } from "/ui/components.js";
import { number } from "/ui/format.js";
import { usePaged } from "/ui/lists.js";
import { useQuery } from "/ui/url.js";
import { Facts, More, Search, When } from "../people/parts.js";
import { TYPES, typeName } from "./types.js";

/** @typedef {{ id: string, type: string, sequence: number, at: string, program: string | null, subject: string, data: any }} Event */

export function Events() {
  const [query, setQuery] = useQuery({ type: "", subject: "" });
  const [shown, setShown] = useState(/** @type {Event | undefined} */ (undefined));
  const list = usePaged("/v1/events", { type: query.type, subject: query.subject });
  const filtered = Boolean(query.type || query.subject);
  return html`<${Card} class=${list.items && list.busy ? "stale" : ""}>
    <div class="tools">
      <${Search} label="About" placeholder="Id of a lead, an advocate, an order" value=${query.subject} onSearch=${(/** @type {string} */ subject) => setQuery({ subject })} />
      <${Select} aria-label="Kind of event" class=${query.type && "set"} value=${query.type} onValue=${(/** @type {string} */ type) => setQuery({ type })} options=${[["", "Every kind"], ...TYPES.map((type) => [type, typeName(type)])]} />
      <${Button} onClick=${list.reload}>Look again<//>
    </div>
    ${!list.items && !list.failed && html`<${Skeleton} lines=${6} />`}
    ${list.items && html`<${Table} caption="Events" stacked rows=${list.items} rowKey=${(/** @type {Event} */ { id }) => id} columns=${[
      { key: "type", label: "Event", render: (/** @type {Event} */ one) => html`<button type="button" class="subject" onClick=${() => setShown(one)}>${typeName(one.type)}</button>` },
      { key: "subject", label: "About", render: (/** @type {Event} */ { subject }) => html`<code>${subject}</code>` },
      { key: "program", label: "Program", render: (/** @type {Event} */ { program }) => program ?? "" },
      { key: "sequence", label: "Number", numeric: true, render: (/** @type {Event} */ { sequence }) => number(sequence) },
      { key: "at", label: "When", render: (/** @type {Event} */ { at }) => html`<${When} at=${at} />` },
    ]} empty=${html`<${Empty} level=${2} title=${filtered ? "No such event" : "Nothing happened yet"} action=${filtered && html`<${Button} onClick=${() => setQuery({ type: "", subject: "" })}>Show all<//>`}>
      ${filtered ? "None of the last 30 days is like this." : "Every change stands here for 30 days, without a personal datum."}<//>`} />`}
    <${More} list=${list} one="event" other="events" />
    ${shown && html`<${Dialog} open kind="drawer" title=${typeName(shown.type)} onClose=${() => setShown(undefined)}><div class="stack">
      <${Facts} of=${[["Event", html`<code>${shown.id}</code>`], ["About", html`<code>${shown.subject}</code>`], ["Program", shown.program], ["Number", number(shown.sequence)]]} />
      <pre class="raw" tabindex="0" aria-label="What it says">${JSON.stringify(shown.data, null, 2)}</pre>
    </div><//>`}
  <//>`;
}
