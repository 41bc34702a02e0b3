// A field that finds what is typed: the editable combobox of the WAI-ARIA
// Authoring Practices, with a list of suggestions.
//
// Owns the keyboard and what is announced; what is found is the caller's affair.

import { html, useEffect, useId, useRef, useState } from "/vendor/ui.js";

/** Milliseconds without a key before it is searched. */
const PAUSE = 150;

/**
 * What can be picked.
 * @typedef {object} Option
 * @property {string} key
 * @property {string} text what stands in the field once it is picked
 * @property {any} [label] what the list says in the place of `text`
 * @property {string} [detail] what tells it from its like
 */

/**
 * A labelled combobox.
 * @param {object} props
 * @param {string} props.label
 * @param {string} [props.hint]
 * @param {string} [props.error]
 * @param {string} [props.placeholder]
 * @param {Option | undefined} props.value
 * @param {(picked: Option | undefined) => void} props.onPick `undefined` once the field is emptied
 * @param {(text: string, early: (options: Option[]) => void) => Promise<Option[]>} props.search what there is for
 *   a text; `early` shows what is known before the answer
 * @param {(text: string) => void} [props.onText] takes what was typed, which stays if it was not picked; without it it goes
 * @param {boolean} [props.required]
 * @param {string} [props.none] what is said where nothing is found
 */
export function Combobox({ label, hint, error, placeholder, value, onPick, search, onText, required, none = "Nothing found" }) {
  const id = useId();
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [text, setText] = useState(value?.text ?? "");
  const [open, setOpen] = useState(false);
  const [found, setFound] = useState(/** @type {Option[] | undefined} */ (undefined));
  const [failed, setFailed] = useState("");
  const [active, setActive] = useState(-1);
  /** Answers come in any order; only the last question's counts. */
  const question = useRef(0);
  /** Whether somebody has moved to an option since the question. */
  const moved = useRef(false);

  useEffect(() => {
    // Somebody who types has picked nothing any more.
    if (value || !onText) setText(value?.text ?? "");
  }, [value?.key, value?.text]);
  useEffect(() => {
    if (!open) return;
    question.current += 1;
    const mine = question.current;
    // A picked text is no question: the list then shows what there is.
    const asked = text === value?.text ? "" : text.trim();
    moved.current = false;
    /** @type {Option[]} */
    let before = [];
    const show = (/** @type {Option[]} */ options) => {
      if (mine !== question.current) return;
      const earlier = before;
      before = options;
      setFound(options);
      setFailed("");
      // Where somebody has moved to stays, though others have come before it.
      setActive((at) => (moved.current ? options.findIndex(({ key }) => key === earlier[at]?.key) : asked && options.length > 0 ? 0 : -1));
    };
    const timer = setTimeout(async () => {
      try {
        show(await search(asked, show));
      } catch (fault) {
        if (mine === question.current) setFailed(fault instanceof Error ? fault.message : String(fault));
      }
    }, found ? PAUSE : 0);
    return () => clearTimeout(timer);
  }, [open, text]);
  useEffect(() => {
    if (active >= 0) document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [active]);

  /** @param {Option | undefined} option */
  function pick(option) {
    setOpen(false);
    setActive(-1);
    setText(option?.text ?? "");
    onPick(option);
  }

  function close() {
    setOpen(false);
    setActive(-1);
    if (text.trim() === "") onPick(undefined);
    // What was typed and not picked is nothing.
    else if (!onText) setText(value?.text ?? "");
  }

  /** @param {KeyboardEvent} event */
  function onKeyDown(event) {
    const last = (found?.length ?? 0) - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") moved.current = true;
    if (event.key === "ArrowDown") {
      if (!open) setOpen(true);
      else if (!event.altKey) setActive(active >= last ? 0 : active + 1);
    } else if (event.key === "ArrowUp") {
      if (event.altKey) close();
      else if (!open) setOpen(true);
      else setActive(active <= 0 ? last : active - 1);
    } else if (event.key === "Enter") {
      if (!open || active < 0 || !found) return;
      pick(found[active]);
    } else if (event.key === "Escape") {
      if (open) close();
      else if (text) pick(undefined);
      else return;
    } else {
      return;
    }
    event.preventDefault();
  }

  const count = found?.length ?? 0;
  const described = [error ? `${id}-error` : "", hint ? `${id}-hint` : ""].filter(Boolean).join(" ");
  return html`<div class="field combobox">
    <label for=${id}>${label}</label>
    ${hint ? html`<p class="hint" id=${`${id}-hint`}>${hint}</p>` : ""}
    <div class="combobox-box">
      <input class="input" id=${id} ref=${input} type="text" role="combobox" autocomplete="off" spellcheck=${false}
        aria-autocomplete="list" aria-expanded=${open} aria-controls=${`${id}-list`}
        aria-activedescendant=${open && active >= 0 ? `${id}-${active}` : undefined}
        aria-invalid=${error ? "true" : undefined} aria-describedby=${described || undefined}
        aria-required=${required ? "true" : undefined} placeholder=${placeholder} value=${text}
        onInput=${(/** @type {Event} */ event) => {
          const typed = /** @type {HTMLInputElement} */ (event.currentTarget).value;
          setText(typed);
          onText?.(typed);
          setOpen(true);
        }}
        onClick=${() => setOpen(true)} onKeyDown=${onKeyDown} onBlur=${() => open && close()}
        onFocus=${() => input.current?.select()} />
      <ul class="combobox-list" id=${`${id}-list`} role="listbox" aria-label=${label} hidden=${!open || count === 0}>
        ${(found ?? []).map((option, n) => html`<li key=${option.key} id=${`${id}-${n}`} role="option"
          aria-selected=${n === active} class=${n === active ? "active" : ""}
          onMouseDown=${(/** @type {Event} */ event) => event.preventDefault()}
          onMouseMove=${() => { moved.current = true; setActive(n); }} onClick=${() => pick(option)}>
          <span>${option.label ?? option.text}</span>
          ${option.detail ? html`<span class="muted">${option.detail}</span>` : ""}
        </li>`)}
      </ul>
      ${open && (failed || (found && count === 0)) ? html`<p class="combobox-list combobox-none">${failed || none}</p>` : ""}
    </div>
    ${error ? html`<p class="error" id=${`${id}-error`}>${error}</p>` : ""}
    <p class="unseen" role="status">${open && found ? said(count, none) : ""}</p>
  </div>`;
}

/**
 * @param {number} count
 * @param {string} none
 */
function said(count, none) {
  if (count === 0) return none;
  return count === 1 ? "1 suggestion" : `${count} suggestions`;
}
