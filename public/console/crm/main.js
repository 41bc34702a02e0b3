// CRM: leads go to where sales works, and what is changed there comes back.

import { html } from "/vendor/ui.js";
import { can, page } from "/ui/page.js";
import { useQuery } from "/ui/url.js";
import { Edit } from "./form.js";
import { List } from "./list.js";
import { One } from "./one.js";

/** @param {{ session: import("/ui/page.js").Session, program: import("/ui/page.js").Program | undefined }} props */
function View({ session, program }) {
  const [query, setQuery] = useQuery({ connection: "", edit: "", tab: "", state: "" });
  const writes = can(session, "crm:write");
  const leave = () => setQuery({ edit: "" }, { push: true });
  if (query.edit && writes) return html`<${Edit} key=${query.connection} id=${query.connection} program=${program} onCancel=${leave} onDone=${(/** @type {string} */ connection) => setQuery({ edit: "", connection })} />`;
  if (query.connection) {
    return html`<${One} key=${query.connection} id=${query.connection} writes=${writes} onBack=${() => setQuery({ connection: "", tab: "", state: "" }, { push: true })}
      onEdit=${() => setQuery({ edit: "1" }, { push: true })} />`;
  }
  return html`<${List} writes=${writes} onNew=${() => setQuery({ edit: "1" }, { push: true })} onOpen=${(/** @type {string} */ connection) => setQuery({ connection }, { push: true })} />`;
}

page({
  title: "CRM",
  about: "Leads go to where sales works, and stages, owners and amounts come back. Nobody types anything twice.",
  nav: "crm",
  needs: "crm:read",
  keep: ["connection"],
  view: View,
});
