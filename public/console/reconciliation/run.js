// One run: what was found of each kind, what each channel comes to, and the findings
// themselves.

import { html } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Button, Card, Empty, Notice, Select, Skeleton } from "/ui/components.js";
import { dateTime, number, plural } from "/ui/format.js";
import { PageActions } from "/ui/page.js";
import { useOne, usePaged } from "/ui/lists.js";
import { useQuery } from "/ui/url.js";
import { byName } from "../people/words.js";
import { Channels } from "./channels.js";
import { Compare } from "./compare.js";
import { Findings } from "./findings.js";
import { KINDS, isMendable, isQuiet, kindOf } from "./kinds.js";
import { presetName } from "./presets.js";
import { period } from "./runs.js";

/** @import { Run } from "./kinds.js" */

/** @param {{ id: string, session: import("/ui/page.js").Session, program: import("/ui/page.js").Program, onBack: () => void }} props */
export function RunView({ id, session, program, onBack }) {
  const [query, setQuery] = useQuery({ kind: "", channel: "", state: "", with: "" });
  const { value, setValue, failed, reload } = useOne(`/v1/reconciliations/${encodeURIComponent(id)}`);
  const run = /** @type {Run | undefined} */ (value);
  const back = html`<${Button} onClick=${onBack}>All reconciliations<//>`;
  if (failed) return html`<${PageActions}>${back}<//><${Notice} tone="bad" title="This run could not be read" action=${html`<${Button} onClick=${reload}>Try again<//>`}>${failed}<//>`;
  if (!run) return html`<${PageActions}>${back}<//><${Skeleton} shape="block" />`;
  // Figures change with what is mended; what is chosen stays as it is meanwhile.
  const again = async () => {
    setValue(await api.get(`/v1/reconciliations/${encodeURIComponent(id)}`));
  };
  return html`
    <${PageActions}>${back}<//>
    <div class="stack">
      <${Head} run=${run} program=${program} />
      ${run.status === "reading" ? html`<${Card}><${Empty} level=${2} title="Not all of the file is here">
          ${number(run.rows)} ${plural(run.rows, "row is", "rows are")} here. Only a whole file is compared. If it broke off, choose the same one again under “New reconciliation”, with the same settings, and it goes on from there.<//><//>`
        : html`
          <${Kinds} run=${run} chosen=${query.kind} onChoose=${(/** @type {string} */ kind) => setQuery({ kind, state: "" })} />
          ${run.channels.length > 0 && html`<${Channels} run=${run} />`}
          <${Findings} run=${run} query=${query} setQuery=${setQuery} program=${program} session=${session} onMended=${again} />
          <${Others} run=${run} program=${program} query=${query} setQuery=${setQuery} />`}
    </div>`;
}

/** @param {{ run: Run, program: import("/ui/page.js").Program }} props */
function Head({ run, program }) {
  const days = period(run, program.zone);
  return html`<header class="run-head">
    <h2>${run.name || presetName(run.preset)}</h2>
    <p class="muted">${presetName(run.preset)} · ${number(run.rows)} ${plural(run.rows, "row", "rows")}${days && ` · ${days}`} · ${dateTime(run.created_at, program.zone)} by ${byName(run.created_by)}</p>
    ${run.unmapped_columns && run.unmapped_columns.length > 0 && html`<p class="muted small">Not read: ${run.unmapped_columns.join(", ")}.</p>`}
  </header>`;
}

/** A figure for each kind, which shows its findings. @param {{ run: Run, chosen: string, onChoose: (kind: string) => void }} props */
function Kinds({ run, chosen, onChoose }) {
  const known = Object.keys(KINDS);
  const place = (/** @type {string} */ kind) => (known.includes(kind) ? known.indexOf(kind) : known.length);
  const all = run.kinds.filter(({ count }) => count > 0).toSorted((a, b) => place(a.kind) - place(b.kind));
  if (!all.some(({ kind }) => !isQuiet(kind))) {
    return html`<${Notice} tone="good" title="Everything agrees">${number(all.find(({ kind }) => kind === "matched")?.count ?? 0)} rows say what is known here.<//>`;
  }
  return html`<div class="kinds" role="group" aria-label="What was found">${all.map(({ kind, count, open }) => {
    const { name, about, tone } = kindOf(kind);
    return html`<button key=${kind} type="button" class=${`kind ${tone ?? ""}`} aria-pressed=${chosen === kind} onClick=${() => onChoose(chosen === kind ? "" : kind)} title=${about}>
      <span class="kind-name">${name}</span><b>${number(count)}</b><small>${isQuiet(kind) ? "" : !isMendable(kind) ? "to look at" : open > 0 ? `${number(open)} open` : "none left to mend"}</small>
    </button>`;
  })}</div>`;
}

/** What has changed since another run. @param {{ run: Run, program: import("/ui/page.js").Program, query: { with: string }, setQuery: (changes: { with: string }) => void }} props */
function Others({ run, program, query, setQuery }) {
  const list = usePaged("/v1/reconciliations", { program: program.slug }, 100);
  const others = /** @type {Run[]} */ (list.items ?? []).filter(({ status, created_at }) => status === "compared" && created_at < run.created_at);
  if (others.length === 0) return null;
  return html`<${Card} title="Compared with an earlier run" actions=${html`<${Select} aria-label="Earlier run" value=${query.with} onValue=${(/** @type {string} */ id) => setQuery({ with: id })}
    options=${[["", "Choose one"], ...others.map(({ id, name, preset, created_at }) => [id, `${name || presetName(preset)}, ${dateTime(created_at, program.zone)}`])]} />`}>
    ${query.with ? html`<${Compare} key=${query.with} run=${run.id} other=${query.with} program=${program} />` : html`<p class="muted">What is new since, what is gone, and what has stayed.</p>`}
  <//>`;
}
