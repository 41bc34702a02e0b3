// Which days, compared or not, and which part of them. All of it is in the URL.
import { html, useEffect, useId, useState } from "/vendor/ui.js";
import { Button } from "/ui/components.js";
import { channelName, CHANNEL_KEYS, mediaOf } from "/ui/media.js";

import { useAnswer } from "./answers.js";
import { length, MOST_DAYS, PRESETS } from "./range.js";

/**
 * @param {{ program: import("./types.js").Program, query: Record<string, string>, setQuery: (change: Record<string, string>) => void,
 *   range: import("./range.js").Range, today: string }} props
 */
export function Filters({ program, query, setQuery, range, today }) {
  const id = useId();
  const [open, setOpen] = useState(query.range === "custom");
  const destinations = useAnswer(`/v1/programs/${program.slug}/destinations`, { limit: "100" });
  const media = mediaOf(query.channel);
  const narrowed = query.channel || query.medium || query.destination;
  const value = (/** @type {any} */ event) => event.target.value;

  return html`<div class="filters">
    <div class="filters-row">
      <label class="inline-field" for=${`${id}-range`}><span class="unseen">Days</span>
        <select class="select" id=${`${id}-range`} value=${query.range} onChange=${(/** @type {any} */ event) => {
          const chosen = value(event);
          setOpen(chosen === "custom");
          setQuery(chosen === "custom" ? { range: chosen, from: range.from, to: range.to } : { range: chosen, from: "", to: "" });
        }}>${PRESETS.map(({ key, label }) => html`<option key=${key} value=${key}>${label}</option>`)}</select></label>
      ${open && query.range === "custom" && html`<${Custom} query=${query} setQuery=${setQuery} today=${today} />`}
      <label class="check"><input type="checkbox" checked=${query.compare !== "no"}
        onChange=${(/** @type {any} */ event) => setQuery({ compare: event.target.checked ? "" : "no" })} /><span>Compare with the period before</span></label>
    </div>
    <div class="filters-row">
      <label class="inline-field" for=${`${id}-channel`}><span class="unseen">Channel</span>
        <select class="select" id=${`${id}-channel`} value=${query.channel} onChange=${(/** @type {any} */ event) => setQuery({
          channel: value(event),
          medium: mediaOf(value(event)).some(({ medium }) => medium === query.medium) ? query.medium : "",
        })}><option value="">All channels</option>${CHANNEL_KEYS.map((one) => html`<option key=${one} value=${one}>${channelName(one)}</option>`)}</select></label>
      <label class="inline-field" for=${`${id}-medium`}><span class="unseen">Medium</span>
        <select class="select" id=${`${id}-medium`} value=${query.medium} onChange=${(/** @type {any} */ event) => setQuery({ medium: value(event) })}>
          <option value="">All media</option>${media.map(({ medium, name }) => html`<option key=${medium} value=${medium}>${name}</option>`)}</select></label>
      <label class="inline-field" for=${`${id}-destination`}><span class="unseen">Destination</span>
        <select class="select" id=${`${id}-destination`} value=${query.destination} onChange=${(/** @type {any} */ event) => setQuery({ destination: value(event) })}>
          <option value="">All destinations</option>
          ${(destinations.data?.items ?? (query.destination ? [{ slug: query.destination }] : [])).map((/** @type {{ slug: string }} */ { slug }) => html`<option key=${slug} value=${slug}>${slug}</option>`)}</select></label>
      ${narrowed && html`<${Button} kind="quiet" onClick=${() => setQuery({ channel: "", medium: "", destination: "" })}>Clear<//>`}
    </div>
  </div>`;
}

/**
 * Two days; they count when both are days and in order.
 * @param {{ query: Record<string, string>, setQuery: (change: Record<string, string>) => void, today: string }} props
 */
function Custom({ query, setQuery, today }) {
  const id = useId();
  const [from, setFrom] = useState(query.from);
  const [to, setTo] = useState(query.to);
  useEffect(() => { setFrom(query.from); setTo(query.to); }, [query.from, query.to]);
  const fault = !from || !to ? "Name both days." : from > to ? "The first day is after the last one." : length(from, to) > MOST_DAYS ? `At most ${MOST_DAYS} days.` : "";
  const set = (/** @type {string} */ first, /** @type {string} */ last) => {
    setFrom(first);
    setTo(last);
    if (first && last && first <= last && length(first, last) <= MOST_DAYS) setQuery({ from: first, to: last });
  };
  return html`<span class="custom-range">
    <label class="inline-field" for=${`${id}-from`}>From <input class="input" id=${`${id}-from`} type="date" max=${today} value=${from} aria-invalid=${fault !== ""} aria-describedby=${fault ? `${id}-fault` : undefined}
      onChange=${(/** @type {any} */ event) => set(event.target.value, to)} /></label>
    <label class="inline-field" for=${`${id}-to`}>to <input class="input" id=${`${id}-to`} type="date" max=${today} value=${to} aria-invalid=${fault !== ""} aria-describedby=${fault ? `${id}-fault` : undefined}
      onChange=${(/** @type {any} */ event) => set(from, event.target.value)} /></label>
    ${fault && html`<span id=${`${id}-fault`} class="field-error" role="alert">${fault}</span>`}
  </span>`;
}
