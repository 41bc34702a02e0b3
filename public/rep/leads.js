// My leads, and whom there is to thank for them.

import { html, useEffect, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Badge, Button, Empty, Icon, Notice, Segments, Skeleton } from "/ui/components.js";
import { date, relative } from "/ui/format.js";
import { firstName, mailTo, tame } from "/ui/letter.js";
import { mediumName } from "/ui/media.js";
import { LostDialog, MoveMenu, move, said } from "../console/leads/move.js";
import { leadName, since, stageName, stageTone } from "../console/leads/stages.js";
import { pathOf } from "../console/advocates/advocate.js";
import { useAnswer } from "./answers.js";
import { telTo } from "./advocate.js";
import { found, known } from "./known.js";
import { online, own, session, setOwn } from "./state.js";

/** @import { Lead, Stage } from "../console/leads/stages.js" */

/** How many are read. */
const MOST = 100;

/** How many advocates are looked up for their address. */
const LOOKED_UP = 20;

/** What a stage means to whoever follows it up. @type {Record<Stage, string>} */
const NEXT = {
  new: "Came in, and waits for you to take it on.",
  accepted: "You have taken it on. Next: a meeting.",
  meeting: "You have met. Next: is there something to sell?",
  opportunity: "There is something to sell. Next: the deal.",
  won: "Won.",
  lost: "Lost.",
};

/** What an advocate hears of it. @type {Record<Stage, string>} */
const TOLD = {
  new: "I will get in touch in the next days, and tell you how it goes.",
  accepted: "I am following it up, and will tell you how it goes.",
  meeting: "We have met, and I wanted you to know.",
  opportunity: "We have met, and it looks good.",
  won: "It worked out, thanks to you.",
  lost: "It did not work out this time, but it was a good word all the same.",
};

/** Why they are to be thanked. @type {Record<Stage, (name: string, day: string) => string>} */
const GOOD = {
  new: (name, day) => `They recommended you to ${name} on ${day}.`,
  accepted: (name) => `They recommended you to ${name}, whom you follow up.`,
  meeting: (name, day) => `You met ${name}, to whom they recommended you, on ${day}.`,
  opportunity: (name) => `They recommended you to ${name}, and there is something to sell.`,
  won: (name, day) => `They recommended you to ${name}, who became a client on ${day}.`,
  lost: (name) => `They recommended you to ${name}.`,
};

/** How much a step is worth a thank, the most first. @type {Stage[]} */
const WORTH = ["won", "opportunity", "meeting", "new", "accepted"];

/** @param {Lead} lead */
const isClosed = ({ stage }) => stage === "won" || stage === "lost";

