// Buttons.

import { html, useEffect, useRef, useState } from "/vendor/ui.js";
import { Icon } from "./icon.js";
import { toast } from "./toasts.js";

/**
 * A button; with `href` a link that looks like one. While it is busy it stays in
 * reach of the keyboard, and does nothing.
 * @param {{
 *   kind?: "primary" | "quiet" | "danger",
 *   busy?: boolean,
 *   icon?: import("./icon.js").IconName,
 *   href?: string,
 *   class?: string,
 *   children?: any,
 *   onClick?: (event: any) => void,
 *   [attribute: string]: any,
 * }} props without children it needs an `aria-label`
 */
export function Button({ kind, busy = false, icon, href, class: more, children, onClick, ...rest }) {
  const bare = children === undefined || children === null || children === "" || children === false;
  const name = ["button", kind, bare && icon && "icon-only", more].filter(Boolean).join(" ");
  const inside = html`${icon && html`<${Icon} name=${icon} />`}${children}`;
  if (href !== undefined && !rest.disabled) return html`<a class=${name} href=${href} onClick=${onClick} ...${rest}>${inside}</a>`;
  return html`<button type="button" ...${rest} class=${name} aria-busy=${busy ? "true" : undefined}
    aria-disabled=${busy ? "true" : undefined}
    onClick=${(/** @type {Event} */ event) => (busy ? event.preventDefault() : onClick?.(event))}>${inside}</button>`;
}

/**
 * Copies a text, and says so.
 * @param {{ text: string, label?: string, kind?: "primary" | "quiet", [attribute: string]: any }} props
 */
export function Copy({ text, label = "Copy", kind, ...rest }) {
  const [done, setDone] = useState(false);
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  useEffect(() => () => clearTimeout(timer.current), []);
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      toast("The browser did not let this page copy. Select the text, and copy it yourself.", { tone: "bad" });
      return;
    }
    setDone(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setDone(false), 2_000);
  }
  return html`<${Button} kind=${kind} icon=${done ? "check" : "copy"} ...${rest} onClick=${copy}>${done ? "Copied" : label}<//>
    <span class="unseen" role="status">${done ? "Copied." : ""}</span>`;
}
