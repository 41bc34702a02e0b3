// The tab of the brand: its colour, with what can be read on it, and its logo.

import { html, useId, useState } from "/vendor/ui.js";
import { ColorInput } from "/ui/components.js";
import { COLOR, DARK_TEXT, LIGHT_TEXT, contrast, isColor, safeColor, textOn } from "/ui/color.js";
import { ownPicture } from "/ui/safe.js";
import { Around, Editable, aria, fieldId } from "./controls.js";
import { LogoError, logoOf } from "./logo.js";

/** @import { Editor } from "./editor.js" */

const ratio = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** What WCAG 2.2 says of text at a contrast. @param {number} value */
function verdict(value) {
  if (value >= 7) return ["AAA", "any text"];
  if (value >= 4.5) return ["AA", "any text"];
  if (value >= 3) return ["AA large", "large text alone"];
  return ["fails", "no text"];
}

/** @param {{ color: string, text: string, name: string, best: boolean }} props */
function Contrast({ color, text, name, best }) {
  const value = contrast(color, text);
  const [grade, what] = verdict(value);
  return html`<div class="contrast">
    <svg class="contrast-sample" viewBox="0 0 48 40" aria-hidden="true"><rect width="48" height="40" rx="7" fill=${color} /><text x="24" y="26" text-anchor="middle" fill=${text}>Aa</text></svg>
    <p><strong>${name}: ${ratio.format(value)} : 1</strong> <span class=${`grade${value < 4.5 ? " grade-low" : ""}`}>${grade}</span>
      <small>Good for ${what}.${best ? " This is what buttons use." : ""}</small></p>
  </div>`;
}

/** @param {{ editor: Editor, editable: boolean }} props */
function Logo({ editor, editable }) {
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const id = useId();
  const logo = editor.content.value?.brand.logo ?? "";
  const shown = ownPicture(logo);

  /** @param {Blob | undefined} file */
  async function take(file) {
    if (!file) return;
    setBusy(true);
    setError("");
    try {
      editor.setContent(["brand", "logo"], await logoOf(file));
    } catch (fault) {
      setError(fault instanceof LogoError ? fault.message : "The picture could not be read.");
    } finally {
      setBusy(false);
    }
  }

  const problem = error || editor.errors.value["brand.logo"];
  return html`<div class="field">
    <label for=${id}>Logo</label>
    <div class="drop" onDragOver=${(/** @type {Event} */ event) => event.preventDefault()}
      onDrop=${(/** @type {DragEvent} */ event) => { event.preventDefault(); if (editable) take(event.dataTransfer?.files[0]); }}>
      ${shown && html`<img src=${shown} alt="The logo as it is stored" />`}
      <div>
        <input id=${id} type="file" accept="image/*" aria-describedby=${`${id}-hint`} aria-invalid=${problem ? "true" : undefined}
          onChange=${(/** @type {Event} */ event) => {
            const field = /** @type {HTMLInputElement} */ (event.currentTarget);
            take(field.files?.[0]);
            field.value = "";
          }} />
        <p class="hint" id=${`${id}-hint`}>${busy ? "Reading it…" : "Any picture; it is made no larger than 256 pixels. Put it on a transparent ground, and it suits light and dark pages."}</p>
        ${logo && html`<button type="button" class="button quiet" onClick=${() => editor.setContent(["brand", "logo"], "")}>Take the logo away</button>`}
      </div>
    </div>
    ${problem && html`<p class="error" role="alert">${problem}</p>`}
  </div>`;
}

/** @param {{ editor: Editor, editable: boolean }} props */
export function Brand({ editor, editable }) {
  const [content, settings] = [editor.content.value, editor.settings.value];
  if (!content || !settings) return null;
  const { brand } = content;
  const color = safeColor(brand.color || COLOR);
  const best = textOn(color);
  const logo = ownPicture(brand.logo);
  const field = { path: "brand.color", label: "Colour", error: editor.errors.value["brand.color"] };
  const set = (/** @type {string} */ text) => editor.setContent(["brand", "color"], text);
  return html`<section class="beside">
    <header><h2>Brand</h2><p>How your landing page and QR codes look.</p></header>
    <${Editable} on=${editable}>
      <${Around} ...${field}><div class="brand-color"><${ColorInput} ...${aria(field)} value=${brand.color} onValue=${set} /></div><//>
      <div role="group" aria-label="What can be read on the colour" id=${`${fieldId("brand.color")}-contrast`}>
        <${Contrast} color=${color} text=${LIGHT_TEXT} name="White text" best=${best === LIGHT_TEXT} />
        <${Contrast} color=${color} text=${DARK_TEXT} name="Dark text" best=${best === DARK_TEXT} />
      </div>
      <${Logo} editor=${editor} editable=${editable} />
    <//>
    <div class="stage" role="group" aria-label="Preview of the brand">
      ${["light", "dark"].map((ground) => html`<div key=${ground} class=${`brand-card brand-card-${ground}`}>
        <div class="frame-brand">${logo ? html`<img src=${logo} alt="" />` : html`<strong>${settings.name}</strong>`}</div>
        <div class="mock-button" style=${{ background: color, color: best }}>${content.landing.button || "Get in touch"}</div>
      </div>`)}
      ${brand.color !== "" && !isColor(brand.color) && html`<p class="hint">Shown in the standard colour until yours is written whole.</p>`}
    </div>
  </section>`;
}
