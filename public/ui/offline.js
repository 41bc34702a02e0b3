// Lets a page open without a connection.
//
// `/sw.js` keeps the page and its files, and nothing of the API. It is registered
// for the page's path alone. What else begins with that path wakes the worker too,
// which leaves it to the network: /me/embed, and links whose code begins with "me".

/** The page's policy allows a worker by a trusted address; this is the only one there is. */
const ADDRESS = "/sw.js";

/** @param {string} page its path, which is the worker's scope */
export function opensOffline(page) {
  if (!("serviceWorker" in navigator)) return;
  const types = /** @type {any} */ (globalThis).trustedTypes;
  const policy = types?.createPolicy("goodword-worker", { createScriptURL: () => ADDRESS });
  // A browser that takes none, as in some private windows, shows the page with a connection only.
  navigator.serviceWorker.register(policy ? policy.createScriptURL(ADDRESS) : ADDRESS, { scope: page }).catch(() => {});
}
