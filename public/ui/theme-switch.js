// The theme: light, dark, or what the system prefers.

import { signal } from "/vendor/ui.js";
import { keep, kept } from "./kept.js";

/** @typedef {"light" | "dark" | "system"} Theme */

const KEY = "gw-theme";

/** @returns {Theme} */
function read() {
  const chosen = kept(KEY);
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

/** What is chosen; `chooseTheme` changes it. */
export const theme = signal(read());

/** @param {Theme} chosen */
export function chooseTheme(chosen) {
  theme.value = chosen;
  keep(KEY, chosen === "system" ? null : chosen);
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  // What is drawn on a canvas does not follow the sheet by itself.
  dispatchEvent(new Event("gw-theme"));
}
