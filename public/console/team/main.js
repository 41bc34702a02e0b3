// The team: who uses the console, and what they may do.

import { html, useEffect, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Avatar, Badge, Button, Card, Dialog, Empty, Menu, Notice, Select, Skeleton, Table, toast } from "/ui/components.js";
import { dateTime, relative } from "/ui/format.js";
import { PageActions, page } from "/ui/page.js";
import { signOut } from "/ui/page/sign-out.js";
import { MemberForm } from "./member-form.js";
import { ROLES, Roles } from "./roles.js";

/**
 * @typedef {object} Member
 * @property {string} id
 * @property {string} email
 * @property {string} name
 * @property {"admin" | "marketer" | "rep" | "read-only"} role
 * @property {string | null} rep
 * @property {"active" | "disabled"} status
 * @property {string} created_at
 * @property {string | null} [invited_at] null if the mail could not be sent
 * @property {string | null} last_seen_at
 */

/** @param {Member} member */
const path = (member) => `/v1/team/${encodeURIComponent(member.id)}`;

/** The members, with changes that show at once and go back if they are refused. */
function useTeam() {
  const [members, setMembers] = useState(/** @type {Member[] | undefined} */ (undefined));
  const [failed, setFailed] = useState("");
  const load = () => {
    setFailed("");
    api.pages("/v1/team").then(setMembers, (/** @type {Error} */ error) => setFailed(error.message));
  };
  useEffect(load, []);

  /** @param {Member} member */
  const put = (member) => setMembers((all = []) => (all.some(({ id }) => id === member.id)
    ? all.map((one) => (one.id === member.id ? member : one)) : [...all, member]));

  /**
   * @param {Member} member
   * @param {Partial<Member>} changes
   * @param {string} said what is said once it holds
   * @param {boolean} [undoable]
   */
  async function change(member, changes, said, undoable = true) {
    put({ ...member, ...changes });
    try {
      const now = await api.patch(path(member), changes);
      put(now);
      const back = Object.fromEntries(Object.keys(changes).map((key) => [key, /** @type {any} */ (member)[key] ?? ""]));
      toast(said, { undo: undoable ? () => change(now, back, `${member.name} is as before.`, false) : undefined });
    } catch (error) {
      put(member);
      toast(/** @type {Error} */ (error).message, { tone: "bad" });
    }
  }

  /** @param {Member} member */
  async function inviteAgain(member) {
    try {
      put(await api.post(`${path(member)}/invite`) ?? member);
      toast(`An invitation is on its way to ${member.email}.`);
    } catch (error) {
      toast(/** @type {Error} */ (error).message, { tone: "bad" });
    }
  }

  return { members, failed, load, put, change, inviteAgain };
}

/** @param {{ member: Member }} props */
function Standing({ member }) {
  if (member.status === "disabled") return html`<${Badge}>Disabled<//>`;
  if (member.last_seen_at) return html`<span title=${dateTime(member.last_seen_at)}>${relative(member.last_seen_at)}</span>`;
  if (member.invited_at === null) return html`<${Badge} tone="bad">Mail failed<//>`;
  return html`<${Badge} tone="warn">Invited<//>`;
}

/** @param {{ team: ReturnType<typeof useTeam>, self: string | null, onEdit: (member: Member) => void, onDisable: (member: Member) => void }} props */
function Members({ team, self, onEdit, onDisable }) {
  const name = (/** @type {string} */ role) => ROLES.find(([key]) => key === role)?.[1] ?? role;
  /** @param {Member} member */
  const items = (member) => [
    { label: "Edit …", onSelect: () => onEdit(member) },
    !member.last_seen_at && member.status === "active" && { label: "Send the invitation again", onSelect: () => team.inviteAgain(member) },
    member.id === self && { label: "Sign me out everywhere", onSelect: () => signOut(true) },
    ...(member.id === self ? [] : [null, member.status === "active"
      ? { label: "Disable …", kind: /** @type {const} */ ("danger"), onSelect: () => onDisable(member) }
      : { label: "Let them in again", onSelect: () => team.change(member, { status: "active" }, `${member.name} may sign in again.`) }]),
  ];
  const columns = [
    {
      key: "name",
      label: "Member",
      render: (/** @type {Member} */ member) => html`<span class="member"><${Avatar} name=${member.name} /><span>${member.name}
        ${member.id === self && html` <${Badge} tone="accent">you<//>`}<small>${member.email}</small></span></span>`,
    },
    {
      key: "role",
      label: "Role",
      render: (/** @type {Member} */ member) => (member.id === self || member.status === "disabled" ? name(member.role) : html`<${Select}
        class="member-role" aria-label=${`Role of ${member.name}`} value=${member.role} options=${ROLES}
        onValue=${(/** @type {Member["role"]} */ role) => team.change(member, { role }, `${member.name} is now: ${name(role)}.`)} />`),
    },
    { key: "seen", label: "Last seen", render: (/** @type {Member} */ member) => html`<${Standing} member=${member} />` },
    {
      key: "actions",
      label: "Actions",
      unlabelled: true,
      class: "numeric corner",
      render: (/** @type {Member} */ member) => html`<${Menu} label=${`Actions for ${member.name}`} items=${items(member)} />`,
    },
  ];
  return html`<${Table} caption="Members of the team" stacked columns=${columns} rows=${team.members} rowKey=${(/** @type {Member} */ member) => member.id} />`;
}

