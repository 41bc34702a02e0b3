// One reward rule as a form: who, when, how much, and its small print.

import { html, useState } from "/vendor/ui.js";
import { amountOf, typed } from "/ui/money.js";
import { LISTS, kindOf, onlyWords, payWords, unitOf } from "/ui/pay.js";
import { put } from "./check.js";
import { CheckField, SelectField, TextField, fieldId } from "./controls.js";
import { NumberField, PayForm, wholeNumber } from "./pay-form.js";
import { WHEN, WHO, smallPrint } from "./rules.js";

/** @import { Rule } from "./types.js" */

/**
 * A list of words, typed with commas between them.
 * @param {{ path: string, label: string, hint: string, error?: string, value: unknown, onChange: (list: string[] | undefined) => void }} props
 */
function WordsField({ path, label, hint, error, value, onChange }) {
  const list = Array.isArray(value) ? value.map(String) : [];
  const read = (/** @type {string} */ text) => text.split(",").map((word) => word.trim()).filter(Boolean);
  const [text, setText] = useState(list.join(", "));
  const shown = read(text).join("\n") === list.join("\n") ? text : list.join(", ");
  return html`<${TextField} path=${path} label=${label} hint=${hint} error=${error} value=${shown} autocomplete="off"
    onInput=${(/** @type {string} */ to) => { setText(to); const words = read(to); onChange(words.length > 0 ? words : undefined); }} />`;
}

/**
 * For which referrals.
 * @param {{ path: string, errors: Record<string, string>, only: any, bought: boolean, onChange: (only: any) => void }} props
 */
function OnlyForm({ path, errors, only, bought, onChange }) {
  const set = (/** @type {string} */ key, /** @type {string[] | undefined} */ list) => onChange(put(only ?? {}, [key], list));
  return html`<div class="only" id=${fieldId(path)} tabindex="-1">
    ${errors[path] && html`<p class="error">${errors[path]}</p>`}
    ${LISTS.map(([key, label, names]) => {
      const error = errors[`${path}.${key}`];
      const list = Array.isArray(only?.[key]) ? only[key] : [];
      if (!names) {
        if (key === "products" && !bought && list.length === 0) return null;
        return html`<${WordsField} key=${key} path=${`${path}.${key}`} label=${label} value=${only?.[key]} error=${error}
          hint=${key === "products" ? "As your sales name them, with commas between: pos, payroll. Empty: all." : "As your advocates have them, with commas between. Empty: all."}
          onChange=${(/** @type {string[] | undefined} */ to) => set(key, to)} />`;
      }
      return html`<fieldset key=${key} class="field checks" id=${fieldId(`${path}.${key}`)} tabindex="-1">
        <legend>${label}</legend>
        <div>${Object.entries(names).map(([name, text]) => html`<label key=${name} class="check"><input type="checkbox" checked=${list.includes(name)}
          onChange=${() => {
            const to = Object.keys(names).filter((one) => (one === name ? !list.includes(one) : list.includes(one)));
            set(key, to.length > 0 ? to : undefined);
          }} /> <span>${text}</span></label>`)}</div>
        <p class="hint">None ticked: all.</p>
        ${error && html`<p class="error">${error}</p>`}
      </fieldset>`;
    })}
  </div>`;
}

/**
 * Other amounts for some.
 * @param {{ path: string, errors: Record<string, string>, rule: Rule, onChange: (instead: any[] | undefined) => void }} props
 */
function Instead({ path, errors, rule, onChange }) {
  const entries = Array.isArray(rule.instead) ? rule.instead : [];
  const sale = rule.when === "sale";
  const set = (/** @type {any[]} */ to) => onChange(to.length > 0 ? to : undefined);
  return html`<div class="instead" id=${fieldId(path)} tabindex="-1">
    <p class="hint">By product, segment, kind or channel. The first that fits counts; where none does, the amount above.</p>
    ${errors[path] && html`<p class="error">${errors[path]}</p>`}
    <ol>
      ${entries.map((entry, at) => html`<li key=${at}>
        <p class="instead-words">For ${onlyWords(entry?.only) || "…"}: ${payWords(entry?.pay)}</p>
        <${OnlyForm} path=${`${path}[${at}].only`} errors=${errors} only=${entry?.only} bought=${sale || rule.when === "won"}
          onChange=${(/** @type {any} */ only) => set(entries.with(at, { ...entry, only }))} />
        <${PayForm} path=${`${path}[${at}].pay`} legend="How much instead" errors=${errors} pay=${entry?.pay} sale=${sale} capped=${Boolean(rule.cap)}
          onChange=${(/** @type {any} */ pay) => set(entries.with(at, { ...entry, pay }))} />
        <div class="actions">
          <button type="button" class="button quiet" disabled=${at === 0} onClick=${() => set(entries.toSpliced(at, 1).toSpliced(at - 1, 0, entry))}>Move up</button>
          <button type="button" class="button quiet" onClick=${() => set(entries.toSpliced(at, 1))}>Remove</button>
        </div>
      </li>`)}
    </ol>
    <button type="button" class="button quiet" onClick=${() => set([...entries, {
      only: sale || rule.when === "won" ? { products: ["product"] } : { kinds: ["partner"] }, pay: structuredClone(rule.pay),
    }])}>Add another amount</button>
  </div>`;
}

/**
 * @param {{ rule: Rule, path: string, errors: Record<string, string>, open: boolean, first: boolean, last: boolean, words: string, onChange: (rule: Rule) => void, onMove: (by: number, button: HTMLElement) => void, onCopy: () => void, onRemove: () => void }} props
 */
