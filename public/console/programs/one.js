// One program: its tabs, what is not saved, and what happens when two people save.

import { html, useEffect, useState } from "/vendor/ui.js";
import { ApiError } from "/ui/api.js";
import { Badge, Dialog, Notice, Skeleton, Tabs, toast } from "/ui/components.js";
import { can, reloadPrograms } from "/ui/page.js";
import { Brand } from "./brand.js";
import { Changes } from "./changes.js";
import { Editable, focusField } from "./controls.js";
import { Destinations } from "./destinations.js";
import { Conflict, editorOf, tabOf } from "./editor.js";
import { Invitation } from "./invitation.js";
import { Landing } from "./landing.js";
import { LIVE } from "./live.js";
import { Rewards, putRules } from "./rewards.js";
import { written } from "./rules.js";
import { Sales } from "./sales.js";
import { Settings } from "./settings.js";
import { Sharing } from "./sharing.js";
import { Versions } from "./versions.js";

/** @import { Editor } from "./editor.js" */
/** @import { Session } from "/ui/page.js" */

const TABS = /** @type {const} */ ([
  ["settings", "Settings"], ["destinations", "Destinations"], ["sharing", "Sharing"], ["landing", "Landing page"],
  ["brand", "Brand"], ["invitation", "Invitation"], ["rewards", "Rewards"], ["sales", "Sales"], ["versions", "Versions"],
]);
/** Those that one bar saves together. */
const SAVED_TOGETHER = new Set(/** @type {string[]} */ (["settings", "sharing", "landing", "brand", "invitation"]));

/** @param {{ editor: Editor, conflict: Conflict, onClose: () => void, onOverwrite: () => void }} props */
function ConflictDialog({ editor, conflict, onClose, onOverwrite }) {
  function takeTheirs() {
    if (conflict.what === "rules") {
      const theirs = /** @type {import("./types.js").RulesVersion | null} */ (conflict.theirs);
      editor.rulesInForce.value = theirs;
      editor.rulesText.value = written(theirs?.rules ?? []);
    } else {
      editor.discard();
    }
    editor.load().then(onClose, onClose);
  }
  const theirs = conflict.what === "rules" ? { rules: /** @type {any} */ (conflict.theirs)?.rules ?? [] } : conflict.theirs;
  return html`<${Dialog} open kind="wide" title="Somebody else has saved meanwhile" onClose=${onClose}
    actions=${html`<button type="button" class="button quiet" onClick=${onClose}>Go on editing</button>
      <button type="button" class="button" onClick=${takeTheirs}>Load theirs</button>
      <button type="button" class="button danger" onClick=${onOverwrite}>Overwrite with mine</button>`}>
    <p>What they saved and what you have differ. To load theirs throws your draft away; to overwrite replaces theirs, which stays among the versions.</p>
    <p class="hint">From <del>theirs</del> to <ins>yours</ins>:</p>
    <${Changes} before=${theirs} after=${conflict.mine} />
  <//>`;
}

/** @param {{ editor: Editor, tab: string, onTab: (tab: string) => void, onConflict: (conflict: Conflict) => void }} props */
function SaveBar({ editor, tab, onTab, onConflict }) {
  const unsaved = [...editor.unsaved.value].filter((name) => SAVED_TOGETHER.has(name));
  if (unsaved.length === 0) return null;
  const labels = TABS.filter(([name]) => unsaved.includes(name)).map(([, label]) => label);

  return html`<div class="save-bar" role="region" aria-label="Unsaved changes">
    <p>Not saved: ${new Intl.ListFormat(undefined).format(labels)}</p>
    <button type="button" class="button quiet" disabled=${editor.busy.value} onClick=${() => editor.discard()}>Discard</button>
    <button type="button" class="button primary" disabled=${editor.busy.value} onClick=${() => save(editor, { tab, onTab, onConflict })}>Save</button>
  </div>`;
}

/**
 * @param {Editor} editor
 * @param {{ force?: "settings" | "content", tab: string, onTab: (tab: string) => void, onConflict: (conflict: Conflict) => void }} how
 */
