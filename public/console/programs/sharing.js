// The tab of what is shared: the card that networks show, and the messages.

import { html, useEffect, useState } from "/vendor/ui.js";
import { CHANNELS, channelName } from "/ui/media.js";
import { filled, messageOf } from "/ui/messages.js";
import { ownPicture, safeHref } from "/ui/safe.js";
import { cardOf, drawnOf } from "./card.js";
import { AreaField, Editable, SelectField, TextField } from "./controls.js";
import { messagePath } from "./editor.js";
import { PlaceholderField } from "./placeholders.js";
import { MessagePreview, SocialCard } from "./preview.js";
import { TEXT_FOR, X_MOST, ownTexts, sample, smsParts, xLength } from "./words.js";

/** @import { Editor } from "./editor.js" */
/** @import { Message } from "/ui/messages.js" */

/**
 * What networks will show: the picture of the program's own, or else its card, drawn
 * of what is not saved yet.
 * @param {Editor} editor
 */
function usePreview(editor) {
  const [settings, content] = [editor.settings.value, editor.content.value];
  const [card, setCard] = useState("");
  const drawn = settings && content && drawnOf(settings.name, content);
  useEffect(() => {
    let isCurrent = true;
    if (drawn) cardOf(drawn).then((now) => { if (isCurrent) setCard(now); });
    return () => { isCurrent = false; };
  }, [drawn?.color, drawn?.logo, drawn?.name, drawn?.headline]);
  return settings && { ...settings.preview, image: settings.preview.image || card };
}

/** @param {{ editor: Editor, editable: boolean }} props */
function Card({ editor, editable }) {
  const shown = usePreview(editor);
  const settings = editor.settings.value;
  const errors = editor.errors.value;
  if (!settings || !shown) return null;
  const { preview } = settings;
  const set = (/** @type {string} */ key) => (/** @type {string} */ text) => editor.set(["preview", key], text);
  const away = safeHref(preview.image) && !ownPicture(preview.image);
  return html`<section class="beside">
    <header><h2>Social card</h2><p>What networks and chats show of every link of this program.</p></header>
    <${Editable} on=${editable}>
      <${TextField} path="preview.title" label="Title" value=${preview.title} error=${errors["preview.title"]} maxlength="200" placeholder=${settings.name}
        hint=${`${preview.title.length} characters; most networks show some 60.`} onInput=${set("title")} />
      <${AreaField} path="preview.description" label="Description" rows="3" value=${preview.description} error=${errors["preview.description"]} maxlength="1000"
        hint=${`${preview.description.length} characters; most networks show some 110.`} onInput=${set("description")} />
      <${TextField} path="preview.image" label="Picture" type="url" inputmode="url" spellcheck=${false} value=${preview.image} error=${errors["preview.image"]}
        placeholder="https://example.com/card.png" hint="1200 × 630 pixels suit every network. Without one they show a card that is made of your brand." onInput=${set("image")} />
    <//>
    <div class="stage" aria-label="Preview of the social card" role="group">
      <${SocialCard} preview=${shown} name=${settings.name} />
      ${away && html`<p class="hint">The picture is on another host. The console asks no other host for anything, so it is shown here by its address; networks fetch it themselves.</p>`}
    </div>
  </section>`;
}

/** @param {{ medium: string, text: string }} props */
function Length({ medium, text }) {
  if (medium === "x") {
    const length = xLength(text);
    return html`<p class=${`count${length > X_MOST ? " count-over" : ""}`}>${length} of ${X_MOST} as X counts${length > X_MOST ? ": too long to post" : ""}</p>`;
  }
  if (medium === "sms") {
    const { length, plain, parts, single } = smsParts(text);
    return html`<p class=${`count${parts > 1 ? " count-over" : ""}`}>${length} of ${single} · ${parts === 1 ? "1 text message" : `${parts} text messages`}${plain ? "" : ", as a character is outside the plain alphabet"}</p>`;
  }
  return html`<p class="count">${[...text].length} characters</p>`;
}

/** Every place for which there can be a message. */
const PLACES = CHANNELS.flatMap((one) => [
  { channel: one.channel, medium: /** @type {string | null} */ (null), label: one.name },
  ...ownTexts(one).map(({ medium, name }) => ({ channel: one.channel, medium: /** @type {string | null} */ (medium), label: name })),
]);

