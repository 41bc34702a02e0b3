// Tables of what is what on either side.

import { html, useId, useRef } from "/vendor/ui.js";
import { Button, Input, Select } from "/ui/components.js";

/** @typedef {{ key: number, theirs: string, ours: string }} Row */

let made = 0;

/** @param {string} theirs @param {string} ours @returns {Row} */
const row = (theirs, ours) => ({ key: made += 1, theirs, ours });

/** @param {Record<string, string>} [map] theirs: ours */
export const toRows = (map = {}) => Object.entries(map).map(([theirs, ours]) => row(theirs, ours));

/** Of two rows for one field the later one holds. @param {Row[]} rows */
export const fromRows = (rows) => Object.fromEntries(rows.map(({ theirs, ours }) => [theirs.trim(), ours]).filter(([theirs]) => theirs));

/**
 * Fields of theirs, each with what of ours goes in.
 * @param {{ rows: Row[], ours: readonly (readonly [string, string])[], error?: string, onRows: (rows: Row[]) => void }} props
 */
export function Fields({ rows, ours, error, onRows }) {
  const set = (/** @type {Row} */ changed) => onRows(rows.map((one) => (one.key === changed.key ? changed : one)));
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  /** Goes on where one is: in the row that was added, or at the button once one is gone. @param {string} where */
  const follow = (where) => setTimeout(() => /** @type {HTMLElement | undefined} */ ([...(box.current?.querySelectorAll(where) ?? [])].at(-1))?.focus(), 60);
  const free = ours.find(([field]) => !rows.some((one) => one.ours === field))?.[0] ?? ours[0][0];
  return html`<div class="stack" ref=${box}>
    ${rows.length > 0 && html`<div class="mapping" role="group" aria-label="Fields">
      ${rows.map((one, n) => html`<div key=${one.key} class="mapping-row">
        <${Input} class="code" aria-label=${`Their field, ${n + 1}`} placeholder="Their field" value=${one.theirs} autocomplete="off" spellcheck=${false} onValue=${(/** @type {string} */ theirs) => set({ ...one, theirs })} />
        <span aria-hidden="true" class="muted">←</span>
        <${Select} aria-label=${`What goes into it, ${n + 1}`} value=${one.ours} options=${ours} onValue=${(/** @type {string} */ value) => set({ ...one, ours: value })} />
        <${Button} kind="quiet" icon="close" aria-label=${`Take ${one.theirs || "this field"} away`} onClick=${() => {
          onRows(rows.filter(({ key }) => key !== one.key));
          follow(".add-row");
        }} />
      </div>`)}</div>`}
    ${error && html`<p class="error">${error}</p>`}
    <p><${Button} icon="plus" class="add-row" onClick=${() => {
      onRows([...rows, row("", free)]);
      follow(".mapping-row > .input");
    }}>Add a field<//></p>
  </div>`;
}

/**
 * Each of ours, with what it is there.
 * @param {{ ours: readonly (readonly [string, string])[], value: Record<string, string>, label: string, error?: string, onValue: (value: Record<string, string>) => void }} props
 */
export function Pairs({ ours, value, label, error, onValue }) {
  const id = useId();
  return html`<div class="mapping" role="group" aria-label=${label}>
    ${ours.map(([key, name]) => html`<div key=${key} class="mapping-row pair"><label for=${`${id}-${key}`}>${name}</label><span aria-hidden="true" class="muted">↔</span>
      <${Input} id=${`${id}-${key}`} value=${value[key] ?? ""} placeholder=${label} autocomplete="off" spellcheck=${false} onValue=${(/** @type {string} */ theirs) => onValue({ ...value, [key]: theirs })} /></div>`)}
    ${error && html`<p class="error">${error}</p>`}
  </div>`;
}
