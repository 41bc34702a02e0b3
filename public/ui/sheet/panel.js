// What a sheet of cards shall be, with its pages as they will be printed.

import { html, useEffect, useMemo, useRef, useState } from "/vendor/ui.js";
import { Button, Checkbox, Field, Input, Select, toast } from "/ui/components.js";
import { number, plural } from "/ui/format.js";
import { LAYOUTS, PAPERS, Pages, pagesOf, usePrinted } from "./pages.js";
import { spokenCode } from "./spoken-code.js";

/** @import { Card, Layout, Paper } from "./pages.js" */

/**
 * A card, and what its spoken code would be asked with.
 * @typedef {Card & { wanted: Parameters<typeof spokenCode>[0] }} Asked
 */

/** Cards that are printed at once: more make browsers slow. */
const PART = 500;

/** Pages that are shown. */
const SHOWN = 2;

/** Spoken codes that are asked for at a time. */
const AT_ONCE = 4;

/** Where paper is measured in inches. */
const LETTER = /-(US|CA|MX|PH|CL|CO)$/;

/**
 * @param {object} props
 * @param {Asked[]} props.cards
 * @param {any} props.program
 * @param {import("/ui/qr.js").Look} props.look
 * @param {boolean} [props.copies] whether one card is printed several times
 * @param {boolean} [props.said] whether the codes are on the cards from the beginning
 */
export function SheetPanel({ cards, program, look, copies = false, said = false }) {
  const [paper, setPaper] = useState(/** @type {Paper} */ (LETTER.test(navigator.language) ? "letter" : "a4"));
  const [layout, setLayout] = useState(/** @type {Layout} */ ("card"));
  const [count, setCount] = useState(10);
  const [written, setWritten] = useState(/** @type {string | undefined} */ (undefined));
  const [part, setPart] = useState(0);
  const [codes, setCodes] = useState(/** @type {Map<string, string>} */ (new Map()));
  const [spoken, setSpoken] = useState(said);
  const text = written ?? (spoken ? "Scan this, or tell us the code." : "Scan this to see what I mean.");

  const chosen = useMemo(() => {
    const some = cards.slice(part * PART, (part + 1) * PART);
    const known = some.map((card) => ({ ...card, spoken: spoken ? codes.get(card.key) : undefined }));
    if (!copies || known.length === 0) return known;
    return Array.from({ length: count }, (_, n) => ({ ...known[0], key: `${known[0].key}-${n}` }));
  }, [cards, part, copies, count, codes, spoken]);
  const sheet = { cards: chosen, layout, paper, program: program.name, text, look };
  usePrinted(sheet);

  const left = useSpoken(spoken, cards.slice(part * PART, (part + 1) * PART), codes, setCodes, () => setSpoken(false));
  const pages = pagesOf(sheet);
  const parts = Math.ceil(cards.length / PART);

  return html`<section class="sheet" aria-label="Print sheet">
    <div class="sheet-fields">
      <${Field} label="Paper">
        <${Select} value=${paper} onValue=${setPaper}>
          ${Object.entries(PAPERS).map(([key, name]) => html`<option key=${key} value=${key}>${name}</option>`)}
        <//>
      <//>
      <${Field} label="On a page">
        <${Select} value=${layout} onValue=${setLayout}>
          ${Object.entries(LAYOUTS).map(([key, { name }]) => html`<option key=${key} value=${key}>${name}</option>`)}
        <//>
      <//>
      ${copies ? html`<${Field} label="Copies">
        <${Input} type="number" min="1" max=${PART} value=${String(count)} inputmode="numeric"
          onValue=${(/** @type {string} */ typed) => setCount(Math.min(PART, Math.max(1, Math.trunc(Number(typed)) || 1)))} />
      <//>` : ""}
      ${parts > 1 ? html`<${Field} label="Which cards">
        <${Select} value=${String(part)} onValue=${(/** @type {string} */ chosen) => setPart(Number(chosen))}>
          ${Array.from({ length: parts }, (_, n) => html`<option key=${n} value=${String(n)}>${
            `${number(n * PART + 1)} to ${number(Math.min(cards.length, (n + 1) * PART))}`}</option>`)}
        <//>
      <//>` : ""}
      <div class="sheet-text"><${Field} label="Text on the card">
        <${Input} value=${text} maxlength="120" onValue=${setWritten} />
      <//></div>
      <${Checkbox} label="Spoken code" checked=${spoken}
        onValue=${setSpoken} />
    </div>
    <div class="row">
      <${Button} kind="primary" disabled=${chosen.length === 0 || left > 0} onClick=${() => globalThis.print()}>
        Print ${pages === 1 ? "1 page" : `${number(pages)} pages`}<//>
      <p class="muted" role="status">${left > 0 ? `${number(left)} ${plural(left, "code", "codes")} to come…`
        : "Print at 100 %, without the browser’s headers."}</p>
    </div>
    <div class="sheet-preview"><${Pages} ...${sheet} most=${SHOWN} /></div>
    ${pages > SHOWN ? html`<p class="muted">${pages - SHOWN === 1 ? "1 more page is" : `${number(pages - SHOWN)} more pages are`} printed.</p>` : ""}
  </section>`;
}

/**
 * Asks for the spoken codes that are missing; answers how many are.
 * @param {boolean} wanted
 * @param {Asked[]} cards
 * @param {Map<string, string>} codes
 * @param {(codes: Map<string, string>) => void} setCodes
 * @param {() => void} giveUp
 */
function useSpoken(wanted, cards, codes, setCodes, giveUp) {
  const known = useRef(codes);
  known.current = codes;
  const missing = wanted ? cards.filter(({ key }) => !codes.has(key)) : [];
  const key = missing.map((card) => card.key).join();
  useEffect(() => {
    const some = missing.slice(0, AT_ONCE);
    if (some.length === 0) return;
    let gone = false;
    Promise.all(some.map((card) => spokenCode(card.wanted))).then(
      (answers) => {
        if (gone) return;
        const more = new Map(known.current);
        for (const [n, card] of some.entries()) more.set(card.key, answers[n].code);
        setCodes(more);
      },
      (fault) => {
        if (gone) return;
        giveUp();
        toast(`The codes could not be made: ${fault.message}`, { tone: "bad" });
      },
    );
    return () => { gone = true; };
  }, [key]);
  return missing.length;
}
