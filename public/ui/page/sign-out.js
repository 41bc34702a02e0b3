// The way out.

import { api } from "../api.js";
import { toast } from "../components.js";
import { forget } from "./state.js";

/**
 * Ends this session, or all of this member's, on every device.
 * @param {boolean} everywhere
 */
export async function signOut(everywhere) {
  try {
    await api.delete("/v1/session", { everywhere: everywhere || undefined });
  } catch (error) {
    toast(/** @type {Error} */ (error).message, { tone: "bad" });
    return;
  }
  forget();
  location.assign("/sign-in");
}
