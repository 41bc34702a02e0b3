// What has just happened, in a word, at the edge of the page.

import { html, signal, useEffect, useRef } from "/vendor/ui.js";
import { Button } from "./button.js";

/**
 * @typedef {object} Toast
 * @property {number} id
 * @property {string} text
 * @property {"bad" | undefined} tone
 * @property {(() => void) | undefined} undo
 */

/** Long enough to read twice; longer if there is something to decide. */
const STAYS_MS = 6_000;
const STAYS_FOR_UNDO_MS = 10_000;

const shown = signal(/** @type {Toast[]} */ ([]));
let count = 0;

/** @param {number} id */
const dismiss = (id) => { shown.value = shown.value.filter((one) => one.id !== id); };

/**
 * Says that something has happened.
 * @param {string} text
 * @param {{ tone?: "bad", undo?: () => void }} [options] what is bad stays until it is dismissed
 */
export function toast(text, { tone, undo } = {}) {
  count += 1;
  const id = count;
  // The same again replaces what is still there.
  shown.value = [...shown.value.filter((one) => one.text !== text), { id, text, tone, undo }].slice(-3);
  return () => dismiss(id);
}

/** @param {Toast} props */
function One({ id, text, tone, undo }) {
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  const wait = () => {
    if (tone !== "bad") timer.current = setTimeout(() => dismiss(id), undo ? STAYS_FOR_UNDO_MS : STAYS_MS);
  };
  const hold = () => clearTimeout(timer.current);
  useEffect(() => {
    wait();
    return hold;
  }, []);
  return html`<div class=${tone === "bad" ? "toast bad" : "toast"} onMouseEnter=${hold} onMouseLeave=${wait} onFocusIn=${hold} onFocusOut=${wait}>
    <p>${text}</p>
    ${undo && html`<${Button} onClick=${() => { dismiss(id); undo(); }}>Undo<//>`}
    <${Button} kind="quiet" icon="close" aria-label="Dismiss" onClick=${() => dismiss(id)} />
  </div>`;
}

/** Where they appear; `page` has one. */
export function Toasts() {
  const list = shown.value;
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const element = box.current;
    if (!element?.showPopover) return;
    // Shown anew it lies above a dialog that has opened since.
    if (element.matches(":popover-open")) element.hidePopover();
    if (list.length > 0) element.showPopover();
  }, [list]);
  return html`<div class="toasts" popover="manual" ref=${box}>
    <div class="stack" role="status" aria-live="polite">${list.filter(({ tone }) => tone !== "bad").map((one) => html`<${One} key=${one.id} ...${one} />`)}</div>
    <div class="stack" role="alert">${list.filter(({ tone }) => tone === "bad").map((one) => html`<${One} key=${one.id} ...${one} />`)}</div>
  </div>`;
}
