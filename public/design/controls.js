// Samples of what is operated.

import { html, useState } from "/vendor/ui.js";
import { ApiError } from "/ui/api.js";
import { Button, Card, Checkbox, ColorInput, Copy, Field, Input, Notice, Segments, Select, Switch, Textarea, toast } from "/ui/components.js";
import { useForm } from "/ui/form.js";

export const Buttons = () => html`<${Card}><div class="stack">
  <div class="row"><${Button} kind="primary">Create a link<//><${Button}>Export<//><${Button} kind="quiet">Cancel<//><${Button} kind="danger">Revoke<//></div>
  <div class="row"><${Button} kind="primary" icon="plus">Invite<//><${Button} icon="download">Download CSV<//><${Button} kind="quiet" icon="more" aria-label="More" /><${Copy} text="https://go.example/abc" label="Copy link" /><${Button} href="#buttons" icon="arrow">A link<//></div>
  <div class="row"><${Button} kind="primary" busy>Saving<//><${Button} busy>Sending<//><${Button} kind="primary" disabled>Not now<//><${Button} disabled>Not now<//><${Button} kind="danger" disabled>Not now<//></div>
</div><//>`;

export function Fields() {
  const [color, setColor] = useState("#0a6653");
  const [unit, setUnit] = useState("day");
  return html`<${Card}><div class="grid samples">
    <${Field} label="Name" hint="As your advocates know it."><${Input} value="Customers 2027" /><//>
    <${Field} label="Slug" error="Use small letters, digits and hyphens, as “customers-2027”."><${Input} value="Customers 2027!" /><//>
    <${Field} label="Campaign" optional><${Input} placeholder="spring" /><//>
    <${Field} label="Days that count" hint="From 1 to 365."><${Input} type="number" min="1" max="365" value="90" /><//>
    <${Field} label="Credit goes to"><${Select} value="first" options=${[["first", "The first recommendation"], ["last", "The last recommendation"]]} /><//>
    <${Field} label="Zone" hint="Chosen when the program was made."><${Input} value="Europe/Berlin" disabled /><//>
    <${Field} label="Message" hint=${html`<code>{link}</code> stands for the link.`}><${Textarea} value="I work with them, and I would again. {link}" /><//>
    <${Field} label="Brand colour"><${ColorInput} value=${color} onValue=${setColor} /><//>
    <div class="stack">
      <${Checkbox} label="Send a copy to me" checked />
      <${Checkbox} label="The data may be processed" error="Tick this to go on." />
      <${Switch} label="Suspected clicks" hint="Shown as a band of their own." checked />
      <${Switch} label="Bots" />
      <${Switch} label="Not for this role" disabled />
    </div>
    <${Field} label="By" control=${html`<${Segments} label="By" value=${unit} onChange=${setUnit} options=${[["day", "Day"], ["week", "Week"], ["month", "Month"]]} />`} />
  </div><//>`;
}

export function Forms() {
  const form = useForm({ name: "", email: "" }, async ({ name, email }) => {
    await new Promise((resolve) => { setTimeout(resolve, 600); });
    /** @type {{ field: string, detail: string }[]} */
    const errors = [];
    if (!name.trim()) errors.push({ field: "name", detail: "write what they are called" });
    if (!email.includes("@")) errors.push({ field: "email", detail: "write an address, as ada@example.com" });
    if (errors.length > 0) throw new ApiError(422, { errors });
    toast(`${name} is invited.`);
    form.reset();
  });
  return html`<${Card}><form class="stack design-form" noValidate onSubmit=${form.submit}>
    <${Field} label="Name" error=${form.errors.name}><${Input} ...${form.bind("name")} autocomplete="off" /><//>
    <${Field} label="Email" error=${form.errors.email}><${Input} type="email" ...${form.bind("email")} autocomplete="off" /><//>
    ${form.failure && html`<${Notice} tone="bad">${form.failure}<//>`}
    <div class="row"><${Button} type="submit" kind="primary" busy=${form.busy}>Invite<//><${Button} kind="quiet" onClick=${() => form.reset()}>Clear<//></div>
  </form><//>`;
}