/** @param {{ program: import("./state.js").Program, rep: string }} props */
export function Leads({ program, rep }) {
  const answer = useAnswer(`leads:${program.slug}:${rep}`, () => api.get("/v1/leads", { program: program.slug, owner: rep, limit: MOST }));
  const [closed, setClosed] = useState("");
  const [losing, setLosing] = useState(/** @type {Lead | undefined} */ (undefined));
  const [thanked, setThanked] = useState(() => own("thanked") ?? {});
  const all = /** @type {Lead[]} */ (/** @type {any} */ (answer.value)?.items ?? []);
  useAddresses(program.slug, all);
  if (!answer.value) {
    return answer.failed ? html`<${Notice} tone="bad" title="Your leads could not be read" action=${html`<${Button} onClick=${answer.reload}>Try again<//>`}>${answer.failed}<//>`
      : online.value ? html`<${Skeleton} lines=${6} />` : html`<${Empty} title="Your leads come with the connection">They have not been read on this device yet.<//>`;
  }
  if (all.length === 0) return html`<${Empty} title="No lead of yours yet">What you enter comes to you, and so do the referrals of your advocates.<//>`;

  const some = all.filter((lead) => isClosed(lead) === (closed === "closed"));
  /** @param {Lead} lead */
  const thank = (lead) => {
    const after = { ...thanked, [lead.id]: lead.stage };
    setOwn("thanked", after);
    setThanked(after);
  };
  const board = { put: (/** @type {Lead} */ lead, /** @type {Lead} */ now) => {
    const set = (/** @type {Lead} */ it) => answer.set({ .../** @type {any} */ (answer.value), items: all.map((one) => (one.id === lead.id ? it : one)) });
    set(now);
    return () => set(lead);
  } };
  /** @param {Lead} lead @param {Stage} stage */
  const onMove = (lead, stage) => (stage === "lost" ? setLosing(lead) : move(board, lead, stage));
  const first = toThank(all, thanked);
  return html`
    ${answer.at && html`<p class="muted small">As of ${relative(answer.at)}.</p>`}
    ${first && html`<${ThankFirst} lead=${first} onThank=${() => thank(first)} />`}
    <${Segments} label="Which" value=${closed} onChange=${setClosed} options=${[["", "Open"], ["closed", "Won and lost"]]} />
    ${some.length === 0 && html`<${Empty} title=${closed ? "Nothing is decided yet" : "Nothing is open"}>${closed ? "What is won or lost stands here." : "All of your leads are won or lost. Time to ask somebody."}<//>`}
    <ul class="leads" aria-label="My leads">${some.map((lead) => html`<${One} key=${lead.id} lead=${lead} program=${program} onMove=${onMove} onThank=${() => thank(lead)} />`)}</ul>
    ${/** @type {any} */ (answer.value).next && html`<p class="rep-more"><${Button} href=${`/console/leads?${new URLSearchParams({ program: program.slug, owner: rep, view: "table" })}`}>All of them in the console<//></p>`}
    <p class="unseen" role="status">${said.value}</p>
    ${losing && html`<${LostDialog} lead=${losing} onClose=${() => setLosing(undefined)} onMove=${(/** @type {any} */ because) => {
      setLosing(undefined);
      move(board, losing, "lost", because);
    }} />`}`;
}

/**
 * The lead for which somebody has not been thanked at its stage, the best news first.
 * @param {Lead[]} all
 * @param {Record<string, string>} thanked
 */
function toThank(all, thanked) {
  const open = all.filter(({ id, stage, advocate, suspected }) => advocate && !suspected && WORTH.includes(stage) && thanked[id] !== stage);
  return open.sort((a, b) => WORTH.indexOf(a.stage) - WORTH.indexOf(b.stage) || (since(a) < since(b) ? 1 : -1))[0];
}

/**
 * Looks up the addresses of those who are not known here.
 * @param {string} program
 * @param {Lead[]} leads
 */
function useAddresses(program, leads) {
  const ids = [...new Set(leads.map(({ advocate }) => advocate))].filter((id) => id && !known.value.some((one) => one.id === id)).slice(0, LOOKED_UP);
  useEffect(() => {
    if (!online.value) return;
    for (const id of ids) api.get(pathOf(program, /** @type {string} */ (id))).then((one) => found(program, [one]), () => {});
  }, [ids.join(), online.value]);
}

/** The address of whoever recommended somebody, if there is one. @param {Lead} lead */
const addressOf = ({ advocate }) => known.value.find(({ id }) => id === advocate)?.email;

/**
 * A letter of thanks. Whoever shared a link need not know who came by it.
 * @param {Lead} lead
 * @param {string} email
 */
function thanks(lead, email) {
  const whom = lead.channel === "verbal" && lead.prospect.name ? tame(lead.prospect.name) : "somebody";
  return mailTo(email, {
    subject: "Thank you for your recommendation",
    body: `Hello ${firstName(lead.advocate_name ?? "")},\n\nthank you for recommending ${whom} to us. ${TOLD[lead.stage]}\n\n${session.value.value?.name ?? ""}\n`,
  });
}

/** @param {{ lead: Lead, onThank: () => void }} props */
function ThankFirst({ lead, onThank }) {
  const email = addressOf(lead);
  const name = lead.advocate_name ?? lead.advocate;
  return html`<aside class="thank" aria-label="Whom to thank first">
    <p><span class="thank-sign"><${Icon} name="rewards" /></span><span>Thank <b>${name}</b> first</span></p>
    <p class="small">${GOOD[lead.stage](leadName(lead), date(since(lead)))}</p>
    <div class="row">${email && html`<${Button} kind="primary" icon="mail" href=${thanks(lead, email)} onClick=${onThank}>Write to ${firstName(name ?? "")}<//>`}
      <${Button} kind=${email ? "quiet" : undefined} onClick=${onThank}>Thanked already<//></div>
  </aside>`;
}

/** @param {{ lead: Lead, program: import("./state.js").Program, onMove: (lead: Lead, stage: Stage) => void, onThank: () => void }} props */
function One({ lead, program, onMove, onThank }) {
  const { email, phone, company } = lead.prospect;
  const name = leadName(lead);
  const address = addressOf(lead);
  return html`<li>
    <div class="lead-head"><div><a href=${`/console/leads?${new URLSearchParams({ program: program.slug, owner: "*", lead: lead.id })}`}>${name}</a>
        <small>${[company !== name && company, mediumName(lead.medium), relative(lead.at)].filter(Boolean).join(" · ")}</small></div>
      <${Badge} tone=${stageTone(lead.stage)}>${stageName(lead.stage)}<//></div>
    <p class="lead-next">${lead.suspected && lead.stage === "new" ? "It looks as if a machine had filled in the form. Take it on if it is real." : NEXT[lead.stage]}${lead.stage === "lost" && lead.reason ? ` ${lead.reason}.` : ""}</p>
    ${lead.advocate && html`<p class="lead-from"><${Icon} name="advocates" /><span>${lead.advocate_name ?? lead.advocate} recommended you.
      ${address && html` <a href=${thanks(lead, address)} onClick=${onThank}>Thank ${firstName(lead.advocate_name ?? "them")}</a>`}</span></p>`}
    <div class="row">
      ${phone && html`<${Button} icon="phone" href=${telTo(phone)}>Call<span class="unseen"> ${name}</span><//>`}
      ${email && html`<${Button} icon="mail" href=${mailTo(email)}>Write<span class="unseen"> to ${name}</span><//>`}
      <${MoveMenu} lead=${lead} onMove=${(/** @type {Stage} */ stage) => onMove(lead, stage)} />
    </div>
  </li>`;
}
