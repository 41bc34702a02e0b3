// The texts that advocates send: what each is for, the placeholders in them, and
// how long they are where that matters.

import { PLACEHOLDERS } from "/ui/messages.js";

/** @import { Channel } from "/ui/media.js" */
/** @import { Values } from "/ui/messages.js" */
/** @import { Content } from "./types.js" */

/** What a channel's text is for. @type {Record<string, string>} */
export const TEXT_FOR = {
  email: "The mail that an advocate's mail program is opened with.",
  social: "The post or message that a network's composer is opened with.",
  link: "The text that goes with a link that is copied or handed on.",
  verbal: "What an advocate or a rep can say; the link stands for their spoken code.",
  print: "What stands beside the link or its QR code on paper.",
  form: "What stands above the form in which an advocate names somebody.",
};

/**
 * The media of a channel that have texts of their own: its plain one says what the
 * channel says.
 * @param {Channel} channel
 */
export const ownTexts = ({ channel, media }) => media.filter(({ medium }) => medium !== channel && medium !== "copy");

/**
 * What the previews put in for the placeholders.
 * @param {string} program its name
 * @returns {Values}
 */
export const sample = (program) => ({
  first_name: "Maya",
  advocate: "Maya Okafor",
  program,
  link: `${location.origin}/7kq4txmaya2v9n3cw8hd5rjb6z`,
});

/**
 * What is wrong with the placeholders of a text.
 * @param {string} text
 * @returns {string | undefined}
 */
export function placeholderFault(text) {
  const known = PLACEHOLDERS.map(([name]) => `{${name}}`);
  const wrong = text.match(/\{[^{}]*\}|[{}]/g)?.find((found) => !known.some((name) => name === found));
  if (!wrong) return undefined;
  return wrong.length === 1 ? "A brace stands alone; braces stand around placeholders." : `${wrong} is no placeholder; there are ${known.join(", ")}.`;
}

/**
 * Content as it is stored: what says nothing is left out.
 * @param {Content} content
 * @returns {Content}
 */
export function tidy(content) {
  const { color, ...brand } = content.brand;
  return {
    ...content,
    // A colour is said or left out; an empty one is none.
    brand: /** @type {Content["brand"]} */ (color === "" ? brand : { color: color.toLowerCase(), ...brand }),
    messages: content.messages.filter(({ subject, text }) => subject.trim() !== "" || text.trim() !== ""),
  };
}

/** X counts every link as long as its own short ones. */
const X_LINK = 23;
export const X_MOST = 280;
/** Ranges that X counts once; all else, emoji and CJK among it, counts twice. */
const X_LIGHT = /[\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]/;

/**
 * The length of a post as X counts it.
 * @param {string} text with its link filled in
 */
export function xLength(text) {
  const links = text.match(/https?:\/\/\S+/g) ?? [];
  const rest = text.replace(/https?:\/\/\S+/g, "");
  const graphemes = [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(rest)];
  return links.length * X_LINK + graphemes.reduce((sum, { segment }) => {
    const characters = [...segment];
    return sum + (characters.length === 1 && X_LIGHT.test(segment) ? 1 : characters.every((c) => X_LIGHT.test(c)) ? characters.length : 2);
  }, 0);
}

const GSM = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const GSM_TWICE = "\f^{}\\[~]|€";

/**
 * How many text messages a text is (3GPP TS 23.038): 160 characters of the plain
 * alphabet or 70 of any other, fewer where several have to be joined.
 * @param {string} text
 */
export function smsParts(text) {
  const plain = [...text].every((character) => GSM.includes(character) || GSM_TWICE.includes(character));
  const length = plain
    ? [...text].reduce((sum, character) => sum + (GSM_TWICE.includes(character) ? 2 : 1), 0)
    : text.length;
  const [single, joined] = plain ? [160, 153] : [70, 67];
  return { length, plain, parts: length === 0 ? 0 : length <= single ? 1 : Math.ceil(length / joined), single };
}
