// When people are written to, and how often.

import { html } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Button, Card, Field, Input, Notice, Select, Skeleton, toast } from "/ui/components.js";
import { useForm } from "/ui/form.js";
import { useOne } from "/ui/lists.js";
import { pathOf } from "./message.js";

/** @import { Messages, Settings } from "./message.js" */

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].map((day) => /** @type {const} */ ([day, day[0].toUpperCase() + day.slice(1)]));

/** @param {{ program: import("/ui/page.js").Program, writes: boolean }} props */
export function SettingsTab({ program, writes }) {
  const { value, setValue, failed, reload } = useOne(pathOf(program.slug));
  const all = /** @type {Messages | undefined} */ (value);
  if (failed) return html`<${Notice} tone="bad" title="The settings could not be read" action=${html`<${Button} onClick=${reload}>Try again<//>`}>${failed}<//>`;
  if (!all) return html`<${Card} class="narrow"><${Skeleton} lines=${8} /><//>`;
  return html`<${Form} key=${JSON.stringify(all.settings)} settings=${all.settings} program=${program} writes=${writes} onSaved=${(/** @type {Settings} */ settings) => setValue({ ...all, settings })} />`;
}

/** @param {{ settings: Settings, program: import("/ui/page.js").Program, writes: boolean, onSaved: (settings: Settings) => void }} props */
function Form({ settings, program, writes, onSaved }) {
  const form = useForm({ ...settings, per_week: String(settings.per_week), quiet_days: String(settings.quiet_days), stale_days: String(settings.stale_days) }, async (values) => {
    // An empty one is no 0; the server says which it is.
    const figure = (/** @type {string} */ text) => /** @type {number} */ (text.trim() ? Number(text) : text);
    const now = { ...values, per_week: figure(values.per_week), quiet_days: figure(values.quiet_days), stale_days: figure(values.stale_days) };
    await api.patch(pathOf(program.slug), now);
    onSaved(now);
    toast("The settings are saved.");
  });
  const count = (/** @type {"per_week" | "quiet_days" | "stale_days"} */ name, /** @type {number} */ min, /** @type {number} */ max) => html`<${Input} type="number" min=${min} max=${max} step="1" disabled=${!writes} ...${form.bind(name)} />`;
  const noQuiet = form.values.quiet_from === form.values.quiet_to;
  return html`<${Card} title="When people are written to" class="narrow"><form class="stack" noValidate onSubmit=${form.submit}>
    <div class="two">
      <${Field} label="Quiet from" error=${form.errors.quiet_from}><${Input} type="time" disabled=${!writes} ...${form.bind("quiet_from")} /><//>
      <${Field} label="Quiet until" error=${form.errors.quiet_to}><${Input} type="time" disabled=${!writes} ...${form.bind("quiet_to")} /><//>
    </div>
    <p class="hint">${noQuiet ? "Alike, they mean that a letter goes at any hour." : `Letters of these hours wait until they are over, by the clock of ${program.zone}.`} What somebody has just asked for, an invitation or a link that signs in, goes at once.</p>
    <${Field} label="Letters a week at most, to one person" hint="What would be more waits for its turn, or is not sent if that were too late. Payouts and the week do not count." error=${form.errors.per_week}>${count("per_week", 0, 50)}<//>
    <${Field} label="Days without a word of an advocate, before they are written to" error=${form.errors.quiet_days}>${count("quiet_days", 7, 365)}<//>
    <${Field} label="Days that a lead stands still, before its rep is reminded" error=${form.errors.stale_days}>${count("stale_days", 1, 90)}<//>
    <${Field} label="Reps get their week on" error=${form.errors.weekly_on}><${Select} disabled=${!writes} ...${form.bind("weekly_on")} options=${WEEKDAYS} /><//>
    ${form.failure && html`<${Notice} tone="bad">${form.failure}<//>`}
    ${writes && html`<div class="form-end">${form.dirty && html`<${Button} onClick=${() => form.reset()}>Discard<//>`}<${Button} type="submit" kind="primary" busy=${form.busy} disabled=${!form.dirty}>Save<//></div>`}
  </form><//>`;
}
