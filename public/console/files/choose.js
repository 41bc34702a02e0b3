// Choosing a file: dropped on the page, or found on the disk.

import { html, useState } from "/vendor/ui.js";
import { Notice } from "/ui/components.js";

/** What spreadsheets and other programs call what the API reads. */
export const TABLES = ".csv,.tsv,.txt,.ndjson,.jsonl,text/csv,application/x-ndjson";

/**
 * @param {{ label: string, hint: string, accept?: string, fault?: string, onFile: (file: File | undefined) => void }} props
 */
export function ChooseFile({ label, hint, accept = TABLES, fault, onFile }) {
  const [over, setOver] = useState(false);
  return html`
    <label class=${over ? "drop-file over" : "drop-file"}
      onDragOver=${(/** @type {DragEvent} */ event) => { event.preventDefault(); setOver(true); }} onDragLeave=${() => setOver(false)}
      onDrop=${(/** @type {DragEvent} */ event) => { event.preventDefault(); setOver(false); onFile(event.dataTransfer?.files[0]); }}>
      <input class="unseen" type="file" accept=${accept} onChange=${(/** @type {any} */ event) => { onFile(event.currentTarget.files[0]); event.currentTarget.value = ""; }} />
      <strong>${label}</strong>
      <span class="muted small">${hint}</span>
    </label>
    ${fault && html`<${Notice} tone="bad">${fault}<//>`}`;
}

/** What is said of a file that is no text. @param {File} file */
export const isWorkbook = (file) => /\.(xlsx?|xlsm|ods|numbers)$/i.test(file.name);

export const WORKBOOK = "This is a spreadsheet’s own file. Save it as CSV first.";
