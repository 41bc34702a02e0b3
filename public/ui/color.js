// Colours that anybody may have chosen, and what can be read on them.

/** @param {string} text */
export const isColor = (text) => /^#[0-9a-f]{6}$/i.test(text);

/** The brand's colour where none is set, or where it is no colour. */
export const COLOR = "#0a6653";
/** Black, as only that leaves no colour on which neither text can be read. */
export const DARK_TEXT = "#000000";
export const LIGHT_TEXT = "#ffffff";

/**
 * A colour that may be put into a style.
 * @param {string} text
 */
export const safeColor = (text) => (isColor(text) ? text.toLowerCase() : COLOR);

/** @param {string} hex */
function luminance(hex) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/**
 * The contrast of two colours, from 1 to 21 (WCAG 2.2, relative luminance).
 * @param {string} a
 * @param {string} b
 */
export function contrast(a, b) {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

/**
 * The text colour that is read best on a colour.
 * @param {string} hex
 */
export const textOn = (hex) => (contrast(hex, LIGHT_TEXT) >= contrast(hex, DARK_TEXT) ? LIGHT_TEXT : DARK_TEXT);
