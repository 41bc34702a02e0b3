// The calculator: what a year of referrals brings in, from the program's own
// rates as far as they were measured, and from what the reader puts in their place.
import { html, useId, useMemo, useState } from "/vendor/ui.js";
import { money, number, plural } from "/ui/format.js";
import { Files } from "/ui/bars.js";
import { Button, Card, Empty } from "/ui/components.js";
import { useQuery } from "/ui/url.js";

import { Answered, useAnswer } from "../statistics/answers.js";
import { ofWhom, Sources, sourcesOf, year } from "../statistics/benchmarks.js";
import { shift, today } from "../statistics/range.js";
import { assumptions, currencyOf, read, said, typed } from "./assumptions.js";
import { scenarios, sensitivity } from "./model.js";

/** @typedef {import("./assumptions.js").Assumption} Assumption */
/** @typedef {import("./model.js").Outcome} Outcome */
/** @typedef {import("./model.js").Key} Key */

const KEYS = /** @type {Key[]} */ (["advocates", "active", "leads", "won", "revenue", "margin", "reward", "cost"]);
const NOTHING = { currency: "", ...Object.fromEntries(KEYS.map((key) => [key, ""])) };

/** Where nothing was sold yet, so that nothing says in what. */
const CURRENCIES = ["EUR", "USD", "GBP", "CHF", "JPY", "SEK", "NOK", "DKK", "PLN", "CAD", "AUD", "INR", "BRL"];

/** @param {{ program?: import("../statistics/types.js").Program }} props */
export function Roi({ program }) {
  if (!program) {
    return html`<${Empty} title="There is no program yet" action=${html`<a class="button primary" href="/console/programs">Create a program</a>`}>
      The calculator starts from what a program has measured.<//>`;
  }
  return html`<${OfProgram} key=${program.slug} program=${program} />`;
}

/** @param {{ program: import("../statistics/types.js").Program }} props */
function OfProgram({ program }) {
  const [query, setQuery] = useQuery(NOTHING);
  const to = today(program.zone);
  const activity = useAnswer("/v1/stats/advocates", { program: program.slug });
  const funnel = useAnswer("/v1/stats/funnel", { program: program.slug, from: shift(to, -364), to, by: "channel" });
  return html`<${Answered} of=${[activity, funnel]} lines=${12}>${() => html`<${Calculator}
    program=${program} activity=${activity.data} funnel=${funnel.data} query=${query} setQuery=${setQuery} />`}<//>`;
}

/**
 * @typedef {object} Entry an assumption with what stands for it
 * @property {Assumption} assumption
 * @property {string} text what was typed
 * @property {string} fault
 * @property {"measured" | "published" | "yours" | "default"} origin
 * @property {number} chosen which published one
 * @property {import("./model.js").Spread} spread
 */

/**
 * What stands for an assumption: `p0` is the first published figure, anything
 * else what was typed, nothing what was measured.
 * @param {Assumption} assumption
 * @param {string} text
 * @param {string} currency
 * @returns {Entry}
 */
function entry(assumption, text, currency) {
  const { kind, measured, published, otherwise } = assumption;
  const one = (/** @type {number} */ value) => ({ low: value, value, high: value });
  const base = measured
    ? { origin: /** @type {const} */ ("measured"), spread: { low: measured.low, value: measured.value, high: measured.high } }
    : { origin: /** @type {const} */ ("default"), spread: one(otherwise) };
  const rest = { assumption, text, fault: "", chosen: -1 };
  if (text === "") return { ...rest, ...base };
  const picked = /^p\d$/.test(text) ? published[Number(text[1])] : undefined;
  if (picked) return { ...rest, origin: "published", chosen: Number(text[1]), spread: one(picked.value) };
  const got = read(text, kind, currency);
  if ("fault" in got) return { ...rest, ...base, fault: got.fault };
  return { ...rest, origin: "yours", spread: one(got.value) };
}

