// The card that networks show of a program's links, where it names no picture of its
// own: drawn from its brand and its words when those are saved, as only a browser can.

import { COLOR, safeColor, textOn } from "/ui/color.js";
import { filled } from "/ui/messages.js";
import { ownPicture } from "/ui/safe.js";
import { pngOf } from "./png.js";

/** @import { Content } from "./types.js" */

/** What every network takes. */
const [WIDTH, HEIGHT] = [1_200, 630];
const MARGIN = 96;
/** The room of a logo, and what is white around it. */
const [LOGO_WIDTH, LOGO_HEIGHT, AROUND] = [360, 104, 28];
const [TITLE, WORDS] = ["650 68px system-ui, sans-serif", "400 42px system-ui, sans-serif"];
/** What the server takes, as text. */
const MOST_LENGTH = 64 * 1_024;

/** @typedef {{ color: string, logo: string, name: string, headline: string }} Drawn */

/**
 * What the card of a program shows.
 * @param {string} name of the program
 * @param {Content} content
 * @returns {Drawn}
 */
export const drawnOf = (name, { brand, landing }) => ({ color: brand.color, logo: brand.logo, name, headline: landing.headline });

/**
 * Draws a card; empty where the browser draws none.
 * @param {Drawn} drawn
 * @returns {Promise<string>} a PNG as a data URL
 */
export async function cardOf({ color, logo, name, headline }) {
  const ground = safeColor(color || COLOR);
  const picture = await load(ownPicture(logo));
  // Who shares is not known, and would not be named to everybody.
  const who = headline.startsWith("{") ? "A friend" : "a friend";
  const words = filled(headline, { first_name: who, advocate: who, program: name, link: "" });
  // Without a logo that has too much detail, if need be.
  for (const shown of [picture, undefined]) {
    const text = await draw({ ground, name, words, picture: shown });
    if (text.length <= MOST_LENGTH) return text;
  }
  return "";
}

/** @param {string | undefined} url */
async function load(url) {
  if (!url) return undefined;
  const picture = new Image();
  picture.src = url;
  return picture.decode().then(() => picture, () => undefined);
}

/** @param {{ ground: string, name: string, words: string, picture: HTMLImageElement | undefined }} what */
async function draw({ ground, name, words, picture }) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return "";
  context.fillStyle = ground;
  context.fillRect(0, 0, WIDTH, HEIGHT);
  if (picture) tile(context, picture);
  context.fillStyle = textOn(ground);
  context.textBaseline = "alphabetic";
  const [title, rest] = [
    lines(context, name, TITLE, words ? 2 : 3),
    lines(context, words, WORDS, picture ? 2 : 4),
  ];
  // From below, so that the words stand on one line whatever is above them.
  let y = HEIGHT - MARGIN;
  for (const line of rest.reverse()) {
    context.fillText(line, MARGIN, y);
    y -= 58;
  }
  context.font = TITLE;
  if (rest.length > 0) y -= 14;
  for (const line of title.reverse()) {
    context.fillText(line, MARGIN, y);
    y -= 80;
  }
  return pngOf(context.getImageData(0, 0, WIDTH, HEIGHT));
}

/**
 * A logo on white, which suits most of them, as nobody knows which ground it is for.
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLImageElement} picture
 */
function tile(context, picture) {
  const scale = Math.min(LOGO_WIDTH / picture.naturalWidth, LOGO_HEIGHT / picture.naturalHeight);
  const [width, height] = [picture.naturalWidth * scale, picture.naturalHeight * scale];
  const top = MARGIN - AROUND;
  context.fillStyle = "#ffffff";
  context.beginPath();
  context.roundRect(MARGIN, top, width + 2 * AROUND, height + 2 * AROUND, AROUND);
  context.fill();
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, MARGIN + AROUND, top + AROUND, width, height);
}

/**
 * A text in lines that fit; the last one tells that there was more.
 * @param {CanvasRenderingContext2D} context which has the font from here on
 * @param {string} text
 * @param {string} font
 * @param {number} most
 */
function lines(context, text, font, most) {
  context.font = font;
  const fits = (/** @type {string} */ line) => context.measureText(line).width <= WIDTH - 2 * MARGIN;
  const words = text.split(/\s+/).filter(Boolean);
  /** @type {string[]} */
  const found = [];
  while (words.length > 0 && found.length < most) {
    let line = words.shift() ?? "";
    while (words.length > 0 && fits(`${line} ${words[0]}`)) line += ` ${words.shift()}`;
    if (found.length === most - 1 && words.length > 0) line += "…";
    while (!fits(line)) line = `${[...line.replace(/…$/, "")].slice(0, -1).join("")}…`;
    found.push(line);
  }
  return found;
}
