// What a camera would read: QR codes decoded by a library that did not draw them.

import decodeQR from "qr/decode.js";

/** @import { Page } from "playwright-core" */

/**
 * What an independent decoder reads in an image.
 * @param {Page} page a page to have Chromium decode it
 * @param {Buffer} file
 * @param {string} type
 */
export async function decoded(page, file, type) {
  const url = `data:${type};base64,${file.toString("base64")}`;
  const { side, gray } = await page.evaluate(async (url) => {
    const image = new Image();
    image.src = url;
    await image.decode();
    const side = Math.max(image.naturalWidth, 400);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = side;
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    // What is transparent lies on paper.
    context.fillStyle = "white";
    context.fillRect(0, 0, side, side);
    context.drawImage(image, 0, 0, side, side);
    const { data } = context.getImageData(0, 0, side, side);
    // A byte a pixel as text: an array of numbers takes seconds to come over.
    let gray = "";
    for (let n = 0; n < data.length; n += 4) gray += String.fromCharCode((data[n] + data[n + 1] + data[n + 2]) / 3);
    return { side, gray: btoa(gray) };
  }, url);
  const data = new Uint8Array(side * side * 3);
  for (const [n, value] of Buffer.from(gray, "base64").entries()) data.fill(value, n * 3, n * 3 + 3);
  return decodeQR({ width: side, height: side, data }, { timeLimit: 5_000 });
}
