// A connection is made, or changed: where it leads, and what is what there.

import { html, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Button, Card, Field, Input, Notice, Select, Skeleton } from "/ui/components.js";
import { useForm } from "/ui/form.js";
import { useOne } from "/ui/lists.js";
import { COMMON, CURRENCIES } from "/ui/money.js";
import { PageActions } from "/ui/page.js";
import { programs } from "/ui/page/state.js";
import { useReps } from "../people/reps.js";
import { FIELDS, KINDS, STAGES, pathOf } from "./connection.js";
import { DEFAULTS } from "./defaults.js";
import { Fields, Pairs, fromRows, toRows } from "./mapping.js";
import { SecretDialog } from "./secret.js";

/** @import { Connection, Kind } from "./connection.js" */

/** Currencies, those of most programs first. */
const MONEY = [["", "None"], ...[...COMMON, ...CURRENCIES.filter((code) => !COMMON.includes(code))].map((code) => [code, code])];

/** @param {{ id: string, program: import("/ui/page.js").Program | undefined, onCancel: () => void, onDone: (id: string) => void }} props without an id one is made */
export function Edit({ id, program, onCancel, onDone }) {
  const { value, failed, reload } = useOne(id ? pathOf(id) : undefined);
  const back = html`<${PageActions}><${Button} onClick=${onCancel}>Back<//><//>`;
  if (failed) return html`${back}<${Notice} tone="bad" title="This connection could not be read" action=${html`<${Button} onClick=${reload}>Try again<//>`}>${failed}<//>`;
  if (id && !value) return html`${back}<${Skeleton} shape="block" />`;
  if (!program) return html`${back}<${Notice} tone="warn" title="A connection belongs to a program">Create one first.<//>`;
  return html`${back}<${Form} connection=${/** @type {Connection | undefined} */ (value)} program=${program} onCancel=${onCancel} onDone=${onDone} />`;
}

/** What a new connection begins with. @param {Kind} kind @param {string} object */
const fresh = (kind, object = KINDS[kind].objects[0][0]) => ({ kind, object, fields: toRows(DEFAULTS[object].fields), stages: DEFAULTS[object].stages });

