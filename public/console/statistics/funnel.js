// From shares to wins: the steps of all channels together, the counts of each
// channel, and one rate of each with its interval beside what was published.
import { html, useId } from "/vendor/ui.js";
import { money, number, percent } from "/ui/format.js";
import { Files, RateBar } from "/ui/bars.js";
import { tint } from "/ui/chart.js";
import { Card } from "/ui/components.js";
import { channelName, channelToken, CHANNEL_KEYS } from "/ui/media.js";

import { Answered, useAnswer } from "./answers.js";
import { Published, share, Sources, sourcesOf } from "./benchmarks.js";

/** @typedef {import("./types.js").FunnelAnswer} FunnelAnswer */
/** @typedef {import("./types.js").FunnelFigures} FunnelFigures */
/** @typedef {import("./types.js").FunnelRow} FunnelRow */

/** @type {{ key: "click_to_lead" | "lead_to_meeting" | "meeting_to_opportunity" | "opportunity_to_won" | "lead_to_won", label: string, of: (row: FunnelFigures) => [number, number], tried: string }[]} */
const RATES = [
  { key: "lead_to_won", label: "Lead to won", of: (row) => [row.won, row.leads], tried: "leads" },
  { key: "click_to_lead", label: "Click to lead", of: (row) => [row.leads_from_clicks, row.clicks], tried: "clicks" },
  { key: "lead_to_meeting", label: "Lead to meeting", of: (row) => [row.meetings, row.leads], tried: "leads" },
  { key: "meeting_to_opportunity", label: "Meeting to opportunity", of: (row) => [row.opportunities, row.meetings], tried: "meetings" },
  { key: "opportunity_to_won", label: "Opportunity to won", of: (row) => [row.won, row.opportunities], tried: "opportunities" },
];

/** @param {{ amount: number, currency: string }[]} sums */
export const sumsOf = (sums) => (sums.length === 0 ? "–" : sums.map(({ amount, currency }) => money(amount, currency)).join(", "));

/** @param {import("./types.js").Interval} interval */
const interval = ({ low, high }) => `${percent(low)} to ${percent(high)}`;

/** @param {import("./view.js").Scope} scope */
export function FunnelCard({ program, range, earlier, about, compared, query, setQuery, file }) {
  const days = (/** @type {{ from: string, to: string }} */ { from, to }) => ({ program: program.slug, from, to, by: "channel" });
  const here = useAnswer("/v1/stats/funnel", days(range));
  const there = useAnswer(compared ? "/v1/stats/funnel" : null, days(earlier));
  return html`<${Card} title="From shares to wins" class="funnel-card">
    <${Answered} of=${[here]} lines=${10}>${() => {
      const answer = /** @type {FunnelAnswer} */ (here.data);
      const chosen = query.channel ? answer.rows.find(({ key }) => key === query.channel) ?? answer.total : answer.total;
      const former = there.now && (query.channel ? there.now.rows.find((/** @type {FunnelRow} */ { key }) => key === query.channel) : there.now.total);
      if (answer.total.leads === 0 && answer.total.clicks === 0 && answer.total.shares.sent + answer.total.shares.intent === 0) {
        return html`<p class="muted">Nothing was shared, clicked or won in these days. Links come from the link builder; leads from forms, the API and spoken referrals.</p>`;
      }
      return html`<${Steps} figures=${chosen} former=${former} whose=${query.channel ? channelName(query.channel) : "All channels"} about=${about} file=${file} />
        <${Counts} answer=${answer} channel=${query.channel} about=${about} file=${file} />
        <${Rates} answer=${answer} channel=${query.channel} rate=${query.rate} choose=${(/** @type {string} */ rate) => setQuery({ rate })} about=${about} file=${file} />
        <p class="muted small">Of the leads that came in on these days, how many ever got to each step; young leads have yet to get there. Whiskers span where the true rate lies with 95 % confidence.</p>`;
    }}<//>
  <//>`;
}

