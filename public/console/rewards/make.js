// Making a payout: what it will hold is reckoned first, as the API will.

import { html, useEffect, useRef, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Button, Dialog, Notice, Skeleton, Stat, Table } from "/ui/components.js";
import { number, plural } from "/ui/format.js";
import { useForm } from "/ui/form.js";
import { useReps } from "../people/reps.js";
import { amountOf, capital, formName } from "../people/words.js";
import { payee } from "./reward.js";

/** @import { Reward, State } from "./reward.js" */

/** Rewards of a state that are read at most; beyond that the sums are a lower bound. */
const MOST = 2_000;
const SHOWN = 8;

/** @typedef {{ key: string, name: string, unit: string, form: string, amount: number }} Line */

/** @param {string} program @param {State} state */
async function all(program, state) {
  /** @type {Reward[]} */
  const items = [];
  let cursor;
  do {
    const answer = await api.get("/v1/rewards", { program, state, limit: 200, cursor });
    items.push(...answer.items);
    cursor = answer.next;
  } while (cursor && items.length < MOST);
  return { items, more: Boolean(cursor) };
}

/**
 * What a payout would hold: all that is approved or comes due with it, a line for
 * each person, unit and form, less what they owe back.
 * @param {string} program
 */
async function foresee(program) {
  const states = /** @type {State[]} */ (["approved", "pending", "reversed", "paid", "issued", "held"]);
  const parts = await Promise.all(states.map((state) => all(program, state)));
  const now = Date.now();
  const rewards = parts.flatMap(({ items }) => items);
  const counted = rewards.map((reward) => ({
    reward,
    // What is due and needs nobody is approved on the way.
    amount: reward.state === "pending" && reward.approval === "automatic" && Date.parse(reward.due_at) <= now ? reward.amount - reward.issued : reward.payable,
  })).filter(({ amount }) => amount !== 0);
  return { counted, more: parts.some(({ more }) => more) };
}

/** @param {Awaited<ReturnType<typeof foresee>>["counted"]} counted @param {(slug: string) => string} repName */
function linesOf(counted, repName) {
  /** @type {Map<string, Line>} */
  const lines = new Map();
  for (const { reward, amount } of counted) {
    const { beneficiary, advocate, rep, lead, unit, form } = reward;
    const key = [beneficiary, { advocate, owner: rep, prospect: lead }[beneficiary], unit, form].join(" ");
    const line = lines.get(key) ?? { key, name: payee(reward, repName), unit, form, amount: 0 };
    line.amount += amount;
    lines.set(key, line);
  }
  return [...lines.values()].sort((a, b) => b.amount - a.amount);
}

/** @param {{ program: import("/ui/page.js").Program, onClose: () => void, onDone: (id: string) => void }} props */
export function MakeDialog({ program, onClose, onDone }) {
  const { repName } = useReps();
  const [seen, setSeen] = useState(/** @type {Awaited<ReturnType<typeof foresee>> | undefined} */ (undefined));
  const [failed, setFailed] = useState("");
  // Sent twice, because the answer was lost, it is made once.
  const key = useRef(crypto.randomUUID());
  useEffect(() => { foresee(program.slug).then(setSeen, (/** @type {Error} */ error) => setFailed(error.message)); }, []);
  const form = useForm({}, async () => {
    const { id } = await api.post("/v1/payouts", { program: program.slug }, { "idempotency-key": key.current });
    onDone(id);
  });
  const lines = seen ? linesOf(seen.counted, repName) : [];
  const paid = lines.filter(({ amount }) => amount > 0);
  const owing = lines.filter(({ amount }) => amount < 0);
  /** @type {Map<string, { unit: string, form: string, amount: number, lines: number }>} */
  const totals = new Map();
  for (const { unit, form, amount } of paid) {
    const total = totals.get(unit + form) ?? { unit, form, amount: 0, lines: 0 };
    totals.set(unit + form, { ...total, amount: total.amount + amount, lines: total.lines + 1 });
  }
  return html`<${Dialog} open title="Make a payout" onClose=${onClose} onSubmit=${form.submit} actions=${html`
    <${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${form.busy} disabled=${!seen || paid.length === 0}>${paid.length > 0 ? `Make it: ${number(paid.length)} ${plural(paid.length, "line", "lines")}` : "Make it"}<//>`}>
    <div class="stack">
      ${failed && html`<${Notice} tone="bad">${failed}<//>`}
      ${!seen && !failed && html`<${Skeleton} lines=${5} />`}
      ${seen && paid.length === 0 && html`<p>There is nothing to pay: nothing is approved that is not in a payout already. What is pending is approved on its day, or by you.</p>`}
      ${paid.length > 0 && html`
        <div class="sums">${[...totals.values()].map((total) => html`<${Stat} key=${total.unit + total.form} label=${capital(formName(total.form))} value=${amountOf(total.amount, total.unit)} hint=${`for ${number(total.lines)} ${plural(total.lines, "person", "people")}`} />`)}</div>
        <${Table} caption="Who gets most" rows=${paid.slice(0, SHOWN)} rowKey=${(/** @type {Line} */ line) => line.key} columns=${[
          { key: "name", label: "Who" }, { key: "form", label: "As", render: (/** @type {Line} */ line) => capital(formName(line.form)) },
          { key: "amount", label: "Amount", numeric: true, render: (/** @type {Line} */ { amount, unit }) => amountOf(amount, unit) },
        ]} />
        ${paid.length > SHOWN && html`<p class="muted small">And ${number(paid.length - SHOWN)} more.</p>`}
        ${owing.length > 0 && html`<p class="muted small">${number(owing.length)} ${plural(owing.length, "person owes", "people owe")} more than they get. It is taken off their next rewards.</p>`}
        ${seen?.more && html`<p class="muted small">There are more rewards than this page reads. The payout holds all of them.</p>`}
        <p class="muted">It is a list for whoever pays: no money moves by it. What is in it is “sent” until you enter what arrived.</p>`}
      ${form.failure && html`<${Notice} tone="bad">${form.failure}<//>`}
    </div>
  <//>`;
}
