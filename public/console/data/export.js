// Taking everything out, and where what was taken out of it went.

import { html } from "/vendor/ui.js";
import { Button, Card, Table } from "/ui/components.js";
import { date, number } from "/ui/format.js";
import { usePaged } from "/ui/lists.js";
import { More } from "../people/parts.js";
import { size } from "../files/progress.js";

/** @typedef {{ day: string, clicks: number, objects: number, bytes: number, began_at: string, done_at: string | null }} Archived */

export function Export() {
  return html`<div class="stack">
    <${Card} title="Everything" class="steps"><div class="stack">
      <p>All programs with their advocates, links, clicks, leads, sales, rewards and the ledger. Nobody’s session and no secret is in it; personal data is. Keep it as you keep those.</p>
      <div class="two">
        <div class="stack"><h3>NDJSON</h3><p class="muted">One file, which an empty deployment takes back in and answers the same figures from: <code>POST /v1/restore</code>. It ends with a checksum of each table.</p>
          <p><${Button} kind="primary" icon="download" href="/v1/export" download="goodword.ndjson">Download NDJSON<//></p></div>
        <div class="stack"><h3>CSV</h3><p class="muted">A ZIP with a file for each table, for spreadsheets and databases.</p>
          <p><${Button} icon="download" href="/v1/export?format=csv" download="goodword.zip">Download ZIP<//></p></div>
      </div>
    </div><//>
    <${Archive} />
  </div>`;
}

/** Clicks that are no longer in the database; what was counted of them stays. */
function Archive() {
  const list = usePaged("/v1/archives", {});
  if (!list.items?.length) return null;
  return html`<${Card} title="Clicks that were taken out" class="steps"><${Table} caption="Days whose clicks are not in the database any more" rows=${list.items} rowKey=${(/** @type {Archived} */ { day }) => day} columns=${[
    { key: "day", label: "Day", render: (/** @type {Archived} */ { day, done_at }) => html`${date(day)}${!done_at && html`<span class="under">under way</span>`}` },
    { key: "clicks", label: "Clicks", numeric: true, render: (/** @type {Archived} */ { clicks }) => number(clicks) },
    { key: "where", label: "In the archive", numeric: true, render: (/** @type {Archived} */ { objects, bytes }) => (objects > 0 ? size(bytes) : "Not kept") },
  ]} /><${More} list=${list} one="day" other="days" /><//>`;
}
