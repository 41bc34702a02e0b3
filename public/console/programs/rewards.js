// The tab of the reward rules: a form and its JSON, kept in step, with what the
// rules would have paid beside them.

import { html, useEffect, useRef, useState } from "/vendor/ui.js";
import { ApiError, api } from "/ui/api.js";
import { Dialog, toast } from "/ui/components.js";
import { Editable, focusField } from "./controls.js";
import { Changes } from "./changes.js";
import { Conflict } from "./editor.js";
import { DryRunTable, plainly, useDryRun } from "./dry-run.js";
import { RuleForm } from "./rule-form.js";
import { TEMPLATES, freeId, ruleWords, written } from "./rules.js";

/** @import { Editor } from "./editor.js" */
/** @import { Rule, RulesVersion } from "./types.js" */

/** @param {{ editor: Editor, errors: Record<string, string> }} props */
function Faults({ editor, errors }) {
  const parsed = editor.rules.value;
  const rules = "rules" in parsed ? parsed.rules : [];
  const found = Object.entries(errors);
  if (found.length === 0) return null;
  /** @param {string} path */
  const place = (path) => {
    const [, index, rest] = /^rules\[(\d+)\]\.?(.*)$/.exec(path) ?? [];
    return index === undefined ? path : `${rules[Number(index)]?.id ?? `Rule ${Number(index) + 1}`}${rest ? ` · ${rest}` : ""}`;
  };
  return html`<div class="notice bad" role="status"><div>
    <strong>${found.length === 1 ? "One thing has to be mended:" : `${found.length} things have to be mended:`}</strong>
    <ul>${found.map(([path, detail]) => html`<li key=${path}><button type="button" class="as-link" onClick=${() => focusField(path)}>${place(path)}</button> ${detail}</li>`)}</ul>
  </div></div>`;
}

/** @param {{ rules: Rule[], onAdd: (rules: Rule[]) => void }} props */
function Templates({ rules, onAdd }) {
  return html`<div class="templates">
    ${TEMPLATES.map((template) => html`<button key=${template.name} type="button" class="template" onClick=${() => onAdd(
      template.rules.reduce((/** @type {Rule[]} */ all, rule) => [...all, { ...structuredClone(rule), id: freeId(all, rule.id) }], rules))}>
      <strong>${template.name}</strong><span>${template.what}</span>
    </button>`)}
  </div>`;
}

/** @param {{ editor: Editor, onClose: () => void, onConflict: (conflict: Conflict) => void, onErrors: (errors: Record<string, string>) => void, dry: import("./dry-run.js").Dry | undefined }} props */
function Publish({ editor, onClose, onConflict, onErrors, dry }) {
  const [busy, setBusy] = useState(false);
  const parsed = editor.rules.value;
  const inForce = editor.rulesInForce.value;
  if (!("rules" in parsed)) return null;

  async function publish() {
    if (!("rules" in parsed)) return;
    setBusy(true);
    try {
      const theirs = await editor.readRules();
      if ((theirs?.version ?? 0) !== (inForce?.version ?? 0)) {
        onConflict(new Conflict("rules", { rules: parsed.rules }, theirs));
        return;
      }
      await putRules(editor, parsed.rules);
      onClose();
    } catch (error) {
      onClose();
      if (error instanceof ApiError && Object.keys(error.fields).length > 0) onErrors(plainly(error.fields));
      else toast("The rules were not published.", { tone: "bad" });
    } finally {
      setBusy(false);
    }
  }

  return html`<${Dialog} open kind="wide" title=${`Publish version ${(inForce?.version ?? 0) + 1} of the rules?`} onClose=${onClose}
    actions=${html`<button type="button" class="button quiet" onClick=${onClose}>Not yet</button>
      <button type="button" class="button primary" disabled=${busy} onClick=${publish}>Publish</button>`}>
    <p><strong>These rules hold for leads that come from now on.</strong> The leads that are there keep the rules under which they came, whatever is won of them later.</p>
    <${Changes} before=${{ rules: inForce?.rules ?? [] }} after=${{ rules: parsed.rules }} />
    ${dry && html`<${DryRunTable} dry=${dry} />`}
  <//>`;
}

/**
 * Publishes rules, whatever is in force.
 * @param {Editor} editor
 * @param {Rule[]} rules
 */
export async function putRules(editor, rules) {
  /** @type {RulesVersion} */
  const now = await api.put(`${editor.path}/rules`, { rules });
  editor.rulesInForce.value = now;
  editor.rulesText.value = written(now.rules);
  editor.saved.value += 1;
  toast(`Version ${now.version} holds for leads that come from now on.`);
}

