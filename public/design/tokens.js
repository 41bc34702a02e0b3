// Tokens, as the sheet of this page's theme has them.

import { html } from "/vendor/ui.js";
import { Icon } from "/ui/components.js";
import { ICONS } from "/ui/components/icon.js";

/** @type {[title: string, tokens: [name: string, use: string][]][]} */
const COLORS = [
  ["Surfaces", [["paper", "the page"], ["raised", "cards, fields"], ["well", "let into them"], ["hover", "under the pointer"], ["line", "divides"], ["edge", "bounds controls"]]],
  ["Text and accent", [["ink", "text"], ["muted", "what is beside"], ["accent", "links, the action"], ["accent-soft", "where one is"], ["on-accent", "on the accent"]]],
  ["Signals", [["good", "done"], ["good-soft", "its ground"], ["warn", "look here"], ["warn-soft", "its ground"], ["bad", "wrong"], ["bad-soft", "its ground"], ["info", "to know"], ["info-soft", "its ground"]]],
  ["Channels and classes, in charts", [["channel-email", "email"], ["channel-social", "social"], ["channel-verbal", "verbal"], ["channel-print", "print"], ["channel-link", "link"], ["channel-form", "form"], ["class-human", "people"], ["class-suspected", "suspected"], ["class-bot", "bots"]]],
];

/** Sets the colour of a patch; attributes for it would be inline style. */
const tint = (/** @type {HTMLElement | null} */ element) => {
  if (element) element.style.setProperty("--sample", `var(--${element.dataset.token})`);
};

export const Colors = () => COLORS.map(([title, tokens]) => html`<h3 key=${title}>${title}</h3>
  <ul class="tokens grid">${tokens.map(([name, use]) => html`<li key=${name}>
    <span class="patch" data-token=${name} ref=${tint}></span><code>--${name}</code><small>${use}</small>
  </li>`)}</ul>`);

const TEXTS = [
  ["text-2xl", "Who put in a good word?"], ["text-xl", "Top advocates of the quarter"], ["text-l", "Clicks by people"],
  ["text-m", "The text of the console, in its tables and forms"], ["text-s", "Hints, labels, what is said beside"], ["text-xs", "Badges, heads of columns"],
];
const SPACES = ["s1", "s2", "s3", "s4", "s5", "s6", "s8", "s12"];

const size = (/** @type {HTMLElement | null} */ element) => {
  if (element) element.style.fontSize = `var(--${element.dataset.token})`;
};
const width = (/** @type {HTMLElement | null} */ element) => {
  if (element) element.style.width = `var(--${element.dataset.token})`;
};

export const Sizes = () => html`<div class="grid design-two">
  <div><h3>Type</h3><ul class="scale">${TEXTS.map(([name, text]) => html`<li key=${name}><code>--${name}</code><span data-token=${name} ref=${size}>${text}</span></li>`)}</ul></div>
  <div><h3>Space</h3><ul class="scale">${SPACES.map((name) => html`<li key=${name}><code>--${name}</code><span class="space" data-token=${name} ref=${width}></span></li>`)}</ul></div>
</div>`;

export const Icons = () => html`<ul class="icons grid">${ICONS.map((name) => html`<li key=${name}><${Icon} name=${name} /><small>${name}</small></li>`)}</ul>`;
