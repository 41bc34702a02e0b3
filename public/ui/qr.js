// QR codes as the console draws them: crisp at any size, with the brand's logo in
// the middle and its colour where that can be read.
//
// Owns the drawing; which modules are dark is the library's affair. Whatever a
// text holds, it gets into the SVG by the DOM, which escapes it.

import { encode } from "/vendor/qr.js";
import { LIGHT_TEXT, contrast, isColor } from "./color.js";

/** Modules of white around the code that scanners need (ISO/IEC 18004). */
export const QUIET = 4;

/**
 * How much of the code's width the logo's clearing may take: 0.34² is 12 % of the
 * modules, of which level H restores 30 %, some of them elsewhere.
 */
const CLEARING = 0.34;

/** A PNG as a data URL; nothing else is ever put into an image. */
const PNG = /^data:image\/png;base64,[0-9A-Za-z+/]+={0,2}$/;

const SVG = "http://www.w3.org/2000/svg";

/**
 * What a code shall look like.
 * @typedef {object} Look
 * @property {string} [color] of the dark modules, `#rrggbb`; black where it is too pale
 * @property {string} [logo] a PNG as a data URL
 * @property {boolean} [transparent] whether the light modules are left out
 */

/**
 * A code that can be drawn.
 * @typedef {object} Code
 * @property {number} size modules on a side, without the quiet zone
 * @property {boolean[][]} rows dark modules are true
 * @property {string} color
 * @property {string | undefined} logo
 * @property {boolean} transparent
 * @property {{ at: number, size: number } | undefined} clearing the square left for the logo
 */

/**
 * Makes the code of a text.
 * @param {string} text
 * @param {Look} look
 * @returns {Code}
 */
export function code(text, { color = "#000000", logo, transparent = false } = {}) {
  const drawn = logo && PNG.test(logo) ? logo : undefined;
  // Whatever fits into the same size at a higher level is free.
  const { size, data } = encode(text, { ecc: drawn ? "H" : "Q", boostEcc: true, border: 0 });
  const clearing = drawn ? middle(size) : undefined;
  const cleared = (/** @type {number} */ n) =>
    clearing !== undefined && n >= clearing.at && n < clearing.at + clearing.size;
  const rows = data.map((row, y) => row.map((dark, x) => dark && !(cleared(x) && cleared(y))));
  return { size, rows, color: readable(color) ? color : "#000000", logo: drawn, transparent, clearing };
}

/** @param {number} size */
function middle(size) {
  const most = Math.floor(size * CLEARING);
  // Sizes are odd; an odd clearing stands exactly in the middle.
  const clearing = most % 2 ? most : most - 1;
  return { at: (size - clearing) / 2, size: clearing };
}

/**
 * Whether a colour can be told from white: scanners want what readers want.
 * @param {string} color
 */
export function readable(color) {
  return isColor(color) && contrast(color, LIGHT_TEXT) >= 4.5;
}

/**
 * The dark modules as one path: neighbours in a row are one rectangle.
 * @param {Code} code
 */
function outline({ rows }) {
  let path = "";
  for (const [y, row] of rows.entries()) {
    for (let x = 0; x < row.length; x += 1) {
      if (!row[x]) continue;
      const from = x;
      while (row[x + 1]) x += 1;
      const width = x - from + 1;
      path += `M${from + QUIET} ${y + QUIET}h${width}v1h-${width}z`;
    }
  }
  return path;
}

/**
 * The code as an SVG element.
 * @param {Code} code
 * @param {string} title what it is, for those who do not see it
 * @returns {SVGSVGElement}
 */
export function svg(code, title) {
  const side = code.size + 2 * QUIET;
  const root = element("svg", { viewBox: `0 0 ${side} ${side}`, role: "img", "shape-rendering": "crispEdges" });
  root.setAttribute("aria-label", title);
  const name = element("title", {});
  name.textContent = title;
  root.append(name);
  if (!code.transparent) root.append(element("rect", { width: side, height: side, fill: "#ffffff" }));
  root.append(element("path", { d: outline(code), fill: code.color }));
  if (code.logo && code.clearing) {
    // A module of air around it.
    const at = code.clearing.at + QUIET + 1;
    const size = code.clearing.size - 2;
    root.append(element("image", { x: at, y: at, width: size, height: size, href: code.logo }));
  }
  return /** @type {SVGSVGElement} */ (root);
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 */
function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/**
 * The code as an SVG file.
 * @param {Code} code
 * @param {string} title
 * @param {number} pixels its size where it is not scaled
 */
export function svgFile(code, title, pixels) {
  const root = svg(code, title);
  root.setAttribute("width", String(pixels));
  root.setAttribute("height", String(pixels));
  return new Blob([new XMLSerializer().serializeToString(root)], { type: "image/svg+xml" });
}

/**
 * The code as a PNG file: every module has the same whole number of pixels, and
 * what is left over is quiet zone.
 * @param {Code} code
 * @param {number} pixels on a side
 * @returns {Promise<Blob>}
 */
export async function pngFile(code, pixels) {
  const side = code.size + 2 * QUIET;
  const scale = Math.max(1, Math.floor(pixels / side));
  const width = Math.max(pixels, side);
  const edge = Math.floor((width - scale * code.size) / 2);
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = width;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser draws no images");
  if (!code.transparent) {
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, width, width);
  }
  context.fillStyle = code.color;
  for (const [y, row] of code.rows.entries()) {
    for (const [x, dark] of row.entries()) {
      if (dark) context.fillRect(edge + x * scale, edge + y * scale, scale, scale);
    }
  }
  if (code.logo && code.clearing) {
    const image = await picture(code.logo);
    const box = (code.clearing.size - 2) * scale;
    const at = edge + (code.clearing.at + 1) * scale;
    const factor = Math.min(box / image.naturalWidth, box / image.naturalHeight);
    const [wide, high] = [image.naturalWidth * factor, image.naturalHeight * factor];
    context.drawImage(image, at + (box - wide) / 2, at + (box - high) / 2, wide, high);
  }
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the image could not be made"))), "image/png");
  });
}

/**
 * @param {string} url
 * @returns {Promise<HTMLImageElement>}
 */
async function picture(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

/**
 * A file's name that says what it is, made of words that any system takes.
 * @param {string[]} parts
 */
export function fileName(...parts) {
  const words = parts.map((part) =>
    part.normalize("NFKD").replace(/\p{M}/gu, "").replace(/ß/g, "ss").replace(/[^\p{L}\p{N}]+/gu, "-")
      .replace(/^-+|-+$/g, "").slice(0, 40).toLowerCase());
  return words.filter(Boolean).join("_") || "qr";
}
