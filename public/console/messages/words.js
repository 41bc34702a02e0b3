// Subject and text of a message, with buttons that put a placeholder where the
// cursor is.

import { html, useId, useRef } from "/vendor/ui.js";
import { Field, Input, Textarea } from "/ui/components.js";

/** @import { Placeholder } from "./message.js" */
/** @import { Draft } from "./editor.js" */

/** @param {{ draft: Draft, errors: Record<string, string>, placeholders: Placeholder[], writes: boolean, onDraft: (draft: Draft) => void }} props */
export function Words({ draft, errors, placeholders, writes, onDraft }) {
  const props = { placeholders, writes };
  return html`<div class="stack">
    <${WithPlaceholders} ...${props} label="Subject" line value=${draft.subject} error=${errors.subject} onValue=${(/** @type {string} */ subject) => onDraft({ ...draft, subject })} />
    <${WithPlaceholders} ...${props} label="Text" value=${draft.text} error=${errors.text} onValue=${(/** @type {string} */ text) => onDraft({ ...draft, text })} />
    ${writes && html`<details class="columns"><summary>How a text is written</summary><dl class="markup">
      <div><dt><code># A heading</code></dt><dd>a heading</dd></div>
      <div><dt><code>- One of several</code></dt><dd>an item of a list</dd></div>
      <div><dt><code>**so**</code></dt><dd>something bold</dd></div>
      <div><dt><code>[a page](https://…)</code></dt><dd>a link; alone in its paragraph it is a button</dd></div>
    </dl><p class="muted small">An empty line begins a new paragraph. Nothing else means anything but itself.</p></details>`}
  </div>`;
}

/** @param {{ label: string, value: string, error?: string, line?: boolean, placeholders: Placeholder[], writes: boolean, onValue: (text: string) => void }} props */
function WithPlaceholders({ label, value, error, line = false, placeholders, writes, onValue }) {
  const id = useId();
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  /** Where the cursor was before a button took the focus. */
  const cursor = useRef(/** @type {[number, number] | undefined} */ (undefined));
  const remember = (/** @type {any} */ event) => { cursor.current = [event.currentTarget.selectionStart, event.currentTarget.selectionEnd]; };

  /** @param {string} name */
  function insert(name) {
    const word = `{${name}}`;
    const [start, end] = cursor.current ?? [value.length, value.length];
    onValue(value.slice(0, start) + word + value.slice(end));
    const at = start + word.length;
    cursor.current = [at, at];
    // After the text has been drawn, or the cursor would jump to its end.
    requestAnimationFrame(() => {
      const field = /** @type {HTMLInputElement | null} */ (box.current?.querySelector("input, textarea"));
      field?.focus();
      field?.setSelectionRange(at, at);
    });
  }
  const control = { value, onValue, onBlur: remember, readonly: !writes, spellcheck: true };
  return html`<div ref=${box}><${Field} label=${label} error=${error}>${line ? html`<${Input} ...${control} maxlength="200" autocomplete="off" />` : html`<${Textarea} ...${control} rows=${12} maxlength="5000" />`}<//>
    ${writes && html`<div class="chips" role="group" aria-label=${`Placeholders for the ${label.toLowerCase()}`} id=${id}>${placeholders.map(({ name, about }) => html`<button key=${name} type="button" class="chip" title=${about} onClick=${() => insert(name)}>{${name}}</button>`)}</div>`}
  </div>`;
}
