// Advocates: all of them, and one.

import { html } from "/vendor/ui.js";
import { Button, Card, Empty } from "/ui/components.js";
import { page } from "/ui/page.js";
import { useQuery } from "/ui/url.js";
import { Advocates } from "./list.js";
import { OneAdvocate } from "./one.js";

/** @param {{ session: import("/ui/page.js").Session, program: import("/ui/page.js").Program | undefined }} props */
function View({ session, program }) {
  const [query] = useQuery({ advocate: "" });
  if (!program) {
    return html`<${Card}><${Empty} level=${2} title="Advocates belong to a program" action=${html`<${Button} kind="primary" href="/console/programs">Create a program<//>`}>
      A program says where their links lead, and what they get for it. Create one first.<//><//>`;
  }
  return query.advocate
    ? html`<${OneAdvocate} key=${query.advocate} id=${query.advocate} session=${session} program=${program} />`
    : html`<${Advocates} session=${session} program=${program} />`;
}

page({ title: "Advocates", nav: "advocates", needs: "advocates:read", view: View });
