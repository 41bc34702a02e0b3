// What a page shows stands in its address, so that it can be sent to somebody.

import { useCallback, useEffect, useState } from "/vendor/ui.js";

/** Says to every part of the page that the address has changed. */
const CHANGED = "gw-address";

/**
 * @template {Record<string, string>} T
 * @param {T} defaults
 * @returns {T}
 */
function read(defaults) {
  const parameters = new URLSearchParams(location.search);
  return /** @type {T} */ (Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, parameters.get(name) ?? value])));
}

/**
 * Changes parameters in the address, and leaves the others.
 * @param {Record<string, string | null | undefined>} changes null, undefined and "" take one away
 * @param {{ push?: boolean }} [options] whether going back undoes it
 */
export function changeAddress(changes, { push = false } = {}) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === "") url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  if (url.href === location.href) return;
  if (push) history.pushState(null, "", url);
  else history.replaceState(history.state, "", url);
  dispatchEvent(new Event(CHANGED));
}

/**
 * State that lives in the query string. What equals its default is left out of it.
 * @template {Record<string, string>} T
 * @param {T} defaults
 * @returns {[{ [K in keyof T]: string }, (changes: Partial<Record<keyof T, string>>, options?: { push?: boolean }) => void]}
 */
export function useQuery(defaults) {
  const [query, setQuery] = useState(() => read(defaults));
  useEffect(() => {
    const again = () => setQuery((before) => {
      const now = read(defaults);
      return Object.keys(now).every((name) => now[name] === before[name]) ? before : now;
    });
    // Something may have changed it before this part of the page was there.
    again();
    addEventListener("popstate", again);
    addEventListener(CHANGED, again);
    return () => {
      removeEventListener("popstate", again);
      removeEventListener(CHANGED, again);
    };
  }, [JSON.stringify(defaults)]);
  const change = useCallback((/** @type {any} */ changes, /** @type {{ push?: boolean }} */ options = {}) => {
    changeAddress(Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, value === defaults[name] ? null : value])), options);
  }, [JSON.stringify(defaults)]);
  return [query, change];
}
