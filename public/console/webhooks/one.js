// One endpoint: how it is doing, what can be done about it, and its deliveries.

import { html, useEffect, useRef, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Button, Card, Dialog, Menu, Notice, Skeleton, toast } from "/ui/components.js";
import { dateTime, number, plural } from "/ui/format.js";
import { useOne } from "/ui/lists.js";
import { PageActions } from "/ui/page.js";
import { Facts, When } from "../people/parts.js";
import { capital } from "../people/words.js";
import { Deliveries } from "./deliveries.js";
import { EndpointForm } from "./form.js";
import { Status } from "./list.js";
import { Rotate, ShowSecret } from "./secret.js";
import { Test } from "./test.js";
import { typeName } from "./types.js";
import { pathOf, shortUrl } from "./webhook.js";

/** @import { Webhook } from "./webhook.js" */
/** @typedef {"edit" | "secret" | "rotate" | "disable" | "delete" | "test"} Act */

/** @param {{ id: string, writes: boolean, onBack: () => void }} props */
export function One({ id, writes, onBack }) {
  const { value, setValue, failed, reload } = useOne(pathOf(id));
  const webhook = /** @type {Webhook | undefined} */ (value);
  const [act, setAct] = useState(/** @type {Act | undefined} */ (undefined));
  const [changed, setChanged] = useState(0);
  const alive = useRef(true);
  useEffect(() => () => { alive.current = false; }, []);
  const back = html`<${Button} onClick=${onBack}>All endpoints<//>`;
  if (failed && !webhook) return html`<${PageActions}>${back}<//><${Notice} tone="bad" title="This endpoint could not be read" action=${html`<${Button} onClick=${reload}>Try again<//>`}>${failed}<//>`;
  if (!webhook) return html`<${PageActions}>${back}<//><${Skeleton} shape="block" />`;

  const close = () => setAct(undefined);
  /** What is counted, and the list below. */
  const again = () => {
    setChanged((before) => before + 1);
    api.get(pathOf(id)).then((now) => { if (alive.current) setValue(now); }, () => {
      // The next look shows it.
    });
  };
  /** @param {Partial<Webhook>} changes @param {string} said */
  async function change(changes, said) {
    close();
    try {
      setValue(await api.patch(pathOf(id), changes));
      toast(said);
      again();
    } catch (error) {
      toast(/** @type {Error} */ (error).message, { tone: "bad" });
    }
  }
  async function remove() {
    close();
    try {
      await api.delete(pathOf(id));
      toast("The endpoint is deleted.");
      onBack();
    } catch (error) {
      toast(/** @type {Error} */ (error).message, { tone: "bad" });
    }
  }
  const resume = writes && html`<${Button} onClick=${() => change({ status: "active" }, webhook.status === "paused" ? "It is told again, of what has waited first." : "It is told again.")}>${webhook.status === "paused" ? "Resume" : "Switch on"}<//>`;
  return html`
    <${PageActions}>${back}
      ${writes && html`<${Button} kind="primary" onClick=${() => setAct("test")}>Send a test<//>
        <${Menu} label="More about this endpoint" items=${[
          { label: "Edit …", onSelect: () => setAct("edit") },
          { label: "Show the secret …", icon: "key", onSelect: () => setAct("secret") },
          { label: "Make a new secret …", onSelect: () => setAct("rotate") },
          null,
          webhook.status === "active" ? { label: "Switch off …", onSelect: () => setAct("disable") } : { label: "Switch on", onSelect: () => change({ status: "active" }, "It is told again.") },
          { label: "Delete …", kind: "danger", onSelect: () => setAct("delete") },
        ]} />`}<//>
    <div class="stack">
      ${webhook.status === "paused" && html`<${Notice} tone="bad" title="Paused" action=${resume}>
        ${because(webhook)}What happens is still written down, and waits. Once the endpoint answers again, resume: it gets everything in order.<//>`}
      ${webhook.status === "disabled" && html`<${Notice} tone="warn" title="Switched off" action=${resume}>${because(webhook)}It is told of nothing that happens meanwhile.<//>`}
      ${act === "test" && html`<${Test} webhook=${webhook} onClose=${close} onSent=${again} />`}
      <${Card} title=${webhook.description || shortUrl(webhook.url)} actions=${html`<${Status} of=${webhook} />`}>
        <${Facts} of=${[
          ["Address", html`<code>${webhook.url}</code>`],
          ["Is told of", webhook.types.length === 0 ? "Everything" : webhook.types.map(typeName).join(", ")],
          ["Program", webhook.program ?? "All"],
          ["Waiting", `${number(webhook.waiting)} ${plural(webhook.waiting, "delivery", "deliveries")}`],
          ["Failed", webhook.failed > 0 ? html`<span class="failed">${number(webhook.failed)}</span> in the last 30 days` : "None in the last 30 days"],
          ["Last try", webhook.last && html`<${When} at=${webhook.last.at} />, ${webhook.last.ok ? "arrived" : webhook.last.status ? `answered ${webhook.last.status}` : "no answer"}`],
          ["Secrets", webhook.old_secret_until && `The old one signs as well, until ${dateTime(webhook.old_secret_until)}.`],
          ["Added", dateTime(webhook.created_at)],
        ]} />
      <//>
      <${Deliveries} webhook=${webhook} writes=${writes} changed=${changed} onChanged=${again} />
    </div>
    ${act === "edit" && html`<${EndpointForm} webhook=${webhook} onClose=${close} onDone=${(/** @type {Webhook} */ now) => {
      close();
      setValue(now);
      toast("The endpoint is saved.");
    }} />`}
    ${act === "secret" && html`<${ShowSecret} webhook=${webhook} onClose=${close} />`}
    ${act === "rotate" && html`<${Rotate} webhook=${webhook} onClose=${close} onDone=${again} />`}
    <${Dialog} open=${act === "disable"} title="Switch this endpoint off?" onClose=${close} actions=${html`
      <${Button} onClick=${close}>Cancel<//><${Button} kind="danger" onClick=${() => change({ status: "disabled" }, "It is told of nothing any more.")}>Switch off<//>`}>
      <p>What waits now is given up, and what happens while it is off is not told. Once it is on, both can be sent again.</p><//>
    <${Dialog} open=${act === "delete"} title="Delete this endpoint?" onClose=${close} actions=${html`
      <${Button} onClick=${close}>Cancel<//><${Button} kind="danger" onClick=${remove}>Delete<//>`}>
      <p>Its deliveries, its log and its secret go with it${webhook.waiting > 0 ? html`, and so ${webhook.waiting === 1 ? "does the delivery" : `do the ${number(webhook.waiting)} deliveries`} that still ${plural(webhook.waiting, "waits", "wait")}` : ""}. This cannot be undone.</p><//>`;
}

/** Why it is not active, as a sentence. @param {Webhook} webhook */
const because = ({ why }) => why && `${capital(why)}${why.endsWith(".") ? "" : "."} `;
