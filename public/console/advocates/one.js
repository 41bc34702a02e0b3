// One advocate: their facts, what they brought, what they get.

import { html, useState } from "/vendor/ui.js";
import { Avatar, Badge, Button, Card, Copy, Empty, Notice, Skeleton, Table, toast } from "/ui/components.js";
import { date, dateTime } from "/ui/format.js";
import { useForm } from "/ui/form.js";
import { PageActions, can } from "/ui/page.js";
import { changeAddress } from "/ui/url.js";
import { useOne, usePaged } from "/ui/lists.js";
import { stageName, stageTone } from "../leads/stages.js";
import { Facts, Inside, More, When, to } from "../people/parts.js";
import { useReps } from "../people/reps.js";
import { mediumName } from "/ui/media.js";
import { kindName } from "../people/words.js";
import { change, invite, pathOf } from "./advocate.js";
import { FactFields } from "./form.js";
import { ActionMenu, DisableDialog, StatusBadge } from "./list.js";
import { MergeDialog } from "./merge.js";
import { Statement } from "./statement.js";

/** @import { Advocate } from "./advocate.js" */

/** @param {{ id: string, session: import("/ui/page.js").Session, program: import("/ui/page.js").Program }} props */
export function OneAdvocate({ id, session, program }) {
  const { value, setValue, failed, reload } = useOne(pathOf(program.slug, id));
  const advocate = /** @type {Advocate | undefined} */ (value);
  const reps = useReps();
  const [dialog, setDialog] = useState("");
  const writes = can(session, "advocates:write");
  const back = html`<${Inside} class="back" href=${to("/console/advocates", { program: program.slug })} onOpen=${() => changeAddress({ advocate: null }, { push: true })}>← All advocates<//>`;
  if (failed) return html`${back}<${Notice} tone="bad" title="This advocate could not be read" action=${html`<${Button} onClick=${reload}>Try again<//>`}>${failed}<//>`;
  if (!advocate) return html`${back}<${Card}><${Skeleton} lines=${6} /><//>`;
  const close = () => setDialog("");

  /** @param {Partial<Advocate>} changes @param {string} said */
  async function turn(changes, said) {
    const before = /** @type {Advocate} */ (advocate);
    setValue({ ...before, ...changes });
    try {
      setValue(await change(program.slug, before.id, changes));
      toast(said);
    } catch (error) {
      setValue(before);
      toast(/** @type {Error} */ (error).message, { tone: "bad" });
    }
  }

  async function send() {
    const one = /** @type {Advocate} */ (advocate);
    try {
      const { sent_to } = await invite(program.slug, one.id);
      setValue({ ...one, invited_at: new Date().toISOString() });
      toast(`An invitation with their own link is on its way to ${sent_to}.`);
    } catch (error) {
      toast(/** @type {Error} */ (error).message, { tone: "bad" });
    }
  }

  return html`${back}
    ${writes && !advocate.merged_into && html`<${PageActions}>
      ${advocate.status === "active" && advocate.email && html`<${Button} icon="mail" onClick=${send}>${advocate.invited_at ? "Invite again" : "Invite"}<//>`}
      <${ActionMenu} advocate=${advocate} program=${program.slug} onInvite=${send} onMerge=${can(session, "rewards:write") ? () => setDialog("merge") : undefined} onDisable=${() => setDialog("disable")} onEnable=${() => turn({ status: "active" }, `${advocate.name} is active again.`)} />
    <//>`}
    <div class="who"><${Avatar} name=${advocate.name} /><div><h2>${advocate.name}</h2>
      <p class="muted">${[kindName(advocate.kind), advocate.segment, advocate.email].filter(Boolean).join(" · ")}</p></div><${StatusBadge} advocate=${advocate} /></div>
    ${advocate.merged_into && html`<${Notice} title="Merged into another entry" action=${html`<${Button} href=${to("/console/advocates", { program: program.slug, advocate: advocate.merged_into })}>Open it<//>`}>
      The links of this entry go on working. What comes by them counts for the other one, who has the leads and rewards as well.<//>`}
    <div class="one-grid">
      <div class="stack">
        ${can(session, "leads:read") && html`<${TheirLeads} advocate=${advocate} program=${program} />`}
        ${can(session, "rewards:read") && html`<${Statement} advocate=${advocate} program=${program} />`}
      </div>
      <${About} key=${advocate.updated_at} advocate=${advocate} program=${program} reps=${reps} writes=${writes && !advocate.merged_into} session=${session} onSaved=${setValue} />
    </div>
    ${dialog === "merge" && html`<${MergeDialog} program=${program.slug} advocate=${advocate} onClose=${close} onDone=${(/** @type {Advocate} */ into) => {
      close();
      toast(`They are one now: ${into.name}.`);
      if (into.id === advocate.id) reload();
      else changeAddress({ advocate: into.id }, { push: true });
    }} />`}
    ${dialog === "disable" && html`<${DisableDialog} advocate=${advocate} onClose=${close} onYes=${() => { close(); turn({ status: "disabled" }, `${advocate.name} is disabled.`); }} />`}`;
}

/** @param {any} props */
function About({ advocate, program, reps, writes, session, onSaved }) {
  const { slug } = program;
  const form = useForm({ name: advocate.name, email: advocate.email ?? "", kind: advocate.kind, owner: advocate.owner ?? "", segment: advocate.segment ?? "" }, async (values) => {
    if (!values.name.trim()) return form.setErrors({ name: "Enter a name." });
    const initial = /** @type {Record<string, string>} */ ({ name: advocate.name, email: advocate.email ?? "", kind: advocate.kind, owner: advocate.owner ?? "", segment: advocate.segment ?? "" });
    const changes = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.trim()]).filter(([name, value]) => value !== initial[name]));
    onSaved(await change(slug, advocate.id, changes));
    toast("Saved.");
  });
  const facts = html`<${Facts} of=${[
    !writes && ["Name", advocate.name],
    !writes && ["Email", advocate.email && html`<a href=${`mailto:${advocate.email}`}>${advocate.email}</a>`],
    !writes && ["Kind", kindName(advocate.kind)],
    !writes && ["Owner", reps.repName(advocate.owner) || "Nobody"],
    !writes && ["Segment", advocate.segment],
    ["Id", html`<span class="row"><code>${advocate.id}</code><${Copy} kind="quiet" text=${advocate.id} label="" aria-label="Copy the id" /></span>`],
    ["External id", advocate.external_id && html`<code>${advocate.external_id}</code>`],
    ["Advocate since", date(advocate.created_at, program.zone)],
    ["Invited", advocate.invited_at && html`<${When} at=${advocate.invited_at} zone=${program.zone} />`],
    ["Links", can(session, "links:write") && html`<a href=${to("/console/links", { program: slug, advocate: advocate.id })}>Make a link for them</a>`],
  ]} />`;
  return html`<div class="stack"><${Card} title="About">
    ${writes ? html`<form class="stack" noValidate onSubmit=${form.submit}>
      <${FactFields} form=${form} reps=${reps} owner=${advocate.owner} />
      ${form.failure && html`<${Notice} tone="bad">${form.failure}<//>`}
      ${form.dirty && html`<div class="row"><${Button} type="submit" kind="primary" busy=${form.busy}>Save<//><${Button} onClick=${() => form.reset()}>Undo<//></div>`}
      <div class="part">${facts}</div>
    </form>` : facts}
  <//></div>`;
}

/** @param {{ advocate: Advocate, program: import("/ui/page.js").Program }} props */
function TheirLeads({ advocate, program }) {
  const list = usePaged("/v1/leads", { program: program.slug, advocate: advocate.id }, 8);
  const columns = [
    {
      key: "prospect",
      label: "Prospect",
      render: (/** @type {any} */ { id, prospect }) => html`<a class="plain" href=${to("/console/leads", { program: program.slug, owner: "*", advocate: advocate.id, lead: id })}>${prospect.name ?? prospect.email ?? prospect.company ?? id}</a>
        ${prospect.company && html`<span class="under">${prospect.company}</span>`}`,
    },
    { key: "stage", label: "Stage", render: (/** @type {any} */ { stage }) => html`<${Badge} tone=${stageTone(stage)}>${stageName(stage)}<//>` },
    { key: "medium", label: "Came by", render: (/** @type {any} */ { medium }) => mediumName(medium) || "—" },
    { key: "at", label: "When", class: "nowrap", render: (/** @type {any} */ { at }) => html`<span title=${dateTime(at, program.zone)}>${date(at, program.zone)}</span>` },
  ];
  return html`<${Card} title="Leads they brought" actions=${list.items && list.items.length > 0 && html`<${Button} kind="quiet" href=${to("/console/leads", { program: program.slug, owner: "*", advocate: advocate.id })}>On the board<//>`}>
    ${!list.items && !list.failed && html`<${Skeleton} lines=${4} />`}
    ${list.items && html`<${Table} caption="Leads they brought" stacked columns=${columns} rows=${list.items} rowKey=${(/** @type {any} */ { id }) => id}
      empty=${html`<${Empty} title="No lead yet">Whoever signs up by a link of theirs is listed here.<//>`} />`}
    <${More} list=${list} one="lead" other="leads" />
  <//>`;
}
