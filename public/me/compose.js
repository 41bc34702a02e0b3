// What goes out when an advocate shares: the program's words for a medium, and the
// address that opens its composer with them.
//
// **Law**: whatever a program or an advocate has written gets into an address by
// `encodeURIComponent` alone.

import { firstName, mailTo, tame } from "../ui/letter.js";
import { channelOf } from "../ui/media.js";
import { filled, messageOf } from "../ui/messages.js";

/** @import { Me } from "./types.js" */

const PLAIN = "I thought this could be something for you. My personal invitation: {link}";

/** What is said where the program says nothing, by channel. @type {Record<string, string>} */
const DEFAULTS = {
  email: "Hi,\n\nI thought of you: this could be something for you too. Here is my personal invitation:\n\n{link}\n\n{first_name}",
  social: "I can recommend this. My personal invitation: {link}",
  print: "Scan this: it is my personal invitation.",
  verbal: "I can recommend this to you. Tell them my code, and they know that I sent you.",
};

const SUBJECT = "An invitation from {first_name}";

/** The link of a medium; "" where there is none, as it was revoked. @param {Me} me @param {string} medium */
export const linkOf = (me, medium) => me.links.find((link) => link.medium === medium)?.url ?? "";

/**
 * @typedef {object} Words
 * @property {string} subject one line
 * @property {string} text with the link in it
 * @property {string} before the text as it goes with a link that stands for itself
 * @property {string} link
 */

/**
 * The words for a medium: its own, else its channel's, else ours.
 * @param {Me} me
 * @param {string} medium
 * @returns {Words}
 */
export function wordsFor(me, medium) {
  const { channel } = channelOf(medium);
  const { own, standard } = messageOf(me.content.messages ?? [], channel, medium);
  const written = [own, standard].filter((message) => message !== undefined);
  const say = (/** @type {"subject" | "text"} */ key) => written.map((message) => message[key] ?? "").find((text) => text.trim() !== "");
  const link = linkOf(me, medium);
  const values = {
    first_name: firstName(me.advocate.name),
    advocate: tame(me.advocate.name),
    program: tame(me.program.name),
    link,
  };
  const template = (say("text") ?? DEFAULTS[channel] ?? PLAIN).trim();
  const whole = /\{link\}/.test(template) ? template : `${template}\n\n{link}`;
  return {
    subject: tame(filled(say("subject") ?? SUBJECT, values)),
    text: filled(whole, values),
    // In the middle it has to stay, or the sentence breaks.
    before: filled(whole.replace(/\s*\{link\}\s*$/, ""), values),
    link,
  };
}

const e = encodeURIComponent;

/**
 * The address of a medium's composer. LinkedIn and Facebook take a link alone.
 * @type {Record<string, (words: Words) => string>}
 */
const COMPOSERS = {
  email: ({ subject, text }) => mailTo("", { subject, body: text }),
  // `?&`: Android reads the one, iOS the other.
  sms: ({ text }) => `sms:?&body=${e(text)}`,
  whatsapp: ({ text }) => `https://wa.me/?text=${e(text)}`,
  x: ({ text }) => `https://x.com/intent/post?text=${e(text)}`,
  linkedin: ({ link }) => `https://www.linkedin.com/sharing/share-offsite/?url=${e(link)}`,
  facebook: ({ link }) => `https://www.facebook.com/sharer/sharer.php?u=${e(link)}`,
};

/** Media that take no text, so that it is copied. */
export const TAKES_NO_TEXT = ["linkedin", "facebook"];

/** @param {string} medium @param {Words} words */
export const composer = (medium, words) => COMPOSERS[medium](words);

/**
 * What the device's own share sheet is given. A link that stands within the text
 * does not stand beside it once more.
 * @param {Words} words
 */
export const sheet = ({ subject, text, before, link }) =>
  (before.includes(link) ? { title: subject, text } : { title: subject, text: before, url: link });
