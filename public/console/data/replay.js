// Clicks out of logs: those that no store took, and what stood before the Worker has
// written down. What is counted already stays counted once.

import { html, useEffect, useRef, useState } from "/vendor/ui.js";
import { Button, Card, Field, Notice, Select, Stat, Table } from "/ui/components.js";
import { number } from "/ui/format.js";
import { ChooseFile } from "../files/choose.js";
import { Sending, size } from "../files/progress.js";
import { isBroken, uploadSurely } from "../files/send.js";

const FORMATS = [
  ["lost", "The Worker’s own log: clicks that no store took"],
  ["logpush", "Cloudflare Logpush, HTTP requests"],
  ["combined", "An access log in the combined format"],
];

/** @typedef {{ lines: number, clicks: number, added: number, already: number, skipped: number, reasons: { line: number, why: string }[] }} Answer */

export function Replay() {
  const [file, setFile] = useState(/** @type {File | undefined} */ (undefined));
  const [format, setFormat] = useState("lost");
  const [sent, setSent] = useState(/** @type {import("../files/send.js").Sent | undefined} */ (undefined));
  const [answer, setAnswer] = useState(/** @type {(Answer & { dry: boolean }) | undefined} */ (undefined));
  const [fault, setFault] = useState("");
  const control = useRef(new AbortController());
  useEffect(() => () => control.current.abort(), []);
  const clear = () => {
    setAnswer(undefined);
    setFault("");
  };

  /** @param {boolean} dry */
  async function begin(dry) {
    if (!file) return;
    const mine = new AbortController();
    control.current = mine;
    clear();
    try {
      // A line counts once however often it is sent.
      const done = await uploadSurely({ path: `/v1/replays?format=${format}&dry_run=${dry}`, body: file, type: "text/plain", onSent: setSent, signal: mine.signal });
      setAnswer({ ...done, dry });
    } catch (error) {
      if (!mine.signal.aborted) setFault(`${/** @type {Error} */ (error).message}${isBroken(error) ? " Send it again: what is counted already is not counted twice." : ""}`);
    }
    setSent(undefined);
  }

  const choose = html`<${Field} label="What it is"><${Select} value=${format} options=${FORMATS} disabled=${Boolean(sent)} onValue=${(/** @type {string} */ key) => { setFormat(key); clear(); }} /><//>`;
  return html`<div class="stack"><${Card} title="Replay of logs" class="steps"><div class="stack">
    <p class="muted">Clicks are counted when they happen. Where that failed, or where the links were answered from somewhere else for a while, they are read back in here from a log. Addresses of visitors are not kept.</p>
    ${choose}
    ${!file && html`<${ChooseFile} label="Drop a log here, or choose a file" hint="Plain text, one line a request, not compressed." accept=".log,.txt,.json,.ndjson,.jsonl,text/plain" onFile=${setFile} />`}
    ${file && html`<p class="file-name"><span><strong>${file.name}</strong> <span class="muted">${size(file.size)}</span></span>
      <${Button} kind="quiet" disabled=${Boolean(sent)} onClick=${() => { setFile(undefined); clear(); }}>Another file<//></p>`}
    ${sent && html`<${Sending} sent=${sent} then="All of it is there. The lines are being read …" />`}
    ${fault && html`<${Notice} tone="bad" title="It did not get through">${fault}<//>`}
    ${file && html`<div class="form-end">${sent ? html`<${Button} onClick=${() => control.current.abort()}>Stop<//>`
      : html`<${Button} kind=${answer?.dry ? undefined : "primary"} onClick=${() => begin(true)}>Try it: nothing is counted<//>
        ${answer?.dry && html`<${Button} kind="primary" disabled=${answer.added === 0} onClick=${() => begin(false)}>Count ${number(answer.added)}<//>`}`}</div>`}
  </div><//>
  ${answer && html`<${Found} answer=${answer} />`}</div>`;
}

/** @param {{ answer: Answer & { dry: boolean } }} props */
const Found = ({ answer }) => html`<${Card} title=${answer.dry ? "What would be counted" : "What was counted"} class="steps"><div class="stack">
  <div class="figures" role="status">
    <${Stat} label=${answer.dry ? "Would be added" : "Added"} value=${number(answer.added)} />
    <${Stat} label="Counted already" value=${number(answer.already)} />
    <${Stat} label="Left out" value=${number(answer.skipped)} />
    <${Stat} label="Lines" value=${number(answer.lines)} />
  </div>
  ${answer.reasons.length > 0 && html`<${Table} caption="Why lines were left out" showCaption rows=${answer.reasons} rowKey=${(/** @type {any} */ { line }) => line} columns=${[
    { key: "line", label: "Line", numeric: true, render: (/** @type {any} */ { line }) => number(line) },
    { key: "why", label: "Why" },
  ]} />`}
</div><//>`;
