// Where somebody goes once they are signed in.

/**
 * A path on this site from what the address says, which anybody may have written.
 * Browsers read `\` as `/` and skip tabs and line breaks, so the path is taken as
 * they read it, and only if it stays here.
 * @param {string | null} text
 * @param {string} origin
 */
export function safeNext(text, origin) {
  const home = "/console";
  if (!text || !/^\/(?![/\\])/.test(text) || /[\\\u0000-\u001f]/.test(text)) return home;
  /** @type {URL} */
  let url;
  try {
    url = new URL(text, origin);
  } catch {
    return home;
  }
  // `/.//elsewhere.example` is a path here, and would be another site once it is
  // written out again.
  if (url.origin !== origin || url.pathname.startsWith("//") || url.pathname === "/sign-in") return home;
  return url.pathname + url.search + url.hash;
}
