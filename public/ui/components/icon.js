// Signs, drawn on 20 by 20 with lines alone. They always stand beside words, or
// on a button that has a name.

import { html } from "/vendor/ui.js";

const PATHS = {
  statistics: "M3.5 16.5h13M5.5 13.5v-4M10 13.5v-9M14.5 13.5v-6",
  programs: "m10 3 7 3.5-7 3.5-7-3.5L10 3ZM3 10l7 3.5 7-3.5M3 13.5 10 17l7-3.5",
  advocates: "M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2 16.5c.3-3 2.4-4.5 5.5-4.5s5.2 1.5 5.5 4.5M13.5 3.8a3 3 0 0 1 0 5.5M15 12.3c1.8.6 2.8 2 3 4.2",
  leads: "M3.5 4.5h3v11h-3zM8.5 4.5h3v7h-3zM13.5 4.5h3v9h-3z",
  rewards: "M3.5 8h13v3h-13zM4.5 11v5.5h11V11M10 8v8.5M10 8C7 8 5.5 6.8 5.5 5.3S7.2 3 8.2 4.2C9 5.1 10 8 10 8Zm0 0c3 0 4.5-1.2 4.5-2.7S12.8 3 11.8 4.2C11 5.1 10 8 10 8Z",
  links: "M8.3 11.7a3.2 3.2 0 0 0 4.6 0l3-3a3.2 3.2 0 0 0-4.6-4.6l-1 1M11.7 8.3a3.2 3.2 0 0 0-4.6 0l-3 3a3.2 3.2 0 0 0 4.6 4.6l1-1",
  roi: "M5 3h10v14H5zM7.5 6h5M7.5 10h.01M10 10h.01M12.5 10h.01M7.5 13.5h.01M10 13.5h.01M12.5 13.5h.01",
  reconciliation: "M10 3v14M5 5.5h10M5 5.5 2.5 11h5L5 5.5ZM15 5.5 12.5 11h5L15 5.5ZM7 17h6",
  data: "M10 8c3.3 0 6-1.1 6-2.5S13.3 3 10 3 4 4.1 4 5.5 6.7 8 10 8ZM4 5.5v9C4 15.9 6.7 17 10 17s6-1.1 6-2.5v-9M4 10c0 1.4 2.7 2.5 6 2.5s6-1.1 6-2.5",
  team: "M10 9.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4ZM3.5 17c.4-3.4 2.9-5 6.5-5s6.1 1.6 6.5 5",
  rep: "M3.5 4h13v9.5H9L5.5 16.5v-3h-2zM7 7.3h6M7 10.2h3.5",
  more: "M4.2 10a.3.3 0 1 0 .6 0 .3.3 0 1 0-.6 0ZM9.7 10a.3.3 0 1 0 .6 0 .3.3 0 1 0-.6 0ZM15.2 10a.3.3 0 1 0 .6 0 .3.3 0 1 0-.6 0Z",
  close: "m5 5 10 10M15 5 5 15",
  check: "m4.5 10.5 3.7 3.7 7.3-8",
  copy: "M7.5 7.5h9v9h-9zM12.5 7.5v-4h-9v9h4",
  plus: "M10 4v12M4 10h12",
  warn: "M10 3 2.5 16.5h15L10 3ZM10 8.5v3.5M10 14.3h.01",
  info: "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15ZM10 9.2v4.5M10 6.5h.01",
  mail: "M3 5h14v10.5H3zM3.5 5.5 10 11l6.5-5.5",
  key: "M13 10.5a3.5 3.5 0 1 0-3.3-2.3L4 14v2.5h2.5v-2H8.5v-2l1.7-1.7a3.5 3.5 0 0 0 2.8-.3ZM13.8 6.2h.01",
  sun: "M10 13.3a3.3 3.3 0 1 0 0-6.6 3.3 3.3 0 0 0 0 6.6ZM10 2.5V4M10 16v1.5M2.5 10H4M16 10h1.5M4.7 4.7l1 1M14.3 14.3l1 1M15.3 4.7l-1 1M5.7 14.3l-1 1",
  moon: "M16.5 11.8A6.8 6.8 0 0 1 8.2 3.5a6.8 6.8 0 1 0 8.3 8.3Z",
  screen: "M2.5 4h15v9.5h-15zM7 16.5h6M10 13.5v3",
  leave: "M8 3.5H4v13h4M12.5 6.5 16 10l-3.5 3.5M16 10H8",
  down: "m6 8 4 4 4-4",
  arrow: "M4 10h12M11.5 5.5 16 10l-4.5 4.5",
  download: "M10 3.5v9M6.5 9.5 10 13l3.5-3.5M4 16.5h12",
  phone: "M6.2 3.5 4 4.2c-.5 6 5.8 12.3 11.8 11.8l.7-2.2-3.3-2-1.7 1.5c-1.9-.8-3.5-2.4-4.3-4.3L8.7 7.3z",
  clock: "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15ZM10 5.8V10l2.8 1.9",
  print: "M6 7.5v-4h8v4M6 14H3.5V7.5h13V14H14M6 11.5h8v5H6z",
  search: "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM13 13l4 4",
};

/** @typedef {keyof typeof PATHS} IconName */

/** @param {{ name: IconName }} props */
export const Icon = ({ name }) => html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d=${PATHS[name]} /></svg>`;

/** Their names, for the page that shows them. */
export const ICONS = /** @type {IconName[]} */ (Object.keys(PATHS));
