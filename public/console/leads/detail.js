// One lead, beside the list: who it is, what became of it, and why.

import { html, useEffect, useMemo, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Badge, Button, Dialog, Notice, Skeleton, Table, toast } from "/ui/components.js";
import { dateTime, money } from "/ui/format.js";
import { can } from "/ui/page.js";
import { useOne } from "/ui/lists.js";
import { Facts, When, to } from "../people/parts.js";
import { channelName, mediumName } from "/ui/media.js";
import { capital, flagAbout, flagName, sourceName } from "../people/words.js";
import { History } from "./history.js";
import { MoveMenu, OwnerDialog } from "./move.js";
import { leadName, since, stageName, stageTone } from "./stages.js";
import { WhyPanel } from "./why.js";

/** @import { Lead, Stage } from "./stages.js" */

/**
 * @typedef {Lead & {
 *   note?: string | null,
 *   consent?: { at: string, text?: string | null } | null,
 *   terms: number,
 *   history: import("./history.js").Event[],
 *   sales: { order_id: string, at: string, amount: number, refunded: number, currency: string, matched_by: string, product?: string | null }[],
 * }} LeadInFull
 */

/**
 * @param {{
 *   id: string,
 *   shown: Lead | undefined,
 *   session: import("/ui/page.js").Session,
 *   program: import("/ui/page.js").Program,
 *   reps: ReturnType<typeof import("../people/reps.js").useReps>,
 *   onClose: () => void,
 *   onMove: (lead: Lead, stage: Stage) => void,
 *   onChanged: (before: Lead, now: Lead) => void,
 * }} props `shown` is how the list has it, which knows of a move first
 */
