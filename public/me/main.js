// An advocate's own page: who they are is told by a link in a mail, never by an
// address alone.

import { html, render, useEffect, useState } from "/vendor/ui.js";
import { api, askAs } from "/ui/api.js";
import { Button, Notice, Skeleton } from "/ui/components.js";
import { Door, takeToken } from "/ui/door.js";
import { opensOffline } from "/ui/offline.js";
import { Portal } from "./app.js";
import { failed, load, me } from "./state.js";

// Who was signed in, and is no more, comes to the door; what they had asked is of no
// further interest.
askAs({
  refused: async () => {
    if (!me.value) return false;
    me.value = null;
    return new Promise(() => {});
  },
});

/** The program from whose pages somebody came, to which the link shall lead. */
const program = new URLSearchParams(location.search).get("program") || undefined;

const WAY = {
  about: "Write the address at which you were invited. You get a link that signs you in, so there is no password.",
  sent: (/** @type {any} */ email) => html`If ${email} is one that was invited, a link is on its way there.`,
  expired: "It was used already, or its time is up: it works once, for 15 minutes.",
  send: (/** @type {string} */ email) => api.post("/v1/me/link", { email, program }),
};

function Page() {
  const [token, setToken] = useState(takeToken);
  useEffect(() => {
    load();
    const again = () => setToken((before) => takeToken() || before);
    // Gone back to, a page is as it was left; whoever was signed in may have left too.
    const back = (/** @type {PageTransitionEvent} */ event) => { if (event.persisted) load(); };
    addEventListener("hashchange", again);
    addEventListener("pageshow", back);
    return () => {
      removeEventListener("hashchange", again);
      removeEventListener("pageshow", back);
    };
  }, []);

  const who = me.value;
  if (token || who === null) {
    return html`<${Door} key=${token} ...${WAY} token=${token} brand=${html`<img src="/favicon.svg" alt="" width="28" height="28" />Your invitations`}
      enter=${async (/** @type {string} */ spent) => {
        me.value = await api.post("/v1/me/session", { token: spent });
        setToken("");
      }}
      other=${who && (() => html`<${Button} kind="quiet" onClick=${() => setToken("")}>Go on as ${who.advocate.name}<//>`)} />`;
  }
  if (failed.value) {
    return html`<main class="me-wait"><h1 class="unseen">Your invitations</h1>
      <${Notice} tone="bad" title="This page could not be loaded" action=${html`<${Button} onClick=${load}>Try again<//>`}>${failed.value}<//></main>`;
  }
  if (!who) return html`<main class="me-wait"><h1 class="unseen">Your invitations</h1><${Skeleton} lines=${2} /><br /><${Skeleton} shape="block" /></main>`;
  return html`<${Portal} key=${who.advocate.id} />`;
}

const root = document.createElement("div");
document.body.append(root);
render(html`<${Page} />`, root);
opensOffline("/me");
