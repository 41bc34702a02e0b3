// Samples of what is looked at, and of what opens.

import { html, useState } from "/vendor/ui.js";
import { Avatar, Badge, Button, Card, Delta, Dialog, Empty, Field, Input, Menu, Meter, Notice, Skeleton, Stat, Table, Tabs, toast } from "/ui/components.js";
import { date, dateTime, money, number, percent, range, relative } from "/ui/format.js";

export const Shown = () => html`<div class="stack">
  <div class="grid">
    <${Card}><${Stat} label="Clicks by people" value=${number(12_480)} delta=${html`<${Delta} value=${0.12} text=${`${percent(0.12)} more`} />`} /><//>
    <${Card}><${Stat} label="Leads" value=${number(318)} delta=${html`<${Delta} value=${-0.04} text=${`${percent(0.04)} fewer`} />`} /><//>
    <${Card}><${Stat} label="Won" value=${money(4_215_000, "EUR")} hint="from 41 sales" /><//>
    <${Card}><${Stat} label="On its way" value=${html`<${Skeleton} shape="figure" />`} /><//>
  </div>
  <${Card} title="Signs" actions=${html`<${Button} kind="quiet">CSV<//><${Button} kind="quiet">PNG<//>`}><div class="stack">
    <div class="row"><${Badge}>new<//><${Badge} tone="good">won<//><${Badge} tone="warn">on hold<//><${Badge} tone="bad">rejected<//><${Badge} tone="info">meeting<//><${Badge} tone="accent">active<//></div>
    <div class="row"><${Avatar} name="Ada Lovelace" /><${Avatar} name="Grace Hopper" /><${Avatar} name="李" /></div>
    <${Meter} label="Budget" value=${68} max=${100} text="68 of 100" />
    <${Meter} label="Limit" value=${94} max=${100} text="94 of 100" tone="warn" />
  </div><//>
  <div class="stack">
    <${Notice} tone="info" title="Clicks of the last minutes are still being counted">They appear here by themselves.<//>
    <${Notice} tone="good">The rule is saved, and holds from the next lead on.<//>
    <${Notice} tone="warn" title="Two rewards wait for you" action=${html`<${Button}>Look at them<//>`}>They are above what is approved by itself.<//>
    <${Notice} tone="bad" title="This was not saved">Somebody else has changed the program meanwhile. Load it again to see how.<//>
  </div>
  <div class="grid design-two">
    <${Card}><${Empty} title="No advocates yet" action=${html`<${Button} kind="primary" icon="plus">Add one<//><${Button}>Import a CSV<//>`}>An advocate is somebody who recommends you: a customer, a partner, an employee. Each has links of their own.<//><//>
    <${Card} title="On its way"><${Skeleton} lines=${5} /><br /><${Skeleton} shape="block" /><//>
  </div>
  <${Card} title="Numbers and days, as your browser’s language writes them"><div class="row">
    <${Badge}>${number(1_234_567.8)}<//><${Badge}>${percent(0.0363)}<//><${Badge}>${money(129_900, "EUR")}<//><${Badge}>${money(129_900, "JPY")}<//><${Badge}>${date("2026-11-25")}<//>
    <${Badge}>${dateTime("2026-11-25T04:30:00Z", "Europe/Berlin")}<//><${Badge}>${range("2026-11-01", "2026-11-25")}<//><${Badge}>${relative("2026-11-24T04:30:00Z", Date.parse("2026-11-25T04:30:00Z"))}<//>
  </div><//>
</div>`;

const ROWS = [
  { name: "Ada Lovelace", channel: "Email", clicks: 1_204, won: 812_000, stage: ["won", "good"] },
  { name: "Grace Hopper", channel: "Social", clicks: 977, won: 0, stage: ["meeting", "info"] },
  { name: "Katherine Johnson", channel: "Print", clicks: 86, won: 129_900, stage: ["on hold", "warn"] },
];
const COLUMNS = [
  { key: "name", label: "Advocate", sortable: true },
  { key: "channel", label: "Channel" },
  { key: "clicks", label: "Clicks", numeric: true, sortable: true, render: (/** @type {any} */ row) => number(row.clicks) },
  { key: "won", label: "Won", numeric: true, sortable: true, render: (/** @type {any} */ row) => money(row.won, "EUR") },
  { key: "stage", label: "Stage", render: (/** @type {any} */ row) => html`<${Badge} tone=${row.stage[1]}>${row.stage[0]}<//>` },
  { key: "menu", label: "Actions", unlabelled: true, class: "numeric", render: (/** @type {any} */ row) => html`<${Menu} label=${`Actions for ${row.name}`} items=${[{ label: "Open" }, { label: "Copy the link" }, null, { label: "Disable", kind: "danger" }]} />` },
];

export function Lists() {
  const [tab, setTab] = useState("table");
  const [sort, setSort] = useState({ key: "clicks", descending: true });
  const [selected, setSelected] = useState(/** @type {Set<string | number>} */ (new Set(["Grace Hopper"])));
  const rows = ROWS.toSorted((one, other) => {
    const [a, b] = [/** @type {any} */ (one)[sort.key], /** @type {any} */ (other)[sort.key]];
    return (a < b ? -1 : a > b ? 1 : 0) * (sort.descending ? -1 : 1);
  });
  const table = tab === "empty"
    ? html`<${Table} caption="Nothing" columns=${COLUMNS} rows=${[]} empty=${html`<${Empty} title="Nothing here">Widen the range, or take a filter away.<//>`} />`
    : html`<${Table} caption="Advocates" columns=${COLUMNS} rows=${rows} rowKey=${(/** @type {any} */ row) => row.name} sort=${sort} onSort=${setSort}
      selected=${selected} onSelect=${setSelected} rowName=${(/** @type {any} */ row) => row.name} />`;
  return html`<${Tabs} label="Tables" value=${tab} onChange=${setTab} tabs=${[{ key: "table", label: "Rows" }, { key: "empty", label: "None" }]}><${Card}>${table}<//><//>`;
}

export function Above() {
  const [open, setOpen] = useState(/** @type {"" | "ask" | "drawer"} */ (""));
  const close = () => setOpen("");
  return html`<${Card}><div class="row">
    <${Button} onClick=${() => setOpen("ask")}>Open a dialog<//>
    <${Button} onClick=${() => setOpen("drawer")}>Open a drawer<//>
    <${Menu} label="Export" trigger="Open a menu" items=${[{ label: "CSV", icon: "download" }, { label: "PNG", icon: "download" }, { label: "Not for this role", disabled: true }, null, { label: "Delete", kind: "danger" }]} />
    <${Button} onClick=${() => toast("Ada’s reward is approved.", { undo: () => toast("It waits again.") })}>Say something<//>
    <${Button} onClick=${() => toast("The reward could not be approved, and waits as before.", { tone: "bad" })}>Say what failed<//>
    <${Dialog} open=${open === "ask"} title="Revoke this link for good?" onClose=${close} actions=${html`<${Button} onClick=${close}>Keep it<//><${Button} kind="danger" onClick=${close}>Revoke<//>`}>
      <p>Whoever follows it comes to the neutral page from then on. This cannot be undone.</p>
    <//>
    <${Dialog} open=${open === "drawer"} kind="drawer" title="A lead" onClose=${close} actions=${html`<${Button} kind="primary" onClick=${close}>Save<//>`}>
      <div class="stack"><${Field} label="Company"><${Input} value="Analytical Engines" /><//><${Skeleton} lines=${6} /></div>
    <//>
  </div><//>`;
}
