// Mending what was found: what will be done, how far it is, and what was done.

import { html, useEffect, useRef, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Badge, Button, Dialog, Notice, Table } from "/ui/components.js";
import { downloadCsv } from "/ui/download.js";
import { number } from "/ui/format.js";
import { Progress } from "../people/parts.js";
import { capital } from "../people/words.js";
import { findings as counted, nameOf } from "./findings.js";

/** @import { Finding } from "./kinds.js" */

/** How many a call mends: few enough that one is never cut short. */
const AT_ONCE = 20;

/** Rows that are shown. */
const SHOWN = 50;

/** What each fix does beyond its name, by how it begins. @type {readonly (readonly [begins: string, about: string])[]} */
const ABOUT = [
  ["give the sale", "Rewards that hang on it are reckoned anew."],
  ["record the refund", "Rewards that hang on it are taken back as the rules say."],
  ["record the sale", "It counts for the lead that it belongs to, and earns what the rules say."],
  ["take the lead", "Rewards for that stage are earned, or taken back."],
  ["hand the lead", "The rep sees it among theirs from then on."],
  ["hold the rewards", "Nothing of them is paid until somebody has looked at it."],
  ["settle the account", "The rules are gone through for the advocate once more."],
];

/** @param {string} fix */
const aboutOf = (fix) => ABOUT.find(([begins]) => fix.startsWith(begins))?.[1] ?? "";

/** What became of one. @typedef {{ finding: Finding, outcome: "applied" | "already" | "refused", what: string }} Result */

/** @type {Record<Result["outcome"], [name: string, tone: import("/ui/components/shown.js").Tone]>} */
const OUTCOMES = { refused: ["Left as it was", "bad"], already: ["Mended before", "info"], applied: ["Mended", "good"] };

/** @param {{ run: string, findings: Finding[], onClose: (changed: boolean) => void }} props */
export function ApplyDialog({ run, findings, onClose }) {
  const [done, setDone] = useState(/** @type {number | undefined} */ (undefined));
  const [results, setResults] = useState(/** @type {Result[] | undefined} */ (undefined));
  const [fault, setFault] = useState("");
  const control = useRef(new AbortController());
  useEffect(() => () => control.current.abort(), []);
  const busy = done !== undefined && !results;

  /** @param {Event} event */
  async function begin(event) {
    event.preventDefault();
    if (done !== undefined) return;
    setDone(0);
    /** @type {Result[]} */
    const all = [];
    for (let from = 0; from < findings.length && !control.current.signal.aborted; from += AT_ONCE) {
      const part = findings.slice(from, from + AT_ONCE);
      try {
        all.push(...await mend(run, part));
      } catch (error) {
        // What comes after it has not been tried; done twice, nothing would be done twice.
        setFault(/** @type {Error} */ (error).message);
        break;
      }
      setDone(from + part.length);
    }
    setResults(all);
  }

  const mended = results?.filter(({ outcome }) => outcome !== "refused").length ?? 0;
  return html`<${Dialog} open kind="wide" title=${results ? `${number(mended)} of ${counted(findings.length)} mended` : `Mend ${counted(findings.length)}`}
    onClose=${() => { if (!busy) onClose(Boolean(results)); }} onSubmit=${begin} actions=${results
      ? html`<${Button} icon="download" onClick=${() => report(run, results)}>Download what was done<//><${Button} kind="primary" onClick=${() => onClose(true)}>Close<//>`
      : busy ? html`<${Button} onClick=${() => control.current.abort()}>Stop<//>`
      : html`<${Button} onClick=${() => onClose(false)}>Cancel<//><${Button} type="submit" kind="primary">Mend ${counted(findings.length)}<//>`}>
    <div class="stack">
      ${done === undefined && html`<${Plan} findings=${findings} />`}
      ${busy && html`<${Progress} label="Mended" done=${done} all=${findings.length} />`}
      ${fault && html`<${Notice} tone="bad" title="It stopped before the end">${fault} What stands below is done; of the rest some may be. To do it again does nothing twice.<//>`}
      ${results && html`<${Done} results=${results} />`}
    </div>
  <//>`;
}

/**
 * Mends some; answers what became of each.
 * @param {string} run
 * @param {Finding[]} part
 * @returns {Promise<Result[]>}
 */
async function mend(run, part) {
  const { results } = await api.post(`/v1/reconciliations/${encodeURIComponent(run)}/apply`, { findings: part.map(({ n }) => n) });
  return part.map((finding, n) => ({ ...results[n], finding }));
}

/** @param {{ findings: Finding[] }} props */
function Plan({ findings }) {
  const fixes = Map.groupBy(findings, ({ fix }) => fix ?? "");
  return html`
    <ul class="plan">${[...fixes].map(([fix, of]) => html`<li key=${fix}><strong>${number(of.length)} × ${capital(fix)}.</strong> ${aboutOf(fix)}</li>`)}</ul>
    <p class="muted">Each is written into the audit log with your name. What has changed since it was found is left as it is, and said.</p>
    <${Table} caption="What will be mended" stacked rows=${findings.slice(0, SHOWN)} rowKey=${(/** @type {Finding} */ { n }) => n} columns=${[
      { key: "what", label: "What", render: nameOf },
      { key: "ours", label: "Ours", render: (/** @type {Finding} */ { ours }) => ours || "—" },
      { key: "theirs", label: "Theirs", render: (/** @type {Finding} */ { theirs }) => theirs || "—" },
      { key: "fix", label: "What is done", render: (/** @type {Finding} */ { fix }) => capital(fix ?? "") },
    ]} />
    ${findings.length > SHOWN && html`<p class="muted small">The first ${number(SHOWN)} of ${counted(findings.length)}.</p>`}`;
}

/** @param {{ results: Result[] }} props */
function Done({ results }) {
  // What did not work is what one looks for.
  const order = Object.keys(OUTCOMES);
  const sorted = results.toSorted((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
  return html`<${Table} caption="What was done" stacked rows=${sorted.slice(0, SHOWN)} rowKey=${(/** @type {Result} */ { finding }) => finding.n} columns=${[
    { key: "what", label: "What", render: (/** @type {Result} */ { finding }) => nameOf(finding) },
    { key: "result", label: "Result", render: (/** @type {Result} */ { outcome }) => html`<${Badge} tone=${OUTCOMES[outcome][1]}>${OUTCOMES[outcome][0]}<//>` },
    { key: "done", label: "What was done", render: (/** @type {Result} */ { outcome, what }) => html`<span class=${outcome === "refused" ? "failed" : undefined}>${capital(what)}</span>` },
  ]} />
  ${results.length > SHOWN && html`<p class="muted small">The first ${number(SHOWN)} of ${counted(results.length)}.</p>`}`;
}

/** @param {string} run @param {Result[]} results */
const report = (run, results) => downloadCsv(`${run}-mended.csv`, ["finding", "kind", "line", "lead", "order", "ours", "theirs", "fix", "outcome", "what"],
  results.map(({ finding, outcome, what }) => [finding.n, finding.kind, finding.line, finding.lead, finding.order_id, finding.ours, finding.theirs, finding.fix, outcome, what]));
