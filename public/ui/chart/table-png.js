// A table as a picture, for slides and messages.
import { color } from "./plot.js";

/**
 * @param {{ title: string, about: string, header: string[], rows: string[][], note?: string }} table
 *   the first column is of words, the others of numbers
 * @returns {Promise<Blob | null>}
 */
export function tablePicture({ title, about, header, rows, note }) {
  const scale = 2;
  const family = getComputedStyle(document.body).fontFamily;
  const font = (/** @type {number} */ size, weight = 400) => `${weight} ${size * scale}px ${family}`;
  const canvas = document.createElement("canvas");
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const margin = 24 * scale;
  const line = 30 * scale;
  const gap = 28 * scale;

  pen.font = font(14, 600);
  const widths = header.map((name, column) =>
    Math.ceil(Math.max(...[name, ...rows.map((row) => row[column] ?? "")].map((text) => pen.measureText(text).width))));
  const total = widths.reduce((sum, width) => sum + width, 0) + gap * (header.length - 1);
  pen.font = font(18, 650);
  const inner = Math.max(total, pen.measureText(title).width, 320 * scale);
  // What room is left goes to the words.
  widths[0] += inner - total;

  const head = margin + 60 * scale;
  canvas.width = inner + 2 * margin;
  canvas.height = head + line * (rows.length + 1) + (note ? line : 0) + margin;
  pen.fillStyle = color("--raised");
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.textBaseline = "middle";

  const write = (/** @type {string} */ text, /** @type {number} */ x, /** @type {number} */ y, /** @type {CanvasTextAlign} */ align) => {
    pen.textAlign = align;
    pen.fillText(text, x, y);
  };
  pen.fillStyle = color("--ink");
  pen.font = font(18, 650);
  write(title, margin, margin + 10 * scale, "left");
  pen.fillStyle = color("--muted");
  pen.font = font(13);
  write(about, margin, margin + 36 * scale, "left");

  [header, ...rows].forEach((row, index) => {
    const y = head + line * (index + 0.5);
    let x = margin;
    row.forEach((text, column) => {
      pen.fillStyle = color(index === 0 ? "--muted" : "--ink");
      pen.font = index === 0 ? font(12, 600) : font(14);
      if (column === 0) write(text, x, y, "left");
      else write(text, x + widths[column], y, "right");
      x += widths[column] + gap;
    });
    pen.fillStyle = color("--line");
    pen.fillRect(margin, head + line * (index + 1) - scale, inner, scale);
  });
  if (note) {
    pen.fillStyle = color("--muted");
    pen.font = font(12);
    write(note, margin, head + line * (rows.length + 1.6), "left");
  }
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