async function save(editor, { force, tab, onTab, onConflict }) {
  const show = () => {
    const paths = Object.keys(editor.errors.value);
    const path = paths.find((one) => tabOf(one) === tab) ?? paths[0];
    if (!path) return false;
    onTab(tabOf(path));
    // Once the tab is drawn.
    setTimeout(() => focusField(path), 50);
    return true;
  };
  if (show()) return;
  try {
    await editor.save({ force });
    toast(LIVE);
    // The switcher shows its name, too.
    reloadPrograms();
  } catch (error) {
    if (error instanceof Conflict) onConflict(error);
    else if (!show()) toast(error instanceof ApiError ? `Not saved: ${error.message}` : "Not saved. Try again in a moment.", { tone: "bad" });
  }
}

/** @param {{ slug: string, tab: string, session: Session, onTab: (tab: string) => void, onList: () => void }} props */
export function One({ slug, tab, session, onTab, onList }) {
  const editor = editorOf(slug);
  const [state, setState] = useState(editor.program.peek() ? "there" : "loading");
  const [conflict, setConflict] = useState(/** @type {Conflict | undefined} */ (undefined));
  const editable = can(session, "programs:write");
  const current = TABS.some(([name]) => name === tab) ? tab : "settings";
  useEffect(() => {
    // Under a draft nothing is read again: what somebody else saved since is found
    // when it is saved.
    if (editor.unsaved.peek().size > 0) return;
    editor.load().then(() => setState("there"), (error) => setState(error instanceof ApiError ? error.message : "The program could not be had."));
  }, [editor]);

  // On a phone the chosen tab may lie outside of what is seen.
  useEffect(() => document.querySelector(".tab[aria-selected=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" }), [state, current]);

  if (state === "loading") return html`<${Skeleton} lines=${6} />`;
  if (state !== "there") return html`<p class="error" role="alert">${state}</p><p><a href="/console/programs">All programs</a></p>`;

  const program = editor.program.value;
  const errors = editor.errors.value;
  const faulty = new Set(Object.keys(errors).map(tabOf));
  const props = { editor, editable };
  const mark = (/** @type {string} */ name) => {
    if (faulty.has(name) && SAVED_TOGETHER.has(name)) return html` <${Badge} tone="bad">mistake<//>`;
    return editor.unsaved.value.has(name) && html` <span class="tab-dot"><span class="unseen">not saved</span></span>`;
  };
  return html`<div class="program">
    <header class="program-head">
      <a class="back" href="/console/programs" onClick=${(/** @type {Event} */ event) => { event.preventDefault(); onList(); }}>All programs</a>
      <h2>${program?.name} ${program?.status === "disabled" && html`<span class="badge warn">switched off</span>`}</h2>
    </header>
    <${Tabs} label="Parts of the program" value=${current} onChange=${onTab} tabs=${TABS.map(([key, label]) => ({ key, label, badge: mark(key) }))}>
      ${!editable && html`<${Notice}>Your role can read this program, but not change it.<//>`}
      ${current === "settings" && html`<${Editable} on=${editable}><${Settings} editor=${editor} /><//>`}
      ${current === "destinations" && html`<${Destinations} ...${props} />`}
      ${current === "sharing" && html`<${Sharing} ...${props} />`}
      ${current === "landing" && html`<${Landing} ...${props} />`}
      ${current === "brand" && html`<${Brand} ...${props} />`}
      ${current === "invitation" && html`<${Invitation} ...${props} />`}
      ${current === "rewards" && html`<${Rewards} ...${props} dryRuns=${can(session, "rewards:read")} onConflict=${setConflict} />`}
      ${current === "sales" && html`<${Sales} ...${props} />`}
      ${current === "versions" && html`<${Versions} ...${props} onOpenRules=${() => onTab("rewards")} />`}
    <//>
    ${editable && !(current === "rewards" && editor.rulesDirty.value) && html`<${SaveBar} editor=${editor} tab=${current} onTab=${onTab} onConflict=${setConflict} />`}
    ${conflict && html`<${ConflictDialog} editor=${editor} conflict=${conflict} onClose=${() => setConflict(undefined)} onOverwrite=${() => {
      const { what, mine } = conflict;
      setConflict(undefined);
      if (what !== "rules") save(editor, { force: what, tab: current, onTab, onConflict: setConflict });
      else putRules(editor, /** @type {any} */ (mine).rules).catch(() => toast("The rules were not published.", { tone: "bad" }));
    }} />`}
  </div>`;
}
