// What stands to an advocate's credit, entry by entry.

import { html, useState } from "/vendor/ui.js";
import { Button, Card, Empty, Notice, Skeleton, Table, toast } from "/ui/components.js";
import { date, dateTime } from "/ui/format.js";
import { useOne } from "/ui/lists.js";
import { downloadStatement, moved } from "/ui/statement.js";
import { to } from "../people/parts.js";
import { amountOf, capital, entryName, formName } from "../people/words.js";
import { pathOf } from "./advocate.js";

/** @import { Balance, StatementEntry } from "/ui/statement.js" */

/** Entries that are shown before somebody asks for more. */
const SHOWN = 12;

/** @param {{ advocate: import("./advocate.js").Advocate, program: import("/ui/page.js").Program }} props */
export function Statement({ advocate, program }) {
  const path = `${pathOf(program.slug, advocate.id)}/statement`;
  const { value, failed, reload } = useOne(path);
  const statement = /** @type {{ balances: Balance[], entries: StatementEntry[], next?: string | null } | undefined} */ (value);
  const [all, setAll] = useState(false);
  const [busy, setBusy] = useState(false);

  async function download() {
    setBusy(true);
    try {
      await downloadStatement(path, `statement-${advocate.id}.csv`);
    } catch (error) {
      toast(/** @type {Error} */ (error).message, { tone: "bad" });
    } finally {
      setBusy(false);
    }
  }

  const some = statement && statement.entries.length > 0;
  const entries = statement?.entries.toReversed() ?? [];
  return html`<${Card} title="Rewards statement" actions=${some && html`
      <${Button} kind="quiet" href=${to("/console/rewards", { program: program.slug, advocate: advocate.id })}>Rewards<//>
      <${Button} kind="quiet" icon="download" busy=${busy} onClick=${download}>CSV<//>`}>
    ${failed && html`<${Notice} tone="bad" action=${html`<${Button} onClick=${reload}>Try again<//>`}>${failed}<//>`}
    ${!statement && !failed && html`<${Skeleton} lines=${5} />`}
    ${statement && !some && html`<${Empty} title="Nothing earned yet">What the program’s rules give them stands here, from the day it is earned to the day it is paid.<//>`}
    ${some && html`
      <${Table} caption="Balances" columns=${BALANCES} rows=${statement.balances} rowKey=${(/** @type {Balance} */ { unit, form }) => unit + form} />
      <h3 class="entries-head">Entries</h3>
      <${Table} caption="Entries" stacked rows=${all ? entries : entries.slice(0, SHOWN)} rowKey=${(/** @type {StatementEntry} */ { entry }) => entry} columns=${[
        { key: "kind", label: "What", render: (/** @type {StatementEntry} */ entry) => html`<a class="plain" href=${to("/console/rewards", { program: program.slug, state: "all", reward: entry.reward })}>${entryName(entry.kind)}</a><span class="under">${[`Rule “${entry.rule}”`, entry.reason].filter(Boolean).join(" · ")}</span>` },
        { key: "at", label: "When", class: "nowrap", render: (/** @type {StatementEntry} */ { at }) => html`<span title=${dateTime(at, program.zone)}>${date(at, program.zone)}</span>` },
        { key: "amount", label: "Amount", numeric: true, render: (/** @type {StatementEntry} */ entry) => { const sum = moved(entry); return sum ? amountOf(sum, entry.unit) : html`<span class="muted">—</span>`; } },
      ]} />
      ${(entries.length > SHOWN || statement.next) && html`<div class="more"><span class="muted small">${statement.next ? "The first thousand entries; all are in the CSV." : ""}</span>
        ${entries.length > SHOWN && html`<${Button} onClick=${() => setAll(!all)}>${all ? "Show fewer" : `Show all ${entries.length}`}<//>`}</div>`}`}
  <//>`;
}

/** @param {string} key @param {string} label */
const sum = (key, label) => ({ key, label, numeric: true, render: (/** @type {any} */ row) => (row[key] ? amountOf(row[key], row.unit) : html`<span class="muted">—</span>`) });

const BALANCES = [
  { key: "form", label: "Given as", render: (/** @type {Balance} */ { form }) => capital(formName(form)) },
  sum("earned", "Earned"), sum("pending", "Pending"), sum("held", "Held"), sum("payable", "To be paid"), sum("issued", "Sent"), sum("paid", "Arrived"),
];
