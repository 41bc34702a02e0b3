// What was found, row by row, and choosing what is to be mended.

import { html, useEffect, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Badge, Button, Card, Empty, Select, Skeleton, Table, toast } from "/ui/components.js";
import { number, plural } from "/ui/format.js";
import { channelName } from "/ui/media.js";
import { usePaged } from "/ui/lists.js";
import { can } from "/ui/page.js";
import { More, When, to } from "../people/parts.js";
import { byName, capital } from "../people/words.js";
import { ApplyDialog } from "./apply.js";
import { isMendable, isQuiet, kindOf } from "./kinds.js";

/** @import { Finding, Run } from "./kinds.js" */

/** Findings that are mended in one go, while somebody waits. */
const MOST = 1_000;

const STATES = [["", "All"], ["open", "Open"], ["applied", "Mended"]];

/** Whether it can be mended, and has not been. @param {Finding} finding */
const isOpen = ({ fix, applied_at }) => Boolean(fix) && !applied_at;

/**
 * @param {object} props
 * @param {Run} props.run
 * @param {{ kind: string, channel: string, state: string }} props.query
 * @param {(changes: Partial<{ kind: string, channel: string, state: string }>) => void} props.setQuery
 * @param {import("/ui/page.js").Program} props.program
 * @param {import("/ui/page.js").Session} props.session
 * @param {() => void} props.onMended
 */
export function Findings({ run, query, setQuery, program, session, onMended }) {
  const path = `/v1/reconciliations/${encodeURIComponent(run.id)}/findings`;
  const filter = { kind: query.kind, channel: query.channel, state: query.state };
  const list = usePaged(path, filter, 100);
  const items = /** @type {Finding[]} */ (list.items ?? []);
  const [selected, setSelected] = useState(/** @type {Set<string | number>} */ (new Set()));
  const [applying, setApplying] = useState(/** @type {Finding[] | undefined} */ (undefined));
  const [gathering, setGathering] = useState(false);
  const writes = can(session, "reconciliations:write");
  const chosen = items.filter((finding) => selected.has(finding.n) && isOpen(finding));
  const left = run.kinds.some(({ kind, open }) => open > 0 && isMendable(kind) && (!query.kind || kind === query.kind));
  useEffect(() => setSelected(new Set()), [JSON.stringify(filter)]);

  async function all() {
    setGathering(true);
    try {
      /** @type {Finding[]} */
      const found = [];
      let cursor;
      do {
        const answer = await api.get(path, { ...filter, state: "open", limit: 200, cursor });
        found.push(...answer.items.filter(isOpen));
        cursor = answer.next;
      } while (cursor && found.length < MOST);
      if (cursor) toast(`These are the first ${number(found.length)}; mend the rest after them.`);
      if (found.length > 0) setApplying(found);
      else toast("None of these can be mended from here.");
    } catch (error) {
      toast(/** @type {Error} */ (error).message, { tone: "bad" });
    }
    setGathering(false);
  }

  const csv = new URLSearchParams({ format: "csv", ...Object.fromEntries(Object.entries(filter).filter(([, value]) => value)) });
  const kinds = run.kinds.filter(({ count }) => count > 0);
  const channels = run.channels.flatMap(({ channel }) => channel ?? []);
  return html`<${Card} title="What was found" class=${list.items && list.busy ? "stale" : ""} actions=${html`<${Button} icon="download" href=${`${path}?${csv}`} download>Download CSV<//>`}>
    <div class="tools">
      <${Select} aria-label="Kind" class=${query.kind ? "set" : ""} value=${query.kind} onValue=${(/** @type {string} */ kind) => setQuery({ kind })} options=${[["", "Every kind"], ...kinds.map(({ kind, count }) => [kind, `${kindOf(kind).name} (${number(count)})`])]} />
      ${channels.length > 0 && html`<${Select} aria-label="Channel" class=${query.channel ? "set" : ""} value=${query.channel} onValue=${(/** @type {string} */ channel) => setQuery({ channel })} options=${[["", "Every channel"], ...channels.map((key) => [key, channelName(key)])]} />`}
      <${Select} aria-label="State" class=${query.state ? "set" : ""} value=${query.state} onValue=${(/** @type {string} */ state) => setQuery({ state })} options=${STATES} />
    </div>
    ${query.kind && kindOf(query.kind).about && html`<p class="muted">${kindOf(query.kind).about}</p>`}
    ${writes && (chosen.length > 0 || left) && html`<div class="chosen"><strong>${chosen.length > 0 ? `${number(chosen.length)} chosen` : "Choose what is to be mended, or all of it"}</strong>
      ${chosen.length > 0 ? html`<${Button} kind="primary" onClick=${() => setApplying(chosen)}>Mend ${number(chosen.length)} …<//><${Button} kind="quiet" onClick=${() => setSelected(new Set())}>Clear<//>`
        : html`<${Button} busy=${gathering} onClick=${all}>Mend all${query.kind || query.channel ? " of these" : ""} …<//>`}</div>`}
    ${!list.items && !list.failed && html`<${Skeleton} lines=${8} />`}
    ${list.items && html`<${Rows} items=${items} program=${program} session=${session} selected=${writes ? selected : undefined} onSelect=${writes ? setSelected : undefined} />`}
    <${More} list=${list} one="finding" other="findings" />
    ${applying && html`<${ApplyDialog} run=${run.id} findings=${applying} onClose=${(/** @type {boolean} */ changed) => {
      setApplying(undefined);
      if (!changed) return;
      setSelected(new Set());
      list.reload();
      onMended();
    }} />`}
  <//>`;
}

