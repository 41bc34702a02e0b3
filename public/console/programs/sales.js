// The tab of the reps: who follows leads up, and whose turn it is with this
// program's. Everything is saved by itself.

import { html, useEffect, useRef, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Badge, Button, Card, Empty, Field, Notice, Select, Skeleton, Table, toast } from "/ui/components.js";
import { RepForm } from "./rep-form.js";

/** @import { Rep } from "../people/reps.js" */
/** @import { Editor } from "./editor.js" */

/**
 * The reps and the turns; a change of turns shows at once, and goes back if it is
 * refused.
 * @param {string} path of the program
 */
function useSales(path) {
  const [reps, setReps] = useState(/** @type {Rep[] | undefined} */ (undefined));
  const [turns, setTurns] = useState(/** @type {string[]} */ ([]));
  const [failed, setFailed] = useState("");
  /** What is stored, what is wanted, and whether it is on its way: one at a time, so that the last one holds. */
  const state = useRef({ stored: /** @type {string[]} */ ([]), wanted: /** @type {string[]} */ ([]), sending: false });

  function load() {
    setFailed("");
    Promise.all([api.pages("/v1/reps"), api.get(`${path}/routing`)]).then(([all, routing]) => {
      Object.assign(state.current, { stored: routing.reps, wanted: routing.reps });
      setTurns(routing.reps);
      setReps(all);
    }, (/** @type {Error} */ error) => setFailed(error.message));
  }
  useEffect(load, [path]);

  /** @param {(turns: string[]) => string[]} change */
  async function changeTurns(change) {
    const now = state.current;
    now.wanted = change(now.wanted);
    setTurns(now.wanted);
    if (now.sending) return;
    now.sending = true;
    try {
      while (now.wanted !== now.stored) {
        const sent = now.wanted;
        await api.put(`${path}/routing`, { reps: sent });
        now.stored = sent;
      }
    } catch (error) {
      now.wanted = now.stored;
      setTurns(now.stored);
      toast(`The turns stay as they were: ${/** @type {Error} */ (error).message}`, { tone: "bad" });
    } finally {
      now.sending = false;
    }
  }

  /** @param {Rep} rep */
  const put = (rep) => setReps((all = []) => [...all.filter(({ slug }) => slug !== rep.slug), rep].toSorted((a, b) => (a.slug < b.slug ? -1 : 1)));

  return { reps, turns, failed, load, changeTurns, put };
}

/** @param {{ reps: Rep[], turns: string[], editable: boolean, onChange: (change: (turns: string[]) => string[]) => void }} props */
function Turns({ reps, turns, editable, onChange }) {
  const [picked, setPicked] = useState("");
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const others = reps.filter(({ slug, status }) => status === "active" && !turns.includes(slug));
  const chosen = others.some(({ slug }) => slug === picked) ? picked : (others[0]?.slug ?? "");
  const nobody = !turns.some((slug) => reps.find((rep) => rep.slug === slug)?.status === "active");

  /** What was pressed may be gone or switched off. @param {string} slug */
  const follow = (slug) => setTimeout(() => {
    const row = box.current?.querySelector(`[data-rep="${CSS.escape(slug)}"] button:enabled`);
    if (document.activeElement === document.body) /** @type {HTMLElement | null} */ (row ?? box.current?.querySelector("select, .turn button:enabled"))?.focus();
  }, 60);

  /** @param {string} slug @param {number} by */
  function move(slug, by) {
    onChange((all) => {
      const at = all.indexOf(slug);
      return all.toSpliced(at, 1).toSpliced(at + by, 0, slug);
    });
    follow(slug);
  }

  return html`<div class="stack" ref=${box}>
    <p class="muted">A lead goes to the rep who owns its advocate. Where nobody does, the rep who heard it has it; all other leads go round these reps, in this order.</p>
    ${nobody && html`<${Notice} tone="warn">${turns.length === 0 ? "Nobody takes turns yet" : "All who take turns are disabled"}: a lead whose advocate has no owner is followed up by nobody.<//>`}
    ${turns.length > 0 && html`<ol class="turns">${turns.map((slug, at) => {
      const rep = reps.find((one) => one.slug === slug);
      const name = rep?.name ?? slug;
      return html`<li key=${slug} class="turn" data-rep=${slug}>
        <span class="turn-name">${name} ${rep?.status === "disabled" && html`<${Badge} tone="warn">disabled<//>`}</span>
        ${editable && html`<span class="actions">
          ${turns.length > 1 && html`<${Button} kind="quiet" disabled=${at === 0} onClick=${() => move(slug, -1)}>Move up<span class="unseen"> ${name}</span><//>
            <${Button} kind="quiet" disabled=${at === turns.length - 1} onClick=${() => move(slug, 1)}>Move down<span class="unseen"> ${name}</span><//>`}
          <${Button} kind="quiet" onClick=${() => { onChange((all) => all.filter((one) => one !== slug)); follow(slug); }}>Remove<span class="unseen"> ${name}</span><//>
        </span>`}
      </li>`;
    })}</ol>`}
    ${editable && others.length > 0 && html`<form class="turn-add" onSubmit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      onChange((all) => (all.includes(chosen) ? all : [...all, chosen]));
      follow(chosen);
    }}>
      <${Field} label="Who else takes turns"><${Select} value=${chosen} onValue=${setPicked} options=${others.map(({ slug, name }) => [slug, name])} /><//>
      <${Button} type="submit">Add<//>
    </form>`}
  </div>`;
}

