// A text with placeholders, which buttons put where the cursor is.

import { html, useRef } from "/vendor/ui.js";
import { PLACEHOLDERS } from "/ui/messages.js";
import { AreaField, TextField, fieldId } from "./controls.js";

/**
 * @param {{ path: string, label: any, hint?: any, error?: string, value: string, onInput: (text: string) => void, line?: boolean, after?: any, rows?: number, names?: readonly string[] }} props
 */
export function PlaceholderField({ path, label, hint, error, value, onInput, line = false, after, rows, names }) {
  /** Where the cursor was before a button took the focus. */
  const cursor = useRef(/** @type {[number, number] | undefined} */ (undefined));
  const remember = (/** @type {Event} */ event) => {
    const field = /** @type {HTMLInputElement} */ (event.currentTarget);
    cursor.current = [field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length];
  };

  /** @param {string} name */
  function insert(name) {
    const field = /** @type {HTMLInputElement} */ (document.getElementById(fieldId(path)));
    const [start, end] = cursor.current ?? [value.length, value.length];
    const word = `{${name}}`;
    onInput(value.slice(0, start) + word + value.slice(end));
    cursor.current = [start + word.length, start + word.length];
    // After the text has been drawn, or the cursor would jump to its end.
    requestAnimationFrame(() => {
      field.focus();
      field.setSelectionRange(start + word.length, start + word.length);
    });
  }

  const Field = line ? TextField : AreaField;
  const shown = PLACEHOLDERS.filter(([name]) => !names || names.includes(name));
  return html`<${Field} path=${path} label=${label} hint=${hint} error=${error} value=${value} onInput=${onInput} onBlur=${remember} ...${line ? {} : { rows }}
    after=${(shown.length > 0 || after) && html`<div class="placeholders" role="group" aria-label="Placeholders to put in">
      ${shown.map(([name, what]) => html`<button key=${name} type="button" class="chip" title=${`Put in ${what}`} onClick=${() => insert(name)}>{${name}}</button>`)}
      ${after}
    </div>`} />`;
}
