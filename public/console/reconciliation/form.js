// A new run: a file, what it is, and how it is read.

import { html, useEffect, useMemo, useRef, useState } from "/vendor/ui.js";
import { Button, Card, Checkbox, Field, Input, Notice, Select } from "/ui/components.js";
import { CURRENCIES, COMMON } from "/ui/money.js";
import { ChooseFile, WORKBOOK, isWorkbook } from "../files/choose.js";
import { hasSeparators, hasSlashes, isHeadless, look as read } from "../files/look.js";
import { Preview } from "../files/preview.js";
import { Sending, size } from "../files/progress.js";
import { Columns } from "./columns.js";
import { FIELDS, KEYS, PRESETS, cellsOf, changed, guess, presetOf } from "./presets.js";
import { send } from "./send.js";

/** @import { Look } from "../files/look.js" */
/** @import { Preset } from "./presets.js" */

const EMPTY = { name: "", since: "", until: "", decimal: "auto", dates: "auto", currency: "", ignore: false, won: "", lost: "" };

/** Currencies, those of most programs first. */
const MONEY = [...COMMON, ...CURRENCIES.filter((code) => !COMMON.includes(code))].map((code) => /** @type {const} */ ([code, code]));

/** @param {{ program: import("/ui/page.js").Program, onCancel: () => void, onDone: (run: import("./kinds.js").Run) => void }} props */
export function NewRun({ program, onCancel, onDone }) {
  const [look, setLook] = useState(/** @type {Look | undefined} */ (undefined));
  const [preset, setPreset] = useState(/** @type {Preset} */ ("generic"));
  const [columns, setColumns] = useState(/** @type {Record<string, string>} */ ({}));
  const [values, setValues] = useState(EMPTY);
  const [fault, setFault] = useState("");
  const sending = useSending(onDone);
  const set = (/** @type {Partial<typeof EMPTY>} */ changes) => setValues((before) => ({ ...before, ...changes }));

  /** @param {File | undefined} file */
  async function take(file) {
    if (!file) return;
    setFault("");
    if (isWorkbook(file)) return setFault(WORKBOOK);
    try {
      const found = await read(file);
      if (found.rows.length === 0) return setFault("There is no row below the names of the columns.");
      if (isHeadless(found.header)) return setFault("The first line has to name the columns.");
      const seems = presetOf(found.header);
      setLook(found);
      setPreset(seems);
      setColumns(guess(seems, found.header));
      setValues({ ...EMPTY, name: file.name.replace(/\.\w+$/, "") });
    } catch (error) {
      console.error(error);
      setFault("This file could not be read.");
    }
  }

  if (sending.sent || sending.fault) {
    return html`<${Card} title=${values.name || "Reconciliation"} class="steps"><div class="stack">
      ${sending.sent && !sending.fault && html`<${Sending} sent=${sending.sent} then="All of it is there. It is being compared …" />`}
      ${sending.fault && html`<${Notice} tone="bad" title="It did not get through">${sending.fault} ${sending.broken && "What is there stays there: it goes on where it broke off, and nothing is counted twice."}<//>`}
      <div class="form-end">${sending.fault ? html`<${Button} onClick=${sending.clear}>Change it<//><${Button} kind="primary" onClick=${sending.again}>${sending.broken ? "Go on" : "Try again"}<//>`
        : html`<${Button} onClick=${sending.stop}>Stop<//>`}</div>
    </div><//>`;
  }
  if (!look) {
    return html`<${Card} title="New reconciliation" class="steps"><div class="stack">
      <${ChooseFile} label="Drop a CSV here, or choose a file" fault=${fault} onFile=${take}
        hint="An export of Salesforce, HubSpot or Stripe, or any other with a line that names its columns." />
      <p class="muted">It is compared with the leads, sales and rewards of ${program.name}. Nothing is changed by that: you see what differs, and choose what is to be mended.</p>
      <div class="form-end"><${Button} onClick=${onCancel}>Cancel<//></div>
    </div><//>`;
  }
  const keyed = KEYS.some((field) => columns[field]);
  const begin = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (keyed) sending.begin({ program: program.slug, look, query: query({ preset, look, columns, values }) });
  };
  return html`<${Card} title="New reconciliation" class="steps"><form class="stack" noValidate onSubmit=${begin}>
    <p class="file-name"><span><strong>${look.file.name}</strong> <span class="muted">${size(look.file.size)}</span></span>
      <${Button} kind="quiet" onClick=${() => setLook(undefined)}>Another file<//></p>
    <div class="two">
      <${Field} label="What it is"><${Select} value=${preset} options=${PRESETS} onValue=${(/** @type {Preset} */ key) => { setPreset(key); setColumns(guess(key, look.header)); }} /><//>
      <${Field} label="Name"><${Input} value=${values.name} maxlength="200" onValue=${(/** @type {string} */ name) => set({ name })} /><//>
    </div>
    <${Columns} header=${look.header} columns=${columns} onColumns=${setColumns} />
    ${!keyed && html`<${Notice} tone="warn" title="No row could be found here">Say which column has our lead’s id, an order’s id, a customer’s id or an e-mail address.<//>`}
    <${Preview} look=${look} mark=${(/** @type {string} */ column) => FIELDS.filter(([field]) => columns[field] === column).map(([, label]) => label).join(", ")} />
    <${Reading} look=${look} columns=${columns} values=${values} set=${set} />
    <div class="form-end"><${Button} onClick=${onCancel}>Cancel<//><${Button} type="submit" kind="primary" disabled=${!keyed}>Compare<//></div>
  </form><//>`;
}

