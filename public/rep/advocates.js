// My advocates.

import { html, useState } from "/vendor/ui.js";
import { Avatar, Button, Empty, Icon, Input, Notice, Skeleton } from "/ui/components.js";
import { number, plural, relative } from "/ui/format.js";
import { kindName } from "../console/people/words.js";
import { Actions } from "./advocate.js";
import { fits, known } from "./known.js";
import { online } from "./state.js";

/** How many are shown at once. */
const PAGE = 40;

/**
 * @param {{ program: import("./state.js").Program, rep: string, read: { done: boolean, failed: string }, onRefer: (who: { id: string, name: string }) => void }} props
 *   `read` is how far reading them is
 */
export function Advocates({ program, rep, read, onRefer }) {
  const [text, setText] = useState("");
  const [most, setMost] = useState(PAGE);
  const mine = known.value.filter(({ id, owner }) => id && owner === rep).sort((a, b) => a.name.localeCompare(b.name));
  const some = mine.filter((one) => fits(one, text));
  if (mine.length === 0 && read.failed) return html`<${Notice} tone="bad" title="Your advocates could not be read">${read.failed}<//>`;
  if (mine.length === 0 && !read.done && online.value) return html`<${Skeleton} lines=${6} />`;
  if (mine.length === 0) {
    return html`<${Empty} title="No advocate of yours yet">Whoever you register while you enter a referral is yours, and so is whoever somebody gives you in the console. Their referrals come to you.<//>`;
  }
  return html`
    ${mine.length > 6 && html`<div class="rep-search"><${Icon} name="search" /><${Input} type="search" aria-label="Search my advocates" placeholder=${`Search ${number(mine.length)} advocates`} value=${text} onValue=${setText} /></div>`}
    ${some.length === 0 && html`<${Empty} title="Nobody fits">No name or address has “${text}” in it.<//>`}
    <ul class="people" aria-label="My advocates">${some.slice(0, most).map((one) => html`<li key=${one.id}>
      <${Avatar} name=${one.name} />
      <div class="people-who"><b>${one.name}</b><small>${one.email ?? "No address yet"}</small>
        <small>${[kindName(one.kind), one.invited_at ? `invited ${relative(one.invited_at)}` : "not invited yet"].join(" · ")}</small></div>
      <${Actions} advocate=${one} program=${program} onRefer=${onRefer} />
    </li>`)}</ul>
    ${some.length > most && html`<p class="rep-more"><${Button} onClick=${() => setMost(most + PAGE)}>Show ${number(Math.min(PAGE, some.length - most))} more<//></p>`}
    <p class="unseen" role="status">${text && `${number(some.length)} ${plural(some.length, "advocate", "advocates")}`}</p>`;
}
