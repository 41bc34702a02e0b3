// Asking the API: each card asks for what it shows, all at once, and keeps what
// it has while newer figures are on their way.
import { html, useEffect, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Button, Skeleton } from "/ui/components.js";

/**
 * @template T
 * @typedef {{ data?: T, now?: T, error?: Error, stale: boolean, again: () => void }} Asked
 *   `now` is the answer to what is asked now, `data` perhaps still the one before
 */

/**
 * @template T
 * @param {string | null} path nothing is asked without one
 * @param {Record<string, string | undefined>} query
 * @returns {Asked<T>}
 */
export function useAnswer(path, query) {
  const asked = path === null ? "" : `${path}?${JSON.stringify(query)}`;
  const [state, setState] = useState(/** @type {{ asked: string, data?: T, error?: Error }} */ ({ asked: "" }));
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (path === null) {
      setState({ asked: "" });
      return undefined;
    }
    let current = true;
    const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value));
    api.get(path, given).then(
      (/** @type {any} */ data) => { if (current) setState({ asked, data }); },
      (/** @type {Error} */ error) => { if (current) setState({ asked, error }); },
    );
    return () => { current = false; };
  }, [asked, round]);
  return {
    data: state.data,
    now: state.asked === asked ? state.data : undefined,
    error: state.asked === asked ? state.error : undefined,
    stale: state.asked !== asked,
    again: () => setRound(round + 1),
  };
}

/**
 * What is there, or what stands in its place.
 * @param {{ of: Asked<any>[], shape?: string, lines?: number, children: () => any }} props
 */
export function Answered({ of, lines = 4, children }) {
  const failed = of.find(({ error }) => error);
  if (failed?.error) {
    return html`<div class="failed" role="alert"><p>${failed.error.message || "The figures could not be read."}</p>
      <${Button} onClick=${() => of.forEach(({ error, again }) => { if (error) again(); })}>Try again<//></div>`;
  }
  if (of.some(({ data }) => data === undefined)) return html`<${Skeleton} lines=${lines} />`;
  return html`<div class=${of.some(({ stale }) => stale) ? "stale" : undefined} aria-busy=${of.some(({ stale }) => stale)}>${children()}</div>`;
}
