// What of a text that anybody may have written can be put where a browser acts on it.

/**
 * A URL that is safe to link to: http or https, or nothing.
 * @param {string} text
 * @returns {string | undefined}
 */
export function safeHref(text) {
  try {
    const url = new URL(text);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A picture that this page may show without asking another host, or nothing.
 * @param {string} text
 * @returns {string | undefined}
 */
export function ownPicture(text) {
  if (/^data:image\/(png|jpeg|webp|gif);base64,[A-Za-z0-9+/=]+$/.test(text)) return text;
  const href = safeHref(text);
  return href && new URL(href).origin === location.origin ? href : undefined;
}
