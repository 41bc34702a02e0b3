// What was earned and what was paid, entry by entry.

import { html, useState } from "/vendor/ui.js";
import { Button, Card, Empty, Notice, Skeleton, toast } from "/ui/components.js";
import { date } from "/ui/format.js";
import { useOne } from "/ui/lists.js";
import { spoken } from "/ui/money.js";
import { downloadStatement, moved } from "/ui/statement.js";

/** @import { StatementEntry } from "/ui/statement.js" */

const PATH = "/v1/me/statement";

/** Entries that are shown before somebody asks for more. */
const SHOWN = 8;

/** What an entry says to whom it is about. @type {Record<string, string>} */
const WORDS = {
  granted: "You earned it",
  adjusted: "Changed, as the sale was",
  restated: "Reckoned anew",
  reversed: "Taken back, as the sale was",
  held: "On hold, somebody looks at it",
  released: "No longer on hold",
  approved: "Approved",
  issued: "Sent to you",
  returned: "Came back, and is sent again",
  paid: "Arrived",
};

/** @param {{ zone: string }} props */
export function Statement({ zone }) {
  const { value, failed, reload } = useOne(PATH);
  const [all, setAll] = useState(false);
  const [busy, setBusy] = useState(false);
  const statement = /** @type {import("/ui/statement.js").Statement | undefined} */ (value);
  const entries = [...statement?.entries ?? []].reverse();

  async function download() {
    setBusy(true);
    try {
      await downloadStatement(PATH, "statement.csv");
    } catch (error) {
      toast(/** @type {Error} */ (error).message, { tone: "bad" });
    } finally {
      setBusy(false);
    }
  }

  return html`<${Card} title="Statement" actions=${entries.length > 0 && html`<${Button} kind="quiet" icon="download" busy=${busy} onClick=${download}>CSV<//>`}>
    ${failed && html`<${Notice} tone="bad" action=${html`<${Button} onClick=${reload}>Try again<//>`}>${failed}<//>`}
    ${!statement && !failed && html`<${Skeleton} lines=${4} />`}
    ${statement && entries.length === 0 && html`<${Empty} title="Nothing earned yet">From the day a reward is earned to the day it is paid, each step of it stands here.<//>`}
    ${entries.length > 0 && html`<ul class="entries">${(all ? entries : entries.slice(0, SHOWN)).map((/** @type {StatementEntry} */ entry) => html`<li key=${entry.entry}>
        <span class="grow">${WORDS[entry.kind] ?? entry.kind}<small>${date(entry.at, zone)}</small></span>
        <span class=${entry.kind === "paid" ? "entry-paid" : undefined}>${moved(entry) ? spoken(moved(entry), entry.unit) : ""}</span>
      </li>`)}</ul>
      ${(entries.length > SHOWN || statement?.next) && html`<div class="me-more"><span class="muted small">${statement?.next ? "There is more: all of it is in the CSV." : ""}</span>
        ${entries.length > SHOWN && html`<${Button} onClick=${() => setAll(!all)}>${all ? "Show fewer" : `Show all ${entries.length}`}<//>`}</div>`}`}
  <//>`;
}
