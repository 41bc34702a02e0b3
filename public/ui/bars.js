// Bars that are plain elements: rankings, steps and rates with their intervals.
// Nothing here needs a canvas, so pages without charts over time stay light.
import { html, useState } from "/vendor/ui.js";
import { downloadBlob, downloadCsv } from "/ui/download.js";
import { Button } from "/ui/components.js";
import { tablePicture } from "./chart/table-png.js";

/** @param {number} share */
const percent = (share) => `${Math.max(0, Math.min(100, share * 100)).toFixed(2)}%`;

/**
 * A rate as a bar, its interval as a whisker over it, and published figures as
 * marks. All is said in words beside it, so it is hidden from readers.
 * @param {{ rate: number, low?: number, high?: number, most: number, marks?: number[], token?: string }} props
 */
export function RateBar({ rate, low, high, most, marks = [], token = "--accent" }) {
  const of = (/** @type {number} */ value) => percent(value / (most || 1));
  return html`<span class="rate-bar" aria-hidden="true">
    <span class="rate-fill" style=${{ width: of(rate), "--swatch": `var(${token})` }}></span>
    ${low !== undefined && high !== undefined && html`<span class="rate-whisker" style=${{ left: of(low), width: percent((high - low) / (most || 1)) }}></span>`}
    ${marks.map((mark) => html`<span class="rate-mark" style=${{ left: of(mark) }}></span>`)}
  </span>`;
}

/**
 * @typedef {object} Column
 * @property {string} key
 * @property {string} label
 * @property {(value: any, row: any) => string} [format]
 *
 * @param {{
 *   label: string,
 *   about: string,
 *   of: string,
 *   columns: Column[],
 *   rows: ({ key: string, label: string, href?: string, token?: string } & Record<string, any>)[],
 *   file: string,
 *   few?: number,
 *   empty: any,
 * }} props the first column is what the bars are of; `of` names the rows
 */
export function Ranking({ label, about, of, columns, rows, file, few = 8, empty }) {
  const [all, setAll] = useState(false);
  if (rows.length === 0) return html`<div class="ranking-empty">${empty}</div>`;
  const [first] = columns;
  const most = Math.max(1, ...rows.map((row) => row[first.key] ?? 0));
  const shown = all ? rows : rows.slice(0, few);
  const text = (/** @type {any} */ row, /** @type {Column} */ { key, format }) => format ? format(row[key], row) : String(row[key] ?? "");
  return html`<div class="ranking">
    <div class="table-scroll" tabindex="0" role="region" aria-label=${label}>
      <table class="ranking-table">
        <caption class="unseen">${label}, ${about}</caption>
        <thead><tr><th scope="col">${of}</th>${columns.map((column) => html`<th key=${column.key} scope="col" class="numeric">${column.label}</th>`)}</tr></thead>
        <tbody>${shown.map((row) => html`<tr key=${row.key}>
          <th scope="row"><span class="ranking-bar" style=${{ width: percent((row[first.key] ?? 0) / most), "--swatch": `var(${row.token ?? "--accent"})` }}></span>
            <span class="ranking-label">${row.href ? html`<a href=${row.href}>${row.label}</a>` : row.label}</span></th>
          ${columns.map((column) => html`<td key=${column.key} class="numeric">${text(row, column)}</td>`)}
        </tr>`)}</tbody>
      </table>
    </div>
    <div class="ranking-tools">
      ${rows.length > few && html`<${Button} kind="quiet" aria-expanded=${all} onClick=${() => setAll(!all)}>${all ? "Fewer" : `All ${rows.length}`}<//>`}
      <${Files} label=${label} about=${about} file=${file} header=${[of, ...columns.map((column) => column.label)]}
        raw=${rows.map((row) => [row.label, ...columns.map(({ key }) => row[key] ?? "")])}
        rows=${shown.map((row) => [row.label, ...columns.map((column) => text(row, column))])} />
    </div>
  </div>`;
}

/**
 * A table's files: its numbers as CSV, what is seen of it as a picture.
 * @param {{ label: string, about: string, file: string, header: string[], raw: any[][], rows: string[][], note?: string }} props
 */
export function Files({ label, about, file, header, raw, rows, note }) {
  const savePng = async () => {
    const blob = await tablePicture({ title: label, about, header, rows, note });
    if (blob) downloadBlob(`${file}.png`, blob);
  };
  return html`<${Button} kind="quiet" aria-label=${`${label} as CSV`} onClick=${() => downloadCsv(`${file}.csv`, header, raw)}>CSV<//>
    <${Button} kind="quiet" aria-label=${`${label} as PNG`} onClick=${savePng}>PNG<//>`;
}
