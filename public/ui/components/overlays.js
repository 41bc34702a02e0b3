// What lies above the page: dialogs and menus. The browser's own `dialog` and
// `popover` keep the focus and close with Escape.

import { html, useEffect, useId, useLayoutEffect, useRef, useState } from "/vendor/ui.js";
import { Button } from "./button.js";
import { Icon } from "./icon.js";

/**
 * A dialog. With `onSubmit` its body and its actions are one form.
 * @param {{
 *   open: boolean,
 *   title: any,
 *   onClose: () => void,
 *   actions?: any,
 *   onSubmit?: (event: any) => void,
 *   kind?: "wide" | "drawer",
 *   children?: any,
 * }} props
 */
export function Dialog({ open, ...rest }) {
  return open ? html`<${Open} ...${rest} />` : null;
}

/** @param {any} props */
function Open({ title, onClose, actions, onSubmit, kind, children }) {
  const id = useId();
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  // Pressed on what lies behind it and released there: not where a selection
  // of text happens to end.
  const outside = useRef(false);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // One begins with the first field, or with the way back, not with the cross.
    /** @type {HTMLElement | null | undefined} */ (element?.querySelector(".dialog-body :is(input, select, textarea):enabled, .dialog-actions button"))?.focus();
    // Closed it gives the focus back to what opened it.
    return () => element?.close();
  }, []);
  const inside = html`<div class="dialog-head"><h2 id=${id}>${title}</h2>
      <${Button} kind="quiet" icon="close" aria-label="Close" onClick=${onClose} /></div>
    <div class="dialog-body">${children}</div>
    ${actions && html`<div class="dialog-actions">${actions}</div>`}`;
  return html`<dialog class=${kind ? `dialog ${kind}` : "dialog"} ref=${dialog} aria-labelledby=${id}
    onCancel=${(/** @type {Event} */ event) => { if (event.target === dialog.current) { event.preventDefault(); onClose(); } }}
    onMouseDown=${(/** @type {Event} */ event) => { outside.current = event.target === dialog.current; }}
    onClick=${(/** @type {Event} */ event) => { if (outside.current && event.target === dialog.current) onClose(); }}>
    ${onSubmit ? html`<form class="dialog-frame" noValidate onSubmit=${onSubmit}>${inside}</form>` : html`<div class="dialog-frame">${inside}</div>`}
  </dialog>`;
}

/**
 * @typedef {object} Item
 * @property {any} label
 * @property {() => void} [onSelect]
 * @property {string} [href]
 * @property {import("./icon.js").IconName} [icon]
 * @property {"danger"} [kind]
 * @property {boolean} [disabled]
 */

/**
 * A button with a menu. `null` among the items draws a line.
 * @param {{ label: string, items: (Item | null | false | undefined)[], icon?: import("./icon.js").IconName, trigger?: any, class?: string, disabled?: boolean }} props
 *   `label` is read; `trigger` is what the button shows instead of a sign
 */
export function Menu({ label, items, icon = "more", trigger, class: more, disabled }) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const menu = useRef(/** @type {HTMLElement | null} */ (null));

  /** @returns {HTMLElement[]} */
  const entries = () => [...(menu.current?.querySelectorAll("[role=menuitem]") ?? [])].map((one) => /** @type {HTMLElement} */ (one));

  /** Beside its button, within the window. */
  function place() {
    const [box, at] = [menu.current, button.current?.getBoundingClientRect()];
    if (!box || !at) return;
    const { offsetWidth: width, offsetHeight: height } = box;
    const below = at.bottom + 4 + height <= innerHeight || at.top < height + 8;
    box.style.top = `${below ? at.bottom + 4 : at.top - 4 - height}px`;
    const left = at.left + at.width / 2 > innerWidth / 2 ? at.right - width : at.left;
    box.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  }

  useEffect(() => {
    if (!open) return;
    place();
    entries()[0]?.focus({ preventScroll: true });
    const close = () => menu.current?.hidePopover();
    addEventListener("resize", close);
    addEventListener("scroll", close, true);
    return () => {
      removeEventListener("resize", close);
      removeEventListener("scroll", close, true);
    };
  }, [open]);

  /** @param {KeyboardEvent} event */
  function onKeyDown(event) {
    const all = entries();
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const next = { ArrowDown: (at + 1) % all.length, ArrowUp: (at - 1 + all.length) % all.length, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Tab") menu.current?.hidePopover();
    else if (next !== undefined) all[next]?.focus();
    else if (/^\p{L}$/u.test(event.key)) {
      const rest = [...all.slice(at + 1), ...all.slice(0, at + 1)];
      rest.find((one) => one.textContent?.trim().toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
      return;
    } else return;
    if (event.key !== "Tab") event.preventDefault();
  }

  /** @param {Item} item */
  function choose(item) {
    if (item.disabled) return;
    menu.current?.hidePopover();
    item.onSelect?.();
  }

  return html`<button type="button" ref=${button} class=${more ?? (trigger ? "button" : "button quiet icon-only")} disabled=${disabled}
      aria-haspopup="menu" aria-expanded=${open} aria-controls=${id} aria-label=${trigger ? undefined : label} popovertarget=${id}>
      ${trigger ?? html`<${Icon} name=${icon} />`}
    </button>
    <div class="menu" id=${id} ref=${menu} role="menu" aria-label=${label} popover="auto" onKeyDown=${onKeyDown}
      onToggle=${(/** @type {any} */ event) => setOpen(event.newState === "open")}>
      ${open && items.filter((item) => item !== undefined && item !== false).map((item, index) => {
        if (!item) return html`<hr key=${index} />`;
        const inside = html`${item.icon && html`<${Icon} name=${item.icon} />`}<span>${item.label}</span>`;
        const name = item.kind ? `menu-item ${item.kind}` : "menu-item";
        return item.href
          ? html`<a key=${index} class=${name} role="menuitem" tabindex="-1" href=${item.href}>${inside}</a>`
          : html`<button key=${index} type="button" class=${name} role="menuitem" tabindex="-1" aria-disabled=${item.disabled ? "true" : undefined} onClick=${() => choose(item)}>${inside}</button>`;
      })}
    </div>`;
}
