// A page of the console: who is signed in, which program is looked at, and the
// shell around what the page itself shows.

import { html, render, useEffect, useErrorBoundary } from "/vendor/ui.js";
import { slot } from "./page/actions.js";
import { chosenProgram, session, programs, load } from "./page/state.js";
import { Shell } from "./page/shell.js";
import { Button, Empty, Notice, Skeleton } from "./components.js";

/** @typedef {import("./page/state.js").Session} Session */
/** @typedef {import("./page/state.js").Program} Program */
/** @typedef {import("./page/nav.js").NavKey} NavKey */

export { PageActions } from "./page/actions.js";
export { chooseProgram, reloadPrograms } from "./page/state.js";

/**
 * Whether somebody may do something.
 * @param {Session | undefined} session
 * @param {string} scope as `programs:write`
 */
export const can = (session, scope) => Boolean(session?.scopes.includes(scope));

/**
 * @typedef {object} Page
 * @property {string} title
 * @property {string} [about] a sentence under the title
 * @property {NavKey} nav
 * @property {string} needs the scope without which it shows nothing
 * @property {(props: { session: Session, program: Program | undefined }) => any} view
 *   drawn anew, with a state of its own, for every program
 * @property {readonly string[]} [keep] parameters that outlive a change of program
 */

/** Draws a page. @param {Page} options */
export function page(options) {
  document.title = `${options.title} · Goodword`;
  const root = document.createElement("div");
  document.body.append(root);
  load();
  // Gone back to, a page is as it was left; whoever was signed in may have left too.
  addEventListener("pageshow", (event) => { if (event.persisted) load(); });
  render(html`<${Whole} ...${options} />`, root);
}

/** @param {Page} options */
function Whole(options) {
  return html`<${Shell} title=${options.title} about=${options.about} nav=${options.nav} keep=${options.keep} actions=${slot}>
    <${Body} ...${options} />
  <//>`;
}

/** @param {Page} options */
function Body({ needs, view: View }) {
  const [broken, mend] = useErrorBoundary((error) => console.error(error));
  const who = session.value;
  const program = chosenProgram.value;
  // A page that broke may work with another program.
  useEffect(() => { if (broken) mend(); }, [program?.slug]);
  if (broken) {
    return html`<${Notice} tone="bad" title="This page has failed" action=${html`<${Button} onClick=${() => location.reload()}>Load it again<//>`}>
      Nothing that was saved is lost.
    <//>`;
  }
  const failed = who.failed ?? programs.value.failed;
  if (failed) {
    return html`<${Notice} tone="bad" title="This page could not be loaded" action=${html`<${Button} onClick=${load}>Try again<//>`}>${failed.message}<//>`;
  }
  if (!who.value || !who.fresh || !programs.value.fresh) return html`<${Skeleton} shape="block" /><br /><${Skeleton} lines=${4} />`;
  if (!can(who.value, needs)) {
    return html`<${Empty} level=${2} title="Your role cannot open this page">
      You are signed in as ${who.value.name}, whose role is “${who.value.role}”. Somebody who is an admin can change that on their page “Team”.
    <//>`;
  }
  return html`<${View} key=${program?.slug ?? ""} session=${who.value} program=${program} />`;
}
