// An import under way: a file part by part, and the answers as they come. A row is
// done once however often it is sent, so that a broken part is just sent again.

import { useEffect, useRef, useState } from "/vendor/ui.js";
import { ApiError, signIn } from "/ui/api.js";
import { parts } from "../files/parts.js";
import { isBroken, pause } from "../files/send.js";

/** Rows that a call is given: fewer than what one may do. */
const ROWS = 200;

/** Times that a part is sent before its sender is asked. */
const TIMES = 4;

/**
 * @typedef {{ program: string, look: import("../files/look.js").Look, preset: string, of: string, decimal: string, dates: string }} Wanted
 * @typedef {"created" | "updated" | "unchanged" | "refused"} Outcome
 * @typedef {{ line: number, outcome: Outcome, id?: string | null, error?: string | null }} Row
 * @typedef {{ dry: boolean, rows: Row[], counts: Record<Outcome, number>, whole: boolean }} Result
 */

/** @param {boolean} dry @returns {Result} */
const nothing = (dry) => ({ dry, rows: [], counts: { created: 0, updated: 0, unchanged: 0, refused: 0 }, whole: false });

export function useRun() {
  const [result, setResult] = useState(/** @type {Result | undefined} */ (undefined));
  const [busy, setBusy] = useState(false);
  const [waiting, setWaiting] = useState(false);
  const [dry, setDry] = useState(true);
  const [all, setAll] = useState(0);
  const [fault, setFault] = useState("");
  const control = useRef(new AbortController());
  /** What is left of the last run. */
  const left = useRef(/** @type {{ wanted: Wanted, parts: import("../files/parts.js").Part[], from: number | null, result: Result } | undefined} */ (undefined));
  useEffect(() => () => control.current.abort(), []);

  /** @param {Wanted} wanted @param {boolean} isDry */
  async function begin(wanted, isDry) {
    let bytes;
    try {
      bytes = new Uint8Array(await wanted.look.file.arrayBuffer());
    } catch (error) {
      // A browser does not read a file that was saved since it was chosen.
      console.warn(error);
      setFault("The file has changed on the disk. Choose it again.");
      return;
    }
    const pieces = [...parts(bytes, wanted.look.type, ROWS)];
    left.current = { wanted, parts: pieces, from: null, result: nothing(isDry) };
    setDry(isDry);
    setAll(pieces.reduce((sum, { rows }) => sum + rows, 0));
    await again();
  }

  async function again() {
    const work = left.current;
    if (!work) return;
    const mine = new AbortController();
    control.current = mine;
    setFault("");
    setBusy(true);
    try {
      while (work.parts.length > 0) {
        const part = work.parts[0];
        const from = await onePart(work, part, mine.signal, () => setResult({ ...work.result }));
        work.from = from;
        if (from === null) work.parts.shift();
      }
      work.result.whole = true;
    } catch (error) {
      if (!mine.signal.aborted) {
        if (!(error instanceof ApiError)) console.error(error);
        setFault(error instanceof Error ? error.message : String(error));
      }
    }
    if (control.current !== mine) return;
    setResult({ ...work.result });
    setBusy(false);
    setWaiting(false);
  }

  /**
   * Sends a part from a line on, and again if the way breaks; answers from which line
   * it is to be gone on with.
   * @param {NonNullable<typeof left.current>} work
   * @param {import("../files/parts.js").Part} part
   * @param {AbortSignal} signal
   * @param {() => void} onRows
   */
  async function onePart(work, part, signal, onRows) {
    for (let n = 1; ; n += 1) {
      try {
        for await (const line of ask(work.wanted, work.result.dry, part, work.from, signal)) {
          setWaiting(false);
          if (line.summary) return line.summary.next_line ?? null;
          add(work.result, { ...line, line: line.line + part.before });
          // Broken off after this, it goes on with the next.
          work.from = line.line + 1;
          onRows();
        }
        throw new ApiError(0, { detail: "The connection broke off." });
      } catch (error) {
        if (signal.aborted || !isBroken(error) || n === TIMES) throw error;
        setWaiting(true);
        await pause(n * n, signal);
      }
    }
  }

  return {
    result, busy, waiting, dry, all, fault,
    done: result && result.dry === dry ? result.rows.length : 0,
    begin, again,
    stop: () => control.current.abort(),
    clear() {
      control.current.abort();
      left.current = undefined;
      setResult(undefined);
      setFault("");
      setBusy(false);
    },
  };
}

/** @param {Result} result @param {Row} row */
function add(result, row) {
  result.rows.push(row);
  result.counts[row.outcome] += 1;
}

/**
 * One call; its answers as they come.
 * @param {Wanted} wanted
 * @param {boolean} dry
 * @param {import("../files/parts.js").Part} part
 * @param {number | null} from
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<any>}
 */
async function* ask({ program, look, preset, of, decimal, dates }, dry, part, from, signal) {
  const query = new URLSearchParams({ program, of, preset, dry_run: String(dry) });
  if (decimal !== "auto") query.set("decimal", decimal);
  if (dates !== "auto") query.set("dates", dates);
  if (from !== null) query.set("from_line", String(from));
  /** @type {Response} */
  let response;
  try {
    response = await fetch(`/v1/imports?${query}`, { method: "POST", headers: { "content-type": look.type, accept: "application/x-ndjson" }, body: part.body, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ApiError(0, { detail: "The connection broke off." });
  }
  if (response.status === 401) signIn();
  if (!response.ok || !response.body) throw new ApiError(response.status, await response.json().catch(() => ({})));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value = "", done } = await reader.read().catch((error) => {
      if (signal.aborted) throw error;
      throw new ApiError(0, { detail: "The connection broke off." });
    });
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line) yield JSON.parse(line);
    if (done) return;
  }
}