/** @param {{ connection?: Connection, program: import("/ui/page.js").Program, onCancel: () => void, onDone: (id: string) => void }} props */
function Form({ connection, program, onCancel, onDone }) {
  const { reps } = useReps();
  const [made, setMade] = useState(/** @type {(Connection & { secret: string }) | undefined} */ (undefined));
  const form = useForm(useState(() => (connection ? begun(connection) : { ...fresh("salesforce"), program: program.slug, url: "", credential: "CRM_SALESFORCE", signing: "", currency: "", owners: /** @type {Record<string, string>} */ ({}) }))[0], async (values) => {
    const body = {
      credential: values.credential.trim(), fields: fromRows(values.fields), owners: written(values.owners), stages: written(values.stages),
      ...(values.currency ? { currency: values.currency } : {}),
      // Empty, it takes the one away that was there.
      ...(values.kind === "hubspot" && (values.signing.trim() || connection) ? { signing: values.signing.trim() } : {}),
    };
    if (connection) {
      await api.patch(pathOf(connection.id), body);
      onDone(connection.id);
    } else setMade(await api.post("/v1/crm", { ...body, kind: values.kind, program: values.program, object: values.object, ...(values.url.trim() ? { url: values.url.trim() } : {}) }));
  });
  const { values, errors } = form;
  const { name, objects, where, credential, theirs } = KINDS[/** @type {Kind} */ (values.kind)];
  const there = Boolean(connection);
  return html`<${Card} title=${there ? "Change the connection" : "Connect a CRM"} class="steps"><form class="stack" noValidate onSubmit=${form.submit}>
    <div class="two">
      <${Field} label="System" error=${errors.kind}><${Select} value=${values.kind} disabled=${there} options=${Object.entries(KINDS).map(([key, one]) => [key, one.name])}
        onValue=${(/** @type {Kind} */ kind) => form.set({ ...fresh(kind), credential: `CRM_${kind.toUpperCase()}` })} /><//>
      <${Field} label="What a lead is there" error=${errors.object}><${Select} value=${values.object} disabled=${there} options=${objects}
        onValue=${(/** @type {string} */ object) => form.set(fresh(/** @type {Kind} */ (values.kind), object))} /><//>
      <${Field} label="Leads of the program" error=${errors.program}><${Select} ...${form.bind("program")} disabled=${there} options=${(programs.value.value ?? []).map(({ slug, name: called }) => [slug, called])} /><//>
    </div>
    <${Field} label="Address" optional=${values.kind === "hubspot" && !there} hint=${there && "It stays; for another one, connect it anew."} error=${errors.url}>
      <${Input} type="url" inputmode="url" ...${form.bind("url")} disabled=${there} placeholder=${where} autocomplete="off" spellcheck=${false} /><//>
    <${Field} label="Name of the secret" hint=${html`${credential} Only its name is kept here: set it with <code>wrangler secret put ${values.credential || "CRM_…"}</code>.`} error=${errors.credential}>
      <${Input} class="code" ...${form.bind("credential")} autocomplete="off" spellcheck=${false} /><//>
    <div class="two">
      ${values.kind === "hubspot" && html`<${Field} label="Name of the app’s secret" optional hint="It signs HubSpot’s own webhooks, if those are how changes come back." error=${errors.signing}>
        <${Input} class="code" ...${form.bind("signing")} placeholder="CRM_HUBSPOT_APP" autocomplete="off" spellcheck=${false} /><//>`}
      <${Field} label="Currency" optional hint="Of amounts that come back without one." error=${errors.currency}><${Select} ...${form.bind("currency")} options=${MONEY} /><//>
    </div>
    <section class="part"><h3>Fields</h3>
      <p class="muted">What goes into which field of theirs. Our id goes into <code>${connection?.key ?? DEFAULTS[values.object]?.key}</code>, by which a lead is found again: see <code>docs/${values.kind}.md</code> for the fields to add.</p>
      <${Fields} rows=${values.fields} ours=${FIELDS} error=${errors.fields} onRows=${(/** @type {any} */ rows) => form.set("fields", rows)} /></section>
    <section class="part"><h3>Stages</h3>
      <p class="muted">What each of our stages is called in ${name}. A stage without a name there is not sent, and a name that is not here is not taken over.</p>
      <${Pairs} ours=${STAGES} value=${values.stages} error=${errors.stages} label="Their stage" onValue=${(/** @type {any} */ stages) => form.set("stages", stages)} /></section>
    <section class="part"><h3>Owners</h3>
      ${reps.length === 0 ? html`<p class="muted">There is no rep yet whom somebody there could be.</p>`
        : html`<p class="muted">Who each rep is in ${name}.</p><${Pairs} ours=${reps.map(({ slug, name: called }) => [slug, called])} value=${values.owners} error=${errors.owners} label=${theirs} onValue=${(/** @type {any} */ owners) => form.set("owners", owners)} />`}</section>
    ${form.failure && html`<${Notice} tone="bad">${form.failure}<//>`}
    <div class="form-end"><${Button} onClick=${onCancel}>Cancel<//><${Button} type="submit" kind="primary" busy=${form.busy}>${there ? "Save" : "Connect"}<//></div>
  </form>
  ${made && html`<${SecretDialog} connection=${made} secret=${made.secret} title="The connection is there" onClose=${() => onDone(made.id)} />`}<//>`;
}

/** A connection as the form has it. @param {Connection} connection */
const begun = ({ kind, object, program, url, credential, signing, currency, fields, owners, stages }) =>
  ({ kind, object, program, url, credential, signing: signing ?? "", currency: currency ?? "", fields: toRows(fields), owners, stages });

/** A mapping without what is empty. @param {Record<string, string>} map */
const written = (map) => Object.fromEntries(Object.entries(map).map(([key, value]) => [key, value.trim()]).filter(([, value]) => value));
