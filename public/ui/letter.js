// Names in letters, and the addresses that open one.

/** Characters that turn the text around them about, an address among it. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

/** A name in somebody else's text: one line, which leaves the rest as it is. @param {string} text */
export const tame = (text) => text.replace(TURNING, "").replace(/\s+/g, " ").trim();

/** What somebody is called in a letter. @param {string} name */
export const firstName = (name) => tame(name).split(" ")[0] ?? "";

/**
 * An address of mail to somebody: what is in an address or a text cannot add a header.
 * @param {string} email
 * @param {{ subject?: string, body?: string }} [letter]
 */
export function mailTo(email, letter = {}) {
  // RFC 6068 wants its line breaks so.
  const parts = Object.entries(letter).map(([name, text]) => `${name}=${encodeURIComponent(text.replace(/\r?\n/g, "\r\n"))}`);
  return `mailto:${encodeURIComponent(email).replace("%40", "@")}${parts.length > 0 ? `?${parts.join("&")}` : ""}`;
}