export function RuleForm({ rule, path, errors, open, first, last, words, onChange, onMove, onCopy, onRemove }) {
  const set = (/** @type {string} */ key) => (/** @type {unknown} */ to) => onChange(put(rule, [key], to));
  const mistaken = Object.keys(errors).some((field) => field === path || field.startsWith(`${path}.`));
  const unit = unitOf(rule.pay);
  const print = smallPrint(rule);
  const name = typeof rule.id === "string" ? rule.id : path;
  const own = errors[path];
  return html`<li>
    <details class=${`rule${mistaken ? " rule-mistaken" : ""}`} open=${open}>
      <summary id=${fieldId(path)}>
        <span class="rule-words"><strong>${words}</strong>${print && html`<small>${print}</small>`}</span>
        <span class="rule-id">${name}</span>
        ${mistaken && html`<span class="badge bad">mistake</span>`}
      </summary>
      <div class="rule-body">
        ${own && html`<p class="error">${own}</p>`}
        <div class="pair">
          <${SelectField} path=${`${path}.who`} label="Who" error=${errors[`${path}.who`]} value=${String(rule.who ?? "")} options=${Object.entries(WHO)} onChange=${set("who")} />
          <${SelectField} path=${`${path}.when`} label="When" error=${errors[`${path}.when`]} value=${String(rule.when ?? "")}
            options=${Object.entries(WHEN)} onChange=${set("when")} />
        </div>
        <${PayForm} path=${`${path}.pay`} legend="How much" errors=${errors} pay=${rule.pay} sale=${rule.when === "sale"} capped=${Boolean(rule.cap)} onChange=${set("pay")} />
        <details class="more"><summary>Only for some referrals${rule.only ? `: ${onlyWords(rule.only)}` : ""}</summary>
          <${OnlyForm} path=${`${path}.only`} errors=${errors} only=${rule.only} bought=${rule.when === "sale" || rule.when === "won"}
            onChange=${(/** @type {any} */ only) => set("only")(Object.keys(only).length > 0 ? only : undefined)} />
        </details>
        <details class="more"><summary>Other amounts for some${Array.isArray(rule.instead) ? `: ${rule.instead.length}` : ""}</summary>
          <${Instead} path=${`${path}.instead`} errors=${errors} rule=${rule} onChange=${set("instead")} />
        </details>
        <details class="more"><summary>Cap, holding, approval${print ? `: ${print}` : ""}</summary>
          <div class="small-print">
            <${CheckField} path=${`${path}.cap`} label="Pay no more than" checked=${Boolean(rule.cap)} error=${errors[`${path}.cap`]}
              hint=${kindOf(rule.pay) === "ladder" ? "A ladder has no cap: its steps say how much there is." : undefined}
              onChange=${(/** @type {boolean} */ on) => set("cap")(on ? { amount: 100_000, per: "advocate" } : undefined)} />
            ${rule.cap && html`<div class="amount">
              <${NumberField} path=${`${path}.cap.amount`} label=${unit === "months" ? "Months" : `Amount, ${unit}`} error=${errors[`${path}.cap.amount`]} value=${rule.cap.amount}
                read=${(/** @type {string} */ text) => amountOf(text, unit)} show=${(/** @type {unknown} */ amount) => typed(amount, unit)}
                onChange=${(/** @type {unknown} */ amount) => set("cap")({ ...rule.cap, amount })} />
              <${SelectField} path=${`${path}.cap.per`} label="For" error=${errors[`${path}.cap.per`]} value=${String(rule.cap.per ?? "")}
                options=${[["referral", "Each referral"], ["advocate", "All of an advocate's together"]]} onChange=${(/** @type {string} */ per) => set("cap")({ ...rule.cap, per })} />
            </div>`}
            <${NumberField} path=${`${path}.hold_days`} label="Hold for days" error=${errors[`${path}.hold_days`]} value=${rule.hold_days ?? 0}
              hint="From when it was earned to when it can be approved: time for refunds." read=${wholeNumber} show=${(/** @type {unknown} */ days) => String(days ?? 0)}
              onChange=${(/** @type {unknown} */ days) => set("hold_days")(days === 0 ? undefined : days)} />
            <${SelectField} path=${`${path}.approval`} label="Approved" error=${errors[`${path}.approval`]} value=${String(rule.approval ?? "automatic")}
              options=${[["automatic", "By itself, once it is due"], ["manual", "By a person"]]} onChange=${(/** @type {string} */ to) => set("approval")(to === "automatic" ? undefined : to)} />
            <${TextField} path=${`${path}.id`} label="Id" class="input input-medium" spellcheck=${false} value=${String(rule.id ?? "")} error=${errors[`${path}.id`]}
              hint="Under the same id a rule goes on from version to version: its ladder and its cap keep counting." onInput=${set("id")} />
          </div>
        </details>
        <div class="actions rule-actions">
          <button type="button" class="button quiet" disabled=${first} onClick=${(/** @type {Event} */ event) => onMove(-1, /** @type {HTMLElement} */ (event.currentTarget))}>Move up</button>
          <button type="button" class="button quiet" disabled=${last} onClick=${(/** @type {Event} */ event) => onMove(1, /** @type {HTMLElement} */ (event.currentTarget))}>Move down</button>
          <button type="button" class="button quiet" onClick=${onCopy}>Duplicate</button>
          <button type="button" class="button quiet danger" onClick=${onRemove}>Remove</button>
        </div>
      </div>
    </details>
  </li>`;
}
