// The code to say that goes with a link: made when it is asked for, because it is
// kept.

import { api } from "/ui/api.js";
import { channelOf } from "/ui/media.js";

/**
 * The medium of a spoken code that goes with a link: on paper it is typed from a
 * card, everywhere else it is said.
 * @param {string} medium
 */
export function codeMedium(medium) {
  const { channel } = channelOf(medium);
  if (channel === "verbal") return medium;
  return channel === "print" ? "print" : "in_person";
}

/**
 * The spoken code that goes with a link.
 * @param {{ program: string, advocate: string, medium: string, destination: string | null, label: string | null }} wanted
 * @returns {Promise<any>}
 */
export function spokenCode(wanted) {
  return api.post("/v1/codes", { ...wanted, medium: codeMedium(wanted.medium) });
}
