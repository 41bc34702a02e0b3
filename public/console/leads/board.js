// Leads by stage, side by side; on a telephone one stage at a time.

import { html, useEffect, useRef, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Badge, Button, Icon, Notice, Segments, Skeleton } from "/ui/components.js";
import { date, dateTime, number } from "/ui/format.js";
import { Flags, Inside } from "../people/parts.js";
import { mediumName } from "/ui/media.js";
import { MoveMenu, moving } from "./move.js";
import { STAGES, leadName, nextOf, since, stageName } from "./stages.js";

/** @import { Lead, Stage } from "./stages.js" */
/** @typedef {{ items: Lead[] | undefined, next: string | null, busy: boolean, failed: string }} Column */

/** Cards that a column asks for at once. */
const LIMIT = 40;

/** @type {Column} */
const NOTHING = { items: undefined, next: null, busy: true, failed: "" };

/**
 * The columns, each a list of its own.
 * @param {{ program: string, owner: string, advocate: string }} query
 */
export function useColumns(query) {
  const [columns, setColumns] = useState(/** @type {Record<string, Column>} */ ({}));
  const round = useRef(0);
  /** @param {string} stage @param {(column: Column) => Column} change */
  const change = (stage, change) => setColumns((all) => ({ ...all, [stage]: change(all[stage] ?? NOTHING) }));

  /** @param {string} stage @param {string | null} [cursor] */
  async function read(stage, cursor = null) {
    const mine = round.current;
    change(stage, (column) => ({ ...column, busy: true, failed: "" }));
    try {
      const answer = await api.get("/v1/leads", { ...query, stage, limit: LIMIT, cursor });
      if (mine !== round.current) return;
      change(stage, ({ items }) => {
        const before = cursor ? (items ?? []) : [];
        const here = new Set(before.map(({ id }) => id));
        return { items: [...before, ...answer.items.filter((/** @type {Lead} */ { id }) => !here.has(id))], next: answer.next ?? null, busy: false, failed: "" };
      });
    } catch (error) {
      if (mine === round.current) change(stage, (column) => ({ ...column, busy: false, failed: /** @type {Error} */ (error).message }));
    }
  }

  function load() {
    round.current += 1;
    setColumns((all) => Object.fromEntries(Object.entries(all).map(([stage, column]) => [stage, { ...column, busy: true }])));
    for (const { key } of STAGES) read(key);
  }
  useEffect(load, [JSON.stringify(query)]);

  /** Shows a lead where it is now; answers how to take that back. @param {Lead} lead @param {Lead} now */
  function put(lead, now) {
    const at = (columns[lead.stage]?.items ?? []).findIndex(({ id }) => id === lead.id);
    const without = (/** @type {Column} */ column) => ({ ...column, items: column.items?.filter(({ id }) => id !== lead.id) });
    if (lead.stage === now.stage) {
      change(lead.stage, (column) => ({ ...column, items: column.items?.map((one) => (one.id === lead.id ? now : one)) }));
    } else {
      change(lead.stage, without);
      change(now.stage, (column) => ({ ...column, items: [now, ...(without(column).items ?? [])] }));
    }
    return () => {
      change(now.stage, without);
      change(lead.stage, (column) => {
        const items = without(column).items ?? [];
        return { ...column, items: items.toSpliced(at < 0 ? 0 : at, 0, lead) };
      });
    };
  }

  return { columns, read, load, put };
}

/** How many, as far as is known. @param {Column | undefined} column */
const count = (column) => (column?.items ? `${number(column.items.length)}${column.next ? "+" : ""}` : "");

/**
 * @param {{
 *   board: ReturnType<typeof useColumns>,
 *   stage: string,
 *   onStage: (stage: string) => void,
 *   writes: boolean,
 *   zone: string,
 *   repName: (slug: string | null | undefined) => string,
 *   href: (lead: Lead) => string,
 *   onOpen: (lead: Lead) => void,
 *   onMove: (lead: Lead, stage: Stage) => void,
 * }} props `stage` is the one that a telephone shows
 */
export function Board({ board, stage, onStage, ...rest }) {
  const [dragged, setDragged] = useState(/** @type {Lead | undefined} */ (undefined));
  const shown = stage || "new";
  return html`
    <div class="stage-switch"><${Segments} label="Stage" value=${shown} onChange=${onStage}
      options=${STAGES.map(({ key, name }) => [key, html`${name} <span class="count">${count(board.columns[key])}</span>`])} /></div>
    <div class="board" data-dragging=${dragged ? "true" : undefined}>
      ${STAGES.map(({ key }) => html`<${ColumnView} key=${key} stage=${key} column=${board.columns[key]} shown=${key === shown} dragged=${dragged} onDrag=${setDragged}
        onMore=${(/** @type {string | null} */ cursor) => board.read(key, cursor)} ...${rest} />`)}
    </div>`;
}

