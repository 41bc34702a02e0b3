// The figures of the range at the top. Those that have a course over time also
// choose what the chart shows.
import { html } from "/vendor/ui.js";
import { number, percent } from "/ui/format.js";

/**
 * How much more or less than before, in words and with a sign that is no colour.
 * @param {{ now: number, before?: number, than: string }} props
 */
export function Delta({ now, before, than }) {
  if (before === undefined) return null;
  if (before === 0 && now === 0) return html`<span class="delta">none ${than} either</span>`;
  if (before === 0) return html`<span class="delta up">none ${than}</span>`;
  const change = (now - before) / before;
  const way = change > 0.0005 ? "up" : change < -0.0005 ? "down" : "same";
  const sign = { up: "▲", down: "▼", same: "=" }[way];
  const words = { up: "more than", down: "less than", same: "as" }[way];
  return html`<span class=${`delta ${way}`} title=${`${number(before)} ${than}`}>
    <span aria-hidden="true">${sign}</span> ${percent(Math.abs(change))}<span class="unseen"> ${words} ${than}</span>
  </span>`;
}

/**
 * @typedef {object} Tile
 * @property {string} label
 * @property {string} value
 * @property {any} [delta]
 * @property {string} [hint]
 * @property {string} [metric] what it makes the chart show
 */

/** @param {{ tiles: Tile[], metric: string, choose: (metric: string) => void }} props */
export function Tiles({ tiles, metric, choose }) {
  return html`<ul class="tiles">
    ${tiles.map((tile) => {
      const inside = html`<span class="tile-label">${tile.label}</span>
        <span class="tile-value">${tile.value}</span>
        ${tile.delta}
        ${tile.hint && html`<span class="tile-hint">${tile.hint}</span>`}`;
      return html`<li key=${tile.label}>${tile.metric
        ? html`<button type="button" class="tile" aria-pressed=${metric === tile.metric} onClick=${() => choose(/** @type {string} */ (tile.metric))}>${inside}</button>`
        : html`<div class="tile">${inside}</div>`}</li>`;
    })}
  </ul>`;
}
