// A file in parts that are files themselves: each begins with the names of the
// columns and ends with a whole row, so that a call never has more to do than it
// may, and a broken one costs its own part alone.

const [NEWLINE, QUOTE] = [10, 34];

/** @typedef {{ body: Blob, before: number, rows: number }} Part `before` is what a line's number in the part lacks of its number in the file */

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {"text/csv" | "application/x-ndjson"} type
 * @param {number} rows of a part, at most
 * @returns {Generator<Part>}
 */
export function* parts(bytes, type, rows) {
  const all = records(utf8(bytes), type === "text/csv");
  const text = all.bytes;
  let [head, headLines] = [0, 0];
  if (type === "text/csv") {
    for (;;) {
      const { value, done } = all.next();
      if (done) return;
      [head, headLines] = [value.to, value.line];
      // What separates the cells may be said first, in a line of its own.
      if (!/^(\uFEFF?sep=.)?\s*$/i.test(new TextDecoder().decode(text.subarray(value.from, value.to)))) break;
    }
  }
  let [from, line, count] = [head, headLines, 0];
  for (;;) {
    const { value, done } = all.next();
    if (value) count += 1;
    if (count === rows || (done && count > 0)) {
      const to = value?.to ?? text.length;
      yield { body: new Blob([text.subarray(0, head), text.subarray(from, to)], { type }), before: line - headLines, rows: count };
      [from, line, count] = [to, value?.line ?? line, 0];
    }
    if (done) return;
  }
}

/**
 * Where each record ends, and on which line. A quote that is never closed makes a
 * long record of the rest; the server tells its lines apart.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {boolean} quotes
 */
function records(bytes, quotes) {
  let [at, line] = [0, 0];
  return {
    bytes,
    /** @returns {{ value: { from: number, to: number, line: number }, done: false } | { value: undefined, done: true }} */
    next() {
      if (at >= bytes.length) return { value: undefined, done: true };
      const from = at;
      let quoted = false;
      while (at < bytes.length) {
        const byte = bytes[at];
        at += 1;
        if (byte === NEWLINE) {
          line += 1;
          if (!quoted) break;
        } else if (quotes && byte === QUOTE) quoted = !quoted;
      }
      return { value: { from, to: at, line }, done: false };
    },
  };
}

/** Two bytes a letter cannot be cut at any byte. @param {Uint8Array<ArrayBuffer>} bytes */
function utf8(bytes) {
  const [first, second] = bytes;
  if (!(first === 0xff && second === 0xfe) && !(first === 0xfe && second === 0xff)) return bytes;
  return new TextEncoder().encode(new TextDecoder(first === 0xff ? "utf-16le" : "utf-16be").decode(bytes));
}
