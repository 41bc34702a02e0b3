// Small parts of the portal's tabs.

import { html } from "/vendor/ui.js";
import { date, relative } from "/ui/format.js";
import { changeAddress } from "/ui/url.js";
import { embedded } from "./state.js";

/** @param {{ children?: any, about?: any }} props */
export const Title = ({ children, about }) => html`<div class="me-title"><h1 tabindex="-1">${children}</h1>${about && html`<p>${about}</p>`}</div>`;

/**
 * A way to another tab. What frames this page has a history of its own.
 * @param {{ tab: string, class?: string, children?: any, [attribute: string]: any }} props
 */
export function Go({ tab, children, ...rest }) {
  return html`<a ...${rest} href=${tab === "share" ? location.pathname : `?tab=${tab}`} onClick=${(/** @type {MouseEvent} */ event) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    changeAddress({ tab: tab === "share" ? null : tab }, { push: !embedded });
  }}>${children}</a>`;
}

/** When something was: near by how long ago, further off by its day. @param {{ at: string, zone: string }} props */
export function When({ at, zone }) {
  const near = Date.now() - Date.parse(at) < 7 * 86_400_000;
  return html`<time datetime=${at} title=${date(at, zone)}>${near ? relative(at) : date(at, zone)}</time>`;
}

/**
 * A way of things, one below another.
 * @param {{ steps: { text: any, at?: string, state: "done" | "now" | "later" }[], zone: string, label: string }} props
 */
export const Way = ({ steps, zone, label }) => html`<ol class="way" aria-label=${label}>
  ${steps.map(({ text, at, state }, index) => html`<li key=${index} class=${`way-${state}`} aria-current=${state === "now" ? "step" : undefined}>
    <span class="way-dot" aria-hidden="true"></span>
    <span>${text}${state === "later" && html`<span class="unseen">, still to come</span>`}</span>
    ${at && html`<small><${When} at=${at} zone=${zone} /></small>`}
  </li>`)}
</ol>`;
