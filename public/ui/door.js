// The door: signing in by a link in a mail.
//
// The link brings a token behind `#`, which no server sees. It is sent only once
// somebody presses the button: a scanner that opens every link in a mail would
// use it up otherwise.

import { html, useEffect, useRef, useState } from "/vendor/ui.js";
import { ApiError } from "./api.js";
import { Button, Field, Icon, Input, Notice } from "./components.js";
import { useForm } from "./form.js";

/** Takes the token out of the address bar and out of the history. */
export function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  return token;
}

/** @typedef {{ step: string, email?: string, mailbox?: string | null, token?: string }} Where */
/** @typedef {{ go: (where: Where) => void }} Step */

/**
 * What a door leads to, and in whose words.
 * @typedef {object} Way
 * @property {(email: string) => Promise<{ mailbox?: string | null }>} send asks for a link
 * @property {(token: string) => Promise<void>} enter spends one; `ApiError` 401 and 422 where it no longer works
 * @property {string} about what one gets for one's address
 * @property {(email: any) => any} sent that a link is on its way, if there is anybody
 * @property {string} expired why it no longer works
 */

/** @param {{ title: any, children?: any }} props */
export function Titled({ title, children }) {
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  // A new step is read from its title on, unless one of its fields has the focus.
  useEffect(() => { if (document.activeElement === document.body) heading.current?.focus(); }, []);
  return html`<h1 tabindex="-1" ref=${heading}>${title}</h1>${children}`;
}

/** The field that one came for has the focus. */
const focus = (/** @type {HTMLElement | null} */ form) => {
  if (matchMedia("(pointer: fine)").matches) /** @type {HTMLElement | null} */ (form?.querySelector("input"))?.focus();
};

/** @param {Step & Way & { email?: string }} props */
function Ask({ go, send, about, email = "" }) {
  const form = useForm({ email }, async (values) => {
    const to = values.email.trim();
    if (!/^\S+@\S+$/.test(to)) throw new ApiError(422, { errors: [{ field: "email", detail: "write your address, as ada@example.com" }] });
    const { mailbox } = await send(to);
    go({ step: "sent", email: to, mailbox });
  });
  return html`<form class="stack" noValidate onSubmit=${form.submit} ref=${useFirst()}>
    <${Titled} title="Sign in"><p>${about}</p><//>
    <${Field} label="Email" error=${form.errors.email}><${Input} type="email" ...${form.bind("email")} autocomplete="email" inputmode="email" spellcheck=${false} /><//>
    <${Failure} of=${form} />
    <${Button} type="submit" kind="primary" class="wide" busy=${form.busy}>Send me a link<//>
  </form>`;
}

/** Focuses a form's first field when it comes. */
export function useFirst() {
  const form = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => focus(form.current), []);
  return form;
}

/** @param {{ of: { failure: string } }} props */
export const Failure = ({ of }) => of.failure && html`<${Notice} tone="bad">${of.failure}<//>`;

/** @param {Step & Way & { email?: string, mailbox?: string | null }} props */
function Sent({ go, sent, email, mailbox }) {
  return html`<div class="stack">
    <span class="door-sign"><${Icon} name="mail" /></span>
    <${Titled} title="Look in your mailbox">
      <p>${sent(html`<strong>${email}</strong>`)} It works once, for 15 minutes.</p>
    <//>
    ${mailbox && html`<${Notice} tone="info" title="This is a development server"><a href=${mailbox} target="_blank" rel="noopener">Open the captured mail</a>, which was sent to nobody.<//>`}
    <${Button} class="wide" onClick=${() => go({ step: "ask", email })}>Use another address, or send it again<//>
  </div>`;
}

/** @param {Step & Way & { token: string }} props */
function Link({ go, enter, token }) {
  const form = useForm({}, async () => {
    try {
      await enter(token);
    } catch (error) {
      if (error instanceof ApiError && [401, 422].includes(error.status)) {
        go({ step: "expired" });
        return;
      }
      throw error;
    }
    // It stays busy until the next page is there.
    await new Promise(() => {});
  });
  return html`<form class="stack" onSubmit=${form.submit}>
    <span class="door-sign"><${Icon} name="key" /></span>
    <${Titled} title="Welcome"><p>Your link is here. One press, and you are signed in on this browser.</p><//>
    <${Failure} of=${form} />
    <${Button} type="submit" kind="primary" class="wide" busy=${form.busy}>Sign in<//>
  </form>`;
}

/** @param {Step & Way} props */
const Expired = ({ go, expired }) => html`<div class="stack">
  <${Titled} title="This link no longer works"><p>${expired} A new one takes a moment.</p><//>
  <${Button} kind="primary" class="wide" onClick=${() => go({ step: "ask" })}>Get a new link<//>
</div>`;

/** @type {Record<string, any>} */
const STEPS = { ask: Ask, sent: Sent, link: Link, expired: Expired };

/**
 * The door itself: one card, one step at a time.
 * @param {Way & { token: string, brand: any, others?: Record<string, any>, other?: (where: Where, go: (where: Where) => void) => any }} props
 *   `others` are further steps, `other` stands below the card and leads to them
 */
export function Door({ token, brand, others = {}, other, ...way }) {
  const [where, go] = useState(/** @type {Where} */ ({ step: token ? "link" : "ask", token }));
  useEffect(() => {
    // The link was opened in a tab that shows this page already.
    const again = () => {
      const brought = takeToken();
      if (brought) go({ step: "link", token: brought });
    };
    addEventListener("hashchange", again);
    return () => removeEventListener("hashchange", again);
  }, []);
  const Step = { ...STEPS, ...others }[where.step];
  return html`<main class="door">
    <span class="door-brand">${brand}</span>
    <div class="door-card"><${Step} key=${where.step + (where.token ?? "")} ...${way} ...${where} go=${go} /></div>
    ${other && html`<div class="door-other">${other(where, go)}</div>`}
  </main>`;
}
