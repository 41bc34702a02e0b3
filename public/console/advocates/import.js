// Bringing a list of advocates in: a file, which column is what, what will be
// added, and what became of each line.

import { html, useEffect, useRef, useState } from "/vendor/ui.js";
import { Badge, Button, Dialog, Field, Select, Table } from "/ui/components.js";
import { downloadCsv } from "/ui/download.js";
import { number, plural } from "/ui/format.js";
import { ChooseFile, WORKBOOK, isWorkbook } from "../files/choose.js";
import { Progress } from "../people/parts.js";
import { KINDS, kindName } from "../people/words.js";
import { FIELDS, MOST, decode, isHeadless, match, rows as read, sheet as parsed } from "./import-read.js";
import { send } from "./import-send.js";

/** @import { Row, Sheet } from "./import-read.js" */
/** @import { Outcome } from "./import-send.js" */

/** Rows that are shown; what is wrong is shown first. */
const SHOWN = 50;

/** @param {number} n */
const lines = (n) => `${number(n)} ${plural(n, "row", "rows")}`;

/** @param {{ program: import("/ui/page.js").Program, reps: ReturnType<typeof import("../people/reps.js").useReps>, onClose: () => void, onDone: () => void }} props */
export function ImportDialog({ program, reps, onClose, onDone }) {
  const [file, setFile] = useState(/** @type {{ name: string, sheet: Sheet } | undefined} */ (undefined));
  const [columns, setColumns] = useState(/** @type {Record<string, number>} */ ({}));
  const [rest, setRest] = useState({ kind: "customer", owner: "" });
  const [rows, setRows] = useState(/** @type {Row[]} */ ([]));
  const [fault, setFault] = useState("");
  const [done, setDone] = useState(/** @type {number | undefined} */ (undefined));
  const [outcomes, setOutcomes] = useState(/** @type {Outcome[] | undefined} */ (undefined));
  const stop = useRef(new AbortController());

  useEffect(() => {
    let current = true;
    if (file) read(file.sheet, columns, { ...rest, reps: reps.reps }).then((all) => { if (current) setRows(all); });
    return () => { current = false; };
  }, [file, columns, rest, reps.reps]);
  // Whoever leaves stops it; what was sent is sent.
  useEffect(() => () => stop.current.abort(), []);

  /** @param {File | undefined} chosen */
  async function take(chosen) {
    if (!chosen) return;
    setFault("");
    try {
      if (isWorkbook(chosen)) return setFault(WORKBOOK);
      const { parse } = await import("/vendor/csv.js");
      const sheet = parsed(decode(await chosen.arrayBuffer()), parse);
      if (sheet.lines.length === 0) return setFault("There is no row below the names of the columns.");
      if (isHeadless(sheet.header)) return setFault("The first line has to name the columns: name, email, kind …");
      if (sheet.lines.length > MOST) return setFault(`There are ${lines(sheet.lines.length)}; up to ${number(MOST)} can be imported here. For more, use the API.`);
      setColumns(match(sheet.header));
      setFile({ name: chosen.name, sheet });
    } catch (error) {
      console.error(error);
      setFault("This file could not be read.");
    }
  }

  const good = rows.filter(({ faults, same }) => faults.length === 0 && !same);
  async function begin() {
    setDone(0);
    setOutcomes(await send(program.slug, rows, setDone, stop.current.signal));
    onDone();
  }

  const busy = done !== undefined && !outcomes;
  return html`<${Dialog} open kind="wide" title="Import advocates" onClose=${() => { if (!busy) onClose(); }} actions=${outcomes ? html`
      <${Button} icon="download" onClick=${() => report(program.slug, outcomes)}>Download the report<//><${Button} kind="primary" onClick=${onClose}>Close<//>`
    : busy ? html`<${Button} onClick=${() => stop.current.abort()}>Stop<//>`
    : html`${file && html`<${Button} kind="quiet" onClick=${() => { setFile(undefined); setRows([]); }}>Another file<//>`}<${Button} onClick=${onClose}>Cancel<//>
      ${file && html`<${Button} kind="primary" disabled=${good.length === 0} onClick=${begin}>Import ${lines(good.length)}<//>`}`}>
    <div class="stack">
      ${!file && html`<${Choose} onFile=${take} fault=${fault} />`}
      ${file && done === undefined && html`<${Check} name=${file.name} sheet=${file.sheet} columns=${columns} onColumns=${setColumns} rest=${rest} onRest=${setRest} rows=${rows} reps=${reps} />`}
      ${busy && html`<${Progress} label="Imported" done=${done} all=${good.length} />`}
      ${outcomes && html`<${Report} outcomes=${outcomes} />`}
    </div>
  <//>`;
}

