// All advocates of a program: found, filtered, chosen.

import { html, useState } from "/vendor/ui.js";
import { Avatar, Badge, Button, Card, Dialog, Empty, Menu, Select, Skeleton, Table, toast } from "/ui/components.js";
import { date } from "/ui/format.js";
import { PageActions, can } from "/ui/page.js";
import { useQuery } from "/ui/url.js";
import { usePaged } from "/ui/lists.js";
import { Inside, More, Search, to } from "../people/parts.js";
import { useReps } from "../people/reps.js";
import { KINDS, kindName } from "../people/words.js";
import { change, invite, under } from "./advocate.js";
import { Chosen } from "./chosen.js";
import { NewDialog } from "./form.js";
import { ImportDialog } from "./import.js";
import { MergeDialog } from "./merge.js";

/** @import { Advocate } from "./advocate.js" */

const DEFAULTS = { q: "", kind: "", status: "", owner: "", advocate: "" };

/** @param {{ session: import("/ui/page.js").Session, program: import("/ui/page.js").Program }} props */
export function Advocates({ session, program }) {
  const [query, setQuery] = useQuery(DEFAULTS);
  const { q, kind, status, owner } = query;
  const list = usePaged(`/v1/programs/${program.slug}/advocates`, { q, kind, status, owner });
  const reps = useReps();
  const [selected, setSelected] = useState(/** @type {Set<string | number>} */ (new Set()));
  const [dialog, setDialog] = useState(/** @type {"new" | "import" | { merge: Advocate } | { disable: Advocate } | undefined} */ (undefined));
  const writes = can(session, "advocates:write");
  const filtered = Boolean(q || kind || status || owner);
  const isEmpty = list.items?.length === 0 && !filtered;
  const chosen = (list.items ?? []).filter(({ id }) => selected.has(id));
  const close = () => setDialog(undefined);
  const put = (/** @type {Advocate} */ one) => list.setItems((all) => all?.map((before) => (before.id === one.id ? one : before)));
  const open = (/** @type {Advocate} */ { id }) => setQuery({ advocate: id }, { push: true });

  const add = html`<${Button} icon="plus" kind="primary" onClick=${() => setDialog("new")}>Add<span class="wide-only"> an advocate</span><//>`;
  const bring = html`<${Button} onClick=${() => setDialog("import")}>Import<span class="wide-only"> a CSV</span><//>`;

  /** Shows a change at once, and takes it back if it is refused. @param {Advocate} one @param {Partial<Advocate>} changes @param {string} said */
  async function turn(one, changes, said) {
    put({ ...one, ...changes });
    try {
      put(await change(program.slug, one.id, changes));
      toast(said);
    } catch (error) {
      put(one);
      toast(`${one.name} is as before: ${/** @type {Error} */ (error).message}`, { tone: "bad" });
    }
  }

  /** @param {Advocate} one */
  async function send(one) {
    try {
      const { sent_to } = await invite(program.slug, one.id);
      put({ ...one, invited_at: new Date().toISOString() });
      toast(`An invitation with their own link is on its way to ${sent_to}.`);
    } catch (error) {
      toast(/** @type {Error} */ (error).message, { tone: "bad" });
    }
  }

  const actions = { program: program.slug, onInvite: send, onMerge: can(session, "rewards:write") ? (/** @type {Advocate} */ one) => setDialog({ merge: one }) : undefined, onDisable: (/** @type {Advocate} */ one) => setDialog({ disable: one }),
    onEnable: (/** @type {Advocate} */ one) => turn(one, { status: "active" }, `${one.name} is active again.`) };
  return html`
    ${writes && !isEmpty && html`<${PageActions}>${bring}${add}<//>`}
    ${!isEmpty && html`<div class="tools">
      <${Search} label="Search advocates" placeholder="Name, address or id" value=${q} onSearch=${(/** @type {string} */ text) => setQuery({ q: text })} />
      <${Select} aria-label="Kind" class=${kind ? "set" : ""} value=${kind} onValue=${(/** @type {string} */ value) => setQuery({ kind: value })} options=${[["", "Every kind"], ...KINDS]} />
      <${Select} aria-label="Status" class=${status ? "set" : ""} value=${status} onValue=${(/** @type {string} */ value) => setQuery({ status: value })} options=${[["", "Active and disabled"], ["active", "Active"], ["disabled", "Disabled"]]} />
      <${Select} aria-label="Owner" class=${owner ? "set" : ""} value=${owner} onValue=${(/** @type {string} */ value) => setQuery({ owner: value })} options=${[["", "Every owner"], ...reps.everyone()]} />
      ${filtered && html`<${Button} kind="quiet" onClick=${() => setQuery({ q: "", kind: "", status: "", owner: "" })}>Clear<//>`}
    </div>`}
    ${writes && chosen.length > 0 && html`<${Chosen} program=${program.slug} chosen=${chosen} reps=${reps} onClear=${() => setSelected(new Set())} onChanged=${put} />`}
    <${Card} class=${list.items && list.busy ? "stale" : ""}>
      ${!list.items && !list.failed && html`<${Skeleton} lines=${8} />`}
      ${isEmpty && html`<${Empty} level=${2} title="No advocate yet" action=${writes && html`${add}${bring}`}>
        <p>Advocates are the customers, partners and employees who recommend you. Each gets a link of their own per channel, and the credit for whoever comes by it.</p>
        <p>Add a few here, import a list, or let your product register them when they first share: <a href="/openapi.json">the API</a> has a call for it.</p><//>`}
      ${list.items && !isEmpty && html`<${Rows} list=${list} program=${program} reps=${reps} writes=${writes} selected=${selected} onSelect=${setSelected} onOpen=${open} actions=${actions}
        empty=${html`<${Empty} title="Nobody fits">${q ? `No name, address or id has “${q}” in it.` : "Nobody fits these filters."}<//>`} />`}
      <${More} list=${list} one="advocate" other="advocates" />
    <//>
    ${dialog === "new" && html`<${NewDialog} program=${program.slug} reps=${reps} self=${session.rep} onClose=${close} onDone=${(/** @type {Advocate} */ one, /** @type {boolean} */ isNew) => {
      close();
      toast(isNew ? `${one.name} is an advocate now.` : `Somebody with that external id was there: ${one.name}.`);
      if (isNew) open(one);
      else list.reload();
    }} />`}
    ${dialog === "import" && html`<${ImportDialog} program=${program} reps=${reps} onClose=${close} onDone=${list.reload} />`}
    ${typeof dialog === "object" && "merge" in dialog && html`<${MergeDialog} program=${program.slug} advocate=${dialog.merge} onClose=${close} onDone=${(/** @type {Advocate} */ into) => { close(); toast(`${dialog.merge.name} is merged into ${into.name}.`); list.reload(); }} />`}
    ${typeof dialog === "object" && "disable" in dialog && html`<${DisableDialog} advocate=${dialog.disable} onClose=${close} onYes=${() => { close(); turn(dialog.disable, { status: "disabled" }, `${dialog.disable.name} is disabled.`); }} />`}`;
}

/** @param {any} props */
function Rows({ list, program, reps, writes, selected, onSelect, onOpen, actions, empty }) {
  const columns = [
    {
      key: "name",
      label: "Advocate",
      render: (/** @type {Advocate} */ one) => html`<span class="person"><${Avatar} name=${one.name} /><span>
        <${Inside} class="plain" href=${to("/console/advocates", { program: program.slug, advocate: one.id })} onOpen=${() => onOpen(one)}>${one.name}<//>
        <small>${under(one) || one.id}</small></span></span>`,
    },
    { key: "kind", label: "Kind", render: (/** @type {Advocate} */ one) => html`${kindName(one.kind)}${one.segment && html`<span class="under">${one.segment}</span>`}` },
    { key: "owner", label: "Owner", render: (/** @type {Advocate} */ one) => (one.owner ? reps.repName(one.owner) : html`<span class="muted">Nobody</span>`) },
    { key: "status", label: "Status", render: (/** @type {Advocate} */ one) => html`<${StatusBadge} advocate=${one} />` },
    { key: "created_at", label: "Since", class: "nowrap", render: (/** @type {Advocate} */ one) => date(one.created_at, program.zone) },
    ...(writes ? [{ key: "actions", label: "Actions", unlabelled: true, class: "numeric corner", render: (/** @type {Advocate} */ one) => html`<${ActionMenu} advocate=${one} ...${actions} />` }] : []),
  ];
  return html`<${Table} caption="Advocates" stacked columns=${columns} rows=${list.items} rowKey=${(/** @type {Advocate} */ { id }) => id} rowName=${(/** @type {Advocate} */ { name }) => name}
    selected=${selected} onSelect=${writes ? onSelect : undefined} empty=${empty} />`;
}

/** @param {{ advocate: Advocate }} props */
export function StatusBadge({ advocate }) {
  if (advocate.merged_into) return html`<${Badge}>Merged<//>`;
  if (advocate.status === "disabled") return html`<${Badge}>Disabled<//>`;
  return advocate.invited_at ? html`<${Badge} tone="info">Invited<//>` : html`<${Badge} tone="good">Active<//>`;
}

/**
 * What can be done with one of them.
 * @param {{ advocate: Advocate, program: string, onInvite: (one: Advocate) => void, onMerge?: (one: Advocate) => void, onDisable: (one: Advocate) => void, onEnable: (one: Advocate) => void }} props
 */
export function ActionMenu({ advocate, program, onInvite, onMerge, onDisable, onEnable }) {
  if (advocate.merged_into) return null;
  const active = advocate.status === "active";
  return html`<${Menu} label=${`Actions for ${advocate.name}`} items=${[
    active && { label: advocate.email ? (advocate.invited_at ? "Invite again" : "Invite") : "Invite (needs an address)", icon: "mail", disabled: !advocate.email, onSelect: () => onInvite(advocate) },
    { label: "Make a link", icon: "links", href: to("/console/links", { program, advocate: advocate.id }) },
    // A merger moves what is owed, so it takes who may pay.
    onMerge && { label: "Merge with another …", onSelect: () => onMerge(advocate) },
    null,
    active ? { label: "Disable …", kind: "danger", onSelect: () => onDisable(advocate) } : { label: "Enable", onSelect: () => onEnable(advocate) },
  ]} />`;
}

/** @param {{ advocate: Advocate, onClose: () => void, onYes: () => void }} props */
export const DisableDialog = ({ advocate, onClose, onYes }) => html`<${Dialog} open title=${`Disable ${advocate.name}?`} onClose=${onClose} actions=${html`
  <${Button} onClick=${onClose}>Cancel<//><${Button} kind="danger" onClick=${onYes}>Disable<//>`}>
  <p>Their links lead to a neutral page from now on, and earn nothing. What they have earned stays theirs. They can be enabled again.</p>
<//>`;
