// Sending a file as it lies on the disk, however large: how far it is, and what to
// do when the connection breaks.

import { ApiError, signIn } from "/ui/api.js";

/** Seconds before it is tried again. A telephone that changes cells needs one, a tunnel the last. */
const PAUSES = [1, 3, 8, 20];

/** @typedef {{ sent: number, all: number, waiting?: boolean }} Sent bytes; `waiting` for the connection */

/**
 * @param {object} options
 * @param {string} options.path with its query
 * @param {Blob} options.body
 * @param {string} options.type
 * @param {Record<string, string>} [options.headers]
 * @param {(sent: Sent) => void} options.onSent
 * @param {AbortSignal} options.signal
 * @returns {Promise<any>}
 */
export function upload({ path, body, type, headers = {}, onSent, signal }) {
  return new Promise((resolve, reject) => {
    // `fetch` does not say how much of a body has gone.
    const request = new XMLHttpRequest();
    request.open("POST", path);
    for (const [name, value] of Object.entries({ accept: "application/json", "content-type": type, ...headers })) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => onSent({ sent: Math.min(loaded, body.size), all: body.size });
    request.onload = () => {
      const answer = json(request.responseText);
      if (request.status === 401) signIn();
      else if (request.status >= 200 && request.status < 300) resolve(answer);
      else reject(new ApiError(request.status, answer ?? refusal(request.status)));
    };
    request.onerror = () => reject(new ApiError(0, { title: "Not reached", detail: "The connection broke off." }));
    request.onabort = () => reject(signal.reason);
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", () => request.abort(), { once: true });
    onSent({ sent: 0, all: body.size });
    request.send(body);
  });
}

/**
 * The same, and again after a broken connection: only for what the server does once
 * however often it is sent.
 * @param {Parameters<typeof upload>[0]} options
 */
export async function uploadSurely(options) {
  const { onSent, signal, body } = options;
  for (const seconds of [...PAUSES, 0]) {
    let sent = 0;
    try {
      return await upload({ ...options, onSent: (now) => { sent = now.sent; onSent(now); } });
    } catch (error) {
      if (signal.aborted || !isBroken(error) || seconds === 0) throw error;
      onSent({ sent, all: body.size, waiting: true });
      await pause(seconds, signal);
    }
  }
}

/** Whether the way broke, and not the file. @param {unknown} error */
export const isBroken = (error) => error instanceof ApiError && (error.status === 0 || error.status >= 500 || /broke off/.test(error.detail));

/**
 * Waits so many seconds, or until there is a connection again.
 * @param {number} seconds
 * @param {AbortSignal} signal
 */
export function pause(seconds, signal) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      resolve(undefined);
    };
    const timer = setTimeout(end, seconds * 1_000);
    addEventListener("online", end);
    signal.addEventListener("abort", end, { once: true });
  });
}

/** @param {string} text */
function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {number} status */
const refusal = (status) => (status === 413
  ? { title: "Too large", detail: "The file is larger than this deployment takes at once. Cut it into parts, and send them one after another." }
  : { title: "The server failed", detail: `The server could not do this (${status}). Try again in a moment.` });
