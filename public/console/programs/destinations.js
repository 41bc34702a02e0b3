// The tab of the destinations: where a program's links lead. Each is saved by itself.

import { html, useState } from "/vendor/ui.js";
import { ApiError, api } from "/ui/api.js";
import { toast } from "/ui/components.js";
import { isSlug, slugOf, urlFault } from "./check.js";
import { Editable, TextField } from "./controls.js";
import { LIVE } from "./live.js";

/** @import { Destination } from "./types.js" */
/** @import { Editor } from "./editor.js" */

/**
 * The field of a URL, with what is wrong beside it.
 * @param {{ path: string, label: any, value: string, said?: string, hint?: string, onInput: (url: string) => void, asked: boolean }} props
 */
function UrlField({ path, label, value, said, hint, onInput, asked }) {
  const fault = asked ? urlFault(value) : undefined;
  return html`<${TextField} path=${path} label=${label} type="url" inputmode="url" spellcheck=${false} autocomplete="off" value=${value} hint=${hint}
    error=${fault?.error ?? said} onInput=${(/** @type {string} */ text) => onInput(text.trim())}
    after=${fault?.better && html`<button type="button" class="chip" onClick=${() => onInput(fault.better ?? value)}>Use ${fault.better}</button>`} />`;
}

/** @param {{ editor: Editor, destination: Destination, editable: boolean }} props */
function Row({ editor, destination, editable }) {
  const [said, setSaid] = useState("");
  const [busy, setBusy] = useState(false);
  const { slug, number, status } = destination;
  const path = `destinations.${slug}`;
  const url = editor.urls.value[slug] ?? destination.url;
  const changed = url !== destination.url;
  const active = status === "active";

  /** Shows a change at once, and takes it back where the server does not agree. @param {Partial<Destination>} change */
  async function patch(change) {
    const before = editor.destinations.value ?? [];
    const now = (/** @type {Destination} */ to) => (editor.destinations.value ?? []).map((one) => (one.slug === slug ? to : one));
    setBusy(true);
    setSaid("");
    editor.destinations.value = now({ ...destination, ...change });
    try {
      editor.destinations.value = now(await api.patch(`${editor.path}/destinations/${slug}`, change));
      const { [slug]: _, ...others } = editor.urls.value;
      if (change.url !== undefined) editor.urls.value = others;
      editor.saved.value += 1;
      toast(LIVE);
    } catch (error) {
      editor.destinations.value = before;
      const detail = error instanceof ApiError ? error.fields.url ?? error.detail : "The server could not be reached.";
      if (change.url !== undefined) setSaid(detail ?? "");
      toast(`${slug} stays as it was: ${detail}`, { tone: "bad" });
    } finally {
      setBusy(false);
    }
  }

  return html`<li class="destination">
    <div class="destination-head">
      <h3>${slug}</h3>
      ${number === 0 && html`<span class="badge">default</span>`}
      ${!active && html`<span class="badge warn">switched off</span>`}
      ${editable && html`<button type="button" class="button quiet" disabled=${busy}
        onClick=${() => patch({ status: active ? "disabled" : "active" })}>${active ? "Switch off" : "Switch on"}<span class="unseen"> ${slug}</span></button>`}
    </div>
    <${Editable} on=${editable}>
      <form onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); if (changed && !urlFault(url)) patch({ url }); }}>
        <${UrlField} path=${path} label=${html`URL<span class="unseen"> of ${slug}</span>`} value=${url} said=${said} asked=${changed}
          hint=${number === 0 ? "Where a link leads that names no destination." : undefined}
          onInput=${(/** @type {string} */ to) => { setSaid(""); editor.urls.value = { ...editor.urls.value, [slug]: to }; }} />
        ${changed && html`<div class="actions">
          <button type="submit" class="button primary" disabled=${busy || Boolean(urlFault(url))}>Save</button>
          <button type="button" class="button quiet" onClick=${() => { const { [slug]: _, ...others } = editor.urls.value; editor.urls.value = others; setSaid(""); }}>Discard</button>
        </div>`}
      </form>
    <//>
    ${!active && html`<p class="hint">Links that lead here show the neutral page.</p>`}
  </li>`;
}

/** @param {{ editor: Editor, first: boolean }} props */
function Add({ editor, first }) {
  const [errors, setErrors] = useState(/** @type {Record<string, string>} */ ({}));
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState(false);
  const url = editor.urls.value[""] ?? "";
  const slug = editor.newSlug.value;
  const setUrl = (/** @type {string} */ to) => { editor.urls.value = { ...editor.urls.value, "": to }; setErrors({}); };

  /** @param {Event} event */
  async function add(event) {
    event.preventDefault();
    setAsked(true);
    if (urlFault(url)) return;
    if (!isSlug(slug)) {
      setErrors({ slug: "Small letters, digits and single hyphens, such as pricing-page." });
      return;
    }
    setBusy(true);
    try {
      const made = await api.post(`${editor.path}/destinations`, { slug, url });
      const others = (editor.destinations.value ?? []).filter((one) => one.slug !== made.slug);
      editor.destinations.value = [...others, made].toSorted((a, b) => a.number - b.number);
      setUrl("");
      editor.newSlug.value = "";
      setAsked(false);
      editor.saved.value += 1;
      toast(LIVE);
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) setErrors({ slug: "There is a destination of this name that leads elsewhere." });
      else if (error instanceof ApiError && Object.keys(error.fields).length > 0) setErrors(error.fields);
      else toast("The destination could not be added.", { tone: "bad" });
    } finally {
      setBusy(false);
    }
  }

  return html`<form class="destination-add" onSubmit=${add} novalidate>
    <h3>${first ? "Where should links lead?" : "Add a destination"}</h3>
    ${first && html`<p class="hint">The first destination is the default of all links. Without one, links show the neutral page.</p>`}
    <${UrlField} path="destinations.new.url" label="URL" value=${url} said=${errors.url} asked=${asked || url.length > 8} onInput=${(/** @type {string} */ to) => {
      const [was, is] = [url, to].map(named);
      if (slug === "" || slug === was) editor.newSlug.value = is;
      setUrl(to);
    }} />
    <${TextField} path="destinations.new.slug" label="Name" class="input input-medium" spellcheck=${false} autocomplete="off" value=${slug} error=${errors.slug}
      hint="For people and for requests; it never changes." onInput=${(/** @type {string} */ text) => { editor.newSlug.value = text.trim(); setErrors({}); }} />
    <button type="submit" class="button primary" disabled=${busy}>Add destination</button>
  </form>`;
}

/** A name made of a URL: its last folder, or its host. @param {string} url */
function named(url) {
  try {
    const { hostname, pathname } = new URL(url);
    return slugOf(decodeURIComponent(pathname.split("/").filter(Boolean).at(-1) ?? "").replace(/\.\w+$/, "") || hostname.replace(/^www\./, ""));
  } catch {
    return "";
  }
}

/** @param {{ editor: Editor, editable: boolean }} props */
export function Destinations({ editor, editable }) {
  const all = editor.destinations.value ?? [];
  return html`<section class="narrow">
    <header><h2>Destinations</h2><p>A link leads to the default, or to the destination that it names. What you change here holds for links that are out already.</p></header>
    <ul class="destinations">
      ${all.map((destination) => html`<${Row} key=${destination.slug} editor=${editor} destination=${destination} editable=${editable} />`)}
    </ul>
    ${editable ? html`<${Add} editor=${editor} first=${all.length === 0} />` : all.length === 0 && html`<p>There is no destination yet, so links show the neutral page.</p>`}
  </section>`;
}