/** @param {{ session: import("/ui/page.js").Session }} props */
function Team({ session }) {
  const team = useTeam();
  const [editing, setEditing] = useState(/** @type {Member | "new" | undefined} */ (undefined));
  const [disabling, setDisabling] = useState(/** @type {Member | undefined} */ (undefined));
  const invite = html`<${Button} kind="primary" icon="plus" onClick=${() => setEditing("new")}>Invite somebody<//>`;

  /** @param {Member} member */
  function done(member) {
    team.put(member);
    if (editing !== "new") toast(`${member.name} is saved.`);
    else if (member.invited_at === null) toast(`${member.name} is a member now, but the mail could not be sent. Send the invitation again from the list.`, { tone: "bad" });
    else toast(`An invitation is on its way to ${member.email}.`);
    setEditing(undefined);
  }

  return html`
    ${team.members && team.members.length > 0 && html`<${PageActions}>${invite}<//>`}
    ${team.failed && html`<${Notice} tone="bad" title="The team could not be read" action=${html`<${Button} onClick=${team.load}>Try again<//>`}>${team.failed}<//>`}
    ${!team.failed && html`<${Card}>${!team.members ? html`<${Skeleton} lines=${6} />`
      : team.members.length === 0 ? html`<${Empty} level=${2} title="Nobody is invited yet" action=${invite}>
          You are here with the admin key, which belongs to nobody. Invite yourself first, as an admin: from then on a link in your mailbox signs you in, and what you change has your name.<//>`
      : html`<${Members} team=${team} self=${session.member} onEdit=${setEditing} onDisable=${setDisabling} />`}<//>`}
    <div class="team-more stack">
      <${Roles} />
      <${Card} title="Signing in by Cloudflare Access">
        <p>By default a link in the mailbox signs in. If your company has a sign-on of its own (Google, Entra, Okta), put the console behind Cloudflare Access, and nobody needs the link any more: whoever Access lets through, and is a member here by the same address, is signed in.</p>
        <dl><dt><code>ACCESS_ISSUER</code></dt><dd>the address of your Access team, <code>https://your-team.cloudflareaccess.com</code></dd>
          <dt><code>ACCESS_AUDIENCE</code></dt><dd>the AUD tag of the application that covers <code>/console</code> and <code>/v1</code></dd></dl>
        <p>Set both as variables of the Worker. Access decides who gets here; this page decides what they may do.</p>
      <//>
    </div>
    ${editing && html`<${MemberForm} member=${editing === "new" ? undefined : editing} self=${editing !== "new" && editing.id === session.member} onClose=${() => setEditing(undefined)} onDone=${done} />`}
    <${Dialog} open=${disabling !== undefined} title=${`Disable ${disabling?.name}?`} onClose=${() => setDisabling(undefined)} actions=${html`
      <${Button} onClick=${() => setDisabling(undefined)}>Cancel<//>
      <${Button} kind="danger" onClick=${() => {
        const member = /** @type {Member} */ (disabling);
        setDisabling(undefined);
        team.change(member, { status: "disabled" }, `${member.name} is disabled and signed out.`);
      }}>Disable<//>`}>
      <p>They are signed out everywhere at once, and no link signs them in any more. What they have done stays, under their name.</p>
    <//>`;
}

page({ title: "Team", about: "Who uses this console, and what each of them may do.", nav: "team", needs: "team:write", view: Team });
