// Whether what is derived still agrees with what it is derived from, and making it
// agree.

import { html, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Badge, Button, Card, Notice, Skeleton, Table, toast } from "/ui/components.js";
import { number, plural } from "/ui/format.js";
import { useOne } from "/ui/lists.js";
import { PageActions, can } from "/ui/page.js";
import { When } from "../people/parts.js";

/** @typedef {{ kind: string, program: string | null, subject: string, text: string, since: string }} Difference */
/** @typedef {{ name: string, checked_at: string | null, differences: number, since: string | null, details: Difference[] }} Check */

/** What each looks at, and what makes it agree. @type {Record<string, [name: string, about: string, repair: string]>} */
const CHECKS = {
  clicks: ["Clicks and statistics", "Each click and share is in the statistics once, and nothing else is.", "The hours that differ are counted anew from their clicks."],
  ledger: ["Rewards and the ledger", "Every reward is the sum of its entries, and every account is as the rules say.", "Sums are made anew from the ledger, and accounts are settled."],
  snapshot: ["What the edge knows", "Links are answered from a copy that says what the database says.", "The copy is published anew."],
};

/** @param {{ session: import("/ui/page.js").Session }} props */
export function Checks({ session }) {
  const { value, setValue, failed, reload } = useOne("/v1/checks");
  const [busy, setBusy] = useState("");
  const [did, setDid] = useState(/** @type {{ texts: string[], agrees: boolean } | undefined} */ (undefined));
  const checks = /** @type {Check[] | undefined} */ (/** @type {any} */ (value)?.items);
  const writes = can(session, "data:write");

  /** @param {string} name @param {() => Promise<void>} work */
  async function doing(name, work) {
    setBusy(name);
    setDid(undefined);
    try {
      await work();
    } catch (error) {
      toast(/** @type {Error} */ (error).message, { tone: "bad" });
    }
    setBusy("");
  }
  const check = () => doing("*", async () => setValue(await api.post("/v1/checks", {})));
  const repair = (/** @type {string} */ name) => doing(name, async () => {
    const { did: texts, check: after } = await api.post("/v1/checks/repair", { check: name });
    setValue({ items: (checks ?? []).map((one) => (one.name === name ? after : one)) });
    setDid({ texts, agrees: after.differences === 0 });
  });

  if (failed) return html`<${Notice} tone="bad" title="The checks could not be read" action=${html`<${Button} onClick=${reload}>Try again<//>`}>${failed}<//>`;
  return html`
    <${PageActions}>${writes && html`<${Button} kind="primary" busy=${busy === "*"} onClick=${check}>Check now<//>`}<//>
    <div class="stack">
      ${did && html`<${Notice} tone=${did.agrees ? "good" : "warn"} title=${!did.agrees ? "Some of it still differs" : did.texts.length > 0 ? "It agrees again" : "There was nothing to do"}>${did.texts.length > 0 && html`<ul class="did">${did.texts.map((text) => html`<li key=${text}>${text}</li>`)}</ul>`}<//>`}
      ${!checks && html`<${Skeleton} shape="block" />`}
      ${checks?.map((one) => html`<${One} key=${one.name} check=${one} busy=${busy === one.name} onRepair=${writes ? () => repair(one.name) : undefined} />`)}
      <p class="muted">They run by themselves, too: the last two days each time, older ones in turn. Whether anything differs stands in <code>/v1/health</code> as well.</p>
    </div>`;
}

/** @param {{ check: Check, busy: boolean, onRepair?: () => void }} props */
function One({ check: { name, checked_at, differences, since, details }, busy, onRepair }) {
  const [title, about, mends] = CHECKS[name] ?? [name, "", ""];
  return html`<${Card} title=${title} class="steps" actions=${differences > 0 && onRepair && html`<${Button} busy=${busy} onClick=${onRepair}>Make it agree<//>`}><div class="stack">
    <p>${about}</p>
    <p class="row"><${Badge} tone=${!checked_at ? undefined : differences > 0 ? "bad" : "good"}>${!checked_at ? "Not checked yet" : differences > 0 ? `${number(differences)} ${plural(differences, "difference", "differences")}` : "Agrees"}<//>
      ${checked_at && html`<span class="muted small">checked <${When} at=${checked_at} />${differences > 0 && since && html`, differs since <${When} at=${since} />`}</span>`}</p>
    ${differences > 0 && mends && html`<p class="muted">${mends}</p>`}
    ${details.length > 0 && html`<${Table} caption=${`What differs: ${title}`} stacked rows=${details} rowKey=${(/** @type {Difference} */ one, /** @type {number} */ n) => n} columns=${[
      { key: "subject", label: "Where", render: (/** @type {Difference} */ one) => html`${one.subject}${one.program && html`<span class="under">${one.program}</span>`}` },
      { key: "text", label: "What differs" },
      { key: "since", label: "Since", render: (/** @type {Difference} */ one) => html`<${When} at=${one.since} />` },
    ]} />`}
  </div><//>`;
}
