// Leads: as a board by stage and as a table.

import { html, useEffect, useRef, useState } from "/vendor/ui.js";
import { Button, Card, Copy, Empty, Segments, Select, toast } from "/ui/components.js";
import { Combobox } from "/ui/combobox.js";
import { api } from "/ui/api.js";
import { PageActions, can, page } from "/ui/page.js";
import { useQuery } from "/ui/url.js";
import { usePaged } from "/ui/lists.js";
import { searchAdvocates, to } from "../people/parts.js";
import { useReps } from "../people/reps.js";
import { Board, useColumns } from "./board.js";
import { LeadDetail } from "./detail.js";
import { LostDialog, move, said } from "./move.js";
import { ReferralDialog } from "./referral.js";
import { STAGES } from "./stages.js";
import { LeadTable } from "./table.js";

/** @import { Lead, Stage } from "./stages.js" */
/** @typedef {import("/ui/page.js").Session} Session */
/** @typedef {import("/ui/page.js").Program} Program */

/** Stands for no owner in particular; no slug looks like it. */
const EVERY_REP = "*";
const DEFAULTS = { view: "board", owner: EVERY_REP, advocate: "", stage: "", lead: "" };

/** @param {{ session: Session, program: Program | undefined }} props */
function Leads({ session, program }) {
  if (!program) {
    return html`<${Card}><${Empty} level=${2} title="Leads belong to a program" action=${html`<${Button} kind="primary" href="/console/programs">Create a program<//>`}>
      A program says where links lead, and who gets which credit. Create one, and leads can come in.<//><//>`;
  }
  return html`<${Of} session=${session} program=${program} />`;
}

/** @param {{ session: Session, program: Program }} props */
function Of({ session, program }) {
  // A rep begins with their own leads.
  const [query, setQuery] = useQuery({ ...DEFAULTS, owner: session.rep ?? EVERY_REP });
  const [adding, setAdding] = useState(false);
  const [losing, setLosing] = useState(/** @type {Lead | undefined} */ (undefined));
  const reps = useReps();
  const writes = can(session, "leads:write");
  const isTable = query.view === "table";
  const owner = query.owner === EVERY_REP ? "" : query.owner;
  const filter = { program: program.slug, owner, advocate: query.advocate };
  const everyRep = html`<${Button} onClick=${() => setQuery({ owner: EVERY_REP })}>Show every rep’s<//>`;
  return html`<${isTable ? TableOf : BoardOf} filter=${filter} stage=${query.stage}
    children=${(/** @type {Shown} */ shown) => {
      /** Focus follows what was moved; on a telephone it is out of sight, and the switch of stages is not. @param {Lead} lead */
      const follow = (lead) => setTimeout(() => {
        const card = document.querySelector(`[data-lead="${CSS.escape(lead.id)}"] .lead-open`);
        const there = card instanceof HTMLElement && card.offsetParent ? card : document.querySelector(".stage-switch [aria-pressed=true]");
        if (document.activeElement === document.body) /** @type {HTMLElement | null} */ (there)?.focus();
      }, 60);
      /** @param {Lead} lead @param {Stage} stage */
      const onMove = (lead, stage) => {
        if (stage === "lost") return setLosing(lead);
        move(shown, lead, stage);
        follow(lead);
      };
      const href = (/** @type {Lead} */ lead) => to("/console/leads", { ...query, program: program.slug, lead: lead.id });
      const onOpen = (/** @type {Lead} */ lead) => setQuery({ lead: lead.id }, { push: true });
      const common = { writes, zone: program.zone, repName: reps.repName, href, onOpen, onMove };
      return html`
        <${PageActions}>${writes && html`<${Button} kind="primary" icon="plus" onClick=${() => setAdding(true)}>Add a referral<//>`}<//>
        <${Tools} query=${query} setQuery=${setQuery} program=${program} reps=${reps} self=${session.rep} />
        ${shown.isEmpty && owner && owner === session.rep && !query.advocate && !query.stage ? html`<${Card}><${Empty} level=${2} title="No lead of yours yet" action=${everyRep}>
            Leads that you follow up stand here.<//><//>`
          : !isTable && shown.isEmpty && !owner && !query.advocate ? html`<${Card}><${Teach} program=${program} writes=${writes} onAdd=${() => setAdding(true)} /><//>`
          : isTable ? html`<${LeadTable} list=${shown.list} empty=${owner || query.advocate || query.stage
            ? html`<${Empty} title="No lead fits these filters" action=${html`<${Button} onClick=${() => setQuery({ owner: EVERY_REP, advocate: "", stage: "" })}>Clear the filters<//>`} />`
            : html`<${Teach} program=${program} writes=${writes} onAdd=${() => setAdding(true)} />`} ...${common} />`
          : html`<${Board} board=${shown.board} stage=${query.stage} onStage=${(/** @type {string} */ stage) => setQuery({ stage })} ...${common} />`}
        <p class="unseen" role="status" aria-live="polite">${said.value}</p>
        ${query.lead && html`<${LeadDetail} key=${query.lead} id=${query.lead} shown=${shown.find(query.lead)} session=${session} program=${program} reps=${reps}
          onClose=${() => setQuery({ lead: "" })} onMove=${onMove} onChanged=${shown.put} />`}
        ${losing && html`<${LostDialog} lead=${losing} onClose=${() => setLosing(undefined)} onMove=${(/** @type {any} */ because) => {
          setLosing(undefined);
          move(shown, losing, "lost", because);
          follow(losing);
        }} />`}
        ${adding && html`<${ReferralDialog} program=${program} reps=${reps} self=${session.rep} onClose=${() => setAdding(false)} onDone=${(/** @type {any} */ taken) => {
          setAdding(false);
          toast(taken.duplicate ? `${taken.name} is a lead already. The referral stands in its history.`
            : taken.owner ? `${taken.name} is a new lead, for ${reps.repName(taken.owner)}.` : `${taken.name} is a new lead.`);
          shown.load();
        }} />`}`;
    }} />`;
}

