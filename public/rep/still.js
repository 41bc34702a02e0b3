// Leads that stand still, the longest first.

import { html, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Badge, Button, toast } from "/ui/components.js";
import { number, plural } from "/ui/format.js";
import { stageName, stageTone } from "../console/leads/stages.js";

/** @import { Stage } from "../console/leads/stages.js" */

/**
 * @typedef {object} Still
 * @property {{ id: string, name: string | null, company: string | null, stage: Stage }} lead
 * @property {string} since
 * @property {number} days
 * @property {{ id: string, name: string } | null} advocate
 */

/** How many are shown before somebody wants more: whom to ask stands below. */
const FEW = 3;

/** @param {Still} still */
const nameOf = ({ lead }) => lead.name || lead.company || "Somebody";

/** @param {{ all: Still[], program: import("./state.js").Program, onTouched: (lead: string) => void }} props */
export function StandStill({ all, program, onTouched }) {
  const [more, setMore] = useState(false);
  const [busy, setBusy] = useState("");
  if (all.length === 0) return null;

  /** @param {Still} still */
  async function touched(still) {
    setBusy(still.lead.id);
    try {
      await api.post(`/v1/leads/${encodeURIComponent(still.lead.id)}/followed-up`);
      onTouched(still.lead.id);
      toast(`You are reminded of ${nameOf(still)} again when it has stood still for long.`);
    } catch (error) {
      toast(/** @type {Error} */ (error).message, { tone: "bad" });
    }
    setBusy("");
  }
  const shown = more ? all : all.slice(0, FEW);
  return html`<section class="stack" aria-labelledby="still-title"><h3 id="still-title">These stand still</h3>
    <ul class="leads" aria-labelledby="still-title">${shown.map((still) => {
      const { lead, days, advocate } = still;
      const name = nameOf(still);
      return html`<li key=${lead.id}>
        <div class="lead-head"><div><a href=${`/console/leads?${new URLSearchParams({ program: program.slug, owner: "*", lead: lead.id })}`}>${name}</a>
            ${lead.company && lead.company !== name && html`<small>${lead.company}</small>`}</div>
          <${Badge} tone=${stageTone(lead.stage)}>${stageName(lead.stage)}<//></div>
        <p class="lead-next">Nothing for ${number(days)} ${plural(days, "day", "days")}.${advocate && ` ${advocate.name} recommended you, and would like to know.`}</p>
        <div class="row"><${Button} icon="check" busy=${busy === lead.id} onClick=${() => touched(still)}>I was in touch<span class="unseen"> with ${name}</span><//></div>
      </li>`;
    })}</ul>
    ${shown.length < all.length && html`<p class="rep-more"><${Button} onClick=${() => setMore(true)}>Show ${number(all.length - shown.length)} more<//></p>`}
  </section>`;
}
