// Reconciliation: what others say was sold, beside what is known here.

import { html } from "/vendor/ui.js";
import { Button, Card, Empty } from "/ui/components.js";
import { can, page } from "/ui/page.js";
import { useQuery } from "/ui/url.js";
import { NewRun } from "./form.js";
import { RunView } from "./run.js";
import { Runs } from "./runs.js";

/** @param {{ session: import("/ui/page.js").Session, program: import("/ui/page.js").Program | undefined }} props */
function View({ session, program }) {
  const [query, setQuery] = useQuery({ run: "", add: "", with: "" });
  if (!program) {
    return html`<${Card}><${Empty} level=${2} title="Reconciliation belongs to a program" action=${html`<${Button} kind="primary" href="/console/programs">Create a program<//>`}>
      Its sales and rewards are compared with what your CRM or billing system says.<//><//>`;
  }
  const writes = can(session, "reconciliations:write");
  if (query.run) return html`<${RunView} key=${query.run} id=${query.run} session=${session} program=${program} onBack=${() => setQuery({ run: "", with: "" }, { push: true })} />`;
  if (query.add && writes) {
    return html`<${NewRun} program=${program} onCancel=${() => setQuery({ add: "" })}
      onDone=${(/** @type {import("./kinds.js").Run} */ run) => setQuery({ add: "", run: run.id })} />`;
  }
  return html`<${Runs} program=${program} writes=${writes} onNew=${() => setQuery({ add: "1" }, { push: true })} onOpen=${(/** @type {string} */ run) => setQuery({ run }, { push: true })} />`;
}

page({ title: "Reconciliation", nav: "reconciliation", needs: "reconciliations:read", view: View });