/**
 * What either view can do.
 * @typedef {object} Shown
 * @property {(lead: Lead, now: Lead) => () => void} put
 * @property {(id: string) => Lead | undefined} find
 * @property {() => void} load
 * @property {boolean} isEmpty
 * @property {any} [board]
 * @property {any} [list]
 */

/** @param {{ filter: any, children: (shown: Shown) => any }} props */
function BoardOf({ filter, children }) {
  const board = useColumns(filter);
  const all = STAGES.map(({ key }) => board.columns[key]);
  return children({
    board,
    put: board.put,
    find: (id) => all.flatMap((column) => column?.items ?? []).find((lead) => lead.id === id),
    load: board.load,
    isEmpty: all.every((column) => column?.items?.length === 0),
  });
}

/** @param {{ filter: any, stage: string, children: (shown: Shown) => any }} props */
function TableOf({ filter, stage, children }) {
  const list = usePaged("/v1/leads", { ...filter, stage });
  const set = (/** @type {Lead} */ lead) => list.setItems((all) => all?.map((one) => (one.id === lead.id ? lead : one)));
  return children({
    list,
    put: (lead, now) => { set(now); return () => set(lead); },
    find: (id) => list.items?.find((lead) => lead.id === id),
    load: list.reload,
    isEmpty: list.items?.length === 0,
  });
}

/** @param {{ query: typeof DEFAULTS, setQuery: (changes: Partial<typeof DEFAULTS>) => void, program: Program, reps: ReturnType<typeof useReps>, self: string | null }} props */
function Tools({ query, setQuery, program, reps, self }) {
  return html`<div class="tools">
    <${Segments} label="View" value=${query.view} onChange=${(/** @type {string} */ view) => setQuery({ view, stage: "" })} options=${[["board", "Board"], ["table", "Table"]]} />
    ${query.view === "table" && html`<${Select} aria-label="Stage" class=${query.stage ? "set" : ""} value=${query.stage} onValue=${(/** @type {string} */ stage) => setQuery({ stage })}
      options=${[["", "Every stage"], ...STAGES.map(({ key, name }) => [key, name])]} />`}
    <${Select} aria-label="Followed up by" class=${query.owner === EVERY_REP ? "" : "set"} value=${query.owner} onValue=${(/** @type {string} */ owner) => setQuery({ owner })}
      options=${[[EVERY_REP, "Every rep"], ...reps.everyone().map(([slug, name]) => [slug, slug === self ? `${name} (you)` : name])]} />
    <${AdvocateFilter} program=${program.slug} value=${query.advocate} onValue=${(/** @type {string} */ advocate) => setQuery({ advocate })} />
  </div>`;
}

/** @param {{ program: string, value: string, onValue: (id: string) => void }} props */
function AdvocateFilter({ program, value, onValue }) {
  const [picked, setPicked] = useState(/** @type {import("/ui/combobox.js").Option | undefined} */ (undefined));
  const asked = useRef("");
  useEffect(() => {
    if (!value) return setPicked(undefined);
    if (picked?.key === value || asked.current === value) return;
    asked.current = value;
    api.get(`/v1/programs/${program}/advocates/${encodeURIComponent(value)}`)
      .then(({ id, name }) => setPicked({ key: id, text: name }), () => setPicked({ key: value, text: value }));
  }, [value]);
  return html`<div class="advocate-filter"><${Combobox} label="Referred by" placeholder="Every advocate" value=${picked} none="Nobody found" search=${searchAdvocates(program)}
    onPick=${(/** @type {import("/ui/combobox.js").Option | undefined} */ option) => { setPicked(option); onValue(option?.key ?? ""); }} /></div>`;
}

/** What leads are, and how they come in. @param {{ program: Program, writes: boolean, onAdd: () => void }} props */
function Teach({ program, writes, onAdd }) {
  const call = `curl ${location.origin}/v1/leads \\
  -H "Authorization: Bearer $GOODWORD_KEY" -H "Content-Type: application/json" \\
  -d '{"program": "${program.slug}", "prospect": {"email": "sam@example.org"}, "receipts": ["…"]}'`;
  return html`<${Empty} level=${2} title="No lead yet" action=${writes && html`<${Button} kind="primary" icon="plus" onClick=${onAdd}>Add a referral<//>`}>
    <p>Whoever follows an advocate’s link brings a receipt in the address, as <code>gw</code>. Your sign-up form hands it back with the prospect’s address, and the lead is here, with the credit for whoever referred it:</p>
    <div class="teach"><pre class="raw" tabindex="0" aria-label="How a server reports a lead">${call}</pre><${Copy} text=${call} label="Copy the call" /></div>
    <p>A form on your page can do it without a server, a rep can enter what was said, and a sale with a receipt makes its lead itself. <a href="/openapi.json">All calls are described here</a>.</p>
  <//>`;
}

page({ title: "Leads", nav: "leads", needs: "leads:read", keep: ["view"], view: Leads });
