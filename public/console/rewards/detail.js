// One reward: what it comes to, and the ledger's entries that say so.

import { html } from "/vendor/ui.js";
import { Badge, Button, Dialog, Notice, Skeleton } from "/ui/components.js";
import { date, dateTime, number } from "/ui/format.js";
import { can } from "/ui/page.js";
import { useOne } from "/ui/lists.js";
import { Facts, to } from "../people/parts.js";
import { amountOf, byName, entryName, flagAbout, flagName, formName } from "../people/words.js";
import { ACTS, actsOf, payee, stateName, stateTone } from "./reward.js";

/** @import { Act, Reward } from "./reward.js" */
/** @typedef {{ entry: number, kind: string, amount: number, approved: number, issued: number, paid: number, holds: number, terms?: number | null, payout?: string | null, reason?: string | null, at: string, by: string }} Entry */

/** By how much an entry changed what it is about. @param {Entry} entry @param {string} unit */
function moved({ kind, amount, approved, issued, paid }, unit) {
  const sum = { approved, issued, returned: paid || issued, paid }[kind] ?? amount;
  return sum ? `${sum > 0 && ["adjusted", "restated"].includes(kind) ? "+" : ""}${amountOf(sum, unit)}` : "";
}

/**
 * @param {{ id: string, program: import("/ui/page.js").Program, session: import("/ui/page.js").Session, reps: ReturnType<typeof import("../people/reps.js").useReps>, onClose: () => void, onAct: (act: Act, reward: Reward) => void }} props
 */
export function RewardDetail({ id, program, session, reps, onClose, onAct }) {
  const { value, failed, reload } = useOne(`/v1/rewards/${encodeURIComponent(id)}`);
  const reward = /** @type {(Reward & { entries: Entry[] }) | undefined} */ (value);
  const acts = reward && can(session, "rewards:write") ? actsOf(reward) : [];
  const title = reward ? `${amountOf(reward.amount, reward.unit)} for ${payee(reward, reps.repName)}` : "Reward";
  const { slug, zone } = program;
  return html`<${Dialog} open kind="drawer" title=${title} onClose=${onClose} actions=${reward && acts.length > 0 && acts.map((act) => html`<${Button} key=${act} kind=${act === "approve" || act === "release" ? "primary" : undefined} onClick=${() => onAct(act, reward)}>${ACTS[act].name} …<//>`)}>
    ${failed && html`<${Notice} tone="bad" title="This reward could not be read" action=${html`<${Button} onClick=${reload}>Try again<//>`}>${failed}<//>`}
    ${!reward && !failed && html`<${Skeleton} lines=${8} />`}
    ${reward && html`<div class="stack">
      <div class="row"><${Badge} tone=${stateTone(reward.state)}>${stateName(reward.state)}<//></div>
      ${reward.holds.length > 0 && html`<${Notice} tone="warn" title="It is held until somebody has looked"><ul class="reasons">${reward.holds.map((hold) => html`<li key=${hold}>${flagName(hold) === hold ? hold : html`<b>${flagName(hold)}.</b> ${flagAbout(hold)}`}</li>`)}</ul><//>`}
      <${Facts} of=${[
        ["Comes to", `${amountOf(reward.amount, reward.unit)} as ${formName(reward.form)}`],
        ["To be paid", reward.payable ? amountOf(reward.payable, reward.unit) : ""],
        ["Rule", html`<span>“${reward.rule}”, version ${number(reward.terms)} of the rules</span>`],
        ["Advocate", can(session, "advocates:read") ? html`<a href=${to("/console/advocates", { program: slug, advocate: reward.advocate })}>${reward.advocate_name}</a>` : reward.advocate_name],
        ["Lead", can(session, "leads:read") && html`<a href=${to("/console/leads", { program: slug, owner: "*", lead: reward.lead })}>Open the lead</a>`],
        ["Order", reward.order_id && html`<code>${reward.order_id}</code>`],
        ["Earned", dateTime(reward.earned_at, zone)],
        ["Due", `${date(reward.due_at, zone)}, approved ${reward.approval === "manual" ? "by somebody" : "by itself"}`],
      ]} />
      <section class="part"><h3>Ledger</h3>
        <ol class="log" reversed>${reward.entries.toReversed().map((entry) => html`<li key=${entry.entry} class=${{ paid: "good", approved: "good", returned: "bad", reversed: "bad" }[entry.kind]}>
          <p class="ledger-line"><span>${entryName(entry.kind)}</span><b>${moved(entry, reward.unit)}</b></p>
          ${entry.reason && html`<p class="muted">${flagName(entry.reason)}</p>`}
          ${entry.payout && html`<p><a href=${to("/console/rewards", { program: slug, view: "payouts", payout: entry.payout })}>The payout</a></p>`}
          <small>${dateTime(entry.at, zone)} · ${byName(entry.by)}</small>
        </li>`)}</ol></section>
    </div>`}
  <//>`;
}
