// The program's colour as this page's accent, as far as it can be read in either
// theme: whatever was chosen, text in it and on it keeps the contrast of WCAG.

import { contrast, isColor, textOn } from "../ui/color.js";

/** The least contrast of a text (WCAG 2.2, 1.4.3), and a little more for rounding. */
const LEAST = 4.6;

/** What the accent is read on, in each theme: paper, cards, wells, hovered, notices. */
const GROUNDS = {
  light: ["#faf9f6", "#ffffff", "#f3f2ed", "#f0eee8", "#e7eff9", "#fbf0d9"],
  dark: ["#121517", "#191d20", "#21262a", "#262c30", "#1a2d45", "#362b14"],
};

/** @param {string} hex */
const parts = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

/**
 * So much of one colour in another.
 * @param {string} one
 * @param {string} other
 * @param {number} share of the first
 */
function mix(one, other, share) {
  const [a, b] = [parts(one), parts(other)];
  return `#${a.map((part, n) => Math.round(part * share + b[n] * (1 - share)).toString(16).padStart(2, "0")).join("")}`;
}

/**
 * @param {string} color
 * @param {"light" | "dark"} theme
 */
function themed(color, theme) {
  const grounds = GROUNDS[theme];
  const towards = theme === "light" ? "#000000" : "#ffffff";
  for (let share = 1; share >= 0; share -= 0.05) {
    const accent = mix(color, towards, share);
    const soft = mix(accent, grounds[1], 0.12);
    if ([...grounds, soft].every((ground) => contrast(accent, ground) >= LEAST)) {
      const hover = mix(accent, towards, 0.85);
      // What is written on it stays while it is pointed at.
      return { accent, soft, hover, on: textOn(accent) };
    }
  }
  return undefined;
}

/**
 * The custom properties of a brand's colour; none where it is no colour.
 * @param {string | undefined} color
 * @returns {Record<string, string>}
 */
export function accents(color) {
  if (!color || !isColor(color)) return {};
  const [light, dark] = [themed(color, "light"), themed(color, "dark")];
  if (!light || !dark) return {};
  return {
    "--accent": `light-dark(${light.accent}, ${dark.accent})`,
    "--accent-hover": `light-dark(${light.hover}, ${dark.hover})`,
    "--accent-soft": `light-dark(${light.soft}, ${dark.soft})`,
    "--on-accent": `light-dark(${light.on}, ${dark.on})`,
  };
}
