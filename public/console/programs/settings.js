// The tab of a program's settings: what it is called, and how a click becomes a credit.

import { html } from "/vendor/ui.js";
import { Choices, CheckField, TextField } from "./controls.js";
import { ZoneField } from "./zones.js";

/** @import { Editor } from "./editor.js" */

const PASS = /** @type {const} */ ([
  ["none", "Nothing", "The landing page gets the receipt alone."],
  ["utm", "Campaign parameters", "Those that begin with utm_, which your analytics reads."],
  ["all", "Everything", "All that the visitor's link carries, but never what your URL sets itself."],
]);

const VISITOR = [["utm_source", "newsletter"], ["utm_campaign", "spring"], ["coupon", "MAYA10"]];

/**
 * Where a visitor of the example lands.
 * @param {string} url of the destination
 * @param {"none" | "utm" | "all"} pass
 * @returns {[string, "own" | "passed" | "receipt"][]}
 */
function landing(url, pass) {
  const [, before, fragment] = /^([^#]*)(#.*)?$/.exec(url) ?? ["", url, ""];
  const own = new Set(before.includes("?") ? new URLSearchParams(before.slice(before.indexOf("?"))).keys() : []);
  const passed = VISITOR.filter(([key]) => !own.has(key) && (pass === "all" || (pass === "utm" && key.startsWith("utm_"))));
  const query = passed.map(([key, value]) => `${key}=${value}`).join("&");
  const start = before.includes("?") ? "&" : "?";
  return [
    [before, "own"],
    ...(query ? [/** @type {[string, "passed"]} */ ([start + query, "passed"])] : []),
    [`${query ? "&" : start}gw=c1…`, "receipt"],
    ...(fragment ? [/** @type {[string, "own"]} */ ([fragment, "own"])] : []),
  ];
}

/** @param {{ editor: Editor }} props */
export function Settings({ editor }) {
  const settings = editor.settings.value;
  const errors = editor.errors.value;
  if (!settings) return null;
  const first = (editor.destinations.value ?? []).find(({ number }) => number === 0)?.url ?? "https://example.com/welcome";
  return html`
    <section class="form-section">
      <header><h2>The program</h2><p>Its name stands on the pages that your advocates and their friends see.</p></header>
      <div>
        <${TextField} path="name" label="Name" value=${settings.name} error=${errors.name} maxlength="200" autocomplete="off"
          onInput=${(/** @type {string} */ text) => editor.set(["name"], text)} />
        <${Choices} path="status" legend="Status" value=${settings.status} error=${errors.status}
          options=${[["active", "Active", "Its links lead where they should."], ["disabled", "Switched off", "All its links lead to a neutral page. Nothing is deleted."]]}
          onChange=${(/** @type {string} */ status) => editor.set(["status"], status)} />
        <${ZoneField} path="zone" value=${settings.zone} error=${errors.zone} hint="Decides when a day begins in its statistics."
          onPick=${(/** @type {string} */ zone) => editor.set(["zone"], zone)} />
      </div>
    </section>
    <section class="form-section">
      <header><h2>Attribution</h2><p>Who has the credit when a prospect clicked more than one link. A spoken code or a rep's word goes before any click.</p></header>
      <div>
        <${Choices} path="touch" legend="Which click wins" value=${settings.touch} error=${errors.touch}
          options=${[["first", "The first", "Who introduced you keeps the credit."], ["last", "The last", "Who brought them back in the end has it."]]}
          onChange=${(/** @type {string} */ touch) => editor.set(["touch"], touch)} />
        <${TextField} path="window_days" label="Days for which a click counts" type="number" inputmode="numeric" min="1" max="365" class="input input-short"
          hint="1 to 365. B2B buyers take their time: 90 is usual." error=${errors.window_days}
          value=${Number.isNaN(settings.window_days) ? "" : String(settings.window_days)}
          onInput=${(/** @type {string} */ text) => editor.set(["window_days"], text.trim() === "" ? Number.NaN : Number(text))} />
        <${CheckField} path="cookie" label="Remember the click in a cookie" checked=${settings.cookie} error=${errors.cookie}
          hint="Without it, the receipt in the landing page's address carries the attribution alone. Visitors with Global Privacy Control never get one."
          onChange=${(/** @type {boolean} */ on) => editor.set(["cookie"], on)} />
      </div>
    </section>
    <section class="form-section">
      <header><h2>Pass-through</h2><p>What of a link's own parameters reaches your landing page.</p></header>
      <div>
        <${Choices} path="pass_through" legend="What is passed on" value=${settings.pass_through} error=${errors.pass_through}
          options=${PASS} onChange=${(/** @type {string} */ pass) => editor.set(["pass_through"], pass)} />
        <dl class="example">
          <dt>Somebody follows</dt>
          <dd><code>${location.origin}/7kq4…?${VISITOR.map(([key, value]) => `${key}=${value}`).join("&")}</code></dd>
          <dt>and lands on</dt>
          <dd><code>${landing(first, settings.pass_through).map(([text, kind]) => html`<span class=${`example-${kind}`}>${text}</span>`)}</code></dd>
        </dl>
        <p class="hint"><code>gw</code> is the receipt: your page sends it back with the lead, and proves whose link it was. A visitor can set neither it nor where they land.</p>
      </div>
    </section>`;
}