export function LeadDetail({ id, shown, session, program, reps, onClose, onMove, onChanged }) {
  const { value, failed, reload } = useOne(`/v1/leads/${encodeURIComponent(id)}`);
  const full = /** @type {LeadInFull | undefined} */ (value);
  const [handing, setHanding] = useState(false);
  const lead = shown ?? full;
  // After a move its history has one line more.
  const stage = shown?.stage;
  useEffect(() => {
    if (!full || !stage || stage === full.stage) return;
    const timer = setTimeout(reload, 700);
    return () => clearTimeout(timer);
  }, [stage, full?.stage]);

  const writes = can(session, "leads:write");
  const title = lead ? leadName(lead) : "Lead";
  return html`<${Dialog} open kind="drawer" title=${title} onClose=${onClose} actions=${lead && writes && html`
      <${Button} onClick=${() => setHanding(true)}>Hand over …<//><${MoveMenu} lead=${lead} onMove=${(/** @type {Stage} */ to) => onMove(lead, to)} />`}>
    ${failed && html`<${Notice} tone="bad" title="This lead could not be read" action=${html`<${Button} onClick=${reload}>Try again<//>`}>${failed}<//>`}
    ${!lead && !failed && html`<${Skeleton} lines=${8} />`}
    ${lead && html`<div class="stack">
      <${Head} lead=${lead} full=${full} zone=${program.zone} />
      <${About} lead=${lead} full=${full} program=${program} session=${session} reps=${reps} />
      ${full ? html`<${Parts} full=${full} program=${program} reps=${reps} />` : !failed && html`<${Skeleton} lines=${6} />`}
    </div>`}
    ${handing && lead && html`<${OwnerDialog} lead=${lead} reps=${reps.choices()} onClose=${() => setHanding(false)} onDone=${(/** @type {string} */ owner) => {
      setHanding(false);
      onChanged(lead, { ...lead, owner });
      toast(`${leadName(lead)} is ${reps.repName(owner)}’s now.`);
      reload();
    }} />`}
  <//>`;
}

/** @param {{ lead: Lead, full: LeadInFull | undefined, zone: string }} props */
const Head = ({ lead, zone }) => html`
  <div class="row"><${Badge} tone=${stageTone(lead.stage)}>${stageName(lead.stage)}<//><span class="muted">since <${When} at=${since(lead)} zone=${zone} /></span></div>
  ${lead.suspected && html`<${Notice} tone="bad" title="It looks as if a machine had filled in the form">It is kept, but not routed and not counted, until somebody accepts it.<//>`}
  ${lead.flags.length > 0 && html`<${Notice} tone="warn" title="Rewards for it are held until somebody has looked">
    <ul class="flag-list">${lead.flags.map((flag) => html`<li key=${flag}><b>${flagName(flag)}.</b> ${flagAbout(flag)}</li>`)}</ul><//>`}`;

/** @param {{ lead: Lead, full: LeadInFull | undefined, program: import("/ui/page.js").Program, session: import("/ui/page.js").Session, reps: ReturnType<typeof import("../people/reps.js").useReps> }} props */
function About({ lead, full, program, session, reps }) {
  const { email, phone, company, customer } = lead.prospect;
  const name = lead.advocate_name ?? lead.advocate;
  return html`<${Facts} of=${[
    ["Company", company],
    ["Email", email && html`<a href=${`mailto:${email}`}>${email}</a>`],
    ["Phone", phone && html`<a href=${`tel:${phone.replace(/[^\d+]/g, "")}`}>${phone}</a>`],
    ["Customer id", customer && html`<code>${customer}</code>`],
    ["Referred by", lead.advocate
      ? (can(session, "advocates:read") ? html`<a href=${to("/console/advocates", { program: program.slug, advocate: lead.advocate })}>${name}</a>` : name)
      : html`<span class="muted">Nobody</span>`],
    ["Came by", mediumName(lead.medium) || channelName(lead.channel)],
    ["Label", lead.label],
    ["Followed up by", lead.owner ? reps.repName(lead.owner) : html`<span class="muted">Nobody yet</span>`],
    ["Came in", `${dateTime(lead.at, program.zone)}, by ${sourceName(lead.source)}`],
    ["Lost because", lead.stage === "lost" && lead.reason ? capital(lead.reason) : ""],
    ["Consent", full?.consent && html`${dateTime(full.consent.at, program.zone)}${full.consent.text && html`<span class="under">“${full.consent.text}”</span>`}`],
    ["Rewards", can(session, "rewards:read") && html`<a href=${to("/console/rewards", { program: program.slug, lead: lead.id })}>Rewards for this lead</a>`],
  ]} />
  ${full?.note && html`<blockquote class="said">${full.note}</blockquote>`}`;
}

/** @param {{ full: LeadInFull, program: import("/ui/page.js").Program, reps: ReturnType<typeof import("../people/reps.js").useReps> }} props */
function Parts({ full, program, reps }) {
  // Others who were considered are known by their ids alone.
  const names = useAdvocateNames(program.slug, full);
  const sales = [
    { key: "order_id", label: "Order", render: (/** @type {any} */ sale) => html`<code>${sale.order_id}</code>${sale.product && html`<span class="under">${sale.product}</span>`}` },
    { key: "at", label: "When", render: (/** @type {any} */ sale) => dateTime(sale.at, program.zone, { dateStyle: "medium" }) },
    { key: "amount", label: "Amount", numeric: true, render: (/** @type {any} */ sale) => html`${money(sale.amount, sale.currency)}${sale.refunded > 0 && html`<span class="under">${money(sale.refunded, sale.currency)} refunded</span>`}` },
  ];
  return html`
    ${full.sales.length > 0 && html`<section class="part"><h3>Sales</h3><${Table} caption="Sales" columns=${sales} rows=${full.sales} rowKey=${(/** @type {any} */ sale) => sale.order_id} /></section>`}
    <section class="part"><h3>Why this credit?</h3><${WhyPanel} key=${full.history.length} lead=${full.id} zone=${program.zone} repName=${reps.repName} advocateName=${names} /></section>
    <section class="part"><h3>History</h3><${History} history=${full.history} zone=${program.zone} repName=${reps.repName} /></section>`;
}

/**
 * Names of advocates that turn up in a lead's touches.
 * @param {string} program
 * @param {LeadInFull} full
 */
function useAdvocateNames(program, full) {
  const [known, setKnown] = useState(/** @type {Record<string, string>} */ ({}));
  const asked = useMemo(() => new Set(), []);
  return (/** @type {string} */ id) => {
    if (id === full.advocate && full.advocate_name) return full.advocate_name;
    if (!asked.has(id)) {
      asked.add(id);
      // Who may not read advocates sees the id.
      api.get(`/v1/programs/${program}/advocates/${id}`).then(({ name }) => setKnown((all) => ({ ...all, [id]: name })), () => {});
    }
    return known[id] ?? id;
  };
}
