// How far a file on its way is.

import { html } from "/vendor/ui.js";
import { Meter } from "/ui/components.js";
import { number } from "/ui/format.js";

/** @param {number} bytes */
export const size = (bytes) => (bytes < 1_000_000 ? `${number(Math.max(1, Math.round(bytes / 1_000)))} KB` : `${number(bytes / 1_000_000, { maximumFractionDigits: 1 })} MB`);

/** @param {{ sent: import("./send.js").Sent, then: string }} props `then` is said once all of it is there */
export function Sending({ sent: { sent, all, waiting }, then }) {
  const there = sent >= all && !waiting;
  return html`<div class="progress">
    <p role="status">${waiting ? "The connection broke off. It goes on by itself in a moment …" : there ? then : "Sending the file …"}</p>
    <${Meter} label="Sent" value=${sent} max=${all} text=${`${size(sent)} of ${size(all)}`} />
    <p class="muted small">${size(sent)} of ${size(all)}</p>
  </div>`;
}
