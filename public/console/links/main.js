// The page that makes links: one, many, and what one says.

import { html } from "/vendor/ui.js";
import { Button, Empty, Tabs } from "/ui/components.js";
import { page } from "/ui/page.js";
import { useQuery } from "/ui/url.js";
import { Bulk } from "./bulk.js";
import { Builder } from "./build.js";
import { Check } from "./check.js";
import { useBrand } from "./brand.js";

const TABS = [
  { key: "one", label: "One link" },
  { key: "many", label: "Many links" },
  { key: "check", label: "Check a link" },
];

/** @param {{ session: any, program: any }} props */
function Links({ session, program }) {
  const [query, setQuery] = useQuery({ tab: "one", advocate: "", medium: "copy", destination: "", label: "" });
  const content = useBrand(program?.slug);
  if (!program) {
    return html`<${Empty} title="No program yet" action=${html`<${Button} kind="primary" href="/console/programs">Create a program<//>`}>
      A link says which program it belongs to, whose recommendation it is and where it leads. Create a program first.
    <//>`;
  }
  const tab = TABS.some(({ key }) => key === query.tab) ? query.tab : "one";
  return html`
    <${Tabs} label="What to do" tabs=${TABS} value=${tab} onChange=${(/** @type {string} */ key) => setQuery({ tab: key })} />
    ${tab === "one" ? html`<${Builder} key=${program.slug} session=${session} program=${program} content=${content}
      query=${query} setQuery=${setQuery} />` : ""}
    ${tab === "many" ? html`<${Bulk} key=${program.slug} program=${program} content=${content} />` : ""}
    ${tab === "check" ? html`<${Check} />` : ""}`;
}

page({ title: "Links", nav: "links", needs: "links:write", keep: ["tab", "medium"], view: Links });
