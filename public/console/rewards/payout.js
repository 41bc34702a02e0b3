// One payout: its lines, the CSV for whoever pays, and what they say of it.

import { html, useState } from "/vendor/ui.js";
import { ApiError, api, signIn } from "/ui/api.js";
import { Badge, Button, Dialog, Field, Input, Notice, Skeleton, Table, toast } from "/ui/components.js";
import { downloadBlob } from "/ui/download.js";
import { number, plural } from "/ui/format.js";
import { useForm } from "/ui/form.js";
import { useOne } from "/ui/lists.js";
import { amountOf, amounts, formName, sums } from "../people/words.js";

/** @typedef {{ line: number, beneficiary: string, id: string, name?: string | null, email?: string | null, form: string, amount: number, unit: string, status: "issued" | "paid" | "returned", reference?: string | null }} Line */

/** @type {Record<Line["status"], [string, import("/ui/components/shown.js").Tone]>} */
const STATUS = { issued: ["Sent", "info"], paid: ["Paid", "good"], returned: ["Came back", "warn"] };

/** @param {string} id */
async function download(id) {
  try {
    const response = await fetch(`/v1/payouts/${encodeURIComponent(id)}`, { headers: { accept: "text/csv" } });
    if (response.status === 401) return signIn();
    if (!response.ok) throw new ApiError(response.status, {});
    downloadBlob(`payout-${id}.csv`, await response.blob());
  } catch (error) {
    toast(error instanceof ApiError ? error.message : "The server could not be reached. Try again.", { tone: "bad" });
  }
}

/** @param {{ id: string, program: import("/ui/page.js").Program, writes: boolean, onClose: () => void, onChanged: () => void }} props */
export function PayoutDetail({ id, writes, onClose, onChanged }) {
  const { value, setValue, failed, reload } = useOne(`/v1/payouts/${encodeURIComponent(id)}`);
  const payout = /** @type {{ id: string, lines: Line[] } | undefined} */ (value);
  const [selected, setSelected] = useState(/** @type {Set<string | number>} */ (new Set()));
  const [saying, setSaying] = useState(/** @type {{ what: "paid" | "returned", lines: Line[] } | undefined} */ (undefined));
  const lines = payout?.lines ?? [];
  const out = lines.filter(({ status }) => status === "issued");
  const chosen = lines.filter(({ line }) => selected.has(line));
  const toPay = (chosen.length > 0 ? chosen : out).filter(({ status }) => status === "issued");
  // What was paid may come back after all.
  const toReturn = chosen.filter(({ status }) => status !== "returned");
  const total = amounts(sums(lines, ({ unit }) => unit, ({ amount }) => amount));
  return html`<${Dialog} open kind="wide" title=${payout ? `Payout of ${total}` : "Payout"} onClose=${onClose} actions=${payout && html`
      <${Button} icon="download" onClick=${() => download(id)}>CSV for the payer<//>
      ${writes && html`<${Button} disabled=${toReturn.length === 0} onClick=${() => setSaying({ what: "returned", lines: toReturn })}>Came back …<//>
        <${Button} kind="primary" disabled=${toPay.length === 0} onClick=${() => setSaying({ what: "paid", lines: toPay })}>${chosen.length > 0 || toPay.length === 0 ? "Mark as paid …" : "Mark all as paid …"}<//>`}`}>
    ${failed && html`<${Notice} tone="bad" title="This payout could not be read" action=${html`<${Button} onClick=${reload}>Try again<//>`}>${failed}<//>`}
    ${!payout && !failed && html`<${Skeleton} lines=${6} />`}
    ${payout && html`<div class="stack">
      <p class="muted">${number(lines.length)} ${plural(lines.length, "line", "lines")}, ${out.length === 0 ? "all settled" : `${number(out.length)} still out`}. <span class="small">Id <code>${id}</code></span></p>
      <${Table} caption="Lines of the payout" stacked rows=${lines} rowKey=${(/** @type {Line} */ { line }) => line} rowName=${(/** @type {Line} */ { line, name }) => `line ${line}, ${name ?? ""}`}
        selected=${selected} onSelect=${writes ? setSelected : undefined} columns=${[
        { key: "name", label: "Who", heading: true, render: (/** @type {Line} */ { name, email, id: who }) => html`${name ?? who}<span class="under">${email ?? (name ? who : "")}</span>` },
        { key: "amount", label: "Amount", numeric: true, render: (/** @type {Line} */ { amount, unit, form }) => html`${amountOf(amount, unit)}<span class="under">${formName(form)}</span>` },
        { key: "status", label: "State", render: (/** @type {Line} */ { status }) => html`<${Badge} tone=${STATUS[status]?.[1]}>${STATUS[status]?.[0] ?? status}<//>` },
        { key: "reference", label: "Reference", render: (/** @type {Line} */ { reference }) => reference ?? html`<span class="muted">—</span>` },
      ]} />
    </div>`}
    ${saying && html`<${Say} id=${id} what=${saying.what} lines=${saying.lines} onClose=${() => setSaying(undefined)} onDone=${(/** @type {any} */ now) => {
      toast(saying.what === "paid" ? `${number(saying.lines.length)} ${plural(saying.lines.length, "line is", "lines are")} marked as paid.` : `${number(saying.lines.length)} ${plural(saying.lines.length, "line", "lines")} came back, and can be paid again.`);
      setSaying(undefined);
      setSelected(new Set());
      setValue(now);
      onChanged();
    }} />`}
  <//>`;
}

/** @param {{ id: string, what: "paid" | "returned", lines: Line[], onClose: () => void, onDone: (payout: any) => void }} props */
function Say({ id, what, lines, onClose, onDone }) {
  const paid = what === "paid";
  const form = useForm({ reference: "" }, async ({ reference }) => {
    const text = reference.trim();
    if (!text) return form.setErrors({ reference: paid ? "Enter the payer’s reference." : "Say why it came back." });
    onDone(await api.post(`/v1/payouts/${encodeURIComponent(id)}/paid`, paid
      ? { reference: text, lines: lines.map(({ line }) => line) }
      : { reference: text, lines: [], returned: lines.map(({ line }) => ({ line, reason: text })) }));
  });
  const count = `${number(lines.length)} ${plural(lines.length, "line", "lines")}`;
  return html`<${Dialog} open title=${paid ? `Mark ${count} as paid` : `${count} came back`} onClose=${onClose} onSubmit=${form.submit} actions=${html`
    <${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${form.busy}>${paid ? "Mark as paid" : "Enter it"}<//>`}>
    <div class="stack">
      <p><strong>${amounts(sums(lines, ({ unit }) => unit, ({ amount }) => amount))}.</strong> ${paid ? "The rewards in these lines are paid from now on." : "The amounts can be paid again: the next payout takes them along."}</p>
      <${Field} label=${paid ? "The payer’s reference" : "Why it came back"} hint=${paid ? "As on the statement: “SEPA-2026-11-25”." : "For example: “Account closed.”"} error=${form.errors.reference}><${Input} ...${form.bind("reference")} maxlength="200" /><//>
      ${form.failure && html`<${Notice} tone="bad">${form.failure}<//>`}
    </div>
  <//>`;
}
