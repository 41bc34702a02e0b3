// What can be done with several advocates at once.

import { html, useState } from "/vendor/ui.js";
import { Button, Dialog, Field, Select, toast } from "/ui/components.js";
import { number, plural } from "/ui/format.js";
import { few } from "/ui/lists.js";
import { Progress } from "../people/parts.js";
import { change, invite } from "./advocate.js";

/** @import { Advocate } from "./advocate.js" */

/**
 * @param {{ program: string, chosen: Advocate[], reps: ReturnType<typeof import("../people/reps.js").useReps>, onClear: () => void, onChanged: (one: Advocate) => void }} props
 */
export function Chosen({ program, chosen, reps, onClear, onChanged }) {
  const [asking, setAsking] = useState(/** @type {"invite" | "owner" | undefined} */ (undefined));
  return html`<div class="chosen"><strong>${number(chosen.length)} chosen</strong>
    <${Button} icon="mail" onClick=${() => setAsking("invite")}>Invite …<//>
    <${Button} onClick=${() => setAsking("owner")}>Set owner …<//>
    <${Button} kind="quiet" onClick=${onClear}>Clear<//>
    ${asking && html`<${Together} what=${asking} program=${program} chosen=${chosen} reps=${reps} onChanged=${onChanged}
      onClose=${(/** @type {boolean} */ clean) => { setAsking(undefined); if (clean) onClear(); }} />`}
  </div>`;
}

/** @param {{ what: "invite" | "owner", program: string, chosen: Advocate[], reps: any, onChanged: (one: Advocate) => void, onClose: (clean: boolean) => void }} props */
function Together({ what, program, chosen, reps, onChanged, onClose }) {
  const [owner, setOwner] = useState("");
  const [run, setRun] = useState(/** @type {{ done: number, faults?: { one: Advocate, why: string }[] } | undefined} */ (undefined));
  // Who is at fault may be mended and drop out; what was begun is done for these.
  const [all] = useState(chosen);
  const able = what === "invite" ? all.filter(({ email, status }) => email && status === "active") : all.filter(({ merged_into }) => !merged_into);
  const left = all.length - able.length;
  const people = (/** @type {number} */ n) => `${number(n)} ${plural(n, "advocate", "advocates")}`;

  async function begin() {
    setRun({ done: 0 });
    const results = await few(able, async (one) => {
      if (what === "owner") return onChanged(await change(program, one.id, { owner }));
      await invite(program, one.id);
      onChanged({ ...one, invited_at: new Date().toISOString() });
    }, (done) => setRun({ done }));
    const faults = results.flatMap((result, n) => (result?.error ? [{ one: able[n], why: result.error.message }] : []));
    if (faults.length > 0) return setRun({ done: able.length, faults });
    toast(what === "invite" ? `${people(able.length)} invited.` : `${people(able.length)} ${owner ? `now with ${reps.repName(owner)}` : "without an owner now"}.`);
    onClose(true);
  }

  const title = what === "invite" ? `Invite ${people(able.length)}` : `Set the owner of ${people(able.length)}`;
  const ready = !run && able.length > 0;
  return html`<${Dialog} open title=${title} onClose=${() => { if (!run || run.faults) onClose(false); }} actions=${run?.faults
      ? html`<${Button} kind="primary" onClick=${() => onClose(false)}>Close<//>`
      : html`<${Button} disabled=${Boolean(run)} onClick=${() => onClose(false)}>Cancel<//><${Button} kind="primary" busy=${Boolean(run)} disabled=${!ready && !run} onClick=${begin}>${what === "invite" ? "Send" : "Set"}<//>`}>
    <div class="stack">
      ${what === "invite" && !run && html`<p>Each gets the program’s invitation by mail, with a link of their own. What it says is set on the page “Programs”.</p>`}
      ${what === "owner" && !run && html`<${Field} label="Owner" hint="Gets their next referrals. Leads that are there stay whose they are."><${Select} value=${owner} onValue=${setOwner} options=${[["", "Nobody"], ...reps.choices()]} /><//>`}
      ${left > 0 && !run && html`<p class="muted">${what === "invite" ? `${people(left)} left out: without an address, or disabled.` : `${people(left)} left out: merged into somebody else.`}</p>`}
      ${run && !run.faults && html`<${Progress} label=${what === "invite" ? "Invited" : "Set"} done=${run.done} all=${able.length} />`}
      ${run?.faults && html`<p>${number(able.length - run.faults.length)} of ${number(able.length)} done. These were not:</p>
        <ul>${run.faults.map(({ one, why }) => html`<li key=${one.id}><strong>${one.name}</strong>: ${why}</li>`)}</ul>`}
    </div>
  <//>`;
}
