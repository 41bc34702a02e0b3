// The ladder of rewards, drawn: where one stands, and what is above.

import { html } from "/vendor/ui.js";
import { Icon } from "/ui/components.js";
import { number } from "/ui/format.js";
import { ladderOf, stepWords } from "./progress.js";

/** Up to so many a step is drawn one by one. */
const DOTS = 10;

/**
 * Which of the referrals a step is for, and how many of them there are.
 * @param {import("./progress.js").Step} step
 */
function place({ from, times, done, state }) {
  if (state === "done") return times === 1 ? "earned" : `all ${number(times)} earned`;
  if (times === Infinity) return done > 0 ? `for each further one, ${number(done)} so far` : `for each from number ${number(from)} on`;
  if (done > 0) return `${number(done)} of ${number(times)}`;
  return times === 1 ? `for number ${number(from)}` : `each, for numbers ${number(from)} to ${number(from + times - 1)}`;
}

/** @param {{ pay: any, count: number }} props */
export function Ladder({ pay, count }) {
  const { steps, round, after } = ladderOf(pay, count);
  return html`<ol class="ladder">
    ${steps.map((step, index) => html`<li key=${index} class=${`ladder-${step.state}`} aria-current=${step.state === "now" ? "step" : undefined}>
      <span class="ladder-sign" aria-hidden="true">${step.state === "done" ? html`<${Icon} name="check" />` : number(index + 1)}</span>
      <div class="grow">
        <p><strong>${stepWords(step)}</strong> <small>${place(step)}</small></p>
        ${step.times > 1 && step.times <= DOTS && html`<span class="dots" aria-hidden="true">${Array.from({ length: step.times }, (_, n) => html`<i key=${n} class=${n < step.done ? "dot-done" : ""}></i>`)}</span>`}
        ${step.times > DOTS && step.times !== Infinity && html`<span class="meter" aria-hidden="true"><span style=${{ width: `${(step.done / step.times) * 100}%` }}></span></span>`}
      </div>
    </li>`)}
  </ol>
  ${after === "restart" && html`<p class="hint">Then it begins anew${round > 0 ? `: you have been through it ${round === 1 ? "once" : `${number(round)} times`}` : ""}.</p>`}`;
}
