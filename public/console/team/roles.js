// The roles, in words.

import { html } from "/vendor/ui.js";
import { Card, Icon } from "/ui/components.js";

/** @typedef {import("/ui/page.js").Session["role"]} Role */

/** @type {readonly (readonly [Role, string])[]} */
export const ROLES = [["admin", "Admin"], ["marketer", "Marketer"], ["rep", "Rep"], ["read-only", "Read-only"]];

/** For whom a role is, in a sentence. @type {Record<Role, string>} */
export const FOR_WHOM = {
  admin: "Runs the console: everything, with the team and the keys of the API.",
  marketer: "Runs the programs: edits them, and approves and pays rewards.",
  rep: "Works with people: their leads, their advocates and links, no rewards.",
  "read-only": "Looks at everything, and changes nothing.",
};

/** What each may do; the API holds to the same (`Role::scopes`). @type {[string, Role[]][]} */
const MAY = [
  ["See statistics and the ROI", ["admin", "marketer", "rep", "read-only"]],
  ["See programs, advocates and leads", ["admin", "marketer", "rep", "read-only"]],
  ["Make links and QR codes", ["admin", "marketer", "rep"]],
  ["Add and invite advocates", ["admin", "marketer", "rep"]],
  ["Merge advocates", ["admin", "marketer"]],
  ["Move leads along, and report spoken referrals", ["admin", "marketer", "rep"]],
  ["See rewards and payouts", ["admin", "marketer", "read-only"]],
  ["Approve rewards and pay them out", ["admin", "marketer"]],
  ["Edit programs, their texts, their rules and the reps", ["admin", "marketer"]],
  ["See what people are written", ["admin", "marketer", "read-only"]],
  ["Edit messages, and say when they go", ["admin", "marketer"]],
  ["See how a CRM is kept in step", ["admin", "marketer"]],
  ["Connect a CRM, and set up webhooks", ["admin"]],
  ["Invite to the team, and change roles", ["admin"]],
  ["Make API keys, and erase people", ["admin"]],
];

export const Roles = () => html`<${Card} title="What each role may do"><div class="table-scroll" tabindex="0" role="region" aria-label="What each role may do">
  <table class="table roles"><caption class="unseen">What each role may do</caption>
    <thead><tr><th scope="col">May</th>${ROLES.map(([role, name]) => html`<th key=${role} scope="col">${name}</th>`)}</tr></thead>
    <tbody>${MAY.map(([what, roles]) => html`<tr key=${what}><th scope="row">${what}</th>
      ${ROLES.map(([role]) => html`<td key=${role}>${roles.includes(role)
        ? html`<${Icon} name="check" /><span class="unseen">yes</span>`
        : html`<span class="never" aria-hidden="true">–</span><span class="unseen">no</span>`}</td>`)}
    </tr>`)}</tbody>
  </table>
</div><//>`;
