// Rewards: what is owed, what is decided about it, and payouts.

import { html } from "/vendor/ui.js";
import { Button, Card, Empty, Segments } from "/ui/components.js";
import { page } from "/ui/page.js";
import { useQuery } from "/ui/url.js";
import { Payouts } from "./payouts.js";
import { Rewards } from "./list.js";

/** @param {{ session: import("/ui/page.js").Session, program: import("/ui/page.js").Program | undefined }} props */
function View({ session, program }) {
  const [query, setQuery] = useQuery({ view: "rewards", payout: "", state: "", advocate: "", lead: "" });
  if (!program) {
    return html`<${Card}><${Empty} level=${2} title="Rewards belong to a program" action=${html`<${Button} kind="primary" href="/console/programs">Create a program<//>`}>
      Its rules say who gets what, and when.<//><//>`;
  }
  return html`<div class="tools"><${Segments} label="View" value=${query.view} onChange=${(/** @type {string} */ view) => setQuery({ view, payout: "", state: "", advocate: "", lead: "" })}
      options=${[["rewards", "Rewards"], ["payouts", "Payouts"]]} /></div>
    ${query.view === "payouts" ? html`<${Payouts} session=${session} program=${program} />` : html`<${Rewards} session=${session} program=${program} />`}`;
}

page({ title: "Rewards", nav: "rewards", needs: "rewards:read", keep: ["view"], view: View });