/**
 * How a file is read: what is not clear from its first rows is asked, the rest is there
 * for whoever looks for it.
 * @param {{ look: Look, columns: Record<string, string>, values: typeof EMPTY, set: (changes: Partial<typeof EMPTY>) => void }} props
 */
function Reading({ look: { header, rows }, columns, values, set }) {
  const bind = (/** @type {keyof typeof EMPTY} */ name) => ({ value: values[name], onValue: (/** @type {string} */ value) => set({ [name]: value }) });
  const doubts = useMemo(() => ({
    dates: hasSlashes(cellsOf(rows, header, columns.at)),
    decimal: hasSeparators([columns.amount, columns.refunded].flatMap((column) => cellsOf(rows, header, column))),
  }), [rows, header, columns]);
  const dates = html`<${Field} key="dates" label="What 10/1/2026 means"><${Select} ...${bind("dates")} options=${[["auto", "Only what can mean one thing"], ["mdy", "1 October: month first"], ["dmy", "10 January: day first"]]} /><//>`;
  const decimal = html`<${Field} key="decimal" label="Amounts are written"><${Select} ...${bind("decimal")} options=${[["auto", "As each shows by itself"], ["point", "1,234.56"], ["comma", "1.234,56"]]} /><//>`;
  return html`
    <div class="two">
      <${Field} label="From" optional hint="Our sales of this period have to be in the file. Left empty, it is that of the file’s own dates."><${Input} type="date" ...${bind("since")} /><//>
      <${Field} label="To" optional><${Input} type="date" ...${bind("until")} min=${values.since || undefined} /><//>
      ${!columns.currency && html`<${Field} label="Currency" hint="The file has no column for it."><${Select} ...${bind("currency")} options=${[["", "None"], ...MONEY]} /><//>`}
      ${doubts.dates && dates}${doubts.decimal && decimal}
    </div>
    <${Checkbox} label="Leave out rows about people who are not here" hint="For a file of all that you have sold, recommended or not." checked=${values.ignore} onValue=${(/** @type {boolean} */ ignore) => set({ ignore })} />
    <details class="columns"><summary>More</summary><div class="columns-grid wide">
      <${Field} label="Other stages that are won" hint="Separated by commas; “Closed Won” and its like are known."><${Input} ...${bind("won")} /><//>
      <${Field} label="Other stages that are lost"><${Input} ...${bind("lost")} /><//>
      ${!doubts.dates && dates}${!doubts.decimal && decimal}
    </div></details>`;
}

/** @param {{ preset: Preset, look: Look, columns: Record<string, string>, values: typeof EMPTY }} form */
function query({ preset, look, columns, values }) {
  const stages = Object.fromEntries(/** @type {const} */ (["won", "lost"]).flatMap((stage) =>
    values[stage].split(",").map((name) => name.trim()).filter(Boolean).map((name) => [name, stage])));
  return {
    preset,
    name: values.name.trim(),
    since: values.since,
    until: values.until,
    decimal: values.decimal === "auto" ? "" : values.decimal,
    dates: values.dates === "auto" ? "" : values.dates,
    currency: columns.currency ? "" : values.currency,
    others: values.ignore ? "ignore" : "",
    columns: changed(preset, look.header, columns),
    stages: Object.keys(stages).length > 0 ? JSON.stringify(stages) : "",
  };
}

/** A run on its way, which whoever leaves stops. @param {(run: import("./kinds.js").Run) => void} onDone */
function useSending(onDone) {
  const [sent, setSent] = useState(/** @type {import("../files/send.js").Sent | undefined} */ (undefined));
  const [fault, setFault] = useState(/** @type {{ text: string, broken: boolean } | undefined} */ (undefined));
  const control = useRef(new AbortController());
  const latest = useRef(/** @type {Parameters<typeof send>[0] | undefined} */ (undefined));
  useEffect(() => () => control.current.abort(), []);

  async function again() {
    const wanted = latest.current;
    if (!wanted) return;
    const mine = new AbortController();
    control.current = mine;
    setFault(undefined);
    const result = await send(wanted, setSent, mine.signal);
    if (mine.signal.aborted) return;
    if (result.run) onDone(result.run);
    else setFault(result.fault);
  }
  const clear = () => {
    control.current.abort();
    setSent(undefined);
    setFault(undefined);
  };
  return {
    sent,
    fault: fault?.text,
    broken: Boolean(fault?.broken),
    /** @param {Parameters<typeof send>[0]} wanted */
    begin: (wanted) => { latest.current = wanted; again(); },
    again,
    stop: clear,
    clear,
  };
}
