// Tables, tabs, and a choice of a few.

import { html, useEffect, useId, useRef, useState } from "/vendor/ui.js";

/**
 * @typedef {object} Column
 * @property {string} key
 * @property {any} label
 * @property {(row: any, index: number) => any} [render] otherwise the row's own `key`
 * @property {boolean} [numeric]
 * @property {boolean} [sortable]
 * @property {boolean} [heading] whether it names the row; the first does, unless another says so
 * @property {boolean} [unlabelled] whether the label is only read
 * @property {string} [class]
 */

/**
 * A table. What is too wide for the page scrolls inside it.
 * @param {{
 *   columns: Column[],
 *   rows: readonly any[],
 *   caption: string,
 *   rowKey?: (row: any, index: number) => string | number,
 *   empty?: any,
 *   showCaption?: boolean,
 *   sort?: { key: string, descending?: boolean },
 *   onSort?: (sort: { key: string, descending: boolean }) => void,
 *   selected?: Set<string | number>,
 *   onSelect?: (selected: Set<string | number>) => void,
 *   selectable?: (row: any) => boolean,
 *   rowName?: (row: any) => string,
 *   rowClass?: (row: any) => string | undefined,
 *   stacked?: boolean,
 *   class?: string,
 * }} props `rowKey` tells rows apart, because `key` is preact's own; `onSelect`
 *   gives every row, or those that are `selectable`, a checkbox, which `rowName`
 *   names; `stacked` makes rows cards
 *   where there is little room, with a column of class `corner` in theirs
 */
export function Table({ columns, rows, caption, rowKey = (_, index) => index, empty, showCaption, sort, onSort, selected, onSelect, selectable = () => true, rowName, rowClass, stacked, class: more }) {
  const scroll = useRef(/** @type {HTMLElement | null} */ (null));
  const [wide, setWide] = useState(false);
  useEffect(() => {
    const element = scroll.current;
    if (!element) return;
    // Only what scrolls has to be reached with the keyboard.
    const watch = new ResizeObserver(() => setWide(element.scrollWidth > element.clientWidth + 1));
    watch.observe(element);
    if (element.firstElementChild) watch.observe(element.firstElementChild);
    return () => watch.disconnect();
  }, [rows.length === 0]);

  if (rows.length === 0 && empty) return empty;
  // Once its rows are no table rows for the sheet, some browsers say no more that
  // they are any.
  const role = (/** @type {string} */ name) => (stacked ? name : undefined);
  const heading = columns.find((column) => column.heading) ?? columns[0];
  const keys = rows.map(rowKey);
  const open = keys.filter((_, index) => selectable(rows[index]));
  const chosen = open.filter((key) => selected?.has(key)).length;
  return html`<div class=${more ? `table-scroll ${more}` : "table-scroll"} ref=${scroll} tabindex=${wide ? 0 : undefined} role=${wide ? "region" : undefined} aria-label=${wide ? caption : undefined}>
    <table class=${stacked ? "table stacked" : "table"} role=${role("table")}>
      <caption class=${showCaption ? undefined : "unseen"}>${caption}</caption>
      <thead role=${role("rowgroup")}><tr role=${role("row")}>
        ${onSelect && html`<th class="select-cell" scope="col"><input type="checkbox" aria-label="Select all" checked=${chosen > 0 && chosen === open.length}
          ref=${(/** @type {HTMLInputElement | null} */ box) => { if (box) box.indeterminate = chosen > 0 && chosen < open.length; }}
          onChange=${() => onSelect(new Set(chosen === open.length ? [] : open))} /></th>`}
        ${columns.map((column) => html`<${Head} key=${column.key} column=${column} sort=${sort} onSort=${onSort} />`)}
      </tr></thead>
      <tbody role=${role("rowgroup")}>${rows.map((row, index) => {
        const key = keys[index];
        return html`<tr key=${key} role=${role("row")} class=${rowClass?.(row)} aria-selected=${selected?.has(key) ? "true" : undefined}>
          ${onSelect && html`<td class="select-cell" role=${role("cell")}>${selectable(row) && html`<input type="checkbox" aria-label=${`Select ${rowName?.(row) ?? `row ${index + 1}`}`} checked=${selected?.has(key) ?? false}
            onChange=${() => {
              const next = new Set(selected);
              if (!next.delete(key)) next.add(key);
              onSelect(next);
            }} />`}</td>`}
          ${columns.map((column) => {
            const name = [column.numeric && "numeric", column.class].filter(Boolean).join(" ") || undefined;
            const value = column.render ? column.render(row, index) : row[column.key];
            return column === heading
              ? html`<th key=${column.key} scope="row" role=${role("rowheader")} class=${name}>${value}</th>`
              : html`<td key=${column.key} role=${role("cell")} class=${name} data-label=${stacked && typeof column.label === "string" ? column.label : undefined}>${value}</td>`;
          })}
        </tr>`;
      })}</tbody>
    </table>
  </div>`;
}

