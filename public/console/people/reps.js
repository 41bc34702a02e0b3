// The reps, who follow leads up and own advocates.

import { signal, useEffect } from "/vendor/ui.js";
import { api } from "/ui/api.js";

/** @typedef {{ slug: string, name: string, email: string | null, status: "active" | "disabled" }} Rep */

/** They are the same on all of a page, so they are asked for once. */
const known = signal(/** @type {Rep[] | undefined} */ (undefined));
let asked = false;

/** All of them; none until they are there. */
export function useReps() {
  useEffect(() => {
    if (asked) return;
    asked = true;
    // Without them slugs stand in the place of names, which is no reason to fail.
    api.pages("/v1/reps").then((all) => { known.value = all; }, () => { known.value = []; });
  }, []);
  const all = known.value ?? [];
  return {
    reps: all,
    loaded: known.value !== undefined,
    /** @param {string | null | undefined} slug */
    repName: (slug) => (slug ? (all.find((rep) => rep.slug === slug)?.name ?? slug) : ""),
    /** Who can be given something, for a Select. @returns {[string, string][]} */
    choices: () => all.filter(({ status }) => status === "active").map(({ slug, name }) => [slug, name]),
    /** All of them, for a filter. @returns {[string, string][]} */
    everyone: () => all.map(({ slug, name, status }) => [slug, status === "disabled" ? `${name} (disabled)` : name]),
  };
}