/** @param {any} props */
function ColumnView({ stage, column, shown, dragged, onDrag, onMore, writes, onMove, ...rest }) {
  const [over, setOver] = useState(false);
  const may = dragged && nextOf(dragged.stage).includes(stage);
  const name = ["column", shown && "shown", dragged && (may ? "may" : dragged.stage === stage ? "" : "may-not"), may && over && "over"].filter(Boolean).join(" ");
  const { about } = /** @type {{ about: string }} */ (STAGES.find(({ key }) => key === stage));
  const items = column?.items;
  return html`<section class=${name} aria-label=${stageName(stage)}
    onDragOver=${(/** @type {DragEvent} */ event) => { if (may) { event.preventDefault(); setOver(true); } }}
    onDragLeave=${(/** @type {DragEvent} */ event) => { if (!(/** @type {Element} */ (event.currentTarget)).contains(/** @type {Node | null} */ (event.relatedTarget))) setOver(false); }}
    onDrop=${(/** @type {DragEvent} */ event) => {
      event.preventDefault();
      setOver(false);
      onDrag(undefined);
      if (may) onMove(dragged, stage);
    }}>
    <h2 tabindex="-1" data-column=${stage}>${stageName(stage)} <span class="count">${count(column)}</span></h2>
    ${column?.failed && html`<${Notice} tone="bad" action=${html`<${Button} onClick=${() => onMore(null)}>Try again<//>`}>${column.failed}<//>`}
    ${!items && !column?.failed && html`<div class="lead-card"><${Skeleton} lines=${3} /></div>`}
    ${items && items.length === 0 && html`<p class="column-empty">${about}</p>`}
    ${items && items.length > 0 && html`<ul class=${column.busy ? "cards stale" : "cards"}>
      ${items.map((/** @type {Lead} */ lead) => html`<${LeadCard} key=${lead.id} lead=${lead} onDrag=${onDrag} writes=${writes} onMove=${onMove} ...${rest} />`)}
    </ul>`}
    ${column?.next && html`<${Button} kind="quiet" class="wide" busy=${column.busy} onClick=${() => onMore(column.next)}>Load more<//>`}
  </section>`;
}

/** @param {{ lead: Lead, writes: boolean, zone: string, repName: (slug: string | null | undefined) => string, href: (lead: Lead) => string, onDrag: (lead: Lead | undefined) => void, onOpen: (lead: Lead) => void, onMove: (lead: Lead, stage: Stage) => void }} props */
function LeadCard({ lead, writes, zone, repName, href, onDrag, onOpen, onMove }) {
  const draggable = writes && nextOf(lead.stage).length > 0;
  const { company } = lead.prospect;
  const busy = moving.value.has(lead.id);
  return html`<li class=${busy ? "lead-card busy" : "lead-card"} data-lead=${lead.id} draggable=${draggable && !busy}
    onDragStart=${(/** @type {DragEvent} */ event) => {
      event.dataTransfer?.setData("text/plain", leadName(lead));
      if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
      onDrag(lead);
    }}
    onDragEnd=${() => onDrag(undefined)}>
    <${Inside} href=${href(lead)} onOpen=${() => onOpen(lead)} class="lead-open" draggable=${false}>${leadName(lead)}<//>
    ${company && company !== leadName(lead) && html`<span class="lead-company">${company}</span>`}
    ${(lead.flags.length > 0 || lead.suspected) && html`<div class="row">${lead.suspected && html`<${Badge} tone="bad">Suspected<//>`}<${Flags} flags=${lead.flags.filter((flag) => flag !== "honeypot")} /></div>`}
    <dl class="lead-facts">
      ${lead.advocate_name && html`<div><dt class="unseen">Referred by</dt><dd><${Icon} name="advocates" /><span title=${[lead.advocate_name, lead.medium && mediumName(lead.medium)].filter(Boolean).join(", ")}>${lead.advocate_name}</span></dd></div>`}
      <div><dt class="unseen">Followed up by</dt><dd><${Icon} name="team" /><span>${lead.owner ? repName(lead.owner) : "Nobody yet"}</span></dd></div>
    </dl>
    ${lead.stage === "lost" && lead.reason && html`<p class="lead-reason">“${lead.reason}”</p>`}
    <div class="lead-foot"><time class="muted" datetime=${since(lead)} title=${`Here since ${dateTime(since(lead), zone)}; came in on ${date(lead.at, zone)}`}>${date(since(lead), zone, { day: "numeric", month: "short" })}</time>
      ${writes && html`<${MoveMenu} lead=${lead} onMove=${(/** @type {Stage} */ stage) => onMove(lead, stage)} />`}</div>
  </li>`;
}
