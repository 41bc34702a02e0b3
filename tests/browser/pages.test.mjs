// The pages that visitors can meet, in a real Chromium, under their own policies.

import assert from "node:assert/strict";
import { after, before, beforeEach, afterEach, test } from "node:test";
import { launch } from "./chromium.mjs";
import { startWithFiles } from "./worker-with-files.mjs";

/** @import { Browser, BrowserContext, Page } from "playwright-core" */

const [WINNER, CLICK] = ["c1" + "a".repeat(47), "c1" + "b".repeat(47)];

/** @type {{ origin: string, stop: () => Promise<void> }} */
let worker;
/** @type {Browser} */
let browser;
/** @type {BrowserContext} */
let context;
/** @type {Page} */
let page;
/** What went wrong on the page, refusals by its policy among it. @type {string[]} */
let complaints;

before(async () => {
  worker = await startWithFiles();
  browser = await launch();
});
after(() => Promise.all([browser?.close(), worker?.stop()]));
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 360, height: 740 } });
  page = await context.newPage();
  complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => { complaints.push(error.message); });
});
afterEach(() => context.close());

/** The page is styled, and no wider than the telephone. */
async function looksRight() {
  const look = await page.evaluate(() => ({
    font: getComputedStyle(document.documentElement).fontFamily,
    wide: document.documentElement.scrollWidth > innerWidth,
  }));
  assert.match(look.font, /system-ui/);
  assert.equal(look.wide, false);
}

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test(`a bad code shows the neutral page, which its own policy lets through: ${colorScheme}`, async () => {
    await page.emulateMedia({ colorScheme });
    const response = await page.goto(`${worker.origin}/${"a".repeat(26)}`);
    assert.equal(response?.status(), 404);
    assert.match(response?.headers()["content-security-policy"] ?? "", /^default-src 'none'/);
    assert.equal(await page.title(), "This link leads nowhere");
    assert.equal(await page.locator("h1").innerText(), "This link leads nowhere");
    await looksRight();
    const dark = await page.evaluate(() => {
      const [red] = getComputedStyle(document.body).backgroundColor.match(/\d+/) ?? [];
      return Number(red) < 128;
    });
    assert.equal(dark, colorScheme === "dark");
    // Chromium complains of the 404 itself.
    assert.deepEqual(complaints.filter((text) => !/status of 404/.test(text)), []);
    assert.deepEqual(await context.cookies(), []);
  });
}

test("the demo's landing page shows the receipt and the command that counts it", async () => {
  const response = await page.goto(`${worker.origin}/demo/?utm_source=x&gw=${WINNER}#top`);
  const headers = response?.headers() ?? {};
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.match(headers["content-security-policy"] ?? "", /default-src 'self'/);
  assert.equal(headers["referrer-policy"], "same-origin");
  assert.match(headers["x-robots-tag"] ?? "", /noindex/);
  await page.getByRole("heading", { level: 1, name: "You followed a good word" }).waitFor();
  assert.equal(await page.locator("#winner dd").innerText(), WINNER);
  assert.equal(await page.locator("#click").isVisible(), false);
  assert.match(await page.locator("#command").innerText(),
    new RegExp(`"${worker.origin}/v1/stats\\?program=demo&by=channel"`));
  await looksRight();
  assert.deepEqual(complaints, []);
});

test("the demo's landing page shows both receipts where another link won", async () => {
  await page.goto(`${worker.origin}/demo/?gw=${WINNER}&gw_click=${CLICK}`);
  await page.locator("#click").waitFor();
  assert.equal(await page.locator("#winner dd").innerText(), WINNER);
  assert.equal(await page.locator("#click dd").innerText(), CLICK);
});

test("the demo's landing page shows nothing that only pretends to be a receipt", async () => {
  await page.goto(`${worker.origin}/demo/?gw=${encodeURIComponent("<b>call 555</b>")}&gw_click=${CLICK}`);
  await page.locator("#copy").waitFor();
  assert.equal(await page.locator("h1").innerText(), "This is where a link leads");
  assert.equal(await page.locator("#receipts").isVisible(), false);
  assert.doesNotMatch(await page.locator("body").innerText(), /555/);
  assert.deepEqual(complaints, []);
});

test("the demo's command is copied as it stands", async () => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: worker.origin });
  await page.goto(`${worker.origin}/demo/?gw=${WINNER}`);
  await page.getByRole("button", { name: "Copy" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()),
    await page.locator("#command").textContent());
});

test("crawlers may fetch everything, so that they see which pages are not to be indexed", async () => {
  const response = await page.goto(`${worker.origin}/robots.txt`);
  assert.match(await response?.text() ?? "", /^Disallow:$/m);
});
