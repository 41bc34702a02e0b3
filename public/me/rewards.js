// The tab of rewards: what one has, how far the next one is, and what was promised.

import { html } from "/vendor/ui.js";
import { Card, Empty, Icon } from "/ui/components.js";
import { number } from "/ui/format.js";
import { spoken } from "/ui/money.js";
import { kindOf, payWords } from "/ui/pay.js";
import { Ladder } from "./ladder.js";
import { Title } from "./parts.js";
import { countOf, earnedWords, nextWords } from "./progress.js";
import { Statement } from "./statement.js";
import { amountWords, promises, whenWords } from "./terms.js";

/** @import { Balance, Me } from "./types.js" */
/** @import { Promised } from "./terms.js" */

const BALANCES = /** @type {const} */ ([
  ["paid", "Paid", "has arrived"],
  ["approved", "Approved", "comes with the next payout"],
  ["pending", "On its way", "waits for its day or for approval"],
]);

/** @param {{ balance: Balance[] }} props */
const Balances = ({ balance }) => html`<dl class="balances">
  ${BALANCES.map(([key, label, about]) => html`<div key=${key}>
    <dt>${label}</dt>
    <dd>${balance.map((one) => html`<span key=${one.unit}>${spoken(one[key], one.unit)}</span>`)}</dd>
    <dd class="hint">${about}</dd>
  </div>`)}
</dl>`;

/** How far one is. @param {{ who: Me, promised: Promised }} props */
function Progress({ who, promised }) {
  const count = countOf(who, promised.rule);
  const [title, about] = nextWords(who, promised);
  const earned = earnedWords(who, promised.rule);
  return html`<${Card} class="me-progress">
    <h2>${title}</h2>
    <p class="muted">${about}</p>
    ${kindOf(promised.pay) === "ladder" && html`<${Ladder} pay=${promised.pay} count=${count} />`}
    ${count > 0 && html`<p class="me-earned"><${Icon} name="check" />Earned ${count === 1 ? "once" : `${number(count)} times`}${earned && `, ${earned} in all`}</p>`}
  <//>`;
}

/** @param {{ promised: Promised }} props */
const OneOf = ({ promised }) => html`<li>
  <p><strong>${amountWords(promised)}</strong> ${whenWords(promised)}${promised.only && `, for ${promised.only} only`}</p>
  ${promised.others.map(({ only, pay }, index) => html`<p key=${index} class="hint">For ${only}: ${payWords(pay)}.</p>`)}
  ${kindOf(promised.pay) === "ladder" && html`<p class="hint">${payWords(promised.pay)}.</p>`}
  ${promised.print.length > 0 && html`<p class="hint">${promised.print.join(" ")}</p>`}
</li>`;

/** @param {{ all: Promised[] }} props */
function Terms({ all }) {
  const [own, theirs] = [all.filter(({ who }) => who === "advocate"), all.filter(({ who }) => who === "prospect")];
  return html`<${Card} title="How it works">
    ${own.length > 0 && html`<h3>You get</h3><ul class="promises">${own.map((promised) => html`<${OneOf} key=${promised.rule} promised=${promised} />`)}</ul>`}
    ${theirs.length > 0 && html`<h3>Whom you refer gets</h3><ul class="promises">${theirs.map((promised) => html`<${OneOf} key=${promised.rule} promised=${promised} />`)}</ul>`}
    <p class="hint">This holds for new referrals. What you have earned already stays as it was promised then.</p>
  <//>`;
}

/** @param {{ who: Me }} props */
export function Rewards({ who }) {
  const all = promises(who);
  const own = all.filter((promised) => promised.who === "advocate");
  // What pays by steps is looked forward to most.
  own.sort((one, other) => Number(kindOf(other.pay) === "ladder") - Number(kindOf(one.pay) === "ladder"));
  const some = who.balance.some(({ pending, approved, paid }) => pending || approved || paid);
  return html`<${Title} about=${own.length > 0 ? undefined : "This program thanks without a reward. What you share is counted all the same, and you see what becomes of it."}>Your rewards<//>
    <div class="me-columns">
      <div class="stack">
        ${some && html`<${Card} title="Your balance"><${Balances} balance=${who.balance} /><//>`}
        ${own.map((promised) => html`<${Progress} key=${promised.rule} who=${who} promised=${promised} />`)}
        ${own.length === 0 && !some && html`<${Card}><${Empty} level=${2} title="Nothing to collect here">Should the program begin to give rewards, they stand here, with how far you are.<//><//>`}
      </div>
      <div class="stack">
        ${all.length > 0 && html`<${Terms} all=${all} />`}
        ${(some || own.length > 0) && html`<${Statement} zone=${who.program.zone} />`}
      </div>
    </div>`;
}
