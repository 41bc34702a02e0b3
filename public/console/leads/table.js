// Leads as a table, newest first.

import { html } from "/vendor/ui.js";
import { Badge, Card, Skeleton, Table } from "/ui/components.js";
import { date } from "/ui/format.js";
import { Flags, Inside, More } from "../people/parts.js";
import { mediumName } from "/ui/media.js";
import { MoveMenu } from "./move.js";
import { leadName, stageName, stageTone } from "./stages.js";

/** @import { Lead, Stage } from "./stages.js" */

/**
 * @param {{
 *   list: ReturnType<typeof import("/ui/lists.js").usePaged>,
 *   writes: boolean,
 *   zone: string,
 *   empty: any,
 *   repName: (slug: string | null | undefined) => string,
 *   href: (lead: Lead) => string,
 *   onOpen: (lead: Lead) => void,
 *   onMove: (lead: Lead, stage: Stage) => void,
 * }} props
 */
export function LeadTable({ list, writes, zone, empty, repName, href, onOpen, onMove }) {
  const columns = [
    {
      key: "prospect",
      label: "Prospect",
      render: (/** @type {Lead} */ lead) => html`<${Inside} class="plain" href=${href(lead)} onOpen=${() => onOpen(lead)}>${leadName(lead)}<//>
        <span class="under">${[lead.prospect.company, lead.prospect.email].find((text) => text && text !== leadName(lead))}</span>`,
    },
    {
      key: "stage",
      label: "Stage",
      render: (/** @type {Lead} */ lead) => html`<div class="row"><${Badge} tone=${stageTone(lead.stage)}>${stageName(lead.stage)}<//>${lead.suspected && html` <${Badge} tone="bad">Suspected<//>`} <${Flags} flags=${lead.flags.filter((flag) => flag !== "honeypot")} /></div>`,
    },
    { key: "advocate", label: "Referred by", render: (/** @type {Lead} */ lead) => (lead.advocate_name ? html`${lead.advocate_name}${lead.medium && html`<span class="under">${mediumName(lead.medium)}</span>`}` : html`<span class="muted">Nobody</span>`) },
    { key: "owner", label: "Followed up by", render: (/** @type {Lead} */ lead) => (lead.owner ? repName(lead.owner) : html`<span class="muted">Nobody</span>`) },
    { key: "at", label: "Came in", class: "nowrap", render: (/** @type {Lead} */ lead) => date(lead.at, zone) },
    ...(writes ? [{ key: "move", label: "Actions", unlabelled: true, class: "numeric corner", render: (/** @type {Lead} */ lead) => html`<${MoveMenu} lead=${lead} onMove=${(/** @type {Stage} */ stage) => onMove(lead, stage)} />` }] : []),
  ];
  if (!list.items && !list.failed) return html`<${Card}><${Skeleton} lines=${8} /><//>`;
  if (list.items?.length === 0) return html`<${Card}>${empty}<//>`;
  return html`<${Card} class=${list.busy ? "stale" : ""}>
    ${list.items && html`<${Table} caption="Leads" stacked columns=${columns} rows=${list.items} rowKey=${(/** @type {Lead} */ lead) => lead.id} />`}
    <${More} list=${list} one="lead" other="leads" />
  <//>`;
}
