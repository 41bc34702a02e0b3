// Signs of the media by which one shares, drawn as the others (`components/icon.js`).

import { html } from "/vendor/ui.js";

/** @type {Record<string, string>} */
const PATHS = {
  share_sheet: "M10 12.5v-9M6.5 6.5 10 3l3.5 3.5M4.5 10.5V17h11v-6.5",
  email: "M3 5h14v10.5H3zM3.5 5.5 10 11l6.5-5.5",
  linkedin: "M4.5 3.5h11a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1ZM6.8 9v4.5M6.8 6.6h.01M9.8 13.5V9M9.8 11c0-1.2.8-2 1.9-2s1.6.8 1.6 2v2.5",
  x: "M3.5 3.5h3.2l9.8 13h-3.2zM3.8 16.5l5.3-5.7M16 3.5l-5 5.4",
  facebook: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM12.4 6.8h-.8c-1 0-1.6.6-1.6 1.6V17M8 10.6h4.2",
  whatsapp: "m3.5 16.5 1-3.4a7 7 0 1 1 2.6 2.5zM7.6 7.2c-.3 2.9 2.4 5.4 5 5.2l.6-1.5-1.7-.9-.8.7c-.8-.4-1.3-1-1.7-1.7l.7-.8L8.9 6.6z",
  sms: "M4 4h12a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H9l-4 3v-3H4a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1ZM6.8 9h.01M10 9h.01M13.2 9h.01",
  copy: "M7.5 7.5h9v9h-9zM12.5 7.5v-4h-9v9h4",
  qr: "M3.5 3.5h5v5h-5zM11.5 3.5h5v5h-5zM3.5 11.5h5v5h-5zM11.5 13.5v-2h2M16.5 11.5v2M11.5 16.5h2M16.5 16.5v-.5",
  in_person: "M10 12a2.5 2.5 0 0 0 2.5-2.5v-4a2.5 2.5 0 0 0-5 0v4A2.5 2.5 0 0 0 10 12ZM5 9.5a5 5 0 0 0 10 0M10 14.5V17",
  form: "M8 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2.5 16.5c.3-3 2.4-4.5 5.5-4.5 1.3 0 2.4.3 3.3.8M14.5 11.5v5M12 14h5",
  company: "M4.5 17V3.5h7V17M11.5 8h4v9M3 17h14M7 6.8h2M7 10h2M7 13.2h2",
};

/** @param {{ of: string }} props a medium, or `company` */
export const Glyph = ({ of }) => html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d=${PATHS[of] ?? PATHS.share_sheet} /></svg>`;
