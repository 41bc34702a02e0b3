// The fields of this page: each knows the path of what it edits, so that an error
// with that path finds it.

import { html } from "/vendor/ui.js";

/**
 * The id of the field of a path.
 * @param {string} path
 */
export const fieldId = (path) => `field-${path.replace(/[^A-Za-z0-9]+/g, "-")}`;

/**
 * Puts the focus on the field of a path, or on the one nearest above it.
 * @param {string} path
 */
export function focusField(path) {
  for (let at = path; at; at = at.replace(/(\.[^.[]*|\[\d+\]|[^.[]+)$/, "")) {
    const found = document.getElementById(fieldId(at));
    if (!found) continue;
    // A summary is seen as it is; what lies within has to be opened.
    const within = found.tagName === "SUMMARY" ? found.parentElement?.parentElement : found;
    for (let around = within?.closest("details"); around; around = around.parentElement?.closest("details")) around.open = true;
    found.focus();
    found.scrollIntoView({ block: "center" });
    return;
  }
}

/**
 * @typedef {object} Common
 * @property {string} path
 * @property {any} label
 * @property {any} [hint]
 * @property {string | undefined} [error]
 * @property {any} [after] what stands below the field
 */

/**
 * A label, a hint and an error around one control, which `aria` ties to them.
 * @param {Common & { children?: any }} props
 */
export function Around({ path, label, hint, error, after, children }) {
  const id = fieldId(path);
  return html`<div class="field">
    <label for=${id}>${label}</label>
    ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
    ${children}
    ${error && html`<p class="error" id=${`${id}-error`}>${error}</p>`}
    ${after}
  </div>`;
}

/** @param {Common} props */
export function aria({ path, hint, error }) {
  const id = fieldId(path);
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return { id, "aria-describedby": described || undefined, "aria-invalid": error ? "true" : undefined };
}

/** @param {Event} event */
const valueOf = (event) => /** @type {HTMLInputElement} */ (event.currentTarget).value;

/** @param {Common & { value: string, onInput: (text: string) => void, [more: string]: any }} props */
export function TextField({ path, label, hint, error, after, value, onInput, ...more }) {
  const common = { path, label, hint, error };
  return html`<${Around} ...${common} after=${after}>
    <input class="input" type="text" ...${more} ...${aria(common)} value=${value} onInput=${(/** @type {Event} */ event) => onInput(valueOf(event))} />
  <//>`;
}

/** @param {Common & { value: string, onInput: (text: string) => void, [more: string]: any }} props */
export function AreaField({ path, label, hint, error, after, value, onInput, ...more }) {
  const common = { path, label, hint, error };
  return html`<${Around} ...${common} after=${after}>
    <textarea class="textarea" rows="4" ...${more} ...${aria(common)} value=${value} onInput=${(/** @type {Event} */ event) => onInput(valueOf(event))}></textarea>
  <//>`;
}

/** @typedef {readonly (readonly [string, string])[]} Options */

/** @param {Common & { value: string, options: Options, groups?: [string, Options][], onChange: (value: string) => void }} props */
export function SelectField({ path, label, hint, error, after, value, options, groups = [], onChange }) {
  const common = { path, label, hint, error };
  const known = [...options, ...groups.flatMap(([, more]) => more)].some(([option]) => option === value);
  return html`<${Around} ...${common} after=${after}>
    <select class="select" ...${aria(common)} value=${value} onChange=${(/** @type {Event} */ event) => onChange(valueOf(event))}>
      ${!known && html`<option value=${value}>${value || "Choose…"}</option>`}
      ${options.map(([option, text]) => html`<option key=${option} value=${option}>${text}</option>`)}
      ${groups.map(([group, more]) => html`<optgroup key=${group} label=${group}>
        ${more.map(([option, text]) => html`<option key=${option} value=${option}>${text}</option>`)}
      </optgroup>`)}
    </select>
  <//>`;
}

/** @param {{ path: string, label: any, hint?: any, error?: string, checked: boolean, onChange: (checked: boolean) => void }} props */
export function CheckField({ path, label, hint, error, checked, onChange }) {
  const common = { path, label, hint, error };
  const id = fieldId(path);
  return html`<div class="field field-check">
    <label class="check"><input type="checkbox" ...${aria(common)} checked=${checked}
      onChange=${(/** @type {Event} */ event) => onChange(/** @type {HTMLInputElement} */ (event.currentTarget).checked)} /> <span>${label}</span></label>
    ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
    ${error && html`<p class="error" id=${`${id}-error`}>${error}</p>`}
  </div>`;
}

/**
 * One of a few, each with what it means.
 * @param {{ path: string, legend: any, hint?: any, error?: string, value: string, options: readonly (readonly [string, any, any?])[], disabled?: string[], onChange: (value: any) => void }} props
 */
export function Choices({ path, legend, hint, error, value, options, disabled = [], onChange }) {
  const id = fieldId(path);
  return html`<fieldset class="field choices" aria-describedby=${error ? `${id}-error` : undefined}>
    <legend>${legend}</legend>
    ${hint && html`<p class="hint">${hint}</p>`}
    <div class="choices-options">
      ${options.map(([option, label, what], at) => html`<label key=${option} class="choice">
        <input type="radio" name=${id} id=${value === option || (at === 0 && !options.some(([known]) => known === value)) ? id : undefined} value=${option} checked=${value === option}
          disabled=${disabled.includes(option)} onChange=${() => onChange(option)} />
        <span>${label}${what && html`<small>${what}</small>`}</span>
      </label>`)}
    </div>
    ${error && html`<p class="error" id=${`${id}-error`}>${error}</p>`}
  </fieldset>`;
}

/**
 * Fields that may be written in, or only read.
 * @param {{ on: boolean, children: any }} props
 */
export const Editable = ({ on, children }) => html`<fieldset class="editable" disabled=${!on}>${children}</fieldset>`;

