// The shell: navigation beside the page, at its bottom on a phone; the program;
// who is signed in.

import { html, useEffect, useId, useState } from "/vendor/ui.js";
import { Avatar, Dialog, Icon, Menu, Select, Toasts } from "../components.js";
import { chooseTheme, theme } from "../theme-switch.js";
import { AT_HAND, NAV } from "./nav.js";
import { signOut } from "./sign-out.js";
import { chooseProgram, chosenProgram, programs, session } from "./state.js";

/** @typedef {import("./nav.js").NavItem} NavItem */

/** Groups with what this session may see; nothing is hidden as long as nobody knows. */
function visible() {
  const who = session.value.value;
  if (!who) return [];
  return NAV.map(({ title, items }) => ({ title, items: items.filter(({ scope, reps }) => who.scopes.includes(scope) && (!reps || who.rep)) }))
    .filter(({ items }) => items.length > 0);
}

/**
 * @param {{ title: string, about?: string, nav: string, keep?: readonly string[], actions: import("@preact/signals").Signal<any>, children?: any }} props
 */
export function Shell({ title, about, nav, keep, actions, children }) {
  const groups = visible();
  return html`
    <a class="button primary skip" href="#main">Skip to the page</a>
    <div class="shell">
      <aside class="side" aria-label="Console">
        <${Brand} />
        <${Switcher} keep=${keep} />
        <nav aria-label="Pages"><${Groups} groups=${groups} nav=${nav} /></nav>
        <${Account} />
      </aside>
      <header class="top"><${Brand} short /><${Switcher} keep=${keep} /></header>
      <main id="main" class="page" tabindex="-1">
        <div class="page-head">
          <h1>${title}</h1>
          <${Actions} of=${actions} />
          ${about && html`<p>${about}</p>`}
        </div>
        ${children}
      </main>
      <${Bottom} groups=${groups} nav=${nav} />
    </div>
    <${Toasts} />`;
}

/** @param {{ of: import("@preact/signals").Signal<any> }} props */
function Actions({ of }) {
  return of.value && html`<div class="page-actions">${of.value}</div>`;
}

/** @param {{ short?: boolean }} props */
const Brand = ({ short }) => html`<a class="brand" href="/console">
  <img src="/favicon.svg" alt=${short ? "Goodword" : ""} width="24" height="24" />${!short && html`<span>Goodword</span>`}
</a>`;

/** @param {{ groups: ReturnType<typeof visible>, nav: string }} props */
function Groups({ groups, nav }) {
  const id = useId();
  return groups.map(({ title, items }, index) => html`<div key=${title}>
    <div class="nav-title" id=${`${id}-${index}`}>${title}</div>
    <ul class="nav-list" aria-labelledby=${`${id}-${index}`}>${items.map((item) => html`<li key=${item.key}><${Link} item=${item} nav=${nav} /></li>`)}</ul>
  </div>`);
}

/** The program goes along, for another tab may look at another one. @param {NavItem} item */
const address = ({ href, bare }) => (bare || !chosenProgram.value ? href : `${href}?program=${encodeURIComponent(chosenProgram.value.slug)}`);

/** @param {{ item: NavItem, nav: string }} props */
const Link = ({ item, nav }) => html`<a class="nav-link" href=${address(item)} aria-current=${item.key === nav ? "page" : undefined}>
  <${Icon} name=${item.key} /><span>${item.label}</span>
</a>`;

/** @param {{ keep?: readonly string[] }} props */
export function Switcher({ keep }) {
  const all = programs.value.value;
  const chosen = chosenProgram.value;
  if (!all || !chosen) return html`<div class="switcher"></div>`;
  return html`<div class="switcher"><${Select} aria-label="Program" value=${chosen.slug} onValue=${(/** @type {string} */ slug) => chooseProgram(slug, keep)}>
    ${all.map(({ slug, name, status }) => html`<option key=${slug} value=${slug}>${name}${status === "disabled" ? " (disabled)" : ""}</option>`)}
  <//></div>`;
}

/** @type {{ chosen: "system" | "light" | "dark", label: string, icon: "screen" | "sun" | "moon" }[]} */
const THEMES = [
  { chosen: "system", label: "As the system", icon: "screen" },
  { chosen: "light", label: "Light", icon: "sun" },
  { chosen: "dark", label: "Dark", icon: "moon" },
];

/** The choice of a theme, and the ways out, as items of a menu. */
export function accountItems() {
  const who = session.value.value;
  return [
    ...THEMES.map(({ chosen, label, icon }) => ({
      label: html`${label}${theme.value === chosen && html` <${Icon} name="check" /><span class="unseen">, chosen</span>`}`,
      icon,
      onSelect: () => chooseTheme(chosen),
    })),
    null,
    { label: "Sign out", icon: /** @type {const} */ ("leave"), onSelect: () => signOut(false) },
    who?.member && { label: "Sign out everywhere", icon: /** @type {const} */ ("leave"), onSelect: () => signOut(true) },
  ];
}

function Account() {
  const who = session.value.value;
  if (!who) return null;
  return html`<${Menu} class="account" label="Account and theme" items=${accountItems()} trigger=${html`
    <${Avatar} name=${who.name} /><span><b>${who.name}</b><small>${who.email ?? roleName(who.role)}</small></span>`} />`;
}

/** @param {string} role */
export const roleName = (role) => ({ admin: "Admin", marketer: "Marketer", rep: "Rep", "read-only": "Read-only" })[role] ?? role;

/** What a phone has at its bottom; the rest is a tap away. @param {{ groups: ReturnType<typeof visible>, nav: string }} props */
function Bottom({ groups, nav }) {
  const [open, setOpen] = useState(false);
  const all = groups.flatMap(({ items }) => items);
  const hand = AT_HAND.map((key) => all.find((item) => item.key === key)).filter((item) => item !== undefined).slice(0, 4);
  useEffect(() => {
    // Turned to its side the telephone has room for all of it.
    const close = () => setOpen(false);
    const wide = matchMedia("(min-width: 52.01rem)");
    wide.addEventListener("change", close);
    return () => wide.removeEventListener("change", close);
  }, []);
  return html`<nav class="bottom" aria-label="Pages at hand">
      ${hand.map((item) => html`<${Link} key=${item.key} item=${item} nav=${nav} />`)}
      <button type="button" class="nav-link" aria-haspopup="dialog" onClick=${() => setOpen(true)}><${Icon} name="more" /><span>More</span></button>
    </nav>
    <${Dialog} open=${open} title="All pages" onClose=${() => setOpen(false)}>
      <nav aria-label="All pages" class="all-pages"><${Groups} groups=${groups} nav=${nav} /></nav>
      <${Account} />
    <//>`;
}
