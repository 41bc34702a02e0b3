// Webhooks: who is told at once of what happens here, and whether it arrived.

import { html } from "/vendor/ui.js";
import { Tabs } from "/ui/components.js";
import { can, page } from "/ui/page.js";
import { useQuery } from "/ui/url.js";
import { Events } from "./events.js";
import { List } from "./list.js";
import { One } from "./one.js";

/** What parts of the page keep in the address, which is nothing to the next one. */
const PARTS = { webhook: "", type: "", state: "", event: "", subject: "" };

/** @param {{ session: import("/ui/page.js").Session }} props */
function View({ session }) {
  const [query, setQuery] = useQuery({ ...PARTS, tab: "endpoints" });
  const writes = can(session, "webhooks:write");
  if (query.webhook) return html`<${One} key=${query.webhook} id=${query.webhook} writes=${writes} onBack=${() => setQuery(PARTS, { push: true })} />`;
  return html`<${Tabs} label="Parts" value=${query.tab} onChange=${(/** @type {string} */ tab) => setQuery({ ...PARTS, tab })} tabs=${[{ key: "endpoints", label: "Endpoints" }, { key: "events", label: "What happened" }]}>
    ${query.tab === "events" ? html`<${Events} />` : html`<${List} writes=${writes} onOpen=${(/** @type {string} */ webhook) => setQuery({ ...PARTS, webhook }, { push: true })} />`}
  <//>`;
}

page({
  title: "Webhooks",
  about: "Systems of yours that are told of every change here as it happens, signed, and again until it has arrived.",
  nav: "webhooks",
  needs: "webhooks:read",
  keep: ["webhook", "tab"],
  view: View,
});
