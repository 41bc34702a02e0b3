// What the API answered last, at once and without a connection, and what it says
// now.

import { useCallback, useEffect, useRef, useState } from "/vendor/ui.js";
import { answer, online, setAnswer } from "./state.js";

/**
 * @template T
 * @param {string} name what it is kept by
 * @param {() => Promise<T>} ask
 * @returns {{ value: T | undefined, at: string | undefined, failed: string, set: (value: T) => void, reload: () => Promise<void> }}
 *   `at` is when it was so, where that is not now
 */
export function useAnswer(name, ask) {
  const [state, setState] = useState(() => answer(name));
  const [failed, setFailed] = useState("");
  const [fresh, setFresh] = useState(false);
  const question = useRef(0);

  const set = useCallback((/** @type {T} */ value) => {
    const now = { value, at: new Date().toISOString() };
    setAnswer(name, now);
    setState(now);
    setFresh(true);
  }, [name]);
  const reload = useCallback(async () => {
    question.current += 1;
    const mine = question.current;
    setFailed("");
    try {
      const value = await ask();
      if (mine === question.current) set(value);
    } catch (error) {
      if (mine === question.current) setFailed(/** @type {Error} */ (error).message);
    }
  }, [name]);

  useEffect(() => { if (online.value) reload(); }, [name, online.value]);
  return { value: state.value, at: fresh && online.value ? undefined : state.at, failed: online.value ? failed : "", set, reload };
}