/** @param {{ items: Finding[], program: import("/ui/page.js").Program, session: import("/ui/page.js").Session, selected?: Set<string | number>, onSelect?: (selected: Set<string | number>) => void }} props */
function Rows({ items, program, session, selected, onSelect }) {
  const leads = can(session, "leads:read");
  const href = (/** @type {string} */ lead) => to("/console/leads", { program: program.slug, owner: "*", lead });
  return html`<${Table} caption="What was found" stacked class="findings" rows=${items} rowKey=${(/** @type {Finding} */ { n }) => n}
    selected=${selected} onSelect=${onSelect && items.some(isOpen) ? onSelect : undefined} selectable=${isOpen} rowName=${nameOf} columns=${[
      { key: "what", label: "What", render: (/** @type {Finding} */ finding) => html`${finding.order_id ? html`Order <code>${finding.order_id}</code>` : finding.lead ? "Lead" : "Row"}
        <span class="under">${[finding.line && `line ${number(finding.line)}`, channelName(finding.channel)].filter(Boolean).join(" · ")}${finding.lead && leads && html` <a class="nowrap" href=${href(finding.lead)}>Open the lead</a>`}</span>` },
      { key: "kind", label: "Kind", render: (/** @type {Finding} */ { kind }) => html`<${Badge} tone=${kindOf(kind).tone}>${kindOf(kind).name}<//>` },
      { key: "ours", label: "Ours", render: (/** @type {Finding} */ { ours }) => ours || "—" },
      { key: "theirs", label: "Theirs", render: (/** @type {Finding} */ { theirs }) => theirs || "—" },
      { key: "fix", label: "Mending", render: (/** @type {Finding} */ finding) => html`<${Mending} finding=${finding} zone=${program.zone} />` },
    ]} empty=${html`<${Empty} title="Nothing of this">Another kind, channel or state may have some.<//>`} />`;
}

/** @param {{ finding: Finding, zone: string }} props */
function Mending({ finding: { kind, fix, applied_at, applied_by, outcome }, zone }) {
  if (applied_at) return html`<${Badge} tone="good">Mended<//><span class="under">${outcome && html`${capital(outcome)}, `}<${When} at=${applied_at} zone=${zone} />${applied_by && ` by ${byName(applied_by)}`}</span>`;
  if (fix) return html`${capital(fix)}${outcome && html`<span class="under failed">${capital(outcome)}</span>`}`;
  return isQuiet(kind) ? "—" : html`<span class="muted">Not from here</span>`;
}

/** What a finding is called where there is no table. @param {Finding} finding */
export const nameOf = ({ kind, order_id, lead, line }) => `${kindOf(kind).name}: ${order_id ? `order ${order_id}` : line ? `line ${line}` : `lead ${lead}`}`;

/** @param {number} n */
export const findings = (n) => `${number(n)} ${plural(n, "finding", "findings")}`;
