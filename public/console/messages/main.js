// Messages: what people are written, in which words, when, and who is not.

import { html } from "/vendor/ui.js";
import { Button, Card, Empty, Tabs } from "/ui/components.js";
import { can, page } from "/ui/page.js";
import { useQuery } from "/ui/url.js";
import { Editor } from "./editor.js";
import { Letters } from "./letters.js";
import { List } from "./list.js";
import { SettingsTab } from "./settings.js";
import { Suppressions } from "./suppressions.js";

const TABS = [
  { key: "messages", label: "Messages", view: List },
  { key: "settings", label: "When", view: SettingsTab },
  { key: "letters", label: "Sent and waiting", view: Letters },
  { key: "suppressions", label: "Not written to", view: Suppressions },
];

/** What parts of the page keep in the address, which is nothing to the next one. */
const PARTS = { message: "", kind: "", state: "", of: "" };

/** @param {{ session: import("/ui/page.js").Session, program: import("/ui/page.js").Program | undefined }} props */
function View({ session, program }) {
  const [query, setQuery] = useQuery({ ...PARTS, tab: "messages" });
  if (!program) {
    return html`<${Card}><${Empty} level=${2} title="Messages belong to a program" action=${html`<${Button} kind="primary" href="/console/programs">Create a program<//>`}>
      Its advocates and reps are written to in its own words.<//><//>`;
  }
  const writes = can(session, "messages:write");
  if (query.message) return html`<${Editor} key=${query.message} name=${query.message} session=${session} program=${program} writes=${writes} onBack=${() => setQuery(PARTS, { push: true })} />`;
  const { key, view: Chosen } = TABS.find((tab) => tab.key === query.tab) ?? TABS[0];
  return html`<${Tabs} label="Parts" tabs=${TABS} value=${key} onChange=${(/** @type {string} */ tab) => setQuery({ ...PARTS, tab })}>
    <${Chosen} key=${key} session=${session} program=${program} writes=${writes} onOpen=${(/** @type {string} */ message) => setQuery({ ...PARTS, message }, { push: true })} />
  <//>`;
}

page({ title: "Messages", nav: "messages", needs: "messages:read", keep: ["tab", "message"], view: View });
