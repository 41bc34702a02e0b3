// How much a rule pays: always the same, a share of a sale, or a ladder.

import { html, useEffect, useState } from "/vendor/ui.js";
import { COMMON, CURRENCIES, amountOf, typed } from "/ui/money.js";
import { AFTER, kindOf } from "/ui/pay.js";
import { Choices, SelectField, TextField } from "./controls.js";
import { FORMS, agreed, payOf } from "./rules.js";
import { put } from "./check.js";

const MONEY = /** @type {[string, string][]} */ (Object.entries(FORMS).filter(([form]) => form !== "free_service"));
const OTHERS = CURRENCIES.filter((code) => !COMMON.includes(code));
/** @param {readonly string[]} codes @returns {[string, string][]} */
const asOptions = (codes) => codes.map((code) => [code, code]);
/** @type {[string, import("./controls.js").Options][]} */
const GROUPS = [["Currencies", asOptions(COMMON)], ["All others", asOptions(OTHERS)]];

/**
 * A number that is kept as it is typed; what is no number goes on as the text it
 * is, so that the JSON shows it and the server names it.
 * @param {{ path: string, label: string, error?: string, hint?: string, value: unknown, read: (text: string) => number | undefined, show: (value: unknown) => string, onChange: (value: unknown) => void, class?: string }} props
 */
export function NumberField({ path, label, error, hint, value, read, show, onChange, class: kind = "input input-short" }) {
  const [text, setText] = useState(show(value));
  // Changed from elsewhere: by the JSON, or another unit.
  useEffect(() => { if (read(text) !== value && text !== value) setText(show(value)); }, [value, show(value)]);
  return html`<${TextField} path=${path} label=${label} inputmode="decimal" autocomplete="off" class=${kind} error=${error} hint=${hint} value=${text}
    onInput=${(/** @type {string} */ to) => { setText(to); onChange(read(to) ?? to); }} />`;
}

/** @param {string} text */
export const wholeNumber = (text) => (/^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined);

/** @param {unknown} value */
const plain = (value) => (value === undefined || value === null ? "" : String(value));

/** @param {string} text */
function basisPoints(text) {
  const found = /^(\d{1,3})(?:[.,](\d{1,2}))?\s*%?$/.exec(text.trim());
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : undefined;
}

/** @param {unknown} points */
const percentText = (points) => (typeof points === "number" ? String(points / 100) : plain(points));

/**
 * An amount with its unit and its form.
 * @param {{ path: string, errors: Record<string, string>, value: any, onChange: (value: any) => void }} props
 */
export function Amount({ path, errors, value, onChange }) {
  const unit = String(value?.unit ?? "");
  return html`<div class="amount">
    <${NumberField} path=${`${path}.amount`} label=${unit === "months" ? "Months" : "Amount"} error=${errors[`${path}.amount`]} value=${value?.amount}
      read=${(/** @type {string} */ text) => amountOf(text, unit)} show=${(/** @type {unknown} */ amount) => typed(amount, unit)}
      onChange=${(/** @type {unknown} */ amount) => onChange({ ...value, amount })} />
    <${SelectField} path=${`${path}.unit`} label="Unit" error=${errors[`${path}.unit`]} value=${unit} options=${[["months", "Months of service"]]} groups=${GROUPS}
      onChange=${(/** @type {string} */ to) => onChange({ ...value, ...exchanged(value?.amount, unit, to), unit: to, form: agreed(to, value?.form) })} />
    <${SelectField} path=${`${path}.form`} label="As" error=${errors[`${path}.form`]} value=${String(value?.form ?? "")}
      options=${unit === "months" ? [["free_service", FORMS.free_service]] : MONEY} onChange=${(/** @type {string} */ form) => onChange({ ...value, form })} />
  </div>`;
}

/**
 * The amount that reads the same in another unit: 100.00 USD becomes 100 JPY.
 * @param {unknown} amount
 * @param {string} from
 * @param {string} to
 */
function exchanged(amount, from, to) {
  const read = amountOf(typed(amount, from), to);
  return read === undefined ? {} : { amount: read };
}