/** @param {{ channel: string, medium: string | null }} place */
const keyOf = ({ channel, medium }) => (medium ? `${channel}/${medium}` : channel);

/** @param {Message | undefined} message */
const says = (message) => message !== undefined && (message.text.trim() !== "" || message.subject.trim() !== "");

/** @param {{ editor: Editor, editable: boolean }} props */
function Messages({ editor, editable }) {
  const shown = usePreview(editor);
  const [chosen, choose] = useState(/** @type {{ channel: string, medium: string | null }} */ ({ channel: "email", medium: null }));
  const settings = editor.settings.value;
  const content = editor.content.value;
  if (!settings || !content || !shown) return null;
  const { channel, medium } = chosen;
  const place = PLACES.find((known) => keyOf(known) === keyOf(chosen));
  const { own, standard } = messageOf(content.messages, channel, medium);
  const values = sample(settings.name);
  const path = messagePath(channel, medium);
  const errors = editor.errors.value;
  const message = own ?? standard;
  const faulty = (/** @type {{ channel: string, medium: string | null }} */ one) =>
    Object.keys(errors).some((field) => field.startsWith(`${messagePath(one.channel, one.medium)}.`));
  const note = (/** @type {{ channel: string, medium: string | null }} */ one) => {
    const found = messageOf(content.messages, one.channel, one.medium);
    if (faulty(one)) return "mistake";
    if (says(found.own)) return one.medium ? "own text" : "written";
    return one.medium ? "default" : "empty";
  };
  return html`<section class="messages">
    <header><h2>Messages</h2><p>What an advocate finds written when they share. One text for each channel, and another for a medium where that reads better.</p></header>
    <nav class="places" aria-label="Channels and media">
      <ul>
        ${PLACES.map((one) => html`<li key=${keyOf(one)} class=${one.medium ? "places-medium" : ""}>
          <button type="button" aria-current=${keyOf(one) === keyOf(chosen) ? "true" : undefined} onClick=${() => choose({ channel: one.channel, medium: one.medium })}>
            <span>${one.label}</span><small class=${note(one) === "mistake" ? "places-mistake" : ""}>${note(one)}</small>
          </button>
        </li>`)}
      </ul>
    </nav>
    <div class="places-select">
      <${SelectField} path="place" label="Channel or medium" value=${keyOf(chosen)}
        options=${PLACES.map((one) => [keyOf(one), `${one.medium ? "– " : ""}${one.label} (${note(one)})`])}
        onChange=${(/** @type {string} */ key) => choose(PLACES.find((one) => keyOf(one) === key) ?? chosen)} />
    </div>
    <${Editable} on=${editable} key=${path}>
      <h3>${place?.label}</h3>
      <p class="hint">${TEXT_FOR[channel]}</p>
      ${medium && !own
        ? html`<p class="as-channel">As it says for ${channelName(channel)}.</p>
          <button type="button" class="button" onClick=${() => editor.setMessage(channel, medium, { subject: standard?.subject ?? "", text: standard?.text ?? "" })}>Write a text of its own</button>`
        : html`
          ${channel === "email" && html`<${PlaceholderField} line path=${`${path}.subject`} label="Subject" value=${own?.subject ?? ""} error=${errors[`${path}.subject`]}
            names=${["first_name", "advocate", "program"]} onInput=${(/** @type {string} */ subject) => editor.setMessage(channel, medium, { subject })} />`}
          <${PlaceholderField} path=${`${path}.text`} label="Text" rows=${6} value=${own?.text ?? ""} error=${errors[`${path}.text`]}
            hint=${own && says(own) && !own.text.includes("{link}") ? "There is no {link} in it: whoever reads it has nothing to follow." : undefined}
            after=${html`<${Length} medium=${medium ?? channel} text=${filled(own?.text ?? "", values)} />`}
            onInput=${(/** @type {string} */ text) => editor.setMessage(channel, medium, { text })} />
          ${medium && html`<button type="button" class="button quiet" onClick=${() => editor.setMessage(channel, medium, undefined)}>Use the channel's text instead</button>`}`}
    <//>
    <div class="stage" role="group" aria-label=${`Preview: ${place?.label}`}>
      <${MessagePreview} channel=${channel} medium=${medium} message=${message} preview=${shown} values=${values} />
    </div>
  </section>`;
}

/** @param {{ editor: Editor, editable: boolean }} props */
export const Sharing = (props) => html`<${Card} ...${props} /><${Messages} ...${props} />`;
