// The QR code of an advocate's link, to be shown or to be printed.

import { html, useLayoutEffect, useMemo, useRef } from "/vendor/ui.js";
import { Button, Dialog, toast } from "/ui/components.js";
import { downloadBlob } from "/ui/download.js";
import * as qr from "/ui/qr.js";
import { linkOf, wordsFor } from "./compose.js";

/** @import { Me } from "./types.js" */

/** Enough for print. */
const PIXELS = 1_200;

/** @param {{ open: boolean, who: Me, onClose: () => void }} props */
export function QrDialog({ open, who, onClose }) {
  return open ? html`<${Open} who=${who} onClose=${onClose} />` : null;
}

/** @param {{ who: Me, onClose: () => void }} props */
function Open({ who, onClose }) {
  const link = linkOf(who, "qr");
  const { color, logo } = who.content.brand ?? {};
  const title = `QR code of ${who.advocate.name}, ${who.program.name}`;
  const code = useMemo(() => qr.code(link, { color, logo }), [link, color, logo]);
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => { place.current?.replaceChildren(qr.svg(code, title)); }, [code]);

  async function save() {
    try {
      downloadBlob(`${qr.fileName(who.program.name, who.advocate.name, "qr")}.png`, await qr.pngFile(code, PIXELS));
    } catch {
      toast("The picture could not be made on this device.", { tone: "bad" });
    }
  }

  return html`<${Dialog} open title="Your QR code" onClose=${onClose}
    actions=${html`<${Button} onClick=${onClose}>Done<//><${Button} kind="primary" icon="download" onClick=${save}>Save the picture<//>`}>
    <div class="me-qr" ref=${place} data-testid="qr"></div>
    <p class="me-qr-words" dir="auto">${wordsFor(who, "qr").before}</p>
  <//>`;
}
