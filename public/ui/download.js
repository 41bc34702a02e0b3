// Files that a page makes itself.

/**
 * @param {string} name
 * @param {Blob} blob
 */
export function downloadBlob(name, blob) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has to have begun before the name goes.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * A cell as every spreadsheet reads it. One that would be a formula is made text
 * by an apostrophe, as OWASP advises, and so is one that begins with an apostrophe,
 * which would be taken away where it is read back; a negative number is no formula.
 * @param {string | number | boolean | null | undefined} value
 */
export function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r\n']/.test(String(value)) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @typedef {string | number | boolean | null | undefined} Cell */

/**
 * @param {readonly Cell[]} header
 * @param {readonly (readonly Cell[])[]} rows
 */
export const csv = (header, rows) => [header, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");

/**
 * @param {string} name
 * @param {readonly Cell[]} header
 * @param {readonly (readonly Cell[])[]} rows
 */
export function downloadCsv(name, header, rows) {
  // Excel takes a file for UTF-8 only with a mark in front.
  downloadBlob(name, new Blob(["\ufeff", csv(header, rows)], { type: "text/csv;charset=utf-8" }));
}

/**
 * A drawing as a PNG.
 * @param {HTMLCanvasElement | SVGSVGElement | string} source a canvas, an SVG, or an SVG's text
 * @param {{ width?: number, height?: number, background?: string }} [options] the size of an SVG's picture in pixels
 * @returns {Promise<Blob>}
 */
export async function png(source, { width, height, background } = {}) {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("This browser draws no pictures.");
  const picture = source instanceof HTMLCanvasElement ? source : await image(source);
  canvas.width = width ?? picture.width;
  canvas.height = height ?? Math.round((canvas.width * picture.height) / picture.width);
  if (background) {
    pen.fillStyle = background;
    pen.fillRect(0, 0, canvas.width, canvas.height);
  }
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture could not be made."))), "image/png");
  });
}

/** @param {SVGSVGElement | string} svg */
async function image(svg) {
  const text = typeof svg === "string" ? svg : new XMLSerializer().serializeToString(svg);
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await picture.decode();
  return picture;
}
