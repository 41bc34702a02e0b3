// What this browser keeps for its reader. Storage can be blocked or full, which
// is no reason for a page to fail.

/**
 * @param {string} key
 * @param {() => Storage} storage
 */
export function kept(key, storage = () => localStorage) {
  try {
    return storage().getItem(key);
  } catch {
    return null;
  }
}

/**
 * @param {string} key
 * @param {string | null} value null to forget it
 * @param {() => Storage} storage
 */
export function keep(key, value, storage = () => localStorage) {
  try {
    if (value === null) storage().removeItem(key);
    else storage().setItem(key, value);
  } catch {
    // Nothing is kept, then.
  }
}

/**
 * The keys that begin with a text.
 * @param {string} beginning
 */
export function keys(beginning) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(beginning));
  } catch {
    return [];
  }
}
