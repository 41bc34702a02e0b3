// What rules would have paid: the draft's beside those in force.

import { html, useEffect, useState } from "/vendor/ui.js";
import { ApiError, api } from "/ui/api.js";
import { spoken } from "/ui/money.js";
import { WHO } from "./rules.js";

/** @import { Editor } from "./editor.js" */
/** @import { DryRun, Paid } from "./types.js" */

/** Milliseconds without a change before it is tried. */
const PAUSE = 500;
const SPANS = [30, 90, 365, 1_100];

/**
 * @typedef {object} Dry
 * @property {DryRun | undefined} now what the rules in force would have paid
 * @property {DryRun | undefined} draft
 * @property {boolean} busy
 * @property {string} failed
 */

/**
 * What the server's reader says of types, in words of the form.
 * @param {Record<string, string>} fields
 */
export const plainly = (fields) => Object.fromEntries(Object.entries(fields).map(([path, detail]) => [path,
  /expected [iu]\d+/i.test(detail) ? "Has to be a whole number." : detail.replace(/^Unknown variant `[^`]*`, expected/i, "Has to be")]));

/**
 * Tries the draft whenever it changes; also answers what the server finds wrong.
 * @param {Editor} editor
 * @param {number} days
 * @param {boolean} allowed
 * @returns {{ dry: Dry | undefined, errors: Record<string, string> }}
 */
export function useDryRun(editor, days, allowed) {
  const [dry, setDry] = useState(/** @type {Dry} */ ({ now: undefined, draft: undefined, busy: true, failed: "" }));
  const [errors, setErrors] = useState(/** @type {Record<string, string>} */ ({}));
  const text = editor.rulesText.value;
  const inForce = editor.rulesInForce.value;

  useEffect(() => {
    if (!allowed) return;
    let late = false;
    setDry((before) => ({ ...before, now: undefined, busy: true }));
    api.post(`${editor.path}/rules/dry-run?days=${days}`, { rules: inForce?.rules ?? [] })
      .then((now) => { if (!late) setDry((before) => ({ ...before, now })); })
      .catch(() => { if (!late) setDry((before) => ({ ...before, failed: "What the rules would have paid could not be had." })); });
    return () => { late = true; };
  }, [inForce, days, allowed]);

  useEffect(() => {
    const parsed = editor.rules.peek();
    if (!allowed || !("rules" in parsed)) return;
    let late = false;
    setErrors({});
    setDry((before) => ({ ...before, busy: true }));
    const timer = setTimeout(async () => {
      try {
        const draft = await api.post(`${editor.path}/rules/dry-run?days=${days}`, { rules: parsed.rules });
        if (!late) setDry((before) => ({ ...before, draft, busy: false, failed: "" }));
      } catch (error) {
        if (late) return;
        const fields = error instanceof ApiError ? plainly(error.fields) : {};
        setErrors(fields);
        const failed = Object.keys(fields).length > 0 ? "" : "What the rules would have paid could not be had.";
        setDry((before) => ({ ...before, draft: undefined, busy: false, failed }));
      }
    }, PAUSE);
    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [text, days, allowed]);

  return { dry: allowed ? dry : undefined, errors };
}

/**
 * @typedef {{ rule: string, who: string, unit: string, now: Paid | undefined, draft: Paid | undefined }} Line
 */

/** @param {Dry} dry @returns {Line[]} */
function lines({ now, draft }) {
  /** @type {Map<string, Line>} */
  const found = new Map();
  for (const [which, run] of /** @type {const} */ ([["now", now], ["draft", draft]])) {
    for (const paid of run?.rewards ?? []) {
      const key = `${paid.rule} ${paid.who} ${paid.unit}`;
      const line = found.get(key) ?? { rule: paid.rule, who: paid.who, unit: paid.unit, now: undefined, draft: undefined };
      found.set(key, { ...line, [which]: paid });
    }
  }
  return [...found.values()];
}

/** @param {Line[]} all @returns {{ unit: string, now: number, draft: number }[]} */
function totals(all) {
  const units = [...new Set(all.map(({ unit }) => unit))];
  return units.map((unit) => {
    const of = all.filter((line) => line.unit === unit);
    return { unit, now: of.reduce((sum, line) => sum + (line.now?.amount ?? 0), 0), draft: of.reduce((sum, line) => sum + (line.draft?.amount ?? 0), 0) };
  });
}

/** @param {number} amount @param {string} unit */
const signed = (amount, unit) => (amount === 0 ? "no change" : `${amount > 0 ? "+" : "−"}${spoken(Math.abs(amount), unit)}`);

/** @param {{ paid: Paid | undefined }} props */
const Cell = ({ paid }) => html`<td class="numeric">${paid ? html`${spoken(paid.amount, paid.unit)}<small>${paid.count} ${paid.count === 1 ? "reward" : "rewards"}</small>` : "–"}</td>`;

/** @param {number} accounts */
function lookedAt(accounts) {
  if (accounts === 0) return "No advocate has a lead yet.";
  return accounts === 1 ? "One advocate with a lead was looked at." : `${new Intl.NumberFormat().format(accounts)} advocates with a lead were looked at.`;
}

/**
 * @param {{ dry: Dry | undefined, days?: number, onDays?: (days: number) => void, allowed?: boolean, dirty?: boolean, mistaken?: boolean }} props
 */
export function DryRunTable({ dry, days, onDays, allowed = true, dirty = true, mistaken = false }) {
  if (!allowed) return html`<section class="dry-run" aria-label="Dry run"><h3>Dry run</h3><p class="hint">Your role does not see rewards, so what rules would have paid is not shown.</p></section>`;
  const all = dry ? lines(dry) : [];
  const sums = totals(all);
  const compared = dirty && dry?.draft;
  return html`<section class="dry-run" aria-label="Dry run" aria-busy=${dry?.busy ? "true" : undefined}>
    <header>
      <h3>Dry run</h3>
      ${onDays && html`<label class="dry-run-days">Last
        <select class="select" value=${String(days)} onChange=${(/** @type {Event} */ event) => onDays(Number(/** @type {HTMLSelectElement} */ (event.currentTarget).value))}>
          ${SPANS.map((span) => html`<option key=${span} value=${String(span)}>${span === 1_100 ? "3 years" : `${span} days`}</option>`)}
        </select></label>`}
    </header>
    <p class="hint">What these rules would have paid for what was earned in ${dry?.draft ? `the last ${new Intl.NumberFormat(undefined, { style: "unit", unit: "day", unitDisplay: "long" }).format(dry.draft.days)}` : "that time"}, had they always held${dirty ? ", beside those in force" : ""}.</p>
    ${mistaken ? html`<p class="hint">The draft is tried once it has no mistakes.</p>` : dry?.failed && html`<p class="error">${dry.failed}</p>`}
    ${!mistaken && !dry?.failed && sums.length > 0 && html`<ul class="dry-run-totals" aria-label="Totals">
      ${sums.map(({ unit, now, draft }) => html`<li key=${unit}>
        <strong>${spoken(compared ? draft : now, unit)}</strong>
        ${compared && html`<span class=${draft > now ? "more-paid" : draft < now ? "less-paid" : "as-before"}>${signed(draft - now, unit)}</span>`}
      </li>`)}
    </ul>`}
    ${all.length > 0
      ? html`<div class="table-scroll" role="region" aria-label="Dry run by rule" tabindex="0"><table class="table">
        <thead><tr><th scope="col">Rule</th><th scope="col" class="numeric">${dirty ? "In force" : "Paid"}</th>${dirty && html`<th scope="col" class="numeric">Draft</th>`}</tr></thead>
        <tbody>${all.map((line) => html`<tr key=${`${line.rule} ${line.who} ${line.unit}`}>
          <th scope="row">${line.rule}<small>${WHO[/** @type {keyof typeof WHO} */ (line.who)] ?? line.who}</small></th>
          <${Cell} paid=${line.now} />${dirty && (mistaken ? html`<td class="numeric">–</td>` : html`<${Cell} paid=${line.draft} />`)}
        </tr>`)}</tbody>
      </table></div>`
      : !dry?.busy && !dry?.failed && !mistaken && html`<p class="dry-run-none">Nothing was earned in this time that the rules would have rewarded.</p>`}
    ${dry?.draft && html`<p class="hint">${lookedAt(dry.draft.accounts)}</p>`}
  </section>`;
}
