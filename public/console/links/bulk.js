// Many links at once: a spreadsheet, or everybody; a table that fills as the
// answers come in; files and cards of all of them.

import { html, useEffect, useMemo, useRef, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Badge, Button, Card, Empty, Field, Select, Table, Textarea, toast } from "/ui/components.js";
import { downloadCsv } from "/ui/download.js";
import { number } from "/ui/format.js";
import { fileName } from "/ui/qr.js";
import { CHANNELS, isMedium, mediumName } from "/ui/media.js";
import { useLook } from "./qr-panel.js";
import { issue, read } from "./rows.js";
import { SheetPanel } from "/ui/sheet/panel.js";

/** @import { Issued, Wanted } from "./rows.js" */

const EXAMPLE = "advocate,medium,destination,label\next:crm-10017,linkedin,,\next:crm-10018,qr,,spring";

/** Rows that are shown at first; a table of ten thousand helps nobody. */
const SHOWN = 100;

const HEADER = ["line", "advocate", "name", "channel", "medium", "destination", "label", "code", "url", "error"];

/** @param {{ program: any, content: import("./brand.js").Content | undefined }} props */
export function Bulk({ program, content }) {
  const [text, setText] = useState("");
  const [everybody, setEverybody] = useState(/** @type {Wanted[] | undefined} */ (undefined));
  const [medium, setMedium] = useState("qr");
  const [over, setOver] = useState(false);
  const run = useRun(program.slug);
  const sheet = useMemo(() => (text.trim() ? read(text) : undefined), [text]);
  const rows = everybody ?? sheet?.rows ?? [];

  /** @param {File | undefined} file */
  async function take(file) {
    if (!file) return;
    setEverybody(undefined);
    setText(await file.text());
  }

  async function all() {
    try {
      const found = await api.pages(`/v1/programs/${program.slug}/advocates`, { status: "active", limit: 200 });
      setEverybody(found.map((/** @type {any} */ { id, name }) => ({ advocate: id, name })));
    } catch (fault) {
      toast(fault instanceof Error ? fault.message : String(fault), { tone: "bad" });
    }
  }

  const begin = () => run.begin(rows.map((row) => (row.channel || row.medium ? row : { ...row, medium })));
  return html`<div class="stack">
    <${Card} title="For whom">
      <div class="stack">
        ${everybody ? html`<p class="links-everybody">All ${number(everybody.length)} active advocates of ${program.name}.
            <${Button} kind="quiet" onClick=${() => setEverybody(undefined)}>Use a list instead<//></p>` : html`
          <div class=${over ? "drop over" : "drop"}
            onDragOver=${(/** @type {DragEvent} */ event) => { event.preventDefault(); setOver(true); }}
            onDragLeave=${() => setOver(false)}
            onDrop=${(/** @type {DragEvent} */ event) => { event.preventDefault(); setOver(false); take(event.dataTransfer?.files[0]); }}>
            <${Field} label="A list as CSV" error=${sheet?.error}
              hint="Paste it from a spreadsheet, or drop a file here. The first line names the columns: advocate is needed (an id, or ext: and your own id); channel, medium, destination, label and name may be there.">
              <${Textarea} rows="7" spellcheck=${false} class="mono" value=${text} placeholder=${EXAMPLE}
                onValue=${setText} />
            <//>
          </div>
          <div class="row">
            <label class="button links-file"><input class="unseen" type="file" accept=".csv,.tsv,.txt,text/csv"
              onChange=${(/** @type {any} */ event) => take(event.target.files[0])} />Choose a file</label>
            <${Button} onClick=${all}>All advocates<//>
            ${text ? html`<${Button} kind="quiet" onClick=${() => setText("")}>Empty it<//>` : ""}
          </div>`}
        ${sheet?.ignored.length && !everybody
          ? html`<p class="muted">Left aside, because links have no such columns: ${sheet.ignored.join(", ")}.</p>` : ""}
        <div class="links-begin">
          <${Field} label="Shared by, unless a row says otherwise">
            <${Select} value=${medium} onValue=${setMedium}>
              ${CHANNELS.map(({ channel, name, media }) => html`<optgroup key=${channel} label=${name}>
                ${media.map((one) => html`<option key=${one.medium} value=${one.medium}>${one.name}</option>`)}
              </optgroup>`)}
            <//>
          <//>
          ${run.busy ? html`<${Button} onClick=${run.stop}>Stop<//>`
            : html`<${Button} kind="primary" disabled=${rows.length === 0} onClick=${begin}>
              ${rows.length === 1 ? "Make 1 link" : `Make ${number(rows.length)} links`}<//>`}
        </div>
      </div>
    <//>
    ${run.issued.length > 0 || run.busy || run.fault ? html`<${Results} run=${run} program=${program} content=${content} />` : ""}
  </div>`;
}

/**
 * A run of the API over rows.
 * @param {string} program
 */
function useRun(program) {
  const [issued, setIssued] = useState(/** @type {Issued[]} */ ([]));
  const [total, setTotal] = useState(0);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const control = useRef(/** @type {AbortController | undefined} */ (undefined));
  useEffect(() => () => control.current?.abort(), []);

  /** @param {Wanted[]} rows */
  async function begin(rows) {
    const mine = new AbortController();
    control.current = mine;
    setIssued([]);
    setTotal(rows.length);
    setFault("");
    setBusy(true);
    try {
      /** @type {Issued[]} */
      let all = [];
      for await (const more of issue(program, rows, mine.signal)) {
        all = [...all, ...more];
        setIssued(all);
      }
    } catch (error) {
      if (!mine.signal.aborted) setFault(error instanceof Error ? error.message : String(error));
    }
    if (control.current === mine) setBusy(false);
  }
  return { issued, total, busy, fault, begin, stop: () => control.current?.abort() };
}

/**
 * @param {object} props
 * @param {ReturnType<typeof useRun>} props.run
 * @param {any} props.program
 * @param {import("./brand.js").Content | undefined} props.content
 */
function Results({ run, program, content }) {
  const { look, fields } = useLook(content);
  const [only, setOnly] = useState(false);
  const [shown, setShown] = useState(SHOWN);
  const [printing, setPrinting] = useState(false);
  const bad = run.issued.filter(({ error }) => error).length;
  const rows = only ? run.issued.filter(({ error }) => error) : run.issued;
  const names = useNames(program.slug, printing && run.issued.some(({ name, url }) => url && !name));
  const cards = useMemo(() => (printing ? run.issued.flatMap(card(program.slug, names)) : []), [printing, run.issued, names]);

  const columns = [
    { key: "line", label: "Row", numeric: true, render: (/** @type {Issued} */ row) => number(row.line) },
    { key: "advocate", label: "Advocate", render: (/** @type {Issued} */ row) => row.name ?? row.advocate },
    { key: "medium", label: "Medium", render: (/** @type {Issued} */ row) => (row.medium && isMedium(row.medium) ? mediumName(row.medium) : row.medium ?? row.channel ?? "") },
    { key: "label", label: "Label", render: (/** @type {Issued} */ row) => row.label ?? "" },
    { key: "url", label: "Link", class: "links-made", render: (/** @type {Issued} */ row) => (row.error
      ? html`<${Badge} tone="bad">Not made<//> <span>${row.error}</span>` : html`<code>${row.url}</code>`) },
  ];
  const save = () => downloadCsv(`${fileName(program.name, "links")}.csv`, HEADER,
    run.issued.map((row) => HEADER.map((name) => /** @type {any} */ (row)[name] ?? "")));

  return html`<${Card} title="Links" actions=${html`
      <${Button} disabled=${run.issued.length === 0} onClick=${save}>Download CSV<//>
      <${Button} disabled=${run.issued.length === bad} aria-expanded=${printing} onClick=${() => setPrinting(!printing)}>QR cards<//>`}>
    <p role="status">${number(run.issued.length - bad)} of ${number(run.total)} made${bad ? `, ${number(bad)} not` : ""}${
      run.busy ? " so far" : ""}.
      ${bad && !only ? html` <${Button} kind="quiet" onClick=${() => setOnly(true)}>Show what went wrong<//>` : ""}
      ${only ? html` <${Button} kind="quiet" onClick=${() => setOnly(false)}>Show all<//>` : ""}
    </p>
    ${run.fault ? html`<p class="error" role="alert">${run.fault}</p>` : ""}
    ${printing ? html`<div class="links-look">${fields}</div><${SheetPanel} cards=${cards} program=${program} look=${look} />` : ""}
    <${Table} caption="Links" columns=${columns} rows=${rows.slice(0, shown)} rowKey=${(/** @type {Issued} */ row) => row.line}
      empty=${html`<${Empty} title="Nothing here" />`} />
    ${rows.length > shown ? html`<${Button} onClick=${() => setShown(shown + 10 * SHOWN)}>Show more<//>` : ""}
  <//>`;
}

