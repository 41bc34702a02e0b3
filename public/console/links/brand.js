// What a program's content says to its links: the brand on a QR code, and the
// message that goes with a link.

import { useEffect, useState } from "/vendor/ui.js";
import { api, ApiError } from "/ui/api.js";
import { channelOf } from "/ui/media.js";

/**
 * The parts of a program's content that are needed here.
 * @typedef {object} Content
 * @property {{ color?: string, logo?: string }} brand
 * @property {{ channel: string, medium?: string | null, subject?: string, text?: string }[]} messages
 */

/** @type {Content} */
const NONE = { brand: {}, messages: [] };

/**
 * The content of a program; undefined until it is known.
 * @param {string | undefined} program
 * @returns {Content | undefined}
 */
export function useBrand(program) {
  const [content, setContent] = useState(/** @type {Content | undefined} */ (undefined));
  useEffect(() => {
    if (!program) return;
    setContent(undefined);
    let gone = false;
    api.get(`/v1/programs/${program}/content`).then(
      (/** @type {any} */ answer) => { if (!gone) setContent({ ...NONE, ...answer.content }); },
      // Links do not need it: without it a code is black and there is no message.
      (/** @type {unknown} */ fault) => {
        if (!gone) setContent(NONE);
        if (!(fault instanceof ApiError)) throw fault;
      },
    );
    return () => { gone = true; };
  }, [program]);
  return content;
}

/**
 * The message for a medium: its own, or its channel's.
 * @param {Content} content
 * @param {string} medium
 */
export function messageFor(content, medium) {
  const { channel } = channelOf(medium);
  return content.messages.find((one) => one.medium === medium)
    ?? content.messages.find((one) => one.channel === channel && !one.medium);
}

/**
 * A text with its placeholders filled in.
 * @param {string} text
 * @param {{ advocate: string, program: string, link: string }} values
 */
export function fill(text, { advocate, program, link }) {
  /** @type {Record<string, string>} */
  const values = { first_name: advocate.split(/\s+/)[0], advocate, program, link };
  // Once over: what a name holds is not read again.
  return text.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? values[name] : whole));
}
