// The code to say: made when it is asked for, because it is kept.

import { html, useEffect, useState } from "/vendor/ui.js";
import { Button, Card, Copy } from "/ui/components.js";
import { channelOf, mediumName } from "/ui/media.js";
import { codeMedium, spokenCode } from "/ui/sheet/spoken-code.js";

/** @param {{ wanted: Parameters<typeof spokenCode>[0] }} props */
export function Spoken({ wanted }) {
  const [code, setCode] = useState(/** @type {any} */ (undefined));
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const key = JSON.stringify({ ...wanted, medium: codeMedium(wanted.medium) });
  useEffect(() => {
    setCode(undefined);
    setFault("");
  }, [key]);

  async function ask() {
    setBusy(true);
    setFault("");
    try {
      setCode(await spokenCode(wanted));
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
  }

  const medium = codeMedium(wanted.medium);
  return html`<${Card} title="Spoken code" actions=${code
      ? html`<${Copy} text=${code.code} label="Copy code" />`
      : html`<${Button} busy=${busy} onClick=${ask}>Get the code<//>`}>
    ${code ? html`<p class="links-code" data-testid="code">${code.code}</p>` : ""}
    ${fault ? html`<p class="error" role="alert">${fault}</p>` : ""}
    <p class="muted">Easy to say and to type: case, blanks and hyphens do not matter.
      It counts as ${channelOf(medium).name} · ${mediumName(medium)}.</p>
  <//>`;
}
