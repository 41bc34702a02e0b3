// A logo out of any picture file: drawn small on a canvas, so that what is stored
// is pixels of ours and nothing that the file may hold beside them.

const MOST_PIXELS = 256;
/** What the server takes, as text. */
const MOST_LENGTH = 32 * 1_024;
const MOST_FILE = 20 * 1_024 * 1_024;

/** Something that the person who chose the file can mend. */
export class LogoError extends Error {}

/**
 * Reads a file as a PNG in a data URL.
 * @param {Blob} file
 * @returns {Promise<string>}
 */
export async function logoOf(file) {
  if (file.size > MOST_FILE) throw new LogoError("The file is larger than 20 MB. Choose a smaller one.");
  const picture = await load(file);
  // A drawing without a size of its own has none to keep to.
  const [width, height] = [picture.naturalWidth || MOST_PIXELS, picture.naturalHeight || MOST_PIXELS];
  for (let most = MOST_PIXELS; most >= 32; most = Math.floor(most * 0.8)) {
    const scale = Math.min(1, most / Math.max(width, height));
    const text = draw(picture, Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
    if (text.length <= MOST_LENGTH) return text;
  }
  throw new LogoError("The picture has too much detail for a logo. Choose a simpler one.");
}

/** @param {Blob} file */
async function load(file) {
  const url = URL.createObjectURL(file);
  const picture = new Image();
  picture.src = url;
  try {
    await picture.decode();
    return picture;
  } catch {
    throw new LogoError("This file is no picture that the browser can read. Choose a PNG, JPEG, WebP, GIF or SVG.");
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * @param {HTMLImageElement} picture
 * @param {number} width
 * @param {number} height
 */
function draw(picture, width, height) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d");
  if (!context) throw new LogoError("The browser does not draw pictures here.");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, width, height);
  return canvas.toDataURL("image/png");
}
