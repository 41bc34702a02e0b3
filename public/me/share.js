// The tab where one shares: in one tap, by every medium that has a composer.
//
// Composers are links that open in the click itself, so that no blocker of popups
// stands in between, and what is counted is sent beside them.

import { html, useState } from "/vendor/ui.js";
import { Button, Card, Empty, Icon, Notice, Select, toast } from "/ui/components.js";
import { copied } from "/ui/copy.js";
import { number, plural } from "/ui/format.js";
import { Glyph } from "/ui/glyphs.js";
import { firstName, mailTo } from "/ui/letter.js";
import { channelOf, mediumName } from "/ui/media.js";
import { TAKES_NO_TEXT, composer, linkOf, sheet, wordsFor } from "./compose.js";
import { Naming } from "./name.js";
import { Go, Title } from "./parts.js";
import { goal, nextWords } from "./progress.js";
import { QrDialog } from "./qr-dialog.js";
import { record } from "./record.js";
import { Say } from "./say.js";
import { embedded } from "./state.js";

/** @import { Me } from "./types.js" */

/** In the order in which they stand. */
const COMPOSED = ["whatsapp", "email", "sms", "linkedin", "x", "facebook"];

/** Where there is no telephone to send it, a text message would open nothing. */
const sends = (/** @type {string} */ medium) => medium !== "sms" || matchMedia("(pointer: coarse)").matches || /Mac/.test(navigator.platform);

/** What the browser opens itself, and what another site does. */
const opensItself = (/** @type {string} */ medium) => medium === "email" || medium === "sms";

/** @param {string} text @param {string} done what to say once it is copied */
async function copy(text, done) {
  const is = await copied(text);
  if (is) toast(done);
  else toast("The browser did not let this page copy. Select the text, and copy it yourself.", { tone: "bad" });
  return is;
}

/** The same, which counts once it is there. @param {string} text @param {string} done */
async function share(text, done) {
  if (await copy(text, done)) record("copy");
}

/** @param {{ who: Me, medium: string }} props */
function Composer({ who, medium }) {
  const words = wordsFor(who, medium);
  // From within another page, a mail program is opened by the whole window: its
  // policy says what frames may hold, and a mail is none of it.
  const where = opensItself(medium) ? (embedded ? { target: "_top" } : {}) : { target: "_blank", rel: "noopener noreferrer" };
  return html`<a class="tile" href=${composer(medium, words)} ...${where} data-medium=${medium} onClick=${() => {
    record(medium);
    if (TAKES_NO_TEXT.includes(medium)) copy(words.text, `Your text is copied: paste it into the post, as ${mediumName(medium)} takes none.`);
  }}><${Glyph} of=${medium} /><span>${mediumName(medium)}</span></a>`;
}

/** The device's own. @param {{ who: Me }} props */
function Sheet({ who }) {
  async function share() {
    try {
      await navigator.share(sheet(wordsFor(who, "share_sheet")));
      record("share_sheet");
    } catch (error) {
      // Thinking better of it is no fault, and no share.
      if (error instanceof DOMException && error.name === "AbortError") return;
      toast("This device could not share it. Take one of the ways below.", { tone: "bad" });
    }
  }
  return html`<button type="button" class="button primary wide me-share" data-medium="share_sheet" onClick=${share}><${Glyph} of="share_sheet" />Share</button>`;
}

/** The words that go along. @param {{ who: Me, media: string[] }} props */
function WhatTheyRead({ who, media }) {
  const [medium, setMedium] = useState(media[0]);
  const words = wordsFor(who, medium);
  return html`<details class="me-words">
    <summary>What they will read</summary>
    <div class="stack">
      <${Select} aria-label="By which way" value=${medium} onValue=${setMedium} options=${media.map((one) => [one, mediumName(one)])} />
      <div class="me-message" dir="auto">
        ${channelOf(medium).channel === "email" && html`<p><strong>${words.subject}</strong></p>`}
        <p>${words.text}</p>
      </div>
      ${TAKES_NO_TEXT.includes(medium) && html`<p class="hint">${mediumName(medium)} takes the link alone, so your text is copied as you open it: paste it there.</p>`}
    </div>
  </details>`;
}