/** @param {{ figures: FunnelFigures, former?: FunnelFigures, whose: string, about: string, file: string }} props */
function Steps({ figures, former, whose, about, file }) {
  /** @type {[string, number, number | undefined, import("./types.js").Interval | null | undefined, string][]} */
  const steps = [
    ["Shares", figures.shares.sent + figures.shares.intent, former && former.shares.sent + former.shares.intent, undefined, ""],
    ["Clicks by people", figures.clicks, former?.clicks, undefined, ""],
    ["Leads", figures.leads, former?.leads, figures.rates.click_to_lead, "of clicks"],
    ["Meetings", figures.meetings, former?.meetings, figures.rates.lead_to_meeting, "of leads"],
    ["Won", figures.won, former?.won, figures.rates.lead_to_won, "of leads"],
  ];
  const most = Math.max(1, ...steps.map(([, value]) => value));
  return html`<section class="steps-block" aria-label=${`Steps, ${whose}`}>
    <ol class="steps">${steps.map(([label, value, before, rate, of]) => html`<li key=${label}>
      <span class="step-label">${label}</span>
      <span class="step-bar" aria-hidden="true"><span style=${{ width: `${(value / most) * 100}%` }}></span></span>
      <span class="step-value">${number(value)}</span>
      <span class="step-note">${rate && `${percent(rate.rate)} ${of} (${interval(rate)})`}${rate && before !== undefined && " · "}${before !== undefined && `before ${number(before)}`}</span>
    </li>`)}</ol>
    <div class="ranking-tools"><${Files} label=${`From shares to wins, ${whose}`} about=${about} file=${`${file}-steps`}
      header=${["Step", "Count", "Rate", "Low", "High"]}
      raw=${steps.map(([label, value, , rate]) => [label, value, rate?.rate ?? "", rate?.low ?? "", rate?.high ?? ""])}
      rows=${steps.map(([label, value, , rate]) => [label, number(value), ...(rate ? [percent(rate.rate), percent(rate.low), percent(rate.high)] : ["", "", ""])])} /></div>
  </section>`;
}

/** @param {FunnelAnswer} answer @param {string} channel @returns {{ key: string, name: string, row: FunnelFigures }[]} */
function rowsOf(answer, channel) {
  const rows = CHANNEL_KEYS.filter((one) => !channel || one === channel).flatMap((one) => {
    const row = answer.rows.find(({ key }) => key === one);
    return row ? [{ key: one, name: channelName(one), row }] : [];
  });
  if (channel) return rows;
  const whole = [{ key: "total", name: "All channels", row: answer.total }];
  const nobodys = answer.unattributed.leads > 0 ? [{ key: "none", name: "Without credit", row: answer.unattributed }] : [];
  return [...rows, ...nobodys, ...whole];
}

/** @param {{ answer: FunnelAnswer, channel: string, about: string, file: string }} props */
function Counts({ answer, channel, about, file }) {
  const rows = rowsOf(answer, channel);
  const header = ["Channel", "Shares", "Clicks", "Leads", "Meetings", "Won", "Revenue", "Rewards"];
  const cells = (/** @type {FunnelFigures} */ row) => [row.shares.sent + row.shares.intent, row.clicks, row.leads, row.meetings, row.won].map((value) => number(value));
  const rewards = (/** @type {FunnelFigures} */ row) =>
    row.rewards.length === 0 ? "–" : row.rewards.map(({ unit, amount }) => unit === "months" ? `${number(amount)} months` : money(amount, unit)).join(", ");
  const texts = rows.map(({ name, row }) => [name, ...cells(row), sumsOf(row.revenue), rewards(row)]);
  return html`<div>
    <div class="table-scroll" tabindex="0" role="region" aria-label="Counts per channel">
      <table class="table"><caption class="unseen">Shares, clicks, leads, meetings, wins, revenue and rewards per channel, ${about}</caption>
        <thead><tr>${header.map((name, index) => html`<th key=${name} scope="col" class=${index > 0 && "numeric"}>${name}</th>`)}</tr></thead>
        <tbody>${rows.map(({ key }, index) => html`<tr key=${key} class=${key === "total" && "total"}>
          <th scope="row">${key !== "total" && key !== "none" && html`<span class="swatch" data-token=${channelToken(key)} ref=${tint}></span>`}${texts[index][0]}</th>
          ${texts[index].slice(1).map((text, column) => html`<td key=${column} class="numeric">${text}</td>`)}</tr>`)}</tbody>
      </table>
    </div>
    <div class="ranking-tools"><${Files} label="Funnel per channel" about=${about} file=${`${file}-funnel`} header=${header}
      raw=${rows.map(({ key, row }) => [key, row.shares.sent + row.shares.intent, row.clicks, row.leads, row.meetings, row.won,
        row.revenue.map(({ currency, amount }) => `${currency} ${amount}`).join("; "), row.rewards.map(({ unit, amount }) => `${unit} ${amount}`).join("; ")])}
      rows=${texts} /></div>
  </div>`;
}

