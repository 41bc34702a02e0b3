// The range's figures, and their course by channel.
import { html, useMemo } from "/vendor/ui.js";
import { group, TimeChart } from "/ui/chart.js";
import { money, number } from "/ui/format.js";
import { Card } from "/ui/components.js";
import { channelName, channelToken, CHANNEL_KEYS } from "/ui/media.js";

import { Answered, useAnswer } from "./answers.js";
import { shift, today } from "./range.js";
import { Delta, Tiles } from "./tiles.js";

/** @typedef {import("./types.js").SeriesAnswer} SeriesAnswer */
/** @typedef {import("./types.js").FunnelAnswer} FunnelAnswer */

/** @type {Record<string, { title: string, key: "human" | "uniques" | "shares", empty: string }>} */
const METRICS = {
  clicks: { title: "Clicks by people", key: "human", empty: "No clicks in these days. They appear here seconds after somebody follows a referral link." },
  uniques: { title: "Unique visitors", key: "uniques", empty: "No visitors in these days. Each person counts once a day, whatever they click." },
  shares: { title: "Shares", key: "shares", empty: "No shares in these days. A share counts when an advocate sends their link, or begins to." },
};

/**
 * Days after which most leads that will be won are: before that, a range has fewer
 * wins than one that lies further back merely because its leads are younger.
 */
const RIPE_DAYS = 60;

/** @param {number[]} values */
const total = (values) => values.reduce((sum, value) => sum + (value ?? 0), 0);

/** @param {SeriesAnswer | undefined} answer @param {"human" | "suspected" | "bot" | "shares" | "uniques"} key */
const totals = (answer, key) => answer && total(answer.series.map((one) => total(one[key])));

