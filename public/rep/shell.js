// What stands around the page: whose it is, the program, the ways out, and, on a
// phone, the four parts within reach of a thumb.

import { html } from "/vendor/ui.js";
import { Avatar, Button, Icon, Menu, Select, Toasts } from "/ui/components.js";
import { number, plural } from "/ui/format.js";
import { Inside } from "../console/people/parts.js";
import { useReps } from "../console/people/reps.js";
import { Switcher, accountItems } from "/ui/page/shell.js";
import { waiting } from "./outbox.js";
import { chooseRep, online, rep, session, signedOut } from "./state.js";

/** @typedef {"refer" | "ask" | "advocates" | "leads"} View */

/** @type {{ key: View, label: string, icon: import("/ui/components/icon.js").IconName }[]} */
const VIEWS = [
  { key: "refer", label: "Refer", icon: "rep" },
  { key: "ask", label: "Ask next", icon: "rewards" },
  { key: "advocates", label: "Advocates", icon: "advocates" },
  { key: "leads", label: "Leads", icon: "leads" },
];

/** Those that stand beside the form where there is room. */
export const BESIDE = VIEWS.slice(1).map(({ key, label }) => ({ key, label }));

/** @param {{ children?: any }} props */
export function Shell({ children }) {
  return html`<a class="button primary skip" href="#main">Skip to the page</a>
    <header class="rep-head">
      <div class="rep-top">
        <a class="brand" href="/rep"><img src="/favicon.svg" alt="" width="24" height="24" /><span>Goodword</span></a>
        <${Switcher} keep=${["view"]} />
        <${Account} />
      </div>
      <${Line} />
    </header>
    <main id="main" class="rep" tabindex="-1">${children}</main>
    <${Toasts} />`;
}

function Account() {
  const who = session.value.value;
  if (!who) return null;
  return html`<${Menu} class="rep-account" label="Account and theme" trigger=${html`<${Avatar} name=${who.name} /><span class="unseen">${who.name}: account and theme</span>`} items=${[
    { label: "Console", icon: "arrow", href: "/console" },
    !who.rep && rep.value && { label: "Choose another rep", icon: "team", onSelect: () => chooseRep("") },
    null,
    ...accountItems(),
  ]} />`;
}

/** That nothing can be sent at the moment, which changes nothing for what is being entered. */
function Line() {
  const count = waiting.value.filter(({ state }) => state === "waiting").length;
  const refused = waiting.value.length - count;
  const kept = count > 0 ? `${number(count)} ${plural(count, "referral is", "referrals are")} kept` : "What you enter is kept";
  const way = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
  return html`<div role="status" class="rep-line">${!online.value ? html`<p><span class="dot" aria-hidden="true"></span><span>No connection. ${kept}, and sent when it returns.</span></p>`
    : signedOut.value && html`<p><span class="dot" aria-hidden="true"></span><span>You are signed out. ${kept}, and sent when you are back. <a href=${way}>Sign in</a></span></p>`}
    ${refused > 0 && html`<p class="refused"><span class="dot" aria-hidden="true"></span><span>${number(refused)} ${plural(refused, "referral was", "referrals were")} not taken: see below the form.</span></p>`}</div>`;
}

/** @param {{ view: View, onView: (view: View) => void }} props */
export function Bottom({ view, onView }) {
  const count = waiting.value.length;
  return html`<nav class="bottom" aria-label="Parts">${VIEWS.map(({ key, label, icon }) => html`<${Inside} key=${key} class="nav-link" href=${key === "refer" ? "/rep" : `/rep?view=${key}`}
    aria-current=${key === view ? "page" : undefined} onOpen=${() => onView(key)}><${Icon} name=${icon} /><span>${label}</span>
    ${key === "refer" && count > 0 && html`<span class="count">${number(count)}<span class="unseen"> not sent</span></span>`}<//>`)}</nav>`;
}

/** Whose page it shall be, for somebody who is no rep. */
export function ChooseRep() {
  const reps = useReps();
  const choices = reps.choices();
  return html`<div class="empty">
    <h2>Whose referrals?</h2>
    <div>You are no rep yourself. Choose whose page to look at: what you enter is then theirs.</div>
    ${choices.length > 0 ? html`<div class="row"><${Select} aria-label="Rep" value="" onValue=${chooseRep} options=${[["", "Choose a rep"], ...choices]} /></div>`
      : reps.loaded && html`<div>There is no rep yet. <a href="/console/programs?tab=sales">Add them under Programs → Sales.</a></div>`}
    <div class="row"><${Button} kind="quiet" href="/console">To the console<//></div>
  </div>`;
}
