// The demo's landing page: says what the link brought along.

/** A receipt's form; anything else in the address is not shown. */
const RECEIPT = /^c[0-9A-Za-z]{48}$/;

/**
 * An element of this page, which is there.
 * @param {string} selector
 * @returns {HTMLElement}
 */
function element(selector) {
  const found = document.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`no ${selector} on this page`);
  return found;
}

/**
 * Shows a receipt.
 * @param {string} id
 * @param {string} receipt
 */
function show(id, receipt) {
  element(`#${id} dd code`).textContent = receipt;
  element(`#${id}`).hidden = false;
}

const parameters = new URLSearchParams(location.search);
const [winner, click] = ["gw", "gw_click"].map((name) => {
  const value = parameters.get(name) ?? "";
  return RECEIPT.test(value) ? value : undefined;
});

if (winner) {
  element("#headline").textContent = "You followed a good word";
  element("#story").textContent =
    "Somebody recommended this page to you. Their link was checked, your click was counted, and here you are.";
  show("winner", winner);
  element("#receipts").hidden = false;
}
if (winner && click) {
  element("#receipts-title").textContent = "Your receipts";
  element("#winner-role").textContent = "proves the link that brought you here first, which gets the credit";
  show("click", click);
}

const command = element("#command");
command.textContent = [
  'curl -H "Authorization: Bearer $ADMIN_KEY" \\',
  `"${location.origin}/v1/stats?program=demo&by=channel"`,
].join("\n");

// Only secure contexts have a clipboard; localhost is one.
if (navigator.clipboard) {
  const copy = element("#copy");
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(command.textContent ?? "");
      element("#said").textContent = "The command is copied.";
      copy.textContent = "Copied";
    } catch {
      element("#said").textContent = "The command could not be copied.";
      copy.hidden = true;
    }
  });
}
