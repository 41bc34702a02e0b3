// What is only looked at: cards, figures, signs, and what stands where nothing
// is yet.

import { html } from "/vendor/ui.js";
import { Icon } from "./icon.js";

/** @typedef {"good" | "warn" | "bad" | "info" | "accent"} Tone */

/** @param {(string | false | null | undefined)[]} names */
const join = (...names) => names.filter(Boolean).join(" ");

/**
 * @param {{ title?: any, actions?: any, level?: 2 | 3, class?: string, children?: any, [attribute: string]: any }} props
 */
export function Card({ title, actions, level = 2, class: more, children, ...rest }) {
  const heading = level === 3 ? html`<h3>${title}</h3>` : html`<h2>${title}</h2>`;
  return html`<section ...${rest} class=${join("card", more)}>
    ${(title || actions) && html`<div class="card-head">${title ? heading : html`<span></span>`}${actions && html`<div class="card-actions">${actions}</div>`}</div>`}
    <div class="card-body">${children}</div>
  </section>`;
}

/** @param {{ tone?: Tone, children?: any }} props */
export const Badge = ({ tone, children }) => html`<span class=${join("badge", tone)}>${children}</span>`;

/**
 * Something to know, where it matters. An error is announced.
 * @param {{ tone?: Tone, title?: any, action?: any, children?: any }} props
 */
export const Notice = ({ tone = "info", title, action, children }) => html`<div class=${join("notice", tone)} role=${tone === "bad" ? "alert" : undefined}>
  <${Icon} name=${{ good: /** @type {const} */ ("check"), info: /** @type {const} */ ("info"), accent: /** @type {const} */ ("info") }[/** @type {string} */ (tone)] ?? "warn"} />
  <div>${title && html`<strong>${title}</strong>`}${children}</div>${action}
</div>`;

/**
 * What stands where there is nothing yet: what it would be, and how to get it.
 * @param {{ title: any, action?: any, level?: 2 | 3, children?: any }} props
 */
export const Empty = ({ title, action, level = 3, children }) => html`<div class="empty">
  ${level === 2 ? html`<h2>${title}</h2>` : html`<h3>${title}</h3>`}
  ${children && html`<div>${children}</div>`}
  ${action && html`<div class="row">${action}</div>`}
</div>`;

/**
 * The shape of what is on its way.
 * @param {{ lines?: number, shape?: "lines" | "block" | "figure" }} props
 */
export const Skeleton = ({ lines = 3, shape = "lines" }) => html`<div class=${join("skeleton", shape !== "lines" && shape)} role="status" aria-busy="true">
  <span class="unseen">Loading …</span>
  ${Array.from({ length: shape === "lines" ? lines : 1 }, (_, index) => html`<span key=${index} aria-hidden="true"></span>`)}
</div>`;

/**
 * How much more or less than before. A sign says it as well as the colour.
 * @param {{ value: number | undefined, text: string, better?: "more" | "less" }} props the change, and as it is read: "12 % more"
 */
export function Delta({ value, text, better = "more" }) {
  if (value === undefined || !Number.isFinite(value)) return html`<span class="delta">${text}</span>`;
  const tone = value === 0 ? "" : value > 0 === (better === "more") ? "up" : "down";
  return html`<span class=${join("delta", tone)}><span aria-hidden="true">${value > 0 ? "↑ " : value < 0 ? "↓ " : ""}</span>${text}</span>`;
}

/** One figure. @param {{ label: any, value: any, delta?: any, hint?: any }} props */
export const Stat = ({ label, value, delta, hint }) => html`<div class="stat">
  <span class="stat-label">${label}</span>
  <span class="stat-value">${value}</span>
  ${delta && (typeof delta === "object" ? delta : html`<span class="delta">${delta}</span>`)}
  ${hint && html`<span class="stat-hint">${hint}</span>`}
</div>`;

/** How much of something. @param {{ label: string, value: number, max?: number, text?: string, tone?: Tone }} props */
export const Meter = ({ label, value, max = 1, text, tone }) => html`<div class=${join("meter", tone)} role="meter" aria-label=${label}
  aria-valuemin="0" aria-valuemax=${max} aria-valuenow=${value} aria-valuetext=${text}>
  <span style=${{ width: `${Math.max(0, Math.min(1, max === 0 ? 0 : value / max)) * 100}%` }}></span>
</div>`;

/** Somebody's initials. @param {{ name: string }} props */
export function Avatar({ name }) {
  const words = name.trim().split(/\s+/u);
  const letters = [words[0], words.length > 1 ? words[words.length - 1] : ""].map((word) => [...(word ?? "")][0] ?? "").join("");
  return html`<span class="avatar" aria-hidden="true">${letters.toLocaleUpperCase()}</span>`;
}