/** @param {{ path: string, errors: Record<string, string>, ladder: any, onChange: (ladder: any) => void }} props */
function Ladder({ path, errors, ladder, onChange }) {
  const rungs = Array.isArray(ladder.rungs) ? ladder.rungs : [];
  const set = (/** @type {any[]} */ to) => onChange({ ...ladder, rungs: to });
  return html`<div class="ladder">
    ${errors[`${path}.rungs`] && html`<p class="error">${errors[`${path}.rungs`]}</p>`}
    <ol>
      ${rungs.map((/** @type {any} */ rung, /** @type {number} */ at) => html`<li key=${at}>
        <${NumberField} path=${`${path}.rungs[${at}].times`} label=${at === 0 ? "For the first" : "For the next"} class="input input-tiny" error=${errors[`${path}.rungs[${at}].times`]}
          value=${rung?.times} read=${wholeNumber} show=${plain} onChange=${(/** @type {unknown} */ times) => set(rungs.with(at, { ...rung, times }))} />
        <${Amount} path=${`${path}.rungs[${at}]`} errors=${errors} value=${rung} onChange=${(/** @type {any} */ to) => set(rungs.with(at, to))} />
        ${rungs.length > 1 && html`<button type="button" class="button quiet" onClick=${() => set(rungs.toSpliced(at, 1))}>Remove<span class="unseen"> step ${at + 1}</span></button>`}
      </li>`)}
    </ol>
    <button type="button" class="button quiet" onClick=${() => set([...rungs, { amount: 10_000, unit: "USD", form: "credit", ...rungs.at(-1), times: 1 }])}>Add a step</button>
    <${SelectField} path=${`${path}.after`} label="And after the last step" error=${errors[`${path}.after`]} value=${String(ladder.after ?? "")}
      options=${Object.entries(AFTER)} onChange=${(/** @type {string} */ after) => onChange({ ...ladder, after })} />
  </div>`;
}

/**
 * @param {{ path: string, legend: string, errors: Record<string, string>, pay: any, sale: boolean, capped: boolean, onChange: (pay: any) => void }} props
 */
export function PayForm({ path, legend, errors, pay, sale, capped, onChange }) {
  const kind = kindOf(pay);
  const own = kind && errors[`${path}.${kind}`];
  return html`<div class="pay">
    <${Choices} path=${path} legend=${legend} value=${kind ?? ""} error=${errors[path] ?? own}
      options=${[["fixed", "A fixed amount"], ["percent", "A share of the sale"], ["ladder", "A ladder"]]}
      disabled=${[...(sale || kind === "percent" ? [] : ["percent"]), ...(capped && kind !== "ladder" ? ["ladder"] : [])]}
      hint=${[!sale && "A share can only be paid for each sale.", capped && "A ladder has no cap."].filter(Boolean).join(" ") || undefined}
      onChange=${(/** @type {import("/ui/pay.js").PayKind} */ to) => onChange(payOf(pay, to))} />
    ${kind === "fixed" && html`<${Amount} path=${`${path}.fixed`} errors=${errors} value=${pay.fixed} onChange=${(/** @type {any} */ fixed) => onChange(put(pay, ["fixed"], fixed))} />`}
    ${kind === "percent" && html`<div class="amount">
      <${NumberField} path=${`${path}.percent.basis_points`} label="Percent" error=${errors[`${path}.percent.basis_points`]} value=${pay.percent.basis_points}
        read=${basisPoints} show=${percentText} onChange=${(/** @type {unknown} */ points) => onChange(put(pay, ["percent", "basis_points"], points))} />
      <${SelectField} path=${`${path}.percent.currency`} label="Of sales in" error=${errors[`${path}.percent.currency`]} value=${String(pay.percent.currency ?? "")}
        options=${[]} groups=${GROUPS} onChange=${(/** @type {string} */ currency) => onChange(put(pay, ["percent", "currency"], currency))} />
      <${SelectField} path=${`${path}.percent.form`} label="As" error=${errors[`${path}.percent.form`]} value=${String(pay.percent.form ?? "")}
        options=${MONEY} onChange=${(/** @type {string} */ form) => onChange(put(pay, ["percent", "form"], form))} />
    </div>`}
    ${kind === "ladder" && html`<${Ladder} path=${`${path}.ladder`} errors=${errors} ladder=${pay.ladder} onChange=${(/** @type {any} */ ladder) => onChange(put(pay, ["ladder"], ladder))} />`}
  </div>`;
}
