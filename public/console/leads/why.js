// Who has the credit for a lead, and why nobody else, in plain words.

import { html, useState } from "/vendor/ui.js";
import { Badge, Button, Notice, Skeleton } from "/ui/components.js";
import { dateTime, number, plural } from "/ui/format.js";
import { useOne } from "/ui/lists.js";
import { mediumName } from "/ui/media.js";

/**
 * @typedef {{ kind: string, at: string, advocate: string, proof: string, channel?: string | null, medium?: string | null, place?: string | null, verdict: string, why: string }} Considered
 * @typedef {{ at: string, by: string, cause: string, moment: string, policy_version: number, policy: { touch: "first" | "last", window_days: number }, touches: Considered[] }} Decision
 * @typedef {{ lead: string, advocate?: string | null, decisions: Decision[] }} Why
 */

/** What proves a touch, as one would say it. @param {Considered} touch @param {(slug: string) => string} repName */
function proof({ kind, proof: by, medium, place }, repName) {
  const where = place ? `, at “${place}”` : "";
  const how = medium ? ` (${mediumName(medium)})` : "";
  if (kind === "rep") return `${repName(by)} heard of it ${{ in_person: "in person", phone: "on the phone", video: "on a video call" }[medium ?? ""] ?? ""}${where}.`;
  if (kind === "code") return `The code ${by} was given${how}.`;
  if (kind === "import") return `Another system has recorded it${how}.`;
  if (kind === "receipt") return `A click on a link${how}, proved by its receipt.`;
  return `A click on a link${how}, remembered by the browser.`;
}

/** @type {Record<string, [label: string, tone?: import("/ui/components/shown.js").Tone]>} */
const VERDICTS = {
  won: ["Has the credit", "good"],
  too_late: ["Too late"],
  too_old: ["Too old"],
  outranked: ["Outranked"],
  not_first: ["Not the first"],
  not_last: ["Not the last"],
};

/** @type {Record<string, string>} */
const CAUSES = {
  lead: "It was decided when the lead came in",
  touch: "It was decided again, as another touch was reported",
  sale: "It was decided again, as a sale turned out to be from before",
};

/**
 * Loads it when it is drawn: most leads are looked at without it.
 * @param {{ lead: string, zone: string, advocateName: (id: string) => string, repName: (slug: string) => string }} props
 */
export function WhyPanel({ lead, zone, advocateName, repName }) {
  const { value, failed, reload } = useOne(`/v1/leads/${encodeURIComponent(lead)}/why`);
  const why = /** @type {Why | undefined} */ (value);
  const [raw, setRaw] = useState(false);
  if (failed) return html`<${Notice} tone="bad" action=${html`<${Button} onClick=${reload}>Try again<//>`}>${failed}<//>`;
  if (!why) return html`<${Skeleton} lines=${3} />`;
  if (why.decisions.length === 0) {
    return html`<p class="muted">Nobody has the credit: no touch came with it. If somebody remembers who referred them, add a referral with the same address, and it is decided anew.</p>`;
  }
  const decisions = why.decisions.toReversed();
  return html`<div class="stack">
    ${decisions.map((decision, index) => html`<${DecisionView} key=${index} decision=${decision} latest=${index === 0} zone=${zone} advocateName=${advocateName} repName=${repName} />`)}
    <div><${Button} kind="quiet" aria-expanded=${raw} onClick=${() => setRaw(!raw)}>${raw ? "Hide the record" : "Show the record"}<//>
      ${raw && html`<pre class="raw" tabindex="0" aria-label="The record, as the API answers it">${JSON.stringify(why, null, 2)}</pre>`}</div>
  </div>`;
}

/** @param {{ decision: Decision, latest: boolean, zone: string, advocateName: (id: string) => string, repName: (slug: string) => string }} props */
function DecisionView({ decision, latest, zone, advocateName, repName }) {
  const { policy, touches } = decision;
  const winner = touches.find(({ verdict }) => verdict === "won");
  const sorted = touches.toSorted((a, b) => Number(b.verdict === "won") - Number(a.verdict === "won") || b.at.localeCompare(a.at));
  const body = html`
    <p>${CAUSES[decision.cause] ?? "It was decided"}, on ${dateTime(decision.at, zone)}. ${touches.length === 1 ? "One touch was" : `${number(touches.length)} touches were`} considered:</p>
    <ul class="touches">${sorted.map((touch, index) => html`<li key=${index}>
      <div class="row"><strong>${advocateName(touch.advocate)}</strong><${Badge} tone=${VERDICTS[touch.verdict]?.[1]}>${VERDICTS[touch.verdict]?.[0] ?? touch.verdict}<//></div>
      <p>${proof(touch, repName)} <span class="muted">${dateTime(touch.at, zone)}</span></p>
      <p class="muted">${touch.why}</p>
    </li>`)}</ul>
    <p class="muted small">By version ${number(decision.policy_version)} of the policy: of the strongest proofs, the ${policy.touch} touch within ${number(policy.window_days)} ${plural(policy.window_days, "day", "days")} before ${dateTime(decision.moment, zone)}.</p>`;
  if (!latest) return html`<details class="earlier"><summary>An earlier decision: ${winner ? advocateName(winner.advocate) : "nobody"}</summary><div class="stack">${body}</div></details>`;
  return html`<div class="stack">
    <p><strong>${winner ? `${advocateName(winner.advocate)} has the credit.` : "Nobody has the credit."}</strong></p>${body}</div>`;
}
