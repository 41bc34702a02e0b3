// Signing in: by a link in a mail, or the first time with the admin key.
//
// The link brings a token behind `#`, which no server sees. It is sent only once
// somebody presses the button: a scanner that opens every link in a mail would
// use it up otherwise.

import { html, render, useEffect, useRef, useState } from "/vendor/ui.js";
import { ApiError, api } from "/ui/api.js";
import { Button, Field, Icon, Input, Notice } from "/ui/components.js";
import { useForm } from "/ui/form.js";
import { forget } from "/ui/page/state.js";
import { safeNext } from "./next.js";

const next = safeNext(new URLSearchParams(location.search).get("next"), location.origin);

/** Takes the token out of the address bar and out of the history. */
function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  return token;
}

/** Nothing of whoever was here before is shown to whoever comes now. */
function enter() {
  forget();
  location.replace(next);
}

/** @typedef {{ step: "ask" | "sent" | "link" | "expired" | "key", email?: string, mailbox?: string | null, token?: string }} Where */

/** @param {{ title: any, children?: any }} props */
function Titled({ title, children }) {
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  // A new step is read from its title on, unless one of its fields has the focus.
  useEffect(() => { if (document.activeElement === document.body) heading.current?.focus(); }, []);
  return html`<h1 tabindex="-1" ref=${heading}>${title}</h1>${children}`;
}

/** @typedef {{ go: (where: Where) => void }} Step */

/** The field that one came for has the focus. */
const focus = (/** @type {HTMLElement | null} */ form) => {
  if (matchMedia("(pointer: fine)").matches) /** @type {HTMLElement | null} */ (form?.querySelector("input"))?.focus();
};

/** @param {Step & { email?: string }} props */
function Ask({ go, email = "" }) {
  const form = useForm({ email }, async (values) => {
    const to = values.email.trim();
    if (!/^\S+@\S+$/.test(to)) throw new ApiError(422, { errors: [{ field: "email", detail: "write your address, as ada@example.com" }] });
    const { mailbox } = await api.post("/v1/session/link", { email: to });
    go({ step: "sent", email: to, mailbox });
  });
  return html`<form class="stack" noValidate onSubmit=${form.submit} ref=${useFirst()}>
    <${Titled} title="Sign in"><p>Write your email address. You get a link that signs you in, so there is no password.</p><//>
    <${Field} label="Email" error=${form.errors.email}><${Input} type="email" ...${form.bind("email")} autocomplete="email" inputmode="email" spellcheck=${false} /><//>
    <${Failure} of=${form} />
    <${Button} type="submit" kind="primary" class="wide" busy=${form.busy}>Send me a link<//>
  </form>`;
}

/** Focuses a form's first field when it comes. */
function useFirst() {
  const form = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => focus(form.current), []);
  return form;
}

/** @param {{ of: { failure: string } }} props */
const Failure = ({ of }) => of.failure && html`<${Notice} tone="bad">${of.failure}<//>`;

/** @param {Step & { email?: string, mailbox?: string | null }} props */
function Sent({ go, email, mailbox }) {
  return html`<div class="stack">
    <span class="door-sign"><${Icon} name="mail" /></span>
    <${Titled} title="Look in your mailbox">
      <p>If <strong>${email}</strong> belongs to somebody of this team, a link is on its way there. It works once, for 15 minutes.</p>
    <//>
    ${mailbox && html`<${Notice} tone="info" title="This is a development server"><a href=${mailbox} target="_blank" rel="noopener">Open the captured mail</a>, which was sent to nobody.<//>`}
    <${Button} class="wide" onClick=${() => go({ step: "ask", email })}>Use another address, or send it again<//>
  </div>`;
}

/** @param {Step & { token: string }} props */
function Link({ go, token }) {
  const form = useForm({}, async () => {
    try {
      await api.post("/v1/session", { token });
    } catch (error) {
      if (error instanceof ApiError && [401, 422].includes(error.status)) {
        go({ step: "expired" });
        return;
      }
      throw error;
    }
    enter();
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

/** @param {Step} props */
const Expired = ({ go }) => html`<div class="stack">
  <${Titled} title="This link no longer works"><p>It was used already, or its time is up: a link to sign in works once, for 15 minutes, and an invitation for 7 days. A new one takes a moment.</p><//>
  <${Button} kind="primary" class="wide" onClick=${() => go({ step: "ask" })}>Get a new link<//>
</div>`;

function Key() {
  const form = useForm({ admin_key: "" }, async ({ admin_key: key }) => {
    if (!key.trim()) throw new ApiError(422, { errors: [{ field: "admin_key", detail: "write the admin key" }] });
    try {
      await api.post("/v1/session", { admin_key: key.trim() });
    } catch (error) {
      if (error instanceof ApiError && [401, 422].includes(error.status)) {
        throw new ApiError(422, { errors: [{ field: "admin_key", detail: "this is not the admin key of this server" }] });
      }
      throw error;
    }
    enter();
    await new Promise(() => {});
  });
  return html`<form class="stack" noValidate onSubmit=${form.submit} ref=${useFirst()}>
    <${Titled} title="Use the admin key"><p>For the first time, before anybody is invited. It is the <code>ADMIN_KEY</code> that this server was set up with.</p><//>
    <${Field} label="Admin key" error=${form.errors.admin_key}><${Input} type="password" class="code" ...${form.bind("admin_key")} autocomplete="off" spellcheck=${false} /><//>
    <${Failure} of=${form} />
    <${Button} type="submit" kind="primary" class="wide" busy=${form.busy}>Sign in<//>
  </form>`;
}

/** @param {{ token: string }} props */
function Door({ token }) {
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
  const Step = /** @type {any} */ ({ ask: Ask, sent: Sent, link: Link, expired: Expired, key: Key }[where.step]);
  return html`<main class="door">
    <span class="door-brand"><img src="/favicon.svg" alt="" width="28" height="28" />Goodword</span>
    <div class="door-card"><${Step} key=${where.step} ...${where} go=${go} /></div>
    <div class="door-other">${where.step === "key" || where.step === "link"
      ? html`<${Button} kind="quiet" onClick=${() => go({ step: "ask" })}>Sign in by email<//>`
      : html`<${Button} kind="quiet" onClick=${() => go({ step: "key" })}>Use the admin key<//>`}</div>
  </main>`;
}

const root = document.createElement("div");
document.body.append(root);
render(html`<${Door} token=${takeToken()} />`, root);
