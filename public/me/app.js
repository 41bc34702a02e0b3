// The portal around its tabs: whose program it is, where one is, and what has to be
// known before all else.

import { html, useEffect, useErrorBoundary, useLayoutEffect, useRef } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Avatar, Button, Icon, Notice, Select, Toasts, toast } from "/ui/components.js";
import { Glyph } from "/ui/glyphs.js";
import { ownPicture } from "/ui/safe.js";
import { useQuery } from "/ui/url.js";
import { accents } from "./brand.js";
import { Go } from "./parts.js";
import { Referrals } from "./referrals.js";
import { Rewards } from "./rewards.js";
import { Share } from "./share.js";
import { embedded, me } from "./state.js";
import { Team } from "./team.js";
import { You } from "./you.js";

/** @import { Me } from "./types.js" */

const TABS = [
  { key: "share", label: "Share", sign: html`<${Glyph} of="share_sheet" />`, view: Share },
  { key: "referrals", label: "Referrals", sign: html`<${Icon} name="advocates" />`, view: Referrals },
  { key: "rewards", label: "Rewards", sign: html`<${Icon} name="rewards" />`, view: Rewards },
  { key: "team", label: "Team", sign: html`<${Glyph} of="form" />`, view: Team },
  { key: "you", label: "You", sign: html`<${Icon} name="team" />`, view: You },
];

/** Lets the program's colour be this page's accent. @param {string | undefined} color */
function useBrand(color) {
  useLayoutEffect(() => {
    // A browser that knows no colour for each theme keeps ours.
    if (!CSS.supports("color", "light-dark(#000, #fff)")) return undefined;
    const { style } = document.documentElement;
    const found = Object.entries(accents(color));
    for (const [name, value] of found) style.setProperty(name, value);
    return () => { for (const [name] of found) style.removeProperty(name); };
  }, [color]);
}

/** @param {string} program */
async function change(program) {
  try {
    me.value = await api.put("/v1/me/program", { program });
  } catch (error) {
    toast(/** @type {Error} */ (error).message, { tone: "bad" });
  }
}

/** @param {{ who: Me }} props */
function Brand({ who }) {
  const logo = ownPicture(who.content.brand?.logo ?? "");
  const several = who.programs.length > 1;
  return html`<div class="me-brand">
    ${logo ? html`<img class="me-logo" src=${logo} alt="" />` : html`<${Avatar} name=${who.program.name} />`}
    ${several
      ? html`<${Select} class="me-programs" aria-label="Program" value=${who.program.slug} onValue=${change} options=${who.programs.map(({ slug, name }) => [slug, name])} />`
      : html`<strong><bdi>${who.program.name}</bdi></strong>`}
  </div>`;
}

/** What is over is said before anything else. @param {{ who: Me }} props */
function Over({ who }) {
  const about = "Your links count nothing any more, and nobody can be named. What you have earned stays yours.";
  if (who.advocate.status === "disabled") return html`<${Notice} tone="warn" title="Your part in this program has ended">${about}<//>`;
  if (who.program.status === "disabled") return html`<${Notice} tone="warn" title="This program is closed">${about}<//>`;
  return null;
}

/** @param {Me} who */
const isOpen = (who) => who.advocate.status === "active" && who.program.status === "active";

/** @param {{ who: Me, view: any }} props */
function View({ who, view: Tab }) {
  const [broken] = useErrorBoundary((error) => console.error(error));
  if (broken) {
    return html`<${Notice} tone="bad" title="This page has failed" action=${html`<${Button} onClick=${() => location.reload()}>Load it again<//>`}>Nothing that was saved is lost.<//>`;
  }
  return html`<${Tab} who=${who} open=${isOpen(who)} />`;
}

export function Portal() {
  const who = /** @type {Me} */ (me.value);
  const [{ tab: wanted }] = useQuery({ tab: "share" });
  const tab = TABS.find(({ key }) => key === wanted) ?? TABS[0];
  const page = useRef(/** @type {HTMLElement | null} */ (null));
  const drawn = useRef("");
  useBrand(who.content.brand?.color);
  useEffect(() => {
    document.title = `${tab.label} · ${who.program.name}`;
    // Another tab is read from its title on.
    if (drawn.current && drawn.current !== tab.key) {
      page.current?.querySelector("h1")?.focus({ preventScroll: true });
      if (!embedded) scrollTo(0, 0);
    }
    drawn.current = tab.key;
  }, [tab.key, who.program.name]);

  return html`<a class="button primary skip" href="#main">Skip to the page</a>
    <div class="me">
      <div class="me-head"><header><${Brand} who=${who} /></header>
      <nav class="me-nav" aria-label="Pages">
        ${TABS.map(({ key, label, sign }) => html`<${Go} key=${key} tab=${key} class="nav-link" aria-current=${key === tab.key ? "page" : undefined}>${sign}<span>${label}</span><//>`)}
      </nav></div>
      <main id="main" class="me-page" tabindex="-1" ref=${page}>
        <${Over} who=${who} />
        <${View} key=${`${tab.key} ${who.program.slug} ${who.advocate.id}`} who=${who} view=${tab.view} />
      </main>
    </div>
    <${Toasts} />`;
}
