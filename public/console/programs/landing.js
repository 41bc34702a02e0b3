// The tab of the landing page: its texts, and how it looks on a phone and on a desk.

import { html, useState } from "/vendor/ui.js";
import { Segments } from "/ui/components.js";
import { filled } from "/ui/messages.js";
import { safeColor, textOn } from "/ui/color.js";
import { ownPicture } from "/ui/safe.js";
import { Editable } from "./controls.js";
import { PlaceholderField } from "./placeholders.js";
import { sample } from "./words.js";

/** @import { Editor } from "./editor.js" */

const TEXTS = /** @type {const} */ ([
  ["headline", "Headline", true, "Maya thinks you should meet us"],
  ["body", "Body", false, "Tell us how to reach you, and we will be in touch."],
  ["button", "Button", true, "Get in touch"],
  ["consent", "Consent", false, "What visitors agree to by sending the form. It is kept with each lead, word for word."],
]);

/** @param {{ editor: Editor, wide: boolean }} props */
function Page({ editor, wide }) {
  const [settings, content] = [editor.settings.value, editor.content.value];
  if (!settings || !content) return null;
  const { landing, brand } = content;
  // Of the advocate nobody reads more than the first name.
  const known = sample(settings.name);
  const values = { ...known, advocate: known.first_name };
  const color = safeColor(brand.color);
  const logo = ownPicture(brand.logo);
  return html`<div class=${`frame ${wide ? "frame-desk" : "frame-phone"}`} role="group" aria-label="Preview of the landing page">
    <div class="frame-page">
      <div class="frame-brand">${logo ? html`<img src=${logo} alt="" />` : html`<strong>${settings.name}</strong>`}</div>
      ${landing.headline && html`<p class="frame-invited">${values.first_name} invited you</p>`}
      <p class="frame-headline">${filled(landing.headline, values) || `${values.first_name} invited you`}</p>
      <p class="message-words">${filled(landing.body, values) || "Tell us how to reach you, and we will be in touch."}</p>
      <div class="mock-field">Your name</div>
      <div class="mock-field">E-mail</div>
      <div class="mock-field">Phone</div>
      ${landing.consent && html`<p class="frame-consent"><span class="mock-box" aria-hidden="true"></span><span>${filled(landing.consent, values)}</span></p>`}
      <div class="mock-button" style=${{ background: color, color: textOn(color) }}>${filled(landing.button, values) || "Get in touch"}</div>
    </div>
  </div>`;
}

/** @param {{ editor: Editor, editable: boolean }} props */
export function Landing({ editor, editable }) {
  const [wide, setWide] = useState(false);
  const landing = editor.content.value?.landing;
  const errors = editor.errors.value;
  if (!landing) return null;
  return html`<section class="beside">
    <header><h2>Landing page</h2><p>Where a friend lands who has followed a link, if the destination is the page that Goodword hosts: <code>${location.origin}/l/${editor.slug}</code>. Their advocate is named if they let prospects read their first name.</p></header>
    <${Editable} on=${editable}>
      ${TEXTS.map(([key, label, line, hint]) => html`<${PlaceholderField} key=${key} path=${`landing.${key}`} label=${label} line=${line} rows=${3}
        hint=${key === "consent" ? hint : undefined} value=${landing[key]} error=${errors[`landing.${key}`]} names=${key === "headline" || key === "body" ? ["first_name", "advocate", "program"] : []}
        onInput=${(/** @type {string} */ text) => editor.setContent(["landing", key], text)} />`)}
    <//>
    <div class="stage">
      <${Segments} label="Size of the preview" options=${[["phone", "Phone"], ["desktop", "Desktop"]]} value=${wide ? "desktop" : "phone"}
        onChange=${(/** @type {string} */ size) => setWide(size === "desktop")} />
      <${Page} editor=${editor} wide=${wide} />
    </div>
  </section>`;
}
