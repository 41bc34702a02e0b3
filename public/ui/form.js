// A form's values, what is wrong with them, and that it is being sent.

import { useRef, useState } from "/vendor/ui.js";
import { ApiError } from "./api.js";

/**
 * A form that sends itself to the API and puts what it refuses beside its fields.
 *
 * ```js
 * const form = useForm({ name: "" }, async (values) => { await api.post("/v1/programs", values); });
 * html`<form onSubmit=${form.submit} noValidate>
 *   <${Field} label="Name" error=${form.errors.name}><${Input} ...${form.bind("name")} /><//>
 *   ${form.failure && html`<${Notice} tone="bad">${form.failure}<//>`}
 *   <${Button} type="submit" kind="primary" busy=${form.busy}>Create<//>
 * </form>`
 * ```
 *
 * `submit` may throw an `ApiError` whose fields are the form's; those of another
 * name, and every other failure, are in `failure`.
 * @template {Record<string, any>} T
 * @param {T} initial
 * @param {(values: T) => Promise<void> | void} send
 */
export function useForm(initial, send) {
  const [values, setValues] = useState(initial);
  const [errors, setErrors] = useState(/** @type {Record<string, string>} */ ({}));
  const [failure, setFailure] = useState("");
  const [busy, setBusy] = useState(false);
  // Two clicks come before the first has drawn anything.
  const sending = useRef(false);

  /**
   * One value, or several.
   * @param {keyof T | Partial<T>} name
   * @param {any} [value]
   */
  function set(name, value) {
    const changes = /** @type {Partial<T>} */ (typeof name === "object" ? name : { [name]: value });
    setValues((before) => ({ ...before, ...changes }));
    setErrors((before) => Object.fromEntries(Object.entries(before).filter(([field]) => !(field in changes))));
  }

  /** @param {unknown} error */
  function fail(error) {
    if (!(error instanceof ApiError)) {
      console.error(error);
      setFailure("Something went wrong on this page. Try again.");
      return;
    }
    const strange = Object.entries(error.fields).filter(([field]) => !(field in initial));
    setErrors(error.fields);
    if (strange.length > 0) setFailure(strange.map(([field, detail]) => `${field}: ${detail}`).join(" "));
    else if (Object.keys(error.fields).length === 0) setFailure(error.message);
  }

  /** @param {Event} [event] */
  async function submit(event) {
    event?.preventDefault();
    if (sending.current) return;
    const form = event?.currentTarget;
    sending.current = true;
    setBusy(true);
    setErrors({});
    setFailure("");
    try {
      await send(values);
    } catch (error) {
      fail(error);
      // Once it is drawn, the first field at fault is where one goes on.
      if (form instanceof HTMLElement) {
        setTimeout(() => /** @type {HTMLElement | null} */ (form.querySelector("[aria-invalid=true]"))?.focus(), 50);
      }
    } finally {
      sending.current = false;
      setBusy(false);
    }
  }

  return {
    values,
    set,
    errors,
    setErrors,
    failure,
    busy,
    submit,
    /** Whether anything differs from what the form began with. */
    dirty: Object.keys(initial).some((name) => values[name] !== initial[name]),
    /** @param {T} [to] */
    reset(to = initial) {
      setValues(to);
      setErrors({});
      setFailure("");
    },
    /** The properties of an Input, a Select or a Textarea. @param {keyof T & string} name */
    bind: (name) => ({
      name,
      value: values[name],
      onInput: (/** @type {any} */ event) => set(name, event.currentTarget.value),
    }),
    /** The properties of a Checkbox or a Switch. @param {keyof T & string} name */
    check: (name) => ({
      name,
      checked: Boolean(values[name]),
      onChange: (/** @type {any} */ event) => set(name, event.currentTarget.checked),
    }),
  };
}