/**
 * What advocates are called, by what a list may call them.
 * @param {string} program
 * @param {boolean} wanted
 */
function useNames(program, wanted) {
  const [names, setNames] = useState(/** @type {Map<string, string>} */ (new Map()));
  useEffect(() => {
    if (!wanted) return;
    let gone = false;
    api.pages(`/v1/programs/${program}/advocates`).then(
      (advocates) => {
        if (!gone) setNames(new Map(advocates.flatMap(({ id, external_id, name }) => [[id, name], [`ext:${external_id}`, name]])));
      },
      // The cards say less without.
      () => {},
    );
    return () => { gone = true; };
  }, [program, wanted]);
  return names;
}

/**
 * @param {string} program
 * @param {Map<string, string>} names
 */
function card(program, names) {
  return (/** @type {Issued} */ row) => (row.url ? [{
    key: String(row.line),
    url: row.url,
    name: row.name ?? names.get(row.advocate) ?? "",
    wanted: {
      program,
      advocate: row.advocate,
      medium: row.medium ?? defaultMedium(row.channel),
      destination: row.destination ?? null,
      label: row.label ?? null,
    },
  }] : []);
}

/** @param {string | undefined} channel */
const defaultMedium = (channel) => CHANNELS.find((one) => one.channel === channel)?.media[0].medium ?? "copy";