/** @param {{ onFile: (file: File | undefined) => void, fault: string }} props */
function Choose({ onFile, fault }) {
  return html`
    <${ChooseFile} label="Drop a CSV here, or choose a file" hint="Commas, semicolons or tabs; the first line names the columns." accept=".csv,.tsv,.txt,text/csv" fault=${fault} onFile=${onFile} />
    <p class="muted">Columns that are understood: name (or first and last name), email, kind, owner, segment, external id. You see what will be added before anything is. Importing the same list again adds nobody twice.</p>
    <p><${Button} kind="quiet" icon="download" onClick=${() => downloadCsv("advocates-example.csv", ["name", "email", "kind", "owner", "segment", "external_id"], [["Maya Example", "maya@example.org", "customer", "", "gold", "crm-10017"], ["Jonas Example", "jonas@example.org", "partner", "", "", ""]])}>An example<//></p>`;
}

/** @param {any} props */
function Check({ name, sheet, columns, onColumns, rest, onRest, rows, reps }) {
  const bad = rows.filter((/** @type {Row} */ { faults }) => faults.length > 0);
  const same = rows.filter((/** @type {Row} */ row) => row.same && row.faults.length === 0);
  const good = rows.length - bad.length - same.length;
  const derived = rows.filter((/** @type {Row} */ row) => row.derived && row.faults.length === 0 && !row.same).length;
  // What is wrong comes first: it is what one looks for.
  const sorted = [...bad, ...same, ...rows.filter((/** @type {Row} */ row) => row.faults.length === 0 && !row.same)].slice(0, SHOWN);
  return html`
    <p><strong>${name}</strong>: ${lines(good)} can be imported${bad.length > 0 ? html`, <span class="failed">${number(bad.length)} cannot</span>` : ""}${same.length > 0 ? `, ${number(same.length)} left out as doubles` : ""}.</p>
    <details class="columns" open=${columns.email < 0 || (columns.name < 0 && columns.first < 0)}><summary>Which column is what</summary>
      <div class="columns-grid">${FIELDS.map(([field, label]) => html`<${Field} key=${field} label=${label}>
        <${Select} value=${String(columns[field] ?? -1)} onValue=${(/** @type {string} */ value) => onColumns({ ...columns, [field]: Number(value) })}
          options=${[["-1", "Not in the file"], ...sheet.header.map((/** @type {string} */ text, /** @type {number} */ n) => [String(n), text || `Column ${n + 1}`])]} /><//>`)}</div>
    </details>
    <div class="two">
      <${Field} label="Kind, where the file has none"><${Select} value=${rest.kind} onValue=${(/** @type {string} */ kind) => onRest({ ...rest, kind })} options=${KINDS} /><//>
      <${Field} label="Owner, where the file has none"><${Select} value=${rest.owner} onValue=${(/** @type {string} */ owner) => onRest({ ...rest, owner })} options=${[["", "Nobody"], ...reps.choices()]} /><//>
    </div>
    <${Table} caption="What will be imported" rows=${sorted} rowKey=${(/** @type {Row} */ { line }) => line} rowClass=${(/** @type {Row} */ row) => (row.faults.length > 0 || row.same ? "row-off" : undefined)} columns=${[
      { key: "line", label: "Line", numeric: true, render: (/** @type {Row} */ { line }) => number(line) },
      { key: "name", label: "Advocate", heading: true, render: (/** @type {Row} */ { advocate, faults, same: twin }) => html`${advocate.name || "—"}<span class="under">${advocate.email ?? ""}</span>
        ${faults.length > 0 && html`<span class="under failed">Cannot be imported: ${faults.join("; ")}.</span>`}${twin && faults.length === 0 && html`<span class="under">Left out: ${twin}.</span>`}` },
      { key: "kind", label: "Kind", render: (/** @type {Row} */ { advocate }) => html`${kindName(advocate.kind)}${advocate.segment && html`<span class="under">${advocate.segment}</span>`}` },
      { key: "owner", label: "Owner", render: (/** @type {Row} */ { advocate }) => reps.repName(advocate.owner) || "—" },
      { key: "id", label: "External id", render: (/** @type {Row} */ { advocate, derived: made }) => (made ? html`<span class="muted">from the address</span>` : html`<code>${advocate.external_id}</code>`) },
    ]} />
    ${rows.length > SHOWN && html`<p class="muted small">The first ${number(SHOWN)} of ${lines(rows.length)}, with what is wrong before the rest.</p>`}
    ${derived > 0 && html`<p class="muted small">${lines(derived)} without an external id: each gets one that is made of its address, so that the same list can be imported again.</p>`}`;
}

/** @type {Record<Outcome["result"], [label: string, tone?: import("/ui/components/shown.js").Tone]>} */
const RESULTS = { added: ["Added", "good"], there: ["Was there", "info"], left: ["Left out"], failed: ["Failed", "bad"], stopped: ["Not sent", "warn"] };

/** @param {{ outcomes: Outcome[] }} props */
function Report({ outcomes }) {
  const counts = Object.entries(RESULTS).map(([key, [label, tone]]) => [label, tone, outcomes.filter(({ result }) => result === key).length]).filter(([, , n]) => n);
  const order = ["failed", "stopped", "left", "there", "added"];
  const sorted = outcomes.toSorted((a, b) => order.indexOf(a.result) - order.indexOf(b.result) || a.row.line - b.row.line).slice(0, SHOWN);
  return html`
    <p class="row" role="status">${counts.map(([label, tone, n]) => html`<${Badge} key=${label} tone=${tone}>${label}: ${number(Number(n))}<//>`)}</p>
    <${Table} caption="What became of each line" rows=${sorted} rowKey=${(/** @type {Outcome} */ { row }) => row.line} columns=${[
      { key: "line", label: "Line", numeric: true, render: (/** @type {Outcome} */ { row }) => number(row.line) },
      { key: "name", label: "Advocate", heading: true, render: (/** @type {Outcome} */ { row }) => html`${row.advocate.name || "—"}<span class="under">${row.advocate.email ?? row.advocate.external_id ?? ""}</span>` },
      { key: "result", label: "Result", render: (/** @type {Outcome} */ { result, detail }) => html`<${Badge} tone=${RESULTS[result][1]}>${RESULTS[result][0]}<//>${detail !== RESULTS[result][0] && html`<span class="under">${detail}</span>`}` },
    ]} />
    ${outcomes.length > SHOWN && html`<p class="muted small">The first ${number(SHOWN)}; all ${number(outcomes.length)} are in the report.</p>`}`;
}

/** @param {string} program @param {Outcome[]} outcomes */
const report = (program, outcomes) => downloadCsv(`${program}-import.csv`, ["line", "name", "email", "external_id", "result", "detail", "advocate"],
  outcomes.map(({ row, result, detail, id }) => [row.line, row.advocate.name, row.advocate.email, row.advocate.external_id, result, detail, id]));
