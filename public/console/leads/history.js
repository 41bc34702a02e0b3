// What happened to a lead, as sentences, the last first.

import { html } from "/vendor/ui.js";
import { dateTime } from "/ui/format.js";
import { byName, sourceName } from "../people/words.js";
import { stageName } from "./stages.js";

/** @typedef {{ kind: string, at: string, by: string, before?: string | null, after?: string | null, why?: string | null }} Event */

/** @param {Event} event @param {(slug: string | null | undefined) => string} repName */
function sentence({ kind, before, after }, repName) {
  if (kind === "stage") return before ? `${stageName(before)} → ${stageName(after)}` : `Came in as ${stageName(after).toLowerCase()}`;
  if (kind === "owner") {
    if (!after) return `${repName(before)} no longer follows it up`;
    return before ? `Handed over from ${repName(before)} to ${repName(after)}` : `${repName(after)} follows it up`;
  }
  if (kind === "joined") return `The same person came again, by ${sourceName(after)}`;
  if (kind === "refused") return `Not counted: ${after ?? "a proof"}`;
  if (kind === "erased") return "Personal data was erased";
  return kind;
}

/** @param {Event} event */
const tone = ({ kind, after }) => (kind === "stage" && after === "won" ? "good" : kind === "refused" || after === "lost" ? "bad" : undefined);

/** @param {{ history: readonly Event[], zone: string, repName: (slug: string | null | undefined) => string }} props */
export const History = ({ history, zone, repName }) => html`<ol class="log" reversed>
  ${history.toReversed().map((event, index) => html`<li key=${index} class=${tone(event)}>
    <p>${sentence(event, repName)}</p>
    ${event.why && html`<p class="muted">${event.why}</p>`}
    <small>${dateTime(event.at, zone)} · ${byName(event.by)}</small>
  </li>`)}
</ol>`;
