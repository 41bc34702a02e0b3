// The tab of the mail that invites an advocate.

import { html } from "/vendor/ui.js";
import { filled } from "/ui/messages.js";
import { Editable } from "./controls.js";
import { PlaceholderField } from "./placeholders.js";
import { sample } from "./words.js";

/** @import { Editor } from "./editor.js" */

const START = {
  subject: "{first_name}, your own link to {program}",
  text: "Hi {first_name},\n\nyou know people whom we could help. This is your own link:\n\n{link}\n\nShare it as you like. Whoever follows it is counted as yours.",
};

/** @param {{ editor: Editor, editable: boolean }} props */
export function Invitation({ editor, editable }) {
  const [content, settings] = [editor.content.value, editor.settings.value];
  if (!content || !settings) return null;
  const { invitation } = content;
  const errors = editor.errors.value;
  const values = sample(settings.name);
  const letter = filled(invitation.text, values) + (invitation.text && !invitation.text.includes("{link}") ? `\n\n${values.link}` : "");
  const empty = invitation.subject === "" && invitation.text === "";
  const set = (/** @type {string} */ key) => (/** @type {string} */ text) => editor.setContent(["invitation", key], text);
  return html`<section class="beside">
    <header><h2>Invitation</h2><p>The mail that an advocate gets when you invite them, with their own link.</p></header>
    <${Editable} on=${editable}>
      <${PlaceholderField} line path="invitation.subject" label="Subject" value=${invitation.subject} error=${errors["invitation.subject"]}
        names=${["first_name", "advocate", "program"]} onInput=${set("subject")} />
      <${PlaceholderField} path="invitation.text" label="Text" rows=${10} value=${invitation.text} error=${errors["invitation.text"]} onInput=${set("text")}
        hint=${invitation.text && !invitation.text.includes("{link}") ? "There is no {link} in it, so their link is added at its end." : undefined} />
      ${empty && html`<button type="button" class="button" onClick=${() => editor.setContent(["invitation"], START)}>Begin with an example</button>`}
    <//>
    <div class="stage" role="group" aria-label="Preview of the mail">
      <div class="mail">
        <dl>
          <div><dt>From</dt><dd>${settings.name}</dd></div>
          <div><dt>To</dt><dd>${values.advocate}</dd></div>
          <div><dt>Subject</dt><dd><strong>${filled(invitation.subject, values) || html`<span class="message-none">none</span>`}</strong></dd></div>
        </dl>
        <p class="message-words">${letter || html`<span class="message-none">As long as nothing is written here, a short letter of Goodword’s own goes out.</span>`}</p>
      </div>
    </div>
  </section>`;
}
