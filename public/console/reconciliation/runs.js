// The runs so far, with what each came to.

import { html } from "/vendor/ui.js";
import { Badge, Button, Card, Empty, Skeleton, Table } from "/ui/components.js";
import { date, number, range } from "/ui/format.js";
import { PageActions } from "/ui/page.js";
import { usePaged } from "/ui/lists.js";
import { Inside, More, When, to } from "../people/parts.js";
import { byName } from "../people/words.js";
import { differences, open } from "./kinds.js";
import { presetName } from "./presets.js";

/** @import { Run } from "./kinds.js" */

/** @param {{ program: import("/ui/page.js").Program, writes: boolean, onNew: () => void, onOpen: (run: string) => void }} props */
export function Runs({ program, writes, onNew, onOpen }) {
  const list = usePaged("/v1/reconciliations", { program: program.slug });
  const begin = writes && html`<${Button} kind="primary" icon="plus" onClick=${onNew}>New reconciliation<//>`;
  return html`
    <${PageActions}>${list.items?.length !== 0 && begin}<//>
    <${Card} class=${list.items && list.busy ? "stale" : ""}>
      ${!list.items && !list.failed && html`<${Skeleton} lines=${5} />`}
      ${list.items && html`<${Table} caption="Reconciliations" stacked rows=${list.items} rowKey=${(/** @type {Run} */ { id }) => id} columns=${[
        { key: "name", label: "File", render: (/** @type {Run} */ run) => html`<${Inside} class="plain" href=${to("/console/reconciliation", { program: program.slug, run: run.id })} onOpen=${() => onOpen(run.id)}>${run.name || presetName(run.preset)}<//>
          <span class="under">${presetName(run.preset)}${run.since && run.until ? `, ${period(run, program.zone)}` : ""}</span>` },
        { key: "rows", label: "Rows", numeric: true, render: (/** @type {Run} */ { rows }) => number(rows) },
        { key: "differences", label: "Differences", numeric: true, render: (/** @type {Run} */ run) => (run.status === "reading" ? "" : number(differences(run))) },
        { key: "state", label: "State", render: (/** @type {Run} */ run) => html`<${State} run=${run} />` },
        { key: "at", label: "Begun", render: (/** @type {Run} */ run) => html`<${When} at=${run.created_at} zone=${program.zone} /><span class="under">by ${byName(run.created_by)}</span>` },
      ]} empty=${html`<${Empty} level=${2} title="Nothing compared yet" action=${begin}>Export the deals from your CRM, or the payments from your billing system, and bring the file here. You see what they have and we do not, what we have and they do not, and what was rewarded for nothing.<//>`} />`}
      <${More} list=${list} one="run" other="runs" />
    <//>`;
}

/** The days that a run is about. @param {Run} run @param {string} zone */
export const period = ({ since, until }, zone) => (since && until ? range(since, until, zone) : since ? `from ${date(since, zone)}` : until ? `to ${date(until, zone)}` : "");

/** @param {{ run: Run }} props */
export function State({ run }) {
  const left = open(run);
  if (run.status === "reading") return html`<${Badge} tone="warn">Not whole yet<//>`;
  if (left > 0) return html`<${Badge} tone="info">${number(left)} open<//>`;
  return differences(run) > 0 ? html`<${Badge} tone="good">Nothing left to mend<//>` : html`<${Badge} tone="good">All agrees<//>`;
}
