// Fields: a label, a hint, a control and what is wrong with it, tied together so
// that a reader hears them as one.

import { cloneElement, createContext, html, toChildArray, useContext, useId } from "/vendor/ui.js";

/** @typedef {{ id?: string, "aria-describedby"?: string, "aria-invalid"?: "true", required?: boolean }} Control */

const Tied = createContext(/** @type {Control} */ ({}));

/** What a control of one's own has to carry inside a Field. */
export const useControl = () => useContext(Tied);

/**
 * A field around one control.
 * @param {{ label: any, hint?: any, error?: string, optional?: boolean, required?: boolean, class?: string, children?: any, control?: any }} props
 */
export function Field({ label, hint, error, optional, required, class: more, children, control }) {
  const id = useId();
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ");
  const tied = {
    id,
    "aria-describedby": described || undefined,
    "aria-invalid": error ? /** @type {const} */ ("true") : undefined,
    ...(required ? { required } : {}),
  };
  // A control that is plain HTML knows nothing of contexts.
  const inside = toChildArray(control ?? children).map((child) =>
    typeof child === "object" && ["input", "select", "textarea"].includes(/** @type {any} */ (child).type)
      ? cloneElement(/** @type {any} */ (child), tied) : child);
  return html`<div class=${more ? `field ${more}` : "field"}>
    <label for=${id}>${label}${optional && html` <span class="optional">(optional)</span>`}</label>
    ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
    <${Tied.Provider} value=${tied}>${inside}<//>
    ${error && html`<p class="error" id=${`${id}-error`}>${error}</p>`}
  </div>`;
}

/**
 * The attributes of a control: the field's, then its own, and `onValue` in the
 * place of an event.
 * @param {string} name
 * @param {any} props
 */
function useAttributes(name, { class: more, onValue, onInput, ...rest }) {
  const tied = useControl();
  return {
    ...tied,
    ...rest,
    class: more ? `${name} ${more}` : name,
    onInput: onValue ? (/** @type {any} */ event) => { onInput?.(event); onValue(event.currentTarget.value); } : onInput,
  };
}

/** @param {{ value?: string | number, onValue?: (value: string) => void, [attribute: string]: any }} props */
export const Input = (props) => html`<input type="text" ...${useAttributes("input", props)} />`;

/** @param {{ value?: string, onValue?: (value: string) => void, rows?: number, [attribute: string]: any }} props */
export const Textarea = (props) => html`<textarea ...${useAttributes("textarea", props)}></textarea>`;

/**
 * @param {{ value?: string, options?: readonly (readonly [value: string, label: string])[], onValue?: (value: string) => void, children?: any, [attribute: string]: any }} props
 *   the options as a list, or as children
 */
export function Select({ options, children, ...props }) {
  const { value, ...attributes } = useAttributes("select", props);
  return html`<select ...${attributes} value=${value}>
    ${options ? options.map(([key, label]) => html`<option key=${key} value=${key}>${label}</option>`) : children}
  </select>`;
}

/**
 * @typedef {object} CheckProps
 * @property {any} label
 * @property {any} [hint]
 * @property {string} [error]
 * @property {boolean} [checked]
 * @property {boolean} [disabled]
 * @property {(event: any) => void} [onChange]
 * @property {(checked: boolean) => void} [onValue]
 */

/** @param {"checkbox" | "switch"} role @param {CheckProps & Record<string, any>} props */
function Check(role, { label, hint, error, onChange, onValue, class: more, ...rest }) {
  const id = useId();
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return html`<label class=${["check", role === "switch" && "switch", more].filter(Boolean).join(" ")}>
    <input type="checkbox" role=${role === "switch" ? "switch" : undefined} ...${rest}
      aria-labelledby=${`${id}-label`} aria-describedby=${described || undefined} aria-invalid=${error ? "true" : undefined}
      onChange=${(/** @type {any} */ event) => { onChange?.(event); onValue?.(event.currentTarget.checked); }} />
    <span><span id=${`${id}-label`}>${label}</span>
      ${hint && html`<span class="hint" id=${`${id}-hint`}>${hint}</span>`}
      ${error && html`<span class="error" id=${`${id}-error`}>${error}</span>`}</span>
  </label>`;
}

/** Something that holds once the form is sent. @param {CheckProps & Record<string, any>} props */
export const Checkbox = (props) => Check("checkbox", props);

/** Something that holds at once. @param {CheckProps & Record<string, any>} props */
export const Switch = (props) => Check("switch", props);

/**
 * A colour, to be picked or to be written.
 * @param {{ value: string, onValue: (value: string) => void, disabled?: boolean, [attribute: string]: any }} props
 */
export function ColorInput({ value, onValue, disabled, ...rest }) {
  const known = /^#[0-9a-f]{6}$/i.test(value);
  return html`<span class="color">
    <input type="color" aria-label="Pick the colour" value=${known ? value : "#000000"} disabled=${disabled}
      onInput=${(/** @type {any} */ event) => onValue(event.currentTarget.value)} />
    <${Input} value=${value} class="code" maxlength="7" spellcheck=${false} autocomplete="off" placeholder="#0a6653" disabled=${disabled}
      ...${rest} onValue=${(/** @type {string} */ text) => onValue(text.trim())} />
  </span>`;
}