/** @param {{ editor: Editor, editable: boolean, dryRuns: boolean, onConflict: (conflict: Conflict) => void }} props */
export function Rewards({ editor, editable, dryRuns, onConflict }) {
  const [days, setDays] = useState(90);
  const [confirming, setConfirming] = useState(false);
  const [refused, setRefused] = useState(/** @type {Record<string, string>} */ ({}));
  const parsed = editor.rules.value;
  const rules = "rules" in parsed ? parsed.rules : undefined;
  const inForce = editor.rulesInForce.value;
  const { dry, errors: tried } = useDryRun(editor, days, dryRuns);
  useEffect(() => setRefused({}), [editor.rulesText.value]);
  const errors = { ...tried, ...refused };
  const dirty = editor.rulesDirty.value;
  const set = (/** @type {Rule[]} */ to) => { editor.rulesText.value = written(to); };
  /** What tells the rules' forms apart while their ids are typed and their places change. */
  const keys = useRef({ list: /** @type {number[]} */ ([]), next: 0, added: -1 });
  const known = keys.current;
  while (known.list.length < (rules?.length ?? 0)) known.list.push(known.next++);
  if (rules) known.list.length = rules.length;

  /**
   * @param {number} from
   * @param {number} to
   * @param {HTMLElement} button that keeps the focus as its rule moves
   */
  function move(from, to, button) {
    if (!rules) return;
    known.list = known.list.toSpliced(from, 1).toSpliced(to, 0, known.list[from]);
    set(rules.toSpliced(from, 1).toSpliced(to, 0, rules[from]));
    requestAnimationFrame(() => (/** @type {HTMLButtonElement} */ (button).disabled ? focusField(`rules[${to}]`) : button.focus()));
  }

  /** @param {number} at @param {Rule} rule */
  function insert(at, rule) {
    known.added = known.next;
    known.list = known.list.toSpliced(at, 0, known.next++);
    set((rules ?? []).toSpliced(at, 0, rule));
    requestAnimationFrame(() => focusField(`rules[${at}]`));
  }

  /** @param {number} at */
  function remove(at) {
    if (!rules) return;
    const before = rules;
    known.list = known.list.toSpliced(at, 1);
    set(rules.toSpliced(at, 1));
    toast(`${rules[at].id ?? "The rule"} is removed from the draft.`, { undo: () => set(before) });
    requestAnimationFrame(() => focusField(`rules[${Math.max(0, Math.min(at, before.length - 2))}]`));
  }

  function add() {
    insert(rules?.length ?? 0, {
      id: freeId(rules ?? [], "reward"), who: "advocate", when: "won", pay: { fixed: { amount: 10_000, unit: "USD", form: "credit" } },
    });
  }

  return html`<section class="rewards">
    <header>
      <h2>Reward rules</h2>
      <p>${inForce ? html`Version ${inForce.version} is in force.` : "No rules are in force: nobody is rewarded."} A lead keeps the rules under which it came.</p>
    </header>
    <div class="rewards-form">
      ${editable && html`<${Faults} editor=${editor} errors=${errors} />`}
      ${rules === undefined
        ? html`<div class="notice warn"><div><strong>${"fault" in parsed ? parsed.fault : ""}</strong> The form comes back once the JSON can be read.</div></div>`
        : html`<${Editable} on=${editable}>
          ${rules.length === 0 && html`<div class="empty">
            <h3>Who should get what, and for what?</h3>
            <p class="muted">A rule says who is rewarded, when, and with how much. Begin with one of these and change it, or write your own.</p>
            <${Templates} rules=${rules} onAdd=${set} />
          </div>`}
          <ol class="rules">
            ${rules.map((rule, at) => html`<${RuleForm} key=${known.list[at]} rule=${rule} path=${`rules[${at}]`} errors=${errors} open=${known.list[at] === known.added}
              first=${at === 0} last=${at === rules.length - 1} words=${ruleWords(rule)}
              onChange=${(/** @type {Rule} */ to) => set(rules.with(at, to))}
              onMove=${(/** @type {number} */ by, /** @type {HTMLElement} */ button) => move(at, at + by, button)}
              onCopy=${() => insert(at + 1, { ...structuredClone(rule), id: freeId(rules, `${rule.id ?? "reward"}`.slice(0, 60)) })}
              onRemove=${() => remove(at)} />`)}
          </ol>
          <div class="actions">
            <button type="button" class="button" onClick=${add}>Add a rule</button>
            ${rules.length > 0 && html`<details class="more-templates"><summary>Add from an example</summary><${Templates} rules=${rules} onAdd=${set} /></details>`}
          </div>
        <//>`}
    </div>
    <div class="rewards-beside">
      <${DryRunTable} dry=${dry} days=${days} onDays=${setDays} allowed=${dryRuns} dirty=${dirty} mistaken=${rules === undefined || Object.keys(errors).length > 0} />
      <${Json} editor=${editor} editable=${editable} />
    </div>
    ${editable && dirty && html`<div class="save-bar" role="region" aria-label="Unpublished rules">
      <p>These rules are a draft.</p>
      <button type="button" class="button quiet" onClick=${() => { editor.rulesText.value = written(inForce?.rules ?? []); }}>Discard</button>
      <button type="button" class="button primary" disabled=${rules === undefined || Object.keys(errors).length > 0} onClick=${() => setConfirming(true)}>Publish…</button>
    </div>`}
    ${confirming && html`<${Publish} editor=${editor} dry=${dry} onConflict=${(/** @type {Conflict} */ conflict) => { setConfirming(false); onConflict(conflict); }}
      onErrors=${setRefused} onClose=${() => setConfirming(false)} />`}
  </section>`;
}

/** @param {{ editor: Editor, editable: boolean }} props */
function Json({ editor, editable }) {
  const parsed = editor.rules.value;
  return html`<details class="json">
    <summary>The same as JSON</summary>
    <p class="hint">For those who keep their rules in a repository. What you write here stands in the form at once; the format is <a href="/reward-rules.schema.json">described</a>.</p>
    <label class="unseen" for="rules-json">The rules as JSON</label>
    <textarea id="rules-json" class="textarea code" rows="18" spellcheck=${false} readonly=${!editable} value=${editor.rulesText.value}
      aria-invalid=${"fault" in parsed ? "true" : undefined} aria-describedby=${"fault" in parsed ? "rules-json-error" : undefined}
      onInput=${(/** @type {Event} */ event) => { editor.rulesText.value = /** @type {HTMLTextAreaElement} */ (event.currentTarget).value; }}></textarea>
    ${"fault" in parsed && html`<p class="error" id="rules-json-error">${parsed.fault}</p>`}
  </details>`;
}
