// One run beside another: what is new, what is gone, and how much has stayed.

import { html } from "/vendor/ui.js";
import { Badge, Skeleton, Table } from "/ui/components.js";
import { number } from "/ui/format.js";
import { useOne, usePaged } from "/ui/lists.js";
import { More } from "../people/parts.js";
import { kindOf } from "./kinds.js";

/** @import { Finding } from "./kinds.js" */

/** @typedef {Finding & { change: "new" | "gone" }} Change */

/** @param {{ run: string, other: string }} props */
export function Compare({ run, other }) {
  const path = `/v1/reconciliations/${encodeURIComponent(run)}/compare`;
  const list = usePaged(path, { with: other });
  const { value } = useOne(path, { with: other, limit: 1 });
  const items = /** @type {Change[]} */ (list.items ?? []);
  if (!list.items && !list.failed) return html`<${Skeleton} lines=${4} />`;
  return html`
    ${value && html`<p role="status">${number(value.new)} new, ${number(value.gone)} gone, ${number(value.stayed)} as before.</p>`}
    ${list.items && html`<${Table} caption="What has changed since" stacked rows=${items} rowKey=${(/** @type {Change} */ { change, n }) => change + n} columns=${[
      { key: "what", label: "What", render: (/** @type {Change} */ { order_id, lead, line }) => (order_id ? html`Order <code>${order_id}</code>` : lead ? html`Lead <code>${lead}</code>` : `Line ${number(line ?? 0)}`) },
      { key: "change", label: "Since then", render: (/** @type {Change} */ { change }) => html`<${Badge} tone=${change === "new" ? "bad" : "good"}>${change === "new" ? "New" : "Gone"}<//>` },
      { key: "kind", label: "Kind", render: (/** @type {Change} */ { kind }) => kindOf(kind).name },
      { key: "ours", label: "Ours", render: (/** @type {Change} */ { ours }) => ours || "—" },
      { key: "theirs", label: "Theirs", render: (/** @type {Change} */ { theirs }) => theirs || "—" },
    ]} empty=${html`<p class="muted">Nothing is new, and nothing is gone.</p>`} />`}
    <${More} list=${list} one="change" other="changes" />`;
}
