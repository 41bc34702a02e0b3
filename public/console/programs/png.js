// A picture as a PNG of 256 colours at most, each pixel one byte: what browsers write
// themselves has four, and a plain card of theirs is five times as large.

/** Levels of each part of a colour, tried until no more than 256 colours are left. */
const LEVELS = [256, 64, 32, 16, 8, 6];

/**
 * A picture as a PNG in a data URL.
 * @param {ImageData} picture without transparency
 * @returns {Promise<string>}
 */
export async function pngOf({ data, width, height }) {
  const { palette, indices } = reduced(data);
  // Each row begins with how it was filtered: not at all.
  const rows = new Uint8Array((width + 1) * height);
  for (let y = 0; y < height; y += 1) rows.set(indices.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const packed = new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate"));
  const head = new DataView(new ArrayBuffer(13));
  head.setUint32(0, width);
  head.setUint32(4, height);
  // 8 bits a pixel, by a palette.
  head.setUint16(8, 0x0803);
  const file = new Blob([
    new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", new Uint8Array(head.buffer)),
    chunk("PLTE", palette),
    chunk("IDAT", new Uint8Array(await new Response(packed).arrayBuffer())),
    chunk("IEND", new Uint8Array()),
  ]);
  const bytes = new Uint8Array(await file.arrayBuffer());
  return `data:image/png;base64,${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))}`;
}

/**
 * The colours of a picture, and which of them each pixel has. Of colours that are
 * taken for one the most frequent stands, so that a ground stays as it is.
 * @param {Uint8ClampedArray} data
 */
function reduced(data) {
  /** How often each colour is there. @type {Map<number, number>} */
  const counts = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const color = colorAt(data, at);
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  const colors = [...counts].sort(([, one], [, other]) => other - one).map(([color]) => color);
  for (const levels of LEVELS) {
    /** @type {Map<number, number>} */
    const places = new Map();
    /** @type {Map<number, number>} */
    const indexOf = new Map();
    /** @type {number[]} */
    const palette = [];
    for (const color of colors) {
      const key = coarse(color, levels);
      let index = places.get(key);
      if (index === undefined) {
        index = places.size;
        places.set(key, index);
        palette.push(color >> 16, (color >> 8) & 255, color & 255);
      }
      indexOf.set(color, index);
    }
    if (places.size > 256) continue;
    const indices = new Uint8Array(data.length / 4);
    for (let pixel = 0; pixel < indices.length; pixel += 1) indices[pixel] = indexOf.get(colorAt(data, pixel * 4)) ?? 0;
    return { palette: new Uint8Array(palette), indices };
  }
  throw new Error("six levels of three parts are 216 colours");
}

/** @param {Uint8ClampedArray} data @param {number} at */
const colorAt = (data, at) => (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];

/** @param {number} color @param {number} levels */
const coarse = (color, levels) => [color >> 16, (color >> 8) & 255, color & 255]
  .reduce((key, part) => key * 256 + Math.floor((part * levels) / 256), 0);

/**
 * A part of the file: its length, name, content and checksum.
 * @param {string} name
 * @param {Uint8Array} content
 */
function chunk(name, content) {
  const bytes = new Uint8Array(content.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(content, 8);
  view.setUint32(content.length + 8, checksum(bytes.subarray(4, content.length + 8)));
  return bytes;
}

/** CRC-32 (PNG, annex D). @param {Uint8Array} bytes */
function checksum(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
