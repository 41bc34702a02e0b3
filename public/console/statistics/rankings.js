// Who and what brings the most: advocates, reps, destinations, media, labels.
import { html } from "/vendor/ui.js";
import { number, percent } from "/ui/format.js";
import { Ranking } from "/ui/bars.js";
import { Card } from "/ui/components.js";
import { channelOf, channelToken, mediumName } from "/ui/media.js";

import { Answered, useAnswer } from "./answers.js";
import { sumsOf } from "./funnel.js";

/** @typedef {import("./types.js").Answer} Answer */
/** @typedef {import("./types.js").FunnelAnswer} FunnelAnswer */
/** @typedef {import("./types.js").FunnelRow} FunnelRow */

const plain = (/** @type {number} */ value) => number(value);

const OUTCOMES = [
  { key: "leads", label: "Leads", format: plain },
  { key: "meetings", label: "Meetings", format: plain },
  { key: "won", label: "Won", format: plain },
  { key: "rate", label: "Won rate", format: (/** @type {number | null} */ rate) => (rate === null ? "–" : percent(rate)) },
  { key: "revenue", label: "Revenue", format: sumsText },
];

/** @param {string | { amount: number, currency: string }[]} sums */
function sumsText(sums) {
  return typeof sums === "string" ? sums : sumsOf(sums);
}

const REACH = [
  { key: "human", label: "Clicks", format: plain },
  { key: "uniques", label: "Visitors", format: plain },
  { key: "shares", label: "Shares", format: plain },
];

/** @param {FunnelRow} row @param {string} label @param {string} [href] */
const outcome = (row, label, href) => ({
  key: row.key ?? "",
  label,
  href,
  leads: row.leads,
  meetings: row.meetings,
  won: row.won,
  rate: row.rates.lead_to_won?.rate ?? null,
  // A cell of a file holds one text.
  revenue: sumsOf(row.revenue),
});

/** @param {Answer} answer @param {(key: string) => string} name @param {(key: string) => string} [token] */
const reach = (answer, name, token) => answer.rows
  .map((row) => ({
    key: row.key,
    label: name(row.key),
    token: token?.(row.key),
    human: row.clicks.human,
    uniques: row.uniques,
    shares: row.shares.sent + row.shares.intent,
  }))
  .filter((row) => row.human + row.shares > 0)
  .sort((one, other) => other.human - one.human || other.shares - one.shares);

/** @param {import("./view.js").Scope} scope */
export function Rankings({ program, range, about, query, file }) {
  const days = { program: program.slug, from: range.from, to: range.to };
  const advocates = useAnswer("/v1/stats/funnel", { ...days, by: "advocate" });
  const owners = useAnswer("/v1/stats/funnel", { ...days, by: "owner" });
  const labels = useAnswer("/v1/stats/funnel", { ...days, by: "campaign" });
  const destinations = useAnswer("/v1/stats", { ...days, by: "destination", channel: query.channel });
  const media = useAnswer("/v1/stats", { ...days, by: "medium", channel: query.channel });
  /** @param {FunnelAnswer} answer */
  const led = (answer) => answer.rows.filter(({ leads, clicks }) => leads > 0 || clicks > 0);
  const shared = { about, few: 6 };

  return html`<div class="rankings">
    <${Card} title="Top advocates"><${Answered} of=${[advocates]} lines=${6}>${() => html`<${Ranking} ...${shared}
      label="Top advocates" of="Advocate" file=${`${file}-advocates`}
      columns=${[OUTCOMES[0], { key: "clicks", label: "Clicks", format: plain }, OUTCOMES[2], OUTCOMES[4]]}
      rows=${led(advocates.data).map((row) => ({ ...outcome(row, row.name || row.key || "", `/console/advocates?program=${program.slug}&advocate=${row.key}`), clicks: row.clicks }))}
      empty=${html`<p class="muted">No advocate brought a click or a lead in these days. Invite some, or remind those there are.</p>`} />`}<//><//>
    <${Card} title="Top reps"><${Answered} of=${[owners]} lines=${6}>${() => html`<${Ranking} ...${shared}
      label="Top reps" of="Rep" file=${`${file}-reps`} columns=${[OUTCOMES[0], OUTCOMES[1], OUTCOMES[2], OUTCOMES[3]]}
      rows=${owners.data.rows.filter(({ leads }) => leads > 0).map((row) => outcome(row, row.key === null || row.key === undefined ? "Nobody yet" : row.name || row.key))}
      empty=${html`<p class="muted">No lead came in for anybody to follow up. Reps get leads by the routing of the program.</p>`} />`}<//><//>
    <${Card} title="Top destinations"><${Answered} of=${[destinations]} lines=${6}>${() => html`<${Ranking} ...${shared}
      label="Top destinations" of="Destination" file=${`${file}-destinations`} columns=${REACH}
      rows=${reach(destinations.data, (key) => key)}
      empty=${html`<p class="muted">No destination was visited in these days.</p>`} />`}<//><//>
    <${Card} title="Media"><${Answered} of=${[media]} lines=${6}>${() => html`<${Ranking} ...${shared}
      label="Media" of="Medium" file=${`${file}-media`} columns=${REACH}
      rows=${reach(media.data, mediumName, (key) => channelToken(channelOf(key).channel))}
      empty=${html`<p class="muted">Nothing travelled by any medium in these days.</p>`} />`}<//><//>
    <${Card} title="Campaigns, by label"><${Answered} of=${[labels]} lines=${6}>${() => html`<${Ranking} ...${shared}
      label="Campaigns by label" of="Label" file=${`${file}-labels`}
      columns=${[OUTCOMES[0], { key: "clicks", label: "Clicks", format: plain }, OUTCOMES[2], OUTCOMES[4]]}
      rows=${led(labels.data).map((row) => ({ ...outcome(row, row.key ?? "Without a label"), clicks: row.clicks }))}
      empty=${html`<p class="muted">No labelled link brought anything in these days. A label on a link tells one campaign from another.</p>`} />`}<//><//>
  </div>`;
}
