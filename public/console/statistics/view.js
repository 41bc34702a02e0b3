// The statistics page: what is asked stands in the URL, and each card asks for
// its own part of it.
import { html, useEffect, useMemo, useState } from "/vendor/ui.js";
import { range as rangeWords } from "/ui/format.js";
import { Empty } from "/ui/components.js";
import { useQuery } from "/ui/url.js";

import { Filters } from "./filters.js";
import { FunnelCard } from "./funnel.js";
import { Live } from "./live.js";
import { OverTime } from "./over-time.js";
import { before, rangeOf, today } from "./range.js";
import { Rankings } from "./rankings.js";
import { Active, Quarters } from "./year.js";

/**
 * What every card is of.
 * @typedef {object} Scope
 * @property {import("./types.js").Program} program
 * @property {import("./range.js").Range} range
 * @property {import("./range.js").Range} earlier
 * @property {string} about the range in words
 * @property {boolean} compared
 * @property {Record<string, string>} query
 * @property {(change: Record<string, string>) => void} setQuery
 * @property {string} file how files' names begin
 */

const DEFAULTS = {
  range: "30d", from: "", to: "", compare: "", channel: "", medium: "", destination: "",
  metric: "clicks", view: "bars", off: "suspected.bot", rate: "lead_to_won", q: "", best: "accepted",
};

/** @param {{ program?: import("./types.js").Program }} props */
export function Statistics({ program }) {
  if (!program) {
    return html`<${Empty} title="There is no program yet" action=${html`<a class="button primary" href="/console/programs">Create a program</a>`}>
      A program has advocates, links and destinations; what becomes of them is counted here.<//>`;
  }
  return html`<${OfProgram} key=${program.slug} program=${program} />`;
}

/** @param {{ program: import("./types.js").Program }} props */
function OfProgram({ program }) {
  const [query, setQuery] = useQuery(DEFAULTS);
  const now = useToday(program.zone);
  const range = useMemo(() => rangeOf(/** @type {any} */ (query), now), [query.range, query.from, query.to, now]);
  const compared = query.compare !== "no";
  const scope = {
    program, range, query, setQuery, compared,
    earlier: before(range),
    about: `${rangeWords(range.from, range.to)} (${program.zone})`,
    file: `${program.slug}-${range.from}-${range.to}`,
  };
  return html`<div class="statistics">
    <${Filters} program=${program} query=${query} setQuery=${setQuery} range=${range} today=${now} />
    <p class="range-words muted">${rangeWords(range.from, range.to)}${compared && html`, compared with ${rangeWords(scope.earlier.from, scope.earlier.to)}`}; days in ${program.zone}</p>
    <${OverTime} ...${scope} />
    <${Live} program=${program} channel=${query.channel} file=${scope.file} />
    <${FunnelCard} ...${scope} />
    <${Rankings} ...${scope} />
    <${Active} program=${program} file=${program.slug} />
    <${Quarters} ...${scope} file=${program.slug} today=${now} />
  </div>`;
}

/**
 * Today by the program's clock, also past its midnight.
 * @param {string} zone
 */
function useToday(zone) {
  const [day, setDay] = useState(() => today(zone));
  useEffect(() => {
    const timer = window.setInterval(() => setDay(today(zone)), 60_000);
    return () => window.clearInterval(timer);
  }, [zone]);
  return day;
}
