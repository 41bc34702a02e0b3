// The place beside the title, which a page fills from within.

import { signal, useEffect, useLayoutEffect } from "/vendor/ui.js";

/** What stands there now. */
export const slot = signal(/** @type {any} */ (null));

/**
 * What a page puts beside its title: `` html`<${PageActions}><${Button}>…<//><//>` ``.
 * @param {{ children?: any }} props
 */
export function PageActions({ children }) {
  useLayoutEffect(() => { slot.value = children; });
  useEffect(() => () => { slot.value = null; }, []);
  return null;
}
