// The tab of what is about oneself: name, what others may read, data, and the ways out.

import { html, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Button, Card, Dialog, Field, Input, Notice, Segments, Switch, toast } from "/ui/components.js";
import { downloadBlob } from "/ui/download.js";
import { useForm } from "/ui/form.js";
import { date } from "/ui/format.js";
import { Failure } from "/ui/door.js";
import { firstName } from "/ui/letter.js";
import { chooseTheme, theme } from "/ui/theme-switch.js";
import { Title } from "./parts.js";
import { embedded, me } from "./state.js";

/** @import { Me } from "./types.js" */

/** @param {unknown} error */
const complain = (error) => toast(/** @type {Error} */ (error).message, { tone: "bad" });

/** @param {{ who: Me }} props */
function Name({ who }) {
  // It shows at once what was chosen, and goes back only where that failed.
  const [wanted, setWanted] = useState(/** @type {boolean | undefined} */ (undefined));
  const form = useForm({ name: who.advocate.name }, async ({ name }) => {
    me.value = await api.patch("/v1/me", { name: name.trim() });
    toast("Your name is saved.");
  });

  /** @param {boolean} shows */
  async function show(shows) {
    setWanted(shows);
    try {
      me.value = await api.patch("/v1/me", { shows_name: shows });
    } catch (error) {
      complain(error);
    } finally {
      setWanted(undefined);
    }
  }

  const { name } = who.advocate;
  const shows = wanted ?? who.advocate.shows_name;
  return html`<${Card} title="Your name">
    <div class="stack">
      <form class="me-inline" noValidate onSubmit=${form.submit}>
        <${Field} label="As it stands in what you share" error=${form.errors.name}><${Input} ...${form.bind("name")} autocomplete="name" maxlength="200" /><//>
        <${Button} type="submit" busy=${form.busy} disabled=${form.values.name.trim() === name}>Save<//>
      </form>
      <${Failure} of=${form} />
      <${Switch} label="Show my first name to whom I invite" checked=${shows} disabled=${wanted !== undefined} onValue=${show}
        hint=${html`${shows ? html`On the program’s own page they read “<bdi>${firstName(name)}</bdi> invited you”.` : "On the program’s own page you are “a friend”."} Never your whole name, nor your address.`} />
    </div>
  <//>`;
}

/** What is done with what is stored about one. @param {{ who: Me }} props */
function Data({ who }) {
  const [busy, setBusy] = useState(false);
  const [leaving, setLeaving] = useState(false);

  async function download() {
    setBusy(true);
    try {
      const all = await api.post("/v1/me/export");
      downloadBlob("my-data.json", new Blob([JSON.stringify(all, null, 2)], { type: "application/json" }));
    } catch (error) {
      complain(error);
    } finally {
      setBusy(false);
    }
  }

  return html`<${Card} title="Your data">
    <div class="stack">
      <p>All that is stored about you, in a file; or nothing more of it, from now on.</p>
      <div class="row"><${Button} icon="download" busy=${busy} onClick=${download}>Download my data<//>
        <${Button} kind="danger" onClick=${() => setLeaving(true)}>Leave the program<//></div>
    </div>
    ${leaving && html`<${Leave} who=${who} onClose=${() => setLeaving(false)} />`}
  <//>`;
}

/** @param {{ who: Me, onClose: () => void }} props */
function Leave({ who, onClose }) {
  const form = useForm({}, async () => {
    await api.post("/v1/me/leave");
    me.value = null;
  });
  const others = who.programs.length > 1;
  const open = who.balance.some(({ pending, approved }) => pending > 0 || approved > 0);
  return html`<${Dialog} open title=${others ? "Leave all of your programs?" : `Leave ${who.program.name}?`} onClose=${onClose} onSubmit=${form.submit}
    actions=${html`<${Button} onClick=${onClose}>Stay<//><${Button} type="submit" kind="danger" busy=${form.busy}>Leave for good<//>`}>
    <div class="stack">
      <p>Your name and your address are erased${others ? `, in ${new Intl.ListFormat("en").format(who.programs.map(({ name }) => name))}` : ""}. Your links count nothing any more, and nobody can write to you about them. This cannot be undone.</p>
      ${open && html`<${Notice} tone="warn" title="There are rewards that you have not got yet">Without your address nobody can pay them to you. Wait until they have arrived, if you can.<//>`}
      <${Failure} of=${form} />
    </div>
  <//>`;
}

/** @param {{ who: Me }} props */
function Here({ who }) {
  const [busy, setBusy] = useState(false);

  async function leave() {
    setBusy(true);
    try {
      await api.delete("/v1/me/session");
      me.value = null;
    } catch (error) {
      complain(error);
      setBusy(false);
    }
  }

  return html`<${Card} title="On this device">
    <div class="stack">
      <${Segments} label="Look" value=${theme.value} onChange=${chooseTheme} options=${[["system", "As the system"], ["light", "Light"], ["dark", "Dark"]]} />
      <p class="muted">${who.advocate.email && html`Signed in as <bdi>${who.advocate.email}</bdi>. `}You stay signed in for 90 days, and 30 without a visit.</p>
      <div class="row"><${Button} icon="leave" busy=${busy} onClick=${leave}>Sign out<//></div>
    </div>
  <//>`;
}

/** @param {{ who: Me }} props */
export function You({ who }) {
  return html`<${Title} about=${`In this program since ${date(who.advocate.created_at, who.program.zone)}.`}>You<//>
    <div class="me-columns">
      <div class="stack"><${Name} who=${who} />${!embedded && html`<${Here} who=${who} />`}</div>
      <div class="stack">${who.by_mail
        ? html`<${Data} who=${who} />`
        : html`<${Card} title="Your data"><p>To download what is stored about you, or to leave the program, <a href="/me" target="_blank" rel="noopener">open your own page</a> and sign in there by a mail.</p><//>`}</div>
    </div>`;
}
