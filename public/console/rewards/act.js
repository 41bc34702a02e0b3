// Deciding about one reward or many: why, how far it is, and what was refused.

import { html, useState } from "/vendor/ui.js";
import { Button, Dialog, Field, Input, Table, toast } from "/ui/components.js";
import { number, plural } from "/ui/format.js";
import { few } from "/ui/lists.js";
import { Progress } from "../people/parts.js";
import { amountOf, amounts, sums } from "../people/words.js";
import { ACTS, decide, payee } from "./reward.js";

/** @import { Act, Reward } from "./reward.js" */

/** @param {{ act: Act, rewards: Reward[], repName: (slug: string) => string, onClose: (changed: boolean) => void }} props */
export function ActDialog({ act, rewards, repName, onClose }) {
  const words = ACTS[act];
  const [why, setWhy] = useState(words.why);
  const [error, setError] = useState("");
  const [run, setRun] = useState(/** @type {{ done: number, results?: { reward: Reward, fault: string }[] } | undefined} */ (undefined));
  const many = `${number(rewards.length)} ${plural(rewards.length, "reward", "rewards")}`;
  const one = rewards.length === 1 ? `${amountOf(rewards[0].amount, rewards[0].unit)} for ${payee(rewards[0], repName)}` : many;
  const busy = Boolean(run && !run.results);

  /** @param {Event} event */
  async function begin(event) {
    event.preventDefault();
    if (run) return;
    if (!why.trim()) return setError("Say why, in a few words.");
    setRun({ done: 0 });
    const results = await few(rewards, ({ id }) => decide(id, act, why.trim()), (done) => setRun({ done }));
    const faults = results.filter((result) => result?.error);
    if (faults.length === 0) {
      toast(rewards.length === 1 ? `${one}: ${words.done}.` : `${many} ${words.done}.`);
      return onClose(true);
    }
    setRun({ done: rewards.length, results: results.map((result, n) => ({ reward: rewards[n], fault: result?.error?.message ?? "" })) });
  }

  return html`<${Dialog} open title=${words.title(one)} onClose=${() => { if (!busy) onClose(Boolean(run)); }} onSubmit=${begin} actions=${run?.results
      ? html`<${Button} kind="primary" onClick=${() => onClose(true)}>Close<//>`
      : html`<${Button} disabled=${busy} onClick=${() => onClose(false)}>Cancel<//><${Button} type="submit" kind="primary" busy=${busy}>${words.name}<//>`}>
    <div class="stack">
      ${!run && html`<p>${rewards.length > 1 && html`<strong>${amounts(sums(rewards, ({ unit }) => unit, ({ amount }) => amount))}.</strong> `}${words.about}</p>
        <${Field} label=${words.label} hint=${words.hint} error=${error}><${Input} value=${why} maxlength="1000" onValue=${(/** @type {string} */ text) => { setWhy(text); setError(""); }} /><//>`}
      ${busy && html`<${Progress} label=${words.name} done=${run?.done ?? 0} all=${rewards.length} />`}
      ${run?.results && html`<p role="status">${number(run.results.filter(({ fault }) => !fault).length)} of ${many} ${words.done}.</p>
        <${Table} caption="What became of each" rows=${run.results} rowKey=${(/** @type {any} */ { reward }) => reward.id} columns=${[
          { key: "who", label: "Reward", render: (/** @type {any} */ { reward }) => html`${payee(reward, repName)}<span class="under">${amountOf(reward.amount, reward.unit)}</span>` },
          { key: "result", label: "Result", render: (/** @type {any} */ { fault }) => (fault ? html`<span class="failed">${fault}</span>` : `Is ${words.done}`) },
        ]} />`}
    </div>
  <//>`;
}
