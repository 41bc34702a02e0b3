// What was sent, what waits, and what was not sent, with the reason.

import { html } from "/vendor/ui.js";
import { Badge, Button, Card, Empty, Segments, Select, Skeleton, Table } from "/ui/components.js";
import { number } from "/ui/format.js";
import { usePaged } from "/ui/lists.js";
import { useQuery } from "/ui/url.js";
import { More, When, to } from "../people/parts.js";
import { capital } from "../people/words.js";
import { messageName } from "./message.js";

/** @typedef {{ id: string, message: string, program: string, advocate: string | null, rep: string | null, state: "queued" | "sent" | "failed" | "skipped", why: string | null, due_at: string, sent_at: string | null, delivered_at: string | null, attempts: number }} Letter */

/** @type {Record<Letter["state"], [name: string, tone: import("/ui/components/shown.js").Tone | undefined]>} */
const STATES = { queued: ["Waiting", "info"], sent: ["Sent", "good"], failed: ["Failed", "bad"], skipped: ["Not sent", undefined] };

/** Links that sign in are not listed. */
const MESSAGES = ["invitation", "moved", "thanks", "quiet", "payout", "follow_up", "ask", "weekly"];

/** @param {{ program: import("/ui/page.js").Program }} props */
export function Letters({ program }) {
  const [query, setQuery] = useQuery({ state: "", of: "" });
  const list = usePaged("/v1/letters", { program: program.slug, state: query.state, message: query.of });
  const filtered = Boolean(query.state || query.of);
  return html`<${Card} class=${list.items && list.busy ? "stale" : ""}>
    <div class="tools">
      <${Segments} label="State" value=${query.state} onChange=${(/** @type {string} */ state) => setQuery({ state })} options=${[["", "All"], ...Object.entries(STATES).map(([key, [name]]) => [key, name])]} />
      <${Select} aria-label="Message" class=${query.of && "set"} value=${query.of} onValue=${(/** @type {string} */ of) => setQuery({ of })} options=${[["", "Every message"], ...MESSAGES.map((message) => [message, messageName(message)])]} />
      <${Button} onClick=${list.reload}>Look again<//>
    </div>
    ${!list.items && !list.failed && html`<${Skeleton} lines=${6} />`}
    ${list.items && html`<${Table} caption="Letters" stacked rows=${list.items} rowKey=${(/** @type {Letter} */ { id }) => id} columns=${[
      { key: "message", label: "Message", render: (/** @type {Letter} */ { message }) => messageName(message) },
      { key: "whom", label: "To", render: (/** @type {Letter} */ letter) => html`<${Whom} of=${letter} program=${program.slug} />` },
      { key: "state", label: "State", render: (/** @type {Letter} */ { state }) => html`<${Badge} tone=${STATES[state]?.[1]}>${STATES[state]?.[0] ?? state}<//>` },
      { key: "why", label: "Why", class: "outcome", render: (/** @type {Letter} */ { why }) => why && capital(why) },
      { key: "attempts", label: "Tries", numeric: true, render: (/** @type {Letter} */ { attempts }) => number(attempts) },
      { key: "at", label: "When", render: (/** @type {Letter} */ letter) => html`<${At} of=${letter} zone=${program.zone} />` },
    ]} empty=${html`<${Empty} level=${2} title=${filtered ? "No such letter" : "No letter yet"} action=${filtered && html`<${Button} onClick=${() => setQuery({ state: "", of: "" })}>Show all<//>`}>
      ${filtered ? "None is like this." : "What is written to advocates and reps of this program stands here. Neither an address nor a text is kept."}<//>`} />`}
    <${More} list=${list} one="letter" other="letters" />
  <//>`;
}

/** @param {{ of: Letter, zone: string }} props */
function At({ of: { state, due_at: due, sent_at: sent, delivered_at: arrived }, zone }) {
  if (state === "queued") return html`due <${When} at=${due} zone=${zone} />`;
  return html`<${When} at=${sent ?? due} zone=${zone} />${arrived && html`<span class="under">arrived</span>`}`;
}

/** @param {{ of: Letter, program: string }} props */
function Whom({ of: { advocate, rep }, program }) {
  if (advocate) return html`<a href=${to("/console/advocates", { program, advocate })}>The advocate</a><span class="under">${advocate}</span>`;
  return rep ? html`${rep}<span class="under">rep</span>` : html`<span class="muted">Somebody who was erased</span>`;
}
