// Who is signed in here, and what they may see of themselves.

import { signal } from "/vendor/ui.js";
import { ApiError, api } from "/ui/api.js";

/** @import { Me } from "./types.js" */

/** Nobody yet (`undefined`), nobody at all (`null`), or an advocate. */
export const me = signal(/** @type {Me | null | undefined} */ (undefined));

/** Why it could not be asked. */
export const failed = signal("");

/** Whether this stands in a page of somebody else's. */
export const embedded = document.documentElement.classList.contains("embedded");

export async function load() {
  failed.value = "";
  try {
    me.value = await api.get("/v1/me");
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) me.value = null;
    else if (!me.value) failed.value = /** @type {Error} */ (error).message;
  }
}

/**
 * Counts what was just done, until the API is asked again.
 * @param {keyof Me["totals"]} total
 */
export function count(total) {
  const known = me.value;
  if (known) me.value = { ...known, totals: { ...known.totals, [total]: known.totals[total] + 1 } };
}
