// What people will see of a program's texts: its social card, and a message as
// each medium shows it.
//
// **Law**: what is previewed may be anything, so it only ever becomes text, or a
// picture that `ownPicture` lets through.

import { html } from "/vendor/ui.js";
import { filled } from "/ui/messages.js";

/** @import { Message, Values } from "/ui/messages.js" */
import { ownPicture, safeHref } from "/ui/safe.js";
/** @import { Preview } from "./types.js" */

/** @param {{ image: string }} props */
function Picture({ image }) {
  const own = ownPicture(image);
  if (own) return html`<img class="card-picture" src=${own} alt="" />`;
  const href = safeHref(image);
  if (!href) return null;
  const { host, pathname } = new URL(href);
  return html`<div class="card-picture card-picture-away">
    <span>Picture from ${host}</span><small>${pathname}</small>
  </div>`;
}

/**
 * The card that a network makes of a link.
 * @param {{ preview: Preview, name: string, small?: boolean, plain?: boolean }} props
 */
export function SocialCard({ preview, name, small = false, plain = false }) {
  return html`<div class=${`social-card${small ? " social-card-small" : ""}`}>
    <${Picture} image=${preview.image} />
    <div class="social-card-words">
      <small>${location.host}</small>
      <strong>${preview.title || name}</strong>
      ${!plain && preview.description && html`<p>${preview.description}</p>`}
    </div>
  </div>`;
}

/**
 * @typedef {object} Shown
 * @property {string} text
 * @property {string} subject
 * @property {Preview} preview
 * @property {Values} values
 * @property {string} medium
 */

/** @param {{ who: string, note: string }} props */
const Author = ({ who, note }) => html`<div class="post-author">
  <span class="post-face" aria-hidden="true">${who.slice(0, 1)}</span>
  <span><strong>${who}</strong><small>${note}</small></span>
</div>`;

/** @param {{ text: string }} props */
const Words = ({ text }) => html`<p class="message-words">${text || html`<span class="message-none">Nothing is written yet.</span>`}</p>`;

/** @param {Shown} shown */
const Mail = ({ subject, text, values }) => html`<div class="mail">
  <dl>
    <div><dt>From</dt><dd>${values.advocate}</dd></div>
    <div><dt>To</dt><dd class="message-none">whom they choose</dd></div>
    <div><dt>Subject</dt><dd><strong>${subject || html`<span class="message-none">none</span>`}</strong></dd></div>
  </dl>
  <${Words} text=${text} />
</div>`;

/** @param {Shown} shown */
const Post = ({ text, preview, values, medium }) => html`<div class="post">
  <${Author} who=${values.advocate} note=${medium === "x" ? "@maya · now" : "now · public"} />
  <${Words} text=${text} />
  <${SocialCard} preview=${preview} name=${values.program} plain=${medium === "linkedin" || medium === "x"} />
</div>`;

/** @param {Shown} shown */
const Bubble = ({ text, preview, values, medium }) => html`<div class="chat">
  <div class="bubble">
    ${medium === "whatsapp" && html`<${SocialCard} preview=${preview} name=${values.program} small />`}
    <${Words} text=${text} />
  </div>
</div>`;

/** @param {Shown} shown */
const Speech = ({ text }) => html`<blockquote class="speech"><${Words} text=${text} /></blockquote>`;

/** @param {Shown} shown */
const Paper = ({ text, values, medium }) => html`<div class="paper">
  <${Words} text=${text} />
  ${medium === "qr" ? html`<div class="paper-qr" aria-label="Here stands the QR code" role="img"></div>` : html`<p class="paper-link">${values.link}</p>`}
</div>`;

/** @param {Shown} shown */
const AboveForm = ({ text }) => html`<div class="paper">
  <${Words} text=${text} />
  <div class="mock-field">Their name</div><div class="mock-field">Their e-mail address</div>
</div>`;

/** @type {Record<string, (shown: Shown) => unknown>} */
const SHAPES = {
  email: Mail, linkedin: Post, x: Post, facebook: Post, social: Post, whatsapp: Bubble, instagram: Bubble,
  link: Bubble, sms: Bubble, share_sheet: Bubble, verbal: Speech, in_person: Speech, phone: Speech, video: Speech,
  print: Paper, qr: Paper, form: AboveForm,
};

/**
 * A message as its medium shows it.
 * @param {{ channel: string, medium: string | null, message: Pick<Message, "subject" | "text"> | undefined, preview: Preview, values: Values }} props
 */
export function MessagePreview({ channel, medium, message, preview, values }) {
  const Shape = SHAPES[medium ?? channel] ?? Bubble;
  return html`<${Shape} medium=${medium ?? channel} preview=${preview} values=${values}
    subject=${filled(message?.subject ?? "", values)} text=${filled(message?.text ?? "", values)} />`;
}
