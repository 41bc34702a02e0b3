// What a link says and whether it works, and the end of one.

import { html, useState } from "/vendor/ui.js";
import { api, ApiError } from "/ui/api.js";
import { Badge, Button, Card, Dialog, Empty, Field, Input, toast } from "/ui/components.js";
import { channelOf, mediumName } from "/ui/media.js";

export function Check() {
  const [code, setCode] = useState("");
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const [found, setFound] = useState(/** @type {{ code: string, explained: any } | undefined} */ (undefined));
  const [asking, setAsking] = useState(false);

  /** @param {string} text */
  async function explain(text) {
    setError("");
    if (!text.trim()) return setError("Paste a link, or its code.");
    setBusy(true);
    try {
      setFound({ code: text, explained: await api.post("/v1/links/verify", { code: text }) });
    } catch (fault) {
      setFound(undefined);
      setError(wrong(fault));
    }
    setBusy(false);
  }

  async function revoke() {
    if (!found) return;
    try {
      await api.post("/v1/links/revoke", { code: found.code });
      setAsking(false);
      toast("The link is revoked. It ends within two minutes everywhere.");
      await explain(found.code);
    } catch (fault) {
      setAsking(false);
      toast(wrong(fault), { tone: "bad" });
    }
  }

  const link = found?.explained.link;
  return html`<div class="links-check stack">
    <${Card} title="Check a link">
      <form class="links-ask" onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); explain(code); }}>
        <${Field} label="Link or code" error=${error}>
          <${Input} value=${code} spellcheck=${false} autocomplete="off"
            onValue=${setCode} />
        <//>
        <${Button} kind="primary" type="submit" busy=${busy}>Explain<//>
      </form>
      <p class="muted">The dot or the bracket behind it in a text does no harm.</p>
    <//>
    ${found ? html`<${Card} title="What it says" actions=${link && found.explained.works
        ? html`<${Button} kind="danger" onClick=${() => setAsking(true)}>Revoke the link<//>` : ""}>
      <div aria-live="polite">
        <p><${Verdict} explained=${found.explained} /> ${found.explained.reason ? sentence(found.explained.reason) : ""}</p>
        ${link ? html`<${Facts} link=${link} />` : ""}
      </div>
    <//>` : html`<${Card}><${Empty} title="A link tells all by itself">
      Paste one that somebody asks about: whose it is, where it leads, how it was shared, and whether it still works.
    <//><//>`}
  </div>
  <${Dialog} open=${asking} title="Revoke this link for good?" onClose=${() => setAsking(false)}
    actions=${html`<${Button} onClick=${() => setAsking(false)}>Keep it<//>
      <${Button} kind="danger" onClick=${revoke}>Revoke the link<//>`}>
    <p>Whoever follows it sees a page that says it leads nowhere. This cannot be undone, and this very link
      is never issued again: ${link?.advocate_name ?? "the advocate"} needs one of another medium or label.</p>
    <p class="muted">What was counted until now stays.</p>
  <//>`;
}

/** @param {unknown} fault */
function wrong(fault) {
  if (fault instanceof ApiError) return fault.fields.code ?? fault.detail ?? fault.title;
  return fault instanceof Error ? fault.message : String(fault);
}

/** @param {{ explained: any }} props */
function Verdict({ explained }) {
  if (explained.works) return html`<${Badge} tone="good">It works<//>`;
  return html`<${Badge} tone=${explained.valid ? "warn" : "bad"}>${explained.valid ? "It does not work" : "Not a link of ours"}<//>`;
}

/** @param {string} text */
const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}.`;

/** @param {{ link: any }} props */
function Facts({ link }) {
  const facts = [
    ["Program", link.program ?? `Number ${link.program_number}`],
    ["Advocate", link.advocate_name ? `${link.advocate_name} (${link.advocate})` : link.advocate],
    ["Shared by", `${channelOf(link.medium).name} · ${mediumName(link.medium)}`],
    ["Leads to", link.destination_url ?? `Destination number ${link.destination_number}`],
    ["Label", link.label ?? (link.label_number ? `Number ${link.label_number}` : "None")],
    ["Signed by key", link.kid],
  ];
  return html`<dl class="facts">${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
