// Webhooks: who is told at once of what happens here, and whether it arrived.

import { html } from "/vendor/ui.js";
import { can, page } from "/ui/page.js";
import { useQuery } from "/ui/url.js";
import { List } from "./list.js";
import { One } from "./one.js";

/** @param {{ session: import("/ui/page.js").Session }} props */
function View({ session }) {
  const [query, setQuery] = useQuery({ webhook: "" });
  const writes = can(session, "webhooks:write");
  if (query.webhook) return html`<${One} key=${query.webhook} id=${query.webhook} writes=${writes} onBack=${() => setQuery({ webhook: "" }, { push: true })} />`;
  return html`<${List} writes=${writes} onOpen=${(/** @type {string} */ webhook) => setQuery({ webhook }, { push: true })} />`;
}

page({
  title: "Webhooks",
  about: "Systems of yours that are told of every change here as it happens, signed, and again until it has arrived.",
  nav: "webhooks",
  needs: "webhooks:read",
  keep: ["webhook"],
  view: View,
});
