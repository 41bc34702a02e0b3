// Lists of the API, a page at a time.

import { useCallback, useEffect, useRef, useState } from "/vendor/ui.js";
import { api } from "./api.js";

/**
 * A list that is read page by page. It starts anew when its query changes, and
 * keeps what it showed until the answer is there.
 * @param {string} path
 * @param {import("./api.js").Query} query
 * @param {number} [limit]
 */
export function usePaged(path, query, limit = 50) {
  const [items, setItems] = useState(/** @type {any[] | undefined} */ (undefined));
  const [next, setNext] = useState(/** @type {string | null} */ (null));
  const [busy, setBusy] = useState(true);
  const [failed, setFailed] = useState("");
  const asking = useRef(/** @type {AbortController | undefined} */ (undefined));
  const key = path + JSON.stringify(query);

  const read = useCallback(async (/** @type {string | null} */ cursor) => {
    asking.current?.abort();
    const mine = new AbortController();
    asking.current = mine;
    setBusy(true);
    setFailed("");
    try {
      const answer = await api.get(path, { limit, ...query, cursor }, { signal: mine.signal });
      if (mine.signal.aborted) return;
      setItems((before) => (cursor ? [...(before ?? []), ...answer.items] : answer.items));
      setNext(answer.next ?? null);
      setBusy(false);
    } catch (error) {
      if (mine.signal.aborted) return;
      setFailed(/** @type {Error} */ (error).message);
      setBusy(false);
    }
  }, [key, limit]);

  useEffect(() => {
    read(null);
    return () => asking.current?.abort();
  }, [read]);

  return {
    items,
    setItems,
    next,
    busy,
    failed,
    more: () => read(next),
    reload: () => read(null),
  };
}

/**
 * One thing that is read once, and again on demand.
 * @template T
 * @param {string | undefined} path nothing is asked without one
 * @param {import("./api.js").Query} [query]
 */
export function useOne(path, query) {
  const [value, setValue] = useState(/** @type {T | undefined} */ (undefined));
  const [failed, setFailed] = useState("");
  const asked = useRef(0);
  const key = path + JSON.stringify(query);
  const read = useCallback(async () => {
    asked.current += 1;
    const mine = asked.current;
    if (!path) return;
    setFailed("");
    try {
      const answer = await api.get(path, query);
      if (mine === asked.current) setValue(answer);
    } catch (error) {
      if (mine === asked.current) setFailed(/** @type {Error} */ (error).message);
    }
  }, [key]);
  useEffect(() => {
    setValue(undefined);
    read();
    return () => { asked.current += 1; };
  }, [read]);
  return { value, setValue, failed, reload: read };
}

/** How many are sent at once: quick, and no burst. */
const AT_ONCE = 4;

/**
 * Does something for each of many, a few at a time.
 * @template T, R
 * @param {readonly T[]} all
 * @param {(item: T, index: number) => Promise<R>} each
 * @param {(done: number) => void} [progress]
 * @param {AbortSignal} [signal] stops before the next one
 * @returns {Promise<({ value: R, error?: undefined } | { value?: undefined, error: Error } | undefined)[]>} nothing where it was stopped before
 */
export async function few(all, each, progress = () => {}, signal) {
  /** @type {any[]} */
  const results = Array.from({ length: all.length });
  let at = 0;
  let done = 0;
  const work = async () => {
    while (at < all.length && !signal?.aborted) {
      const index = at;
      at += 1;
      try {
        results[index] = { value: await each(all[index], index) };
      } catch (error) {
        results[index] = { error };
      }
      done += 1;
      progress(done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, all.length) }, work));
  return results;
}
