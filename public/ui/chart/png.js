// A drawing as a picture that says what it is: the canvas of a chart has neither
// its title nor what its colours mean.
import { color } from "./plot.js";

/**
 * @param {HTMLCanvasElement} drawing
 * @param {{ title: string, about: string, legend: { label: string, token: string, hatched?: boolean }[] }} words
 * @returns {Promise<Blob | null>}
 */
export function picture(drawing, { title, about, legend }) {
  const scale = window.devicePixelRatio || 1;
  const font = getComputedStyle(document.body).fontFamily;
  const margin = 20 * scale;
  const width = drawing.width + 2 * margin;
  const canvas = document.createElement("canvas");
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));

  pen.font = `${13 * scale}px ${font}`;
  const places = flow(legend.map(({ label }) => pen.measureText(label).width + 34 * scale), drawing.width);
  const rows = (places.at(-1)?.row ?? -1) + 1;
  const head = margin + 52 * scale;
  canvas.width = width;
  canvas.height = head + drawing.height + rows * 22 * scale + margin;

  // Setting the size has reset the pen.
  pen.fillStyle = color("--raised");
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.textBaseline = "top";
  pen.fillStyle = color("--ink");
  pen.font = `600 ${16 * scale}px ${font}`;
  pen.fillText(title, margin, margin, drawing.width);
  pen.fillStyle = color("--muted");
  pen.font = `${13 * scale}px ${font}`;
  pen.fillText(about, margin, margin + 24 * scale, drawing.width);
  pen.drawImage(drawing, margin, head);
  legend.forEach(({ label, token, hatched }, index) => {
    const { left, row } = places[index];
    const x = margin + left;
    const y = head + drawing.height + (row * 22 + 6) * scale;
    pen.fillStyle = color(token);
    pen.globalAlpha = hatched ? 0.5 : 1;
    pen.fillRect(x, y + 2 * scale, 11 * scale, 11 * scale);
    pen.globalAlpha = 1;
    pen.fillStyle = color("--ink");
    pen.fillText(label, x + 17 * scale, y, drawing.width);
  });
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/**
 * Things in rows, from left to right.
 * @param {number[]} widths
 * @param {number} room
 */
function flow(widths, room) {
  let left = 0;
  let row = 0;
  return widths.map((width) => {
    if (left > 0 && left + width > room) {
      left = 0;
      row += 1;
    }
    const place = { left, row };
    left += width;
    return place;
  });
}