/** @param {{ answer: FunnelAnswer, channel: string, rate: string, choose: (rate: string) => void, about: string, file: string }} props */
function Rates({ answer, channel, rate, choose, about, file }) {
  const id = useId();
  const chosen = RATES.find(({ key }) => key === rate) ?? RATES[0];
  const rows = rowsOf(answer, channel).filter(({ key }) => key !== "none");
  const published = answer.benchmarks.filter(({ measure }) => measure === chosen.key);
  const of = (/** @type {string} */ key) => published.filter((one) => (one.channel ?? "total") === key);
  const seen = rows.flatMap(({ key }) => of(key));
  const sources = sourcesOf(seen);
  const highest = Math.max(0.05, ...rows.map(({ row }) => row.rates[chosen.key]?.high ?? 0), ...seen.map((one) => share(one) ?? 0));
  // A channel of a handful has an interval up to the sky; the others stay legible.
  const most = Math.min(1, highest * 1.05);
  const files = rows.map(({ key, name, row }) => {
    const [got, tried] = chosen.of(row);
    return { key, name, got, tried, rate: row.rates[chosen.key] };
  });
  return html`<section class="rates" aria-label="Conversion per channel">
    <div class="rates-head"><h3>Conversion per channel</h3>
      <div class="segments" role="group" aria-label="Which step">${RATES.map(({ key, label }) => html`<button key=${key} type="button" class="segment" aria-pressed=${key === chosen.key} onClick=${() => choose(key)}>${label}</button>`)}</div></div>
    <ul class="rate-rows">${rows.map(({ key, name, row }) => {
      const measured = row.rates[chosen.key];
      const [got, tried] = chosen.of(row);
      const beside = of(key);
      return html`<li key=${key} class=${key === "total" && "total"}>
        <span class="rate-name">${name}</span>
        <${RateBar} rate=${measured?.rate ?? 0} low=${measured?.low} high=${measured?.high} most=${most}
          marks=${beside.map(share).filter((one) => one !== undefined)} token=${key === "total" ? "--accent" : channelToken(key)} />
        <span class="rate-text">${measured
          ? html`<strong>${percent(measured.rate)}</strong> <span class="muted">${interval(measured)}; ${number(got)} of ${number(tried)} ${chosen.tried}</span>`
          : html`<span class="muted">${tried === 0 ? `no ${chosen.tried} yet` : "not measurable"}</span>`}</span>
        ${beside.length > 0 && html`<span class="rate-beside">${beside.map((one, index) => html`<${Published} key=${index} of=${one} sources=${sources} id=${id} />`)}</span>`}
      </li>`;
    })}</ul>
    <div class="ranking-tools"><${Files} label=${`${chosen.label} per channel`} about=${about} file=${`${file}-${chosen.key}`}
      header=${["Channel", "Rate", "Low", "High", "Got there", "Of"]}
      raw=${files.map((one) => [one.key, one.rate?.rate ?? "", one.rate?.low ?? "", one.rate?.high ?? "", one.got, one.tried])}
      rows=${files.map((one) => [one.name, ...(one.rate ? [percent(one.rate.rate), percent(one.rate.low), percent(one.rate.high)] : ["–", "", ""]), number(one.got), number(one.tried)])} /></div>
    <${Sources} sources=${sources} id=${id} />
  </section>`;
}
