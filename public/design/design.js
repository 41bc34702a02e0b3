// The design system, shown: every token, every component, all of its states.

import { html, render } from "/vendor/ui.js";
import { Segments, Toasts } from "/ui/components.js";
import { chooseTheme, theme } from "/ui/theme-switch.js";
import { Buttons, Fields, Forms } from "./controls.js";
import { Above, Lists, Shown } from "./samples.js";
import { Colors, Icons, Sizes } from "./tokens.js";

/** @type {[id: string, title: string, about: string, sample: any][]} */
const SECTIONS = [
  ["colour", "Colour", "Warm paper, one green, and few signals. Text has a contrast of 4.5 to 1 at least with each surface, lines of controls and of charts 3 to 1.", Colors],
  ["size", "Type and space", "The system’s own typeface, in sizes that grow with the reader’s. Figures stand below one another. Spaces keep to a grid of 4 pixels.", Sizes],
  ["icons", "Icons", "Lines on a grid of 20. An icon never says something alone: words stand beside it, or its button has a name.", Icons],
  ["buttons", "Buttons", "One primary action on a page at most; what destroys is red, and asks first.", Buttons],
  ["fields", "Fields", "The label above, the hint below, and what is wrong beside the field, in words that say how to mend it.", Fields],
  ["forms", "A form", "Sent to the API, what it refuses is put beside its field, and the first of them has the focus.", Forms],
  ["shown", "Cards, figures, signs", "Borders rather than shadows. Where there is nothing yet, it says what would be there and how to get it; what is on its way has its shape already.", Shown],
  ["lists", "Tables and tabs", "A table too wide for its page scrolls inside itself, with the keyboard too.", Lists],
  ["above", "Dialogs, menus, toasts", "The browser’s own: they keep the focus, give it back, and close with Escape.", Above],
];

function Design() {
  return html`<main class="design">
    <header class="design-head">
      <h1>Design</h1>
      <${Segments} label="Theme" value=${theme.value} onChange=${chooseTheme}
        options=${[["system", "System"], ["light", "Light"], ["dark", "Dark"]]} />
    </header>
    <p class="design-about">What Goodword’s pages are made of. Each sample is the component itself, from <code>/ui/components.js</code>, drawn by <code>/goodword.css</code>.</p>
    <nav aria-label="On this page"><ul class="contents">${SECTIONS.map(([id, title]) => html`<li key=${id}><a href=${`#${id}`}>${title}</a></li>`)}</ul></nav>
    ${SECTIONS.map(([id, title, about, Sample]) => html`<section key=${id} id=${id} aria-labelledby=${`${id}-title`}>
      <h2 id=${`${id}-title`}>${title}</h2><p>${about}</p><${Sample} />
    </section>`)}
  </main>
  <${Toasts} />`;
}

const root = document.createElement("div");
document.body.append(root);
render(html`<${Design} />`, root);
