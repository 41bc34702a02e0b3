// Which column of the file is what of ours.

import { html, useState } from "/vendor/ui.js";
import { Field, Select } from "/ui/components.js";
import { number } from "/ui/format.js";
import { FIELDS, KEYS } from "./presets.js";

/** @param {{ header: readonly string[], columns: Record<string, string>, onColumns: (columns: Record<string, string>) => void }} props */
export function Columns({ header, columns, onColumns }) {
  // It opens where something has to be said, and does not close once it is.
  const [needed] = useState(!KEYS.some((field) => columns[field]));
  const found = FIELDS.filter(([field]) => columns[field]).length;
  const options = [["", "Not in the file"], ...[...new Set(header.filter(Boolean))].map((name) => [name, name])];
  return html`<details class="columns" open=${needed}>
    <summary>Which column is what <span class="muted">(${number(found)} found)</span></summary>
    <div class="columns-grid">${FIELDS.map(([field, label]) => html`<${Field} key=${field} label=${label}>
      <${Select} value=${columns[field] ?? ""} options=${options} onValue=${(/** @type {string} */ name) => onColumns({ ...columns, [field]: name })} /><//>`)}</div>
  </details>`;
}
