// What is looked at by the year and the quarter: how many advocates are active,
// and who did best and worst.
import { html, useId } from "/vendor/ui.js";
import { number, percent, plural } from "/ui/format.js";
import { Files, RateBar } from "/ui/bars.js";
import { Card } from "/ui/components.js";

import { Answered, useAnswer } from "./answers.js";
import { Published, share, Sources, sourcesOf } from "./benchmarks.js";
import { quarterBefore, quarterOf } from "./range.js";

/** @typedef {import("./types.js").Activity} Activity */
/** @typedef {import("./types.js").Competitor} Competitor */
/** @typedef {import("./types.js").Quarter} Quarter */

/** @param {{ program: import("./types.js").Program, file: string }} props */
export function Active({ program, file }) {
  const id = useId();
  const asked = useAnswer("/v1/stats/advocates", { program: program.slug });
  return html`<${Card} title="Advocates active in 12 months"><${Answered} of=${[asked]} lines=${6}>${() => {
    const answer = /** @type {Activity} */ (asked.data);
    if (answer.enrolled === 0) return html`<p class="muted">There is no advocate yet. Add the first one, or import a list.</p>`;
    const { active_share: active, top } = answer;
    const of = (/** @type {string} */ measure) => answer.benchmarks.filter((one) => one.measure === measure);
    const shares = of("advocates_active");
    const perActive = of("leads_per_advocate");
    const topShare = of("referrals_from_top_percent");
    const sources = sourcesOf([...shares, ...perActive, ...topShare]);
    const most = Math.min(1, Math.max(0.1, active?.high ?? 0, ...shares.map((one) => share(one) ?? 0)) * 1.05);
    const beside = (/** @type {import("./types.js").Benchmark[]} */ list) => html`<span class="rate-beside">${list.map((one, index) => html`<${Published} key=${index} of=${one} sources=${sources} id=${id} />`)}</span>`;
    const rows = [
      ["Enrolled", number(answer.enrolled), answer.enrolled],
      ["Active", number(answer.active), answer.active],
      ["Active share", active ? percent(active.rate) : "–", active?.rate ?? ""],
      ["Referring", number(answer.referring), answer.referring],
      ["Referrals", number(answer.referrals), answer.referrals],
      ["Referrals per active advocate", answer.referrals_per_active == null ? "–" : number(answer.referrals_per_active), answer.referrals_per_active ?? ""],
      ["Referrals from the busiest 1 %", top.share == null ? "–" : percent(top.share), top.share ?? ""],
    ];
    return html`<ul class="rate-rows">
        <li><span class="rate-name">Active</span>
          <${RateBar} rate=${active?.rate ?? 0} low=${active?.low} high=${active?.high} most=${most} marks=${shares.map(share).filter((one) => one !== undefined)} />
          <span class="rate-text">${active ? html`<strong>${percent(active.rate)}</strong> <span class="muted">${percent(active.low)} to ${percent(active.high)}; ${number(answer.active)} of ${number(answer.enrolled)} enrolled</span>` : "–"}</span>
          ${beside(shares)}</li>
      </ul>
      <dl class="facts">
        <div><dt>Referrals per active advocate</dt><dd><strong>${rows[5][1]}</strong> ${beside(perActive)}</dd></div>
        <div><dt>From the busiest 1 %</dt><dd><strong>${rows[6][1]}</strong> <span class="muted">${number(top.referrals)} of ${number(answer.referrals)} referrals, by ${number(top.advocates)} ${plural(top.advocates, "advocate", "advocates")}</span> ${beside(topShare)}</dd></div>
      </dl>
      <div class="ranking-tools"><${Files} label="Advocates active in 12 months" about=${`${answer.from} to ${answer.to}`} file=${`${file}-active-advocates`}
        header=${["Figure", "Value"]} raw=${rows.map(([name, , raw]) => [name, raw])} rows=${rows.map(([name, text]) => [`${name}`, `${text}`])} /></div>
      <${Sources} sources=${sources} id=${id} />`;
  }}<//><//>`;
}

const MEASURES = /** @type {const} */ ([["accepted", "Accepted leads"], ["opportunities", "Opportunities"], ["won", "Wins"]]);

