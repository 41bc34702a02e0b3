// Signing in to the console: by a link in a mail, or the first time with the
// admin key.

import { html, render } from "/vendor/ui.js";
import { ApiError, api } from "/ui/api.js";
import { Button, Field, Input } from "/ui/components.js";
import { Door, Failure, Titled, takeToken, useFirst } from "/ui/door.js";
import { useForm } from "/ui/form.js";
import { letIn } from "/ui/page/state.js";
import { safeNext } from "./next.js";

const next = safeNext(new URLSearchParams(location.search).get("next"), location.origin);

async function enter() {
  await letIn();
  location.replace(next);
}

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
    await enter();
    await new Promise(() => {});
  });
  return html`<form class="stack" noValidate onSubmit=${form.submit} ref=${useFirst()}>
    <${Titled} title="Use the admin key"><p>For the first time, before anybody is invited. It is the <code>ADMIN_KEY</code> that this server was set up with.</p><//>
    <${Field} label="Admin key" error=${form.errors.admin_key}><${Input} type="password" class="code" ...${form.bind("admin_key")} autocomplete="off" spellcheck=${false} /><//>
    <${Failure} of=${form} />
    <${Button} type="submit" kind="primary" class="wide" busy=${form.busy}>Sign in<//>
  </form>`;
}

const WAY = {
  about: "Write your email address. You get a link that signs you in, so there is no password.",
  sent: (/** @type {any} */ email) => html`If ${email} belongs to somebody of this team, a link is on its way there.`,
  expired: "It was used already, or its time is up: a link to sign in works once, for 15 minutes, and an invitation for 7 days.",
  send: (/** @type {string} */ email) => api.post("/v1/session/link", { email }),
  enter: async (/** @type {string} */ token) => {
    await api.post("/v1/session", { token });
    await enter();
  },
};

const root = document.createElement("div");
document.body.append(root);
render(html`<${Door} ...${WAY} token=${takeToken()} others=${{ key: Key }}
  brand=${html`<img src="/favicon.svg" alt="" width="28" height="28" />Goodword`}
  other=${(/** @type {import("/ui/door.js").Where} */ { step }, /** @type {(where: import("/ui/door.js").Where) => void} */ go) => (step === "key" || step === "link"
    ? html`<${Button} kind="quiet" onClick=${() => go({ step: "ask" })}>Sign in by email<//>`
    : html`<${Button} kind="quiet" onClick=${() => go({ step: "key" })}>Use the admin key<//>`)} />`, root);