/** @param {{ column: Column, sort?: { key: string, descending?: boolean }, onSort?: (sort: { key: string, descending: boolean }) => void }} props */
function Head({ column, sort, onSort }) {
  const { key, label, numeric, sortable, unlabelled } = column;
  const name = [numeric && "numeric", column.class].filter(Boolean).join(" ") || undefined;
  if (!sortable || !onSort) return html`<th scope="col" class=${name}>${unlabelled ? html`<span class="unseen">${label}</span>` : label}</th>`;
  const by = sort?.key === key;
  // Numbers are of interest from the largest.
  const descending = by ? !sort?.descending : Boolean(numeric);
  return html`<th scope="col" class=${name} aria-sort=${by ? (sort?.descending ? "descending" : "ascending") : "none"}>
    <button type="button" class="sort" onClick=${() => onSort({ key, descending })}>${label}</button>
  </th>`;
}

/** @typedef {{ key: string, label: any, badge?: any }} Tab */

/**
 * Tabs; arrows move among them. With children those are the panel of the chosen one.
 * @param {{ label: string, tabs: readonly Tab[], value: string, onChange: (key: string) => void, children?: any }} props
 */
export function Tabs({ label, tabs, value, onChange, children }) {
  const id = useId();
  const list = useRef(/** @type {HTMLElement | null} */ (null));

  /** @param {KeyboardEvent} event */
  function onKeyDown(event) {
    const at = tabs.findIndex(({ key }) => key === value);
    const next = { ArrowRight: (at + 1) % tabs.length, ArrowLeft: (at - 1 + tabs.length) % tabs.length, Home: 0, End: tabs.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    onChange(tabs[next].key);
    /** @type {HTMLElement | undefined} */ (list.current?.children[next])?.focus();
  }

  return html`<div class="tabs" role="tablist" aria-label=${label} ref=${list} onKeyDown=${onKeyDown}>
      ${tabs.map((tab) => html`<button key=${tab.key} type="button" class="tab" role="tab" id=${`${id}-${tab.key}`} aria-selected=${tab.key === value}
        aria-controls=${children && tab.key === value ? `${id}-panel` : undefined} tabindex=${tab.key === value ? 0 : -1} onClick=${() => onChange(tab.key)}>${tab.label}${tab.badge}</button>`)}
    </div>
    ${children && html`<div role="tabpanel" id=${`${id}-panel`} aria-labelledby=${`${id}-${value}`}>${children}</div>`}`;
}

/**
 * One of a few, all in sight.
 * @param {{ label: string, options: readonly (readonly [value: string, label: any])[], value: string, onChange: (value: string) => void }} props
 */
export const Segments = ({ label, options, value, onChange }) => html`<div class="segments" role="group" aria-label=${label}>
  ${options.map(([key, text]) => html`<button key=${key} type="button" class="segment" aria-pressed=${key === value} onClick=${() => onChange(key)}>${text}</button>`)}
</div>`;
