// What became of each row of an import.

import { html, useState } from "/vendor/ui.js";
import { Badge, Button, Card, Segments, Table } from "/ui/components.js";
import { downloadCsv } from "/ui/download.js";
import { number, plural } from "/ui/format.js";

/** @import { Outcome, Result, Row } from "./import-run.js" */

/** Rows that are shown at first. */
const SHOWN = 50;

/** What became of it, and what would have. @type {Record<Outcome, [done: string, dry: string, tone?: import("/ui/components/shown.js").Tone]>} */
const OUTCOMES = {
  refused: ["Refused", "Would be refused", "bad"],
  created: ["Added", "Would be added", "good"],
  updated: ["Changed", "Would be changed", "info"],
  unchanged: ["As it was", "Would stay as it is"],
};

/** @param {{ result: Result, name: string }} props */
export function Report({ result, name }) {
  const { dry, rows, counts, whole } = result;
  const [only, setOnly] = useState("");
  const [shown, setShown] = useState(SHOWN);
  const word = (/** @type {Outcome} */ outcome) => OUTCOMES[outcome][dry ? 1 : 0];
  const order = /** @type {Outcome[]} */ (Object.keys(OUTCOMES)).filter((outcome) => counts[outcome] > 0);
  // What is wrong comes first: it is what one looks for.
  const sorted = only ? rows.filter(({ outcome }) => outcome === only) : order.flatMap((wanted) => rows.filter(({ outcome }) => outcome === wanted));
  const save = () => downloadCsv(`${name.replace(/\.\w+$/, "")}-report.csv`, ["line", "outcome", "id", "error"], rows.map((row) => [row.line, row.outcome, row.id, row.error]));
  return html`<${Card} title=${dry ? "What would become of it" : "What became of it"} class="steps" actions=${html`<${Button} icon="download" onClick=${save}>Download the report<//>`}>
    <div class="stack">
      <p class="row" role="status">${order.map((outcome) => html`<${Badge} key=${outcome} tone=${OUTCOMES[outcome][2]}>${word(outcome)}: ${number(counts[outcome])}<//>`)}${!whole && html`<span class="muted">so far</span>`}</p>
      ${order.length > 1 && html`<${Segments} label="Which rows" value=${only} onChange=${setOnly} options=${[["", "All"], ...order.map((outcome) => [outcome, word(outcome)])]} />`}
      <${Table} caption="What became of each row" rows=${sorted.slice(0, shown)} rowKey=${(/** @type {Row} */ { line }) => line} columns=${[
        { key: "line", label: "Line", numeric: true, render: (/** @type {Row} */ { line }) => number(line) },
        { key: "outcome", label: "Result", render: (/** @type {Row} */ { outcome }) => html`<${Badge} tone=${OUTCOMES[outcome][2]}>${word(outcome)}<//>` },
        { key: "why", label: "Why, or which", render: (/** @type {Row} */ { id, error }) => (error ? html`<span class="failed">${error}</span>` : id ? html`<code>${id}</code>` : "") },
      ]} />
      ${sorted.length > shown && html`<p class="row"><${Button} onClick=${() => setShown(shown + 10 * SHOWN)}>Show more<//><span class="muted small">${number(shown)} of ${number(sorted.length)} ${plural(sorted.length, "row", "rows")}</span></p>`}
    </div>
  <//>`;
}
