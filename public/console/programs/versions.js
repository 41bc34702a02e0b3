// The tab of the versions: who changed what and when, and the way back.

import { html, useEffect, useState } from "/vendor/ui.js";
import { ApiError, api } from "/ui/api.js";
import { Dialog, Segments, toast } from "/ui/components.js";
import { Changes } from "./changes.js";
import { same } from "./check.js";
import { rebasedContent, whole } from "./editor.js";
import { LIVE } from "./live.js";
import { written } from "./rules.js";
import { tidy } from "./words.js";

/** @import { Editor } from "./editor.js" */
/** @import { RulesVersion, Version } from "./types.js" */

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
 * Takes out of the content what a version put in. A version holds the whole of
 * it, so what was written since is looked for and stays.
 * @param {Editor} editor
 * @param {Version} version
 * @returns {Promise<boolean>} whether there was anything left to take out
 */
async function undoContent(editor, { before, after }) {
  const path = `${editor.path}/content`;
  const now = await api.get(path);
  const current = whole(now.content);
  const to = rebasedContent(current, whole(after ?? {}), whole(before ?? {}));
  if (same(to, current)) return false;
  editor.takeContent(await api.put(path, { version: now.version, content: tidy(to) }));
  return true;
}

/**
 * Makes a part of the program as `to` says.
 * @param {Editor} editor
 * @param {Version} version
 * @param {Record<string, any>} to
 * @returns {Promise<boolean>} whether that changed anything
 */
async function restore(editor, version, to) {
  const { what, key } = version;
  if (what === "program") editor.takeProgram(await api.patch(editor.path, to));
  else if (what === "content") return undoContent(editor, version);
  else if (what === "rules") editor.takeRules(await api.put(`${editor.path}/rules`, to));
  else {
    const made = await api.patch(`${editor.path}/destinations/${key}`, to);
    editor.destinations.value = (editor.destinations.value ?? []).map((one) => (one.slug === made.slug ? made : one));
  }
  return true;
}

/** What is said once it is done. @param {Version} version @param {string} title */
function done({ what }, title) {
  if (what === "rules") return "The rules of before hold for leads from now on.";
  return what === "content" ? `What this changed is as it was before. ${LIVE}` : `${title} is as it was before. ${LIVE}`;
}

/** @param {{ editor: Editor, version: Version, zone: string, editable: boolean, onOpenRules: () => void }} props */
function Entry({ editor, version, zone, editable, onOpenRules }) {
  const [busy, setBusy] = useState(false);
  const [newer, setNewer] = useState(/** @type {RulesVersion | undefined} */ (undefined));
  const { what, key, before, after, by, at } = version;
  const back = undoOf(version);
  const title = what === "destination" ? `${KINDS.destination} ${key}` : KINDS[what] ?? what;
  const label = what === "rules" ? "Go back to the rules of before" : "Undo this";

  /** @param {() => Promise<void>} work */
  async function busily(work) {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) {
        toast("Somebody else saved meanwhile, so nothing was undone. What they saved is shown now.", { tone: "bad" });
        await editor.load().catch(() => {});
        editor.saved.value += 1;
      } else {
        toast(error instanceof ApiError ? `It was not undone: ${error.detail}` : "It was not undone.", { tone: "bad" });
      }
    } finally {
      setBusy(false);
    }
  }

  const undo = () => busily(async () => {
    if (!back) return;
    setNewer(undefined);
    if (!(await restore(editor, version, back))) {
      toast("Nothing is left to undo: all of this was changed again since.");
      return;
    }
    editor.saved.value += 1;
    toast(done(version, title));
  });

  /** Rules are one whole: to go back throws newer ones away, and that is asked first. */
  const ask = () => busily(async () => {
    const inForce = await editor.readRules();
    if (inForce && !same(inForce.rules, after?.rules ?? [])) setNewer(inForce);
    else await undo();
  });

  const when = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short", timeZone: zone }).format(new Date(at));
  return html`<li class="version">
    <header>
      <h3>${title}${before === null && html` <span class="badge">first</span>`}</h3>
      <p><strong>${by}</strong> · <time datetime=${at}>${when}</time></p>
    </header>
    <${Changes} before=${before ?? {}} after=${after ?? {}} none="Nothing that can be seen." />
    ${editable && html`<div class="actions">
      ${back && html`<button type="button" class="button" disabled=${busy} aria-label=${`${label}: ${title}, ${when}`}
        onClick=${what === "rules" ? ask : undo}>${label}</button>`}
      ${what === "rules" && html`<button type="button" class="button quiet" aria-label=${`Open as a draft: the rules of ${when}`}
        onClick=${() => { editor.rulesText.value = written(after?.rules ?? []); onOpenRules(); }}>Open as a draft</button>`}
    </div>`}
    ${newer && html`<${Dialog} open kind="wide" title="Go back past newer rules?" onClose=${() => setNewer(undefined)}
      actions=${html`<button type="button" class="button quiet" onClick=${() => setNewer(undefined)}>Keep the rules in force</button>
        <button type="button" class="button danger" disabled=${busy} onClick=${undo}>Go back</button>`}>
      <p>Rules were published after these: version ${newer.version} is in force. To go back to the rules of before ${when} replaces all of them, for leads that come from now on. They stay among the versions.</p>
      <${Changes} before=${{ rules: newer.rules }} after=${back} />
    <//>`}
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