/** @param {{ who: Me }} props */
function Links({ who }) {
  const [qr, setQr] = useState(false);
  const has = (/** @type {string} */ medium) => linkOf(who, medium) !== "";
  const link = linkOf(who, "copy");
  const media = COMPOSED.filter((medium) => has(medium) && sends(medium));
  const shares = typeof navigator.share === "function" && has("share_sheet");
  return html`<${Card} class="me-links">
    <h2>Your personal link</h2>
    ${link && html`<div class="me-link">
      <input class="input" readonly aria-label="Your personal link" value=${link} onFocus=${(/** @type {any} */ event) => event.currentTarget.select()} />
      <${Button} icon="copy" kind=${shares ? undefined : "primary"} data-medium="copy" onClick=${() => share(link, "Your link is copied.")}>Copy<//>
    </div>`}
    ${shares && html`<${Sheet} who=${who} />`}
    <div class="tiles" role="group" aria-label="Share by">
      ${media.map((medium) => html`<${Composer} key=${medium} who=${who} medium=${medium} />`)}
      ${link && html`<button type="button" class="tile" data-medium="text" onClick=${() => share(wordsFor(who, "copy").text, "Your text is copied, with the link in it.")}><${Glyph} of="copy" /><span>Copy text</span></button>`}
      ${has("qr") && html`<button type="button" class="tile" data-medium="qr" aria-haspopup="dialog" onClick=${() => { record("qr"); setQr(true); }}><${Glyph} of="qr" /><span>QR code</span></button>`}
    </div>
    ${(media.length > 0 || link) && html`<${WhatTheyRead} who=${who} media=${link ? [...media, "copy"] : media} />`}
    <${QrDialog} open=${qr} who=${who} onClose=${() => setQr(false)} />
  <//>`;
}

/** @param {{ who: Me }} props */
function Next({ who }) {
  const promised = goal(who);
  if (!promised) return null;
  const [title, about] = nextWords(who, promised);
  return html`<${Go} tab="rewards" class="me-next">
    <span class="me-next-sign"><${Icon} name="rewards" /></span>
    <span><strong>${title}</strong><small>${about}</small></span>
    <${Icon} name="arrow" />
  <//>`;
}

/** What came of it so far. @param {{ who: Me }} props */
function SoFar({ who: { totals } }) {
  /** @type {[number, string, string][]} */
  const shown = [
    [totals.shares, "share", "shares"], [totals.clicks, "visit", "visits"],
    [totals.leads, "referral", "referrals"], [totals.won, "customer", "customers"],
  ];
  return html`<dl class="so-far">${shown.map(([value, one, other]) => html`<div key=${one}><dt>${plural(value, one, other)}</dt><dd>${number(value)}</dd></div>`)}</dl>`;
}

/** @param {{ who: Me, open: boolean }} props */
export function Share({ who, open }) {
  const first = firstName(who.advocate.name);
  const fresh = who.totals.shares === 0 && who.totals.leads === 0;
  const title = html`<${Title} about=${open && fresh ? "You know people whom this would help. Send them your link: whoever follows it is counted as yours." : undefined}>Hello <bdi>${first}</bdi><//>`;
  if (!open) return html`${title}<${SoFar} who=${who} />`;
  return html`${title}
    <div class="me-columns">
      <div class="stack">
        <${Next} who=${who} />
        ${who.links.length > 0
          ? html`<${Links} who=${who} />`
          : html`<${Card}><${Empty} level=${2} title="Your links are not ready yet">The program has no page yet to which they could lead. Look in again in a while.<//><//>`}
      </div>
      <div class="stack">
        <${Naming} />
        <${Say} who=${who} />
        ${!fresh && html`<${Card} title="So far"><${SoFar} who=${who} /><//>`}
        ${who.contact && html`<${Notice} title=${html`Your contact is <bdi>${who.contact.name}</bdi>`}>${who.contact.email ? html`Any question? Write to <a href=${mailTo(who.contact.email)} target=${embedded ? "_top" : undefined}>${who.contact.email}</a>.` : "Ask them whatever you like to know."}<//>`}
      </div>
    </div>`;
}
