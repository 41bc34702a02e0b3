// The programs, and how one more begins.

import { html, useEffect, useState } from "/vendor/ui.js";
import { ApiError, api } from "/ui/api.js";
import { Dialog, Skeleton, toast } from "/ui/components.js";
import { PageActions, can } from "/ui/page.js";
import { isSlug, slugOf } from "./check.js";
import { TextField, focusField } from "./controls.js";
import { OWN_ZONE, ZoneField } from "./zones.js";

/** @import { Program } from "./types.js" */
/** @import { Session } from "/ui/page.js" */

/** @param {{ onClose: () => void, onMade: (slug: string) => void }} props */
function Create({ onClose, onMade }) {
  const [name, setName] = useState("");
  const [slug, setSlug] = useState(/** @type {string | undefined} */ (undefined));
  const [zone, setZone] = useState(OWN_ZONE);
  const [errors, setErrors] = useState(/** @type {Record<string, string>} */ ({}));
  const [busy, setBusy] = useState(false);
  const shownSlug = slug ?? slugOf(name);

  /** @param {Event} event */
  async function create(event) {
    event.preventDefault();
    /** @type {Record<string, string>} */
    const found = {};
    if (name.trim() === "") found.name = "A name is needed.";
    if (!isSlug(shownSlug)) found.slug = "Small letters, digits and single hyphens, such as customers-eu.";
    setErrors(found);
    const [first] = Object.keys(found);
    if (first) {
      focusField(`new.${first}`);
      return;
    }
    setBusy(true);
    try {
      await api.post("/v1/programs", { slug: shownSlug, name: name.trim(), zone });
      onMade(shownSlug);
    } catch (error) {
      setBusy(false);
      if (error instanceof ApiError && error.status === 409) setErrors({ slug: "There is a program of this name already." });
      else if (error instanceof ApiError && Object.keys(error.fields).length > 0) setErrors(error.fields);
      else toast(error instanceof ApiError ? error.message : "The program could not be created.", { tone: "bad" });
    }
  }

  return html`<${Dialog} open title="New program" onClose=${onClose}
    actions=${html`<button type="button" class="button quiet" onClick=${onClose}>Cancel</button>
      <button type="submit" form="new-program" class="button primary" disabled=${busy}>Create</button>`}>
    <form id="new-program" class="form" onSubmit=${create} novalidate>
      <${TextField} path="new.name" label="Name" value=${name} error=${errors.name} maxlength="200" autocomplete="off" placeholder="Customers refer customers"
        hint="Advocates and their friends see it." onInput=${setName} />
      <${TextField} path="new.slug" label="Short name" value=${shownSlug} error=${errors.slug} maxlength="64" spellcheck=${false} autocomplete="off"
        hint="For requests and addresses; it never changes." onInput=${(/** @type {string} */ text) => setSlug(text.trim())} />
      <${ZoneField} path="new.zone" value=${zone} error=${errors.zone} hint="Decides when a day begins in its statistics." onPick=${setZone} />
    </form>
  <//>`;
}

/** @param {{ session: Session, onOpen: (slug: string, made?: boolean) => void }} props */
export function List({ session, onOpen }) {
  const [programs, setPrograms] = useState(/** @type {Program[] | undefined} */ (undefined));
  const [failed, setFailed] = useState("");
  const [creating, setCreating] = useState(false);
  const editable = can(session, "programs:write");
  useEffect(() => {
    api.pages("/v1/programs").then(setPrograms, (error) => setFailed(error instanceof ApiError ? error.message : "The programs could not be had."));
  }, []);

  return html`<div class="programs">
    ${editable && programs && programs.length > 0 && html`<${PageActions}><button type="button" class="button primary" onClick=${() => setCreating(true)}>New program</button><//>`}
    <p class="programs-intro">Who refers whom to what: a program has its own links and where they lead, messages, landing page and rewards.</p>
    ${failed && html`<p class="error" role="alert">${failed}</p>`}
    ${!programs && !failed && html`<${Skeleton} lines=${4} />`}
    ${programs && programs.length > 0 && html`<ul class="program-list">
      ${programs.map(({ slug, name, status, zone, touch, window_days: days }) => html`<li key=${slug}>
        <a class="card program-card" href=${`?program=${slug}&tab=settings`} onClick=${(/** @type {MouseEvent} */ event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
          event.preventDefault();
          onOpen(slug);
        }}>
          <strong>${name}</strong>
          <span class=${`badge ${status === "active" ? "good" : "warn"}`}>${status === "active" ? "active" : "switched off"}</span>
          <small>${slug} · ${zone} · ${touch} touch within ${days} days</small>
        </a>
      </li>`)}
    </ul>`}
    ${programs?.length === 0 && html`<div class="empty">
      <h2>No program yet</h2>
      <div>Create one, say where its links should lead, and the first advocate can share theirs in two minutes.</div>
      ${editable ? html`<div class="row"><button type="button" class="button primary" onClick=${() => setCreating(true)}>New program</button></div>` : html`<div>Your role can read programs; somebody who may write creates the first.</div>`}
    </div>`}
    ${creating && html`<${Create} onClose=${() => setCreating(false)} onMade=${(/** @type {string} */ slug) => onOpen(slug, true)} />`}
  </div>`;
}
