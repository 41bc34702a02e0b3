// The tab of the versions: who changed what and when, and the way back.

import { html, useEffect, useState } from "/vendor/ui.js";
import { ApiError, api } from "/ui/api.js";
import { Segments, toast } from "/ui/components.js";
import { Changes } from "./changes.js";
import { LIVE } from "./live.js";
import { written } from "./rules.js";

/** @import { Editor } from "./editor.js" */
/** @import { Version } from "./types.js" */

const KINDS = { program: "Settings", content: "Content", destination: "Destination", rules: "Reward rules" };
const PAGE = 30;

/**
 * What makes it as it was before a version, or nothing where it began with it.
 * @param {Version} version
 * @returns {Record<string, any> | undefined}
 */
function undoOf({ what, before }) {
  if (before) return before;
  // Before the first content and the first rules there was nothing in them.
  if (what === "content") return {};
  return what === "rules" ? { rules: [] } : undefined;
}

/**
 * Makes a part of the program as `to` says.
 * @param {Editor} editor
 * @param {Version} version
 * @param {Record<string, any>} to
 */
async function restore(editor, { what, key }, to) {
  if (what === "program") editor.takeProgram(await api.patch(editor.path, to));
  else if (what === "content") editor.takeContent(await api.put(`${editor.path}/content`, { content: to }));
  else if (what === "rules") editor.takeRules(await api.put(`${editor.path}/rules`, to));
  else {
    const made = await api.patch(`${editor.path}/destinations/${key}`, to);
    editor.destinations.value = (editor.destinations.value ?? []).map((one) => (one.slug === made.slug ? made : one));
  }
  editor.saved.value += 1;
}

/** @param {{ editor: Editor, version: Version, zone: string, editable: boolean, onOpenRules: () => void }} props */
function Entry({ editor, version, zone, editable, onOpenRules }) {
  const [busy, setBusy] = useState(false);
  const { what, key, before, after, by, at } = version;
  const back = undoOf(version);
  const title = what === "destination" ? `${KINDS.destination} ${key}` : KINDS[what] ?? what;

  async function undo() {
    if (!back) return;
    setBusy(true);
    try {
      await restore(editor, version, back);
      toast(`${title} is as it was before. ${what === "rules" ? "That holds for leads from now on." : LIVE}`);
    } catch (error) {
      toast(error instanceof ApiError ? `It was not undone: ${error.detail}` : "It was not undone.", { tone: "bad" });
    } finally {
      setBusy(false);
    }
  }

  const when = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short", timeZone: zone }).format(new Date(at));
  return html`<li class="version">
    <header>
      <h3>${title}${before === null && html` <span class="badge">first</span>`}</h3>
      <p><strong>${by}</strong> · <time datetime=${at}>${when}</time></p>
    </header>
    <${Changes} before=${before ?? {}} after=${after ?? {}} none="Nothing that can be seen." />
    ${editable && html`<div class="actions">
      ${back && html`<button type="button" class="button" disabled=${busy} aria-label=${`Undo this: ${title}, ${when}`} onClick=${undo}>Undo this</button>`}
      ${what === "rules" && html`<button type="button" class="button quiet" aria-label=${`Open as a draft: the rules of ${when}`}
        onClick=${() => { editor.rulesText.value = written(after?.rules ?? []); onOpenRules(); }}>Open as a draft</button>`}
    </div>`}
  </li>`;
}

/** @param {{ editor: Editor, editable: boolean, onOpenRules: () => void }} props */
export function Versions({ editor, editable, onOpenRules }) {
  const [versions, setVersions] = useState(/** @type {Version[] | undefined} */ (undefined));
  const [next, setNext] = useState(/** @type {string | null} */ (null));
  const [kind, setKind] = useState("");
  const [failed, setFailed] = useState(false);
  const saved = editor.saved.value;

  /** @param {string | null} cursor */
  async function read(cursor) {
    try {
      const page = await api.get(`${editor.path}/versions`, { limit: PAGE, ...(cursor ? { cursor } : {}) });
      setVersions((before) => (cursor ? [...(before ?? []), ...page.items] : page.items));
      setNext(page.next);
      setFailed(false);
    } catch {
      setFailed(true);
    }
  }
  useEffect(() => { read(null); }, [saved, editor.slug]);

  const zone = editor.program.value?.zone ?? "UTC";
  const shown = (versions ?? []).filter(({ what }) => kind === "" || what === kind);
  return html`<section class="narrow">
    <header><h2>Versions</h2><p>Every change, by whom and when. To undo one makes a new version, so nothing is ever lost.</p></header>
    <${Segments} label="Show versions of" options=${[["", "All"], ...Object.entries(KINDS)]} value=${kind} onChange=${setKind} />
    ${failed && html`<p class="error" role="alert">The versions could not be had. <button type="button" class="as-link" onClick=${() => read(null)}>Try again</button></p>`}
    <ol class="versions">
      ${shown.map((version) => html`<${Entry} key=${`${version.what} ${version.n}`} editor=${editor} version=${version} zone=${zone} editable=${editable} onOpenRules=${onOpenRules} />`)}
    </ol>
    ${versions && shown.length === 0 && html`<p class="hint">${kind === "" ? "Nothing has been changed yet." : "Nothing of this kind has been changed yet."}</p>`}
    ${next && html`<button type="button" class="button" onClick=${() => read(next)}>Older</button>`}
  </section>`;
}
