// A sheet of cards to print: a QR code, whose it is, and the code to say.
//
// Owns the pages. They are drawn twice: small on the screen, and in millimetres
// beside the page's own elements, where only printing shows them.

import { html, render, useEffect, useLayoutEffect, useRef } from "/vendor/ui.js";
import * as qr from "/ui/qr.js";

/**
 * What stands on a card.
 * @typedef {object} Card
 * @property {string} key
 * @property {string} url
 * @property {string} name of the advocate
 * @property {string} [spoken] the code to say
 */

/** What a sheet may look like. */
export const LAYOUTS = {
  card: { name: "10 business cards", columns: 2, rows: 5 },
  quarter: { name: "4 postcards", columns: 2, rows: 2 },
  page: { name: "1 poster", columns: 1, rows: 1 },
};

export const PAPERS = { a4: "A4", letter: "US Letter" };

/** @typedef {keyof typeof LAYOUTS} Layout */
/** @typedef {keyof typeof PAPERS} Paper */

/**
 * A sheet.
 * @typedef {object} Sheet
 * @property {Card[]} cards
 * @property {Layout} layout
 * @property {Paper} paper
 * @property {string} program its name
 * @property {string} text
 * @property {import("/ui/qr.js").Look} look
 */

/**
 * How many pages the cards take.
 * @param {Sheet} sheet
 */
export function pagesOf({ cards, layout }) {
  const { columns, rows } = LAYOUTS[layout];
  return Math.ceil(cards.length / (columns * rows));
}

/**
 * The pages of a sheet.
 * @param {Sheet & { most?: number }} props `most` pages, or all
 */
export function Pages({ most = Infinity, ...sheet }) {
  const { cards, layout, paper } = sheet;
  const { columns, rows } = LAYOUTS[layout];
  const size = columns * rows;
  const pages = Array.from({ length: Math.min(pagesOf(sheet), most) }, (_, n) => cards.slice(n * size, (n + 1) * size));
  return pages.map((page, n) => html`<div class="paper" data-paper=${paper} data-layout=${layout} key=${n}>
    <div class="paper-cards">
      ${page.map((card) => html`<${CardFace} key=${card.key} card=${card} sheet=${sheet} />`)}
    </div>
  </div>`);
}

/** @param {{ card: Card, sheet: Sheet }} props */
function CardFace({ card, sheet }) {
  return html`<article class="paper-card">
    <${Drawing} url=${card.url} look=${sheet.look} title=${`QR code of ${card.name || "the link"}`} />
    <div class="paper-words">
      <p class="paper-program">${sheet.program}</p>
      ${card.name ? html`<p class="paper-name">${card.name}</p>` : ""}
      ${sheet.text ? html`<p class="paper-text">${sheet.text}</p>` : ""}
      ${card.spoken ? html`<p class="paper-code">${card.spoken}</p>` : ""}
    </div>
  </article>`;
}

/**
 * A QR code on the page.
 * @param {{ url: string, look: import("/ui/qr.js").Look, title: string }} props
 */
export function Drawing({ url, look, title }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  // Before anything is painted: printing waits for no other effect.
  useLayoutEffect(() => {
    box.current?.replaceChildren(qr.svg(qr.code(url, look), title));
  }, [url, title, look.color, look.logo, look.transparent]);
  return html`<div class="qr" ref=${box}></div>`;
}

/**
 * Has a sheet stand beside the page for as long as it is printed, by whatever
 * way printing was asked for.
 * @param {Sheet} sheet
 */
export function usePrinted(sheet) {
  const latest = useRef(sheet);
  latest.current = sheet;
  useEffect(() => {
    /** @type {HTMLElement | undefined} */
    let place;
    const put = () => {
      if (place) return;
      place = document.createElement("div");
      place.className = "sheet-print";
      document.body.append(place);
      render(html`<${Pages} ...${latest.current} />`, place);
    };
    const take = () => {
      if (!place) return;
      render(null, place);
      place.remove();
      place = undefined;
    };
    addEventListener("beforeprint", put);
    addEventListener("afterprint", take);
    return () => {
      removeEventListener("beforeprint", put);
      removeEventListener("afterprint", take);
      take();
    };
  }, []);
}