/** @param {{ editor: Editor, editable: boolean }} props */
export function Sales({ editor, editable }) {
  const { reps, turns, failed, load, changeTurns, put } = useSales(editor.path);
  const [editing, setEditing] = useState(/** @type {Rep | "new" | undefined} */ (undefined));
  const name = editor.program.value?.name ?? "";
  const add = editable && html`<${Button} kind="primary" icon="plus" onClick=${() => setEditing("new")}>Add a rep<//>`;

  /** @param {Rep} rep @param {boolean} takesTurns */
  function done(rep, takesTurns) {
    put(rep);
    if (editing !== "new") toast(`${rep.name} is saved.`);
    else {
      toast(`${rep.name} is a rep now.`);
      if (takesTurns) changeTurns((all) => [...all, rep.slug]);
    }
    setEditing(undefined);
  }

  const columns = [
    { key: "name", label: "Rep", render: (/** @type {Rep} */ rep) => html`${rep.name} <small class="muted">${rep.slug}</small>` },
    { key: "email", label: "Email", render: (/** @type {Rep} */ { email }) => email ?? html`<span class="muted">None</span>` },
    { key: "status", label: "Status", render: (/** @type {Rep} */ { status }) => (status === "active" ? html`<${Badge} tone="good">active<//>` : html`<${Badge} tone="warn">disabled<//>`) },
    ...(editable ? [{ key: "edit", label: "Actions", unlabelled: true, class: "numeric corner", render: (/** @type {Rep} */ rep) => html`<${Button} kind="quiet" onClick=${() => setEditing(rep)}>Edit<span class="unseen"> ${rep.name}</span><//>` }] : []),
  ];
  return html`<div class="narrow">
    ${failed ? html`<${Notice} tone="bad" title="The reps could not be read" action=${html`<${Button} onClick=${load}>Try again<//>`}>${failed}<//>`
      : !reps ? html`<${Card}><${Skeleton} lines=${5} /><//>`
      : reps.length === 0 ? html`<${Card}><${Empty} title="No rep yet" action=${add}>
          A rep follows leads up: they own advocates, hear referrals on the telephone, and have their turn with the leads that come in. Add everybody who sells.
          ${!editable && " Somebody who may edit programs does that."}<//><//>`
      : html`<${Card} title="Who gets this program’s leads"><${Turns} reps=${reps} turns=${turns} editable=${editable} onChange=${changeTurns} /><//>
        <${Card} title="Reps" actions=${add}>
          <p class="muted">They are the same for all programs. Whoever is to sign in here is also a member of the team, with the role Rep.</p>
          <${Table} caption="Reps" stacked columns=${columns} rows=${reps} rowKey=${(/** @type {Rep} */ { slug }) => slug} />
        <//>`}
    ${editing && html`<${RepForm} rep=${editing === "new" ? undefined : editing} program=${name} onClose=${() => setEditing(undefined)} onDone=${done} />`}
  </div>`;
}
