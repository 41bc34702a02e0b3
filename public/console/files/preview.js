// The first rows of a file, as they stand in it.

import { html } from "/vendor/ui.js";
import { Table } from "/ui/components.js";

/** Rows that are shown. */
const SHOWN = 5;

/** @param {{ look: import("./look.js").Look, mark?: (column: string) => any }} props `mark` says what a column is read as */
export const Preview = ({ look: { header, rows }, mark }) => html`<${Table} class="preview" caption="The first rows of the file" rows=${rows.slice(0, SHOWN)}
  columns=${header.map((name, n) => {
    const read = mark?.(name);
    return {
      key: String(n), label: html`${name || `Column ${n + 1}`}${mark && html`<span class=${read ? "read-as" : "read-as not"}>${read || "not read"}</span>`}`,
      render: (/** @type {string[]} */ cells) => html`<span class="cell" title=${cells[n]}>${cells[n]}</span>`,
    };
  })} />`;
