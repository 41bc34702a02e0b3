// Published figures: what they say, and where that was read. They come from
// different programs, so each stands for itself and none is averaged.
import { html } from "/vendor/ui.js";
import { money, number, percent } from "/ui/format.js";

/** @typedef {import("./types.js").Benchmark} Benchmark */

/** As it was published, to the last digit. @param {number} rate */
const exactly = (rate) => percent(rate, { maximumFractionDigits: 2 });

/** @param {Benchmark} benchmark */
export function figure({ figure: one }) {
  switch (one.kind) {
    case "rate": return exactly(one.basis_points / 10_000);
    case "rate_below": return `below ${exactly(one.basis_points / 10_000)}`;
    case "number": return number(one.hundredths / 100);
    case "amount": return money(one.minor, one.currency);
    default: return "";
  }
}

/** A published share as a number, or undefined. @param {Benchmark} benchmark */
export const share = ({ figure: one }) => ("basis_points" in one ? one.basis_points / 10_000 : undefined);

/** Of whom it is, where that is not everybody. @param {Benchmark} benchmark */
export function ofWhom({ audience, sales_involved: sales }) {
  const who = audience && { customer: "customers' referrals", partner: "partners' referrals", employee: "employees' referrals" }[audience];
  return [who, sales && "a salesperson involved"].filter(Boolean).join(", ");
}

/** @param {Benchmark} benchmark */
export const year = (benchmark) => (benchmark.year ? String(benchmark.year) : "year unknown");

/** Each source once, in the order in which they are met. @param {Benchmark[]} benchmarks */
export function sourcesOf(benchmarks) {
  return [...new Set(benchmarks.map(({ source }) => source))];
}

/**
 * One published figure with its year and the number of its source below.
 * @param {{ of: Benchmark, sources: string[], id: string }} props
 */
export function Published({ of, sources, id }) {
  const place = sources.indexOf(of.source) + 1;
  const who = ofWhom(of);
  return html`<span class="published"><span class="published-mark" aria-hidden="true"></span>published ${figure(of)}${who && ` (${who})`}, ${year(of)}<sup><a href=${`#${id}-${place}`} aria-label=${`source ${place}`}>${place}</a></sup>${of.note && html` <span class="published-note">${of.note}</span>`}</span>`;
}

/** @param {{ sources: string[], id: string }} props */
export function Sources({ sources, id }) {
  if (sources.length === 0) return null;
  return html`<div class="sources"><p>Sources of the published figures</p>
    <ol>${sources.map((source, index) => html`<li key=${source} id=${`${id}-${index + 1}`}>${source}.</li>`)}</ol></div>`;
}
