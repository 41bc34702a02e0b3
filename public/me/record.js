// Counts a share. It never stands in the way of the composer: what could not be
// sent is tried again, under the same id, so that it counts once.

import { ApiError, api } from "/ui/api.js";
import { count } from "./state.js";

/** Pauses before another try (ms). */
const PAUSES = [2_000, 10_000, 60_000];

/** @param {string} medium */
export function record(medium) {
  const share = { medium, event_id: crypto.randomUUID() };
  const send = async (/** @type {number} */ tries) => {
    try {
      await api.post("/v1/me/shares", share, {}, { keepalive: true });
      count("shares");
    } catch (error) {
      const passes = error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);
      if (passes && tries < PAUSES.length) setTimeout(() => send(tries + 1), PAUSES[tries]);
    }
  };
  send(0);
}