/** @param {import("./view.js").Scope} scope */
export function OverTime({ program, range, earlier, about, compared, query, setQuery, file }) {
  const filters = { channel: query.channel, medium: query.medium, destination: query.destination };
  const unit = range.unit === "hour" ? "hour" : "day";
  const days = (/** @type {{ from: string, to: string }} */ { from, to }) => ({ program: program.slug, from, to });
  const here = useAnswer("/v1/stats/series", { ...days(range), unit, ...filters });
  const there = useAnswer(compared ? "/v1/stats/series" : null, { ...days(earlier), unit, ...filters });
  // Visitors of several channels are one visitor, which no sum of channels knows.
  const sums = useAnswer("/v1/stats", { ...days(range), by: "channel", channel: query.channel });
  const sumsBefore = useAnswer(compared ? "/v1/stats" : null, { ...days(earlier), by: "channel", channel: query.channel });
  const funnel = useAnswer("/v1/stats/funnel", { ...days(range), by: "channel" });
  const funnelBefore = useAnswer(compared ? "/v1/stats/funnel" : null, { ...days(earlier), by: "channel" });

  const metric = METRICS[query.metric] ? query.metric : "clicks";
  const { title, key, empty } = METRICS[metric];
  // An empty parameter is the default, so that nothing is off has a word of its own.
  const hidden = query.off === "none" ? [] : query.off.split(".");
  const narrowed = Boolean(query.medium || query.destination);

  const chart = useMemo(() => here.data && shape(here.data, there.now, key, range.unit, query.channel), [here.data, there.now, key, range.unit, query.channel]);
  const bands = useMemo(() => {
    if (!here.data || metric !== "clicks") return [];
    const shown = here.data.series.filter(({ channel }) => !hidden.includes(channel));
    const { sum } = group(here.data.starts, range.unit);
    const column = (/** @type {"suspected" | "bot"} */ of) =>
      sum(here.data?.starts.map((_, index) => total(shown.map((one) => one[of][index]))) ?? []);
    return [
      { key: "suspected", label: "Suspected", token: "--class-suspected", values: column("suspected") },
      { key: "bot", label: "Bots", token: "--class-bot", values: column("bot") },
    ];
  }, [here.data, metric, query.off, range.unit]);

  const than = "in the period before";
  const delta = (/** @type {number | undefined} */ now, /** @type {number | undefined} */ before) =>
    now === undefined || !compared ? undefined : html`<${Delta} now=${now} before=${before} than=${than} />`;
  const uniques = narrowed ? totals(here.data, "uniques") : sums.data?.total.uniques;
  const uniquesBefore = narrowed ? totals(there.now, "uniques") : sumsBefore.now?.total.uniques;
  const leads = row(funnel.data, query.channel);
  const leadsBefore = row(funnelBefore.now, query.channel);
  const said = (/** @type {number | undefined} */ value) => value === undefined ? "…" : number(value);
  const revenue = leads?.revenue ?? [];
  const ripe = range.to <= shift(today(program.zone), -RIPE_DAYS);
  const young = compared && !ripe ? "so far; young leads are still open" : "";
  const tiles = [
    { label: "Clicks by people", value: said(totals(here.data, "human")), delta: delta(totals(here.data, "human"), totals(there.now, "human")), metric: "clicks" },
    { label: "Unique visitors", value: said(uniques), delta: delta(uniques, uniquesBefore), metric: "uniques" },
    { label: "Shares", value: said(totals(here.data, "shares")), delta: delta(totals(here.data, "shares"), totals(there.now, "shares")), metric: "shares" },
    { label: "Leads", value: said(leads?.leads), delta: delta(leads?.leads, leadsBefore?.leads) },
    { label: "Meetings", value: said(leads?.meetings), delta: delta(leads?.meetings, leadsBefore?.meetings) },
    { label: "Won", value: said(leads?.won), delta: ripe ? delta(leads?.won, leadsBefore?.won) : undefined, hint: young },
    {
      label: "Revenue",
      value: leads === undefined ? "…" : revenue.length === 0 ? "–" : money(revenue[0].amount, revenue[0].currency),
      delta: ripe && revenue.length === 1 ? delta(revenue[0].amount, leadsBefore?.revenue.find(({ currency }) => currency === revenue[0].currency)?.amount ?? 0) : undefined,
      hint: [...revenue.slice(1).map(({ amount, currency }) => money(amount, currency)), young].filter(Boolean).join(", "),
    },
  ];

  return html`<${Card} title="Over time" class="over-time">
    <${Tiles} tiles=${tiles} metric=${metric} choose=${(/** @type {string} */ one) => setQuery({ metric: one })} />
    ${narrowed && html`<p class="muted small">Leads, meetings, wins and revenue are of all media and destinations: a lead keeps only its channel.</p>`}
    <${Answered} of=${[here]} lines=${8}>${() => chart && html`<${TimeChart}
      label=${query.channel ? `${title}, ${channelName(query.channel)}` : `${title} per channel`} about=${about}
      starts=${chart.starts} unit=${range.unit} zone=${program.zone}
      groups=${chart.groups} bands=${bands} hidden=${hidden}
      onHidden=${(/** @type {string[]} */ keys) => setQuery({ off: keys.length > 0 ? keys.join(".") : "none" })}
      mode=${query.view === "lines" ? "lines" : "bars"}
      before=${compared && there.now ? "Period before" : undefined}
      format=${number} short=${compact} empty=${empty} file=${`${file}-${metric}`}
      controls=${html`<${View} view=${query.view} choose=${(/** @type {string} */ view) => setQuery({ view })} />`} />`}<//>
  <//>`;
}

const compact = (/** @type {number} */ value) => new Intl.NumberFormat(undefined, { notation: "compact" }).format(value);

/** @param {FunnelAnswer | undefined} answer @param {string} channel */
function row(answer, channel) {
  return answer && (channel ? answer.rows.find(({ key }) => key === channel) : answer.total);
}

/**
 * @param {SeriesAnswer} here
 * @param {SeriesAnswer | undefined} there
 * @param {"human" | "uniques" | "shares"} key
 * @param {import("/ui/chart.js").Unit} unit
 * @param {string} channel
 */
function shape(here, there, key, unit, channel) {
  const { starts, sum } = group(here.starts, unit);
  const groups = CHANNEL_KEYS.filter((one) => !channel || one === channel).map((one) => {
    const now = here.series.find((series) => series.channel === one);
    const earlier = there?.series.find((series) => series.channel === one);
    return {
      key: one,
      label: channelName(one),
      token: channelToken(one),
      values: sum(now?.[key] ?? []),
      // Days of the same place in their range lie over one another.
      before: earlier && sum(earlier[key].slice(0, here.starts.length)),
    };
  });
  return { starts, groups };
}

/** @param {{ view: string, choose: (view: string) => void }} props */
function View({ view, choose }) {
  const one = (/** @type {string} */ key, /** @type {string} */ label) => html`<button type="button" class="segment"
    aria-pressed=${(view === "lines" ? "lines" : "bars") === key} onClick=${() => choose(key)}>${label}</button>`;
  return html`<div class="segments" role="group" aria-label="How it is drawn">${one("bars", "Bars")}${one("lines", "Lines")}</div>`;
}