/** @param {{ program: import("../statistics/types.js").Program, activity: any, funnel: any, query: Record<string, string>, setQuery: (change: Record<string, string>) => void }} props */
function Calculator({ program, activity, funnel, query, setQuery }) {
  const id = useId();
  const measuredIn = currencyOf(funnel);
  const [currency, currencies] = useMemo(() => {
    const seen = funnel.total.revenue.map((/** @type {{ currency: string }} */ one) => one.currency);
    const all = [...new Set([...seen, ...CURRENCIES])];
    return [all.includes(query.currency) ? query.currency : measuredIn || "EUR", all];
  }, [funnel, query.currency]);
  const list = useMemo(() => assumptions(activity, funnel, currency), [activity, funnel, currency]);
  const entries = list.map((assumption) => entry(assumption, query[assumption.key], currency));
  const spreads = /** @type {any} */ (Object.fromEntries(entries.map(({ assumption, spread }) => [assumption.key, spread])));
  const results = scenarios(spreads);
  const sources = sourcesOf(list.flatMap(({ published }) => published.map(({ benchmark }) => benchmark)));
  const changed = entries.some(({ text }) => text !== "");
  const scope = { currency, file: `${program.slug}-roi`, about: `${program.name}, one year, in ${currency}` };

  return html`<div class="roi">
    <div class="roi-pair">
      <${Card} title="Assumptions" actions=${html`
          <label class="inline-field" for=${`${id}-currency`}>In <select class="select" id=${`${id}-currency`} value=${currency}
            onChange=${(/** @type {any} */ event) => setQuery({ currency: event.target.value === measuredIn ? "" : event.target.value, revenue: "", reward: "", cost: "" })}>
            ${currencies.map((one) => html`<option key=${one} value=${one}>${one}</option>`)}</select></label>
          <${Button} kind="quiet" disabled=${!changed} onClick=${() => setQuery(NOTHING)}>Reset to measured<//>`}>
        <div class="assumptions">${entries.map((one) => html`<${Row} key=${`${one.assumption.key} ${currency}`} entry=${one} currency=${currency} sources=${sources} id=${id}
          set=${(/** @type {string} */ text) => setQuery({ [one.assumption.key]: text })} />`)}</div>
        <${Sources} sources=${sources} id=${id} />
      <//>
      <div class="roi-results">
        <${Results} results=${results} entries=${entries} ...${scope} />
        <${Matters} spreads=${spreads} entries=${entries} net=${results.expected.net} ...${scope} />
      </div>
    </div>
  </div>`;
}

/** @param {{ entry: Entry, currency: string, set: (text: string) => void, sources: string[], id: string }} props */
function Row({ entry: one, currency, set, sources, id: sourceId }) {
  const { assumption, origin, fault, spread, chosen } = one;
  const { kind, label, hint, measured, published } = assumption;
  const id = useId();
  // What is being typed stays as it is typed, even where it is no number yet.
  const [draft, setDraft] = useState(/** @type {string | null} */ (null));
  const shown = draft ?? (origin === "yours" || fault ? one.text : typed(spread.value, kind, currency));
  const unit = kind === "share" ? "%" : kind === "money" ? currency : "";
  return html`<div class="assumption">
    <div class="assumption-head"><label for=${id}>${label}</label>
      <span class=${`badge ${origin === "measured" ? "good" : origin === "published" ? "info" : origin === "yours" ? "accent" : "warn"}`}>${{ measured: "measured", published: "published", yours: "yours", default: "assumed" }[origin]}</span></div>
    <div class="assumption-value"><input class="input numeric" id=${id} inputmode="decimal" autocomplete="off" value=${shown}
        aria-invalid=${fault !== ""} aria-describedby=${`${id}-from${fault ? ` ${id}-fault` : ""}`}
        onInput=${(/** @type {any} */ event) => { setDraft(event.target.value); set(event.target.value.trim()); }}
        onBlur=${() => setDraft(null)} />${unit && html`<span class="muted">${unit}</span>`}</div>
    ${fault && html`<p class="error" id=${`${id}-fault`}>${fault} Until then: ${said(spread.value, kind, currency)}.</p>`}
    <p class="hint" id=${`${id}-from`}>${hint} ${measured
      ? html`Measured: ${said(measured.value, kind, currency)}${measured.low !== measured.high && ` (${said(measured.low, kind, currency)} to ${said(measured.high, kind, currency)})`}, ${measured.from}.`
      : origin === "default" && html`Assumed: ${assumption.why}.`}</p>
    ${(published.length > 0 || (origin !== "measured" && measured)) && html`<div class="assumption-choices">
      ${measured && origin !== "measured" && html`<button type="button" class="chip" onClick=${() => { setDraft(null); set(""); }}>Measured ${said(measured.value, kind, currency)}</button>`}
      ${published.map(({ value, benchmark }, index) => html`<span key=${index}><button type="button" class="chip" aria-pressed=${chosen === index}
        title=${[ofWhom(benchmark), benchmark.note].filter(Boolean).join(". ")}
        onClick=${() => { setDraft(null); set(chosen === index ? "" : `p${index}`); }}>Published ${said(value, kind, currency)}${ofWhom(benchmark) && `, ${ofWhom(benchmark)}`}, ${year(benchmark)}</button><sup><a href=${`#${sourceId}-${sources.indexOf(benchmark.source) + 1}`} aria-label=${`source ${sources.indexOf(benchmark.source) + 1}`}>${sources.indexOf(benchmark.source) + 1}</a></sup></span>`)}</div>`}
  </div>`;
}

/** @param {{ results: { low: Outcome, expected: Outcome, high: Outcome }, entries: Entry[], currency: string, file: string, about: string }} props */
function Results({ results, entries, currency, file, about }) {
  const { low, expected, high } = results;
  const cash = (/** @type {number} */ minor) => money(Math.round(minor), currency, { maximumFractionDigits: Math.abs(minor) >= 100_000 ? 0 : undefined });
  const count = (/** @type {number} */ value) => number(value, { maximumFractionDigits: value < 100 ? 1 : 0 });
  /** @type {[string, (one: Outcome) => number | null, (value: number) => string, string?][]} */
  const lines = [
    ["Referrals", (one) => one.referrals, count],
    ["Won deals", (one) => one.won, count],
    ["Revenue", (one) => one.revenue, cash],
    ["… after margin", (one) => one.gain, cash],
    ["Rewards", (one) => one.rewards, cash],
    ["Other costs", (one) => one.running, cash],
    ["Net", (one) => one.net, cash, "total"],
    ["Back for each unit spent", (one) => one.perUnit, (value) => number(value, { maximumFractionDigits: 2 })],
    ["Cost of a won deal", (one) => one.perWon, cash],
    ["Advocates to break even", (one) => one.enough, (value) => number(value)],
  ];
  const texts = lines.map(([label, of, format]) => [label, ...[low, expected, high].map((one) => {
    const value = of(one);
    return value === null ? "–" : format(value);
  })]);
  const advocates = Math.round(entries[0].spread.value);
  const spread = low.net !== high.net;
  const most = Math.max(1, ...[low, expected, high].flatMap((one) => [one.gain, one.costs]));
  const cases = /** @type {[string, Outcome][]} */ ([["Low", low], ["Expected", expected], ["High", high]]);
  return html`<${Card} title="A year of referrals">
    <p class="roi-sentence" aria-live="polite">${number(advocates)} ${plural(advocates, "advocate brings", "advocates bring")} about <strong>${count(expected.referrals)} referrals</strong> a year, of which <strong>${count(expected.won)}</strong> are won:${" "}
      <strong>${cash(expected.gain)}</strong> for ${expected.costs > 0 ? html`<strong>${cash(expected.costs)}</strong> of rewards and costs` : "no costs yet"}${expected.perUnit !== null && html`, so ${expected.perUnit >= 1 ? "each" : "only"} <strong>${number(expected.perUnit, { maximumFractionDigits: 2 })}</strong> for each ${currency} spent`}.${" "}
      ${spread && html`Between ${cash(low.net)} and ${cash(high.net)} net, by what the figures allow.`}</p>
    <div class="roi-chart" role="img" aria-label=${cases.map(([label, one]) => `${label}: brings ${cash(one.gain)}, costs ${cash(one.costs)}, net ${cash(one.net)}`).join(". ")}>
      ${cases.map(([label, one]) => html`<div key=${label} class="roi-case"><span class="roi-case-name">${label}</span>
        <span class="roi-bars"><span class="roi-bar gain" style=${{ width: `${(one.gain / most) * 100}%` }}></span>
          <span class="roi-bar"><span class="roi-part rewards" style=${{ width: `${(one.rewards / most) * 100}%` }}></span><span class="roi-part running" style=${{ width: `${(one.running / most) * 100}%` }}></span></span></span>
        <span class=${one.net < 0 ? "roi-net failed" : "roi-net"}>${cash(one.net)}</span></div>`)}
    </div>
    <p class="roi-key small muted" aria-hidden="true"><span class="swatch roi-gain"></span>brings <span class="swatch roi-rewards"></span>rewards <span class="swatch roi-running"></span>other costs; net at the end</p>
    <div class="table-scroll" tabindex="0" role="region" aria-label="Results">
      <table class="table"><caption class="unseen">What a year brings: low, expected and high</caption>
        <thead><tr><th scope="col"><span class="unseen">Figure</span></th><th scope="col" class="numeric">Low</th><th scope="col" class="numeric">Expected</th><th scope="col" class="numeric">High</th></tr></thead>
        <tbody>${texts.map((row, index) => html`<tr key=${row[0]} class=${lines[index][3]}><th scope="row">${row[0]}</th>${row.slice(1).map((text, column) => html`<td key=${column} class="numeric">${text}</td>`)}</tr>`)}</tbody></table>
    </div>
    <div class="ranking-tools"><${Files} label="A year of referrals" about=${about} file=${file} header=${["Figure", "Low", "Expected", "High"]}
      raw=${csvRows(lines, results, entries, currency)} rows=${texts} /></div>
    <p class="muted small">Low takes the lower end of every interval at once, high every upper end: further apart than chance alone would have it.</p>
  <//>`;
}

