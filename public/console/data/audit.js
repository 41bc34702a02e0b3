// The audit log: who did what to many things at once. It is only added to.

import { html } from "/vendor/ui.js";
import { Button, Card, Empty, Skeleton, Table } from "/ui/components.js";
import { dateTime } from "/ui/format.js";
import { usePaged } from "/ui/lists.js";
import { useQuery } from "/ui/url.js";
import { More } from "../people/parts.js";
import { byName, capital } from "../people/words.js";

/** @typedef {{ n: number, at: string, by: string, program: string | null, action: string, subject: string, detail: any }} Entry */

/** @param {string} action such as `reconciliation.applied` */
const actionName = (action) => capital(action.replaceAll(/[._]/g, " "));

/** @param {{ program: import("/ui/page.js").Program | undefined }} props */
export function Audit({ program }) {
  const [query, setQuery] = useQuery({ subject: "" });
  const list = usePaged("/v1/audit", { subject: query.subject });
  return html`
    ${query.subject && html`<div class="chosen"><strong>About <code>${query.subject}</code></strong><${Button} kind="quiet" onClick=${() => setQuery({ subject: "" })}>Show all<//></div>`}
    <${Card} class=${list.items && list.busy ? "stale" : ""}>
      ${!list.items && !list.failed && html`<${Skeleton} lines=${6} />`}
      ${list.items && html`<${Table} caption="Audit log" stacked rows=${list.items} rowKey=${(/** @type {Entry} */ { n }) => n} columns=${[
        { key: "action", label: "What", render: (/** @type {Entry} */ one) => html`${actionName(one.action)}<span class="under">${one.program ?? ""}</span>` },
        { key: "subject", label: "To what", render: (/** @type {Entry} */ { subject }) => (subject === query.subject ? html`<code>${subject}</code>`
          : html`<button type="button" class="subject" title="Only this" onClick=${() => setQuery({ subject })}><code>${subject}</code></button>`) },
        { key: "detail", label: "In detail", render: (/** @type {Entry} */ { detail }) => html`<${Detail} of=${detail} />` },
        { key: "by", label: "By", render: (/** @type {Entry} */ { by }) => byName(by) },
        { key: "at", label: "When", render: (/** @type {Entry} */ { at }) => html`<span class="nowrap">${dateTime(at, program?.zone)}</span>` },
      ]} empty=${html`<${Empty} level=${2} title="Nothing yet">Fixes of a reconciliation, repairs, replays, imports and exports are written here, with who did them.<//>`} />`}
      <${More} list=${list} one="entry" other="entries" />
    <//>`;
}

/** What an entry says besides, a line each. @param {{ of: any }} props */
function Detail({ of }) {
  const pairs = Object.entries(of && typeof of === "object" ? of : {}).filter(([, value]) => value !== null && value !== "");
  return pairs.map(([name, value]) => html`<div key=${name} class="detail"><span class="muted">${capital(name.replaceAll("_", " "))}</span> ${Array.isArray(value) ? value.map(said).join("; ") : said(value)}</div>`);
}

/** @param {unknown} value */
const said = (value) => (value && typeof value === "object" ? JSON.stringify(value) : String(value));
