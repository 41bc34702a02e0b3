// The tab of whom one brings in, and how they do.

import { html, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Avatar, Badge, Button, Card, Dialog, Empty, Field, Input, Notice, Segments, Skeleton, toast } from "/ui/components.js";
import { Failure } from "/ui/door.js";
import { useForm } from "/ui/form.js";
import { number, plural, relative } from "/ui/format.js";
import { usePaged } from "/ui/lists.js";
import { Title } from "./parts.js";

/** @import { Colleague, Me } from "./types.js" */

/** Whom an advocate of a kind brings in besides their own people. */
const OTHERS = { partner: "Another partner", customer: "Another customer", employee: "Somebody else" };

/** @param {{ who: Me, onClose: () => void, onDone: () => void }} props */
function Invite({ who, onClose, onDone }) {
  const form = useForm({ name: "", email: "", is_member: who.advocate.kind === "employee" }, async ({ name, email, is_member }) => {
    const { sent } = await api.post("/v1/me/team", { name: name.trim(), email: email.trim(), is_member });
    // Who is in already is not for others to find out.
    toast(sent ? `An invitation is on its way to ${name.trim()}.` : `No invitation was sent to ${name.trim()}, who may be in already. Tell them yourself.`);
    onDone();
    onClose();
  });
  return html`<${Dialog} open title="Bring somebody in" onClose=${onClose} onSubmit=${form.submit}
    actions=${html`<${Button} onClick=${onClose}>Cancel<//><${Button} type="submit" kind="primary" busy=${form.busy}>Send the invitation<//>`}>
    <div class="stack">
      <p class="muted">They get links of their own, and their rewards are theirs. You see how they do.</p>
      <${Segments} label="Who they are" value=${form.values.is_member ? "own" : "other"} onChange=${(/** @type {string} */ key) => form.set("is_member", key === "own")}
        options=${[["other", OTHERS[who.advocate.kind]], ["own", "Of my own company"]]} />
      <${Field} label="Their name" error=${form.errors.name}><${Input} ...${form.bind("name")} autocomplete="off" maxlength="200" /><//>
      <${Field} label="Their email" error=${form.errors.email}><${Input} type="email" inputmode="email" ...${form.bind("email")} autocomplete="off" spellcheck=${false} /><//>
      <${Failure} of=${form} />
    </div>
  <//>`;
}

/** @param {{ one: Colleague }} props */
function Person({ one }) {
  /** @type {[number, string, string][]} */
  const counts = [[one.shares, "share", "shares"], [one.clicks, "visit", "visits"], [one.leads, "referral", "referrals"], [one.won, "customer", "customers"]];
  return html`<li class="colleague">
    <${Avatar} name=${one.name} />
    <span class="grow"><strong><bdi>${one.name}</bdi></strong>
      <small>${one.joined_at ? `Joined ${relative(one.joined_at)}` : `Invited ${relative(one.created_at)}, not here yet`}</small>
      <small>${counts.map(([value, word, words]) => `${number(value)} ${plural(value, word, words)}`).join(" · ")}</small></span>
    ${one.won > 0 ? html`<${Badge} tone="good">successful<//>` : one.shares + one.leads > 0 ? html`<${Badge} tone="info">active<//>` : ""}
  </li>`;
}

/** @param {{ title: string, all: Colleague[] }} props */
const Group = ({ title, all }) => (all.length === 0 ? null : html`<${Card} title=${title}><ul class="colleagues">${all.map((one) => html`<${Person} key=${one.id} one=${one} />`)}</ul><//>`);

/** @param {{ who: Me, open: boolean }} props */
export function Team({ who, open }) {
  const list = usePaged("/v1/me/team", {}, 50);
  const [inviting, setInviting] = useState(false);
  const items = /** @type {Colleague[] | undefined} */ (list.items);
  const invite = open && html`<${Button} kind="primary" icon="plus" onClick=${() => setInviting(true)}>Bring somebody in<//>`;
  return html`<${Title} about="Whom you have brought into the program, and how they do.">Your team<//>
    <div class="stack">
      ${who.team.parent && html`<${Notice}>You were brought in by <bdi>${who.team.parent.name}</bdi>, who sees how much you share and how many come of it, and not who they are.<//>`}
      ${list.failed && html`<${Notice} tone="bad" title="This could not be read" action=${html`<${Button} onClick=${items ? list.more : list.reload}>Try again<//>`}>${list.failed}<//>`}
      ${!items && !list.failed && html`<${Skeleton} lines=${5} />`}
      ${items?.length === 0 && html`<${Card}><${Empty} level=${2} title="More than you can do alone" action=${invite}>
        Colleagues and partners of yours know people whom you do not. Bring them in: each gets links of their own, and here you see what comes of it.
      <//><//>`}
      ${items && items.length > 0 && html`
        ${invite && html`<div class="row">${invite}</div>`}
        <${Group} title="People of your company" all=${items.filter(({ is_member }) => is_member)} />
        <${Group} title="Whom else you brought in" all=${items.filter(({ is_member }) => !is_member)} />
        ${list.next && html`<div class="me-more"><span></span><${Button} busy=${list.busy} onClick=${list.more}>Show more<//></div>`}`}
      ${inviting && html`<${Invite} who=${who} onClose=${() => setInviting(false)} onDone=${list.reload} />`}
    </div>`;
}
