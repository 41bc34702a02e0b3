// A time zone, found by what is typed.

import { html } from "/vendor/ui.js";
import { Combobox } from "/ui/combobox.js";

const MOST = 50;

/** Every zone that the browser knows; UTC is one that it does not list. */
const ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

export const OWN_ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** @param {string} zone */
function timeIn(zone) {
  try {
    const parts = new Intl.DateTimeFormat(undefined, { timeZone: zone, hour: "2-digit", minute: "2-digit", timeZoneName: "shortOffset" });
    return parts.format(new Date());
  } catch {
    return "";
  }
}

/** @param {string} zone */
const option = (zone) => ({ key: zone, text: zone, detail: timeIn(zone) });

/**
 * @param {string} text
 */
async function search(text) {
  const wanted = text.toLowerCase().replace(/\s+/g, "_");
  const found = ZONES.filter((zone) => zone.toLowerCase().includes(wanted));
  // What begins with it, whole or in its city, is likelier to be meant.
  const early = (/** @type {string} */ zone) => (zone.toLowerCase().split("/").some((part) => part.startsWith(wanted)) ? 0 : 1);
  const first = wanted === "" ? (/** @type {string} */ zone) => (zone === OWN_ZONE ? 0 : 1) : early;
  return found.toSorted((a, b) => first(a) - first(b)).slice(0, MOST).map(option);
}

/** @param {{ path: string, value: string, hint?: string, error?: string, onPick: (zone: string) => void }} props */
export function ZoneField({ value, hint, error, onPick }) {
  return html`<${Combobox} label="Time zone" hint=${hint} error=${error} value=${option(value)} search=${search} required
    none="No such time zone" onPick=${(/** @type {{ key: string } | undefined} */ picked) => picked && onPick(picked.key)} />`;
}
