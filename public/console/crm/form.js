// A connection is made, or changed: where it leads, and what is what there.

import { html, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Button, Card, Field, Input, Notice, Select, Skeleton } from "/ui/components.js";
import { useForm } from "/ui/form.js";
import { useOne } from "/ui/lists.js";
import { PageActions } from "/ui/page.js";
import { programs } from "/ui/page/state.js";
import { useReps } from "../people/reps.js";
import { FIELDS, KINDS, STAGES, pathOf } from "./connection.js";
import { Fields, Pairs, fromRows, toRows } from "./mapping.js";
import { SecretDialog } from "./secret.js";

/** @import { Connection, Kind } from "./connection.js" */

/** @param {{ id: string, program: import("/ui/page.js").Program | undefined, onCancel: () => void, onDone: (id: string) => void }} props without an id one is made */
export function Edit({ id, program, onCancel, onDone }) {
  const { value, failed, reload } = useOne(id ? pathOf(id) : undefined);
  const back = html`<${PageActions}><${Button} onClick=${onCancel}>Back<//><//>`;
  if (failed) return html`${back}<${Notice} tone="bad" title="This connection could not be read" action=${html`<${Button} onClick=${reload}>Try again<//>`}>${failed}<//>`;
  if (id && !value) return html`${back}<${Skeleton} shape="block" />`;
  if (!program) return html`${back}<${Notice} tone="warn" title="A connection belongs to a program">Create one first.<//>`;
  return html`${back}<${Form} connection=${/** @type {Connection | undefined} */ (value)} program=${program} onCancel=${onCancel} onDone=${onDone} />`;
}

/** @param {{ connection?: Connection, program: import("/ui/page.js").Program, onCancel: () => void, onDone: (id: string) => void }} props */
function Form({ connection, program, onCancel, onDone }) {
  const reps = useReps();
  const [made, setMade] = useState(/** @type {(Connection & { secret: string }) | undefined} */ (undefined));
  const first = /** @type {Kind} */ (connection?.kind ?? "salesforce");
  const form = useForm({
    kind: first, program: connection?.program ?? program.slug, url: connection?.url ?? KINDS[first].url, object: connection?.object ?? KINDS[first].objects[0][0],
    credential: connection?.credential ?? `CRM_${first.toUpperCase()}`,
    fields: toRows(connection?.fields), owners: connection?.owners ?? {}, stages: connection?.stages ?? {},
  }, async (values) => {
    const body = { url: values.url.trim(), credential: values.credential.trim(), ...maps(values, Boolean(connection)) };
    if (connection) {
      await api.patch(pathOf(connection.id), body);
      onDone(connection.id);
    } else setMade(await api.post("/v1/crm", { ...body, kind: values.kind, program: values.program, object: values.object }));
  });
  const { values, errors } = form;
  const { name, objects, where, credential, theirs } = KINDS[/** @type {Kind} */ (values.kind)];
  const choose = (/** @type {Kind} */ kind) => form.set({ kind, url: KINDS[kind].url, object: KINDS[kind].objects[0][0], credential: `CRM_${kind.toUpperCase()}` });
  const known = reps.reps;
  return html`<${Card} title=${connection ? "Change the connection" : "Connect a CRM"} class="steps"><form class="stack" noValidate onSubmit=${form.submit}>
    <div class="two">
      <${Field} label="System" error=${errors.kind}><${Select} value=${values.kind} disabled=${Boolean(connection)} options=${Object.entries(KINDS).map(([key, one]) => [key, one.name])} onValue=${choose} /><//>
      <${Field} label="What a lead is there" error=${errors.object}><${Select} ...${form.bind("object")} disabled=${Boolean(connection)} options=${objects} /><//>
      <${Field} label="Leads of the program" error=${errors.program}><${Select} ...${form.bind("program")} disabled=${Boolean(connection)} options=${(programs.value.value ?? []).map(({ slug, name: called }) => [slug, called])} /><//>
    </div>
    <${Field} label="Address" error=${errors.url}><${Input} type="url" inputmode="url" ...${form.bind("url")} placeholder=${where} autocomplete="off" spellcheck=${false} /><//>
    <${Field} label="Name of the secret" hint=${html`${credential} Only its name is kept here: set it with <code>wrangler secret put ${values.credential || "CRM_…"}</code>.`} error=${errors.credential}>
      <${Input} class="code" ...${form.bind("credential")} autocomplete="off" spellcheck=${false} /><//>
    <section class="part"><h3>Fields</h3>
      <p class="muted">What goes into which field of theirs. ${connection ? "" : `Left empty, it is what docs/${values.kind}.md says.`}</p>
      <${Fields} rows=${values.fields} ours=${FIELDS} error=${errors.fields} onRows=${(/** @type {any} */ rows) => form.set("fields", rows)} /></section>
    <section class="part"><h3>Stages</h3>
      <p class="muted">What each of our stages is called in ${name}. A stage without a name there is not sent, and a name that is not here is not taken over.</p>
      <${Pairs} ours=${STAGES} value=${values.stages} error=${errors.stages} label="their stage" onValue=${(/** @type {any} */ stages) => form.set("stages", stages)} /></section>
    <section class="part"><h3>Owners</h3>
      ${known.length === 0 ? html`<p class="muted">There is no rep yet whom somebody there could be.</p>`
        : html`<p class="muted">Who each rep is in ${name}.</p><${Pairs} ours=${known.map(({ slug, name: called }) => [slug, called])} value=${values.owners} error=${errors.owners} label=${theirs} onValue=${(/** @type {any} */ owners) => form.set("owners", owners)} />`}</section>
    ${form.failure && html`<${Notice} tone="bad">${form.failure}<//>`}
    <div class="form-end"><${Button} onClick=${onCancel}>Cancel<//><${Button} type="submit" kind="primary" busy=${form.busy}>${connection ? "Save" : "Connect"}<//></div>
  </form>
  ${made && html`<${SecretDialog} connection=${made} secret=${made.secret} title="The connection is there" onClose=${() => onDone(made.id)} />`}<//>`;
}

/**
 * The mappings as the API takes them. Of a new connection an empty one is left out: it
 * is then as its kind has it.
 * @param {{ fields: any, owners: Record<string, string>, stages: Record<string, string> }} values
 * @param {boolean} all
 */
function maps({ fields, owners, stages }, all) {
  const written = (/** @type {Record<string, string>} */ map) => Object.fromEntries(Object.entries(map).map(([key, value]) => [key, value.trim()]).filter(([, value]) => value));
  const found = { fields: fromRows(fields), owners: written(owners), stages: written(stages) };
  return Object.fromEntries(Object.entries(found).filter(([, map]) => all || Object.keys(map).length > 0));
}