/** @param {import("./view.js").Scope & { today: string }} props */
export function Quarters({ program, query, setQuery, file, today }) {
  const current = quarterOf(today);
  const quarter = /^\d{4}-Q[1-4]$/.test(query.q) ? query.q : current;
  const campaigns = useAnswer("/v1/stats/quarter", { program: program.slug, quarter, by: "campaign" });
  const reps = useAnswer("/v1/stats/quarter", { program: program.slug, quarter, by: "rep" });
  const measure = MEASURES.find(([key]) => key === query.best)?.[0] ?? "accepted";
  const id = useId();
  const options = [];
  for (let one = current; options.length < 8; one = quarterBefore(one)) options.push(one);
  if (!options.includes(quarter)) options.push(quarter);
  const said = (/** @type {string} */ one) => `${one.slice(5)} ${one.slice(0, 4)}`;
  const block = (/** @type {Quarter} */ answer, /** @type {string} */ whose, /** @type {string} */ singular) => {
    const { best, worst } = answer[measure];
    if (best.length === 0) return html`<div class="standings"><h3>${whose}</h3><p class="muted">${whose === "Reps" ? "No rep has a lead of this quarter." : "No labelled link brought a lead in this quarter."}</p></div>`;
    return html`<div class="standings"><h3>${whose}</h3>
      <div class="standings-pair">
        <${Standing} title="Best" rows=${best} measure=${measure} whose=${singular} />
        <${Standing} title="Worst" rows=${worst} measure=${measure} whose=${singular} />
      </div>
      <div class="ranking-tools"><${Files} label=${`${whose}, best and worst of ${said(quarter)}`} about=${`by ${MEASURES.find(([key]) => key === measure)?.[1].toLowerCase()}, ${answer.from} to ${answer.to}`}
        file=${`${file}-${quarter}-${whose.toLowerCase()}-${measure}`} header=${[singular, "End", "Leads", "Accepted", "Opportunities", "Won"]}
        raw=${cells(best, worst)} rows=${cells(best, worst).map((row) => row.map((cell) => typeof cell === "number" ? number(cell) : cell))} /></div></div>`;
  };
  return html`<${Card} title="Best and worst of the quarter" class="quarter">
    <div class="rates-head">
      <label class="inline-field" for=${id}>Quarter <select class="select" id=${id} value=${quarter} onChange=${(/** @type {any} */ event) => setQuery({ q: event.target.value === current ? "" : event.target.value })}>
        ${options.map((one) => html`<option key=${one} value=${one}>${said(one)}</option>`)}</select></label>
      <div class="segments" role="group" aria-label="Ranked by">${MEASURES.map(([key, label]) => html`<button key=${key} type="button" class="segment" aria-pressed=${key === measure} onClick=${() => setQuery({ best: key === "accepted" ? "" : key })}>${label}</button>`)}</div>
    </div>
    <${Answered} of=${[campaigns, reps]} lines=${6}>${() => html`<div class="quarter-pair">${block(campaigns.data, "Campaigns", "Campaign")}${block(reps.data, "Reps", "Rep")}</div>`}<//>
  <//>`;
}

/** @param {Competitor[]} best @param {Competitor[]} worst @returns {(string | number)[][]} */
function cells(best, worst) {
  const row = (/** @type {Competitor} */ one, /** @type {string} */ end) => [one.name || one.key, end, one.leads, one.accepted, one.opportunities, one.won];
  return [...best.map((one) => row(one, "best")), ...worst.map((one) => row(one, "worst"))];
}

/** @param {{ title: string, rows: Competitor[], measure: "accepted" | "opportunities" | "won", whose: string }} props */
function Standing({ title, rows, measure, whose }) {
  return html`<table class="table standing"><caption>${title}</caption>
    <thead><tr><th scope="col">${whose}</th><th scope="col" class="numeric">${MEASURES.find(([key]) => key === measure)?.[1]}</th><th scope="col" class="numeric">Leads</th></tr></thead>
    <tbody>${rows.map((one) => html`<tr key=${one.key}><th scope="row">${one.name || one.key}</th><td class="numeric">${number(one[measure])}</td><td class="numeric">${number(one.leads)}</td></tr>`)}</tbody>
  </table>`;
}
