// One connection: how it is doing, its leads, and what came in.

import { html, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Button, Card, Copy, Dialog, Menu, Notice, Skeleton, Tabs, toast } from "/ui/components.js";
import { number, plural } from "/ui/format.js";
import { useOne } from "/ui/lists.js";
import { PageActions } from "/ui/page.js";
import { useQuery } from "/ui/url.js";
import { Facts, When } from "../people/parts.js";
import { capital } from "../people/words.js";
import { Came } from "./came.js";
import { KINDS, pathOf, titleOf } from "./connection.js";
import { Linked } from "./linked.js";
import { Status } from "./list.js";
import { Rotate, inbound } from "./secret.js";

/** @import { Connection } from "./connection.js" */

/** @param {{ id: string, writes: boolean, onBack: () => void, onEdit: () => void }} props */
export function One({ id, writes, onBack, onEdit }) {
  const { value, setValue, failed, reload } = useOne(pathOf(id));
  const connection = /** @type {Connection | undefined} */ (value);
  const [query, setQuery] = useQuery({ tab: "leads" });
  const [act, setAct] = useState(/** @type {"rotate" | "sync" | "delete" | undefined} */ (undefined));
  const back = html`<${Button} onClick=${onBack}>All connections<//>`;
  if (failed && !connection) return html`<${PageActions}>${back}<//><${Notice} tone="bad" title="This connection could not be read" action=${html`<${Button} onClick=${reload}>Try again<//>`}>${failed}<//>`;
  if (!connection) return html`<${PageActions}>${back}<//><${Skeleton} shape="block" />`;

  const close = () => setAct(undefined);
  /** @param {() => Promise<void>} work */
  async function doing(work) {
    close();
    try {
      await work();
    } catch (error) {
      toast(/** @type {Error} */ (error).message, { tone: "bad" });
    }
  }
  /** @param {Partial<Connection>} changes @param {string} said */
  const change = (changes, said) => doing(async () => {
    setValue({ ...connection, ...await api.patch(pathOf(id), changes) });
    toast(said);
  });
  const sync = () => doing(async () => {
    await api.post(`${pathOf(id)}/sync`, {});
    toast("Every lead is sent again, a part each minute.");
    setValue(await api.get(pathOf(id)));
  });
  const remove = () => doing(async () => {
    await api.delete(pathOf(id));
    toast("The connection is deleted.");
    onBack();
  });
  const resume = () => change({ status: "active" }, "Leads go there again.");
  const name = KINDS[connection.kind]?.name ?? connection.kind;
  return html`
    <${PageActions}>${back}${writes && html`<${Button} onClick=${onEdit}>Change<//>
      <${Menu} label="More about this connection" items=${[
        { label: "Send all leads again …", onSelect: () => setAct("sync") },
        { label: "Make a new secret …", icon: "key", onSelect: () => setAct("rotate") },
        null,
        connection.status === "active" ? { label: "Pause", onSelect: () => change({ status: "paused" }, "Nothing is sent there meanwhile.") } : { label: "Resume", onSelect: resume },
        { label: "Delete …", kind: "danger", onSelect: () => setAct("delete") },
      ]} />`}<//>
    <div class="stack">
      ${connection.status === "active" && connection.why && html`<${Notice} tone="warn" title="It does not get through">${because(connection)}It is tried again by itself.<//>`}
      ${connection.status === "paused" && html`<${Notice} tone="bad" title="Paused" action=${writes && html`<${Button} onClick=${resume}>Resume<//>`}>${because(connection)}What changes here waits, and is sent once it is resumed.<//>`}
      <${Card} title=${titleOf(connection)} actions=${html`<${Status} of=${connection} />`}>
        <${Facts} of=${[
          ["Address", html`<code>${connection.url}</code>`],
          ["Program", connection.program],
          ["Waiting", `${number(connection.waiting)} ${plural(connection.waiting, "lead", "leads")}`],
          ["Failed", connection.failed > 0 ? html`<span class="failed">${number(connection.failed)}</span> ${plural(connection.failed, "lead", "leads")}` : "None"],
          ["Last sent", connection.last_sent_at && html`<${When} at=${connection.last_sent_at} />`],
          ["Last came in", connection.last_received_at ? html`<${When} at=${connection.last_received_at} />` : "Nothing yet"],
          ["Changes come in at", html`<code>${inbound(connection)}</code> <${Copy} kind="quiet" text=${inbound(connection)} />`],
        ]} />
      <//>
      <div><${Tabs} label="Parts" value=${query.tab} onChange=${(/** @type {string} */ tab) => setQuery({ tab })} tabs=${[{ key: "leads", label: "Leads there" }, { key: "events", label: "What came in" }]}>
        ${query.tab === "events" ? html`<${Came} connection=${connection} />` : html`<${Linked} connection=${connection} />`}
      <//></div>
    </div>
    ${act === "rotate" && html`<${Rotate} connection=${connection} onClose=${close} />`}
    <${Dialog} open=${act === "sync"} title="Send all leads again?" onClose=${close} actions=${html`
      <${Button} onClick=${close}>Cancel<//><${Button} kind="primary" onClick=${sync}>Send them<//>`}>
      <p>Each lead of ${connection.program} is written to ${name} as it is here. Nothing is there twice: what is there already is brought up to date.</p><//>
    <${Dialog} open=${act === "delete"} title="Delete this connection?" onClose=${close} actions=${html`
      <${Button} onClick=${close}>Cancel<//><${Button} kind="danger" onClick=${remove}>Delete<//>`}>
      <p>What stands in ${name} stays there. It is not brought up to date any more, and nothing comes back from it.</p><//>`;
}

/** What keeps it from sending, as a sentence. @param {Connection} connection */
const because = ({ why }) => why && `${capital(why)}${why.endsWith(".") ? "" : "."} `;
