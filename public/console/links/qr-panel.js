// The QR code of a link: how it looks, files of it, and cards to print.

import { html, useEffect, useMemo, useState } from "/vendor/ui.js";
import { Button, Card, Checkbox, Field, Select, Skeleton, toast } from "/ui/components.js";
import { downloadBlob } from "/ui/download.js";
import * as qr from "/ui/qr.js";
import { mediumName } from "/ui/media.js";
import { Drawing } from "/ui/sheet/pages.js";
import { SheetPanel } from "/ui/sheet/panel.js";

/** Pixels on a side of a file. */
const SIZES = [
  { pixels: 300, name: "300 px · for a screen" },
  { pixels: 600, name: "600 px · for a document" },
  { pixels: 1200, name: "1200 px · for print" },
  { pixels: 2400, name: "2400 px · for a poster" },
];

/**
 * The look of a code, and the fields that change it.
 * @param {import("./brand.js").Content | undefined} content
 */
export function useLook(content) {
  const [logo, setLogo] = useState(true);
  const [colored, setColored] = useState(true);
  const brand = content?.brand ?? {};
  const pale = Boolean(brand.color) && !qr.readable(brand.color ?? "");
  const look = useMemo(() => ({
    color: colored && brand.color ? brand.color : "#000000",
    logo: logo && brand.logo ? brand.logo : undefined,
  }), [colored, logo, brand.color, brand.logo]);
  const fields = html`
    <${Checkbox} label="Logo in the middle" checked=${logo && Boolean(brand.logo)} disabled=${!brand.logo}
      hint=${brand.logo ? undefined : "Add one under Programs → Content."}
      onValue=${setLogo} />
    <${Checkbox} label="Brand colour" checked=${colored && Boolean(brand.color) && !pale} disabled=${!brand.color || pale}
      hint=${pale ? "It is too pale for cameras, so the code stays black." : undefined}
      onValue=${setColored} />`;
  return { look, fields };
}

/**
 * @param {object} props
 * @param {any} props.link
 * @param {import("./brand.js").Content | undefined} props.content
 * @param {string} props.medium
 * @param {any} props.program
 * @param {import("/ui/combobox.js").Option} props.advocate
 * @param {(medium: string) => void} props.onMedium
 */
export function QrPanel({ link, content, medium, program, advocate, onMedium }) {
  const { look, fields } = useLook(content);
  const [pixels, setPixels] = useState(600);
  const [transparent, setTransparent] = useState(false);
  const [sheet, setSheet] = useState(false);
  const title = `QR code: ${advocate.text}, ${program.name}`;
  const name = qr.fileName(program.name, advocate.text, link?.label ?? "", medium === "qr" ? "" : medium, "qr");
  const cards = useMemo(() => (link ? [{ key: link.code, url: link.url, name: advocate.text, wanted: {
    program: link.program, advocate: link.advocate, medium: link.medium, destination: link.destination, label: link.label,
  } }] : []), [link?.code, advocate.text]);
  useEffect(() => setSheet(false), [advocate.key]);

  /** @param {"svg" | "png"} kind */
  async function save(kind) {
    try {
      const code = qr.code(link.url, { ...look, transparent });
      const blob = kind === "svg" ? qr.svgFile(code, title, pixels) : await qr.pngFile(code, pixels);
      downloadBlob(`${name}.${kind}`, blob);
    } catch {
      toast("The file could not be made: the logo is not a picture that this browser reads.", { tone: "bad" });
    }
  }

  return html`<${Card} title="QR code">
    <div class="links-qr">
      <div class=${transparent ? "qr-frame transparent" : "qr-frame"} data-testid="qr">
        ${link ? html`<${Drawing} url=${link.url} look=${{ ...look, transparent }} title=${title} />`
          : html`<${Skeleton} shape="block" />`}
      </div>
      <div class="stack">
        <${Field} label="Size of the PNG">
          <${Select} value=${String(pixels)} onValue=${(/** @type {string} */ chosen) => setPixels(Number(chosen))}>
            ${SIZES.map((one) => html`<option key=${one.pixels} value=${String(one.pixels)}>${one.name}</option>`)}
          <//>
        <//>
        ${fields}
        <${Checkbox} label="Transparent background" checked=${transparent} hint="Put it on something light."
          onValue=${setTransparent} />
        <div class="row">
          <${Button} kind="primary" disabled=${!link} onClick=${() => save("svg")}>Download SVG<//>
          <${Button} disabled=${!link} onClick=${() => save("png")}>Download PNG<//>
          <${Button} disabled=${!link} aria-expanded=${sheet} onClick=${() => setSheet(!sheet)}>Print cards<//>
        </div>
      </div>
    </div>
    ${medium === "qr" || medium === "print" ? "" : html`<div class="links-note row">
      <p>Who scans this counts as ${mediumName(medium)}: that is what the link says.</p>
      <${Button} onClick=${() => onMedium("qr")}>Make it a link for QR codes<//>
    </div>`}
    ${sheet ? html`<${SheetPanel} cards=${cards} program=${program} look=${look} copies />` : ""}
  <//>`;
}
