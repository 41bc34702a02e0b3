// What a rep does for an advocate: invites them, hands them their link, prints
// their card, enters what they said.

import { html, useEffect, useMemo, useState } from "/vendor/ui.js";
import { api } from "/ui/api.js";
import { Button, Dialog, Menu, Notice, Skeleton, toast } from "/ui/components.js";
import { mailTo } from "/ui/letter.js";
import * as qr from "/ui/qr.js";
import { SheetPanel } from "/ui/sheet/panel.js";
import { invite } from "../console/advocates/advocate.js";
import { useBrand } from "../console/links/brand.js";
import { found } from "./known.js";

/** @typedef {import("./state.js").Program} Program */
/** @typedef {{ id: string, name: string, email?: string | null, kind: string, invited_at?: string | null }} Advocate */

/** @param {unknown} error */
const failed = (error) => toast(/** @type {Error} */ (error).message, { tone: "bad" });

/** @param {string} phone */
export const telTo = (phone) => `tel:${phone.replace(/[^\d+]/g, "")}`;

/**
 * Copies an advocate's link. What it is comes later than the tap, which alone
 * allows a page to copy: the clipboard waits for it.
 * @param {string} program
 * @param {Advocate} advocate
 */
async function copyLink(program, advocate) {
  const asked = api.post("/v1/links", { program, advocate: advocate.id, medium: "copy" }).then(({ url }) => url);
  try {
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": asked.then((url) => new Blob([url], { type: "text/plain" })) })]);
    toast(`The link of ${advocate.name} is copied.`);
  } catch {
    await asked.then((url) => toast(`The browser did not let this page copy. This is the link: ${url}`, { tone: "bad" }), failed);
  }
}

/**
 * @param {{ advocate: Advocate, program: Program, onRefer: (who: { id: string, name: string }) => void, onInvited?: (at: string) => void }} props
 */
export function Actions({ advocate, program, onRefer, onInvited }) {
  const { id, name, email, invited_at: invited } = advocate;
  const [busy, setBusy] = useState(false);
  const [card, setCard] = useState(false);

  async function send() {
    setBusy(true);
    try {
      const { sent_to } = await invite(program.slug, id);
      const now = new Date().toISOString();
      found(program.slug, [{ ...advocate, invited_at: now }]);
      onInvited?.(now);
      toast(`An invitation with their own link is on its way to ${sent_to}.`);
    } catch (error) {
      failed(error);
    }
    setBusy(false);
  }

  const copy = () => copyLink(program.slug, advocate);
  return html`<div class="actions">
    ${email ? html`<${Button} icon="mail" busy=${busy} onClick=${send}>${invited ? "Invite again" : "Invite"}<span class="unseen"> ${name}</span><//>`
      : html`<${Button} icon="copy" onClick=${copy}>Copy link<span class="unseen"> of ${name}</span><//>`}
    <${Menu} label=${`More for ${name}`} items=${[
      { label: "Enter a referral", icon: "rep", onSelect: () => onRefer({ id, name }) },
      { label: "Copy their link", icon: "copy", onSelect: copy },
      { label: "Print a card", icon: "print", onSelect: () => setCard(true) },
      email ? { label: "Write to them", icon: "mail", href: mailTo(email) } : false,
      null,
      { label: "In the console", icon: "arrow", href: `/console/advocates?${new URLSearchParams({ program: program.slug, advocate: id })}` },
    ]} />
    ${card && html`<${CardDialog} advocate=${advocate} program=${program} onClose=${() => setCard(false)} />`}
  </div>`;
}

/**
 * The card with their QR code, and the code to say.
 * @param {{ advocate: Advocate, program: Program, onClose: () => void }} props
 */
function CardDialog({ advocate, program, onClose }) {
  const content = useBrand(program.slug);
  const [link, setLink] = useState(/** @type {any} */ (undefined));
  const [fault, setFault] = useState("");
  useEffect(() => {
    api.post("/v1/links", { program: program.slug, advocate: advocate.id, medium: "qr" }).then(setLink, (error) => setFault(error.message));
  }, []);
  const cards = useMemo(() => (link ? [{ key: link.code, url: link.url, name: advocate.name, wanted: {
    program: program.slug, advocate: advocate.id, medium: "qr", destination: link.destination, label: null,
  } }] : []), [link]);
  const { color, logo } = content?.brand ?? {};
  const look = useMemo(() => ({ color: color && qr.readable(color) ? color : "#000000", logo }), [color, logo]);
  return html`<${Dialog} open kind="wide" title=${`A card for ${advocate.name}`} onClose=${onClose}>
    ${fault ? html`<${Notice} tone="bad" title="The card could not be made">${fault}<//>`
      : link && content ? html`<${SheetPanel} cards=${cards} program=${program} look=${look} copies said />` : html`<${Skeleton} shape="block" />`}
  <//>`;
}
