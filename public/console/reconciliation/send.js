// Sending a run's file. It is known by a key for as long as it is not through, so that
// the same file, chosen again after a broken connection or a closed tab, goes on in the
// run that it began.

import { ApiError } from "/ui/api.js";
import { keep, kept } from "/ui/kept.js";
import { MEMBERS_OWN } from "/ui/page/state.js";
import { isBroken, uploadSurely } from "../files/send.js";

/**
 * @param {{ program: string, look: import("../files/look.js").Look, query: Record<string, string | undefined> }} wanted
 * @param {(sent: import("../files/send.js").Sent) => void} onSent
 * @param {AbortSignal} signal
 * @returns {Promise<{ run: import("./kinds.js").Run, fault?: undefined } | { run?: undefined, fault: { text: string, broken: boolean } }>}
 */
export async function send({ program, look: { file, type }, query }, onSent, signal) {
  const parameters = new URLSearchParams({ program });
  for (const [name, value] of Object.entries(query)) if (value) parameters.set(name, value);
  const place = `${MEMBERS_OWN}run:${file.name}:${file.size}:${file.lastModified}:${parameters}`;
  const key = kept(place) ?? crypto.randomUUID();
  keep(place, key);
  try {
    const run = await uploadSurely({ path: `/v1/reconciliations?${parameters}`, body: file, type, headers: { "idempotency-key": key }, onSent, signal });
    keep(place, null);
    return { run };
  } catch (error) {
    if (!signal.aborted && !(error instanceof ApiError)) console.error(error);
    const broken = isBroken(error);
    // What was refused is begun anew, once it has been changed.
    if (!broken && !signal.aborted) keep(place, null);
    return { fault: { text: textOf(error), broken } };
  }
}

/** What was refused, with the parameter that it is about. @param {unknown} error */
function textOf(error) {
  if (!(error instanceof ApiError)) return "Something went wrong on this page.";
  const fields = Object.entries(error.fields).map(([field, detail]) => `${field}: ${detail}`);
  return fields.length > 0 ? fields.join(" ") : error.message;
}
