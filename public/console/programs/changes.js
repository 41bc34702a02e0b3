// A difference, as people read it.

import { html } from "/vendor/ui.js";
import { ownPicture } from "/ui/safe.js";
import { changes, valueText, wordChanges } from "./diff.js";

/** @param {{ value: unknown }} props */
function Value({ value }) {
  if (typeof value === "string" && ownPicture(value)?.startsWith("data:")) return html`<img class="change-picture" src=${value} alt=${valueText(value)} />`;
  const text = valueText(value);
  return typeof value === "object" && value !== null ? html`<pre>${text}</pre>` : text;
}

/** @param {import("./diff.js").Change} change */
function Line({ label, before, after }) {
  const [old, now] = [before, after].map(valueText);
  const [was, is] = [old !== "", now !== ""];
  const texts = [before, after].every((value) => typeof value === "string" && !value.startsWith("data:")) && was && is;
  const long = texts && (old.length > 40 || now.length > 40 || /\s/.test(old + now));
  return html`<div class="change">
    <dt>${label}</dt>
    <dd>${long
      ? wordChanges(old, now).map((part, at) => (part.kind === "gone" ? html`<del key=${at}>${part.text}</del>` : part.kind === "new" ? html`<ins key=${at}>${part.text}</ins>` : part.text))
      : html`${was && html`<del><${Value} value=${before} /></del>`}${was && is && " "}${is && html`<ins><${Value} value=${after} /></ins>`}${!was && !is && "empty"}`}</dd>
  </div>`;
}

/**
 * What changed between two values, or what `none` says.
 * @param {{ before: unknown, after: unknown, none?: string }} props
 */
export function Changes({ before, after, none = "Nothing differs." }) {
  const found = changes(before, after);
  if (found.length === 0) return html`<p class="hint">${none}</p>`;
  return html`<dl class="changes">${found.map((change, at) => html`<${Line} key=${at} ...${change} />`)}</dl>`;
}
