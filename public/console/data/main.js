// Data: bringing it in, taking it out, clicks out of logs, whether all of it agrees,
// and who changed what.

import { html } from "/vendor/ui.js";
import { Tabs } from "/ui/components.js";
import { can, page } from "/ui/page.js";
import { useQuery } from "/ui/url.js";
import { Audit } from "./audit.js";
import { Checks } from "./checks.js";
import { Export } from "./export.js";
import { Import } from "./import.js";
import { Replay } from "./replay.js";

/** @type {readonly { key: string, label: string, scope: string, view: any }[]} */
const TABS = [
  { key: "import", label: "Import", scope: "imports:write", view: Import },
  { key: "export", label: "Export", scope: "data:read", view: Export },
  { key: "replay", label: "Replay", scope: "data:write", view: Replay },
  { key: "checks", label: "Checks", scope: "data:read", view: Checks },
  { key: "audit", label: "Audit log", scope: "data:read", view: Audit },
];

/** @param {{ session: import("/ui/page.js").Session, program: import("/ui/page.js").Program | undefined }} props */
function View({ session, program }) {
  const [query, setQuery] = useQuery({ tab: "import" });
  const tabs = TABS.filter(({ scope }) => can(session, scope));
  const { key, view: Chosen } = tabs.find((tab) => tab.key === query.tab) ?? tabs[0];
  return html`<${Tabs} label="What to do" tabs=${tabs} value=${key} onChange=${(/** @type {string} */ tab) => setQuery({ tab })}>
    <${Chosen} key=${key} session=${session} program=${program} />
  <//>`;
}

page({ title: "Data", nav: "data", needs: "imports:write", keep: ["tab"], view: View });
