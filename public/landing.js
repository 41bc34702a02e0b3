// The form of a landing page: sent without leaving it, and what is wrong beside its
// field. Where this does not run, the browser sends the form by itself.

const main = /** @type {HTMLElement} */ (document.querySelector("main"));
const form = /** @type {HTMLFormElement} */ (document.querySelector("form"));
const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));

// What the browser would say in a bubble is said beside the field, with the rest.
form.noValidate = true;

/**
 * Says what is wrong with a field, or with all of it.
 * @param {string} name
 * @param {string} text
 */
function say(name, text) {
  const field = /** @type {HTMLInputElement | null} */ (form.querySelector(`input[name="${CSS.escape(name)}"]:not([type="hidden"])`));
  const error = document.createElement("p");
  error.className = "error";
  error.textContent = text;
  error.id = `error-${name}`;
  if (!field) {
    error.setAttribute("role", "alert");
    button.after(error);
    return;
  }
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${error.id}`.trim());
  (field.closest(".consent") ?? field).after(error);
}

function forget() {
  for (const error of form.querySelectorAll(".error")) error.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    const others = (field.getAttribute("aria-describedby") ?? "").replace(/ ?\berror-\S+/, "");
    if (others) field.setAttribute("aria-describedby", others);
    else field.removeAttribute("aria-describedby");
  }
}

/** What can be told to be wrong before it is sent. */
function check() {
  for (const field of form.querySelectorAll("input")) {
    if (!field.validity.valid) say(field.name, field.validationMessage);
  }
  const { email, phone } = Object.fromEntries(new FormData(form));
  if (!`${email}${phone}`.trim()) say("email", "Please give an e-mail address or a phone number.");
}

function thank() {
  const [title, words] = [document.createElement("h1"), document.createElement("p")];
  title.textContent = "Thank you";
  title.tabIndex = -1;
  words.className = "body";
  words.textContent = "Your message has arrived. Somebody will be in touch with you.";
  main.replaceChildren(...main.querySelectorAll(".brand"), title, words);
  title.focus();
}

async function send() {
  const response = await fetch(form.action, {
    method: "POST",
    headers: { accept: "application/json" },
    // Without a connection it would be tried for minutes.
    signal: AbortSignal.timeout?.(20_000),
    body: new URLSearchParams(/** @type {any} */ (new FormData(form))),
  });
  if (response.ok) {
    thank();
    return;
  }
  const { errors = [] } = response.headers.get("content-type")?.includes("json") ? await response.json() : {};
  for (const { field, detail } of errors) say(field, `This ${detail}.`);
  if (errors.length > 0) return;
  say("", response.status === 429
    ? "Too much was sent from here. Wait a minute, then try again."
    : "It was not sent: something went wrong on our side. Try again in a moment.");
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (button.ariaBusy === "true") return;
  forget();
  check();
  if (!form.querySelector(".error")) {
    button.ariaBusy = "true";
    await send().catch(() => say("", "It was not sent: there seems to be no connection. What you wrote is still here."));
    button.ariaBusy = null;
  }
  /** @type {HTMLElement | null} */ (form.querySelector("[aria-invalid]"))?.focus();
});

export {};
