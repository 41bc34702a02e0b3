// The portal in a page of somebody else's, which frames this one by the element of
// `/portal.js`. It is signed in by the token that it is handed; it has no cookie, so
// that whoever frames it sees no more than what they hold a token for.
//
// Messages, to the page that frames this one: `ready`, `expired`, and `height` with
// the pixels that it needs. From there: `token` with one, and perhaps a `theme`; and
// `seen` with the part of this page that is in sight.

import { html, render, signal } from "/vendor/ui.js";
import { askAs } from "/ui/api.js";
import { Button, Notice, Skeleton } from "/ui/components.js";
import { Portal } from "./app.js";
import { failed, load, me } from "./state.js";

/** How long a question waits for a new token before it says so (ms). */
const PATIENCE = 15_000;

/** Whether a token ran out, and none has followed yet. */
const stale = signal(false);

/** @param {string} says @param {object} [more] nothing that is anybody's secret: whoever frames this may read it */
const tell = (says, more) => parent.postMessage({ goodword: says, ...more }, "*");

/** Who waits for the next token. @type {(() => void)[]} */
let waiting = [];

askAs({
  refused: () => {
    tell("expired");
    return new Promise((resolve) => {
      const late = setTimeout(() => { stale.value = true; }, PATIENCE);
      waiting.push(() => {
        clearTimeout(late);
        resolve(true);
      });
    });
  },
});

/** The token that was brought last: an expired one, brought again, helps nobody. */
let last = "";

/** @param {string} token */
async function take(token) {
  last = token;
  askAs({ token });
  const before = me.value?.advocate.id;
  await load();
  stale.value = false;
  const these = waiting;
  waiting = [];
  // What was asked as somebody else is not asked again as whoever came now.
  if (before === undefined || before === me.value?.advocate.id) for (const go of these) go();
}

addEventListener("message", ({ source, data }) => {
  if (source !== parent || parent === window || typeof data !== "object" || data === null) return;
  if (data.goodword === "seen") see(data);
  else if (data.goodword === "token") hear(data);
});

/** Dialogs and toasts come where one looks. @param {{ top: unknown, height: unknown }} seen */
function see({ top, height }) {
  if (!Number.isFinite(top) || !Number.isFinite(height)) return;
  document.documentElement.style.setProperty("--seen-top", `${top}px`);
  document.documentElement.style.setProperty("--seen-height", `${height}px`);
}

/** @param {{ token: unknown, theme: unknown }} message */
function hear({ token, theme }) {
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  if (typeof token === "string" && token !== "" && token !== last) take(token);
}

function Page() {
  const who = me.value;
  if (parent === window) {
    return html`<main class="me-wait"><h1>This belongs into another page</h1><p>Here it stands alone. <a href="/me">Open your own page</a> instead.</p></main>`;
  }
  return html`
    ${stale.value && html`<div class="me-stale"><${Notice} tone="warn" title="You are not signed in here any more">Load the page again, so that it signs you in anew.<//></div>`}
    ${failed.value && html`<main class="me-wait"><${Notice} tone="bad" title="This could not be loaded" action=${html`<${Button} onClick=${load}>Try again<//>`}>${failed.value}<//></main>`}
    ${!who && !failed.value && !stale.value && html`<main class="me-wait"><${Skeleton} lines=${2} /><br /><${Skeleton} shape="block" /></main>`}
    ${who && html`<${Portal} key=${who.advocate.id} />`}`;
}

const root = document.createElement("div");
document.body.append(root);
render(html`<${Page} />`, root);

new ResizeObserver(() => tell("height", { height: Math.ceil(root.getBoundingClientRect().height) })).observe(root);

tell("ready");
