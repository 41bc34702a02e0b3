// A program's texts for what is shared: which one goes with a medium, and what
// stands in it for a placeholder.

/** @typedef {{ channel: string, medium: string | null, subject: string, text: string }} Message */

export const PLACEHOLDERS = /** @type {const} */ ([
  ["first_name", "the advocate's first name"],
  ["advocate", "the advocate's whole name"],
  ["program", "the program's name"],
  ["link", "the advocate's own link"],
]);

/** @typedef {{ first_name: string, advocate: string, program: string, link: string }} Values */

/**
 * A text as it is sent.
 * @param {string} text
 * @param {Values} values
 */
export function filled(text, values) {
  return text.replace(/\{(first_name|advocate|program|link)\}/g, (_, /** @type {keyof Values} */ name) => values[name]);
}

/**
 * The message of a channel, or of a medium in it; the medium's own goes first.
 * @param {readonly Message[]} messages
 * @param {string} channel
 * @param {string | null} medium
 */
export function messageOf(messages, channel, medium) {
  const at = (/** @type {string | null} */ wanted) =>
    messages.find((message) => message.channel === channel && (message.medium ?? null) === wanted);
  return { own: at(medium), standard: at(null) };
}
