// Rewards by where they stand, and deciding about one or many.

import { html, useState } from "/vendor/ui.js";
import { Badge, Button, Card, Empty, Menu, Skeleton, Table, Tabs } from "/ui/components.js";
import { date, number, plural } from "/ui/format.js";
import { can } from "/ui/page.js";
import { useQuery } from "/ui/url.js";
import { usePaged } from "/ui/lists.js";
import { Flags, Inside, More, to } from "../people/parts.js";
import { useReps } from "../people/reps.js";
import { amountOf, amounts, formName, sums } from "../people/words.js";
import { ActDialog } from "./act.js";
import { RewardDetail } from "./detail.js";
import { ACTS, STATES, actsOf, payee, stateName, stateTone } from "./reward.js";

/** @import { Act, Reward } from "./reward.js" */

const DEFAULTS = { state: "", advocate: "", lead: "", reward: "" };

/** @param {{ session: import("/ui/page.js").Session, program: import("/ui/page.js").Program }} props */
export function Rewards({ session, program }) {
  const [query, setQuery] = useQuery(DEFAULTS);
  const { advocate, lead } = query;
  const narrow = Boolean(advocate || lead);
  // Of one person or lead there are few: all of them are of interest.
  const state = query.state || (narrow ? "all" : "pending");
  const list = usePaged("/v1/rewards", { program: program.slug, advocate, lead, state: state === "all" ? "" : state }, 100);
  const reps = useReps();
  const [selected, setSelected] = useState(/** @type {Set<string | number>} */ (new Set()));
  const [acting, setActing] = useState(/** @type {{ act: Act, rewards: Reward[] } | undefined} */ (undefined));
  const writes = can(session, "rewards:write");
  const items = /** @type {Reward[]} */ (list.items ?? []);
  const chosen = items.filter(({ id }) => selected.has(id));
  const possible = /** @type {Act[]} */ (Object.keys(ACTS)).filter((act) => chosen.some((reward) => actsOf(reward).includes(act)));
  const open = (/** @type {Reward} */ { id }) => setQuery({ reward: id }, { push: true });

  return html`
    ${narrow && html`<div class="chosen"><strong>${lead ? "Rewards for one lead" : `Rewards of ${items[0]?.advocate === advocate ? items[0].advocate_name : "one advocate"}`}</strong>
      <${Button} kind="quiet" onClick=${() => setQuery({ advocate: "", lead: "", state: "" })}>Show all<//></div>`}
    <${Tabs} label="Where they stand" value=${state} onChange=${(/** @type {string} */ key) => { setSelected(new Set()); setQuery({ state: key }); }}
      tabs=${[...STATES.map(({ key, name }) => ({ key, label: name })), { key: "all", label: "All" }]}>
      ${writes && chosen.length > 0 && html`<div class="chosen"><strong>${number(chosen.length)} chosen: ${amounts(sums(chosen, ({ unit }) => unit, ({ amount }) => amount))}</strong>
        ${possible.map((act) => html`<${Button} key=${act} onClick=${() => setActing({ act, rewards: chosen.filter((reward) => actsOf(reward).includes(act)) })}>${ACTS[act].name} …<//>`)}
        ${possible.length === 0 && html`<span class="muted">Nothing can be decided about these.</span>`}
        <${Button} kind="quiet" onClick=${() => setSelected(new Set())}>Clear<//></div>`}
      <${Sums} state=${state} items=${items} more=${Boolean(list.next)} />
      <${Card} class=${list.items && list.busy ? "stale" : ""}>
        ${!list.items && !list.failed && html`<${Skeleton} lines=${8} />`}
        ${list.items?.length === 0 && html`<${Nothing} state=${state} program=${program.slug} session=${session} />`}
        ${items.length > 0 && html`<${Rows} items=${items} state=${state} program=${program} reps=${reps} writes=${writes} selected=${selected} onSelect=${setSelected} onOpen=${open}
          onAct=${(/** @type {Act} */ act, /** @type {Reward} */ reward) => setActing({ act, rewards: [reward] })} />`}
        <${More} list=${list} one="reward" other="rewards" />
      <//>
    <//>
    ${query.reward && html`<${RewardDetail} key=${`${query.reward}${items.find(({ id }) => id === query.reward)?.state ?? ""}`} id=${query.reward} program=${program} session=${session} reps=${reps}
      onClose=${() => setQuery({ reward: "" })} onAct=${(/** @type {Act} */ act, /** @type {Reward} */ reward) => setActing({ act, rewards: [reward] })} />`}
    ${acting && html`<${ActDialog} act=${acting.act} rewards=${acting.rewards} repName=${reps.repName} onClose=${(/** @type {boolean} */ changed) => {
      setActing(undefined);
      if (!changed) return;
      setSelected(new Set());
      if (query.reward) setQuery({ reward: "" });
      list.reload();
    }} />`}`;
}

/** @param {{ state: string, items: Reward[], more: boolean }} props */
function Sums({ state, items, more }) {
  const about = STATES.find(({ key }) => key === state)?.about;
  const all = sums(items, ({ unit, form }) => `${unit} ${form}`, ({ amount }) => amount);
  return html`<div class="sums-line">
    ${about && html`<p class="muted">${about}</p>`}
    ${all.length > 0 && html`<p class="sums">${all.map(([key, amount]) => {
      const [unit, form] = key.split(" ");
      return html`<span key=${key}><b>${amountOf(amount, unit)}</b> <span class="muted">${formName(form)}</span></span>`;
    })}${more && html`<span class="muted">of the ${number(items.length)} ${plural(items.length, "reward", "rewards")} shown</span>`}</p>`}
  </div>`;
}

/** @param {any} props */
function Rows({ items, state, program, reps, writes, selected, onSelect, onOpen, onAct }) {
  const columns = [
    {
      key: "who",
      label: "Who gets it",
      render: (/** @type {Reward} */ reward) => html`<${Inside} class="plain" href=${to("/console/rewards", { program: program.slug, state, reward: reward.id })} onOpen=${() => onOpen(reward)}>${payee(reward, reps.repName)}<//>
        <span class="under">Rule “${reward.rule}”${reward.beneficiary !== "advocate" ? `, referred by ${reward.advocate_name}` : ""}</span>`,
    },
    { key: "amount", label: "Amount", numeric: true, render: (/** @type {Reward} */ { amount, unit, form }) => html`${amountOf(amount, unit)}<span class="under">${formName(form)}</span>` },
    ...(state === "all" ? [{ key: "state", label: "State", render: (/** @type {Reward} */ reward) => html`<${Badge} tone=${stateTone(reward.state)}>${stateName(reward.state)}<//>` }] : []),
    ...(state === "held" ? [{ key: "holds", label: "Why", render: (/** @type {Reward} */ { holds }) => html`<span class="row"><${Flags} flags=${holds} /></span>` }] : []),
    { key: "earned_at", label: "Earned", class: "nowrap", render: (/** @type {Reward} */ { earned_at }) => date(earned_at, program.zone) },
    ...(state === "pending" ? [{ key: "due_at", label: "Waits for", render: (/** @type {Reward} */ { due_at, approval }) => (Date.parse(due_at) > Date.now() ? date(due_at, program.zone) : approval === "manual" ? "approval" : "the next settling") }] : []),
    ...(writes && ["pending", "held", "approved", "all"].includes(state) ? [{ key: "act", label: "Actions", unlabelled: true, class: "numeric corner", render: (/** @type {Reward} */ reward) => html`<${Deciding} reward=${reward} onAct=${onAct} />` }] : []),
  ];
  return html`<${Table} caption="Rewards" stacked columns=${columns} rows=${items} rowKey=${(/** @type {Reward} */ { id }) => id} rowName=${(/** @type {Reward} */ reward) => `${payee(reward, reps.repName)}, ${amountOf(reward.amount, reward.unit)}`}
    selected=${selected} onSelect=${writes && ["pending", "held", "approved"].includes(state) ? onSelect : undefined} />`;
}

/** @param {{ reward: Reward, onAct: (act: Act, reward: Reward) => void }} props */
function Deciding({ reward, onAct }) {
  const acts = actsOf(reward);
  if (acts.length === 0) return null;
  return html`<${Menu} label=${`Decide about the reward of ${reward.advocate_name}`} items=${acts.map((act) => ({ label: `${ACTS[act].name} …`, onSelect: () => onAct(act, reward) }))} />`;
}

/** @param {{ state: string, program: string, session: import("/ui/page.js").Session }} props */
function Nothing({ state, program, session }) {
  if (state === "pending" || state === "all") {
    return html`<${Empty} title="No reward here yet" action=${can(session, "programs:read") && html`<${Button} href=${to("/console/programs", { program, tab: "rewards" })}>The program’s rules<//>`}>
      A reward is earned when a lead gets as far as the program’s rules say: a meeting, a sale. It is pending until its day, then it is approved, and a payout takes it along.<//>`;
  }
  return html`<${Empty} title=${`Nothing is ${stateName(state).toLowerCase()}`}>${STATES.find(({ key }) => key === state)?.about}<//>`;
}
