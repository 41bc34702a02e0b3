// Putting a text into the clipboard.

/**
 * Copies at once, before the click that asked for it opens another window and this
 * page may not any more.
 * @param {string} text
 */
function copyNow(text) {
  const put = (/** @type {ClipboardEvent} */ event) => {
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
    done = true;
  };
  let done = false;
  document.addEventListener("copy", put, { capture: true });
  try {
    document.execCommand("copy");
  } catch {
    // There is another way.
  }
  document.removeEventListener("copy", put, { capture: true });
  return done;
}

/**
 * @param {string} text
 * @returns {Promise<boolean>} whether it is there
 */
export async function copied(text) {
  if (copyNow(text)) return true;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
