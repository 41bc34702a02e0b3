// What people will see of a message: the server makes it, as it makes the letters.
//
// **Law**: the HTML is shown in a frame that runs nothing and leads nowhere. The one
// policy that lets it in is made here, and `public/_headers` allows it on this page
// alone.

import { html, useEffect, useRef, useState } from "/vendor/ui.js";
import { ApiError, api } from "/ui/api.js";
import { Card, Notice, Segments, Skeleton } from "/ui/components.js";

/** @import { Draft } from "./editor.js" */

/** How long it waits for a pause in the typing (ms). */
const PAUSE = 300;

/** What the frame may be given. */
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("goodword-letter", { createHTML: (/** @type {string} */ letter) => letter });

/** @typedef {{ letter?: { subject: string, text: string, html: string }, errors: Record<string, string>, failed: string, busy: boolean }} Previewed */

/**
 * The letter of a draft, and what is wrong with it. The last one stays until there is
 * another.
 * @param {{ path: string, kind: string, draft: Draft }} of
 * @returns {Previewed}
 */
export function usePreview({ path, kind, draft }) {
  const [state, setState] = useState(/** @type {Previewed} */ ({ errors: {}, failed: "", busy: true }));
  const first = useRef(true);
  useEffect(() => {
    const control = new AbortController();
    setState((before) => ({ ...before, busy: true }));
    const timer = setTimeout(async () => {
      try {
        const letter = await api.post(`${path}/preview`, { ...(kind ? { kind } : {}), subject: draft.subject, text: draft.text }, undefined, { signal: control.signal });
        setState({ letter, errors: {}, failed: "", busy: false });
      } catch (error) {
        if (control.signal.aborted) return;
        const errors = error instanceof ApiError ? error.fields : {};
        setState((before) => ({ ...before, errors, failed: Object.keys(errors).length > 0 ? "" : /** @type {Error} */ (error).message, busy: false }));
      }
    }, first.current ? 0 : PAUSE);
    first.current = false;
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [path, kind, draft.subject, draft.text]);
  return state;
}

/** @param {{ preview: Previewed }} props */
export function Preview({ preview: { letter, errors, failed, busy } }) {
  const [part, setPart] = useState("html");
  const isWrong = Object.keys(errors).length > 0;
  return html`<${Card} title="Preview" class="letter-preview" actions=${html`<${Segments} label="Part" value=${part} onChange=${setPart} options=${[["html", "HTML"], ["text", "Text"]]} />`}><div class="stack">
    ${failed && html`<${Notice} tone="bad" title="There is no preview now">${failed}<//>`}
    ${isWrong && html`<${Notice} tone="warn">As it is, it cannot be sent. What is shown is how it was before.<//>`}
    ${!letter && busy && html`<${Skeleton} shape="block" />`}
    ${letter && html`<div class="stack">
      <p class="letter-subject"><span class="muted">Subject</span> <strong>${letter.subject}</strong></p>
      ${part === "html" ? html`<${Frame} letter=${letter.html} />` : html`<pre class="raw letter-text" tabindex="0" aria-label="The text part">${letter.text}</pre>`}
    </div>`}
    <p class="muted small">With examples where a letter has the names and links of whoever gets it. Programs for mail show one part or the other.</p>
  </div><//>`;
}

/** @param {{ letter: string }} props */
function Frame({ letter }) {
  const frame = useRef(/** @type {HTMLIFrameElement | null} */ (null));
  useEffect(() => {
    // A link would open in the frame itself; a window of its own the frame may not have.
    const inert = letter.replace("<head>", '<head><base target="_blank">');
    if (frame.current) frame.current.srcdoc = policy ? policy.createHTML(inert) : inert;
  }, [letter]);
  return html`<iframe class="letter-frame" title="The HTML part" sandbox="" ref=${frame}></iframe>`;
}
