// Bringing data in: a file and what it is, a dry run that writes nothing, then the
// import itself, with what became of each row.

import { html, useState } from "/vendor/ui.js";
import { Button, Card, Empty, Field, Notice, Select } from "/ui/components.js";
import { number, plural } from "/ui/format.js";
import { ChooseFile, WORKBOOK, isWorkbook } from "../files/choose.js";
import { isHeadless, look as read, plainName } from "../files/look.js";
import { Preview } from "../files/preview.js";
import { size } from "../files/progress.js";
import { Progress } from "../people/parts.js";
import { Report } from "./report.js";
import { useRun } from "./import-run.js";

/** @import { Look } from "../files/look.js" */

const PRESETS = [["goodword", "Goodword’s own columns"], ["dub", "Dub"], ["rewardful", "Rewardful"]];

/** What of each there is, in its own words. @type {Record<string, readonly (readonly [of: string, label: string])[]>} */
const KINDS = {
  goodword: [["advocates", "Advocates"], ["leads", "Leads"], ["conversions", "Sales and refunds"], ["shares", "Shares"]],
  dub: [["advocates", "Partners"], ["leads", "Customers"], ["conversions", "Sales"]],
  rewardful: [["advocates", "Affiliates"], ["leads", "Referrals"], ["conversions", "Commissions"]],
};

/** @param {{ program: import("/ui/page.js").Program | undefined }} props */
export function Import({ program }) {
  const [look, setLook] = useState(/** @type {Look | undefined} */ (undefined));
  const [what, setWhat] = useState({ preset: "goodword", of: "advocates", decimal: "auto", dates: "auto" });
  const [fault, setFault] = useState("");
  const run = useRun();
  if (!program) {
    return html`<${Card}><${Empty} level=${2} title="Data belongs to a program" action=${html`<${Button} kind="primary" href="/console/programs">Create a program<//>`}>Its advocates, leads and sales are brought into one.<//><//>`;
  }

  /** @param {File | undefined} file */
  async function take(file) {
    if (!file) return;
    setFault("");
    if (isWorkbook(file)) return setFault(WORKBOOK);
    try {
      const found = await read(file);
      if (found.rows.length === 0) return setFault("There is no row below the names of the columns.");
      if (isHeadless(found.header)) return setFault("The first line has to name the columns.");
      setLook(found);
      setWhat((before) => ({ ...before, ...guess(found.header), decimal: "auto", dates: "auto" }));
    } catch (error) {
      console.error(error);
      setFault("This file could not be read.");
    }
  }
  /** What was found in a dry run holds for what was chosen then. @param {Partial<typeof what>} changes */
  const set = (changes) => {
    run.clear();
    setWhat((before) => {
      const now = { ...before, ...changes };
      return KINDS[now.preset].some(([of]) => of === now.of) ? now : { ...now, of: KINDS[now.preset][0][0] };
    });
  };
  const leave = () => {
    run.clear();
    setLook(undefined);
  };

  if (!look) {
    return html`<${Card} title="Import" class="steps"><div class="stack">
      <${ChooseFile} label="Drop a CSV or NDJSON here, or choose a file" hint="Advocates, leads, sales or shares of ${program.name}: one line names the columns." fault=${fault} onFile=${take} />
      <p class="muted">Exports of Dub and Rewardful are taken as they are. First it is only tried: you see what would become of each row before anything is written. The same file sent twice changes nothing the second time.</p>
    </div><//>`;
  }
  const begin = (/** @type {boolean} */ dry) => run.begin({ program: program.slug, look, ...what }, dry);
  const written = run.result && !run.result.dry;
  return html`<div class="stack">
    <${Card} title="Import" class="steps"><div class="stack">
      <p class="file-name"><span><strong>${look.file.name}</strong> <span class="muted">${size(look.file.size)}</span></span>
        <${Button} kind="quiet" disabled=${run.busy} onClick=${leave}>Another file<//></p>
      <div class="two">
        <${Field} label="Whose export it is"><${Select} value=${what.preset} options=${PRESETS} disabled=${run.busy} onValue=${(/** @type {string} */ preset) => set({ preset })} /><//>
        <${Field} label="What it holds"><${Select} value=${what.of} options=${KINDS[what.preset]} disabled=${run.busy} onValue=${(/** @type {string} */ of) => set({ of })} /><//>
        <${Field} label="What 10/1/2026 means"><${Select} value=${what.dates} disabled=${run.busy} onValue=${(/** @type {string} */ dates) => set({ dates })} options=${[["auto", "Only what can mean one thing"], ["mdy", "1 October: month first"], ["dmy", "10 January: day first"]]} /><//>
        ${what.of === "conversions" && what.preset !== "goodword" && html`<${Field} label="Amounts are written"><${Select} value=${what.decimal} disabled=${run.busy} onValue=${(/** @type {string} */ decimal) => set({ decimal })} options=${[["auto", "As each shows by itself"], ["point", "1,234.56"], ["comma", "1.234,56"]]} /><//>`}
      </div>
      ${what.of === "conversions" && what.preset === "goodword" && html`<p class="muted">Amounts are in minor units, as the API has them: 4999 for 49.99 USD.</p>`}
      <${Preview} look=${look} />
      ${run.busy && html`<${Progress} label=${run.dry ? "Tried" : "Imported"} done=${run.done} all=${run.all} />`}
      ${run.waiting && html`<p class="muted">The connection broke off. It goes on by itself in a moment …</p>`}
      ${run.fault && html`<${Notice} tone="bad" title="It stopped before the end" action=${html`<${Button} onClick=${run.again}>Go on<//>`}>${run.fault}<//>`}
      <div class="form-end">${run.busy ? html`<${Button} onClick=${run.stop}>Stop<//>`
        : written ? html`<${Button} kind="primary" onClick=${leave}>Import another file<//>`
        : html`<${Button} kind=${run.result ? undefined : "primary"} onClick=${() => begin(true)}>${run.result ? "Try it again" : "Try it: nothing is written"}<//>
          ${run.result?.whole && html`<${Button} kind="primary" disabled=${run.result.counts.created + run.result.counts.updated === 0} onClick=${() => begin(false)}>
            Import ${number(run.result.counts.created + run.result.counts.updated)} ${plural(run.result.counts.created + run.result.counts.updated, "row", "rows")}<//>`}`}</div>
    </div><//>
    ${run.result && html`<${Report} result=${run.result} name=${look.file.name} />`}
  </div>`;
}

/**
 * Whose file it seems to be, and what it holds. Names that nobody else uses tell it.
 * @param {readonly string[]} header
 */
function guess(header) {
  const names = header.map(plainName);
  const some = (/** @type {RegExp} */ pattern) => names.some((name) => pattern.test(name));
  if (some(/^(affiliate|conversionstate|becameleadat|sale\.|chargedat)/)) {
    return { preset: "rewardful", of: some(/^sale\.|^chargedat/) ? "conversions" : some(/^customer\.?(email|name)/) ? "leads" : "advocates" };
  }
  if (some(/^(partner(id|email|name)|partner\.|customerexternalid|customer\.externalid|invoiceid)/)) {
    return { preset: "dub", of: some(/^amount$/) ? "conversions" : "leads" };
  }
  const of = some(/^eventid$/) ? "shares" : some(/^(orderid|refundid|amount)$/) ? "conversions" : some(/^(advocate|touchedat|company)$/) ? "leads" : "advocates";
  return { preset: "goodword", of };
}