/**
 * The results and, below them, what they were made of.
 * @param {[string, (one: Outcome) => number | null, ...any][]} lines
 * @param {{ low: Outcome, expected: Outcome, high: Outcome }} results
 * @param {Entry[]} entries
 * @param {string} currency
 */
function csvRows(lines, { low, expected, high }, entries, currency) {
  const sums = ["Revenue", "… after margin", "Rewards", "Other costs", "Net", "Cost of a won deal"];
  const plain = (/** @type {number | null} */ value, /** @type {boolean} */ isSum) =>
    value === null ? "" : Number(isSum ? typed(value, "money", currency) : value.toFixed(4));
  return [
    ...lines.map(([label, of]) => [sums.includes(label) ? `${label} (${currency})` : label, ...[low, expected, high].map((one) => plain(of(one), sums.includes(label)))]),
    ["", "", "", ""],
    ...entries.map(({ assumption, spread, origin }) => [
      `${assumption.label}, ${origin}${assumption.kind === "share" ? " (%)" : assumption.kind === "money" ? ` (${currency})` : ""}`,
      ...[spread.low, spread.value, spread.high].map((value) => Number(typed(value, assumption.kind, currency))),
    ]),
  ];
}

/** @param {{ spreads: any, entries: Entry[], net: number, currency: string, file: string, about: string }} props */
function Matters({ spreads, entries, net, currency, file, about }) {
  const rows = sensitivity(spreads);
  if (rows.length === 0) return null;
  const ends = rows.flatMap(({ low, high }) => [low, high, net]);
  const least = Math.min(...ends);
  const span = Math.max(...ends) - least || 1;
  const at = (/** @type {number} */ value) => `${((value - least) / span) * 100}%`;
  const cash = (/** @type {number} */ minor) => money(Math.round(minor), currency, { maximumFractionDigits: 0 });
  const named = rows.map((row) => {
    const { assumption } = /** @type {Entry} */ (entries.find((one) => one.assumption.key === row.key));
    const value = (/** @type {number} */ one) => said(one, assumption.kind, currency);
    return { ...row, label: assumption.label, ends: `${value(row.from)} to ${value(row.to)}` };
  });
  return html`<${Card} title="What matters most">
    <p class="muted small">The net, were one assumption at its lower or upper end and the others as expected. Where no interval is known, a fifth less and more.</p>
    <ul class="tornado">${named.map((row) => html`<li key=${row.key}>
      <span class="tornado-name">${row.label}<small class="muted">${row.ends}</small></span>
      <span class="tornado-bar" aria-hidden="true"><span style=${{ left: at(Math.min(row.low, row.high)), width: `${(Math.abs(row.high - row.low) / span) * 100}%` }}></span><i style=${{ left: at(net) }}></i></span>
      <span class="tornado-text">${cash(Math.min(row.low, row.high))} to ${cash(Math.max(row.low, row.high))}</span></li>`)}</ul>
    <div class="ranking-tools"><${Files} label="What matters most" about=${about} file=${`${file}-sensitivity`} header=${["Assumption", "Ends", "Net at the lower", "Net at the upper"]}
      raw=${named.map((row) => [row.label, row.ends, Number(typed(row.low, "money", currency)), Number(typed(row.high, "money", currency))])}
      rows=${named.map((row) => [row.label, row.ends, cash(row.low), cash(row.high)])} /></div>
  <//>`;
}
