// Payouts: all of them, and making one.

import { html, useState } from "/vendor/ui.js";
import { Badge, Button, Card, Empty, Skeleton, Table, toast } from "/ui/components.js";
import { dateTime, number } from "/ui/format.js";
import { PageActions, can } from "/ui/page.js";
import { useQuery } from "/ui/url.js";
import { usePaged } from "/ui/lists.js";
import { Inside, More, to } from "../people/parts.js";
import { amountOf, byName, formName } from "../people/words.js";
import { MakeDialog } from "./make.js";
import { PayoutDetail } from "./payout.js";

/** @typedef {{ unit: string, form: string, lines: number, issued: number, paid: number, returned: number }} Total */
/** @typedef {{ id: string, created_at: string, created_by: string, totals: Total[] }} Payout */

/** @param {{ session: import("/ui/page.js").Session, program: import("/ui/page.js").Program }} props */
export function Payouts({ session, program }) {
  const [query, setQuery] = useQuery({ payout: "", view: "rewards" });
  const [making, setMaking] = useState(false);
  const list = usePaged("/v1/payouts", { program: program.slug });
  const writes = can(session, "rewards:write");
  const make = writes && html`<${Button} kind="primary" icon="plus" onClick=${() => setMaking(true)}>Make a payout<//>`;
  return html`
    <${PageActions}>${make}<//>
    <${Card} class=${list.items && list.busy ? "stale" : ""}>
      ${!list.items && !list.failed && html`<${Skeleton} lines=${5} />`}
      ${list.items && html`<${Table} caption="Payouts" stacked rows=${list.items} rowKey=${(/** @type {Payout} */ { id }) => id} columns=${[
        { key: "at", label: "Made", render: (/** @type {Payout} */ one) => html`<${Inside} class="plain" href=${to("/console/rewards", { program: program.slug, view: "payouts", payout: one.id })} onOpen=${() => setQuery({ payout: one.id }, { push: true })}>${dateTime(one.created_at, program.zone)}<//><span class="under">by ${byName(one.created_by)}</span>` },
        { key: "lines", label: "Lines", numeric: true, render: (/** @type {Payout} */ { totals }) => number(totals.reduce((sum, { lines }) => sum + lines, 0)) },
        { key: "amount", label: "Amount", numeric: true, render: (/** @type {Payout} */ { totals }) => totals.map(({ unit, form, issued, paid, returned }) => html`<div key=${unit + form} class="nowrap">${amountOf(issued + paid + returned, unit)} <span class="muted small">${formName(form)}</span></div>`) },
        { key: "state", label: "State", render: (/** @type {Payout} */ { totals }) => html`<${PayoutState} totals=${totals} />` },
      ]} empty=${html`<${Empty} level=${2} title="No payout yet" action=${make}>A payout gathers all that is approved, with a line for each person, and is a CSV for whoever pays. Afterwards you enter here what arrived and what came back.<//>`} />`}
      <${More} list=${list} one="payout" other="payouts" />
    <//>
    ${making && html`<${MakeDialog} program=${program} onClose=${() => setMaking(false)} onDone=${(/** @type {string} */ id) => {
      setMaking(false);
      toast("The payout is made. Download its CSV for whoever pays.");
      list.reload();
      setQuery({ payout: id }, { push: true });
    }} />`}
    ${query.payout && html`<${PayoutDetail} key=${query.payout} id=${query.payout} program=${program} writes=${writes} onClose=${() => setQuery({ payout: "" })} onChanged=${list.reload} />`}`;
}

/** @param {{ totals: Total[] }} props */
function PayoutState({ totals }) {
  const out = totals.filter(({ issued }) => issued !== 0).length;
  const back = totals.filter(({ returned }) => returned !== 0).length;
  return html`<span class="row">${out > 0 ? html`<${Badge} tone="info">Sent<//>` : html`<${Badge} tone="good">Settled<//>`}${back > 0 && html`<${Badge} tone="warn">Some came back<//>`}</span>`;
}
