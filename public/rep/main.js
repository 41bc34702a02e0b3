// The rep's page.

import { html, render, useEffect, useErrorBoundary, useState } from "/vendor/ui.js";
import { Button, Empty, Notice, Skeleton, Tabs } from "/ui/components.js";
import { opensOffline } from "/ui/offline.js";
import { useQuery } from "/ui/url.js";
import { Advocates } from "./advocates.js";
import { Ask } from "./ask.js";
import { look, readMine } from "./known.js";
import { Leads } from "./leads.js";
import { begin } from "./outbox.js";
import { Refer } from "./refer.js";
import { BESIDE, Bottom, ChooseRep, Shell } from "./shell.js";
import { chosenProgram, load, member, online, programs, rep, session } from "./state.js";

/** @import { Who } from "./entries.js" */
/** @import { View } from "./shell.js" */

/** @param {{ program: import("./state.js").Program, rep: string }} props */
function Parts({ program, rep }) {
  const [query, setQuery] = useQuery({ view: "refer" });
  const [start, setStart] = useState(/** @type {{ who: Who } | undefined} */ (undefined));
  const [read, setRead] = useState({ done: false, failed: "" });
  const view = /** @type {View} */ (BESIDE.some(({ key }) => key === query.view) ? query.view : "refer");
  const beside = view === "refer" ? "ask" : view;

  useEffect(() => {
    // Whoever is looked for without a connection has to be known before.
    if (online.value) readMine(program.slug, rep).then(() => setRead({ done: true, failed: "" }), ({ message }) => setRead({ done: false, failed: message }));
  }, [online.value]);

  /** @param {View} view */
  const onView = (view) => {
    setQuery({ view }, { push: true });
    scrollTo(0, 0);
  };
  const onRefer = (/** @type {Who} */ who) => {
    setQuery({ view: "refer" }, { push: true });
    setStart({ who });
  };
  return html`<div class="rep-parts" data-view=${view}>
    <h1 class="unseen">Referrals</h1>
    <div class="rep-form"><${Refer} program=${program} rep=${rep} start=${start} onStarted=${() => setStart(undefined)} /></div>
    <div class="rep-beside">
      <${Tabs} label="Parts" tabs=${BESIDE} value=${beside} onChange=${onView} />
      <section class="stack" aria-label=${BESIDE.find(({ key }) => key === beside)?.label}>
        <h2 class="rep-title">${BESIDE.find(({ key }) => key === beside)?.label}</h2>
        ${beside === "ask" && html`<${Ask} program=${program} rep=${rep} onRefer=${onRefer} />`}
        ${beside === "advocates" && html`<${Advocates} program=${program} rep=${rep} read=${read} onRefer=${onRefer} />`}
        ${beside === "leads" && html`<${Leads} program=${program} rep=${rep} />`}
      </section>
    </div>
    <${Bottom} view=${view} onView=${onView} />
  </div>`;
}

function Body() {
  const [broken] = useErrorBoundary((error) => console.error(error));
  const { value: who, failed } = session.value;
  const program = chosenProgram.value;
  if (broken) {
    return html`<${Notice} tone="bad" title="This page has failed" action=${html`<${Button} onClick=${() => location.reload()}>Load it again<//>`}>What you have entered is kept.<//>`;
  }
  const fault = failed ?? programs.value.failed;
  if (fault && !(who && program)) {
    return html`<${Notice} tone="bad" title="This page could not be loaded" action=${html`<${Button} onClick=${load}>Try again<//>`}>${fault.message}<//>`;
  }
  if (!who || !programs.value.value) return html`<${Skeleton} shape="block" />`;
  if (!who.scopes.includes("leads:write")) {
    return html`<${Empty} level=${2} title="Your role cannot enter referrals" action=${html`<${Button} href="/console">To the console<//>`}>
      You are signed in as ${who.name}, whose role is “${who.role}”. Somebody who is an admin can change that on their page “Team”.<//>`;
  }
  if (!program) {
    return html`<${Empty} level=${2} title="There is no program yet" action=${html`<${Button} href="/console/programs">To the programs<//>`}>A referral belongs to a program. Somebody who may edit programs creates one in the console.<//>`;
  }
  if (!rep.value) return html`<${ChooseRep} />`;
  const key = `${member.value} ${program.slug} ${rep.value}`;
  return html`<${Of} key=${key} program=${program} rep=${rep.value} />`;
}

/** The same for one member, rep and program. @param {{ program: import("./state.js").Program, rep: string }} props */
function Of(props) {
  const [ready, setReady] = useState(false);
  useEffect(() => {
    look(props.program.slug);
    setReady(true);
  }, []);
  return ready && html`<${Parts} ...${props} />`;
}

const root = document.createElement("div");
document.body.append(root);
load();
begin();
addEventListener("pageshow", (event) => { if (event.persisted) load(); });
render(html`<${Shell}><${Body} /><//>`, root);
opensOffline("/rep");
